/* TextEncoder and TextDecoder: the natives beneath encoding.js. UTF-8, UTF-16 in both orders and
 * windows-1252 (which is what the names latin1 and ascii stand for); the Encoding Standard's other
 * legacy encodings are unknown here. */
#include <string.h>
#include <strings.h>

#include "lib/encode.h"

enum dec { DEC_UTF8, DEC_UTF16LE, DEC_UTF16BE, DEC_1252, DECS };

static const char *const dec_names[] = {"utf-8", "utf-16le", "utf-16be", "windows-1252"};

/* Labels of the Encoding Standard. */
static const struct {
    const char *label;
    enum dec d;
} labels[] = {
    {"unicode-1-1-utf-8", DEC_UTF8},
    {"unicode11utf8", DEC_UTF8},
    {"unicode20utf8", DEC_UTF8},
    {"utf-8", DEC_UTF8},
    {"utf8", DEC_UTF8},
    {"x-unicode20utf8", DEC_UTF8},
    {"csunicode", DEC_UTF16LE},
    {"iso-10646-ucs-2", DEC_UTF16LE},
    {"ucs-2", DEC_UTF16LE},
    {"unicode", DEC_UTF16LE},
    {"unicodefeff", DEC_UTF16LE},
    {"utf-16", DEC_UTF16LE},
    {"utf-16le", DEC_UTF16LE},
    {"unicodefffe", DEC_UTF16BE},
    {"utf-16be", DEC_UTF16BE},
    {"ansi_x3.4-1968", DEC_1252},
    {"ascii", DEC_1252},
    {"cp1252", DEC_1252},
    {"cp819", DEC_1252},
    {"csisolatin1", DEC_1252},
    {"ibm819", DEC_1252},
    {"iso-8859-1", DEC_1252},
    {"iso-ir-100", DEC_1252},
    {"iso8859-1", DEC_1252},
    {"iso88591", DEC_1252},
    {"iso_8859-1", DEC_1252},
    {"iso_8859-1:1987", DEC_1252},
    {"l1", DEC_1252},
    {"latin1", DEC_1252},
    {"us-ascii", DEC_1252},
    {"windows-1252", DEC_1252},
    {"x-cp1252", DEC_1252},
};

/* encodingOf(label): the encoding's name, or undefined. */
static duk_ret_t enc_of(duk_context *ctx)
{
    size_t n;
    const char *p = swd_text_get(ctx, 0, &n);
    while (n > 0 && strchr(" \t\n\f\r", p[0]) && p[0])
        p++, n--;
    while (n > 0 && strchr(" \t\n\f\r", p[n - 1]) && p[n - 1])
        n--;
    for (size_t i = 0; i < SWD_ARRAY_LEN(labels); i++) {
        if (strlen(labels[i].label) != n || strncasecmp(labels[i].label, p, n) != 0)
            continue;
        swd_push_name(ctx, dec_names[labels[i].d]);
        return 1;
    }
    return 0;
}

/* encode(text): a Uint8Array. */
static duk_ret_t enc_encode(duk_context *ctx)
{
    size_t n;
    swd_enc_encode(ctx, 0, SWD_ENC_UTF8);
    (void)duk_get_buffer_data(ctx, -1, &n);
    duk_push_buffer_object(ctx, -1, 0, n, DUK_BUFOBJ_UINT8ARRAY);
    return 1;
}

/* encodeInto(text, bytes): { read, written }. */
static duk_ret_t enc_into(duk_context *ctx)
{
    size_t n, room, units;
    const uint8_t *to;
    const char *p;
    if (!swd_enc_bytes_at(ctx, 1, &to, &room))
        swd_throw_arg(ctx, 1, "dest", "an instance of Uint8Array");
    p = swd_text_get(ctx, 0, &n);
    if (n > room)
        n = room - swd_utf8_tail((const uint8_t *)p, room);
    if (n)
        memcpy((uint8_t *)to, p, n);
    units = swd_text_units(p, n);
    duk_push_object(ctx);
    duk_push_number(ctx, (double)units);
    duk_put_prop_literal(ctx, -2, "read");
    duk_push_number(ctx, (double)n);
    duk_put_prop_literal(ctx, -2, "written");
    return 1;
}

/* ---- Decoding ----------------------------------------------------------------------------------
 */

struct decode {
    enum dec d;
    bool fatal, stream;
    const uint8_t *p;
    size_t n, rest; /* rest: bytes at the end that wait for more */
};

static uint32_t unit_at(const struct decode *x, size_t i)
{
    return x->d == DEC_UTF16LE ? x->p[i] | (uint32_t)x->p[i + 1] << 8
                               : (uint32_t)x->p[i] << 8 | x->p[i + 1];
}

/* Pushes the text of UTF-16: what is no pair is U+FFFD. False: it is wrong and must not be. */
static bool push_utf16(duk_context *ctx, struct decode *x)
{
    size_t at = 0, whole = x->n & ~(size_t)1;
    bool ok = x->stream || whole == x->n;
    uint8_t *to;
    if (x->stream) {
        x->rest = x->n - whole;
        if (whole >= 2 && (unit_at(x, whole - 2) & 0xfc00) == 0xd800) {
            whole -= 2;
            x->rest += 2;
        }
    }
    to = duk_push_fixed_buffer(ctx, whole + 2);
    for (size_t i = 0; i < whole; i += 2) {
        uint32_t u = unit_at(x, i);
        bool high = (u & 0xfc00) == 0xd800, low = (u & 0xfc00) == 0xdc00;
        bool pair = high && i + 4 <= whole && (unit_at(x, i + 2) & 0xfc00) == 0xdc00;
        if ((high && !pair) || (low && !(i >= 2 && (unit_at(x, i - 2) & 0xfc00) == 0xd800))) {
            ok = false;
            u = 0xfffd;
        }
        to[at++] = (uint8_t)u;
        to[at++] = (uint8_t)(u >> 8);
    }
    if (!x->stream && whole != x->n) {
        to[at++] = 0xfd;
        to[at++] = 0xff;
    }
    swd_text_units_push(ctx, to, at / 2);
    duk_remove(ctx, -2);
    return ok || !x->fatal;
}

static bool push_utf8(duk_context *ctx, struct decode *x)
{
    x->rest = x->stream ? swd_utf8_tail(x->p, x->n) : 0;
    if (x->fatal && !swd_utf8_valid(x->p, x->n - x->rest))
        return false;
    swd_text_push(ctx, (const char *)x->p, x->n - x->rest);
    return true;
}

static bool push_1252(duk_context *ctx, struct decode *x)
{
    static const uint16_t high[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
    uint8_t *to = duk_push_fixed_buffer(ctx, x->n * 2);
    for (size_t i = 0; i < x->n; i++) {
        unsigned u = x->p[i] >= 0x80 && x->p[i] < 0xa0 ? high[x->p[i] - 0x80] : x->p[i];
        to[i * 2] = (uint8_t)u;
        to[i * 2 + 1] = (uint8_t)(u >> 8);
    }
    swd_text_units_push(ctx, to, x->n);
    duk_remove(ctx, -2);
    return true;
}

static bool (*const decoders[DECS])(duk_context *, struct decode *) = {push_utf8, push_utf16,
                                                                       push_utf16, push_1252};

static bool flag_of(duk_context *ctx, const char *name)
{
    bool v;
    duk_get_prop_string(ctx, 0, name);
    v = duk_to_boolean(ctx, -1);
    duk_pop(ctx);
    return v;
}

/* Pushes what waits from last time and the new bytes, as one buffer. */
static void push_input(duk_context *ctx, struct decode *x)
{
    const uint8_t *p = (const uint8_t *)"", *rest;
    size_t n = 0, m;
    uint8_t *both;
    if (!duk_is_undefined(ctx, 1) && !swd_enc_bytes_at(ctx, 1, &p, &n))
        swd_throw_arg(ctx, 1, "input", "an instance of ArrayBuffer or ArrayBufferView");
    duk_get_prop_literal(ctx, 0, "rest");
    if (!swd_enc_bytes_at(ctx, -1, &rest, &m) || m == 0) {
        x->p = p;
        x->n = n;
        return;
    }
    both = duk_push_fixed_buffer(ctx, m + n);
    memcpy(both, rest, m);
    if (n)
        memcpy(both + m, p, n);
    x->p = both;
    x->n = m + n;
}

static void keep_rest(duk_context *ctx, const struct decode *x)
{
    if (x->rest)
        memcpy(duk_push_fixed_buffer(ctx, x->rest), x->p + x->n - x->rest, x->rest);
    else
        duk_push_undefined(ctx);
    duk_put_prop_literal(ctx, 0, "rest");
}

/* decode(state, input, stream): the text; undefined: it is wrong and the decoder is fatal. The byte
 * order mark at the beginning is left to the prelude. */
static duk_ret_t enc_decode(duk_context *ctx)
{
    struct decode x = {.fatal = flag_of(ctx, "fatal"), .stream = duk_to_boolean(ctx, 2)};
    size_t n;
    const char *name;
    duk_get_prop_literal(ctx, 0, "encoding");
    name = swd_text_get(ctx, -1, &n);
    while (x.d + 1 < DECS && strcmp(dec_names[x.d], name) != 0)
        x.d++;
    push_input(ctx, &x);
    if (!decoders[x.d](ctx, &x))
        return 0;
    keep_rest(ctx, &x);
    return 1;
}

static const struct swd_native encoding_natives[] = {
    {"encodingOf", enc_of, 1, 1}, {"encode", enc_encode, 1, 1}, {"encodeInto", enc_into, 2, 2},
    {"decode", enc_decode, 3, 3}, {NULL, NULL, 0, 0},
};

static void push_encoding(duk_context *ctx)
{
    swd_lib_push(ctx, "encoding");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_node_push(ctx, PRELUDE_encoding, encoding_natives);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "encoding");
}

static duk_ret_t make_TextEncoder(duk_context *ctx)
{
    push_encoding(ctx);
    duk_get_prop_literal(ctx, -1, "TextEncoder");
    return 1;
}

static duk_ret_t make_TextDecoder(duk_context *ctx)
{
    push_encoding(ctx);
    duk_get_prop_literal(ctx, -1, "TextDecoder");
    return 1;
}

static const struct swd_native makers[] = {
    {"TextEncoder", make_TextEncoder, 0, 0},
    {"TextDecoder", make_TextDecoder, 0, 0},
};

void swd_encoding_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}
