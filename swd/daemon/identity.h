/* Who the daemon runs as. Before threads. */
#ifndef SWD_DAEMON_IDENTITY_H
#define SWD_DAEMON_IDENTITY_H

#include "base/err.h"

/* Becomes `user` and `group` (names or ids; "" for none) when started as root; also drops
 * supplementary groups. Errors: SWD_EPARAMS (unknown name), SWD_EDENIED (not root). */
int swd_identity_become(const char *user, const char *group, struct swd_err *e);

#endif
