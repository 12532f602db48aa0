/* Deadlines: a 4-ary heap under one lock, with a timerfd. See loop.h.
 *
 * Set and cancel come from any thread, at O(log4 n) and no wake-up of the loop: only a deadline
 * that becomes the first one sets the timerfd. Due ones are popped and called one at a time on the
 * loop thread, so a callback may set, cancel or free any other. The heap keeps `due` beside the
 * pointer, so that sifting touches the deadlines only to tell them where they are.
 * d-ary heaps: D. B. Johnson, Priority queues with update, 1975. */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/clock.h"
#include "loop/loop_priv.h"
#include "pool/slab.h"

#define TIMERS_MIN_CAP  64u
#define TIMERS_MAX      (UINT32_MAX / 2)
#define TIMERS_PER_WAKE 1024u /* due ones called before sockets get their turn again */

static void timers_put(struct swd_due_queue *t, uint32_t i, struct swd_due_slot s)
{
    t->heap[i] = s;
    s.d->index = i + 1;
}

static void timers_up(struct swd_due_queue *t, uint32_t i, struct swd_due_slot s)
{
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (t->heap[parent].due <= s.due)
            break;
        timers_put(t, i, t->heap[parent]);
        i = parent;
    }
    timers_put(t, i, s);
}

static uint32_t timers_least_child(const struct swd_due_queue *t, uint32_t i)
{
    uint32_t first = i * 4 + 1, best = first;
    for (uint32_t c = first + 1; c < first + 4 && c < t->len; c++)
        if (t->heap[c].due < t->heap[best].due)
            best = c;
    return best;
}

static void timers_down(struct swd_due_queue *t, uint32_t i, struct swd_due_slot s)
{
    while (i * 4 + 1 < t->len) {
        uint32_t child = timers_least_child(t, i);
        if (t->heap[child].due >= s.due)
            break;
        timers_put(t, i, t->heap[child]);
        i = child;
    }
    timers_put(t, i, s);
}

static int timers_resize(struct swd_due_queue *t, uint32_t cap)
{
    struct swd_due_slot *heap = swd_slab_realloc(t->heap, cap * sizeof *heap);
    if (!heap)
        return SWD_ENOMEM;
    t->heap = heap;
    t->cap = cap;
    return 0;
}

static void timers_remove(struct swd_due_queue *t, uint32_t i)
{
    struct swd_due_slot last = t->heap[--t->len];
    t->heap[i].d->index = 0;
    if (i < t->len) {
        if (i > 0 && last.due < t->heap[(i - 1) / 4].due)
            timers_up(t, i, last);
        else
            timers_down(t, i, last);
    }
    if (t->cap > TIMERS_MIN_CAP && t->len < t->cap / 8)
        (void)timers_resize(t, t->cap / 4); /* a heap that stays large is no error */
}

static void timers_arm(struct swd_due_queue *t, uint64_t due)
{
    struct itimerspec its;
    if (due == 0)
        due = 1; /* zero would disarm */
    memset(&its, 0, sizeof its);
    its.it_value.tv_sec = (time_t)(due / SWD_NS_PER_S);
    its.it_value.tv_nsec = (long)(due % SWD_NS_PER_S);
    t->armed = due;
    if (timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &its, NULL) < 0)
        swd_panic(__FILE__, __LINE__, "timerfd_settime failed");
}

int swd_due_set(struct swd_due_queue *t, struct swd_deadline *d, uint64_t due)
{
    struct swd_due_slot s = {due, d};
    int rc = 0;
    /* The timerfd takes a signed 64-bit number of seconds; centuries are enough. */
    if (due > INT64_MAX)
        s.due = due = INT64_MAX;
    pthread_mutex_lock(&t->lock);
    d->due = due;
    if (d->index) {
        uint32_t i = d->index - 1;
        if (due < t->heap[i].due)
            timers_up(t, i, s);
        else
            timers_down(t, i, s);
    } else {
        if (t->len == t->cap)
            rc = t->cap >= TIMERS_MAX ? SWD_ENOMEM
                                      : timers_resize(t, t->cap ? t->cap * 2 : TIMERS_MIN_CAP);
        if (rc == 0)
            timers_up(t, t->len++, s);
    }
    if (rc == 0 && t->heap[0].due < t->armed)
        timers_arm(t, t->heap[0].due);
    pthread_mutex_unlock(&t->lock);
    return rc;
}

void swd_due_cancel(struct swd_due_queue *t, struct swd_deadline *d)
{
    pthread_mutex_lock(&t->lock);
    if (d->index)
        timers_remove(t, d->index - 1);
    pthread_mutex_unlock(&t->lock);
}

static struct swd_deadline *timers_pop_due(struct swd_due_queue *t, uint64_t now)
{
    struct swd_deadline *d = NULL;
    pthread_mutex_lock(&t->lock);
    if (t->len && t->heap[0].due <= now) {
        d = t->heap[0].d;
        timers_remove(t, 0);
    }
    pthread_mutex_unlock(&t->lock);
    return d;
}

static void timers_on_fd(evutil_socket_t fd, short what, void *arg)
{
    struct swd_due_queue *t = arg;
    struct swd_deadline *d;
    uint64_t now = swd_clock_mono(), count;
    (void)what;
    if (read(fd, &count, sizeof count) < 0 && errno == EAGAIN)
        return; /* set anew since it fired */
    for (unsigned n = 0; n < TIMERS_PER_WAKE && (d = timers_pop_due(t, now)) != NULL; n++)
        if (t->fn)
            t->fn(d);
    pthread_mutex_lock(&t->lock);
    t->armed = UINT64_MAX;
    if (t->len)
        timers_arm(t, t->heap[0].due);
    pthread_mutex_unlock(&t->lock);
}

int swd_due_init(struct swd_loop *l, struct swd_due_queue *t)
{
    t->armed = UINT64_MAX;
    t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (t->fd < 0)
        return SWD_EIO;
    t->ev = event_new(l->base, t->fd, EV_READ | EV_PERSIST, timers_on_fd, t);
    if (!t->ev || event_add(t->ev, NULL) < 0)
        return SWD_ENOMEM;
    return 0;
}

void swd_due_fini(struct swd_due_queue *t)
{
    if (t->ev)
        event_free(t->ev);
    if (t->fd >= 0)
        close(t->fd);
    swd_slab_mfree(t->heap);
    t->heap = NULL;
    pthread_mutex_destroy(&t->lock);
}

/* ---- the public face: one deadline per runner ---- */

void swd_deadline_init(struct swd_deadline *d)
{
    d->due = 0;
    d->index = 0;
}

void swd_loop_on_deadline(struct swd_loop *l, void (*fn)(struct swd_deadline *))
{
    l->deadlines.fn = fn;
}

int swd_deadline_set(struct swd_loop *l, struct swd_deadline *d, uint64_t due)
{
    return swd_due_set(&l->deadlines, d, due);
}

void swd_deadline_cancel(struct swd_loop *l, struct swd_deadline *d)
{
    swd_due_cancel(&l->deadlines, d);
}

uint64_t swd_deadline_count(struct swd_loop *l)
{
    uint64_t n;
    pthread_mutex_lock(&l->deadlines.lock);
    n = l->deadlines.len;
    pthread_mutex_unlock(&l->deadlines.lock);
    return n;
}
