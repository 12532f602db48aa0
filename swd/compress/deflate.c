/* Encoder of gzip, zlib and raw deflate: zlib's raw deflate with the frame around it written here,
 * so that one pool of contexts serves all three. Contexts are reset (deflateReset, deflateParams);
 * only another window or memory setting makes a new one. */
#include "compress/codec.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "base/check.h"
#include "compress/zblock.h"
#include "pool/pool.h"

struct deflate_ctx {
    z_stream z;
    struct zblock mem;
    int window, memory, level, strategy;
};

static void drop(struct deflate_ctx *c)
{
    zblock_close(&c->mem);
    memset(c, 0, sizeof *c);
}

/* The pool lets an idle context go. */
static void destroy(void *p)
{
    struct deflate_ctx *c = p;
    if (c->mem.base != NULL)
        codec_idle_sub(zblock_bytes(&c->mem));
    drop(c);
}

static const struct swd_pool_type type = {sizeof(struct deflate_ctx), destroy};
SWD_POOL_TYPE(SWD_POOL_DEFLATE, type)

/* What deflateInit2() takes, by the formula of zconf.h, and room for newer versions. */
static size_t bytes_for(int window, int memory)
{
    return ((size_t)4 << window) + ((size_t)640 << memory) + 16384;
}

static int make(struct deflate_ctx *c, const struct swd_codec_opts *o, int window, int memory)
{
    if (zblock_open(&c->mem, bytes_for(window, memory), &c->z) != 0)
        return SWD_ENOMEM;
    if (deflateInit2(&c->z, o->level, Z_DEFLATED, -window, memory, o->strategy) != Z_OK) {
        drop(c);
        return SWD_ENOMEM;
    }
    c->window = window;
    c->memory = memory;
    return 0;
}

static int renew(struct deflate_ctx *c, const struct swd_codec_opts *o)
{
    if (deflateReset(&c->z) != Z_OK)
        return SWD_EINTERNAL;
    if (c->level == o->level && c->strategy == o->strategy)
        return 0;
    c->z.next_in = NULL;
    c->z.avail_in = 0;
    return deflateParams(&c->z, o->level, o->strategy) == Z_OK ? 0 : SWD_EINTERNAL;
}

static int ctx_get(enum swd_codec codec, const struct swd_codec_opts *o, struct deflate_ctx **out)
{
    int window = o->window == 0 ? 15 : o->window == 8 ? 9 : o->window;
    int memory = o->memory == 0 ? 8 : o->memory;
    struct deflate_ctx *c = swd_pool_get(SWD_POOL_DEFLATE, &type, SWD_HERE);
    int rc = 0;
    if (c == NULL)
        return SWD_ENOMEM;
    if (c->mem.base != NULL)
        codec_idle_sub(zblock_bytes(&c->mem));
    if (c->mem.base != NULL && (c->window != window || c->memory != memory || renew(c, o) != 0))
        drop(c);
    else if (c->mem.base != NULL)
        CODEC_COUNT(codec, SWD_COMPRESS, reused, 1);
    if (c->mem.base == NULL) {
        rc = make(c, o, window, memory);
        CODEC_COUNT(codec, SWD_COMPRESS, made, rc == 0);
    }
    if (rc != 0) {
        swd_pool_put(SWD_POOL_DEFLATE, &type, c);
        return rc;
    }
    c->level = o->level;
    c->strategy = o->strategy;
    *out = c;
    return 0;
}

static void enc_close(struct swd_stream *s, bool bad)
{
    struct deflate_ctx *c = s->ctx.deflate;
    if (c == NULL)
        return;
    s->ctx.deflate = NULL;
    c->z.next_in = NULL;
    c->z.next_out = NULL;
    if (bad || !codec_idle_add(zblock_bytes(&c->mem))) {
        CODEC_COUNT(s->codec, SWD_COMPRESS, dropped, 1);
        drop(c);
    }
    swd_pool_put(SWD_POOL_DEFLATE, &type, c);
}

enum { PHASE_BODY, PHASE_TAIL, PHASE_DONE };

static int enc_open(struct swd_stream *s, struct swd_err *e)
{
    int rc = ctx_get(s->codec, &s->o, &s->ctx.deflate);
    if (rc != 0)
        return swd_fail(e, rc, "%s: no memory for a context", swd_codec_name(s->codec));
    memset(&s->f, 0, sizeof s->f);
    s->f.sum = frame_sum_init(s->codec);
    s->f.want = (unsigned)frame_head(s->codec, &s->o, s->f.bytes);
    if (s->o.dict_len > 0) {
        size_t n = s->o.dict_len, skip = n > 32768 ? n - 32768 : 0; /* only the end can matter */
        if (deflateSetDictionary(&s->ctx.deflate->z, (const Bytef *)s->o.dict + skip,
                                 (uInt)(n - skip)) != Z_OK)
            return swd_fail(e, SWD_EPARAMS, "%s: the dictionary is refused",
                            swd_codec_name(s->codec));
    }
    return 0;
}

/* Header or trailer bytes out; true when none are left. */
static bool drain(struct framing *f, struct swd_codec_io *io)
{
    size_t n = f->want - f->got < io->out_len ? f->want - f->got : io->out_len;
    if (n > 0)
        memcpy(io->out, f->bytes + f->got, n);
    f->got += (unsigned)n;
    io->out += n;
    io->out_len -= n;
    return f->got == f->want;
}

static uInt uint_of(size_t n)
{
    return n > INT_MAX ? INT_MAX : (uInt)n;
}

static int call_deflate(struct swd_stream *s, struct swd_codec_io *io, int flush)
{
    z_stream *z = &s->ctx.deflate->z;
    uInt in = uint_of(io->in_len), room = uint_of(io->out_len);
    z->next_in = (z_const Bytef *)(uintptr_t)io->in;
    z->avail_in = in;
    z->next_out = io->out;
    z->avail_out = room;
    int rc = deflate(z, in < io->in_len ? Z_NO_FLUSH : flush);
    size_t took = in - z->avail_in, gave = room - z->avail_out;
    s->f.sum = frame_sum(s->codec, s->f.sum, io->in, took);
    s->f.size += took;
    io->in += took;
    io->in_len -= took;
    io->out += gave;
    io->out_len -= gave;
    return rc;
}

static int enc_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH};
    if (!drain(&s->f, io))
        return SWD_STREAM_MORE;
    while (s->f.phase == PHASE_BODY) {
        size_t before = io->in_len;
        int rc = call_deflate(s, io, flushes[flush]);
        if (rc == Z_STREAM_END) {
            s->f.want = (unsigned)frame_tail(s->codec, s->f.sum, s->f.size, s->f.bytes);
            s->f.got = 0;
            s->f.phase = PHASE_TAIL;
            break;
        }
        if (rc != Z_OK && rc != Z_BUF_ERROR)
            return swd_fail(e, SWD_EINTERNAL, "%s: zlib answers %d", swd_codec_name(s->codec), rc);
        /* Only input of more than INT_MAX bytes makes it go round again. */
        if (io->in_len == 0 || io->out_len == 0 || io->in_len == before)
            return SWD_STREAM_MORE;
    }
    if (!drain(&s->f, io))
        return SWD_STREAM_MORE;
    s->f.phase = PHASE_DONE;
    return SWD_STREAM_END;
}

static int enc_params(struct swd_stream *s, int level, int strategy, struct swd_codec_io *io,
                      struct swd_err *e)
{
    struct deflate_ctx *c = s->ctx.deflate;
    uInt room = uint_of(io->out_len);
    if (!drain(&s->f, io))
        return swd_fail(e, SWD_ELIMIT, "no room for the header");
    c->z.next_in = NULL;
    c->z.avail_in = 0;
    c->z.next_out = io->out;
    c->z.avail_out = room = uint_of(io->out_len);
    int rc = deflateParams(&c->z, level, strategy);
    io->out += room - c->z.avail_out;
    io->out_len -= room - c->z.avail_out;
    if (rc == Z_BUF_ERROR)
        return swd_fail(e, SWD_ELIMIT, "no room for what is pending");
    if (rc != Z_OK)
        return swd_fail(e, SWD_EPARAMS, "%s: level %d, strategy %d refused",
                        swd_codec_name(s->codec), level, strategy);
    c->level = level;
    c->strategy = strategy;
    return 0;
}

static const char *enc_where(const struct swd_stream *s)
{
    (void)s;
    return "the data";
}

/* deflateBound() of the worst settings (fixed codes, memLevel 1, window 8) is about 1/8 more; level
 * 0 with memLevel 1 has a header of 5 bytes for each 127. */
static size_t enc_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    (void)c;
    (void)in;
    return n + n / 7 + 64;
}

const struct codec_half codec_deflate = {
    .open = enc_open,
    .step = enc_step,
    .close = enc_close,
    .params = enc_params,
    .where = enc_where,
    .whole = fast_deflate,
    .room = enc_room,
};
