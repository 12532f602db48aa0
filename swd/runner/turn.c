/* One turn of a runner, on an executor: start or go on, deliver, fire timers, collect, end.
 *
 * The turn owns everything marked [T] in runner-int.h. After swd_runner_finish() or after leaving
 * the scheduling word IDLE, the runner is no longer touched. Cost besides the script: two short
 * locks, one deadline update, one CPU clock read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "pool/slab.h"
#include "monitor/monitor.h"
#include "runner/runner-int.h"

#define RATE_WINDOW (10 * SWD_NS_PER_S)

void swd_runner_set_state(struct swd_runner *r, enum swd_state s)
{
    int old = atomic_exchange_explicit(&r->state, (int)s, memory_order_relaxed);
    atomic_fetch_sub_explicit(&r->all->by_state[old], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&r->all->by_state[s], 1, memory_order_relaxed);
}

void swd_runner_want(struct swd_runner *r, unsigned work)
{
    bool queue = false;
    swd_runner_lock(r);
    if (r->sched != SWD_SCHED_ENDED) {
        r->work |= work;
        if (r->sched == SWD_SCHED_IDLE) {
            r->sched = SWD_SCHED_QUEUED;
            queue = true;
        }
    }
    swd_runner_unlock(r);
    if (queue)
        swd_task_queue(r->all->o.execs, &r->task);
}

/* ---- the library's host ---- */

static void host_print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    struct swd_runner *r = host;
    bool tell;
    swd_runner_lock(r);
    /* What a watcher was not sent counts when it falls off; the loop's copies move `hint_seq`. */
    swd_lines_add(&r->lines, level, text, n, r->lines.hint_seq);
    tell = atomic_load_explicit(&r->watched, memory_order_relaxed);
    swd_runner_unlock(r);
    if (tell)
        swd_runners_tell_out(r);
}

static void host_memory(void *host, struct swd_memory_stats *out)
{
    struct swd_runner *r = host;
    swd_lib_memory(r->lib, out);
}

static bool host_pressure_high(void *host)
{
    struct swd_runner *r = host;
    return r->all->monitor && swd_monitor_pressure_high(r->all->monitor);
}

static int host_history(void *host, struct swd_bytebuf *out)
{
    struct swd_runner *r = host;
    return r->all->monitor ? swd_monitor_history_json(r->all->monitor, SWD_RAW, out) : 0;
}

/* The threads start with the first job. */
static int host_offload(void *host, struct swd_task *t)
{
    struct swd_runners *rs = ((struct swd_runner *)host)->all;
    struct swd_err e;
    int rc = 0;
    pthread_mutex_lock(&rs->out_lock);
    if (rs->helpers_closed)
        rc = SWD_ECLOSING;
    else if (!rs->helpers)
        rc = swd_execs_start(SWD_HELPERS, NULL, &rs->helpers, &e);
    if (rc == 0)
        swd_task_queue(rs->helpers, t);
    pthread_mutex_unlock(&rs->out_lock);
    return rc;
}

static bool host_recall(void *host, struct swd_task *t)
{
    struct swd_runners *rs = ((struct swd_runner *)host)->all;
    bool mine;
    pthread_mutex_lock(&rs->out_lock);
    mine = !rs->helpers || swd_task_unqueue(rs->helpers, t); /* stopped threads drop what waits */
    pthread_mutex_unlock(&rs->out_lock);
    return mine;
}

static void host_wake(void *host)
{
    swd_runner_want(host, WORK_JOB);
}

static void host_send(void *host, struct swd_letter *l)
{
    swd_runners_tell_letter(host, l);
}

static const struct swd_host runner_host = {
    .print = host_print,
    .module_source = swd_modsrc_host,
    .memory = host_memory,
    .pressure_high = host_pressure_high,
    .history = host_history,
    .offload = host_offload,
    .recall = host_recall,
    .wake = host_wake,
    .send = host_send,
};

/* ---- accounts of the turn ---- */

/* Moves what the turn changed into the daemon's sums. The differences may be negative. */
static void turn_account(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    struct swd_heap *h = swd_lib_heap(r->lib);
    struct swd_gc_count gc;
    uint64_t total = swd_heap_total(h), alloc = swd_heap_live(h);
    uint64_t timers = swd_lib_timer_count(r->lib), modules = swd_lib_module_count(r->lib);
    swd_heap_gc_count(h, &gc);
    atomic_fetch_add_explicit(&rs->total_alloc, total - r->seen_total, memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->num_gc, gc.runs - r->seen_gc, memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->gc_ns, gc.ns - r->seen_gc_ns, memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->alloc, (int64_t)(alloc - r->seen_alloc), memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->timers, (int64_t)(timers - r->seen_timers),
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->modules, (int64_t)(modules - r->seen_modules),
                              memory_order_relaxed);
    r->seen_total = total;
    r->seen_alloc = alloc;
    r->seen_gc = gc.runs;
    r->seen_gc_ns = gc.ns;
    r->seen_timers = timers;
    r->seen_modules = modules;
    atomic_store_explicit(&r->cpu_ns, swd_heap_cpu(h), memory_order_relaxed);
    atomic_store_explicit(&r->peak, swd_heap_peak(h), memory_order_relaxed);
    atomic_store_explicit(&r->alloc, alloc, memory_order_relaxed);
    atomic_store_explicit(&r->timers, timers, memory_order_relaxed);
}

/* What an ending runner gives back to the daemon's gauges. */
static void turn_account_end(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    atomic_fetch_sub_explicit(&rs->alloc, (int64_t)r->seen_alloc, memory_order_relaxed);
    atomic_fetch_sub_explicit(&rs->timers, (int64_t)r->seen_timers, memory_order_relaxed);
    atomic_fetch_sub_explicit(&rs->modules, (int64_t)r->seen_modules, memory_order_relaxed);
    r->seen_alloc = r->seen_timers = r->seen_modules = 0;
    atomic_store_explicit(&r->alloc, 0, memory_order_relaxed);
    atomic_store_explicit(&r->timers, 0, memory_order_relaxed);
}

/* The CPU rate: a runner past its share of a window sleeps until the window's end. */
static void turn_rate(struct swd_runner *r, uint64_t cpu_before, uint64_t now)
{
    if (r->limits.cpu_rate == SWD_NONE)
        return;
    if (now - r->window_start >= RATE_WINDOW) {
        r->window_start = now;
        r->window_cpu = 0;
    }
    r->window_cpu += atomic_load_explicit(&r->cpu_ns, memory_order_relaxed) - cpu_before;
    r->throttled_until =
        r->window_cpu > RATE_WINDOW / 100 * r->limits.cpu_rate ? r->window_start + RATE_WINDOW : 0;
}

/* ---- the end ---- */

void swd_runner_finish(struct swd_runner *r, enum swd_state state, enum swd_stop reason)
{
    struct swd_lib *lib;
    swd_deadline_cancel(r->all->o.loop, &r->deadline);
    swd_idle_leave(r);
    if (r->slept_bytes)
        swd_runner_slept(r);
    swd_runner_lock(r);
    lib = r->lib;
    r->lib = NULL;
    swd_runner_unlock(r);
    if (lib) {
        r->exit_code = swd_lib_exit_code(lib);
        swd_lib_close(&lib);
    }
    turn_account_end(r);
    swd_runner_drop_script(r);
    r->reason = reason;
    r->ended_at = swd_clock_mono();
    atomic_fetch_add_explicit(&r->all->ended_total[state], 1, memory_order_relaxed);
    swd_runner_set_state(r, state);
    swd_runner_lock(r);
    if (!atomic_load_explicit(&r->watched, memory_order_relaxed))
        swd_lines_pack(&r->lines); /* who asks for them later waits for the unpacking */
    r->sched = SWD_SCHED_ENDED;
    swd_runner_unlock(r);
    swd_runners_tell_ended(r);
}

/* The limit behind an error that nobody caught, by what the engine says of it. */
static enum swd_stop reason_of(const struct swd_thrown *thrown)
{
    size_t n = strlen(thrown->message);
    if (strcmp(thrown->message, "alloc failed") == 0)
        return SWD_STOP_MEMORY;
    if (strcmp(thrown->name, "RangeError") == 0 && n > 5 &&
        strcmp(thrown->message + n - 5, "limit") == 0 &&
        (strstr(thrown->message, "stack") || strstr(thrown->message, "recursion")))
        return SWD_STOP_STACK;
    return SWD_STOP_NONE;
}

static void finish_failed(struct swd_runner *r, const struct swd_thrown *thrown)
{
    r->error = swd_slab_alloc(sizeof *r->error);
    if (r->error)
        *r->error = *thrown;
    swd_runner_finish(r, SWD_STATE_FAILED, reason_of(thrown));
}

/* The result's text, if there is one, into the runner. */
static enum swd_run_rc take_value(struct swd_runner *r, struct swd_thrown *thrown)
{
    bool present = false;
    struct swd_bytebuf *out = swd_bytebuf_get((size_t)r->limits.memory_hard);
    enum swd_run_rc rc = SWD_RUN_STOPPED;
    if (out)
        rc = swd_lib_result(r->lib, out, &present, thrown);
    if (rc == SWD_RUN_OK && present) {
        r->value = swd_slab_strndup(out->data, out->len);
        r->value_n = out->len;
        r->value_size = r->value ? out->len + 1 : 0;
    }
    if (!out || (rc == SWD_RUN_OK && present && !r->value)) {
        swd_heap_stop(swd_lib_heap(r->lib), SWD_STOP_NOMEM);
        rc = SWD_RUN_STOPPED;
    }
    if (out)
        swd_bytebuf_put(&out);
    return rc;
}

/* The heap was stopped: by a limit, a kill, or process.exit(). */
static void finish_stopped(struct swd_runner *r)
{
    enum swd_stop reason = swd_heap_stopped(swd_lib_heap(r->lib));
    if (reason != SWD_STOP_EXIT)
        swd_runner_finish(r, SWD_STATE_KILLED, reason);
    else if (take_value(r, NULL) != SWD_RUN_OK)
        swd_runner_finish(r, SWD_STATE_KILLED, SWD_STOP_NOMEM);
    else
        swd_runner_finish(r, swd_lib_exit_code(r->lib) == 0 ? SWD_STATE_DONE : SWD_STATE_FAILED,
                          SWD_STOP_EXIT);
}

static void finish_done(struct swd_runner *r, struct swd_thrown *thrown)
{
    enum swd_run_rc rc = take_value(r, thrown);
    turn_account(r);
    if (rc == SWD_RUN_OK)
        swd_runner_finish(r, SWD_STATE_DONE, SWD_STOP_NONE);
    else if (rc == SWD_RUN_THROWN)
        finish_failed(r, thrown);
    else
        finish_stopped(r);
}

/* A call whose promise can never settle any more. */
static void finish_unanswered(struct swd_runner *r, struct swd_thrown *thrown)
{
    memset(thrown, 0, sizeof *thrown);
    snprintf(thrown->name, sizeof thrown->name, "Error");
    snprintf(thrown->message, sizeof thrown->message,
             "the promise that the handler returned never settles");
    snprintf(thrown->source, sizeof thrown->source, "%.250s", r->name);
    finish_failed(r, thrown);
}

/* ---- the turn ---- */

static enum swd_run_rc turn_messages(struct swd_runner *r, struct swd_thrown *thrown)
{
    for (;;) {
        struct swd_list *node;
        struct swd_message *m;
        enum swd_run_rc rc;
        swd_runner_lock(r);
        node = swd_list_pop_front(&r->mailbox);
        if (node)
            r->mailbox_n--;
        swd_runner_unlock(r);
        if (!node)
            return SWD_RUN_OK;
        m = SWD_LIST_ENTRY(node, struct swd_message, link);
        rc = swd_lib_message(r->lib, m->json, m->n, thrown);
        swd_message_free(&m);
        if (rc != SWD_RUN_OK)
            return rc;
    }
}

static void turn_opts(struct swd_runner *r, struct swd_lib_opts *out)
{
    struct swd_lib_opts o = {
        .account = r->account,
        .limits = &r->limits,
        .host = &runner_host,
        .host_arg = r,
        .id = r->id,
        .name = r->kind == RUNNER_CALL ? swd_function_file(r->fn) : r->name,
        .args = "[]",
        .args_len = 2,
        .image = r->image,
        .dialect = r->kind == RUNNER_SCRIPT ? r->dialect : swd_function_dialect(r->fn),
    };
    if (r->args && r->kind == RUNNER_SCRIPT) {
        o.args = r->args;
        o.args_len = r->args_size - 1;
    }
    *out = o;
}

/* Makes the heap; false when the runner was finished instead. */
static bool turn_open(struct swd_runner *r)
{
    struct swd_lib_opts o;
    struct swd_lib *lib;
    struct swd_err e;
    enum swd_stop kill;
    int rc;
    turn_opts(r, &o);
    rc = swd_lib_open(&o, &lib, &e);
    if (rc != 0) {
        char q[SWD_LOGQ_SIZE];
        swd_log(SWD_LOG_WARN, "runner.open", "id=%" PRIu64 " name=%s error=%s", r->id,
                swd_log_quote(q, r->name), swd_err_name(rc));
        swd_runner_finish(r, SWD_STATE_KILLED, rc == SWD_ENOMEM ? SWD_STOP_NOMEM : SWD_STOP_FATAL);
        return false;
    }
    swd_runner_lock(r);
    r->lib = lib;
    kill = r->kill;
    swd_runner_unlock(r);
    if (kill != SWD_STOP_NONE)
        swd_heap_stop(swd_lib_heap(lib), kill);
    return true;
}

/* Asks for the modules named by literals in the main script and in what those require; true while
 * answers are outstanding. */
static bool turn_prefetch(struct swd_runner *r)
{
    bool again = true;
    while (again && !swd_modsrc_waiting(r)) /* an answer may be there already */
        again = swd_lib_prefetch(r->lib, r->source, r->source_size - 1);
    r->prefetched = !again && !swd_modsrc_waiting(r);
    return !r->prefetched;
}

/* Evaluates a function's script ahead of time. The runner ends with it. */
static void turn_load(struct swd_runner *r)
{
    struct swd_lib_opts o;
    struct swd_lib_image *img = NULL;
    struct swd_thrown thrown;
    struct swd_err e = {0};
    enum swd_stop stop = SWD_STOP_NONE;
    enum swd_lang lang;
    size_t n;
    const char *source = swd_function_source(r->fn, &n, &lang);
    turn_opts(r, &o);
    o.account = r->all->o.account; /* the image outlives the runner */
    switch (swd_lib_image_load(&o, source, n, lang, &img, &stop, &thrown, &e)) {
    case SWD_RUN_OK:
        swd_function_set_image(r->fn, img, e.msg);
        swd_runner_finish(r, SWD_STATE_DONE, SWD_STOP_NONE);
        break;
    case SWD_RUN_THROWN: finish_failed(r, &thrown); break;
    case SWD_RUN_STOPPED: swd_runner_finish(r, SWD_STATE_KILLED, stop); break;
    }
}

/* A call: the script first where there is no image of it, then its handler. */
static enum swd_run_rc turn_call(struct swd_runner *r, struct swd_thrown *thrown)
{
    enum swd_run_rc rc = SWD_RUN_OK;
    if (!r->image) {
        enum swd_lang lang;
        size_t n;
        const char *source = swd_function_source(r->fn, &n, &lang);
        rc = swd_lib_main(r->lib, source, n, lang, SWD_GOAL_COMMONJS, thrown);
    }
    if (rc == SWD_RUN_OK)
        rc = swd_lib_call(r->lib, r->args ? r->args : "null", r->args ? r->args_size - 1 : 4,
                          thrown);
    return rc;
}

static enum swd_run_rc turn_main(struct swd_runner *r, struct swd_thrown *thrown)
{
    enum swd_run_rc rc;
    if (r->kind == RUNNER_CALL)
        rc = turn_call(r, thrown);
    else
        rc = swd_lib_main(r->lib, r->source, r->source_size - 1, r->lang, r->goal, thrown);
    r->started = true;
    swd_runner_drop_script(r);
    return rc;
}

static enum swd_run_rc turn_work(struct swd_runner *r, unsigned work, bool *more,
                                 struct swd_thrown *thrown)
{
    enum swd_run_rc rc = SWD_RUN_OK;
    if (!r->started)
        rc = turn_main(r, thrown);
    else if (work & WORK_MODULE)
        rc = swd_lib_module_ready(r->lib, thrown);
    if (rc == SWD_RUN_OK && (work & WORK_MESSAGE))
        rc = turn_messages(r, thrown);
    if (rc == SWD_RUN_OK && !swd_lib_answered(r->lib))
        rc = swd_lib_turn(r->lib, swd_clock_mono(),
                          atomic_load_explicit(&r->all->quantum, memory_order_relaxed), more,
                          thrown);
    if (rc == SWD_RUN_OK && swd_heap_stopped(swd_lib_heap(r->lib)) != SWD_STOP_NONE)
        rc = SWD_RUN_STOPPED;
    return rc;
}

static uint64_t turn_wall_end(const struct swd_runner *r)
{
    return r->limits.wall == SWD_NONE || r->born + r->limits.wall < r->born
               ? UINT64_MAX
               : r->born + r->limits.wall;
}

void swd_runner_let_go(struct swd_runner *r, bool more)
{
    bool queue;
    swd_runner_lock(r);
    swd_runner_set_state(r, r->asleep ? SWD_STATE_HIBERNATED : SWD_STATE_WAITING);
    if (more)
        r->work |= WORK_TIMER;
    if (r->throttled_until)
        queue = (r->work & (WORK_STOP | WORK_GC)) != 0;
    else
        queue = r->work != 0;
    r->sched = queue ? SWD_SCHED_QUEUED : SWD_SCHED_IDLE;
    if (queue)
        swd_runner_set_state(r, SWD_STATE_READY);
    swd_runner_unlock(r);
    if (queue)
        swd_task_queue(r->all->o.execs, &r->task);
}

/* Falls asleep when a job asked for it, or the tests' mode; the job hears of it. */
static void turn_sleep(struct swd_runner *r, bool more)
{
    struct swd_heap *h = swd_lib_heap(r->lib);
    bool asked = r->sleep_asked;
    uint64_t t = swd_clock_mono();
    r->sleep_asked = false;
    if (!asked && !r->all->sleep.always)
        return;
    r->gc_row.id = r->id;
    r->gc_row.before = r->gc_row.after = swd_heap_mapped(h);
    r->gc_row.refused = more || swd_runner_sleep(r) != 0;
    if (!r->gc_row.refused)
        r->gc_row.after = swd_heap_held(h);
    r->gc_row.us = (swd_clock_mono() - t) / SWD_NS_PER_US;
    if (r->asleep)
        swd_runner_set_state(r, SWD_STATE_HIBERNATED);
    if (asked) /* only now: whoever has the receipt sees the runner asleep */
        swd_runners_tell_gc(r);
}

/* Leaves a runner that waits (or has more to do). Nothing of it is touched afterwards. */
static void turn_leave(struct swd_runner *r, bool more)
{
    uint64_t due = r->started ? swd_lib_next_due(r->lib) : UINT64_MAX;
    uint64_t wall = turn_wall_end(r);
    if (r->throttled_until) {
        due = r->throttled_until;
        more = false;
    }
    if (wall < due)
        due = wall;
    if (r->has_modules)
        due = swd_modsrc_next_expiry(r, due);
    if (r->started)
        turn_sleep(r, more);
    r->wait_until = due;
    if (!more && r->started && !r->asleep)
        swd_idle_note(r);
    if (due != UINT64_MAX)
        swd_deadline_set(r->all->o.loop, &r->deadline, due);
    swd_changed_mark(r);
    swd_runner_let_go(r, more);
}

/* The watchdog patrols while turns run. The count goes up before the flag is read and the loop
 * reads it after clearing the flag, so that no turn goes unwatched. */
static void turn_watch_begin(struct swd_runners *rs)
{
    atomic_fetch_add(&rs->active, 1);
    if (!atomic_load(&rs->watchdog_on) && !atomic_exchange(&rs->watchdog_on, true))
        swd_loop_post(rs->o.loop, &rs->watchdog_post);
}

static void turn_watch_end(struct swd_runners *rs)
{
    atomic_fetch_sub(&rs->active, 1);
}

/* How a turn that ran its work goes on. */
static void turn_settle(struct swd_runner *r, enum swd_run_rc rc, bool more,
                        struct swd_thrown *thrown)
{
    bool alive;
    if (rc == SWD_RUN_THROWN) {
        finish_failed(r, thrown);
        return;
    }
    if (rc == SWD_RUN_STOPPED) {
        finish_stopped(r);
        return;
    }
    if (swd_lib_answered(r->lib)) {
        finish_done(r, thrown);
        return;
    }
    swd_runner_lock(r);
    alive = more || swd_lib_alive(r->lib) || !swd_list_empty(&r->mailbox);
    swd_runner_unlock(r);
    if (alive)
        turn_leave(r, more);
    else if (r->kind == RUNNER_CALL)
        finish_unanswered(r, thrown);
    else
        finish_done(r, thrown);
}

/* Takes the runner from the run queue: what it wants, or the reason to end it at once. */
static unsigned turn_take(struct swd_runner *r, enum swd_stop *kill)
{
    unsigned work;
    swd_runner_lock(r);
    work = r->work;
    r->work = 0;
    r->sched = SWD_SCHED_RUNNING;
    *kill = r->kill;
    swd_lines_new_turn(&r->lines);
    swd_runner_unlock(r);
    if (*kill == SWD_STOP_NONE && swd_clock_mono() >= turn_wall_end(r))
        *kill = r->call_wall ? SWD_STOP_CALL_WALL : SWD_STOP_WALL;
    return work;
}

static void kept_work(struct swd_runner *r, unsigned work)
{
    swd_runner_lock(r);
    r->work |= work & ~(unsigned)WORK_GC;
    swd_runner_unlock(r);
}

static void turn_run(struct swd_runner *r, unsigned work)
{
    struct swd_thrown thrown;
    enum swd_run_rc rc;
    uint64_t cpu_before;
    bool more = false, collected;
    if (r->kind == RUNNER_LOAD) {
        turn_load(r);
        return;
    }
    if (!r->lib && !turn_open(r))
        return;
    if (swd_heap_asleep(swd_lib_heap(r->lib)) && swd_runner_rouse(r) != 0) {
        swd_runner_finish(r, SWD_STATE_KILLED, SWD_STOP_NOMEM);
        return;
    }
    if (!r->started && r->source && r->has_modules && !r->prefetched && turn_prefetch(r)) {
        turn_leave(r, false);
        return;
    }
    cpu_before = atomic_load_explicit(&r->cpu_ns, memory_order_relaxed);
    if (r->throttled_until > swd_clock_mono()) {
        rc = SWD_RUN_OK; /* here for a collection only; what else it wants waits */
        kept_work(r, work);
    } else {
        r->throttled_until = 0;
        rc = turn_work(r, work, &more, &thrown);
    }
    collected = swd_gc_turn(r);
    more |= rc == SWD_RUN_OK && !swd_lib_suspended(r->lib) && swd_lib_due(r->lib);
    turn_account(r);
    if (collected) /* only now: whoever has the receipt sees its collection in the sums */
        swd_runners_tell_gc(r);
    turn_rate(r, cpu_before, swd_clock_mono());
    turn_settle(r, rc, more, &thrown);
}

void swd_runner_turn(struct swd_task *t)
{
    struct swd_runner *r = SWD_CONTAINER(t, struct swd_runner, task);
    struct swd_runners *rs = r->all;
    enum swd_stop kill;
    unsigned work;
    SWD_CHECK(r, SWD_RUNNER_MAGIC);
    work = turn_take(r, &kill);
    if (kill != SWD_STOP_NONE) {
        swd_runner_finish(r, SWD_STATE_KILLED, kill);
        return;
    }
    if (r->has_modules && swd_modsrc_expire(r))
        work |= WORK_MODULE;
    swd_runner_set_state(r, SWD_STATE_RUNNING);
    if (r->limits.wall != SWD_NONE)
        swd_deadline_set(rs->o.loop, &r->deadline, turn_wall_end(r));
    turn_watch_begin(rs);
    turn_run(r, work);
    turn_watch_end(rs);
}
