/* The contexts of zstd that everybody shares: streams and whole inputs (zstd.c), and whoever packs
 * frames of its own, with dictionaries that it has prepared (the engine's heaps asleep).
 *
 * Two pools, zstd_enc and zstd_dec; a context's memory is the slabs'. It comes with the library's
 * default parameters and without a dictionary, whatever was done with it before, and once warm
 * nothing is allocated for it. Any thread; a context is one thread's until it is put back.
 * A get and a put cost about 0.1 us together. */
#ifndef SWD_COMPRESS_ZCTX_H
#define SWD_COMPRESS_ZCTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include "compress/compress.h"

/* By direction one or the other. */
struct swd_zctx {
    ZSTD_CCtx *c;
    ZSTD_DCtx *d;
    size_t bytes; /* while it waits */
};

/* NULL: out of memory. */
struct swd_zctx *swd_zctx_get(enum swd_codec_dir dir);

/* Gives it back and nulls the caller's pointer (which may be NULL). `bad`: it failed within a
 * frame and is freed instead, as one is that has grown past what the pool keeps. */
void swd_zctx_put(enum swd_codec_dir dir, struct swd_zctx **x, bool bad);

/* Counts work done with one in the figures of zstd: an operation of `in` to `out` bytes. Streams
 * count themselves. */
void swd_zctx_count(enum swd_codec_dir dir, size_t in, size_t out, uint64_t ns, bool failed);

#endif
