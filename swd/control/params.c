/* Methods and their parameters: see params.h.
 *
 * A method's list is read word by word at each check: it is shorter than any parsed form of it
 * would be, and a check costs less than a microsecond. */
#include "control/params.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"

#define STR_MAX   255
#define WORDS_MAX 16 /* parameters of one method */

const struct swd_method swd_methods[SWD_METHOD_COUNT] = {
#define SWD_METHOD(sym, name, alias, params, priv, help)                                           \
    {name, alias, params, SWD_PRIV_##priv, help},
#include "base/methods.def"
#undef SWD_METHOD
};

int swd_method_find(const char *name, struct swd_err *e)
{
    const char *names[SWD_METHOD_COUNT], *near;
    if (name[0] != '\0')
        for (int i = 0; i < SWD_METHOD_COUNT; i++)
            if (strcmp(name, swd_methods[i].name) == 0 || strcmp(name, swd_methods[i].alias) == 0)
                return i;
    for (int i = 0; i < SWD_METHOD_COUNT; i++)
        names[i] = swd_methods[i].name;
    near = swd_nearest(name, names, SWD_METHOD_COUNT);
    swd_fail(e, SWD_EMETHOD, "unknown method \"%.80s\"", name);
    if (near)
        swd_fail_hint(e, "did you mean \"%s\"?", near);
    else
        swd_fail_hint(e, "swctl help lists the methods");
    return SWD_EMETHOD;
}

/* One word of a list, taken apart. */
struct param_spec {
    char name[24];
    char type[64];
    bool required;
};

/* Reads the next word at `*at`; false at the end. */
static bool spec_next(const char **at, struct param_spec *s)
{
    const char *p = *at, *colon, *end;
    size_t n;
    while (*p == ' ')
        p++;
    if (*p == '\0')
        return false;
    end = p + strcspn(p, " ");
    colon = memchr(p, ':', (size_t)(end - p));
    swd_assert(colon != NULL);
    swd_assert((size_t)(colon - p) < sizeof s->name);
    snprintf(s->name, sizeof s->name, "%.*s", (int)(colon - p), p);
    s->required = end[-1] == '!';
    n = (size_t)(end - colon) - 1 - s->required;
    swd_assert(n < sizeof s->type);
    snprintf(s->type, sizeof s->type, "%.*s", (int)n, colon + 1);
    *at = end;
    return true;
}

static bool is_text(const json_t *v)
{
    return json_is_string(v);
}

static bool is_str(const json_t *v)
{
    size_t n = json_is_string(v) ? json_string_length(v) : 0;
    return n >= 1 && n <= STR_MAX && memchr(json_string_value(v), '\0', n) == NULL;
}

static bool is_uint(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_id(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 1;
}

static bool is_bool(const json_t *v)
{
    return json_is_boolean(v);
}

static bool is_array(const json_t *v)
{
    return json_is_array(v);
}

static bool is_object(const json_t *v)
{
    return json_is_object(v);
}

static bool is_any(const json_t *v)
{
    return v != NULL;
}

static bool is_words(const json_t *v)
{
    if (!json_is_array(v))
        return false;
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!is_str(json_array_get(v, i)))
            return false;
    return true;
}

static const struct {
    const char *type;
    bool (*is)(const json_t *v);
    const char *text;
} param_types[] = {
    {"text", is_text, "a string"},
    {"str", is_str, "a string of 1 to 255 bytes without NULs"},
    {"uint", is_uint, "an integer from 0"},
    {"id", is_id, "the id of a runner, an integer from 1"},
    {"bool", is_bool, "true or false"},
    {"array", is_array, "an array"},
    {"object", is_object, "an object"},
    {"any", is_any, "a JSON value"},
    {"words", is_words, "an array of strings"},
};

static bool one_of(const char *words, const json_t *v)
{
    const char *s = json_string_value(v), *end;
    size_t n;
    if (!s)
        return false;
    n = json_string_length(v);
    for (const char *p = words;; p = end + 1) {
        end = p + strcspn(p, "|");
        if ((size_t)(end - p) == n && memcmp(p, s, n) == 0)
            return true;
        if (*end == '\0')
            return false;
    }
}

static int param_wrong(const struct param_spec *s, const char *want, struct swd_err *e)
{
    swd_fail(e, SWD_EPARAMS, "%s must be %s", s->name, want);
    swd_fail_field(e, s->name);
    return SWD_EPARAMS;
}

static int param_check(const struct param_spec *s, const json_t *v, struct swd_err *e)
{
    char want[96];
    if (strchr(s->type, '|')) {
        if (one_of(s->type, v))
            return 0;
        snprintf(want, sizeof want, "one of %s", s->type);
        return param_wrong(s, want, e);
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(param_types); i++)
        if (strcmp(s->type, param_types[i].type) == 0)
            return param_types[i].is(v) ? 0 : param_wrong(s, param_types[i].text, e);
    swd_panic(__FILE__, __LINE__, "unknown type in methods.def");
}

static int param_unknown(const struct swd_method *m, const char *name, struct swd_err *e)
{
    struct param_spec specs[WORDS_MAX];
    const char *names[WORDS_MAX], *at = m->params, *near;
    size_t n = 0;
    while (n < WORDS_MAX && spec_next(&at, &specs[n])) {
        names[n] = specs[n].name;
        n++;
    }
    near = swd_nearest(name, names, n);
    swd_fail(e, SWD_EPARAMS, "%s has no parameter \"%.60s\"", m->name, name);
    swd_fail_field(e, name);
    if (near)
        swd_fail_hint(e, "did you mean \"%s\"?", near);
    else if (n == 0)
        swd_fail_hint(e, "%s takes no parameters", m->name);
    else
        swd_fail_hint(e, "parameters of %s: %.150s", m->name, m->params);
    return SWD_EPARAMS;
}

static bool param_known(const struct swd_method *m, const char *name)
{
    struct param_spec s;
    const char *at = m->params;
    while (spec_next(&at, &s))
        if (strcmp(s.name, name) == 0)
            return true;
    return false;
}

int swd_params_check(const struct swd_method *m, const json_t *params, struct swd_err *e)
{
    struct param_spec s;
    const char *at = m->params;
    const json_t *v;
    if (params && !json_is_object(params)) {
        swd_fail(e, SWD_EPARAMS, "params must be an object");
        return swd_fail_hint(e, "parameters go by name, not by position");
    }
    for (void *it = params ? json_object_iter((json_t *)params) : NULL; it;
         it = json_object_iter_next((json_t *)params, it))
        if (!param_known(m, json_object_iter_key(it)))
            return param_unknown(m, json_object_iter_key(it), e);
    while (spec_next(&at, &s)) {
        int rc;
        v = json_object_get(params, s.name);
        if (!v && s.required) {
            swd_fail(e, SWD_EPARAMS, "%s needs the parameter \"%s\"", m->name, s.name);
            swd_fail_field(e, s.name);
            return SWD_EPARAMS;
        }
        rc = v ? param_check(&s, v, e) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

const char *swd_param_str(const json_t *params, const char *name, const char *def)
{
    const char *s = json_string_value(json_object_get(params, name));
    return s ? s : def;
}

uint64_t swd_param_uint(const json_t *params, const char *name, uint64_t def)
{
    const json_t *v = json_object_get(params, name);
    return json_is_integer(v) ? (uint64_t)json_integer_value(v) : def;
}

bool swd_param_bool(const json_t *params, const char *name, bool def)
{
    const json_t *v = json_object_get(params, name);
    return json_is_boolean(v) ? json_is_true(v) : def;
}
