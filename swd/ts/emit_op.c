/* Printing operators that do not assign. */
#include "ts/emit_expr.h"

/* ---- operators ---- */

int ts_op_level(int op)
{
    return L_BIN + ts_prec(op);
}

const char *ts_op_text(int op)
{
    return ts_tok_text(op);
}

/* Whether evaluating n may change the variable y. Looks at so many nodes, then says yes. */
static bool may_write(struct swd_ts_compiler *c, u32 n, u32 y, u32 *budget)
{
    if (!n)
        return false;
    if (*budget == 0)
        return true;
    --*budget;
    const struct ts_node *d = ND(n);
    switch (d->kind) {
    case N_IDENT: return d->b == y && d->flags & F_WRITE;
    case N_NUM:
    case N_STR:
    case N_THIS:
    case N_TRUE:
    case N_FALSE:
    case N_NULL:
    case N_FUNC:
    case N_REGEX:
    case N_NEWTARGET: return false;
    case N_MEMBER: return may_write(c, d->a, y, budget);
    case N_UNARY:
    case N_UPDATE: return may_write(c, d->a, y, budget);
    case N_INDEX:
    case N_BINARY:
    case N_ASSIGN: return may_write(c, d->a, y, budget) || may_write(c, d->b, y, budget);
    case N_COND:
        return may_write(c, d->a, y, budget) || may_write(c, d->b, y, budget) ||
               may_write(c, d->c, y, budget);
    case N_CALL:
    case N_NEW:
        if (SY(y)->flags & Y_CAPTURED || may_write(c, d->a, y, budget))
            return true;
        for (u32 e = ND(n)->b; e; e = ND(e)->next)
            if (may_write(c, e, y, budget))
                return true;
        return false;
    default: return true;
    }
}

/* The engine takes a local variable on the left of an operator where it stands, not as it was: when
 * the right side may change it, the value goes through a temporary. */
static bool needs_copy(struct swd_ts_compiler *c, u32 left, u32 right)
{
    u32 budget = 200;
    if (ND(left)->kind != N_IDENT || !ND(left)->b)
        return false;
    u32 y = ND(left)->b;
    int k = SY(y)->kind;
    if (!(SY(y)->flags & Y_ASSIGNED) || k == S_MEMBER || k == S_IMPORT || k == S_ARGUMENTS)
        return false;
    return may_write(c, right, y, &budget);
}

/* A chain of binary operators that lean left is printed without recursion. */
void ts_binary(struct swd_ts_compiler *c, u32 node, int level)
{
    u32 base = c->spine.used;
    int want = level;
    u32 n = node;
    for (;;) {
        int op = ND(n)->op, mine = ts_op_level(op);
        bool p = want > mine || (op == T_IN && c->no_in);
        u32 i = ts_vec_add(c, &c->spine);
        ((u32 *)c->spine.p)[i] = n << 1 | p;
        ts_open_if(c, p);
        want = op == T_POW ? L_POSTFIX : mine;
        n = ND(n)->a;
        if (ND(n)->kind != N_BINARY || ND(n)->op == T_NULLISH)
            break;
    }
    u32 inmost = ((u32 *)c->spine.p)[c->spine.used - 1] >> 1;
    if (needs_copy(c, n, ND(inmost)->b)) {
        ts_putc(c, '(');
        ts_put_name(c, ts_temp(c));
        ts_puts(c, " = ");
        ts_expr(c, n, L_ASSIGN);
        ts_putc(c, ')');
    } else {
        ts_expr(c, n, want);
    }
    while (c->spine.used > base) {
        u32 v = ((u32 *)c->spine.p)[--c->spine.used];
        u32 m = v >> 1;
        int op = ND(m)->op;
        ts_putc(c, ' ');
        ts_puts(c, ts_op_text(op));
        ts_putc(c, ' ');
        ts_sync(c, ND(ND(m)->b)->pos);
        ts_expr(c, ND(m)->b, op == T_POW ? ts_op_level(op) : ts_op_level(op) + 1);
        ts_close_if(c, v & 1);
    }
}

void ts_nullish(struct swd_ts_compiler *c, u32 n, int level)
{
    bool p = level > L_COND;
    u32 left = ND(n)->a;
    ts_open_if(c, p);
    if (ts_is_local(c, left)) {
        ts_expr(c, left, L_UNARY);
        ts_puts(c, " != null ? ");
        ts_expr(c, left, L_ASSIGN);
    } else {
        u32 t = ts_temp(c);
        ts_putc(c, '(');
        ts_put_name(c, t);
        ts_puts(c, " = ");
        ts_expr(c, left, L_ASSIGN);
        ts_puts(c, ") != null ? ");
        ts_put_name(c, t);
    }
    ts_puts(c, " : ");
    ts_sync(c, ND(ND(n)->b)->pos);
    ts_expr(c, ND(n)->b, L_ASSIGN);
    ts_close_if(c, p);
}

void ts_unary(struct swd_ts_compiler *c, u32 n, int level)
{
    u32 e = ND(n)->a;
    int op = ND(n)->op;
    if (op == T_DELETE) {
        if (ND(e)->kind == N_CHAIN) {
            ts_chain(c, ND(e)->a, 0, true);
            return;
        }
        if (ts_is_super(c, e)) {
            ts_puts(c, "$$delsuper()");
            return;
        }
        int k = ND(e)->kind;
        if (k != N_IDENT && k != N_MEMBER && k != N_INDEX) { /* no reference: nothing to delete */
            ts_putc(c, '(');
            ts_void_expr(c, e);
            ts_puts(c, ", true)");
            return;
        }
    }
    if ((op == T_TYPEOF || op == T_DELETE) && ts_in_with(c, e)) {
        ts_with_ident(c, e, op == T_TYPEOF ? "typeof " : "delete ");
        return;
    }
    bool p = level > L_UNARY;
    ts_open_if(c, p);
    ts_puts(c, ts_op_text(op));
    if (op == T_TYPEOF || op == T_VOID || op == T_DELETE || ND(e)->kind == N_UNARY ||
        ND(e)->kind == N_UPDATE)
        ts_putc(c, ' ');
    ts_expr(c, e, L_UNARY);
    ts_close_if(c, p);
}

/* The parts of a member target, each in a temporary (or in place when that is the same). */
