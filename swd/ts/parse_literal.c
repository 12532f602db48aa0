/* Parsing literals: numbers, strings, templates, arrays, objects and their keys. */
#include "ts/parse_expr.h"

/* ---- literals ---- */

u32 ts_parse_template(struct swd_ts_compiler *c, bool tagged)
{
    u32 pos = c->tok.pos;
    struct ts_list l = {0, 0};
    for (;;) {
        if (c->tok.escaped && !tagged)
            ts_error(c, c->tok.pos, "malformed escape in a template");
        u32 from = c->tok.pos + 1, to = c->tok.end - (c->tok.tail ? 1 : 2);
        u32 piece = ts_node(c, N_TSTR, c->tok.pos, from, to - from);
        if (c->tok.escaped)
            ND(piece)->flags |= F_COOKED;
        ts_append(c, &l, piece);
        if (c->tok.tail)
            break;
        ts_next(c);
        bool no_in = c->no_in;
        c->no_in = false;
        u32 e = ts_parse_expr(c);
        c->no_in = no_in;
        ts_append(c, &l, e);
        if (!ts_is(c, T_RBRACE))
            ts_unexpected(c, "} of the template");
        ts_lex_template(c);
    }
    ts_next(c);
    return ts_node(c, N_TEMPLATE, pos, l.head, 0);
}

u32 ts_parse_string(struct swd_ts_compiler *c)
{
    if (c->tok.octal && c->strict)
        ts_error(c, c->tok.pos, "octal escapes are not allowed in strict code");
    u32 n = ts_node(c, N_STR, c->tok.pos, c->tok.pos, c->tok.end - c->tok.pos);
    if (c->tok.octal) { /* the engine knows fewer of these escapes */
        ND(n)->a = ts_cook(c, c->tok.pos + 1, c->tok.end - 1, false);
        ND(n)->flags |= F_COOKED;
    }
    ts_next(c);
    return n;
}

u32 ts_parse_number(struct swd_ts_compiler *c)
{
    if (c->tok.octal && c->strict)
        ts_error(c, c->tok.pos, "numbers that begin with 0 are not allowed in strict code");
    if (c->tok.escaped && !c->ambient)
        ts_error(c, c->tok.pos,
                 "BigInt literals are not supported: the engine has no BigInt; use a "
                 "number, or a string with a big-number library");
    u32 n = ts_node(c, N_NUM, c->tok.pos, c->tok.pos, c->tok.end - c->tok.pos);
    ts_next(c);
    return n;
}

/* A property key: STR with F_COOKED, NUM, or the expression in brackets. */
u32 ts_parse_propkey(struct swd_ts_compiler *c, bool *computed)
{
    *computed = false;
    u32 n;
    switch (c->tok.kind) {
    case T_WORD:
        n = ts_node(c, N_STR, c->tok.pos, c->tok.name, 0);
        ND(n)->flags |= F_COOKED;
        ts_next(c);
        return n;
    case T_STR:
        if (c->tok.octal && c->strict)
            ts_error(c, c->tok.pos, "octal escapes are not allowed in strict code");
        n = ts_node(c, N_STR, c->tok.pos, ts_cook(c, c->tok.pos + 1, c->tok.end - 1, false), 0);
        ND(n)->flags |= F_COOKED;
        ts_next(c);
        return n;
    case T_NUM: return ts_parse_number(c);
    case T_LBRACK: {
        ts_next(c);
        *computed = true;
        bool no_in = c->no_in;
        c->no_in = false;
        n = ts_parse_assign(c);
        c->no_in = no_in;
        ts_expect(c, T_RBRACK);
        return n;
    }
    default: ts_unexpected(c, "a property name");
    }
}

u32 ts_parse_item(struct swd_ts_compiler *c)
{
    u32 at = c->tok.pos;
    bool spread = ts_eat(c, T_ELLIPSIS);
    u32 e = ts_parse_assign(c);
    return spread ? ts_node(c, N_SPREAD, at, e, 0) : e;
}

u32 ts_parse_array(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    struct ts_list l = {0, 0};
    bool no_in = c->no_in;
    c->no_in = false;
    ts_next(c);
    u32 comma_after_spread = 0;
    while (!ts_is(c, T_RBRACK)) {
        if (ts_is(c, T_COMMA)) {
            ts_append(c, &l, ts_node(c, N_HOLE, c->tok.pos, 0, 0));
            ts_next(c);
            continue;
        }
        if (ts_is(c, T_RBRACE) || ts_is(c, T_RPAREN))
            ts_unclosed(c, "]", pos);
        u32 e = ts_parse_item(c);
        ts_append(c, &l, e);
        if (ts_is(c, T_RBRACK))
            break;
        if (ND(e)->kind == N_SPREAD && !comma_after_spread)
            comma_after_spread = c->tok.pos;
        ts_comma(c, ", or ]", pos);
    }
    ts_next(c);
    c->no_in = no_in;
    return ts_node3(c, N_ARRAY, pos, l.head, 0, comma_after_spread);
}

/* What may stand behind get, set, async ... when these are modifiers, not names. */
static bool key_follows(struct swd_ts_compiler *c)
{
    switch (c->tok.kind) {
    case T_WORD:
    case T_STR:
    case T_NUM:
    case T_LBRACK:
    case T_PRIVATE: return true;
    default: return false;
    }
}

static u32 parse_method(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 key, bool computed)
{
    u32 name = 0, since = SC(c->scope)->ref_tail;
    bool was = c->home_static;
    if (!computed && ND(key)->kind == N_STR)
        name = ND(key)->a;
    c->home_static = false;
    u32 n = ts_parse_function(c, pos, flags | FN_METHOD, name);
    c->home_static = was;
    ts_bind_home(c, since, &c->obj_home, W_home);
    return n;
}

static u32 parse_property(struct swd_ts_compiler *c, u32 *protos)
{
    u32 pos = c->tok.pos;
    u32 flags = 0;
    int op = P_INIT;
    if (ts_is(c, T_ELLIPSIS))
        return ts_parse_item(c);
    struct ts_token first = c->tok;
    bool computed;
    u32 key = 0;
    if (ts_is(c, T_WORD) && !first.escaped &&
        (first.name == W_get || first.name == W_set || first.name == W_async)) {
        ts_next(c);
        if (first.name == W_async) {
            if ((key_follows(c) || ts_is(c, T_STAR)) && !c->tok.nl)
                flags |= FN_ASYNC;
        } else if (key_follows(c)) {
            op = first.name == W_get ? P_GET : P_SET;
            flags |= first.name == W_get ? FN_GET : FN_SET;
        }
        if (!flags) {
            key = ts_node(c, N_STR, pos, first.name, 0);
            ND(key)->flags |= F_COOKED;
            computed = false;
        }
    }
    if (!key && ts_eat(c, T_STAR)) {
        flags |= FN_GEN;
        first.kind = T_STAR;
    }
    if (!key) {
        if (flags)
            first.kind = T_EOF;
        if (ts_is(c, T_PRIVATE))
            ts_fatal(c, c->tok.pos, "private names are for classes only");
        key = ts_parse_propkey(c, &computed);
    }
    u32 value, n;
    if (flags || ts_is(c, T_LPAREN) || ts_is(c, T_LT)) {
        value = parse_method(c, pos, flags, key, computed);
        n = ts_node(c, N_PROP, pos, key, value);
        ND(n)->op = (uint8_t)(op == P_INIT ? P_METHODP : op);
    } else if (ts_eat(c, T_COLON)) {
        value = ts_parse_assign(c);
        n = ts_node(c, N_PROP, pos, key, value);
        if (!computed && ND(key)->kind == N_STR && ND(key)->a == W_proto) {
            if (*protos && !c->dup_proto)
                c->dup_proto = pos;
            *protos = pos;
        }
    } else {
        if (first.kind != T_WORD)
            ts_unexpected(c, ":");
        ts_check_ident(c, &first);
        value = ts_ident_ref(c, first.name, pos);
        n = ts_node(c, N_PROP, pos, key, value);
        ND(n)->flags |= F_SHORTHAND;
        if (ts_is(c, T_ASSIGN)) {
            if (!c->cover_err)
                c->cover_err = c->tok.pos;
            ts_next(c);
            u32 dflt = ts_parse_assign(c);
            ND(n)->c = dflt;
        }
    }
    if (computed)
        ND(n)->flags |= F_COMPUTED;
    return n;
}

u32 ts_parse_object(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, protos = 0;
    struct ts_list l = {0, 0};
    u32 outer_home = c->obj_home;
    bool no_in = c->no_in;
    c->no_in = false;
    c->obj_home = 0;
    ts_next(c);
    u32 comma_after_spread = 0;
    while (!ts_is(c, T_RBRACE)) {
        u32 p = parse_property(c, &protos);
        ts_append(c, &l, p);
        if (ts_is(c, T_RBRACE))
            break;
        if (ND(p)->kind == N_SPREAD && !comma_after_spread)
            comma_after_spread = c->tok.pos;
        ts_comma(c, ", or }", pos);
    }
    ts_next(c);
    c->no_in = no_in;
    u32 n = ts_node(c, N_OBJECT, pos, l.head, 0);
    ND(n)->c = comma_after_spread;
    ND(n)->b = c->obj_home;
    c->obj_home = outer_home;
    return n;
}
