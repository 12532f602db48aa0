/* From a version 3 source map to one place for each line of the generated code. */
#ifndef SWD_LIB_LINEMAP_H
#define SWD_LIB_LINEMAP_H

#include <stddef.h>
#include <stdint.h>

struct swd_linemap {
    uint32_t *places; /* engine/place.h; of line i + 1 at i */
    size_t n, cap;
};

/* Reads the `mappings` of a map's JSON text. A line without a mapping stands where the one before
 * it does. 0 or SWD_ENOMEM; stops at text that is no map. */
int swd_linemap_read(struct swd_linemap *m, const char *json, size_t n);
void swd_linemap_free(struct swd_linemap *m);

#endif
