/* The bump arena: marks, reset, limits, accounts, failing extents. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/arena.h"
#include "pool/extent.h"
#include "suite.h"

static uint64_t handed_out(void)
{
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    return s.handed_out;
}

START_TEST(rewinding_frees_what_came_after_the_mark)
{
    struct swd_bump *b;
    ck_assert_int_eq(swd_bump_new(NULL, SWD_NONE, &b), 0);
    char *s = swd_bump_strndup(b, "hello world", 5);
    ck_assert_str_eq(s, "hello");
    for (int round = 0; round < 5; round++) {
        struct swd_bump_mark m = swd_bump_mark(b);
        uint64_t used = swd_bump_used(b);
        for (int i = 0; i < 3000; i++) {
            char *p = swd_bump_zalloc(b, (size_t)i % 300);
            ck_assert_uint_eq((uintptr_t)p % 8, 0);
            memset(p, 1, (size_t)i % 300);
        }
        ck_assert_uint_gt(swd_bump_used(b), used + 400000);
        ck_assert_uint_ge(swd_bump_mapped(b), swd_bump_used(b));
        swd_bump_rewind(b, m);
        ck_assert_uint_eq(swd_bump_used(b), used);
    }
    ck_assert_str_eq(s, "hello");
    ck_assert_ptr_nonnull(swd_bump_alloc(b, 5000000));
    ck_assert_ptr_null(swd_bump_alloc(b, SIZE_MAX));
    swd_bump_reset(b);
    ck_assert_uint_eq(swd_bump_used(b), 0);
    ck_assert_uint_eq(swd_bump_mapped(b), SWD_GRANULE);
    swd_bump_drop(&b);
    ck_assert_ptr_null(b);
    ck_assert_uint_eq(handed_out(), 0);
}
END_TEST

START_TEST(limit_and_account_refuse)
{
    struct swd_account *acc = swd_account_new(NULL, "a", 1 << 20);
    struct swd_bump *b;
    ck_assert_int_eq(swd_bump_new(acc, 100000, &b), 0);
    int n = 0;
    while (swd_bump_alloc(b, 1000) != NULL)
        n++;
    ck_assert_int_ge(n, 98);
    ck_assert_int_le(n, 100);
    swd_bump_drop(&b);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    ck_assert_int_eq(swd_bump_new(acc, SWD_NONE, &b), 0);
    while (swd_bump_alloc(b, 1000) != NULL)
        ck_assert_uint_eq(swd_account_used(acc), swd_bump_mapped(b));
    ck_assert_uint_le(swd_account_used(acc), 1 << 20);
    swd_bump_drop(&b);
    swd_account_free(&acc);
}
END_TEST

START_TEST(every_failing_extent_is_a_clean_null)
{
    for (uint64_t k = 1; k < 10; k++) {
        struct swd_bump *b;
        swd_extent_fail_at(k);
        if (swd_bump_new(NULL, SWD_NONE, &b) == 0) {
            int failed = 0;
            for (int i = 0; i < 3000; i++)
                failed += swd_bump_alloc(b, 1000) == NULL;
            ck_assert_int_le(failed, 1);
            swd_bump_drop(&b);
        }
        swd_extent_fail_at(0);
    }
    ck_assert_uint_eq(handed_out(), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/bump");
    TCase *c = tcase_create("bump");
    tcase_add_test(c, rewinding_frees_what_came_after_the_mark);
    tcase_add_test(c, limit_and_account_refuse);
    tcase_add_test(c, every_failing_extent_is_a_clean_null);
    suite_add_tcase(s, c);
    return suite_run(s);
}
