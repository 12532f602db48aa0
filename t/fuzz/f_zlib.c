/* libFuzzer: the decoder of zlib data. */
#include "compress/compress.h"
#define FUZZ_CODEC SWD_CODEC_ZLIB
#include "t/fuzz/f_gunzip.c"
