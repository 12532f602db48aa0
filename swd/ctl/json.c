/* JSON as swctl reads and prints it. jansson prints reals with 17 digits, escapes in capitals and
 * refuses whole numbers beyond 64 bits, so values are printed here, as JavaScript does (ECMA-262,
 * Number::toString and QuoteJSONString), and such answers are parsed again with whole numbers as
 * reals. Any thread. */
#include "ctl/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void real_print(FILE *f, double v)
{
    char e[32], digits[24];
    int n = 0, prec = 0, exp;
    if (v == 0 || !isfinite(v)) {
        fputs(v == 0 ? "0" : "null", f);
        return;
    }
    do
        snprintf(e, sizeof e, "%.*e", prec, fabs(v));
    while (strtod(e, NULL) != fabs(v) && ++prec < 17);
    exp = (int)strtol(strchr(e, 'e') + 1, NULL, 10) + 1; /* the point stands after `exp` digits */
    for (const char *p = e; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    digits[n] = '\0';
    if (v < 0)
        fputc('-', f);
    if (exp > 21 || exp < -5)
        fprintf(f, "%c%s%se%+d", digits[0], n > 1 ? "." : "", digits + 1, exp - 1);
    else if (exp <= 0)
        fprintf(f, "0.%.*s%s", -exp, "00000", digits);
    else if (exp >= n)
        fprintf(f, "%s%.*s", digits, exp - n, "000000000000000000000");
    else
        fprintf(f, "%.*s.%s", exp, digits, digits + exp);
}

static void string_print(FILE *f, const char *s, size_t n)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    fputc('"', f);
    for (size_t i = 0; i < n; i++) {
        const char *at = s[i] ? strchr(plain, s[i]) : NULL;
        if (at)
            fprintf(f, "\\%c", letters[at - plain]);
        else if ((unsigned char)s[i] < 0x20)
            fprintf(f, "\\u%04x", (unsigned)s[i]);
        else
            fputc(s[i], f);
    }
    fputc('"', f);
}

static void array_print(FILE *f, const json_t *v)
{
    fputc('[', f);
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (i)
            fputc(',', f);
        swd_ctl_json_print(f, json_array_get(v, i));
    }
    fputc(']', f);
}

static void object_print(FILE *f, const json_t *v)
{
    json_t *o = (json_t *)v;
    const char *sep = "{";
    for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
        fputs(sep, f);
        string_print(f, json_object_iter_key(it), json_object_iter_key_len(it));
        fputc(':', f);
        swd_ctl_json_print(f, json_object_iter_value(it));
        sep = ",";
    }
    fputs(json_object_size(o) ? "}" : "{}", f);
}

void swd_ctl_json_print(FILE *f, const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: object_print(f, v); break;
    case JSON_ARRAY: array_print(f, v); break;
    case JSON_STRING: string_print(f, json_string_value(v), json_string_length(v)); break;
    case JSON_INTEGER: fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(v)); break;
    case JSON_REAL: real_print(f, json_real_value(v)); break;
    case JSON_TRUE: fputs("true", f); break;
    case JSON_FALSE: fputs("false", f); break;
    case JSON_NULL: fputs("null", f); break;
    }
}

double swd_ctl_json_num(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

const char *swd_ctl_json_str(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

json_t *swd_ctl_json_parse(const char *s, size_t n)
{
    const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_error_t e;
    json_t *v = json_loadb(s, n, flags, &e);
    if (!v && json_error_code(&e) == json_error_numeric_overflow)
        v = json_loadb(s, n, flags | JSON_DECODE_INT_AS_REAL, &e);
    return v;
}
