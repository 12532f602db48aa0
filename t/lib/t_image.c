/* The library lives in the base image: the image is made, and its clones are whole. */
#include <check.h>
#include <stdlib.h>

#include "lib/lib.h"
#include "lib/runs.h"

START_TEST(the_base_image_is_made_and_cloned)
{
    struct swd_heap_image_info info;
    struct run *r = run_new();
    struct swd_err e = {0};
    run_open(r);
    run_free(r);
    ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    for (int i = 0; i < 3; i++)
        run_expect(
            "[[3, 1].toSorted(), Object.entries({a: 1}), new Map([[1, 2]]).get(1),\n"
            " Array.from(new Set('aab')), [1, [2]].flat(), new WeakMap().has({}), runner.id]",
            "", "[[1,3],[[\"a\",1]],2,[\"a\",\"b\"],[1,2],false,7]");
    swd_lib_image_info(NULL, &info);
    ck_assert_uint_ge(info.clones, 3);
    ck_assert_uint_lt(info.bytes, 400000);
    swd_lib_image_fini();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/image");
    TCase *tc = tcase_create("image");
    SRunner *sr = srunner_create(s);
    int failed;
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_base_image_is_made_and_cloned);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_ENV);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
