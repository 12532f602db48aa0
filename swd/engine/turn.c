/* Turns and deferred cleanups: see turn.h and duk.h. */
#include "engine/turn.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "engine/guard.h"
#include "engine/heap.h"

/* What is kept free below Duktape's share of a thread's stack: for the leaves that are entered
 * after its check (natives, formatting, the collector's recursion, a signal frame). */
#if defined(__SANITIZE_ADDRESS__) || defined(SWD_SAN_address)
#define SWD_TURN_STACK_RESERVE ((uintptr_t)384 * 1024)
#else
#define SWD_TURN_STACK_RESERVE ((uintptr_t)128 * 1024)
#endif

_Thread_local struct swd_turn swd_turn_self;

_Noreturn void swd_turn_abandon(void)
{
    struct swd_turn *t = &swd_turn_self;
    t->running = 0;
    t->pending = 0;
    atomic_signal_fence(memory_order_seq_cst);
    longjmp(t->land, 1);
}

/* From the frame of the turn's start, not below what the thread's stack has. */
static uintptr_t turn_stack_low(const struct swd_turn *t, uint64_t limit)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t low = limit < here ? here - (uintptr_t)limit : 0;
    if (t->guard && low < t->guard->stack_end + SWD_TURN_STACK_RESERVE)
        low = t->guard->stack_end + SWD_TURN_STACK_RESERVE;
    return low;
}

/* In a frame of its own: what it does not change after _setjmp() is certain at the landing. */
static __attribute__((noinline)) bool turn_land(struct swd_turn *t, struct swd_heap *h,
                                                void (*body)(struct swd_heap *h, void *arg),
                                                void *arg)
{
    if (_setjmp(t->land) != 0)
        return false;
    t->running = 1;
    atomic_signal_fence(memory_order_seq_cst);
    body(h, arg);
    atomic_signal_fence(memory_order_seq_cst);
    t->running = 0;
    return true;
}

/* A turn of another heap, beneath a native: no stop lands in it, since the depth stays above 0, and
 * the guard goes on looking at the heap outside. */
static bool turn_aside(struct swd_turn *t, struct swd_heap *h,
                       void (*body)(struct swd_heap *h, void *arg), void *arg)
{
    struct swd_heap *outer = t->heap;
    sig_atomic_t depth = t->depth;
    unsigned defers = t->defers;
    jmp_buf land;
    bool back;
    swd_assert(depth > 0 && t->running);
    memcpy(&land, &t->land, sizeof land);
    t->heap = h;
    back = turn_land(t, h, body, arg);
    t->depth = depth;
    swd_defer_unwind(defers);
    t->heap = outer;
    memcpy(&t->land, &land, sizeof land);
    atomic_signal_fence(memory_order_seq_cst);
    t->running = 1;
    return back;
}

bool swd_turn_run(struct swd_heap *h, uint64_t turn, uint64_t total,
                  void (*body)(struct swd_heap *h, void *arg), void *arg)
{
    struct swd_turn *t = &swd_turn_self;
    bool back;
    if (t->heap)
        return turn_aside(t, h, body, arg);
    t->heap = h;
    t->depth = 1;
    t->pending = 0;
    t->defers = 0;
    t->stack_low = turn_stack_low(t, h->limits.stack);
    swd_heap_turn_begin(h, turn, total);
    swd_guard_begin(t->guard, h, swd_clock_mono());
    back = turn_land(t, h, body, arg);
    swd_guard_end(t->guard);
    if (t->defers)
        swd_defer_unwind(0);
    t->depth = 0;
    t->heap = NULL;
    swd_heap_turn_end(h);
    return back;
}

void swd_defer_unwind(unsigned to)
{
    struct swd_turn *t = &swd_turn_self;
    while (t->defers > to) {
        struct swd_defer *d = &t->armed[--t->defers];
        d->fn(d->arg);
    }
}
