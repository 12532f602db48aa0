/* Map and Set: hash tables in insertion order.
 *
 * The object holds, under a hidden key, its store: a bare array [table, successor, key, value, ...]
 * (a Set has keys only). The table is a plain buffer: buckets, and for each entry its hash and the
 * next entry of its bucket. So everything lies in the heap, holds no address (a clone of the heap
 * has it as it is), and the collector sees keys and values. An entry that is deleted keeps its
 * place. When deletions are many, or on clear(), the live entries move to a new store; the old one,
 * which iterators may stand in, says where to (as in V8's ordered hash tables, after Tyler Close).
 * Keys are compared by SameValueZero; hashes are swd_unit_hash(). Cost: O(1) expected. */
#include <math.h>
#include <string.h>

#include "engine/unit.h"
#include "lib/inspect.h"

#define NONE    UINT32_MAX
#define DELETED 0x80000000u
#define FIRST   2 /* index of the first entry in a store */

enum table_state { TABLE_LIVE, TABLE_MOVED, TABLE_CLEARED };

struct entry {
    uint32_t hash, next; /* next: entry + 1 of the same bucket, with DELETED */
};

struct table {
    uint32_t buckets, cap, used, live, state, stride;
};

static uint32_t *table_buckets(struct table *t)
{
    return (uint32_t *)(void *)(t + 1);
}

static struct entry *table_entries(struct table *t)
{
    return (struct entry *)(void *)(table_buckets(t) + t->buckets);
}

static struct table *table_of(duk_context *ctx, duk_idx_t store)
{
    struct table *t;
    duk_get_prop_index(ctx, store, 0);
    t = duk_get_buffer(ctx, -1, NULL);
    duk_pop(ctx);
    return t;
}

static struct table *push_table(duk_context *ctx, uint32_t cap, uint32_t stride)
{
    size_t bytes = sizeof(struct table) + cap * (sizeof(uint32_t) + sizeof(struct entry));
    struct table *t = duk_push_fixed_buffer(ctx, bytes);
    t->buckets = t->cap = cap;
    t->stride = stride;
    return t;
}

static void push_store(duk_context *ctx, uint32_t cap, uint32_t stride)
{
    duk_push_array(ctx);
    duk_push_undefined(ctx);
    duk_set_prototype(ctx, -2);
    push_table(ctx, cap, stride);
    duk_put_prop_index(ctx, -2, 0);
    duk_push_undefined(ctx);
    duk_put_prop_index(ctx, -2, 1);
}

static bool same_value_zero(duk_context *ctx, duk_idx_t a, duk_idx_t b)
{
    if (duk_is_number(ctx, a) && duk_is_number(ctx, b)) {
        double x = duk_get_number(ctx, a), y = duk_get_number(ctx, b);
        return x == y || (isnan(x) && isnan(y));
    }
    return duk_strict_equals(ctx, a, b);
}

static uint32_t key_index(const struct table *t, uint32_t entry)
{
    return FIRST + entry * t->stride;
}

static uint32_t find(duk_context *ctx, duk_idx_t store, struct table *t, duk_idx_t key,
                     uint32_t hash)
{
    struct entry *e = table_entries(t);
    uint32_t i = table_buckets(t)[hash & (t->buckets - 1)];
    for (; i; i = e[i - 1].next & ~DELETED) {
        bool same;
        if (e[i - 1].hash != hash || (e[i - 1].next & DELETED))
            continue;
        duk_get_prop_index(ctx, store, key_index(t, i - 1));
        same = same_value_zero(ctx, -1, key);
        duk_pop(ctx);
        if (same)
            return i - 1;
    }
    return NONE;
}

static void link_entry(struct table *t, uint32_t i, uint32_t hash)
{
    uint32_t *bucket = &table_buckets(t)[hash & (t->buckets - 1)];
    struct entry *e = &table_entries(t)[i];
    e->hash = hash;
    e->next = *bucket;
    *bucket = i + 1;
}

/* ---- `this` ------------------------------------------------------------------------------------
 */

enum collect_kind { COLLECT_MAP, COLLECT_SET };

static const char *const collect_names[] = {"Map", "Set"};

static void push_secret(duk_context *ctx, enum collect_kind kind)
{
    if (kind == COLLECT_MAP)
        duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("map"));
    else
        duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("set"));
}

/* Pushes `this` and its store; answers the store's index. */
static duk_idx_t open_this(duk_context *ctx, enum collect_kind kind)
{
    duk_push_this(ctx);
    push_secret(ctx, kind);
    if (!duk_is_object(ctx, -2) || !swd_unit_secret_get(ctx, (int)duk_get_top(ctx) - 2))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Method %s.prototype called on incompatible receiver",
                  collect_names[kind]);
    return duk_get_top_index(ctx);
}

static void set_store(duk_context *ctx, duk_idx_t self, enum collect_kind kind)
{
    push_secret(ctx, kind);
    duk_insert(ctx, -2);
    swd_unit_secret_put(ctx, (int)self);
}

/* ---- Growing -----------------------------------------------------------------------------------
 */

/* A larger table for the same store. */
static void grow_table(duk_context *ctx, duk_idx_t store, struct table *old)
{
    struct table *t = push_table(ctx, old->cap * 2, old->stride);
    const struct entry *e = table_entries(old);
    struct entry *to = table_entries(t);
    for (uint32_t i = 0; i < old->used; i++) {
        if (!(e[i].next & DELETED))
            link_entry(t, i, e[i].hash);
        else
            to[i].next = DELETED;
    }
    t->used = old->used;
    t->live = old->live;
    duk_put_prop_index(ctx, store, 0);
}

/* Moves the live entries to a new store; leaves it in the place of the old one on the stack. */
static void move_store(duk_context *ctx, duk_idx_t self, duk_idx_t store, enum collect_kind kind)
{
    struct table *old = table_of(ctx, store), *t;
    const struct entry *e = table_entries(old);
    uint32_t cap = 8, n = 0;
    while (cap < old->live * 2)
        cap *= 2;
    push_store(ctx, cap, old->stride);
    t = table_of(ctx, -1);
    for (uint32_t i = 0; i < old->used; i++) {
        if (e[i].next & DELETED)
            continue;
        for (uint32_t k = 0; k < old->stride; k++) {
            duk_get_prop_index(ctx, store, key_index(old, i) + k);
            duk_put_prop_index(ctx, -2, key_index(t, n) + k);
        }
        link_entry(t, n++, e[i].hash);
    }
    t->used = t->live = n;
    old->state = TABLE_MOVED;
    duk_dup_top(ctx);
    duk_put_prop_index(ctx, store, 1);
    duk_dup_top(ctx);
    duk_replace(ctx, store);
    set_store(ctx, self, kind);
}

static struct table *make_room(duk_context *ctx, duk_idx_t self, duk_idx_t store,
                               enum collect_kind kind)
{
    struct table *t = table_of(ctx, store);
    if (t->used < t->cap)
        return t;
    if (t->cap >= 1u << 26)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "%s maximum size exceeded", collect_names[kind]);
    if (t->live <= t->used / 2)
        move_store(ctx, self, store, kind);
    else
        grow_table(ctx, store, t);
    return table_of(ctx, store);
}

/* ---- Methods -----------------------------------------------------------------------------------
 */

static duk_ret_t collect_has(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    duk_push_boolean(ctx, find(ctx, store, table_of(ctx, store), 0, swd_unit_hash(ctx, 0)) != NONE);
    return 1;
}

/* Key at 0, value at 1 (a Map's). */
static duk_ret_t collect_put(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    struct table *t = table_of(ctx, store);
    uint32_t hash = swd_unit_hash(ctx, 0), i = find(ctx, store, t, 0, hash);
    if (i == NONE) {
        t = make_room(ctx, store - 1, store, kind);
        i = t->used;
        if (duk_is_number(ctx, 0) && duk_get_number(ctx, 0) == 0)
            duk_push_int(ctx, 0);
        else
            duk_dup(ctx, 0);
        duk_put_prop_index(ctx, store, key_index(t, i));
        if (kind == COLLECT_MAP) {
            duk_push_undefined(ctx);
            duk_put_prop_index(ctx, store, key_index(t, i) + 1);
        }
        link_entry(t, i, hash);
        t->used++;
        t->live++;
    }
    if (kind == COLLECT_MAP) {
        duk_dup(ctx, 1);
        duk_put_prop_index(ctx, store, key_index(t, i) + 1);
    }
    duk_set_top(ctx, store);
    return 1;
}

static duk_ret_t collect_delete(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    struct table *t = table_of(ctx, store);
    uint32_t i = find(ctx, store, t, 0, swd_unit_hash(ctx, 0));
    if (i == NONE) {
        duk_push_false(ctx);
        return 1;
    }
    table_entries(t)[i].next |= DELETED;
    t->live--;
    for (uint32_t k = 0; k < t->stride; k++) {
        duk_push_undefined(ctx);
        duk_put_prop_index(ctx, store, key_index(t, i) + k);
    }
    duk_push_true(ctx);
    return 1;
}

static duk_ret_t collect_clear(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    struct table *t = table_of(ctx, store);
    push_store(ctx, 8, t->stride);
    t->state = TABLE_CLEARED;
    duk_dup_top(ctx);
    duk_put_prop_index(ctx, store, 1);
    set_store(ctx, store - 1, kind);
    return 0;
}

static duk_ret_t collect_size(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    duk_push_uint(ctx, table_of(ctx, store)->live);
    return 1;
}

static duk_ret_t map_get(duk_context *ctx)
{
    duk_idx_t store = open_this(ctx, COLLECT_MAP);
    struct table *t = table_of(ctx, store);
    uint32_t i = find(ctx, store, t, 0, swd_unit_hash(ctx, 0));
    if (i == NONE)
        return 0;
    duk_get_prop_index(ctx, store, key_index(t, i) + 1);
    return 1;
}

/* ---- Walking -----------------------------------------------------------------------------------
 */

/* From place *at of the store at index `store`: the next live entry, or NONE. Follows a store that
 * was left to its successor, which takes its place on the stack. */
static uint32_t walk(duk_context *ctx, duk_idx_t store, uint32_t *at)
{
    struct table *t = table_of(ctx, store);
    while (t->state != TABLE_LIVE) {
        const struct entry *e = table_entries(t);
        uint32_t n = 0;
        for (uint32_t i = 0; t->state == TABLE_MOVED && i < *at; i++)
            n += !(e[i].next & DELETED);
        *at = n;
        duk_get_prop_index(ctx, store, 1);
        duk_replace(ctx, store);
        t = table_of(ctx, store);
    }
    while (*at < t->used && (table_entries(t)[*at].next & DELETED))
        (*at)++;
    return *at < t->used ? (*at)++ : NONE;
}

static duk_ret_t collect_for_each(duk_context *ctx, enum collect_kind kind)
{
    duk_idx_t store = open_this(ctx, kind);
    uint32_t at = 0, i;
    if (!duk_is_function(ctx, 0))
        swd_throw_arg(ctx, 0, "callback", "of type function");
    while ((i = walk(ctx, store, &at)) != NONE) {
        struct table *t = table_of(ctx, store);
        duk_dup(ctx, 0);
        duk_dup(ctx, 1);
        duk_get_prop_index(ctx, store, key_index(t, i) + t->stride - 1);
        duk_get_prop_index(ctx, store, key_index(t, i));
        duk_dup(ctx, store - 1);
        duk_call_method(ctx, 3);
        duk_pop(ctx);
    }
    return 0;
}

enum walk_kind { WALK_KEYS, WALK_VALUES, WALK_ENTRIES };

static duk_ret_t make_iterator(duk_context *ctx, enum collect_kind kind, enum walk_kind what)
{
    duk_idx_t store = open_this(ctx, kind);
    duk_push_object(ctx);
    swd_lib_push(ctx, kind == COLLECT_MAP ? "MapIterator" : "SetIterator");
    duk_set_prototype(ctx, -2);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("walk"));
    duk_push_array(ctx);
    duk_push_undefined(ctx);
    duk_set_prototype(ctx, -2);
    duk_dup(ctx, store);
    duk_put_prop_index(ctx, -2, 0);
    duk_push_uint(ctx, 0);
    duk_put_prop_index(ctx, -2, 1);
    duk_push_int(ctx, what);
    duk_put_prop_index(ctx, -2, 2);
    duk_push_int(ctx, kind);
    duk_put_prop_index(ctx, -2, 3);
    swd_unit_secret_put(ctx, (int)duk_get_top(ctx) - 3);
    return 1;
}

static void push_pair(duk_context *ctx, duk_idx_t store, uint32_t key, uint32_t value)
{
    duk_push_array(ctx);
    duk_get_prop_index(ctx, store, key);
    duk_put_prop_index(ctx, -2, 0);
    duk_get_prop_index(ctx, store, value);
    duk_put_prop_index(ctx, -2, 1);
}

/* Pushes what the iterator whose state is at `state` comes to; false: the end. */
static bool iterator_step(duk_context *ctx, duk_idx_t state)
{
    duk_idx_t store;
    uint32_t at, i;
    int what;
    struct table *t;
    duk_get_prop_index(ctx, state, 0);
    if (!duk_is_object(ctx, -1))
        return false;
    store = duk_get_top_index(ctx);
    duk_get_prop_index(ctx, state, 1);
    at = duk_get_uint(ctx, -1);
    duk_get_prop_index(ctx, state, 2);
    what = duk_get_int(ctx, -1);
    duk_pop_2(ctx);
    i = walk(ctx, store, &at);
    if (i == NONE) {
        duk_push_undefined(ctx);
        duk_put_prop_index(ctx, state, 0);
        return false;
    }
    duk_dup(ctx, store);
    duk_put_prop_index(ctx, state, 0);
    duk_push_uint(ctx, at);
    duk_put_prop_index(ctx, state, 1);
    t = table_of(ctx, store);
    if (what == WALK_ENTRIES)
        push_pair(ctx, store, key_index(t, i), key_index(t, i) + t->stride - 1);
    else
        duk_get_prop_index(ctx, store, key_index(t, i) + (what == WALK_KEYS ? 0 : t->stride - 1));
    return true;
}

static duk_ret_t iterator_next(duk_context *ctx, enum collect_kind kind)
{
    bool more;
    duk_push_this(ctx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("walk"));
    if (!duk_is_object(ctx, 0) || !swd_unit_secret_get(ctx, 0))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "next method called on incompatible receiver");
    duk_get_prop_index(ctx, 1, 3);
    if (duk_get_int(ctx, -1) != (int)kind)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "next method called on incompatible receiver");
    duk_pop(ctx);
    more = iterator_step(ctx, 1);
    if (!more)
        duk_push_undefined(ctx);
    duk_push_object(ctx);
    duk_insert(ctx, -2);
    duk_put_prop_literal(ctx, -2, "value");
    duk_push_boolean(ctx, !more);
    duk_put_prop_literal(ctx, -2, "done");
    return 1;
}

/* ---- Constructors ------------------------------------------------------------------------------
 */

struct filling {
    duk_idx_t self, adder;
    enum collect_kind kind;
};

/* One item of the constructor's iterable is on top: this.set(item[0], item[1]), this.add(item). */
static void fill_one(duk_context *ctx, void *arg)
{
    struct filling *f = arg;
    duk_idx_t item = duk_get_top_index(ctx);
    if (f->kind == COLLECT_MAP && !duk_is_object(ctx, item))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Iterator value is not an entry object");
    duk_dup(ctx, f->adder);
    duk_dup(ctx, f->self);
    if (f->kind == COLLECT_MAP) {
        duk_get_prop_index(ctx, item, 0);
        duk_get_prop_index(ctx, item, 1);
    } else {
        duk_dup(ctx, item);
    }
    duk_call_method(ctx, f->kind == COLLECT_MAP ? 2 : 1);
    duk_pop(ctx);
}

static duk_ret_t construct(duk_context *ctx, enum collect_kind kind)
{
    struct filling f = {1, 2, kind};
    swd_need_new(ctx, collect_names[kind]);
    duk_set_top(ctx, 1);
    duk_push_this(ctx);
    push_store(ctx, 8, kind == COLLECT_MAP ? 2 : 1);
    set_store(ctx, 1, kind);
    if (duk_is_null_or_undefined(ctx, 0))
        return 0;
    if (kind == COLLECT_MAP)
        duk_get_prop_literal(ctx, 1, "set");
    else
        duk_get_prop_literal(ctx, 1, "add");
    if (!duk_is_function(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "'%s' of the new %s is not callable",
                  kind == COLLECT_MAP ? "set" : "add", collect_names[kind]);
    swd_iterate(ctx, 0, fill_one, &f);
    return 0;
}

#define BOTH(method, fn)                                                                           \
    static duk_ret_t map_##method(duk_context *ctx)                                                \
    {                                                                                              \
        return fn(ctx, COLLECT_MAP);                                                               \
    }                                                                                              \
    static duk_ret_t set_##method(duk_context *ctx)                                                \
    {                                                                                              \
        return fn(ctx, COLLECT_SET);                                                               \
    }
BOTH(new, construct)
BOTH(has, collect_has)
BOTH(put, collect_put)
BOTH(delete, collect_delete)
BOTH(clear, collect_clear)
BOTH(size, collect_size)
BOTH(for_each, collect_for_each)
BOTH(next, iterator_next)

static duk_ret_t map_keys(duk_context *ctx)
{
    return make_iterator(ctx, COLLECT_MAP, WALK_KEYS);
}

static duk_ret_t map_values(duk_context *ctx)
{
    return make_iterator(ctx, COLLECT_MAP, WALK_VALUES);
}

static duk_ret_t map_entries(duk_context *ctx)
{
    return make_iterator(ctx, COLLECT_MAP, WALK_ENTRIES);
}

static duk_ret_t set_values(duk_context *ctx)
{
    return make_iterator(ctx, COLLECT_SET, WALK_VALUES);
}

static duk_ret_t set_entries(duk_context *ctx)
{
    return make_iterator(ctx, COLLECT_SET, WALK_ENTRIES);
}

static const struct swd_native map_methods[] = {
    {"get", map_get, 1, 1},       {"set", map_put, 2, 2},       {"has", map_has, 1, 1},
    {"delete", map_delete, 1, 1}, {"clear", map_clear, 0, 0},   {"forEach", map_for_each, 2, 1},
    {"keys", map_keys, 0, 0},     {"values", map_values, 0, 0}, {"entries", map_entries, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native set_methods[] = {
    {"has", set_has, 1, 1},          {"add", set_put, 1, 1},
    {"delete", set_delete, 1, 1},    {"clear", set_clear, 0, 0},
    {"forEach", set_for_each, 2, 1}, {"values", set_values, 0, 0},
    {"entries", set_entries, 0, 0},  {NULL, NULL, 0, 0},
};
static const struct swd_native map_size_get = {"get size", map_size, 0, 0};
static const struct swd_native set_size_get = {"get size", set_size, 0, 0};
static const struct swd_native collect_new[] = {
    {"Map", map_new, 1, 0},
    {"Set", set_new, 1, 0},
};
static const struct swd_native iterator_nexts[] = {
    {"next", map_next, 0, 0},
    {"next", set_next, 0, 0},
};

/* ---- The globals -------------------------------------------------------------------------------
 */

/* Keeps the prototype of the iterators, which inherits %IteratorPrototype%. */
static void make_iterator_proto(duk_context *ctx, enum collect_kind kind)
{
    duk_push_object(ctx);
    swd_lib_push_iterator_proto(ctx);
    duk_set_prototype(ctx, -2);
    swd_native_push(ctx, &iterator_nexts[kind]);
    swd_lib_def(ctx, -2, "next");
    swd_lib_tag(ctx, -1, kind == COLLECT_MAP ? "Map Iterator" : "Set Iterator");
    swd_lib_keep(ctx, kind == COLLECT_MAP ? "MapIterator" : "SetIterator");
}

/* Defines `name` and the symbol's key as the same function, the method `from` of the object on top.
 */
static void alias(duk_context *ctx, const char *from, const char *name)
{
    swd_push_name(ctx, from);
    duk_get_prop(ctx, -2);
    if (name) {
        duk_dup_top(ctx);
        swd_lib_def(ctx, -3, name);
    }
    swd_lib_def_symbol(ctx, -2, "iterator");
}

static duk_ret_t make_class(duk_context *ctx, enum collect_kind kind)
{
    make_iterator_proto(ctx, kind);
    swd_native_push(ctx, &collect_new[kind]);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, kind == COLLECT_MAP ? map_methods : set_methods);
    duk_push_literal(ctx, "size");
    swd_lib_accessor(ctx, -2, kind == COLLECT_MAP ? &map_size_get : &set_size_get, NULL, false);
    alias(ctx, kind == COLLECT_MAP ? "entries" : "values", kind == COLLECT_MAP ? NULL : "keys");
    swd_lib_class(ctx, collect_names[kind]);
    swd_lib_species(ctx, -1);
    return 1;
}

static duk_ret_t make_map(duk_context *ctx)
{
    return make_class(ctx, COLLECT_MAP);
}

static duk_ret_t make_set(duk_context *ctx)
{
    return make_class(ctx, COLLECT_SET);
}

static const struct swd_native makers[] = {
    {"Map", make_map, 0, 0},
    {"Set", make_set, 0, 0},
};

void swd_collect_globals(duk_context *ctx)
{
    swd_lib_lazy(ctx, "Map", &makers[0]);
    swd_lib_lazy(ctx, "Set", &makers[1]);
}

/* ---- For the inspector -------------------------------------------------------------------------
 */

int swd_collect_open(duk_context *ctx, duk_idx_t idx)
{
    for (int kind = COLLECT_MAP; kind <= COLLECT_SET; kind++) {
        push_secret(ctx, (enum collect_kind)kind);
        if (swd_unit_secret_get(ctx, (int)idx))
            return kind + 1;
    }
    return 0;
}

size_t swd_collect_count(duk_context *ctx, duk_idx_t store)
{
    return table_of(ctx, store)->live;
}

bool swd_collect_next(duk_context *ctx, duk_idx_t store, uint32_t *at)
{
    uint32_t i = walk(ctx, store, at);
    struct table *t = table_of(ctx, store);
    if (i == NONE)
        return false;
    duk_get_prop_index(ctx, store, key_index(t, i));
    duk_get_prop_index(ctx, store, key_index(t, i) + t->stride - 1);
    return true;
}
