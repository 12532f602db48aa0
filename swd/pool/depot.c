/* The shared side of a pool: see depot.h and pool.h.
 *
 * A slab is one granule: a header, then objects of one pool. An object is in its slab (free there
 * or never carved), tenured (in a batch), or out (in a magazine or in use); `exist` counts the
 * last two. New objects come from the fullest slab, so that others empty; an empty slab goes back
 * at once. Batches are 512-byte nodes of their own, so a tenured object is never written to and
 * keeps what it holds. Objects are destroyed outside the lock. */
#include "pool/depot.h"

#include <pthread.h>

#include "pool/extent.h"

#define SLAB_MAGIC 0x736c6162u
#define SLAB_HEAD  DEPOT_SLAB_HEAD
#define CANDIDATES 8
#define BATCH_OBJS 61
#define FREE_STEP  32
#define FILL       0xa5

struct slab {
    struct swd_list link;
    unsigned magic;
    unsigned pool;
    uint32_t nobj, carved, free; /* free: of the carved ones, back in the slab */
    void *list;                  /* of the free ones, through their first word */
    const char **who;            /* debug: nobj owners; IN_POOL when put */
};
_Static_assert(sizeof(struct slab) <= SLAB_HEAD, "slab header");

struct batch {
    struct swd_list link;
    size_t n;
    void *obj[BATCH_OBJS];
};

struct depot {
    pthread_mutex_t lock;
    struct swd_list batches; /* youngest first */
    struct swd_list open;    /* slabs with room */
    struct swd_list full;
    const struct swd_pool_type *type;
    size_t size, tenured, warm;
    size_t idle[SWD_POOL_PERIODS]; /* fewest tenured in each of the last periods */
    size_t least;                  /* fewest tenured in this period */
    uint64_t target16;             /* moving average of need, times 16 */
    bool debug, disabled;          /* atomics */
    struct depot_figures f;
};

static const char in_pool[] = "(in the pool)";
static uint64_t who_bytes; /* atomic: extents behind slab.who */
static struct depot depots[SWD_POOL_ALL];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct {
    pthread_mutex_t lock;
    struct swd_list free; /* batches */
    char *bump, *end;
    uint64_t bytes;
} meta = {.lock = PTHREAD_MUTEX_INITIALIZER, .free = SWD_LIST_INIT(meta.free)};

static void depots_init(void)
{
    for (unsigned i = 0; i < SWD_POOL_ALL; i++) {
        struct depot *d = &depots[i];
        pthread_mutex_init(&d->lock, NULL);
        swd_list_init(&d->batches);
        swd_list_init(&d->open);
        swd_list_init(&d->full);
    }
}

static struct depot *depot_of(unsigned id)
{
    pthread_once(&once, depots_init);
    return &depots[id];
}

/* --- batches --- */

static struct batch *batch_new(void)
{
    struct batch *b = NULL;
    pthread_mutex_lock(&meta.lock);
    struct swd_list *l = swd_list_pop_front(&meta.free);
    if (l != NULL) {
        b = SWD_LIST_ENTRY(l, struct batch, link);
    } else {
        if (meta.bump == meta.end && (meta.bump = swd_extent_get(SWD_GRANULE, false)) != NULL) {
            meta.end = meta.bump + SWD_GRANULE;
            meta.bytes += SWD_GRANULE;
        }
        if (meta.bump == NULL) {
            meta.end = NULL;
        } else {
            b = (struct batch *)(void *)meta.bump;
            meta.bump += 512;
        }
    }
    pthread_mutex_unlock(&meta.lock);
    if (b != NULL) {
        swd_list_init(&b->link);
        b->n = 0;
    }
    return b;
}
_Static_assert(sizeof(struct batch) == 512, "a batch is 512 bytes");

static void batch_free(struct batch *b)
{
    swd_list_del(&b->link);
    pthread_mutex_lock(&meta.lock);
    swd_list_push_front(&meta.free, &b->link);
    pthread_mutex_unlock(&meta.lock);
}

/* False when there is no memory for another batch. */
static bool tenure(struct depot *d, void *p)
{
    struct batch *b = NULL;
    if (!swd_list_empty(&d->batches))
        b = SWD_LIST_ENTRY(d->batches.next, struct batch, link);
    if (b == NULL || b->n == BATCH_OBJS) {
        b = batch_new();
        if (b == NULL)
            return false;
        swd_list_push_front(&d->batches, &b->link);
    }
    b->obj[b->n++] = p;
    d->tenured++;
    return true;
}

/* The youngest, or the oldest, tenured object. There is one. */
static void *untenure(struct depot *d, bool oldest)
{
    struct swd_list *l = oldest ? d->batches.prev : d->batches.next;
    struct batch *b = SWD_LIST_ENTRY(l, struct batch, link);
    void *p = b->obj[--b->n];
    if (b->n == 0)
        batch_free(b);
    if (--d->tenured < d->least)
        d->least = d->tenured;
    return p;
}

/* --- slabs --- */

static struct slab *slab_of(const void *p)
{
    struct slab *s = (struct slab *)((uintptr_t)p & ~(uintptr_t)(SWD_GRANULE - 1));
    bool foreign_pointer = !swd_extent_owns(p) || s->magic != SLAB_MAGIC;
    swd_assert(!foreign_pointer);
    return s;
}

static size_t slab_index(const struct slab *s, const void *p)
{
    return ((uintptr_t)p - (uintptr_t)s - SLAB_HEAD) / depots[s->pool].size;
}

/* Bytes of the extent that tells who took what. */
static uint64_t who_size(const struct slab *s)
{
    return (s->nobj * sizeof(*s->who) + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
}

static struct slab *slab_new(struct depot *d)
{
    struct slab *s = swd_extent_get(SWD_GRANULE, true);
    if (s == NULL)
        return NULL;
    s->magic = SLAB_MAGIC;
    s->pool = (unsigned)(d - depots);
    s->nobj = (uint32_t)((SWD_GRANULE - SLAB_HEAD) / d->size);
    swd_list_push_front(&d->open, &s->link);
    SWD_POISON((char *)s + SLAB_HEAD, SWD_GRANULE - SLAB_HEAD);
    SWD_LSAN_ROOT(s, SWD_GRANULE);
    d->f.slabs++;
    return s;
}

static struct slab *fullest(struct depot *d)
{
    struct slab *best = NULL;
    struct swd_list *it;
    unsigned k = 0;
    SWD_LIST_EACH(it, &d->open)
    {
        struct slab *s = SWD_LIST_ENTRY(it, struct slab, link);
        if (best == NULL || s->nobj - s->carved + s->free < best->nobj - best->carved + best->free)
            best = s;
        if (++k == CANDIDATES)
            break;
    }
    return best != NULL ? best : slab_new(d);
}

SWD_NO_ASAN static void *list_pop(struct slab *s)
{
    void *p = s->list;
    s->list = *(void **)p;
    s->free--;
    return p;
}

SWD_NO_ASAN static void list_push(struct slab *s, void *p)
{
    *(void **)p = s->list;
    s->list = p;
    s->free++;
}

/* A new object, zeroed, counted as existing. */
static void *make(struct depot *d)
{
    struct slab *s = fullest(d);
    if (s == NULL)
        return NULL;
    void *p;
    if (s->free > 0)
        p = list_pop(s);
    else
        p = (char *)s + SLAB_HEAD + d->size * s->carved++;
    if (s->free == 0 && s->carved == s->nobj) {
        swd_list_del(&s->link);
        swd_list_push_front(&d->full, &s->link);
    }
    SWD_UNPOISON(p, d->size);
    memset(p, 0, d->size);
    if (++d->f.exist > d->f.high_water)
        d->f.high_water = d->f.exist;
    return p;
}

/* Puts a destroyed object back into its slab. Answers the bytes of the extent given back. */
static size_t unmake(struct depot *d, void *p)
{
    struct slab *s = slab_of(p);
    SWD_POISON(p, d->size);
    if (s->who != NULL)
        s->who[slab_index(s, p)] = NULL;
    list_push(s, p);
    d->f.exist--;
    if (s->free == 1 && s->carved == s->nobj) {
        swd_list_del(&s->link);
        swd_list_push_front(&d->open, &s->link);
    }
    if (s->free < s->carved)
        return 0;
    swd_list_del(&s->link);
    d->f.slabs--;
    if (s->who != NULL) {
        swd_extent_put(s->who, s->nobj * sizeof(*s->who));
        __atomic_sub_fetch(&who_bytes, who_size(s), __ATOMIC_RELAXED);
    }
    s->magic = 0;
    SWD_LSAN_UNROOT(s, SWD_GRANULE);
    swd_extent_put(s, SWD_GRANULE);
    return SWD_GRANULE;
}

/* Makes objects until as many exist as are wanted ahead. The lock is held. */
static void fill(struct depot *d)
{
    while (d->f.exist < d->warm && !d->disabled && !d->debug) {
        void *p = make(d);
        if (p == NULL)
            break;
        SWD_POISON(p, d->size);
        if (!tenure(d, p)) {
            unmake(d, p);
            break;
        }
    }
}

static void type_set(struct depot *d, const struct swd_pool_type *t)
{
    if (d->type == NULL) {
        d->type = t;
        d->size = (t->size + 15) & ~(size_t)15;
        swd_assert(d->size > 0 && d->size <= DEPOT_OBJECT_MAX);
        fill(d);
    }
    swd_assert(d->type->size == t->size);
}

/* Destroys objects that nobody refers to any more, without the lock, and unmakes them. */
static size_t discard(struct depot *d, void **objects, size_t n)
{
    size_t back = 0;
    if (d->type != NULL && d->type->destroy != NULL) {
        for (size_t i = 0; i < n; i++) {
            SWD_UNPOISON(objects[i], d->size);
            d->type->destroy(objects[i]);
        }
    }
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < n; i++)
        back += unmake(d, objects[i]);
    pthread_mutex_unlock(&d->lock);
    return back;
}

/* --- take and give --- */

size_t depot_take(unsigned id, const struct swd_pool_type *t, void **out, size_t want)
{
    struct depot *d = depot_of(id);
    size_t n = 0;
    pthread_mutex_lock(&d->lock);
    type_set(d, t);
    while (n < want && d->tenured > 0)
        out[n++] = untenure(d, false);
    if (n == 0) {
        out[0] = make(d);
        n = out[0] != NULL;
        d->f.misses += n;
        d->f.fails += 1 - n;
    }
    pthread_mutex_unlock(&d->lock);
    return n;
}

void depot_give(unsigned id, const struct swd_pool_type *t, void **objects, size_t n)
{
    struct depot *d = depot_of(id);
    size_t kept = 0;
    pthread_mutex_lock(&d->lock);
    if (t != NULL)
        type_set(d, t);
    if (!d->disabled && !d->debug)
        while (kept < n && tenure(d, objects[kept]))
            kept++;
    pthread_mutex_unlock(&d->lock);
    if (kept < n)
        discard(d, objects + kept, n - kept);
}

static const char **who_slot(struct slab *s, const void *p)
{
    if (s->who == NULL) {
        s->who = swd_extent_get(s->nobj * sizeof(*s->who), true);
        if (s->who != NULL)
            __atomic_add_fetch(&who_bytes, who_size(s), __ATOMIC_RELAXED);
    }
    return s->who != NULL ? &s->who[slab_index(s, p)] : NULL;
}

static bool filled(const unsigned char *p, size_t n)
{
    return n == 0 || (p[0] == FILL && memcmp(p, p + 1, n - 1) == 0);
}

void *depot_take_debug(unsigned id, const struct swd_pool_type *t, const char *who)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    type_set(d, t);
    bool old = d->tenured > 0;
    void *p = old ? untenure(d, true) : make(d);
    if (p == NULL) {
        d->f.fails++;
    } else {
        d->f.misses += !old;
        const char **slot = who_slot(slab_of(p), p);
        SWD_UNPOISON(p, d->size);
        if (slot != NULL && *slot == in_pool) {
            bool written_after_put = !filled(p, d->size);
            swd_assert(!written_after_put);
            memset(p, 0, d->size);
        }
        if (slot != NULL)
            *slot = who;
    }
    pthread_mutex_unlock(&d->lock);
    return p;
}

void depot_give_debug(unsigned id, const struct swd_pool_type *t, void *p)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    type_set(d, t);
    struct slab *s = slab_of(p);
    bool not_of_this_pool = s->pool != id;
    swd_assert(!not_of_this_pool);
    const char **slot = who_slot(s, p);
    bool put_twice = slot != NULL && *slot == in_pool;
    swd_assert(!put_twice);
    if (slot != NULL)
        *slot = in_pool;
    pthread_mutex_unlock(&d->lock);
    if (t->destroy != NULL)
        t->destroy(p);
    SWD_UNPOISON(p, d->size); /* a slice is poisoned behind what was asked for */
    memset(p, FILL, d->size);
    SWD_POISON(p, d->size);
    pthread_mutex_lock(&d->lock);
    bool kept = slot != NULL && tenure(d, p);
    pthread_mutex_unlock(&d->lock);
    if (!kept) {
        pthread_mutex_lock(&d->lock);
        unmake(d, p);
        pthread_mutex_unlock(&d->lock);
    }
}

/* --- periods --- */

/* How many tenured objects to free now. The lock is held. */
static size_t surplus(struct depot *d, bool all)
{
    size_t out = (size_t)d->f.exist - d->tenured, spare = d->warm;
    if (all)
        return d->tenured > spare ? d->tenured - spare : 0;
    uint64_t need = d->f.exist - d->least;
    d->target16 = need * 16 > d->target16 ? need * 16 : d->target16 - d->target16 / 4 + need * 4;
    size_t idle = d->least;
    for (size_t i = SWD_POOL_PERIODS - 1; i > 0; i--) {
        d->idle[i] = d->idle[i - 1];
        idle = d->idle[i] < idle ? d->idle[i] : idle;
    }
    d->idle[0] = d->least;
    d->least = d->tenured;
    size_t want = (size_t)(d->target16 / 16);
    if (want > out && want - out > spare)
        spare = want - out;
    size_t over = d->tenured > spare ? d->tenured - spare : 0;
    return over < idle ? over : idle;
}

/* Takes up to FREE_STEP of the oldest out of the depot. */
static size_t take_oldest(struct depot *d, void **out, size_t n)
{
    size_t k = 0;
    pthread_mutex_lock(&d->lock);
    while (k < n && k < FREE_STEP && d->tenured > 0)
        out[k++] = untenure(d, true);
    d->f.freed += k;
    pthread_mutex_unlock(&d->lock);
    return k;
}

size_t depot_tick(unsigned id, bool all)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    size_t n = surplus(d, all);
    bool plain = d->debug; /* what a debug pool holds is destroyed already */
    pthread_mutex_unlock(&d->lock);
    size_t back = 0;
    while (n > 0 && !plain) {
        void *objects[FREE_STEP];
        size_t k = take_oldest(d, objects, n);
        if (k == 0)
            break;
        back += discard(d, objects, k);
        n -= k;
    }
    return back;
}

/* --- settings and figures --- */

bool depot_debug(unsigned id)
{
    return __atomic_load_n(&depot_of(id)->debug, __ATOMIC_RELAXED);
}

bool depot_enabled(unsigned id)
{
    return !__atomic_load_n(&depot_of(id)->disabled, __ATOMIC_RELAXED);
}

/* Empties the depot, so that what it holds was put under one mode. In debug mode objects were
 * destroyed when they were put. */
static void drain(struct depot *d, bool destroyed)
{
    void *objects[FREE_STEP];
    size_t k;
    while ((k = take_oldest(d, objects, FREE_STEP)) > 0) {
        if (!destroyed) {
            discard(d, objects, k);
            continue;
        }
        pthread_mutex_lock(&d->lock);
        for (size_t i = 0; i < k; i++)
            unmake(d, objects[i]);
        pthread_mutex_unlock(&d->lock);
    }
}

void depot_set_debug(unsigned id, bool on)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    bool was = d->debug;
    __atomic_store_n(&d->debug, on, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&d->lock);
    if (was != on)
        drain(d, was);
}

void depot_set_enabled(unsigned id, bool on)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    __atomic_store_n(&d->disabled, !on, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&d->lock);
    if (!on)
        drain(d, d->debug);
}

size_t depot_warm(unsigned id, const struct swd_pool_type *t, size_t n)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    d->warm = n;
    if (t != NULL)
        type_set(d, t);
    if (d->type != NULL)
        fill(d);
    n = (size_t)d->f.exist;
    pthread_mutex_unlock(&d->lock);
    return n;
}

void depot_oversize(unsigned id, enum swd_oversize why, size_t n)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    d->f.oversize[why]++;
    if (n > d->f.largest)
        d->f.largest = n;
    pthread_mutex_unlock(&d->lock);
}

void depot_figures(unsigned id, struct depot_figures *out)
{
    struct depot *d = depot_of(id);
    pthread_mutex_lock(&d->lock);
    *out = d->f;
    out->tenured = d->tenured;
    out->target = d->target16 / 16;
    out->size = d->size;
    pthread_mutex_unlock(&d->lock);
}

uint64_t depot_metadata(void)
{
    pthread_mutex_lock(&meta.lock);
    uint64_t n = meta.bytes + __atomic_load_n(&who_bytes, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&meta.lock);
    return n;
}

const char *depot_who(const void *p)
{
    struct slab *s = slab_of(p);
    struct depot *d = depot_of(s->pool);
    pthread_mutex_lock(&d->lock);
    const char *who = s->who != NULL ? s->who[slab_index(s, p)] : NULL;
    pthread_mutex_unlock(&d->lock);
    return who;
}

void depot_reset(void)
{
    pthread_once(&once, depots_init);
    for (unsigned i = 0; i < SWD_POOL_ALL; i++) {
        struct depot *d = &depots[i];
        swd_list_init(&d->batches);
        swd_list_init(&d->open);
        swd_list_init(&d->full);
        d->type = NULL;
        d->size = d->tenured = d->warm = d->least = 0;
        d->target16 = 0;
        d->f = (struct depot_figures){0};
    }
    swd_list_init(&meta.free);
    meta.bump = meta.end = NULL;
    meta.bytes = who_bytes = 0;
}
