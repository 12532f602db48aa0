/* Functions and arrows: what they are called with, their bodies, and what a body keeps of its
 * surroundings. */
#include "ts/tsi.h"

/* What a function body shields from the code around it. */
void ts_save(const struct swd_ts_compiler *c, struct ts_saved *s)
{
    *s =
        (struct ts_saved){c->fn,        c->loop_depth, c->switch_depth, c->labels,     c->cover_err,
                          c->dup_proto, c->dup_param,  c->obj_home,     c->await_at,   c->yield_at,
                          c->strict,    c->can_yield,  c->can_await,    c->no_await,   c->no_in,
                          c->in_cond,   c->in_params,  c->in_field,     c->home_static};
}

static void enter(struct swd_ts_compiler *c, struct ts_saved *s, u32 fn)
{
    ts_save(c, s);
    u32 flags = FN(fn)->flags;
    FN(fn)->outer = c->fn;
    FN(fn)->cls = c->cls;
    c->fn = fn;
    c->loop_depth = c->switch_depth = c->labels = 0;
    c->cover_err = c->dup_proto = c->dup_param = c->obj_home = 0;
    c->can_yield = (flags & FN_GEN) != 0;
    c->can_await = (flags & FN_ASYNC) != 0;
    c->no_await = (flags & FN_STATICBLOCK) != 0;
    if (!(flags & FN_ARROW))
        c->in_field = (flags & FN_FIELD) != 0;
    if (!(flags & (FN_METHOD | FN_ARROW | FN_FIELD)))
        c->home_static = false;
    c->in_cond = c->in_params = false;
}

void ts_restore(struct swd_ts_compiler *c, const struct ts_saved *s)
{
    c->fn = s->fn;
    c->loop_depth = s->loop_depth;
    c->switch_depth = s->switch_depth;
    c->labels = s->labels;
    c->cover_err = s->cover_err;
    c->dup_proto = s->dup_proto;
    c->dup_param = s->dup_param;
    c->obj_home = s->obj_home;
    c->await_at = s->await_at;
    c->yield_at = s->yield_at;
    c->strict = s->strict;
    c->can_yield = s->can_yield;
    c->can_await = s->can_await;
    c->no_await = s->no_await;
    c->no_in = s->no_in;
    c->in_cond = s->in_cond;
    c->in_params = s->in_params;
    c->in_field = s->in_field;
    c->home_static = s->home_static;
}

static u32 fn_new(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name)
{
    u32 i = ts_vec_add(c, &c->fns);
    *FN(i) = (struct ts_fn){.pos = pos, .flags = flags, .name = name};
    return i;
}

u32 ts_super_function(struct swd_ts_compiler *c)
{
    u32 f = c->fn;
    while (f && FN(f)->flags & FN_ARROW)
        f = FN(f)->outer;
    return f;
}

bool ts_new_target_ok(struct swd_ts_compiler *c)
{
    return ts_super_function(c) != 0 || ts_eval_has(c, W_newtarget);
}

void ts_saw_eval(struct swd_ts_compiler *c)
{
    c->saw_eval = true;
    for (u32 s = c->scope; s; s = SC(s)->parent)
        SC(s)->flags |= P_EVAL;
}

void ts_check_strict_name(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    if (name == W_eval || name == W_arguments || (name > W_LAST_RESERVED && name <= W_LAST_STRICT))
        ts_error(c, pos, "`%s` may not be bound in strict code", NM(name)->s);
}

/* Modifiers of a constructor's parameter: whether it is a parameter property. */
static bool param_property(struct swd_ts_compiler *c)
{
    bool prop = false;
    while (c->ts && ts_is(c, T_WORD) && !c->tok.escaped) {
        u32 w = c->tok.name;
        if (w != W_public && w != W_private && w != W_protected && w != W_readonly &&
            w != W_override)
            break;
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        if (!ts_is(c, T_WORD) && !ts_is(c, T_LBRACE) && !ts_is(c, T_LBRACK)) {
            ts_rewind(c, &m);
            break;
        }
        prop = true;
    }
    return prop;
}

/* Legacy decorators of a parameter join those of the method or class; each keeps the index + 1. */
static void param_decorators(struct swd_ts_compiler *c, u32 fn, u32 index)
{
    if (!c->ts || !c->o->experimental_decorators)
        ts_fatal(c, c->tok.pos, "decorators of parameters need --experimental-decorators");
    if (!(FN(fn)->flags & FN_METHOD))
        ts_fatal(c, c->tok.pos, "only parameters of methods and constructors may be decorated");
    u32 list = ts_parse_decorators(c);
    for (u32 d = list; d; d = ND(d)->next)
        ND(d)->b = index + 1;
    u32 *at = &FN(fn)->decorators;
    while (*at)
        at = &ND(*at)->next;
    *at = list;
}

static u32 parse_param(struct swd_ts_compiler *c, u32 fn, u32 index, bool *rest)
{
    u32 pos = c->tok.pos;
    if (ts_is(c, T_AT))
        param_decorators(c, fn, index);
    bool prop = FN(fn)->flags & FN_CTOR && param_property(c);
    *rest = ts_eat(c, T_ELLIPSIS);
    u32 from = c->syms.used;
    u32 t = ts_parse_target(c, S_PARAM);
    if (prop) {
        if (ND(t)->kind != N_IDENT)
            ts_error(c, pos, "a parameter property must have a name");
        ND(t)->flags |= F_SHORTHAND;
    }
    if (c->ts) {
        ts_eat(c, T_QUESTION);
        ts_skip_annotation(c);
    }
    struct ts_fn *f = FN(fn);
    if (*rest) {
        f->flags &= ~(u32)FN_SIMPLE;
        t = ts_node(c, N_REST, pos, t, 0);
    } else if (ts_eat(c, T_ASSIGN)) {
        f->flags &= ~(u32)FN_SIMPLE;
        u32 v = ts_parse_assign(c);
        t = ts_node(c, N_DEFAULT, pos, t, v);
    } else if (ND(t)->kind != N_IDENT) {
        f->flags &= ~(u32)FN_SIMPLE;
    }
    for (u32 y = from; y < c->syms.used; y++)
        if (SY(y)->kind == S_PARAM && SY(y)->scope == c->scope && !SY(y)->init)
            SY(y)->init = c->prev_end;
    return t;
}

static void count_length(struct swd_ts_compiler *c, u32 fn)
{
    u32 n = 0;
    for (u32 p = FN(fn)->params; p; p = ND(p)->next) {
        if (ND(p)->kind == N_DEFAULT || ND(p)->kind == N_REST)
            break;
        n++;
    }
    FN(fn)->length = n;
}

static void parse_params(struct swd_ts_compiler *c, u32 fn)
{
    struct ts_list l = {0, 0};
    bool no_in = c->no_in;
    c->no_in = false;
    c->in_params = true;
    u32 pos = c->tok.pos, count = 0;
    ts_expect(c, T_LPAREN);
    bool rest = false;
    while (!ts_is(c, T_RPAREN)) {
        if (rest)
            ts_fatal(c, c->tok.pos, "a rest parameter must be the last");
        if (c->ts && ts_is_word(c, W_this)) { /* the type of this */
            ts_next(c);
            ts_skip_annotation(c);
        } else {
            u32 p = parse_param(c, fn, count, &rest);
            ts_append(c, &l, p);
            count++;
        }
        if (ts_is(c, T_RPAREN))
            break;
        if (rest)
            ts_fatal(c, c->tok.pos, "a rest parameter must be the last");
        if (!ts_is(c, T_COMMA))
            ts_unexpected(c, ", or )");
        ts_next(c);
    }
    ts_next(c);
    c->in_params = false;
    c->no_in = no_in;
    FN(fn)->params = l.head;
    u32 flags = FN(fn)->flags;
    if (flags & FN_GET && count)
        ts_error(c, pos, "a getter has no parameters");
    if (flags & FN_SET && (count != 1 || rest))
        ts_error(c, pos, "a setter has exactly one parameter");
    count_length(c, fn);
}

/* Names of parameters once strictness is known. */
static void check_params(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    if (c->dup_param && (c->strict || !(f->flags & FN_SIMPLE) || f->flags & (FN_ARROW | FN_METHOD)))
        ts_error(c, c->dup_param, "two parameters have the same name");
    if (!c->strict)
        return;
    for (u32 y = SC(f->scope)->syms; y; y = SY(y)->next)
        if (SY(y)->kind == S_PARAM)
            ts_check_strict_name(c, SY(y)->name, SY(y)->pos);
}

/* Whether the string token is exactly "use strict". */
static bool is_use_strict(struct swd_ts_compiler *c)
{
    return c->tok.end - c->tok.pos == 12 && memcmp(c->src + c->tok.pos + 1, "use strict", 10) == 0;
}

/* The directive prologue. */
void ts_parse_directives(struct swd_ts_compiler *c, struct ts_list *l, u32 fn)
{
    u32 octal = 0;
    while (ts_is(c, T_STR)) {
        struct ts_mark m;
        bool strict = is_use_strict(c);
        u32 pos = c->tok.pos, end = c->tok.end;
        bool bad = c->tok.octal;
        ts_mark(c, &m);
        ts_next(c);
        bool done = ts_is(c, T_SEMI) || ts_is(c, T_RBRACE) || ts_is(c, T_EOF) ||
                    (c->tok.nl && !ts_prec(c->tok.kind) && !ts_is(c, T_LPAREN) &&
                     !ts_is(c, T_LBRACK) && !ts_is(c, T_DOT) && !ts_is(c, T_OPTDOT) &&
                     !ts_is(c, T_TEMPLATE) && !ts_is(c, T_COMMA) && !ts_is(c, T_QUESTION) &&
                     (c->tok.kind < T_ASSIGN || c->tok.kind > T_NULLISH_A) &&
                     !ts_is_word(c, W_in) && !ts_is_word(c, W_instanceof));
        if (!done) {
            ts_rewind(c, &m);
            break;
        }
        if (strict) {
            if (fn && !(FN(fn)->flags & FN_SIMPLE))
                ts_error(c, pos, "\"use strict\" needs plain parameters");
            if (fn)
                FN(fn)->flags |= FN_DIRECTIVE;
            /* the token behind was read under the old rules: read it again */
            c->strict = true;
            SC(c->scope)->flags |= P_STRICT;
            if (octal)
                ts_error(c, octal, "octal escapes are not allowed in strict code");
            c->at = c->tok.pos;
            bool nl = c->tok.nl;
            ts_next(c);
            c->tok.nl = nl;
            c->prev_end = end;
        } else if (bad && !octal) {
            octal = pos;
            if (c->strict)
                ts_error(c, octal, "octal escapes are not allowed in strict code");
        }
        u32 n = ts_node(c, N_DIRECTIVE, pos, pos, end - pos);
        ts_append(c, l, n);
        ts_eat(c, T_SEMI);
    }
}

static void parse_body(struct swd_ts_compiler *c, u32 fn)
{
    struct ts_list l = {0, 0};
    c->no_in = false;
    FN(fn)->body_scope = c->scope;
    if (!ts_is(c, T_LBRACE))
        ts_unexpected(c, "{");
    u32 open = c->tok.pos;
    ts_next(c);
    ts_parse_directives(c, &l, fn);
    if (c->strict)
        FN(fn)->flags |= FN_STRICT;
    check_params(c, fn);
    while (!ts_is(c, T_RBRACE)) {
        if (ts_is(c, T_EOF) || ts_is(c, T_RPAREN) || ts_is(c, T_RBRACK))
            ts_unclosed(c, "}", open);
        u32 s = ts_parse_listed(c);
        if (s)
            ts_append(c, &l, s);
    }
    FN(fn)->body = l.head;
    FN(fn)->body_end = c->tok.pos;
}

/* Body in braces; the current token after it is read under the outer rules. */
static void finish_body(struct swd_ts_compiler *c, u32 fn, u32 scopes_before,
                        const struct ts_saved *s)
{
    /* what stands in the parameters must not see the variables of the body */
    bool own =
        !(FN(fn)->flags & FN_SIMPLE) && (c->scopes.used > scopes_before || SC(c->scope)->ref_head);
    if (own) {
        u32 b = ts_scope_open(c, C_BODY, c->tok.pos);
        parse_body(c, fn);
        (void)b;
        ts_scope_close(c);
    } else {
        parse_body(c, fn);
    }
    ts_scope_close(c);
    FN(fn)->end = c->tok.end;
    ts_restore(c, s);
    ts_next(c);
}

u32 ts_parse_function(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name)
{
    struct ts_saved s;
    u32 fn = fn_new(c, pos, flags | FN_SIMPLE, name);
    ts_deep(c);
    enter(c, &s, fn);
    u32 scope = ts_scope_open(c, C_FUNC, pos);
    SC(scope)->owner = fn;
    FN(fn)->scope = scope;
    if (flags & FN_METHOD)
        SC(scope)->flags |= P_MEMBER;
    if (flags & FN_DECL) {
        SC(scope)->flags |= P_HOISTED;
        SC(scope)->self = c->decl_sym;
    }
    u32 scopes = c->scopes.used;
    if (c->ts && ts_is(c, T_LT))
        ts_skip_type_params(c);
    parse_params(c, fn);
    if (c->ts)
        ts_skip_return_annotation(c);
    if (c->ts && !ts_is(c, T_LBRACE)) {
        FN(fn)->flags |= FN_NOBODY;
        ts_scope_close(c);
        ts_restore(c, &s);
        ts_semicolon(c);
    } else {
        finish_body(c, fn, scopes, &s);
    }
    return ts_node(c, N_FUNC, pos, fn, 0);
}

/* Declares what a converted pattern binds. */
static void declare_pattern(struct swd_ts_compiler *c, u32 node)
{
    struct ts_node *n = ND(node);
    u32 y;
    switch (n->kind) {
    case N_IDENT:
        y = ts_declare(c, n->a, S_PARAM, n->pos);
        ND(node)->b = y;
        break;
    case N_DEFAULT:
    case N_REST: declare_pattern(c, n->a); break;
    case N_ARRPAT:
    case N_OBJPAT:
        ts_deep(c);
        for (u32 e = n->a; e; e = ND(e)->next) {
            if (ND(e)->kind == N_PROP)
                declare_pattern(c, ND(e)->b);
            else if (ND(e)->kind != N_HOLE)
                declare_pattern(c, e);
        }
        break;
    default: break;
    }
}

static u32 param_pos(struct swd_ts_compiler *c, u32 p)
{
    return ND(p)->kind == N_DEFAULT ? ND(ND(p)->a)->pos : ND(p)->pos;
}

static void arrow_params(struct swd_ts_compiler *c, u32 fn, u32 list)
{
    FN(fn)->params = list;
    for (u32 *at = &list; *at; at = &ND(*at)->next) {
        u32 p = *at;
        struct ts_node *n = ND(p);
        if (n->kind == N_THIS && c->ts) {
            FN(fn)->params = n->next;
            continue;
        }
        if (n->flags & F_PAREN)
            ts_fatal(c, n->pos, "a parameter has no parentheses");
        if (n->kind == N_SPREAD) {
            n->kind = N_REST;
            if (ND(n->a)->kind == N_ASSIGN)
                ts_fatal(c, n->pos, "a rest parameter has no default");
            u32 t = ts_to_pattern(c, n->a, true);
            ND(p)->a = t;
            if (ND(p)->next)
                ts_fatal(c, ND(p)->pos, "a rest parameter must be the last");
        } else if (n->kind == N_ASSIGN && n->op == T_ASSIGN) {
            n->kind = N_DEFAULT;
            u32 t = ts_to_pattern(c, n->a, true);
            ND(p)->a = t;
        } else {
            ts_to_pattern(c, p, true);
        }
        if (ND(p)->kind != N_IDENT)
            FN(fn)->flags &= ~(u32)FN_SIMPLE;
        declare_pattern(c, p);
    }
    for (u32 p = FN(fn)->params; p; p = ND(p)->next)
        if (ND(p)->kind == N_DEFAULT && ND(ND(p)->a)->kind == N_IDENT)
            SY(ND(ND(p)->a)->b)->init = ND(p)->next ? param_pos(c, ND(p)->next) : c->tok.pos;
        else if (ND(p)->kind == N_IDENT)
            SY(ND(p)->b)->init = ND(p)->pos + 1;
    count_length(c, fn);
}

/* At =>. `params` is a list of expressions parsed since the mark `m`. */
u32 ts_parse_arrow(struct swd_ts_compiler *c, u32 pos, u32 params, u32 flags,
                   const struct ts_cover *m)
{
    struct ts_saved s;
    u32 fn = fn_new(c, pos, flags | FN_ARROW | FN_SIMPLE, 0);
    ts_deep(c);
    bool no_in = c->no_in, in_cond = c->in_cond;
    u32 scopes = m->scopes;
    enter(c, &s, fn);
    u32 scope = ts_scope_open(c, C_FUNC, pos);
    SC(scope)->owner = fn;
    SC(scope)->flags |= P_ARROW;
    FN(fn)->scope = scope;
    ts_cover_adopt(c, m, scope);
    if (c->await_at > pos)
        ts_error(c, c->await_at, "`await` may not stand in the parameters of a function");
    if (c->yield_at > pos)
        ts_error(c, c->yield_at, "`yield` may not stand in the parameters of a function");
    if (flags & FN_ASYNC && c->await_name_at > pos)
        ts_error(c, c->await_name_at, "`await` is no name in the parameters of an async function");
    arrow_params(c, fn, params);
    ts_next(c); /* => */
    if (ts_is(c, T_LBRACE)) {
        finish_body(c, fn, scope > scopes ? 0 : UINT32_MAX, &s);
    } else {
        FN(fn)->flags |= FN_EXPR;
        FN(fn)->body_scope = scope;
        if (c->strict)
            FN(fn)->flags |= FN_STRICT;
        check_params(c, fn);
        c->no_in = no_in;
        c->in_cond = in_cond;
        u32 e = ts_parse_assign(c);
        if (c->cover_err)
            ts_fatal(c, c->cover_err, "a shorthand property has no value here");
        FN(fn)->body = e;
        FN(fn)->end = FN(fn)->body_end = c->prev_end;
        ts_scope_close(c);
        ts_restore(c, &s);
    }
    return ts_node(c, N_FUNC, pos, fn, 0);
}

/* Of a class: the value of a field (at =, or none), or a static block (at {), as a function of its
 * own. */
u32 ts_parse_field_init(struct swd_ts_compiler *c, u32 pos, u32 flags)
{
    struct ts_saved s;
    u32 fn = fn_new(c, pos, flags | FN_FIELD | FN_METHOD | FN_SIMPLE | FN_STRICT, 0);
    enter(c, &s, fn);
    u32 scope = ts_scope_open(c, C_FUNC, pos);
    SC(scope)->owner = fn;
    SC(scope)->flags |= P_MEMBER | P_FIELD;
    FN(fn)->scope = FN(fn)->body_scope = scope;
    if (flags & FN_STATICBLOCK) {
        finish_body(c, fn, UINT32_MAX, &s);
    } else {
        FN(fn)->flags |= FN_EXPR;
        c->no_in = false;
        u32 e = ts_parse_assign(c);
        ts_end_statement_checks(c);
        FN(fn)->body = e;
        ts_scope_close(c);
        ts_restore(c, &s);
    }
    return ts_node(c, N_FUNC, pos, fn, 0);
}
