/* Methods of the monitor: memory.history memory.pressure pools doctor. Loop thread; each answers at
 * once from what was sampled. */
#include <string.h>

#include "base/clock.h"
#include "control/priv.h"
#include "pool/account.h"
#include "pool/extent.h"

#define HISTORY_MAX    ((size_t)4 * 1024 * 1024)
#define RECEIPTS_SHOWN 16u

static int monitor_of(const struct ctl_request *r, struct swd_monitor **out, struct swd_err *e)
{
    *out = r->conn->ctl->o.monitor;
    return *out ? 0 : swd_fail(e, SWD_EUNSUPPORTED, "this daemon has no monitor");
}

/* ---- history ---- */

static enum swd_resolution resolution_of(const json_t *params)
{
    const char *word = json_string_value(json_object_get(params, "resolution"));
    if (word && strcmp(word, "minute") == 0)
        return SWD_MINUTE;
    return word && strcmp(word, "hour") == 0 ? SWD_HOUR : SWD_RAW;
}

static void metrics_json(struct swd_json *w)
{
    swd_json_begin(w, '{');
    for (int i = 0; i < SWD_METRICS; i++) {
        const struct swd_metric_info *m = &swd_metrics[i];
        swd_json_key(w, m->name);
        swd_json_begin(w, '{');
        swd_json_kstr(w, "unit", m->unit);
        swd_json_kstr(w, "nature",
                      m->nature == 'c'   ? "counter"
                      : m->nature == 'h' ? "high-water"
                                         : "gauge");
        swd_json_kstr(w, "level", m->level);
        swd_json_kstr(w, "help", m->help);
        swd_json_end(w, '}');
    }
    swd_json_end(w, '}');
}

int ctl_m_HISTORY(struct ctl_request *r, struct swd_err *e)
{
    struct swd_monitor *mon;
    struct swd_bytebuf *text;
    struct ctl_msg m;
    int rc = monitor_of(r, &mon, e);
    if (rc < 0)
        return rc;
    text = swd_bytebuf_get(HISTORY_MAX);
    if (!text || swd_monitor_history_json(mon, resolution_of(r->params), text) != 0) {
        swd_bytebuf_put(&text);
        return swd_fail(e, SWD_ENOMEM, "no memory for the history");
    }
    if (r->id && ctl_reply_begin(r->conn, r->id, &m)) {
        swd_json_begin(&m.w, '{');
        swd_json_kreal(&m.w, "interval_s", (double)swd_monitor_settings(mon)->interval / 1e9);
        swd_json_key(&m.w, "samples");
        swd_json_raw(&m.w, text->data, text->len);
        swd_json_key(&m.w, "metrics");
        metrics_json(&m.w);
        swd_json_end(&m.w, '}');
        ctl_msg_end(&m, CTL_REPLY);
    }
    swd_bytebuf_put(&text);
    return 0;
}

/* ---- pressure ---- */

void swd_control_relief_json(struct swd_json *w, const struct swd_relief *r)
{
    swd_json_begin(w, '{');
    swd_json_kstr(w, "action", r->action);
    swd_json_kreal(w, "t", r->t);
    swd_json_kstr(w, "level", swd_level_name(r->level));
    swd_json_kstr(w, "source", r->source);
    swd_json_kuint(w, "asked", r->asked);
    swd_json_kuint(w, "runners", r->done);
    swd_json_key(w, "skipped");
    swd_json_begin(w, '{');
    if (r->skipped)
        swd_json_kuint(w, "other", r->skipped);
    swd_json_end(w, '}');
    swd_json_kuint(w, "before", r->before);
    swd_json_kuint(w, "after", r->after);
    swd_json_kuint(w, "freed", r->freed);
    swd_json_kuint(w, "rss_before", r->rss_before);
    swd_json_kuint(w, "rss_after", r->rss_after);
    swd_json_kuint(w, "took_us", r->took_us);
    if (r->faults_known)
        swd_json_kuint(w, "faults_after", r->faults_after);
    swd_json_end(w, '}');
}

static void rungs_json(struct swd_json *w, const struct swd_monitor *mon)
{
    uint64_t until, now = swd_clock_mono();
    const char *name;
    bool there;
    swd_json_begin(w, '[');
    for (unsigned i = 0; (name = swd_monitor_rung(mon, i, &there, &until)) != NULL; i++) {
        swd_json_begin(w, '{');
        swd_json_kstr(w, "name", name);
        swd_json_kbool(w, "available", there);
        swd_json_kreal(w, "backs_off_s", until > now ? (double)(until - now) / 1e9 : 0);
        swd_json_end(w, '}');
    }
    swd_json_end(w, ']');
}

static void limits_json(struct swd_json *w, const struct swd_monitor *mon)
{
    const struct swd_gauge_reading *g = swd_monitor_reading(mon);
    swd_json_begin(w, '{');
    swd_json_kuint(w, "machine_total", g->mem_total);
    swd_json_kuint(w, "machine_available", g->mem_available);
    swd_json_kuint(w, "cgroup_version", (uint64_t)swd_monitor_gauge(mon)->version);
    swd_json_kuint(w, "cgroup_usage", g->cg_usage);
    swd_json_kuint(w, "cgroup_limit", g->cg_limit);
    swd_json_kuint(w, "cgroup_oom_kills", g->cg_oom_kills);
    swd_json_kuint(w, "budget", swd_monitor_settings(mon)->budget);
    swd_json_kreal(w, "psi_some", g->psi_some);
    swd_json_kreal(w, "psi_full", g->psi_full);
    swd_json_end(w, '}');
}

void swd_control_pressure_json(struct swd_json *w, const struct swd_monitor *mon)
{
    const struct swd_pressure *p = swd_monitor_pressure(mon);
    const struct swd_relief *rec[RECEIPTS_SHOWN];
    size_t n = swd_monitor_receipts(mon, rec, RECEIPTS_SHOWN);
    swd_json_begin(w, '{');
    swd_json_kstr(w, "level", swd_level_name(p->level));
    swd_json_kuint(w, "usage", p->usage);
    swd_json_kuint(w, "limit", p->limit);
    swd_json_kstr(w, "source", p->source);
    swd_json_kbool(w, "high", p->level >= SWD_LEVEL_HIGH);
    swd_json_kuint(w, "threshold", swd_monitor_settings(mon)->threshold);
    swd_json_key(w, "limits");
    limits_json(w, mon);
    swd_json_key(w, "ladder");
    rungs_json(w, mon);
    swd_json_key(w, "receipts");
    swd_json_begin(w, '[');
    for (size_t i = 0; i < n; i++)
        swd_control_relief_json(w, rec[i]);
    swd_json_end(w, ']');
    swd_json_end(w, '}');
}

int ctl_m_PRESSURE(struct ctl_request *r, struct swd_err *e)
{
    struct swd_monitor *mon;
    struct ctl_msg m;
    int rc = monitor_of(r, &mon, e);
    if (rc < 0 || !r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return rc;
    swd_control_pressure_json(&m.w, mon);
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* ---- pools ---- */

/* What it was charged itself, by what it is for. */
static void own_kinds_json(struct swd_json *w, const struct swd_account *a)
{
    swd_json_key(w, "own");
    swd_json_begin(w, '{');
    for (int k = 0; k < SWD_ACCOUNT_KINDS; k++) {
        uint64_t n = swd_account_used_kind(a, (enum swd_account_kind)k);
        if (n > 0)
            swd_json_kuint(w, swd_account_kind_name((enum swd_account_kind)k), n);
    }
    swd_json_end(w, '}');
}

/* The daemon's account and those of groups; single runners are in `list`. */
static void account_row(void *arg, const struct swd_account *a, unsigned depth)
{
    struct swd_json *w = arg;
    uint64_t limit = swd_account_limit(a);
    swd_json_key(w, swd_account_name(a));
    swd_json_begin(w, '{');
    swd_json_kuint(w, "depth", depth);
    swd_json_kuint(w, "used", swd_account_used(a));
    swd_json_kuint(w, "peak", swd_account_peak(a));
    swd_json_key(w, "limit");
    if (limit == UINT64_MAX)
        swd_json_null(w);
    else
        swd_json_uint(w, limit);
    own_kinds_json(w, a);
    swd_json_end(w, '}');
}

static void extents_json(struct swd_json *w)
{
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    swd_json_begin(w, '{');
    swd_json_kuint(w, "reserved", s.reserved);
    swd_json_kuint(w, "mapped", s.mapped);
    swd_json_kuint(w, "handed_out", s.handed_out);
    swd_json_kuint(w, "cached", s.cached);
    swd_json_kuint(w, "high_water", s.high_water);
    swd_json_kuint(w, "gets", s.gets);
    swd_json_kuint(w, "puts", s.puts);
    swd_json_kuint(w, "hits", s.hits);
    swd_json_kuint(w, "misses", s.misses);
    swd_json_kuint(w, "trims", s.trims);
    swd_json_kuint(w, "fails", s.fails);
    swd_json_kuint(w, "warm", s.warm);
    swd_json_end(w, '}');
}

int ctl_m_POOLS(struct ctl_request *r, struct swd_err *e)
{
    struct ctl_msg m;
    (void)e;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_key(&m.w, "pools");
    swd_json_begin(&m.w, '[');
    swd_pool_each(ctl_write_pool, &m.w);
    swd_json_end(&m.w, ']');
    swd_json_key(&m.w, "extents");
    extents_json(&m.w);
    swd_json_key(&m.w, "accounts");
    swd_json_begin(&m.w, '{');
    swd_account_each(1, account_row, &m.w);
    swd_json_end(&m.w, '}');
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* ---- doctor ---- */

static void finding_row(void *arg, const struct swd_finding *f)
{
    struct swd_json *w = arg;
    swd_json_begin(w, '{');
    swd_json_kstr(w, "severity", f->severity);
    swd_json_kstr(w, "subject", f->subject);
    swd_json_kstr(w, "verdict", f->verdict);
    swd_json_key(w, "evidence");
    swd_json_raw(w, f->evidence, strlen(f->evidence));
    swd_json_kstr(w, "remedy", f->remedy);
    swd_json_kstr(w, "command", f->command);
    swd_json_end(w, '}');
}

int ctl_m_DOCTOR(struct ctl_request *r, struct swd_err *e)
{
    struct swd_monitor *mon;
    struct ctl_msg m;
    int rc = monitor_of(r, &mon, e);
    if (rc < 0 || !r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return rc;
    swd_json_begin(&m.w, '{');
    swd_json_key(&m.w, "findings");
    swd_json_begin(&m.w, '[');
    swd_monitor_doctor(mon, finding_row, &m.w);
    swd_json_end(&m.w, ']');
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}
