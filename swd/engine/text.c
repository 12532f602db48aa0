/* Text across the boundary: see duk.h.
 *
 * Inside, Duktape keeps CESU-8: a character beyond U+FFFF is two three-byte surrogates. Outside is
 * UTF-8. Both ways text that is valid on both sides (no such character, nothing invalid) is taken
 * as it is; that is found in one pass, eight bytes at a time while they are ASCII. Invalid bytes
 * become U+FFFD, one for each maximal part of a character (Unicode 3.9, the WHATWG decoder's way).
 * A string that begins with 0x80..0xBF or 0xFF would be a symbol inside; valid UTF-8 never does. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/duk.h"
#include "engine/text.h"

#define TEXT_REPLACEMENT 0xFFFDu

static size_t text_ascii(const unsigned char *s, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        if (w & 0x8080808080808080ULL)
            break;
    }
    while (i < n && s[i] < 0x80)
        i++;
    return i;
}

/* Reads one character of UTF-8 at s[0..n), n > 0; answers its length in bytes, 1 to 4. What is not
 * a character reads as U+FFFD with *valid false, and the length of the part that is skipped. */
static size_t text_decode(const unsigned char *s, size_t n, uint32_t *cp, bool *valid)
{
    unsigned char lo = 0x80, hi = 0xBF;
    size_t len, i;
    *valid = true;
    if (s[0] < 0x80) {
        *cp = s[0];
        return 1;
    }
    *valid = false;
    *cp = TEXT_REPLACEMENT;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 1;
    len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] == 0xE0)
        lo = 0xA0;
    else if (s[0] == 0xED)
        hi = 0x9F;
    else if (s[0] == 0xF0)
        lo = 0x90;
    else if (s[0] == 0xF4)
        hi = 0x8F;
    for (i = 1; i < len; i++) {
        if (i >= n || s[i] < lo || s[i] > hi)
            return i;
        lo = 0x80;
        hi = 0xBF;
    }
    *valid = true;
    *cp = s[0] & (0xFFu >> (len + 1));
    for (i = 1; i < len; i++)
        *cp = (*cp << 6) | (s[i] & 0x3Fu);
    return len;
}

static unsigned char *text_put3(unsigned char *out, uint32_t cp)
{
    *out++ = (unsigned char)(0xE0 | (cp >> 12));
    *out++ = (unsigned char)(0x80 | ((cp >> 6) & 0x3F));
    *out++ = (unsigned char)(0x80 | (cp & 0x3F));
    return out;
}

/* Bytes of UTF-8 as CESU-8; *same is set when they are identical. */
static size_t text_cesu_size(const unsigned char *s, size_t n, bool *same)
{
    size_t size = 0, i = 0;
    *same = true;
    while (i < n) {
        uint32_t cp;
        bool valid;
        size_t len = text_ascii(s + i, n - i);
        size += len;
        i += len;
        if (i == n)
            break;
        len = text_decode(s + i, n - i, &cp, &valid);
        i += len;
        if (!valid) {
            size += 3;
            *same = false;
        } else if (len == 4) {
            size += 6;
            *same = false;
        } else {
            size += len;
        }
    }
    return size;
}

static void text_to_cesu(const unsigned char *s, size_t n, unsigned char *out)
{
    size_t i = 0;
    while (i < n) {
        uint32_t cp;
        bool valid;
        size_t len = text_ascii(s + i, n - i);
        memcpy(out, s + i, len);
        out += len;
        i += len;
        if (i == n)
            break;
        len = text_decode(s + i, n - i, &cp, &valid);
        if (!valid) {
            out = text_put3(out, TEXT_REPLACEMENT);
        } else if (len == 4) {
            cp -= 0x10000;
            out = text_put3(out, 0xD800 + (cp >> 10));
            out = text_put3(out, 0xDC00 + (cp & 0x3FF));
        } else {
            memcpy(out, s + i, len);
            out += len;
        }
        i += len;
    }
}

void swd_text_push(duk_context *ctx, const char *utf8, size_t n)
{
    const unsigned char *s = (const unsigned char *)utf8;
    bool same;
    size_t size = text_cesu_size(s, n, &same);
    if (same) {
        duk_push_lstring(ctx, utf8, n);
    } else {
        text_to_cesu(s, n, duk_push_fixed_buffer(ctx, size));
        (void)duk_buffer_to_string(ctx, -1);
    }
}

/* One unit of Duktape's text: a surrogate half (three bytes ED A0..BF xx) is told apart from what
 * text_decode() takes. Strings made by String.fromCharCode() and friends can hold any bytes. */
static bool text_half(const unsigned char *s, size_t n, uint32_t *half)
{
    if (n < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || (s[2] & 0xC0) != 0x80)
        return false;
    *half = 0xD000u | ((uint32_t)(s[1] & 0x3F) << 6) | (s[2] & 0x3Fu);
    return true;
}

/* Reads one character of CESU-8 (not ASCII) at s[i..n) into UTF-8; answers the bytes read, and
 * those written to out[0..3] in *put. */
static size_t text_unit(const unsigned char *s, size_t n, unsigned char out[4], size_t *put)
{
    uint32_t cp, lo;
    bool valid;
    size_t len;
    *put = 3;
    if (text_half(s, n, &cp)) {
        if (cp >= 0xDC00 || !text_half(s + 3, n - 3, &lo) || lo < 0xDC00) {
            text_put3(out, TEXT_REPLACEMENT);
            return 3;
        }
        cp = 0x10000 + ((cp - 0xD800) << 10) + (lo - 0xDC00);
        out[0] = (unsigned char)(0xF0 | (cp >> 18));
        out[1] = (unsigned char)(0x80 | ((cp >> 12) & 0x3F));
        out[2] = (unsigned char)(0x80 | ((cp >> 6) & 0x3F));
        out[3] = (unsigned char)(0x80 | (cp & 0x3F));
        *put = 4;
        return 6;
    }
    len = text_decode(s, n, &cp, &valid);
    if (valid)
        memcpy(out, s, *put = len);
    else
        text_put3(out, TEXT_REPLACEMENT);
    return len;
}

/* Bytes of CESU-8 as UTF-8; *same is set when they are identical. */
static size_t text_utf8_size(const unsigned char *s, size_t n, bool *same)
{
    size_t size = 0, i = 0;
    *same = true;
    while (i < n) {
        unsigned char unit[4];
        size_t put, len = text_ascii(s + i, n - i);
        size += len;
        i += len;
        if (i == n)
            break;
        len = text_unit(s + i, n - i, unit, &put);
        *same = *same && len == put && memcmp(s + i, unit, put) == 0;
        size += put;
        i += len;
    }
    return size;
}

/* CESU-8 to UTF-8, as many whole characters as fit in out[0..room); answers the bytes written. */
static size_t text_to_utf8(const unsigned char *s, size_t n, unsigned char *out, size_t room)
{
    size_t i = 0, at = 0;
    while (i < n) {
        unsigned char unit[4];
        size_t put, len = text_ascii(s + i, n - i < room - at ? n - i : room - at);
        memcpy(out + at, s + i, len);
        at += len;
        i += len;
        if (i == n || at == room)
            break;
        len = text_unit(s + i, n - i, unit, &put);
        if (put > room - at)
            break;
        memcpy(out + at, unit, put);
        at += put;
        i += len;
    }
    return at;
}

const char *swd_text_get(duk_context *ctx, duk_idx_t idx, size_t *n)
{
    duk_size_t size;
    size_t out_size;
    const char *s;
    bool same;
    idx = duk_require_normalize_index(ctx, idx);
    s = duk_to_lstring(ctx, idx, &size);
    out_size = text_utf8_size((const unsigned char *)s, size, &same);
    if (!same) {
        unsigned char *out = duk_push_fixed_buffer(ctx, out_size + 1);
        text_to_utf8((const unsigned char *)s, size, out, out_size);
        out[out_size] = '\0';
        s = (const char *)out;
        duk_replace(ctx, idx);
    }
    if (n)
        *n = out_size;
    return s;
}

int swd_text_append(duk_context *ctx, duk_idx_t idx, struct swd_bytebuf *b)
{
    duk_size_t size;
    size_t out_size;
    const unsigned char *s;
    bool same;
    int rc;
    duk_dup(ctx, idx);
    s = (const unsigned char *)duk_to_lstring(ctx, -1, &size);
    out_size = text_utf8_size(s, size, &same);
    rc = swd_bytebuf_reserve(b, out_size);
    if (!rc) {
        text_to_utf8(s, size, (unsigned char *)b->data + b->len, out_size);
        b->len += out_size;
        b->data[b->len] = '\0';
    }
    duk_pop(ctx);
    return rc;
}

size_t swd_text_units_get(duk_context *ctx, duk_idx_t idx, unsigned char *out, size_t max)
{
    duk_size_t n;
    const unsigned char *s = (const unsigned char *)duk_require_lstring(ctx, idx, &n);
    size_t i = 0, units = 0;
    while (i < n && units < max) {
        uint32_t unit = s[i];
        size_t len = unit < 0x80 ? 1 : unit < 0xE0 ? 2 : 3;
        if (len > n - i)
            break;
        if (len == 2)
            unit = (unit & 0x1Fu) << 6 | (s[i + 1] & 0x3Fu);
        else if (len == 3)
            unit = (unit & 0x0Fu) << 12 | (s[i + 1] & 0x3Fu) << 6 | (s[i + 2] & 0x3Fu);
        out[units * 2] = (unsigned char)unit;
        out[units * 2 + 1] = (unsigned char)(unit >> 8);
        units++;
        i += len;
    }
    return units;
}

void swd_text_units_push(duk_context *ctx, const unsigned char *units, size_t n)
{
    size_t size = 0, at = 0;
    unsigned char *out;
    for (size_t i = 0; i < n; i++) {
        unsigned unit = units[i * 2] | (unsigned)units[i * 2 + 1] << 8;
        size += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    }
    out = duk_push_fixed_buffer(ctx, size);
    for (size_t i = 0; i < n; i++) {
        unsigned unit = units[i * 2] | (unsigned)units[i * 2 + 1] << 8;
        if (unit < 0x80) {
            out[at++] = (unsigned char)unit;
        } else if (unit < 0x800) {
            out[at++] = (unsigned char)(0xC0 | unit >> 6);
            out[at++] = (unsigned char)(0x80 | (unit & 0x3F));
        } else {
            text_put3(out + at, unit);
            at += 3;
        }
    }
    (void)duk_buffer_to_string(ctx, -1);
}

void swd_text_copy(duk_context *ctx, duk_idx_t idx, char *out, size_t size)
{
    duk_size_t n = 0;
    const char *s = duk_is_symbol(ctx, idx) ? NULL : duk_get_lstring(ctx, idx, &n);
    size_t at = 0;
    if (s)
        at = text_to_utf8((const unsigned char *)s, n, (unsigned char *)out, size - 1);
    out[at] = '\0';
}

void swd_throw(duk_context *ctx, int type, const char *fmt, ...)
{
    char msg[512];
    va_list ap;
    int n;
    va_start(ap, fmt);
    n = vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    if ((size_t)n >= sizeof msg)
        n = sizeof msg - 1;
    (void)duk_push_error_object(ctx, type, "%s", "");
    swd_text_push(ctx, msg, (size_t)n);
    duk_put_prop_literal(ctx, -2, "message");
    (void)duk_throw(ctx);
    __builtin_unreachable();
}
