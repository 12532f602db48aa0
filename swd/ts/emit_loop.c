/* Printing loops. A loop whose head has names that closures capture is spelt out as the standard
 * has it, with those names made anew in each turn. */
#include <stdio.h>

#include "ts/emit_stmt.h"

/* ---- loops ---- */

void ts_labels(struct swd_ts_compiler *c)
{
    for (u32 l = c->pending; l; l = ND(l)->next) {
        ts_put_label(c, ND(l)->a);
        ts_puts(c, ": ");
    }
    c->pending = 0;
}

void ts_sub_stmt(struct swd_ts_compiler *c, u32 s)
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
        ts_var_expr(c, init);
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
    ts_open_env(c, scope, ts_initial);
    for_init(c, ND(x)->a);
    ts_puts(c, "; ");
    copy_back(c, scope);
    ts_puts(c, "} ");
    ts_put_name(c, first);
    ts_puts(c, " = true; ");
    c->pending = pending;
    ts_labels(c);
    ts_puts(c, "for (;;) { ");
    ts_open_env(c, scope, head_or_void);
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

bool ts_is_using(struct swd_ts_compiler *c, u32 s)
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
    ts_labels(c);
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
        ts_sub_stmt(c, body);
        return;
    }
    swap_head(c, scope);
    bool back = any_bodywrite(c, scope);
    ts_puts(c, "{ ");
    ts_open_env(c, scope, head_value);
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

void ts_for(struct swd_ts_compiler *c, u32 s)
{
    u32 x = ND(s)->a, init = ND(x)->a;
    if (init && ts_is_using(c, init)) {
        u32 pending = c->pending;
        c->pending = 0;
        u32 outer = ts_use_open(c);
        c->pending = pending;
        plain_for(c, s);
        ts_use_close(c, outer, (ND(init)->flags & F_AWAIT) != 0);
    } else {
        plain_for(c, s);
    }
}

static bool loop_target(struct swd_ts_compiler *c, u32 left, u32 scope, const struct ts_val *v)
{
    bool decl = ND(left)->kind == N_VAR;
    u32 t = decl ? ND(ND(left)->a)->a : left;
    u32 only = 0;
    bool env = SC(scope)->flags & P_ENV;
    if (env && ts_env_count(c, scope, &only) == 1 && decl && ND(t)->kind == N_IDENT &&
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
        ts_open_env(c, scope, ts_initial);
        ts_assign_to(c, t, &held, decl);
        ts_puts(c, "; ");
        return true;
    }
    ts_init_tdz(c, scope);
    if (!decl && ts_starts_bad(c, t))
        ts_puts(c, "0, ");
    ts_assign_to(c, t, v, decl);
    ts_puts(c, "; ");
    return false;
}

/* The right side is evaluated while the loop's own names are uninitialised. */
void ts_for_in(struct swd_ts_compiler *c, u32 s)
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
        ts_declarator(c, ND(left)->a, D_VAR, &sep, true);
        ts_puts(c, "; ");
    }
    ts_init_tdz(c, scope);
    u32 tmp = 0;
    ts_labels(c);
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
        ts_sub_stmt(c, ND(s)->b);
        return;
    }
    struct ts_val v = {.k = V_NAME, .a = tmp};
    ts_puts(c, "{ ");
    bool open = loop_target(c, left, scope, &v);
    ts_stmt(c, ND(s)->b);
    ts_puts(c, open ? " } }" : " }");
}

void ts_for_of(struct swd_ts_compiler *c, u32 s)
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
    ts_labels(c);
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
        u32 outer = ts_use_open(c);
        ts_use(c, left, ND(left)->a);
        ts_puts(c, "; ");
        ts_stmt(c, ND(s)->b);
        ts_use_close(c, outer, (ND(left)->flags & F_AWAIT) != 0);
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

void ts_while(struct swd_ts_compiler *c, u32 s)
{
    u32 test = ND(s)->a, scope = ND(s)->c;
    ts_labels(c);
    if (SC(scope)->flags & P_ENV) {
        ts_puts(c, "while (true) { ");
        ts_open_env(c, scope, ts_initial);
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
    ts_sub_stmt(c, ND(s)->b);
}

/* The test has names of its own: it runs at the start of each turn but the first. */
static void do_with_names(struct swd_ts_compiler *c, u32 s)
{
    u32 again = ts_var(c, "$again");
    ts_put_name(c, again);
    ts_puts(c, " = false; ");
    ts_labels(c);
    ts_puts(c, "while (true) { if (");
    ts_put_name(c, again);
    ts_puts(c, ") { ");
    ts_open_env(c, ND(s)->c, ts_initial);
    ts_puts(c, "if (!");
    ts_expr(c, ND(s)->a, L_UNARY);
    ts_puts(c, ") break; } } ");
    ts_put_name(c, again);
    ts_puts(c, " = true; ");
    ts_stmt(c, ND(s)->b);
    ts_puts(c, " }");
}

void ts_do(struct swd_ts_compiler *c, u32 s)
{
    if (SC(ND(s)->c)->flags & P_ENV) {
        do_with_names(c, s);
        return;
    }
    ts_labels(c);
    ts_puts(c, "do ");
    ts_sub_stmt(c, ND(s)->b);
    ts_puts(c, " while (");
    ts_expr(c, ND(s)->a, L_SEQ);
    ts_puts(c, ");");
}
