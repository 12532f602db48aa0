/* The result of a runner as JSON text (CONTRACT.md "Runner result").
 *
 * Like JSON.stringify, but what JSON cannot say is not lost: functions, symbols, cycles, NaN,
 * infinities, regular expressions, errors without properties and values nested too deep become
 * {"$type": ..., "text": ...}. undefined is left out of objects and null in arrays. toJSON() and
 * getters run as scripts wrote them; what they throw fails the run. Bounded: VALUE_DEPTH levels,
 * VALUE_BYTES in all (a larger result is replaced as a whole). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/inspect.h"

#define VALUE_DEPTH 100
#define VALUE_BYTES (8u << 20)

struct value {
    struct swd_out *o;
    duk_context *ctx;
    const void *seen[VALUE_DEPTH];
    int level;
};

static void put_value(struct value *v, duk_idx_t idx);

static void put_special(struct value *v, const char *type, const char *text, size_t n)
{
    swd_out_addf(v->o, "{\"$type\":\"%s\",\"text\":\"", type);
    swd_out_json(v->o, text, n);
    swd_out_adds(v->o, "\"}");
}

/* With the inspector's text of the value. */
static void put_inspected(struct value *v, const char *type, duk_idx_t idx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out text;
    opts.depth = 1;
    opts.custom = false;
    idx = duk_normalize_index(v->ctx, idx);
    swd_out_init(&text, v->ctx, 8192);
    swd_inspect(&text, idx, &opts);
    put_special(v, type, text.data, text.len);
    duk_pop(v->ctx);
}

static void put_string(struct value *v, duk_idx_t idx)
{
    size_t n;
    const char *p;
    duk_dup(v->ctx, idx);
    p = swd_text_get(v->ctx, -1, &n);
    swd_out_addc(v->o, '"');
    swd_out_json(v->o, p, n);
    swd_out_addc(v->o, '"');
    duk_pop(v->ctx);
}

static void put_number(struct value *v, duk_idx_t idx)
{
    double d = duk_get_number(v->ctx, idx);
    if (isfinite(d))
        swd_out_value(v->o, idx);
    else
        put_special(v, "number",
                    isnan(d) ? "NaN"
                    : d > 0  ? "Infinity"
                             : "-Infinity",
                    isnan(d) ? 3
                    : d > 0  ? 8
                             : 9);
}

static void put_array(struct value *v, duk_idx_t idx)
{
    duk_context *ctx = v->ctx;
    size_t n = duk_get_length(ctx, idx);
    swd_out_addc(v->o, '[');
    for (size_t i = 0; i < n && !v->o->full; i++) {
        if (i)
            swd_out_addc(v->o, ',');
        duk_get_prop_index(ctx, idx, (duk_uarridx_t)i);
        duk_push_uint(ctx, (duk_uint_t)i);
        swd_value_to_json(ctx, duk_get_top(ctx) - 2);
        if (duk_is_undefined(ctx, -1))
            swd_out_adds(v->o, "null");
        else
            put_value(v, duk_get_top_index(ctx));
        duk_pop(ctx);
    }
    swd_out_addc(v->o, ']');
}

static void put_members(struct value *v, duk_idx_t idx)
{
    duk_context *ctx = v->ctx;
    duk_idx_t top = duk_get_top(ctx);
    bool first = true;
    swd_out_addc(v->o, '{');
    duk_enum(ctx, idx, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (!v->o->full && duk_next(ctx, -1, 0)) {
        duk_dup_top(ctx);
        duk_get_prop(ctx, idx);
        duk_dup(ctx, -2);
        swd_value_to_json(ctx, duk_get_top(ctx) - 2);
        if (!duk_is_undefined(ctx, -1)) {
            if (!first)
                swd_out_addc(v->o, ',');
            first = false;
            put_string(v, duk_get_top(ctx) - 2);
            swd_out_addc(v->o, ':');
            put_value(v, duk_get_top_index(ctx));
        }
        duk_pop_2(ctx);
    }
    duk_set_top(ctx, top);
    swd_out_addc(v->o, '}');
}

static bool no_members(duk_context *ctx, duk_idx_t idx)
{
    duk_idx_t top = duk_get_top(ctx);
    bool none;
    duk_enum(ctx, idx, DUK_ENUM_OWN_PROPERTIES_ONLY);
    none = !duk_next(ctx, -1, 0);
    duk_set_top(ctx, top);
    return none;
}

static void put_plain(struct value *v, duk_idx_t idx)
{
    duk_context *ctx = v->ctx;
    enum swd_kind k = swd_kind_of(ctx, idx);
    if (duk_is_array(ctx, idx) || k == SWD_KIND_TYPED)
        put_array(v, idx);
    else if (k == SWD_KIND_ERROR && no_members(ctx, idx))
        put_inspected(v, "Error", idx);
    else if (k == SWD_KIND_REGEXP && no_members(ctx, idx))
        put_inspected(v, "RegExp", idx);
    else if (k == SWD_KIND_ARRAYBUFFER)
        put_inspected(v, "ArrayBuffer", idx);
    else if (k == SWD_KIND_DATAVIEW)
        put_inspected(v, "DataView", idx);
    else
        put_members(v, idx);
}

static void put_object(struct value *v, duk_idx_t idx)
{
    const void *self = duk_get_heapptr(v->ctx, idx);
    for (int i = 0; i < v->level; i++)
        if (self && v->seen[i] == self) {
            put_special(v, "cycle", "[Circular]", 10);
            return;
        }
    if (v->level == VALUE_DEPTH) {
        put_special(v, "depth", "nested deeper than 100 levels", 29);
        return;
    }
    swd_heap_check(v->ctx);
    v->seen[v->level++] = self;
    put_plain(v, idx);
    v->level--;
}

/* Replaces a Number, String or Boolean object at `idx` by its value, as JSON.stringify does. */
static void unbox(duk_context *ctx, duk_idx_t idx)
{
    enum swd_kind k = swd_kind_of(ctx, idx);
    if (k == SWD_KIND_NUMBER)
        duk_to_number(ctx, idx);
    else if (k == SWD_KIND_STRING)
        duk_to_string(ctx, idx);
    else if (k == SWD_KIND_BOOLEAN)
        swd_insp_call_value(ctx, idx);
}

static void put_value(struct value *v, duk_idx_t idx)
{
    duk_context *ctx = v->ctx;
    duk_require_stack(ctx, 24);
    unbox(ctx, idx);
    if (duk_is_symbol(ctx, idx))
        put_inspected(v, "symbol", idx);
    else if (duk_is_string(ctx, idx))
        put_string(v, idx);
    else if (duk_is_number(ctx, idx))
        put_number(v, idx);
    else if (duk_is_boolean(ctx, idx) || duk_is_null(ctx, idx))
        swd_out_value(v->o, idx);
    else if (duk_is_undefined(ctx, idx))
        swd_out_adds(v->o, "null");
    else if (swd_kind_of(ctx, idx) == SWD_KIND_FUNCTION)
        put_inspected(v, "function", idx);
    else
        put_object(v, idx);
}

void swd_value_to_json(duk_context *ctx, duk_idx_t idx)
{
    if (duk_is_object(ctx, idx)) {
        duk_get_prop_literal(ctx, idx, "toJSON");
        if (duk_is_function(ctx, -1)) {
            duk_dup(ctx, idx);
            duk_dup(ctx, -3);
            duk_to_string(ctx, -1);
            duk_call_method(ctx, 1);
            duk_replace(ctx, idx);
        } else {
            duk_pop(ctx);
        }
    }
    duk_pop(ctx);
}

bool swd_value_json(duk_context *ctx, duk_idx_t idx, struct swd_out *o)
{
    struct value v = {o, ctx, {0}, 0};
    duk_dup(ctx, idx);
    duk_push_literal(ctx, "");
    swd_value_to_json(ctx, duk_get_top(ctx) - 2);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    put_value(&v, duk_get_top_index(ctx));
    duk_pop(ctx);
    return true;
}

/* ---- For the host ------------------------------------------------------------------------------
 */

struct result_job {
    struct swd_bytebuf *out;
    bool present;
    int rc;
};

static int result_cb(void *c, void *arg)
{
    static const char large[] =
        "{\"$type\":\"too_large\",\"text\":\"the result is larger than 8 MiB\"}";
    struct result_job *job = arg;
    struct swd_out o;
    swd_out_init(&o, c, VALUE_BYTES);
    swd_slot_push(c, SWD_SLOT_RESULT);
    job->present = swd_value_json(c, -1, &o);
    if (!job->present)
        return 0;
    if (o.full)
        job->rc = swd_bytebuf_add(job->out, large, sizeof(large) - 1);
    else
        job->rc = swd_bytebuf_add(job->out, o.data, o.len);
    if (job->rc != 0)
        swd_throw(c, DUK_ERR_RANGE_ERROR,
                  job->rc == SWD_ENOMEM ? "no memory for the result (%zu bytes)"
                                        : "the result does not fit (%zu bytes)",
                  o.len);
    return 0;
}

void swd_value_at_exit(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct result_job job = {lib->scratch, false, 0};
    if (!lib->result_forced)
        return;
    swd_bytebuf_clear(lib->scratch);
    result_cb(ctx, &job);
    lib->exit_value = job.present;
}

enum swd_run_rc swd_lib_result(struct swd_lib *lib, struct swd_bytebuf *out, bool *present,
                               struct swd_thrown *thrown)
{
    struct result_job job = {out, false, 0};
    enum swd_run_rc rc = SWD_RUN_OK;
    if (swd_heap_stopped(lib->heap) == SWD_STOP_EXIT) {
        *present = lib->exit_value;
        if (lib->exit_value && swd_bytebuf_add(out, lib->scratch->data, lib->scratch->len) != 0)
            rc = SWD_RUN_STOPPED;
        return rc;
    }
    if (lib->has_result)
        rc = swd_heap_run(lib->heap, result_cb, &job, thrown);
    *present = job.present;
    return rc;
}
