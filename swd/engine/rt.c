/* The runtime helpers of generated code, put into a heap: see duk.h and ts/rt.h. */
#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "engine/duk.h"
#include "engine/heap.h"
#include "engine/part.h"
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

#define RT_FILES 16
static struct swd_part rt_parts[RT_FILES];
static pthread_once_t rt_once = PTHREAD_ONCE_INIT;

static void rt_fill(void)
{
    swd_assert(swd_ts_rt_count <= RT_FILES);
    for (size_t i = 0; i < swd_ts_rt_count; i++)
        rt_parts[i] = (struct swd_part){swd_ts_rt[i].file, swd_ts_rt[i].text, swd_ts_rt[i].len,
                                        "RegExp Function Error", NULL};
}

void swd_rt_push(duk_context *ctx, size_t i)
{
    pthread_once(&rt_once, rt_fill);
    swd_assert(i < swd_ts_rt_count);
    swd_part_push(ctx, &rt_parts[i]);
}

void swd_rt_run(duk_context *ctx, duk_idx_t r)
{
    r = duk_require_normalize_index(ctx, r);
    duk_call(ctx, 0);
    duk_dup(ctx, r);
    duk_call(ctx, 1);
    duk_pop(ctx);
}

void swd_rt_install(duk_context *ctx, duk_idx_t host)
{
    swd_rt_begin(ctx, host);
    for (size_t i = 0; i < swd_ts_rt_count; i++) {
        swd_rt_push(ctx, i);
        swd_rt_run(ctx, -2);
    }
}
