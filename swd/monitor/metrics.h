/* Metrics as data (metrics.def) and their history: a ring of raw samples, with roll-ups by minute
 * and by hour. One thread at a time; the monitor locks around it. A sample costs a copy. */
#ifndef SWD_MONITOR_METRICS_H
#define SWD_MONITOR_METRICS_H

#include <stddef.h>
#include <stdint.h>

enum swd_metric {
#define SWD_METRIC(sym, name, prom, unit, scale, nature, level, help) SWD_METRIC_##sym,
#include "monitor/metrics.def"
#undef SWD_METRIC
    SWD_METRICS
};

struct swd_metric_info {
    const char *name, *prom, *unit;
    double scale;
    char nature; /* 'c' counter, 'g' gauge, 'h' high-water mark */
    const char *level, *help;
};
extern const struct swd_metric_info swd_metrics[SWD_METRICS];

struct swd_sample {
    double t; /* Unix seconds, of the end of the span */
    double v[SWD_METRICS];
};

enum swd_resolution { SWD_RAW, SWD_MINUTE, SWD_HOUR, SWD_RESOLUTIONS };
#define SWD_RAW_SAMPLES    100u
#define SWD_MINUTE_SAMPLES 120u
#define SWD_HOUR_SAMPLES   168u

/* Adds up samples of one minute or hour: gauges by mean, the others by their last value. */
struct swd_rollup {
    double span, sum[SWD_METRICS];
    uint64_t n;
    int64_t slot; /* t / span of what is being added up */
    struct swd_sample last;
};

struct swd_ring {
    struct swd_sample *at;
    unsigned cap, n, next;
};

struct swd_history {
    struct swd_ring ring[SWD_RESOLUTIONS];
    struct swd_rollup minute, hour;
};

int swd_history_init(struct swd_history *h); /* 0 or SWD_ENOMEM */
void swd_history_fini(struct swd_history *h);
void swd_history_add(struct swd_history *h, const struct swd_sample *s);
unsigned swd_history_count(const struct swd_history *h, enum swd_resolution r);
/* The i-th sample, 0 being the oldest. */
const struct swd_sample *swd_history_at(const struct swd_history *h, enum swd_resolution r,
                                        unsigned i);

#endif
