/* Byte buffers: growable, pooled, always with a maximum.
 *
 * Got from and put back to the pool `bytebuf` (contents cleared up to what was used; a capacity
 * over the pool's limit, 64 KiB, is freed instead and counted). A buffer is used by one thread at a
 * time. An append that would pass the maximum, or finds no memory, fails, sets `failed` and changes
 * nothing, so a writer may check once at the end. */
#ifndef SWD_POOL_BYTEBUF_H
#define SWD_POOL_BYTEBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pool.h"

struct swd_bytebuf {
    char *data; /* `len` bytes, then a NUL that is not counted (once anything was appended) */
    size_t len, cap, max;
    bool failed;
};

extern const struct swd_pool_type swd_bytebuf_type;
void swd_bytebuf_reset(struct swd_bytebuf *b);

/* NULL when out of memory. */
static inline struct swd_bytebuf *swd_bytebuf_get(size_t max)
{
    struct swd_bytebuf *b = swd_pool_get(SWD_POOL_BYTEBUF, &swd_bytebuf_type, SWD_HERE);
    if (SWD_UNLIKELY(b == NULL))
        return NULL;
    if (b->data != NULL)
        SWD_UNPOISON(b->data, b->cap);
    b->max = max;
    return b;
}

static inline void swd_bytebuf_put(struct swd_bytebuf **bp)
{
    struct swd_bytebuf *b = *bp;
    *bp = NULL;
    if (b == NULL)
        return;
    swd_bytebuf_reset(b);
    swd_pool_put(SWD_POOL_BYTEBUF, &swd_bytebuf_type, b);
}

int swd_bytebuf_reserve(struct swd_bytebuf *b, size_t more); /* room for `more` beyond len */
int swd_bytebuf_add(struct swd_bytebuf *b, const void *p, size_t n);
int swd_bytebuf_adds(struct swd_bytebuf *b, const char *s);
int swd_bytebuf_addc(struct swd_bytebuf *b, char c);
int swd_bytebuf_addf(struct swd_bytebuf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void swd_bytebuf_clear(struct swd_bytebuf *b); /* length 0, capacity kept, `failed` reset */
/* Back to a length of n: what was behind is cleared. Never by writing to `len`: buffers and slices
 * go back to their pools cleared up to their length, and whoever gets them next counts on zeros. */
void swd_bytebuf_cut(struct swd_bytebuf *b, size_t n);
/* Drops the first n bytes; what is behind the rest then is cleared. */
void swd_bytebuf_consume(struct swd_bytebuf *b, size_t n);
/* After writing into the `room` bytes behind len: the first n count, the others are cleared. */
void swd_bytebuf_took(struct swd_bytebuf *b, size_t room, size_t n);

/* Appends `n` bytes of UTF-8 as the inside of a JSON string (no quotes), invalid bytes as U+FFFD.
 */
int swd_bytebuf_add_json(struct swd_bytebuf *b, const char *s, size_t n);

#endif
