/* libFuzzer: any bytes through the compiler (see t/ts/mutant.h). `make fuzz` builds it. */
#include <stdio.h>
#include <stdlib.h>

#include "pool/extent.h"
#include "t/ts/mutant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifndef FUZZ_AGAIN
#define FUZZ_AGAIN false
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;
    const char *why;

    if (!ready && swd_extent_init(NULL, NULL) != 0)
        abort();
    ready = true;
    why = mutant_try(data, n, FUZZ_AGAIN);
    if (why) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return 0;
}
