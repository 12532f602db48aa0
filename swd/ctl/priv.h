/* What the files of swctl share; no other folder includes this. */
#ifndef SWD_CTL_PRIV_H
#define SWD_CTL_PRIV_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "ctl/args.h"
#include "ctl/client.h"
#include "ctl/ctl.h"
#include "ctl/text.h"

#define SWD_CTL_SCRIPT_MAX ((size_t)64 << 20)

struct swd_ctl {
    struct swd_ctl_args args;
    struct swd_ctl_client client; /* fd -1 until swd_ctl_connect() */
    struct swd_err err;
    bool colour_out, colour_err;
};

#define CTL_COMMAND(name, operands, least, most, flags, method, help)                              \
    int swd_ctl_cmd_##name(struct swd_ctl *ctl);
#include "ctl/commands.def"
#undef CTL_COMMAND

/* Connects unless connected, by -s, $SWD_SOCKET or the default. Errors in ctl->err. */
int swd_ctl_connect(struct swd_ctl *ctl);
/* Connects and asks the command's method; `params` (may be NULL) is given away. */
int swd_ctl_ask(struct swd_ctl *ctl, json_t *params, json_t **result);
/* Says ctl->err on stderr if rc is negative; answers the exit code for rc. */
int swd_ctl_report(struct swd_ctl *ctl, int rc);
/* With --json: prints the answer as it is, and true. */
bool swd_ctl_raw(struct swd_ctl *ctl, const json_t *result);
/* Operand `i` as the id of a runner. */
int swd_ctl_id(struct swd_ctl *ctl, int i, int64_t *id);

/* Colours; "" where there is no terminal or nobody wants them. */
enum swd_ctl_colour { CTL_PLAIN, CTL_RED, CTL_GREEN, CTL_YELLOW, CTL_BOLD, CTL_COLOURS };
const char *swd_ctl_colour(bool on, enum swd_ctl_colour c);

/* file.c: reads a whole regular file, or a stream; `name` is for messages. Text is UTF-8 and owned
 * by the caller. Errors: SWD_EIO, SWD_ELIMIT, SWD_ECORRUPT (not UTF-8), SWD_ENOMEM. */
int swd_ctl_read_fd(int fd, const char *name, size_t max, char **text, size_t *n,
                    struct swd_err *e);
int swd_ctl_read_script(const char *path, char **text, size_t *n, struct swd_err *e);
/* Answers module.read for a script whose real folder is `root` and whose display name lies in the
 * folder `shown`: the file must lie beneath `root` once every link is resolved. Errors:
 * SWD_ENOTFOUND, SWD_EDENIED, and those of reading. */
int swd_ctl_module_read(const char *root, const char *shown, const char *path, json_t **result,
                        struct swd_err *e);
/* The folder of a display name, normalised; "" when it has none. `n` is larger than any name. */
void swd_ctl_shown_folder(const char *name, char *out, size_t n);

/* result.c: prints a runner result for people or as JSON; answers the exit code. `name` is shown
 * where an error names no source. */
int swd_ctl_result(struct swd_ctl *ctl, const char *name, const json_t *result);
/* One `log` notification. */
void swd_ctl_log_line(struct swd_ctl *ctl, const json_t *params);

/* stats.c: the table of an answer's `pools`. */
void swd_ctl_pools_print(const json_t *s);

/* help.c: one command, or (NULL) all of them. */
void swd_ctl_help(FILE *f, const struct swd_ctl_command *c);

#endif
