/* Promise: order of jobs, combinators, thenables, subclasses' hooks, rejections nobody handled. */
#include <check.h>
#include <stdlib.h>

#include "lib/cases.h"
#include "lib/runs.h"

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

START_TEST(script)
{
    run_case(&cases[_i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/promise");
    TCase *tc = tcase_create("promise");
    SRunner *sr = srunner_create(s);
    int failed;
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, script, 0, (int)(sizeof(cases) / sizeof(*cases)));
    tcase_add_loop_test(tc, unhandled_rejections_end_the_runner, 0, 6);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_ENV);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
