/* One value of swd.conf and its type; private to swd/conf. See value.c. */
#ifndef SWD_CONF_VALUE_H
#define SWD_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"

enum conf_type {
#define SWD_KEY_TYPE(sym, name, expects) CONF_##sym,
#include "conf/types.def"
#undef SWD_KEY_TYPE
    CONF_TYPES
};

/* What only this folder needs of a row of keys.def. */
struct conf_row {
    const char *section, *key, *def, *least, *most;
    enum conf_type type;
};

struct conf_value {
    uint64_t num; /* numbers; of a share: bytes, or percent when is_percent */
    bool is_percent;
    bool from_file;
    int line;   /* where the current read found it, 0: not yet */
    char *text; /* text types: as written; never NULL for them */
};

bool swd_conf_type_is_text(enum conf_type t);

/* Parses `text` as a value of `row` into `v`, which must be empty and stays so on failure. Errors:
 * SWD_EPARAMS with a hint, SWD_ENOMEM. */
int swd_conf_value_parse(const struct conf_row *row, const char *text, struct conf_value *v,
                         struct swd_err *e);
/* Whether the user or group that `v` names exists. Errors: SWD_EPARAMS. */
int swd_conf_value_exists(const struct conf_row *row, const struct conf_value *v,
                          struct swd_err *e);
void swd_conf_value_clear(struct conf_value *v);
bool swd_conf_value_same(const struct conf_value *a, const struct conf_value *b);
const char *swd_conf_value_text(const struct conf_row *row, const struct conf_value *v, char *buf,
                                size_t n);

/* The rows, and one by name (-1: none). */
const struct conf_row *swd_conf_rows(size_t *n);
int swd_conf_find(const char *section, const char *key);
struct conf_value *swd_conf_value(struct swd_conf *c, size_t i);

#endif
