/* Promise: the class; what a script's own subclasses and thenables ask for. See engine/promise.h
 * for what a promise is, prelude/core.js for the loop that runs jobs.
 *
 * The class is made when the global is first touched or the first async function runs. The
 * combinators and finally() are JavaScript (prelude/promise.js), compiled when one is first called.
 * A rejection that nobody has handled when the jobs are done is given to
 * process.on('unhandledRejection'), else it ends the runner. And what the helpers of generated code
 * need of the library. */
#include <string.h>

#include "engine/promise.h"
#include "engine/unit.h"
#include "lib/compile.h"
#include "lib/inspect.h"

#define KEY_CAP DUK_HIDDEN_SYMBOL("capability")

/* Throws a TypeError: `before`, a short text of the value, `after`. */
static _Noreturn void throw_shown(duk_context *ctx, const char *before, duk_idx_t idx,
                                  const char *after)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    opts.depth = 0;
    opts.custom = false;
    opts.break_len = 100000;
    swd_out_init(&o, ctx, 256);
    if (swd_kind_of(ctx, idx) == SWD_KIND_NONE) {
        swd_inspect(&o, idx, &opts);
    } else {
        swd_out_adds(&o, "#<");
        swd_insp_class(&o, idx);
        swd_out_addc(&o, '>');
    }
    swd_throw(ctx, DUK_ERR_TYPE_ERROR, "%s%.*s%s", before, (int)o.len, o.data, after);
}

/* ---- Capabilities ------------------------------------------------------------------------------
 */

/* The executor that a subclass is given: keeps both functions in its array. */
static duk_ret_t js_executor(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, KEY_CAP);
    for (duk_uarridx_t i = 0; i < 2; i++) {
        duk_get_prop_index(ctx, -1, i);
        if (!duk_is_undefined(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                      "Promise executor has already been invoked with non-undefined arguments");
        duk_pop(ctx);
    }
    for (duk_uarridx_t i = 0; i < 2; i++) {
        duk_dup(ctx, (duk_idx_t)i);
        duk_put_prop_index(ctx, -2, i);
    }
    return 0;
}

static const struct swd_native executor_native = {"", js_executor, 2, 2};

/* NewPromiseCapability(C): pushes the promise and its two functions. */
static void push_capability(duk_context *ctx, duk_idx_t c)
{
    duk_idx_t cap;
    c = duk_normalize_index(ctx, c);
    if (swd_promise_is_ctor(ctx, (int)c)) {
        swd_promise_new(ctx);
        swd_promise_functions(ctx, -1);
        return;
    }
    if (!duk_is_constructable(ctx, c))
        throw_shown(ctx, "", c, " is not a constructor");
    duk_push_bare_array(ctx);
    cap = duk_get_top_index(ctx);
    duk_dup(ctx, c);
    swd_native_push(ctx, &executor_native);
    duk_dup(ctx, cap);
    duk_put_prop_literal(ctx, -2, KEY_CAP);
    duk_new(ctx, 1);
    for (duk_uarridx_t i = 0; i < 2; i++) {
        duk_get_prop_index(ctx, cap, i);
        if (!duk_is_callable(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                      "Promise resolve or reject function is not callable");
    }
    duk_remove(ctx, cap);
}

/* SpeciesConstructor(p, %Promise%), pushed. */
static void push_species(duk_context *ctx, duk_idx_t p)
{
    duk_get_prop_literal(ctx, p, "constructor");
    if (duk_is_undefined(ctx, -1) || swd_promise_is_ctor(ctx, -1)) {
        duk_pop(ctx);
        swd_lib_push(ctx, "Promise");
        if (duk_is_undefined(ctx, -2))
            return;
    } else if (!duk_is_object(ctx, -1) && !duk_is_function(ctx, -1)) {
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "The .constructor property is not an object");
    }
    if (!swd_push_species(ctx))
        swd_lib_push(ctx, "Promise");
}

/* PromiseResolve(C, v), pushed. */
static void push_resolved(duk_context *ctx, duk_idx_t c, duk_idx_t v)
{
    bool same;
    c = duk_normalize_index(ctx, c);
    v = duk_normalize_index(ctx, v);
    if (swd_promise_is_ctor(ctx, (int)c)) {
        duk_dup(ctx, v);
        swd_promise_coerce(ctx, -1);
        return;
    }
    if (swd_promise_is(ctx, (int)v)) {
        duk_get_prop_literal(ctx, v, "constructor");
        same = duk_strict_equals(ctx, -1, c);
        duk_pop(ctx);
        if (same) {
            duk_dup(ctx, v);
            return;
        }
    }
    push_capability(ctx, c);
    duk_pop(ctx);
    duk_dup(ctx, v);
    duk_call(ctx, 1);
    duk_pop(ctx);
}

/* ---- The class ---------------------------------------------------------------------------------
 */

static duk_ret_t js_resolve_function(duk_context *ctx)
{
    if (swd_promise_called(ctx))
        swd_promise_resolve(ctx, 1, 0);
    return 0;
}

static duk_ret_t js_reject_function(duk_context *ctx)
{
    if (swd_promise_called(ctx))
        swd_promise_reject(ctx, 1, 0);
    return 0;
}

static const struct swd_native resolve_function = {"", js_resolve_function, 1, 1};
static const struct swd_native reject_function = {"", js_reject_function, 1, 1};

static duk_ret_t js_promise(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Promise constructor cannot be invoked without 'new'");
    if (!duk_is_callable(ctx, 0))
        throw_shown(ctx, "Promise resolver ", 0, " is not a function");
    swd_promise_new(ctx);
    swd_promise_functions(ctx, 1);
    duk_dup(ctx, 0);
    duk_dup(ctx, 2);
    duk_dup(ctx, 3);
    if (duk_pcall(ctx, 2) != DUK_EXEC_SUCCESS) {
        duk_dup(ctx, 3);
        duk_insert(ctx, -2);
        duk_call(ctx, 1);
    }
    duk_set_top(ctx, 2);
    return 1;
}

static duk_ret_t js_then(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!swd_promise_is(ctx, 2))
        throw_shown(ctx, "Method Promise.prototype.then called on incompatible receiver ", 2, "");
    if (!swd_promise_plain(ctx, 2)) {
        push_species(ctx, 2);
        if (!swd_promise_is_ctor(ctx, -1)) {
            push_capability(ctx, -1);
            swd_promise_then_other(ctx, 2, 0, 1, (int)duk_get_top(ctx) - 2);
            duk_pop_2(ctx);
            return 1;
        }
    }
    swd_promise_then(ctx, 2, 0, 1);
    return 1;
}

static duk_ret_t js_catch(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_push_literal(ctx, "then");
    duk_push_undefined(ctx);
    duk_dup(ctx, 0);
    duk_call_prop(ctx, 1, 2);
    return 1;
}

static duk_ret_t js_resolve(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!duk_is_object(ctx, 1) && !duk_is_function(ctx, 1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "PromiseResolve called on non-object");
    push_resolved(ctx, 1, 0);
    return 1;
}

static duk_ret_t js_reject(duk_context *ctx)
{
    duk_push_this(ctx);
    if (swd_promise_is_ctor(ctx, 1)) {
        swd_promise_new(ctx);
        swd_promise_reject(ctx, 2, 0);
        return 1;
    }
    push_capability(ctx, 1);
    duk_dup(ctx, 0);
    duk_call(ctx, 1);
    duk_pop_2(ctx);
    return 1;
}

/* On top of the stack a promise and its functions: an object of the three. */
static duk_ret_t answer_capability(duk_context *ctx)
{
    static const char *const names[] = {"promise", "resolve", "reject"};
    duk_idx_t at = duk_get_top(ctx) - 3;
    duk_push_object(ctx);
    for (duk_idx_t i = 0; i < 3; i++) {
        duk_dup(ctx, at + i);
        duk_put_prop_string(ctx, -2, names[i]);
    }
    return 1;
}

static duk_ret_t js_with_resolvers(duk_context *ctx)
{
    duk_push_this(ctx);
    push_capability(ctx, 0);
    return answer_capability(ctx);
}

/* ---- What is in promise.js ---------------------------------------------------------------------
 */

static duk_ret_t js_capability(duk_context *ctx)
{
    push_capability(ctx, 0);
    return answer_capability(ctx);
}

static duk_ret_t js_resolved(duk_context *ctx)
{
    push_resolved(ctx, 0, 1);
    return 1;
}

static duk_ret_t js_species(duk_context *ctx)
{
    push_species(ctx, 0);
    return 1;
}

/* anonymous(fn): takes the name of one of ours away. */
static duk_ret_t js_anonymous(duk_context *ctx)
{
    duk_push_literal(ctx, "");
    duk_push_literal(ctx, "name");
    duk_insert(ctx, -2);
    duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
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

static const struct swd_native prelude_natives[] = {
    {"capability", js_capability, 1, 1},
    {"resolved", js_resolved, 2, 2},
    {"species", js_species, 1, 1},
    {"anonymous", js_anonymous, 1, 1},
    {"put", js_put, 3, 3},
    {"aggregate", js_aggregate, 2, 2},
    {NULL, NULL, 0, 0},
};

/* Calls the function `name` of promise.js with the same `this` and argument. */
static duk_ret_t from_prelude(duk_context *ctx, const char *name)
{
    swd_lib_push(ctx, "promise.js");
    if (!duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        swd_prelude_push(ctx, PRELUDE_promise);
        duk_push_bare_object(ctx);
        swd_native_put(ctx, -1, prelude_natives);
        swd_lib_rt(ctx, swd_lib_rt_iter());
        duk_call(ctx, 2);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "promise.js");
    }
    duk_get_prop_string(ctx, -1, name);
    duk_push_this(ctx);
    duk_dup(ctx, 0);
    duk_call_method(ctx, 1);
    return 1;
}

#define FROM_PRELUDE(fn, name)                                                                     \
    static duk_ret_t fn(duk_context *ctx)                                                          \
    {                                                                                              \
        return from_prelude(ctx, name);                                                            \
    }
FROM_PRELUDE(js_all, "all")
FROM_PRELUDE(js_all_settled, "allSettled")
FROM_PRELUDE(js_any, "any")
FROM_PRELUDE(js_race, "race")
FROM_PRELUDE(js_finally, "finally")

static const struct swd_native promise_native = {"Promise", js_promise, 1, 1};
static const struct swd_native promise_statics[] = {
    {"all", js_all, 1, 1},
    {"allSettled", js_all_settled, 1, 1},
    {"any", js_any, 1, 1},
    {"race", js_race, 1, 1},
    {"resolve", js_resolve, 1, 1},
    {"reject", js_reject, 1, 1},
    {"withResolvers", js_with_resolvers, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native promise_methods[] = {
    {"then", js_then, 2, 2},
    {"catch", js_catch, 1, 1},
    {"finally", js_finally, 1, 1},
    {NULL, NULL, 0, 0},
};

/* Constructor and prototype are on top and stay: what the engine compares with later. */
static void keep_intrinsics(duk_context *ctx)
{
    duk_idx_t ctor = duk_get_top(ctx) - 2;
    duk_dup(ctx, ctor);
    duk_dup(ctx, ctor + 1);
    duk_get_prop_literal(ctx, -1, "then");
    duk_push_literal(ctx, "then");
    swd_push_symbol(ctx, "species");
    swd_push_symbol(ctx, "species");
    duk_get_prop_desc(ctx, ctor, 0);
    duk_get_prop_literal(ctx, -1, "get");
    duk_remove(ctx, -2);
    swd_native_push(ctx, &resolve_function);
    swd_native_push(ctx, &reject_function);
    swd_promise_setup(ctx);
}

void swd_promise_load(duk_context *ctx)
{
    swd_lib_push(ctx, "Promise");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_native_push(ctx, &promise_native);
    swd_native_put(ctx, -1, promise_statics);
    swd_lib_species(ctx, -1);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, promise_methods);
    keep_intrinsics(ctx);
    swd_lib_class(ctx, "Promise");
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "Promise");
}

static duk_ret_t js_load(duk_context *ctx)
{
    swd_promise_load(ctx);
    return 0;
}

static duk_ret_t make_promise(duk_context *ctx)
{
    swd_promise_load(ctx);
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
    if (!swd_promise_is(ctx, (int)idx))
        return false;
    *state = swd_promise_get(ctx, (int)idx);
    return true;
}

/* ---- Rejections that nobody handled ------------------------------------------------------------
 */

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

/* handled(reason, promise) */
static duk_ret_t js_handled(duk_context *ctx)
{
    call_hook(ctx, "rejectionHandled", 1, 0);
    return 0;
}

/* watch(promise, fn): calls fn with what it is fulfilled with; a rejection goes unhandled. */
static duk_ret_t js_watch(duk_context *ctx)
{
    duk_push_undefined(ctx);
    swd_promise_then(ctx, 0, 1, 2);
    return 0;
}

const struct swd_native swd_promise_core[] = {
    {"unhandled", js_unhandled, 2, 2},
    {"handled", js_handled, 2, 2},
    {"watch", js_watch, 2, 2},
    {NULL, NULL, 0, 0},
};

/* ---- The helpers of generated code -------------------------------------------------------------
 */

static duk_ret_t js_weak_map(duk_context *ctx)
{
    duk_get_global_literal(ctx, "WeakMap");
    duk_new(ctx, 0);
    return 1;
}

/* compile(text, strict[, scope]): the text of a direct eval, translated; scope: what it sees of the
 * code around (ts/eval_scope.c). */
static duk_ret_t js_compile(duk_context *ctx)
{
    size_t n;
    const char *p, *scope = NULL;
    if (duk_is_string(ctx, 2))
        scope = swd_text_get(ctx, 2, &n);
    duk_dup(ctx, 0);
    p = swd_text_get(ctx, -1, &n);
    swd_compile_eval(ctx, p, n, duk_to_boolean(ctx, 1), scope);
    return 1;
}

/* What the engine asks of eval and Function. */
static duk_ret_t js_eval_text(duk_context *ctx)
{
    size_t n;
    const char *p = swd_text_get(ctx, 0, &n);
    swd_compile_eval(ctx, p, n, false, NULL);
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
    {"compile", js_compile, 3, 3},
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
