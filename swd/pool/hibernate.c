/* Sleeping arenas: see hibernate.h; diff.c tells and applies the difference.
 *
 * While an arena sleeps its header is gone with its pages: all that dropping it needs is kept in
 * struct swd_asleep, one allocation with the blob behind it. */
#include "pool/hibernate.h"

#include <string.h>

#include "base/check.h"
#include "pool/arena_int.h"
#include "pool/asan.h"
#include "pool/diff.h"
#include "pool/slab.h"

#define ASLEEP_MAGIC 0x41534c50u

struct swd_asleep {
    unsigned magic;
    uint32_t regions;
    struct swd_account *account;
    uint64_t mapped, blob;
    struct diff_region region[]; /* then the blob */
};

static size_t asleep_size(size_t regions, size_t blob)
{
    return sizeof(struct swd_asleep) + regions * sizeof(struct diff_region) + blob;
}

/* The pages of the first `n` regions. */
static void pages_go(const struct swd_asleep *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        swd_extent_sleep(s->region[i].at, s->region[i].bytes, s->region[i].used);
}

int swd_arena_sleep(struct swd_arena *a, struct swd_account *account, const void *blob, size_t n,
                    struct swd_asleep **out)
{
    size_t regions = diff_regions(a), size = asleep_size(regions, n);
    uint64_t mapped = a->mapped;
    struct swd_asleep *s;
    *out = NULL;
    SWD_CHECK(a, ARENA_MAGIC);
    if (size >= mapped || (a->flags & ARENA_PLACED) != 0)
        return SWD_ELIMIT;
    s = swd_slab_alloc(size);
    if (s == NULL)
        return SWD_ENOMEM;
    *s = (struct swd_asleep){.magic = ASLEEP_MAGIC,
                             .regions = (uint32_t)regions,
                             .account = account,
                             .mapped = mapped,
                             .blob = n};
    diff_regions_fill(a, s->region);
    memcpy(s->region + regions, blob, n);
    if (account != NULL)
        (void)swd_account_recast(account, SWD_ACCOUNT_HEAP, mapped, SWD_ACCOUNT_HIBERNATED, size);
    *out = s;
    pages_go(s, regions);
    return 0;
}

static void asleep_free(struct swd_asleep *s)
{
    s->magic = 0;
    swd_slab_free(s, swd_asleep_bytes(s));
}

/* All regions count as handed out again, or none. */
static bool wake_extents(const struct swd_asleep *s)
{
    size_t i = 0;
    while (i < s->regions && swd_extent_rouse(s->region[i].at, s->region[i].bytes))
        i++;
    if (i == s->regions)
        return true;
    while (i-- > 0) /* no page was written to yet */
        swd_extent_sleep(s->region[i].at, s->region[i].bytes, 0);
    return false;
}

/* Whatever of it is poisoned. */
SWD_NO_ASAN static void clear(char *from, const char *to)
{
#ifdef SWD_ASAN /* memset() would look at the shadow */
    for (volatile uint64_t *p = (volatile uint64_t *)(void *)from; (const char *)p < to; p++)
        *p = 0;
#else
    memset(from, 0, (size_t)(to - from));
#endif
}

/* Pages again, the first region's as in the image, else zero. */
static void pages_come(const struct swd_asleep *s, const struct swd_image *img)
{
    for (size_t i = 0; i < s->regions; i++) {
        const struct diff_region *r = &s->region[i];
        size_t old = r->used != 0 ? swd_extent_refill(r->at, r->used) : 0, written = 0;
        if (i == 0 && img != NULL) {
            swd_image_restore(img, r->at);
            written = swd_image_bytes(img);
        }
        if (old > written)
            clear(r->at + written, r->at + old);
    }
}

int swd_arena_wake(struct swd_asleep **sp, const struct swd_image *img,
                   const struct swd_diff_follow *follow, swd_diff_source *source, void *arg,
                   struct swd_arena **out)
{
    struct swd_asleep *s = *sp;
    size_t size = swd_asleep_bytes(s);
    int rc;
    *out = NULL;
    SWD_CHECK(s, ASLEEP_MAGIC);
    if (s->account != NULL &&
        !swd_account_recast(s->account, SWD_ACCOUNT_HIBERNATED, size, SWD_ACCOUNT_HEAP, s->mapped))
        return SWD_ENOMEM;
    if (!wake_extents(s)) {
        rc = SWD_ENOMEM;
        goto fail;
    }
    pages_come(s, img);
    rc = diff_apply(s->region, s->regions, follow, source, arg);
    if (rc != 0) {
        pages_go(s, s->regions);
        goto fail;
    }
    *out = (struct swd_arena *)(void *)s->region[0].at;
    SWD_CHECK(*out, ARENA_MAGIC);
    asleep_free(s);
    *sp = NULL;
    return 0;
fail:
    if (s->account != NULL)
        (void)swd_account_recast(s->account, SWD_ACCOUNT_HEAP, s->mapped, SWD_ACCOUNT_HIBERNATED,
                                 size);
    return rc;
}

void swd_asleep_drop(struct swd_asleep **sp)
{
    struct swd_asleep *s = *sp;
    *sp = NULL;
    if (s == NULL)
        return;
    SWD_CHECK(s, ASLEEP_MAGIC);
    swd_arena_forget_hibernated(s->mapped);
    for (size_t i = 0; i < s->regions; i++)
        swd_extent_put_asleep(s->region[i].at, s->region[i].bytes);
    if (s->account != NULL)
        swd_account_credit_kind(s->account, SWD_ACCOUNT_HIBERNATED, swd_asleep_bytes(s));
    asleep_free(s);
}

const void *swd_asleep_blob(const struct swd_asleep *s, size_t *n)
{
    *n = s->blob;
    return s->region + s->regions;
}

size_t swd_asleep_bytes(const struct swd_asleep *s)
{
    return asleep_size(s->regions, s->blob);
}

size_t swd_asleep_mapped(const struct swd_asleep *s)
{
    return s->mapped;
}
