/* Small maps: see smallmap.h. The hash only spares comparisons (there are no buckets to flood), so
 * a multiplication for 8 bytes will do. Capacity doubles from 8. */
#include "pool/smallmap.h"

#include <string.h>

#include "base/err.h"
#include "pool/copy.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define FIRST_CAP 8

static void destroy(void *p)
{
    struct swd_smallmap *map = p;
    swd_slab_free(map->e, map->cap * sizeof(*map->e));
    swd_bytebuf_put(&map->keys);
    memset(map, 0, sizeof(*map));
}

static const struct swd_pool_type type = {sizeof(struct swd_smallmap), destroy};
SWD_POOL_TYPE(SWD_POOL_SMALLMAP, type)

struct swd_smallmap *swd_smallmap_get(void)
{
    return swd_pool_get(SWD_POOL_SMALLMAP, &type, SWD_HERE);
}

/* Inline, so that putting a small map calls nothing. */
static inline void clear(struct swd_smallmap *map)
{
    struct swd_bytebuf *keys = map->keys;
    if (map->n != 0)
        swd_clear(map->e, map->n * sizeof(*map->e));
    map->n = 0;
    if (keys == NULL)
        return;
    if (keys->len != 0) {
        swd_clear(keys->data, keys->len + 1);
        keys->len = 0;
    }
    keys->failed = false;
}

void swd_smallmap_clear(struct swd_smallmap *map)
{
    clear(map);
}

void swd_smallmap_put(struct swd_smallmap **mp)
{
    struct swd_smallmap *map = *mp;
    *mp = NULL;
    if (map == NULL)
        return;
    bool long_keys = map->keys != NULL && map->keys->cap > swd_pool_keep(SWD_POOL_BYTEBUF);
    if (map->cap > swd_pool_keep(SWD_POOL_SMALLMAP) || long_keys) {
        swd_pool_note_oversize(SWD_POOL_SMALLMAP, SWD_OVERSIZE_KEPT, map->cap);
        destroy(map);
    } else {
        clear(map);
    }
    swd_pool_put(SWD_POOL_SMALLMAP, &type, map);
}

static inline uint32_t hash(const char *s, size_t n)
{
    uint64_t h = n;
    for (size_t at = 0; at + 8 < n; at += 8) {
        uint64_t w;
        memcpy(&w, s + at, 8);
        h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
    }
    h = (h ^ swd_tail(s, n)) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32);
}

static inline struct swd_smallmap_entry *find(struct swd_smallmap *map, const char *key, size_t n,
                                              uint32_t h)
{
    for (size_t i = 0; i < map->n; i++) {
        struct swd_smallmap_entry *e = &map->e[i];
        if (SWD_UNLIKELY(e->hash == h) && e->length == n &&
            memcmp(map->keys->data + e->key, key, n) == 0)
            return e;
    }
    return NULL;
}

static __attribute__((noinline)) int make_room(struct swd_smallmap *map, size_t key)
{
    if (map->keys == NULL)
        map->keys = swd_bytebuf_get(UINT32_MAX);
    if (map->keys == NULL || key >= UINT32_MAX || swd_bytebuf_reserve(map->keys, key + 1) != 0)
        return SWD_ENOMEM;
    if (map->n < map->cap)
        return 0;
    size_t cap = map->cap != 0 ? map->cap * 2 : FIRST_CAP;
    struct swd_smallmap_entry *e = swd_slab_alloc(cap * sizeof(*e));
    if (e == NULL)
        return SWD_ENOMEM;
    if (map->n != 0)
        memcpy(e, map->e, map->n * sizeof(*e));
    swd_slab_free(map->e, map->cap * sizeof(*e));
    map->e = e;
    map->cap = cap;
    return 0;
}

static inline bool has_room(const struct swd_smallmap *map, size_t key)
{
    return map->n < map->cap && map->keys->cap > key + 1 &&
           map->keys->len < map->keys->cap - key - 1;
}

/* There is room, and the key is new. */
__attribute__((always_inline)) static inline void append(struct swd_smallmap *map, const char *key,
                                                         size_t n, uint32_t h, union swd_value v)
{
    struct swd_bytebuf *t = map->keys;
    map->e[map->n++] = (struct swd_smallmap_entry){h, (uint32_t)n, t->len, v};
    swd_copy(t->data + t->len, key, n);
    t->len += n + 1;
    t->data[t->len - 1] = t->data[t->len] = '\0';
}

static __attribute__((noinline)) int set_any(struct swd_smallmap *map, const char *key, size_t n,
                                             union swd_value v)
{
    uint32_t h = hash(key, n);
    struct swd_smallmap_entry *e = find(map, key, n, h);
    if (e != NULL) {
        e->value = v;
        return 0;
    }
    int rc = has_room(map, n) ? 0 : make_room(map, n);
    if (rc == 0)
        append(map, key, n, h, v);
    return rc;
}

/* What is common, a short key that is new, calls nothing and so saves no registers. */
int swd_smallmap_set(struct swd_smallmap *map, const char *key, size_t n, union swd_value v)
{
    if (SWD_UNLIKELY(n > 16 || !has_room(map, n)))
        return set_any(map, key, n, v);
    uint32_t h = hash(key, n);
    for (size_t i = 0; i < map->n; i++)
        if (SWD_UNLIKELY(map->e[i].hash == h))
            return set_any(map, key, n, v);
    append(map, key, n, h, v);
    return 0;
}

union swd_value *swd_smallmap_find(struct swd_smallmap *map, const char *key, size_t n)
{
    struct swd_smallmap_entry *e = find(map, key, n, hash(key, n));
    return e != NULL ? &e->value : NULL;
}

bool swd_smallmap_remove(struct swd_smallmap *map, const char *key, size_t n)
{
    struct swd_smallmap_entry *e = find(map, key, n, hash(key, n));
    if (e == NULL)
        return false;
    size_t after = map->n - (size_t)(e - map->e) - 1;
    memmove(e, e + 1, after * sizeof(*e));
    map->n--;
    memset(&map->e[map->n], 0, sizeof(*e));
    return true;
}

const char *swd_smallmap_key(const struct swd_smallmap *map, size_t i, size_t *n)
{
    swd_assert(i < map->n);
    if (n != NULL)
        *n = map->e[i].length;
    return map->keys->data + map->e[i].key;
}
