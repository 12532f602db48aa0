/* performance and require('perf_hooks'): perf.js on the runner's clock. */
#include "lib/int.h"

static duk_ret_t perf_now(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_push_number(ctx, (double)(swd_lib_mono(lib) - lib->opened) / 1e6);
    return 1;
}

/* Of this runner, even where the object was made for the image that it is a clone of. */
static duk_ret_t perf_time_origin(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    if (lib->time_origin == 0)
        lib->time_origin = duk_get_now(ctx) - (double)(swd_lib_mono(lib) - lib->opened) / 1e6;
    duk_push_number(ctx, lib->time_origin);
    return 1;
}

static const struct swd_native performance_natives[] = {
    {"now", perf_now, 0, 0},
    {"timeOrigin", perf_time_origin, 0, 0},
};

/* performance(): { now, timeOrigin }, to which perf.js adds the rest. */
static duk_ret_t perf_begin(duk_context *ctx)
{
    duk_push_object(ctx);
    swd_native_push(ctx, &performance_natives[0]);
    swd_lib_def(ctx, -2, "now");
    duk_push_literal(ctx, "timeOrigin");
    swd_lib_accessor(ctx, -2, &performance_natives[1], NULL, false);
    swd_lib_tag(ctx, -1, "Performance");
    return 1;
}

static const struct swd_native perf_natives[] = {
    {"performance", perf_begin, 0, 0},
    {NULL, NULL, 0, 0},
};

static void push_perf(duk_context *ctx)
{
    swd_lib_push(ctx, "perf");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_node_push(ctx, PRELUDE_perf, perf_natives);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "perf");
}

#define MAKE(name)                                                                                 \
    static duk_ret_t make_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        push_perf(ctx);                                                                            \
        duk_get_prop_literal(ctx, -1, #name);                                                      \
        return 1;                                                                                  \
    }
MAKE(performance)
MAKE(PerformanceEntry)
MAKE(PerformanceMark)
MAKE(PerformanceMeasure)
MAKE(PerformanceObserver)

static const struct swd_native makers[] = {
    {"performance", make_performance, 0, 0},
    {"PerformanceEntry", make_PerformanceEntry, 0, 0},
    {"PerformanceMark", make_PerformanceMark, 0, 0},
    {"PerformanceMeasure", make_PerformanceMeasure, 0, 0},
    {"PerformanceObserver", make_PerformanceObserver, 0, 0},
};

void swd_perf_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}

void swd_perf_exports(duk_context *ctx)
{
    push_perf(ctx);
}
