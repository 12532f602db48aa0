/* What the compiler must do with any bytes: the body of the fuzz targets (t/fuzz) and of the short
 * run with fixed seeds (t_mutant.c). */
#ifndef SWD_T_TS_MUTANT_H
#define SWD_T_TS_MUTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Compiles `n` bytes, the last of which picks the options. NULL, or what is wrong with the result.
 * With `again` the output is compiled, and what comes of it, and then the input once more. */
const char *mutant_try(const uint8_t *data, size_t n, bool again);

/* Changes the text in place with what `seed` gives: bytes, pieces of it doubled, moved and left
 * out, brackets nested. Answers the new length, at most `cap`. Deterministic. */
size_t mutant_make(char *text, size_t n, size_t cap, uint64_t seed);

#endif
