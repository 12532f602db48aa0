/* A host for runners of benchmarks, whose console goes nowhere. */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include "lib/lib.h"

static void bench_print_nothing(void *host, enum swd_console_level level, const char *text,
                                size_t n)
{
    (void)host, (void)level, (void)text, (void)n;
}

static const struct swd_host bench_host = {.print = bench_print_nothing};

#endif
