/* How much memory there is: of the machine, and of the cgroup the process is in. Any thread. */
#ifndef SWD_BASE_MACHINE_H
#define SWD_BASE_MACHINE_H

#include <stdint.h>

/* Bytes of memory of the machine; of the tightest cgroup limit (v2 memory.max on the way up, or
 * v1 memory.limit_in_bytes), UINT64_MAX when there is none. */
uint64_t swd_machine_memory(void);
uint64_t swd_machine_cgroup_limit(void);

/* The smaller of the two. */
uint64_t swd_machine_usable(void);

/* CPUs this process may run on; at least 1. */
unsigned swd_machine_cpus(void);

#endif
