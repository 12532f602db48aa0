/* Clocks: see clock.h. */
#include "base/clock.h"

#include <time.h>

static uint64_t clock_read(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * SWD_NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t swd_clock_mono(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

uint64_t swd_clock_real(void)
{
    return clock_read(CLOCK_REALTIME);
}

double swd_clock_unix(void)
{
    return (double)swd_clock_real() / 1e9;
}

uint64_t swd_clock_thread_cpu(void)
{
    return clock_read(CLOCK_THREAD_CPUTIME_ID);
}
