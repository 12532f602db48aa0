/* Whether a series grows: least squares, and whether it goes one way or up and down. Pure. */
#ifndef SWD_MONITOR_TREND_H
#define SWD_MONITOR_TREND_H

#include <stddef.h>

enum swd_shape {
    SWD_SHAPE_FEW,
    SWD_SHAPE_FLAT,
    SWD_SHAPE_GROWS,
    SWD_SHAPE_SAWTOOTH,
    SWD_SHAPE_FALLS
};
const char *swd_shape_name(enum swd_shape s);

struct swd_trend {
    enum swd_shape shape;
    double slope; /* units a second */
    double fit;   /* r squared, 0..1 */
    double first, last, least, most;
    double seconds;            /* from first to last point */
    size_t points, ups, drops; /* steps up; steps down by more than a tenth of the range */
};

#define SWD_TREND_POINTS 6 /* fewer say nothing */

/* `t` in seconds, ascending. `floor`: growth of less than this says nothing. */
void swd_trend(const float *t, const float *y, size_t n, double floor, struct swd_trend *out);

#endif
