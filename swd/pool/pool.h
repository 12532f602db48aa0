/* Object pools: per-thread magazines over a shared depot over slabs of 64 KiB (doc/pool.md).
 *
 * A typed pool is a line in pools.def and, in the one file that uses it,
 *
 *     SWD_POOL_DEFINE(request, SWD_POOL_REQUEST, struct control_request, NULL)
 *
 * which makes request_get() (zeroed; NULL when out of memory) and request_put(&r) (clears it and
 * nulls the caller's pointer). Pools whose objects keep something for the next user (a capacity, a
 * context) use swd_pool_get()/put() and clear what was used themselves; their `destroy` is called
 * before an object leaves the pool.
 *
 * Any thread; an object may be put by another thread than got it. Get and put are a few
 * instructions inline; every 30th or so takes the depot's lock for a batch. Young objects are in
 * the magazines, tenured ones in the depot; swd_pool_tick() frees those that nobody needed lately.
 * In debug mode (per pool, at run time) every call takes the lock: objects are filled on put and
 * checked on get, a double put and a write after put abort, and each object knows who took it. */
#ifndef SWD_POOL_POOL_H
#define SWD_POOL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "pool/asan.h"

enum swd_pool_id {
#define SWD_POOL(sym, name, keep, caller) SWD_POOL_##sym,
#include "pool/pools.def"
#undef SWD_POOL
    SWD_POOL_TYPED,
    SWD_POOL_SLICES = 44, /* size classes of slab.h, after the typed pools */
    SWD_POOL_ALL = SWD_POOL_TYPED + SWD_POOL_SLICES
};

struct swd_pool_type {
    size_t size;             /* of one object, at most 32 KiB */
    void (*destroy)(void *); /* releases what the object keeps; NULL: nothing */
};

#define SWD_MAGAZINE 61 /* objects a thread may keep of one pool */

/* A thread's stock of one pool. Owned by the thread; others read the counters and lower `cap`. */
struct swd_magazine {
    uint32_t n, cap;
    uint64_t gets, puts;
    void *slot[SWD_MAGAZINE];
};
extern __thread struct swd_magazine *swd_pool_mags;

void *swd_pool_get_slow(unsigned id, const struct swd_pool_type *t, const char *who);
void swd_pool_put_slow(unsigned id, const struct swd_pool_type *t, void *p);

#define SWD_POOL_COUNT_ONE(x) __atomic_store_n(&(x), (x) + 1, __ATOMIC_RELAXED)

static inline void *swd_pool_get(unsigned id, const struct swd_pool_type *t, const char *who)
{
    struct swd_magazine *m = &swd_pool_mags[id];
    uint32_t n = m->n;
    if (SWD_UNLIKELY(n == 0))
        return swd_pool_get_slow(id, t, who);
    void *p = m->slot[n - 1];
    m->n = n - 1;
    SWD_POOL_COUNT_ONE(m->gets);
    SWD_UNPOISON(p, t->size);
    return p;
}

static inline void swd_pool_put(unsigned id, const struct swd_pool_type *t, void *p)
{
    struct swd_magazine *m = &swd_pool_mags[id];
    uint32_t n = m->n;
    if (SWD_UNLIKELY(n >= __atomic_load_n(&m->cap, __ATOMIC_RELAXED))) {
        swd_pool_put_slow(id, t, p);
        return;
    }
    SWD_POISON(p, t->size);
    m->slot[n] = p;
    m->n = n + 1;
    SWD_POOL_COUNT_ONE(m->puts);
}

#define SWD_POOL_STR_(x) #x
#define SWD_POOL_STR(x)  SWD_POOL_STR_(x)
#define SWD_HERE         __FILE__ ":" SWD_POOL_STR(__LINE__)

/* Functions NAME_get() and NAME_put() for objects that go back zeroed. `destroy` may be NULL. */
#define SWD_POOL_DEFINE(name, id, type, destroy_fn)                                                \
    static const struct swd_pool_type name##_pool_type = {sizeof(type), destroy_fn};               \
    static inline type *name##_get(void)                                                           \
    {                                                                                              \
        return swd_pool_get(id, &name##_pool_type, SWD_HERE);                                      \
    }                                                                                              \
    static inline void name##_put(type **p)                                                        \
    {                                                                                              \
        if (*p == NULL)                                                                            \
            return;                                                                                \
        memset(*p, 0, sizeof(type));                                                               \
        swd_pool_put(id, &name##_pool_type, *p);                                                   \
        *p = NULL;                                                                                 \
    }

/* Tells the pools what their objects are before the first is asked for: one line beside each type.
 * The entries stand side by side in a section of their own. */
struct swd_pool_entry {
    const struct swd_pool_type *type;
    uintptr_t id;
};
#define SWD_POOL_TYPE(pool, its_type)                                                              \
    __attribute__((section("swd_pools"), used,                                                     \
                   aligned(sizeof(struct swd_pool_entry)))) static const struct swd_pool_entry     \
        pool##_entry = {&(its_type), pool};

/* --- management; any thread --- */

const char *swd_pool_name(unsigned id);
const char *swd_pool_caller(unsigned id);
/* SWD_POOL_ALL when there is no such typed pool. */
unsigned swd_pool_find(const char *name);

/* What an object may keep when it goes back (bytes or elements, see pools.def). */
extern size_t swd_pool_keeps[SWD_POOL_TYPED + 1]; /* atomics */
static inline size_t swd_pool_keep(unsigned id)
{
    return __atomic_load_n(&swd_pool_keeps[id], __ATOMIC_RELAXED);
}
void swd_pool_set_keep(unsigned id, size_t keep);

enum swd_oversize {
    SWD_OVERSIZE_KEPT, /* grown past `keep`: what it held was freed on put */
    SWD_OVERSIZE_ASKED /* the request itself was larger than the pool serves */
};
void swd_pool_note_oversize(unsigned id, enum swd_oversize why, size_t n);

/* Debug mode. Threads notice by their next put (or when their magazine is empty). */
void swd_pool_set_debug(unsigned id, bool on);
bool swd_pool_debug(unsigned id);
/* A disabled pool keeps nothing: every get makes, every put destroys. */
void swd_pool_set_enabled(unsigned id, bool on);
bool swd_pool_enabled(unsigned id);

/* In debug mode: who took a live object ("file:line"), NULL when not known. */
const char *swd_pool_who(const void *p);

/* Makes `n` objects ahead of need and never keeps fewer. Answers how many there are now. */
size_t swd_pool_warm(unsigned id, const struct swd_pool_type *t, size_t n);
/* The same for a type that SWD_POOL_TYPE told of; of others at the pool's first use. */
void swd_pool_set_ahead(unsigned id, size_t n);

/* One period of the moving average: sets targets, frees tenured objects unused for
 * SWD_POOL_PERIODS periods. Answers the bytes of extents given back. */
#define SWD_POOL_PERIODS 3
size_t swd_pool_tick(void);

/* Frees everything tenured beyond what is kept warm, and the calling thread's magazines. Answers
 * the bytes of extents given back. */
size_t swd_pool_compact(void);

/* The calling thread's magazines go to the depot (before it sleeps for long). */
void swd_pool_flush(void);

/* --- figures --- */

struct swd_pool_stats {
#define SWD_POOL_COUNTER(field, name, kind, help) uint64_t field;
#include "pool/counters.def"
#undef SWD_POOL_COUNTER
};
/* Of a typed pool, or of all slice classes together (id SWD_POOL_TYPED). */
void swd_pool_stats(unsigned id, struct swd_pool_stats *out);

struct swd_pool_counter {
    const char *name;
    char kind; /* 'c' counter, 'g' gauge */
    const char *help;
    size_t offset; /* of the uint64_t in struct swd_pool_stats */
};
const struct swd_pool_counter *swd_pool_counters(size_t *n);

/* Calls `row` for every typed pool that was ever used, then for "slice". */
void swd_pool_each(void (*row)(void *arg, const char *name, const struct swd_pool_stats *),
                   void *arg);

#endif
