/* Trends: see trend.h. Ordinary least squares; a sawtooth is a series with a drop of more than a
 * third of its range. */
#include "monitor/trend.h"

#include <string.h>

static const char *const shapes[] = {"few", "flat", "monotone", "sawtooth", "falling"};

const char *swd_shape_name(enum swd_shape s)
{
    return shapes[s];
}

static void fit(const float *t, const float *y, size_t n, struct swd_trend *o)
{
    double mt = 0, my = 0, tt = 0, ty = 0, yy = 0;
    for (size_t i = 0; i < n; i++) {
        mt += t[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        tt += (t[i] - mt) * (t[i] - mt);
        ty += (t[i] - mt) * (y[i] - my);
        yy += (y[i] - my) * (y[i] - my);
    }
    o->slope = tt > 0 ? ty / tt : 0;
    o->fit = tt > 0 && yy > 0 ? ty * ty / (tt * yy) : 0;
}

static double steps(const float *y, size_t n, struct swd_trend *o)
{
    double deepest = 0, range = o->most - o->least;
    for (size_t i = 1; i < n; i++) {
        double d = (double)y[i] - y[i - 1];
        o->ups += d > 0;
        o->drops += d < -range / 10;
        deepest = -d > deepest ? -d : deepest;
    }
    return deepest;
}

void swd_trend(const float *t, const float *y, size_t n, double floor, struct swd_trend *o)
{
    double deepest;
    memset(o, 0, sizeof *o);
    o->points = n;
    if (n < SWD_TREND_POINTS)
        return;
    o->first = o->least = o->most = y[0];
    o->last = y[n - 1];
    o->seconds = t[n - 1] - t[0];
    for (size_t i = 1; i < n; i++) {
        o->least = y[i] < o->least ? y[i] : o->least;
        o->most = y[i] > o->most ? y[i] : o->most;
    }
    fit(t, y, n, o);
    deepest = steps(y, n, o);
    if (o->most - o->least < floor)
        o->shape = SWD_SHAPE_FLAT;
    else if (deepest > (o->most - o->least) / 3)
        o->shape = SWD_SHAPE_SAWTOOTH;
    else if (o->slope > 0 && o->last - o->first >= floor && o->fit >= 0.7 && o->drops <= 1)
        o->shape = SWD_SHAPE_GROWS;
    else
        o->shape = o->slope < 0 && o->fit >= 0.7 ? SWD_SHAPE_FALLS : SWD_SHAPE_FLAT;
}
