/* import and export in all their forms.
 *
 * A file that has one of them is a module: where the goal was open, the compilation starts over as
 * a module (strictness and `await` apply from the first byte). */
#include "ts/tsi.h"

static void need_module(struct swd_ts_compiler *c, u32 pos)
{
    if (c->goal == SWD_TS_MODULE) {
        if (c->scope != c->top)
            ts_fatal(c, pos, "`import` and `export` may only stand at the top level");
        return;
    }
    if (c->o->goal == SWD_TS_GOAL_AUTO || c->o->goal == SWD_TS_COMMONJS) {
        if (c->scope != c->top)
            ts_fatal(c, pos, "`import` and `export` may only stand at the top level");
        c->silent = 0;
        c->restart_module = true;
        ts_abort(c, 0);
    }
    ts_fatal(c, pos, "`import` and `export` may only stand in modules");
}

/* import(x), import.meta */
u32 ts_parse_import_expr(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    if (ts_eat(c, T_DOT)) {
        if (!ts_is_word(c, W_meta))
            ts_unexpected(c, "meta");
        if (c->goal != SWD_TS_MODULE) {
            if (c->o->goal != SWD_TS_GOAL_AUTO)
                ts_fatal(c, pos, "`import.meta` may only stand in modules");
            c->silent = 0;
            c->restart_module = true;
            ts_abort(c, 0);
        }
        ts_next(c);
        return ts_node(c, N_IMPORTMETA, pos, 0, 0);
    }
    bool no_in = c->no_in;
    c->no_in = false;
    ts_expect(c, T_LPAREN);
    u32 e = ts_parse_assign(c), opts = 0;
    if (ts_eat(c, T_COMMA) && !ts_is(c, T_RPAREN)) {
        opts = ts_parse_assign(c);
        ts_eat(c, T_COMMA);
    }
    ts_expect(c, T_RPAREN);
    c->no_in = no_in;
    return ts_node(c, N_IMPORTCALL, pos, e, opts);
}

static u32 specifier(struct swd_ts_compiler *c)
{
    if (!ts_is(c, T_STR))
        ts_unexpected(c, "the name of a module in quotes");
    u32 name = ts_cook(c, c->tok.pos + 1, c->tok.end - 1, false);
    ts_next(c);
    if (ts_is_word(c, W_with) || (ts_is(c, T_WORD) && !c->tok.nl && NM(c->tok.name)->len == 6 &&
                                  memcmp(NM(c->tok.name)->s, "assert", 6) == 0)) {
        ts_next(c);
        ts_skip_members(c);
    }
    return name;
}

/* A name or (for other modules' names) a string. */
static u32 module_name(struct swd_ts_compiler *c)
{
    u32 name;
    if (ts_is(c, T_STR))
        name = ts_cook(c, c->tok.pos + 1, c->tok.end - 1, false);
    else if (ts_is(c, T_WORD))
        name = c->tok.name;
    else
        ts_unexpected(c, "a name");
    ts_next(c);
    return name;
}

static u32 module_sym(struct swd_ts_compiler *c, u32 pos)
{
    u32 y = ts_hidden(c, c->top, ts_intern(c, "$module", 7), pos);
    SY(y)->flags |= Y_USED;
    return y;
}

static void import_binding(struct swd_ts_compiler *c, struct ts_list *l, struct ts_token *t,
                           u32 imported, u32 mod, bool type)
{
    if (type)
        return;
    ts_check_ident(c, t);
    ts_check_target_name(c, t->name, t->pos);
    u32 y = ts_declare(c, t->name, S_IMPORT, t->pos);
    SY(y)->extra = imported;
    SY(y)->extra2 = mod;
    ts_append(c, l, ts_node(c, N_SPECIFIER, t->pos, y, imported));
}

/* `type` before a name in braces marks that name only, unless it is the name itself. */
static bool inline_type(struct swd_ts_compiler *c)
{
    if (!c->ts || !ts_is_word(c, W_type))
        return false;
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    if (ts_is_word(c, W_as)) {
        ts_next(c);
        if (ts_is_word(c, W_as)) { /* type as as x */
            ts_next(c);
            bool name = ts_is(c, T_WORD);
            ts_rewind(c, &m);
            if (name) {
                ts_next(c);
                return true;
            }
            return false;
        }
        bool plain = ts_is(c, T_WORD); /* type as x: a value named type */
        ts_rewind(c, &m);
        if (plain)
            return false;
        ts_next(c);
        return true;
    }
    if (ts_is(c, T_WORD) || ts_is(c, T_STR))
        return true;
    ts_rewind(c, &m);
    return false;
}

static void import_list(struct swd_ts_compiler *c, struct ts_list *l, u32 mod, bool type)
{
    ts_next(c);
    while (!ts_is(c, T_RBRACE)) {
        bool one = inline_type(c);
        struct ts_token t = c->tok;
        u32 imported = module_name(c);
        if (ts_eat_word(c, W_as)) {
            t = c->tok;
            if (!ts_is(c, T_WORD))
                ts_unexpected(c, "a name");
            ts_next(c);
        } else if (t.kind != T_WORD) {
            ts_unexpected(c, "as");
        }
        import_binding(c, l, &t, imported, mod, type || one);
        if (!ts_is(c, T_RBRACE))
            ts_comma(c, ", or }", c->tok.pos);
    }
    ts_next(c);
}

/* import x = require("y"), import x = A.B */
static u32 import_equals(struct swd_ts_compiler *c, u32 pos, struct ts_token *t, bool type)
{
    ts_next(c);
    u32 y = 0, spec = 0, e = 0;
    bool req = ts_is_word(c, W_require);
    struct ts_mark m;
    ts_mark(c, &m);
    if (req) {
        ts_next(c);
        req = ts_is(c, T_LPAREN);
        if (!req)
            ts_rewind(c, &m);
    }
    if (req) {
        ts_next(c);
        spec = specifier(c);
        ts_expect(c, T_RPAREN);
    } else {
        e = ts_parse_lhs(c);
    }
    ts_semicolon(c);
    if (type)
        return 0;
    y = ts_declare(c, t->name, S_VAR, t->pos);
    return ts_node3(c, N_IMPORTEQ, pos, y, spec, e);
}

u32 ts_parse_import(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    bool in_ns = SC(c->scope)->kind == C_NAMESPACE;
    if (!in_ns)
        need_module(c, pos);
    ts_next(c);
    struct ts_list l = {0, 0};
    u32 mod = module_sym(c, pos);
    if (ts_is(c, T_STR)) {
        u32 spec = specifier(c);
        ts_semicolon(c);
        u32 n = ts_node3(c, N_IMPORT, pos, spec, 0, mod);
        ND(n)->flags |= F_STATIC; /* for its effect */
        return n;
    }
    bool type = false;
    struct ts_token t = c->tok;
    if (c->ts && ts_is_word(c, W_type)) {
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_LBRACE) || ts_is(c, T_STAR) || (ts_is(c, T_WORD) && !ts_is_word(c, W_from)))
            type = true;
        else
            ts_rewind(c, &m);
        t = c->tok;
    }
    bool any = false;
    if (ts_is(c, T_WORD)) {
        ts_next(c);
        if (c->ts && ts_is(c, T_ASSIGN))
            return import_equals(c, pos, &t, type);
        import_binding(c, &l, &t, W_default, mod, type);
        any = true;
        if (!ts_eat(c, T_COMMA))
            goto from;
    }
    if (ts_eat(c, T_STAR)) {
        if (!ts_eat_word(c, W_as))
            ts_unexpected(c, "as");
        t = c->tok;
        ts_expect(c, T_WORD);
        import_binding(c, &l, &t, 0, mod, type);
    } else if (ts_is(c, T_LBRACE)) {
        import_list(c, &l, mod, type);
    } else {
        ts_unexpected(c, any ? "{ or *" : "what to import");
    }
from:
    if (!ts_eat_word(c, W_from))
        ts_unexpected(c, "from");
    u32 spec = specifier(c);
    ts_semicolon(c);
    if (type || (c->ts && !l.head && !any))
        return 0;
    return ts_node3(c, N_IMPORT, pos, spec, l.head, mod);
}

static void add_export(struct swd_ts_compiler *c, u32 pos, u32 local, u32 name, u32 sym)
{
    for (u32 e = c->exports.head; e; e = ND(e)->next)
        if (ND(e)->b == name && !(c->ts && ND(e)->a == local)) {
            ts_error(c, pos, "`%s` is exported twice", ts_cstr(c, name));
            return;
        }
    ts_append(c, &c->exports, ts_node3(c, N_SPECIFIER, pos, local, name, sym));
}

static void export_pattern(struct swd_ts_compiler *c, u32 node)
{
    struct ts_node *n = ND(node);
    switch (n->kind) {
    case N_IDENT: add_export(c, n->pos, n->a, n->a, n->b); break;
    case N_DEFAULT:
    case N_REST: export_pattern(c, n->a); break;
    case N_ARRPAT:
    case N_OBJPAT:
        for (u32 e = n->a; e; e = ND(e)->next)
            if (ND(e)->kind != N_HOLE)
                export_pattern(c, ND(e)->kind == N_PROP ? ND(e)->b : e);
        break;
    default: break;
    }
}

static u32 export_declared(struct swd_ts_compiler *c, u32 s)
{
    if (!s)
        return 0;
    struct ts_node *n = ND(s);
    u32 y = 0;
    switch (n->kind) {
    case N_VAR:
        for (u32 d = n->a; d; d = ND(d)->next)
            export_pattern(c, ND(d)->a);
        return s;
    case N_FUNCDECL:
    case N_CLASSDECL: y = n->b; break;
    case N_ENUM:
    case N_NAMESPACE:
    case N_IMPORTEQ: y = n->a; break;
    default: ts_fatal(c, n->pos, "this cannot be exported");
    }
    add_export(c, n->pos, SY(y)->name, SY(y)->name, y);
    return s;
}

static u32 export_default(struct swd_ts_compiler *c, u32 pos, u32 decorators)
{
    u32 at = c->tok.pos, s = 0, sym;
    ts_next(c);
    struct ts_mark m;
    ts_mark(c, &m);
    if (c->ts && ts_is_word(c, W_abstract)) {
        ts_next(c);
        if (!ts_is_word(c, W_class))
            ts_rewind(c, &m);
    }
    if (c->ts && ts_is_word(c, W_interface) && ts_at_ts_decl(c))
        return ts_parse_ts_decl(c, true);
    if (ts_is(c, T_AT))
        decorators = ts_parse_decorators(c);
    if (ts_is_word(c, W_class)) {
        s = ts_parse_class(c, c->tok.pos, true, decorators, F_AWAIT);
        sym = ND(s)->b;
    } else if (ts_is_word(c, W_function)) {
        s = ts_parse_default_function(c, c->tok.pos, 0);
        if (!s)
            return 0;
        sym = ND(s)->b;
    } else {
        if (ts_is_word(c, W_async)) {
            u32 fpos = c->tok.pos;
            ts_mark(c, &m);
            ts_next(c);
            if (ts_is_word(c, W_function) && !c->tok.nl) {
                s = ts_parse_default_function(c, fpos, FN_ASYNC);
                if (!s)
                    return 0;
                add_export(c, at, W_default_export, W_default, ND(s)->b);
                return s;
            }
            ts_rewind(c, &m);
        }
        sym = ts_declare(c, W_default_export, S_CONST, at);
        SY(sym)->init = UINT32_MAX;
        u32 e = ts_parse_assign(c);
        ts_end_statement_checks(c);
        ts_semicolon(c);
        SY(sym)->init = c->prev_end;
        s = ts_node(c, N_EXPORTDEFAULT, pos, e, sym);
    }
    add_export(c, at, W_default_export, W_default, sym);
    return s;
}

static u32 export_list(struct swd_ts_compiler *c, u32 pos, bool type)
{
    struct ts_list l = {0, 0};
    struct ts_token bad = {.kind = T_EOF};
    ts_next(c);
    while (!ts_is(c, T_RBRACE)) {
        bool one = inline_type(c);
        struct ts_token t = c->tok;
        u32 local = module_name(c), name = local;
        if (t.kind != T_WORD || local <= W_LAST_RESERVED)
            bad = t;
        if (ts_eat_word(c, W_as))
            name = module_name(c);
        if (!one && !type)
            ts_append(c, &l, ts_node(c, N_SPECIFIER, t.pos, local, name));
        if (!ts_is(c, T_RBRACE))
            ts_comma(c, ", or }", c->tok.pos);
    }
    ts_next(c);
    if (ts_eat_word(c, W_from)) {
        u32 spec = specifier(c);
        ts_semicolon(c);
        if (type || (c->ts && !l.head))
            return 0;
        u32 mod = module_sym(c, pos);
        return ts_node3(c, N_EXPORTLIST, pos, l.head, spec, mod);
    }
    ts_semicolon(c);
    if (bad.kind != T_EOF)
        ts_fatal(c, bad.pos, "this is no name of this module");
    for (u32 s = l.head, next; s; s = next) {
        next = ND(s)->next;
        add_export(c, ND(s)->pos, ND(s)->a, ND(s)->b, 0);
    }
    return 0;
}

u32 ts_parse_export(struct swd_ts_compiler *c, u32 decorators)
{
    u32 pos = c->tok.pos;
    need_module(c, pos);
    ts_next(c);
    bool type = false;
    if (ts_is(c, T_STAR)) {
        ts_next(c);
        u32 name = 0;
        if (ts_eat_word(c, W_as)) {
            name = module_name(c);
        }
        if (!ts_eat_word(c, W_from))
            ts_unexpected(c, "from");
        u32 spec = specifier(c);
        ts_semicolon(c);
        if (type)
            return 0;
        u32 mod = module_sym(c, pos);
        return ts_node3(c, N_EXPORTALL, pos, spec, name, mod);
    }
    if (ts_is_word(c, W_default))
        return export_default(c, pos, decorators);
    if (c->ts && ts_is_word(c, W_type)) {
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_LBRACE))
            return export_list(c, pos, true);
        if (ts_eat(c, T_STAR)) {
            type = true;
            if (ts_eat_word(c, W_as))
                module_name(c);
            u32 name = 0;
            (void)name;
            if (!ts_eat_word(c, W_from))
                ts_unexpected(c, "from");
            specifier(c);
            ts_semicolon(c);
            return 0;
        }
        ts_rewind(c, &m);
    }
    if (ts_is(c, T_LBRACE))
        return export_list(c, pos, false);
    if (c->ts && ts_eat(c, T_ASSIGN)) {
        u32 e = ts_parse_expr(c);
        ts_semicolon(c);
        return ts_node(c, N_EXPORTASSIGN, pos, e, 0);
    }
    if (c->ts && ts_eat_word(c, W_as)) { /* export as namespace X */
        ts_next(c);
        ts_expect(c, T_WORD);
        ts_semicolon(c);
        return 0;
    }
    if (ts_is_word(c, W_import))
        return export_declared(c, ts_parse_import(c));
    if (ts_is(c, T_AT))
        decorators = ts_parse_decorators(c);
    if (decorators || ts_is_word(c, W_class)) {
        if (c->ts && ts_is_word(c, W_abstract))
            ts_next(c);
        return export_declared(c, ts_parse_class(c, c->tok.pos, true, decorators, 0));
    }
    if (!ts_is(c, T_WORD) || ts_is(c, T_EOF))
        ts_unexpected(c, "a declaration");
    u32 w = c->tok.name;
    bool decl = w == W_var || w == W_let || w == W_const || w == W_function || w == W_async ||
                (c->ts && (w == W_enum || ts_at_ts_decl(c)));
    if (!decl)
        ts_unexpected(c, "a declaration");
    return export_declared(c, ts_parse_stmt(c, true));
}

/* At the end of the file: every exported name must be there. */
void ts_check_exports(struct swd_ts_compiler *c)
{
    for (u32 *at = &c->exports.head; *at;) {
        u32 e = *at;
        u32 y = ND(e)->c ? ND(e)->c : ts_find_local(c, c->top, ND(e)->a);
        if (!y || SY(y)->flags & Y_TYPEONLY) {
            if (!c->ts)
                ts_error(c, ND(e)->pos, "`%s` is exported but not declared", ts_cstr(c, ND(e)->a));
            *at = ND(e)->next;
            continue;
        }
        ND(e)->c = y;
        SY(y)->flags |= Y_EXPORTED | Y_USED | Y_CAPTURED;
        if (SY(y)->kind == S_LET || SY(y)->kind == S_CONST || SY(y)->kind == S_CLASS)
            SY(y)->flags |= Y_TDZ; /* modules in a cycle may look too early */
        at = &ND(e)->next;
    }
}
