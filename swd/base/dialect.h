/* The dialect of a script: options that change the code which the compiler makes of it. They come
 * from a tsconfig.json, a submission or a command line; dialect.def lists them. A zeroed struct is
 * the usual dialect, with nothing set. Pure functions, any thread. */
#ifndef SWD_BASE_DIALECT_H
#define SWD_BASE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define SWD_DIALECT_NAME_MAX 64 /* bytes of a factory's name, with the NUL */

enum swd_choice { SWD_UNSET, SWD_NO, SWD_YES };

struct swd_dialect {
    unsigned char experimental_decorators, define_fields; /* enum swd_choice */
    char jsx_factory[SWD_DIALECT_NAME_MAX], jsx_fragment[SWD_DIALECT_NAME_MAX]; /* "": unset */
};

enum swd_dialect_kind { SWD_DIALECT_NAME, SWD_DIALECT_YES, SWD_DIALECT_NO };

struct swd_dialect_info {
    const char *key, *flag, *help;
    enum swd_dialect_kind kind;
    size_t offset; /* in struct swd_dialect */
};

/* The table; and one entry by its key, or by its flag (`--jsx-factory`). NULL: unknown. */
const struct swd_dialect_info *swd_dialect_table(size_t *n);
const struct swd_dialect_info *swd_dialect_key(const char *key);
const struct swd_dialect_info *swd_dialect_flag(const char *flag);

/* Sets one option: a NAME to a text, another one to `yes`. SWD_EPARAMS when the text is not names
 * joined by dots (ASCII), or too long. */
int swd_dialect_set_name(struct swd_dialect *d, const struct swd_dialect_info *o, const char *text,
                         struct swd_err *e);
void swd_dialect_set_bool(struct swd_dialect *d, const struct swd_dialect_info *o, bool yes);

/* What `over` has set replaces what `d` has. */
void swd_dialect_merge(struct swd_dialect *d, const struct swd_dialect *over);

/* Whether the compiler does what it does without any option. */
bool swd_dialect_usual(const struct swd_dialect *d);

/* A text that is the same for dialects that give the same code: "" for the usual one. At most
 * SWD_DIALECT_TEXT_MAX bytes with the NUL. Returns `buf`. */
#define SWD_DIALECT_TEXT_MAX (2 * SWD_DIALECT_NAME_MAX + 8)
const char *swd_dialect_text(const struct swd_dialect *d, char *buf, size_t n);

#endif
