/* What each kind of object looks like to the inspector: its name, brackets and entries.
 *
 * One function a kind, chosen by shape_table. A property is only ever read through its descriptor,
 * so no getter runs; the few built-ins that are called (RegExp.prototype.toString, ...) are those
 * kept when the heap was made. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/inspect.h"

#define MAX_ELEMENTS 100
#define MAX_BYTES    50
#define KEYS_LENGTH  1000 /* arrays longer than this are not searched for other keys */
#define MAX_PROTOS   64

/* ---- Built-ins kept ----------------------------------------------------------------------------
 */

static const struct {
    const char *name, *class, *method;
    bool getter;
} intrinsics[] = {
    {"symbolToString", "Symbol", "toString", false},
    {"regexpToString", "RegExp", "toString", false},
    {"dateToISO", "Date", "toISOString", false},
    {"dateGetTime", "Date", "getTime", false},
    {"errorStack", "Error", "stack", true},
    {"errorToString", "Error", "toString", false},
    {"NumberValue", "Number", "valueOf", false},
    {"StringValue", "String", "valueOf", false},
    {"BooleanValue", "Boolean", "valueOf", false},
    {"SymbolValue", "Symbol", "valueOf", false},
};

void swd_inspect_globals(duk_context *ctx)
{
    struct insp_desc d;
    duk_push_bare_object(ctx);
    for (size_t i = 0; i < SWD_ARRAY_LEN(intrinsics); i++) {
        duk_get_global_string(ctx, intrinsics[i].class);
        duk_get_prop_literal(ctx, -1, "prototype");
        swd_push_name(ctx, intrinsics[i].method);
        if (intrinsics[i].getter) {
            duk_get_prop_desc(ctx, -2, 0);
            duk_get_prop_literal(ctx, -1, "get");
            duk_remove(ctx, -2);
        } else {
            swd_insp_own(ctx, -2, &d);
        }
        duk_put_prop_string(ctx, -4, intrinsics[i].name);
        duk_pop_2(ctx);
    }
    duk_get_global_literal(ctx, "Array");
    duk_get_prop_literal(ctx, -1, "prototype");
    duk_put_prop_literal(ctx, -3, "Array.prototype");
    duk_pop(ctx);
    duk_get_global_literal(ctx, "JSON");
    duk_get_prop_literal(ctx, -1, "stringify");
    duk_put_prop_literal(ctx, -3, "jsonStringify");
    duk_pop(ctx);
    duk_get_global_literal(ctx, "Symbol");
    duk_get_prop_literal(ctx, -1, "toStringTag");
    duk_put_prop_literal(ctx, -3, "toStringTag");
    duk_pop(ctx);
    duk_get_global_literal(ctx, "Symbol");
    duk_push_literal(ctx, "for");
    duk_push_literal(ctx, "nodejs.util.inspect.custom");
    duk_call_prop(ctx, -3, 1);
    duk_put_prop_literal(ctx, -3, "inspectCustom");
    duk_pop(ctx);
    swd_lib_keep(ctx, "intrinsics");
}

void swd_insp_intrinsic(duk_context *ctx, const char *name)
{
    swd_lib_push(ctx, "intrinsics");
    duk_get_prop_string(ctx, -1, name);
    duk_remove(ctx, -2);
}

/* Calls a kept built-in on the object at `idx`; pushes its answer, or undefined if it threw. */
static void call_intrinsic(duk_context *ctx, const char *name, duk_idx_t idx)
{
    idx = duk_normalize_index(ctx, idx);
    swd_insp_intrinsic(ctx, name);
    duk_dup(ctx, idx);
    if (duk_pcall_method(ctx, 0) != DUK_EXEC_SUCCESS) {
        duk_pop(ctx);
        duk_push_undefined(ctx);
    }
}

void swd_insp_call_value(duk_context *ctx, duk_idx_t idx)
{
    call_intrinsic(ctx, "BooleanValue", idx);
    duk_replace(ctx, idx);
}

/* ---- Names -------------------------------------------------------------------------------------
 */

struct shape_name {
    char class[96]; /* constructor's name; "" with null_proto */
    char tag[96];   /* Symbol.toStringTag, if it says more */
    bool null_proto;
};

/* Copies the string on top, cut, if it is one; pops it. */
static bool take_string(duk_context *ctx, char *to, size_t size)
{
    bool ok = duk_is_string(ctx, -1) && !duk_is_symbol(ctx, -1);
    to[0] = 0;
    if (ok) {
        size_t n;
        const char *p = swd_text_get(ctx, -1, &n);
        snprintf(to, size, "%.*s", (int)(n < size ? n : size - 1), p);
    }
    duk_pop(ctx);
    return ok;
}

static bool own_string(duk_context *ctx, duk_idx_t obj, const char *key, char *to, size_t size)
{
    struct insp_desc d;
    obj = duk_normalize_index(ctx, obj);
    swd_push_name(ctx, key);
    if (!swd_insp_own(ctx, obj, &d)) {
        to[0] = 0;
        return false;
    }
    if (!d.data) {
        duk_pop(ctx);
        to[0] = 0;
        return false;
    }
    return take_string(ctx, to, size);
}

/* Whether the object at `idx` is an instance of the function on top, by its data properties. */
static bool instance_of(duk_context *ctx, duk_idx_t idx)
{
    struct insp_desc d;
    const void *proto;
    bool found = false;
    duk_push_literal(ctx, "prototype");
    if (!swd_insp_own(ctx, -2, &d))
        return false;
    proto = d.data && duk_is_object(ctx, -1) ? duk_get_heapptr(ctx, -1) : NULL;
    duk_pop(ctx);
    duk_dup(ctx, idx);
    for (int i = 0; i < MAX_PROTOS && !found && duk_is_object(ctx, -1); i++) {
        if (swd_kind_of(ctx, -1) == SWD_KIND_PROXY)
            break;
        duk_get_prototype(ctx, -1);
        duk_remove(ctx, -2);
        found = proto && duk_is_object(ctx, -1) && duk_get_heapptr(ctx, -1) == proto;
    }
    duk_pop(ctx);
    return found;
}

/* The name of the function that an own `constructor` of the object on top holds, if the object at
 * `idx` is an instance of it. */
static bool own_class(duk_context *ctx, duk_idx_t idx, char *to, size_t size)
{
    struct insp_desc d;
    bool ok;
    duk_push_literal(ctx, "constructor");
    if (!swd_insp_own(ctx, -2, &d))
        return false;
    ok = d.data && swd_kind_of(ctx, -1) == SWD_KIND_FUNCTION && instance_of(ctx, idx) &&
         own_string(ctx, -1, "name", to, size) && to[0];
    duk_pop(ctx);
    return ok;
}

static void own_tag(duk_context *ctx, char *to, size_t size)
{
    struct insp_desc d;
    to[0] = 0;
    swd_insp_intrinsic(ctx, "toStringTag");
    if (!swd_insp_own(ctx, -2, &d))
        return;
    if (d.data)
        take_string(ctx, to, size);
    else
        duk_pop(ctx);
}

static void find_name(duk_context *ctx, duk_idx_t idx, struct shape_name *n)
{
    bool named = false;
    memset(n, 0, sizeof(*n));
    idx = duk_normalize_index(ctx, idx);
    duk_dup(ctx, idx);
    for (int i = 0; i < MAX_PROTOS && duk_is_object(ctx, -1); i++) {
        if (swd_kind_of(ctx, -1) == SWD_KIND_PROXY)
            break;
        if (!n->tag[0])
            own_tag(ctx, n->tag, sizeof(n->tag));
        named = named || own_class(ctx, idx, n->class, sizeof(n->class));
        duk_get_prototype(ctx, -1);
        duk_remove(ctx, -2);
    }
    duk_pop(ctx);
    n->null_proto = !named;
    if (strcmp(n->tag, n->class) == 0)
        n->tag[0] = 0;
}

/* Node's getPrefix(), without the final space. */
static void put_prefix(const struct shape_name *n, const char *fallback, const char *size, char *to,
                       size_t room)
{
    int len;
    if (n->null_proto)
        len = snprintf(to, room, "[%s%s: null prototype]", fallback, size);
    else
        len = snprintf(to, room, "%s%s", n->class, size);
    if (n->tag[0] && strcmp(n->tag, fallback) != 0 && len > 0 && (size_t)len < room)
        snprintf(to + len, room - (size_t)len, " [%s]", n->tag);
}

static void set_open(struct insp_shape *s, const char *prefix, const char *bracket)
{
    int n = snprintf(s->open, sizeof(s->open), "%s%s%s", prefix, *prefix ? " " : "", bracket);
    s->open_len = n < (int)sizeof(s->open) ? (size_t)n : sizeof(s->open) - 1;
    s->close = strpbrk(bracket, "[") ? "]" : "}";
}

/* ---- Putting a shape together ------------------------------------------------------------------
 */

struct shape {
    struct insp *in;
    duk_idx_t idx;
    int level;
    struct insp_shape *s;
    struct shape_name name;
};

/* Whether any own enumerable key is left to show (indices aside, if `indexed`). */
static bool has_keys(struct shape *x, bool indexed)
{
    duk_context *ctx = x->in->ctx;
    duk_idx_t top = duk_get_top(ctx);
    bool found = false;
    duk_enum(ctx, x->idx,
             DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_NO_PROXY_BEHAVIOR | DUK_ENUM_INCLUDE_SYMBOLS |
                 (x->in->opts->hidden ? DUK_ENUM_INCLUDE_NONENUMERABLE : 0));
    while (!found && duk_next(ctx, -1, 0)) {
        found = !(indexed && swd_insp_index_key(ctx, -1)) && !swd_insp_skip_key(x->in, x->idx, -1);
        duk_pop(ctx);
    }
    duk_set_top(ctx, top);
    return found;
}

/* Beyond the depth an object is only named. */
static bool too_deep(struct shape *x, const char *fallback)
{
    const struct swd_inspect_opts *o = x->in->opts;
    char prefix[256];
    if ((o->depth < 0 || x->level <= o->depth) && x->level < INSP_LEVELS) {
        x->in->level = x->level;
        return false;
    }
    put_prefix(&x->name, fallback, "", prefix, sizeof(prefix));
    swd_out_addf(x->in->o, prefix[0] == '[' ? "%s" : "[%s]", prefix);
    return true;
}

/* The end of most shapes: base alone if there are no keys, else `base { keys }`. */
static bool with_keys(struct shape *x, const char *fallback)
{
    if (!has_keys(x, false)) {
        if (x->s->base.len)
            swd_out_add(x->in->o, x->s->base.data, x->s->base.len);
        else
            swd_out_addf(x->in->o, "%s}", x->s->open);
        return false;
    }
    if (too_deep(x, fallback))
        return false;
    swd_insp_keys(x->in, x->idx, x->level, false);
    return true;
}

static bool shape_base(struct shape *x, const char *fallback)
{
    set_open(x->s, "", "{");
    return with_keys(x, fallback);
}

static bool shape_collection(struct shape *x, int kind, duk_idx_t store);
static bool shape_promise(struct shape *x, int state);

static bool shape_object(struct shape *x)
{
    char prefix[256] = "";
    int kind = swd_collect_open(x->in->ctx, x->idx);
    if (kind)
        return shape_collection(x, kind, duk_get_top_index(x->in->ctx));
    if (swd_promise_state(x->in->ctx, x->idx, &kind))
        return shape_promise(x, kind);
    if (x->name.null_proto || x->name.tag[0] || strcmp(x->name.class, "Object") != 0)
        put_prefix(&x->name, "Object", "", prefix, sizeof(prefix));
    set_open(x->s, prefix, "{");
    return with_keys(x, "Object");
}

static bool shape_global(struct shape *x)
{
    set_open(x->s, "Object [global]", "{");
    return with_keys(x, "Object");
}

/* ---- Lists -------------------------------------------------------------------------------------
 */

static void put_more(struct shape *x, size_t left)
{
    size_t from;
    if (!left)
        return;
    from = swd_insp_open(x->in);
    swd_out_addf(x->in->o, "... %zu more item%s", left, left > 1 ? "s" : "");
    swd_insp_close(x->in, from);
    x->s->more = true;
}

/* A run of holes is one entry. Answers the index behind it. */
static size_t put_holes(struct shape *x, size_t i, size_t n)
{
    size_t from = i;
    size_t at = swd_insp_open(x->in);
    while (i < n && i - from < 100000 && !duk_has_prop_index(x->in->ctx, x->idx, (duk_uarridx_t)i))
        i++;
    swd_out_addf(x->in->o, "<%zu empty item%s>", i - from, i - from > 1 ? "s" : "");
    swd_insp_close(x->in, at);
    return i;
}

static bool own_index(struct shape *x, size_t i)
{
    duk_context *ctx = x->in->ctx;
    struct insp_desc d;
    duk_push_uint(ctx, (duk_uint_t)i);
    duk_to_string(ctx, -1);
    if (!swd_insp_own(ctx, x->idx, &d))
        return false;
    x->s->numbers = x->s->numbers && d.data && duk_is_number(ctx, -1);
    duk_pop(ctx);
    return true;
}

static void put_elements(struct shape *x, size_t n)
{
    duk_context *ctx = x->in->ctx;
    size_t shown = 0, i = 0;
    x->s->numbers = true;
    for (; i < n && shown < MAX_ELEMENTS && !x->in->o->full; shown++) {
        if (!own_index(x, i)) {
            x->s->numbers = false;
            i = put_holes(x, i, n);
            continue;
        }
        duk_push_uint(ctx, (duk_uint_t)i++);
        duk_to_string(ctx, -1);
        swd_insp_property(x->in, x->idx, -1, x->level, true);
        duk_pop(ctx);
    }
    put_more(x, n - i);
}

static bool shape_list(struct shape *x, const char *prefix, size_t n, const char *fallback)
{
    bool keys = n <= KEYS_LENGTH && has_keys(x, true);
    set_open(x->s, prefix, "[");
    x->s->array = true;
    if (n == 0 && !keys) {
        swd_out_addf(x->in->o, "%s]", x->s->open);
        return false;
    }
    if (too_deep(x, fallback))
        return false;
    put_elements(x, n);
    if (keys)
        swd_insp_keys(x->in, x->idx, x->level, true);
    return true;
}

static bool shape_array(struct shape *x)
{
    char prefix[256] = "", size[32];
    size_t n = duk_get_length(x->in->ctx, x->idx);
    snprintf(size, sizeof(size), "(%zu)", n);
    if (x->name.null_proto || x->name.tag[0] || strcmp(x->name.class, "Array") != 0)
        put_prefix(&x->name, "Array", size, prefix, sizeof(prefix));
    return shape_list(x, prefix, n, "Array");
}

static bool shape_arguments(struct shape *x)
{
    set_open(x->s, "[Arguments]", "{");
    return with_keys(x, "Arguments");
}

/* Map(1) { key => value }, Set(1) { value }. The store is on the stack until the shape is done. */
static bool shape_collection(struct shape *x, int kind, duk_idx_t store)
{
    duk_context *ctx = x->in->ctx;
    size_t n = swd_collect_count(ctx, store), shown = 0;
    const char *name = kind == 1 ? "Map" : "Set";
    char prefix[256], size[32];
    uint32_t at = 0;
    snprintf(size, sizeof(size), "(%zu)", n);
    put_prefix(&x->name, name, size, prefix, sizeof(prefix));
    set_open(x->s, prefix, "{");
    if (n == 0 && !has_keys(x, false)) {
        swd_out_addf(x->in->o, "%s}", x->s->open);
        return false;
    }
    if (too_deep(x, name))
        return false;
    x->in->indent += 2;
    while (shown < MAX_ELEMENTS && !x->in->o->full && swd_collect_next(ctx, store, &at)) {
        size_t from = swd_insp_open(x->in);
        duk_idx_t top = duk_get_top(ctx);
        if (kind == 1) {
            swd_insp_value(x->in, top - 2, x->level + 1);
            swd_out_adds(x->in->o, " => ");
        }
        swd_insp_value(x->in, top - 1, x->level + 1);
        swd_insp_close(x->in, from);
        duk_set_top(ctx, top - 2);
        shown++;
    }
    x->in->indent -= 2;
    put_more(x, n - shown);
    swd_insp_keys(x->in, x->idx, x->level, false);
    return true;
}

/* Promise { value }, { <pending> }, { <rejected> reason }. The value is on top. */
static bool shape_promise(struct shape *x, int state)
{
    duk_idx_t value = duk_get_top_index(x->in->ctx);
    char prefix[256];
    size_t from;
    put_prefix(&x->name, "Promise", "", prefix, sizeof(prefix));
    set_open(x->s, prefix, "{");
    if (too_deep(x, "Promise"))
        return false;
    from = swd_insp_open(x->in);
    if (state == 0)
        swd_out_adds(x->in->o, "<pending>");
    if (state == 2)
        swd_out_adds(x->in->o, "<rejected> ");
    x->in->indent += 2;
    if (state)
        swd_insp_value(x->in, value, x->level + 1);
    x->in->indent -= 2;
    swd_insp_close(x->in, from);
    swd_insp_keys(x->in, x->idx, x->level, false);
    return true;
}

static void put_bytes(struct swd_out *o, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n && i < MAX_BYTES; i++)
        swd_out_addf(o, i ? " %02x" : "%02x", p[i]);
    if (n > MAX_BYTES)
        swd_out_addf(o, " ... %zu more byte%s", n - MAX_BYTES, n - MAX_BYTES > 1 ? "s" : "");
}

static bool shape_typed(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    char prefix[256], size[32];
    size_t bytes, n;
    const unsigned char *p = duk_get_buffer_data(ctx, x->idx, &bytes);
    if (strcmp(x->name.class, "Buffer") == 0) {
        swd_out_adds(x->in->o, "<Buffer ");
        put_bytes(x->in->o, p, bytes);
        swd_out_addc(x->in->o, '>');
        return false;
    }
    n = duk_get_length(ctx, x->idx);
    snprintf(size, sizeof(size), "(%zu)", n);
    put_prefix(&x->name, "Uint8Array", size, prefix, sizeof(prefix));
    return shape_list(x, prefix, n, "Uint8Array");
}

static void put_field(struct shape *x, const char *name, size_t value)
{
    size_t from = swd_insp_open(x->in);
    swd_out_addf(x->in->o, "%s: %zu", name, value);
    swd_insp_close(x->in, from);
}

static bool shape_arraybuffer(struct shape *x)
{
    size_t n, from;
    const unsigned char *p = duk_get_buffer_data(x->in->ctx, x->idx, &n);
    char prefix[256];
    put_prefix(&x->name, "ArrayBuffer", "", prefix, sizeof(prefix));
    set_open(x->s, prefix, "{");
    if (too_deep(x, "ArrayBuffer"))
        return false;
    from = swd_insp_open(x->in);
    swd_out_adds(x->in->o, "[Uint8Contents]: <");
    put_bytes(x->in->o, p, n);
    swd_out_addc(x->in->o, '>');
    swd_insp_close(x->in, from);
    put_field(x, "byteLength", n);
    swd_insp_keys(x->in, x->idx, x->level, true);
    return true;
}

static bool shape_dataview(struct shape *x)
{
    size_t n;
    char prefix[256];
    duk_get_buffer_data(x->in->ctx, x->idx, &n);
    put_prefix(&x->name, "DataView", "", prefix, sizeof(prefix));
    set_open(x->s, prefix, "{");
    if (too_deep(x, "DataView"))
        return false;
    put_field(x, "byteLength", n);
    swd_insp_keys(x->in, x->idx, x->level, true);
    return true;
}

/* ---- Objects with a text of their own ----------------------------------------------------------
 */

static bool shape_function(struct shape *x)
{
    char name[128];
    struct swd_out *b = &x->s->base;
    own_string(x->in->ctx, x->idx, "name", name, sizeof(name));
    swd_out_adds(b, "[Function");
    if (x->name.null_proto)
        swd_out_adds(b, " (null prototype)");
    if (name[0]) {
        swd_out_adds(b, ": ");
        swd_out_adds(b, name);
    } else {
        swd_out_adds(b, " (anonymous)");
    }
    swd_out_addc(b, ']');
    if (!x->name.null_proto && strcmp(x->name.class, "Function") != 0)
        swd_out_addf(b, " %s", x->name.class);
    if (x->name.tag[0])
        swd_out_addf(b, " [%s]", x->name.tag);
    return shape_base(x, "Function");
}

static bool shape_regexp(struct shape *x)
{
    call_intrinsic(x->in->ctx, "regexpToString", x->idx);
    swd_out_value(&x->s->base, -1);
    duk_pop(x->in->ctx);
    return shape_base(x, "RegExp");
}

static bool shape_date(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    call_intrinsic(ctx, "dateGetTime", x->idx);
    if (isnan(duk_get_number(ctx, -1))) {
        swd_out_adds(&x->s->base, "Invalid Date");
    } else {
        call_intrinsic(ctx, "dateToISO", x->idx);
        swd_out_value(&x->s->base, -1);
        duk_pop(ctx);
    }
    duk_pop(ctx);
    return shape_base(x, "Date");
}

static bool shape_boxed(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    enum swd_kind k = swd_kind_of(ctx, x->idx);
    const char *type = k == SWD_KIND_NUMBER    ? "Number"
                       : k == SWD_KIND_STRING  ? "String"
                       : k == SWD_KIND_BOOLEAN ? "Boolean"
                                               : "Symbol";
    char method[32];
    size_t n;
    const char *p;
    snprintf(method, sizeof(method), "%sValue", type);
    swd_out_addf(&x->s->base, "[%s: ", type);
    call_intrinsic(ctx, method, x->idx);
    if (k == SWD_KIND_SYMBOL) {
        swd_insp_symbol(&x->s->base, -1);
    } else if (k == SWD_KIND_STRING) {
        p = swd_text_get(ctx, -1, &n);
        swd_insp_quote(&x->s->base, p, n);
    } else if (k == SWD_KIND_NUMBER && signbit(duk_get_number(ctx, -1)) &&
               duk_get_number(ctx, -1) == 0) {
        swd_out_adds(&x->s->base, "-0");
    } else {
        swd_out_value(&x->s->base, -1);
    }
    duk_pop(ctx);
    swd_out_addc(&x->s->base, ']');
    set_open(x->s, "", "{");
    if (k == SWD_KIND_STRING) {
        if (!has_keys(x, true)) {
            swd_out_add(x->in->o, x->s->base.data, x->s->base.len);
            return false;
        }
        swd_insp_keys(x->in, x->idx, x->level, true);
        return true;
    }
    return with_keys(x, type);
}

static bool shape_opaque(struct shape *x)
{
    swd_out_adds(&x->s->base, "[Object]");
    return shape_base(x, "Object");
}

/* ---- Errors ------------------------------------------------------------------------------------
 */

/* Pushes the error's stack text as a string, or its String() if it has none. */
static void push_stack(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    struct insp_desc d;
    duk_push_literal(ctx, "stack");
    if (swd_insp_own(ctx, x->idx, &d)) {
        if (d.data && duk_is_string(ctx, -1))
            return;
        duk_pop(ctx);
    } else {
        call_intrinsic(ctx, "errorStack", x->idx);
        if (duk_is_string(ctx, -1))
            return;
        duk_pop(ctx);
    }
    call_intrinsic(ctx, "errorToString", x->idx);
    if (!duk_is_string(ctx, -1)) {
        duk_pop(ctx);
        duk_push_literal(ctx, "Error");
    }
}

bool swd_insp_skip_key(struct insp *in, duk_idx_t obj, duk_idx_t key)
{
    static const char *const shown[] = {"name", "message", "stack", "lineNumber", "fileName"};
    size_t n;
    const char *p;
    bool skip = false;
    if (duk_is_symbol(in->ctx, key) || swd_kind_of(in->ctx, obj) != SWD_KIND_ERROR)
        return false;
    duk_dup(in->ctx, key);
    p = swd_text_get(in->ctx, -1, &n);
    for (size_t i = 0; i < SWD_ARRAY_LEN(shown); i++)
        skip = skip || (strlen(shown[i]) == n && memcmp(p, shown[i], n) == 0);
    duk_pop(in->ctx);
    return skip;
}

static bool put_cause(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    struct insp_desc d;
    duk_push_literal(ctx, "cause");
    if (!swd_insp_own(ctx, x->idx, &d))
        return false;
    duk_pop(ctx);
    if (d.enumerable)
        return false;
    duk_push_literal(ctx, "cause");
    swd_insp_property(x->in, x->idx, -1, x->level, false);
    duk_pop(ctx);
    return true;
}

static bool shape_error(struct shape *x)
{
    duk_context *ctx = x->in->ctx;
    struct swd_out *b = &x->s->base;
    size_t n, from = 0;
    const char *p;
    bool frames;
    struct swd_out text;
    push_stack(x);
    p = swd_text_get(ctx, -1, &n);
    swd_out_init(&text, ctx, b->max);
    swd_stack_clean(&text, p, n);
    frames = memmem(text.data, text.len, "\n    at", 7) != NULL;
    if (!frames)
        swd_out_addc(b, '[');
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.data[i] != '\n')
            continue;
        swd_out_add(b, text.data + from, i - from);
        if (i < text.len) {
            swd_out_addc(b, '\n');
            swd_out_fill(b, ' ', x->in->indent);
        }
        from = i + 1;
    }
    if (!frames)
        swd_out_addc(b, ']');
    duk_pop_2(ctx);
    set_open(x->s, "", "{");
    if (x->level <= x->in->opts->depth && put_cause(x)) {
        swd_insp_keys(x->in, x->idx, x->level, false);
        return true;
    }
    return with_keys(x, "Error");
}

/* ---- The table ---------------------------------------------------------------------------------
 */

static bool (*const shape_table[])(struct shape *) = {
    [SWD_KIND_NONE] = shape_opaque,
    [SWD_KIND_OBJECT] = shape_object,
    [SWD_KIND_ARRAY] = shape_array,
    [SWD_KIND_FUNCTION] = shape_function,
    [SWD_KIND_ARGUMENTS] = shape_arguments,
    [SWD_KIND_BOOLEAN] = shape_boxed,
    [SWD_KIND_DATE] = shape_date,
    [SWD_KIND_ERROR] = shape_error,
    [SWD_KIND_NUMBER] = shape_boxed,
    [SWD_KIND_REGEXP] = shape_regexp,
    [SWD_KIND_STRING] = shape_boxed,
    [SWD_KIND_GLOBAL] = shape_global,
    [SWD_KIND_SYMBOL] = shape_boxed,
    [SWD_KIND_THREAD] = shape_opaque,
    [SWD_KIND_ARRAYBUFFER] = shape_arraybuffer,
    [SWD_KIND_DATAVIEW] = shape_dataview,
    [SWD_KIND_TYPED] = shape_typed,
    [SWD_KIND_PROXY] = shape_opaque,
    [SWD_KIND_OTHER] = shape_opaque,
};

bool swd_insp_shape(struct insp *in, duk_idx_t idx, int level, struct insp_shape *s)
{
    struct shape x = {in, idx, level, s, {{0}, {0}, false}};
    find_name(in->ctx, idx, &x.name);
    return shape_table[swd_kind_of(in->ctx, idx)](&x);
}

void swd_insp_class(struct swd_out *o, duk_idx_t idx)
{
    struct shape_name n;
    char name[128];
    if (swd_kind_of(o->ctx, idx) == SWD_KIND_FUNCTION) {
        own_string(o->ctx, idx, "name", name, sizeof(name));
        swd_out_addf(o, "function %s", name);
        return;
    }
    find_name(o->ctx, idx, &n);
    swd_out_adds(o, n.null_proto ? "Object" : n.class);
}
