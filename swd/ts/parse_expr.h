/* Shared by the files that parse expressions. Not for other files. */
#ifndef SWD_TS_PARSE_EXPR_H
#define SWD_TS_PARSE_EXPR_H

#include "ts/tsi.h"

/* parse_literal.c; each at its first token */
u32 ts_parse_template(struct swd_ts_compiler *c, bool tagged);
u32 ts_parse_string(struct swd_ts_compiler *c);
u32 ts_parse_number(struct swd_ts_compiler *c);
u32 ts_parse_array(struct swd_ts_compiler *c);
u32 ts_parse_object(struct swd_ts_compiler *c);
u32 ts_parse_item(struct swd_ts_compiler *c); /* an expression, or `...` and one */

/* parse_arrow.c */
u32 ts_parse_paren(struct swd_ts_compiler *c);
u32 ts_parse_async(struct swd_ts_compiler *c);

#endif
