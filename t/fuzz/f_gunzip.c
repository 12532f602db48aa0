/* libFuzzer: any bytes through a decoder, at once and in pieces (see t/compress/sample.h). `make
 * fuzz` builds one for each codec. */
#include <stdlib.h>

#include "compress/sample.h"
#include "pool/extent.h"

#ifndef FUZZ_CODEC
#define FUZZ_CODEC SWD_CODEC_GZIP
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;

    if (!ready && swd_extent_init(NULL, NULL) != 0)
        abort();
    ready = true;
    sample_decode(FUZZ_CODEC, data, n);
    return 0;
}
