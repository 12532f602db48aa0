/* Reasons for ending a runner, generated from stop.def. SWD_STOP_NONE is 0. */
#ifndef SWD_BASE_STOP_H
#define SWD_BASE_STOP_H

enum swd_stop {
    SWD_STOP_NONE = 0,
#define SWD_STOP(sym, name, text) SWD_STOP_##sym,
#include "base/stop.def"
#undef SWD_STOP
    SWD_STOP_COUNT
};

/* Reason code as on the wire ("cpu_per_turn"), and a sentence part ("used up its ..."). */
const char *swd_stop_name(enum swd_stop s);
const char *swd_stop_text(enum swd_stop s);

#endif
