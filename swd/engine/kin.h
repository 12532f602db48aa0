/* Kin: heaps asleep that are alike share what they have in common.
 *
 * Runners of one script, or of scripts of one shape, differ from their image by nearly the same
 * words. The difference of one of them, kept as a dictionary, makes that of each other one far
 * smaller, and in less time. Kin is found by a key of the script and by one of the heap's
 * size; what was met once is remembered, what is met twice gets a dictionary, and one that helps no
 * longer is replaced. Dictionaries are immutable and reference-counted: whoever sleeps by one keeps
 * it. At most KIN_SLOTS of each sort, each under 100 KiB.
 *
 * Any thread. O(1) but for making a dictionary. */
#ifndef SWD_ENGINE_KIN_H
#define SWD_ENGINE_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What tells kin: the script (0: not known), and the shape of the heap. */
enum { SWD_KIN_SCRIPT, SWD_KIN_SHAPE, SWD_KIN_KEYS };
struct swd_kin_keys {
    uint64_t key[SWD_KIN_KEYS];
};

struct swd_kin;

/* The dictionary of kin, a reference; NULL: none yet. */
struct swd_kin *swd_kin_find(const struct swd_kin_keys *keys);
void swd_kin_unref(struct swd_kin **kin);

/* A difference of `n` bytes at `raw` became `got` by `used` (NULL: without any). May make a
 * dictionary of it; does nothing when out of memory. `raw` may be NULL when there is `used`: one
 * that helps no longer is dropped then. */
void swd_kin_learn(const struct swd_kin_keys *keys, const struct swd_kin *used, const void *raw,
                   size_t n, size_t got);

/* For zstd: the digested dictionary to compress with (a ZSTD_CDict), the prefix to decompress. */
const void *swd_kin_digest(const struct swd_kin *kin);
const void *swd_kin_prefix(const struct swd_kin *kin, size_t *n);

/* Bytes of the dictionaries there are. */
uint64_t swd_kin_bytes(void);

#endif
