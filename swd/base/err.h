/* Error codes and error details.
 *
 * Functions that can fail return 0 or a negative SWD_E*; those that can say more take a
 * `struct swd_err *` (may be NULL) as their last argument and fill it through swd_fail().
 * No allocation, no locks; any thread. */
#ifndef SWD_BASE_ERR_H
#define SWD_BASE_ERR_H

enum swd_err_index {
    SWD_ERR_OK_INDEX = 0,
#define SWD_ERR(sym, name, rpc, text) SWD_ERR_##sym##_INDEX,
#include "base/err.def"
#undef SWD_ERR
    SWD_ERR_COUNT
};

enum swd_err_code {
    SWD_OK = 0,
#define SWD_ERR(sym, name, rpc, text) SWD_E##sym = -SWD_ERR_##sym##_INDEX,
#include "base/err.def"
#undef SWD_ERR
};

/* What went wrong: `msg` says what and where, `hint` what to do (may be empty), `field` the
 * parameter or key at fault (may be empty). */
struct swd_err {
    int code;
    char msg[256];
    char hint[192];
    char field[64];
};

/* Fills `e` (if not NULL) and returns `code`, so that a failing function can `return
 * swd_fail(...)`. */
int swd_fail(struct swd_err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a hint to an error already filled; returns e->code (or SWD_EINTERNAL when e is NULL). */
int swd_fail_hint(struct swd_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds the name of the parameter or key at fault. Truncates. */
void swd_fail_field(struct swd_err *e, const char *field);

/* Wire name, text and JSON-RPC code of an SWD_E* code. Unknown codes read as SWD_EINTERNAL. */
const char *swd_err_name(int code);
const char *swd_err_text(int code);
int swd_err_rpc(int code);

#endif
