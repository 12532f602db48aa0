/* Clocks. Any thread; each call costs one vDSO read, swd_clock_thread_cpu() one system call. */
#ifndef SWD_BASE_CLOCK_H
#define SWD_BASE_CLOCK_H

#include <stdint.h>

#define SWD_NS_PER_US UINT64_C(1000)
#define SWD_NS_PER_MS UINT64_C(1000000)
#define SWD_NS_PER_S  UINT64_C(1000000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t swd_clock_mono(void);

/* Unix time in nanoseconds, and in seconds with fraction as the wire has it. */
uint64_t swd_clock_real(void);
double swd_clock_unix(void);

/* CPU nanoseconds of the calling thread. */
uint64_t swd_clock_thread_cpu(void);

#endif
