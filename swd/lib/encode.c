/* Encodings: see encode.h. Cost: one pass, and one copy of the text where it is not ASCII. */
#include "lib/encode.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"

static const struct {
    const char *name;
    enum swd_enc e;
} enc_names[] = {
    {"utf8", SWD_ENC_UTF8},        {"utf-8", SWD_ENC_UTF8},          {"hex", SWD_ENC_HEX},
    {"base64", SWD_ENC_BASE64},    {"base64url", SWD_ENC_BASE64URL}, {"latin1", SWD_ENC_LATIN1},
    {"binary", SWD_ENC_LATIN1},    {"ascii", SWD_ENC_ASCII},         {"utf16le", SWD_ENC_UTF16LE},
    {"utf-16le", SWD_ENC_UTF16LE}, {"ucs2", SWD_ENC_UTF16LE},        {"ucs-2", SWD_ENC_UTF16LE},
};

enum swd_enc swd_enc_find(const char *name, size_t n)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(enc_names); i++)
        if (strlen(enc_names[i].name) == n && strncasecmp(enc_names[i].name, name, n) == 0)
            return enc_names[i].e;
    return SWD_ENCS;
}

const char *swd_enc_name(enum swd_enc e)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(enc_names); i++)
        if (enc_names[i].e == e)
            return enc_names[i].name;
    return "utf8";
}

bool swd_enc_bytes_at(duk_context *ctx, duk_idx_t idx, const uint8_t **p, size_t *n)
{
    if (!duk_is_buffer_data(ctx, idx))
        return false;
    *p = duk_get_buffer_data(ctx, idx, n);
    if (!*p)
        *p = (const uint8_t *)"";
    return true;
}

/* ---- UTF-8 -------------------------------------------------------------------------------------
 */

/* Bytes of the character that begins at p[0] (n > 0): 0: invalid; more than n: not whole, but good
 * so far. */
static size_t utf8_len(const uint8_t *p, size_t n)
{
    uint8_t lo = 0x80, hi = 0xbf, c = p[0];
    size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : lo;
    hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : hi;
    for (size_t i = 1; i < len && i < n; i++) {
        if (p[i] < lo || p[i] > hi)
            return 0;
        lo = 0x80;
        hi = 0xbf;
    }
    return len;
}

bool swd_utf8_valid(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t len = utf8_len(p + i, n - i);
        if (len == 0 || len > n - i)
            return false;
        i += len;
    }
    return true;
}

size_t swd_utf8_tail(const uint8_t *p, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++)
        if (p[n - back] >= 0xc0)
            return utf8_len(p + n - back, back) > back ? back : 0;
    return 0;
}

/* ---- Base64, hexadecimal -----------------------------------------------------------------------
 */

static int b64_value(uint8_t c)
{
    return c == '-' ? 62 : c == '_' ? 63 : swd_base64_digit(c);
}

static void push_base64(duk_context *ctx, const uint8_t *p, size_t n, enum swd_base64 how)
{
    char *to = duk_push_fixed_buffer(ctx, swd_base64_size(n));
    swd_text_push(ctx, to, swd_base64_encode(to, p, n, how));
    duk_remove(ctx, -2);
}

/* As Node reads it: either alphabet, anything else passed over, up to the padding. */
static size_t base64_bytes(const uint8_t *p, size_t n, uint8_t *to)
{
    uint32_t w = 0;
    size_t digits = 0, at = 0;
    for (size_t i = 0; i < n && p[i] != '='; i++) {
        int d = b64_value(p[i]);
        if (d < 0)
            continue;
        w = w << 6 | (uint32_t)d;
        if (digits++ % 4 != 0)
            to[at++] = (uint8_t)(w >> (6 - 2 * ((digits - 1) % 4)));
    }
    return at;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t hex_bytes(const uint8_t *p, size_t n, uint8_t *to)
{
    size_t at = 0;
    for (; at * 2 + 1 < n; at++) {
        int a = hex_value(p[at * 2]), b = hex_value(p[at * 2 + 1]);
        if (a < 0 || b < 0)
            break;
        to[at] = (uint8_t)(a << 4 | b);
    }
    return at;
}

static void push_hex(duk_context *ctx, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *to = duk_push_fixed_buffer(ctx, n * 2);
    for (size_t i = 0; i < n; i++) {
        to[i * 2] = digits[p[i] >> 4];
        to[i * 2 + 1] = digits[p[i] & 15];
    }
    swd_text_push(ctx, to, n * 2);
    duk_remove(ctx, -2);
}

/* ---- Bytes of text -----------------------------------------------------------------------------
 */

/* The units of the string, as bytes of UTF-16 or cut to their lower halves. */
static void encode_units(duk_context *ctx, duk_idx_t idx, bool wide)
{
    size_t n = duk_get_length(ctx, idx);
    uint8_t *to = duk_push_dynamic_buffer(ctx, n * 2);
    n = swd_text_units_get(ctx, idx, to, n);
    for (size_t i = 0; !wide && i < n; i++)
        to[i] = to[i * 2];
    duk_resize_buffer(ctx, -1, wide ? n * 2 : n);
}

void swd_enc_encode(duk_context *ctx, duk_idx_t idx, enum swd_enc e)
{
    size_t n;
    const char *p;
    uint8_t *to;
    idx = duk_normalize_index(ctx, idx);
    if (e == SWD_ENC_UTF16LE || e == SWD_ENC_LATIN1 || e == SWD_ENC_ASCII) {
        encode_units(ctx, idx, e == SWD_ENC_UTF16LE);
        return;
    }
    duk_dup(ctx, idx);
    p = swd_text_get(ctx, -1, &n);
    to = duk_push_dynamic_buffer(ctx, n);
    if (e == SWD_ENC_UTF8 && n)
        memcpy(to, p, n);
    if (e == SWD_ENC_BASE64 || e == SWD_ENC_BASE64URL)
        n = base64_bytes((const uint8_t *)p, n, to);
    if (e == SWD_ENC_HEX)
        n = hex_bytes((const uint8_t *)p, n, to);
    duk_resize_buffer(ctx, -1, n);
    duk_remove(ctx, -2);
}

/* One unit a byte. */
static void push_latin1(duk_context *ctx, const uint8_t *p, size_t n, uint8_t mask)
{
    struct swd_out o;
    swd_out_init(&o, ctx, n * 2 + 1);
    for (size_t i = 0; i < n; i++) {
        uint8_t c = p[i] & mask;
        if (c >= 0x80)
            swd_out_addc(&o, (char)(0xc0 | c >> 6));
        swd_out_addc(&o, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
    }
    swd_text_push(ctx, o.data, o.len);
    duk_remove(ctx, -2);
}

void swd_enc_decode(duk_context *ctx, enum swd_enc e, const uint8_t *p, size_t n)
{
    switch (e) {
    case SWD_ENC_UTF16LE: swd_text_units_push(ctx, p, n / 2); break;
    case SWD_ENC_LATIN1: push_latin1(ctx, p, n, 0xff); break;
    case SWD_ENC_ASCII: push_latin1(ctx, p, n, 0x7f); break;
    case SWD_ENC_BASE64:
    case SWD_ENC_BASE64URL:
        push_base64(ctx, p, n, e == SWD_ENC_BASE64URL ? SWD_BASE64_URL : SWD_BASE64);
        break;
    case SWD_ENC_HEX: push_hex(ctx, p, n); break;
    default: swd_text_push(ctx, (const char *)p, n);
    }
}
