/* Base64 (RFC 4648, with padding). */
#ifndef SWD_BASE_BASE64_H
#define SWD_BASE_BASE64_H

#include <stddef.h>

/* Characters that `n` bytes become. */
static inline size_t swd_base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}

/* Writes them to `out`, without a NUL. */
void swd_base64_encode(char *out, const void *p, size_t n);

#endif
