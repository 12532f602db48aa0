/* Parsing what begins with a parenthesis or with `async`: an arrow function, or no such thing. */
#include "ts/parse_expr.h"

/* ---- parentheses and arrows ---- */

struct paren {
    struct ts_list items;
    u32 only_arrow; /* place of what only parameters may have */
    u32 trailing;   /* place of a comma before ) */
    u32 count;
};

static void paren_items(struct swd_ts_compiler *c, struct paren *p, bool call)
{
    *p = (struct paren){.count = 0};
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = c->in_cond = false;
    while (!ts_is(c, T_RPAREN)) {
        u32 at = c->tok.pos, e = ts_parse_item(c);
        if (ND(e)->kind == N_SPREAD && !call)
            p->only_arrow = at;
        if (c->ts && (ts_is(c, T_QUESTION) || ts_is(c, T_COLON))) {
            p->only_arrow = c->tok.pos;
            ts_eat(c, T_QUESTION);
            ts_skip_annotation(c);
            if (ts_is(c, T_ASSIGN) && ND(e)->kind != N_SPREAD) {
                ts_next(c);
                u32 v = ts_parse_assign(c);
                e = ts_node(c, N_ASSIGN, at, e, v);
                ND(e)->op = T_ASSIGN;
            }
        }
        ts_append(c, &p->items, e);
        p->count++;
        if (ts_is(c, T_RPAREN))
            break;
        u32 comma = c->tok.pos;
        if (!ts_is(c, T_COMMA))
            ts_unexpected(c, ", or )");
        ts_next(c);
        if (ND(e)->kind == N_SPREAD && !call)
            ts_fatal(c, comma, "a rest parameter must be the last");
        if (ts_is(c, T_RPAREN))
            p->trailing = comma;
    }
    ts_next(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
}

/* Whether the items could all be parameters. */
static bool could_be_params(struct swd_ts_compiler *c, const struct paren *p)
{
    for (u32 e = p->items.head; e; e = ND(e)->next) {
        const struct ts_node *n = ND(e);
        if (n->flags & F_PAREN)
            return false;
        u32 t = e;
        if (n->kind == N_ASSIGN && n->op == T_ASSIGN)
            t = n->a;
        else if (n->kind == N_SPREAD)
            t = n->a;
        int k = ND(t)->kind;
        if (k != N_IDENT && k != N_ARRAY && k != N_OBJECT && k != N_ARRPAT && k != N_OBJPAT &&
            k != N_THIS)
            return false;
    }
    return true;
}

/* At => of `(b) : T => body` in a conditional: is there another colon behind the body? Looks at
 * tokens only. */
static bool colon_behind_body(struct swd_ts_compiler *c)
{
    int depth = 0, conds = 0;
    bool block = false;
    ts_next(c);
    if (ts_is(c, T_LBRACE))
        block = true;
    for (;; ts_next(c)) {
        switch (c->tok.kind) {
        case T_LPAREN:
        case T_LBRACK:
        case T_LBRACE: depth++; break;
        case T_RPAREN:
        case T_RBRACK:
        case T_RBRACE:
            if (depth-- == 0)
                return false;
            if (block && depth == 0) {
                ts_next(c);
                return ts_is(c, T_COLON);
            }
            break;
        case T_TEMPLATE:
            if (!c->tok.tail)
                depth++;
            break;
        case T_QUESTION:
            if (depth == 0)
                conds++;
            break;
        case T_COLON:
            if (depth == 0 && conds-- == 0)
                return true;
            break;
        case T_SEMI:
        case T_COMMA:
            if (depth == 0)
                return false;
            break;
        case T_EOF: return false;
        default: break;
        }
    }
}

/* At `:` behind `)`: is this the return type of an arrow? Skips it if so. */
static bool return_type(struct swd_ts_compiler *c, void *arg)
{
    (void)arg;
    ts_skip_return_type(c);
    if (!ts_is(c, T_ARROW) || c->tok.nl)
        return false;
    if (c->in_cond) {
        struct ts_mark at;
        ts_mark(c, &at);
        if (!colon_behind_body(c))
            return false;
        ts_rewind(c, &at);
    }
    return true;
}

static bool arrow_follows(struct swd_ts_compiler *c, const struct paren *p)
{
    if (ts_is(c, T_ARROW))
        return !c->tok.nl;
    if (c->ts && ts_is(c, T_COLON) && could_be_params(c, p))
        return ts_attempt(c, return_type, NULL);
    return false;
}

static u32 finish_paren(struct swd_ts_compiler *c, const struct paren *p)
{
    if (p->only_arrow)
        ts_fatal(c, p->only_arrow, "this may only stand in parameters: `=>` is missing behind `)`");
    if (p->trailing)
        ts_fatal(c, p->trailing, "a comma is missing its right side");
    if (!p->items.head)
        ts_unexpected(c, "=>");
    u32 e = p->items.head;
    if (p->count > 1)
        e = ts_node(c, N_SEQ, ND(e)->pos, e, 0);
    ND(e)->flags |= F_PAREN;
    return e;
}

u32 ts_parse_paren(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    bool may = c->arrow_at == pos;
    struct ts_cover m;
    struct paren p;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    ts_cover_mark(c, &m);
    ts_next(c);
    paren_items(c, &p, false);
    if (may && arrow_follows(c, &p)) {
        c->cover_err = cover;
        c->dup_proto = 0;
        return ts_parse_arrow(c, pos, p.items.head, 0, &m);
    }
    if (c->cover_err)
        ts_fatal(c, c->cover_err, "a shorthand property has no value here");
    c->cover_err = cover;
    return finish_paren(c, &p);
}

/* async ...: function, arrow, or the plain name (answers 0, nothing consumed). */
u32 ts_parse_async(struct swd_ts_compiler *c)
{
    struct ts_mark start;
    u32 pos = c->tok.pos;
    bool may = c->arrow_at == pos;
    if (c->tok.escaped)
        return 0;
    ts_mark(c, &start);
    ts_next(c);
    if (c->tok.nl) {
        ts_rewind(c, &start);
        return 0;
    }
    if (ts_is_word(c, W_function)) {
        ts_next(c);
        u32 flags = FN_ASYNC;
        if (ts_eat(c, T_STAR))
            flags |= FN_GEN;
        u32 name = 0;
        return ts_parse_function_expr(c, pos, flags, name);
    }
    struct ts_cover m;
    if (may && ts_is(c, T_WORD)) {
        struct ts_token t = c->tok;
        ts_cover_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_ARROW) && !c->tok.nl) {
            if (t.name == W_await)
                ts_fatal(c, t.pos, "`await` is no name here");
            ts_check_ident(c, &t);
            u32 id = ts_ident_ref(c, t.name, t.pos);
            return ts_parse_arrow(c, pos, id, FN_ASYNC, &m);
        }
        ts_rewind(c, &start);
        return 0;
    }
    if (may && c->ts && ts_is(c, T_LT)) {
        u32 n = ts_try_generic_arrow(c, FN_ASYNC, pos);
        if (n)
            return n;
    }
    if (!may || !ts_is(c, T_LPAREN)) {
        ts_rewind(c, &start);
        return 0;
    }
    struct paren p;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    ts_cover_mark(c, &m);
    ts_next(c);
    paren_items(c, &p, true);
    if (arrow_follows(c, &p)) {
        if (p.trailing && ND(p.items.tail)->kind == N_SPREAD)
            ts_fatal(c, p.trailing, "a rest parameter must be the last");
        c->cover_err = cover;
        return ts_parse_arrow(c, pos, p.items.head, FN_ASYNC, &m);
    }
    if (c->cover_err)
        ts_fatal(c, c->cover_err, "a shorthand property has no value here");
    c->cover_err = cover;
    if (p.only_arrow)
        finish_paren(c, &p);
    u32 id = ts_ident_ref(c, W_async, pos);
    return ts_node(c, N_CALL, pos, id, p.items.head);
}

struct generic {
    struct ts_cover cover;
    struct paren params;
};

static bool generic_arrow(struct swd_ts_compiler *c, void *arg)
{
    struct generic *g = arg;
    ts_skip_type_params(c);
    ts_cover_mark(c, &g->cover);
    if (!ts_is(c, T_LPAREN))
        return false;
    ts_next(c);
    paren_items(c, &g->params, false);
    return arrow_follows(c, &g->params);
}

/* `<T>(x) => y`: at <. Answers 0 and consumes nothing when it is something else. */
u32 ts_try_generic_arrow(struct swd_ts_compiler *c, u32 flags, u32 pos)
{
    struct generic g;
    u32 cover_err = c->cover_err;
    bool ok = ts_attempt(c, generic_arrow, &g);
    c->cover_err = cover_err; /* the parameters' own shorthands are none */
    return ok ? ts_parse_arrow(c, pos, g.params.items.head, flags, &g.cover) : 0;
}
