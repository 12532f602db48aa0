/* The local time zone: see zone.h.
 *
 * A zone file (RFC 8536, version 2 and later) is a sorted list of moments at which the offset
 * changed, and a POSIX rule for the time after them. Both are kept in static memory, written once
 * at start and only read afterwards. A lookup is a binary search, or the rule's two moments in a
 * year. glibc's own functions are not used: localtime_r takes a lock, and a script's thread may be
 * abandoned (turn.h). */
#include "engine/zone.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FILE_MAX 65536
#define ZONE_MOMENTS  2000
#define ZONE_TYPES    256
#define ZONE_DAY      86400

/* The moment of a year at which summer time begins or ends, in the local time before it. */
struct zone_when {
    char form; /* 'M' month.week.day, 'J' day 1..365 without 29 February, 'D' day 0..365 */
    int month, week, day; /* day: of the week for M, of the year otherwise */
    int time;             /* seconds after midnight, may be negative or beyond a day */
};

static struct {
    int count;
    int64_t at[ZONE_MOMENTS];
    unsigned char type[ZONE_MOMENTS];
    int offset[ZONE_TYPES];
    int first; /* offset before the first moment */
    bool has_rule, has_summer;
    int standard, summer;
    struct zone_when begin, end;
} zone;

/* ---- Calendar ---------------------------------------------------------------------------------*/

/* Days from 1970-01-01 to the first of January (Hinnant's algorithm, March-based years). */
static int64_t zone_days(int64_t year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool zone_leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* The year that a moment lies in. */
static int64_t zone_year(int64_t sec)
{
    int64_t days = sec / ZONE_DAY - (sec % ZONE_DAY < 0);
    int64_t year = 1970 + days / 366 - (days < 0);
    while (zone_days(year + 1, 1, 1) <= days)
        year++;
    while (zone_days(year, 1, 1) > days)
        year--;
    return year;
}

/* Local seconds at which `w` falls in `year`. */
static int64_t zone_when(const struct zone_when *w, int64_t year)
{
    int64_t days = zone_days(year, 1, 1);
    if (w->form == 'D') {
        days += w->day;
    } else if (w->form == 'J') {
        days += w->day - 1 + (zone_leap(year) && w->day >= 60);
    } else {
        int64_t first = zone_days(year, w->month, 1);
        int64_t next =
            w->month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, w->month + 1, 1);
        int weekday = (int)(((first + 4) % 7 + 7) % 7);
        days = first + (w->day - weekday + 7) % 7 + 7 * (w->week - 1);
        while (days >= next)
            days -= 7;
    }
    return days * ZONE_DAY + w->time;
}

/* ---- POSIX rules: std offset [dst [offset] [,start[/time],end[/time]]] ------------------------*/

static bool zone_name(const char **p)
{
    const char *s = *p;
    if (*s == '<') {
        while (*s && *s != '>')
            s++;
        if (*s++ != '>')
            return false;
    } else {
        while (isalpha((unsigned char)*s))
            s++;
        if (s - *p < 3)
            return false;
    }
    *p = s;
    return true;
}

static bool zone_int(const char **p, int max, int *out)
{
    int v = 0;
    const char *s = *p;
    while (isdigit((unsigned char)*s) && v <= max)
        v = v * 10 + (*s++ - '0');
    if (s == *p || v > max)
        return false;
    *p = s;
    *out = v;
    return true;
}

/* [+-]hh[:mm[:ss]] in seconds; hours up to 167 (RFC 8536). */
static bool zone_time(const char **p, int *out)
{
    int sign = 1, h, m = 0, s = 0;
    if (**p == '+' || **p == '-')
        sign = *(*p)++ == '-' ? -1 : 1;
    if (!zone_int(p, 167, &h))
        return false;
    if (**p == ':' && (++*p, !zone_int(p, 59, &m)))
        return false;
    if (**p == ':' && (++*p, !zone_int(p, 59, &s)))
        return false;
    *out = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool zone_parse_when(const char **p, struct zone_when *w)
{
    if (*(*p)++ != ',')
        return false;
    w->time = 7200;
    if (**p == 'M') {
        w->form = *(*p)++;
        if (!zone_int(p, 12, &w->month) || *(*p)++ != '.' || !zone_int(p, 5, &w->week) ||
            *(*p)++ != '.' || !zone_int(p, 6, &w->day) || !w->month || !w->week)
            return false;
    } else {
        w->form = 'D';
        if (**p == 'J')
            w->form = *(*p)++;
        if (!zone_int(p, 365, &w->day) || (w->form == 'J' && !w->day))
            return false;
    }
    return **p != '/' || (++*p, zone_time(p, &w->time));
}

static bool zone_parse_rule(const char *p)
{
    int off;
    zone.has_rule = zone.has_summer = false;
    if (!zone_name(&p) || !zone_time(&p, &off))
        return false;
    zone.standard = -off;
    if (*p) {
        if (!zone_name(&p))
            return false;
        zone.summer = zone.standard + 3600;
        if (*p && *p != ',') {
            if (!zone_time(&p, &off))
                return false;
            zone.summer = -off;
        }
        if (!*p)
            p = ",M3.2.0,M11.1.0";
        if (!zone_parse_when(&p, &zone.begin) || !zone_parse_when(&p, &zone.end) || *p)
            return false;
        zone.has_summer = true;
    }
    zone.has_rule = true;
    return true;
}

static int zone_by_rule(int64_t sec)
{
    int64_t year, begin, end;
    if (!zone.has_summer)
        return zone.standard;
    year = zone_year(sec + zone.standard);
    begin = zone_when(&zone.begin, year) - zone.standard;
    end = zone_when(&zone.end, year) - zone.summer;
    if (begin < end)
        return sec >= begin && sec < end ? zone.summer : zone.standard;
    return sec >= end && sec < begin ? zone.standard : zone.summer;
}

/* ---- Zone files -------------------------------------------------------------------------------*/

struct zone_header {
    uint32_t isut, isstd, leap, time, type, chars;
};

static uint32_t zone_be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool zone_header(const unsigned char *p, size_t n, struct zone_header *h)
{
    if (n < 44 || memcmp(p, "TZif", 4) != 0)
        return false;
    h->isut = zone_be32(p + 20);
    h->isstd = zone_be32(p + 24);
    h->leap = zone_be32(p + 28);
    h->time = zone_be32(p + 32);
    h->type = zone_be32(p + 36);
    h->chars = zone_be32(p + 40);
    return h->time <= ZONE_MOMENTS && h->type >= 1 && h->type <= ZONE_TYPES && h->leap < 1000 &&
           h->chars < 10000 && h->isut <= ZONE_TYPES && h->isstd <= ZONE_TYPES;
}

static size_t zone_body_size(const struct zone_header *h, size_t word)
{
    return h->time * (word + 1) + h->type * 6 + h->chars + h->leap * (word + 4) + h->isstd +
           h->isut;
}

static bool zone_footer(const unsigned char *p, size_t n)
{
    char rule[128];
    const unsigned char *end;
    if (n < 2 || *p != '\n')
        return false;
    end = memchr(p + 1, '\n', n - 1);
    if (!end || (size_t)(end - p - 1) >= sizeof rule)
        return false;
    memcpy(rule, p + 1, (size_t)(end - p - 1));
    rule[end - p - 1] = '\0';
    return !rule[0] || zone_parse_rule(rule);
}

static bool zone_parse_file(const unsigned char *p, size_t n)
{
    struct zone_header h;
    size_t skip;
    if (!zone_header(p, n, &h) || p[4] < '2')
        return false;
    skip = 44 + zone_body_size(&h, 4);
    if (n < skip || !zone_header(p + skip, n - skip, &h))
        return false;
    p += skip + 44;
    n -= skip + 44;
    if (n < zone_body_size(&h, 8))
        return false;
    for (uint32_t i = 0; i < h.type; i++)
        zone.offset[i] = (int)zone_be32(p + 9 * h.time + 6 * i);
    for (uint32_t i = 0; i < h.time; i++) {
        zone.at[i] = (int64_t)((uint64_t)zone_be32(p + 8 * i) << 32 | zone_be32(p + 8 * i + 4));
        zone.type[i] = p[8 * h.time + i];
        if (zone.type[i] >= h.type || (i && zone.at[i] <= zone.at[i - 1]))
            return false;
    }
    zone.first = zone.offset[0];
    if (!zone_footer(p + zone_body_size(&h, 8), n - zone_body_size(&h, 8)))
        return false;
    zone.count = (int)h.time;
    return true;
}

bool swd_zone_load(const unsigned char *file, size_t n)
{
    memset(&zone, 0, sizeof zone);
    if (zone_parse_file(file, n))
        return true;
    memset(&zone, 0, sizeof zone);
    return false;
}

bool swd_zone_rule(const char *text)
{
    memset(&zone, 0, sizeof zone);
    if (zone_parse_rule(text))
        return true;
    memset(&zone, 0, sizeof zone);
    return false;
}

static bool zone_read(const char *path)
{
    unsigned char *data = malloc(ZONE_FILE_MAX);
    FILE *f = fopen(path, "rbe");
    bool ok = false;
    if (data && f)
        ok = swd_zone_load(data, fread(data, 1, ZONE_FILE_MAX, f));
    if (f)
        fclose(f);
    free(data);
    return ok;
}

void swd_zone_init(void)
{
    const char *tz = getenv("TZ");
    char path[256];
    if (!tz) {
        zone_read("/etc/localtime");
        return;
    }
    if (*tz == ':')
        tz++;
    if (swd_zone_rule(tz) || !*tz || strstr(tz, ".."))
        return;
    snprintf(path, sizeof path, "%s%s", *tz == '/' ? "" : "/usr/share/zoneinfo/", tz);
    zone_read(path);
}

int swd_zone_offset(double ms)
{
    int64_t sec;
    int lo = 0, hi = zone.count;
    if (!(fabs(ms) <= 8.64e15))
        return 0;
    sec = (int64_t)floor(ms / 1000.0);
    if (zone.has_rule && (!zone.count || sec >= zone.at[zone.count - 1]))
        return zone_by_rule(sec);
    if (!zone.count || sec < zone.at[0])
        return zone.first;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        if (zone.at[mid] <= sec)
            lo = mid;
        else
            hi = mid;
    }
    return zone.offset[zone.type[lo]];
}
