/* General pooled memory: see slab.h. The byte-slice pools: one for each of 44 size classes, 16
 * bytes apart up to 256, then four to a doubling up to 32 KiB; beyond that whole extents. */
#include "pool/slab.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "pool/copy.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/pool_int.h"

#define EXACT 16
#define LARGE ((size_t)32 * 1024)

#define ONE(bytes)                                                                                 \
    {                                                                                              \
        .size = (bytes)                                                                            \
    }
#define FOUR(u)     ONE((u)*80), ONE((u)*96), ONE((u)*112), ONE((u)*128)
#define SIXTEENS(n) ONE((n)*16), ONE((n)*16 + 16), ONE((n)*16 + 32), ONE((n)*16 + 48)
#define CLASS_TYPES                                                                                \
    SIXTEENS(1), SIXTEENS(5), SIXTEENS(9), SIXTEENS(13), FOUR(4), FOUR(8), FOUR(16), FOUR(32),     \
        FOUR(64), FOUR(128), FOUR(256)

static const struct swd_pool_type types[SWD_POOL_SLICES] = {CLASS_TYPES};

static inline unsigned class_of(size_t n)
{
    size_t u = n == 0 ? 1 : (n + 15) / 16;
    if (u <= EXACT)
        return (unsigned)u - 1;
    unsigned e = 63 - (unsigned)__builtin_clzll(u - 1);
    return EXACT + (e - 4) * 4 + ((unsigned)((u - 1) >> (e - 2)) - 4);
}

static size_t extent_bytes(size_t n)
{
    return (n + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
}

static void *large_alloc(size_t n)
{
    if (n > SIZE_MAX / 2)
        return NULL;
    void *p = swd_extent_get(n, true);
    if (p == NULL)
        return NULL;
    SWD_LSAN_ROOT(p, n);
    pool_owner_add(&pool_owner_slice.mapped, extent_bytes(n));
    pool_owner_add(&pool_owner_slice.used, n);
    swd_pool_note_oversize(SWD_POOL_TYPED, SWD_OVERSIZE_ASKED, n);
    return p;
}

static void large_free(void *p, size_t n)
{
    SWD_LSAN_UNROOT(p, n);
    swd_extent_put(p, n);
    pool_owner_sub(&pool_owner_slice.mapped, extent_bytes(n));
    pool_owner_sub(&pool_owner_slice.used, n);
}

static inline void *slab_get(size_t n, const char *who)
{
    if (SWD_UNLIKELY(n > LARGE))
        return large_alloc(n);
    unsigned c = class_of(n);
    void *p = swd_pool_get(SWD_POOL_TYPED + c, &types[c], who);
#ifdef SWD_ASAN
    if (p != NULL)
        SWD_POISON((char *)p + n, types[c].size - n);
#endif
    return p;
}

void *swd_slab_alloc(size_t n)
{
    return slab_get(n, SWD_HERE);
}

__attribute__((always_inline)) static inline void slab_put(void *p, size_t n, size_t used)
{
    if (p == NULL)
        return;
    if (SWD_UNLIKELY(n > LARGE)) {
        large_free(p, n);
        return;
    }
    unsigned c = class_of(n);
    swd_clear(p, used);
    swd_pool_put(SWD_POOL_TYPED + c, &types[c], p);
}

#ifdef SWD_ASAN
static bool is_zero(const char *p, size_t n)
{
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}
#endif

void swd_slab_free_used(void *p, size_t n, size_t used)
{
#ifdef SWD_ASAN /* what is not said to be used must be zero still; too dear for other builds */
    swd_assert(p == NULL || n > LARGE || is_zero((const char *)p + used, n - used));
#endif
    slab_put(p, n, used);
}

void swd_slab_free(void *p, size_t n)
{
    slab_put(p, n, n);
}

char *swd_slab_strndup(const char *s, size_t n)
{
    char *p = n < SIZE_MAX / 2 ? slab_get(n + 1, SWD_HERE) : NULL;
    if (p == NULL)
        return NULL;
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

/* The malloc shape: the size in the 16 bytes before. */
#define HEAD 16

static size_t *size_of(void *p)
{
    return (size_t *)(void *)((char *)p - HEAD);
}

void *swd_slab_malloc(size_t n)
{
    size_t *h = n < SIZE_MAX / 2 ? slab_get(n + HEAD, SWD_HERE) : NULL;
    if (h == NULL)
        return NULL;
    *h = n;
    return (char *)h + HEAD;
}

void swd_slab_mfree(void *p)
{
    if (p != NULL)
        swd_slab_free(size_of(p), *size_of(p) + HEAD);
}

/* Whether n bytes are served by the very object that serves `old`. */
static int same_object(size_t old, size_t n)
{
    if (old > LARGE || n > LARGE)
        return 0;
    return class_of(old) == class_of(n);
}

void *swd_slab_realloc(void *p, size_t n)
{
    if (p == NULL)
        return swd_slab_malloc(n);
    if (n > SIZE_MAX / 2)
        return NULL;
    size_t old = *size_of(p);
    if (same_object(old + HEAD, n + HEAD)) {
        if (n < old)
            memset((char *)p + n, 0, old - n);
        SWD_UNPOISON(p, n);
        *size_of(p) = n;
        return p;
    }
    void *q = swd_slab_malloc(n);
    if (q == NULL)
        return NULL;
    memcpy(q, p, old < n ? old : n);
    swd_slab_mfree(p);
    return q;
}
