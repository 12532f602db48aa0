/* The server on a real socket, over a runner layer made of words (fake_runner.h): protocol, limits
 * on what a client can do, hostile clients, the life of the socket. The loop runs on a thread of
 * its own, the test is the client. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/fake_runner.h"
#include "control/priv.h"
#include "pool/extent.h"
#include "suite.h"

#define PATIENCE_MS 20000

static struct swd_loop *L;
static struct swd_execs *X;
static struct swd_control *C;
static pthread_t server;
static char dir[] = "/tmp/swd-t-control-XXXXXX", path[64];
static struct swd_control_opts opts;
static struct swd_post stop_post, stall_post;
static pthread_mutex_t stall = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned stalled, shutdowns;

/* ---- the server ---- */

static void on_closed(void *arg)
{
    (void)arg;
    swd_loop_stop(L);
}

static void on_stop(struct swd_post *p)
{
    (void)p;
    swd_control_stop(C, 100 * SWD_NS_PER_MS, on_closed, NULL);
}

static void on_stall(struct swd_post *p)
{
    (void)p;
    atomic_store(&stalled, 1);
    pthread_mutex_lock(&stall);
    pthread_mutex_unlock(&stall);
}

static void on_shutdown(void *arg, uint64_t drain_ns)
{
    (void)arg;
    ck_assert_uint_eq(drain_ns, 70 * SWD_NS_PER_MS);
    atomic_fetch_add(&shutdowns, 1);
}

static void on_reload(void *arg, swd_reload_item_fn *item, void *ctx)
{
    (void)arg;
    item(ctx, SWD_RELOAD_APPLIED, "runners.max");
    item(ctx, SWD_RELOAD_APPLIED, "runners.queue");
    item(ctx, SWD_RELOAD_ERROR, "swd.conf:3: \"bad\"");
}

static void *serve(void *arg)
{
    (void)arg;
    ck_assert_int_eq(swd_loop_run(L), 0);
    return NULL;
}

static void options(void)
{
    memset(&opts, 0, sizeof opts);
    opts.loop = L;
    opts.execs = X;
    opts.runners = &fake_all;
    opts.version = "test";
    opts.socket = path;
    opts.mode = 0600;
    opts.listen_fd = -1;
    opts.shutdown = on_shutdown;
    opts.reload = on_reload;
    opts.limits.max_connections = 100;
    opts.limits.max_frame = 256 * 1024;
    opts.limits.max_backlog = 4 << 20;
    opts.limits.max_held = 16 << 20;
}

static void start(void)
{
    struct swd_err e;
    ck_assert_msg(swd_control_start(&opts, &C, &e) == 0, "%s", e.msg);
    ck_assert_int_eq(pthread_create(&server, NULL, serve, NULL), 0);
}

static void setup(void)
{
    struct swd_err e;
    ck_assert_int_eq(swd_extent_init(&(struct swd_extent_opts){0}, &e), 0);
    memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    ck_assert_int_eq(swd_loop_new(&L, &e), 0);
    ck_assert_int_eq(swd_execs_start(1, NULL, &X, &e), 0);
    fake_all.loop = L;
    swd_post_init(&stop_post, on_stop);
    swd_post_init(&stall_post, on_stall);
    atomic_store(&stalled, 0);
    atomic_store(&shutdowns, 0);
    atomic_store(&fake_modules_gone, 0);
    for (int i = 0; i < SWD_STOP_COUNT; i++)
        atomic_store(&fake_killed[i], 0);
    options();
}

static void stop(void)
{
    swd_loop_post(L, &stop_post);
    pthread_join(server, NULL);
    swd_control_free(&C);
}

static void teardown(void)
{
    char lock[80];
    if (C)
        stop();
    swd_execs_stop(&X);
    swd_loop_free(&L);
    fake_free();
    snprintf(lock, sizeof lock, "%s.lock", path);
    unlink(lock);
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0);
}

/* ---- a client ---- */

struct client {
    int fd;
    char *buf;
    size_t len, cap;
};

static struct client dial_raw(void)
{
    struct client c = {socket(AF_UNIX, SOCK_STREAM, 0), NULL, 0, 0};
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    ck_assert_int_ge(c.fd, 0);
    ck_assert_int_eq(connect(c.fd, (struct sockaddr *)&a, sizeof a), 0);
    return c;
}

static void hang_up(struct client *c)
{
    close(c->fd);
    free(c->buf);
}

/* The next message; NULL at the end of the connection. */
static json_t *next(struct client *c)
{
    for (;;) {
        char *nl = c->len ? memchr(c->buf, '\n', c->len) : NULL;
        struct pollfd p = {c->fd, POLLIN, 0};
        ssize_t n;
        if (nl) {
            size_t line = (size_t)(nl - c->buf);
            json_error_t je;
            json_t *j = json_loadb(c->buf, line, JSON_ALLOW_NUL, &je);
            ck_assert_msg(j != NULL, "%s in %.*s", je.text, (int)line, c->buf);
            c->len -= line + 1;
            memmove(c->buf, nl + 1, c->len);
            return j;
        }
        if (c->cap - c->len < 65536) {
            c->cap = c->cap * 2 + 65536;
            c->buf = realloc(c->buf, c->cap);
            ck_assert_ptr_nonnull(c->buf);
        }
        ck_assert_msg(poll(&p, 1, PATIENCE_MS) > 0, "nothing came");
        n = recv(c->fd, c->buf + c->len, c->cap - c->len, 0);
        if (n <= 0) {
            ck_assert_uint_eq(c->len, 0);
            return NULL;
        }
        c->len += (size_t)n;
    }
}

static struct client dial(void)
{
    struct client c = dial_raw();
    json_t *hello = next(&c), *p = json_object_get(hello, "params");
    ck_assert_str_eq(json_string_value(json_object_get(hello, "method")), "hello");
    ck_assert_int_eq(json_integer_value(json_object_get(p, "protocol")), SWD_PROTOCOL);
    ck_assert_int_eq(json_integer_value(json_object_get(p, "pid")), getpid());
    ck_assert(json_is_array(json_object_get(p, "capabilities")));
    json_decref(hello);
    return c;
}

static void sendn(struct client *c, const void *data, size_t n)
{
    for (const char *p = data; n > 0;) {
        ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);
        ck_assert_int_gt(w, 0);
        p += w;
        n -= (size_t)w;
    }
}

static void say(struct client *c, const char *text)
{
    sendn(c, text, strlen(text));
}

static void ask(struct client *c, int id, const char *method, const char *params)
{
    char line[1024];
    int n = snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n", id,
                     method, params);
    sendn(c, line, (size_t)n);
}

static bool is_note(const json_t *j, const char *method)
{
    const char *m = json_string_value(json_object_get(j, "method"));
    return m && strcmp(m, method) == 0 && json_object_get(j, "id") == NULL;
}

/* The reply to `id`; notifications on the way are dropped. */
static json_t *reply(struct client *c, int id)
{
    for (;;) {
        json_t *j = next(c), *jid = json_object_get(j, "id");
        ck_assert_msg(j != NULL, "the connection ended");
        if (json_integer_value(jid) == id && !json_object_get(j, "method"))
            return j;
        ck_assert_ptr_nonnull(json_object_get(j, "method"));
        json_decref(j);
    }
}

static json_t *at(const json_t *j, const char *key)
{
    return json_object_get(j, key);
}

static void want_error(json_t *j, int code, const char *name)
{
    json_t *e = at(j, "error");
    ck_assert_msg(e != NULL, "no error in %s", json_dumps(j, 0));
    ck_assert_int_eq(json_integer_value(at(e, "code")), code);
    ck_assert_str_eq(json_string_value(at(at(e, "data"), "name")), name);
    ck_assert(json_is_string(at(e, "message")));
    ck_assert(json_is_string(at(at(e, "data"), "hint")));
    json_decref(j);
}

static void alive(struct client *c)
{
    json_t *j;
    ask(c, 4711, "version", "{}");
    j = reply(c, 4711);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "version")), "test");
    json_decref(j);
}

static uint64_t stat_of(struct client *c, const char *key)
{
    json_t *j;
    uint64_t v;
    ask(c, 4712, "stats", "{}");
    j = reply(c, 4712);
    ck_assert(json_is_integer(at(at(at(j, "result"), "control"), key)));
    v = (uint64_t)json_integer_value(at(at(at(j, "result"), "control"), key));
    json_decref(j);
    return v;
}

/* ---- requests ---- */

START_TEST(a_run_is_started_then_answered)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 5, "run", "{\"source\":\"value:{\\\"a\\\":[1,2.50]}\",\"name\":\"n\",\"args\":[1]}");
    j = next(&c);
    ck_assert(is_note(j, "started"));
    ck_assert_int_eq(json_integer_value(at(at(j, "params"), "request")), 5);
    ck_assert_int_eq(json_integer_value(at(at(j, "params"), "id")), 1);
    json_decref(j);
    j = next(&c);
    ck_assert_int_eq(json_integer_value(at(j, "id")), 5);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "done");
    ck_assert_int_eq(json_array_size(at(at(at(j, "result"), "value"), "a")), 2);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "cpu_us")), 5);
    json_decref(j);
    ask(&c, 6, "run", "{\"source\":\"now:1\"}");
    j = next(&c);
    ck_assert(is_note(j, "started"));
    json_decref(j);
    j = reply(&c, 6);
    json_decref(j);
    ask(&c, 7, "run", "{\"source\":\"fail\"}");
    j = reply(&c, 7);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "failed");
    ck_assert_str_eq(json_string_value(at(at(at(j, "result"), "error"), "name")), "TypeError");
    ck_assert_int_eq(json_integer_value(at(at(at(j, "result"), "error"), "line")), 3);
    ck_assert_ptr_null(at(at(j, "result"), "value"));
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(output_comes_between_start_and_result)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"lines:3\"}");
    j = next(&c);
    ck_assert(is_note(j, "started"));
    json_decref(j);
    for (int i = 0; i < 3; i++) {
        j = next(&c);
        ck_assert(is_note(j, "log"));
        ck_assert_str_eq(json_string_value(at(at(j, "params"), "text")), "line \xef\xbf\xbd");
        ck_assert_str_eq(json_string_value(at(at(j, "params"), "level")), "log");
        json_decref(j);
    }
    j = next(&c);
    ck_assert_int_eq(json_integer_value(at(j, "id")), 1);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(pipelined_requests_are_answered_once_each)
{
    enum { N = 3000 };
    static unsigned seen[N];
    char *all = malloc(N * 100);
    size_t n = 0;
    struct client c;
    start();
    c = dial();
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(all + n, 100,
                              "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"run\",\"params\":"
                              "{\"source\":\"value:%d\"}}\n",
                              i, i);
    sendn(&c, all, n);
    for (int i = 0; i < N;) {
        json_t *j = next(&c);
        if (!is_note(j, "started")) {
            json_int_t id = json_integer_value(at(j, "id"));
            ck_assert_int_eq(json_integer_value(at(at(j, "result"), "value")), id);
            ck_assert_uint_eq(seen[id]++, 0);
            i++;
        }
        json_decref(j);
    }
    free(all);
    hang_up(&c);
}
END_TEST

START_TEST(one_that_pipelines_does_not_starve_another)
{
    struct client a, b;
    char line[100];
    unsigned sent = 0;
    json_t *j;
    int n;
    start();
    a = dial();
    b = dial();
    pthread_mutex_lock(&stall);
    swd_loop_post(L, &stall_post);
    while (!atomic_load(&stalled))
        usleep(100);
    for (;; sent++) {
        n = snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"info\",\"params\":{\"id\":1}}\n",
                     sent);
        if (send(a.fd, line, (size_t)n, MSG_DONTWAIT) != n)
            break;
    }
    ck_assert_uint_gt(sent, 4 * CTL_FRAMES_SLICE);
    ask(&b, 1, "stats", "{}");
    pthread_mutex_unlock(&stall);
    j = reply(&b, 1);
    ck_assert_int_lt(json_integer_value(at(at(at(j, "result"), "control"), "requests")),
                     (json_int_t)sent / 2);
    json_decref(j);
    hang_up(&a);
    hang_up(&b);
}
END_TEST

START_TEST(methods_answer_in_their_shapes)
{
    static const struct {
        const char *method, *params, *key;
    } good[] = {
        {"version", "{}", "duktape"},
        {"run", "{\"source\":\"hang\",\"wait\":false}", "id"},
        {"list", "{}", "runners"},
        {"list", "{\"state\":\"waiting\",\"limit\":1}", "next"},
        {"info", "{\"id\":1}", "state"},
        {"logs", "{\"id\":1}", "lines"},
        {"stats", "{}", "identity"},
        {"memory.stats", "{}", "loop_lag_us"},
        {"gc", "{}", "freed"},
        {"subscribe", "{\"topics\":[\"runner\",\"stats\"]}", "topics"},
        {"reload", "{}", "applied"},
        {"send", "{\"id\":1,\"message\":{\"a\":1}}", "delivered"},
        {"kill", "{\"id\":1}", "killed"},
    };
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        json_t *j;
        ask(&c, (int)i, good[i].method, good[i].params);
        j = reply(&c, (int)i);
        ck_assert_msg(at(at(j, "result"), good[i].key) != NULL, "%s: no %s", good[i].method,
                      good[i].key);
        json_decref(j);
    }
    hang_up(&c);
}
END_TEST

START_TEST(errors_say_what_to_do)
{
    static const struct {
        const char *method, *params, *name;
        int code;
    } wrong[] = {
        {"runn", "{}", "unknown_method", -32601},
        {"run", "{}", "invalid_params", -32602},
        {"run", "{\"source\":\"refuse\"}", "limit", -32002},
        {"run", "{\"source\":\"refuse\",\"wait\":false}", "limit", -32002},
        {"run", "{\"source\":\"\",\"limits\":{\"memory_hrd\":\"1M\"}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"wall\":5}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"wall\":\"5\"}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"timers\":-1}}", "invalid_params", -32602},
        {"wait", "{\"id\":999}", "not_found", -32001},
        {"info", "{\"id\":999}", "not_found", -32001},
        {"kill", "{\"id\":999}", "not_found", -32001},
        {"send", "{\"id\":999,\"message\":1}", "not_found", -32001},
        {"logs", "{\"id\":999}", "not_found", -32001},
        {"logs", "{\"id\":999,\"follow\":true}", "not_found", -32001},
        {"gc", "{\"id\":404}", "not_found", -32001},
        {"list", "{\"limit\":0}", "invalid_params", -32602},
        {"list", "{\"limit\":100000}", "invalid_params", -32602},
        {"subscribe", "{\"topics\":[\"runer\"]}", "invalid_params", -32602},
        {"config.get", "{}", "unsupported", -32006},
    };
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ask(&c, (int)i, wrong[i].method, wrong[i].params);
        want_error(reply(&c, (int)i), wrong[i].code, wrong[i].name);
    }
    alive(&c);
    hang_up(&c);
}
END_TEST

START_TEST(limits_of_a_submission_are_read)
{
    struct client c;
    struct swd_limits *l;
    start();
    c = dial();
    ask(&c, 1, "run",
        "{\"source\":\"value:1\",\"limits\":{\"memory_hard\":\"2M\",\"timers\":7,\"stack\":65536,"
        "\"cpu_rate\":50,\"wall\":\"250ms\",\"cpu_total\":\"none\"}}");
    json_decref(reply(&c, 1));
    l = &fake_all.fakes[0]->limits;
    ck_assert_uint_eq(l->memory_hard, 2 << 20);
    ck_assert_uint_eq(l->timers, 7);
    ck_assert_uint_eq(l->stack, 65536);
    ck_assert_uint_eq(l->cpu_rate, 50);
    ck_assert_uint_eq(l->wall, 250 * SWD_NS_PER_MS);
    ck_assert_uint_eq(l->cpu_total, SWD_NONE);
    ck_assert_uint_eq(l->cpu_per_turn, SWD_NONE);
    hang_up(&c);
}
END_TEST

START_TEST(wait_ends_with_the_runner_or_its_time)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "wait", "{\"id\":1,\"timeout_ms\":20}");
    want_error(reply(&c, 2), -32002, "timeout");
    ask(&c, 3, "wait", "{\"id\":1}");
    ask(&c, 4, "wait", "{\"id\":1,\"timeout_ms\":60000}");
    ask(&c, 5, "kill", "{\"id\":1,\"reason\":\"enough\"}");
    for (int id = 3; id <= 5; id++) {
        j = reply(&c, id);
        ck_assert_ptr_nonnull(at(j, "result"));
        json_decref(j);
    }
    ask(&c, 6, "wait", "{\"id\":1,\"timeout_ms\":0}"); /* ended already */
    j = reply(&c, 6);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "killed");
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "reason")), "killed");
    json_decref(j);
    ask(&c, 7, "kill", "{\"id\":1}");
    j = reply(&c, 7);
    ck_assert(json_is_false(at(at(j, "result"), "killed")));
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(a_followed_log_goes_on_until_the_end)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "logs", "{\"id\":1,\"follow\":true}");
    j = reply(&c, 2);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "dropped")), 7);
    json_decref(j);
    ask(&c, 3, "kill", "{\"id\":1}");
    do
        j = next(&c);
    while (!is_note(j, "ended") && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(at(j, "params"), "state")), "killed");
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(events_reach_subscribers)
{
    struct client c;
    json_t *j;
    unsigned runner = 0, log = 0, stats = 0;
    start();
    c = dial();
    ask(&c, 1, "subscribe", "{\"topics\":[\"runner\",\"log\",\"stats\"]}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "run", "{\"source\":\"lines:2\",\"wait\":false}");
    while (runner < 2 || log < 2 || stats < 1) {
        const char *topic;
        j = next(&c);
        topic = json_string_value(at(at(j, "params"), "topic"));
        runner += topic && strcmp(topic, "runner") == 0;
        log += topic && strcmp(topic, "log") == 0;
        stats += topic && strcmp(topic, "stats") == 0;
        json_decref(j);
    }
    hang_up(&c);
}
END_TEST

START_TEST(notifications_are_not_answered)
{
    struct client c;
    start();
    c = dial();
    say(&c, "{\"jsonrpc\":\"2.0\",\"method\":\"version\"}\n"
            "{\"jsonrpc\":\"2.0\",\"method\":\"nonsense\"}\n"
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}\n \r\n\n");
    ask(&c, 1, "version", "{}");
    json_t *j = next(&c); /* nothing before it */
    ck_assert_int_eq(json_integer_value(at(j, "id")), 1);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(string_ids_are_echoed)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    say(&c, "{\"jsonrpc\":\"2.0\",\"id\":\"\\u0000\\\"x\",\"method\":\"version\"}\n");
    j = next(&c);
    ck_assert_uint_eq(json_string_length(at(j, "id")), 3);
    ck_assert_int_eq(memcmp(json_string_value(at(j, "id")), "\0\"x", 3), 0);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(modules_are_asked_of_the_client)
{
    struct client c;
    json_t *j;
    char line[200];
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"require:/a/b.js\",\"modules\":true}");
    do
        j = next(&c);
    while (is_note(j, "started") && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(j, "method")), "module.read");
    ck_assert_str_eq(json_string_value(at(at(j, "params"), "path")), "/a/b.js");
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"source\":\"12345\"}}\n",
             (int)json_integer_value(at(j, "id")));
    json_decref(j);
    say(&c, line);
    j = reply(&c, 1);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "value")), 5);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(a_module_not_answered_is_an_error)
{
    struct client c;
    json_t *j;
    opts.limits.module_ns = 40 * SWD_NS_PER_MS;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"require:x\",\"modules\":true}");
    do
        j = next(&c);
    while (json_object_get(j, "result") == NULL && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "value")), "timeout");
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(reload_and_shutdown_reach_the_daemon)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "reload", "{}");
    j = reply(&c, 1);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "applied")), 2);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "needs_restart")), 0);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "errors")), 1);
    json_decref(j);
    ask(&c, 2, "shutdown", "{\"drain_ms\":70}");
    j = reply(&c, 2);
    ck_assert_ptr_nonnull(at(j, "result"));
    json_decref(j);
    ck_assert_uint_eq(atomic_load(&shutdowns), 1);
    hang_up(&c);
}
END_TEST

/* ---- hostile clients ---- */

START_TEST(garbage_is_answered_and_the_connection_lives)
{
    static const struct {
        const char *line;
        size_t n;
        int code;
        const char *name;
    } garbage[] = {
#define G(text, code, name) {text, sizeof text - 1, code, name}
        G("\x01\x02\xff\xfe\n", -32700, "parse_error"),
        G("GET / HTTP/1.1\r\n", -32700, "parse_error"),
        G("{\"a\":\0}\n", -32700, "parse_error"),
        G("{\"a\":\"\xff\"}\n", -32700, "parse_error"),
        G("[]\n", -32600, "invalid_request"),
        G("{}\n", -32600, "invalid_request"),
        G("17\n", -32600, "invalid_request"),
#undef G
    };
    char *deep = malloc(20001);
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        sendn(&c, garbage[i].line, garbage[i].n);
        want_error(next(&c), garbage[i].code, garbage[i].name);
    }
    memset(deep, '[', 20000);
    deep[20000] = '\n';
    sendn(&c, deep, 20001);
    want_error(next(&c), -32600, "invalid_request");
    free(deep);
    alive(&c);
    hang_up(&c);
}
END_TEST

START_TEST(a_line_too_long_is_refused_and_passed_over)
{
    size_t n = 1 << 20;
    char *line = malloc(n);
    struct client c;
    start();
    c = dial();
    memset(line, 'x', n);
    sendn(&c, line, n); /* four times max_frame, and no end yet */
    want_error(next(&c), -32002, "limit");
    say(&c, "\n");
    alive(&c);
    memset(line, ' ', n);
    line[256 * 1024 + 10] = '\n'; /* slightly too long, ended in the same read */
    sendn(&c, line, 256 * 1024 + 11);
    want_error(next(&c), -32002, "limit");
    alive(&c);
    ck_assert_uint_lt(stat_of(&c, "held"), 100000);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(an_endless_line_is_closed)
{
    size_t n = 1 << 20;
    char *line = malloc(n);
    struct client c, other;
    start();
    c = dial();
    memset(line, 'x', n);
    for (int i = 0; i < 64; i++)
        if (send(c.fd, line, n, MSG_NOSIGNAL) < 0)
            break;
        else
            ck_assert_int_lt(i, 63);
    other = dial();
    alive(&other);
    free(line);
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(half_a_frame_then_silence_is_closed)
{
    struct client c, idle;
    opts.limits.frame_ns = 60 * SWD_NS_PER_MS;
    start();
    idle = dial();
    c = dial();
    say(&c, "{\"jsonrpc\":");
    want_error(next(&c), -32600, "invalid_request");
    ck_assert_ptr_null(next(&c));
    alive(&idle); /* silence between frames is nobody's business */
    hang_up(&c);
    hang_up(&idle);
}
END_TEST

START_TEST(large_frames_arrive_whole)
{
    size_t n = 200 * 1024;
    char *source = malloc(n + 1), *line = malloc(n + 200);
    struct client c;
    json_t *j;
    int len;
    start();
    c = dial();
    memset(source, ' ', n);
    source[n] = '\0';
    memcpy(source, "value:7", 7);
    len = snprintf(
        line, n + 200,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"run\",\"params\":{\"source\":\"%s\"}}\n",
        source);
    for (int off = 0; off < len; off += 30000) { /* in pieces */
        sendn(&c, line + off, (size_t)(len - off < 30000 ? len - off : 30000));
        usleep(500);
    }
    json_decref(reply(&c, 1));
    alive(&c);
    ask(&c, 2, "info", "{\"id\":1}");
    j = reply(&c, 2);
    ck_assert_ptr_nonnull(at(j, "result"));
    json_decref(j);
    ck_assert_uint_lt(stat_of(&c, "held"), 100000);
    free(source);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(large_and_small_frames_keep_their_order)
{
    size_t n = 150 * 1024, len = 0;
    char *pad = malloc(n + 1), *line = malloc(2 * n + 1000);
    struct client c, gone;
    start();
    c = dial();
    gone = dial();
    memset(pad, ' ', n);
    pad[n] = '\0';
    for (int id = 1; id < 7; id += 3)
        len += (size_t)snprintf(line + len, n + 400,
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,%s\"method\":\"version\"}\n"
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"version\"}\n"
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"version\"}\n",
                                id, pad, id + 1, id + 2);
    sendn(&gone, line, len - 100);
    hang_up(&gone); /* while a frame is parsed, or about to be */
    sendn(&c, line, len);
    for (int id = 1; id < 7; id++) {
        json_t *j = next(&c);
        ck_assert_int_eq(json_integer_value(at(j, "id")), id);
        json_decref(j);
    }
    pad[10] = '['; /* and mistakes are told */
    ck_assert_int_gt(snprintf(line, n + 100, "{%s\n", pad), 0);
    say(&c, line);
    want_error(next(&c), -32700, "parse_error");
    alive(&c);
    free(pad);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(a_client_that_never_reads_is_closed)
{
    struct client c, other;
    opts.limits.max_backlog = 1 << 20;
    opts.limits.stalled_ns = 60 * SWD_NS_PER_MS;
    start();
    other = dial();
    c = dial_raw();
    ask(&c, 1, "run", "{\"source\":\"print:100\"}");
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) == 0; i++) {
        alive(&other); /* meanwhile everybody else is served */
        usleep(5000);
    }
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 1);
    ck_assert_uint_gt(stat_of(&other, "lines_dropped"), 0);
    ck_assert_uint_eq(stat_of(&other, "closed_slow"), 1);
    ck_assert_uint_lt(stat_of(&other, "held"), 100000);
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(requests_wait_while_replies_are_not_read)
{
    static const char line[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stats\",\"params\":{}}\n";
    struct client c, other;
    unsigned sent = 0;
    start();
    c = dial();
    other = dial();
    for (unsigned idle = 0; idle < 20;) {
        if (send(c.fd, line, sizeof line - 1, MSG_DONTWAIT) == sizeof line - 1)
            sent++, idle = 0;
        else
            idle++, usleep(2000);
    }
    alive(&other);
    ck_assert_uint_lt(stat_of(&other, "held"), 3 << 20);
    for (unsigned i = 0; i < sent; i++) /* and all are answered once it reads */
        json_decref(reply(&c, 1));
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(who_holds_most_goes_when_all_is_held)
{
    struct client c[4], other;
    opts.limits.max_backlog = 8 << 20;
    opts.limits.max_held = 2 << 20;
    start();
    for (int i = 0; i < 4; i++) {
        c[i] = dial_raw();
        ask(&c[i], 1, "run", "{\"source\":\"print:50\"}");
    }
    other = dial();
    for (int i = 0; i < 2000 && stat_of(&other, "closed_slow") < 3; i++)
        usleep(2000);
    ck_assert_uint_ge(stat_of(&other, "closed_slow"), 3);
    ck_assert_uint_le(stat_of(&other, "held"), 3 << 20);
    alive(&other);
    for (int i = 0; i < 4; i++)
        hang_up(&c[i]);
    hang_up(&other);
}
END_TEST

START_TEST(connections_are_capped_with_a_reason)
{
    struct client c[100], extra;
    start();
    for (int i = 0; i < 100; i++)
        c[i] = dial();
    extra = dial_raw();
    want_error(next(&extra), -32002, "limit");
    ck_assert_ptr_null(next(&extra));
    hang_up(&extra);
    alive(&c[99]);
    ck_assert_uint_lt(stat_of(&c[0], "held"), 1000); /* idle ones hold nothing */
    for (int i = 0; i < 100; i++)
        hang_up(&c[i]);
    for (int i = 0; i < 1000; i++) { /* and the places come back */
        json_t *j;
        extra = dial_raw();
        j = next(&extra);
        if (is_note(j, "hello"))
            i = 1000;
        else
            ck_assert_int_lt(i, 999);
        json_decref(j);
        hang_up(&extra);
        usleep(1000);
    }
}
END_TEST

START_TEST(disconnecting_kills_what_was_waited_for_only)
{
    struct client c, other;
    start();
    other = dial();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "run", "{\"source\":\"hang\"}");
    ask(&c, 3, "run", "{\"source\":\"require:x\",\"modules\":true}");
    ask(&c, 4, "run", "{\"source\":\"hang\",\"modules\":true,\"wait\":false}");
    json_decref(reply(&c, 4));
    ask(&c, 5, "wait", "{\"id\":1}");
    ask(&c, 6, "logs", "{\"id\":1,\"follow\":true}");
    json_decref(reply(&c, 6));
    hang_up(&c);
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) < 2; i++)
        usleep(2000);
    alive(&other);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 2);
    ck_assert_uint_eq(atomic_load(&fake_modules_gone), 2);
    hang_up(&other);
}
END_TEST

START_TEST(who_shuts_down_writing_still_gets_its_replies)
{
    struct client c;
    unsigned replies;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"lines:2\"}");
    say(&c, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"version\"}"); /* and no newline */
    shutdown(c.fd, SHUT_WR);
    for (replies = 0; (j = next(&c)) != NULL; json_decref(j)) /* the end comes by itself */
        replies += at(j, "result") != NULL;
    ck_assert_uint_eq(replies, 2);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 0);
    hang_up(&c);
}
END_TEST

START_TEST(half_closed_then_gone_is_noticed)
{
    struct client c;
    opts.limits.stalled_ns = 40 * SWD_NS_PER_MS; /* a quick tick */
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\"}");
    shutdown(c.fd, SHUT_WR);
    json_decref(next(&c));
    hang_up(&c);
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) < 1; i++)
        usleep(2000);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 1);
}
END_TEST

/* ---- privileges ---- */

START_TEST(users_have_the_privileges_given)
{
    struct swd_control c = {0};
    struct swd_err e;
    ck_assert_int_eq(ctl_uids_parse(" 70001, 70002,root ", &c.admins, &e), 0);
    ck_assert_uint_eq(c.admins.n, 3);
    ck_assert_uint_eq(c.admins.uid[2], 0);
    ck_assert_int_eq(ctl_uids_parse("70002 70003", &c.readers, &e), 0);
    ck_assert_int_eq(ctl_privilege(&c, 70001), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_privilege(&c, 70002), SWD_PRIV_READ);
    ck_assert_int_eq(ctl_privilege(&c, 70003), SWD_PRIV_READ);
    ck_assert_int_eq(ctl_privilege(&c, 70004), SWD_PRIV_SUBMIT);
    ck_assert_int_eq(ctl_privilege(&c, 0), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_privilege(&c, geteuid()), SWD_PRIV_ADMIN);
    c.admins.n = 0; /* nobody named: everybody */
    ck_assert_int_eq(ctl_privilege(&c, 70004), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_uids_parse("no-such-user-here", &c.admins, &e), SWD_EPARAMS);
    ck_assert_int_eq(ctl_uids_parse("-1", &c.admins, &e), SWD_EPARAMS);
    ck_assert_int_eq(ctl_uids_parse("", &c.admins, &e), 0);
    ck_assert_uint_eq(c.admins.n, 0);
}
END_TEST

/* ---- the socket ---- */

START_TEST(a_second_server_is_refused_by_name)
{
    struct swd_control *second;
    struct swd_err e;
    struct client c;
    char pid[16];
    start();
    ck_assert_int_eq(swd_control_start(&opts, &second, &e), SWD_EEXISTS);
    ck_assert_ptr_null(second);
    snprintf(pid, sizeof pid, "%d", getpid());
    ck_assert_ptr_nonnull(strstr(e.msg, pid));
    ck_assert_ptr_nonnull(strstr(e.msg, path));
    c = dial(); /* the first is unharmed */
    alive(&c);
    hang_up(&c);
}
END_TEST

static int listen_at(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

START_TEST(a_stale_socket_is_reclaimed)
{
    struct client c;
    struct stat st;
    close(listen_at());
    opts.mode = 0620;
    start();
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0620);
    c = dial();
    alive(&c);
    hang_up(&c);
    stop();
    ck_assert_int_lt(stat(path, &st), 0); /* and taken away at the end */
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
    struct swd_err e;
    struct stat st;
    int fd = listen_at(); /* somebody answers, without our lock */
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EEXISTS);
    ck_assert_int_eq(stat(path, &st), 0);
    close(fd);
    unlink(path);
    fd = open(path, O_CREAT | O_WRONLY, 0600); /* a file */
    close(fd);
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EEXISTS);
    ck_assert_ptr_nonnull(strstr(e.msg, "not a socket"));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert(S_ISREG(st.st_mode));
    unlink(path);
    opts.group = "no-such-group-here";
    opts.group_must_exist = true;
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EPARAMS);
    ck_assert_int_lt(stat(path, &st), 0); /* a failed start leaves nothing */
    opts.group_must_exist = false;
    start();
}
END_TEST

START_TEST(an_inherited_socket_is_served)
{
    struct client c;
    struct stat st;
    struct swd_err e;
    int null = open("/dev/null", O_RDONLY);
    opts.listen_fd = null;
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EPARAMS);
    opts.listen_fd = listen_at();
    start();
    c = dial();
    alive(&c);
    hang_up(&c);
    stop();
    ck_assert_int_eq(stat(path, &st), 0); /* its path is its owner's */
}
END_TEST

START_TEST(the_end_sends_what_is_queued)
{
    struct client c;
    start();
    c = dial();
    pthread_mutex_lock(&stall);
    swd_loop_post(L, &stall_post);
    while (!atomic_load(&stalled))
        usleep(100);
    ask(&c, 1, "version", "{}");
    pthread_mutex_unlock(&stall);
    json_decref(reply(&c, 1));
    stop();
    ck_assert_ptr_null(next(&c));
    hang_up(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("control");
    TCase *tc = tcase_create("control");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_run_is_started_then_answered);
    tcase_add_test(tc, output_comes_between_start_and_result);
    tcase_add_test(tc, pipelined_requests_are_answered_once_each);
    tcase_add_test(tc, one_that_pipelines_does_not_starve_another);
    tcase_add_test(tc, methods_answer_in_their_shapes);
    tcase_add_test(tc, errors_say_what_to_do);
    tcase_add_test(tc, limits_of_a_submission_are_read);
    tcase_add_test(tc, wait_ends_with_the_runner_or_its_time);
    tcase_add_test(tc, a_followed_log_goes_on_until_the_end);
    tcase_add_test(tc, events_reach_subscribers);
    tcase_add_test(tc, notifications_are_not_answered);
    tcase_add_test(tc, string_ids_are_echoed);
    tcase_add_test(tc, modules_are_asked_of_the_client);
    tcase_add_test(tc, a_module_not_answered_is_an_error);
    tcase_add_test(tc, reload_and_shutdown_reach_the_daemon);
    tcase_add_test(tc, garbage_is_answered_and_the_connection_lives);
    tcase_add_test(tc, a_line_too_long_is_refused_and_passed_over);
    tcase_add_test(tc, an_endless_line_is_closed);
    tcase_add_test(tc, half_a_frame_then_silence_is_closed);
    tcase_add_test(tc, large_frames_arrive_whole);
    tcase_add_test(tc, large_and_small_frames_keep_their_order);
    tcase_add_test(tc, a_client_that_never_reads_is_closed);
    tcase_add_test(tc, requests_wait_while_replies_are_not_read);
    tcase_add_test(tc, who_holds_most_goes_when_all_is_held);
    tcase_add_test(tc, connections_are_capped_with_a_reason);
    tcase_add_test(tc, disconnecting_kills_what_was_waited_for_only);
    tcase_add_test(tc, who_shuts_down_writing_still_gets_its_replies);
    tcase_add_test(tc, half_closed_then_gone_is_noticed);
    tcase_add_test(tc, users_have_the_privileges_given);
    tcase_add_test(tc, a_second_server_is_refused_by_name);
    tcase_add_test(tc, a_stale_socket_is_reclaimed);
    tcase_add_test(tc, what_is_not_ours_is_left_alone);
    tcase_add_test(tc, an_inherited_socket_is_served);
    tcase_add_test(tc, the_end_sends_what_is_queued);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
