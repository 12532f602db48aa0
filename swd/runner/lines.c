/* The ring of console lines: see lines.h. */
#include "runner/lines.h"

#include <string.h>

#include "base/clock.h"
#include "compress/compress.h"
#include "pool/slab.h"

#define LINES_FIRST_CAP 1024u
#define LINES_PACK_MAX  ((size_t)256 * 1024)

struct line_head {
    double t;
    uint32_t n;
    uint32_t level;
};

void swd_lines_init(struct swd_lines *l, uint64_t limit)
{
    memset(l, 0, sizeof *l);
    l->limit = limit;
    l->first_seq = l->next_seq = 1;
}

void swd_lines_free(struct swd_lines *l)
{
    swd_slab_free(l->ring, l->cap);
    swd_slab_free(l->packed, l->packed_n);
    l->ring = l->packed = NULL;
    l->cap = l->used = l->text = l->packed_n = 0;
    l->first_seq = l->next_seq;
}

void swd_lines_new_turn(struct swd_lines *l)
{
    l->turn = 0;
}

static void ring_read(const struct swd_lines *l, size_t at, void *out, size_t n)
{
    size_t pos = (l->head + at) % l->cap;
    size_t first = n < l->cap - pos ? n : l->cap - pos;
    memcpy(out, l->ring + pos, first);
    memcpy((char *)out + first, l->ring, n - first);
}

static void ring_append(struct swd_lines *l, const void *p, size_t n)
{
    size_t pos = (l->head + l->used) % l->cap;
    size_t first = n < l->cap - pos ? n : l->cap - pos;
    memcpy(l->ring + pos, p, first);
    memcpy(l->ring, (const char *)p + first, n - first);
    l->used += n;
}

static void ring_drop_oldest(struct swd_lines *l, uint64_t sent)
{
    struct line_head h;
    ring_read(l, 0, &h, sizeof h);
    l->head = (l->head + sizeof h + h.n) % l->cap;
    l->used -= sizeof h + h.n;
    l->gone += sizeof h + h.n;
    l->text -= h.n;
    if (l->first_seq >= sent)
        l->dropped++;
    l->first_seq++;
}

/* Room for `need` bytes: grows by doubling up to twice the limit. */
static bool ring_grow(struct swd_lines *l, size_t need)
{
    size_t most = (size_t)l->limit * 2 + LINES_FIRST_CAP;
    size_t cap = l->cap ? l->cap : LINES_FIRST_CAP;
    char *ring;
    while (cap < l->used + need)
        cap *= 2;
    if (cap > most)
        cap = most;
    if (cap < l->used + need || cap <= l->cap)
        return false;
    ring = swd_slab_alloc(cap);
    if (!ring)
        return false;
    if (l->used)
        ring_read(l, 0, ring, l->used);
    swd_slab_free(l->ring, l->cap);
    l->ring = ring;
    l->cap = cap;
    l->head = 0;
    return true;
}

/* ---- packing ---- */

static const struct swd_codec_opts pack_opts = {.level = 1};

/* The entries in a row, at the start of a block of `cap` bytes; NULL: no memory. */
static char *ring_straight(const struct swd_lines *l, size_t cap)
{
    char *p = swd_slab_alloc(cap);
    if (p)
        ring_read(l, 0, p, l->used);
    return p;
}

static void ring_replace(struct swd_lines *l, char *packed, size_t n)
{
    swd_slab_free(l->ring, l->cap);
    l->ring = NULL;
    l->cap = l->head = 0;
    l->packed = packed;
    l->packed_n = n;
}

void swd_lines_pack(struct swd_lines *l)
{
    size_t bound = swd_compress_bound(SWD_CODEC_ZSTD, l->used), n = 0;
    char *straight, *room, *packed;
    if (!l->ring || l->used > LINES_PACK_MAX)
        return;
    if (l->used == 0) {
        ring_replace(l, NULL, 0);
        return;
    }
    straight = ring_straight(l, l->used);
    room = swd_slab_alloc(bound);
    if (straight && room &&
        swd_compress_into(SWD_CODEC_ZSTD, &pack_opts, straight, l->used, room, bound, &n, NULL) ==
            0 &&
        n < l->used && (packed = swd_slab_alloc(n)) != NULL) {
        memcpy(packed, room, n);
        swd_slab_free(straight, l->used);
        ring_replace(l, packed, n);
    } else if (straight) {
        ring_replace(l, straight, l->used);
    }
    swd_slab_free(room, bound);
}

/* The ring again; false without memory: it stays packed. */
static bool ring_unpack(struct swd_lines *l)
{
    size_t cap = l->used < LINES_FIRST_CAP ? LINES_FIRST_CAP : l->used, n = l->used;
    char *ring;
    int rc = 0;
    if (!l->packed)
        return true;
    ring = swd_slab_alloc(cap);
    if (!ring)
        return false;
    if (l->packed_n == l->used)
        memcpy(ring, l->packed, l->used);
    else
        rc = swd_decompress_into(SWD_CODEC_ZSTD, NULL, l->packed, l->packed_n, ring, l->used, &n,
                                 NULL);
    if (rc != 0) { /* only memory can fail: we packed it */
        swd_slab_free(ring, cap);
        return false;
    }
    swd_slab_free(l->packed, l->packed_n);
    l->packed = NULL;
    l->packed_n = 0;
    l->ring = ring;
    l->cap = cap;
    l->head = 0;
    return true;
}

size_t swd_lines_held(const struct swd_lines *l)
{
    return l->cap + l->packed_n;
}

/* ---- lines ---- */

static size_t copy_stride(size_t n)
{
    return (sizeof(struct swd_line) + n + 7) & ~(size_t)7;
}

void swd_lines_add(struct swd_lines *l, enum swd_console_level level, const char *text, size_t n,
                   uint64_t sent)
{
    struct line_head h = {.t = swd_clock_unix(), .n = (uint32_t)n, .level = (uint32_t)level};
    size_t need = sizeof h + n;
    if (n > UINT32_MAX || l->turn + n + 1 > l->limit) {
        l->turn = l->limit; /* what follows in this turn is dropped too: no holes in the middle */
        l->dropped++;
        return;
    }
    l->turn += n + 1;
    if (!ring_unpack(l)) {
        l->dropped++;
        return;
    }
    while (l->used > 0 && l->text + n > l->limit)
        ring_drop_oldest(l, sent);
    while (l->cap - l->used < need && !ring_grow(l, need)) {
        if (l->used == 0) {
            l->dropped++; /* no memory at all */
            return;
        }
        ring_drop_oldest(l, sent);
    }
    ring_append(l, &h, sizeof h);
    ring_append(l, text, n);
    l->text += n;
    l->next_seq++;
    if (copy_stride(n) > l->longest)
        l->longest = copy_stride(n);
}

size_t swd_lines_copy(struct swd_lines *l, uint64_t *seq, char *buf, size_t size)
{
    size_t at = 0, o = 0;
    uint64_t s = l->first_seq;
    if (*seq < l->first_seq)
        *seq = l->first_seq;
    if (*seq >= l->next_seq || !ring_unpack(l))
        return 0;
    if (l->hint_seq >= l->first_seq && l->hint_seq <= *seq) {
        s = l->hint_seq;
        at = (size_t)(l->hint_at - l->gone);
    }
    for (; s < l->next_seq; s++) {
        struct line_head h;
        ring_read(l, at, &h, sizeof h);
        if (s >= *seq) {
            struct swd_line *line = (struct swd_line *)(void *)(buf + o);
            if (copy_stride(h.n) > size - o)
                break;
            *line = (struct swd_line){s, h.t, (enum swd_console_level)h.level,
                                      buf + o + sizeof *line, h.n};
            ring_read(l, at + sizeof h, buf + o + sizeof *line, h.n);
            o += copy_stride(h.n);
            *seq = s + 1;
        }
        at += sizeof h + h.n;
    }
    l->hint_seq = s;
    l->hint_at = l->gone + at;
    return o;
}

void swd_lines_visit(const char *buf, size_t used, void (*fn)(void *arg, const struct swd_line *),
                     void *arg)
{
    for (size_t o = 0; o < used;) {
        const struct swd_line *line = (const struct swd_line *)(const void *)(buf + o);
        fn(arg, line);
        o += copy_stride(line->n);
    }
}
