/* Inputs and short cuts for the suites of compression; see sample.h. */
#include "compress/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static void text(uint8_t *p, size_t n, uint64_t *x)
{
    static const char *const words[] = {"runner ",  "memory ", "the ", "of ",   "pool ", "arena\n",
                                        "extent, ", "a ",      "is ",  "heap ", "{id: ", "null} "};
    size_t i = 0;
    while (i < n) {
        const char *w = words[next(x) % 12];
        size_t k = strlen(w) < n - i ? strlen(w) : n - i;
        memcpy(p + i, w, k);
        i += k;
    }
}

void sample_fill(uint8_t *p, size_t n, unsigned kind, uint64_t seed)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + 88172645463325252u;
    if (n == 0)
        return;
    if (kind == 0) {
        text(p, n, &x);
    } else if (kind == 1) {
        for (size_t i = 0; i < n; i++)
            p[i] = (uint8_t)(next(&x) >> 24);
    } else if (kind == 2) {
        memset(p, (int)(seed & 255), n);
    } else {
        for (size_t at = 0; at < n;) {
            size_t k = 1 + next(&x) % (n / 4 + 1);
            k = k < n - at ? k : n - at;
            sample_fill(p + at, k, (unsigned)(next(&x) % 3), next(&x));
            at += k;
        }
    }
}

int sample_stream(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o,
                  const void *in, size_t n, size_t in_step, size_t out_step,
                  struct swd_bytebuf *out, struct swd_err *e)
{
    struct swd_stream *s;
    size_t given = 0;
    int rc = swd_stream_open(c, dir, o, &s, e);
    uint8_t *room = malloc(out_step);
    struct swd_codec_io io = {.in = in};
    while (rc == SWD_STREAM_MORE) {
        if (io.in_len == 0) {
            io.in_len = n - given < in_step ? n - given : in_step;
            given += io.in_len;
        }
        io.out = room;
        io.out_len = out_step;
        rc = swd_stream_step(s, &io, given == n ? SWD_FLUSH_END : SWD_FLUSH_NONE, e);
        if (swd_bytebuf_add(out, room, out_step - io.out_len) != 0)
            rc = SWD_ENOMEM;
        if (rc == SWD_STREAM_END && given < n)
            rc = SWD_STREAM_MORE; /* what follows is trailing data */
    }
    free(room);
    swd_stream_close(&s);
    return rc < 0 ? rc : 0;
}

/* Where the two ways may differ: libzstd in pieces takes an empty block of any type, at once it
 * does not; a block longer than what it makes, the other way round; a header with a huge window is
 * corrupt or over the limit by how much of it is there; what follows may be refused for another
 * reason. libdeflate gives the two lengths that no encoder uses a meaning, zlib refuses them; the
 * checksum says that the contents are right. */
static bool may_differ(enum swd_codec c, int whole, int pieces, const struct swd_err *e)
{
    if (c == SWD_CODEC_ZSTD)
        return whole == SWD_ECORRUPT ||
               (pieces == SWD_ECORRUPT &&
                (whole == SWD_ELIMIT || strstr(e->msg, "Data corruption detected") != NULL));
    return (c == SWD_CODEC_GZIP || c == SWD_CODEC_ZLIB) && whole == 0 && pieces == SWD_ECORRUPT &&
           strstr(e->msg, "invalid literal/length code") != NULL;
}

void sample_decode(enum swd_codec c, const uint8_t *data, size_t n)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_bytebuf *whole = swd_bytebuf_get(SIZE_MAX), *pieces = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e = {0};
    o.max_output = 1 << 20;
    int a = swd_decompress(c, &o, data, n, whole, &e);
    int b = sample_stream(c, SWD_DECOMPRESS, &o, data, n, 1 + n / 7, 997, pieces, &e);
    bool same = a == b && (a != 0 || whole->len == pieces->len);
    if (same && a == 0 && whole->len > 0)
        same = memcmp(whole->data, pieces->data, whole->len) == 0;
    if (!same && !may_differ(c, a, b, &e)) {
        (void)fprintf(stderr, "%s: whole %d (%zu bytes), in pieces %d (%zu): %s\n",
                      swd_codec_name(c), a, whole->len, b, pieces->len, e.msg);
        abort();
    }
    swd_bytebuf_put(&whole);
    swd_bytebuf_put(&pieces);
}

void sample_decode_all(const uint8_t *data, size_t n)
{
    for (enum swd_codec c = 0; c < SWD_CODECS; c++)
        sample_decode(c, data, n);
}
