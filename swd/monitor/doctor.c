/* Verdicts: each check looks at the history or the owners and says what is wrong, by what
 * evidence, what to do and by which command. A check that has too little to go by says nothing.
 *
 * A runner leaks when it grows without a drop in sight and collections do not take it back: what
 * two of them left, some samples apart, grows too. Growth alone is never called a leak. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "monitor/int.h"

#define LEAK_BYTES    1024.0
#define LEAK_ROWS     16u
#define LAG_US        100000.0
#define GC_SHARE      0.10
#define HIT_SHARE     0.5
#define POOL_GETS     10000.0
#define SAMPLES_LEAST 3u
#define GROWTH_BYTES  (1 << 20) /* of a pool or a group */
#define WHOLE_BYTES   (8 << 20)
#define SOON_SECONDS  3600.0

struct doctor {
    struct swd_monitor *m;
    void (*row)(void *arg, const struct swd_finding *);
    void *arg;
    const struct swd_sample *first, *last; /* of the raw samples */
    unsigned n;
};

static double delta(const struct doctor *d, enum swd_metric k)
{
    return d->last->v[k] - d->first->v[k];
}

static void check_pressure(const struct doctor *d)
{
    const struct swd_pressure *p = &d->m->pressure;
    struct swd_finding f = {.severity = "warning", .subject = "memory"};
    if (p->level < SWD_LEVEL_HIGH)
        return;
    if (p->level == SWD_LEVEL_CRITICAL)
        f.severity = "critical";
    snprintf(f.verdict, sizeof f.verdict, "memory pressure is %s by %s", swd_level_name(p->level),
             p->source);
    snprintf(f.evidence, sizeof f.evidence,
             "{\"usage\":%llu,\"limit\":%llu,\"source\":\"%s\",\"psi_some\":%.2f}",
             (unsigned long long)p->usage, (unsigned long long)p->limit, p->source,
             d->m->reading.psi_some);
    snprintf(f.remedy, sizeof f.remedy, "%s",
             strcmp(p->source, "machine") == 0
                 ? "other processes use the machine's memory: stop some, or lower [daemon] budget"
                 : "give the daemon more memory, or end what it does not need");
    snprintf(f.command, sizeof f.command, "swctl pressure");
    d->row(d->arg, &f);
}

static void check_oom(const struct doctor *d)
{
    struct swd_finding f = {.severity = "critical", .subject = "cgroup"};
    double kills = d->last->v[SWD_METRIC_CG_OOM];
    if (kills <= 0)
        return;
    snprintf(f.verdict, sizeof f.verdict, "the kernel killed in this cgroup for want of memory");
    snprintf(f.evidence, sizeof f.evidence, "{\"oom_kills\":%.0f,\"limit\":%.0f}", kills,
             d->last->v[SWD_METRIC_CG_LIMIT]);
    snprintf(f.remedy, sizeof f.remedy, "raise the cgroup's limit, or lower [daemon] budget");
    snprintf(f.command, sizeof f.command, "swctl config daemon.budget");
    d->row(d->arg, &f);
}

/* The growth of what collections left, bytes a second; 0: no proof. `*since`: the first of them. */
static double leak_rate(const struct swd_series *s, float *since)
{
    unsigned a = 0, b = s->nfloors - 1;
    double seconds;
    if (s->nfloors < 2)
        return 0;
    for (unsigned i = 1; i < s->nfloors; i++)
        if (s->floor_y[i] <= s->floor_y[i - 1])
            a = i; /* it fell: begin anew */
    seconds = s->floor_t[b] - s->floor_t[a];
    if (a == b || seconds <= 0 || s->floor_y[b] - s->floor_y[a] < LEAK_BYTES)
        return 0;
    *since = s->floor_t[a];
    return (s->floor_y[b] - s->floor_y[a]) / seconds;
}

static void leak_say(const struct doctor *d, const struct swd_series *s, const struct swd_trend *t,
                     double rate)
{
    struct swd_finding f = {.severity = "warning"};
    snprintf(f.subject, sizeof f.subject, "runner %llu", (unsigned long long)s->id);
    snprintf(f.verdict, sizeof f.verdict,
             "%.40s leaks: it grows by %.0f bytes/s and collections do not take it back", s->name,
             rate);
    snprintf(f.evidence, sizeof f.evidence,
             "{\"id\":%llu,\"shape\":\"%s\",\"slope\":%.1f,\"fit\":%.3f,\"samples\":%zu,"
             "\"seconds\":%.1f,\"first\":%.0f,\"last\":%.0f,\"collections\":%u,"
             "\"left_first\":%.0f,\"left_last\":%.0f,\"left_slope\":%.1f}",
             (unsigned long long)s->id, swd_shape_name(t->shape), t->slope, t->fit, t->points,
             t->seconds, t->first, t->last, s->nfloors, (double)s->floor_y[0],
             (double)s->floor_y[s->nfloors - 1], rate);
    snprintf(f.remedy, sizeof f.remedy,
             "look for a collection that only grows; until then give it a limit (memory_hard) or "
             "end it");
    snprintf(f.command, sizeof f.command, "swctl kill %llu", (unsigned long long)s->id);
    d->row(d->arg, &f);
}

/* The shape counts from the first collection on: the first may drop much that start-up left. */
static void check_leaks(const struct doctor *d)
{
    const struct swd_track *k = &d->m->track;
    unsigned said = 0;
    for (size_t i = 0; i < k->cap && said < LEAK_ROWS; i++) {
        const struct swd_series *s = &k->at[i];
        float since = 0, at[SWD_TRACK_POINTS + 1], y[SWD_TRACK_POINTS + 1];
        struct swd_trend t;
        unsigned from = 0;
        double rate;
        if (!s->id || s->kind != SWD_TRACK_RUNNER || (rate = leak_rate(s, &since)) <= 0)
            continue;
        while (from < s->n && s->t[from] < since)
            from++;
        swd_trend(at, y, swd_track_points(k, s, from, at, y), LEAK_BYTES, &t);
        if (t.shape != SWD_SHAPE_GROWS)
            continue;
        leak_say(d, s, &t, rate);
        said++;
    }
}

/* Pools and groups: growth over the whole series is worth a word, not a warning. */
static void check_owners(const struct doctor *d, enum swd_track_kind kind, const char *what,
                         const char *command)
{
    const struct swd_track *k = &d->m->track;
    unsigned said = 0;
    for (size_t i = 0; i < k->cap && said < LEAK_ROWS; i++) {
        const struct swd_series *s = &k->at[i];
        float at[SWD_TRACK_POINTS + 1], y[SWD_TRACK_POINTS + 1];
        struct swd_finding f = {.severity = "info"};
        struct swd_trend t;
        if (!s->id || s->kind != kind || s->n < SWD_TRACK_POINTS)
            continue;
        swd_trend(at, y, swd_track_points(k, s, 0, at, y), GROWTH_BYTES, &t);
        if (t.shape != SWD_SHAPE_GROWS)
            continue;
        snprintf(f.subject, sizeof f.subject, "%s %s", what, s->name);
        snprintf(f.verdict, sizeof f.verdict, "the %s grows by %.0f bytes/s", what, t.slope);
        snprintf(f.evidence, sizeof f.evidence,
                 "{\"shape\":\"%s\",\"slope\":%.1f,\"fit\":%.3f,\"samples\":%zu,"
                 "\"seconds\":%.1f,\"first\":%.0f,\"last\":%.0f}",
                 swd_shape_name(t.shape), t.slope, t.fit, t.points, t.seconds, t.first, t.last);
        snprintf(f.remedy, sizeof f.remedy,
                 "expected while load grows; watch it once load is even");
        snprintf(f.command, sizeof f.command, "%s", command);
        d->row(d->arg, &f);
        said++;
    }
}

/* The whole: live bytes over the raw samples, against the tightest limit. */
static void check_whole(const struct doctor *d)
{
    struct swd_finding f = {.severity = "info", .subject = "memory as a whole"};
    float at[SWD_RAW_SAMPLES], y[SWD_RAW_SAMPLES];
    double left = d->last->v[SWD_METRIC_LIMIT] - d->last->v[SWD_METRIC_USAGE];
    struct swd_trend t;
    if (d->n < SWD_TRACK_POINTS)
        return;
    for (unsigned i = 0; i < d->n; i++) {
        const struct swd_sample *s = swd_history_at(&d->m->history, SWD_RAW, i);
        at[i] = (float)(s->t - d->first->t);
        y[i] = (float)s->v[SWD_METRIC_ALLOC];
    }
    swd_trend(at, y, d->n, WHOLE_BYTES, &t);
    if (t.shape != SWD_SHAPE_GROWS)
        return;
    if (left < t.slope * SOON_SECONDS)
        f.severity = "warning";
    snprintf(f.verdict, sizeof f.verdict,
             "live memory grows by %.0f bytes/s: the limit is %.0f minutes away", t.slope,
             left / t.slope / 60);
    snprintf(f.evidence, sizeof f.evidence,
             "{\"shape\":\"%s\",\"slope\":%.1f,\"fit\":%.3f,\"samples\":%zu,"
             "\"seconds\":%.1f,\"first\":%.0f,\"last\":%.0f,\"left\":%.0f}",
             swd_shape_name(t.shape), t.slope, t.fit, t.points, t.seconds, t.first, t.last, left);
    snprintf(f.remedy, sizeof f.remedy, "see which runners or groups hold it");
    snprintf(f.command, sizeof f.command, "swctl top");
    d->row(d->arg, &f);
}

static void check_hits(const struct doctor *d)
{
    struct swd_finding f = {.severity = "info", .subject = "pools"};
    double hits = delta(d, SWD_METRIC_POOL_HITS), gets = hits + delta(d, SWD_METRIC_POOL_MISSES);
    if (gets < POOL_GETS || hits / gets >= HIT_SHARE)
        return;
    snprintf(f.verdict, sizeof f.verdict, "pools had only %.0f%% of objects ready",
             100 * hits / gets);
    snprintf(f.evidence, sizeof f.evidence, "{\"gets\":%.0f,\"hits\":%.0f}", gets, hits);
    snprintf(f.remedy, sizeof f.remedy, "give them time to adapt, or raise [pools] warm");
    snprintf(f.command, sizeof f.command, "swctl pools");
    d->row(d->arg, &f);
}

static void check_gc(const struct doctor *d)
{
    struct swd_finding f = {.severity = "warning", .subject = "gc"};
    double us = delta(d, SWD_METRIC_GC_US), wall = (d->last->t - d->first->t) * 1e6;
    if (wall <= 0 || us / wall < GC_SHARE)
        return;
    snprintf(f.verdict, sizeof f.verdict, "collections take %.0f%% of one CPU", 100 * us / wall);
    snprintf(f.evidence, sizeof f.evidence,
             "{\"gc_us\":%.0f,\"seconds\":%.1f,\"collections\":%.0f}", us, wall / 1e6,
             delta(d, SWD_METRIC_NUM_GC));
    snprintf(f.remedy, sizeof f.remedy, "raise [monitor] gc_growth or gc_min_interval");
    snprintf(f.command, sizeof f.command, "swctl config monitor.gc_growth");
    d->row(d->arg, &f);
}

static void check_lag(const struct doctor *d)
{
    struct swd_finding f = {.severity = "warning", .subject = "loop"};
    double lag = d->last->v[SWD_METRIC_LAG_P99];
    if (lag < LAG_US)
        return;
    snprintf(f.verdict, sizeof f.verdict, "the loop is %.0f ms late (99th percentile)", lag / 1e3);
    snprintf(f.evidence, sizeof f.evidence, "{\"p99_us\":%.0f,\"max_us\":%.0f,\"queued\":%.0f}",
             lag, d->last->v[SWD_METRIC_LAG_MAX], d->last->v[SWD_METRIC_QUEUED]);
    snprintf(f.remedy, sizeof f.remedy,
             "the machine has fewer CPUs than work: lower [executors] count or cpu_rate");
    snprintf(f.command, sizeof f.command, "swctl config executors.count");
    d->row(d->arg, &f);
}

static void check_rungs(const struct doctor *d)
{
    for (unsigned i = 0; i < d->m->nrungs; i++) {
        const struct swd_rung *g = &d->m->rung[i];
        struct swd_finding f = {.severity = "info"};
        if (g->penalty == 0 || d->m->pressure.level < SWD_LEVEL_HIGH)
            continue;
        snprintf(f.subject, sizeof f.subject, "reliever %s", g->r.name);
        snprintf(f.verdict, sizeof f.verdict, "it frees too little under the present pressure");
        snprintf(f.evidence, sizeof f.evidence, "{\"backs_off_s\":%.0f}", (double)g->penalty / 1e9);
        snprintf(f.remedy, sizeof f.remedy, "nothing to do: it is tried again later");
        snprintf(f.command, sizeof f.command, "swctl pressure");
        d->row(d->arg, &f);
    }
}

void swd_monitor_doctor(struct swd_monitor *m, void (*row)(void *arg, const struct swd_finding *),
                        void *arg)
{
    static void (*const by_history[])(const struct doctor *) = {check_oom, check_lag, check_gc,
                                                                check_hits, check_whole};
    struct doctor d = {
        .m = m, .row = row, .arg = arg, .n = swd_history_count(&m->history, SWD_RAW)};
    check_pressure(&d);
    check_leaks(&d);
    if (d.n >= SAMPLES_LEAST) {
        d.first = swd_history_at(&m->history, SWD_RAW, 0);
        d.last = swd_history_at(&m->history, SWD_RAW, d.n - 1);
        for (size_t i = 0; i < SWD_ARRAY_LEN(by_history); i++)
            by_history[i](&d);
    }
    check_owners(&d, SWD_TRACK_GROUP, "group", "swctl ps");
    check_owners(&d, SWD_TRACK_POOL, "pool", "swctl pools");
    check_rungs(&d);
}
