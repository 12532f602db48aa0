/* Aid of the engine's suites: heaps, one script a turn, the watchdog's thread. See heaps.h. */
#include "heaps.h"

#include <check.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pool/extent.h"

static char heaps_value[4096];
static struct swd_thrown heaps_thrown;
static struct swd_guard *heaps_guard;
static pthread_t heaps_watch;
static _Atomic bool heaps_watching;

void t_engine_start(void)
{
    struct swd_err e;
    if (heaps_guard)
        return;
    ck_assert_int_eq(swd_extent_init(NULL, &e), 0);
    ck_assert_int_eq(swd_engine_init(&e), 0);
    ck_assert_int_eq(swd_guard_enter(&heaps_guard), 0);
}

void t_engine_unguard(void)
{
    swd_guard_leave(&heaps_guard);
}

static struct swd_heap *heaps_new(const char *key, va_list ap)
{
    struct swd_limits l;
    struct swd_heap_opts o = {.limits = &l};
    struct swd_heap *h;
    struct swd_err e;
    swd_limits_default(&l);
    for (; key; key = va_arg(ap, const char *))
        ck_assert_int_eq(swd_limits_set(&l, key, va_arg(ap, const char *), &e), 0);
    ck_assert_msg(swd_heap_create(&o, &h, &e) == 0, "%s", e.msg);
    return h;
}

struct swd_heap *t_heap(const char *key, ...)
{
    struct swd_heap *h;
    va_list ap;
    va_start(ap, key);
    h = heaps_new(key, ap);
    va_end(ap);
    return h;
}

static int heaps_eval(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    const char *source = arg, *s;
    size_t n;
    swd_text_push(ctx, source, strlen(source));
    duk_push_string(ctx, "test.js");
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    if (duk_is_symbol(ctx, -1))
        return 0;
    s = swd_text_get(ctx, -1, &n);
    snprintf(heaps_value, sizeof heaps_value, "%s", s);
    return 0;
}

enum swd_run_rc t_eval(struct swd_heap *h, const char *source)
{
    uint64_t began = swd_clock_mono();
    enum swd_run_rc rc;
    heaps_value[0] = '\0';
    rc = swd_heap_run(h, heaps_eval, (void *)(uintptr_t)source, &heaps_thrown);
    if (getenv("T_TIMES"))
        fprintf(stderr, "%7.1f ms %-12s %.60s\n", (double)(swd_clock_mono() - began) / 1e6,
                swd_stop_name(swd_heap_stopped(h)), source);
    return rc;
}

const char *t_value(void)
{
    return heaps_value;
}

const struct swd_thrown *t_thrown(void)
{
    return &heaps_thrown;
}

void t_expect_stop(enum swd_stop why, const char *source, const char *key, ...)
{
    struct swd_heap *h;
    enum swd_run_rc rc;
    va_list ap;
    va_start(ap, key);
    h = heaps_new(key, ap);
    va_end(ap);
    rc = t_eval(h, source);
    ck_assert_msg(rc == SWD_RUN_STOPPED, "%s\nanswered %d, value '%s', thrown '%s'", source, rc,
                  heaps_value, heaps_thrown.message);
    ck_assert_msg(swd_heap_stopped(h) == why, "%s\nstopped for %s, not %s", source,
                  swd_stop_name(swd_heap_stopped(h)), swd_stop_name(why));
    ck_assert_int_eq(t_eval(h, "1"), SWD_RUN_STOPPED);
    swd_heap_destroy(&h);
}

static void *heaps_patrol(void *arg)
{
    (void)arg;
    while (atomic_load(&heaps_watching)) {
        swd_guard_patrol();
        usleep(2000);
    }
    return NULL;
}

int t_put_natives(void *ctx, void *arg)
{
    duk_push_global_object(ctx);
    swd_native_put(ctx, -1, arg);
    return 0;
}

void t_watch_start(void)
{
    atomic_store(&heaps_watching, true);
    ck_assert_int_eq(pthread_create(&heaps_watch, NULL, heaps_patrol, NULL), 0);
}

void t_watch_stop(void)
{
    atomic_store(&heaps_watching, false);
    pthread_join(heaps_watch, NULL);
}
