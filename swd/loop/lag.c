/* Loop lag: how late the loop thread gets to a timer that is due. See loop.h. Loop thread only.
 *
 * A probe asks ten times a second and keeps the last 1024 answers (about 100 s). That is the wait
 * that anything arriving at a random moment meets, at 10 wake-ups a second when idle. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "loop/loop_priv.h"

#define LAG_EVERY (100 * SWD_NS_PER_MS)

static void lag_probe(void *arg)
{
    struct swd_loop *l = arg;
    struct swd_lag *g = &l->lag;
    uint64_t now = swd_clock_mono();
    uint64_t us = now > g->expected ? (now - g->expected) / SWD_NS_PER_US : 0;
    g->us[g->n++ % SWD_LAG_SAMPLES] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
    g->expected = swd_clock_mono() + LAG_EVERY;
    (void)swd_tick_in(g->tick, LAG_EVERY, 0);
}

int swd_lag_start(struct swd_loop *l)
{
    int rc = swd_tick_new(l, lag_probe, l, &l->lag.tick);
    if (rc < 0)
        return rc;
    l->lag.expected = swd_clock_mono() + LAG_EVERY;
    return swd_tick_in(l->lag.tick, LAG_EVERY, 0);
}

void swd_lag_stop(struct swd_loop *l)
{
    swd_tick_free(&l->lag.tick);
}

static int lag_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void swd_loop_lag(const struct swd_loop *l, struct swd_loop_lag *out)
{
    uint32_t sorted[SWD_LAG_SAMPLES];
    uint32_t n = l->lag.n < SWD_LAG_SAMPLES ? l->lag.n : SWD_LAG_SAMPLES;
    memset(out, 0, sizeof *out);
    if (n == 0)
        return;
    memcpy(sorted, l->lag.us, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, lag_compare);
    out->p50_us = sorted[(n - 1) / 2];
    out->p99_us = sorted[(uint64_t)(n - 1) * 99 / 100];
    out->max_us = sorted[n - 1];
}
