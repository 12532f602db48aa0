/* Decoder of gzip, zlib and raw deflate: the frame is read here, byte by byte and resumable
 * anywhere, the data by zlib's raw inflate. One pool of contexts serves all three, reset by
 * inflateReset2(). Every field of the frame is checked: method, reserved flags, header checksum,
 * dictionary, checksum of the data, length. */
#include "compress/codec.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/check.h"
#include "compress/zblock.h"
#include "pool/pool.h"

struct inflate_ctx {
    z_stream z;
    struct zblock mem;
};

/* State 7-10 KiB and the window. */
#define INFLATE_BYTES ((size_t)48 * 1024)

static void drop(struct inflate_ctx *c)
{
    zblock_close(&c->mem);
    memset(c, 0, sizeof *c);
}

static void destroy(void *p)
{
    struct inflate_ctx *c = p;
    if (c->mem.base != NULL)
        codec_idle_sub(zblock_bytes(&c->mem));
    drop(c);
}

static const struct swd_pool_type type = {sizeof(struct inflate_ctx), destroy};
SWD_POOL_TYPE(SWD_POOL_INFLATE, type)

/* Always the largest window: another would be allocated anew. */
static int ctx_get(enum swd_codec codec, struct inflate_ctx **out)
{
    struct inflate_ctx *c = swd_pool_get(SWD_POOL_INFLATE, &type, SWD_HERE);
    if (c == NULL)
        return SWD_ENOMEM;
    *out = c;
    if (c->mem.base != NULL) {
        codec_idle_sub(zblock_bytes(&c->mem));
        if (inflateReset2(&c->z, -MAX_WBITS) == Z_OK) {
            CODEC_COUNT(codec, SWD_DECOMPRESS, reused, 1);
            return 0;
        }
        drop(c);
    }
    int rc = zblock_open(&c->mem, INFLATE_BYTES, &c->z);
    if (rc == 0 && inflateInit2(&c->z, -MAX_WBITS) != Z_OK)
        rc = SWD_ENOMEM;
    if (rc != 0) {
        drop(c);
        swd_pool_put(SWD_POOL_INFLATE, &type, c);
        *out = NULL;
        return rc;
    }
    CODEC_COUNT(codec, SWD_DECOMPRESS, made, 1);
    return 0;
}

static void dec_close(struct swd_stream *s, bool bad)
{
    struct inflate_ctx *c = s->ctx.inflate;
    if (c == NULL)
        return;
    s->ctx.inflate = NULL;
    c->z.next_in = NULL;
    c->z.next_out = NULL;
    if (bad || !codec_idle_add(zblock_bytes(&c->mem))) {
        CODEC_COUNT(s->codec, SWD_DECOMPRESS, dropped, 1);
        drop(c);
    }
    swd_pool_put(SWD_POOL_INFLATE, &type, c);
}

/* What is being read. Fields of known length are collected in `bytes` until `want` are there. */
enum {
    AT_HEAD,
    AT_EXTRA_LEN,
    AT_EXTRA,
    AT_NAME,
    AT_COMMENT,
    AT_HEAD_SUM,
    AT_DICT_ID,
    AT_BODY,
    AT_TAIL,
    AT_BETWEEN,
    AT_END
};

enum { F_HCRC = 2, F_EXTRA = 4, F_NAME = 8, F_COMMENT = 16, F_RESERVED = 0xe0 };

static void go(struct framing *f, unsigned phase, unsigned want)
{
    f->phase = phase;
    f->got = 0;
    f->want = want;
}

static void member_begin(struct swd_stream *s)
{
    struct framing *f = &s->f;
    f->sum = frame_sum_init(s->codec);
    f->size = 0;
    f->flags = 0;
    f->header_sum = 0;
    if (s->codec == SWD_CODEC_RAW)
        go(f, AT_BODY, 0);
    else
        go(f, AT_HEAD, s->codec == SWD_CODEC_GZIP ? 10 : 2);
}

static int use_dict(struct swd_stream *s, struct swd_err *e)
{
    const uint8_t *d = s->o.dict;
    size_t n = s->o.dict_len, skip = n > 32768 ? n - 32768 : 0;
    if (inflateSetDictionary(&s->ctx.inflate->z, d + skip, (uInt)(n - skip)) != Z_OK)
        return swd_fail(e, SWD_EPARAMS, "%s: the dictionary is refused", swd_codec_name(s->codec));
    return 0;
}

static int dec_open(struct swd_stream *s, struct swd_err *e)
{
    int rc = ctx_get(s->codec, &s->ctx.inflate);
    if (rc != 0)
        return swd_fail(e, rc, "%s: no memory for a context", swd_codec_name(s->codec));
    memset(&s->f, 0, sizeof s->f);
    member_begin(s);
    return s->codec == SWD_CODEC_RAW && s->o.dict_len > 0 ? use_dict(s, e) : 0;
}

/* --- fields --- */

static void advance(struct swd_codec_io *io, size_t n)
{
    io->in += n;
    io->in_len -= n;
}

/* Collects bytes of the field at hand; true once it is whole. */
static bool collect(struct framing *f, struct swd_codec_io *io)
{
    size_t n = f->want - f->got < io->in_len ? f->want - f->got : io->in_len;
    if (n > 0)
        memcpy(f->bytes + f->got, io->in, n);
    f->got += (unsigned)n;
    advance(io, n);
    return f->got == f->want;
}

static void header_sum(struct framing *f, const void *p, size_t n)
{
    if (n > 0 && f->flags & F_HCRC)
        f->header_sum = swd_codec_crc32(f->header_sum, p, n);
}

/* Passes over `skip` bytes, or to a NUL; true once past. */
static bool pass(struct framing *f, struct swd_codec_io *io, bool to_nul)
{
    size_t n = io->in_len;
    bool done = false;
    if (to_nul) {
        const uint8_t *nul = n > 0 ? memchr(io->in, 0, n) : NULL;
        done = nul != NULL;
        if (done)
            n = (size_t)(nul - io->in) + 1;
    } else {
        n = f->skip < n ? f->skip : n;
        f->skip -= (uint32_t)n;
        done = f->skip == 0;
    }
    header_sum(f, io->in, n);
    advance(io, n);
    return done;
}

/* The next field of a gzip header that is there, after the one at `phase`. */
static void gzip_next(struct framing *f, unsigned phase)
{
    if (phase < AT_EXTRA_LEN && f->flags & F_EXTRA)
        go(f, AT_EXTRA_LEN, 2);
    else if (phase < AT_NAME && f->flags & F_NAME)
        go(f, AT_NAME, 0);
    else if (phase < AT_COMMENT && f->flags & F_COMMENT)
        go(f, AT_COMMENT, 0);
    else if (phase < AT_HEAD_SUM && f->flags & F_HCRC)
        go(f, AT_HEAD_SUM, 2);
    else
        go(f, AT_BODY, 0);
}

static int gzip_head(struct swd_stream *s, const struct swd_codec_io *io, struct swd_err *e)
{
    struct framing *f = &s->f;
    if (f->bytes[0] != 0x1f || f->bytes[1] != 0x8b)
        return codec_corrupt(s, io, s->f.want, "incorrect header check, not gzip", e);
    if (f->bytes[2] != 8)
        return codec_corrupt(s, io, s->f.want, "unknown compression method", e);
    if (f->bytes[3] & F_RESERVED)
        return codec_corrupt(s, io, s->f.want, "unknown header flags set", e);
    f->flags = f->bytes[3];
    header_sum(f, f->bytes, 10);
    gzip_next(f, AT_HEAD);
    return 0;
}

static int zlib_head(struct swd_stream *s, const struct swd_codec_io *io, struct swd_err *e)
{
    struct framing *f = &s->f;
    int window = (f->bytes[0] >> 4) + 8;
    if ((f->bytes[0] << 8 | f->bytes[1]) % 31 != 0)
        return codec_corrupt(s, io, s->f.want, "incorrect header check, not zlib", e);
    if ((f->bytes[0] & 15) != 8)
        return codec_corrupt(s, io, s->f.want, "unknown compression method", e);
    if (window > (s->o.window == 0 ? 15 : s->o.window))
        return codec_corrupt(s, io, s->f.want, "invalid window size", e);
    if (f->bytes[1] & 0x20)
        go(f, AT_DICT_ID, 4);
    else
        go(f, AT_BODY, 0);
    return 0;
}

static int dict_id(struct swd_stream *s, const struct swd_codec_io *io, struct swd_err *e)
{
    if (s->o.dict_len == 0)
        return codec_corrupt(s, io, s->f.want, "a dictionary is needed", e);
    if (codec_adler32(1, s->o.dict, s->o.dict_len) != frame_be32(s->f.bytes))
        return codec_corrupt(s, io, s->f.want, "another dictionary is needed", e);
    go(&s->f, AT_BODY, 0);
    return use_dict(s, e);
}

/* A field before the data that is whole now. */
static int head_field(struct swd_stream *s, const struct swd_codec_io *io, struct swd_err *e)
{
    struct framing *f = &s->f;
    switch (f->phase) {
    case AT_HEAD: return s->codec == SWD_CODEC_GZIP ? gzip_head(s, io, e) : zlib_head(s, io, e);
    case AT_DICT_ID: return dict_id(s, io, e);
    case AT_EXTRA_LEN:
        header_sum(f, f->bytes, 2);
        f->skip = (uint32_t)f->bytes[0] | (uint32_t)f->bytes[1] << 8;
        go(f, AT_EXTRA, 0);
        return 0;
    case AT_HEAD_SUM:
        if (((uint32_t)f->bytes[0] | (uint32_t)f->bytes[1] << 8) != (f->header_sum & 0xffff))
            return codec_corrupt(s, io, s->f.want, "header checksum does not match", e);
        break;
    default: break;
    }
    gzip_next(f, f->phase);
    return 0;
}

/* Reads what stands before the data; true in `*more` when input is lacking. */
static int head_step(struct swd_stream *s, struct swd_codec_io *io, bool *more, struct swd_err *e)
{
    struct framing *f = &s->f;
    bool whole;
    if (f->phase == AT_EXTRA)
        whole = pass(f, io, false);
    else if (f->phase == AT_NAME || f->phase == AT_COMMENT)
        whole = pass(f, io, true);
    else
        whole = collect(f, io);
    *more = !whole;
    if (!whole && f->phase == AT_HEAD && s->codec == SWD_CODEC_GZIP && f->got > 0 &&
        (f->bytes[0] != 0x1f || (f->got > 1 && f->bytes[1] != 0x8b)))
        return codec_corrupt(s, io, f->got, "incorrect header check, not gzip", e);
    return whole ? head_field(s, io, e) : 0;
}

/* --- the data --- */

static uInt uint_of(size_t n)
{
    return n > INT_MAX ? INT_MAX : (uInt)n;
}

/* One call of inflate(); `*more` when it wants input or room. */
static int body_step(struct swd_stream *s, struct swd_codec_io *io, bool *more, struct swd_err *e)
{
    static const unsigned tails[SWD_CODECS] = {[SWD_CODEC_GZIP] = 8, [SWD_CODEC_ZLIB] = 4};
    z_stream *z = &s->ctx.inflate->z;
    uInt in = uint_of(io->in_len), room = uint_of(io->out_len);
    z->next_in = (z_const Bytef *)(uintptr_t)io->in;
    z->avail_in = in;
    z->next_out = io->out;
    z->avail_out = room;
    int rc = inflate(z, Z_NO_FLUSH);
    size_t took = in - z->avail_in, gave = room - z->avail_out;
    s->f.sum = frame_sum(s->codec, s->f.sum, io->out, gave);
    s->f.size += gave;
    advance(io, took);
    io->out += gave;
    io->out_len -= gave;
    *more = false;
    if (rc == Z_STREAM_END) {
        s->f.members++;
        go(&s->f, tails[s->codec] > 0 ? AT_TAIL : AT_END, tails[s->codec]);
        return 0;
    }
    if (rc == Z_DATA_ERROR)
        return codec_corrupt(s, io, 0, z->msg != NULL ? z->msg : "invalid data", e);
    if (rc == Z_MEM_ERROR)
        return swd_fail(e, SWD_ENOMEM, "%s: no memory for the window", swd_codec_name(s->codec));
    if (rc != Z_OK && rc != Z_BUF_ERROR)
        return swd_fail(e, SWD_EINTERNAL, "%s: zlib answers %d", swd_codec_name(s->codec), rc);
    *more = io->in_len == 0 || io->out_len == 0 || (took == 0 && gave == 0);
    return 0;
}

static int tail_step(struct swd_stream *s, struct swd_codec_io *io, bool *more, struct swd_err *e)
{
    struct framing *f = &s->f;
    bool gzip = s->codec == SWD_CODEC_GZIP;
    *more = !collect(f, io);
    if (*more)
        return 0;
    if ((gzip ? frame_le32(f->bytes) : frame_be32(f->bytes)) != f->sum)
        return codec_corrupt(s, io, s->f.want, "incorrect data check", e);
    if (gzip && frame_le32(f->bytes + 4) != (uint32_t)f->size)
        return codec_corrupt(s, io, s->f.want, "incorrect length check", e);
    go(f, gzip && !s->o.one_member ? AT_BETWEEN : AT_END, 0);
    return 0;
}

/* Another member, padding, or something else. */
static int between_step(struct swd_stream *s, struct swd_codec_io *io, bool *more)
{
    while (io->in_len > 0 && io->in[0] == 0)
        advance(io, 1);
    *more = io->in_len == 0;
    if (*more)
        return 0;
    if (io->in[0] != 0x1f) {
        go(&s->f, AT_END, 0);
        return 0;
    }
    member_begin(s);
    return inflateReset(&s->ctx.inflate->z) == Z_OK ? 0 : SWD_EINTERNAL;
}

static int dec_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    bool more = false;
    int rc = 0;
    while (rc == 0 && !more && s->f.phase != AT_END) {
        switch (s->f.phase) {
        case AT_BODY: rc = body_step(s, io, &more, e); break;
        case AT_TAIL: rc = tail_step(s, io, &more, e); break;
        case AT_BETWEEN: rc = between_step(s, io, &more); break;
        default: rc = head_step(s, io, &more, e); break;
        }
    }
    if (rc != 0)
        return rc;
    if (s->f.phase == AT_END || (s->f.phase == AT_BETWEEN && flush == SWD_FLUSH_END))
        return SWD_STREAM_END;
    return SWD_STREAM_MORE;
}

static const char *dec_where(const struct swd_stream *s)
{
    return s->f.phase == AT_BODY   ? "the data"
           : s->f.phase == AT_TAIL ? "the trailer"
                                   : "the header";
}

/* gzip says its length at the end (modulo 2^32, of the last member); nobody else says. What a lie
 * can cost is bounded. */
static size_t dec_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    size_t most = n * 32 + 65536, guess = n * 4 + 256;
    if (n > SIZE_MAX / 64)
        return 0;
    if (c == SWD_CODEC_GZIP && n >= 18)
        guess = (size_t)frame_le32(in + n - 4) + 1;
    return guess < most ? guess : most;
}

const struct codec_half codec_inflate = {
    .open = dec_open,
    .step = dec_step,
    .close = dec_close,
    .where = dec_where,
    .whole = fast_inflate,
    .room = dec_room,
};
