/* Parsing patterns: those of declarations directly, those of assignments and parameters from the
 * expression that they were read as. */
#include "ts/tsi.h"

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
            ts_comma(c, ", or ]", c->tok.pos);
    }
    ts_expect(c, T_RBRACK);
    return ts_node(c, N_ARRPAT, pos, l.head, 0);
}

static u32 binding_name(struct swd_ts_compiler *c, u32 pos, u32 name, u32 y, int kind)
{
    u32 n = ts_node3(c, N_IDENT, pos, name, y, c->scope);
    if (kind == S_VAR && SC(c->scope)->flags & P_WITHIN)
        ND(n)->flags |= F_WITH; /* its initialiser may go to the object */
    return n;
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
        t = binding_name(c, first.pos, first.name, y, kind);
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
                ts_comma(c, ", or }", c->tok.pos);
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
    return binding_name(c, pos, name, y, kind);
}
