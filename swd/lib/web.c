/* Globals of the web platform: atob, btoa, crypto, performance, structuredClone, and the classes of
 * web.js (events, abort signals), each made when first touched.
 *
 * Randomness is the kernel's (getrandom), asked for at each call, so clones share none. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/clock.h"
#include "engine/unit.h"
#include "lib/inspect.h"

/* ---- Base64 ------------------------------------------------------------------------------------
 */

/* Throws a DOMException of that name. */
static _Noreturn void throw_dom(duk_context *ctx, const char *name, const char *text)
{
    duk_get_global_literal(ctx, "DOMException");
    swd_push_name(ctx, text);
    swd_push_name(ctx, name);
    duk_new(ctx, 2);
    (void)duk_throw(ctx);
    __builtin_unreachable();
}

/* The argument's UTF-16 units as bytes; throws InvalidCharacterError for one above 255. */
static unsigned char *push_latin1(duk_context *ctx, size_t *n)
{
    const char *p;
    unsigned char *to;
    size_t len, at = 0;
    duk_to_string(ctx, 0);
    duk_dup(ctx, 0);
    p = swd_text_get(ctx, -1, &len);
    to = duk_push_fixed_buffer(ctx, len + 1);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c >= 0x80 && (c > 0xc3 || c < 0xc2))
            throw_dom(ctx, "InvalidCharacterError", "Invalid character");
        if (c >= 0x80)
            c = (unsigned char)((c & 3) << 6 | ((unsigned char)p[++i] & 0x3f));
        to[at++] = c;
    }
    *n = at;
    return to;
}

static duk_ret_t js_btoa(duk_context *ctx)
{
    size_t n;
    const unsigned char *p = push_latin1(ctx, &n);
    char *to = duk_push_fixed_buffer(ctx, swd_base64_size(n));
    swd_text_push(ctx, to, swd_base64_encode(to, p, n, SWD_BASE64));
    return 1;
}

/* Drops white space and final padding in place; answers the length, or throws. */
static size_t trim_base64(duk_context *ctx, unsigned char *p, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\n\f\r", p[i]) || !p[i])
            p[at++] = p[i];
    if (at % 4 == 0 && at > 0 && p[at - 1] == '=')
        at -= at > 1 && p[at - 2] == '=' ? 2 : 1;
    if (at % 4 == 1)
        throw_dom(ctx, "InvalidCharacterError",
                  "The string to be decoded is not correctly encoded.");
    return at;
}

static duk_ret_t js_atob(duk_context *ctx)
{
    size_t n;
    unsigned char *p = push_latin1(ctx, &n);
    struct swd_out o;
    uint32_t w = 0;
    n = trim_base64(ctx, p, n);
    swd_out_init(&o, ctx, n * 2 + 8);
    for (size_t i = 0; i < n; i++) {
        int d = swd_base64_digit(p[i]);
        unsigned char c;
        if (d < 0)
            throw_dom(ctx, "InvalidCharacterError",
                      "The string to be decoded is not correctly encoded.");
        w = w << 6 | (uint32_t)d;
        if (i % 4 == 0)
            continue;
        c = (unsigned char)(w >> (6 - 2 * (i % 4)));
        if (c >= 0x80)
            swd_out_addc(&o, (char)(0xc0 | c >> 6));
        swd_out_addc(&o, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
    }
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* ---- crypto ------------------------------------------------------------------------------------
 */

static void random_bytes(duk_context *ctx, void *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = getrandom((char *)p + at, n - at, 0);
        if (got <= 0)
            swd_throw(ctx, DUK_ERR_ERROR, "the kernel gives no randomness");
        at += (size_t)got;
    }
}

static duk_ret_t js_random_values(duk_context *ctx)
{
    size_t n;
    void *p;
    if (swd_kind_of(ctx, 0) != SWD_KIND_TYPED)
        swd_throw_arg(ctx, 0, "typedArray", "an instance of an integer typed array");
    p = duk_get_buffer_data(ctx, 0, &n);
    if (n > 65536)
        throw_dom(ctx, "QuotaExceededError", "The requested length exceeds 65,536 bytes");
    random_bytes(ctx, p, n);
    duk_dup(ctx, 0);
    return 1;
}

static duk_ret_t js_random_uuid(duk_context *ctx)
{
    unsigned char b[16];
    char text[40];
    int at = 0;
    random_bytes(ctx, b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at,
                       i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
    swd_push_name(ctx, text);
    return 1;
}

static const struct swd_native crypto_natives[] = {
    {"getRandomValues", js_random_values, 1, 1},
    {"randomUUID", js_random_uuid, 0, 0},
    {NULL, NULL, 0, 0},
};

/* subtle: what require("crypto") made. */
static duk_ret_t js_subtle(duk_context *ctx)
{
    swd_lib_push_require(ctx);
    duk_push_literal(ctx, "crypto");
    duk_call(ctx, 1);
    duk_get_prop_literal(ctx, -1, "subtle");
    return 1;
}

static const struct swd_native subtle_native = {"subtle", js_subtle, 0, 0};

void swd_lib_push_crypto(duk_context *ctx)
{
    swd_lib_push(ctx, "crypto");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, crypto_natives);
    duk_push_literal(ctx, "subtle");
    swd_lib_accessor(ctx, -2, &subtle_native, NULL, true);
    swd_lib_tag(ctx, -1, "Crypto");
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "crypto");
}

static duk_ret_t make_crypto(duk_context *ctx)
{
    swd_lib_push_crypto(ctx);
    return 1;
}

static duk_ret_t js_now(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    duk_push_number(ctx, (double)(swd_lib_mono(lib) - lib->opened) / 1e6);
    return 1;
}

/* ---- The prelude's classes ---------------------------------------------------------------------
 */

/* report(e): what a listener threw is an uncaught exception, later. */
static duk_ret_t js_report_later(duk_context *ctx)
{
    return duk_throw(ctx);
}

static const struct swd_native rethrow_native = {"", js_report_later, 1, 1};

static duk_ret_t js_report(duk_context *ctx)
{
    swd_lib_push(ctx, "core");
    duk_push_literal(ctx, "tick");
    swd_native_push(ctx, &rethrow_native);
    duk_push_array(ctx);
    duk_dup(ctx, 0);
    duk_put_prop_index(ctx, -2, 0);
    duk_call_prop(ctx, -4, 2);
    return 0;
}

static duk_ret_t js_secret(duk_context *ctx)
{
    duk_dup(ctx, 1);
    duk_dup(ctx, 2);
    swd_unit_secret_put(ctx, 0);
    return 0;
}

static const struct swd_native web_natives[] = {
    {"report", js_report, 1, 1},
    {"secret", js_secret, 3, 3},
    {"now", js_now, 0, 0},
    {NULL, NULL, 0, 0},
};

void swd_web_secret(duk_context *ctx)
{
    swd_native_push(ctx, &web_natives[1]);
    duk_put_prop_literal(ctx, -2, "secret");
    swd_push_hidden(ctx, "web");
    duk_put_prop_literal(ctx, -2, "key");
}

void swd_lib_push_web(duk_context *ctx)
{
    swd_lib_push(ctx, "web");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_web);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, web_natives);
    swd_push_hidden(ctx, "web");
    duk_put_prop_literal(ctx, -2, "key");
    duk_get_global_literal(ctx, "setTimeout");
    duk_put_prop_literal(ctx, -2, "setTimeout");
    duk_get_global_literal(ctx, "$$all");
    duk_put_prop_literal(ctx, -2, "all");
    duk_call(ctx, 1);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "web");
}

#define WEB_CLASS(name)                                                                            \
    static duk_ret_t make_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        swd_lib_push_web(ctx);                                                                     \
        duk_get_prop_literal(ctx, -1, #name);                                                      \
        return 1;                                                                                  \
    }
WEB_CLASS(DOMException)
WEB_CLASS(Event)
WEB_CLASS(CustomEvent)
WEB_CLASS(EventTarget)
WEB_CLASS(AbortSignal)
WEB_CLASS(AbortController)

/* ---- structuredClone ---------------------------------------------------------------------------
 */

/* Whether the object at 0 is one of a class with a state of its own: it is not cloned. */
static bool has_state(duk_context *ctx)
{
    static const char *const brands[] = {"weakmap", "weakset", "weakref", "web"};
    for (size_t i = 0; i < SWD_ARRAY_LEN(brands); i++) {
        swd_push_hidden(ctx, brands[i]);
        if (swd_unit_secret_get(ctx, 0))
            return true;
    }
    return false;
}

static duk_ret_t js_kind(duk_context *ctx)
{
    const char *name = swd_kind_name(ctx, 0);
    bool refused = strcmp(name, "Arguments") == 0 || strcmp(name, "Symbol") == 0 ||
                   strcmp(name, "Promise") == 0 || (strcmp(name, "Object") == 0 && has_state(ctx));
    swd_push_name(ctx, refused ? "" : name);
    return 1;
}

/* pairs(map or set): an array of [key, value]. */
static duk_ret_t js_pairs(duk_context *ctx)
{
    uint32_t at = 0;
    duk_uarridx_t n = 0;
    swd_collect_open(ctx, 0);
    duk_push_array(ctx);
    while (swd_collect_next(ctx, 1, &at)) {
        duk_push_array(ctx);
        duk_insert(ctx, -3);
        duk_put_prop_index(ctx, -3, 1);
        duk_put_prop_index(ctx, -2, 0);
        duk_put_prop_index(ctx, 2, n++);
    }
    return 1;
}

static duk_ret_t js_fail(duk_context *ctx)
{
    duk_get_global_literal(ctx, "DOMException");
    duk_dup(ctx, 0);
    duk_push_literal(ctx, "DataCloneError");
    duk_new(ctx, 2);
    return duk_throw(ctx);
}

static duk_ret_t js_show(duk_context *ctx)
{
    struct swd_inspect_opts opts = swd_inspect_default;
    struct swd_out o;
    opts.depth = 0;
    swd_out_init(&o, ctx, 256);
    swd_inspect(&o, 0, &opts);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* name(typed array) */
static duk_ret_t js_name(duk_context *ctx)
{
    return swd_kind_push_typed(ctx, 0);
}

static const struct swd_native clone_natives[] = {
    {"kind", js_kind, 1, 1}, {"pairs", js_pairs, 1, 1}, {"fail", js_fail, 1, 1},
    {"show", js_show, 1, 1}, {"name", js_name, 1, 1},   {NULL, NULL, 0, 0},
};

static duk_ret_t make_clone(duk_context *ctx)
{
    swd_prelude_push(ctx, PRELUDE_clone);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, clone_natives);
    duk_push_global_object(ctx);
    duk_put_prop_literal(ctx, -2, "global");
    duk_call(ctx, 1);
    return 1;
}

/* ---- The globals -------------------------------------------------------------------------------
 */

static const struct swd_native functions[] = {
    {"atob", js_atob, 1, 1},
    {"btoa", js_btoa, 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct swd_native makers[] = {
    {"crypto", make_crypto, 0, 0},
    {"structuredClone", make_clone, 0, 0},
    {"DOMException", make_DOMException, 0, 0},
    {"Event", make_Event, 0, 0},
    {"CustomEvent", make_CustomEvent, 0, 0},
    {"EventTarget", make_EventTarget, 0, 0},
    {"AbortSignal", make_AbortSignal, 0, 0},
    {"AbortController", make_AbortController, 0, 0},
};

void swd_web_globals(duk_context *ctx)
{
    swd_native_put(ctx, -1, functions);
    duk_dup_top(ctx);
    swd_lib_def(ctx, -2, "global");
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}
