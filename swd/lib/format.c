/* printf-style text of console.log() and util.format(), as Node writes it. */
#include <math.h>
#include <string.h>

#include "lib/inspect.h"

struct format {
    struct swd_out *o;
    duk_context *ctx;
    duk_idx_t next, end; /* arguments not used yet */
};

static void put_plain(struct swd_out *o, duk_idx_t idx)
{
    if (duk_is_string(o->ctx, idx) && !duk_is_symbol(o->ctx, idx))
        swd_out_value(o, idx);
    else
        swd_inspect(o, idx, &swd_inspect_default);
}

static void put_deep(struct swd_out *o, duk_idx_t idx, int depth, bool hidden)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    opts.depth = depth;
    opts.hidden = hidden;
    swd_inspect(o, idx, &opts);
}

/* Whether the object's toString() was written by a script: only then %s calls it. */
static bool own_to_string(duk_context *ctx, duk_idx_t idx)
{
    struct insp_desc d;
    bool scripted = false, found = false;
    duk_dup(ctx, idx);
    for (int i = 0; i < 64 && !found && duk_is_object(ctx, -1); i++) {
        if (swd_kind_of(ctx, -1) == SWD_KIND_PROXY)
            break;
        duk_push_literal(ctx, "toString");
        found = swd_insp_own(ctx, -2, &d);
        if (found) {
            scripted = d.data && duk_is_ecmascript_function(ctx, -1);
            duk_pop(ctx);
        }
        duk_get_prototype(ctx, -1);
        duk_remove(ctx, -2);
    }
    duk_pop(ctx);
    return scripted;
}

static void put_s(struct format *f, duk_idx_t i)
{
    enum swd_kind k = swd_kind_of(f->ctx, i);
    if (duk_is_symbol(f->ctx, i))
        swd_insp_symbol(f->o, i);
    else if (duk_is_number(f->ctx, i))
        swd_inspect(f->o, i, &swd_inspect_default);
    else if (k == SWD_KIND_NONE || k == SWD_KIND_FUNCTION || own_to_string(f->ctx, i))
        swd_out_value(f->o, i);
    else
        put_deep(f->o, i, 0, false);
}

static void put_as_number(struct format *f, duk_idx_t i, const char *with)
{
    duk_context *ctx = f->ctx;
    if (duk_is_symbol(ctx, i)) {
        swd_out_adds(f->o, "NaN");
        return;
    }
    if (with) {
        duk_get_global_string(ctx, with);
        duk_dup(ctx, i);
        duk_call(ctx, 1);
    } else {
        duk_dup(ctx, i);
        duk_to_number(ctx, -1);
    }
    swd_inspect(f->o, -1, &swd_inspect_default);
    duk_pop(ctx);
}

static void put_j(struct format *f, duk_idx_t i)
{
    duk_context *ctx = f->ctx;
    swd_insp_intrinsic(ctx, "jsonStringify");
    duk_dup(ctx, i);
    if (duk_pcall(ctx, 1) == DUK_EXEC_SUCCESS)
        swd_out_value(f->o, -1);
    else if (duk_get_error_code(ctx, -1) == DUK_ERR_TYPE_ERROR)
        swd_out_adds(f->o, "[Circular]");
    else
        (void)duk_throw(ctx);
    duk_pop(ctx);
}

/* One conversion; false: not one, the characters stay as they are. */
static bool put_conversion(struct format *f, char c)
{
    duk_idx_t i = f->next;
    if (c == '%') {
        swd_out_addc(f->o, '%');
        return true;
    }
    if (!c || !strchr("sdifjoOc", c) || i >= f->end)
        return false;
    f->next++;
    switch (c) {
    case 's': put_s(f, i); break;
    case 'd': put_as_number(f, i, NULL); break;
    case 'i': put_as_number(f, i, "parseInt"); break;
    case 'f': put_as_number(f, i, "parseFloat"); break;
    case 'j': put_j(f, i); break;
    case 'o': put_deep(f->o, i, 4, true); break;
    case 'O': swd_inspect(f->o, i, &swd_inspect_default); break;
    default: break;
    }
    return true;
}

static void put_format(struct format *f, duk_idx_t idx)
{
    size_t n, from = 0;
    const char *p;
    duk_dup(f->ctx, idx);
    p = swd_text_get(f->ctx, -1, &n);
    for (size_t i = 0; i + 1 < n; i++) {
        size_t mark;
        if (p[i] != '%')
            continue;
        swd_out_add(f->o, p + from, i - from);
        from = i;
        mark = f->o->len;
        if (put_conversion(f, p[i + 1]))
            from = i + 2;
        else
            f->o->len = mark;
        i += from == i + 2;
    }
    swd_out_add(f->o, p + from, n - from);
    duk_pop(f->ctx);
}

void swd_format(struct swd_out *o, duk_idx_t first, duk_idx_t n)
{
    struct format f = {o, o->ctx, first + 1, first + n};
    if (n == 0)
        return;
    duk_require_stack(o->ctx, 16);
    if (n > 1 && duk_is_string(o->ctx, first) && !duk_is_symbol(o->ctx, first))
        put_format(&f, first);
    else
        put_plain(o, first);
    for (; f.next < f.end && !o->full; f.next++) {
        swd_out_addc(o, ' ');
        put_plain(o, f.next);
    }
}
