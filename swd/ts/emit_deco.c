/* Printing decorators, TC39's and legacy ones, and `accessor` members.
 *
 * What decorators leave behind for later (initialisers) lives in variables of the function around
 * the class, or, where a loop makes the class anew, in an object of each turn. The order is:
 * decorators of methods and accessors, static ones first, then those of fields, then those of the
 * class. */
#include "ts/emit.h"

static u32 decorators_of(struct swd_ts_compiler *c, u32 m)
{
    return ND(ND(m)->c)->a;
}

/* The node with the names of a member's variables: initialisers, extra initialisers, storage. */
static u32 names_of(struct swd_ts_compiler *c, u32 m)
{
    return ND(ND(m)->c)->next;
}

static bool legacy(struct swd_ts_compiler *c)
{
    return c->o->experimental_decorators && c->ts;
}

bool ts_decorated(struct swd_ts_compiler *c, u32 cls)
{
    if (CL(cls)->decorators)
        return true;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next)
        if (decorators_of(c, m) || ND(m)->op == M_ACCESSOR)
            return true;
    return false;
}

static bool is_static(struct swd_ts_compiler *c, u32 m)
{
    return (ND(m)->flags & F_STATIC) != 0;
}

/* A variable of the class that later code needs: of the function around, or, in a loop, a property
 * of the object that holds the state of this class, noted with the name. */
u32 ts_state_var(struct swd_ts_compiler *c, u32 cls, const char *base)
{
    if (!CL(cls)->state)
        return ts_var(c, base);
    u32 name = ts_fresh(c, ts_intern(c, base, (u32)strlen(base)));
    NM(name)->sym = CL(cls)->state;
    return name;
}

void ts_put_state(struct swd_ts_compiler *c, u32 name)
{
    if (NM(name)->sym) {
        ts_sym(c, NM(name)->sym);
        ts_putc(c, '.');
    }
    ts_put_name(c, name);
}

/* Makes the variables, before the constructor that uses them is printed. */
void ts_deco_declare(struct swd_ts_compiler *c, u32 cls)
{
    if (!ts_decorated(c, cls))
        return;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        u32 d = decorators_of(c, m);
        int op = ND(m)->op;
        if (legacy(c) ? op != M_ACCESSOR : !d && op != M_ACCESSOR)
            continue;
        u32 x = ts_node(c, N_EXTRA, ND(m)->pos, 0, 0);
        ND(ND(m)->c)->next = x;
        if (op == M_ACCESSOR) {
            u32 s = ts_state_var(c, cls, "$storage");
            ND(x)->c = s;
        }
        if (d && (op == M_FIELD || op == M_ACCESSOR)) {
            u32 a = ts_state_var(c, cls, "$inits"), b = ts_state_var(c, cls, "$extras");
            ND(x)->a = a;
            ND(x)->b = b;
        } else if (d && is_static(c, m) && !CL(cls)->static_extras) {
            u32 v = ts_state_var(c, cls, "$extras");
            CL(cls)->static_extras = v;
        } else if (d && !is_static(c, m) && !CL(cls)->extras) {
            u32 v = ts_state_var(c, cls, "$extras");
            CL(cls)->extras = v;
        }
        if (d && ND(m)->flags & F_COMPUTED && !ND(ND(m)->c)->c) {
            u32 k = ts_state_var(c, cls, "$key");
            ND(ND(m)->c)->c = k;
        }
    }
}

static void put_list(struct swd_ts_compiler *c, u32 list)
{
    ts_putc(c, '[');
    for (u32 d = list; d; d = ND(d)->next) {
        if (ND(d)->b)
            ts_putf(c, "$$param(%u, ", ND(d)->b - 1);
        ts_expr(c, ND(d)->a, L_ASSIGN);
        if (ND(d)->b)
            ts_putc(c, ')');
        if (ND(d)->next)
            ts_puts(c, ", ");
    }
    ts_putc(c, ']');
}

/* Decorators of the class are evaluated before all else of it. */
void ts_deco_first(struct swd_ts_compiler *c, u32 cls)
{
    if (!CL(cls)->decorators || legacy(c))
        return;
    u32 name = ts_state_var(c, cls, "$decorators");
    CL(cls)->deco_list = name;
    ts_put_state(c, name);
    ts_puts(c, " = ");
    put_list(c, CL(cls)->decorators);
    ts_puts(c, ", ");
}

static void inits(struct swd_ts_compiler *c, const char *self, u32 name)
{
    ts_putf(c, "$$inits(%s, ", self);
    ts_put_state(c, name);
    ts_puts(c, "); ");
}

/* What instances run before their fields. */
void ts_deco_instance(struct swd_ts_compiler *c, u32 cls, const char *self)
{
    if (CL(cls)->extras)
        inits(c, self, CL(cls)->extras);
}

u32 ts_deco_inits(struct swd_ts_compiler *c, u32 m)
{
    return names_of(c, m) ? ND(names_of(c, m))->a : 0;
}

u32 ts_deco_extras(struct swd_ts_compiler *c, u32 m)
{
    return names_of(c, m) ? ND(names_of(c, m))->b : 0;
}

u32 ts_deco_storage(struct swd_ts_compiler *c, u32 m)
{
    return names_of(c, m) ? ND(names_of(c, m))->c : 0;
}

static void put_key(struct swd_ts_compiler *c, u32 m)
{
    u32 tmp = ND(ND(m)->c)->c, priv = ND(ND(m)->c)->b;
    if (priv)
        ts_put_string(c, SY(priv)->name);
    else if (tmp)
        ts_put_state(c, tmp);
    else
        ts_key_value(c, ND(m)->a, (ND(m)->flags & F_COMPUTED) != 0);
}

static const char *kind_name(int op)
{
    static const char *const names[] = {
        [M_METHOD] = "method", [M_GET] = "getter", [M_SET] = "setter",
        [M_FIELD] = "field",   [M_BLOCK] = "",     [M_ACCESSOR] = "accessor"};
    return names[op];
}

/* {has, get, set} of the context. */
static void put_access(struct swd_ts_compiler *c, u32 m)
{
    u32 priv = ND(ND(m)->c)->b;
    int op = ND(m)->op;
    bool get = op != M_SET, set = op == M_SET || op == M_FIELD || op == M_ACCESSOR;
    ts_puts(c, "access: {has: function (o) { return ");
    if (priv) {
        ts_puts(c, "$$phas(o, ");
        ts_sym(c, priv);
        ts_puts(c, ")");
    } else {
        put_key(c, m);
        ts_puts(c, " in o");
    }
    ts_puts(c, "; }");
    if (get) {
        ts_puts(c, priv ? ", get: function (o) { return $$pget(o, "
                        : ", get: function (o) { return o[");
        if (priv)
            ts_sym(c, priv);
        else
            put_key(c, m);
        ts_puts(c, priv ? "); }" : "]; }");
    }
    if (set) {
        ts_puts(c, priv ? ", set: function (o, v) { $$pset(o, " : ", set: function (o, v) { o[");
        if (priv)
            ts_sym(c, priv);
        else
            put_key(c, m);
        ts_puts(c, priv ? ", v); }" : "] = v; }");
    }
    ts_putc(c, '}');
}

static void put_context(struct swd_ts_compiler *c, u32 m)
{
    ts_putf(c, ", {kind: \"%s\", name: ", kind_name(ND(m)->op));
    put_key(c, m);
    ts_putf(c, ", \"static\": %s, \"private\": %s, ", is_static(c, m) ? "true" : "false",
            ND(ND(m)->c)->b ? "true" : "false");
    put_access(c, m);
    ts_puts(c, "}, ");
}

static void put_target(struct swd_ts_compiler *c, u32 m, u32 holder)
{
    ts_put_holder(c, holder);
    if (!is_static(c, m))
        ts_puts(c, ".prototype");
}

/* The pair of an accessor member, before decoration. */
static void put_pair(struct swd_ts_compiler *c, u32 m)
{
    ts_puts(c, "{get: {\"\"() { return $$pget(this, ");
    ts_put_state(c, ts_deco_storage(c, m));
    ts_puts(c, "); }}[\"\"], set: {\"\"(v) { $$pset(this, ");
    ts_put_state(c, ts_deco_storage(c, m));
    ts_puts(c, ", v); }}[\"\"]}");
}

static void call_dec(struct swd_ts_compiler *c, u32 cls, u32 m, u32 holder)
{
    u32 priv = ND(ND(m)->c)->b;
    int op = ND(m)->op;
    static const char *const part[] = {[M_METHOD] = "value", [M_GET] = "get", [M_SET] = "set"};
    if (priv && op <= M_SET) {
        ts_sym(c, priv);
        ts_putf(c, ".m%d = ", op);
    }
    ts_puts(c, "$$dec(");
    ts_put_holder(c, holder);
    ts_puts(c, ", ");
    if (op == M_FIELD) {
        ts_puts(c, "{}");
    } else if (op == M_ACCESSOR) {
        put_pair(c, m);
    } else if (priv) {
        ts_putf(c, "{%s: ", part[op]);
        ts_sym(c, priv);
        ts_putf(c, ".m%d}", op);
    } else {
        ts_puts(c, "null");
    }
    ts_puts(c, ", ");
    put_list(c, decorators_of(c, m));
    put_context(c, m); /* begins with a comma */
    if (op == M_FIELD || op == M_ACCESSOR) {
        ts_put_state(c, ts_deco_inits(c, m));
        ts_puts(c, " = [], ");
        ts_put_state(c, ts_deco_extras(c, m));
        ts_puts(c, " = [])");
    } else {
        ts_puts(c, "[], ");
        ts_put_state(c, is_static(c, m) ? CL(cls)->static_extras : CL(cls)->extras);
        ts_putc(c, ')');
        if (priv)
            ts_putf(c, ".%s", part[op]);
    }
}

/* A private pair: instances take it with their private methods, the class itself here. */
static void private_pair(struct swd_ts_compiler *c, u32 m, u32 holder, u32 t)
{
    u32 y = ND(ND(m)->c)->b;
    for (int k = 1; k <= 2; k++) {
        ts_puts(c, ", ");
        ts_sym(c, y);
        ts_putf(c, ".m%d = ", k);
        ts_put_name(c, t);
        ts_puts(c, k == 1 ? ".get" : ".set");
        if (!is_static(c, m))
            continue;
        ts_puts(c, ", $$pmeth(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_sym(c, y);
        ts_putf(c, ", %d, ", k);
        ts_sym(c, y);
        ts_putf(c, ".m%d)", k);
    }
}

static void define_accessor(struct swd_ts_compiler *c, u32 cls, u32 m, u32 holder)
{
    u32 t = ts_temp(c);
    ts_puts(c, ", ");
    ts_put_state(c, ts_deco_storage(c, m));
    ts_puts(c, " = $$priv(");
    if (ND(ND(m)->a)->kind == N_STR)
        ts_put_string(c, ND(ND(m)->a)->a);
    else
        ts_puts(c, "\"accessor\"");
    ts_puts(c, "), ");
    ts_put_name(c, t);
    ts_puts(c, " = ");
    if (decorators_of(c, m) && !legacy(c))
        call_dec(c, cls, m, holder);
    else
        put_pair(c, m);
    if (ND(ND(m)->c)->b) {
        private_pair(c, m, holder, t);
        return;
    }
    for (int k = 1; k <= 2; k++) {
        ts_puts(c, ", $$member(");
        put_target(c, m, holder);
        ts_puts(c, ", ");
        put_key(c, m);
        ts_putf(c, ", %d, ", k);
        ts_put_name(c, t);
        ts_puts(c, k == 1 ? ".get)" : ".set)");
    }
}

static void new_list(struct swd_ts_compiler *c, u32 name)
{
    if (!name)
        return;
    ts_puts(c, ", ");
    ts_put_state(c, name);
    ts_puts(c, " = []");
}

static void legacy_members(struct swd_ts_compiler *c, u32 cls, u32 holder)
{
    for (int pass = 0; pass < 2; pass++)
        for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
            if (!decorators_of(c, m) || is_static(c, m) != (pass == 1))
                continue;
            if (ND(ND(m)->c)->b)
                ts_error(c, ND(m)->pos, "a private member may not be decorated");
            ts_puts(c, ", $$decorate(");
            put_list(c, decorators_of(c, m));
            ts_puts(c, ", ");
            put_target(c, m, holder);
            ts_puts(c, ", ");
            put_key(c, m);
            ts_puts(c, ND(m)->op == M_FIELD ? ", void 0)" : ", null)");
        }
}

/* Inside its body the name of a class means what its decorators made of it. */
static void own_name(struct swd_ts_compiler *c, u32 cls, u32 holder)
{
    u32 inner = CL(cls)->inner;
    if (!inner || inner == holder || !(SY(inner)->flags & Y_USED))
        return;
    ts_puts(c, ", ");
    ts_sym(c, inner);
    ts_puts(c, " = ");
    ts_put_holder(c, holder);
}

/* Behind the class and its members, before static fields. */
void ts_deco_apply(struct swd_ts_compiler *c, u32 cls, u32 holder)
{
    if (!ts_decorated(c, cls))
        return;
    new_list(c, CL(cls)->extras);
    new_list(c, CL(cls)->static_extras);
    for (int pass = 0; pass < 4; pass++) /* methods, then fields; static ones first */
        for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
            bool field = ND(m)->op == M_FIELD;
            if (is_static(c, m) != (pass % 2 == 0) || field != (pass >= 2))
                continue;
            if (ND(m)->op == M_ACCESSOR) {
                define_accessor(c, cls, m, holder);
            } else if (decorators_of(c, m) && !legacy(c)) {
                if (ND(ND(m)->c)->c && !field) { /* a computed name, evaluated once */
                    ts_puts(c, ", ");
                    ts_put_state(c, ND(ND(m)->c)->c);
                    ts_puts(c, " = $$key(");
                    ts_expr(c, ND(m)->a, L_ASSIGN);
                    ts_putc(c, ')');
                }
                ts_puts(c, ", ");
                call_dec(c, cls, m, holder);
            }
        }
    if (legacy(c))
        return;
    u32 list = CL(cls)->decorators;
    if (list) {
        u32 extras = ts_state_var(c, cls, "$extras");
        CL(cls)->class_extras = extras;
        ts_puts(c, ", ");
        ts_put_holder(c, holder);
        ts_puts(c, " = $$dec(null, {value: ");
        ts_put_holder(c, holder);
        ts_puts(c, "}, ");
        ts_put_state(c, CL(cls)->deco_list);
        ts_puts(c, ", {kind: \"class\", name: ");
        ts_put_string(c, CL(cls)->name ? CL(cls)->name : W_empty);
        ts_puts(c, "}, [], ");
        ts_put_state(c, extras);
        ts_puts(c, " = []).value");
        own_name(c, cls, holder);
    }
    if (CL(cls)->static_extras) {
        ts_puts(c, ", $$inits(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_put_state(c, CL(cls)->static_extras);
        ts_putc(c, ')');
    }
}

/* Behind the static fields. */
void ts_deco_finish(struct swd_ts_compiler *c, u32 cls, u32 holder)
{
    if (CL(cls)->class_extras) {
        ts_puts(c, ", $$inits(");
        ts_put_holder(c, holder);
        ts_puts(c, ", ");
        ts_put_state(c, CL(cls)->class_extras);
        ts_putc(c, ')');
    }
    if (!legacy(c))
        return;
    legacy_members(c, cls, holder);
    if (CL(cls)->decorators) {
        ts_puts(c, ", ");
        ts_put_holder(c, holder);
        ts_puts(c, " = $$decorate(");
        put_list(c, CL(cls)->decorators);
        ts_puts(c, ", ");
        ts_put_holder(c, holder);
        ts_putc(c, ')');
        own_name(c, cls, holder);
    }
}
