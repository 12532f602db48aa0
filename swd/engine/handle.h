/* Handles: how a script holds something of the daemon's.
 *
 * A handle is a number, index and generation in the heap's own table outside the arena; a pointer
 * never enters the heap. A handle that was closed, forged, or is of another type finds nothing.
 * Whatever is still open when the heap is destroyed, condemned or not, is dropped then. The
 * heap's own thread; O(1). */
#ifndef SWD_ENGINE_HANDLE_H
#define SWD_ENGINE_HANDLE_H

#include <stddef.h>

#include "engine/engine.h"

/* A type of thing: its address is its identity. `drop` gives the thing back. */
struct swd_handle_type {
    const char *name;
    void (*drop)(void *thing);
};

/* Enters `thing`; *id is a positive integer below 2^53, never one of before. SWD_ENOMEM, or
 * SWD_ELIMIT at 65,535 open handles; the thing stays the caller's then. */
int swd_handle_open(struct swd_heap *h, const struct swd_handle_type *type, void *thing,
                    double *id);

/* The thing, or NULL. */
void *swd_handle_get(const struct swd_heap *h, const struct swd_handle_type *type, double id);

/* Takes the thing out of the table without dropping it; NULL as above. */
void *swd_handle_take(struct swd_heap *h, const struct swd_handle_type *type, double id);

/* Takes it out and drops it; SWD_ENOTFOUND when there is none. */
int swd_handle_close(struct swd_heap *h, const struct swd_handle_type *type, double id);

size_t swd_handle_count(const struct swd_heap *h);

#endif
