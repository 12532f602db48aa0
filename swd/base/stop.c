/* Stop reasons: see stop.h. */
#include "base/stop.h"

static const struct {
    const char *name, *text;
} stop_table[SWD_STOP_COUNT] = {
    {"none", "not stopped"},
#define SWD_STOP(sym, name, text) {name, text},
#include "base/stop.def"
#undef SWD_STOP
};

const char *swd_stop_name(enum swd_stop s)
{
    return s < SWD_STOP_COUNT ? stop_table[s].name : "unknown";
}

const char *swd_stop_text(enum swd_stop s)
{
    return s < SWD_STOP_COUNT ? stop_table[s].text : "unknown";
}
