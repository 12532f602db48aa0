/* Dates that are not ISO 8601: see swd_hook_date() in hooks.h.
 *
 * One loose reader for "Sun, 22 Nov 2026 10:00:00 GMT" (RFC 1123, toUTCString()), "Sun Nov 22 2026
 * 10:00:00 GMT+0100 (CET)" (toString()), "Sun Nov 22 10:00:00 2026" (asctime), "November 22, 2026
 * 10:00:00", "11/22/2026" and "2026/11/22": words and numbers in any order, a number of three
 * digits or more is the year, the other one the day. Without a zone it is local time. Pure; reads
 * at most 64 tokens. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "engine/hooks.h"

struct date_parts {
    int year, month, day, hour, minute, second, offset;
    bool has_year, has_month, has_day, has_time, has_zone;
};

static const char date_months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char date_weekdays[] = "sunmontuewedthufrisat";

/* The place, from 0, of the three letters at `word` in a string of such, or -1. */
static int date_find(const char *names, const char *word)
{
    for (int i = 0; names[3 * i]; i++)
        if (strncasecmp(names + 3 * i, word, 3) == 0)
            return i;
    return -1;
}

static bool date_word(const char *s, size_t n, struct date_parts *d)
{
    int month;
    if ((n == 3 && (!strncasecmp(s, "gmt", 3) || !strncasecmp(s, "utc", 3))) ||
        (n == 1 && (*s == 'Z' || *s == 'z'))) {
        d->has_zone = true;
        return true;
    }
    if (n == 2 && (!strncasecmp(s, "am", 2) || !strncasecmp(s, "pm", 2))) {
        if (!d->has_time || d->hour < 1 || d->hour > 12)
            return false;
        d->hour = d->hour % 12 + (tolower((unsigned char)*s) == 'p' ? 12 : 0);
        return true;
    }
    if (n < 3)
        return n == 1 && (*s == 'T' || *s == 't') && d->has_day;
    month = date_find(date_months, s);
    if (month >= 0 && !d->has_month) {
        d->month = month;
        d->has_month = true;
        return true;
    }
    return date_find(date_weekdays, s) >= 0;
}

static int date_number(const char **p, int *digits)
{
    int v = 0;
    for (*digits = 0; isdigit((unsigned char)**p); ++*p, ++*digits)
        v = *digits < 7 ? v * 10 + (**p - '0') : v;
    return v;
}

/* hh:mm[:ss[.fraction]]; the hours were read. */
static bool date_clock(const char **p, int hour, struct date_parts *d)
{
    int digits;
    ++*p;
    d->hour = hour;
    d->minute = date_number(p, &digits);
    if (!digits || digits > 2 || d->has_time)
        return false;
    if (**p == ':') {
        ++*p;
        d->second = date_number(p, &digits);
        if (!digits || digits > 2)
            return false;
        if (**p == '.' && (++*p, date_number(p, &digits), !digits))
            return false;
    }
    d->has_time = true;
    return d->hour <= 24 && d->minute <= 59 && d->second <= 59;
}

/* +hhmm, +hh:mm or +hh after the time. */
static bool date_zone(const char **p, struct date_parts *d)
{
    int sign = *(*p)++ == '-' ? -1 : 1, digits, v, minute = 0;
    v = date_number(p, &digits);
    if (digits == 4) {
        minute = v % 100;
        v /= 100;
    } else if (digits > 2 || !digits) {
        return false;
    } else if (**p == ':') {
        ++*p;
        minute = date_number(p, &digits);
    }
    d->offset = sign * (v * 3600 + minute * 60);
    d->has_zone = true;
    return v <= 23 && minute <= 59;
}

/* Y/M/D or M/D/Y; the first number was read. */
static bool date_slashes(const char **p, int first, int digits, struct date_parts *d)
{
    int second, third, n, m;
    ++*p;
    second = date_number(p, &n);
    if (d->has_year || d->has_month || d->has_day || !n || n > 2 || **p != '/')
        return false;
    ++*p;
    third = date_number(p, &m);
    d->has_year = d->has_month = d->has_day = true;
    if (digits > 2) {
        d->year = first;
        d->month = second - 1;
        d->day = third;
    } else {
        d->year = m > 2 ? third : third + (third < 50 ? 2000 : 1900);
        d->month = first - 1;
        d->day = second;
    }
    return m > 0 && (digits > 2 ? digits <= 6 && m <= 2 : m <= 6) && d->month >= 0 &&
           d->month < 12 && d->day >= 1 && d->day <= 31;
}

static bool date_digits(const char **p, struct date_parts *d)
{
    int digits, v = date_number(p, &digits);
    if (**p == ':')
        return digits <= 2 && date_clock(p, v, d);
    if (**p == '/')
        return date_slashes(p, v, digits, d);
    if (digits > 6)
        return false;
    if (!d->has_day && digits <= 2) {
        d->day = v;
        d->has_day = true;
        return v >= 1 && v <= 31;
    }
    if (d->has_year)
        return false;
    d->year = digits > 2 ? v : v + (v < 50 ? 2000 : 1900);
    d->has_year = true;
    return true;
}

static bool date_parse(const char *p, struct date_parts *d)
{
    for (int tokens = 0; *p; tokens++) {
        if (tokens == 64)
            return false;
        if (isspace((unsigned char)*p) || *p == ',') {
            p++;
        } else if (*p == '(') {
            p += strcspn(p, ")");
            p += *p == ')';
        } else if (isalpha((unsigned char)*p)) {
            size_t n = 1;
            while (isalpha((unsigned char)p[n]))
                n++;
            if (!date_word(p, n, d))
                return false;
            p += n;
            p += *p == '.';
        } else if (isdigit((unsigned char)*p)) {
            if (!date_digits(&p, d))
                return false;
        } else if ((*p == '+' || *p == '-') && d->has_time) {
            if (!date_zone(&p, d))
                return false;
        } else if (*p == '-' && (d->has_day || d->has_month)) {
            p++;
        } else {
            return false;
        }
    }
    return d->has_year && d->has_month && d->has_day;
}

int swd_hook_date(const char *text, double *ms)
{
    struct date_parts d = {0};
    int64_t y, era, yoe, doy, days;
    double local;
    if (!date_parse(text, &d))
        return 0;
    y = d.year - (d.month < 2);
    era = y / 400;
    yoe = y - era * 400;
    doy = (153 * (d.month + (d.month > 1 ? -2 : 10)) + 2) / 5 + d.day - 1;
    days = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
    local = (double)days * 864e5 + d.hour * 36e5 + d.minute * 6e4 + d.second * 1e3;
    if (d.has_zone) {
        *ms = local - d.offset * 1e3;
    } else {
        double utc = local - swd_hook_zone(local) * 1e3;
        *ms = local - swd_hook_zone(utc) * 1e3;
    }
    return 1;
}

bool swd_hook_date_fits(const int *fields, bool minus)
{
    static const struct {
        int from, to;
    } range[] = {{0, 999999999}, {1, 12},  {1, 31}, {0, 24}, {0, 59},
                 {0, 59},        {0, 999}, {0, 23}, {0, 59}};
    for (size_t i = 0; i < sizeof(range) / sizeof(*range); i++)
        if (fields[i] < range[i].from || fields[i] > range[i].to)
            return false;
    if (fields[3] == 24 && (fields[4] || fields[5] || fields[6]))
        return false;
    return !minus || fields[0] != 0;
}
