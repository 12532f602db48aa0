/* Sleeping arenas: see hibernate.h; diff.c tells and applies the difference.
 *
 * While an arena sleeps its header is gone with its pages: all that dropping it needs is kept in
 * struct swd_asleep, one allocation with the blob behind it. */
#include "pool/hibernate.h"

#include <string.h>

#include "base/check.h"
#include "pool/arena_int.h"
#include "pool/diff.h"
#include "pool/slab.h"

#define PAGE         ((size_t)4096)
#define ASLEEP_MAGIC 0x41534c50u

struct swd_asleep {
    unsigned magic;
    uint32_t regions;
    struct swd_account *account;
    uint64_t mapped, front; /* front: bytes of the first region worth populating at once */
    uint64_t blob;
    struct diff_region region[]; /* then the blob */
};

static size_t asleep_size(size_t regions, size_t blob)
{
    return sizeof(struct swd_asleep) + regions * sizeof(struct diff_region) + blob;
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
                             .front = diff_front(a),
                             .blob = n};
    diff_regions_fill(a, s->region);
    memcpy(s->region + regions, blob, n);
    if (account != NULL)
        (void)swd_account_recast(account, SWD_ACCOUNT_HEAP, mapped, SWD_ACCOUNT_HIBERNATED, size);
    for (size_t i = 0; i < regions; i++)
        swd_extent_sleep(s->region[i].at, s->region[i].bytes);
    *out = s;
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
    while (i-- > 0)
        swd_extent_sleep(s->region[i].at, s->region[i].bytes);
    return false;
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
    swd_extent_populate(s->region[0].at, (s->front + PAGE - 1) / PAGE * PAGE);
    if (img != NULL)
        swd_image_restore(img, s->region[0].at);
    rc = diff_apply(s->region, s->regions, follow, source, arg);
    if (rc != 0) {
        for (size_t i = 0; i < s->regions; i++)
            swd_extent_sleep(s->region[i].at, s->region[i].bytes);
        goto fail;
    }
    *out = (struct swd_arena *)(void *)s->region[0].at;
    SWD_CHECK(*out, ARENA_MAGIC);
    (*out)->clean = (*out)->end + 8; /* its pages are new */
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
