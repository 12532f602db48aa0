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

struct swd_bytebuf {
    char *data; /* `len` bytes, then a NUL that is not counted (once anything was appended) */
    size_t len, cap, max;
    bool failed;
};

/* NULL when out of memory. */
struct swd_bytebuf *swd_bytebuf_get(size_t max);
void swd_bytebuf_put(struct swd_bytebuf **b);

int swd_bytebuf_reserve(struct swd_bytebuf *b, size_t more); /* room for `more` beyond len */
int swd_bytebuf_add(struct swd_bytebuf *b, const void *p, size_t n);
int swd_bytebuf_adds(struct swd_bytebuf *b, const char *s);
int swd_bytebuf_addc(struct swd_bytebuf *b, char c);
int swd_bytebuf_addf(struct swd_bytebuf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void swd_bytebuf_clear(struct swd_bytebuf *b); /* length 0, capacity kept, `failed` reset */

/* Appends `n` bytes of UTF-8 as the inside of a JSON string (no quotes), invalid bytes as U+FFFD.
 */
int swd_bytebuf_add_json(struct swd_bytebuf *b, const char *s, size_t n);

#endif
