/* NUMA: which node a thread and its extents belong to.
 *
 * With one node, or without libnuma (opened at run time, never needed), everything here does
 * nothing. With more, the reserve is split over the nodes, each share is bound to its node, and
 * executor i runs on node i mod nodes: its extents, arenas and magazines come from there. */
#ifndef SWD_POOL_NUMA_H
#define SWD_POOL_NUMA_H

#include <stddef.h>

/* What is asked of the machine; tests put in a machine of their own. */
struct swd_numa_ops {
    unsigned (*nodes)(void);                               /* at least 1 */
    void (*bind_memory)(void *p, size_t n, unsigned node); /* pages come from that node */
    void (*run_on)(unsigned node);                         /* the calling thread */
};

/* Replaces the machine (NULL: the real one again). Before swd_extent_init(). */
void swd_numa_use(const struct swd_numa_ops *ops);

unsigned swd_numa_nodes(void);

/* Called by swd_extent_init() for each node's share of the reserve. */
void swd_numa_bind_share(void *p, size_t n, unsigned node);

/* At the start of an executor thread: it and what it allocates belong to one node. Answers the
 * node. */
unsigned swd_numa_bind_executor(unsigned index);

#endif
