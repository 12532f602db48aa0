/* A runner without a daemon, for the suites of lib: see runs.h. */
#include "lib/runs.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "pool/bytebuf.h"

static void host_print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    struct run *r = host;
    const char *before = level == SWD_CONSOLE_WARN    ? "warn: "
                         : level == SWD_CONSOLE_ERROR ? "error: "
                                                      : "";
    int len = snprintf(r->out + r->out_len, sizeof(r->out) - r->out_len, "%s%.*s\n", before, (int)n,
                       text);
    if (len > 0 && r->out_len + (size_t)len < sizeof(r->out))
        r->out_len += (size_t)len;
}

static int host_source(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct run *r = host;
    (void)e;
    if (r->deny)
        return SWD_EDENIED;
    for (const struct run_file *f = r->files; f && f->path; f++) {
        if (strcmp(f->path, path) != 0)
            continue;
        for (int i = 0; i < r->nasked; i++)
            if (strcmp(r->asked[i], path) == 0)
                return swd_bytebuf_adds(out, f->text);
        if (!r->busy)
            return swd_bytebuf_adds(out, f->text);
        snprintf(r->asked[r->nasked++], sizeof(r->asked[0]), "%s", path);
        return SWD_EBUSY;
    }
    return SWD_ENOTFOUND;
}

static void host_memory(void *host, struct swd_memory_stats *out)
{
    struct run *r = host;
    memset(out, 0, sizeof(*out));
    out->alloc = swd_heap_live(swd_lib_heap(r->lib));
    out->limit_hard = r->limits.memory_hard;
    out->limit_soft = SWD_NONE;
}

static bool host_pressure(void *host)
{
    (void)host;
    return true;
}

static int host_history(void *host, struct swd_bytebuf *out)
{
    (void)host;
    return swd_bytebuf_adds(out, "[{\"alloc\":1},{\"alloc\":2}]");
}

static const struct swd_host host = {
    .print = host_print,
    .module_source = host_source,
    .memory = host_memory,
    .pressure_high = host_pressure,
    .history = host_history,
};

const struct swd_host *run_host(void)
{
    return &host;
}

struct run *run_new(void)
{
    struct run *r = calloc(1, sizeof(*r));
    ck_assert_ptr_nonnull(r);
    swd_limits_default(&r->limits);
    r->limits.cpu_per_turn = 20 * SWD_NS_PER_S;
    r->name = "/work/test.js";
    return r;
}

struct swd_lib_opts run_opts(struct run *r)
{
    return (struct swd_lib_opts){
        .limits = &r->limits,
        .host = &host,
        .host_arg = r,
        .id = 7,
        .name = r->name,
        .args = r->args,
        .args_len = r->args ? strlen(r->args) : 0,
        .image = r->image,
        .account = r->account,
    };
}

void run_open(struct run *r)
{
    static struct swd_guard *guard;
    struct swd_err e = {0};
    struct swd_lib_opts o = run_opts(r);
    if (!guard) {
        ck_assert_int_eq(swd_lib_init(&e), 0);
        ck_assert_int_eq(swd_guard_enter(&guard), 0);
        if (getenv("SWD_TEST_IMAGE"))
            ck_assert_msg(swd_lib_image_init(NULL, &e) == 0, "%s", e.msg);
    }
    ck_assert_msg(swd_lib_open(&o, &r->lib, &e) == 0, "%s", e.msg);
}

void run_main(struct run *r, const char *source)
{
    r->rc = swd_lib_main(r->lib, source, strlen(source), SWD_LANG_AUTO, r->goal, &r->thrown);
}

void run_loop(struct run *r)
{
    uint64_t end = swd_clock_mono() + 5 * SWD_NS_PER_S;
    while (r->rc == SWD_RUN_OK && swd_lib_alive(r->lib) && swd_clock_mono() < end) {
        uint64_t due = swd_lib_next_due(r->lib), now = swd_clock_mono();
        bool more;
        if (swd_lib_suspended(r->lib)) {
            r->rc = swd_lib_module_ready(r->lib, &r->thrown);
            continue;
        }
        if (due == UINT64_MAX)
            break;
        if (due > now)
            usleep((useconds_t)((due - now) / 1000 + 1));
        r->rc = swd_lib_turn(r->lib, swd_clock_mono(), 10 * SWD_NS_PER_MS, &more, &r->thrown);
    }
}

void run_end(struct run *r)
{
    struct swd_bytebuf *b = swd_bytebuf_get(sizeof(r->value) - 1);
    bool present = false;
    ck_assert_ptr_nonnull(b);
    if (r->rc == SWD_RUN_OK)
        r->rc = swd_lib_result(r->lib, b, &present, &r->thrown);
    if (present && r->rc == SWD_RUN_OK)
        memcpy(r->value, b->data, b->len + 1);
    swd_bytebuf_put(&b);
    r->stop = swd_heap_stopped(swd_lib_heap(r->lib));
    r->exit_code = swd_lib_exit_code(r->lib);
}

const char *run_script(struct run *r, const char *source)
{
    run_open(r);
    run_main(r, source);
    run_loop(r);
    run_end(r);
    return r->out;
}

void run_free(struct run *r)
{
    swd_lib_close(&r->lib);
    ck_assert_ptr_null(r->lib);
    free(r);
}

void run_expect(const char *source, const char *out, const char *value)
{
    struct run *r = run_new();
    run_script(r, source);
    ck_assert_msg(r->rc == SWD_RUN_OK, "%s\nended as %d: %s: %s (%s:%d) %s", source, (int)r->rc,
                  r->thrown.name, r->thrown.message, r->thrown.source, r->thrown.line,
                  swd_stop_name(r->stop));
    if (out)
        ck_assert_str_eq(r->out, out);
    if (value)
        ck_assert_str_eq(r->value, value);
    run_free(r);
}

void run_expect_error(const char *source, const char *error)
{
    struct run *r = run_new();
    char text[1200];
    run_script(r, source);
    ck_assert_msg(r->rc == SWD_RUN_THROWN, "%s\nended as %d", source, (int)r->rc);
    snprintf(text, sizeof(text), "%s: %s", r->thrown.name, r->thrown.message);
    ck_assert_msg(strncmp(text, error, strlen(error)) == 0, "%s\nfailed with %s", source, text);
    run_free(r);
}
