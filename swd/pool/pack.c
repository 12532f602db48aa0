/* Closing the holes of an image: see pack.h.
 *
 * A table tells for every 16 bytes how far its block moves. A block is pointed at behind its header
 * or at its end, which is where the next one's header lies; so a pointer belongs to the 16 bytes
 * that the byte before it is in. What points into a free block is dead and is taken along to where
 * the block was. */
#include "pool/pack.h"

#include <string.h>

#include "base/check.h"
#include "pool/arena_int.h"
#include "pool/slab.h"

#define STOCK_LEAST ((uint64_t)32)
#define STOCK_MOST  ((uint64_t)512)
#define STOCK_BYTES ((uint64_t)512) /* of each size */

struct pack {
    uint64_t *words;
    uint8_t *map;
    size_t first, end; /* of the blocks, bytes */
    uint32_t *down;    /* for each 16 bytes: how many times 16 they move */
};

static size_t table_bytes(const struct pack *p)
{
    return (p->end - p->first) / ARENA_UNIT * sizeof(*p->down);
}

/* Where a block was is told once and for all; answers by how much the last one moves. */
static size_t table_fill(struct pack *p)
{
    uint32_t gone = 0;
    for (size_t at = p->first; at < p->end;) {
        uint64_t h = p->words[at / 8], size = h & BLOCK_SIZE;
        swd_assert(size != 0 && ((h & BLOCK_MARK) == BLOCK_USED || (h & BLOCK_MARK) == BLOCK_FREE));
        for (size_t i = 0; i < size / ARENA_UNIT; i++)
            p->down[(at - p->first) / ARENA_UNIT + i] =
                (h & BLOCK_MARK) == BLOCK_FREE ? gone + (uint32_t)i : gone;
        if ((h & BLOCK_MARK) == BLOCK_FREE)
            gone += (uint32_t)(size / ARENA_UNIT);
        at += size;
    }
    return gone * ARENA_UNIT;
}

static uint64_t moved(const struct pack *p, uint64_t v)
{
    if (v <= p->first || v > p->end)
        return v;
    return v - p->down[(v - 1 - p->first) / ARENA_UNIT] * ARENA_UNIT;
}

static bool is_pointer(const struct pack *p, size_t i)
{
    return p->map[i / 8] >> i % 8 & 1;
}

static void word_put(struct pack *p, size_t i, uint64_t w, bool pointer)
{
    uint8_t bit = (uint8_t)(1u << i % 8);
    p->words[i] = pointer ? moved(p, w) : w;
    p->map[i / 8] = pointer ? p->map[i / 8] | bit : (uint8_t)(p->map[i / 8] & ~bit);
}

/* Blocks move down only: what is written was read before. */
static size_t blocks_move(struct pack *p)
{
    size_t to = p->first;
    for (size_t at = p->first; at < p->end;) {
        uint64_t h = p->words[at / 8], size = h & BLOCK_SIZE;
        for (size_t i = 0; i < size && (h & BLOCK_MARK) == BLOCK_USED; i += 8)
            word_put(p, (to + i) / 8, p->words[(at + i) / 8], is_pointer(p, (at + i) / 8));
        to += (h & BLOCK_MARK) == BLOCK_USED ? size : 0;
        at += size;
    }
    return to;
}

/* Free blocks of the usual sizes behind the others, as far as there was room: what a script has of
 * one size then lies where it does in the next heap, whatever there is of other sizes. */
static void stock_put(struct pack *p, struct swd_arena *a)
{
    for (uint64_t total = STOCK_LEAST; total <= STOCK_MOST; total += ARENA_UNIT) {
        unsigned c = arena_class_down(total);
        int64_t *link = &a->free[c];
        for (uint64_t n = 0; n < STOCK_BYTES / total; n++) {
            if ((size_t)a->bump + total > p->end)
                return;
            word_put(p, (size_t)a->bump / 8, BLOCK_FREE | total, false);
            *link = a->bump + 8;
            link = (int64_t *)(p->words + (a->bump + 8) / 8);
            a->nonempty[c / 64] |= UINT64_C(1) << c % 64;
            a->bump += (int64_t)total;
        }
    }
}

size_t image_pack(uint64_t *words, uint8_t *map, size_t bytes, size_t *marks, size_t nmarks)
{
    struct swd_arena *a = (struct swd_arena *)(void *)words;
    struct pack p = {.words = words, .map = map, .end = (size_t)a->bump};
    size_t n;
    p.first = (sizeof(*a) + 8 + 15) / 16 * 16 - 8;
    if (p.end <= p.first)
        return bytes;
    n = table_bytes(&p);
    p.down = swd_slab_alloc(n);
    if (p.down == NULL)
        return 0;
    if (table_fill(&p) != 0) {
        for (size_t i = 0; i < p.first / 8; i++)
            if (is_pointer(&p, i))
                word_put(&p, i, words[i], true);
        for (size_t i = 0; i < nmarks; i++)
            marks[i] = moved(&p, marks[i]);
        a->bump = a->high = (int64_t)blocks_move(&p);
        memset(a->free, 0, sizeof(a->free));
        memset(a->nonempty, 0, sizeof(a->nonempty));
        for (size_t i = (size_t)a->bump / 8; i < bytes / 8; i++)
            word_put(&p, i, 0, false);
        stock_put(&p, a);
        a->high = a->bump;
        bytes = (size_t)a->bump + 8;
    }
    swd_slab_free(p.down, n);
    return bytes;
}
