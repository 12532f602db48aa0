/* How much memory there is around the process: machine, cgroup, stall information (PSI). All of it
 * is read from files beneath a root, which tests replace. One thread; a reading costs a dozen small
 * files (about 0.1 ms) and allocates nothing. */
#ifndef SWD_MONITOR_GAUGE_H
#define SWD_MONITOR_GAUGE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct swd_gauge {
    char root[256];       /* "": the real one */
    char base[PATH_MAX];  /* mount of the hierarchy; "" when there is no memory controller */
    char group[PATH_MAX]; /* the process's own folder beneath it */
    int version;          /* of the cgroup: 1, 2; 0: none */
};

struct swd_gauge_reading {
    uint64_t mem_total, mem_available;
    uint64_t cg_usage, cg_limit;           /* of the tightest level with a limit; limit 0: none */
    uint64_t cg_high_events, cg_oom_kills; /* of the process's own level */
    double psi_some, psi_full;             /* percent of the last 10 s, machine or own cgroup */
};

void swd_gauge_open(struct swd_gauge *g, const char *root);
void swd_gauge_read(const struct swd_gauge *g, struct swd_gauge_reading *out);
/* Path of the file whose triggers tell of stalls: the cgroup's own, else the machine's. */
void swd_gauge_psi_path(const struct swd_gauge *g, char *buf, size_t n);

#endif
