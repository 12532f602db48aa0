/* libFuzzer: the decoder of raw deflate data. */
#include "compress/compress.h"
#define FUZZ_CODEC SWD_CODEC_RAW
#include "t/fuzz/f_gunzip.c"
