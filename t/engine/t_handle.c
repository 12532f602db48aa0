/* Handles: open, find, close; forged ones find nothing; everything open goes with the heap. */
#include <check.h>
#include <math.h>

#include "engine/handle.h"
#include "heaps.h"
#include "suite.h"

static int dropped;

static void drop(void *thing)
{
    dropped += *(int *)thing;
}

static const struct swd_handle_type file = {"file", drop}, sock = {"socket", drop};

START_TEST(found_by_id_and_type)
{
    struct swd_heap *h = t_heap(NULL);
    int a = 1, b = 10;
    double ia, ib;
    dropped = 0;
    ck_assert_int_eq(swd_handle_open(h, &file, &a, &ia), 0);
    ck_assert_int_eq(swd_handle_open(h, &sock, &b, &ib), 0);
    ck_assert_uint_eq(swd_handle_count(h), 2);
    ck_assert(ia != ib && ia >= 1 && ib >= 1);
    ck_assert_ptr_eq(swd_handle_get(h, &file, ia), &a);
    ck_assert_ptr_eq(swd_handle_get(h, &sock, ib), &b);
    ck_assert_ptr_null(swd_handle_get(h, &sock, ia));
    ck_assert_int_eq(swd_handle_close(h, &sock, ia), SWD_ENOTFOUND);
    ck_assert_int_eq(swd_handle_close(h, &file, ia), 0);
    ck_assert_int_eq(dropped, 1);
    ck_assert_int_eq(swd_handle_close(h, &file, ia), SWD_ENOTFOUND);
    ck_assert_ptr_eq(swd_handle_take(h, &sock, ib), &b);
    ck_assert_int_eq(dropped, 1);
    ck_assert_uint_eq(swd_handle_count(h), 0);
    swd_heap_destroy(&h);
    ck_assert_int_eq(dropped, 1);
}
END_TEST

START_TEST(ids_are_never_used_again)
{
    struct swd_heap *h = t_heap(NULL);
    int a = 1;
    double id, last = 0;
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(swd_handle_open(h, &file, &a, &id), 0);
        ck_assert(id != last);
        if (last > 0)
            ck_assert_ptr_null(swd_handle_get(h, &file, last));
        ck_assert_ptr_eq(swd_handle_take(h, &file, id), &a);
        last = id;
    }
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(forged_ids_find_nothing)
{
    static const double forged[] = {0,
                                    -1,
                                    0.5,
                                    1.5,
                                    2,
                                    65536,
                                    65537,
                                    9007199254740991.0,
                                    9007199254740992.0,
                                    1e300,
                                    -1e300,
                                    HUGE_VAL,
                                    -HUGE_VAL,
                                    NAN};
    struct swd_heap *h = t_heap(NULL);
    int a = 1;
    double id;
    ck_assert_int_eq(swd_handle_open(h, &file, &a, &id), 0);
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        ck_assert_ptr_null(swd_handle_get(h, &file, forged[i]));
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(the_table_has_an_end)
{
    struct swd_heap *h = t_heap(NULL);
    int a = 1, rc = 0, n = 0;
    double id;
    dropped = 0;
    while ((rc = swd_handle_open(h, &file, &a, &id)) == 0) {
        n++;
        ck_assert_ptr_eq(swd_handle_get(h, &file, id), &a);
    }
    ck_assert_int_eq(rc, SWD_ELIMIT);
    ck_assert_int_eq(n, 65535);
    ck_assert_int_eq(swd_handle_close(h, &file, id), 0);
    ck_assert_int_eq(swd_handle_open(h, &file, &a, &id), 0);
    swd_heap_destroy(&h);
    ck_assert_int_eq(dropped, 65536);
}
END_TEST

START_TEST(a_condemned_heap_drops_them_too)
{
    struct swd_heap *h = t_heap("cpu_per_turn", "10ms", NULL);
    int a = 5;
    double id;
    dropped = 0;
    ck_assert_int_eq(swd_handle_open(h, &file, &a, &id), 0);
    ck_assert_int_eq(t_eval(h, "for (;;);"), SWD_RUN_STOPPED);
    swd_heap_destroy(&h);
    ck_assert_int_eq(dropped, 5);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/handle");
    TCase *tc = tcase_create("handle");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, found_by_id_and_type);
    tcase_add_test(tc, ids_are_never_used_again);
    tcase_add_test(tc, forged_ids_find_nothing);
    tcase_add_test(tc, the_table_has_an_end);
    tcase_add_test(tc, a_condemned_heap_drops_them_too);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
