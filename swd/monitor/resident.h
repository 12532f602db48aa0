/* Where the resident bytes are, by /proc/self/smaps. Reading it takes about a millisecond for each
 * 100 MB and holds up nobody but whoever maps memory meanwhile: on a thread of its own. */
#ifndef SWD_MONITOR_RESIDENT_H
#define SWD_MONITOR_RESIDENT_H

#include <stdbool.h>
#include <stdint.h>

struct swd_resident {
    uint64_t reserve, heap, stack, file, other; /* other: anonymous memory without a name */
    uint64_t rss, pss;                          /* in all */
};

/* `owns`: whether an address lies in the reserve. 0 or SWD_EIO. */
int swd_resident_read(const char *path, bool (*owns)(const void *p), struct swd_resident *out);

/* What `stats` shows: the parts of RSS when they were measured. */
struct swd_parts {
    uint64_t rss, reserve, file, libc, stacks, unknown;
    uint64_t at; /* mono ns; 0: not yet */
};
/* `stacks` and `tables`: bytes of executors' stacks, and of tables beside the reserve, both among
 * the nameless; `libc`: what the C library says it has. What none of them explains is unknown. */
void swd_resident_parts(const struct swd_resident *r, uint64_t stacks, uint64_t tables,
                        uint64_t libc, struct swd_parts *out);

#endif
