/* Functions, arrows and classes. */
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
        ts_expect(c, T_COMMA);
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
    ts_next(c);
    ts_parse_directives(c, &l, fn);
    if (c->strict)
        FN(fn)->flags |= FN_STRICT;
    check_params(c, fn);
    while (!ts_is(c, T_RBRACE)) {
        if (ts_is(c, T_EOF))
            ts_unexpected(c, "} of the function");
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

/* ---- classes ---- */

/* The value of a field (at =, or none), or a static block (at {), as a function of its own. */
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

struct member {
    u32 pos, key, flags, op, decorators, fn_flags, modifiers;
    bool computed, is_private, erased, constructor;
};

enum { MOD_STATIC = 1, MOD_ABSTRACT = 2, MOD_DECLARE = 4, MOD_ACCESSOR = 8 };

/* Is the word just passed a modifier (a key follows) or the key itself? */
static bool modifier_follows(struct swd_ts_compiler *c, bool same_line)
{
    if (same_line && c->tok.nl)
        return false;
    switch (c->tok.kind) {
    case T_WORD:
    case T_STR:
    case T_NUM:
    case T_LBRACK:
    case T_PRIVATE:
    case T_STAR: return true;
    case T_LBRACE: return true;
    default: return false;
    }
}

static bool is_ts_modifier(u32 w)
{
    return w == W_public || w == W_private || w == W_protected || w == W_readonly ||
           w == W_override || w == W_abstract || w == W_declare;
}

/* Reads modifiers; leaves the key as current token, or answers the word that is the key. */
static void member_modifiers(struct swd_ts_compiler *c, struct member *m, struct ts_token *key)
{
    key->kind = T_EOF;
    while (ts_is(c, T_WORD) && !c->tok.escaped) {
        struct ts_token t = c->tok;
        u32 w = t.name;
        bool known = w == W_static || w == W_async || w == W_get || w == W_set || w == W_accessor ||
                     (c->ts && is_ts_modifier(w));
        if (!known)
            return;
        ts_next(c);
        bool brace = ts_is(c, T_LBRACE);
        if (brace ? w != W_static
                  : !modifier_follows(c, w == W_async || w == W_accessor || is_ts_modifier(w))) {
            *key = t;
            return;
        }
        if (ts_is(c, T_STAR) && w != W_async && w != W_static && !is_ts_modifier(w)) {
            *key = t;
            return;
        }
        if (w == W_static) {
            if (m->modifiers & MOD_STATIC) {
                *key = t;
                return;
            }
            m->modifiers |= MOD_STATIC;
            m->flags |= F_STATIC;
            if (brace)
                return;
        } else if (w == W_abstract) {
            m->modifiers |= MOD_ABSTRACT;
        } else if (w == W_declare) {
            m->modifiers |= MOD_DECLARE;
        } else if (w == W_accessor) {
            m->modifiers |= MOD_ACCESSOR;
        } else if (w == W_async) {
            m->fn_flags |= FN_ASYNC;
            return;
        } else if (w == W_get) {
            m->op = M_GET;
            m->fn_flags |= FN_GET;
            return;
        } else if (w == W_set) {
            m->op = M_SET;
            m->fn_flags |= FN_SET;
            return;
        }
    }
}

/* [key: string]: T; */
static bool skip_index_signature(struct swd_ts_compiler *c)
{
    if (!c->ts || !ts_is(c, T_LBRACK))
        return false;
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    if (ts_is(c, T_WORD)) {
        ts_next(c);
        if (ts_is(c, T_COLON)) {
            ts_next(c);
            ts_skip_type(c);
            ts_expect(c, T_RBRACK);
            ts_skip_annotation(c);
            ts_semicolon(c);
            return true;
        }
    }
    ts_rewind(c, &m);
    return false;
}

static u32 declare_private(struct swd_ts_compiler *c, const struct member *m)
{
    u32 name = c->tok.name, pos = c->tok.pos;
    if (NM(name)->len == 12 && memcmp(NM(name)->s, "#constructor", 12) == 0)
        ts_error(c, pos, "`#constructor` is not allowed");
    u32 old = ts_find_local(c, c->scope, name);
    uint16_t want = m->op == M_GET ? Y_GETTER : m->op == M_SET ? Y_SETTER : 0;
    if (m->flags & F_STATIC)
        want |= Y_STATIC;
    if (old && SY(old)->flags & Y_TYPEONLY) {
        SY(old)->flags &= (uint16_t)~Y_TYPEONLY;
        return old;
    }
    if (old) {
        uint16_t have = SY(old)->flags & (Y_GETTER | Y_SETTER | Y_STATIC);
        if ((have & Y_STATIC) == (want & Y_STATIC) &&
            (((want & Y_GETTER) && (have & ~Y_STATIC) == Y_SETTER) ||
             ((want & Y_SETTER) && (have & ~Y_STATIC) == Y_GETTER))) {
            SY(old)->flags |= want;
            return old;
        }
        ts_error(c, pos, "`%s` is declared twice", ts_cstr(c, name));
        return old;
    }
    u32 y = ts_sym_new(c, c->scope, name, S_PRIVNAME, pos);
    SY(y)->flags |= want;
    return y;
}

static void member_key(struct swd_ts_compiler *c, struct member *m, const struct ts_token *word)
{
    if (word->kind == T_WORD) {
        m->key = ts_node(c, N_STR, word->pos, word->name, 0);
        ND(m->key)->flags |= F_COOKED;
        return;
    }
    if (ts_eat(c, T_STAR))
        m->fn_flags |= FN_GEN;
    if (ts_is(c, T_PRIVATE)) {
        m->is_private = true;
        u32 y = 0;
        if (!(m->modifiers & (MOD_ABSTRACT | MOD_DECLARE)))
            y = declare_private(c, m);
        m->key = ts_node3(c, N_IDENT, c->tok.pos, c->tok.name, y, c->scope);
        ts_next(c);
        return;
    }
    m->key = ts_parse_propkey(c, &m->computed);
    if (m->computed)
        m->flags |= F_COMPUTED;
}

static bool key_is(struct swd_ts_compiler *c, const struct member *m, u32 word)
{
    return !m->computed && !m->is_private && ND(m->key)->kind == N_STR && ND(m->key)->a == word;
}

static u32 class_method(struct swd_ts_compiler *c, u32 cls, struct member *m)
{
    bool is_static = (m->flags & F_STATIC) != 0;
    u32 flags = m->fn_flags | FN_METHOD;
    m->constructor = !is_static && key_is(c, m, W_constructor);
    if (m->constructor) {
        if (m->fn_flags)
            ts_error(c, m->pos, "a constructor is neither accessor, generator nor async");
        flags |= FN_CTOR;
        if (CL(cls)->has_parent)
            flags |= FN_DERIVED;
    } else if (is_static && key_is(c, m, W_prototype)) {
        ts_error(c, m->pos, "a static member may not be named `prototype`");
    }
    u32 name = 0;
    if (m->constructor)
        name = CL(cls)->name;
    else if (!m->computed && ND(m->key)->kind != N_NUM)
        name = ND(m->key)->a;
    u32 n = ts_parse_function(c, m->pos, flags, name);
    if (FN(ND(n)->a)->flags & FN_NOBODY || m->modifiers & (MOD_ABSTRACT | MOD_DECLARE)) {
        m->erased = true;
        if (m->is_private && ND(m->key)->b)
            SY(ND(m->key)->b)->flags |= Y_TYPEONLY; /* an overload */
        return 0;
    }
    u32 *at = m->constructor ? &CL(cls)->decorators : &m->decorators;
    while (*at)
        at = &ND(*at)->next;
    *at = FN(ND(n)->a)->decorators;
    if (m->constructor) {
        if (CL(cls)->ctor)
            ts_error(c, m->pos, "a class has one constructor only");
        CL(cls)->ctor = ND(n)->a;
    }
    return n;
}

static u32 class_field(struct swd_ts_compiler *c, u32 cls, struct member *m)
{
    if (m->fn_flags || m->op == M_GET || m->op == M_SET)
        ts_unexpected(c, "(");
    if (key_is(c, m, W_constructor) || (m->flags & F_STATIC && key_is(c, m, W_prototype)))
        ts_error(c, m->pos, "a field may not have this name");
    m->op = m->modifiers & MOD_ACCESSOR ? M_ACCESSOR : M_FIELD;
    if (c->ts) {
        if (!ts_eat(c, T_QUESTION) && ts_is(c, T_NOT) && !c->tok.nl)
            ts_next(c);
        ts_skip_annotation(c);
    }
    u32 n = 0, pos = c->tok.pos;
    if (ts_eat(c, T_ASSIGN))
        n = ts_parse_field_init(c, pos, 0);
    ts_semicolon(c);
    if (m->modifiers & (MOD_ABSTRACT | MOD_DECLARE))
        m->erased = true;
    else if (c->ts && c->o->assign_fields && !n && !m->is_private && m->op == M_FIELD)
        m->erased = true;
    else
        CL(cls)->has_fields = true;
    return n;
}

static u32 class_member(struct swd_ts_compiler *c, u32 cls)
{
    struct member m = {.pos = c->tok.pos};
    struct ts_token word = {0};
    if (ts_is(c, T_AT))
        m.decorators = ts_parse_decorators(c);
    if (skip_index_signature(c))
        return 0;
    m.pos = c->tok.pos;
    member_modifiers(c, &m, &word);
    u32 value;
    u32 since = SC(c->scope)->ref_tail;
    c->home_static = (m.flags & F_STATIC) != 0;
    if (word.kind == T_EOF && skip_index_signature(c))
        return 0;
    if (m.modifiers == MOD_STATIC && ts_is(c, T_LBRACE) && word.kind != T_WORD) {
        value = ts_parse_field_init(c, m.pos, FN_STATICBLOCK);
        m.op = M_BLOCK;
        m.key = 0;
    } else {
        member_key(c, &m, &word);
        since = SC(c->scope)->ref_tail;
        if (c->ts && ts_is(c, T_QUESTION)) {
            struct ts_mark k;
            ts_mark(c, &k);
            ts_next(c);
            if (!ts_is(c, T_LPAREN) && !ts_is(c, T_LT))
                ts_rewind(c, &k);
        }
        if (ts_is(c, T_LPAREN) || (c->ts && ts_is(c, T_LT)))
            value = class_method(c, cls, &m);
        else
            value = class_field(c, cls, &m);
    }
    u32 inner = CL(cls)->inner;
    ts_bind_home(c, since, &inner, CL(cls)->name ? CL(cls)->name : W_empty);
    CL(cls)->inner = inner;
    if (m.erased)
        return 0;
    u32 x = ts_node3(c, N_EXTRA, m.pos, m.decorators, m.is_private ? ND(m.key)->b : 0, 0);
    u32 n = ts_node3(c, N_MEMBERDEF, m.pos, m.key, value, x);
    ND(n)->op = (uint8_t)m.op;
    ND(n)->flags |= (uint16_t)(m.flags | (m.constructor ? F_SHORTHAND : 0));
    return n;
}

static void class_heritage(struct swd_ts_compiler *c, u32 cls)
{
    if (ts_is_word(c, W_extends)) {
        ts_next(c);
        CL(cls)->has_parent = true;
        u32 e = ts_parse_lhs(c);
        CL(cls)->parent = e;
        if (c->ts && ts_is(c, T_LT))
            ts_skip_type_args(c);
    }
    if (c->ts && ts_eat_word(c, W_implements)) {
        do
            ts_skip_type(c);
        while (ts_eat(c, T_COMMA));
    }
}

/* Inside its body the name of a class is constant. */
static void own_writes(struct swd_ts_compiler *c, u32 scope, u32 name)
{
    for (u32 r = SC(scope)->ref_head; r; r = RF(r)->next) {
        struct ts_node *n = ND(RF(r)->node);
        if (n->kind == N_IDENT && n->a == name && n->flags & F_WRITE)
            n->flags = (uint16_t)((n->flags & ~F_WRITE) | F_CLASSIN);
    }
}

/* Whether the class keeps things for later in variables: initialisers, storage, computed names. */
static bool has_state(struct swd_ts_compiler *c, u32 cls)
{
    if (CL(cls)->decorators)
        return true;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (ND(ND(m)->c)->a || ND(m)->op == M_ACCESSOR ||
            (ND(m)->op == M_FIELD && ND(m)->flags & F_COMPUTED))
            return true;
    return false;
}

/* flags: F_DECLARE (ambient), F_AWAIT (the name may be missing in a declaration: export default) */
u32 ts_parse_class(struct swd_ts_compiler *c, u32 pos, bool decl, u32 decorators, u32 flags)
{
    bool strict = c->strict, home_static = c->home_static;
    u32 outer = c->cls, cls = ts_vec_add(c, &c->classes);
    *CL(cls) = (struct ts_class){
        .pos = pos, .decorators = decorators, .strict_outside = strict, .expr = !decl};
    ts_deep(c);
    ts_next(c);
    c->strict = true;
    u32 name = 0, sym = 0, at = c->tok.pos;
    if (ts_is(c, T_WORD) && c->tok.name != W_extends && !(c->ts && c->tok.name == W_implements)) {
        ts_check_ident(c, &c->tok);
        name = c->tok.name;
        ts_check_strict_name(c, name, at);
        ts_next(c);
    } else if (decl && !(flags & F_AWAIT)) {
        ts_unexpected(c, "a name for the class");
    }
    c->strict = strict;
    if (decl && !(flags & F_DECLARE))
        sym = ts_declare(c, name ? name : W_default_export, S_CLASS, at);
    c->strict = true;
    CL(cls)->name = name ? name : decl && !(flags & F_DECLARE) ? W_default : 0;
    if (sym)
        SY(sym)->init = UINT32_MAX;
    u32 scope = ts_scope_open(c, C_CLASS, pos);
    if (!decl && name) {
        u32 y = ts_sym_new(c, scope, name, S_CONST, at);
        SY(y)->init = UINT32_MAX;
        CL(cls)->inner = y;
        SC(scope)->self = y;
    } else {
        SC(scope)->self = sym;
    }
    SC(scope)->owner = cls;
    CL(cls)->scope = scope;
    CL(cls)->sym = sym;
    c->cls = cls;
    if (c->ts && ts_is(c, T_LT))
        ts_skip_type_params(c);
    class_heritage(c, cls);
    SC(scope)->body = c->tok.pos; /* the heritage does not see private names */
    struct ts_list l = {0, 0};
    ts_expect(c, T_LBRACE);
    while (!ts_is(c, T_RBRACE)) {
        if (ts_eat(c, T_SEMI))
            continue;
        u32 m = ts_recovering(c, class_member, cls);
        if (m)
            ts_append(c, &l, m);
    }
    if (CL(cls)->has_parent && !CL(cls)->ctor) { /* its constructor names the class */
        u32 y = CL(cls)->inner;
        if (!y)
            y = ts_hidden(c, ts_statement_scope(c, c->scope), name ? name : W_empty, pos);
        SY(y)->flags |= Y_USED | Y_CAPTURED;
        CL(cls)->inner = y;
    }
    if (sym)
        own_writes(c, scope, name);
    CL(cls)->members = l.head;
    if (SC(scope)->flags & P_LOOP && has_state(c, cls)) {
        u32 y = ts_hidden(c, ts_statement_scope(c, scope), ts_intern(c, "$state", 6), pos);
        SY(y)->flags |= Y_USED | Y_CAPTURED;
        CL(cls)->state = y;
    }
    CL(cls)->end = c->tok.end;
    u32 inner = CL(cls)->inner;
    if (sym)
        SY(sym)->init = c->tok.end;
    if (!decl && name)
        SY(inner)->init = c->tok.end;
    if (inner && sym && !CL(cls)->decorators) {
        SY(inner)->extra = sym;
        if (SY(inner)->flags & Y_CAPTURED)
            SY(sym)->flags |= Y_CAPTURED;
    }
    c->strict = strict;
    c->cls = outer;
    c->home_static = home_static;
    ts_scope_close(c);
    ts_next(c);
    return decl ? ts_node(c, N_CLASSDECL, pos, cls, sym) : ts_node(c, N_CLASS, pos, cls, 0);
}

u32 ts_parse_decorators(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    while (ts_is(c, T_AT)) {
        u32 at = c->tok.pos;
        ts_next(c);
        c->arrow_at = 0;
        u32 e = ts_parse_lhs(c);
        u32 n = ts_node(c, N_EXTRA, at, e, 0);
        ts_append(c, &l, n);
    }
    return l.head;
}
