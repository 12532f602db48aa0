/* Accounts: who may use how much memory, and uses how much.
 *
 * A tree daemon > group > runner. Charging a leaf charges every ancestor; a charge that would pass
 * any limit on the way is refused as a whole. `used` is exact at every moment, O(depth) atomics a
 * charge. Any thread. Accounts are reference-counted by their children; the caller owns the one
 * it created. */
#ifndef SWD_POOL_ACCOUNT_H
#define SWD_POOL_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct swd_account;

/* A new account under `parent` (NULL: a root) with a limit in bytes (SWD_NONE: none). The name is
 * copied, cut at 31 bytes. NULL when out of memory. */
struct swd_account *swd_account_new(struct swd_account *parent, const char *name, uint64_t limit);

/* Drops the caller's reference; what is still charged is an invariant violation in debug builds
 * and is credited to the ancestors otherwise. */
void swd_account_free(struct swd_account **a);

/* Charges `n` bytes; false (and nothing charged) when a limit on the way would be passed. */
bool swd_account_charge(struct swd_account *a, uint64_t n);
void swd_account_credit(struct swd_account *a, uint64_t n);

uint64_t swd_account_used(const struct swd_account *a);
uint64_t swd_account_peak(const struct swd_account *a);
uint64_t swd_account_limit(const struct swd_account *a);
void swd_account_set_limit(struct swd_account *a, uint64_t limit);
const char *swd_account_name(const struct swd_account *a);

#endif
