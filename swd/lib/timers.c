/* setTimeout, setInterval, setImmediate: the C half and the script's half.
 *
 * Slots are stable places 0..cap; SWD_SLOT_TIMERS[slot] holds the Timeout or Immediate object of a
 * pending one, which holds callback and arguments, so the heap's collector sees them. C keeps times
 * in a 4-ary heap of slot numbers by (due, id), ids in an open-addressing table, immediates in a
 * list. All of it lies outside of the JavaScript heap and is charged to the runner's account. Ids
 * rise and are never reused. Cost: O(log4 n) to set and fire, O(log4 n) to clear, 56 bytes of C
 * each.
 *
 * As in Node: delays are whole milliseconds, below 1 (or above 2^31-1, or NaN) they are 1; due
 * time is counted from the clock's millisecond; equal due times fire in order of creation;
 * immediates run after due timers, those set meanwhile in the next round. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "lib/int.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define SLOT_NONE UINT32_MAX
#define DELAY_MAX 2147483647.0

enum timer_state { TIMER_FREE, TIMER_HEAPED, TIMER_RUNNING, TIMER_IMMEDIATE };

struct swd_timer_slot {
    uint64_t due, id, interval; /* interval 0: once */
    uint32_t pos;               /* in the heap; in a list: next */
    uint32_t prev;
    uint8_t state;
    bool refd;
};

/* The first tables of a script that sets timers, in one pooled object. */
#define FIRST_CAP 2u
struct first_timers {
    struct swd_timer_slot slots[FIRST_CAP];
    uint32_t heap[FIRST_CAP], map[2 * FIRST_CAP];
};
SWD_POOL_DEFINE(first_timers, SWD_POOL_TIMERS, struct first_timers, NULL)
SWD_POOL_TYPE(SWD_POOL_TIMERS, first_timers_pool_type)

/* ---- The 4-ary heap ----------------------------------------------------------------------------
 */

static bool slot_before(const struct swd_timers *t, uint32_t a, uint32_t b)
{
    const struct swd_timer_slot *x = &t->slots[a], *y = &t->slots[b];
    return x->due != y->due ? x->due < y->due : x->id < y->id;
}

static void heap_place(struct swd_timers *t, uint32_t pos, uint32_t slot)
{
    t->heap[pos] = slot;
    t->slots[slot].pos = pos;
}

static void heap_up(struct swd_timers *t, uint32_t pos)
{
    uint32_t slot = t->heap[pos];
    while (pos > 0 && slot_before(t, slot, t->heap[(pos - 1) / 4])) {
        heap_place(t, pos, t->heap[(pos - 1) / 4]);
        pos = (pos - 1) / 4;
    }
    heap_place(t, pos, slot);
}

static void heap_down(struct swd_timers *t, uint32_t pos)
{
    uint32_t slot = t->heap[pos];
    for (;;) {
        uint32_t first = pos * 4 + 1, best = first;
        if (first >= t->heap_n)
            break;
        for (uint32_t c = first + 1; c < first + 4 && c < t->heap_n; c++)
            if (slot_before(t, t->heap[c], t->heap[best]))
                best = c;
        if (!slot_before(t, t->heap[best], slot))
            break;
        heap_place(t, pos, t->heap[best]);
        pos = best;
    }
    heap_place(t, pos, slot);
}

static void heap_push(struct swd_timers *t, uint32_t slot)
{
    t->slots[slot].state = TIMER_HEAPED;
    heap_place(t, t->heap_n++, slot);
    heap_up(t, t->heap_n - 1);
}

static void heap_remove(struct swd_timers *t, uint32_t slot)
{
    uint32_t pos = t->slots[slot].pos, last = t->heap[--t->heap_n];
    if (pos == t->heap_n)
        return;
    heap_place(t, pos, last);
    heap_up(t, pos);
    heap_down(t, t->slots[last].pos);
}

/* ---- id -> slot --------------------------------------------------------------------------------
 */

static uint32_t map_home(const struct swd_timers *t, uint64_t id)
{
    return (uint32_t)((id * 0x9e3779b97f4a7c15u) >> 32) & (t->map_cap - 1);
}

static void map_put(struct swd_timers *t, uint64_t id, uint32_t slot)
{
    uint32_t i = map_home(t, id);
    while (t->map[i])
        i = (i + 1) & (t->map_cap - 1);
    t->map[i] = slot + 1;
}

static uint32_t map_find(const struct swd_timers *t, uint64_t id)
{
    if (!t->map_cap)
        return SLOT_NONE;
    for (uint32_t i = map_home(t, id); t->map[i]; i = (i + 1) & (t->map_cap - 1))
        if (t->slots[t->map[i] - 1].id == id)
            return t->map[i] - 1;
    return SLOT_NONE;
}

/* Deletes by shifting followers back (Knuth 6.4, algorithm R). */
static void map_del(struct swd_timers *t, uint64_t id)
{
    uint32_t mask = t->map_cap - 1, hole = map_home(t, id);
    while (t->slots[t->map[hole] - 1].id != id)
        hole = (hole + 1) & mask;
    for (uint32_t i = (hole + 1) & mask; t->map[i]; i = (i + 1) & mask) {
        uint32_t home = map_home(t, t->slots[t->map[i] - 1].id);
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        t->map[hole] = t->map[i];
        hole = i;
    }
    t->map[hole] = 0;
}

/* ---- Slots -------------------------------------------------------------------------------------
 */

static size_t timers_bytes(uint32_t cap)
{
    return cap * (sizeof(struct swd_timer_slot) + sizeof(uint32_t) + 2 * sizeof(uint32_t));
}

static void tables_free(struct swd_timer_slot *slots, uint32_t *heap, uint32_t *map, uint32_t cap)
{
    if (cap == FIRST_CAP) {
        struct first_timers *f = (struct first_timers *)(void *)slots; /* they come first in it */
        first_timers_put(&f);
        return;
    }
    swd_slab_free(slots, cap * sizeof(*slots));
    swd_slab_free(heap, cap * sizeof(*heap));
    swd_slab_free(map, (size_t)cap * 2 * sizeof(*map));
}

static int tables_new(struct swd_timer_slot **slots, uint32_t **heap, uint32_t **map, uint32_t cap)
{
    if (cap == FIRST_CAP) {
        struct first_timers *f = first_timers_get();
        if (!f)
            return SWD_ENOMEM;
        *slots = f->slots;
        *heap = f->heap;
        *map = f->map;
        return 0;
    }
    *slots = swd_slab_alloc(cap * sizeof(**slots));
    *heap = swd_slab_alloc(cap * sizeof(**heap));
    *map = swd_slab_alloc((size_t)cap * 2 * sizeof(**map));
    if (*slots && *heap && *map)
        return 0;
    tables_free(*slots, *heap, *map, cap);
    return SWD_ENOMEM;
}

int swd_timers_init(struct swd_lib *lib)
{
    struct swd_timers *t = &lib->timers;
    t->free_head = t->imm_head = t->imm_tail = SLOT_NONE;
    t->next_id = 1;
    return 0;
}

void swd_timers_free(struct swd_lib *lib)
{
    struct swd_timers *t = &lib->timers;
    if (!t->cap)
        return;
    tables_free(t->slots, t->heap, t->map, t->cap);
    if (lib->account)
        swd_account_credit(lib->account, timers_bytes(t->cap));
    t->cap = t->map_cap = 0;
}

static void timers_adopt(struct swd_timers *t, struct swd_timer_slot *slots, uint32_t *heap,
                         uint32_t *map, uint32_t cap)
{
    uint32_t old = t->cap;
    if (old) {
        memcpy(slots, t->slots, old * sizeof(*slots));
        memcpy(heap, t->heap, old * sizeof(*heap));
        tables_free(t->slots, t->heap, t->map, old);
    }
    t->slots = slots;
    t->heap = heap;
    t->map = map;
    t->cap = cap;
    t->map_cap = cap * 2;
    for (uint32_t i = 0; i < old; i++)
        if (slots[i].state != TIMER_FREE)
            map_put(t, slots[i].id, i);
    for (uint32_t i = cap; i-- > old;) {
        slots[i].pos = t->free_head;
        t->free_head = i;
    }
}

static int timers_grow(struct swd_lib *lib)
{
    struct swd_timers *t = &lib->timers;
    uint32_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
    size_t more = timers_bytes(cap) - timers_bytes(t->cap);
    struct swd_timer_slot *slots;
    uint32_t *heap, *map;
    if (cap > 1u << 24 || (lib->account && !swd_account_charge(lib->account, more)))
        return SWD_ENOMEM;
    if (tables_new(&slots, &heap, &map, cap) != 0) {
        if (lib->account)
            swd_account_credit(lib->account, more);
        return SWD_ENOMEM;
    }
    timers_adopt(t, slots, heap, map, cap);
    return 0;
}

static void slot_free(struct swd_timers *t, uint32_t slot)
{
    struct swd_timer_slot *s = &t->slots[slot];
    map_del(t, s->id);
    t->refd -= s->refd;
    t->live--;
    if (t->running == slot + 1)
        t->running = 0;
    s->state = TIMER_FREE;
    s->pos = t->free_head;
    t->free_head = slot;
}

static void imm_unlink(struct swd_timers *t, uint32_t slot)
{
    struct swd_timer_slot *s = &t->slots[slot];
    if (s->prev == SLOT_NONE)
        t->imm_head = s->pos;
    else
        t->slots[s->prev].pos = s->pos;
    if (s->pos == SLOT_NONE)
        t->imm_tail = s->prev;
    else
        t->slots[s->pos].prev = s->prev;
    t->imm_n--;
}

static void imm_append(struct swd_timers *t, uint32_t slot)
{
    struct swd_timer_slot *s = &t->slots[slot];
    s->state = TIMER_IMMEDIATE;
    s->pos = SLOT_NONE;
    s->prev = t->imm_tail;
    if (t->imm_tail == SLOT_NONE)
        t->imm_head = slot;
    else
        t->slots[t->imm_tail].pos = slot;
    t->imm_tail = slot;
    t->imm_n++;
}

/* Takes a pending timer out and forgets it; the script's object is let go. */
static void timer_drop(duk_context *ctx, struct swd_timers *t, uint32_t slot)
{
    struct swd_timer_slot *s = &t->slots[slot];
    if (s->state == TIMER_HEAPED)
        heap_remove(t, slot);
    else if (s->state == TIMER_IMMEDIATE)
        imm_unlink(t, slot);
    slot_free(t, slot);
    swd_slot_push(ctx, SWD_SLOT_TIMERS);
    duk_push_undefined(ctx);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop(ctx);
}

/* ---- Setting -----------------------------------------------------------------------------------
 */

static uint64_t due_after(uint64_t ms)
{
    uint64_t now = swd_clock_mono();
    return now - now % SWD_NS_PER_MS + ms * SWD_NS_PER_MS;
}

/* Makes a slot for the handle on top of the stack and files the handle under it; `ms` 0: an
 * immediate. */
static void timer_arm(duk_context *ctx, struct swd_lib *lib, uint64_t id, uint64_t ms, bool repeat,
                      bool refd)
{
    struct swd_timers *t = &lib->timers;
    struct swd_timer_slot *s;
    uint32_t slot;
    if (t->live >= lib->limits->timers)
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT",
                       "limit 'timers': %u timers are pending already", t->live);
    if (t->free_head == SLOT_NONE && timers_grow(lib) != 0)
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT", "no memory for another timer");
    slot = t->free_head;
    swd_slot_push(ctx, SWD_SLOT_TIMERS);
    duk_dup(ctx, -2);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop(ctx);
    s = &t->slots[slot];
    t->free_head = s->pos;
    t->live++;
    t->refd += refd;
    s->id = id;
    s->interval = repeat ? ms * SWD_NS_PER_MS : 0;
    s->refd = refd;
    map_put(t, id, slot);
    if (ms == 0) {
        imm_append(t, slot);
        return;
    }
    s->due = due_after(ms);
    heap_push(t, slot);
}

static uint64_t delay_of(duk_context *ctx, duk_idx_t idx)
{
    double d = duk_is_undefined(ctx, idx) ? 1 : duk_to_number(ctx, idx);
    return d >= 1 && d <= DELAY_MAX ? (uint64_t)d : 1;
}

/* The handle: callback and arguments behind hidden keys. `first` is the first extra argument. */
static void push_handle(duk_context *ctx, const char *proto, uint64_t id, duk_idx_t first)
{
    duk_idx_t top = duk_get_top(ctx);
    duk_push_object(ctx);
    swd_lib_push(ctx, proto);
    duk_set_prototype(ctx, -2);
    duk_push_number(ctx, (double)id);
    duk_put_prop_literal(ctx, -2, SWD_KEY_TIMER);
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, -2, SWD_KEY_FN);
    if (top <= first)
        return;
    duk_push_array(ctx);
    for (duk_idx_t i = first; i < top; i++) {
        duk_dup(ctx, i);
        duk_put_prop_index(ctx, -2, (duk_uarridx_t)(i - first));
    }
    duk_put_prop_literal(ctx, -2, SWD_KEY_ARGS);
}

static duk_ret_t timer_set(duk_context *ctx, bool repeat)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t ms, id;
    if (duk_get_top(ctx) < 2)
        duk_set_top(ctx, 2);
    if (!duk_is_function(ctx, 0))
        swd_throw_arg(ctx, 0, "callback", "of type function");
    ms = delay_of(ctx, 1);
    id = lib->timers.next_id++;
    push_handle(ctx, "Timeout", id, 2);
    duk_push_number(ctx, (double)ms);
    duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("ms"));
    duk_push_boolean(ctx, repeat);
    duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("repeat"));
    timer_arm(ctx, lib, id, ms, repeat, true);
    return 1;
}

static duk_ret_t js_set_timeout(duk_context *ctx)
{
    return timer_set(ctx, false);
}

static duk_ret_t js_set_interval(duk_context *ctx)
{
    return timer_set(ctx, true);
}

static duk_ret_t js_set_immediate(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t id;
    if (!duk_is_function(ctx, 0))
        swd_throw_arg(ctx, 0, "callback", "of type function");
    id = lib->timers.next_id++;
    push_handle(ctx, "Immediate", id, 1);
    timer_arm(ctx, lib, id, 0, false, true);
    return 1;
}

/* The id that the value at `idx` stands for: a handle, a number, a numeric string; 0: none. */
static uint64_t id_of(duk_context *ctx, duk_idx_t idx)
{
    double d = 0;
    if (duk_is_object(ctx, idx)) {
        if (duk_get_prop_literal(ctx, idx, SWD_KEY_TIMER))
            d = duk_get_number(ctx, -1);
        duk_pop(ctx);
    } else if (duk_is_number(ctx, idx) || duk_is_string(ctx, idx)) {
        if (!duk_is_symbol(ctx, idx))
            d = duk_to_number(ctx, idx);
    }
    return d >= 1 && d < 9007199254740992.0 && floor(d) == d ? (uint64_t)d : 0;
}

static duk_ret_t js_clear(duk_context *ctx)
{
    struct swd_timers *t = &swd_lib_of(ctx)->timers;
    uint64_t id = id_of(ctx, 0);
    uint32_t slot = id ? map_find(t, id) : SLOT_NONE;
    if (duk_is_object(ctx, 0) && id) {
        duk_push_int(ctx, -1);
        duk_put_prop_literal(ctx, 0, DUK_HIDDEN_SYMBOL("ms"));
    }
    if (slot != SLOT_NONE)
        timer_drop(ctx, t, slot);
    return 0;
}

/* ---- Firing ------------------------------------------------------------------------------------
 */

bool swd_timers_due(const struct swd_lib *lib, uint64_t now)
{
    const struct swd_timers *t = &lib->timers;
    return t->imm_n > 0 || (t->heap_n > 0 && t->slots[t->heap[0]].due <= now);
}

bool swd_timers_begin(struct swd_lib *lib, uint64_t now, uint64_t quantum)
{
    struct swd_timers *t = &lib->timers;
    t->now = now;
    t->deadline = quantum > UINT64_MAX - now ? UINT64_MAX : now + quantum;
    t->imm_batch = 0;
    return swd_timers_due(lib, now);
}

/* An interval whose callback has returned is due again, counted from now. */
static void interval_again(struct swd_timers *t)
{
    uint32_t slot = t->running - 1;
    uint64_t now = swd_clock_mono();
    if (!t->running)
        return;
    t->running = 0;
    t->slots[slot].due = now - now % SWD_NS_PER_MS + t->slots[slot].interval;
    heap_push(t, slot);
}

/* The next slot to run in this turn, or SLOT_NONE: due timers first, then a round of immediates. */
static uint32_t next_slot(struct swd_timers *t)
{
    for (;;) {
        if (t->imm_batch == 0 && t->heap_n > 0 && t->slots[t->heap[0]].due <= t->now)
            return t->heap[0];
        if (t->imm_n == 0)
            return SLOT_NONE;
        if (t->imm_batch > 0) {
            t->imm_batch = t->imm_batch > t->imm_n ? t->imm_n : t->imm_batch;
            if (--t->imm_batch == 0)
                t->now = swd_clock_mono();
            return t->imm_head;
        }
        t->imm_batch = t->imm_n;
    }
}

/* next(record): fills [callback, this, arguments] with what is to run now; false: nothing. */
static duk_ret_t core_next(duk_context *ctx)
{
    struct swd_timers *t = &swd_lib_of(ctx)->timers;
    uint32_t slot;
    interval_again(t);
    if (swd_clock_mono() >= t->deadline)
        return 0;
    slot = next_slot(t);
    if (slot == SLOT_NONE)
        return 0;
    swd_slot_push(ctx, SWD_SLOT_TIMERS);
    duk_get_prop_index(ctx, -1, slot);
    duk_get_prop_literal(ctx, -1, SWD_KEY_FN);
    duk_put_prop_index(ctx, 0, 0);
    if (!duk_get_prop_literal(ctx, -1, SWD_KEY_ARGS)) {
        duk_pop(ctx);
        duk_push_array(ctx);
    }
    duk_put_prop_index(ctx, 0, 2);
    duk_put_prop_index(ctx, 0, 1);
    if (t->slots[slot].state == TIMER_HEAPED && t->slots[slot].interval) {
        heap_remove(t, slot);
        t->slots[slot].state = TIMER_RUNNING;
        t->running = slot + 1;
    } else {
        timer_drop(ctx, t, slot);
    }
    duk_push_true(ctx);
    return 1;
}

const struct swd_native swd_timers_core[] = {
    {"next", core_next, 1, 1},
    {NULL, NULL, 0, 0},
};

/* ---- Methods of the handles --------------------------------------------------------------------
 */

static uint64_t this_id(duk_context *ctx)
{
    uint64_t id;
    duk_push_this(ctx);
    id = id_of(ctx, -1);
    if (!duk_is_object(ctx, -1) || !id)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Illegal invocation");
    return id;
}

static duk_ret_t handle_set_ref(duk_context *ctx, bool on)
{
    struct swd_timers *t = &swd_lib_of(ctx)->timers;
    uint32_t slot = map_find(t, this_id(ctx));
    if (slot != SLOT_NONE && t->slots[slot].refd != on) {
        t->slots[slot].refd = on;
        t->refd += on ? 1u : -1u;
    }
    return 1;
}

static duk_ret_t handle_ref(duk_context *ctx)
{
    return handle_set_ref(ctx, true);
}

static duk_ret_t handle_unref(duk_context *ctx)
{
    return handle_set_ref(ctx, false);
}

static duk_ret_t handle_has_ref(duk_context *ctx)
{
    struct swd_timers *t = &swd_lib_of(ctx)->timers;
    uint32_t slot = map_find(t, this_id(ctx));
    duk_push_boolean(ctx, slot != SLOT_NONE && t->slots[slot].refd);
    return 1;
}

/* refresh(): starts the delay again; a timer that has fired is armed again, a cleared one not. */
static duk_ret_t handle_refresh(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct swd_timers *t = &lib->timers;
    uint64_t id = this_id(ctx);
    uint32_t slot = map_find(t, id);
    double ms;
    duk_get_prop_literal(ctx, -1, DUK_HIDDEN_SYMBOL("ms"));
    ms = duk_get_number(ctx, -1);
    duk_get_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("repeat"));
    if (ms < 1) {
        duk_pop_2(ctx);
    } else if (slot == SLOT_NONE) {
        bool repeat = duk_get_boolean(ctx, -1);
        duk_pop_2(ctx);
        timer_arm(ctx, lib, id, (uint64_t)ms, repeat, true);
    } else {
        duk_pop_2(ctx);
        if (t->slots[slot].state == TIMER_HEAPED) {
            heap_remove(t, slot);
            t->slots[slot].due = due_after((uint64_t)ms);
            heap_push(t, slot);
        }
    }
    return 1;
}

static duk_ret_t handle_id(duk_context *ctx)
{
    duk_push_number(ctx, (double)this_id(ctx));
    return 1;
}

static duk_ret_t handle_close(duk_context *ctx)
{
    duk_set_top(ctx, 0);
    duk_push_this(ctx);
    js_clear(ctx);
    return 1;
}

static const struct swd_native timeout_methods[] = {
    {"ref", handle_ref, 0, 0},
    {"unref", handle_unref, 0, 0},
    {"hasRef", handle_has_ref, 0, 0},
    {"refresh", handle_refresh, 0, 0},
    {"close", handle_close, 0, 0},
    {"valueOf", handle_id, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native immediate_methods[] = {
    {"ref", handle_ref, 0, 0},
    {"unref", handle_unref, 0, 0},
    {"hasRef", handle_has_ref, 0, 0},
    {"valueOf", handle_id, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native to_primitive = {"[Symbol.toPrimitive]", handle_id, 1, 1};

static duk_ret_t no_constructor(duk_context *ctx)
{
    swd_throw(ctx, DUK_ERR_TYPE_ERROR, "Illegal constructor");
}

static const struct swd_native classes[] = {
    {"Timeout", no_constructor, 0, 0},
    {"Immediate", no_constructor, 0, 0},
};

static const struct swd_native functions[] = {
    {"setTimeout", js_set_timeout, DUK_VARARGS, 2},
    {"setInterval", js_set_interval, DUK_VARARGS, 2},
    {"setImmediate", js_set_immediate, DUK_VARARGS, 1},
    {"clearTimeout", js_clear, 1, 1},
    {"clearInterval", js_clear, 1, 1},
    {"clearImmediate", js_clear, 1, 1},
    {NULL, NULL, 0, 0},
};

static void make_proto(duk_context *ctx, const struct swd_native *class,
                       const struct swd_native *methods)
{
    duk_push_object(ctx);
    swd_native_put(ctx, -1, methods);
    swd_native_push(ctx, class);
    duk_dup(ctx, -2);
    duk_put_prop_literal(ctx, -2, "prototype");
    swd_lib_def(ctx, -2, "constructor");
    duk_get_global_literal(ctx, "Symbol");
    duk_get_prop_literal(ctx, -1, "toPrimitive");
    duk_remove(ctx, -2);
    swd_native_push(ctx, &to_primitive);
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE);
    swd_lib_keep(ctx, class->name);
}

void swd_timers_globals(duk_context *ctx)
{
    make_proto(ctx, &classes[0], timeout_methods);
    make_proto(ctx, &classes[1], immediate_methods);
    swd_native_put(ctx, -1, functions);
}

void swd_timers_exports(duk_context *ctx)
{
    duk_push_object(ctx);
    for (size_t i = 0; functions[i].name; i++) {
        duk_get_global_string(ctx, functions[i].name);
        duk_put_prop_string(ctx, -2, functions[i].name);
    }
}

uint64_t swd_lib_next_due(const struct swd_lib *lib)
{
    const struct swd_timers *t = &lib->timers;
    if (lib->suspended)
        return UINT64_MAX;
    if (t->imm_n > 0)
        return 0;
    return t->heap_n > 0 ? t->slots[t->heap[0]].due : UINT64_MAX;
}

uint64_t swd_lib_timer_count(const struct swd_lib *lib)
{
    return lib->timers.live;
}
