/* From a source text to a compiled function on the value stack. */
#ifndef SWD_LIB_COMPILE_H
#define SWD_LIB_COMPILE_H

#include "lib/int.h"

struct swd_compile {
    const char *source; /* UTF-8 */
    size_t n;
    const char *name; /* file name in errors */
    enum swd_lang lang;
    enum swd_goal goal; /* AUTO: becomes what the text is */
};

/* Translates and compiles; pushes a function. SCRIPT: called without arguments it runs the text and
 * returns its completion value. COMMONJS and MODULE: it takes (exports, require, module,
 * __filename,
 * __dirname). Throws SyntaxError with file, line, column and a caret; RangeError at a limit. */
void swd_compile_push(duk_context *ctx, struct swd_compile *c);

/* The text of a direct eval, translated: pushes a string. `strict`: the caller's code is. */
void swd_compile_eval(duk_context *ctx, const char *source, size_t n, bool strict);

#endif
