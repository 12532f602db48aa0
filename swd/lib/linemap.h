/* From a version 3 source map to one place for each line of the generated code. */
#ifndef SWD_LIB_LINEMAP_H
#define SWD_LIB_LINEMAP_H

#include <stddef.h>
#include <stdint.h>

#include "pool/valvec.h"

struct swd_linemap {
    struct swd_valvec *pairs; /* the places, two in a value */
    size_t n;                 /* places */
};

/* Of line i + 1 at i (engine/place.h). */
static inline const uint32_t *swd_linemap_places(const struct swd_linemap *m)
{
    return m->pairs ? (const uint32_t *)(const void *)m->pairs->v : NULL;
}

/* Reads the `mappings` of a map's JSON text. A line without a mapping stands where the one before
 * it does. 0 or SWD_ENOMEM; stops at text that is no map. */
int swd_linemap_read(struct swd_linemap *m, const char *json, size_t n);
void swd_linemap_free(struct swd_linemap *m);

#endif
