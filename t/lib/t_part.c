/* Parts of the library: compiled once for the process, the same in every heap, charged and given
 * back; nothing that goes wrong aside harms the heap outside. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/part.h"
#include "pool/account.h"
#include "runs.h"
#include "suite.h"

static const char touch[] = "var u = new URL('https://a.example/b?c=1'); runner.result(u.hostname)";

static struct swd_part_stats stats(void)
{
    struct swd_part_stats s;
    swd_part_stats(&s);
    return s;
}

static char last[1024]; /* the result of the last script */

/* The runner's live bytes after the script; `value` NULL: any result. */
static uint64_t live_after(const char *source, const char *value)
{
    struct run *r = run_new();
    uint64_t live;
    run_open(r);
    run_main(r, source);
    ck_assert_msg(r->rc == SWD_RUN_OK, "%s", r->thrown.message);
    ck_assert_int_eq(swd_heap_gc(swd_lib_heap(r->lib)), SWD_RUN_OK);
    live = swd_heap_live(swd_lib_heap(r->lib));
    run_end(r);
    if (value)
        ck_assert_str_eq(r->value, value);
    ck_assert_uint_lt(strlen(r->value), sizeof last);
    memcpy(last, r->value, strlen(r->value) + 1);
    run_free(r);
    return live;
}

START_TEST(compiled_once_and_the_same_for_all)
{
    struct swd_part_stats before, first, second;
    uint64_t a, b;
    swd_part_forget();
    before = stats();
    ck_assert_uint_eq(before.parts + before.bytes, 0);
    a = live_after(touch, "\"a.example\"");
    first = stats();
    ck_assert_uint_gt(first.compiled, before.compiled);
    ck_assert_uint_eq(first.parts, first.compiled - before.compiled);
    b = live_after(touch, "\"a.example\"");
    second = stats();
    ck_assert_uint_eq(second.compiled, first.compiled);
    ck_assert_uint_eq(second.bytes, first.bytes);
    ck_assert_uint_gt(second.loads, first.loads);
    ck_assert_uint_eq(a, b); /* who comes first gets what all get */
}
END_TEST

/* What the loader makes of a part is what the compiler makes of it in the heap itself. */
START_TEST(loaded_as_compiled)
{
    static const char script[] =
        "var u = new URL('https://a.example/b'), out = [];"
        "function own(f) { out.push(Object.getOwnPropertyNames(f).join()); }"
        "own(URL); own(URL.prototype.toString); own(require('path').join);"
        "own(require('util').inspect); own(require('events')); own(structuredClone);"
        "runner.result(out.join('|').length > 40)";
    uint64_t loaded = live_after(script, "true"), compiled;
    swd_part_single(true);
    compiled = live_after(script, "true");
    swd_part_single(false);
    ck_assert_uint_le(loaded, compiled);
    ck_assert_uint_le(compiled - loaded, 1024); /* the compiler's deeper value stack */
}
END_TEST

/* And of a script from the compile cache: the third run loads what the second kept. */
START_TEST(cached_as_compiled)
{
    static const char script[] =
        "function own(f) { return Object.getOwnPropertyNames(f).sort().join(); }"
        "var fs = [function () {}, function named(a) { return function () { return a } }];"
        "runner.result([own(fs[0]), own(fs[1]), own(fs[1](1)), fs[1].length].join(' '))";
    uint64_t live[3];
    char first[sizeof last];
    live[0] = live_after(script, NULL);
    ck_assert_ptr_nonnull(strstr(last, "prototype"));
    memcpy(first, last, sizeof last);
    live[1] = live_after(script, first);
    live[2] = live_after(script, first);
    ck_assert_uint_le(live[2], live[1]);
    ck_assert_uint_le(live[1] - live[2], 1024);
}
END_TEST

#define THREADS 4

static void *race(void *arg)
{
    struct swd_guard *guard;
    struct run *r = run_new();
    (void)arg;
    if (swd_guard_enter(&guard) != 0)
        abort();
    run_open(r);
    run_main(r, touch);
    if (r->rc != SWD_RUN_OK)
        abort();
    run_end(r);
    run_free(r);
    swd_guard_leave(&guard);
    return NULL;
}

START_TEST(threads_at_once_compile_once)
{
    struct swd_part_stats before, after;
    pthread_t t[THREADS];
    live_after("1", "1"); /* this thread's guard */
    swd_part_forget();
    before = stats();
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, race, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    after = stats();
    ck_assert_uint_eq(after.compiled - before.compiled, after.parts);
}
END_TEST

START_TEST(charged_and_given_back)
{
    struct swd_account *a = swd_account_new(NULL, "parts", SWD_NONE);
    swd_part_forget();
    swd_part_account(a);
    live_after(touch, "\"a.example\"");
    ck_assert_uint_eq(swd_account_used_kind(a, SWD_ACCOUNT_CODE), stats().bytes);
    ck_assert_uint_eq(swd_account_used(a), stats().bytes);
    ck_assert_uint_gt(stats().bytes, 1000);
    swd_part_forget();
    ck_assert_uint_eq(swd_account_used(a), 0);
    swd_account_free(&a);
}
END_TEST

START_TEST(without_memory_it_is_an_error_and_works_again)
{
    static const char script[] = "var e; try { new URL('http://a/') } catch (x) { e = x }"
                                 "runner.result(e.name + ': ' + e.message)";
    struct swd_account *a = swd_account_new(NULL, "parts", 4096);
    struct run *r = run_new();
    run_open(r);
    swd_part_forget();
    swd_part_account(a);
    run_main(r, script);
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    swd_account_set_limit(a, SWD_NONE);
    run_end(r);
    ck_assert_msg(strncmp(r->value, "\"RangeError: no memory to compile swd:", 37) == 0, "%s",
                  r->value);
    run_free(r);
    ck_assert_uint_eq(swd_account_used(a), 0);
    live_after(touch, "\"a.example\"");
    swd_part_forget();
    swd_account_free(&a);
}
END_TEST

/* At the end of the native stack the compiler has no room: an error of the script, which may go on.
 */
START_TEST(deep_in_the_stack)
{
    static const char script[] =
        "var names = [], depth = 0;"
        "function down() {"
        "  depth++;"
        "  try { [1].forEach(down); } catch (e) { }"
        "  try { URL; names.push('ok'); } catch (e) { names.push(e.name); }"
        "}"
        "down();"
        "runner.result([depth > 5, names[0], new URL('http://b/').host].join())";
    struct run *r = run_new();
    run_open(r);
    swd_part_forget();
    run_main(r, script);
    run_end(r);
    ck_assert_msg(r->rc == SWD_RUN_OK, "%d %s", r->rc, r->thrown.message);
    ck_assert_str_eq(r->value, "\"true,RangeError,b\"");
    run_free(r);
}
END_TEST

/* A function's three builds load what one compilation made. */
START_TEST(builds_of_an_image_load)
{
    static const char source[] = "var u = new URL('http://a/x');"
                                 "module.exports = function () { return u.pathname; };";
    struct swd_lib_image *image = NULL;
    struct swd_part_stats before, after;
    struct run *r = run_new();
    struct swd_thrown thrown;
    struct swd_lib_opts o;
    enum swd_stop stop;
    struct swd_err e = {0};
    run_open(r);
    o = run_opts(r);
    swd_part_forget();
    before = stats();
    swd_lib_image_load(&o, source, strlen(source), SWD_LANG_JS, &image, &stop, &thrown, &e);
    after = stats();
    ck_assert_msg(image != NULL, "%s", e.msg);
    ck_assert_uint_gt(after.parts, 0);
    ck_assert_uint_eq(after.compiled - before.compiled, after.parts);
    ck_assert_uint_ge(after.loads - before.loads, 3 * after.parts);
    swd_lib_image_unref(&image);
    run_end(r);
    run_free(r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/part");
    TCase *t = tcase_create("part");
    tcase_add_test(t, compiled_once_and_the_same_for_all);
    tcase_add_test(t, loaded_as_compiled);
    tcase_add_test(t, cached_as_compiled);
    tcase_add_test(t, threads_at_once_compile_once);
    tcase_add_test(t, charged_and_given_back);
    tcase_add_test(t, without_memory_it_is_an_error_and_works_again);
    tcase_add_test(t, deep_in_the_stack);
    tcase_add_test(t, builds_of_an_image_load);
    suite_add_tcase(s, t);
    return suite_run(s);
}
