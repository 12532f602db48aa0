/* Relocatable images of a placed arena: found by comparison, copied into fresh arenas.
 *
 * The same deterministic work is done in arenas at three sites whose addresses differ by multiples
 * of 4 GiB. Words of the first two that differ by exactly the stride and point into the arena are
 * the relocations; a copy of the third must come out equal. Any unexplained word refuses the image.
 * Knows words and arenas, nothing of what is in them. Source: the method of undump/pdumper images,
 * with the relocation table found instead of declared.
 *
 * An image is immutable and reference-counted; clones may be made from any thread. A clone costs
 * one copy of the image and one addition a relocation. */
#ifndef SWD_POOL_IMAGE_H
#define SWD_POOL_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pool/account.h"
#include "pool/arena.h"

#define SWD_IMAGE_SITES 3

/* Three regions of equal size at addresses with equal, unusual low halves, drawn at random. */
struct swd_image_sites {
    char *at[SWD_IMAGE_SITES];
    size_t bytes;
    void *map;
    size_t map_bytes;
};

/* Address space for sites of `bytes` each (a multiple of the page size, under 1 GiB). */
int swd_image_sites_new(size_t bytes, struct swd_image_sites *out, struct swd_err *e);
void swd_image_sites_free(struct swd_image_sites *s);

struct swd_image;

/* Makes an image of the arenas placed at the sites' starts, each holding the same work, and checks
 * it against the third. Errors: SWD_ECORRUPT with the first unexplained word, SWD_ENOMEM. The sites
 * may be freed afterwards. The image's memory is charged to `account` (may be NULL). */
int swd_image_make(const struct swd_image_sites *s, struct swd_account *account,
                   struct swd_image **out, struct swd_err *e);

/* Closes the holes of a new image (free blocks), which nobody may have cloned yet: blocks move, and
 * `marks`, `n` distances from the arena's start into used blocks, move along. Only for work that
 * takes no numbers from where its blocks lie. Does nothing when out of memory. */
void swd_image_pack(struct swd_image *img, size_t *marks, size_t n);

struct swd_image *swd_image_ref(struct swd_image *img);
void swd_image_unref(struct swd_image **img);

/* A new arena that holds what the image holds, relocated. Errors: SWD_ENOMEM. `limit` is the
 * arena's; it must leave room for the image. */
int swd_image_clone(const struct swd_image *img, struct swd_account *account, uint64_t limit,
                    struct swd_arena **out);

/* The same in zeroed memory of the caller's, as swd_arena_place(): images are built on images so.
 * SWD_EPARAMS when it does not fit. */
int swd_image_place(const struct swd_image *img, void *mem, size_t bytes, uint64_t limit,
                    struct swd_arena **out);

/* Writes the first region of a clone at `base` as it was when it was made (or part of it), to
 * `out`: for the difference that hibernation keeps. `from` and `n` are multiples of 8 within
 * swd_image_bytes(). */
void swd_image_render(const struct swd_image *img, const void *base, size_t from, size_t n,
                      void *out);

/* Tells which words of the first region at `base` are no longer the image's: bit i of byte k, word
 * 8k + i. `out` has a bit for each word of the image, in whole groups of eight bytes. */
void swd_image_differ(const struct swd_image *img, const void *base, uint64_t *out);

/* Writes all of it to the first region at `base`, whatever of it is poisoned. */
void swd_image_restore(const struct swd_image *img, void *base);

/* The words as at base 0, and which of them are pointers. */
const uint64_t *swd_image_words(const struct swd_image *img);
const uint8_t *swd_image_map(const struct swd_image *img);

size_t swd_image_bytes(const struct swd_image *img);
size_t swd_image_relocations(const struct swd_image *img);
/* Words with the upper half of a dead pointer left in padding, kept as they are. */
size_t swd_image_stale(const struct swd_image *img);

#endif
