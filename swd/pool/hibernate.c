/* Sleeping arenas: see hibernate.h.
 *
 * The difference is a sequence of page records: number of the page (counted through the regions in
 * the order of the table), a bitmap of the page's 512 words that differ, for each of those how many
 * bytes tell it (4 bits), and the bytes. Before two words are compared by XOR, those that point
 * within 2 GiB of the arena become short (fold()): most of what changes are pointers. Pages that do
 * not differ are absent; a record without words and with the number DIFF_END ends it. Words in free
 * blocks (behind their header and link) and behind the last block are taken for equal. Regions: the
 * first, those of growth, then the large blocks.
 *
 * While an arena sleeps its header is gone with its pages: all that dropping it needs is kept in
 * struct swd_asleep, one allocation with the blob behind it. */
#include "pool/hibernate.h"

#include <string.h>

#include "base/check.h"
#include "pool/arena_int.h"
#include "pool/slab.h"

#define PAGE         ((size_t)4096)
#define PAGE_WORDS   (PAGE / 8)
#define ASLEEP_MAGIC 0x41534c50u
#define DIFF_END     UINT32_MAX

struct diff_record {
    uint32_t page;
    uint16_t words, bytes;
    uint64_t bits[PAGE_WORDS / 64];
};

/* Room for a full record and what pack() writes ahead. */
#define RECORD_MAX (sizeof(struct diff_record) + PAGE_WORDS / 2 + PAGE + 8)

struct diff {
    char *buffer;
    size_t used;
    swd_diff_sink *sink;
    void *arg;
    const struct swd_image *img;   /* NULL in all but the first region */
    const char *base;              /* the region */
    uint32_t first_page;           /* its first page's number */
    uint64_t home;                 /* the arena's address */
    struct diff_record *record;    /* the page under way, at buffer + used; NULL: none */
    uint64_t ref[PAGE_WORDS];      /* that page of the image */
    uint64_t word[PAGE_WORDS + 1]; /* the record's words, folded */
};

/* Swaps [home - 2^31, home + 2^31) with the words whose upper half is 0x80000000: its own inverse,
 * and turns pointers into what rotates to a small number. */
static inline uint64_t fold(uint64_t w, uint64_t home)
{
    int64_t d = (int64_t)(w - home);
    if (d == (int32_t)d)
        return UINT64_C(0x8000000000000000) | (uint32_t)d;
    if (w >> 32 == 0x80000000u)
        return home + (uint64_t)(int64_t)(int32_t)w;
    return w;
}

static inline uint64_t rotate(uint64_t w, unsigned by)
{
    return w << by | w >> (64 - by);
}

/* ---- regions ---- */

struct asleep_region {
    char *at;
    uint64_t bytes;
};

struct swd_asleep {
    unsigned magic;
    uint32_t regions;
    struct swd_account *account;
    uint64_t mapped, front; /* front: bytes of the first region worth populating at once */
    uint64_t blob;
    struct asleep_region region[]; /* then the blob */
};

static int64_t region_first(int64_t off)
{
    size_t head = off == 0 ? sizeof(struct swd_arena) : sizeof(struct arena_region);
    return off + (int64_t)((head + 8 + 15) / 16 * 16 - 8);
}

static int64_t region_end(struct swd_arena *a, int64_t off)
{
    const struct arena_region *r = (const struct arena_region *)(void *)arena_at(a, off);
    return off == a->current ? a->bump : off + (int64_t)r->size - 8;
}

static int64_t region_next(struct swd_arena *a, int64_t off)
{
    return ((const struct arena_region *)(void *)arena_at(a, off))->next;
}

static struct arena_large *large_at(struct swd_arena *a, int64_t off)
{
    return (struct arena_large *)(void *)arena_at(a, off);
}

static size_t regions_count(struct swd_arena *a)
{
    size_t n = 1;
    for (int64_t off = a->region.next; off != 0; off = region_next(a, off))
        n++;
    for (int64_t off = a->large; off != 0; off = large_at(a, off)->next)
        n++;
    return n;
}

static void regions_fill(struct swd_arena *a, struct asleep_region *out)
{
    *out++ = (struct asleep_region){(char *)a, a->region.size};
    for (int64_t off = a->region.next; off != 0; off = region_next(a, off)) {
        const struct arena_region *r = (const struct arena_region *)(void *)arena_at(a, off);
        *out++ = (struct asleep_region){arena_at(a, off), r->size};
    }
    for (int64_t off = a->large; off != 0; off = large_at(a, off)->next)
        *out++ = (struct asleep_region){arena_at(a, off), large_at(a, off)->bytes};
}

/* ---- the difference ---- */

/* Behind the record: the lengths, two in a byte, then the bytes. Answers their number. */
static size_t pack(struct diff_record *r, const uint64_t *word)
{
    unsigned char *len = (unsigned char *)(r + 1), *bytes = len + (r->words + 1) / 2, *to = bytes;
    memset(len, 0, (size_t)(bytes - len));
    for (size_t i = 0; i < r->words; i++) {
        uint64_t w = word[i];
        unsigned n = (unsigned)(71 - __builtin_clzll(w)) / 8;
        len[i / 2] |= (unsigned char)(n << i % 2 * 4);
        memcpy(to, &w, sizeof(w));
        to += n;
    }
    r->bytes = (uint16_t)(to - bytes);
    return (size_t)(to - len);
}

static void record_close(struct diff *d)
{
    if (d->record != NULL && d->record->words > 0)
        d->used += sizeof(*d->record) + pack(d->record, d->word);
    d->used = (d->used + 7) & ~(size_t)7; /* records are aligned in the buffer; padding is zero */
    d->record = NULL;
}

static int diff_flush(struct diff *d, bool last)
{
    int rc = d->sink(d->arg, d->buffer, d->used, last);
    d->used = 0;
    return rc;
}

static int record_open(struct diff *d, size_t page)
{
    int rc = 0;
    record_close(d);
    if (d->used + RECORD_MAX > SWD_DIFF_BUFFER)
        rc = diff_flush(d, false);
    d->record = (struct diff_record *)(void *)(d->buffer + d->used);
    memset(d->record, 0, sizeof(*d->record));
    d->record->page = d->first_page + (uint32_t)page;
    if (d->img != NULL && page * PAGE < swd_image_bytes(d->img)) {
        size_t n = swd_image_bytes(d->img) - page * PAGE;
        n = n < PAGE ? n : PAGE;
        swd_image_render(d->img, d->base, page * PAGE, n, d->ref);
        memset((char *)d->ref + n, 0, PAGE - n);
    } else {
        memset(d->ref, 0, sizeof(d->ref));
    }
    return rc;
}

/* Words [from, to) of a page: which differ, and by what. */
SWD_NO_ASAN static void diff_words(struct diff *d, const uint64_t *mem, size_t from, size_t to)
{
    struct diff_record *r = d->record;
    uint64_t *out = d->word + r->words, *at = out;
    for (size_t i = from; i < to; i++) {
        uint64_t now = mem[i], was = d->ref[i];
        if (now == was)
            continue;
        *at++ = rotate(fold(now, d->home) ^ fold(was, d->home), 1);
        r->bits[i / 64] |= UINT64_C(1) << i % 64;
    }
    r->words = (uint16_t)(r->words + (at - out));
}

/* Bytes [from, to) of the region, multiples of 8, in ascending order from call to call. */
static int diff_run(struct diff *d, size_t from, size_t to)
{
    while (from < to) {
        size_t page = from / PAGE, end = (page + 1) * PAGE;
        int rc = 0;
        if (d->record == NULL || d->record->page != d->first_page + (uint32_t)page)
            rc = record_open(d, page);
        if (rc != 0)
            return rc;
        end = end < to ? end : to;
        diff_words(d, (const uint64_t *)(const void *)(d->base + page * PAGE), from % PAGE / 8,
                   (end - 1) % PAGE / 8 + 1);
        from = end;
    }
    return 0;
}

SWD_NO_ASAN static uint64_t header_get(const char *block)
{
    return *(const uint64_t *)(const void *)block;
}

/* A region of blocks: its head, then everything but the insides of free blocks. */
static int diff_region(struct diff *d, struct swd_arena *a, int64_t off)
{
    int64_t at = region_first(off), end = region_end(a, off), run = off;
    while (at < end) {
        uint64_t h = header_get(arena_at(a, at));
        int64_t size = (int64_t)(h & BLOCK_SIZE);
        swd_assert(size != 0 && ((h & BLOCK_MARK) == BLOCK_USED || (h & BLOCK_MARK) == BLOCK_FREE));
        if ((h & BLOCK_MARK) == BLOCK_FREE && size > 16) {
            int rc = diff_run(d, (size_t)(run - off), (size_t)(at + 16 - off));
            if (rc != 0)
                return rc;
            run = at + size;
        }
        at += size;
    }
    return run < end ? diff_run(d, (size_t)(run - off), (size_t)(end - off)) : 0;
}

static void diff_next(struct diff *d, const char *base, uint64_t *pages, uint64_t bytes)
{
    record_close(d);
    d->base = base;
    d->first_page = (uint32_t)*pages;
    *pages += bytes / PAGE;
}

int swd_arena_diff(struct swd_arena *a, const struct swd_image *img, void *buffer,
                   swd_diff_sink *sink, void *arg)
{
    struct diff d = {.buffer = buffer, .sink = sink, .arg = arg, .img = img};
    uint64_t pages = 0;
    d.home = (uintptr_t)a;
    int rc;
    SWD_CHECK(a, ARENA_MAGIC);
    diff_next(&d, (const char *)a, &pages, a->region.size);
    rc = diff_region(&d, a, 0);
    d.img = NULL;
    for (int64_t off = a->region.next; off != 0 && rc == 0; off = region_next(a, off)) {
        const struct arena_region *r = (const struct arena_region *)(void *)arena_at(a, off);
        diff_next(&d, arena_at(a, off), &pages, r->size);
        rc = diff_region(&d, a, off);
    }
    for (int64_t off = a->large; off != 0 && rc == 0; off = large_at(a, off)->next) {
        const struct arena_large *l = large_at(a, off);
        diff_next(&d, arena_at(a, off), &pages, l->bytes);
        rc = diff_run(&d, 0, (size_t)(l->header & BLOCK_SIZE));
    }
    if (rc != 0)
        return rc;
    record_close(&d);
    const struct diff_record end = {.page = DIFF_END};
    if (d.used + sizeof(end) > SWD_DIFF_BUFFER && (rc = diff_flush(&d, false)) != 0)
        return rc;
    memcpy(d.buffer + d.used, &end, sizeof(end));
    d.used += sizeof(end);
    return diff_flush(&d, true);
}

/* ---- asleep ---- */

static size_t asleep_size(size_t regions, size_t blob)
{
    return sizeof(struct swd_asleep) + regions * sizeof(struct asleep_region) + blob;
}

int swd_arena_sleep(struct swd_arena *a, struct swd_account *account, const void *blob, size_t n,
                    struct swd_asleep **out)
{
    size_t regions = regions_count(a), size = asleep_size(regions, n);
    uint64_t mapped = a->mapped;
    struct swd_asleep *s;
    *out = NULL;
    SWD_CHECK(a, ARENA_MAGIC);
    if (size >= mapped || (a->flags & ARENA_PLACED) != 0)
        return SWD_ELIMIT;
    s = swd_slab_alloc(size);
    if (s == NULL)
        return SWD_ENOMEM;
    *s = (struct swd_asleep){.magic = ASLEEP_MAGIC,
                             .regions = (uint32_t)regions,
                             .account = account,
                             .mapped = mapped,
                             .front = (uint64_t)region_end(a, 0) + 8,
                             .blob = n};
    regions_fill(a, s->region);
    memcpy(s->region + regions, blob, n);
    if (account != NULL)
        (void)swd_account_recast(account, SWD_ACCOUNT_HEAP, mapped, SWD_ACCOUNT_HIBERNATED, size);
    for (size_t i = 0; i < regions; i++)
        swd_extent_sleep(s->region[i].at, s->region[i].bytes);
    *out = s;
    return 0;
}

static void asleep_free(struct swd_asleep *s)
{
    s->magic = 0;
    swd_slab_free(s, swd_asleep_bytes(s));
}

/* The page with this number: where it lies. */
static char *page_at(const struct swd_asleep *s, uint32_t number)
{
    uint64_t page = number;
    for (size_t i = 0; i < s->regions; i++) {
        if (page < s->region[i].bytes / PAGE)
            return s->region[i].at + page * PAGE;
        page -= s->region[i].bytes / PAGE;
    }
    return NULL;
}

/* `len` and the bytes behind it are pack()'s, with room to read 8 bytes beyond their end. */
SWD_NO_ASAN static void apply(uint64_t *mem, const struct diff_record *r, const unsigned char *len,
                              uint64_t home)
{
    const unsigned char *from = len + (r->words + 1) / 2;
    size_t k = 0;
    for (size_t i = 0; i < PAGE_WORDS / 64; i++)
        for (uint64_t bits = r->bits[i]; bits != 0; bits &= bits - 1, k++) {
            uint64_t *at = &mem[i * 64 + (size_t)__builtin_ctzll(bits)], w = 0;
            unsigned n = len[k / 2] >> k % 2 * 4 & 15;
            __builtin_memcpy(&w, from, sizeof(w));
            w &= UINT64_MAX >> (64 - n * 8);
            from += n;
            *at = fold(rotate(w, 63) ^ fold(*at, home), home);
        }
}

static uint32_t bits_of(const struct diff_record *r)
{
    uint32_t n = 0;
    for (size_t i = 0; i < PAGE_WORDS / 64; i++)
        n += (uint32_t)__builtin_popcountll(r->bits[i]);
    return n;
}

static int wake_pages(const struct swd_asleep *s, swd_diff_source *source, void *arg)
{
    for (;;) {
        unsigned char packed[PAGE_WORDS / 2 + PAGE + 16];
        struct diff_record r;
        int rc = source(arg, &r, sizeof(r));
        if (rc != 0 || r.page == DIFF_END)
            return rc;
        char *page = page_at(s, r.page);
        size_t n = (r.words + 1u) / 2 + r.bytes;
        n = (sizeof(r) + n + 7) / 8 * 8 - sizeof(r);
        if (page == NULL || r.words != bits_of(&r) || n + 8 > sizeof(packed))
            return SWD_ECORRUPT;
        rc = source(arg, packed, n);
        if (rc != 0)
            return rc;
        apply((uint64_t *)(void *)page, &r, packed, (uintptr_t)s->region[0].at);
    }
}

/* All regions count as handed out again, or none. */
static bool wake_extents(const struct swd_asleep *s)
{
    size_t i = 0;
    while (i < s->regions && swd_extent_rouse(s->region[i].at, s->region[i].bytes))
        i++;
    if (i == s->regions)
        return true;
    while (i-- > 0)
        swd_extent_sleep(s->region[i].at, s->region[i].bytes);
    return false;
}

int swd_arena_wake(struct swd_asleep **sp, const struct swd_image *img, swd_diff_source *source,
                   void *arg, struct swd_arena **out)
{
    struct swd_asleep *s = *sp;
    size_t size = swd_asleep_bytes(s);
    int rc;
    *out = NULL;
    SWD_CHECK(s, ASLEEP_MAGIC);
    if (s->account != NULL &&
        !swd_account_recast(s->account, SWD_ACCOUNT_HIBERNATED, size, SWD_ACCOUNT_HEAP, s->mapped))
        return SWD_ENOMEM;
    if (!wake_extents(s)) {
        rc = SWD_ENOMEM;
        goto fail;
    }
    swd_extent_populate(s->region[0].at, (s->front + PAGE - 1) / PAGE * PAGE);
    if (img != NULL)
        swd_image_restore(img, s->region[0].at);
    rc = wake_pages(s, source, arg);
    if (rc != 0) {
        for (size_t i = 0; i < s->regions; i++)
            swd_extent_sleep(s->region[i].at, s->region[i].bytes);
        goto fail;
    }
    *out = (struct swd_arena *)(void *)s->region[0].at;
    SWD_CHECK(*out, ARENA_MAGIC);
    asleep_free(s);
    *sp = NULL;
    return 0;
fail:
    if (s->account != NULL)
        (void)swd_account_recast(s->account, SWD_ACCOUNT_HEAP, s->mapped, SWD_ACCOUNT_HIBERNATED,
                                 size);
    return rc;
}

void swd_asleep_drop(struct swd_asleep **sp)
{
    struct swd_asleep *s = *sp;
    *sp = NULL;
    if (s == NULL)
        return;
    SWD_CHECK(s, ASLEEP_MAGIC);
    swd_arena_forget_hibernated(s->mapped);
    for (size_t i = 0; i < s->regions; i++)
        swd_extent_put_asleep(s->region[i].at, s->region[i].bytes);
    if (s->account != NULL)
        swd_account_credit_kind(s->account, SWD_ACCOUNT_HIBERNATED, swd_asleep_bytes(s));
    asleep_free(s);
}

const void *swd_asleep_blob(const struct swd_asleep *s, size_t *n)
{
    *n = s->blob;
    return s->region + s->regions;
}

size_t swd_asleep_bytes(const struct swd_asleep *s)
{
    return asleep_size(s->regions, s->blob);
}

size_t swd_asleep_mapped(const struct swd_asleep *s)
{
    return s->mapped;
}
