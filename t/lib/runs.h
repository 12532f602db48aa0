/* A runner without a daemon: opens a library, feeds it a script, runs its loop, keeps what it
 * printed. */
#ifndef T_LIB_RUNS_H
#define T_LIB_RUNS_H

#include "lib/lib.h"

struct run_file {
    const char *path, *text; /* ended by .path == NULL */
};

struct run {
    struct swd_lib *lib;
    struct swd_limits limits;
    const struct run_file *files; /* what module_source knows; NULL: nothing */
    bool busy;                    /* answer SWD_EBUSY the first time a path is asked for */
    bool deny;
    struct swd_account *account; /* that the heap pays into; NULL: none */
    struct swd_lib_image *image; /* what to clone; NULL: the base image, if there is one */
    enum swd_goal goal;
    const char *name, *args;
    char asked[16][256];
    int nasked;
    char out[1 << 18]; /* lines of console output, "warn: " and "error: " before such levels */
    size_t out_len;
    char value[1 << 16]; /* the result's JSON; "" when absent */
    enum swd_run_rc rc;
    enum swd_stop stop;
    int exit_code;
    struct swd_thrown thrown;
};

/* Defaults: limits of limits.def, name /work/test.js, no arguments. */
struct run *run_new(void);
void run_free(struct run *r);

/* The host of the runs; its argument is a struct run. */
const struct swd_host *run_host(void);

/* Runs `source` until nothing is left to happen (bounded by 5 s); answers r->out. */
const char *run_script(struct run *r, const char *source);
/* The parts of it, for tests that come in between. */
void run_open(struct run *r);
struct swd_lib_opts run_opts(struct run *r); /* what it opens the library with */
void run_main(struct run *r, const char *source);
void run_loop(struct run *r);
void run_end(struct run *r);

/* One script, its output and its result compared. NULL: not compared. */
void run_expect(const char *source, const char *out, const char *value);
/* The script must fail with an error whose `name: message` begins like this. */
void run_expect_error(const char *source, const char *error);

#endif
