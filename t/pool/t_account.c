/* Accounts: limits along the tree, exactness, kinds, threads. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "pool/account.h"
#include "suite.h"

START_TEST(charge_reaches_every_ancestor)
{
    struct swd_account *d = swd_account_new(NULL, "daemon", SWD_NONE);
    struct swd_account *g = swd_account_new(d, "group", SWD_NONE);
    struct swd_account *r = swd_account_new(g, "runner", 1000);
    ck_assert(swd_account_charge(r, 600));
    ck_assert_uint_eq(swd_account_used(r), 600);
    ck_assert_uint_eq(swd_account_used(g), 600);
    ck_assert_uint_eq(swd_account_used(d), 600);
    swd_account_credit(r, 600);
    ck_assert_uint_eq(swd_account_used(d), 0);
    ck_assert_uint_eq(swd_account_peak(d), 600);
    ck_assert_str_eq(swd_account_name(g), "group");
    swd_account_free(&d);
    ck_assert_ptr_null(d);
    swd_account_free(&g);
    swd_account_free(&r);
}
END_TEST

START_TEST(a_refused_charge_leaves_nothing_behind)
{
    struct swd_account *d = swd_account_new(NULL, "daemon", 1000);
    struct swd_account *g = swd_account_new(d, "group", SWD_NONE);
    struct swd_account *r = swd_account_new(g, "runner", SWD_NONE);
    ck_assert(swd_account_charge(r, 1000));
    ck_assert(!swd_account_charge(r, 1));
    ck_assert_uint_eq(swd_account_used(r), 1000);
    ck_assert_uint_eq(swd_account_used(g), 1000);
    swd_account_set_limit(d, 2000);
    ck_assert(swd_account_charge(r, 1));
    swd_account_set_limit(d, 10);
    ck_assert(!swd_account_charge(r, 1));
    ck_assert(!swd_account_charge(r, UINT64_MAX));
    swd_account_credit(r, 1001);
    swd_account_free(&r);
    swd_account_free(&g);
    swd_account_free(&d);
}
END_TEST

START_TEST(limits_keep_eighteen_bits)
{
    static const uint64_t exact[] = {0, 1, 4096, 262143, 67108864, UINT64_C(1) << 39, SWD_NONE};
    struct swd_account *a = swd_account_new(NULL, "a", 5);
    for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
        swd_account_set_limit(a, exact[i]);
        ck_assert_uint_eq(swd_account_limit(a), exact[i]);
    }
    swd_account_set_limit(a, 1000000007);
    ck_assert_uint_le(swd_account_limit(a), 1000000007);
    ck_assert_uint_ge(swd_account_limit(a), 1000000007 - 1000000007 / 100000);
    swd_account_free(&a);
}
END_TEST

START_TEST(kinds_split_what_is_used)
{
    struct swd_account *a = swd_account_new(NULL, "a", SWD_NONE);
    ck_assert(swd_account_charge_kind(a, SWD_ACCOUNT_HEAP, 100));
    ck_assert(swd_account_charge_kind(a, SWD_ACCOUNT_BUFFER, 20));
    ck_assert_uint_eq(swd_account_used(a), 120);
    ck_assert_uint_eq(swd_account_used_kind(a, SWD_ACCOUNT_HEAP), 100);
    swd_account_credit_kind(a, SWD_ACCOUNT_HEAP, 100);
    swd_account_credit_kind(a, SWD_ACCOUNT_BUFFER, 20);
    ck_assert_uint_eq(swd_account_used(a), 0);
    ck_assert_str_eq(swd_account_kind_name(SWD_ACCOUNT_HEAP), "heap");
    swd_account_free(&a);
}
END_TEST

static void *charge_loop(void *arg)
{
    struct swd_account *a = arg;
    for (int i = 0; i < 20000; i++) {
        if (!swd_account_charge(a, 10))
            continue;
        if (swd_account_used(a) > 25)
            ck_abort_msg("over the limit");
        swd_account_credit(a, 10);
    }
    return NULL;
}

START_TEST(many_threads_never_pass_a_limit)
{
    struct swd_account *d = swd_account_new(NULL, "d", 25);
    struct swd_account *a = swd_account_new(d, "a", SWD_NONE);
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, charge_loop, d), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    ck_assert_uint_eq(swd_account_used(d), 0);
    ck_assert_uint_le(swd_account_peak(d), 25);
    swd_account_free(&a);
    swd_account_free(&d);
}
END_TEST

struct rows {
    int n;
    uint64_t heap_of_group;
};

static void row(void *arg, const struct swd_account *a, unsigned depth)
{
    static const char *const order[] = {"daemon", "g1", "r1", "r2", "g2"};
    static const unsigned depths[] = {0, 1, 2, 2, 1};
    struct rows *r = arg;
    ck_assert_str_eq(swd_account_name(a), order[r->n]);
    ck_assert_uint_eq(depth, depths[r->n]);
    uint64_t kinds[SWD_ACCOUNT_KINDS] = {0}, sum = 0;
    swd_account_sum_kinds(a, kinds);
    for (int i = 0; i < SWD_ACCOUNT_KINDS; i++)
        sum += kinds[i];
    ck_assert_uint_eq(sum, swd_account_used(a));
    if (r->n == 1)
        r->heap_of_group = kinds[SWD_ACCOUNT_HEAP];
    r->n++;
}

START_TEST(the_matrix_of_owners_adds_up)
{
    struct swd_account *d = swd_account_new(NULL, "daemon", SWD_NONE);
    struct swd_account *g1 = swd_account_new(d, "g1", SWD_NONE);
    struct swd_account *g2 = swd_account_new(d, "g2", SWD_NONE);
    struct swd_account *r1 = swd_account_new(g1, "r1", SWD_NONE);
    struct swd_account *r2 = swd_account_new(g1, "r2", SWD_NONE);
    swd_account_charge_kind(r1, SWD_ACCOUNT_HEAP, 100);
    swd_account_charge_kind(r2, SWD_ACCOUNT_HEAP, 200);
    swd_account_charge_kind(r2, SWD_ACCOUNT_BUFFER, 5);
    swd_account_charge(g2, 7);
    struct rows r = {0, 0};
    swd_account_each(2, row, &r);
    ck_assert_int_eq(r.n, 5);
    ck_assert_uint_eq(r.heap_of_group, 300);
    swd_account_credit_kind(r1, SWD_ACCOUNT_HEAP, 100);
    swd_account_credit_kind(r2, SWD_ACCOUNT_HEAP, 200);
    swd_account_credit_kind(r2, SWD_ACCOUNT_BUFFER, 5);
    swd_account_credit(g2, 7);
    swd_account_free(&r1);
    swd_account_free(&r2);
    swd_account_free(&g1);
    swd_account_free(&g2);
    swd_account_free(&d);
    swd_account_each(2, row, &r); /* nothing is left */
    ck_assert_int_eq(r.n, 5);
}
END_TEST

static void count(void *arg, const struct swd_account *a, unsigned depth)
{
    unsigned *n = arg;
    (void)a;
    n[depth]++;
}

START_TEST(no_deeper_than_asked_for)
{
    struct swd_account *d = swd_account_new(NULL, "daemon", SWD_NONE);
    struct swd_account *g = swd_account_new(d, "g", SWD_NONE), *r[50];
    unsigned n[3] = {0};
    for (int i = 0; i < 50; i++)
        r[i] = swd_account_new(g, "r", SWD_NONE);
    swd_account_each(1, count, n);
    ck_assert_uint_eq(n[0], 1);
    ck_assert_uint_eq(n[1], 1);
    ck_assert_uint_eq(n[2], 0);
    for (int i = 0; i < 50; i++)
        swd_account_free(&r[i]);
    swd_account_free(&g);
    swd_account_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/account");
    TCase *c = tcase_create("account");
    tcase_add_test(c, charge_reaches_every_ancestor);
    tcase_add_test(c, a_refused_charge_leaves_nothing_behind);
    tcase_add_test(c, limits_keep_eighteen_bits);
    tcase_add_test(c, kinds_split_what_is_used);
    tcase_add_test(c, the_matrix_of_owners_adds_up);
    tcase_add_test(c, no_deeper_than_asked_for);
    tcase_add_test(c, many_threads_never_pass_a_limit);
    suite_add_tcase(s, c);
    return suite_run(s);
}
