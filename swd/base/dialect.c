/* Options of the compiler: see dialect.h. */
#include "base/dialect.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

static const struct swd_dialect_info dialect_table[] = {
#define SWD_DIALECT(field, kind, key, flag, help)                                                  \
    {key, flag, help, SWD_DIALECT_##kind, offsetof(struct swd_dialect, field)},
#include "base/dialect.def"
#undef SWD_DIALECT
};

const struct swd_dialect_info *swd_dialect_table(size_t *n)
{
    *n = SWD_ARRAY_LEN(dialect_table);
    return dialect_table;
}

const struct swd_dialect_info *swd_dialect_key(const char *key)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(dialect_table); i++)
        if (strcmp(dialect_table[i].key, key) == 0)
            return &dialect_table[i];
    return NULL;
}

const struct swd_dialect_info *swd_dialect_flag(const char *flag)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(dialect_table); i++)
        if (strncmp(flag, "--", 2) == 0 && strcmp(dialect_table[i].flag, flag + 2) == 0)
            return &dialect_table[i];
    return NULL;
}

/* Whether it may stand in the output as it is: names joined by dots. */
static bool is_names(const char *text)
{
    bool start = true;
    for (const char *p = text; *p; p++) {
        bool letter =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' || *p == '$';
        bool digit = *p >= '0' && *p <= '9';
        if (start ? !letter : !letter && !digit && *p != '.')
            return false;
        start = *p == '.';
    }
    return !start;
}

int swd_dialect_set_name(struct swd_dialect *d, const struct swd_dialect_info *o, const char *text,
                         struct swd_err *e)
{
    char *to = (char *)d + o->offset;
    if (!is_names(text) || strlen(text) >= SWD_DIALECT_NAME_MAX) {
        swd_fail(e, SWD_EPARAMS, "%s must be names joined by dots, not \"%.60s\"", o->key, text);
        swd_fail_hint(e, "for example \"h\" or \"React.createElement\", at most %d bytes",
                      SWD_DIALECT_NAME_MAX - 1);
        swd_fail_field(e, o->key);
        return SWD_EPARAMS;
    }
    memset(to, 0, SWD_DIALECT_NAME_MAX);
    memcpy(to, text, strlen(text));
    return 0;
}

void swd_dialect_set_bool(struct swd_dialect *d, const struct swd_dialect_info *o, bool yes)
{
    *((unsigned char *)d + o->offset) = yes ? SWD_YES : SWD_NO;
}

void swd_dialect_merge(struct swd_dialect *d, const struct swd_dialect *over)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(dialect_table); i++) {
        const struct swd_dialect_info *o = &dialect_table[i];
        const char *from = (const char *)over + o->offset;
        if (from[0]) /* a choice that is made, or a name */
            memcpy((char *)d + o->offset, from,
                   o->kind == SWD_DIALECT_NAME ? SWD_DIALECT_NAME_MAX : 1);
    }
}

const char *swd_dialect_text(const struct swd_dialect *d, char *buf, size_t n)
{
    bool decorators = d->experimental_decorators == SWD_YES, assign = d->define_fields == SWD_NO;
    buf[0] = '\0';
    if (decorators || assign || d->jsx_factory[0] || d->jsx_fragment[0])
        snprintf(buf, n, "%d%d %s %s", decorators, assign, d->jsx_factory, d->jsx_fragment);
    return buf;
}

bool swd_dialect_usual(const struct swd_dialect *d)
{
    char text[SWD_DIALECT_TEXT_MAX];
    return swd_dialect_text(d, text, sizeof text)[0] == '\0';
}
