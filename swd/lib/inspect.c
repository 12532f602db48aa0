/* util.inspect() in C: the text that console and util.inspect show of a value.
 *
 * Follows Node's layout (columns, grouping of long arrays, circular references, class names), but
 * calls no script code: accessors are shown as [Getter], a Proxy is shown as its target. Bounded
 * by the output's maximum, 100 elements of an array, 10,000 units of a string, and INSP_LEVELS.
 * The formatted parts of an object ("entries") stand one behind another in the output; reduce()
 * then replaces them by the finished object. Cost: O(output x depth). */
#include "lib/inspect.h"

#include <math.h>
#include <string.h>

#include "engine/unit.h"

#define MAX_STRING 10000

const struct swd_inspect_opts swd_inspect_default = {2, 80, 3, 0, false, true};

/* ---- Entries -----------------------------------------------------------------------------------
 */

static struct insp_entry *entries(struct insp *in)
{
    return (struct insp_entry *)(void *)in->ents.data;
}

static size_t entry_count(const struct insp *in)
{
    return in->ents.len / sizeof(struct insp_entry);
}

size_t swd_insp_open(struct insp *in)
{
    return in->o->len;
}

void swd_insp_close(struct insp *in, size_t from)
{
    struct insp_entry e;
    e.off = from;
    e.len = in->o->len - from;
    e.width = swd_text_units(in->o->data + from, e.len);
    swd_out_add(&in->ents, &e, sizeof(e));
}

static void put_text(struct swd_out *to, const struct insp *in, const struct insp_entry *e)
{
    swd_out_add(to, in->o->data + e->off, e->len);
}

/* ---- Arrays in columns -------------------------------------------------------------------------
 */

struct columns {
    size_t n, width[16];
    bool right; /* numbers are aligned to the right */
};

/* How many columns a long array gets (Node's groupArrayElements); 1: no grouping. */
static size_t count_columns(const struct insp *in, const struct insp_entry *e, size_t n, size_t all)
{
    size_t total = 0, max = 0, actual, cols, fit;
    double bias, biased;
    for (size_t i = 0; i < n; i++) {
        total += e[i].width + 2;
        max = e[i].width > max ? e[i].width : max;
    }
    actual = max + 2;
    if (actual * 3 + in->indent >= in->opts->break_len ||
        ((double)total / (double)actual <= 5 && max > 6))
        return 1;
    bias = sqrt((double)actual - (double)total / (double)all);
    biased = fmax((double)actual - 3 - bias, 1);
    cols = (size_t)floor(sqrt(2.5 * biased * (double)n) / biased + 0.5);
    fit = (in->opts->break_len - in->indent) / actual;
    cols = cols < fit ? cols : fit;
    cols = cols < in->opts->compact * 4 ? cols : in->opts->compact * 4;
    return cols < 15 ? cols : 15;
}

static void put_row(struct insp *in, struct swd_out *to, const struct insp_entry *e, size_t n,
                    const struct columns *c)
{
    for (size_t i = 0; i < n; i++) {
        size_t pad = c->width[i] - 2 - e[i].width;
        if (c->right)
            swd_out_fill(to, ' ', pad);
        put_text(to, in, &e[i]);
        if (i + 1 < n)
            swd_out_adds(to, ", ");
        if (!c->right && i + 1 < n)
            swd_out_fill(to, ' ', pad);
    }
}

/* Rewrites the entries from `first` as rows of columns; false when they stay as they are. */
static bool group_entries(struct insp *in, size_t first, size_t n, bool more, bool numbers)
{
    struct insp_entry *e = entries(in) + first;
    size_t shown = n - more, rows = 0;
    struct columns c = {count_columns(in, e, shown, n), {0}, numbers};
    struct swd_out tmp;
    if (c.n <= 1)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((i < shown || !more) && e[i].width + 2 > c.width[i % c.n])
            c.width[i % c.n] = e[i].width + 2;
    swd_out_init(&tmp, in->ctx, in->o->max);
    for (size_t i = 0; i < shown; i += c.n, rows++) {
        struct insp_entry row = {tmp.len, 0, 0};
        size_t k = shown - i < c.n ? shown - i : c.n;
        put_row(in, &tmp, e + i, k, &c);
        row.len = tmp.len - row.off;
        row.width = swd_text_units(tmp.data + row.off, row.len);
        e[rows] = row;
    }
    if (more) {
        struct insp_entry row = {tmp.len, e[shown].len, e[shown].width};
        put_text(&tmp, in, &e[shown]);
        e[rows++] = row;
    }
    in->ents.len = (first + rows) * sizeof(*e);
    swd_out_replace(in->o, in->base, tmp.data, tmp.len);
    for (size_t i = 0; i < rows; i++)
        e[i].off += in->base;
    duk_pop(in->ctx);
    return true;
}

/* ---- An object from its entries ----------------------------------------------------------------
 */

static bool fits_line(const struct insp *in, size_t first, const struct insp_shape *s)
{
    const struct insp_entry *e = entries((struct insp *)in) + first;
    size_t n = entry_count(in) - first;
    size_t total = n + n + in->indent + swd_text_units(s->open, s->open_len) +
                   swd_text_units(s->base.data, s->base.len) + 10;
    for (size_t i = 0; i < n; i++) {
        total += e[i].width;
        if (memchr(in->o->data + e[i].off, '\n', e[i].len))
            return false;
    }
    return total <= in->opts->break_len && !memchr(s->base.data, '\n', s->base.len);
}

static void put_base(struct swd_out *to, const struct insp_shape *s)
{
    if (s->base.len) {
        swd_out_add(to, s->base.data, s->base.len);
        swd_out_addc(to, ' ');
    }
    swd_out_add(to, s->open, s->open_len);
}

/* Replaces the entries from `first` (their text begins at `start`) by the object they make up. */
static void reduce(struct insp *in, size_t first, size_t start, int level,
                   const struct insp_shape *s)
{
    size_t n = entry_count(in) - first;
    bool grouped = false, one_line;
    struct swd_out tmp;
    in->base = start;
    if (s->array && n > 6)
        grouped = group_entries(in, first, n, s->more, s->numbers);
    n = entry_count(in) - first;
    one_line = !grouped && in->level - level < (int)in->opts->compact && fits_line(in, first, s);
    swd_out_init(&tmp, in->ctx, in->o->max);
    put_base(&tmp, s);
    for (size_t i = 0; i < n; i++) {
        if (i)
            swd_out_addc(&tmp, ',');
        swd_out_addc(&tmp, one_line ? ' ' : '\n');
        if (!one_line)
            swd_out_fill(&tmp, ' ', in->indent + 2);
        put_text(&tmp, in, &entries(in)[first + i]);
    }
    swd_out_addc(&tmp, one_line ? ' ' : '\n');
    if (!one_line)
        swd_out_fill(&tmp, ' ', in->indent);
    swd_out_adds(&tmp, s->close);
    in->ents.len = first * sizeof(struct insp_entry);
    swd_out_replace(in->o, start, tmp.data, tmp.len);
    duk_pop(in->ctx);
}

/* ---- Strings and keys --------------------------------------------------------------------------
 */

static char quote_for(const char *p, size_t n)
{
    if (!memchr(p, '\'', n))
        return '\'';
    if (!memchr(p, '"', n))
        return '"';
    if (!memchr(p, '`', n) && !memmem(p, n, "${", 2))
        return '`';
    return '\'';
}

void swd_insp_quote(struct swd_out *o, const char *p, size_t n)
{
    static const char names[] = "btnvfr";
    char q = quote_for(p, n);
    swd_out_addc(o, q);
    for (size_t i = 0; i < n && !o->full; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == (unsigned char)q || c == '\\')
            swd_out_addf(o, "\\%c", c);
        else if (c >= 8 && c <= 13)
            swd_out_addf(o, "\\%c", names[c - 8]);
        else if (c < 0x20 || c == 0x7f)
            swd_out_addf(o, "\\x%02X", c);
        else if (c == 0xc2 && i + 1 < n && (unsigned char)p[i + 1] < 0xa0)
            swd_out_addf(o, "\\x%02X", (unsigned char)p[++i]);
        else
            swd_out_addc(o, (char)c);
    }
    swd_out_addc(o, q);
}

/* Bytes of the longest prefix with at most `units` UTF-16 units. */
static size_t prefix_units(const char *p, size_t n, size_t units)
{
    size_t i = 0, used = 0;
    while (i < n) {
        unsigned char c = (unsigned char)p[i];
        size_t len = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        used += c >= 0xf0 ? 2 : 1;
        if (used > units)
            break;
        i += len;
    }
    return i < n ? i : n;
}

/* A string value: quoted, cut, long ones broken behind their newlines. */
static void put_string(struct insp *in, duk_idx_t idx)
{
    size_t n, units, shown;
    const char *p;
    duk_dup(in->ctx, idx);
    p = swd_text_get(in->ctx, -1, &n);
    units = swd_text_units(p, n);
    shown = prefix_units(p, n, MAX_STRING);
    if (units > 16 && units > in->opts->break_len - 4 - (in->indent < 60 ? in->indent : 60)) {
        for (size_t from = 0; from < shown;) {
            const char *nl = memchr(p + from, '\n', shown - from);
            size_t to = nl ? (size_t)(nl - p) + 1 : shown;
            if (from) {
                swd_out_adds(in->o, " +\n");
                swd_out_fill(in->o, ' ', in->indent + 2);
            }
            swd_insp_quote(in->o, p + from, to - from);
            from = to;
        }
    } else {
        swd_insp_quote(in->o, p, shown);
    }
    if (shown < n)
        swd_out_addf(in->o, "... %zu more character%s", units - MAX_STRING,
                     units - MAX_STRING > 1 ? "s" : "");
    duk_pop(in->ctx);
}

void swd_insp_symbol(struct swd_out *o, duk_idx_t idx)
{
    duk_context *ctx = o->ctx;
    duk_idx_t at = duk_normalize_index(ctx, idx);
    swd_insp_intrinsic(ctx, "symbolToString");
    duk_dup(ctx, at);
    if (duk_pcall_method(ctx, 0) == DUK_EXEC_SUCCESS)
        swd_out_value(o, -1);
    else
        swd_out_adds(o, "Symbol()");
    duk_pop(ctx);
}

static bool plain_name(const char *p, size_t n)
{
    if (n == 0 || (*p >= '0' && *p <= '9'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(p[i] == '_' || (p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'z') ||
              (p[i] >= 'A' && p[i] <= 'Z')))
            return false;
    return true;
}

/* `key: ` as Node writes it. */
static void put_key(struct insp *in, duk_idx_t key, bool enumerable)
{
    size_t n;
    const char *p;
    if (!enumerable || duk_is_symbol(in->ctx, key))
        swd_out_addc(in->o, '[');
    if (duk_is_symbol(in->ctx, key)) {
        swd_insp_symbol(in->o, key);
    } else {
        duk_dup(in->ctx, key);
        p = swd_text_get(in->ctx, -1, &n);
        if (n == 9 && memcmp(p, "__proto__", 9) == 0)
            swd_out_adds(in->o, "['__proto__']");
        else if (!enumerable || plain_name(p, n))
            swd_out_add(in->o, p, n);
        else
            swd_insp_quote(in->o, p, n);
        duk_pop(in->ctx);
    }
    swd_out_adds(in->o, !enumerable || duk_is_symbol(in->ctx, key) ? "]: " : ": ");
}

/* ---- Properties --------------------------------------------------------------------------------
 */

bool swd_insp_own(duk_context *ctx, duk_idx_t obj, struct insp_desc *d)
{
    obj = duk_normalize_index(ctx, obj);
    memset(d, 0, sizeof(*d));
    duk_get_prop_desc(ctx, obj, 0);
    if (!duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    duk_push_undefined(ctx);
    duk_set_prototype(ctx, -2);
    duk_get_prop_literal(ctx, -1, "enumerable");
    d->enumerable = duk_get_boolean(ctx, -1);
    duk_pop(ctx);
    if (duk_has_prop_literal(ctx, -1, "value")) {
        d->data = true;
        duk_get_prop_literal(ctx, -1, "value");
    } else {
        duk_get_prop_literal(ctx, -1, "get");
        d->getter = duk_is_function(ctx, -1);
        duk_pop(ctx);
        duk_get_prop_literal(ctx, -1, "set");
        d->setter = duk_is_function(ctx, -1);
    }
    duk_remove(ctx, -2);
    return true;
}

void swd_insp_property(struct insp *in, duk_idx_t obj, duk_idx_t key, int level, bool element)
{
    duk_context *ctx = in->ctx;
    struct insp_desc d;
    size_t from = swd_insp_open(in);
    key = duk_normalize_index(ctx, key);
    duk_dup(ctx, key);
    if (!swd_insp_own(ctx, obj, &d))
        return;
    if (!element)
        put_key(in, key, d.enumerable);
    if (d.data) {
        in->indent += 2;
        swd_insp_value(in, duk_get_top_index(ctx), level + 1);
        in->indent -= 2;
    } else {
        swd_out_adds(in->o, d.getter   ? d.setter ? "[Getter/Setter]" : "[Getter]"
                            : d.setter ? "[Setter]"
                                       : "undefined");
    }
    duk_pop(ctx);
    swd_insp_close(in, from);
}

/* Whether an own key is one of the array's indices. */
bool swd_insp_index_key(duk_context *ctx, duk_idx_t key)
{
    size_t n;
    const char *p;
    bool index = true;
    if (duk_is_symbol(ctx, key))
        return false;
    duk_dup(ctx, key);
    p = swd_text_get(ctx, -1, &n);
    for (size_t i = 0; i < n; i++)
        index = index && p[i] >= '0' && p[i] <= '9';
    duk_pop(ctx);
    return index && n > 0;
}

void swd_insp_keys(struct insp *in, duk_idx_t obj, int level, bool indexed)
{
    duk_context *ctx = in->ctx;
    duk_uint_t flags = DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_NO_PROXY_BEHAVIOR |
                       DUK_ENUM_INCLUDE_SYMBOLS |
                       (in->opts->hidden ? DUK_ENUM_INCLUDE_NONENUMERABLE : 0);
    duk_idx_t top = duk_get_top(ctx);
    obj = duk_normalize_index(ctx, obj);
    duk_enum(ctx, obj, flags);
    while (!in->o->full && duk_next(ctx, -1, 0)) {
        if (!(indexed && swd_insp_index_key(ctx, -1)) && !swd_insp_skip_key(in, obj, -1))
            swd_insp_property(in, obj, -1, level, false);
        duk_pop(ctx);
    }
    duk_set_top(ctx, top);
}

/* ---- Values ------------------------------------------------------------------------------------
 */

static void put_number(struct insp *in, duk_idx_t idx)
{
    double d = duk_get_number(in->ctx, idx);
    if (d == 0 && signbit(d))
        swd_out_adds(in->o, "-0");
    else
        swd_out_value(in->o, idx);
}

/* `<ref *n>` of an object on the way that was met again below itself. */
static unsigned circle_index(struct insp *in, const void *p, bool add)
{
    for (unsigned i = 0; i < in->circles_n; i++)
        if (in->circles[i] == p)
            return i + 1;
    if (!add || in->circles_n == SWD_ARRAY_LEN(in->circles))
        return 0;
    in->circles[in->circles_n++] = p;
    return in->circles_n;
}

static bool met_above(struct insp *in, const void *p)
{
    for (int i = 0; i < in->seen_n; i++)
        if (in->seen[i] == p)
            return true;
    return false;
}

/* Puts `<ref *n>` before the base. */
static void add_ref(struct insp *in, struct insp_shape *s, unsigned ref)
{
    struct swd_out tmp;
    swd_out_init(&tmp, in->ctx, s->base.max);
    swd_out_addf(&tmp, s->base.len ? "<ref *%u> " : "<ref *%u>", ref);
    swd_out_add(&tmp, s->base.data, s->base.len);
    s->base = tmp;
}

static void put_object(struct insp *in, duk_idx_t idx, int level)
{
    const void *self = duk_get_heapptr(in->ctx, idx);
    size_t first = entry_count(in), start = in->o->len;
    duk_idx_t top = duk_get_top(in->ctx);
    struct insp_shape s;
    if (met_above(in, self)) {
        swd_out_addf(in->o, "[Circular *%u]", circle_index(in, self, true));
        return;
    }
    memset(&s, 0, sizeof(s));
    swd_out_init(&s.base, in->ctx, in->o->max);
    in->seen[in->seen_n++] = self;
    if (swd_insp_shape(in, idx, level, &s)) {
        unsigned ref = circle_index(in, self, false);
        if (ref)
            add_ref(in, &s, ref);
        reduce(in, first, start, level, &s);
    }
    in->seen_n--;
    duk_set_top(in->ctx, top);
}

/* Pushes the options that a custom inspector is given. */
static void push_options(struct insp *in, int level)
{
    duk_context *ctx = in->ctx;
    const struct swd_inspect_opts *o = in->opts;
    duk_push_object(ctx);
    if (o->depth < 0)
        duk_push_null(ctx);
    else
        duk_push_int(ctx, o->depth - level);
    duk_put_prop_literal(ctx, -2, "depth");
    duk_push_uint(ctx, o->break_len);
    duk_put_prop_literal(ctx, -2, "breakLength");
    duk_push_uint(ctx, o->compact);
    duk_put_prop_literal(ctx, -2, "compact");
    duk_push_boolean(ctx, o->hidden);
    duk_put_prop_literal(ctx, -2, "showHidden");
    swd_native_push(ctx, &swd_util_stylize);
    duk_put_prop_literal(ctx, -2, "stylize");
}

/* Text of a script's: its further lines are indented. */
static void put_lines(struct insp *in, duk_idx_t idx)
{
    size_t n, from = 0;
    const char *p;
    duk_dup(in->ctx, idx);
    p = swd_text_get(in->ctx, -1, &n);
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '\n')
            continue;
        swd_out_add(in->o, p + from, i + 1 - from);
        swd_out_fill(in->o, ' ', in->indent);
        from = i + 1;
    }
    swd_out_add(in->o, p + from, n - from);
    duk_pop(in->ctx);
}

/* An object with a method [util.inspect.custom] says itself what it looks like. */
static bool put_custom(struct insp *in, duk_idx_t idx, int level)
{
    duk_context *ctx = in->ctx;
    duk_idx_t top = duk_get_top(ctx);
    bool done = true;
    idx = duk_normalize_index(ctx, idx);
    swd_insp_intrinsic(ctx, "inspectCustom");
    if (!swd_unit_inherited(ctx, (int)idx))
        return false;
    if (!duk_is_function(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    duk_dup(ctx, idx);
    push_options(in, level);
    duk_get_prop_literal(ctx, -1, "depth");
    duk_insert(ctx, -2);
    swd_util_push_inspect(ctx);
    duk_call_method(ctx, 3);
    if (duk_strict_equals(ctx, -1, idx))
        done = false;
    else if (duk_is_string(ctx, -1) && !duk_is_symbol(ctx, -1))
        put_lines(in, -1);
    else
        swd_insp_value(in, duk_get_top_index(ctx), level);
    duk_set_top(ctx, top);
    return done;
}

void swd_insp_value(struct insp *in, duk_idx_t idx, int level)
{
    duk_context *ctx = in->ctx;
    duk_require_stack(ctx, 24);
    if (in->o->full)
        return;
    if (duk_is_symbol(ctx, idx))
        swd_insp_symbol(in->o, idx);
    else if (duk_is_string(ctx, idx))
        put_string(in, idx);
    else if (duk_is_number(ctx, idx))
        put_number(in, idx);
    else if (swd_kind_of(ctx, idx) == SWD_KIND_NONE)
        swd_out_value(in->o, idx);
    else if (swd_kind_of(ctx, idx) == SWD_KIND_PROXY) {
        duk_dup(ctx, idx); /* a loop: a chain of proxies may be longer than any stack */
        do {
            swd_kind_push_target(ctx, -1);
            duk_remove(ctx, -2);
        } while (swd_kind_of(ctx, -1) == SWD_KIND_PROXY);
        swd_insp_value(in, duk_get_top_index(ctx), level);
        duk_pop(ctx);
    } else if (!in->opts->custom || !put_custom(in, idx, level))
        put_object(in, idx, level);
}

void swd_inspect(struct swd_out *o, duk_idx_t idx, const struct swd_inspect_opts *opts)
{
    struct insp in;
    duk_idx_t top = duk_get_top(o->ctx);
    idx = duk_normalize_index(o->ctx, idx);
    memset(&in, 0, sizeof(in));
    in.o = o;
    in.ctx = o->ctx;
    in.opts = opts;
    in.indent = opts->indent;
    swd_out_init(&in.ents, o->ctx, 64u << 20);
    swd_insp_value(&in, idx, 0);
    duk_set_top(o->ctx, top);
}
