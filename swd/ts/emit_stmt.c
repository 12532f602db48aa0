/* Printing statements.
 *
 * Block-scoped names become variables of the function, renamed where they would clash. A scope in a
 * loop whose names closures capture is made anew each time by a catch clause, the one construct of
 * ES5 that makes a binding without a function: `try { throw v; } catch (x) {...}`; break, continue,
 * return, yield, this and arguments pass through it untouched. */
#include "ts/emit_expr.h"
#include "ts/emit_stmt.h"

/* ---- scopes ---- */

u32 ts_env_count(struct swd_ts_compiler *c, u32 scope, u32 *only)
{
    u32 n = 0;
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->flags & Y_ENV) {
            *only = y;
            n++;
        }
    return n;
}

/* Gives uninitialised variables of the scope their mark. */
void ts_init_tdz(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        const struct ts_sym *s = SY(y);
        if (!(s->flags & Y_TDZ) || s->flags & Y_ENV ||
            (s->kind != S_LET && s->kind != S_CONST && s->kind != S_CLASS))
            continue;
        ts_need_sym(c, y);
        ts_put_name(c, ts_out_name(c, y));
        ts_puts(c, " = " TS_TDZ "; ");
    }
}

/* Opens the per-iteration environment. `value` prints what a symbol begins with. */
void ts_open_env(struct swd_ts_compiler *c, u32 scope, void (*value)(struct swd_ts_compiler *, u32))
{
    u32 only = 0, n = ts_env_count(c, scope, &only);
    ts_open_value(c, "try { throw");
    if (n == 1) {
        value(c, only);
        ts_close_value(c);
        ts_puts(c, " } catch (");
        ts_put_name(c, ts_out_name(c, only));
    } else {
        u32 env = ts_fresh(c, ts_intern(c, "$env", 4));
        SC(scope)->env = env;
        const char *sep = "{";
        for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
            if (!(SY(y)->flags & Y_ENV))
                continue;
            ts_puts(c, sep);
            sep = ", ";
            ts_put_name(c, ts_out_name(c, y));
            ts_puts(c, ": ");
            value(c, y);
        }
        ts_putc(c, '}');
        ts_close_value(c);
        ts_puts(c, " } catch (");
        ts_put_name(c, env);
    }
    ts_puts(c, ") { ");
}

void ts_initial(struct swd_ts_compiler *c, u32 y)
{
    ts_puts(c, SY(y)->flags & Y_TDZ ? TS_TDZ : "void 0");
}

static void block_functions(struct swd_ts_compiler *c, u32 list)
{
    for (u32 s = list; s; s = ND(s)->next) {
        u32 t = s;
        while (ND(t)->kind == N_LABELED)
            t = ND(t)->b;
        if (ND(t)->kind != N_FUNCDECL)
            continue;
        u32 fn = ND(t)->a, y = ND(t)->b;
        ts_sym(c, y);
        ts_need_sym(c, y);
        ts_puts(c, " = ");
        u32 own = FN(fn)->name;
        FN(fn)->name = 0;
        ts_function(c, fn, own);
        FN(fn)->name = own;
        ts_puts(c, "; ");
    }
}

void ts_scope_enter(struct swd_ts_compiler *c, u32 scope, u32 list)
{
    if (SC(scope)->flags & P_ENV)
        ts_open_env(c, scope, ts_initial);
    ts_init_tdz(c, scope);
    block_functions(c, list);
}

void ts_scope_leave(struct swd_ts_compiler *c, u32 scope)
{
    if (SC(scope)->flags & P_ENV)
        ts_puts(c, " }");
}

/* ---- completion values ---- */

static void reset_cv(struct swd_ts_compiler *c)
{
    if (c->cv) {
        ts_put_name(c, c->cv);
        ts_puts(c, " = void 0; ");
    }
}

/* ---- declarations ---- */

static bool needs_reset(struct swd_ts_compiler *c, u32 y)
{
    return SY(y)->flags & (Y_TDZ | Y_ENV) || SC(SY(y)->scope)->flags & P_LOOP;
}

void ts_declarator(struct swd_ts_compiler *c, u32 d, int kind, const char **sep, bool stmt)
{
    u32 t = ND(d)->a, v = ND(d)->b;
    if (ND(t)->kind == N_IDENT) {
        u32 y = ND(t)->b;
        bool plain = !(SY(y)->flags & Y_ENV) && SY(y)->kind != S_MEMBER && SY(y)->kind != S_PARAM;
        if (!v && (kind == D_VAR || !needs_reset(c, y))) {
            if (kind != D_VAR || !(SY(y)->flags & Y_DECLARED))
                ts_need_sym(c, y);
            return;
        }
        bool var = plain && stmt && SY(y)->kind != S_CATCH && !ts_in_with(c, t);
        if (**sep == ',' ? false : var && !(SY(y)->flags & Y_DECLARED)) {
            ts_puts(c, "var ");
        } else if (**sep == ',') {
            ts_puts(c, *sep);
        }
        ts_sync(c, ND(d)->pos);
        if (var && **sep != ',')
            SY(y)->flags |= Y_DECLARED;
        struct ts_val val = v ? (struct ts_val){.k = V_NODE, .a = v}
                              : (struct ts_val){.k = V_TEXT, .text = "void 0"};
        ts_write_sym(c, t, &val, true);
    } else {
        if (!v)
            return;
        if (**sep == ',')
            ts_puts(c, *sep);
        struct ts_val val = {.k = V_NODE, .a = v};
        ts_assign_to(c, t, &val, true);
    }
    *sep = ", ";
}

/* ---- using ---- */

/* Opens what ends with the disposal of all that is declared with `using` in it; answers what
 * use_close() wants. c->uses is the variable with the list. */
u32 ts_use_open(struct swd_ts_compiler *c)
{
    u32 outer = c->uses;
    c->uses = ts_var(c, "$uses");
    ts_put_name(c, c->uses);
    ts_puts(c, " = $$uses(); try { ");
    return outer;
}

void ts_use_close(struct swd_ts_compiler *c, u32 outer, bool await)
{
    u32 err = ts_fresh(c, ts_intern(c, "$e", 2));
    ts_puts(c, " } catch (");
    ts_put_name(c, err);
    ts_puts(c, ") { ");
    if (c->fx->generator)
        ts_putf(c, "$$sent(%s); ", NM(err)->s);
    ts_putf(c, "$$unused(%s, ", NM(c->uses)->s);
    ts_put_name(c, err);
    ts_putf(c, "); } finally { %s(%s); }", await ? "$$adispose" : "$$dispose", NM(c->uses)->s);
    c->uses = outer;
}

/* Puts the declared value on the list. */
void ts_use(struct swd_ts_compiler *c, u32 var, u32 d)
{
    ts_putf(c, "$$use(%s, ", NM(c->uses)->s);
    ts_sym(c, ND(ND(d)->a)->b);
    ts_puts(c, ND(var)->flags & F_AWAIT ? ", true)" : ", false)");
}

/* Declarations as statements, one per declarator. */
static void var_stmt(struct swd_ts_compiler *c, u32 s)
{
    for (u32 d = ND(s)->a; d; d = ND(d)->next) {
        const char *sep = "";
        u32 tmp = c->fx->tmp;
        ts_declarator(c, d, ND(s)->op, &sep, true);
        if (*sep)
            ts_puts(c, "; ");
        if (ND(s)->flags & F_USING) {
            ts_use(c, s, d);
            ts_puts(c, "; ");
        }
        c->fx->tmp = tmp;
    }
}

/* Declarations in the head of a for loop, as one expression. */
bool ts_var_expr(struct swd_ts_compiler *c, u32 s)
{
    const char *sep = "";
    for (u32 d = ND(s)->a; d; d = ND(d)->next) {
        u32 t = ND(d)->a;
        if (ND(t)->kind == N_IDENT && !ND(d)->b && ND(s)->op == D_VAR) {
            ts_need_sym(c, ND(t)->b);
            continue;
        }
        if (ND(t)->kind == N_IDENT && !ND(d)->b) { /* let x in a head: undefined each time */
            if (*sep)
                ts_puts(c, sep);
            struct ts_val val = {.k = V_TEXT, .text = "void 0"};
            ts_write_sym(c, t, &val, true);
            sep = ", ";
            continue;
        }
        ts_declarator(c, d, ND(s)->op, &sep, false);
        if (ND(s)->flags & F_USING) {
            ts_puts(c, sep);
            ts_use(c, s, d);
        }
    }
    return *sep != 0;
}

/* Whether the expression begins with { or function when printed. */
bool ts_starts_bad(struct swd_ts_compiler *c, u32 e)
{
    for (;;) {
        switch (ND(e)->kind) {
        case N_OBJECT:
        case N_FUNC:
        case N_CLASS: return true;
        case N_CALL:
        case N_MEMBER:
        case N_INDEX:
        case N_TAGGED:
        case N_BINARY:
        case N_COND:
        case N_ASSIGN:
        case N_SEQ:
        case N_CHAIN: e = ND(e)->a; break;
        case N_UPDATE:
            if (ND(e)->flags & F_PREFIX)
                return false;
            e = ND(e)->a;
            break;
        default: return false;
        }
    }
}

/* Assigns what the loop got to its variable or target. Opens a block when the variable is made anew
 * each time: true. */
/* ---- the rest ---- */

/* A finally block that ends normally keeps the completion value; a jump out of it has its own. */
static void finally_block(struct swd_ts_compiler *c, u32 block)
{
    if (!c->cv) {
        ts_stmt(c, block);
        return;
    }
    u32 kept = ts_temp(c);
    ts_puts(c, "{ ");
    ts_put_name(c, kept);
    ts_puts(c, " = ");
    ts_put_name(c, c->cv);
    ts_puts(c, "; ");
    reset_cv(c);
    ts_stmt(c, block);
    ts_putc(c, ' ');
    ts_put_name(c, c->cv);
    ts_puts(c, " = ");
    ts_put_name(c, kept);
    ts_puts(c, "; }");
}

static void try_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 h = ND(s)->b;
    ts_puts(c, "try ");
    ts_stmt(c, ND(s)->a);
    if (h) {
        u32 t = ND(h)->a, scope = ND(h)->c, name;
        bool native = t && ND(t)->kind == N_IDENT;
        ts_sync(c, ND(h)->pos);
        ts_puts(c, " catch (");
        name = native ? ts_out_name(c, ND(t)->b) : ts_fresh(c, ts_intern(c, "$e", 2));
        ts_put_name(c, name);
        ts_puts(c, ") { ");
        if (c->fx->generator) {
            ts_puts(c, "$$sent(");
            ts_put_name(c, name);
            ts_puts(c, "); ");
        }
        reset_cv(c);
        ts_scope_enter(c, scope, 0);
        if (t && !native) {
            struct ts_val v = {.k = V_NAME, .a = name};
            ts_assign_to(c, t, &v, true);
            ts_puts(c, "; ");
        }
        ts_stmt(c, ND(h)->b);
        ts_scope_leave(c, scope);
        ts_puts(c, " }");
    }
    if (ND(s)->c) {
        ts_puts(c, " finally ");
        finally_block(c, ND(s)->c);
    }
}

static void switch_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 scope = ND(s)->c, tmp = ts_temp(c);
    bool special = SC(scope)->flags & P_ENV;
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        special |= SY(y)->flags & Y_TDZ || SY(y)->kind == S_FUNC;
    if (special) {
        ts_put_name(c, tmp);
        ts_puts(c, " = ");
        ts_expr(c, ND(s)->a, L_ASSIGN);
        ts_puts(c, "; ");
        u32 p = c->pending;
        c->pending = 0;
        ts_scope_enter(c, scope, 0);
        for (u32 k = ND(s)->b; k; k = ND(k)->next)
            block_functions(c, ND(k)->b);
        c->pending = p;
    }
    ts_labels(c);
    ts_puts(c, "switch (");
    if (special)
        ts_put_name(c, tmp);
    else
        ts_expr(c, ND(s)->a, L_SEQ);
    ts_puts(c, ") { ");
    for (u32 k = ND(s)->b; k; k = ND(k)->next) {
        ts_sync(c, ND(k)->pos);
        if (ND(k)->a) {
            ts_puts(c, "case ");
            ts_expr(c, ND(k)->a, L_SEQ);
            ts_puts(c, ": ");
        } else {
            ts_puts(c, "default: ");
        }
        ts_stmts(c, ND(k)->b);
    }
    ts_putc(c, '}');
    if (special)
        ts_scope_leave(c, scope);
}

static void return_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 e = ND(s)->a;
    const struct ts_fnctx *f = c->fx;
    bool derived = f->derived && !f->thunk;
    if (!derived && !e) {
        ts_puts(c, "return;");
        return;
    }
    ts_open_value(c, "return");
    if (derived) {
        ts_puts(c, "$$ret(");
        if (e)
            ts_expr(c, e, L_ASSIGN);
        else
            ts_puts(c, "void 0");
        ts_puts(c, ", $this)");
    } else {
        if (f->thunk && f->async && f->generator) {
            ts_puts(c, "$$await(");
            ts_expr(c, e, L_ASSIGN);
            ts_putc(c, ')');
        } else {
            ts_expr(c, e, L_SEQ);
        }
    }
    ts_close_value(c);
}

static void if_stmt(struct swd_ts_compiler *c, u32 s)
{
    for (;;) {
        ts_puts(c, "if (");
        ts_expr(c, ND(s)->a, L_SEQ);
        ts_puts(c, ") ");
        ts_sub_stmt(c, ND(s)->b);
        u32 no = ND(s)->c;
        if (!no)
            return;
        ts_puts(c, " else ");
        if (ND(no)->kind != N_IF) {
            ts_sub_stmt(c, no);
            return;
        }
        s = no;
    }
}

static void expr_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 e = ND(s)->a;
    if (c->cv) {
        ts_put_name(c, c->cv);
        ts_puts(c, " = ");
        ts_expr(c, e, L_ASSIGN);
        ts_putc(c, ';');
        return;
    }
    if (ts_swap_stmt(c, e))
        return;
    bool p = ts_starts_bad(c, e);
    if (p)
        ts_putc(c, '(');
    ts_void_seq(c, e);
    ts_puts(c, p ? ");" : ";");
    if (c->fx->fields_after == s)
        ts_ctor_fields(c, c->fx->fn);
}

void ts_void_seq(struct swd_ts_compiler *c, u32 e)
{
    if (ND(e)->kind != N_SEQ) {
        ts_void_expr(c, e);
        return;
    }
    for (u32 i = ND(e)->a; i; i = ND(i)->next) {
        ts_void_expr(c, i);
        if (ND(i)->next)
            ts_puts(c, ", ");
    }
}

void ts_block(struct swd_ts_compiler *c, u32 s)
{
    u32 scope = ND(s)->b;
    ts_puts(c, "{ ");
    ts_scope_enter(c, scope, ND(s)->a);
    ts_stmts(c, ND(s)->a);
    ts_scope_leave(c, scope);
    ts_sync(c, ND(s)->c);
    ts_putc(c, '}');
}

void ts_put_label(struct swd_ts_compiler *c, u32 label)
{
    if (ts_plain_name(c, label))
        ts_put_name(c, label);
    else
        ts_putf(c, "$label%u", label);
}

static bool is_loop(int k)
{
    return k == N_FOR || k == N_FORIN || k == N_FOROF || k == N_WHILE || k == N_DOWHILE ||
           k == N_SWITCH;
}

static void labeled(struct swd_ts_compiler *c, u32 s)
{
    u32 b = ND(s)->b;
    int k = ND(b)->kind;
    if (k == N_FUNCDECL) {
        ts_stmt(c, b);
        return;
    }
    u32 outer = c->pending;
    if (is_loop(k) || k == N_LABELED) {
        u32 l = ts_node(c, N_EXTRA, ND(s)->pos, ND(s)->a, 0);
        ND(l)->next = outer;
        c->pending = l;
        ts_stmt(c, b);
        c->pending = 0;
        return;
    }
    ts_labels(c);
    ts_put_label(c, ND(s)->a);
    ts_puts(c, ": ");
    if (k == N_BLOCK) {
        ts_stmt(c, b);
    } else {
        ts_puts(c, "{ ");
        ts_stmt(c, b);
        ts_puts(c, " }");
    }
}

static void jump(struct swd_ts_compiler *c, u32 s, const char *word)
{
    ts_puts(c, word);
    if (ND(s)->a) {
        ts_putc(c, ' ');
        ts_put_label(c, ND(s)->a);
    }
    ts_putc(c, ';');
}

static void class_decl(struct swd_ts_compiler *c, u32 s)
{
    u32 y = ND(s)->b;
    const struct ts_sym *sym = SY(y);
    if (ts_class_assigns(c, ND(s)->a)) {
        ts_class(c, ND(s)->a, 0, L_SEQ);
        ts_putc(c, ';');
        return;
    }
    bool var = !(sym->flags & (Y_ENV | Y_DECLARED)) && sym->kind != S_MEMBER;
    if (var) {
        ts_puts(c, "var ");
        SY(y)->flags |= Y_DECLARED;
    }
    ts_sym(c, y);
    ts_puts(c, " = ");
    ts_class(c, ND(s)->a, 0, L_ASSIGN);
    ts_putc(c, ';');
}

static bool function_level(int kind)
{
    return kind == C_TOP || kind == C_FUNC || kind == C_BODY || kind == C_NAMESPACE;
}

static void func_decl(struct swd_ts_compiler *c, u32 s)
{
    u32 fn = ND(s)->a, y = ND(s)->b;
    u32 parent = SC(FN(fn)->scope)->parent;
    if (!function_level(SC(parent)->kind) || SC(parent)->flags & P_ENV)
        return; /* made where the block begins */
    ts_plain_function(c, fn, y);
}

static bool has_value(int k)
{
    switch (k) {
    case N_IF:
    case N_FOR:
    case N_FORIN:
    case N_FOROF:
    case N_WHILE:
    case N_DOWHILE:
    case N_TRY:
    case N_SWITCH:
    case N_WITH: return true;
    default: return false;
    }
}

void ts_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 tmp = c->fx->tmp;
    ts_deep(c);
    ts_sync(c, ND(s)->pos);
    if (c->cv && has_value(ND(s)->kind)) {
        if (c->pending) { /* labels stand before the loop itself */
            u32 p = c->pending;
            c->pending = 0;
            reset_cv(c);
            c->pending = p;
        } else {
            reset_cv(c);
        }
    }
    switch (ND(s)->kind) {
    case N_EXPR: expr_stmt(c, s); break;
    case N_VAR: var_stmt(c, s); break;
    case N_BLOCK: ts_block(c, s); break;
    case N_IF: if_stmt(c, s); break;
    case N_FOR: ts_for(c, s); break;
    case N_FORIN: ts_for_in(c, s); break;
    case N_FOROF: ts_for_of(c, s); break;
    case N_WHILE: ts_while(c, s); break;
    case N_DOWHILE: ts_do(c, s); break;
    case N_RETURN: return_stmt(c, s); break;
    case N_BREAK: jump(c, s, "break"); break;
    case N_CONTINUE: jump(c, s, "continue"); break;
    case N_THROW:
        ts_open_value(c, "throw");
        ts_expr(c, ND(s)->a, L_SEQ);
        ts_close_value(c);
        break;
    case N_TRY: try_stmt(c, s); break;
    case N_SWITCH: switch_stmt(c, s); break;
    case N_LABELED: labeled(c, s); break;
    case N_FUNCDECL: func_decl(c, s); break;
    case N_CLASSDECL: class_decl(c, s); break;
    case N_EMPTY: ts_putc(c, ';'); break;
    case N_DEBUGGER: ts_puts(c, "debugger;"); break;
    case N_WITH: ts_with_stmt(c, s); break;
    case N_DIRECTIVE:
        if (c->cv) {
            ts_put_name(c, c->cv);
            ts_puts(c, " = ");
            ts_put_string(c, ts_cook(c, ND(s)->a + 1, ND(s)->a + ND(s)->b - 1, false));
            ts_putc(c, ';');
        }
        break;
    case N_ENUM: ts_enum_stmt(c, s); break;
    case N_NAMESPACE: ts_namespace_stmt(c, s); break;
    default: ts_module_stmt(c, s); break;
    }
    c->fx->tmp = tmp;
}

/* Statements from the first that declares with `using`. */
static void using_stmts(struct swd_ts_compiler *c, u32 list)
{
    bool await = false;
    for (u32 s = list; s; s = ND(s)->next) {
        if (ND(s)->kind == N_FUNCDECL)
            ts_stmt(c, s); /* not inside of the try statement */
        await |= ts_is_using(c, s) && ND(s)->flags & F_AWAIT;
    }
    u32 outer = ts_use_open(c);
    for (u32 s = list; s; s = ND(s)->next) {
        if (ND(s)->kind == N_FUNCDECL)
            continue;
        ts_stmt(c, s);
        ts_putc(c, ' ');
    }
    ts_use_close(c, outer, await);
}

void ts_stmts(struct swd_ts_compiler *c, u32 list)
{
    for (u32 s = list; s; s = ND(s)->next)
        if (ts_is_using(c, s)) {
            for (; list != s; list = ND(list)->next) {
                ts_stmt(c, list);
                ts_putc(c, ' ');
            }
            using_stmts(c, s);
            return;
        }
    for (u32 s = list; s; s = ND(s)->next) {
        ts_stmt(c, s);
        if (ND(s)->next)
            ts_putc(c, ' ');
    }
}
