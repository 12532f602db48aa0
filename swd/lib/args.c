/* Checks and errors that natives share. */
#include <stdio.h>
#include <string.h>

#include "lib/inspect.h"

void swd_push_name(duk_context *ctx, const char *name)
{
    swd_text_push(ctx, name, strlen(name));
}

void swd_push_hidden(duk_context *ctx, const char *name)
{
    swd_lib_push(ctx, "hidden");
    swd_push_name(ctx, name);
    duk_call(ctx, 1);
}

/* The value and, above it, its key: popped. */
static void def_top(duk_context *ctx, duk_idx_t obj)
{
    duk_insert(ctx, -2);
    duk_def_prop(ctx, obj,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE);
}

void swd_lib_def(duk_context *ctx, duk_idx_t obj, const char *name)
{
    obj = duk_normalize_index(ctx, obj);
    swd_push_name(ctx, name);
    def_top(ctx, obj);
}

void swd_lib_def_symbol(duk_context *ctx, duk_idx_t obj, const char *name)
{
    obj = duk_normalize_index(ctx, obj);
    swd_push_symbol(ctx, name);
    def_top(ctx, obj);
}

void swd_lib_accessor(duk_context *ctx, duk_idx_t obj, const struct swd_native *get,
                      const struct swd_native *set, bool enumerable)
{
    duk_uint_t flags = DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE;
    obj = duk_normalize_index(ctx, obj);
    flags |= enumerable ? DUK_DEFPROP_SET_ENUMERABLE : DUK_DEFPROP_CLEAR_ENUMERABLE;
    swd_native_push(ctx, get);
    if (set) {
        flags |= DUK_DEFPROP_HAVE_SETTER;
        swd_native_push(ctx, set);
    }
    duk_def_prop(ctx, obj, flags);
}

void swd_need_new(duk_context *ctx, const char *class)
{
    if (!duk_is_constructor_call(ctx))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Constructor %s requires 'new'", class);
}

/* "undefined", "type string ('abc')", "function f", "an instance of Foo". */
static void put_received(struct swd_out *o, duk_idx_t idx)
{
    duk_context *ctx = o->ctx;
    struct swd_inspect_opts opts = swd_inspect_default;
    enum swd_kind k = swd_kind_of(ctx, idx);
    static const char *const types[] = {
        [DUK_TYPE_BOOLEAN] = "boolean", [DUK_TYPE_NUMBER] = "number", [DUK_TYPE_STRING] = "string"};
    opts.depth = -1;
    opts.custom = false;
    if (duk_is_null_or_undefined(ctx, idx)) {
        swd_out_value(o, idx);
    } else if (k == SWD_KIND_NONE) {
        swd_out_addf(o, "type %s (",
                     duk_is_symbol(ctx, idx) ? "symbol" : types[duk_get_type(ctx, idx)]);
        swd_inspect(o, idx, &opts);
        swd_out_addc(o, ')');
    } else {
        opts.depth = 0;
        swd_out_adds(o, k == SWD_KIND_FUNCTION ? "" : "an instance of ");
        swd_insp_class(o, idx);
    }
}

void swd_throw_arg(duk_context *ctx, duk_idx_t idx, const char *name, const char *what)
{
    struct swd_out o;
    idx = duk_normalize_index(ctx, idx);
    swd_out_init(&o, ctx, 512);
    if (strchr(name, ' ')) /* "first argument" */
        swd_out_addf(&o, "The %s must be %s. Received ", name, what);
    else
        swd_out_addf(&o, "The \"%s\" %s must be %s. Received ", name,
                     strchr(name, '.') ? "property" : "argument", what);
    put_received(&o, idx);
    swd_throw_code(ctx, DUK_ERR_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "%.*s", (int)o.len, o.data);
}

void swd_lib_tag(duk_context *ctx, duk_idx_t obj, const char *tag)
{
    obj = duk_normalize_index(ctx, obj);
    swd_push_symbol(ctx, "toStringTag");
    swd_push_name(ctx, tag);
    duk_def_prop(ctx, obj,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WRITABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE);
}

void swd_lib_class(duk_context *ctx, const char *tag)
{
    if (tag)
        swd_lib_tag(ctx, -1, tag);
    duk_dup(ctx, -2);
    swd_lib_def(ctx, -2, "constructor");
    duk_push_literal(ctx, "prototype");
    duk_insert(ctx, -2);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WRITABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_CLEAR_CONFIGURABLE);
}
