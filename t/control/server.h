/* For suites of the control layer: the server on a real socket, over a runner layer made of words
 * (fake_runner.h), its loop on a thread of its own, and a client, which the test is. Included by
 * each of these programs. */
#ifndef T_CONTROL_SERVER_H
#define T_CONTROL_SERVER_H

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

static inline void on_closed(void *arg)
{
    (void)arg;
    swd_loop_stop(L);
}

static inline void on_stop(struct swd_post *p)
{
    (void)p;
    swd_control_stop(C, 100 * SWD_NS_PER_MS, on_closed, NULL);
}

static inline void on_stall(struct swd_post *p)
{
    (void)p;
    atomic_store(&stalled, 1);
    pthread_mutex_lock(&stall);
    pthread_mutex_unlock(&stall);
}

static inline void on_shutdown(void *arg, uint64_t drain_ns)
{
    (void)arg;
    ck_assert_uint_eq(drain_ns, 70 * SWD_NS_PER_MS);
    atomic_fetch_add(&shutdowns, 1);
}

static inline void on_reload(void *arg, swd_reload_item_fn *item, void *ctx)
{
    (void)arg;
    item(ctx, SWD_RELOAD_APPLIED, "runners.max");
    item(ctx, SWD_RELOAD_APPLIED, "runners.queue");
    item(ctx, SWD_RELOAD_ERROR, "swd.conf:3: \"bad\"");
}

static inline void *serve(void *arg)
{
    (void)arg;
    ck_assert_int_eq(swd_loop_run(L), 0);
    return NULL;
}

static inline void options(void)
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

static inline void start(void)
{
    struct swd_err e;
    ck_assert_msg(swd_control_start(&opts, &C, &e) == 0, "%s", e.msg);
    ck_assert_int_eq(pthread_create(&server, NULL, serve, NULL), 0);
}

static inline void setup(void)
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

static inline void stop(void)
{
    swd_loop_post(L, &stop_post);
    pthread_join(server, NULL);
    swd_control_free(&C);
}

static inline void teardown(void)
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

static inline struct client dial_raw(void)
{
    struct client c = {socket(AF_UNIX, SOCK_STREAM, 0), NULL, 0, 0};
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    ck_assert_int_ge(c.fd, 0);
    ck_assert_int_eq(connect(c.fd, (struct sockaddr *)&a, sizeof a), 0);
    return c;
}

static inline void hang_up(struct client *c)
{
    close(c->fd);
    free(c->buf);
}

/* The next message; NULL at the end of the connection. */
static inline json_t *next(struct client *c)
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

static inline struct client dial(void)
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

static inline void sendn(struct client *c, const void *data, size_t n)
{
    for (const char *p = data; n > 0;) {
        ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);
        ck_assert_int_gt(w, 0);
        p += w;
        n -= (size_t)w;
    }
}

static inline void say(struct client *c, const char *text)
{
    sendn(c, text, strlen(text));
}

static inline void ask(struct client *c, int id, const char *method, const char *params)
{
    char line[1024];
    int n = snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n", id,
                     method, params);
    sendn(c, line, (size_t)n);
}

static inline bool is_note(const json_t *j, const char *method)
{
    const char *m = json_string_value(json_object_get(j, "method"));
    return m && strcmp(m, method) == 0 && json_object_get(j, "id") == NULL;
}

/* The next message is that notification. */
static inline void want_note(struct client *c, const char *method)
{
    json_t *j = next(c);
    ck_assert(is_note(j, method));
    json_decref(j);
}

/* The reply to `id`; notifications on the way are dropped. */
static inline json_t *reply(struct client *c, int id)
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

static inline json_t *at(const json_t *j, const char *key)
{
    return json_object_get(j, key);
}

static inline void want_error(json_t *j, int code, const char *name)
{
    json_t *e = at(j, "error");
    ck_assert_msg(e != NULL, "no error in %s", json_dumps(j, 0));
    ck_assert_int_eq(json_integer_value(at(e, "code")), code);
    ck_assert_str_eq(json_string_value(at(at(e, "data"), "name")), name);
    ck_assert(json_is_string(at(e, "message")));
    ck_assert(json_is_string(at(at(e, "data"), "hint")));
    json_decref(j);
}

static inline void alive(struct client *c)
{
    json_t *j;
    ask(c, 4711, "version", "{}");
    j = reply(c, 4711);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "version")), "test");
    json_decref(j);
}

static inline uint64_t stat_of(struct client *c, const char *key)
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

#endif
