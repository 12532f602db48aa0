/* Diagnostics: file:line:column, the source line, a caret. At most SWD_TS_MAX_DIAGS are kept.
 *
 * ts_error() records and goes on; ts_fatal() records and leaves to the recovery point. While the
 * parser tries an alternative (`silent`) errors leave without a record. */
#include <stdarg.h>
#include <stdio.h>

#include "ts/tsi.h"

u32 ts_line_find(struct swd_ts_compiler *c, u32 pos)
{
    const u32 *v = c->lines.p;
    u32 lo = 1, hi = c->lines.used;
    while (lo + 1 < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (v[mid] <= pos)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

void ts_place(struct swd_ts_compiler *c, u32 pos, u32 *line, u32 *col)
{
    u32 l = ts_line_find(c, pos);
    u32 at = ((u32 *)c->lines.p)[l], k = 0;
    while (at < pos) {
        uint32_t cp;
        at += ts_decode(c->src + at, &cp);
        k += cp > 0xffff ? 2 : 1;
    }
    *line = l;
    *col = k + 1;
}

/* The line around `pos`, cut to 160 bytes, and a caret. */
static void snippet(struct swd_ts_compiler *c, u32 pos, struct swd_bytebuf *b)
{
    u32 from = ((u32 *)c->lines.p)[ts_line_find(c, pos)], to = from;
    while (to < c->n && c->src[to] != '\n' && c->src[to] != '\r')
        to++;
    if (pos - from > 120) {
        from = pos - 100;
        while (from < pos && ((unsigned char)c->src[from] & 0xc0) == 0x80)
            from++;
    }
    if (to - from > 160) {
        to = from + 160;
        while (to > from && ((unsigned char)c->src[to] & 0xc0) == 0x80)
            to--;
    }
    swd_bytebuf_add(b, c->src + from, to - from);
    swd_bytebuf_addc(b, '\n');
    for (u32 i = from; i < pos && i < to;) {
        uint32_t cp;
        swd_bytebuf_addc(b, c->src[i] == '\t' ? '\t' : ' ');
        i += ts_decode(c->src + i, &cp);
    }
    swd_bytebuf_addc(b, '^');
    swd_bytebuf_addc(b, '\0');
}

static void __attribute__((format(printf, 3, 0)))
record(struct swd_ts_compiler *c, u32 pos, const char *fmt, va_list ap)
{
    struct swd_ts_output *o = c->out;
    c->rc = c->rc ? c->rc : SWD_ESYNTAX;
    if (o->ndiags == SWD_TS_MAX_DIAGS)
        return;
    u32 line, col;
    ts_place(c, pos, &line, &col);
    for (size_t i = 0; i < o->ndiags; i++)
        if (o->diags[i].line == line && o->diags[i].column == col)
            return;
    struct swd_ts_diag *d = &o->diags[o->ndiags++];
    char msg[400];
    vsnprintf(msg, sizeof msg, fmt, ap);
    d->line = line;
    d->column = col;
    d->message = (u32)o->text->len;
    swd_bytebuf_add(o->text, msg, strlen(msg) + 1);
    d->snippet = (u32)o->text->len;
    snippet(c, pos, o->text);
    if (o->text->failed)
        ts_abort(c, SWD_ENOMEM);
}

void ts_error(struct swd_ts_compiler *c, u32 pos, const char *fmt, ...)
{
    if (c->silent)
        longjmp(*c->recover, 1);
    va_list ap;
    va_start(ap, fmt);
    record(c, pos, fmt, ap);
    va_end(ap);
}

void ts_fatal(struct swd_ts_compiler *c, u32 pos, const char *fmt, ...)
{
    if (!c->silent) {
        va_list ap;
        va_start(ap, fmt);
        record(c, pos, fmt, ap);
        va_end(ap);
    }
    longjmp(*c->recover, 1);
}

void ts_unexpected(struct swd_ts_compiler *c, const char *wanted)
{
    const struct ts_token *t = &c->tok;
    u32 n = t->end - t->pos;
    const char *got = c->src + t->pos;
    char hint[160] = "";
    if (!c->silent)
        ts_hint(c, wanted, hint, sizeof hint);
    if (t->kind == T_EOF)
        ts_fatal(c, t->pos, "unexpected end of file%s%s", *wanted ? ", expected " : "", wanted);
    if (n > 40)
        n = 40;
    while (n && ((unsigned char)got[n] & 0xc0) == 0x80)
        n--;
    ts_fatal(c, t->pos, "unexpected `%.*s`%s%s%s", (int)n, got, *wanted ? ", expected " : "",
             wanted, hint);
}
