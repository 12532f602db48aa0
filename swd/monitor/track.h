/* What single owners (runners, pools) used lately: short series by kind and id, bounded in number.
 * Where there are more owners than room, a larger one replaces the smallest of a few. One thread. A
 * note costs a hash look-up. */
#ifndef SWD_MONITOR_TRACK_H
#define SWD_MONITOR_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/trend.h"

#define SWD_TRACK_POINTS 32u
#define SWD_TRACK_FLOORS 8u
#define SWD_TRACK_MAX    4096u

enum swd_track_kind { SWD_TRACK_RUNNER = 1, SWD_TRACK_POOL, SWD_TRACK_GROUP };

struct swd_series {
    enum swd_track_kind kind;
    uint64_t id; /* 0: an empty place */
    char name[48];
    bool asleep; /* holds next to nothing; `now` is what it had, and will have again */
    unsigned n;  /* points, oldest first */
    double t0;   /* monotonic seconds of time 0 */
    float t[SWD_TRACK_POINTS], y[SWD_TRACK_POINTS];
    double now; /* the last value noted, point or not */
    double at;  /* when, monotonic seconds */
    /* What was left after collections (runners): the proof of a leak. */
    unsigned nfloors;
    float floor_t[SWD_TRACK_FLOORS], floor_y[SWD_TRACK_FLOORS];
    double floor;        /* after the last collection; at first the first value */
    double collected_at; /* monotonic seconds; 0: never */
    bool asked;          /* a collection is under way */
};

struct swd_track {
    struct swd_series *at;
    size_t cap, n; /* cap: a power of two */
    uint32_t round;
    double point, point_before; /* when this round's points are taken, and the last ones were */
    double least; /* of a full table; no newcomer beneath it. Negative: to be looked for */
};

void swd_track_init(struct swd_track *k);
void swd_track_fini(struct swd_track *k);
/* A round visits the owners that changed. `point`: their values are kept as points of `seconds`;
 * who is passed over is taken not to have changed. */
void swd_track_begin(struct swd_track *k, double seconds, bool point);
/* The series of an owner, NULL when there is no room for it. `point`: keep it as a point. */
struct swd_series *swd_track_note(struct swd_track *k, enum swd_track_kind kind, uint64_t id,
                                  const char *name, double seconds, double value, bool point);
void swd_track_forget(struct swd_track *k, enum swd_track_kind kind, uint64_t id);
/* The points from number `from` on, and what the owner had at the last round of points if that was
 * later. t, y: room for SWD_TRACK_POINTS + 1. Answers how many. */
size_t swd_track_points(const struct swd_track *k, const struct swd_series *s, size_t from,
                        float *t, float *y);
struct swd_series *swd_track_find(struct swd_track *k, enum swd_track_kind kind, uint64_t id);
/* A collection left `value`. */
void swd_track_floor(struct swd_series *s, double seconds, double value);
/* Ids of the largest owners of a kind, those asleep or the others, largest first; at most 256.
 * Answers how many. */
size_t swd_track_largest(const struct swd_track *k, enum swd_track_kind kind, bool asleep,
                         uint64_t *ids, size_t most);

#endif
