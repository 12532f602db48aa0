/* Natives for the hot paths of the runtime helpers: see rtfast.h. */
#include "engine/rtfast.h"
#include "engine/unit.h"

/* iteration(Symbol.iterator, values, %ArrayIteratorPrototype%, "next", next): once. */
static duk_ret_t fast_iteration(duk_context *ctx)
{
    swd_slot_push(ctx, SWD_SLOT_RT);
    for (duk_uarridx_t i = 0; i < 5; i++) {
        duk_dup(ctx, (duk_idx_t)i);
        duk_put_prop_index(ctx, -2, KEPT_SYMBOL + i);
    }
    return 0;
}

/* Whether the array iteration of the value at 0 is what the standard's intrinsics do. */
static bool is_pristine(duk_context *ctx, duk_idx_t idx)
{
    bool same;

    if (!duk_is_array(ctx, idx))
        return false;
    swd_slot_push(ctx, SWD_SLOT_RT);
    same = swd_unit_pristine(ctx, (int)idx, -1, KEPT_SYMBOL);
    duk_pop(ctx);
    return same;
}

/* pristine(value): whether it is an array that may be walked by index. false: perhaps. */
static duk_ret_t fast_pristine(duk_context *ctx)
{
    duk_push_boolean(ctx, is_pristine(ctx, 0));
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

    if (!is_pristine(ctx, 0))
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

const struct swd_native swd_rtfast_natives[] = {
    {"iteration", fast_iteration, 5, 5},
    {"pristine", fast_pristine, 1, 1},
    {"slice", fast_slice, 2, 2},
    {"append", fast_append, 2, 2},
    {"assign", fast_assign, 2, 2},
    {"getFor", fast_get_for, 3, 3},
    {"isConstructor", fast_is_constructor, 1, 1},
    {"all", fast_all, 1, 1},
    {"push", fast_push, DUK_VARARGS, 1},
    {NULL, NULL, 0, 0},
};
