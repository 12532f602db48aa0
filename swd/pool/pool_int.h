/* What pool.c and the owners of extents tell pool_stats.c. Internal to swd/pool. */
#ifndef SWD_POOL_POOL_INT_H
#define SWD_POOL_POOL_INT_H

#include <stdint.h>

struct pool_sums {
    uint64_t gets, puts;
};
void pool_thread_sums(unsigned id, struct pool_sums *out); /* adds to *out */
uint64_t pool_thread_metadata(void);                       /* bytes of extents with magazines */

/* Bytes of extents by owner, kept by the owners themselves; relaxed atomics. `used` is what their
 * users hold of them. Arenas tell theirs when they are synchronised (swd_arena_sync). */
struct pool_owner {
    uint64_t mapped, used;
};
extern struct pool_owner pool_owner_arena, pool_owner_bump, pool_owner_slice;
extern uint64_t pool_hibernated;

static inline void pool_owner_add(uint64_t *x, uint64_t n)
{
    __atomic_fetch_add(x, n, __ATOMIC_RELAXED);
}

static inline void pool_owner_sub(uint64_t *x, uint64_t n)
{
    __atomic_fetch_sub(x, n, __ATOMIC_RELAXED);
}

#endif
