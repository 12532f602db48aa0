/* A turn, as the thread that runs it sees it: where a stop lands, and whether it may land now.
 *
 * One `struct swd_turn` a thread, in thread-local storage that the signal handler reads too.
 *
 * Depth. A stop may take the thread out of pure Duktape code at any instruction, because nothing
 * but the condemned arena is changed there. Everything else (our allocator, clocks, formatting,
 * every native of ours) runs at depth > 0, where a stop only sets `pending`; it is taken when the
 * depth comes back to 0. The body of a turn begins at depth 1. The bytecode executor opens depth 0
 * for the script that it runs and restores the caller's depth after it, so a native that calls a
 * script can be abandoned in the middle of that call: what it holds across it must be reachable
 * from the heap's owner, or be announced by swd_defer_push().
 * Duktape's catch points save the depth and restore it when something is thrown to them.
 *
 * Rules. No function that may lock or allocate is called at depth 0. Only the thread itself writes
 * its turn; the watchdog speaks to it through its guard (guard.h) and by the signal. */
#ifndef SWD_ENGINE_TURN_H
#define SWD_ENGINE_TURN_H

#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The hard stop needs to jump out of a signal handler, which ThreadSanitizer cannot follow. */
#if defined(__SANITIZE_THREAD__)
#define SWD_HARD_STOP 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SWD_HARD_STOP 0
#endif
#endif
#ifndef SWD_HARD_STOP
#define SWD_HARD_STOP 1
#endif

struct swd_heap;
struct swd_guard;

#define SWD_DEFERS 32

struct swd_defer {
    void (*fn)(void *arg);
    void *arg;
};

struct swd_turn {
    volatile sig_atomic_t running; /* `land` is valid: between its _setjmp() and the turn's end */
    volatile sig_atomic_t depth;   /* how deep in code that must not be abandoned */
    volatile sig_atomic_t pending; /* a stop waits for depth 0 */
    unsigned defers;               /* cleanups of `armed` that are */
    uintptr_t stack_low;           /* the native stack ends here for Duktape */
    struct swd_heap *heap;
    struct swd_guard *guard; /* for the thread's life; NULL: stops by the hook alone */
    jmp_buf land;
    struct swd_defer armed[SWD_DEFERS];
};

extern _Thread_local struct swd_turn swd_turn_self;

/* Leaves the turn at once, for its landing place. The heap is condemned; a reason must have been
 * latched. Only at depth 0, or from code of ours that holds nothing. */
_Noreturn void swd_turn_abandon(void);

/* Runs `body` as a turn of `h`, with the CPU limits `turn` (this turn) and `total` (ns left of the
 * heap's life). True when it came back by itself, false when it was abandoned. Inside of a native
 * of another heap's turn it is a part of that turn: its limits are not looked at. */
bool swd_turn_run(struct swd_heap *h, uint64_t turn, uint64_t total,
                  void (*body)(struct swd_heap *h, void *arg), void *arg);

/* Depth up: from here on nothing is abandoned. */
static inline void swd_turn_enter(void)
{
    swd_turn_self.depth = swd_turn_self.depth + 1;
    atomic_signal_fence(memory_order_seq_cst);
}

/* Depth down; takes a pending stop when that was the last. */
static inline void swd_turn_leave(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    swd_turn_self.depth = swd_turn_self.depth - 1;
    if (__builtin_expect(swd_turn_self.pending && swd_turn_self.depth == 0, 0))
        swd_turn_abandon();
}

/* Opens a stretch of pure Duktape code (depth 0) inside a native; answers the depth for
 * swd_turn_close(). Nothing may be held that an abandoned native would leak. */
static inline int swd_turn_open(void)
{
    int depth = swd_turn_self.depth;
    atomic_signal_fence(memory_order_seq_cst);
    swd_turn_self.depth = 0;
    if (__builtin_expect(swd_turn_self.pending, 0))
        swd_turn_abandon();
    return depth;
}

static inline void swd_turn_close(int depth)
{
    swd_turn_self.depth = depth;
    atomic_signal_fence(memory_order_seq_cst);
}

/* Whether Duktape has used up its share of the native stack. */
static inline int swd_turn_stack_low(void)
{
    return (uintptr_t)__builtin_frame_address(0) < swd_turn_self.stack_low;
}

/* Duktape's catch points (DUK_JMPBUF_TYPE): depth and armed cleanups go with the jump buffer. */
struct swd_catch {
    jmp_buf buf;
    int depth;
    unsigned defers;
};

void swd_defer_unwind(unsigned to);

static inline void swd_catch_save(struct swd_catch *c)
{
    c->depth = swd_turn_self.depth;
    c->defers = swd_turn_self.defers;
}

static inline void swd_catch_throw(struct swd_catch *c)
{
    if (__builtin_expect(swd_turn_self.defers != c->defers, 0))
        swd_defer_unwind(c->defers);
    swd_turn_self.depth = c->depth;
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(swd_turn_self.pending && c->depth == 0, 0))
        swd_turn_abandon();
}

#endif
