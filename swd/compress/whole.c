/* One-shot calls: the codec's own way for whole input when it has one, else a stream, straight into
 * the result. The result's memory is asked for once when its size is known or bounded; what was
 * offered and not used is cleared, for the libraries scribble there. */
#include "compress/codec.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"

#define STEP_LEAST ((size_t)8192)
#define RETRY_MOST ((size_t)16 * 1024 * 1024) /* a guess that was too small is made larger once */

struct job {
    enum swd_codec codec;
    enum swd_codec_dir dir;
    const struct codec_half *half;
    struct swd_codec_opts o;
    const uint8_t *in;
    size_t n;
};

static int prepare(struct job *j, enum swd_codec c, enum swd_codec_dir dir,
                   const struct swd_codec_opts *o, const void *in, size_t n, struct swd_err *e)
{
    j->codec = c;
    j->dir = dir;
    j->half = codec_half(c, dir);
    j->in = in != NULL ? in : (const void *)"";
    j->n = n;
    int rc = codec_check_opts(c, dir, o, &j->o, e);
    j->o.size = n;
    return rc;
}

/* The quick way: WHOLE_DECLINED when there is none, or not for this. Counts what it did. */
static int whole(const struct job *j, uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    if (j->half->whole == NULL)
        return WHOLE_DECLINED;
    uint64_t began = swd_clock_mono();
    *len = 0;
    int rc = j->half->whole(j->codec, &j->o, j->in, j->n, out, cap, len, e);
    if (rc <= 0)
        codec_count(j->codec, j->dir, j->n, *len, swd_clock_mono() - began, rc != 0);
    return rc;
}

static size_t least(uint64_t a, uint64_t b)
{
    return (size_t)(a < b ? a : b);
}

/* --- into memory of the caller --- */

static int into_stream(const struct job *j, uint8_t *out, size_t cap, size_t *len,
                       struct swd_err *e)
{
    struct swd_stream *s;
    struct swd_codec_io io = {j->in, j->n, out, cap};
    uint8_t spare = 0;
    int rc = swd_stream_open(j->codec, j->dir, &j->o, &s, e);
    if (rc != 0)
        return rc;
    do {
        if (io.out_len == 0) { /* the limit finds out whether more is to come */
            io.out = &spare;
            io.out_len = 1;
        }
        rc = swd_stream_step(s, &io, SWD_FLUSH_END, e);
    } while (rc == SWD_STREAM_MORE);
    *len = (size_t)swd_stream_out(s);
    swd_stream_close(&s);
    return rc < 0 ? rc : 0;
}

static int into(struct job *j, uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    uint64_t ours = j->o.max_output;
    size_t room = least(cap, ours != 0 ? ours : cap);
    *len = 0;
    if (cap == 0)
        return swd_fail(e, SWD_ELIMIT, "%s: no room for the result", swd_codec_name(j->codec));
    int rc = whole(j, out, room, len, e);
    if (rc <= 0)
        return rc;
    j->o.max_output = room;
    return into_stream(j, out, room, len, e);
}

int swd_compress_into(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                      void *out, size_t cap, size_t *len, struct swd_err *e)
{
    struct job j;
    int rc = prepare(&j, c, SWD_COMPRESS, o, in, n, e);
    return rc != 0 ? rc : into(&j, out, cap, len, e);
}

int swd_decompress_into(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                        void *out, size_t cap, size_t *len, struct swd_err *e)
{
    struct job j;
    int rc = prepare(&j, c, SWD_DECOMPRESS, o, in, n, e);
    return rc != 0 ? rc : into(&j, out, cap, len, e);
}

size_t swd_compress_bound(enum swd_codec c, size_t n)
{
    return codec_half(c, SWD_COMPRESS)->room(c, NULL, n) + 2 * FRAME_MAX;
}

/* --- into a buffer --- */

/* Room to offer: what is wanted, within what is left of the limit; at least a byte. */
static int offer(struct swd_bytebuf *out, size_t want, uint64_t left, size_t *room,
                 struct swd_err *e)
{
    size_t n = least(want, left);
    if (swd_bytebuf_reserve(out, n) != 0) {
        out->failed = false;
        return swd_fail(e, SWD_ENOMEM, "no memory for %zu bytes of output", n);
    }
    *room = n;
    return 0;
}

static int buffer_whole(const struct job *j, struct swd_bytebuf *out, uint64_t most,
                        struct swd_err *e)
{
    size_t want = j->half->room(j->codec, j->in, j->n), room = 0, len = 0;
    int rc = WHOLE_SMALL;
    if (j->dir == SWD_COMPRESS)
        want += 2 * FRAME_MAX;
    else if (j->o.max_ratio != 0 && want > j->n * j->o.max_ratio)
        want = 0;
    for (int tries = 0; rc == WHOLE_SMALL && tries < 2; tries++, want *= 8) {
        if (want == 0 || most == 0 || (j->dir == SWD_DECOMPRESS && want > most) ||
            (tries > 0 && want > RETRY_MOST))
            return WHOLE_DECLINED;
        if (offer(out, want, most, &room, NULL) != 0)
            return WHOLE_DECLINED; /* less may do */
        rc = whole(j, (uint8_t *)out->data + out->len, room, &len, e);
        swd_bytebuf_took(out, room, rc == 0 ? len : 0);
    }
    return rc;
}

static int buffer_stream(const struct job *j, struct swd_bytebuf *out, struct swd_err *e)
{
    struct swd_stream *s;
    struct swd_codec_io io = {.in = j->in, .in_len = j->n};
    size_t start = out->len;
    int rc = swd_stream_open(j->codec, j->dir, &j->o, &s, e);
    if (rc != 0)
        return rc;
    do {
        uint8_t spare = 0;
        size_t room = 0, have = out->len - start;
        uint64_t left = j->o.max_output - have;
        size_t want = have > STEP_LEAST ? have : STEP_LEAST;
        rc = offer(out, want > j->n / 4 ? want : j->n / 4, left, &room, e);
        if (rc != 0)
            break;
        uint8_t *at = (uint8_t *)out->data + out->len;
        io.out = room > 0 ? at : &spare;
        io.out_len = room > 0 ? room : 1;
        rc = swd_stream_step(s, &io, SWD_FLUSH_END, e);
        if (room > 0)
            swd_bytebuf_took(out, room, (size_t)(io.out - at));
    } while (rc == SWD_STREAM_MORE);
    swd_stream_close(&s);
    return rc < 0 ? rc : 0;
}

static int buffer(struct job *j, struct swd_bytebuf *out, struct swd_err *e)
{
    size_t start = out->len;
    uint64_t most = out->max - out->len;
    if (j->o.max_output != 0 && j->o.max_output < most)
        most = j->o.max_output;
    int rc = buffer_whole(j, out, most, e);
    if (rc > 0) {
        if (most == 0)
            return swd_fail(e, SWD_ELIMIT, "%s: no room for the result", swd_codec_name(j->codec));
        j->o.max_output = most;
        rc = buffer_stream(j, out, e);
    }
    if (rc != 0)
        swd_bytebuf_cut(out, start);
    return rc;
}

int swd_compress(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                 struct swd_bytebuf *out, struct swd_err *e)
{
    struct job j;
    int rc = prepare(&j, c, SWD_COMPRESS, o, in, n, e);
    return rc != 0 ? rc : buffer(&j, out, e);
}

int swd_decompress(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                   struct swd_bytebuf *out, struct swd_err *e)
{
    struct job j;
    int rc = prepare(&j, c, SWD_DECOMPRESS, o, in, n, e);
    return rc != 0 ? rc : buffer(&j, out, e);
}
