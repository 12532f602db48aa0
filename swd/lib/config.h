/* The dialect of a heap: what the submission says, and the tsconfig.json of its script.
 *
 * Found before the main script (C side, files by the host), applied as it begins: from then on the
 * heap itself holds it, so that clones of an image and sleepers keep it. A script has a
 * tsconfig.json when its file name is one of TypeScript or JSX. Thread of the turn. */
#ifndef SWD_LIB_CONFIG_H
#define SWD_LIB_CONFIG_H

#include "lib/int.h"

/* Looks for it, once. SWD_EBUSY: the host was asked, look again; else 0. What is wrong with the
 * file is thrown by swd_config_apply(). */
int swd_config_find(struct swd_lib *lib);
void swd_config_drop(struct swd_lib *lib);

/* In the heap, before its first compilation: keeps the dialect there, and tells the module loader
 * of paths. Throws SyntaxError when the tsconfig.json is wrong. */
void swd_config_apply(duk_context *ctx);

/* The dialect of this heap into `out`. */
void swd_config_dialect(duk_context *ctx, struct swd_dialect *out);

#endif
