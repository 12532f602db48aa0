/* Small maps: a few string keys to 8-byte values, pooled. In order of insertion.
 *
 * Keys are copied; look-up compares 32-bit hashes in a row, which is faster than a tree or a table
 * up to some dozens of keys; larger maps work and cost O(n). Got from and put back to the pool
 * `smallmap`: keys and values are cleared, room for more than the pool's limit (64 entries) is
 * freed instead and counted. One thread at a time. */
#ifndef SWD_POOL_SMALLMAP_H
#define SWD_POOL_SMALLMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "pool/bytebuf.h"
#include "pool/value.h"

struct swd_smallmap_entry {
    uint32_t hash, length;
    size_t key; /* offset into `keys` */
    union swd_value value;
};

struct swd_smallmap {
    struct swd_smallmap_entry *e; /* `n` of them */
    size_t n, cap;
    struct swd_bytebuf *keys;
};

/* NULL when out of memory. */
struct swd_smallmap *swd_smallmap_get(void);
void swd_smallmap_put(struct swd_smallmap **map);

/* Sets or replaces; 0 or SWD_ENOMEM (nothing changed). */
int swd_smallmap_set(struct swd_smallmap *map, const char *key, size_t n, union swd_value v);
/* The value's place, good until the next set; NULL: no such key. */
union swd_value *swd_smallmap_find(struct swd_smallmap *map, const char *key, size_t n);
/* False when there was no such key. Its text stays in the map until that is cleared. */
bool swd_smallmap_remove(struct swd_smallmap *map, const char *key, size_t n);
/* The i-th of map->n keys, NUL-terminated. */
const char *swd_smallmap_key(const struct swd_smallmap *map, size_t i, size_t *n);
void swd_smallmap_clear(struct swd_smallmap *map);

#endif
