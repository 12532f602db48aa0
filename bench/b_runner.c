/* Runners in microseconds: a heap cloned from the base image against a heap made from nothing.
 *
 *   runner.clone_warm   clone, run nothing, drop; against create + bootstrap + destroy of the
 *                       packaged Duktape and Lua, and against a memcpy of the image
 *   runner.clone_cold   the same into memory that was just given back to the kernel
 *   runner.run_tiny     a runner's library, a cached tiny script, drop; against the clone alone
 *   image.make          the base image at start-up
 *   image.size          its bytes, against what a new heap of packaged Duktape has asked for
 *
 * One thread, CPU time, medians of rounds; ours and the peer alternate. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "host.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "lib/lib.h"
#include "pool/extent.h"

#define WARM  400
#define COLD  50
#define PEERS 20

static struct swd_limits limits;

static struct swd_lib *open_lib(void)
{
    struct swd_lib_opts o = {
        .limits = &limits, .host = &bench_host, .name = "tiny", .args = "[]", .args_len = 2};
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

/* Peers, loaded where they are installed: a whole interpreter made and dropped. */
struct peer {
    const char *name, *file, *symbols[3];
    void (*once)(const struct peer *p);
    void *(*fn[3])(void *, void *, void *, void *, void *);
    bool here;
};

/* Its own allocator, create with built-ins, destroy. */
static void duktape_once(const struct peer *p)
{
    p->fn[1](p->fn[0](NULL, NULL, NULL, NULL, NULL), NULL, NULL, NULL, NULL);
}

/* A state, the standard libraries, close. */
static void lua_once(const struct peer *p)
{
    void *state = p->fn[0](NULL, NULL, NULL, NULL, NULL);
    p->fn[1](state, NULL, NULL, NULL, NULL);
    p->fn[2](state, NULL, NULL, NULL, NULL);
}

enum { DUKTAPE, LUA, PEER_COUNT };
static struct peer peers[PEER_COUNT] = {
    {"packaged Duktape create+destroy",
     "libduktape.so.207",
     {"duk_create_heap", "duk_destroy_heap"},
     duktape_once,
     {0},
     false},
    {"Lua 5.4 newstate+openlibs+close",
     "liblua5.4.so.0",
     {"luaL_newstate", "luaL_openlibs", "lua_close"},
     lua_once,
     {0},
     false},
};

static void peers_open(void)
{
    for (int i = 0; i < PEER_COUNT; i++) {
        struct peer *p = &peers[i];
        void *so = dlopen(p->file, RTLD_NOW | RTLD_LOCAL);
        p->here = so != NULL;
        for (int k = 0; k < 3 && p->here && p->symbols[k]; k++) {
            *(void **)&p->fn[k] = dlsym(so, p->symbols[k]);
            p->here = p->fn[k] != NULL;
        }
    }
}

static double peer(const struct peer *p, unsigned n)
{
    double start = bench_cpu();
    for (unsigned i = 0; p->here && i < n; i++)
        p->once(p);
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

static void bench_warm(void)
{
    double ours[BENCH_ROUNDS], theirs[PEER_COUNT][BENCH_ROUNDS], copy[BENCH_ROUNDS], value;
    struct swd_heap_image_info info;
    char note[80];
    swd_lib_image_info(NULL, &info);
    clones(WARM, false, NULL);
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = clones(WARM, false, NULL);
        for (int k = 0; k < PEER_COUNT; k++)
            theirs[k][i] = peer(&peers[k], PEERS);
        copy[i] = copies(WARM, info.bytes);
    }
    value = bench_median(ours, BENCH_ROUNDS);
    snprintf(note, sizeof note, "image %zu bytes, %zu relocations", (size_t)info.bytes,
             (size_t)info.relocations);
    for (int k = 0; k < PEER_COUNT; k++)
        if (peers[k].here)
            bench_line("runner.clone_warm", value, "ns", peers[k].name,
                       bench_median(theirs[k], BENCH_ROUNDS), note);
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

static void bench_cold(void)
{
    double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        ours[i] = clones(COLD, true, NULL);
        theirs[i] = peer(&peers[DUKTAPE], PEERS);
    }
    bench_line("runner.clone_cold", bench_median(ours, BENCH_ROUNDS), "ns",
               peers[DUKTAPE].here ? peers[DUKTAPE].name : NULL, bench_median(theirs, BENCH_ROUNDS),
               NULL);
}

static size_t held; /* by the peer's heap, blocks as asked for */

static void *count_alloc(void *udata, size_t n)
{
    size_t *p = malloc(n + 16);
    (void)udata;
    if (!p)
        return NULL;
    *p = n;
    held += n;
    return (char *)p + 16;
}

static void count_free(void *udata, void *p)
{
    (void)udata;
    if (!p)
        return;
    p = (char *)p - 16;
    held -= *(size_t *)p;
    free(p);
}

static void *count_realloc(void *udata, void *p, size_t n)
{
    void *q = n ? count_alloc(udata, n) : NULL;
    if (p && q) {
        size_t old = *(size_t *)(void *)((char *)p - 16);
        memcpy(q, p, old < n ? old : n);
    }
    if (q || n == 0)
        count_free(udata, p);
    return q;
}

/* What the library adds to an interpreter with nothing but its own built-ins. */
static void bench_size(void)
{
    const struct peer *p = &peers[DUKTAPE];
    struct swd_heap_image_info info;
    char note[80];
    void *ctx;
    swd_lib_image_info(NULL, &info);
    if (!p->here)
        return;
    ctx = p->fn[0]((void *)count_alloc, (void *)count_realloc, (void *)count_free, NULL, NULL);
    snprintf(note, sizeof note, "%zd bytes more", (ssize_t)info.bytes - (ssize_t)held);
    bench_line("image.size", (double)info.bytes, "bytes", "packaged Duktape, a new heap",
               (double)held, note);
    p->fn[1](ctx, NULL, NULL, NULL, NULL);
}

/* Start-up's share: the base image, made as often as asked for. */
static void bench_make(void)
{
    double ms[BENCH_ROUNDS];
    struct swd_err e;
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        double start = bench_cpu();
        swd_lib_image_fini();
        if (swd_lib_image_init(NULL, &e) != 0) {
            fprintf(stderr, "b_runner: %s\n", e.msg);
            exit(1);
        }
        ms[i] = (bench_cpu() - start) / 1e6;
    }
    bench_line("image.make", bench_median(ms, BENCH_ROUNDS), "ms", NULL, 0, "three builds");
}

int main(int argc, char **argv)
{
    struct swd_extent_opts extents = {0};
    struct swd_guard *guard;
    struct swd_err e = {0};
    bench_init(argc, argv);
    if (!bench_wanted("runner.clone_warm") && !bench_wanted("runner.clone_cold") &&
        !bench_wanted("runner.run_tiny") && !bench_wanted("image.make") &&
        !bench_wanted("image.size"))
        return 0;
    swd_limits_default(&limits);
    if (swd_extent_init(&extents, &e) != 0 || swd_engine_init(&e) != 0 || swd_lib_init(&e) != 0 ||
        swd_guard_enter(&guard) != 0 || swd_lib_image_init(NULL, &e) != 0) {
        fprintf(stderr, "b_runner: %s\n", e.msg);
        return 1;
    }
    peers_open();
    if (bench_wanted("runner.clone_warm"))
        bench_warm();
    if (bench_wanted("runner.clone_cold"))
        bench_cold();
    if (bench_wanted("runner.run_tiny"))
        bench_tiny();
    if (bench_wanted("image.size"))
        bench_size();
    if (bench_wanted("image.make"))
        bench_make();
    swd_lib_image_fini();
    swd_guard_leave(&guard);
    return 0;
}
