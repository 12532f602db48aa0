/* Images of heaps: see engine.h; pool/image.h does the words.
 *
 * The three builds use one and the same struct swd_heap, one after the other, so that the only
 * pointer that a heap holds to the outside (its udata) is equal in all of them; a clone gets its
 * own written over it. Randomness starts from the same seed in each build. Every build is collected
 * and compacted twice, so that garbage stays out of the image, and the holes that it leaves are
 * closed, unless a table of the heap was hashed by where objects lie. */
#include <stdatomic.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "engine/heap.h"
#include "engine/turn.h"
#include "engine/unit.h"
#include "pool/image.h"
#include "pool/slab.h"

#define SWD_HEAP_IMAGE_MAGIC 0x48494d47u
#define SITE_BYTES           ((size_t)16 << 20) /* the largest image; only what is used costs */

struct swd_heap_image {
    unsigned magic;
    atomic_uint refs;
    struct swd_image *words;
    size_t ctx_at, udata_at; /* distances from the arena's start */
    bool placed;             /* tables in it are hashed by where objects lie */
    _Atomic uint64_t clones;
};

struct image_build {
    struct swd_heap *heap;
    const struct swd_heap_image *base; /* what the builds begin as; NULL: as nothing */
    struct swd_image_sites sites;
    int (*fill)(struct swd_heap *h, void *arg, struct swd_err *e);
    void *arg;
    size_t ctx_at, udata_at;
    bool placed;     /* it may not be packed */
    uint64_t now[2]; /* real, monotonic: the same for each build */
};

static size_t distance(const struct swd_heap *h, const void *p)
{
    return (size_t)((const char *)p - (const char *)h->arena);
}

/* Every build starts from the same shell. */
static void image_reset(struct swd_heap *h, const struct swd_limits *limits, const uint64_t now[2])
{
    memset(h, 0, sizeof *h);
    h->magic = SWD_HEAP_MAGIC;
    swd_heap_set_limits(h, limits);
    h->frozen_real = now[0];
    h->frozen_mono = now[1];
    for (size_t i = 0; i < SWD_ARRAY_LEN(h->random); i++)
        h->random[i] = 0x9e3779b97f4a7c15ULL * (i + 1);
}

/* What scripts use first is there, and stays where it is: else it would be in every clone's
 * difference. */
static int image_slack(void *ctx, void *arg)
{
    (void)arg;
    swd_unit_slack(ctx);
    return 0;
}

/* The heap that a build begins with. */
static int image_begin(struct image_build *b, size_t site, struct swd_err *e)
{
    struct swd_heap *h = b->heap;
    int rc;
    if (b->base)
        rc =
            swd_image_place(b->base->words, b->sites.at[site], b->sites.bytes, SWD_NONE, &h->arena);
    else
        rc = swd_arena_place(b->sites.at[site], b->sites.bytes, SWD_NONE, &h->arena);
    if (rc)
        return swd_fail(e, rc, "no arena for an image");
    swd_arena_set_zeroing(h->arena, 1);
    if (!b->base)
        return swd_heap_populate(h, e);
    h->ctx = (duk_context *)(void *)(b->sites.at[site] + b->base->ctx_at);
    *swd_unit_udata(h->ctx) = h;
    return 0;
}

static int image_build_site(struct image_build *b, size_t site, const struct swd_limits *limits,
                            struct swd_err *e)
{
    struct swd_heap *h = b->heap;
    size_t ctx_at, udata_at;
    int rc;
    image_reset(h, limits, b->now);
    rc = image_begin(b, site, e);
    if (rc == 0)
        rc = b->fill(h, b->arg, e);
    for (int i = 0; i < 2 && rc == 0; i++)
        if (swd_heap_gc(h) != SWD_RUN_OK)
            rc = swd_fail(e, SWD_EINTERNAL, "an image could not be collected");
    if (rc == 0 && swd_heap_run(h, image_slack, NULL, NULL) != SWD_RUN_OK)
        rc = swd_fail(e, SWD_ENOMEM, "no memory for an image");
    if (rc)
        return rc;
    ctx_at = distance(h, h->ctx);
    udata_at = distance(h, swd_unit_udata(h->ctx));
    if (site > 0 && (ctx_at != b->ctx_at || udata_at != b->udata_at))
        return swd_fail(e, SWD_ECORRUPT, "builds of an image are laid out differently");
    b->ctx_at = ctx_at;
    b->udata_at = udata_at;
    b->placed |= h->placed;
    return 0;
}

static int image_build(struct image_build *b, const struct swd_limits *limits, struct swd_err *e)
{
    int rc = swd_image_sites_new(SITE_BYTES, &b->sites, e);
    for (size_t i = 0; i < SWD_IMAGE_SITES && rc == 0; i++) {
        rc = image_build_site(b, i, limits, e);
        swd_handles_drop(&b->heap->handles);
    }
    return rc;
}

int swd_heap_image_make(struct swd_heap_image *base, const struct swd_limits *limits,
                        struct swd_account *account,
                        int (*fill)(struct swd_heap *h, void *arg, struct swd_err *e), void *arg,
                        struct swd_heap_image **out, struct swd_err *e)
{
    struct image_build b = {
        .base = base, .fill = fill, .arg = arg, .now = {swd_clock_real(), swd_clock_mono()}};
    struct swd_heap_image *img = swd_slab_alloc(sizeof *img);
    size_t marks[2];
    int rc = SWD_ENOMEM;
    *out = NULL;
    b.placed = base && base->placed;
    b.heap = swd_slab_alloc(sizeof *b.heap);
    if (!img || !b.heap)
        swd_fail(e, rc, "no memory for an image");
    else
        rc = image_build(&b, limits, e);
    if (rc == 0)
        rc = swd_image_make(&b.sites, account, &img->words, e);
    swd_image_sites_free(&b.sites);
    swd_slab_free(b.heap, sizeof *b.heap);
    if (rc) {
        swd_slab_free(img, sizeof *img);
        return rc;
    }
    img->magic = SWD_HEAP_IMAGE_MAGIC;
    atomic_init(&img->refs, 1);
    marks[0] = b.ctx_at;
    marks[1] = b.udata_at;
    img->placed = b.placed;
    if (!b.placed)
        swd_image_pack(img->words, marks, SWD_ARRAY_LEN(marks));
    img->ctx_at = marks[0];
    img->udata_at = marks[1];
    *out = img;
    return 0;
}

struct swd_heap_image *swd_heap_image_ref(struct swd_heap_image *img)
{
    SWD_CHECK(img, SWD_HEAP_IMAGE_MAGIC);
    atomic_fetch_add(&img->refs, 1);
    return img;
}

void swd_heap_image_unref(struct swd_heap_image **p)
{
    struct swd_heap_image *img = *p;
    *p = NULL;
    if (!img || atomic_fetch_sub(&img->refs, 1) > 1)
        return;
    SWD_CHECK(img, SWD_HEAP_IMAGE_MAGIC);
    swd_image_unref(&img->words);
    img->magic = 0;
    swd_slab_free(img, sizeof *img);
}

int swd_heap_clone(struct swd_heap_image *img, const struct swd_heap_opts *o, struct swd_heap **out,
                   struct swd_err *e)
{
    struct swd_heap *h;
    int rc;
    *out = NULL;
    SWD_CHECK(img, SWD_HEAP_IMAGE_MAGIC);
    h = swd_heap_shell(o);
    if (!h)
        return swd_fail(e, SWD_ENOMEM, "no memory for a heap");
    rc = swd_image_clone(img->words, o->account, h->limits.memory_hard, &h->arena);
    if (rc) {
        swd_fail(e, SWD_ENOMEM, "no memory for a heap of %zu bytes", swd_image_bytes(img->words));
        swd_heap_destroy(&h);
        return SWD_ENOMEM;
    }
    h->image = swd_heap_image_ref(img);
    h->ctx = (duk_context *)(void *)((char *)h->arena + img->ctx_at);
    *swd_unit_udata(h->ctx) = h;
    atomic_fetch_add_explicit(&img->clones, 1, memory_order_relaxed);
    *out = h;
    return 0;
}

const struct swd_image *swd_heap_image_words(const struct swd_heap_image *img)
{
    return img->words;
}

void swd_heap_image_info(const struct swd_heap_image *img, struct swd_heap_image_info *out)
{
    out->bytes = swd_image_bytes(img->words);
    out->relocations = swd_image_relocations(img->words);
    out->stale = swd_image_stale(img->words);
    out->clones = atomic_load_explicit(&img->clones, memory_order_relaxed);
}
