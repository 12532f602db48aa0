/* General pooled memory: sizes, zeroing, realloc, threads that free each other's objects. */
#include <check.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool/slab.h"
#include "suite.h"

START_TEST(every_size_is_zeroed_and_aligned)
{
    for (int round = 0; round < 2; round++) {
        for (size_t n = 0; n < 150000; n = n < 1100 ? n + 1 : n + n / 7) {
            char *p = swd_slab_alloc(n);
            ck_assert_ptr_nonnull(p);
            ck_assert_uint_eq((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < n; i++)
                if (p[i] != 0)
                    ck_abort_msg("byte %zu of %zu is not zero", i, n);
            memset(p, 0xff, n);
            swd_slab_free(p, n);
        }
    }
    swd_slab_free(NULL, 100);
    ck_assert_ptr_null(swd_slab_alloc(SIZE_MAX));
    char *s = swd_slab_strndup("abcdef", 3);
    ck_assert_str_eq(s, "abc");
    swd_slab_free(s, 4);
}
END_TEST

static void expect_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            ck_abort_msg("byte %zu of %zu is not zero", i, n);
}

/* Whatever the shape: what one owner wrote is not what the next one finds. */
START_TEST(what_goes_back_is_cleared)
{
    for (int round = 0; round < 3; round++) {
        for (size_t n = 1; n < 150000; n = n < 600 ? n + 1 : n + n / 5) {
            char *p = swd_slab_malloc(n);
            expect_zero(p, n);
            memset(p, 0xff, n);
            p = swd_slab_realloc(p, n - n / 20); /* in place, or not */
            memset(p, 0xff, n - n / 20);
            p = swd_slab_realloc(p, n);
            memset(p, 0xff, n);
            swd_slab_mfree(p);
            p = swd_slab_alloc(n);
            expect_zero(p, n);
            memset(p, 0xff, n / 3);
            swd_slab_free_used(p, n, n / 3);
            p = swd_slab_strndup("abcdef", n < 6 ? n : 6);
            swd_slab_free(p, (n < 6 ? n : 6) + 1);
        }
    }
}
END_TEST

START_TEST(realloc_keeps_contents)
{
    char *p = swd_slab_realloc(NULL, 10);
    memcpy(p, "123456789", 10);
    for (size_t n = 10; n < 300000; n = n * 3 / 2) {
        p = swd_slab_realloc(p, n);
        ck_assert_str_eq(p, "123456789");
    }
    p = swd_slab_realloc(p, 10);
    ck_assert_str_eq(p, "123456789");
    swd_slab_mfree(p);
    swd_slab_mfree(NULL);
    ck_assert_ptr_null(swd_slab_malloc(SIZE_MAX));
}
END_TEST

static void *volatile box[64];

static void *exchange(void *arg)
{
    uint64_t seed = (uintptr_t)arg;
    for (int i = 0; i < 20000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        size_t n = 16 + (seed >> 40) % 500;
        size_t *p = swd_slab_alloc(n);
        ck_assert_uint_eq(p[0], 0);
        p[0] = n;
        p = __atomic_exchange_n(&box[seed >> 34 & 63], p, __ATOMIC_ACQ_REL);
        if (p != NULL)
            swd_slab_free(p, p[0]);
    }
    return NULL;
}

START_TEST(threads_free_each_others_objects)
{
    pthread_t t[4];
    for (uintptr_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, exchange, (void *)(i + 1)), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 64; i++)
        if (box[i] != NULL)
            swd_slab_free(box[i], *(size_t *)box[i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/slab");
    TCase *c = tcase_create("slab");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_size_is_zeroed_and_aligned);
    tcase_add_test(c, what_goes_back_is_cleared);
    tcase_add_test(c, realloc_keeps_contents);
    tcase_add_test(c, threads_free_each_others_objects);
    suite_add_tcase(s, c);
    return suite_run(s);
}
