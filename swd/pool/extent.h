/* Extents: the reserved range and its 64 KiB granules (DESIGN 4).
 *
 * One PROT_READ|PROT_WRITE, MAP_NORESERVE range, carved into 2 MiB chunks of 32 granules. An extent
 * is a run of granules, contiguous, granule-aligned. Freed extents are kept warm up to a watermark
 * (per-executor caches before the shared depot), then MADV_DONTNEED.
 * A handed-out extent is all zero when `zero` is asked for: dirty recycled ones are cleared then.
 * Any thread after swd_extent_init(). */
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
    bool debug;     /* poison freed extents, detect double free and foreign pointers */
};

/* Once, before any other call; not thread-safe. */
int swd_extent_init(const struct swd_extent_opts *opts, struct swd_err *e);
void swd_extent_fini(void);

/* `bytes` rounded up to granules, contiguous; NULL when the reserve or the daemon's budget is
 * exhausted. With `zero` the memory reads as zero, else its contents are unspecified. */
void *swd_extent_get(size_t bytes, bool zero);

/* Gives back an extent got with the same `bytes`. */
void swd_extent_put(void *p, size_t bytes);

/* Grows an extent in place when the granules behind it are free; false when they are not. */
bool swd_extent_grow(void *p, size_t from, size_t to, bool zero);

/* Returns cached extents beyond `keep` bytes to the kernel; answers the bytes returned. */
size_t swd_extent_trim(size_t keep);

/* Lets the k-th next swd_extent_get()/grow fail (1: the next); 0 turns it off. For tests. */
void swd_extent_fail_at(uint64_t k);

struct swd_extent_stats {
    uint64_t reserved;   /* address space */
    uint64_t mapped;     /* handed out + cached */
    uint64_t handed_out; /* held by arenas and pools */
    uint64_t cached;     /* free, kept warm */
    uint64_t high_water; /* most ever handed out */
    uint64_t gets, puts, hits, misses, trims, fails;
};
void swd_extent_stats(struct swd_extent_stats *out);

/* Whether `p` lies in the reserve. */
bool swd_extent_owns(const void *p);

#endif
