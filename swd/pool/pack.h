/* Inside the pool folder: closes the holes of an image, for image.c.
 *
 * Which words are pointers is known there, so blocks may move as nowhere else: free blocks go, used
 * ones close up in their order, and what a clone allocates first comes behind them, on few pages.
 * Who takes numbers from where a block lies (a hash of its distance) must not be packed. */
#ifndef SWD_POOL_PACK_H
#define SWD_POOL_PACK_H

#include <stddef.h>
#include <stdint.h>

/* `words`, of `bytes`, hold a placed arena as at base 0; bit i of `map`: word i is a pointer.
 * `marks` are distances into used blocks that move along. Answers the bytes that are left (equal:
 * there were no holes), 0 when out of memory, with nothing changed. O(words). */
size_t image_pack(uint64_t *words, uint8_t *map, size_t bytes, size_t *marks, size_t nmarks);

#endif
