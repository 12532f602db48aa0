/* Printing assignments: to names, members and patterns. */
#include "ts/emit_expr.h"

static bool atomic(const struct ts_val *v)
{
    return v->k == V_NAME;
}

/* Prints the value. `name`: what an anonymous function is called. */
void ts_val(struct swd_ts_compiler *c, const struct ts_val *v, int level, u32 name)
{
    switch (v->k) {
    case V_NODE: ts_expr_named(c, v->a, level, name ? name : W_empty); return;
    case V_NAME: ts_put_name(c, v->a); return;
    case V_TEXT: ts_puts(c, v->text); return;
    case V_KEY:
        ts_put_name(c, v->a);
        if (!v->c && ND(v->b)->kind == N_STR) {
            ts_put_dot(c, ND(v->b)->a);
        } else {
            ts_putc(c, '[');
            ts_key_value(c, v->b, v->c != 0);
            ts_putc(c, ']');
        }
        return;
    case V_ELEM:
        ts_put_name(c, v->a);
        ts_putf(c, "[%u]", v->b);
        return;
    case V_NEXT:
        ts_puts(c, "$$next(");
        ts_put_name(c, v->a);
        ts_putc(c, ')');
        return;
    case V_RESTOF:
        ts_puts(c, "$$rest(");
        ts_put_name(c, v->a);
        ts_putc(c, ')');
        return;
    case V_SLICE:
        ts_puts(c, "$$slice(");
        ts_put_name(c, v->a);
        ts_putf(c, ", %u)", v->b);
        return;
    case V_ARGS: ts_putf(c, "$$slice(arguments, %u)", v->b); return;
    case V_OMIT: {
        u32 key = v->c;
        ts_puts(c, "$$omit(");
        ts_put_name(c, v->a);
        ts_puts(c, ", [");
        const char *sep = "";
        for (u32 p = ND(v->b)->a; p && ND(p)->kind == N_PROP; p = ND(p)->next) {
            ts_puts(c, sep);
            sep = ", ";
            if (ND(p)->flags & F_COMPUTED) {
                ts_put_name(c, ((u32 *)c->spine.p)[key++]);
            } else if (ND(ND(p)->a)->kind == N_NUM) {
                ts_puts(c, "String(");
                ts_key_value(c, ND(p)->a, false);
                ts_putc(c, ')');
            } else {
                ts_key_value(c, ND(p)->a, false);
            }
        }
        ts_puts(c, "])");
        return;
    }
    case V_DEFAULT: {
        bool p = level > L_COND;
        if (p)
            ts_putc(c, '(');
        if (atomic(v->inner)) {
            ts_val(c, v->inner, L_LHS, 0);
            ts_puts(c, " === void 0 ? ");
            ts_expr_named(c, v->b, L_ASSIGN, name ? name : W_empty);
            ts_puts(c, " : ");
            ts_val(c, v->inner, L_ASSIGN, 0);
        } else {
            u32 t = ts_temp(c);
            ts_putc(c, '(');
            ts_put_name(c, t);
            ts_puts(c, " = ");
            ts_val(c, v->inner, L_ASSIGN, 0);
            ts_puts(c, ") === void 0 ? ");
            ts_expr_named(c, v->b, L_ASSIGN, name ? name : W_empty);
            ts_puts(c, " : ");
            ts_put_name(c, t);
        }
        if (p)
            ts_putc(c, ')');
        return;
    }
    }
}

static u32 fn_name_of(struct swd_ts_compiler *c, u32 name)
{
    (void)c;
    return name == W_default_export ? W_default : name;
}

/* `ident = value`, with what const and uninitialised variables do. */
void ts_write_sym(struct swd_ts_compiler *c, u32 ident, const struct ts_val *v, bool init)
{
    const struct ts_node *n = ND(ident);
    u32 y = n->b, name = fn_name_of(c, n->a);
    if (ts_in_with(c, ident)) {
        ts_putc(c, '(');
        u32 found = ts_with_find(c, ident), t = ts_temp(c);
        ts_puts(c, ", ");
        ts_put_name(c, t);
        ts_puts(c, " = ");
        ts_val(c, v, L_ASSIGN, name);
        ts_puts(c, ", ");
        ts_with_write(c, ident, found, t, init);
        ts_putc(c, ')');
        return;
    }
    if (!y) {
        ts_put_name(c, n->a);
        ts_puts(c, " = ");
        ts_val(c, v, L_ASSIGN, name);
        return;
    }
    int k = SY(y)->kind;
    if (!init) {
        bool strict = SC(n->c)->flags & P_STRICT;
        if (n->flags & F_DEAD) {
            ts_putc(c, '(');
            ts_val(c, v, L_ASSIGN, name);
            ts_puts(c, ", $$tdz(");
            ts_put_string(c, n->a);
            ts_puts(c, "))");
            return;
        }
        if (n->flags & F_CHECK) {
            u32 t = v->k == V_NAME ? v->a : ts_temp(c);
            ts_putc(c, '(');
            if (v->k != V_NAME) {
                ts_put_name(c, t);
                ts_puts(c, " = ");
                ts_val(c, v, L_ASSIGN, name);
                ts_puts(c, ", ");
            }
            ts_sym(c, y);
            ts_puts(c, " === " TS_TDZ " ? $$tdz(");
            ts_put_string(c, n->a);
            ts_puts(c, ") : ");
            if (k == S_CONST) {
                ts_puts(c, "$$const(");
                ts_put_string(c, n->a);
                ts_putc(c, ')');
            } else {
                ts_sym(c, y);
                ts_puts(c, " = ");
                ts_put_name(c, t);
            }
            ts_putc(c, ')');
            return;
        }
        if (k == S_CONST || k == S_IMPORT || n->flags & F_CLASSIN || (k == S_FNAME && strict)) {
            ts_putc(c, '(');
            ts_val(c, v, L_ASSIGN, name);
            ts_puts(c, ", $$const(");
            ts_put_string(c, n->a);
            ts_puts(c, "))");
            return;
        }
        if (k == S_FNAME) {
            ts_val(c, v, L_ASSIGN, name);
            return;
        }
    }
    if (SY(y)->kind == S_ARGUMENTS)
        ts_puts(c, SC(n->c)->func == SY(y)->scope ? "arguments" : "$args");
    else
        ts_sym(c, y);
    if (init)
        ts_need_sym(c, y);
    ts_puts(c, " = ");
    ts_val(c, v, L_ASSIGN, name);
}

/* Whether all elements may be read before the first is assigned. */
static bool eager(struct swd_ts_compiler *c, u32 pat)
{
    for (u32 e = ND(pat)->a; e; e = ND(e)->next) {
        u32 t = e;
        if (ND(e)->kind == N_HOLE)
            continue;
        if (ND(e)->kind == N_DEFAULT) {
            if (!ts_simple_node(c, ND(e)->b))
                return false;
            t = ND(e)->a;
        } else if (ND(e)->kind == N_REST) {
            t = ND(e)->a;
        }
        if (ND(t)->kind != N_IDENT || ND(t)->flags & (F_CHECK | F_DEAD | F_WITH))
            return false;
        if (ND(t)->b == 0)
            return false;
    }
    return true;
}

static void element(struct swd_ts_compiler *c, u32 e, const struct ts_val *v, bool init)
{
    if (ND(e)->kind == N_DEFAULT) {
        struct ts_val d = {.k = V_DEFAULT, .b = ND(e)->b, .inner = v};
        ts_assign_to(c, ND(e)->a, &d, init);
    } else {
        ts_assign_to(c, e, v, init);
    }
}

static u32 spine_at(struct swd_ts_compiler *c, u32 i)
{
    return ((u32 *)c->spine.p)[i];
}

/* `[a, b] = [b, a]`: the elements go to temporaries; the array is made only when somebody has
 * changed how arrays are iterated. */
static void array_literal(struct swd_ts_compiler *c, u32 pat, u32 lit, bool init)
{
    u32 base = c->spine.used, want = 0, i = 0;
    for (u32 e = ND(pat)->a; e; e = ND(e)->next)
        want++;
    for (u32 e = ND(lit)->a; e || i < want; e = e ? ND(e)->next : 0, i++) {
        u32 t = ts_temp(c), at = ts_vec_add(c, &c->spine);
        ((u32 *)c->spine.p)[at] = t;
        ts_put_name(c, t);
        ts_puts(c, " = ");
        if (!e || ND(e)->kind == N_HOLE)
            ts_puts(c, "void 0");
        else
            ts_expr(c, e, L_ASSIGN);
        ts_puts(c, ", ");
    }
    u32 all = ts_temp(c), end = c->spine.used;
    ts_puts(c, "$$odd() && (");
    ts_put_name(c, all);
    ts_puts(c, " = $$arr([");
    for (i = base; i < end; i++) {
        ts_puts(c, i > base ? ", " : "");
        ts_put_name(c, spine_at(c, i));
    }
    ts_putf(c, "], %u)", want);
    for (i = 0; i < want; i++) {
        ts_puts(c, ", ");
        ts_put_name(c, spine_at(c, base + i));
        ts_puts(c, " = ");
        ts_put_name(c, all);
        ts_putf(c, "[%u]", i);
    }
    ts_putc(c, ')');
    i = base;
    for (u32 e = ND(pat)->a; e; e = ND(e)->next, i++) {
        if (ND(e)->kind == N_HOLE)
            continue;
        ts_puts(c, ", ");
        struct ts_val x = {.k = V_NAME, .a = spine_at(c, i)};
        element(c, e, &x, init);
    }
    c->spine.used = base;
}

/* Whether it is `[a, b] = [b, a]` of two variables. */
static bool is_swap(struct swd_ts_compiler *c, u32 pat, u32 lit)
{
    u32 a = ND(pat)->a, b = ND(a)->next, p = ND(lit)->a, q = p ? ND(p)->next : 0;
    return b && !ND(b)->next && q && !ND(q)->next && ND(a)->kind == N_IDENT &&
           ND(b)->kind == N_IDENT && ND(p)->kind == N_IDENT && ND(q)->kind == N_IDENT &&
           ND(a)->b == ND(q)->b && ND(b)->b == ND(p)->b &&
           !((ND(p)->flags | ND(q)->flags) & (F_CHECK | F_DEAD | F_WITH));
}

static void swap_assign(struct swd_ts_compiler *c, u32 target, const struct ts_val *v,
                        const char *behind)
{
    ts_assign_to(c, target, v, false);
    ts_puts(c, behind);
}

/* Three moves where arrays are iterated as ever, between the words of a statement or an operator.
 */
static void swap(struct swd_ts_compiler *c, u32 pat, const char *const words[4])
{
    u32 a = ND(pat)->a, b = ND(a)->next, t = ts_temp(c), all = ts_temp(c);
    ts_puts(c, words[0]);
    ts_put_name(c, all);
    ts_puts(c, " = $$arr([");
    ts_sym(c, ND(b)->b);
    ts_puts(c, ", ");
    ts_sym(c, ND(a)->b);
    ts_puts(c, "], 2)");
    ts_puts(c, words[1]);
    swap_assign(c, a, &(struct ts_val){.k = V_ELEM, .a = all, .b = 0}, words[1]);
    swap_assign(c, b, &(struct ts_val){.k = V_ELEM, .a = all, .b = 1}, words[2]);
    ts_put_name(c, t);
    ts_puts(c, " = ");
    ts_sym(c, ND(a)->b);
    ts_puts(c, words[1]);
    swap_assign(c, a, &(struct ts_val){.k = V_NODE, .a = b}, words[1]);
    swap_assign(c, b, &(struct ts_val){.k = V_NAME, .a = t}, words[3]);
}

bool ts_swap_stmt(struct swd_ts_compiler *c, u32 e)
{
    static const char *const words[] = {"if ($$odd()) { ", "; ", "; } else { ", "; }"};
    u32 pat = ND(e)->a, lit = ND(e)->b;
    if (ND(e)->kind != N_ASSIGN || ND(e)->op != T_ASSIGN || ND(pat)->kind != N_ARRPAT ||
        ND(lit)->kind != N_ARRAY || !eager(c, pat) || !is_swap(c, pat, lit))
        return false;
    u32 mark = c->fx->tmp;
    swap(c, pat, words);
    c->fx->tmp = mark;
    return true;
}

/* Short, and nothing in it but single values. */
static bool is_literal(struct swd_ts_compiler *c, const struct ts_val *v)
{
    u32 n = 0;
    if (v->k != V_NODE || ND(v->a)->kind != N_ARRAY || ts_has_spread(c, ND(v->a)->a))
        return false;
    for (u32 e = ND(v->a)->a; e; e = ND(e)->next)
        n++;
    return n > 0 && n <= 8;
}

static const char *const swap_words[] = {"$$odd() ? (", ", ", ") : (", ")"};

static void array_eager(struct swd_ts_compiler *c, u32 pat, const struct ts_val *v, bool init)
{
    u32 count = 0, t;
    bool rest = false;
    for (u32 e = ND(pat)->a; e; e = ND(e)->next) {
        rest = ND(e)->kind == N_REST;
        count++;
    }
    if (!rest && count > 0 && count <= 8 && is_literal(c, v)) {
        if (!init && is_swap(c, pat, v->a))
            swap(c, pat, swap_words);
        else
            array_literal(c, pat, v->a, init);
        return;
    }
    t = ts_temp(c);
    ts_put_name(c, t);
    ts_puts(c, rest ? " = $$all(" : " = $$arr(");
    ts_val(c, v, L_ASSIGN, 0);
    if (rest)
        ts_putc(c, ')');
    else
        ts_putf(c, ", %u)", count);
    u32 i = 0;
    for (u32 e = ND(pat)->a; e; e = ND(e)->next, i++) {
        if (ND(e)->kind == N_HOLE)
            continue;
        ts_puts(c, ", ");
        struct ts_val x = {.k = V_ELEM, .a = t, .b = i};
        if (ND(e)->kind == N_REST) {
            x.k = V_SLICE;
            ts_assign_to(c, ND(e)->a, &x, init);
        } else {
            element(c, e, &x, init);
        }
    }
}

/* One element at a time; the runtime closes the iterator. */
static void array_lazy(struct swd_ts_compiler *c, u32 pat, const struct ts_val *v, bool init)
{
    ts_puts(c, "$$pattern(");
    ts_val(c, v, L_ASSIGN, 0);
    u32 r = ts_fresh(c, ts_intern(c, "$it", 3));
    ts_puts(c, ", ");
    ts_puts(c, c->fx->thunk || c->fx->derived ? "void 0" : "this");
    ts_puts(c, ", function (");
    ts_put_name(c, r);
    ts_puts(c, ") { 0, ");
    c->in_thunk++;
    bool first = true;
    for (u32 e = ND(pat)->a; e; e = ND(e)->next) {
        if (!first)
            ts_puts(c, ", ");
        first = false;
        struct ts_val x = {.k = V_NEXT, .a = r};
        if (ND(e)->kind == N_HOLE) {
            ts_val(c, &x, L_ASSIGN, 0);
        } else if (ND(e)->kind == N_REST) {
            x.k = V_RESTOF;
            ts_assign_to(c, ND(e)->a, &x, init);
        } else {
            element(c, e, &x, init);
        }
    }
    c->in_thunk--;
    ts_puts(c, "; })");
}

/* The value in a name, for patterns that use it more than once. */
static u32 hold(struct swd_ts_compiler *c, const struct ts_val *v)
{
    if (v->k == V_NAME)
        return v->a;
    u32 t = ts_temp(c);
    ts_put_name(c, t);
    ts_puts(c, " = ");
    ts_val(c, v, L_ASSIGN, 0);
    ts_puts(c, ", ");
    return t;
}

/* Does reading the first property throw for null and undefined by itself, at the right time? */
static bool first_throws(struct swd_ts_compiler *c, u32 pat)
{
    u32 p = ND(pat)->a;
    if (!p)
        return false;
    if (ND(p)->kind == N_REST)
        return true; /* $$omit throws */
    if (ND(p)->flags & F_COMPUTED)
        return false;
    u32 t = ND(p)->b;
    if (ND(t)->kind == N_DEFAULT)
        t = ND(t)->a;
    int k = ND(t)->kind;
    return (k == N_IDENT && !(ND(t)->flags & F_WITH)) || k == N_OBJPAT;
}

static void object_pattern(struct swd_ts_compiler *c, u32 pat, const struct ts_val *v, bool init)
{
    u32 keys = c->spine.used;
    u32 t = hold(c, v);
    bool rest = false, first = true;
    for (u32 p = ND(pat)->a; p; p = ND(p)->next)
        rest |= ND(p)->kind == N_REST;
    if (!first_throws(c, pat)) {
        ts_puts(c, "$$roc(");
        ts_put_name(c, t);
        ts_putc(c, ')');
        first = false;
    }
    for (u32 p = ND(pat)->a; p; p = ND(p)->next) {
        if (!first)
            ts_puts(c, ", ");
        first = false;
        if (ND(p)->kind == N_REST) {
            struct ts_val x = {.k = V_OMIT, .a = t, .b = pat, .c = keys};
            ts_assign_to(c, ND(p)->a, &x, init);
            break;
        }
        bool computed = ND(p)->flags & F_COMPUTED;
        struct ts_val x = {.k = V_KEY, .a = t, .b = ND(p)->a, .c = computed};
        if (computed && (rest || !ts_simple_node(c, ND(p)->a))) {
            u32 k = ts_temp(c);
            ts_put_name(c, k);
            ts_puts(c, " = $$key(");
            ts_expr(c, ND(p)->a, L_ASSIGN);
            ts_puts(c, "), ");
            u32 i = ts_vec_add(c, &c->spine);
            ((u32 *)c->spine.p)[i] = k;
            u32 id = ts_node(c, N_IDENT, ND(p)->pos, k, 0);
            x.b = id;
        }
        u32 target = ND(p)->b;
        element(c, target, &x, init);
    }
    c->spine.used = keys;
}

static void member_target(struct swd_ts_compiler *c, u32 t, const struct ts_val *v)
{
    if (ts_is_super(c, t)) {
        u32 sup = ND(t)->a;
        ts_puts(c, "$$sset(");
        ts_super_home(c, sup);
        ts_puts(c, ", ");
        ts_member_key(c, t);
        ts_puts(c, ", ");
        ts_val(c, v, L_ASSIGN, 0);
        ts_puts(c, ", ");
        ts_this(c, ND(sup)->next);
        ts_putc(c, ')');
        return;
    }
    if (ND(t)->kind == N_PRIVATE) {
        ts_puts(c, "$$pset(");
        ts_expr(c, ND(t)->a, L_ASSIGN);
        ts_puts(c, ", ");
        ts_put_private_of(c, t);
        ts_puts(c, ", ");
        ts_val(c, v, L_ASSIGN, 0);
        ts_putc(c, ')');
        return;
    }
    ts_expr(c, t, L_LHS);
    ts_puts(c, " = ");
    ts_val(c, v, L_ASSIGN, 0);
}

/* Prints the assignment of a value to a target as one or more expressions joined by commas. */
void ts_assign_to(struct swd_ts_compiler *c, u32 target, const struct ts_val *v, bool init)
{
    ts_deep(c);
    switch (ND(target)->kind) {
    case N_IDENT: ts_write_sym(c, target, v, init); return;
    case N_ARRPAT:
        if (eager(c, target))
            array_eager(c, target, v, init);
        else
            array_lazy(c, target, v, init);
        return;
    case N_OBJPAT: object_pattern(c, target, v, init); return;
    default: member_target(c, target, v);
    }
}
