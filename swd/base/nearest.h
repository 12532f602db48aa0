/* The nearest known word to a mistyped one, for hints. Pure, any thread. */
#ifndef SWD_BASE_NEAREST_H
#define SWD_BASE_NEAREST_H

#include <stddef.h>

/* Of `n` words, the one with the smallest edit distance to `word`, or NULL when none is within
 * a third of its length (at least 2). Cost O(n * len^2); words longer than 63 bytes are skipped. */
const char *swd_nearest(const char *word, const char *const *words, size_t n);

#endif
