/* The compile cache: source text to compiled function, shared by all runners.
 *
 * Holds bytecode that this process produced, and nothing else: Duktape does not check what it
 * loads. An entry is found by everything that decides its code (text, display name, options,
 * language, goal), compared in full. When the cache is over its bytes, the least recently used
 * entries are packed (zstd, a third of the size) and stay, until packed ones fill half of it; then
 * they go. A hit of a packed entry unpacks it. Any thread; one short lock, never held while
 * packing. Memory comes from the slab pools. */
#ifndef SWD_LIB_CODECACHE_H
#define SWD_LIB_CODECACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/lib.h"

struct swd_code_key {
    const char *source;
    size_t n;
    const char *name;
    const char *options; /* swd_dialect_text() */
    enum swd_lang lang;
    enum swd_goal goal;
};

struct swd_code; /* an entry, reference-counted */

/* NULL: not there (counted as a miss). The caller gives the reference back. */
struct swd_code *swd_code_get(const struct swd_code_key *k);
void swd_code_put(struct swd_code **c);

const void *swd_code_bytes(const struct swd_code *c, size_t *n);
enum swd_goal swd_code_goal(const struct swd_code *c); /* what the text turned out to be */
bool swd_code_wrapped(const struct swd_code *c);       /* its value is the function to call */

/* Whether the text of a miss is worth adding: it was met before, lately. */
bool swd_code_wanted(const struct swd_code_key *k);

/* Adds an entry; everything is copied. Does nothing when out of memory or too large to keep. */
void swd_code_add(const struct swd_code_key *k, const void *bytes, size_t n, enum swd_goal goal,
                  bool wrapped);

struct swd_code_stats {
    uint64_t entries, bytes, limit, hits, misses, evicted;
    uint64_t packed, packed_bytes; /* of entries and bytes, those packed */
    uint64_t packings, unpackings;
};
void swd_code_stats(struct swd_code_stats *out);

/* Empties the cache; answers the bytes let go. */
uint64_t swd_code_trim(void);

#endif
