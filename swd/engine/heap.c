/* Heaps: creation, turns, stops, collections, figures. See engine.h. */
#include "engine/heap.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/duk.h"
#include "engine/guard.h"
#include "engine/hooks.h"
#include "engine/kin.h"
#include "engine/turn.h"
#include "engine/unit.h"
#include "engine/zone.h"
#include "pool/slab.h"

#include "duk_hash.h"

#define SWD_HEAP_GC_BUDGET     (1 * SWD_NS_PER_S)
#define SWD_HEAP_REFUSED_TURNS 64 /* turns in a row with a refused allocation */
#define SWD_HEAP_LOOK_MIN      (50 * SWD_NS_PER_US)

const char *swd_engine_version(void)
{
    static const char text[] = {'0' + DUK_VERSION / 10000, '.', '0' + DUK_VERSION / 100 % 100, '.',
                                '0' + DUK_VERSION % 100,   '\0'};
    return text;
}

const char *swd_engine_config_hash(void)
{
    return SWD_DUK_HASH;
}

int swd_engine_init(struct swd_err *e)
{
    swd_zone_init();
    return swd_guard_init(e);
}

/* ---- Creation ---------------------------------------------------------------------------------*/

/* What scripts must not reach: it prints addresses, forges pointers, makes symbols of bytes. */
static const struct heap_hidden {
    const char *object; /* NULL: the global object */
    const char *key;
} heap_hidden[] = {
    {NULL, "Duktape"},           {NULL, "CBOR"},
    {"String", "fromBufferRaw"}, {"Uint8Array", "allocPlain"},
    {"Uint8Array", "plainOf"},
};

/* Duktape's own Buffer is an early draft of Node's, and its methods are a twentieth of a heap. The
 * prototype stays, empty: Duktape knows it by number. The object that has the global is on top. */
static void heap_drop_buffer(duk_context *ctx)
{
    duk_get_prop_literal(ctx, -1, "Buffer");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_enum(ctx, -1, DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_NONENUMERABLE);
    while (duk_next(ctx, -1, 0))
        duk_del_prop(ctx, -3);
    duk_pop(ctx);
    duk_compact(ctx, -1);
    duk_pop_2(ctx);
    duk_del_prop_literal(ctx, -1, "Buffer");
}

static duk_ret_t heap_setup(duk_context *ctx, void *arg)
{
    (void)arg;
    swd_unit_dense_stash(ctx);
    duk_push_global_object(ctx);
    heap_drop_buffer(ctx);
    duk_get_prop_literal(ctx, -1, "Duktape");
    swd_slot_put(ctx, SWD_SLOT_DUKTAPE);
    for (size_t i = 0; i < SWD_ARRAY_LEN(heap_hidden); i++) {
        if (heap_hidden[i].object)
            duk_get_prop_string(ctx, -1, heap_hidden[i].object);
        else
            duk_dup(ctx, -1);
        duk_del_prop_string(ctx, -1, heap_hidden[i].key);
        duk_pop(ctx);
    }
    return 0;
}

static void heap_create_body(struct swd_heap *h, void *arg)
{
    int *rc = arg;
    h->ctx = duk_create_heap(swd_hook_alloc, swd_hook_realloc, swd_hook_free, h, swd_hook_fatal);
    if (h->ctx && duk_safe_call(h->ctx, heap_setup, NULL, 0, 1) == DUK_EXEC_SUCCESS) {
        duk_set_top(h->ctx, 0);
        *rc = 0;
    }
}

void swd_heap_set_limits(struct swd_heap *h, const struct swd_limits *l)
{
    h->limits = (struct swd_heap_limits){l->cpu_per_turn, l->cpu_total, l->memory_soft,
                                         l->memory_hard,  l->stack,     l->pending};
}

struct swd_heap *swd_heap_shell(const struct swd_heap_opts *o)
{
    struct swd_heap *h = swd_slab_alloc(sizeof *h);
    if (!h)
        return NULL;
    h->magic = SWD_HEAP_MAGIC;
    h->owner = o->owner;
    h->account = o->account;
    swd_heap_set_limits(h, o->limits);
    swd_random_seed(h);
    return h;
}

int swd_heap_populate(struct swd_heap *h, struct swd_err *e)
{
    int rc = SWD_EINTERNAL;
    if (!swd_turn_run(h, SWD_NONE, SWD_NONE, heap_create_body, &rc) || rc) {
        rc = h->refused ? SWD_ENOMEM : SWD_EINTERNAL;
        return swd_fail(e, rc,
                        rc == SWD_ENOMEM ? "no memory for a heap's built-ins"
                                         : "the engine failed to build a heap");
    }
    atomic_store(&h->cpu, 0);
    return 0;
}

int swd_heap_create(const struct swd_heap_opts *o, struct swd_heap **out, struct swd_err *e)
{
    struct swd_heap *h = swd_heap_shell(o);
    int rc;
    *out = NULL;
    if (!h)
        return swd_fail(e, SWD_ENOMEM, "no memory for a heap");
    rc = swd_arena_new(o->account, h->limits.memory_hard, &h->arena);
    if (rc)
        swd_fail(e, rc, "no memory for a heap's arena");
    else
        rc = swd_heap_populate(h, e);
    if (rc)
        swd_heap_destroy(&h);
    *out = h;
    return rc;
}

void swd_heap_destroy(struct swd_heap **hp)
{
    struct swd_heap *h = *hp;
    if (!h)
        return;
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    swd_assert(swd_turn_self.heap != h);
    swd_handles_drop(&h->handles);
    if (h->asleep)
        swd_asleep_drop(&h->asleep);
    else
        swd_arena_drop(&h->arena);
    swd_kin_unref(&h->kin);
    swd_kin_leave(&h->family);
    swd_heap_image_unref(&h->image);
    h->magic = 0;
    swd_slab_free(h, sizeof *h);
    *hp = NULL;
}

struct swd_handles *swd_heap_handles(const struct swd_heap *h)
{
    return (struct swd_handles *)(uintptr_t)&h->handles;
}

void swd_heap_set_owner(struct swd_heap *h, void *owner)
{
    h->owner = owner;
}

void swd_heap_set_kin(struct swd_heap *h, uint64_t key)
{
    h->kin_key = key;
}

struct swd_heap *swd_heap_of(duk_context *ctx)
{
    return swd_unit_heap(ctx);
}

void *swd_heap_owner(duk_context *ctx)
{
    return swd_heap_of(ctx)->owner;
}

duk_context *swd_heap_ctx(struct swd_heap *h)
{
    return h->ctx;
}

/* ---- Turns ------------------------------------------------------------------------------------*/

void swd_heap_turn_begin(struct swd_heap *h, uint64_t turn, uint64_t total)
{
    uint64_t now = swd_clock_mono();
    h->refused = 0;
    h->cpu_start = swd_clock_thread_cpu();
    h->cpu_budget = turn < total ? turn : total;
    h->cpu_why = turn < total ? SWD_STOP_CPU_TURN : SWD_STOP_CPU_TOTAL;
    h->look_at = h->cpu_budget < UINT64_MAX - now ? now + h->cpu_budget : UINT64_MAX;
}

void swd_heap_turn_end(struct swd_heap *h)
{
    uint64_t used = swd_clock_thread_cpu() - h->cpu_start;
    atomic_fetch_add_explicit(&h->cpu, used, memory_order_relaxed);
    swd_arena_sync(h->arena);
    if (swd_arena_live(h->arena) > h->limits.memory_soft)
        h->soft_hit = true;
    h->refused_turns = h->refused ? h->refused_turns + 1 : 0;
    if (h->refused_turns >= SWD_HEAP_REFUSED_TURNS)
        swd_heap_stop(h, SWD_STOP_MEMORY);
}

bool swd_heap_cpu_spent(struct swd_heap *h, uint64_t used)
{
    uint64_t left;
    if (used >= h->cpu_budget) {
        swd_heap_stop(h, h->cpu_why);
        return true;
    }
    left = h->cpu_budget - used;
    if (left < SWD_HEAP_LOOK_MIN)
        left = SWD_HEAP_LOOK_MIN;
    h->look_at = swd_clock_mono() + left;
    return false;
}

struct heap_call {
    int (*fn)(void *ctx, void *arg);
    void *arg;
    struct swd_thrown *thrown;
    enum swd_run_rc rc;
};

static duk_ret_t heap_call_fn(duk_context *ctx, void *arg)
{
    struct heap_call *c = arg;
    (void)c->fn(ctx, c->arg);
    return 0;
}

static void heap_call_body(struct swd_heap *h, void *arg)
{
    struct heap_call *c = arg;
    if (duk_safe_call(h->ctx, heap_call_fn, c, 0, 1) == DUK_EXEC_SUCCESS) {
        c->rc = SWD_RUN_OK;
    } else {
        c->rc = SWD_RUN_THROWN;
        if (c->thrown)
            swd_thrown_fill(h->ctx, -1, c->thrown);
    }
    duk_set_top(h->ctx, 0);
}

/* What is left of the life's CPU, at least 0. */
static uint64_t heap_total_left(const struct swd_heap *h)
{
    uint64_t used = swd_heap_cpu(h);
    if (h->limits.cpu_total == SWD_NONE)
        return SWD_NONE;
    return h->limits.cpu_total > used ? h->limits.cpu_total - used : 0;
}

enum swd_run_rc swd_heap_run(struct swd_heap *h, int (*fn)(void *ctx, void *arg), void *arg,
                             struct swd_thrown *thrown)
{
    struct heap_call c = {.fn = fn, .arg = arg, .thrown = thrown};
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    swd_assert(!h->asleep && !swd_thread_is_loop());
    if (thrown)
        memset(thrown, 0, sizeof *thrown);
    if (swd_heap_stopped(h) != SWD_STOP_NONE)
        return SWD_RUN_STOPPED;
    if (!swd_turn_run(h, h->limits.cpu_per_turn, heap_total_left(h), heap_call_body, &c))
        return SWD_RUN_STOPPED;
    return swd_heap_stopped(h) != SWD_STOP_NONE ? SWD_RUN_STOPPED : c.rc;
}

void swd_heap_stop(struct swd_heap *h, enum swd_stop reason)
{
    int none = SWD_STOP_NONE;
    if (atomic_compare_exchange_strong(&h->stop, &none, (int)reason))
        atomic_store(&h->stop_at, swd_clock_mono());
}

enum swd_stop swd_heap_stopped(const struct swd_heap *h)
{
    return (enum swd_stop)atomic_load_explicit(&h->stop, memory_order_acquire);
}

void swd_heap_check(duk_context *ctx)
{
    swd_hook_check(swd_heap_of(ctx));
}

/* ---- Collections ------------------------------------------------------------------------------*/

static void heap_gc_body(struct swd_heap *h, void *arg)
{
    int depth = swd_turn_open();
    (void)arg;
    duk_gc(h->ctx, DUK_GC_COMPACT);
    swd_turn_close(depth);
}

enum swd_run_rc swd_heap_gc(struct swd_heap *h)
{
    uint64_t t = swd_clock_mono(), live = swd_arena_live(h->arena), now;
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    swd_assert(!h->asleep);
    if (swd_heap_stopped(h) != SWD_STOP_NONE)
        return SWD_RUN_STOPPED;
    if (!swd_turn_run(h, SWD_HEAP_GC_BUDGET, SWD_NONE, heap_gc_body, NULL))
        return SWD_RUN_STOPPED;
    now = swd_arena_live(h->arena);
    h->soft_hit = false;
    atomic_fetch_add_explicit(&h->gc.forced, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->gc.ns, swd_clock_mono() - t, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->gc.freed, live > now ? live - now : 0, memory_order_relaxed);
    swd_arena_compact(h->arena);
    return SWD_RUN_OK;
}

void swd_heap_trim(struct swd_heap *h)
{
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    swd_assert(!h->asleep);
    swd_arena_compact(h->arena);
}

bool swd_heap_found(const struct swd_heap *h)
{
    return h->found;
}

void swd_heap_forget(struct swd_heap *h)
{
    h->found = false;
}

bool swd_heap_soft_hit(const struct swd_heap *h)
{
    return h->soft_hit;
}

/* ---- Figures ----------------------------------------------------------------------------------*/

void swd_heap_cpu_add(struct swd_heap *h, uint64_t ns)
{
    atomic_fetch_add_explicit(&h->cpu, ns, memory_order_relaxed);
}

uint64_t swd_heap_cpu(const struct swd_heap *h)
{
    return atomic_load_explicit(&h->cpu, memory_order_relaxed);
}

uint64_t swd_heap_live(const struct swd_heap *h)
{
    if (swd_heap_asleep(h))
        return atomic_load_explicit(&h->kept.live, memory_order_relaxed);
    return swd_arena_live(h->arena);
}

uint64_t swd_heap_peak(const struct swd_heap *h)
{
    if (swd_heap_asleep(h))
        return atomic_load_explicit(&h->kept.peak, memory_order_relaxed);
    return swd_arena_peak(h->arena);
}

uint64_t swd_heap_total(const struct swd_heap *h)
{
    if (swd_heap_asleep(h))
        return atomic_load_explicit(&h->kept.total, memory_order_relaxed);
    return swd_arena_total(h->arena);
}

uint64_t swd_heap_mapped(const struct swd_heap *h)
{
    if (swd_heap_asleep(h))
        return atomic_load_explicit(&h->kept.mapped, memory_order_relaxed);
    return swd_arena_mapped(h->arena);
}

void swd_heap_gc_count(const struct swd_heap *h, struct swd_gc_count *out)
{
    out->runs = atomic_load_explicit(&h->gc.runs, memory_order_relaxed);
    out->forced = atomic_load_explicit(&h->gc.forced, memory_order_relaxed);
    out->ns = atomic_load_explicit(&h->gc.ns, memory_order_relaxed);
    out->freed = atomic_load_explicit(&h->gc.freed, memory_order_relaxed);
}
