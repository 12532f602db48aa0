/* Inside the pool folder: pages of those who fall asleep, kept for those who wake.
 *
 * Giving a page to the kernel and asking it for another costs more than what is written to it. So
 * pages of extents that sleep are moved, contents and all, to a range of their own, and from there
 * to extents that wake: UFFDIO_MOVE (Linux 6.8) changes the entries of the page table and nothing
 * else, and splits no mapping. The range is a stack; what was not needed lately is given to the
 * kernel, a part each second. Where the kernel cannot move pages (older ones, a filter of system
 * calls, a child after fork() for pages that it shares) nothing is kept.
 *
 * Any thread; who finds the stack in use does without. Cost: a system call, about 0.1 us a page. */
#ifndef SWD_POOL_PAGES_H
#define SWD_POOL_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#define SWD_PAGE ((size_t)4096)

#define PAGES_STACK ((size_t)64 * 1024 * 1024)

/* [map, map + bytes) is where pages come from and go to; the last PAGES_STACK bytes of it are the
 * stack. */
void pages_init(void *map, size_t bytes);
void pages_fini(void);

/* Moves `bytes` (page-aligned) from p to the stack; answers how many from p on are gone, which read
 * as zero now. */
size_t pages_give(void *p, size_t bytes);

/* Moves pages to p, where there are none; answers how many bytes from p on are there now, with
 * whatever was in them. `used`: by how much the stack became smaller. */
size_t pages_take(void *p, size_t bytes, size_t *used);

/* Moves `bytes` (page-aligned) from one place in the map to another where there are no pages;
 * answers how many from the start on. 0 and nothing done where pages cannot be moved. */
size_t pages_move(void *to, void *from, size_t bytes);

/* Gives pages beyond `keep` bytes to the kernel; answers the bytes. And those that nobody needed
 * since the last tick, by and by. */
size_t pages_trim(size_t keep);
size_t pages_tick(void);

/* Bytes in the stack. */
size_t pages_kept(void);

#endif
