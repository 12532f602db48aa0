/* Promise: the C half, and what the helpers of generated code need of the library.
 *
 * The prelude's promise.js is compiled into a heap when the global is first touched or the first
 * async function runs; until then host.promise is three functions that load it. A rejection that
 * nobody has handled when the jobs are done is given to process.on('unhandledRejection'), else it
 * ends the runner. */
#include <string.h>

#include "engine/unit.h"
#include "lib/compile.h"
#include "lib/inspect.h"

/* show(v): a short text of a value for error messages. */
static duk_ret_t js_show(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    opts.depth = 0;
    opts.custom = false;
    opts.break_len = 100000;
    swd_out_init(&o, ctx, 256);
    if (swd_kind_of(ctx, 0) == SWD_KIND_NONE) {
        swd_inspect(&o, 0, &opts);
    } else {
        swd_out_adds(&o, "#<");
        swd_insp_class(&o, 0);
        swd_out_addc(&o, '>');
    }
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* anonymous(fn): takes the name and the prototype of one of ours away. */
static duk_ret_t js_anonymous(duk_context *ctx)
{
    duk_set_top(ctx, 1);
    duk_push_literal(ctx, "");
    duk_push_literal(ctx, "name");
    duk_insert(ctx, -2);
    duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    return 1;
}

static duk_ret_t js_named(duk_context *ctx)
{
    duk_push_literal(ctx, "name");
    duk_dup(ctx, 1);
    duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    duk_dup(ctx, 0);
    return 1;
}

static duk_ret_t js_is_constructor(duk_context *ctx)
{
    duk_push_boolean(ctx, duk_is_constructable(ctx, 0));
    return 1;
}

/* put(array, i, v): an own element, whatever Array.prototype holds. */
static duk_ret_t js_put(duk_context *ctx)
{
    duk_dup(ctx, 1);
    duk_dup(ctx, 2);
    duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WEC | DUK_DEFPROP_FORCE);
    return 0;
}

/* aggregate(errors, message) */
static duk_ret_t js_aggregate(duk_context *ctx)
{
    duk_get_global_literal(ctx, "AggregateError");
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_new(ctx, 2);
    return 1;
}

/* Pushes the answer of process's hook `name` with two arguments; false without a process. */
static void call_hook(duk_context *ctx, const char *name, duk_idx_t a, duk_idx_t b)
{
    swd_lib_push(ctx, "process");
    if (!duk_is_object(ctx, -1)) {
        duk_push_false(ctx);
        return;
    }
    swd_push_name(ctx, name);
    duk_dup(ctx, a);
    duk_dup(ctx, b);
    duk_call_prop(ctx, -4, 2);
}

/* What ends the runner: the reason itself when it is an error, else one that shows it. */
static void throw_rejection(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    if (duk_is_error(ctx, 0)) {
        duk_dup(ctx, 0);
        (void)duk_throw(ctx);
    }
    opts.custom = false;
    swd_out_init(&o, ctx, 1000);
    swd_inspect(&o, 0, &opts);
    swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_UNHANDLED_REJECTION",
                   "a promise was rejected and nobody handled it; the reason: %.*s", (int)o.len,
                   o.data);
}

/* unhandled(reason, promise) */
static duk_ret_t js_unhandled(duk_context *ctx)
{
    call_hook(ctx, "rejection", 0, 1);
    if (duk_to_boolean(ctx, -1))
        return 0;
    if (duk_is_error(ctx, 0)) {
        call_hook(ctx, "uncaught", 0, 1);
        if (duk_to_boolean(ctx, -1))
            return 0;
    }
    throw_rejection(ctx);
    return 0;
}

static duk_ret_t js_handled(duk_context *ctx)
{
    duk_push_undefined(ctx);
    call_hook(ctx, "rejectionHandled", 0, 1);
    return 0;
}

static const struct swd_native promise_natives[] = {
    {"show", js_show, 1, 1},
    {"anonymous", js_anonymous, 1, 1},
    {"named", js_named, 2, 2},
    {"isConstructor", js_is_constructor, 1, 1},
    {"put", js_put, 3, 3},
    {"aggregate", js_aggregate, 2, 2},
    {"unhandled", js_unhandled, 2, 2},
    {"handled", js_handled, 1, 1},
    {NULL, NULL, 0, 0},
};

/* Pushes what promise.js answered. */
void swd_promise_push(duk_context *ctx)
{
    swd_lib_push(ctx, "promise");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_promise);
    swd_lib_push(ctx, "core");
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, promise_natives);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("promise"));
    duk_put_prop_literal(ctx, -2, "key");
    swd_lib_rt(ctx, swd_lib_rt_iter());
    duk_call(ctx, 3);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "promise");
}

static duk_ret_t js_load(duk_context *ctx)
{
    swd_promise_push(ctx);
    return 1;
}

static duk_ret_t make_promise(duk_context *ctx)
{
    swd_promise_push(ctx);
    duk_get_prop_literal(ctx, -1, "Promise");
    return 1;
}

static duk_ret_t make_aggregate_error(duk_context *ctx)
{
    swd_prelude_push(ctx, PRELUDE_errors);
    duk_get_global_literal(ctx, "$$all");
    duk_call(ctx, 1);
    return 1;
}

static const struct swd_native aggregate_make = {"AggregateError", make_aggregate_error, 0, 0};
static const struct swd_native load_native = {"load", js_load, 0, 0};
static const struct swd_native promise_make = {"Promise", make_promise, 0, 0};

bool swd_promise_state(duk_context *ctx, duk_idx_t idx, int *state)
{
    idx = duk_normalize_index(ctx, idx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("promise"));
    if (!swd_unit_secret_get(ctx, (int)idx))
        return false;
    duk_get_prop_literal(ctx, -1, "s");
    *state = duk_get_int(ctx, -1);
    duk_pop(ctx);
    duk_get_prop_literal(ctx, -1, "v");
    duk_remove(ctx, -2);
    return true;
}

/* ---- The helpers of generated code -------------------------------------------------------------
 */

static duk_ret_t js_weak_map(duk_context *ctx)
{
    duk_get_global_literal(ctx, "WeakMap");
    duk_new(ctx, 0);
    return 1;
}

/* compile(text, strict): the text of a direct eval, translated. */
static duk_ret_t js_compile(duk_context *ctx)
{
    size_t n;
    const char *p;
    duk_dup(ctx, 0);
    p = swd_text_get(ctx, -1, &n);
    swd_compile_eval(ctx, p, n, duk_to_boolean(ctx, 1) ? SWD_EVAL_STRICT : SWD_EVAL_DIRECT);
    return 1;
}

/* What the engine asks of eval and Function. */
static duk_ret_t js_eval_text(duk_context *ctx)
{
    size_t n;
    const char *p = swd_text_get(ctx, 0, &n);
    swd_compile_eval(ctx, p, n, SWD_EVAL_INDIRECT);
    return 1;
}

static duk_ret_t js_function(duk_context *ctx)
{
    swd_compile_function(ctx, "function", duk_get_top(ctx));
    return 1;
}

/* fn(head, ...): the function that a constructor like GeneratorFunction gives. */
static duk_ret_t js_fn(duk_context *ctx)
{
    static const char *const heads[] = {"function*", "async function", "async function*"};
    unsigned kind = duk_to_uint(ctx, 0);
    swd_compile_function(ctx, heads[kind < 3 ? kind : 0], duk_get_top(ctx) - 1);
    return 1;
}

static const struct swd_native eval_native = {"eval", js_eval_text, 1, 1};
static const struct swd_native function_native = {"Function", js_function, DUK_VARARGS, 1};

static const struct swd_native host_natives[] = {
    {"fn", js_fn, DUK_VARARGS, 0},
    {"weakMap", js_weak_map, 0, 0},
    {"compile", js_compile, 2, 2},
    {NULL, NULL, 0, 0},
};

void swd_promise_host(duk_context *ctx)
{
    duk_idx_t r;
    swd_native_push(ctx, &eval_native);
    swd_slot_put(ctx, SWD_SLOT_EVAL);
    swd_native_push(ctx, &function_native);
    swd_slot_put(ctx, SWD_SLOT_FUNCTION);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, host_natives);
    swd_rt_begin(ctx, -1);
    r = duk_get_top_index(ctx);
    swd_prelude_push(ctx, PRELUDE_host);
    swd_native_push(ctx, &load_native);
    duk_dup(ctx, r);
    duk_call(ctx, 2);
    duk_pop(ctx);
    duk_remove(ctx, -2);
}

void swd_promise_globals(duk_context *ctx)
{
    swd_lib_lazy(ctx, "Promise", &promise_make);
    swd_lib_lazy(ctx, "AggregateError", &aggregate_make);
}
