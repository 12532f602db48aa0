/* Falling asleep and waking: bytes and times of a runner with modest state (a few objects,
 * closures, a table, a waiting callback and a timer, after 50 turns), against the raw heap. Median
 * of batches. `hibernate.bytes` is all-in but for the resident side of the runner layer, which
 * `density` measures.
 *
 * The peers of the times, lines of their own as well, are what the kernel takes for dropping as
 * many pages, and for making them resident in one call, with nothing else. The times are of a
 * daemon where others slept before (pages are kept for who wakes, within the watermark), `_cold` of
 * one that keeps none: there the kernel's share is in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "bench.h"
#include "host.h"
#include "lib/lib.h"
#include "pool/extent.h"

#define SCRIPT                                                                                     \
    "var seen = {}, log = [], total = 0;"                                                          \
    "function item(i) { return {id: i, name: 'item ' + i, tags: ['a', 'b' + i]}; }"                \
    "var later = []; function wait(f) { later.push(f); }"                                          \
    "wait(function (v) { console.log(v); });"                                                      \
    "var t = setInterval(function () { total++; seen[total % 20] = item(total);"                   \
    " log.push(total); if (log.length > 10) log.shift(); }, 1);"

static struct swd_limits limits;

static struct swd_lib *runner(unsigned turns)
{
    struct swd_lib_opts o = {.limits = &limits, .host = &bench_host, .id = 1, .name = "bench.js"};
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

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* The kernel's share: as many pages given back, and asked for, each time at a place of their own.
 */
static void kernel(size_t bytes, double *down, double *up)
{
    enum { SLOT = 1 << 20 };
    static double downs[N], ups[N];
    char *map = mmap(NULL, (size_t)N * SLOT, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bytes = bytes > SLOT ? SLOT : (bytes + 4095) / 4096 * 4096;
    if (map == MAP_FAILED)
        exit(1);
    (void)madvise(map, (size_t)N * SLOT, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < N; i++) {
        double t = bench_cpu();
        if (madvise(map + i * SLOT, bytes, MADV_POPULATE_WRITE) != 0)
            memset(map + i * SLOT, 0, bytes);
        ups[i] = elapsed(t);
        memset(map + i * SLOT, 1, bytes);
        t = bench_cpu();
        (void)madvise(map + i * SLOT, bytes, MADV_DONTNEED);
        downs[i] = elapsed(t);
    }
    munmap(map, (size_t)N * SLOT);
    *down = bench_median(downs, N);
    *up = bench_median(ups, N);
}

static void time_line(const char *name, double us, const char *peer, double peer_us,
                      const char *note)
{
    if (bench_wanted(name))
        bench_line(name, us, "us", peer, peer_us, note);
}

int main(int argc, char **argv)
{
    static const char *const drop = "the kernel alone: as many pages dropped";
    static const char *const fill = "the kernel alone: as many pages made resident";
    static const char *const cold = "no pages are kept for who wakes";
    static const char *const note = "50 turns of a script with modest state";
    static const char *const kind = "another of the same script slept before";
    struct swd_lib *lib, *other;
    struct swd_guard *guard;
    struct swd_err e;
    uint64_t raw, bytes = 0, alike = 0, ignored;
    double down, up, down_alike, up_alike, down_cold, up_cold, down_kernel, up_kernel;
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
    swd_extent_trim(0);
    swd_extent_set_warm(0);
    cycle(lib, false, &down_cold, &up_cold, &ignored);
    kernel(raw, &down_kernel, &up_kernel);
    if (bench_wanted("hibernate.bytes"))
        bench_line("hibernate.bytes", (double)bytes, "bytes", "live bytes of the heap", (double)raw,
                   note);
    if (bench_wanted("hibernate.bytes_kin"))
        bench_line("hibernate.bytes_kin", (double)alike, "bytes", NULL, 0, kind);
    time_line("hibernate.time", down, drop, down_kernel, NULL);
    time_line("wake.time", up, fill, up_kernel, NULL);
    time_line("hibernate.time_kin", down_alike, drop, down_kernel, kind);
    time_line("wake.time_kin", up_alike, fill, up_kernel, kind);
    time_line("hibernate.time_cold", down_cold, drop, down_kernel, cold);
    time_line("wake.time_cold", up_cold, fill, up_kernel, cold);
    time_line("hibernate.kernel", down_kernel, NULL, 0, drop);
    time_line("wake.kernel", up_kernel, NULL, 0, fill);
    swd_lib_close(&other);
    swd_lib_close(&lib);
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
