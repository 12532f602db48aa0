/* The ring of console lines: see lines.h. */
#include "runner/lines.h"

#include <string.h>

#include "base/clock.h"
#include "pool/slab.h"

#define LINES_FIRST_CAP 1024u

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
    l->ring = NULL;
    l->cap = l->used = l->text = 0;
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
