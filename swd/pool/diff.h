/* Inside the pool folder: the difference of an arena from its image, for hibernate.c.
 *
 * The regions of an arena (the first, those of growth, the large blocks) in the order of the table;
 * of each the live words that differ from the image (or from zero), in ascending order. Words in
 * free blocks (behind their header and link) and behind the last block are taken for equal.
 * Thread: the arena's owner. Cost: one pass over the live words. */
#ifndef SWD_POOL_DIFF_H
#define SWD_POOL_DIFF_H

#include "pool/hibernate.h"

/* Where a region lies, its bytes, and those of them worth making resident at once on waking: up to
 * the last block; none of a large block, most of which may be zero. */
struct diff_region {
    char *at;
    uint64_t bytes, used;
};

/* How many regions the arena has, and which. */
size_t diff_regions(struct swd_arena *a);
void diff_regions_fill(struct swd_arena *a, struct diff_region *out);

/* Applies what swd_arena_diff() told to regions that hold the image (the first) or zeros. Errors:
 * the source's; SWD_ECORRUPT for what swd_arena_diff() cannot have written. */
int diff_apply(const struct diff_region *regions, size_t n, const struct swd_diff_follow *follow,
               swd_diff_source *source, void *arg);

#endif
