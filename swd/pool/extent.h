/* Extents: the reserved range and its 64 KiB granules (doc/pool.md).
 *
 * One PROT_READ|PROT_WRITE, MAP_NORESERVE range, carved into 2 MiB chunks of 32 granules. An extent
 * is a run of granules, contiguous, granule-aligned. Freed extents are kept warm up to a watermark
 * (per-executor caches before the shared depot), then MADV_DONTNEED.
 * A handed-out extent is all zero when `zero` is asked for: dirty recycled ones are cleared then.
 * A double put, a foreign pointer and a wrong length are found in every build and abort.
 * Any thread after swd_extent_init(); whoever comes before it gets the defaults. */
#ifndef SWD_POOL_EXTENT_H
#define SWD_POOL_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SWD_GRANULE ((size_t)64 * 1024)
#define SWD_CHUNK   ((size_t)2 * 1024 * 1024)

struct swd_extent_opts {
    size_t reserve; /* bytes of address space; 0: chosen from the machine's memory */
    size_t warm;    /* watermark: bytes kept resident after free; 0: default 32 MiB */
    bool debug;     /* fill freed extents and look for writes to them since */
    unsigned nodes; /* NUMA nodes to split the reserve over; 0: as many as there are */
};

/* Once, before any other call; not thread-safe. */
int swd_extent_init(const struct swd_extent_opts *opts, struct swd_err *e);
void swd_extent_fini(void);
/* `fn` is called by the next swd_extent_fini(), once, before the reserve goes. */
void swd_extent_on_fini(void (*fn)(void));

/* `bytes` rounded up to granules, contiguous; NULL when the reserve or the daemon's budget is
 * exhausted. With `zero` the memory reads as zero, else its contents are unspecified. */
void *swd_extent_get(size_t bytes, bool zero);

/* Gives back an extent got with the same `bytes`. */
void swd_extent_put(void *p, size_t bytes);

/* Grows an extent in place when the granules behind it are free; false when they are not. */
bool swd_extent_grow(void *p, size_t from, size_t to, bool zero);

/* Gives back the granules of an extent beyond `to` bytes. */
void swd_extent_shrink(void *p, size_t from, size_t to);

/* Returns cached extents beyond `keep` bytes to the kernel; answers the bytes returned. */
size_t swd_extent_trim(size_t keep);

/* Drops the pages of a held extent or a part of it (page-aligned); they read as zero after. And
 * makes them resident in one call, instead of one fault each (advice; may do nothing). */
void swd_extent_decommit(void *p, size_t bytes);
void swd_extent_populate(void *p, size_t bytes);
/* Whether nobody wrote to a whole extent since its pages came from the kernel: it is zero, and not
 * resident. Right after swd_extent_get(). */
bool swd_extent_cold(const void *p, size_t bytes);

/* A held extent whose owner sleeps: its pages go, its addresses stay, and it does not count as
 * handed out. Of its first `used` bytes the pages may be kept, within the watermark, for others to
 * wake with (pages.h). Rousing it counts it again (its pages read as zero); false when the budget
 * refuses. And the way back to the pool of one that sleeps. */
void swd_extent_sleep(void *p, size_t bytes, size_t used);
bool swd_extent_rouse(void *p, size_t bytes);

/* Makes the first `bytes` of an extent just roused, or cold, resident: with pages that were kept,
 * else with those of an extent that is warm, else with the kernel's. Answers how many bytes, whole
 * pages, hold what was in those; the others are zero. */
size_t swd_extent_refill(void *p, size_t bytes);

/* Each second: pages kept that nobody needed go to the kernel by and by. Answers the bytes. */
size_t swd_extent_tick(void);
void swd_extent_put_asleep(void *p, size_t bytes);

/* Live settings: the watermark, and the most that may be handed out (SWD_NONE: no bound). */
void swd_extent_set_warm(size_t warm);
void swd_extent_set_budget(uint64_t bytes);

/* Whether less of the budget is left than `want` bytes, taken as a sixteenth of it at least and an
 * eighth at most. A guess as soon as it is told. */
bool swd_extent_tight(uint64_t want);

/* While on, this thread may pass the budget by a thirty-second and 4 MiB: for what gives more back
 * than it takes (putting a heap to sleep), which would otherwise fail just when it is needed. */
void swd_extent_relief(bool on);

/* The calling thread takes its extents from this node's share from now on. */
void swd_extent_bind_node(unsigned node);
unsigned swd_extent_node(const void *p);

/* Lets the k-th next swd_extent_get()/grow fail (1: the next); 0 turns it off. For tests. */
void swd_extent_fail_at(uint64_t k);

struct swd_extent_stats {
    uint64_t reserved;   /* address space */
    uint64_t mapped;     /* handed out + asleep + cached */
    uint64_t handed_out; /* held by arenas and pools */
    uint64_t asleep;     /* held by sleeping owners: addresses without pages */
    uint64_t cached;     /* free, kept warm */
    uint64_t high_water; /* most ever handed out */
    uint64_t gets, puts, hits, misses, trims, fails;
    uint64_t warm, budget; /* the settings */
    uint64_t metadata;     /* tables beside the reserve */
};
void swd_extent_stats(struct swd_extent_stats *out);

/* Whether `p` lies in the reserve. */
bool swd_extent_owns(const void *p);

#endif
