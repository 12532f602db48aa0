/* Compression: gzip, zlib, raw deflate and zstd behind one table (codecs.def).
 *
 * One-shot calls take bytes and append to a byte buffer; streams take and give bytes in pieces of
 * any size. Contexts are pooled and reset, never made per call once warm; all their memory is the
 * pools'. Nothing here opens a file. Any thread; a stream is used by one thread at a time.
 *
 * Bad input is SWD_ECORRUPT; the message says what was found and at which byte of the input.
 * Whatever is larger than the caller allows is SWD_ELIMIT. */
#ifndef SWD_COMPRESS_COMPRESS_H
#define SWD_COMPRESS_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

#include "base/err.h"
#include "pool/bytebuf.h"

enum swd_codec {
#define SWD_CODEC(sym, name, ending, low, high, level, enc, dec, help) SWD_CODEC_##sym,
#include "compress/codecs.def"
#undef SWD_CODEC
    SWD_CODECS
};

enum swd_codec_dir { SWD_COMPRESS, SWD_DECOMPRESS };

/* What a decoder does with bytes that follow the end of the compressed data. Zeros after a gzip
 * member are padding and always pass. */
enum swd_trailing {
    SWD_TRAILING_ERROR,  /* SWD_ECORRUPT */
    SWD_TRAILING_IGNORE, /* consumed, dropped */
    SWD_TRAILING_STOP    /* left unconsumed */
};

#define SWD_LEVEL_DEFAULT (-1000)

/* Settings of a stream; a NULL pointer to them means SWD_CODEC_OPTS. */
struct swd_codec_opts {
    int level;
    int window;      /* log2 of the window; 0: the codec's own. Decoder: the largest accepted */
    int memory;      /* deflate: memLevel 1 to 9; 0: 8 */
    int strategy;    /* deflate: 0 to 4 as zlib numbers them; zstd: 1 to 9; 0: the level's */
    bool checksum;   /* zstd: the frame carries a checksum of its contents */
    bool long_range; /* zstd: long distance matching, window 27 unless given */
    bool one_member; /* decoder: stop after the first gzip member or zstd frame */
    enum swd_trailing trailing;
    const void *dict; /* not copied: must outlive the stream */
    size_t dict_len;
    uint64_t size;       /* encoder: exact bytes to come, if known; 0: unknown (zstd stores it) */
    uint64_t max_output; /* bytes that may come out; 0: no limit */
    uint32_t max_ratio;  /* decoder: output over input, once over `ratio_from`; 0: no limit */
    uint64_t ratio_from; /* bytes of output; 0: 64 KiB */
};
#define SWD_CODEC_OPTS                                                                             \
    {                                                                                              \
        .level = SWD_LEVEL_DEFAULT                                                                 \
    }

/* --- the table --- */

const char *swd_codec_name(enum swd_codec c);
const char *swd_codec_ending(enum swd_codec c); /* ".gz" */
const char *swd_codec_help(enum swd_codec c);
void swd_codec_levels(enum swd_codec c, int *low, int *high, int *dflt);
/* SWD_CODECS when there is none of that name. */
enum swd_codec swd_codec_find(const char *name);
/* By the first bytes of compressed data (two or more); SWD_CODECS when they are nobody's. Raw
 * deflate and brotli have no mark. */
enum swd_codec swd_codec_detect(const void *p, size_t n);
bool swd_codec_marked(enum swd_codec c);
/* The versions of the libraries underneath: "zlib 1.2.13, zstd 1.5.4, libdeflate 1.14". */
const char *swd_codec_library(void);

/* CRC-32 of gzip, from the sum before (0: none). */
uint32_t swd_codec_crc32(uint32_t sum, const void *p, size_t n);

/* --- one-shot --- */

/* Appends the result to `out`. On failure `out` is as it was. Errors: SWD_EPARAMS, SWD_ENOMEM,
 * SWD_ELIMIT (max_output, max_ratio or out->max), SWD_ECORRUPT. */
int swd_compress(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                 struct swd_bytebuf *out, struct swd_err *e);
int swd_decompress(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                   struct swd_bytebuf *out, struct swd_err *e);

/* The most bytes that compressing `n` bytes can give, whatever the settings. */
size_t swd_compress_bound(enum swd_codec c, size_t n);

/* The same into memory of the caller; `*len` receives the bytes written. SWD_ELIMIT when `cap` is
 * too small. */
int swd_compress_into(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                      void *out, size_t cap, size_t *len, struct swd_err *e);
int swd_decompress_into(enum swd_codec c, const struct swd_codec_opts *o, const void *in, size_t n,
                        void *out, size_t cap, size_t *len, struct swd_err *e);

/* --- streams --- */

struct swd_stream;

/* Input still to be taken and room still to be filled; a step moves both pointers on. */
struct swd_codec_io {
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_len;
};

enum swd_flush {
    SWD_FLUSH_NONE, /* more input follows */
    SWD_FLUSH_SYNC, /* encoder: everything so far can be decoded from what came out */
    SWD_FLUSH_FULL, /* deflate: and what follows does not refer back */
    SWD_FLUSH_END   /* there is no input after this */
};

enum swd_stream_rc { SWD_STREAM_MORE = 0, SWD_STREAM_END = 1 }; /* or negative */

int swd_stream_open(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o,
                    struct swd_stream **out, struct swd_err *e);

/* Takes input and gives output until one of them is used up. SWD_STREAM_MORE: call again with more
 * of what ran out (a flush is complete when room is left over). With SWD_FLUSH_END an encoder
 * answers SWD_STREAM_END once all is out, a decoder too, or says that the input is truncated.
 * A decoder of zlib or raw data answers SWD_STREAM_END where the data ends; one of gzip or zstd,
 * whose members may follow one another, when it is told that the input ends (or at once with
 * `one_member`). A failed stream gives the same error ever after. */
int swd_stream_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e);

/* A new stream of the same kind, with the same settings. */
int swd_stream_reset(struct swd_stream *s, struct swd_err *e);

uint64_t swd_stream_in(const struct swd_stream *s); /* bytes consumed: the offset of an error */
uint64_t swd_stream_out(const struct swd_stream *s);

/* Encoders of deflate: level and strategy from here on. SWD_EUNSUPPORTED elsewhere. */
int swd_stream_params(struct swd_stream *s, int level, int strategy, struct swd_codec_io *io,
                      struct swd_err *e);

void swd_stream_close(struct swd_stream **s);

/* --- figures --- */

struct swd_codec_stats {
#define SWD_CODEC_COUNTER(field, name, help) uint64_t field;
#include "compress/counters.def"
#undef SWD_CODEC_COUNTER
};
void swd_codec_stats(enum swd_codec c, enum swd_codec_dir dir, struct swd_codec_stats *out);
struct swd_codec_counter {
    const char *name, *help;
    size_t offset; /* of the uint64_t in struct swd_codec_stats */
};
const struct swd_codec_counter *swd_codec_counters(size_t *n);
uint64_t swd_codec_idle(void); /* bytes of contexts that wait in the pools */

#endif
