/* The compiler: TypeScript and modern JavaScript to ES5.1 for Duktape 2.7, with a source map.
 *
 * Bytes in, bytes out: no I/O, no JavaScript engine, no type check. A compiler is a pooled context
 * (tables, interner and buffers stay warm); it is used by one thread at a time. Different compilers
 * run in parallel, on any thread but the loop's (asserted). A file of declarations (`x.d.ts`) gives
 * nothing. Cost: linear in the source; memory at most about twenty times its size, kept up
 * to a limit between compilations. Native stack use is bounded by `max_stack`. */
#ifndef SWD_TS_TS_H
#define SWD_TS_TS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dialect.h"
#include "base/err.h"
#include "pool/bytebuf.h"

enum swd_ts_lang { SWD_TS_LANG_AUTO, SWD_TS_JS, SWD_TS_TS, SWD_TS_TSX, SWD_TS_JSX };

/* EVAL: the text of a direct eval, compiled without a wrapper of its own. */
enum swd_ts_goal { SWD_TS_GOAL_AUTO, SWD_TS_SCRIPT, SWD_TS_COMMONJS, SWD_TS_MODULE, SWD_TS_EVAL };

struct swd_ts_opts {
    enum swd_ts_lang lang; /* AUTO: by the extension of `file`, else js */
    enum swd_ts_goal goal; /* AUTO: by extension, then by what the text contains, else script */
    const char *file;      /* display name in diagnostics and the map; NULL: "<input>" */
    bool experimental_decorators; /* TypeScript's legacy decorators instead of TC39's */
    bool assign_fields;           /* useDefineForClassFields: false */
    bool strict;                  /* EVAL only: the caller's code is strict */
    const char *scope;            /* EVAL only: what is around (eval_scope.c); NULL: nothing */
    bool completion;              /* AUTO only: a module returns its completion value, too */
    bool columns;                 /* every throwing site on a line of its own (internal output) */
    bool want_map;
    const char *jsx_factory;  /* NULL: React.createElement */
    const char *jsx_fragment; /* NULL: React.Fragment */
    size_t max_source;        /* bytes; 0: 16 MiB */
    size_t max_output;        /* bytes; 0: 256 MiB */
    size_t max_stack;         /* bytes of native stack the compiler may use; 0: 384 KiB */
    uint64_t max_ns;          /* time; 0: 10 s */
};

#define SWD_TS_MAX_DIAGS 20

/* One diagnostic: 1-based line and column (columns count UTF-16 units), the message, and the source
 * line with a caret under the place, two lines, tabs kept. Offsets into swd_ts_output.text. */
struct swd_ts_diag {
    uint32_t line, column;
    uint32_t message, snippet;
};

/* The result. The caller's: zeroed before its first use, buffers are got from their pool on demand
 * and used again by the next compilation into it; swd_ts_output_free() gives them back. A caller
 * that keeps the code takes `code` and sets it to NULL. */
struct swd_ts_output {
    struct swd_bytebuf *code; /* ES5.1; empty after an error */
    struct swd_bytebuf *map;  /* JSON text of a version 3 map; empty unless want_map */
    struct swd_bytebuf *text; /* NUL-terminated texts of the diagnostics */
    struct swd_ts_diag diags[SWD_TS_MAX_DIAGS];
    size_t ndiags;
    enum swd_ts_goal goal; /* what AUTO was decided to be */
    bool has_completion;   /* script, eval: evaluating `code` gives the completion value */
    bool async_module;     /* calling the module's function returns a promise (top-level await) */
};

/* Sets the fields of `o` that a dialect (base/dialect.h) decides; `d` is borrowed. */
void swd_ts_opts_dialect(struct swd_ts_opts *o, const struct swd_dialect *d);

struct swd_ts_compiler;

/* A compiler from the pool, warm if one is there. NULL when out of memory. Any thread. */
struct swd_ts_compiler *swd_ts_compiler_get(void);
void swd_ts_compiler_put(struct swd_ts_compiler **c);

/* Compiles. What `code` is, by goal: SCRIPT and EVAL: a program; COMMONJS and MODULE: one function
 * expression `(function (exports, require, module, __filename, __dirname) {...})` to be called with
 * those. 0; SWD_ESYNTAX (see out->diags); SWD_ELIMIT (size, time, nesting: also a diagnostic);
 * SWD_ENOMEM. */
int swd_ts_compile(struct swd_ts_compiler *c, const struct swd_ts_opts *o, const char *src,
                   size_t n, struct swd_ts_output *out);

void swd_ts_output_free(struct swd_ts_output *out);

/* All diagnostics as `file:line:column: error: message` with snippet, appended to `b`. */
int swd_ts_report(const struct swd_ts_output *out, const char *file, struct swd_bytebuf *b);

struct swd_ts_stats {
    uint64_t compiles, failed, bytes_in, bytes_out, ns;
};
void swd_ts_stats(struct swd_ts_stats *out);

#endif
