/* What is made when something first touches it: the helpers of generated code (ts/rt.h), and the
 * methods of built-in objects that Duktape lacks.
 *
 * All of them together are larger than the rest of a fresh heap, and a script uses few. So every
 * global helper ($$of, $$class, ...) and every such method is an accessor first; its getter runs
 * the file that has it (files of ts/rt: those before it too) and answers what is there then. The
 * names of helpers are taken from the files by the build (rt_names.inc). */
#include <stdio.h>
#include <string.h>

#include "engine/unit.h"
#include "lib/inspect.h"
#include "ts/rt.h"

enum rt_group {
#define SWD_TS_RT(name) RT_##name,
#include "ts/rt/rt.def"
#undef SWD_TS_RT
    ES_array,
    ES_misc,
    ES_reflect,
    ES_typed,
    GROUPS
};

struct rt_method {
    const char *class, *name; /* "Array.prototype" */
    enum rt_group group;
};

/* `@@iterator` is the well-known symbol. */
static const struct rt_method rt_methods[] = {
#define RT_METHOD(class, name, group) {class, name, group},
#include "lib/methods_es.def"
#undef RT_METHOD
};

static const struct {
    const char *name;
    enum rt_group group;
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
        swd_rt_push(ctx, (size_t)next); /* may throw; nothing is begun */
        duk_push_int(ctx, next + 1);
        duk_put_prop_literal(ctx, -3, DUK_HIDDEN_SYMBOL("next"));
        swd_rt_run(ctx, -2);
    }
}

int swd_lib_rt_iter(void)
{
    return RT_iter;
}

void swd_lib_push_iterator_proto(duk_context *ctx)
{
    swd_lib_rt(ctx, RT_iter);
    duk_pop(ctx);
    duk_push_array(ctx);
    swd_push_symbol(ctx, "iterator");
    duk_call_prop(ctx, -2, 0);
    duk_get_prototype(ctx, -1);
    duk_get_prototype(ctx, -1);
    duk_replace(ctx, -4);
    duk_pop_2(ctx);
}

/* ---- Files of our own --------------------------------------------------------------------------
 */

/* On top of the stack a key and its function: names it, where the key was written in quotes. */
static void name_method(duk_context *ctx)
{
    duk_push_literal(ctx, "name");
    duk_dup(ctx, -3);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WRITABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE |
                     DUK_DEFPROP_FORCE);
}

/* def(object, methods): puts methods in the place of their accessors; what a script has put there
 * meanwhile stays. */
static duk_ret_t es_def(duk_context *ctx)
{
    struct insp_desc d;
    duk_enum(ctx, 1, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, 2, 1)) {
        duk_dup(ctx, -2);
        if (swd_insp_own(ctx, 0, &d)) {
            duk_pop(ctx);
            name_method(ctx);
            if (d.getter)
                duk_def_prop(ctx, 0,
                             DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE |
                                 DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE);
        }
        duk_set_top(ctx, 3);
    }
    return 0;
}

static duk_ret_t es_rt(duk_context *ctx)
{
    swd_lib_rt(ctx, RT_class);
    return 1;
}

static const struct swd_native es_natives[] = {
    {"def", es_def, 2, 2},
    {"rt", es_rt, 0, 0},
};

static void load_es(duk_context *ctx, enum swd_prelude file)
{
    swd_prelude_push(ctx, file);
    swd_native_push(ctx, &es_natives[0]);
    duk_push_global_object(ctx);
    swd_native_push(ctx, &es_natives[1]);
    swd_lib_push(ctx, "reflect");
    duk_call(ctx, 4);
    duk_pop(ctx);
}

static void load_group(duk_context *ctx, enum rt_group group)
{
    static const enum swd_prelude files[] = {
        [ES_array] = PRELUDE_es_array,
        [ES_misc] = PRELUDE_es_misc,
        [ES_reflect] = PRELUDE_es_reflect,
        [ES_typed] = PRELUDE_es_typed,
    };
    if (group < ES_array) {
        swd_lib_rt(ctx, (int)group);
        duk_pop(ctx);
    } else {
        load_es(ctx, files[group]);
    }
}

void swd_lib_warm(duk_context *ctx)
{
    load_group(ctx, ES_array);
    load_group(ctx, ES_misc);
}

/* ---- Accessors ---------------------------------------------------------------------------------
 */

/* Duktape hands a getter its key, and a setter the value and the key. */
static duk_ret_t rt_get(duk_context *ctx, enum rt_group group)
{
    load_group(ctx, group);
    duk_push_this(ctx);
    duk_dup(ctx, 0);
    duk_get_prop(ctx, -2);
    return 1;
}

#define GETTER(group)                                                                              \
    static duk_ret_t get_##group(duk_context *ctx)                                                 \
    {                                                                                              \
        return rt_get(ctx, group);                                                                 \
    }
#define SWD_TS_RT(name) GETTER(RT_##name)
#include "ts/rt/rt.def"
#undef SWD_TS_RT
GETTER(ES_array)
GETTER(ES_misc)
GETTER(ES_reflect)
GETTER(ES_typed)

static const struct swd_native rt_getters[GROUPS] = {
#define SWD_TS_RT(name) {"get", get_RT_##name, 1, 0},
#include "ts/rt/rt.def"
#undef SWD_TS_RT
    {"get", get_ES_array, 1, 0},
    {"get", get_ES_misc, 1, 0},
    {"get", get_ES_reflect, 1, 0},
    {"get", get_ES_typed, 1, 0},
};

/* An assignment to the holder replaces the accessor; one to what inherits it makes an own property
 * like any other. */
static duk_ret_t rt_set(duk_context *ctx)
{
    struct insp_desc d;
    bool holder = false;
    duk_push_this(ctx);
    if (!duk_is_object(ctx, -1))
        return 0;
    duk_dup(ctx, 1);
    if (swd_insp_own(ctx, 2, &d)) {
        holder = true;
        duk_pop(ctx);
    }
    duk_dup(ctx, 1);
    duk_dup(ctx, 0);
    duk_def_prop(ctx, 2,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE |
                     (holder ? DUK_DEFPROP_CLEAR_ENUMERABLE : DUK_DEFPROP_SET_ENUMERABLE));
    return 0;
}

static const struct swd_native rt_setter = {"set", rt_set, 2, 1};

/* Defines the accessor under the key on top (popped) of the object at `obj`; the getters of the
 * groups are at `fns` and following, then the setter. */
static void rt_accessor(duk_context *ctx, duk_idx_t obj, duk_idx_t fns, enum rt_group group)
{
    duk_dup(ctx, fns + (duk_idx_t)group);
    duk_dup(ctx, fns + GROUPS);
    duk_def_prop(ctx, obj,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
}

/* Pushes what "Array.prototype" or "Math" names; "TypedArray" is what typed arrays inherit. */
void swd_lib_push_holder(duk_context *ctx, const char *class)
{
    const char *dot = strchr(class, '.');
    char name[32];
    bool typed = strncmp(class, "TypedArray", 10) == 0;
    snprintf(name, sizeof(name), "%.*s", (int)(dot ? (size_t)(dot - class) : strlen(class)), class);
    duk_get_global_string(ctx, typed ? "Uint8Array" : name);
    if (typed) {
        duk_get_prototype(ctx, -1);
        duk_remove(ctx, -2);
    }
    if (dot) {
        duk_get_prop_literal(ctx, -1, "prototype");
        duk_remove(ctx, -2);
    }
}

void swd_lib_push_key(duk_context *ctx, const char *name)
{
    if (name[0] == '@')
        swd_push_symbol(ctx, name + 2);
    else
        swd_push_name(ctx, name);
}

static duk_ret_t reflect_is_constructor(duk_context *ctx)
{
    duk_push_boolean(ctx, duk_is_constructable(ctx, 0));
    return 1;
}

static const struct swd_native reflect_natives[] = {
    {"isConstructor", reflect_is_constructor, 1, 1},
    {NULL, NULL, 0, 0},
};

/* Duktape's own functions that a group replaces, for the group. */
static void keep_reflect(duk_context *ctx)
{
    duk_push_bare_object(ctx);
    duk_get_global_literal(ctx, "Reflect");
    duk_get_prop_literal(ctx, -1, "construct");
    duk_put_prop_literal(ctx, -3, "construct");
    duk_pop(ctx);
    swd_native_put(ctx, -1, reflect_natives);
    swd_lib_keep(ctx, "reflect");
}

/* The well-known symbols that Duktape does not have. */
static void put_symbols(duk_context *ctx)
{
    static const char *const names[] = {"asyncIterator", "species",     "match", "matchAll",
                                        "replace",       "search",      "split", "unscopables",
                                        "dispose",       "asyncDispose"};
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

/* replace() and split() of strings, until regexp.js brings its own: it is needed only when the
 * first argument is an object. An accessor would be too late for s.replace(/x/, y), where the
 * method is taken before the RegExp is made, and too early for s.split(","). `kept` is the name
 * that Duktape's own function is kept under. */
static duk_ret_t string_front(duk_context *ctx, const char *name, const char *kept)
{
    duk_idx_t n = duk_get_top(ctx);
    if (n > 0 && duk_is_object(ctx, 0)) {
        swd_lib_rt(ctx, RT_regexp);
        duk_get_prop_literal(ctx, -1, "strings");
        duk_get_prop_string(ctx, -1, name);
    } else {
        swd_lib_push(ctx, kept);
    }
    duk_insert(ctx, 0);
    duk_push_this(ctx);
    duk_insert(ctx, 1);
    duk_set_top(ctx, n + 2);
    duk_call_method(ctx, n);
    return 1;
}

static duk_ret_t string_replace(duk_context *ctx)
{
    return string_front(ctx, "replace", "string.replace");
}

static duk_ret_t string_split(duk_context *ctx)
{
    return string_front(ctx, "split", "string.split");
}

static const struct swd_native string_natives[] = {
    {"replace", string_replace, DUK_VARARGS, 2},
    {"split", string_split, DUK_VARARGS, 2},
    {NULL, NULL, 0, 0},
};

static void put_string_methods(duk_context *ctx)
{
    duk_get_global_literal(ctx, "String");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_get_prop_literal(ctx, -1, "replace");
    swd_lib_keep(ctx, "string.replace");
    duk_get_prop_literal(ctx, -1, "split");
    swd_lib_keep(ctx, "string.split");
    swd_native_put(ctx, -1, string_natives);
    duk_pop_2(ctx);
}

/* Since ES2015 the restricted properties of functions are here, and not each function's own. */
static void put_restricted(duk_context *ctx)
{
    static const char *const names[] = {"caller", "arguments"};
    duk_get_global_literal(ctx, "Function");
    duk_get_prop_literal(ctx, -1, "prototype");
    swd_unit_push_thrower(ctx);
    for (size_t i = 0; i < SWD_ARRAY_LEN(names); i++) {
        swd_push_name(ctx, names[i]);
        duk_dup(ctx, -2);
        duk_dup(ctx, -1);
        duk_def_prop(ctx, -5,
                     DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER |
                         DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE |
                         DUK_DEFPROP_FORCE);
    }
    duk_pop_3(ctx);
}

static duk_ret_t make_suppressed_error(duk_context *ctx)
{
    swd_lib_rt(ctx, RT_dispose);
    duk_get_prop_literal(ctx, -1, "SuppressedError");
    return 1;
}

static const struct swd_native suppressed_make = {"SuppressedError", make_suppressed_error, 0, 0};

void swd_rt_globals(duk_context *ctx)
{
    duk_idx_t fns = duk_get_top(ctx), global = fns - 1;
    put_symbols(ctx);
    put_string_methods(ctx);
    put_restricted(ctx);
    keep_reflect(ctx);
    for (int i = 0; i < GROUPS; i++) {
        swd_native_push(ctx, &rt_getters[i]);
        duk_push_true(ctx);
        duk_put_prop_literal(ctx, -2, SWD_KEY_LAZY);
    }
    swd_native_push(ctx, &rt_setter);
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_helpers); i++) {
        swd_push_name(ctx, rt_helpers[i].name);
        rt_accessor(ctx, global, fns, rt_helpers[i].group);
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(rt_methods); i++) {
        swd_lib_push_holder(ctx, rt_methods[i].class);
        swd_lib_push_key(ctx, rt_methods[i].name);
        rt_accessor(ctx, duk_get_top(ctx) - 2, fns, rt_methods[i].group);
        duk_pop(ctx);
    }
    duk_set_top(ctx, fns);
    swd_lib_lazy(ctx, "SuppressedError", &suppressed_make);
    swd_promise_host(ctx);
    duk_push_int(ctx, 0);
    duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("next"));
    duk_get_prop_literal(ctx, -1, "host");
    duk_push_true(ctx);
    duk_put_prop_literal(ctx, -2, "lazy");
    duk_get_prop_literal(ctx, -1, "hidden");
    swd_lib_keep(ctx, "hidden");
    duk_pop(ctx);
    swd_lib_keep(ctx, "rt");
}
