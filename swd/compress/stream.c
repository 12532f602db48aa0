/* Streams: what all codecs have in common. Limits, offsets, latched errors, truncation, trailing
 * data, figures. Costs two clock reads a step. */
#include "compress/codec.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "pool/pool.h"

#define STREAM_MAGIC 0x5c0d3c01u
#define RATIO_FROM   65536 /* bytes of output: less is no bomb */

SWD_POOL_DEFINE(stream, SWD_POOL_STREAM, struct swd_stream, NULL)
SWD_POOL_TYPE(SWD_POOL_STREAM, stream_pool_type)

static const char *name_of(const struct swd_stream *s)
{
    return swd_codec_name(s->codec);
}

int codec_corrupt(struct swd_stream *s, const struct swd_codec_io *io, unsigned back,
                  const char *what, struct swd_err *e)
{
    uint64_t at = s->in + (s->step_in - io->in_len);
    return swd_fail(e, SWD_ECORRUPT, "%s: %s at byte %llu", name_of(s), what,
                    (unsigned long long)(at > back ? at - back : 0));
}

int swd_stream_open(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o,
                    struct swd_stream **out, struct swd_err *e)
{
    struct swd_codec_opts opts;
    struct swd_stream *s;
    int rc = codec_check_opts(c, dir, o, &opts, e);
    *out = NULL;
    if (rc != 0)
        return rc;
    s = stream_get();
    if (s == NULL)
        return swd_fail(e, SWD_ENOMEM, "%s: no memory for a stream", swd_codec_name(c));
    s->magic = STREAM_MAGIC;
    s->codec = c;
    s->dir = dir;
    s->o = opts;
    s->half = codec_half(c, dir);
    rc = s->half->open(s, e);
    if (rc != 0) {
        s->failed = rc;
        swd_stream_close(&s);
        return rc;
    }
    *out = s;
    return 0;
}

static void count(struct swd_stream *s)
{
    if (s->counted)
        return;
    s->counted = true;
    codec_count(s->codec, s->dir, s->in, s->out, s->ns, s->failed != 0);
}

void swd_stream_close(struct swd_stream **sp)
{
    struct swd_stream *s = *sp;
    *sp = NULL;
    if (s == NULL)
        return;
    SWD_CHECK(s, STREAM_MAGIC);
    count(s);
    s->half->close(s, s->failed == SWD_EINTERNAL);
    stream_put(&s);
}

int swd_stream_reset(struct swd_stream *s, struct swd_err *e)
{
    SWD_CHECK(s, STREAM_MAGIC);
    count(s);
    s->half->close(s, s->failed == SWD_EINTERNAL);
    s->in = s->out = s->ns = 0;
    s->failed = 0;
    s->ended = s->counted = false;
    s->failed = s->half->open(s, e);
    return s->failed;
}

uint64_t swd_stream_in(const struct swd_stream *s)
{
    return s->in;
}

uint64_t swd_stream_out(const struct swd_stream *s)
{
    return s->out;
}

/* --- one step --- */

/* After the end: the rest of the input, as the settings say. */
static int trailing(struct swd_stream *s, struct swd_codec_io *io, struct swd_err *e)
{
    if (io->in_len == 0 || s->dir == SWD_COMPRESS || s->o.trailing == SWD_TRAILING_STOP)
        return SWD_STREAM_END;
    if (s->o.trailing == SWD_TRAILING_IGNORE) {
        s->in += io->in_len;
        io->in += io->in_len;
        io->in_len = 0;
        return SWD_STREAM_END;
    }
    s->failed = swd_fail(e, SWD_ECORRUPT, "%s: data follows the end at byte %llu", name_of(s),
                         (unsigned long long)s->in);
    return s->failed;
}

static int check_output(struct swd_stream *s, struct swd_err *e)
{
    uint64_t in = s->in != 0 ? s->in : 1;
    if (s->o.max_output != 0 && s->out > s->o.max_output)
        return swd_fail(e, SWD_ELIMIT,
                        "%s: the output is larger than %llu bytes (limit), at byte "
                        "%llu of the input",
                        name_of(s), (unsigned long long)s->o.max_output, (unsigned long long)s->in);
    uint64_t from = s->o.ratio_from != 0 ? s->o.ratio_from : RATIO_FROM;
    if (s->o.max_ratio != 0 && s->dir == SWD_DECOMPRESS && s->out > from &&
        s->out / s->o.max_ratio > in)
        return swd_fail(e, SWD_ELIMIT,
                        "%s: expands more than %u-fold (limit), at byte %llu of the "
                        "input",
                        name_of(s), s->o.max_ratio, (unsigned long long)s->in);
    return 0;
}

static int truncated(struct swd_stream *s, struct swd_err *e)
{
    return swd_fail(e, SWD_ECORRUPT, "%s: truncated: the input ends at byte %llu, inside of %s",
                    name_of(s), (unsigned long long)s->in, s->half->where(s));
}

/* The codec's step, with no more room than the limit leaves; where it leaves none, one byte that is
 * over it tells. `*full`: it used up what it had. */
static int within(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush, bool *full,
                  struct swd_err *e)
{
    uint64_t left = s->o.max_output != 0 ? s->o.max_output - s->out : UINT64_MAX;
    struct swd_codec_io c = *io;
    uint8_t probe;
    if (c.out_len > left)
        c.out_len = left > 0 ? (size_t)left : 1;
    if (left == 0)
        c.out = &probe;
    uint8_t *out0 = c.out;
    s->step_in = io->in_len;
    int rc = s->half->step(s, &c, flush, e);
    size_t took = io->in_len - c.in_len, gave = (size_t)(c.out - out0);
    s->in += took;
    s->out += gave;
    io->in = c.in;
    io->in_len = c.in_len;
    if (left > 0) {
        io->out += gave;
        io->out_len -= gave;
    }
    *full = c.out_len == 0;
    return rc < 0 ? rc : check_output(s, e) < 0 ? SWD_ELIMIT : rc;
}

/* At the limit the codec may hold more: that is not "truncated", though there is room left. */
static int limited(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                   struct swd_err *e)
{
    bool full;
    int rc = within(s, io, flush, &full, e);
    if (rc == SWD_STREAM_MORE && full && io->out_len > 0)
        rc = within(s, io, flush, &full, e);
    return rc;
}

int swd_stream_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    SWD_CHECK(s, STREAM_MAGIC);
    if (s->failed != 0)
        return swd_fail(e, s->failed, "%s: the stream has failed before", name_of(s));
    if (s->ended)
        return trailing(s, io, e);
    uint64_t began = swd_clock_mono();
    int rc = limited(s, io, flush, e);
    s->ns += swd_clock_mono() - began;
    if (rc == SWD_STREAM_END) {
        s->ended = true;
        return trailing(s, io, e);
    }
    if (rc == SWD_STREAM_MORE && s->dir == SWD_DECOMPRESS && flush == SWD_FLUSH_END &&
        io->in_len == 0 && io->out_len > 0)
        rc = truncated(s, e);
    if (rc < 0)
        s->failed = rc;
    return rc;
}

int swd_stream_params(struct swd_stream *s, int level, int strategy, struct swd_codec_io *io,
                      struct swd_err *e)
{
    SWD_CHECK(s, STREAM_MAGIC);
    size_t room = io->out_len;
    if (s->half->params == NULL)
        return swd_fail(e, SWD_EUNSUPPORTED, "%s: level and strategy stand for the whole stream",
                        name_of(s));
    int rc = s->half->params(s, level, strategy, io, e);
    s->out += room - io->out_len;
    return rc;
}
