/* Large blocks of a runner arena: one extent each, on a doubly linked list. See arena_int.h.
 * Cost: an extent get or put; growing is in place while the granules behind are free. */
#include <string.h>

#include "pool/arena_int.h"

static struct arena_large *large_of(void *p)
{
    return (struct arena_large *)p - 1;
}

static struct arena_large *large_at(struct swd_arena *a, int64_t off)
{
    return (struct arena_large *)(void *)arena_at(a, off);
}

static uint64_t large_total(size_t n)
{
    return (n + sizeof(struct arena_large) + ARENA_UNIT - 1) & ~(ARENA_UNIT - 1);
}

void *arena_large_alloc(struct swd_arena *a, uint64_t total, size_t n)
{
    total = large_total(n);
    uint64_t peak = a->peak, bytes = (total + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    if (!arena_count_up(a, total))
        return NULL;
    struct arena_large *l = arena_extent(a, bytes, true);
    if (l == NULL) {
        ARENA_SET(a->live, a->live - total);
        ARENA_SET(a->peak, peak);
        return NULL;
    }
    *l = (struct arena_large){a->large, 0, bytes, BLOCK_USED | BLOCK_LARGE | total};
    if (l->next != 0)
        large_at(a, l->next)->prev = arena_off(a, l);
    a->large = arena_off(a, l);
    SWD_POISON(l + 1, bytes - sizeof(*l));
    SWD_UNPOISON(l + 1, n);
    return l + 1;
}

void arena_large_free(struct swd_arena *a, void *p)
{
    struct arena_large *l = large_of(p);
    if (l->next != 0)
        large_at(a, l->next)->prev = l->prev;
    if (l->prev != 0)
        large_at(a, l->prev)->next = l->next;
    else
        a->large = l->next;
    arena_count_down(a, l->header & BLOCK_SIZE);
    l->header = BLOCK_FREE;
    arena_extent_back(a, l, l->bytes);
}

static bool large_grow(struct swd_arena *a, struct arena_large *l, uint64_t total)
{
    uint64_t bytes = (total + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE, by = bytes - l->bytes;
    if (a->account != NULL && !swd_account_charge_kind(a->account, SWD_ACCOUNT_HEAP, by))
        return false;
    if (swd_extent_grow(l, l->bytes, bytes, true)) {
        arena_mapped_add(a, by);
        l->bytes = bytes;
        return true;
    }
    if (a->account != NULL)
        swd_account_credit_kind(a->account, SWD_ACCOUNT_HEAP, by);
    return false;
}

bool arena_large_resize(struct swd_arena *a, void *p, size_t n)
{
    struct arena_large *l = large_of(p);
    uint64_t old = l->header & BLOCK_SIZE, total = large_total(n);
    if (total <= old) {
        if (total < l->bytes / 2)
            return false; /* moving gives granules back */
        arena_count_down(a, old - total);
    } else {
        uint64_t peak = a->peak;
        if (!arena_count_up(a, total - old))
            return false;
        if (total > l->bytes && !large_grow(a, l, total)) {
            ARENA_SET(a->live, a->live - (total - old));
            ARENA_SET(a->peak, peak);
            return false;
        }
    }
    l->header = BLOCK_USED | BLOCK_LARGE | total;
    SWD_POISON(p, l->bytes - sizeof(*l));
    SWD_UNPOISON(p, n);
    return true;
}

void arena_large_drop(struct swd_arena *a)
{
    while (a->large != 0) {
        struct arena_large *l = large_at(a, a->large);
        a->large = l->next;
        arena_extent_back(a, l, l->bytes);
    }
}
