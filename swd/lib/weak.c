/* WeakMap, WeakSet. (WeakRef and FinalizationRegistry: weakref.c.)
 *
 * Duktape has no weak references, so a WeakMap is turned around: the value is an own property of
 * the key object, under a hidden symbol that is the map's own. It lives as long as the key does,
 * and a cycle from value to key is collected as any other. What remains of a dead map is let go
 * with its keys. A Proxy has its own entries, a frozen key takes them (swd_unit_secret_put). Cost:
 * O(1). */
#include <stdio.h>

#include "engine/unit.h"
#include "lib/int.h"

enum weak_kind { WEAK_MAP, WEAK_SET };

static const char *const weak_names[] = {"WeakMap", "WeakSet"};

static void push_secret(duk_context *ctx, enum weak_kind kind)
{
    if (kind == WEAK_MAP)
        duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakmap"));
    else
        duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weakset"));
}

/* Pushes the hidden symbol of `this`. */
static void push_own_symbol(duk_context *ctx, enum weak_kind kind)
{
    duk_push_this(ctx);
    push_secret(ctx, kind);
    if (!duk_is_object(ctx, -2) || !swd_unit_secret_get(ctx, (int)duk_get_top(ctx) - 2))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Method %s.prototype called on incompatible receiver",
                  weak_names[kind]);
}

bool swd_weak_holdable(duk_context *ctx, duk_idx_t idx)
{
    return duk_is_object(ctx, idx) || swd_unit_is_own_symbol(ctx, (int)idx);
}

/* Symbols cannot carry a property: the collection `this` keeps them in a bare object, for as long
 * as it lives. Pushes it, made when `make`; false: there is none. */
static bool push_symbols(duk_context *ctx, bool make)
{
    duk_idx_t self;
    duk_push_this(ctx);
    self = duk_get_top_index(ctx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weaksymbols"));
    if (swd_unit_secret_get(ctx, (int)self))
        return true;
    if (!make)
        return false;
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weaksymbols"));
    duk_push_bare_object(ctx);
    swd_unit_secret_put(ctx, (int)self);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("weaksymbols"));
    return swd_unit_secret_get(ctx, (int)self);
}

/* Pushes the value of the key at 0; the collection's own symbol is on top, popped. */
static bool weak_find(duk_context *ctx)
{
    if (duk_is_object(ctx, 0))
        return swd_unit_secret_get(ctx, 0);
    duk_pop(ctx);
    if (!swd_unit_is_own_symbol(ctx, 0) || !push_symbols(ctx, false))
        return false;
    duk_dup(ctx, 0);
    return duk_get_prop(ctx, -2);
}

static duk_ret_t weak_has(duk_context *ctx, enum weak_kind kind)
{
    push_own_symbol(ctx, kind);
    duk_push_boolean(ctx, weak_find(ctx));
    return 1;
}

static duk_ret_t weak_get(duk_context *ctx)
{
    push_own_symbol(ctx, WEAK_MAP);
    return weak_find(ctx) ? 1 : 0;
}

static duk_ret_t weak_put(duk_context *ctx, enum weak_kind kind)
{
    push_own_symbol(ctx, kind);
    if (!swd_weak_holdable(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Invalid value used %s",
                  kind == WEAK_MAP ? "as weak map key" : "in weak set");
    if (kind == WEAK_MAP)
        duk_dup(ctx, 1);
    else
        duk_push_true(ctx);
    if (duk_is_object(ctx, 0)) {
        swd_unit_secret_put(ctx, 0);
    } else {
        push_symbols(ctx, true);
        duk_dup(ctx, 0);
        duk_dup(ctx, kind == WEAK_MAP ? 1 : 0);
        duk_put_prop(ctx, -3);
    }
    duk_push_this(ctx);
    return 1;
}

static duk_ret_t weak_delete(duk_context *ctx, enum weak_kind kind)
{
    bool had = false;
    push_own_symbol(ctx, kind);
    if (duk_is_object(ctx, 0)) {
        had = swd_unit_secret_del(ctx, 0);
    } else if (weak_find(ctx)) {
        duk_pop(ctx);
        duk_dup(ctx, 0);
        had = duk_del_prop(ctx, -2);
    }
    duk_push_boolean(ctx, had);
    return 1;
}

struct filling {
    enum weak_kind kind;
};

/* Index 1 is the new object, 2 its set or add. */
static void fill_one(duk_context *ctx, void *arg)
{
    struct filling *f = arg;
    duk_idx_t item = duk_get_top_index(ctx);
    if (f->kind == WEAK_MAP && !duk_is_object(ctx, item))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Iterator value is not an entry object");
    duk_dup(ctx, 2);
    duk_dup(ctx, 1);
    if (f->kind == WEAK_MAP) {
        duk_get_prop_index(ctx, item, 0);
        duk_get_prop_index(ctx, item, 1);
    } else {
        duk_dup(ctx, item);
    }
    duk_call_method(ctx, f->kind == WEAK_MAP ? 2 : 1);
    duk_pop(ctx);
}

/* A hidden symbol that no other collection of this heap has. */
static void push_fresh_symbol(duk_context *ctx)
{
    char name[32];
    double n;
    swd_lib_push(ctx, "weakCount");
    n = duk_is_number(ctx, -1) ? duk_get_number(ctx, -1) + 1 : 1;
    duk_push_number(ctx, n);
    swd_lib_keep(ctx, "weakCount");
    snprintf(name, sizeof(name), "weak %.0f", n);
    swd_push_hidden(ctx, name);
    duk_remove(ctx, -2);
}

static duk_ret_t construct(duk_context *ctx, enum weak_kind kind)
{
    struct filling f = {kind};
    swd_need_new(ctx, weak_names[kind]);
    duk_set_top(ctx, 1);
    duk_push_this(ctx);
    push_secret(ctx, kind);
    push_fresh_symbol(ctx);
    swd_unit_secret_put(ctx, 1);
    if (duk_is_null_or_undefined(ctx, 0))
        return 0;
    if (kind == WEAK_MAP)
        duk_get_prop_literal(ctx, 1, "set");
    else
        duk_get_prop_literal(ctx, 1, "add");
    if (!duk_is_function(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "the adder of the new %s is not callable",
                  weak_names[kind]);
    swd_iterate(ctx, 0, fill_one, &f);
    return 0;
}

#define BOTH(method, fn)                                                                           \
    static duk_ret_t map_##method(duk_context *ctx)                                                \
    {                                                                                              \
        return fn(ctx, WEAK_MAP);                                                                  \
    }                                                                                              \
    static duk_ret_t set_##method(duk_context *ctx)                                                \
    {                                                                                              \
        return fn(ctx, WEAK_SET);                                                                  \
    }
BOTH(new, construct)
BOTH(has, weak_has)
BOTH(put, weak_put)
BOTH(delete, weak_delete)

/* ---- The globals -------------------------------------------------------------------------------
 */

static const struct swd_native map_methods[] = {
    {"delete", map_delete, 1, 1}, {"get", weak_get, 1, 1}, {"set", map_put, 2, 2},
    {"has", map_has, 1, 1},       {NULL, NULL, 0, 0},
};
static const struct swd_native set_methods[] = {
    {"delete", set_delete, 1, 1},
    {"has", set_has, 1, 1},
    {"add", set_put, 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct {
    struct swd_native constructor;
    const struct swd_native *methods;
} weak_classes[] = {
    {{"WeakMap", map_new, 1, 0}, map_methods},
    {{"WeakSet", set_new, 1, 0}, set_methods},
};

static duk_ret_t make_weak(duk_context *ctx, int which)
{
    swd_native_push(ctx, &weak_classes[which].constructor);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, weak_classes[which].methods);
    swd_lib_class(ctx, weak_classes[which].constructor.name);
    return 1;
}

static duk_ret_t make_map(duk_context *ctx)
{
    return make_weak(ctx, 0);
}

static duk_ret_t make_set(duk_context *ctx)
{
    return make_weak(ctx, 1);
}

static const struct swd_native makers[] = {
    {"WeakMap", make_map, 0, 0},
    {"WeakSet", make_set, 0, 0},
};

void swd_weak_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}
