/* Memory of one zlib context: see zblock.h. */
#include "compress/zblock.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "pool/slab.h"

static void *extra(struct zblock *b, size_t n)
{
    for (int i = 0; i < ZBLOCK_EXTRA; i++) {
        if (b->extra[i] == NULL) {
            b->extra[i] = swd_slab_malloc(n);
            if (b->extra[i] != NULL)
                b->extra_bytes += n;
            return b->extra[i];
        }
    }
    return NULL;
}

static void *take(void *opaque, uInt items, uInt size)
{
    struct zblock *b = opaque;
    size_t n = ((size_t)items * size + 63) & ~(size_t)63;
    if (n > b->cap - b->used)
        return extra(b, n);
    void *p = b->base + b->used;
    b->used += n;
    return p;
}

static void give(void *opaque, void *p)
{
    (void)opaque;
    (void)p;
}

int zblock_open(struct zblock *b, size_t cap, z_stream *z)
{
    memset(b, 0, sizeof *b);
    memset(z, 0, sizeof *z);
    b->base = swd_slab_alloc(cap);
    if (b->base == NULL)
        return SWD_ENOMEM;
    b->cap = cap;
    z->zalloc = take;
    z->zfree = give;
    z->opaque = b;
    return 0;
}

size_t zblock_bytes(const struct zblock *b)
{
    return b->cap + b->extra_bytes;
}

void zblock_close(struct zblock *b)
{
    for (int i = 0; i < ZBLOCK_EXTRA; i++)
        swd_slab_mfree(b->extra[i]);
    swd_slab_free(b->base, b->cap);
    memset(b, 0, sizeof *b);
}
