/* zstd, both ways, with the contexts of zctx.h. ZSTD_STATIC_LINKING_ONLY is for what a frame's
 * header says, which every shared library since 1.4 tells. */
#define ZSTD_STATIC_LINKING_ONLY
#include "compress/codec.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "compress/zctx.h"

_Static_assert(ZSTD_HEAD_MAX == ZSTD_FRAMEHEADERSIZE_MAX, "room for the head of a frame");

static int zstd_fail(size_t rc, const char *what, struct swd_err *e)
{
    int code = ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation ? SWD_ENOMEM : SWD_EPARAMS;
    return swd_fail(e, code, "zstd: %s: %s", what, ZSTD_getErrorName(rc));
}

/* --- encoder --- */

static int set(ZSTD_CCtx *c, ZSTD_cParameter p, int value, const char *what, struct swd_err *e)
{
    size_t rc = ZSTD_CCtx_setParameter(c, p, value);
    return ZSTD_isError(rc) ? zstd_fail(rc, what, e) : 0;
}

static int enc_setup(ZSTD_CCtx *c, const struct swd_codec_opts *o, struct swd_err *e)
{
    int rc = set(c, ZSTD_c_compressionLevel, o->level, "level", e);
    if (rc == 0 && o->checksum)
        rc = set(c, ZSTD_c_checksumFlag, 1, "checksum", e);
    if (rc == 0 && o->long_range)
        rc = set(c, ZSTD_c_enableLongDistanceMatching, 1, "long_range", e);
    if (rc == 0 && (o->window != 0 || o->long_range))
        rc = set(c, ZSTD_c_windowLog, o->window != 0 ? o->window : 27, "window", e);
    if (rc == 0 && o->strategy != 0)
        rc = set(c, ZSTD_c_strategy, o->strategy, "strategy", e);
    if (rc == 0 && o->dict_len > 0) {
        size_t z = ZSTD_CCtx_loadDictionary(c, o->dict, o->dict_len);
        rc = ZSTD_isError(z) ? zstd_fail(z, "dictionary", e) : 0;
    }
    if (rc == 0 && o->size != 0) {
        size_t z = ZSTD_CCtx_setPledgedSrcSize(c, o->size);
        rc = ZSTD_isError(z) ? zstd_fail(z, "size", e) : 0;
    }
    return rc;
}

static int enc_open(struct swd_stream *s, struct swd_err *e)
{
    memset(&s->z, 0, sizeof s->z);
    s->ctx.zstd = swd_zctx_get(SWD_COMPRESS);
    if (s->ctx.zstd == NULL)
        return swd_fail(e, SWD_ENOMEM, "zstd: no memory for a context");
    return enc_setup(s->ctx.zstd->c, &s->o, e);
}

static void enc_close(struct swd_stream *s, bool bad)
{
    swd_zctx_put(SWD_COMPRESS, &s->ctx.zstd, bad);
}

static int enc_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    static const ZSTD_EndDirective ends[] = {ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_flush,
                                             ZSTD_e_end};
    ZSTD_inBuffer in = {io->in, io->in_len, 0};
    ZSTD_outBuffer out = {io->out, io->out_len, 0};
    size_t left = 0;
    /* It may stop after a block though there is more to take and room to give. */
    do {
        size_t in0 = in.pos, out0 = out.pos;
        left = ZSTD_compressStream2(s->ctx.zstd->c, &out, &in, ends[flush]);
        if (ZSTD_isError(left))
            return zstd_fail(left, "compressing", e);
        if (in.pos == in0 && out.pos == out0)
            break;
    } while (out.pos < out.size && (in.pos < in.size || (flush != SWD_FLUSH_NONE && left > 0)));
    io->in += in.pos;
    io->in_len -= in.pos;
    io->out += out.pos;
    io->out_len -= out.pos;
    return flush == SWD_FLUSH_END && left == 0 && io->in_len == 0 ? SWD_STREAM_END
                                                                  : SWD_STREAM_MORE;
}

static const char *where(const struct swd_stream *s)
{
    return s->z.ended == 0 && s->in < 5 ? "the header" : "a frame";
}

/* Nothing but a level: the library's simple call does, which sets up less. */
static bool enc_plain(const struct swd_codec_opts *o)
{
    return !o->checksum && !o->long_range && o->window == 0 && o->strategy == 0 && o->dict_len == 0;
}

static int enc_whole(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                     uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    struct swd_zctx *x = swd_zctx_get(SWD_COMPRESS);
    (void)c;
    if (x == NULL)
        return swd_fail(e, SWD_ENOMEM, "zstd: no memory for a context");
    int rc = 0;
    bool plain = enc_plain(o);
    if (!plain) {
        struct swd_codec_opts sized = *o;
        sized.size = 0; /* the whole is given, its size is known */
        rc = enc_setup(x->c, &sized, e);
    }
    if (rc == 0) {
        size_t z = plain ? ZSTD_compressCCtx(x->c, out, cap, in, n, o->level)
                         : ZSTD_compress2(x->c, out, cap, in, n);
        if (!ZSTD_isError(z))
            *len = z;
        else if (ZSTD_getErrorCode(z) == ZSTD_error_dstSize_tooSmall)
            rc = swd_fail(e, SWD_ELIMIT, "zstd: the result is larger than %zu bytes", cap);
        else
            rc = zstd_fail(z, "compressing", e);
    }
    swd_zctx_put(SWD_COMPRESS, &x, false);
    return rc;
}

static size_t enc_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    (void)c;
    (void)in;
    return ZSTD_compressBound(n);
}

const struct codec_half codec_zstd_enc = {
    .open = enc_open,
    .step = enc_step,
    .close = enc_close,
    .where = where,
    .whole = enc_whole,
    .room = enc_room,
};

/* --- decoder --- */

static int dec_setup(ZSTD_DCtx *d, const struct swd_codec_opts *o, struct swd_err *e)
{
    size_t rc = 0;
    if (o->window != 0)
        rc = ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, o->window);
    if (ZSTD_isError(rc))
        return zstd_fail(rc, "window", e);
    if (o->dict_len > 0)
        rc = ZSTD_DCtx_loadDictionary(d, o->dict, o->dict_len);
    return ZSTD_isError(rc) ? zstd_fail(rc, "dictionary", e) : 0;
}

static int dec_open(struct swd_stream *s, struct swd_err *e)
{
    memset(&s->z, 0, sizeof s->z);
    s->ctx.zstd = swd_zctx_get(SWD_DECOMPRESS);
    if (s->ctx.zstd == NULL)
        return swd_fail(e, SWD_ENOMEM, "zstd: no memory for a context");
    return dec_setup(s->ctx.zstd->d, &s->o, e);
}

static void dec_close(struct swd_stream *s, bool bad)
{
    swd_zctx_put(SWD_DECOMPRESS, &s->ctx.zstd, bad);
}

static int dec_error(struct swd_stream *s, const struct swd_codec_io *io, size_t rc,
                     struct swd_err *e)
{
    char what[96];
    switch (ZSTD_getErrorCode(rc)) {
    case ZSTD_error_memory_allocation: return swd_fail(e, SWD_ENOMEM, "zstd: out of memory");
    case ZSTD_error_frameParameter_windowTooLarge:
        swd_fail(e, SWD_ELIMIT, "zstd: the frame needs a window over the limit of %d bits",
                 s->o.window != 0 ? s->o.window : ZSTD_WINDOWLOG_LIMIT_DEFAULT);
        return e != NULL ? swd_fail_hint(e, "allow it with a larger `window` (up to 31)")
                         : SWD_ELIMIT;
    default:
        (void)snprintf(what, sizeof what, "%s", ZSTD_getErrorName(rc));
        return codec_corrupt(s, io, 0, what, e);
    }
}

/* Whether these bytes, the first after a frame, can begin another: as many of the magic as there
 * are. */
static bool may_begin(const uint8_t *p, size_t n)
{
    static const uint8_t magic[4] = {0x28, 0xb5, 0x2f, 0xfd}, skip[4] = {0x50, 0x2a, 0x4d, 0x18};
    size_t k = n < 4 ? n : 4;
    if (k == 0 || memcmp(p, magic, k) == 0)
        return true;
    return (p[0] & 0xf0) == skip[0] && memcmp(p + 1, skip + 1, k - 1) == 0;
}

/* The library takes a frame that ends with an empty block for whole when it comes in pieces,
 * whatever size its header says. Notes the input taken and the output made. */
static void frame_note(struct zstd_frames *x, const uint8_t *in, size_t taken, size_t made)
{
    size_t room = sizeof x->head - x->head_n, n = taken < room ? taken : room;
    memcpy(x->head + x->head_n, in, n);
    x->head_n += n;
    x->out += made;
}

/* At its end: whether as much came out as it said; the next frame begins. */
static bool frame_kept_word(struct zstd_frames *x)
{
    ZSTD_frameHeader h;
    bool said = ZSTD_getFrameHeader(&h, x->head, x->head_n) == 0 && h.frameType == ZSTD_frame &&
                h.frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN;
    bool kept = !said || h.frameContentSize == x->out;
    x->head_n = 0;
    x->out = 0;
    return kept;
}

static int dec_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    struct zstd_frames *x = &s->z;
    for (;;) {
        if (x->between && io->in_len == 0)
            return flush == SWD_FLUSH_END ? SWD_STREAM_END : SWD_STREAM_MORE;
        if (x->between && !may_begin(io->in, io->in_len))
            return SWD_STREAM_END;
        if (x->ended == 0 && x->head_n == 0 && !may_begin(io->in, io->in_len))
            return codec_corrupt(s, io, 0, "not a zstd frame", e); /* nor one of before 1.0 */
        ZSTD_inBuffer in = {io->in, io->in_len, 0};
        ZSTD_outBuffer out = {io->out, io->out_len, 0};
        size_t rc = ZSTD_decompressStream(s->ctx.zstd->d, &out, &in);
        frame_note(x, io->in, in.pos, out.pos);
        io->in += in.pos;
        io->in_len -= in.pos;
        io->out += out.pos;
        io->out_len -= out.pos;
        if (ZSTD_isError(rc))
            return dec_error(s, io, rc, e);
        if (in.pos > 0 || out.pos > 0)
            x->between = rc == 0;
        if (rc == 0 && x->between) {
            x->ended++;
            if (!frame_kept_word(x))
                return codec_corrupt(s, io, 0, "another size than the header says", e);
            if (s->o.one_member)
                return SWD_STREAM_END;
            continue;
        }
        if (io->in_len == 0 || io->out_len == 0 || (in.pos == 0 && out.pos == 0))
            return SWD_STREAM_MORE;
    }
}

/* Straight into the result when every frame says its size and it fits. */
static int dec_whole(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                     uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    int rc = WHOLE_DECLINED;
    (void)c;
    if (o->one_member || n == 0 || o->window != 0)
        return rc;
    if (!may_begin(in, n) || ZSTD_findFrameCompressedSize(in, n) != n)
        return rc; /* several: the library would take frames of before 1.0 among them */
    unsigned long long size = ZSTD_getFrameContentSize(in, n);
    if (size == ZSTD_CONTENTSIZE_ERROR || (size != ZSTD_CONTENTSIZE_UNKNOWN && size > cap))
        return rc;
    struct swd_zctx *x = swd_zctx_get(SWD_DECOMPRESS);
    if (x == NULL)
        return swd_fail(e, SWD_ENOMEM, "zstd: no memory for a context");
    if (dec_setup(x->d, o, NULL) == 0) {
        size_t z = ZSTD_decompressDCtx(x->d, out, cap, in, n);
        if (!ZSTD_isError(z)) {
            *len = z;
            rc = 0;
        }
    }
    swd_zctx_put(SWD_DECOMPRESS, &x, false);
    return rc;
}

/* What the frame says, bounded: a run-length block makes 128 KiB of 4 bytes. */
static size_t dec_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    unsigned long long size = ZSTD_getFrameContentSize(in, n);
    size_t most = n < SIZE_MAX / 64 ? n * 32 + 262144 : SIZE_MAX;
    (void)c;
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most)
        return 0;
    return (size_t)size;
}

const struct codec_half codec_zstd_dec = {
    .open = dec_open,
    .step = dec_step,
    .close = dec_close,
    .where = where,
    .whole = dec_whole,
    .room = dec_room,
};
