/* Frames and envelopes: what is refused before anything looks at a method. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/frame.h"
#include "suite.h"

static int parse(const char *line, size_t n, struct swd_err *e)
{
    json_t *root;
    int rc = swd_frame_parse(line, n, &root, e);
    ck_assert_int_eq(root != NULL, rc == 0);
    json_decref(root);
    return rc;
}

static char *nested(size_t depth, char open, char close)
{
    char *s = malloc(2 * depth + 1);
    ck_assert_ptr_nonnull(s);
    memset(s, open, depth);
    memset(s + depth, close, depth);
    s[2 * depth] = '\0';
    return s;
}

START_TEST(nesting_is_capped_before_parsing)
{
    struct swd_err e;
    char *ok = nested(SWD_FRAME_DEPTH, '[', ']'), *deep = nested(SWD_FRAME_DEPTH + 1, '[', ']');
    char *huge = nested(1000000, '{', '}');
    ck_assert_int_eq(swd_frame_scan(ok, strlen(ok), &e), 0);
    ck_assert_int_eq(swd_frame_scan(deep, strlen(deep), &e), SWD_EREQUEST);
    ck_assert_int_eq(swd_frame_scan(huge, strlen(huge), &e), SWD_EREQUEST);
    free(ok);
    free(deep);
    free(huge);
}
END_TEST

START_TEST(brackets_in_strings_do_not_nest)
{
    struct swd_err e;
    char line[4096] = "{\"a\":\"", *p;
    memset(line + 6, '[', 2000);
    p = line + 2006;
    snprintf(p, 32, "%s", "\\\"[[[\\\\\"}");
    ck_assert_int_eq(parse(line, strlen(line), &e), 0);
}
END_TEST

START_TEST(nul_bytes_are_told_with_their_place)
{
    static const char plain[] = "{\"a\":\0 1}", quoted[] = "{\"a\":\"\0\"}";
    static const char escaped[] = "{\"a\":\"\\\0\"}", good[] = "{\"a\":\"\\u0000\"}";
    struct swd_err e;
    ck_assert_int_eq(parse(plain, sizeof plain - 1, &e), SWD_EPARSE);
    ck_assert_ptr_nonnull(strstr(e.msg, "offset 5"));
    ck_assert_int_eq(parse(quoted, sizeof quoted - 1, &e), SWD_EPARSE);
    ck_assert_int_eq(parse(escaped, sizeof escaped - 1, &e), SWD_EPARSE);
    ck_assert_int_eq(parse(good, sizeof good - 1, &e), 0);
}
END_TEST

static const struct {
    const char *line;
    int code;
} lines[] = {
    {"{}", 0},
    {"  {}  ", 0},
    {"{", SWD_EPARSE},
    {"{}{}", SWD_EPARSE},
    {"nonsense", SWD_EPARSE},
    {"\xff\xfe\xfd", SWD_EPARSE},
    {"{\"a\":\"\xc3\x28\"}", SWD_EPARSE},
    {"{\"a\":\"\xed\xa0\x80\"}", SWD_EPARSE},
    {"{\"a\":\"\\ud800\"}", SWD_EPARSE},
    {"[]", SWD_EREQUEST},
    {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\"}]", SWD_EREQUEST},
    {"1", SWD_EREQUEST},
    {"null", SWD_EREQUEST},
    {"\"text\"", SWD_EREQUEST},
};

START_TEST(only_one_object_of_valid_json_passes)
{
    struct swd_err e;
    ck_assert_int_eq(parse(lines[_i].line, strlen(lines[_i].line), &e), lines[_i].code);
}
END_TEST

static const struct {
    const char *line;
    int code;
    const char *field;
    bool has_id;
} envelopes[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}", 0, "", true},
    {"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"a\",\"params\":{}}", 0, "", true},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"a\"}", 0, "", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", 0, "", true},
    {"{\"id\":1,\"method\":\"a\"}", SWD_EREQUEST, "jsonrpc", true},
    {"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"a\"}", SWD_EREQUEST, "jsonrpc", true},
    {"{\"jsonrpc\":\"2.0\",\"id\":1}", SWD_EREQUEST, "method", true},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", SWD_EREQUEST, "method", true},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000b\"}", SWD_EREQUEST, "method", true},
    {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}", SWD_EREQUEST, "id", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"a\"}", SWD_EREQUEST, "id", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"a\"}", SWD_EREQUEST, "id", false},
    {"{\"jsonrpc\":\"2.0\",\"result\":{}}", SWD_EREQUEST, "id", false},
};

START_TEST(envelopes_are_checked)
{
    struct swd_envelope env;
    struct swd_err e = {0};
    json_t *root;
    ck_assert_int_eq(swd_frame_parse(envelopes[_i].line, strlen(envelopes[_i].line), &root, &e), 0);
    ck_assert_int_eq(swd_frame_envelope(root, &env, &e), envelopes[_i].code);
    ck_assert_str_eq(e.field, envelopes[_i].field);
    ck_assert_int_eq(env.id != NULL, envelopes[_i].has_id);
    json_decref(root);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("frame");
    TCase *tc = tcase_create("frame");
    tcase_add_test(tc, nesting_is_capped_before_parsing);
    tcase_add_test(tc, brackets_in_strings_do_not_nest);
    tcase_add_test(tc, nul_bytes_are_told_with_their_place);
    tcase_add_loop_test(tc, only_one_object_of_valid_json_passes, 0,
                        sizeof lines / sizeof lines[0]);
    tcase_add_loop_test(tc, envelopes_are_checked, 0, sizeof envelopes / sizeof envelopes[0]);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
