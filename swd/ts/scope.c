/* Scopes, symbols and references: who means what.
 *
 * While the parser works, each scope collects the references made in it that are not bound yet.
 * When it closes, those that name one of its symbols are bound and the rest moves to its parent, so
 * `var` and functions declared after their use are found, and a scope without symbols costs
 * nothing. What the printer must know of a symbol is decided here too: whether a closure captures
 * it, whether a loop must make it anew each time, and which uses may come before initialisation.
 *
 * `this`, `arguments` and `new.target` are references like others, bound by the first function that
 * is no arrow; so parentheses that turn out to be the parameters of an arrow only need their
 * references and scopes handed over (ts_cover_adopt). */
#include "ts/tsi.h"

u32 ts_scope_open(struct swd_ts_compiler *c, int kind, u32 pos)
{
    u32 i = ts_vec_add(c, &c->scopes);
    struct ts_scope *s = SC(i);
    *s = (struct ts_scope){.parent = c->scope, .kind = (uint8_t)kind, .pos = pos};
    bool own = kind == C_TOP || kind == C_FUNC || kind == C_ENUM || kind == C_NAMESPACE;
    s->func = own ? i : SC(c->scope)->func;
    if (c->strict)
        s->flags |= P_STRICT;
    if (kind == C_TOP && c->goal == SWD_TS_EVAL)
        s->flags |= P_LOOP; /* may run again where its variables are those of the caller */
    if (!own && (c->loop_depth || kind == C_FOR || SC(c->scope)->flags & P_LOOP))
        s->flags |= P_LOOP;
    if (c->scope && (SC(c->scope)->flags & P_WITHIN || kind == C_WITH))
        s->flags |= P_WITHIN;
    c->scope = i;
    return i;
}

u32 ts_find_local(struct swd_ts_compiler *c, u32 scope, u32 name)
{
    for (u32 i = NM(name)->sym; i; i = SY(i)->shadow)
        if (SY(i)->scope == scope)
            return i;
    return 0;
}

static void list_sym(struct swd_ts_compiler *c, u32 scope, u32 sym)
{
    struct ts_scope *s = SC(scope);
    if (s->last)
        SY(s->last)->next = sym;
    else
        s->syms = sym;
    s->last = sym;
}

u32 ts_sym_new(struct swd_ts_compiler *c, u32 scope, u32 name, int kind, u32 pos)
{
    u32 i = ts_vec_add(c, &c->syms);
    struct ts_name *m = NM(name);
    *SY(i) = (struct ts_sym){
        .name = name, .scope = scope, .kind = (uint8_t)kind, .pos = pos, .shadow = m->sym};
    m->sym = i;
    m->decls++;
    list_sym(c, scope, i);
    return i;
}

/* A symbol that no name leads to, in the statement scope around. */
u32 ts_hidden(struct swd_ts_compiler *c, u32 scope, u32 name, u32 pos)
{
    u32 i = ts_vec_add(c, &c->syms);
    *SY(i) = (struct ts_sym){.name = name, .scope = scope, .kind = S_HIDDEN, .pos = pos};
    list_sym(c, scope, i);
    return i;
}

static void unlink_sym(struct swd_ts_compiler *c, u32 sym)
{
    u32 *at = &NM(SY(sym)->name)->sym;
    while (*at && *at != sym)
        at = &SY(*at)->shadow;
    if (*at)
        *at = SY(sym)->shadow;
}

static bool is_var_scope(int kind)
{
    return kind == C_TOP || kind == C_FUNC || kind == C_BODY || kind == C_NAMESPACE ||
           kind == C_ENUM;
}

static bool is_lexical(int kind)
{
    return kind == S_LET || kind == S_CONST || kind == S_CLASS || kind == S_IMPORT ||
           kind == S_ENUM;
}

static _Noreturn void redeclared(struct swd_ts_compiler *c, u32 name, u32 pos, u32 old)
{
    u32 line, col;
    ts_place(c, SY(old)->pos, &line, &col);
    ts_fatal(c, pos, "`%s` has already been declared (line %u)", ts_cstr(c, name), line);
}

/* Types, functions and namespaces of one name merge in TypeScript. */
static bool merges(int old, int kind)
{
    return (kind == S_NAMESPACE && (old == S_NAMESPACE || old == S_CLASS || old == S_FUNC ||
                                    old == S_ENUM || old == S_VAR)) ||
           (kind == S_ENUM && old == S_ENUM) ||
           (old == S_NAMESPACE && (kind == S_CLASS || kind == S_FUNC || kind == S_ENUM));
}

/* Whether a `var` of that name was declared through this block. */
static bool var_passed(struct swd_ts_compiler *c, u32 name, u32 scope)
{
    for (u32 s = NM(name)->var_scope; s && !is_var_scope(SC(s)->kind); s = SC(s)->parent)
        if (s == scope)
            return true;
    return false;
}

static u32 declare_var(struct swd_ts_compiler *c, u32 name, int kind, u32 pos)
{
    u32 s = c->scope;
    NM(name)->var_scope = s;
    for (;; s = SC(s)->parent) {
        u32 old = ts_find_local(c, s, name);
        int sk = SC(s)->kind;
        if (old && SY(old)->kind == S_MEMBER && SY(old)->flags & Y_LOOSE) {
            unlink_sym(c, old);
            old = 0;
        }
        if (old) {
            int ok = SY(old)->kind;
            if (is_var_scope(sk)) {
                if (merges(ok, kind))
                    return old;
                if (is_lexical(ok) && ok != S_IMPORT)
                    redeclared(c, name, pos, old);
                if (ok == S_IMPORT) {
                    if (!c->ts)
                        redeclared(c, name, pos, old);
                    unlink_sym(c, old);
                    break;
                }
                if (ok != S_ARGUMENTS && ok != S_THIS) {
                    if (kind == S_FUNC && (ok == S_VAR || ok == S_PARAM))
                        SY(old)->flags |= Y_ASSIGNED;
                    if (kind == S_FUNC && ok == S_VAR)
                        SY(old)->kind = S_FUNC;
                    return old;
                }
            } else if ((is_lexical(ok) || ok == S_FUNC || (ok == S_CATCH && SY(old)->extra)) &&
                       ok != S_HIDDEN) {
                redeclared(c, name, pos, old);
            }
        }
        if (is_var_scope(sk))
            break;
    }
    u32 y = ts_sym_new(c, s, name, kind, pos);
    if (c->goal == SWD_TS_EVAL && s == c->top)
        ts_eval_var(c, s, y, pos);
    return y;
}

/* Sloppy block functions are one with the function's var unless a lexical name stands between. */
static u32 declare_loose_function(struct swd_ts_compiler *c, u32 name, u32 pos)
{
    if (var_passed(c, name, c->scope))
        ts_fatal(c, pos, "`%s` has already been declared", ts_cstr(c, name));
    u32 old = ts_find_local(c, c->scope, name);
    if (old && SY(old)->head)
        return SY(old)->head;
    if (!old && SC(c->scope)->kind == C_BLOCK && SC(SC(c->scope)->parent)->kind == C_CATCH)
        old = ts_find_local(c, SC(c->scope)->parent, name);
    if (old)
        redeclared(c, name, pos, old);
    for (u32 s = SC(c->scope)->parent;; s = SC(s)->parent) {
        u32 o = ts_find_local(c, s, name);
        if (o && (is_lexical(SY(o)->kind) || SY(o)->kind == S_PARAM ||
                  (SY(o)->kind == S_FUNC && !SY(o)->head && !is_var_scope(SC(s)->kind))))
            return ts_sym_new(c, c->scope, name, S_FUNC, pos);
        if (is_var_scope(SC(s)->kind)) {
            u32 y = o ? o : ts_sym_new(c, s, name, S_VAR, pos);
            SY(y)->flags |= Y_LOOSE | Y_ASSIGNED;
            u32 here = ts_sym_new(c, c->scope, name, S_FUNC, pos);
            SY(here)->flags |= Y_LOOSE;
            SY(here)->head = y; /* uses of it are uses of the variable */
            return y;
        }
    }
}

u32 ts_declare(struct swd_ts_compiler *c, u32 name, int kind, u32 pos)
{
    u32 s = c->scope;
    int sk = SC(s)->kind;
    if (kind == S_VAR || (kind == S_FUNC && is_var_scope(sk)))
        return declare_var(c, name, kind, pos);
    if (kind == S_NAMESPACE && is_var_scope(sk))
        return declare_var(c, name, kind, pos);
    if (kind == S_FUNC && !c->strict && !c->ts)
        return declare_loose_function(c, name, pos);
    u32 old = ts_find_local(c, s, name);
    if (old && kind == S_PARAM) {
        if (!c->dup_param)
            c->dup_param = pos;
        return old;
    }
    if (old && SY(old)->kind == S_MEMBER && SY(old)->flags & Y_LOOSE) {
        unlink_sym(c, old); /* seen from another block of the namespace */
        old = 0;
    }
    if (old) {
        int ok = SY(old)->kind;
        if (merges(ok, kind)) {
            if (ok == S_NAMESPACE)
                SY(old)->kind = (uint8_t)kind;
            return old;
        }
        if (c->ts && (kind == S_IMPORT || ok == S_IMPORT)) {
            unlink_sym(c, old); /* the other side is a type */
            if (kind == S_IMPORT)
                return old;
        } else if (!(ok == S_ARGUMENTS || ok == S_THIS || ok == S_NEWTARGET || ok == S_FNAME)) {
            redeclared(c, name, pos, old);
        }
    }
    if ((is_lexical(kind) || kind == S_FUNC) && var_passed(c, name, s))
        ts_fatal(c, pos, "`%s` has already been declared", ts_cstr(c, name));
    if (sk == C_BODY || sk == C_BLOCK) { /* a let may not hide what the head declares */
        u32 p = SC(s)->parent;
        if (sk == C_BODY || SC(p)->kind == C_CATCH) {
            u32 o = ts_find_local(c, p, name);
            if (o && (sk == C_BODY ? is_lexical(kind) && SY(o)->kind == S_PARAM
                                   : is_lexical(kind) || kind == S_FUNC))
                redeclared(c, name, pos, o);
        }
    }
    return ts_sym_new(c, s, name, kind, pos);
}

void ts_reference(struct swd_ts_compiler *c, u32 node)
{
    u32 i = ts_vec_add(c, &c->refs);
    *RF(i) = (struct ts_ref){.node = node};
    struct ts_scope *s = SC(c->scope);
    ND(node)->c = c->scope;
    if (s->flags & P_WITHIN)
        ND(node)->flags |= F_WITH;
    if (s->ref_tail)
        RF(s->ref_tail)->next = i;
    else
        s->ref_head = i;
    s->ref_tail = i;
}

void ts_cover_mark(struct swd_ts_compiler *c, struct ts_cover *m)
{
    m->ref = SC(c->scope)->ref_tail;
    m->scope = c->scope;
    m->syms = c->syms.used;
    m->scopes = c->scopes.used;
}

/* What was parsed since the mark belongs to `arrow`, a function scope just opened in m->scope. */
void ts_cover_adopt(struct swd_ts_compiler *c, const struct ts_cover *m, u32 arrow)
{
    struct ts_scope *from = SC(m->scope), *to = SC(arrow);
    u32 first = m->ref ? RF(m->ref)->next : from->ref_head;
    u32 outer = from->func;
    if (first) {
        to->ref_head = first;
        to->ref_tail = from->ref_tail;
        from->ref_tail = m->ref;
        if (m->ref)
            RF(m->ref)->next = 0;
        else
            from->ref_head = 0;
        for (u32 r = first; r; r = RF(r)->next)
            if (ND(RF(r)->node)->c == m->scope)
                ND(RF(r)->node)->c = arrow;
    }
    for (u32 i = m->scopes; i < arrow; i++) {
        if (SC(i)->parent == m->scope)
            SC(i)->parent = arrow;
        if (SC(i)->func == outer)
            SC(i)->func = arrow;
    }
    for (u32 i = m->syms; i < c->syms.used; i++)
        if (SY(i)->scope == m->scope && (SY(i)->kind == S_HIDDEN || SY(i)->kind == S_PRIVNAME)) {
            u32 *at = &from->syms, last = 0;
            while (*at && *at != i) {
                last = *at;
                at = &SY(*at)->next;
            }
            if (!*at)
                continue;
            *at = SY(i)->next;
            if (from->last == i)
                from->last = last;
            SY(i)->next = 0;
            SY(i)->scope = arrow;
            list_sym(c, arrow, i);
        }
}

u32 ts_statement_scope(struct swd_ts_compiler *c, u32 s)
{
    while (SC(s)->kind == C_CLASS || SC(s)->kind == C_FNAME ||
           (SC(s)->kind == C_FOR && SC(s)->body == 0))
        s = SC(s)->parent;
    return s;
}

/* The function scope in which a reference from scope `s` leaves function `func`: its child. */
static u32 outermost(struct swd_ts_compiler *c, u32 s, u32 func)
{
    u32 f = SC(s)->func;
    for (;;) {
        u32 up = SC(SC(f)->parent)->func;
        if (up == func)
            return f;
        f = up;
    }
}

/* Where function declarations of this scope may run first, from what refers to them. */
static void earliest(struct swd_ts_compiler *c, u32 scope, u32 refs)
{
    u32 func = SC(scope)->func;
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next)
        if (SY(y)->kind == S_FUNC)
            SY(y)->extra2 = SY(y)->flags & (Y_EXPORTED | Y_LOOSE | Y_ASSIGNED) ? 0 : UINT32_MAX;
    for (int round = 0;; round++) {
        bool moved = false;
        for (u32 r = refs; r; r = RF(r)->next) {
            const struct ts_node *n = ND(RF(r)->node);
            u32 y = n->b;
            if (!y || SY(y)->scope != scope || SY(y)->kind != S_FUNC)
                continue;
            u32 at = n->pos;
            if (SC(n->c)->func != func) {
                u32 f = outermost(c, n->c, func);
                at = SC(f)->pos;
                if (SC(f)->flags & P_HOISTED) {
                    u32 fy = SC(f)->self;
                    at = fy && SY(fy)->scope == scope ? SY(fy)->extra2 : SC(SC(f)->parent)->pos;
                    if (round > 6)
                        at = 0;
                }
            }
            if (at < SY(y)->extra2) {
                SY(y)->extra2 = at;
                moved = true;
            }
        }
        if (!moved)
            return;
    }
}

/* Whether the use may come before the initialisation: sets F_CHECK or F_DEAD. */
static void judge_tdz(struct swd_ts_compiler *c, struct ts_node *n, u32 y, bool *early)
{
    struct ts_sym *s = SY(y);
    u32 func = SC(s->scope)->func;
    bool sw = SC(s->scope)->kind == C_SWITCH;
    bool ranged = s->kind != S_CLASS;
    if (SC(n->c)->func == func) {
        bool in_value = ranged && n->pos >= s->extra && n->pos < s->extra2;
        bool in_class = !ranged && n->pos >= s->pos && n->pos < s->init;
        if (((n->pos < s->init || in_value) && !sw) || in_class)
            n->flags |= F_DEAD;
        else if (sw)
            n->flags |= F_CHECK;
        if (!(n->flags & F_CHECK))
            return;
    } else {
        u32 f = outermost(c, n->c, func);
        const struct ts_scope *fs = SC(f);
        if (fs->flags & P_MEMBER && SC(fs->parent)->kind == C_CLASS && SC(fs->parent)->self == y)
            return;
        if (!(fs->flags & P_HOISTED)) {
            if (fs->pos >= s->init && !sw &&
                !(ranged && fs->pos >= s->extra && fs->pos < s->extra2))
                return;
        } else {
            if (fs->parent != s->scope && SC(fs->parent)->pos >= s->init && !sw)
                return;
            u32 fy = fs->self;
            if (fy && SY(fy)->scope == s->scope && !sw) {
                if (!*early)
                    earliest(c, s->scope, SC(s->scope)->ref_head);
                *early = true;
                if (SY(fy)->extra2 >= s->init)
                    return;
            }
        }
        n->flags |= F_CHECK;
    }
    s->flags |= Y_TDZ;
}

static void bind(struct swd_ts_compiler *c, u32 node, u32 y)
{
    if (SY(y)->kind == S_FUNC && SY(y)->head)
        y = SY(y)->head;
    struct ts_node *n = ND(node);
    struct ts_sym *s = SY(y);
    struct ts_scope *home = SC(s->scope);
    n->b = y;
    s->flags |= Y_USED;
    if (n->flags & F_WITH && n->c != s->scope)
        s->flags |= Y_KEEP;
    bool inner = SC(n->c)->func != home->func;
    if (n->kind == N_IDENT && n->flags & F_WRITE) {
        s->flags |= Y_ASSIGNED;
        if (inner || n->pos >= home->body)
            s->flags |= Y_BODYWRITE;
    }
    if (!inner)
        return;
    s->flags |= Y_CAPTURED;
    if (home->kind == C_FOR && SC(outermost(c, n->c, home->func))->pos < home->body)
        s->flags |= Y_HEADCAP;
}

static u32 arguments_of(struct swd_ts_compiler *c, u32 scope)
{
    u32 y = ts_sym_new(c, scope, W_arguments, S_ARGUMENTS, SC(scope)->pos);
    if (SC(scope)->flags & P_ARRPAT)
        SY(y)->flags |= Y_CAPTURED;
    return y;
}

/* The implicit symbol that a function, or the file, has for this, arguments, new.target. */
static u32 implicit(struct swd_ts_compiler *c, u32 scope, u32 name)
{
    const struct ts_scope *s = SC(scope);
    if ((s->kind != C_FUNC && s->kind != C_TOP) || s->flags & P_ARROW)
        return 0;
    if (s->kind == C_TOP && s->parent && ts_find_local(c, s->parent, name))
        return 0; /* an eval's: the one around */
    if (name == W_this)
        return ts_sym_new(c, scope, name, S_THIS, s->pos);
    if (name == W_newtarget)
        return ts_sym_new(c, scope, name, S_NEWTARGET, s->pos);
    if (name == W_arguments && !(s->flags & P_FIELD) &&
        (s->kind == C_FUNC || c->goal == SWD_TS_COMMONJS))
        return arguments_of(c, scope);
    return 0;
}

/* Symbols of a class scope live in the statement scope around it. */
static void move_up(struct swd_ts_compiler *c, u32 scope)
{
    u32 to = ts_statement_scope(c, SC(scope)->parent);
    for (u32 y = SC(scope)->syms, next; y; y = next) {
        next = SY(y)->next;
        SY(y)->next = 0;
        SY(y)->scope = to;
        SY(y)->flags |= Y_MOVED;
        list_sym(c, to, y);
    }
    SC(scope)->syms = SC(scope)->last = 0;
}

static void mark_env(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        struct ts_sym *s = SY(y);
        if (!(s->flags & Y_CAPTURED) || s->kind == S_CATCH || s->flags & Y_KEEP || s->kind == S_VAR)
            continue;
        s->flags |= Y_ENV;
        SC(scope)->flags |= P_ENV;
    }
}

/* What an eval declares with let, const and class is not of the scope around, nor is what we made
 * for its closures. */
static void mark_own(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        struct ts_sym *s = SY(y);
        bool ours = (s->kind == S_HIDDEN || s->kind == S_PRIVNAME) && s->flags & Y_CAPTURED;
        if (s->kind != S_LET && s->kind != S_CONST && s->kind != S_CLASS && !ours)
            continue;
        s->flags |= Y_ENV;
        SC(scope)->flags |= P_ENV;
    }
}

/* A direct eval in the scope may capture its names, and write them. */
static void mark_seen(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 y = SC(scope)->syms; y; y = SY(y)->next) {
        int k = SY(y)->kind;
        if (k == S_LET)
            SY(y)->flags |= Y_ASSIGNED | Y_BODYWRITE;
        if (SC(scope)->flags & P_LOOP && (k == S_LET || k == S_CONST || k == S_CLASS))
            SY(y)->flags |= Y_CAPTURED;
    }
}

static void settle(struct swd_ts_compiler *c, u32 scope, u32 bound)
{
    struct ts_scope *s = SC(scope);
    bool early = false;
    s->ref_head = bound; /* for earliest() */
    for (u32 r = bound; r; r = RF(r)->next) {
        struct ts_node *n = ND(RF(r)->node);
        if (n->kind != N_IDENT)
            continue;
        int k = SY(n->b)->kind;
        if (k == S_LET || k == S_CONST || k == S_CLASS)
            judge_tdz(c, n, n->b, &early);
        else if (k == S_PARAM && n->pos < SY(n->b)->init && n->pos != SY(n->b)->pos &&
                 SC(n->c)->func == scope)
            n->flags |= F_DEAD;
    }
    s->ref_head = 0;
}

void ts_scope_close(struct swd_ts_compiler *c)
{
    u32 scope = c->scope;
    struct ts_scope *s = SC(scope);
    u32 parent = s->parent;
    s->end = c->tok.pos;
    bool special = (s->kind == C_FUNC && !(s->flags & P_ARROW)) || s->kind == C_TOP;
    u32 bound = 0, bound_tail = 0, up = s->ref_head, up_tail = s->ref_tail;
    if (s->syms || special) {
        up = up_tail = 0;
        for (u32 r = s->ref_head, next; r; r = next) {
            next = RF(r)->next;
            u32 node = RF(r)->node;
            u32 name = ND(node)->a;
            u32 y = ts_find_local(c, scope, name);
            if (y && s->kind == C_CLASS && SY(y)->kind == S_PRIVNAME && ND(node)->pos < s->body)
                y = 0; /* in the heritage */
            if (!y && special && (name == W_this || name == W_arguments || name == W_newtarget))
                y = implicit(c, scope, name);
            u32 *tail = y ? &bound_tail : &up_tail, *head = y ? &bound : &up;
            RF(r)->next = 0;
            if (*tail)
                RF(*tail)->next = r;
            else
                *head = r;
            *tail = r;
            if (y)
                bind(c, node, y);
        }
        settle(c, scope, bound);
        s = SC(scope);
    }
    for (u32 y = s->syms; y; y = SY(y)->next)
        unlink_sym(c, y);
    if (s->flags & P_EVAL)
        mark_seen(c, scope);
    if (s->kind == C_CLASS || s->kind == C_FNAME) {
        if (s->kind == C_CLASS)
            move_up(c, scope);
    } else if (s->flags & P_LOOP) {
        if (s->kind == C_TOP)
            mark_own(c, scope);
        else
            mark_env(c, scope);
    }
    s->flags |= P_DEAD;
    if (parent && up) {
        struct ts_scope *p = SC(parent);
        if (p->ref_tail)
            RF(p->ref_tail)->next = up;
        else
            p->ref_head = up;
        p->ref_tail = up_tail;
    } else if (!parent) {
        for (u32 r = up; r; r = RF(r)->next) {
            const struct ts_node *n = ND(RF(r)->node);
            NM(n->a)->free++;
            if (NM(n->a)->s[0] == '#')
                ts_error(c, n->pos, "private name `%s` is not declared in a class around",
                         ts_cstr(c, n->a));
        }
        SC(scope)->ref_head = up;
    }
    c->scope = parent;
}

/* Binds uses of `super` in the current scope made since reference `since` (0: all) to the hidden
 * symbol *sym, which is made when there is a use. */
void ts_bind_home(struct swd_ts_compiler *c, u32 since, u32 *sym, u32 name)
{
    u32 scope = c->scope, prev = since;
    for (u32 r = since ? RF(since)->next : SC(scope)->ref_head, next; r; r = next) {
        next = RF(r)->next;
        u32 node = RF(r)->node;
        if (ND(node)->kind != N_SUPER) {
            prev = r;
            continue;
        }
        if (!*sym)
            *sym = ts_hidden(c, ts_statement_scope(c, scope), name, ND(node)->pos);
        ND(node)->b = *sym;
        struct ts_sym *y = SY(*sym);
        y->flags |= Y_USED;
        if (SC(ND(node)->c)->func != SC(y->scope)->func)
            y->flags |= Y_CAPTURED;
        if (prev)
            RF(prev)->next = next;
        else
            SC(scope)->ref_head = next;
        if (SC(scope)->ref_tail == r)
            SC(scope)->ref_tail = prev;
    }
}

/* After an error: back to `scope` without binding anything. */
void ts_scope_unwind(struct swd_ts_compiler *c, u32 scope)
{
    for (u32 s = c->scope; s && s != scope; s = SC(s)->parent)
        for (u32 y = SC(s)->syms; y; y = SY(y)->next)
            unlink_sym(c, y);
    c->scope = scope;
}

/* Whether symbols of this scope share a JS function with those of other scopes. */
static bool is_nested(int kind)
{
    return kind == C_BLOCK || kind == C_FOR || kind == C_SWITCH || kind == C_CATCH ||
           kind == C_CLASS || kind == C_BODY;
}

u32 ts_out_name(struct swd_ts_compiler *c, u32 sym)
{
    struct ts_sym *s = SY(sym);
    if (s->out)
        return s->out;
    const struct ts_name *m = NM(s->name);
    u32 base = s->name;
    bool keep = m->ascii && !(m->len > 2 && m->s[0] == '$' && m->s[1] == '$');
    if (s->name == W_default_export) {
        keep = false;
        base = ts_intern(c, "$default", 8);
    } else if (s->kind == S_HIDDEN || s->kind == S_PRIVNAME) {
        keep = false;
        if (s->name == W_home)
            base = ts_intern(c, "$home", 5);
        else if (s->name == W_empty)
            base = ts_intern(c, "$class", 6);
    } else if ((is_nested(SC(s->scope)->kind) || SC(s->scope)->flags & P_RENAME ||
                (s->flags & Y_MOVED && s->kind == S_CONST)) &&
               s->kind != S_CATCH && !(s->flags & Y_KEEP)) {
        keep = keep && m->decls == 1 && m->free == 0;
    }
    u32 out = keep ? base : ts_fresh(c, base);
    SY(sym)->out = out;
    return out;
}
