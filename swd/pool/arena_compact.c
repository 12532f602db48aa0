/* Merging and compaction of a runner arena: see arena_int.h. Objects never move: what can be given
 * back are whole growth regions without a live block, and whole pages inside free blocks.
 * Cost: one walk over the headers of all blocks; a madvise for each run of pages. */
#include <string.h>

#include "pool/arena_int.h"

#define PAGE ((uint64_t)4096)

struct tails {
    char *last[ARENA_CLASSES];
};

SWD_NO_ASAN static uint64_t header_get(const char *block)
{
    return *(const uint64_t *)(const void *)block;
}

SWD_NO_ASAN static void word_set(char *at, uint64_t v)
{
    *(uint64_t *)(void *)at = v;
}

static int64_t region_first(int64_t off)
{
    size_t head = off == 0 ? sizeof(struct swd_arena) : sizeof(struct arena_region);
    return off + (int64_t)((head + 8 + 15) / 16 * 16 - 8);
}

static int64_t region_end(struct swd_arena *a, int64_t off)
{
    struct arena_region *r = (struct arena_region *)(void *)arena_at(a, off);
    return off == a->current ? a->bump : off + (int64_t)r->size - 8;
}

/* Appends a free block to its list, so that low addresses are reused first. */
static void append(struct swd_arena *a, struct tails *t, char *block, uint64_t header)
{
    unsigned c = arena_class_down(header & BLOCK_SIZE);
    word_set(block, header);
    word_set(block + 8, 0);
    if (t->last[c] == NULL)
        a->free[c] = arena_off(a, block + 8);
    else
        word_set(t->last[c] + 8, (uint64_t)arena_off(a, block + 8));
    t->last[c] = block;
    a->nonempty[c / 64] |= UINT64_C(1) << c % 64;
}

/* The end of the run of free blocks that starts at `at`; in zeroing mode nothing of the swallowed
 * headers and links stays. */
static int64_t run_end(struct swd_arena *a, int64_t at, int64_t end)
{
    int64_t first = at;
    while (at < end && (header_get(arena_at(a, at)) & BLOCK_MARK) == BLOCK_FREE) {
        uint64_t size = header_get(arena_at(a, at)) & BLOCK_SIZE;
        if ((a->flags & ARENA_ZEROING) != 0) {
            word_set(arena_at(a, at) + 8, 0);
            if (at != first)
                word_set(arena_at(a, at), 0);
        }
        at += (int64_t)size;
    }
    return at;
}

static void merge_region(struct swd_arena *a, struct tails *t, int64_t off)
{
    int64_t at = region_first(off), end = region_end(a, off);
    while (at < end) {
        char *block = arena_at(a, at);
        uint64_t h = header_get(block);
        if ((h & BLOCK_MARK) != BLOCK_FREE) {
            swd_dassert((h & BLOCK_MARK) == BLOCK_USED);
            at += (int64_t)(h & BLOCK_SIZE);
            continue;
        }
        int64_t run = run_end(a, at, end);
        if (run == end && off == a->current) {
            a->bump = at;
            if ((a->flags & ARENA_ZEROING) != 0)
                word_set(block, 0);
            return;
        }
        if (run - at != (int64_t)(h & BLOCK_SIZE))
            h = BLOCK_FREE | (uint64_t)(run - at);
        append(a, t, block, h);
        at = run;
    }
}

void arena_merge(struct swd_arena *a)
{
    struct tails t = {{NULL}};
    memset(a->free, 0, sizeof(a->free));
    memset(a->nonempty, 0, sizeof(a->nonempty));
    a->freed_at_merge = a->freed;
    a->spare = a->spare_end = 0;
    merge_region(a, &t, 0);
    for (int64_t off = a->region.next; off != 0;) {
        struct arena_region *r = (struct arena_region *)(void *)arena_at(a, off);
        merge_region(a, &t, off);
        off = r->next;
    }
}

static bool region_empty(struct swd_arena *a, int64_t off)
{
    int64_t first = region_first(off), end = region_end(a, off);
    if (first == end)
        return true;
    uint64_t h = header_get(arena_at(a, first));
    return (h & BLOCK_MARK) == BLOCK_FREE && (int64_t)(h & BLOCK_SIZE) == end - first;
}

/* Gives back growth regions without a live block. Their free blocks are on lists: merge again. */
static size_t drop_empty(struct swd_arena *a)
{
    size_t freed = 0;
    for (int64_t *link = &a->region.next; *link != 0;) {
        struct arena_region *r = (struct arena_region *)(void *)arena_at(a, *link);
        if (!region_empty(a, *link)) {
            link = &r->next;
            continue;
        }
        if (*link == a->current) {
            a->current = 0; /* carved to its end; the merge below finds what is free there */
            a->bump = a->end = a->high = (int64_t)a->region.size - 8;
            a->dirty = 0;
        }
        *link = r->next;
        freed += r->size;
        arena_extent_back(a, r, r->size);
    }
    if (freed != 0)
        arena_merge(a);
    return freed;
}

/* The whole pages of [from, to) go back to the kernel. */
static size_t decommit(char *from, char *to)
{
    uint64_t lo = ((uint64_t)(uintptr_t)from + PAGE - 1) & ~(PAGE - 1);
    uint64_t hi = (uint64_t)(uintptr_t)to & ~(PAGE - 1);
    if (hi <= lo)
        return 0;
    swd_extent_decommit((void *)(uintptr_t)lo, hi - lo);
    return hi - lo;
}

SWD_NO_ASAN static size_t decommit_free(struct swd_arena *a)
{
    size_t freed = 0;
    for (unsigned c = arena_class_down(PAGE); c < ARENA_CLASSES; c++) {
        for (int64_t off = a->free[c]; off != 0;) {
            char *p = arena_at(a, off);
            uint64_t h = header_get(p - 8);
            if ((h & BLOCK_TRIMMED) == 0) {
                freed += decommit(p + 8, p - 8 + (h & BLOCK_SIZE));
                word_set(p - 8, h | BLOCK_TRIMMED);
            }
            off = *(int64_t *)(void *)p;
        }
    }
    return freed;
}

/* The granules behind the last block of the current region go back. */
static size_t shrink_current(struct swd_arena *a)
{
    if (a->bump == a->end)
        return 0;
    struct arena_region *r = (struct arena_region *)(void *)arena_at(a, a->current);
    uint64_t keep = (uint64_t)(a->bump - a->current) + 8;
    keep = (keep + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    uint64_t back = r->size - keep;
    if (back == 0)
        return 0;
    swd_extent_shrink(r, r->size, keep);
    r->size = keep;
    a->end -= (int64_t)back;
    if (a->high > a->end)
        a->high = a->end;
    a->dirty = a->dirty > (int64_t)back ? a->dirty - (int64_t)back : 0;
    arena_mapped_sub(a, back);
    if (a->account != NULL)
        swd_account_credit_kind(a->account, SWD_ACCOUNT_HEAP, back);
    return back;
}

size_t swd_arena_compact(struct swd_arena *a)
{
    SWD_CHECK(a, ARENA_MAGIC);
    arena_merge(a);
    if ((a->flags & ARENA_PLACED) != 0)
        return 0;
    size_t freed = drop_empty(a);
    freed += shrink_current(a);
    freed += decommit_free(a);
    if (a->high > a->bump) {
        freed += decommit(arena_at(a, a->bump), arena_at(a, a->high));
        a->high = a->bump;
    }
    return freed;
}
