/* Requests that are answered later: the waits, the watches on runners, their time-outs.
 *
 * A pending request belongs to its connection. The runner layer may call a watch back before
 * swd_runner_watch() or swd_runner_submit() returns: `busy` keeps the struct alive until the caller
 * has looked at it. Loop thread. */
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "control/priv.h"
#include "pool/pool.h"

#define PENDING_MAGIC 0x43504e44u

SWD_POOL_DEFINE(request, SWD_POOL_REQUEST, struct ctl_pending, NULL)
SWD_POOL_TYPE(SWD_POOL_REQUEST, request_pool_type)

static void pending_line(struct swd_watch *w, uint64_t id, const struct swd_line *line);
static void pending_ended(struct swd_watch *w, const struct swd_runner_info *i);

struct ctl_pending *ctl_pending_new(struct ctl_request *r, enum ctl_kind kind, struct swd_err *e)
{
    struct ctl_pending *p;
    if (r->conn->npending >= CTL_PENDING_MAX) {
        swd_fail(e, SWD_EBUSY, "this connection waits for %u answers already", r->conn->npending);
        return NULL;
    }
    p = request_get();
    if (!p) {
        swd_fail(e, SWD_ENOMEM, "no memory for the request");
        return NULL;
    }
    p->magic = PENDING_MAGIC;
    p->kind = kind;
    p->conn = r->conn;
    p->id = json_incref(r->id);
    swd_list_init(&p->watch.link);
    p->watch.ended = pending_ended;
    p->watch.line = kind == CTL_RUN || kind == CTL_LOAD || kind == CTL_FOLLOW || kind == CTL_WAIT
                        ? pending_line
                        : NULL;
    swd_list_push_back(&r->conn->pending, &p->link);
    r->conn->npending++;
    return p;
}

static void pending_detach(struct ctl_pending *p)
{
    if (!p->conn)
        return;
    swd_list_del(&p->link);
    p->conn->npending--;
    p->conn = NULL;
}

void ctl_pending_free(struct ctl_pending *p)
{
    SWD_CHECK(p, PENDING_MAGIC);
    if (p->busy) {
        p->ended = true;
        return;
    }
    if (p->watching)
        swd_watch_remove(&p->watch);
    swd_tick_free(&p->timer);
    pending_detach(p);
    json_decref(p->id);
    request_put(&p);
}

/* The connection is gone: what waited for it ends with it. */
static void pending_drop(struct ctl_pending *p)
{
    struct swd_runners *rs = p->conn->ctl->o.runners;
    enum ctl_kind kind = p->kind;
    uint64_t runner = p->runner;
    bool live;
    if (kind == CTL_GC) { /* the runner layer still has it */
        pending_detach(p);
        return;
    }
    if (p->modules)
        swd_runner_module_gone(rs, runner);
    ctl_pending_free(p);
    if (kind == CTL_RUN || kind == CTL_LOAD)
        (void)swd_runner_kill(rs, runner, SWD_STOP_DISCONNECTED, &live);
}

void ctl_pending_drop_all(struct ctl_conn *c)
{
    while (!swd_list_empty(&c->pending))
        pending_drop(SWD_LIST_ENTRY(c->pending.next, struct ctl_pending, link));
}

/* ---- what the runner layer tells ---- */

static void pending_announce(struct ctl_pending *p, uint64_t runner)
{
    struct ctl_msg m;
    if ((p->kind != CTL_RUN && p->kind != CTL_LOAD) || p->announced || !p->conn)
        return;
    p->announced = true;
    if (!p->id || !ctl_notify_begin(p->conn, "started", &m))
        return;
    swd_json_begin(&m.w, '{');
    ctl_write_id(&m.w, "request", p->id);
    swd_json_kuint(&m.w, "id", runner);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
}

void ctl_pending_accepted(struct ctl_pending *p, uint64_t runner)
{
    p->runner = runner;
    pending_announce(p, runner);
}

static void pending_line(struct swd_watch *w, uint64_t id, const struct swd_line *line)
{
    struct ctl_pending *p = SWD_CONTAINER(w, struct ctl_pending, watch);
    pending_announce(p, id);
    if (p->conn)
        ctl_send_line(p->conn, id, line);
}

static void pending_say_killed(struct ctl_pending *p, bool ended)
{
    struct ctl_msg m;
    if (!p->id || !p->conn || !ctl_reply_begin(p->conn, p->id, &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kbool(&m.w, "killed", true);
    swd_json_kbool(&m.w, "ended", ended);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
}

/* The end of what was followed: no `log` of this runner comes after it. */
static void pending_say_ended(struct ctl_pending *p, const struct swd_runner_info *i)
{
    struct ctl_msg m;
    if (!ctl_notify_begin(p->conn, "ended", &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kuint(&m.w, "id", i->id);
    swd_json_kstr(&m.w, "state", swd_state_name(i->state));
    if (i->reason != SWD_STOP_NONE)
        swd_json_kstr(&m.w, "reason", swd_stop_name(i->reason));
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
}

/* A function that was loaded; a script that failed instead is told as a runner's result. */
static void pending_say_loaded(struct ctl_pending *p, const struct swd_runner_info *i)
{
    struct swd_function_info f;
    struct ctl_msg m;
    if (!i->loaded) {
        ctl_send_result(p->conn, p->id, i);
        return;
    }
    if (!ctl_reply_begin(p->conn, p->id, &m))
        return;
    swd_function_info(i->loaded, &f);
    ctl_write_function(&m.w, &f, false);
    ctl_msg_end(&m, CTL_REPLY);
}

static void pending_ended(struct swd_watch *w, const struct swd_runner_info *i)
{
    struct ctl_pending *p = SWD_CONTAINER(w, struct ctl_pending, watch);
    SWD_CHECK(p, PENDING_MAGIC);
    p->watching = false;
    if (p->conn) {
        pending_announce(p, i->id);
        if (p->kind == CTL_KILL)
            pending_say_killed(p, true);
        else if (p->kind == CTL_FOLLOW)
            pending_say_ended(p, i);
        else if (p->kind == CTL_LOAD && p->id)
            pending_say_loaded(p, i);
        else if (p->kind != CTL_MODULES && p->id)
            ctl_send_result(p->conn, p->id, i);
    }
    ctl_pending_free(p);
}

int ctl_pending_watch(struct ctl_pending *p, uint64_t runner, struct swd_err *e)
{
    int rc;
    p->runner = runner;
    p->busy = p->watching = true;
    rc = swd_runner_watch(p->conn->ctl->o.runners, runner, &p->watch);
    p->busy = false;
    if (rc < 0) {
        p->watching = false;
        swd_fail(e, rc, "no runner %llu", (unsigned long long)runner);
        swd_fail_field(e, "id");
    }
    if (rc < 0 || p->ended)
        ctl_pending_free(p);
    return rc;
}

/* ---- time-outs ---- */

static void pending_timeout(void *arg)
{
    struct ctl_pending *p = arg;
    struct swd_err e;
    SWD_CHECK(p, PENDING_MAGIC);
    if (p->kind == CTL_KILL) {
        pending_say_killed(p, false);
    } else if (p->id) {
        swd_fail(&e, SWD_ETIMEOUT, "runner %llu has not ended in time",
                 (unsigned long long)p->runner);
        swd_fail_hint(&e, "it goes on; wait again, or kill it");
        ctl_reply_error(p->conn, p->id, &e);
    }
    ctl_pending_free(p);
}

int ctl_pending_timer(struct ctl_pending *p, uint64_t ns, struct swd_err *e)
{
    if (swd_tick_new(p->conn->ctl->o.loop, pending_timeout, p, &p->timer) < 0 ||
        swd_tick_in(p->timer, ns, 0) < 0)
        return swd_fail(e, SWD_ENOMEM, "no memory for a time-out");
    return 0;
}
