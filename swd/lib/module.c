/* require(): the C half. Resolution and the cache are in the prelude (module.js), because running
 * a module must leave no C frame on the stack: a nested require may suspend the runner. */
#include <string.h>

#include "lib/compile.h"
#include "lib/int.h"
#include "lib/lang.h"
#include "pool/bytebuf.h"

/* compile(source, filename): the module's function. */
static duk_ret_t core_compile(duk_context *ctx)
{
    struct swd_compile c = {.lang = SWD_LANG_AUTO};
    size_t n;
    duk_dup(ctx, 0);
    c.source = swd_text_get(ctx, -1, &c.n);
    duk_dup(ctx, 1);
    c.name = swd_text_get(ctx, -1, &n);
    c.goal = swd_goal_of(SWD_GOAL_AUTO, c.name);
    if (c.goal == SWD_GOAL_AUTO)
        c.goal = SWD_GOAL_COMMONJS; /* a module if the text has import or export */
    swd_compile_push(ctx, &c);
    return 1;
}

/* ---- Sources -----------------------------------------------------------------------------------
 */

/* source(path): the text; false: there is no such file; true: ask again later. Throws otherwise. */
static duk_ret_t core_source(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct swd_err e = {0};
    size_t n;
    const char *path;
    int rc = SWD_ENOTFOUND;
    duk_dup(ctx, 0);
    path = swd_text_get(ctx, -1, &n);
    if (memchr(path, 0, n) || n > 4096)
        rc = SWD_ENOTFOUND;
    else if (lib->host->module_source) {
        swd_bytebuf_clear(lib->scratch);
        rc = lib->host->module_source(lib->host_arg, path, lib->scratch, &e);
    }
    switch (rc) {
    case 0:
        swd_text_push(ctx, lib->scratch->data ? lib->scratch->data : "", lib->scratch->len);
        return 1;
    case SWD_ENOTFOUND: duk_push_false(ctx); return 1;
    case SWD_EBUSY: duk_push_true(ctx); return 1;
    default:
        swd_throw_code(ctx, DUK_ERR_ERROR, rc == SWD_EDENIED ? "EACCES" : swd_err_name(rc),
                       "cannot read module %s: %s", path, e.msg[0] ? e.msg : swd_err_text(rc));
    }
}

static duk_ret_t core_count(duk_context *ctx)
{
    swd_lib_of(ctx)->modules++;
    return 0;
}

/* ---- Built-in modules --------------------------------------------------------------------------
 */

static const struct swd_lib_module *find_builtin(const char *id, size_t n)
{
    for (size_t i = 0; i < swd_lib_modules_n; i++)
        if (swd_lib_modules[i].exports != swd_lib_no_exports &&
            strlen(swd_lib_modules[i].id) == n && memcmp(swd_lib_modules[i].id, id, n) == 0)
            return &swd_lib_modules[i];
    return NULL;
}

static bool strip_scheme(const char **id, size_t *n)
{
    if (*n < 5 || memcmp(*id, "node:", 5) != 0)
        return false;
    *id += 5;
    *n -= 5;
    return true;
}

/* isBuiltin(id): whether builtin(id) answers; throws for an unknown node:x. */
static duk_ret_t core_is_builtin(duk_context *ctx)
{
    size_t n;
    const char *id;
    bool scheme;
    const struct swd_lib_module *m;
    duk_dup(ctx, 0);
    id = swd_text_get(ctx, -1, &n);
    scheme = strip_scheme(&id, &n);
    m = find_builtin(id, n);
    if (scheme && !m)
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_UNKNOWN_BUILTIN_MODULE",
                       "No such built-in module: node:%.*s", (int)n, id);
    duk_push_boolean(ctx, m != NULL);
    return 1;
}

static duk_ret_t core_builtin(duk_context *ctx)
{
    size_t n;
    const char *id;
    const struct swd_lib_module *m;
    swd_lib_push(ctx, "builtins");
    if (!duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        duk_push_bare_object(ctx);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "builtins");
    }
    duk_dup(ctx, 0);
    id = swd_text_get(ctx, -1, &n);
    strip_scheme(&id, &n);
    m = find_builtin(id, n);
    swd_assert(m != NULL);
    if (duk_get_prop_string(ctx, 1, m->id))
        return 1;
    m->exports(ctx);
    duk_dup_top(ctx);
    duk_put_prop_string(ctx, 1, m->id);
    return 1;
}

static void push_builtin_names(duk_context *ctx)
{
    duk_uarridx_t n = 0;
    duk_push_array(ctx);
    for (size_t i = 0; i < swd_lib_modules_n; i++) {
        if (swd_lib_modules[i].exports == swd_lib_no_exports)
            continue;
        swd_push_name(ctx, swd_lib_modules[i].id);
        duk_put_prop_index(ctx, -2, n++);
    }
}

static duk_ret_t core_builtin_names(duk_context *ctx)
{
    push_builtin_names(ctx);
    return 1;
}

/* error(code, text): an Error object with a code. */
static duk_ret_t core_error(duk_context *ctx)
{
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s", "");
    duk_dup(ctx, 1);
    duk_put_prop_literal(ctx, -2, "message");
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, -2, "code");
    return 1;
}

static const struct swd_native module_natives[] = {
    {"source", core_source, 1, 1},   {"compile", core_compile, 2, 2},
    {"count", core_count, 0, 0},     {"isBuiltin", core_is_builtin, 1, 1},
    {"builtin", core_builtin, 1, 1}, {"builtinNames", core_builtin_names, 0, 0},
    {"error", core_error, 2, 2},     {NULL, NULL, 0, 0},
};

/* ---- The module system of a heap, made at first touch ------------------------------------------
 */

void swd_lib_push_modules(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    swd_slot_push(ctx, SWD_SLOT_MODULES);
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_module);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, module_natives);
    swd_lib_push(ctx, "core");
    swd_text_push(ctx, lib->path, lib->path_len);
    duk_call(ctx, 3);
    duk_dup_top(ctx);
    swd_slot_put(ctx, SWD_SLOT_MODULES);
}

void swd_lib_push_require(duk_context *ctx)
{
    swd_lib_push_modules(ctx);
    duk_get_prop_literal(ctx, -1, "require");
    duk_remove(ctx, -2);
}

static duk_ret_t core_system(duk_context *ctx)
{
    swd_lib_push_modules(ctx);
    return 1;
}

const struct swd_native swd_module_core[] = {
    {"modules", core_system, 0, 0},
    {NULL, NULL, 0, 0},
};

static duk_ret_t system_member(duk_context *ctx, const char *name)
{
    swd_lib_push_modules(ctx);
    duk_get_prop_string(ctx, -1, name);
    return 1;
}

static duk_ret_t make_require(duk_context *ctx)
{
    return system_member(ctx, "require");
}

static duk_ret_t make_module(duk_context *ctx)
{
    return system_member(ctx, "module");
}

static duk_ret_t make_exports(duk_context *ctx)
{
    swd_lib_push_modules(ctx);
    duk_get_prop_literal(ctx, -1, "module");
    duk_get_prop_literal(ctx, -1, "exports");
    return 1;
}

static duk_ret_t make_filename(duk_context *ctx)
{
    return system_member(ctx, "filename");
}

static duk_ret_t make_dirname(duk_context *ctx)
{
    return system_member(ctx, "dirname");
}

static const struct swd_native lazy_table[] = {
    {"require", make_require, 0, 0},   {"module", make_module, 0, 0},
    {"exports", make_exports, 0, 0},   {"__filename", make_filename, 0, 0},
    {"__dirname", make_dirname, 0, 0}, {NULL, NULL, 0, 0},
};

void swd_module_globals(duk_context *ctx)
{
    for (size_t i = 0; lazy_table[i].name; i++)
        swd_lib_lazy(ctx, lazy_table[i].name, &lazy_table[i]);
}

void swd_module_exports(duk_context *ctx)
{
    swd_lib_push_modules(ctx);
    duk_get_prop_literal(ctx, -1, "api");
    duk_remove(ctx, -2);
}
