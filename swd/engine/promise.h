/* Promises and the queue of jobs: implemented in duk_promise.h. Contexts are duk_context pointers,
 * indices are of the value stack.
 *
 * A promise is an object of a class of its own with its state in the struct, one block of memory. A
 * promise that then() made is its own reaction: it waits in the list of the promise it derives
 * from, and is itself the job in the queue. So settling allocates nothing. Everything is in the
 * heap, where the collector sees it, and moves with a clone. Nothing here calls scripts but
 * where it says so. */
#ifndef SWD_ENGINE_PROMISE_H
#define SWD_ENGINE_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

/* Class number of promises (engine/unit.h, swd_unit_class()). */
#define SWD_CLASS_PROMISE 30

enum { SWD_PROMISE_PENDING, SWD_PROMISE_FULFILLED, SWD_PROMISE_REJECTED };

/* Makes the queue of jobs. Once per heap, before anything else here. */
void swd_jobs_setup(void *ctx);

/* Throws the RangeError of a full queue. */
void swd_jobs_full(void *ctx);

/* Keeps the intrinsics: pops, from the top, the reject and the resolve function that others are
 * made after, the getter of Promise[Symbol.species], Symbol.species, "then",
 * Promise.prototype.then, Promise.prototype and Promise. */
void swd_promise_setup(void *ctx);

/* Whether the value is a promise; a Proxy of one is not. And one that has no properties of its own
 * and inherits the intrinsic ones, so that then() makes a plain promise too. */
bool swd_promise_is(void *ctx, int idx);
bool swd_promise_plain(void *ctx, int idx);

/* Whether the value is the intrinsic Promise. */
bool swd_promise_is_ctor(void *ctx, int idx);

/* The state of the promise at `idx`; its value (undefined while pending) is pushed. */
int swd_promise_get(void *ctx, int idx);

/* Pushes a promise that is pending; and its resolve and its reject function. */
void swd_promise_new(void *ctx);
void swd_promise_functions(void *ctx, int idx);

/* What the running resolving function stands for: pushes its promise, once for it and its twin;
 * false: it was used up. */
bool swd_promise_called(void *ctx);

/* Resolves or rejects. resolve may run a getter `then`; both throw RangeError with the code
 * ERR_SWD_LIMIT when the queue is full. */
void swd_promise_resolve(void *ctx, int idx, int value);
void swd_promise_reject(void *ctx, int idx, int reason);

/* PerformPromiseThen: pushes the promise derived. `other` instead: the reaction settles the
 * capability whose functions resolve and reject are at `cap` and `cap` + 1; nothing is pushed. */
void swd_promise_then(void *ctx, int idx, int ok, int err);
void swd_promise_then_other(void *ctx, int idx, int ok, int err, int cap);

/* Replaces the value at `idx` by the promise that PromiseResolve(%Promise%, value) answers. Runs
 * getters. */
void swd_promise_coerce(void *ctx, int idx);

/* The rejection that waits longest to be told of: pushes the promise, then its reason. 0: none, 1:
 * nobody handled it, 2: told of before, it was handled now. */
int swd_promise_unhandled(void *ctx);

/* Keeps the functions that go on with the body of an async generator, (state, 0 or 1, value), and
 * with a coroutine, (coroutine, 0 or 1, value). Pops them. */
void swd_promise_driver(void *ctx);

#endif
