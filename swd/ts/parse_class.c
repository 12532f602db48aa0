/* Classes: their members and what stands before these, decorators. */
#include "ts/tsi.h"

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
