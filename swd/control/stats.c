/* Method `stats`: every figure is read or counted at this moment; nothing here blocks or walks
 * runners. Loop thread. What `mapped` is made of
 * comes from the owners' own books (pool/identity.h).
 *
 * Of the resident bytes, the parts are those of the monitor's last look at smaps (a thread of its
 * own; `measured_age_s`), and what changed since counts to the reserve, which nearly all of it is.
 * Before the first look they are derived: the reserve is then what is left of the anonymous ones,
 * at most what it has mapped. A part given in the options (see control.h) replaces what stands
 * here. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "compress/compress.h"
#include "control/priv.h"
#include "engine/part.h"
#include "lib/codecache.h"
#include "pool/identity.h"
#include "pool/pool.h"

/* Main thread's and executors' stacks. */
static uint64_t stats_stacks(const struct swd_control *c)
{
    uint64_t main_stack = 0;
    char line[128];
    unsigned long kb;
    FILE *f = fopen("/proc/self/status", "re");
    if (f) {
        while (fgets(line, sizeof line, f))
            if (sscanf(line, "VmStk: %lu kB", &kb) == 1)
                main_stack = (uint64_t)kb * 1024;
        fclose(f);
    }
    return main_stack + swd_execs_stacks(c->o.execs);
}

struct stats_now {
    struct swd_runners_stat runners;
    struct swd_identity pool;
    struct swd_proc_mem proc;
    uint64_t libc, stacks, reserve, file, unknown;
    double age; /* of the measurement; negative: there is none yet */
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The owners' books are read one after the other while others allocate: what moved meanwhile goes
 * to the slack, so that the sum is that of one moment. `missing` keeps telling how much it was. */
static void stats_settle(struct swd_identity *id)
{
    uint64_t rest = id->mapped;
    id->live = least(id->live, rest);
    rest -= id->live;
    id->hibernated = least(id->hibernated, rest);
    rest -= id->hibernated;
    id->cached = least(id->cached, rest);
    rest -= id->cached;
    id->metadata = least(id->metadata, rest);
    id->slack = rest - id->metadata;
}

/* Before anything was measured: what can be told by itself, the reserve being the rest. */
static void stats_derive(struct swd_control *c, struct stats_now *s)
{
    struct mallinfo2 mi = mallinfo2();
    uint64_t anon = s->proc.resident - least(s->proc.resident, s->proc.shared);
    s->file = least(s->proc.shared, s->proc.resident);
    s->stacks = least(stats_stacks(c), anon);
    s->libc = least(mi.arena + mi.hblkhd, anon - s->stacks);
    s->reserve = least(s->pool.mapped, anon - s->stacks - s->libc);
    s->unknown = anon - s->stacks - s->libc - s->reserve;
    s->age = -1;
}

/* The parts as they were measured; what RSS changed by since is the reserve's as far as it can be.
 */
static void stats_measured(struct stats_now *s, const struct swd_parts *p)
{
    uint64_t rest = s->proc.resident;
    s->unknown = least(p->unknown, rest);
    rest -= s->unknown;
    s->file = least(p->file, rest);
    rest -= s->file;
    s->libc = least(p->libc, rest);
    rest -= s->libc;
    s->stacks = least(p->stacks, rest);
    s->reserve = rest - s->stacks;
    s->age = (double)(swd_clock_mono() - p->at) / 1e9;
}

static void stats_collect(struct swd_control *c, struct stats_now *s)
{
    const struct swd_parts *p = c->o.monitor ? swd_monitor_parts(c->o.monitor) : NULL;
    swd_runners_stat(c->o.runners, &s->runners);
    swd_pool_identity(&s->pool);
    stats_settle(&s->pool);
    (void)swd_proc_mem(&s->proc);
    if (p && p->at)
        stats_measured(s, p);
    else
        stats_derive(c, s);
}

static void stats_identity(struct swd_json *w, const struct stats_now *s)
{
    swd_json_begin(w, '{');
    swd_json_kuint(w, "live", s->pool.live);
    swd_json_kuint(w, "hibernated", s->pool.hibernated);
    swd_json_kuint(w, "cached", s->pool.cached);
    swd_json_kuint(w, "slack", s->pool.slack);
    swd_json_kuint(w, "metadata", s->pool.metadata);
    swd_json_key(w, "missing");
    swd_json_int(w, s->pool.missing);
    swd_json_kuint(w, "reserve_resident", s->reserve);
    swd_json_kuint(w, "file", s->file);
    swd_json_kuint(w, "libc", s->libc);
    swd_json_kuint(w, "stacks", s->stacks);
    swd_json_kuint(w, "unknown", s->unknown);
    swd_json_end(w, '}');
}

static void stats_runners(struct swd_json *w, const struct stats_now *s)
{
    swd_json_begin(w, '{');
    swd_json_kuint(w, "total", s->runners.total_live);
    for (int i = 0; i < SWD_STATE_COUNT; i++)
        if (!swd_state_ended((enum swd_state)i))
            swd_json_kuint(w, swd_state_name((enum swd_state)i), s->runners.by_state[i]);
    swd_json_kuint(w, "ended", s->runners.ended_kept);
    swd_json_kuint(w, "submitted", s->runners.submitted);
    swd_json_kuint(w, "done", s->runners.done);
    swd_json_kuint(w, "failed", s->runners.failed);
    swd_json_kuint(w, "killed", s->runners.killed);
    swd_json_end(w, '}');
}

static void stats_executors(struct swd_json *w, const struct swd_control *c)
{
    struct swd_exec_stat st;
    swd_json_begin(w, '[');
    for (unsigned i = 0; i < swd_execs_count(c->o.execs); i++) {
        swd_execs_stat(c->o.execs, i, &st);
        swd_json_begin(w, '{');
        swd_json_kreal(w, "busy", st.busy);
        swd_json_kuint(w, "turns", st.turns);
        swd_json_end(w, '}');
    }
    swd_json_end(w, ']');
}

static void stats_lag(struct swd_json *w, const struct swd_control *c)
{
    struct swd_loop_lag lag;
    swd_loop_lag(c->o.loop, &lag);
    swd_json_begin(w, '{');
    swd_json_kuint(w, "p50", lag.p50_us);
    swd_json_kuint(w, "p99", lag.p99_us);
    swd_json_kuint(w, "max", lag.max_us);
    swd_json_end(w, '}');
}

static void stats_hibernation(struct swd_json *w, const struct swd_sleep_stat *s)
{
    swd_json_begin(w, '{');
    swd_json_kuint(w, "sleeps", s->sleeps);
    swd_json_kuint(w, "wakes", s->wakes);
    swd_json_kuint(w, "failed", s->failed);
    swd_json_kuint(w, "lost", s->lost);
    swd_json_kuint(w, "spared", s->spared);
    swd_json_kuint(w, "bytes", s->bytes);
    swd_json_kreal(w, "sleep_us", s->sleeps ? (double)s->sleep_ns / 1e3 / (double)s->sleeps : 0);
    swd_json_kreal(w, "wake_us", s->wakes ? (double)s->wake_ns / 1e3 / (double)s->wakes : 0);
    swd_json_kreal(w, "wake_max_us", (double)s->wake_max_ns / 1e3);
    swd_json_end(w, '}');
}

/* The members of the control layer itself. */
static void stats_control(struct swd_json *w, const struct swd_control *c)
{
    swd_json_begin(w, '{');
    swd_json_kuint(w, "accepted", c->accepted);
    swd_json_kuint(w, "refused", c->refused);
    swd_json_kuint(w, "requests", c->requests);
    swd_json_kuint(w, "errors", c->errors);
    swd_json_kuint(w, "held", c->held);
    swd_json_kuint(w, "lines_dropped", c->lines_dropped);
    swd_json_kuint(w, "closed_slow", c->closed_slow);
    swd_json_end(w, '}');
}

/* Writes `key` by whoever was given for it; false: nobody. */
static bool stats_part(struct swd_json *w, const struct swd_control *c, const char *key)
{
    const struct swd_stats_part *p;
    swd_json_key(w, key);
    for (p = c->o.stats; p && p->key; p++)
        if (strcmp(p->key, key) == 0) {
            p->write(c->o.arg, w->b);
            w->comma = true;
            return true;
        }
    return false;
}

static void stats_function(void *arg, const struct swd_function_info *f)
{
    ctl_write_function(arg, f, true);
}

/* The base image first. */
static void stats_images(struct swd_json *w, const struct swd_control *c)
{
    struct swd_heap_image_info base;
    struct swd_function_info row = {.name = "base", .version = 1, .reason = swd_lib_image_reason()};
    swd_lib_image_info(NULL, &base);
    row.imaged = base.bytes > 0;
    row.bytes = base.bytes;
    row.relocations = base.relocations;
    row.calls = base.clones;
    swd_json_begin(w, '[');
    ctl_write_function(w, &row, true);
    swd_runners_functions(c->o.runners, stats_function, w);
    swd_json_end(w, ']');
}

void ctl_write_pool(void *arg, const char *name, const struct swd_pool_stats *p)
{
    struct swd_json *w = arg;
    const struct swd_pool_counter *table;
    size_t n;
    table = swd_pool_counters(&n);
    swd_json_begin(w, '{');
    swd_json_kstr(w, "name", name);
    swd_json_kstr(w, "caller", swd_pool_caller(swd_pool_find(name)));
    for (size_t i = 0; i < n; i++)
        swd_json_kuint(w, table[i].name,
                       *(const uint64_t *)(const void *)((const char *)p + table[i].offset));
    if (p->gets > 0)
        swd_json_kreal(w, "hit_rate", (double)p->hits / (double)p->gets);
    swd_json_end(w, '}');
}

static void stats_code(struct swd_json *w)
{
    struct swd_part_stats parts;
    struct swd_code_stats s;
    swd_code_stats(&s);
    swd_part_stats(&parts);
    swd_json_begin(w, '{');
    swd_json_kuint(w, "entries", s.entries);
    swd_json_kuint(w, "bytes", s.bytes);
    swd_json_kuint(w, "limit", s.limit);
    swd_json_kuint(w, "hits", s.hits);
    swd_json_kuint(w, "misses", s.misses);
    swd_json_kuint(w, "evicted", s.evicted);
    swd_json_kuint(w, "packed", s.packed);
    swd_json_kuint(w, "packed_bytes", s.packed_bytes);
    swd_json_kuint(w, "packings", s.packings);
    swd_json_kuint(w, "unpackings", s.unpackings);
    swd_json_kuint(w, "parts", parts.parts);
    swd_json_kuint(w, "parts_bytes", parts.bytes);
    swd_json_kuint(w, "parts_compiled", parts.compiled);
    swd_json_kuint(w, "parts_compile_us", parts.compile_ns / SWD_NS_PER_US);
    swd_json_kuint(w, "parts_loads", parts.loads);
    swd_json_end(w, '}');
}

static void stats_parts(struct swd_json *w, const struct swd_control *c)
{
    const struct swd_monitor *mon = c->o.monitor;
    if (!stats_part(w, c, "pressure"))
        swd_json_str(w, mon ? swd_level_name(swd_monitor_pressure(mon)->level) : NULL);
    if (!stats_part(w, c, "pools")) {
        swd_json_begin(w, '[');
        swd_pool_each(ctl_write_pool, w);
        swd_json_end(w, ']');
    }
}

/* One row for each codec and direction that was ever used. */
static void write_codecs(struct swd_json *w)
{
    size_t n;
    const struct swd_codec_counter *table = swd_codec_counters(&n);
    swd_json_key(w, "codecs");
    swd_json_begin(w, '[');
    for (unsigned i = 0; i < 2 * SWD_CODECS; i++) {
        struct swd_codec_stats s;
        swd_codec_stats((enum swd_codec)(i / 2), (enum swd_codec_dir)(i % 2), &s);
        if (s.ops == 0 && s.made == 0)
            continue;
        swd_json_begin(w, '{');
        swd_json_kstr(w, "codec", swd_codec_name((enum swd_codec)(i / 2)));
        swd_json_kstr(w, "direction", i % 2 ? "decompress" : "compress");
        for (size_t k = 0; k < n; k++)
            swd_json_kuint(w, table[k].name,
                           *(const uint64_t *)(const void *)((const char *)&s + table[k].offset));
        if (s.bytes_in > 0 && s.bytes_out > 0)
            swd_json_kreal(w, "ratio",
                           i % 2 ? (double)s.bytes_out / (double)s.bytes_in
                                 : (double)s.bytes_in / (double)s.bytes_out);
        swd_json_end(w, '}');
    }
    swd_json_end(w, ']');
}

void ctl_write_stats(struct swd_json *w, struct swd_control *c)
{
    struct stats_now s;
    stats_collect(c, &s);
    swd_json_begin(w, '{');
    swd_json_kuint(w, "alloc", s.pool.live);
    swd_json_kuint(w, "heaps", s.runners.alloc);
    swd_json_kuint(w, "totalAlloc", s.runners.total_alloc);
    swd_json_kuint(w, "sys", s.reserve + s.libc);
    swd_json_kuint(w, "numGC", s.runners.num_gc);
    swd_json_kuint(w, "gc_us", s.runners.gc_ns / SWD_NS_PER_US);
    swd_json_kuint(w, "rss", s.proc.resident);
    swd_json_kuint(w, "mapped", s.pool.mapped);
    if (!stats_part(w, c, "identity"))
        stats_identity(w, &s);
    if (s.age >= 0)
        swd_json_kreal(w, "measured_age_s", s.age);
    swd_json_key(w, "runners");
    stats_runners(w, &s);
    swd_json_key(w, "hibernation");
    stats_hibernation(w, &s.runners.sleep);
    swd_json_kuint(w, "modules", s.runners.modules);
    swd_json_kuint(w, "timers", s.runners.timers);
    swd_json_kuint(w, "connections", c->nconns);
    write_codecs(w);
    swd_json_key(w, "executors");
    stats_executors(w, c);
    swd_json_kuint(w, "queued", swd_execs_queued(c->o.execs));
    swd_json_key(w, "loop_lag_us");
    stats_lag(w, c);
    swd_json_key(w, "control");
    stats_control(w, c);
    swd_json_key(w, "images");
    stats_images(w, c);
    swd_json_key(w, "compile_cache");
    stats_code(w);
    stats_parts(w, c);
    swd_json_kreal(w, "uptime", (double)(swd_clock_mono() - c->started) / 1e9);
    swd_json_end(w, '}');
}
