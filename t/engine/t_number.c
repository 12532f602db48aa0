/* Numbers and their decimal text: as strtod() reads them and as the shortest text that reads back,
 * whichever way Duktape takes; what is no number stays none. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/duk.h"
#include "heaps.h"
#include "suite.h"

static void run(int (*fn)(void *c, void *arg))
{
    struct swd_heap *h = t_heap("cpu_per_turn", "60s", NULL);
    struct swd_thrown t;
    ck_assert_msg(swd_heap_run(h, fn, NULL, &t) == SWD_RUN_OK, "%s", t.message);
    swd_heap_destroy(&h);
}

static uint64_t state;

static uint64_t draw(void)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return state >> 11;
}

static int same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* JavaScript's text of a double by definition: the fewest digits that read back. */
static void by_definition(double x, char *out, size_t size)
{
    char sci[40], digits[24];
    int n = 0, e;
    for (int prec = 0; prec < 17; prec++) {
        snprintf(sci, sizeof sci, "%.*e", prec, fabs(x));
        if (strtod(sci, NULL) == fabs(x))
            break;
    }
    for (const char *p = sci; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    e = (int)strtol(strchr(sci, 'e') + 1, NULL, 10) + 1; /* digits in front of the point */
    ck_assert_int_le(e, 21);
    ck_assert_int_gt(e, -6);
    out += snprintf(out, 2, "%s", x < 0 ? "-" : "");
    if (e <= 0)
        snprintf(out, size - 1, "0.%.*s%.*s", -e, "00000", n, digits);
    else if (n <= e)
        snprintf(out, size - 1, "%.*s%.*s", n, digits, e - n, "00000000000000000000");
    else
        snprintf(out, size - 1, "%.*s.%.*s", e, digits, n - e, digits + e);
}

static void check(duk_context *ctx, double x)
{
    const char *text;
    char want[64];
    by_definition(x, want, sizeof want);
    duk_push_number(ctx, x);
    text = duk_to_string(ctx, -1);
    if (strlen(text) >= 16 + 1 + (x < 0)) /* two may be as near, and either is right */
        ck_assert_msg(same(strtod(text, NULL), x) && strlen(want) == strlen(text), "%s", text);
    else
        ck_assert_str_eq(text, want);
    ck_assert_msg(same(duk_to_number(ctx, -1), x), "%s", want);
    duk_pop(ctx);
}

static int all_texts(void *c, void *arg)
{
    static const double some[] = {0.1,
                                  0.5,
                                  1e-6,
                                  1.5e-6,
                                  123456.789,
                                  0.30000000000000004,
                                  1.0 / 3,
                                  4294967295.0,
                                  4294967296.0,
                                  999999999999999.0,
                                  1e15,
                                  1e15 + 1,
                                  9007199254740991.0,
                                  9007199254740992.0,
                                  123456789012345680000.0,
                                  99999999999999.9,
                                  0.1 + 0.7,
                                  1.005,
                                  4.35,
                                  1763845555123.0,
                                  5e-6,
                                  0.000012345};
    duk_context *ctx = c;
    (void)arg;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        check(ctx, some[i]);
        check(ctx, -some[i]);
    }
    state = 1;
    for (int i = 0; i < 20000; i++) {
        static const double tens[] = {1, 1e1, 1e2, 1e3, 1e5, 1e8, 1e12, 1e15};
        double whole = (double)(draw() >> draw() % 52), by = tens[draw() % 8];
        double x = whole / by;
        if (x >= 1e-6 && x < 1e21) {
            check(ctx, x);
            check(ctx, -x);
            check(ctx, nextafter(x, 1e22));
        }
    }
    return 0;
}

START_TEST(texts_are_the_shortest)
{
    run(all_texts);
}
END_TEST

static int all_reads(void *c, void *arg)
{
    duk_context *ctx = c;
    (void)arg;
    state = 2;
    for (int i = 0; i < 20000; i++) {
        char text[64];
        unsigned frac = (unsigned)(draw() % 18);
        uint64_t whole = draw() >> draw() % 53;
        if (i % 3 == 0)
            snprintf(text, sizeof text, "%s%llu", i % 2 ? "-" : "", (unsigned long long)whole);
        else
            snprintf(text, sizeof text, "%s%llu.%0*llu", i % 2 ? "-" : "",
                     (unsigned long long)(whole % 1000000), (int)frac + 1,
                     (unsigned long long)(draw() % 1000));
        duk_push_string(ctx, text);
        ck_assert_msg(same(duk_to_number(ctx, -1), strtod(text, NULL)), "Number %s", text);
        duk_pop(ctx);
        duk_push_string(ctx, text);
        duk_json_decode(ctx, -1);
        ck_assert_msg(same(duk_get_number(ctx, -1), strtod(text, NULL)), "JSON %s", text);
        duk_pop(ctx);
    }
    return 0;
}

START_TEST(texts_are_read_to_the_nearest)
{
    run(all_reads);
}
END_TEST

/* What each grammar takes, and what it does not. */
START_TEST(grammars_stay_apart)
{
    static const struct {
        const char *expr, *want;
    } cases[] = {
        {"[Number('007'), Number('1.'), Number('.5'), Number(''), Number(' 12 ')].join()",
         "7,1,0.5,0,12"},
        {"[Number('1e3'), Number('0x10'), Number('12px'), Number('1.2.3'), Number('--1')].join()",
         "1000,16,NaN,NaN,NaN"},
        {"[Number('-'), Number('+5'), Number('1_0'), Number('.'), Number('-.5')].join()",
         "NaN,5,NaN,NaN,-0.5"},
        {"[1 / Number('-0'), 1 / Number('-0.0'), 1 / Number('0')].join()",
         "-Infinity,-Infinity,Infinity"},
        {"[parseInt('12.9'), parseInt('-42'), parseInt('010'), parseInt('9z'), parseInt('z', 36)]"
         ".join()",
         "12,-42,10,9,35"},
        {"[parseFloat('3.25abc'), parseFloat('-1.5'), parseFloat('1.5.2'), parseFloat('x')].join()",
         "3.25,-1.5,1.5,NaN"},
        {"['01', '1.', '.5', '-', '+1', '1.5e', '0x1'].filter(function (s) {"
         "try { JSON.parse(s); return true } catch (e) { return false } }).length + ''",
         "0"},
        {"[0.1 + 0.2, 1e21, 1e-7, 123e-20, 5e-324, 1.7976931348623157e308].join()",
         "0.30000000000000004,1e+21,1e-7,1.23e-18,5e-324,1.7976931348623157e+308"},
        {"[(25).toString(2), (0.5).toString(16), (1234.5678).toFixed(2),"
         "(1e10).toExponential(), (123.456).toPrecision(4), -0 + ''].join()",
         "11001,0.8,1234.57,1e+10,123.5,0"},
    };
    struct swd_heap *h = t_heap(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(t_eval(h, cases[i].expr) == SWD_RUN_OK, "%s: %s", cases[i].expr,
                      t_thrown()->message);
        ck_assert_str_eq(t_value(), cases[i].want);
    }
    swd_heap_destroy(&h);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/number");
    TCase *tc = tcase_create("number");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, texts_are_the_shortest);
    tcase_add_test(tc, texts_are_read_to_the_nearest);
    tcase_add_test(tc, grammars_stay_apart);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
