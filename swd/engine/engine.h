/* The engine: one Duktape heap per runner, on the runner's own arena, that can always be stopped.
 *
 * This header is for the layers above that do not include duktape.h (runner, control); engine/duk.h
 * is for `lib`. A heap is used by one thread at a time, inside swd_heap_run(), on a thread that has
 * a guard (swd_guard_enter). swd_heap_stop() may be called from any thread at any time.
 *
 * Three lines of defence (doc/engine.md): the latched timeout hook, budgets for natives (regexp
 * steps), the hard stop by signal. After any stop the heap is condemned: swd_heap_run() refuses,
 * and all that is left is swd_heap_destroy(), which drops the arena and visits nothing in it. */
#ifndef SWD_ENGINE_ENGINE_H
#define SWD_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/stop.h"
#include "pool/account.h"

struct swd_heap;

struct swd_heap_opts {
    struct swd_account *account;     /* charged for the arena; not owned */
    const struct swd_limits *limits; /* cpu_per_turn, cpu_total, memory_soft/hard, stack are used */
    void *owner;                     /* the library's per-heap state, see swd_heap_owner() */
};

/* Once per process, before any heap: installs the signal handler of the hard stop. */
int swd_engine_init(struct swd_err *e);

/* A new heap with Duktape's built-ins; `Duktape` and `CBOR` are out of scripts' reach already.
 * Errors: SWD_ENOMEM (the limit, the account or the reserve), SWD_EINTERNAL. */
int swd_heap_create(const struct swd_heap_opts *o, struct swd_heap **out, struct swd_err *e);
void swd_heap_destroy(struct swd_heap **h);

/* An image of a heap: made once, cloned in microseconds (doc/images.md). Immutable,
 * reference-counted; clones may be made from any thread. */
struct swd_heap_image;

/* `fill` does the same work on each of three fresh heaps, clones of `base` if there is one (it
 * answers 0 or SWD_E* and fills `e`); the heaps are compared and the image is refused when a word
 * of it is not explained. Errors: SWD_ECORRUPT (with the word), SWD_ENOMEM, and what `fill` gives.
 * Charged to `account`. */
int swd_heap_image_make(struct swd_heap_image *base, const struct swd_limits *limits,
                        struct swd_account *account,
                        int (*fill)(struct swd_heap *h, void *arg, struct swd_err *e), void *arg,
                        struct swd_heap_image **out, struct swd_err *e);
struct swd_heap_image *swd_heap_image_ref(struct swd_heap_image *img);
void swd_heap_image_unref(struct swd_heap_image **img);

/* A new heap that is as `fill` left it, but for its randomness, account and limits. Errors as
 * swd_heap_create(). */
int swd_heap_clone(struct swd_heap_image *img, const struct swd_heap_opts *o, struct swd_heap **out,
                   struct swd_err *e);

struct swd_heap_image_info {
    uint64_t bytes, relocations, stale, clones;
};
void swd_heap_image_info(const struct swd_heap_image *img, struct swd_heap_image_info *out);

void swd_heap_set_owner(struct swd_heap *h, void *owner);

enum swd_run_rc {
    SWD_RUN_OK = 0,
    SWD_RUN_THROWN,  /* an exception left `fn`; it is in the swd_thrown of the call */
    SWD_RUN_STOPPED, /* condemned: see swd_heap_stopped() */
};

/* An exception as the client sees it. UTF-8, NUL-terminated, each bounded; owned by the caller's
 * struct. line and column are 0 when unknown. */
struct swd_thrown {
    char name[64];
    char message[1024];
    char source[256];
    char stack[4096];
    int line, column;
};

/* One turn: opens a CPU budget, enters the heap, runs `fn(ctx, arg)` in a protected call. `ctx` is
 * a duk_context *. fn's return value is ignored except that a thrown error gives SWD_RUN_THROWN.
 * Turns do not nest: a thread is in one at a time. */
enum swd_run_rc swd_heap_run(struct swd_heap *h, int (*fn)(void *ctx, void *arg), void *arg,
                             struct swd_thrown *thrown);

/* Latches a stop; the first reason wins. Any thread. The heap stops at its next check (within 1024
 * opcodes), or by the watchdog. */
void swd_heap_stop(struct swd_heap *h, enum swd_stop reason);
enum swd_stop swd_heap_stopped(const struct swd_heap *h);

/* The monotonic clock as the heap's scripts see it, ns: it stands still while an image is built. */
uint64_t swd_heap_mono(const struct swd_heap *h);
bool swd_heap_frozen(const struct swd_heap *h); /* an image is being built */

uint64_t swd_heap_cpu(const struct swd_heap *h);        /* CPU ns over all turns so far */
void swd_heap_cpu_add(struct swd_heap *h, uint64_t ns); /* spent for it elsewhere */
uint64_t swd_heap_live(const struct swd_heap *h);       /* bytes live; also from other threads */
uint64_t swd_heap_peak(const struct swd_heap *h);
uint64_t swd_heap_total(const struct swd_heap *h);  /* bytes ever allocated */
uint64_t swd_heap_mapped(const struct swd_heap *h); /* bytes of extents held */

struct swd_gc_count {
    uint64_t runs; /* mark-and-sweeps, forced or Duktape's own */
    uint64_t forced;
    uint64_t ns;    /* time in forced ones */
    uint64_t freed; /* bytes freed by forced ones */
};
void swd_heap_gc_count(const struct swd_heap *h, struct swd_gc_count *out);

/* A forced collection with compaction of objects, between turns, on the owner's thread. Then
 * returns free pages and extents. Bounded by a budget of its own (1 s). */
enum swd_run_rc swd_heap_gc(struct swd_heap *h);
/* Returns free pages and extents alone, between turns, on the owner's thread. */
void swd_heap_trim(struct swd_heap *h);

/* Between turns, on the owner's thread: gives the heap's pages back and keeps what a waking needs,
 * compressed, in the account's charge. Nothing but figures may be asked of it until it is woken or
 * destroyed. Errors, with the heap as it was: SWD_ENOMEM; SWD_ELIMIT when it would not pay. */
int swd_heap_hibernate(struct swd_heap *h);
/* As it was before, at the same addresses; nothing to do for one awake. Errors, with the heap still
 * asleep: SWD_ENOMEM (the account, the budget, scratch). */
int swd_heap_wake(struct swd_heap *h);
bool swd_heap_asleep(const struct swd_heap *h); /* any thread */
/* Heaps of one key are expected to be alike (they run one script): asleep they share what they have
 * in common, if their accounts hang beneath one account (a group's), which is charged for it. 0, as
 * at first: not known. And all of that is forgotten, for trims, shutdown and benchmarks; who sleeps
 * by it keeps it. Any thread for the latter. */
void swd_heap_set_kin(struct swd_heap *h, uint64_t key);
void swd_heap_kin_forget(void);
/* Bytes that the heap holds now: of the compressed difference, or of extents. Owner's thread. */
uint64_t swd_heap_held(const struct swd_heap *h);

/* Whether a turn ended with more live bytes than memory_soft since the last forced collection. */
bool swd_heap_soft_hit(const struct swd_heap *h);

/* Whether something that is held weakly went since swd_heap_forget(). */
bool swd_heap_found(const struct swd_heap *h);
void swd_heap_forget(struct swd_heap *h);

/* A guard makes a thread able to run heaps: its native stack bounds, the landing place of the hard
 * stop, and what the watchdog looks at. One per executor thread, for the thread's life. */
struct swd_guard;
int swd_guard_enter(struct swd_guard **out);
void swd_guard_leave(struct swd_guard **g);

/* The watchdog: looks at every guard; a turn past its limit or stop flag by more than a grace time
 * (20 ms) is stopped hard if it is inside pure Duktape code. Call every few ms while any turn
 * runs, from one thread (the loop). Answers whether any turn is running. Costs one clock read
 * per running turn. */
bool swd_guard_patrol(void);

/* Features and a hash of the Duktape configuration, for `swd -V` and method `version`. */
const char *swd_engine_version(void);     /* "2.7.0" */
const char *swd_engine_config_hash(void); /* hex */

#endif
