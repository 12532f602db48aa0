/* Printing classes.
 *
 * A class is one expression: `$$class(parent, constructor, methods, statics)` and, joined by
 * commas, what must run after it: computed members, private methods, static fields and blocks.
 * Instance fields are set at the start of the constructor, or behind super(). */
#include <stdio.h>

#include "ts/emit.h"

static u32 member_sym(struct swd_ts_compiler *c, u32 m)
{
    return ND(ND(m)->c)->b;
}

static bool is_private(struct swd_ts_compiler *c, u32 m)
{
    return member_sym(c, m) != 0;
}

static bool is_method(int op)
{
    return op == M_METHOD || op == M_GET || op == M_SET;
}

static bool is_static(struct swd_ts_compiler *c, u32 m)
{
    return (ND(m)->flags & F_STATIC) != 0;
}

/* ---- fields ---- */

/* Whether the value of a field, written out elsewhere, needs a function around it. */
static bool field_self(struct swd_ts_compiler *c, u32 value)
{
    u32 fn = ND(value)->a;
    return ts_implicit(c, FN(fn)->scope, S_THIS) || FN(fn)->flags & FN_STATICBLOCK;
}

static void field_key(struct swd_ts_compiler *c, u32 m)
{
    if (ND(m)->flags & F_COMPUTED) {
        u32 tmp = ND(ND(m)->c)->c;
        if (tmp)
            ts_put_state(c, tmp);
        else
            ts_expr(c, ND(m)->a, L_ASSIGN);
    } else {
        ts_key_value(c, ND(m)->a, false);
    }
}

static u32 field_name(struct swd_ts_compiler *c, u32 m)
{
    if (is_private(c, m))
        return SY(member_sym(c, m))->name;
    return ND(m)->flags & F_COMPUTED ? W_empty : ts_key_name(c, ND(m)->a);
}

/* The value; initialisers that decorators added see it first. */
static void field_value(struct swd_ts_compiler *c, u32 m, const char *self)
{
    u32 v = ND(m)->b, inits = ts_deco_inits(c, m);
    if (inits) {
        ts_putf(c, "$$inits(%s, ", self);
        ts_put_state(c, inits);
        ts_puts(c, ", ");
    }
    if (!v)
        ts_puts(c, "void 0");
    else
        ts_expr_named(c, FN(ND(v)->a)->body, L_ASSIGN, field_name(c, m));
    if (inits)
        ts_putc(c, ')');
}

/* Statements that give `self` (this or $this) the fields of the class. */
void ts_fields(struct swd_ts_compiler *c, u32 cls)
{
    const char *self = CL(cls)->has_parent ? "$this" : "this";
    ts_deco_instance(c, cls, self);
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        int op = ND(m)->op;
        if (is_static(c, m) || !is_private(c, m) || (!is_method(op) && op != M_ACCESSOR))
            continue;
        for (int k = op == M_ACCESSOR ? M_GET : op; k <= (op == M_ACCESSOR ? M_SET : op); k++) {
            ts_putf(c, "$$pmeth(%s, ", self);
            ts_sym(c, member_sym(c, m));
            ts_putf(c, ", %d, ", k);
            ts_sym(c, member_sym(c, m));
            ts_putf(c, ".m%d); ", k);
        }
    }
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        if (is_static(c, m) || (ND(m)->op != M_FIELD && ND(m)->op != M_ACCESSOR))
            continue;
        ts_sync(c, ND(m)->pos);
        u32 tmp = c->fx->tmp;
        u32 storage = ts_deco_storage(c, m);
        if (storage || is_private(c, m)) {
            ts_putf(c, "$$padd(%s, ", self);
            if (storage)
                ts_put_state(c, storage);
            else
                ts_put_private(c, member_sym(c, m));
            ts_puts(c, ", ");
            field_value(c, m, self);
            ts_puts(c, "); ");
        } else if (c->o->assign_fields) {
            ts_puts(c, self);
            ts_putc(c, '[');
            field_key(c, m);
            ts_puts(c, "] = ");
            field_value(c, m, self);
            ts_puts(c, "; ");
        } else {
            ts_putf(c, "$$field(%s, ", self);
            field_key(c, m);
            ts_puts(c, ", ");
            field_value(c, m, self);
            ts_puts(c, "); ");
        }
        if (ts_deco_extras(c, m)) {
            ts_putf(c, "$$inits(%s, ", self);
            ts_put_state(c, ts_deco_extras(c, m));
            ts_puts(c, "); ");
        }
        c->fx->tmp = tmp;
    }
}

static bool has_instance_part(struct swd_ts_compiler *c, u32 cls)
{
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        int op = ND(m)->op;
        if (!is_static(c, m) &&
            (op == M_FIELD || op == M_ACCESSOR || (is_private(c, m) && is_method(op))))
            return true;
    }
    return CL(cls)->extras != 0;
}

static bool fields_capture_this(struct swd_ts_compiler *c, u32 cls)
{
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        u32 v = ND(m)->b;
        if (!is_static(c, m) && (ND(m)->op == M_FIELD || ND(m)->op == M_ACCESSOR) && v &&
            ts_is_captured(c, ts_implicit(c, FN(ND(v)->a)->scope, S_THIS)))
            return true;
    }
    return false;
}

/* ---- constructors ---- */

static bool is_super_stmt(struct swd_ts_compiler *c, u32 s)
{
    if (ND(s)->kind != N_EXPR)
        return false;
    u32 e = ND(s)->a;
    return ND(e)->kind == N_CALL && ND(ND(e)->a)->kind == N_SUPER;
}

static void class_name_string(struct swd_ts_compiler *c, u32 name)
{
    ts_put_string(c, name == W_default_export ? W_default : name);
}

static void param_properties(struct swd_ts_compiler *c, u32 fn, const char *self)
{
    for (u32 p = FN(fn)->params; p; p = ND(p)->next) {
        u32 t = ND(p)->kind == N_DEFAULT || ND(p)->kind == N_REST ? ND(p)->a : p;
        if (ND(t)->kind != N_IDENT || !(ND(t)->flags & F_SHORTHAND))
            continue;
        ts_puts(c, self);
        ts_put_dot(c, ND(t)->a);
        ts_puts(c, " = ");
        ts_put_name(c, ts_out_name(c, ND(t)->b));
        ts_puts(c, "; ");
    }
}

/* What runs before the parameters are made: the check for `new`. */
void ts_ctor_prologue(struct swd_ts_compiler *c, u32 fn)
{
    u32 cls = FN(fn)->cls, scope = FN(fn)->scope;
    bool derived = FN(fn)->flags & FN_DERIVED;
    u32 name = c->class_name;
    u32 self = ts_implicit(c, scope, S_THIS), args = ts_implicit(c, scope, S_ARGUMENTS);
    bool nt = derived || ts_implicit(c, scope, S_NEWTARGET);
    if (nt)
        ts_puts(c, "var $nt = ");
    ts_puts(c, "new.target || $$nt(");
    class_name_string(c, name);
    ts_putc(c, ')');
    if (derived) {
        ts_puts(c, ", $self = this, $this");
        c->fx->derived = true;
    }
    ts_puts(c, "; ");
    if (!derived && (ts_is_captured(c, self) || fields_capture_this(c, cls)))
        ts_puts(c, "var $this = this; ");
    if (ts_is_captured(c, args))
        ts_puts(c, "var $args = arguments; ");
}

/* The statement super() that runs first for certain; 0: none. */
static u32 first_super(struct swd_ts_compiler *c, u32 fn)
{
    for (u32 s = FN(fn)->body; s; s = ND(s)->next) {
        if (is_super_stmt(c, s))
            return s;
        int k = ND(s)->kind;
        if (k != N_DIRECTIVE && k != N_VAR && k != N_EXPR && k != N_EMPTY && k != N_FUNCDECL &&
            k != N_IF)
            return 0;
    }
    return 0;
}

/* What a derived constructor does behind its super(). */
void ts_ctor_fields(struct swd_ts_compiler *c, u32 fn)
{
    c->fx->fields_after = 0;
    ts_putc(c, ' ');
    param_properties(c, fn, "$this");
    ts_fields(c, FN(fn)->cls);
}

/* The same as a function, where super() may be anywhere. */
static void init_function(struct swd_ts_compiler *c, u32 fn)
{
    struct ts_fnctx fx;
    ts_puts(c, "function $init() { ");
    ts_enter_fn(c, &fx, fn);
    ts_ctor_fields(c, fn);
    ts_put_vars(c);
    ts_leave_fn(c, &fx);
    ts_puts(c, "} ");
}

static void derived_body(struct swd_ts_compiler *c, u32 fn, bool work)
{
    u32 s = first_super(c, fn), end = 0;
    bool here = work && s && !(FN(fn)->flags & FN_MANYSUPER);
    if (s)
        end = ND(s)->next ? ND(ND(s)->next)->pos : FN(fn)->body_end;
    c->fx_fields_by_call = work && !here;
    if (work && !here)
        init_function(c, fn);
    FN(fn)->super_end = end;
    c->fx->fields_after = here ? s : 0;
    ts_fn_body(c, fn);
    ts_puts(c, end ? " return $this;" : " return $$this($this);");
}

void ts_ctor_body(struct swd_ts_compiler *c, u32 fn)
{
    u32 cls = FN(fn)->cls;
    bool props = false, by_call = c->fx_fields_by_call;
    for (u32 p = FN(fn)->params; p; p = ND(p)->next) {
        u32 t = ND(p)->kind == N_DEFAULT || ND(p)->kind == N_REST ? ND(p)->a : p;
        props |= ND(t)->kind == N_IDENT && ND(t)->flags & F_SHORTHAND;
    }
    if (FN(fn)->flags & FN_DERIVED) {
        derived_body(c, fn, props || has_instance_part(c, cls));
    } else {
        param_properties(c, fn, "this");
        ts_fields(c, cls);
        c->fx_fields_by_call = false;
        ts_fn_body(c, fn);
    }
    c->fx_fields_by_call = by_call;
}

/* The constructor of a class that has none. */
static void default_ctor(struct swd_ts_compiler *c, u32 cls, u32 name)
{
    struct ts_fnctx fx;
    bool was = c->out_strict, parts = has_instance_part(c, cls);
    ts_puts(c, "function ");
    if (name != W_empty && ts_plain_name(c, name))
        ts_put_name(c, name);
    ts_puts(c, "() { ");
    ts_enter_fn(c, &fx, 0);
    /* Strict arguments objects are dear; the constructor alone does nothing that strict code would
     * do otherwise. */
    if (!was && (parts || !CL(cls)->has_parent)) {
        ts_puts(c, "\"use strict\"; ");
        c->out_strict = true;
    }
    if (CL(cls)->has_parent) {
        ts_puts(c, "var $nt = new.target || $$nt(");
        class_name_string(c, name);
        ts_puts(c, "), $this = $$super(");
        ts_sym(c, CL(cls)->inner);
        ts_puts(c, ", $nt, this, arguments); ");
        if (parts)
            ts_fields(c, cls);
        ts_puts(c, "return $this;");
    } else {
        ts_puts(c, "new.target || $$nt(");
        class_name_string(c, name);
        ts_puts(c, "); ");
        if (fields_capture_this(c, cls))
            ts_puts(c, "var $this = this; ");
        ts_fields(c, cls);
    }
    ts_put_vars(c);
    ts_puts(c, " }");
    ts_leave_fn(c, &fx);
    c->out_strict = was;
}

static void constructor(struct swd_ts_compiler *c, u32 cls, u32 name)
{
    u32 fn = CL(cls)->ctor, outer = c->class_name;
    bool set = name != W_empty ? !ts_plain_name(c, name) : CL(cls)->has_parent;
    bool len = false;
    c->class_name = name;
    if (set)
        ts_puts(c, "$$name(");
    if (!fn) {
        default_ctor(c, cls, name);
    } else {
        u32 n = 0;
        for (u32 p = FN(fn)->params; p && ND(p)->kind != N_REST; p = ND(p)->next)
            n++;
        len = n != FN(fn)->length;
        if (len)
            ts_puts(c, "$$len(");
        if (has_instance_part(c, cls)) /* field values must not see its names */
            SC(FN(fn)->scope)->flags |= P_RENAME;
        ts_puts(c, "function ");
        if (name != W_empty && ts_plain_name(c, name))
            ts_put_name(c, name);
        ts_fn_rest(c, fn);
        if (len)
            ts_putf(c, ", %u)", FN(fn)->length);
    }
    if (set) {
        ts_puts(c, ", ");
        class_name_string(c, name);
        ts_putc(c, ')');
    }
    c->class_name = outer;
}

/* ---- members ---- */

/* Members that the object literals of $$class() take. */
static bool in_literal(struct swd_ts_compiler *c, u32 m, bool want_static)
{
    const struct ts_node *n = ND(m);
    return is_method(n->op) && !(n->flags & F_COMPUTED) && !is_private(c, m) &&
           !(n->flags & F_SHORTHAND) && is_static(c, m) == want_static;
}

static void literal(struct swd_ts_compiler *c, u32 cls, bool want_static, u32 stop)
{
    const char *sep = "";
    ts_putc(c, '{');
    for (u32 m = CL(cls)->members; m && m != stop; m = ND(m)->next) {
        if (!in_literal(c, m, want_static))
            continue;
        ts_puts(c, sep);
        sep = ", ";
        ts_sync(c, ND(m)->pos);
        int op = ND(m)->op;
        ts_method(c, ND(ND(m)->b)->a, ND(m)->a, op == M_GET ? "get " : op == M_SET ? "set " : "");
    }
    ts_putc(c, '}');
}

static bool has_literal(struct swd_ts_compiler *c, u32 cls, bool want_static, u32 stop)
{
    for (u32 m = CL(cls)->members; m && m != stop; m = ND(m)->next)
        if (in_literal(c, m, want_static))
            return true;
    return false;
}

static void put_target(struct swd_ts_compiler *c, u32 holder, u32 m)
{
    ts_put_holder(c, holder);
    if (!is_static(c, m))
        ts_puts(c, ".prototype");
}

/* The class value: the symbol of its binding, or a temporary (top bit). */
void ts_put_holder(struct swd_ts_compiler *c, u32 holder)
{
    if (holder & 0x80000000u)
        ts_put_name(c, holder & 0x7fffffffu);
    else
        ts_sym(c, holder);
}

static void late_member(struct swd_ts_compiler *c, u32 m, u32 holder)
{
    ts_puts(c, "$$member(");
    put_target(c, holder, m);
    ts_puts(c, ", ");
    ts_key_value(c, ND(m)->a, (ND(m)->flags & F_COMPUTED) != 0);
    ts_putf(c, ", %d, ", (int)ND(m)->op);
    ts_function(c, ND(ND(m)->b)->a, ND(m)->flags & F_COMPUTED ? 0 : ts_key_name(c, ND(m)->a));
    ts_putc(c, ')');
}

static void private_method(struct swd_ts_compiler *c, u32 m, u32 holder)
{
    int op = ND(m)->op;
    ts_sym(c, member_sym(c, m));
    ts_putf(c, ".m%d = ", op);
    if (op != M_METHOD)
        ts_puts(c, "$$name(");
    ts_function(c, ND(ND(m)->b)->a, 0);
    if (op != M_METHOD) {
        ts_puts(c, ", ");
        ts_put_string(c, SY(member_sym(c, m))->name);
        ts_puts(c, op == M_GET ? ", \"get\")" : ", \"set\")");
    }
    if (is_static(c, m)) {
        ts_puts(c, ", $$pmeth(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_sym(c, member_sym(c, m));
        ts_putf(c, ", %d, ", op);
        ts_sym(c, member_sym(c, m));
        ts_putf(c, ".m%d)", op);
    }
}

static void static_value(struct swd_ts_compiler *c, u32 m, u32 holder)
{
    u32 v = ND(m)->b;
    if (!v) {
        ts_puts(c, "void 0");
        return;
    }
    u32 fn = ND(v)->a;
    FN(fn)->flags |= FN_STATICFIELD;
    if (!field_self(c, v)) {
        ts_expr_named(c, FN(fn)->body, L_ASSIGN, field_name(c, m));
        return;
    }
    struct ts_fnctx fx;
    bool was = c->out_strict;
    ts_puts(c, "function () { ");
    if (!was)
        ts_puts(c, "\"use strict\"; ");
    c->out_strict = true;
    ts_enter_fn(c, &fx, fn);
    if (ts_is_captured(c, ts_implicit(c, FN(fn)->scope, S_THIS)))
        ts_puts(c, "var $this = this; ");
    if (FN(fn)->flags & FN_STATICBLOCK) {
        u32 cv = c->cv;
        c->cv = 0;
        ts_fn_body(c, fn);
        c->cv = cv;
    } else {
        ts_open_value(c, "return");
        ts_expr_named(c, FN(fn)->body, L_ASSIGN, field_name(c, m));
        ts_close_value(c);
    }
    ts_put_vars(c);
    ts_puts(c, " }.call(");
    ts_put_holder(c, holder);
    ts_putc(c, ')');
    ts_leave_fn(c, &fx);
    c->out_strict = was;
}

static void static_part(struct swd_ts_compiler *c, u32 m, u32 holder)
{
    if (ND(m)->op == M_BLOCK) {
        static_value(c, m, holder);
        return;
    }
    u32 inits = ts_deco_inits(c, m), extras = ts_deco_extras(c, m);
    u32 storage = ts_deco_storage(c, m);
    if (storage || is_private(c, m)) {
        ts_puts(c, "$$padd(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        if (storage)
            ts_put_state(c, storage);
        else
            ts_sym(c, member_sym(c, m));
    } else {
        ts_puts(c, "$$field(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        field_key(c, m);
    }
    ts_puts(c, ", ");
    if (inits) {
        ts_puts(c, "$$inits(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_put_state(c, inits);
        ts_puts(c, ", ");
    }
    static_value(c, m, holder);
    ts_puts(c, inits ? "))" : ")");
    if (extras) {
        ts_puts(c, ", $$inits(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_put_state(c, extras);
        ts_putc(c, ')');
    }
}

/* Whether the class is evaluated once in each run of the file. */
static bool is_once(struct swd_ts_compiler *c, u32 cls)
{
    if (c->goal == SWD_TS_EVAL)
        return false;
    for (u32 s = CL(cls)->scope; s; s = SC(s)->parent)
        if (SC(s)->flags & P_LOOP || SC(s)->kind == C_FUNC)
            return false;
    return true;
}

/* A name of the engine for the hidden symbol (engine/duk_op.h): of this file and place. */
static void private_literal(struct swd_ts_compiler *c, u32 y)
{
    const struct ts_name *n = NM(SY(y)->name);
    char buf[96];
    if (n->len > 64 || !n->ascii)
        return;
    int len = snprintf(buf, sizeof buf, "$$_%.*s_%08x%08x%x", (int)n->len - 1, n->s + 1,
                       ts_hash(c->src, c->n), ts_hash(c->file, (u32)strlen(c->file)) ^ c->n, y);
    SY(y)->head = ts_intern(c, buf, (u32)len);
}

static void private_names(struct swd_ts_compiler *c, u32 cls)
{
    bool once = is_once(c, cls);
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        u32 y = member_sym(c, m);
        if (!y || SY(y)->flags & Y_HEADCAP)
            continue;
        SY(y)->flags |= Y_HEADCAP; /* made */
        ts_need_sym(c, y);
        ts_sym(c, y);
        ts_puts(c, " = $$priv(");
        ts_put_string(c, SY(y)->name);
        if (once)
            private_literal(c, y);
        if (SY(y)->head) {
            ts_puts(c, ", ");
            ts_put_name(c, SY(y)->head);
        }
        ts_puts(c, "), ");
    }
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (member_sym(c, m))
            SY(member_sym(c, m))->flags &= (uint16_t)~Y_HEADCAP;
}

static bool odd_setter(struct swd_ts_compiler *c, u32 m)
{
    return ND(m)->op == M_SET && !is_private(c, m) && ts_odd_setter(c, ND(ND(m)->b)->a);
}

/* First member from which on the order of definition is visible; 0: none. */
static u32 first_computed(struct swd_ts_compiler *c, u32 cls)
{
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (is_method(ND(m)->op) && (ND(m)->flags & F_COMPUTED || odd_setter(c, m)))
            return m;
    return 0;
}

/* Computed names of fields are evaluated with the class, once. */
static void computed_field(struct swd_ts_compiler *c, u32 m)
{
    u32 name = ND(ND(m)->c)->c;
    if (!name)
        return;
    ts_puts(c, ", ");
    ts_put_state(c, name);
    ts_puts(c, " = $$key(");
    ts_expr(c, ND(m)->a, L_ASSIGN);
    ts_putc(c, ')');
}

static void after_class(struct swd_ts_compiler *c, u32 cls, u32 holder, u32 stop)
{
    bool late = false;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        int op = ND(m)->op;
        late |= m == stop;
        if (is_method(op) && is_private(c, m)) {
            ts_puts(c, ", ");
            private_method(c, m, holder);
        } else if (late && is_method(op) && !(ND(m)->flags & F_SHORTHAND)) {
            ts_puts(c, ", ");
            late_member(c, m, holder);
        } else if (op == M_FIELD && ND(m)->flags & F_COMPUTED) {
            computed_field(c, m);
        }
    }
}

static bool needs_holder(struct swd_ts_compiler *c, u32 cls, u32 stop)
{
    if (stop)
        return true;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (is_static(c, m) ? !in_literal(c, m, true)
                            : ND(m)->op == M_FIELD && ND(m)->flags & F_COMPUTED)
            return true;
    return false;
}

static bool any_private(struct swd_ts_compiler *c, u32 cls)
{
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (is_private(c, m))
            return true;
    return false;
}

/* Whether the class expression of a declaration assigns the declared variable itself. */
bool ts_class_assigns(struct swd_ts_compiler *c, u32 cls)
{
    const struct ts_class *k = CL(cls);
    if (ts_decorated(c, cls))
        return true;
    if (k->inner && SY(k->inner)->flags & Y_USED)
        return SY(k->inner)->extra && !(SY(k->sym)->flags & Y_ASSIGNED);
    return needs_holder(c, cls, first_computed(c, cls)) || any_private(c, cls);
}

/* A class as an expression; `name`: what it is called without a name of its own. */
void ts_class(struct swd_ts_compiler *c, u32 cls, u32 name, int level)
{
    struct ts_class *k = CL(cls);
    u32 inner = k->inner, sym = k->sym, stop;
    if (k->name)
        name = k->name == W_default_export ? W_default : k->name;
    stop = first_computed(c, cls);
    bool use_inner = inner && SY(inner)->flags & Y_USED, decorated = CL(cls)->decorators != 0;
    u32 original = use_inner && decorated ? inner : 0;
    ts_deco_declare(c, cls);
    u32 alias = use_inner && SY(inner)->kind == S_HIDDEN && SY(inner)->extra &&
                        !(SY(sym)->flags & Y_ASSIGNED)
                    ? sym
                    : 0;
    u32 holder = use_inner && !original ? inner : 0;
    bool hold = ts_decorated(c, cls) || needs_holder(c, cls, stop) || any_private(c, cls);
    if (!holder && hold)
        holder = sym ? sym : ts_temp(c) | 0x80000000u;
    bool seq = holder != 0;
    (void)level;
    if (seq)
        ts_putc(c, '(');
    if (k->state) {
        ts_need_sym(c, k->state);
        ts_sym(c, k->state);
        ts_puts(c, " = {}, ");
    }
    ts_deco_first(c, cls);
    private_names(c, cls);
    if (holder) {
        if (!(holder & 0x80000000u))
            ts_need_sym(c, alias ? alias : holder);
        ts_put_holder(c, holder);
        ts_puts(c, " = ");
        if (holder == inner && SY(inner)->kind == S_HIDDEN && sym &&
            SY(sym)->flags & Y_ASSIGNED) { /* what is inside calls it so, from now on */
            ts_sym(c, sym);
            ts_puts(c, " = ");
        }
    }
    if (original) {
        ts_need_sym(c, original);
        ts_sym(c, original);
        ts_puts(c, " = ");
    }
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (ND(m)->op == M_FIELD && ND(m)->flags & F_COMPUTED &&
            (!ts_simple_node(c, ND(m)->a) || ND(ND(m)->a)->kind == N_IDENT)) {
            u32 key = ts_state_var(c, cls, "$key");
            ND(ND(m)->c)->c = key;
        }
    ts_puts(c, "$$class(");
    if (CL(cls)->has_parent) {
        ts_puts(c, "$$parent(");
        ts_expr(c, CL(cls)->parent, L_ASSIGN);
        ts_putc(c, ')');
    } else {
        ts_puts(c, "void 0");
    }
    ts_puts(c, ", ");
    constructor(c, cls, name);
    bool protos = has_literal(c, cls, false, stop), statics = has_literal(c, cls, true, stop);
    if (protos || statics) {
        ts_puts(c, ", ");
        if (protos)
            literal(c, cls, false, stop);
        else
            ts_puts(c, "void 0");
    }
    if (statics) {
        ts_puts(c, ", ");
        literal(c, cls, true, stop);
    }
    ts_putc(c, ')');
    if (!seq)
        return;
    after_class(c, cls, holder, stop);
    ts_deco_apply(c, cls, holder);
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        int op = ND(m)->op;
        if (!is_static(c, m) || is_method(op))
            continue;
        ts_puts(c, ", ");
        ts_sync(c, ND(m)->pos);
        static_part(c, m, holder);
    }
    ts_deco_finish(c, cls, holder);
    ts_puts(c, ", ");
    ts_put_holder(c, holder);
    ts_putc(c, ')');
}
