/* Base64 (RFC 4648): the alphabets, encoding, the value of a digit. Decoders differ in what they
 * pass over and refuse, and stand where they are used. Pure; any thread. */
#ifndef SWD_BASE_BASE64_H
#define SWD_BASE_BASE64_H

#include <stddef.h>

/* Characters that `n` bytes become at most: exactly, when padded. */
static inline size_t swd_base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}

enum swd_base64 { SWD_BASE64, SWD_BASE64_URL }; /* padded; `-_` and no padding */

/* Writes them to `out`, without a NUL; answers how many. About 1 ns a byte. */
size_t swd_base64_encode(char *out, const void *p, size_t n, enum swd_base64 how);

/* 0 to 63; -1: no digit of the first alphabet. */
static inline int swd_base64_digit(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

#endif
