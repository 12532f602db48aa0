/* The runner arena: the allocator under one Duktape heap (doc/pool.md).
 *
 * Size classes with offset free lists, position-independent (an image of it can be relocated),
 * large blocks on extents of their own, realloc in place where possible. Live, peak and limit are
 * known in O(1) and the limit is checked at every allocation. Dropping an arena costs O(extents)
 * whatever is in it. One thread at a time (the owner's turn); the statistics may be read by any.
 * The arena's limit counts live blocks, headers included; its account is charged for whole
 * extents, which is what the runner really holds. What a block holds when it is handed out is not
 * specified, but never another arena's: fresh memory is cleared as it is carved. */
#ifndef SWD_POOL_ARENA_H
#define SWD_POOL_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pool/account.h"

struct swd_arena;

/* A new, empty arena charged to `account` (NULL: none) with a hard limit on live bytes. The arena's
 * own header lives in its first extent. Errors: SWD_ENOMEM. */
int swd_arena_new(struct swd_account *account, uint64_t limit, struct swd_arena **out);

/* The same with a first region of `first` bytes, contiguous (0: the default, 128 KiB). */
int swd_arena_new_sized(struct swd_account *account, uint64_t limit, size_t first,
                        struct swd_arena **out);

/* An arena in memory of the caller's (both multiples of 16): it never grows, has no large blocks
 * and no account, and dropping it releases nothing. Images are built so. SWD_EPARAMS. */
int swd_arena_place(void *mem, size_t bytes, uint64_t limit, struct swd_arena **out);

/* An arena whose first region, of `bytes`, begins with the `used` bytes that `copy` writes: what a
 * placed arena held up to its uncarved rest, relocated. Its figures start as that one's.
 * SWD_ENOMEM.
 */
int swd_arena_adopt(struct swd_account *account, uint64_t limit, void (*copy)(void *arg, void *to),
                    void *arg, size_t used, size_t bytes, struct swd_arena **out);

/* Makes what was copied from a placed arena to other memory of the caller's, of `bytes`, a placed
 * arena of its own: it may use all of it. Behind the copy the memory is zero. */
void swd_arena_settle(struct swd_arena *a, size_t bytes, uint64_t limit);

/* Returns every extent. Nothing inside is visited. */
void swd_arena_drop(struct swd_arena **a);

/* malloc, realloc, free semantics; 16-byte aligned; NULL when the limit, the account or the reserve
 * refuses. realloc of NULL allocates, to size 0 frees and answers NULL. */
void *swd_arena_alloc(struct swd_arena *a, size_t n);
void *swd_arena_realloc(struct swd_arena *a, void *p, size_t n);
void swd_arena_free(struct swd_arena *a, void *p);

/* While on, memory is zeroed on allocation and on free (images need it, doc/images.md). */
void swd_arena_set_zeroing(struct swd_arena *a, int on);

uint64_t swd_arena_live(const struct swd_arena *a);    /* bytes handed out now */
uint64_t swd_arena_peak(const struct swd_arena *a);    /* most bytes ever live */
uint64_t swd_arena_mapped(const struct swd_arena *a);  /* bytes of extents held */
uint64_t swd_arena_total(const struct swd_arena *a);   /* bytes ever allocated */
uint64_t swd_arena_refused(const struct swd_arena *a); /* allocations refused by a limit */
void swd_arena_set_limit(struct swd_arena *a, uint64_t limit);

/* Tells the conservation identity (identity.h) of this arena's live bytes; at the end of a turn.
 * The arena does it by itself whenever it gets or gives back an extent. */
void swd_arena_sync(struct swd_arena *a);

/* From now on the arena's extents count as hibernated (on), or as live again. Call before its pages
 * are given up, and after they are back. */
void swd_arena_set_hibernated(struct swd_arena *a, int on);

/* Returns wholly free pages and extents to the pool; answers the bytes returned. */
size_t swd_arena_compact(struct swd_arena *a);

/* The bump arena: for compilers and requests. Allocations are freed together, by rewinding to a
 * mark or by a reset that keeps the first extent hot. One thread at a time. */
struct swd_bump;
int swd_bump_new(struct swd_account *account, uint64_t limit, struct swd_bump **out);
void swd_bump_drop(struct swd_bump **b);
void *swd_bump_alloc(struct swd_bump *b, size_t n); /* 8-byte aligned, unspecified contents */
void *swd_bump_zalloc(struct swd_bump *b, size_t n);
char *swd_bump_strndup(struct swd_bump *b, const char *s, size_t n);
struct swd_bump_mark {
    void *extent;
    size_t used;
};
struct swd_bump_mark swd_bump_mark(const struct swd_bump *b);
void swd_bump_rewind(struct swd_bump *b, struct swd_bump_mark m);
void swd_bump_reset(struct swd_bump *b);
uint64_t swd_bump_used(const struct swd_bump *b);
uint64_t swd_bump_mapped(const struct swd_bump *b);

#endif
