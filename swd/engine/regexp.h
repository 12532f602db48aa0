/* RegExp natives for ts/rt/regexp.js: programs of ts/re.h on Duktape strings.
 *
 * A RegExp object carries its program in a plain buffer under a hidden key. Natives that take a
 * RegExp throw TypeError for anything else, and answer undefined when it has no program yet (an
 * object that Duktape made of a literal): regexp.js then compiles and asks again. */
#ifndef SWD_ENGINE_REGEXP_H
#define SWD_ENGINE_REGEXP_H

#include "engine/duk.h"

extern const struct swd_native swd_regexp_natives[];

#endif
