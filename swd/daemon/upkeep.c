/* Keeping the pools lean: see upkeep.h. A pass takes well under a millisecond: pools hold what
 * their moving average of need says, so little is ever left to give back. */
#include "daemon/upkeep.h"

#include "base/clock.h"
#include "base/log.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/slab.h"

struct swd_upkeep {
    struct swd_tick *tick;
    uint64_t every, next, warm;
};

static void upkeep_tick(void *arg)
{
    struct swd_upkeep *u = arg;
    uint64_t now = swd_clock_mono();
    swd_pool_tick();
    if (u->every == 0 || now < u->next)
        return;
    u->next = now + u->every;
    swd_pool_compact();
    swd_log(SWD_LOG_DEBUG, "pool.compact", "freed=%zu", swd_extent_trim((size_t)u->warm));
}

int swd_upkeep_start(struct swd_loop *loop, uint64_t compact_ns, uint64_t warm,
                     struct swd_upkeep **out)
{
    struct swd_upkeep *u = swd_slab_alloc(sizeof *u);
    int rc = SWD_ENOMEM;
    *out = u;
    if (!u)
        return rc;
    u->warm = warm;
    swd_upkeep_configure(u, compact_ns);
    rc = swd_tick_new(loop, upkeep_tick, u, &u->tick);
    if (rc == 0)
        rc = swd_tick_in(u->tick, SWD_NS_PER_S, SWD_NS_PER_S);
    if (rc != 0)
        swd_upkeep_stop(out);
    return rc;
}

void swd_upkeep_configure(struct swd_upkeep *u, uint64_t compact_ns)
{
    u->every = compact_ns;
    u->next = swd_clock_mono() + compact_ns;
}

void swd_upkeep_stop(struct swd_upkeep **p)
{
    struct swd_upkeep *u = *p;
    *p = NULL;
    if (!u)
        return;
    if (u->tick)
        swd_tick_free(&u->tick);
    swd_slab_free(u, sizeof *u);
}
