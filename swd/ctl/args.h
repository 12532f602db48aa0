/* The command line of swctl, from flags.def and commands.def; private to swd/ctl. See args.c. */
#ifndef SWD_CTL_ARGS_H
#define SWD_CTL_ARGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum swd_ctl_flag {
#define CTL_FLAG(sym, shrt, lng, kind, arg, help) CTL_F_##sym,
#include "ctl/flags.def"
#undef CTL_FLAG
    CTL_FLAGS
};
#define CTL_BIT(f)   (1U << (f))
#define CTL_F_GLOBAL (CTL_BIT(CTL_F_VERSION + 1) - 1)

/* Options of the compiler are flags too. */
enum {
    CTL_F_DIALECT = 0
#define SWD_DIALECT(field, kind, key, flag, help) | CTL_BIT(CTL_F_##field)
#include "base/dialect.def"
#undef SWD_DIALECT
};

enum swd_ctl_kind {
    CTL_BOOL,
    CTL_TEXT,
    CTL_NUMBER,
    CTL_SIZE,
    CTL_TIME,
    CTL_CHOICE,
    CTL_LIMIT,
    CTL_NAME = CTL_TEXT, /* kinds of dialect.def */
    CTL_YES = CTL_BOOL,
    CTL_NO = CTL_BOOL
};

struct swd_ctl_flag_info {
    char shrt;
    const char *lng;
    enum swd_ctl_kind kind;
    const char *arg, *help;
};
const struct swd_ctl_flag_info *swd_ctl_flag(enum swd_ctl_flag f);

struct swd_ctl;
struct swd_ctl_command {
    const char *name, *operands;
    int least, most;
    unsigned flags; /* without the global ones */
    const char *method, *help;
    int (*run)(struct swd_ctl *ctl); /* answers an exit code */
};
/* Defined in ctl.c, which knows the functions. */
const struct swd_ctl_command *swd_ctl_commands(size_t *n);
const struct swd_ctl_command *swd_ctl_command_find(const char *name);
const char *swd_ctl_command_nearest(const char *name);

struct swd_ctl_args {
    const struct swd_ctl_command *cmd; /* NULL: none was named */
    unsigned set;                      /* CTL_BIT of each flag given */
    const char *text[CTL_FLAGS];       /* borrowed from argv */
    uint64_t num[CTL_FLAGS];           /* NUMBER; SIZE in bytes; TIME in ns */
    json_t *limits;                    /* object of texts, or NULL */
    char **operands;                   /* borrowed strings, owned array */
    int noperands;
};

/* Parses argv[1..]. Errors: SWD_EPARAMS (with a hint), SWD_ENOMEM. `a` is to be cleared either
 * way. */
int swd_ctl_args_parse(struct swd_ctl_args *a, int argc, char **argv, struct swd_err *e);
void swd_ctl_args_clear(struct swd_ctl_args *a);

static inline bool swd_ctl_args_has(const struct swd_ctl_args *a, enum swd_ctl_flag f)
{
    return (a->set & CTL_BIT(f)) != 0;
}

#endif
