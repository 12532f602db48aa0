/* The compile cache: see codecache.h. A hash of 1024 chains over a list in order of use. The hash
 * (FNV-1a, 64 bits, seeded at start) only finds candidates; equality is by content. */
#include "lib/codecache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "base/list.h"
#include "pool/slab.h"

#define CODE_CHAINS    1024u
#define CODE_LIMIT     ((uint64_t)32 << 20)
#define CODE_MET       4096u
#define CODE_ENTRY_MAX ((size_t)2 << 20)

struct swd_code {
    atomic_uint refs;
    struct swd_list used; /* most recently first */
    struct swd_code *next;
    uint64_t hash;
    size_t size; /* of this allocation */
    size_t source_n, name_n, bytes_n;
    enum swd_lang lang;
    enum swd_goal asked, goal;
    bool wrapped;
    char data[]; /* source, name, bytecode */
};

static pthread_mutex_t code_lock = PTHREAD_MUTEX_INITIALIZER;
static struct swd_list code_used = SWD_LIST_INIT(code_used);
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
    return h + (uint64_t)k->lang * 31 + (uint64_t)k->goal;
}

static bool matches(const struct swd_code *c, const struct swd_code_key *k, uint64_t h)
{
    size_t name_n = strlen(k->name);
    return c->hash == h && c->lang == k->lang && c->asked == k->goal && c->source_n == k->n &&
           c->name_n == name_n && memcmp(c->data, k->source, k->n) == 0 &&
           memcmp(c->data + k->n, k->name, name_n) == 0;
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

struct swd_code *swd_code_get(const struct swd_code_key *k)
{
    struct swd_code *c;
    pthread_mutex_lock(&code_lock);
    seed();
    c = find(k, hash_of(k));
    if (c) {
        atomic_fetch_add(&c->refs, 1);
        swd_list_del(&c->used);
        swd_list_push_front(&code_used, &c->used);
        code_stats.hits++;
    } else {
        code_stats.misses++;
    }
    pthread_mutex_unlock(&code_lock);
    return c;
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
    return c->data + c->source_n + c->name_n;
}

enum swd_goal swd_code_goal(const struct swd_code *c)
{
    return c->goal;
}

bool swd_code_wrapped(const struct swd_code *c)
{
    return c->wrapped;
}

/* Takes an entry out; under the lock. */
static void drop(struct swd_code *c)
{
    struct swd_code **p = &code_chains[c->hash % CODE_CHAINS];
    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
    swd_list_del(&c->used);
    code_stats.entries--;
    code_stats.bytes -= c->size;
    swd_code_put(&c);
}

static struct swd_code *entry(const struct swd_code_key *k, const void *bytes, size_t n)
{
    size_t name_n = strlen(k->name), size = sizeof(struct swd_code) + k->n + name_n + n;
    struct swd_code *c = size <= CODE_ENTRY_MAX ? swd_slab_alloc(size) : NULL;
    if (!c)
        return NULL;
    atomic_init(&c->refs, 1);
    swd_list_init(&c->used);
    c->size = size;
    c->source_n = k->n;
    c->name_n = name_n;
    c->bytes_n = n;
    c->lang = k->lang;
    c->asked = k->goal;
    memcpy(c->data, k->source, k->n);
    memcpy(c->data + k->n, k->name, name_n);
    memcpy(c->data + k->n + name_n, bytes, n);
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
    if (find(k, c->hash)) { /* another runner was first */
        swd_code_put(&c);
    } else {
        c->next = code_chains[c->hash % CODE_CHAINS];
        code_chains[c->hash % CODE_CHAINS] = c;
        swd_list_push_front(&code_used, &c->used);
        code_stats.entries++;
        code_stats.bytes += c->size;
        while (code_stats.bytes > CODE_LIMIT) {
            drop(SWD_LIST_ENTRY(code_used.prev, struct swd_code, used));
            code_stats.evicted++;
        }
    }
    pthread_mutex_unlock(&code_lock);
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
        drop(SWD_LIST_ENTRY(code_used.next, struct swd_code, used));
    pthread_mutex_unlock(&code_lock);
    return bytes;
}
