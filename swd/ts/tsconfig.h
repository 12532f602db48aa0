/* tsconfig.json: finds the one of a script and reads what changes how it runs.
 *
 * No I/O of its own: files are read by a callback, which may answer SWD_EBUSY (asked for, not there
 * yet); the caller then asks again later. `extends` is followed. What does not change how code runs
 * (strict, lib, outDir and so on) is passed over. Any thread. Cost: a read for each folder up to
 * the file, one parse of each file. */
#ifndef SWD_TS_TSCONFIG_H
#define SWD_TS_TSCONFIG_H

#include <stdbool.h>

#include <jansson.h>

#include "base/dialect.h"
#include "base/err.h"
#include "pool/bytebuf.h"

/* The text of a file by absolute path, appended to `out`. 0, SWD_ENOTFOUND, SWD_EDENIED (nothing
 * beyond it may be read either), SWD_EBUSY, or another error. */
typedef int swd_tsconfig_read(void *arg, const char *path, struct swd_bytebuf *out,
                              struct swd_err *e);

struct swd_tsconfig {
    char *file; /* the one found; NULL: none */
    struct swd_dialect dialect;
    char *base;  /* absolute folder of baseUrl; NULL: none */
    char *paths; /* JSON: [[pattern, [absolute target, ...]], ...]; NULL: none */
};

/* Looks for tsconfig.json in the folder of `script`, an absolute path, and then upwards. `out` is
 * filled with what was found, possibly nothing, and is to be cleared either way. `jsx`: the script
 * may hold JSX. Errors: SWD_EBUSY; SWD_EPARAMS: a file is wrong, with its path, place or key, and
 * what is wrong; SWD_ENOMEM. */
int swd_tsconfig_find(const char *script, bool jsx, swd_tsconfig_read *read, void *arg,
                      struct swd_tsconfig *out, struct swd_err *e);
void swd_tsconfig_clear(struct swd_tsconfig *c);

/* Options of a submission or a tsconfig.json's compilerOptions into `d`. `where` begins messages.
 * With `all`, a key that is no option of ours is an error too. SWD_EPARAMS, with the key as field.
 */
int swd_tsconfig_options(struct swd_dialect *d, const json_t *options, const char *where, bool all,
                         struct swd_err *e);

/* JSON with comments, commas before a closing bracket and a byte order mark, as TypeScript reads
 * its configuration. NULL: `e` says where it is wrong (`name:line:column`). */
json_t *swd_jsonc_parse(const char *name, const char *text, size_t n, struct swd_err *e);

#endif
