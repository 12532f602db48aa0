/* Base64, see base64.h. Pure; any thread; about 1 ns a byte. */
#include "base/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void swd_base64_encode(char *out, const void *p, size_t n)
{
    const uint8_t *in = p;
    for (; n > 0; out += 4) {
        size_t k = n < 3 ? n : 3;
        uint32_t w = (uint32_t)in[0] << 16;
        w |= k > 1 ? (uint32_t)in[1] << 8 : 0;
        w |= k > 2 ? in[2] : 0;
        out[0] = digits[w >> 18];
        out[1] = digits[w >> 12 & 63];
        out[2] = k > 1 ? digits[w >> 6 & 63] : '=';
        out[3] = k > 2 ? digits[w & 63] : '=';
        in += k;
        n -= k;
    }
}
