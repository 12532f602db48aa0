/* The runner arena: see arena.h for what it promises, arena_int.h for the layout.
 *
 * Order of search: the exact class's list (the hot path: a pop, four stores); the spare block, from
 * its front; a larger free block, split, whose rest is the next spare one; the uncarved rest of the
 * current region; the same again after merging neighbours, when enough was freed since the last
 * time; a new extent. One thread at a time. */
#include "pool/arena.h"

#include <string.h>

#include "base/limits.h"
#include "pool/arena_int.h"
#include "pool/pool_int.h"

#define FIRST_REGION (2 * SWD_GRANULE)
#define GROWTH_MAX   ((uint64_t)1024 * 1024)
#define GROWTH_SHARE 8    /* a new region is 1/8 of what is mapped */
#define SPARE_LEAST  128  /* a smaller rest of a split block goes to its list */
#define SPARE_PIECE  2048 /* what small blocks take of the uncarved rest at a time */
#define SCRUB_STEP   4096 /* of the rest is cleared ahead of need, while the first cache has it */
#define SCRUB_PIECE  2048 /* beyond it memset() is `rep stosb` here, which measured slower */
#define MERGE_FREE   8    /* merge when 1/8 of what is mapped is free */
#define MERGE_SINCE  2    /* and 1/2 of it was freed since the last time: that pays for a walk */

/* --- extents and accounts --- */

void *arena_extent(struct swd_arena *a, size_t bytes, bool zero)
{
    bytes = (bytes + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    if (a->account != NULL && !swd_account_charge_kind(a->account, SWD_ACCOUNT_HEAP, bytes))
        return NULL;
    void *p = swd_extent_get(bytes, zero);
    if (p == NULL) {
        if (a->account != NULL)
            swd_account_credit_kind(a->account, SWD_ACCOUNT_HEAP, bytes);
        return NULL;
    }
    arena_mapped_add(a, bytes);
    return p;
}

void arena_extent_back(struct swd_arena *a, void *p, size_t bytes)
{
    arena_mapped_sub(a, bytes);
    swd_extent_put(p, bytes);
    if (a->account != NULL)
        swd_account_credit_kind(a->account, SWD_ACCOUNT_HEAP, bytes);
}

void arena_mapped_add(struct swd_arena *a, uint64_t n)
{
    ARENA_SET(a->mapped, a->mapped + n);
    pool_owner_add(&pool_owner_arena.mapped, n);
    swd_arena_sync(a);
}

void arena_mapped_sub(struct swd_arena *a, uint64_t n)
{
    ARENA_SET(a->mapped, a->mapped - n);
    swd_arena_sync(a);
    pool_owner_sub(&pool_owner_arena.mapped, n);
}

/* Blocks start 8 before a multiple of 16, so that payloads lie on one. */
static int64_t first_block(struct swd_arena *a, const char *region, size_t head)
{
    return arena_off(a, region) + (int64_t)((head + 8 + 15) / 16 * 16 - 8);
}

static void header_init(struct swd_arena *a, size_t bytes, uint64_t limit, unsigned flags)
{
    memset(a, 0, sizeof(*a));
    a->magic = ARENA_MAGIC;
    a->flags = flags;
    a->region.size = bytes;
    a->mapped = bytes;
    a->limit = limit;
    a->bump = a->high = first_block(a, (char *)a, sizeof(*a));
    a->end = (int64_t)bytes - 8;
    SWD_POISON(arena_at(a, a->bump), (size_t)(a->end - a->bump) + 8);
}

int swd_arena_new_sized(struct swd_account *account, uint64_t limit, size_t first,
                        struct swd_arena **out)
{
    *out = NULL;
    size_t bytes =
        first == 0 ? FIRST_REGION : (first + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    if (account != NULL && !swd_account_charge_kind(account, SWD_ACCOUNT_HEAP, bytes))
        return SWD_ENOMEM;
    struct swd_arena *a = swd_extent_get(bytes, false);
    if (a == NULL) {
        if (account != NULL)
            swd_account_credit_kind(account, SWD_ACCOUNT_HEAP, bytes);
        return SWD_ENOMEM;
    }
    bool cold = swd_extent_cold(a, bytes);
    header_init(a, bytes, limit, 0);
    if (!cold)
        a->dirty = a->end + 8 - a->bump;
    a->account = account;
    pool_owner_add(&pool_owner_arena.mapped, bytes);
    *out = a;
    return 0;
}

int swd_arena_new(struct swd_account *account, uint64_t limit, struct swd_arena **out)
{
    return swd_arena_new_sized(account, limit, 0, out);
}

int swd_arena_place(void *mem, size_t bytes, uint64_t limit, struct swd_arena **out)
{
    *out = NULL;
    if ((uintptr_t)mem % 16 != 0 || bytes % 16 != 0 || bytes < 2 * sizeof(struct swd_arena))
        return SWD_EPARAMS;
    *out = mem;
    header_init(*out, bytes, limit, ARENA_PLACED);
    return 0;
}

/* Poisons what is free in a copied region. O(blocks); only for AddressSanitizer. */
SWD_NO_ASAN static void adopt_poison(struct swd_arena *a)
{
#ifdef SWD_ASAN
    for (int64_t at = first_block(a, (char *)a, sizeof(*a)); at < a->bump;) {
        uint64_t h = *(uint64_t *)(void *)arena_at(a, at);
        if ((h & BLOCK_MARK) == BLOCK_FREE)
            SWD_POISON(arena_at(a, at), h & BLOCK_SIZE);
        at += (int64_t)(h & BLOCK_SIZE);
    }
    SWD_POISON(arena_at(a, a->bump), (size_t)(a->end - a->bump) + 8);
#else
    (void)a;
#endif
}

int swd_arena_adopt(struct swd_account *account, uint64_t limit, void (*copy)(void *arg, void *to),
                    void *arg, size_t used, size_t bytes, struct swd_arena **out)
{
    struct swd_arena *a;
    bool cold;
    *out = NULL;
    if (account != NULL && !swd_account_charge_kind(account, SWD_ACCOUNT_HEAP, bytes))
        return SWD_ENOMEM;
    a = swd_extent_get(bytes, false);
    if (a == NULL) {
        if (account != NULL)
            swd_account_credit_kind(account, SWD_ACCOUNT_HEAP, bytes);
        return SWD_ENOMEM;
    }
    cold = swd_extent_cold(a, bytes) && swd_extent_refill(a, used) == 0;
    copy(arg, a);
    a->flags = 0;
    a->region.size = bytes;
    a->end = (int64_t)bytes - 8;
    a->dirty = (int64_t)(cold ? 0 : bytes - used);
    if (a->high > a->end)
        a->high = a->end; /* the image's own was in larger memory */
    a->account = account;
    a->limit = limit;
    a->mapped = bytes;
    a->peak = a->live;
    a->freed = a->freed_at_merge = a->refused = a->synced = 0;
    pool_owner_add(&pool_owner_arena.mapped, bytes);
    swd_arena_sync(a);
    adopt_poison(a);
    *out = a;
    return 0;
}

void swd_arena_settle(struct swd_arena *a, size_t bytes, uint64_t limit)
{
    a->flags = ARENA_PLACED;
    a->region.size = a->mapped = bytes;
    a->end = (int64_t)bytes - 8;
    a->dirty = 0;
    a->limit = limit;
    adopt_poison(a);
}

void swd_arena_drop(struct swd_arena **ap)
{
    struct swd_arena *a = *ap;
    *ap = NULL;
    if (a == NULL)
        return;
    SWD_CHECK(a, ARENA_MAGIC);
    a->magic = 0;
    if ((a->flags & ARENA_PLACED) != 0) {
        SWD_UNPOISON(a, a->region.size);
        return;
    }
    swd_arena_set_hibernated(a, 0);
    arena_large_drop(a);
    for (int64_t off = a->region.next; off != 0;) {
        struct arena_region *r = (struct arena_region *)(void *)arena_at(a, off);
        off = r->next;
        arena_extent_back(a, r, r->size);
    }
    struct swd_account *account = a->account;
    uint64_t bytes = a->region.size;
    pool_owner_sub(&pool_owner_arena.used, a->synced);
    pool_owner_sub(&pool_owner_arena.mapped, bytes);
    swd_extent_put(a, bytes);
    if (account != NULL)
        swd_account_credit_kind(account, SWD_ACCOUNT_HEAP, bytes);
}

/* --- counting --- */

static bool refuse(struct swd_arena *a)
{
    ARENA_SET(a->refused, a->refused + 1);
    return false;
}

bool arena_count_up(struct swd_arena *a, uint64_t n)
{
    uint64_t live = a->live + n;
    if (live > a->peak) {
        if (live > a->limit)
            return refuse(a);
        ARENA_SET(a->peak, live);
    } else if (SWD_UNLIKELY(live > a->limit)) {
        return refuse(a);
    }
    ARENA_SET(a->live, live);
    return true;
}

void arena_count_down(struct swd_arena *a, uint64_t n)
{
    ARENA_SET(a->live, a->live - n);
    ARENA_SET(a->freed, a->freed + n);
}

/* --- free lists --- */

SWD_NO_ASAN static inline int64_t link_get(const char *payload)
{
    return *(const int64_t *)(const void *)payload;
}

SWD_NO_ASAN static inline void link_set(char *payload, int64_t next)
{
    *(int64_t *)(void *)payload = next;
}

SWD_NO_ASAN static inline uint64_t header_get(void *payload)
{
    return *arena_header(payload);
}

SWD_NO_ASAN static inline void header_set(void *payload, uint64_t h)
{
    *arena_header(payload) = h;
}

static void zero_payload(char *payload, uint64_t total)
{
    SWD_UNPOISON(payload, total - 8);
    memset(payload, 0, total - 8);
}

static inline void list_push(struct swd_arena *a, unsigned c, char *payload)
{
    link_set(payload, a->free[c]);
    a->free[c] = arena_off(a, payload);
    a->nonempty[c / 64] |= UINT64_C(1) << c % 64;
}

void arena_push(struct swd_arena *a, char *payload, uint64_t total)
{
    if (SWD_UNLIKELY((a->flags & ARENA_ZEROING) != 0))
        zero_payload(payload, total);
    SWD_POISON(payload - 8, total);
    header_set(payload, BLOCK_FREE | total);
    list_push(a, arena_class_down(total), payload);
}

void arena_retire_spare(struct swd_arena *a)
{
    if (a->spare_end > a->spare)
        arena_push(a, arena_at(a, a->spare) + 8, (uint64_t)(a->spare_end - a->spare));
    a->spare = a->spare_end = 0;
}

/* Nobody reads another's bytes: what is carved was cleared, at the latest now, when it is about to
 * be written. The uncarved rest of an extent that had an owner before still has that one's bytes.
 */
static __attribute__((noinline)) void scrub(struct swd_arena *a, int64_t upto)
{
    int64_t end = a->end + 8, clean = arena_clean(a), to = clean + SCRUB_STEP;
    to = ((to < upto ? upto : to) + 63) & ~(int64_t)63;
    to = to > end ? end : to;
    char *from = arena_at(a, clean);
    SWD_UNPOISON(from, (size_t)(to - clean));
    for (int64_t at = clean; at < to; at += SCRUB_PIECE)
        memset(arena_at(a, at), 0, (size_t)(to - at < SCRUB_PIECE ? to - at : SCRUB_PIECE));
    SWD_POISON(from, (size_t)(to - clean));
    a->dirty = end - to;
}

void arena_scrub(struct swd_arena *a)
{
    if (a->dirty != 0)
        scrub(a, a->end + 8);
}

/* The owner's share of the current region reaches to `bump` from now on. */
static inline void bump_to(struct swd_arena *a, int64_t bump)
{
    a->bump = bump;
    if (bump > a->high)
        a->high = bump;
    if (SWD_UNLIKELY(bump > arena_clean(a)))
        scrub(a, bump);
}

/* Makes `total` bytes of a block that is on no list the owner's; the rest becomes free. */
static char *split(struct swd_arena *a, char *payload, uint64_t have, uint64_t total)
{
    if (have > total)
        arena_push(a, payload + total, have - total);
    header_set(payload, BLOCK_USED | total);
    return payload;
}

/* From the front of the spare block: no list is touched, and what is asked for together lies
 * together. */
static char *take_spare(struct swd_arena *a, uint64_t total)
{
    uint64_t have = (uint64_t)(a->spare_end - a->spare);
    if (have < total)
        return NULL;
    char *p = arena_at(a, a->spare) + 8;
    a->spare += (int64_t)total;
    if (have > total)
        header_set(p + total, BLOCK_FREE | (have - total));
    header_set(p, BLOCK_USED | total);
    return p;
}

/* Like split(), but a rest that is larger than the spare block takes its place. */
static char *split_listed(struct swd_arena *a, char *payload, uint64_t have, uint64_t total)
{
    uint64_t rest = have - total, old = (uint64_t)(a->spare_end - a->spare);
    if (rest < SPARE_LEAST || rest <= old || (a->flags & ARENA_ZEROING) != 0)
        return split(a, payload, have, total);
    arena_retire_spare(a);
    a->spare = arena_off(a, payload) - 8 + (int64_t)total;
    a->spare_end = a->spare + (int64_t)rest;
    header_set(payload + total, BLOCK_FREE | rest);
    header_set(payload, BLOCK_USED | total);
    return payload;
}

/* The first block of the search-only class that is large enough. */
static char *take_huge(struct swd_arena *a, uint64_t total)
{
    char *before = NULL;
    for (int64_t off = a->free[ARENA_CLASSES - 1]; off != 0;) {
        char *p = arena_at(a, off);
        int64_t next = link_get(p);
        uint64_t have = header_get(p) & BLOCK_SIZE;
        if (have >= total) {
            if (before == NULL)
                a->free[ARENA_CLASSES - 1] = next;
            else
                link_set(before, next);
            return split(a, p, have, total);
        }
        before = p;
        off = next;
    }
    return NULL;
}

/* The first class >= c with a block; corrects bits that promise too much. */
static unsigned next_nonempty(struct swd_arena *a, unsigned c)
{
    unsigned w = c / 64;
    uint64_t m = a->nonempty[w] & ~UINT64_C(0) << c % 64;
    for (;;) {
        for (; m != 0; m &= m - 1) {
            c = w * 64 + (unsigned)__builtin_ctzll(m);
            if (a->free[c] != 0)
                return c;
            a->nonempty[w] &= ~(UINT64_C(1) << c % 64);
        }
        if (++w == SWD_ARRAY_LEN(a->nonempty))
            return ARENA_CLASSES;
        m = a->nonempty[w];
    }
}

/* From the lists: the smallest class that surely fits; what is asked for is the size of its own. */
static char *take_listed(struct swd_arena *a, uint64_t total)
{
    unsigned c = next_nonempty(a, arena_class_up(total));
    if (c >= ARENA_CLASSES)
        return NULL;
    if (c == ARENA_CLASSES - 1)
        return take_huge(a, total);
    char *p = arena_at(a, a->free[c]);
    a->free[c] = link_get(p);
    return split_listed(a, p, header_get(p) & BLOCK_SIZE, total);
}

static char *take_bump(struct swd_arena *a, uint64_t total)
{
    if ((uint64_t)(a->end - a->bump) < total)
        return NULL;
    char *p = arena_at(a, a->bump) + 8;
    bump_to(a, a->bump + (int64_t)total);
    header_set(p, BLOCK_USED | total);
    return p;
}

/* Small blocks take the uncarved rest a piece at a time: the piece is the spare block. */
static char *take_fresh(struct swd_arena *a, uint64_t total)
{
    if (total > SPARE_PIECE / 8 || (uint64_t)(a->end - a->bump) < SPARE_PIECE ||
        (a->flags & ARENA_ZEROING) != 0)
        return take_bump(a, total);
    arena_retire_spare(a);
    char *p = take_bump(a, SPARE_PIECE);
    a->spare = arena_off(a, p) - 8;
    a->spare_end = a->spare + SPARE_PIECE;
    return take_spare(a, total);
}

/* --- growth --- */

/* The current region in place, if the granules behind it are free. */
static bool grow_in_place(struct swd_arena *a, uint64_t by)
{
    if (a->bump == a->end)
        return false;
    struct arena_region *r = (struct arena_region *)(void *)arena_at(a, a->current);
    if (a->account != NULL && !swd_account_charge_kind(a->account, SWD_ACCOUNT_HEAP, by))
        return false;
    if (!swd_extent_grow(r, r->size, r->size + by, false)) {
        if (a->account != NULL)
            swd_account_credit_kind(a->account, SWD_ACCOUNT_HEAP, by);
        return false;
    }
    if (a->dirty != 0 || !swd_extent_cold((char *)r + r->size, by))
        a->dirty += (int64_t)by;
    SWD_POISON((char *)r + r->size, by);
    r->size += by;
    a->end += (int64_t)by;
    arena_mapped_add(a, by);
    return true;
}

static bool grow(struct swd_arena *a, uint64_t total)
{
    if ((a->flags & ARENA_PLACED) != 0)
        return false;
    uint64_t by = a->mapped / GROWTH_SHARE;
    by = by > GROWTH_MAX ? GROWTH_MAX : by;
    if (by < total + sizeof(struct arena_region) + 16)
        by = total + sizeof(struct arena_region) + 16;
    by = (by + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    if (grow_in_place(a, by))
        return true;
    struct arena_region *r = arena_extent(a, by, false);
    if (r == NULL)
        return false;
    bool cold = swd_extent_cold(r, by);
    if (a->end > a->bump) {
        int64_t rest = a->bump;
        bump_to(a, a->end);
        arena_push(a, arena_at(a, rest) + 8, (uint64_t)(a->end - rest));
    }
    *r = (struct arena_region){.next = a->region.next, .size = by};
    a->region.next = a->current = arena_off(a, r);
    a->bump = a->high = first_block(a, (char *)r, sizeof(*r));
    a->end = a->current + (int64_t)by - 8;
    a->dirty = cold ? 0 : a->end + 8 - a->bump;
    SWD_POISON(arena_at(a, a->bump), (size_t)(a->end - a->bump) + 8);
    return true;
}

static char *take_present(struct swd_arena *a, uint64_t total)
{
    char *p = take_spare(a, total);
    if (p == NULL)
        p = take_listed(a, total);
    return p != NULL ? p : take_fresh(a, total);
}

static char *take_merged(struct swd_arena *a, uint64_t total)
{
    arena_merge(a);
    return take_present(a, total);
}

/* Everything but the exact list; NULL when there is no memory. */
static char *take(struct swd_arena *a, uint64_t total)
{
    uint64_t since = a->freed - a->freed_at_merge;
    char *p = take_present(a, total);
    if (p == NULL && a->mapped - a->live >= a->mapped / MERGE_FREE &&
        since >= a->mapped / MERGE_SINCE) {
        since = 0;
        p = take_merged(a, total);
    }
    if (p != NULL)
        return p;
    if (grow(a, total))
        return take_fresh(a, total);
    return since != 0 ? take_merged(a, total) : NULL;
}

/* --- alloc, free, realloc --- */

static inline void *handed(struct swd_arena *a, char *p, uint64_t total, size_t n)
{
    if (SWD_UNLIKELY((a->flags & ARENA_ZEROING) != 0))
        zero_payload(p, total);
    arena_asan_used(p, n, total);
    return p;
}

static __attribute__((noinline)) void *alloc_slow(struct swd_arena *a, size_t n)
{
    if (n > ARENA_MAX_SIZE) {
        refuse(a);
        return NULL;
    }
    uint64_t total = arena_total(n), peak = a->peak;
    if (total > ARENA_LARGE && (a->flags & ARENA_PLACED) == 0)
        return arena_large_alloc(a, total, n);
    if (!arena_count_up(a, total))
        return NULL;
    char *p = take(a, total);
    if (p == NULL) {
        ARENA_SET(a->live, a->live - total);
        ARENA_SET(a->peak, peak);
        return NULL;
    }
    return handed(a, p, total, n);
}

SWD_NO_ASAN void *swd_arena_alloc(struct swd_arena *a, size_t n)
{
    if (SWD_UNLIKELY(n > ARENA_SMALL - 8))
        return alloc_slow(a, n);
    uint64_t total = arena_total(n);
    unsigned c = (unsigned)(total / ARENA_UNIT) - 1;
    int64_t off = a->free[c];
    uint64_t live = a->live + total;
    if (SWD_UNLIKELY(off == 0 || live > a->limit))
        return alloc_slow(a, n);
    if (live > a->peak)
        ARENA_SET(a->peak, live);
    char *p = arena_at(a, off);
    a->free[c] = link_get(p);
    header_set(p, BLOCK_USED | total);
    ARENA_SET(a->live, live);
    return handed(a, p, total, n);
}

static __attribute__((noinline)) void free_slow(struct swd_arena *a, void *p, uint64_t h)
{
    bool not_allocated_or_freed_twice = (h & BLOCK_MARK) != BLOCK_USED;
    swd_assert(!not_allocated_or_freed_twice);
    if ((h & BLOCK_LARGE) != 0) {
        arena_large_free(a, p);
        return;
    }
    arena_count_down(a, h & BLOCK_SIZE);
    arena_push(a, p, h & BLOCK_SIZE);
}

SWD_NO_ASAN void swd_arena_free(struct swd_arena *a, void *p)
{
    if (p == NULL)
        return;
    uint64_t h = header_get(p), total = h - BLOCK_USED;
    if (SWD_UNLIKELY(total > ARENA_SMALL || (a->flags & ARENA_ZEROING) != 0)) {
        free_slow(a, p, h);
        return;
    }
    arena_count_down(a, total);
    SWD_POISON((char *)p - 8, total);
    header_set(p, BLOCK_FREE | total);
    list_push(a, (unsigned)(total / ARENA_UNIT) - 1, p);
}

/* What lies behind a block and is nobody's: grows it by `more` and answers true. */
static bool extend(struct swd_arena *a, const char *behind, uint64_t more)
{
    uint64_t have = (uint64_t)(a->spare_end - a->spare);
    if (have > 0 && a->spare_end == a->bump && arena_at(a, a->spare) == behind) {
        a->bump = a->spare; /* the piece goes back to the uncarved rest */
        a->spare = a->spare_end = 0;
    }
    if (arena_at(a, a->bump) == behind && (uint64_t)(a->end - a->bump) >= more) {
        if (!arena_count_up(a, more))
            return false;
        bump_to(a, a->bump + (int64_t)more);
        return true;
    }
    if (arena_at(a, a->spare) != behind || have < more || !arena_count_up(a, more))
        return false;
    a->spare += (int64_t)more;
    if (have > more)
        header_set(arena_at(a, a->spare) + 8, BLOCK_FREE | (have - more));
    return true;
}

/* Another size at the same place, for a block within a region. */
static bool resize_in_place(struct swd_arena *a, char *p, uint64_t old, uint64_t total)
{
    bool last = arena_at(a, a->bump) == p - 8 + old;
    if (total <= old) {
        if (total == old)
            return true;
        arena_count_down(a, old - total);
        if (last)
            a->bump -= (int64_t)(old - total);
        else
            arena_push(a, p + total, old - total);
        if (last && (a->flags & ARENA_ZEROING) != 0)
            zero_payload(p + total - 8, old - total + 8);
        if (last)
            SWD_POISON(p + total - 8, old - total);
        header_set(p, BLOCK_USED | total);
        return true;
    }
    uint64_t more = total - old;
    if (!extend(a, p - 8 + old, more))
        return false;
    header_set(p, BLOCK_USED | total);
    if ((a->flags & ARENA_ZEROING) != 0)
        zero_payload(p + old - 8, more + 8);
    return true;
}

void *swd_arena_realloc(struct swd_arena *a, void *p, size_t n)
{
    if (p == NULL)
        return swd_arena_alloc(a, n);
    if (n == 0) {
        swd_arena_free(a, p);
        return NULL;
    }
    uint64_t h = header_get(p), old = h & BLOCK_SIZE, total = arena_total(n);
    swd_assert((h & BLOCK_MARK) == BLOCK_USED && n <= ARENA_MAX_SIZE);
    bool large = total > ARENA_LARGE && (a->flags & ARENA_PLACED) == 0;
    size_t have = old - 8;
    if ((h & BLOCK_LARGE) != 0) {
        have = old - sizeof(struct arena_large);
        if (large && arena_large_resize(a, p, n))
            return p;
    } else if (!large && resize_in_place(a, p, old, total)) {
        arena_asan_used(p, n, total);
        return p;
    }
    void *q = swd_arena_alloc(a, n);
    if (q == NULL)
        return NULL;
    SWD_UNPOISON(p, have);
    memcpy(q, p, have < n ? have : n);
    swd_arena_free(a, p);
    return q;
}

/* --- settings and figures --- */

void swd_arena_sync(struct swd_arena *a)
{
    if ((a->flags & (ARENA_PLACED | ARENA_HIBERNATED)) != 0)
        return;
    pool_owner_add(&pool_owner_arena.used, a->live - a->synced);
    a->synced = a->live;
}

void swd_arena_set_hibernated(struct swd_arena *a, int on)
{
    bool was = (a->flags & ARENA_HIBERNATED) != 0;
    if (was == (on != 0) || (a->flags & ARENA_PLACED) != 0)
        return;
    if (on) {
        pool_owner_sub(&pool_owner_arena.used, a->synced);
        a->synced = 0;
        pool_owner_sub(&pool_owner_arena.mapped, a->mapped);
        pool_owner_add(&pool_hibernated, a->mapped);
        a->flags |= ARENA_HIBERNATED;
        return;
    }
    a->flags &= ~(unsigned)ARENA_HIBERNATED;
    pool_owner_sub(&pool_hibernated, a->mapped);
    pool_owner_add(&pool_owner_arena.mapped, a->mapped);
    swd_arena_sync(a);
}

void swd_arena_forget_hibernated(uint64_t mapped)
{
    pool_owner_sub(&pool_hibernated, mapped);
}

void swd_arena_set_zeroing(struct swd_arena *a, int on)
{
    a->flags = on ? a->flags | ARENA_ZEROING : a->flags & ~(unsigned)ARENA_ZEROING;
    arena_retire_spare(a); /* in zeroing mode there is none */
}

void swd_arena_set_limit(struct swd_arena *a, uint64_t limit)
{
    ARENA_SET(a->limit, limit);
}

uint64_t swd_arena_live(const struct swd_arena *a)
{
    return ARENA_GET(a->live);
}

uint64_t swd_arena_peak(const struct swd_arena *a)
{
    return ARENA_GET(a->peak);
}

uint64_t swd_arena_mapped(const struct swd_arena *a)
{
    return ARENA_GET(a->mapped);
}

uint64_t swd_arena_total(const struct swd_arena *a)
{
    return ARENA_GET(a->live) + ARENA_GET(a->freed);
}

uint64_t swd_arena_refused(const struct swd_arena *a)
{
    return ARENA_GET(a->refused);
}
