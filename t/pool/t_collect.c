/* String vectors, value vectors and small maps: what they hold, that they are pooled, that the next
 * user finds nothing, that failing extents are clean errors. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/smallmap.h"
#include "pool/strvec.h"
#include "pool/valvec.h"
#include "suite.h"

static struct swd_pool_stats stats(unsigned id)
{
    struct swd_pool_stats s;
    swd_pool_stats(id, &s);
    return s;
}

START_TEST(a_value_vector_grows_and_is_pooled)
{
    for (int round = 0; round < 3; round++) {
        struct swd_valvec *v = swd_valvec_get();
        ck_assert_uint_eq(v->n, 0);
        for (size_t i = 0; i < v->cap; i++)
            ck_assert_uint_eq(v->v[i].u, 0);
        for (uint64_t i = 0; i < 200; i++)
            ck_assert_int_eq(swd_valvec_add(v, (union swd_value){.u = i + 1}), 0);
        for (uint64_t i = 0; i < 200; i++)
            ck_assert_uint_eq(v->v[i].u, i + 1);
        swd_valvec_put(&v);
        ck_assert_ptr_null(v);
    }
    ck_assert_uint_eq(stats(SWD_POOL_VALVEC).misses, 1);
    ck_assert_uint_eq(stats(SWD_POOL_VALVEC).hits, 2);
}
END_TEST

START_TEST(a_large_value_vector_is_oversize)
{
    struct swd_valvec *v = swd_valvec_get();
    ck_assert_int_eq(swd_valvec_reserve(v, 257), 0);
    ck_assert_int_eq(swd_valvec_reserve(v, SIZE_MAX), SWD_ENOMEM);
    swd_valvec_put(&v);
    ck_assert_uint_eq(stats(SWD_POOL_VALVEC).oversize_kept, 1);
    ck_assert_uint_ge(stats(SWD_POOL_VALVEC).largest, 257);
    v = swd_valvec_get();
    ck_assert_uint_eq(v->cap, 0);
    swd_valvec_put(&v);
}
END_TEST

START_TEST(a_string_vector_owns_its_strings)
{
    for (int round = 0; round < 3; round++) {
        char text[32];
        size_t n;
        struct swd_strvec *v = swd_strvec_get();
        ck_assert_uint_eq(swd_strvec_count(v), 0);
        for (int i = 0; i < 100; i++) {
            snprintf(text, sizeof(text), "string %d", i);
            ck_assert_int_eq(swd_strvec_add(v, text, strlen(text)), 0);
        }
        ck_assert_int_eq(swd_strvec_add(v, "a\0b", 3), 0);
        ck_assert_int_eq(swd_strvec_add(v, "", 0), 0);
        ck_assert_uint_eq(swd_strvec_count(v), 102);
        ck_assert_str_eq(swd_strvec_at(v, 42, &n), "string 42");
        ck_assert_uint_eq(n, 9);
        ck_assert_mem_eq(swd_strvec_at(v, 100, &n), "a\0b", 4);
        ck_assert_uint_eq(n, 3);
        ck_assert_str_eq(swd_strvec_at(v, 101, &n), "");
        ck_assert_uint_eq(n, 0);
        swd_strvec_put(&v);
    }
    ck_assert_uint_eq(stats(SWD_POOL_STRVEC).misses, 1);
    ck_assert_uint_eq(stats(SWD_POOL_STRVEC).hits, 2);
    ck_assert_uint_eq(stats(SWD_POOL_STRVEC).oversize, 0);
}
END_TEST

START_TEST(a_string_is_split_at_separators)
{
    struct swd_strvec *v = swd_strvec_get();
    ck_assert_int_eq(swd_strvec_split(v, " a,b ,, long one", 16, " ,"), 0);
    ck_assert_uint_eq(swd_strvec_count(v), 4);
    ck_assert_str_eq(swd_strvec_at(v, 1, NULL), "b");
    ck_assert_str_eq(swd_strvec_at(v, 3, NULL), "one");
    ck_assert_int_eq(swd_strvec_split(v, "", 0, ","), 0);
    ck_assert_uint_eq(swd_strvec_count(v), 4);
    swd_strvec_put(&v);
}
END_TEST

START_TEST(a_small_map_maps)
{
    for (int round = 0; round < 3; round++) {
        char key[32];
        size_t n;
        struct swd_smallmap *m = swd_smallmap_get();
        ck_assert_uint_eq(m->n, 0);
        for (uint64_t i = 0; i < 60; i++) {
            int len = snprintf(key, sizeof(key), "key%d", (int)i);
            ck_assert_int_eq(swd_smallmap_set(m, key, (size_t)len, (union swd_value){.u = i}), 0);
        }
        ck_assert_int_eq(swd_smallmap_set(m, "key7", 4, (union swd_value){.u = 700}), 0);
        ck_assert_uint_eq(m->n, 60);
        ck_assert_uint_eq(swd_smallmap_find(m, "key7", 4)->u, 700);
        ck_assert_ptr_null(swd_smallmap_find(m, "key", 3));
        ck_assert_ptr_null(swd_smallmap_find(m, "key77", 5));
        ck_assert(swd_smallmap_remove(m, "key8", 4));
        ck_assert(!swd_smallmap_remove(m, "key8", 4));
        ck_assert_uint_eq(m->n, 59);
        ck_assert_str_eq(swd_smallmap_key(m, 8, &n), "key9");
        ck_assert_uint_eq(n, 4);
        ck_assert_uint_eq(swd_smallmap_find(m, "key59", 5)->u, 59);
        swd_smallmap_put(&m);
    }
    ck_assert_uint_eq(stats(SWD_POOL_SMALLMAP).misses, 1);
    ck_assert_uint_eq(stats(SWD_POOL_SMALLMAP).oversize, 0);
}
END_TEST

START_TEST(a_large_map_is_oversize)
{
    struct swd_smallmap *m = swd_smallmap_get();
    char key[16];
    for (int i = 0; i < 65; i++) {
        snprintf(key, sizeof(key), "%d", i);
        ck_assert_int_eq(swd_smallmap_set(m, key, strlen(key), (union swd_value){.i = -i}), 0);
    }
    ck_assert_int_eq(swd_smallmap_find(m, "64", 2)->i, -64);
    swd_smallmap_put(&m);
    ck_assert_uint_eq(stats(SWD_POOL_SMALLMAP).oversize_kept, 1);
}
END_TEST

START_TEST(failing_extents_are_clean_errors)
{
    static char big[40000];
    memset(big, 'x', sizeof(big));
    for (uint64_t k = 1; k < 12; k++) {
        swd_pool_compact();
        swd_extent_fail_at(k);
        struct swd_strvec *v = swd_strvec_get();
        if (v != NULL) {
            size_t n = 0;
            for (int i = 0; i < 10; i++)
                n += swd_strvec_add(v, big, sizeof(big)) == 0;
            ck_assert_uint_eq(swd_strvec_count(v), n);
            for (size_t i = 0; i < n; i++)
                ck_assert_int_eq(swd_strvec_at(v, i, NULL)[sizeof(big) - 1], 'x');
        }
        struct swd_smallmap *m = swd_smallmap_get();
        size_t set = 0;
        for (int i = 0; m != NULL && i < 40; i++)
            set += swd_smallmap_set(m, big, 100 + (size_t)i, (union swd_value){.i = i}) == 0;
        ck_assert(m == NULL || m->n == set);
        swd_extent_fail_at(0);
        swd_strvec_put(&v);
        swd_smallmap_put(&m);
    }
    ck_assert_uint_eq(stats(SWD_POOL_STRVEC).live, 0);
    ck_assert_uint_eq(stats(SWD_POOL_SMALLMAP).live, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/collect");
    TCase *c = tcase_create("collect");
    tcase_add_test(c, a_value_vector_grows_and_is_pooled);
    tcase_add_test(c, a_large_value_vector_is_oversize);
    tcase_add_test(c, a_string_vector_owns_its_strings);
    tcase_add_test(c, a_string_is_split_at_separators);
    tcase_add_test(c, a_small_map_maps);
    tcase_add_test(c, a_large_map_is_oversize);
    tcase_add_test(c, failing_extents_are_clean_errors);
    suite_add_tcase(s, c);
    return suite_run(s);
}
