/* Inside the monitor folder: the monitor itself. Fields marked [L] are guarded by `lock`, which
 * only reading the history on other threads needs; the rest is the loop thread's. */
#ifndef SWD_MONITOR_INT_H
#define SWD_MONITOR_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "monitor/monitor.h"

#define SWD_MONITOR_MAGIC 0x4d4f4e49u
#define SOURCES_MAX       8u
#define RECEIPTS_MAX      32u

struct swd_rung {
    struct swd_reliever r; /* name NULL: an empty place */
    uint64_t backs_off;    /* mono ns */
    uint64_t penalty;      /* ns, doubled each time it does not pay */
    bool engaged;          /* to be released */
};

struct swd_monitor {
    unsigned magic;
    struct swd_monitor_opts o;
    char ladder[160];
    char order[SWD_LADDER_MAX][16];
    unsigned norder;
    struct swd_gauge gauge;
    struct swd_gauge_reading reading;
    struct swd_pressure pressure;
    _Atomic bool high;
    struct {
        void (*fn)(void *arg, double v[SWD_METRICS]);
        void *arg;
    } source[SOURCES_MAX];
    unsigned nsources;
    struct swd_rung rung[SWD_LADDER_MAX];
    unsigned nrungs, position; /* place in the order to go on from */
    struct swd_rung *pending;
    struct swd_relief doing;
    struct swd_relief receipt[RECEIPTS_MAX];
    unsigned nreceipts; /* ever written */
    uint64_t freed, reliefs, gc_auto, gc_auto_freed;
    void (*event)(void *arg, enum swd_level was, const struct swd_relief *r);
    void *event_arg;
    uint64_t next_sample, rss, started;
    pthread_mutex_t lock;
    struct swd_history history; /* [L] for others */
    struct swd_track track;
    struct swd_parts parts;
    struct {
        struct swd_busy at[SWD_BUSIEST]; /* largest first; share: nanoseconds until it is shown */
        size_t n;
    } busy, busy_shown;
    uint64_t busy_since;
};

/* ladder.c */
void mon_ladder_parse(struct swd_monitor *m);
void mon_ladder_tick(struct swd_monitor *m, uint64_t now);
void mon_ladder_release(struct swd_monitor *m);

#endif
