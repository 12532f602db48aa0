/* The compiler: what it accepts, what it refuses and how it says so, limits, maps, reuse. That the
 * output does what the standard says is tested by running it: t/ts/e_ts.py. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "pool/extent.h"
#include "ts/ts.h"
#include "suite.h"

static struct swd_ts_compiler *comp;
static struct swd_ts_output out;

static void setup(void)
{
    memset(&out, 0, sizeof out);
    comp = swd_ts_compiler_get();
    ck_assert_ptr_nonnull(comp);
}

static void teardown(void)
{
    swd_ts_output_free(&out);
    swd_ts_compiler_put(&comp);
}

static int compile(const char *src, const char *file, enum swd_ts_goal goal)
{
    struct swd_ts_opts o = {.file = file, .goal = goal};
    return swd_ts_compile(comp, &o, src, strlen(src), &out);
}

static const char *message(size_t i)
{
    return i < out.ndiags ? out.text->data + out.diags[i].message : "(none)";
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    char *s = malloc(1 << 20);
    ck_assert_ptr_nonnull(s);
    *n = fread(s, 1, (1 << 20) - 1, f);
    s[*n] = 0;
    fclose(f);
    return s;
}

/* No daemon could answer meanwhile. */
START_TEST(never_on_the_loop_thread)
{
    swd_thread_set_loop(true);
    compile("1", "a.js", SWD_TS_SCRIPT);
}
END_TEST

START_TEST(declarations_give_nothing)
{
    static const char *const src = "export const x: number;\nfunction f(a: string): void;\n"
                                   "export namespace N { let y: bigint; }\nlet broken = ;";
    static const char *const files[] = {"a.d.ts", "lib/b.d.mts", "c.d.cts"};
    size_t nothing;
    ck_assert_int_eq(compile("", "a.ts", SWD_TS_MODULE), 0);
    nothing = out.code->len;
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(compile(src, files[i], SWD_TS_MODULE), 0);
        ck_assert_uint_eq(out.code->len, nothing);
    }
    ck_assert_int_eq(compile(src, "a.ts", SWD_TS_MODULE), SWD_ESYNTAX);
    ck_assert_int_eq(compile(src, "x.d/a.ts", SWD_TS_MODULE), SWD_ESYNTAX);
    ck_assert_int_eq(compile("1 +", "a.d.js", SWD_TS_SCRIPT), SWD_ESYNTAX);
}
END_TEST

START_TEST(every_case_compiles)
{
    const char *root = getenv("SWD_SRC");
    char dir[256];
    snprintf(dir, sizeof dir, "%s/t/ts/cases", root ? root : ".");
    DIR *d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    int count = 0;
    for (struct dirent *e; (e = readdir(d));) {
        const char *dot = strrchr(e->d_name, '.');
        if (!dot || (strcmp(dot, ".ts") && strcmp(dot, ".js") && strcmp(dot, ".tsx")))
            continue;
        char path[512];
        size_t n;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        char *s = slurp(path, &n);
        struct swd_ts_opts o = {.file = path, .want_map = true};
        o.experimental_decorators = strstr(s, "--experimental-decorators") != NULL;
        int rc = swd_ts_compile(comp, &o, s, n, &out);
        ck_assert_msg(rc == 0, "%s:%u:%u: %s", path, out.ndiags ? out.diags[0].line : 0,
                      out.ndiags ? out.diags[0].column : 0, message(0));
        free(s);
        count++;
    }
    closedir(d);
    ck_assert_int_gt(count, 5);
}
END_TEST

/* Source, and the place and a part of the message of the first diagnostic. */
static const struct refused {
    const char *src;
    unsigned line, column;
    const char *text;
} refused[] = {
    {"let a = 1;\nlet a = 2;", 2, 5, "already been declared"},
    {"var x = ;", 1, 9, "an expression"},
    {"const c;", 1, 7, "needs a value"},
    {"x = 10n", 1, 5, "BigInt"},
    {"if (x) let y = 1", 1, 8, "without a block"},
    {"break;", 1, 1, "outside"},
    {"for (;;) { continue foo; }", 1, 21, "no label"},
    {"return 1", 1, 1, "outside of a function"},
    {"'use strict'; with (a) {}", 1, 15, "with"},
    {"class A extends (o => o.#p) { #p; }", 1, 25, "not declared in a class around"},
    {"try {} catch (e) { function e() {} }", 1, 29, "already been declared"},
    {"function* g() { (x = yield) => {} }", 1, 22, "parameters"},
    {"async () => { (x = await 1) => {} }", 1, 20, "parameters"},
    {"'use strict'; 010", 1, 15, "strict"},
    {"'use strict'; eval = 1", 1, 15, "strict"},
    {"'use strict'; delete x", 1, 15, "strict"},
    {"class A extends B { constructor() { super(); } constructor() {} }", 1, 48, "one constructor"},
    {"class A { constructor() { super(); } }", 1, 27, "derived"},
    {"function f() { super.x }", 1, 16, "super"},
    {"class A { m() { this.#x } }", 1, 22, "not declared"},
    {"class A { #x; #x }", 1, 15, "twice"},
    {"(a, a) => 1", 1, 5, "same name"},
    {"a ?? b || c", 1, 3, "parentheses"},
    {"-a ** b", 1, 1, "parentheses"},
    {"a?.b = 1", 1, 1, "assigned"},
    {"new a?.b", 1, 6, "?."},
    {"({a = 1})", 1, 5, "shorthand"},
    {"({__proto__: 1, __proto__: 2})", 1, 17, "once"},
    {"[a, ...b, c] = d", 1, 9, "last"},
    {"function f(...a, b) {}", 1, 16, "last"},
    {"function* g() { yield = 1 }", 1, 23, "an expression"},
    {"async () => { function f() { await 1 } }", 1, 36, "; or a new line"},
    {"`a${1", 1, 6, "} of the template"},
    {"'abc", 1, 1, "never closed"},
    {"/abc", 1, 1, "never closed"},
    {"/* abc", 1, 1, "never closed"},
    {"/(/", 1, 2, "regular expression"},
    {"1__0", 1, 2, "separator"},
    {"var a\\u{110000}", 1, 6, "escape"},
    {"function f() { 'use strict'; } function g(a = 1) { 'use strict'; }", 1, 52, "plain"},
    {"label: label: ;", 1, 8, "already"},
    {"try {}", 1, 7, "catch or finally"},
    {"for (let x = 1 of y) ;", 1, 10, "no value"},
    {"class A { m(@p x) {} }", 1, 13, "--experimental-decorators"},
    {"using x = y", 1, 1, "top of a script"},
    {"{ using x = y, [z] = y }", 1, 16, "a name"},
    {"{ using x; }", 1, 9, "needs a value"},
    {"switch (1) { case 1: using x = y }", 1, 22, "case"},
    {"function f() { await using x = y }", 1, 22, "; or a new line"},
    {"let let = 1", 1, 5, "let"},
    {"new.target", 1, 1, "new.target"},
    /* what helps to mend it */
    {"function f() {\n  if (a) {\n}\n", 4, 1, "} for the `{` in line 1"},
    {"f(function () {\n  g();\n);", 3, 1, "} for the `{` in line 1"},
    {"x = {\n  a: [1,\n};", 3, 1, "] for the `[` in line 2"},
    {"f(1,\n  2;", 2, 4, ", or ) for the `(` in line 1"},
    {"}", 1, 1, "closes nothing"},
    {"x = { a: 1 b: 2 }", 1, 12, ", or }"},
    {"x = [1 2]", 1, 8, ", or ]"},
    {"const {a, b = 1;", 1, 16, ", or }"},
    {"function f(a b) {}", 1, 14, ", or )"},
    {"else {}", 1, 1, "no `if`"},
    {"catch (e) {}", 1, 1, "no `try`"},
    {"f = x => return x", 1, 10, "needs braces"},
    {"f = (x) -> x", 1, 10, "is `=>` meant"},
    {"function f() { await g() }", 1, 22, "only stand in async functions"},
    {"fucntion f() {}", 1, 10, "meant to be `function`"},
    {"cosnt x = 1", 1, 7, "meant to be `const`"},
    {"constt x = 1", 1, 8, "meant to be `const`"},
    {"if (a) {} elseif (b) {}", 1, 22, "meant to be `else if`"},
    {"switch (x) { cas 1: }", 1, 14, "meant to be `case`"},
    {"let x: number", 1, 6, "--lang ts"},
    {"function f(a: number) {}", 1, 13, "--lang ts"},
    {"function f(): void {}", 1, 13, "--lang ts"},
    {"interface A { x: 1 }", 1, 11, "--lang ts"},
    {"x = \xe2\x80\x9c"
     "abc\xe2\x80\x9d",
     1, 5, "quotation mark"},
};

START_TEST(refuses_with_place)
{
    const struct refused *r = &refused[_i];
    int rc = compile(r->src, "x.js", SWD_TS_SCRIPT);
    ck_assert_msg(rc == SWD_ESYNTAX, "accepted: %s", r->src);
    ck_assert_uint_ge(out.ndiags, 1);
    ck_assert_msg(strstr(message(0), r->text) != NULL, "%s: got: %s", r->src, message(0));
    ck_assert_msg(out.diags[0].line == r->line && out.diags[0].column == r->column, "%s: %u:%u: %s",
                  r->src, out.diags[0].line, out.diags[0].column, message(0));
    ck_assert_uint_eq(out.code->len, 0);
}
END_TEST

START_TEST(reports_several_errors_with_carets)
{
    ck_assert_int_eq(
        compile("let a = ;\nlet b = 1;\nlet b = 2;\nfoo(;\nok();\n", "x.js", SWD_TS_SCRIPT),
        SWD_ESYNTAX);
    ck_assert_uint_ge(out.ndiags, 3);
    ck_assert_uint_eq(out.diags[0].line, 1);
    ck_assert_uint_eq(out.diags[1].line, 3);
    ck_assert_uint_eq(out.diags[2].line, 4);
    ck_assert_str_eq(out.text->data + out.diags[2].snippet, "foo(;\n    ^");
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 16);
    ck_assert_int_eq(swd_ts_report(&out, "x.js", b), 0);
    ck_assert_ptr_nonnull(strstr(b->data, "x.js:1:9: error: "));
    swd_bytebuf_put(&b);
}
END_TEST

/* Inside of functions, blocks and classes too, and no error follows from another. */
START_TEST(reports_errors_inside_of_bodies)
{
    static const char src[] =
        "class A {\n  foo() { return 1 +; }\n  bar() {\n    let x = ;\n    let y = 1;\n"
        "    if (a {\n      b();\n    }\n    let y = 2;\n  }\n  ok() { return #; }\n}\n"
        "function g() {\n  const c;\n  for (;;) { foo(1, 2; }\n  return 1;\n}\nfine();\n";
    static const unsigned lines[] = {2, 4, 6, 9, 11, 14, 15};
    ck_assert_int_eq(compile(src, "x.js", SWD_TS_SCRIPT), SWD_ESYNTAX);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_msg(i < out.ndiags && out.diags[i].line == lines[i], "error %zu: line %u: %s", i,
                      i < out.ndiags ? out.diags[i].line : 0, message(i));
    ck_assert_uint_eq(out.ndiags, sizeof lines / sizeof *lines);
}
END_TEST

START_TEST(lines_stay_where_they_were)
{
    const char *src =
        "const a = 1;\n\n\nclass B {\n  m() {\n    return here;\n  }\n}\nfor (const x "
        "of y) {\n  there(x);\n}\n";
    ck_assert_int_eq(compile(src, "x.js", SWD_TS_SCRIPT), 0);
    unsigned line = 1;
    for (const char *p = out.code->data; *p; p++) {
        if (strncmp(p, "here", 4) == 0 && p[-1] != 't')
            ck_assert_uint_eq(line, 6);
        if (strncmp(p, "there", 5) == 0)
            ck_assert_uint_eq(line, 10);
        line += *p == '\n';
    }
}
END_TEST

START_TEST(internal_output_compiles_too)
{
    struct swd_ts_opts o = {.file = "x.js", .columns = true, .want_map = true};
    static const char src[] = "function f(o) {\n  return o.a.b(g) + o[1]++;\n}";
    ck_assert_int_eq(swd_ts_compile(comp, &o, src, sizeof src - 1, &out), 0);
    ck_assert_ptr_nonnull(strstr(out.code->data, "return ("));
    ck_assert_ptr_nonnull(strstr(out.code->data, ".a\n.b\n("));
    ck_assert_ptr_nonnull(strstr(out.code->data, ")++"));
}
END_TEST

START_TEST(goal_is_found_out)
{
    ck_assert_int_eq(compile("x", "x.js", SWD_TS_GOAL_AUTO), 0);
    ck_assert_int_eq(out.goal, SWD_TS_SCRIPT);
    ck_assert(out.has_completion);
    ck_assert_int_eq(compile("export let x = 1", "x.js", SWD_TS_GOAL_AUTO), 0);
    ck_assert_int_eq(out.goal, SWD_TS_MODULE);
    ck_assert(!out.has_completion && !out.async_module);
    ck_assert_int_eq(compile("export default 1 + 1", "x.js", SWD_TS_GOAL_AUTO), 0);
    ck_assert_ptr_null(strchr(out.code->data, '*'));
    ck_assert_int_eq(compile("var y = await x;", "x.js", SWD_TS_GOAL_AUTO), 0);
    ck_assert_int_eq(out.goal, SWD_TS_MODULE);
    ck_assert(out.async_module);
    ck_assert_int_eq(compile("return 1", "x.cjs", SWD_TS_GOAL_AUTO), 0);
    ck_assert_int_eq(out.goal, SWD_TS_COMMONJS);
    ck_assert_int_eq(compile("export let x", "x.js", SWD_TS_SCRIPT), SWD_ESYNTAX);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    static const char *const deep[] = {"(",    "[",    "{",          "a(",
                                       "x=>",  "!",    "`${",        "if(1)",
                                       "a?.[", "new ", "class A{a=", "function f(){",
                                       "({a:", "[[",   "a?b:"};
    size_t n = 200000;
    char *s = malloc(n * 16 + 1);
    ck_assert_ptr_nonnull(s);
    size_t k = strlen(deep[_i]);
    for (size_t i = 0; i < n; i++)
        memcpy(s + i * k, deep[_i], k);
    s[n * k] = 0;
    struct swd_ts_opts o = {.file = "x.ts", .max_stack = 200 << 10};
    int rc = swd_ts_compile(comp, &o, s, n * k, &out);
    ck_assert_msg(rc == SWD_ELIMIT, "%s: %d %s", deep[_i], rc, message(0));
    ck_assert_uint_ge(out.ndiags, 1);
    free(s);
    ck_assert_int_eq(compile("1 + 1", "x.js", SWD_TS_SCRIPT), 0);
}
END_TEST

START_TEST(long_chains_are_not_nesting)
{
    size_t n = 20000;
    char *s = malloc(n * 4 + 16);
    ck_assert_ptr_nonnull(s);
    size_t len = 0;
    memcpy(s, "x=1", 3);
    len = 3;
    for (size_t i = 0; i < n; i++) {
        memcpy(s + len, "+ab", 3);
        len += 3;
    }
    struct swd_ts_opts o = {.file = "x.js"};
    ck_assert_int_eq(swd_ts_compile(comp, &o, s, len, &out), 0);
    free(s);
}
END_TEST

START_TEST(size_is_bounded)
{
    struct swd_ts_opts o = {.file = "x.js", .max_source = 10};
    ck_assert_int_eq(swd_ts_compile(comp, &o, "12345678901", 11, &out), SWD_ELIMIT);
    ck_assert_uint_eq(out.ndiags, 1);
    o = (struct swd_ts_opts){.file = "x.js", .max_output = 40};
    ck_assert_int_eq(
        swd_ts_compile(comp, &o, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 52, &out),
        SWD_ELIMIT);
}
END_TEST

START_TEST(a_compiler_forgets)
{
    static const char src[] = "let unique_name = 1; { let unique_name = 2; f(() => unique_name) }";
    ck_assert_int_eq(compile(src, "x.js", SWD_TS_SCRIPT), 0);
    char *first = strdup(out.code->data);
    for (int i = 0; i < 5; i++) {
        compile("class A { #x = 1; m() { return `${this.#x}`; } } let let_;", "x.js",
                SWD_TS_SCRIPT);
        compile("syntax error(", "y.ts", SWD_TS_SCRIPT);
        compile("export * from 'a'; export default function () {}", "z.ts", SWD_TS_MODULE);
    }
    ck_assert_int_eq(compile(src, "x.js", SWD_TS_SCRIPT), 0);
    ck_assert_str_eq(out.code->data, first);
    free(first);
}
END_TEST

START_TEST(maps_have_the_form)
{
    struct swd_ts_opts o = {.file = "a\"b.js", .want_map = true};
    static const char src[] = "let a = 1;\n  b(a);\n";
    ck_assert_int_eq(swd_ts_compile(comp, &o, src, sizeof src - 1, &out), 0);
    ck_assert_ptr_nonnull(strstr(out.map->data, "\"version\":3"));
    ck_assert_ptr_nonnull(strstr(out.map->data, "a\\\"b.js"));
    ck_assert_ptr_nonnull(strstr(out.map->data, "\"mappings\":\""));
    ck_assert_ptr_nonnull(strchr(out.map->data, ';'));
}
END_TEST

int main(void)
{
    struct swd_extent_opts eo = {0};
    struct swd_err e;
    if (swd_extent_init(&eo, &e) < 0) {
        fprintf(stderr, "%s\n", e.msg);
        return 2;
    }
    Suite *s = suite_create("ts");
    TCase *t = tcase_create("compile");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_case_compiles);
    tcase_add_loop_test(t, refuses_with_place, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(t, reports_several_errors_with_carets);
    tcase_add_test(t, reports_errors_inside_of_bodies);
    tcase_add_test(t, lines_stay_where_they_were);
    tcase_add_test(t, internal_output_compiles_too);
    tcase_add_test(t, goal_is_found_out);
    tcase_add_test_raise_signal(t, never_on_the_loop_thread, SIGABRT);
    tcase_add_test(t, declarations_give_nothing);
    tcase_add_loop_test(t, nesting_is_bounded, 0, 15);
    tcase_add_test(t, long_chains_are_not_nesting);
    tcase_add_test(t, size_is_bounded);
    tcase_add_test(t, a_compiler_forgets);
    tcase_add_test(t, maps_have_the_form);
    suite_add_tcase(s, t);
    return suite_run(s);
}
