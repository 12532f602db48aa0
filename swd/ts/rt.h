/* The runtime helpers of generated code, as JavaScript text (doc/ts.md, The runtime contract).
 *
 * Each entry is one expression whose value is a function of R. Whoever makes a heap evaluates them
 * in order, before any script, each called with the same object R = {global, host} (rt/core.js and
 * rt/async.js say what `host` must have). Constant data, any thread. */
#ifndef SWD_TS_RT_H
#define SWD_TS_RT_H

#include <stddef.h>

struct swd_ts_rt {
    const char *name; /* "core" */
    const char *file; /* "swd:rt/core", for stack traces */
    const char *text; /* ASCII, not NUL-terminated */
    size_t len;
};

extern const struct swd_ts_rt swd_ts_rt[];
extern const size_t swd_ts_rt_count;

#endif
