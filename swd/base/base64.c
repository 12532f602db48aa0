/* Base64, see base64.h. */
#include "base/base64.h"

#include <stdint.h>

#define COMMON "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char alphabets[][65] = {[SWD_BASE64] = COMMON "+/", [SWD_BASE64_URL] = COMMON "-_"};

size_t swd_base64_encode(char *out, const void *p, size_t n, enum swd_base64 how)
{
    const char *digits = alphabets[how];
    const uint8_t *in = p;
    char *to = out;
    for (; n >= 3; n -= 3, in += 3, to += 4) {
        uint32_t w = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        to[0] = digits[w >> 18];
        to[1] = digits[w >> 12 & 63];
        to[2] = digits[w >> 6 & 63];
        to[3] = digits[w & 63];
    }
    if (n > 0) {
        uint32_t w = (uint32_t)in[0] << 16 | (n > 1 ? (uint32_t)in[1] << 8 : 0);
        *to++ = digits[w >> 18];
        *to++ = digits[w >> 12 & 63];
        if (n > 1)
            *to++ = digits[w >> 6 & 63];
        for (; how == SWD_BASE64 && n < 3; n++)
            *to++ = '=';
    }
    return (size_t)(to - out);
}
