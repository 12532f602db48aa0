/* The bump arena: see arena.h. A chain of extents, newest first; the header lies in the oldest.
 *
 * Allocation is an add and a compare. Rewinding gives back the extents after the mark's; reset
 * keeps the first, so a pooled compiler stays warm. Charged to the account extent by extent. */
#include <string.h>

#include "base/check.h"
#include "pool/arena.h"
#include "pool/asan.h"
#include "pool/extent.h"
#include "pool/pool_int.h"

#define BUMP_MAGIC  0x62756d70u
#define EXTENT_MAX  ((size_t)1024 * 1024)
#define ALIGN_UP(n) (((n) + 7) & ~(size_t)7)
#ifdef SWD_ASAN
#define REDZONE ((size_t)8)
#else
#define REDZONE ((size_t)0)
#endif

struct bump_extent {
    struct bump_extent *older;
    size_t bytes;
    size_t full; /* bytes used here when a newer one was started */
};

struct swd_bump {
    struct bump_extent first; /* must stay first */
    unsigned magic;
    struct swd_account *account;
    struct bump_extent *cur;
    size_t used;     /* of cur, its header included */
    uint64_t before; /* bytes used in older extents */
    uint64_t limit, mapped;
    uint64_t synced; /* used bytes that the identity knows of */
};

static size_t head_size(const struct swd_bump *b, const struct bump_extent *x)
{
    return ALIGN_UP(x == &b->first ? sizeof(*b) : sizeof(*x));
}

static void *extent_new(struct swd_account *account, size_t bytes)
{
    if (account != NULL && !swd_account_charge_kind(account, SWD_ACCOUNT_BUMP, bytes))
        return NULL;
    void *p = swd_extent_get(bytes, false);
    if (p == NULL && account != NULL)
        swd_account_credit_kind(account, SWD_ACCOUNT_BUMP, bytes);
    if (p != NULL)
        pool_owner_add(&pool_owner_bump.mapped, bytes);
    return p;
}

static void extent_drop(struct swd_account *account, void *p, size_t bytes)
{
    swd_extent_put(p, bytes);
    pool_owner_sub(&pool_owner_bump.mapped, bytes);
    if (account != NULL)
        swd_account_credit_kind(account, SWD_ACCOUNT_BUMP, bytes);
}

int swd_bump_new(struct swd_account *account, uint64_t limit, struct swd_bump **out)
{
    struct swd_bump *b = *out = extent_new(account, SWD_GRANULE);
    if (b == NULL)
        return SWD_ENOMEM;
    *b = (struct swd_bump){
        .first.bytes = SWD_GRANULE,
        .magic = BUMP_MAGIC,
        .account = account,
        .cur = &b->first,
        .used = ALIGN_UP(sizeof(*b)),
        .limit = limit,
        .mapped = SWD_GRANULE,
    };
    SWD_POISON((char *)b + b->used, SWD_GRANULE - b->used);
    return 0;
}

/* Tells the identity what is used; whenever an extent comes or goes. */
static void sync_used(struct swd_bump *b)
{
    uint64_t used = swd_bump_used(b);
    pool_owner_add(&pool_owner_bump.used, used - b->synced);
    b->synced = used;
}

/* Gives back the extents newer than `keep`. */
static void shrink_to(struct swd_bump *b, struct bump_extent *keep)
{
    while (b->cur != keep) {
        struct bump_extent *x = b->cur;
        b->cur = x->older;
        swd_assert(b->cur != NULL);
        b->before -= b->cur->full - head_size(b, b->cur);
        b->mapped -= x->bytes;
        extent_drop(b->account, x, x->bytes);
    }
}

void swd_bump_drop(struct swd_bump **bp)
{
    struct swd_bump *b = *bp;
    *bp = NULL;
    if (b == NULL)
        return;
    SWD_CHECK(b, BUMP_MAGIC);
    shrink_to(b, &b->first);
    pool_owner_sub(&pool_owner_bump.used, b->synced);
    b->magic = 0;
    extent_drop(b->account, b, b->first.bytes);
}

static bool grow(struct swd_bump *b, size_t n)
{
    size_t want = b->mapped < EXTENT_MAX ? (size_t)b->mapped : EXTENT_MAX;
    if (want < n + ALIGN_UP(sizeof(struct bump_extent)))
        want = n + ALIGN_UP(sizeof(struct bump_extent));
    want = (want + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    struct bump_extent *x = extent_new(b->account, want);
    if (x == NULL)
        return false;
    *x = (struct bump_extent){.older = b->cur, .bytes = want};
    b->cur->full = b->used;
    b->before += b->used - head_size(b, b->cur);
    b->cur = x;
    b->used = ALIGN_UP(sizeof(*x));
    b->mapped += want;
    sync_used(b);
    SWD_POISON((char *)x + b->used, want - b->used);
    return true;
}

void *swd_bump_alloc(struct swd_bump *b, size_t n)
{
    if (SWD_UNLIKELY(n > SIZE_MAX / 2))
        return NULL;
    size_t total = ALIGN_UP(n + REDZONE);
    if (SWD_UNLIKELY(b->used + total > b->cur->bytes)) {
        if (swd_bump_used(b) + total > b->limit || !grow(b, total))
            return NULL;
    } else if (SWD_UNLIKELY(b->before + b->used + total > b->limit) &&
               swd_bump_used(b) + total > b->limit) {
        return NULL;
    }
    char *p = (char *)b->cur + b->used;
    b->used += total;
    SWD_UNPOISON(p, n);
    return p;
}

void *swd_bump_zalloc(struct swd_bump *b, size_t n)
{
    void *p = swd_bump_alloc(b, n);
    if (p != NULL)
        memset(p, 0, n);
    return p;
}

char *swd_bump_strndup(struct swd_bump *b, const char *s, size_t n)
{
    char *p = n < SIZE_MAX ? swd_bump_alloc(b, n + 1) : NULL;
    if (p == NULL)
        return NULL;
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

struct swd_bump_mark swd_bump_mark(const struct swd_bump *b)
{
    return (struct swd_bump_mark){b->cur, b->used};
}

void swd_bump_rewind(struct swd_bump *b, struct swd_bump_mark m)
{
    shrink_to(b, m.extent);
    swd_assert(m.used <= b->cur->bytes);
    b->used = m.used;
    sync_used(b);
    SWD_POISON((char *)b->cur + b->used, b->cur->bytes - b->used);
}

void swd_bump_reset(struct swd_bump *b)
{
    SWD_CHECK(b, BUMP_MAGIC);
    shrink_to(b, &b->first);
    b->used = ALIGN_UP(sizeof(*b));
    sync_used(b);
    SWD_POISON((char *)b + b->used, b->first.bytes - b->used);
}

uint64_t swd_bump_used(const struct swd_bump *b)
{
    return b->before + b->used - head_size(b, b->cur);
}

uint64_t swd_bump_mapped(const struct swd_bump *b)
{
    return b->mapped;
}
