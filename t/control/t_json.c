/* The JSON writer: what jansson reads back is what was written. */
#include <check.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "control/json.h"
#include "pool/extent.h"
#include "suite.h"

static struct swd_bytebuf *b;
static struct swd_json w;

static void setup(void)
{
    struct swd_err e;
    ck_assert_int_eq(swd_extent_init(&(struct swd_extent_opts){0}, &e), 0);
    b = swd_bytebuf_get(1 << 20);
    ck_assert_ptr_nonnull(b);
    w = (struct swd_json){b, false};
}

static void teardown(void)
{
    swd_bytebuf_put(&b);
}

static void wrote(const char *text)
{
    ck_assert(!b->failed);
    ck_assert_uint_eq(b->len, strlen(text));
    ck_assert_int_eq(memcmp(b->data, text, b->len), 0);
}

START_TEST(commas_look_after_themselves)
{
    swd_json_begin(&w, '{');
    swd_json_key(&w, "a");
    swd_json_begin(&w, '[');
    swd_json_end(&w, ']');
    swd_json_key(&w, "b");
    swd_json_begin(&w, '[');
    swd_json_uint(&w, 1);
    swd_json_null(&w);
    swd_json_begin(&w, '{');
    swd_json_end(&w, '}');
    swd_json_raw(&w, "[2]", 3);
    swd_json_end(&w, ']');
    swd_json_kstr(&w, "c", NULL);
    swd_json_kbool(&w, "d", true);
    swd_json_end(&w, '}');
    wrote("{\"a\":[],\"b\":[1,null,{},[2]],\"c\":null,\"d\":true}");
}
END_TEST

START_TEST(numbers_are_exact)
{
    swd_json_begin(&w, '[');
    swd_json_uint(&w, 0);
    swd_json_uint(&w, 10);
    swd_json_uint(&w, UINT64_MAX);
    swd_json_int(&w, INT64_MIN);
    swd_json_int(&w, INT64_MAX);
    swd_json_int(&w, -1);
    swd_json_real(&w, 0.5);
    swd_json_real(&w, NAN);
    swd_json_real(&w, INFINITY);
    swd_json_end(&w, ']');
    wrote("[0,10,18446744073709551615,-9223372036854775808,9223372036854775807,-1,0.500000,null,"
          "null]");
}
END_TEST

START_TEST(any_bytes_become_a_valid_string)
{
    char all[512];
    json_t *j;
    for (int i = 0; i < 256; i++) {
        all[2 * i] = (char)i;
        all[2 * i + 1] = 'x';
    }
    swd_json_begin(&w, '[');
    swd_json_strn(&w, all, sizeof all);
    swd_json_end(&w, ']');
    ck_assert(!b->failed);
    j = json_loadb(b->data, b->len, JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(j);
    ck_assert_int_eq(memcmp(json_string_value(json_array_get(j, 0)), all, 256), 0);
    json_decref(j);
}
END_TEST

START_TEST(a_full_buffer_says_so)
{
    struct swd_bytebuf *small = swd_bytebuf_get(8);
    struct swd_json s = {small, false};
    swd_json_str(&s, "more than fits");
    ck_assert(small->failed);
    swd_bytebuf_put(&small);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, commas_look_after_themselves);
    tcase_add_test(tc, numbers_are_exact);
    tcase_add_test(tc, any_bytes_become_a_valid_string);
    tcase_add_test(tc, a_full_buffer_says_so);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
