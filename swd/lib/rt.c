/* The helpers of generated code (ts/rt.h), each file made when something first touches it.
 *
 * All of them together are larger than the rest of a fresh heap, and a script uses few. So every
 * global helper ($$of, $$class, ...) and every method of a prototype that a file brings is an
 * accessor first; its getter runs the files up to the one that has it, in order, and answers what
 * is there then. The names of helpers are taken from the files by the build (rt_names.inc). */
#include <stdio.h>
#include <string.h>

#include "lib/int.h"
#include "ts/rt.h"

enum {
#define SWD_TS_RT(name) RT_##name,
#include "ts/rt/rt.def"
#undef SWD_TS_RT
};

/* Prototype methods: class NULL is the global object; symbol: a well-known one. */
static const struct {
    const char *class, *name;
    bool symbol;
    int file;
} rt_methods[] = {
    {"Array", "values", false, RT_iter},        {"Array", "keys", false, RT_iter},
    {"Array", "entries", false, RT_iter},       {"Array", "iterator", true, RT_iter},
    {"String", "iterator", true, RT_iter},      {"String", "matchAll", false, RT_regexp},
    {"String", "replaceAll", false, RT_regexp}, {"String", "match", false, RT_regexp},
    {"String", "search", false, RT_regexp},     {NULL, "RegExp", false, RT_regexp},
};

static const struct {
    const char *name;
    int file;
} rt_helpers[] = {
#define RT_HELPER(file, name) {name, RT_##file},
#include "rt_names.inc"
#undef RT_HELPER
};

void swd_lib_rt(duk_context *ctx, int last)
{
    int next;
    swd_lib_push(ctx, "rt");
    duk_get_prop_literal(ctx, -1, DUK_HIDDEN_SYMBOL("next"));
    next = duk_get_int(ctx, -1);
    duk_pop(ctx);
    for (; next <= last; next++) {
        duk_push_int(ctx, next + 1);
        duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("next"));
        swd_rt_load(ctx, -1, (size_t)next);
    }
}

int swd_lib_rt_iter(void)
{
    return RT_iter;
}

/* The file that has what the getter's key names, for a holder with that key. */
static int file_of(duk_context *ctx, duk_idx_t key)
{
    size_t n;
    const char *p;
    if (duk_is_symbol(ctx, key))
        return RT_iter;
    duk_dup(ctx, key);
    p = swd_text_get(ctx, -1, &n);
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_helpers); i++)
        if (strlen(rt_helpers[i].name) == n && memcmp(rt_helpers[i].name, p, n) == 0)
            return rt_helpers[i].file;
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_methods); i++)
        if (strlen(rt_methods[i].name) == n && memcmp(rt_methods[i].name, p, n) == 0)
            return rt_methods[i].file;
    return RT_regexp;
}

/* Duktape hands a getter its key, and a setter the value and the key. */
static duk_ret_t rt_get(duk_context *ctx)
{
    swd_lib_rt(ctx, file_of(ctx, 0));
    duk_push_this(ctx);
    duk_dup(ctx, 0);
    duk_get_prop(ctx, -2);
    return 1;
}

static duk_ret_t rt_set(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_dup(ctx, 1);
    duk_dup(ctx, 0);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    return 0;
}

static const struct swd_native rt_accessors[] = {
    {"get", rt_get, 1, 0},
    {"set", rt_set, 2, 1},
};

/* Defines the accessor under the key on top (popped) of the object at `obj`; the two functions are
 * at `fns` and fns + 1. */
static void rt_accessor(duk_context *ctx, duk_idx_t obj, duk_idx_t fns)
{
    duk_dup(ctx, fns);
    duk_dup(ctx, fns + 1);
    duk_def_prop(ctx, obj,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE);
}

/* The well-known symbols that Duktape does not have. */
static void put_symbols(duk_context *ctx)
{
    static const char *const names[] = {"asyncIterator", "species", "match", "matchAll",
                                        "replace",       "search",  "split", "unscopables"};
    char text[64];
    duk_get_global_literal(ctx, "Symbol");
    for (size_t i = 0; i < SWD_ARRAY_LEN(names); i++) {
        swd_push_name(ctx, names[i]);
        snprintf(text, sizeof(text), "Symbol.%s", names[i]);
        duk_get_global_literal(ctx, "Symbol");
        swd_push_name(ctx, text);
        duk_call(ctx, 1);
        duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE);
    }
    duk_pop(ctx);
}

void swd_rt_globals(duk_context *ctx)
{
    duk_idx_t fns = duk_get_top(ctx), global = fns - 1;
    put_symbols(ctx);
    swd_native_push(ctx, &rt_accessors[0]);
    swd_native_push(ctx, &rt_accessors[1]);
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_helpers); i++) {
        swd_push_name(ctx, rt_helpers[i].name);
        rt_accessor(ctx, global, fns);
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_methods); i++) {
        duk_push_global_object(ctx);
        duk_dup(ctx, -1);
        if (rt_methods[i].class) {
            duk_get_global_string(ctx, rt_methods[i].class);
            duk_replace(ctx, -3);
            duk_pop(ctx);
            duk_get_prop_literal(ctx, -1, "prototype");
        }
        if (rt_methods[i].symbol) {
            duk_get_global_literal(ctx, "Symbol");
            duk_get_prop_string(ctx, -1, rt_methods[i].name);
            duk_remove(ctx, -2);
        } else {
            swd_push_name(ctx, rt_methods[i].name);
        }
        rt_accessor(ctx, duk_get_top(ctx) - 2, fns);
        duk_pop_2(ctx);
    }
    duk_pop_2(ctx);
    swd_promise_host(ctx);
    duk_push_int(ctx, 0);
    duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("next"));
    swd_lib_keep(ctx, "rt");
}
