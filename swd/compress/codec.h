/* Inside of swd/compress: the shape of a codec, and of a stream as the codecs see it.
 *
 * A codec's half (encoder or decoder) opens, steps and closes; stream.c counts, limits and latches
 * errors around it. `whole` is a faster way for input that lies in memory at once; it may decline
 * any call, which then goes through a stream. */
#ifndef SWD_COMPRESS_CODEC_H
#define SWD_COMPRESS_CODEC_H

#include "compress/compress.h"

struct deflate_ctx;
struct inflate_ctx;
struct swd_zctx;

/* gzip, zlib and raw data around a raw deflate stream: what is being read or written now. */
struct framing {
    unsigned phase;
    unsigned got, want; /* of `bytes` */
    uint8_t bytes[20];
    uint8_t flags; /* of the gzip header */
    uint32_t skip; /* bytes of a field of the gzip header to pass over */
    uint32_t sum, header_sum;
    uint64_t size; /* uncompressed bytes of this member */
    unsigned members;
};

/* zstd's decoder: where it is among the frames, and how this one began. */
#define ZSTD_HEAD_MAX 18
struct zstd_frames {
    bool between; /* a frame ended and none has begun since */
    unsigned ended;
    uint8_t head[ZSTD_HEAD_MAX];
    size_t head_n;
    uint64_t out; /* of this frame */
};

struct swd_stream {
    unsigned magic;
    enum swd_codec codec;
    enum swd_codec_dir dir;
    const struct codec_half *half;
    struct swd_codec_opts o;
    uint64_t in, out; /* before the running step */
    size_t step_in;   /* input of the running step */
    uint64_t ns;
    int failed; /* SWD_E*, latched */
    bool ended, counted;
    union {
        struct framing f;
        struct zstd_frames z;
    };
    union {
        struct deflate_ctx *deflate;
        struct inflate_ctx *inflate;
        struct swd_zctx *zstd;
        void *brotli;
    } ctx;
};

struct codec_half {
    /* Takes a context and readies it; also for swd_stream_reset(), after `close`. */
    int (*open)(struct swd_stream *s, struct swd_err *e);
    /* As swd_stream_step(); moves `io` on; need not look for truncation or trailing data unless it
     * knows better than "the input is used up" and "something follows the end". */
    int (*step)(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                struct swd_err *e);
    /* Gives the context back, or frees it (`bad`). */
    void (*close)(struct swd_stream *s, bool bad);
    int (*params)(struct swd_stream *s, int level, int strategy, struct swd_codec_io *io,
                  struct swd_err *e); /* NULL: cannot change */
    /* What the stream was in when the input ended, for messages. */
    const char *(*where)(const struct swd_stream *s);
    /* The whole input to `cap` bytes at `out`: 0, WHOLE_*, or SWD_E*. NULL: never. */
    int (*whole)(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e);
    /* Output size to make room for first. Encoder: enough for all; decoder: a guess, 0: none. */
    size_t (*room)(enum swd_codec c, const uint8_t *in, size_t n);
};
#define WHOLE_DECLINED 2 /* a stream is to do it */
#define WHOLE_SMALL    3 /* the same, unless there is more room */

extern const struct codec_half codec_deflate, codec_inflate, codec_zstd_enc, codec_zstd_dec,
    codec_brotli_enc, codec_brotli_dec; /* the last two: with HAVE_BROTLI */

const struct codec_half *codec_half(enum swd_codec c, enum swd_codec_dir dir);

/* The settings are in range for this codec; fills in the defaults. */
int codec_check_opts(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *in,
                     struct swd_codec_opts *out, struct swd_err *e);

/* SWD_ECORRUPT with "<codec>: <what> at byte <offset>", which is `back` bytes before what the
 * running step took last. */
int codec_corrupt(struct swd_stream *s, const struct swd_codec_io *io, unsigned back,
                  const char *what, struct swd_err *e);

/* Adler-32 by the fastest library there is. */
uint32_t codec_adler32(uint32_t sum, const void *p, size_t n);

/* The frame around deflated data, frame.c. `out` has FRAME_MAX bytes; answers how many it used. */
#define FRAME_MAX 12
size_t frame_head(enum swd_codec c, const struct swd_codec_opts *o, uint8_t *out);
size_t frame_tail(enum swd_codec c, uint32_t sum, uint64_t size, uint8_t *out);
uint32_t frame_sum_init(enum swd_codec c);
uint32_t frame_sum(enum swd_codec c, uint32_t sum, const void *p, size_t n);
uint32_t frame_le32(const uint8_t *p);
uint32_t frame_be32(const uint8_t *p);

/* libdeflate for whole inputs, fast.c; without the library both decline. */
int fast_deflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e);
int fast_inflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e);

/* --- statistics, stats.c --- */

/* An operation that ended. */
void codec_count(enum swd_codec c, enum swd_codec_dir dir, uint64_t in, uint64_t out, uint64_t ns,
                 bool failed);

#define CODEC_COUNT(c, dir, field, n)                                                              \
    __atomic_fetch_add(&codec_counts[c][dir].field, (n), __ATOMIC_RELAXED)
extern struct swd_codec_stats codec_counts[SWD_CODECS][2];

/* Whether a context of so many bytes may wait in its pool; codec_idle_sub() when it leaves. */
bool codec_idle_add(size_t bytes);
void codec_idle_sub(size_t bytes);

#endif
