/* The compile cache: see codecache.h. A hash of 1024 chains over a list in order of use. The hash
 * (FNV-1a, 64 bits, seeded at start) only finds candidates; equality is by content. */
#include "lib/codecache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "base/list.h"
#include "compress/compress.h"
#include "pool/slab.h"

#define CODE_CHAINS    1024u
#define CODE_LIMIT     ((uint64_t)32 << 20)
#define CODE_PACKED    (CODE_LIMIT / 2) /* packed entries beyond this go */
#define CODE_MET       4096u
#define CODE_ENTRY_MAX ((size_t)2 << 20)

struct swd_code {
    atomic_uint refs;
    struct swd_list used; /* most recently first */
    struct swd_code *next;
    uint64_t hash;
    size_t size; /* of this allocation */
    size_t source_n, name_n, options_n, bytes_n;
    enum swd_lang lang;
    enum swd_goal asked, goal;
    bool wrapped;
    size_t packed; /* bytes of `data` that stand for all of it; 0: not packed */
    char data[];   /* source, name, options, bytecode */
};

static pthread_mutex_t code_lock = PTHREAD_MUTEX_INITIALIZER;
static struct swd_list code_used = SWD_LIST_INIT(code_used);
static struct swd_list code_packed = SWD_LIST_INIT(code_packed); /* the last packed first */
static struct swd_code *code_chains[CODE_CHAINS];
static struct swd_code_stats code_stats = {.limit = CODE_LIMIT};
static uint64_t code_met[CODE_MET]; /* hashes of texts met once */
static uint64_t code_seed;          /* 0: not drawn yet */

static uint64_t mix(uint64_t h, const char *p, size_t n)
{
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    for (; n > 0; p++, n--)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return h ^ h >> 32;
}

static uint64_t hash_of(const struct swd_code_key *k)
{
    uint64_t h = mix(code_seed, k->source, k->n);
    h = mix(h, k->name, strlen(k->name));
    h = mix(h, k->options, strlen(k->options));
    return h + (uint64_t)k->lang * 31 + (uint64_t)k->goal;
}

static size_t data_size(const struct swd_code *c)
{
    return c->source_n + c->name_n + c->options_n + c->bytes_n;
}

/* What can be told without unpacking. */
static bool may_match(const struct swd_code *c, const struct swd_code_key *k, uint64_t h)
{
    return c->hash == h && c->lang == k->lang && c->asked == k->goal && c->source_n == k->n &&
           c->name_n == strlen(k->name) && c->options_n == strlen(k->options);
}

static bool matches(const struct swd_code *c, const struct swd_code_key *k, uint64_t h)
{
    return may_match(c, k, h) && !c->packed && memcmp(c->data, k->source, k->n) == 0 &&
           memcmp(c->data + k->n, k->name, c->name_n) == 0 &&
           memcmp(c->data + k->n + c->name_n, k->options, c->options_n) == 0;
}

/* Under the lock. */
static void seed(void)
{
    while (code_seed == 0)
        if (getrandom(&code_seed, sizeof code_seed, 0) != (ssize_t)sizeof code_seed)
            code_seed = UINT64_C(0xcbf29ce484222325);
}

static struct swd_code *find(const struct swd_code_key *k, uint64_t h)
{
    struct swd_code *c = code_chains[h % CODE_CHAINS];
    while (c && !matches(c, k, h))
        c = c->next;
    return c;
}

static struct swd_code *find_packed(const struct swd_code_key *k, uint64_t h)
{
    struct swd_code *c = code_chains[h % CODE_CHAINS];
    while (c && !(c->packed && may_match(c, k, h)))
        c = c->next;
    return c;
}

/* ---- in and out of the table; under the lock ---- */

static void count(const struct swd_code *c, int sign)
{
    uint64_t one = (uint64_t)sign, size = sign < 0 ? 0 - (uint64_t)c->size : c->size;
    code_stats.entries += one;
    code_stats.bytes += size;
    if (!c->packed)
        return;
    code_stats.packed += one;
    code_stats.packed_bytes += size;
}

static void enter(struct swd_code *c)
{
    struct swd_code **chain = &code_chains[c->hash % CODE_CHAINS];
    c->next = *chain;
    *chain = c;
    swd_list_push_front(c->packed ? &code_packed : &code_used, &c->used);
    count(c, 1);
}

/* The table's reference is the caller's then. */
static void leave(struct swd_code *c)
{
    struct swd_code **p = &code_chains[c->hash % CODE_CHAINS];
    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
    swd_list_del(&c->used);
    count(c, -1);
}

static void drop(struct swd_code *c)
{
    leave(c);
    swd_code_put(&c);
}

static struct swd_code *last_of(struct swd_list *l)
{
    return swd_list_empty(l) ? NULL : SWD_LIST_ENTRY(l->prev, struct swd_code, used);
}

/* ---- packing; outside of the lock ---- */

/* An entry like `c`, with `n` bytes of data to be filled in. */
static struct swd_code *like(const struct swd_code *c, size_t n)
{
    struct swd_code *to = swd_slab_alloc(sizeof *to + n);
    if (!to)
        return NULL;
    atomic_init(&to->refs, 1);
    swd_list_init(&to->used);
    to->hash = c->hash;
    to->size = sizeof *to + n;
    to->source_n = c->source_n;
    to->name_n = c->name_n;
    to->options_n = c->options_n;
    to->bytes_n = c->bytes_n;
    to->lang = c->lang;
    to->asked = c->asked;
    to->goal = c->goal;
    to->wrapped = c->wrapped;
    return to;
}

/* NULL: no memory, or nothing gained. */
static struct swd_code *pack(const struct swd_code *c)
{
    static const struct swd_codec_opts fast = {.level = 1};
    size_t n = data_size(c), bound = swd_compress_bound(SWD_CODEC_ZSTD, n), len = 0;
    struct swd_code *to = NULL;
    char *room = swd_slab_alloc(bound);
    if (room &&
        swd_compress_into(SWD_CODEC_ZSTD, &fast, c->data, n, room, bound, &len, NULL) == 0 &&
        len < n && (to = like(c, len)) != NULL) {
        to->packed = len;
        memcpy(to->data, room, len);
    }
    swd_slab_free(room, bound);
    return to;
}

static struct swd_code *unpack(const struct swd_code *c)
{
    size_t n = data_size(c), len = 0;
    struct swd_code *to = like(c, n);
    if (to &&
        swd_decompress_into(SWD_CODEC_ZSTD, NULL, c->data, c->packed, to->data, n, &len, NULL) != 0)
        swd_code_put(&to);
    return to;
}

/* Makes room, if the cache is over its bytes. Called without the lock. */
static void make_room(void)
{
    pthread_mutex_lock(&code_lock);
    while (code_stats.bytes > CODE_LIMIT) {
        bool full = code_stats.packed_bytes > CODE_PACKED;
        struct swd_code *c = full ? NULL : last_of(&code_used), *packed;
        if (!c) {
            c = last_of(&code_packed);
            drop(c ? c : last_of(&code_used));
            code_stats.evicted++;
            continue;
        }
        leave(c);
        pthread_mutex_unlock(&code_lock);
        packed = pack(c);
        swd_code_put(&c);
        pthread_mutex_lock(&code_lock);
        if (packed) {
            enter(packed);
            code_stats.packings++;
        } else {
            code_stats.evicted++;
        }
    }
    pthread_mutex_unlock(&code_lock);
}

/* The entry that was found packed, unpacked and in its place; NULL: it was another's, or no memory.
 * Takes over the reference to `c`. */
static struct swd_code *unpacked(struct swd_code *c, const struct swd_code_key *k)
{
    struct swd_code *to = unpack(c), *there;
    swd_code_put(&c);
    if (!to || !matches(to, k, to->hash)) {
        swd_code_put(&to);
        return NULL;
    }
    pthread_mutex_lock(&code_lock);
    there = find(k, to->hash); /* another thread was first */
    if (!there) {
        struct swd_code *old = find_packed(k, to->hash);
        if (old)
            drop(old);
        enter(to);
        code_stats.unpackings++;
        there = to;
        to = NULL;
    }
    atomic_fetch_add(&there->refs, 1);
    pthread_mutex_unlock(&code_lock);
    swd_code_put(&to);
    make_room();
    return there;
}

/* ---- the calls ---- */

struct swd_code *swd_code_get(const struct swd_code_key *k)
{
    struct swd_code *c;
    uint64_t h;
    pthread_mutex_lock(&code_lock);
    seed();
    h = hash_of(k);
    c = find(k, h);
    if (c) {
        swd_list_del(&c->used);
        swd_list_push_front(&code_used, &c->used);
    } else {
        c = find_packed(k, h);
    }
    if (c) {
        atomic_fetch_add(&c->refs, 1);
        code_stats.hits++;
    } else {
        code_stats.misses++;
    }
    pthread_mutex_unlock(&code_lock);
    return c && c->packed ? unpacked(c, k) : c;
}

bool swd_code_wanted(const struct swd_code_key *k)
{
    uint64_t h;
    bool met;
    pthread_mutex_lock(&code_lock);
    seed();
    h = hash_of(k);
    met = code_met[h % CODE_MET] == h;
    code_met[h % CODE_MET] = h;
    pthread_mutex_unlock(&code_lock);
    return met;
}

void swd_code_put(struct swd_code **p)
{
    struct swd_code *c = *p;
    *p = NULL;
    if (c && atomic_fetch_sub(&c->refs, 1) == 1)
        swd_slab_free(c, c->size);
}

const void *swd_code_bytes(const struct swd_code *c, size_t *n)
{
    *n = c->bytes_n;
    return c->data + c->source_n + c->name_n + c->options_n;
}

enum swd_goal swd_code_goal(const struct swd_code *c)
{
    return c->goal;
}

bool swd_code_wrapped(const struct swd_code *c)
{
    return c->wrapped;
}

static struct swd_code *entry(const struct swd_code_key *k, const void *bytes, size_t n)
{
    size_t name_n = strlen(k->name), options_n = strlen(k->options);
    size_t size = sizeof(struct swd_code) + k->n + name_n + options_n + n;
    struct swd_code *c = size <= CODE_ENTRY_MAX ? swd_slab_alloc(size) : NULL;
    char *to;
    if (!c)
        return NULL;
    atomic_init(&c->refs, 1);
    swd_list_init(&c->used);
    c->size = size;
    c->source_n = k->n;
    c->name_n = name_n;
    c->options_n = options_n;
    c->bytes_n = n;
    c->lang = k->lang;
    c->asked = k->goal;
    to = c->data;
    memcpy(to, k->source, k->n);
    memcpy(to += k->n, k->name, name_n);
    memcpy(to += name_n, k->options, options_n);
    memcpy(to + options_n, bytes, n);
    return c;
}

void swd_code_add(const struct swd_code_key *k, const void *bytes, size_t n, enum swd_goal goal,
                  bool wrapped)
{
    struct swd_code *c = entry(k, bytes, n);
    if (!c)
        return;
    c->goal = goal;
    c->wrapped = wrapped;
    pthread_mutex_lock(&code_lock);
    seed();
    c->hash = hash_of(k);
    if (find(k, c->hash) || find_packed(k, c->hash)) /* another runner was first */
        swd_code_put(&c);
    else
        enter(c);
    pthread_mutex_unlock(&code_lock);
    make_room();
}

void swd_code_stats(struct swd_code_stats *out)
{
    pthread_mutex_lock(&code_lock);
    *out = code_stats;
    pthread_mutex_unlock(&code_lock);
}

uint64_t swd_code_trim(void)
{
    uint64_t bytes;
    pthread_mutex_lock(&code_lock);
    bytes = code_stats.bytes;
    while (!swd_list_empty(&code_used))
        drop(last_of(&code_used));
    while (!swd_list_empty(&code_packed))
        drop(last_of(&code_packed));
    pthread_mutex_unlock(&code_lock);
    return bytes;
}
