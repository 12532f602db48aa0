/* Sleeping arenas: what is left of an arena whose pages were given back (doc/hibernation.md).
 *
 * The difference of an arena from the image that it was cloned from (or from zero) is fed to a sink
 * of the caller's, which compresses it; then the pages go and the addresses stay reserved. Waking
 * writes the image again and applies the difference, at the same addresses, so nothing in the arena
 * moves. Free blocks and the uncarved rest hold nothing: they are left out and read as the image
 * (or zero) afterwards; lists of free blocks come back in the order of addresses. Everything else
 * comes back byte for byte.
 *
 * Thread: the arena's owner. Cost: one pass over the live bytes, a system call or two a region. */
#ifndef SWD_POOL_HIBERNATE_H
#define SWD_POOL_HIBERNATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pool/arena.h"
#include "pool/image.h"

#define SWD_DIFF_BUFFER ((size_t)64 * 1024) /* bytes of scratch that a difference needs */

/* Takes the next piece of the difference, or the last one. 0 or SWD_E*. */
typedef int swd_diff_sink(void *arg, const void *p, size_t n, bool last);
/* Gives the next piece of it, as the sink got them; eight bytes behind its end can be read. 0 or
 * SWD_E*. */
typedef int swd_diff_source(void *arg, const void **p, size_t *n);

/* What the owner of an arena knows of its words: one in front of a text (first the text's length in
 * 32 bits, 32 bits of anything, then the text itself) is a hash of it. `of` answers that word;
 * whether it is so is found by asking. On waking it is asked when all other words are back. `may`
 * says for less whether asking for a word in front of a text of a byte or more is of any use. */
struct swd_diff_follow {
    uint64_t (*of)(void *arg, const void *text, size_t n);
    bool (*may)(uint64_t word, const void *text);
    void *arg;
};

/* Feeds the difference of `a` from `img` (NULL: from zero) to the sink in pieces of at most
 * SWD_DIFF_BUFFER bytes; changes nothing that the owner sees. `buffer` has that many; `follow` may
 * be NULL, here and when waking. Errors: the sink's, SWD_ENOMEM. */
int swd_arena_diff(struct swd_arena *a, const struct swd_image *img,
                   const struct swd_diff_follow *follow, void *buffer, swd_diff_sink *sink,
                   void *arg);

struct swd_asleep;

/* Gives up the arena's pages; `blob`, what the sink made of the difference, is copied. The account
 * is charged for the copy instead of the extents. The arena is not to be touched until it is woken,
 * its figures included. Errors, with the arena as it was: SWD_ENOMEM; SWD_ELIMIT when the blob is
 * no smaller than the arena. */
int swd_arena_sleep(struct swd_arena *a, struct swd_account *account, const void *blob, size_t n,
                    struct swd_asleep **out);

/* The arena as it was, at its old place. Errors, with the arena still asleep: SWD_ENOMEM (account,
 * budget), and what the source gives. */
int swd_arena_wake(struct swd_asleep **s, const struct swd_image *img,
                   const struct swd_diff_follow *follow, swd_diff_source *source, void *arg,
                   struct swd_arena **out);

/* The end of an arena that sleeps: nothing is woken. */
void swd_asleep_drop(struct swd_asleep **s);

const void *swd_asleep_blob(const struct swd_asleep *s, size_t *n);
/* Bytes that it costs now, and bytes of extents that it had. */
size_t swd_asleep_bytes(const struct swd_asleep *s);
size_t swd_asleep_mapped(const struct swd_asleep *s);

#endif
