/* Natives, private slots, deferred cleanups: see duk.h.
 *
 * A native is pushed as one trampoline whose `magic` is an index into a table of the whole process,
 * so that a heap holds no pointer to code of ours but the trampoline's. The table is an
 * open-address hash by address that only grows; an entry's slot is its index for ever. Any thread,
 * no lock. */
#include <stdatomic.h>

#include "base/check.h"
#include "engine/duk.h"
#include "engine/heap.h"
#include "engine/turn.h"
#include "engine/unit.h"

#define NATIVE_SLOTS 8192u /* a power of two below 32768, the range of a magic */

static _Atomic(const struct swd_native *) native_table[NATIVE_SLOTS];

/* The index of `n`, entered when it is new; -1 when the table is full. */
static int native_index(const struct swd_native *n)
{
    uint32_t at = (uint32_t)(((uintptr_t)n >> 3) * 0x9e3779b97f4a7c15ULL >> 40);
    for (uint32_t i = 0; i < NATIVE_SLOTS; i++) {
        uint32_t slot = (at + i) & (NATIVE_SLOTS - 1);
        const struct swd_native *seen =
            atomic_load_explicit(&native_table[slot], memory_order_acquire);
        if (!seen && atomic_compare_exchange_strong(&native_table[slot], &seen, n))
            return (int)slot;
        if (seen == n)
            return (int)slot;
    }
    return -1;
}

static duk_ret_t native_enter(duk_context *ctx)
{
    const struct swd_native *n;
    duk_ret_t rc;
    swd_turn_enter();
    n = atomic_load_explicit(&native_table[(uint32_t)duk_get_current_magic(ctx)],
                             memory_order_relaxed);
    rc = n->fn(ctx);
    swd_turn_leave();
    return rc;
}

static void native_define(duk_context *ctx, duk_idx_t obj, const char *key)
{
    duk_push_string(ctx, key);
    duk_insert(ctx, -2);
    duk_def_prop(ctx, obj,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_HAVE_WRITABLE | DUK_DEFPROP_HAVE_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE);
}

void swd_native_push(duk_context *ctx, const struct swd_native *n)
{
    int index = native_index(n);
    duk_idx_t fn;
    if (index < 0)
        swd_throw(ctx, DUK_ERR_ERROR, "too many native functions");
    fn = duk_push_c_function(ctx, native_enter, n->nargs);
    duk_set_magic(ctx, fn, index);
    if (n->name[0] < 'A' || n->name[0] > 'Z')
        swd_unit_no_constructor(ctx, (int)fn);
    duk_push_int(ctx, n->length);
    native_define(ctx, fn, "length");
    duk_push_string(ctx, n->name);
    native_define(ctx, fn, "name");
}

void swd_native_put(duk_context *ctx, duk_idx_t idx, const struct swd_native *table)
{
    idx = duk_require_normalize_index(ctx, idx);
    for (; table->name; table++) {
        duk_push_string(ctx, table->name);
        swd_native_push(ctx, table);
        duk_def_prop(ctx, idx,
                     DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE |
                         DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE);
    }
}

/* The heap stash is a bare object: no prototype, so no getter of a script's on the way. */
void swd_slot_put(duk_context *ctx, int slot)
{
    swd_assert(slot >= 0 && slot < SWD_SLOT_MAX);
    duk_push_heap_stash(ctx);
    duk_insert(ctx, -2);
    duk_put_prop_index(ctx, -2, (duk_uarridx_t)slot);
    duk_pop(ctx);
}

void swd_slot_push(duk_context *ctx, int slot)
{
    swd_assert(slot >= 0 && slot < SWD_SLOT_MAX);
    duk_push_heap_stash(ctx);
    duk_get_prop_index(ctx, -1, (duk_uarridx_t)slot);
    duk_remove(ctx, -2);
}

void swd_defer_push(duk_context *ctx, void (*fn)(void *arg), void *arg)
{
    struct swd_turn *t = &swd_turn_self;
    if (t->defers == SWD_DEFERS) {
        fn(arg);
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "natives are nested too deeply");
    }
    t->armed[t->defers] = (struct swd_defer){fn, arg};
    atomic_signal_fence(memory_order_seq_cst);
    t->defers++;
}

void swd_defer_pop(duk_context *ctx, bool run)
{
    struct swd_turn *t = &swd_turn_self;
    (void)ctx;
    swd_assert(t->defers > 0);
    if (run)
        swd_defer_unwind(t->defers - 1);
    else
        t->defers--;
}

int swd_pure_open(duk_context *ctx)
{
    (void)ctx;
    return swd_turn_open();
}

void swd_pure_close(duk_context *ctx, int was)
{
    (void)ctx;
    swd_turn_close(was);
}
