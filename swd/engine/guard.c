/* Guards and the watchdog: see guard.h and engine.h.
 *
 * The signal is the real-time signal SWD_GUARD_SIGNAL. Its handler jumps to the turn's landing
 * place with longjmp(), which restores no mask: hence SA_NODEFER, or the signal would stay
 * blocked on this thread. Locks: the list, then one guard. */
#include "engine/guard.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/heap.h"
#include "engine/turn.h"
#include "pool/slab.h"

#define SWD_GUARD_SIGNAL (SIGRTMIN + 5)

static pthread_mutex_t guard_lock = PTHREAD_MUTEX_INITIALIZER;
static struct swd_list guard_list = SWD_LIST_INIT(guard_list);

#if SWD_HARD_STOP
static void guard_signal(int signo)
{
    struct swd_turn *t = &swd_turn_self;
    struct swd_guard *g = t->guard;
    (void)signo;
    if (!g || !t->running)
        return;
    if (atomic_load_explicit(&g->kill_seq, memory_order_relaxed) !=
        atomic_load_explicit(&g->seq, memory_order_relaxed))
        return;
    if (t->depth == 0)
        swd_turn_abandon();
    t->pending = 1;
}
#endif

int swd_guard_init(struct swd_err *e)
{
#if SWD_HARD_STOP
    struct sigaction sa = {.sa_handler = guard_signal, .sa_flags = SA_NODEFER | SA_RESTART};
    sigemptyset(&sa.sa_mask);
    if (sigaction(SWD_GUARD_SIGNAL, &sa, NULL) != 0)
        return swd_fail(e, SWD_EINTERNAL, "signal %d: %s", SWD_GUARD_SIGNAL, strerror(errno));
#else
    (void)e;
#endif
    return 0;
}

/* The lowest address of the calling thread's stack. */
static int guard_stack_end(uintptr_t *out)
{
    pthread_attr_t attr;
    void *low;
    size_t size;
    int rc;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return SWD_ENOMEM;
    rc = pthread_attr_getstack(&attr, &low, &size) ? SWD_EINTERNAL : 0;
    pthread_attr_destroy(&attr);
    *out = (uintptr_t)low;
    return rc;
}

int swd_guard_enter(struct swd_guard **out)
{
    struct swd_guard *g = swd_slab_alloc(sizeof *g);
    int rc = SWD_EINTERNAL;
    *out = NULL;
    if (!g)
        return SWD_ENOMEM;
    swd_assert(!swd_turn_self.guard);
    g->thread = pthread_self();
    if (pthread_getcpuclockid(g->thread, &g->clock) != 0)
        goto fail;
    rc = guard_stack_end(&g->stack_end);
    if (rc)
        goto fail;
    pthread_mutex_init(&g->lock, NULL);
#if SWD_HARD_STOP
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SWD_GUARD_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
#endif
    swd_turn_self.guard = g;
    pthread_mutex_lock(&guard_lock);
    swd_list_push_back(&guard_list, &g->link);
    pthread_mutex_unlock(&guard_lock);
    *out = g;
    return 0;
fail:
    swd_slab_free(g, sizeof *g);
    return rc;
}

void swd_guard_leave(struct swd_guard **gp)
{
    struct swd_guard *g = *gp;
    if (!g)
        return;
    swd_assert(swd_turn_self.guard == g && !swd_turn_self.heap);
    pthread_mutex_lock(&guard_lock);
    swd_list_del(&g->link);
    pthread_mutex_unlock(&guard_lock);
    swd_turn_self.guard = NULL;
    pthread_mutex_destroy(&g->lock);
    swd_slab_free(g, sizeof *g);
    *gp = NULL;
}

void swd_guard_begin(struct swd_guard *g, struct swd_heap *h, uint64_t now)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    atomic_fetch_add_explicit(&g->seq, 1, memory_order_relaxed);
    g->heap = h;
    g->began = now;
    g->cpu_start = h->cpu_start;
    g->cpu_budget = h->cpu_budget;
    pthread_mutex_unlock(&g->lock);
}

void swd_guard_end(struct swd_guard *g)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->heap = NULL;
    pthread_mutex_unlock(&g->lock);
}

/* Whether the turn has overstayed; latches the reason when it is the CPU limit. */
static bool guard_overdue(struct swd_guard *g, uint64_t now)
{
    struct timespec ts;
    uint64_t used;
    if (swd_heap_stopped(g->heap) != SWD_STOP_NONE) {
        uint64_t at = atomic_load(&g->heap->stop_at);
        return at && now > at && now - at > SWD_GUARD_GRACE;
    }
    if (g->cpu_budget == SWD_NONE || now < g->began + g->cpu_budget)
        return false;
    if (clock_gettime(g->clock, &ts) != 0)
        return false;
    used = (uint64_t)ts.tv_sec * SWD_NS_PER_S + (uint64_t)ts.tv_nsec - g->cpu_start;
    if (used < g->cpu_budget + SWD_GUARD_GRACE)
        return false;
    swd_heap_stop(g->heap, g->heap->cpu_why);
    return true;
}

/* One signal a turn: a real-time signal is not lost, and one that cannot be queued is sent again
 * at the next patrol. */
static void guard_kill(struct swd_guard *g)
{
#if SWD_HARD_STOP
    uint64_t seq = atomic_load(&g->seq);
    if (atomic_load(&g->kill_seq) == seq)
        return;
    atomic_store(&g->kill_seq, seq);
    if (pthread_kill(g->thread, SWD_GUARD_SIGNAL) != 0)
        atomic_store(&g->kill_seq, seq - 1);
#else
    (void)g;
#endif
}

bool swd_guard_patrol(void)
{
    uint64_t now = swd_clock_mono();
    bool any = false;
    struct swd_list *it;
    pthread_mutex_lock(&guard_lock);
    SWD_LIST_EACH(it, &guard_list)
    {
        struct swd_guard *g = SWD_LIST_ENTRY(it, struct swd_guard, link);
        pthread_mutex_lock(&g->lock);
        if (g->heap) {
            any = true;
            if (guard_overdue(g, now))
                guard_kill(g);
        }
        pthread_mutex_unlock(&g->lock);
    }
    pthread_mutex_unlock(&guard_lock);
    return any;
}
