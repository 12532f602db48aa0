/* The method table and the validator that it drives. */
#include <check.h>
#include <string.h>

#include "base/nearest.h"
#include "control/params.h"
#include "pool/extent.h"
#include "runner/runner.h"
#include "suite.h"

static int check(const char *method, const char *params, struct swd_err *e)
{
    json_t *p = params ? json_loads(params, JSON_DECODE_ANY, NULL) : NULL;
    int m = swd_method_find(method, e), rc;
    ck_assert_int_ge(m, 0);
    rc = swd_params_check(&swd_methods[m], p, e);
    json_decref(p);
    return rc;
}

START_TEST(names_and_aliases_are_found)
{
    struct swd_err e;
    ck_assert_int_eq(swd_method_find("run", &e), SWD_METHOD_RUN);
    ck_assert_int_eq(swd_method_find("stats", &e), SWD_METHOD_STATS);
    ck_assert_int_eq(swd_method_find("memory.stats", &e), SWD_METHOD_STATS);
    ck_assert_int_eq(swd_method_find("memory.gc", &e), SWD_METHOD_GC);
    ck_assert_int_eq(swd_method_find("", &e), SWD_EMETHOD);
    ck_assert_int_eq(swd_method_find("stat", &e), SWD_EMETHOD);
    ck_assert_ptr_nonnull(strstr(e.hint, "\"stats\""));
}
END_TEST

START_TEST(names_are_unique)
{
    for (int i = 0; i < SWD_METHOD_COUNT; i++)
        for (int k = 0; k < i; k++) {
            ck_assert_str_ne(swd_methods[i].name, swd_methods[k].name);
            ck_assert_str_ne(swd_methods[i].name, swd_methods[k].alias);
        }
}
END_TEST

START_TEST(good_parameters_pass)
{
    struct swd_err e;
    ck_assert_int_eq(check("version", NULL, &e), 0);
    ck_assert_int_eq(check("version", "{}", &e), 0);
    ck_assert_int_eq(check("run",
                           "{\"source\":\"\",\"name\":\"a\",\"lang\":\"ts\",\"goal\":\"module\","
                           "\"args\":[1],\"limits\":{},\"wait\":false,\"modules\":true,"
                           "\"group\":\"g\"}",
                           &e),
                     0);
    ck_assert_int_eq(check("send", "{\"id\":1,\"message\":null}", &e), 0);
    ck_assert_int_eq(check("subscribe", "{\"topics\":[\"runner\"]}", &e), 0);
}
END_TEST

static const struct {
    const char *method, *params, *field, *says;
} bad[] = {
    {"run", NULL, "source", "needs"},
    {"run", "{}", "source", "needs"},
    {"run", "{\"source\":1}", "source", "a string"},
    {"run", "{\"source\":null}", "source", "a string"},
    {"run", "{\"source\":\"\",\"lang\":\"c\"}", "lang", "auto|js|ts|tsx|jsx"},
    {"run", "{\"source\":\"\",\"lang\":\"j\"}", "lang", "one of"},
    {"run", "{\"source\":\"\",\"lang\":1}", "lang", "one of"},
    {"run", "{\"source\":\"\",\"name\":\"\"}", "name", "1 to 255"},
    {"run", "{\"source\":\"\",\"args\":{}}", "args", "an array"},
    {"run", "{\"source\":\"\",\"limits\":[]}", "limits", "an object"},
    {"run", "{\"source\":\"\",\"wait\":1}", "wait", "true or false"},
    {"run", "{\"source\":\"\",\"sauce\":1}", "sauce", "no parameter"},
    {"wait", "{\"id\":0}", "id", "from 1"},
    {"wait", "{\"id\":-1}", "id", "from 1"},
    {"wait", "{\"id\":1.5}", "id", "from 1"},
    {"wait", "{\"id\":\"1\"}", "id", "from 1"},
    {"wait", "{\"id\":1,\"timeout_ms\":-1}", "timeout_ms", "from 0"},
    {"send", "{\"id\":1}", "message", "needs"},
    {"subscribe", "{\"topics\":[1]}", "topics", "array of strings"},
    {"version", "{\"x\":1}", "x", "no parameter"},
    {"version", "[]", "", "must be an object"},
    {"version", "null", "", "must be an object"},
};

START_TEST(bad_parameters_are_told)
{
    struct swd_err e;
    ck_assert_int_eq(check(bad[_i].method, bad[_i].params, &e), SWD_EPARAMS);
    ck_assert_str_eq(e.field, bad[_i].field);
    ck_assert_msg(strstr(e.msg, bad[_i].says) != NULL, "%s", e.msg);
}
END_TEST

START_TEST(the_nearest_parameter_is_hinted)
{
    struct swd_err e;
    ck_assert_int_eq(check("wait", "{\"id\":1,\"timeout\":5}", &e), SWD_EPARAMS);
    ck_assert_ptr_nonnull(strstr(e.hint, "timeout_ms"));
    ck_assert_int_eq(check("run", "{\"sourse\":\"\"}", &e), SWD_EPARAMS);
    ck_assert_ptr_nonnull(strstr(e.hint, "\"source\""));
}
END_TEST

START_TEST(strings_with_nuls_are_text_only)
{
    struct swd_err e;
    json_t *p = json_pack("{s:s%,s:s}", "source", "a\0b", (size_t)3, "name", "n");
    ck_assert_int_eq(swd_params_check(&swd_methods[SWD_METHOD_RUN], p, &e), 0);
    json_object_set_new(p, "name", json_stringn("a\0b", 3));
    ck_assert_int_eq(swd_params_check(&swd_methods[SWD_METHOD_RUN], p, &e), SWD_EPARAMS);
    json_decref(p);
}
END_TEST

START_TEST(the_state_words_are_all_states)
{
    static const char words[] = "state:"
#define SWD_STATE(sym, name) name "|"
#include "runner/states.def"
#undef SWD_STATE
        ;
    const char *spec = strstr(swd_methods[SWD_METHOD_LIST].params, "state:");
    ck_assert_ptr_nonnull(spec);
    ck_assert_int_eq(strncmp(spec, words, sizeof words - 2), 0);
    ck_assert_int_eq(spec[sizeof words - 2], ' ');
}
END_TEST

int main(void)
{
    Suite *s = suite_create("params");
    TCase *tc = tcase_create("params");
    tcase_add_test(tc, names_and_aliases_are_found);
    tcase_add_test(tc, names_are_unique);
    tcase_add_test(tc, good_parameters_pass);
    tcase_add_loop_test(tc, bad_parameters_are_told, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, the_nearest_parameter_is_hinted);
    tcase_add_test(tc, strings_with_nuls_are_text_only);
    tcase_add_test(tc, the_state_words_are_all_states);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
