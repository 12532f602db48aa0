/* RegExp natives: see regexp.h.
 *
 * A subject is matched in place when it is ASCII, else as UTF-16 units in a buffer; the buffer of
 * the last long subject is kept, so that a loop over its matches converts it once. Frames of the
 * matcher are Duktape buffers on the value stack: a throw or a stop leaves nothing behind. */
#include <string.h>

#include "base/check.h"
#include "engine/regexp.h"
#include "engine/rtfast.h"
#include "engine/unit.h"
#include "ts/re.h"

#define KEY_PROGRAM                                                                                \
    "\xff"                                                                                         \
    "re"
#define KEY_NAMES                                                                                  \
    "\xff"                                                                                         \
    "renames"
#define CAPS_FIXED  64
#define KEEP_UNITS  256 /* subjects from here on are kept converted */
#define COMPILE_MAX (16u << 20)

struct subject {
    const char *s; /* CESU-8 */
    struct swd_re_text t;
};

struct match {
    duk_context *ctx;
    const uint32_t *prog;
    size_t words;
    unsigned flags;
    uint32_t groups;
    struct subject in;
    struct swd_re_host host;
    uint32_t *caps;
    uint32_t fixed[CAPS_FIXED];
};

/* ---- subjects ---- */

/* One unit of CESU-8. What Duktape cannot have written (four bytes) is one U+FFFD. */
static const unsigned char *next_unit(const unsigned char *p, const unsigned char *end, uint16_t *u)
{
    uint32_t c = *p++;

    if (c >= 0xe0 && c < 0xf0 && end - p >= 2) {
        *u = (uint16_t)((c & 15) << 12 | (p[0] & 63u) << 6 | (p[1] & 63u));
        return p + 2;
    }
    if (c >= 0xc0 && c < 0xe0 && end - p >= 1) {
        *u = (uint16_t)((c & 31) << 6 | (p[0] & 63u));
        return p + 1;
    }
    if (c < 0x80) {
        *u = (uint16_t)c;
        return p;
    }
    *u = 0xfffd;
    while (p < end && (*p & 0xc0) == 0x80)
        p++;
    return p;
}

/* The units of a kept subject, if it is the one at `idx`; pushed and left on the stack. */
static const uint16_t *kept_units(duk_context *ctx, duk_idx_t idx)
{
    swd_slot_push(ctx, SWD_SLOT_RT);
    duk_get_prop_index(ctx, -1, KEPT_STRING);
    if (duk_get_heapptr(ctx, -1) != duk_get_heapptr(ctx, idx))
        return NULL;
    duk_get_prop_index(ctx, -2, KEPT_UNITS);
    return duk_get_buffer(ctx, -1, NULL);
}

static void keep_units(duk_context *ctx, duk_idx_t idx, duk_idx_t units)
{
    swd_slot_push(ctx, SWD_SLOT_RT);
    duk_dup(ctx, idx);
    duk_put_prop_index(ctx, -2, KEPT_STRING);
    duk_dup(ctx, units);
    duk_put_prop_index(ctx, -2, KEPT_UNITS);
    duk_pop(ctx);
}

/* The string at `idx` as a subject. What is pushed for it stays on the value stack. */
static void subject_of(duk_context *ctx, duk_idx_t idx, struct subject *in)
{
    size_t bytes;
    const unsigned char *p, *end;
    uint16_t *u;

    in->s = duk_require_lstring(ctx, idx, &bytes);
    in->t.len = (uint32_t)duk_get_length(ctx, idx);
    in->t.units = in->s;
    in->t.wide = in->t.len != bytes;
    if (!in->t.wide)
        return;
    if (in->t.len >= KEEP_UNITS && (in->t.units = kept_units(ctx, idx)) != NULL)
        return;
    u = duk_push_fixed_buffer(ctx, in->t.len * sizeof(*u));
    in->t.units = u;
    end = (const unsigned char *)in->s + bytes;
    for (p = (const unsigned char *)in->s;
         p < end && u < (const uint16_t *)in->t.units + in->t.len;)
        p = next_unit(p, end, u++);
    if (in->t.len >= KEEP_UNITS)
        keep_units(ctx, idx, duk_get_top_index(ctx));
}

/* Units as CESU-8 at `o`, which has room for three bytes each; answers the end. */
static unsigned char *put_units(unsigned char *o, const uint16_t *u, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (u[i] < 0x80) {
            *o++ = (unsigned char)u[i];
        } else if (u[i] < 0x800) {
            *o++ = (unsigned char)(0xc0 | u[i] >> 6);
            *o++ = (unsigned char)(0x80 | (u[i] & 63));
        } else {
            *o++ = (unsigned char)(0xe0 | u[i] >> 12);
            *o++ = (unsigned char)(0x80 | (u[i] >> 6 & 63));
            *o++ = (unsigned char)(0x80 | (u[i] & 63));
        }
    }
    return o;
}

/* Pushes units [from, to) of the subject as a string. */
static void push_part(duk_context *ctx, const struct subject *in, uint32_t from, uint32_t to)
{
    unsigned char fixed[768], *o = fixed;

    if (!in->t.wide) {
        duk_push_lstring(ctx, in->s + from, to - from);
        return;
    }
    if ((to - from) * (size_t)3 > sizeof(fixed))
        o = duk_push_fixed_buffer(ctx, (size_t)(to - from) * 3);
    *o = 0;
    duk_push_lstring(ctx, (const char *)o,
                     (size_t)(put_units(o, (const uint16_t *)in->t.units + from, to - from) - o));
    if (o != fixed)
        duk_remove(ctx, -2);
}

/* ---- running ---- */

static int host_check(void *arg)
{
    swd_heap_check(arg);
    return 0;
}

static void *host_grow(void *arg, void *old, size_t old_n, size_t n)
{
    duk_context *ctx = arg;

    (void)old_n;
    if (old)
        return duk_resize_buffer(ctx, -1, n);
    duk_require_stack(ctx, 4);
    return duk_push_dynamic_buffer(ctx, n);
}

static void host_release(void *arg, void *p)
{
    duk_pop((duk_context *)arg);
    (void)p;
}

/* The program of the RegExp at `re`; an object that Duktape made of a literal gets one now, from
 * regexp.js. NULL when the value is no RegExp. */
static const uint32_t *program_of(duk_context *ctx, duk_idx_t re, size_t *size)
{
    bool is_regexp;
    const uint32_t *prog =
        swd_unit_regexp(ctx, (int)re, KEY_PROGRAM, sizeof(KEY_PROGRAM) - 1, size, &is_regexp);

    if (prog || !is_regexp)
        return prog;
    swd_slot_push(ctx, SWD_SLOT_RT);
    duk_get_prop_index(ctx, -1, KEPT_ADOPT);
    duk_dup(ctx, re);
    duk_call(ctx, 1);
    duk_pop_2(ctx);
    return swd_unit_regexp(ctx, (int)re, KEY_PROGRAM, sizeof(KEY_PROGRAM) - 1, size, &is_regexp);
}

/* Opens a match of the RegExp at `re` on the string at `str`. */
static void match_open(duk_context *ctx, duk_idx_t re, duk_idx_t str, struct match *m)
{
    size_t size;

    m->ctx = ctx;
    m->prog = program_of(ctx, re, &size);
    if (!m->prog)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "not a RegExp");
    m->words = size / sizeof(uint32_t);
    m->flags = swd_re_prog_flags(m->prog);
    m->groups = swd_re_prog_groups(m->prog);
    m->host = (struct swd_re_host){host_check, host_grow, host_release, ctx, 0};
    subject_of(ctx, str, &m->in);
    m->caps = m->fixed;
    if (2 * (m->groups + 1) > CAPS_FIXED)
        m->caps = duk_push_fixed_buffer(ctx, 2 * (m->groups + 1) * sizeof(uint32_t));
    duk_require_stack(ctx, 16);
}

static bool match_at(struct match *m, uint32_t start, bool sticky)
{
    int rc = swd_re_exec(m->prog, m->words, &m->in.t, start, sticky, m->caps, &m->host);

    if (rc < 0)
        swd_throw(m->ctx, DUK_ERR_RANGE_ERROR,
                  rc == SWD_ECORRUPT ? "damaged regular expression"
                                     : "regular expression needs too much memory");
    return rc > 0;
}

/* AdvanceStringIndex. */
static uint32_t advance(const struct match *m, uint32_t i)
{
    const uint16_t *u = m->in.t.units;

    if (m->in.t.wide && m->flags & SWD_RE_UNICODE && i + 1 < m->in.t.len &&
        (u[i] & 0xfc00) == 0xd800 && (u[i + 1] & 0xfc00) == 0xdc00)
        return i + 2;
    return i + 1;
}

static void push_group(struct match *m, uint32_t g)
{
    if (m->caps[2 * g] == SWD_RE_NONE)
        duk_push_undefined(m->ctx);
    else
        push_part(m->ctx, &m->in, m->caps[2 * g], m->caps[2 * g + 1]);
}

static void push_span(struct match *m, uint32_t g)
{
    if (m->caps[2 * g] == SWD_RE_NONE) {
        duk_push_undefined(m->ctx);
        return;
    }
    duk_push_array(m->ctx);
    duk_push_uint(m->ctx, m->caps[2 * g]);
    duk_put_prop_index(m->ctx, -2, 0);
    duk_push_uint(m->ctx, m->caps[2 * g + 1]);
    duk_put_prop_index(m->ctx, -2, 1);
}

/* `groups` of the array on top: by the names of the RegExp at `re`, or undefined. */
static void put_groups(struct match *m, duk_idx_t re, void (*push)(struct match *, uint32_t))
{
    duk_context *ctx = m->ctx;

    duk_get_prop_lstring(ctx, re, KEY_NAMES, sizeof(KEY_NAMES) - 1);
    if (duk_is_object(ctx, -1)) {
        duk_size_t n = duk_get_length(ctx, -1);

        duk_push_bare_object(ctx);
        for (duk_size_t i = 0; i < n; i += 2) {
            duk_get_prop_index(ctx, -2, (duk_uarridx_t)i);
            duk_get_prop_index(ctx, -3, (duk_uarridx_t)i + 1);
            uint32_t g = duk_to_uint32(ctx, -1);
            duk_pop(ctx);
            push(m, g);
            duk_put_prop(ctx, -3);
        }
        duk_remove(ctx, -2);
    } else {
        duk_pop(ctx);
        duk_push_undefined(ctx);
    }
    duk_put_prop_literal(ctx, -2, "groups");
}

/* The array that exec() answers, pushed. */
static void push_result(struct match *m, duk_idx_t re, duk_idx_t str)
{
    duk_context *ctx = m->ctx;

    duk_push_array(ctx);
    for (uint32_t g = 0; g <= m->groups; g++) {
        push_group(m, g);
        duk_put_prop_index(ctx, -2, g);
    }
    duk_push_uint(ctx, m->caps[0]);
    duk_put_prop_literal(ctx, -2, "index");
    duk_dup(ctx, str);
    duk_put_prop_literal(ctx, -2, "input");
    put_groups(m, re, push_group);
    if (!(m->flags & SWD_RE_HAS_INDICES))
        return;
    duk_push_array(ctx);
    for (uint32_t g = 0; g <= m->groups; g++) {
        push_span(m, g);
        duk_put_prop_index(ctx, -2, g);
    }
    put_groups(m, re, push_span);
    duk_put_prop_literal(ctx, -2, "indices");
}

static void set_last(duk_context *ctx, duk_idx_t re, uint32_t v)
{
    duk_push_uint(ctx, v);
    duk_put_prop_literal(ctx, re, "lastIndex");
}

/* RegExpBuiltinExec up to the match: (re, string, lastIndex as a number). */
static bool builtin_exec(struct match *m, double last)
{
    bool moves = m->flags & (SWD_RE_GLOBAL | SWD_RE_STICKY);
    bool found = false;

    if (!moves)
        last = 0;
    if (last <= m->in.t.len)
        found = match_at(m, (uint32_t)last, m->flags & SWD_RE_STICKY);
    if (moves)
        set_last(m->ctx, 0, found ? m->caps[1] : 0);
    return found;
}

/* exec(re, string, lastIndex): the result array, null, or undefined. */
static duk_ret_t re_exec(duk_context *ctx)
{
    struct match m;

    match_open(ctx, 0, 1, &m);
    if (builtin_exec(&m, duk_get_number(ctx, 2)))
        push_result(&m, 0, 1);
    else
        duk_push_null(ctx);
    return 1;
}

/* test(re, string, lastIndex): whether exec would match. */
static duk_ret_t re_test(duk_context *ctx)
{
    struct match m;

    match_open(ctx, 0, 1, &m);
    duk_push_boolean(ctx, builtin_exec(&m, duk_get_number(ctx, 2)));
    return 1;
}

/* search(re, string): where, or -1; lastIndex is not touched. */
static duk_ret_t re_search(duk_context *ctx)
{
    struct match m;

    match_open(ctx, 0, 1, &m);
    if (match_at(&m, 0, m.flags & SWD_RE_STICKY))
        duk_push_uint(ctx, m.caps[0]);
    else
        duk_push_int(ctx, -1);
    return 1;
}

/* matches(re, string): all matched texts of a global RegExp, or null; lastIndex becomes 0. */
static duk_ret_t re_matches(duk_context *ctx)
{
    struct match m;
    uint32_t at = 0, n = 0;
    duk_idx_t arr;

    match_open(ctx, 0, 1, &m);
    set_last(ctx, 0, 0);
    arr = duk_push_array(ctx);
    while (at <= m.in.t.len && match_at(&m, at, m.flags & SWD_RE_STICKY)) {
        push_group(&m, 0);
        duk_put_prop_index(ctx, arr, n++);
        at = m.caps[1] == m.caps[0] ? advance(&m, m.caps[1]) : m.caps[1];
    }
    if (n == 0)
        duk_push_null(ctx);
    return 1;
}

/* split(re, string, limit): the parts. */
static duk_ret_t re_split(duk_context *ctx)
{
    struct match m;
    uint32_t limit, p = 0, q = 0, n = 0;
    duk_idx_t arr;

    match_open(ctx, 0, 1, &m);
    limit = duk_to_uint32(ctx, 2);
    arr = duk_push_array(ctx);
    if (m.in.t.len == 0) {
        if (!match_at(&m, 0, true)) {
            duk_dup(ctx, 1);
            duk_put_prop_index(ctx, arr, 0);
        }
        return 1;
    }
    while (q < m.in.t.len && match_at(&m, q, false) && m.caps[0] < m.in.t.len) {
        if (m.caps[1] == p) {
            q = advance(&m, m.caps[0]);
            continue;
        }
        push_part(ctx, &m.in, p, m.caps[0]);
        duk_put_prop_index(ctx, arr, n++);
        if (n == limit)
            return 1;
        p = m.caps[1];
        for (uint32_t g = 1; g <= m.groups; g++) {
            push_group(&m, g);
            duk_put_prop_index(ctx, arr, n++);
            if (n == limit)
                return 1;
        }
        q = p;
    }
    push_part(ctx, &m.in, p, m.in.t.len);
    duk_put_prop_index(ctx, arr, n);
    return 1;
}

/* ---- replacing ---- */

/* The string under construction: CESU-8 in a dynamic buffer on the value stack. */
struct joined {
    duk_context *ctx;
    duk_idx_t idx;
    unsigned char *p;
    size_t n, cap;
};

static unsigned char *room(struct joined *o, size_t n)
{
    if (o->cap - o->n < n) {
        o->cap = (o->n + n) * 2;
        o->p = duk_resize_buffer(o->ctx, o->idx, o->cap);
    }
    return o->p + o->n;
}

static void join_bytes(struct joined *o, const char *s, size_t n)
{
    if (n == 0)
        return;
    memcpy(room(o, n), s, n);
    o->n += n;
}

static void join_part(struct joined *o, const struct match *m, uint32_t from, uint32_t to)
{
    const uint16_t *u = m->in.t.units;

    if (!m->in.t.wide)
        join_bytes(o, m->in.s + from, to - from);
    else
        o->n = (size_t)(put_units(room(o, (size_t)(to - from) * 3), u + from, to - from) - o->p);
}

/* `$` and what follows at t[0]: joins what stands for it and answers the length, 0 for a plain $.
 * The template has no $< (regexp.js sees to that). */
static size_t dollar(struct joined *o, const struct match *m, const char *t, size_t n)
{
    uint32_t g;
    size_t len = 2;

    if (n < 2)
        return 0;
    switch (t[1]) {
    case '$': join_bytes(o, "$", 1); return len;
    case '&': join_part(o, m, m->caps[0], m->caps[1]); return len;
    case '`': join_part(o, m, 0, m->caps[0]); return len;
    case '\'': join_part(o, m, m->caps[1], m->in.t.len); return len;
    default: break;
    }
    if (t[1] < '0' || t[1] > '9')
        return 0;
    g = (uint32_t)(t[1] - '0');
    if (n > 2 && t[2] >= '0' && t[2] <= '9') {
        uint32_t two = g * 10 + (uint32_t)(t[2] - '0');

        if (two >= 1 && two <= m->groups) {
            g = two;
            len = 3;
        }
    }
    if (g < 1 || g > m->groups)
        return 0;
    if (m->caps[2 * g] != SWD_RE_NONE)
        join_part(o, m, m->caps[2 * g], m->caps[2 * g + 1]);
    return len;
}

static void substitute(struct joined *o, const struct match *m, const char *t, size_t n)
{
    size_t from = 0, i = 0;
    const char *at;

    while (i < n && (at = memchr(t + i, '$', n - i)) != NULL) {
        size_t len;

        i = (size_t)(at - t);
        join_bytes(o, t + from, i - from);
        from = i;
        len = dollar(o, m, t + i, n - i);
        i += len ? len : 1;
        if (len)
            from = i;
    }
    join_bytes(o, t + from, n - from);
}

/* Where the next match is looked for, or false: RegExpExec in a loop over a built-in RegExp. */
static bool next_match(struct match *m, uint32_t *at, bool *first)
{
    bool global = m->flags & SWD_RE_GLOBAL;

    if (*first) {
        double last = 0;

        *first = false;
        if (!global && m->flags & SWD_RE_STICKY) {
            duk_get_prop_literal(m->ctx, 0, "lastIndex");
            last = duk_to_int(m->ctx, -1);
            last = last < 0 ? 0 : duk_get_number(m->ctx, -1);
            duk_pop(m->ctx);
        }
        if (!global)
            return builtin_exec(m, last);
        set_last(m->ctx, 0, 0);
        *at = 0;
    } else if (!global) {
        return false;
    } else {
        *at = m->caps[1] == m->caps[0] ? advance(m, m->caps[1]) : m->caps[1];
    }
    return *at <= m->in.t.len && match_at(m, *at, m->flags & SWD_RE_STICKY);
}

/* replace(re, string, template): the new string. The template has no `$<`. */
static duk_ret_t re_replace(duk_context *ctx)
{
    struct match m;
    struct joined o = {.ctx = ctx};
    uint32_t at = 0, done = 0;
    bool first = true;
    size_t n;
    const char *t = duk_require_lstring(ctx, 2, &n);

    match_open(ctx, 0, 1, &m);
    o.p = duk_push_dynamic_buffer(ctx, 256);
    o.cap = 256;
    o.idx = duk_get_top_index(ctx);
    while (next_match(&m, &at, &first)) {
        join_part(&o, &m, done, m.caps[0]);
        substitute(&o, &m, t, n);
        done = m.caps[1];
    }
    join_part(&o, &m, done, m.in.t.len);
    duk_push_lstring(ctx, (const char *)o.p, o.n);
    return 1;
}

/* all(re, string): for each match the arguments of a replacement function, as an array. */
static duk_ret_t re_all(duk_context *ctx)
{
    struct match m;
    uint32_t at = 0, n = 0;
    bool first = true;
    duk_idx_t arr;

    match_open(ctx, 0, 1, &m);
    arr = duk_push_array(ctx);
    while (next_match(&m, &at, &first)) {
        duk_push_array(ctx);
        for (uint32_t g = 0; g <= m.groups; g++) {
            push_group(&m, g);
            duk_put_prop_index(ctx, -2, g);
        }
        duk_push_uint(ctx, m.caps[0]);
        duk_put_prop_index(ctx, -2, m.groups + 1);
        duk_dup(ctx, 1);
        duk_put_prop_index(ctx, -2, m.groups + 2);
        duk_get_prop_lstring(ctx, 0, KEY_NAMES, sizeof(KEY_NAMES) - 1);
        if (duk_is_object(ctx, -1)) {
            duk_pop(ctx);
            put_groups(&m, 0, push_group);
            duk_get_prop_literal(ctx, -1, "groups");
            duk_put_prop_index(ctx, -2, m.groups + 3);
            duk_del_prop_literal(ctx, -1, "groups");
        } else {
            duk_pop(ctx);
        }
        duk_put_prop_index(ctx, arr, n++);
    }
    duk_dup(ctx, arr);
    return 1;
}

/* ---- flags ---- */

/* bits(value): the flag bits of a RegExp, undefined for anything else. */
static duk_ret_t re_bits(duk_context *ctx)
{
    size_t size;
    const uint32_t *prog = program_of(ctx, 0, &size);

    if (!prog)
        return 0;
    duk_push_uint(ctx, swd_re_prog_flags(prog));
    return 1;
}

/* The getters of RegExp.prototype: true or false, undefined for the prototype itself. */
static duk_ret_t flag_getter(duk_context *ctx, unsigned bit)
{
    size_t size;
    const uint32_t *prog;

    duk_push_this(ctx);
    prog = program_of(ctx, 0, &size);
    if (prog) {
        duk_push_boolean(ctx, (swd_re_prog_flags(prog) & bit) != 0);
        return 1;
    }
    swd_slot_push(ctx, SWD_SLOT_RT);
    duk_get_prop_index(ctx, -1, KEPT_PROTO);
    if (!duk_strict_equals(ctx, 0, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "not a RegExp");
    return 0;
}

#define FLAG_GETTERS(X)                                                                            \
    X(hasIndices, SWD_RE_HAS_INDICES)                                                              \
    X(global, SWD_RE_GLOBAL)                                                                       \
    X(ignoreCase, SWD_RE_IGNORE_CASE)                                                              \
    X(multiline, SWD_RE_MULTILINE)                                                                 \
    X(dotAll, SWD_RE_DOT_ALL)                                                                      \
    X(unicode, SWD_RE_UNICODE)                                                                     \
    X(sticky, SWD_RE_STICKY)

#define GETTER(name, bit)                                                                          \
    static duk_ret_t get_##name(duk_context *ctx)                                                  \
    {                                                                                              \
        return flag_getter(ctx, bit);                                                              \
    }
FLAG_GETTERS(GETTER)

/* setup(RegExp.prototype, adopt): once, from regexp.js. */
static duk_ret_t re_setup(duk_context *ctx)
{
    swd_slot_push(ctx, SWD_SLOT_RT);
    duk_dup(ctx, 0);
    duk_put_prop_index(ctx, -2, KEPT_PROTO);
    duk_dup(ctx, 1);
    duk_put_prop_index(ctx, -2, KEPT_ADOPT);
    return 0;
}

/* flags(object): the `flags` getter, by the properties of any object. */
static duk_ret_t re_flags(duk_context *ctx)
{
    static const char *const names[] = {"hasIndices", "global",  "ignoreCase", "multiline",
                                        "dotAll",     "unicode", "sticky"};
    unsigned flags = 0;
    char text[8];

    for (unsigned k = 0; k < SWD_ARRAY_LEN(names); k++) {
        duk_get_prop_string(ctx, 0, names[k]);
        flags |= (unsigned)duk_to_boolean(ctx, -1) << k;
        duk_pop(ctx);
    }
    duk_push_string(ctx, swd_re_flags_text(flags, text));
    return 1;
}

/* ---- compiling ---- */

static void drop_bump(void *arg)
{
    struct swd_bump *b = arg;

    swd_bump_drop(&b);
}

static _Noreturn void throw_syntax(duk_context *ctx, const struct swd_re_out *out)
{
    size_t n;
    const char *p = swd_text_get(ctx, 0, &n), *f;

    if (out->error_in_flags) {
        f = swd_text_get(ctx, 1, &n);
        swd_throw(ctx, DUK_ERR_SYNTAX_ERROR, "Invalid flags supplied to RegExp constructor '%.*s'",
                  (int)(n > 40 ? 40 : n), f);
    }
    swd_throw(ctx, DUK_ERR_SYNTAX_ERROR, "Invalid regular expression: /%.*s/: %s",
              (int)(n > 200 ? 200 : n), p, out->error);
}

/* compile(pattern, flags): [program, names or undefined], names being name, group, name ... */
static duk_ret_t re_compile(duk_context *ctx)
{
    struct swd_bump *b = NULL;
    struct swd_re_out out;
    size_t n, nf;
    const char *pattern = duk_require_lstring(ctx, 0, &n);
    const char *flags = duk_require_lstring(ctx, 1, &nf);
    int rc = swd_bump_new(NULL, COMPILE_MAX, &b);

    if (rc)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "no memory for a regular expression");
    swd_defer_push(ctx, drop_bump, b);
    rc = swd_re_compile(b, pattern, n, flags, nf, &out);
    if (rc == SWD_ESYNTAX)
        throw_syntax(ctx, &out);
    if (rc)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "Invalid regular expression: %s",
                  out.error ? out.error : "out of memory");
    duk_push_array(ctx);
    memcpy(duk_push_fixed_buffer(ctx, out.words * sizeof(uint32_t)), out.prog,
           out.words * sizeof(uint32_t));
    duk_put_prop_index(ctx, -2, 0);
    if (out.nnames) {
        duk_push_bare_array(ctx);
        for (size_t i = 0; i < out.nnames; i++) {
            swd_text_push(ctx, out.names[i].name, out.names[i].len);
            duk_put_prop_index(ctx, -2, (duk_uarridx_t)(2 * i));
            duk_push_uint(ctx, out.names[i].group);
            duk_put_prop_index(ctx, -2, (duk_uarridx_t)(2 * i + 1));
        }
        duk_put_prop_index(ctx, -2, 1);
    }
    swd_defer_pop(ctx, true);
    return 1;
}

#define GETTER_ENTRY(name, bit) {#name, get_##name, 0, 0},

const struct swd_native swd_regexp_natives[] = {
    {"compile", re_compile, 2, 2}, {"exec", re_exec, 3, 3},
    {"test", re_test, 3, 3},       {"search", re_search, 2, 2},
    {"matches", re_matches, 2, 2}, {"split", re_split, 3, 3},
    {"replace", re_replace, 3, 3}, {"all", re_all, 2, 2},
    {"bits", re_bits, 1, 1},       {"flags", re_flags, 1, 1},
    {"setup", re_setup, 2, 2},     FLAG_GETTERS(GETTER_ENTRY){NULL, NULL, 0, 0},
};
