/* What a script can reach: a walk over every object from the global one, by properties, getters,
 * prototypes and functions' insides, finds nothing of Duktape's own and no pointer.
 *
 * The walk is in C and ignores proxies' traps; what needs a script to come into being (errors,
 * arguments objects, results of built-ins) is made first and hung on the global object. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "heaps.h"
#include "suite.h"

#define REACH_MAX 20000

static void *seen[REACH_MAX];
static int n_seen;
static int n_forbidden;
static void *forbidden[256];
static char found[512]; /* the first finding */

static void finding(const char *what, const char *key)
{
    if (!found[0])
        snprintf(found, sizeof found, "%s at property '%s'", what, key);
}

static bool is_in(void *const *set, int n, const void *p)
{
    for (int i = 0; i < n; i++)
        if (set[i] == p)
            return true;
    return false;
}

static void walk(duk_context *ctx, const char *key);

struct getter {
    duk_idx_t get, self;
};

static duk_ret_t call_getter(duk_context *ctx, void *arg)
{
    struct getter *g = arg;
    duk_dup(ctx, g->get);
    duk_dup(ctx, g->self);
    duk_call_method(ctx, 0);
    return 1;
}

/* [ ... object descriptor ]: its value, getter, setter, and what the getter answers. */
static void walk_descriptor(duk_context *ctx, const char *key)
{
    static const char *const parts[] = {"value", "get", "set"};
    struct getter g = {.self = duk_get_top(ctx) - 2};
    for (int i = 0; i < 3; i++) {
        duk_get_prop_string(ctx, g.self + 1, parts[i]);
        walk(ctx, key);
        duk_pop(ctx);
    }
    duk_get_prop_string(ctx, g.self + 1, "get");
    g.get = duk_get_top(ctx) - 1;
    if (duk_is_function(ctx, -1)) {
        if (duk_safe_call(ctx, call_getter, &g, 0, 1) == DUK_EXEC_SUCCESS)
            walk(ctx, key);
        else
            walk(ctx, "thrown by getter");
        duk_pop(ctx);
    }
    duk_pop(ctx);
}

static void walk_object(duk_context *ctx)
{
    duk_idx_t self = duk_get_top(ctx) - 1;
    duk_get_prototype(ctx, self);
    walk(ctx, "prototype");
    duk_pop(ctx);
    duk_enum(ctx, self,
             DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_NONENUMERABLE |
                 DUK_ENUM_INCLUDE_SYMBOLS | DUK_ENUM_NO_PROXY_BEHAVIOR);
    while (duk_next(ctx, self + 1, 0)) {
        char name[64];
        snprintf(name, sizeof name, "%s",
                 duk_is_symbol(ctx, -1) ? "symbol" : duk_get_string(ctx, -1));
        duk_get_prop_desc(ctx, self, 0);
        if (duk_is_object(ctx, -1)) {
            duk_dup(ctx, self);
            duk_insert(ctx, -2);
            walk_descriptor(ctx, name);
            duk_pop(ctx);
        }
        duk_pop(ctx);
    }
    duk_pop(ctx);
}

/* The value on the top, left there. */
static void walk(duk_context *ctx, const char *key)
{
    void *p = duk_get_heapptr(ctx, -1);
    if (duk_is_pointer(ctx, -1))
        finding("a pointer", key);
    if (duk_get_type(ctx, -1) == DUK_TYPE_BUFFER)
        finding("a plain buffer", key);
    if (duk_is_string(ctx, -1) && !duk_is_symbol(ctx, -1) &&
        strstr(duk_get_string(ctx, -1), "0x7f"))
        finding("an address", key);
    if (!duk_is_object(ctx, -1) || !p || is_in(seen, n_seen, p))
        return;
    if (is_in(forbidden, n_forbidden, p))
        finding("an object of Duktape's own", key);
    ck_assert_int_lt(n_seen, REACH_MAX);
    seen[n_seen++] = p;
    duk_require_stack(ctx, 32);
    walk_object(ctx);
}

/* Everything on the object on the top, and one level of prototypes, is forbidden to be found. */
static void forbid(duk_context *ctx, int depth)
{
    void *p = duk_get_heapptr(ctx, -1);
    if (!duk_is_object(ctx, -1) || is_in(forbidden, n_forbidden, p))
        return;
    forbidden[n_forbidden++] = p;
    duk_enum(ctx, -1, DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_NONENUMERABLE);
    while (depth && duk_next(ctx, -1, 1)) {
        forbid(ctx, depth - 1);
        duk_pop_2(ctx);
    }
    duk_pop(ctx);
}

static const char makers[] =
    "var made = [];"
    "function make(f) { try { made.push(f()); } catch (e) { made.push(e); } }"
    "make(function () { null.x; });"
    "make(function () { new Array(-1); });"
    "make(function () { eval('var var'); });"
    "make(function () { Duktape; });"
    "make(function () { return new Function('return this')(); });"
    "make(function () { return arguments; });"
    "make(function f() { return f.caller; });"
    "make(function () { 'use strict'; return arguments.callee; });"
    "make(function () { return (function () { return this; })(); });"
    "make(function () { return (function () {}).bind(null); });"
    "make(function () { return /(a)/.exec('a'); });"
    "make(function () { return 'a-b'.split(/-/); });"
    "make(function () { return Proxy.revocable({}, {}); });"
    "make(function () { return new Error('x').stack; });"
    "make(function () { return Object.getOwnPropertyDescriptor(Error.prototype, 'stack'); });"
    "make(function () { return JSON.stringify(this); });"
    "make(function () { return Buffer.from('x').inspect; });"
    "make(function () { return Buffer.from('x').toJSON(); });"
    "make(function () { return Buffer.from('x'); });"
    "make(function () { return new Uint8Array(2).subarray(1); });"
    "make(function () { return new TextDecoder(); });"
    "make(function () { return new TextEncoder().encode('x'); });"
    "make(function () { return Object(Symbol.iterator); });"
    "make(function () { return Function.prototype.toString.call(Math.max); });"
    "make(function () { (function f() { f(); })(); });"
    "make(function () { new Uint8Array(1e9); });"
    "make(function () { return Reflect.ownKeys(new Error('x')); });"
    "make(function () { return Error('x').tracedata; });"
    "make(function () { return String(function () {}); });"
    "make(function () { return performance; });"
    "make(function () { return [1, 2].map(function (v, i, a) { return a; }); });"
    "make(function () { return JSON.parse('{\"a\":1}', function (k, v) { return this; }); });"
    "make(function () { return String.raw; });"
    "0";

static int walk_all(void *arg_ctx, void *arg)
{
    duk_context *ctx = arg_ctx;
    (void)arg;
    swd_slot_push(ctx, SWD_SLOT_DUKTAPE);
    ck_assert(duk_is_object(ctx, -1));
    forbid(ctx, 2);
    duk_push_heap_stash(ctx);
    forbid(ctx, 0);
    duk_push_global_stash(ctx);
    forbid(ctx, 0);
    duk_push_thread_stash(ctx, ctx);
    forbid(ctx, 0);
    duk_set_top(ctx, 0);
    duk_push_global_object(ctx);
    walk(ctx, "global");
    return 0;
}

START_TEST(nothing_of_duktapes_is_reached)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_msg(t_eval(h, makers) == SWD_RUN_OK, "%s", t_thrown()->message);
    ck_assert_int_eq(swd_heap_run(h, walk_all, NULL, NULL), SWD_RUN_OK);
    ck_assert_msg(!found[0], "found %s", found);
    ck_assert_int_gt(n_forbidden, 15);
    ck_assert_int_gt(n_seen, 300);
    swd_heap_destroy(&h);
}
END_TEST

static int put_back(void *ctx, void *arg)
{
    (void)arg;
    duk_push_global_object(ctx);
    swd_slot_push(ctx, SWD_SLOT_DUKTAPE);
    duk_get_prop_string(ctx, -1, "Thread");
    duk_put_prop_string(ctx, 0, "back");
    return walk_all(ctx, NULL);
}

START_TEST(the_walk_would_find_it)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(swd_heap_run(h, put_back, NULL, NULL), SWD_RUN_OK);
    ck_assert_msg(strstr(found, "Duktape's own at property 'back'") != NULL, "%s", found);
    swd_heap_destroy(&h);
}
END_TEST

/* Attempts by script; each answers true when it failed. */
static const char *const attempts[] = {
    "typeof Duktape === 'undefined' && typeof CBOR === 'undefined'",
    "(0, eval)('typeof Duktape') === 'undefined'",
    "new Function('return typeof Duktape')() === 'undefined'",
    "Object.getOwnPropertyNames(this).indexOf('Duktape') < 0",
    "Object.getOwnPropertyNames(this).indexOf('CBOR') < 0",
    "!('Duktape' in this) && !('CBOR' in this)",
    "!String.fromBufferRaw && !Uint8Array.allocPlain && !Uint8Array.plainOf",
    "this.Duktape = {errCreate: function () { hit = 1; }, errThrow: function () { hit = 1; }};"
    "var hit = 0; try { null.x; } catch (e) {} hit === 0",
    "var f = function () { return f.caller; }; f() === null || f() === undefined",
    "(function () { try { return arguments.callee.caller; } catch (e) { return null; } })() == "
    "null",
    "Object.getOwnPropertyNames(new Error('x')).join().indexOf('tracedata') < 0",
    "Object.getOwnPropertySymbols(new Error('x')).length === 0",
    "Reflect.ownKeys(new Date()).length === 0",
    "Reflect.ownKeys(/x/).join() === 'lastIndex'",
    "String(Object.keys(function () {})).indexOf('_') < 0",
    "!/0x[0-9a-f]{4,}/.test(new Error('x').stack + Function.prototype.toString.call(Math.max))",
    "var e; try { throw new Error('x'); } catch (x) { e = x; } !('_Tracedata' in e)",
};

START_TEST(attempts_fail)
{
    struct swd_heap *h = t_heap(NULL);
    ck_assert_int_eq(t_eval(h, attempts[_i]), SWD_RUN_OK);
    ck_assert_msg(strcmp(t_value(), "true") == 0, "%s", attempts[_i]);
    swd_heap_destroy(&h);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine/reach");
    TCase *tc = tcase_create("reach");
    tcase_add_checked_fixture(tc, t_engine_start, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, nothing_of_duktapes_is_reached);
    tcase_add_test(tc, the_walk_would_find_it);
    tcase_add_loop_test(tc, attempts_fail, 0, (int)(sizeof attempts / sizeof *attempts));
    suite_add_tcase(s, tc);
    return suite_run(s);
}
