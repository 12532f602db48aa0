/* The predecessor's report, the figures that need no daemon: what it claimed, what its own
 * benchmark gave when run on a machine like this one, and ours measured now. b_predecessor.py has
 * the rest. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
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
}

int main(int argc, char **argv)
{
    bench_init(argc, argv);
    if (!bench_wanted("predecessor"))
        return 0;
    pools();
    return 0;
}
