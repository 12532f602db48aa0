/* Limits and units: see limits.h. */
#include "base/limits.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/nearest.h"

static const struct swd_limit_info limit_table[] = {
#define SWD_LIMIT(field, type, def, help)                                                          \
    {#field, SWD_UNIT_##type, def, help, offsetof(struct swd_limits, field)},
#include "base/limits.def"
#undef SWD_LIMIT
};

struct unit_suffix {
    const char *text;
    uint64_t factor;
};

/* Largest factor first, so that swd_unit_format() finds the shortest exact form. */
static const struct unit_suffix duration_suffixes[] = {
    {"h", 3600 * SWD_NS_PER_S}, {"m", 60 * SWD_NS_PER_S}, {"s", SWD_NS_PER_S},
    {"ms", SWD_NS_PER_MS},      {"us", SWD_NS_PER_US},    {"ns", 1},
};
static const struct unit_suffix size_suffixes[] = {
    {"T", 1ULL << 40}, {"G", 1ULL << 30}, {"M", 1ULL << 20}, {"K", 1ULL << 10}, {"", 1},
};
static const struct unit_suffix count_suffixes[] = {{"", 1}};
static const struct unit_suffix percent_suffixes[] = {{"%", 1}};

static const struct {
    const struct unit_suffix *suffixes;
    size_t n;
} unit_table[] = {
    [SWD_UNIT_DURATION] = {duration_suffixes, SWD_ARRAY_LEN(duration_suffixes)},
    [SWD_UNIT_SIZE] = {size_suffixes, SWD_ARRAY_LEN(size_suffixes)},
    [SWD_UNIT_COUNT] = {count_suffixes, SWD_ARRAY_LEN(count_suffixes)},
    [SWD_UNIT_PERCENT] = {percent_suffixes, SWD_ARRAY_LEN(percent_suffixes)},
};

static uint64_t *limit_field(struct swd_limits *l, const struct swd_limit_info *info)
{
    return (uint64_t *)(void *)((char *)l + info->offset);
}

const struct swd_limit_info *swd_limits_table(size_t *n)
{
    *n = SWD_ARRAY_LEN(limit_table);
    return limit_table;
}

const struct swd_limit_info *swd_limits_find(const char *name)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(limit_table); i++)
        if (strcmp(limit_table[i].name, name) == 0)
            return &limit_table[i];
    return NULL;
}

void swd_limits_default(struct swd_limits *l)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(limit_table); i++) {
        int rc = swd_unit_parse(limit_table[i].unit, limit_table[i].def,
                                limit_field(l, &limit_table[i]));
        swd_assert(rc == 0);
    }
}

static int limit_unknown(const char *name, struct swd_err *e)
{
    const char *names[SWD_ARRAY_LEN(limit_table)];
    const char *near;
    for (size_t i = 0; i < SWD_ARRAY_LEN(limit_table); i++)
        names[i] = limit_table[i].name;
    near = swd_nearest(name, names, SWD_ARRAY_LEN(limit_table));
    swd_fail(e, SWD_EPARAMS, "unknown limit '%.60s'", name);
    swd_fail_hint(e, near ? "did you mean '%s'?" : "see [runners] in swd.conf(5)%s",
                  near ? near : "");
    swd_fail_field(e, name);
    return SWD_EPARAMS;
}

int swd_limits_set(struct swd_limits *l, const char *name, const char *value, struct swd_err *e)
{
    static const char *const examples[] = {"250ms, 1s or none", "64M or none", "a whole number",
                                           "50% or none"};
    const struct swd_limit_info *info = swd_limits_find(name);
    uint64_t v;
    if (!info)
        return limit_unknown(name, e);
    if (swd_unit_parse(info->unit, value, &v) != 0) {
        swd_fail(e, SWD_EPARAMS, "limit %s: bad value '%.60s'", name, value);
        swd_fail_hint(e, "write it like %s", examples[info->unit]);
        swd_fail_field(e, name);
        return SWD_EPARAMS;
    }
    *limit_field(l, info) = v;
    return 0;
}

void swd_limits_tighten(struct swd_limits *l, const struct swd_limits *by)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(limit_table); i++) {
        uint64_t *mine = limit_field(l, &limit_table[i]);
        uint64_t other = *limit_field((struct swd_limits *)by, &limit_table[i]);
        if (other < *mine)
            *mine = other;
    }
}

int swd_unit_parse(enum swd_unit unit, const char *text, uint64_t *out)
{
    char *end;
    unsigned long long n;
    if (strcmp(text, "none") == 0) {
        *out = SWD_NONE;
        return 0;
    }
    if (!isdigit((unsigned char)text[0]))
        return SWD_EPARAMS;
    errno = 0;
    n = strtoull(text, &end, 10);
    if (errno != 0)
        return SWD_EPARAMS;
    for (size_t i = 0; i < unit_table[unit].n; i++) {
        const struct unit_suffix *s = &unit_table[unit].suffixes[i];
        if (strcmp(end, s->text) != 0)
            continue;
        if (__builtin_mul_overflow(n, s->factor, &n) || n == SWD_NONE)
            return SWD_EPARAMS;
        *out = n;
        return 0;
    }
    return SWD_EPARAMS;
}

const char *swd_unit_format(enum swd_unit unit, uint64_t v, char *buf, size_t n)
{
    const struct unit_suffix *s = unit_table[unit].suffixes;
    size_t last = unit_table[unit].n - 1;
    if (v == SWD_NONE) {
        snprintf(buf, n, "none");
        return buf;
    }
    for (size_t i = 0; i <= last; i++)
        if (i == last || (v != 0 && v % s[i].factor == 0)) {
            snprintf(buf, n, "%" PRIu64 "%s", v / s[i].factor, s[i].text);
            break;
        }
    return buf;
}
