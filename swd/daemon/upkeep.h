/* Keeping the pools lean while the daemon runs. Loop thread. */
#ifndef SWD_DAEMON_UPKEEP_H
#define SWD_DAEMON_UPKEEP_H

#include <stdint.h>

#include "loop/loop.h"

struct swd_upkeep;

/* Every second the pools measure their need; every `compact_ns` (0: never) what stayed unused goes
 * back to the system, less `warm` bytes. 0 or SWD_ENOMEM. */
int swd_upkeep_start(struct swd_loop *loop, uint64_t compact_ns, uint64_t warm,
                     struct swd_upkeep **out);
void swd_upkeep_configure(struct swd_upkeep *u, uint64_t compact_ns);
void swd_upkeep_stop(struct swd_upkeep **u);

#endif
