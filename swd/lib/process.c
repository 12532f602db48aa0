/* The global `process`: the C half; events and nextTick are in the prelude.
 *
 * process.exit() latches SWD_STOP_EXIT: nothing in the script catches it. process.pid is the
 * runner's id: scripts use it as a number that tells instances apart, and the daemon's own is none
 * of their business. env is empty: the daemon's environment is not a script's. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "lib/int.h"

static int exit_code_of(duk_context *ctx, duk_idx_t idx)
{
    double d = duk_is_undefined(ctx, idx) || duk_is_null(ctx, idx) ? 0 : duk_to_number(ctx, idx);
    return isfinite(d) ? (int)((int64_t)fmod(d, 256) & 255) : 1;
}

static duk_ret_t js_exit(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    if (!duk_is_undefined(ctx, 0))
        lib->exit_code = exit_code_of(ctx, 0);
    swd_value_at_exit(ctx);
    swd_lib_flush(ctx);
    swd_heap_stop(lib->heap, SWD_STOP_EXIT);
    swd_heap_check(ctx);
    return 0;
}

static duk_ret_t js_get_exit_code(duk_context *ctx)
{
    swd_lib_push(ctx, "exitCode");
    return 1;
}

static duk_ret_t js_set_exit_code(duk_context *ctx)
{
    swd_lib_of(ctx)->exit_code = exit_code_of(ctx, 0);
    duk_set_top(ctx, 1);
    swd_lib_keep(ctx, "exitCode");
    return 0;
}

static duk_ret_t js_cwd(duk_context *ctx)
{
    duk_push_literal(ctx, "/");
    return 1;
}

/* hrtime(previous?): [seconds, nanoseconds] of the monotonic clock. */
static duk_ret_t js_hrtime(duk_context *ctx)
{
    int64_t now = (int64_t)swd_lib_mono(swd_lib_of(ctx));
    if (duk_is_array(ctx, 0)) {
        duk_get_prop_index(ctx, 0, 0);
        duk_get_prop_index(ctx, 0, 1);
        now -= (int64_t)(duk_to_number(ctx, -2) * 1e9 + duk_to_number(ctx, -1));
    } else if (!duk_is_undefined(ctx, 0)) {
        swd_throw_arg(ctx, 0, "time", "an instance of Array");
    }
    duk_push_array(ctx);
    duk_push_number(ctx, floor((double)(now / 1000000000)));
    duk_put_prop_index(ctx, -2, 0);
    duk_push_number(ctx, (double)(now % 1000000000));
    duk_put_prop_index(ctx, -2, 1);
    return 1;
}

static duk_ret_t js_memory_usage(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t mapped = swd_heap_mapped(lib->heap);
    duk_push_object(ctx);
    duk_push_number(ctx, (double)mapped);
    duk_put_prop_literal(ctx, -2, "rss");
    duk_push_number(ctx, (double)mapped);
    duk_put_prop_literal(ctx, -2, "heapTotal");
    duk_push_number(ctx, (double)swd_heap_live(lib->heap));
    duk_put_prop_literal(ctx, -2, "heapUsed");
    duk_push_int(ctx, 0);
    duk_put_prop_literal(ctx, -2, "external");
    duk_push_int(ctx, 0);
    duk_put_prop_literal(ctx, -2, "arrayBuffers");
    return 1;
}

static duk_ret_t js_uptime(duk_context *ctx)
{
    duk_push_number(ctx, (double)(swd_lib_mono(swd_lib_of(ctx)) - swd_lib_of(ctx)->opened) / 1e9);
    return 1;
}

/* ---- stdout, stderr: lines, since output goes by lines -----------------------------------------
 */

static const char *const stream_keys[] = {"stdoutPart", "stderrPart"};
static const enum swd_console_level stream_levels[] = {SWD_CONSOLE_LOG, SWD_CONSOLE_ERROR};

/* Prints the lines of part + text; the rest is the new part. */
static duk_ret_t stream_write(duk_context *ctx, int which)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    size_t n, m;
    const char *p, *nl;
    swd_lib_push(ctx, stream_keys[which]);
    if (duk_is_string(ctx, -1)) {
        duk_to_string(ctx, 0);
        duk_dup(ctx, 0);
        duk_concat(ctx, 2);
    } else {
        duk_dup(ctx, 0);
    }
    p = swd_text_get(ctx, -1, &n);
    nl = memrchr(p, '\n', n);
    m = nl ? (size_t)(nl - p) : 0;
    if (nl)
        lib->host->print(lib->host_arg, stream_levels[which], p, m);
    if (nl)
        m++;
    if (n - m > 65536) {
        lib->host->print(lib->host_arg, stream_levels[which], p + m, n - m);
        m = n;
    }
    if (n > m) {
        swd_text_push(ctx, p + m, n - m);
        lib->stream_parts |= 1u << which;
    } else {
        duk_push_undefined(ctx);
        lib->stream_parts &= ~(1u << which);
    }
    swd_lib_keep(ctx, stream_keys[which]);
    duk_push_true(ctx);
    return 1;
}

static duk_ret_t js_stdout_write(duk_context *ctx)
{
    return stream_write(ctx, 0);
}

static duk_ret_t js_stderr_write(duk_context *ctx)
{
    return stream_write(ctx, 1);
}

void swd_lib_flush(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    for (int i = 0; lib->stream_parts && i < 2; i++) {
        size_t n;
        const char *p;
        if (!(lib->stream_parts & 1u << i))
            continue;
        lib->stream_parts &= ~(1u << i);
        swd_lib_push(ctx, stream_keys[i]);
        p = swd_text_get(ctx, -1, &n);
        lib->host->print(lib->host_arg, stream_levels[i], p, n);
        duk_push_undefined(ctx);
        swd_lib_keep(ctx, stream_keys[i]);
        duk_pop(ctx);
    }
}

/* ---- The object --------------------------------------------------------------------------------
 */

static const struct swd_native process_natives[] = {
    {"reallyExit", js_exit, 1, 1}, {"cwd", js_cwd, 0, 0},
    {"hrtime", js_hrtime, 1, 1},   {"memoryUsage", js_memory_usage, 0, 0},
    {"uptime", js_uptime, 0, 0},   {NULL, NULL, 0, 0},
};
static const struct swd_native exit_code_accessors[] = {
    {"exitCode", js_get_exit_code, 0, 0},
    {"exitCode", js_set_exit_code, 1, 1},
};
static const struct swd_native stream_writes[] = {
    {"write", js_stdout_write, 1, 1},
    {"write", js_stderr_write, 1, 1},
};

static const struct {
    const char *key, *text;
} process_texts[] = {
    {"title", "swd"},
    {"platform", "linux"},
    {"version", "v20.0.0"},
#if defined(__x86_64__)
    {"arch", "x64"},
#elif defined(__aarch64__)
    {"arch", "arm64"},
#else
    {"arch", "unknown"},
#endif
};

static void put_argv(duk_context *ctx, struct swd_lib *lib)
{
    duk_uarridx_t n = 2;
    duk_push_array(ctx);
    duk_push_literal(ctx, "/usr/bin/swd");
    duk_put_prop_index(ctx, -2, 0);
    swd_text_push(ctx, lib->argv0, lib->argv0_len);
    duk_put_prop_index(ctx, -2, 1);
    swd_text_push(ctx, lib->args, lib->args_len);
    duk_json_decode(ctx, -1);
    for (duk_uarridx_t i = 0; i < duk_get_length(ctx, -1); i++) {
        duk_get_prop_index(ctx, -1, i);
        if (!duk_is_string(ctx, -1))
            duk_json_encode(ctx, -1);
        duk_put_prop_index(ctx, -3, n++);
    }
    duk_pop(ctx);
    duk_put_prop_literal(ctx, -2, "argv");
}

static void put_stream(duk_context *ctx, const char *name, int which)
{
    duk_push_object(ctx);
    swd_native_push(ctx, &stream_writes[which]);
    duk_put_prop_literal(ctx, -2, "write");
    duk_push_false(ctx);
    duk_put_prop_literal(ctx, -2, "isTTY");
    duk_put_prop_string(ctx, -2, name);
}

static duk_ret_t make_process(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    swd_prelude_push(ctx, PRELUDE_process);
    duk_push_object(ctx);
    for (size_t i = 0; i < SWD_ARRAY_LEN(process_texts); i++) {
        swd_push_name(ctx, process_texts[i].text);
        duk_put_prop_string(ctx, -2, process_texts[i].key);
    }
    duk_push_number(ctx, (double)lib->id);
    duk_put_prop_literal(ctx, -2, "pid");
    put_argv(ctx, lib);
    duk_push_object(ctx);
    duk_put_prop_literal(ctx, -2, "env");
    duk_push_object(ctx);
    swd_push_name(ctx, swd_engine_version());
    duk_put_prop_literal(ctx, -2, "duktape");
    duk_put_prop_literal(ctx, -2, "versions");
    put_stream(ctx, "stdout", 0);
    put_stream(ctx, "stderr", 1);
    duk_push_literal(ctx, "exitCode");
    swd_lib_accessor(ctx, -2, &exit_code_accessors[0], &exit_code_accessors[1], true);
    swd_native_put(ctx, -1, process_natives);
    swd_lib_push(ctx, "core");
    duk_call(ctx, 2);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "process");
    duk_get_prop_literal(ctx, -1, "process");
    return 1;
}

static const struct swd_native process_make = {"process", make_process, 0, 0};

void swd_process_globals(duk_context *ctx)
{
    swd_lib_lazy(ctx, "process", &process_make);
}

void swd_process_exports(duk_context *ctx)
{
    duk_get_global_literal(ctx, "process");
}
