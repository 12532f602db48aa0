/* The loop thread: libevent, posted calls, signals. See loop.h.
 *
 * Invariants: every libevent call is made by the loop thread (the base has no locks); other threads
 * reach it only through the post list and its eventfd, or a timerfd. A post costs one short lock,
 * and one write(2) for the first of a burst only. */
#include "base/thread.h"
#include "loop/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "loop/loop_priv.h"
#include "pool/slab.h"

struct loop_signal {
    struct swd_list link;
    struct event *ev;
    void (*fn)(void *arg);
    void *arg;
};

static void loop_event_log(int severity, const char *msg)
{
    char q[SWD_LOGQ_SIZE];
    swd_log(severity >= EVENT_LOG_WARN ? SWD_LOG_WARN : SWD_LOG_DEBUG, "loop.libevent", "msg=%s",
            swd_log_quote(q, msg));
}

static void loop_event_fatal(int err)
{
    (void)err;
    swd_panic(__FILE__, __LINE__, "libevent met a fatal error");
}

/* libevent wants its hooks before its first allocation, once in a process. */
static void loop_hooks(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    event_set_mem_functions(swd_slab_malloc, swd_slab_realloc, swd_slab_mfree);
    event_set_log_callback(loop_event_log);
    event_set_fatal_callback(loop_event_fatal);
}

/* ---- posts ---- */

void swd_post_init(struct swd_post *p, void (*fn)(struct swd_post *))
{
    swd_list_init(&p->link);
    p->fn = fn;
    p->queued = false;
}

void swd_loop_post(struct swd_loop *l, struct swd_post *p)
{
    bool wake = false;
    uint64_t one = 1;
    pthread_mutex_lock(&l->post_lock);
    if (!p->queued) {
        p->queued = true;
        swd_list_push_back(&l->posts, &p->link);
        wake = !l->wake_pending;
        l->wake_pending = true;
    }
    pthread_mutex_unlock(&l->post_lock);
    /* Adding 1 to an eventfd can fail only if the counter is full, and then it is readable. */
    while (wake && write(l->post_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

bool swd_post_cancel(struct swd_loop *l, struct swd_post *p)
{
    bool was;
    pthread_mutex_lock(&l->post_lock);
    was = p->queued;
    p->queued = false;
    if (was)
        swd_list_del(&p->link);
    pthread_mutex_unlock(&l->post_lock);
    return was;
}

static struct swd_post *loop_next_post(struct swd_loop *l)
{
    struct swd_list *n;
    struct swd_post *p = NULL;
    pthread_mutex_lock(&l->post_lock);
    n = swd_list_pop_front(&l->batch);
    if (n) {
        p = SWD_LIST_ENTRY(n, struct swd_post, link);
        p->queued = false;
    }
    pthread_mutex_unlock(&l->post_lock);
    return p;
}

/* Runs what was posted before now; what its calls post waits for the next iteration, so that posts
 * cannot starve sockets and timers. */
static void loop_on_posts(evutil_socket_t fd, short what, void *arg)
{
    struct swd_loop *l = arg;
    struct swd_post *p;
    uint64_t count;
    (void)what;
    while (read(fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&l->post_lock);
    swd_list_splice(&l->batch, &l->posts);
    l->wake_pending = false;
    pthread_mutex_unlock(&l->post_lock);
    while ((p = loop_next_post(l)) != NULL)
        p->fn(p);
}

void swd_loop_defer(struct swd_loop *l, struct swd_post *p)
{
    if (p->queued)
        return;
    p->queued = true;
    swd_list_push_back(&l->deferred, &p->link);
}

void swd_loop_defer_cancel(struct swd_post *p)
{
    p->queued = false;
    swd_list_del(&p->link);
}

static void loop_run_deferred(struct swd_loop *l)
{
    struct swd_list *n;
    while ((n = swd_list_pop_front(&l->deferred)) != NULL) {
        struct swd_post *p = SWD_LIST_ENTRY(n, struct swd_post, link);
        p->queued = false;
        p->fn(p);
    }
}

/* ---- signals ---- */

static void loop_on_signal(evutil_socket_t signo, short what, void *arg)
{
    struct loop_signal *s = arg;
    (void)signo;
    (void)what;
    s->fn(s->arg);
}

int swd_loop_signal(struct swd_loop *l, int signo, void (*fn)(void *arg), void *arg)
{
    struct loop_signal *s = swd_slab_alloc(sizeof *s);
    if (!s)
        return SWD_ENOMEM;
    s->fn = fn;
    s->arg = arg;
    s->ev = evsignal_new(l->base, signo, loop_on_signal, s);
    if (!s->ev || event_add(s->ev, NULL) < 0) {
        if (s->ev)
            event_free(s->ev);
        swd_slab_free(s, sizeof *s);
        return SWD_ENOMEM;
    }
    swd_list_push_back(&l->signals, &s->link);
    return 0;
}

static void loop_free_signals(struct swd_loop *l)
{
    struct swd_list *n;
    while ((n = swd_list_pop_front(&l->signals)) != NULL) {
        struct loop_signal *s = SWD_LIST_ENTRY(n, struct loop_signal, link);
        event_free(s->ev);
        swd_slab_free(s, sizeof *s);
    }
}

/* ---- life ---- */

static int loop_open_base(struct swd_loop *l, struct swd_err *e)
{
    struct event_config *cfg;
    loop_hooks();
    cfg = event_config_new();
    if (!cfg)
        return swd_fail(e, SWD_ENOMEM, "no memory for the event loop");
    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
    l->base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    if (!l->base)
        return swd_fail(e, SWD_EIO, "cannot open the event loop: %s", strerror(errno));
    return 0;
}

static int loop_open_posts(struct swd_loop *l, struct swd_err *e)
{
    l->post_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->post_fd < 0)
        return swd_fail(e, SWD_EIO, "eventfd: %s", strerror(errno));
    l->post_ev = event_new(l->base, l->post_fd, EV_READ | EV_PERSIST, loop_on_posts, l);
    if (!l->post_ev || event_add(l->post_ev, NULL) < 0)
        return swd_fail(e, SWD_ENOMEM, "no memory for the event loop");
    return 0;
}

const char *swd_loop_library(void)
{
    return event_get_version();
}

int swd_loop_new(struct swd_loop **out, struct swd_err *e)
{
    struct swd_loop *l = swd_slab_alloc(sizeof *l);
    int rc;
    *out = NULL;
    if (!l)
        return swd_fail(e, SWD_ENOMEM, "no memory for the event loop");
    l->post_fd = l->ticks.fd = l->deadlines.fd = -1;
    pthread_mutex_init(&l->post_lock, NULL);
    pthread_mutex_init(&l->ticks.lock, NULL);
    pthread_mutex_init(&l->deadlines.lock, NULL);
    swd_list_init(&l->posts);
    swd_list_init(&l->batch);
    swd_list_init(&l->deferred);
    swd_list_init(&l->signals);
    rc = loop_open_base(l, e);
    if (rc == 0)
        rc = loop_open_posts(l, e);
    if (rc == 0 && (swd_due_init(l, &l->ticks) < 0 || swd_due_init(l, &l->deadlines) < 0 ||
                    swd_lag_start(l) < 0))
        rc = swd_fail(e, SWD_EIO, "cannot set up the loop's timers: %s", strerror(errno));
    if (rc < 0) {
        swd_loop_free(&l);
        return rc;
    }
    l->ticks.fn = swd_tick_fire;
    *out = l;
    return 0;
}

void swd_loop_free(struct swd_loop **lp)
{
    struct swd_loop *l = *lp;
    *lp = NULL;
    if (!l)
        return;
    swd_lag_stop(l);
    loop_free_signals(l);
    swd_due_fini(&l->ticks);
    swd_due_fini(&l->deadlines);
    if (l->post_ev)
        event_free(l->post_ev);
    if (l->post_fd >= 0)
        close(l->post_fd);
    if (l->base)
        event_base_free(l->base);
    pthread_mutex_destroy(&l->post_lock);
    swd_slab_free(l, sizeof *l);
}

int swd_loop_run(struct swd_loop *l)
{
    int rc = 0;
    swd_thread_set_loop(true);
    while (!l->stop && rc >= 0) {
        loop_run_deferred(l);
        if (!l->stop)
            rc = event_base_loop(l->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
    }
    loop_run_deferred(l);
    swd_thread_set_loop(false);
    l->stop = false;
    return rc < 0 ? SWD_EIO : 0;
}

void swd_loop_stop(struct swd_loop *l)
{
    l->stop = true;
    event_base_loopbreak(l->base);
}
