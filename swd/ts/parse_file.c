/* Parsing a file: its statements, and how parsing goes on behind an error or an attempt in vain.
 *
 * The first pass ends a failed statement of the top level and goes on at the next. When it found
 * something a second, careful one recovers at each statement of a block and each member of a class.
 */
#include "ts/tsi.h"

static u32 column_at(struct swd_ts_compiler *c, u32 pos)
{
    u32 from = pos;
    while (from > 0 && c->src[from - 1] != '\n' && c->src[from - 1] != '\r')
        from--;
    return pos - from;
}

/* Whether the token begins a line where the statement that failed began, or before: there the next
 * one begins, in what people write, or the block around ends. */
static bool resumes(struct swd_ts_compiler *c, u32 column)
{
    if (!c->tok.nl || ts_is(c, T_RPAREN) || ts_is(c, T_RBRACK))
        return false;
    for (u32 i = c->tok.pos - column_at(c, c->tok.pos); i < c->tok.pos; i++)
        if (c->src[i] != ' ' && c->src[i] != '\t')
            return false;
    u32 at = column_at(c, c->tok.pos);
    return ts_is(c, T_RBRACE) ? at < column : at <= column;
}

/* The end of what failed, by its braces: a semicolon past the error, or the end of the block
 * around. */
static bool ends_part(struct swd_ts_compiler *c, u32 error, int *depth)
{
    if (ts_is(c, T_LBRACE))
        ++*depth;
    else if (ts_is(c, T_RBRACE) && --*depth < 0)
        return true;
    else if (ts_is(c, T_SEMI) && *depth == 0 && c->tok.pos >= error) {
        ts_next(c);
        return true;
    }
    return false;
}

/* After an error in a part that began at that column: to the token where parsing goes on. `nested`:
 * skipping begins at the start of that part, where the current token is. */
static void resync(struct swd_ts_compiler *c, u32 column, bool nested, u32 error)
{
    jmp_buf jb, *old = c->recover;
    c->recover = &jb;
    c->silent = 1;
    volatile u32 last = 0;
    volatile int depth = 0;
    if (setjmp(jb) && c->at <= last)
        c->at = last + 1;
    do {
        int d = depth;
        last = c->at;
        if (c->at >= c->n) {
            c->tok.kind = T_EOF;
            c->tok.pos = c->tok.end = c->at = c->n;
            break;
        }
        if (nested && ends_part(c, error, &d))
            break;
        depth = d;
        ts_next(c);
    } while (!ts_is(c, T_EOF) && !(c->tok.pos >= error && resumes(c, column)));
    c->silent = 0;
    c->recover = old;
}

void ts_mark(struct swd_ts_compiler *c, struct ts_mark *m)
{
    *m = (struct ts_mark){.tok = c->tok,
                          .scope = c->scope,
                          .at = c->at,
                          .prev_end = c->prev_end,
                          .nodes = c->nodes.used,
                          .refs = c->refs.used,
                          .scopes = c->scopes.used,
                          .syms = c->syms.used,
                          .fns = c->fns.used,
                          .classes = c->classes.used,
                          .scope_head = SC(c->scope)->ref_head,
                          .scope_tail = SC(c->scope)->ref_tail};
}

/* Back to a mark made in the same scope. Symbols declared since lie in scopes opened since. */
void ts_rewind(struct swd_ts_compiler *c, const struct ts_mark *m)
{
    c->tok = m->tok;
    c->at = m->at;
    c->prev_end = m->prev_end;
    for (u32 i = c->syms.used; i-- > m->syms;) {
        struct ts_name *name = NM(SY(i)->name);
        name->decls--;
        if (name->sym == i)
            name->sym = SY(i)->shadow;
    }
    c->nodes.used = m->nodes;
    c->refs.used = m->refs;
    c->scopes.used = m->scopes;
    c->syms.used = m->syms;
    c->fns.used = m->fns;
    c->classes.used = m->classes;
    struct ts_scope *s = SC(c->scope);
    s->ref_head = m->scope_head;
    s->ref_tail = m->scope_tail;
    if (m->scope_tail)
        RF(m->scope_tail)->next = 0;
}

/* What may turn out to be something else: `parse` says whether it was what it looked for. If not,
 * or if it met an error, which is not recorded, all is as before the call. */
bool ts_attempt(struct swd_ts_compiler *c, bool (*parse)(struct swd_ts_compiler *, void *),
                void *arg)
{
    struct ts_mark m;
    struct ts_saved saved;
    jmp_buf jb, *outer = c->recover;
    const u32 cls = c->cls, amb = c->ambient;
    volatile bool ok = false;
    ts_mark(c, &m);
    ts_save(c, &saved);
    c->recover = &jb;
    c->silent++;
    if (setjmp(jb) == 0) {
        ok = parse(c, arg);
    } else {
        ts_scope_unwind(c, m.scope);
        ts_restore(c, &saved);
        c->cls = cls;
        c->ambient = amb;
    }
    c->silent--;
    c->recover = outer;
    if (!ok)
        ts_rewind(c, &m);
    return ok;
}

/* One part of a list (a statement, a member of a class). In the pass that looks for further errors
 * a part that fails is passed over, and the list goes on. */
u32 ts_recovering(struct swd_ts_compiler *c, u32 (*part)(struct swd_ts_compiler *, u32), u32 arg)
{
    if (!c->careful || c->silent)
        return part(c, arg);
    jmp_buf jb, *outer = c->recover;
    const u32 column = column_at(c, c->tok.pos), scope = c->scope, cls = c->cls, amb = c->ambient,
              at = c->at;
    struct ts_saved saved;
    const struct ts_token tok = c->tok;
    ts_save(c, &saved);
    volatile u32 r = 0;
    c->recover = &jb;
    if (setjmp(jb) == 0) {
        r = part(c, arg);
        c->recover = outer;
        return r;
    }
    c->recover = outer;
    ts_scope_unwind(c, scope);
    ts_restore(c, &saved);
    c->cls = cls;
    c->ambient = amb;
    if (c->out->ndiags < SWD_TS_MAX_DIAGS) {
        u32 error = c->tok.pos;
        c->tok = tok; /* what it declared stays */
        c->at = at;
        resync(c, column, true, error);
    }
    if (c->out->ndiags == SWD_TS_MAX_DIAGS || ts_is(c, T_EOF))
        longjmp(*outer, 1);
    return 0;
}

void ts_parse(struct swd_ts_compiler *c)
{
    struct ts_list l = {0, 0};
    jmp_buf jb;
    c->recover = &jb;
    c->strict = c->goal == SWD_TS_MODULE || (c->goal == SWD_TS_EVAL && c->o->strict);
    c->can_await = c->goal == SWD_TS_MODULE;
    ts_eval_open(c);
    c->top = ts_scope_open(c, C_TOP, 0);
    volatile bool started = false;
    if (setjmp(jb)) {
        ts_scope_unwind(c, c->top);
        c->fn = c->cls = c->labels = c->loop_depth = c->switch_depth = c->ambient = 0;
        c->cover_err = c->dup_proto = c->obj_home = 0;
        c->no_in = c->in_cond = c->in_params = c->in_field = c->can_yield = c->no_await = false;
        c->strict = c->goal == SWD_TS_MODULE;
        c->can_await = c->goal == SWD_TS_MODULE;
        if (c->out->ndiags == SWD_TS_MAX_DIAGS)
            return;
        resync(c, 0, false, 0);
        started = true;
    }
    if (!started) {
        started = true;
        if (c->n > 1 && c->src[0] == '#' && c->src[1] == '!') {
            u32 i = 2;
            while (i < c->n && c->src[i] != '\n' && c->src[i] != '\r')
                i++;
            c->at = i;
        }
        ts_next(c);
        ts_parse_directives(c, &l, 0);
    }
    while (!ts_is(c, T_EOF)) {
        if (ts_is(c, T_RBRACE))
            ts_fatal(c, c->tok.pos, "this `}` closes nothing");
        u32 s = ts_parse_stmt(c, true);
        if (s)
            ts_append(c, &l, s);
    }
    c->body = l.head;
    if (c->rc == 0) {
        ts_check_exports(c);
        ts_scope_close(c);
        if (c->scope)
            ts_scope_close(c);
    }
}
