/* For the engine's suites: a heap with limits, a script run in it, and the watchdog's thread. */
#ifndef T_ENGINE_HEAPS_H
#define T_ENGINE_HEAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/duk.h"

/* swd_engine_init(), the pool, and a guard for this thread; once a program. */
void t_engine_start(void);
void t_engine_unguard(void); /* this thread leaves its guard */

/* A heap with the default limits changed by pairs of text ("cpu_per_turn", "50ms", NULL). */
struct swd_heap *t_heap(const char *key, ...);

/* One turn that evaluates `source` (UTF-8) as a program. The completion value, as String(v), is in
 * t_value() afterwards; what was thrown in t_thrown(). */
enum swd_run_rc t_eval(struct swd_heap *h, const char *source);
const char *t_value(void);
const struct swd_thrown *t_thrown(void);

/* For swd_heap_run(): the table of natives `arg`, as globals. */
int t_put_natives(void *ctx, void *arg);

/* Evaluates in a heap of its own with these limits, expects it to be stopped for `why` within
 * `seconds` of wall time (a bound for hangs, not a measure). */
void t_expect_stop(enum swd_stop why, const char *source, const char *key, ...);

/* A thread that patrols every 2 ms between these two. */
void t_watch_start(void);
void t_watch_stop(void);

#endif
