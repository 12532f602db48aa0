/* Memory of one zlib context: one block of the pools that zlib's few allocations are cut from, all
 * freed together. zlib frees without telling sizes, and each of its pieces alone would be rounded
 * up to granules. What does not fit the block (another build of zlib) goes to blocks of its own.
 * One thread at a time. */
#ifndef SWD_COMPRESS_ZBLOCK_H
#define SWD_COMPRESS_ZBLOCK_H

#include <stddef.h>
#include <zlib.h>

#define ZBLOCK_EXTRA 8

struct zblock {
    char *base; /* NULL: nothing held */
    size_t cap, used;
    void *extra[ZBLOCK_EXTRA];
    size_t extra_bytes;
};

int zblock_open(struct zblock *b, size_t cap, z_stream *z); /* 0 or SWD_ENOMEM */
size_t zblock_bytes(const struct zblock *b);
void zblock_close(struct zblock *b);

#endif
