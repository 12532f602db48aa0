/* Modules of Node's that are JavaScript alone: one line each at the end.
 *
 * Each file of the prelude is a function of N: { require, badArg(value, name, what), fail(type,
 * code, text), cwd() and what else stands in the table below }, called when the module is first
 * required; it answers the exports. */
#include "lib/inspect.h"

static duk_ret_t node_bad_arg(duk_context *ctx)
{
    size_t n;
    const char *name = swd_text_get(ctx, 1, &n), *what = swd_text_get(ctx, 2, &n);
    swd_throw_arg(ctx, 0, name, what);
}

/* fail(type, code, text): throws an Error ("E"), TypeError ("T") or RangeError ("R"). */
static duk_ret_t node_fail(duk_context *ctx)
{
    const char *type = swd_text_get(ctx, 0, NULL);
    duk_push_error_object(ctx,
                          *type == 'T'   ? DUK_ERR_TYPE_ERROR
                          : *type == 'R' ? DUK_ERR_RANGE_ERROR
                                         : DUK_ERR_ERROR,
                          "%s", "");
    duk_dup(ctx, 2);
    duk_put_prop_literal(ctx, -2, "message");
    duk_dup(ctx, 1);
    duk_put_prop_literal(ctx, -2, "code");
    return duk_throw(ctx);
}

/* What is the working directory: the same for every runner. */
static duk_ret_t node_cwd(duk_context *ctx)
{
    duk_push_literal(ctx, "/");
    return 1;
}

/* show(v): the inspector's short text for messages. */
static duk_ret_t node_show(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    opts.custom = false;
    swd_out_init(&o, ctx, 4096);
    swd_inspect(&o, 0, &opts);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* web(): what web.js lends to make classes. */
static duk_ret_t node_web(duk_context *ctx)
{
    swd_lib_push_web(ctx);
    duk_get_prop_literal(ctx, -1, "classes");
    return 1;
}

/* webClasses(): DOMException, EventTarget and so on, whatever the globals are now. */
static duk_ret_t node_web_classes(duk_context *ctx)
{
    swd_lib_push_web(ctx);
    return 1;
}

static const struct swd_native node_natives[] = {
    {"web", node_web, 0, 0},
    {"webClasses", node_web_classes, 0, 0},
    {"badArg", node_bad_arg, 3, 3},
    {"fail", node_fail, 3, 3},
    {"cwd", node_cwd, 0, 0},
    {"show", node_show, 1, 1},
    {NULL, NULL, 0, 0},
};

void swd_node_push(duk_context *ctx, enum swd_prelude file, const struct swd_native *more)
{
    swd_prelude_push(ctx, file);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, node_natives);
    if (more)
        swd_native_put(ctx, -1, more);
    swd_lib_push_require(ctx);
    duk_put_prop_literal(ctx, -2, "require");
    duk_call(ctx, 1);
}

/* require(module)[member], or the whole module where `member` is NULL. */
static void push_member(duk_context *ctx, const char *module, const char *member)
{
    swd_lib_push_require(ctx);
    swd_push_name(ctx, module);
    duk_call(ctx, 1);
    if (!member)
        return;
    swd_push_name(ctx, member);
    duk_get_prop(ctx, -2);
    duk_remove(ctx, -2);
}

#define NODE_MEMBER(name, module, member)                                                          \
    void swd_##name##_exports(duk_context *ctx)                                                    \
    {                                                                                              \
        push_member(ctx, module, member);                                                          \
    }
NODE_MEMBER(assert_strict, "assert", "strict")
NODE_MEMBER(util_types, "util", "types")
NODE_MEMBER(path_posix, "path", NULL)

#define NODE_MODULE(name)                                                                          \
    void swd_##name##_exports(duk_context *ctx)                                                    \
    {                                                                                              \
        swd_node_push(ctx, PRELUDE_##name, NULL);                                                  \
    }
NODE_MODULE(assert)
NODE_MODULE(events)
NODE_MODULE(os)
NODE_MODULE(path)
NODE_MODULE(querystring)
NODE_MODULE(timers_promises)
