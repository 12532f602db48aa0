/* Statements, and the file as a whole.
 *
 * A syntax error ends the statement of the top level it is in; the parser then looks for the
 * next place where a statement may begin, so that several errors are reported at once. */
#include "ts/tsi.h"

void ts_semicolon(struct swd_ts_compiler *c)
{
    if (ts_eat(c, T_SEMI))
        return;
    if (ts_is(c, T_RBRACE) || ts_is(c, T_EOF) || c->tok.nl)
        return;
    ts_unexpected(c, "; or a new line");
}

void ts_end_statement_checks(struct swd_ts_compiler *c)
{
    if (c->cover_err)
        ts_fatal(c, c->cover_err, "a shorthand property has no value here");
    if (c->dup_proto)
        ts_fatal(c, c->dup_proto, "a literal may set `__proto__` once only");
}

static u32 full_expr(struct swd_ts_compiler *c)
{
    u32 e = ts_parse_expr(c);
    ts_end_statement_checks(c);
    return e;
}

static u32 paren_expr(struct swd_ts_compiler *c)
{
    ts_expect(c, T_LPAREN);
    u32 e = full_expr(c);
    ts_expect(c, T_RPAREN);
    return e;
}

/* `let` begins a declaration here? */
bool ts_starts_let(struct swd_ts_compiler *c)
{
    if (!ts_is_word(c, W_let))
        return false;
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    bool yes =
        ts_is(c, T_LBRACK) || ts_is(c, T_LBRACE) ||
        (ts_is(c, T_WORD) && (c->tok.name != W_in || c->tok.escaped) &&
         c->tok.name != W_instanceof && (c->tok.name > W_LAST_RESERVED || c->tok.nl == false));
    ts_rewind(c, &m);
    return yes;
}

/* What a declarator (or the head of a loop) declares: a plain name is initialised at `at`, the
 * names of a pattern with their elements, but not while the value, from `value` on, is evaluated.
 */
static void set_init(struct swd_ts_compiler *c, u32 from, u32 target, u32 value, u32 at)
{
    bool plain = ND(target)->kind == N_IDENT;
    for (u32 y = from; y < c->syms.used; y++) {
        struct ts_sym *s = SY(y);
        if (s->scope != c->scope || (s->kind != S_LET && s->kind != S_CONST))
            continue;
        if (plain)
            s->init = at;
        s->extra = value;
        s->extra2 = at;
    }
}

/* What only a module may have stands at the top level: it is one, where that is left open. */
static void wants_module(struct swd_ts_compiler *c, u32 pos, const char *why)
{
    if (!c->fn && c->o->goal == SWD_TS_GOAL_AUTO && c->goal != SWD_TS_MODULE) {
        c->restart_module = true;
        ts_abort(c, 0);
    }
    ts_fatal(c, pos, "%s", why);
}

/* Whether the word `using` at hand, or `await using`, begins a declaration: a name follows on the
 * same line. In the head of a loop `using of` is no declaration. */
static bool starts_using(struct swd_ts_compiler *c, bool in_for)
{
    struct ts_mark m;
    bool yes, await = ts_is_word(c, W_await);
    if ((!await && !ts_is_word(c, W_using)) || c->tok.escaped)
        return false;
    if (await && !c->can_await && c->fn)
        return false;
    ts_mark(c, &m);
    ts_next(c);
    yes = !await || (ts_is_word(c, W_using) && !c->tok.escaped && !c->tok.nl);
    if (yes && await)
        ts_next(c);
    yes = yes && ts_is(c, T_WORD) && !c->tok.nl && c->tok.name > W_with;
    if (yes && in_for && ts_is_word(c, W_of)) {
        ts_next(c);
        yes = ts_is(c, T_ASSIGN);
    }
    ts_rewind(c, &m);
    return yes;
}

/* At `using` or `await using` of a declaration: its flags, with `using` as the current word. */
static u32 using_flags(struct swd_ts_compiler *c)
{
    u32 flags = F_USING, pos = c->tok.pos;
    if (ts_is_word(c, W_await)) {
        flags |= F_AWAIT;
        FN(c->fn)->flags |= FN_AWAITS;
        if (!c->can_await)
            wants_module(c, pos, "`await using` may only stand in async functions and modules");
        if (!c->fn)
            c->saw_tla = true;
        ts_next(c);
    } else if (!ts_is_word(c, W_using)) {
        return 0;
    }
    if (SC(c->scope)->kind == C_TOP && c->goal != SWD_TS_MODULE && c->goal != SWD_TS_COMMONJS)
        wants_module(c, pos, "`using` may not stand at the top of a script: put it in a block");
    if (SC(c->scope)->kind == C_SWITCH)
        ts_error(c, pos, "`using` may not stand right in a case: put it in a block");
    return flags;
}

/* The declarators behind var, let, const, using. In the head of a for loop an initialiser may be
 * absent.
 */
u32 ts_parse_var(struct swd_ts_compiler *c, int kind, bool in_for)
{
    static const uint8_t syms[] = {[D_VAR] = S_VAR, [D_LET] = S_LET, [D_CONST] = S_CONST};
    u32 pos = c->tok.pos, flags = using_flags(c);
    struct ts_list l = {0, 0};
    ts_next(c);
    do {
        u32 at = c->tok.pos, from = c->syms.used;
        if (flags && !ts_is(c, T_WORD))
            ts_unexpected(c, "a name");
        u32 t = ts_parse_target(c, syms[kind]), v = 0;
        if (c->ts) {
            if (ts_is(c, T_NOT) && !c->tok.nl)
                ts_next(c);
            ts_skip_annotation(c);
        } else if (ts_is(c, T_COLON)) {
            ts_no_types(c);
        }
        u32 value = c->tok.pos;
        if (ts_eat(c, T_ASSIGN))
            v = ts_parse_assign(c);
        if (kind != D_VAR)
            set_init(c, from, t, value, c->tok.pos);
        if (!v && !c->ambient && !(in_for && (ts_is_word(c, W_of) || ts_is_word(c, W_in)))) {
            if (ND(t)->kind != N_IDENT)
                ts_error(c, at, "a pattern needs a value");
            else if (kind == D_CONST)
                ts_error(c, at, "a const needs a value");
        }
        ts_append(c, &l, ts_node(c, N_DECL, at, t, v));
    } while (ts_eat(c, T_COMMA));
    ts_end_statement_checks(c);
    u32 n = ts_node(c, N_VAR, pos, l.head, 0);
    ND(n)->op = (uint8_t)kind;
    ND(n)->flags |= (uint16_t)flags;
    return n;
}

static u32 any_stmt(struct swd_ts_compiler *c, u32 decl_ok)
{
    return ts_parse_stmt(c, decl_ok);
}

/* One statement of a list; 0 when it is erased, or passed over. */
u32 ts_parse_listed(struct swd_ts_compiler *c)
{
    return ts_recovering(c, any_stmt, true);
}

static u32 parse_list_until_brace(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    u32 open = c->prev_end - 1;
    while (!ts_is(c, T_RBRACE)) {
        if (ts_is(c, T_EOF) || ts_is(c, T_RPAREN) || ts_is(c, T_RBRACK))
            ts_unclosed(c, "}", open);
        u32 s = ts_parse_listed(c);
        if (s)
            ts_append(c, &l, s);
    }
    return l.head;
}

static u32 parse_block(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_expect(c, T_LBRACE);
    u32 scope = ts_scope_open(c, C_BLOCK, pos);
    u32 list = parse_list_until_brace(c);
    ts_scope_close(c);
    u32 end = c->tok.pos;
    ts_next(c);
    return ts_node3(c, N_BLOCK, pos, list, scope, end);
}

/* A statement in single-statement position; a function declaration there (sloppy `if`) gets a
 * block of its own. */
static u32 parse_sub(struct swd_ts_compiler *c, bool func_ok)
{
    if (ts_is_word(c, W_function) && func_ok && !c->strict) {
        u32 pos = c->tok.pos;
        u32 scope = ts_scope_open(c, C_BLOCK, pos);
        u32 f = ts_parse_stmt(c, true);
        if (f && ND(f)->kind == N_FUNCDECL && FN(ND(f)->a)->flags & FN_GEN)
            ts_error(c, pos, "a generator may not stand here without a block");
        ts_scope_close(c);
        return ts_node3(c, N_BLOCK, pos, f, scope, pos);
    }
    u32 s = ts_parse_stmt(c, false), t = s;
    while (t && ND(t)->kind == N_LABELED)
        t = ND(t)->b;
    if (t && t != s && ND(t)->kind == N_FUNCDECL)
        ts_error(c, ND(t)->pos, "a function may not stand here without a block");
    return s ? s : ts_node(c, N_EMPTY, c->tok.pos, 0, 0);
}

static u32 loop_body(struct swd_ts_compiler *c)
{
    c->loop_depth++;
    u32 b = parse_sub(c, false);
    c->loop_depth--;
    return b;
}

static u32 finish_for(struct swd_ts_compiler *c, u32 pos, u32 scope, u32 init)
{
    u32 test = 0, update = 0;
    ts_expect(c, T_SEMI);
    if (!ts_is(c, T_SEMI))
        test = full_expr(c);
    ts_expect(c, T_SEMI);
    if (!ts_is(c, T_RPAREN))
        update = full_expr(c);
    SC(scope)->body = c->tok.pos;
    ts_expect(c, T_RPAREN);
    u32 x = ts_node3(c, N_EXTRA, pos, init, test, update);
    u32 body = loop_body(c);
    ts_scope_close(c);
    return ts_node3(c, N_FOR, pos, x, body, scope);
}

static u32 finish_for_in(struct swd_ts_compiler *c, u32 pos, u32 scope, u32 left, u32 syms,
                         bool await)
{
    bool of = ts_is_word(c, W_of);
    ts_next(c);
    u32 value = c->tok.pos;
    SC(scope)->body = 0;
    u32 right = of ? ts_parse_assign(c) : ts_parse_expr(c);
    ts_end_statement_checks(c);
    if (ND(left)->kind == N_VAR && ND(left)->op != D_VAR)
        set_init(c, syms, ND(ND(left)->a)->a, value, c->tok.pos);
    SC(scope)->body = c->tok.pos;
    ts_expect(c, T_RPAREN);
    u32 x = ts_node3(c, N_EXTRA, pos, left, right, 0);
    u32 body = loop_body(c);
    ts_scope_close(c);
    u32 n = ts_node3(c, of ? N_FOROF : N_FORIN, pos, x, body, scope);
    if (await) {
        ND(n)->flags |= F_AWAIT;
        FN(c->fn)->flags |= FN_AWAITS;
    }
    return n;
}

/* The declaration of a for-in or for-of: one, without value (sloppy `for (var x = 1 in y)` apart).
 */
static void check_for_decl(struct swd_ts_compiler *c, u32 decl)
{
    u32 d = ND(decl)->a;
    bool of = ts_is_word(c, W_of);
    if (ND(d)->next)
        ts_error(c, ND(ND(d)->next)->pos, "a loop of this kind declares one variable only");
    if (ND(d)->b && (of || c->strict || ND(decl)->op != D_VAR || ND(ND(d)->a)->kind != N_IDENT))
        ts_error(c, ND(d)->pos, "the variable of this loop has no value of its own");
}

static u32 parse_for(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, init = 0;
    bool await = false;
    ts_next(c);
    if (ts_is_word(c, W_await)) {
        if (!c->can_await)
            wants_module(c, c->tok.pos,
                         "`for await` may only stand in async functions and modules");
        if (!c->fn)
            c->saw_tla = true;
        await = true;
        ts_next(c);
    }
    ts_expect(c, T_LPAREN);
    u32 scope = ts_scope_open(c, C_FOR, pos);
    SC(scope)->body = UINT32_MAX;
    u32 syms = c->syms.used;
    c->no_in = true;
    int decl = -1;
    if (ts_is_word(c, W_var))
        decl = D_VAR;
    else if (ts_is_word(c, W_const))
        decl = D_CONST;
    else if (ts_starts_let(c))
        decl = D_LET;
    else if (starts_using(c, true))
        decl = D_CONST;
    if (decl >= 0) {
        init = ts_parse_var(c, decl, true);
        c->no_in = false;
        if (ts_is_word(c, W_of) || ts_is_word(c, W_in)) {
            check_for_decl(c, init);
            if ((await || ND(init)->flags & F_USING) && !ts_is_word(c, W_of))
                ts_unexpected(c, "of");
            return finish_for_in(c, pos, scope, init, syms, await);
        }
    } else if (!ts_is(c, T_SEMI)) {
        struct ts_token first = c->tok;
        init = ts_parse_expr(c);
        c->no_in = false;
        if ((ts_is_word(c, W_of) && !(first.kind == T_WORD && first.name == W_let)) ||
            ts_is_word(c, W_in)) {
            if (ts_is_word(c, W_of) && first.kind == T_WORD && first.name == W_async && !await &&
                !first.escaped && ND(init)->kind == N_IDENT && !(ND(init)->flags & F_PAREN))
                ts_error(c, first.pos, "`for (async of` is not allowed");
            if (await && !ts_is_word(c, W_of))
                ts_unexpected(c, "of");
            c->cover_err = c->dup_proto = 0;
            init = ts_to_pattern(c, init, false);
            return finish_for_in(c, pos, scope, init, syms, await);
        }
        ts_end_statement_checks(c);
    }
    c->no_in = false;
    if (await)
        ts_unexpected(c, "of");
    return finish_for(c, pos, scope, init);
}

static u32 parse_while(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    c->loop_depth++;
    u32 scope = ts_scope_open(c, C_BLOCK, pos);
    u32 test = paren_expr(c);
    ts_scope_close(c);
    c->loop_depth--;
    u32 body = loop_body(c);
    return ts_node3(c, N_WHILE, pos, test, body, scope);
}

static u32 parse_do(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    u32 body = loop_body(c);
    if (!ts_eat_word(c, W_while))
        ts_unexpected(c, "while");
    c->loop_depth++;
    u32 scope = ts_scope_open(c, C_BLOCK, pos);
    u32 test = paren_expr(c);
    ts_scope_close(c);
    c->loop_depth--;
    ts_eat(c, T_SEMI);
    return ts_node3(c, N_DOWHILE, pos, test, body, scope);
}

static u32 parse_jump(struct swd_ts_compiler *c, bool brk)
{
    u32 pos = c->tok.pos, label = 0;
    ts_next(c);
    if (ts_is(c, T_WORD) && !c->tok.nl && c->tok.name > W_LAST_RESERVED) {
        label = c->tok.name;
        u32 l = c->labels;
        while (l && ND(l)->a != label)
            l = ND(l)->c;
        if (!l)
            ts_error(c, c->tok.pos, "there is no label `%s` around", ts_cstr(c, label));
        else if (!brk && !ND(l)->b)
            ts_error(c, c->tok.pos, "`continue` needs the label of a loop");
        ts_next(c);
    } else if (brk ? !c->loop_depth && !c->switch_depth : !c->loop_depth) {
        ts_error(c, pos,
                 brk ? "`break` outside of a loop or switch" : "`continue` outside of a loop");
    }
    ts_semicolon(c);
    return ts_node(c, brk ? N_BREAK : N_CONTINUE, pos, label, 0);
}

static u32 parse_return(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, e = 0;
    if (!c->fn && c->goal != SWD_TS_COMMONJS)
        ts_error(c, pos, "`return` outside of a function");
    if (c->fn && FN(c->fn)->flags & FN_STATICBLOCK)
        ts_error(c, pos, "`return` may not stand in a static block");
    ts_next(c);
    if (!ts_is(c, T_SEMI) && !ts_is(c, T_RBRACE) && !ts_is(c, T_EOF) && !c->tok.nl)
        e = full_expr(c);
    ts_semicolon(c);
    return ts_node(c, N_RETURN, pos, e, 0);
}

static u32 parse_try(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, handler = 0, final = 0;
    ts_next(c);
    if (!ts_is(c, T_LBRACE))
        ts_unexpected(c, "{");
    u32 block = parse_block(c);
    if (ts_is_word(c, W_catch)) {
        u32 at = c->tok.pos, param = 0;
        ts_next(c);
        u32 scope = ts_scope_open(c, C_CATCH, at);
        if (ts_eat(c, T_LPAREN)) {
            param = ts_parse_target(c, ts_is(c, T_WORD) ? S_CATCH : S_LET);
            if (c->ts)
                ts_skip_annotation(c);
            ts_expect(c, T_RPAREN);
        }
        if (!ts_is(c, T_LBRACE))
            ts_unexpected(c, "{");
        u32 body = parse_block(c);
        ts_scope_close(c);
        handler = ts_node3(c, N_CATCH, at, param, body, scope);
    }
    if (ts_eat_word(c, W_finally)) {
        if (!ts_is(c, T_LBRACE))
            ts_unexpected(c, "{");
        final = parse_block(c);
    }
    if (!handler && !final)
        ts_unexpected(c, "catch or finally");
    return ts_node3(c, N_TRY, pos, block, handler, final);
}

static u32 parse_switch(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    struct ts_list l = {0, 0};
    bool has_default = false;
    ts_next(c);
    u32 e = paren_expr(c);
    ts_expect(c, T_LBRACE);
    u32 scope = ts_scope_open(c, C_SWITCH, pos);
    c->switch_depth++;
    while (!ts_is(c, T_RBRACE)) {
        u32 at = c->tok.pos, test = 0;
        struct ts_list body = {0, 0};
        if (ts_eat_word(c, W_default)) {
            if (has_default)
                ts_error(c, at, "a switch has one `default` only");
            has_default = true;
        } else if (ts_eat_word(c, W_case)) {
            test = full_expr(c);
        } else {
            ts_unexpected(c, "case or default");
        }
        ts_expect(c, T_COLON);
        while (!ts_is(c, T_RBRACE) && !ts_is_word(c, W_case) && !ts_is_word(c, W_default)) {
            u32 s = ts_parse_stmt(c, true);
            if (s)
                ts_append(c, &body, s);
        }
        ts_append(c, &l, ts_node(c, N_CASE, at, test, body.head));
    }
    c->switch_depth--;
    ts_scope_close(c);
    ts_next(c);
    return ts_node3(c, N_SWITCH, pos, e, l.head, scope);
}

static u32 parse_labeled(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    for (u32 l = c->labels; l; l = ND(l)->c)
        if (ND(l)->a == name)
            ts_error(c, pos, "label `%s` is already in use", ts_cstr(c, name));
    ts_next(c);
    u32 l = ts_node3(c, N_EXTRA, pos, name, 0, c->labels);
    struct ts_mark m;
    ts_mark(c, &m);
    while (ts_is(c, T_WORD)) { /* which kind of statement is it in the end? */
        u32 w = c->tok.name;
        if (w == W_for || w == W_while || w == W_do) {
            ND(l)->b = 1;
            break;
        }
        ts_next(c);
        if (!ts_is(c, T_COLON))
            break;
        ts_next(c);
    }
    ts_rewind(c, &m);
    c->labels = l;
    u32 s;
    if (ts_is_word(c, W_function)) {
        if (c->strict)
            ts_error(c, c->tok.pos, "a label may not stand before a function in strict code");
        s = ts_parse_stmt(c, true);
        if (s && ND(s)->kind == N_FUNCDECL && FN(ND(s)->a)->flags & (FN_GEN | FN_ASYNC))
            ts_error(c, ND(s)->pos, "a label may only stand before a plain function");
    } else {
        s = ts_parse_stmt(c, false);
    }
    c->labels = ND(l)->c;
    if (!s)
        s = ts_node(c, N_EMPTY, pos, 0, 0);
    return ts_node(c, N_LABELED, pos, name, s);
}

/* flags: FN_ASYNC; at `function`. */
static u32 parse_function_decl(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 *sym_out)
{
    ts_next(c);
    if (ts_eat(c, T_STAR))
        flags |= FN_GEN;
    u32 name = W_default, at = c->tok.pos, sym = 0;
    if (ts_is(c, T_WORD)) {
        ts_check_ident(c, &c->tok);
        name = c->tok.name;
        ts_check_target_name(c, name, at);
        ts_next(c);
    } else if (!sym_out) {
        ts_unexpected(c, "a name for the function");
    }
    u32 key = name == W_default ? W_default_export : name;
    struct ts_mark m;
    ts_mark(c, &m);
    u32 had = ts_find_local(c, c->scope, key);
    if (!c->ambient) {
        if (flags & (FN_GEN | FN_ASYNC) && SC(c->scope)->kind != C_TOP &&
            SC(c->scope)->kind != C_FUNC && SC(c->scope)->kind != C_BODY) {
            bool strict = c->strict; /* these never leave their block */
            c->strict = true;
            sym = ts_declare(c, key, S_FUNC, at);
            c->strict = strict;
        } else {
            sym = ts_declare(c, key, S_FUNC, at);
        }
    }
    u32 outer = c->decl_sym;
    c->decl_sym = sym;
    u32 f = ts_parse_function(c, pos, flags | FN_DECL, name);
    c->decl_sym = outer;
    u32 fn = ND(f)->a;
    if (FN(fn)->flags & FN_NOBODY) { /* an overload */
        if (!had && sym && sym == c->syms.used - 1)
            SY(sym)->flags |= Y_TYPEONLY;
        return 0;
    }
    if (FN(fn)->flags & FN_DIRECTIVE)
        ts_check_strict_name(c, name, at);
    if (sym)
        SY(sym)->flags &= (uint16_t)~Y_TYPEONLY;
    if (had && sym == had && SC(SY(sym)->scope)->kind == C_BLOCK && c->strict && !c->ts)
        ts_error(c, at, "`%s` has already been declared", ts_cstr(c, name));
    if (sym)
        SY(sym)->extra = fn;
    if (sym_out)
        *sym_out = sym;
    return ts_node(c, N_FUNCDECL, pos, fn, sym);
}

u32 ts_parse_default_function(struct swd_ts_compiler *c, u32 pos, u32 flags)
{
    u32 sym = 0;
    return parse_function_decl(c, pos, flags, &sym);
}

static void no_declaration(struct swd_ts_compiler *c, bool ok, const char *what)
{
    if (!ok)
        ts_fatal(c, c->tok.pos, "%s may not stand here without a block", what);
}

static u32 parse_keyword(struct swd_ts_compiler *c, bool decl_ok)
{
    u32 pos = c->tok.pos, n, e;
    switch (c->tok.name) {
    case W_var:
        n = ts_parse_var(c, D_VAR, false);
        ts_semicolon(c);
        return n;
    case W_const:
        no_declaration(c, decl_ok, "const");
        if (c->ts) {
            struct ts_mark m;
            ts_mark(c, &m);
            ts_next(c);
            if (ts_is_word(c, W_enum))
                return ts_parse_enum(c, pos, false);
            ts_rewind(c, &m);
        }
        n = ts_parse_var(c, D_CONST, false);
        ts_semicolon(c);
        return n;
    case W_function:
        no_declaration(c, decl_ok, "a function");
        return parse_function_decl(c, pos, 0, NULL);
    case W_class: no_declaration(c, decl_ok, "a class"); return ts_parse_class(c, pos, true, 0, 0);
    case W_if: {
        ts_next(c);
        u32 test = paren_expr(c);
        u32 yes = parse_sub(c, true), no = 0;
        if (ts_eat_word(c, W_else))
            no = parse_sub(c, true);
        return ts_node3(c, N_IF, pos, test, yes, no);
    }
    case W_for: return parse_for(c);
    case W_while: return parse_while(c);
    case W_do: return parse_do(c);
    case W_continue: return parse_jump(c, false);
    case W_break: return parse_jump(c, true);
    case W_return: return parse_return(c);
    case W_throw:
        ts_next(c);
        if (c->tok.nl)
            ts_fatal(c, c->tok.pos, "what is thrown must stand on the same line");
        e = full_expr(c);
        ts_semicolon(c);
        return ts_node(c, N_THROW, pos, e, 0);
    case W_try: return parse_try(c);
    case W_switch: return parse_switch(c);
    case W_debugger:
        ts_next(c);
        ts_semicolon(c);
        return ts_node(c, N_DEBUGGER, pos, 0, 0);
    case W_with: {
        if (c->strict)
            ts_error(c, pos, "`with` is not allowed in strict code");
        ts_next(c);
        u32 o = paren_expr(c);
        u32 scope = ts_scope_open(c, C_WITH, pos);
        u32 b = parse_sub(c, false);
        ts_scope_close(c);
        return ts_node3(c, N_WITH, pos, o, b, scope);
    }
    case W_import: {
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        bool call = ts_is(c, T_LPAREN) || ts_is(c, T_DOT);
        ts_rewind(c, &m);
        return call ? 0 : ts_parse_import(c);
    }
    case W_export: return ts_parse_export(c, 0);
    case W_enum:
        if (c->ts)
            return ts_parse_enum(c, pos, false);
        return 0;
    default: return 0;
    }
}

static bool async_function(struct swd_ts_compiler *c)
{
    if (!ts_is_word(c, W_async))
        return false;
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = ts_is_word(c, W_function) && !c->tok.nl;
    ts_rewind(c, &m);
    return yes;
}

/* Whether the labels at hand are followed by a colon: `name :`. */
static bool label_follows(struct swd_ts_compiler *c)
{
    u32 i = c->tok.end;
    const char *s = c->src;
    while (s[i] == ' ')
        i++;
    if (s[i] == ':')
        return true;
    if (s[i] != '\n' && s[i] != '\r' && s[i] != '/' && s[i] != '\t')
        return false;
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = ts_is(c, T_COLON);
    ts_rewind(c, &m);
    return yes;
}

static u32 parse_expr_stmt(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    u32 e = full_expr(c);
    ts_semicolon(c);
    return ts_node(c, N_EXPR, pos, e, 0);
}

/* One statement; 0 when it is erased. `decl_ok`: declarations may stand here. */
u32 ts_parse_stmt(struct swd_ts_compiler *c, bool decl_ok)
{
    u32 pos = c->tok.pos, n;
    ts_deep(c);
    switch (c->tok.kind) {
    case T_LBRACE: return parse_block(c);
    case T_SEMI: ts_next(c); return ts_node(c, N_EMPTY, pos, 0, 0);
    case T_AT: {
        u32 d = ts_parse_decorators(c);
        if (ts_is_word(c, W_export))
            return ts_parse_export(c, d);
        if (c->ts && ts_is_word(c, W_abstract))
            ts_next(c);
        if (!ts_is_word(c, W_class))
            ts_unexpected(c, "class");
        return ts_parse_class(c, c->tok.pos, true, d, 0);
    }
    case T_WORD: break;
    default: return parse_expr_stmt(c);
    }
    if (c->tok.name <= W_LAST_RESERVED) {
        if (c->tok.escaped)
            ts_fatal(c, pos, "a keyword may not have escapes");
        u32 at = c->at;
        n = parse_keyword(c, decl_ok);
        if (n || c->at != at || c->tok.pos != pos)
            return n;
        return parse_expr_stmt(c);
    }
    if (label_follows(c)) {
        struct ts_token t = c->tok;
        ts_check_ident(c, &t);
        ts_next(c);
        return parse_labeled(c, t.name, pos);
    }
    if (ts_is_word(c, W_let)) {
        if (decl_ok ? ts_starts_let(c) : false) {
            n = ts_parse_var(c, D_LET, false);
            ts_semicolon(c);
            return n;
        }
        if (!decl_ok) {
            struct ts_mark m;
            ts_mark(c, &m);
            ts_next(c);
            if (ts_is(c, T_LBRACK) || (ts_is(c, T_WORD) && !c->tok.nl && c->tok.name > W_with))
                ts_fatal(c, pos, "a declaration may not stand here without a block");
            ts_rewind(c, &m);
        }
    }
    if ((c->tok.name == W_using || c->tok.name == W_await) && starts_using(c, false)) {
        no_declaration(c, decl_ok, "using");
        n = ts_parse_var(c, D_CONST, false);
        ts_semicolon(c);
        return n;
    }
    if (async_function(c)) {
        no_declaration(c, decl_ok, "a function");
        ts_next(c);
        return parse_function_decl(c, pos, FN_ASYNC, NULL);
    }
    if (c->ts && ts_at_ts_decl(c)) {
        no_declaration(c, decl_ok, "a declaration");
        return ts_parse_ts_decl(c, false);
    }
    return parse_expr_stmt(c);
}
