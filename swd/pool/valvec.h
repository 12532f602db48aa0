/* Value vectors: growable arrays of 8-byte values, pooled.
 *
 * Got from and put back to the pool `valvec`: values are cleared up to what was used, a capacity
 * over the pool's limit (256) is freed instead and counted. One thread at a time. */
#ifndef SWD_POOL_VALVEC_H
#define SWD_POOL_VALVEC_H

#include <stddef.h>

#include "pool/value.h"

struct swd_valvec {
    union swd_value *v; /* `n` of them */
    size_t n, cap;
};

/* NULL when out of memory. */
struct swd_valvec *swd_valvec_get(void);
void swd_valvec_put(struct swd_valvec **vec);

/* Room for `n` values in all; 0 or SWD_ENOMEM. */
int swd_valvec_reserve(struct swd_valvec *vec, size_t n);
static inline int swd_valvec_add(struct swd_valvec *vec, union swd_value v)
{
    int rc = vec->n < vec->cap ? 0 : swd_valvec_reserve(vec, vec->n + 1);
    if (rc == 0)
        vec->v[vec->n++] = v;
    return rc;
}
void swd_valvec_clear(struct swd_valvec *vec);

#endif
