/* Compilers: the pool of them, and one compilation from start to end.
 *
 * A compiler in the pool `compiler` keeps its tables and buffers, up to the pool's limit; a thread
 * keeps one to itself, the others are shared. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/thread.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "ts/emit.h"
#include "ts/re.h"

#define MAGIC 0x7453c0deu

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct swd_ts_stats stats;

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct ts_vec *vec_at(struct swd_ts_compiler *c, int i)
{
    struct ts_vec *all[] = {&c->lines,   &c->nodes, &c->syms,  &c->scopes, &c->refs,  &c->fns,
                            &c->classes, &c->stack, &c->spine, &c->sites,  &c->values};
    return i < (int)SWD_ARRAY_LEN(all) ? all[i] : NULL;
}

static void compiler_destroy(void *p)
{
    struct swd_ts_compiler *c = p;
    struct ts_vec *v;
    for (int i = 0; (v = vec_at(c, i)); i++)
        swd_slab_mfree(v->p);
    swd_slab_mfree(c->names.p);
    swd_slab_mfree(c->hash);
    swd_slab_mfree(c->src);
    if (c->bump)
        swd_bump_drop(&c->bump);
    memset(c, 0, sizeof *c);
}

static const struct swd_pool_type type = {sizeof(struct swd_ts_compiler), compiler_destroy};
SWD_POOL_TYPE(SWD_POOL_COMPILER, type)

static int compiler_init(struct swd_ts_compiler *c)
{
    c->magic = MAGIC;
    c->lines.size = c->stack.size = c->spine.size = c->sites.size = sizeof(u32);
    c->nodes.size = sizeof(struct ts_node);
    c->syms.size = sizeof(struct ts_sym);
    c->scopes.size = sizeof(struct ts_scope);
    c->refs.size = sizeof(struct ts_ref);
    c->fns.size = sizeof(struct ts_fn);
    c->classes.size = sizeof(struct ts_class);
    c->values.size = 2 * sizeof(double);
    if (swd_bump_new(NULL, UINT64_MAX, &c->bump) < 0 || ts_names_init(c) < 0)
        return SWD_ENOMEM;
    return 0;
}

struct swd_ts_compiler *swd_ts_compiler_get(void)
{
    struct swd_ts_compiler *c = swd_pool_get(SWD_POOL_COMPILER, &type, SWD_HERE);
    if (c && c->magic == 0 && compiler_init(c) != 0) {
        compiler_destroy(c);
        swd_pool_put(SWD_POOL_COMPILER, &type, c);
        c = NULL;
    }
    return c;
}

static size_t bytes_held(struct swd_ts_compiler *c)
{
    size_t n = c->src_cap + (size_t)c->names.cap * c->names.size + (size_t)c->hash_cap * 8;
    struct ts_vec *v;
    for (int i = 0; (v = vec_at(c, i)); i++)
        n += (size_t)v->cap * v->size;
    return n;
}

void swd_ts_compiler_put(struct swd_ts_compiler **cp)
{
    struct swd_ts_compiler *c = *cp;
    *cp = NULL;
    if (!c)
        return;
    SWD_CHECK(c, MAGIC);
    swd_bump_reset(c->bump);
    size_t held = bytes_held(c);
    if (held > swd_pool_keep(SWD_POOL_COMPILER)) {
        swd_pool_note_oversize(SWD_POOL_COMPILER, SWD_OVERSIZE_KEPT, held);
        compiler_destroy(c);
    }
    swd_pool_put(SWD_POOL_COMPILER, &type, c);
}

void swd_ts_stats(struct swd_ts_stats *out)
{
    pthread_mutex_lock(&lock);
    *out = stats;
    pthread_mutex_unlock(&lock);
}

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), k = strlen(tail);
    return n >= k && memcmp(s + n - k, tail, k) == 0;
}

/* Whether a name is that of a file of declarations. */
static bool is_declarations(const char *file)
{
    return ends_with(file, ".d.ts") || ends_with(file, ".d.mts") || ends_with(file, ".d.cts");
}

/* Language and goal where the options leave them open. */
static void decide(struct swd_ts_compiler *c)
{
    const char *f = c->file;
    enum swd_ts_lang l = c->o->lang;
    if (l == SWD_TS_LANG_AUTO) {
        if (ends_with(f, ".tsx"))
            l = SWD_TS_TSX;
        else if (ends_with(f, ".ts") || ends_with(f, ".mts") || ends_with(f, ".cts"))
            l = SWD_TS_TS;
        else
            l = ends_with(f, ".jsx") ? SWD_TS_JSX : SWD_TS_JS;
    }
    c->ts = l == SWD_TS_TS || l == SWD_TS_TSX;
    c->jsx = l == SWD_TS_TSX || l == SWD_TS_JSX;
    c->goal = c->o->goal;
    if (c->goal == SWD_TS_GOAL_AUTO) {
        if (ends_with(f, ".mjs") || ends_with(f, ".mts"))
            c->goal = SWD_TS_MODULE;
        else if (ends_with(f, ".cjs") || ends_with(f, ".cts"))
            c->goal = SWD_TS_COMMONJS;
        else
            c->goal = SWD_TS_SCRIPT;
    }
}

/* Empties the tables for another pass over the source. */
static void rewind_all(struct swd_ts_compiler *c)
{
    struct ts_vec *v;
    swd_bump_reset(c->bump);
    for (int i = 0; (v = vec_at(c, i)); i++) {
        v->used = 0;
        u32 none = ts_vec_add(c, v);
        memset((char *)v->p + (size_t)none * v->size, 0, v->size);
    }
    ts_names_reset(c);
    u32 first = ts_vec_add(c, &c->lines);
    ((u32 *)c->lines.p)[first] = 0;
    c->lines_upto = 0;
    c->line_cursor = 1;
    memset(&c->tok, 0, sizeof c->tok);
    c->at = c->prev_end = c->scope = c->fn = c->cls = c->labels = c->obj_home = 0;
    c->strict = c->can_yield = c->can_await = c->no_await = c->no_in = c->in_cond = false;
    c->in_params = c->in_field = c->home_static = c->saw_tla = c->saw_eval = false;
    c->loop_depth = c->switch_depth = c->ambient = c->arrow_at = c->await_at = c->yield_at =
        c->await_name_at = 0;
    c->cover_err = c->dup_proto = c->dup_param = c->decl_sym = c->body = c->top = 0;
    c->exports = (struct ts_list){0, 0};
    c->silent = 0;
    c->fx = NULL;
    c->gen_line = 1;
    c->line_start = 0;
    c->map_gline = 1;
    c->map_gcol = c->map_sline = c->map_scol = 0;
    c->map_at = c->map_at_col = 0;
    c->map_any = c->bare = c->out_strict = c->fx_fields_by_call = false;
    c->in_thunk = c->class_name = c->pending = c->cv = 0;
}

static int load(struct swd_ts_compiler *c, const char *src, size_t n)
{
    if (n + 64 > c->src_cap) {
        size_t cap = n + 64 + (n < 65536 ? n / 2 : 0); /* one like it finds room too */
        swd_slab_mfree(c->src);
        c->src_cap = 0;
        c->src = swd_slab_malloc(cap);
        if (!c->src)
            return SWD_ENOMEM;
        c->src_cap = (u32)cap;
    }
    memcpy(c->src, src, n);
    memset(c->src + n, 0, 64);
    c->n = (u32)n;
    return 0;
}

static void map_head(struct swd_ts_compiler *c)
{
    struct swd_bytebuf *m = c->out->map;
    swd_bytebuf_adds(m, "{\"version\":3,\"sources\":[\"");
    swd_bytebuf_add_json(m, c->file, strlen(c->file));
    swd_bytebuf_adds(m, "\"],\"names\":[],\"mappings\":\"");
}

static void forget_diags(struct swd_ts_compiler *c)
{
    c->out->ndiags = 0;
    swd_bytebuf_clear(c->out->text);
}

static int run(struct swd_ts_compiler *c)
{
    jmp_buf abort;
    c->abort = &abort;
    c->restart_module = c->careful = false;
    c->rc = 0;
    if (setjmp(abort)) {
        if (!c->restart_module)
            return c->rc;
        c->restart_module = false;
        c->rc = 0;
        c->goal = SWD_TS_MODULE;
        forget_diags(c);
    }
    if (c->n > 65536) { /* what sources of that size need, as a rule */
        ts_vec_reserve(c, &c->nodes, c->n / 5 * 2);
        ts_vec_reserve(c, &c->refs, c->n / 8);
        if (swd_bytebuf_reserve(c->out->code, c->n + c->n / 4) < 0)
            return SWD_ENOMEM;
    }
    rewind_all(c);
    ts_parse(c);
    if (c->rc == SWD_ESYNTAX && !c->careful) { /* once more, for all that is wrong */
        c->careful = true;
        forget_diags(c);
        rewind_all(c);
        c->rc = 0;
        ts_parse(c);
        c->rc = c->rc ? c->rc : SWD_ESYNTAX;
    }
    if (c->rc)
        return c->rc;
    jmp_buf again;
    c->recover = &again;
    if (setjmp(again))
        return c->rc;
    c->mapping = c->o->want_map;
    if (c->mapping)
        map_head(c);
    ts_emit_program(c);
    if (c->mapping) {
        swd_bytebuf_adds(c->out->map, "\"}");
        if (c->out->map->failed)
            return SWD_ENOMEM;
    }
    return c->rc;
}

static int fresh(struct swd_bytebuf **b, size_t max)
{
    if (!*b)
        *b = swd_bytebuf_get(max);
    if (!*b)
        return SWD_ENOMEM;
    (*b)->max = max;
    swd_bytebuf_clear(*b);
    return 0;
}

void swd_ts_output_free(struct swd_ts_output *out)
{
    if (out->code)
        swd_bytebuf_put(&out->code);
    if (out->map)
        swd_bytebuf_put(&out->map);
    if (out->text)
        swd_bytebuf_put(&out->text);
}

int swd_ts_compile(struct swd_ts_compiler *c, const struct swd_ts_opts *o, const char *src,
                   size_t n, struct swd_ts_output *out)
{
    SWD_CHECK(c, MAGIC);
    swd_assert(!swd_thread_is_loop());
    uint64_t start = now_ns();
    size_t max = o->max_source ? o->max_source : (size_t)16 << 20;
    size_t max_out = o->max_output ? o->max_output : (size_t)256 << 20;
    out->ndiags = 0;
    out->has_completion = out->async_module = false;
    if (fresh(&out->code, max_out) < 0 || fresh(&out->map, max_out) < 0 ||
        fresh(&out->text, 1 << 20) < 0)
        return SWD_ENOMEM;
    c->o = o;
    c->file = o->file ? o->file : "<input>";
    c->out = out;
    c->b = out->code;
    c->stack_base = __builtin_frame_address(0);
    c->stack_max = o->max_stack ? o->max_stack : (size_t)384 << 10;
    c->deadline = start + (o->max_ns ? o->max_ns : 10000000000u);
    c->ticks = 0;
    decide(c);
    int rc;
    if (c->ts && is_declarations(c->file))
        n = 0; /* types only: nothing runs */
    if (n >= 3 && memcmp(src, "\xef\xbb\xbf", 3) == 0) {
        src += 3;
        n -= 3;
    }
    if (n > max || n > UINT32_MAX / 4) {
        c->src ? (void)0 : (void)load(c, "", 0);
        out->diags[out->ndiags++] = (struct swd_ts_diag){1, 1, 0, 0};
        swd_bytebuf_addf(out->text, "the source has %zu bytes, the limit is %zu", n, max);
        swd_bytebuf_add(out->text, "", 1);
        out->diags[0].snippet = (u32)out->text->len - 1;
        rc = SWD_ELIMIT;
    } else {
        rc = load(c, src, n);
        if (rc == 0)
            rc = run(c);
    }
    out->goal = c->goal;
    if (rc < 0) {
        swd_bytebuf_clear(out->code);
        swd_bytebuf_clear(out->map);
    } else if (out->code->data) {
        out->code->data[out->code->len] = '\0';
    }
    pthread_mutex_lock(&lock);
    stats.compiles++;
    stats.failed += rc < 0;
    stats.bytes_in += n;
    stats.bytes_out += out->code->len;
    stats.ns += now_ns() - start;
    pthread_mutex_unlock(&lock);
    return rc;
}

void swd_ts_opts_dialect(struct swd_ts_opts *o, const struct swd_dialect *d)
{
    o->experimental_decorators = d->experimental_decorators == SWD_YES;
    o->assign_fields = d->define_fields == SWD_NO;
    o->jsx_factory = d->jsx_factory[0] ? d->jsx_factory : NULL;
    o->jsx_fragment = d->jsx_fragment[0] ? d->jsx_fragment : NULL;
}

int swd_ts_report(const struct swd_ts_output *out, const char *file, struct swd_bytebuf *b)
{
    for (size_t i = 0; i < out->ndiags; i++) {
        const struct swd_ts_diag *d = &out->diags[i];
        swd_bytebuf_addf(b, "%s:%u:%u: error: ", file ? file : "<input>", d->line, d->column);
        swd_bytebuf_adds(b, out->text->data + d->message);
        swd_bytebuf_addc(b, '\n');
        swd_bytebuf_adds(b, out->text->data + d->snippet);
        swd_bytebuf_addc(b, '\n');
    }
    return b->failed ? SWD_ENOMEM : 0;
}

/* A regular expression literal is checked now. */
void ts_check_regex(struct swd_ts_compiler *c, u32 node)
{
    u32 from = ND(node)->a, end = from + ND(node)->b, slash = end - 1;
    struct swd_re_out re;
    while (c->src[slash] != '/')
        slash--;
    int rc = swd_re_check(c->bump, c->src + from + 1, slash - from - 1, c->src + slash + 1,
                          end - slash - 1, &re);
    if (rc == SWD_ENOMEM)
        ts_abort(c, rc);
    if (rc < 0)
        ts_error(c, (u32)((re.error_in_flags ? slash + 1 : from + 1) + re.error_at),
                 "in this regular expression: %s", re.error);
}
