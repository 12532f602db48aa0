/* URL and URLSearchParams: the natives beneath url.js, and require('url').
 *
 * A URL's record is an object that only the prelude sees: { scheme, user, pass, host (null: none),
 * port (-1: none), path, opaque, query, fragment (null: none) }. */
#include <string.h>

#include "lib/url.h"

static const struct {
    const char *name;
    size_t text;
    size_t has; /* 0: always there */
} fields[] = {
    {"scheme", offsetof(struct url, scheme), 0},
    {"user", offsetof(struct url, user), 0},
    {"pass", offsetof(struct url, pass), 0},
    {"host", offsetof(struct url, host), offsetof(struct url, has_host)},
    {"path", offsetof(struct url, path), 0},
    {"query", offsetof(struct url, query), offsetof(struct url, has_query)},
    {"fragment", offsetof(struct url, fragment), offsetof(struct url, has_fragment)},
};

static struct swd_out *text_of(struct url *u, size_t i)
{
    return (struct swd_out *)((char *)u + fields[i].text);
}

static bool *has_of(struct url *u, size_t i)
{
    return fields[i].has ? (bool *)((char *)u + fields[i].has) : NULL;
}

/* Reads the record at `idx`. */
static void load(duk_context *ctx, duk_idx_t idx, struct url *u)
{
    swd_url_init(u, ctx);
    for (size_t i = 0; i < SWD_ARRAY_LEN(fields); i++) {
        size_t n;
        const char *p;
        duk_get_prop_string(ctx, idx, fields[i].name);
        if (has_of(u, i))
            *has_of(u, i) = duk_is_string(ctx, -1);
        if (duk_is_string(ctx, -1)) {
            p = swd_text_get(ctx, -1, &n);
            swd_out_add(text_of(u, i), p, n);
        }
        duk_pop(ctx);
    }
    duk_get_prop_literal(ctx, idx, "port");
    u->port = duk_get_int(ctx, -1);
    duk_get_prop_literal(ctx, idx, "opaque");
    u->opaque = duk_get_boolean(ctx, -1);
    duk_pop_2(ctx);
}

static void store(duk_context *ctx, duk_idx_t idx, struct url *u)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(fields); i++) {
        const struct swd_out *o = text_of(u, i);
        if (has_of(u, i) && !*has_of(u, i))
            duk_push_null(ctx);
        else
            swd_text_push(ctx, o->data, o->len);
        duk_put_prop_string(ctx, idx, fields[i].name);
    }
    duk_push_int(ctx, u->port);
    duk_put_prop_literal(ctx, idx, "port");
    duk_push_boolean(ctx, u->opaque);
    duk_put_prop_literal(ctx, idx, "opaque");
}

static const char *input(duk_context *ctx, duk_idx_t idx, size_t *n)
{
    const char *p = swd_text_get(ctx, idx, n);
    if (*n > URL_MAX)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "a URL of more than %zu bytes", (size_t)URL_MAX);
    return p;
}

/* parse(text, base record): a record, or undefined. */
static duk_ret_t url_parse(duk_context *ctx)
{
    struct url u, base;
    size_t n;
    bool relative = duk_is_object(ctx, 1);
    const char *p = input(ctx, 0, &n);
    swd_url_init(&u, ctx);
    if (relative)
        load(ctx, 1, &base);
    if (!swd_url_parse(&u, relative ? &base : NULL, p, n, URL_PARSE))
        return 0;
    duk_push_bare_object(ctx);
    store(ctx, duk_get_top_index(ctx), &u);
    return 1;
}

/* set(record, what, text): as the setter of that name does once it has looked at the record. */
static duk_ret_t url_set(duk_context *ctx)
{
    static const struct {
        const char *name;
        enum url_state state;
    } table[] = {{"protocol", URL_SCHEME_START}, {"host", URL_HOST},
                 {"hostname", URL_HOSTNAME},     {"port", URL_PORT},
                 {"pathname", URL_PATH_START},   {"search", URL_QUERY_STATE},
                 {"hash", URL_FRAGMENT_STATE}};
    struct url u;
    size_t n;
    const char *p;
    load(ctx, 0, &u);
    p = input(ctx, 2, &n);
    for (size_t i = 0; i < SWD_ARRAY_LEN(table); i++) {
        swd_push_name(ctx, table[i].name);
        if (duk_strict_equals(ctx, 1, -1))
            (void)swd_url_parse(&u, NULL, p, n, table[i].state);
        duk_pop(ctx);
    }
    store(ctx, 0, &u);
    return 0;
}

static duk_ret_t url_href(duk_context *ctx)
{
    struct url u;
    struct swd_out o;
    load(ctx, 0, &u);
    swd_out_init(&o, ctx, 64 * URL_MAX);
    swd_url_serialize(&u, &o, !duk_to_boolean(ctx, 1));
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* encode(text): for user and password. */
static duk_ret_t url_encode(duk_context *ctx)
{
    size_t n;
    const char *p = input(ctx, 0, &n);
    struct swd_out o;
    swd_out_init(&o, ctx, 4 * URL_MAX);
    swd_url_encode(&o, p, n, URL_USERINFO);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* text(value): the string without lone surrogates. */
static duk_ret_t url_text(duk_context *ctx)
{
    size_t n;
    const char *p;
    (void)duk_to_string(ctx, 0);
    duk_dup(ctx, 0);
    p = swd_text_get(ctx, -1, &n);
    if (duk_is_string(ctx, -1))
        return 1;
    swd_text_push(ctx, p, n);
    return 1;
}

/* domain(text): its ASCII form, or "". */
static duk_ret_t url_domain(duk_context *ctx)
{
    size_t n;
    const char *p = input(ctx, 0, &n);
    struct swd_out o;
    swd_out_init(&o, ctx, 4 * URL_MAX);
    if (!swd_url_host(&o, p, n, false))
        swd_url_clear(&o);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* ---- application/x-www-form-urlencoded ---------------------------------------------------------
 */

/* Decodes p[0..n) and puts it at index i of the array at `list`. */
static void put_decoded(duk_context *ctx, duk_idx_t list, duk_uarridx_t i, const char *p, size_t n)
{
    struct swd_out o;
    swd_out_init(&o, ctx, URL_MAX + 1);
    swd_url_decode(&o, p, n, true);
    swd_text_push(ctx, o.data, o.len);
    duk_put_prop_index(ctx, list, i);
    duk_pop(ctx);
}

/* formParse(text): [name, value, name, value, ...]. */
static duk_ret_t form_parse(duk_context *ctx)
{
    size_t n;
    const char *p = input(ctx, 0, &n), *end = p + n;
    duk_uarridx_t at = 0;
    duk_idx_t list = duk_push_array(ctx);
    while (p < end) {
        const char *amp = memchr(p, '&', (size_t)(end - p)), *eq;
        const char *stop = amp ? amp : end;
        if (stop > p) {
            eq = memchr(p, '=', (size_t)(stop - p));
            put_decoded(ctx, list, at++, p, (size_t)((eq ? eq : stop) - p));
            eq = eq ? eq + 1 : stop;
            put_decoded(ctx, list, at++, eq, (size_t)(stop - eq));
        }
        p = stop + 1;
    }
    return 1;
}

/* formEncode(list) */
static duk_ret_t form_encode(duk_context *ctx)
{
    struct swd_out o;
    duk_uarridx_t n = (duk_uarridx_t)duk_get_length(ctx, 0);
    swd_out_init(&o, ctx, 8 * URL_MAX);
    for (duk_uarridx_t i = 0; i < n; i++) {
        size_t len;
        const char *p;
        if (i)
            swd_out_addc(&o, i & 1 ? '=' : '&');
        duk_get_prop_index(ctx, 0, i);
        p = swd_text_get(ctx, -1, &len);
        swd_url_encode(&o, p, len, URL_FORM);
        duk_pop(ctx);
    }
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

static const struct swd_native url_natives[] = {
    {"parse", url_parse, 2, 2},
    {"set", url_set, 3, 3},
    {"href", url_href, 2, 2},
    {"encode", url_encode, 1, 1},
    {"text", url_text, 1, 1},
    {"domain", url_domain, 1, 1},
    {"formParse", form_parse, 1, 1},
    {"formEncode", form_encode, 1, 1},
    {NULL, NULL, 0, 0},
};

/* ---- The globals and the module ----------------------------------------------------------------
 */

static void push_url(duk_context *ctx)
{
    swd_lib_push(ctx, "url");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_url);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, url_natives);
    swd_lib_push_iterator_proto(ctx);
    duk_put_prop_literal(ctx, -2, "iterator");
    swd_lib_push_web(ctx);
    duk_get_prop_literal(ctx, -1, "classes");
    duk_remove(ctx, -2);
    duk_call(ctx, 2);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "url");
}

static duk_ret_t make_URL(duk_context *ctx)
{
    push_url(ctx);
    duk_get_prop_literal(ctx, -1, "URL");
    return 1;
}

static duk_ret_t make_URLSearchParams(duk_context *ctx)
{
    push_url(ctx);
    duk_get_prop_literal(ctx, -1, "URLSearchParams");
    return 1;
}

static const struct swd_native makers[] = {
    {"URL", make_URL, 0, 0},
    {"URLSearchParams", make_URLSearchParams, 0, 0},
};

void swd_url_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}

void swd_url_exports(duk_context *ctx)
{
    push_url(ctx);
    swd_lib_push_require(ctx);
    duk_put_prop_literal(ctx, -2, "require");
    swd_prelude_push(ctx, PRELUDE_urlmod);
    duk_dup(ctx, -2);
    duk_call(ctx, 1);
    duk_remove(ctx, -2);
}
