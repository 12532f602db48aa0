/* What was thrown, for the client: see swd_thrown_fill() in duk.h.
 *
 * A script can throw anything, and every look at an object may run its code: each look is a
 * protected call of its own, inside the limits of the turn, and what throws leaves its field
 * empty. Fields are cut at a character; nothing is allocated outside the heap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/duk.h"
#include "engine/text.h"
#include "engine/turn.h"

struct thrown_look {
    duk_idx_t idx;
    const char *key;
    char *out;
    size_t size;
    int number;
};

/* out = String(value[key]) */
static duk_ret_t thrown_prop(duk_context *ctx, void *arg)
{
    struct thrown_look *l = arg;
    duk_get_prop_string(ctx, l->idx, l->key);
    if (duk_is_null_or_undefined(ctx, -1))
        return 0;
    if (!duk_is_string(ctx, -1))
        (void)duk_to_string(ctx, -1);
    swd_text_copy(ctx, -1, l->out, l->size);
    return 0;
}

static duk_ret_t thrown_number(duk_context *ctx, void *arg)
{
    struct thrown_look *l = arg;
    duk_get_prop_string(ctx, l->idx, l->key);
    l->number = duk_get_int_default(ctx, -1, 0);
    return 0;
}

static duk_ret_t thrown_json(duk_context *ctx, void *arg)
{
    struct thrown_look *l = arg;
    int depth;
    duk_dup(ctx, l->idx);
    depth = swd_turn_open();
    (void)duk_json_encode(ctx, -1);
    swd_turn_close(depth);
    swd_text_copy(ctx, -1, l->out, l->size);
    return 0;
}

static duk_ret_t thrown_string(duk_context *ctx, void *arg)
{
    struct thrown_look *l = arg;
    duk_dup(ctx, l->idx);
    if (duk_is_symbol(ctx, -1)) {
        duk_push_string(ctx, "toString");
        duk_call_prop(ctx, -2, 0);
    } else {
        (void)duk_to_string(ctx, -1);
    }
    swd_text_copy(ctx, -1, l->out, l->size);
    return 0;
}

static bool thrown_try(duk_context *ctx, duk_safe_call_function fn, struct thrown_look *l)
{
    bool ok = duk_safe_call(ctx, fn, l, 0, 1) == DUK_EXEC_SUCCESS;
    duk_pop(ctx);
    if (!ok && l->out)
        l->out[0] = '\0';
    return ok;
}

/* A value that is no Error: strings and other primitives as String(v), objects as JSON, or as
 * String(v) where that has more to say than "[object Object]" or JSON has nothing. */
static void thrown_describe(duk_context *ctx, struct thrown_look *l)
{
    char json[256];
    struct thrown_look j = {.idx = l->idx, .out = json, .size = sizeof json};
    thrown_try(ctx, thrown_string, l);
    if (!duk_is_object(ctx, l->idx) || duk_is_function(ctx, l->idx))
        return;
    if (l->out[0] && strncmp(l->out, "[object ", 8) != 0)
        return;
    json[0] = '\0';
    if (thrown_try(ctx, thrown_json, &j) && json[0])
        snprintf(l->out, l->size, "%s", json);
    if (!l->out[0])
        snprintf(l->out, l->size, "[object]");
}

/* Duktape marks its frames with flags of no use to a reader. */
static size_t thrown_trim(const char *line, size_t n)
{
    static const char *const flags[] = {" tailcall",   " strict",        " construct",
                                        " directeval", " preventsyield", " internal"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
            size_t len = strlen(flags[i]);
            if (n > len && memcmp(line + n - len, flags[i], len) == 0) {
                n -= len;
                again = true;
            }
        }
    }
    return n;
}

/* Frames that are no script's: Duktape's own, and those of the library's prelude ("swd:core"). */
static bool thrown_hides(const char *line, size_t n)
{
    return memmem(line, n, " (swd:", 6) || (n > 9 && memcmp(line + n - 9, " internal", 9) == 0);
}

/* Removes those flags and frames ("    at name (file:line) flags") of a stack, in place. */
static void thrown_clean(char *stack)
{
    char *in = stack, *out = stack;
    while (*in) {
        size_t n = strcspn(in, "\n"), keep = n;
        bool more = in[n] == '\n';
        if (strncmp(in, "    at ", 7) == 0) {
            if (thrown_hides(in, n)) {
                in += n + more;
                continue;
            }
            keep = thrown_trim(in, n);
        }
        memmove(out, in, keep);
        out += keep;
        in += n + more;
        if (more)
            *out++ = '\n';
    }
    *out = '\0';
}

/* The column of the first frame at the error's own place, "(source:line:column)". */
static void thrown_column(struct swd_thrown *t)
{
    char want[sizeof t->source + 16];
    const char *at;
    if (t->line == 0 || !t->source[0])
        return;
    snprintf(want, sizeof want, "(%s:%d:", t->source, t->line);
    at = strstr(t->stack, want);
    if (at)
        t->column = (int)strtol(at + strlen(want), NULL, 10);
}

/* "file:12" and 5 were read from "file:12:5": the last number was the column. */
static void thrown_split(struct swd_thrown *t)
{
    char *colon = strrchr(t->source, ':'), *end;
    long line = colon ? strtol(colon + 1, &end, 10) : 0;
    if (!colon || end == colon + 1 || *end != '\0' || line <= 0)
        return;
    *colon = '\0';
    t->column = t->line;
    t->line = (int)line;
}

/* An error made by the prelude is blamed on the first frame of the script, if there is one. */
static void thrown_blame(struct swd_thrown *t)
{
    const char *frame = strncmp(t->source, "swd:", 4) == 0 ? strstr(t->stack, "\n    at ") : NULL;
    for (; frame; frame = strstr(frame + 1, "\n    at ")) {
        size_t n = strcspn(frame + 1, "\n");
        const char *open = memmem(frame + 1, n, " (", 2);
        const char *colon = open ? memrchr(open, ':', n - (size_t)(open - frame - 1)) : NULL;
        if (!colon)
            continue;
        snprintf(t->source, sizeof t->source, "%.*s", (int)(colon - open - 2), open + 2);
        t->line = (int)strtol(colon + 1, NULL, 10);
        thrown_split(t);
        return;
    }
}

void swd_thrown_fill(duk_context *ctx, duk_idx_t idx, struct swd_thrown *t)
{
    struct thrown_look l = {.size = sizeof t->message};
    memset(t, 0, sizeof *t);
    if (!duk_check_stack(ctx, 16))
        return;
    l.idx = duk_require_normalize_index(ctx, idx);
    l.out = t->message;
    if (!duk_is_error(ctx, l.idx)) {
        thrown_describe(ctx, &l);
        return;
    }
    l.key = "message";
    thrown_try(ctx, thrown_prop, &l);
    l = (struct thrown_look){.idx = l.idx, .key = "name", .out = t->name, .size = sizeof t->name};
    thrown_try(ctx, thrown_prop, &l);
    l = (struct thrown_look){
        .idx = l.idx, .key = "stack", .out = t->stack, .size = sizeof t->stack};
    thrown_try(ctx, thrown_prop, &l);
    thrown_clean(t->stack);
    l = (struct thrown_look){
        .idx = l.idx, .key = "fileName", .out = t->source, .size = sizeof t->source};
    thrown_try(ctx, thrown_prop, &l);
    l = (struct thrown_look){.idx = l.idx, .key = "lineNumber"};
    thrown_try(ctx, thrown_number, &l);
    t->line = l.number > 0 ? l.number : 0;
    l = (struct thrown_look){.idx = l.idx, .key = "columnNumber"};
    thrown_try(ctx, thrown_number, &l);
    t->column = l.number > 0 ? l.number : 0;
    thrown_blame(t);
    if (t->column == 0)
        thrown_column(t);
}
