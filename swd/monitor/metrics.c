/* Metrics and their rings: see metrics.h. */
#include "monitor/metrics.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "pool/slab.h"

const struct swd_metric_info swd_metrics[SWD_METRICS] = {
#define SWD_METRIC(sym, name, prom, unit, scale, nature, level, help)                              \
    {name, prom, unit, scale, nature, level, help},
#include "monitor/metrics.def"
#undef SWD_METRIC
};

static const unsigned caps[SWD_RESOLUTIONS] = {SWD_RAW_SAMPLES, SWD_MINUTE_SAMPLES,
                                               SWD_HOUR_SAMPLES};

int swd_history_init(struct swd_history *h)
{
    memset(h, 0, sizeof *h);
    h->minute.span = 60;
    h->hour.span = 3600;
    for (int r = 0; r < SWD_RESOLUTIONS; r++) {
        h->ring[r].cap = caps[r];
        h->ring[r].at = swd_slab_alloc(caps[r] * sizeof(struct swd_sample));
        if (!h->ring[r].at) {
            swd_history_fini(h);
            return SWD_ENOMEM;
        }
    }
    return 0;
}

void swd_history_fini(struct swd_history *h)
{
    for (int r = 0; r < SWD_RESOLUTIONS; r++) {
        swd_slab_free(h->ring[r].at, h->ring[r].cap * sizeof(struct swd_sample));
        h->ring[r].at = NULL;
    }
}

static void ring_add(struct swd_ring *r, const struct swd_sample *s)
{
    r->at[r->next] = *s;
    r->next = (r->next + 1) % r->cap;
    if (r->n < r->cap)
        r->n++;
}

/* The roll-up is complete: one sample of its span. */
static void rollup_flush(struct swd_rollup *u, struct swd_ring *to)
{
    for (int i = 0; u->n > 0 && i < SWD_METRICS; i++)
        if (swd_metrics[i].nature == 'g')
            u->last.v[i] = u->sum[i] / (double)u->n;
    if (u->n > 0)
        ring_add(to, &u->last);
    u->n = 0;
    memset(u->sum, 0, sizeof u->sum);
}

static void rollup_add(struct swd_rollup *u, struct swd_ring *to, const struct swd_sample *s)
{
    int64_t slot = (int64_t)floor(s->t / u->span);
    if (u->n > 0 && slot != u->slot)
        rollup_flush(u, to);
    u->slot = slot;
    u->last = *s;
    u->n++;
    for (int i = 0; i < SWD_METRICS; i++)
        u->sum[i] += s->v[i];
}

void swd_history_add(struct swd_history *h, const struct swd_sample *s)
{
    ring_add(&h->ring[SWD_RAW], s);
    rollup_add(&h->minute, &h->ring[SWD_MINUTE], s);
    rollup_add(&h->hour, &h->ring[SWD_HOUR], s);
}

unsigned swd_history_count(const struct swd_history *h, enum swd_resolution r)
{
    return h->ring[r].n;
}

const struct swd_sample *swd_history_at(const struct swd_history *h, enum swd_resolution r,
                                        unsigned i)
{
    const struct swd_ring *g = &h->ring[r];
    swd_assert(i < g->n);
    return &g->at[(g->next + g->cap - g->n + i) % g->cap];
}
