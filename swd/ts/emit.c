/* The printer's base: bytes into the output buffer, lines kept in step, names, temporaries, map.
 *
 * Output is printed straight from the nodes, once, lowering on the way. Lines are kept: before
 * a piece that begins on a later source line than the output has reached, as many line ends are
 * printed, so that line numbers fit without a map wherever lowering does not reorder. Variables
 * that lowering needs are declared at the end of each function (`var` is hoisted). */
#include <stdarg.h>
#include <stdio.h>

#include "ts/emit.h"

void ts_put_slow(struct swd_ts_compiler *c, const char *s, size_t n)
{
    struct swd_bytebuf *b = c->b;
    if (swd_bytebuf_add(b, s, n) < 0)
        ts_abort(c, b->len + n > b->max ? SWD_ELIMIT : SWD_ENOMEM);
}

void ts_putf(struct swd_ts_compiler *c, const char *fmt, ...)
{
    char buf[160];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    ts_put(c, buf, (size_t)n);
}

/* The line of a position, where most asked for follow the one before. */
static u32 line_of(struct swd_ts_compiler *c, u32 pos)
{
    const u32 *v = c->lines.p;
    u32 l = c->line_cursor, used = c->lines.used;
    if (l + 1 < used && v[l + 1] <= pos) { /* near ahead is the rule */
        for (u32 i = 0; i < 8 && l + 1 < used && v[l + 1] <= pos; i++)
            l++;
        if (!(l + 1 < used && v[l + 1] <= pos))
            return c->line_cursor = l;
    } else if (v[l] <= pos) {
        return l;
    }
    return c->line_cursor = ts_line_find(c, pos);
}

static void newline(struct swd_ts_compiler *c)
{
    ts_putc(c, '\n');
    c->gen_line++;
    c->line_start = (u32)c->b->len;
}

/* Brings the output to the source line of `pos`, if it is not there yet. */
void ts_sync(struct swd_ts_compiler *c, u32 pos)
{
    u32 line = line_of(c, pos);
    if (c->o->columns && c->line_start != c->b->len) {
        newline(c);
    } else {
        while (c->gen_line < line)
            newline(c);
    }
    if (c->mapping)
        ts_map(c, pos);
}

/* Internal output: what was just printed may throw, and the engine notes the line of the token that
 * comes next. So that is put on a line of its own, which the map leads to `pos`. */
void ts_after(struct swd_ts_compiler *c, u32 pos)
{
    if (!c->o->columns)
        return;
    newline(c);
    if (c->mapping)
        ts_map(c, pos);
}

/* Internal output may have line ends anywhere, so what is returned or thrown is in parentheses. */
void ts_open_value(struct swd_ts_compiler *c, const char *word)
{
    ts_puts(c, word);
    ts_putc(c, ' ');
    if (c->o->columns)
        ts_putc(c, '(');
}

void ts_close_value(struct swd_ts_compiler *c)
{
    ts_puts(c, c->o->columns ? ");" : ";");
}

static void vlq(struct swd_bytebuf *b, int32_t v)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t u = v < 0 ? ((uint32_t)-v << 1) | 1 : (uint32_t)v << 1;
    do {
        uint32_t d = u & 31;
        u >>= 5;
        swd_bytebuf_addc(b, digits[d | (u ? 32 : 0)]);
    } while (u);
}

/* The column of `pos` in UTF-16 units, counted on from the last one asked for in that line: places
 * mostly come in order, and a line may be the whole text. */
static u32 map_column(struct swd_ts_compiler *c, u32 line, u32 pos)
{
    u32 at = ((u32 *)c->lines.p)[line], col = 0;
    if (c->map_at > at && c->map_at <= pos) {
        at = c->map_at;
        col = c->map_at_col;
    }
    while (at < pos) {
        uint32_t cp = (unsigned char)c->src[at];
        at += cp < 0x80 ? 1 : ts_decode(c->src + at, &cp);
        col += cp > 0xffff ? 2 : 1;
    }
    c->map_at = at;
    c->map_at_col = col;
    return col;
}

/* A mapping of the present place in the output to `pos`. */
void ts_map(struct swd_ts_compiler *c, u32 pos)
{
    struct swd_bytebuf *m = c->out->map;
    u32 line = line_of(c, pos), col = map_column(c, line, pos);
    u32 gcol = (u32)c->b->len - c->line_start;
    bool first = c->map_gline != c->gen_line;
    if (!first && gcol == c->map_gcol && c->map_any)
        return;
    while (c->map_gline < c->gen_line) {
        swd_bytebuf_addc(m, ';');
        c->map_gline++;
        c->map_gcol = 0;
        c->map_any = false;
    }
    if (c->map_any)
        swd_bytebuf_addc(m, ',');
    vlq(m, (int32_t)(gcol - c->map_gcol));
    vlq(m, 0);
    vlq(m, (int32_t)(line - 1) - (int32_t)c->map_sline);
    vlq(m, (int32_t)col - (int32_t)c->map_scol);
    c->map_gcol = gcol;
    c->map_sline = line - 1;
    c->map_scol = col;
    c->map_any = true;
}

/* Whether the engine takes the name as an identifier as it stands. */
bool ts_plain_name(struct swd_ts_compiler *c, u32 name)
{
    const struct ts_name *m = NM(name);
    if (!m->len || !m->ascii || name <= W_LAST_STRICT)
        return false;
    for (u32 i = 0; i < m->len; i++)
        if (!ts_id_cont((unsigned char)m->s[i]))
            return false;
    return !(m->s[0] >= '0' && m->s[0] <= '9');
}

/* Likewise as a property name; reserved words are fine there. */
bool ts_plain_key(struct swd_ts_compiler *c, u32 name)
{
    return (name && name <= W_LAST_STRICT) || ts_plain_name(c, name);
}

void ts_put_name(struct swd_ts_compiler *c, u32 name)
{
    const struct ts_name *m = NM(name);
    ts_put(c, m->s, m->len);
}

/* A string literal of the value that the name stands for. */
void ts_put_string(struct swd_ts_compiler *c, u32 name)
{
    const struct ts_name *m = NM(name);
    const char *s = m->s;
    u32 n = m->len, from = 0;
    ts_putc(c, '"');
    for (u32 i = 0; i < n;) {
        unsigned char ch = (unsigned char)s[i];
        if (ch >= 0x20 && ch < 0x7f && ch != '"' && ch != '\\') {
            i++;
            continue;
        }
        ts_put(c, s + from, i - from);
        uint32_t cp;
        i += ts_decode(s + i, &cp);
        from = i;
        if (cp == '"' || cp == '\\')
            ts_putf(c, "\\%c", (int)cp);
        else if (cp == '\n')
            ts_puts(c, "\\n");
        else if (cp < 0x20 || cp == 0x7f || (cp >= 0xd800 && cp < 0xe000) || cp == 0x2028 ||
                 cp == 0x2029 || cp == 0xfeff)
            ts_putf(c, "\\u%04x", (unsigned)cp);
        else {
            char buf[4];
            ts_put(c, buf, ts_encode(buf, cp));
        }
    }
    ts_put(c, s + from, n - from);
    ts_putc(c, '"');
}

/* The property of that name, behind what has it: `.name`, or `["name"]` where need be. */
void ts_put_dot(struct swd_ts_compiler *c, u32 name)
{
    if (ts_plain_key(c, name)) {
        ts_putc(c, '.');
        ts_put_name(c, name);
    } else {
        ts_putc(c, '[');
        ts_put_string(c, name);
        ts_putc(c, ']');
    }
}

/* A fresh temporary of the function at hand; free again at the end of the statement. */
u32 ts_temp(struct swd_ts_compiler *c)
{
    char buf[16];
    for (;;) {
        u32 i = ++c->fx->tmp;
        int n = snprintf(buf, sizeof buf, "$%u", i);
        u32 known = ts_known(c, buf, (u32)n);
        if (i > c->fx->tmp_max)
            c->fx->tmp_max = i;
        if (known && (NM(known)->decls || NM(known)->free))
            continue;
        return known ? known : ts_intern(c, buf, (u32)n);
    }
}

void ts_need_var(struct swd_ts_compiler *c, u32 name)
{
    u32 i = ts_vec_add(c, &c->stack);
    ((u32 *)c->stack.p)[i] = name;
}

/* A variable of the function at hand that stays its own. */
u32 ts_var(struct swd_ts_compiler *c, const char *base)
{
    u32 name = ts_fresh(c, ts_intern(c, base, (u32)strlen(base)));
    ts_need_var(c, name);
    return name;
}

/* Sees to it that the symbol's variable is declared; true when it was not yet. */
bool ts_need_sym(struct swd_ts_compiler *c, u32 sym)
{
    struct ts_sym *s = SY(sym);
    if (s->flags & (Y_DECLARED | Y_ENV) || s->kind == S_PARAM || s->kind == S_CATCH ||
        s->kind == S_MEMBER || s->kind == S_FNAME)
        return false;
    s->flags |= Y_DECLARED;
    u32 out = ts_out_name(c, sym);
    ts_need_var(c, out);
    return true;
}

void ts_enter_fn(struct swd_ts_compiler *c, struct ts_fnctx *f, u32 fn)
{
    *f = (struct ts_fnctx){.up = c->fx, .fn = fn, .vars = c->stack.used};
    c->fx = f;
}

/* The variables collected, as one `var` statement. */
void ts_put_vars(struct swd_ts_compiler *c)
{
    struct ts_fnctx *f = c->fx;
    const char *sep = " var ";
    for (u32 i = f->vars; i < c->stack.used; i++) {
        ts_puts(c, sep);
        ts_put_name(c, ((u32 *)c->stack.p)[i]);
        sep = ", ";
    }
    char buf[16];
    for (u32 i = 1; i <= f->tmp_max; i++) {
        int n = snprintf(buf, sizeof buf, "$%u", i);
        u32 known = ts_known(c, buf, (u32)n);
        if (known && (NM(known)->decls || NM(known)->free))
            continue;
        ts_puts(c, sep);
        ts_puts(c, buf);
        sep = ", ";
    }
    if (*sep == ',')
        ts_putc(c, ';');
    c->stack.used = f->vars;
    f->tmp_max = 0;
}

void ts_leave_fn(struct swd_ts_compiler *c, struct ts_fnctx *f)
{
    c->fx = f->up;
}

u32 ts_implicit(struct swd_ts_compiler *c, u32 scope, int kind)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->kind == kind)
            return y;
    return 0;
}

bool ts_is_captured(struct swd_ts_compiler *c, u32 sym)
{
    return sym && SY(sym)->flags & Y_CAPTURED;
}

/* How code refers to a symbol, without regard to initialisation. */
void ts_sym(struct swd_ts_compiler *c, u32 sym)
{
    struct ts_sym *s = SY(sym);
    if (s->kind == S_MEMBER) {
        u32 name = s->name;
        ts_sym(c, s->extra);
        ts_put_dot(c, name);
        return;
    }
    if (s->kind == S_IMPORT) {
        ts_import_ref(c, sym);
        return;
    }
    if (s->kind == S_HIDDEN && s->extra && !(SY(s->extra)->flags & Y_ASSIGNED)) {
        ts_sym(c, s->extra); /* the class binding is the declared one */
        return;
    }
    u32 out = ts_out_name(c, sym);
    u32 env = SY(sym)->flags & Y_ENV ? SC(SY(sym)->scope)->env : 0;
    if (env) {
        ts_put_name(c, env);
        ts_putc(c, '.');
    }
    ts_put_name(c, out);
}
