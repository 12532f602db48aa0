/* The runtime helpers of generated code, put into a heap: see duk.h and ts/rt.h. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "engine/duk.h"
#include "engine/heap.h"
#include "engine/regexp.h"
#include "engine/rtfast.h"
#include "engine/unit.h"
#include "ts/rt.h"

#define HIDDEN_MAX 256

/* hidden(name): a hidden symbol, which no script can make or see. */
static duk_ret_t rt_hidden(duk_context *ctx)
{
    char key[HIDDEN_MAX];
    size_t n;
    const char *name = swd_text_get(ctx, 0, &n);

    /* Names of private members may be long; a number at their end keeps them apart. */
    if (n > sizeof(key) - 1) {
        name += n - (sizeof(key) - 1);
        n = sizeof(key) - 1;
    }
    key[0] = (char)0xff;
    for (size_t i = 0; i < n; i++)
        key[i + 1] = (char)(name[i] & 0x7f);
    duk_push_lstring(ctx, key, n + 1);
    return 1;
}

static const struct swd_native rt_natives[] = {{"hidden", rt_hidden, 1, 1}, {NULL, NULL, 0, 0}};

void swd_rt_begin(duk_context *ctx, duk_idx_t host)
{
    duk_idx_t r;

    host = duk_require_normalize_index(ctx, host);
    swd_native_put(ctx, host, rt_natives);
    swd_slot_push(ctx, SWD_SLOT_DUKTAPE);
    duk_get_prop_literal(ctx, -1, "Thread");
    duk_put_prop_literal(ctx, host, "Thread");
    duk_pop(ctx);
    duk_push_object(ctx);
    swd_native_put(ctx, -1, swd_regexp_natives);
    duk_put_prop_literal(ctx, host, "regexp");
    duk_push_object(ctx);
    swd_native_put(ctx, -1, swd_rtfast_natives);
    duk_put_prop_literal(ctx, host, "fast");
    duk_push_bare_array(ctx);
    swd_slot_put(ctx, SWD_SLOT_RT);
    r = duk_push_object(ctx);
    duk_push_global_object(ctx);
    duk_put_prop_literal(ctx, r, "global");
    duk_dup(ctx, host);
    duk_put_prop_literal(ctx, r, "host");
}

/* The bytecode of each file, made by whoever loads it first and kept for the life of the process:
 * loading it costs a tenth of compiling. */
#define RT_FILES 16
struct rt_code {
    size_t n;
    unsigned char code[];
};
static _Atomic(struct rt_code *) rt_cache[RT_FILES];

static void rt_keep(duk_context *ctx, size_t i)
{
    struct rt_code *seen = NULL, *mine;
    size_t n;
    const void *p;

    duk_dup(ctx, -1);
    duk_dump_function(ctx);
    p = duk_get_buffer(ctx, -1, &n);
    mine = malloc(sizeof(*mine) + n);
    if (mine) {
        mine->n = n;
        memcpy(mine->code, p, n);
        if (!atomic_compare_exchange_strong(&rt_cache[i], &seen, mine))
            free(mine);
    }
    duk_pop(ctx);
}

/* Pushes the function that the file is when it is run. */
static void rt_push_code(duk_context *ctx, size_t i)
{
    /* The builds of an image must do the same work: each compiles. */
    bool image = swd_heap_of(ctx)->frozen_mono != 0;
    const struct rt_code *c = image ? NULL : atomic_load(&rt_cache[i]);

    if (c) {
        memcpy(duk_push_fixed_buffer(ctx, c->n), c->code, c->n);
        duk_load_function(ctx);
        return;
    }
    duk_push_string(ctx, swd_ts_rt[i].file);
    duk_compile_lstring_filename(ctx, DUK_COMPILE_EVAL, swd_ts_rt[i].text, swd_ts_rt[i].len);
    if (!image)
        rt_keep(ctx, i);
}

void swd_rt_load(duk_context *ctx, duk_idx_t r, size_t i)
{
    swd_assert(i < RT_FILES && i < swd_ts_rt_count);
    r = duk_require_normalize_index(ctx, r);
    rt_push_code(ctx, i);
    duk_call(ctx, 0);
    duk_dup(ctx, r);
    duk_call(ctx, 1);
    duk_pop(ctx);
    swd_unit_trim(ctx, swd_ts_rt[i].file, "RegExp Function Error");
}

void swd_rt_install(duk_context *ctx, duk_idx_t host)
{
    swd_rt_begin(ctx, host);
    for (size_t i = 0; i < swd_ts_rt_count; i++)
        swd_rt_load(ctx, -1, i);
}
