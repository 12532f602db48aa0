/* Dates and the time zone, against known moments; Math.random(). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/hooks.h"
#include "engine/zone.h"
#include "heaps.h"
#include "suite.h"

static const struct {
    const char *rule;
    double sec;
    int offset;
} rules[] = {
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1767225600, 3600}, /* 2026-01-01 */
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1774745999, 3600}, /* a second before 2026-03-29 01:00 UTC */
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1774746000, 7200},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1792889999, 7200}, /* a second before 2026-10-25 01:00 UTC */
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1792890000, 3600},
    {"EST5EDT", 1772953199, -18000}, /* 2026-03-08 07:00 UTC */
    {"EST5EDT", 1772953200, -14400},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1767225600, 39600}, /* the south: summer over new year */
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1782864000, 36000},
    {"<+0545>-5:45", 0, 20700},
    {"UTC0", 1e9, 0},
    {"XXX3", -1e10, -10800},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", 1782864000, 3600},
};

START_TEST(rules_are_followed)
{
    ck_assert(swd_zone_rule(rules[_i].rule));
    ck_assert_int_eq(swd_zone_offset(rules[_i].sec * 1000), rules[_i].offset);
    ck_assert_int_eq(swd_zone_offset(NAN), 0);
}
END_TEST

static const char *const bad_rules[] = {"",
                                        "X",
                                        "CET",
                                        "CET-1CEST,M3",
                                        "CET-1CEST,M13.1.0,M1.1.0",
                                        "CET-1CEST,M3.5.0",
                                        "CET-999",
                                        "<CET-1",
                                        "CET-1CEST,J0,J1",
                                        "Europe/Berlin",
                                        "CET-1CEST,M3.5.0,M10.5.0/3x"};

START_TEST(bad_rules_are_utc)
{
    ck_assert(!swd_zone_rule(bad_rules[_i]));
    ck_assert_int_eq(swd_zone_offset(1.7e12), 0);
}
END_TEST

/* Every zone file of the machine agrees with glibc over 150 years. */
static const char *const zones[] = {"Europe/Berlin",    "America/New_York",    "Asia/Kathmandu",
                                    "Australia/Sydney", "America/Sao_Paulo",   "Africa/Casablanca",
                                    "Asia/Tehran",      "Europe/Dublin",       "Pacific/Apia",
                                    "Antarctica/Troll", "Australia/Lord_Howe", "UTC"};

START_TEST(zone_files_agree_with_glibc)
{
    char path[128];
    FILE *f;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zones[_i]);
    f = fopen(path, "rb");
    if (!f)
        return;
    fclose(f);
    setenv("TZ", zones[_i], 1);
    tzset();
    swd_zone_init();
    for (int64_t t = -1000000000; t < 3800000000; t += 100003) {
        time_t tt = (time_t)t;
        struct tm tm;
        localtime_r(&tt, &tm);
        ck_assert_msg(swd_zone_offset((double)t * 1000) == tm.tm_gmtoff, "%s at %lld: %d, not %ld",
                      zones[_i], (long long)t, swd_zone_offset((double)t * 1000), tm.tm_gmtoff);
    }
}
END_TEST

START_TEST(damaged_zone_files_are_utc)
{
    unsigned char data[8192];
    FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    size_t n;
    if (!f)
        return;
    n = fread(data, 1, sizeof data, f);
    fclose(f);
    ck_assert(swd_zone_load(data, n));
    for (size_t cut = 0; cut < n - 1; cut += 7)
        if (!swd_zone_load(data, cut))
            ck_assert_int_eq(swd_zone_offset(1.7e12), 0);
    for (size_t i = 0; i < n; i++) {
        data[i] ^= 0xff;
        (void)swd_zone_load(data, n);
        (void)swd_zone_offset(1.7e12);
        (void)swd_zone_offset(-1e12);
        data[i] ^= 0xff;
    }
}
END_TEST

static const struct {
    const char *text;
    double ms; /* NAN: not a date */
} dates[] = {
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Sun, 22 Nov 2026 10:00:01 GMT", 1795341601000},
    {"Sun Nov 22 2026 10:00:01 GMT+0100 (CET)", 1795338001000},
    {"Sun Nov 22 10:00:01 2026", 1795341601000},
    {"November 22, 2026 10:00:01", 1795341601000},
    {"22 Nov 2026", 1795305600000},
    {"Nov 22, 2026 10:00:01 PM", 1795384801000},
    {"22-Nov-26 10:00:01 UTC", 1795341601000},
    {"Sun, 06 Nov 94 08:49:37 GMT", 784111777000},
    {"Feb 29, 2024 12:00 -0330", 1709220600000},
    {"1 Jan 0100 00:00 GMT", -59011459200000},
    {"yesterday", NAN},
    {"Nov", NAN},
    {"22", NAN},
    {"Nov 22", NAN},
    {"Nov 22, 2026 25:00", NAN},
    {"Nov 22, 2026 10:99", NAN},
    {"Nov 22, 2026 10:00 +2500", NAN},
    {"Nov 32, 2026", NAN},
    {"Nov 22, 99999999", NAN},
    {"Nov 22, 2026 \xff", NAN},
};

START_TEST(dates_are_read)
{
    double ms = NAN;
    ck_assert(swd_zone_rule("UTC0"));
    ck_assert_int_eq(swd_hook_date(dates[_i].text, &ms), !isnan(dates[_i].ms));
    if (!isnan(dates[_i].ms))
        ck_assert_msg(ms == dates[_i].ms, "%s: %.0f", dates[_i].text, ms);
}
END_TEST

START_TEST(scripts_have_local_time)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert(swd_zone_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
    ck_assert_int_eq(t_eval(h, "var d = new Date(2026, 6, 1, 12); d.getTimezoneOffset() + ' ' +"
                               "d.toISOString() + ' ' + new Date(2026, 0, 1).getTimezoneOffset()"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "-120 2026-07-01T10:00:00.000Z -60");
    ck_assert_int_eq(t_eval(h, "Date.parse('Nov 22, 2026 10:00:01')"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "1795338001000");
    ck_assert_int_eq(t_eval(h, "Date.parse('no date')"), SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "NaN");
    ck_assert_int_eq(t_eval(h, "new Date('Sun, 22 Nov 2026 10:00:01 GMT').getTime() % 1 +"
                               "Date.now() % 1"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "0");
    swd_heap_destroy(&h);
}
END_TEST

START_TEST(random_is_spread_and_each_heaps_own)
{
    struct swd_heap *a = t_heap(NULL), *b = t_heap(NULL);
    char first[64];
    ck_assert_int_eq(t_eval(a, "Math.random()"), SWD_RUN_OK);
    snprintf(first, sizeof first, "%s", t_value());
    ck_assert_int_eq(t_eval(b, "Math.random()"), SWD_RUN_OK);
    ck_assert_str_ne(t_value(), first);
    ck_assert_int_eq(t_eval(a, "var n = [0, 0, 0, 0, 0, 0, 0, 0], ok = true;"
                               "for (var i = 0; i < 8000; i++) { var r = Math.random();"
                               "ok = ok && r >= 0 && r < 1; n[Math.floor(r * 8)]++; }"
                               "ok && Math.min.apply(null, n) > 800"),
                     SWD_RUN_OK);
    ck_assert_str_eq(t_value(), "true");
    swd_heap_destroy(&a);
    swd_heap_destroy(&b);
}
END_TEST

#define LOOP(tc, fn, table) tcase_add_loop_test(tc, fn, 0, (int)(sizeof table / sizeof *table))

int main(void)
{
    Suite *s = suite_create("engine/date");
    TCase *tc = tcase_create("date");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    LOOP(tc, rules_are_followed, rules);
    LOOP(tc, bad_rules_are_utc, bad_rules);
    LOOP(tc, zone_files_agree_with_glibc, zones);
    tcase_add_test(tc, damaged_zone_files_are_utc);
    LOOP(tc, dates_are_read, dates);
    tcase_add_test(tc, scripts_have_local_time);
    tcase_add_test(tc, random_is_spread_and_each_heaps_own);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
