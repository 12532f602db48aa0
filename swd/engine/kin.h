/* Kin: heaps asleep that are alike share what they have in common.
 *
 * Runners of one script, or of scripts of one shape, differ from their image by nearly the same
 * words. The difference of one of them, kept as a dictionary, makes that of every other far
 * smaller, and in less time. Kin is found by a key of the script and by one of the heap's shape;
 * what was met once is remembered, what is met twice gets a dictionary, and one that helps no
 * longer is replaced. Dictionaries are immutable and reference-counted: whoever sleeps by one keeps
 * it. At most KIN_SLOTS of each sort.
 *
 * A dictionary holds words of another heap. So heaps are kin within one family only, which is all
 * whose accounts hang beneath one account (a group of runners): nothing of one is ever in the
 * coding, or the size, of what another's heaps leave behind. The account is charged for its
 * dictionaries, and they go when the last heap of the family has gone that ever slept.
 *
 * Any thread. O(1) but for making a dictionary and for the end of a family. */
#ifndef SWD_ENGINE_KIN_H
#define SWD_ENGINE_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What tells kin: the script (0: not known), and the shape of the heap. */
enum { SWD_KIN_SCRIPT, SWD_KIN_SHAPE, SWD_KIN_KEYS };
struct swd_kin_keys {
    uint64_t key[SWD_KIN_KEYS];
};

struct swd_account;
struct swd_kin;
struct swd_kin_family;

/* A heap that pays into `account` (NULL: none) becomes a member of its family, which is answered;
 * NULL when out of memory. A member's account outlives its membership. */
struct swd_kin_family *swd_kin_join(struct swd_account *account);
void swd_kin_leave(struct swd_kin_family **family);

/* The dictionary of kin, a reference; NULL: none yet, or no family. */
struct swd_kin *swd_kin_find(struct swd_kin_family *family, const struct swd_kin_keys *keys);
void swd_kin_unref(struct swd_kin **kin);

/* A difference of `n` bytes at `raw` became `got` by `used` (NULL: without any). May make a
 * dictionary of it; does nothing when out of memory or when the account refuses. `raw` may be NULL
 * when there is `used`: one that helps no longer is dropped then. */
void swd_kin_learn(struct swd_kin_family *family, const struct swd_kin_keys *keys,
                   const struct swd_kin *used, const void *raw, size_t n, size_t got);

/* For zstd: the digested dictionary to compress with (a ZSTD_CDict), the prefix to decompress. */
const void *swd_kin_digest(const struct swd_kin *kin);
const void *swd_kin_prefix(const struct swd_kin *kin, size_t *n);

/* Bytes of the dictionaries there are. */
uint64_t swd_kin_bytes(void);

#endif
