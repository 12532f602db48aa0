/* Expressions, by precedence climbing.
 *
 * What may turn out to be a pattern or the parameters of an arrow is parsed as an expression first
 * (the standard's cover grammars) and converted in place; nothing is parsed twice. TypeScript's
 * types are skipped where they stand. Recursion is bounded by ts_deep(). */
#include <time.h>

#include "ts/tsi.h"

void ts_deep(struct swd_ts_compiler *c)
{
    char *here = __builtin_frame_address(0);
    size_t used =
        here < c->stack_base ? (size_t)(c->stack_base - here) : (size_t)(here - c->stack_base);
    if (SWD_UNLIKELY(used > c->stack_max)) {
        c->silent = 0;
        c->rc = SWD_ELIMIT;
        ts_error(c, c->tok.pos, "nested too deeply");
        ts_abort(c, SWD_ELIMIT);
    }
    if (SWD_UNLIKELY((++c->ticks & 0x3fff) == 0)) {
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        if ((uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec > c->deadline) {
            c->silent = 0;
            c->rc = SWD_ELIMIT;
            ts_error(c, c->tok.pos, "compiling takes too long");
            ts_abort(c, SWD_ELIMIT);
        }
    }
}

u32 ts_ident_ref(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    u32 n = ts_node(c, N_IDENT, pos, name, 0);
    ts_reference(c, n);
    return n;
}

u32 ts_this_ref(struct swd_ts_compiler *c, u32 pos)
{
    u32 n = ts_node(c, N_THIS, pos, W_this, 0);
    ts_reference(c, n);
    return n;
}

u32 ts_home_ref(struct swd_ts_compiler *c, u32 pos)
{
    u32 n = ts_node(c, N_SUPER, pos, W_home, 0);
    ts_reference(c, n);
    return n;
}

void ts_check_ident(struct swd_ts_compiler *c, const struct ts_token *t)
{
    u32 w = t->name;
    const struct ts_name *m = NM(w);
    if (w <= W_LAST_RESERVED)
        ts_fatal(c, t->pos, "unexpected `%.*s`: a reserved word is no name", (int)m->len, m->s);
    if (w <= W_LAST_STRICT && c->strict)
        ts_fatal(c, t->pos, "`%.*s` is reserved in strict code", (int)m->len, m->s);
    if (w == W_await)
        c->await_name_at = t->pos;
    if (w == W_yield && c->can_yield)
        ts_fatal(c, t->pos, "`yield` is no name in a generator");
    if (w == W_await && (c->can_await || c->goal == SWD_TS_MODULE || c->no_await))
        ts_fatal(c, t->pos, "`await` is no name here");
}

/* eval and arguments may not be bound or assigned in strict code. */
void ts_check_target_name(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    if (c->strict && (name == W_eval || name == W_arguments))
        ts_error(c, pos, "`%s` may not be assigned in strict code", NM(name)->s);
}

bool ts_is_anon_fn(struct swd_ts_compiler *c, u32 n)
{
    const struct ts_node *d = ND(n);
    if (d->kind == N_FUNC)
        return FN(d->a)->name == 0;
    if (d->kind == N_CLASS)
        return CL(d->a)->name == 0;
    return false;
}

/* ---- literals ---- */

static u32 parse_template(struct swd_ts_compiler *c, bool tagged)
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

static u32 parse_string(struct swd_ts_compiler *c)
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

static u32 parse_number(struct swd_ts_compiler *c)
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
    case T_NUM: return parse_number(c);
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

static u32 parse_array(struct swd_ts_compiler *c)
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
        u32 at = c->tok.pos;
        bool spread = ts_eat(c, T_ELLIPSIS);
        u32 e = ts_parse_assign(c);
        if (spread)
            e = ts_node(c, N_SPREAD, at, e, 0);
        ts_append(c, &l, e);
        if (ts_is(c, T_RBRACK))
            break;
        if (spread && !comma_after_spread)
            comma_after_spread = c->tok.pos;
        ts_expect(c, T_COMMA);
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
    if (ts_is(c, T_ELLIPSIS)) {
        ts_next(c);
        return ts_node(c, N_SPREAD, pos, ts_parse_assign(c), 0);
    }
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

static u32 parse_object(struct swd_ts_compiler *c)
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
        ts_expect(c, T_COMMA);
    }
    ts_next(c);
    c->no_in = no_in;
    u32 n = ts_node(c, N_OBJECT, pos, l.head, 0);
    ND(n)->c = comma_after_spread;
    ND(n)->b = c->obj_home;
    c->obj_home = outer_home;
    return n;
}

/* ---- patterns ---- */

static _Noreturn void bad_target(struct swd_ts_compiler *c, u32 node, bool binding)
{
    ts_fatal(c, ND(node)->pos,
             binding ? "this cannot be a parameter" : "this cannot be assigned to");
}

/* The target of an assignment in a pattern, or of the whole. */
static u32 to_target(struct swd_ts_compiler *c, u32 node, bool binding)
{
    struct ts_node *n = ND(node);
    switch (n->kind) {
    case N_IDENT:
        if (n->flags & F_PAREN && binding)
            bad_target(c, node, binding);
        if (!binding)
            n->flags |= F_WRITE;
        ts_check_target_name(c, n->a, n->pos);
        return node;
    case N_MEMBER:
    case N_INDEX:
    case N_PRIVATE:
        if (binding)
            bad_target(c, node, binding);
        return node;
    case N_ARRAY:
    case N_OBJECT:
        if (n->flags & F_PAREN)
            bad_target(c, node, binding);
        return ts_to_pattern(c, node, binding);
    case N_ARRPAT:
    case N_OBJPAT: return node;
    default: bad_target(c, node, binding);
    }
}

/* An element: target or target = default. */
static u32 to_element(struct swd_ts_compiler *c, u32 node, bool binding)
{
    struct ts_node *n = ND(node);
    if (n->kind == N_ASSIGN && n->op == T_ASSIGN && !(n->flags & F_PAREN)) {
        n->kind = N_DEFAULT;
        u32 t = to_target(c, n->a, binding);
        ND(node)->a = t;
        return node;
    }
    if (n->kind == N_DEFAULT)
        return node;
    return to_target(c, node, binding);
}

/* The function around that has `arguments` keeps them where closures of ours can see them. */
static void note_array_pattern(struct swd_ts_compiler *c)
{
    u32 s = SC(c->scope)->func;
    SC(s)->flags |= P_ARRPAT;
    while (SC(s)->flags & P_ARROW && SC(s)->parent) {
        s = SC(SC(s)->parent)->func;
        SC(s)->flags |= P_ARRPAT;
    }
}

static void array_to_pattern(struct swd_ts_compiler *c, u32 node, bool binding)
{
    note_array_pattern(c);
    if (ND(node)->c)
        ts_fatal(c, ND(node)->c, "a rest element must be the last");
    ND(node)->kind = N_ARRPAT;
    for (u32 *at = &ND(node)->a; *at;) {
        u32 e = *at;
        int k = ND(e)->kind;
        if (k == N_SPREAD) {
            ND(e)->kind = N_REST;
            if (ND(ND(e)->a)->kind == N_ASSIGN && !(ND(ND(e)->a)->flags & F_PAREN))
                ts_fatal(c, ND(e)->pos, "a rest element has no default");
            u32 t = to_target(c, ND(e)->a, binding);
            ND(e)->a = t;
        } else if (k != N_HOLE) {
            to_element(c, e, binding);
        }
        at = &ND(e)->next;
    }
}

static void object_to_pattern(struct swd_ts_compiler *c, u32 node, bool binding)
{
    ND(node)->kind = N_OBJPAT;
    if (ND(node)->c)
        ts_fatal(c, ND(node)->c, "a rest element must be the last");
    for (u32 p = ND(node)->a; p; p = ND(p)->next) {
        if (ND(p)->kind == N_SPREAD) {
            ND(p)->kind = N_REST;
            int k = ND(ND(p)->a)->kind;
            if (k == N_OBJECT || k == N_ARRAY || (binding && k != N_IDENT))
                bad_target(c, ND(p)->a, binding);
            u32 t = to_target(c, ND(p)->a, binding);
            ND(p)->a = t;
            continue;
        }
        if (ND(p)->op != P_INIT)
            bad_target(c, p, binding);
        u32 v = to_element(c, ND(p)->b, binding);
        if (ND(p)->c) {
            v = ts_node(c, N_DEFAULT, ND(v)->pos, v, ND(p)->c);
            ND(p)->c = 0;
        }
        ND(p)->b = v;
    }
}

/* Turns an array or object literal (or a plain target) into a pattern, in place. */
u32 ts_to_pattern(struct swd_ts_compiler *c, u32 node, bool binding)
{
    ts_deep(c);
    if (ND(node)->kind == N_ARRAY)
        array_to_pattern(c, node, binding);
    else if (ND(node)->kind == N_OBJECT)
        object_to_pattern(c, node, binding);
    else
        return to_target(c, node, binding);
    return node;
}

/* What an element of a pattern declares is initialised behind its default. */
static void element_init(struct swd_ts_compiler *c, u32 from)
{
    for (u32 y = from; y < c->syms.used; y++)
        if (SY(y)->scope == c->scope && !SY(y)->init)
            SY(y)->init = c->prev_end;
}

static u32 binding_array(struct swd_ts_compiler *c, int kind)
{
    u32 pos = c->tok.pos;
    struct ts_list l = {0, 0};
    note_array_pattern(c);
    ts_next(c);
    while (!ts_is(c, T_RBRACK)) {
        u32 at = c->tok.pos;
        if (ts_eat(c, T_COMMA)) {
            ts_append(c, &l, ts_node(c, N_HOLE, at, 0, 0));
            continue;
        }
        if (ts_eat(c, T_ELLIPSIS)) {
            u32 t = ts_parse_target(c, kind);
            ts_append(c, &l, ts_node(c, N_REST, at, t, 0));
            break;
        }
        u32 from = c->syms.used;
        u32 t = ts_parse_target(c, kind);
        if (ts_eat(c, T_ASSIGN)) {
            u32 v = ts_parse_assign(c);
            t = ts_node(c, N_DEFAULT, at, t, v);
        }
        element_init(c, from);
        ts_append(c, &l, t);
        if (!ts_is(c, T_RBRACK))
            ts_expect(c, T_COMMA);
    }
    ts_expect(c, T_RBRACK);
    return ts_node(c, N_ARRPAT, pos, l.head, 0);
}

static u32 binding_property(struct swd_ts_compiler *c, int kind)
{
    u32 pos = c->tok.pos;
    if (ts_eat(c, T_ELLIPSIS)) {
        if (!ts_is(c, T_WORD))
            ts_unexpected(c, "a name");
        u32 t = ts_parse_target(c, kind);
        return ts_node(c, N_REST, pos, t, 0);
    }
    struct ts_token first = c->tok;
    bool computed;
    u32 from = c->syms.used;
    u32 key = ts_parse_propkey(c, &computed), t;
    u32 flags = computed ? F_COMPUTED : 0;
    if (ts_eat(c, T_COLON)) {
        t = ts_parse_target(c, kind);
    } else {
        if (first.kind != T_WORD)
            ts_unexpected(c, ":");
        ts_check_ident(c, &first);
        flags |= F_SHORTHAND;
        ts_check_target_name(c, first.name, first.pos);
        if (first.name == W_let && (kind == S_LET || kind == S_CONST))
            ts_error(c, first.pos, "`let` is no name for a lexical declaration");
        u32 y = ts_declare(c, first.name, kind, first.pos);
        t = ts_node3(c, N_IDENT, first.pos, first.name, y, c->scope);
    }
    if (ts_eat(c, T_ASSIGN)) {
        u32 v = ts_parse_assign(c);
        t = ts_node(c, N_DEFAULT, pos, t, v);
    }
    element_init(c, from);
    u32 p = ts_node(c, N_PROP, pos, key, t);
    ND(p)->flags |= (uint16_t)flags;
    return p;
}

/* A binding name or pattern that declares symbols of `kind`. */
u32 ts_parse_target(struct swd_ts_compiler *c, int kind)
{
    ts_deep(c);
    u32 pos = c->tok.pos;
    bool no_in = c->no_in;
    u32 t;
    if (ts_is(c, T_LBRACK)) {
        c->no_in = false;
        t = binding_array(c, kind);
        c->no_in = no_in;
        return t;
    }
    if (ts_is(c, T_LBRACE)) {
        struct ts_list l = {0, 0};
        c->no_in = false;
        ts_next(c);
        while (!ts_is(c, T_RBRACE)) {
            u32 p = binding_property(c, kind);
            ts_append(c, &l, p);
            if (ND(p)->kind == N_REST)
                break;
            if (!ts_is(c, T_RBRACE))
                ts_expect(c, T_COMMA);
        }
        c->no_in = no_in;
        ts_expect(c, T_RBRACE);
        return ts_node(c, N_OBJPAT, pos, l.head, 0);
    }
    if (!ts_is(c, T_WORD))
        ts_unexpected(c, "a name or a pattern");
    ts_check_ident(c, &c->tok);
    u32 name = c->tok.name;
    ts_check_target_name(c, name, pos);
    if (name == W_let && (kind == S_LET || kind == S_CONST || kind == S_CLASS))
        ts_error(c, pos, "`let` is no name for a lexical declaration");
    u32 y = ts_declare(c, name, kind, pos);
    ts_next(c);
    return ts_node3(c, N_IDENT, pos, name, y, c->scope);
}

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
        u32 at = c->tok.pos, e;
        if (ts_eat(c, T_ELLIPSIS)) {
            e = ts_parse_assign(c);
            e = ts_node(c, N_SPREAD, at, e, 0);
            if (!call)
                p->only_arrow = at;
        } else {
            e = ts_parse_assign(c);
        }
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
        ts_expect(c, T_COMMA);
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
static bool try_return_type(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    jmp_buf jb, *old = c->recover;
    ts_mark(c, &m);
    c->recover = &jb;
    c->silent++;
    volatile bool ok = false;
    if (!setjmp(jb)) {
        ts_skip_return_type(c);
        ok = ts_is(c, T_ARROW) && !c->tok.nl;
        if (ok && c->in_cond) {
            struct ts_mark at;
            ts_mark(c, &at);
            ok = colon_behind_body(c);
            if (ok)
                ts_rewind(c, &at);
        }
    } else {
        ok = false;
    }
    c->silent--;
    c->recover = old;
    if (!ok)
        ts_rewind(c, &m);
    return ok;
}

static bool arrow_follows(struct swd_ts_compiler *c, const struct paren *p)
{
    if (ts_is(c, T_ARROW))
        return !c->tok.nl;
    if (c->ts && ts_is(c, T_COLON) && could_be_params(c, p))
        return try_return_type(c);
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

static u32 parse_paren(struct swd_ts_compiler *c)
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
static u32 parse_async(struct swd_ts_compiler *c)
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

/* `<T>(x) => y`: at <. Answers 0 and consumes nothing when it is something else. */
u32 ts_try_generic_arrow(struct swd_ts_compiler *c, u32 flags, u32 pos)
{
    struct ts_mark m;
    struct ts_cover cover;
    struct paren p;
    jmp_buf jb, *old = c->recover;
    bool no_in = c->no_in, in_cond = c->in_cond;
    u32 cover_err = c->cover_err;
    ts_mark(c, &m);
    c->recover = &jb;
    c->silent++;
    volatile bool ok = false;
    if (!setjmp(jb)) {
        ts_skip_type_params(c);
        ts_cover_mark(c, &cover);
        if (ts_is(c, T_LPAREN)) {
            ts_next(c);
            paren_items(c, &p, false);
            ok = arrow_follows(c, &p);
        }
    } else {
        ts_scope_unwind(c, m.scope);
        ok = false;
    }
    c->silent--;
    c->recover = old;
    c->no_in = no_in;
    c->in_cond = in_cond;
    c->cover_err = cover_err;
    if (!ok) {
        ts_rewind(c, &m);
        return 0;
    }
    return ts_parse_arrow(c, pos, p.items.head, flags, &cover);
}

/* ---- primary ---- */

u32 ts_parse_function_expr(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name)
{
    u32 n;
    if (!ts_is(c, T_WORD))
        return ts_parse_function(c, pos, flags, name);
    /* the name is bound inside only; yield and await are judged by the function's own kind */
    bool y = c->can_yield, a = c->can_await, na = c->no_await;
    c->can_yield = (flags & FN_GEN) != 0;
    c->can_await = (flags & FN_ASYNC) != 0;
    c->no_await = false;
    ts_check_ident(c, &c->tok);
    c->can_yield = y;
    c->can_await = a;
    c->no_await = na;
    u32 id = c->tok.name, at = c->tok.pos;
    ts_check_target_name(c, id, at);
    u32 scope = ts_scope_open(c, C_FNAME, pos);
    u32 sym = ts_sym_new(c, scope, id, S_FNAME, at);
    ts_next(c);
    n = ts_parse_function(c, pos, flags, id);
    FN(ND(n)->a)->fname = sym;
    if (FN(ND(n)->a)->flags & FN_STRICT)
        ts_check_strict_name(c, id, at);
    ts_scope_close(c);
    return n;
}

static u32 parse_word(struct swd_ts_compiler *c)
{
    struct ts_token t = c->tok;
    u32 pos = t.pos, n;
    if (t.escaped && t.name <= W_LAST_RESERVED)
        ts_fatal(c, pos, "a keyword may not have escapes");
    switch (t.name) {
    case W_function:
        ts_next(c);
        return ts_parse_function_expr(c, pos, ts_eat(c, T_STAR) ? FN_GEN : 0, 0);
    case W_class: return ts_parse_class(c, pos, false, 0, 0);
    case W_this: ts_next(c); return ts_this_ref(c, pos);
    case W_null: ts_next(c); return ts_node(c, N_NULL, pos, 0, 0);
    case W_true_: ts_next(c); return ts_node(c, N_TRUE, pos, 0, 0);
    case W_false_: ts_next(c); return ts_node(c, N_FALSE, pos, 0, 0);
    case W_async:
        n = parse_async(c);
        if (n)
            return n;
        break;
    default: break;
    }
    bool may = c->arrow_at == pos;
    struct ts_cover m;
    ts_cover_mark(c, &m);
    ts_check_ident(c, &t);
    ts_next(c);
    n = ts_ident_ref(c, t.name, pos);
    if (may && ts_is(c, T_ARROW) && !c->tok.nl)
        return ts_parse_arrow(c, pos, n, 0, &m);
    if (t.name == W_arguments && c->in_field)
        ts_error(c, pos, "`arguments` may not stand in a class field or static block");
    return n;
}

static u32 parse_primary(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, n;
    switch (c->tok.kind) {
    case T_WORD: return parse_word(c);
    case T_NUM: return parse_number(c);
    case T_STR: return parse_string(c);
    case T_TEMPLATE: return parse_template(c, false);
    case T_LPAREN: return parse_paren(c);
    case T_LBRACK: return parse_array(c);
    case T_LBRACE: return parse_object(c);
    case T_SLASH:
    case T_SLASH_A:
        ts_lex_regex(c);
        n = ts_node(c, N_REGEX, pos, pos, c->tok.end - pos);
        ts_check_regex(c, n);
        ts_next(c);
        return n;
    case T_AT: {
        u32 d = ts_parse_decorators(c);
        if (!ts_is_word(c, W_class))
            ts_unexpected(c, "class");
        return ts_parse_class(c, c->tok.pos, false, d, 0);
    }
    case T_LT:
        if (c->jsx)
            return ts_parse_jsx(c);
        ts_unexpected(c, "an expression");
    default: ts_unexpected(c, "an expression");
    }
}

/* ---- calls and members ---- */

static u32 parse_args(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = c->in_cond = false;
    ts_expect(c, T_LPAREN);
    while (!ts_is(c, T_RPAREN)) {
        u32 at = c->tok.pos;
        bool spread = ts_eat(c, T_ELLIPSIS);
        u32 e = ts_parse_assign(c);
        if (spread)
            e = ts_node(c, N_SPREAD, at, e, 0);
        ts_append(c, &l, e);
        if (!ts_is(c, T_RPAREN))
            ts_expect(c, T_COMMA);
    }
    ts_next(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
    return l.head;
}

static u32 private_ref(struct swd_ts_compiler *c)
{
    u32 id = ts_ident_ref(c, c->tok.name, c->tok.pos);
    ts_next(c);
    return id;
}

/* super.x, super[x], super(...) */
static u32 parse_super(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    if (ts_is(c, T_LPAREN)) {
        u32 f = ts_super_function(c);
        if (!f || !(FN(f)->flags & FN_DERIVED))
            ts_fatal(c, pos, "`super()` may only stand in the constructor of a derived class");
        FN(f)->flags |= FN(f)->flags & FN_CALLSSUPER ? FN_MANYSUPER : FN_CALLSSUPER;
        u32 home = ts_home_ref(c, pos), self = ts_this_ref(c, pos);
        u32 nt = ts_node(c, N_NEWTARGET, pos, W_newtarget, 0);
        ts_reference(c, nt);
        u32 args = parse_args(c);
        u32 call = ts_node3(c, N_CALL, pos, home, args, self);
        ND(home)->next = nt;
        return call;
    }
    if (!ts_is(c, T_DOT) && !ts_is(c, T_LBRACK))
        ts_unexpected(c, ". or [ or ( behind super");
    u32 f = ts_super_function(c);
    bool field = !f && c->in_field;
    if (!field && (!f || !(FN(f)->flags & FN_METHOD)))
        ts_fatal(c, pos, "`super` may only stand in methods and class fields");
    u32 home = ts_home_ref(c, pos);
    u32 self = ts_this_ref(c, pos);
    ND(home)->next = self;
    if (c->home_static)
        ND(home)->flags |= F_STATIC;
    return home;
}

static u32 parse_new(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_deep(c);
    ts_next(c);
    if (ts_eat(c, T_DOT)) {
        if (!ts_is_word(c, W_target))
            ts_unexpected(c, "target");
        if (!ts_new_target_ok(c))
            ts_error(c, pos, "`new.target` may only stand in functions");
        ts_next(c);
        u32 n = ts_node(c, N_NEWTARGET, pos, W_newtarget, 0);
        ts_reference(c, n);
        return n;
    }
    u32 callee;
    if (ts_is_word(c, W_new)) {
        callee = parse_new(c);
    } else if (ts_is_word(c, W_super)) {
        callee = parse_super(c);
        if (ND(callee)->kind == N_CALL)
            ts_fatal(c, pos, "`new super()` is not allowed");
    } else if (ts_is_word(c, W_import)) {
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_LPAREN))
            ts_fatal(c, c->tok.pos, "`import()` cannot be constructed");
        ts_rewind(c, &m);
        callee = ts_parse_import_expr(c);
    } else {
        callee = parse_primary(c);
        if (ND(callee)->kind == N_FUNC && FN(ND(callee)->a)->flags & FN_ARROW &&
            !(ND(callee)->flags & F_PAREN))
            ts_fatal(c, pos, "an arrow function must be in parentheses here");
    }
    for (;;) {
        u32 at = ND(callee)->pos;
        if (ts_eat(c, T_DOT)) {
            callee = ts_finish_member(c, callee, at, 0);
        } else if (ts_is(c, T_LBRACK)) {
            ts_next(c);
            bool no_in = c->no_in;
            c->no_in = false;
            u32 e = ts_parse_expr(c);
            c->no_in = no_in;
            ts_expect(c, T_RBRACK);
            callee = ts_node(c, N_INDEX, at, callee, e);
        } else if (ts_is(c, T_TEMPLATE)) {
            u32 t = parse_template(c, true);
            callee = ts_node(c, N_TAGGED, at, callee, t);
        } else if (ts_is(c, T_OPTDOT)) {
            ts_fatal(c, c->tok.pos, "`new` does not go with `?.`");
        } else if (c->ts && ts_is(c, T_NOT) && !c->tok.nl) {
            ts_next(c);
        } else if (c->ts && (ts_is(c, T_LT) || ts_is(c, T_SHL)) && ts_try_type_args(c)) {
            continue;
        } else {
            break;
        }
    }
    u32 args = ts_is(c, T_LPAREN) ? parse_args(c) : 0;
    return ts_node(c, N_NEW, pos, callee, args);
}

/* Behind the dot. */
u32 ts_finish_member(struct swd_ts_compiler *c, u32 obj, u32 pos, u32 flags)
{
    u32 n;
    if (ts_is(c, T_PRIVATE)) {
        if (ND(obj)->kind == N_SUPER)
            ts_fatal(c, c->tok.pos, "private names do not go with `super`");
        n = ts_node(c, N_PRIVATE, pos, obj, 0);
        u32 id = private_ref(c);
        ND(n)->b = id;
    } else if (ts_is(c, T_WORD)) {
        n = ts_node3(c, N_MEMBER, pos, obj, c->tok.name, c->tok.pos);
        ts_next(c);
    } else {
        ts_unexpected(c, "a property name");
    }
    ND(n)->flags |= (uint16_t)flags;
    return n;
}

static u32 optional_link(struct swd_ts_compiler *c, u32 e, u32 pos)
{
    ts_next(c);
    u32 n;
    if (c->ts && ts_is(c, T_LT))
        ts_try_type_args(c);
    if (ts_is(c, T_LPAREN)) {
        u32 args = parse_args(c);
        n = ts_node(c, N_CALL, pos, e, args);
    } else if (ts_eat(c, T_LBRACK)) {
        bool no_in = c->no_in;
        c->no_in = false;
        u32 k = ts_parse_expr(c);
        c->no_in = no_in;
        ts_expect(c, T_RBRACK);
        n = ts_node(c, N_INDEX, pos, e, k);
    } else if (ts_is(c, T_TEMPLATE)) {
        ts_fatal(c, c->tok.pos, "a template may not be tagged by an optional chain");
    } else {
        return ts_finish_member(c, e, pos, F_OPTIONAL);
    }
    ND(n)->flags |= F_OPTIONAL;
    return n;
}

u32 ts_parse_lhs(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, e;
    bool chain = false;
    if (ts_is_word(c, W_new))
        e = parse_new(c);
    else if (ts_is_word(c, W_super))
        e = parse_super(c);
    else if (ts_is_word(c, W_import))
        e = ts_parse_import_expr(c);
    else
        e = parse_primary(c);
    if (ND(e)->kind == N_FUNC && FN(ND(e)->a)->flags & FN_ARROW && !(ND(e)->flags & F_PAREN))
        return e;
    for (;;) {
        switch (c->tok.kind) {
        case T_DOT:
            ts_next(c);
            e = ts_finish_member(c, e, pos, 0);
            continue;
        case T_OPTDOT:
            if (ND(e)->kind == N_SUPER)
                ts_unexpected(c, ".");
            chain = true;
            e = optional_link(c, e, pos);
            continue;
        case T_LBRACK: {
            ts_next(c);
            bool no_in = c->no_in;
            c->no_in = false;
            u32 k = ts_parse_expr(c);
            c->no_in = no_in;
            ts_expect(c, T_RBRACK);
            e = ts_node(c, N_INDEX, pos, e, k);
            continue;
        }
        case T_LPAREN: {
            u32 args = parse_args(c);
            e = ts_node(c, N_CALL, pos, e, args);
            if (ND(ND(e)->a)->kind == N_IDENT && ND(ND(e)->a)->a == W_eval)
                ts_saw_eval(c);
            continue;
        }
        case T_TEMPLATE: {
            if (chain)
                ts_fatal(c, c->tok.pos, "a template may not be tagged by an optional chain");
            u32 t = parse_template(c, true);
            e = ts_node(c, N_TAGGED, pos, e, t);
            continue;
        }
        case T_NOT:
            if (c->ts && !c->tok.nl) {
                ts_next(c);
                ND(e)->flags |= F_CAST;
                continue;
            }
            break;
        case T_LT:
        case T_SHL:
            if (c->ts && ts_try_type_args(c))
                continue;
            break;
        default: break;
        }
        break;
    }
    return chain ? ts_node(c, N_CHAIN, pos, e, 0) : e;
}

/* ---- operators ---- */

static void check_simple_target(struct swd_ts_compiler *c, u32 e, u32 pos)
{
    struct ts_node *n = ND(e);
    switch (n->kind) {
    case N_IDENT:
        ts_check_target_name(c, n->a, n->pos);
        n->flags |= F_WRITE;
        return;
    case N_MEMBER:
    case N_INDEX:
    case N_PRIVATE: return;
    default: ts_fatal(c, pos, "this cannot be assigned to");
    }
}

static u32 parse_update(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (ts_is(c, T_INC) || ts_is(c, T_DEC)) {
        int op = c->tok.kind;
        ts_next(c);
        u32 at = c->tok.pos;
        u32 e = ts_parse_unary(c);
        check_simple_target(c, e, at);
        u32 n = ts_node(c, N_UPDATE, pos, e, 0);
        ND(n)->op = (uint8_t)op;
        ND(n)->flags |= F_PREFIX;
        return n;
    }
    u32 e = ts_parse_lhs(c);
    if ((ts_is(c, T_INC) || ts_is(c, T_DEC)) && !c->tok.nl) {
        check_simple_target(c, e, pos);
        e = ts_node(c, N_UPDATE, pos, e, 0);
        ND(e)->op = c->tok.kind;
        ts_next(c);
    }
    return e;
}

static bool starts_operand(struct swd_ts_compiler *c)
{
    switch (c->tok.kind) {
    case T_WORD: return c->tok.name != W_in && c->tok.name != W_instanceof && c->tok.name != W_of;
    case T_STR:
    case T_NUM:
    case T_LPAREN:
    case T_TEMPLATE:
    case T_LBRACE:
    case T_NOT:
    case T_TILDE:
    case T_PRIVATE: return true;
    default: return false;
    }
}

static u32 parse_await(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (c->tok.escaped)
        ts_fatal(c, pos, "a keyword may not have escapes");
    if (c->in_params)
        ts_error(c, pos, "`await` may not stand in the parameters of an async function");
    ts_next(c);
    u32 e = ts_parse_unary(c);
    if (!c->fn)
        c->saw_tla = true;
    c->await_at = pos;
    return ts_node(c, N_AWAIT, pos, e, 0);
}

/* `await x` at the top level of a file whose goal is open makes it a module. */
static void maybe_top_await(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    if (c->fn || c->cls || (c->o->goal != SWD_TS_GOAL_AUTO && c->o->goal != SWD_TS_COMMONJS) ||
        c->goal == SWD_TS_MODULE || c->tok.escaped)
        return;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = starts_operand(c) && !c->tok.nl;
    ts_rewind(c, &m);
    if (yes) {
        c->restart_module = true;
        ts_abort(c, 0);
    }
}

u32 ts_parse_unary(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, op = c->tok.kind;
    ts_deep(c);
    if (op == T_WORD) {
        switch (c->tok.name) {
        case W_typeof: op = T_TYPEOF; break;
        case W_void: op = T_VOID; break;
        case W_delete: op = T_DELETE; break;
        case W_await:
            if (c->can_await && !c->no_await)
                return parse_await(c);
            maybe_top_await(c);
            return parse_update(c);
        default: return parse_update(c);
        }
        if (c->tok.escaped)
            ts_fatal(c, pos, "a keyword may not have escapes");
    } else if (op == T_LT && c->ts) {
        u32 n = 0;
        if (c->arrow_at == pos || c->jsx)
            n = ts_try_generic_arrow(c, 0, pos);
        if (n)
            return n;
        if (c->jsx)
            return parse_update(c);
        ts_next(c);
        ts_skip_type(c);
        ts_split_gt(c);
        ts_expect(c, T_GT);
        u32 e = ts_parse_unary(c);
        ND(e)->flags |= F_CAST;
        return e;
    } else if (op != T_NOT && op != T_TILDE && op != T_PLUS && op != T_MINUS) {
        return parse_update(c);
    }
    ts_next(c);
    u32 e = ts_parse_unary(c);
    if (op == T_DELETE) {
        u32 t = e;
        while (ND(t)->kind == N_CHAIN)
            t = ND(t)->a;
        if (ND(t)->kind == N_IDENT && c->strict)
            ts_error(c, pos, "a name cannot be deleted in strict code");
        if (ND(t)->kind == N_PRIVATE)
            ts_error(c, pos, "a private name cannot be deleted");
    }
    u32 n = ts_node(c, N_UNARY, pos, e, 0);
    ND(n)->op = (uint8_t)op;
    return n;
}

static int binary_op(struct swd_ts_compiler *c)
{
    if (c->tok.kind != T_WORD)
        return c->tok.kind;
    if (c->tok.escaped)
        return 0;
    if (c->tok.name == W_in)
        return c->no_in ? 0 : T_IN;
    return c->tok.name == W_instanceof ? T_INSTANCEOF : 0;
}

static void check_mixing(struct swd_ts_compiler *c, u32 e, int op, u32 pos)
{
    const struct ts_node *n = ND(e);
    if (n->kind != N_BINARY || n->flags & F_PAREN)
        return;
    bool logical = n->op == T_OROR || n->op == T_ANDAND;
    if ((op == T_NULLISH && logical) || ((op == T_OROR || op == T_ANDAND) && n->op == T_NULLISH))
        ts_error(c, pos, "`??` needs parentheses beside `||` and `&&`");
}

static u32 parse_binary(struct swd_ts_compiler *c, int min)
{
    u32 pos = c->tok.pos, left;
    ts_deep(c);
    if (ts_is(c, T_PRIVATE)) {
        u32 id = private_ref(c);
        if (binary_op(c) != T_IN || min > ts_prec(T_IN))
            ts_unexpected(c, "in");
        ts_next(c);
        u32 right = parse_binary(c, ts_prec(T_IN) + 1);
        left = ts_node(c, N_PRIVIN, pos, id, right);
    } else {
        left = ts_parse_unary(c);
    }
    for (;;) {
        int op = binary_op(c);
        if (c->ts && op == 0 && ts_is(c, T_WORD) && !c->tok.nl && !c->tok.escaped &&
            (c->tok.name == W_as || c->tok.name == W_satisfies) && min <= ts_prec(T_LT)) {
            ts_next(c);
            if (!ts_eat_word(c, W_const))
                ts_skip_type(c);
            ND(left)->flags |= F_CAST;
            continue;
        }
        int prec = ts_prec(op);
        if (!prec || prec < min)
            return left;
        u32 at = c->tok.pos;
        if (ND(left)->kind == N_FUNC && FN(ND(left)->a)->flags & FN_ARROW &&
            !(ND(left)->flags & F_PAREN))
            return left;
        if (op == T_POW && (ND(left)->kind == N_UNARY || ND(left)->kind == N_AWAIT) &&
            !(ND(left)->flags & F_PAREN))
            ts_error(c, pos, "a unary operator needs parentheses before `**`");
        ts_next(c);
        u32 right = parse_binary(c, op == T_POW ? prec : prec + 1);
        if (op == T_NULLISH || op == T_OROR || op == T_ANDAND) {
            check_mixing(c, left, op, at);
            check_mixing(c, right, op, at);
        }
        left = ts_node(c, N_BINARY, pos, left, right);
        ND(left)->op = (uint8_t)op;
    }
}

/* In TypeScript `x?` may be an optional parameter: the ? is not ours then. */
static bool optional_mark(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    int k = c->tok.kind;
    ts_rewind(c, &m);
    return k == T_COMMA || k == T_RPAREN || k == T_COLON || k == T_ASSIGN;
}

static u32 parse_cond(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    u32 test = parse_binary(c, 1);
    if (!ts_is(c, T_QUESTION) || (c->ts && optional_mark(c)))
        return test;
    if (ND(test)->kind == N_FUNC && FN(ND(test)->a)->flags & FN_ARROW &&
        !(ND(test)->flags & F_PAREN))
        return test;
    ts_next(c);
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = false;
    c->in_cond = true;
    u32 yes = ts_parse_assign(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
    ts_expect(c, T_COLON);
    u32 no = ts_parse_assign(c);
    return ts_node3(c, N_COND, pos, test, yes, no);
}

static u32 parse_yield(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (c->tok.escaped)
        ts_fatal(c, pos, "a keyword may not have escapes");
    if (c->in_params)
        ts_error(c, pos, "`yield` may not stand in the parameters of a generator");
    ts_next(c);
    u32 n = ts_node(c, N_YIELD, pos, 0, 0);
    if (c->tok.nl)
        return n;
    if (ts_eat(c, T_STAR)) {
        ND(n)->flags |= F_STAR;
    } else {
        switch (c->tok.kind) {
        case T_RPAREN:
        case T_RBRACK:
        case T_RBRACE:
        case T_COMMA:
        case T_SEMI:
        case T_COLON:
        case T_EOF: return n;
        case T_WORD:
            if (c->tok.name == W_in || c->tok.name == W_of)
                return n;
            break;
        default: break;
        }
    }
    u32 e = ts_parse_assign(c);
    ND(n)->a = e;
    return n;
}

u32 ts_parse_assign(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_deep(c);
    if (c->can_yield && ts_is(c, T_WORD) && c->tok.name == W_yield)
        return parse_yield(c);
    c->arrow_at = pos;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    u32 left = parse_cond(c);
    int op = c->tok.kind;
    if (op < T_ASSIGN || op > T_NULLISH_A) {
        if (!c->cover_err)
            c->cover_err = cover;
        return left;
    }
    int k = ND(left)->kind;
    if (op == T_ASSIGN && (k == N_ARRAY || k == N_OBJECT) && !(ND(left)->flags & F_PAREN)) {
        c->cover_err = 0;
        c->dup_proto = 0;
        left = ts_to_pattern(c, left, false);
    } else {
        check_simple_target(c, left, pos);
    }
    if (!c->cover_err)
        c->cover_err = cover;
    ts_next(c);
    u32 right = ts_parse_assign(c);
    u32 n = ts_node(c, N_ASSIGN, pos, left, right);
    ND(n)->op = (uint8_t)op;
    return n;
}

u32 ts_parse_expr(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    u32 e = ts_parse_assign(c);
    if (ts_is(c, T_COMMA)) {
        struct ts_list l = {0, 0};
        ts_append(c, &l, e);
        while (ts_eat(c, T_COMMA)) {
            e = ts_parse_assign(c);
            ts_append(c, &l, e);
        }
        e = ts_node(c, N_SEQ, pos, l.head, 0);
    }
    if (!c->cover_err)
        c->cover_err = cover;
    return e;
}
