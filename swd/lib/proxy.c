/* Proxy: the traps that Duktape does not know, and Proxy.revocable().
 *
 * Duktape asks a handler for get, set, has, deleteProperty, ownKeys, apply and construct. The other
 * six stand behind functions of Object and Reflect, which are wrapped here: for a Proxy they call
 * the trap, or go on with the target; for anything else they are what they were. A revoked Proxy
 * has a handler all of whose traps throw. A Proxy in a prototype chain is not asked, nor are the
 * results of traps held against the target beyond their types. */
#include <string.h>

#include "engine/unit.h"
#include "lib/int.h"

enum trap_result { TRAP_BOOLEAN, TRAP_OBJECT, TRAP_PROTOTYPE, TRAP_DESCRIPTOR };

struct wrapped {
    const char *holder, *name; /* also of the trap */
    int nargs;
    enum trap_result result;
    const char *kept;
};

static const struct wrapped wrapped[] = {
    {"Object", "getOwnPropertyDescriptor", 2, TRAP_DESCRIPTOR, "proxy.0"},
    {"Reflect", "getOwnPropertyDescriptor", 2, TRAP_DESCRIPTOR, "proxy.1"},
    {"Object", "defineProperty", 3, TRAP_OBJECT, "proxy.2"},
    {"Reflect", "defineProperty", 3, TRAP_BOOLEAN, "proxy.3"},
    {"Object", "getPrototypeOf", 1, TRAP_PROTOTYPE, "proxy.4"},
    {"Reflect", "getPrototypeOf", 1, TRAP_PROTOTYPE, "proxy.5"},
    {"Object", "setPrototypeOf", 2, TRAP_OBJECT, "proxy.6"},
    {"Reflect", "setPrototypeOf", 2, TRAP_BOOLEAN, "proxy.7"},
    {"Object", "isExtensible", 1, TRAP_BOOLEAN, "proxy.8"},
    {"Reflect", "isExtensible", 1, TRAP_BOOLEAN, "proxy.9"},
    {"Object", "preventExtensions", 1, TRAP_OBJECT, "proxy.10"},
    {"Reflect", "preventExtensions", 1, TRAP_BOOLEAN, "proxy.11"},
};

/* Replaces the descriptor on top by a complete one: what becomes of it on a fresh object. */
static void complete_descriptor(duk_context *ctx)
{
    swd_lib_push(ctx, wrapped[2].kept);
    duk_push_bare_object(ctx);
    duk_push_literal(ctx, "x");
    duk_dup(ctx, -4);
    duk_call(ctx, 3);
    swd_lib_push(ctx, wrapped[0].kept);
    duk_insert(ctx, -2);
    duk_push_literal(ctx, "x");
    duk_call(ctx, 2);
    duk_replace(ctx, -2);
}

/* What the trap answered is on top; the Proxy is at `proxy`. */
static void settle(duk_context *ctx, const struct wrapped *w, duk_idx_t proxy)
{
    switch (w->result) {
    case TRAP_BOOLEAN: duk_to_boolean(ctx, -1); break;
    case TRAP_OBJECT:
        if (!duk_to_boolean(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR, "'%s' on proxy: trap returned falsish", w->name);
        duk_dup(ctx, proxy);
        break;
    case TRAP_PROTOTYPE:
        if (!duk_is_object(ctx, -1) && !duk_is_null(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                      "'getPrototypeOf' on proxy: trap returned neither object nor null");
        break;
    case TRAP_DESCRIPTOR:
        if (duk_is_undefined(ctx, -1))
            break;
        if (!duk_is_object(ctx, -1))
            swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                      "'getOwnPropertyDescriptor' on proxy: trap returned neither object nor "
                      "undefined");
        complete_descriptor(ctx);
        break;
    }
}

/* The Proxy at 0 is asked: true, the result is on top; false, its target is at 0 now. */
static bool ask(duk_context *ctx, const struct wrapped *w, duk_idx_t proxy)
{
    duk_idx_t n = duk_get_top(ctx);
    swd_unit_push_handler(ctx, 0);
    swd_push_name(ctx, w->name);
    duk_get_prop(ctx, n);
    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_set_top(ctx, n);
        swd_unit_push_target(ctx, 0);
        duk_replace(ctx, 0);
        return false;
    }
    if (!duk_is_function(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "the trap '%s' is not a function", w->name);
    duk_insert(ctx, -2);
    swd_unit_push_target(ctx, 0);
    for (duk_idx_t i = 1; i < w->nargs; i++) {
        duk_dup(ctx, i);
        if (i == 1 && w->nargs + (w->result == TRAP_DESCRIPTOR) >= 3 && !duk_is_symbol(ctx, -1))
            duk_to_string(ctx, -1);
    }
    duk_call_method(ctx, w->nargs);
    settle(ctx, w, proxy);
    return true;
}

static void call_kept(duk_context *ctx, const struct wrapped *w)
{
    swd_lib_push(ctx, w->kept);
    for (duk_idx_t i = 0; i < w->nargs; i++)
        duk_dup(ctx, i);
    duk_call(ctx, w->nargs);
}

/* What would be made at first touch is made now, so that no script sees the accessor there. */
static bool is_lazy(duk_context *ctx)
{
    bool lazy = false;
    if (duk_is_object(ctx, -1)) {
        duk_get_prop_literal(ctx, -1, "get");
        lazy = duk_is_object(ctx, -1) && duk_has_prop_literal(ctx, -1, SWD_KEY_LAZY);
        duk_pop(ctx);
    }
    return lazy;
}

static duk_ret_t call_wrapped(duk_context *ctx, const struct wrapped *w)
{
    duk_idx_t proxy;
    duk_dup(ctx, 0);
    proxy = duk_get_top_index(ctx);
    while (swd_kind_of(ctx, 0) == SWD_KIND_PROXY)
        if (ask(ctx, w, proxy))
            return 1;
    call_kept(ctx, w);
    if (w->result == TRAP_DESCRIPTOR && is_lazy(ctx)) {
        duk_dup(ctx, 1);
        duk_get_prop(ctx, 0);
        call_kept(ctx, w);
    }
    if (w->result == TRAP_OBJECT)
        duk_dup(ctx, proxy);
    return 1;
}

#define WRAP(i)                                                                                    \
    static duk_ret_t wrapped_##i(duk_context *ctx)                                                 \
    {                                                                                              \
        return call_wrapped(ctx, &wrapped[i]);                                                     \
    }
WRAP(0)
WRAP(1)
WRAP(2)
WRAP(3)
WRAP(4)
WRAP(5)
WRAP(6)
WRAP(7)
WRAP(8)
WRAP(9)
WRAP(10)
WRAP(11)

static const struct swd_native wrapper_natives[] = {
    {"getOwnPropertyDescriptor", wrapped_0, 2, 2},
    {"getOwnPropertyDescriptor", wrapped_1, 2, 2},
    {"defineProperty", wrapped_2, 3, 3},
    {"defineProperty", wrapped_3, 3, 3},
    {"getPrototypeOf", wrapped_4, 1, 1},
    {"getPrototypeOf", wrapped_5, 1, 1},
    {"setPrototypeOf", wrapped_6, 2, 2},
    {"setPrototypeOf", wrapped_7, 2, 2},
    {"isExtensible", wrapped_8, 1, 1},
    {"isExtensible", wrapped_9, 1, 1},
    {"preventExtensions", wrapped_10, 1, 1},
    {"preventExtensions", wrapped_11, 1, 1},
};

/* ---- Proxy.revocable() -------------------------------------------------------------------------
 */

static duk_ret_t revoked_trap(duk_context *ctx)
{
    swd_throw(ctx, DUK_ERR_TYPE_ERROR,
              "Cannot perform an operation on a proxy that has been "
              "revoked");
}

static const struct swd_native revoked_native = {"revoked", revoked_trap, 0, 0};

/* Pushes the handler of revoked proxies. */
static void push_revoked(duk_context *ctx)
{
    static const char *const traps[] = {
        "get",
        "set",
        "has",
        "deleteProperty",
        "ownKeys",
        "apply",
        "construct",
        "getOwnPropertyDescriptor",
        "defineProperty",
        "getPrototypeOf",
        "setPrototypeOf",
        "isExtensible",
        "preventExtensions",
    };
    swd_lib_push(ctx, "proxy.revoked");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    duk_push_bare_object(ctx);
    swd_native_push(ctx, &revoked_native);
    for (size_t i = 0; i < SWD_ARRAY_LEN(traps); i++) {
        duk_dup_top(ctx);
        duk_put_prop_string(ctx, -3, traps[i]);
    }
    duk_pop(ctx);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "proxy.revoked");
}

static duk_ret_t proxy_revoke(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("proxy"));
    if (!swd_unit_secret_get(ctx, 0))
        return 0;
    push_revoked(ctx);
    swd_unit_set_handler(ctx, 1, 2);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("proxy"));
    swd_unit_secret_del(ctx, 0);
    return 0;
}

static const struct swd_native revoke_native = {"", proxy_revoke, 0, 0};

static duk_ret_t proxy_revocable(duk_context *ctx)
{
    if (!duk_is_object(ctx, 0) || !duk_is_object(ctx, 1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR,
                  "Cannot create proxy with a non-object as target or "
                  "handler");
    duk_push_proxy(ctx, 0);
    duk_push_object(ctx);
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, 1, "proxy");
    swd_native_push(ctx, &revoke_native);
    duk_push_literal(ctx, DUK_HIDDEN_SYMBOL("proxy"));
    duk_dup(ctx, 0);
    swd_unit_secret_put(ctx, 2);
    duk_put_prop_literal(ctx, 1, "revoke");
    return 1;
}

static const struct swd_native proxy_natives[] = {
    {"revocable", proxy_revocable, 2, 2},
    {NULL, NULL, 0, 0},
};

void swd_proxy_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(wrapped); i++) {
        swd_lib_push_holder(ctx, wrapped[i].holder);
        duk_get_prop_string(ctx, -1, wrapped[i].name);
        swd_lib_keep(ctx, wrapped[i].kept);
        swd_native_push(ctx, &wrapper_natives[i]);
        swd_lib_def(ctx, -2, wrapped[i].name);
        duk_pop(ctx);
    }
    swd_lib_push_holder(ctx, "Proxy");
    swd_native_put(ctx, -1, proxy_natives);
    duk_pop(ctx);
}
