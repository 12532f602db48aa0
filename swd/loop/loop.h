/* The loop thread and the executors (doc/loop.md). Knows nothing of JavaScript.
 *
 * The loop owns libevent: sockets, signals, timers, posted calls. Executors are threads that take
 * tasks from one run queue. swd_loop_post() and swd_task_queue() may be called from any thread;
 * everything else belongs to the loop thread. */
#ifndef SWD_LOOP_LOOP_H
#define SWD_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"

struct swd_loop;

/* The version of the library underneath. */
const char *swd_loop_library(void);

int swd_loop_new(struct swd_loop **out, struct swd_err *e);
void swd_loop_free(struct swd_loop **l);
int swd_loop_run(struct swd_loop *l);   /* until swd_loop_stop() */
void swd_loop_stop(struct swd_loop *l); /* loop thread */

/* A call on the loop thread, posted from any thread. The node is the caller's and may be posted
 * again once `fn` began. Posts to a node already queued are merged. Wake-ups are coalesced. */
struct swd_post {
    struct swd_list link;
    void (*fn)(struct swd_post *);
    bool queued;
};
void swd_post_init(struct swd_post *p, void (*fn)(struct swd_post *));
void swd_loop_post(struct swd_loop *l, struct swd_post *p);
/* Takes a post back: afterwards `fn` will not run and the node may be freed. True when it was
 * queued. Loop thread only (on another, `fn` might be running). */
bool swd_post_cancel(struct swd_loop *l, struct swd_post *p);

/* Loop thread only: runs `p` once before the loop sleeps next, after everything that is ready now
 * (for work worth batching, such as flushing output). No system call. */
void swd_loop_defer(struct swd_loop *l, struct swd_post *p);
/* Takes it back, before `p` is freed. */
void swd_loop_defer_cancel(struct swd_post *p);

/* A file descriptor watched for reading and/or writing. The watcher is the caller's. */
struct swd_fd;
enum { SWD_FD_READ = 1, SWD_FD_WRITE = 2 };
int swd_fd_new(struct swd_loop *l, int fd, void (*fn)(void *arg, int events), void *arg,
               struct swd_fd **out);
int swd_fd_watch(struct swd_fd *w, int events); /* 0: pause; SWD_ENOMEM */
void swd_fd_free(struct swd_fd **w);            /* also in its callback; does not close the fd */

/* A timer of the loop itself (the monitor's tick, the watchdog, time-outs): CLOCK_MONOTONIC. */
struct swd_tick;
int swd_tick_new(struct swd_loop *l, void (*fn)(void *arg), void *arg, struct swd_tick **out);
/* `every` 0: once. Periods that were missed are skipped. SWD_ENOMEM on the first setting only. */
int swd_tick_in(struct swd_tick *t, uint64_t delay_ns, uint64_t every_ns);
void swd_tick_cancel(struct swd_tick *t);
void swd_tick_free(struct swd_tick **t);

int swd_loop_signal(struct swd_loop *l, int signo, void (*fn)(void *arg), void *arg);

/* How late a due timer is reached, over the last 1024 probes (10 a second). */
struct swd_loop_lag {
    uint64_t p50_us, p99_us, max_us;
};
void swd_loop_lag(const struct swd_loop *l, struct swd_loop_lag *out);

/* Deadlines: very many of them (one per runner), few due at once. A 4-ary heap under one lock; set
 * and cancel from any thread, `fn` on the loop thread, one at a time and not before `due`. A
 * deadline must be cancelled before it is freed; to free it on another thread than the loop's, be
 * sure that `fn` is not running for it. */
struct swd_deadline {
    uint64_t due;   /* ns; SWD's own field */
    uint32_t index; /* position + 1 in the heap; 0: not set */
};
void swd_deadline_init(struct swd_deadline *d);
/* `fn` is one for all: swd_loop_on_deadline(). 0 or SWD_ENOMEM. */
void swd_loop_on_deadline(struct swd_loop *l, void (*fn)(struct swd_deadline *));
int swd_deadline_set(struct swd_loop *l, struct swd_deadline *d, uint64_t due);
void swd_deadline_cancel(struct swd_loop *l, struct swd_deadline *d);
uint64_t swd_deadline_count(struct swd_loop *l);

/* Executors. A task is queued at most once at a time; `fn` runs on an executor thread. */
struct swd_task {
    struct swd_list link;
    void (*fn)(struct swd_task *);
};
struct swd_execs;
struct swd_exec_hooks {
    void (*thread_start)(unsigned index); /* on the new thread, before its first task */
    void (*thread_stop)(unsigned index);
};
int swd_execs_start(unsigned count, const struct swd_exec_hooks *hooks, struct swd_execs **out,
                    struct swd_err *e);
void swd_execs_stop(struct swd_execs **x); /* waits for running tasks; queued ones are dropped */
void swd_task_init(struct swd_task *t, void (*fn)(struct swd_task *));
void swd_task_queue(struct swd_execs *x, struct swd_task *t);   /* any thread */
bool swd_task_unqueue(struct swd_execs *x, struct swd_task *t); /* true: it will not run */

struct swd_exec_stat {
    double busy; /* share of the time since start spent in tasks, 0..1 */
    uint64_t turns;
};
unsigned swd_execs_count(const struct swd_execs *x);
void swd_execs_stat(const struct swd_execs *x, unsigned i, struct swd_exec_stat *out);
size_t swd_execs_queued(const struct swd_execs *x);
/* Resident bytes of the executors' stacks. One system call per executor. */
uint64_t swd_execs_stacks(const struct swd_execs *x);

#endif
