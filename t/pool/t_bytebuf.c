/* Byte buffers: appends, the maximum, formatting, JSON escapes, nothing left for the next user. */
#include <check.h>
#include <string.h>

#include "base/err.h"
#include "pool/bytebuf.h"
#include "pool/slab.h"
#include "pool/extent.h"
#include "suite.h"

START_TEST(appends_keep_a_final_nul)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    ck_assert_int_eq(swd_bytebuf_adds(b, "a"), 0);
    ck_assert_int_eq(swd_bytebuf_addc(b, 'b'), 0);
    ck_assert_int_eq(swd_bytebuf_addf(b, "%d-%s", 42, "x"), 0);
    ck_assert_str_eq(b->data, "ab42-x");
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(swd_bytebuf_addf(b, "%099d ", i), 0);
    ck_assert_uint_eq(b->len, 6 + 1000 * 100);
    ck_assert_uint_eq(strlen(b->data), b->len);
    swd_bytebuf_clear(b);
    ck_assert_uint_eq(b->len, 0);
    ck_assert_str_eq(b->data, "");
    swd_bytebuf_put(&b);
    ck_assert_ptr_null(b);
}
END_TEST

START_TEST(the_maximum_is_hard_and_failures_change_nothing)
{
    struct swd_bytebuf *b = swd_bytebuf_get(10);
    ck_assert_int_eq(swd_bytebuf_adds(b, "12345678"), 0);
    ck_assert(!b->failed);
    ck_assert_int_eq(swd_bytebuf_adds(b, "abc"), SWD_ELIMIT);
    ck_assert(b->failed);
    ck_assert_int_eq(swd_bytebuf_addf(b, "%s", "abc"), SWD_ELIMIT);
    ck_assert_int_eq(swd_bytebuf_add_json(b, "\n\n", 2), SWD_ELIMIT);
    ck_assert_int_eq(swd_bytebuf_reserve(b, SIZE_MAX), SWD_ELIMIT);
    ck_assert_str_eq(b->data, "12345678");
    ck_assert_uint_eq(b->len, 8);
    ck_assert_int_eq(swd_bytebuf_adds(b, "90"), 0);
    swd_bytebuf_clear(b);
    ck_assert(!b->failed);
    swd_bytebuf_put(&b);
}
END_TEST

START_TEST(no_memory_is_a_clean_error)
{
    struct swd_bytebuf *b = swd_bytebuf_get(SIZE_MAX);
    ck_assert_int_eq(swd_bytebuf_adds(b, "kept"), 0);
    swd_extent_fail_at(1);
    ck_assert_int_eq(swd_bytebuf_reserve(b, 100000), SWD_ENOMEM);
    swd_extent_fail_at(0);
    ck_assert(b->failed);
    ck_assert_str_eq(b->data, "kept");
    swd_bytebuf_put(&b);
}
END_TEST

static void json(const char *in, size_t n, const char *want)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1000);
    ck_assert_int_eq(swd_bytebuf_add_json(b, in, n), 0);
    ck_assert_str_eq(b->len != 0 ? b->data : "", want);
    swd_bytebuf_put(&b);
}

START_TEST(json_text_is_escaped_and_valid)
{
    json("", 0, "");
    json("plain", 5, "plain");
    json("a\"b\\c\n\t\x01\x7f", 9, "a\\\"b\\\\c\\n\\t\\u0001\\u007f");
    json("\0", 1, "\\u0000");
    json("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    json("\xff", 1, "\xef\xbf\xbd");
    json("\xc0\x80", 2, "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    json("\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* surrogate */
    json("\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd");                 /* cut off */
    json("\xf4\x90\x80\x80", 1, "\xef\xbf\xbd");                     /* too large */
}
END_TEST

START_TEST(the_next_user_sees_none_of_the_bytes)
{
    for (int round = 0; round < 10; round++) {
        struct swd_bytebuf *b = swd_bytebuf_get(100000);
        ck_assert_uint_eq(b->len, 0);
        ck_assert_int_eq(swd_bytebuf_reserve(b, 2000), 0);
        for (int i = 0; i < 2000; i++)
            ck_assert_int_eq(b->data[i], 0);
        for (int i = 0; i < 100; i++)
            swd_bytebuf_adds(b, "secret secret");
        swd_bytebuf_put(&b);
    }
}
END_TEST

/* Bytes of slices that the pool has, and of the one just got, that are not zero. */
static size_t dirty(size_t n)
{
    enum { SLICES = 32 };
    char *p[SLICES];
    size_t found = 0;
    for (int i = 0; i < SLICES; i++) {
        p[i] = swd_slab_alloc(n);
        ck_assert_ptr_nonnull(p[i]);
        for (size_t k = 0; k < n; k++)
            found += p[i][k] != 0;
    }
    for (int i = 0; i < SLICES; i++)
        swd_slab_free(p[i], n);
    return found;
}

/* What was written beyond the length goes back to the slices as zeros: what was cut off, what
 * failed, what an append wrote before it found that there is no room. */
START_TEST(slices_come_back_zero)
{
    char text[400];
    memset(text, 's', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 20; i++) {
        struct swd_bytebuf *b = swd_bytebuf_get(SIZE_MAX / 4);
        ck_assert_int_eq(swd_bytebuf_add(b, text, 10), 0);
        ck_assert_int_eq(swd_bytebuf_addf(b, "%s", text), 0); /* grows */
        swd_bytebuf_cut(b, 3);
        ck_assert_uint_eq(b->len, 3);
        ck_assert_int_eq(b->data[3], 0);
        ck_assert_int_eq(swd_bytebuf_reserve(b, 4000), 0); /* grows */
        swd_bytebuf_put(&b);
        b = swd_bytebuf_get(8);
        ck_assert_int_eq(swd_bytebuf_addf(b, "%.100s", text), SWD_ELIMIT);
        ck_assert_int_eq(swd_bytebuf_reserve(b, 4), 0);
        swd_bytebuf_put(&b);
    }
    ck_assert_uint_eq(dirty(256) + dirty(512) + dirty(1024), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/bytebuf");
    TCase *c = tcase_create("bytebuf");
    tcase_add_test(c, appends_keep_a_final_nul);
    tcase_add_test(c, the_maximum_is_hard_and_failures_change_nothing);
    tcase_add_test(c, no_memory_is_a_clean_error);
    tcase_add_test(c, json_text_is_escaped_and_valid);
    tcase_add_test(c, the_next_user_sees_none_of_the_bytes);
    tcase_add_test(c, slices_come_back_zero);
    suite_add_tcase(s, c);
    return suite_run(s);
}
