/* Helpers of the benchmark programs: see bench.h. */
#include "bench/bench.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static const char *prefix = "";

/* jemalloc wants more static TLS than a program that loads it later has to spare, unless asked for
 * before it starts. */
static void with_static_tls(char **argv)
{
    static const char *const name = "GLIBC_TUNABLES";
    static const char *const value = "glibc.rtld.optional_static_tls=65536";
    const char *have = getenv(name);
    if (have != NULL && strcmp(have, value) == 0)
        (void)unsetenv(name); /* not for the programs that this one starts */
    if (have != NULL || setenv(name, value, 1) != 0)
        return;
    execv("/proc/self/exe", argv);
}

void bench_init(int argc, char **argv)
{
    with_static_tls(argv);
    if (argc > 1)
        prefix = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
}

bool bench_wanted(const char *name)
{
    size_t n = strlen(prefix), m = strlen(name);
    return strncmp(name, prefix, n < m ? n : m) == 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof(*v), compare);
    return n == 0 ? 0 : n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

double bench_cpu(void)
{
    return (double)swd_clock_thread_cpu();
}

void bench_line(const char *bench, double value, const char *unit, const char *peer,
                double peer_value, const char *note)
{
    if (strncmp(bench, prefix, strlen(prefix)) != 0)
        return;
    printf("{\"bench\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"", bench, value, unit);
    if (peer != NULL)
        printf(",\"peer\":\"%s\",\"peer_value\":%.4g,\"ratio\":%.3f", peer, peer_value,
               peer_value != 0 ? value / peer_value : 0.0);
    if (note != NULL)
        printf(",\"note\":\"%s\"", note);
    printf("}\n");
}

/* A function of a loaded library; dlsym answers an object pointer. */
static void *symbol(void *lib, const char *name)
{
    return lib != NULL ? dlsym(lib, name) : NULL;
}

static bool load(struct bench_allocator *a, const char *name, const char *file,
                 const char *const f[4])
{
    void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    void *p[4];
    for (int i = 0; i < 4; i++) {
        p[i] = symbol(lib, f[i]);
        if (p[i] == NULL)
            return false;
    }
    a->name = name;
    memcpy(&a->alloc, &p[0], sizeof(void *));
    memcpy(&a->zalloc, &p[1], sizeof(void *));
    memcpy(&a->resize, &p[2], sizeof(void *));
    memcpy(&a->release, &p[3], sizeof(void *));
    return true;
}

const struct bench_allocator *bench_allocators(size_t *n)
{
    static const char *const plain[4] = {"malloc", "calloc", "realloc", "free"};
    static const char *const mi[4] = {"mi_malloc", "mi_calloc", "mi_realloc", "mi_free"};
    static struct bench_allocator table[3];
    static size_t count;
    if (count == 0) {
        table[0] = (struct bench_allocator){"glibc malloc", malloc, calloc, realloc, free};
        count = 1;
        count += load(&table[count], "jemalloc", "libjemalloc.so.2", plain);
        count += load(&table[count], "mimalloc", "libmimalloc.so.2", mi);
    }
    *n = count;
    return table;
}
