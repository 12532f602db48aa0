/* The depot of granules: which of the reserve's 64 KiB granules are free, and which of those hold
 * old bytes. Internal to swd/pool; extent.c puts per-thread caches and statistics on top.
 *
 * One depot a NUMA node, each with its own share of the reserve and its own lock. A chunk is in the
 * bucket of its longest free run; a request takes from the smallest bucket that fits, and there
 * from the fullest chunk, so that other chunks empty. Cost: O(1) for up to 32 granules, O(chunks)
 * beyond. Any thread. */
#ifndef SWD_POOL_GRANULE_H
#define SWD_POOL_GRANULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/extent.h"

#define SWD_CHUNK_GRANULES 32
#define SWD_NODES_MAX      8

/* `base` is chunk-aligned and `chunks` long; split evenly over `nodes`. SWD_ENOMEM. */
int swd_granule_init(char *base, size_t chunks, unsigned nodes);
void swd_granule_fini(void);

/* `n` contiguous granules of one node, or NULL. */
void *swd_granule_take(unsigned node, size_t n);
/* The `to - from` granules behind p, if they are free. */
bool swd_granule_extend(void *p, size_t from, size_t to);
/* Gives granules back to their node; `dirty`: they may hold old bytes, else they read as zero. */
void swd_granule_give(void *p, size_t n, bool dirty);
/* Takes one run of at most `most` free dirty granules out of any depot, from the last chunks
 * first; NULL: none. */
void *swd_granule_take_dirty(size_t most, size_t *n);

/* Of granules that the caller holds: whether granule `i` behind p may hold old bytes. */
bool swd_granule_dirty(const void *p, size_t i);
/* Granules that the caller holds and caches: they hold old bytes from now on. */
void swd_granule_set_dirty(void *p, size_t n);
/* The node whose share p lies in. */
unsigned swd_granule_node(const void *p);

/* The hand-out check: an extent of n granules begins at p; it changes from `from` to `to` granules
 * (0: it is put). Panics on a foreign pointer, a double put or a wrong length. */
void swd_granule_mark_new(void *p, size_t n);
void swd_granule_mark(void *p, size_t from, size_t to);

/* Bytes of the depot's own tables in use. */
size_t swd_granule_metadata(void);

#endif
