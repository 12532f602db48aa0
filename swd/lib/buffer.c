/* Buffer, as Node has it: the natives beneath buffer.js.
 *
 * A Buffer is a Uint8Array of Duktape's with another prototype. Natives take the bytes of any
 * buffer; offsets have been checked by the prelude and are checked again here. */
#include <math.h>
#include <string.h>

#include "lib/encode.h"

struct span {
    uint8_t *p;
    size_t n;
};

static struct span span_at(duk_context *ctx, duk_idx_t idx)
{
    struct span s;
    const uint8_t *p;
    if (!swd_enc_bytes_at(ctx, idx, &p, &s.n))
        swd_throw_arg(ctx, idx, "buffer", "an instance of Buffer or Uint8Array");
    s.p = (uint8_t *)p;
    return s;
}

/* An offset that was checked: 0 to n. */
static size_t offset_at(duk_context *ctx, duk_idx_t idx, size_t n)
{
    double d = duk_to_number(ctx, idx);
    return d >= 0 ? d < (double)n ? (size_t)d : n : 0;
}

static enum swd_enc enc_at(duk_context *ctx, duk_idx_t idx)
{
    size_t n;
    const char *p;
    enum swd_enc e;
    if (!duk_is_string(ctx, idx) || duk_is_symbol(ctx, idx))
        return SWD_ENC_UTF8;
    duk_dup(ctx, idx);
    p = swd_text_get(ctx, -1, &n);
    e = n == 0 ? SWD_ENC_UTF8 : swd_enc_find(p, n);
    if (e == SWD_ENCS)
        swd_throw_code(ctx, DUK_ERR_TYPE_ERROR, "ERR_UNKNOWN_ENCODING", "Unknown encoding: %.*s",
                       (int)(n < 100 ? n : 100), p);
    duk_pop(ctx);
    return e;
}

/* The buffer object on top becomes a Buffer. */
static void as_buffer(duk_context *ctx)
{
    swd_lib_push(ctx, "Buffer.prototype");
    duk_set_prototype(ctx, -2);
}

/* The plain buffer on top becomes a Buffer. */
static void wrap(duk_context *ctx)
{
    size_t n;
    (void)duk_get_buffer_data(ctx, -1, &n);
    duk_push_buffer_object(ctx, -1, 0, n, DUK_BUFOBJ_UINT8ARRAY);
    duk_remove(ctx, -2);
    as_buffer(ctx);
}

/* prototype(o): the prototype of Buffers. */
static duk_ret_t buf_prototype(duk_context *ctx)
{
    duk_dup(ctx, 0);
    swd_lib_keep(ctx, "Buffer.prototype");
    return 0;
}

static duk_ret_t buf_alloc(duk_context *ctx)
{
    double n = duk_to_number(ctx, 0);
    duk_push_fixed_buffer(ctx, n > 0 && n < 4294967296.0 ? (size_t)n : 0);
    wrap(ctx);
    return 1;
}

/* view(array buffer, offset, length): the same memory. */
static duk_ret_t buf_view(duk_context *ctx)
{
    duk_push_buffer_object(ctx, 0, duk_to_uint32(ctx, 1), duk_to_uint32(ctx, 2),
                           DUK_BUFOBJ_UINT8ARRAY);
    as_buffer(ctx);
    return 1;
}

static duk_ret_t buf_encode(duk_context *ctx)
{
    enum swd_enc e = enc_at(ctx, 1);
    swd_enc_encode(ctx, 0, e);
    wrap(ctx);
    return 1;
}

static duk_ret_t buf_byte_length(duk_context *ctx)
{
    enum swd_enc e = enc_at(ctx, 1);
    size_t n;
    if (e == SWD_ENC_LATIN1 || e == SWD_ENC_ASCII || e == SWD_ENC_UTF16LE) {
        duk_push_number(ctx, (double)duk_get_length(ctx, 0) * (e == SWD_ENC_UTF16LE ? 2 : 1));
        return 1;
    }
    if (e == SWD_ENC_HEX) {
        duk_push_number(ctx, floor((double)duk_get_length(ctx, 0) / 2));
        return 1;
    }
    if (e == SWD_ENC_UTF8) {
        (void)swd_text_get(ctx, 0, &n);
        duk_push_number(ctx, (double)n);
        return 1;
    }
    n = duk_get_length(ctx, 0); /* base64: by its length, whatever is in it */
    for (int i = 0; i < 2 && n > 0 && duk_char_code_at(ctx, 0, n - 1) == '='; i++)
        n--;
    duk_push_number(ctx, floor((double)n * 3 / 4));
    return 1;
}

static duk_ret_t buf_decode(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    enum swd_enc e = enc_at(ctx, 1);
    size_t from = offset_at(ctx, 2, s.n), to = offset_at(ctx, 3, s.n);
    swd_enc_decode(ctx, e, s.p + from, to > from ? to - from : 0);
    return 1;
}

/* write(buffer, text, offset, most, encoding): how many bytes; no part of a character. */
static duk_ret_t buf_write(duk_context *ctx)
{
    struct span s = span_at(ctx, 0), t;
    enum swd_enc e = enc_at(ctx, 4);
    size_t at = offset_at(ctx, 2, s.n), room = offset_at(ctx, 3, s.n - at);
    swd_enc_encode(ctx, 1, e);
    t = span_at(ctx, -1);
    if (t.n > room) {
        t.n = e == SWD_ENC_UTF16LE ? room & ~(size_t)1 : room;
        if (e == SWD_ENC_UTF8)
            t.n -= swd_utf8_tail(t.p, t.n);
    }
    if (t.n)
        memcpy(s.p + at, t.p, t.n);
    duk_push_number(ctx, (double)t.n);
    return 1;
}

/* copy(from, to, at, from start, from end) */
static duk_ret_t buf_copy(duk_context *ctx)
{
    struct span s = span_at(ctx, 0), t = span_at(ctx, 1);
    size_t at = offset_at(ctx, 2, t.n), from = offset_at(ctx, 3, s.n), to = offset_at(ctx, 4, s.n);
    size_t n = to > from ? to - from : 0;
    if (n > t.n - at)
        n = t.n - at;
    if (n)
        memmove(t.p + at, s.p + from, n);
    duk_push_number(ctx, (double)n);
    return 1;
}

/* compare(a, a start, a end, b, b start, b end) */
static duk_ret_t buf_compare(duk_context *ctx)
{
    struct span a = span_at(ctx, 0), b = span_at(ctx, 3);
    size_t a0 = offset_at(ctx, 1, a.n), b0 = offset_at(ctx, 4, b.n);
    size_t an = offset_at(ctx, 2, a.n), bn = offset_at(ctx, 5, b.n);
    int order;
    an = an > a0 ? an - a0 : 0;
    bn = bn > b0 ? bn - b0 : 0;
    order = memcmp(a.p + a0, b.p + b0, an < bn ? an : bn);
    if (order == 0)
        order = an < bn ? -1 : an > bn ? 1 : 0;
    duk_push_int(ctx, order < 0 ? -1 : order > 0 ? 1 : 0);
    return 1;
}

/* fill(buffer, bytes, start, end) */
static duk_ret_t buf_fill(duk_context *ctx)
{
    struct span s = span_at(ctx, 0), v = span_at(ctx, 1);
    size_t from = offset_at(ctx, 2, s.n), to = offset_at(ctx, 3, s.n);
    if (to <= from || v.n == 0)
        return 0;
    if (v.n == 1) {
        memset(s.p + from, v.p[0], to - from);
        return 0;
    }
    for (size_t i = from; i < to; i += v.n)
        memmove(s.p + i, v.p, v.n < to - i ? v.n : to - i);
    return 0;
}

static bool find_last(const uint8_t *p, size_t n, struct span v, size_t step, size_t *at)
{
    for (size_t i = *at + v.n <= n ? *at : n - v.n;; i--) {
        if (i % step == 0 && memcmp(p + i, v.p, v.n) == 0) {
            *at = i;
            return true;
        }
        if (i == 0)
            return false;
    }
}

static bool find_first(const uint8_t *p, size_t n, struct span v, size_t step, size_t *at)
{
    while (*at + v.n <= n) {
        const uint8_t *q = memmem(p + *at, n - *at, v.p, v.n);
        if (!q)
            return false;
        *at = (size_t)(q - p);
        if (*at % step == 0)
            return true;
        ++*at;
    }
    return false;
}

/* indexOf(buffer, bytes, from, forwards, step): -1: nowhere. */
static duk_ret_t buf_index_of(duk_context *ctx)
{
    struct span s = span_at(ctx, 0), v = span_at(ctx, 1);
    size_t at = offset_at(ctx, 2, s.n), step = duk_to_uint32(ctx, 4) == 2 ? 2 : 1;
    bool forwards = duk_to_boolean(ctx, 3);
    bool found = v.n <= s.n && (v.n == 0   ? true
                                : forwards ? find_first(s.p, s.n, v, step, &at)
                                           : find_last(s.p, s.n, v, step, &at));
    duk_push_number(ctx, found ? (double)at : -1);
    return 1;
}

/* Numbers: `kind` is 'u', 'i' or 'f', `size` 1 to 6 bytes (4 or 8 for 'f'). */
static duk_ret_t buf_read(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    size_t at = offset_at(ctx, 1, s.n), size = duk_to_uint32(ctx, 2);
    bool big = duk_to_boolean(ctx, 3);
    char kind = (char)duk_to_int(ctx, 4);
    uint64_t v = 0;
    double d;
    float f;
    uint32_t w;
    if (size > 8 || size > s.n - at)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "out of bounds");
    for (size_t i = 0; i < size; i++)
        v |= (uint64_t)s.p[at + i] << 8 * (big ? size - 1 - i : i);
    if (kind == 'f' && size == 8) {
        memcpy(&d, &v, 8);
    } else if (kind == 'f') {
        w = (uint32_t)v;
        memcpy(&f, &w, 4);
        d = (double)f;
    } else {
        d = (double)v;
        if (kind == 'i' && size < 8 && v >> (8 * size - 1))
            d -= (double)(UINT64_C(1) << 8 * size);
    }
    duk_push_number(ctx, d);
    return 1;
}

static duk_ret_t buf_put(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    size_t at = offset_at(ctx, 1, s.n), size = duk_to_uint32(ctx, 2);
    bool big = duk_to_boolean(ctx, 3);
    char kind = (char)duk_to_int(ctx, 4);
    double d = duk_to_number(ctx, 5);
    float f = (float)d;
    uint32_t w;
    uint64_t v = 0;
    if (size > 8 || size > s.n - at)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "out of bounds");
    if (kind == 'f' && size == 8) {
        memcpy(&v, &d, 8);
    } else if (kind == 'f') {
        memcpy(&w, &f, 4);
        v = w;
    } else {
        d = isfinite(d) ? trunc(d) : 0;
        v = (uint64_t)(int64_t)(fabs(d) < 9e15 ? d : 0);
    }
    for (size_t i = 0; i < size; i++)
        s.p[at + i] = (uint8_t)(v >> 8 * (big ? size - 1 - i : i));
    duk_push_number(ctx, (double)(at + size));
    return 1;
}

/* swap(buffer, size of an element) */
static duk_ret_t buf_swap(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    size_t size = duk_to_uint32(ctx, 1);
    for (size_t at = 0; size >= 2 && at + size <= s.n; at += size) {
        for (size_t i = 0; i < size / 2; i++) {
            uint8_t c = s.p[at + i];
            s.p[at + i] = s.p[at + size - 1 - i];
            s.p[at + size - 1 - i] = c;
        }
    }
    return 0;
}

/* encoding(name): its one name, or undefined. */
static duk_ret_t buf_encoding(duk_context *ctx)
{
    size_t n;
    const char *p;
    if (!duk_is_string(ctx, 0) || duk_is_symbol(ctx, 0))
        return 0;
    p = swd_text_get(ctx, 0, &n);
    if (swd_enc_find(p, n) == SWD_ENCS)
        return 0;
    swd_push_name(ctx, swd_enc_name(swd_enc_find(p, n)));
    return 1;
}

static duk_ret_t buf_is_utf8(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    duk_push_boolean(ctx, swd_utf8_valid(s.p, s.n));
    return 1;
}

/* tail(buffer): bytes at its end that begin a character of UTF-8. */
static duk_ret_t buf_tail(duk_context *ctx)
{
    struct span s = span_at(ctx, 0);
    duk_push_uint(ctx, (duk_uint_t)swd_utf8_tail(s.p, s.n));
    return 1;
}

static duk_ret_t make_Blob(duk_context *ctx)
{
    swd_lib_push(ctx, "Blob");
    if (!duk_is_undefined(ctx, -1))
        return 1;
    swd_node_push(ctx, PRELUDE_blob, NULL);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "Blob");
    return 1;
}

static const struct swd_native buffer_natives[] = {
    {"prototype", buf_prototype, 1, 1},
    {"alloc", buf_alloc, 1, 1},
    {"view", buf_view, 3, 3},
    {"encode", buf_encode, 2, 2},
    {"byteLength", buf_byte_length, 2, 2},
    {"decode", buf_decode, 4, 4},
    {"write", buf_write, 5, 5},
    {"copy", buf_copy, 5, 5},
    {"compare", buf_compare, 6, 6},
    {"fill", buf_fill, 4, 4},
    {"indexOf", buf_index_of, 5, 5},
    {"read", buf_read, 5, 5},
    {"put", buf_put, 6, 6},
    {"swap", buf_swap, 2, 2},
    {"encoding", buf_encoding, 1, 1},
    {"isUtf8", buf_is_utf8, 1, 1},
    {"blob", make_Blob, 0, 0},
    {"tail", buf_tail, 1, 1},
    {NULL, NULL, 0, 0},
};

static void push_buffer(duk_context *ctx)
{
    swd_lib_push(ctx, "buffer");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_node_push(ctx, PRELUDE_buffer, buffer_natives);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "buffer");
}

static duk_ret_t make_Buffer(duk_context *ctx)
{
    push_buffer(ctx);
    duk_get_prop_literal(ctx, -1, "Buffer");
    return 1;
}

static const struct swd_native makers[] = {
    {"Buffer", make_Buffer, 0, 0},
    {"Blob", make_Blob, 0, 0},
};

void swd_buffer_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}

void swd_buffer_exports(duk_context *ctx)
{
    push_buffer(ctx);
}

void swd_string_decoder_exports(duk_context *ctx)
{
    swd_node_push(ctx, PRELUDE_string_decoder, buffer_natives);
}
