/* The hard stop's soundness: it waits for natives, hits the turn that it was sent for and no other,
 * and leaves every other heap and the process's locks alone. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/turn.h"
#include "heaps.h"
#include "suite.h"

/* ---- Natives are never abandoned --------------------------------------------------------------*/

static _Atomic int inside; /* natives that were entered and did not come back */
static _Atomic int entered;

/* Spins for 60 ms of CPU time, beyond limit and grace, then comes back. */
static duk_ret_t native_slow(duk_context *ctx)
{
    uint64_t until = swd_clock_thread_cpu() + 60 * SWD_NS_PER_MS;
    (void)ctx;
    atomic_fetch_add(&inside, 1);
    atomic_fetch_add(&entered, 1);
    while (swd_clock_thread_cpu() < until)
        ;
    atomic_fetch_sub(&inside, 1);
    return 0;
}

static duk_ret_t native_throwing(duk_context *ctx)
{
    native_slow(ctx);
    swd_throw(ctx, DUK_ERR_TYPE_ERROR, "late");
}

static duk_ret_t native_checking(duk_context *ctx)
{
    for (;;)
        swd_heap_check(ctx);
    return 0;
}

static duk_ret_t native_pure(duk_context *ctx)
{
    int was;
    duk_dup(ctx, 0);
    was = swd_pure_open(ctx);
    duk_json_encode(ctx, -1);
    swd_pure_close(ctx, was);
    return 1;
}

static const struct swd_native natives[] = {
    {"slow", native_slow, 0, 0},
    {"throwing", native_throwing, 0, 0},
    {"checking", native_checking, 0, 0},
    {"pure", native_pure, 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct {
    const char *source;
    bool enters;
} pending[] = {
    {"for (;;) slow();", true},
    {"slow(); for (;;);", true},
    {"for (;;) try { throwing(); } catch (e) {}", true},
    {"[3, 2, 1].map(function () { slow(); })", true},
    {"new Proxy({}, {get: function () { slow(); for (;;); }}).x", true},
    {"checking()", false},
#if SWD_HARD_STOP
    {"var a = []; for (var i = 0; i < 1e4; i++) a.push({toString: 1}); while (a.length < 4e5)"
     "a = a.concat(a); pure(a); pure(a); pure(a); pure(a)",
     false},
#endif
};

START_TEST(natives_come_back_before_the_stop)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "20ms", "memory_hard", "512M", NULL);
    t_watch_start();
    atomic_store(&inside, 0);
    atomic_store(&entered, 0);
    ck_assert_int_eq(swd_heap_run(h, t_put_natives, (void *)natives, NULL), SWD_RUN_OK);
    ck_assert_int_eq(t_eval(h, pending[_i].source), SWD_RUN_STOPPED);
    ck_assert_int_eq(atomic_load(&inside), 0);
    if (SWD_HARD_STOP)
        ck_assert_int_eq(atomic_load(&entered), pending[_i].enters);
    else
        ck_assert_int_ge(atomic_load(&entered), pending[_i].enters);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_CPU_TURN);
    t_watch_stop();
    swd_heap_destroy(&h);
}
END_TEST

/* A native that ends the turn itself at its very end: nothing after it runs. */
static int slow_turn(void *ctx, void *arg)
{
    (void)arg;
    native_slow(ctx);
    return 0;
}

START_TEST(a_slow_function_of_a_turn_comes_back_too)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "10ms", NULL);
    t_watch_start();
    atomic_store(&inside, 0);
    ck_assert_int_eq(swd_heap_run(h, slow_turn, NULL, NULL), SWD_RUN_STOPPED);
    ck_assert_int_eq(atomic_load(&inside), 0);
    t_watch_stop();
    swd_heap_destroy(&h);
}
END_TEST

/* ---- Many threads, runaways and honest scripts in turn ----------------------------------------*/

#define THREADS 3
#define ROUNDS  12

static _Atomic int wrong;
static _Atomic int working;

static const char *const runaways[] = {
    "for (;;);",
    "for (;;) try { for (;;); } catch (e) {} finally { continue; }",
#if SWD_HARD_STOP
    "Array.prototype.reverse.call({length: 2147483647})",
    "var s = new Array(50001).join('a,'); for (;;) s.split(',').join(';');",
    "var a = []; for (;;) { a.push({n: a.length, s: 'text' + a.length}); "
    "if (a.length > 5000) a = []; }",
    "for (;;) new Date().toISOString();",
    "for (;;) try { throw new Error('x'); } catch (e) { e.stack; }",
#endif
};

struct work {
    const char *source;
    char answer[32];
};

static int evaluate(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    struct work *w = arg;
    swd_text_push(ctx, w->source, strlen(w->source));
    duk_push_string(ctx, "work.js");
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    snprintf(w->answer, sizeof w->answer, "%s", swd_text_get(ctx, -1, NULL));
    return 0;
}

static enum swd_run_rc work_on(const char *source, const char *turn, struct work *w,
                               enum swd_stop *why)
{
    struct swd_limits l;
    struct swd_heap_opts o = {.limits = &l};
    struct swd_heap *h;
    enum swd_run_rc rc;
    swd_limits_default(&l);
    if (swd_limits_set(&l, "cpu_per_turn", turn, NULL) || swd_heap_create(&o, &h, NULL))
        return SWD_RUN_THROWN;
    w->source = source;
    rc = swd_heap_run(h, evaluate, w, NULL);
    *why = swd_heap_stopped(h);
    swd_heap_destroy(&h);
    return rc;
}

static void *worker(void *arg)
{
    struct swd_guard *g;
    struct work w = {0};
    enum swd_stop why;
    unsigned n = *(unsigned *)arg;
    if (swd_guard_enter(&g) != 0) {
        atomic_fetch_add(&wrong, 1);
        return NULL;
    }
    for (int i = 0; i < ROUNDS; i++) {
        const char *bad = runaways[(n + (unsigned)i) % (sizeof runaways / sizeof *runaways)];
        if (work_on(bad, "3ms", &w, &why) != SWD_RUN_STOPPED || why != SWD_STOP_CPU_TURN)
            atomic_fetch_add(&wrong, 1);
        if (work_on("var s = 0; for (var i = 0; i < 20000; i++) s += i; s", "20s", &w, &why) !=
                SWD_RUN_OK ||
            strcmp(w.answer, "199990000") != 0)
            atomic_fetch_add(&wrong, 1);
    }
    swd_guard_leave(&g);
    atomic_fetch_sub(&working, 1);
    return NULL;
}

START_TEST(others_are_unharmed)
{
    pthread_t thread[THREADS];
    unsigned n[THREADS];
    atomic_store(&wrong, 0);
    atomic_store(&working, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        n[i] = i;
        ck_assert_int_eq(pthread_create(&thread[i], NULL, worker, &n[i]), 0);
    }
    while (atomic_load(&working)) {
        (void)swd_guard_patrol();
        usleep(1000);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    ck_assert(!swd_guard_patrol());
}
END_TEST

/* ---- Turns that end as the signal is sent -----------------------------------------------------*/

static void *patrol_often(void *arg)
{
    _Atomic bool *done = arg;
    while (!atomic_load(done)) {
        swd_guard_patrol();
        usleep(100);
    }
    return NULL;
}

START_TEST(turns_that_end_near_the_limit_are_one_or_the_other)
{
    _Atomic bool done = false;
    struct work w = {0};
    enum swd_stop why;
    pthread_t thread;
    int stopped = 0, ended = 0;
    ck_assert_int_eq(pthread_create(&thread, NULL, patrol_often, &done), 0);
    for (int i = 0; i < 60; i++) {
        char source[128];
        enum swd_run_rc rc;
        snprintf(source, sizeof source,
                 "var n = 0, t = Date.now(); while (Date.now() - t < %d) n++; 'end'", i % 12);
        rc = work_on(source, "5ms", &w, &why);
        if (rc == SWD_RUN_STOPPED) {
            ck_assert_int_eq(why, SWD_STOP_CPU_TURN);
            stopped++;
        } else {
            ck_assert_int_eq(rc, SWD_RUN_OK);
            ck_assert_str_eq(w.answer, "end");
            ended++;
        }
    }
    atomic_store(&done, true);
    pthread_join(thread, NULL);
    ck_assert_int_gt(ended, 0);
    ck_assert_int_eq(stopped + ended, 60);
}
END_TEST

START_TEST(no_guard_no_harm)
{
    struct work w = {0};
    enum swd_stop why;
    /* The main thread of this case left its guard: stops come from the hook alone. */
    swd_guard_patrol();
    ck_assert_int_eq(work_on("for (;;);", "5ms", &w, &why), SWD_RUN_STOPPED);
    ck_assert_int_eq(why, SWD_STOP_CPU_TURN);
}
END_TEST

#define LOOP(tc, fn, table) tcase_add_loop_test(tc, fn, 0, (int)(sizeof table / sizeof *table))

static void start_without_guard(void)
{
    t_engine_start();
    t_engine_unguard();
}

int main(void)
{
    Suite *s = suite_create("engine/guard");
    TCase *tc = tcase_create("guard"), *bare = tcase_create("bare");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 120);
    LOOP(tc, natives_come_back_before_the_stop, pending);
    tcase_add_test(tc, a_slow_function_of_a_turn_comes_back_too);
    tcase_add_test(tc, others_are_unharmed);
    tcase_add_test(tc, turns_that_end_near_the_limit_are_one_or_the_other);
    suite_add_tcase(s, tc);
    tcase_add_checked_fixture(bare, start_without_guard, NULL);
    tcase_add_test(bare, no_guard_no_harm);
    suite_add_tcase(s, bare);
    return suite_run(s);
}
