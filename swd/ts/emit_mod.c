/* Printing what the file as a whole is: script, function of a module; imports, exports, enums,
 * namespaces. */
#include <math.h>
#include <stdlib.h>
#include <stdio.h>

#include "ts/emit.h"
#include "ts/emit_stmt.h"

/* ---- imports and exports ---- */

void ts_import_ref(struct swd_ts_compiler *c, u32 sym)
{
    const struct ts_sym *s = SY(sym);
    u32 mod = s->extra2, name = s->extra;
    ts_put_name(c, ts_out_name(c, mod));
    if (name) /* else the namespace object itself */
        ts_put_dot(c, name);
}

/* Whether the import has a use; in TypeScript one without is a type and is dropped. */
static bool import_used(struct swd_ts_compiler *c, u32 s)
{
    if (!c->ts || ND(s)->flags & F_STATIC)
        return true;
    for (u32 p = ND(s)->b; p; p = ND(p)->next)
        if (SY(ND(p)->a)->flags & Y_USED)
            return true;
    return false;
}

static void require_module(struct swd_ts_compiler *c, u32 mod, u32 spec, bool ns)
{
    if (mod) {
        ts_need_sym(c, mod);
        ts_put_name(c, ts_out_name(c, mod));
        ts_puts(c, " = ");
    }
    ts_puts(c, ns ? "$$ns(require(" : "require(");
    ts_put_string(c, spec);
    ts_puts(c, ns ? ")); " : "); ");
}

static void import_stmt(struct swd_ts_compiler *c, u32 s)
{
    bool ns = false;
    if (!import_used(c, s))
        return;
    for (u32 p = ND(s)->b; p; p = ND(p)->next)
        ns |= ND(p)->b == 0 || ND(p)->b == W_default;
    require_module(c, ND(s)->b ? ND(s)->c : 0, ND(s)->a, ns);
}

static void getter(struct swd_ts_compiler *c, u32 name, const char **sep)
{
    ts_puts(c, *sep);
    *sep = ", ";
    if (ts_plain_name(c, name))
        ts_put_name(c, name);
    else
        ts_put_string(c, name);
    ts_puts(c, ": function () { return ");
}

static void export_getters(struct swd_ts_compiler *c, u32 body)
{
    const char *sep = "";
    ts_puts(c, "$$export(exports, {");
    for (u32 e = c->exports.head; e; e = ND(e)->next) {
        u32 y = ND(e)->c;
        getter(c, ND(e)->b, &sep);
        if (SY(y)->flags & Y_TDZ && SY(y)->kind != S_IMPORT) {
            ts_sym(c, y);
            ts_puts(c, " === " TS_TDZ " ? $$tdz(");
            ts_put_string(c, SY(y)->name == W_default_export ? W_default : SY(y)->name);
            ts_puts(c, ") : ");
        }
        ts_sym(c, y);
        ts_need_sym(c, y);
        ts_puts(c, "; }");
    }
    for (u32 s = body; s; s = ND(s)->next) {
        if (ND(s)->kind == N_EXPORTLIST) {
            for (u32 p = ND(s)->a; p; p = ND(p)->next) {
                getter(c, ND(p)->b, &sep);
                ts_put_name(c, ts_out_name(c, ND(s)->c));
                ts_putc(c, '[');
                ts_put_string(c, ND(p)->a);
                ts_puts(c, "]; }");
            }
        } else if (ND(s)->kind == N_EXPORTALL && ND(s)->b) {
            getter(c, ND(s)->b, &sep);
            ts_put_name(c, ts_out_name(c, ND(s)->c));
            ts_puts(c, "; }");
        }
    }
    ts_puts(c, "}); ");
}

/* Modules are evaluated before the body, in the order of the source. */
static void requires(struct swd_ts_compiler *c, u32 body)
{
    for (u32 s = body; s; s = ND(s)->next) {
        bool ns = false;
        switch (ND(s)->kind) {
        case N_IMPORT: import_stmt(c, s); break;
        case N_EXPORTLIST:
            for (u32 p = ND(s)->a; p; p = ND(p)->next)
                ns |= ND(p)->a == W_default;
            require_module(c, ND(s)->c, ND(s)->b, ns);
            break;
        case N_EXPORTALL:
            require_module(c, ND(s)->c, ND(s)->a, ND(s)->b != 0);
            if (!ND(s)->b) {
                ts_puts(c, "$$star(exports, ");
                ts_put_name(c, ts_out_name(c, ND(s)->c));
                ts_puts(c, "); ");
            }
            break;
        default: break;
        }
    }
}

static void copy_to_namespace(struct swd_ts_compiler *c, u32 sym, u32 param)
{
    ts_putc(c, ' ');
    ts_sym(c, param);
    ts_put_dot(c, SY(sym)->name);
    ts_puts(c, " = ");
    ts_sym(c, sym);
    ts_puts(c, ";");
}

static u32 declared_sym(struct swd_ts_compiler *c, u32 d)
{
    int k = ND(d)->kind;
    return k == N_FUNCDECL || k == N_CLASSDECL ? ND(d)->b : ND(d)->a;
}

static void import_equals(struct swd_ts_compiler *c, u32 s)
{
    u32 y = ND(s)->a;
    if (!(SY(y)->flags & Y_USED) && !ND(s)->c)
        return;
    ts_need_sym(c, y);
    ts_sym(c, y);
    ts_puts(c, " = ");
    if (ND(s)->b) {
        ts_puts(c, "require(");
        ts_put_string(c, ND(s)->b);
        ts_putc(c, ')');
    } else {
        ts_expr(c, ND(s)->c, L_ASSIGN);
    }
    ts_putc(c, ';');
}

void ts_module_stmt(struct swd_ts_compiler *c, u32 s)
{
    switch (ND(s)->kind) {
    case N_IMPORT:
    case N_EXPORTLIST:
    case N_EXPORTALL: return; /* done first */
    case N_IMPORTEQ: import_equals(c, s); return;
    case N_EXPORTASSIGN:
        ts_puts(c, "module.exports = ");
        ts_expr(c, ND(s)->a, L_ASSIGN);
        ts_putc(c, ';');
        return;
    case N_EXPORTDEFAULT: {
        u32 y = ND(s)->b;
        ts_need_sym(c, y);
        ts_sym(c, y);
        ts_puts(c, " = ");
        ts_expr_named(c, ND(s)->a, L_ASSIGN, W_default);
        ts_putc(c, ';');
        return;
    }
    case N_EXPORTDECL: { /* in a namespace */
        u32 d = ND(s)->a, y = declared_sym(c, d);
        ts_stmt(c, d);
        if (ND(d)->kind != N_FUNCDECL)
            copy_to_namespace(c, y, ND(s)->b);
        return;
    }
    default: ts_error(c, ND(s)->pos, "this statement is not supported here");
    }
}

/* ---- enums and namespaces ---- */

struct constant {
    bool known, text;
    double v;
};

static struct constant fold(struct swd_ts_compiler *c, u32 n);

static struct constant fold_binary(struct swd_ts_compiler *c, u32 n)
{
    struct constant a = fold(c, ND(n)->a), b = fold(c, ND(n)->b);
    struct constant r = {.known = a.known && b.known};
    if (a.text || b.text) {
        r.text = ND(n)->op == T_PLUS;
        r.known = false;
        return r;
    }
    if (!r.known)
        return r;
    int32_t x = ts_to_int32(a.v), y = ts_to_int32(b.v);
    switch (ND(n)->op) {
    case T_PLUS: r.v = a.v + b.v; break;
    case T_MINUS: r.v = a.v - b.v; break;
    case T_STAR: r.v = a.v * b.v; break;
    case T_SLASH: r.v = a.v / b.v; break;
    case T_PERCENT: r.v = fmod(a.v, b.v); break;
    case T_POW: r.v = pow(a.v, b.v); break;
    case T_OR: r.v = x | y; break;
    case T_AND: r.v = x & y; break;
    case T_XOR: r.v = x ^ y; break;
    case T_SHL: r.v = (int32_t)((uint32_t)x << (y & 31)); break;
    case T_SAR: r.v = x >> (y & 31); break;
    case T_SHR: r.v = (uint32_t)x >> (y & 31); break;
    default: r.known = false;
    }
    return r;
}

int32_t ts_to_int32(double v)
{
    if (!isfinite(v))
        return 0;
    double m = fmod(trunc(v), 4294967296.0);
    if (m < 0)
        m += 4294967296.0;
    return (int32_t)(uint32_t)m;
}

static struct constant number_value(struct swd_ts_compiler *c, u32 n)
{
    char buf[64];
    u32 k = 0;
    struct constant r = {.known = true};
    for (u32 i = 0; i < ND(n)->b && k < sizeof buf - 1; i++)
        if (c->src[ND(n)->a + i] != '_')
            buf[k++] = c->src[ND(n)->a + i];
    buf[k] = 0;
    if (buf[0] == '0' && (buf[1] | 32) == 'b')
        r.v = (double)strtoull(buf + 2, NULL, 2);
    else if (buf[0] == '0' && (buf[1] | 32) == 'o')
        r.v = (double)strtoull(buf + 2, NULL, 8);
    else
        r.v = strtod(buf, NULL);
    return r;
}

static struct constant member_value(struct swd_ts_compiler *c, u32 y)
{
    struct constant r = {.known = false};
    if (y && SY(y)->kind == S_MEMBER && SY(y)->extra2) {
        u32 i = SY(y)->extra2;
        r.known = ((double *)c->values.p)[i * 2] != 0;
        r.v = ((double *)c->values.p)[i * 2 + 1];
    }
    return r;
}

static struct constant fold(struct swd_ts_compiler *c, u32 n)
{
    struct constant r = {.known = false};
    ts_deep(c);
    switch (ND(n)->kind) {
    case N_NUM: return number_value(c, n);
    case N_STR:
    case N_TEMPLATE: r.text = true; return r;
    case N_IDENT: return member_value(c, ND(n)->b);
    case N_BINARY: return fold_binary(c, n);
    case N_UNARY:
        r = fold(c, ND(n)->a);
        if (ND(n)->op == T_MINUS)
            r.v = -r.v;
        else if (ND(n)->op == T_TILDE)
            r.v = ~ts_to_int32(r.v);
        else if (ND(n)->op != T_PLUS)
            r.known = false;
        return r;
    default: return r;
    }
}

static void put_number(struct swd_ts_compiler *c, double v)
{
    if (v == trunc(v) && fabs(v) < 1e15)
        ts_putf(c, "%.0f", v);
    else if (isfinite(v))
        ts_putf(c, "%.17g", v);
    else
        ts_puts(c, isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity");
}

/* Whether the member is a number. `prev`: the one before, 0 when that is none, or not there. */
static bool enum_member(struct swd_ts_compiler *c, u32 m, u32 param, u32 prev, double *next,
                        bool *known)
{
    u32 name = ND(m)->a, v = ND(m)->b, y = ND(m)->c;
    struct constant k = {.known = *known, .v = *next};
    if (v)
        k = fold(c, v);
    else if (!*known && !prev)
        ts_error(c, ND(m)->pos, "this enum member needs a value: the one before is no number");
    ts_sync(c, ND(m)->pos);
    if (k.text) {
        ts_sym(c, param);
        ts_putc(c, '[');
        ts_put_string(c, name);
        ts_puts(c, "] = ");
        ts_expr(c, v, L_ASSIGN);
    } else {
        ts_sym(c, param);
        ts_putc(c, '[');
        ts_sym(c, param);
        ts_putc(c, '[');
        ts_put_string(c, name);
        ts_puts(c, "] = ");
        if (k.known) {
            put_number(c, k.v);
        } else if (v) {
            ts_expr(c, v, L_ASSIGN);
        } else {
            ts_sym(c, param);
            ts_putc(c, '[');
            ts_put_string(c, ND(prev)->a);
            ts_puts(c, "] + 1");
        }
        ts_puts(c, "] = ");
        ts_put_string(c, name);
    }
    ts_puts(c, "; ");
    u32 i = ts_vec_add(c, &c->values);
    ((double *)c->values.p)[i * 2] = k.known;
    ((double *)c->values.p)[i * 2 + 1] = k.v;
    SY(y)->extra2 = i;
    *known = k.known;
    *next = k.v + 1;
    return !k.text;
}

/* `X = function (X) { ... return X; }(X || {});` */
static void open_object(struct swd_ts_compiler *c, u32 sym, u32 param, struct ts_fnctx *fx)
{
    const struct ts_sym *s = SY(sym);
    if (!(s->flags & (Y_ENV | Y_DECLARED)) && s->kind != S_MEMBER && s->kind != S_PARAM &&
        s->kind != S_FUNC) {
        ts_puts(c, "var ");
        SY(sym)->flags |= Y_DECLARED;
    }
    ts_sym(c, sym);
    ts_puts(c, " = function (");
    ts_put_name(c, ts_out_name(c, param));
    ts_puts(c, ") { ");
    ts_enter_fn(c, fx, 0);
}

static void close_object(struct swd_ts_compiler *c, u32 sym, u32 param, struct ts_fnctx *fx)
{
    ts_puts(c, "return ");
    ts_put_name(c, ts_out_name(c, param));
    ts_putc(c, ';');
    ts_put_vars(c);
    ts_leave_fn(c, fx);
    ts_puts(c, " }(");
    ts_sym(c, sym);
    ts_puts(c, " || {});");
}

void ts_enum_stmt(struct swd_ts_compiler *c, u32 s)
{
    struct ts_fnctx fx;
    u32 sym = ND(s)->a, param = ND(s)->c;
    double next = 0;
    bool known = true;
    u32 cv = c->cv;
    c->cv = 0;
    open_object(c, sym, param, &fx);
    u32 prev = 0;
    for (u32 m = ND(s)->b; m; m = ND(m)->next)
        prev = enum_member(c, m, param, prev, &next, &known) ? m : 0;
    close_object(c, sym, param, &fx);
    c->cv = cv;
}

void ts_namespace_stmt(struct swd_ts_compiler *c, u32 s)
{
    struct ts_fnctx fx;
    u32 sym = ND(s)->a, param = ND(s)->c, scope = SY(param)->scope;
    u32 cv = c->cv;
    c->cv = 0;
    open_object(c, sym, param, &fx);
    ts_init_tdz(c, scope);
    for (u32 d = ND(s)->b; d; d = ND(d)->next) { /* functions exist from the start */
        u32 f = ND(d)->kind == N_EXPORTDECL ? ND(d)->a : d;
        if (ND(f)->kind != N_FUNCDECL)
            continue;
        u32 save = ND(f)->next;
        ND(f)->next = 0;
        ts_hoist_functions(c, f);
        ND(f)->next = save;
        if (f != d)
            copy_to_namespace(c, ND(f)->b, ND(d)->b);
    }
    ts_stmts(c, ND(s)->b);
    ts_putc(c, ' ');
    close_object(c, sym, param, &fx);
    c->cv = cv;
}

/* ---- the file ---- */

/* The last statement that gives the program's value, when nothing behind it could. */
static u32 last_value(struct swd_ts_compiler *c, bool *easy)
{
    u32 last = 0;
    *easy = true;
    for (u32 s = c->body; s; s = ND(s)->next) {
        switch (ND(s)->kind) {
        case N_VAR:
        case N_FUNCDECL:
        case N_CLASSDECL:
        case N_EMPTY:
        case N_ENUM:
        case N_NAMESPACE:
        case N_DEBUGGER:
        case N_IMPORT:
        case N_IMPORTEQ:
        case N_EXPORTLIST:
        case N_EXPORTALL:
        case N_EXPORTDECL:
        case N_EXPORTDEFAULT:
        case N_EXPORTASSIGN: break;
        default: last = s;
        }
    }
    if (!last)
        return 0;
    if (ND(last)->kind != N_EXPR && ND(last)->kind != N_DIRECTIVE)
        *easy = false;
    for (u32 s = ND(last)->next; s && *easy; s = ND(s)->next)
        if (ND(s)->kind != N_FUNCDECL && ND(s)->kind != N_EMPTY)
            *easy = false;
    return last;
}

/* Top-level names must be true globals when something could look them up there. */
static bool wants_globals(struct swd_ts_compiler *c)
{
    static const char *const names[] = {"globalThis", "Function", "eval",
                                        "global",     "window",   "self"};
    if (c->saw_eval || ts_implicit(c, c->top, S_THIS) || NM(W_arguments)->free)
        return true;
    for (size_t i = 0; i < SWD_ARRAY_LEN(names); i++) {
        u32 n = ts_known(c, names[i], (u32)strlen(names[i]));
        if (n && NM(n)->free)
            return true;
    }
    return false;
}

static void top_captures(struct swd_ts_compiler *c)
{
    u32 self = ts_implicit(c, c->top, S_THIS), args = ts_implicit(c, c->top, S_ARGUMENTS);
    if (ts_is_captured(c, self) && c->goal != SWD_TS_MODULE)
        ts_puts(c, "var $this = this; ");
    if (ts_is_captured(c, args))
        ts_puts(c, "var $args = arguments; ");
}

static void put_sites(struct swd_ts_compiler *c)
{
    for (u32 i = 1; i < c->sites.used; i++)
        ts_need_var(c, ((u32 *)c->sites.p)[i]);
}

static void top_vars(struct swd_ts_compiler *c)
{
    for (u32 y = SC(c->top)->syms; y; y = SY(y)->next)
        if (SY(y)->kind == S_VAR)
            ts_need_sym(c, y);
    put_sites(c);
    ts_put_vars(c);
}

static void script(struct swd_ts_compiler *c)
{
    struct ts_fnctx fx;
    bool easy, bare = c->goal == SWD_TS_EVAL || wants_globals(c);
    u32 last = last_value(c, &easy);
    bool strict = SC(c->top)->flags & P_STRICT;
    bool own = SC(c->top)->flags & P_ENV; /* of an eval: its lexical names are its own */
    c->bare = bare;
    ts_enter_fn(c, &fx, 0);
    easy = easy && !own;
    if (own || (last && !easy)) {
        c->cv = ts_fresh(c, ts_intern(c, "$v", 2));
        ts_need_var(c, c->cv);
    }
    if (!bare)
        ts_puts(c, "(function () { ");
    if (strict)
        ts_puts(c, "\"use strict\"; ");
    c->out_strict = strict;
    top_captures(c);
    if (c->cv && bare) { /* the variable may be there from an earlier text */
        ts_put_name(c, c->cv);
        ts_puts(c, " = void 0; ");
    }
    if (own) {
        ts_scope_enter(c, c->top, c->body);
    } else {
        ts_init_tdz(c, c->top);
        ts_hoist_functions(c, c->body);
    }
    for (u32 s = c->body; s; s = ND(s)->next) {
        if (s == last && easy && !bare) {
            ts_sync(c, ND(s)->pos);
            ts_open_value(c, "return");
            if (ND(s)->kind == N_EXPR)
                ts_expr(c, ND(s)->a, L_SEQ);
            else
                ts_put(c, c->src + ND(s)->a, ND(s)->b);
            ts_close_value(c);
        } else if (s == last && easy && ND(s)->kind == N_DIRECTIVE) {
            ts_put(c, c->src + ND(s)->a, ND(s)->b);
            ts_putc(c, ';');
        } else {
            ts_stmt(c, s);
        }
        ts_putc(c, ' ');
    }
    ts_scope_leave(c, c->top);
    u32 cv = c->cv;
    c->cv = 0;
    if (!last && !cv && bare)
        ts_puts(c, "void 0; "); /* a directive or a hoisted function is not the value */
    if (cv && !bare) {
        ts_puts(c, "return ");
        ts_put_name(c, cv);
        ts_putc(c, ';');
    }
    top_vars(c);
    if (cv && bare) {
        ts_putc(c, ' ');
        ts_put_name(c, cv);
        ts_putc(c, ';');
    }
    ts_leave_fn(c, &fx);
    if (!bare)
        ts_puts(c, " }).call(this)");
    ts_putc(c, '\n');
    c->out->has_completion = true;
}

/* The statements of a module. `valued`: the main program's, whose text did not say that it is one:
 * it returns its completion value, as a script has one. */
static void valued_stmts(struct swd_ts_compiler *c, bool valued)
{
    bool easy = false;
    u32 last = valued ? last_value(c, &easy) : 0;
    for (u32 s = c->body; s; s = ND(s)->next)
        easy = easy && !ts_is_using(c, s);
    if (last && easy && ND(last)->kind == N_EXPR)
        ND(last)->kind = N_RETURN;
    else if (last)
        ts_need_var(c, c->cv = ts_fresh(c, ts_intern(c, "$v", 2)));
    ts_stmts(c, c->body);
    if (!c->cv)
        return;
    ts_puts(c, " return ");
    ts_put_name(c, c->cv);
    ts_putc(c, ';');
    c->cv = 0;
}

static void module(struct swd_ts_compiler *c)
{
    struct ts_fnctx fx;
    bool esm = c->goal == SWD_TS_MODULE, async = esm && c->saw_tla;
    bool strict = SC(c->top)->flags & P_STRICT;
    ts_puts(c, "(function (exports, require, module, __filename, __dirname) { ");
    ts_enter_fn(c, &fx, 0);
    if (strict)
        ts_puts(c, "\"use strict\"; ");
    c->out_strict = strict;
    top_captures(c);
    bool assigned = false;
    for (u32 s = c->body; s; s = ND(s)->next)
        assigned |= ND(s)->kind == N_EXPORTASSIGN;
    if (async) {
        ts_puts(c, "return $$async({\"\"() { return function () { ");
        fx.thunk = fx.async = true;
    }
    if (esm && !assigned)
        export_getters(c, c->body);
    if (esm)
    requires(c, c->body);
    ts_init_tdz(c, c->top);
    ts_hoist_functions(c, c->body);
    valued_stmts(c, c->o->completion && c->o->goal == SWD_TS_GOAL_AUTO);
    top_vars(c);
    if (async)
        ts_puts(c, " }; }}[\"\"](), 0)();");
    ts_leave_fn(c, &fx);
    ts_puts(c, " })\n");
    c->out->async_module = async;
}

int ts_emit_program(struct swd_ts_compiler *c)
{
    if (c->goal == SWD_TS_SCRIPT || c->goal == SWD_TS_EVAL)
        script(c);
    else
        module(c);
    return c->rc;
}
