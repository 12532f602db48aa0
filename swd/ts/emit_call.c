/* Printing members and calls: super, private elements, new, direct eval, tagged templates, optional
 * chains. */
#include "ts/emit_expr.h"

/* ---- members, calls ---- */

void ts_super_home(struct swd_ts_compiler *c, u32 sup)
{
    ts_sym(c, ND(sup)->b);
    if (SY(ND(sup)->b)->name != W_home && !(ND(sup)->flags & F_STATIC))
        ts_puts(c, ".prototype");
}

void ts_member_key(struct swd_ts_compiler *c, u32 n)
{
    if (ND(n)->kind == N_MEMBER)
        ts_put_string(c, ND(n)->b);
    else
        ts_expr(c, ND(n)->b, L_ASSIGN);
}

bool ts_is_super(struct swd_ts_compiler *c, u32 n)
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
    ts_super_home(c, sup);
    ts_puts(c, ", ");
    ts_member_key(c, n);
    ts_puts(c, ", ");
    ts_this(c, ND(sup)->next);
    ts_puts(c, early ? "))" : ")");
}

void ts_put_member(struct swd_ts_compiler *c, u32 n)
{
    ts_put_dot(c, ND(n)->b);
    ts_after(c, ND(n)->c ? ND(n)->c : ND(n)->pos);
}

/* Where a call is said to fail: at the name of what is called. */
u32 ts_call_pos(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a;
    return ND(callee)->kind == N_MEMBER && ND(callee)->c ? ND(callee)->c : ND(n)->pos;
}

void ts_put_object(struct swd_ts_compiler *c, u32 o)
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

void ts_put_private_of(struct swd_ts_compiler *c, u32 n)
{
    ts_put_private(c, ND(ND(n)->b)->b);
}

void ts_member(struct swd_ts_compiler *c, u32 n)
{
    if (ts_is_super(c, n)) {
        super_get(c, n);
        return;
    }
    switch (ND(n)->kind) {
    case N_MEMBER:
        ts_put_object(c, ND(n)->a);
        ts_put_member(c, n);
        break;
    case N_INDEX:
        ts_put_object(c, ND(n)->a);
        ts_putc(c, '[');
        ts_expr(c, ND(n)->b, L_SEQ);
        ts_putc(c, ']');
        ts_after(c, ND(ND(n)->b)->pos);
        break;
    default:
        ts_puts(c, "$$pget(");
        ts_expr(c, ND(n)->a, L_ASSIGN);
        ts_puts(c, ", ");
        ts_put_private_of(c, n);
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
        if (ts_is_super(c, n))
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

void ts_new(struct swd_ts_compiler *c, u32 n)
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
    ts_open_if(c, p);
    ts_expr(c, callee, p ? L_SEQ : L_MEMBER);
    ts_close_if(c, p);
    ts_putc(c, '(');
    ts_args(c, args);
    ts_putc(c, ')');
}

/* What stands behind an object that was just printed: `.b` or `[b]`. */
static void access(struct swd_ts_compiler *c, u32 n)
{
    if (ND(n)->kind == N_MEMBER) {
        ts_put_member(c, n);
        return;
    }
    ts_putc(c, '[');
    ts_expr(c, ND(n)->b, L_SEQ);
    ts_putc(c, ']');
}

/* A callee whose object must be kept: prints `f` with the object in the temporary answered. */
static u32 callee_keeping(struct swd_ts_compiler *c, u32 callee)
{
    u32 self = ts_temp(c);
    switch (ND(callee)->kind) {
    case N_CHAIN: ts_chain(c, ND(callee)->a, self, false); break;
    case N_IDENT: /* of an object of a `with` */
        ts_puts(c, "((");
        u32 found = ts_with_find(c, callee);
        ts_puts(c, ", ");
        ts_put_name(c, self);
        ts_puts(c, " = ");
        ts_put_name(c, found);
        ts_puts(c, "), ");
        ts_with_read(c, callee, self, "");
        ts_putc(c, ')');
        break;
    case N_PRIVATE:
        ts_puts(c, "$$pget(");
        ts_put_name(c, self);
        ts_puts(c, " = ");
        ts_expr(c, ND(callee)->a, L_ASSIGN);
        ts_puts(c, ", ");
        ts_put_private_of(c, callee);
        ts_putc(c, ')');
        break;
    default:
        ts_putc(c, '(');
        ts_put_name(c, self);
        ts_puts(c, " = ");
        ts_expr(c, ND(callee)->a, L_ASSIGN);
        ts_putc(c, ')');
        access(c, callee);
    }
    return self;
}

static void direct_eval(struct swd_ts_compiler *c, u32 n)
{
    u32 args = ND(n)->b;
    bool spread = ts_has_spread(c, args);
    ts_puts(c, "eval(");
    if (args) {
        ts_puts(c, "$$eval(");
        if (spread) {
            ts_spread_list(c, args);
            ts_puts(c, "[0]");
        } else {
            ts_expr(c, args, L_ASSIGN);
        }
        ts_puts(c, SC(ND(ND(n)->a)->c)->flags & P_STRICT ? ", true" : ", false");
        ts_eval_scope(c, n);
        ts_putc(c, ')');
        if (!spread && ND(args)->next) {
            ts_puts(c, ", ");
            ts_args(c, ND(args)->next);
        }
    }
    ts_putc(c, ')');
}

/* The rest of $$apply(f, self, args); no name for self: undefined. */
static void apply_tail(struct swd_ts_compiler *c, u32 self, u32 args)
{
    ts_puts(c, ", ");
    if (self)
        ts_put_name(c, self);
    else
        ts_puts(c, "void 0");
    ts_puts(c, ", ");
    if (args)
        ts_spread_args(c, args);
    else
        ts_puts(c, "[]");
    ts_putc(c, ')');
}

static void spread_call(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a, k = ND(callee)->kind, self = 0;
    ts_puts(c, "$$apply(");
    if (ts_is_super(c, callee)) {
        super_get(c, callee);
        ts_puts(c, ", ");
        ts_this(c, ND(ND(callee)->a)->next);
        ts_puts(c, ", ");
        ts_spread_args(c, ND(n)->b);
        ts_putc(c, ')');
        return;
    }
    if (k == N_MEMBER || k == N_INDEX || k == N_PRIVATE || k == N_CHAIN || ts_in_with(c, callee))
        self = callee_keeping(c, callee);
    else
        ts_expr(c, callee, L_ASSIGN);
    apply_tail(c, self, ND(n)->b);
}

void ts_call(struct swd_ts_compiler *c, u32 n)
{
    u32 callee = ND(n)->a, args = ND(n)->b;
    int k = ND(callee)->kind;
    if (c->mapping)
        ts_map(c, ND(n)->pos);
    if (k == N_SUPER) {
        super_call(c, n);
        return;
    }
    if (k == N_IDENT && ND(callee)->a == W_eval && !ND(callee)->b) {
        direct_eval(c, n);
        return;
    }
    if (ts_has_spread(c, args)) {
        spread_call(c, n);
        return;
    }
    if (ts_is_super(c, callee)) {
        ts_puts(c, "$$call(");
        super_get(c, callee);
        call_tail(c, args, 0, ND(ND(callee)->a)->next);
        return;
    }
    if (k == N_PRIVATE || ts_in_with(c, callee)) {
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
    if (ts_is_dotted(c, callee)) {
        ts_puts(c, "(0, ");
        ts_expr(c, callee, L_ASSIGN);
        ts_putc(c, ')');
    } else {
        ts_put_object(c, callee);
    }
    ts_putc(c, '(');
    ts_args(c, args);
    ts_putc(c, ')');
}

void ts_tagged(struct swd_ts_compiler *c, u32 n)
{
    u32 tag = ND(n)->a, templ = ND(n)->b;
    if (ND(tag)->kind == N_PRIVATE || ts_in_with(c, tag)) {
        u32 self = callee_keeping(c, tag);
        ts_puts(c, ".call(");
        ts_put_name(c, self);
        ts_puts(c, ", ");
    } else if (ts_is_super(c, tag)) {
        super_get(c, tag);
        ts_puts(c, ".call(");
        ts_this(c, ND(ND(tag)->a)->next);
        ts_puts(c, ", ");
    } else if (ts_is_dotted(c, tag)) {
        ts_puts(c, "(0, ");
        ts_expr(c, tag, L_ASSIGN);
        ts_puts(c, ")(");
    } else {
        ts_put_object(c, tag);
        ts_putc(c, '(');
    }
    ts_site(c, templ);
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
            ts_put_object(c, n);
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
        access(c, n);
        return;
    case N_PRIVATE:
        ts_puts(c, "$$pget(");
        if (save) {
            ts_put_name(c, keep);
            ts_puts(c, " = ");
        }
        links(c, base, i - 1, start, self, keep, last);
        ts_puts(c, ", ");
        ts_put_private_of(c, n);
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
            apply_tail(c, self, ND(n)->b);
            return;
        }
    } else if (i - 1 > base && (ND(prev)->kind == N_PRIVATE || spread)) {
        bool has_this = ND(prev)->kind != N_CALL;
        u32 o = has_this ? ts_temp(c) : 0;
        ts_puts(c, "$$apply(");
        links(c, base, i - 1, start, self, o, i - 1);
        apply_tail(c, o, ND(n)->b);
        return;
    }
    if (i - 1 == base && !start && (spread || ts_is_dotted(c, prev) || ts_is_super(c, prev))) {
        ts_call(c, n);
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
void ts_chain(struct swd_ts_compiler *c, u32 root, u32 self, bool del)
{
    u32 base = c->spine.used, count = 0;
    for (u32 n = root;; n = ND(n)->a) {
        count++;
        if (!is_link(ND(n)->kind) || ts_is_super(c, n) || ND(ND(n)->a)->kind == N_SUPER)
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
            if (ts_is_super(c, prev)) {
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
        if (i - 1 == from && !start && ts_is_local(c, prev) && !ts_is_dotted(c, prev)) {
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
                ts_chain(c, ND(prev)->a, next_this, false);
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
}
