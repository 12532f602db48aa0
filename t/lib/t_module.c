/* require(): resolution, cache, cycles, waiting for sources; what scripts are compiled as. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/runs.h"
#include "suite.h"

static const struct run_file files[] = {
    {"/work/a.js", "exports.a = 1; var b = require('./b'); exports.b = b.v; exports.done = true;"},
    {"/work/b.js", "var a = require('./a.js'); exports.v = 'b saw ' + a.a + a.done;"},
    {"/work/d.json", "{\"k\": [1, 2]}"},
    {"/work/bad.json", "{\"k\": }"},
    {"/work/lib/index.js", "module.exports = __dirname + ' ' + module.id + ' ' + module.loaded;"},
    {"/work/bad.js", "\n\nthrow new Error('bad module');"},
    {"/work/syntax.js", "1;\nvar var;"},
    {"/work/count.js", "exports.n = (this === exports) + (arguments.length === 5);"},
    {"/work/hash.cjs", "#!/usr/bin/env swd\nmodule.exports = 'hash';"},
    {"/work/flaky.js", "globalThis.tries = (globalThis.tries || 0) + 1;\n"
                       "if (tries < 2) throw new Error('first'); module.exports = tries;"},
    {"/node_modules/up/index.js", "module.exports = 'up';"},
    {"/work/node_modules/pk/package.json", "{\"main\": \"lib/m\"}"},
    {"/work/node_modules/pk/lib/m.js", "module.exports = 'main of ' + require('./n');"},
    {"/work/node_modules/pk/lib/n.js", "module.exports = 'pk';"},
    {"/work/node_modules/pk/x.js", "module.exports = require('up');"},
    {"/work/node_modules/ex/package.json",
     "{\"exports\": {\".\": {\"import\": \"./i.mjs\", \"require\": \"./r.cjs\"}, \"./s/*\": "
     "\"./t/*.js\", \"./no\": null}}"},
    {"/work/node_modules/ex/r.cjs", "module.exports = 'required';"},
    {"/work/node_modules/ex/t/q.js", "module.exports = 'star';"},
    {"/work/node_modules/@s/p/index.js", "module.exports = 'scoped';"},
    {NULL, NULL},
};

static const struct {
    const char *source, *value;
} cases[] = {
    {"require('./a')", "{\"a\":1,\"b\":\"b saw 1undefined\",\"done\":true}"},
    {"[require('./a') === require('./a.js'), require('./a') === require('/work/x/../a'),\n"
     " require.cache['/work/a.js'].exports === require('./a')]",
     "[true,true,true]"},
    {"require('./d')", "{\"k\":[1,2]}"},
    {"require('./lib')", "\"/work/lib /work/lib/index.js false\""},
    {"require('./lib/') + require('./lib/index')",
     "\"/work/lib /work/lib/index.js false/work/lib /work/lib/index.js false\""},
    {"require('./count').n", "2"},
    {"require('./hash')", "\"hash\""},
    {"require('pk') + ' ' + require('pk/x') + ' ' + require('@s/p')", "\"main of pk up scoped\""},
    {"require('ex') + ' ' + require('ex/s/q')", "\"required star\""},
    {"[__filename, __dirname, require.main === module, module.id, typeof exports]",
     "[\"/work/test.js\",\"/work\",true,\".\",\"object\"]"},
    {"require.resolve('pk') + require.resolve('node:util')",
     "\"/work/node_modules/pk/lib/m.jsnode:util\""},
    {"[require('console') === console, require('node:process') === process,\n"
     " require('timers').setTimeout === setTimeout, require('util') === require('node:util')]",
     "[true,true,true,true]"},
    {"try { require('./flaky'); } catch (e) { [e.message, require('./flaky')]; }", "[\"first\",2]"},
    {"var r = [], ids = ['./nope', 'nopkg', 'node:zip', 'ex/none', 'ex/no', ''], i;\n"
     "for (i = 0; i < ids.length; i++)\n"
     "  try { require(ids[i]); } catch (e) { r.push(e.code || e.name); } r.join()",
     "\"MODULE_NOT_FOUND,MODULE_NOT_FOUND,ERR_UNKNOWN_BUILTIN_MODULE,"
     "ERR_PACKAGE_PATH_NOT_EXPORTED,ERR_PACKAGE_PATH_NOT_EXPORTED,TypeError\""},
    {"try { require('nopkg'); } catch (e) { /built-in modules: .*console/.test(e.message) "
     "&&\n"
     "  /Require stack:\\n- \\/work\\/test.js$/.test(e.message); }",
     "true"},
    {"var m = require('module'); [m.builtinModules.indexOf('util') >= 0,\n"
     " m.createRequire('/work/lib/z.js')('../d').k[1]]",
     "[true,2]"},
    {"setTimeout(function () { runner.result(require('./d').k); })", "[1,2]"},
    {"queueMicrotask(function () { runner.result(require('./d').k); })", "[1,2]"},
};

static void expect_value(const char *source, const char *value, bool busy, enum swd_goal goal)
{
    struct run *r = run_new();
    r->files = files;
    r->busy = busy;
    r->goal = goal;
    run_script(r, source);
    ck_assert_msg(r->rc == SWD_RUN_OK, "%s\n%s: %s (%s:%d)", source, r->thrown.name,
                  r->thrown.message, r->thrown.source, r->thrown.line);
    ck_assert_str_eq(r->value, value);
    run_free(r);
}

START_TEST(requires)
{
    expect_value(cases[_i].source, cases[_i].value, false, SWD_GOAL_AUTO);
}
END_TEST

/* The same while every source must be waited for: the runner suspends, the script sees nothing. */
START_TEST(requires_what_must_be_fetched)
{
    expect_value(cases[_i].source, cases[_i].value, true, SWD_GOAL_AUTO);
}
END_TEST

START_TEST(nothing_runs_while_suspended)
{
    struct run *r = run_new();
    bool more;
    r->files = files;
    r->busy = true;
    run_open(r);
    run_main(r, "setTimeout(console.log, 150, 'timer'); setImmediate(console.log, 'immediate');\n"
                "console.log(require('./d').k); console.log('sync');");
    ck_assert(swd_lib_suspended(r->lib));
    ck_assert(swd_lib_alive(r->lib));
    ck_assert_uint_eq(swd_lib_next_due(r->lib), UINT64_MAX);
    ck_assert_int_eq(swd_lib_turn(r->lib, UINT64_MAX / 2, 1000000000, &more, &r->thrown),
                     SWD_RUN_OK);
    ck_assert(!more);
    ck_assert_str_eq(r->out, "");
    run_loop(r);
    ck_assert_str_eq(r->out, "[ 1, 2 ]\nsync\nimmediate\ntimer\n");
    ck_assert_uint_eq(swd_lib_module_count(r->lib), 1);
    run_free(r);
}
END_TEST

START_TEST(no_yield_passes_a_native)
{
    expect_value("try { [2, 1].sort(function () { require('./d'); }); } catch (e) { e.code; }",
                 "\"unsupported\"", true, SWD_GOAL_AUTO);
}
END_TEST

START_TEST(denied_is_an_error)
{
    struct run *r = run_new();
    r->deny = true;
    run_script(r, "try { require('./d'); } catch (e) { e.code; }");
    ck_assert_str_eq(r->value, "\"EACCES\"");
    run_free(r);
}
END_TEST

START_TEST(errors_say_where)
{
    struct run *r = run_new();
    r->files = files;
    run_script(r, _i == 0   ? "\nrequire('./syntax')"
                  : _i == 1 ? "require('./bad')"
                  : _i == 2 ? "\nrequire('./nope')"
                            : "\n\nvar var;");
    ck_assert_int_eq(r->rc, SWD_RUN_THROWN);
    ck_assert_str_eq(r->thrown.source, _i == 0   ? "/work/syntax.js"
                                       : _i == 1 ? "/work/bad.js"
                                                 : "/work/test.js");
    ck_assert_int_eq(r->thrown.line, _i == 0 ? 2 : _i == 1 ? 3 : _i == 2 ? 2 : 3);
    ck_assert_msg(!strstr(r->thrown.stack, "swd:"), "%s", r->thrown.stack);
    run_free(r);
}
END_TEST

START_TEST(commonjs_goal)
{
    expect_value("var hidden = 1; module.exports = function () {};\n"
                 "runner.result([typeof hidden, typeof globalThis.hidden, this === exports,\n"
                 "  __filename, require('./d').k[0], arguments.length])",
                 "[\"number\",\"undefined\",true,\"/work/test.js\",1,5]", false, SWD_GOAL_COMMONJS);
    expect_value("1 + 1", "", false, SWD_GOAL_COMMONJS);
    expect_value("runner.result(require('./a').done)", "true", true, SWD_GOAL_COMMONJS);
}
END_TEST

static const char *const results[][2] = {
    {"undefined", ""},
    {"42", "42"},
    {"'text'", "\"text\""},
    {"var x = 5; if (x) x + 1; else 0;", "6"},
    {"function f() {}", ""},
    {"#!/usr/bin/swd\n7", "7"},
    {"\xef\xbb\xbf"
     "8",
     "8"},
    {"runner.result(1); 2", "1"},
    {"setTimeout(function () { runner.result(3); }); 2", "3"},
    {"runner.result(undefined); 2", ""},
    {"({a: undefined, b: [undefined, , null], c: function () {}})",
     "{\"b\":[null,null,null],\"c\":{\"$type\":\"function\",\"text\":\"[Function: c]\"}}"},
    {"[NaN, -1/0, 1e21, -0, 0.1, 1e-7, 123456789012]",
     "[{\"$type\":\"number\",\"text\":\"NaN\"},{\"$type\":\"number\",\"text\":\"-Infinity\"},"
     "1e+21,0,0.1,1e-7,123456789012]"},
    {"[Symbol('q'), new Date(0), /a/g, new Number(1), new String('s'), new Boolean(false)]",
     "[{\"$type\":\"symbol\",\"text\":\"Symbol(q)\"},\"1970-01-01T00:00:00.000Z\","
     "{\"$type\":\"RegExp\",\"text\":\"/a/g\"},1,\"s\",false]"},
    {"var o = {n: 1}; o.self = o; o.twice = [o.n, {}]; o",
     "{\"n\":1,\"self\":{\"$type\":\"cycle\",\"text\":\"[Circular]\"},\"twice\":[1,{}]}"},
    {"var s = {}; [s, s]", "[{},{}]"},
    {"({a: {toJSON: function (k) { return 'j' + k; }}, b: [{toJSON: function (k) { return k; }}],\n"
     "  c: {toJSON: function () {}}})",
     "{\"a\":\"ja\",\"b\":[\"0\"]}"},
    {"[new Uint8Array([1, 2]), new ArrayBuffer(1)]",
     "[[1,2],{\"$type\":\"ArrayBuffer\",\"text\":\"ArrayBuffer { [Uint8Contents]: <00>, "
     "byteLength: "
     "1 }\"}]"},
    {"({'q\"\\n\\u0001': '\\u00e9\\ud83d\\ude00\\ud800'})",
     "{\"q\\\"\\n\\u0001\":\"\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd\"}"},
    {"var d = 1; for (var i = 0; i < 150; i++) d = [d]; JSON.stringify(d).length", "301"},
    {"new Array(9 * 1024 * 1024).join('x')",
     "{\"$type\":\"too_large\",\"text\":\"the result is larger than 8 MiB\"}"},
    {"new Proxy({a: 1}, {})", "{\"a\":1}"},
    {"Object.create({inherited: 1}, {hidden: {value: 1}, shown: {value: 2, enumerable: true}})",
     "{\"shown\":2}"},
};

START_TEST(results_are_json)
{
    run_expect(results[_i][0], "", results[_i][1]);
}
END_TEST

START_TEST(deep_results_end)
{
    struct run *r = run_new();
    run_script(r, "var d = 1; for (var i = 0; i < 5000; i++) d = [d]; d");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    ck_assert(strstr(r->value, "[{\"$type\":\"depth\","));
    run_free(r);
    run_expect_error("({get a() { throw new TypeError('getter'); }})", "TypeError: getter");
    run_expect_error("({toJSON: function () { throw new Error('toJSON'); }})", "Error: toJSON");
}
END_TEST

START_TEST(prefetch_asks_for_what_literals_name)
{
    static const char source[] = "require('./a'); require('../work/lib'); require('pk'); "
                                 "require('./nope'); require('./d.json'); require(x);";
    struct run *r = run_new();
    int rounds = 0, before;
    r->files = files;
    r->busy = true;
    run_open(r);
    do {
        before = r->nasked;
        swd_lib_prefetch(r->lib, source, sizeof(source) - 1);
    } while (r->nasked > before && ++rounds < 10);
    ck_assert_int_eq(r->nasked, 4);
    ck_assert_str_eq(r->asked[0], "/work/a.js");
    ck_assert_str_eq(r->asked[1], "/work/lib/index.js");
    ck_assert_str_eq(r->asked[2], "/work/d.json");
    ck_assert_str_eq(r->asked[3], "/work/b.js");
    run_main(r, "require('./a').done");
    ck_assert(!swd_lib_suspended(r->lib));
    run_free(r);
}
END_TEST

static void found(void *arg, const char *p, size_t n)
{
    char *to = arg;
    size_t len = strlen(to);
    snprintf(to + len, 1024 - len, "%.*s ", (int)n, p);
}

START_TEST(scan_finds_literal_specifiers)
{
    char text[1024] = "";
    static const char source[] =
        "#!x require('no0')\n// require('no1')\n/* require('no2') */ var a = require('a');\n"
        "var s = \"require('no3')\", t = `require('no4') ${require(\"b\")} ${{x: "
        "`${require('c')}`}}`;\n"
        "var re = /require('no5')/g, q = a / 2 / require('d');\n"
        "import e from 'e'; import 'f'; import {g as h} from \"g\"; export * from 'h'; "
        "import('i');\n"
        "x.require('no6'); require(dyn); require('no' + 7); return /[/]require('no8')/;\n"
        "if (x) /re/.test(y); require ( 'j' ); obj.from 'no9'; require('k\\x41');";
    swd_lib_scan_requires(source + 2, sizeof(source) - 3, found, text);
    ck_assert_str_eq(text, "no0 a b c d e f g h i no j ");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/module");
    TCase *tc = tcase_create("module");
    const int n = (int)(sizeof(cases) / sizeof(*cases));
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, requires, 0, n);
    tcase_add_loop_test(tc, requires_what_must_be_fetched, 0, n);
    tcase_add_test(tc, nothing_runs_while_suspended);
    tcase_add_test(tc, no_yield_passes_a_native);
    tcase_add_test(tc, denied_is_an_error);
    tcase_add_loop_test(tc, errors_say_where, 0, 4);
    tcase_add_test(tc, commonjs_goal);
    tcase_add_loop_test(tc, results_are_json, 0, (int)(sizeof(results) / sizeof(*results)));
    tcase_add_test(tc, deep_results_end);
    tcase_add_test(tc, prefetch_asks_for_what_literals_name);
    tcase_add_test(tc, scan_finds_literal_specifiers);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
