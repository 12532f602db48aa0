/* Proxy.revocable(). Everything else of Proxy is the engine's (engine/duk_proxy.h).
 *
 * A revoked Proxy has a handler all of whose traps throw, and keeps its target. */
#include <string.h>

#include "engine/unit.h"
#include "lib/int.h"

/* ---- Proxy.revocable() -------------------------------------------------------------------------
 */

static duk_ret_t revoked_trap(duk_context *ctx)
{
    swd_throw(ctx, DUK_ERR_TYPE_ERROR,
              "Cannot perform an operation on a proxy that has been revoked");
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
                  "Cannot create proxy with a non-object as target or handler");
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
    swd_lib_push_holder(ctx, "Proxy");
    swd_native_put(ctx, -1, proxy_natives);
    duk_pop(ctx);
}
