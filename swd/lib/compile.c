/* Translation and compilation: the transpiler's output through Duktape's compiler.
 *
 * Nothing outside of the heap is held while something can throw: the compiler and its output are
 * given back before, or by a deferred cleanup. Places of the original source go into the compiled
 * function (engine/place.h), so no map is kept. */
#include "lib/compile.h"

#include <string.h>

#include "engine/place.h"
#include "engine/unit.h"
#include "lib/codecache.h"
#include "lib/config.h"
#include "lib/lang.h"
#include "lib/linemap.h"
#include "pool/slab.h"
#include "ts/ts.h"

#define COMPILE_STACK ((size_t)96 * 1024)

struct job {
    struct swd_ts_compiler *compiler;
    struct swd_ts_output out;
    struct swd_linemap map;
};

static void job_free(void *arg)
{
    struct job *j = arg;
    if (j->compiler)
        swd_ts_compiler_put(&j->compiler);
    swd_ts_output_free(&j->out);
    swd_linemap_free(&j->map);
    swd_place_table(NULL, 0);
    swd_slab_free(j, sizeof *j);
}

static const enum swd_ts_lang langs[] = {[SWD_LANG_AUTO] = SWD_TS_LANG_AUTO,
                                         [SWD_LANG_JS] = SWD_TS_JS,
                                         [SWD_LANG_TS] = SWD_TS_TS,
                                         [SWD_LANG_TSX] = SWD_TS_TSX,
                                         [SWD_LANG_JSX] = SWD_TS_JSX};
static const enum swd_ts_goal goals[] = {[SWD_GOAL_AUTO] = SWD_TS_GOAL_AUTO,
                                         [SWD_GOAL_SCRIPT] = SWD_TS_SCRIPT,
                                         [SWD_GOAL_COMMONJS] = SWD_TS_COMMONJS,
                                         [SWD_GOAL_MODULE] = SWD_TS_MODULE};

static enum swd_goal goal_of(enum swd_ts_goal g)
{
    return g == SWD_TS_MODULE     ? SWD_GOAL_MODULE
           : g == SWD_TS_COMMONJS ? SWD_GOAL_COMMONJS
                                  : SWD_GOAL_SCRIPT;
}

/* Throws what the transpiler found: the message of the first problem, its place, and all of them
 * with their source lines as the stack. */
static void throw_diags(duk_context *ctx, struct job *j, const char *name)
{
    const struct swd_ts_diag *d = &j->out.diags[0];
    struct swd_bytebuf *all = swd_bytebuf_get((size_t)64 * 1024);
    const char *message = j->out.text->data + d->message;
    duk_push_error_object(ctx, DUK_ERR_SYNTAX_ERROR, "%s", "");
    swd_text_push(ctx, message, strlen(message));
    duk_put_prop_literal(ctx, -2, "message");
    if (all && swd_ts_report(&j->out, name, all) == 0 && all->len > 0) {
        duk_push_literal(ctx, "SyntaxError: ");
        swd_text_push(ctx, message, strlen(message));
        duk_push_literal(ctx, "\n");
        swd_text_push(ctx, all->data, all->len - (all->data[all->len - 1] == '\n'));
        duk_concat(ctx, 4);
        duk_push_literal(ctx, "stack");
        duk_insert(ctx, -2);
        duk_def_prop(ctx, -3,
                     DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE |
                         DUK_DEFPROP_SET_CONFIGURABLE);
    }
    if (all)
        swd_bytebuf_put(&all);
    swd_text_push(ctx, name, strlen(name));
    swd_lib_def(ctx, -2, "fileName");
    duk_push_uint(ctx, d->line);
    swd_lib_def(ctx, -2, "lineNumber");
    duk_push_uint(ctx, d->column);
    swd_lib_def(ctx, -2, "columnNumber");
    (void)duk_throw(ctx);
}

/* Runs the transpiler; throws unless it succeeds. The job is freed by the deferred cleanup. */
static struct job *translate(duk_context *ctx, const struct swd_ts_opts *o, const char *source,
                             size_t n)
{
    struct job *j = swd_slab_alloc(sizeof *j);
    int rc;
    if (!j)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "no memory to compile %s", o->file);
    swd_defer_push(ctx, job_free, j);
    j->compiler = swd_ts_compiler_get();
    rc = j->compiler ? swd_ts_compile(j->compiler, o, source, n, &j->out) : SWD_ENOMEM;
    if (j->out.ndiags > 0)
        throw_diags(ctx, j, o->file);
    if (rc != 0)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "cannot compile %s: %s", o->file, swd_err_text(rc));
    return j;
}

/* A script's text that is one function called at once, `(function () {...}).call(this)`, without
 * the call: whoever runs it calls it, and its stack has one frame less. */
static bool unwrap(struct swd_bytebuf *code)
{
    static const char head[] = "(function () {", tail[] = "}).call(this)";
    size_t n = code->len;
    while (n > 0 && (code->data[n - 1] == '\n' || code->data[n - 1] == ';'))
        n--;
    if (n < sizeof head + sizeof tail || memcmp(code->data, head, sizeof head - 1) != 0 ||
        memcmp(code->data + n - (sizeof tail - 1), tail, sizeof tail - 1) != 0)
        return false;
    swd_bytebuf_cut(code, n - strlen(".call(this)"));
    return true;
}

/* Calls the compiled text on top of the stack where its value is the function wanted, and names
 * that as errors show it. */
static void settle(duk_context *ctx, bool wrapped)
{
    if (!wrapped)
        return;
    duk_call(ctx, 0);
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "eval");
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_FORCE);
}

static void put_code(void *arg)
{
    struct swd_code *code = arg;
    swd_code_put(&code);
}

/* Pushes the function of a cached text; false: it is not there. */
static bool push_cached(duk_context *ctx, const struct swd_code_key *k, enum swd_goal *goal)
{
    struct swd_code *code = swd_code_get(k);
    const void *bytes;
    bool wrapped;
    size_t n;
    if (!code)
        return false;
    swd_defer_push(ctx, put_code, code);
    bytes = swd_code_bytes(code, &n);
    wrapped = swd_code_wrapped(code);
    *goal = swd_code_goal(code);
    memcpy(duk_push_fixed_buffer(ctx, n), bytes, n);
    swd_defer_pop(ctx, true);
    duk_load_function(ctx);
    settle(ctx, wrapped);
    return true;
}

/* Keeps the function on top of the stack, not yet called. */
static void keep(duk_context *ctx, const struct swd_code_key *k, enum swd_goal goal, bool wrapped)
{
    const void *bytes;
    duk_size_t n;
    duk_dup_top(ctx);
    duk_dump_function(ctx);
    bytes = duk_require_buffer_data(ctx, -1, &n);
    swd_code_add(k, bytes, n, goal, wrapped);
    duk_pop(ctx);
}

/* Translates and compiles; the function is on top, not yet called. */
static bool compile(duk_context *ctx, const struct swd_ts_opts *o, struct swd_compile *c)
{
    struct job *j = translate(ctx, o, c->source, c->n);
    bool wrapped;
    int rc;
    c->goal = goal_of(j->out.goal);
    if (swd_linemap_read(&j->map, j->out.map->data, j->out.map->len) != 0)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "no memory to compile %s", c->name);
    wrapped = c->goal != SWD_GOAL_SCRIPT || unwrap(j->out.code);
    swd_text_push(ctx, j->out.code->data, j->out.code->len);
    swd_text_push(ctx, c->name, strlen(c->name));
    swd_place_table(swd_linemap_places(&j->map), j->map.n);
    rc = duk_pcompile(ctx, DUK_COMPILE_EVAL);
    swd_place_table(NULL, 0);
    swd_defer_pop(ctx, true);
    if (rc != 0)
        (void)duk_throw(ctx);
    if (!wrapped)
        swd_unit_global_code(ctx);
    return wrapped;
}

void swd_compile_push(duk_context *ctx, struct swd_compile *c)
{
    struct swd_dialect dialect;
    char options[SWD_DIALECT_TEXT_MAX];
    struct swd_code_key key = {c->source, c->n, c->name, options, c->lang, c->goal};
    struct swd_ts_opts o = {
        .lang = langs[swd_lang_of(c->lang, c->name)],
        .goal = goals[swd_goal_of(c->goal, c->name)],
        .file = c->name,
        .completion = true,
        .columns = true,
        .want_map = true,
        .max_stack = COMPILE_STACK,
    };
    /* The builds of an image must do the same work: they compile. */
    bool cache = !swd_heap_frozen(swd_heap_of(ctx)), wrapped;
    swd_config_dialect(ctx, &dialect);
    swd_dialect_text(&dialect, options, sizeof options);
    swd_ts_opts_dialect(&o, &dialect);
    if (cache && push_cached(ctx, &key, &c->goal))
        return;
    if (c->n >= 3 && memcmp(c->source, "\xef\xbb\xbf", 3) == 0) {
        c->source += 3;
        c->n -= 3;
    }
    wrapped = compile(ctx, &o, c);
    if (cache && swd_code_wanted(&key))
        keep(ctx, &key, c->goal, wrapped);
    settle(ctx, wrapped);
}

void swd_compile_eval(duk_context *ctx, const char *source, size_t n, bool strict,
                      const char *scope)
{
    struct swd_ts_opts o = {
        .lang = SWD_TS_JS,
        .goal = SWD_TS_EVAL,
        .file = "eval",
        .strict = strict,
        .scope = scope,
        .max_stack = COMPILE_STACK,
    };
    struct job *j = translate(ctx, &o, source, n);
    swd_text_push(ctx, j->out.code->data ? j->out.code->data : "", j->out.code->len);
    swd_defer_pop(ctx, true);
}

/* Pushes `(head(parameters) {body})` of the two texts at `params` and `body`; -1: none. */
static void push_text(duk_context *ctx, const char *head, int params, int body)
{
    duk_push_literal(ctx, "(");
    swd_text_push(ctx, head, strlen(head));
    duk_push_literal(ctx, "(");
    if (params >= 0)
        duk_dup(ctx, params);
    else
        duk_push_literal(ctx, "");
    duk_push_literal(ctx, "\n) {\n");
    if (body >= 0)
        duk_dup(ctx, body);
    else
        duk_push_literal(ctx, "");
    duk_push_literal(ctx, "\n})");
    duk_concat(ctx, 7);
}

/* Replaces the text on top with its translation. */
static void translate_top(duk_context *ctx)
{
    size_t n;
    const char *p = swd_text_get(ctx, -1, &n);
    swd_compile_eval(ctx, p, n, false, NULL);
    duk_remove(ctx, -2);
}

void swd_compile_function(duk_context *ctx, const char *head, int n)
{
    int params, body;
    if (n == 0) {
        duk_push_literal(ctx, "");
        n = 1;
    }
    for (int i = -n; i < 0; i++)
        duk_to_string(ctx, i);
    duk_push_literal(ctx, ",");
    duk_insert(ctx, -1 - n);
    body = duk_normalize_index(ctx, -1);
    duk_insert(ctx, -1 - n); /* [ body , p1 .. ] */
    body -= n;
    duk_join(ctx, n - 1);
    params = duk_get_top_index(ctx); /* with nothing to join, the comma stays below */
    /* Each part must be one by itself. */
    push_text(ctx, head, params, -1);
    translate_top(ctx);
    duk_pop(ctx);
    push_text(ctx, head, -1, body);
    translate_top(ctx);
    duk_pop(ctx);
    push_text(ctx, head, params, body);
    translate_top(ctx);
    duk_push_literal(ctx, "Function");
    duk_compile(ctx, DUK_COMPILE_EVAL);
    duk_call(ctx, 0);
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "anonymous");
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WRITABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE |
                     DUK_DEFPROP_FORCE);
    duk_replace(ctx, body);
    duk_set_top(ctx, body + 1);
}
