/* Shared by the files that print statements. Not for other files. */
#ifndef SWD_TS_EMIT_STMT_H
#define SWD_TS_EMIT_STMT_H

#include "ts/emit.h"

/* emit_stmt.c: the names of a scope that are made anew each time (how many, and one of them), and
 * the construct that does it; `value` prints what a symbol begins with. */
u32 ts_env_count(struct swd_ts_compiler *c, u32 scope, u32 *only);
void ts_open_env(struct swd_ts_compiler *c, u32 scope,
                 void (*value)(struct swd_ts_compiler *, u32));
void ts_initial(struct swd_ts_compiler *c, u32 y); /* such a value: not initialised yet */

/* One declarator; `*sep` is printed before what it assigns. */
void ts_declarator(struct swd_ts_compiler *c, u32 d, int kind, const char **sep, bool stmt);
bool ts_var_expr(struct swd_ts_compiler *c, u32 s); /* a declaration as an expression, if any */
bool ts_is_using(struct swd_ts_compiler *c, u32 s);
u32 ts_use_open(struct swd_ts_compiler *c);
void ts_use_close(struct swd_ts_compiler *c, u32 outer, bool await);
void ts_use(struct swd_ts_compiler *c, u32 var, u32 d);

void ts_block(struct swd_ts_compiler *c, u32 s);
bool ts_starts_bad(struct swd_ts_compiler *c, u32 e);

/* emit_loop.c */
void ts_labels(struct swd_ts_compiler *c);          /* those that wait for their loop */
void ts_sub_stmt(struct swd_ts_compiler *c, u32 s); /* the body of a loop or an if */
void ts_for(struct swd_ts_compiler *c, u32 s);
void ts_for_in(struct swd_ts_compiler *c, u32 s);
void ts_for_of(struct swd_ts_compiler *c, u32 s);
void ts_while(struct swd_ts_compiler *c, u32 s);
void ts_do(struct swd_ts_compiler *c, u32 s);

/* emit_with.c */
void ts_with_stmt(struct swd_ts_compiler *c, u32 s);

#endif
