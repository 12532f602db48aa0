/* Natives for the hot paths of the runtime helpers (ts/rt/iter.js, object.js, class.js).
 *
 * They run no script code but getters and traps, and answer undefined or false where a helper must
 * go the long way in JavaScript (so that a coroutine may yield there). */
#ifndef SWD_ENGINE_RTFAST_H
#define SWD_ENGINE_RTFAST_H

#include "engine/duk.h"

/* What SWD_SLOT_RT holds, by index (regexp.c): the last long subject, RegExp.prototype and the
 * function that gives a RegExp its program. */
enum { KEPT_STRING, KEPT_UNITS, KEPT_PROTO, KEPT_ADOPT };

extern const struct swd_native swd_rtfast_natives[];

#endif
