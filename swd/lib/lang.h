/* Languages and goals of a submission: names, guesses, and what this build accepts. Pure. */
#ifndef SWD_LIB_LANG_H
#define SWD_LIB_LANG_H

#include "base/err.h"
#include "lib/lib.h"

/* "auto" "js" "ts" "tsx" "jsx", and "auto" "script" "commonjs" "module". 0 or SWD_EPARAMS. */
int swd_lang_parse(const char *text, enum swd_lang *out);
int swd_goal_parse(const char *text, enum swd_goal *out);

/* The language of a display name by its extension; SWD_LANG_JS when it says nothing. */
enum swd_lang swd_lang_of(enum swd_lang asked, const char *name);

/* The goal likewise: .mjs and .mts are modules, .cjs and .cts commonjs, else `asked`. */
enum swd_goal swd_goal_of(enum swd_goal asked, const char *name);

#endif
