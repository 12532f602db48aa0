/* The monitor's tick: judging, sampling, telling. See monitor.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "monitor/int.h"
#include "pool/extent.h"
#include "pool/slab.h"

#define TOLD_HOLD (10 * SWD_NS_PER_S)

void swd_monitor_configure(struct swd_monitor *m, const struct swd_monitor_opts *o)
{
    uint64_t now = swd_clock_mono();
    snprintf(m->ladder, sizeof m->ladder, "%s", o->ladder ? o->ladder : "");
    m->o = *o;
    m->o.ladder = m->ladder;
    m->o.root = m->gauge.root;
    if (m->next_sample > now + o->interval)
        m->next_sample = now + o->interval;
    mon_ladder_parse(m);
}

const struct swd_monitor_opts *swd_monitor_settings(const struct swd_monitor *m)
{
    return &m->o;
}

/* What the budget is judged by: what is resident or what extents are handed out, the larger one:
 * at the budget no more of them are. */
static uint64_t held(uint64_t rss)
{
    struct swd_extent_stats x;
    swd_extent_stats(&x);
    return x.handed_out > rss ? x.handed_out : rss;
}

static void judge(struct swd_monitor *m, uint64_t now)
{
    const struct swd_pressure *p = &m->pressure;
    enum swd_level was = p->level;
    swd_gauge_read(&m->gauge, &m->reading);
    m->rss = swd_proc_rss();
    if (!swd_pressure_judge(&m->pressure, &m->reading, held(m->rss), m->o.budget, m->o.threshold,
                            now))
        return;
    atomic_store(&m->high, p->level >= SWD_LEVEL_HIGH);
    swd_log(p->level > was ? SWD_LOG_WARN : SWD_LOG_INFO, "monitor.pressure",
            "level=%s was=%s source=%s usage=%llu limit=%llu", swd_level_name(p->level),
            swd_level_name(was), p->source, (unsigned long long)p->usage,
            (unsigned long long)p->limit);
    if (m->event)
        m->event(m->event_arg, was, NULL);
}

int swd_monitor_new(const struct swd_monitor_opts *o, struct swd_monitor **out, struct swd_err *e)
{
    struct swd_monitor *m = swd_slab_alloc(sizeof *m);
    *out = NULL;
    if (!m)
        return swd_fail(e, SWD_ENOMEM, "no memory for the monitor");
    m->magic = SWD_MONITOR_MAGIC;
    if (swd_history_init(&m->history) != 0) {
        swd_slab_free(m, sizeof *m);
        return swd_fail(e, SWD_ENOMEM, "no memory for the monitor's history");
    }
    swd_track_init(&m->track);
    pthread_mutex_init(&m->lock, NULL);
    swd_gauge_open(&m->gauge, o->root);
    m->pressure.source = "budget";
    m->started = swd_clock_mono();
    swd_monitor_configure(m, o);
    judge(m, m->started); /* figures are there from the first question on */
    *out = m;
    return 0;
}

void swd_monitor_free(struct swd_monitor **mp)
{
    struct swd_monitor *m = *mp;
    *mp = NULL;
    if (!m)
        return;
    SWD_CHECK(m, SWD_MONITOR_MAGIC);
    swd_track_fini(&m->track);
    swd_history_fini(&m->history);
    pthread_mutex_destroy(&m->lock);
    m->magic = 0;
    swd_slab_free(m, sizeof *m);
}

void swd_monitor_source(struct swd_monitor *m, void (*fn)(void *arg, double v[SWD_METRICS]),
                        void *arg)
{
    swd_assert(m->nsources < SOURCES_MAX);
    m->source[m->nsources].fn = fn;
    m->source[m->nsources++].arg = arg;
}

void swd_monitor_on_event(struct swd_monitor *m,
                          void (*fn)(void *arg, enum swd_level was, const struct swd_relief *r),
                          void *arg)
{
    m->event = fn;
    m->event_arg = arg;
}

static void own_figures(const struct swd_monitor *m, double v[SWD_METRICS])
{
    struct rusage u;
    v[SWD_METRIC_RSS] = (double)m->rss;
    v[SWD_METRIC_MEM_TOTAL] = (double)m->reading.mem_total;
    v[SWD_METRIC_MEM_AVAIL] = (double)m->reading.mem_available;
    v[SWD_METRIC_CG_USAGE] = (double)m->reading.cg_usage;
    v[SWD_METRIC_CG_LIMIT] = (double)m->reading.cg_limit;
    v[SWD_METRIC_CG_HIGH] = (double)m->reading.cg_high_events;
    v[SWD_METRIC_CG_OOM] = (double)m->reading.cg_oom_kills;
    v[SWD_METRIC_PSI_SOME] = m->reading.psi_some;
    v[SWD_METRIC_PSI_FULL] = m->reading.psi_full;
    v[SWD_METRIC_USAGE] = (double)m->pressure.usage;
    v[SWD_METRIC_LIMIT] = (double)m->pressure.limit;
    v[SWD_METRIC_LEVEL] = m->pressure.level;
    v[SWD_METRIC_RELIEFS] = (double)m->reliefs;
    v[SWD_METRIC_RELIEF_FREED] = (double)m->freed;
    v[SWD_METRIC_GC_AUTO] = (double)m->gc_auto;
    v[SWD_METRIC_GC_AUTO_FREED] = (double)m->gc_auto_freed;
    v[SWD_METRIC_UPTIME] = (double)(swd_clock_mono() - m->started) / 1e9;
    if (getrusage(RUSAGE_SELF, &u) != 0)
        return;
    v[SWD_METRIC_MINFLT] = (double)u.ru_minflt;
    v[SWD_METRIC_MAJFLT] = (double)u.ru_majflt;
    v[SWD_METRIC_CPU_US] = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
                           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

void swd_monitor_read(struct swd_monitor *m, double v[SWD_METRICS])
{
    memset(v, 0, SWD_METRICS * sizeof *v);
    own_figures(m, v);
    for (unsigned i = 0; i < m->nsources; i++)
        m->source[i].fn(m->source[i].arg, v);
}

static void sample(struct swd_monitor *m)
{
    struct swd_sample s = {.t = swd_clock_unix()};
    swd_monitor_read(m, s.v);
    pthread_mutex_lock(&m->lock);
    swd_history_add(&m->history, &s);
    pthread_mutex_unlock(&m->lock);
}

bool swd_monitor_tick(struct swd_monitor *m, uint64_t now)
{
    bool due = now >= m->next_sample;
    judge(m, now);
    if (due) {
        m->next_sample += m->o.interval;
        if (m->next_sample <= now)
            m->next_sample = now + m->o.interval;
        sample(m);
    }
    mon_ladder_tick(m, now);
    return due;
}

void swd_monitor_told(struct swd_monitor *m, const char *by, uint64_t now)
{
    bool manager = strcmp(by, "watch") == 0;
    swd_pressure_tell(&m->pressure, manager ? SWD_LEVEL_HIGH : SWD_LEVEL_SOME, by, now, TOLD_HOLD);
    judge(m, now);
}

const struct swd_pressure *swd_monitor_pressure(const struct swd_monitor *m)
{
    return &m->pressure;
}

const struct swd_gauge_reading *swd_monitor_reading(const struct swd_monitor *m)
{
    return &m->reading;
}

const struct swd_gauge *swd_monitor_gauge(const struct swd_monitor *m)
{
    return &m->gauge;
}

bool swd_monitor_pressure_high(const struct swd_monitor *m)
{
    return atomic_load(&m->high);
}

struct swd_track *swd_monitor_track(struct swd_monitor *m)
{
    return &m->track;
}

const struct swd_sample *swd_monitor_last(const struct swd_monitor *m)
{
    unsigned n = swd_history_count(&m->history, SWD_RAW);
    return n ? swd_history_at(&m->history, SWD_RAW, n - 1) : NULL;
}

/* ---- collections before need ---- */

#define SUSPECT_POINTS 8u
#define SUSPECT_BYTES  2048.0
#define PROOF_POINTS   5u /* between two collections of a suspect */

/* Growth alone, with no drop in sight, wants a proof: what a collection leaves. Two of them, some
 * samples apart, then rarely. */
static bool suspect(const struct swd_monitor *m, const struct swd_series *s, double now)
{
    double gap = (double)m->o.interval / 1e9 * PROOF_POINTS;
    struct swd_trend tr;
    if (s->n < SUSPECT_POINTS)
        return false;
    if (s->nfloors > 2)
        gap *= 4;
    if (s->collected_at > 0 && now - s->collected_at < gap)
        return false;
    swd_trend(s->t, s->y, s->n, SUSPECT_BYTES, &tr);
    return tr.shape == SWD_SHAPE_GROWS;
}

enum swd_gc_wish swd_monitor_wants_gc(struct swd_monitor *m, struct swd_series *s, uint64_t now,
                                      bool idle)
{
    double t = (double)now / 1e9, since = t - s->collected_at;
    bool grown = m->o.gc_growth > 0 && s->now > s->floor * m->o.gc_growth && s->now > 256 * 1024;
    bool wait = m->o.gc_when_idle && !idle && m->pressure.level < SWD_LEVEL_HIGH;
    if (s->kind != SWD_TRACK_RUNNER || !(grown || suspect(m, s, t)))
        return SWD_GC_NO;
    if (s->asked || wait || (s->collected_at > 0 && since * 1e9 < (double)m->o.gc_min_interval))
        return SWD_GC_LATER;
    s->asked = true;
    return SWD_GC_NOW;
}

void swd_monitor_forget(struct swd_monitor *m, uint64_t id)
{
    swd_track_forget(&m->track, SWD_TRACK_RUNNER, id);
}

void swd_monitor_collected(struct swd_monitor *m, uint64_t id, uint64_t now, bool ok,
                           uint64_t before, uint64_t after)
{
    struct swd_series *s = swd_track_find(&m->track, SWD_TRACK_RUNNER, id);
    m->gc_auto += ok;
    m->gc_auto_freed += ok && before > after ? before - after : 0;
    if (s && ok)
        swd_track_floor(s, (double)now / 1e9, (double)after);
    else if (s)
        s->asked = false;
}

void swd_monitor_measured(struct swd_monitor *m, const struct swd_parts *p)
{
    m->parts = *p;
}

const struct swd_parts *swd_monitor_parts(const struct swd_monitor *m)
{
    return &m->parts;
}

/* ---- who is busy ---- */

void swd_monitor_busy_begin(struct swd_monitor *m, uint64_t now)
{
    double span = (double)(now - m->busy_since);
    m->busy_shown = m->busy;
    for (size_t i = 0; i < m->busy_shown.n; i++)
        m->busy_shown.at[i].share /= span > 0 ? span : 1;
    m->busy.n = 0;
    m->busy_since = now;
}

void swd_monitor_busy_note(struct swd_monitor *m, uint64_t id, uint64_t cpu_ns)
{
    struct swd_busy *at = m->busy.at;
    double v = (double)cpu_ns;
    size_t i;
    if (cpu_ns == 0 || (m->busy.n == SWD_BUSIEST && v <= at[SWD_BUSIEST - 1].share))
        return;
    if (m->busy.n < SWD_BUSIEST)
        m->busy.n++;
    for (i = m->busy.n - 1; i > 0 && at[i - 1].share < v; i--)
        at[i] = at[i - 1];
    at[i] = (struct swd_busy){id, v};
}

size_t swd_monitor_busiest(const struct swd_monitor *m, struct swd_busy *out, size_t most)
{
    size_t n = m->busy_shown.n < most ? m->busy_shown.n : most;
    memcpy(out, m->busy_shown.at, n * sizeof *out);
    return n;
}

/* ---- the history as text ---- */

static void json_number(struct swd_bytebuf *b, double v)
{
    if (v == floor(v) && fabs(v) < 9e15)
        swd_bytebuf_addf(b, "%.0f", v);
    else
        swd_bytebuf_addf(b, "%.6g", v);
}

static void json_sample(struct swd_bytebuf *b, const struct swd_sample *s)
{
    swd_bytebuf_addf(b, "{\"t\":%.3f", s->t);
    for (int i = 0; i < SWD_METRICS; i++) {
        swd_bytebuf_addf(b, ",\"%s\":", swd_metrics[i].name);
        json_number(b, s->v[i]);
    }
    swd_bytebuf_addc(b, '}');
}

int swd_monitor_history_json(struct swd_monitor *m, enum swd_resolution r, struct swd_bytebuf *out)
{
    pthread_mutex_lock(&m->lock);
    swd_bytebuf_addc(out, '[');
    for (unsigned i = 0; i < swd_history_count(&m->history, r); i++) {
        if (i > 0)
            swd_bytebuf_addc(out, ',');
        json_sample(out, swd_history_at(&m->history, r, i));
    }
    swd_bytebuf_addc(out, ']');
    pthread_mutex_unlock(&m->lock);
    return out->failed ? SWD_ENOMEM : 0;
}

int swd_monitor_columns_json(struct swd_monitor *m, enum swd_resolution r, double after,
                             struct swd_bytebuf *out)
{
    unsigned n = swd_history_count(&m->history, r), from = 0;
    while (from < n && swd_history_at(&m->history, r, from)->t <= after)
        from++;
    swd_bytebuf_adds(out, "{\"t\":[");
    for (unsigned i = from; i < n; i++)
        swd_bytebuf_addf(out, "%s%.3f", i > from ? "," : "", swd_history_at(&m->history, r, i)->t);
    for (int k = 0; k < SWD_METRICS; k++) {
        swd_bytebuf_addf(out, "],\"%s\":[", swd_metrics[k].name);
        for (unsigned i = from; i < n; i++) {
            if (i > from)
                swd_bytebuf_addc(out, ',');
            json_number(out, swd_history_at(&m->history, r, i)->v[k]);
        }
    }
    swd_bytebuf_adds(out, "]}");
    return out->failed ? SWD_ENOMEM : 0;
}
