/* require('util'): inspect, format and what else of it is native (util.js has the rest). */
#include "engine/unit.h"
#include "lib/inspect.h"

void swd_inspect_options(duk_context *ctx, duk_idx_t idx, struct swd_inspect_opts *o)
{
    if (!duk_is_object(ctx, idx))
        return;
    if (duk_get_prop_literal(ctx, idx, "depth")) {
        double d = duk_is_null(ctx, -1) ? -1 : duk_to_number(ctx, -1);
        o->depth = d >= 0 && d < 1000 ? (int)d : -1;
    }
    duk_pop(ctx);
    if (duk_get_prop_literal(ctx, idx, "breakLength")) {
        double d = duk_to_number(ctx, -1);
        o->break_len = d >= 1 && d < 1e6 ? (unsigned)d : 1000000;
    }
    duk_pop(ctx);
    if (duk_get_prop_literal(ctx, idx, "compact")) {
        double d =
            duk_is_boolean(ctx, -1) ? (duk_get_boolean(ctx, -1) ? 3 : 0) : duk_to_number(ctx, -1);
        o->compact = d >= 0 && d < 1000 ? (unsigned)d : 3;
    }
    duk_pop(ctx);
    if (duk_get_prop_literal(ctx, idx, "showHidden"))
        o->hidden = duk_to_boolean(ctx, -1);
    duk_pop(ctx);
    if (duk_get_prop_literal(ctx, idx, "customInspect"))
        o->custom = duk_to_boolean(ctx, -1);
    duk_pop(ctx);
}

static duk_ret_t js_inspect(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    if (duk_is_boolean(ctx, 1)) { /* inspect(value, showHidden, depth) */
        opts.hidden = duk_get_boolean(ctx, 1);
        if (duk_is_number(ctx, 2))
            opts.depth = duk_get_int(ctx, 2);
        else if (duk_is_null(ctx, 2))
            opts.depth = -1;
    }
    swd_inspect_options(ctx, 1, &opts);
    swd_out_init(&o, ctx, 1u << 20);
    swd_inspect(&o, 0, &opts);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

static duk_ret_t js_format(duk_context *ctx)
{
    duk_idx_t top = duk_get_top(ctx);
    struct swd_out o;
    swd_out_init(&o, ctx, 1u << 20);
    swd_format(&o, 0, top);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

static duk_ret_t js_stylize(duk_context *ctx)
{
    duk_dup(ctx, 0);
    return 1;
}

static const struct swd_native inspect_native = {"inspect", js_inspect, 3, 2};

void swd_util_push_inspect(duk_context *ctx)
{
    swd_lib_push(ctx, "inspect");
    if (!duk_is_undefined(ctx, -1))
        return;
    duk_pop(ctx);
    swd_native_push(ctx, &inspect_native);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "inspect");
}

const struct swd_native swd_util_stylize = {"stylize", js_stylize, 2, 2};

/* kind(object): the inspector's word for it, "" for what has none. */
static duk_ret_t js_kind(duk_context *ctx)
{
    swd_push_name(ctx, swd_kind_name(ctx, 0));
    return 1;
}

static duk_ret_t js_is_proxy(duk_context *ctx)
{
    duk_push_boolean(ctx, swd_kind_of(ctx, 0) == SWD_KIND_PROXY);
    return 1;
}

/* className(typed array) */
static duk_ret_t js_class_name(duk_context *ctx)
{
    return swd_kind_push_typed(ctx, 0);
}

static duk_ret_t js_inspect_fn(duk_context *ctx)
{
    swd_util_push_inspect(ctx);
    return 1;
}

static duk_ret_t js_global(duk_context *ctx)
{
    duk_push_global_object(ctx);
    return 1;
}

static const struct swd_native util_natives[] = {
    {"kind", js_kind, 1, 1},
    {"isProxy", js_is_proxy, 1, 1},
    {"className", js_class_name, 1, 1},
    {"global", js_global, 0, 0},
    {"inspectFn", js_inspect_fn, 0, 0},
    {"format", js_format, DUK_VARARGS, 0},
    {NULL, NULL, 0, 0},
};

void swd_util_exports(duk_context *ctx)
{
    swd_node_push(ctx, PRELUDE_util, util_natives);
}
