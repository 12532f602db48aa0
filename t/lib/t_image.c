/* The library in images: clones are whole, equal to heaps made from nothing, and know nothing of
 * who was there before; functions called in clones answer as when their source is run each time. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/heap.h"
#include "engine/unit.h"
#include "lib/int.h"
#include "lib/runs.h"
#include "pool/arena_int.h"
#include "suite.h"

/* Sanitizers take their time: without the files of the corpus, and fewer rounds. */
#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define FILES_SKIPPED 16
#define ROUNDS        2
#else
#define FILES_SKIPPED 0
#define ROUNDS        8
#endif

static void images_on(void)
{
    struct swd_err e = {0};
    struct run *r = run_new();
    run_open(r);
    run_free(r);
    ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    ck_assert_str_eq(swd_lib_image_reason(), "");
}

START_TEST(the_base_image_is_made_and_cloned)
{
    struct swd_heap_image_info info;
    images_on();
    for (int i = 0; i < 3; i++)
        run_expect(
            "[[3, 1].toSorted(), Object.entries({a: 1}), new Map([[1, 2]]).get(1),\n"
            " Array.from(new Set('aab')), [1, [2]].flat(), new WeakMap().has({}), runner.id]",
            "", "[[1,3],[[\"a\",1]],2,[\"a\",\"b\"],[1,2],false,7]");
    swd_lib_image_info(NULL, &info);
    ck_assert_uint_ge(info.clones, 3);
    ck_assert_uint_lt(info.bytes, 400000);
    swd_lib_image_fini();
}
END_TEST

/* ---- A clone is what a heap made from nothing is -----------------------------------------------
 */

static char *read_file(const char *path)
{
    const char *root = getenv("SWD_SRC");
    char full[512], *text = calloc(1, 1 << 18);
    FILE *f;
    snprintf(full, sizeof full, "%s%s%s", root ? root : "", root ? "/" : "", path);
    f = fopen(full, "r");
    ck_assert_msg(f != NULL, "cannot read %s", full);
    ck_assert_uint_lt(fread(text, 1, (1 << 18) - 1, f), (1 << 18) - 1);
    fclose(f);
    return text;
}

/* Scripts by path, or by their text. */
static const char *const corpus[] = {
    "examples/csv-to-json.js",
    "examples/fibonacci.js",
    "examples/json-crunch.js",
    "examples/log-summary.js",
    "examples/mistake.js",
    "examples/orders.ts",
    "examples/template.js",
    "t/ts/cases/classes.js",
    "t/ts/cases/closures.js",
    "t/ts/cases/corners.js",
    "t/ts/cases/destr.js",
    "t/ts/cases/gen.js",
    "t/ts/cases/misc.js",
    "t/ts/cases/mixed.js",
    "t/ts/cases/tdz.js",
    "t/ts/cases/types.ts",
    "",
    "null.x",
    "function f() { throw new RangeError('deep'); }\nfunction g() { f(); }\ng();",
    "(function f() { f(); })()",
    "var s; try { undefined_name; } catch (e) { s = e.stack; } s",
    "console.log([1, {a: new Map([[1, new Set('ab')]])}], Symbol('x'), -0, /a/g, [,1]); 5",
    "process.exitCode = 3; process.on('exit', function (c) { console.log('bye', c); });",
    "Promise.reject(new Error('nobody'))",
    "(async () => { await null; console.log('a'); return [...'xyz']; })()",
    "for (const [k, v] of Object.entries({a: 1, b: [2]})) console.log(k, v);",
    "class A { #x = 1; get x() { return this.#x++; } static s = new A(); } [A.s.x, A.s.x]",
    "setTimeout(console.log, 2, 'late'); setImmediate(console.log, 'soon'); 1",
    "const {deflateSync, inflateSync} = require('zlib'); "
    "inflateSync(deflateSync('x'.repeat(1e5))).length",
    "structuredClone({a: [new Date(5), new Map([[1, /x/]])], b: new Uint8Array([1, 2])})",
    "Array.prototype.mine = function () { return this.length; }; [1, 2].mine()",
    "JSON = {stringify: function () { return 'no'; }}; Object.keys({q: 1})",
    /* No smaller steps: where the last one fits, and the error after it, depends on a few bytes. */
    "'x'.repeat(3e7)",
    "var a = []; try { for (;;) a.push('x'.repeat(1e6) + a.length) } catch (e) { e.message }",
};

/* What came of a script: everything that a client could see, and what stays in the heap. */
struct outcome {
    struct run *r;
    uint64_t before, after;
};

static int warm(void *ctx, void *arg)
{
    (void)arg;
    swd_lib_warm(ctx);
    swd_lib_warm_worker(ctx);
    return 0;
}

static int slack(void *ctx, void *arg)
{
    (void)arg;
    swd_unit_slack(ctx);
    return 0;
}

static void collect_twice(struct run *r)
{
    struct swd_heap *h = swd_lib_heap(r->lib);
    for (int i = 0; i < 2 && swd_heap_stopped(h) == SWD_STOP_NONE; i++)
        ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
}

static struct outcome outcome_of(const char *script, bool plain, bool torture)
{
    char *text = strchr(script, '/') && !strpbrk(script, " (") ? read_file(script) : NULL;
    struct outcome o = {.r = run_new()};
    struct run *r = o.r;
    r->limits.memory_hard = 24 << 20;
    r->name = text ? script : "/work/test.js";
    run_open(r);
    if (plain) {
        ck_assert_int_eq(swd_heap_run(swd_lib_heap(r->lib), warm, NULL, NULL), SWD_RUN_OK);
        collect_twice(r);
        ck_assert_int_eq(swd_heap_run(swd_lib_heap(r->lib), slack, NULL, NULL), SWD_RUN_OK);
    }
    o.before = swd_heap_live(swd_lib_heap(r->lib));
    if (torture)
        swd_unit_torture(swd_lib_heap(r->lib)->ctx, true);
    run_main(r, text ? text : script);
    run_loop(r);
    run_end(r);
    if (torture)
        swd_unit_torture(swd_lib_heap(r->lib)->ctx, false);
    collect_twice(r);
    o.after = swd_heap_live(swd_lib_heap(r->lib));
    free(text);
    return o;
}

static void expect_answer(const char *script, const struct outcome *a, const struct outcome *b)
{
    ck_assert_msg(a->r->rc == b->r->rc, "%s ended as %d and %d: %s %s", script, (int)a->r->rc,
                  (int)b->r->rc, a->r->thrown.message, b->r->thrown.message);
    ck_assert_int_eq(a->r->stop, b->r->stop);
    ck_assert_int_eq(a->r->exit_code, b->r->exit_code);
    ck_assert_str_eq(a->r->out, b->r->out);
    ck_assert_str_eq(a->r->value, b->r->value);
    ck_assert_str_eq(a->r->thrown.name, b->r->thrown.name);
    ck_assert_str_eq(a->r->thrown.message, b->r->thrown.message);
    ck_assert_str_eq(a->r->thrown.stack, b->r->thrown.stack);
    ck_assert_int_eq(a->r->thrown.line, b->r->thrown.line);
}

/* And what stays in the heap. */
static void expect_same(const char *script, const struct outcome *a, const struct outcome *b)
{
    expect_answer(script, a, b);
    if (a->r->rc == SWD_RUN_STOPPED)
        return;
    ck_assert_msg(a->before == b->before && a->after == b->after,
                  "%s: %llu to %llu bytes, and %llu to %llu", script, (unsigned long long)a->before,
                  (unsigned long long)a->after, (unsigned long long)b->before,
                  (unsigned long long)b->after);
}

START_TEST(clones_are_what_plain_heaps_are)
{
    static struct outcome plain[SWD_ARRAY_LEN(corpus)];
    /* Twice before: all that is remembered of compilations is then there for both. */
    for (int k = 0; k < 3; k++)
        for (size_t i = FILES_SKIPPED; i < SWD_ARRAY_LEN(corpus); i++) {
            if (k > 0)
                run_free(plain[i].r);
            plain[i] = outcome_of(corpus[i], true, false);
        }
    images_on();
    for (size_t i = FILES_SKIPPED; i < SWD_ARRAY_LEN(corpus); i++) {
        struct outcome o = outcome_of(corpus[i], false, false);
        expect_same(corpus[i], &plain[i], &o);
        run_free(o.r);
        run_free(plain[i].r);
    }
    swd_lib_image_fini();
}
END_TEST

START_TEST(a_collection_at_every_allocation)
{
    static const char *const scripts[] = {
        "const [a, , {b, ...c} = {}] = [1, 2, {b: 3, d: 4}]; `${a}${b}` + JSON.stringify(c)",
        "class A { #x = 1; get x() { return this.#x++; } static s = new A(); } [A.s.x, A.s.x]",
        "(async () => { await null; console.log('a'); return [...'xyz'].map(c => c + c); })()",
        "function f() { throw new RangeError('deep'); }\nf();",
        "var m = new Map([[1, 'a'], ['k', {}]]); m.delete(1); [...m.keys(), new Set('aab').size]",
    };
    images_on();
    for (size_t i = 0; i < SWD_ARRAY_LEN(scripts); i++) {
        struct outcome a = outcome_of(scripts[i], false, false);
        for (int k = 0; k < 2; k++) {
            run_free(a.r);
            a = outcome_of(scripts[i], false, false);
        }
        struct outcome b = outcome_of(scripts[i], false, true);
        struct swd_gc_count gc;
        swd_heap_gc_count(swd_lib_heap(b.r->lib), &gc);
        ck_assert_uint_gt(gc.runs, 20);
        expect_same(scripts[i], &a, &b);
        run_free(a.r);
        run_free(b.r);
    }
    swd_lib_image_fini();
}
END_TEST

/* ---- Nothing of the earlier runner is there for the next ---------------------------------------
 */

#define SECRET "s3cr3t-"

/* The secret in every kind of thing, in bytes, in 16-bit units' UTF-8, and as numbers. */
static const char secrets[] =
    "const S = '" SECRET "q7';"
    "const N = 7.318284590452353e119, B = new Uint8Array(S.split('').map(c => c.charCodeAt(0)));\n"
    "globalThis.keep = [S + 'string', {[S + 'key']: N, [N]: S}, [N, S], Symbol(S + 'symbol'),\n"
    "  new Map([[S + 'map', N], [{}, S]]), new Set([S + 'set', N]), new Date(N / 1e110),\n"
    "  new Error(S + 'error'), new RegExp(S + 'regexp'), () => S + N, new Float64Array([N, N]),\n"
    "  new Uint8Array(200000).map((x, i) => B[i % B.length]), B.buffer.slice(2), S.repeat(20000),\n"
    "  new Proxy({[S]: N}, {}), new (class { #p = S + 'private'; get p() { return this.#p; } "
    "})(),\n"
    "  function* () { yield S; }(), new WeakMap([[B, S]]), new Function('return \"' + S + '\"'),\n"
    "  new TextEncoder().encode(S + 'buffer'), encodeURI(S)];\n"
    "Array.prototype[S + 'inherited'] = S; Object.prototype[S] = N; delete Object.prototype[S];\n"
    "globalThis[S + 'global'] = S; keep[16].next(); process.env = {S};\n"
    "console.log(S); console.group(S); setTimeout(() => S, 1e6); runner.result({[S]: S});\n"
    "for (let i = 0; i < 3000; i++) keep.push({['k' + i]: S + i});\n"
    "new Promise(r => setTimeout(r, 1e6, S)).then(v => v + S); runner.onMessage = m => S;\n";

static uint64_t number_bits(void)
{
    double d = 7.318284590452353e119;
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}

/* Places in [p, p + n) where a secret is. */
SWD_NO_ASAN static unsigned found_in(const char *p, size_t n)
{
    const size_t len = sizeof SECRET - 1;
    const uint64_t bits = number_bits();
    unsigned found = 0;
    for (size_t i = 0; i + 8 <= n; i++) {
        size_t k = 0;
        while (k < len && p[i + k] == SECRET[k])
            k++;
        found += k == len;
        found += i % 8 == 0 && *(const uint64_t *)(const void *)(p + i) == bits;
    }
    return found;
}

/* In all that is carved, and what will be as it is: the rest of the region at hand is cleared as it
 * is carved. */
SWD_NO_ASAN static unsigned found_in_heap(struct swd_heap *h)
{
    struct swd_arena *a = h->arena;
    unsigned found = 0;
    int64_t at = 0;
    do {
        const struct arena_region *r = (const struct arena_region *)(void *)arena_at(a, at);
        found +=
            found_in((const char *)r, at == a->current ? (size_t)(arena_clean(a) - at) : r->size);
        at = r->next;
    } while (at != 0);
    for (at = a->large; at != 0;) {
        const struct arena_large *l = (const struct arena_large *)(void *)arena_at(a, at);
        found += found_in((const char *)l, l->bytes);
        at = l->next;
    }
    return found;
}

START_TEST(nothing_of_the_earlier_runner_is_left)
{
    const void *slot;
    unsigned same = 0;
    images_on();
    for (int i = 0; i < ROUNDS; i++) {
        struct run *r = run_new();
        run_open(r);
        run_main(r, secrets);
        ck_assert_msg(r->rc == SWD_RUN_OK, "%s: %s", r->thrown.name, r->thrown.message);
        ck_assert_uint_gt(found_in_heap(swd_lib_heap(r->lib)), 3000);
        slot = swd_lib_heap(r->lib)->arena;
        run_free(r);

        r = run_new();
        run_open(r);
        same += swd_lib_heap(r->lib)->arena == slot;
        ck_assert_uint_eq(found_in_heap(swd_lib_heap(r->lib)), 0);
        /* As much memory as the other had, asked for and never written. */
        run_main(r, "var a = []; for (var i = 0; i < 40; i++) a.push(new ArrayBuffer(9000 * i));"
                    "for (i = 0; i < 3000; i++) a.push({}); typeof keep + [].length");
        ck_assert_int_eq(r->rc, SWD_RUN_OK);
        ck_assert_uint_eq(found_in_heap(swd_lib_heap(r->lib)), 0);
        run_end(r);
        ck_assert_str_eq(r->value, "\"undefined0\"");
        run_free(r);
    }
    ck_assert_uint_gt(same, 0);
    swd_lib_image_fini();
}
END_TEST

/* ---- Functions ---------------------------------------------------------------------------------
 */

static const struct {
    const char *source, *params;
} functions[] = {
    {"var n = 0; module.exports = function (p) { return [++n, p]; }", "{\"a\":[1]}"},
    {"export default (p) => [...p].reverse().join('')", "\"abc\""},
    {"const m = new Map(); for (let i = 0; i < 500; i++) m.set('k' + i, {i});"
     "exports.handler = async (k) => { await null; return m.get(k); }",
     "\"k77\""},
    {"class P { #n = 0; next() { return ++this.#n; } } const p = new P(); p.next();"
     "module.exports = () => [p.next(), p.next()]",
     "null"},
    {"const w = new WeakMap(), k = {}; w.set(k, 'held'); module.exports = () => w.get(k)", "1"},
    {"const m = new Map(), keys = []; for (let i = 0; i < 300; i++) {"
     " const junk = []; for (let k = 0; k < 9; k++) junk.push({k});"
     " keys.push({i}); m.set(keys[i], i); }"
     "module.exports = (p) => keys.filter((k, i) => m.get(k) === i && m.has(k)).length",
     "0"},
    {"const s = Symbol('s'), o = {[s]: /a(?<n>b)/u}; module.exports = x => o[s].exec(x).groups.n",
     "\"xab\""},
    {"module.exports = function (p) { null.x; }", "1"},
    {"module.exports = function (p) { throw {code: 7}; }", "1"},
    {"const g = (function* () { yield 1; yield 2; })(); g.next();"
     "module.exports = () => g.next().value",
     "0"},
    {"const z = require('zlib').gzipSync('text'); module.exports = () =>"
     " require('zlib').gunzipSync(z).toString()",
     "0"},
    {"console.group('in'); console.log('once'); module.exports = p => { console.log(p); }", "5"},
    {"let a = 1, b = 2; [a, b] = [b, a]; const AP = Array.prototype;"
     "module.exports = p => { if (p) AP[Symbol.iterator] = function* () { yield 7; yield 8; };"
     " [a, b] = [b, a]; return a + '' + b; }",
     "1"},
    {"let a = 1, b = 2; [a, b] = [b, a]; const AP = Array.prototype;"
     "module.exports = p => { if (p) AP[Symbol.iterator] = function* () { yield 7; yield 8; };"
     " [a, b] = [b, a]; return a + '' + b; }",
     "0"},
    {"let a = 1, b = 2; const AP = Array.prototype, values = AP[Symbol.iterator];"
     "[a, b] = [b, a]; AP[Symbol.iterator] = function* () { yield 7; yield 8; };"
     "module.exports = p => { [a, b] = [b, a]; p = a + '' + b; AP[Symbol.iterator] = values;"
     " [a, b] = [b, a]; return p + a + b; }",
     "0"},
    {"exports.x = 1", "0"},
};

/* A call in a clone of `img`, or in a clone of the base image after the source has run. */
static struct outcome call(const char *source, const char *params, struct swd_lib_image *img)
{
    struct outcome o = {.r = run_new()};
    struct run *r = o.r;
    r->goal = SWD_GOAL_COMMONJS;
    r->image = img;
    run_open(r);
    if (!img) {
        run_main(r, source);
        ck_assert_msg(r->rc == SWD_RUN_OK, "%s: %s", source, r->thrown.message);
        collect_twice(r);
        ck_assert_int_eq(swd_heap_run(swd_lib_heap(r->lib), slack, NULL, NULL), SWD_RUN_OK);
    }
    o.before = swd_heap_live(swd_lib_heap(r->lib));
    r->out_len = 0;
    r->out[0] = '\0';
    r->rc = swd_lib_call(r->lib, params, strlen(params), &r->thrown);
    run_loop(r);
    run_end(r);
    collect_twice(r);
    o.after = swd_heap_live(swd_lib_heap(r->lib));
    return o;
}

static enum swd_run_rc load(struct run *r, const char *source, struct swd_lib_image **img,
                            struct swd_err *e)
{
    struct swd_lib_opts o = run_opts(r);
    o.name = r->name;
    return swd_lib_image_load(&o, source, strlen(source), SWD_LANG_AUTO, img, &r->stop, &r->thrown,
                              e);
}

START_TEST(functions_in_clones_answer_as_when_replayed)
{
    images_on();
    for (size_t i = 0; i < SWD_ARRAY_LEN(functions); i++) {
        const char *source = functions[i].source, *params = functions[i].params;
        struct swd_lib_image *img;
        struct swd_err e = {0};
        struct run *loader = run_new();
        struct outcome replayed = call(source, params, NULL);
        ck_assert_int_eq(load(loader, source, &img, &e), SWD_RUN_OK);
        ck_assert_msg(img != NULL, "%s: %s", source, e.msg);
        for (int k = 0; k < 3; k++) {
            struct outcome cloned = call(source, params, img);
            expect_answer(source, &replayed, &cloned);
            run_free(cloned.r);
        }
        ck_assert_int_eq(strstr(source, "once") != NULL, loader->out_len > 0);
        if (loader->out_len > 0)
            ck_assert_str_eq(loader->out, "in\n  once\n");
        swd_lib_image_unref(&img);
        run_free(replayed.r);
        free(loader);
    }
    swd_lib_image_fini();
}
END_TEST

/* Where the fourth element of an array begins. */
static size_t call_random(const char *array)
{
    const char *p = array;
    for (int commas = 0; commas < 3; p++)
        commas += *p == ',';
    return (size_t)(p - array);
}

/* Randomness and the clock stand still while a script is loaded, and run again in each call. */
START_TEST(each_call_has_its_own_seed_and_clock)
{
    static const char source[] = "const r = Math.random(), t = Date.now(), p = performance.now();"
                                 "module.exports = () => [r, t, p, Math.random(), Date.now() >= t,"
                                 " performance.now() >= 0]";
    struct swd_lib_image *img;
    struct swd_err e = {0};
    struct run *loader = run_new();
    struct outcome a, b;
    size_t split;
    images_on();
    ck_assert_int_eq(load(loader, source, &img, &e), SWD_RUN_OK);
    ck_assert_msg(img != NULL, "%s", e.msg);
    a = call(source, "0", img);
    b = call(source, "0", img);
    split = call_random(a.r->value);
    ck_assert_int_eq(strncmp(a.r->value, b.r->value, split), 0);
    ck_assert_str_ne(a.r->value + split, b.r->value + split);
    ck_assert_ptr_nonnull(strstr(a.r->value, ",true,true]"));
    run_free(a.r);
    run_free(b.r);
    swd_lib_image_unref(&img);
    free(loader);
    swd_lib_image_fini();
}
END_TEST

START_TEST(what_cannot_be_an_image_is_refused_with_the_reason)
{
    static const struct {
        const char *source, *why;
    } cases[] = {
        {"setTimeout(function () {}, 1)", "the script leaves 1 timers pending"},
        {"setInterval(function () {}, 1); setInterval(function () {}, 1)", "2 timers"},
        {"runner.onMessage = function () {}", "a message handler"},
        {"exports.b = new Uint8Array(64); crypto.getRandomValues(exports.b)", "is not explained"},
        {"var s = crypto.randomUUID(); module.exports = function () { return s; }",
         "is not explained"},
    };
    images_on();
    for (size_t i = 0; i < SWD_ARRAY_LEN(cases); i++) {
        struct swd_lib_image *img;
        struct swd_err e = {0};
        struct run *r = run_new();
        ck_assert_int_eq(load(r, cases[i].source, &img, &e), SWD_RUN_OK);
        ck_assert_ptr_null(img);
        ck_assert_msg(strstr(e.msg, cases[i].why), "%s: %s", cases[i].source, e.msg);
        free(r);
    }
    swd_lib_image_fini();
}
END_TEST

START_TEST(turned_off_everything_works)
{
    struct swd_lib_image *img;
    struct swd_heap_image_info info;
    struct swd_err e = {0};
    struct run *r = run_new();
    run_open(r);
    run_free(r);
    r = run_new();
    swd_lib_image_off("images are off");
    ck_assert_str_eq(swd_lib_image_reason(), "images are off");
    ck_assert_int_eq(load(r, "console.log(1); module.exports = 1", &img, &e), SWD_RUN_OK);
    ck_assert_ptr_null(img);
    ck_assert_str_eq(e.msg, "images are off");
    ck_assert_str_eq(r->out, "1\n");
    ck_assert_int_eq(load(r, "null.x", &img, &e), SWD_RUN_THROWN);
    free(r);
    swd_lib_image_info(NULL, &info);
    ck_assert_uint_eq(info.bytes, 0);
    run_expect("[3, 1].toSorted()", "", "[1,3]");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/image");
    TCase *tc = tcase_create("image");
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, the_base_image_is_made_and_cloned);
    tcase_add_test(tc, clones_are_what_plain_heaps_are);
    tcase_add_test(tc, a_collection_at_every_allocation);
    tcase_add_test(tc, nothing_of_the_earlier_runner_is_left);
    tcase_add_test(tc, functions_in_clones_answer_as_when_replayed);
    tcase_add_test(tc, each_call_has_its_own_seed_and_clock);
    tcase_add_test(tc, what_cannot_be_an_image_is_refused_with_the_reason);
    tcase_add_test(tc, turned_off_everything_works);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
