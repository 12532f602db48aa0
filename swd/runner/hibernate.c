/* Idle runners asleep: who is idle for how long, who falls asleep and when, and waking.
 *
 * Runners that wait stand in one list in the order in which they became idle (a lock of its own,
 * two links moved a turn). A tick of the loop looks at its head only; when that one has been idle
 * for `hibernate_after`, one task on the executors puts runners to sleep from the head on, a
 * quantum at a time. So a daemon full of idle runners does nothing for them.
 *
 * A runner is left awake when its next deadline is due soon: sooner than a thousand times what
 * sleeping and waking cost here (CPU time: on a busy machine the clock would say anything). One
 * whose sleeps were that short has to be idle for one more period for each of them in a row, up to
 * QUICK_MAX. Deadlines, messages, modules and kills reach a runner asleep as any other that waits:
 * they queue it, and its turn wakes it first; only a kill does not.
 *
 * Locks: the idle list, then a runner. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "pool/extent.h"
#include "runner/runner-int.h"

#define COST_FIRST (200 * SWD_NS_PER_US) /* of one sleep and waking, before any was measured */
#define COST_TIMES 1000
#define COST_SHARE 16 /* moving average */
#define QUICK_MAX  6
#define LAG_MOST   8 /* quanta at a time */
#define TICK_MIN   (50 * SWD_NS_PER_MS)
#define TICK_MAX   SWD_NS_PER_S

static uint64_t cost_soon(struct swd_runners *rs)
{
    return atomic_load_explicit(&rs->sleep.cost_ns, memory_order_relaxed) * COST_TIMES;
}

static void cost_note(struct swd_runners *rs, uint64_t ns)
{
    uint64_t old = atomic_load_explicit(&rs->sleep.cost_ns, memory_order_relaxed);
    atomic_store_explicit(&rs->sleep.cost_ns, old - old / COST_SHARE + ns * 2 / COST_SHARE,
                          memory_order_relaxed);
}

/* ---- the list ---- */

void swd_idle_note(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    pthread_mutex_lock(&rs->sleep.lock);
    r->idle_since = swd_clock_mono();
    swd_list_del(&r->idle_link);
    swd_list_push_back(&rs->sleep.idle, &r->idle_link);
    pthread_mutex_unlock(&rs->sleep.lock);
}

void swd_idle_leave(struct swd_runner *r)
{
    pthread_mutex_lock(&r->all->sleep.lock);
    swd_list_del(&r->idle_link);
    pthread_mutex_unlock(&r->all->sleep.lock);
}

/* Makes the caller the owner of a runner that waits and wants nothing. */
static bool claim(struct swd_runner *r, uint64_t now)
{
    bool mine;
    swd_runner_lock(r);
    mine = r->sched == SWD_SCHED_IDLE && r->work == 0 && r->lib &&
           !swd_heap_asleep(swd_lib_heap(r->lib)) &&
           (r->wait_until == UINT64_MAX || r->wait_until > now + cost_soon(r->all));
    if (mine)
        r->sched = SWD_SCHED_RUNNING;
    swd_runner_unlock(r);
    return mine;
}

/* The next one that has been idle for long enough, owned by the caller; NULL: none. Whoever is not
 * to sleep now leaves the list and comes back with its next turn. */
static struct swd_runner *take_due(struct swd_runners *rs)
{
    uint64_t now = swd_clock_mono();
    uint64_t after = atomic_load_explicit(&rs->sleep.after, memory_order_relaxed);
    struct swd_runner *found = NULL;
    pthread_mutex_lock(&rs->sleep.lock);
    while (!found && after != 0 && !swd_list_empty(&rs->sleep.idle)) {
        struct swd_runner *r = SWD_LIST_ENTRY(rs->sleep.idle.next, struct swd_runner, idle_link);
        if (now - r->idle_since < after)
            break;
        swd_list_del(&r->idle_link);
        if (r->quick_now > 0) {
            r->quick_now--;
            atomic_fetch_add_explicit(&rs->sleep.spared, 1, memory_order_relaxed);
            r->idle_since = now;
            swd_list_push_back(&rs->sleep.idle, &r->idle_link);
        } else if (claim(r, now)) {
            found = r;
        }
    }
    pthread_mutex_unlock(&rs->sleep.lock);
    return found;
}

/* How long the task may go on: longer the further it lags behind, so that runners that start faster
 * than a quantum in turn with theirs puts to sleep do not fill the memory. */
static uint64_t sleeper_until(struct swd_runners *rs)
{
    uint64_t now = swd_clock_mono(), times = 1;
    uint64_t after = atomic_load_explicit(&rs->sleep.after, memory_order_relaxed);
    pthread_mutex_lock(&rs->sleep.lock);
    if (after != 0 && !swd_list_empty(&rs->sleep.idle))
        times =
            (now - SWD_LIST_ENTRY(rs->sleep.idle.next, struct swd_runner, idle_link)->idle_since) /
            after;
    pthread_mutex_unlock(&rs->sleep.lock);
    times = times < 1 ? 1 : times > LAG_MOST ? LAG_MOST : times;
    return now + atomic_load(&rs->quantum) * times;
}

static void sleeper(struct swd_task *t)
{
    struct swd_runners *rs = SWD_CONTAINER(t, struct swd_runners, sleep.task);
    uint64_t until = sleeper_until(rs);
    struct swd_runner *r;
    while ((r = take_due(rs)) != NULL) {
        if (swd_runner_sleep(r) != 0)
            swd_log(SWD_LOG_DEBUG, "runner.hibernate", "id=%" PRIu64 " error=no_memory", r->id);
        swd_changed_mark(r);
        swd_runner_let_go(r, false);
        if (swd_clock_mono() >= until) {
            swd_task_queue(rs->o.execs, &rs->sleep.task);
            return;
        }
    }
}

static void idle_tick(void *arg)
{
    struct swd_runners *rs = SWD_CAST(struct swd_runners, SWD_RUNNERS_MAGIC, arg);
    uint64_t after = atomic_load_explicit(&rs->sleep.after, memory_order_relaxed);
    bool due = false;
    pthread_mutex_lock(&rs->sleep.lock);
    if (after != 0 && !swd_list_empty(&rs->sleep.idle))
        due = swd_clock_mono() -
                  SWD_LIST_ENTRY(rs->sleep.idle.next, struct swd_runner, idle_link)->idle_since >=
              after;
    pthread_mutex_unlock(&rs->sleep.lock);
    if (due)
        swd_task_queue(rs->o.execs, &rs->sleep.task);
}

/* ---- asleep and awake ---- */

/* The daemon's sum of live bytes counts what a runner asleep costs. */
static void sleep_account(struct swd_runner *r)
{
    uint64_t held = swd_heap_held(swd_lib_heap(r->lib));
    atomic_fetch_add_explicit(&r->all->sleep.bytes, (int64_t)held, memory_order_relaxed);
    r->slept_bytes = held;
    if (r->all->sleep.always)
        return; /* nobody is to notice */
    atomic_fetch_add_explicit(&r->all->alloc, (int64_t)(held - r->seen_alloc),
                              memory_order_relaxed);
    r->seen_alloc = held;
    atomic_store_explicit(&r->alloc, held, memory_order_relaxed);
}

int swd_runner_sleep(struct swd_runner *r)
{
    struct swd_sleep *s = &r->all->sleep;
    uint64_t t = swd_clock_mono(), ns = swd_clock_thread_cpu();
    int rc;
    swd_extent_relief(true); /* memory is short when many are told to sleep */
    rc = swd_lib_hibernate(r->lib);
    swd_extent_relief(false);
    ns = swd_clock_thread_cpu() - ns;
    if (rc != 0) {
        atomic_fetch_add_explicit(&s->failed, 1, memory_order_relaxed);
        return rc;
    }
    atomic_fetch_add_explicit(&s->sleeps, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->sleep_ns, ns, memory_order_relaxed);
    cost_note(r->all, ns);
    sleep_account(r);
    r->slept_at = t;
    swd_runner_lock(r);
    r->asleep = !s->always;
    swd_lines_pack(&r->lines);
    swd_runner_unlock(r);
    return 0;
}

static void max_note(_Atomic uint64_t *max, uint64_t v)
{
    uint64_t old = atomic_load_explicit(max, memory_order_relaxed);
    while (v > old && !atomic_compare_exchange_weak(max, &old, v))
        continue;
}

void swd_runner_slept(struct swd_runner *r)
{
    atomic_fetch_sub_explicit(&r->all->sleep.bytes, (int64_t)r->slept_bytes, memory_order_relaxed);
    r->slept_bytes = 0;
    swd_runner_lock(r);
    r->asleep = false;
    swd_runner_unlock(r);
}

int swd_runner_rouse(struct swd_runner *r)
{
    struct swd_sleep *s = &r->all->sleep;
    uint64_t t = swd_clock_mono(), ns = swd_clock_thread_cpu();
    int rc = swd_lib_wake(r->lib);
    ns = swd_clock_thread_cpu() - ns;
    if (rc != 0) {
        atomic_fetch_add_explicit(&s->lost, 1, memory_order_relaxed);
        return rc;
    }
    atomic_fetch_add_explicit(&s->wakes, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->wake_ns, ns, memory_order_relaxed);
    max_note(&s->wake_max_ns, ns);
    cost_note(r->all, ns);
    if (t - r->slept_at >= cost_soon(r->all))
        r->quick = 0;
    else if (r->quick < QUICK_MAX)
        r->quick++;
    r->quick_now = r->quick;
    swd_runner_slept(r);
    return 0;
}

/* ---- made and unmade ---- */

int swd_sleep_init(struct swd_runners *rs)
{
    struct swd_sleep *s = &rs->sleep;
    int rc;
    pthread_mutex_init(&s->lock, NULL);
    swd_list_init(&s->idle);
    swd_task_init(&s->task, sleeper);
    atomic_init(&s->cost_ns, COST_FIRST);
    s->always = getenv("SWD_HIBERNATE_ALWAYS") != NULL;
    rc = swd_tick_new(rs->o.loop, idle_tick, rs, &s->tick);
    return rc != 0 ? rc : swd_sleep_configure(rs);
}

int swd_sleep_configure(struct swd_runners *rs)
{
    struct swd_sleep *s = &rs->sleep;
    uint64_t after = rs->o.hibernate_after, every = after / 4;
    atomic_store_explicit(&s->after, after, memory_order_relaxed);
    if (!s->tick)
        return 0;
    if (after == 0) {
        swd_tick_cancel(s->tick);
        return 0;
    }
    every = every < TICK_MIN ? TICK_MIN : every > TICK_MAX ? TICK_MAX : every;
    return swd_tick_in(s->tick, every, every);
}

void swd_sleep_fini(struct swd_runners *rs)
{
    if (rs->sleep.tick)
        swd_tick_free(&rs->sleep.tick);
    pthread_mutex_destroy(&rs->sleep.lock);
}
