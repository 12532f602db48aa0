/* Guards, inside `engine`: what the watchdog may look at of a thread that runs turns.
 *
 * A guard's heap and times are under its lock, taken for a moment at the start and the end of a
 * turn and by the patrol while it looks and signals; so a heap in a guard is alive and its turn is
 * the one of `seq`. A signal that arrives late finds another `seq` than the one it was sent for. */
#ifndef SWD_ENGINE_GUARD_H
#define SWD_ENGINE_GUARD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/list.h"

#define SWD_GUARD_GRACE (20 * 1000000ULL) /* ns a turn may overstay before the hard stop */

struct swd_heap;

struct swd_guard {
    struct swd_list link;
    pthread_mutex_t lock;
    pthread_t thread;
    clockid_t clock; /* the thread's CPU clock */
    uintptr_t stack_end;

    _Atomic uint64_t seq;      /* turns begun on this thread */
    _Atomic uint64_t kill_seq; /* the turn that the last signal was for */

    struct swd_heap *heap; /* NULL between turns */
    uint64_t began;        /* CLOCK_MONOTONIC */
    uint64_t cpu_start, cpu_budget;
};

int swd_guard_init(struct swd_err *e);
void swd_guard_begin(struct swd_guard *g, struct swd_heap *h, uint64_t now);
void swd_guard_end(struct swd_guard *g);

#endif
