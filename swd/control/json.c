/* The JSON writer: see json.h. */
#include "control/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void json_comma(struct swd_json *w)
{
    if (w->comma)
        swd_bytebuf_addc(w->b, ',');
    w->comma = true;
}

void swd_json_begin(struct swd_json *w, char bracket)
{
    json_comma(w);
    swd_bytebuf_addc(w->b, bracket);
    w->comma = false;
}

void swd_json_end(struct swd_json *w, char bracket)
{
    swd_bytebuf_addc(w->b, bracket);
    w->comma = true;
}

void swd_json_key(struct swd_json *w, const char *key)
{
    swd_json_str(w, key);
    swd_bytebuf_addc(w->b, ':');
    w->comma = false;
}

void swd_json_strn(struct swd_json *w, const char *s, size_t n)
{
    json_comma(w);
    swd_bytebuf_addc(w->b, '"');
    swd_bytebuf_add_json(w->b, s, n);
    swd_bytebuf_addc(w->b, '"');
}

void swd_json_str(struct swd_json *w, const char *s)
{
    if (s)
        swd_json_strn(w, s, strlen(s));
    else
        swd_json_null(w);
}

static void json_text(struct swd_json *w, const char *text, size_t n)
{
    json_comma(w);
    swd_bytebuf_add(w->b, text, n);
}

/* Most of a message is numbers: printf would be most of its cost. */
static void json_digits(struct swd_json *w, uint64_t v, bool minus)
{
    char text[24], *p = text + sizeof text;
    do
        *--p = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    if (minus)
        *--p = '-';
    json_text(w, p, (size_t)(text + sizeof text - p));
}

void swd_json_uint(struct swd_json *w, uint64_t v)
{
    json_digits(w, v, false);
}

void swd_json_int(struct swd_json *w, int64_t v)
{
    json_digits(w, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v, v < 0);
}

void swd_json_real(struct swd_json *w, double v)
{
    char text[48];
    if (isfinite(v) && fabs(v) < 1e15)
        json_text(w, text, (size_t)snprintf(text, sizeof text, "%.6f", v));
    else
        swd_json_null(w);
}

void swd_json_bool(struct swd_json *w, bool v)
{
    json_text(w, v ? "true" : "false", v ? 4 : 5);
}

void swd_json_null(struct swd_json *w)
{
    json_text(w, "null", 4);
}

void swd_json_raw(struct swd_json *w, const char *json, size_t n)
{
    json_text(w, json, n);
}

void swd_json_kstr(struct swd_json *w, const char *key, const char *s)
{
    swd_json_key(w, key);
    swd_json_str(w, s);
}

void swd_json_kuint(struct swd_json *w, const char *key, uint64_t v)
{
    swd_json_key(w, key);
    swd_json_uint(w, v);
}

void swd_json_kreal(struct swd_json *w, const char *key, double v)
{
    swd_json_key(w, key);
    swd_json_real(w, v);
}

void swd_json_kbool(struct swd_json *w, const char *key, bool v)
{
    swd_json_key(w, key);
    swd_json_bool(w, v);
}
