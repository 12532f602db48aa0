/* Printing expressions, lowered to ES5.1: names, `this`, and which file prints the rest. */
#include "ts/emit_expr.h"

void ts_open_if(struct swd_ts_compiler *c, bool yes)
{
    if (yes)
        ts_putc(c, '(');
}

void ts_close_if(struct swd_ts_compiler *c, bool yes)
{
    if (yes)
        ts_putc(c, ')');
}

bool ts_is_local(struct swd_ts_compiler *c, u32 n)
{
    const struct ts_node *d = ND(n);
    return d->kind == N_IDENT && d->b && !(d->flags & (F_CHECK | F_DEAD | F_WITH)) &&
           SY(d->b)->kind != S_IMPORT && SY(d->b)->kind != S_MEMBER;
}

/* Evaluating it twice, or out of order, makes no difference. */
bool ts_simple_node(struct swd_ts_compiler *c, u32 n)
{
    switch (ND(n)->kind) {
    case N_NUM:
    case N_STR:
    case N_TRUE:
    case N_FALSE:
    case N_NULL:
    case N_FUNC: return true;
    case N_THIS: return !ts_implicit_checked(c, n);
    case N_IDENT: return ts_is_local(c, n);
    case N_ARRAY:
    case N_OBJECT: return ND(n)->a == 0;
    default: return false;
    }
}

/* ---- names and this ---- */

/* Whether reading this `this` needs a check (derived constructors before super()). */
bool ts_implicit_checked(struct swd_ts_compiler *c, u32 node)
{
    u32 y = ND(node)->b;
    if (!y || SC(SY(y)->scope)->kind != C_FUNC)
        return false;
    const struct ts_fn *f = FN(SC(SY(y)->scope)->owner);
    return f->flags & FN_DERIVED && !(f->super_end && ND(node)->pos >= f->super_end);
}

void ts_this(struct swd_ts_compiler *c, u32 node)
{
    u32 y = ND(node)->b;
    if (!y) {
        ts_puts(c, "this");
        return;
    }
    u32 scope = SY(y)->scope;
    if (SC(scope)->kind == C_OUTER) {
        ts_sym(c, y);
        return;
    }
    if (SC(scope)->kind == C_TOP) {
        if (c->goal == SWD_TS_MODULE)
            ts_puts(c, "void 0");
        else
            ts_puts(c, SC(ND(node)->c)->func == scope ? "this" : "$this");
        return;
    }
    const struct ts_fn *f = FN(SC(scope)->owner);
    if (f->flags & FN_DERIVED) {
        ts_puts(c, ts_implicit_checked(c, node) ? "$$this($this)" : "$this");
        return;
    }
    if (f->flags & FN_FIELD && f->cls && CL(f->cls)->has_parent && !(f->flags & FN_STATICFIELD)) {
        ts_puts(c, "$this");
        return;
    }
    bool direct =
        SC(ND(node)->c)->func == scope && !(c->fx->thunk && c->fx->fn == SC(scope)->owner);
    ts_puts(c, direct ? "this" : "$this");
}

static void new_target(struct swd_ts_compiler *c, u32 node)
{
    u32 y = ND(node)->b;
    if (y && SC(SY(y)->scope)->kind == C_OUTER) {
        ts_sym(c, y);
        return;
    }
    ts_puts(c, y && SC(SY(y)->scope)->kind == C_FUNC &&
                       !(FN(SC(SY(y)->scope)->owner)->flags & (FN_FIELD)) &&
                       !((FN(SC(SY(y)->scope)->owner)->flags & FN_METHOD) &&
                         !(FN(SC(SY(y)->scope)->owner)->flags & FN_CTOR))
                   ? "$nt"
                   : "void 0");
}

static void put_tdz(struct swd_ts_compiler *c, u32 name)
{
    ts_puts(c, "$$tdz(");
    ts_put_string(c, name);
    ts_putc(c, ')');
}

void ts_ident(struct swd_ts_compiler *c, u32 node)
{
    const struct ts_node *n = ND(node);
    u32 y = n->b;
    if (ts_in_with(c, node)) {
        ts_with_ident(c, node, "");
        return;
    }
    if (!y) {
        ts_after(c, n->pos);
        ts_put_name(c, n->a);
        return;
    }
    if (n->flags & F_DEAD) {
        put_tdz(c, n->a);
        return;
    }
    if (SY(y)->kind == S_ARGUMENTS) {
        u32 scope = SY(y)->scope;
        bool direct = SC(n->c)->func == scope && !(c->fx->thunk && c->fx->fn == SC(scope)->owner);
        ts_puts(c, direct && !c->in_thunk ? "arguments" : "$args");
        return;
    }
    if (n->flags & F_CHECK) {
        ts_putc(c, '(');
        ts_sym(c, y);
        ts_puts(c, " === " TS_TDZ " ? ");
        put_tdz(c, n->a);
        ts_puts(c, " : ");
        ts_sym(c, y);
        ts_putc(c, ')');
        return;
    }
    ts_sym(c, y);
}

/* Whether the identifier prints as a member expression, which would give calls a `this`. */
bool ts_is_dotted(struct swd_ts_compiler *c, u32 node)
{
    u32 y = ND(node)->b;
    if (ND(node)->kind != N_IDENT || !y)
        return false;
    const struct ts_sym *s = SY(y);
    return (s->kind == S_IMPORT && s->extra) || s->kind == S_MEMBER ||
           (s->flags & Y_ENV && SC(s->scope)->env) ||
           (SC(s->scope)->kind == C_OUTER && memchr(NM(s->out)->s, '.', NM(s->out)->len));
}

/* An expression whose value nobody wants. */

void ts_void_expr(struct swd_ts_compiler *c, u32 n)
{
    if (ND(n)->kind == N_ASSIGN)
        ts_assign(c, n, L_ASSIGN, true);
    else if (ND(n)->kind == N_UPDATE && ND(ND(n)->a)->kind == N_PRIVATE)
        ts_void_update(c, n);
    else
        ts_expr(c, n, L_ASSIGN);
}

static void helper(struct swd_ts_compiler *c, const char *name, u32 arg)
{
    ts_puts(c, name);
    ts_putc(c, '(');
    if (arg)
        ts_expr(c, arg, L_ASSIGN);
    ts_putc(c, ')');
}

static void cond(struct swd_ts_compiler *c, u32 n, int level)
{
    bool p = level > L_COND;
    ts_open_if(c, p);
    ts_expr(c, ND(n)->a, L_BIN);
    ts_puts(c, " ? ");
    ts_sync(c, ND(ND(n)->b)->pos);
    ts_expr(c, ND(n)->b, L_ASSIGN);
    ts_puts(c, " : ");
    ts_sync(c, ND(ND(n)->c)->pos);
    ts_expr(c, ND(n)->c, L_ASSIGN);
    ts_close_if(c, p);
}

static void private_in(struct swd_ts_compiler *c, u32 n)
{
    ts_puts(c, "$$phas(");
    ts_expr(c, ND(n)->b, L_ASSIGN);
    ts_puts(c, ", ");
    ts_put_private(c, ND(ND(n)->a)->b);
    ts_putc(c, ')');
}

/* `name`: what an anonymous function or class is called here; 0: nothing. */
void ts_expr_named(struct swd_ts_compiler *c, u32 n, int level, u32 name)
{
    if (ND(n)->kind == N_FUNC)
        ts_function(c, ND(n)->a, name);
    else if (ND(n)->kind == N_CLASS)
        ts_class(c, ND(n)->a, name, level);
    else
        ts_expr(c, n, level);
}

void ts_expr(struct swd_ts_compiler *c, u32 n, int level)
{
    ts_deep(c);
    switch (ND(n)->kind) {
    case N_IDENT: ts_ident(c, n); return;
    case N_THIS: ts_this(c, n); return;
    case N_NEWTARGET: new_target(c, n); return;
    case N_NUM: ts_number(c, ND(n)); return;
    case N_STR: ts_string(c, ND(n)); return;
    case N_REGEX: ts_regex(c, n); return;
    case N_TEMPLATE: ts_template(c, n, level); return;
    case N_TAGGED: ts_tagged(c, n); return;
    case N_TRUE: ts_puts(c, "true"); return;
    case N_FALSE: ts_puts(c, "false"); return;
    case N_NULL: ts_puts(c, "null"); return;
    case N_ARRAY: ts_array(c, n); return;
    case N_OBJECT: ts_object(c, n); return;
    case N_FUNC: ts_function(c, ND(n)->a, W_empty); return;
    case N_CLASS: ts_class(c, ND(n)->a, W_empty, level); return;
    case N_MEMBER:
    case N_INDEX:
    case N_PRIVATE: ts_member(c, n); return;
    case N_CALL: {
        bool p = level > L_LHS;
        ts_open_if(c, p);
        ts_call(c, n);
        ts_after(c, ts_call_pos(c, n));
        ts_close_if(c, p);
        return;
    }
    case N_NEW:
        ts_new(c, n);
        ts_after(c, ND(n)->pos);
        return;
    case N_CHAIN: ts_chain(c, ND(n)->a, 0, false); return;
    case N_UNARY: ts_unary(c, n, level); return;
    case N_UPDATE: ts_update(c, n, level); return;
    case N_BINARY:
        if (ND(n)->op == T_NULLISH)
            ts_nullish(c, n, level);
        else
            ts_binary(c, n, level);
        return;
    case N_PRIVIN: private_in(c, n); return;
    case N_ASSIGN: ts_assign(c, n, level, false); return;
    case N_COND: cond(c, n, level); return;
    case N_SEQ: ts_seq(c, n, level, false); return;
    case N_YIELD: helper(c, ND(n)->flags & F_STAR ? "$$yieldstar" : "$$yield", ND(n)->a); return;
    case N_AWAIT: helper(c, "$$await", ND(n)->a); return;
    case N_IMPORTCALL:
        ts_puts(c, "$$import(require, ");
        ts_expr(c, ND(n)->a, L_ASSIGN);
        ts_puts(c, ")");
        return;
    case N_IMPORTMETA: ts_puts(c, "$$meta(module)"); return;
    default: ts_error(c, ND(n)->pos, "this syntax is not supported here");
    }
}
