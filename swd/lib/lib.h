/* What scripts see, as the runner layer and `swd exec` drive it.
 *
 * A `struct swd_lib` is the C side of one heap's library: timers, result, output, the host that it
 * speaks to. It is created with a heap and dies with it. Every function runs on the thread that
 * owns the runner's turn. The host implements struct swd_host; the library never touches a run
 * queue, a socket or a file by itself. */
#ifndef SWD_LIB_LIB_H
#define SWD_LIB_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dialect.h"
#include "engine/engine.h"
#include "loop/loop.h"
#include "pool/bytebuf.h"

enum swd_console_level {
    SWD_CONSOLE_DEBUG,
    SWD_CONSOLE_LOG,
    SWD_CONSOLE_INFO,
    SWD_CONSOLE_WARN,
    SWD_CONSOLE_ERROR
};
const char *swd_console_level_name(enum swd_console_level l); /* "debug" "log" "info" ... */

enum swd_goal { SWD_GOAL_AUTO, SWD_GOAL_SCRIPT, SWD_GOAL_COMMONJS, SWD_GOAL_MODULE };
enum swd_lang { SWD_LANG_AUTO, SWD_LANG_JS, SWD_LANG_TS, SWD_LANG_TSX, SWD_LANG_JSX };

struct swd_memory_stats {
    uint64_t alloc, total_alloc, sys, num_gc, peak, limit_soft, limit_hard, timers;
};

/* A message of a script's on its way to another runner; the sender's until `done` hands it back. */
struct swd_letter {
    struct swd_list link; /* the host's meanwhile */
    void *from;           /* the host's */
    uint64_t to;          /* id of a runner */
    const char *json;
    size_t n;
    int rc; /* how it fared: 0, SWD_ENOTFOUND, SWD_EDENIED (another group), SWD_ELIMIT, ... */
    struct swd_err err;
    void (*done)(struct swd_letter *l); /* any thread */
};

/* What the library asks of whoever runs the heap. Called inside a turn. */
struct swd_host {
    /* One console line (UTF-8, no final newline; may hold newlines). */
    void (*print)(void *host, enum swd_console_level level, const char *text, size_t n);
    /* The source of a file module, by absolute display path; 0 and text in `out`, SWD_ENOTFOUND,
     * SWD_EDENIED, or SWD_EBUSY: not known yet, the host has asked for it (the library suspends).
     */
    int (*module_source)(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e);
    /* Figures for runner.getMemoryStats(). */
    void (*memory)(void *host, struct swd_memory_stats *out);
    bool (*pressure_high)(void *host);
    /* JSON text of the memory history (array of samples), or NULL when there is none. */
    int (*history)(void *host, struct swd_bytebuf *out);
    /* Work off the turn (job.h); NULL: the host has no threads for it. `offload` runs the task on
     * one of them: 0, or SWD_E*: it will not run. `recall` takes it back: true, it will not run.
     * `wake` asks for a turn, and is called on such a thread. */
    int (*offload)(void *host, struct swd_task *t);
    bool (*recall)(void *host, struct swd_task *t);
    void (*wake)(void *host);
    /* Sends it to another runner of the same group, after those that came before; NULL: there are
     * no others. */
    void (*send)(void *host, struct swd_letter *l);
};

struct swd_lib_opts {
    struct swd_account *account;
    const struct swd_limits *limits; /* they outlive the library, as the host does */
    const struct swd_host *host;
    void *host_arg;
    uint64_t id;      /* runner.id; 0 in exec */
    const char *name; /* runner.name, display name and file name of the script */
    const char *args; /* JSON text of an array, "[]" if none */
    size_t args_len;
    struct swd_lib_image *image; /* cloned; NULL: the base image, if there is one */
    /* Of the script and the modules it loads; a tsconfig.json gives what it leaves open. NULL: the
     * usual one; borrowed until the main script has run. */
    const struct swd_dialect *dialect;
    const char *argv0; /* process.argv[1]; NULL: name */
};

struct swd_lib;

/* Once per process, before threads: registers every module's natives. */
int swd_lib_init(struct swd_err *e);

/* Images of whole libraries: the base image (nothing run yet), and one of each loaded function (its
 * script has run). Immutable, reference-counted; any thread. */
struct swd_lib_image;

/* Makes the base image, of which swd_lib_open() clones from then on; before threads. A refusal
 * (with the reason in `e`) leaves everything to work without it. And drops it; after threads. */
int swd_lib_image_init(struct swd_account *account, struct swd_err *e);
void swd_lib_image_fini(void);
/* Instead of making it: everything works without images, for this reason. */
void swd_lib_image_off(const char *reason);
/* Why there is no base image: what refused it or turned it off; "" when there is one. */
const char *swd_lib_image_reason(void);

/* Runs the source of `o` as a CommonJS module in three heaps with one frozen clock and one seed,
 * and makes an image of them. Console output goes to the host once. Runs on a thread with a guard,
 * within the limits of `o` for each build. SWD_RUN_THROWN: the script failed, see `thrown`;
 * SWD_RUN_STOPPED: a limit, in `*stop`. With SWD_RUN_OK, `*out` is NULL when the image was refused,
 * with the reason in `e` (pending timers, an unexplained word, ...): calls then run the source each
 * time. */
enum swd_run_rc swd_lib_image_load(const struct swd_lib_opts *o, const char *source, size_t n,
                                   enum swd_lang lang, struct swd_lib_image **out,
                                   enum swd_stop *stop, struct swd_thrown *thrown,
                                   struct swd_err *e);
struct swd_lib_image *swd_lib_image_ref(struct swd_lib_image *img);
void swd_lib_image_unref(struct swd_lib_image **img);
/* NULL: the base image; all zero when there is none. */
void swd_lib_image_info(const struct swd_lib_image *img, struct swd_heap_image_info *out);

/* A heap with the whole library in it. Errors as swd_heap_create(). Strings are copied. */
int swd_lib_open(const struct swd_lib_opts *o, struct swd_lib **out, struct swd_err *e);
void swd_lib_close(struct swd_lib **lib);
struct swd_heap *swd_lib_heap(struct swd_lib *lib);

/* swd_heap_hibernate() and swd_heap_wake(), with what the library itself gives back meanwhile. */
int swd_lib_hibernate(struct swd_lib *lib);
int swd_lib_wake(struct swd_lib *lib);
/* The figures of the heap, for struct swd_host's `memory`. */
void swd_lib_memory(struct swd_lib *lib, struct swd_memory_stats *out);

/* Before the main script: asks the host for its tsconfig.json, and for the file modules that
 * literal specifiers in `source` name, and for those that the ones already known name in turn. Call
 * again as answers arrive, until the host has no question open, and while it answers true: the
 * tsconfig.json is not known yet, and the script must not begin without. Problems are left to main
 * and require().
 */
bool swd_lib_prefetch(struct swd_lib *lib, const char *source, size_t n);

/* Turns. Each answers how it went; on SWD_RUN_THROWN the error is in `thrown` and the runner has
 * failed; on SWD_RUN_STOPPED see swd_heap_stopped(). `exit` of process.exit() reads as STOPPED with
 * SWD_STOP_EXIT. Microtasks are run to empty before each returns. */
enum swd_run_rc swd_lib_main(struct swd_lib *lib, const char *source, size_t n, enum swd_lang lang,
                             enum swd_goal goal, struct swd_thrown *thrown);

/* Calls the handler that the main script exported with `params` (JSON text). The answer, at once or
 * when its promise settles (swd_lib_answered()), is the runner's result; a rejection is thrown. */
enum swd_run_rc swd_lib_call(struct swd_lib *lib, const char *params, size_t n,
                             struct swd_thrown *thrown);
bool swd_lib_answered(const struct swd_lib *lib);

/* Fires what is due at `now` (CLOCK_MONOTONIC ns), in order, until nothing is or `quantum` ns are
 * used up; `*more` tells whether work is left that is due already. */
enum swd_run_rc swd_lib_turn(struct swd_lib *lib, uint64_t now, uint64_t quantum, bool *more,
                             struct swd_thrown *thrown);

/* Whether a collection, in a turn or between two, left callbacks for one (FinalizationRegistry). */
bool swd_lib_due(const struct swd_lib *lib);

/* Delivers one message (JSON text) to runner.onMessage, before the next turn's timers. */
enum swd_run_rc swd_lib_message(struct swd_lib *lib, const char *json, size_t n,
                                struct swd_thrown *thrown);

/* A module source that was SWD_EBUSY is there now (or failed): resumes who waits for it. */
enum swd_run_rc swd_lib_module_ready(struct swd_lib *lib, struct swd_thrown *thrown);

/* Whether a require waits for its source: nothing else of the runner runs until
 * swd_lib_module_ready(); hold messages back meanwhile (swd_lib_message must not be called). */
bool swd_lib_suspended(const struct swd_lib *lib);

/* Whether anything can still happen: a ref'd timer, a suspended require, an onMessage handler, a
 * job that is not done. */
bool swd_lib_alive(const struct swd_lib *lib);
/* When the next timer is due (CLOCK_MONOTONIC ns), UINT64_MAX for none. */
uint64_t swd_lib_next_due(const struct swd_lib *lib);
uint64_t swd_lib_timer_count(const struct swd_lib *lib);
uint64_t swd_lib_module_count(const struct swd_lib *lib);
int swd_lib_exit_code(const struct swd_lib *lib);

/* The result (runner.result(v), else the completion value) as JSON text in the contract's
 * representation; `*present` false when there is none. Runs script code (getters), so it is a turn.
 */
enum swd_run_rc swd_lib_result(struct swd_lib *lib, struct swd_bytebuf *out, bool *present,
                               struct swd_thrown *thrown);

/* Literal specifiers of require('x'), import('x'), import ... from 'x' and export ... from 'x' in a
 * source text, in order, duplicates included; comments, strings, templates and regular expressions
 * are passed over. Needs no heap; any thread. For fetching ahead: nothing depends on it being
 * complete. */
void swd_lib_scan_requires(const char *source, size_t n,
                           void (*found)(void *arg, const char *specifier, size_t n), void *arg);

#endif
