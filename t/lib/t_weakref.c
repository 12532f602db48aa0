/* WeakRef and FinalizationRegistry: what dies, when it is heard of, in plain heaps, in clones,
 * asleep meanwhile, and with a collection before every allocation. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/heap.h"
#include "engine/unit.h"
#include "lib/runs.h"
#include "suite.h"

/* Targets that go at once, that are a cycle, a proxy, frozen; that stay; one that is let go later.
 */
static const char *const DEATHS =
    "var out = [], keep = {k: 1}, later = {l: 1};\n"
    "var reg = new FinalizationRegistry(function (h) { out.push(h); });\n"
    "var refs = (function () {\n"
    "  var plain = {}, cycle = {}, frozen = Object.freeze({}), proxy = new Proxy({}, {});\n"
    "  var child = Object.create(plain), fn = function () { return fn; };\n"
    "  cycle.me = {back: cycle};\n"
    "  return [plain, cycle, frozen, proxy, child, fn, keep, later].map(function (o, i) {\n"
    "    reg.register(o, i); return new WeakRef(o); }); })();\n"
    "function alive() { return refs.map(function (r) { return r.deref() ? 1 : 0; }).join(''); }\n"
    "runner.forceGC(); console.log(alive(), out.length);\n" /* kept for the turn */
    "setTimeout(function () {\n"
    "  runner.forceGC(); console.log(alive(), keep === refs[6].deref());\n"
    "  setTimeout(function () { console.log(out.sort().join()); later = null;\n"
    "    setTimeout(function () { runner.forceGC(); console.log(alive());\n"
    "      setTimeout(function () { console.log(out.join()); }, 1); }, 1); }, 1); }, 1);\n";
static const char DEATHS_OUT[] =
    "11111111 0\n00000011 true\n0,1,2,3,4,5\n00000010\n0,1,2,3,4,5,7\n";

START_TEST(deaths_are_heard_of)
{
    run_expect(DEATHS, DEATHS_OUT, NULL);
}
END_TEST

START_TEST(deaths_in_clones)
{
    struct swd_err e = {0};
    ck_assert_int_eq(swd_lib_init(&e), 0);
    ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    run_expect(DEATHS, DEATHS_OUT, NULL);
    swd_lib_image_fini();
}
END_TEST

/* Each collection takes what it may: targets of the turn stay all the same. */
START_TEST(collections_before_every_allocation)
{
    struct run *r = run_new();
    run_open(r);
    swd_unit_torture(swd_lib_heap(r->lib)->ctx, true);
    run_main(r,
             "var n = 0, bad = 0, refs = [];\n"
             "var reg = new FinalizationRegistry(function (h) { n += h; });\n"
             "for (var i = 0; i < 20; i++) { var o = {i: i}; o.me = o; refs.push(new WeakRef(o));\n"
             "  reg.register(o, 1); if (refs[i >> 1].deref().i !== i >> 1) bad++; }\n"
             "o = null; setTimeout(function () { refs.push({}, {});\n"
             "  setTimeout(function () { console.log(n, bad); }, 1); }, 1);");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    run_loop(r);
    swd_unit_torture(swd_lib_heap(r->lib)->ctx, false);
    run_end(r);
    ck_assert_msg(strcmp(r->out, "20 0\n") == 0, "%s", r->out);
    run_free(r);
}
END_TEST

/* A loaded function has a registry and references from its load; each call is a clone. */
START_TEST(a_function_keeps_its_own)
{
    struct run *r = run_new();
    struct swd_lib_image *img;
    const char *source =
        "var kept = {v: 5}, cell = {o: {}}, ref = new WeakRef(kept), gone = new WeakRef(cell.o);\n"
        "var heard = [], reg = new FinalizationRegistry(function (h) { heard.push(h); });\n"
        "reg.register(cell.o, 'gone'); reg.register(kept, 'kept');\n"
        "exports.handler = function () { cell.o = null; runner.forceGC();\n"
        "  return new Promise(function (f) { setTimeout(function () { runner.forceGC();\n"
        "    setTimeout(function () { f([ref.deref() === kept, gone.deref() === undefined,\n"
        "      heard]); }, 1); }, 1); }); };";
    for (int call = 0; call < 2; call++) {
        struct swd_lib_opts o = {.limits = &r->limits, .host = run_host(), .host_arg = r};
        enum swd_stop stop;
        struct swd_err e = {0};
        o.name = "fn.js";
        if (call == 0) {
            run_open(r);
            swd_lib_close(&r->lib);
            ck_assert_msg(swd_lib_image_load(&o, source, strlen(source), SWD_LANG_JS, &img, &stop,
                                             &r->thrown, &e) == SWD_RUN_OK &&
                              img,
                          "%s %s", e.msg, r->thrown.message);
        }
        o.image = img;
        ck_assert_int_eq(swd_lib_open(&o, &r->lib, &e), 0);
        ck_assert_int_eq(swd_lib_call(r->lib, "0", 1, &r->thrown), SWD_RUN_OK);
        run_loop(r);
        run_end(r);
        ck_assert_str_eq(r->value, "[true,true,[\"gone\"]]");
        swd_lib_close(&r->lib);
    }
    swd_lib_image_unref(&img);
    run_free(r);
}
END_TEST

/* Asleep between the turns; the collection comes from outside, and leaves a turn to be run. */
START_TEST(asleep_and_collected_from_outside)
{
    struct run *r = run_new();
    bool more;
    run_open(r);
    run_main(r, "var ref, reg = new FinalizationRegistry(function (h) { console.log(h,\n"
                "  ref.deref()); });\n"
                "(function () { var o = {}; o.me = o; ref = new WeakRef(o); reg.register(o, 'x');\n"
                "})(); var k = {}, kr = new WeakRef(k); setTimeout(function () {\n"
                "  console.log(kr.deref() === k); }, 1e6);");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    ck_assert_int_eq(swd_lib_hibernate(r->lib), 0);
    ck_assert_int_eq(swd_lib_wake(r->lib), 0);
    ck_assert(!swd_lib_due(r->lib));
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
    ck_assert(swd_lib_due(r->lib));
    ck_assert_int_eq(swd_lib_hibernate(r->lib), 0);
    ck_assert_int_eq(swd_lib_wake(r->lib), 0);
    ck_assert_int_eq(swd_lib_turn(r->lib, swd_clock_mono(), SWD_NS_PER_S, &more, &r->thrown),
                     SWD_RUN_OK);
    ck_assert_str_eq(r->out, "x undefined\n");
    ck_assert(!more && !swd_lib_due(r->lib));
    ck_assert_int_eq(swd_lib_turn(r->lib, swd_clock_mono() + 2000 * SWD_NS_PER_S, SWD_NS_PER_S,
                                  &more, &r->thrown),
                     SWD_RUN_OK);
    ck_assert_str_eq(r->out, "x undefined\ntrue\n");
    run_free(r);
}
END_TEST

/* Tokens, what is refused, and a callback that throws. */
START_TEST(registries)
{
    run_expect("var reg = new FinalizationRegistry(function (h) { console.log(h); }), t = {};\n"
               "(function () { reg.register({}, 'a', t); reg.register({}, 'b'); })();\n"
               "console.log(reg.unregister(t), reg.unregister(t));\n"
               "['register', 'unregister'].forEach(function (m) { try { reg[m](1); }\n"
               "  catch (e) { console.log(e.name); } });\n"
               "try { reg.register(t, t); } catch (e) { console.log(e.name); }\n"
               "console.log(new WeakRef(Symbol.iterator).deref() === Symbol.iterator);\n"
               "try { new WeakRef(Symbol.for('x')); } catch (e) { console.log(e.name); }\n"
               "setTimeout(function () {}, 1);",
               "true false\nTypeError\nTypeError\nTypeError\ntrue\nTypeError\nb\n", NULL);
    run_expect_error("var reg = new FinalizationRegistry(function (h) { throw new Error(h); });\n"
                     "(function () { reg.register({}, 'heard'); })(); setTimeout(Object, 1);",
                     "Error: heard");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/weakref");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, deaths_are_heard_of);
    tcase_add_test(tc, deaths_in_clones);
    tcase_add_test(tc, collections_before_every_allocation);
    tcase_add_test(tc, a_function_keeps_its_own);
    tcase_add_test(tc, asleep_and_collected_from_outside);
    tcase_add_test(tc, registries);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
