/* require('util'): inspect and format. */
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

const struct swd_native swd_util_inspect = {"inspect", js_inspect, 3, 2};
const struct swd_native swd_util_stylize = {"stylize", js_stylize, 2, 2};

static const struct swd_native util_natives[] = {
    {"format", js_format, DUK_VARARGS, 0},
    {NULL, NULL, 0, 0},
};

void swd_util_exports(duk_context *ctx)
{
    duk_push_object(ctx);
    swd_native_put(ctx, -1, util_natives);
    swd_native_push(ctx, &swd_util_inspect);
    duk_put_prop_literal(ctx, -2, "inspect");
}
