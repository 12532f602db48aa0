/* Object pools, the threads' side: magazines, their slow paths, management. See pool.h.
 *
 * A thread's magazines are one extent, made at its first slow call; until then (and where there is
 * no memory for one) it points at `none`, whose magazines are empty and take nothing, so that every
 * call is a slow one. At thread exit they are flushed and their counters folded into `gone`. */
#include "pool/pool.h"

#include <pthread.h>

#include "pool/depot.h"
#include "pool/extent.h"
#include "pool/pool_int.h"

#define STOCK_BYTES ((size_t)16 * 1024) /* a magazine holds at most so much */
#define STOCK_LEAST 4
#define HEAVY       ((size_t)1 << 20) /* of what may keep so much, a magazine holds one */

struct stock {
    struct swd_list link;
    struct swd_magazine **tls; /* the owner's swd_pool_mags */
    struct swd_magazine mag[SWD_POOL_ALL];
};
_Static_assert(sizeof(struct stock) <= SWD_GRANULE, "magazines fit one extent");

static struct swd_magazine none[SWD_POOL_ALL]; /* n = cap = 0, never written */
__thread struct swd_magazine *swd_pool_mags = none;
static __thread struct stock *my_stock;

static struct {
    pthread_mutex_t lock;
    struct swd_list stocks;
    uint64_t gone_gets[SWD_POOL_ALL], gone_puts[SWD_POOL_ALL]; /* atomics */
    size_t stocks_n;
    pthread_key_t key;
    bool ready;
} g = {.lock = PTHREAD_MUTEX_INITIALIZER, .stocks = SWD_LIST_INIT(g.stocks)};

static const struct {
    const char *name, *caller;
} names[] = {
#define SWD_POOL(sym, name, keep, caller) {name, caller},
#include "pool/pools.def"
#undef SWD_POOL
    {"slice", "pool/slab.h: structures of the daemon, jansson, libevent"},
};

/* --- a thread's magazines --- */

static uint32_t cap_for(unsigned id, size_t size)
{
    if (depot_debug(id) || !depot_enabled(id))
        return 0;
    if (id < SWD_POOL_TYPED && swd_pool_keep(id) >= HEAVY)
        return 1;
    size_t n = STOCK_BYTES / size;
    return (uint32_t)(n < STOCK_LEAST ? STOCK_LEAST : n > SWD_MAGAZINE ? SWD_MAGAZINE : n);
}

static void flush_some(unsigned id, struct swd_magazine *m, const struct swd_pool_type *t,
                       uint32_t n)
{
    if (n > m->n)
        n = m->n;
    if (n == 0)
        return;
    depot_give(id, t, m->slot, n); /* the oldest */
    memmove(m->slot, m->slot + n, (m->n - n) * sizeof(m->slot[0]));
    m->n -= n;
}

static void stock_flush(struct stock *s)
{
    for (unsigned i = 0; i < SWD_POOL_ALL; i++)
        if (s->mag[i].n > 0)
            flush_some(i, &s->mag[i], NULL, s->mag[i].n);
}

static void stock_exit(void *arg)
{
    struct stock *s = arg;
    swd_pool_mags = none;
    my_stock = NULL;
    stock_flush(s);
    pthread_mutex_lock(&g.lock);
    for (unsigned i = 0; i < SWD_POOL_ALL; i++) {
        __atomic_fetch_add(&g.gone_gets[i], s->mag[i].gets, __ATOMIC_RELAXED);
        __atomic_fetch_add(&g.gone_puts[i], s->mag[i].puts, __ATOMIC_RELAXED);
    }
    swd_list_del(&s->link);
    g.stocks_n--;
    pthread_mutex_unlock(&g.lock);
    swd_extent_put(s, sizeof(*s));
}

/* The reserve goes: every object must be back, every magazine is forgotten. */
static void pool_fini(void)
{
    struct swd_list *it, *tmp;
    SWD_LIST_EACH_SAFE(it, tmp, &g.stocks)
    {
        struct stock *s = SWD_LIST_ENTRY(it, struct stock, link);
        stock_flush(s);
        swd_list_del(it);
        *s->tls = none;
    }
    depot_reset();
    memset(g.gone_gets, 0, sizeof(g.gone_gets));
    memset(g.gone_puts, 0, sizeof(g.gone_puts));
    g.stocks_n = 0;
    pthread_key_delete(g.key);
    g.ready = false;
    my_stock = NULL;
}

/* NULL: no memory; the thread then goes on without magazines. */
static struct stock *stock_of_thread(void)
{
    if (my_stock != NULL && swd_pool_mags != none)
        return my_stock;
    struct stock *s = swd_extent_get(sizeof(*s), true);
    if (s == NULL)
        return NULL;
    pthread_mutex_lock(&g.lock);
    if (!g.ready) {
        g.ready = pthread_key_create(&g.key, stock_exit) == 0;
        swd_extent_on_fini(pool_fini);
    }
    s->tls = &swd_pool_mags;
    if (g.ready) {
        swd_list_push_back(&g.stocks, &s->link);
        g.stocks_n++;
    }
    pthread_mutex_unlock(&g.lock);
    if (!g.ready) {
        swd_extent_put(s, sizeof(*s));
        return NULL;
    }
    my_stock = s;
    swd_pool_mags = s->mag;
    pthread_setspecific(g.key, s);
    return s;
}

/* --- slow paths --- */

static void count_get(struct swd_magazine *m, unsigned id)
{
    if (m != NULL)
        SWD_POOL_COUNT_ONE(m->gets);
    else
        __atomic_fetch_add(&g.gone_gets[id], 1, __ATOMIC_RELAXED);
}

static void count_put(struct swd_magazine *m, unsigned id)
{
    if (m != NULL)
        SWD_POOL_COUNT_ONE(m->puts);
    else
        __atomic_fetch_add(&g.gone_puts[id], 1, __ATOMIC_RELAXED);
}

/* The thread's magazine with its capacity brought up to date; NULL: it has none. */
static struct swd_magazine *magazine(unsigned id, const struct swd_pool_type *t, uint32_t *cap)
{
    struct stock *s = stock_of_thread();
    *cap = 0;
    if (s == NULL)
        return NULL;
    *cap = cap_for(id, t->size);
    __atomic_store_n(&s->mag[id].cap, *cap, __ATOMIC_RELAXED);
    return &s->mag[id];
}

__attribute__((noinline)) void *swd_pool_get_slow(unsigned id, const struct swd_pool_type *t,
                                                  const char *who)
{
    uint32_t cap;
    struct swd_magazine *m = magazine(id, t, &cap);
    void *p = NULL;
    if (depot_debug(id)) {
        p = depot_take_debug(id, t, who);
    } else {
        void *got[SWD_MAGAZINE];
        size_t n = depot_take(id, t, got, cap > 1 ? cap / 2 : 1);
        if (n > 0)
            p = got[--n];
        if (n > 0) {
            memcpy(m->slot, got, n * sizeof(got[0]));
            m->n = (uint32_t)n;
        }
    }
    if (p != NULL) {
        count_get(m, id);
        SWD_UNPOISON(p, t->size);
    }
    return p;
}

__attribute__((noinline)) void swd_pool_put_slow(unsigned id, const struct swd_pool_type *t,
                                                 void *p)
{
    uint32_t cap;
    struct swd_magazine *m = magazine(id, t, &cap);
    count_put(m, id);
    if (m != NULL && m->n > cap)
        flush_some(id, m, t, m->n);
    if (depot_debug(id)) {
        depot_give_debug(id, t, p);
        return;
    }
    SWD_POISON(p, t->size);
    if (cap == 0) {
        depot_give(id, t, &p, 1);
        return;
    }
    if (m->n == cap)
        flush_some(id, m, t, (cap + 1) / 2);
    m->slot[m->n++] = p;
}

/* --- management --- */

const char *swd_pool_name(unsigned id)
{
    return names[id < SWD_POOL_TYPED ? id : SWD_POOL_TYPED].name;
}

const char *swd_pool_caller(unsigned id)
{
    return names[id < SWD_POOL_TYPED ? id : SWD_POOL_TYPED].caller;
}

unsigned swd_pool_find(const char *name)
{
    for (unsigned i = 0; i < SWD_POOL_TYPED; i++)
        if (strcmp(names[i].name, name) == 0)
            return i;
    return SWD_POOL_ALL;
}

size_t swd_pool_keeps[SWD_POOL_TYPED + 1] = {
#define SWD_POOL(sym, name, keep, caller) keep,
#include "pool/pools.def"
#undef SWD_POOL
};

void swd_pool_set_keep(unsigned id, size_t keep)
{
    __atomic_store_n(&swd_pool_keeps[id], keep, __ATOMIC_RELAXED);
}

void swd_pool_note_oversize(unsigned id, enum swd_oversize why, size_t n)
{
    depot_oversize(id, why, n);
}

/* Closes every magazine of a pool, so that the next put of each thread takes the slow path. */
static void close_magazines(unsigned id)
{
    struct swd_list *it;
    pthread_mutex_lock(&g.lock);
    SWD_LIST_EACH(it, &g.stocks)
    {
        struct stock *s = SWD_LIST_ENTRY(it, struct stock, link);
        __atomic_store_n(&s->mag[id].cap, 0, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&g.lock);
}

static void flush_mine(unsigned id)
{
    if (my_stock != NULL && swd_pool_mags != none)
        flush_some(id, &my_stock->mag[id], NULL, my_stock->mag[id].n);
}

void swd_pool_set_debug(unsigned id, bool on)
{
    flush_mine(id);
    depot_set_debug(id, on);
    close_magazines(id);
}

bool swd_pool_debug(unsigned id)
{
    return depot_debug(id);
}

void swd_pool_set_enabled(unsigned id, bool on)
{
    flush_mine(id);
    depot_set_enabled(id, on);
    close_magazines(id);
}

bool swd_pool_enabled(unsigned id)
{
    return depot_enabled(id);
}

const char *swd_pool_who(const void *p)
{
    return depot_who(p);
}

size_t swd_pool_warm(unsigned id, const struct swd_pool_type *t, size_t n)
{
    return depot_warm(id, t, n);
}

/* The linker's names for the section's ends; absent when no pool is linked in. */
extern const struct swd_pool_entry __start_swd_pools[] __attribute__((weak));
extern const struct swd_pool_entry __stop_swd_pools[] __attribute__((weak));

void swd_pool_set_ahead(unsigned id, size_t n)
{
    const struct swd_pool_entry *x = __start_swd_pools;
    uintptr_t bytes = (uintptr_t)__stop_swd_pools - (uintptr_t)x;
    const struct swd_pool_type *t = NULL;
    for (size_t i = 0; i < bytes / sizeof(*x); i++)
        if (x[i].id == id)
            t = x[i].type;
    depot_warm(id, t, n);
}

size_t swd_pool_tick(void)
{
    size_t back = swd_extent_tick();
    for (unsigned i = 0; i < SWD_POOL_ALL; i++)
        back += depot_tick(i, false);
    return back;
}

void swd_pool_flush(void)
{
    if (my_stock != NULL && swd_pool_mags != none)
        stock_flush(my_stock);
}

size_t swd_pool_compact(void)
{
    size_t back = 0;
    swd_pool_flush();
    for (unsigned i = 0; i < SWD_POOL_ALL; i++)
        back += depot_tick(i, true);
    swd_pool_flush(); /* what destroying gave back */
    for (unsigned i = SWD_POOL_TYPED; i < SWD_POOL_ALL; i++)
        back += depot_tick(i, true);
    return back;
}

/* --- sums over threads, for pool_stats.c --- */

void pool_thread_sums(unsigned id, struct pool_sums *out)
{
    struct swd_list *it;
    pthread_mutex_lock(&g.lock);
    out->gets += __atomic_load_n(&g.gone_gets[id], __ATOMIC_RELAXED);
    out->puts += __atomic_load_n(&g.gone_puts[id], __ATOMIC_RELAXED);
    SWD_LIST_EACH(it, &g.stocks)
    {
        struct stock *s = SWD_LIST_ENTRY(it, struct stock, link);
        out->gets += __atomic_load_n(&s->mag[id].gets, __ATOMIC_RELAXED);
        out->puts += __atomic_load_n(&s->mag[id].puts, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&g.lock);
}

uint64_t pool_thread_metadata(void)
{
    pthread_mutex_lock(&g.lock);
    uint64_t n = g.stocks_n * SWD_GRANULE;
    pthread_mutex_unlock(&g.lock);
    return n;
}
