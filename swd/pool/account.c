/* Accounts: see account.h.
 *
 * `used` (40 bits, bytes: 1 TiB at most) and the limit (24 bits: a 6-bit exponent over an 18-bit
 * mantissa, rounded down) share one 64-bit word, so that check and charge are one compare-and-swap
 * and a limit changed meanwhile is never half seen. Charging walks leaf to root and undoes itself
 * when an ancestor refuses. Cost: one CAS a level, plus one for the peak when it moves. */
#include "pool/account.h"

#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/list.h"
#include "pool/pool.h"

#define ACCOUNT_MAGIC  0x61636374u
#define USED_BITS      40
#define USED_MAX       ((UINT64_C(1) << USED_BITS) - 1)
#define MANTISSA_BITS  18
#define MANTISSA_MAX   ((UINT64_C(1) << MANTISSA_BITS) - 1)
#define UNLIMITED      UINT64_C(0xffffff) /* all ones: exponent 63 is never needed */
#define NAME_MAX_BYTES 31

struct swd_account {
    unsigned magic;
    unsigned refs; /* atomic: one for the creator, one for each child */
    uint64_t word; /* atomic: limit << 40 | used */
    uint64_t peak; /* atomic */
    struct swd_account *parent;
    struct swd_list children, sibling; /* the tree's lock */
    uint64_t kind[SWD_ACCOUNT_KINDS];  /* atomic: of `used`, by what it is for; leaf charges only */
    char name[NAME_MAX_BYTES + 1];
};

/* The shape of every tree: who is whose child. Never held while charging. */
static pthread_mutex_t tree = PTHREAD_MUTEX_INITIALIZER;
static struct swd_list roots = SWD_LIST_INIT(roots);

SWD_POOL_DEFINE(account, SWD_POOL_ACCOUNT, struct swd_account, NULL)
SWD_POOL_TYPE(SWD_POOL_ACCOUNT, account_pool_type)

static uint64_t limit_pack(uint64_t limit)
{
    if (limit == SWD_NONE || limit > USED_MAX)
        return UNLIMITED;
    uint64_t e = 0;
    while (limit > MANTISSA_MAX) {
        limit >>= 1;
        e++;
    }
    return e << MANTISSA_BITS | limit;
}

static uint64_t limit_unpack(uint64_t word)
{
    uint64_t p = word >> USED_BITS;
    return p == UNLIMITED ? SWD_NONE : (p & MANTISSA_MAX) << (p >> MANTISSA_BITS);
}

static uint64_t word_load(const struct swd_account *a)
{
    return __atomic_load_n(&a->word, __ATOMIC_RELAXED);
}

struct swd_account *swd_account_new(struct swd_account *parent, const char *name, uint64_t limit)
{
    struct swd_account *a = account_get();
    if (a == NULL)
        return NULL;
    a->magic = ACCOUNT_MAGIC;
    a->refs = 1;
    a->word = limit_pack(limit) << USED_BITS;
    a->parent = parent;
    swd_list_init(&a->children);
    strncpy(a->name, name != NULL ? name : "", NAME_MAX_BYTES);
    if (parent != NULL) {
        SWD_CHECK(parent, ACCOUNT_MAGIC);
        __atomic_add_fetch(&parent->refs, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_lock(&tree);
    swd_list_push_back(parent != NULL ? &parent->children : &roots, &a->sibling);
    pthread_mutex_unlock(&tree);
    return a;
}

void swd_account_free(struct swd_account **ap)
{
    struct swd_account *a = *ap;
    *ap = NULL;
    while (a != NULL) {
        SWD_CHECK(a, ACCOUNT_MAGIC);
        if (__atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) != 0)
            return;
        struct swd_account *parent = a->parent;
        pthread_mutex_lock(&tree);
        swd_list_del(&a->sibling);
        pthread_mutex_unlock(&tree);
        uint64_t left = swd_account_used(a);
        swd_dassert(left == 0);
        if (left != 0 && parent != NULL)
            swd_account_credit(parent, left);
        account_put(&a);
        a = parent;
    }
}

static bool charge_one(struct swd_account *a, uint64_t n)
{
    uint64_t old = word_load(a), used;
    do {
        used = (old & USED_MAX) + n;
        if (used > USED_MAX || used > limit_unpack(old))
            return false;
    } while (!__atomic_compare_exchange_n(&a->word, &old, old + n, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    uint64_t peak = __atomic_load_n(&a->peak, __ATOMIC_RELAXED);
    while (used > peak && !__atomic_compare_exchange_n(&a->peak, &peak, used, true,
                                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
    return true;
}

static void credit_one(struct swd_account *a, uint64_t n)
{
    uint64_t old = __atomic_fetch_sub(&a->word, n, __ATOMIC_RELAXED);
    swd_assert((old & USED_MAX) >= n);
}

bool swd_account_charge_kind(struct swd_account *a, enum swd_account_kind kind, uint64_t n)
{
    SWD_CHECK(a, ACCOUNT_MAGIC);
    if (n > USED_MAX)
        return false;
    for (struct swd_account *x = a; x != NULL; x = x->parent) {
        if (charge_one(x, n))
            continue;
        for (struct swd_account *y = a; y != x; y = y->parent)
            credit_one(y, n);
        return false;
    }
    __atomic_fetch_add(&a->kind[kind], n, __ATOMIC_RELAXED);
    return true;
}

void swd_account_credit_kind(struct swd_account *a, enum swd_account_kind kind, uint64_t n)
{
    SWD_CHECK(a, ACCOUNT_MAGIC);
    __atomic_fetch_sub(&a->kind[kind], n, __ATOMIC_RELAXED);
    for (struct swd_account *x = a; x != NULL; x = x->parent)
        credit_one(x, n);
}

bool swd_account_recast(struct swd_account *a, enum swd_account_kind from, uint64_t n,
                        enum swd_account_kind to, uint64_t m)
{
    if (m > n && !swd_account_charge_kind(a, to, m - n))
        return false;
    if (n > m)
        swd_account_credit_kind(a, from, n - m);
    __atomic_fetch_sub(&a->kind[from], n > m ? m : n, __ATOMIC_RELAXED);
    __atomic_fetch_add(&a->kind[to], n > m ? m : n, __ATOMIC_RELAXED);
    return true;
}

bool swd_account_charge(struct swd_account *a, uint64_t n)
{
    return swd_account_charge_kind(a, SWD_ACCOUNT_OTHER, n);
}

void swd_account_credit(struct swd_account *a, uint64_t n)
{
    swd_account_credit_kind(a, SWD_ACCOUNT_OTHER, n);
}

uint64_t swd_account_used(const struct swd_account *a)
{
    return word_load(a) & USED_MAX;
}

uint64_t swd_account_used_kind(const struct swd_account *a, enum swd_account_kind kind)
{
    return __atomic_load_n(&a->kind[kind], __ATOMIC_RELAXED);
}

uint64_t swd_account_peak(const struct swd_account *a)
{
    return __atomic_load_n(&a->peak, __ATOMIC_RELAXED);
}

uint64_t swd_account_limit(const struct swd_account *a)
{
    return limit_unpack(word_load(a));
}

void swd_account_set_limit(struct swd_account *a, uint64_t limit)
{
    uint64_t old = word_load(a), packed = limit_pack(limit) << USED_BITS;
    while (!__atomic_compare_exchange_n(&a->word, &old, packed | (old & USED_MAX), true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
}

struct swd_account *swd_account_parent(const struct swd_account *a)
{
    return a->parent;
}

const char *swd_account_name(const struct swd_account *a)
{
    return a->name;
}

const char *swd_account_kind_name(enum swd_account_kind kind)
{
    static const char *const names[] = {
#define SWD_ACCOUNT_KIND(sym, name, help) name,
#include "pool/kinds.def"
#undef SWD_ACCOUNT_KIND
    };
    return names[kind];
}

static void visit(struct swd_list *level, unsigned depth, unsigned most,
                  void (*row)(void *arg, const struct swd_account *a, unsigned depth), void *arg)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, level)
    {
        struct swd_account *a = SWD_LIST_ENTRY(it, struct swd_account, sibling);
        row(arg, a, depth);
        if (depth < most)
            visit(&a->children, depth + 1, most, row, arg);
    }
}

void swd_account_each(unsigned most,
                      void (*row)(void *arg, const struct swd_account *a, unsigned depth),
                      void *arg)
{
    pthread_mutex_lock(&tree);
    visit(&roots, 0, most, row, arg);
    pthread_mutex_unlock(&tree);
}

void swd_account_sum_kinds(const struct swd_account *a, uint64_t out[SWD_ACCOUNT_KINDS])
{
    struct swd_list *it;
    for (int k = 0; k < SWD_ACCOUNT_KINDS; k++)
        out[k] += swd_account_used_kind(a, (enum swd_account_kind)k);
    SWD_LIST_EACH(it, &a->children)
    swd_account_sum_kinds(SWD_LIST_ENTRY(it, struct swd_account, sibling), out);
}
