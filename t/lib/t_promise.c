/* Promise: order of jobs, combinators, thenables, subclasses' hooks, rejections nobody handled. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/heap.h"
#include "engine/unit.h"
#include "lib/cases.h"
#include "lib/runs.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define STEP 40009 /* of the limits tried: everything takes ten times as long */
#else
#define STEP 4001
#endif

static const struct script_case cases[] = {
    {"var L = console.log, P = Promise.resolve();\n"
     "P.then(function () { L(1); }).then(function () { L(2); }).then(function () { L(3); });\n"
     "P.then(function () { L('A'); }).then(function () { L('B'); });\n"
     "process.nextTick(L, 'tick'); queueMicrotask(function () { L('micro'); });\n"
     "setTimeout(L, 0, 'timer'); L('sync'); undefined",
     "sync\ntick\n1\nA\nmicro\n2\nB\n3\ntimer\n", ""},
    /* a promise returned from then() takes two more jobs, as in Node */
    {"var L = console.log, P = Promise.resolve();\n"
     "P.then(function () { return Promise.resolve('late'); }).then(L);\n"
     "P.then(function () { L(1); }).then(function () { L(2); }).then(function () { L(3); })\n"
     ".then(function () { L(4); }); undefined",
     "1\n2\n3\nlate\n4\n", ""},
    {"Promise.reject(new Error('x')).then(1, 2).catch(function (e) { return e.message; })\n"
     "  .finally(function () { console.log('f', arguments.length); return 9; })",
     "f 0\n", "\"x\""},
    {"Promise.resolve(1).finally(function () { throw 5; }).catch(function (e) { return e; })", "",
     "5"},
    {"Promise.all([1, Promise.resolve(2), new Promise(function (r) { setTimeout(r, 2, 3); })])", "",
     "[1,2,3]"},
    {"Promise.all([])", "", "[]"},
    {"Promise.all([1, Promise.reject(4)]).catch(function (e) { return e; })", "", "4"},
    {"Promise.allSettled([1, Promise.reject(2)])", "",
     "[{\"status\":\"fulfilled\",\"value\":1},{\"status\":\"rejected\",\"reason\":2}]"},
    {"Promise.any([Promise.reject(1), 2])", "", "2"},
    {"Promise.any([Promise.reject(1), Promise.reject(2)]).catch(function (e) {\n"
     "  return [e.name, e.message, e.errors, e instanceof AggregateError, e instanceof Error]; })",
     "", "[\"AggregateError\",\"All promises were rejected\",[1,2],true,true]"},
    {"Promise.race([new Promise(function () {}), Promise.resolve(7)])", "", "7"},
    {"Promise.all(5).catch(function (e) { return e.name; })", "", "\"TypeError\""},
    {"var n = 0, it = {}; it[Symbol.iterator] = function () { return {\n"
     "  next: function () { return {value: 1, done: false}; },\n"
     "  'return': function () { n++; return {}; } }; };\n"
     "var old = Promise.resolve; Promise.resolve = function () { throw new Error('r'); };\n"
     "Promise.all(it).catch(function (e) { Promise.resolve = old; return [e.message, n]; })",
     "", "[\"r\",1]"},
    {"new Promise(function (r) { r({then: function (f) { f('thenable'); throw 1; }}); })", "",
     "\"thenable\""},
    {"new Promise(function (r, j) { r(1); j(2); r(3); throw 4; })", "", "1"},
    {"var r, p = new Promise(function (f) { r = f; }); r(p);\n"
     "p.catch(function (e) { return e.message; })",
     "", "\"Chaining cycle detected for promise #<Promise>\""},
    {"var w = Promise.withResolvers(); setTimeout(w.resolve, 1, 'w'); w.promise", "", "\"w\""},
    {"[typeof Promise, Promise.length, Promise.name, Promise.prototype.then.length,\n"
     " Object.prototype.toString.call(Promise.resolve()), Promise.resolve(p = Promise.resolve()) "
     "=== p,\n"
     " Object.keys(Promise).length, Object.keys(Promise.prototype).length,\n"
     " Promise[Symbol.species] === Promise]; var p",
     "", "[\"function\",1,\"Promise\",2,\"[object Promise]\",true,0,0,true]"},
    {"var r = []; [function () { Promise(); }, function () { new Promise(4); },\n"
     " function () { Promise.prototype.then.call({}); }, function () { Promise.resolve.call(1); "
     "},\n"
     " function () { Promise.call(Promise.resolve(), eval); }]\n"
     ".forEach(function (f) { try { f(); } catch (e) { r.push(e.name); } }); r.join()",
     "", "\"TypeError,TypeError,TypeError,TypeError,TypeError\""},
    {"function Sub(f) { var p = new Promise(f); Object.setPrototypeOf(p, Sub.prototype); return p; "
     "}\n"
     "Sub.prototype = Object.create(Promise.prototype); Sub.prototype.constructor = Sub;\n"
     "Sub.resolve = Promise.resolve; Sub[Symbol.species] = Sub;\n"
     "var s = Sub.resolve(3), t = s.then(function (v) { return v + 1; });\n"
     "t.then(function (v) { return [v, s instanceof Sub, t instanceof Sub]; })",
     "", "[4,true,true]"},
    /* rejections */
    {"process.on('unhandledRejection', function (r, p) { console.log(r, p instanceof Promise); "
     "});\n"
     "Promise.reject(5); 1",
     "5 true\n", "1"},
    {"var p = Promise.reject(1); queueMicrotask(function () { p.catch(function () {}); }); 2", "",
     "2"},
    {"process.on('uncaughtException', function (e) { console.log(e.message); });\n"
     "Promise.reject(new Error('u')); 3",
     "u\n", "3"},
    /* the predecessor never fired these, and ended with exit 0 */
    {"function sleep(ms) { return new Promise(function (r) { setTimeout(r, ms); }); }\n"
     "sleep(3).then(function () { return sleep(3); }).then(function () { console.log('slept'); })",
     "slept\n", ""},
    /* a long chain needs no more memory than a short one */
    {"var n = 0; function again() { return ++n < 20000 ? Promise.resolve().then(again) : n; }\n"
     "Promise.resolve().then(again)",
     "", "20000"},
};

START_TEST(unhandled_rejections_end_the_runner)
{
    static const char *const failing[][2] = {
        {"Promise.reject(new TypeError('un')); 1", "TypeError: un"},
        {"Promise.resolve().then(function () { throw new RangeError('r'); }); 1", "RangeError: r"},
        {"Promise.reject({a: 1}); 1",
         "Error: a promise was rejected and nobody handled it; the reason: { a: 1 }"},
        {"Promise.reject(new Error('completion'))", "Error: completion"},
        {"var p = Promise.reject(new Error('late')); setTimeout(function () { p.catch(eval); }, 1)",
         "Error: late"},
        {"setTimeout(function () { new Promise(function () { throw new Error('t'); }); })",
         "Error: t"},
    };
    run_expect_error(failing[_i][0], failing[_i][1]);
}
END_TEST

/* Every way that a promise comes to be, waits, and is settled. */
#define EVERYTHING                                                                                 \
    "const L = (...v) => console.log(v.join(' ')), gone = [];\n"                                   \
    "process.on('unhandledRejection', r => L('unhandled', r));\n"                                  \
    "process.on('rejectionHandled', p => L('handled', p instanceof Promise));\n"                   \
    "class Sub extends Promise { constructor(f) { super(f); this.own = 1; } }\n"                   \
    "let yes, no, gate = new Promise((f, g) => { yes = f; no = g; });\n"                           \
    "for (let i = 0; i < 5; i++) gate.then(v => gone.push(v + i), 0);\n"                           \
    "gate.finally(() => gone.push('f'));\n"                                                        \
    "const waits = (async () => 'waited ' + await gate)();\n"                                      \
    "async function* gen(n) { for (let i = 0; i < n; i++) yield await sleep(0, i); }\n"            \
    "async function main() {\n"                                                                    \
    "  let sum = 0, p = Promise.resolve(0);\n"                                                     \
    "  for await (const v of gen(4)) sum += v;\n"                                                  \
    "  for (let i = 0; i < 50; i++) p = p.then(v => v + i);\n"                                     \
    "  sum += await p;\n"                                                                          \
    "  sum += await { then(f) { f(1000); f(1); throw 2; } };\n"                                    \
    "  sum += await Sub.resolve(10000).then(v => Promise.resolve(v));\n"                           \
    "  L(sum, (await Promise.all([1, sleep(1, 2), Sub.resolve(3)])).join(),\n"                     \
    "    await Promise.any([Promise.reject(1), sleep(0, 'any')]),\n"                               \
    "    await Promise.race([new Promise(eval), sleep(0, 'race')]),\n"                             \
    "    JSON.stringify(await Promise.allSettled([Promise.reject(7), Sub.reject(8), 9])));\n"      \
    "  const late = Promise.reject('late');\n"                                                     \
    "  await sleep(1); late.catch(() => {}); await sleep(1);\n"                                    \
    "  try { await Promise.reject(new Error('caught')); } catch (e) { L(e.message); }\n"           \
    "  yes('go'); no('not'); L(await waits, gone.length); await sleep(0);\n"                       \
    "  L(gone.join(), Sub.resolve(1).then(v => v).own);\n"                                         \
    "  return 'end';\n"                                                                            \
    "}\n"                                                                                          \
    "main().then(runner.result, runner.result);\n"
#define BY_TIMERS "const sleep = (ms, v) => new Promise(f => setTimeout(f, ms, v));\n"
#define BY_JOBS   "const sleep = (ms, v) => new Promise(f => queueMicrotask(() => f(v)));\n"
#define TOLD(late)                                                                                 \
    "12231 1,2,3 any race "                                                                        \
    "[{\"status\":\"rejected\",\"reason\":7},{\"status\":\"rejected\",\"reason\":8},"              \
    "{\"status\":\"fulfilled\",\"value\":9}]\n" late                                               \
    "caught\nwaited go 6\ngo0,go1,go2,go3,go4,f 1\n"

#define TOLD_LATE "unhandled late\nhandled true\n"

static void check_everything(struct run *r, const char *told)
{
    ck_assert_msg(r->rc == SWD_RUN_OK, "%s: %s", r->thrown.name, r->thrown.message);
    ck_assert_str_eq(r->out, told);
    ck_assert_str_eq(r->value, "\"end\"");
}

START_TEST(everything)
{
    struct run *r = run_new();
    (void)run_script(r, BY_TIMERS EVERYTHING);
    check_everything(r, TOLD(TOLD_LATE));
    run_free(r);
}
END_TEST

/* A collection before every allocation. */
START_TEST(collections_everywhere)
{
    struct run *r = run_new();
    run_open(r);
    swd_unit_torture(swd_lib_heap(r->lib)->ctx, true);
    run_main(r, BY_JOBS EVERYTHING);
    swd_unit_torture(swd_lib_heap(r->lib)->ctx, false);
    run_end(r);
    check_everything(r, TOLD(""));
    run_free(r);
}
END_TEST

/* What waits is waiting still after a sleep. */
START_TEST(asleep)
{
    struct run *r = run_new();
    struct swd_heap *h;
    run_open(r);
    run_main(r, BY_TIMERS EVERYTHING);
    h = swd_lib_heap(r->lib);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(swd_heap_hibernate(h), 0);
        ck_assert_int_eq(swd_heap_wake(h), 0);
        (void)swd_heap_gc(h);
    }
    run_loop(r);
    run_end(r);
    check_everything(r, TOLD(TOLD_LATE));
    run_free(r);
}
END_TEST

/* Memory that runs out anywhere is an error that says so, or the right result. */
START_TEST(memory_runs_out)
{
    unsigned fine = 0, refused = 0;
    struct run *first = run_new();
    uint64_t enough;
    run_open(first);
    enough = swd_heap_peak(swd_lib_heap(first->lib));
    run_free(first);
    for (uint64_t more = 0; fine < 3; more += STEP) {
        struct run *r = run_new();
        r->limits.memory_hard = enough + more;
        run_open(r);
        run_main(r, BY_JOBS EVERYTHING);
        run_end(r);
        if (r->rc == SWD_RUN_OK && strcmp(r->value, "\"end\"") == 0) {
            ck_assert_str_eq(r->out, TOLD(""));
            fine++;
        } else {
            ck_assert_msg(r->rc != SWD_RUN_THROWN || strstr(r->thrown.message, "alloc failed") ||
                              strcmp(r->thrown.name, "DoubleError") == 0,
                          "%s: %s", r->thrown.name, r->thrown.message);
            refused++;
        }
        run_free(r);
        ck_assert_uint_lt(more, 8u << 20);
    }
    ck_assert_uint_gt(refused, 3);
}
END_TEST

START_TEST(script)
{
    run_case(&cases[_i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/promise");
    TCase *tc = tcase_create("promise");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, script, 0, (int)(sizeof(cases) / sizeof(*cases)));
    tcase_add_loop_test(tc, unhandled_rejections_end_the_runner, 0, 6);
    tcase_add_test(tc, everything);
    tcase_add_test(tc, collections_everywhere);
    tcase_add_test(tc, asleep);
    tcase_add_test(tc, memory_runs_out);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
