/* Value vectors: see valvec.h. Capacity doubles from 16. */
#include "pool/valvec.h"

#include <string.h>

#include "base/err.h"
#include "pool/copy.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define FIRST_CAP 16

static void destroy(void *p)
{
    struct swd_valvec *vec = p;
    swd_slab_free_used(vec->v, vec->cap * sizeof(*vec->v), vec->n * sizeof(*vec->v));
    memset(vec, 0, sizeof(*vec));
}

static const struct swd_pool_type type = {sizeof(struct swd_valvec), destroy};
SWD_POOL_TYPE(SWD_POOL_VALVEC, type)

struct swd_valvec *swd_valvec_get(void)
{
    return swd_pool_get(SWD_POOL_VALVEC, &type, SWD_HERE);
}

void swd_valvec_clear(struct swd_valvec *vec)
{
    swd_clear(vec->v, vec->n * sizeof(*vec->v));
    vec->n = 0;
}

void swd_valvec_put(struct swd_valvec **vp)
{
    struct swd_valvec *vec = *vp;
    *vp = NULL;
    if (vec == NULL)
        return;
    if (vec->cap > swd_pool_keep(SWD_POOL_VALVEC)) {
        swd_pool_note_oversize(SWD_POOL_VALVEC, SWD_OVERSIZE_KEPT, vec->cap);
        destroy(vec);
    } else {
        swd_valvec_clear(vec);
    }
    swd_pool_put(SWD_POOL_VALVEC, &type, vec);
}

int swd_valvec_reserve(struct swd_valvec *vec, size_t n)
{
    size_t cap = vec->cap != 0 ? vec->cap : FIRST_CAP;
    if (n <= vec->cap)
        return 0;
    if (n > SIZE_MAX / 4 / sizeof(*vec->v))
        return SWD_ENOMEM;
    while (cap < n)
        cap *= 2;
    union swd_value *v = swd_slab_alloc(cap * sizeof(*v));
    if (v == NULL)
        return SWD_ENOMEM;
    if (vec->n != 0)
        memcpy(v, vec->v, vec->n * sizeof(*v));
    swd_slab_free_used(vec->v, vec->cap * sizeof(*v), vec->n * sizeof(*v));
    vec->v = v;
    vec->cap = cap;
    return 0;
}
