/* Images of heaps: clones that are whole, alone and empty of what was there before; builds that do
 * not agree are refused; a collection at every allocation of a clone changes nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "engine/heap.h"
#include "engine/unit.h"
#include "heaps.h"
#include "pool/arena_int.h"
#include "pool/image.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define RECYCLES 500
#else
#define RECYCLES 10000
#endif

static const char library[] =
    "var table = {}, list = [], i;"
    "for (i = 0; i < 200; i++) { table['key ' + i] = {n: i, s: 'text ' + i}; list.push(i * 0.5); }"
    "function make(n) { var hidden = n; return function () { return hidden++; }; }"
    "var next = make(41), re = /(\\d+)-(\\w+)/g, when = new Date(7), bytes = new Uint8Array(300);"
    "Object.defineProperty(table, 'sum', {get: function () {"
    "  return list.reduce(function (a, b) { return a + b; }, 0); }});";

/* Touches all of it. */
static const char work[] =
    "var out = [next(), next(), table.sum, re.exec('x 12-ab').join(), +when, bytes.length];"
    "Object.keys(table).forEach(function (k) { out.push(table[k].s + table[k].n); });"
    "for (i = 0; i < 60; i++) { table['new ' + i] = [i, 'v' + i]; delete table['key ' + i]; }"
    "try { null.x; } catch (e) { out.push(e.message); }"
    "out.push(JSON.stringify(JSON.parse(JSON.stringify(list))).length, new Function('return 5')());"
    "list.sort(function (a, b) { return b - a; });"
    "out.push(list[0], 'abc'.replace(/b/, function (m) { return m + m; }));"
    "out.join('|')";

static int run_library(void *ctx, void *arg)
{
    (void)arg;
    swd_text_push(ctx, library, sizeof library - 1);
    duk_push_string(ctx, "library.js");
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    return 0;
}

static int fill(struct swd_heap *h, void *arg, struct swd_err *e)
{
    struct swd_thrown t;
    (void)arg;
    if (swd_heap_run(h, run_library, NULL, &t) != SWD_RUN_OK)
        return swd_fail(e, SWD_EINTERNAL, "%s", t.message);
    return 0;
}

static struct swd_limits limits;

static struct swd_heap_image *image(void)
{
    struct swd_heap_image *img;
    struct swd_err e = {0};
    swd_limits_default(&limits);
    limits.cpu_per_turn = 60 * SWD_NS_PER_S;
    ck_assert_msg(swd_heap_image_make(NULL, &limits, NULL, fill, NULL, &img, &e) == 0, "%s", e.msg);
    return img;
}

static struct swd_heap *clone(struct swd_heap_image *img)
{
    struct swd_heap_opts o = {.limits = &limits};
    struct swd_heap *h;
    struct swd_err e = {0};
    ck_assert_msg(swd_heap_clone(img, &o, &h, &e) == 0, "%s", e.msg);
    return h;
}

static int slack(void *ctx, void *arg)
{
    (void)arg;
    swd_unit_slack(ctx);
    return 0;
}

/* The same made without an image: as the image is built. */
static struct swd_heap *plain(void)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "60s", NULL);
    struct swd_err e;
    ck_assert_int_eq(fill(h, NULL, &e), 0);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_run(h, slack, NULL, NULL), SWD_RUN_OK);
    return h;
}

static uint64_t live_after_gc(struct swd_heap *h)
{
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    ck_assert_int_eq(swd_heap_gc(h), SWD_RUN_OK);
    return swd_heap_live(h);
}

/* ---- the memory of a clone against its image ---- */

SWD_NO_ASAN static uint64_t word(const void *base, size_t at)
{
    return *(const uint64_t *)(const void *)((const char *)base + at);
}

/* Whether the clone's first region is its image to the byte, but for the header, the word that
 * leads to the heap's struct, and what is behind it is zero or will be cleared when it is carved.
 */
static void expect_fresh(const struct swd_heap_image *img, struct swd_heap *h)
{
    const struct swd_image *words = swd_heap_image_words(img);
    size_t n = swd_image_bytes(words), head = (sizeof(struct swd_arena) + 15) / 16 * 16;
    size_t udata = (size_t)((char *)swd_unit_udata(h->ctx) - (char *)h->arena), differ = 0;
    uint64_t *want = malloc(n);
    swd_image_render(words, h->arena, 0, n, want);
    for (size_t at = head; at < n; at += 8)
        differ += at != udata && word(h->arena, at) != want[at / 8];
    ck_assert_int_ge(arena_clean(h->arena), h->arena->bump);
    for (size_t at = n; at < (size_t)arena_clean(h->arena); at += 8)
        differ += word(h->arena, at) != 0;
    ck_assert_uint_eq(differ, 0);
    ck_assert_int_eq(h->arena->region.next, 0);
    ck_assert_int_eq(h->arena->large, 0);
    ck_assert_uint_eq(swd_heap_total(h), swd_heap_live(h));
    free(want);
}

/* ---- tests ---- */

START_TEST(a_clone_is_what_a_plain_heap_is)
{
    struct swd_heap_image *img = image();
    struct swd_heap *a = plain(), *b = clone(img);
    char value[4096];
    ck_assert_uint_eq(swd_heap_live(a), swd_heap_live(b));
    ck_assert_int_eq(t_eval(a, work), SWD_RUN_OK);
    snprintf(value, sizeof value, "%s", t_value());
    ck_assert_int_eq(t_eval(b, work), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), value);
    ck_assert_uint_eq(live_after_gc(a), live_after_gc(b));
    swd_heap_destroy(&a);
    swd_heap_destroy(&b);
    swd_heap_image_unref(&img);
}
END_TEST

START_TEST(a_slot_is_recycled_without_end)
{
    struct swd_heap_image *img = image();
    struct swd_heap *h = clone(img);
    struct swd_heap_image_info info;
    const void *last = NULL;
    unsigned same = 0;
    char value[4096];
    ck_assert_int_eq(t_eval(h, work), SWD_RUN_OK);
    snprintf(value, sizeof value, "%s", t_value());
    swd_heap_destroy(&h);
    for (int i = 0; i < RECYCLES; i++) {
        h = clone(img);
        same += h->arena == last;
        last = h->arena;
        if (i % 16 == 0)
            expect_fresh(img, h);
        if (i % 32 == 0) {
            ck_assert_int_eq(t_eval(h, work), SWD_RUN_OK);
            ck_assert_str_eq(t_value(), value);
        } else if (i % 64 == 3) {
            ck_assert_int_eq(t_eval(h, "var a = []; for (;;) a.push('x' + a.length);"),
                             SWD_RUN_THROWN);
        }
        limits.memory_hard = i % 64 == 2 ? UINT64_C(1) << 20 : UINT64_C(64) << 20;
        swd_heap_destroy(&h);
    }
    ck_assert_uint_gt(same, RECYCLES / 2);
    swd_heap_image_info(img, &info);
    ck_assert_uint_eq(info.clones, RECYCLES + 1);
    swd_heap_image_unref(&img);
}
END_TEST

START_TEST(a_collection_at_every_allocation)
{
    struct swd_heap_image *img = image();
    struct swd_heap *a = clone(img), *b = clone(img);
    char value[4096];
    struct swd_gc_count gc;
    ck_assert_int_eq(t_eval(a, work), SWD_RUN_OK);
    snprintf(value, sizeof value, "%s", t_value());
    swd_unit_torture(b->ctx, true);
    ck_assert_msg(t_eval(b, work) == SWD_RUN_OK, "%s at %d", t_thrown()->message, t_thrown()->line);
    swd_unit_torture(b->ctx, false);
    ck_assert_str_eq(t_value(), value);
    swd_heap_gc_count(b, &gc);
    ck_assert_uint_gt(gc.runs, 500);
    ck_assert_uint_eq(live_after_gc(a), live_after_gc(b));
    swd_heap_destroy(&a);
    swd_heap_destroy(&b);
    swd_heap_image_unref(&img);
}
END_TEST

START_TEST(clones_have_their_own_randomness_clock_and_limits)
{
    struct swd_heap_image *img = image();
    struct swd_heap *h;
    char value[64];
    for (int i = 0; i < 8; i++) {
        h = clone(img);
        ck_assert(!swd_heap_frozen(h));
        ck_assert_int_eq(t_eval(h, "Math.random()"), SWD_RUN_OK);
        if (i > 0)
            ck_assert_str_ne(t_value(), value);
        snprintf(value, sizeof value, "%s", t_value());
        ck_assert_int_eq(t_eval(h, "Date.now() > 1.7e12"), SWD_RUN_OK);
        ck_assert_str_eq(t_value(), "true");
        swd_heap_destroy(&h);
    }
    limits.memory_hard = 1000; /* below the image's own size */
    ck_assert_int_eq(
        swd_heap_clone(img, &(struct swd_heap_opts){.limits = &limits}, &h, &(struct swd_err){0}),
        SWD_ENOMEM);
    ck_assert_ptr_null(h);
    swd_heap_image_unref(&img);
}
END_TEST

/* An image that is let go lives as long as its clones. */
START_TEST(clones_outlive_their_image)
{
    struct swd_heap_image *img = image();
    struct swd_heap *h = clone(img);
    swd_heap_image_unref(&img);
    ck_assert_int_eq(t_eval(h, work), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

static int push_odd(void *ctx, void *arg)
{
    duk_push_global_object(ctx);
    duk_push_pointer(ctx, arg);
    duk_put_prop_string(ctx, -2, "odd");
    duk_pop(ctx);
    return 0;
}

/* Each build keeps a pointer of its own to the outside; from `from` on. */
struct odd {
    int from, builds;
    char at[8];
};

static int fill_odd(struct swd_heap *h, void *arg, struct swd_err *e)
{
    struct odd *o = arg;
    int at = o->builds < o->from ? 0 : o->builds + 1;
    (void)e;
    o->builds++;
    return swd_heap_run(h, push_odd, &o->at[at], NULL) == SWD_RUN_OK ? 0 : SWD_EINTERNAL;
}

static int fill_fails(struct swd_heap *h, void *arg, struct swd_err *e)
{
    int *builds = arg;
    (void)h;
    return ++*builds < 2 ? 0 : swd_fail(e, SWD_EUNSUPPORTED, "the second build does not like it");
}

START_TEST(builds_that_disagree_are_refused)
{
    struct swd_heap_image *img;
    struct swd_err e = {0};
    int builds = 0;
    swd_limits_default(&limits);
    for (int from = 0; from < 3; from++) {
        struct odd o = {.from = from};
        ck_assert_int_eq(swd_heap_image_make(NULL, &limits, NULL, fill_odd, &o, &img, &e),
                         SWD_ECORRUPT);
        ck_assert_ptr_null(img);
        ck_assert_msg(strstr(e.msg, "not explained"), "%s", e.msg);
        ck_assert_int_eq(o.builds, 3);
    }
    ck_assert_int_eq(swd_heap_image_make(NULL, &limits, NULL, fill_fails, &builds, &img, &e),
                     SWD_EUNSUPPORTED);
    ck_assert_msg(strstr(e.msg, "does not like it"), "%s", e.msg);
    ck_assert_ptr_null(img);
}
END_TEST

/* The same pointer in every build is no reason: it points to nothing of the arena. */
START_TEST(equal_words_are_explained)
{
    struct swd_heap_image *img;
    struct odd o = {.from = 99};
    struct swd_err e = {0};
    swd_limits_default(&limits);
    ck_assert_msg(swd_heap_image_make(NULL, &limits, NULL, fill_odd, &o, &img, &e) == 0, "%s",
                  e.msg);
    swd_heap_image_unref(&img);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/image");
    TCase *tc = tcase_create("image");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, a_clone_is_what_a_plain_heap_is);
    tcase_add_test(tc, a_slot_is_recycled_without_end);
    tcase_add_test(tc, a_collection_at_every_allocation);
    tcase_add_test(tc, clones_have_their_own_randomness_clock_and_limits);
    tcase_add_test(tc, clones_outlive_their_image);
    tcase_add_test(tc, builds_that_disagree_are_refused);
    tcase_add_test(tc, equal_words_are_explained);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
