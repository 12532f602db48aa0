/* swd.conf: one table of keys (keys.def; the [runners] limits come from base/limits.def), read by
 * inih. Reading allocates; everything else is pure. Loop thread (or before threads). */
#ifndef SWD_CONF_CONF_H
#define SWD_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "pool/strvec.h"

#define SWD_CONF_PATH "/etc/swd.conf"

/* The values. Strings are owned by the struct. Fields are generated from keys.def. */
struct swd_conf;

int swd_conf_new(struct swd_conf **out); /* all defaults */
void swd_conf_free(struct swd_conf **c);

/* Every problem found in a file: "file:line: text", then a hint. */
typedef void swd_conf_problem_fn(void *arg, const char *file, int line, const struct swd_err *e);

/* Reads a file over the defaults; every problem goes to `problem` (may be NULL), the first decides
 * the return value. Errors: SWD_EIO (cannot read), SWD_EPARAMS. */
int swd_conf_read(struct swd_conf *c, const char *path, swd_conf_problem_fn *problem, void *arg,
                  struct swd_err *e);

/* A problem callback that prints to the FILE in `arg`: one line "file:line: text", then "  hint".
 */
void swd_conf_problem_print(void *arg, const char *file, int line, const struct swd_err *e);

/* Typed access by "section.key"; asking for an unknown key or of the wrong type panics. */
uint64_t swd_conf_num(const struct swd_conf *c,
                      const char *key); /* size, duration ns, count (0: auto), %, mode, log level,
                                         * bool, factor (thousandths) */
const char *swd_conf_str(const struct swd_conf *c, const char *key); /* "" when unset */
/* The per-runner limits of [runners]; memory_soft is never above memory_hard. */
void swd_conf_limits(const struct swd_conf *c, struct swd_limits *out);
/* A share ("80%" or "2G") of `whole` bytes, at most `whole`. */
uint64_t swd_conf_share(const struct swd_conf *c, const char *key, uint64_t whole);
/* Appends the items of a list, white space trimmed. SWD_ENOMEM. */
int swd_conf_list(const struct swd_conf *c, const char *key, struct swd_strvec *out);

/* The table, for config.get, reload, the generated file and the man page. */
struct swd_conf_key {
    const char *section, *key, *type, *def, *help;
    bool live; /* can change by reload */
};
const struct swd_conf_key *swd_conf_keys(size_t *n);
/* The value of key i as text, and where it comes from: "default" or "file". */
const char *swd_conf_text(const struct swd_conf *c, size_t i, char *buf, size_t n);
const char *swd_conf_source(const struct swd_conf *c, size_t i);

/* For a reload: whether key i has the same value in both, and taking `from`'s value and source of
 * key i into `c` (the two are exchanged; strings got from either before are then invalid). */
bool swd_conf_same(const struct swd_conf *a, const struct swd_conf *b, size_t i);
void swd_conf_adopt(struct swd_conf *c, struct swd_conf *from, size_t i);

/* The commented file with every default, as installed in etc/swd.conf. Errors: SWD_EIO. */
int swd_conf_print_default(int fd);

#endif
