/* Sets of code points for the regular expression compiler: sorted, disjoint ranges in a bump arena.
 *
 * A set under construction takes ranges in any order (swd_re_set_add) and is sorted and merged by
 * swd_re_set_normal(); every other operation wants and leaves it normal. Functions answer 0 or
 * SWD_ENOMEM. One thread at a time. Cost: O(n log n) once, then linear. */
#ifndef SWD_TS_RE_SET_H
#define SWD_TS_RE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/arena.h"

#define SWD_RE_CP_MAX 0x10ffffu

struct swd_re_range {
    uint32_t lo, hi; /* both inclusive */
};

struct swd_re_set {
    struct swd_re_range *r;
    uint32_t n, cap;
};

int swd_re_set_add(struct swd_bump *b, struct swd_re_set *s, uint32_t lo, uint32_t hi);
int swd_re_set_add_set(struct swd_bump *b, struct swd_re_set *s, const struct swd_re_set *o);
/* The generated set `id` (an index into swd_re_sets). */
int swd_re_set_add_data(struct swd_bump *b, struct swd_re_set *s, unsigned id);
void swd_re_set_normal(struct swd_re_set *s);
int swd_re_set_invert(struct swd_bump *b, struct swd_re_set *s);
bool swd_re_set_has(const struct swd_re_set *s, uint32_t c);

/* Adds every character that Canonicalize() maps where it maps a member of the set: `unicode`
 * tells whether by simple case folding or by upper case of single UTF-16 units. */
int swd_re_set_close(struct swd_bump *b, struct swd_re_set *s, bool unicode);

/* Canonicalize(c) of ECMA-262 (under `unicode` up to the choice of the class's representative). */
uint32_t swd_re_canon(uint32_t c, bool unicode);

/* The set of \p{name} or \p{name=value} (not NUL-terminated; value NULL when absent): its id, or -1
 * for a name that ECMA-262 does not have. */
int swd_re_prop_find(const char *name, size_t nn, const char *value, size_t vn);

/* ID_Start and ID_Continue with $, _, and the two joiners, as in ECMAScript's identifiers. */
bool swd_re_id_start_has(uint32_t c);
bool swd_re_id_continue_has(uint32_t c);

#endif
