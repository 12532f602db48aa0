/* The global `runner`: what a script knows of and asks from the one who runs it.
 *
 * An onMessage handler keeps the runner alive like a server would; `runner.unref()` lets it end
 * when nothing else is pending, `runner.onMessage = null` takes the handler away. */
#include <string.h>

#include "lib/int.h"
#include "pool/bytebuf.h"

static duk_ret_t js_result(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    lib->has_result = lib->result_forced = true;
    swd_slot_put(ctx, SWD_SLOT_RESULT);
    return 0;
}

static void put_count(duk_context *ctx, const char *name, uint64_t v)
{
    if (v == SWD_NONE)
        duk_push_null(ctx);
    else
        duk_push_number(ctx, (double)v);
    duk_put_prop_string(ctx, -2, name);
}

static duk_ret_t js_memory_stats(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct swd_memory_stats m;
    memset(&m, 0, sizeof(m));
    lib->host->memory(lib->host_arg, &m);
    duk_push_object(ctx);
    put_count(ctx, "alloc", m.alloc);
    put_count(ctx, "totalAlloc", m.total_alloc);
    put_count(ctx, "sys", m.sys);
    put_count(ctx, "numGC", m.num_gc);
    put_count(ctx, "peak", m.peak);
    put_count(ctx, "limitSoft", m.limit_soft);
    put_count(ctx, "limitHard", m.limit_hard);
    put_count(ctx, "timerCount", lib->timers.live);
    put_count(ctx, "moduleCount", lib->modules);
    return 1;
}

static duk_ret_t js_memory_history(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    swd_bytebuf_clear(lib->scratch);
    if (!lib->host->history || lib->host->history(lib->host_arg, lib->scratch) != 0 ||
        lib->scratch->len == 0) {
        duk_push_array(ctx);
        return 1;
    }
    swd_text_push(ctx, lib->scratch->data, lib->scratch->len);
    duk_json_decode(ctx, -1);
    return 1;
}

static duk_ret_t js_pressure_high(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_push_boolean(ctx, lib->host->pressure_high && lib->host->pressure_high(lib->host_arg));
    return 1;
}

static duk_ret_t js_force_gc(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t before = swd_heap_live(lib->heap), after;
    duk_gc(ctx, 0);
    duk_gc(ctx, 0);
    after = swd_heap_live(lib->heap);
    duk_push_number(ctx, after < before ? (double)(before - after) : 0);
    return 1;
}

static duk_ret_t js_get_on_message(duk_context *ctx)
{
    swd_lib_push(ctx, "onMessage");
    if (duk_is_undefined(ctx, -1))
        duk_push_null(ctx);
    return 1;
}

static duk_ret_t js_set_on_message(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_set_top(ctx, 1);
    if (!duk_is_function(ctx, 0) && !duk_is_null_or_undefined(ctx, 0))
        swd_throw_arg(ctx, 0, "onMessage", "of type function or null");
    if (duk_is_function(ctx, 0) && !lib->listening)
        lib->listening_ref = true;
    lib->listening = duk_is_function(ctx, 0);
    swd_lib_keep(ctx, "onMessage");
    return 0;
}

static duk_ret_t js_ref(duk_context *ctx)
{
    swd_lib_of(ctx)->listening_ref = true;
    duk_push_this(ctx);
    return 1;
}

static duk_ret_t js_unref(duk_context *ctx)
{
    swd_lib_of(ctx)->listening_ref = false;
    duk_push_this(ctx);
    return 1;
}

static duk_ret_t js_get_args(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    swd_lib_push(ctx, "args");
    if (!duk_is_undefined(ctx, -1))
        return 1;
    swd_text_push(ctx, lib->args, lib->args_len);
    duk_json_decode(ctx, -1);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "args");
    return 1;
}

static const struct swd_native runner_natives[] = {
    {"result", js_result, 1, 1},
    {"getMemoryStats", js_memory_stats, 0, 0},
    {"getMemoryHistory", js_memory_history, 0, 0},
    {"isMemoryPressureHigh", js_pressure_high, 0, 0},
    {"forceGC", js_force_gc, 0, 0},
    {"send", swd_runner_js_send, 2, 2},
    {"ref", js_ref, 0, 0},
    {"unref", js_unref, 0, 0},
    {NULL, NULL, 0, 0},
};
static const struct swd_native runner_accessors[] = {
    {"onMessage", js_get_on_message, 0, 0},
    {"onMessage", js_set_on_message, 1, 1},
    {"args", js_get_args, 0, 0},
};

/* Limits as scripts read them: bytes, counts, percent; durations in milliseconds; null: none. */
static void push_limits(duk_context *ctx, const struct swd_limits *l)
{
    size_t n;
    const struct swd_limit_info *t = swd_limits_table(&n);
    duk_push_object(ctx);
    for (size_t i = 0; i < n; i++) {
        uint64_t v;
        memcpy(&v, (const char *)l + t[i].offset, sizeof(v));
        if (v == SWD_NONE)
            duk_push_null(ctx);
        else
            duk_push_number(ctx, t[i].unit == SWD_UNIT_DURATION ? (double)v / 1e6 : (double)v);
        duk_put_prop_string(ctx, -2, t[i].name);
    }
    duk_freeze(ctx, -1);
}

static duk_ret_t make_runner(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_push_object(ctx);
    duk_push_number(ctx, (double)lib->id);
    duk_put_prop_literal(ctx, -2, "id");
    swd_text_push(ctx, lib->name, lib->name_len);
    duk_put_prop_literal(ctx, -2, "name");
    push_limits(ctx, lib->limits);
    duk_put_prop_literal(ctx, -2, "limits");
    duk_push_literal(ctx, "args");
    swd_lib_accessor(ctx, -2, &runner_accessors[2], NULL, true);
    duk_push_literal(ctx, "onMessage");
    swd_lib_accessor(ctx, -2, &runner_accessors[0], &runner_accessors[1], true);
    swd_native_put(ctx, -1, runner_natives);
    return 1;
}

static const struct swd_native runner_make = {"runner", make_runner, 0, 0};

void swd_runner_globals(duk_context *ctx)
{
    swd_lib_lazy(ctx, "runner", &runner_make);
}

void swd_runner_exports(duk_context *ctx)
{
    duk_get_global_literal(ctx, "runner");
}
