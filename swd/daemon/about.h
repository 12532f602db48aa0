/* What this build is: for `swd -V`, method `version` and the log. */
#ifndef SWD_DAEMON_ABOUT_H
#define SWD_DAEMON_ABOUT_H

#include <stdio.h>

const char *swd_version(void);

/* Version, features, libraries and the hash of the engine's configuration. Answers 0. */
int swd_version_print(FILE *f);

#endif
