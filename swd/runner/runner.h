/* Runners: the life of a script from submission to its end, and after.
 *
 * Everything here belongs to the loop thread; executors meet a runner only through its task. The
 * states are ready, running, waiting, done, failed, killed (states.def). Ended runners are
 * remembered for a while, bounded by count and bytes. Nobody parses JSON frames here. */
#ifndef SWD_RUNNER_RUNNER_H
#define SWD_RUNNER_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/stop.h"
#include "engine/engine.h"
#include "lib/lib.h"
#include "loop/loop.h"
#include "runner/roots.h"

enum swd_state {
#define SWD_STATE(sym, name) SWD_STATE_##sym,
#include "runner/states.def"
#undef SWD_STATE
    SWD_STATE_COUNT
};
const char *swd_state_name(enum swd_state s);
bool swd_state_ended(enum swd_state s);

struct swd_runners; /* all of them: one per daemon */

struct swd_runners_opts {
    struct swd_loop *loop;
    struct swd_execs *execs;
    struct swd_account *account; /* the daemon's; groups hang beneath it */
    struct swd_limits limits;    /* defaults; a submission only tightens */
    uint64_t quantum;            /* ns */
    uint64_t max, queue;         /* live runners, of which not started yet */
    uint64_t keep_ended;
    uint64_t hibernate_after; /* ns that a runner waits before it is put to sleep; 0: never */
    uint64_t image_budget;    /* bytes of images of loaded functions */
    struct swd_roots *roots;  /* may be NULL; a reference is taken */
};
int swd_runners_new(const struct swd_runners_opts *o, struct swd_runners **out, struct swd_err *e);
void swd_runners_free(struct swd_runners **rs);
/* Before the executors stop: no job off the turn runs any more, and none begins. */
void swd_runners_stop_helpers(struct swd_runners *rs);
/* Live changes of limits and bounds (reload). */
void swd_runners_configure(struct swd_runners *rs, const struct swd_runners_opts *o);
/* While true, submissions are refused with SWD_ELIMIT for want of memory. */
void swd_runners_refuse(struct swd_runners *rs, bool refuse);
/* Where scripts read pressure and history; NULL: nowhere. Before the first submission. */
struct swd_monitor;
void swd_runners_monitor(struct swd_runners *rs, struct swd_monitor *m);

/* A loaded function as listed. Strings are good until the next call into this layer. */
struct swd_function;
struct swd_function_info {
    const char *name;
    uint64_t version;
    bool imaged;
    const char *reason; /* why there is no image; "" otherwise */
    uint64_t bytes, relocations, calls, failed, p50_us, p99_us;
};
void swd_function_info(const struct swd_function *f, struct swd_function_info *out);

/* A line of console output. `text` is UTF-8, good during the callback. */
struct swd_line {
    uint64_t seq;
    double t;
    enum swd_console_level level;
    const char *text;
    size_t n;
};

/* How a runner ended, or stands now. Pointers are good during the callback or until the next call
 * into this layer. */
struct swd_runner_info {
    uint64_t id;
    const char *name, *group;
    enum swd_state state;
    enum swd_stop reason; /* SWD_STOP_NONE: no reason */
    uint64_t alloc, peak, cpu_ns, wall_ns, timers;
    double age_s;
    bool ended;
    /* Once ended: */
    const char *value; /* JSON text; NULL: absent */
    size_t value_len;
    const struct swd_thrown *error; /* NULL: none */
    uint64_t output_dropped;
    int exit_code;
    const struct swd_function *loaded; /* by a submission with `load` that is done; else NULL */
};

/* Whoever follows a runner's output or waits for its end. Lives in the caller's struct; removed by
 * itself after `ended`. `line` may be NULL. `room` (may be NULL) answers whether the watcher takes
 * more lines now; when false, lines stay in the ring until swd_watch_resume(). */
struct swd_watch {
    struct swd_list link;
    void (*line)(struct swd_watch *, uint64_t id, const struct swd_line *);
    void (*ended)(struct swd_watch *, const struct swd_runner_info *);
    uint64_t next_seq;
};

struct swd_submission {
    const char *source; /* UTF-8; copied */
    size_t source_len;
    const char *name; /* display name; NULL: "script" */
    const char *load; /* the function that the script defines, called later; NULL: just run it */
    const char *call; /* the function to call (no source then), with `args` any JSON text */
    enum swd_lang lang;
    enum swd_goal goal;
    const struct swd_dialect *dialect; /* NULL: the usual one; copied */
    const char *args;                  /* JSON text of an array; NULL: [] */
    size_t args_len;
    const struct swd_limits *limits; /* NULL: none tighter */
    const char *group;               /* NULL: "default" */
    uint32_t uid;                    /* of the submitter */
    /* The submitter answers module requests; NULL: require() of a file is not_found. Called on the
     * loop thread; the answer comes by swd_runner_module(). */
    void (*module_read)(void *arg, uint64_t id, const char *path);
    void *module_arg;
    /* Killed with SWD_STOP_DISCONNECTED by whoever owns the watch, if it goes away. */
    struct swd_watch *watch; /* may be NULL */
};

/* The loaded functions. SWD_ENOTFOUND. */
int swd_runners_unload(struct swd_runners *rs, const char *name);
void swd_runners_functions(struct swd_runners *rs,
                           void (*row)(void *arg, const struct swd_function_info *), void *arg);

/* Accepts a script, a function to load, or a call of one (SWD_ENOTFOUND when it is unknown); `*id`
 * is its number from now on. Errors: SWD_ELIMIT (runners, queue), SWD_EUNSUPPORTED (lang),
 * SWD_ENOMEM, SWD_ECLOSING, SWD_EPARAMS. */
int swd_runner_submit(struct swd_runners *rs, const struct swd_submission *s, uint64_t *id,
                      struct swd_err *e);

/* SWD_ENOTFOUND when the id is unknown (or forgotten). */
int swd_runner_info(struct swd_runners *rs, uint64_t id, struct swd_runner_info *out);

/* Follows a runner: lines from `watch->next_seq` on (0: all kept), then the end. An ended runner's
 * watch is called back before this returns. */
int swd_runner_watch(struct swd_runners *rs, uint64_t id, struct swd_watch *w);
void swd_watch_remove(struct swd_watch *w);

/* Told of every runner on acceptance and at its end; one observer at a time, NULL: none. */
struct swd_observer {
    void (*event)(struct swd_observer *, const struct swd_runner_info *);
};
void swd_runners_observe(struct swd_runners *rs, struct swd_observer *o);
uint64_t swd_runners_last_id(const struct swd_runners *rs); /* given out so far; 0: none */

/* The kept lines, oldest first; `tail` > 0: only the last so many. Answers lines dropped. */
int swd_runner_logs(struct swd_runners *rs, uint64_t id, uint64_t tail,
                    void (*line)(void *arg, const struct swd_line *), void *arg, uint64_t *dropped);

/* Asks for the end; watchers hear when it has ended. SWD_ENOTFOUND; 0 also when ended already
 * (`*live` false). */
int swd_runner_kill(struct swd_runners *rs, uint64_t id, enum swd_stop reason, bool *live);

/* A message (JSON text, copied) into the mailbox. SWD_ELIMIT when it is full. */
int swd_runner_send(struct swd_runners *rs, uint64_t id, const char *json, size_t n,
                    struct swd_err *e);

/* The answer to module_read: the source, or NULL and an error code. */
void swd_runner_module(struct swd_runners *rs, uint64_t id, const char *path, const char *source,
                       size_t n, int error);
/* The submitter is gone: pending and later module requests fail. */
void swd_runner_module_gone(struct swd_runners *rs, uint64_t id);

/* Visits runners with id > after in order of id, at most `limit`, state and group filters optional
 * (SWD_STATE_COUNT and NULL: any). Answers the id to continue after, 0 at the end: also when it
 * has looked at many and found fewer than `limit`, or none. */
uint64_t swd_runner_list(struct swd_runners *rs, uint64_t after, unsigned limit,
                         enum swd_state state, const char *group,
                         void (*row)(void *arg, const struct swd_runner_info *), void *arg);

/* Rounds over the runners that changed (ran, or fell asleep) since the round before: begin, then
 * `row` for at most `limit` of them at a time until it answers false. `cpu_ns`: used since the
 * runner's last row. A row that answers true wants the runner in the next round too. */
void swd_runners_changed_begin(struct swd_runners *rs);
bool swd_runners_changed(struct swd_runners *rs, unsigned limit,
                         bool (*row)(void *arg, const struct swd_runner_info *, uint64_t cpu_ns),
                         void *arg);

/* The first `limit` groups. */
struct swd_group_info {
    uint64_t id;
    const char *name;
    uint64_t used; /* bytes charged */
    unsigned runners;
};
void swd_runners_groups(struct swd_runners *rs, unsigned limit,
                        void (*row)(void *arg, const struct swd_group_info *), void *arg);

/* A job on one runner (id) or all (0), sliced over the executors; the receipt comes by `done` on
 * the loop thread. A running runner is served at its turn's end. gc: collects garbage (bytes are
 * live ones); compact: the same, with bytes of extents; hibernate: who waits is put to sleep,
 * however short it waited (bytes held); trim: returns free pages without a collection (bytes of
 * extents), and without an id those of pools and free extents, no runner's. */
enum swd_job { SWD_JOB_GC, SWD_JOB_COMPACT, SWD_JOB_HIBERNATE, SWD_JOB_TRIM };
struct swd_gc_row {
    uint64_t id, before, after, us;
    bool refused; /* it could not be done now */
};
struct swd_receipt {
    const char *action; /* the job's name */
    uint64_t asked, runners;
    uint64_t skipped_ended, skipped_running, skipped_hibernated, skipped_unstarted, skipped_time;
    uint64_t before, after, freed, rss_before, rss_after, took_us;
    const struct swd_gc_row *rows;
    size_t nrows;
};
int swd_runner_job(struct swd_runners *rs, enum swd_job what, uint64_t id, uint64_t max_ms,
                   void (*done)(void *arg, const struct swd_receipt *), void *arg,
                   struct swd_err *e);

struct swd_runners_stat {
    uint64_t by_state[SWD_STATE_COUNT];
    uint64_t total_live, ended_kept;
    uint64_t submitted, done, failed, killed; /* since start */
    uint64_t alloc, total_alloc;              /* live bytes of heaps; bytes ever allocated */
    uint64_t num_gc, gc_ns, modules, timers, arena_mapped;
    struct swd_sleep_stat {
        uint64_t sleeps, wakes; /* since start */
        uint64_t failed, lost;  /* no memory: left awake; could not be woken and ended */
        uint64_t spared;        /* periods left awake for sleeps that were short */
        uint64_t bytes;         /* held by runners asleep now */
        uint64_t sleep_ns, wake_ns, wake_max_ns;
    } sleep;
};
void swd_runners_stat(struct swd_runners *rs, struct swd_runners_stat *out);

/* Ends everything: refuses new work, gives runners `drain_ns` to end, kills the rest, then calls
 * `done`. */
void swd_runners_drain(struct swd_runners *rs, uint64_t drain_ns, void (*done)(void *), void *arg);

#endif
