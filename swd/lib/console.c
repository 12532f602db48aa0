/* The global `console`.
 *
 * Every call makes one line of text (it may hold newlines), indented by the groups that are open,
 * and hands it to the host, which counts and bounds output. Text beyond LINE_MAX_BYTES is cut. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "lib/inspect.h"

#define LINE_MAX_BYTES (512u << 10)

static void print_out(struct swd_lib *lib, enum swd_console_level level, struct swd_out *o)
{
    static const char cut[] = "... (cut: a line holds at most 512 KiB)";
    if (o->full) {
        o->full = false;
        o->max += sizeof(cut);
        swd_out_adds(o, cut);
    }
    lib->host->print(lib->host_arg, level, o->data, o->len);
}

/* Prints what `text` holds, every line behind the indent of the open groups. */
static void print_indented(struct swd_lib *lib, enum swd_console_level level, struct swd_out *text)
{
    size_t indent = lib->group_depth * 2, from = 0;
    struct swd_out o;
    if (!indent) {
        print_out(lib, level, text);
        return;
    }
    swd_out_init(&o, text->ctx, LINE_MAX_BYTES * 2);
    for (size_t i = 0; i <= text->len; i++) {
        if (i < text->len && text->data[i] != '\n')
            continue;
        swd_out_fill(&o, ' ', indent);
        swd_out_add(&o, text->data + from, i - from);
        if (i < text->len)
            swd_out_addc(&o, '\n');
        from = i + 1;
    }
    o.full = o.full || text->full;
    print_out(lib, level, &o);
}

static void print_args(duk_context *ctx, enum swd_console_level level, duk_idx_t first)
{
    duk_idx_t top = duk_get_top(ctx);
    struct swd_out o;
    swd_out_init(&o, ctx, LINE_MAX_BYTES);
    swd_format(&o, first, top > first ? top - first : 0);
    print_indented(swd_lib_of(ctx), level, &o);
}

static duk_ret_t js_debug(duk_context *ctx)
{
    print_args(ctx, SWD_CONSOLE_DEBUG, 0);
    return 0;
}

static duk_ret_t js_log(duk_context *ctx)
{
    print_args(ctx, SWD_CONSOLE_LOG, 0);
    return 0;
}

static duk_ret_t js_info(duk_context *ctx)
{
    print_args(ctx, SWD_CONSOLE_INFO, 0);
    return 0;
}

static duk_ret_t js_warn(duk_context *ctx)
{
    print_args(ctx, SWD_CONSOLE_WARN, 0);
    return 0;
}

static duk_ret_t js_error(duk_context *ctx)
{
    print_args(ctx, SWD_CONSOLE_ERROR, 0);
    return 0;
}

static duk_ret_t js_assert(duk_context *ctx)
{
    struct swd_out o;
    duk_idx_t top = duk_get_top(ctx);
    bool fmt = top > 1 && duk_is_string(ctx, 1);
    if (top > 0 && duk_to_boolean(ctx, 0))
        return 0;
    swd_out_init(&o, ctx, LINE_MAX_BYTES);
    swd_out_adds(&o, "Assertion failed");
    if (top > 1)
        swd_out_adds(&o, fmt ? ": " : " ");
    swd_format(&o, 1, top > 1 ? top - 1 : 0);
    print_indented(swd_lib_of(ctx), SWD_CONSOLE_WARN, &o);
    return 0;
}

static duk_ret_t js_trace(duk_context *ctx)
{
    struct swd_out o, stack;
    duk_idx_t top = duk_get_top(ctx);
    size_t n;
    const char *p, *nl;
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s", "trace");
    swd_insp_intrinsic(ctx, "errorStack");
    duk_dup(ctx, -2);
    duk_call_method(ctx, 0);
    p = swd_text_get(ctx, -1, &n);
    swd_out_init(&stack, ctx, LINE_MAX_BYTES);
    swd_stack_clean(&stack, p, n);
    swd_out_init(&o, ctx, LINE_MAX_BYTES);
    swd_out_adds(&o, top ? "Trace: " : "Trace");
    swd_format(&o, 0, top);
    nl = memmem(stack.data, stack.len, "\n    at ", 8);
    nl = nl ? memchr(nl + 1, '\n', stack.len - (size_t)(nl + 1 - stack.data)) : NULL;
    if (nl) /* behind console.trace's own frame */
        swd_out_add(&o, nl, stack.len - (size_t)(nl - stack.data));
    print_indented(swd_lib_of(ctx), SWD_CONSOLE_ERROR, &o);
    return 0;
}

static duk_ret_t js_dir(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    duk_set_top(ctx, 2);
    opts.custom = false;
    swd_inspect_options(ctx, 1, &opts);
    swd_out_init(&o, ctx, LINE_MAX_BYTES);
    swd_inspect(&o, 0, &opts);
    print_indented(swd_lib_of(ctx), SWD_CONSOLE_LOG, &o);
    return 0;
}

/* ---- Groups, counters, clocks ------------------------------------------------------------------
 */

static duk_ret_t js_group(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    if (duk_get_top(ctx) > 0)
        print_args(ctx, SWD_CONSOLE_LOG, 0);
    if (lib->group_depth < 100)
        lib->group_depth++;
    return 0;
}

static duk_ret_t js_group_end(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    if (lib->group_depth)
        lib->group_depth--;
    return 0;
}

/* The label (argument 0, "default") as a string at index 0, and the table `name` on top. */
static void open_labels(duk_context *ctx, const char *name)
{
    if (duk_get_top(ctx) == 0 || duk_is_undefined(ctx, 0)) {
        duk_set_top(ctx, 0);
        duk_push_literal(ctx, "default");
    }
    duk_to_string(ctx, 0);
    swd_lib_push(ctx, name);
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    duk_push_bare_object(ctx);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, name);
}

/* Prints `label: text`, or a warning about the label. */
static void print_label(duk_context *ctx, enum swd_console_level level, const char *before,
                        const char *after, duk_idx_t extra, duk_idx_t top)
{
    struct swd_out o;
    swd_out_init(&o, ctx, LINE_MAX_BYTES);
    swd_out_adds(&o, before);
    swd_out_value(&o, 0);
    swd_out_adds(&o, after);
    if (extra < top) {
        swd_out_addc(&o, ' ');
        swd_format(&o, extra, top - extra);
    }
    print_indented(swd_lib_of(ctx), level, &o);
}

static duk_ret_t js_count(duk_context *ctx)
{
    char text[32];
    double n;
    open_labels(ctx, "counts");
    duk_dup(ctx, 0);
    duk_get_prop(ctx, -2);
    n = duk_is_number(ctx, -1) ? duk_get_number(ctx, -1) + 1 : 1;
    duk_dup(ctx, 0);
    duk_push_number(ctx, n);
    duk_put_prop(ctx, -4);
    snprintf(text, sizeof(text), ": %.0f", n);
    print_label(ctx, SWD_CONSOLE_LOG, "", text, 0, 0);
    return 0;
}

static duk_ret_t js_count_reset(duk_context *ctx)
{
    open_labels(ctx, "counts");
    duk_dup(ctx, 0);
    if (!duk_has_prop(ctx, -2)) {
        print_label(ctx, SWD_CONSOLE_WARN, "Warning: Count for '", "' does not exist", 0, 0);
        return 0;
    }
    duk_dup(ctx, 0);
    duk_del_prop(ctx, -2);
    return 0;
}

static duk_ret_t js_time(duk_context *ctx)
{
    open_labels(ctx, "times");
    duk_dup(ctx, 0);
    if (duk_has_prop(ctx, -2)) {
        print_label(ctx, SWD_CONSOLE_WARN, "Warning: Label '",
                    "' already exists for console.time()", 0, 0);
        return 0;
    }
    duk_dup(ctx, 0);
    duk_push_number(ctx, (double)swd_lib_mono(swd_lib_of(ctx)));
    duk_put_prop(ctx, -3);
    return 0;
}

static void format_elapsed(double ns, char *to, size_t n)
{
    double ms = ns / 1e6;
    if (ms < 1000)
        snprintf(to, n, ": %.*fms", ms < 1 ? 3 : 3, ms);
    else if (ms < 60000)
        snprintf(to, n, ": %.3fs", ms / 1000);
    else
        snprintf(to, n, ": %d:%06.3f (m:ss.mmm)", (int)(ms / 60000),
                 (ms - 60000.0 * (int)(ms / 60000)) / 1000);
}

/* timeLog and timeEnd; answers whether the label was running. The table stays on top. */
static bool print_time(duk_context *ctx, const char *warning, bool extra)
{
    char text[64];
    duk_idx_t top = duk_get_top(ctx);
    open_labels(ctx, "times");
    top = top ? top : 1;
    duk_dup(ctx, 0);
    duk_get_prop(ctx, -2);
    if (!duk_is_number(ctx, -1)) {
        print_label(ctx, SWD_CONSOLE_WARN, "Warning: No such label '", warning, 0, 0);
        return false;
    }
    format_elapsed((double)swd_lib_mono(swd_lib_of(ctx)) - duk_get_number(ctx, -1), text,
                   sizeof(text));
    duk_pop(ctx);
    print_label(ctx, SWD_CONSOLE_LOG, "", text, 1, extra ? top : 0);
    duk_pop(ctx);
    return true;
}

static duk_ret_t js_time_log(duk_context *ctx)
{
    print_time(ctx, "' for console.timeLog()", true);
    return 0;
}

static duk_ret_t js_time_end(duk_context *ctx)
{
    duk_set_top(ctx, 1);
    if (!print_time(ctx, "' for console.timeEnd()", false))
        return 0;
    duk_dup(ctx, 0);
    duk_del_prop(ctx, -2);
    return 0;
}

/* ---- table: laid out by the prelude ------------------------------------------------------------
 */

static duk_ret_t table_inspect(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    opts.depth = duk_is_object(ctx, 0) ? 0 : 2;
    opts.break_len = 100000;
    swd_out_init(&o, ctx, 4096);
    swd_inspect(&o, 0, &opts);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

static const struct swd_native table_natives[] = {
    {"inspect", table_inspect, 1, 1},
    {NULL, NULL, 0, 0},
};

static duk_ret_t js_table(duk_context *ctx)
{
    if (!duk_is_object(ctx, 0)) {
        duk_set_top(ctx, 1);
        print_args(ctx, SWD_CONSOLE_LOG, 0);
        return 0;
    }
    swd_lib_push(ctx, "table");
    if (!duk_is_function(ctx, -1)) {
        duk_pop(ctx);
        swd_prelude_push(ctx, PRELUDE_table);
        duk_push_bare_object(ctx);
        swd_native_put(ctx, -1, table_natives);
        duk_call(ctx, 1);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "table");
    }
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_call(ctx, 2);
    duk_replace(ctx, 0);
    duk_set_top(ctx, 1);
    print_args(ctx, SWD_CONSOLE_LOG, 0);
    return 0;
}

static const struct swd_native console_natives[] = {
    {"log", js_log, DUK_VARARGS, 0},
    {"warn", js_warn, DUK_VARARGS, 0},
    {"dir", js_dir, 2, 0},
    {"time", js_time, DUK_VARARGS, 0},
    {"timeEnd", js_time_end, DUK_VARARGS, 0},
    {"timeLog", js_time_log, DUK_VARARGS, 0},
    {"trace", js_trace, DUK_VARARGS, 0},
    {"assert", js_assert, DUK_VARARGS, 0},
    {"count", js_count, DUK_VARARGS, 0},
    {"countReset", js_count_reset, DUK_VARARGS, 0},
    {"group", js_group, DUK_VARARGS, 0},
    {"groupCollapsed", js_group, DUK_VARARGS, 0},
    {"groupEnd", js_group_end, 0, 0},
    {"table", js_table, 2, 1},
    {"debug", js_debug, DUK_VARARGS, 0},
    {"info", js_info, DUK_VARARGS, 0},
    {"dirxml", js_log, DUK_VARARGS, 0},
    {"error", js_error, DUK_VARARGS, 0},
    {NULL, NULL, 0, 0},
};

void swd_console_globals(duk_context *ctx)
{
    duk_push_object(ctx);
    swd_native_put(ctx, -1, console_natives);
    swd_lib_def(ctx, -2, "console");
}

void swd_console_exports(duk_context *ctx)
{
    duk_get_global_literal(ctx, "console");
}
