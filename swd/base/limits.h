/* The per-runner limits, generated from limits.def, and the text forms of sizes and durations.
 * Pure functions, any thread. */
#ifndef SWD_BASE_LIMITS_H
#define SWD_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SWD_NONE UINT64_MAX /* a limit that is not set */

enum swd_unit { SWD_UNIT_DURATION, SWD_UNIT_SIZE, SWD_UNIT_COUNT, SWD_UNIT_PERCENT };

struct swd_limits {
#define SWD_LIMIT(field, type, def, help) uint64_t field;
#include "base/limits.def"
#undef SWD_LIMIT
};

struct swd_limit_info {
    const char *name;
    enum swd_unit unit;
    const char *def;
    const char *help;
    size_t offset; /* of the uint64_t in struct swd_limits */
};

/* The table, `*n` entries; and one entry by name (NULL when unknown). */
const struct swd_limit_info *swd_limits_table(size_t *n);
const struct swd_limit_info *swd_limits_find(const char *name);

/* Sets every limit to its default of limits.def. */
void swd_limits_default(struct swd_limits *l);

/* Sets one limit from text ("64M", "250ms", "none"). Errors: SWD_EPARAMS (unknown key, with the
 * nearest one in the hint; bad value). */
int swd_limits_set(struct swd_limits *l, const char *name, const char *value, struct swd_err *e);

/* Tightens `l`: each field becomes the smaller of its own and `by`'s. */
void swd_limits_tighten(struct swd_limits *l, const struct swd_limits *by);

/* Text to value: sizes "512", "64K", "16M", "2G" (powers of 1024), durations "500us", "250ms",
 * "1s", "5m", "2h" (a unit is required; result in ns), counts, "50%". "none" is SWD_NONE.
 * Returns SWD_EPARAMS for anything else (signs, overflow, empty text, trailing text). */
int swd_unit_parse(enum swd_unit unit, const char *text, uint64_t *out);

/* Value to the shortest exact text of that form, e.g. 67108864 -> "64M". Returns `buf`. */
const char *swd_unit_format(enum swd_unit unit, uint64_t v, char *buf, size_t n);

#endif
