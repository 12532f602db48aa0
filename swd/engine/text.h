/* Text for the other files of `engine`: see duk.h for the boundary itself and text.c for how. */
#ifndef SWD_ENGINE_TEXT_H
#define SWD_ENGINE_TEXT_H

#include <stddef.h>

#include "duktape.h"

/* The string at `idx` as UTF-8 in out[0..size), NUL-terminated, cut at a character. Allocates
 * nothing and reads no more than it copies. Not a string (or a symbol): empty. */
void swd_text_copy(duk_context *ctx, duk_idx_t idx, char *out, size_t size);

#endif
