/* The predecessor's report, figure by figure: what it claimed, what its own benchmark gave when run
 * on a machine like this one, and ours measured now. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "bench/bench.h"
#include "engine/engine.h"
#include "lib/lib.h"
#include "pool/bytebuf.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/pool.h"
#include "pool/slab.h"

static void line(const char *figure, const char *claim, const char *measured, double ours,
                 const char *unit, const char *how)
{
    printf("{\"bench\":\"predecessor\",\"figure\":\"%s\",\"claim\":\"%s\",\"measured\":\"%s\","
           "\"value\":%.4g,\"unit\":\"%s\",\"how\":\"%s\"}\n",
           figure, claim, measured, ours, unit, how);
}

/* --- pools --- */

#define OPS 400000
static const char text[] = "nineteen bytes long";

static void pooled(int n)
{
    for (int i = 0; i < n; i++) {
        struct swd_bytebuf *b = swd_bytebuf_get(65536);
        swd_bytebuf_add(b, text, 19);
        bench_use(b->data);
        swd_bytebuf_put(&b);
    }
}

static void direct(int n)
{
    for (int i = 0; i < n; i++) {
        struct swd_bytebuf *b = calloc(1, sizeof(*b));
        if (b == NULL || (b->data = malloc(256)) == NULL)
            abort();
        memcpy(b->data, text, 20);
        bench_use(b->data);
        free(b->data);
        free(b);
    }
}

static double per_op(void (*job)(int), int n)
{
    double v[BENCH_ROUNDS];
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        double t = bench_cpu();
        job(n);
        v[r] = (bench_cpu() - t) / n;
    }
    return bench_median(v, BENCH_ROUNDS);
}

static void *hundred_operations(void *arg)
{
    for (int i = 0; i < 100; i++)
        swd_slab_free(swd_slab_alloc(100), 100);
    pooled(100);
    return arg;
}

static void pools(void)
{
    pthread_t t[50];
    struct swd_pool_stats s;
    struct swd_identity id;
    line("pool: get, write 19 bytes, put", "18.89 ns", "37-45 ns", per_op(pooled, OPS), "ns",
         "swd_bytebuf_get, add, put");
    line("the same without a pool", "33.24 ns", "91-116 ns", per_op(direct, OPS), "ns",
         "calloc and malloc, free");
    for (int i = 0; i < 50; i++)
        if (pthread_create(&t[i], NULL, hundred_operations, NULL) != 0)
            abort();
    for (int i = 0; i < 50; i++)
        pthread_join(t[i], NULL);
    swd_pool_stats(SWD_POOL_BYTEBUF, &s);
    swd_pool_identity(&id);
    line("50 threads x 100 pool operations", "no race, no leak", "statistics are constant zero",
         (double)s.live, "objects", "byte buffers live after; t/pool/t_pool under TSan does 1 M");
    line("the books after that", "-", "-", (double)id.missing, "bytes",
         "right side of the identity minus left");
    line("reuse", "+60 %", "not measurable there", 100.0 * (double)s.hits / (double)s.gets, "%",
         "hit rate of the byte buffer pool since start");
}

/* --- runners --- */

static void no_print(void *host, enum swd_console_level level, const char *s, size_t n)
{
    (void)host;
    (void)level;
    (void)s;
    (void)n;
}

static const struct swd_host host = {.print = no_print};
static struct swd_limits limits;

static struct swd_lib *open_runner(void)
{
    struct swd_lib_opts o = {
        .limits = &limits, .host = &host, .name = "bench", .args = "[]", .args_len = 2};
    struct swd_lib *lib = NULL;
    struct swd_err e;
    if (swd_lib_open(&o, &lib, &e) != 0) {
        fprintf(stderr, "b_predecessor: %s\n", e.msg);
        exit(1);
    }
    return lib;
}

static void run(struct swd_lib *lib, const char *source)
{
    static struct swd_thrown thrown;
    if (swd_lib_main(lib, source, strlen(source), SWD_LANG_JS, SWD_GOAL_SCRIPT, &thrown) !=
        SWD_RUN_OK) {
        fprintf(stderr, "b_predecessor: %s\n", thrown.message);
        exit(1);
    }
}

static void create(int n)
{
    for (int i = 0; i < n; i++) {
        struct swd_lib *lib = open_runner();
        swd_lib_close(&lib);
    }
}

static void one_plus_one(int n)
{
    for (int i = 0; i < n; i++) {
        struct swd_lib *lib = open_runner();
        run(lib, "1+1");
        swd_lib_close(&lib);
    }
}

/* Bytes of extents a runner holds after its script. */
static double bytes_each(int n)
{
    struct swd_lib **libs = calloc((size_t)n, sizeof(*libs));
    struct swd_extent_stats before, after;
    if (libs == NULL)
        abort();
    create(1);
    swd_extent_stats(&before);
    for (int i = 0; i < n; i++) {
        libs[i] = open_runner();
        run(libs[i], "var s = 0; for (var i = 0; i < 100; i++) s += i; s");
    }
    swd_extent_stats(&after);
    for (int i = 0; i < n; i++)
        swd_lib_close(&libs[i]);
    free(libs);
    return (double)(after.handed_out - before.handed_out) / n;
}

static void runners(void)
{
    struct swd_guard *g;
    struct swd_err e;
    if (swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 || swd_guard_enter(&g) != 0) {
        fprintf(stderr, "b_predecessor: the engine does not start\n");
        exit(1);
    }
    swd_limits_default(&limits);
    line("a runner made and closed", "15,000 -> 11,323 ns", "139,000 ns and 49 KB",
         per_op(create, 50), "ns", "swd_lib_open, swd_lib_close");
    line("run 1+1 on a fresh runner", "-", "72,000,000 ns", per_op(one_plus_one, 50), "ns",
         "swd_lib_open, main, close");
    line("5 runners, bytes each", "about 80 KB (407,648 B together)", "164 KB RSS after a script",
         bytes_each(5), "bytes", "extents held after a script, resident or not");
    line("1000 runners, bytes each", "-", "164 KB RSS after a script", bytes_each(1000), "bytes",
         "extents held after a script, resident or not");
    swd_guard_leave(&g);
}

int main(int argc, char **argv)
{
    bench_init(argc, argv);
    if (!bench_wanted("predecessor"))
        return 0;
    pools();
    runners();
    return 0;
}
