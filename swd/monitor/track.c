/* Series by owner: see track.h. Open addressing with linear probing; removal moves later entries
 * of the run back. */
#include "monitor/track.h"

#include <stdio.h>
#include <string.h>

#include "pool/slab.h"

#define FIRST_CAP  64u
#define CANDIDATES 16u
#define CLEARLY    1.02 /* times larger, to replace another */

void swd_track_init(struct swd_track *k)
{
    memset(k, 0, sizeof *k);
}

void swd_track_fini(struct swd_track *k)
{
    swd_slab_free(k->at, k->cap * sizeof *k->at);
    memset(k, 0, sizeof *k);
}

static size_t slot_of(const struct swd_track *k, enum swd_track_kind kind, uint64_t id)
{
    uint64_t h = (id * 4 + (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 32) & (k->cap - 1);
}

struct swd_series *swd_track_find(struct swd_track *k, enum swd_track_kind kind, uint64_t id)
{
    if (k->cap == 0)
        return NULL;
    for (size_t i = slot_of(k, kind, id); k->at[i].id; i = (i + 1) & (k->cap - 1))
        if (k->at[i].id == id && k->at[i].kind == kind)
            return &k->at[i];
    return NULL;
}

static struct swd_series *place(struct swd_track *k, enum swd_track_kind kind, uint64_t id)
{
    size_t i = slot_of(k, kind, id);
    while (k->at[i].id)
        i = (i + 1) & (k->cap - 1);
    return &k->at[i];
}

static void remove_at(struct swd_track *k, size_t hole)
{
    size_t mask = k->cap - 1;
    k->n--;
    for (size_t i = (hole + 1) & mask; k->at[i].id; i = (i + 1) & mask) {
        size_t home = slot_of(k, k->at[i].kind, k->at[i].id);
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        k->at[hole] = k->at[i];
        hole = i;
    }
    k->at[hole].id = 0;
}

static bool grow(struct swd_track *k)
{
    struct swd_track old = *k;
    size_t cap = k->cap ? k->cap * 2 : FIRST_CAP;
    if (cap > 2 * SWD_TRACK_MAX)
        return false;
    k->at = swd_slab_alloc(cap * sizeof *k->at);
    if (!k->at) {
        k->at = old.at;
        return false;
    }
    k->cap = cap;
    for (size_t i = 0; i < old.cap; i++)
        if (old.at[i].id)
            *place(k, old.at[i].kind, old.at[i].id) = old.at[i];
    swd_slab_free(old.at, old.cap * sizeof *old.at);
    return true;
}

/* Once a round at most: it reads the whole table. */
static double least_of(struct swd_track *k)
{
    double least = -1;
    if (k->least >= 0)
        return k->least;
    for (size_t i = 0; i < k->cap; i++)
        if (k->at[i].id && k->at[i].kind == SWD_TRACK_RUNNER && (least < 0 || k->at[i].now < least))
            least = k->at[i].now;
    return k->least = least < 0 ? 0 : least;
}

/* Room for a newcomer of `value`: by growing, else instead of the smallest of its kind among a few
 * places, if that is clearly smaller. */
static bool make_room(struct swd_track *k, enum swd_track_kind kind, uint64_t id, double value)
{
    size_t least = k->cap, from;
    if (k->n < k->cap / 2 || (k->n < SWD_TRACK_MAX && grow(k)))
        return true;
    if (k->cap == 0 || value <= least_of(k) * CLEARLY)
        return false;
    from = slot_of(k, kind, id + k->round);
    for (size_t j = 0; j < CANDIDATES; j++) {
        size_t i = (from + j) & (k->cap - 1);
        if (k->at[i].id && k->at[i].kind == kind &&
            (least == k->cap || k->at[i].now < k->at[least].now))
            least = i;
    }
    if (least == k->cap || k->at[least].now * CLEARLY >= value)
        return false;
    remove_at(k, least);
    return true;
}

void swd_track_begin(struct swd_track *k, double seconds, bool point)
{
    k->round++;
    k->least = -1;
    if (!point)
        return;
    k->point_before = k->point;
    k->point = seconds;
}

static void add_point(struct swd_series *s, double seconds, double value)
{
    if (s->n == SWD_TRACK_POINTS) {
        memmove(s->t, s->t + 1, (SWD_TRACK_POINTS - 1) * sizeof *s->t);
        memmove(s->y, s->y + 1, (SWD_TRACK_POINTS - 1) * sizeof *s->y);
        s->n--;
    }
    s->t[s->n] = (float)(seconds - s->t0);
    s->y[s->n++] = (float)value;
}

struct swd_series *swd_track_note(struct swd_track *k, enum swd_track_kind kind, uint64_t id,
                                  const char *name, double seconds, double value, bool point)
{
    struct swd_series *s = swd_track_find(k, kind, id);
    if (!s) {
        if (id == 0 || !make_room(k, kind, id, value))
            return NULL;
        s = place(k, kind, id);
        memset(s, 0, sizeof *s);
        s->kind = kind;
        s->id = id;
        s->t0 = seconds;
        s->floor = value;
        snprintf(s->name, sizeof s->name, "%s", name);
        k->n++;
    }
    if (point && s->n > 0 &&
        s->t0 + s->t[s->n - 1] < k->point_before - 1e-3 - 1e-6 * s->t[s->n - 1] &&
        k->point_before < seconds)
        add_point(s, k->point_before, s->now); /* where it stood until then */
    s->now = value;
    s->at = seconds;
    s->asleep = false;
    if (point)
        add_point(s, seconds, value);
    return s;
}

void swd_track_forget(struct swd_track *k, enum swd_track_kind kind, uint64_t id)
{
    struct swd_series *s = swd_track_find(k, kind, id);
    if (s)
        remove_at(k, (size_t)(s - k->at));
}

size_t swd_track_points(const struct swd_track *k, const struct swd_series *s, size_t from,
                        float *t, float *y)
{
    size_t n = s->n > from ? s->n - from : 0;
    float last = (float)(k->point - s->t0);
    memcpy(t, s->t + from, n * sizeof *t);
    memcpy(y, s->y + from, n * sizeof *y);
    if (n > 0 && last > t[n - 1]) {
        t[n] = last;
        y[n++] = (float)s->now;
    }
    return n;
}

void swd_track_floor(struct swd_series *s, double seconds, double value)
{
    if (s->nfloors == SWD_TRACK_FLOORS) {
        memmove(s->floor_t, s->floor_t + 1, (SWD_TRACK_FLOORS - 1) * sizeof *s->floor_t);
        memmove(s->floor_y, s->floor_y + 1, (SWD_TRACK_FLOORS - 1) * sizeof *s->floor_y);
        s->nfloors--;
    }
    s->floor_t[s->nfloors] = (float)(seconds - s->t0);
    s->floor_y[s->nfloors++] = (float)value;
    s->floor = value;
    s->collected_at = seconds;
    s->asked = false;
}

size_t swd_track_largest(const struct swd_track *k, enum swd_track_kind kind, bool asleep,
                         uint64_t *ids, size_t most)
{
    double v[256];
    size_t n = 0, j;
    if (most > 256)
        most = 256;
    for (size_t i = 0; i < k->cap && most > 0; i++) {
        const struct swd_series *s = &k->at[i];
        if (!s->id || s->kind != kind || s->asleep != asleep || (n == most && s->now <= v[n - 1]))
            continue;
        if (n < most)
            n++;
        for (j = n - 1; j > 0 && v[j - 1] < s->now; j--) {
            v[j] = v[j - 1];
            ids[j] = ids[j - 1];
        }
        v[j] = s->now;
        ids[j] = s->id;
    }
    return n;
}
