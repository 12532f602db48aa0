/* Values of swd.conf: from text and back, one parser for each type of types.def. What a value may
 * be is said in one place, so that every refusal can say what would have been accepted. Looking up
 * users and groups asks the name service and may block; everything else is pure. Loop thread. */
#include "conf/value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/log.h"
#include "pool/settings.h"

#define UIDS_MAX        64
#define SOCKET_PATH_MAX 107 /* sun_path without its NUL */

static int unit_of(enum conf_type t)
{
    switch (t) {
    case CONF_DURATION: return SWD_UNIT_DURATION;
    case CONF_SIZE: return SWD_UNIT_SIZE;
    case CONF_PERCENT: return SWD_UNIT_PERCENT;
    default: return SWD_UNIT_COUNT;
    }
}

/* A plain 0 needs no unit. */
static int unit_parse(enum conf_type t, const char *text, uint64_t *out)
{
    if (strcmp(text, "0") == 0) {
        *out = 0;
        return 0;
    }
    return swd_unit_parse((enum swd_unit)unit_of(t), text, out);
}

static int number_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    uint64_t least, most;
    if (unit_parse(row->type, text, &v->num) != 0)
        return SWD_EPARAMS;
    swd_assert(unit_parse(row->type, row->least, &least) == 0);
    swd_assert(unit_parse(row->type, row->most, &most) == 0);
    return (v->num < least || v->num > most) ? SWD_EPARAMS : 0;
}

static int share_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    uint64_t least;
    if (swd_unit_parse(SWD_UNIT_PERCENT, text, &v->num) == 0 && v->num != SWD_NONE) {
        v->is_percent = true;
        return (v->num < 1 || v->num > 100) ? SWD_EPARAMS : 0;
    }
    swd_assert(swd_unit_parse(SWD_UNIT_SIZE, row->least, &least) == 0);
    if (swd_unit_parse(SWD_UNIT_SIZE, text, &v->num) != 0 || v->num == SWD_NONE)
        return SWD_EPARAMS;
    return v->num < least ? SWD_EPARAMS : 0;
}

static int autocount_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    if (strcmp(text, "auto") != 0)
        return number_parse(row, text, v);
    v->num = 0;
    return 0;
}

static int mode_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    char *end;
    unsigned long m;
    (void)row;
    if (text[strspn(text, "01234567")] != '\0' || strlen(text) < 3 || strlen(text) > 4)
        return SWD_EPARAMS;
    m = strtoul(text, &end, 8);
    v->num = m;
    return m > 0777 ? SWD_EPARAMS : 0;
}

static int level_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    enum swd_log_level level;
    (void)row;
    if (swd_log_level_parse(text, &level) != 0)
        return SWD_EPARAMS;
    v->num = level;
    v->text = strdup(text);
    return v->text ? 0 : SWD_ENOMEM;
}

static int text_keep(struct conf_value *v, const char *text)
{
    v->text = strdup(text);
    return v->text ? 0 : SWD_ENOMEM;
}

static int socket_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    (void)row;
    if (text[0] != '/' || strlen(text) > SOCKET_PATH_MAX)
        return SWD_EPARAMS;
    return text_keep(v, text);
}

/* The next item of a comma-separated list, white space trimmed: its start, and its length in
 * `*len`; NULL at the end. `*at` starts at the text. */
static const char *item_next(const char **at, size_t *len)
{
    const char *start = *at, *end;
    if (!start || *start == '\0')
        return NULL;
    end = start + strcspn(start, ",");
    *at = *end ? end + 1 : end;
    while (start < end && isspace((unsigned char)*start))
        start++;
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    *len = (size_t)(end - start);
    return start;
}

static int paths_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    const char *at = text, *item;
    size_t len;
    (void)row;
    while ((item = item_next(&at, &len)) != NULL)
        if (len == 0 || item[0] != '/')
            return SWD_EPARAMS;
    return text_keep(v, text);
}

static bool uid_known(const char *item, size_t len)
{
    char name[64], *end;
    unsigned long n;
    if (len == 0 || len >= sizeof name)
        return false;
    memcpy(name, item, len);
    name[len] = '\0';
    if (!isdigit((unsigned char)name[0]))
        return getpwnam(name) != NULL;
    errno = 0;
    n = strtoul(name, &end, 10);
    return errno == 0 && *end == '\0' && n < UINT32_MAX;
}

static int uids_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    const char *at = text, *item;
    size_t len, n = 0;
    (void)row;
    while ((item = item_next(&at, &len)) != NULL)
        if (n++ == UIDS_MAX || !uid_known(item, len))
            return SWD_EPARAMS;
    return text_keep(v, text);
}

/* Only this machine may connect: 127.0.0.0/8, ::1, or a socket in the file system. */
static int http_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    char host[64];
    struct in6_addr a6;
    struct in_addr a4;
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    char *end;
    (void)row;
    if (strncmp(text, "unix:", 5) == 0)
        return text[5] == '/' && strlen(text + 5) <= SOCKET_PATH_MAX ? text_keep(v, text)
                                                                     : SWD_EPARAMS;
    if (*text == '\0')
        return text_keep(v, text);
    if (n < 2 || n >= sizeof host || !isdigit((unsigned char)colon[1]) ||
        strtoul(colon + 1, &end, 10) > UINT16_MAX || *end != '\0')
        return SWD_EPARAMS;
    memcpy(host, text, n);
    host[n] = '\0';
    if (host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        if (inet_pton(AF_INET6, host + 1, &a6) != 1 || !IN6_IS_ADDR_LOOPBACK(&a6))
            return SWD_EPARAMS;
    } else if (inet_pton(AF_INET, host, &a4) != 1 || ntohl(a4.s_addr) >> 24 != 127) {
        return SWD_EPARAMS;
    }
    return text_keep(v, text);
}

static int bool_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    (void)row;
    v->num = strcmp(text, "true") == 0;
    if (!v->num && strcmp(text, "false") != 0)
        return SWD_EPARAMS;
    return text_keep(v, text);
}

/* Kept in thousandths. */
static int factor_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    char *end;
    double f = strtod(text, &end);
    (void)row;
    if (end == text || *end != '\0' || text[strspn(text, "0123456789.")] != '\0' ||
        !(f == 0 || (f >= 1 && f <= 1000)))
        return SWD_EPARAMS;
    v->num = (uint64_t)(f * 1000 + 0.5);
    return text_keep(v, text);
}

static int rungs_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    static const char *const known[] = {"trim", "gc", "compact", "hibernate", "refuse", "kill"};
    const char *at = text, *item;
    size_t len, i;
    unsigned seen = 0;
    (void)row;
    while ((item = item_next(&at, &len)) != NULL) {
        for (i = 0; i < SWD_ARRAY_LEN(known); i++)
            if (strlen(known[i]) == len && memcmp(item, known[i], len) == 0)
                break;
        if (i == SWD_ARRAY_LEN(known) || (seen & 1u << i))
            return SWD_EPARAMS;
        seen |= 1u << i;
    }
    return text_keep(v, text);
}

static int pool_items_parse(const char *text, bool numbers, struct conf_value *v)
{
    const char *at = text, *item;
    uint64_t number;
    unsigned id;
    size_t len;
    while ((item = item_next(&at, &len)) != NULL)
        if (!swd_pool_item(item, len, numbers, &id, &number))
            return SWD_EPARAMS;
    return text_keep(v, text);
}

static int pools_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    (void)row;
    return pool_items_parse(text, false, v);
}

static int poolnums_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    (void)row;
    return pool_items_parse(text, true, v);
}

static int name_parse(const struct conf_row *row, const char *text, struct conf_value *v)
{
    (void)row;
    return text_keep(v, text);
}

static const struct {
    const char *expects;
    int (*parse)(const struct conf_row *row, const char *text, struct conf_value *v);
    bool number; /* has a range */
} type_table[CONF_TYPES] = {
#define SWD_KEY_TYPE(sym, name, text) [CONF_##sym].expects = text,
#include "conf/types.def"
#undef SWD_KEY_TYPE
    [CONF_DURATION].parse = number_parse,     [CONF_DURATION].number = true,
    [CONF_SIZE].parse = number_parse,         [CONF_SIZE].number = true,
    [CONF_COUNT].parse = number_parse,        [CONF_COUNT].number = true,
    [CONF_PERCENT].parse = number_parse,      [CONF_PERCENT].number = true,
    [CONF_SHARE].parse = share_parse,         [CONF_SHARE].number = true,
    [CONF_AUTOCOUNT].parse = autocount_parse, [CONF_AUTOCOUNT].number = true,
    [CONF_MODE].parse = mode_parse,           [CONF_LEVEL].parse = level_parse,
    [CONF_SOCKET].parse = socket_parse,       [CONF_PATHS].parse = paths_parse,
    [CONF_UIDS].parse = uids_parse,           [CONF_USER].parse = name_parse,
    [CONF_GROUP].parse = name_parse,          [CONF_BOOL].parse = bool_parse,
    [CONF_FACTOR].parse = factor_parse,       [CONF_RUNGS].parse = rungs_parse,
    [CONF_POOLS].parse = pools_parse,         [CONF_POOLNUMS].parse = poolnums_parse,
    [CONF_HTTP].parse = http_parse,
};

bool swd_conf_type_is_text(enum conf_type t)
{
    return !type_table[t].number && t != CONF_MODE;
}

static void expected(const struct conf_row *row, struct swd_err *e)
{
    const char *what = type_table[row->type].expects;
    if (!type_table[row->type].number)
        swd_fail_hint(e, "expected %s", what);
    else if (strcmp(row->most, "none") != 0)
        swd_fail_hint(e, "expected %s, from %s to %s", what, row->least, row->most);
    else if (row->type == CONF_SHARE)
        swd_fail_hint(e, "expected %s, at least %s", what, row->least);
    else
        swd_fail_hint(e, "expected %s, at least %s, or none", what, row->least);
}

int swd_conf_value_parse(const struct conf_row *row, const char *text, struct conf_value *v,
                         struct swd_err *e)
{
    int rc = type_table[row->type].parse(row, text, v);
    if (rc == 0)
        return 0;
    swd_conf_value_clear(v);
    if (rc == SWD_ENOMEM)
        return swd_fail(e, rc, "out of memory reading the configuration");
    swd_fail(e, rc, "bad value '%.60s' for %s", text, row->key);
    expected(row, e);
    swd_fail_field(e, row->key);
    return rc;
}

int swd_conf_value_exists(const struct conf_row *row, const struct conf_value *v, struct swd_err *e)
{
    if (!v->text || !*v->text)
        return 0;
    if (row->type == CONF_USER && !getpwnam(v->text))
        swd_fail(e, SWD_EPARAMS, "there is no user '%.60s'", v->text);
    else if (row->type == CONF_GROUP && !getgrnam(v->text))
        swd_fail(e, SWD_EPARAMS, "there is no group '%.60s'", v->text);
    else
        return 0;
    swd_fail_hint(e, "expected %s", type_table[row->type].expects);
    return SWD_EPARAMS;
}

void swd_conf_value_clear(struct conf_value *v)
{
    free(v->text);
    *v = (struct conf_value){0};
}

bool swd_conf_value_same(const struct conf_value *a, const struct conf_value *b)
{
    const char *ta = a->text ? a->text : "", *tb = b->text ? b->text : "";
    return a->num == b->num && a->is_percent == b->is_percent && strcmp(ta, tb) == 0;
}

const char *swd_conf_value_text(const struct conf_row *row, const struct conf_value *v, char *buf,
                                size_t n)
{
    if (v->text)
        snprintf(buf, n, "%s", v->text);
    else if (row->type == CONF_MODE)
        snprintf(buf, n, "%04o", (unsigned)v->num);
    else if (row->type == CONF_AUTOCOUNT && v->num == 0)
        snprintf(buf, n, "auto");
    else if (row->type == CONF_SHARE)
        swd_unit_format(v->is_percent ? SWD_UNIT_PERCENT : SWD_UNIT_SIZE, v->num, buf, n);
    else if (row->type == CONF_DURATION && v->num == 0)
        snprintf(buf, n, "0");
    else
        swd_unit_format((enum swd_unit)unit_of(row->type), v->num, buf, n);
    return buf;
}

int swd_conf_list(const struct swd_conf *c, const char *key, struct swd_strvec *out)
{
    const char *at = swd_conf_str(c, key), *item;
    size_t len;
    int rc = 0;
    while (rc == 0 && (item = item_next(&at, &len)) != NULL)
        rc = swd_strvec_add(out, item, len);
    return rc;
}
