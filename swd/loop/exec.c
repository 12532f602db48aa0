/* Executors: threads that take tasks from one run queue. See loop.h.
 *
 * One FIFO list under one mutex, one condition variable. A wake-up is sent only while a sleeping
 * executor has none on its way yet, so a burst of tasks costs at most one futex call per sleeping
 * executor. A task belongs to the queue from swd_task_queue() until it is popped; after that the
 * executor calls `fn` and never touches it again, so `fn` may free or queue it. Lists are never
 * copied: unqueue is O(1). */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "pool/slab.h"

#define EXEC_STACK ((size_t)2 * 1024 * 1024)
#define EXECS_MAX  1024u

struct exec {
    struct swd_execs *all;
    pthread_t thread;
    unsigned index;
    bool started;
    void *stack; /* lowest address; published by the queue's lock */
    /* Written by the executor only, read by the loop thread. */
    _Atomic uint64_t busy_ns, turns, since; /* since: start of the running task, 0: none */
    char pad[64];                           /* neighbours write other cache lines */
};

struct swd_execs {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct swd_list queue;
    size_t queued;
    unsigned idle, waking; /* executors asleep; wake-ups sent to them and not taken yet */
    bool stop;
    unsigned count;
    uint64_t started;
    struct swd_exec_hooks hooks;
    struct exec execs[];
};

static size_t execs_size(unsigned count)
{
    return sizeof(struct swd_execs) + count * sizeof(struct exec);
}

static void exec_note_stack(struct exec *ex)
{
    pthread_attr_t attr;
    void *low = NULL;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return;
    if (pthread_attr_getstack(&attr, &low, &size) == 0 && size >= EXEC_STACK) {
        pthread_mutex_lock(&ex->all->lock);
        ex->stack = low;
        pthread_mutex_unlock(&ex->all->lock);
    }
    pthread_attr_destroy(&attr);
}

static struct swd_task *execs_pop(struct swd_execs *x)
{
    struct swd_list *n;
    pthread_mutex_lock(&x->lock);
    while (!x->stop && swd_list_empty(&x->queue)) {
        x->idle++;
        pthread_cond_wait(&x->ready, &x->lock);
        x->idle--;
        /* A spurious wake-up may take another's: that only costs one wake-up more later. */
        if (x->waking)
            x->waking--;
    }
    n = x->stop ? NULL : swd_list_pop_front(&x->queue);
    if (n)
        x->queued--;
    pthread_mutex_unlock(&x->lock);
    return n ? SWD_LIST_ENTRY(n, struct swd_task, link) : NULL;
}

static void exec_run(struct exec *ex, struct swd_task *t)
{
    uint64_t start = swd_clock_mono();
    atomic_store_explicit(&ex->since, start, memory_order_relaxed);
    t->fn(t);
    atomic_store_explicit(&ex->since, 0, memory_order_relaxed);
    atomic_fetch_add_explicit(&ex->busy_ns, swd_clock_mono() - start, memory_order_relaxed);
    atomic_fetch_add_explicit(&ex->turns, 1, memory_order_relaxed);
}

static void *exec_main(void *arg)
{
    struct exec *ex = arg;
    struct swd_execs *x = ex->all;
    struct swd_task *t;
    exec_note_stack(ex);
    if (x->hooks.thread_start)
        x->hooks.thread_start(ex->index);
    while ((t = execs_pop(x)) != NULL)
        exec_run(ex, t);
    if (x->hooks.thread_stop)
        x->hooks.thread_stop(ex->index);
    return NULL;
}

/* Signals of the daemon go to the loop thread. Whatever else the engine sends is let through. */
static void exec_block_signals(sigset_t *old)
{
    static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE, SIGALRM};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < SWD_ARRAY_LEN(ours); i++)
        sigaddset(&set, ours[i]);
    pthread_sigmask(SIG_BLOCK, &set, old);
}

static int exec_start(struct exec *ex)
{
    pthread_attr_t attr;
    sigset_t old;
    char name[16];
    int rc = pthread_attr_init(&attr);
    if (rc)
        return rc;
    pthread_attr_setstacksize(&attr, EXEC_STACK);
    exec_block_signals(&old);
    rc = pthread_create(&ex->thread, &attr, exec_main, ex);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    if (rc)
        return rc;
    ex->started = true;
    snprintf(name, sizeof name, "swd-exec-%u", ex->index % 10000);
    pthread_setname_np(ex->thread, name);
    return 0;
}

int swd_execs_start(unsigned count, const struct swd_exec_hooks *hooks, struct swd_execs **out,
                    struct swd_err *e)
{
    struct swd_execs *x;
    int rc;
    *out = NULL;
    if (count < 1 || count > EXECS_MAX)
        return swd_fail(e, SWD_EPARAMS, "%u executors: must be 1 to %u", count, EXECS_MAX);
    x = swd_slab_alloc(execs_size(count));
    if (!x)
        return swd_fail(e, SWD_ENOMEM, "no memory for %u executors", count);
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->ready, NULL);
    swd_list_init(&x->queue);
    x->started = swd_clock_mono();
    x->count = count;
    if (hooks)
        x->hooks = *hooks;
    for (unsigned i = 0; i < count; i++) {
        x->execs[i].all = x;
        x->execs[i].index = i;
        rc = exec_start(&x->execs[i]);
        if (rc) {
            swd_execs_stop(&x);
            return swd_fail(e, SWD_ENOMEM, "cannot start executor %u: %s", i, strerror(rc));
        }
    }
    *out = x;
    return 0;
}

void swd_execs_stop(struct swd_execs **xp)
{
    struct swd_execs *x = *xp;
    *xp = NULL;
    if (!x)
        return;
    pthread_mutex_lock(&x->lock);
    x->stop = true;
    pthread_cond_broadcast(&x->ready);
    pthread_mutex_unlock(&x->lock);
    for (unsigned i = 0; i < x->count; i++)
        if (x->execs[i].started)
            pthread_join(x->execs[i].thread, NULL);
    while (swd_list_pop_front(&x->queue))
        ; /* the tasks are their owners' */
    pthread_cond_destroy(&x->ready);
    pthread_mutex_destroy(&x->lock);
    swd_slab_free(x, execs_size(x->count));
}

void swd_task_init(struct swd_task *t, void (*fn)(struct swd_task *))
{
    swd_list_init(&t->link);
    t->fn = fn;
}

void swd_task_queue(struct swd_execs *x, struct swd_task *t)
{
    bool wake = false;
    pthread_mutex_lock(&x->lock);
    if (swd_list_empty(&t->link)) {
        swd_list_push_back(&x->queue, &t->link);
        x->queued++;
        wake = x->idle > x->waking;
        if (wake)
            x->waking++;
    }
    pthread_mutex_unlock(&x->lock);
    if (wake)
        pthread_cond_signal(&x->ready);
}

bool swd_task_unqueue(struct swd_execs *x, struct swd_task *t)
{
    bool was;
    pthread_mutex_lock(&x->lock);
    was = !swd_list_empty(&t->link);
    if (was) {
        swd_list_del(&t->link);
        x->queued--;
    }
    pthread_mutex_unlock(&x->lock);
    return was;
}

unsigned swd_execs_count(const struct swd_execs *x)
{
    return x->count;
}

void swd_execs_stat(const struct swd_execs *x, unsigned i, struct swd_exec_stat *out)
{
    const struct exec *ex;
    uint64_t now = swd_clock_mono(), busy, since;
    swd_assert(i < x->count);
    ex = &x->execs[i];
    busy = atomic_load_explicit(&ex->busy_ns, memory_order_relaxed);
    since = atomic_load_explicit(&ex->since, memory_order_relaxed);
    if (since && since < now)
        busy += now - since;
    out->turns = atomic_load_explicit(&ex->turns, memory_order_relaxed);
    out->busy = now > x->started ? (double)busy / (double)(now - x->started) : 0;
    if (out->busy > 1)
        out->busy = 1;
}

size_t swd_execs_queued(const struct swd_execs *x)
{
    struct swd_execs *w = (struct swd_execs *)x; /* the lock is no part of what const promises */
    size_t n;
    pthread_mutex_lock(&w->lock);
    n = w->queued;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static uint64_t exec_resident(void *stack)
{
    static const size_t page = 4096;
    unsigned char pages[EXEC_STACK / 4096];
    uint64_t n = 0;
    if (!stack || sysconf(_SC_PAGESIZE) != (long)page)
        return 0;
    if (mincore((void *)(((uintptr_t)stack + page - 1) & ~(page - 1)), EXEC_STACK - page, pages) <
        0)
        return 0;
    for (size_t i = 0; i < EXEC_STACK / page - 1; i++)
        n += pages[i] & 1u;
    return n * page;
}

uint64_t swd_execs_stacks(const struct swd_execs *x)
{
    struct swd_execs *w = (struct swd_execs *)x; /* as above */
    uint64_t sum = 0;
    for (unsigned i = 0; i < x->count; i++) {
        void *stack;
        pthread_mutex_lock(&w->lock);
        stack = x->execs[i].stack;
        pthread_mutex_unlock(&w->lock);
        sum += exec_resident(stack);
    }
    return sum;
}
