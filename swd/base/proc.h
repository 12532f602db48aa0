/* Facts about the own process from /proc. Any thread; each call costs one open, read and close. */
#ifndef SWD_BASE_PROC_H
#define SWD_BASE_PROC_H

#include <stdint.h>

struct swd_proc_mem {
    uint64_t size, resident, shared; /* bytes, as /proc/self/statm has them */
};
/* 0 or SWD_EIO; zeroes on error. */
int swd_proc_mem(struct swd_proc_mem *out);

/* Resident bytes; 0 when unknown. */
uint64_t swd_proc_rss(void);

#endif
