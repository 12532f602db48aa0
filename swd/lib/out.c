/* Text under construction, in a dynamic Duktape buffer on the value stack.
 *
 * The buffer belongs to the heap: it is charged to the runner, and an error thrown half-way leaves
 * nothing behind. Text beyond `max` is left out and `full` is set; a writer that could go on for
 * long looks at it. Cost: amortised O(1) a byte. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/int.h"

void swd_out_init(struct swd_out *o, duk_context *ctx, size_t max)
{
    duk_require_stack(ctx, 8);
    o->ctx = ctx;
    o->len = 0;
    o->cap = max < 256 ? max : 256;
    o->max = max;
    o->full = false;
    o->data = duk_push_dynamic_buffer(ctx, o->cap);
    o->idx = duk_get_top_index(ctx);
}

static bool out_room(struct swd_out *o, size_t n)
{
    size_t cap = o->cap;
    if (o->full || n > o->max - o->len) {
        o->full = true;
        return false;
    }
    if (n <= o->cap - o->len)
        return true;
    while (cap - o->len < n)
        cap = cap > o->max / 2 ? o->max : cap * 2;
    o->data = duk_resize_buffer(o->ctx, o->idx, cap);
    o->cap = cap;
    return true;
}

void swd_out_add(struct swd_out *o, const void *p, size_t n)
{
    if (!out_room(o, n))
        return;
    if (n)
        memcpy(o->data + o->len, p, n);
    o->len += n;
}

void swd_out_replace(struct swd_out *o, size_t from, const char *p, size_t n)
{
    bool cut = n > o->max - from;
    if (cut)
        for (n = o->max - from; n > 0 && (p[n] & 0xc0) == 0x80;)
            n--;
    cut = cut || o->full;
    o->full = false;
    o->len = from;
    swd_out_add(o, p, n);
    o->full = cut;
}

void swd_out_adds(struct swd_out *o, const char *s)
{
    swd_out_add(o, s, strlen(s));
}

void swd_out_addc(struct swd_out *o, char c)
{
    swd_out_add(o, &c, 1);
}

void swd_out_fill(struct swd_out *o, char c, size_t n)
{
    if (!out_room(o, n))
        return;
    if (n)
        memset(o->data + o->len, c, n);
    o->len += n;
}

void swd_out_addf(struct swd_out *o, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    int n;
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (n > 0)
        swd_out_add(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void swd_out_value(struct swd_out *o, duk_idx_t idx)
{
    size_t n;
    const char *p;
    duk_dup(o->ctx, idx);
    p = swd_text_get(o->ctx, -1, &n);
    swd_out_add(o, p, n);
    duk_pop(o->ctx);
}

void swd_out_json(struct swd_out *o, const char *p, size_t n)
{
    static const char names[] = "btn\0fr";
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        swd_out_add(o, p + from, i - from);
        from = i + 1;
        if (c >= 0x20)
            swd_out_addf(o, "\\%c", c);
        else if (c >= 8 && c <= 13 && names[c - 8])
            swd_out_addf(o, "\\%c", names[c - 8]);
        else
            swd_out_addf(o, "\\u%04x", c);
    }
    swd_out_add(o, p + from, n - from);
}

size_t swd_text_units(const char *p, size_t n)
{
    size_t units = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}
