/* The insides of the runner arena, shared by arena.c (the hot path), arena_large.c and
 * arena_compact.c.
 *
 * Layout. The header lies at the start of the first region; blocks follow, back to back, each an
 * 8-byte header and a payload aligned to 16, sizes (header included) multiples of 16. Growth
 * regions and large blocks are extents of their own. Nothing in a region is an absolute pointer
 * except `account`: links are distances in bytes from the arena's header, 0 for none, so a copy
 * of the first region elsewhere works as it is.
 *
 * A block header: bits 0-39 size, bits 40-47 flags, bits 48-63 a mark that tells used from free.
 * Every region is carved without holes from its start to its end (the current one: to `bump`), so
 * it can be walked block by block. */
#ifndef SWD_POOL_ARENA_INT_H
#define SWD_POOL_ARENA_INT_H

#include <stdbool.h>

#include "base/check.h"
#include "pool/arena.h"
#include "pool/asan.h"
#include "pool/extent.h"

#define ARENA_MAGIC    0x6172656eu
#define ARENA_UNIT     ((uint64_t)16)
#define ARENA_EXACT    64  /* classes from 16, 32 .. 1024 bytes; all but the last hold one size */
#define ARENA_CLASSES  145 /* then 16 to a doubling up to 32 KiB, then one for the rest */
#define ARENA_SMALL    ((ARENA_EXACT - 1) * ARENA_UNIT) /* the hot path serves up to here */
#define ARENA_LARGE    ((uint64_t)32 * 1024)            /* a size beyond this gets an extent */
#define ARENA_MAX_SIZE (UINT64_C(1) << 39)

#define BLOCK_SIZE    ((UINT64_C(1) << 40) - 1)
#define BLOCK_LARGE   (UINT64_C(1) << 40) /* an extent of its own */
#define BLOCK_TRIMMED (UINT64_C(1) << 41) /* free, and its whole pages are given back */
#define BLOCK_USED    (UINT64_C(0x5ad1) << 48)
#define BLOCK_FREE    (UINT64_C(0xf4ee) << 48)
#define BLOCK_MARK    (UINT64_C(0xffff) << 48)

enum arena_flags { ARENA_ZEROING = 1, ARENA_PLACED = 2, ARENA_HIBERNATED = 4 };

/* At the start of the first region it is part of struct swd_arena; elsewhere it stands alone. */
struct arena_region {
    int64_t next; /* distance to the next region; 0: none */
    uint64_t size;
};

struct swd_arena {
    struct arena_region region; /* the first; must stay first */
    unsigned magic;
    unsigned flags;
    int64_t current;   /* the region being carved (0: the first); see `bump` */
    int64_t bump, end; /* uncarved rest of the current region; equal: none */
    int64_t high;      /* furthest that `bump` ever was in the current region */
    int64_t dirty;     /* so many bytes at its end may be another's: cleared as they are carved */
    int64_t large;     /* list of large blocks */
    struct swd_account *account;
    /* Written by the owner, read by any: relaxed atomics. */
    uint64_t live, peak, freed, limit, refused, mapped;
    uint64_t synced;          /* live bytes that the identity knows of */
    uint64_t freed_at_merge;  /* `freed` when free blocks were last merged */
    int64_t spare, spare_end; /* a free block on no list, carved from its front; equal: none */
    uint64_t nonempty[3];     /* bit c: class c may have a block (false positives) */
    int64_t free[ARENA_CLASSES];
};

/* In front of a large block's payload. */
struct arena_large {
    int64_t next, prev;
    uint64_t bytes;  /* of the extent */
    uint64_t header; /* a block header; size counts this struct */
};

#define ARENA_GET(x)    __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define ARENA_SET(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

static inline char *arena_at(struct swd_arena *a, int64_t off)
{
    return (char *)a + off;
}

static inline int64_t arena_off(struct swd_arena *a, const void *p)
{
    return (const char *)p - (char *)a;
}

/* Beyond the exact classes sizes are rounded to sixteen steps a doubling (at most 6 %), so that
 * what grows by and by (a string that is appended to) finds again what it left behind. */
static inline uint64_t arena_step(uint64_t total)
{
    return UINT64_C(1) << (63 - (unsigned)__builtin_clzll(total - 1) - 4);
}

/* The size of a block that holds n bytes: header and rounding. */
static inline uint64_t arena_total(size_t n)
{
    uint64_t total = ((uint64_t)n + 8 + (ARENA_UNIT - 1)) & ~(ARENA_UNIT - 1);
    if (SWD_LIKELY(total <= ARENA_EXACT * ARENA_UNIT) || total > ARENA_LARGE)
        return total;
    uint64_t step = arena_step(total);
    return (total + step - 1) & ~(step - 1);
}

/* The class all of whose blocks hold `total` bytes; ARENA_CLASSES - 1 when only a search tells. */
static inline unsigned arena_class_up(uint64_t total)
{
    uint64_t u = total / ARENA_UNIT;
    if (u <= ARENA_EXACT)
        return (unsigned)u - 1;
    if (total > ARENA_LARGE)
        return ARENA_CLASSES - 1;
    unsigned e = 63 - (unsigned)__builtin_clzll(total - 1);
    return ARENA_EXACT + (e - 10) * 16 + ((unsigned)((total - 1) >> (e - 4)) - 16);
}

/* The class whose list a free block of `total` bytes is in. */
static inline unsigned arena_class_down(uint64_t total)
{
    unsigned c = arena_class_up(total);
    if (total <= ARENA_EXACT * ARENA_UNIT || total > ARENA_LARGE)
        return c;
    return (total & (arena_step(total) - 1)) == 0 ? c : c - 1;
}

SWD_NO_ASAN static inline uint64_t *arena_header(void *p)
{
    return (uint64_t *)p - 1;
}

/* Tells ASan that `n` of the payload's bytes are the owner's. */
static inline void arena_asan_used(void *p, size_t n, uint64_t total)
{
    SWD_POISON(p, total - 8);
    SWD_UNPOISON(p, n);
}

/* Puts a block on its free list: writes header and link, poisons, zeroes in zeroing mode. */
void arena_push(struct swd_arena *a, char *payload, uint64_t total);

/* What is left of the spare block goes to its list: then every free block is on one. */
void arena_retire_spare(struct swd_arena *a);

/* Up to where the current region has nothing of another's; at least up to `bump`. */
static inline int64_t arena_clean(const struct swd_arena *a)
{
    return a->end + 8 - a->dirty;
}

/* Clears all of the uncarved rest. */
void arena_scrub(struct swd_arena *a);

/* Merges neighbouring free blocks, the spare one included, and rebuilds every list. O(blocks). */
void arena_merge(struct swd_arena *a);

/* Charges the account and gets an extent, cleared if `zero`; NULL when either refuses. */
void *arena_extent(struct swd_arena *a, size_t bytes, bool zero);
void arena_extent_back(struct swd_arena *a, void *p, size_t bytes);

/* Changes of `mapped`, for the arena and for the identity. */
void arena_mapped_add(struct swd_arena *a, uint64_t n);
void arena_mapped_sub(struct swd_arena *a, uint64_t n);

void *arena_large_alloc(struct swd_arena *a, uint64_t total, size_t n);
void arena_large_free(struct swd_arena *a, void *p);
/* In place; false when it must move. */
bool arena_large_resize(struct swd_arena *a, void *p, size_t n);
void arena_large_drop(struct swd_arena *a);

/* An arena of `mapped` bytes that was marked as hibernated ends without waking. */
void swd_arena_forget_hibernated(uint64_t mapped);

/* Counts a change of live bytes; the first refuses beyond the limit. */
bool arena_count_up(struct swd_arena *a, uint64_t n);
void arena_count_down(struct swd_arena *a, uint64_t n);

#endif
