/* Copies words and moves the pointers among them, in one pass: the whole cost of a clone.
 *
 * Which words are pointers is a bit each (bit i of byte k: word 8k + i), so that eight words take
 * one masked addition where the CPU has it (AVX-512, AVX2); elsewhere each set bit is one addition.
 * Any thread; no memory but what is given. */
#ifndef SWD_POOL_RELOCATE_H
#define SWD_POOL_RELOCATE_H

#include <stddef.h>
#include <stdint.h>

/* Words from..from+n of `words` to `to`, with `base` added to the pointers. Does not look at
 * AddressSanitizer's shadow. */
void swd_relocate(uint64_t *to, const uint64_t *words, const uint8_t *map, size_t from, size_t n,
                  uint64_t base);

/* Tells which of the first `n` words at `mem` (a cache line's start) are not what swd_relocate()
 * would write there; the bits of the last byte beyond them are clear. */
void swd_relocate_differ(const uint64_t *mem, const uint64_t *words, const uint8_t *map, size_t n,
                         uint64_t base, uint8_t *out);

/* The ways to copy and compare whole groups of eight words, the fastest first, and the number of
 * the first that this CPU has: those behind it are there too. */
typedef void swd_relocate_fn(uint64_t *to, const uint64_t *from, const uint8_t *map, size_t groups,
                             uint64_t base);
/* Which of the words at `mem` a copy would change: a bit each in `out`, as in `map`. */
typedef void swd_relocate_differ_fn(const uint64_t *mem, const uint64_t *from, const uint8_t *map,
                                    size_t groups, uint64_t base, uint8_t *out);
struct swd_relocate_way {
    const char *name;
    swd_relocate_fn *copy;
    swd_relocate_differ_fn *differ;
};
extern const struct swd_relocate_way swd_relocate_ways[];
extern const size_t swd_relocate_ways_n;
size_t swd_relocate_best(void);

#endif
