/* The configuration as a whole: the table generated from keys.def, and one value for each of its
 * rows. A value is always valid: defaults are parsed by the same code as the file. Lookups by name
 * are linear over some forty rows: keep what a hot path needs. Loop thread. */
#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "conf/value.h"

#define CONF_MAGIC 0x53434f4eU

#define RESTART false
#define LIVE    true
/* The smallest nonzero value of each type that limits.def uses. */
#define SWD_KEY_UNIT_DURATION "ms"
#define SWD_KEY_UNIT_SIZE     ""
#define SWD_KEY_UNIT_COUNT    ""
#define SWD_KEY_UNIT_PERCENT  "%"

#define SWD_KEY_TYPE(sym, name, expects) static const char type_##sym[] = name;
#include "conf/types.def"
#undef SWD_KEY_TYPE

static const struct swd_conf_key keys[] = {
#define SWD_KEY(section, key, type, def, least, most, live, help)                                  \
    {#section, #key, type_##type, def, help, live},
#include "conf/keys.def"
#undef SWD_KEY
};

static const struct conf_row rows[] = {
#define SWD_KEY(section, key, type, def, least, most, live, help)                                  \
    {#section, #key, def, least, most, CONF_##type},
#include "conf/keys.def"
#undef SWD_KEY
};

#define ROWS SWD_ARRAY_LEN(rows)

struct swd_conf {
    unsigned magic;
    struct conf_value values[ROWS];
};

const struct conf_row *swd_conf_rows(size_t *n)
{
    *n = ROWS;
    return rows;
}

int swd_conf_find(const char *section, const char *key)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].key, key) == 0)
            return (int)i;
    return -1;
}

struct conf_value *swd_conf_value(struct swd_conf *c, size_t i)
{
    SWD_CHECK(c, CONF_MAGIC);
    swd_assert(i < ROWS);
    return &c->values[i];
}

int swd_conf_new(struct swd_conf **out)
{
    struct swd_conf *c = calloc(1, sizeof *c);
    if (!c)
        return SWD_ENOMEM;
    c->magic = CONF_MAGIC;
    for (size_t i = 0; i < ROWS; i++) {
        int rc = swd_conf_value_parse(&rows[i], rows[i].def, &c->values[i], NULL);
        swd_assert(rc == 0 || rc == SWD_ENOMEM);
        if (rc != 0) {
            swd_conf_free(&c);
            return rc;
        }
    }
    *out = c;
    return 0;
}

void swd_conf_free(struct swd_conf **cp)
{
    struct swd_conf *c = *cp;
    if (!c)
        return;
    SWD_CHECK(c, CONF_MAGIC);
    for (size_t i = 0; i < ROWS; i++)
        swd_conf_value_clear(&c->values[i]);
    c->magic = 0;
    free(c);
    *cp = NULL;
}

/* The row of "section.key"; panics when there is none. */
static size_t row_of(const char *name)
{
    for (size_t i = 0; i < ROWS; i++) {
        size_t n = strlen(rows[i].section);
        if (strncmp(name, rows[i].section, n) == 0 && name[n] == '.' &&
            strcmp(name + n + 1, rows[i].key) == 0)
            return i;
    }
    swd_panic(__FILE__, __LINE__, name);
}

static const struct conf_value *value_of(const struct swd_conf *c, const char *name, size_t *row)
{
    SWD_CHECK(c, CONF_MAGIC);
    *row = row_of(name);
    return &c->values[*row];
}

uint64_t swd_conf_num(const struct swd_conf *c, const char *key)
{
    size_t i;
    const struct conf_value *v = value_of(c, key, &i);
    swd_assert(rows[i].type != CONF_SHARE);
    swd_assert(!swd_conf_type_is_text(rows[i].type) || rows[i].type == CONF_LEVEL ||
               rows[i].type == CONF_BOOL || rows[i].type == CONF_FACTOR);
    return v->num;
}

const char *swd_conf_str(const struct swd_conf *c, const char *key)
{
    size_t i;
    const struct conf_value *v = value_of(c, key, &i);
    swd_assert(swd_conf_type_is_text(rows[i].type));
    return v->text;
}

uint64_t swd_conf_share(const struct swd_conf *c, const char *key, uint64_t whole)
{
    size_t i;
    const struct conf_value *v = value_of(c, key, &i);
    swd_assert(rows[i].type == CONF_SHARE);
    if (v->is_percent)
        return whole / 100 * v->num + whole % 100 * v->num / 100;
    return v->num < whole ? v->num : whole;
}

void swd_conf_limits(const struct swd_conf *c, struct swd_limits *out)
{
#define SWD_LIMIT(field, type, def, help) out->field = swd_conf_num(c, "runners." #field);
#include "base/limits.def"
#undef SWD_LIMIT
    if (out->memory_soft > out->memory_hard)
        out->memory_soft = out->memory_hard;
}

const struct swd_conf_key *swd_conf_keys(size_t *n)
{
    *n = ROWS;
    return keys;
}

const char *swd_conf_text(const struct swd_conf *c, size_t i, char *buf, size_t n)
{
    SWD_CHECK(c, CONF_MAGIC);
    swd_assert(i < ROWS);
    return swd_conf_value_text(&rows[i], &c->values[i], buf, n);
}

const char *swd_conf_source(const struct swd_conf *c, size_t i)
{
    SWD_CHECK(c, CONF_MAGIC);
    swd_assert(i < ROWS);
    return c->values[i].from_file ? "file" : "default";
}

bool swd_conf_same(const struct swd_conf *a, const struct swd_conf *b, size_t i)
{
    SWD_CHECK(a, CONF_MAGIC);
    SWD_CHECK(b, CONF_MAGIC);
    swd_assert(i < ROWS);
    return swd_conf_value_same(&a->values[i], &b->values[i]);
}

void swd_conf_adopt(struct swd_conf *c, struct swd_conf *from, size_t i)
{
    struct conf_value *mine = swd_conf_value(c, i), *other = swd_conf_value(from, i);
    struct conf_value tmp = *mine;
    *mine = *other;
    *other = tmp;
}
