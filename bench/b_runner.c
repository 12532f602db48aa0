/* Runners in microseconds: a heap cloned from the base image against a heap made from nothing.
 *
 *   runner.clone_warm   clone, run nothing, drop; against create + bootstrap + destroy of the
 * packaged Duktape, and against a memcpy of the image's bytes runner.clone_cold   the same into
 * memory that was just given back to the kernel runner.run_tiny     a runner's library, a cached
 * tiny script, drop; against the clone alone
 *
 * One thread, CPU time, medians of rounds; ours and the peer alternate. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "lib/lib.h"
#include "pool/extent.h"

#define WARM  400
#define COLD  50
#define PEERS 20

static struct swd_limits limits;

static void print_nothing(void *host, enum swd_console_level level, const char *text, size_t n)
{
    (void)host;
    (void)level;
    (void)text;
    (void)n;
}

static const struct swd_host host = {.print = print_nothing};

static struct swd_lib *open_lib(void)
{
    struct swd_lib_opts o = {
        .limits = &limits, .host = &host, .name = "tiny", .args = "[]", .args_len = 2};
    struct swd_lib *lib;
    struct swd_err e;
    if (swd_lib_open(&o, &lib, &e) != 0) {
        fprintf(stderr, "b_runner: %s\n", e.msg);
        exit(1);
    }
    return lib;
}

/* Nanoseconds for each of n rounds of open and close, or with a script in between. */
static double clones(unsigned n, bool cold, const char *script)
{
    double spent = 0, start;
    for (unsigned i = 0; i < n; i++) {
        struct swd_thrown thrown;
        struct swd_lib *lib;
        if (cold)
            swd_extent_trim(0);
        start = bench_cpu();
        lib = open_lib();
        if (script)
            swd_lib_main(lib, script, strlen(script), SWD_LANG_JS, SWD_GOAL_SCRIPT, &thrown);
        swd_lib_close(&lib);
        spent += bench_cpu() - start;
    }
    return spent / n;
}

/* The packaged library: its own allocator, create with built-ins, destroy. */
static void *(*peer_create)(void *, void *, void *, void *, void *);
static void (*peer_destroy)(void *);

static bool peer_open(void)
{
    void *so = dlopen("libduktape.so.207", RTLD_NOW | RTLD_LOCAL);
    if (!so)
        return false;
    *(void **)&peer_create = dlsym(so, "duk_create_heap");
    *(void **)&peer_destroy = dlsym(so, "duk_destroy_heap");
    return peer_create && peer_destroy;
}

static double peer(unsigned n)
{
    double start = bench_cpu();
    for (unsigned i = 0; i < n; i++)
        peer_destroy(peer_create(NULL, NULL, NULL, NULL, NULL));
    return (bench_cpu() - start) / n;
}

static double copies(unsigned n, size_t bytes)
{
    char *from = calloc(1, bytes), *to = malloc(bytes);
    double start;
    memcpy(to, from, bytes);
    start = bench_cpu();
    for (unsigned i = 0; i < n; i++) {
        memcpy(to, from, bytes);
        bench_use(to);
    }
    start = (bench_cpu() - start) / n;
    free(from);
    free(to);
    return start;
}

static void bench_warm(bool have_peer)
{
    double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS], copy[BENCH_ROUNDS], value;
    struct swd_heap_image_info info;
    char note[80];
    swd_lib_image_info(NULL, &info);
    clones(WARM, false, NULL);
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = clones(WARM, false, NULL);
        theirs[i] = have_peer ? peer(PEERS) : 0;
        copy[i] = copies(WARM, info.bytes);
    }
    value = bench_median(ours, BENCH_ROUNDS);
    snprintf(note, sizeof note, "image %zu bytes, %zu relocations", (size_t)info.bytes,
             (size_t)info.relocations);
    if (have_peer)
        bench_line("runner.clone_warm", value, "ns", "packaged Duktape create+destroy",
                   bench_median(theirs, BENCH_ROUNDS), note);
    bench_line("runner.clone_warm", value, "ns", "memcpy of the image",
               bench_median(copy, BENCH_ROUNDS), note);
}

static void bench_tiny(void)
{
    double ours[BENCH_ROUNDS], clone[BENCH_ROUNDS];
    clones(WARM, false, "1+1");
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = clones(WARM, false, "1+1");
        clone[i] = clones(WARM, false, NULL);
    }
    bench_line("runner.run_tiny", bench_median(ours, BENCH_ROUNDS), "ns", "the clone alone",
               bench_median(clone, BENCH_ROUNDS), NULL);
}

static void bench_cold(bool have_peer)
{
    double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = clones(COLD, true, NULL);
        theirs[i] = have_peer ? peer(PEERS) : 0;
    }
    bench_line("runner.clone_cold", bench_median(ours, BENCH_ROUNDS), "ns",
               have_peer ? "packaged Duktape create+destroy" : NULL,
               bench_median(theirs, BENCH_ROUNDS), NULL);
}

int main(int argc, char **argv)
{
    struct swd_extent_opts extents = {0};
    struct swd_guard *guard;
    struct swd_err e = {0};
    bool have_peer;
    bench_init(argc, argv);
    if (!bench_wanted("runner.clone_warm") && !bench_wanted("runner.clone_cold") &&
        !bench_wanted("runner.run_tiny"))
        return 0;
    swd_limits_default(&limits);
    if (swd_extent_init(&extents, &e) != 0 || swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 ||
        swd_guard_enter(&guard) != 0 || swd_lib_image_init(NULL, &e) != 0) {
        fprintf(stderr, "b_runner: %s\n", e.msg);
        return 1;
    }
    have_peer = peer_open();
    if (bench_wanted("runner.clone_warm"))
        bench_warm(have_peer);
    if (bench_wanted("runner.clone_cold"))
        bench_cold(have_peer);
    if (bench_wanted("runner.run_tiny"))
        bench_tiny();
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
