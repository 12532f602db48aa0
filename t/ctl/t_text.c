/* Text of swctl: widths, cleaned names, units, tables, and JSON as JavaScript prints it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/text.h"
#include "suite.h"

START_TEST(widths_are_those_of_a_terminal)
{
    ck_assert_uint_eq(swd_ctl_text_width("abc"), 3);
    ck_assert_uint_eq(swd_ctl_text_width("日本語"), 6);
    ck_assert_uint_eq(swd_ctl_text_width("e\xcc\x81"), 1); /* e, combining acute */
    ck_assert_uint_eq(swd_ctl_text_width("😀!"), 3);
    ck_assert_uint_eq(swd_ctl_text_width("\xff"), 1);
    ck_assert_uint_eq(swd_ctl_text_width(""), 0);
}
END_TEST

START_TEST(utf8_is_checked_strictly)
{
    static const char *const bad[] = {"\xc0\x80",         "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe2\x82",         "\x80",         "\xf8\x88\x80\x80\x80",
                                      "\xf0\x80\x80\x80", "\xc3("};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(swd_ctl_text_utf8(bad[i], strlen(bad[i])) == 0, "%zu", i);
    ck_assert_uint_eq(swd_ctl_text_utf8("a€\xff", 5), 4);
    ck_assert_uint_eq(swd_ctl_text_utf8("a\0€😀", 9), 9);
}
END_TEST

START_TEST(cleaned_text_cannot_steer_a_terminal)
{
    char buf[16];
    ck_assert_str_eq(swd_ctl_text_clean(buf, sizeof buf, "a\x1b[2J\n\x7f"), "a?[2J??");
    ck_assert_str_eq(swd_ctl_text_clean(buf, sizeof buf,
                                        "\xc2\x9b"
                                        "1m\xff"),
                     "?1m?");
    ck_assert_str_eq(swd_ctl_text_clean(buf, 4, "a€b"), "a");
    ck_assert_str_eq(swd_ctl_text_clean(buf, 5, "a€b"), "a€");
}
END_TEST

START_TEST(units_have_up_to_four_figures)
{
    char b[CTL_TEXT];
    ck_assert_str_eq(swd_ctl_text_bytes(b, 0), "0");
    ck_assert_str_eq(swd_ctl_text_bytes(b, 1023), "1023");
    ck_assert_str_eq(swd_ctl_text_bytes(b, 1024), "1.0K");
    ck_assert_str_eq(swd_ctl_text_bytes(b, 10 * 1024), "10K");
    ck_assert_str_eq(swd_ctl_text_bytes(b, 1048575), "1.0M");
    ck_assert_str_eq(swd_ctl_text_bytes(b, -2048), "-2.0K");
    ck_assert_str_eq(swd_ctl_text_bytes(b, 5.5e18), "4885P");
    ck_assert_str_eq(swd_ctl_text_us(b, 999), "999us");
    ck_assert_str_eq(swd_ctl_text_us(b, 1000), "1.0ms");
    ck_assert_str_eq(swd_ctl_text_us(b, 99.4e6), "99s");
    ck_assert_str_eq(swd_ctl_text_us(b, 100e6), "1m40s");
    ck_assert_str_eq(swd_ctl_text_age(b, 59.9), "59s");
    ck_assert_str_eq(swd_ctl_text_age(b, 3661), "1h01m");
    ck_assert_str_eq(swd_ctl_text_age(b, 90000), "1d01h");
    ck_assert_str_eq(swd_ctl_text_age(b, -5), "0s");
}
END_TEST

START_TEST(values_print_as_in_javascript)
{
    static const char *const cases[][2] = {
        {"0.1", "0.1"},
        {"-0.0", "0"},
        {"1.0", "1"},
        {"123456789.125", "123456789.125"},
        {"1e21", "1e+21"},
        {"1e20", "100000000000000000000"},
        {"123e-20", "1.23e-18"},
        {"0.000001", "0.000001"},
        {"0.0000001", "1e-7"},
        {"-2.5e-7", "-2.5e-7"},
        {"5e-324", "5e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740993", "9007199254740993"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551616", "18446744073709552000"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"{\"a\":[],\"b\":{}, \"\\u0001\":[1.5,null,true,false]}",
         "{\"a\":[],\"b\":{},\"\\u0001\":[1.5,null,true,false]}"},
        {"\"\\u001b\\ud83d\\ude00/\\\"\\\\\\n\\u007f\"", "\"\\u001b😀/\\\"\\\\\\n\x7f\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *v = swd_ctl_json_parse(cases[i][0], strlen(cases[i][0]));
        char *text;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        ck_assert_msg(v != NULL, "%s", cases[i][0]);
        swd_ctl_json_print(f, v);
        fclose(f);
        ck_assert_str_eq(text, cases[i][1]);
        free(text);
        json_decref(v);
    }
    ck_assert_ptr_null(swd_ctl_json_parse("{", 1));
    ck_assert_ptr_null(swd_ctl_json_parse("1e999", 5));
}
END_TEST

START_TEST(tables_line_up)
{
    static const char *const heads[] = {">N", "NAME", "LAST", NULL};
    static const char *const rows[][3] = {{"1", "日本", "x"}, {"100", "a\tb", NULL}};
    struct swd_ctl_table t;
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    swd_ctl_table_begin(&t, f, heads);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(swd_ctl_table_row(&t, rows[i == 99]), 0);
    swd_ctl_table_end(&t);
    fclose(f);
    ck_assert_int_eq(strncmp(text, "  N  NAME  LAST\n  1  日本  x\n", 31), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n100  a?b   \n"));
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("text");
    TCase *t = tcase_create("text");
    tcase_add_test(t, widths_are_those_of_a_terminal);
    tcase_add_test(t, utf8_is_checked_strictly);
    tcase_add_test(t, cleaned_text_cannot_steer_a_terminal);
    tcase_add_test(t, units_have_up_to_four_figures);
    tcase_add_test(t, values_print_as_in_javascript);
    tcase_add_test(t, tables_line_up);
    suite_add_tcase(s, t);
    return suite_run(s);
}
