/* Printing literals: numbers, strings, regular expressions, templates, arrays and arguments,
 * objects. */
#include "ts/emit_expr.h"

/* ---- literals ---- */

void ts_number(struct swd_ts_compiler *c, const struct ts_node *n)
{
    const char *s = c->src + n->a;
    u32 len = n->b;
    if (len > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9') {
        bool octal = true;
        double v = 0;
        for (u32 i = 0; i < len; i++)
            octal = octal && s[i] >= '0' && s[i] <= '7';
        if (octal) {
            for (u32 i = 0; i < len; i++)
                v = v * 8 + (s[i] - '0');
            ts_putf(c, "%.17g", v);
            return;
        }
        while (len > 1 && *s == '0' && s[1] >= '0' && s[1] <= '9') {
            s++;
            len--;
        }
    }
    for (u32 i = 0, from = 0;; i++) {
        if (i < len && s[i] != '_')
            continue;
        ts_put(c, s + from, i - from);
        from = i + 1;
        if (i >= len)
            return;
    }
}

void ts_string(struct swd_ts_compiler *c, const struct ts_node *n)
{
    if (n->flags & F_COOKED) {
        ts_put_string(c, n->a);
        return;
    }
    const char *s = c->src + n->a;
    bool plain = true;
    for (u32 i = 0; i < n->b && plain; i++)
        plain = (unsigned char)s[i] < 0x80 && (unsigned char)s[i] != '\\';
    if (plain)
        ts_put(c, s, n->b);
    else
        ts_put_string(c, ts_cook(c, n->a + 1, n->a + n->b - 1, false));
}

void ts_regex(struct swd_ts_compiler *c, u32 node)
{
    const struct ts_node *n = ND(node);
    u32 end = n->a + n->b, slash = end - 1;
    while (c->src[slash] != '/')
        slash--;
    ts_puts(c, "$$regexp(");
    ts_put_string(c, ts_intern(c, c->src + n->a + 1, slash - n->a - 1));
    ts_puts(c, ", ");
    ts_put_string(c, ts_intern(c, c->src + slash + 1, end - slash - 1));
    ts_putc(c, ')');
}

static void template_piece(struct swd_ts_compiler *c, const struct ts_node *n)
{
    ts_put_string(c, ts_cook(c, n->a, n->a + n->b, true));
}

/* "a".concat(x, "b"): concat makes strings of objects as templates do. */
void ts_template(struct swd_ts_compiler *c, u32 node, int level)
{
    u32 piece = ND(node)->a;
    if (!ND(piece)->next) {
        template_piece(c, ND(piece));
        return;
    }
    bool p = level > L_LHS;
    ts_open_if(c, p);
    template_piece(c, ND(piece));
    const char *sep = ".concat(";
    for (u32 e = ND(piece)->next; e;) {
        u32 tail = ND(e)->next;
        ts_puts(c, sep);
        ts_sync(c, ND(e)->pos);
        ts_expr(c, e, L_ASSIGN);
        sep = ", ";
        if (ND(tail)->b) {
            ts_puts(c, ", ");
            template_piece(c, ND(tail));
        }
        u32 next = ND(tail)->next;
        if (next && !ts_simple_node(c, next)) { /* conversions in order with evaluation */
            ts_putc(c, ')');
            sep = ".concat(";
        }
        e = next;
    }
    ts_putc(c, ')');
    ts_close_if(c, p);
}

void ts_site(struct swd_ts_compiler *c, u32 templ)
{
    u32 name = ts_fresh(c, ts_intern(c, "$site", 5));
    u32 i = ts_vec_add(c, &c->sites);
    ((u32 *)c->sites.p)[i] = name;
    ts_put_name(c, name);
    ts_puts(c, " || (");
    ts_put_name(c, name);
    ts_puts(c, " = $$tpl([");
    const char *sep = "";
    for (u32 e = ND(templ)->a; e; e = ND(e)->next) {
        if (ND(e)->kind != N_TSTR || (ND(e)->flags & F_STATIC))
            continue;
        ts_puts(c, sep);
        if (ND(e)->flags & F_COOKED)
            ts_puts(c, "void 0");
        else
            template_piece(c, ND(e));
        sep = ", ";
        u32 x = ND(e)->next;
        e = x ? x : e;
    }
    ts_puts(c, "], [");
    sep = "";
    for (u32 e = ND(templ)->a; e; e = ND(e)->next) {
        ts_puts(c, sep);
        u32 from = ND(e)->a, n = ND(e)->b, k = 0;
        char *raw = swd_bump_alloc(c->bump, n + 1);
        if (!raw)
            ts_abort(c, SWD_ENOMEM);
        for (u32 j = 0; j < n; j++) { /* CR LF and CR read as LF */
            char ch = c->src[from + j];
            if (ch == '\r') {
                if (j + 1 < n && c->src[from + j + 1] == '\n')
                    j++;
                ch = '\n';
            }
            raw[k++] = ch;
        }
        ts_put_string(c, ts_intern(c, raw, k));
        sep = ", ";
        u32 x = ND(e)->next;
        if (!x)
            break;
        e = x;
    }
    ts_puts(c, "]))");
}

/* ---- arrays, arguments, objects ---- */

bool ts_has_spread(struct swd_ts_compiler *c, u32 list)
{
    for (u32 e = list; e; e = ND(e)->next)
        if (ND(e)->kind == N_SPREAD)
            return true;
    return false;
}

enum { RUN_PLAIN, RUN_SPREAD, RUN_HOLES };
static const char *const run_helper[] = {"$$push(", "$$pushall(", "$$pushraw("};

/* Items of a literal up to the next spread, which is answered; a hole is a comma alone. */
static u32 plain_items(struct swd_ts_compiler *c, u32 e)
{
    for (; e && ND(e)->kind != N_SPREAD; e = ND(e)->next) {
        if (ND(e)->kind == N_HOLE) {
            ts_putc(c, ',');
            continue;
        }
        ts_sync(c, ND(e)->pos);
        ts_expr(c, e, L_ASSIGN);
        if (ND(e)->next && ND(ND(e)->next)->kind != N_SPREAD)
            ts_puts(c, ", ");
    }
    return e;
}

/* The runs that a list falls into, each a RUN_ kind, put on the spine. */
static void runs(struct swd_ts_compiler *c, u32 list)
{
    bool in_run = false;
    for (u32 e = list; e; e = ND(e)->next) {
        bool spread = ND(e)->kind == N_SPREAD;
        if (spread || !in_run) {
            u32 i = ts_vec_add(c, &c->spine);
            ((u32 *)c->spine.p)[i] = spread ? RUN_SPREAD : RUN_PLAIN;
        }
        if (ND(e)->kind == N_HOLE)
            ((u32 *)c->spine.p)[c->spine.used - 1] = RUN_HOLES;
        in_run = !spread;
    }
}

/* An array of the list's values, spreads expanded. */
void ts_spread_list(struct swd_ts_compiler *c, u32 list)
{
    u32 base = c->spine.used, e = list;
    runs(c, list);
    for (u32 i = c->spine.used; i-- > base + 1;)
        ts_puts(c, run_helper[((u32 *)c->spine.p)[i]]);
    for (u32 g = base; g < c->spine.used; g++) {
        u32 kind = ((u32 *)c->spine.p)[g];
        if (kind == RUN_SPREAD) {
            ts_puts(c, g == base ? "$$all(" : ", ");
            ts_expr(c, ND(e)->a, L_ASSIGN);
            e = ND(e)->next;
        } else {
            bool literal = g == base || kind == RUN_HOLES;
            ts_puts(c, g == base ? "[" : literal ? ", [" : ", ");
            e = plain_items(c, e);
            if (literal)
                ts_putc(c, ']');
        }
        if (g != base || kind == RUN_SPREAD)
            ts_putc(c, ')');
    }
    c->spine.used = base;
}

/* The same for arguments: what only is read at once may be the spread array itself. */
void ts_spread_args(struct swd_ts_compiler *c, u32 list)
{
    if (list && ND(list)->kind == N_SPREAD && !ND(list)->next) {
        ts_puts(c, "$$args(");
        ts_expr(c, ND(list)->a, L_ASSIGN);
        ts_putc(c, ')');
    } else {
        ts_spread_list(c, list);
    }
}

void ts_array(struct swd_ts_compiler *c, u32 node)
{
    u32 list = ND(node)->a;
    if (ts_has_spread(c, list)) {
        ts_spread_list(c, list);
        return;
    }
    ts_putc(c, '[');
    plain_items(c, list);
    ts_putc(c, ']');
}

void ts_args(struct swd_ts_compiler *c, u32 list)
{
    for (u32 e = list; e; e = ND(e)->next) {
        ts_sync(c, ND(e)->pos);
        ts_expr(c, e, L_ASSIGN);
        if (ND(e)->next)
            ts_puts(c, ", ");
    }
}

/* The name a key gives to an anonymous function; 0 when it is known at run time only. */
u32 ts_key_name(struct swd_ts_compiler *c, u32 key)
{
    const struct ts_node *k = ND(key);
    if (k->kind == N_STR && k->flags & F_COOKED)
        return k->a;
    if (k->kind == N_NUM)
        return ts_intern(c, c->src + k->a, k->b);
    return 0;
}

/* A key as it stands in an object literal. */
void ts_key(struct swd_ts_compiler *c, u32 key, bool computed)
{
    if (computed) {
        ts_putc(c, '[');
        ts_expr(c, key, L_ASSIGN);
        ts_putc(c, ']');
    } else if (ND(key)->kind == N_NUM) {
        ts_number(c, ND(key));
    } else if (ts_plain_key(c, ND(key)->a)) {
        ts_put_name(c, ND(key)->a);
    } else {
        ts_put_string(c, ND(key)->a);
    }
}

/* A key as a value. */
void ts_key_value(struct swd_ts_compiler *c, u32 key, bool computed)
{
    if (computed || ND(key)->kind == N_NUM)
        ts_expr(c, key, L_ASSIGN);
    else
        ts_put_string(c, ND(key)->a);
}

enum { ITEM_FLAT, ITEM_SPREAD, ITEM_PROTO, ITEM_DEF };

static int item_kind(struct swd_ts_compiler *c, u32 p)
{
    const struct ts_node *n = ND(p);
    if (n->kind == N_SPREAD)
        return ITEM_SPREAD;
    bool computed = n->flags & F_COMPUTED;
    if (n->op == P_INIT) {
        if (computed)
            return ND(n->a)->kind != N_STR && ts_is_anon_fn(c, n->b) ? ITEM_DEF : ITEM_FLAT;
        return !(n->flags & F_SHORTHAND) && ND(n->a)->kind == N_STR && ND(n->a)->a == W_proto
                   ? ITEM_PROTO
                   : ITEM_FLAT;
    }
    return computed || (n->op == P_SET && ts_odd_setter(c, ND(n->b)->a)) ? ITEM_DEF : ITEM_FLAT;
}

/* Neither its evaluation nor anything before it changes the value. */
static bool is_constant(int kind)
{
    return kind == N_STR || kind == N_NUM || kind == N_TRUE || kind == N_FALSE || kind == N_NULL ||
           kind == N_FUNC;
}

static void flat_item(struct swd_ts_compiler *c, u32 p)
{
    const struct ts_node *n = ND(p);
    u32 key = n->a, value = n->b;
    bool computed = n->flags & F_COMPUTED;
    if (computed && ND(key)->kind == N_STR && ND(key)->flags & F_COOKED && n->op == P_INIT)
        computed = false;
    switch (n->op) {
    case P_GET: ts_method(c, ND(value)->a, key, "get "); return;
    case P_SET: ts_method(c, ND(value)->a, key, "set "); return;
    case P_METHODP: ts_method(c, ND(value)->a, key, ""); return;
    default: break;
    }
    if (computed && !is_constant(ND(value)->kind) && !is_constant(ND(key)->kind)) {
        ts_puts(c, "[$$key("); /* before the value is evaluated */
        ts_expr(c, key, L_ASSIGN);
        ts_puts(c, ")]");
    } else {
        ts_key(c, key, computed);
    }
    ts_puts(c, ": ");
    ts_expr_named(c, value, L_ASSIGN, computed ? 0 : ts_key_name(c, key));
}

static u32 flat_run(struct swd_ts_compiler *c, u32 p)
{
    ts_putc(c, '{');
    bool first = true;
    while (p && item_kind(c, p) == ITEM_FLAT) {
        if (!first)
            ts_puts(c, ", ");
        ts_sync(c, ND(p)->pos);
        flat_item(c, p);
        first = false;
        p = ND(p)->next;
    }
    ts_putc(c, '}');
    return p;
}

/* The object that is being made: in the variable that methods find it by, or in a temporary. */
static void put_holder(struct swd_ts_compiler *c, u32 home, u32 tmp)
{
    if (home)
        ts_sym(c, home);
    else
        ts_put_name(c, tmp);
}

/* The beginning of a call that changes it. */
static void on_holder(struct swd_ts_compiler *c, const char *call, u32 home, u32 tmp)
{
    ts_puts(c, call);
    put_holder(c, home, tmp);
    ts_puts(c, ", ");
}

static void def_item(struct swd_ts_compiler *c, u32 p, u32 home, u32 tmp)
{
    static const int kinds[] = {[P_INIT] = 3, [P_GET] = 1, [P_SET] = 2, [P_METHODP] = 0};
    int op = ND(p)->op;
    on_holder(c, "$$def(", home, tmp);
    ts_key_value(c, ND(p)->a, (ND(p)->flags & F_COMPUTED) != 0);
    ts_putf(c, ", %d, ", kinds[op]);
    if (op == P_INIT)
        ts_expr(c, ND(p)->b, L_ASSIGN);
    else
        ts_function(c, ND(ND(p)->b)->a, 0);
    ts_puts(c, op == P_INIT ? ", true)" : ")");
}

/* A property that is added to the object made already, or a run of them. Answers what is behind. */
static u32 odd_item(struct swd_ts_compiler *c, u32 p, u32 home, u32 tmp)
{
    switch (item_kind(c, p)) {
    case ITEM_SPREAD:
        on_holder(c, "$$assign(", home, tmp);
        ts_expr(c, ND(p)->a, L_ASSIGN);
        ts_putc(c, ')');
        return ND(p)->next;
    case ITEM_PROTO:
        on_holder(c, "$$proto(", home, tmp);
        ts_expr(c, ND(p)->b, L_ASSIGN);
        ts_putc(c, ')');
        return ND(p)->next;
    case ITEM_DEF: def_item(c, p, home, tmp); return ND(p)->next;
    default:
        on_holder(c, "$$lit(", home, tmp);
        p = flat_run(c, p);
        ts_putc(c, ')');
        return p;
    }
}

void ts_object(struct swd_ts_compiler *c, u32 node)
{
    u32 p = ND(node)->a, home = ND(node)->b;
    bool flat = true;
    for (u32 e = p; e && flat; e = ND(e)->next)
        flat = item_kind(c, e) == ITEM_FLAT;
    if (flat && !home) {
        flat_run(c, p);
        return;
    }
    u32 tmp = home ? 0 : ts_temp(c);
    ts_putc(c, '(');
    if (home)
        ts_need_sym(c, home);
    put_holder(c, home, tmp);
    ts_puts(c, " = ");
    p = flat_run(c, p);
    while (p) {
        ts_puts(c, ", ");
        ts_sync(c, ND(p)->pos);
        p = odd_item(c, p, home, tmp);
    }
    ts_puts(c, ", ");
    put_holder(c, home, tmp);
    ts_putc(c, ')');
}
