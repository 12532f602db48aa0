/* The engine as `lib` sees it: duktape.h, the string converter, natives and handles.
 *
 * Only `engine` and `lib` include this. All functions run inside swd_heap_run() on the heap's
 * thread. duk_push_lstring, duk_push_string, duk_get_string, duk_get_lstring, duk_to_string and
 * friends are banned in `lib` for anything but constant ASCII literals: text crosses by
 * swd_text_push() and swd_text_get().
 *
 * A stop abandons the turn: swd_heap_run() answers SWD_RUN_STOPPED from its landing place and no
 * frame in between comes back, duk_safe_call() and duk_pcall() included. It happens in pure Duktape
 * code only, never inside a native of ours, but a native that calls a script can be abandoned in
 * that call. So: hold no lock across a call into Duktape, and what must be released afterwards is
 * owned by the heap's owner or announced by swd_defer_push(). */
#ifndef SWD_ENGINE_DUK_H
#define SWD_ENGINE_DUK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duktape.h"
#include "engine/engine.h"
#include "pool/bytebuf.h"

/* The heap of a context, its owner (the library's per-heap state), and its context. */
struct swd_heap *swd_heap_of(duk_context *ctx);
void *swd_heap_owner(duk_context *ctx);
duk_context *swd_heap_ctx(struct swd_heap *h);

/* Pushes UTF-8 as a JavaScript string: pairs become surrogates (CESU-8 inside), invalid bytes
 * U+FFFD, and the result can never be a symbol. Throws RangeError when out of memory. */
void swd_text_push(duk_context *ctx, const char *utf8, size_t n);

/* The value at `idx` as UTF-8, coerced as String(v) does (a symbol throws TypeError). Answers a
 * pointer good while the string stays on the value stack; lone surrogates become U+FFFD. Replaces
 * the value at `idx` by the string the pointer belongs to (which is a buffer when a
 * conversion was needed). */
const char *swd_text_get(duk_context *ctx, duk_idx_t idx, size_t *n);

/* The same, appended to a byte buffer; 0 or SWD_E* (limit, no memory); coerces like String(v). */
int swd_text_append(duk_context *ctx, duk_idx_t idx, struct swd_bytebuf *b);

/* Code units as they are, lone surrogates too, two bytes each, the lower one first. The string at
 * `idx` has duk_get_length() of them; get writes at most `max` and answers how many. */
size_t swd_text_units_get(duk_context *ctx, duk_idx_t idx, unsigned char *out, size_t max);
void swd_text_units_push(duk_context *ctx, const unsigned char *units, size_t n);

/* Natives. Every C function a script can reach is pushed through here, so that the hard stop knows
 * when the thread is inside one (it then waits). `fn` may throw. Tables are registered once at
 * start (before threads) and pushed by entry. */
struct swd_native {
    const char *name; /* ASCII; also the function's `name`; of a constructor in capitals */
    duk_c_function fn;
    int nargs;  /* DUK_VARARGS or a count */
    int length; /* the function's `length` property */
};

/* Pushes one native as a function object. `n` must be static: its address is its identity. */
void swd_native_push(duk_context *ctx, const struct swd_native *n);

/* Puts every native of a table (ended by .name == NULL) on the object at `idx`, non-enumerable,
 * writable and configurable. */
void swd_native_put(duk_context *ctx, duk_idx_t idx, const struct swd_native *table);

/* Throws; like duk_error, for formatted text from C (UTF-8). `type` is DUK_ERR_*. Never returns. */
_Noreturn void swd_throw(duk_context *ctx, int type, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Cleanups that a throw or a stop runs.
 *
 * A native that holds something (a buffer, a codec) while Duktape may throw, or while a script runs
 * beneath it, announces it here: `fn(arg)` is called when the native is left by a throw past it or
 * by a stop. In order, last first. A native that returns pops what it pushed (`run`: calling it).
 * `fn` must not use the heap. At most 32 at a time; one more calls `fn` and throws RangeError. */
void swd_defer_push(duk_context *ctx, void (*fn)(void *arg), void *arg);
void swd_defer_pop(duk_context *ctx, bool run);

/* A stretch of pure Duktape code inside a native or the function of a turn, that may be long: a
 * compilation, a JSON encoding. Between the two calls the watchdog may abandon the native, which
 * must do nothing else there than call Duktape, and holds nothing that is not deferred. A throw
 * out of it needs no close. */
int swd_pure_open(duk_context *ctx);
void swd_pure_close(duk_context *ctx, int was);

/* Private values of the runtime, in a GC-visible place scripts cannot reach. `slot` < SWD_SLOT_MAX.
 * put pops the top of the stack; push pushes undefined when never put. */
enum swd_slot {
    SWD_SLOT_DUKTAPE,  /* the `Duktape` object, removed from the global */
    SWD_SLOT_TIMERS,   /* lib: callbacks by id */
    SWD_SLOT_RESULT,   /* lib: argument of runner.result() or completion value */
    SWD_SLOT_MODULES,  /* lib: module cache */
    SWD_SLOT_MICRO,    /* lib: microtask queue */
    SWD_SLOT_LIB,      /* lib: anything else, an object keyed by strings */
    SWD_SLOT_RT,       /* engine: the state of the runtime helpers (rt.c, regexp.c) */
    SWD_SLOT_EVAL,     /* lib: translates the text of an indirect eval */
    SWD_SLOT_FUNCTION, /* lib: makes what Function() gives of the same arguments */
    SWD_SLOT_MAX = 16
};
void swd_slot_put(duk_context *ctx, int slot);
void swd_slot_push(duk_context *ctx, int slot);

/* The runtime helpers of generated code (ts/rt.h), made globals; once per heap, before any script.
 * The object at `host` is the embedder's: it must have `promises` and `weakMap` (ts/rt/async.js,
 * class.js); `Thread`, `hidden`, `regexp`, `fast` are added to it. Answers with R, the helpers' own
 * object, pushed. Throws what a helper throws, and when memory is out. */
void swd_rt_install(duk_context *ctx, duk_idx_t host);

/* The same in parts: R pushed with nothing run yet; then file `i` of swd_ts_rt pushed, and what is
 * pushed run on the R at `r`. Files must be run in order. */
void swd_rt_begin(duk_context *ctx, duk_idx_t host);
void swd_rt_push(duk_context *ctx, size_t i);
void swd_rt_run(duk_context *ctx, duk_idx_t r);

/* Runs the pending CPU check now (for natives that loop). When the runner must stop it does not
 * come back: the turn is abandoned as by any other stop, deferred cleanups included. */
void swd_heap_check(duk_context *ctx);

/* Fills `t` from the error value at `idx` (never throws; getters of hostile errors are bounded). */
void swd_thrown_fill(duk_context *ctx, duk_idx_t idx, struct swd_thrown *t);

#endif
