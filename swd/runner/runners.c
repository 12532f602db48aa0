/* The daemon's set of runners: made, configured, told of news by executors, drained.
 *
 * Executors reach the loop through three lists under `out_lock` and one coalesced post: runners
 * with output or module requests, runners that ended, collections with news. Everything else here
 * is the loop's. Counters are kept by differences, so the statistics cost O(states). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "pool/slab.h"
#include "runner/runner-int.h"

#define WATCHDOG_EVERY (5 * SWD_NS_PER_MS)
#define WATCHDOG_IDLE  20 /* patrols without a turn before it sleeps */
#define KEPT_BYTES_MAX ((uint64_t)64 << 20)

static const char *const state_names[SWD_STATE_COUNT] = {
#define SWD_STATE(sym, name) name,
#include "runner/states.def"
#undef SWD_STATE
};

const char *swd_state_name(enum swd_state s)
{
    return s < SWD_STATE_COUNT ? state_names[s] : "unknown";
}

bool swd_state_ended(enum swd_state s)
{
    return s == SWD_STATE_DONE || s == SWD_STATE_FAILED || s == SWD_STATE_KILLED;
}

/* ---- the life of the memory of one runner ---- */

SWD_POOL_DEFINE(runner, SWD_POOL_RUNNER, struct swd_runner, NULL)
SWD_POOL_TYPE(SWD_POOL_RUNNER, runner_pool_type)

struct swd_runner *swd_runner_alloc(void)
{
    return runner_get();
}

void swd_runner_drop_script(struct swd_runner *r)
{
    swd_slab_free(r->source, r->source_size);
    swd_slab_free(r->args, r->args_size);
    swd_slab_free(r->dialect, sizeof *r->dialect);
    r->source = r->args = NULL;
    r->dialect = NULL;
}

void swd_runner_free(struct swd_runner *r)
{
    struct swd_list *node;
    SWD_CHECK(r, SWD_RUNNER_MAGIC);
    while ((node = swd_list_pop_front(&r->mailbox)) != NULL) {
        struct swd_message *m = SWD_LIST_ENTRY(node, struct swd_message, link);
        swd_message_free(&m);
    }
    swd_modsrc_free(r);
    swd_roots_unref(&r->roots);
    swd_lines_free(&r->lines);
    swd_runner_drop_script(r);
    swd_slab_free(r->name, r->name_size);
    swd_slab_free(r->value, r->value_size);
    swd_slab_free(r->error, sizeof *r->error);
    if (r->image)
        swd_lib_image_unref(&r->image);
    swd_function_unref(&r->fn);
    if (r->account)
        swd_account_free(&r->account);
    if (r->group)
        swd_group_put(r->group);
    runner_put(&r);
}

static void forget(struct swd_runners *rs, struct swd_runner *r)
{
    rs->kept_n--;
    rs->kept_bytes -= r->kept_bytes;
    atomic_fetch_sub_explicit(&rs->by_state[atomic_load(&r->state)], 1, memory_order_relaxed);
    swd_list_del(&r->ended_link);
    swd_table_remove(rs, r);
    swd_runner_free(r);
}

static void keep(struct swd_runners *rs, struct swd_runner *r)
{
    r->kept_bytes = sizeof *r + r->name_size + r->value_size + swd_lines_held(&r->lines) +
                    (r->error ? sizeof *r->error : 0);
    rs->kept_bytes += r->kept_bytes;
    rs->kept_n++;
    swd_list_push_back(&rs->kept, &r->ended_link);
    while (rs->kept_n > rs->o.keep_ended || rs->kept_bytes > KEPT_BYTES_MAX) {
        struct swd_runner *old = SWD_LIST_ENTRY(rs->kept.next, struct swd_runner, ended_link);
        forget(rs, old);
    }
}

/* ---- news from executors ---- */

static void tell(struct swd_runners *rs, struct swd_list *list, struct swd_list *node)
{
    pthread_mutex_lock(&rs->out_lock);
    if (swd_list_empty(node))
        swd_list_push_back(list, node);
    pthread_mutex_unlock(&rs->out_lock);
    swd_loop_post(rs->o.loop, &rs->post);
}

void swd_runners_tell_out(struct swd_runner *r)
{
    tell(r->all, &r->all->out, &r->out_link);
}

void swd_runners_tell_ended(struct swd_runner *r)
{
    tell(r->all, &r->all->ended_in, &r->ended_link);
}

void swd_runners_tell_gc(struct swd_runner *r)
{
    tell(r->all, &r->all->gc_in, &r->gc_link);
}

void swd_runners_tell_letter(struct swd_runner *from, struct swd_letter *l)
{
    l->from = from;
    swd_list_init(&l->link);
    tell(from->all, &from->all->letters, &l->link);
}

/* A sender that ended meanwhile is still there: its letters are dealt with before its end. */
static void deliver_letters(struct swd_runners *rs)
{
    for (;;) {
        struct swd_list *node;
        struct swd_letter *l;
        const struct swd_runner *from;
        pthread_mutex_lock(&rs->out_lock);
        node = swd_list_pop_front(&rs->letters);
        pthread_mutex_unlock(&rs->out_lock);
        if (!node)
            return;
        l = SWD_LIST_ENTRY(node, struct swd_letter, link);
        from = l->from;
        l->rc = swd_runner_deliver(rs, l->to, from->group, l->json, l->n, &l->err);
        l->done(l);
    }
}

static void log_end(const struct swd_runner *r, enum swd_state state)
{
    char q[SWD_LOGQ_SIZE];
    bool told = state == SWD_STATE_KILLED && r->reason != SWD_STOP_SHUTDOWN;
    swd_log(told ? SWD_LOG_INFO : SWD_LOG_DEBUG, "runner.end",
            "id=%" PRIu64 " name=%s state=%s reason=%s cpu_us=%" PRIu64 " peak=%" PRIu64, r->id,
            swd_log_quote(q, r->name), swd_state_name(state), swd_stop_name(r->reason),
            atomic_load(&r->cpu_ns) / 1000, atomic_load(&r->peak));
}

static void drain_check(struct swd_runners *rs)
{
    if (rs->live == 0 && rs->drained) {
        void (*fn)(void *) = rs->drained;
        rs->drained = NULL;
        if (rs->drain_tick)
            swd_tick_cancel(rs->drain_tick);
        fn(rs->drained_arg);
    }
}

/* A function that was loaded is there from now on; a call adds to its figures. */
static void function_ended(struct swd_runner *r, enum swd_state state)
{
    struct swd_runners *rs = r->all;
    if (r->kind == RUNNER_LOAD && state == SWD_STATE_DONE)
        swd_functions_publish(rs->functions, r->fn, rs->o.image_budget);
    else if (r->kind == RUNNER_CALL)
        swd_function_note(r->fn, r->ended_at - r->born, state == SWD_STATE_DONE);
    if (r->image)
        swd_lib_image_unref(&r->image);
}

static void runner_ended(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    enum swd_state state = (enum swd_state)atomic_load(&r->state);
    rs->live--;
    swd_list_del(&r->ended_link);
    log_end(r, state);
    function_ended(r, state);
    swd_gc_runner_ended(r);
    r->kept = true;
    /* `out_link` may still be queued: what it would say is said now. */
    pthread_mutex_lock(&rs->out_lock);
    swd_list_del(&r->out_link);
    pthread_mutex_unlock(&rs->out_lock);
    swd_changed_forget(r);
    swd_modsrc_free(r);
    swd_watch_deliver(r);
    swd_watch_ended(r);
    swd_watch_observe(r);
    keep(rs, r);
}

/* Output and module requests of so many runners; false: there are more. */
static bool deliver_out(struct swd_runners *rs)
{
    for (int i = 0; i < SWD_LOOKS; i++) {
        struct swd_list *node;
        struct swd_runner *r;
        pthread_mutex_lock(&rs->out_lock);
        node = swd_list_pop_front(&rs->out);
        pthread_mutex_unlock(&rs->out_lock);
        if (!node)
            return true;
        r = SWD_LIST_ENTRY(node, struct swd_runner, out_link);
        swd_modsrc_ask(r);
        swd_watch_deliver(r);
    }
    return false;
}

static void drain_some(struct swd_post *p);

static void runners_news(struct swd_post *p)
{
    struct swd_runners *rs = SWD_CONTAINER(p, struct swd_runners, post);
    struct swd_list *node;
    bool all;
    SWD_CHECK(rs, SWD_RUNNERS_MAGIC);
    pthread_mutex_lock(&rs->out_lock);
    swd_list_splice(&rs->ending, &rs->ended_in);
    pthread_mutex_unlock(&rs->out_lock);
    deliver_letters(rs);
    all = deliver_out(rs);
    for (int i = 0; i < SWD_ENDS && (node = swd_list_pop_front(&rs->ending)) != NULL; i++)
        runner_ended(SWD_LIST_ENTRY(node, struct swd_runner, ended_link));
    if (!all || !swd_list_empty(&rs->ending))
        swd_loop_post(rs->o.loop, &rs->post);
    swd_gc_pump(rs);
    drain_check(rs);
}

/* ---- deadlines and the watchdog ---- */

static void runners_deadline(struct swd_deadline *d)
{
    struct swd_runner *r = SWD_CONTAINER(d, struct swd_runner, deadline);
    SWD_CHECK(r, SWD_RUNNER_MAGIC);
    if (r->limits.wall != SWD_NONE && swd_clock_mono() - r->born >= r->limits.wall)
        swd_runner_end(r, r->call_wall ? SWD_STOP_CALL_WALL : SWD_STOP_WALL);
    else
        swd_runner_want(r, WORK_TIMER);
}

static void watchdog_start(struct swd_post *p)
{
    struct swd_runners *rs = SWD_CONTAINER(p, struct swd_runners, watchdog_post);
    rs->idle_patrols = 0;
    swd_tick_in(rs->watchdog, WATCHDOG_EVERY, WATCHDOG_EVERY);
}

static void watchdog_tick(void *arg)
{
    struct swd_runners *rs = SWD_CAST(struct swd_runners, SWD_RUNNERS_MAGIC, arg);
    if (swd_guard_patrol())
        rs->idle_patrols = 0;
    else if (++rs->idle_patrols > WATCHDOG_IDLE) {
        atomic_store(&rs->watchdog_on, false);
        if (atomic_load(&rs->active) == 0)
            swd_tick_cancel(rs->watchdog);
        else
            atomic_store(&rs->watchdog_on, true);
    }
}

/* ---- made and unmade ---- */

int swd_runners_new(const struct swd_runners_opts *o, struct swd_runners **out, struct swd_err *e)
{
    struct swd_runners *rs = swd_slab_alloc(sizeof *rs);
    int rc;
    if (!rs)
        return swd_fail(e, SWD_ENOMEM, "no memory for the set of runners");
    rs->magic = SWD_RUNNERS_MAGIC;
    rs->next_id = 1;
    for (size_t i = 0; i < SWD_LOCKS; i++)
        pthread_mutex_init(&rs->locks[i], NULL);
    pthread_mutex_init(&rs->out_lock, NULL);
    swd_list_init(&rs->by_id);
    swd_list_init(&rs->groups);
    swd_list_init(&rs->changed);
    swd_list_init(&rs->round);
    pthread_mutex_init(&rs->changed_lock, NULL);
    swd_list_init(&rs->kept);
    swd_list_init(&rs->out);
    swd_list_init(&rs->ended_in);
    swd_list_init(&rs->ending);
    swd_list_init(&rs->gc_in);
    swd_list_init(&rs->letters);
    swd_list_init(&rs->gc_jobs);
    swd_list_init(&rs->sleep.idle);
    swd_post_init(&rs->post, runners_news);
    swd_post_init(&rs->drain_post, drain_some);
    swd_post_init(&rs->watchdog_post, watchdog_start);
    rs->functions = swd_functions_new();
    if (!rs->functions) {
        swd_slab_free(rs, sizeof *rs);
        return swd_fail(e, SWD_ENOMEM, "no memory for the set of runners");
    }
    rs->o = *o;
    rs->o.roots = NULL;
    swd_runners_configure(rs, o);
    swd_loop_on_deadline(o->loop, runners_deadline);
    rc = swd_tick_new(o->loop, watchdog_tick, rs, &rs->watchdog);
    if (rc == 0)
        rc = swd_sleep_init(rs);
    if (rc != 0) {
        swd_runners_free(&rs);
        return swd_fail(e, rc, "no memory for the watchdog's timer");
    }
    *out = rs;
    return 0;
}

/* Before this the executors have stopped and nothing is live. */
/* Under the lock all the while: whoever takes a job back must see a thread that may run it. */
void swd_runners_stop_helpers(struct swd_runners *rs)
{
    pthread_mutex_lock(&rs->out_lock);
    rs->helpers_closed = true;
    swd_execs_stop(&rs->helpers);
    pthread_mutex_unlock(&rs->out_lock);
}

void swd_runners_free(struct swd_runners **p)
{
    struct swd_runners *rs = *p;
    struct swd_list *node;
    if (!rs)
        return;
    *p = NULL;
    SWD_CHECK(rs, SWD_RUNNERS_MAGIC);
    swd_runners_stop_helpers(rs);
    while ((node = rs->by_id.next) != &rs->by_id) {
        struct swd_runner *r = SWD_LIST_ENTRY(node, struct swd_runner, by_id);
        if (r->lib)
            swd_lib_close(&r->lib);
        swd_deadline_cancel(rs->o.loop, &r->deadline);
        swd_list_del(&r->ended_link);
        swd_list_del(&r->idle_link);
        swd_list_del(&r->changed_link);
        swd_table_remove(rs, r);
        swd_runner_free(r);
    }
    swd_sleep_fini(rs);
    swd_gc_free(rs);
    swd_functions_free(&rs->functions);
    if (rs->watchdog)
        swd_tick_free(&rs->watchdog);
    if (rs->drain_tick)
        swd_tick_free(&rs->drain_tick);
    for (size_t i = 0; i < SWD_LOCKS; i++)
        pthread_mutex_destroy(&rs->locks[i]);
    pthread_mutex_destroy(&rs->out_lock);
    pthread_mutex_destroy(&rs->changed_lock);
    swd_roots_unref(&rs->o.roots);
    swd_slab_free(rs->hash, rs->hash_size * sizeof(struct swd_runner *));
    swd_slab_free(rs->scratch, rs->scratch_size);
    rs->magic = 0;
    swd_slab_free(rs, sizeof *rs);
}

void swd_runners_configure(struct swd_runners *rs, const struct swd_runners_opts *o)
{
    rs->o.limits = o->limits;
    rs->o.max = o->max;
    rs->o.queue = o->queue;
    rs->o.keep_ended = o->keep_ended;
    rs->o.quantum = o->quantum;
    rs->o.hibernate_after = o->hibernate_after;
    (void)swd_sleep_configure(rs);
    rs->o.image_budget = o->image_budget;
    swd_functions_set_budget(rs->functions, o->image_budget);
    swd_roots_unref(&rs->o.roots);
    rs->o.roots = swd_roots_ref(o->roots);
    atomic_store_explicit(&rs->quantum, o->quantum, memory_order_relaxed);
}

void swd_runners_stat(struct swd_runners *rs, struct swd_runners_stat *out)
{
    memset(out, 0, sizeof *out);
    for (int s = 0; s < SWD_STATE_COUNT; s++) {
        int64_t n = atomic_load_explicit(&rs->by_state[s], memory_order_relaxed);
        out->by_state[s] = n > 0 ? (uint64_t)n : 0;
    }
    out->total_live = rs->live;
    out->ended_kept = rs->kept_n;
    out->submitted = atomic_load(&rs->submitted);
    out->done = atomic_load(&rs->ended_total[SWD_STATE_DONE]);
    out->failed = atomic_load(&rs->ended_total[SWD_STATE_FAILED]);
    out->killed = atomic_load(&rs->ended_total[SWD_STATE_KILLED]);
    out->alloc = (uint64_t)atomic_load(&rs->alloc);
    out->total_alloc = atomic_load(&rs->total_alloc);
    out->num_gc = atomic_load(&rs->num_gc);
    out->gc_ns = atomic_load(&rs->gc_ns);
    out->modules = (uint64_t)atomic_load(&rs->modules);
    out->timers = (uint64_t)atomic_load(&rs->timers);
    out->sleep = (struct swd_sleep_stat){
        .sleeps = atomic_load(&rs->sleep.sleeps),
        .wakes = atomic_load(&rs->sleep.wakes),
        .failed = atomic_load(&rs->sleep.failed),
        .lost = atomic_load(&rs->sleep.lost),
        .spared = atomic_load(&rs->sleep.spared),
        .bytes = (uint64_t)atomic_load(&rs->sleep.bytes),
        .sleep_ns = atomic_load(&rs->sleep.sleep_ns),
        .wake_ns = atomic_load(&rs->sleep.wake_ns),
        .wake_max_ns = atomic_load(&rs->sleep.wake_max_ns),
    };
    out->arena_mapped = swd_account_used(rs->o.account);
}

void swd_runners_refuse(struct swd_runners *rs, bool refuse)
{
    rs->refusing = refuse;
}

void swd_runners_monitor(struct swd_runners *rs, struct swd_monitor *m)
{
    rs->monitor = m;
}

/* ---- draining ---- */

/* Ends so many; nobody is added any more, and who runs is told to stop. */
static void drain_some(struct swd_post *p)
{
    struct swd_runners *rs = SWD_CONTAINER(p, struct swd_runners, drain_post);
    struct swd_runner *r = swd_table_after(rs, rs->drain_at);
    unsigned looks = SWD_LOOKS;
    for (int ends = 0; r && ends < SWD_ENDS && looks > 0; looks--, r = swd_table_next(rs, r)) {
        rs->drain_at = r->id;
        if (swd_state_ended((enum swd_state)atomic_load(&r->state)))
            continue;
        swd_runner_end(r, SWD_STOP_SHUTDOWN);
        ends++;
    }
    if (r)
        swd_loop_post(rs->o.loop, &rs->drain_post);
}

static void drain_kill(void *arg)
{
    struct swd_runners *rs = SWD_CAST(struct swd_runners, SWD_RUNNERS_MAGIC, arg);
    swd_loop_post(rs->o.loop, &rs->drain_post);
}

void swd_runners_drain(struct swd_runners *rs, uint64_t drain_ns, void (*done)(void *), void *arg)
{
    rs->closing = true;
    rs->drained = done;
    rs->drained_arg = arg;
    if (rs->live > 0 && drain_ns > 0 &&
        swd_tick_new(rs->o.loop, drain_kill, rs, &rs->drain_tick) == 0)
        swd_tick_in(rs->drain_tick, drain_ns, 0);
    else
        drain_kill(rs);
    swd_loop_post(rs->o.loop, &rs->post); /* `done` is never called from here */
}
