/* General pooled memory for the daemon's C structures: size-classed objects, any thread.
 *
 * What malloc is elsewhere. Per-thread magazines over a shared depot; sizes over 32 KiB go to
 * extents. Memory is zero whenever it is handed out: an object is cleared as it goes back, up to
 * what was used of it, so that at rest it holds nothing of anybody's; a dirty extent when it is
 * taken. Used through jansson's and libevent's hooks too. */
#ifndef SWD_POOL_SLAB_H
#define SWD_POOL_SLAB_H

#include <stddef.h>

void *swd_slab_alloc(size_t n);        /* zeroed, 16-byte aligned, NULL when out of memory */
void swd_slab_free(void *p, size_t n); /* `n` as asked for; p may be NULL */
/* The same by an owner who knows that all but the first `used` bytes are zero still. */
void swd_slab_free_used(void *p, size_t n, size_t used);
char *swd_slab_strndup(const char *s, size_t n); /* n + 1 bytes, NUL-terminated */

/* malloc-shaped variants that remember the size themselves (8 to 16 bytes more each). */
void *swd_slab_malloc(size_t n);
void *swd_slab_realloc(void *p, size_t n);
void swd_slab_mfree(void *p);

/* Those in the shape of the hooks of zstd, brotli and others, whose first argument is not used. */
static inline void *swd_slab_hook_alloc(void *unused, size_t n)
{
    (void)unused;
    return swd_slab_malloc(n);
}

static inline void swd_slab_hook_free(void *unused, void *p)
{
    (void)unused;
    swd_slab_mfree(p);
}

#endif
