/* The string converter: the same text on both sides, nothing invalid, never a symbol. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "heaps.h"
#include "suite.h"

#define BAD "\xef\xbf\xbd"

struct pair {
    const char *in;
    size_t in_len;
    const char *out;
    int units; /* length in JavaScript */
};
#define P(in, out, units)                                                                          \
    {                                                                                              \
        in, sizeof in - 1, out, units                                                              \
    }

static const struct pair pairs[] = {
    P("", "", 0),
    P("plain", "plain", 5),
    P("a longer text of plain ASCII, beyond a word", "a longer text of plain ASCII, beyond a word",
      43),
    P("\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac", 2),
    P("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 2),
    P("12345678\xf0\x9f\x98\x80x", "12345678\xf0\x9f\x98\x80x", 11),
    P("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", 2),
    P("\xff", BAD, 1),
    P("\xffhidden", BAD "hidden", 7),
    P("\x80x", BAD "x", 2),
    P("\x81x", BAD "x", 2),
    P("\x82x", BAD "x", 2),
    P("\xbfx", BAD "x", 2),
    P("\xc0\x80", BAD BAD, 2),
    P("\xc1\xbf", BAD BAD, 2),
    P("\xe0\x80\x80", BAD BAD BAD, 3),
    P("\xed\xa0\xbd\xed\xb8\x80", BAD BAD BAD BAD BAD BAD, 6),
    P("\xf0\x80\x80\x80", BAD BAD BAD BAD, 4),
    P("\xf4\x90\x80\x80", BAD BAD BAD BAD, 4),
    P("\xf5\x80\x80\x80", BAD BAD BAD BAD, 4),
    P("\xfe\xfe", BAD BAD, 2),
    P("\xe2\x82", BAD, 1),
    P("\xf0\x9f\x98", BAD, 1),
    P("\xf0\x9f\x98x", BAD "x", 2),
    P("\xe2\x28\xa1", BAD "(" BAD, 3),
    P("\xc3", BAD, 1),
};

struct trip {
    const struct pair *p;
    int units;
    bool symbol, appended;
};

static int round_trip(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    struct trip *t = arg;
    struct swd_bytebuf *b = swd_bytebuf_get(1000);
    const char *s;
    size_t n;
    swd_text_push(ctx, t->p->in, t->p->in_len);
    t->symbol = duk_is_symbol(ctx, -1);
    t->units = (int)duk_get_length(ctx, -1);
    t->appended = swd_bytebuf_adds(b, "x") == 0 && swd_text_append(ctx, -1, b) == 0 &&
                  b->len == 1 + strlen(t->p->out) && memcmp(b->data + 1, t->p->out, b->len) == 0;
    swd_bytebuf_put(&b);
    s = swd_text_get(ctx, -1, &n);
    ck_assert_uint_eq(n, strlen(t->p->out));
    ck_assert_int_eq(memcmp(s, t->p->out, n + 1), 0);
    ck_assert_int_eq(duk_get_top(ctx), 1);
    return 0;
}

START_TEST(text_makes_the_round_trip)
{
    struct swd_heap *h = t_heap(NULL);
    struct trip t = {.p = &pairs[_i]};
    ck_assert_int_eq(swd_heap_run(h, round_trip, &t, NULL), SWD_RUN_OK);
    ck_assert(!t.symbol);
    ck_assert(t.appended);
    ck_assert_int_eq(t.units, pairs[_i].units);
    swd_heap_destroy(&h);
}
END_TEST

/* Text with NULs, and what String(v) makes of values. */
static int nul_text(void *ctx, void *arg)
{
    size_t n;
    const char *s;
    (void)arg;
    swd_text_push(ctx, "a\0b", 3);
    ck_assert_int_eq((int)duk_get_length(ctx, -1), 3);
    s = swd_text_get(ctx, -1, &n);
    ck_assert(n == 3 && memcmp(s, "a\0b", 4) == 0);
    duk_push_number(ctx, 1.5);
    ck_assert_str_eq(swd_text_get(ctx, -1, NULL), "1.5");
    duk_push_null(ctx);
    ck_assert_str_eq(swd_text_get(ctx, -1, NULL), "null");
    duk_push_undefined(ctx);
    duk_push_int(ctx, 1);
    ck_assert_str_eq(swd_text_get(ctx, -2, NULL), "undefined");
    ck_assert(duk_is_number(ctx, -1));
    return 0;
}

START_TEST(values_become_text)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(swd_heap_run(h, nul_text, NULL, NULL), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

static int symbol_text(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    (void)arg;
    duk_push_string(ctx, DUK_HIDDEN_SYMBOL("secret"));
    (void)swd_text_get(ctx, -1, NULL);
    return 0;
}

START_TEST(symbols_are_not_text)
{
    struct swd_heap *h = t_heap(NULL);
    struct swd_thrown t;
    ck_assert_int_eq(swd_heap_run(h, symbol_text, NULL, &t), SWD_RUN_THROWN);
    ck_assert_str_eq(t.name, "TypeError");
    swd_heap_destroy(&h);
}
END_TEST

static int full_buffer(void *ctx, void *arg)
{
    struct swd_bytebuf *b = swd_bytebuf_get(4);
    (void)arg;
    swd_text_push(ctx, "\xf0\x9f\x98\x80x", 5);
    ck_assert_int_eq(swd_text_append(ctx, -1, b), SWD_ELIMIT);
    ck_assert_uint_eq(b->len, 0);
    ck_assert_int_eq(duk_get_top(ctx), 1);
    swd_bytebuf_put(&b);
    return 0;
}

START_TEST(a_full_buffer_is_an_error)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(swd_heap_run(h, full_buffer, NULL, NULL), SWD_RUN_OK);
    swd_heap_destroy(&h);
}
END_TEST

/* Text beyond the heap's limit: an error of the script, as any. */
static int huge_text(void *ctx, void *arg)
{
    swd_text_push(ctx, arg, 6000000);
    return 0;
}

START_TEST(text_beyond_the_limit_is_an_error)
{
    struct swd_heap *h = t_heap("memory_hard", "4M", NULL);
    char *text = malloc(6000000);
    ck_assert_ptr_nonnull(text);
    memset(text, 0xff, 6000000);
    ck_assert_int_eq(swd_heap_run(h, huge_text, text, NULL), SWD_RUN_THROWN);
    memset(text, 'x', 6000000);
    ck_assert_int_eq(swd_heap_run(h, huge_text, text, NULL), SWD_RUN_THROWN);
    ck_assert_int_eq(t_eval(h, "1"), SWD_RUN_OK);
    free(text);
    swd_heap_destroy(&h);
}
END_TEST

/* In the script: literals, escapes and what C pushed are the same text. */
static const char *const same[] = {
    "'\xf0\x9f\x98\x80'.length === 2 && '\xf0\x9f\x98\x80' === '\\ud83d\\ude00'",
    "'\xf0\x9f\x98\x80'.charCodeAt(1) === 0xde00",
    "'\xf0\x9f\x98\x80' === String.fromCodePoint(0x1f600)",
    "'\xf0\x9f\x98\x80' === '\\u{1f600}'",
    "({'\xf0\x9f\x98\x80': 1})['\\ud83d\\ude00'] === 1",
    "String.fromCharCode(0x10041) === 'A'",
    "JSON.parse('\"\xf0\x9f\x98\x80\"').length === 2",
    "encodeURIComponent('\xf0\x9f\x98\x80') === '%F0%9F%98%80'",
    "decodeURIComponent('%F0%9F%98%80') === '\xf0\x9f\x98\x80'",
    "/^..$/.test('\xf0\x9f\x98\x80')",
    "'\xff'.charCodeAt(0) === 0xfffd",
};

START_TEST(scripts_see_the_same_text)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, same[_i]), SWD_RUN_OK);
    ck_assert_msg(strcmp(t_value(), "true") == 0, "%s", same[_i]);
    swd_heap_destroy(&h);
}
END_TEST

/* Ways of a script to a string with the bytes of a hidden symbol's key: none opens it. */
static const char *const keys[] = {
    "'\\xffsecret'",
    "'\\u00ffsecret'",
    "String.fromCharCode(255) + 'secret'",
    "String.fromCharCode(0x80) + 'secret'",
    "new TextDecoder().decode(new Uint8Array([255, 115, 101, 99, 114, 101, 116]))",
    "new TextDecoder('utf-8', {fatal: false, ignoreBOM: true}).decode("
    "new Uint8Array([255, 115, 101, 99, 114, 101, 116]))",
    "new TextDecoder().decode(new Uint8Array([97, 255, 115, 101, 99, 114, 101, 116])).substring(1)",
    "Buffer.from([255, 115, 101, 99, 114, 101, 116]).toString()",
    "Buffer.from([255, 115, 101, 99, 114, 101, 116]).toString('binary')",
    "Buffer.from([97, 255, 115, 101, 99, 114, 101, 116]).toString().substring(1)",
    "String(Buffer.from([255, 115, 101, 99, 114, 101, 116]))",
    "String(new Uint8Array([255, 115, 101, 99, 114, 101, 116]))",
    "String(new Uint8Array([255, 115, 101, 99, 114, 101, 116]).buffer)",
    "unescape('%ffsecret')",
    "JSON.parse('\"\\\\u00ffsecret\"')",
    "Symbol.for('secret')",
    "Symbol('secret')",
    "'\\udcffsecret'",
    "'\\ud8ff\\udcffsecret'.substring(1)",
    "eval('\"\\xffsecret\"')",
    "Object.getOwnPropertyNames(box).join()",
    "Reflect.ownKeys(box).join()",
    "JSON.stringify(box)",
    "Object.getOwnPropertySymbols(box)[0]",
};

static int put_secret(void *ctx, void *arg)
{
    (void)arg;
    duk_push_global_object(ctx);
    duk_push_object(ctx);
    duk_push_string(ctx, "leaked");
    duk_put_prop_string(ctx, -2, DUK_HIDDEN_SYMBOL("secret"));
    duk_put_prop_string(ctx, -2, "box");
    return 0;
}

START_TEST(no_text_is_a_hidden_symbol)
{
    struct swd_heap *h = t_heap(NULL);
    char source[512];
    ck_assert_int_eq(swd_heap_run(h, put_secret, NULL, NULL), SWD_RUN_OK);
    snprintf(source, sizeof source,
             "var k; try { k = %s; } catch (e) { k = 'x'; } "
             "box[k] !== undefined || (k in box) || Object.keys(box).length > 0 ? "
             "'leaked' : 'kept'",
             keys[_i]);
    ck_assert_int_eq(t_eval(h, source), SWD_RUN_OK);
    ck_assert_msg(strcmp(t_value(), "kept") == 0, "%s", keys[_i]);
    swd_heap_destroy(&h);
}
END_TEST

#define LOOP(tc, fn, table) tcase_add_loop_test(tc, fn, 0, (int)(sizeof table / sizeof *table))

int main(void)
{
    Suite *s = suite_create("engine/text");
    TCase *tc = tcase_create("text");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    LOOP(tc, text_makes_the_round_trip, pairs);
    tcase_add_test(tc, values_become_text);
    tcase_add_test(tc, symbols_are_not_text);
    tcase_add_test(tc, a_full_buffer_is_an_error);
    tcase_add_test(tc, text_beyond_the_limit_is_an_error);
    LOOP(tc, scripts_see_the_same_text, same);
    LOOP(tc, no_text_is_a_hidden_symbol, keys);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
