/* What Duktape calls of ours: see hooks.h.
 *
 * Allocation. The arena refuses beyond the heap's limit; Duktape collects and retries, then throws
 * a catchable error. A script that catches it and goes on is stopped after SWD_HOOK_REFUSALS
 * refusals in one turn, or when SWD_HOOK_REFUSED_TURNS turns in a row meet one (heap.c). */
#include "engine/hooks.h"

#include <stdio.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/heap.h"
#include "engine/turn.h"
#include "engine/zone.h"

/* Each refused allocation is asked for 4 times (after each of 3 collections): 32 refusals. */
#define SWD_HOOK_REFUSALS (32 * 4)

static void hook_refused(struct swd_heap *h, size_t n)
{
    if (++h->refused < SWD_HOOK_REFUSALS || !swd_turn_self.running)
        return;
    swd_heap_stop(h, swd_arena_live(h->arena) + n > h->limits.memory_hard ? SWD_STOP_MEMORY
                                                                          : SWD_STOP_NOMEM);
    swd_turn_self.pending = 1;
}

void *swd_hook_alloc(void *heap, size_t n)
{
    struct swd_heap *h = heap;
    void *p;
    swd_turn_enter();
    p = swd_arena_alloc(h->arena, n);
    if (SWD_UNLIKELY(!p && n))
        hook_refused(h, n);
    swd_turn_leave();
    return p;
}

void *swd_hook_realloc(void *heap, void *p, size_t n)
{
    struct swd_heap *h = heap;
    void *q;
    swd_turn_enter();
    q = swd_arena_realloc(h->arena, p, n);
    if (SWD_UNLIKELY(!q && n))
        hook_refused(h, n);
    swd_turn_leave();
    return q;
}

void swd_hook_free(void *heap, void *p)
{
    struct swd_heap *h = heap;
    swd_turn_enter();
    swd_arena_free(h->arena, p);
    swd_turn_leave();
}

void swd_hook_check(void *heap)
{
    struct swd_heap *h = heap;
    uint64_t now;
    if (SWD_UNLIKELY(swd_heap_stopped(h) != SWD_STOP_NONE))
        swd_turn_abandon();
    now = swd_clock_mono();
    if (SWD_LIKELY(now < h->look_at))
        return;
    if (swd_heap_cpu_spent(h, swd_clock_thread_cpu() - h->cpu_start))
        swd_turn_abandon();
}

_Noreturn void swd_hook_fatal(void *heap, const char *msg)
{
    struct swd_heap *h = heap;
    char q[SWD_LOGQ_SIZE];
    if (!swd_turn_self.running)
        swd_panic(__FILE__, __LINE__, "Duktape called outside a turn met a fatal error");
    swd_turn_enter();
    if (h->ctx)
        swd_log(SWD_LOG_ERROR, "engine.fatal", "msg=%s", swd_log_quote(q, msg ? msg : ""));
    swd_heap_stop(h, SWD_STOP_FATAL);
    swd_turn_abandon();
}

void swd_hook_sweep(void *heap)
{
    struct swd_heap *h = heap;
    atomic_fetch_add_explicit(&h->gc.runs, 1, memory_order_relaxed);
}

uint64_t swd_hook_pending(void *heap)
{
    return ((struct swd_heap *)heap)->limits.pending;
}

void swd_hook_placed(void *heap)
{
    ((struct swd_heap *)heap)->placed = true;
}

void swd_hook_dead(void *heap)
{
    ((struct swd_heap *)heap)->found = true;
}

uint64_t swd_heap_mono(const struct swd_heap *h)
{
    return h && h->frozen_mono ? h->frozen_mono : swd_clock_mono();
}

bool swd_heap_frozen(const struct swd_heap *h)
{
    return h->frozen_mono != 0;
}

double swd_hook_now(void)
{
    const struct swd_heap *h = swd_turn_self.heap;
    if (h && h->frozen_real)
        return (double)(h->frozen_real / SWD_NS_PER_MS);
    return (double)(swd_clock_real() / SWD_NS_PER_MS);
}

double swd_hook_mono(void)
{
    return (double)swd_heap_mono(swd_turn_self.heap) / 1e6;
}

int swd_hook_zone(double ms)
{
    return swd_zone_offset(ms);
}

int swd_hook_vsnprintf(char *out, size_t n, const char *fmt, va_list ap)
{
    int rc;
    swd_turn_enter();
    rc = vsnprintf(out, n, fmt, ap);
    swd_turn_leave();
    return rc;
}

int swd_hook_snprintf(char *out, size_t n, const char *fmt, ...)
{
    va_list ap;
    int rc;
    va_start(ap, fmt);
    rc = swd_hook_vsnprintf(out, n, fmt, ap);
    va_end(ap);
    return rc;
}

/* Duktape calls sprintf in one place, with its 40-byte buffer for ISO 8601 dates. */
#define SWD_HOOK_ISO_SIZE 40

int swd_hook_sprintf(char *out, const char *fmt, ...)
{
    va_list ap;
    int rc;
    va_start(ap, fmt);
    rc = swd_hook_vsnprintf(out, SWD_HOOK_ISO_SIZE, fmt, ap);
    va_end(ap);
    return rc;
}

int swd_hook_sscanf(const char *text, const char *fmt, ...)
{
    va_list ap;
    int rc;
    va_start(ap, fmt);
    swd_turn_enter();
    rc = vsscanf(text, fmt, ap);
    swd_turn_leave();
    va_end(ap);
    return rc;
}
