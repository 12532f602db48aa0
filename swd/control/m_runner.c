/* Methods on runners: wait list info kill send logs gc compact hibernate. Loop thread. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "pool/slab.h"

#define LIST_DEFAULT 100
#define LIST_MAX     10000
#define KILL_WAIT    (2 * SWD_NS_PER_S) /* `kill` answers when it has ended, or after that */
#define TIMEOUT_MAX  (365 * 86400 * UINT64_C(1000))

static int no_runner(uint64_t id, int rc, struct swd_err *e)
{
    if (rc != SWD_ENOTFOUND)
        return swd_fail(e, rc, "runner %" PRIu64 ": %s", id, swd_err_text(rc));
    swd_fail(e, rc, "no runner %" PRIu64, id);
    swd_fail_hint(e, "ended runners are remembered for a while only; `list` shows them");
    swd_fail_field(e, "id");
    return rc;
}

static int runner_info(struct ctl_request *r, struct swd_runner_info *i, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    int rc = swd_runner_info(r->conn->ctl->o.runners, id, i);
    return rc < 0 ? no_runner(id, rc, e) : 0;
}

static void next_line(void *arg, const struct swd_line *line)
{
    *(uint64_t *)arg = line->seq + 1;
}

/* Where a watch has to start to see only what is printed from now on. */
static uint64_t runner_next_seq(struct ctl_request *r, uint64_t id)
{
    uint64_t next = 0, dropped;
    (void)swd_runner_logs(r->conn->ctl->o.runners, id, 1, next_line, &next, &dropped);
    return next;
}

int ctl_m_WAIT(struct ctl_request *r, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    uint64_t ms = swd_param_uint(r->params, "timeout_ms", SWD_NONE);
    struct swd_runner_info i;
    struct ctl_pending *p;
    int rc = runner_info(r, &i, e);
    if (rc < 0)
        return rc;
    if (i.ended) {
        if (r->id)
            ctl_send_result(r->conn, r->id, &i);
        return 0;
    }
    p = ctl_pending_new(r, CTL_WAIT, e);
    if (!p)
        return e->code;
    if (ms != SWD_NONE) {
        rc = ctl_pending_timer(p, (ms < TIMEOUT_MAX ? ms : TIMEOUT_MAX) * SWD_NS_PER_MS, e);
        if (rc < 0) {
            ctl_pending_free(p);
            return rc;
        }
    }
    p->watch.next_seq = runner_next_seq(r, id);
    return ctl_pending_watch(p, id, e);
}

/* ---- list, info ---- */

static void list_row(void *arg, const struct swd_runner_info *i)
{
    struct swd_json *w = arg;
    swd_json_begin(w, '{');
    ctl_write_runner(w, i);
    swd_json_end(w, '}');
}

static enum swd_state list_state(const json_t *params)
{
    const char *name = swd_param_str(params, "state", NULL);
    for (int s = 0; name && s < SWD_STATE_COUNT; s++)
        if (strcmp(name, swd_state_name((enum swd_state)s)) == 0)
            return (enum swd_state)s;
    return SWD_STATE_COUNT;
}

int ctl_m_LIST(struct ctl_request *r, struct swd_err *e)
{
    uint64_t limit = swd_param_uint(r->params, "limit", LIST_DEFAULT), next;
    struct ctl_msg m;
    if (limit < 1 || limit > LIST_MAX) {
        swd_fail(e, SWD_EPARAMS, "limit must be 1 to %d", LIST_MAX);
        swd_fail_hint(e, "go on with after: the `next` of the answer");
        swd_fail_field(e, "limit");
        return SWD_EPARAMS;
    }
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_key(&m.w, "runners");
    swd_json_begin(&m.w, '[');
    next = swd_runner_list(r->conn->ctl->o.runners, swd_param_uint(r->params, "after", 0),
                           (unsigned)limit, list_state(r->params),
                           swd_param_str(r->params, "group", NULL), list_row, &m.w);
    swd_json_end(&m.w, ']');
    swd_json_key(&m.w, "next");
    if (next)
        swd_json_uint(&m.w, next);
    else
        swd_json_null(&m.w);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

int ctl_m_INFO(struct ctl_request *r, struct swd_err *e)
{
    struct swd_runner_info i;
    struct ctl_msg m;
    int rc = runner_info(r, &i, e);
    if (rc < 0)
        return rc;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    ctl_write_runner(&m.w, &i);
    swd_json_kuint(&m.w, "peak", i.peak);
    swd_json_kuint(&m.w, "wall_us", i.wall_ns / SWD_NS_PER_US);
    if (i.ended) {
        swd_json_key(&m.w, "result");
        ctl_write_result(&m.w, &i);
    }
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* ---- kill, send ---- */

static int answer_bool(struct ctl_request *r, const char *key, bool v)
{
    struct ctl_msg m;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_kbool(&m.w, key, v);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* The text given as reason is for the log; the runner's reason code stays `killed`. */
int ctl_m_KILL(struct ctl_request *r, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    char q[SWD_LOGQ_SIZE];
    struct ctl_pending *p;
    bool live = false;
    int rc = swd_runner_kill(r->conn->ctl->o.runners, id, SWD_STOP_KILLED, &live);
    if (rc < 0)
        return no_runner(id, rc, e);
    swd_log(SWD_LOG_INFO, "control.kill", "id=%" PRIu64 " uid=%u live=%d reason=%s", id,
            (unsigned)r->conn->uid, live, swd_log_quote(q, swd_param_str(r->params, "reason", "")));
    if (!live)
        return answer_bool(r, "killed", false);
    p = ctl_pending_new(r, CTL_KILL, e);
    if (!p)
        return e->code;
    rc = ctl_pending_timer(p, KILL_WAIT, e);
    if (rc < 0) {
        ctl_pending_free(p);
        return rc;
    }
    return ctl_pending_watch(p, id, e);
}

int ctl_m_SEND(struct ctl_request *r, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    char *own = NULL;
    const char *text = r->text;
    int rc;
    if (!text)
        text = own =
            json_dumps(json_object_get(r->params, "message"), JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text)
        return swd_fail(e, SWD_ENOMEM, "no memory for the message");
    e->code = 0;
    rc = swd_runner_send(r->conn->ctl->o.runners, id, text, strlen(text), e);
    swd_slab_mfree(own);
    if (rc == SWD_ENOTFOUND || (rc < 0 && e->code == 0))
        return no_runner(id, rc, e);
    return rc < 0 ? rc : answer_bool(r, "delivered", true);
}

/* ---- logs ---- */

struct logs_rows {
    struct swd_json *w;
    uint64_t next_seq;
};

static void logs_row(void *arg, const struct swd_line *line)
{
    struct logs_rows *rows = arg;
    struct swd_json *w = rows->w;
    rows->next_seq = line->seq + 1;
    swd_json_begin(w, '{');
    swd_json_kreal(w, "t", line->t);
    swd_json_kstr(w, "level", swd_console_level_name(line->level));
    swd_json_key(w, "text");
    swd_json_strn(w, line->text, line->n);
    swd_json_end(w, '}');
}

static uint64_t logs_answer(struct ctl_request *r, uint64_t id)
{
    struct ctl_msg m;
    struct logs_rows rows = {&m.w, 0};
    uint64_t dropped = 0;
    if (!ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_key(&m.w, "lines");
    swd_json_begin(&m.w, '[');
    (void)swd_runner_logs(r->conn->ctl->o.runners, id, swd_param_uint(r->params, "tail", 0),
                          logs_row, &rows, &dropped);
    swd_json_end(&m.w, ']');
    swd_json_kuint(&m.w, "dropped", dropped);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return rows.next_seq;
}

int ctl_m_LOGS(struct ctl_request *r, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    struct ctl_pending *p;
    struct swd_runner_info i;
    uint64_t next = 0;
    int rc = runner_info(r, &i, e);
    if (rc < 0)
        return rc;
    if (!swd_param_bool(r->params, "follow", false)) {
        if (r->id)
            logs_answer(r, id);
        return 0;
    }
    p = ctl_pending_new(r, CTL_FOLLOW, e);
    if (!p)
        return e->code;
    if (r->id)
        next = logs_answer(r, id);
    p->watch.next_seq = next ? next : runner_next_seq(r, id);
    return ctl_pending_watch(p, id, e);
}

/* ---- gc, compact, hibernate, trim ---- */

static void job_done(void *arg, const struct swd_receipt *receipt)
{
    struct ctl_pending *p = arg;
    struct ctl_msg m;
    if (p->conn && p->id && ctl_reply_begin(p->conn, p->id, &m)) {
        ctl_write_receipt(&m.w, receipt);
        ctl_msg_end(&m, CTL_REPLY);
    }
    ctl_pending_free(p);
}

static int job(struct ctl_request *r, enum swd_job what, struct swd_err *e)
{
    uint64_t id = swd_param_uint(r->params, "id", 0);
    struct ctl_pending *p = ctl_pending_new(r, CTL_GC, e);
    int rc;
    if (!p)
        return e->code;
    p->busy = true;
    e->code = 0;
    rc = swd_runner_job(r->conn->ctl->o.runners, what, id, swd_param_uint(r->params, "max_ms", 0),
                        job_done, p, e);
    p->busy = false;
    if (rc < 0 || p->ended)
        ctl_pending_free(p);
    return rc < 0 && e->code == 0 ? no_runner(id, rc, e) : rc;
}

int ctl_m_GC(struct ctl_request *r, struct swd_err *e)
{
    return job(r, SWD_JOB_GC, e);
}

int ctl_m_COMPACT(struct ctl_request *r, struct swd_err *e)
{
    return job(r, SWD_JOB_COMPACT, e);
}

int ctl_m_HIBERNATE(struct ctl_request *r, struct swd_err *e)
{
    return job(r, SWD_JOB_HIBERNATE, e);
}

int ctl_m_TRIM(struct ctl_request *r, struct swd_err *e)
{
    return job(r, SWD_JOB_TRIM, e);
}
