/* Inside the runner folder: the runner itself and the daemon's set of them.
 *
 * Threads. A runner belongs to whoever holds its scheduling word: IDLE and ENDED ones to the loop,
 * QUEUED ones to the run queue, RUNNING ones to one executor (or to the loop while it finishes
 * one). Fields marked [L] are guarded by the runner's lock (striped over the set), [T] belong to
 * the owner of the turn, [M] to the loop thread, [C] are constant after submission. */
#ifndef SWD_RUNNER_RUNNER_INT_H
#define SWD_RUNNER_RUNNER_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "pool/account.h"
#include "pool/smallmap.h"
#include "runner/function.h"
#include "runner/lines.h"
#include "runner/roots.h"
#include "runner/runner.h"

#define SWD_RUNNER_MAGIC  0x52554e52u
#define SWD_RUNNERS_MAGIC 0x52554e53u
#define SWD_GROUP_MAGIC   0x47525550u

enum sched { SWD_SCHED_IDLE, SWD_SCHED_QUEUED, SWD_SCHED_RUNNING, SWD_SCHED_ENDED };

/* Why a runner wants a turn. */
enum {
    WORK_START = 1,
    WORK_TIMER = 2,
    WORK_MESSAGE = 4,
    WORK_MODULE = 8,
    WORK_GC = 16,
    WORK_STOP = 32,
    WORK_JOB = 64,
};

struct swd_group {
    unsigned magic;
    unsigned refs;
    uint64_t id;
    struct swd_list link;
    struct swd_account *account;
    char name[64];
};

/* A file module as the submitter answered it. */
struct swd_modsrc {
    char *source;
    size_t n;
    uint64_t deadline; /* mono ns: no answer by then is an error */
    int error;
    bool answered, asked;
};

/* A message in a mailbox; a short text lies in the message itself. */
struct swd_message {
    struct swd_list link;
    size_t n;
    char *json;
    char small[216];
};

struct swd_gc_job;

enum runner_kind { RUNNER_SCRIPT, RUNNER_LOAD, RUNNER_CALL };

struct swd_runner {
    unsigned magic;
    enum sched sched;  /* [L] */
    unsigned work;     /* [L] WORK_* asked for */
    _Atomic int state; /* enum swd_state; written by the owner */
    struct swd_task task;
    struct swd_deadline deadline;
    struct swd_runners *all;      /* [C] */
    struct swd_list by_id;        /* [M] */
    struct swd_runner *hash_next; /* [M] */
    uint64_t id;                  /* [C] */
    char *name;                   /* [C] */
    size_t name_size;
    struct swd_group *group; /* [C] */
    struct swd_account *account;
    struct swd_limits limits;    /* [C] */
    enum swd_lang lang;          /* [C] */
    enum swd_goal goal;          /* [C] */
    uint32_t uid;                /* [C] */
    enum runner_kind kind;       /* [C] */
    bool call_wall;              /* [C] the wall time is that of calls */
    struct swd_function *fn;     /* [C] what is loaded or called; NULL for a script */
    struct swd_lib_image *image; /* [T] cloned by a call; NULL: the base image */

    char *source; /* [T] until the main script ran */
    size_t source_size;
    char *args; /* [T] likewise */
    size_t args_size;
    struct swd_dialect *dialect; /* [T] likewise; NULL: the usual one */
    struct swd_lib *lib;         /* written by the owner under the lock; [L] for others */
    bool started;                /* [T] the main script ran */
    bool has_modules;            /* [C] somebody answers module requests, or roots are configured */
    bool prefetched;             /* [T] */
    enum swd_stop kill;          /* [L] asked from outside */
    uint64_t born, ended_at;     /* mono ns */
    uint64_t window_start, window_cpu, throttled_until; /* [T] cpu_rate */
    uint64_t seen_total, seen_gc, seen_gc_ns, seen_timers, seen_modules, seen_alloc; /* [T] */
    _Atomic uint64_t cpu_ns, peak, alloc, timers;

    struct swd_lines lines;  /* [L] */
    struct swd_list watches; /* [M] */
    _Atomic bool watched;
    struct swd_list out_link;   /* in all->out, under all->out_lock */
    struct swd_list ended_link; /* in all->ended_in, likewise; then [M] all->kept */

    struct swd_list mailbox;                                       /* [L] */
    unsigned mailbox_n;                                            /* [L] */
    struct swd_smallmap *modules;                                  /* [L] path: struct swd_modsrc */
    unsigned modules_asked;                                        /* [L] the first ones */
    unsigned modules_waiting;                                      /* [L] not answered */
    struct swd_roots *roots;                                       /* [C] */
    void (*module_read)(void *arg, uint64_t id, const char *path); /* [L] */
    void *module_arg;

    struct swd_gc_job *gc;    /* [L] the collection that asked for it */
    bool gc_told;             /* [L] it ran, the loop was told */
    struct swd_list gc_link;  /* in all->gc_in, under all->out_lock */
    struct swd_gc_row gc_row; /* its outcome; written by the owner before it is in gc_in */

    struct swd_list changed_link; /* in all->changed or ->round, under all->changed_lock */
    _Atomic bool changed;         /* it is in one of them, or about to be */
    bool noted;                   /* [M] the monitor may know it */
    uint64_t cpu_told;            /* [M] */

    struct swd_list idle_link; /* in all->sleep.idle, under its lock, with the next two */
    uint64_t idle_since;
    uint8_t quick_now, quick;       /* short sleeps in a row; periods still to be idle for them */
    bool asleep;                    /* [L] its heap hibernates */
    bool sleep_asked;               /* [T] by a job */
    uint64_t wait_until;            /* [T], [L] while idle: its deadline */
    uint64_t slept_at, slept_bytes; /* [T] */

    /* How it ended; written by the owner before SWD_SCHED_ENDED. */
    enum swd_stop reason;
    char *value;
    size_t value_n, value_size;
    struct swd_thrown *error;
    int exit_code;
    size_t kept_bytes;
    bool kept; /* [M] the loop knows that it ended */
};

/* What the loop does at a time of what has as many parts as there are runners: then sockets and
 * timers have their turn. Runners looked at in a walk, and ended. */
#define SWD_LOOKS 4096
#define SWD_ENDS  128

#define SWD_LOCKS   64
#define SWD_HELPERS 2

/* hibernate.c */
struct swd_sleep {
    pthread_mutex_t lock;
    struct swd_list idle; /* runners that wait, the longest idle first */
    struct swd_task task; /* puts to sleep who is due */
    struct swd_tick *tick;
    bool always;            /* for tests: at every wait */
    _Atomic uint64_t after; /* ns; 0: never by itself */
    _Atomic uint64_t cost_ns;
    _Atomic uint64_t sleeps, wakes, failed, lost, spared, sleep_ns, wake_ns, wake_max_ns;
    _Atomic int64_t bytes; /* held by runners asleep */
};

struct swd_runners {
    unsigned magic;
    struct swd_runners_opts o; /* [M]; limits and bounds are read at submission */
    _Atomic uint64_t quantum;
    pthread_mutex_t locks[SWD_LOCKS];
    uint64_t next_id;
    struct swd_runner **hash;
    size_t hash_size, hash_used;
    struct swd_list by_id;
    struct swd_list groups;
    uint64_t next_group;
    struct swd_functions *functions; /* [M] */
    struct swd_list kept;            /* ended, oldest first */
    uint64_t kept_n, kept_bytes;
    uint64_t live, unstarted;
    bool closing, refusing;
    struct swd_monitor *monitor; /* [C] may be NULL */

    pthread_mutex_t out_lock;
    struct swd_list out;      /* runners with new output or module requests */
    struct swd_list ended_in; /* runners that ended, for the loop */
    struct swd_list ending;   /* [M] those of them that it has taken over */
    struct swd_list gc_in;    /* runners whose asked-for collection ran */
    struct swd_list letters;  /* messages from runner to runner */
    struct swd_post post;

    pthread_mutex_t changed_lock;
    struct swd_list changed, round; /* since the last round; still to be looked at in this one */

    struct swd_observer *observer; /* [M] */
    struct swd_list gc_jobs;       /* [M] */
    char *scratch;                 /* [M] copy buffer for lines */
    size_t scratch_size;

    struct swd_sleep sleep;
    struct swd_execs *helpers; /* threads for jobs off the turn; under out_lock */
    bool helpers_closed;       /* likewise */

    struct swd_tick *drain_tick;
    struct swd_post drain_post;
    uint64_t drain_at; /* [M] the last id that was ended */
    void (*drained)(void *);
    void *drained_arg;
    struct swd_tick *watchdog;
    _Atomic bool watchdog_on;
    _Atomic int active;    /* turns running */
    unsigned idle_patrols; /* [M] */
    struct swd_post watchdog_post;

    _Atomic int64_t by_state[SWD_STATE_COUNT];
    _Atomic uint64_t submitted, ended_total[SWD_STATE_COUNT];
    _Atomic uint64_t total_alloc, num_gc, gc_ns;
    _Atomic int64_t alloc, timers, modules;
};

static inline pthread_mutex_t *swd_runner_mutex(struct swd_runner *r)
{
    return &r->all->locks[r->id % SWD_LOCKS];
}

static inline void swd_runner_lock(struct swd_runner *r)
{
    pthread_mutex_lock(swd_runner_mutex(r));
}

static inline void swd_runner_unlock(struct swd_runner *r)
{
    pthread_mutex_unlock(swd_runner_mutex(r));
}

/* changed.c: by the owner, who may not let go meanwhile; on the loop thread. */
void swd_changed_mark(struct swd_runner *r);
void swd_changed_forget(struct swd_runner *r);

/* table.c: the set by id; loop thread. */
struct swd_runner *swd_table_find(struct swd_runners *rs, uint64_t id);
/* The first one with an id above `id`, which may be forgotten; the one behind `r`; NULL: none. */
struct swd_runner *swd_table_after(struct swd_runners *rs, uint64_t id);
struct swd_runner *swd_table_next(struct swd_runners *rs, const struct swd_runner *r);
int swd_table_add(struct swd_runners *rs, struct swd_runner *r);
void swd_table_remove(struct swd_runners *rs, struct swd_runner *r);
struct swd_group *swd_group_get(struct swd_runners *rs, const char *name);
void swd_group_put(struct swd_group *g);

/* turn.c */
void swd_runner_set_state(struct swd_runner *r, enum swd_state s);
void swd_runner_turn(struct swd_task *t);
/* Asks for a turn; any thread. */
void swd_runner_want(struct swd_runner *r, unsigned work);
/* Ends a runner that the caller owns (SWD_SCHED_RUNNING). `state` is an ended one. */
void swd_runner_finish(struct swd_runner *r, enum swd_state state, enum swd_stop reason);

/* The owner lets go: the runner waits, or is queued again. Nothing of it is touched afterwards. */
void swd_runner_let_go(struct swd_runner *r, bool more);

/* hibernate.c; the owner of a runner (but for the last three: the loop). It is about to wait /
 * ends; falls asleep / wakes, 0 or SWD_ENOMEM; ends while asleep. */
void swd_idle_note(struct swd_runner *r);
void swd_idle_leave(struct swd_runner *r);
int swd_runner_sleep(struct swd_runner *r);
int swd_runner_rouse(struct swd_runner *r);
void swd_runner_slept(struct swd_runner *r);
int swd_sleep_init(struct swd_runners *rs);
int swd_sleep_configure(struct swd_runners *rs);
void swd_sleep_fini(struct swd_runners *rs);

/* runners.c: tells the loop that `r` has output or module requests / has ended. Any thread. */
void swd_runners_tell_out(struct swd_runner *r);
void swd_runners_tell_letter(struct swd_runner *from, struct swd_letter *l);
/* Loop: as swd_runner_send(); SWD_EDENIED where the runner is not of `group` (NULL: any). */
int swd_runner_deliver(struct swd_runners *rs, uint64_t id, const struct swd_group *group,
                       const char *json, size_t n, struct swd_err *e);
void swd_runners_tell_ended(struct swd_runner *r);
void swd_runners_tell_gc(struct swd_runner *r);
void swd_runner_fill_info(struct swd_runner *r, struct swd_runner_info *out);
struct swd_runner *swd_runner_alloc(void); /* zeroed; NULL when out of memory */
void swd_runner_free(struct swd_runner *r);
void swd_runner_drop_script(struct swd_runner *r); /* what it was submitted with, once it ran */

/* watch.c, loop thread */
void swd_watch_deliver(struct swd_runner *r);
void swd_watch_ended(struct swd_runner *r);
void swd_watch_observe(struct swd_runner *r);

/* mailbox.c; any thread. A copy of `n` bytes of JSON; NULL when out of memory. */
struct swd_message *swd_message_new(const char *json, size_t n);
void swd_message_free(struct swd_message **m);

/* modsrc.c */
int swd_modsrc_host(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e);
/* Whether answers are outstanding. */
bool swd_modsrc_waiting(struct swd_runner *r);
/* Owner of the turn. Requests past their time become errors; true when there was one. And the time
 * to look again, at most `due`. */
bool swd_modsrc_expire(struct swd_runner *r);
uint64_t swd_modsrc_next_expiry(struct swd_runner *r, uint64_t due);
void swd_modsrc_ask(struct swd_runner *r); /* loop: sends unsent requests */
void swd_modsrc_free(struct swd_runner *r);

/* gc.c, loop thread */
void swd_gc_pump(struct swd_runners *rs);
void swd_gc_runner_ended(struct swd_runner *r);
void swd_gc_free(struct swd_runners *rs);
/* Called by the owner of a turn: the collection asked for, if any. True: it ran, and the caller
 * tells the loop (swd_runners_tell_gc) once the turn's figures are in the sums. */
bool swd_gc_turn(struct swd_runner *r);

/* submit.c: ends a runner from outside, at once or as soon as its turn lets go. Loop thread. */
void swd_runner_end(struct swd_runner *r, enum swd_stop reason);

#endif
