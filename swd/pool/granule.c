/* The depot of granules: see granule.h.
 *
 * Invariants, under a depot's lock: a granule is free here (bit in `free`), or held by an owner or
 * a thread's cache. `dirty` of a held granule tells what it was when it left. `length` is the
 * owner's side: granules of the extent that starts there, 0 while none does. */
#include "pool/granule.h"

#include <pthread.h>
#include <sys/mman.h>

#include "base/check.h"
#include "pool/asan.h"

#define ALL        UINT32_MAX
#define BUCKETS    (SWD_CHUNK_GRANULES + 1)
#define CANDIDATES 8 /* chunks of a bucket looked at for the fullest */

struct chunk {
    uint32_t free;                       /* granules in the depot */
    uint32_t dirty;                      /* atomic: granules that may hold old bytes */
    uint32_t length[SWD_CHUNK_GRANULES]; /* atomic: of the extent handed out that starts there */
    uint32_t next, prev;                 /* chunk index + 1 within the bucket; 0: none */
    uint32_t bucket;
};

struct depot {
    pthread_mutex_t lock;
    uint32_t first, end, frontier; /* chunks: mine are [first, end), touched below frontier */
    uint64_t nonempty;             /* bit b: bucket b has a chunk */
    uint32_t head[BUCKETS];
};

static struct {
    char *base;
    size_t chunks, per_node;
    struct chunk *chunk;
    struct depot depot[SWD_NODES_MAX];
    unsigned nodes;
} g;

static inline uint32_t bits(size_t from, size_t n)
{
    return (n >= 32 ? ALL : ((1u << n) - 1)) << from;
}

static unsigned longest_run(uint32_t x)
{
    unsigned n = 0;
    while (x != 0) {
        x &= x << 1;
        n++;
    }
    return n;
}

/* Bit i set: granules i .. i+n-1 are all in x. */
static uint32_t run_starts(uint32_t x, size_t n)
{
    size_t have = 1;
    while (have < n && x != 0) {
        size_t step = have < n - have ? have : n - have;
        x &= x >> step;
        have += step;
    }
    return x;
}

static void unlink_chunk(struct depot *d, struct chunk *c)
{
    if (c->prev != 0)
        g.chunk[c->prev - 1].next = c->next;
    else
        d->head[c->bucket] = c->next;
    if (c->next != 0)
        g.chunk[c->next - 1].prev = c->prev;
    if (d->head[c->bucket] == 0)
        d->nonempty &= ~(UINT64_C(1) << c->bucket);
}

static void link_chunk(struct depot *d, struct chunk *c)
{
    c->bucket = longest_run(c->free);
    c->prev = 0;
    c->next = d->head[c->bucket];
    d->head[c->bucket] = (uint32_t)(c - g.chunk) + 1;
    if (c->next != 0)
        g.chunk[c->next - 1].prev = d->head[c->bucket];
    d->nonempty |= UINT64_C(1) << c->bucket;
}

static void set_free(struct depot *d, struct chunk *c, uint32_t freebits)
{
    c->free = freebits;
    if (longest_run(freebits) == c->bucket)
        return;
    unlink_chunk(d, c);
    link_chunk(d, c);
}

static char *granule_at(const struct chunk *c, size_t i)
{
    return g.base + (size_t)(c - g.chunk) * SWD_CHUNK + i * SWD_GRANULE;
}

static size_t granule_index(const void *p)
{
    return (size_t)((const char *)p - g.base) / SWD_GRANULE;
}

unsigned swd_granule_node(const void *p)
{
    size_t node = granule_index(p) / SWD_CHUNK_GRANULES / g.per_node;
    return node < g.nodes ? (unsigned)node : g.nodes - 1;
}

int swd_granule_init(char *base, size_t chunks, unsigned nodes)
{
    g.chunk = mmap(NULL, chunks * sizeof(struct chunk), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (g.chunk == MAP_FAILED)
        return SWD_ENOMEM;
    g.base = base;
    g.chunks = chunks;
    g.nodes = nodes;
    g.per_node = chunks / nodes;
    for (unsigned i = 0; i < nodes; i++) {
        struct depot *d = &g.depot[i];
        *d = (struct depot){.first = (uint32_t)(i * g.per_node)};
        d->frontier = d->first;
        d->end = i + 1 == nodes ? (uint32_t)chunks : d->first + (uint32_t)g.per_node;
        pthread_mutex_init(&d->lock, NULL);
    }
    return 0;
}

void swd_granule_fini(void)
{
    for (unsigned i = 0; i < g.nodes; i++) {
        struct depot *d = &g.depot[i];
        SWD_UNPOISON(g.base + d->first * SWD_CHUNK, (d->frontier - d->first) * SWD_CHUNK);
        pthread_mutex_destroy(&d->lock);
    }
    munmap(g.chunk, g.chunks * sizeof(struct chunk));
    g.chunk = NULL;
    g.nodes = 0;
}

/* Makes one more chunk usable; false when the node's share is used up. */
static bool advance(struct depot *d)
{
    if (d->frontier == d->end)
        return false;
    struct chunk *c = &g.chunk[d->frontier];
    /* Under the lock; the figures read it without. */
    __atomic_store_n(&d->frontier, d->frontier + 1, __ATOMIC_RELAXED);
    c->free = ALL;
    link_chunk(d, c);
    return true;
}

/* The fullest of the first few chunks in the smallest bucket with a run of n. */
static struct chunk *choose(struct depot *d, size_t n)
{
    uint64_t fits = d->nonempty >> n << n;
    if (fits == 0) {
        if (!advance(d))
            return NULL;
        fits = UINT64_C(1) << SWD_CHUNK_GRANULES;
    }
    uint32_t i = d->head[__builtin_ctzll(fits)];
    struct chunk *best = &g.chunk[i - 1];
    for (unsigned k = 0; i != 0 && k < CANDIDATES; i = g.chunk[i - 1].next, k++)
        if (__builtin_popcount(g.chunk[i - 1].free) < __builtin_popcount(best->free))
            best = &g.chunk[i - 1];
    return best;
}

static uint32_t dirty_bits(const struct chunk *c)
{
    return __atomic_load_n(&c->dirty, __ATOMIC_RELAXED);
}

static void *take_small(struct depot *d, size_t n)
{
    struct chunk *c = choose(d, n);
    if (c == NULL)
        return NULL;
    uint32_t warm = run_starts(c->free & dirty_bits(c), n);
    unsigned at = (unsigned)__builtin_ctz(warm != 0 ? warm : run_starts(c->free, n));
    set_free(d, c, c->free & ~bits(at, n));
    return granule_at(c, at);
}

/* Takes granules [i, i + n), which are known to be free. */
static void take_range(struct depot *d, size_t i, size_t n)
{
    while (n > 0) {
        size_t at = i % SWD_CHUNK_GRANULES, k = SWD_CHUNK_GRANULES - at;
        if (k > n)
            k = n;
        struct chunk *c = &g.chunk[i / SWD_CHUNK_GRANULES];
        set_free(d, c, c->free & ~bits(at, k));
        i += k;
        n -= k;
    }
}

/* Whether granules [i, i + n) are free, moving the frontier over them where needed. */
static bool range_free(struct depot *d, size_t i, size_t n)
{
    while (n > 0) {
        size_t at = i % SWD_CHUNK_GRANULES, k = SWD_CHUNK_GRANULES - at;
        if (k > n)
            k = n;
        uint32_t ci = (uint32_t)(i / SWD_CHUNK_GRANULES);
        if (ci >= d->end || ci > d->frontier || (ci == d->frontier && !advance(d)))
            return false;
        if ((g.chunk[ci].free & bits(at, k)) != bits(at, k))
            return false;
        i += k;
        n -= k;
    }
    return true;
}

static void *take_large(struct depot *d, size_t n)
{
    for (uint32_t ci = d->first; ci < d->end; ci++) {
        if (ci < d->frontier && g.chunk[ci].free != ALL)
            continue;
        if (n > (size_t)(d->end - ci) * SWD_CHUNK_GRANULES)
            return NULL;
        if (!range_free(d, (size_t)ci * SWD_CHUNK_GRANULES, n))
            continue;
        take_range(d, (size_t)ci * SWD_CHUNK_GRANULES, n);
        return granule_at(&g.chunk[ci], 0);
    }
    return NULL;
}

void *swd_granule_take(unsigned node, size_t n)
{
    struct depot *d = &g.depot[node];
    pthread_mutex_lock(&d->lock);
    void *p = n <= SWD_CHUNK_GRANULES ? take_small(d, n) : take_large(d, n);
    pthread_mutex_unlock(&d->lock);
    return p;
}

bool swd_granule_extend(void *p, size_t from, size_t to)
{
    struct depot *d = &g.depot[swd_granule_node(p)];
    size_t i = granule_index(p) + from;
    pthread_mutex_lock(&d->lock);
    bool ok = range_free(d, i, to - from);
    if (ok)
        take_range(d, i, to - from);
    pthread_mutex_unlock(&d->lock);
    return ok;
}

void swd_granule_give(void *p, size_t n, bool dirty)
{
    struct depot *d = &g.depot[swd_granule_node(p)];
    size_t i = granule_index(p);
    pthread_mutex_lock(&d->lock);
    while (n > 0) {
        size_t at = i % SWD_CHUNK_GRANULES, k = SWD_CHUNK_GRANULES - at;
        if (k > n)
            k = n;
        struct chunk *c = &g.chunk[i / SWD_CHUNK_GRANULES];
        uint32_t m = bits(at, k);
        swd_assert((c->free & m) == 0);
        if (dirty)
            __atomic_or_fetch(&c->dirty, m, __ATOMIC_RELAXED);
        else
            __atomic_and_fetch(&c->dirty, ~m, __ATOMIC_RELAXED);
        set_free(d, c, c->free | m);
        i += k;
        n -= k;
    }
    pthread_mutex_unlock(&d->lock);
}

static void *take_dirty(struct depot *d, size_t most, size_t *n)
{
    for (uint32_t ci = d->frontier; ci > d->first; ci--) {
        struct chunk *c = &g.chunk[ci - 1];
        uint32_t m = c->free & dirty_bits(c);
        if (m == 0)
            continue;
        unsigned at = (unsigned)__builtin_ctz(m);
        uint32_t inv = ~(m >> at);
        *n = inv == 0 ? SWD_CHUNK_GRANULES : (size_t)__builtin_ctz(inv);
        if (*n > most)
            *n = most;
        set_free(d, c, c->free & ~bits(at, *n));
        return granule_at(c, at);
    }
    return NULL;
}

void *swd_granule_take_dirty(size_t most, size_t *n)
{
    void *p = NULL;
    for (unsigned i = 0; i < g.nodes && p == NULL; i++) {
        pthread_mutex_lock(&g.depot[i].lock);
        p = take_dirty(&g.depot[i], most, n);
        pthread_mutex_unlock(&g.depot[i].lock);
    }
    return p;
}

bool swd_granule_dirty(const void *p, size_t i)
{
    size_t at = granule_index(p) + i;
    uint32_t d = __atomic_load_n(&g.chunk[at / SWD_CHUNK_GRANULES].dirty, __ATOMIC_RELAXED);
    return (d >> at % SWD_CHUNK_GRANULES & 1) != 0;
}

void swd_granule_set_dirty(void *p, size_t n)
{
    for (size_t i = granule_index(p); n > 0;) {
        size_t at = i % SWD_CHUNK_GRANULES, k = SWD_CHUNK_GRANULES - at;
        if (k > n)
            k = n;
        __atomic_or_fetch(&g.chunk[i / SWD_CHUNK_GRANULES].dirty, bits(at, k), __ATOMIC_RELAXED);
        i += k;
        n -= k;
    }
}

static uint32_t *length_of(const void *p)
{
    size_t i = granule_index(p);
    bool foreign = (const char *)p < g.base || i >= g.chunks * SWD_CHUNK_GRANULES ||
                   (size_t)((const char *)p - g.base) % SWD_GRANULE != 0;
    swd_assert(!foreign);
    return &g.chunk[i / SWD_CHUNK_GRANULES].length[i % SWD_CHUNK_GRANULES];
}

void swd_granule_mark(void *p, size_t from, size_t to)
{
    uint32_t was = __atomic_exchange_n(length_of(p), (uint32_t)to, __ATOMIC_RELAXED);
    bool put_twice = was == 0;
    swd_assert(!put_twice);
    bool not_the_length_it_was_got_with = was != from;
    swd_assert(!not_the_length_it_was_got_with);
}

void swd_granule_mark_new(void *p, size_t n)
{
    uint32_t was = __atomic_exchange_n(length_of(p), (uint32_t)n, __ATOMIC_RELAXED);
    swd_assert(was == 0);
}

size_t swd_granule_metadata(void)
{
    size_t n = 0;
    for (unsigned i = 0; i < g.nodes; i++)
        n += (__atomic_load_n(&g.depot[i].frontier, __ATOMIC_RELAXED) - g.depot[i].first) *
             sizeof(struct chunk);
    return n;
}
