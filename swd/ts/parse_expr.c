/* Expressions, by precedence climbing.
 *
 * What may turn out to be a pattern or the parameters of an arrow is parsed as an expression first
 * (the standard's cover grammars) and converted in place; nothing is parsed twice. TypeScript's
 * types are skipped where they stand. Recursion is bounded by ts_deep(). */
#include <time.h>

#include "ts/parse_expr.h"

void ts_deep(struct swd_ts_compiler *c)
{
    char *here = __builtin_frame_address(0);
    size_t used =
        here < c->stack_base ? (size_t)(c->stack_base - here) : (size_t)(here - c->stack_base);
    if (SWD_UNLIKELY(used > c->stack_max)) {
        c->silent = 0;
        c->rc = SWD_ELIMIT;
        ts_error(c, c->tok.pos, "nested too deeply");
        ts_abort(c, SWD_ELIMIT);
    }
    if (SWD_UNLIKELY((++c->ticks & 0x3fff) == 0)) {
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        if ((uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec > c->deadline) {
            c->silent = 0;
            c->rc = SWD_ELIMIT;
            ts_error(c, c->tok.pos, "compiling takes too long");
            ts_abort(c, SWD_ELIMIT);
        }
    }
}

u32 ts_ident_ref(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    u32 n = ts_node(c, N_IDENT, pos, name, 0);
    ts_reference(c, n);
    return n;
}

u32 ts_this_ref(struct swd_ts_compiler *c, u32 pos)
{
    u32 n = ts_node(c, N_THIS, pos, W_this, 0);
    ts_reference(c, n);
    return n;
}

u32 ts_home_ref(struct swd_ts_compiler *c, u32 pos)
{
    u32 n = ts_node(c, N_SUPER, pos, W_home, 0);
    ts_reference(c, n);
    return n;
}

void ts_check_ident(struct swd_ts_compiler *c, const struct ts_token *t)
{
    u32 w = t->name;
    const struct ts_name *m = NM(w);
    if (w <= W_LAST_RESERVED)
        ts_reserved(c, t);
    if (w <= W_LAST_STRICT && c->strict)
        ts_fatal(c, t->pos, "`%.*s` is reserved in strict code", (int)m->len, m->s);
    if (w == W_await)
        c->await_name_at = t->pos;
    if (w == W_yield && c->can_yield)
        ts_fatal(c, t->pos, "`yield` is no name in a generator");
    if (w == W_await && (c->can_await || c->goal == SWD_TS_MODULE || c->no_await))
        ts_fatal(c, t->pos, "`await` is no name here");
}

/* eval and arguments may not be bound or assigned in strict code. */
void ts_check_target_name(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    if (c->strict && (name == W_eval || name == W_arguments))
        ts_error(c, pos, "`%s` may not be assigned in strict code", NM(name)->s);
}

bool ts_is_anon_fn(struct swd_ts_compiler *c, u32 n)
{
    const struct ts_node *d = ND(n);
    if (d->kind == N_FUNC)
        return FN(d->a)->name == 0;
    if (d->kind == N_CLASS)
        return CL(d->a)->name == 0;
    return false;
}

/* ---- primary ---- */

u32 ts_parse_function_expr(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name)
{
    u32 n;
    if (!ts_is(c, T_WORD))
        return ts_parse_function(c, pos, flags, name);
    /* the name is bound inside only; yield and await are judged by the function's own kind */
    bool y = c->can_yield, a = c->can_await, na = c->no_await;
    c->can_yield = (flags & FN_GEN) != 0;
    c->can_await = (flags & FN_ASYNC) != 0;
    c->no_await = false;
    ts_check_ident(c, &c->tok);
    c->can_yield = y;
    c->can_await = a;
    c->no_await = na;
    u32 id = c->tok.name, at = c->tok.pos;
    ts_check_target_name(c, id, at);
    u32 scope = ts_scope_open(c, C_FNAME, pos);
    u32 sym = ts_sym_new(c, scope, id, S_FNAME, at);
    ts_next(c);
    n = ts_parse_function(c, pos, flags, id);
    FN(ND(n)->a)->fname = sym;
    if (FN(ND(n)->a)->flags & FN_STRICT)
        ts_check_strict_name(c, id, at);
    ts_scope_close(c);
    return n;
}

static u32 parse_word(struct swd_ts_compiler *c)
{
    struct ts_token t = c->tok;
    u32 pos = t.pos, n;
    if (t.escaped && t.name <= W_LAST_RESERVED)
        ts_fatal(c, pos, "a keyword may not have escapes");
    switch (t.name) {
    case W_function:
        ts_next(c);
        return ts_parse_function_expr(c, pos, ts_eat(c, T_STAR) ? FN_GEN : 0, 0);
    case W_class: return ts_parse_class(c, pos, false, 0, 0);
    case W_this: ts_next(c); return ts_this_ref(c, pos);
    case W_null: ts_next(c); return ts_node(c, N_NULL, pos, 0, 0);
    case W_true_: ts_next(c); return ts_node(c, N_TRUE, pos, 0, 0);
    case W_false_: ts_next(c); return ts_node(c, N_FALSE, pos, 0, 0);
    case W_async:
        n = ts_parse_async(c);
        if (n)
            return n;
        break;
    default: break;
    }
    bool may = c->arrow_at == pos;
    struct ts_cover m;
    ts_cover_mark(c, &m);
    ts_check_ident(c, &t);
    ts_next(c);
    n = ts_ident_ref(c, t.name, pos);
    if (may && ts_is(c, T_ARROW) && !c->tok.nl)
        return ts_parse_arrow(c, pos, n, 0, &m);
    if (t.name == W_arguments && c->in_field)
        ts_error(c, pos, "`arguments` may not stand in a class field or static block");
    return n;
}

static u32 parse_primary(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, n;
    switch (c->tok.kind) {
    case T_WORD: return parse_word(c);
    case T_NUM: return ts_parse_number(c);
    case T_STR: return ts_parse_string(c);
    case T_TEMPLATE: return ts_parse_template(c, false);
    case T_LPAREN: return ts_parse_paren(c);
    case T_LBRACK: return ts_parse_array(c);
    case T_LBRACE: return ts_parse_object(c);
    case T_SLASH:
    case T_SLASH_A:
        ts_lex_regex(c);
        n = ts_node(c, N_REGEX, pos, pos, c->tok.end - pos);
        ts_check_regex(c, n);
        ts_next(c);
        return n;
    case T_AT: {
        u32 d = ts_parse_decorators(c);
        if (!ts_is_word(c, W_class))
            ts_unexpected(c, "class");
        return ts_parse_class(c, c->tok.pos, false, d, 0);
    }
    case T_LT:
        if (c->jsx)
            return ts_parse_jsx(c);
        ts_unexpected(c, "an expression");
    default: ts_unexpected(c, "an expression");
    }
}

/* ---- calls and members ---- */

static u32 parse_args(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = c->in_cond = false;
    u32 open = c->tok.pos;
    ts_expect(c, T_LPAREN);
    while (!ts_is(c, T_RPAREN)) {
        ts_append(c, &l, ts_parse_item(c));
        if (!ts_is(c, T_RPAREN))
            ts_comma(c, ", or )", open);
    }
    ts_next(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
    return l.head;
}

static u32 private_ref(struct swd_ts_compiler *c)
{
    u32 id = ts_ident_ref(c, c->tok.name, c->tok.pos);
    ts_next(c);
    return id;
}

/* super.x, super[x], super(...) */
static u32 parse_super(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_next(c);
    if (ts_is(c, T_LPAREN)) {
        u32 f = ts_super_function(c);
        if (!f || !(FN(f)->flags & FN_DERIVED))
            ts_fatal(c, pos, "`super()` may only stand in the constructor of a derived class");
        FN(f)->flags |= FN(f)->flags & FN_CALLSSUPER ? FN_MANYSUPER : FN_CALLSSUPER;
        u32 home = ts_home_ref(c, pos), self = ts_this_ref(c, pos);
        u32 nt = ts_node(c, N_NEWTARGET, pos, W_newtarget, 0);
        ts_reference(c, nt);
        u32 args = parse_args(c);
        u32 call = ts_node3(c, N_CALL, pos, home, args, self);
        ND(home)->next = nt;
        return call;
    }
    if (!ts_is(c, T_DOT) && !ts_is(c, T_LBRACK))
        ts_unexpected(c, ". or [ or ( behind super");
    u32 f = ts_super_function(c);
    bool field = !f && (c->in_field || ts_eval_has(c, W_home));
    if (!field && (!f || !(FN(f)->flags & FN_METHOD)))
        ts_fatal(c, pos, "`super` may only stand in methods and class fields");
    u32 home = ts_home_ref(c, pos);
    u32 self = ts_this_ref(c, pos);
    ND(home)->next = self;
    if (c->home_static)
        ND(home)->flags |= F_STATIC;
    return home;
}

static u32 parse_new(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_deep(c);
    ts_next(c);
    if (ts_eat(c, T_DOT)) {
        if (!ts_is_word(c, W_target))
            ts_unexpected(c, "target");
        if (!ts_new_target_ok(c))
            ts_error(c, pos, "`new.target` may only stand in functions");
        ts_next(c);
        u32 n = ts_node(c, N_NEWTARGET, pos, W_newtarget, 0);
        ts_reference(c, n);
        return n;
    }
    u32 callee;
    if (ts_is_word(c, W_new)) {
        callee = parse_new(c);
    } else if (ts_is_word(c, W_super)) {
        callee = parse_super(c);
        if (ND(callee)->kind == N_CALL)
            ts_fatal(c, pos, "`new super()` is not allowed");
    } else if (ts_is_word(c, W_import)) {
        struct ts_mark m;
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_LPAREN))
            ts_fatal(c, c->tok.pos, "`import()` cannot be constructed");
        ts_rewind(c, &m);
        callee = ts_parse_import_expr(c);
    } else {
        callee = parse_primary(c);
        if (ND(callee)->kind == N_FUNC && FN(ND(callee)->a)->flags & FN_ARROW &&
            !(ND(callee)->flags & F_PAREN))
            ts_fatal(c, pos, "an arrow function must be in parentheses here");
    }
    for (;;) {
        u32 at = ND(callee)->pos;
        if (ts_eat(c, T_DOT)) {
            callee = ts_finish_member(c, callee, at, 0);
        } else if (ts_is(c, T_LBRACK)) {
            ts_next(c);
            bool no_in = c->no_in;
            c->no_in = false;
            u32 e = ts_parse_expr(c);
            c->no_in = no_in;
            ts_expect(c, T_RBRACK);
            callee = ts_node(c, N_INDEX, at, callee, e);
        } else if (ts_is(c, T_TEMPLATE)) {
            u32 t = ts_parse_template(c, true);
            callee = ts_node(c, N_TAGGED, at, callee, t);
        } else if (ts_is(c, T_OPTDOT)) {
            ts_fatal(c, c->tok.pos, "`new` does not go with `?.`");
        } else if (c->ts && ts_is(c, T_NOT) && !c->tok.nl) {
            ts_next(c);
        } else if (c->ts && (ts_is(c, T_LT) || ts_is(c, T_SHL)) && ts_try_type_args(c)) {
            continue;
        } else {
            break;
        }
    }
    u32 args = ts_is(c, T_LPAREN) ? parse_args(c) : 0;
    return ts_node(c, N_NEW, pos, callee, args);
}

/* Behind the dot. */
u32 ts_finish_member(struct swd_ts_compiler *c, u32 obj, u32 pos, u32 flags)
{
    u32 n;
    if (ts_is(c, T_PRIVATE)) {
        if (ND(obj)->kind == N_SUPER)
            ts_fatal(c, c->tok.pos, "private names do not go with `super`");
        n = ts_node(c, N_PRIVATE, pos, obj, 0);
        u32 id = private_ref(c);
        ND(n)->b = id;
    } else if (ts_is(c, T_WORD)) {
        n = ts_node3(c, N_MEMBER, pos, obj, c->tok.name, c->tok.pos);
        ts_next(c);
    } else {
        ts_unexpected(c, "a property name");
    }
    ND(n)->flags |= (uint16_t)flags;
    return n;
}

static u32 optional_link(struct swd_ts_compiler *c, u32 e, u32 pos)
{
    ts_next(c);
    u32 n;
    if (c->ts && ts_is(c, T_LT))
        ts_try_type_args(c);
    if (ts_is(c, T_LPAREN)) {
        u32 args = parse_args(c);
        n = ts_node(c, N_CALL, pos, e, args);
    } else if (ts_eat(c, T_LBRACK)) {
        bool no_in = c->no_in;
        c->no_in = false;
        u32 k = ts_parse_expr(c);
        c->no_in = no_in;
        ts_expect(c, T_RBRACK);
        n = ts_node(c, N_INDEX, pos, e, k);
    } else if (ts_is(c, T_TEMPLATE)) {
        ts_fatal(c, c->tok.pos, "a template may not be tagged by an optional chain");
    } else {
        return ts_finish_member(c, e, pos, F_OPTIONAL);
    }
    ND(n)->flags |= F_OPTIONAL;
    return n;
}

u32 ts_parse_lhs(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, e;
    bool chain = false;
    if (ts_is_word(c, W_new))
        e = parse_new(c);
    else if (ts_is_word(c, W_super))
        e = parse_super(c);
    else if (ts_is_word(c, W_import))
        e = ts_parse_import_expr(c);
    else
        e = parse_primary(c);
    if (ND(e)->kind == N_FUNC && FN(ND(e)->a)->flags & FN_ARROW && !(ND(e)->flags & F_PAREN))
        return e;
    for (;;) {
        switch (c->tok.kind) {
        case T_DOT:
            ts_next(c);
            e = ts_finish_member(c, e, pos, 0);
            continue;
        case T_OPTDOT:
            if (ND(e)->kind == N_SUPER)
                ts_unexpected(c, ".");
            chain = true;
            e = optional_link(c, e, pos);
            continue;
        case T_LBRACK: {
            ts_next(c);
            bool no_in = c->no_in;
            c->no_in = false;
            u32 k = ts_parse_expr(c);
            c->no_in = no_in;
            ts_expect(c, T_RBRACK);
            e = ts_node(c, N_INDEX, pos, e, k);
            continue;
        }
        case T_LPAREN: {
            u32 args = parse_args(c);
            e = ts_node(c, N_CALL, pos, e, args);
            if (ND(ND(e)->a)->kind == N_IDENT && ND(ND(e)->a)->a == W_eval) {
                u32 refs = ts_eval_refs(c, pos);
                ND(e)->c = refs;
                ts_saw_eval(c);
            }
            continue;
        }
        case T_TEMPLATE: {
            if (chain)
                ts_fatal(c, c->tok.pos, "a template may not be tagged by an optional chain");
            u32 t = ts_parse_template(c, true);
            e = ts_node(c, N_TAGGED, pos, e, t);
            continue;
        }
        case T_NOT:
            if (c->ts && !c->tok.nl) {
                ts_next(c);
                ND(e)->flags |= F_CAST;
                continue;
            }
            break;
        case T_LT:
        case T_SHL:
            if (c->ts && ts_try_type_args(c))
                continue;
            break;
        default: break;
        }
        break;
    }
    return chain ? ts_node(c, N_CHAIN, pos, e, 0) : e;
}

/* ---- operators ---- */

static void check_simple_target(struct swd_ts_compiler *c, u32 e, u32 pos)
{
    struct ts_node *n = ND(e);
    switch (n->kind) {
    case N_IDENT:
        ts_check_target_name(c, n->a, n->pos);
        n->flags |= F_WRITE;
        return;
    case N_MEMBER:
    case N_INDEX:
    case N_PRIVATE: return;
    default: ts_fatal(c, pos, "this cannot be assigned to");
    }
}

static u32 parse_update(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (ts_is(c, T_INC) || ts_is(c, T_DEC)) {
        int op = c->tok.kind;
        ts_next(c);
        u32 at = c->tok.pos;
        u32 e = ts_parse_unary(c);
        check_simple_target(c, e, at);
        u32 n = ts_node(c, N_UPDATE, pos, e, 0);
        ND(n)->op = (uint8_t)op;
        ND(n)->flags |= F_PREFIX;
        return n;
    }
    u32 e = ts_parse_lhs(c);
    if ((ts_is(c, T_INC) || ts_is(c, T_DEC)) && !c->tok.nl) {
        check_simple_target(c, e, pos);
        e = ts_node(c, N_UPDATE, pos, e, 0);
        ND(e)->op = c->tok.kind;
        ts_next(c);
    }
    return e;
}

static bool starts_operand(struct swd_ts_compiler *c)
{
    switch (c->tok.kind) {
    case T_WORD: return c->tok.name != W_in && c->tok.name != W_instanceof && c->tok.name != W_of;
    case T_STR:
    case T_NUM:
    case T_LPAREN:
    case T_TEMPLATE:
    case T_LBRACE:
    case T_NOT:
    case T_TILDE:
    case T_PRIVATE: return true;
    default: return false;
    }
}

static u32 parse_await(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (c->tok.escaped)
        ts_fatal(c, pos, "a keyword may not have escapes");
    if (c->in_params)
        ts_error(c, pos, "`await` may not stand in the parameters of an async function");
    ts_next(c);
    u32 e = ts_parse_unary(c);
    if (!c->fn)
        c->saw_tla = true;
    c->await_at = pos;
    FN(c->fn)->flags |= FN_AWAITS;
    return ts_node(c, N_AWAIT, pos, e, 0);
}

/* `await x` at the top level of a file whose goal is open makes it a module. */
static void maybe_top_await(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    if (c->fn || c->cls || (c->o->goal != SWD_TS_GOAL_AUTO && c->o->goal != SWD_TS_COMMONJS) ||
        c->goal == SWD_TS_MODULE || c->tok.escaped)
        return;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = starts_operand(c) && !c->tok.nl;
    ts_rewind(c, &m);
    if (yes) {
        c->restart_module = true;
        ts_abort(c, 0);
    }
}

u32 ts_parse_unary(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos, op = c->tok.kind;
    ts_deep(c);
    if (op == T_WORD) {
        switch (c->tok.name) {
        case W_typeof: op = T_TYPEOF; break;
        case W_void: op = T_VOID; break;
        case W_delete: op = T_DELETE; break;
        case W_await:
            if (c->can_await && !c->no_await)
                return parse_await(c);
            maybe_top_await(c);
            return parse_update(c);
        default: return parse_update(c);
        }
        if (c->tok.escaped)
            ts_fatal(c, pos, "a keyword may not have escapes");
    } else if (op == T_LT && c->ts) {
        u32 n = 0;
        if (c->arrow_at == pos || c->jsx)
            n = ts_try_generic_arrow(c, 0, pos);
        if (n)
            return n;
        if (c->jsx)
            return parse_update(c);
        ts_next(c);
        ts_skip_type(c);
        ts_split_gt(c);
        ts_expect(c, T_GT);
        u32 e = ts_parse_unary(c);
        ND(e)->flags |= F_CAST;
        return e;
    } else if (op != T_NOT && op != T_TILDE && op != T_PLUS && op != T_MINUS) {
        return parse_update(c);
    }
    ts_next(c);
    u32 e = ts_parse_unary(c);
    if (op == T_DELETE) {
        u32 t = e;
        while (ND(t)->kind == N_CHAIN)
            t = ND(t)->a;
        if (ND(t)->kind == N_IDENT && c->strict)
            ts_error(c, pos, "a name cannot be deleted in strict code");
        if (ND(t)->kind == N_PRIVATE)
            ts_error(c, pos, "a private name cannot be deleted");
    }
    u32 n = ts_node(c, N_UNARY, pos, e, 0);
    ND(n)->op = (uint8_t)op;
    return n;
}

static int binary_op(struct swd_ts_compiler *c)
{
    if (c->tok.kind != T_WORD)
        return c->tok.kind;
    if (c->tok.escaped)
        return 0;
    if (c->tok.name == W_in)
        return c->no_in ? 0 : T_IN;
    return c->tok.name == W_instanceof ? T_INSTANCEOF : 0;
}

static void check_mixing(struct swd_ts_compiler *c, u32 e, int op, u32 pos)
{
    const struct ts_node *n = ND(e);
    if (n->kind != N_BINARY || n->flags & F_PAREN)
        return;
    bool logical = n->op == T_OROR || n->op == T_ANDAND;
    if ((op == T_NULLISH && logical) || ((op == T_OROR || op == T_ANDAND) && n->op == T_NULLISH))
        ts_error(c, pos, "`??` needs parentheses beside `||` and `&&`");
}

static u32 parse_binary(struct swd_ts_compiler *c, int min)
{
    u32 pos = c->tok.pos, left;
    ts_deep(c);
    if (ts_is(c, T_PRIVATE)) {
        u32 id = private_ref(c);
        if (binary_op(c) != T_IN || min > ts_prec(T_IN))
            ts_unexpected(c, "in");
        ts_next(c);
        u32 right = parse_binary(c, ts_prec(T_IN) + 1);
        left = ts_node(c, N_PRIVIN, pos, id, right);
    } else {
        left = ts_parse_unary(c);
    }
    for (;;) {
        int op = binary_op(c);
        if (c->ts && op == 0 && ts_is(c, T_WORD) && !c->tok.nl && !c->tok.escaped &&
            (c->tok.name == W_as || c->tok.name == W_satisfies) && min <= ts_prec(T_LT)) {
            ts_next(c);
            if (!ts_eat_word(c, W_const))
                ts_skip_type(c);
            ND(left)->flags |= F_CAST;
            continue;
        }
        int prec = ts_prec(op);
        if (!prec || prec < min)
            return left;
        u32 at = c->tok.pos;
        if (ND(left)->kind == N_FUNC && FN(ND(left)->a)->flags & FN_ARROW &&
            !(ND(left)->flags & F_PAREN))
            return left;
        if (op == T_POW && (ND(left)->kind == N_UNARY || ND(left)->kind == N_AWAIT) &&
            !(ND(left)->flags & F_PAREN))
            ts_error(c, pos, "a unary operator needs parentheses before `**`");
        ts_next(c);
        u32 right = parse_binary(c, op == T_POW ? prec : prec + 1);
        if (op == T_NULLISH || op == T_OROR || op == T_ANDAND) {
            check_mixing(c, left, op, at);
            check_mixing(c, right, op, at);
        }
        left = ts_node(c, N_BINARY, pos, left, right);
        ND(left)->op = (uint8_t)op;
    }
}

/* In TypeScript `x?` may be an optional parameter: the ? is not ours then. */
static bool optional_mark(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    int k = c->tok.kind;
    ts_rewind(c, &m);
    return k == T_COMMA || k == T_RPAREN || k == T_COLON || k == T_ASSIGN;
}

static u32 parse_cond(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    u32 test = parse_binary(c, 1);
    if (!ts_is(c, T_QUESTION) || (c->ts && optional_mark(c)))
        return test;
    if (ND(test)->kind == N_FUNC && FN(ND(test)->a)->flags & FN_ARROW &&
        !(ND(test)->flags & F_PAREN))
        return test;
    ts_next(c);
    bool no_in = c->no_in, in_cond = c->in_cond;
    c->no_in = false;
    c->in_cond = true;
    u32 yes = ts_parse_assign(c);
    c->no_in = no_in;
    c->in_cond = in_cond;
    ts_expect(c, T_COLON);
    u32 no = ts_parse_assign(c);
    return ts_node3(c, N_COND, pos, test, yes, no);
}

static u32 parse_yield(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    if (c->tok.escaped)
        ts_fatal(c, pos, "a keyword may not have escapes");
    if (c->in_params)
        ts_error(c, pos, "`yield` may not stand in the parameters of a generator");
    ts_next(c);
    c->yield_at = pos;
    u32 n = ts_node(c, N_YIELD, pos, 0, 0);
    if (c->tok.nl)
        return n;
    if (ts_eat(c, T_STAR)) {
        ND(n)->flags |= F_STAR;
    } else {
        switch (c->tok.kind) {
        case T_RPAREN:
        case T_RBRACK:
        case T_RBRACE:
        case T_COMMA:
        case T_SEMI:
        case T_COLON:
        case T_EOF: return n;
        case T_WORD:
            if (c->tok.name == W_in || c->tok.name == W_of)
                return n;
            break;
        default: break;
        }
    }
    u32 e = ts_parse_assign(c);
    ND(n)->a = e;
    return n;
}

u32 ts_parse_assign(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    ts_deep(c);
    if (c->can_yield && ts_is(c, T_WORD) && c->tok.name == W_yield)
        return parse_yield(c);
    c->arrow_at = pos;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    u32 left = parse_cond(c);
    int op = c->tok.kind;
    if (op < T_ASSIGN || op > T_NULLISH_A) {
        if (!c->cover_err)
            c->cover_err = cover;
        return left;
    }
    int k = ND(left)->kind;
    if (op == T_ASSIGN && (k == N_ARRAY || k == N_OBJECT) && !(ND(left)->flags & F_PAREN)) {
        c->cover_err = 0;
        c->dup_proto = 0;
        left = ts_to_pattern(c, left, false);
    } else {
        check_simple_target(c, left, pos);
    }
    if (!c->cover_err)
        c->cover_err = cover;
    ts_next(c);
    u32 right = ts_parse_assign(c);
    u32 n = ts_node(c, N_ASSIGN, pos, left, right);
    ND(n)->op = (uint8_t)op;
    return n;
}

u32 ts_parse_expr(struct swd_ts_compiler *c)
{
    u32 pos = c->tok.pos;
    u32 cover = c->cover_err;
    c->cover_err = 0;
    u32 e = ts_parse_assign(c);
    if (ts_is(c, T_COMMA)) {
        struct ts_list l = {0, 0};
        ts_append(c, &l, e);
        while (ts_eat(c, T_COMMA)) {
            e = ts_parse_assign(c);
            ts_append(c, &l, e);
        }
        e = ts_node(c, N_SEQ, pos, l.head, 0);
    }
    if (!c->cover_err)
        c->cover_err = cover;
    return e;
}
