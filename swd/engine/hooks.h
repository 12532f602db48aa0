/* What Duktape calls of ours (duk_override.h, swd_heap_create): allocation, clocks, randomness,
 * formatting, the timeout and the fatal hook. Each counts as a native (turn.h) and none throws. */
#ifndef SWD_ENGINE_HOOKS_H
#define SWD_ENGINE_HOOKS_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

void *swd_hook_alloc(void *heap, size_t n);
void *swd_hook_realloc(void *heap, void *p, size_t n);
void swd_hook_free(void *heap, void *p);

/* Comes back when the script may go on; else latches the reason and abandons the turn. Costs an
 * atomic load and one vDSO clock read, and a thread clock read when a limit may have passed. */
void swd_hook_check(void *heap);

/* Latches SWD_STOP_FATAL and abandons the turn. The process goes on; the heap does not. */
_Noreturn void swd_hook_fatal(void *heap, const char *msg);

double swd_hook_random(void *heap); /* [0, 1), 53 bits */
double swd_hook_now(void);          /* Unix time in ms, whole */
double swd_hook_mono(void);         /* CLOCK_MONOTONIC in ms with fraction */
int swd_hook_zone(double ms);       /* local time's offset from UTC at `ms`, in seconds */

/* A date in one of the forms that are not ISO 8601 (RFC 1123, Date.prototype.toString() of
 * browsers, asctime, "Month D, YYYY h:mm:ss"); *ms is NaN-free. 0 when it is none of them. */
int swd_hook_date(const char *text, double *ms);

/* Whether the fields of a date in the form of ISO 8601 (year, month, day, hour, minute, second,
 * millisecond, the zone's hours and minutes; month and day from 1) are in their ranges; `minus`:
 * the year was written with a minus. */
bool swd_hook_date_fits(const int *fields, bool minus);

/* Around every mark-and-sweep that does run. */
void swd_hook_sweep(void *heap);

/* How many jobs may be queued at a time. */
uint64_t swd_hook_pending(void *heap);

/* A table of the heap is hashed by where an object lies: an image of it keeps its layout. */
void swd_hook_placed(void *heap);

/* Something that was held weakly goes. */
void swd_hook_dead(void *heap);

int swd_hook_sprintf(char *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int swd_hook_snprintf(char *out, size_t n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int swd_hook_vsnprintf(char *out, size_t n, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));
int swd_hook_sscanf(const char *text, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));

#endif
