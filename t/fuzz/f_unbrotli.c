/* libFuzzer: the decoder of brotli; that of gzip where this build has none. */
#include "compress/compress.h"
#ifdef HAVE_BROTLI
#define FUZZ_CODEC SWD_CODEC_BROTLI
#endif
#include "t/fuzz/f_gunzip.c"
