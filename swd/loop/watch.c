/* Watched file descriptors and ticks. See loop.h. Loop thread only.
 *
 * A watcher has one libevent event per direction, so that pausing one direction is one epoll_ctl
 * and never disturbs the other. A watcher may be freed in its own callback. */
#include <stdlib.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/check.h"
#include "base/clock.h"
#include "loop/loop_priv.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define FD_MAGIC   0x53574644u
#define TICK_MAGIC 0x5357544bu

struct swd_fd {
    unsigned magic;
    int events;
    void (*fn)(void *arg, int events);
    void *arg;
    struct event rd, wr;
};

struct swd_tick {
    unsigned magic;
    struct swd_loop *loop;
    struct swd_deadline deadline;
    uint64_t every, due;
    void (*fn)(void *arg);
    void *arg;
};

SWD_POOL_DEFINE(tick, SWD_POOL_TICK, struct swd_tick, NULL)
SWD_POOL_TYPE(SWD_POOL_TICK, tick_pool_type)

static void fd_on_read(evutil_socket_t fd, short what, void *arg)
{
    struct swd_fd *w = SWD_CAST(struct swd_fd, FD_MAGIC, arg);
    (void)fd;
    (void)what;
    w->fn(w->arg, SWD_FD_READ);
}

static void fd_on_write(evutil_socket_t fd, short what, void *arg)
{
    struct swd_fd *w = SWD_CAST(struct swd_fd, FD_MAGIC, arg);
    (void)fd;
    (void)what;
    w->fn(w->arg, SWD_FD_WRITE);
}

int swd_fd_new(struct swd_loop *l, int fd, void (*fn)(void *arg, int events), void *arg,
               struct swd_fd **out)
{
    struct swd_fd *w = swd_slab_alloc(sizeof *w);
    *out = NULL;
    if (!w)
        return SWD_ENOMEM;
    w->magic = FD_MAGIC;
    w->fn = fn;
    w->arg = arg;
    if (event_assign(&w->rd, l->base, fd, EV_READ | EV_PERSIST, fd_on_read, w) < 0 ||
        event_assign(&w->wr, l->base, fd, EV_WRITE | EV_PERSIST, fd_on_write, w) < 0) {
        swd_slab_free(w, sizeof *w);
        return SWD_EINTERNAL;
    }
    *out = w;
    return 0;
}

static int fd_set_one(struct event *ev, bool was, bool want)
{
    if (was == want)
        return 0;
    return want ? event_add(ev, NULL) : event_del(ev);
}

int swd_fd_watch(struct swd_fd *w, int events)
{
    int was = w->events;
    SWD_CHECK(w, FD_MAGIC);
    if (was == events)
        return 0;
    if (fd_set_one(&w->rd, was & SWD_FD_READ, events & SWD_FD_READ) < 0)
        return SWD_ENOMEM;
    w->events = (was & ~SWD_FD_READ) | (events & SWD_FD_READ);
    if (fd_set_one(&w->wr, was & SWD_FD_WRITE, events & SWD_FD_WRITE) < 0)
        return SWD_ENOMEM;
    w->events = events;
    return 0;
}

void swd_fd_free(struct swd_fd **wp)
{
    struct swd_fd *w = *wp;
    *wp = NULL;
    if (!w)
        return;
    SWD_CHECK(w, FD_MAGIC);
    event_del(&w->rd);
    event_del(&w->wr);
    w->magic = 0;
    swd_slab_free(w, sizeof *w);
}

/* ---- ticks ---- */

int swd_tick_new(struct swd_loop *l, void (*fn)(void *arg), void *arg, struct swd_tick **out)
{
    struct swd_tick *t = tick_get();
    *out = NULL;
    if (!t)
        return SWD_ENOMEM;
    t->magic = TICK_MAGIC;
    t->loop = l;
    t->fn = fn;
    t->arg = arg;
    swd_deadline_init(&t->deadline);
    *out = t;
    return 0;
}

int swd_tick_in(struct swd_tick *t, uint64_t delay_ns, uint64_t every_ns)
{
    SWD_CHECK(t, TICK_MAGIC);
    t->every = every_ns;
    t->due = swd_clock_mono() + delay_ns;
    return swd_due_set(&t->loop->ticks, &t->deadline, t->due);
}

/* Periods missed are skipped, not made up for. The place in the heap that this deadline just left
 * is still there, so setting it again cannot fail. */
void swd_tick_fire(struct swd_deadline *d)
{
    struct swd_tick *t = SWD_CONTAINER(d, struct swd_tick, deadline);
    SWD_CHECK(t, TICK_MAGIC);
    if (t->every) {
        uint64_t now = swd_clock_mono();
        t->due += t->every;
        if (t->due <= now)
            t->due = now + t->every;
        (void)swd_due_set(&t->loop->ticks, d, t->due);
    }
    t->fn(t->arg);
}

void swd_tick_cancel(struct swd_tick *t)
{
    SWD_CHECK(t, TICK_MAGIC);
    t->every = 0;
    swd_due_cancel(&t->loop->ticks, &t->deadline);
}

void swd_tick_free(struct swd_tick **tp)
{
    struct swd_tick *t = *tp;
    *tp = NULL;
    if (!t)
        return;
    swd_tick_cancel(t);
    tick_put(&t);
}
