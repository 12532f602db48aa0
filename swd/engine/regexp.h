/* RegExp natives for ts/rt/regexp.js: programs of ts/re.h on Duktape strings.
 *
 * A RegExp object carries its program in a plain buffer under a hidden key; one that Duktape made
 * of a literal gets it on first use, from regexp.js. Natives that take a RegExp throw TypeError for
 * anything else. Those that loop over matches do what the standard's steps do when `exec` is the
 * built-in one. */
#ifndef SWD_ENGINE_REGEXP_H
#define SWD_ENGINE_REGEXP_H

#include "engine/duk.h"

extern const struct swd_native swd_regexp_natives[];

#endif
