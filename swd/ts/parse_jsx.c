/* JSX, classic runtime: elements become calls of the factory while they are parsed. */
#include "ts/tsi.h"

/* React.createElement and the like, as member expressions. */
static u32 factory(struct swd_ts_compiler *c, const char *text, u32 pos)
{
    u32 e = 0;
    while (*text) {
        u32 n = (u32)strcspn(text, ".");
        u32 name = ts_intern(c, text, n);
        e = e ? ts_node(c, N_MEMBER, pos, e, name) : ts_ident_ref(c, name, pos);
        text += n;
        if (*text)
            text++;
    }
    return e;
}

static u32 string_node(struct swd_ts_compiler *c, u32 pos, u32 name)
{
    u32 n = ts_node(c, N_STR, pos, name, 0);
    ND(n)->flags |= F_COOKED;
    return n;
}

static const struct entity {
    const char *name;
    uint32_t cp;
} entities[] = {
    {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", 0xa0},    {"copy", 0xa9},     {"reg", 0xae},     {"deg", 0xb0},     {"middot", 0xb7},
    {"laquo", 0xab},   {"raquo", 0xbb},    {"times", 0xd7},   {"divide", 0xf7},  {"ndash", 0x2013},
    {"mdash", 0x2014}, {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d},
    {"bull", 0x2022},  {"hellip", 0x2026}, {"trade", 0x2122}, {"larr", 0x2190},  {"uarr", 0x2191},
    {"rarr", 0x2192},  {"darr", 0x2193},   {"euro", 0x20ac},  {"pound", 0xa3},   {"yen", 0xa5},
    {"cent", 0xa2},    {"sect", 0xa7},     {"para", 0xb6},    {"plusmn", 0xb1},  {"shy", 0xad},
    {"zwj", 0x200d},   {"zwnj", 0x200c},   {"infin", 0x221e}, {"ne", 0x2260},    {"le", 0x2264},
    {"ge", 0x2265},    {"iexcl", 0xa1},    {"iquest", 0xbf},  {"szlig", 0xdf},   {"auml", 0xe4},
    {"ouml", 0xf6},    {"uuml", 0xfc},     {"Auml", 0xc4},    {"Ouml", 0xd6},    {"Uuml", 0xdc},
    {"eacute", 0xe9},  {"egrave", 0xe8},   {"agrave", 0xe0},  {"ccedil", 0xe7},  {"ntilde", 0xf1},
    {"check", 0x2713}, {"hearts", 0x2665}, {"micro", 0xb5},   {"frac12", 0xbd},  {"sup2", 0xb2},
};

/* A character reference at s; its length with & and ;, or 0. */
static u32 entity(const char *s, uint32_t *cp)
{
    u32 n = 1;
    while (n < 12 && s[n] && s[n] != ';')
        n++;
    if (s[n] != ';')
        return 0;
    if (s[1] == '#') {
        int base = s[2] == 'x' || s[2] == 'X' ? 16 : 10;
        uint32_t v = 0;
        for (u32 i = base == 16 ? 3 : 2; i < n; i++) {
            int d = s[i] >= '0' && s[i] <= '9' ? s[i] - '0'
                    : base == 16 && (s[i] | 32) >= 'a' && (s[i] | 32) <= 'f'
                        ? (s[i] | 32) - 'a' + 10
                        : -1;
            if (d < 0 || v > 0x10ffff)
                return 0;
            v = v * (uint32_t)base + (uint32_t)d;
        }
        *cp = v > 0x10ffff ? 0xfffd : v;
        return n + 1;
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(entities); i++)
        if (strlen(entities[i].name) == n - 1 && memcmp(entities[i].name, s + 1, n - 1) == 0) {
            *cp = entities[i].cp;
            return n + 1;
        }
    return 0;
}

/* Text with references resolved; in `fold` mode lines are trimmed and joined as JSX wants. 0:
 * empty. */
static u32 jsx_text(struct swd_ts_compiler *c, u32 from, u32 to, bool fold)
{
    char *buf = swd_bump_alloc(c->bump, (size_t)(to - from) * 2 + 8);
    u32 n = 0, i = from;
    if (!buf)
        ts_abort(c, SWD_ENOMEM);
    bool first_line = true;
    while (i < to) {
        u32 end = i;
        while (end < to && c->src[end] != '\n' && c->src[end] != '\r')
            end++;
        u32 a = i, b = end;
        bool last_line = end >= to;
        if (fold) {
            if (!first_line)
                while (a < b && (c->src[a] == ' ' || c->src[a] == '\t'))
                    a++;
            if (!last_line)
                while (b > a && (c->src[b - 1] == ' ' || c->src[b - 1] == '\t'))
                    b--;
            if (a < b && n && !first_line)
                buf[n++] = ' ';
        } else if (!last_line) {
            b = end + 1;
        }
        while (a < b) {
            uint32_t cp;
            u32 k = c->src[a] == '&' ? entity(c->src + a, &cp) : 0;
            if (k) {
                n += ts_encode(buf + n, cp);
                a += k;
            } else {
                buf[n++] = c->src[a++];
            }
        }
        i = end + 1;
        if (end < to && c->src[end] == '\r' && c->src[i] == '\n')
            i++;
        first_line = false;
    }
    return n ? ts_intern(c, buf, n) : fold ? 0 : W_empty;
}

/* At a word: the name of an element, as an expression; its text goes to *from, *to. */
static u32 element_name(struct swd_ts_compiler *c, u32 *from, u32 *to)
{
    u32 pos = c->tok.pos;
    if (!ts_is(c, T_WORD))
        ts_unexpected(c, "the name of an element");
    ts_lex_jsx_name(c);
    u32 name = c->tok.name;
    char ch = c->src[pos];
    bool plain = c->src[c->tok.end] == '.';
    bool tag = (ch >= 'a' && ch <= 'z' && !plain) || memchr(NM(name)->s, '-', NM(name)->len);
    *from = pos;
    *to = c->tok.end;
    if (c->src[c->tok.end] == ':') {
        ts_next(c);
        ts_next(c);
        ts_lex_jsx_name(c);
        *to = c->tok.end;
        u32 n = string_node(c, pos, ts_intern(c, c->src + pos, *to - pos));
        ts_next(c);
        return n;
    }
    u32 e;
    if (tag)
        e = string_node(c, pos, name);
    else if (name == W_this)
        e = ts_this_ref(c, pos);
    else
        e = ts_ident_ref(c, name, pos);
    ts_next(c);
    while (ts_is(c, T_DOT)) {
        ts_next(c);
        if (!ts_is(c, T_WORD))
            ts_unexpected(c, "a name");
        *to = c->tok.end;
        e = ts_node(c, N_MEMBER, pos, e, c->tok.name);
        ts_next(c);
    }
    return e;
}

static u32 element(struct swd_ts_compiler *c);

static u32 attribute_value(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (ts_is(c, T_STR)) {
        u32 n = string_node(c, pos, jsx_text(c, pos + 1, c->tok.end - 1, false));
        ts_next(c);
        return n;
    }
    if (ts_is(c, T_LT)) {
        u32 e = element(c);
        ts_next(c);
        return e;
    }
    if (!ts_eat(c, T_LBRACE))
        ts_unexpected(c, "a string or {");
    u32 e = ts_parse_assign(c);
    ts_expect(c, T_RBRACE);
    return e;
}

/* The attributes, as an object literal or null. */
static u32 attributes(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    u32 pos = c->tok.pos;
    while (!ts_is(c, T_GT) && !ts_is(c, T_SLASH)) {
        u32 at = c->tok.pos, p;
        if (ts_eat(c, T_LBRACE)) {
            ts_expect(c, T_ELLIPSIS);
            u32 e = ts_parse_assign(c);
            p = ts_node(c, N_SPREAD, at, e, 0);
            ts_expect(c, T_RBRACE);
        } else {
            if (!ts_is(c, T_WORD))
                ts_unexpected(c, "an attribute, > or />");
            ts_lex_jsx_name(c);
            u32 name = c->tok.name;
            if (c->src[c->tok.end] == ':') {
                ts_next(c);
                ts_next(c);
                ts_lex_jsx_name(c);
                name = ts_intern(c, c->src + at, c->tok.end - at);
            }
            u32 key = string_node(c, at, name), v;
            c->prev_end = c->tok.end;
            ts_next(c);
            if (ts_is(c, T_ASSIGN)) {
                ts_lex_jsx_string(c);
                v = attribute_value(c);
            } else {
                v = ts_node(c, N_TRUE, at, 0, 0);
            }
            p = ts_node(c, N_PROP, at, key, v);
            if (name == W_proto)
                ND(p)->flags |= F_COMPUTED;
        }
        ts_append(c, &l, p);
    }
    return l.head ? ts_node(c, N_OBJECT, pos, l.head, 0) : ts_node(c, N_NULL, pos, 0, 0);
}

/* Children up to </; the current token is the > of the opening tag. */
static void children(struct swd_ts_compiler *c, struct ts_list *args)
{
    for (;;) {
        ts_lex_jsx_text(c, c->tok.end);
        u32 pos = c->tok.pos, text = jsx_text(c, c->tok.pos, c->tok.end, true);
        if (text)
            ts_append(c, args, string_node(c, pos, text));
        ts_next(c);
        pos = c->tok.pos;
        if (ts_is(c, T_LBRACE)) {
            ts_next(c);
            if (ts_is(c, T_RBRACE))
                continue;
            bool spread = ts_eat(c, T_ELLIPSIS);
            u32 e = ts_parse_expr(c);
            if (spread)
                e = ts_node(c, N_SPREAD, pos, e, 0);
            else if (ND(e)->kind == N_SEQ)
                ND(e)->flags |= F_PAREN;
            ts_append(c, args, e);
            if (!ts_is(c, T_RBRACE))
                ts_unexpected(c, "}");
            continue;
        }
        ts_next(c);
        if (ts_is(c, T_SLASH))
            return;
        ts_append(c, args, ts_jsx_after_lt(c, pos));
    }
}

/* Behind <; leaves the closing > as the current token. */
u32 ts_jsx_after_lt(struct swd_ts_compiler *c, u32 pos)
{
    struct ts_list args = {0, 0};
    const char *fac = c->o->jsx_factory ? c->o->jsx_factory : "React.createElement";
    const char *frag = c->o->jsx_fragment ? c->o->jsx_fragment : "React.Fragment";
    ts_deep(c);
    u32 callee = factory(c, fac, pos), from = 0, to = 0, props;
    if (ts_is(c, T_GT)) {
        ts_append(c, &args, factory(c, frag, pos));
        ts_append(c, &args, ts_node(c, N_NULL, pos, 0, 0));
    } else {
        ts_append(c, &args, element_name(c, &from, &to));
        if (c->ts && ts_is(c, T_LT))
            ts_skip_type_args(c);
        props = attributes(c);
        ts_append(c, &args, props);
        if (ts_is(c, T_SLASH)) {
            ts_next(c);
            if (!ts_is(c, T_GT))
                ts_unexpected(c, ">");
            return ts_node(c, N_CALL, pos, callee, args.head);
        }
    }
    children(c, &args);
    ts_next(c); /* behind </ */
    u32 at = c->tok.pos;
    if (to) {
        u32 cfrom, cto;
        element_name(c, &cfrom, &cto);
        if (cto - cfrom != to - from || memcmp(c->src + cfrom, c->src + from, to - from) != 0)
            ts_fatal(c, at, "`</%.*s>` closes another element than `<%.*s>` in line %u",
                     (int)(cto - cfrom > 80 ? 80 : cto - cfrom), c->src + cfrom,
                     (int)(to - from > 80 ? 80 : to - from), c->src + from, ts_line_find(c, from));
    }
    if (!ts_is(c, T_GT))
        ts_unexpected(c, ">");
    return ts_node(c, N_CALL, pos, callee, args.head);
}

static u32 element(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    return ts_jsx_after_lt(c, pos);
}

u32 ts_parse_jsx(struct swd_ts_compiler *c)
{
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = c->in_cond = false;
    u32 e = element(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
    ts_next(c);
    if (ts_is(c, T_LT) && (c->src[c->at] == '>' || ts_id_start((unsigned char)c->src[c->at])))
        ts_fatal(c, c->tok.pos, "elements beside each other need one around them: <>...</>");
    return e;
}
