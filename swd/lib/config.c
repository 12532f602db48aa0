/* The dialect of a heap: see config.h. */
#include "lib/config.h"

#include <string.h>

#include "lib/lang.h"
#include "pool/slab.h"
#include "ts/tsconfig.h"

struct swd_config {
    struct swd_tsconfig ts;
    struct swd_err wrong; /* code 0: nothing */
};

static int read_by_host(void *arg, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct swd_lib *lib = arg;
    return lib->host->module_source(lib->host_arg, path, out, e);
}

int swd_config_find(struct swd_lib *lib)
{
    enum swd_lang lang = swd_lang_of(SWD_LANG_AUTO, lib->name);
    struct swd_config *c;
    int rc;
    if (lib->config || lang == SWD_LANG_JS || !lib->host || !lib->host->module_source)
        return 0;
    c = swd_slab_alloc(sizeof *c);
    if (!c)
        return 0; /* what follows finds no memory either */
    rc = swd_tsconfig_find(lib->path, lang != SWD_LANG_TS, read_by_host, lib, &c->ts, &c->wrong);
    if (rc == 0)
        memset(&c->wrong, 0, sizeof c->wrong);
    lib->config = c;
    if (rc == SWD_EBUSY)
        swd_config_drop(lib);
    return rc == SWD_EBUSY ? rc : 0;
}

void swd_config_drop(struct swd_lib *lib)
{
    if (!lib->config)
        return;
    swd_tsconfig_clear(&lib->config->ts);
    swd_slab_free(lib->config, sizeof *lib->config);
    lib->config = NULL;
}

static void push_or_undefined(duk_context *ctx, const char *text)
{
    if (text)
        swd_text_push(ctx, text, strlen(text));
    else
        duk_push_undefined(ctx);
}

void swd_config_apply(duk_context *ctx)
{
    const struct swd_lib *lib = swd_lib_of(ctx);
    const struct swd_config *c = lib->config;
    struct swd_dialect d = {0};
    if (c && c->wrong.code != 0)
        swd_throw(ctx, DUK_ERR_SYNTAX_ERROR, "%s%s%s", c->wrong.msg, c->wrong.hint[0] ? "; " : "",
                  c->wrong.hint);
    if (c)
        d = c->ts.dialect;
    if (lib->dialect)
        swd_dialect_merge(&d, lib->dialect);
    if (!swd_dialect_usual(&d)) {
        memcpy(duk_push_fixed_buffer(ctx, sizeof d), &d, sizeof d);
        swd_lib_keep(ctx, "dialect");
    }
    if (c && (c->ts.base || c->ts.paths)) {
        swd_lib_push_modules(ctx);
        duk_get_prop_literal(ctx, -1, "configure");
        push_or_undefined(ctx, c->ts.base);
        push_or_undefined(ctx, c->ts.paths);
        duk_call(ctx, 2);
        duk_pop_2(ctx);
    }
}

void swd_config_dialect(duk_context *ctx, struct swd_dialect *out)
{
    const void *kept;
    duk_size_t n;
    memset(out, 0, sizeof *out);
    swd_lib_push(ctx, "dialect");
    kept = duk_get_buffer(ctx, -1, &n);
    if (kept && n == sizeof *out)
        memcpy(out, kept, n);
    duk_pop(ctx);
}
