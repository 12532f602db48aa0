/* The control layer's life: start, reconfiguration, the tick, the two steps of the end. Loop
 * thread. */
#include <string.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "pool/slab.h"

#define CONTROL_MAGIC 0x4354524cu
#define TICK_MOST     SWD_NS_PER_S
#define TICK_LEAST    (10 * SWD_NS_PER_MS)
#define SPARE_FDS     1024 /* for everything that is not a connection */

static void control_json_hooks(void)
{
    static bool done;
    if (!done)
        json_set_alloc_funcs(swd_slab_malloc, swd_slab_mfree);
    json_object_seed(0); /* before there are threads that would */
    done = true;
}

static uint64_t or_default(uint64_t v, uint64_t def)
{
    return v ? v : def;
}

static int control_limits(struct swd_control *c, const struct swd_control_limits *l,
                          struct swd_err *e)
{
    struct ctl_uids admins, readers;
    int rc = ctl_uids_parse(l->admin_uids, &admins, e);
    if (rc == 0)
        rc = ctl_uids_parse(l->read_only_uids, &readers, e);
    if (rc < 0)
        return rc;
    c->admins = admins;
    c->readers = readers;
    c->lim = *l;
    c->lim.admin_uids = c->lim.read_only_uids = NULL;
    c->lim.max_held = or_default(l->max_held, UINT64_C(256) << 20);
    c->lim.frame_ns = or_default(l->frame_ns, 30 * SWD_NS_PER_S);
    c->lim.stalled_ns = or_default(l->stalled_ns, 10 * SWD_NS_PER_S);
    c->lim.drain_ns = or_default(l->drain_ns, 2 * SWD_NS_PER_S);
    c->lim.module_ns = or_default(l->module_ns, 5 * SWD_NS_PER_S);
    return 0;
}

/* A tick often enough for the shortest of the times it looks after. */
static uint64_t control_period(const struct swd_control *c)
{
    uint64_t t = TICK_MOST;
    const uint64_t times[] = {c->lim.frame_ns, c->lim.stalled_ns, c->lim.module_ns};
    for (size_t i = 0; i < SWD_ARRAY_LEN(times); i++)
        if (times[i] / 4 < t)
            t = times[i] / 4;
    return t > TICK_LEAST ? t : TICK_LEAST;
}

static void control_check_stop(struct swd_control *c, uint64_t now)
{
    void (*done)(void *) = c->stop_done;
    if (!c->stopping || !done || (c->nconns > 0 && now < c->stop_at))
        return;
    c->stop_done = NULL;
    done(c->stop_arg);
}

static void control_on_tick(void *arg)
{
    struct swd_control *c = SWD_CAST(struct swd_control, CONTROL_MAGIC, arg);
    uint64_t now = swd_clock_mono();
    struct swd_list *it, *tmp;
    SWD_LIST_EACH_SAFE(it, tmp, &c->conns)
    ctl_conn_tick(SWD_LIST_ENTRY(it, struct ctl_conn, link), now);
    if (c->accept_paused && c->listener) {
        c->accept_paused = false;
        (void)swd_fd_watch(c->listener, SWD_FD_READ);
    }
    if (now >= c->stats_due) {
        c->stats_due = now + SWD_NS_PER_S - SWD_NS_PER_MS;
        ctl_subscribe_tick(c);
    }
    control_check_stop(c, now);
}

static void control_on_sweep(struct swd_post *p)
{
    struct swd_control *c = SWD_CONTAINER(p, struct swd_control, sweep_post);
    ctl_sweep(c);
    control_check_stop(c, swd_clock_mono());
}

/* As many descriptors as the connections need, as far as the hard limit goes. */
static void control_raise_fds(uint64_t connections)
{
    struct rlimit rl;
    rlim_t want = connections + SPARE_FDS;
    if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur >= want)
        return;
    rl.rlim_cur = want < rl.rlim_max ? want : rl.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur < want)
        swd_log(SWD_LOG_WARN, "control.descriptors", "wanted=%llu limit=%llu",
                (unsigned long long)want, (unsigned long long)rl.rlim_cur);
}

static char *control_copy(const char *s, int *rc)
{
    char *copy = swd_slab_malloc(strlen(s ? s : "") + 1);
    if (!copy)
        *rc = SWD_ENOMEM;
    else
        memcpy(copy, s ? s : "", strlen(s ? s : "") + 1);
    return copy;
}

static void control_init(struct swd_control *c, const struct swd_control_opts *o)
{
    c->magic = CONTROL_MAGIC;
    c->o = *o;
    c->started = swd_clock_mono();
    c->listen_fd = c->lock_fd = -1;
    swd_list_init(&c->conns);
    swd_list_init(&c->jobs);
    swd_list_init(&c->packs);
    swd_list_init(&c->encodings);
    swd_list_init(&c->work);
    swd_list_init(&c->dirty);
    swd_list_init(&c->dead);
    swd_list_init(&c->subscribers);
    swd_list_init(&c->taps);
    swd_post_init(&c->work_post, ctl_on_work);
    swd_post_init(&c->flush_post, ctl_on_flush);
    swd_post_init(&c->sweep_post, control_on_sweep);
    swd_post_init(&c->tap_post, ctl_on_tap);
}

int swd_control_start(const struct swd_control_opts *o, struct swd_control **out, struct swd_err *e)
{
    struct swd_control *c;
    int rc = 0;
    *out = NULL;
    control_json_hooks();
    c = swd_slab_alloc(sizeof *c);
    if (!c)
        return swd_fail(e, SWD_ENOMEM, "no memory for the control socket");
    control_init(c, o);
    c->version = control_copy(o->version, &rc);
    c->socket = control_copy(o->socket, &rc);
    c->group = control_copy(o->group, &rc);
    if (rc < 0 || swd_tick_new(o->loop, control_on_tick, c, &c->tick) < 0)
        rc = swd_fail(e, SWD_ENOMEM, "no memory for the control socket");
    if (rc == 0)
        rc = control_limits(c, &o->limits, e);
    if (rc == 0)
        rc = ctl_listen_open(c, e);
    if (rc == 0 && swd_tick_in(c->tick, control_period(c), control_period(c)) < 0)
        rc = swd_fail(e, SWD_ENOMEM, "no memory for the control socket");
    if (rc < 0) {
        swd_control_free(&c);
        return rc;
    }
    control_raise_fds(c->lim.max_connections);
    swd_log(SWD_LOG_INFO, "control.start", "max_connections=%llu inherited=%d",
            (unsigned long long)c->lim.max_connections, o->listen_fd >= 0);
    *out = c;
    return 0;
}

int swd_control_configure(struct swd_control *c, const struct swd_control_limits *l,
                          struct swd_err *e)
{
    struct swd_list *it;
    int rc = control_limits(c, l, e);
    if (rc < 0)
        return rc;
    SWD_LIST_EACH(it, &c->conns)
    {
        struct ctl_conn *conn = SWD_LIST_ENTRY(it, struct ctl_conn, link);
        conn->privilege = ctl_privilege(c, conn->uid);
    }
    control_raise_fds(c->lim.max_connections);
    return swd_tick_in(c->tick, control_period(c), control_period(c));
}

void swd_control_close_listener(struct swd_control *c)
{
    ctl_listen_close(c);
}

void swd_control_stop(struct swd_control *c, uint64_t ns, void (*done)(void *arg), void *arg)
{
    struct swd_list *it, *tmp;
    SWD_CHECK(c, CONTROL_MAGIC);
    ctl_listen_close(c);
    c->stopping = true;
    c->stop_done = done;
    c->stop_arg = arg;
    c->stop_at = swd_clock_mono() + ns;
    SWD_LIST_EACH_SAFE(it, tmp, &c->conns)
    ctl_conn_finish(SWD_LIST_ENTRY(it, struct ctl_conn, link));
    swd_loop_defer(c->o.loop, &c->sweep_post);
    (void)swd_tick_in(c->tick, TICK_LEAST, TICK_LEAST);
}

void swd_control_free(struct swd_control **cp)
{
    struct swd_control *c = *cp;
    struct swd_list *it, *tmp;
    *cp = NULL;
    if (!c)
        return;
    SWD_CHECK(c, CONTROL_MAGIC);
    SWD_LIST_EACH_SAFE(it, tmp, &c->conns)
    ctl_conn_close(SWD_LIST_ENTRY(it, struct ctl_conn, link), "shutdown");
    ctl_sweep(c);
    ctl_parser_stop(c);
    ctl_pack_stop(c);
    ctl_encode_stop(c);
    ctl_listen_close(c);
    swd_tick_free(&c->tick);
    (void)swd_post_cancel(c->o.loop, &c->work_post);
    (void)swd_post_cancel(c->o.loop, &c->tap_post);
    swd_loop_defer_cancel(&c->flush_post);
    swd_loop_defer_cancel(&c->sweep_post);
    swd_slab_mfree(c->version);
    swd_slab_mfree(c->socket);
    swd_slab_mfree(c->group);
    c->magic = 0;
    swd_slab_free(c, sizeof *c);
}

unsigned swd_control_connections(const struct swd_control *c)
{
    return c->nconns;
}
