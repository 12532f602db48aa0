/* Heaps that sleep: see engine.h; pool/hibernate.h makes the difference, zstd makes it small.
 *
 * Every piece of the difference is a frame of its own: what a heap of some 300 KiB changes is one
 * piece, and a frame is one call in each direction. Scratch and contexts are pooled; their memory
 * is the slabs'. ZSTD_STATIC_LINKING_ONLY is for frames without a magic number, which every shared
 * library since 1.4 knows.
 *
 * Pieces are told by what kin has in common (kin.h), if there is any asleep or was.
 *
 * A heap asleep answers for its figures from copies taken before its pages went; nothing else of it
 * may be asked. Its image, if any, is pinned by the heap's reference. */
#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#include "base/check.h"
#include "base/clock.h"
#include "compress/zctx.h"
#include "engine/heap.h"
#include "engine/kin.h"
#include "engine/turn.h"
#include "engine/unit.h"
#include "pool/asan.h"
#include "pool/bytebuf.h"
#include "pool/hibernate.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define LEVEL       2
#define SHAPE_SHIFT 9 /* heaps whose live bytes are equal but for these bits are alike */
#define RAW_BYTES   (SWD_DIFF_BUFFER + 8) /* pieces are read beyond their end */
#define OUT_BYTES   ZSTD_COMPRESSBOUND(SWD_DIFF_BUFFER)

/* What one hibernation or waking works with: the scratch is kept between uses, the context is one
 * of those that all share (compress/zctx.h). */
struct sleeper {
    struct swd_zctx *z;
    char *raw, *out; /* RAW_BYTES, OUT_BYTES */
};

static void sleeper_destroy(void *p)
{
    struct sleeper *s = p;
    swd_slab_free(s->raw, RAW_BYTES);
    swd_slab_free(s->out, OUT_BYTES);
    memset(s, 0, sizeof *s);
}

static const struct swd_pool_type sleeper_type = {sizeof(struct sleeper), sleeper_destroy};
SWD_POOL_TYPE(SWD_POOL_SLEEPER, sleeper_type)

static void sleeper_put(struct sleeper *s, enum swd_codec_dir dir)
{
    swd_zctx_put(dir, &s->z, false);
    swd_pool_put(SWD_POOL_SLEEPER, &sleeper_type, s);
}

static bool sleeper_settings(const struct swd_zctx *z, enum swd_codec_dir dir)
{
    if (dir == SWD_DECOMPRESS)
        return !ZSTD_isError(ZSTD_DCtx_setParameter(z->d, ZSTD_d_format, ZSTD_f_zstd1_magicless));
    return !ZSTD_isError(ZSTD_CCtx_setParameter(z->c, ZSTD_c_compressionLevel, LEVEL)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(z->c, ZSTD_c_format, ZSTD_f_zstd1_magicless));
}

static struct sleeper *sleeper_get(enum swd_codec_dir dir)
{
    struct sleeper *s = swd_pool_get(SWD_POOL_SLEEPER, &sleeper_type, SWD_HERE);
    if (!s)
        return NULL;
    if (!s->raw)
        s->raw = swd_slab_alloc(RAW_BYTES);
    if (!s->out)
        s->out = swd_slab_alloc(OUT_BYTES);
    s->z = swd_zctx_get(dir);
    if (s->raw && s->out && s->z && sleeper_settings(s->z, dir))
        return s;
    sleeper_put(s, dir);
    return NULL;
}

/* An index is spelt with digits; all other strings have all ones for it. */
SWD_NO_ASAN static bool string_head_may_be(uint64_t word, const void *text)
{
    return word >> 32 == UINT32_MAX || (unsigned)*(const unsigned char *)text - '0' < 10;
}

/* Strings carry a hash of their text and the index that it spells. */
static struct swd_diff_follow follow_of(const struct swd_heap *h)
{
    return (struct swd_diff_follow){swd_unit_string_head, string_head_may_be, h->ctx};
}

/* ---- falling asleep ---- */

struct compressor {
    struct sleeper *s;
    size_t out_n;              /* in s->out: the first piece */
    struct swd_bytebuf *spill; /* all pieces, when there are more; NULL: there are not */
    struct swd_bytebuf *raw;   /* all pieces before, when there are more and nothing of kin */
    size_t raw_n;              /* bytes of all pieces */
    unsigned pieces;
    const struct swd_kin *kin; /* NULL: none */
};

static int spill(struct swd_bytebuf **b, const void *p, size_t n)
{
    if (!*b)
        *b = swd_bytebuf_get(SIZE_MAX / 4);
    return *b ? swd_bytebuf_add(*b, p, n) : SWD_ENOMEM;
}

static int compressor_sink(void *arg, const void *p, size_t n, bool last)
{
    struct compressor *c = arg;
    uint64_t began;
    size_t got;
    bool bad;
    if (c->pieces++ > 0 && !c->spill && spill(&c->spill, c->s->out, c->out_n) != 0)
        return SWD_ENOMEM;
    began = swd_clock_mono();
    got = ZSTD_compress2(c->s->z->c, c->s->out, OUT_BYTES, p, n);
    bad = ZSTD_isError(got);
    swd_zctx_count(SWD_COMPRESS, n, bad ? 0 : got, swd_clock_mono() - began, bad);
    if (bad)
        return SWD_ENOMEM;
    c->out_n = got;
    c->raw_n += n;
    if (!c->kin && (!last || c->raw) && spill(&c->raw, p, n) != 0)
        return SWD_ENOMEM;
    return c->spill ? spill(&c->spill, c->s->out, got) : 0;
}

/* Heaps of one script; and those of one image of about the same size. */
static struct swd_kin_keys kin_keys(const struct swd_heap *h)
{
    uint64_t shape = (uintptr_t)h->image ^ swd_arena_live(h->arena) >> SHAPE_SHIFT;
    return (struct swd_kin_keys){{h->kin_key, h->image ? shape : 0}};
}

static void compressor_learn(const struct compressor *c, struct swd_kin_family *family,
                             const struct swd_kin_keys *keys)
{
    size_t got = c->spill ? c->spill->len : c->out_n;
    const void *raw = c->raw ? c->raw->data : c->pieces == 1 ? c->s->raw : NULL;
    swd_kin_learn(family, keys, c->kin, raw, c->raw_n, got);
}

/* The difference, small: in c->out or, when there is one, in c->spill. */
static int compress(struct swd_heap *h, struct compressor *c)
{
    const struct swd_image *img = h->image ? swd_heap_image_words(h->image) : NULL;
    struct swd_kin_keys keys = kin_keys(h);
    struct swd_diff_follow follow = follow_of(h);
    int rc = SWD_ENOMEM;
    if (!h->family)
        h->family = swd_kin_join(h->account);
    c->kin = h->kin = swd_kin_find(h->family, &keys);
    if (!ZSTD_isError(ZSTD_CCtx_refCDict(c->s->z->c, c->kin ? swd_kin_digest(c->kin) : NULL)))
        rc = swd_arena_diff(h->arena, img, &follow, c->s->raw, compressor_sink, c);
    if (rc == 0)
        compressor_learn(c, h->family, &keys);
    if (c->raw)
        swd_bytebuf_put(&c->raw);
    return rc;
}

static void figures_keep(struct swd_heap *h)
{
    struct swd_heap_kept *k = &h->kept;
    atomic_store_explicit(&k->live, swd_arena_live(h->arena), memory_order_relaxed);
    atomic_store_explicit(&k->peak, swd_arena_peak(h->arena), memory_order_relaxed);
    atomic_store_explicit(&k->total, swd_arena_total(h->arena), memory_order_relaxed);
    atomic_store_explicit(&k->mapped, swd_arena_mapped(h->arena), memory_order_relaxed);
    atomic_store_explicit(&k->on, true, memory_order_release);
}

int swd_heap_hibernate(struct swd_heap *h)
{
    struct compressor c = {.s = NULL};
    const char *blob;
    size_t n;
    int rc;
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    swd_assert(swd_turn_self.heap != h && !h->asleep);
    c.s = sleeper_get(SWD_COMPRESS);
    if (!c.s)
        return SWD_ENOMEM;
    figures_keep(h);
    swd_arena_set_hibernated(h->arena, 1);
    rc = compress(h, &c);
    blob = c.spill ? c.spill->data : c.s->out;
    n = c.spill ? c.spill->len : c.out_n;
    if (rc == 0)
        rc = swd_arena_sleep(h->arena, h->account, blob, n, &h->asleep);
    if (rc != 0) {
        swd_kin_unref(&h->kin);
        swd_arena_set_hibernated(h->arena, 0);
        atomic_store_explicit(&h->kept.on, false, memory_order_release);
    }
    if (c.spill)
        swd_bytebuf_put(&c.spill);
    sleeper_put(c.s, SWD_COMPRESS);
    return rc;
}

/* ---- waking ---- */

struct decompressor {
    struct sleeper *s;
    const char *in, *end;
    const struct swd_kin *kin; /* NULL: none */
};

/* The next frame. What else than memory could fail: nobody but us wrote it. */
static int decompressor_source(void *arg, const void **p, size_t *n)
{
    struct decompressor *d = arg;
    ZSTD_inBuffer in = {d->in, (size_t)(d->end - d->in), 0};
    ZSTD_outBuffer out = {d->s->raw, SWD_DIFF_BUFFER, 0};
    const void *prefix = NULL;
    size_t rc, prefix_n = 0;
    uint64_t began = swd_clock_mono();
    if (d->kin)
        prefix = swd_kin_prefix(d->kin, &prefix_n);
    rc = ZSTD_DCtx_refPrefix(d->s->z->d, prefix, prefix_n);
    if (!ZSTD_isError(rc))
        rc = ZSTD_decompressStream(d->s->z->d, &out, &in);
    swd_zctx_count(SWD_DECOMPRESS, in.pos, out.pos, swd_clock_mono() - began, ZSTD_isError(rc));
    if (ZSTD_isError(rc))
        return SWD_ENOMEM;
    d->in += in.pos;
    *p = d->s->raw;
    *n = out.pos;
    return rc == 0 && out.pos > 0 ? 0 : SWD_ECORRUPT;
}

int swd_heap_wake(struct swd_heap *h)
{
    struct decompressor d = {.s = NULL};
    const struct swd_image *img;
    struct swd_diff_follow follow = follow_of(h);
    const void *blob;
    size_t n;
    int rc;
    SWD_CHECK(h, SWD_HEAP_MAGIC);
    if (!h->asleep)
        return 0;
    d.s = sleeper_get(SWD_DECOMPRESS);
    if (!d.s)
        return SWD_ENOMEM;
    img = h->image ? swd_heap_image_words(h->image) : NULL;
    blob = swd_asleep_blob(h->asleep, &n);
    d.in = blob;
    d.end = d.in + n;
    d.kin = h->kin;
    rc = swd_arena_wake(&h->asleep, img, &follow, decompressor_source, &d, &h->arena);
    if (rc == 0) {
        swd_kin_unref(&h->kin);
        swd_arena_set_hibernated(h->arena, 0);
        atomic_store_explicit(&h->kept.on, false, memory_order_release);
    }
    sleeper_put(d.s, SWD_DECOMPRESS);
    return rc;
}

bool swd_heap_asleep(const struct swd_heap *h)
{
    return atomic_load_explicit(&h->kept.on, memory_order_acquire);
}

uint64_t swd_heap_held(const struct swd_heap *h)
{
    return h->asleep ? swd_asleep_bytes(h->asleep) : swd_arena_mapped(h->arena);
}
