/* The monitor wired to the layers: see watch.h.
 *
 * The tick comes once a second, or each interval if that is shorter. It never walks runners at a
 * stretch: a census visits them in slices, one for each turn of the loop, and notes what they use;
 * from it come the series of owners, collections before need, and the order of `gc` (largest
 * first). It visits only runners that changed: idle ones cost nothing. What may take long (giving
 * pages back) runs on an executor. */
#include "daemon/watch.h"

#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "control/json.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/slab.h"

#define WATCHER_MAGIC 0x57544348u
#define SLICE         256u
#define CENSUS_LEAST  SWD_NS_PER_S
#define GROUPS_MAX    1024u
#define BATCH         256u
#define IN_FLIGHT     8u
#define EVENT_MAX     ((size_t)64 * 1024)
#define JOB_MAX_MS    10000u
#define MEASURE_SHARE 500u /* times what it took pass before it is done again */

/* One collection asked for. */
struct ask {
    struct swd_watcher *w;
    uint64_t id;
    bool batch; /* of the ladder's */
    bool used;
};

struct swd_watcher {
    unsigned magic;
    struct swd_watcher_opts o;
    struct swd_monitor *monitor;
    struct swd_control *control;
    struct swd_tick *tick;
    uint64_t period;
    struct swd_psi psi;
    struct swd_fd *psi_fd;

    struct swd_post census;
    bool counting, point;
    uint64_t census_due;
    unsigned asked; /* collections of ours under way */
    struct ask asks[2 * IN_FLIGHT];

    uint64_t batch[BATCH]; /* the ladder's `gc` */
    size_t batch_n, batch_at;
    unsigned batch_busy;
    struct swd_relief batch_sum;

    bool working; /* a job on all runners, or a trim */

    double busy_sum, busy_at; /* executors' busy time at the last sample */
    double busy_sum_now, busy_at_now;
    pthread_t measure_thread;
    bool measuring, measured_ok; /* while measuring, these are the thread's */
    struct swd_parts parts;
    uint64_t pss, measure_took, stacks;
    uint64_t pss_shown;
    struct swd_post measured;
    uint64_t measure_due;
};

/* ---- sources ---- */

static void source_runners(void *arg, double v[SWD_METRICS])
{
    const struct swd_watcher *w = arg;
    struct swd_runners_stat s;
    swd_runners_stat(w->o.runners, &s);
    v[SWD_METRIC_TOTAL_ALLOC] = (double)s.total_alloc;
    v[SWD_METRIC_NUM_GC] = (double)s.num_gc;
    v[SWD_METRIC_GC_US] = (double)(s.gc_ns / SWD_NS_PER_US);
    v[SWD_METRIC_RUNNERS] = (double)s.total_live;
    for (int i = 0; i < SWD_STATE_COUNT; i++) {
        const char *name = swd_state_name((enum swd_state)i);
        for (int k = SWD_METRIC_READY; k <= SWD_METRIC_ASLEEP; k++)
            if (strcmp(name, swd_metrics[k].name) == 0 ||
                (k == SWD_METRIC_ASLEEP && strcmp(name, "hibernated") == 0))
                v[k] = (double)s.by_state[i];
    }
    v[SWD_METRIC_ENDED] = (double)s.ended_kept;
    v[SWD_METRIC_SUBMITTED] = (double)s.submitted;
    v[SWD_METRIC_DONE] = (double)s.done;
    v[SWD_METRIC_FAILED] = (double)s.failed;
    v[SWD_METRIC_KILLED] = (double)s.killed;
    v[SWD_METRIC_MODULES] = (double)s.modules;
    v[SWD_METRIC_TIMERS] = (double)s.timers;
}

static void source_pool(void *arg, const char *name, const struct swd_pool_stats *p)
{
    double *v = arg;
    (void)name;
    v[SWD_METRIC_POOL_HITS] += (double)p->hits;
    v[SWD_METRIC_POOL_MISSES] += (double)p->misses;
    v[SWD_METRIC_POOL_OVERSIZE] += (double)p->oversize;
    v[SWD_METRIC_POOL_BYTES] += (double)p->bytes;
}

/* Of the anonymous resident bytes, those of the reserve and of the C library. */
static uint64_t resident_sys(uint64_t mapped, uint64_t libc)
{
    struct swd_proc_mem p;
    uint64_t anon;
    if (swd_proc_mem(&p) != 0)
        return 0;
    anon = p.resident > p.shared ? p.resident - p.shared : 0;
    if (libc > anon)
        libc = anon;
    return libc + (mapped < anon - libc ? mapped : anon - libc);
}

static void source_memory(void *arg, double v[SWD_METRICS])
{
    const struct swd_watcher *w = arg;
    struct mallinfo2 mi = mallinfo2();
    struct swd_extent_stats x;
    const struct swd_parts *parts;
    struct swd_identity id;
    swd_pool_identity(&id);
    swd_extent_stats(&x);
    v[SWD_METRIC_MAPPED] = (double)id.mapped;
    v[SWD_METRIC_ALLOC] = v[SWD_METRIC_LIVE] = (double)id.live;
    v[SWD_METRIC_HIBERNATED] = (double)id.hibernated;
    v[SWD_METRIC_CACHED] = (double)id.cached;
    v[SWD_METRIC_SLACK] = (double)id.slack;
    v[SWD_METRIC_METADATA] = (double)id.metadata;
    v[SWD_METRIC_HIGH_WATER] = (double)x.high_water;
    v[SWD_METRIC_SYS] = (double)resident_sys(id.mapped, mi.arena + mi.hblkhd);
    parts = swd_monitor_parts(w->monitor);
    if (parts->at) {
        v[SWD_METRIC_PSS] = (double)w->pss_shown;
        v[SWD_METRIC_PSS_AGE] = (double)(swd_clock_mono() - parts->at) / 1e9;
    }
    swd_pool_each(source_pool, v);
}

static void source_loop(void *arg, double v[SWD_METRICS])
{
    struct swd_watcher *w = arg;
    struct swd_loop_lag lag;
    struct swd_exec_stat st;
    double up = 0, busy = 0, now = (double)swd_clock_mono() / 1e9, span;
    unsigned n = swd_execs_count(w->o.execs);
    swd_loop_lag(w->o.loop, &lag);
    v[SWD_METRIC_LAG_P99] = (double)lag.p99_us;
    v[SWD_METRIC_LAG_MAX] = (double)lag.max_us;
    v[SWD_METRIC_QUEUED] = (double)swd_execs_queued(w->o.execs);
    v[SWD_METRIC_CONNECTIONS] = w->control ? swd_control_connections(w->control) : 0;
    up = v[SWD_METRIC_UPTIME];
    for (unsigned i = 0; i < n; i++) {
        swd_execs_stat(w->o.execs, i, &st);
        busy += st.busy * up;
        v[SWD_METRIC_TURNS] += (double)st.turns;
    }
    span = (now - w->busy_at) * n;
    if (w->busy_at > 0 && span > 0 && busy > w->busy_sum)
        v[SWD_METRIC_BUSY] = (busy - w->busy_sum) / span < 1 ? (busy - w->busy_sum) / span : 1;
    w->busy_sum_now = busy;
    w->busy_at_now = now;
}

struct pool_notes {
    struct swd_watcher *w;
    double now;
    uint64_t id;
};

static void note_pool(void *arg, const char *name, const struct swd_pool_stats *p)
{
    struct pool_notes *n = arg;
    swd_track_note(swd_monitor_track(n->w->monitor), SWD_TRACK_POOL, ++n->id, name, n->now,
                   (double)p->bytes, true);
}

static void note_group(void *arg, const struct swd_group_info *g)
{
    struct pool_notes *n = arg;
    swd_track_note(swd_monitor_track(n->w->monitor), SWD_TRACK_GROUP, g->id, g->name, n->now,
                   (double)g->used, true);
}

/* A sample was taken: what belongs to samples only, not to every reading of the sources. */
static void on_sample(struct swd_watcher *w, uint64_t now)
{
    struct pool_notes n = {w, (double)now / 1e9, 0};
    w->busy_sum = w->busy_sum_now;
    w->busy_at = w->busy_at_now;
    swd_pool_each(note_pool, &n);
    swd_runners_groups(w->o.runners, GROUPS_MAX, note_group, &n);
}

/* ---- where the resident bytes are, on a thread of its own ---- */

static void *measure_main(void *arg)
{
    struct swd_watcher *w = arg;
    struct swd_extent_stats x;
    struct swd_resident r;
    struct mallinfo2 mi = mallinfo2();
    w->measured_ok = swd_resident_read("/proc/self/smaps", swd_extent_owns, &r) == 0;
    swd_extent_stats(&x);
    if (w->measured_ok) {
        swd_resident_parts(&r, w->stacks, x.metadata, mi.arena + mi.hblkhd, &w->parts);
        w->parts.at = swd_clock_mono();
        w->pss = r.pss;
    }
    w->measure_took = swd_clock_thread_cpu(); /* all that this thread ever did */
    swd_loop_post(w->o.loop, &w->measured);
    return NULL;
}

/* Again after an interval, and so rarely that it takes a five-hundredth of a CPU at most. */
static void on_measured(struct swd_post *p)
{
    struct swd_watcher *w = SWD_CONTAINER(p, struct swd_watcher, measured);
    uint64_t pause = swd_monitor_settings(w->monitor)->interval, rest;
    pthread_join(w->measure_thread, NULL);
    w->measuring = false;
    if (w->measured_ok)
        swd_monitor_measured(w->monitor, &w->parts);
    w->pss_shown = w->pss;
    rest = w->measure_took * MEASURE_SHARE;
    w->measure_due = swd_clock_mono() + (rest > pause ? rest : pause);
}

static void measure_tick(struct swd_watcher *w, uint64_t now)
{
    if (w->measuring || now < w->measure_due)
        return;
    w->stacks = swd_execs_stacks(w->o.execs); /* here: the thread may outlive the executors */
    w->measure_due = now + SWD_NS_PER_S;      /* when no thread is to be had */
    w->measuring = pthread_create(&w->measure_thread, NULL, measure_main, w) == 0;
}

/* ---- events ---- */

static void publish(struct swd_watcher *w, const char *topic,
                    void (*write)(struct swd_json *, const void *), const void *what)
{
    struct swd_json j = {.b = w->control ? swd_bytebuf_get(EVENT_MAX) : NULL};
    if (!j.b)
        return;
    write(&j, what);
    if (!j.b->failed)
        swd_control_publish(w->control, topic, j.b->data, j.b->len);
    swd_bytebuf_put(&j.b);
}

static void write_pressure(struct swd_json *j, const void *what)
{
    swd_control_pressure_json(j, what);
}

static void write_relief(struct swd_json *j, const void *what)
{
    swd_control_relief_json(j, what);
}

static void on_event(void *arg, enum swd_level was, const struct swd_relief *r)
{
    struct swd_watcher *w = arg;
    (void)was;
    if (r)
        publish(w, strcmp(r->action, "gc") == 0 ? "gc" : "pressure", write_relief, r);
    else
        publish(w, "pressure", write_pressure, w->monitor);
}

/* ---- collections ---- */

static void batch_pump(struct swd_watcher *w);

static void ask_done(void *arg, const struct swd_receipt *r)
{
    struct ask *a = arg;
    struct swd_watcher *w = a->w;
    bool batch = a->batch, ok = r->runners > 0;
    swd_monitor_collected(w->monitor, a->id, swd_clock_mono(), ok && !batch, r->before, r->after);
    a->used = false;
    if (!batch) {
        w->asked--;
        if (ok) {
            struct swd_relief one = {.action = "gc",
                                     .source = "growth",
                                     .t = swd_clock_unix(),
                                     .asked = 1,
                                     .done = 1,
                                     .before = r->before,
                                     .after = r->after,
                                     .freed = r->freed,
                                     .rss_before = r->rss_before,
                                     .rss_after = r->rss_after,
                                     .took_us = r->took_us};
            publish(w, "gc", write_relief, &one);
        }
        return;
    }
    w->batch_busy--;
    w->batch_sum.done += r->runners;
    w->batch_sum.skipped += !ok;
    w->batch_sum.before += r->before;
    w->batch_sum.after += r->after;
    batch_pump(w);
}

static bool ask(struct swd_watcher *w, uint64_t id, bool batch)
{
    struct ask *a = w->asks;
    struct swd_err e;
    while (a < w->asks + SWD_ARRAY_LEN(w->asks) && a->used)
        a++;
    if (a == w->asks + SWD_ARRAY_LEN(w->asks))
        return false;
    *a = (struct ask){w, id, batch, true};
    a->used = swd_runner_job(w->o.runners, SWD_JOB_GC, id, 0, ask_done, a, &e) == 0;
    return a->used;
}

/* ---- the census ---- */

struct census_row {
    struct swd_watcher *w;
    uint64_t now;
    bool idle;
};

/* True: the runner is to be looked at in the next round too. */
static bool census_row(void *arg, const struct swd_runner_info *i, uint64_t cpu_ns)
{
    struct census_row *c = arg;
    struct swd_watcher *w = c->w;
    struct swd_track *k = swd_monitor_track(w->monitor);
    struct swd_series *s;
    swd_monitor_busy_note(w->monitor, i->id, cpu_ns);
    if (i->state == SWD_STATE_HIBERNATED) { /* stays known, and is not woken for a collection */
        s = swd_track_find(k, SWD_TRACK_RUNNER, i->id);
        if (s)
            s->asleep = true;
        return false;
    }
    s = swd_track_note(k, SWD_TRACK_RUNNER, i->id, i->name, (double)c->now / 1e9, (double)i->alloc,
                       w->point);
    if (i->state == SWD_STATE_RUNNING)
        return true; /* it will have changed */
    switch (s ? swd_monitor_wants_gc(w->monitor, s, c->now, c->idle) : SWD_GC_NO) {
    case SWD_GC_NO: return false;
    case SWD_GC_LATER: return true;
    case SWD_GC_NOW: break;
    }
    if (w->asked < IN_FLIGHT && ask(w, i->id, false))
        w->asked++;
    else
        s->asked = false;
    return !s->asked;
}

static void on_census(struct swd_post *p)
{
    struct swd_watcher *w = SWD_CONTAINER(p, struct swd_watcher, census);
    struct census_row c = {w, swd_clock_mono(), swd_execs_queued(w->o.execs) == 0};
    w->counting = swd_runners_changed(w->o.runners, SLICE, census_row, &c);
    if (w->counting)
        swd_loop_post(w->o.loop, &w->census);
}

/* With each sample, and between them often enough to see growth early. */
static void census_start(struct swd_watcher *w, bool sampled, uint64_t now)
{
    if (w->counting || (!sampled && now < w->census_due))
        return;
    w->census_due = now + CENSUS_LEAST;
    w->point = sampled;
    w->counting = true;
    swd_track_begin(swd_monitor_track(w->monitor), (double)now / 1e9, sampled);
    swd_monitor_busy_begin(w->monitor, now);
    swd_runners_changed_begin(w->o.runners);
    swd_loop_post(w->o.loop, &w->census);
}

/* ---- relievers ---- */

static void batch_pump(struct swd_watcher *w)
{
    while (w->batch_at < w->batch_n && w->batch_busy < IN_FLIGHT) {
        uint64_t id = w->batch[w->batch_at++];
        if (ask(w, id, true))
            w->batch_busy++;
        else
            w->batch_sum.skipped++;
    }
    if (w->batch_busy > 0 || w->batch_n == 0)
        return;
    w->batch_n = 0;
    swd_monitor_relieved(w->monitor, &w->batch_sum);
}

/* The largest runners of the last census. */
static int relieve_gc(void *arg, enum swd_level level)
{
    struct swd_watcher *w = arg;
    (void)level;
    if (w->batch_n > 0)
        return SWD_EBUSY;
    w->batch_n =
        swd_track_largest(swd_monitor_track(w->monitor), SWD_TRACK_RUNNER, false, w->batch, BATCH);
    w->batch_at = 0;
    w->batch_sum = (struct swd_relief){.asked = w->batch_n};
    if (w->batch_n == 0)
        return SWD_ENOTFOUND;
    batch_pump(w);
    return 0;
}

static void job_done(void *arg, const struct swd_receipt *r)
{
    struct swd_watcher *w = arg;
    struct swd_relief what = {.asked = r->asked,
                              .done = r->runners,
                              .skipped = r->asked > r->runners ? r->asked - r->runners : 0,
                              .before = r->before,
                              .after = r->after};
    w->working = false;
    swd_monitor_relieved(w->monitor, &what);
}

/* A job on every runner, sliced by the layer below, or a trim. */
static int relieve_job(struct swd_watcher *w, enum swd_job job)
{
    struct swd_err e;
    int rc;
    if (w->working)
        return SWD_EBUSY;
    rc = swd_runner_job(w->o.runners, job, 0, JOB_MAX_MS, job_done, w, &e);
    w->working = rc == 0;
    return rc;
}

static int relieve_trim(void *arg, enum swd_level level)
{
    (void)level;
    return relieve_job(arg, SWD_JOB_TRIM);
}

static int relieve_compact(void *arg, enum swd_level level)
{
    (void)level;
    return relieve_job(arg, SWD_JOB_COMPACT);
}

static int relieve_hibernate(void *arg, enum swd_level level)
{
    (void)level;
    return relieve_job(arg, SWD_JOB_HIBERNATE);
}

static int relieve_refuse(void *arg, enum swd_level level)
{
    struct swd_watcher *w = arg;
    struct swd_relief what = {.asked = 1, .done = 1};
    (void)level;
    swd_runners_refuse(w->o.runners, true);
    swd_monitor_relieved(w->monitor, &what);
    return 0;
}

static void release_refuse(void *arg)
{
    struct swd_watcher *w = arg;
    swd_runners_refuse(w->o.runners, false);
}

static int relieve_kill(void *arg, enum swd_level level)
{
    struct swd_watcher *w = arg;
    struct swd_relief what = {.asked = 1};
    struct swd_series *s;
    bool live = false;
    uint64_t id;
    (void)level;
    if (swd_track_largest(swd_monitor_track(w->monitor), SWD_TRACK_RUNNER, false, &id, 1) == 0)
        return SWD_ENOTFOUND;
    s = swd_track_find(swd_monitor_track(w->monitor), SWD_TRACK_RUNNER, id);
    what.before = s ? (uint64_t)s->now : 0;
    if (swd_runner_kill(w->o.runners, id, SWD_STOP_PRESSURE, &live) != 0 || !live)
        return SWD_ENOTFOUND;
    swd_log(SWD_LOG_WARN, "monitor.kill", "id=%" PRIu64 " bytes=%" PRIu64, id, what.before);
    what.done = 1;
    swd_monitor_relieved(w->monitor, &what);
    return 0;
}

static void relievers(struct swd_watcher *w)
{
    const struct swd_reliever all[] = {
        {"trim", SWD_LEVEL_SOME, relieve_trim, NULL, w},
        {"gc", SWD_LEVEL_HIGH, relieve_gc, NULL, w},
        {"compact", SWD_LEVEL_HIGH, relieve_compact, NULL, w},
        {"hibernate", SWD_LEVEL_HIGH, relieve_hibernate, NULL, w},
        {"refuse", SWD_LEVEL_CRITICAL, relieve_refuse, release_refuse, w},
        {"kill", SWD_LEVEL_CRITICAL, relieve_kill, NULL, w},
    };
    for (size_t i = 0; i < SWD_ARRAY_LEN(all); i++)
        swd_monitor_reliever(w->monitor, &all[i]);
}

/* ---- the tick ---- */

static void on_tick(void *arg)
{
    struct swd_watcher *w = SWD_CAST(struct swd_watcher, WATCHER_MAGIC, arg);
    uint64_t now = swd_clock_mono();
    bool sampled = swd_monitor_tick(w->monitor, now);
    if (sampled)
        on_sample(w, now);
    census_start(w, sampled, now);
    measure_tick(w, now);
}

static void on_psi(void *arg, int events)
{
    struct swd_watcher *w = SWD_CAST(struct swd_watcher, WATCHER_MAGIC, arg);
    (void)events;
    if (swd_psi_take(&w->psi))
        swd_monitor_told(w->monitor, w->psi.watch ? "watch" : "psi", swd_clock_mono());
    else if (w->psi.epoll < 0)
        swd_fd_watch(w->psi_fd, 0);
}

static void settings(const struct swd_conf *c, uint64_t budget, struct swd_monitor_opts *o)
{
    *o = (struct swd_monitor_opts){
        .root = getenv("SWD_MONITOR_ROOT"),
        .budget = budget,
        .interval = swd_conf_num(c, "monitor.interval"),
        .threshold = (unsigned)swd_conf_num(c, "monitor.threshold"),
        .ladder = swd_conf_str(c, "monitor.ladder"),
        .gc_growth = (double)swd_conf_num(c, "monitor.gc_growth") / 1000,
        .gc_min_interval = swd_conf_num(c, "monitor.gc_min_interval"),
        .gc_when_idle = swd_conf_num(c, "monitor.gc_when_idle") != 0,
    };
}

static int period_set(struct swd_watcher *w, uint64_t interval)
{
    uint64_t period = interval < SWD_NS_PER_S ? interval : SWD_NS_PER_S;
    if (period == w->period)
        return 0;
    w->period = period;
    return swd_tick_in(w->tick, period, period);
}

void swd_watcher_configure(struct swd_watcher *w, const struct swd_conf *conf, uint64_t budget)
{
    struct swd_monitor_opts mo;
    settings(conf, budget, &mo);
    swd_monitor_configure(w->monitor, &mo);
    (void)period_set(w, mo.interval); /* fails on the first setting only */
}

struct swd_monitor *swd_watcher_monitor(struct swd_watcher *w)
{
    return w->monitor;
}

void swd_watcher_control(struct swd_watcher *w, struct swd_control *c)
{
    w->control = c;
}

/* Says what limits were found; nobody telling of stalls is no error. */
static void start_psi(struct swd_watcher *w)
{
    const struct swd_gauge *g = swd_monitor_gauge(w->monitor);
    struct swd_gauge_reading r;
    char path[2 * PATH_MAX];
    bool told;
    swd_gauge_psi_path(g, path, sizeof path);
    told = swd_psi_open(&w->psi, getenv("MEMORY_PRESSURE_WATCH"), getenv("MEMORY_PRESSURE_WRITE"),
                        path) == 0 &&
           swd_fd_new(w->o.loop, w->psi.epoll, on_psi, w, &w->psi_fd) == 0 &&
           swd_fd_watch(w->psi_fd, SWD_FD_READ) == 0;
    swd_gauge_read(g, &r);
    swd_log(SWD_LOG_INFO, "monitor.limits",
            "machine=%" PRIu64 " cgroup_version=%d cgroup_limit=%" PRIu64 " budget=%" PRIu64
            " stalls=%s",
            r.mem_total, g->version, r.cg_limit, w->o.budget,
            !told          ? "polled"
            : w->psi.watch ? "service_manager"
                           : "trigger");
}

int swd_watcher_new(const struct swd_watcher_opts *o, struct swd_watcher **out, struct swd_err *e)
{
    struct swd_monitor_opts mo;
    struct swd_watcher *w = swd_slab_alloc(sizeof *w);
    int rc;
    *out = NULL;
    if (!w)
        return swd_fail(e, SWD_ENOMEM, "no memory for the monitor");
    w->magic = WATCHER_MAGIC;
    w->o = *o;
    w->psi.epoll = w->psi.fd = -1;
    swd_post_init(&w->census, on_census);
    swd_post_init(&w->measured, on_measured);
    settings(o->conf, o->budget, &mo);
    rc = swd_monitor_new(&mo, &w->monitor, e);
    if (rc == 0) {
        swd_monitor_source(w->monitor, source_runners, w);
        swd_monitor_source(w->monitor, source_memory, w);
        swd_monitor_source(w->monitor, source_loop, w);
        swd_monitor_on_event(w->monitor, on_event, w);
        relievers(w);
        swd_runners_monitor(o->runners, w->monitor);
        rc = swd_tick_new(o->loop, on_tick, w, &w->tick);
        if (rc == 0)
            rc = period_set(w, mo.interval);
        if (rc != 0)
            swd_fail(e, rc, "no memory for the monitor's timer");
    }
    if (rc != 0) {
        swd_watcher_free(&w);
        return rc;
    }
    start_psi(w);
    *out = w;
    return 0;
}

void swd_watcher_free(struct swd_watcher **wp)
{
    struct swd_watcher *w = *wp;
    *wp = NULL;
    if (!w)
        return;
    SWD_CHECK(w, WATCHER_MAGIC);
    if (w->psi_fd)
        swd_fd_free(&w->psi_fd);
    swd_psi_close(&w->psi);
    if (w->tick)
        swd_tick_free(&w->tick);
    swd_post_cancel(w->o.loop, &w->census);
    if (w->measuring)
        pthread_join(w->measure_thread, NULL);
    swd_post_cancel(w->o.loop, &w->measured);
    if (w->monitor)
        swd_runners_monitor(w->o.runners, NULL);
    swd_monitor_free(&w->monitor);
    w->magic = 0;
    swd_slab_free(w, sizeof *w);
}
