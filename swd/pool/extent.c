/* Extents: see extent.h. This file: the reserve, per-thread caches over the depot (granule.c),
 * the watermark, budget, debug fill and statistics. Pages kept for who wakes: pages.c.
 *
 * A thread's cache is a small stack for each size of 1..16 granules under a lock of its own (taken
 * uncontended, except while somebody trims). Invariant: mapped = handed_out + asleep + cached,
 * where cached counts free granules that may hold old bytes, in caches and in the depot, and pages
 * kept for who wakes. Cost of
 * get/put from the cache: a lock and a few atomics, about 50 ns; a dirty extent asked for as zero
 * is cleared then. */
#include "pool/extent.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/list.h"
#include "pool/asan.h"
#include "pool/granule.h"
#include "pool/numa.h"
#include "pool/pages.h"

#define WARM_DEFAULT ((size_t)32 * 1024 * 1024)
#define RESERVE_MIN  ((size_t)64 * 1024 * 1024)
#define RESERVE_MAX  ((size_t)1024 * 1024 * 1024 * 1024)
#define CACHE_SIZES  16 /* granules: larger extents go to the depot directly */
#define CACHE_SLOTS  8
#define CACHE_TOTAL  ((size_t)64) /* granules a thread may keep */
#define DEBUG_BYTE   0xdb

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

struct cache {
    struct swd_list link;
    pthread_mutex_t lock;
    size_t granules;
    unsigned node;
    unsigned n[CACHE_SIZES];
    void *slot[CACHE_SIZES][CACHE_SLOTS];
};

static struct {
    pthread_mutex_t lock; /* init, and the list of caches */
    struct swd_list caches;
    pthread_key_t key;
    bool key_made;
    char *base;     /* atomic: NULL until ready */
    void *map;      /* the mapping itself, unaligned */
    size_t reserve; /* bytes from base */
    size_t map_bytes;
    bool debug;
    unsigned nodes;
    void (*on_fini)(void); /* the object pools' */
} g = {.lock = PTHREAD_MUTEX_INITIALIZER, .caches = SWD_LIST_INIT(g.caches)};

/* Atomics. */
static size_t warm_limit;
static uint64_t budget = SWD_NONE;
static uint64_t fail_countdown;
static uint64_t handed_out, asleep, cached, high_water;
static uint64_t n_gets, n_puts, n_hits, n_misses, n_trims, n_fails;

static __thread struct cache *my_cache;

#define RELIEF_ROOM ((uint64_t)4 * 1024 * 1024)
#define LOAD(x)     __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define ADD(x, n)   __atomic_add_fetch(&(x), (n), __ATOMIC_RELAXED)
#define SUB(x, n)   __atomic_sub_fetch(&(x), (n), __ATOMIC_RELAXED)

static size_t granules_of(size_t bytes)
{
    return bytes == 0 ? 1 : (bytes - 1) / SWD_GRANULE + 1;
}

/* --- the reserve --- */

static size_t reserve_default(void)
{
#if defined(__SANITIZE_THREAD__) || defined(SWD_ASAN)
    return (size_t)16 << 30;
#else
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t memory = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : (size_t)1 << 30;
    size_t want = memory * 16; /* hibernated heaps keep their addresses */
    return want > RESERVE_MAX ? RESERVE_MAX : want;
#endif
}

/* One VMA, chunk-aligned; halves its wish while the system refuses (RLIMIT_AS, overcommit). */
static int reserve_map(size_t want, bool exact, struct swd_err *e)
{
    want = (want + SWD_CHUNK - 1) / SWD_CHUNK * SWD_CHUNK;
    for (; want >= SWD_CHUNK; want = want / 2 / SWD_CHUNK * SWD_CHUNK) {
        g.map_bytes = want + SWD_CHUNK + PAGES_STACK;
        g.map = mmap(NULL, g.map_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (g.map != MAP_FAILED)
            break;
        if (exact || want <= RESERVE_MIN) {
            swd_fail(e, SWD_ENOMEM, "cannot reserve %zu MiB of address space: %s", want >> 20,
                     strerror(errno));
            return swd_fail_hint(e, "raise the address space limit (ulimit -v) or LimitAS=");
        }
    }
    (void)madvise(g.map, g.map_bytes, MADV_NOHUGEPAGE);
    (void)madvise(g.map, g.map_bytes, MADV_DONTDUMP);
    g.reserve = want;
    return 0;
}

static void cache_exit(void *arg);

static int init_locked(const struct swd_extent_opts *o, struct swd_err *e)
{
    if (!g.key_made && pthread_key_create(&g.key, cache_exit) != 0)
        return swd_fail(e, SWD_ENOMEM, "no thread key is left for the extent caches");
    g.key_made = true;
    int rc = reserve_map(o->reserve != 0 ? o->reserve : reserve_default(), o->reserve != 0, e);
    if (rc != 0)
        return rc;
    char *base = g.map;
    base += (SWD_CHUNK - (uintptr_t)base % SWD_CHUNK) % SWD_CHUNK;
    g.nodes = o->nodes == 0 ? swd_numa_nodes() : o->nodes;
    if (g.nodes > SWD_NODES_MAX)
        g.nodes = SWD_NODES_MAX;
    if (g.nodes > g.reserve / SWD_CHUNK)
        g.nodes = 1;
    if (swd_granule_init(base, g.reserve / SWD_CHUNK, g.nodes) != 0) {
        munmap(g.map, g.map_bytes);
        return swd_fail(e, SWD_ENOMEM, "cannot map the table of chunks");
    }
    size_t share = g.reserve / SWD_CHUNK / g.nodes * SWD_CHUNK;
    for (unsigned i = 0; g.nodes > 1 && i < g.nodes; i++)
        swd_numa_bind_share(base + i * share, share, i);
    g.debug = o->debug;
    pages_init(g.map, g.map_bytes);
    __atomic_store_n(&warm_limit, o->warm != 0 ? o->warm : WARM_DEFAULT, __ATOMIC_RELAXED);
    __atomic_store_n(&g.base, base, __ATOMIC_RELEASE);
    return 0;
}

int swd_extent_init(const struct swd_extent_opts *opts, struct swd_err *e)
{
    const struct swd_extent_opts defaults = {0};
    pthread_mutex_lock(&g.lock);
    int rc = 0;
    if (g.base != NULL)
        rc = swd_fail(e, SWD_EEXISTS, "the reserve is there already");
    else
        rc = init_locked(opts != NULL ? opts : &defaults, e);
    pthread_mutex_unlock(&g.lock);
    return rc;
}

/* Whoever allocates before swd_extent_init() gets the defaults. */
static bool ready(void)
{
    if (SWD_LIKELY(__atomic_load_n(&g.base, __ATOMIC_ACQUIRE) != NULL))
        return true;
    int rc = swd_extent_init(NULL, NULL);
    return rc == 0 || rc == SWD_EEXISTS;
}

void swd_extent_on_fini(void (*fn)(void))
{
    pthread_mutex_lock(&g.lock);
    g.on_fini = fn;
    pthread_mutex_unlock(&g.lock);
}

void swd_extent_fini(void)
{
    void (*fn)(void) = g.on_fini;
    g.on_fini = NULL;
    if (fn != NULL)
        fn();
    pthread_mutex_lock(&g.lock);
    if (g.base != NULL) {
        struct swd_list *it;
        SWD_LIST_EACH(it, &g.caches)
        {
            struct cache *c = SWD_LIST_ENTRY(it, struct cache, link);
            memset(c->n, 0, sizeof(c->n));
            c->granules = 0;
        }
        swd_granule_fini();
        pages_fini();
        munmap(g.map, g.map_bytes);
        __atomic_store_n(&g.base, NULL, __ATOMIC_RELEASE);
        handed_out = asleep = cached = high_water = 0;
        n_gets = n_puts = n_hits = n_misses = n_trims = n_fails = 0;
        budget = SWD_NONE;
        fail_countdown = 0;
    }
    pthread_mutex_unlock(&g.lock);
}

/* --- per-thread caches --- */

static struct cache *cache_of_thread(void)
{
    if (SWD_LIKELY(my_cache != NULL))
        return my_cache;
    struct cache *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_lock(&g.lock);
    swd_list_push_back(&g.caches, &c->link);
    pthread_mutex_unlock(&g.lock);
    my_cache = c;
    pthread_setspecific(g.key, c);
    return c;
}

/* Everything in the cache goes to the depot. The cache's lock is held. */
static void cache_flush(struct cache *c)
{
    for (size_t s = 0; s < CACHE_SIZES; s++)
        while (c->n[s] > 0)
            swd_granule_give(c->slot[s][--c->n[s]], s + 1, true);
    c->granules = 0;
}

static void cache_exit(void *arg)
{
    struct cache *c = arg;
    my_cache = NULL;
    pthread_mutex_lock(&g.lock);
    swd_list_del(&c->link);
    pthread_mutex_lock(&c->lock);
    if (g.base != NULL)
        cache_flush(c);
    pthread_mutex_unlock(&c->lock);
    pthread_mutex_unlock(&g.lock);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static void *cache_take(struct cache *c, size_t n)
{
    void *p = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->n[n - 1] > 0) {
        p = c->slot[n - 1][--c->n[n - 1]];
        c->granules -= n;
    }
    pthread_mutex_unlock(&c->lock);
    return p;
}

static bool cache_give(struct cache *c, void *p, size_t n)
{
    bool ok = false;
    pthread_mutex_lock(&c->lock);
    if (c->n[n - 1] < CACHE_SLOTS && c->granules + n <= CACHE_TOTAL &&
        swd_granule_node(p) == c->node) {
        c->slot[n - 1][c->n[n - 1]++] = p;
        c->granules += n;
        ok = true;
    }
    pthread_mutex_unlock(&c->lock);
    return ok;
}

void swd_extent_bind_node(unsigned node)
{
    struct cache *c = ready() ? cache_of_thread() : NULL;
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    cache_flush(c);
    c->node = node < g.nodes ? node : 0;
    pthread_mutex_unlock(&c->lock);
}

unsigned swd_extent_node(const void *p)
{
    return swd_granule_node(p);
}

/* --- get, put, grow --- */

static bool fails_now(void)
{
    uint64_t k = LOAD(fail_countdown);
    while (SWD_UNLIKELY(k > 0))
        if (__atomic_compare_exchange_n(&fail_countdown, &k, k - 1, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return k == 1;
    return false;
}

static __thread bool relieving;

void swd_extent_relief(bool on)
{
    relieving = on;
}

/* Counts `bytes` as handed out, if the budget allows. */
static bool account_out(size_t bytes)
{
    uint64_t b = LOAD(budget), now = ADD(handed_out, bytes);
    if (relieving && b != SWD_NONE)
        b += b / 32 + RELIEF_ROOM;
    if (now > b) {
        SUB(handed_out, bytes);
        return false;
    }
    uint64_t high = LOAD(high_water);
    while (now > high && !__atomic_compare_exchange_n(&high_water, &high, now, true,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
    if (b != SWD_NONE && now + LOAD(cached) > b)
        swd_extent_trim(b - now);
    return true;
}

/* Debug mode fills freed granules; whoever wrote to one since is found here. */
static void check_fill(const unsigned char *p)
{
    bool written_after_put = p[0] != DEBUG_BYTE || memcmp(p, p + 1, SWD_GRANULE - 1) != 0;
    swd_assert(!written_after_put);
}

/* Makes granules [from, to) of p the owner's: uncached, checked, zeroed as asked. */
static void prepare(char *p, size_t from, size_t to, bool zero)
{
    uint64_t dirty = 0;
    SWD_UNPOISON(p + from * SWD_GRANULE, (to - from) * SWD_GRANULE);
    for (size_t i = from; i < to; i++) {
        if (!swd_granule_dirty(p, i))
            continue;
        dirty += SWD_GRANULE;
        if (g.debug)
            check_fill((unsigned char *)p + i * SWD_GRANULE);
        if (zero)
            memset(p + i * SWD_GRANULE, 0, SWD_GRANULE);
    }
    if (dirty != 0)
        SUB(cached, dirty);
    ADD(*(dirty != 0 ? &n_hits : &n_misses), 1);
}

static void *take_any_node(unsigned node, size_t n)
{
    void *p = swd_granule_take(node, n);
    for (unsigned i = 0; p == NULL && i < g.nodes; i++)
        if (i != node)
            p = swd_granule_take(i, n);
    return p;
}

void *swd_extent_get(size_t bytes, bool zero)
{
    if (!ready())
        return NULL;
    size_t n = granules_of(bytes);
    ADD(n_gets, 1);
    if (fails_now() || n > g.reserve / SWD_GRANULE || !account_out(n * SWD_GRANULE))
        goto failed;
    struct cache *c = cache_of_thread();
    void *p = c != NULL && n <= CACHE_SIZES ? cache_take(c, n) : NULL;
    if (p == NULL)
        p = take_any_node(c != NULL ? c->node : 0, n);
    if (p == NULL) {
        SUB(handed_out, n * SWD_GRANULE);
        goto failed;
    }
    swd_granule_mark_new(p, n);
    prepare(p, 0, n, zero);
    return p;
failed:
    ADD(n_fails, 1);
    return NULL;
}

void swd_extent_put(void *p, size_t bytes)
{
    size_t n = granules_of(bytes);
    bytes = n * SWD_GRANULE;
    swd_granule_mark(p, n, 0);
    ADD(n_puts, 1);
    if (g.debug)
        memset(p, DEBUG_BYTE, bytes);
    SWD_POISON(p, bytes);
    bool keep = ADD(cached, bytes) <= LOAD(warm_limit);
    SUB(handed_out, bytes);
    if (!keep) {
        swd_extent_decommit(p, bytes);
        SUB(cached, bytes);
        ADD(n_trims, 1);
        swd_granule_give(p, n, false);
        return;
    }
    swd_granule_set_dirty(p, n);
    struct cache *c = cache_of_thread();
    if (c == NULL || n > CACHE_SIZES || !cache_give(c, p, n))
        swd_granule_give(p, n, true);
}

void swd_extent_shrink(void *p, size_t from, size_t to)
{
    size_t a = granules_of(to), b = granules_of(from);
    if (a >= b)
        return;
    char *tail = (char *)p + a * SWD_GRANULE;
    swd_granule_mark(p, b, a);
    swd_granule_mark_new(tail, b - a);
    swd_extent_put(tail, (b - a) * SWD_GRANULE);
}

bool swd_extent_grow(void *p, size_t from, size_t to, bool zero)
{
    size_t a = granules_of(from), b = granules_of(to);
    if (b <= a)
        return true;
    ADD(n_gets, 1);
    if (fails_now() || !account_out((b - a) * SWD_GRANULE)) {
        ADD(n_fails, 1);
        return false;
    }
    if (!swd_granule_extend(p, a, b)) {
        SUB(handed_out, (b - a) * SWD_GRANULE);
        return false;
    }
    swd_granule_mark(p, a, b);
    prepare(p, a, b, zero);
    return true;
}

void swd_extent_decommit(void *p, size_t bytes)
{
    int rc;
    do
        rc = madvise(p, bytes, MADV_DONTNEED);
    while (rc != 0 && errno == EAGAIN);
    swd_assert(rc == 0);
}

static size_t pages_of(size_t bytes)
{
    return (bytes + SWD_PAGE - 1) / SWD_PAGE * SWD_PAGE;
}

/* Pages of a held extent for others to wake with, within the watermark; answers the bytes. */
static size_t keep_pages(void *p, size_t bytes)
{
    size_t n = pages_of(bytes), kept = 0;
    if (n == 0 || g.debug)
        return 0;
    if (ADD(cached, n) <= LOAD(warm_limit))
        kept = pages_give(p, n);
    SUB(cached, n - kept);
    return kept;
}

void swd_extent_sleep(void *p, size_t bytes, size_t used)
{
    size_t kept = keep_pages(p, used);
    bytes = granules_of(bytes) * SWD_GRANULE;
    if (kept < bytes)
        swd_extent_decommit((char *)p + kept, bytes - kept);
    ADD(asleep, bytes);
    SUB(handed_out, bytes);
}

bool swd_extent_rouse(void *p, size_t bytes)
{
    (void)p;
    bytes = granules_of(bytes) * SWD_GRANULE;
    if (fails_now() || !account_out(bytes)) {
        ADD(n_fails, 1);
        return false;
    }
    SUB(asleep, bytes);
    return true;
}

void swd_extent_put_asleep(void *p, size_t bytes)
{
    size_t n = granules_of(bytes);
    swd_granule_mark(p, n, 0);
    ADD(n_puts, 1);
    SWD_POISON(p, n * SWD_GRANULE);
    SUB(asleep, n * SWD_GRANULE);
    swd_granule_give(p, n, false);
}

bool swd_extent_cold(const void *p, size_t bytes)
{
    for (size_t i = 0; i < granules_of(bytes); i++)
        if (swd_granule_dirty(p, i))
            return false;
    return true;
}

/* Pages of a warm extent that this thread has kept; answers the bytes from p on. */
static size_t refill_warm(void *p, size_t bytes)
{
    size_t n = granules_of(bytes), got;
    struct cache *c = n <= CACHE_SIZES && !g.debug ? cache_of_thread() : NULL;
    void *from = c != NULL ? cache_take(c, n) : NULL;
    if (from == NULL)
        return 0;
    got = pages_move(p, from, bytes);
    if (got == 0) {
        if (!cache_give(c, from, n))
            swd_granule_give(from, n, true);
        return 0;
    }
    if (got < n * SWD_GRANULE)
        swd_extent_decommit((char *)from + got, n * SWD_GRANULE - got);
    SUB(cached, n * SWD_GRANULE);
    swd_granule_give(from, n, false);
    return got;
}

size_t swd_extent_refill(void *p, size_t bytes)
{
    size_t gone, n = pages_of(bytes), old = pages_take(p, n, &gone);
    SUB(cached, gone);
    if (old == 0)
        old = refill_warm(p, n);
    if (old < n)
        swd_extent_populate((char *)p + old, n - old);
    return old;
}

size_t swd_extent_tick(void)
{
    size_t n = pages_tick();
    SUB(cached, n);
    return n;
}

void swd_extent_populate(void *p, size_t bytes)
{
    (void)madvise(p, bytes, MADV_POPULATE_WRITE);
}

size_t swd_extent_trim(size_t keep)
{
    if (!ready())
        return 0;
    struct swd_list *it;
    pthread_mutex_lock(&g.lock);
    SWD_LIST_EACH(it, &g.caches)
    {
        struct cache *c = SWD_LIST_ENTRY(it, struct cache, link);
        pthread_mutex_lock(&c->lock);
        cache_flush(c);
        pthread_mutex_unlock(&c->lock);
    }
    pthread_mutex_unlock(&g.lock);
    uint64_t over = LOAD(cached);
    over = over > keep ? over - keep : 0;
    size_t kept = pages_kept(), freed = pages_trim(kept > over ? kept - over : 0);
    SUB(cached, freed);
    for (size_t now; (now = LOAD(cached)) > keep;) {
        size_t n;
        void *p = swd_granule_take_dirty(granules_of(now - keep), &n);
        if (p == NULL)
            break;
        swd_extent_decommit(p, n * SWD_GRANULE);
        SUB(cached, n * SWD_GRANULE);
        swd_granule_give(p, n, false);
        freed += n * SWD_GRANULE;
    }
    if (freed != 0)
        ADD(n_trims, 1);
    return freed;
}

/* --- settings and figures --- */

void swd_extent_set_warm(size_t warm)
{
    __atomic_store_n(&warm_limit, warm, __ATOMIC_RELAXED);
}

bool swd_extent_tight(uint64_t want)
{
    uint64_t b = LOAD(budget), out = LOAD(handed_out);
    if (want > b / 8)
        want = b / 8;
    if (want < b / 16)
        want = b / 16;
    return b != SWD_NONE && (out >= b || b - out < want);
}

void swd_extent_set_budget(uint64_t bytes)
{
    __atomic_store_n(&budget, bytes, __ATOMIC_RELAXED);
}

void swd_extent_fail_at(uint64_t k)
{
    __atomic_store_n(&fail_countdown, k, __ATOMIC_RELAXED);
}

void swd_extent_stats(struct swd_extent_stats *out)
{
    *out = (struct swd_extent_stats){
        .reserved = LOAD(g.base) != NULL ? g.reserve : 0,
        .handed_out = LOAD(handed_out),
        .asleep = LOAD(asleep),
        .cached = LOAD(cached),
        .high_water = LOAD(high_water),
        .gets = LOAD(n_gets),
        .puts = LOAD(n_puts),
        .hits = LOAD(n_hits),
        .misses = LOAD(n_misses),
        .trims = LOAD(n_trims),
        .fails = LOAD(n_fails),
        .warm = LOAD(warm_limit),
        .budget = LOAD(budget),
        .metadata = LOAD(g.base) != NULL ? swd_granule_metadata() : 0,
    };
    out->mapped = out->handed_out + out->asleep + out->cached;
}

bool swd_extent_owns(const void *p)
{
    const char *map = g.map;
    return LOAD(g.base) != NULL && (const char *)p >= map && (const char *)p < map + g.map_bytes;
}
