/* Levels with hysteresis: see pressure.h. */
#include "monitor/pressure.h"

#include <stddef.h>

#define CALM_NEEDED 3
#define MARGIN      0.05
/* Stalls in percent of the last 10 s. */
#define PSI_SOME     5.0
#define PSI_HIGH     20.0
#define PSI_CRITICAL 10.0 /* of `full` */

static const char *const names[SWD_LEVELS] = {"none", "some", "high", "critical"};

const char *swd_level_name(enum swd_level l)
{
    return names[l < SWD_LEVELS ? l : SWD_LEVEL_NONE];
}

void swd_pressure_tell(struct swd_pressure *p, enum swd_level level, const char *by, uint64_t now,
                       uint64_t hold)
{
    p->told = level;
    p->told_by = by;
    p->told_until = now + hold;
}

/* Enters `some` an eighth below the threshold, `critical` three quarters of the way from it to
 * full. */
static double enter_at(enum swd_level l, double high)
{
    switch (l) {
    case SWD_LEVEL_SOME: return high * 0.875;
    case SWD_LEVEL_HIGH: return high;
    case SWD_LEVEL_CRITICAL: return high + (1 - high) * 0.75;
    default: return 0;
    }
}

static enum swd_level by_ratio(double ratio, double high, double margin)
{
    for (int l = SWD_LEVEL_CRITICAL; l > SWD_LEVEL_NONE; l--)
        if (ratio >= enter_at((enum swd_level)l, high) - margin)
            return (enum swd_level)l;
    return SWD_LEVEL_NONE;
}

static enum swd_level by_psi(const struct swd_gauge_reading *r)
{
    if (r->psi_full >= PSI_CRITICAL)
        return SWD_LEVEL_CRITICAL;
    if (r->psi_some >= PSI_HIGH)
        return SWD_LEVEL_HIGH;
    return r->psi_some >= PSI_SOME ? SWD_LEVEL_SOME : SWD_LEVEL_NONE;
}

static void tightest(struct swd_pressure *p, const char *source, uint64_t usage, uint64_t limit)
{
    double ratio = limit ? (double)usage / (double)limit : 0;
    if (limit == 0 || ratio <= p->ratio)
        return;
    p->ratio = ratio;
    p->source = source;
    p->usage = usage;
    p->limit = limit;
}

/* The higher of a level by use and the levels by stalls and by what was told. */
static enum swd_level highest(struct swd_pressure *p, enum swd_level l,
                              const struct swd_gauge_reading *r, uint64_t now)
{
    if (by_psi(r) > l) {
        l = by_psi(r);
        p->source = "psi";
    }
    if (now < p->told_until && p->told > l) {
        l = p->told;
        p->source = p->told_by;
    }
    return l;
}

bool swd_pressure_judge(struct swd_pressure *p, const struct swd_gauge_reading *r, uint64_t rss,
                        uint64_t budget, unsigned threshold, uint64_t now)
{
    enum swd_level was = p->level, up, stay;
    double high = (double)threshold / 100;
    p->ratio = -1;
    p->source = "budget";
    tightest(p, "budget", rss, budget);
    tightest(p, "cgroup", r->cg_usage, r->cg_limit);
    tightest(p, "machine", r->mem_total - r->mem_available, r->mem_total);
    stay = highest(p, by_ratio(p->ratio, high, MARGIN), r, now);
    up = highest(p, by_ratio(p->ratio, high, 0), r, now);
    if (up >= p->level) {
        p->level = up;
        p->calm = 0;
    } else if (stay < p->level && ++p->calm >= CALM_NEEDED) {
        p->level--;
        p->calm = 0;
    } else if (stay >= p->level) {
        p->calm = 0;
    }
    return p->level != was;
}
