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

int main(int argc, char **argv)
{
    enum { N = 400 };
    static double down[N], up[N];
    struct swd_lib *lib;
    struct swd_heap *h;
    struct swd_guard *guard;
    struct swd_err e;
    uint64_t raw, bytes = 0;
    bench_init(argc, argv);
    swd_limits_default(&limits);
    if (swd_extent_init(NULL, &e) != 0 || swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 ||
        swd_guard_enter(&guard) != 0 || swd_lib_image_init(NULL, &e) != 0) {
        fprintf(stderr, "b_hibernate: %s\n", e.msg);
        return 1;
    }
    lib = runner(50);
    h = swd_lib_heap(lib);
    raw = swd_heap_live(h);
    for (int i = 0; i < N; i++) {
        struct swd_thrown thrown;
        bool more;
        double t = bench_cpu();
        if (swd_heap_hibernate(h) != 0)
            return 1;
        down[i] = elapsed(t);
        bytes = swd_heap_held(h);
        t = bench_cpu();
        if (swd_heap_wake(h) != 0)
            return 1;
        up[i] = elapsed(t);
        (void)swd_lib_turn(lib, swd_lib_next_due(lib), SWD_NS_PER_S, &more, &thrown);
    }
    if (bench_wanted("hibernate.bytes"))
        bench_line("hibernate.bytes", (double)bytes, "bytes", "live bytes of the heap", (double)raw,
                   "50 turns of a script with modest state");
    if (bench_wanted("hibernate.time"))
        bench_line("hibernate.time", bench_median(down, N), "us", NULL, 0, NULL);
    if (bench_wanted("wake.time"))
        bench_line("wake.time", bench_median(up, N), "us", NULL, 0, NULL);
    swd_lib_close(&lib);
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
