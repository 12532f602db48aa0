/* Memory that runs out at every possible moment of a runner's life, one extent at a time: for every
 * k, the k-th extent that a scenario asks for is refused, with cold pools, so that every allocation
 * that can meet an empty pool does.
 *
 * Each time: the scenario succeeds with the right result (the engine collects and asks again, a
 * cache goes without), or fails with an error that says memory. Its account is empty again, every
 * extent is back, the identity holds, and a neighbour that was there all along has noticed nothing.
 * Scenarios: a script with modules, timers and compression; sleep and waking; a function loaded
 * and called; compilers; codecs, whole and streamed. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "compress/compress.h"
#include "lib/codecache.h"
#include "lib/runs.h"
#include "pool/account.h"
#include "pool/asan.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/pool.h"
#include "ts/ts.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define STEP 3 /* of k: everything takes ten times as long */
#else
#define STEP 1
#endif

enum outcome { FINE, REFUSED };

static struct swd_account *root;
static struct swd_limits limits;
static struct swd_lib *neighbour;
static unsigned rounds;

/* ---- the host ---- */

static void on_print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    (void)host;
    (void)level;
    (void)text;
    (void)n;
}

static int on_source(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    (void)host;
    if (strcmp(path, "/work/m.js") == 0)
        return swd_bytebuf_adds(out, "exports.twice = x => x * 2;") == 0
                   ? 0
                   : swd_fail(e, SWD_ENOMEM, "no memory for the module");
    return SWD_ENOTFOUND;
}

static const struct swd_host host = {.print = on_print, .module_source = on_source};

static struct swd_lib_opts opts(struct swd_account *a)
{
    return (struct swd_lib_opts){.account = a,
                                 .limits = &limits,
                                 .host = &host,
                                 .id = 1,
                                 .name = "/work/main.ts",
                                 .args = "[]",
                                 .args_len = 2};
}

/* ---- what is clean ---- */

static bool tells_memory(const char *text)
{
    return strstr(text, "memory") != NULL || strstr(text, "alloc failed") != NULL;
}

/* The outcome of a turn; anything but success has to speak of memory. */
static enum outcome judge(struct swd_lib *lib, enum swd_run_rc rc, const struct swd_thrown *t)
{
    if (rc == SWD_RUN_OK)
        return FINE;
    if (rc == SWD_RUN_THROWN) {
        ck_assert_msg(tells_memory(t->message), "%s: %s (%s:%d)", t->name, t->message, t->source,
                      t->line);
    } else {
        enum swd_stop s = swd_heap_stopped(swd_lib_heap(lib));
        ck_assert_msg(s == SWD_STOP_MEMORY || s == SWD_STOP_NOMEM, "stopped: %s", swd_stop_name(s));
    }
    return REFUSED;
}

static enum outcome refused(int rc)
{
    ck_assert_msg(rc == 0 || rc == SWD_ENOMEM, "error %d: %s", rc, swd_err_text(rc));
    return rc == 0 ? FINE : REFUSED;
}

static enum outcome result_is(struct swd_lib *lib, const char *want)
{
    struct swd_thrown thrown;
    struct swd_bytebuf *b = swd_bytebuf_get(10000);
    bool present = false;
    enum outcome o = REFUSED;
    if (b)
        o = judge(lib, swd_lib_result(lib, b, &present, &thrown), &thrown);
    if (o == FINE) {
        ck_assert(present);
        ck_assert_str_eq(b->data, want);
    }
    swd_bytebuf_put(&b);
    return o;
}

/* ---- scenarios: true when nothing was refused in a way that shows ---- */

static const char script[] =
    "import {twice} from './m.js';"
    "const zlib = require('zlib');"
    "interface P { n: number; s?: string }"
    "const list: P[] = [];"
    "for (let i = 0; i < 400; i++) list.push({n: i, s: `number ${i}`});"
    "const text = JSON.stringify(list);"
    "const packed = zlib.gzipSync(text);"
    "const back = JSON.parse(new TextDecoder().decode(zlib.gunzipSync(packed)));"
    "let sum = 0;"
    "for (const {n} of back) sum += twice(n);"
    "let ticks = 0;"
    "for (let i = 0; i < 20; i++) setTimeout(() => { ticks++; }, 1);"
    "runner.onMessage = m => { sum += m.add; };"
    "setTimeout(async () => { await null; runner.onMessage = null;"
    "  runner.result([sum, ticks, /(\\d+)/.exec('a12')![1]]); }, 3);";

static enum outcome loop(struct swd_lib *lib)
{
    struct swd_thrown thrown;
    uint64_t end = swd_clock_mono() + 20 * SWD_NS_PER_S;
    bool more;
    while (swd_lib_alive(lib) && swd_clock_mono() < end) {
        enum swd_run_rc rc =
            swd_lib_turn(lib, swd_clock_mono(), 10 * SWD_NS_PER_MS, &more, &thrown);
        if (judge(lib, rc, &thrown) == REFUSED)
            return REFUSED;
    }
    return FINE;
}

/* A nap: falling asleep may be refused, and it is awake; waking may, and it is asleep. */
static void nap(struct swd_lib *lib)
{
    struct swd_heap *h = swd_lib_heap(lib);
    if (refused(swd_heap_hibernate(h)) == REFUSED)
        ck_assert(!swd_heap_asleep(h));
    else if (refused(swd_heap_wake(h)) == REFUSED)
        ck_assert_int_eq(swd_heap_wake(h), 0);
}

static enum outcome script_life(struct swd_account *a)
{
    struct swd_lib_opts o = opts(a);
    struct swd_lib *lib;
    struct swd_thrown thrown;
    struct swd_err e;
    enum outcome out = refused(swd_lib_open(&o, &lib, &e));
    if (out == REFUSED) {
        ck_assert_ptr_null(lib);
        return out;
    }
    swd_lib_prefetch(lib, script, sizeof(script) - 1);
    out = judge(
        lib, swd_lib_main(lib, script, sizeof(script) - 1, SWD_LANG_AUTO, SWD_GOAL_MODULE, &thrown),
        &thrown);
    if (out == FINE)
        nap(lib);
    if (out == FINE)
        out = judge(lib, swd_lib_message(lib, "{\"add\": 5}", 10, &thrown), &thrown);
    if (out == FINE)
        out = loop(lib);
    if (out == FINE)
        out = result_is(lib, "[159605,20,\"12\"]");
    swd_lib_close(&lib);
    return out;
}

static const char function[] = "const seen = [1, 2, 3].map(x => x * 2);"
                               "module.exports = p => ({sum: seen[0] + p.x, n: seen.length});";

static enum outcome call(struct swd_account *a, struct swd_lib_image *img)
{
    struct swd_lib_opts o = opts(a);
    struct swd_lib *lib;
    struct swd_thrown thrown;
    struct swd_err e;
    o.image = img;
    if (refused(swd_lib_open(&o, &lib, &e)) == REFUSED)
        return REFUSED;
    enum outcome out = judge(lib, swd_lib_call(lib, "{\"x\": 5}", 8, &thrown), &thrown);
    if (out == FINE)
        out = result_is(lib, "{\"sum\":7,\"n\":3}");
    swd_lib_close(&lib);
    return out;
}

static enum outcome function_life(struct swd_account *a)
{
    struct swd_lib_opts o = opts(a);
    struct swd_lib_image *img = NULL;
    struct swd_thrown thrown;
    struct swd_err e = {0};
    enum swd_stop stop = SWD_STOP_NONE;
    enum outcome out = REFUSED;
    switch (swd_lib_image_load(&o, function, sizeof(function) - 1, SWD_LANG_JS, &img, &stop,
                               &thrown, &e)) {
    case SWD_RUN_OK:
        if (img)
            out = call(a, img);
        else
            ck_assert_msg(tells_memory(e.msg), "refused: %s", e.msg);
        break;
    case SWD_RUN_THROWN: ck_assert_msg(tells_memory(thrown.message), "%s", thrown.message); break;
    case SWD_RUN_STOPPED:
        ck_assert_msg(stop == SWD_STOP_MEMORY || stop == SWD_STOP_NOMEM, "%s", swd_stop_name(stop));
        break;
    }
    if (img)
        swd_lib_image_unref(&img);
    return out;
}

static struct swd_lib_image *loaded;

static enum outcome call_life(struct swd_account *a)
{
    return call(a, loaded);
}

static enum outcome compiler_life(struct swd_account *a)
{
    struct swd_ts_opts o = {.lang = SWD_TS_TS,
                            .goal = SWD_TS_MODULE,
                            .file = "a.ts",
                            .want_map = true,
                            .max_stack = 96 * 1024};
    static const char text[] =
        "export class A<T> { #x = 1; async *g() { yield* [this.#x]; } }\n"
        "for (const [a, {b = 2}] of new Map<string, any>()) console.log(a, b);";
    struct swd_ts_compiler *c = swd_ts_compiler_get();
    struct swd_ts_output out = {0};
    (void)a;
    if (!c)
        return REFUSED;
    enum outcome o2 = refused(swd_ts_compile(c, &o, text, sizeof(text) - 1, &out));
    swd_ts_output_free(&out);
    swd_ts_compiler_put(&c);
    return o2;
}

static enum outcome stream(enum swd_codec codec, const char *in, size_t n)
{
    static uint8_t packed[100000];
    struct swd_codec_io io = {(const uint8_t *)in, n, packed, sizeof(packed)};
    struct swd_stream *s;
    struct swd_err e;
    int rc = swd_stream_open(codec, SWD_COMPRESS, NULL, &s, &e);
    if (refused(rc) == REFUSED)
        return REFUSED;
    rc = swd_stream_step(s, &io, SWD_FLUSH_END, &e);
    swd_stream_close(&s);
    if (rc == SWD_STREAM_END)
        return FINE;
    return refused(rc);
}

static enum outcome codec_life(struct swd_account *a)
{
    static char text[20000];
    enum outcome out = FINE;
    (void)a;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i * i % 23);
    for (unsigned codec = 0; codec < SWD_CODECS && out == FINE; codec++) {
        struct swd_bytebuf *small = swd_bytebuf_get(1 << 20), *back = swd_bytebuf_get(1 << 20);
        struct swd_err e;
        out = small && back ? refused(swd_compress(codec, NULL, text, sizeof(text), small, &e))
                            : REFUSED;
        if (out == FINE)
            out = refused(swd_decompress(codec, NULL, small->data, small->len, back, &e));
        if (out == FINE) {
            ck_assert_uint_eq(back->len, sizeof(text));
            ck_assert_mem_eq(back->data, text, sizeof(text));
            out = stream(codec, text, sizeof(text));
        }
        swd_bytebuf_put(&back);
        swd_bytebuf_put(&small);
    }
    return out;
}

/* ---- the torture ---- */

/* Nothing is kept anywhere: the next scenario asks for every extent again. */
static void cold(void)
{
    swd_heap_kin_forget();
    swd_code_trim();
    for (int i = 0; i < 3; i++)
        swd_pool_compact();
}

static void look_at_neighbour(void)
{
    struct swd_thrown thrown;
    char want[32];
    enum swd_run_rc rc = swd_lib_message(neighbour, "1", 1, &thrown);
    ck_assert_msg(rc == SWD_RUN_OK, "the neighbour: %s", thrown.message);
    snprintf(want, sizeof(want), "%u", ++rounds);
    ck_assert_int_eq(result_is(neighbour, want), FINE);
}

struct tally {
    uint64_t fine, failed;
};

/* Every extent refused in turn. `kept`: what is handed out after each has to be that; 0: a first
 * pass, after which all that is made once and kept is there. */
static struct tally refuse_each(enum outcome (*life)(struct swd_account *), struct swd_account *a,
                                uint64_t kept)
{
    struct swd_extent_stats after;
    struct swd_identity id;
    struct tally t = {0, 0};
    for (uint64_t k = 1;; k += STEP) {
        cold();
        swd_extent_stats(&after);
        uint64_t fails = after.fails;
        swd_extent_fail_at(k);
        enum outcome o = life(a);
        swd_extent_fail_at(0);
        swd_extent_stats(&after);
        if (after.fails == fails) {
            ck_assert_int_eq(o, FINE);
            return t;
        }
        t.fine += o == FINE;
        t.failed += o == REFUSED;
        ck_assert_uint_eq(swd_account_used(a), 0);
        look_at_neighbour();
        cold();
        swd_extent_stats(&after);
        ck_assert_msg(kept == 0 || after.handed_out <= kept, "extent %lu: %lu bytes, not %lu",
                      (unsigned long)k, (unsigned long)after.handed_out, (unsigned long)kept);
        swd_pool_identity(&id);
        ck_assert_int_eq(id.missing, 0);
        ck_assert_uint_lt(k, 2000);
    }
}

static void torture(enum outcome (*life)(struct swd_account *), uint64_t least)
{
    struct swd_extent_stats before;
    struct tally t;
    struct swd_account *a = swd_account_new(root, "tortured", SWD_NONE);
    ck_assert_ptr_nonnull(a);
    ck_assert_int_eq(life(a), FINE);
    look_at_neighbour();
    (void)refuse_each(life, a, 0);
    cold();
    swd_extent_stats(&before);
    t = refuse_each(life, a, before.handed_out);
    printf("extents refused: %lu, of which %lu were got over\n", (unsigned long)(t.fine + t.failed),
           (unsigned long)t.fine);
    ck_assert_uint_ge(t.fine + t.failed, least / STEP);
    if (STEP == 1)
        ck_assert_uint_gt(t.failed, 0);
    swd_account_free(&a);
}

static void setup(void)
{
    static struct swd_guard *guard;
    static const char counting[] = "var n = 0; runner.onMessage = function () {"
                                   " runner.result(++n); }; n;";
    struct swd_lib_opts o;
    struct swd_thrown thrown;
    struct swd_err e;
    swd_limits_default(&limits);
    limits.cpu_per_turn = 60 * SWD_NS_PER_S;
    ck_assert_int_eq(swd_lib_init(&e), 0);
    ck_assert_int_eq(swd_guard_enter(&guard), 0);
    ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    root = swd_account_new(NULL, "all", SWD_NONE);
    o = opts(root);
    ck_assert_int_eq(swd_lib_open(&o, &neighbour, &e), 0);
    ck_assert_int_eq(swd_lib_main(neighbour, counting, sizeof(counting) - 1, SWD_LANG_JS,
                                  SWD_GOAL_SCRIPT, &thrown),
                     SWD_RUN_OK);
}

START_TEST(a_script)
{
    torture(script_life, 10);
}
END_TEST

START_TEST(a_function_is_loaded)
{
    torture(function_life, 10);
}
END_TEST

START_TEST(a_function_is_called)
{
    struct swd_lib_opts o = opts(root);
    struct swd_thrown thrown;
    struct swd_err e;
    enum swd_stop stop;
    ck_assert_int_eq(swd_lib_image_load(&o, function, sizeof(function) - 1, SWD_LANG_JS, &loaded,
                                        &stop, &thrown, &e),
                     SWD_RUN_OK);
    ck_assert_ptr_nonnull(loaded);
    torture(call_life, 2);
    swd_lib_image_unref(&loaded);
}
END_TEST

START_TEST(a_compiler)
{
    torture(compiler_life, 3);
}
END_TEST

START_TEST(codecs)
{
    torture(codec_life, 10);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/torture");
    TCase *c = tcase_create("torture");
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, a_script);
    tcase_add_test(c, a_function_is_loaded);
    tcase_add_test(c, a_function_is_called);
    tcase_add_test(c, a_compiler);
    tcase_add_test(c, codecs);
    suite_add_tcase(s, c);
    return suite_run(s);
}
