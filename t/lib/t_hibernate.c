/* Heaps asleep and awake again: state, closures, promises and timers as before; in clones, in heaps
 * made without an image, in clones of a loaded function; alone and by what kin has in common. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "compress/compress.h"
#include "lib/lib.h"
#include "lib/runs.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "suite.h"

#define HERD 12

/* Every sort of thing that a heap holds, changed by each round and told at the end. */
#define SCRIPT                                                                                     \
    "var n = 0, list = [], map = new Map(), set = new Set([1]), weak = new WeakMap(), yes;\n"      \
    "var text = 'h\\u00e9llo \\ud83d\\ude00', d = new Date(7), bytes = new Uint8Array(99);\n"      \
    "var next = (function () { var x = 5; return function () { return ++x; }; })();\n"             \
    "var big = GROW ? new Array(40000).join('grown ') : '', rows = [];\n"                          \
    "for (var i = 0; i < GROW * 3000; i++) rows.push({i: i, s: 's' + i});\n"                       \
    "var p = new Promise(function (f) { yes = f; }).then(function (v) { list.push(v); });\n"       \
    "function* count() { for (var i = 0; ; i++) yield i; }\n"                                      \
    "var it = count(), key = {}; weak.set(key, 'kept'); it.next();\n"                              \
    "var t = setInterval(function () {\n"                                                          \
    "    list.push(next() * 0.1); map.set('k' + n, {n: n}); set.add(n); bytes[n] = n * 7;\n"       \
    "    if (n === 2) yes('promised');\n"                                                          \
    "    if (++n < ROUNDS) return;\n"                                                              \
    "    clearInterval(t);\n"                                                                      \
    "    console.log(JSON.stringify([list, Array.from(map), Array.from(set), it.next().value,\n"   \
    "        weak.get(key), text, +d, bytes[3], big.length, rows.length,\n"                        \
    "        rows.length ? rows[2999] : 0, /(h.)l/.exec(text)[1]]));\n"                            \
    "}, 1);\n"
#define TOLD                                                                                       \
    "[[0.6000000000000001,0.7000000000000001,0.8,\"promised\",0.9,1],"                             \
    "[[\"k0\",{\"n\":0}],[\"k1\",{\"n\":1}],[\"k2\",{\"n\":2}],[\"k3\",{\"n\":3}],"                \
    "[\"k4\",{\"n\":4}]],[1,0,2,3,4],1,\"kept\",\"h\u00e9llo \U0001f600\",7,21,"

static bool with_image;

static void open_all(struct run *r)
{
    struct swd_heap_image_info info;
    struct swd_err e = {0};
    run_open(r); /* brings up the library */
    swd_lib_image_info(NULL, &info);
    if (!with_image || info.bytes > 0)
        return;
    swd_lib_close(&r->lib);
    ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    run_open(r);
}

/* When its next timer is due. */
static uint64_t later(struct run *r)
{
    uint64_t due = swd_lib_next_due(r->lib), now = swd_clock_mono();
    return due > now ? due : now;
}

static void sleep_now(struct run *r)
{
    struct swd_heap *h = swd_lib_heap(r->lib);
    uint64_t live = swd_heap_live(h), mapped = swd_heap_mapped(h);
    ck_assert_int_eq(swd_heap_hibernate(h), 0);
    ck_assert(swd_heap_asleep(h));
    ck_assert_uint_lt(swd_heap_held(h), mapped / 2);
    ck_assert_uint_eq(swd_heap_live(h), live);
}

/* Asleep, awake again, and a turn when its next deadline is due. */
static void sleep_and_turn(struct run *r)
{
    bool more;
    sleep_now(r);
    ck_assert_int_eq(swd_heap_wake(swd_lib_heap(r->lib)), 0);
    ck_assert_int_eq(swd_lib_turn(r->lib, later(r), SWD_NS_PER_S, &more, &r->thrown), SWD_RUN_OK);
}

static void check_books(void)
{
    struct swd_identity id;
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
    ck_assert_uint_eq(id.hibernated, 0);
}

/* A herd of one script, each asleep before every round, all of them at a time. */
static void herd(bool grow, bool kin)
{
    struct run *r[HERD];
    char source[4096];
    uint64_t alone = 0;
    snprintf(source, sizeof(source), "var ROUNDS = 5, GROW = %d;\n%s", grow, SCRIPT);
    for (int i = 0; i < HERD; i++) {
        r[i] = run_new();
        open_all(r[i]);
        run_main(r[i], source);
        ck_assert_int_eq(r[i]->rc, SWD_RUN_OK);
    }
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < HERD; i++) {
            if (!kin)
                swd_heap_kin_forget();
            sleep_now(r[i]);
            if (i == 0 && round == 0)
                alone = swd_heap_held(swd_lib_heap(r[i]->lib));
            if (kin && with_image && !grow && i == HERD - 1)
                ck_assert_uint_lt(swd_heap_held(swd_lib_heap(r[i]->lib)), alone * 3 / 4);
        }
        swd_heap_kin_forget(); /* who sleeps by it keeps it */
        for (int i = 0; i < HERD; i++) {
            bool more;
            ck_assert_int_eq(swd_heap_wake(swd_lib_heap(r[i]->lib)), 0);
            r[i]->rc = swd_lib_turn(r[i]->lib, later(r[i]), SWD_NS_PER_S, &more, &r[i]->thrown);
            ck_assert_int_eq(r[i]->rc, SWD_RUN_OK);
        }
    }
    for (int i = 0; i < HERD; i++) {
        ck_assert_msg(strncmp(r[i]->out, TOLD, strlen(TOLD)) == 0, "%s", r[i]->out);
        ck_assert_str_eq(r[i]->out + strlen(TOLD),
                         grow ? "239994,3000,{\"i\":2999,\"s\":\"s2999\"},\"h\u00e9\"]\n"
                              : "0,0,0,\"h\u00e9\"]\n");
        run_free(r[i]);
    }
    check_books();
}

START_TEST(every_sort_of_thing_comes_back)
{
    with_image = _i & 1;
    herd(_i & 2, _i & 4);
    swd_lib_image_fini();
}
END_TEST

/* A heap that is awake is collected, grown and put to sleep again; the garbage does not matter. */
START_TEST(collections_between)
{
    struct run *r = run_new();
    with_image = true;
    open_all(r);
    run_main(r, "var keep = [], n = 0; setInterval(function () {\n"
                "  for (var i = 0; i < 500; i++) keep.push({i: i, t: 'x' + i});\n"
                "  if (++n % 3 === 0) keep.splice(0, keep.length - 10); n }, 1);");
    for (int round = 0; round < 12; round++) {
        if (round % 4 == 3)
            ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
        sleep_and_turn(r);
    }
    ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
    run_free(r);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* What the opcodes know of how arrays are iterated: through sleep, collections that move tables,
 * and a script that changes it between. A late turn may run the callback twice. */
START_TEST(iteration_of_arrays)
{
    struct run *r = run_new();
    with_image = _i;
    open_all(r);
    run_main(r, "let n = 0, a = 1, b = 2; const AP = Array.prototype, SI = Symbol.iterator;"
                "const values = AP[SI], IP = Object.getPrototypeOf([][SI]()), next = IP.next;"
                "const change = {"
                "  2() { AP[SI] = function* () { yield 7; yield 8; } }, 3() { AP[SI] = values },"
                "  4() { for (let i = 0; i < 40; i++) AP['p' + i] = values },"
                "  5() { IP.next = function () { return {value: 9, done: false} } },"
                "  6() { IP.next = next }, 7() { for (let i = 0; i < 40; i++) delete AP['p' + i] },"
                "  9() { delete AP[SI] } };"
                "setInterval(() => { if (n > 9) return; if (change[n]) change[n](); n++;"
                "  try { [a, b] = [b, a]; console.log(a + '' + b); } catch { console.log('none'); }"
                "}, 1)");
    for (int round = 0; round < 10; round++) {
        if (round % 3 > 0)
            ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
        sleep_and_turn(r);
    }
    ck_assert_str_eq(r->out, "21\n12\n78\n87\n78\n99\n99\n99\n99\nnone\n");
    run_free(r);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* Async functions that wait, some of them for each other, while the heap sleeps. */
START_TEST(awaits)
{
    struct run *r = run_new();
    with_image = _i;
    open_all(r);
    run_main(r, "const wait = (v) => new Promise((yes) => setTimeout(yes, 1, v));"
                "const never = async (v) => v + 1, said = [];"
                "async function down(n) {"
                "  let s = await wait(n);"
                "  try { if (n > 0) s += await down(n - 1); else await Promise.reject(7); }"
                "  catch (e) { s += e * 100; }"
                "  return never(s); }"
                "async function* each() { for (let i = 0; i < 3; i++) yield await wait(i); }"
                "(async () => { for await (const x of each()) said.push(x); })();"
                "Promise.all([down(2), down(1)]).then((v) => console.log(v.join(), said.join()))");
    for (int round = 0; round < 12 && r->out_len == 0; round++) {
        if (round % 3 == 2)
            ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
        sleep_and_turn(r);
    }
    ck_assert_str_eq(r->out, "706,703 0,1,2\n");
    run_free(r);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* A clone of a loaded function sleeps by its image, which lives as long. */
START_TEST(clones_of_functions)
{
    struct run *r = run_new();
    struct swd_lib_image *img;
    struct swd_lib_opts o = {.limits = &r->limits, .host = run_host(), .host_arg = r, .id = 8};
    const char *source =
        "var table = {}; Promise.resolve(); for (var i = 0; i < 2000; i++) table['k' + i] = [i];\n"
        "exports.handler = function (p) { table.k5.push(p);\n"
        "  return new Promise(function (f) { setTimeout(function () {\n"
        "    f(table.k5.concat(table.k1999)); }, 1); }); };";
    enum swd_stop stop;
    struct swd_err e = {0};
    bool more;
    run_open(r);
    swd_lib_close(&r->lib);
    o.name = "fn.js";
    ck_assert_msg(swd_lib_image_load(&o, source, strlen(source), SWD_LANG_JS, &img, &stop,
                                     &r->thrown, &e) == SWD_RUN_OK &&
                      img != NULL,
                  "%s %s", e.msg, r->thrown.message);
    o.image = img;
    ck_assert_int_eq(swd_lib_open(&o, &r->lib, &e), 0);
    swd_lib_image_unref(&img); /* unloaded meanwhile */
    ck_assert_int_eq(swd_lib_call(r->lib, "{\"a\":1}", 7, &r->thrown), SWD_RUN_OK);
    sleep_now(r);
    ck_assert_uint_lt(swd_heap_held(swd_lib_heap(r->lib)), 8192);
    ck_assert_int_eq(swd_heap_wake(swd_lib_heap(r->lib)), 0);
    r->rc = swd_lib_turn(r->lib, later(r), SWD_NS_PER_S, &more, &r->thrown);
    run_end(r);
    ck_assert_str_eq(r->value, "[5,{\"a\":1},1999]");
    run_free(r);
    check_books();
}
END_TEST

/* Out of memory at every point of both: asleep or awake, never between, and whole. */
START_TEST(no_memory)
{
    struct run *r = run_new();
    struct swd_heap *h;
    bool more;
    with_image = true;
    open_all(r);
    run_main(r, "var s = 'x'; setTimeout(function () { console.log(s + 1); }, 1);");
    h = swd_lib_heap(r->lib);
    for (unsigned k = 1; k < 6; k++) {
        int rc;
        swd_extent_fail_at(k);
        rc = swd_heap_hibernate(h);
        swd_extent_fail_at(0);
        ck_assert(rc == 0 || rc == SWD_ENOMEM);
        ck_assert_int_eq(swd_heap_asleep(h), rc == 0);
        if (rc != 0)
            ck_assert_int_eq(swd_heap_hibernate(h), 0);
        swd_extent_fail_at(k);
        rc = swd_heap_wake(h);
        swd_extent_fail_at(0);
        ck_assert_int_eq(swd_heap_asleep(h), rc != 0);
        ck_assert_int_eq(swd_heap_wake(h), 0);
    }
    ck_assert_int_eq(swd_lib_turn(r->lib, later(r), SWD_NS_PER_S, &more, &r->thrown), SWD_RUN_OK);
    ck_assert_str_eq(r->out, "x1\n");
    run_free(r);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* One of a group of runners: its heap, and what it holds asleep. */
static struct run *member(struct swd_account *group)
{
    struct run *r = run_new();
    r->account = swd_account_new(group, "runner", SWD_NONE);
    with_image = true;
    open_all(r);
    run_main(r, "var rows = []; for (var i = 0; i < 60; i++) rows.push({i: i, s: 's' + i});"
                "setInterval(function () { rows.push(rows.length); }, 1);");
    return r;
}

static uint64_t held_asleep(struct run *r)
{
    uint64_t n;
    sleep_now(r);
    n = swd_heap_held(swd_lib_heap(r->lib));
    ck_assert_int_eq(swd_heap_wake(swd_lib_heap(r->lib)), 0);
    return n;
}

static void member_free(struct run *r)
{
    struct swd_account *account = r->account;
    run_free(r);
    swd_account_free(&account);
}

/* Bytes that a group itself pays for what its heaps have in common. */
static uint64_t shared_by(struct swd_account *group)
{
    return swd_account_used_kind(group, SWD_ACCOUNT_HIBERNATED);
}

/* What heaps of one group have in common is of no use to another's, is paid for by the group, and
 * is gone when it is to be or when the last of its heaps is. */
START_TEST(kin_is_of_one_group)
{
    struct swd_account *one = swd_account_new(NULL, "one", SWD_NONE);
    struct swd_account *two = swd_account_new(NULL, "two", SWD_NONE);
    struct run *a = member(one), *b = member(one), *c = member(two);
    uint64_t alone = held_asleep(a);
    ck_assert_uint_eq(shared_by(one), 0);
    (void)held_asleep(b);
    ck_assert_uint_gt(shared_by(one), 0);
    ck_assert_uint_lt(held_asleep(a), alone * 3 / 4);
    ck_assert_uint_gt(held_asleep(c), alone * 7 / 8); /* alike, and another's */
    ck_assert_uint_eq(shared_by(two), 0);
    swd_heap_kin_forget();
    ck_assert_uint_eq(shared_by(one), 0);
    ck_assert_uint_gt(held_asleep(a), alone * 7 / 8);
    (void)held_asleep(b);
    sleep_now(b);
    swd_heap_kin_forget(); /* b sleeps by it */
    ck_assert_uint_gt(shared_by(one), 0);
    ck_assert_int_eq(swd_heap_wake(swd_lib_heap(b->lib)), 0);
    ck_assert_uint_eq(shared_by(one), 0);
    (void)held_asleep(a);
    (void)held_asleep(b);
    ck_assert_uint_gt(shared_by(one), 0);
    swd_account_set_limit(two, swd_account_used(two) + 1024); /* no room for a dictionary */
    for (int i = 0; i < 4; i++)
        ck_assert_uint_gt(held_asleep(c), alone * 7 / 8);
    member_free(a);
    ck_assert_uint_gt(shared_by(one), 0);
    member_free(b);
    ck_assert_uint_eq(swd_account_used(one), 0);
    member_free(c);
    ck_assert_uint_eq(swd_account_used(two), 0);
    swd_account_free(&one);
    swd_account_free(&two);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* A dictionary of the first two, which are not like those to come, is made anew after a while. */
START_TEST(the_first_of_a_kind_may_be_odd)
{
    struct swd_account *group = swd_account_new(NULL, "group", SWD_NONE);
    struct run *odd = member(group), *usual = member(group);
    uint64_t first, last = 0;
    bool more;
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(swd_lib_turn(odd->lib, later(odd), SWD_NS_PER_S, &more, &odd->thrown),
                         SWD_RUN_OK);
    (void)held_asleep(odd);
    (void)held_asleep(odd);
    first = held_asleep(usual);
    for (int i = 0; i < 40; i++)
        last = held_asleep(usual);
    ck_assert_uint_lt(last, first * 3 / 4);
    member_free(odd);
    member_free(usual);
    ck_assert_uint_eq(swd_account_used(group), 0);
    swd_account_free(&group);
    swd_lib_image_fini();
    check_books();
}
END_TEST

/* A text there and back with the contexts of all: a frame like any other. */
static void pack_something(void)
{
    static const char text[] = "text text text text text text";
    struct swd_bytebuf *z = swd_bytebuf_get(4096), *back = swd_bytebuf_get(4096);
    ck_assert_int_eq(swd_compress(SWD_CODEC_ZSTD, NULL, text, sizeof(text), z, NULL), 0);
    ck_assert_int_eq(swd_codec_detect(z->data, z->len), SWD_CODEC_ZSTD);
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, NULL, z->data, z->len, back, NULL), 0);
    ck_assert_mem_eq(back->data, text, sizeof(text));
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}

/* Sleeping takes the contexts that everybody takes, leaves them as they were, and is counted. */
START_TEST(contexts_are_shared)
{
    struct swd_codec_stats first[2], then[2];
    struct run *r = run_new();
    struct swd_heap *h;
    with_image = true;
    open_all(r);
    run_main(r, "var s = 'x'; setTimeout(function () { console.log(s + 1); }, 1);");
    h = swd_lib_heap(r->lib);
    pack_something();
    for (int d = 0; d < 2; d++)
        swd_codec_stats(SWD_CODEC_ZSTD, (enum swd_codec_dir)d, &first[d]);
    for (int i = 0; i < 10; i++) {
        sleep_now(r);
        pack_something();
        ck_assert_int_eq(swd_heap_wake(h), 0);
        pack_something();
    }
    for (int d = 0; d < 2; d++) {
        swd_codec_stats(SWD_CODEC_ZSTD, (enum swd_codec_dir)d, &then[d]);
        ck_assert_uint_eq(then[d].made, first[d].made);
        ck_assert_uint_eq(then[d].ops - first[d].ops, 30);
        ck_assert_uint_gt(then[d].bytes_in - first[d].bytes_in, 10 * 100);
    }
    run_free(r);
    swd_lib_image_fini();
    check_books();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/hibernate");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, every_sort_of_thing_comes_back, 0, 8);
    tcase_add_test(tc, collections_between);
    tcase_add_loop_test(tc, iteration_of_arrays, 0, 2);
    tcase_add_loop_test(tc, awaits, 0, 2);
    tcase_add_test(tc, clones_of_functions);
    tcase_add_test(tc, no_memory);
    tcase_add_test(tc, kin_is_of_one_group);
    tcase_add_test(tc, the_first_of_a_kind_may_be_odd);
    tcase_add_test(tc, contexts_are_shared);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
