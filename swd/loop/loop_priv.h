/* What the files of the loop share; no other folder includes this. */
#ifndef SWD_LOOP_LOOP_PRIV_H
#define SWD_LOOP_LOOP_PRIV_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"

struct event;
struct event_base;

/* A 4-ary heap of deadlines with a timerfd of its own (timers.c). `armed` is the time the timerfd
 * is set to; it is never later than the first deadline, so a cancel costs no system call. */
struct swd_due_slot {
    uint64_t due;
    struct swd_deadline *d;
};
struct swd_due_queue {
    pthread_mutex_t lock;
    struct swd_due_slot *heap;
    uint32_t len, cap;
    uint64_t armed; /* UINT64_MAX: not armed */
    int fd;
    struct event *ev;
    void (*fn)(struct swd_deadline *);
};

#define SWD_LAG_SAMPLES 1024u

struct swd_lag {
    struct swd_tick *tick;
    uint64_t expected; /* when the probe should have run */
    uint32_t us[SWD_LAG_SAMPLES];
    uint32_t n; /* samples ever taken; the ring holds the last SWD_LAG_SAMPLES */
};

struct swd_loop {
    struct event_base *base;
    bool stop;

    pthread_mutex_t post_lock;
    struct swd_list posts; /* under post_lock, like `queued` of every post */
    struct swd_list batch; /* what this iteration runs; under post_lock too */
    bool wake_pending;     /* the eventfd was written and not read yet */
    int post_fd;
    struct event *post_ev;

    struct swd_list deferred; /* loop thread only */

    struct swd_due_queue deadlines; /* one per runner */
    struct swd_due_queue ticks;     /* the loop's own */
    struct swd_list signals;
    struct swd_lag lag;
};

int swd_due_init(struct swd_loop *l, struct swd_due_queue *t);
void swd_due_fini(struct swd_due_queue *t);
int swd_due_set(struct swd_due_queue *t, struct swd_deadline *d, uint64_t due);
void swd_due_cancel(struct swd_due_queue *t, struct swd_deadline *d);

void swd_tick_fire(struct swd_deadline *d);

int swd_lag_start(struct swd_loop *l);
void swd_lag_stop(struct swd_loop *l);

#endif
