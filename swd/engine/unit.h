/* Duktape's insides, for the rest of `engine`: implemented in duk_unit.c. Contexts are
 * duk_context pointers. */
#ifndef SWD_ENGINE_UNIT_H
#define SWD_ENGINE_UNIT_H

struct swd_heap;

/* The heap that was given to duk_create_heap(); O(1). */
struct swd_heap *swd_unit_heap(void *ctx);

#endif
