/* Figures of the pools and the conservation identity. See pool.h and identity.h.
 *
 * Everything is summed when asked: O(threads x pools). While other threads work, figures of one
 * answer may differ by what happened meanwhile; at rest they are exact. */
#include "pool/depot.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/pool_int.h"

struct pool_owner pool_owner_arena, pool_owner_bump, pool_owner_slice;
uint64_t pool_hibernated;

#define LOAD(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static void add(unsigned id, struct swd_pool_stats *out)
{
    struct depot_figures f;
    struct pool_sums s = {0};
    depot_figures(id, &f);
    pool_thread_sums(id, &s);
    uint64_t live = minus(s.gets, s.puts);
    out->gets += s.gets;
    out->puts += s.puts;
    out->misses += f.misses;
    out->hits += minus(s.gets, f.misses);
    out->fails += f.fails;
    out->oversize_kept += f.oversize[SWD_OVERSIZE_KEPT];
    out->oversize_asked += f.oversize[SWD_OVERSIZE_ASKED];
    out->oversize += f.oversize[SWD_OVERSIZE_KEPT] + f.oversize[SWD_OVERSIZE_ASKED];
    out->largest = f.largest > out->largest ? f.largest : out->largest;
    out->live += live;
    out->high_water += f.high_water;
    out->cached += minus(f.exist, live);
    out->tenured += f.tenured;
    out->target += f.target;
    out->freed += f.freed;
    out->size = f.size;
    out->bytes += f.slabs * SWD_GRANULE;
}

void swd_pool_stats(unsigned id, struct swd_pool_stats *out)
{
    *out = (struct swd_pool_stats){0};
    if (id < SWD_POOL_TYPED) {
        add(id, out);
        return;
    }
    for (unsigned i = SWD_POOL_TYPED; i < SWD_POOL_ALL; i++)
        add(i, out);
    out->size = 0;
    out->bytes += LOAD(pool_owner_slice.mapped);
}

void swd_pool_each(void (*row)(void *arg, const char *name, const struct swd_pool_stats *),
                   void *arg)
{
    for (unsigned i = 0; i <= SWD_POOL_TYPED; i++) {
        struct swd_pool_stats s;
        swd_pool_stats(i, &s);
        if (i == SWD_POOL_TYPED || s.gets + s.bytes + s.oversize > 0)
            row(arg, swd_pool_name(i), &s);
    }
}

const struct swd_pool_counter *swd_pool_counters(size_t *n)
{
    static const struct swd_pool_counter table[] = {
#define SWD_POOL_COUNTER(field, name, kind, help)                                                  \
    {name, kind, help, offsetof(struct swd_pool_stats, field)},
#include "pool/counters.def"
#undef SWD_POOL_COUNTER
    };
    *n = SWD_ARRAY_LEN(table);
    return table;
}

/* --- the identity --- */

/* Objects of the pools: slabs are live objects, cached objects, headers and the rest. */
static void add_pools(struct swd_identity *id)
{
    for (unsigned i = 0; i < SWD_POOL_ALL; i++) {
        struct depot_figures f;
        struct pool_sums s = {0};
        depot_figures(i, &f);
        pool_thread_sums(i, &s);
        uint64_t live = minus(s.gets, s.puts) * f.size, exist = f.exist * f.size;
        uint64_t head = f.slabs * DEPOT_SLAB_HEAD, mapped = f.slabs * SWD_GRANULE;
        id->pools += mapped;
        id->live += live;
        id->cached += minus(exist, live);
        id->metadata += head;
        id->slack += minus(mapped, exist + head);
    }
    uint64_t held = depot_metadata() + pool_thread_metadata();
    id->pools += held;
    id->metadata += held;
}

static void add_owner(struct swd_identity *id, const struct pool_owner *o, uint64_t *column)
{
    uint64_t mapped = LOAD(o->mapped), used = LOAD(o->used);
    *column += mapped;
    id->live += used;
    id->slack += minus(mapped, used);
}

void swd_pool_identity(struct swd_identity *out)
{
    struct swd_extent_stats x;
    *out = (struct swd_identity){0};
    swd_extent_stats(&x);
    add_pools(out);
    add_owner(out, &pool_owner_arena, &out->arenas);
    add_owner(out, &pool_owner_bump, &out->bumps);
    add_owner(out, &pool_owner_slice, &out->pools);
    out->hibernated = LOAD(pool_hibernated);
    out->cached += x.cached;
    out->mapped = x.mapped;
    uint64_t known = out->arenas + out->bumps + out->pools + out->hibernated;
    out->direct = minus(x.handed_out + x.asleep, known);
    out->live += out->direct;
    out->missing = (int64_t)(known + out->direct - x.handed_out - x.asleep);
    uint64_t sum = out->live + out->hibernated + out->cached + out->slack + out->metadata;
    if (out->missing == 0)
        out->missing = (int64_t)(sum - out->mapped);
}
