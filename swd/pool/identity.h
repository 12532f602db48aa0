/* The conservation identity of the reserve (doc/pool.md):
 *
 *     mapped = live + hibernated + cached + slack + metadata
 *
 * `mapped` is what the extents count; the right side is what the owners of extents count, each by
 * its own. Exact when nobody allocates meanwhile and every arena was synchronised. */
#ifndef SWD_POOL_IDENTITY_H
#define SWD_POOL_IDENTITY_H

#include <stdint.h>

struct swd_identity {
    uint64_t mapped;     /* bytes of extents handed out or cached */
    uint64_t live;       /* in use: blocks of arenas, objects of pools, extents held directly */
    uint64_t hibernated; /* extents whose heaps sleep */
    uint64_t cached;     /* free objects in pools, free extents kept warm */
    uint64_t slack;      /* held and not usable now: rounding, uncarved rests, free blocks */
    uint64_t metadata;   /* headers of slabs, batches, magazines */
    int64_t missing;     /* right side minus left: 0, else somebody's books are wrong */
    /* Where extents are, `cached` ones aside: */
    uint64_t arenas, bumps, pools, direct;
};
/* O(threads x pools); any thread. */
void swd_pool_identity(struct swd_identity *out);

#endif
