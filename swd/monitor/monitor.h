/* The memory monitor: samples and their history, the level of pressure, the ladder of relievers,
 * and verdicts (doc/monitor.md).
 *
 * It knows nobody: sources of figures and relievers register by callback, and time is given to
 * every call. Loop thread, except swd_monitor_pressure_high(), any thread without a lock, and
 * swd_monitor_history_json(), any thread. A tick without a sample reads about ten small files. */
#ifndef SWD_MONITOR_MONITOR_H
#define SWD_MONITOR_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "monitor/metrics.h"
#include "monitor/pressure.h"
#include "monitor/psi.h"
#include "monitor/resident.h"
#include "monitor/track.h"
#include "pool/bytebuf.h"

struct swd_monitor;

#define SWD_LADDER_MAX 8u

struct swd_monitor_opts {
    const char *root;         /* in front of /proc and /sys; NULL: the real ones (start only) */
    uint64_t budget;          /* bytes, 0: none */
    uint64_t interval;        /* ns between samples */
    unsigned threshold;       /* percent */
    const char *ladder;       /* names of rungs in order, separated by commas; copied */
    double gc_growth;         /* a runner is collected when it grew to so many times its floor */
    uint64_t gc_min_interval; /* ns between two such collections of one runner */
    bool gc_when_idle;        /* only while no turn waits, unless memory is short */
};
int swd_monitor_new(const struct swd_monitor_opts *o, struct swd_monitor **out, struct swd_err *e);
void swd_monitor_free(struct swd_monitor **m);
/* New settings after a reload; `root` stays. */
void swd_monitor_configure(struct swd_monitor *m, const struct swd_monitor_opts *o);
const struct swd_monitor_opts *swd_monitor_settings(const struct swd_monitor *m);

/* Fills in what it knows of a sample; called in order of registration. At most 8. */
void swd_monitor_source(struct swd_monitor *m, void (*fn)(void *arg, double v[SWD_METRICS]),
                        void *arg);

/* What a rung did. `freed`: bytes by the reliever's own count, never more than before - after. */
struct swd_relief {
    char action[16];
    const char *source;   /* of the pressure */
    enum swd_level level; /* when it was asked */
    double t;             /* Unix seconds */
    uint64_t asked, done, skipped, before, after, freed, rss_before, rss_after, took_us;
    uint64_t faults_after; /* in the ten seconds that followed */
    bool faults_known;
    uint64_t began, faults_before; /* mono ns; for the monitor */
};

/* A rung: from `least` on, `start` takes the measure and tells by swd_monitor_relieved(), at once
 * or later. SWD_EBUSY and other errors: nothing was done. `release` (may be NULL) undoes it when
 * the pressure is gone. */
struct swd_reliever {
    const char *name;
    enum swd_level least;
    int (*start)(void *arg, enum swd_level level);
    void (*release)(void *arg);
    void *arg;
};
void swd_monitor_reliever(struct swd_monitor *m, const struct swd_reliever *r);
/* The end of a measure. `what` has asked, done, skipped, before, after; the rest is filled in. */
void swd_monitor_relieved(struct swd_monitor *m, const struct swd_relief *what);

/* Told of changes: of the level, and of every receipt (`r`, else NULL). */
void swd_monitor_on_event(struct swd_monitor *m,
                          void (*fn)(void *arg, enum swd_level was, const struct swd_relief *r),
                          void *arg);

/* Judges the pressure, climbs the ladder, takes a sample when one is due. About once a second, or
 * each interval if that is shorter. True when a sample was taken. */
bool swd_monitor_tick(struct swd_monitor *m, uint64_t now);
/* Somebody (PSI trigger, service manager) told of pressure. */
void swd_monitor_told(struct swd_monitor *m, const char *by, uint64_t now);

const struct swd_pressure *swd_monitor_pressure(const struct swd_monitor *m);
const struct swd_gauge_reading *swd_monitor_reading(const struct swd_monitor *m);
const struct swd_gauge *swd_monitor_gauge(const struct swd_monitor *m);
bool swd_monitor_pressure_high(const struct swd_monitor *m);
/* The last `most` receipts, newest first. */
size_t swd_monitor_receipts(const struct swd_monitor *m, const struct swd_relief **out,
                            size_t most);
/* A rung of the settings: its name, NULL behind the last; whether it is there, and until when it
 * backs off (mono ns). */
const char *swd_monitor_rung(const struct swd_monitor *m, unsigned i, bool *there,
                             uint64_t *backs_off);

/* Owners: rounds as in track.h. */
struct swd_track *swd_monitor_track(struct swd_monitor *m);
/* Whether the runner of this series should be collected: it grew past gc_growth times its floor,
 * or looks like a leak and proof is wanted. NOW marks it as asked; LATER: ask again soon. */
enum swd_gc_wish { SWD_GC_NO, SWD_GC_LATER, SWD_GC_NOW };
enum swd_gc_wish swd_monitor_wants_gc(struct swd_monitor *m, struct swd_series *s, uint64_t now,
                                      bool idle);
/* A collection that the monitor asked for is done (or could not be: `ok` false). */
void swd_monitor_collected(struct swd_monitor *m, uint64_t id, uint64_t now, bool ok,
                           uint64_t before, uint64_t after);

/* The parts of RSS were measured; and the last ones (`at` 0: not yet). */
void swd_monitor_measured(struct swd_monitor *m, const struct swd_parts *p);
const struct swd_parts *swd_monitor_parts(const struct swd_monitor *m);

/* A runner has ended. */
void swd_monitor_forget(struct swd_monitor *m, uint64_t id);

/* Who used most CPU time of late: a round of notes is shown once the next one begins. */
#define SWD_BUSIEST 64u
struct swd_busy {
    uint64_t id;
    double share; /* of one CPU, over the round */
};
void swd_monitor_busy_begin(struct swd_monitor *m, uint64_t now);
void swd_monitor_busy_note(struct swd_monitor *m, uint64_t id, uint64_t cpu_ns);
/* The busiest first; answers how many. */
size_t swd_monitor_busiest(const struct swd_monitor *m, struct swd_busy *out, size_t most);

/* The history as a JSON array of samples: {"t": seconds, "<metric>": value, ...}. 0, SWD_ENOMEM. */
int swd_monitor_history_json(struct swd_monitor *m, enum swd_resolution r, struct swd_bytebuf *out);
/* The samples newer than `after` (Unix seconds), one array of a metric each: {"t": [..], "rss":
 * [..],
 * ..}. 0, SWD_ENOMEM. Loop thread. */
int swd_monitor_columns_json(struct swd_monitor *m, enum swd_resolution r, double after,
                             struct swd_bytebuf *out);
/* Every metric at this moment, kept nowhere. */
void swd_monitor_read(struct swd_monitor *m, double v[SWD_METRICS]);
/* The newest raw sample, NULL before the first. Loop thread. */
const struct swd_sample *swd_monitor_last(const struct swd_monitor *m);

/* A verdict. `evidence` is a JSON object. */
struct swd_finding {
    const char *severity; /* info, warning, critical */
    char subject[80], verdict[256], evidence[320], remedy[224], command[96];
};
/* Looks at the history and the owners; `row` is called for each finding, the worst first. */
void swd_monitor_doctor(struct swd_monitor *m, void (*row)(void *arg, const struct swd_finding *),
                        void *arg);

#endif
