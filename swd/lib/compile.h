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
 * __filename, __dirname). A text of goal AUTO that turns out to be a module returns its completion
 * value, or a promise of it where it awaits at the top level. Throws SyntaxError with file, line,
 * column and a caret; RangeError at a limit. */
void swd_compile_push(duk_context *ctx, struct swd_compile *c);

/* The text of an eval, translated: pushes a string. `strict`: the caller of a direct one is.
 * `scope`, of a direct one: what it sees of the code around (swd_ts_opts.scope); NULL: nothing. */
void swd_compile_eval(duk_context *ctx, const char *source, size_t n, bool strict,
                      const char *scope);

/* A function made at run time: of the n values on top, which are popped, the last is the body, the
 * others are parameters. `head` is `function`, `async function*` and so on. Pushes the function. */
void swd_compile_function(duk_context *ctx, const char *head, int n);

#endif
