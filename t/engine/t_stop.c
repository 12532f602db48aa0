/* Nothing that a script does keeps it running: each of these is stopped, for the right reason, with
 * the watchdog patrolling from a thread of its own. */
#include <check.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "engine/turn.h"
#include "heaps.h"
#include "suite.h"

/* Stopped by the hook: in every build. */
static const char *const cooperative[] = {
    "for (;;);",
    "while (true) { try { for (;;); } catch (e) {} finally { for (;;); } }",
    "function f() { try { f(); } finally { f(); } } for (;;) try { f(); } catch (e) {}",
    "/(a+)+$/.test(new Array(41).join('a') + '!')",
    "for (;;) try { /(a+)+$/.test(new Array(41).join('a') + '!'); } catch (e) {}",
    "/(x+x+)+y/.exec(new Array(60).join('x'))",
    "new Array(60).join('x').replace(/(x+x+)+y/g, '')",
    "for (;;) { String({toString: function () { return 'x'; }}); }",
    "var o = {get x() { for (;;); }}; o.x",
    "JSON.stringify({a: 1}, function () { for (;;); })",
    "JSON.parse('[1]', function () { for (;;); })",
    "[1, 2, 3].sort(function () { for (;;); })",
    "new Proxy({}, {get: function () { for (;;); }}).x",
    "Error.prototype.toString = function () { for (;;); }; throw new Error('x')",
    "var e = new Error(); Object.defineProperty(e, 'message', {get: function () { for (;;); }});"
    "throw e",
    "throw {toString: function () { for (;;); }}",
    "throw {toJSON: function () { for (;;); }}",
    "for (;;) { try { (function f() { f(); })(); } catch (e) {} }",
    "eval('for (;;);')",
    "new Function('for (;;);')()",
    "(function f() { try { throw 1; } catch (e) { for (;;); } })()",
    "l: for (;;) { try { continue l; } finally { continue l; } }",
    "with ({}) { for (;;); }",
};

START_TEST(stopped_by_the_hook)
{
    t_watch_start();
    t_expect_stop(SWD_STOP_CPU_TURN, cooperative[_i], "cpu_per_turn", "50ms", NULL);
    t_watch_stop();
}
END_TEST

/* Long in Duktape's own natives, where no hook is asked: the hard stop. */
static const char *const natives[] = {
    "var s = new Array(100001).join('x'); for (;;) s.indexOf('y');",
    "var s = new Array(200001).join('a,'); for (;;) s.split(',').join(';');",
    "var b = 'var x = 1;'; while (b.length < 1e6) b += b; for (;;) new Function(b);",
    "var s = ','; while (s.length < 3e7) s += s; s.split(',')",
    "var s = 'x'; while (s.length < 2e7) s += s; s.replace(/x/g, 'yy')",
    "Array.prototype.indexOf.call({length: 2147483647}, 1)",
    "Array.prototype.reverse.call({length: 2147483647})",
    "var a = []; a.length = 2147483647; a.join('x')",
    "var s = '['; while (s.length < 1e7) s += s; for (;;) try { JSON.parse(s); } catch (e) {}",
    "var a = []; for (var i = 0; i < 1e5; i++) a.push('abcdefgh'); for (;;) JSON.stringify(a);",
    "var s = 'abcdefghij'; while (s.length < 1e6) s += s; for (;;) encodeURIComponent(s);",
    "var b = new Uint8Array(1e7); c = new Uint8Array(b); for (;;) b.set(c);",
    "var r = ''; for (var i = 0; i < 3000; i++) r += '\\\\u' + (4096 + 2 * i).toString(16);"
    "r = new RegExp('[' + r + ']*$'); var s = 'x'; while (s.length < 1e5) s += s;"
    "for (;;) r.test(s);",
};

START_TEST(stopped_by_the_watchdog)
{
    t_watch_start();
    t_expect_stop(SWD_STOP_CPU_TURN, natives[_i], "cpu_per_turn", "100ms", "memory_hard", "512M",
                  "memory_soft", "none", NULL);
    t_watch_stop();
}
END_TEST

static void *stop_later(void *arg)
{
    usleep(20000);
    swd_heap_stop(arg, SWD_STOP_KILLED);
    return NULL;
}

static const char *const unlimited[] = {
    "for (;;);",
    "while (true) { try { for (;;); } catch (e) {} finally { for (;;); } }",
    "for (;;) try { /(a+)+$/.test(new Array(41).join('a') + '!'); } catch (e) {}",
#if SWD_HARD_STOP
    "Array.prototype.indexOf.call({length: 2147483647}, 1)",
#endif
};

START_TEST(stopped_from_another_thread)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "none", NULL);
    pthread_t thread;
    t_watch_start();
    pthread_create(&thread, NULL, stop_later, h);
    ck_assert_int_eq(t_eval(h, unlimited[_i]), SWD_RUN_STOPPED);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_KILLED);
    pthread_join(thread, NULL);
    t_watch_stop();
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(total_is_over_all_turns)
{
    struct swd_heap *h = t_heap("cpu_total", "60ms", "cpu_per_turn", "40ms", NULL);
    int turns = 0;
    while (t_eval(h, "var t = Date.now(); while (Date.now() - t < 5);") == SWD_RUN_OK)
        turns++;
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_CPU_TOTAL);
    ck_assert_int_ge(turns, 5);
    ck_assert_uint_ge(swd_heap_cpu(h), 60000000);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(large_regexps_that_end_succeed)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "20s", NULL);
    ck_assert_int_eq(t_eval(h, "var s = 'z'; while (s.length < 1048576) s = s + 'y' + s;"
                               "s = s.replace(/zz/g, ''); s += 'zz'; /zz/.test(s)"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "true");
    swd_heap_destroy(&h);
}
END_TEST

/* Memory bombs that catch: the reason is memory or CPU, whichever comes first. */
static const char *const bombs[] = {
    "var a = []; for (;;) try { a.push(new Array(1000)); } catch (e) {}",
    "var s = 'x'; for (;;) try { s += s; } catch (e) {}",
    "var a = []; for (var i = 0;; i++) try { a.push('text number ' + i); } catch (e) {}",
    "var a = []; for (;;) try { a.push(new Uint8Array(100000)); } catch (e) {}",
    "for (;;) try { new Uint8Array(1e9); } catch (e) {}",
    "var o = {}; for (var i = 0;; i++) try { o['k' + i] = {}; } catch (e) {}",
    "function f(n) { return function () { return n; }; } var a = [];"
    "for (;;) try { a.push(f(a)); } catch (e) {}",
    "var s = 'x'; for (;;) try { s += s; new RegExp('(' + s + ')'); } catch (e) {}",
};

START_TEST(bombs_are_stopped)
{
    struct swd_heap *h =
        t_heap("memory_hard", "8M", "memory_soft", "6M", "cpu_per_turn", "2s", NULL);
    t_watch_start();
    ck_assert_int_eq(t_eval(h, bombs[_i]), SWD_RUN_STOPPED);
    t_watch_stop();
    ck_assert(swd_heap_stopped(h) == SWD_STOP_MEMORY || swd_heap_stopped(h) == SWD_STOP_CPU_TURN);
    ck_assert_uint_le(swd_heap_peak(h), 8 << 20);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(refused_memory_is_an_error_first)
{
    struct swd_heap *h = t_heap("memory_hard", "8M", "cpu_per_turn", "20s", NULL);
    ck_assert_int_eq(
        t_eval(h, "var m; try { new Uint8Array(1e9); } catch (e) { m = String(e); } m"),
        SWD_RUN_OK);
    ck_assert_msg(strstr(t_value(), "alloc failed"), "%s", t_value());
    ck_assert_int_eq(t_eval(h, "var s = 'x'; for (;;) s += s;"), SWD_RUN_THROWN);
    ck_assert_int_eq(t_eval(h, "s = null; 5"), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_NONE);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(refusals_turn_after_turn_are_stopped)
{
    struct swd_heap *h = t_heap("memory_hard", "8M", "cpu_per_turn", "20s", NULL);
    enum swd_run_rc rc = SWD_RUN_OK;
    int turns = 0;
    while (rc == SWD_RUN_OK && turns++ < 1000)
        rc = t_eval(h, "try { new Uint8Array(1e9); } catch (e) {}");
    ck_assert_int_eq(rc, SWD_RUN_STOPPED);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_MEMORY);
    swd_heap_destroy(&h);
}
END_TEST

/* Recursion, of the script and of the engine: an error, never a crash. */
static const char *const recursions[] = {
    "(function f() { f(); })()",
    "(function f() { return 1 + f(); })()",
    "var o = {toString: function () { return '' + this; }}; '' + o",
    "var o = {valueOf: function () { return +this; }}; +o",
    "var o = {get x() { return this.x; }}; o.x",
    "var o = {set x(v) { this.x = v; }}; o.x = 1",
    "(function f() { [1].forEach(f); })()",
    "(function f() { f.apply(this, arguments); })(1, 2)",
    "(function f() { f.call(this); })()",
    "(function f() { new f(); })()",
    "(function f() { eval('f()'); })()",
    "(function f() { JSON.stringify({a: 1}, f); })()",
    "var o = {toJSON: function () { return JSON.stringify(this); }}; JSON.stringify(o)",
    "(function f() { JSON.parse('[1]', f); })()",
    "(function f() { [2, 1].sort(f); })()",
    "(function f() { 'a'.replace(/a/, f); })()",
    "var p = new Proxy({}, {get: function (t, k, r) { return r[k]; }}); p.x",
    "var p = {}; for (var i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
    "var a = []; for (var i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
    "var a = []; for (var i = 0; i < 1e5; i++) a = [a]; String(a)",
    "JSON.parse(new Array(100001).join('[') + new Array(100001).join(']'))",
    "JSON.parse(new Array(100001).join('{\"a\":'))",
    "eval(new Array(100001).join('(') + 1 + new Array(100001).join(')'))",
    "eval(new Array(100001).join('[') + 1 + new Array(100001).join(']'))",
    "eval(new Array(100001).join('{'))",
    "eval(new Array(100001).join('-~') + 1)",
    "eval(new Array(100001).join('function f(){'))",
    "eval('x' + new Array(100001).join('?1:x'))",
    "new RegExp(new Array(100001).join('(') + 'a' + new Array(100001).join(')'))",
    "new RegExp(new Array(20001).join('(?:') + 'a' + new Array(20001).join(')*'))",
    "/(?:a|b)*c/.test(new Array(1000001).join('a'))",
    "/(a|b)*?c/.test(new Array(1000001).join('ab'))",
    "var e = new Error(); e.toString = function () { return String(e); }; String(e)",
    "Function.prototype.toString.call(new Proxy(function () {}, {}))",
    "Symbol.prototype[Symbol.toPrimitive] = function () { return +this; }; +Object(Symbol())",
};

START_TEST(recursion_is_an_error)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "20s", NULL);
    ck_assert_msg(t_eval(h, recursions[_i]) == SWD_RUN_THROWN, "%s", recursions[_i]);
    ck_assert_int_eq(t_eval(h, "40 + 2"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "42");
    swd_heap_destroy(&h);
}
END_TEST

/* The same on a thread with little stack: the bounds of the thread count, not the limit's. */
static void *recurse_small(void *arg)
{
    struct swd_guard *g;
    const char *source = arg;
    struct swd_heap *h;
    if (swd_guard_enter(&g) != 0)
        return NULL;
    h = t_heap("cpu_per_turn", "20s", "stack", "64M", NULL);
    ck_assert_int_eq(t_eval(h, source), SWD_RUN_THROWN);
    swd_heap_destroy(&h);
    swd_guard_leave(&g);
    return NULL;
}

START_TEST(recursion_keeps_to_the_threads_stack)
{
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    ck_assert_int_eq(
        pthread_create(&thread, &attr, recurse_small, (void *)(uintptr_t)recursions[_i]), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
}
END_TEST

/* Garbage that is deep: the collector must not recurse with it. */
START_TEST(deep_garbage_is_collected)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "20s", NULL);
    ck_assert_int_eq(t_eval(h, "var a = null; for (var i = 0; i < 1e5; i++) a = {next: a}; 0"),
                     SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert_int_eq(t_eval(h, "a.next.self = a; a = null"), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

#define LOOP(tc, fn, table) tcase_add_loop_test(tc, fn, 0, (int)(sizeof table / sizeof *table))

int main(void)
{
    Suite *s = suite_create("engine/stop");
    TCase *tc = tcase_create("stop");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    LOOP(tc, stopped_by_the_hook, cooperative);
#if SWD_HARD_STOP
    LOOP(tc, stopped_by_the_watchdog, natives);
#else
    (void)natives;
    (void)stopped_by_the_watchdog;
#endif
    LOOP(tc, stopped_from_another_thread, unlimited);
    tcase_add_test(tc, total_is_over_all_turns);
    tcase_add_test(tc, large_regexps_that_end_succeed);
    LOOP(tc, bombs_are_stopped, bombs);
    tcase_add_test(tc, refused_memory_is_an_error_first);
    tcase_add_test(tc, refusals_turn_after_turn_are_stopped);
    LOOP(tc, recursion_is_an_error, recursions);
    LOOP(tc, recursion_keeps_to_the_threads_stack, recursions);
    tcase_add_test(tc, deep_garbage_is_collected);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
