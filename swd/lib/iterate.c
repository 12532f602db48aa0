/* The iteration protocol for natives.
 *
 * An array whose iteration nobody changed is walked by index. Otherwise the iterator is called as
 * the standard has it, and closed when the caller's function throws. Scripts' code runs below a C
 * frame here: it cannot suspend the runner. */
#include <string.h>

#include "lib/inspect.h"

void swd_push_symbol(duk_context *ctx, const char *name)
{
    duk_get_global_literal(ctx, "Symbol");
    swd_push_name(ctx, name);
    duk_get_prop(ctx, -2);
    duk_remove(ctx, -2);
}

bool swd_push_species(duk_context *ctx)
{
    swd_push_symbol(ctx, "species");
    duk_get_prop(ctx, -2);
    duk_remove(ctx, -2);
    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    if (!duk_is_constructable(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                  "object.constructor[Symbol.species] is not a constructor");
    return true;
}

/* A true array that inherits the iteration that arrays had at first. */
static bool pristine(duk_context *ctx, duk_idx_t idx)
{
    struct insp_desc d;
    bool same;
    if (swd_kind_of(ctx, idx) != SWD_KIND_ARRAY)
        return false;
    swd_push_symbol(ctx, "iterator");
    if (swd_insp_own(ctx, idx, &d)) {
        duk_pop(ctx);
        return false;
    }
    duk_get_prototype(ctx, idx);
    swd_insp_intrinsic(ctx, "Array.prototype");
    same = duk_strict_equals(ctx, -1, -2);
    if (same) {
        swd_push_symbol(ctx, "iterator");
        same = swd_insp_own(ctx, -2, &d) && !d.data;
        duk_pop(ctx);
    }
    duk_pop_2(ctx);
    return same;
}

struct iterate_call {
    void (*each)(duk_context *ctx, void *arg);
    void *arg;
};

static duk_ret_t call_each(duk_context *ctx, void *udata)
{
    struct iterate_call *c = udata;
    c->each(ctx, c->arg);
    return 0;
}

/* The iterator at `it` is left early: return() is called, its errors are not heard. */
static void close_and_throw(duk_context *ctx, duk_idx_t it)
{
    duk_push_literal(ctx, "return");
    if (duk_pcall_prop(ctx, it, 0) != DUK_EXEC_SUCCESS)
        duk_pop(ctx);
    else
        duk_pop(ctx);
    (void)duk_throw(ctx);
}

static void walk_array(duk_context *ctx, duk_idx_t idx, struct iterate_call *c)
{
    for (duk_uarridx_t i = 0; i < duk_get_length(ctx, idx); i++) {
        duk_get_prop_index(ctx, idx, i);
        c->each(ctx, c->arg);
        duk_pop(ctx);
        if ((i & 1023) == 1023)
            swd_heap_check(ctx);
    }
}

void swd_iterate(duk_context *ctx, duk_idx_t idx, void (*each)(duk_context *ctx, void *arg),
                 void *arg)
{
    struct iterate_call c = {each, arg};
    duk_idx_t it, next;
    idx = duk_normalize_index(ctx, idx);
    if (pristine(ctx, idx)) {
        walk_array(ctx, idx, &c);
        return;
    }
    swd_push_symbol(ctx, "iterator");
    if (!duk_is_null_or_undefined(ctx, idx))
        duk_get_prop(ctx, idx);
    if (!duk_is_function(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "value is not iterable");
    duk_dup(ctx, idx);
    duk_call_method(ctx, 0);
    if (!duk_is_object(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Result of the Symbol.iterator method is not an object");
    it = duk_get_top_index(ctx);
    duk_get_prop_literal(ctx, it, "next");
    next = duk_get_top_index(ctx);
    for (;;) {
        duk_dup(ctx, next);
        duk_dup(ctx, it);
        duk_call_method(ctx, 0);
        if (!duk_is_object(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Iterator result is not an object");
        duk_get_prop_literal(ctx, -1, "done");
        if (duk_to_boolean(ctx, -1))
            break;
        duk_pop(ctx);
        duk_get_prop_literal(ctx, -1, "value");
        duk_remove(ctx, -2);
        if (duk_safe_call(ctx, call_each, &c, 1, 1) != DUK_EXEC_SUCCESS)
            close_and_throw(ctx, it);
        duk_pop(ctx);
        swd_heap_check(ctx);
    }
    duk_set_top(ctx, it);
}
