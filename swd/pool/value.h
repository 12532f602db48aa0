/* One value of a vector or map of the daemon's C side: 8 bytes, its meaning the owner's. Nothing is
 * owned through it. Header only. */
#ifndef SWD_POOL_VALUE_H
#define SWD_POOL_VALUE_H

#include <stdint.h>

union swd_value {
    uint64_t u;
    int64_t i;
    double d;
    uint32_t half[2];
    void *p;
};

#endif
