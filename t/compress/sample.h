/* Inputs and short cuts for the suites of compression. */
#ifndef T_COMPRESS_SAMPLE_H
#define T_COMPRESS_SAMPLE_H

#include "compress/compress.h"

/* `n` bytes of a kind: 0 text-like, 1 noise, 2 one byte over and over, 3 a mix of all. The same for
 * the same arguments. */
void sample_fill(uint8_t *p, size_t n, unsigned kind, uint64_t seed);

/* Runs a stream over `in`, giving `in_step` bytes and `out_step` bytes of room at a time. Answers
 * the result (0 or SWD_E*). */
int sample_stream(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o,
                  const void *in, size_t n, size_t in_step, size_t out_step,
                  struct swd_bytebuf *out, struct swd_err *e);

/* What a fuzzer calls (t/fuzz/f_gunzip.c and its like): a decoder, or every one, on these bytes,
 * whole and in pieces; aborts when the ways do not agree. */
void sample_decode(enum swd_codec c, const uint8_t *data, size_t n);
void sample_decode_all(const uint8_t *data, size_t n);

/* The filter of tool.c. */
int sample_tool(int argc, char **argv);

#endif
