/* Printing expressions, lowered to ES5.1. */
#include "ts/emit.h"

static void open_if(struct swd_ts_compiler *c, bool yes)
{
    if (yes)
        ts_putc(c, '(');
}

static void close_if(struct swd_ts_compiler *c, bool yes)
{
    if (yes)
        ts_putc(c, ')');
}

static bool local(struct swd_ts_compiler *c, u32 n)
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
    case N_IDENT: return local(c, n);
    case N_ARRAY:
    case N_OBJECT: return ND(n)->a == 0;
    default: return false;
    }
}

/* ---- literals ---- */

static void number(struct swd_ts_compiler *c, const struct ts_node *n)
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

static void string(struct swd_ts_compiler *c, const struct ts_node *n)
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
static void template(struct swd_ts_compiler *c, u32 node, int level)
{
    u32 piece = ND(node)->a;
    if (!ND(piece)->next) {
        template_piece(c, ND(piece));
        return;
    }
    bool p = level > L_LHS;
    open_if(c, p);
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
    close_if(c, p);
}

static void site(struct swd_ts_compiler *c, u32 templ)
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

/* An array of the list's values, spreads expanded. */
void ts_spread_list(struct swd_ts_compiler *c, u32 list)
{
    u32 base = c->spine.used;
    bool in_run = false;
    for (u32 e = list; e; e = ND(e)->next) {
        bool spread = ND(e)->kind == N_SPREAD;
        if (spread || !in_run) {
            u32 i = ts_vec_add(c, &c->spine);
            ((u32 *)c->spine.p)[i] = spread;
        }
        in_run = !spread;
    }
    for (u32 i = c->spine.used; i-- > base + 1;)
        ts_puts(c, ((u32 *)c->spine.p)[i] ? "$$pushall(" : "$$push(");
    u32 e = list;
    for (u32 g = base; g < c->spine.used; g++) {
        if (((u32 *)c->spine.p)[g]) {
            ts_puts(c, g == base ? "$$all(" : ", ");
            ts_expr(c, ND(e)->a, L_ASSIGN);
            ts_putc(c, ')');
            e = ND(e)->next;
            continue;
        }
        if (g == base)
            ts_putc(c, '[');
        for (bool first = true; e && ND(e)->kind != N_SPREAD; e = ND(e)->next, first = false) {
            if (!first || g != base)
                ts_puts(c, ", ");
            if (ND(e)->kind == N_HOLE)
                ts_puts(c, "void 0");
            else
                ts_expr(c, e, L_ASSIGN);
        }
        ts_putc(c, g == base ? ']' : ')');
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

static void array(struct swd_ts_compiler *c, u32 node)
{
    u32 list = ND(node)->a;
    if (ts_has_spread(c, list)) {
        ts_spread_list(c, list);
        return;
    }
    ts_putc(c, '[');
    for (u32 e = list; e; e = ND(e)->next) {
        if (ND(e)->kind == N_HOLE) {
            ts_putc(c, ',');
            continue;
        }
        ts_sync(c, ND(e)->pos);
        ts_expr(c, e, L_ASSIGN);
        if (ND(e)->next)
            ts_puts(c, ", ");
    }
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
        number(c, ND(key));
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
    return computed ? ITEM_DEF : ITEM_FLAT;
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
    ts_key(c, key, computed);
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

static void put_holder(struct swd_ts_compiler *c, u32 home, u32 tmp)
{
    if (home)
        ts_sym(c, home);
    else
        ts_put_name(c, tmp);
}

static void def_item(struct swd_ts_compiler *c, u32 p, u32 home, u32 tmp)
{
    static const int kinds[] = {[P_INIT] = 3, [P_GET] = 1, [P_SET] = 2, [P_METHODP] = 0};
    int op = ND(p)->op;
    ts_puts(c, "$$def(");
    put_holder(c, home, tmp);
    ts_puts(c, ", ");
    ts_key_value(c, ND(p)->a, true);
    ts_putf(c, ", %d, ", kinds[op]);
    if (op == P_INIT)
        ts_expr(c, ND(p)->b, L_ASSIGN);
    else
        ts_function(c, ND(ND(p)->b)->a, 0);
    ts_puts(c, op == P_INIT ? ", true)" : ")");
}

static void object(struct swd_ts_compiler *c, u32 node, int level)
{
    u32 p = ND(node)->a, home = ND(node)->b;
    bool flat = true;
    for (u32 e = p; e && flat; e = ND(e)->next)
        flat = item_kind(c, e) == ITEM_FLAT;
    if (flat && !home) {
        flat_run(c, p);
        return;
    }
    (void)level;
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
        switch (item_kind(c, p)) {
        case ITEM_SPREAD:
            ts_puts(c, "$$assign(");
            put_holder(c, home, tmp);
            ts_puts(c, ", ");
            ts_expr(c, ND(p)->a, L_ASSIGN);
            ts_putc(c, ')');
            p = ND(p)->next;
            break;
        case ITEM_PROTO:
            ts_puts(c, "$$proto(");
            put_holder(c, home, tmp);
            ts_puts(c, ", ");
            ts_expr(c, ND(p)->b, L_ASSIGN);
            ts_putc(c, ')');
            p = ND(p)->next;
            break;
        case ITEM_DEF:
            def_item(c, p, home, tmp);
            p = ND(p)->next;
            break;
        default:
            ts_puts(c, "$$lit(");
            put_holder(c, home, tmp);
            ts_puts(c, ", ");
            p = flat_run(c, p);
            ts_putc(c, ')');
        }
    }
    ts_puts(c, ", ");
    put_holder(c, home, tmp);
    ts_putc(c, ')');
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

static void ident(struct swd_ts_compiler *c, u32 node)
{
    const struct ts_node *n = ND(node);
    u32 y = n->b;
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
static bool dotted(struct swd_ts_compiler *c, u32 node)
{
    u32 y = ND(node)->b;
    if (ND(node)->kind != N_IDENT || !y)
        return false;
    const struct ts_sym *s = SY(y);
    return (s->kind == S_IMPORT && s->extra) || s->kind == S_MEMBER ||
           (s->flags & Y_ENV && SC(s->scope)->env);
}

/* ---- members, calls ---- */

static void super_home(struct swd_ts_compiler *c, u32 sup)
{
    ts_sym(c, ND(sup)->b);
    if (SY(ND(sup)->b)->name != W_home && !(ND(sup)->flags & F_STATIC))
        ts_puts(c, ".prototype");
}

static void super_key(struct swd_ts_compiler *c, u32 n)
{
    if (ND(n)->kind == N_MEMBER)
        ts_put_string(c, ND(n)->b);
    else
        ts_expr(c, ND(n)->b, L_ASSIGN);
}

static bool is_super(struct swd_ts_compiler *c, u32 n)
{
    int k = ND(n)->kind;
    return (k == N_MEMBER || k == N_INDEX) && ND(ND(n)->a)->kind == N_SUPER;
}

static void super_get(struct swd_ts_compiler *c, u32 n)
{
    u32 sup = ND(n)->a;
    bool early = ND(n)->kind == N_INDEX && ts_implicit_checked(c, ND(sup)->next);
    if (early) {
        ts_putc(c, '(');
        ts_this(c, ND(sup)->next);
        ts_puts(c, ", ");
    }
    ts_puts(c, "$$sget(");
    super_home(c, sup);
    ts_puts(c, ", ");
    super_key(c, n);
    ts_puts(c, ", ");
    ts_this(c, ND(sup)->next);
    ts_puts(c, early ? "))" : ")");
}

static void put_member(struct swd_ts_compiler *c, u32 n)
{
    u32 name = ND(n)->b;
    if (ts_plain_key(c, name)) {
        ts_putc(c, '.');
        ts_put_name(c, name);
    } else {
        ts_putc(c, '[');
        ts_put_string(c, name);
        ts_putc(c, ']');
    }
    ts_after(c, ND(n)->c ? ND(n)->c : ND(n)->pos);
}

/* Where a call is said to fail: at the name of what is called. */
static u32 call_pos(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a;
    return ND(callee)->kind == N_MEMBER && ND(callee)->c ? ND(callee)->c : ND(n)->pos;
}

static void put_object(struct swd_ts_compiler *c, u32 o)
{
    if (ND(o)->kind == N_NUM) {
        ts_putc(c, '(');
        ts_expr(c, o, L_SEQ);
        ts_putc(c, ')');
    } else {
        ts_expr(c, o, L_LHS);
    }
}

/* A private name where elements are read, written or added: the hidden symbol itself if it is known
 * (see private_names() in emit_class.c), else the variable that has it. */
void ts_put_private(struct swd_ts_compiler *c, u32 sym)
{
    if (SY(sym)->head)
        ts_put_name(c, SY(sym)->head);
    else
        ts_sym(c, sym);
}

static void put_private(struct swd_ts_compiler *c, u32 n)
{
    ts_put_private(c, ND(ND(n)->b)->b);
}

static void member(struct swd_ts_compiler *c, u32 n)
{
    if (is_super(c, n)) {
        super_get(c, n);
        return;
    }
    switch (ND(n)->kind) {
    case N_MEMBER:
        put_object(c, ND(n)->a);
        put_member(c, n);
        break;
    case N_INDEX:
        put_object(c, ND(n)->a);
        ts_putc(c, '[');
        ts_expr(c, ND(n)->b, L_SEQ);
        ts_putc(c, ']');
        ts_after(c, ND(ND(n)->b)->pos);
        break;
    default:
        ts_puts(c, "$$pget(");
        ts_expr(c, ND(n)->a, L_ASSIGN);
        ts_puts(c, ", ");
        put_private(c, n);
        ts_putc(c, ')');
    }
}

/* The rest of $$call(f, self, args). */
static void call_tail(struct swd_ts_compiler *c, u32 args, u32 self, u32 this_node)
{
    ts_puts(c, ", ");
    if (self)
        ts_put_name(c, self);
    else
        ts_this(c, this_node);
    if (args)
        ts_puts(c, ", ");
    ts_args(c, args);
    ts_putc(c, ')');
}

static void super_call(struct swd_ts_compiler *c, u32 n)
{
    u32 home = ND(n)->a, args = ND(n)->b;
    u32 y = ND(ND(n)->c)->b;
    u32 fn = SC(SY(y)->scope)->owner;
    u32 cls = FN(fn)->cls;
    bool many = FN(fn)->super_end == 0 || FN(fn)->flags & FN_MANYSUPER;
    bool spread = ts_has_spread(c, args);
    u32 t = many ? ts_temp(c) : 0;
    ts_putc(c, '(');
    if (many)
        ts_put_name(c, t);
    else
        ts_puts(c, "$this");
    ts_puts(c, spread ? " = $$super(" : " = $$supercall(");
    ts_sym(c, ND(home)->b);
    ts_puts(c, ", $nt, $self");
    if (args)
        ts_puts(c, ", ");
    if (spread)
        ts_spread_args(c, args);
    else
        ts_args(c, args);
    ts_putc(c, ')');
    if (many) {
        ts_puts(c, ", $$twice($this), $this = ");
        ts_put_name(c, t);
    }
    if (cls && c->fx_fields_by_call)
        ts_puts(c, ", $init.call($this), $this");
    ts_putc(c, ')');
}

static bool new_callee_plain(struct swd_ts_compiler *c, u32 n)
{
    for (;;) {
        const struct ts_node *d = ND(n);
        if (is_super(c, n))
            return false;
        if (d->kind == N_IDENT)
            return !(d->flags & (F_CHECK | F_DEAD));
        if (d->kind == N_THIS)
            return !ts_implicit_checked(c, n);
        if (d->kind != N_MEMBER && d->kind != N_INDEX)
            return false;
        n = d->a;
    }
}

static void new_expr(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a, args = ND(n)->b;
    if (ts_has_spread(c, args)) {
        ts_puts(c, "$$new(");
        ts_expr(c, callee, L_ASSIGN);
        ts_puts(c, ", ");
        ts_spread_args(c, args);
        ts_putc(c, ')');
        return;
    }
    bool p = !new_callee_plain(c, callee);
    ts_puts(c, "new ");
    open_if(c, p);
    ts_expr(c, callee, p ? L_SEQ : L_MEMBER);
    close_if(c, p);
    ts_putc(c, '(');
    ts_args(c, args);
    ts_putc(c, ')');
}

static bool chain_saving(struct swd_ts_compiler *c, u32 root, u32 self, bool del);

/* A callee whose object must be kept: prints `f` with the object in the temporary answered. */
static u32 callee_keeping(struct swd_ts_compiler *c, u32 callee)
{
    u32 self = ts_temp(c);
    switch (ND(callee)->kind) {
    case N_CHAIN: chain_saving(c, ND(callee)->a, self, false); break;
    case N_PRIVATE:
        ts_puts(c, "$$pget(");
        ts_put_name(c, self);
        ts_puts(c, " = ");
        ts_expr(c, ND(callee)->a, L_ASSIGN);
        ts_puts(c, ", ");
        put_private(c, callee);
        ts_putc(c, ')');
        break;
    default:
        ts_putc(c, '(');
        ts_put_name(c, self);
        ts_puts(c, " = ");
        ts_expr(c, ND(callee)->a, L_ASSIGN);
        ts_putc(c, ')');
        if (ND(callee)->kind == N_MEMBER) {
            put_member(c, callee);
        } else {
            ts_putc(c, '[');
            ts_expr(c, ND(callee)->b, L_SEQ);
            ts_putc(c, ']');
        }
    }
    return self;
}

static void direct_eval(struct swd_ts_compiler *c, u32 n)
{
    u32 args = ND(n)->b;
    ts_puts(c, "eval(");
    if (args) {
        ts_puts(c, "$$eval(");
        ts_expr(c, args, L_ASSIGN);
        ts_puts(c, SC(ND(ND(n)->a)->c)->flags & P_STRICT ? ", true)" : ", false)");
        if (ND(args)->next) {
            ts_puts(c, ", ");
            ts_args(c, ND(args)->next);
        }
    }
    ts_putc(c, ')');
}

static void spread_call(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a, k = ND(callee)->kind;
    ts_puts(c, "$$apply(");
    if (is_super(c, callee)) {
        super_get(c, callee);
        ts_puts(c, ", ");
        ts_this(c, ND(ND(callee)->a)->next);
    } else if (k == N_MEMBER || k == N_INDEX || k == N_PRIVATE || k == N_CHAIN) {
        u32 self = callee_keeping(c, callee);
        ts_puts(c, ", ");
        ts_put_name(c, self);
    } else {
        ts_expr(c, callee, L_ASSIGN);
        ts_puts(c, ", void 0");
    }
    ts_puts(c, ", ");
    ts_spread_args(c, ND(n)->b);
    ts_putc(c, ')');
}

static void call(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a, args = ND(n)->b;
    int k = ND(callee)->kind;
    if (c->mapping)
        ts_map(c, ND(n)->pos);
    if (k == N_SUPER) {
        super_call(c, n);
        return;
    }
    if (k == N_IDENT && ND(callee)->a == W_eval && !ND(callee)->b && !ts_has_spread(c, args)) {
        direct_eval(c, n);
        return;
    }
    if (ts_has_spread(c, args)) {
        spread_call(c, n);
        return;
    }
    if (is_super(c, callee)) {
        ts_puts(c, "$$call(");
        super_get(c, callee);
        call_tail(c, args, 0, ND(ND(callee)->a)->next);
        return;
    }
    if (k == N_PRIVATE) {
        ts_puts(c, "$$call(");
        u32 self = callee_keeping(c, callee);
        call_tail(c, args, self, 0);
        return;
    }
    if (k == N_CHAIN) {
        ts_puts(c, "$$apply(");
        u32 self = callee_keeping(c, callee);
        ts_puts(c, ", ");
        ts_put_name(c, self);
        ts_puts(c, ", [");
        ts_args(c, args);
        ts_puts(c, "])");
        return;
    }
    if (dotted(c, callee)) {
        ts_puts(c, "(0, ");
        ts_expr(c, callee, L_ASSIGN);
        ts_putc(c, ')');
    } else {
        put_object(c, callee);
    }
    ts_putc(c, '(');
    ts_args(c, args);
    ts_putc(c, ')');
}

static void tagged(struct swd_ts_compiler *c, u32 n)
{
    u32 tag = ND(n)->a, templ = ND(n)->b;
    if (ND(tag)->kind == N_PRIVATE) {
        u32 self = callee_keeping(c, tag);
        ts_puts(c, ".call(");
        ts_put_name(c, self);
        ts_puts(c, ", ");
    } else if (is_super(c, tag)) {
        super_get(c, tag);
        ts_puts(c, ".call(");
        ts_this(c, ND(ND(tag)->a)->next);
        ts_puts(c, ", ");
    } else if (dotted(c, tag)) {
        ts_puts(c, "(0, ");
        ts_expr(c, tag, L_ASSIGN);
        ts_puts(c, ")(");
    } else {
        put_object(c, tag);
        ts_putc(c, '(');
    }
    site(c, templ);
    for (u32 e = ND(ND(templ)->a)->next; e; e = ND(ND(e)->next)->next) {
        ts_puts(c, ", ");
        ts_expr(c, e, L_ASSIGN);
    }
    ts_putc(c, ')');
}

/* ---- optional chains ---- */

/* Prints the links base+1 .. i of the spine behind a start value: a name, or the base node. */
static void links(struct swd_ts_compiler *c, u32 base, u32 i, u32 start, u32 self, u32 keep,
                  u32 last)
{
    u32 n = ((u32 *)c->spine.p)[i];
    ts_deep(c);
    if (i == base) {
        if (start)
            ts_put_name(c, start);
        else
            put_object(c, n);
        return;
    }
    bool save = keep && i == last;
    switch (ND(n)->kind) {
    case N_MEMBER:
    case N_INDEX:
        if (save) {
            ts_putc(c, '(');
            ts_put_name(c, keep);
            ts_puts(c, " = ");
        }
        links(c, base, i - 1, start, self, keep, last);
        if (save)
            ts_putc(c, ')');
        if (ND(n)->kind == N_MEMBER) {
            put_member(c, n);
        } else {
            ts_putc(c, '[');
            ts_expr(c, ND(n)->b, L_SEQ);
            ts_putc(c, ']');
        }
        return;
    case N_PRIVATE:
        ts_puts(c, "$$pget(");
        if (save) {
            ts_put_name(c, keep);
            ts_puts(c, " = ");
        }
        links(c, base, i - 1, start, self, keep, last);
        ts_puts(c, ", ");
        put_private(c, n);
        ts_putc(c, ')');
        return;
    default: break;
    }
    /* a call */
    u32 prev = ((u32 *)c->spine.p)[i - 1];
    bool spread = ts_has_spread(c, ND(n)->b);
    if (i - 1 == base && start) {
        if (spread || self) {
            ts_puts(c, "$$apply(");
            ts_put_name(c, start);
            ts_puts(c, ", ");
            if (self)
                ts_put_name(c, self);
            else
                ts_puts(c, "void 0");
            ts_puts(c, ", ");
            if (ND(n)->b)
                ts_spread_args(c, ND(n)->b);
            else
                ts_puts(c, "[]");
            ts_putc(c, ')');
            return;
        }
    } else if (i - 1 > base && (ND(prev)->kind == N_PRIVATE || spread)) {
        bool has_this = ND(prev)->kind != N_CALL;
        u32 o = has_this ? ts_temp(c) : 0;
        ts_puts(c, "$$apply(");
        links(c, base, i - 1, start, self, o, i - 1);
        ts_puts(c, ", ");
        if (o)
            ts_put_name(c, o);
        else
            ts_puts(c, "void 0");
        ts_puts(c, ", ");
        if (ND(n)->b)
            ts_spread_args(c, ND(n)->b);
        else
            ts_puts(c, "[]");
        ts_putc(c, ')');
        return;
    }
    if (i - 1 == base && !start && (spread || dotted(c, prev) || is_super(c, prev))) {
        call(c, n);
        return;
    }
    links(c, base, i - 1, start, self, 0, last);
    ts_putc(c, '(');
    ts_args(c, ND(n)->b);
    ts_putc(c, ')');
}

static bool is_link(int k)
{
    return k == N_MEMBER || k == N_INDEX || k == N_PRIVATE || k == N_CALL;
}

/* a?.b.c?.(): the spine is cut at each ?. and each part tested. With `self` the object of the last
 * member goes to that temporary; with `del` the last member is deleted. */
static bool chain_saving(struct swd_ts_compiler *c, u32 root, u32 self, bool del)
{
    u32 base = c->spine.used, count = 0;
    for (u32 n = root;; n = ND(n)->a) {
        count++;
        if (!is_link(ND(n)->kind) || is_super(c, n) || ND(ND(n)->a)->kind == N_SUPER)
            break;
    }
    for (u32 i = 0; i < count; i++)
        ts_vec_add(c, &c->spine);
    u32 n = root;
    for (u32 i = count; i-- > 0; n = ND(n)->a)
        ((u32 *)c->spine.p)[base + i] = n;
    u32 from = base, start = 0, this_of = 0, end = base + count - 1;
    ts_putc(c, '(');
    for (u32 i = base + 1; i <= end; i++) {
        u32 link = ((u32 *)c->spine.p)[i];
        if (!(ND(link)->flags & F_OPTIONAL))
            continue;
        u32 prev = ((u32 *)c->spine.p)[i - 1], keep = 0, next_this = 0;
        if (ND(link)->kind == N_CALL && i - 1 > from && ND(prev)->kind != N_CALL)
            keep = next_this = ts_temp(c);
        if (ND(link)->kind == N_CALL && i - 1 == from && from == base && !start) {
            if (is_super(c, prev)) {
                next_this = ts_temp(c);
                ts_putc(c, '(');
                ts_put_name(c, next_this);
                ts_puts(c, " = ");
                ts_this(c, ND(ND(prev)->a)->next);
                ts_puts(c, ", ");
            }
        }
        bool sup = next_this && !keep;
        bool inner = ND(link)->kind == N_CALL && i - 1 == base && ND(prev)->kind == N_CHAIN;
        if (inner)
            next_this = ts_temp(c); /* (a?.b)?.() */
        if (i - 1 == from && !start && local(c, prev) && !dotted(c, prev)) {
            ts_expr(c, prev, L_LHS);
            ts_puts(c, " == null ? ");
            start = ts_out_name(c, ND(prev)->b);
        } else if (i - 1 == from && start) {
            ts_put_name(c, start);
            ts_puts(c, " == null ? ");
        } else {
            u32 t = ts_temp(c);
            ts_putc(c, '(');
            ts_put_name(c, t);
            ts_puts(c, " = ");
            if (inner)
                chain_saving(c, ND(prev)->a, next_this, false);
            else
                links(c, from, i - 1, start, this_of, keep, i - 1);
            ts_puts(c, sup ? ")) == null ? " : ") == null ? ");
            start = t;
        }
        ts_puts(c, del ? "true : " : "void 0 : ");
        this_of = next_this;
        from = i - 1;
    }
    if (del)
        ts_puts(c, "delete ");
    links(c, from, end, start, this_of, self, end);
    ts_putc(c, ')');
    c->spine.used = base;
    return true;
}

/* ---- operators ---- */

static int level_of(int op)
{
    return L_BIN + ts_prec(op);
}

static const char *op_text(int op)
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
static void binary(struct swd_ts_compiler *c, u32 node, int level)
{
    u32 base = c->spine.used;
    int want = level;
    u32 n = node;
    for (;;) {
        int op = ND(n)->op, mine = level_of(op);
        bool p = want > mine || (op == T_IN && c->no_in);
        u32 i = ts_vec_add(c, &c->spine);
        ((u32 *)c->spine.p)[i] = n << 1 | p;
        open_if(c, p);
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
        ts_puts(c, op_text(op));
        ts_putc(c, ' ');
        ts_sync(c, ND(ND(m)->b)->pos);
        ts_expr(c, ND(m)->b, op == T_POW ? level_of(op) : level_of(op) + 1);
        close_if(c, v & 1);
    }
}

static void nullish(struct swd_ts_compiler *c, u32 n, int level)
{
    bool p = level > L_COND;
    u32 left = ND(n)->a;
    open_if(c, p);
    if (local(c, left)) {
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
    close_if(c, p);
}

static void unary(struct swd_ts_compiler *c, u32 n, int level)
{
    u32 e = ND(n)->a;
    int op = ND(n)->op;
    if (op == T_DELETE) {
        if (ND(e)->kind == N_CHAIN) {
            chain_saving(c, ND(e)->a, 0, true);
            return;
        }
        if (is_super(c, e)) {
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
    bool p = level > L_UNARY;
    open_if(c, p);
    ts_puts(c, op_text(op));
    if (op == T_TYPEOF || op == T_VOID || op == T_DELETE || ND(e)->kind == N_UNARY ||
        ND(e)->kind == N_UPDATE)
        ts_putc(c, ' ');
    ts_expr(c, e, L_UNARY);
    close_if(c, p);
}

/* The parts of a member target, each in a temporary (or in place when that is the same). */
struct place {
    u32 node, obj, key;
};

/* Prints `(obj = ..., key = ...)` as the object expression where needed. */
static void place_first(struct swd_ts_compiler *c, struct place *pl, u32 n)
{
    *pl = (struct place){.node = n};
    u32 o = ND(n)->a;
    if (is_super(c, n)) {
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
        put_object(c, ND(pl->node)->a);
}

static void place_key(struct swd_ts_compiler *c, const struct place *pl)
{
    if (pl->key)
        ts_put_name(c, pl->key);
    else if (ND(pl->node)->kind == N_MEMBER)
        ts_put_string(c, ND(pl->node)->b);
    else
        ts_expr(c, ND(pl->node)->b, L_ASSIGN);
}

static void place_get(struct swd_ts_compiler *c, const struct place *pl)
{
    u32 n = pl->node;
    if (is_super(c, n)) {
        ts_puts(c, "$$sget(");
        super_home(c, ND(n)->a);
        ts_puts(c, ", ");
        place_key(c, pl);
        ts_puts(c, ", ");
        ts_this(c, ND(ND(n)->a)->next);
        ts_putc(c, ')');
    } else if (ND(n)->kind == N_PRIVATE) {
        ts_puts(c, "$$pget(");
        place_obj(c, pl);
        ts_puts(c, ", ");
        put_private(c, n);
        ts_putc(c, ')');
    } else {
        place_obj(c, pl);
        if (ND(n)->kind == N_MEMBER) {
            put_member(c, n);
        } else {
            ts_putc(c, '[');
            place_key(c, pl);
            ts_putc(c, ']');
        }
    }
}

/* What stands before and behind the value in a store. */
static void place_set_open(struct swd_ts_compiler *c, const struct place *pl)
{
    u32 n = pl->node;
    if (is_super(c, n)) {
        ts_puts(c, "$$sset(");
        super_home(c, ND(n)->a);
        ts_puts(c, ", ");
        place_key(c, pl);
        ts_puts(c, ", ");
    } else if (ND(n)->kind == N_PRIVATE) {
        ts_puts(c, "$$pset(");
        place_obj(c, pl);
        ts_puts(c, ", ");
        put_private(c, n);
        ts_puts(c, ", ");
    } else {
        place_get(c, pl);
        ts_puts(c, " = ");
    }
}

static void place_set_close(struct swd_ts_compiler *c, const struct place *pl)
{
    if (is_super(c, pl->node)) {
        ts_puts(c, ", ");
        ts_this(c, ND(ND(pl->node)->a)->next);
        ts_putc(c, ')');
    } else if (ND(pl->node)->kind == N_PRIVATE) {
        ts_putc(c, ')');
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

static void update(struct swd_ts_compiler *c, u32 n, int level)
{
    u32 e = ND(n)->a;
    bool prefix = ND(n)->flags & F_PREFIX;
    const char *op = ND(n)->op == T_INC ? "++" : "--";
    int k = ND(e)->kind;
    bool special =
        k == N_PRIVATE || is_super(c, e) ||
        (k == N_IDENT && (is_const(c, e) || ND(e)->flags & (F_CHECK | F_DEAD) || is_fname(c, e)));
    if (!special) {
        bool p = level > (prefix ? L_UNARY : L_POSTFIX);
        open_if(c, p);
        bool wrap = !prefix && c->o->columns && ND(e)->kind != N_IDENT;
        if (prefix)
            ts_puts(c, op);
        open_if(c, wrap);
        ts_expr(c, e, L_LHS);
        close_if(c, wrap);
        if (!prefix)
            ts_puts(c, op);
        close_if(c, p);
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
        place_set_close(c, &pl);
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
    if (op == T_NULLISH_A && !(id && local(c, t))) {
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
        place_set_close(c, &pl);
    }
    ts_puts(c, "))");
}

static void compound_special(struct swd_ts_compiler *c, u32 n)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    const char *op = op_text(plain_op(ND(n)->op));
    int right = level_of(plain_op(ND(n)->op)) + 1;
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
        place_set_close(c, &pl);
    }
    ts_putc(c, ')');
}

static void assign(struct swd_ts_compiler *c, u32 n, int level, bool is_void)
{
    u32 t = ND(n)->a, v = ND(n)->b;
    int op = ND(n)->op, k = ND(t)->kind;
    bool p = level > L_ASSIGN;
    if (k == N_ARRPAT || k == N_OBJPAT) {
        u32 tmp = 0;
        struct ts_val val = {.k = V_NODE, .a = v};
        bool keep = !is_void && !local(c, v);
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
    if (is_logical(op)) {
        logical_assign(c, n);
        return;
    }
    bool odd =
        k == N_PRIVATE || is_super(c, t) ||
        (k == N_IDENT && (is_const(c, t) || is_fname(c, t) || ND(t)->flags & (F_CHECK | F_DEAD)));
    if (op != T_ASSIGN && odd) {
        compound_special(c, n);
        return;
    }
    open_if(c, p);
    if (op != T_ASSIGN) {
        ts_expr(c, t, L_LHS);
        ts_putc(c, ' ');
        ts_puts(c, op_text(op));
        ts_putc(c, ' ');
        ts_expr(c, v, L_ASSIGN);
    } else {
        struct ts_val val = {.k = V_NODE, .a = v};
        ts_assign_to(c, t, &val, false);
    }
    close_if(c, p);
}

/* Whether assigning to the target prints more than one expression. */
static void seq(struct swd_ts_compiler *c, u32 n, int level, bool is_void)
{
    bool p = level > L_SEQ;
    open_if(c, p);
    for (u32 e = ND(n)->a; e; e = ND(e)->next) {
        if (is_void || ND(e)->next)
            ts_void_expr(c, e);
        else
            ts_expr(c, e, L_ASSIGN);
        if (ND(e)->next)
            ts_puts(c, ", ");
    }
    close_if(c, p);
}

/* An expression whose value nobody wants. */
/* `o.#p++` whose value is not wanted. */
static void void_private_update(struct swd_ts_compiler *c, u32 n)
{
    struct place pl;
    ts_putc(c, '(');
    place_first(c, &pl, ND(n)->a);
    place_set_open(c, &pl);
    ts_putc(c, '+');
    place_get(c, &pl);
    ts_puts(c, ND(n)->op == T_INC ? " + 1" : " - 1");
    place_set_close(c, &pl);
    ts_putc(c, ')');
}

void ts_void_expr(struct swd_ts_compiler *c, u32 n)
{
    if (ND(n)->kind == N_ASSIGN)
        assign(c, n, L_ASSIGN, true);
    else if (ND(n)->kind == N_UPDATE && ND(ND(n)->a)->kind == N_PRIVATE)
        void_private_update(c, n);
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
    open_if(c, p);
    ts_expr(c, ND(n)->a, L_BIN);
    ts_puts(c, " ? ");
    ts_sync(c, ND(ND(n)->b)->pos);
    ts_expr(c, ND(n)->b, L_ASSIGN);
    ts_puts(c, " : ");
    ts_sync(c, ND(ND(n)->c)->pos);
    ts_expr(c, ND(n)->c, L_ASSIGN);
    close_if(c, p);
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
    case N_IDENT: ident(c, n); return;
    case N_THIS: ts_this(c, n); return;
    case N_NEWTARGET: new_target(c, n); return;
    case N_NUM: number(c, ND(n)); return;
    case N_STR: string(c, ND(n)); return;
    case N_REGEX: ts_regex(c, n); return;
    case N_TEMPLATE: template(c, n, level); return;
    case N_TAGGED: tagged(c, n); return;
    case N_TRUE: ts_puts(c, "true"); return;
    case N_FALSE: ts_puts(c, "false"); return;
    case N_NULL: ts_puts(c, "null"); return;
    case N_ARRAY: array(c, n); return;
    case N_OBJECT: object(c, n, level); return;
    case N_FUNC: ts_function(c, ND(n)->a, W_empty); return;
    case N_CLASS: ts_class(c, ND(n)->a, W_empty, level); return;
    case N_MEMBER:
    case N_INDEX:
    case N_PRIVATE: member(c, n); return;
    case N_CALL: {
        bool p = level > L_LHS;
        open_if(c, p);
        call(c, n);
        ts_after(c, call_pos(c, n));
        close_if(c, p);
        return;
    }
    case N_NEW:
        new_expr(c, n);
        ts_after(c, ND(n)->pos);
        return;
    case N_CHAIN: chain_saving(c, ND(n)->a, 0, false); return;
    case N_UNARY: unary(c, n, level); return;
    case N_UPDATE: update(c, n, level); return;
    case N_BINARY:
        if (ND(n)->op == T_NULLISH)
            nullish(c, n, level);
        else
            binary(c, n, level);
        return;
    case N_PRIVIN: private_in(c, n); return;
    case N_ASSIGN: assign(c, n, level, false); return;
    case N_COND: cond(c, n, level); return;
    case N_SEQ: seq(c, n, level, false); return;
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
