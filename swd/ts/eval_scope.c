/* What a direct eval sees of the code around it.
 *
 * The engine gives the text of a direct eval the variables of its caller under the names that they
 * were printed with. What differs from the source goes along as the third argument of $$eval(), a
 * text, and the compilation of the eval declares it in a scope of its own around the program
 * (C_OUTER), whose symbols are printed as that text says. Entries, the innermost first, each ended
 * by a semicolon, `x` a name of the source, `e` how it is printed:
 *
 *     vx e  variable             cx e  constant          fx e  name of a function expression
 *     wx e  variable of the very function around: `var x` in the eval is that variable
 *     Vx e, Cx e  the same, and `var x` in the eval would clash with it
 *     #x e  private name         T e   this              A e   arguments
 *     N e   new.target           S e   home object of super    F  in a field: no `arguments`
 *
 * A text that is not so (a script may call $$eval() itself) is read as far as it is. */
#include "ts/emit_expr.h"

/* Names that are printed as they are are left out beyond that many bytes. */
#define MAX_PLAIN 16384

/* ---- the parser's part ---- */

/* References to what has no name, so that closures keep it for the eval: a list. */
u32 ts_eval_refs(struct swd_ts_compiler *c, u32 pos)
{
    u32 f = ts_super_function(c), list = ts_this_ref(c, pos), at = list, n;
    bool outer = c->goal == SWD_TS_EVAL && SC(c->top)->parent;
    if ((f || outer) && !c->in_field) {
        at = ND(at)->next = ts_ident_ref(c, W_arguments, pos);
    }
    if (f || outer) {
        n = ts_node(c, N_NEWTARGET, pos, W_newtarget, 0);
        ts_reference(c, n);
        at = ND(at)->next = n;
    }
    if (f ? (FN(f)->flags & FN_METHOD) != 0 : c->in_field || ts_eval_has(c, W_home)) {
        n = ts_home_ref(c, pos);
        if (c->home_static)
            ND(n)->flags |= F_STATIC;
        ND(at)->next = n;
    }
    return list;
}

/* ---- the printer's part ---- */

/* Ends the entry whose expression begins at `from`; without one that is `plain` itself. */
static void entry_end(struct swd_ts_compiler *c, size_t entry, size_t from, const char *plain)
{
    size_t n = c->b->len - from;
    if (plain && n == strlen(plain) && memcmp(c->b->data + from, plain, n) == 0)
        swd_bytebuf_cut(c->b, entry);
    else
        ts_putc(c, ';');
}

static void implicit_entries(struct swd_ts_compiler *c, u32 list)
{
    for (u32 n = list; n; n = ND(n)->next) {
        size_t entry = c->b->len;
        if (!ND(n)->b || (ND(n)->kind == N_IDENT && SY(ND(n)->b)->kind != S_ARGUMENTS &&
                          SC(SY(ND(n)->b)->scope)->kind != C_OUTER))
            continue;
        switch (ND(n)->kind) {
        case N_THIS:
            ts_puts(c, "T ");
            ts_this(c, n);
            entry_end(c, entry, entry + 2, "this");
            break;
        case N_IDENT:
            ts_puts(c, "A ");
            ts_ident(c, n);
            entry_end(c, entry, entry + 2, "arguments");
            break;
        case N_NEWTARGET:
            ts_puts(c, "N ");
            ts_expr(c, n, L_MEMBER);
            ts_putc(c, ';');
            break;
        default:
            ts_puts(c, "S ");
            ts_super_home(c, n);
            ts_putc(c, ';');
        }
    }
}

static bool is_name(int kind)
{
    return kind <= S_MEMBER && kind != S_FNAME;
}

/* Where variables of an eval in the scope go. */
static bool takes_vars(int kind)
{
    return kind == C_TOP || kind == C_FUNC || kind == C_BODY || kind == C_NAMESPACE ||
           kind == C_ENUM;
}

struct site {
    u32 call, pos;
    size_t start;
    bool strict, near, params; /* near: no function between; params: in those of the function */
};

static bool clashes(struct swd_ts_compiler *c, const struct site *at, u32 y)
{
    const struct ts_sym *s = SY(y);
    int k = s->kind;
    if (at->strict || !at->near)
        return false;
    if (SC(s->scope)->kind == C_OUTER)
        return (s->flags & Y_CLASH) != 0;
    return k == S_LET || k == S_CONST || k == S_CLASS || k == S_IMPORT || k == S_ENUM ||
           (k == S_FUNC && !takes_vars(SC(s->scope)->kind)) || (k == S_CATCH && s->extra) ||
           (k == S_PARAM && at->params);
}

static void variable_entry(struct swd_ts_compiler *c, const struct site *at, u32 y)
{
    u32 name = SY(y)->name, k = SY(y)->kind;
    size_t entry = c->b->len;
    bool clash = clashes(c, at, y), fixed = k == S_CONST || k == S_IMPORT;
    bool own = at->near && takes_vars(SC(SY(y)->scope)->kind) && !clash && !fixed;
    if (NM(name)->var_scope == at->call) /* hidden by one further in */
        return;
    NM(name)->var_scope = at->call;
    if (name == W_default_export || (k == S_IMPORT && c->ts && !(SY(y)->flags & Y_USED)))
        return;
    ts_putc(c, k == S_FNAME ? 'f' : fixed ? (clash ? 'C' : 'c') : clash ? 'V' : own ? 'w' : 'v');
    ts_put_name(c, name);
    ts_putc(c, ' ');
    size_t from = c->b->len;
    ts_sym(c, y);
    if (clash || fixed || k == S_FNAME) {
        bool plain = c->b->len - from == NM(name)->len &&
                     memcmp(c->b->data + from, NM(name)->s, NM(name)->len) == 0;
        if (plain && c->b->len - at->start > MAX_PLAIN)
            swd_bytebuf_cut(c->b, entry);
        else
            ts_putc(c, ';');
    } else {
        entry_end(c, entry, from, ts_cstr(c, name));
    }
}

static void class_entries(struct swd_ts_compiler *c, const struct site *at, u32 scope)
{
    u32 cls = SC(scope)->owner, y = CL(cls)->inner;
    if (CL(cls)->expr && y && SY(y)->kind == S_CONST)
        variable_entry(c, at, y);
    if (at->pos < SC(scope)->body)
        return;
    for (u32 m = CL(cls)->members; m; m = ND(m)->next) {
        y = ND(ND(m)->c)->b;
        if (!y || NM(SY(y)->name)->var_scope == at->call)
            continue;
        NM(SY(y)->name)->var_scope = at->call;
        ts_put_name(c, SY(y)->name);
        ts_putc(c, ' ');
        ts_put_private(c, y);
        ts_putc(c, ';');
    }
}

/* Whether the place is in the parameters of the function whose scope was reached. */
static bool in_params(struct swd_ts_compiler *c, u32 scope, u32 pos)
{
    const struct ts_fn *f = FN(SC(scope)->owner);
    if (SC(scope)->kind != C_FUNC || f->flags & FN_SIMPLE)
        return false;
    return f->flags & FN_EXPR ? pos < ND(f->body)->pos : f->scope != f->body_scope;
}

static void scope_entries(struct swd_ts_compiler *c, struct site *at, u32 scope)
{
    at->params = at->near && in_params(c, scope, at->pos);
    if (at->params && !at->strict && !(FN(SC(scope)->owner)->flags & FN_ARROW))
        ts_puts(c, "Varguments arguments;");
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        u32 of = SY(y)->kind == S_FUNC && SY(y)->flags & Y_LOOSE && SY(y)->head ? SY(y)->head : y;
        if (SC(scope)->kind == C_OUTER && NM(SY(y)->name)->s[0] == '#') {
            ts_put_name(c, SY(y)->name);
            ts_putc(c, ' ');
            ts_sym(c, y);
            ts_putc(c, ';');
        } else if (SC(scope)->kind == C_FNAME
                       ? SY(y)->kind == S_FNAME
                       : is_name(SY(y)->kind) && SY(y)->name != W_this &&
                             SY(y)->name != W_newtarget && SY(y)->name != W_home &&
                             !(SY(y)->kind == S_CONST && SY(y)->flags & Y_MOVED && SY(y)->scope)) {
            variable_entry(c, at, of);
        }
    }
}

/* Prints the third argument of $$eval(), if there is one. */
void ts_eval_scope(struct swd_ts_compiler *c, u32 call)
{
    u32 eval = ND(call)->a;
    struct site at = {.call = call, .pos = ND(eval)->pos, .start = c->b->len, .near = true};
    at.strict = SC(ND(eval)->c)->flags & P_STRICT;
    implicit_entries(c, ND(call)->c);
    for (u32 s = ND(eval)->c; s; s = SC(s)->parent) {
        if (SC(s)->kind == C_CLASS)
            class_entries(c, &at, s);
        else if (SC(s)->kind == C_WITH)
            break; /* its object goes first, by the names of the source */
        else
            scope_entries(c, &at, s);
        if (SC(s)->flags & P_FIELD)
            ts_puts(c, "F;");
        if (takes_vars(SC(s)->kind) && !(SC(s)->kind == C_TOP && c->goal == SWD_TS_EVAL))
            at.near = false;
    }
    if (c->b->len == at.start)
        return;
    u32 text = ts_intern(c, c->b->data + at.start, (u32)(c->b->len - at.start));
    swd_bytebuf_cut(c->b, at.start);
    ts_puts(c, ", ");
    ts_put_string(c, text);
}

/* ---- the compilation of the eval ---- */

/* Whether the code around an eval's text has it: W_home (super), W_newtarget. */
bool ts_eval_has(struct swd_ts_compiler *c, u32 what)
{
    u32 outer = c->top ? SC(c->top)->parent : 0;
    return outer && ts_find_local(c, outer, what);
}

static void outer_entry(struct swd_ts_compiler *c, u32 scope, const char *s, size_t n)
{
    static const struct {
        char mark;
        uint8_t kind;
        uint16_t flags;
        u32 name;
    } marks[] = {
        {'v', S_VAR, 0, 0},           {'w', S_VAR, Y_METHOD, 0},  {'V', S_VAR, Y_CLASH, 0},
        {'c', S_CONST, 0, 0},         {'C', S_CONST, Y_CLASH, 0}, {'f', S_FNAME, 0, 0},
        {'#', S_PRIVNAME, 0, 0},      {'T', S_VAR, 0, W_this},    {'A', S_VAR, 0, W_arguments},
        {'N', S_VAR, 0, W_newtarget}, {'S', S_VAR, 0, W_home},
    };
    const char *end = s + n, *sp = memchr(s, ' ', n);
    size_t i = 0;
    if (n == 1 && *s == 'F')
        c->in_field = true;
    while (i < SWD_ARRAY_LEN(marks) && marks[i].mark != *s)
        i++;
    if (i == SWD_ARRAY_LEN(marks) || !sp || sp + 1 == end)
        return;
    const char *from = *s == '#' ? s : s + 1;
    u32 name = marks[i].name ? marks[i].name : sp > from ? ts_intern(c, from, (u32)(sp - from)) : 0;
    if (!name || ts_find_local(c, scope, name))
        return;
    u32 y = ts_sym_new(c, scope, name, marks[i].kind, 0);
    SY(y)->flags |= marks[i].flags | Y_DECLARED;
    SY(y)->out = ts_intern(c, sp + 1, (u32)(end - sp - 1));
}

/* Opens the scope around the program that the text `o->scope` tells of, if there is one. */
void ts_eval_open(struct swd_ts_compiler *c)
{
    const char *s = c->o->scope, *end;
    if (c->goal != SWD_TS_EVAL || !s || !*s)
        return;
    u32 scope = ts_scope_open(c, C_OUTER, 0);
    SC(scope)->func = scope;
    for (; (end = strchr(s, ';')); s = end + 1)
        if (end > s)
            outer_entry(c, scope, s, (size_t)(end - s));
}

/* A variable that sloppy eval code declares: clashes with a lexical name around, or is the one that
 * the function around has. */
void ts_eval_var(struct swd_ts_compiler *c, u32 top, u32 y, u32 pos)
{
    u32 outer = SC(top)->parent, o = outer ? ts_find_local(c, outer, SY(y)->name) : 0;
    if (!o || c->strict)
        return;
    if (SY(o)->flags & Y_CLASH)
        ts_fatal(c, pos, "`%s` has already been declared around this eval",
                 ts_cstr(c, SY(y)->name));
    if (SY(o)->flags & Y_METHOD)
        SY(y)->out = SY(o)->out;
}
