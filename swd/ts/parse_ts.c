/* TypeScript's declarations: enums and namespaces, which are code, and all that is erased. */
#include "ts/tsi.h"

static bool peek_word(struct swd_ts_compiler *c, bool (*ok)(struct swd_ts_compiler *c))
{
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = !c->tok.nl && ok(c);
    ts_rewind(c, &m);
    return yes;
}

static bool is_name(struct swd_ts_compiler *c)
{
    return ts_is(c, T_WORD) && c->tok.name > W_LAST_RESERVED;
}

static bool is_name_or_string(struct swd_ts_compiler *c)
{
    return is_name(c) || ts_is(c, T_STR);
}

static bool is_class(struct swd_ts_compiler *c)
{
    return ts_is_word(c, W_class);
}

static bool is_declarable(struct swd_ts_compiler *c)
{
    if (!ts_is(c, T_WORD))
        return false;
    switch (c->tok.name) {
    case W_var:
    case W_let:
    case W_const:
    case W_function:
    case W_class:
    case W_enum:
    case W_namespace:
    case W_module:
    case W_global:
    case W_abstract:
    case W_interface:
    case W_type:
    case W_async: return true;
    default: return false;
    }
}

bool ts_at_ts_decl(struct swd_ts_compiler *c)
{
    if (c->tok.escaped)
        return false;
    switch (c->tok.name) {
    case W_type:
    case W_interface: return peek_word(c, is_name);
    case W_namespace:
    case W_module: return peek_word(c, is_name_or_string);
    case W_abstract: return peek_word(c, is_class);
    case W_declare: return peek_word(c, is_declarable);
    default: return false;
    }
}

static void skip_interface(struct swd_ts_compiler *c)
{
    ts_next(c);
    ts_expect(c, T_WORD);
    if (ts_is(c, T_LT))
        ts_skip_type_params(c);
    if (ts_eat_word(c, W_extends)) {
        do
            ts_skip_type(c);
        while (ts_eat(c, T_COMMA));
    }
    ts_skip_members(c);
    ts_eat(c, T_SEMI);
}

static void skip_alias(struct swd_ts_compiler *c)
{
    ts_next(c);
    ts_expect(c, T_WORD);
    if (ts_is(c, T_LT))
        ts_skip_type_params(c);
    ts_expect(c, T_ASSIGN);
    ts_skip_type(c);
    ts_semicolon(c);
}

static void skip_ambient_class(struct swd_ts_compiler *c)
{
    ts_eat_word(c, W_abstract);
    ts_next(c);
    ts_expect(c, T_WORD);
    if (ts_is(c, T_LT))
        ts_skip_type_params(c);
    if (ts_eat_word(c, W_extends))
        ts_skip_type(c);
    if (ts_eat_word(c, W_implements)) {
        do
            ts_skip_type(c);
        while (ts_eat(c, T_COMMA));
    }
    ts_skip_members(c);
}

/* Behind `declare`: skipped without a trace. */
static void skip_ambient(struct swd_ts_compiler *c)
{
    switch (c->tok.name) {
    case W_var:
    case W_let:
    case W_const:
        ts_next(c);
        if (ts_is_word(c, W_enum)) {
            skip_ambient(c);
            return;
        }
        do {
            ts_expect(c, T_WORD);
            ts_skip_annotation(c);
            if (ts_eat(c, T_ASSIGN))
                ts_skip_type(c);
        } while (ts_eat(c, T_COMMA));
        ts_semicolon(c);
        return;
    case W_async:
    case W_function:
        (void)ts_eat_word(c, W_async);
        ts_next(c);
        ts_eat(c, T_STAR);
        ts_expect(c, T_WORD);
        if (ts_is(c, T_LT))
            ts_skip_type_params(c);
        if (!ts_is(c, T_LPAREN))
            ts_unexpected(c, "(");
        ts_skip_group(c);
        ts_skip_return_annotation(c);
        ts_semicolon(c);
        return;
    case W_abstract:
    case W_class: skip_ambient_class(c); return;
    case W_interface: skip_interface(c); return;
    case W_type: skip_alias(c); return;
    default: /* enum, namespace, module, global */
        ts_next(c);
        while (!ts_is(c, T_LBRACE) && !ts_is(c, T_SEMI) && !c->tok.nl && !ts_is(c, T_EOF))
            ts_next(c);
        if (ts_is(c, T_LBRACE))
            ts_skip_members(c);
        else
            ts_semicolon(c);
    }
}

/* At a word for which ts_at_ts_decl() holds. 0 when it is erased. */
u32 ts_parse_ts_decl(struct swd_ts_compiler *c, bool exported)
{
    u32 pos = c->tok.pos;
    switch (c->tok.name) {
    case W_type: skip_alias(c); return 0;
    case W_interface: skip_interface(c); return 0;
    case W_abstract: ts_next(c); return ts_parse_class(c, c->tok.pos, true, 0, 0);
    case W_declare:
        ts_next(c);
        skip_ambient(c);
        return 0;
    default: return ts_parse_namespace(c, pos, exported);
    }
}

/* What earlier blocks of the same enum or namespace export is in scope in later ones. */
static void see_others(struct swd_ts_compiler *c, u32 sym, u32 param)
{
    for (u32 x = SY(sym)->members; x; x = ND(x)->c) {
        u32 y = ts_sym_new(c, c->scope, ND(x)->a, S_MEMBER, ND(x)->pos);
        SY(y)->extra = param;
        SY(y)->flags |= Y_LOOSE;
        SY(y)->extra2 = ND(x)->b;
    }
}

void ts_note_member(struct swd_ts_compiler *c, u32 sym, u32 name, u32 member)
{
    u32 x = ts_node3(c, N_EXTRA, ND(0)->pos, name, member, SY(sym)->members);
    SY(sym)->members = x;
}

static u32 enum_member(struct swd_ts_compiler *c, u32 param)
{
    u32 pos = c->tok.pos, name;
    bool computed;
    if (ts_is(c, T_LBRACK)) {
        u32 k = ts_parse_propkey(c, &computed);
        if (ND(k)->kind != N_STR)
            ts_fatal(c, pos, "the name of an enum member must be a constant");
        name = ND(k)->flags & F_COOKED ? ND(k)->a
                                       : ts_cook(c, ND(k)->a + 1, ND(k)->a + ND(k)->b - 1, false);
    } else {
        if (!ts_is(c, T_WORD) && !ts_is(c, T_STR))
            ts_unexpected(c, "the name of an enum member");
        u32 k = ts_parse_propkey(c, &computed); /* moves the nodes, maybe */
        name = ND(k)->a;
    }
    u32 y = ts_find_local(c, c->scope, name);
    if (!y || SY(y)->kind != S_MEMBER) {
        y = ts_sym_new(c, c->scope, name, S_MEMBER, pos);
        SY(y)->extra = param;
    }
    u32 v = 0;
    if (ts_eat(c, T_ASSIGN))
        v = ts_parse_assign(c);
    return ts_node3(c, N_ENUMMEMBER, pos, name, v, y);
}

/* At `enum`. */
u32 ts_parse_enum(struct swd_ts_compiler *c, u32 pos, bool exported)
{
    (void)exported;
    ts_next(c);
    if (!ts_is(c, T_WORD))
        ts_unexpected(c, "a name for the enum");
    ts_check_ident(c, &c->tok);
    u32 name = c->tok.name;
    u32 sym = ts_declare(c, name, S_ENUM, c->tok.pos);
    ts_next(c);
    u32 scope = ts_scope_open(c, C_ENUM, pos);
    u32 param = ts_sym_new(c, scope, name, S_PARAM, pos);
    see_others(c, sym, param);
    struct ts_list l = {0, 0};
    ts_expect(c, T_LBRACE);
    while (!ts_is(c, T_RBRACE)) {
        ts_append(c, &l, enum_member(c, param));
        if (!ts_is(c, T_RBRACE))
            ts_comma(c, ", or }", c->tok.pos);
    }
    ts_scope_close(c);
    for (u32 m = l.head; m; m = ND(m)->next)
        ts_note_member(c, sym, ND(m)->a, ND(m)->c);
    ts_next(c);
    SY(param)->extra2 = sym;
    return ts_node3(c, N_ENUM, pos, sym, l.head, param);
}

/* An exported statement of a namespace: variables become members, others are copied. */
static u32 namespace_export(struct swd_ts_compiler *c, u32 sym, u32 param)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    if (ts_is_word(c, W_import)) {
        u32 i = ts_parse_import(c);
        if (i)
            ts_note_member(c, sym, SY(ND(i)->a)->name, 0);
        return i ? ts_node(c, N_EXPORTDECL, pos, i, param) : 0;
    }
    u32 from = c->syms.used, scope = c->scope;
    u32 s = ts_parse_stmt(c, true);
    if (!s)
        return 0;
    switch (ND(s)->kind) {
    case N_VAR:
        for (u32 y = from; y < c->syms.used; y++) {
            if (SY(y)->scope != scope || SY(y)->kind == S_HIDDEN)
                continue;
            SY(y)->kind = S_MEMBER;
            SY(y)->extra = param;
            ts_note_member(c, sym, SY(y)->name, y);
        }
        return s;
    case N_FUNCDECL:
    case N_CLASSDECL: ts_note_member(c, sym, SY(ND(s)->b)->name, 0); break;
    case N_ENUM:
    case N_NAMESPACE: ts_note_member(c, sym, SY(ND(s)->a)->name, 0); break;
    default: ts_fatal(c, pos, "this cannot be exported from a namespace");
    }
    return ts_node(c, N_EXPORTDECL, pos, s, param);
}

static u32 namespace_body(struct swd_ts_compiler *c, u32 sym, u32 pos)
{
    u32 name = SY(sym)->name;
    u32 scope = ts_scope_open(c, C_NAMESPACE, pos);
    u32 loops = c->loop_depth, outer_fn = c->fn;
    u32 param = ts_sym_new(c, scope, name, S_PARAM, pos);
    see_others(c, sym, param);
    struct ts_list l = {0, 0};
    c->loop_depth = 0;
    if (ts_eat(c, T_DOT)) { /* namespace A.B: B is an exported namespace of A */
        u32 at = c->tok.pos;
        if (!ts_is(c, T_WORD))
            ts_unexpected(c, "a name");
        u32 inner = c->tok.name;
        u32 y = ts_declare(c, inner, S_NAMESPACE, at);
        ts_note_member(c, sym, inner, 0);
        ts_next(c);
        u32 n = namespace_body(c, y, at);
        if (n)
            ts_append(c, &l, ts_node(c, N_EXPORTDECL, at, n, param));
    } else {
        ts_expect(c, T_LBRACE);
        while (!ts_is(c, T_RBRACE)) {
            if (ts_is(c, T_EOF))
                ts_unexpected(c, "}");
            u32 s =
                ts_is_word(c, W_export) ? namespace_export(c, sym, param) : ts_parse_stmt(c, true);
            if (s)
                ts_append(c, &l, s);
        }
    }
    bool outer = ts_is(c, T_RBRACE);
    ts_scope_close(c);
    c->loop_depth = loops;
    c->fn = outer_fn;
    SY(param)->extra2 = sym;
    if (outer && l.head == 0)
        return 0;
    return l.head ? ts_node3(c, N_NAMESPACE, pos, sym, l.head, param) : 0;
}

/* At `namespace` or `module`. A namespace of types only is erased. */
u32 ts_parse_namespace(struct swd_ts_compiler *c, u32 pos, bool exported)
{
    (void)exported;
    ts_next(c);
    if (ts_is(c, T_STR))
        ts_fatal(c, c->tok.pos, "a module with a quoted name must be `declare`d");
    ts_check_ident(c, &c->tok);
    u32 had = ts_find_local(c, c->scope, c->tok.name);
    u32 sym = ts_declare(c, c->tok.name, S_NAMESPACE, c->tok.pos);
    ts_next(c);
    u32 n = namespace_body(c, sym, pos);
    ts_expect(c, T_RBRACE);
    if (!n && !had)
        SY(sym)->flags |= Y_TYPEONLY;
    else if (n)
        SY(sym)->flags &= (uint16_t)~Y_TYPEONLY;
    return n;
}
