/* The table of handles as struct swd_heap has it: for heap.c and handle.c only. */
#ifndef SWD_ENGINE_HANDLES_H
#define SWD_ENGINE_HANDLES_H

#include <stdint.h>

struct swd_heap;
struct swd_handle;

struct swd_handles {
    struct swd_handle *at;
    uint32_t size, free, open; /* free: index + 1 of the first free entry; open: how many */
};

struct swd_handles *swd_heap_handles(const struct swd_heap *h);

/* Drops every open thing, and the table. */
void swd_handles_drop(struct swd_handles *t);

#endif
