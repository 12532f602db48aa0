/* The shared side of a pool: tenured objects in batches, and the slabs they are carved from.
 * Internal to swd/pool. Every function takes the depot's lock by itself. See pool.h. */
#ifndef SWD_POOL_DEPOT_H
#define SWD_POOL_DEPOT_H

#include "base/list.h"
#include "pool/pool.h"

#define DEPOT_OBJECT_MAX ((size_t)32 * 1024)
#define DEPOT_SLAB_HEAD  64

struct depot_figures {
    uint64_t misses, fails, freed, exist, high_water, tenured, target, slabs;
    uint64_t oversize[2], largest;
    size_t size;
};

/* Up to `want` tenured objects into `out`, or one new one when there are none; 0: no memory. */
size_t depot_take(unsigned id, const struct swd_pool_type *t, void **out, size_t want);
/* Takes n objects back; destroys them instead when the pool is disabled or in debug mode. `t` may
 * be NULL once the pool was used. */
void depot_give(unsigned id, const struct swd_pool_type *t, void **objects, size_t n);

/* Debug mode's get and put: one object, filled and checked. */
void *depot_take_debug(unsigned id, const struct swd_pool_type *t, const char *who);
void depot_give_debug(unsigned id, const struct swd_pool_type *t, void *p);

bool depot_debug(unsigned id);
bool depot_enabled(unsigned id);
void depot_set_debug(unsigned id, bool on);
void depot_set_enabled(unsigned id, bool on);
/* From now on (NULL, and never used yet: from its first use) at least n objects exist. Answers how
 * many do. */
size_t depot_warm(unsigned id, const struct swd_pool_type *t, size_t n);
void depot_oversize(unsigned id, enum swd_oversize why, size_t n);

/* Frees tenured objects: those idle for long (`all` false), or all but the warm ones. Answers the
 * bytes of extents given back. */
size_t depot_tick(unsigned id, bool all);

void depot_figures(unsigned id, struct depot_figures *out);
uint64_t depot_metadata(void); /* bytes of extents that hold batches */
const char *depot_who(const void *p);

/* Forgets everything; the reserve is about to go. */
void depot_reset(void);

#endif
