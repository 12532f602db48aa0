/* The runner arena against general allocators, replaying what a Duktape heap really asks for: the
 * trace is recorded now, by running scripts on a heap whose allocator writes it down. And dropping
 * an arena, the scrubbing for its next use included, against freeing its blocks one by one. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "bench/bench.h"
#include "pool/arena_int.h"

struct event {
    uint32_t slot; /* of the block in the replay's table */
    uint32_t size; /* 0: free */
    uint32_t resize;
};

static struct event *trace;
static size_t events, room, slots;
static uint32_t *unused; /* slots free for reuse */
static size_t nunused;

/* --- recording --- */

static void record(uint32_t slot, size_t size, int resize)
{
    if (events == room) {
        room = room != 0 ? room * 2 : 4096;
        trace = realloc(trace, room * sizeof(*trace));
        if (trace == NULL)
            abort();
    }
    trace[events++] = (struct event){slot, (uint32_t)size, (uint32_t)resize};
}

static uint32_t slot_new(void)
{
    if (nunused > 0)
        return unused[--nunused];
    unused = realloc(unused, (slots + 1) * sizeof(*unused));
    if (unused == NULL)
        abort();
    return (uint32_t)slots++;
}

static void *trace_alloc(void *udata, size_t n)
{
    (void)udata;
    if (n == 0)
        return NULL;
    uint64_t *p = malloc(n + 16);
    if (p == NULL)
        return NULL;
    p[0] = slot_new();
    record((uint32_t)p[0], n, 0);
    return p + 2;
}

static void trace_free(void *udata, void *q)
{
    (void)udata;
    if (q == NULL)
        return;
    uint64_t *p = (uint64_t *)q - 2;
    record((uint32_t)p[0], 0, 0);
    unused[nunused++] = (uint32_t)p[0];
    free(p);
}

static void *trace_realloc(void *udata, void *q, size_t n)
{
    if (q == NULL)
        return trace_alloc(udata, n);
    if (n == 0) {
        trace_free(udata, q);
        return NULL;
    }
    uint64_t *p = realloc((uint64_t *)q - 2, n + 16);
    if (p == NULL)
        return NULL;
    record((uint32_t)p[0], n, 1);
    return p + 2;
}

static const char script[] =
    "var o = [], s = '', m = {};\n"
    "function P(x) { this.x = x; this.f = function () { return x; }; }\n"
    "for (var i = 0; i < 3000; i++) {\n"
    "  o.push(new P(i)); s += String.fromCharCode(65 + i % 26); m['k' + i % 500] = { v: [i, "
    "s.length] };\n"
    "  if (i % 100 === 0) { o = o.slice(-50); }\n"
    "}\n"
    "var t = JSON.parse(JSON.stringify(m)), words = s.split('A').map(function (w) { return w + "
    "'!'; });\n"
    "words.sort(); try { null.x; } catch (e) { words.push(e.message); }\n"
    "for (var j = 0; j < 200; j++) { eval('(function () { return ' + j + '; })()'); }\n"
    "t.k1.v.length + words.length;\n";

/* The packaged library's entry points; the program's own Duktape wants heaps of the engine's. */
struct library {
    void *(*create)(void *(*)(void *, size_t), void *(*)(void *, void *, size_t),
                    void (*)(void *, void *), void *, void (*)(void *, const char *));
    int (*eval)(void *ctx, const char *src, size_t n, unsigned flags);
    void (*destroy)(void *ctx);
};
/* Eval code, protected, no file name, NUL-terminated source, no result. */
#define EVAL_FLAGS 0xf88u

static int load(struct library *l)
{
    static const char *const names[] = {"duk_create_heap", "duk_eval_raw", "duk_destroy_heap"};
    void *lib = dlopen("libduktape.so.207", RTLD_NOW | RTLD_LOCAL), *p[3];
    for (int i = 0; i < 3; i++) {
        p[i] = lib != NULL ? dlsym(lib, names[i]) : NULL;
        if (p[i] == NULL)
            return -1;
    }
    memcpy(&l->create, &p[0], sizeof(void *));
    memcpy(&l->eval, &p[1], sizeof(void *));
    memcpy(&l->destroy, &p[2], sizeof(void *));
    return 0;
}

static int record_trace(void)
{
    struct library l;
    if (load(&l) != 0) {
        fprintf(stderr, "b_arena: no libduktape.so.207, no trace to replay\n");
        return -1;
    }
    void *ctx = l.create(trace_alloc, trace_realloc, trace_free, NULL, NULL);
    if (ctx == NULL)
        return -1;
    int rc = l.eval(ctx, script, 0, EVAL_FLAGS);
    if (rc != 0)
        fprintf(stderr, "b_arena: the recorded script failed\n");
    l.destroy(ctx);
    return rc;
}

/* --- replaying --- */

static void **blocks;

/* Writes a little of each block, as its owner would. */
static inline void *touch(void *p)
{
    if (p == NULL)
        abort();
    *(volatile char *)p = 1;
    return p;
}

static void replay_arena(struct swd_arena *a)
{
    for (size_t i = 0; i < events; i++) {
        const struct event *e = &trace[i];
        void **b = &blocks[e->slot];
        if (e->resize)
            *b = touch(swd_arena_realloc(a, *b, e->size));
        else if (e->size != 0)
            *b = touch(swd_arena_alloc(a, e->size));
        else
            swd_arena_free(a, *b);
    }
}

static void replay_peer(const struct bench_allocator *p)
{
    for (size_t i = 0; i < events; i++) {
        const struct event *e = &trace[i];
        void **b = &blocks[e->slot];
        if (e->resize)
            *b = touch(p->resize(*b, e->size));
        else if (e->size != 0)
            *b = touch(p->alloc(e->size));
        else
            p->release(*b);
    }
}

/* Nanoseconds an event; a new arena each round, its making and dropping included. */
static double replay(const struct bench_allocator *p)
{
    double v[BENCH_ROUNDS];
    for (int r = -2; r < BENCH_ROUNDS; r++) {
        struct swd_arena *a;
        double t = bench_cpu();
        if (p != NULL) {
            replay_peer(p);
        } else {
            if (swd_arena_new(NULL, SWD_NONE, &a) != 0)
                abort();
            replay_arena(a);
            swd_arena_drop(&a);
        }
        if (r >= 0)
            v[r] = (bench_cpu() - t) / (double)events;
    }
    return bench_median(v, BENCH_ROUNDS);
}

static void alloc_free(void)
{
    size_t n;
    char note[80];
    const struct bench_allocator *p = bench_allocators(&n);
    replay(NULL); /* whoever is measured first finds caches and clock as the others do */
    double ours = replay(NULL);
    snprintf(note, sizeof(note), "Duktape trace of %zu events, %zu blocks at most", events, slots);
    for (size_t i = 0; i < n; i++)
        bench_line("arena.alloc_free", ours, "ns", p[i].name, replay(&p[i]), note);
}

/* --- footprint --- */

static void footprint(void)
{
    struct swd_arena *a;
    uint64_t live = 0, mapped = 0, asked = 0, most = 0;
    uint32_t *size = calloc(slots, sizeof(*size));
    if (size == NULL || swd_arena_new(NULL, SWD_NONE, &a) != 0)
        abort();
    for (size_t i = 0; i < events; i++) {
        const struct event *e = &trace[i];
        void **b = &blocks[e->slot];
        asked += (uint64_t)e->size - size[e->slot];
        size[e->slot] = e->size;
        if (e->size == 0)
            swd_arena_free(a, *b);
        else
            *b = e->resize ? swd_arena_realloc(a, *b, e->size) : swd_arena_alloc(a, e->size);
        if (asked > most) {
            most = asked;
            live = swd_arena_live(a);
            mapped = swd_arena_mapped(a);
        }
    }
    swd_arena_drop(&a);
    free(size);
    char note[120];
    snprintf(note, sizeof(note), "at the trace's peak; live with headers %llu bytes",
             (unsigned long long)live);
    bench_line("arena.mapped", (double)mapped, "bytes", "bytes asked for", (double)most, note);
}

/* --- dropping 1 MB --- */

#define HEAP_BYTES  ((size_t)1024 * 1024)
#define DROP_ROUNDS 41
#define MAX_BLOCKS  200000

static uint32_t sizes[MAX_BLOCKS]; /* of the blocks that fill() made */

/* Blocks of the trace's own sizes until 1 MB is live; answers how many. */
static size_t fill(struct swd_arena *a, const struct bench_allocator *p, void **out, size_t max)
{
    size_t n = 0, bytes = 0;
    for (size_t i = 0; bytes < HEAP_BYTES && n < max; i = (i + 1) % events) {
        uint32_t size = trace[i].size;
        if (size == 0 || trace[i].resize || size > 4096)
            continue;
        void *b = p != NULL ? p->alloc(size) : swd_arena_alloc(a, size);
        memset(b, 1, size);
        sizes[n] = size;
        out[n++] = b;
        bytes += size;
    }
    return n;
}

/* A new arena whose first region has room for the whole heap. With `clean` it is taken for cleared
 * to its end: what filling it costs but for the clearing. */
static struct swd_arena *roomy(bool clean)
{
    struct swd_arena *a;
    if (swd_arena_new_sized(NULL, SWD_NONE, HEAP_BYTES + HEAP_BYTES / 2, &a) != 0)
        abort();
    if (clean)
        a->dirty = 0;
    return a;
}

/* Nanoseconds for the next heap, of the same blocks, each written by its owner. */
static double next_heap(void **out, size_t max, bool clean)
{
    double t = bench_cpu();
    struct swd_arena *a = roomy(clean);
    fill(a, NULL, out, max);
    t = bench_cpu() - t;
    swd_arena_drop(&a);
    return t;
}

/* Microseconds to drop the arena and, `scrub`, what the clearing costs the next heap of its size:
 * its time less that of a heap that needs no clearing. */
static double drop_arena(void **out, size_t max, bool scrub)
{
    double v[DROP_ROUNDS];
    for (int r = -2; r < DROP_ROUNDS; r++) {
        struct swd_arena *a = roomy(false);
        fill(a, NULL, out, max);
        double t = bench_cpu();
        swd_arena_drop(&a);
        t = bench_cpu() - t;
        if (scrub) {
            double clean = next_heap(out, max, true);
            t += next_heap(out, max, false) - clean;
        }
        if (r >= 0)
            v[r] = t / 1000;
    }
    return bench_median(v, DROP_ROUNDS);
}

/* All of it cleared at once, before it is handed out. */
static double clear_at_once(void)
{
    double v[DROP_ROUNDS];
    size_t n = HEAP_BYTES + HEAP_BYTES / 8;
    for (int r = -2; r < DROP_ROUNDS; r++) {
        char *p = swd_extent_get(n, false);
        memset(p, 1, n);
        bench_use(p);
        double t = bench_cpu();
        memset(p, 0, n);
        bench_use(p);
        if (r >= 0)
            v[r] = (bench_cpu() - t) / 1000;
        swd_extent_put(p, n);
    }
    return bench_median(v, DROP_ROUNDS);
}

/* `scrub`: each block is cleared, so that its next user reads nothing of it either. */
static double free_each(const struct bench_allocator *p, void **out, size_t max, bool scrub)
{
    double v[BENCH_ROUNDS];
    for (int r = -2; r < BENCH_ROUNDS; r++) {
        size_t n = fill(NULL, p, out, max);
        double t = bench_cpu();
        for (size_t i = 0; i < n; i++) {
            if (scrub)
                memset(out[i], 0, sizes[i]);
            bench_use(out[i]);
            p->release(out[i]);
        }
        if (r >= 0)
            v[r] = (bench_cpu() - t) / 1000;
    }
    return bench_median(v, BENCH_ROUNDS);
}

static double free_each_arena(void **out, size_t max)
{
    double v[BENCH_ROUNDS];
    for (int r = -2; r < BENCH_ROUNDS; r++) {
        struct swd_arena *a;
        if (swd_arena_new(NULL, SWD_NONE, &a) != 0)
            abort();
        size_t n = fill(a, NULL, out, max);
        double t = bench_cpu();
        for (size_t i = 0; i < n; i++)
            swd_arena_free(a, out[i]);
        if (r >= 0)
            v[r] = (bench_cpu() - t) / 1000;
        swd_arena_drop(&a);
    }
    return bench_median(v, BENCH_ROUNDS);
}

static void drop(void)
{
    size_t n;
    void **out = calloc(MAX_BLOCKS, sizeof(*out));
    const struct bench_allocator *p = bench_allocators(&n);
    if (out == NULL)
        abort();
    double ours = drop_arena(out, MAX_BLOCKS, true), alone = drop_arena(out, MAX_BLOCKS, false);
    for (size_t i = 0; i < n; i++) {
        double bare = free_each(&p[i], out, MAX_BLOCKS, false);
        bench_line("arena.drop", ours, "us", p[i].name, bare,
                   "1 MB heap; ours cleared for the next heap, the peer's blocks are not");
        bench_line("arena.drop", ours, "us", p[i].name, free_each(&p[i], out, MAX_BLOCKS, true),
                   "1 MB heap; both cleared");
        bench_line("arena.drop", alone, "us", p[i].name, bare, "1 MB heap; neither cleared");
    }
    bench_line("arena.drop", ours, "us", "clearing a heap's extents whole", clear_at_once(),
               "1 MB heap; ours drops it too");
    bench_line("arena.drop", ours, "us", "its own blocks one by one",
               free_each_arena(out, MAX_BLOCKS), "1 MB heap; ours cleared for the next heap");
    free(out);
}

int main(int argc, char **argv)
{
    bench_init(argc, argv);
    if (!bench_wanted("arena.alloc_free") && !bench_wanted("arena.drop") &&
        !bench_wanted("arena.mapped"))
        return 0;
    if (record_trace() != 0)
        return 0;
    if ((blocks = calloc(slots, sizeof(*blocks))) == NULL)
        return 1;
    if (bench_wanted("arena.alloc_free"))
        alloc_free();
    if (bench_wanted("arena.mapped"))
        footprint();
    if (bench_wanted("arena.drop"))
        drop();
    free(blocks);
    free(trace);
    free(unused);
    return 0;
}
