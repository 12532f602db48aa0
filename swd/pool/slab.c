/* General pooled memory: see slab.h. Size classes of 16 bytes up to 1 KiB, then four to a doubling
 * up to 32 KiB, carved from 64 KiB extents; beyond that whole extents. One lock a class. */
#include "pool/slab.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "pool/extent.h"

#define EXACT   64
#define CLASSES 84
#define LARGE   ((size_t)32 * 1024)

struct slab_class {
    pthread_mutex_t lock;
    void *free;
    char *bump, *end;
};
static struct slab_class classes[CLASSES] = {
    [0 ... CLASSES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER},
};

static size_t class_of(size_t n)
{
    size_t u = n == 0 ? 1 : (n + 15) / 16;
    if (u <= EXACT)
        return u - 1;
    unsigned e = 63 - (unsigned)__builtin_clzll(u - 1);
    return EXACT + (e - 6) * 4 + (((u - 1) >> (e - 2)) - 4);
}

static size_t class_size(size_t c)
{
    if (c < EXACT)
        return (c + 1) * 16;
    return ((5 + (c - EXACT) % 4) << (4 + (c - EXACT) / 4)) * 16;
}

static void *class_alloc(struct slab_class *c, size_t size)
{
    void *p = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->free != NULL) {
        p = c->free;
        c->free = *(void **)p;
    } else {
        if ((size_t)(c->end - c->bump) < size) {
            char *x = swd_extent_get(SWD_GRANULE, false);
            if (x != NULL) {
                c->bump = x;
                c->end = x + SWD_GRANULE;
            }
        }
        if ((size_t)(c->end - c->bump) >= size) {
            p = c->bump;
            c->bump += size;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return p;
}

static void *slab_raw(size_t n)
{
    if (n > LARGE)
        return n > SIZE_MAX / 2 ? NULL : swd_extent_get(n, false);
    size_t c = class_of(n);
    return class_alloc(&classes[c], class_size(c));
}

void *swd_slab_alloc(size_t n)
{
    void *p = slab_raw(n);
    if (p != NULL)
        memset(p, 0, n);
    return p;
}

void swd_slab_free(void *p, size_t n)
{
    if (p == NULL)
        return;
    if (n > LARGE) {
        swd_extent_put(p, n);
        return;
    }
    struct slab_class *c = &classes[class_of(n)];
    pthread_mutex_lock(&c->lock);
    *(void **)p = c->free;
    c->free = p;
    pthread_mutex_unlock(&c->lock);
}

char *swd_slab_strndup(const char *s, size_t n)
{
    char *p = n < SIZE_MAX / 2 ? slab_raw(n + 1) : NULL;
    if (p == NULL)
        return NULL;
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

#define HEAD 16

void *swd_slab_malloc(size_t n)
{
    size_t *h = n < SIZE_MAX / 2 ? slab_raw(n + HEAD) : NULL;
    if (h == NULL)
        return NULL;
    *h = n;
    return (char *)h + HEAD;
}

void swd_slab_mfree(void *p)
{
    if (p != NULL)
        swd_slab_free((char *)p - HEAD, *(size_t *)(void *)((char *)p - HEAD) + HEAD);
}

void *swd_slab_realloc(void *p, size_t n)
{
    if (p == NULL)
        return swd_slab_malloc(n);
    size_t old = *(size_t *)(void *)((char *)p - HEAD);
    void *q = swd_slab_malloc(n);
    if (q == NULL)
        return NULL;
    memcpy(q, p, old < n ? old : n);
    swd_slab_mfree(p);
    return q;
}
