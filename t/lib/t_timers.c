/* Timers, microtasks, their order and their limits; errors in callbacks. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/runs.h"
#include "suite.h"

static const struct {
    const char *source, *out, *value;
} cases[] = {
    {"var L = console.log;\n"
     "setTimeout(L, 60, 't2'); setTimeout(L, 0, 't0'); setTimeout(L, 30, 't1');\n"
     "queueMicrotask(function () { L('micro'); }); process.nextTick(L, 'tick'); L('sync'); "
     "undefined",
     "sync\ntick\nmicro\nt0\nt1\nt2\n", ""},
    {"var L = console.log;\n"
     "setTimeout(function () { L('a'); process.nextTick(L, 'tick');\n"
     "  queueMicrotask(function () { L('micro'); process.nextTick(L, 'late tick'); }); });\n"
     "setTimeout(L, 1, 'b'); undefined",
     "a\ntick\nmicro\nlate tick\nb\n", ""},
    {"setImmediate(function () { console.log('i1'); setImmediate(console.log, 'i3'); });\n"
     "setImmediate(console.log, 'i2'); undefined",
     "i1\ni2\ni3\n", ""},
    /* the predecessor corrupted such a counter, and deadlocked on the second */
    {"var s = 0, n = 0; setTimeout(function () { for (var i = 0; i < 1e5; i++) s++; n++; }, 0);\n"
     "for (var i = 0; i < 1e5; i++) s++; setTimeout(function () { runner.result([s, n]); }, 5)",
     "", "[200000,1]"},
    {"var n = 0; for (var i = 0; i < 2000; i++)\n"
     "  setTimeout(function () { setTimeout(function () { n++; runner.result(n); }); });",
     "", "2000"},
    {"var n = 0, t = setInterval(function (a, b) { n += a + b; if (n >= 9) { clearInterval(t);\n"
     "  runner.result(n); } }, 1, 1, 2)",
     "", "9"},
    /* handles */
    {"var t = setTimeout(function () {}, 1); [typeof t, +t > 0, t.hasRef(), t.unref() === t,\n"
     "  t.hasRef(), t.ref().hasRef(), t.constructor.name, t == t.valueOf()]",
     "", "[\"object\",true,true,true,false,true,\"Timeout\",true]"},
    {"clearTimeout(+setTimeout(console.log, 1, 'no')); "
     "clearTimeout(String(+setTimeout(console.log,\n"
     "  1, 'no'))); clearInterval(setInterval(console.log)); "
     "clearImmediate(setImmediate(console.log));\n"
     "clearTimeout(); clearTimeout(null); clearTimeout({}); clearTimeout('x'); clearTimeout(-1); 1",
     "", "1"},
    {"setTimeout(console.log, 1e6, 'never').unref(); 1", "", "1"},
    {"var n = 0, t = setTimeout(function () { n++; if (n < 3) t.refresh(); runner.result(n); })",
     "", "3"},
    {"var n = 0, t = setInterval(function () { n++; clearInterval(t); t.refresh(); "
     "runner.result(n); })",
     "", "1"},
    {"var t = setTimeout(function () { runner.result(this === t); })", "", "true"},
    {"var b = []; setTimeout(function () { clearTimeout(x); b.push(1); }, 1);\n"
     "var x = setTimeout(function () { b.push(2); }, 1); setTimeout(function () { "
     "runner.result(b); }, 3)",
     "", "[1]"},
    {"var e = []; [1, 'x', undefined, {}].forEach(function (v) { try { setTimeout(v); } catch (x) "
     "{\n"
     "  e.push(x.name + ' ' + x.code); } }); e.join()",
     "",
     "\"TypeError ERR_INVALID_ARG_TYPE,TypeError ERR_INVALID_ARG_TYPE,"
     "TypeError ERR_INVALID_ARG_TYPE,TypeError ERR_INVALID_ARG_TYPE\""},
    {"try { queueMicrotask(5); } catch (e) { e.message; }", "",
     "\"The \\\"callback\\\" argument must be of type function. Received type number (5)\""},
    /* handlers for what nobody caught */
    {"process.on('uncaughtException', function (e) { console.log('caught', e.message); });\n"
     "setTimeout(function () { throw new Error('a'); }, 1);\n"
     "setTimeout(console.log, 2, 'on'); throw new Error('b')",
     "caught b\ncaught a\non\n", ""},
};

START_TEST(runs_in_order)
{
    run_expect(cases[_i].source, cases[_i].out, cases[_i].value);
}
END_TEST

static const struct {
    const char *source, *error;
} failures[] = {
    {"setTimeout(function () { throw new RangeError('in a timer'); })", "RangeError: in a timer"},
    {"setImmediate(function () { throw new Error('in an immediate'); })", "Error: in an immediate"},
    {"queueMicrotask(function () { null.x; })", "TypeError: cannot read property 'x' of null"},
    {"process.nextTick(function () { throw new Error('in a tick'); })", "Error: in a tick"},
    {"process.on('uncaughtException', function (e) { throw new Error('again ' + e.message); });\n"
     "throw new Error('x')",
     "Error: again x"},
    {"for (;;) setTimeout(function () {})", "RangeError: limit 'timers': 10000"},
    {"for (;;) setImmediate(function () {})", "RangeError: limit 'timers': 10000"},
    {"for (;;) queueMicrotask(function () {})", "RangeError: limit 'pending'"},
    {"for (;;) process.nextTick(function () {})", "RangeError: limit 'pending'"},
};

START_TEST(fails)
{
    run_expect_error(failures[_i].source, failures[_i].error);
}
END_TEST

START_TEST(a_turn_ends_at_its_quantum)
{
    struct run *r = run_new();
    bool more = false;
    run_open(r);
    run_main(r, "function again() { setImmediate(again); } again()");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    r->rc = swd_lib_turn(r->lib, 0, 0, &more, &r->thrown);
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    ck_assert(more);
    ck_assert(swd_lib_alive(r->lib));
    ck_assert_uint_eq(swd_lib_timer_count(r->lib), 1);
    ck_assert_uint_eq(swd_lib_next_due(r->lib), 0);
    run_free(r);
}
END_TEST

START_TEST(many_timers_in_any_order)
{
    struct run *r = run_new();
    r->limits.timers = 100000;
    run_script(
        r,
        "var h = [], fired = [], due = [], seed = 7;\n"
        "function rnd(n) { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; }\n"
        "for (var i = 0; i < 5000; i++) { var d = 1 + rnd(20);\n"
        "  h.push(setTimeout(function (i) { fired.push(i); }, d, i)); due.push(d); }\n"
        "for (i = 0; i < 5000; i++) if (rnd(2)) { clearTimeout(h[i]); due[i] = 0; }\n"
        "setTimeout(function () { var n = due.filter(Boolean).length;\n"
        "  runner.result([fired.length === n, fired.every(function (i) { return due[i] > 0; })]);\n"
        "}, 60);");
    ck_assert_str_eq(r->value, "[true,true]");
    ck_assert_uint_eq(swd_lib_timer_count(r->lib), 0);
    run_free(r);
}
END_TEST

START_TEST(the_account_is_charged_and_credited)
{
    struct run *r = run_new();
    struct swd_account *a = swd_account_new(NULL, "t", SWD_NONE);
    struct swd_host host = {0};
    struct swd_lib_opts o = {.account = a, .limits = &r->limits, .host = &host};
    struct swd_lib *lib;
    uint64_t before;
    run_open(r);
    ck_assert_int_eq(swd_lib_open(&o, &lib, NULL), 0);
    before = swd_account_used(a);
    ck_assert_int_eq(swd_lib_main(lib, "for (var i = 0; i < 1000; i++) setTimeout(eval, 1e6)", 52,
                                  SWD_LANG_AUTO, SWD_GOAL_AUTO, &r->thrown),
                     SWD_RUN_OK);
    ck_assert_uint_gt(swd_account_used(a), before + 40000);
    swd_lib_close(&lib);
    ck_assert_uint_eq(swd_account_used(a), 0);
    swd_account_free(&a);
    run_free(r);
}
END_TEST

START_TEST(exit_stops_everything)
{
    static const char *const sources[] = {
        "process.exit(3)",
        "try { process.exit(3); } catch (e) { for (;;); } finally { for (;;); }",
        "setTimeout(function () { process.exit(3); }); setInterval(function () {})",
        "process.exitCode = 3; process.exit()",
        "[1].forEach(function () { process.exit(3); }); for (;;);",
        "process.on('exit', function (c) { console.log('bye', c); }); process.exit(3)",
    };
    struct run *r = run_new();
    run_script(r, sources[_i]);
    ck_assert_int_eq(r->rc, SWD_RUN_STOPPED);
    ck_assert_int_eq(r->stop, SWD_STOP_EXIT);
    ck_assert_int_eq(r->exit_code, 3);
    ck_assert_str_eq(r->out, _i == 5 ? "bye 3\n" : "");
    run_free(r);
}
END_TEST

START_TEST(messages)
{
    struct run *r = run_new();
    run_open(r);
    ck_assert(!swd_lib_alive(r->lib));
    run_main(r, "var n = 0; runner.onMessage = function (m) { n += m.n; runner.result(n);\n"
                "  queueMicrotask(function () { console.log('after', m); });\n"
                "  if (m.n === 2) runner.onMessage = null; };");
    ck_assert(swd_lib_alive(r->lib));
    ck_assert_int_eq(swd_lib_message(r->lib, "{\"n\":1}", 7, &r->thrown), SWD_RUN_OK);
    ck_assert(swd_lib_alive(r->lib));
    ck_assert_int_eq(swd_lib_message(r->lib, "{\"n\":2}", 7, &r->thrown), SWD_RUN_OK);
    ck_assert(!swd_lib_alive(r->lib));
    ck_assert_int_eq(swd_lib_message(r->lib, "{\"n\":4}", 7, &r->thrown), SWD_RUN_OK);
    run_end(r);
    ck_assert_str_eq(r->value, "3");
    ck_assert_str_eq(r->out, "after { n: 1 }\nafter { n: 2 }\n");
    run_free(r);
}
END_TEST

START_TEST(messages_can_be_unrefd)
{
    struct run *r = run_new();
    run_open(r);
    run_main(r, "runner.onMessage = function () { throw new Error('m'); }; runner.unref();");
    ck_assert(!swd_lib_alive(r->lib));
    ck_assert_int_eq(swd_lib_message(r->lib, "1", 1, &r->thrown), SWD_RUN_THROWN);
    ck_assert_str_eq(r->thrown.message, "m");
    run_free(r);
}
END_TEST

START_TEST(runner_and_process)
{
    struct run *r = run_new();
    r->args = "[\"x\",{\"a\":1}]";
    run_script(r,
               "var m = runner.getMemoryStats(), h = runner.getMemoryHistory();\n"
               "[runner.id, runner.name, runner.args, runner.limits.timers, runner.limits.wall,\n"
               " runner.limits.cpu_per_turn, m.alloc > 1000, m.limitSoft, h.length,\n"
               " runner.isMemoryPressureHigh(), runner.forceGC() >= 0, process.argv.slice(1),\n"
               " process.cwd(), process.platform, process.pid, Object.keys(process.env).length,\n"
               " process.hrtime().length, process.memoryUsage().heapUsed > 1000]");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    ck_assert_str_eq(
        r->value, "[7,\"/work/test.js\",[\"x\",{\"a\":1}],10000,null,20000,true,null,2,true,true,"
                  "[\"/work/test.js\",\"x\",\"{\\\"a\\\":1}\"],\"/\",\"linux\",7,0,2,true]");
    run_free(r);
}
END_TEST

START_TEST(unfinished_lines_are_printed)
{
    run_expect(
        "process.stdout.write('a'); process.stdout.write('b\\nc\\nd'); setTimeout(function () {\n"
        "  process.stderr.write('e'); }); undefined",
        "ab\nc\nd\nerror: e\n", "");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/timers");
    TCase *tc = tcase_create("timers");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, runs_in_order, 0, (int)(sizeof(cases) / sizeof(*cases)));
    tcase_add_loop_test(tc, fails, 0, (int)(sizeof(failures) / sizeof(*failures)));
    tcase_add_test(tc, a_turn_ends_at_its_quantum);
    tcase_add_test(tc, many_timers_in_any_order);
    tcase_add_test(tc, the_account_is_charged_and_credited);
    tcase_add_loop_test(tc, exit_stops_everything, 0, 6);
    tcase_add_test(tc, messages);
    tcase_add_test(tc, messages_can_be_unrefd);
    tcase_add_test(tc, runner_and_process);
    tcase_add_test(tc, unfinished_lines_are_printed);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
