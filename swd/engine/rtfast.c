/* Natives for the hot paths of the runtime helpers: see rtfast.h. */
#include <string.h>

#include "engine/rtfast.h"
#include "engine/promise.h"
#include "engine/unit.h"

/* iteration(Symbol.iterator, values, %ArrayIteratorPrototype%, "next", next): once. */
static duk_ret_t fast_iteration(duk_context *ctx)
{
    for (unsigned i = 0; i < 5; i++) {
        duk_dup(ctx, (duk_idx_t)i);
        swd_unit_keep(ctx, SWD_KEPT_ITERATION + i);
    }
    return 0;
}

/* classKey(hidden symbol, Reflect.apply): once. */
static duk_ret_t fast_class_key(duk_context *ctx)
{
    swd_unit_keep(ctx, SWD_KEPT_APPLY);
    swd_unit_keep(ctx, SWD_KEPT_CLASS);
    return 0;
}

/* pend(new.target), take(): see ts/rt/class.js. */
static duk_ret_t fast_pend(duk_context *ctx)
{
    swd_unit_keep(ctx, SWD_KEPT_PENDING);
    return 0;
}

static duk_ret_t fast_take(duk_context *ctx)
{
    swd_unit_take(ctx);
    return 1;
}

/* pristine(value): whether it is an array that may be walked by index. false: perhaps. */
static duk_ret_t fast_pristine(duk_context *ctx)
{
    duk_push_boolean(ctx, swd_unit_pristine(ctx, 0));
    return 1;
}

/* slice(array or arguments, from): a fresh dense array. */
static duk_ret_t fast_slice(duk_context *ctx)
{
    duk_uarridx_t from = duk_to_uint32(ctx, 1), n = (duk_uarridx_t)duk_get_length(ctx, 0), k = 0;

    duk_push_array(ctx);
    for (; from < n; from++) {
        duk_get_prop_index(ctx, 0, from);
        duk_put_prop_index(ctx, 2, k++);
    }
    return 1;
}

/* all(value): a copy of a pristine array, undefined for anything else. */
static duk_ret_t fast_all(duk_context *ctx)
{
    duk_uarridx_t n;

    if (!swd_unit_pristine(ctx, 0))
        return 0;
    n = (duk_uarridx_t)duk_get_length(ctx, 0);
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; i < n; i++) {
        duk_get_prop_index(ctx, 0, i);
        duk_put_prop_index(ctx, 1, i);
    }
    return 1;
}

/* push(array, ...values): the array. */
static duk_ret_t fast_push(duk_context *ctx)
{
    duk_idx_t n = duk_get_top(ctx);
    duk_uarridx_t at = (duk_uarridx_t)duk_get_length(ctx, 0);

    for (duk_idx_t i = 1; i < n; i++) {
        duk_dup(ctx, i);
        duk_put_prop_index(ctx, 0, at++);
    }
    duk_dup(ctx, 0);
    return 1;
}

/* append(array, pristine array): the first, longer. */
static duk_ret_t fast_append(duk_context *ctx)
{
    duk_uarridx_t at = (duk_uarridx_t)duk_get_length(ctx, 0);

    for (duk_uarridx_t i = 0; i < (duk_uarridx_t)duk_get_length(ctx, 1); i++) {
        duk_get_prop_index(ctx, 1, i);
        duk_put_prop_index(ctx, 0, at++);
    }
    duk_dup(ctx, 0);
    return 1;
}

/* assign(target, source): CopyDataProperties of an ordinary object; false for anything else. */
static duk_ret_t fast_assign(duk_context *ctx)
{
    if (!duk_is_object(ctx, 1) || swd_unit_class(ctx, 1) == SWD_CLASS_PROXY) {
        duk_push_false(ctx);
        return 1;
    }
    duk_enum(ctx, 1,
             DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_SYMBOLS | DUK_ENUM_SORT_ARRAY_INDICES);
    while (duk_next(ctx, 2, 1))
        duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WEC);
    duk_push_true(ctx);
    return 1;
}

/* getFor(object, key, receiver): [[Get]]. */
static duk_ret_t fast_get_for(duk_context *ctx)
{
    if (!duk_is_string(ctx, 1) && !duk_is_symbol(ctx, 1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "not a property key");
    swd_unit_get_for(ctx, 0, 1, 2);
    return 1;
}

/* isConstructor(value) */
static duk_ret_t fast_is_constructor(duk_context *ctx)
{
    duk_push_boolean(ctx, duk_is_constructable(ctx, 0));
    return 1;
}

/* privateKind(value, name): method 0, field 3, accessor 4, none -1. */
static duk_ret_t fast_private_kind(duk_context *ctx)
{
    duk_push_int(ctx, swd_unit_private_kind(ctx, 0, 1));
    return 1;
}

/* privateGet(object, name, setter): the value, or half the accessor. */
static duk_ret_t fast_private_get(duk_context *ctx)
{
    swd_unit_private_get(ctx, 0, 1, duk_to_boolean(ctx, 2));
    return 1;
}

/* privateSet(object, name, value): whether it is a field. */
static duk_ret_t fast_private_set(duk_context *ctx)
{
    duk_push_boolean(ctx, swd_unit_private_set(ctx, 0, 1, 2));
    return 1;
}

/* privateAdd(object, name, value, kind): whether there was none. Kinds 0, 1 and 2 as for $$pmeth,
 * 3 a field. */
static duk_ret_t fast_private_add(duk_context *ctx)
{
    duk_push_boolean(ctx, swd_unit_private_add(ctx, 0, 1, 2, duk_to_int(ctx, 3)));
    return 1;
}

/* privateName(hidden symbol): `#x` of the name that the transpiler wrote as $$_x_0123abcd. */
static duk_ret_t fast_private_name(duk_context *ctx)
{
    const char *s, *end;
    duk_size_t n;

    if (!duk_is_symbol(ctx, 0))
        return 0;
    s = duk_get_lstring(ctx, 0, &n);
    end = n > 1 ? memrchr(s, '_', n) : NULL;
    swd_text_push(ctx, s + 1, (end ? (size_t)(end - s) : n) - 1);
    return 1;
}

/* isCompiled(value): whether it is a function of a script. */
static duk_ret_t fast_is_compiled(duk_context *ctx)
{
    duk_push_boolean(ctx, swd_unit_is_compiled(ctx, 0));
    return 1;
}

/* driver(function, function): what $$pawait() goes on with, and $$pwait(). */
static duk_ret_t fast_driver(duk_context *ctx)
{
    swd_promise_driver(ctx);
    return 0;
}

const struct swd_native swd_rtfast_natives[] = {
    {"driver", fast_driver, 2, 2},
    {"iteration", fast_iteration, 5, 5},
    {"pristine", fast_pristine, 1, 1},
    {"classKey", fast_class_key, 2, 2},
    {"pend", fast_pend, 1, 1},
    {"take", fast_take, 0, 0},
    {"privateKind", fast_private_kind, 2, 2},
    {"privateGet", fast_private_get, 3, 3},
    {"privateSet", fast_private_set, 3, 3},
    {"privateAdd", fast_private_add, 4, 4},
    {"privateName", fast_private_name, 1, 1},
    {"slice", fast_slice, 2, 2},
    {"append", fast_append, 2, 2},
    {"assign", fast_assign, 2, 2},
    {"getFor", fast_get_for, 3, 3},
    {"isConstructor", fast_is_constructor, 1, 1},
    {"isCompiled", fast_is_compiled, 1, 1},
    {"all", fast_all, 1, 1},
    {"push", fast_push, DUK_VARARGS, 1},
    {NULL, NULL, 0, 0},
};
