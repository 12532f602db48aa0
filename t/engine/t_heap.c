/* Heaps: turns, errors as the client sees them, private slots, natives, figures. */
#include <check.h>
#include <string.h>

#include "heaps.h"
#include "suite.h"

START_TEST(evaluates)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, "var a = 6; a * 7"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "42");
    ck_assert_int_eq(t_eval(h, "a + 1"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "7");
    ck_assert_uint_gt(swd_heap_live(h), 10000);
    ck_assert_uint_ge(swd_heap_peak(h), swd_heap_live(h));
    ck_assert_uint_gt(swd_heap_cpu(h), 0);
    swd_heap_destroy(&h);
    ck_assert_ptr_null(h);
}
END_TEST

START_TEST(error_has_source_line_and_stack)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(
        t_eval(h, "function f() {\n  null.x;\n}\nfunction g() {\n  [1].map(f);\n}\ng();"),
        SWD_RUN_THROWN);
    ck_assert_str_eq(t_thrown()->name, "TypeError");
    ck_assert_str_eq(t_thrown()->source, "test.js");
    ck_assert_int_eq(t_thrown()->line, 2);
    ck_assert_msg(strstr(t_thrown()->stack, "at f (test.js:2)\n"), "%s", t_thrown()->stack);
    ck_assert_msg(strstr(t_thrown()->stack, "at g (test.js:5)"), "%s", t_thrown()->stack);
    ck_assert_msg(!strstr(t_thrown()->stack, ".c:"), "%s", t_thrown()->stack);
    ck_assert_int_eq(t_eval(h, "1;\n2;\nvar var;"), SWD_RUN_THROWN);
    ck_assert_str_eq(t_thrown()->name, "SyntaxError");
    ck_assert_str_eq(t_thrown()->source, "test.js");
    ck_assert_int_eq(t_thrown()->line, 3);
    ck_assert_int_eq(t_eval(h, "1"), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

static const struct {
    const char *source, *name, *message;
} thrown_cases[] = {
    {"throw 'text'", "", "text"},
    {"throw 42", "", "42"},
    {"throw null", "", "null"},
    {"throw undefined", "", "undefined"},
    {"throw {a: [1, 2]}", "", "{\"a\":[1,2]}"},
    {"throw {toString: function () { return 'mine'; }}", "", "mine"},
    {"throw {toString: function () { throw 1; }, toJSON: function () { throw 2; }}", "",
     "[object]"},
    {"throw Object.create(null)", "", "{}"},
    {"throw Symbol('s')", "", "Symbol(s)"},
    {"throw new Proxy({}, {get: function () { throw 1; }, ownKeys: function () { throw 2; }})", "",
     "[object]"},
    {"var e = new Error('x'); Object.defineProperty(e, 'message', {get: function () { throw 3; }});"
     "throw e",
     "Error", ""},
    {"var e = new Error('x'); e.name = {toString: function () { throw 3; }}; throw e", "", "x"},
    {"var e = new RangeError('\\ud83d\\ude00 \\ud83d'); e.stack = 5; throw e", "RangeError",
     "\xf0\x9f\x98\x80 \xef\xbf\xbd"},
    {"throw function f() {}", "", "function f() { [native code] }"},
    {"var a = []; a[0] = a; throw a", "", ""},
};

START_TEST(anything_can_be_thrown)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, thrown_cases[_i].source), SWD_RUN_THROWN);
    ck_assert_str_eq(t_thrown()->name, thrown_cases[_i].name);
    if (thrown_cases[_i].message[0])
        ck_assert_str_eq(t_thrown()->message, thrown_cases[_i].message);
    ck_assert_int_eq(t_eval(h, "1"), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(long_errors_are_cut_at_a_character)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, "var s = '\\ud83d\\ude00'; while (s.length < 1e5) s += s; throw s"),
                     SWD_RUN_THROWN);
    ck_assert_uint_eq(strlen(t_thrown()->message), 1020);
    ck_assert_int_eq(memcmp(t_thrown()->message + 1016, "\xf0\x9f\x98\x80", 4), 0);
    swd_heap_destroy(&h);
}
END_TEST

static int add_calls;

static duk_ret_t native_add(duk_context *ctx)
{
    add_calls++;
    duk_push_number(ctx, duk_require_number(ctx, 0) + duk_require_number(ctx, 1));
    return 1;
}

static duk_ret_t native_throws(duk_context *ctx)
{
    swd_throw(ctx, DUK_ERR_RANGE_ERROR, "bad %s \xf0\x9f\x98\x80", "thing");
}

static duk_ret_t native_calls(duk_context *ctx)
{
    duk_dup(ctx, 0);
    duk_call(ctx, 0);
    return 1;
}

static const struct swd_native natives[] = {
    {"add", native_add, 2, 2},
    {"throws", native_throws, 0, 0},
    {"calls", native_calls, 1, 1},
    {NULL, NULL, 0, 0},
};

START_TEST(natives_are_functions)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(swd_heap_run(h, t_put_natives, (void *)natives, NULL), SWD_RUN_OK);
    add_calls = 0;
    ck_assert_int_eq(t_eval(h, "add(40, 2) + add.length + add.name"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "44add");
    ck_assert_int_eq(add_calls, 1);
    ck_assert_int_eq(t_eval(h, "Object.keys(this).indexOf('add')"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "-1");
    ck_assert_int_eq(t_eval(h, "var m; try { throws(); } catch (e) { m = e.name + e.message; } m"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "RangeErrorbad thing \xf0\x9f\x98\x80");
    ck_assert_int_eq(t_eval(h, "calls(function () { return calls(function () { return 5; }); })"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "5");
    ck_assert_int_eq(t_eval(h, "add('x')"), SWD_RUN_THROWN);
    ck_assert_str_eq(t_thrown()->name, "TypeError");
    ck_assert_int_eq(t_thrown()->line, 1);
    swd_heap_destroy(&h);
}
END_TEST

static int slots(void *ctx, void *arg)
{
    (void)arg;
    duk_push_int(ctx, 7);
    swd_slot_put(ctx, SWD_SLOT_RESULT);
    swd_slot_push(ctx, SWD_SLOT_RESULT);
    ck_assert_int_eq(duk_get_int(ctx, -1), 7);
    swd_slot_push(ctx, SWD_SLOT_MAX - 1);
    ck_assert(duk_is_undefined(ctx, -1));
    swd_slot_push(ctx, SWD_SLOT_DUKTAPE);
    ck_assert(duk_has_prop_string(ctx, -1, "Thread"));
    ck_assert_int_eq(duk_get_top(ctx), 3);
    return 0;
}

START_TEST(slots_hold_values)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, "Object.prototype[15] = 'evil';"
                               "Object.defineProperty(Object.prototype, '2', {set: function () {"
                               "throw 1; }, get: function () { return 1; }})"),
                     SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_run(h, slots, NULL, NULL), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

static char defer_log[256];

static void defer_note(void *arg)
{
    size_t n = strlen(defer_log);
    ck_assert_uint_lt(n, sizeof defer_log - 1);
    defer_log[n] = *(char *)arg;
    defer_log[n + 1] = '\0';
}

static duk_ret_t native_defers(duk_context *ctx)
{
    swd_defer_push(ctx, defer_note, (void *)(uintptr_t) "a");
    swd_defer_push(ctx, defer_note, (void *)(uintptr_t) "b");
    duk_dup(ctx, 0);
    duk_call(ctx, 0);
    swd_defer_pop(ctx, true);
    swd_defer_pop(ctx, false);
    return 0;
}

static const struct swd_native defers[] = {{"defers", native_defers, 1, 1}, {NULL, NULL, 0, 0}};

static int put_defers(void *ctx, void *arg)
{
    (void)arg;
    duk_push_global_object(ctx);
    swd_native_put(ctx, -1, defers);
    return 0;
}

START_TEST(cleanups_run_on_throw_and_on_stop)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "20ms", NULL);
    ck_assert_int_eq(swd_heap_run(h, put_defers, NULL, NULL), SWD_RUN_OK);
    defer_log[0] = '\0';
    ck_assert_int_eq(t_eval(h, "defers(function () {})"), SWD_RUN_OK);
    ck_assert_str_eq(defer_log, "b");
    ck_assert_int_eq(t_eval(h, "try { defers(function () { throw 1; }); } catch (e) {}"),
                     SWD_RUN_OK);
    ck_assert_str_eq(defer_log, "bba");
    ck_assert_int_eq(t_eval(h, "function f() { defers(f); } f()"), SWD_RUN_THROWN);
    ck_assert_str_eq(t_thrown()->name, "RangeError");
    defer_log[0] = '\0';
    ck_assert_int_eq(t_eval(h, "defers(function () { for (;;); })"), SWD_RUN_STOPPED);
    ck_assert_str_eq(defer_log, "ba");
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(collections_are_counted)
{
    struct swd_heap *h = t_heap(NULL);
    struct swd_gc_count a, b;
    swd_heap_gc_count(h, &a);
    ck_assert_int_eq(t_eval(h, "for (var i = 0; i < 20000; i++) { var o = {}; o.o = o; }"),
                     SWD_RUN_OK);
    swd_heap_gc_count(h, &b);
    ck_assert_uint_gt(b.runs, a.runs);
    ck_assert_uint_eq(b.forced, 0);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    swd_heap_gc_count(h, &a);
    ck_assert_uint_eq(a.forced, 2);
    ck_assert_uint_ge(a.runs, b.runs + 2);
    ck_assert_uint_gt(a.freed, 0);
    ck_assert_uint_gt(a.ns, 0);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(soft_limit_is_noticed)
{
    struct swd_heap *h = t_heap("memory_soft", "1M", NULL);
    ck_assert(!swd_heap_soft_hit(h));
    ck_assert_int_eq(t_eval(h, "var a = []; for (var i = 0; i < 3e4; i++) a.push({i: i}); 0"),
                     SWD_RUN_OK);
    ck_assert(swd_heap_soft_hit(h));
    ck_assert_int_eq(t_eval(h, "a = null"), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert(!swd_heap_soft_hit(h));
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(stop_condemns)
{
    struct swd_heap *h = t_heap(NULL);
    swd_heap_stop(h, SWD_STOP_SHUTDOWN);
    swd_heap_stop(h, SWD_STOP_KILLED);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_SHUTDOWN);
    ck_assert_int_eq(t_eval(h, "1"), SWD_RUN_STOPPED);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_STOPPED);
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(version_and_hash)
{
    ck_assert_str_eq(swd_engine_version(), "2.7.0");
    ck_assert_uint_eq(strlen(swd_engine_config_hash()), 8);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/heap");
    TCase *tc = tcase_create("heap");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, evaluates);
    tcase_add_test(tc, error_has_source_line_and_stack);
    tcase_add_loop_test(tc, anything_can_be_thrown, 0,
                        (int)(sizeof thrown_cases / sizeof *thrown_cases));
    tcase_add_test(tc, long_errors_are_cut_at_a_character);
    tcase_add_test(tc, natives_are_functions);
    tcase_add_test(tc, slots_hold_values);
    tcase_add_test(tc, cleanups_run_on_throw_and_on_stop);
    tcase_add_test(tc, collections_are_counted);
    tcase_add_test(tc, soft_limit_is_noticed);
    tcase_add_test(tc, stop_condemns);
    tcase_add_test(tc, version_and_hash);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
