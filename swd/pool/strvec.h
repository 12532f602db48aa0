/* String vectors: growable arrays of strings that the vector owns, pooled.
 *
 * All texts of a vector lie in one buffer, each with a final NUL. Got from and put back to the pool
 * `strvec`: texts are cleared, more elements than the pool's limit (256) or more than 64 KiB of
 * text are freed instead and counted. One thread at a time. */
#ifndef SWD_POOL_STRVEC_H
#define SWD_POOL_STRVEC_H

#include <stddef.h>

#include "pool/bytebuf.h"
#include "pool/valvec.h"

struct swd_strvec {
    struct swd_valvec *at; /* offsets into `text`; NULL until something was added */
    struct swd_bytebuf *text;
};

/* NULL when out of memory. */
struct swd_strvec *swd_strvec_get(void);
void swd_strvec_put(struct swd_strvec **vec);

/* Appends a copy of n bytes; 0 or SWD_ENOMEM. */
int swd_strvec_add(struct swd_strvec *vec, const char *s, size_t n);
/* Appends the parts of `s` between any of the bytes of `seps`; empty parts are left out. */
int swd_strvec_split(struct swd_strvec *vec, const char *s, size_t n, const char *seps);
size_t swd_strvec_count(const struct swd_strvec *vec);
/* The i-th string, NUL-terminated; good until the next add. `*n` (may be NULL): its length. */
const char *swd_strvec_at(const struct swd_strvec *vec, size_t i, size_t *n);
void swd_strvec_clear(struct swd_strvec *vec);

#endif
