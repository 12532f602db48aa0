/* Dictionaries of kin: see kin.h.
 *
 * Two tables, by script and by shape, direct-mapped: an entry that is met warms, one in the way of
 * another cools, and a cold one gives way. So single scripts passing by do not push out what
 * thousands share. */
#define ZSTD_STATIC_LINKING_ONLY
#include "engine/kin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <zstd.h>

#include "base/check.h"
#include "engine/engine.h"
#include "pool/slab.h"

#define KIN_MAGIC 0x4b494e21u
#define KIN_SLOTS 64
#define KIN_LEAST ((size_t)512) /* differences worth a dictionary */
#define KIN_MOST  ((size_t)512 * 1024)
#define KIN_ALL   ((uint64_t)32 << 20) /* bytes of all dictionaries */
#define KIN_WARM  16
#define KIN_BAD   8 /* times in a row that it did not halve what it was used for */
#define LEVEL     1

struct swd_kin {
    unsigned magic;
    atomic_uint refs;
    const ZSTD_CDict *digest; /* within digest_room */
    char *raw;                /* behind it */
    size_t n, size;           /* of raw; of all of it */
    _Alignas(16) char digest_room[];
};

struct kin_slot {
    uint64_t key; /* 0: free */
    struct swd_kin *dict;
    unsigned warm, bad;
};

static struct {
    pthread_mutex_t lock;
    struct kin_slot slot[SWD_KIN_KEYS][KIN_SLOTS];
    _Atomic uint64_t bytes;
} kin = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* In memory of ours: zstd's own creator does not bear a refused allocation. */
static struct swd_kin *kin_new(const void *raw, size_t n)
{
    ZSTD_compressionParameters params = ZSTD_getCParams(LEVEL, n, n);
    size_t room = (ZSTD_estimateCDictSize_advanced(n, params, ZSTD_dlm_byRef) + 15) / 16 * 16;
    size_t size = sizeof(struct swd_kin) + room + n;
    struct swd_kin *k;
    if (swd_kin_bytes() + size > KIN_ALL || !(k = swd_slab_alloc(size)))
        return NULL;
    k->magic = KIN_MAGIC;
    k->n = n;
    k->size = size;
    k->raw = k->digest_room + room;
    memcpy(k->raw, raw, n);
    k->digest = ZSTD_initStaticCDict(k->digest_room, room, k->raw, n, ZSTD_dlm_byRef,
                                     ZSTD_dct_rawContent, params);
    if (!k->digest) {
        swd_slab_free(k, size);
        return NULL;
    }
    atomic_fetch_add_explicit(&kin.bytes, size, memory_order_relaxed);
    atomic_init(&k->refs, 1);
    return k;
}

static struct swd_kin *kin_ref(struct swd_kin *k)
{
    atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
    return k;
}

void swd_kin_unref(struct swd_kin **kp)
{
    struct swd_kin *k = *kp;
    *kp = NULL;
    if (!k || atomic_fetch_sub(&k->refs, 1) > 1)
        return;
    SWD_CHECK(k, KIN_MAGIC);
    atomic_fetch_sub_explicit(&kin.bytes, k->size, memory_order_relaxed);
    k->magic = 0;
    swd_slab_free(k, k->size);
}

static struct kin_slot *slot_of(unsigned which, uint64_t key)
{
    return &kin.slot[which][key * 0x9e3779b97f4a7c15u >> 32 & (KIN_SLOTS - 1)];
}

struct swd_kin *swd_kin_find(const struct swd_kin_keys *keys)
{
    struct swd_kin *found = NULL;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS && !found; i++) {
        struct kin_slot *s = slot_of(i, keys->key[i]);
        if (keys->key[i] != 0 && s->key == keys->key[i] && s->dict)
            found = kin_ref(s->dict);
    }
    pthread_mutex_unlock(&kin.lock);
    return found;
}

/* Counts a meeting; true: the entry wants a dictionary. */
static bool slot_met(struct kin_slot *s, uint64_t key, const struct swd_kin *used, bool helped)
{
    if (s->key != key) {
        if (s->warm > 0 && --s->warm > 0)
            return false;
        swd_kin_unref(&s->dict);
        *s = (struct kin_slot){.key = key, .warm = 1};
        return false;
    }
    s->warm += s->warm < KIN_WARM;
    if (!s->dict)
        return !helped;
    if (s->dict == used)
        s->bad = helped ? 0 : s->bad + 1;
    return s->bad >= KIN_BAD;
}

void swd_kin_learn(const struct swd_kin_keys *keys, const struct swd_kin *used, const void *raw,
                   size_t n, size_t got)
{
    bool helped = used && got < n / 2, wanted[SWD_KIN_KEYS] = {false};
    struct swd_kin *k = NULL;
    if (n < KIN_LEAST || n > KIN_MOST)
        return;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS; i++)
        wanted[i] =
            keys->key[i] != 0 && slot_met(slot_of(i, keys->key[i]), keys->key[i], used, helped);
    pthread_mutex_unlock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS && raw; i++)
        if (wanted[i] && !k && !(k = kin_new(raw, n)))
            return;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS; i++) {
        struct kin_slot *s = slot_of(i, keys->key[i]);
        if (!wanted[i] || s->key != keys->key[i])
            continue;
        swd_kin_unref(&s->dict);
        s->dict = k ? kin_ref(k) : NULL;
        s->bad = 0;
    }
    pthread_mutex_unlock(&kin.lock);
    swd_kin_unref(&k);
}

const void *swd_kin_digest(const struct swd_kin *k)
{
    return k->digest;
}

const void *swd_kin_prefix(const struct swd_kin *k, size_t *n)
{
    *n = k->n;
    return k->raw;
}

uint64_t swd_kin_bytes(void)
{
    return atomic_load_explicit(&kin.bytes, memory_order_relaxed);
}

void swd_heap_kin_forget(void)
{
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS; i++)
        for (unsigned k = 0; k < KIN_SLOTS; k++) {
            swd_kin_unref(&kin.slot[i][k].dict);
            kin.slot[i][k] = (struct kin_slot){0};
        }
    pthread_mutex_unlock(&kin.lock);
}
