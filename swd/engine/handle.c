/* Handles: see handle.h.
 *
 * The table is an array that doubles, with its free entries in a list by index. An id is
 * generation * 65536 + index + 1; an entry's generation grows when it is closed, and one that would
 * pass 2^36 is never used again. */
#include "engine/handle.h"

#include <string.h>

#include "engine/handles.h"
#include "pool/slab.h"

#define HANDLE_MAX        65535u
#define HANDLE_FIRST      8u
#define HANDLE_GENERATION ((uint64_t)1 << 36)

struct swd_handle {
    const struct swd_handle_type *type; /* NULL: free */
    void *thing;
    uint64_t generation;
    uint32_t next; /* of the free list, index + 1 */
};

static int handle_grow(struct swd_handles *t)
{
    uint32_t size = t->size ? t->size * 2 : HANDLE_FIRST;
    struct swd_handle *grown;
    if (t->size == HANDLE_MAX)
        return SWD_ELIMIT;
    if (size > HANDLE_MAX)
        size = HANDLE_MAX;
    grown = swd_slab_alloc(size * sizeof *grown);
    if (!grown)
        return SWD_ENOMEM;
    if (t->size)
        memcpy(grown, t->at, t->size * sizeof *grown);
    swd_slab_free(t->at, t->size * sizeof *grown);
    for (uint32_t i = size; i > t->size; i--) {
        grown[i - 1].next = t->free;
        t->free = i;
    }
    t->at = grown;
    t->size = size;
    return 0;
}

int swd_handle_open(struct swd_heap *h, const struct swd_handle_type *type, void *thing, double *id)
{
    struct swd_handles *t = swd_heap_handles(h);
    struct swd_handle *e;
    uint32_t index;
    int rc = t->free ? 0 : handle_grow(t);
    if (rc)
        return rc;
    index = t->free - 1;
    e = &t->at[index];
    t->free = e->next;
    e->type = type;
    e->thing = thing;
    t->open++;
    *id = (double)(e->generation * (HANDLE_MAX + 1) + index + 1);
    return 0;
}

/* The open entry of that id and type, or NULL. */
static struct swd_handle *handle_find(const struct swd_handles *t,
                                      const struct swd_handle_type *type, double id)
{
    uint64_t n;
    struct swd_handle *e;
    if (!(id >= 1 && id < 9007199254740992.0))
        return NULL;
    n = (uint64_t)id;
    if ((double)n != id || (n - 1) % (HANDLE_MAX + 1) >= t->size)
        return NULL;
    e = &t->at[(n - 1) % (HANDLE_MAX + 1)];
    return e->type == type && e->generation == (n - 1) / (HANDLE_MAX + 1) ? e : NULL;
}

void *swd_handle_get(const struct swd_heap *h, const struct swd_handle_type *type, double id)
{
    struct swd_handle *e = handle_find(swd_heap_handles(h), type, id);
    return e ? e->thing : NULL;
}

void *swd_handle_take(struct swd_heap *h, const struct swd_handle_type *type, double id)
{
    struct swd_handles *t = swd_heap_handles(h);
    struct swd_handle *e = handle_find(t, type, id);
    void *thing;
    if (!e)
        return NULL;
    thing = e->thing;
    e->type = NULL;
    e->thing = NULL;
    t->open--;
    if (++e->generation < HANDLE_GENERATION) {
        e->next = t->free;
        t->free = (uint32_t)(e - t->at) + 1;
    }
    return thing;
}

int swd_handle_close(struct swd_heap *h, const struct swd_handle_type *type, double id)
{
    void *thing = swd_handle_take(h, type, id);
    if (!thing)
        return SWD_ENOTFOUND;
    type->drop(thing);
    return 0;
}

size_t swd_handle_count(const struct swd_heap *h)
{
    return swd_heap_handles(h)->open;
}

void swd_handles_drop(struct swd_handles *t)
{
    for (uint32_t i = 0; i < t->size; i++)
        if (t->at[i].type)
            t->at[i].type->drop(t->at[i].thing);
    swd_slab_free(t->at, t->size * sizeof *t->at);
    memset(t, 0, sizeof *t);
}
