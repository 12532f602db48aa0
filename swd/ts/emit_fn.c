/* Printing functions: parameters, what arrows and generators capture, names.
 *
 * Arrows, methods and starters of generators are printed as `{name() {...}}.name`: the engine's
 * shorthand methods have no prototype, cannot be constructed, carry their name and cost less than a
 * function expression. */
#include "ts/emit.h"

static bool simple(const struct ts_fn *f)
{
    return (f->flags & FN_SIMPLE) != 0;
}

static bool coroutine(const struct ts_fn *f)
{
    return (f->flags & (FN_GEN | FN_ASYNC)) != 0;
}

/* Printed as a starter that answers the body. An async function is none: whatever its parameters
 * throw rejects its promise, as its body does. */
static bool starts(const struct ts_fn *f)
{
    return (f->flags & FN_GEN) != 0;
}

/* Sloppy functions whose parameters are not plain have no live link from `arguments`. */
static bool shadow_params(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    if (simple(f) || f->flags & FN_STRICT || f->flags & FN_ARROW)
        return false;
    return ts_implicit(c, f->scope, S_ARGUMENTS) != 0;
}

static void params(struct swd_ts_compiler *c, u32 fn, u32 *temps)
{
    bool shadow = shadow_params(c, fn), first = true;
    u32 at = 0;
    ts_putc(c, '(');
    for (u32 p = FN(fn)->params; p; p = ND(p)->next) {
        u32 t = p;
        if (ND(p)->kind == N_REST)
            break;
        if (ND(p)->kind == N_DEFAULT)
            t = ND(p)->a;
        if (!first)
            ts_puts(c, ", ");
        first = false;
        ts_sync(c, ND(p)->pos);
        if (ND(t)->kind == N_IDENT && !shadow) {
            ts_put_name(c, ts_out_name(c, ND(t)->b));
        } else {
            u32 name = ts_fresh(c, ts_intern(c, "$p", 2));
            u32 i = ts_vec_add(c, &c->spine);
            ((u32 *)c->spine.p)[i] = name;
            ts_put_name(c, name);
        }
        at++;
    }
    *temps = c->spine.used;
    ts_puts(c, ") ");
}

/* Assignments that make the parameters from what the engine passed. `base`: names in c->spine. */
static void param_prologue(struct swd_ts_compiler *c, u32 fn, u32 base)
{
    bool shadow = shadow_params(c, fn);
    u32 index = 0;
    for (u32 p = FN(fn)->params; p; p = ND(p)->next, index++) {
        u32 t = p;
        if (ND(p)->kind == N_REST) {
            struct ts_val v = {.k = V_ARGS, .b = index};
            u32 y = ND(ND(p)->a)->kind == N_IDENT ? ND(ND(p)->a)->b : 0;
            if (y)
                ts_need_var(c, ts_out_name(c, y));
            ts_assign_to(c, ND(p)->a, &v, true);
            ts_puts(c, "; ");
            continue;
        }
        if (ND(p)->kind == N_DEFAULT)
            t = ND(p)->a;
        bool temp = ND(t)->kind != N_IDENT || shadow;
        struct ts_val in = {.k = V_NAME};
        if (temp)
            in.a = ((u32 *)c->spine.p)[base++];
        else
            in.a = ts_out_name(c, ND(t)->b);
        if (ND(p)->kind == N_DEFAULT) {
            if (!temp) {
                ts_puts(c, "if (");
                ts_put_name(c, in.a);
                ts_puts(c, " === void 0) ");
                ts_put_name(c, in.a);
                ts_puts(c, " = ");
                ts_expr_named(c, ND(p)->b, L_ASSIGN, ND(t)->a);
                ts_puts(c, "; ");
                continue;
            }
            struct ts_val d = {.k = V_DEFAULT, .b = ND(p)->b, .inner = &in};
            if (ND(t)->kind == N_IDENT)
                ts_need_var(c, ts_out_name(c, ND(t)->b));
            ts_assign_to(c, t, &d, true);
            ts_puts(c, "; ");
        } else if (temp) {
            if (ND(t)->kind == N_IDENT)
                ts_need_var(c, ts_out_name(c, ND(t)->b));
            ts_assign_to(c, t, &in, true);
            ts_puts(c, "; ");
        }
    }
}

/* Declares the names that parameter patterns bind. */
static void pattern_vars(struct swd_ts_compiler *c, u32 n)
{
    switch (ND(n)->kind) {
    case N_IDENT: ts_need_var(c, ts_out_name(c, ND(n)->b)); break;
    case N_DEFAULT:
    case N_REST: pattern_vars(c, ND(n)->a); break;
    case N_ARRPAT:
    case N_OBJPAT:
        for (u32 e = ND(n)->a; e; e = ND(e)->next)
            if (ND(e)->kind != N_HOLE)
                pattern_vars(c, ND(e)->kind == N_PROP ? ND(e)->b : e);
        break;
    default: break;
    }
}

static void param_vars(struct swd_ts_compiler *c, u32 fn)
{
    if (simple(FN(fn)))
        return;
    for (u32 p = FN(fn)->params; p; p = ND(p)->next) {
        u32 t = ND(p)->kind == N_DEFAULT ? ND(p)->a : p;
        if (ND(t)->kind == N_REST)
            t = ND(t)->a;
        if (ND(t)->kind != N_IDENT)
            pattern_vars(c, t);
    }
}

/* `var $this = this, ...` for what inner arrows, or the thunk of a coroutine, use. */
static void captures(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    if (f->flags & FN_ARROW)
        return;
    u32 scope = f->scope;
    u32 self = ts_implicit(c, scope, S_THIS), args = ts_implicit(c, scope, S_ARGUMENTS);
    u32 nt = ts_implicit(c, scope, S_NEWTARGET);
    bool co = coroutine(f), apart = starts(f);
    bool ctor = (f->flags & FN_CTOR) != 0;
    const char *sep = "var ";
    if (ctor)
        return; /* see emit_class.c */
    if (self && (apart || ts_is_captured(c, self))) {
        ts_puts(c, "var $this = this");
        sep = ", ";
    }
    if (args && (apart || ts_is_captured(c, args))) {
        ts_puts(c, sep);
        ts_puts(c, "$args = arguments");
        sep = ", ";
    }
    if (nt && !(f->flags & FN_METHOD) && !co) {
        ts_puts(c, sep);
        ts_puts(c, "$nt = new.target || $$ntq()");
        sep = ", ";
    } else if (nt && co) {
        ts_puts(c, sep);
        ts_puts(c, "$nt");
        sep = ", ";
    }
    if (*sep == ',')
        ts_puts(c, "; ");
}

/* Variables of a separate body scope begin with the value of the parameter they hide. */
static void copy_params(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    if (f->body_scope == f->scope)
        return;
    for (u32 y = SC(f->body_scope)->syms; y; y = SY(y)->next) {
        if (SY(y)->kind != S_VAR)
            continue;
        for (u32 p = SC(FN(fn)->scope)->syms; p; p = SY(p)->next)
            if (SY(p)->kind == S_PARAM && SY(p)->name == SY(y)->name) {
                ts_need_sym(c, y);
                ts_put_name(c, ts_out_name(c, y));
                ts_puts(c, " = ");
                ts_put_name(c, ts_out_name(c, p));
                ts_puts(c, "; ");
            }
    }
}

static void declare_all_vars(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->kind == S_VAR)
            ts_need_sym(c, y);
}

/* The statements of a function, after its prologue. */
static void body_of(struct swd_ts_compiler *c, u32 fn)
{
    u32 body = FN(fn)->body;
    if (FN(fn)->flags & FN_EXPR) {
        ts_open_value(c, "return");
        ts_expr(c, body, L_SEQ);
        ts_close_value(c);
        return;
    }
    copy_params(c, fn);
    ts_init_tdz(c, FN(fn)->body_scope);
    if (FN(fn)->body_scope != FN(fn)->scope)
        ts_init_tdz(c, FN(fn)->scope);
    ts_hoist_functions(c, body);
    ts_stmts(c, body);
    ts_sync(c, FN(fn)->body_end);
    declare_all_vars(c, FN(fn)->scope);
    declare_all_vars(c, FN(fn)->body_scope);
}

static bool enter_strict(struct swd_ts_compiler *c, u32 fn)
{
    bool was = c->out_strict;
    if (FN(fn)->flags & FN_STRICT && !was) {
        ts_puts(c, "\"use strict\"; ");
        c->out_strict = true;
    }
    return was;
}

/* (params) { body } */
void ts_fn_rest(struct swd_ts_compiler *c, u32 fn)
{
    struct ts_fnctx fx, inner;
    u32 spine = c->spine.used, temps, thunks = c->in_thunk;
    bool no_in = c->no_in;
    u32 cv = c->cv;
    c->cv = 0;
    c->no_in = false;
    c->in_thunk = 0;
    ts_enter_fn(c, &fx, fn);
    fx.generator = FN(fn)->flags & FN_GEN && !(FN(fn)->flags & FN_ASYNC);
    params(c, fn, &temps);
    ts_puts(c, "{ ");
    bool was = enter_strict(c, fn);
    captures(c, fn);
    if (FN(fn)->flags & FN_CTOR)
        ts_ctor_prologue(c, fn);
    param_vars(c, fn);
    param_prologue(c, fn, spine);
    c->spine.used = spine;
    if (FN(fn)->flags & FN_CTOR) {
        ts_ctor_body(c, fn);
    } else if (starts(FN(fn))) {
        ts_puts(c, "return function () { ");
        ts_enter_fn(c, &inner, fn);
        inner.thunk = true;
        inner.generator = (FN(fn)->flags & FN_GEN) != 0;
        inner.async = (FN(fn)->flags & FN_ASYNC) != 0;
        body_of(c, fn);
        ts_put_vars(c);
        ts_leave_fn(c, &inner);
        ts_puts(c, " };");
    } else {
        body_of(c, fn);
    }
    ts_put_vars(c);
    ts_puts(c, " }");
    ts_leave_fn(c, &fx);
    c->out_strict = was;
    c->no_in = no_in;
    c->in_thunk = thunks;
    c->cv = cv;
}

/* For constructors: the statements, without prologue. */
void ts_fn_body(struct swd_ts_compiler *c, u32 fn)
{
    body_of(c, fn);
}

static u32 printed_length(struct swd_ts_compiler *c, u32 fn)
{
    u32 n = 0;
    for (u32 p = FN(fn)->params; p && ND(p)->kind != N_REST; p = ND(p)->next)
        n++;
    return n;
}

static bool needs_len(struct swd_ts_compiler *c, u32 fn)
{
    return !simple(FN(fn)) && printed_length(c, fn) != FN(fn)->length;
}

/* The engine's setters have a length of 1. */
bool ts_odd_setter(struct swd_ts_compiler *c, u32 fn)
{
    return FN(fn)->flags & FN_SET && FN(fn)->length == 0;
}

static bool uses_nt(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    return !(f->flags & (FN_ARROW | FN_METHOD | FN_GEN | FN_ASYNC)) &&
           ts_implicit(c, f->scope, S_NEWTARGET);
}

/* Whether the engine takes `name(...) {...}` in an object literal, and names the function so. */
static bool method_name(struct swd_ts_compiler *c, u32 name)
{
    return name && name != W_get && name != W_set && name != W_eval && name != W_arguments &&
           ts_plain_name(c, name);
}

/* {name(params) {...}}.name */
static void method_form(struct swd_ts_compiler *c, u32 fn, u32 name)
{
    bool plain = method_name(c, name);
    ts_putc(c, '{');
    if (plain)
        ts_put_name(c, name);
    else
        ts_puts(c, "\"\"");
    ts_fn_rest(c, fn);
    ts_puts(c, plain ? "}." : "}[\"\"]");
    if (plain)
        ts_put_name(c, name);
}

static bool method_like(const struct ts_fn *f)
{
    return (f->flags & (FN_ARROW | FN_METHOD | FN_GEN | FN_ASYNC)) != 0;
}

/* What $$async() is told behind the function: how many parameters it looks at, when it looks at
 * nothing else of its arguments; that it never waits. */
static void async_told(struct swd_ts_compiler *c, u32 fn)
{
    const struct ts_fn *f = FN(fn);
    u32 n = printed_length(c, fn), seen = 0;
    bool all = (SC(f->scope)->flags & P_EVAL) != 0 || ts_implicit(c, f->scope, S_ARGUMENTS);
    if ((f->flags & (FN_ASYNC | FN_GEN)) != FN_ASYNC)
        return;
    for (u32 p = f->params; p; p = ND(p)->next)
        seen++;
    if (all || seen != n)
        ts_puts(c, ", -1");
    else
        ts_putf(c, ", %u", n);
    if (!(f->flags & FN_AWAITS))
        ts_puts(c, ", true");
}

static const char *wrapper_of(const struct ts_fn *f)
{
    if (f->flags & FN_GEN)
        return f->flags & FN_ASYNC ? "$$asyncgen(" : "$$gen(";
    return f->flags & FN_ASYNC ? "$$async(" : NULL;
}

/* A function as an expression. `name`: what to call it when it has no name of its own; 0 when its
 * name is set at run time. */
void ts_function(struct swd_ts_compiler *c, u32 fn, u32 name)
{
    const struct ts_fn *f = FN(fn);
    u32 own = f->name ? f->name : name ? name : W_empty;
    bool like = method_like(f);
    bool set_name =
        own != W_empty && !(like ? method_name(c, own) : f->name && ts_plain_name(c, own));
    const char *wrap = wrapper_of(f);
    bool len = needs_len(c, fn), nt = uses_nt(c, fn);
    u32 fname = f->fname;
    bool self = like && fname && SY(fname)->flags & Y_USED;
    if (self) { /* the name refers to the wrapper: a variable around it */
        ts_puts(c, "(function () { var ");
        ts_put_name(c, ts_out_name(c, fname));
        ts_puts(c, " = ");
    }
    if (set_name)
        ts_puts(c, "$$name(");
    if (nt)
        ts_puts(c, "$$ntfn(");
    if (wrap)
        ts_puts(c, wrap);
    if (len)
        ts_puts(c, "$$len(");
    if (like) {
        method_form(c, fn, own);
    } else {
        ts_puts(c, "function ");
        if (f->name && ts_plain_name(c, f->name))
            ts_put_name(c, fname ? ts_out_name(c, fname) : f->name);
        ts_fn_rest(c, fn);
    }
    if (len)
        ts_putf(c, ", %u)", FN(fn)->length);
    if (wrap) {
        async_told(c, fn);
        ts_putc(c, ')');
    }
    if (nt)
        ts_putc(c, ')');
    if (set_name) {
        ts_puts(c, ", ");
        ts_put_string(c, own);
        ts_putc(c, ')');
    }
    if (self) {
        ts_puts(c, "; return ");
        ts_put_name(c, ts_out_name(c, fname));
        ts_puts(c, "; }())");
    }
}

/* A member of an object literal: `m(a) {...}`, `get m() {...}`, or `m: wrapped`. */
void ts_method(struct swd_ts_compiler *c, u32 fn, u32 key, const char *prefix)
{
    const struct ts_fn *f = FN(fn);
    u32 name = ts_key_name(c, key);
    bool plain = ND(key)->kind == N_STR && method_name(c, name);
    if (*prefix) {
        ts_puts(c, prefix);
        ts_key(c, key, false);
        ts_fn_rest(c, fn);
        return;
    }
    if (plain && !wrapper_of(f) && !needs_len(c, fn)) {
        ts_put_name(c, name);
        ts_fn_rest(c, fn);
        return;
    }
    ts_key(c, key, false);
    ts_puts(c, ": ");
    ts_function(c, fn, name);
}

static bool is_special(struct swd_ts_compiler *c, u32 fn)
{
    return wrapper_of(FN(fn)) || needs_len(c, fn) || uses_nt(c, fn);
}

/* For function declarations that need more than the engine's own hoisting: what makes them whole,
 * printed where the enclosing function begins. */
void ts_hoist_functions(struct swd_ts_compiler *c, u32 list)
{
    for (u32 s = list; s; s = ND(s)->next) {
        if (ND(s)->kind != N_FUNCDECL)
            continue;
        u32 fn = ND(s)->a, y = ND(s)->b;
        if (SY(y)->extra != fn && SY(y)->kind == S_FUNC)
            continue; /* a later one of the same name wins */
        u32 own = FN(fn)->name, out = ts_out_name(c, y);
        bool special = is_special(c, fn), rename = out != own;
        if (!special && !rename)
            continue;
        const char *wrap = wrapper_of(FN(fn));
        u32 raw = out;
        if (wrap) {
            raw = ts_fresh(c, ts_intern(c, "$start", 6));
            FN(fn)->starter = raw;
            ts_need_sym(c, y);
        }
        ts_sym(c, y);
        ts_puts(c, " = ");
        if (uses_nt(c, fn))
            ts_puts(c, "$$ntfn(");
        if (wrap)
            ts_puts(c, wrap);
        if (needs_len(c, fn))
            ts_puts(c, "$$len(");
        /* What a wrapper is made from has the name too: stacks show it. */
        if (rename || wrap)
            ts_puts(c, "$$name(");
        ts_put_name(c, raw);
        if (rename || wrap) {
            ts_puts(c, ", ");
            ts_put_string(c, own);
            ts_putc(c, ')');
        }
        if (needs_len(c, fn))
            ts_putf(c, ", %u)", FN(fn)->length);
        if (wrap) {
            async_told(c, fn);
            ts_putc(c, ')');
        }
        if (uses_nt(c, fn))
            ts_putc(c, ')');
        ts_puts(c, "; ");
    }
}

/* A function declaration at function level, in its place. */
void ts_plain_function(struct swd_ts_compiler *c, u32 fn, u32 sym)
{
    ts_puts(c, "function ");
    if (FN(fn)->starter) {
        ts_put_name(c, FN(fn)->starter);
    } else {
        SY(sym)->flags |= Y_DECLARED;
        ts_put_name(c, ts_out_name(c, sym));
    }
    ts_fn_rest(c, fn);
}
