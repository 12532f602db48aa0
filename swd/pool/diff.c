/* The difference of an arena: see diff.h and hibernate.h.
 *
 * A byte for each word that differs: a code for how it is told (5 bits) and how many words were
 * skipped since the last one (3 bits; the largest value: a number follows). Then the code's bytes.
 * Most of what changes are pointers into the arena, reference counts, block headers and small
 * numbers, so that most words take two bytes or three, and whoever compresses them further sees
 * equal things told equally wherever they are: pointers are distances from the arena.
 * What can be made again is not told: which free blocks are on which list (they come back in the
 * order of their addresses), and words that follow from those behind them (hashes of texts).
 *
 * The difference is handed on in pieces of whole words. */
#include "pool/diff.h"

#include <string.h>

#include "base/check.h"
#include "pool/arena_int.h"
#include "pool/slab.h"

#define GROUP        ((size_t)64)                         /* words */
#define ARENA_LISTS  offsetof(struct swd_arena, nonempty) /* from here to the end of the header */
#define FOLLOW_WORDS ((size_t)8)                          /* of a text that another follows from */
#define WORD_MOST    ((size_t)16)                         /* bytes that tell one word */
#define CODE_BITS    5
#define GAP_MOST     7

enum diff_code {
    CODE_POINTER2, /* distance from the arena, in units of 16 */
    CODE_POINTER3,
    CODE_POINTER_ODD,  /* in units of 4, three bytes */
    CODE_POINTER_NEAR, /* signed, four bytes */
    CODE_COUNT,        /* added to the upper half, signed, one byte: reference counts */
    CODE_USED1,        /* a block header: size in units of 16 */
    CODE_USED3,
    CODE_FREE1, /* of a free block, which its list is made of again */
    CODE_FREE3,
    CODE_FREE5,
    CODE_ONES,                /* the lower half; the upper is all ones */
    CODE_TOP,                 /* the highest two bytes; the others are zero */
    CODE_HIGH1,               /* byte 4; the others are zero */
    CODE_HIGH4,               /* the upper half; the lower is zero */
    CODE_FOLLOWS,             /* from the words behind it, which swd_diff_follow knows */
    CODE_XOR,                 /* by so many bytes, 0 to 8 */
    CODE_NEXT = CODE_XOR + 9, /* region */
    CODE_END,
};

/* ---- regions ---- */

static int64_t region_first(int64_t off)
{
    size_t head = off == 0 ? sizeof(struct swd_arena) : sizeof(struct arena_region);
    return off + (int64_t)((head + 8 + 15) / 16 * 16 - 8);
}

static struct arena_region *region_at(struct swd_arena *a, int64_t off)
{
    return (struct arena_region *)(void *)arena_at(a, off);
}

static int64_t region_end(struct swd_arena *a, int64_t off)
{
    return off == a->current ? a->bump : off + (int64_t)region_at(a, off)->size - 8;
}

static struct arena_large *large_at(struct swd_arena *a, int64_t off)
{
    return (struct arena_large *)(void *)arena_at(a, off);
}

size_t diff_regions(struct swd_arena *a)
{
    size_t n = 1;
    for (int64_t off = a->region.next; off != 0; off = region_at(a, off)->next)
        n++;
    for (int64_t off = a->large; off != 0; off = large_at(a, off)->next)
        n++;
    return n;
}

static struct diff_region region_of_blocks(struct swd_arena *a, int64_t off)
{
    uint64_t used = (uint64_t)(region_end(a, off) - off) + 8;
    return (struct diff_region){arena_at(a, off), region_at(a, off)->size, used};
}

void diff_regions_fill(struct swd_arena *a, struct diff_region *out)
{
    *out++ = region_of_blocks(a, 0);
    for (int64_t off = a->region.next; off != 0; off = region_at(a, off)->next)
        *out++ = region_of_blocks(a, off);
    for (int64_t off = a->large; off != 0; off = large_at(a, off)->next)
        *out++ = (struct diff_region){arena_at(a, off), large_at(a, off)->bytes, 0};
}

/* ---- telling ---- */

struct diff {
    unsigned char *buffer, *to;
    swd_diff_sink *sink;
    void *arg;
    const struct swd_image *img; /* of the first region; NULL: none */
    const char *base;            /* the region */
    uint64_t home;               /* the arena's address */
    size_t told;                 /* words of the region up to the last one told */
    const struct swd_diff_follow *follow;
};

static int diff_flush(struct diff *d, bool last)
{
    int rc = d->to == d->buffer ? 0 : d->sink(d->arg, d->buffer, (size_t)(d->to - d->buffer), last);
    d->to = d->buffer;
    return rc;
}

static inline unsigned char *put(unsigned char *to, uint64_t v, unsigned n)
{
    __builtin_memcpy(to, &v, sizeof(v));
    return to + n;
}

static inline unsigned bytes_of(uint64_t v)
{
    return (unsigned)(71 - __builtin_clzll(v)) / 8;
}

/* How a pointer into or near the arena is told; false: it is none. */
static inline bool code_pointer(int64_t d, unsigned *code, uint64_t *v, unsigned *n)
{
    if (d != (int32_t)d)
        return false;
    *code = CODE_POINTER_NEAR, *v = (uint32_t)d, *n = 4;
    if (d >= 0 && d % 16 == 0 && d >> 4 < 1 << 24) {
        *v = (uint64_t)d >> 4;
        *n = *v >> 16 ? 3 : 2;
        *code = *v >> 16 ? CODE_POINTER3 : CODE_POINTER2;
    } else if (d >= 0 && d % 4 == 0 && d >> 2 < 1 << 24) {
        *code = CODE_POINTER_ODD, *v = (uint64_t)d >> 2, *n = 3;
    }
    return true;
}

static inline bool code_header(uint64_t w, unsigned *code, uint64_t *v, unsigned *n)
{
    uint64_t size = w - BLOCK_USED;
    if (size % ARENA_UNIT != 0 || size >> 28 != 0)
        return false;
    *v = size / ARENA_UNIT;
    *n = *v >> 8 ? 3 : 1;
    *code = *v >> 8 ? CODE_USED3 : CODE_USED1;
    return true;
}

/* Words that were zero. */
static inline bool code_fresh(uint64_t w, unsigned *code, uint64_t *v, unsigned *n)
{
    if (w >> 32 == UINT32_MAX)
        *code = CODE_ONES, *v = (uint32_t)w, *n = 4;
    else if (w << 16 == 0)
        *code = CODE_TOP, *v = w >> 48, *n = 2;
    else if ((uint32_t)w != 0)
        return false;
    else if (w >> 40 == 0)
        *code = CODE_HIGH1, *v = w >> 32, *n = 1;
    else
        *code = CODE_HIGH4, *v = w >> 32, *n = 4;
    return true;
}

/* The code of `w` where the image has `r`, and what goes with it. */
static inline unsigned code_of(uint64_t w, uint64_t r, uint64_t home, uint64_t *v, unsigned *n)
{
    int64_t up = (int64_t)(w >> 32) - (int64_t)(r >> 32);
    unsigned code;
    if (r != 0 && (uint32_t)w == (uint32_t)r && up == (int8_t)up) {
        *v = (uint8_t)up;
        *n = 1;
        return CODE_COUNT;
    }
    if (code_pointer((int64_t)(w - home), &code, v, n) || code_header(w, &code, v, n) ||
        (r == 0 && code_fresh(w, &code, v, n)))
        return code;
    *v = w ^ r;
    *n = bytes_of(*v);
    return CODE_XOR + *n;
}

static unsigned char *put_gap(unsigned char *to, size_t gap)
{
    for (; gap >= 128; gap >>= 7)
        *to++ = (unsigned char)(gap | 128);
    *to++ = (unsigned char)gap;
    return to;
}

static inline void tell_as(struct diff *d, size_t i, unsigned code, uint64_t v, unsigned n)
{
    size_t gap = i - d->told;
    *d->to++ = (unsigned char)(code | (gap < GAP_MOST ? gap : GAP_MOST) << CODE_BITS);
    if (gap >= GAP_MOST)
        d->to = put_gap(d->to, gap);
    d->to = put(d->to, v, n);
    d->told = i + 1;
}

/* The word that follows from the text behind `at`, of which `n` words may be looked at; 0: none
 * does. */
SWD_NO_ASAN static uint64_t follows(const struct swd_diff_follow *f, const uint64_t *at, size_t n)
{
    uint64_t text[FOLLOW_WORDS];
    size_t bytes = (uint32_t)at[1];
    if (bytes > sizeof(text) || bytes > (n - 2) * 8)
        return 0;
    for (size_t i = 0; i * 8 < bytes; i++)
        text[i] = at[2 + i];
    return f->of(f->arg, text, bytes);
}

/* Words of a region that are told where they differ. */
struct told_words {
    const uint64_t *mem;
    size_t n;
    const uint64_t *heads; /* bits of those that are headers of free blocks; NULL: none are */
};

/* How many words there are from i on to the next free block, as far as anybody asks. */
static size_t words_ahead(const struct told_words *w, size_t i)
{
    size_t most = w->n - i < FOLLOW_WORDS + 2 ? w->n - i : FOLLOW_WORDS + 2, n = 0;
    while (n < most && !(w->heads && w->heads[(i + n) / 64] >> (i + n) % 64 & 1))
        n++;
    return n;
}

/* Most that is asked has no length behind it, or is none for other reasons. */
SWD_NO_ASAN static inline bool may_follow(const struct swd_diff_follow *f,
                                          const struct told_words *w, size_t i)
{
    return i + 2 < w->n && (uint32_t)w->mem[i + 1] - 1 < FOLLOW_WORDS * 8 &&
           f->may(w->mem[i], w->mem + i + 2);
}

SWD_NO_ASAN static inline void tell(struct diff *d, const struct told_words *w, size_t i,
                                    uint64_t r)
{
    uint64_t v, word = w->mem[i];
    unsigned n, code = code_of(word, r, d->home, &v, &n);
    if (n > 3 && word != 0 && d->follow != NULL && may_follow(d->follow, w, i)) {
        size_t ahead = words_ahead(w, i);
        if (ahead > 2 && follows(d->follow, w->mem + i, ahead) == word)
            code = CODE_FOLLOWS, n = 0;
    }
    tell_as(d, i, code, v, n);
}

/* Tells the header of a free block; its links are made anew. */
static void tell_free(struct diff *d, size_t i, uint64_t header)
{
    uint64_t v = (header & BLOCK_SIZE) / ARENA_UNIT;
    unsigned n = v >> 24 ? 5 : v >> 8 ? 3 : 1;
    tell_as(d, i, CODE_FREE1 + n / 2, v, n);
}

/* Room for telling a group of words. */
static inline int room(struct diff *d)
{
    if (SWD_LIKELY((size_t)(d->to - d->buffer) + GROUP * WORD_MOST <= SWD_DIFF_BUFFER))
        return 0;
    return diff_flush(d, false);
}

/* Bytes [from, to) of the region, multiples of 8, in ascending order from call to call, where there
 * was nothing. */
SWD_NO_ASAN static int diff_run(struct diff *d, size_t from, size_t to)
{
    const struct told_words w = {(const uint64_t *)(const void *)d->base, to / 8, NULL};
    size_t i = from / 8, end = to / 8;
    while (i < end) {
        size_t stop = i + GROUP < end ? i + GROUP : end;
        int rc = room(d);
        if (rc != 0)
            return rc;
        for (; i < stop; i++)
            if (w.mem[i] != 0)
                tell(d, &w, i, 0);
    }
    return 0;
}

SWD_NO_ASAN static uint64_t header_get(const char *block)
{
    return *(const uint64_t *)(const void *)block;
}

/* A region of blocks: its head, but for the lists of free blocks, then all but the insides of those
 * that are free. */
static int diff_blocks(struct diff *d, struct swd_arena *a, int64_t off)
{
    int64_t at = region_first(off), end = region_end(a, off), run = at;
    size_t head = off == 0 ? ARENA_LISTS : sizeof(struct arena_region);
    int rc = diff_run(d, 0, head);
    while (at < end && rc == 0) {
        uint64_t h = header_get(arena_at(a, at));
        int64_t size = (int64_t)(h & BLOCK_SIZE);
        swd_assert(size != 0 && ((h & BLOCK_MARK) == BLOCK_USED || (h & BLOCK_MARK) == BLOCK_FREE));
        if ((h & BLOCK_MARK) == BLOCK_FREE) {
            rc = diff_run(d, (size_t)(run - off), (size_t)(at - off));
            rc = rc == 0 ? room(d) : rc;
            if (rc == 0)
                tell_free(d, (size_t)(at - off) / 8, h);
            run = at + size;
        }
        at += size;
    }
    return rc == 0 && run < end ? diff_run(d, (size_t)(run - off), (size_t)(end - off)) : rc;
}

/* ---- the first region of a clone ---- */

static void bits_clear(uint64_t *bits, size_t from, size_t to)
{
    for (; from < to && from % 64 != 0; from++)
        bits[from / 64] &= ~(UINT64_C(1) << from % 64);
    for (; from + 64 <= to; from += 64)
        bits[from / 64] = 0;
    for (; from < to; from++)
        bits[from / 64] &= ~(UINT64_C(1) << from % 64);
}

/* Of free blocks the header is told, always; each is on a list, which is shorter to walk than all
 * blocks are. `heads` says which they are. */
SWD_NO_ASAN static void bits_free(struct swd_arena *a, uint64_t *bits, uint64_t *heads,
                                  size_t words)
{
    for (unsigned c = 0; c < ARENA_CLASSES; c++)
        for (int64_t off = a->free[c]; off != 0;) {
            const char *p = arena_at(a, off);
            size_t at = (size_t)off / 8 - 1, end = at + (header_get(p - 8) & BLOCK_SIZE) / 8;
            if (off > 0 && at < words) {
                bits_clear(bits, at + 1, end < words ? end : words);
                bits[at / 64] |= UINT64_C(1) << at % 64;
                heads[at / 64] |= UINT64_C(1) << at % 64;
            }
            off = *(const int64_t *)(const void *)p;
        }
}

/* The words that may differ: what the image says, and all that lie behind it. */
static void bits_fill(struct diff *d, struct swd_arena *a, size_t words, uint64_t *bits,
                      uint64_t *heads)
{
    size_t first = swd_image_bytes(d->img) / 8;
    swd_image_differ(d->img, a, bits);
    if (first % 64 != 0)
        bits[first / 64] |= UINT64_MAX << first % 64;
    for (size_t g = (first + 63) / 64; g * 64 < words; g++)
        bits[g] = UINT64_MAX;
    bits_clear(bits, ARENA_LISTS / 8, sizeof(*a) / 8);
    bits_free(a, bits, heads, words);
}

/* The words whose bits are set, of the first `words`. */
SWD_NO_ASAN static int bits_tell(struct diff *d, const uint64_t *bits, const uint64_t *heads,
                                 size_t words)
{
    const struct told_words w = {(const uint64_t *)(const void *)d->base, words, heads};
    const uint64_t *image = swd_image_words(d->img);
    const uint8_t *map = swd_image_map(d->img);
    size_t have = swd_image_bytes(d->img) / 8;
    for (size_t g = 0; g * GROUP < words; g++) {
        int rc = bits[g] == 0 ? 0 : room(d);
        if (rc != 0)
            return rc;
        for (uint64_t m = bits[g]; m != 0; m &= m - 1) {
            size_t i = g * GROUP + (size_t)__builtin_ctzll(m);
            uint64_t r = i < have ? image[i] + (map[i / 8] >> i % 8 & 1 ? d->home : 0) : 0;
            if (i >= words)
                break;
            if (SWD_UNLIKELY(heads[g] >> i % 64 & 1))
                tell_free(d, i, w.mem[i]);
            else if (w.mem[i] != r)
                tell(d, &w, i, r);
        }
    }
    return 0;
}

/* What diff_blocks() does, against the image. */
static int diff_image(struct diff *d, struct swd_arena *a)
{
    size_t words = (size_t)region_end(a, 0) / 8, have = swd_image_bytes(d->img) / 8, n;
    uint64_t *bits;
    int rc;
    n = ((words > have ? words : have) + 63) / 64;
    bits = swd_slab_alloc(2 * n * sizeof(*bits)); /* zeroed */
    if (bits == NULL)
        return SWD_ENOMEM;
    bits_fill(d, a, words, bits, bits + n);
    rc = bits_tell(d, bits, bits + n, words);
    swd_slab_free(bits, 2 * n * sizeof(*bits));
    return rc;
}

static int region_open(struct diff *d, const char *base)
{
    int rc = 0;
    if ((size_t)(d->to - d->buffer) + WORD_MOST > SWD_DIFF_BUFFER)
        rc = diff_flush(d, false);
    if (d->base != NULL)
        *d->to++ = CODE_NEXT;
    d->base = base;
    d->told = 0;
    return rc;
}

int swd_arena_diff(struct swd_arena *a, const struct swd_image *img,
                   const struct swd_diff_follow *follow, void *buffer, swd_diff_sink *sink,
                   void *arg)
{
    struct diff d = {
        .buffer = buffer, .to = buffer, .sink = sink, .arg = arg, .img = img, .follow = follow};
    int rc;
    d.home = (uintptr_t)a;
    SWD_CHECK(a, ARENA_MAGIC);
    arena_retire_spare(a); /* the lists are made anew of all free blocks */
    arena_scrub(a);        /* its pages will be new: nothing to remember */
    rc = region_open(&d, (const char *)a);
    if (rc == 0)
        rc = img != NULL ? diff_image(&d, a) : diff_blocks(&d, a, 0);
    for (int64_t off = a->region.next; off != 0 && rc == 0; off = region_at(a, off)->next)
        if ((rc = region_open(&d, arena_at(a, off))) == 0)
            rc = diff_blocks(&d, a, off);
    for (int64_t off = a->large; off != 0 && rc == 0; off = large_at(a, off)->next)
        if ((rc = region_open(&d, arena_at(a, off))) == 0)
            rc = diff_run(&d, 0, (size_t)(large_at(a, off)->header & BLOCK_SIZE));
    if (rc == 0)
        rc = region_open(&d, NULL);
    if (rc != 0)
        return rc;
    d.to[-1] = CODE_END;
    return diff_flush(&d, true);
}

/* ---- applying ---- */

struct patch {
    const struct diff_region *region, *end;
    uint64_t home;
    size_t at;                 /* words of the region so far */
    uint64_t *last;            /* that follows from others; it points to the one before */
    char *tail[ARENA_CLASSES]; /* the last of each list of free blocks so far */
};

/* What is behind each code, in bytes. */
static const unsigned char code_bytes[CODE_END + 1] = {
    [CODE_POINTER2] = 2, [CODE_POINTER3] = 3, [CODE_POINTER_ODD] = 3, [CODE_POINTER_NEAR] = 4,
    [CODE_COUNT] = 1,    [CODE_USED1] = 1,    [CODE_USED3] = 3,       [CODE_FREE1] = 1,
    [CODE_FREE3] = 3,    [CODE_FREE5] = 5,    [CODE_ONES] = 4,        [CODE_TOP] = 2,
    [CODE_HIGH1] = 1,    [CODE_HIGH4] = 4,    [CODE_XOR + 1] = 1,     [CODE_XOR + 2] = 2,
    [CODE_XOR + 3] = 3,  [CODE_XOR + 4] = 4,  [CODE_XOR + 5] = 5,     [CODE_XOR + 6] = 6,
    [CODE_XOR + 7] = 7,  [CODE_XOR + 8] = 8,
};

static inline uint64_t word_of(unsigned code, uint64_t v, uint64_t r, uint64_t home)
{
    switch (code) {
    case CODE_POINTER2:
    case CODE_POINTER3: return home + (v << 4);
    case CODE_POINTER_ODD: return home + (v << 2);
    case CODE_POINTER_NEAR: return home + (uint64_t)(int64_t)(int32_t)v;
    case CODE_COUNT: return r + ((uint64_t)(int64_t)(int8_t)v << 32);
    case CODE_USED1:
    case CODE_USED3: return BLOCK_USED | v << 4;
    case CODE_FREE1:
    case CODE_FREE3:
    case CODE_FREE5: return BLOCK_FREE | v << 4;
    case CODE_ONES: return (uint64_t)UINT32_MAX << 32 | v;
    case CODE_TOP: return v << 48;
    case CODE_HIGH1:
    case CODE_HIGH4: return v << 32;
    default: return r ^ v;
    }
}

/* The number of words skipped. NULL: there is no end to it. */
static const unsigned char *get_gap(const unsigned char *p, const unsigned char *end, size_t *gap)
{
    *gap = 0;
    for (unsigned by = 0; p < end && by < 63; by += 7) {
        *gap |= (size_t)(*p & 127) << by;
        if (*p++ < 128)
            return p;
    }
    return NULL;
}

/* A free block at the end of its list: they come in ascending order. False: it is none. */
SWD_NO_ASAN static bool patch_free(struct patch *t, uint64_t *header, size_t words)
{
    struct swd_arena *a = (struct swd_arena *)(uintptr_t)t->home;
    uint64_t size = *header & BLOCK_SIZE;
    unsigned c;
    if (size == 0 || size / 8 > words)
        return false;
    c = arena_class_down(size);
    header[1] = 0;
    if (t->tail[c] == NULL)
        a->free[c] = arena_off(a, header + 1);
    else
        *(int64_t *)(void *)t->tail[c] = arena_off(a, header + 1);
    t->tail[c] = (char *)(header + 1);
    a->nonempty[c / 64] |= UINT64_C(1) << c % 64;
    return true;
}

/* Words that follow from those behind them, the last one first. */
SWD_NO_ASAN static void patch_follow(const struct patch *t, const struct swd_diff_follow *f)
{
    for (uint64_t *at = t->last, *before; at != NULL; at = before) {
        before = (uint64_t *)(uintptr_t)*at;
        *at = follows(f, at, FOLLOW_WORDS + 2);
    }
}

/* One piece; 1: it was the last. Eight bytes behind its end can be read. */
SWD_NO_ASAN static int patch_piece(struct patch *t, const unsigned char *p,
                                   const unsigned char *end)
{
    uint64_t *mem = (uint64_t *)(void *)t->region->at;
    size_t words = t->region->bytes / 8, at = t->at;
    while (p < end) {
        unsigned code = *p & ((1 << CODE_BITS) - 1), n;
        size_t gap = *p++ >> CODE_BITS;
        uint64_t v;
        if (code == CODE_END)
            return p == end ? 1 : SWD_ECORRUPT;
        if (code == CODE_NEXT) {
            if (++t->region == t->end)
                return SWD_ECORRUPT;
            mem = (uint64_t *)(void *)t->region->at;
            words = t->region->bytes / 8;
            at = 0;
            continue;
        }
        if (gap == GAP_MOST && (p = get_gap(p, end, &gap)) == NULL)
            return SWD_ECORRUPT;
        n = code_bytes[code > CODE_END ? CODE_END : code];
        if (gap >= words - at || (size_t)(end - p) < n)
            return SWD_ECORRUPT;
        at += gap;
        if (n == 0) {
            if (code != CODE_FOLLOWS)
                return SWD_ECORRUPT;
            mem[at] = (uintptr_t)t->last;
            t->last = &mem[at++];
            continue;
        }
        __builtin_memcpy(&v, p, sizeof(v));
        v &= UINT64_MAX >> (64 - n * 8);
        p += n;
        mem[at] = word_of(code, v, mem[at], t->home);
        if (code >= CODE_FREE1 && code <= CODE_FREE5 && !patch_free(t, &mem[at], words - at))
            return SWD_ECORRUPT;
        at++;
    }
    t->at = at;
    return 0;
}

int diff_apply(const struct diff_region *regions, size_t n, const struct swd_diff_follow *follow,
               swd_diff_source *source, void *arg)
{
    struct patch t = {.region = regions, .end = regions + n, .home = (uintptr_t)regions[0].at};
    int rc;
    memset(regions[0].at + ARENA_LISTS, 0, sizeof(struct swd_arena) - ARENA_LISTS);
    do {
        const void *p;
        size_t len;
        rc = source(arg, &p, &len);
        if (rc == 0)
            rc = patch_piece(&t, p, (const unsigned char *)p + len);
    } while (rc == 0);
    if (rc < 0 || t.region + 1 != t.end || (t.last != NULL && follow == NULL))
        return rc < 0 ? rc : SWD_ECORRUPT;
    patch_follow(&t, follow);
    return 0;
}
