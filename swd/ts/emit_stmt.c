/* Printing statements.
 *
 * Block-scoped names become variables of the function, renamed where they would clash. A scope in a
 * loop whose names closures capture is made anew each time by a catch clause, the one construct of
 * ES5 that makes a binding without a function: `try { throw v; } catch (x) {...}`; break, continue,
 * return, yield, this and arguments pass through it untouched. */
#include <stdio.h>

#include "ts/emit.h"

/* ---- scopes ---- */

static u32 env_count(struct swd_ts_compiler *c, u32 scope, u32 *only)
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
static void open_env(struct swd_ts_compiler *c, u32 scope,
                     void (*value)(struct swd_ts_compiler *, u32))
{
    u32 only = 0, n = env_count(c, scope, &only);
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

static void initial(struct swd_ts_compiler *c, u32 y)
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
        open_env(c, scope, initial);
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

static void declarator(struct swd_ts_compiler *c, u32 d, int kind, const char **sep, bool stmt)
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
        bool var = plain && stmt && SY(y)->kind != S_CATCH;
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
static u32 use_open(struct swd_ts_compiler *c)
{
    u32 outer = c->uses;
    c->uses = ts_var(c, "$uses");
    ts_put_name(c, c->uses);
    ts_puts(c, " = $$uses(); try { ");
    return outer;
}

static void use_close(struct swd_ts_compiler *c, u32 outer, bool await)
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
static void use(struct swd_ts_compiler *c, u32 var, u32 d)
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
        declarator(c, d, ND(s)->op, &sep, true);
        if (*sep)
            ts_puts(c, "; ");
        if (ND(s)->flags & F_USING) {
            use(c, s, d);
            ts_puts(c, "; ");
        }
        c->fx->tmp = tmp;
    }
}

/* Declarations in the head of a for loop, as one expression. */
static bool var_expr(struct swd_ts_compiler *c, u32 s)
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
        declarator(c, d, ND(s)->op, &sep, false);
        if (ND(s)->flags & F_USING) {
            ts_puts(c, sep);
            use(c, s, d);
        }
    }
    return *sep != 0;
}

/* ---- loops ---- */

static void labels(struct swd_ts_compiler *c)
{
    for (u32 l = c->pending; l; l = ND(l)->next) {
        ts_put_label(c, ND(l)->a);
        ts_puts(c, ": ");
    }
    c->pending = 0;
}

static void sub_stmt(struct swd_ts_compiler *c, u32 s)
{
    if (ND(s)->kind == N_BLOCK) {
        ts_stmt(c, s);
        return;
    }
    ts_puts(c, "{ ");
    ts_stmt(c, s);
    ts_puts(c, " }");
}

/* The names a for loop's head works on while each iteration has its own. */
static u32 head_name(struct swd_ts_compiler *c, u32 y)
{
    return SY(y)->head;
}

static void head_value(struct swd_ts_compiler *c, u32 y)
{
    ts_put_name(c, head_name(c, y));
}

static void swap_head(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        struct ts_sym *s = SY(y);
        if (!s->head)
            continue;
        u32 t = s->out;
        s->out = s->head;
        s->head = t;
        s->flags ^= Y_ENV;
    }
}

static void make_heads(struct swd_ts_compiler *c, u32 scope, bool general)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        if (!(SY(y)->flags & Y_ENV) || SY(y)->kind == S_HIDDEN || SY(y)->kind == S_PRIVNAME)
            continue;
        ts_out_name(c, y);
        u32 h = ts_fresh(c, SY(y)->name);
        SY(y)->head = h;
        if (general)
            ts_need_var(c, h);
    }
}

static void copy_back(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        if (!SY(y)->head || !(SY(y)->flags & (Y_BODYWRITE | Y_HEADCAP)))
            continue;
        ts_put_name(c, head_name(c, y));
        ts_puts(c, " = ");
        ts_sym(c, y);
        ts_puts(c, "; ");
    }
}

static bool head_captured(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->flags & Y_ENV &&
            (SY(y)->flags & Y_HEADCAP || SY(y)->kind == S_HIDDEN || SY(y)->kind == S_PRIVNAME))
            return true;
    return false;
}

static bool any_bodywrite(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->head && SY(y)->flags & Y_BODYWRITE)
            return true;
    return false;
}

static void for_init(struct swd_ts_compiler *c, u32 init)
{
    if (!init)
        return;
    c->no_in = true;
    if (ND(init)->kind == N_VAR)
        var_expr(c, init);
    else
        ts_void_seq(c, init);
    c->no_in = false;
}

static u32 plain_value(struct swd_ts_compiler *c, u32 y)
{
    return SY(y)->head ? SY(y)->head : 0;
}

static void head_or_void(struct swd_ts_compiler *c, u32 y)
{
    if (plain_value(c, y))
        head_value(c, y);
    else
        ts_puts(c, "void 0");
}

/* Closures in the head: the loop of the standard, spelt out. */
static void for_general(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, scope = ND(s)->c;
    u32 first = ts_var(c, "$first");
    u32 pending = c->pending;
    c->pending = 0;
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        SY(y)->flags |= Y_BODYWRITE;
    open_env(c, scope, initial);
    for_init(c, ND(x)->a);
    ts_puts(c, "; ");
    copy_back(c, scope);
    ts_puts(c, "} ");
    ts_put_name(c, first);
    ts_puts(c, " = true; ");
    c->pending = pending;
    labels(c);
    ts_puts(c, "for (;;) { ");
    open_env(c, scope, head_or_void);
    ts_puts(c, "try { if (");
    ts_put_name(c, first);
    ts_puts(c, ") ");
    ts_put_name(c, first);
    ts_puts(c, " = false; ");
    if (ND(x)->c) {
        ts_puts(c, "else { ");
        ts_void_seq(c, ND(x)->c);
        ts_puts(c, "; } ");
    }
    if (ND(x)->b) {
        ts_puts(c, "if (!");
        ts_expr(c, ND(x)->b, L_UNARY);
        ts_puts(c, ") break; ");
    }
    ts_stmt(c, ND(s)->b);
    ts_puts(c, " } finally { ");
    copy_back(c, scope);
    ts_puts(c, "} } }");
}

static bool is_using(struct swd_ts_compiler *c, u32 s)
{
    return ND(s)->kind == N_VAR && ND(s)->flags & F_USING;
}

static void plain_for(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, body = ND(s)->b, scope = ND(s)->c;
    bool env = SC(scope)->flags & P_ENV;
    if (env) {
        bool general = head_captured(c, scope);
        make_heads(c, scope, general);
        if (general) {
            for_general(c, s);
            return;
        }
        swap_head(c, scope);
    }
    ts_init_tdz(c, scope);
    labels(c);
    ts_puts(c, "for (");
    for_init(c, ND(x)->a);
    ts_puts(c, "; ");
    if (ND(x)->b)
        ts_expr(c, ND(x)->b, L_SEQ);
    ts_puts(c, "; ");
    if (ND(x)->c)
        ts_void_seq(c, ND(x)->c);
    ts_puts(c, ") ");
    if (!env) {
        sub_stmt(c, body);
        return;
    }
    swap_head(c, scope);
    bool back = any_bodywrite(c, scope);
    ts_puts(c, "{ ");
    open_env(c, scope, head_value);
    if (back)
        ts_puts(c, "try { ");
    ts_stmt(c, body);
    if (back) {
        ts_puts(c, " } finally { ");
        copy_back(c, scope);
        ts_puts(c, "}");
    }
    ts_puts(c, " } }");
}

static void for_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, init = ND(x)->a;
    if (init && is_using(c, init)) {
        u32 pending = c->pending;
        c->pending = 0;
        u32 outer = use_open(c);
        c->pending = pending;
        plain_for(c, s);
        use_close(c, outer, (ND(init)->flags & F_AWAIT) != 0);
    } else {
        plain_for(c, s);
    }
}

/* Whether the expression begins with { or function when printed. */
static bool starts_bad(struct swd_ts_compiler *c, u32 e)
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
static bool loop_target(struct swd_ts_compiler *c, u32 left, u32 scope, const struct ts_val *v)
{
    bool decl = ND(left)->kind == N_VAR;
    u32 t = decl ? ND(ND(left)->a)->a : left;
    u32 only = 0;
    bool env = SC(scope)->flags & P_ENV;
    if (env && env_count(c, scope, &only) == 1 && decl && ND(t)->kind == N_IDENT &&
        ND(t)->b == only) {
        ts_open_value(c, "try { throw");
        ts_val(c, v, L_ASSIGN, 0);
        ts_close_value(c);
        ts_puts(c, " } catch (");
        ts_put_name(c, ts_out_name(c, only));
        ts_puts(c, ") { ");
        return true;
    }
    if (env) {
        u32 tmp = 0;
        if (v->k != V_NAME) { /* before the environment is there */
            tmp = ts_temp(c);
            ts_put_name(c, tmp);
            ts_puts(c, " = ");
            ts_val(c, v, L_ASSIGN, 0);
            ts_puts(c, "; ");
        }
        struct ts_val held = {.k = V_NAME, .a = tmp ? tmp : v->a};
        open_env(c, scope, initial);
        ts_assign_to(c, t, &held, decl);
        ts_puts(c, "; ");
        return true;
    }
    ts_init_tdz(c, scope);
    if (!decl && starts_bad(c, t))
        ts_puts(c, "0, ");
    ts_assign_to(c, t, v, decl);
    ts_puts(c, "; ");
    return false;
}

/* The right side is evaluated while the loop's own names are uninitialised. */
static void for_in(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, left = ND(x)->a, right = ND(x)->b, scope = ND(s)->c;
    bool decl = ND(left)->kind == N_VAR;
    u32 t = decl ? ND(ND(left)->a)->a : left;
    bool direct =
        ND(t)->kind == N_IDENT && !(SC(scope)->flags & P_ENV) &&
        !(ND(t)->flags & (F_CHECK | F_DEAD)) &&
        (!ND(t)->b || (SY(ND(t)->b)->kind != S_MEMBER &&
                       (decl || (SY(ND(t)->b)->kind != S_CONST && SY(ND(t)->b)->kind != S_IMPORT &&
                                 SY(ND(t)->b)->kind != S_FNAME))));
    if (decl && ND(ND(left)->a)->b) { /* sloppy: for (var x = 1 in y) */
        const char *sep = "";
        declarator(c, ND(left)->a, D_VAR, &sep, true);
        ts_puts(c, "; ");
    }
    ts_init_tdz(c, scope);
    u32 tmp = 0;
    labels(c);
    ts_puts(c, "for (");
    if (direct) {
        if (ND(t)->b) {
            ts_need_sym(c, ND(t)->b);
            ts_sym(c, ND(t)->b);
        } else {
            ts_put_name(c, ND(t)->a);
        }
    } else {
        tmp = ts_temp(c);
        ts_put_name(c, tmp);
    }
    ts_puts(c, " in ");
    ts_expr(c, right, L_SEQ);
    ts_puts(c, ") ");
    if (direct) {
        sub_stmt(c, ND(s)->b);
        return;
    }
    struct ts_val v = {.k = V_NAME, .a = tmp};
    ts_puts(c, "{ ");
    bool open = loop_target(c, left, scope, &v);
    ts_stmt(c, ND(s)->b);
    ts_puts(c, open ? " } }" : " }");
}

static void for_of(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, left = ND(x)->a, right = ND(x)->b, scope = ND(s)->c;
    bool await = ND(s)->flags & F_AWAIT;
    u32 arr = ts_temp(c), rec = ts_temp(c), idx = ts_temp(c);
    const char *a = NM(arr)->s, *r = NM(rec)->s, *i = NM(idx)->s;
    u32 err = ts_fresh(c, ts_intern(c, "$e", 2));
    u32 pending = c->pending;
    c->pending = 0;
    ts_init_tdz(c, scope);
    ts_putf(c, "%s = %s", await ? r : a, await ? "$$aof(" : "");
    ts_expr(c, right, L_ASSIGN);
    if (await)
        ts_puts(c, "); try { ");
    else
        ts_putf(c, "; %s = 0; if (%s = $$of(%s)) { %s = %s.a; %s = 1; } try { ", i, r, a, a, r, i);
    c->pending = pending;
    labels(c);
    if (await)
        ts_putf(c, "while ($$astep(%s)) { ", r);
    else
        ts_putf(c, "while (%s < %s.length || %s && (%s = 0, $$step(%s))) { ", i, a, r, i, r);
    char text[64];
    if (await)
        snprintf(text, sizeof text, "%s.a[0]", r);
    else
        snprintf(text, sizeof text, "%s[%s++]", a, i);
    struct ts_val v = {.k = V_TEXT, .text = text};
    bool open = loop_target(c, left, scope, &v), uses = ND(left)->flags & F_USING;
    if (uses && ND(left)->kind == N_VAR) {
        u32 outer = use_open(c);
        use(c, left, ND(left)->a);
        ts_puts(c, "; ");
        ts_stmt(c, ND(s)->b);
        use_close(c, outer, (ND(left)->flags & F_AWAIT) != 0);
    } else {
        ts_stmt(c, ND(s)->b);
    }
    ts_puts(c, open ? " } }" : " }");
    ts_puts(c, " } catch (");
    ts_put_name(c, err);
    ts_putf(c, ") { %s(%s, ", await ? "$$afail" : "$$fail", r);
    ts_put_name(c, err);
    ts_putf(c, "); } finally { %s(%s); }", await ? "$$aclose" : "$$close", r);
}

static void while_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 test = ND(s)->a, scope = ND(s)->c;
    labels(c);
    if (SC(scope)->flags & P_ENV) {
        ts_puts(c, "while (true) { ");
        open_env(c, scope, initial);
        ts_puts(c, "if (!");
        ts_expr(c, test, L_UNARY);
        ts_puts(c, ") break; } ");
        ts_stmt(c, ND(s)->b);
        ts_puts(c, " }");
        return;
    }
    ts_puts(c, "while (");
    ts_expr(c, test, L_SEQ);
    ts_puts(c, ") ");
    sub_stmt(c, ND(s)->b);
}

/* The test has names of its own: it runs at the start of each turn but the first. */
static void do_with_names(struct swd_ts_compiler *c, u32 s)
{
    u32 again = ts_var(c, "$again");
    ts_put_name(c, again);
    ts_puts(c, " = false; ");
    labels(c);
    ts_puts(c, "while (true) { if (");
    ts_put_name(c, again);
    ts_puts(c, ") { ");
    open_env(c, ND(s)->c, initial);
    ts_puts(c, "if (!");
    ts_expr(c, ND(s)->a, L_UNARY);
    ts_puts(c, ") break; } } ");
    ts_put_name(c, again);
    ts_puts(c, " = true; ");
    ts_stmt(c, ND(s)->b);
    ts_puts(c, " }");
}

static void do_stmt(struct swd_ts_compiler *c, u32 s)
{
    if (SC(ND(s)->c)->flags & P_ENV) {
        do_with_names(c, s);
        return;
    }
    labels(c);
    ts_puts(c, "do ");
    sub_stmt(c, ND(s)->b);
    ts_puts(c, " while (");
    ts_expr(c, ND(s)->a, L_SEQ);
    ts_puts(c, ");");
}

/* ---- the rest ---- */

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
        u32 cv = c->cv; /* a finally block that ends normally keeps the value */
        c->cv = 0;
        ts_puts(c, " finally ");
        ts_stmt(c, ND(s)->c);
        c->cv = cv;
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
    labels(c);
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
        sub_stmt(c, ND(s)->b);
        u32 no = ND(s)->c;
        if (!no)
            return;
        ts_puts(c, " else ");
        if (ND(no)->kind != N_IF) {
            sub_stmt(c, no);
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
    bool p = starts_bad(c, e);
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

static void block(struct swd_ts_compiler *c, u32 s)
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
    labels(c);
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
    case N_BLOCK: block(c, s); break;
    case N_IF: if_stmt(c, s); break;
    case N_FOR: for_stmt(c, s); break;
    case N_FORIN: for_in(c, s); break;
    case N_FOROF: for_of(c, s); break;
    case N_WHILE: while_stmt(c, s); break;
    case N_DOWHILE: do_stmt(c, s); break;
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
    case N_WITH:
        ts_puts(c, "with (");
        ts_expr(c, ND(s)->a, L_SEQ);
        ts_puts(c, ") ");
        sub_stmt(c, ND(s)->b);
        break;
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
        await |= is_using(c, s) && ND(s)->flags & F_AWAIT;
    }
    u32 outer = use_open(c);
    for (u32 s = list; s; s = ND(s)->next) {
        if (ND(s)->kind == N_FUNCDECL)
            continue;
        ts_stmt(c, s);
        ts_putc(c, ' ');
    }
    use_close(c, outer, await);
}

void ts_stmts(struct swd_ts_compiler *c, u32 list)
{
    for (u32 s = list; s; s = ND(s)->next)
        if (is_using(c, s)) {
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
