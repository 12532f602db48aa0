/* Shared by the files that print expressions. Each prints the node `n` so that it stands at `level`
 * without help: parentheses are theirs. Not for other files. */
#ifndef SWD_TS_EMIT_EXPR_H
#define SWD_TS_EMIT_EXPR_H

#include "ts/emit.h"

/* emit_expr.c */
void ts_open_if(struct swd_ts_compiler *c, bool yes); /* ( and ) */
void ts_close_if(struct swd_ts_compiler *c, bool yes);
bool ts_is_local(struct swd_ts_compiler *c, u32 n);  /* a variable that is read as it is */
bool ts_is_dotted(struct swd_ts_compiler *c, u32 n); /* a.b.c */
void ts_ident(struct swd_ts_compiler *c, u32 n);

/* emit_literal.c */
void ts_number(struct swd_ts_compiler *c, const struct ts_node *n);
void ts_string(struct swd_ts_compiler *c, const struct ts_node *n);
void ts_template(struct swd_ts_compiler *c, u32 n, int level);
void ts_site(struct swd_ts_compiler *c, u32 templ); /* the object that a tag is called with */
void ts_array(struct swd_ts_compiler *c, u32 n);
void ts_object(struct swd_ts_compiler *c, u32 n);

/* emit_call.c */
bool ts_is_super(struct swd_ts_compiler *c, u32 n); /* super.x, super[x] */
void ts_super_home(struct swd_ts_compiler *c, u32 sup);
void ts_member_key(struct swd_ts_compiler *c, u32 n); /* the key of a.b or a[b], as a value */
void ts_member(struct swd_ts_compiler *c, u32 n);
void ts_put_member(struct swd_ts_compiler *c, u32 n); /* what comes behind the object */
void ts_put_object(struct swd_ts_compiler *c, u32 n); /* an object before its member */
void ts_put_private_of(struct swd_ts_compiler *c, u32 n);
u32 ts_call_pos(struct swd_ts_compiler *c, u32 n); /* where its errors are shown */
void ts_call(struct swd_ts_compiler *c, u32 n);
void ts_new(struct swd_ts_compiler *c, u32 n);
void ts_tagged(struct swd_ts_compiler *c, u32 n);
/* An optional chain. The object of its last member goes to the temporary `self`, if there is one;
 * with `del` its last member is deleted. */
void ts_chain(struct swd_ts_compiler *c, u32 root, u32 self, bool del);

/* emit_with.c. Whether an object of a `with` may have the name; which one has, in the temporary
 * answered; the name read (`before` is an operator), and written, by what was found. */
bool ts_in_with(struct swd_ts_compiler *c, u32 ident);
u32 ts_with_find(struct swd_ts_compiler *c, u32 ident);
void ts_with_read(struct swd_ts_compiler *c, u32 ident, u32 found, const char *before);
void ts_with_write(struct swd_ts_compiler *c, u32 ident, u32 found, u32 value, bool init);
void ts_with_ident(struct swd_ts_compiler *c, u32 ident, const char *before); /* find and read */

/* emit_op.c */
int ts_op_level(int op);
const char *ts_op_text(int op);
void ts_binary(struct swd_ts_compiler *c, u32 n, int level);
void ts_nullish(struct swd_ts_compiler *c, u32 n, int level);
void ts_unary(struct swd_ts_compiler *c, u32 n, int level);

/* emit_assign.c; `is_void`: nobody wants the value */
void ts_assign(struct swd_ts_compiler *c, u32 n, int level, bool is_void);
void ts_update(struct swd_ts_compiler *c, u32 n, int level);
void ts_void_update(struct swd_ts_compiler *c, u32 n);
void ts_seq(struct swd_ts_compiler *c, u32 n, int level, bool is_void);

#endif
