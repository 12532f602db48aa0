/* What the benchmark programs share: the prefix filter, medians, JSON lines, peer allocators.
 *
 * Peers are loaded at run time (glibc's malloc is the program's own); absent ones are skipped. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_ROUNDS 9

/* argv[1], if there, is the prefix of the names that are wanted. */
void bench_init(int argc, char **argv);
bool bench_wanted(const char *name);

/* The middle one of n values; sorts them. */
double bench_median(double *v, size_t n);

/* CPU nanoseconds of the calling thread: what a loaded machine disturbs least. */
double bench_cpu(void);

/* One JSON line. `peer` NULL: no peer; `note` NULL: none. */
void bench_line(const char *bench, double value, const char *unit, const char *peer,
                double peer_value, const char *note);

/* Keeps the compiler from dropping what a pointer leads to. */
static inline void bench_use(void *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}

struct bench_allocator {
    const char *name;
    void *(*alloc)(size_t);
    void *(*zalloc)(size_t, size_t);
    void *(*resize)(void *, size_t);
    void (*release)(void *);
};
/* glibc first, then jemalloc and mimalloc as far as they are installed. */
const struct bench_allocator *bench_allocators(size_t *n);

#endif
