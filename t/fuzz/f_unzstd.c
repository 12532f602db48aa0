/* libFuzzer: the decoder of zstd. */
#include "compress/compress.h"
#define FUZZ_CODEC SWD_CODEC_ZSTD
#include "t/fuzz/f_gunzip.c"
