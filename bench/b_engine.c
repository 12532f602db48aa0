/* The engine against the packaged Duktape library, both in this process, by turns, so that the
 * machine's moods fall on both: create + destroy, and a loop of plain work under our limits against
 * none. Medians of batches. Prints one JSON line a measure. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "engine/duk.h"
#include "pool/extent.h"

#define BATCHES 15

/* The packaged library, by name: its functions must not be taken for ours. */
struct peer {
    duk_context *(*create)(duk_alloc_function, duk_realloc_function, duk_free_function, void *,
                           duk_fatal_function);
    void (*destroy)(duk_context *);
    duk_int_t (*eval)(duk_context *, const char *, duk_size_t, duk_uint_t);
    void (*pop)(duk_context *);
};

static bool peer_open(struct peer *p)
{
    void *so = dlopen("libduktape.so.207", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!so)
        return false;
    *(void **)&p->create = dlsym(so, "duk_create_heap");
    *(void **)&p->destroy = dlsym(so, "duk_destroy_heap");
    *(void **)&p->eval = dlsym(so, "duk_eval_raw");
    *(void **)&p->pop = dlsym(so, "duk_pop");
    return p->create && p->destroy && p->eval && p->pop;
}

static void report(const char *name, const char *peer_name, double *ours, double *theirs,
                   bool has_peer)
{
    bench_line(name, bench_median(ours, BATCHES), "us", has_peer ? peer_name : NULL,
               has_peer ? bench_median(theirs, BATCHES) : 0, NULL);
}

static struct swd_limits limits;

static struct swd_heap *create(void)
{
    struct swd_heap_opts o = {.limits = &limits};
    struct swd_heap *h;
    struct swd_err e;
    if (swd_heap_create(&o, &h, &e)) {
        fprintf(stderr, "b_engine: %s\n", e.msg);
        exit(1);
    }
    return h;
}

static void bench_create(const struct peer *p, bool has_peer)
{
    double ours[BATCHES], theirs[BATCHES];
    enum { N = 20 };
    for (int b = 0; b < BATCHES; b++) {
        uint64_t t = swd_clock_mono();
        for (int i = 0; i < N; i++) {
            struct swd_heap *h = create();
            swd_heap_destroy(&h);
        }
        ours[b] = (double)(swd_clock_mono() - t) / 1e3 / N;
        t = swd_clock_mono();
        for (int i = 0; has_peer && i < N; i++)
            p->destroy(p->create(NULL, NULL, NULL, NULL, NULL));
        theirs[b] = (double)(swd_clock_mono() - t) / 1e3 / N;
    }
    report("engine.create_destroy", "libduktape create+destroy", ours, theirs, has_peer);
}

static const char work[] =
    "(function () { var i, s = 0, o = {n: 0}, a = [];"
    "for (i = 0; i < 200000; i++) { s = (s + i * 3) % 1000003; o.n += s & 7; a[i & 255] = s; }"
    "return s + o.n; })()";

static int run_work(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    (void)arg;
    duk_eval_lstring(ctx, work, sizeof work - 1);
    duk_pop(ctx);
    return 0;
}

static void bench_work(const struct peer *p, bool has_peer)
{
    double ours[BATCHES], theirs[BATCHES];
    struct swd_heap *h = create();
    duk_context *ctx = has_peer ? p->create(NULL, NULL, NULL, NULL, NULL) : NULL;
    for (int b = 0; b < BATCHES; b++) {
        uint64_t t = swd_clock_mono();
        if (swd_heap_run(h, run_work, NULL, NULL) != SWD_RUN_OK)
            exit(1);
        ours[b] = (double)(swd_clock_mono() - t) / 1e3;
        t = swd_clock_mono();
        if (has_peer) {
            p->eval(ctx, work, sizeof work - 1,
                    DUK_COMPILE_EVAL | DUK_COMPILE_NOSOURCE | DUK_COMPILE_NOFILENAME);
            p->pop(ctx);
        }
        theirs[b] = (double)(swd_clock_mono() - t) / 1e3;
    }
    report("engine.loop_200k", "libduktape without limits", ours, theirs, has_peer);
    swd_heap_destroy(&h);
    if (ctx)
        p->destroy(ctx);
}

static int run_nothing(void *ctx, void *arg)
{
    (void)ctx;
    (void)arg;
    return 0;
}

static void bench_turn(void)
{
    double ours[BATCHES];
    struct swd_heap *h = create();
    enum { N = 2000 };
    for (int b = 0; b < BATCHES; b++) {
        uint64_t t = swd_clock_mono();
        for (int i = 0; i < N; i++)
            (void)swd_heap_run(h, run_nothing, NULL, NULL);
        ours[b] = (double)(swd_clock_mono() - t) / 1e3 / N;
    }
    report("engine.empty_turn", NULL, ours, NULL, false);
    swd_heap_destroy(&h);
}

int main(int argc, char **argv)
{
    struct swd_guard *g;
    struct swd_err e;
    struct peer p = {0};
    bool has_peer = peer_open(&p);
    bench_init(argc, argv);
    if (swd_extent_init(NULL, &e) || swd_engine_init(&e) || swd_guard_enter(&g))
        return 1;
    swd_limits_default(&limits);
    limits.cpu_per_turn = 60 * SWD_NS_PER_S;
    if (bench_wanted("engine.create_destroy"))
        bench_create(&p, has_peer);
    if (bench_wanted("engine.loop_200k"))
        bench_work(&p, has_peer);
    if (bench_wanted("engine.empty_turn"))
        bench_turn();
    swd_guard_leave(&g);
    return 0;
}
