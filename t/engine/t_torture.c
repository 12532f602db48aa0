/* Memory that runs out at every possible moment of a heap's life: a clean error each time, never a
 * crash, never a false "internal error", and nothing left behind.
 *
 * A heap is created, runs a script that touches most of the engine, is collected and destroyed,
 * under every limit from nothing to enough, and with every extent refused in turn. */
#include <check.h>

#include "engine/handle.h"
#include "heaps.h"
#include "pool/extent.h"
#include "suite.h"

static const char script[] =
    "var keep = [];"
    "function work() {"
    "  var o = {a: [1, 2, 3], b: {c: 'text'}}, i, s = '';"
    "  for (i = 0; i < 300; i++) { keep.push({n: i, s: 'number ' + i}); s += i; }"
    "  JSON.parse(JSON.stringify(keep));"
    "  /(\\d+)-(\\d+)/.exec(s + '-12');"
    "  s.split('1').join('22').replace(/2/g, function (m) { return m + m; });"
    "  keep.sort(function (x, y) { return y.n - x.n; });"
    "  new Function('a', 'b', 'return a + b;')(1, 2);"
    "  eval('(function () { return arguments.length; })(1, 2, 3)');"
    "  new Uint8Array(10000).subarray(1);"
    "  Object.defineProperty(o, 'g', {get: function () { throw new RangeError('g'); }});"
    "  try { o.g; } catch (e) { s = e.stack; }"
    "  new Date(0).toISOString(); Math.random(); encodeURIComponent(s);"
    "  (function f(n) { return n ? f(n - 1) : 0; })(100);"
    "}"
    "work(); keep = null; 'done'";

struct tally {
    int refused, thrown, stopped, done;
};

static void life(struct swd_heap *h, struct tally *t)
{
    enum swd_run_rc rc = t_eval(h, script);
    if (rc == SWD_RUN_OK)
        t->done++;
    else if (rc == SWD_RUN_THROWN)
        t->thrown++;
    else
        t->stopped++;
    if (rc == SWD_RUN_STOPPED)
        ck_assert_msg(swd_heap_stopped(h) == SWD_STOP_MEMORY ||
                          swd_heap_stopped(h) == SWD_STOP_NOMEM,
                      "stopped for %s", swd_stop_name(swd_heap_stopped(h)));
    (void)swd_heap_gc(h);
    swd_heap_destroy(&h);
}

static void try_limit(uint64_t limit, struct tally *t)
{
    struct swd_limits l;
    struct swd_heap_opts o = {.limits = &l};
    struct swd_heap *h;
    struct swd_err e;
    int rc;
    swd_limits_default(&l);
    l.memory_hard = limit;
    l.cpu_per_turn = SWD_NONE;
    rc = swd_heap_create(&o, &h, &e);
    if (rc) {
        ck_assert_int_eq(rc, SWD_ENOMEM);
        ck_assert_ptr_null(h);
        t->refused++;
        return;
    }
    life(h, t);
}

START_TEST(every_limit)
{
    struct tally t = {0};
    struct swd_extent_stats before, after;
    uint64_t limit = 0;
    try_limit(SWD_NONE, &t);
    ck_assert_int_eq(t.done, 1);
    swd_extent_stats(&before);
    for (; t.done < 10; limit += 61 + limit / 1024)
        try_limit(limit, &t);
    swd_extent_stats(&after);
    ck_assert_uint_eq(after.handed_out, before.handed_out);
    ck_assert_int_gt(t.refused, 50);
    ck_assert_int_gt(t.thrown, 20);
}
END_TEST

START_TEST(every_extent)
{
    struct tally t = {0};
    struct swd_extent_stats before, after;
    int done = 0;
    try_limit(SWD_NONE, &t);
    swd_extent_stats(&before);
    for (uint64_t k = 1; done < 3; k++) {
        int was = t.done;
        swd_extent_fail_at(k);
        try_limit(SWD_NONE, &t);
        swd_extent_fail_at(0);
        /* A single refusal is answered by a collection and another try: most lives succeed. */
        done = t.done > was ? done + 1 : 0;
        ck_assert_uint_lt(k, 1000);
    }
    swd_extent_stats(&after);
    ck_assert_uint_eq(after.handed_out, before.handed_out);
}
END_TEST

static void nothing(void *thing)
{
    (void)thing;
}

START_TEST(a_heap_after_that_is_whole)
{
    struct tally t = {0};
    static const struct swd_handle_type type = {"x", nothing};
    struct swd_heap *h;
    double id;
    for (uint64_t limit = 50000; limit < 500000; limit += 50000)
        try_limit(limit, &t);
    h = t_heap(NULL);
    ck_assert_int_eq(swd_handle_open(h, &type, h, &id), 0);
    ck_assert_int_eq(t_eval(h, script), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "done");
    swd_heap_destroy(&h);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/torture");
    TCase *tc = tcase_create("torture");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, every_limit);
    tcase_add_test(tc, every_extent);
    tcase_add_test(tc, a_heap_after_that_is_whole);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
