/* Copies and clearing of what is short without a call, as names, keys and words are. Header only.
 */
#ifndef SWD_POOL_COPY_H
#define SWD_POOL_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pool/asan.h"

/* Like memcpy(): what two loads that may overlap cover is copied inline. */
static inline void swd_copy(char *to, const char *from, size_t n)
{
    if (n > 16) {
        memcpy(to, from, n);
    } else if (n >= 8) {
        uint64_t a, b;
        memcpy(&a, from, 8);
        memcpy(&b, from + n - 8, 8);
        memcpy(to, &a, 8);
        memcpy(to + n - 8, &b, 8);
    } else if (n >= 4) {
        uint32_t a, b;
        memcpy(&a, from, 4);
        memcpy(&b, from + n - 4, 4);
        memcpy(to, &a, 4);
        memcpy(to + n - 4, &b, 4);
    } else if (n > 0) {
        char a = from[0], b = from[n / 2], c = from[n - 1];
        to[0] = a;
        to[n / 2] = b;
        to[n - 1] = c;
    }
}

/* Like memset(p, 0, n), for what is aligned to 16 and has room up to the next multiple of that. */
static inline void swd_clear(void *p, size_t n)
{
#ifndef SWD_ASAN
    typedef long long swd_v16 __attribute__((vector_size(16), may_alias));
    swd_v16 *v = (swd_v16 *)p, zero = {0, 0};
    if (n <= 128) {
        switch ((n + 15) / 16) {
        case 8: v[7] = zero; __attribute__((fallthrough));
        case 7: v[6] = zero; __attribute__((fallthrough));
        case 6: v[5] = zero; __attribute__((fallthrough));
        case 5: v[4] = zero; __attribute__((fallthrough));
        case 4: v[3] = zero; __attribute__((fallthrough));
        case 3: v[2] = zero; __attribute__((fallthrough));
        case 2: v[1] = zero; __attribute__((fallthrough));
        case 1: v[0] = zero;
        }
        return;
    }
#endif
    if (n != 0)
        memset(p, 0, n);
}

/* The last up to 8 of n bytes as one number, n counted in: for hashes. */
static inline uint64_t swd_tail(const char *s, size_t n)
{
    if (n >= 8) {
        uint64_t w;
        memcpy(&w, s + n - 8, 8);
        return w;
    }
    if (n >= 4) {
        uint32_t a, b;
        memcpy(&a, s, 4);
        memcpy(&b, s + n - 4, 4);
        return (uint64_t)a << 32 | b;
    }
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)s[0] << 16 | (uint64_t)(unsigned char)s[n / 2] << 8 |
           (unsigned char)s[n - 1];
}

#endif
