/* The level of memory pressure, from use against limits and from stalls (PSI).
 *
 * Pure but for the struct. A level is entered at once and left one step at a time, after three
 * judgements in a row below its threshold less five points, so that it does not flap. */
#ifndef SWD_MONITOR_PRESSURE_H
#define SWD_MONITOR_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

#include "monitor/gauge.h"

enum swd_level { SWD_LEVEL_NONE, SWD_LEVEL_SOME, SWD_LEVEL_HIGH, SWD_LEVEL_CRITICAL, SWD_LEVELS };
const char *swd_level_name(enum swd_level l);

struct swd_pressure {
    enum swd_level level;
    uint64_t usage, limit; /* of the tightest */
    const char *source;    /* machine, cgroup, budget, psi, watch */
    double ratio;
    unsigned calm;       /* judgements in a row that would lower it */
    enum swd_level told; /* by a trigger or the service manager, */
    const char *told_by;
    uint64_t told_until; /* until then, mono ns */
};

/* Somebody told of pressure: at least this level for the next `hold` ns. */
void swd_pressure_tell(struct swd_pressure *p, enum swd_level level, const char *by, uint64_t now,
                       uint64_t hold);
/* Judges. `budget` 0: none. `threshold`: percent at which pressure is high. True when the level
 * changed. */
bool swd_pressure_judge(struct swd_pressure *p, const struct swd_gauge_reading *r, uint64_t rss,
                        uint64_t budget, unsigned threshold, uint64_t now);

#endif
