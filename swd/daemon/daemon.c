/* The daemon: the layers put together in order, run, reloaded and taken apart in the other order.
 *
 * Start-up runs before threads; afterwards everything here is on the loop thread. The struct below
 * is the only place that knows every layer; each layer gets what it needs by its options. */
#include "daemon/daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/machine.h"
#include "conf/conf.h"
#include "control/control.h"
#include "control/web.h"
#include "daemon/identity.h"
#include "daemon/notify.h"
#include "daemon/upkeep.h"
#include "daemon/watch.h"
#include "daemon/about.h"
#include "engine/engine.h"
#include "engine/part.h"
#include "lib/lib.h"
#include "loop/loop.h"
#include "pool/account.h"
#include "pool/extent.h"
#include "pool/numa.h"
#include "pool/settings.h"
#include "runner/runner.h"

#define DAEMON_MAGIC  0x53574444u
#define DRAIN_DEFAULT (2 * SWD_NS_PER_S)

/* What systemd is asked to bear at a stop, past the drain: this, and this for each live runner. */
#define STOP_WITHIN (30 * SWD_NS_PER_S)
#define STOP_EACH   (100 * SWD_NS_PER_US)

struct daemon {
    unsigned magic;
    const char *path;
    bool named;
    struct swd_conf *conf;
    uint64_t budget;
    struct swd_account *account;
    struct swd_loop *loop;
    struct swd_execs *execs;
    struct swd_runners *runners;
    struct swd_watcher *watcher;
    struct swd_control *control;
    struct swd_web *web;
    struct swd_tick *watchdog;
    struct swd_upkeep *upkeep;
    struct swd_roots *roots;
    bool stopping;
};

/* ---- executors ---- */

static _Thread_local struct swd_guard *exec_guard;

static void exec_start(unsigned index)
{
    int rc = swd_guard_enter(&exec_guard);
    swd_numa_bind_executor(index);
    swd_assert(rc == 0); /* a few hundred bytes, once at start-up */
}

static void exec_stop(unsigned index)
{
    (void)index;
    swd_guard_leave(&exec_guard);
}

/* ---- configuration ---- */

static int load_conf(const char *path, bool named, struct swd_conf **out, FILE *problems)
{
    struct swd_err e;
    int rc = swd_conf_new(out);
    if (rc != 0)
        return rc;
    if (!named && access(path, F_OK) != 0)
        return 0; /* no file: the defaults */
    rc = swd_conf_read(*out, path, swd_conf_problem_print, problems, &e);
    if (rc == SWD_EIO || rc == SWD_ENOTFOUND || rc == SWD_EDENIED)
        fprintf(problems, "swd: %s\n", e.msg);
    if (rc != 0)
        swd_conf_free(out);
    return rc;
}

int swd_daemon_check_config(const char *path)
{
    struct swd_conf *c;
    if (load_conf(path, true, &c, stderr) != 0)
        return 1;
    swd_conf_free(&c);
    printf("%s: ok\n", path);
    return 0;
}

/* The configured roots; NULL when there are none, or (and a word in the log) when out of memory. */
static struct swd_roots *make_roots(const struct swd_conf *c)
{
    struct swd_strvec *paths = swd_strvec_get();
    struct swd_roots *r = NULL;
    bool ok = paths && swd_conf_list(c, "runners.roots", paths) == 0;
    if (ok && swd_strvec_count(paths) > 0)
        ok = (r = swd_roots_new(paths)) != NULL;
    if (!ok)
        swd_log(SWD_LOG_ERROR, "daemon.roots", "error=no_memory");
    swd_strvec_put(&paths);
    return r;
}

static void runner_opts(struct daemon *d, struct swd_runners_opts *o)
{
    swd_roots_unref(&d->roots);
    d->roots = make_roots(d->conf);
    *o = (struct swd_runners_opts){
        .loop = d->loop,
        .execs = d->execs,
        .account = d->account,
        .quantum = swd_conf_num(d->conf, "executors.quantum"),
        .max = swd_conf_num(d->conf, "runners.max"),
        .queue = swd_conf_num(d->conf, "runners.queue"),
        .keep_ended = swd_conf_num(d->conf, "runners.keep_ended"),
        .hibernate_after = swd_conf_num(d->conf, "images.hibernate_after"),
        .image_budget = swd_conf_num(d->conf, "images.budget"),
        .roots = d->roots,
    };
    swd_conf_limits(d->conf, &o->limits);
}

static void control_limits(const struct daemon *d, struct swd_control_limits *l)
{
    *l = (struct swd_control_limits){
        .admin_uids = swd_conf_str(d->conf, "control.admin_uids"),
        .read_only_uids = swd_conf_str(d->conf, "control.read_only_uids"),
        .max_connections = swd_conf_num(d->conf, "control.max_connections"),
        .max_frame = swd_conf_num(d->conf, "control.max_frame"),
        .max_backlog = swd_conf_num(d->conf, "control.max_backlog"),
        .max_held = d->budget / 10,
        .drain_ns = DRAIN_DEFAULT,
    };
}

/* What swd.conf says of single pools. */
static void configure_pools(const struct swd_conf *c)
{
    for (unsigned i = 0; i < SWD_POOL_SETTINGS; i++) {
        struct swd_strvec *items = swd_strvec_get();
        char key[64];
        snprintf(key, sizeof key, "pools.%s", swd_pool_setting_name(i));
        if (items && swd_conf_list(c, key, items) == 0)
            swd_pool_configure(i, items);
        else
            swd_log(SWD_LOG_ERROR, "daemon.pools", "key=%s error=no_memory", key);
        swd_strvec_put(&items);
    }
}

static int apply_live(struct daemon *d, struct swd_err *e)
{
    struct swd_runners_opts ro;
    struct swd_control_limits cl;
    runner_opts(d, &ro);
    swd_upkeep_configure(d->upkeep, swd_conf_num(d->conf, "pools.compact_interval"));
    configure_pools(d->conf);
    swd_runners_configure(d->runners, &ro);
    swd_watcher_configure(d->watcher, d->conf, d->budget);
    swd_log_set_level((enum swd_log_level)swd_conf_num(d->conf, "daemon.log_level"));
    control_limits(d, &cl);
    return swd_control_configure(d->control, &cl, e);
}

/* ---- reload ---- */

struct reload {
    swd_reload_item_fn *item;
    void *ctx;
    unsigned counts[3];
};

static void reload_item(struct reload *r, enum swd_reload_kind kind, const char *text)
{
    r->counts[kind]++;
    if (r->item)
        r->item(r->ctx, kind, text);
}

static void reload_problem(void *arg, const char *file, int line, const struct swd_err *e)
{
    char text[640], q[SWD_LOGQ_SIZE];
    snprintf(text, sizeof text, "%.150s:%d: %.255s%s%.191s", file, line, e->msg,
             e->hint[0] ? "; " : "", e->hint);
    swd_log(SWD_LOG_ERROR, "daemon.reload", "problem=%s", swd_log_quote(q, text));
    reload_item(arg, SWD_RELOAD_ERROR, text);
}

/* Takes over what changed and can; tells what needs a restart. */
static void reload_adopt(struct daemon *d, struct swd_conf *fresh, struct reload *r)
{
    size_t n;
    const struct swd_conf_key *keys = swd_conf_keys(&n);
    for (size_t i = 0; i < n; i++) {
        char name[128];
        if (swd_conf_same(d->conf, fresh, i))
            continue;
        snprintf(name, sizeof name, "%s.%s", keys[i].section, keys[i].key);
        if (keys[i].live)
            swd_conf_adopt(d->conf, fresh, i);
        reload_item(r, keys[i].live ? SWD_RELOAD_APPLIED : SWD_RELOAD_NEEDS_RESTART, name);
    }
}

/* Reads the file again: all of it is right, or nothing changes. */
static void daemon_reload(void *arg, swd_reload_item_fn *item, void *ctx)
{
    struct daemon *d = SWD_CAST(struct daemon, DAEMON_MAGIC, arg);
    struct reload r = {.item = item, .ctx = ctx};
    struct swd_conf *fresh = NULL;
    struct swd_err e = {0};
    int rc = swd_conf_new(&fresh);
    swd_notify_reloading();
    if (rc == 0 && (d->named || access(d->path, F_OK) == 0))
        rc = swd_conf_read(fresh, d->path, reload_problem, &r, &e);
    if (rc == 0) {
        reload_adopt(d, fresh, &r);
        rc = apply_live(d, &e);
    }
    if (rc != 0 && r.counts[SWD_RELOAD_ERROR] == 0)
        reload_item(&r, SWD_RELOAD_ERROR, e.msg[0] ? e.msg : swd_err_text(rc));
    swd_conf_free(&fresh);
    swd_log(SWD_LOG_INFO, "daemon.reload", "applied=%u needs_restart=%u errors=%u",
            r.counts[SWD_RELOAD_APPLIED], r.counts[SWD_RELOAD_NEEDS_RESTART],
            r.counts[SWD_RELOAD_ERROR]);
    swd_notify_ready();
}

static void on_hup(void *arg)
{
    daemon_reload(arg, NULL, NULL);
}

/* ---- shutdown ---- */

static void daemon_closed(void *arg)
{
    struct daemon *d = SWD_CAST(struct daemon, DAEMON_MAGIC, arg);
    swd_loop_stop(d->loop);
}

static void daemon_drained(void *arg)
{
    struct daemon *d = SWD_CAST(struct daemon, DAEMON_MAGIC, arg);
    swd_control_stop(d->control, SWD_NS_PER_S, daemon_closed, d);
}

static void daemon_shutdown(void *arg, uint64_t drain_ns)
{
    struct daemon *d = SWD_CAST(struct daemon, DAEMON_MAGIC, arg);
    struct swd_runners_stat s;
    if (d->stopping)
        return;
    d->stopping = true;
    swd_log(SWD_LOG_INFO, "daemon.stopping", "drain_ms=%" PRIu64, drain_ns / SWD_NS_PER_MS);
    swd_runners_stat(d->runners, &s);
    swd_notify_stopping(drain_ns + STOP_WITHIN + s.total_live * STOP_EACH);
    swd_control_close_listener(d->control);
    swd_runners_drain(d->runners, drain_ns, daemon_drained, d);
}

static void on_term(void *arg)
{
    daemon_shutdown(arg, DRAIN_DEFAULT);
}

/* ---- start ---- */

static void daemon_watchdog(void *arg)
{
    (void)arg;
    swd_notify_watchdog();
}

static void raise_nofile(void)
{
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur < lim.rlim_max) {
        lim.rlim_cur = lim.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &lim) != 0)
            swd_log(SWD_LOG_WARN, "daemon.nofile", "error=%d", errno);
    }
}

static int start_memory(struct daemon *d, struct swd_err *e)
{
    struct swd_extent_opts extents = {.warm = swd_conf_num(d->conf, "pools.warm")};
    int rc = swd_extent_init(&extents, e);
    if (rc != 0)
        return rc;
    d->budget = swd_conf_share(d->conf, "daemon.budget", swd_machine_usable());
    swd_extent_set_budget(d->budget);
    configure_pools(d->conf);
    d->account = swd_account_new(NULL, "daemon", d->budget);
    return d->account ? 0 : swd_fail(e, SWD_ENOMEM, "out of memory");
}

/* The base image; without one every runner is made from nothing, which costs more and works. */
static void start_image(struct daemon *d)
{
    struct swd_heap_image_info info;
    struct swd_err e = {0};
    uint64_t t = swd_clock_mono();
    char q[SWD_LOGQ_SIZE];
    swd_part_account(d->account);
    if (swd_conf_num(d->conf, "images.enabled") == 0) {
        swd_lib_image_off("images are turned off ([images] enabled)");
        swd_log(SWD_LOG_INFO, "image.off", "by=\"[images] enabled\"");
        return;
    }
    if (swd_lib_image_init(d->account, &e) != 0) {
        swd_log(SWD_LOG_WARN, "image.refused", "name=base reason=%s", swd_log_quote(q, e.msg));
        return;
    }
    swd_lib_image_info(NULL, &info);
    swd_log(SWD_LOG_INFO, "image.made",
            "name=base bytes=%" PRIu64 " relocations=%" PRIu64 " stale=%" PRIu64
            " took_us=%" PRIu64,
            info.bytes, info.relocations, info.stale, (swd_clock_mono() - t) / SWD_NS_PER_US);
}

static int start_threads(struct daemon *d, struct swd_err *e)
{
    static const struct swd_exec_hooks hooks = {exec_start, exec_stop};
    uint64_t count = swd_conf_num(d->conf, "executors.count");
    struct swd_runners_opts ro;
    int rc;
    if ((rc = swd_engine_init(e)) != 0 || (rc = swd_lib_init(e)) != 0 ||
        (rc = swd_loop_new(&d->loop, e)) != 0)
        return rc;
    start_image(d);
    rc = swd_execs_start(count ? (unsigned)count : swd_machine_cpus(), &hooks, &d->execs, e);
    if (rc != 0)
        return rc;
    runner_opts(d, &ro);
    return swd_runners_new(&ro, &d->runners, e);
}

static const struct swd_conf *daemon_conf(void *arg)
{
    struct daemon *d = SWD_CAST(struct daemon, DAEMON_MAGIC, arg);
    return d->conf;
}

/* Whether the file (rather than the default) names the socket's group. */
static bool group_is_written(const struct swd_conf *c)
{
    size_t n;
    const struct swd_conf_key *keys = swd_conf_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].section, "control") == 0 && strcmp(keys[i].key, "group") == 0)
            return strcmp(swd_conf_source(c, i), "default") != 0;
    return false;
}

static int start_control(struct daemon *d, struct swd_err *e)
{
    struct swd_control_opts co = {
        .loop = d->loop,
        .execs = d->execs,
        .runners = d->runners,
        .monitor = swd_watcher_monitor(d->watcher),
        .version = swd_version(),
        .socket = swd_conf_str(d->conf, "control.socket"),
        .mode = (unsigned)swd_conf_num(d->conf, "control.mode"),
        .group = swd_conf_str(d->conf, "control.group"),
        .group_must_exist = group_is_written(d->conf),
        .listen_fd = swd_notify_listen_fd(),
        .conf = daemon_conf,
        .reload = daemon_reload,
        .shutdown = daemon_shutdown,
        .arg = d,
    };
    int rc;
    control_limits(d, &co.limits);
    rc = swd_control_start(&co, &d->control, e);
    swd_watcher_control(d->watcher, d->control);
    if (rc == 0 && *swd_conf_str(d->conf, "monitor.http"))
        rc = swd_web_start(d->control, swd_conf_str(d->conf, "monitor.http"), &d->web, e);
    return rc;
}

static int start_monitor(struct daemon *d, struct swd_err *e)
{
    struct swd_watcher_opts wo = {
        .loop = d->loop,
        .execs = d->execs,
        .runners = d->runners,
        .conf = d->conf,
        .budget = d->budget,
    };
    return swd_watcher_new(&wo, &d->watcher, e);
}

static int start_signals(struct daemon *d)
{
    uint64_t every = swd_notify_watchdog_interval();
    int rc;
    signal(SIGPIPE, SIG_IGN);
    if ((rc = swd_loop_signal(d->loop, SIGTERM, on_term, d)) != 0 ||
        (rc = swd_loop_signal(d->loop, SIGINT, on_term, d)) != 0 ||
        (rc = swd_loop_signal(d->loop, SIGHUP, on_hup, d)) != 0)
        return rc;
    if (every == 0)
        return 0;
    if ((rc = swd_tick_new(d->loop, daemon_watchdog, d, &d->watchdog)) != 0)
        return rc;
    return swd_tick_in(d->watchdog, every, every);
}

static int start(struct daemon *d, struct swd_err *e)
{
    int rc;
    raise_nofile();
    if ((rc = start_memory(d, e)) != 0)
        return rc;
    if ((rc = start_threads(d, e)) != 0 || (rc = start_monitor(d, e)) != 0 ||
        (rc = start_control(d, e)) != 0)
        return rc;
    /* After the socket, which may lie where only root can write; before any script. */
    if ((rc = swd_identity_become(swd_conf_str(d->conf, "daemon.user"),
                                  swd_conf_str(d->conf, "daemon.group"), e)) != 0)
        return rc;
    if ((rc = swd_upkeep_start(d->loop, swd_conf_num(d->conf, "pools.compact_interval"),
                               swd_conf_num(d->conf, "pools.warm"), &d->upkeep)) != 0 ||
        (rc = start_signals(d)) != 0)
        return swd_fail(e, rc, "no memory for signals and timers");
    return 0;
}

static void stop(struct daemon *d)
{
    if (d->runners)
        swd_runners_stop_helpers(d->runners);
    if (d->execs)
        swd_execs_stop(&d->execs);
    swd_web_stop(&d->web);
    if (d->control)
        swd_control_free(&d->control);
    swd_watcher_free(&d->watcher);
    if (d->runners)
        swd_runners_free(&d->runners);
    swd_lib_image_fini();
    swd_roots_unref(&d->roots);
    swd_upkeep_stop(&d->upkeep);
    if (d->watchdog)
        swd_tick_free(&d->watchdog);
    if (d->loop)
        swd_loop_free(&d->loop);
    if (d->account)
        swd_account_free(&d->account);
    if (d->conf)
        swd_conf_free(&d->conf);
    swd_extent_fini();
}

int swd_daemon_main(const char *path, int must_exist)
{
    struct daemon d = {.magic = DAEMON_MAGIC, .path = path, .named = must_exist != 0};
    struct swd_err e = {0};
    char q[SWD_LOGQ_SIZE];
    int code = 1;
    swd_notify_init();
    if (load_conf(path, d.named, &d.conf, stderr) != 0)
        return 1;
    swd_log_set_level((enum swd_log_level)swd_conf_num(d.conf, "daemon.log_level"));
    if (start(&d, &e) != 0) {
        swd_log(SWD_LOG_ERROR, "daemon.start", "error=%s hint=%s", swd_log_quote(q, e.msg),
                e.hint[0] ? e.hint : "-");
    } else {
        swd_log(SWD_LOG_INFO, "daemon.ready",
                "version=%s pid=%d executors=%u budget=%" PRIu64 " socket=%s", swd_version(),
                (int)getpid(), swd_execs_count(d.execs), d.budget,
                swd_log_quote(q, swd_conf_str(d.conf, "control.socket")));
        swd_notify_ready();
        code = swd_loop_run(d.loop) == 0 ? 0 : 1;
        swd_log(SWD_LOG_INFO, "daemon.stopped", "code=%d", code);
    }
    stop(&d);
    return code;
}
