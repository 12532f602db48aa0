/* The texts of rt/ (rt/rt.def names them in order), see rt.h. Constant data. */
#include "ts/rt.h"

static const char rt_core[] = {
#include "ts_rt/core.inc"
};
static const char rt_iter[] = {
#include "ts_rt/iter.inc"
};
static const char rt_object[] = {
#include "ts_rt/object.inc"
};
static const char rt_class[] = {
#include "ts_rt/class.inc"
};
static const char rt_generator[] = {
#include "ts_rt/generator.inc"
};
static const char rt_async[] = {
#include "ts_rt/async.inc"
};
static const char rt_regexp[] = {
#include "ts_rt/regexp.inc"
};
static const char rt_decorator[] = {
#include "ts_rt/decorator.inc"
};
static const char rt_dispose[] = {
#include "ts_rt/dispose.inc"
};

const struct swd_ts_rt swd_ts_rt[] = {
#define SWD_TS_RT(name) {#name, "swd:rt/" #name, rt_##name, sizeof(rt_##name)},
#include "ts/rt/rt.def"
#undef SWD_TS_RT
};
const size_t swd_ts_rt_count = sizeof(swd_ts_rt) / sizeof(swd_ts_rt[0]);
