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

/* Limits are kept to 18 significant bits, rounded down; `used` can reach 1 TiB. */

/* A new account under `parent` (NULL: a root) with a limit in bytes (SWD_NONE: none). The name is
 * copied, cut at 31 bytes. NULL when out of memory. */
struct swd_account *swd_account_new(struct swd_account *parent, const char *name, uint64_t limit);

/* Drops the caller's reference; what is still charged is an invariant violation in debug builds
 * and is credited to the ancestors otherwise. */
void swd_account_free(struct swd_account **a);

/* What the memory is for: the columns of the owner x pool matrix, from kinds.def. */
enum swd_account_kind {
#define SWD_ACCOUNT_KIND(sym, name, help) SWD_ACCOUNT_##sym,
#include "pool/kinds.def"
#undef SWD_ACCOUNT_KIND
    SWD_ACCOUNT_KINDS
};
const char *swd_account_kind_name(enum swd_account_kind kind);

/* Charges `n` bytes; false (and nothing charged) when a limit on the way would be passed. */
bool swd_account_charge(struct swd_account *a, uint64_t n);
void swd_account_credit(struct swd_account *a, uint64_t n);

/* The same with a kind; credit what was charged with the kind it was charged with. */
bool swd_account_charge_kind(struct swd_account *a, enum swd_account_kind kind, uint64_t n);
void swd_account_credit_kind(struct swd_account *a, enum swd_account_kind kind, uint64_t n);
/* Makes `n` bytes charged for one kind `m` bytes of another, in one step: cannot fail when m <= n,
 * else as a charge of the rest. */
bool swd_account_recast(struct swd_account *a, enum swd_account_kind from, uint64_t n,
                        enum swd_account_kind to, uint64_t m);
/* What `a` itself (not its children) was charged for one kind. */
uint64_t swd_account_used_kind(const struct swd_account *a, enum swd_account_kind kind);

uint64_t swd_account_used(const struct swd_account *a);
uint64_t swd_account_peak(const struct swd_account *a);
uint64_t swd_account_limit(const struct swd_account *a);
void swd_account_set_limit(struct swd_account *a, uint64_t limit);
const char *swd_account_name(const struct swd_account *a);
/* NULL for a root. It lives as long as `a` does. */
struct swd_account *swd_account_parent(const struct swd_account *a);

/* Visits the accounts down to depth `most`, parents before their children, roots at depth 0: the
 * rows of the owner x pool matrix. The tree cannot change meanwhile, so `row` neither makes nor
 * frees accounts; what lies deeper (a million runners, below groups) costs nothing. */
void swd_account_each(unsigned most,
                      void (*row)(void *arg, const struct swd_account *a, unsigned depth),
                      void *arg);
/* Inside swd_account_each() only: adds what `a` and all beneath it were charged, by kind. */
void swd_account_sum_kinds(const struct swd_account *a, uint64_t out[SWD_ACCOUNT_KINDS]);

#endif
