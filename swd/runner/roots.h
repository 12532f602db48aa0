/* Configured roots: folders whose files scripts may require by absolute path. Any thread. */
#ifndef SWD_RUNNER_ROOTS_H
#define SWD_RUNNER_ROOTS_H

#include <stdint.h>

#include "base/err.h"
#include "pool/bytebuf.h"
#include "pool/strvec.h"

struct swd_roots; /* immutable, reference-counted, so that a reload can replace it */

/* `paths` are copied. NULL when out of memory; an empty set is allowed. */
struct swd_roots *swd_roots_new(const struct swd_strvec *paths);
struct swd_roots *swd_roots_ref(struct swd_roots *r);
void swd_roots_unref(struct swd_roots **r);

/* Appends the file at the absolute `path` when it lies, symbolic links resolved, under a root and
 * user `uid` may read it (owner or others; a group's permission is not counted). Blocks on the
 * disk. SWD_ENOTFOUND: under no root, or no such file; SWD_EDENIED, SWD_EIO, SWD_ELIMIT. */
int swd_roots_read(struct swd_roots *r, uint32_t uid, const char *path, struct swd_bytebuf *out,
                   struct swd_err *e);

#endif
