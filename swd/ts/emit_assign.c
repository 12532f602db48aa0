/* Printing assignments, simple, compound and logical, ++ and --. */
#include "ts/emit_expr.h"

struct place {
    u32 node, obj, key;
};

/* Prints `(obj = ..., key = ...)` as the object expression where needed. */
static void place_first(struct swd_ts_compiler *c, struct place *pl, u32 n)
{
    *pl = (struct place){.node = n};
    u32 o = ND(n)->a;
    if (ts_is_super(c, n)) {
        if (ND(n)->kind == N_INDEX) {
            pl->key = ts_temp(c);
            ts_put_name(c, pl->key);
            ts_puts(c, " = $$key(");
            ts_expr(c, ND(n)->b, L_ASSIGN);
            ts_puts(c, "), ");
        }
        return;
    }
    if (!ts_simple_node(c, o)) {
        pl->obj = ts_temp(c);
        ts_put_name(c, pl->obj);
        ts_puts(c, " = ");
        ts_expr(c, o, L_ASSIGN);
        ts_puts(c, ", ");
    }
    if (ND(n)->kind == N_INDEX && ND(ND(n)->b)->kind != N_STR && ND(ND(n)->b)->kind != N_NUM) {
        pl->key = ts_temp(c);
        ts_put_name(c, pl->key);
        ts_puts(c, " = ");
        ts_expr(c, ND(n)->b, L_ASSIGN);
        ts_puts(c, ", ");
        ts_puts(c, "$$roc(");
        if (pl->obj)
            ts_put_name(c, pl->obj);
        else
            ts_expr(c, o, L_ASSIGN);
        ts_puts(c, "), ");
        ts_put_name(c, pl->key);
        ts_puts(c, " = $$key(");
        ts_put_name(c, pl->key);
        ts_puts(c, "), ");
    }
}

static void place_obj(struct swd_ts_compiler *c, const struct place *pl)
{
    if (pl->obj)
        ts_put_name(c, pl->obj);
    else
        ts_put_object(c, ND(pl->node)->a);
}

static void place_key(struct swd_ts_compiler *c, const struct place *pl)
{
    if (pl->key)
        ts_put_name(c, pl->key);
    else
        ts_member_key(c, pl->node);
}

/* Of a place that the runtime reads and writes: the call's beginning up to the key. False: it is an
 * ordinary member. */
static bool place_open(struct swd_ts_compiler *c, const struct place *pl, const char *of_super,
                       const char *of_private)
{
    u32 n = pl->node;
    if (ts_is_super(c, n)) {
        ts_puts(c, of_super);
        ts_super_home(c, ND(n)->a);
        ts_puts(c, ", ");
        place_key(c, pl);
        return true;
    }
    if (ND(n)->kind == N_PRIVATE) {
        ts_puts(c, of_private);
        place_obj(c, pl);
        ts_puts(c, ", ");
        ts_put_private_of(c, n);
        return true;
    }
    return false;
}

/* The end of that call; nothing for an ordinary member. */
static void place_close(struct swd_ts_compiler *c, const struct place *pl)
{
    if (ts_is_super(c, pl->node)) {
        ts_puts(c, ", ");
        ts_this(c, ND(ND(pl->node)->a)->next);
        ts_putc(c, ')');
    } else if (ND(pl->node)->kind == N_PRIVATE) {
        ts_putc(c, ')');
    }
}

static void place_get(struct swd_ts_compiler *c, const struct place *pl)
{
    if (place_open(c, pl, "$$sget(", "$$pget(")) {
        place_close(c, pl);
        return;
    }
    place_obj(c, pl);
    if (ND(pl->node)->kind == N_MEMBER) {
        ts_put_member(c, pl->node);
    } else {
        ts_putc(c, '[');
        place_key(c, pl);
        ts_putc(c, ']');
    }
}

/* What stands before the value in a store; place_close() is what stands behind it. */
static void place_set_open(struct swd_ts_compiler *c, const struct place *pl)
{
    if (place_open(c, pl, "$$sset(", "$$pset(")) {
        ts_puts(c, ", ");
    } else {
        place_get(c, pl);
        ts_puts(c, " = ");
    }
}

static bool is_const(struct swd_ts_compiler *c, u32 ident)
{
    u32 y = ND(ident)->b;
    if (!y)
        return false;
    int k = SY(y)->kind;
    return k == S_CONST || k == S_IMPORT || ND(ident)->flags & F_CLASSIN;
}

static void put_const_error(struct swd_ts_compiler *c, u32 ident)
{
    ts_puts(c, "$$const(");
    ts_put_string(c, ND(ident)->a);
    ts_putc(c, ')');
}

/* Name of a function expression: never assigned; strict code throws. */
static bool is_fname(struct swd_ts_compiler *c, u32 ident)
{
    u32 y = ND(ident)->b;
    return y && SY(y)->kind == S_FNAME;
}

/* A target that the engine's own operators cannot change. */
static bool is_odd(struct swd_ts_compiler *c, u32 t)
{
    return ND(t)->kind == N_PRIVATE || ts_is_super(c, t) ||
           (ND(t)->kind == N_IDENT &&
            (is_const(c, t) || is_fname(c, t) || ND(t)->flags & (F_CHECK | F_DEAD)));
}

/* x++ where x may be a property of the object of a `with`. */
static void update_within(struct swd_ts_compiler *c, u32 e, const char *op, bool prefix)
{
    ts_putc(c, '(');
    u32 found = ts_with_find(c, e), old = ts_temp(c), t = ts_temp(c);
    ts_puts(c, ", ");
    ts_put_name(c, old);
    ts_puts(c, " = +(");
    ts_with_read(c, e, found, "");
    ts_puts(c, "), ");
    ts_put_name(c, t);
    ts_puts(c, " = ");
    ts_put_name(c, old);
    ts_puts(c, op[0] == '+' ? " + 1, " : " - 1, ");
    ts_with_write(c, e, found, t, false);
    if (!prefix) {
        ts_puts(c, ", ");
        ts_put_name(c, old);
    }
    ts_putc(c, ')');
}

void ts_update(struct swd_ts_compiler *c, u32 n, int level)
{
    u32 e = ND(n)->a;
    bool prefix = ND(n)->flags & F_PREFIX;
    const char *op = ND(n)->op == T_INC ? "++" : "--";
    int k = ND(e)->kind;
    if (ts_in_with(c, e)) {
        update_within(c, e, op, prefix);
        return;
    }
    if (!is_odd(c, e)) {
        bool p = level > (prefix ? L_UNARY : L_POSTFIX);
        ts_open_if(c, p);
        bool wrap = !prefix && c->o->columns && ND(e)->kind != N_IDENT;
        if (prefix)
            ts_puts(c, op);
        ts_open_if(c, wrap);
        ts_expr(c, e, L_LHS);
        ts_close_if(c, wrap);
        if (!prefix)
            ts_puts(c, op);
        ts_close_if(c, p);
        return;
    }
    ts_putc(c, '(');
    if (k == N_IDENT) {
        u32 t = ts_temp(c);
        ts_put_name(c, t);
        ts_puts(c, " = +");
        ts_expr(c, e, L_UNARY);
        ts_puts(c, ", ");
        if (is_const(c, e) || (is_fname(c, e) && SC(ND(e)->c)->flags & P_STRICT)) {
            put_const_error(c, e);
        } else {
            if (!is_fname(c, e)) {
                ts_sym(c, ND(e)->b);
                ts_puts(c, " = ");
            }
            ts_put_name(c, t);
            ts_puts(c, op[0] == '+' ? " + 1" : " - 1");
            if (!prefix) {
                ts_puts(c, ", ");
                ts_put_name(c, t);
            }
        }
    } else {
        struct place pl;
        place_first(c, &pl, e);
        u32 t = ts_temp(c);
        ts_put_name(c, t);
        ts_puts(c, " = +");
        place_get(c, &pl);
        ts_puts(c, ", ");
        place_set_open(c, &pl);
        ts_put_name(c, t);
        ts_puts(c, op[0] == '+' ? " + 1" : " - 1");
        place_close(c, &pl);
        if (!prefix) {
            ts_puts(c, ", ");
            ts_put_name(c, t);
        }
    }
    ts_putc(c, ')');
}

static int plain_op(int assign)
{
    static const uint8_t ops[] = {
        [T_PLUS_A] = T_PLUS,     [T_MINUS_A] = T_MINUS,     [T_STAR_A] = T_STAR,
        [T_SLASH_A] = T_SLASH,   [T_PERCENT_A] = T_PERCENT, [T_POW_A] = T_POW,
        [T_SHL_A] = T_SHL,       [T_SAR_A] = T_SAR,         [T_SHR_A] = T_SHR,
        [T_AND_A] = T_AND,       [T_OR_A] = T_OR,           [T_XOR_A] = T_XOR,
        [T_ANDAND_A] = T_ANDAND, [T_OROR_A] = T_OROR,       [T_NULLISH_A] = T_NULLISH,
    };
    return ops[assign];
}

static bool is_logical(int op)
{
    return op == T_ANDAND_A || op == T_OROR_A || op == T_NULLISH_A;
}

/* x ||= v and the like: `get || (set)`. */
static void logical_assign(struct swd_ts_compiler *c, u32 n)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    int op = ND(n)->op;
    struct place pl;
    bool id = ND(t)->kind == N_IDENT;
    u32 tmp = 0;
    ts_putc(c, '(');
    if (!id)
        place_first(c, &pl, t);
    if (op == T_NULLISH_A && !(id && ts_is_local(c, t))) {
        tmp = ts_temp(c);
        ts_putc(c, '(');
        ts_put_name(c, tmp);
        ts_puts(c, " = ");
    }
    if (id)
        ts_expr(c, t, L_UNARY);
    else
        place_get(c, &pl);
    if (tmp)
        ts_putc(c, ')');
    if (op == T_NULLISH_A) {
        ts_puts(c, " != null ? ");
        if (tmp)
            ts_put_name(c, tmp);
        else
            ts_expr(c, t, L_UNARY);
        ts_puts(c, " : (");
    } else {
        ts_puts(c, op == T_OROR_A ? " || (" : " && (");
    }
    if (id) {
        struct ts_val val = {.k = V_NODE, .a = v};
        ts_write_sym(c, t, &val, false);
    } else {
        place_set_open(c, &pl);
        ts_expr(c, v, L_ASSIGN);
        place_close(c, &pl);
    }
    ts_puts(c, "))");
}

static void compound_special(struct swd_ts_compiler *c, u32 n)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    const char *op = ts_op_text(plain_op(ND(n)->op));
    int right = ts_op_level(plain_op(ND(n)->op)) + 1;
    ts_putc(c, '(');
    if (ND(t)->kind == N_IDENT) {
        u32 tmp = ts_temp(c);
        ts_put_name(c, tmp);
        ts_puts(c, " = ");
        ts_expr(c, t, L_POSTFIX);
        ts_putf(c, " %s ", op);
        ts_expr(c, v, right);
        ts_puts(c, ", ");
        struct ts_val val = {.k = V_NAME, .a = tmp};
        ts_write_sym(c, t, &val, false);
    } else {
        struct place pl;
        place_first(c, &pl, t);
        place_set_open(c, &pl);
        place_get(c, &pl);
        ts_putf(c, " %s ", op);
        ts_expr(c, v, right);
        place_close(c, &pl);
    }
    ts_putc(c, ')');
}

/* x += v, x ||= v where x may be a property of the object of a `with`. */
static void compound_within(struct swd_ts_compiler *c, u32 n)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    int op = plain_op(ND(n)->op);
    ts_putc(c, '(');
    u32 found = ts_with_find(c, t), value = ts_temp(c);
    ts_puts(c, ", ");
    ts_put_name(c, value);
    ts_puts(c, " = (");
    ts_with_read(c, t, found, "");
    ts_putc(c, ')');
    if (is_logical(ND(n)->op)) {
        ts_puts(c, op == T_OROR ? ", " : op == T_ANDAND ? ", !" : ", ");
        ts_put_name(c, value);
        ts_puts(c, op == T_NULLISH ? " != null ? " : " ? ");
        ts_put_name(c, value);
        ts_puts(c, " : (");
        ts_put_name(c, value);
        ts_puts(c, " = ");
        ts_expr_named(c, v, L_ASSIGN, ND(t)->a);
    } else {
        ts_putf(c, " %s ", ts_op_text(op));
        ts_expr(c, v, ts_op_level(op) + 1);
    }
    ts_puts(c, ", ");
    ts_with_write(c, t, found, value, false);
    ts_puts(c, is_logical(ND(n)->op) ? "))" : ")");
}

void ts_assign(struct swd_ts_compiler *c, u32 n, int level, bool is_void)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    int op = ND(n)->op, k = ND(t)->kind;
    bool p = level > L_ASSIGN;
    if (k == N_ARRPAT || k == N_OBJPAT) {
        u32 tmp = 0;
        struct ts_val val = {.k = V_NODE, .a = v};
        bool keep = !is_void && !ts_is_local(c, v);
        ts_putc(c, '(');
        if (keep) {
            tmp = ts_temp(c);
            ts_put_name(c, tmp);
            ts_puts(c, " = ");
            ts_expr(c, v, L_ASSIGN);
            ts_puts(c, ", ");
            val = (struct ts_val){.k = V_NAME, .a = tmp};
        }
        ts_assign_to(c, t, &val, false);
        if (!is_void) {
            ts_puts(c, ", ");
            if (keep)
                ts_put_name(c, tmp);
            else
                ts_expr(c, v, L_ASSIGN);
        }
        ts_putc(c, ')');
        return;
    }
    if (op != T_ASSIGN && ts_in_with(c, t)) {
        compound_within(c, n);
        return;
    }
    if (is_logical(op)) {
        logical_assign(c, n);
        return;
    }
    if (op != T_ASSIGN && is_odd(c, t)) {
        compound_special(c, n);
        return;
    }
    ts_open_if(c, p);
    if (op != T_ASSIGN) {
        ts_expr(c, t, L_LHS);
        ts_putc(c, ' ');
        ts_puts(c, ts_op_text(op));
        ts_putc(c, ' ');
        ts_expr(c, v, L_ASSIGN);
    } else {
        struct ts_val val = {.k = V_NODE, .a = v};
        ts_assign_to(c, t, &val, false);
    }
    ts_close_if(c, p);
}

/* Whether assigning to the target prints more than one expression. */
void ts_seq(struct swd_ts_compiler *c, u32 n, int level, bool is_void)
{
    bool p = level > L_SEQ;
    ts_open_if(c, p);
    for (u32 e = ND(n)->a; e; e = ND(e)->next) {
        if (is_void || ND(e)->next)
            ts_void_expr(c, e);
        else
            ts_expr(c, e, L_ASSIGN);
        if (ND(e)->next)
            ts_puts(c, ", ");
    }
    ts_close_if(c, p);
}

/* `o.#p++` whose value is not wanted. */
void ts_void_update(struct swd_ts_compiler *c, u32 n)
{
    struct place pl;
    ts_putc(c, '(');
    place_first(c, &pl, ND(n)->a);
    place_set_open(c, &pl);
    ts_putc(c, '+');
    place_get(c, &pl);
    ts_puts(c, ND(n)->op == T_INC ? " + 1" : " - 1");
    place_close(c, &pl);
    ts_putc(c, ')');
}
