/* Object pools against general allocators doing the same job: single-threaded, on two threads, and
 * with one thread allocating what another frees. CPU time, medians of rounds. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "pool/bytebuf.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "pool/smallmap.h"
#include "pool/strvec.h"
#include "pool/valvec.h"

#define OPS 400000

/* The allocator a job uses; NULL: the pools. */
static const struct bench_allocator *peer;

struct object {
    uint64_t a[8];
};
static const struct swd_pool_type object_type = {sizeof(struct object), NULL};

/* --- the jobs --- */

static const char text[] = "nineteen bytes long";

/* A growable buffer as one writes it on malloc: its struct, then its bytes at the first append. */
static inline void *bytebuf_make(void)
{
    struct swd_bytebuf *b;
    if (peer == NULL) {
        b = swd_bytebuf_get(65536);
        swd_bytebuf_add(b, text, 19);
        bench_use(b->data);
        return b;
    }
    b = peer->zalloc(1, sizeof(*b));
    b->max = 65536;
    b->data = peer->alloc(256);
    b->cap = 256;
    bench_use(b);
    memcpy(b->data, text, 19);
    b->len = 19;
    b->data[19] = '\0';
    bench_use(b->data);
    return b;
}

static inline void bytebuf_drop(void *p)
{
    struct swd_bytebuf *b = p;
    if (peer != NULL) {
        peer->release(b->data);
        peer->release(b);
    } else {
        swd_bytebuf_put(&b);
    }
}

static inline void *object_make(void)
{
    struct object *o = peer != NULL ? peer->zalloc(1, sizeof(*o))
                                    : swd_pool_get(SWD_POOL_ACCOUNT, &object_type, SWD_HERE);
    o->a[3] = 1;
    bench_use(o);
    return o;
}

static inline void object_drop(void *p)
{
    if (peer != NULL) {
        peer->release(p);
    } else {
        memset(p, 0, sizeof(struct object));
        swd_pool_put(SWD_POOL_ACCOUNT, &object_type, p);
    }
}

/* A growable array of 8-byte values, ten of them appended. */
static inline void *valvec_make(void)
{
    struct swd_valvec *v;
    if (peer == NULL) {
        v = swd_valvec_get();
        for (int k = 0; k < 10; k++)
            swd_valvec_add(v, (union swd_value){.u = 1});
        bench_use(v->v);
        return v;
    }
    v = peer->zalloc(1, sizeof(*v));
    v->v = peer->zalloc(16, sizeof(*v->v));
    v->cap = 16;
    bench_use(v);
    while (v->n < 10)
        v->v[v->n++].u = 1;
    bench_use(v->v);
    return v;
}

static inline void valvec_drop(void *p)
{
    struct swd_valvec *v = p;
    if (peer != NULL) {
        peer->release(v->v);
        peer->release(v);
    } else {
        swd_valvec_put(&v);
    }
}

/* Three strings whose lengths are known; on malloc an array of copies, as one writes it. */
static inline void *strvec_make(void)
{
    static const struct {
        const char *s;
        size_t n;
    } words[] = {{"first", 5}, {"the second one", 14}, {"third", 5}};
    if (peer == NULL) {
        struct swd_strvec *v = swd_strvec_get();
        for (int k = 0; k < 3; k++)
            swd_strvec_add(v, words[k].s, words[k].n);
        bench_use(v);
        return v;
    }
    char **v = peer->zalloc(16, sizeof(*v));
    for (int k = 0; k < 3; k++) {
        v[k] = peer->alloc(words[k].n + 1);
        memcpy(v[k], words[k].s, words[k].n);
        v[k][words[k].n] = '\0';
    }
    bench_use(v);
    return v;
}

static inline void strvec_drop(void *p)
{
    struct swd_strvec *vec = p;
    char **v = p;
    if (peer == NULL) {
        swd_strvec_put(&vec);
        return;
    }
    for (int k = 0; k < 3; k++)
        peer->release(v[k]);
    peer->release(v);
}

/* A map as one writes it on malloc: keys are copied, and compared so that none is there twice. */
static void *malloc_map(const char *const *keys, int n)
{
    struct swd_smallmap_entry *e = peer->zalloc(8, sizeof(*e));
    int have = 0;
    for (int k = 0; k < n; k++) {
        size_t len = strlen(keys[k]);
        int i = 0;
        while (i < have && (e[i].length != len || memcmp(e[i].value.p, keys[k], len) != 0))
            i++;
        if (i < have)
            continue;
        char *key = peer->alloc(len + 1);
        memcpy(key, keys[k], len + 1);
        e[have].length = (uint32_t)len;
        e[have++].value.p = key;
    }
    bench_use(e);
    return e;
}

/* Three keys. */
static inline void *smallmap_make(void)
{
    static const char *const keys[] = {"id", "method", "params"};
    if (peer != NULL)
        return malloc_map(keys, 3);
    struct swd_smallmap *m = swd_smallmap_get();
    for (int k = 0; k < 3; k++)
        swd_smallmap_set(m, keys[k], strlen(keys[k]), (union swd_value){.u = 1});
    bench_use(m);
    return m;
}

static inline void smallmap_drop(void *p)
{
    struct swd_smallmap *m = p;
    struct swd_smallmap_entry *e = p;
    if (peer == NULL) {
        swd_smallmap_put(&m);
        return;
    }
    for (int k = 0; k < 3; k++)
        peer->release(e[k].value.p);
    peer->release(e);
}

static inline void *slice_make(void)
{
    char *p = peer != NULL ? peer->zalloc(1, 100) : swd_slab_alloc(100);
    p[7] = 1;
    bench_use(p);
    return p;
}

static inline void slice_drop(void *p)
{
    if (peer != NULL)
        peer->release(p);
    else
        swd_slab_free(p, 100);
}

#define JOB(name)                                                                                  \
    static void job_##name(int n)                                                                  \
    {                                                                                              \
        for (int i = 0; i < n; i++)                                                                \
            name##_drop(name##_make());                                                            \
    }
JOB(bytebuf)
JOB(object)
JOB(valvec)
JOB(strvec)
JOB(smallmap)

/* A zeroed slice of which `used` bytes are written. */
static void slices(int n, size_t size, size_t used)
{
    for (int i = 0; i < n; i++) {
        char *p = peer != NULL ? peer->zalloc(1, size) : swd_slab_alloc(size);
        memset(p, 1, used);
        bench_use(p);
        if (peer != NULL)
            peer->release(p);
        else
            swd_slab_free_used(p, size, used);
    }
}

static void job_slice_64(int n)
{
    slices(n, 64, 64);
}

static void job_slice_1k(int n)
{
    slices(n, 1000, 125);
}

static void job_slice_16k(int n)
{
    slices(n, 16000, 2000);
}

static void job_slice_16k_full(int n)
{
    slices(n, 16000, 16000);
}

/* Bytes that need not be zero, cleared up to what was used when they go back, by all. */
static void job_raw_16k(int n)
{
    for (int i = 0; i < n; i++) {
        char *p = peer != NULL ? peer->alloc(16000) : swd_slab_alloc(16000);
        memset(p, 1, 2000);
        bench_use(p);
        if (peer == NULL) {
            swd_slab_free_used(p, 16000, 2000);
            continue;
        }
        memset(p, 0, 2000);
        bench_use(p);
        peer->release(p);
    }
}

/* Thirty slices of mixed sizes held at once: not only the top of one magazine. */
static void job_mix(int n)
{
    void *p[30];
    for (int i = 0; i < n / 30; i++) {
        for (size_t k = 0; k < 30; k++) {
            p[k] = peer != NULL ? peer->zalloc(1, 16 + k * 24) : swd_slab_alloc(16 + k * 24);
            bench_use(p[k]);
        }
        for (size_t k = 0; k < 30; k++) {
            if (peer != NULL)
                peer->release(p[k]);
            else
                swd_slab_free(p[k], 16 + k * 24);
        }
    }
}

static const char eighth[] =
    "zeroed, an eighth is written; ours clears that when it goes back, the peers all when made";
static const char whole[] =
    "zeroed, all of it is written; ours cleared when it goes back, the peers' when made";

static const struct job {
    const char *name;
    void (*run)(int n);
    int ops;
    const char *note;
} jobs[] = {
    {"pool.get_put", job_bytebuf, OPS,
     "ours cleared up to what was used when it goes back, the peers' never"},
    {"pool.valvec", job_valvec, OPS, "as pool.get_put; the peers' zeroed when made"},
    {"pool.strvec", job_strvec, OPS / 4, "as pool.get_put; the peers' vector zeroed when made"},
    {"pool.smallmap", job_smallmap, OPS / 4,
     "as pool.get_put; the peers' entries zeroed when made; all look for doubles"},
    {"pool.object", job_object, OPS, "ours zeroed when it goes back, the peers' when handed out"},
    {"pool.slice_64", job_slice_64, OPS, whole},
    {"pool.slice_1k", job_slice_1k, OPS, eighth},
    {"pool.slice_16k", job_slice_16k, OPS / 20, eighth},
    {"pool.slice_16k_full", job_slice_16k_full, OPS / 20, whole},
    {"pool.raw_16k", job_raw_16k, OPS / 20,
     "an eighth is written, and cleared by all before it goes"},
    {"pool.slice_mix", job_mix, OPS, whole},
};

static double measure(const struct job *j)
{
    double v[BENCH_ROUNDS];
    j->run(j->ops); /* whoever is measured first finds caches and clock as the others do */
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        double t = bench_cpu();
        j->run(j->ops);
        v[r] = (bench_cpu() - t) / j->ops;
    }
    return bench_median(v, BENCH_ROUNDS);
}

static void single(const struct job *j)
{
    size_t n;
    const struct bench_allocator *a = bench_allocators(&n);
    peer = NULL;
    double ours = measure(j);
    for (size_t i = 0; i < n; i++) {
        peer = &a[i];
        bench_line(j->name, ours, "ns", peer->name, measure(j), j->note);
    }
    peer = NULL;
}

/* --- two threads --- */

static pthread_barrier_t barrier;

static const struct job *scaled;

static void *one_thread(void *arg)
{
    double *cpu = arg;
    pthread_barrier_wait(&barrier);
    scaled->run(1000);
    double t = bench_cpu();
    scaled->run(scaled->ops / 2);
    *cpu = bench_cpu() - t;
    return NULL;
}

/* Operations a CPU nanosecond of the slowest thread, summed over n threads. */
static double throughput(int n)
{
    double v[BENCH_ROUNDS];
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        pthread_t t[2];
        double cpu[2], worst = 0;
        pthread_barrier_init(&barrier, NULL, (unsigned)n);
        for (int i = 0; i < n; i++)
            pthread_create(&t[i], NULL, one_thread, &cpu[i]);
        for (int i = 0; i < n; i++) {
            pthread_join(t[i], NULL);
            worst = cpu[i] > worst ? cpu[i] : worst;
        }
        pthread_barrier_destroy(&barrier);
        v[r] = n * (double)scaled->ops / 2 / worst;
    }
    return bench_median(v, BENCH_ROUNDS);
}

/* Two threads against one at each pool's job; peers at the first, the byte buffer's. */
static void scaling(void)
{
    size_t n;
    const struct bench_allocator *a = bench_allocators(&n);
    for (size_t k = 0; k < sizeof(jobs) / sizeof(jobs[0]); k++) {
        char note[100];
        scaled = &jobs[k];
        peer = NULL;
        snprintf(note, sizeof(note), "%s: throughput of 2 threads over 1, by CPU time",
                 scaled->name);
        double ours = throughput(2) / throughput(1);
        if (k > 0)
            bench_line("pool.scale_2", ours, "x", NULL, 0, note);
        for (size_t i = 0; k == 0 && i < n; i++) {
            peer = &a[i];
            bench_line("pool.scale_2", ours, "x", peer->name, throughput(2) / throughput(1), note);
        }
    }
    peer = NULL;
}

/* --- producer and consumer --- */

#define BATCH   512
#define BATCHES (OPS / BATCH)
static void *batch[BATCH];
static sem_t full, empty;

static const struct passed {
    const char *name;
    void *(*make)(void);
    void (*drop)(void *);
} passed[] = {
    {"slice", slice_make, slice_drop},       {"object", object_make, object_drop},
    {"bytebuf", bytebuf_make, bytebuf_drop}, {"valvec", valvec_make, valvec_drop},
    {"strvec", strvec_make, strvec_drop},    {"smallmap", smallmap_make, smallmap_drop},
};
static const struct passed *passing;

static void *consume(void *arg)
{
    double *cpu = arg;
    for (int k = 0; k < BATCHES; k++) {
        sem_wait(&full);
        double t = bench_cpu();
        for (int i = 0; i < BATCH; i++)
            passing->drop(batch[i]);
        *cpu += bench_cpu() - t;
        sem_post(&empty);
    }
    return NULL;
}

/* CPU time of both for an object that one thread gets and another puts; waiting does not count. */
static double pass_on(void)
{
    double v[BENCH_ROUNDS];
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        pthread_t t;
        double got = 0, put = 0;
        sem_init(&full, 0, 0);
        sem_init(&empty, 0, 1);
        pthread_create(&t, NULL, consume, &put);
        for (int k = 0; k < BATCHES; k++) {
            sem_wait(&empty);
            double begun = bench_cpu();
            for (int i = 0; i < BATCH; i++)
                batch[i] = passing->make();
            got += bench_cpu() - begun;
            sem_post(&full);
        }
        pthread_join(t, NULL);
        v[r] = (got + put) / (BATCHES * BATCH);
    }
    return bench_median(v, BENCH_ROUNDS);
}

static void cross_thread(void)
{
    size_t n;
    const struct bench_allocator *a = bench_allocators(&n);
    for (size_t k = 0; k < sizeof(passed) / sizeof(passed[0]); k++) {
        char note[120];
        passing = &passed[k];
        snprintf(note, sizeof(note),
                 "%s: one thread gets 512 and uses them, another puts them; CPU time of both",
                 passing->name);
        peer = NULL;
        double ours = pass_on();
        for (size_t i = 0; i < n; i++) {
            peer = &a[i];
            bench_line("pool.cross_thread", ours, "ns", peer->name, pass_on(), note);
        }
    }
    peer = NULL;
}

/* --- many threads --- */

static void *churn(void *arg)
{
    uint64_t seed = (uintptr_t)arg;
    void *held[64] = {NULL};
    size_t size[64] = {0};
    for (int i = 0; i < 1000000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned k = seed >> 40 & 63;
        if (held[k] != NULL) {
            swd_slab_free(held[k], size[k]);
            held[k] = NULL;
        } else {
            size[k] = 16 + (seed >> 50) % 500;
            held[k] = swd_slab_alloc(size[k]);
        }
    }
    for (int k = 0; k < 64; k++)
        swd_slab_free(held[k], size[k]);
    return NULL;
}

static void many_threads(void)
{
    pthread_t t[64];
    double wall = (double)swd_clock_mono();
    for (uintptr_t i = 0; i < 64; i++)
        pthread_create(&t[i], NULL, churn, (void *)(i + 1));
    for (int i = 0; i < 64; i++)
        pthread_join(t[i], NULL);
    bench_line("pool.threads_64", ((double)swd_clock_mono() - wall) / 64e6, "ns", NULL, 0,
               "64 threads x 1,000,000 operations, wall time of each");
}

int main(int argc, char **argv)
{
    bench_init(argc, argv);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
        if (bench_wanted(jobs[i].name))
            single(&jobs[i]);
    if (bench_wanted("pool.scale_2"))
        scaling();
    if (bench_wanted("pool.cross_thread"))
        cross_thread();
    if (bench_wanted("pool.threads_64"))
        many_threads();
    return 0;
}
