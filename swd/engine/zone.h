/* The local time zone, read once at start. */
#ifndef SWD_ENGINE_ZONE_H
#define SWD_ENGINE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads $TZ (a POSIX rule or the name of a zone file) or /etc/localtime. UTC when there is none or
 * it cannot be understood. Once, before threads. */
void swd_zone_init(void);

/* The same from given data, for tests: a zone file's bytes, or a POSIX rule. False: not valid, the
 * zone is UTC then. */
bool swd_zone_load(const unsigned char *file, size_t n);
bool swd_zone_rule(const char *text);

/* Seconds to add to UTC at `ms` of Unix time; 0 for NaN. No lock, no allocation; any thread. */
int swd_zone_offset(double ms);

#endif
