/* The monitor against a faked tree of /proc and cgroup files: readings, levels, the ladder,
 * roll-ups, trends and verdicts. Time is given, nothing waits. */
#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "monitor/expose.h"
#include "monitor/expose.h"
#include "monitor/monitor.h"
#include "suite.h"

#define S SWD_NS_PER_S
#define M ((uint64_t)1024 * 1024)

static char root[64];

__attribute__((format(printf, 2, 3))) static void put(const char *path, const char *fmt, ...)
{
    char full[512];
    va_list ap;
    FILE *f;
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        mkdir(full, 0777);
        *p = '/';
    }
    f = fopen(full, "w");
    ck_assert_ptr_nonnull(f);
    va_start(ap, fmt);
    vfprintf(f, fmt, ap);
    va_end(ap);
    fclose(f);
}

static void machine(uint64_t total_kb, uint64_t available_kb)
{
    put("proc/meminfo", "MemTotal: %llu kB\nMemFree: 1 kB\nMemAvailable: %llu kB\n",
        (unsigned long long)total_kb, (unsigned long long)available_kb);
}

static void stalls(double some, double full)
{
    put("proc/pressure/memory", "some avg10=%.2f avg60=0.00\nfull avg10=%.2f avg60=0.00\n", some,
        full);
}

static void setup(void)
{
    snprintf(root, sizeof root, "/tmp/t_monitor.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    machine(16 << 20, 15 << 20);
    stalls(0, 0);
    put("proc/self/cgroup", "0::/\n");
}

static void teardown(void)
{
    char cmd[128];
    snprintf(cmd, sizeof cmd, "%s", root);
    ck_assert_int_eq(fork() == 0 ? execlp("rm", "rm", "-rf", cmd, (char *)NULL) : 0, 0);
}

static struct swd_monitor *monitor(const char *ladder)
{
    struct swd_monitor_opts o = {.root = root,
                                 .interval = S,
                                 .threshold = 80,
                                 .ladder = ladder,
                                 .gc_growth = 2,
                                 .gc_min_interval = S,
                                 .gc_when_idle = true};
    struct swd_monitor *m;
    ck_assert_int_eq(swd_monitor_new(&o, &m, NULL), 0);
    return m;
}

/* ---- readings ---- */

START_TEST(v2_the_tightest_level_counts_and_cache_does_not)
{
    struct swd_gauge g;
    struct swd_gauge_reading r;
    put("proc/self/cgroup", "0::/a/b\n");
    put("sys/fs/cgroup/a/memory.max", "%llu\n", (unsigned long long)(100 * M));
    put("sys/fs/cgroup/a/memory.high", "max\n");
    put("sys/fs/cgroup/a/memory.current", "%llu\n", (unsigned long long)(90 * M));
    put("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file %llu\n",
        (unsigned long long)(30 * M));
    put("sys/fs/cgroup/a/b/cgroup.procs", "1\n");
    put("sys/fs/cgroup/a/b/memory.max", "%llu\n", (unsigned long long)(80 * M));
    put("sys/fs/cgroup/a/b/memory.high", "%llu\n", (unsigned long long)(50 * M));
    put("sys/fs/cgroup/a/b/memory.current", "%llu\n", (unsigned long long)(20 * M));
    put("sys/fs/cgroup/a/b/memory.events", "low 0\nhigh 7\nmax 0\noom 0\noom_kill 2\n");
    put("sys/fs/cgroup/a/b/memory.pressure", "some avg10=3.50\nfull avg10=1.25\n");
    swd_gauge_open(&g, root);
    ck_assert_int_eq(g.version, 2);
    swd_gauge_read(&g, &r);
    ck_assert_uint_eq(r.cg_limit, 100 * M);
    ck_assert_uint_eq(r.cg_usage, 60 * M);
    ck_assert_uint_eq(r.cg_high_events, 7);
    ck_assert_uint_eq(r.cg_oom_kills, 2);
    ck_assert_double_eq(r.psi_some, 3.5);
    ck_assert_double_eq(r.psi_full, 1.25);
    put("sys/fs/cgroup/a/b/memory.current", "%llu\n", (unsigned long long)(45 * M));
    swd_gauge_read(&g, &r);
    ck_assert_uint_eq(r.cg_limit, 50 * M);
    ck_assert_uint_eq(r.mem_total, (uint64_t)16 << 30);
    ck_assert_uint_eq(r.mem_available, (uint64_t)15 << 30);
}
END_TEST

START_TEST(v1_limits_are_read_and_no_limit_is_none)
{
    struct swd_gauge g;
    struct swd_gauge_reading r;
    put("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n0::/\n");
    put("sys/fs/cgroup/memory/x/cgroup.procs", "1\n");
    put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
    swd_gauge_open(&g, root);
    ck_assert_int_eq(g.version, 1);
    swd_gauge_read(&g, &r);
    ck_assert_uint_eq(r.cg_limit, 0);
    put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "%llu\n", (unsigned long long)(64 * M));
    put("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "%llu\n", (unsigned long long)(40 * M));
    put("sys/fs/cgroup/memory/x/memory.stat", "total_inactive_file %llu\n",
        (unsigned long long)(8 * M));
    put("sys/fs/cgroup/memory/x/memory.oom_control", "oom_kill_disable 0\noom_kill 1\n");
    put("sys/fs/cgroup/memory/x/memory.failcnt", "3\n");
    swd_gauge_read(&g, &r);
    ck_assert_uint_eq(r.cg_limit, 64 * M);
    ck_assert_uint_eq(r.cg_usage, 32 * M);
    ck_assert_uint_eq(r.cg_oom_kills, 1);
    ck_assert_uint_eq(r.cg_high_events, 3);
}
END_TEST

/* ---- levels ---- */

static enum swd_level judge(struct swd_pressure *p, uint64_t used, uint64_t now)
{
    struct swd_gauge_reading r = {.mem_total = 100, .mem_available = 100 - used};
    swd_pressure_judge(p, &r, 0, 0, 80, now);
    return p->level;
}

START_TEST(levels_rise_at_once_and_fall_step_by_step)
{
    struct swd_pressure p = {0};
    ck_assert_int_eq(judge(&p, 60, 1), SWD_LEVEL_NONE);
    ck_assert_int_eq(judge(&p, 72, 2), SWD_LEVEL_SOME);
    ck_assert_int_eq(judge(&p, 96, 3), SWD_LEVEL_CRITICAL);
    ck_assert_str_eq(p.source, "machine");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(judge(&p, 50, 4), SWD_LEVEL_CRITICAL);
    ck_assert_int_eq(judge(&p, 50, 5), SWD_LEVEL_HIGH);
    for (int i = 0; i < 3; i++)
        judge(&p, 50, 6);
    ck_assert_int_eq(p.level, SWD_LEVEL_SOME);
}
END_TEST

START_TEST(a_use_that_swings_around_the_threshold_does_not_flap)
{
    struct swd_pressure p = {0};
    unsigned changes = 0;
    enum swd_level was = judge(&p, 81, 1);
    ck_assert_int_eq(was, SWD_LEVEL_HIGH);
    for (int i = 0; i < 100; i++) {
        enum swd_level l = judge(&p, i % 4 == 0 ? 81 : 77, (uint64_t)i + 2);
        changes += l != was;
        was = l;
    }
    ck_assert_uint_eq(changes, 0);
}
END_TEST

START_TEST(stalls_and_the_budget_raise_the_level)
{
    struct swd_pressure p = {0}, q = {0}, w = {0};
    struct swd_gauge_reading r = {.mem_total = 100, .mem_available = 90, .psi_some = 25};
    swd_pressure_judge(&p, &r, 0, 0, 80, 1);
    ck_assert_int_eq(p.level, SWD_LEVEL_HIGH);
    ck_assert_str_eq(p.source, "psi");
    r.psi_some = 0;
    swd_pressure_judge(&q, &r, 85, 100, 80, 1);
    ck_assert_int_eq(q.level, SWD_LEVEL_HIGH);
    ck_assert_str_eq(q.source, "budget");
    ck_assert_uint_eq(q.limit, 100);
    swd_pressure_tell(&w, SWD_LEVEL_HIGH, "watch", 10, 5);
    swd_pressure_judge(&w, &r, 0, 0, 80, 11);
    ck_assert_int_eq(w.level, SWD_LEVEL_HIGH);
    ck_assert_str_eq(w.source, "watch");
    for (int i = 0; i < 12; i++)
        swd_pressure_judge(&w, &r, 0, 0, 80, 20);
    ck_assert_int_eq(w.level, SWD_LEVEL_NONE);
}
END_TEST

/* ---- the ladder ---- */

struct fake {
    struct swd_monitor *m;
    char log[512];
    uint64_t freed;
    bool held;
};
struct fake_rung {
    struct fake *f;
    const char *name;
};

static int fake_start(void *arg, enum swd_level level)
{
    struct fake_rung *r = arg;
    struct swd_relief what = {
        .asked = 1, .done = 1, .before = 100 * M, .after = 100 * M - r->f->freed};
    size_t n = strlen(r->f->log);
    (void)level;
    snprintf(r->f->log + n, sizeof r->f->log - n, "%s ", r->name);
    swd_monitor_relieved(r->f->m, &what);
    return 0;
}

static int hold_start(void *arg, enum swd_level level)
{
    struct fake_rung *r = arg;
    r->f->held = true;
    return fake_start(arg, level);
}

static void hold_release(void *arg)
{
    struct fake_rung *r = arg;
    r->f->held = false;
}

static const char *const rung_names[] = {"trim", "gc", "hibernate", "refuse"};

static void fake_rungs(struct fake *f, struct fake_rung rungs[4])
{
    for (int i = 0; i < 4; i++) {
        struct swd_reliever r = {.name = rung_names[i],
                                 .least = i == 0   ? SWD_LEVEL_SOME
                                          : i == 3 ? SWD_LEVEL_CRITICAL
                                                   : SWD_LEVEL_HIGH,
                                 .start = i == 3 ? hold_start : fake_start,
                                 .release = i == 3 ? hold_release : NULL,
                                 .arg = &rungs[i]};
        rungs[i] = (struct fake_rung){f, rung_names[i]};
        swd_monitor_reliever(f->m, &r);
    }
}

START_TEST(rungs_come_in_order_and_by_level)
{
    struct fake f = {.m = monitor("trim,gc,compact,hibernate,refuse"), .freed = M};
    struct fake_rung rungs[4];
    const struct swd_relief *rec[8];
    fake_rungs(&f, rungs);
    machine(100, 28);
    for (uint64_t i = 1; i <= 3; i++)
        swd_monitor_tick(f.m, i * 2 * S);
    ck_assert_str_eq(f.log, "trim trim trim ");
    ck_assert(!swd_monitor_pressure_high(f.m));
    machine(100, 2);
    f.log[0] = '\0';
    for (uint64_t i = 4; i <= 7; i++)
        swd_monitor_tick(f.m, i * 2 * S);
    ck_assert_str_eq(f.log, "gc hibernate refuse trim ");
    ck_assert(f.held && swd_monitor_pressure_high(f.m));
    ck_assert_uint_eq(swd_monitor_receipts(f.m, rec, 8), 7);
    ck_assert_str_eq(rec[0]->action, "trim");
    ck_assert_str_eq(rec[1]->action, "refuse");
    ck_assert_uint_eq(rec[2]->freed, M);
    ck_assert_int_eq(rec[2]->level, SWD_LEVEL_CRITICAL);
    machine(100, 90);
    for (uint64_t i = 8; i <= 20; i++)
        swd_monitor_tick(f.m, i * 2 * S);
    ck_assert(!f.held && !swd_monitor_pressure_high(f.m));
    swd_monitor_free(&f.m);
}
END_TEST

START_TEST(a_rung_that_frees_nothing_backs_off)
{
    struct fake f = {.m = monitor("trim,gc"), .freed = 0};
    struct fake_rung rungs[4];
    unsigned n = 0;
    fake_rungs(&f, rungs);
    machine(100, 10);
    for (uint64_t i = 1; i <= 120; i++)
        swd_monitor_tick(f.m, i * S);
    for (const char *p = f.log; (p = strstr(p, "gc ")) != NULL; p++)
        n++;
    ck_assert_uint_ge(n, 3); /* at about 1, 6, 16, 36, 76 s */
    ck_assert_uint_le(n, 6);
    swd_monitor_free(&f.m);
}
END_TEST

/* ---- history ---- */

static double level_now;
static void source(void *arg, double v[SWD_METRICS])
{
    (void)arg;
    v[SWD_METRIC_ALLOC] = level_now;
    v[SWD_METRIC_NUM_GC] = level_now;
}

START_TEST(rings_are_bounded_and_roll_up)
{
    struct swd_history h;
    struct swd_sample s = {0};
    ck_assert_int_eq(swd_history_init(&h), 0);
    for (int i = 0; i < 7200; i++) {
        s.t = 3600 * 100 + i;
        s.v[SWD_METRIC_ALLOC] = i % 60;
        s.v[SWD_METRIC_NUM_GC] = i;
        swd_history_add(&h, &s);
    }
    ck_assert_uint_eq(swd_history_count(&h, SWD_RAW), SWD_RAW_SAMPLES);
    ck_assert_uint_eq(swd_history_count(&h, SWD_MINUTE), 119);
    ck_assert_uint_eq(swd_history_count(&h, SWD_HOUR), 1);
    ck_assert_double_eq(swd_history_at(&h, SWD_RAW, 99)->v[SWD_METRIC_NUM_GC], 7199);
    ck_assert_double_eq(swd_history_at(&h, SWD_RAW, 0)->v[SWD_METRIC_NUM_GC], 7100);
    ck_assert_double_eq(swd_history_at(&h, SWD_MINUTE, 0)->v[SWD_METRIC_ALLOC], 29.5);
    ck_assert_double_eq(swd_history_at(&h, SWD_MINUTE, 1)->v[SWD_METRIC_NUM_GC], 119);
    ck_assert_double_eq(swd_history_at(&h, SWD_HOUR, 0)->v[SWD_METRIC_NUM_GC], 3599);
    swd_history_fini(&h);
}
END_TEST

START_TEST(samples_come_at_the_interval_and_read_as_json)
{
    struct swd_monitor *m = monitor("");
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    unsigned taken = 0;
    json_t *j;
    swd_monitor_source(m, source, NULL);
    for (uint64_t i = 0; i < 40; i++) {
        level_now = (double)i;
        taken += swd_monitor_tick(m, 2 * S + i * S / 4);
    }
    ck_assert_uint_eq(taken, 10);
    ck_assert_int_eq(swd_monitor_history_json(m, SWD_RAW, b), 0);
    j = json_loadb(b->data, b->len, 0, NULL);
    ck_assert_uint_eq(json_array_size(j), 10);
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(j, 9), "alloc")), 36);
    ck_assert_uint_eq(json_object_size(json_array_get(j, 0)), SWD_METRICS + 1);
    json_decref(j);
    swd_bytebuf_put(&b);
    swd_monitor_free(&m);
}
END_TEST

/* ---- trends and verdicts ---- */

START_TEST(shapes_are_told_apart)
{
    float t[32], y[32];
    struct swd_trend tr;
    for (int i = 0; i < 32; i++) {
        t[i] = (float)i;
        y[i] = 100000 + 1024 * (float)i + (float)(i % 3) * 50;
    }
    swd_trend(t, y, 32, 2048, &tr);
    ck_assert_int_eq(tr.shape, SWD_SHAPE_GROWS);
    ck_assert(tr.slope > 1000 && tr.slope < 1050 && tr.fit > 0.99);
    for (int i = 0; i < 32; i++)
        y[i] = 100000 + 1024 * (float)(i % 10);
    swd_trend(t, y, 32, 2048, &tr);
    ck_assert_int_eq(tr.shape, SWD_SHAPE_SAWTOOTH);
    for (int i = 0; i < 32; i++)
        y[i] = 100000 + (float)(i % 2) * 100;
    swd_trend(t, y, 32, 2048, &tr);
    ck_assert_int_eq(tr.shape, SWD_SHAPE_FLAT);
    swd_trend(t, y, 3, 2048, &tr);
    ck_assert_int_eq(tr.shape, SWD_SHAPE_FEW);
}
END_TEST

static unsigned found;
static char subject[80];
static void finding(void *arg, const struct swd_finding *f)
{
    json_t *e = json_loads(f->evidence, 0, NULL);
    (void)arg;
    ck_assert(json_is_object(e) && f->remedy[0] && f->command[0] && f->verdict[0]);
    json_decref(e);
    found++;
    snprintf(subject, sizeof subject, "%s", f->subject);
}

/* Runs `n` samples of runner 7 by `value(i)`; `kept` of it survives a collection. */
static void owner(struct swd_monitor *m, int n, double (*value)(int), double (*kept)(int))
{
    struct swd_track *k = swd_monitor_track(m);
    uint64_t base = 1000 * S;
    for (int i = 0; i < n; i++) {
        uint64_t now = base + (uint64_t)i * S;
        struct swd_series *s;
        swd_track_begin(k, (double)now / 1e9, true);
        s = swd_track_note(k, SWD_TRACK_RUNNER, 7, "leak.js", (double)now / 1e9, value(i), true);
        if (swd_monitor_wants_gc(m, s, now, true) == SWD_GC_NOW)
            swd_monitor_collected(m, 7, now + S / 10, true, (uint64_t)value(i), (uint64_t)kept(i));
    }
    found = 0;
    swd_monitor_doctor(m, finding, NULL);
}

static double leaking(int i)
{
    return 200000 + 1024 * i;
}

static double garbage(int i)
{
    return 200000 + 1024 * (i % 40);
}

static double saw(int i)
{
    return 200000 + 1024 * (i % 7);
}

static double base_only(int i)
{
    (void)i;
    return 200000;
}

START_TEST(a_leak_is_named_within_20_samples)
{
    struct swd_monitor *m = monitor("");
    owner(m, 20, leaking, leaking);
    ck_assert_uint_eq(found, 1);
    ck_assert_str_eq(subject, "runner 7");
    swd_monitor_free(&m);
}
END_TEST

START_TEST(what_collections_take_back_is_no_leak)
{
    struct swd_monitor *m = monitor("");
    owner(m, 100, garbage, base_only);
    ck_assert_uint_eq(found, 0);
    owner(m, 39, garbage, base_only);
    ck_assert_uint_eq(found, 0);
    swd_monitor_free(&m);
}
END_TEST

START_TEST(a_sawtooth_is_no_leak)
{
    struct swd_monitor *m = monitor("");
    for (int n = 8; n < 60; n++)
        owner(m, n, saw, saw);
    ck_assert_uint_eq(found, 0);
    swd_monitor_free(&m);
}
END_TEST

/* Who is not noted did not change: its series shows the rest when it is. */
START_TEST(a_pause_is_a_flat_stretch_and_no_leak)
{
    struct swd_monitor *m = monitor("");
    struct swd_track *k = swd_monitor_track(m);
    float t[SWD_TRACK_POINTS + 1], y[SWD_TRACK_POINTS + 1];
    struct swd_series *s;
    size_t n;
    owner(m, 20, leaking, leaking);
    ck_assert_uint_eq(found, 1);
    for (int i = 0; i < 200; i++)
        swd_track_begin(k, 1020.0 + i, true);
    s = swd_track_find(k, SWD_TRACK_RUNNER, 7);
    ck_assert_uint_eq(s->n, 20);
    n = swd_track_points(k, s, 0, t, y);
    ck_assert_uint_eq(n, 21);
    ck_assert(y[20] == y[19] && t[20] > t[19] + 190);
    found = 0;
    swd_monitor_doctor(m, finding, NULL);
    ck_assert_uint_eq(found, 0);
    swd_track_begin(k, 1220, true);
    swd_track_note(k, SWD_TRACK_RUNNER, 7, "leak.js", 1220, 500000, true);
    ck_assert_uint_eq(s->n, 22);
    ck_assert(s->y[20] == s->y[19] && s->t[20] > s->t[19] + 190 && s->y[21] == 500000);
    swd_monitor_forget(m, 7);
    ck_assert_ptr_null(swd_track_find(k, SWD_TRACK_RUNNER, 7));
    swd_monitor_free(&m);
}
END_TEST

START_TEST(the_busiest_of_a_round_come_first)
{
    struct swd_monitor *m = monitor("");
    struct swd_busy b[SWD_BUSIEST];
    swd_monitor_busy_begin(m, 1 * S);
    for (uint64_t id = 1; id <= 200; id++)
        swd_monitor_busy_note(m, id, id % 100 * (S / 200));
    ck_assert_uint_eq(swd_monitor_busiest(m, b, 3), 0);
    swd_monitor_busy_begin(m, 3 * S);
    ck_assert_uint_eq(swd_monitor_busiest(m, b, SWD_BUSIEST), SWD_BUSIEST);
    ck_assert_uint_eq(b[0].id % 100, 99);
    ck_assert_double_eq_tol(b[0].share, 99.0 / 400, 1e-9);
    for (size_t i = 1; i < SWD_BUSIEST; i++)
        ck_assert(b[i].share <= b[i - 1].share);
    swd_monitor_busy_begin(m, 4 * S);
    ck_assert_uint_eq(swd_monitor_busiest(m, b, 3), 0);
    swd_monitor_free(&m);
}
END_TEST

/* Growth of a group is told once its series is full. */
START_TEST(a_group_that_grows_is_named)
{
    struct swd_monitor *m = monitor("");
    struct swd_track *k = swd_monitor_track(m);
    for (int i = 0; i < 40; i++) {
        swd_track_begin(k, 1000 + i, true);
        swd_track_note(k, SWD_TRACK_GROUP, 1, "tenant-a", 1000 + i, 1e6 + 1e5 * i, true);
        swd_track_note(k, SWD_TRACK_GROUP, 2, "tenant-b", 1000 + i, 1e6 + 1e6 * (i % 5), true);
    }
    found = 0;
    swd_monitor_doctor(m, finding, NULL);
    ck_assert_uint_eq(found, 1);
    ck_assert_str_eq(subject, "group tenant-a");
    swd_monitor_free(&m);
}
END_TEST

START_TEST(the_form_is_what_the_client_asks_for)
{
    static const struct {
        const char *accept;
        enum swd_expose form;
    } cases[] = {
        {"", SWD_EXPOSE_PLAIN},
        {"*/*", SWD_EXPOSE_PLAIN},
        {"text/html,*/*;q=0.8", SWD_EXPOSE_PLAIN},
        {"application/openmetrics-text", SWD_EXPOSE_OPEN},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         SWD_EXPOSE_OPEN},
        {"text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.3",
         SWD_EXPOSE_PLAIN},
        {"application/openmetrics-text;q=0", SWD_EXPOSE_PLAIN},
        {"application/openmetrics-textual", SWD_EXPOSE_PLAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(swd_expose_form(cases[i].accept) == cases[i].form, "%s", cases[i].accept);
}
END_TEST

START_TEST(text_is_scaled_named_and_escaped)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    double v[SWD_METRICS] = {0};
    v[SWD_METRIC_GC_US] = 1500000;
    v[SWD_METRIC_RSS] = 12345678901.0;
    swd_expose(b, SWD_EXPOSE_PLAIN, v, "1\"\\2");
    ck_assert_ptr_nonnull(strstr(b->data, "# TYPE swd_gc_seconds_total counter\n"
                                          "swd_gc_seconds_total 1.5\n"));
    ck_assert_ptr_nonnull(strstr(b->data, "\nswd_resident_bytes 12345678901\n"));
    ck_assert_ptr_nonnull(strstr(b->data, "swd_build_info{version=\"1\\\"\\\\2\"} 1\n"));
    ck_assert_ptr_null(strstr(b->data, "# EOF"));
    swd_bytebuf_clear(b);
    swd_expose(b, SWD_EXPOSE_OPEN, v, "1");
    ck_assert_ptr_nonnull(strstr(b->data, "# TYPE swd_gc_seconds counter\n"
                                          "swd_gc_seconds_total 1.5\n"));
    ck_assert_str_eq(b->data + b->len - 6, "# EOF\n");
    swd_bytebuf_put(&b);
}
END_TEST

static bool in_reserve(const void *p)
{
    return (uintptr_t)p >= 0x200000 && (uintptr_t)p < 0x300000;
}

START_TEST(resident_bytes_are_told_by_what_is_mapped)
{
    static const char smaps[] = "00100000-00110000 r-xp 00000000 08:01 77 /usr/bin/swd\n"
                                "Rss:                  40 kB\nPss:                  20 kB\n"
                                "00200000-00280000 rw-p 00000000 00:00 0 \n"
                                "Rss:                 300 kB\nPss:                 300 kB\n"
                                "00400000-00480000 rw-p 00000000 00:00 0 [heap]\n"
                                "Rss:                  50 kB\nPss:                  50 kB\n"
                                "00500000-00580000 rw-p 00000000 00:00 0 \n"
                                "Rss:                 100 kB\nPss:                 100 kB\n"
                                "00600000-00680000 rw-p 00000000 00:00 0 [stack]\n"
                                "Rss:                  10 kB\nPss:                  10 kB\n";
    char path[] = "/tmp/swd-smaps-XXXXXX";
    int fd = mkstemp(path);
    struct swd_resident r;
    struct swd_parts p;
    ck_assert(fd >= 0 && write(fd, smaps, sizeof smaps - 1) == (ssize_t)sizeof smaps - 1);
    close(fd);
    ck_assert_int_eq(swd_resident_read(path, in_reserve, &r), 0);
    unlink(path);
    ck_assert_uint_eq(r.rss, 500 * 1024);
    ck_assert_uint_eq(r.pss, 480 * 1024);
    ck_assert_uint_eq(r.reserve, 300 * 1024);
    ck_assert_uint_eq(r.file, 40 * 1024);
    swd_resident_parts(&r, 30 * 1024, 20 * 1024, 90 * 1024, &p);
    ck_assert_uint_eq(p.stacks, 40 * 1024);
    ck_assert_uint_eq(p.reserve, 320 * 1024);
    ck_assert_uint_eq(p.libc, 90 * 1024);
    ck_assert_uint_eq(p.unknown, 10 * 1024);
    ck_assert_uint_eq(p.reserve + p.file + p.libc + p.stacks + p.unknown, p.rss);
    ck_assert_int_ne(swd_resident_read("/nonexistent", in_reserve, &r), 0);
}
END_TEST

START_TEST(the_table_of_owners_keeps_the_largest)
{
    struct swd_track k;
    uint64_t ids[4];
    swd_track_init(&k);
    for (int round = 0; round < 3; round++) {
        swd_track_begin(&k, round, true);
        for (uint64_t id = 1; id <= 10000; id++)
            swd_track_note(&k, SWD_TRACK_RUNNER, id, "x", round, id == 9999 ? 1e9 : (double)id,
                           true);
    }
    ck_assert_uint_le(k.n, SWD_TRACK_MAX);
    ck_assert_uint_eq(swd_track_largest(&k, SWD_TRACK_RUNNER, false, ids, 4), 4);
    ck_assert_uint_eq(ids[0], 9999);
    swd_track_find(&k, SWD_TRACK_RUNNER, 9999)->asleep = true;
    ck_assert_uint_eq(swd_track_largest(&k, SWD_TRACK_RUNNER, false, ids, 4), 4);
    ck_assert_uint_ne(ids[0], 9999);
    swd_track_forget(&k, SWD_TRACK_RUNNER, 9999);
    ck_assert_ptr_null(swd_track_find(&k, SWD_TRACK_RUNNER, 9999));
    swd_track_fini(&k);
}
END_TEST

/* ---- being told ---- */

START_TEST(the_service_manager_tells_by_fifo_or_socket)
{
    char path[128];
    struct swd_psi p;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd, ls, cs;
    snprintf(path, sizeof path, "%s/fifo", root);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(swd_psi_open(&p, path, NULL, "/nonexistent"), 0);
    ck_assert(p.watch && !swd_psi_take(&p));
    fd = open(path, O_WRONLY | O_NONBLOCK);
    ck_assert_int_eq(write(fd, "x", 1), 1);
    ck_assert(swd_psi_take(&p));
    ck_assert(!swd_psi_take(&p));
    close(fd);
    swd_psi_close(&p);
    snprintf(a.sun_path, sizeof a.sun_path, "%s/sock", root);
    ls = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(ls, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(ls, 1), 0);
    ck_assert_int_eq(swd_psi_open(&p, a.sun_path, "aGVsbG8=", "/nonexistent"), 0);
    cs = accept(ls, NULL, NULL);
    ck_assert_int_eq(read(cs, path, sizeof path), 5);
    ck_assert_mem_eq(path, "hello", 5);
    ck_assert_int_eq(write(cs, "!", 1), 1);
    ck_assert(swd_psi_take(&p));
    close(cs);
    swd_psi_take(&p);
    ck_assert_int_eq(p.epoll, -1); /* hung up */
    close(ls);
}
END_TEST

START_TEST(dev_null_turns_it_off)
{
    struct swd_psi p;
    ck_assert_int_eq(swd_psi_open(&p, "/dev/null", NULL, "/proc/pressure/memory"),
                     SWD_EUNSUPPORTED);
    ck_assert_int_eq(swd_psi_open(&p, NULL, NULL, "/nonexistent"), SWD_EUNSUPPORTED);
    ck_assert(!swd_psi_take(&p));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("monitor");
    TCase *c = tcase_create("monitor");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, v2_the_tightest_level_counts_and_cache_does_not);
    tcase_add_test(c, v1_limits_are_read_and_no_limit_is_none);
    tcase_add_test(c, levels_rise_at_once_and_fall_step_by_step);
    tcase_add_test(c, a_use_that_swings_around_the_threshold_does_not_flap);
    tcase_add_test(c, stalls_and_the_budget_raise_the_level);
    tcase_add_test(c, rungs_come_in_order_and_by_level);
    tcase_add_test(c, a_rung_that_frees_nothing_backs_off);
    tcase_add_test(c, rings_are_bounded_and_roll_up);
    tcase_add_test(c, samples_come_at_the_interval_and_read_as_json);
    tcase_add_test(c, shapes_are_told_apart);
    tcase_add_test(c, a_leak_is_named_within_20_samples);
    tcase_add_test(c, what_collections_take_back_is_no_leak);
    tcase_add_test(c, a_sawtooth_is_no_leak);
    tcase_add_test(c, the_table_of_owners_keeps_the_largest);
    tcase_add_test(c, a_pause_is_a_flat_stretch_and_no_leak);
    tcase_add_test(c, the_busiest_of_a_round_come_first);
    tcase_add_test(c, a_group_that_grows_is_named);
    tcase_add_test(c, resident_bytes_are_told_by_what_is_mapped);
    tcase_add_test(c, the_form_is_what_the_client_asks_for);
    tcase_add_test(c, text_is_scaled_named_and_escaped);
    tcase_add_test(c, the_service_manager_tells_by_fifo_or_socket);
    tcase_add_test(c, dev_null_turns_it_off);
    suite_add_tcase(s, c);
    return suite_run(s);
}
