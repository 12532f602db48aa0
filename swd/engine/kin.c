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
#include "base/list.h"
#include "engine/engine.h"
#include "pool/account.h"
#include "pool/slab.h"

#define KIN_MAGIC 0x4b494e21u
#define KIN_SLOTS 64
#define FAMILIES  256           /* chains of families */
#define KIN_LEAST ((size_t)512) /* differences worth a dictionary */
#define KIN_MOST  ((size_t)512 * 1024)
#define KIN_ALL   ((uint64_t)32 << 20) /* bytes of all dictionaries */
#define KIN_WARM  16
#define KIN_BAD   8  /* times in a row that it did not halve what it was used for */
#define KIN_AGAIN 32 /* uses after which it is made anew, once: the first of a kind are odd */
#define LEVEL     1

struct swd_kin {
    unsigned magic;
    atomic_uint refs;
    struct swd_account *account; /* of the family; NULL: none */
    const ZSTD_CDict *digest;    /* within digest_room */
    char *raw;                   /* behind it */
    size_t n, size;              /* of raw; of all of it */
    _Alignas(16) char digest_room[];
};

struct swd_kin_family {
    struct swd_list link;
    struct swd_account *account; /* what tells families */
    uint64_t members;
};

struct kin_slot {
    uint64_t key; /* 0: free */
    struct swd_kin_family *family;
    struct swd_kin *dict;
    unsigned warm, bad, uses;
};

static struct {
    pthread_mutex_t lock;
    struct kin_slot slot[SWD_KIN_KEYS][KIN_SLOTS];
    struct swd_list family[FAMILIES]; /* `next` NULL: not yet made */
    _Atomic uint64_t bytes;
} kin = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A table of about as many places as the dictionary has bytes: zstd's own choice is for texts of
 * another size behind it, and five times as large. */
static ZSTD_compressionParameters digest_params(size_t n)
{
    ZSTD_compressionParameters p = ZSTD_getCParams(LEVEL, n, n);
    unsigned places = 64 - (unsigned)__builtin_clzll(n);
    p.hashLog = places < p.hashLog ? places : p.hashLog;
    p.chainLog = ZSTD_CHAINLOG_MIN; /* unused at this level */
    return p;
}

/* In memory of ours: zstd's own creator does not bear a refused allocation. */
static struct swd_kin *kin_new(struct swd_account *account, const void *raw, size_t n)
{
    ZSTD_compressionParameters params = digest_params(n);
    size_t room = (ZSTD_estimateCDictSize_advanced(n, params, ZSTD_dlm_byRef) + 15) / 16 * 16;
    size_t size = sizeof(struct swd_kin) + room + n;
    struct swd_kin *k;
    if (swd_kin_bytes() + size > KIN_ALL ||
        (account && !swd_account_charge_kind(account, SWD_ACCOUNT_HIBERNATED, size)))
        return NULL;
    k = swd_slab_alloc(size);
    if (!k)
        goto refused;
    k->magic = KIN_MAGIC;
    k->account = account;
    k->n = n;
    k->size = size;
    k->raw = k->digest_room + room;
    memcpy(k->raw, raw, n);
    k->digest = ZSTD_initStaticCDict(k->digest_room, room, k->raw, n, ZSTD_dlm_byRef,
                                     ZSTD_dct_rawContent, params);
    if (!k->digest) {
        swd_slab_free(k, size);
        goto refused;
    }
    atomic_fetch_add_explicit(&kin.bytes, size, memory_order_relaxed);
    atomic_init(&k->refs, 1);
    return k;
refused:
    if (account)
        swd_account_credit_kind(account, SWD_ACCOUNT_HIBERNATED, size);
    return NULL;
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
    if (k->account)
        swd_account_credit_kind(k->account, SWD_ACCOUNT_HIBERNATED, k->size);
    k->magic = 0;
    swd_slab_free(k, k->size);
}

static void slot_clear(struct kin_slot *s)
{
    swd_kin_unref(&s->dict);
    *s = (struct kin_slot){0};
}

/* ---- families ---- */

static uint64_t mixed(uint64_t v)
{
    return v * 0x9e3779b97f4a7c15u >> 32;
}

static struct swd_kin_family *family_find(struct swd_account *account)
{
    struct swd_list *head = &kin.family[mixed((uintptr_t)account) % FAMILIES], *it;
    if (!head->next)
        swd_list_init(head);
    SWD_LIST_EACH(it, head)
    {
        struct swd_kin_family *f = SWD_LIST_ENTRY(it, struct swd_kin_family, link);
        if (f->account == account)
            return f;
    }
    return NULL;
}

static struct swd_kin_family *family_new(struct swd_account *account)
{
    struct swd_kin_family *f = swd_slab_alloc(sizeof *f);
    if (!f)
        return NULL;
    f->account = account;
    swd_list_push_back(&kin.family[mixed((uintptr_t)account) % FAMILIES], &f->link);
    return f;
}

struct swd_kin_family *swd_kin_join(struct swd_account *account)
{
    struct swd_account *parent = account ? swd_account_parent(account) : NULL;
    struct swd_kin_family *f;
    account = parent ? parent : account;
    pthread_mutex_lock(&kin.lock);
    f = family_find(account);
    if (!f)
        f = family_new(account);
    if (f)
        f->members++;
    pthread_mutex_unlock(&kin.lock);
    return f;
}

void swd_kin_leave(struct swd_kin_family **fp)
{
    struct swd_kin_family *f = *fp;
    *fp = NULL;
    if (!f)
        return;
    pthread_mutex_lock(&kin.lock);
    if (--f->members == 0) {
        for (unsigned i = 0; i < SWD_KIN_KEYS; i++)
            for (unsigned k = 0; k < KIN_SLOTS; k++)
                if (kin.slot[i][k].family == f)
                    slot_clear(&kin.slot[i][k]);
        swd_list_del(&f->link);
        swd_slab_free(f, sizeof *f);
    }
    pthread_mutex_unlock(&kin.lock);
}

/* ---- finding and learning ---- */

static struct kin_slot *slot_of(const struct swd_kin_family *family, unsigned which, uint64_t key)
{
    return &kin.slot[which][mixed(key ^ mixed((uintptr_t)family)) % KIN_SLOTS];
}

static bool slot_is(const struct kin_slot *s, const struct swd_kin_family *family, uint64_t key)
{
    return s->key == key && s->family == family;
}

struct swd_kin *swd_kin_find(struct swd_kin_family *family, const struct swd_kin_keys *keys)
{
    struct swd_kin *found = NULL;
    if (!family)
        return NULL;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS && !found; i++) {
        struct kin_slot *s = slot_of(family, i, keys->key[i]);
        if (keys->key[i] != 0 && slot_is(s, family, keys->key[i]) && s->dict)
            found = kin_ref(s->dict);
    }
    pthread_mutex_unlock(&kin.lock);
    return found;
}

/* Counts a meeting; true: the entry wants a dictionary. */
static bool slot_met(struct kin_slot *s, struct swd_kin_family *family, uint64_t key,
                     const struct swd_kin *used, bool helped)
{
    if (!slot_is(s, family, key)) {
        if (s->warm > 0 && --s->warm > 0)
            return false;
        slot_clear(s);
        *s = (struct kin_slot){.key = key, .family = family, .warm = 1};
        return false;
    }
    s->warm += s->warm < KIN_WARM;
    if (!s->dict)
        return !helped;
    if (s->dict != used)
        return s->bad >= KIN_BAD;
    s->bad = helped ? 0 : s->bad + 1;
    s->uses += s->uses <= KIN_AGAIN;
    return s->bad >= KIN_BAD || s->uses == KIN_AGAIN;
}

void swd_kin_learn(struct swd_kin_family *family, const struct swd_kin_keys *keys,
                   const struct swd_kin *used, const void *raw, size_t n, size_t got)
{
    bool helped = used && got < n / 2, wanted[SWD_KIN_KEYS] = {false};
    struct swd_kin *k = NULL;
    if (!family || n < KIN_LEAST || n > KIN_MOST)
        return;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS; i++)
        if (keys->key[i] != 0)
            wanted[i] =
                slot_met(slot_of(family, i, keys->key[i]), family, keys->key[i], used, helped);
    pthread_mutex_unlock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS && raw; i++)
        if (wanted[i] && !k && !(k = kin_new(family->account, raw, n)))
            return;
    pthread_mutex_lock(&kin.lock);
    for (unsigned i = 0; i < SWD_KIN_KEYS; i++) {
        struct kin_slot *s = slot_of(family, i, keys->key[i]);
        if (!wanted[i] || !slot_is(s, family, keys->key[i]))
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
        for (unsigned k = 0; k < KIN_SLOTS; k++)
            slot_clear(&kin.slot[i][k]);
    pthread_mutex_unlock(&kin.lock);
}
