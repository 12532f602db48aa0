/* Extents: carving, packing, zeroing, the watermark, trim, growth, misuse, failure, threads. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/extent.h"
#include "suite.h"

#define MIB ((size_t)1024 * 1024)

static void setup(void)
{
    struct swd_extent_opts o = {.reserve = 64 * MIB, .warm = 4 * MIB};
    ck_assert_int_eq(swd_extent_init(&o, NULL), 0);
}

static void setup_debug(void)
{
    struct swd_extent_opts o = {.reserve = 64 * MIB, .warm = 4 * MIB, .debug = true};
    ck_assert_int_eq(swd_extent_init(&o, NULL), 0);
}

static void teardown(void)
{
    swd_extent_fini();
}

static struct swd_extent_stats stats(void)
{
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    ck_assert_uint_eq(s.mapped, s.handed_out + s.cached);
    return s;
}

static bool all_zero(const char *p, size_t n)
{
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

START_TEST(every_size_is_aligned_and_writable)
{
    static const size_t sizes[] = {1, 65536, 65537, 2 * MIB, 2 * MIB + 1, 7 * MIB};
    char *p[6];
    for (int i = 0; i < 6; i++) {
        p[i] = swd_extent_get(sizes[i], true);
        ck_assert_ptr_nonnull(p[i]);
        ck_assert_uint_eq((uintptr_t)p[i] % SWD_GRANULE, 0);
        ck_assert(swd_extent_owns(p[i]));
        ck_assert(all_zero(p[i], sizes[i]));
        memset(p[i], i + 1, sizes[i]);
    }
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(p[i][0], i + 1);
        ck_assert_int_eq(p[i][sizes[i] - 1], i + 1);
        swd_extent_put(p[i], sizes[i]);
    }
    ck_assert_uint_eq(stats().handed_out, 0);
    ck_assert(!swd_extent_owns(&sizes));
}
END_TEST

START_TEST(a_recycled_extent_reads_as_zero_when_asked)
{
    for (int round = 0; round < 50; round++) {
        size_t n = (size_t)(1 + round % 20) * SWD_GRANULE;
        char *p = swd_extent_get(n, true);
        ck_assert_ptr_nonnull(p);
        ck_assert(all_zero(p, n));
        memset(p, 0xee, n);
        swd_extent_put(p, n);
    }
}
END_TEST

START_TEST(freed_extents_are_kept_warm_up_to_the_watermark)
{
    char *p[100];
    for (int i = 0; i < 100; i++) {
        p[i] = swd_extent_get(SWD_GRANULE, true);
        memset(p[i], 1, SWD_GRANULE);
    }
    for (int i = 0; i < 100; i++)
        swd_extent_put(p[i], SWD_GRANULE);
    struct swd_extent_stats s = stats();
    ck_assert_uint_eq(s.handed_out, 0);
    ck_assert_uint_eq(s.cached, 4 * MIB);
    ck_assert_uint_eq(s.high_water, 100 * SWD_GRANULE);
    ck_assert_uint_eq(swd_extent_trim(1 * MIB), 3 * MIB);
    ck_assert_uint_eq(stats().cached, 1 * MIB);
    swd_extent_trim(0);
    ck_assert_uint_eq(stats().mapped, 0);
}
END_TEST

START_TEST(fullest_chunks_are_filled_first)
{
    /* Two chunks of extents; free all but one of the second: new ones must go to the first. */
    char *p[64];
    for (int i = 0; i < 64; i++)
        p[i] = swd_extent_get(SWD_GRANULE, false);
    for (int i = 33; i < 64; i++)
        swd_extent_put(p[i], SWD_GRANULE);
    swd_extent_put(p[3], SWD_GRANULE);
    swd_extent_trim(0);
    char *q = swd_extent_get(SWD_GRANULE, false);
    ck_assert_uint_eq((uintptr_t)q / SWD_CHUNK, (uintptr_t)p[0] / SWD_CHUNK);
    swd_extent_put(q, SWD_GRANULE);
    for (int i = 0; i < 33; i++)
        if (i != 3)
            swd_extent_put(p[i], SWD_GRANULE);
}
END_TEST

START_TEST(growth_in_place_keeps_contents_and_refuses_neighbours)
{
    char *p = swd_extent_get(3 * MIB, true);
    memset(p, 7, 3 * MIB);
    ck_assert(swd_extent_grow(p, 3 * MIB, 5 * MIB, true));
    ck_assert_int_eq(p[3 * MIB - 1], 7);
    ck_assert(all_zero(p + 3 * MIB, 2 * MIB));
    char *q = p + 5 * MIB; /* take granules until the one behind is somebody's */
    char *held[64];
    int n = 0;
    do
        held[n] = swd_extent_get(SWD_GRANULE, false);
    while (held[n++] != q && n < 64);
    ck_assert_ptr_eq(held[n - 1], q);
    ck_assert(!swd_extent_grow(p, 5 * MIB, 5 * MIB + 1, false));
    while (n > 0)
        swd_extent_put(held[--n], SWD_GRANULE);
    swd_extent_put(p, 5 * MIB);
    ck_assert_uint_eq(stats().handed_out, 0);
}
END_TEST

START_TEST(the_reserve_and_the_budget_are_hard)
{
    ck_assert_ptr_null(swd_extent_get(65 * MIB, false));
    ck_assert_ptr_null(swd_extent_get(SIZE_MAX, false));
    char *p = swd_extent_get(64 * MIB, false);
    ck_assert_ptr_nonnull(p);
    ck_assert_ptr_null(swd_extent_get(1, false));
    swd_extent_put(p, 64 * MIB);
    swd_extent_set_budget(1 * MIB);
    p = swd_extent_get(1 * MIB, false);
    ck_assert_ptr_nonnull(p);
    ck_assert_ptr_null(swd_extent_get(1, false));
    ck_assert(!swd_extent_grow(p, 1 * MIB, 2 * MIB, false));
    ck_assert(swd_extent_tight(0));
    swd_extent_put(p, 1 * MIB);
    ck_assert_uint_eq(stats().fails, 5);
}
END_TEST

START_TEST(it_is_told_before_the_budget_is_used_up)
{
    ck_assert(!swd_extent_tight(SIZE_MAX)); /* none, none to use up */
    swd_extent_set_budget(16 * MIB);
    char *p = swd_extent_get(13 * MIB, false), *q;
    ck_assert(!swd_extent_tight(3 * MIB));
    ck_assert(!swd_extent_tight(4 * MIB)); /* an eighth is left */
    q = swd_extent_get(2 * MIB - SWD_GRANULE, false);
    ck_assert(!swd_extent_tight(1 * MIB));
    ck_assert(swd_extent_tight(1 * MIB + SWD_GRANULE + 1));
    swd_extent_put(q, 2 * MIB - SWD_GRANULE);
    q = swd_extent_get(2 * MIB + SWD_GRANULE, false);
    ck_assert(swd_extent_tight(0)); /* less than a sixteenth */
    swd_extent_put(q, 2 * MIB + SWD_GRANULE);
    swd_extent_put(p, 13 * MIB);
    ck_assert(!swd_extent_tight(SIZE_MAX));
}
END_TEST

START_TEST(the_kth_request_fails_once)
{
    swd_extent_fail_at(3);
    char *a = swd_extent_get(1, false), *b = swd_extent_get(1, false);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_null(swd_extent_get(1, false));
    char *c = swd_extent_get(1, false);
    ck_assert_ptr_nonnull(c);
    swd_extent_put(a, 1);
    swd_extent_put(b, 1);
    swd_extent_put(c, 1);
}
END_TEST

START_TEST(double_put_aborts)
{
    char *p = swd_extent_get(1, false);
    swd_extent_put(p, 1);
    swd_extent_put(p, 1);
}
END_TEST

START_TEST(foreign_put_aborts)
{
    char *p = swd_extent_get(1, false);
    swd_extent_put(p - 64 * MIB, 1);
}
END_TEST

START_TEST(short_put_aborts)
{
    char *p = swd_extent_get(2 * SWD_GRANULE, false);
    swd_extent_put(p, SWD_GRANULE);
}
END_TEST

START_TEST(long_put_aborts)
{
    char *p = swd_extent_get(SWD_GRANULE, false);
    swd_extent_put(p, 2 * SWD_GRANULE);
}
END_TEST

__attribute__((no_sanitize("address"))) static void scribble(char *p)
{
    p[100] = 1;
}

START_TEST(a_write_after_put_aborts_in_debug_mode)
{
    char *p = swd_extent_get(1, false);
    swd_extent_put(p, 1);
    scribble(p);
    for (int i = 0; i < 64; i++)
        swd_extent_get(1, false);
}
END_TEST

static void *churn(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    char *held[16] = {NULL};
    size_t size[16] = {0};
    for (int i = 0; i < 600; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned k = seed >> 16 & 15;
        if (held[k] != NULL) {
            ck_assert_int_eq(held[k][0], (char)k);
            ck_assert_int_eq(held[k][size[k] - 1], (char)k);
            swd_extent_put(held[k], size[k]);
            held[k] = NULL;
            continue;
        }
        size[k] = (size_t)(1 + (seed >> 20) % 8) * SWD_GRANULE;
        held[k] = swd_extent_get(size[k], false);
        if (held[k] != NULL)
            held[k][0] = held[k][size[k] - 1] = (char)k;
    }
    for (int k = 0; k < 16; k++)
        if (held[k] != NULL)
            swd_extent_put(held[k], size[k]);
    return NULL;
}

START_TEST(threads_share_the_depot)
{
    pthread_t t[4];
    for (uintptr_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, churn, (void *)(i + 1)), 0);
    for (int i = 0; i < 50; i++)
        swd_extent_trim(0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    ck_assert_uint_eq(stats().handed_out, 0);
    swd_extent_trim(0);
    ck_assert_uint_eq(stats().mapped, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/extent");
    TCase *c = tcase_create("extent");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_size_is_aligned_and_writable);
    tcase_add_test(c, a_recycled_extent_reads_as_zero_when_asked);
    tcase_add_test(c, freed_extents_are_kept_warm_up_to_the_watermark);
    tcase_add_test(c, fullest_chunks_are_filled_first);
    tcase_add_test(c, growth_in_place_keeps_contents_and_refuses_neighbours);
    tcase_add_test(c, the_reserve_and_the_budget_are_hard);
    tcase_add_test(c, it_is_told_before_the_budget_is_used_up);
    tcase_add_test(c, the_kth_request_fails_once);
    tcase_add_test(c, threads_share_the_depot);
    tcase_add_test_raise_signal(c, double_put_aborts, SIGABRT);
    tcase_add_test_raise_signal(c, foreign_put_aborts, SIGABRT);
    tcase_add_test_raise_signal(c, short_put_aborts, SIGABRT);
    tcase_add_test_raise_signal(c, long_put_aborts, SIGABRT);
    suite_add_tcase(s, c);
    TCase *d = tcase_create("debug");
    tcase_add_checked_fixture(d, setup_debug, teardown);
    tcase_add_test(d, a_recycled_extent_reads_as_zero_when_asked);
    tcase_add_test(d, threads_share_the_depot);
    tcase_add_test_raise_signal(d, a_write_after_put_aborts_in_debug_mode, SIGABRT);
    suite_add_tcase(s, d);
    return suite_run(s);
}
