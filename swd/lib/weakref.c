/* WeakRef and FinalizationRegistry.
 *
 * What is held weakly is a cell: a plain buffer with the address of the object, under a hidden key
 * of the object itself, and shared by all who hold it. The collector takes the address away before
 * the memory goes (swd_unit_weaken()), which calls nothing: what it leaves is a flag. The address
 * is a word of the heap like any other: a clone's is moved with it, a sleeping heap's stays where
 * it is. A symbol is held strongly, which the standard allows.
 *
 * A target that was made a WeakRef's or was seen through one stays until the turn ends
 * (KeepDuringJob): in a list that core_enter() drops. Registries with live entries are in a list of
 * the heap, so that callbacks come though a script let go of its registry; they come as macrotasks
 * after the turn in which a collection found the targets dead, or in one of their own. Held values
 * are held strongly: one that leads to its target keeps it, as in the standard.
 *
 * Cost: a WeakRef is an object and, the first time for a target, a cell of 16 bytes and two
 * properties; deref() is O(1). Deaths cost a pass over the entries of all registries. */
#include <string.h>

#include "engine/unit.h"
#include "lib/int.h"

struct cell {
    void *target; /* NULL: dead */
    double kept;  /* the turn in which the target was last kept */
};

/* An entry of a registry: three elements of its list. */
enum { ENTRY_TARGET, ENTRY_HELD, ENTRY_TOKEN, ENTRY_N };

/* ---- Cells -------------------------------------------------------------------------------------
 */

/* Pushes what holds the value at `idx` weakly: its cell, or the value where there is no cell. */
static void push_hold(duk_context *ctx, duk_idx_t idx)
{
    struct cell *c;
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakcell"));
    if (!duk_is_object(ctx, idx)) {
        duk_pop(ctx);
        duk_dup(ctx, idx);
        return;
    }
    if (swd_unit_secret_get(ctx, (int)idx))
        return;
    c = duk_push_fixed_buffer(ctx, sizeof *c);
    c->kept = -1;
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakcell"));
    duk_dup(ctx, -2);
    swd_unit_secret_put(ctx, (int)idx);
    swd_unit_weaken(ctx, (int)idx);
    c->target = duk_get_heapptr(ctx, idx);
}

/* The cell at `idx`; NULL: the value there is held itself. */
static struct cell *cell_at(duk_context *ctx, duk_idx_t idx)
{
    size_t n = 0;
    void *p = duk_is_buffer(ctx, idx) ? duk_get_buffer(ctx, idx, &n) : NULL;
    return n == sizeof(struct cell) ? p : NULL;
}

/* The target of the cell at `idx` stays until the end of this turn. */
static void keep_target(duk_context *ctx, duk_idx_t idx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct cell *c = cell_at(ctx, idx);
    if (!c || !c->target || (lib->weak_kept && c->kept == (double)lib->weak_kept_n))
        return;
    swd_lib_push(ctx, "weak.kept");
    if (!lib->weak_kept || !duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        duk_push_bare_array(ctx);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "weak.kept");
        lib->weak_kept = true;
        lib->weak_kept_n++;
    }
    duk_push_heapptr(ctx, c->target);
    duk_put_prop_index(ctx, -2, (duk_uarridx_t)duk_get_length(ctx, -2));
    duk_pop(ctx);
    c->kept = (double)lib->weak_kept_n;
}

void swd_weak_turn_end(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    if (!lib->weak_kept || lib->suspended)
        return;
    lib->weak_kept = false;
    duk_push_undefined(ctx);
    swd_lib_keep(ctx, "weak.kept");
}

/* In place of the key on top: `this` and, above, what it keeps under it; false: it has none. */
static bool push_secret(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_insert(ctx, -2);
    return duk_is_object(ctx, -2) && swd_unit_secret_get(ctx, (int)duk_get_top(ctx) - 2);
}

/* ---- WeakRef -----------------------------------------------------------------------------------
 */

static duk_ret_t ref_new(duk_context *ctx)
{
    swd_need_new(ctx, "WeakRef");
    if (!swd_weak_holdable(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "WeakRef: target must be an object");
    duk_push_this(ctx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakref"));
    push_hold(ctx, 0);
    keep_target(ctx, duk_get_top_index(ctx));
    swd_unit_secret_put(ctx, 1);
    return 0;
}

static duk_ret_t ref_deref(duk_context *ctx)
{
    struct cell *c;
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakref"));
    if (!push_secret(ctx))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "deref called on what is no WeakRef");
    c = cell_at(ctx, 1);
    if (!c)
        return 1;
    if (!c->target)
        return 0;
    keep_target(ctx, 1);
    duk_push_heapptr(ctx, c->target);
    return 1;
}

/* ---- FinalizationRegistry ----------------------------------------------------------------------
 */

/* Pushes `this` and, above, the list of its entries: the cleanup function, then ENTRY_N elements
 * each. */
static void push_entries(duk_context *ctx, const char *method)
{
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("registry"));
    if (!push_secret(ctx))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                  "FinalizationRegistry.prototype.%s called on incompatible receiver", method);
}

static duk_ret_t registry_new(duk_context *ctx)
{
    swd_need_new(ctx, "FinalizationRegistry");
    if (!duk_is_function(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "FinalizationRegistry: cleanup must be callable");
    duk_push_this(ctx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("registry"));
    duk_push_bare_array(ctx);
    duk_dup(ctx, 0);
    duk_put_prop_index(ctx, -2, 0);
    swd_unit_secret_put(ctx, 1);
    return 0;
}

/* The list of entries at `idx` is one that deaths are looked for in. */
static void enlist(duk_context *ctx, duk_idx_t idx)
{
    swd_lib_push(ctx, "weak.lists");
    if (!duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        duk_push_bare_array(ctx);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "weak.lists");
    }
    duk_dup(ctx, idx);
    duk_put_prop_index(ctx, -2, (duk_uarridx_t)duk_get_length(ctx, -2));
    duk_pop(ctx);
}

static duk_ret_t registry_register(duk_context *ctx)
{
    duk_uarridx_t n;
    push_entries(ctx, "register"); /* 3: this, 4: entries */
    if (!swd_weak_holdable(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "register: target must be an object");
    if (duk_samevalue(ctx, 0, 1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "register: target and holdings must not be same");
    if (!duk_is_undefined(ctx, 2) && !swd_weak_holdable(ctx, 2))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Invalid unregisterToken");
    push_hold(ctx, 0); /* 5 */
    if (duk_is_undefined(ctx, 2))
        duk_push_undefined(ctx);
    else
        push_hold(ctx, 2); /* 6 */
    n = (duk_uarridx_t)duk_get_length(ctx, 4);
    if (n == 1)
        enlist(ctx, 4);
    duk_put_prop_index(ctx, 4, n + ENTRY_TOKEN);
    duk_dup(ctx, 1);
    duk_put_prop_index(ctx, 4, n + ENTRY_HELD);
    duk_put_prop_index(ctx, 4, n + ENTRY_TARGET);
    return 0;
}

static void move_entry(duk_context *ctx, duk_idx_t list, duk_uarridx_t from, duk_uarridx_t to)
{
    for (duk_uarridx_t i = 0; from != to && i < ENTRY_N; i++) {
        duk_get_prop_index(ctx, list, from + i);
        duk_put_prop_index(ctx, list, to + i);
    }
}

static duk_ret_t registry_unregister(duk_context *ctx)
{
    duk_uarridx_t n, to = 1;
    push_entries(ctx, "unregister"); /* 1: this, 2: entries */
    if (!swd_weak_holdable(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Invalid unregisterToken");
    push_hold(ctx, 0); /* 3 */
    n = (duk_uarridx_t)duk_get_length(ctx, 2);
    for (duk_uarridx_t at = 1; at < n; at += ENTRY_N) {
        duk_get_prop_index(ctx, 2, at + ENTRY_TOKEN);
        if (!duk_strict_equals(ctx, 3, -1)) {
            move_entry(ctx, 2, at, to);
            to += ENTRY_N;
        }
        duk_set_top(ctx, 4);
    }
    duk_set_length(ctx, 2, to);
    duk_push_boolean(ctx, to != n);
    return 1;
}

/* ---- Callbacks ---------------------------------------------------------------------------------
 */

/* Of the list at `list` the entries whose targets are dead go to the one at `due`: cleanup and held
 * value. */
static void reap(duk_context *ctx, duk_idx_t list, duk_idx_t due)
{
    duk_uarridx_t n = (duk_uarridx_t)duk_get_length(ctx, list), to = 1;
    for (duk_uarridx_t at = 1; at < n; at += ENTRY_N) {
        const struct cell *c;
        duk_uarridx_t end;
        duk_get_prop_index(ctx, list, at + ENTRY_TARGET);
        c = cell_at(ctx, -1);
        duk_pop(ctx);
        if (!c || c->target) {
            move_entry(ctx, list, at, to);
            to += ENTRY_N;
            continue;
        }
        end = (duk_uarridx_t)duk_get_length(ctx, due);
        duk_get_prop_index(ctx, list, 0);
        duk_put_prop_index(ctx, due, end);
        duk_get_prop_index(ctx, list, at + ENTRY_HELD);
        duk_put_prop_index(ctx, due, end + 1);
    }
    duk_set_length(ctx, list, to);
}

/* Pushes the list of what is due: how much of it is done, then pairs. */
static void push_due(duk_context *ctx)
{
    swd_lib_push(ctx, "weak.due");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    duk_push_bare_array(ctx);
    duk_push_int(ctx, 1);
    duk_put_prop_index(ctx, -2, 0);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "weak.due");
}

/* Looks through all registries' lists for what goes to the one at `due`; those that have become
 * empty are looked through no more. */
static void reap_all(duk_context *ctx, duk_idx_t due)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_idx_t lists = duk_get_top(ctx);
    duk_uarridx_t n, to = 0;
    swd_heap_forget(lib->heap);
    swd_lib_push(ctx, "weak.lists");
    if (duk_is_object(ctx, lists)) {
        n = (duk_uarridx_t)duk_get_length(ctx, lists);
        for (duk_uarridx_t i = 0; i < n; i++) {
            duk_get_prop_index(ctx, lists, i);
            reap(ctx, lists + 1, due);
            if (duk_get_length(ctx, lists + 1) > 1)
                duk_put_prop_index(ctx, lists, to++);
            else
                duk_pop(ctx);
        }
        duk_set_length(ctx, lists, to);
    }
    duk_set_top(ctx, lists);
}

int swd_weak_deliver(void *c, void *enter)
{
    duk_context *ctx = c;
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_uarridx_t at;
    duk_idx_t due;
    push_due(ctx);
    due = duk_get_top_index(ctx);
    if (swd_heap_found(lib->heap))
        reap_all(ctx, due);
    duk_get_prop_index(ctx, due, 0);
    at = duk_to_uint(ctx, -1);
    duk_pop(ctx);
    lib->weak_due = at < duk_get_length(ctx, due);
    while (lib->weak_due && !lib->suspended) {
        duk_get_prop_index(ctx, due, at);
        duk_push_array(ctx);
        duk_get_prop_index(ctx, due, at + 1);
        duk_put_prop_index(ctx, -2, 0);
        at += 2;
        duk_push_uint(ctx, at);
        duk_put_prop_index(ctx, due, 0);
        lib->weak_due = at < duk_get_length(ctx, due);
        ((void (*)(duk_context *))enter)(ctx);
    }
    if (!lib->weak_due) {
        duk_push_undefined(ctx);
        swd_lib_keep(ctx, "weak.due");
    }
    return 0;
}

/* ---- The globals -------------------------------------------------------------------------------
 */

static const struct swd_native ref_methods[] = {
    {"deref", ref_deref, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native registry_methods[] = {
    {"register", registry_register, 3, 2},
    {"unregister", registry_unregister, 1, 1},
    {NULL, NULL, 0, 0},
};
static const struct swd_native ref_class = {"WeakRef", ref_new, 1, 1};
static const struct swd_native registry_class = {"FinalizationRegistry", registry_new, 1, 1};

static duk_ret_t make_class(duk_context *ctx, const struct swd_native *class,
                            const struct swd_native *methods)
{
    swd_native_push(ctx, class);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, methods);
    swd_lib_class(ctx, class->name);
    return 1;
}

static duk_ret_t make_ref(duk_context *ctx)
{
    return make_class(ctx, &ref_class, ref_methods);
}

static duk_ret_t make_registry(duk_context *ctx)
{
    return make_class(ctx, &registry_class, registry_methods);
}

static const struct swd_native makers[] = {
    {"WeakRef", make_ref, 0, 0},
    {"FinalizationRegistry", make_registry, 0, 0},
};

void swd_weakref_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}
