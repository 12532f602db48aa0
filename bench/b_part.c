/* The library's parts in a fresh runner: lib.part.<name> is the first touch of something that is
 * made when it is touched, from bytecode; the peer is the same with the part compiled from source
 * in the runner, as it was.
 *
 * A clone for each round, its script in the compile cache, less a clone with an empty script. One
 * thread, CPU time, medians of rounds; ours and the peer alternate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "host.h"
#include "engine/engine.h"
#include "engine/part.h"
#include "lib/lib.h"
#include "pool/extent.h"

#define RUNS 40

static struct swd_limits limits;

/* Nanoseconds of one runner with this script. */
static double run(const char *script)
{
    struct swd_lib_opts o = {
        .limits = &limits, .host = &bench_host, .name = "part", .args = "[]", .args_len = 2};
    struct swd_thrown thrown;
    struct swd_err e;
    double start = bench_cpu();
    for (int i = 0; i < RUNS; i++) {
        struct swd_lib *lib;
        enum swd_run_rc rc;
        if (swd_lib_open(&o, &lib, &e) != 0) {
            fprintf(stderr, "b_part: %s\n", e.msg);
            exit(1);
        }
        rc = swd_lib_main(lib, script, strlen(script), SWD_LANG_JS, SWD_GOAL_SCRIPT, &thrown);
        if (rc != SWD_RUN_OK) {
            fprintf(stderr, "b_part: %s: %s\n", script, thrown.message);
            exit(1);
        }
        swd_lib_close(&lib);
    }
    return (bench_cpu() - start) / RUNS;
}

static void bench_part(const char *name, const char *script)
{
    double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS], empty[BENCH_ROUNDS], base;
    char bench[64];
    snprintf(bench, sizeof bench, "lib.part.%s", name);
    if (!bench_wanted(bench))
        return;
    run(script);
    run("0");
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = run(script);
        swd_part_single(true);
        theirs[i] = run(script);
        swd_part_single(false);
        empty[i] = run("0");
    }
    base = bench_median(empty, BENCH_ROUNDS);
    bench_line(bench, bench_median(ours, BENCH_ROUNDS) - base, "ns", "compiled from source",
               bench_median(theirs, BENCH_ROUNDS) - base, script);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name, *script;
    } parts[] = {
        {"url", "require('url')"},           {"new_url", "new URL('https://a.example/b?c=1')"},
        {"stream", "require('stream/web')"}, {"crypto", "require('crypto')"},
        {"buffer", "Buffer.from('text')"},   {"events", "require('events')"},
        {"util", "require('util')"},         {"assert", "require('assert')"},
        {"zlib", "require('zlib')"},         {"path", "require('path')"},
        {"clone", "structuredClone([1])"},   {"abort", "new AbortController()"},
        {"text", "new TextEncoder()"},       {"class", "class A {} new A()"},
    };
    struct swd_guard *guard;
    struct swd_err e;
    bench_init(argc, argv);
    if (!bench_wanted("lib.part"))
        return 0;
    swd_limits_default(&limits);
    limits.cpu_per_turn = limits.cpu_total = SWD_NONE;
    if (swd_extent_init(NULL, &e) != 0 || swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 ||
        swd_guard_enter(&guard) != 0 || swd_lib_image_init(NULL, &e) != 0) {
        fprintf(stderr, "b_part: %s\n", e.msg);
        return 1;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        bench_part(parts[i].name, parts[i].script);
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
