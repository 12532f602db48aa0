/* Falling asleep and waking: bytes and times of a runner with modest state (a few objects,
 * closures, a table, a waiting callback and a timer, after 50 turns), against the raw heap. Median
 * of batches. `hibernate.bytes` is all-in but for the resident side of the runner layer, which
 * `density` measures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench.h"
#include "lib/lib.h"
#include "pool/extent.h"

#define SCRIPT                                                                                     \
    "var seen = {}, log = [], total = 0;"                                                          \
    "function item(i) { return {id: i, name: 'item ' + i, tags: ['a', 'b' + i]}; }"                \
    "var later = []; function wait(f) { later.push(f); }"                                          \
    "wait(function (v) { console.log(v); });"                                                      \
    "var t = setInterval(function () { total++; seen[total % 20] = item(total);"                   \
    " log.push(total); if (log.length > 10) log.shift(); }, 1);"

static void print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    (void)host, (void)level, (void)text, (void)n;
}

static const struct swd_host host = {.print = print};
static struct swd_limits limits;

static struct swd_lib *runner(unsigned turns)
{
    struct swd_lib_opts o = {.limits = &limits, .host = &host, .id = 1, .name = "bench.js"};
    struct swd_lib *lib;
    struct swd_thrown thrown = {0};
    struct swd_err e = {0};
    bool more;
    if (swd_lib_open(&o, &lib, &e) != 0 || swd_lib_main(lib, SCRIPT, strlen(SCRIPT), SWD_LANG_JS,
                                                        SWD_GOAL_SCRIPT, &thrown) != SWD_RUN_OK) {
        fprintf(stderr, "b_hibernate: the runner does not start: %s %s\n", e.msg, thrown.message);
        exit(1);
    }
    for (unsigned i = 0; i < turns; i++)
        (void)swd_lib_turn(lib, swd_lib_next_due(lib), SWD_NS_PER_S, &more, &thrown);
    return lib;
}

static double elapsed(double from)
{
    return (bench_cpu() - from) / 1e3;
}

enum { N = 400 };

/* Median times of falling asleep and waking, and the bytes of the last sleep; with what kin has in
 * common, or as the first of its kind each time. */
static void cycle(struct swd_lib *lib, bool kin, double *down, double *up, uint64_t *bytes)
{
    static double downs[N], ups[N];
    struct swd_heap *h = swd_lib_heap(lib);
    for (int i = 0; i < N; i++) {
        struct swd_thrown thrown;
        bool more;
        double t;
        if (!kin)
            swd_heap_kin_forget();
        t = bench_cpu();
        if (swd_heap_hibernate(h) != 0)
            exit(1);
        downs[i] = elapsed(t);
        *bytes = swd_heap_held(h);
        t = bench_cpu();
        if (swd_heap_wake(h) != 0)
            exit(1);
        ups[i] = elapsed(t);
        (void)swd_lib_turn(lib, swd_lib_next_due(lib), SWD_NS_PER_S, &more, &thrown);
    }
    *down = bench_median(downs, N);
    *up = bench_median(ups, N);
}

int main(int argc, char **argv)
{
    static const char *const note = "50 turns of a script with modest state";
    static const char *const kind = "another of the same script slept before";
    struct swd_lib *lib, *other;
    struct swd_guard *guard;
    struct swd_err e;
    uint64_t raw, bytes = 0, alike = 0;
    double down, up, down_alike, up_alike;
    bench_init(argc, argv);
    swd_limits_default(&limits);
    if (swd_extent_init(NULL, &e) != 0 || swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 ||
        swd_guard_enter(&guard) != 0 || swd_lib_image_init(NULL, &e) != 0) {
        fprintf(stderr, "b_hibernate: %s\n", e.msg);
        return 1;
    }
    lib = runner(50);
    raw = swd_heap_live(swd_lib_heap(lib));
    cycle(lib, false, &down, &up, &bytes);
    other = runner(43);
    for (int i = 0; i < 2; i++)
        if (swd_heap_hibernate(swd_lib_heap(other)) != 0 || swd_heap_wake(swd_lib_heap(other)) != 0)
            return 1;
    cycle(lib, true, &down_alike, &up_alike, &alike);
    if (bench_wanted("hibernate.bytes"))
        bench_line("hibernate.bytes", (double)bytes, "bytes", "live bytes of the heap", (double)raw,
                   note);
    if (bench_wanted("hibernate.time"))
        bench_line("hibernate.time", down, "us", NULL, 0, NULL);
    if (bench_wanted("wake.time"))
        bench_line("wake.time", up, "us", NULL, 0, NULL);
    if (bench_wanted("hibernate.bytes_kin"))
        bench_line("hibernate.bytes_kin", (double)alike, "bytes", NULL, 0, kind);
    if (bench_wanted("hibernate.time_kin"))
        bench_line("hibernate.time_kin", down_alike, "us", NULL, 0, kind);
    if (bench_wanted("wake.time_kin"))
        bench_line("wake.time_kin", up_alike, "us", NULL, 0, kind);
    swd_lib_close(&other);
    swd_lib_close(&lib);
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
