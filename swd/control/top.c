/* Method `top`: the runners that hold most memory, or use most CPU time of late, by the monitor's
 * own notes: no walk over all runners, however many they are. Loop thread. */
#include <string.h>

#include "control/priv.h"

#define TOP_DEFAULT 50u
#define TOP_MOST    256u

static double share_of(const struct swd_busy *busy, size_t n, uint64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (busy[i].id == id)
            return busy[i].share;
    return 0;
}

/* What it had at the samples of late, oldest first. */
static void write_points(struct swd_json *w, struct swd_monitor *mon, uint64_t id)
{
    struct swd_track *k = swd_monitor_track(mon);
    const struct swd_series *s = swd_track_find(k, SWD_TRACK_RUNNER, id);
    float t[SWD_TRACK_POINTS + 1], y[SWD_TRACK_POINTS + 1];
    size_t n = s ? swd_track_points(k, s, 0, t, y) : 0;
    swd_json_key(w, "memory");
    swd_json_begin(w, '[');
    for (size_t i = 0; i < n; i++)
        swd_json_uint(w, (uint64_t)y[i]);
    swd_json_end(w, ']');
}

/* Who sleeps comes last: it holds next to nothing until it wakes. */
static size_t by_memory(const struct swd_track *k, uint64_t *ids, size_t limit)
{
    size_t n = swd_track_largest(k, SWD_TRACK_RUNNER, false, ids, limit);
    return n + swd_track_largest(k, SWD_TRACK_RUNNER, true, ids + n, limit - n);
}

void ctl_write_top(struct swd_json *w, struct swd_control *c, bool by_cpu, unsigned limit,
                   bool points)
{
    struct swd_monitor *mon = c->o.monitor;
    struct swd_busy busy[SWD_BUSIEST];
    uint64_t ids[TOP_MOST];
    size_t nbusy = swd_monitor_busiest(mon, busy, SWD_BUSIEST), n = 0;
    if (by_cpu)
        for (; n < nbusy && n < limit; n++)
            ids[n] = busy[n].id;
    else
        n = by_memory(swd_monitor_track(mon), ids, limit < TOP_MOST ? limit : TOP_MOST);
    swd_json_begin(w, '[');
    for (size_t i = 0; i < n; i++) {
        struct swd_runner_info info;
        if (swd_runner_info(c->o.runners, ids[i], &info) != 0 || info.ended)
            continue;
        swd_json_begin(w, '{');
        ctl_write_runner(w, &info);
        swd_json_kreal(w, "cpu", share_of(busy, nbusy, ids[i]));
        if (points)
            write_points(w, mon, ids[i]);
        swd_json_end(w, '}');
    }
    swd_json_end(w, ']');
}

int ctl_m_TOP(struct ctl_request *r, struct swd_err *e)
{
    struct swd_control *c = r->conn->ctl;
    bool by_cpu = strcmp(swd_param_str(r->params, "by", "memory"), "cpu") == 0;
    uint64_t limit = swd_param_uint(r->params, "limit", TOP_DEFAULT);
    struct ctl_msg m;
    if (!c->o.monitor)
        return swd_fail(e, SWD_EUNSUPPORTED, "this daemon has no monitor");
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_key(&m.w, "runners");
    ctl_write_top(&m.w, c, by_cpu, limit < TOP_MOST ? (unsigned)limit : TOP_MOST, true);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}
