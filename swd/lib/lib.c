/* The library of one heap: made with it, driven by turns, gone with it (see lib.h).
 *
 * swd_lib_open() makes the heap and lets every part in modules.def add its globals. A turn enters
 * the prelude's core through enter(), which runs the job inside the worker coroutine; C never
 * calls a script's function outside of it, but for getters and conversions. Cost of a turn: one
 * protected call, one coroutine switch and back. */
#include "lib/lib.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "engine/promise.h"
#include "lib/compile.h"
#include "lib/config.h"
#include "lib/int.h"
#include "lib/job.h"
#include "pool/slab.h"

#define MODULE_MAX (16u << 20) /* bytes of one module's source */

const struct swd_lib_module swd_lib_modules[] = {
#define SWD_MODULE(id, globals, exports) {id, globals, exports},
#include "lib/modules.def"
#undef SWD_MODULE
};
const size_t swd_lib_modules_n = SWD_ARRAY_LEN(swd_lib_modules);

static const char *const console_level_names[] = {"debug", "log", "info", "warn", "error"};

const char *swd_console_level_name(enum swd_console_level l)
{
    return (size_t)l < SWD_ARRAY_LEN(console_level_names) ? console_level_names[l] : "log";
}

void swd_lib_no_globals(duk_context *ctx)
{
    (void)ctx;
}

void swd_lib_no_exports(duk_context *ctx)
{
    duk_push_undefined(ctx);
}

int swd_lib_init(struct swd_err *e)
{
    return swd_engine_init(e);
}

struct swd_lib *swd_lib_of(duk_context *ctx)
{
    return SWD_CAST(struct swd_lib, SWD_LIB_MAGIC, swd_heap_owner(ctx));
}

void swd_lib_push(duk_context *ctx, const char *name)
{
    swd_slot_push(ctx, SWD_SLOT_LIB);
    duk_get_prop_string(ctx, -1, name);
    duk_remove(ctx, -2);
}

void swd_lib_keep(duk_context *ctx, const char *name)
{
    swd_slot_push(ctx, SWD_SLOT_LIB);
    duk_insert(ctx, -2);
    duk_put_prop_string(ctx, -2, name);
    duk_pop(ctx);
}

void swd_throw_code(duk_context *ctx, int type, const char *code, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    duk_push_error_object(ctx, type, "%s", "");
    swd_text_push(ctx, text, strlen(text));
    duk_put_prop_string(ctx, -2, "message");
    swd_push_name(ctx, code);
    duk_put_prop_string(ctx, -2, "code");
    (void)duk_throw(ctx);
    __builtin_unreachable();
}

/* ---- Globals that are made at first touch ------------------------------------------------------
 */

/* Replaces the accessor `key` of the global object by the value on top of the stack. */
static void lazy_settle(duk_context *ctx, duk_idx_t key)
{
    duk_push_global_object(ctx);
    duk_dup(ctx, key);
    duk_dup(ctx, -3);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    duk_pop(ctx);
}

/* Who makes what, for the whole process: entered by the first heap, the same for every other. */
#define LAZY_MAX 128
static _Atomic(const struct swd_native *) lazy_makers[LAZY_MAX];

static void lazy_register(duk_context *ctx, const struct swd_native *make)
{
    for (size_t i = 0; i < LAZY_MAX; i++) {
        const struct swd_native *seen = atomic_load(&lazy_makers[i]);
        if (!seen && atomic_compare_exchange_strong(&lazy_makers[i], &seen, make))
            return;
        if (seen == make)
            return;
    }
    swd_throw(ctx, DUK_ERR_ERROR, "too many globals");
}

static const struct swd_native *lazy_find(const char *name)
{
    const struct swd_native *make = NULL;
    for (size_t i = 0; i < LAZY_MAX; i++) {
        make = atomic_load(&lazy_makers[i]);
        if (!make || strcmp(make->name, name) == 0)
            break;
    }
    swd_assert(make != NULL);
    return make;
}

/* Duktape hands a getter its key, and a setter the value and the key. */
static duk_ret_t lazy_get(duk_context *ctx)
{
    duk_dup(ctx, 0);
    lazy_find(swd_text_get(ctx, -1, NULL))->fn(ctx);
    lazy_settle(ctx, 0);
    return 1;
}

static duk_ret_t lazy_set(duk_context *ctx)
{
    duk_dup(ctx, 0);
    lazy_settle(ctx, 1);
    return 0;
}

static const struct swd_native lazy_natives[] = {
    {"get", lazy_get, 1, 0},
    {"set", lazy_set, 2, 1},
};

void swd_lib_lazy(duk_context *ctx, const char *name, const struct swd_native *make)
{
    lazy_register(ctx, make);
    swd_lib_push(ctx, "lazy");
    duk_push_global_object(ctx);
    swd_push_name(ctx, name);
    duk_get_prop_index(ctx, -3, 0);
    duk_get_prop_index(ctx, -4, 1);
    duk_def_prop(ctx, -4,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE);
    duk_pop_2(ctx);
}

static void lazy_init(duk_context *ctx)
{
    duk_push_bare_array(ctx);
    for (duk_uarridx_t i = 0; i < SWD_ARRAY_LEN(lazy_natives); i++) {
        swd_native_push(ctx, &lazy_natives[i]);
        duk_push_true(ctx);
        duk_put_prop_literal(ctx, -2, SWD_KEY_LAZY);
        duk_put_prop_index(ctx, -2, i);
    }
    swd_lib_keep(ctx, "lazy");
}

/* ---- The prelude's core ------------------------------------------------------------------------
 */

/* complete(v): the completion value of the script is its result, unless runner.result() spoke.
 * For a promise, what it is fulfilled with: answers true, and is called again with that. */
static duk_ret_t core_complete(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    int state;
    if (lib->result_forced)
        return 0;
    if (swd_promise_state(ctx, 0, &state)) {
        duk_push_true(ctx);
        return 1;
    }
    lib->has_result = !duk_is_undefined(ctx, 0);
    duk_dup(ctx, 0);
    swd_slot_put(ctx, SWD_SLOT_RESULT);
    return 0;
}

/* answer(v): what the called handler returned, or its promise came to. */
static duk_ret_t core_answer(duk_context *ctx)
{
    swd_lib_of(ctx)->answered = true;
    return core_complete(ctx);
}

static duk_ret_t core_limit_error(duk_context *ctx)
{
    swd_jobs_full(ctx);
    return 0;
}

/* uncaught(e): whether a handler of process.on('uncaughtException') took the error. */
static duk_ret_t core_uncaught(duk_context *ctx)
{
    swd_lib_push(ctx, "process");
    if (!duk_is_object(ctx, -1)) {
        duk_push_false(ctx);
        return 1;
    }
    duk_push_literal(ctx, "uncaught");
    duk_dup(ctx, 0);
    duk_call_prop(ctx, -3, 1);
    return 1;
}

static duk_ret_t core_pending_limit(duk_context *ctx)
{
    uint64_t n = swd_lib_of(ctx)->limits->pending;
    duk_push_number(ctx, n > 1u << 30 ? (double)(1u << 30) : (double)n);
    return 1;
}

static duk_ret_t core_check_callback(duk_context *ctx)
{
    swd_throw_arg(ctx, 0, "callback", "of type function");
}

static const struct swd_native core_natives[] = {
    {"checkCallback", core_check_callback, 1, 1},
    {"complete", core_complete, 1, 1},
    {"limitError", core_limit_error, 0, 0},
    {"uncaught", core_uncaught, 1, 1},
    {"pendingLimit", core_pending_limit, 0, 0},
    {"answer", core_answer, 1, 1},
    {NULL, NULL, 0, 0},
};

static void core_init(duk_context *ctx)
{
    swd_jobs_setup(ctx);
    swd_prelude_push(ctx, PRELUDE_core);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, core_natives);
    swd_native_put(ctx, -1, swd_timers_core);
    swd_native_put(ctx, -1, swd_promise_core);
    swd_native_put(ctx, -1, swd_module_core);
    duk_get_global_string(ctx, "Reflect");
    duk_get_prop_string(ctx, -1, "apply");
    duk_put_prop_string(ctx, -3, "apply");
    duk_pop(ctx);
    swd_slot_push(ctx, SWD_SLOT_DUKTAPE);
    duk_get_prop_string(ctx, -1, "Thread");
    duk_get_prop_string(ctx, -1, "resume");
    duk_put_prop_string(ctx, -4, "resume");
    duk_get_prop_string(ctx, -1, "yield");
    duk_put_prop_string(ctx, -4, "yield");
    duk_put_prop_string(ctx, -3, "Thread");
    duk_pop(ctx);
    duk_call(ctx, 1);
    duk_push_global_object(ctx);
    duk_get_prop_literal(ctx, -2, "queueMicrotask");
    swd_lib_def(ctx, -2, "queueMicrotask");
    duk_pop(ctx);
    swd_lib_keep(ctx, "core");
}

/* ---- Open and close ----------------------------------------------------------------------------
 */

int swd_lib_populate(void *c, void *arg)
{
    duk_context *ctx = c;
    (void)arg;
    duk_push_bare_object(ctx);
    swd_slot_put(ctx, SWD_SLOT_LIB);
    duk_push_array(ctx);
    swd_slot_put(ctx, SWD_SLOT_TIMERS);
    duk_push_undefined(ctx);
    swd_slot_put(ctx, SWD_SLOT_RESULT);
    lazy_init(ctx);
    core_init(ctx);
    duk_push_global_object(ctx);
    for (size_t i = 0; i < swd_lib_modules_n; i++)
        swd_lib_modules[i].globals(ctx);
    duk_pop(ctx);
    return 0;
}

static int lib_copy(char **to, size_t *len, const char *s, size_t n)
{
    *to = swd_slab_strndup(s, n);
    *len = n;
    return *to ? 0 : SWD_ENOMEM;
}

/* The absolute display path of the main script: argv0 or the name if absolute, else /name. */
static int lib_path(struct swd_lib *lib)
{
    char path[4096];
    if (lib->argv0_len && lib->argv0[0] == '/')
        return lib_copy(&lib->path, &lib->path_len, lib->argv0, lib->argv0_len);
    snprintf(path, sizeof(path), "%s%s", lib->name[0] == '/' ? "" : "/", lib->name);
    return lib_copy(&lib->path, &lib->path_len, path, strlen(path));
}

static int lib_fill(struct swd_lib *lib, const struct swd_lib_opts *o)
{
    const char *name = o->name ? o->name : "script";
    const char *argv0 = o->argv0 ? o->argv0 : name;
    int rc = lib_copy(&lib->name, &lib->name_len, name, strlen(name));
    if (rc == 0)
        rc = lib_copy(&lib->argv0, &lib->argv0_len, argv0, strlen(argv0));
    if (rc == 0)
        rc = lib_copy(&lib->args, &lib->args_len, o->args ? o->args : "[]",
                      o->args ? o->args_len : 2);
    if (rc == 0)
        rc = lib_path(lib);
    if (rc == 0)
        rc = swd_timers_init(lib);
    return rc;
}

int swd_lib_shell(const struct swd_lib_opts *o, struct swd_lib **out, struct swd_err *e)
{
    struct swd_lib *lib = swd_slab_alloc(sizeof(*lib));
    *out = NULL;
    if (!lib)
        return swd_fail(e, SWD_ENOMEM, "no memory for a runner's library");
    lib->magic = SWD_LIB_MAGIC;
    lib->account = o->account;
    lib->limits = o->limits;
    lib->host = o->host;
    lib->host_arg = o->host_arg;
    lib->id = o->id;
    lib->dialect = o->dialect;
    lib->opened = swd_clock_mono();
    lib->scratch = swd_bytebuf_get(MODULE_MAX);
    if (!lib->scratch || lib_fill(lib, o) != 0) {
        swd_lib_close(&lib);
        return swd_fail(e, SWD_ENOMEM, "no memory for a runner's library");
    }
    *out = lib;
    return 0;
}

/* The heap of `lib` made from nothing. */
static int lib_heap(struct swd_lib *lib, const struct swd_heap_opts *ho, struct swd_err *e)
{
    struct swd_thrown thrown;
    int rc = swd_heap_create(ho, &lib->heap, e);
    if (rc != 0 || swd_heap_run(lib->heap, swd_lib_populate, NULL, &thrown) == SWD_RUN_OK)
        return rc;
    rc = swd_fail(e, SWD_ENOMEM, "the library did not fit: %s",
                  swd_heap_stopped(lib->heap) ? swd_stop_text(swd_heap_stopped(lib->heap))
                                              : thrown.message);
    swd_fail_hint(e, "raise memory_hard (%llu bytes)",
                  (unsigned long long)lib->limits->memory_hard);
    return rc;
}

int swd_lib_open(const struct swd_lib_opts *o, struct swd_lib **out, struct swd_err *e)
{
    struct swd_lib_image *image = o->image ? o->image : swd_lib_image_base();
    struct swd_heap_opts ho = {o->account, o->limits, NULL};
    struct swd_lib *lib;
    int rc = swd_lib_shell(o, &lib, e);
    *out = NULL;
    if (rc != 0)
        return rc;
    ho.owner = lib;
    rc = image ? swd_lib_image_clone(image, lib, &ho, e) : lib_heap(lib, &ho, e);
    if (rc != 0) {
        swd_lib_close(&lib);
        return rc;
    }
    *out = lib;
    return 0;
}

static void lib_free_text(char **p, size_t n)
{
    if (*p)
        swd_slab_free(*p, n + 1);
    *p = NULL;
}

void swd_lib_close(struct swd_lib **libp)
{
    struct swd_lib *lib = *libp;
    if (!lib)
        return;
    SWD_CHECK(lib, SWD_LIB_MAGIC);
    if (lib->heap)
        swd_heap_destroy(&lib->heap);
    swd_jobs_free(lib);
    swd_timers_free(lib);
    swd_config_drop(lib);
    if (lib->scratch)
        swd_bytebuf_put(&lib->scratch);
    lib_free_text(&lib->name, lib->name_len);
    lib_free_text(&lib->path, lib->path_len);
    lib_free_text(&lib->args, lib->args_len);
    lib_free_text(&lib->argv0, lib->argv0_len);
    lib->magic = 0;
    swd_slab_free(lib, sizeof(*lib));
    *libp = NULL;
}

int swd_lib_hibernate(struct swd_lib *lib)
{
    int rc = swd_heap_hibernate(lib->heap);
    if (rc == 0 && lib->scratch && !lib->exit_value)
        swd_bytebuf_put(&lib->scratch);
    return rc;
}

int swd_lib_wake(struct swd_lib *lib)
{
    if (!lib->scratch && !(lib->scratch = swd_bytebuf_get(MODULE_MAX)))
        return SWD_ENOMEM;
    return swd_heap_wake(lib->heap);
}

struct swd_heap *swd_lib_heap(struct swd_lib *lib)
{
    return lib->heap;
}

void swd_lib_memory(struct swd_lib *lib, struct swd_memory_stats *out)
{
    struct swd_gc_count gc;
    swd_heap_gc_count(lib->heap, &gc);
    *out = (struct swd_memory_stats){
        .alloc = swd_heap_live(lib->heap),
        .total_alloc = swd_heap_total(lib->heap),
        .sys = swd_heap_mapped(lib->heap),
        .num_gc = gc.runs,
        .peak = swd_heap_peak(lib->heap),
        .limit_soft = lib->limits->memory_soft,
        .limit_hard = lib->limits->memory_hard,
        .timers = swd_lib_timer_count(lib),
    };
}

/* ---- Turns -------------------------------------------------------------------------------------
 */

/* Calls core.enter(kind, a, b); a and b are on top of the stack and are popped. */
static void core_enter(duk_context *ctx, const char *kind)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    swd_lib_push(ctx, "core");
    duk_get_prop_string(ctx, -1, "enter");
    duk_remove(ctx, -2);
    duk_insert(ctx, -3);
    swd_push_name(ctx, kind);
    duk_insert(ctx, -3);
    lib->suspended = false;
    duk_call(ctx, 3);
    lib->suspended = duk_get_boolean(ctx, -1);
    duk_pop(ctx);
    swd_weak_turn_end(ctx);
    if (lib->stream_parts && !lib->suspended)
        swd_lib_flush(ctx);
}

static duk_ret_t core_nothing(duk_context *ctx)
{
    (void)ctx;
    return 0;
}

void swd_lib_warm_worker(duk_context *ctx)
{
    static const struct swd_native nothing = {"nothing", core_nothing, 0, 0};
    swd_native_push(ctx, &nothing);
    duk_push_array(ctx);
    core_enter(ctx, "call");
}

struct main_job {
    struct swd_lib *lib;
    const char *source;
    size_t n;
    enum swd_lang lang;
    enum swd_goal goal;
};

static int main_cb(void *c, void *arg)
{
    duk_context *ctx = c;
    struct main_job *m = arg;
    struct swd_compile cc = {m->source, m->n, m->lib->name, m->lang, m->goal};
    swd_config_apply(ctx);
    swd_compile_push(ctx, &cc);
    swd_text_push(ctx, m->lib->path, m->lib->path_len);
    core_enter(ctx, cc.goal == SWD_GOAL_SCRIPT                               ? "script"
                    : m->goal == SWD_GOAL_AUTO && cc.goal == SWD_GOAL_MODULE ? "module"
                                                                             : "commonjs");
    return 0;
}

/* Equal for equal sources, likely not for others. Source: FNV-1a, by words. */
static uint64_t source_key(const char *source, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u ^ n, w;
    for (; n >= sizeof w; n -= sizeof w, source += sizeof w) {
        memcpy(&w, source, sizeof w);
        h = (h ^ w) * 0x100000001b3u;
        h ^= h >> 29;
    }
    for (; n > 0; n--)
        h = (h ^ (unsigned char)*source++) * 0x100000001b3u;
    return h | 1;
}

enum swd_run_rc swd_lib_main(struct swd_lib *lib, const char *source, size_t n, enum swd_lang lang,
                             enum swd_goal goal, struct swd_thrown *thrown)
{
    struct main_job m = {lib, source, n, lang, goal};
    enum swd_run_rc rc;
    swd_heap_set_kin(lib->heap, source_key(source, n));
    (void)swd_config_find(lib); /* still busy: nobody asked ahead, and it counts as not there */
    rc = swd_heap_run(lib->heap, main_cb, &m, thrown);
    swd_config_drop(lib);
    return rc;
}

int swd_lib_main_cb(void *c, void *source)
{
    const struct swd_lib_source *src = source;
    struct main_job m = {swd_lib_of(c), src->text, src->n, src->lang, SWD_GOAL_COMMONJS};
    return main_cb(c, &m);
}

static int call_cb(void *c, void *arg)
{
    duk_context *ctx = c;
    const struct swd_lib_source *params = arg;
    swd_text_push(ctx, params->text, params->n);
    duk_json_decode(ctx, -1);
    duk_push_undefined(ctx);
    core_enter(ctx, "handler");
    return 0;
}

enum swd_run_rc swd_lib_call(struct swd_lib *lib, const char *params, size_t n,
                             struct swd_thrown *thrown)
{
    struct swd_lib_source p = {params, n, SWD_LANG_JS};
    return swd_heap_run(lib->heap, call_cb, &p, thrown);
}

bool swd_lib_answered(const struct swd_lib *lib)
{
    return lib->answered;
}

static int enter_cb(void *c, void *arg)
{
    duk_push_undefined(c);
    duk_push_undefined(c);
    core_enter(c, arg);
    return 0;
}

static void enter_call(duk_context *ctx)
{
    core_enter(ctx, "call");
}

enum swd_run_rc swd_lib_turn(struct swd_lib *lib, uint64_t now, uint64_t quantum, bool *more,
                             struct swd_thrown *thrown)
{
    enum swd_run_rc rc = SWD_RUN_OK;
    *more = false;
    if (lib->suspended)
        return rc;
    if (swd_jobs_due(lib))
        rc = swd_heap_run(lib->heap, swd_jobs_deliver, (void *)enter_call, thrown);
    if (rc == SWD_RUN_OK && !lib->suspended && swd_timers_begin(lib, now, quantum))
        rc = swd_heap_run(lib->heap, enter_cb, (void *)"turn", thrown);
    if (rc == SWD_RUN_OK && !lib->suspended && swd_lib_due(lib))
        rc = swd_heap_run(lib->heap, swd_weak_deliver, (void *)enter_call, thrown);
    if (rc == SWD_RUN_OK)
        *more = !lib->suspended &&
                (swd_timers_due(lib, swd_clock_mono()) || swd_jobs_due(lib) || swd_lib_due(lib));
    return rc;
}

bool swd_lib_due(const struct swd_lib *lib)
{
    return lib->weak_due || swd_heap_found(lib->heap);
}

enum swd_run_rc swd_lib_module_ready(struct swd_lib *lib, struct swd_thrown *thrown)
{
    if (!lib->suspended)
        return SWD_RUN_OK;
    return swd_heap_run(lib->heap, enter_cb, (void *)"resume", thrown);
}

struct message_job {
    const char *json;
    size_t n;
};

static int message_cb(void *c, void *arg)
{
    duk_context *ctx = c;
    struct message_job *m = arg;
    swd_lib_push(ctx, "onMessage");
    if (!duk_is_function(ctx, -1))
        return 0;
    duk_push_array(ctx);
    swd_text_push(ctx, m->json, m->n);
    duk_json_decode(ctx, -1);
    duk_put_prop_index(ctx, -2, 0);
    core_enter(ctx, "call");
    return 0;
}

enum swd_run_rc swd_lib_message(struct swd_lib *lib, const char *json, size_t n,
                                struct swd_thrown *thrown)
{
    struct message_job m = {json, n};
    swd_assert(!lib->suspended);
    return swd_heap_run(lib->heap, message_cb, &m, thrown);
}

bool swd_lib_suspended(const struct swd_lib *lib)
{
    return lib->suspended;
}

bool swd_lib_alive(const struct swd_lib *lib)
{
    return lib->suspended || lib->timers.refd > 0 || swd_jobs_count(lib) > 0 ||
           (lib->listening && lib->listening_ref);
}

uint64_t swd_lib_module_count(const struct swd_lib *lib)
{
    return lib->modules;
}

int swd_lib_exit_code(const struct swd_lib *lib)
{
    return lib->exit_code;
}
