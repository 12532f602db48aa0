/* A blocking JSON-RPC client on a Unix socket.
 *
 * One object a line in each direction. Whatever arrives is dealt with in order: the answer awaited,
 * notifications, requests of the daemon's. While sending, arriving bytes are taken in, so that two
 * sides which both write can never wait for each other. Signals blocked by the caller are let in
 * only while waiting, so that none is lost. One thread. */
#include "ctl/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "ctl/text.h"

#define READ_SIZE ((size_t)64 * 1024)

static int client_lost(struct swd_ctl_client *c, struct swd_err *e, const char *why)
{
    c->lost = true;
    swd_fail(e, SWD_EIO, "%s", why);
    return swd_fail_hint(e, "the daemon's log tells more: journalctl -u swd");
}

/* Waits until the socket can be read (or written, with `out`). 0, SWD_ETIMEOUT or SWD_EIO.
 * `*ready` gets poll's events; 0 after a signal. */
static int client_poll(struct swd_ctl_client *c, bool out, short *ready, struct swd_err *e)
{
    struct pollfd p = {.fd = c->fd, .events = (short)(POLLIN | (out ? POLLOUT : 0))};
    struct timespec ts, *limit = NULL;
    int n;
    *ready = 0;
    if (c->deadline) {
        uint64_t now = swd_clock_mono(), left = now < c->deadline ? c->deadline - now : 0;
        ts = (struct timespec){(time_t)(left / SWD_NS_PER_S), (long)(left % SWD_NS_PER_S)};
        limit = &ts;
    }
    n = ppoll(&p, 1, limit, &c->wait_mask);
    if (n < 0 && errno == EINTR) {
        c->interrupted = true;
        return 0;
    }
    if (n < 0)
        return client_lost(c, e, strerror(errno));
    if (n == 0)
        return swd_fail(e, SWD_ETIMEOUT, "no answer from the daemon in time");
    *ready = p.revents;
    return 0;
}

/* Takes in what has arrived. */
static int client_fill(struct swd_ctl_client *c, struct swd_err *e)
{
    ssize_t n;
    if (c->cap - c->len < READ_SIZE && c->off > 0) {
        memmove(c->in, c->in + c->off, c->len - c->off);
        c->len -= c->off;
        c->scanned -= c->off;
        c->off = 0;
    }
    if (c->len > SWD_CTL_LINE_MAX)
        return client_lost(c, e, "the daemon sent an endless line");
    if (c->cap - c->len < READ_SIZE) {
        size_t cap = c->cap ? c->cap * 2 : 2 * READ_SIZE;
        char *more = realloc(c->in, cap);
        if (!more)
            return swd_fail(e, SWD_ENOMEM, "out of memory reading the answer");
        c->in = more;
        c->cap = cap;
    }
    n = recv(c->fd, c->in + c->len, c->cap - c->len, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n < 0)
        return client_lost(c, e, strerror(errno));
    if (n == 0)
        return client_lost(c, e, "the daemon closed the connection");
    c->len += (size_t)n;
    return 0;
}

/* As send(), with the descriptors. They are passed with the first bytes that go. */
static ssize_t client_pass(struct swd_ctl_client *c, const char *text, size_t n)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof c->pass)];
    } u = {.bytes = {0}};
    struct iovec v = {(void *)(uintptr_t)text, n};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = u.bytes, .msg_controllen = sizeof u.bytes};
    u.head.cmsg_level = SOL_SOCKET;
    u.head.cmsg_type = SCM_RIGHTS;
    u.head.cmsg_len = CMSG_LEN(sizeof c->pass);
    memcpy(CMSG_DATA(&u.head), c->pass, sizeof c->pass);
    ssize_t sent = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
        c->pass[0] = c->pass[1] = -1;
    return sent;
}

static int client_write(struct swd_ctl_client *c, const char *text, size_t n, struct swd_err *e)
{
    while (n > 0) {
        ssize_t sent = c->pass[0] >= 0 ? client_pass(c, text, n)
                                       : send(c->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        short ready;
        int rc;
        if (sent >= 0) {
            text += sent;
            n -= (size_t)sent;
            continue;
        }
        /* Refused connections answer before they close: what has arrived says why. */
        if (errno == EPIPE || errno == ECONNRESET)
            return 0;
        if (errno != EAGAIN && errno != EINTR)
            return client_lost(c, e, strerror(errno));
        rc = client_poll(c, true, &ready, e);
        if (rc == 0 && (ready & POLLIN))
            rc = client_fill(c, e);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* `msg` is given away. */
static int client_write_json(struct swd_ctl_client *c, json_t *msg, struct swd_err *e)
{
    char *text = msg ? json_dumps(msg, JSON_COMPACT) : NULL;
    size_t n;
    int rc;
    json_decref(msg);
    if (!text)
        return swd_fail(e, SWD_ENOMEM, "out of memory");
    n = strlen(text);
    text[n] = '\n'; /* in place of the NUL */
    rc = client_write(c, text, n + 1, e);
    free(text);
    return rc;
}

/* Says why connecting failed. */
static int connect_failed(struct swd_ctl_client *c, const char *path, int err, struct swd_err *e)
{
    if (err == EACCES || err == EPERM) {
        swd_fail(e, SWD_EDENIED, "no permission to use %.120s", path);
        return swd_fail_hint(e, "be a member of the socket's group: adduser USER swd");
    }
    if (err == EAGAIN)
        return swd_fail(e, SWD_ETIMEOUT, "the daemon at %.120s takes no connection", path);
    c->lost = true;
    swd_fail(e, SWD_ENOTFOUND, "cannot reach the daemon at %.120s: %s", path, strerror(err));
    return swd_fail_hint(e, "is it running? systemctl status swd; or name its socket by -s PATH");
}

/* A full backlog makes connect() wait: not beyond the deadline. */
static void connect_timeout(const struct swd_ctl_client *c)
{
    uint64_t now = swd_clock_mono(), left = now < c->deadline ? c->deadline - now : 0;
    struct timeval tv = {(time_t)(left / SWD_NS_PER_S),
                         (suseconds_t)(left % SWD_NS_PER_S / SWD_NS_PER_US)};
    if (tv.tv_sec == 0 && tv.tv_usec == 0)
        tv.tv_usec = 1;
    if (c->deadline)
        setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

int swd_ctl_client_open(struct swd_ctl_client *c, const char *path, uint64_t deadline,
                        struct swd_err *e)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    int err;
    *c = (struct swd_ctl_client){.fd = -1, .pass = {-1, -1}, .next_id = 1, .deadline = deadline};
    pthread_sigmask(SIG_SETMASK, NULL, &c->wait_mask);
    sigdelset(&c->wait_mask, SIGINT);
    if (n == 0 || n >= sizeof a.sun_path)
        return swd_fail(e, SWD_EPARAMS, "'%.120s' can be no socket: a path has 1 to %zu bytes",
                        path, sizeof a.sun_path - 1);
    memcpy(a.sun_path, path, n);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return swd_fail(e, SWD_EIO, "cannot make a socket: %s", strerror(errno));
    connect_timeout(c);
    while (connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) {
        if (errno == EINTR)
            continue;
        err = errno;
        swd_ctl_client_close(c);
        return connect_failed(c, path, err, e);
    }
    return 0;
}

void swd_ctl_client_close(struct swd_ctl_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    free(c->in);
    c->in = NULL;
    c->off = c->len = c->cap = c->scanned = 0;
}

int swd_ctl_client_send(struct swd_ctl_client *c, const char *method, json_t *params, int64_t *id,
                        struct swd_err *e)
{
    json_t *msg = json_object();
    *id = c->next_id++;
    json_object_set_new(msg, "jsonrpc", json_string("2.0"));
    json_object_set_new(msg, "id", json_integer(*id));
    json_object_set_new(msg, "method", json_string(method));
    if (params)
        json_object_set_new(msg, "params", params);
    return client_write_json(c, msg, e);
}

/* The SWD_E* of an error object. */
static int error_code(const json_t *error)
{
    const char *name = swd_ctl_json_str(json_object_get(error, "data"), "name");
    int rpc = (int)swd_ctl_json_num(error, "code");
    for (int i = 1; i < SWD_ERR_COUNT; i++)
        if (strcmp(name, swd_err_name(-i)) == 0)
            return -i;
    for (int i = 1; i < SWD_ERR_COUNT; i++)
        if (swd_err_rpc(-i) == rpc)
            return -i;
    return SWD_EINTERNAL;
}

static int error_take(const json_t *error, struct swd_err *e)
{
    const json_t *data = json_object_get(error, "data");
    swd_fail(e, error_code(error), "%.250s", swd_ctl_json_str(error, "message"));
    swd_fail_hint(e, "%.190s", swd_ctl_json_str(data, "hint"));
    swd_fail_field(e, swd_ctl_json_str(data, "field"));
    return error_code(error);
}

/* Answers a request of the daemon's. */
static int request_answer(struct swd_ctl_client *c, const json_t *msg, struct swd_err *e)
{
    const char *method = swd_ctl_json_str(msg, "method");
    json_t *reply = json_object(), *result = NULL;
    struct swd_err why = {0};
    int rc = SWD_EMETHOD;
    if (c->events.request)
        rc =
            c->events.request(c->events.arg, method, json_object_get(msg, "params"), &result, &why);
    else
        swd_fail(&why, rc, "swctl knows no method '%.60s'", method);
    json_object_set_new(reply, "jsonrpc", json_string("2.0"));
    json_object_set(reply, "id", json_object_get(msg, "id"));
    if (rc == 0)
        json_object_set_new(reply, "result", result);
    else
        json_object_set_new(reply, "error",
                            json_pack("{s:i, s:s, s:{s:s, s:s}}", "code", swd_err_rpc(rc),
                                      "message", why.msg, "data", "name", swd_err_name(rc), "hint",
                                      why.hint));
    return client_write_json(c, reply, e);
}

static int notified(struct swd_ctl_client *c, const char *method, const json_t *params,
                    struct swd_err *e)
{
    if (strcmp(method, "hello") == 0) {
        int protocol = (int)swd_ctl_json_num(params, "protocol");
        if (protocol == SWD_CTL_PROTOCOL)
            return 0;
        c->lost = true;
        swd_fail(e, SWD_EUNSUPPORTED, "the daemon speaks protocol %d, this swctl %d", protocol,
                 SWD_CTL_PROTOCOL);
        return swd_fail_hint(e, "use the swctl that was installed with the daemon");
    }
    if (c->events.notify)
        c->events.notify(c->events.arg, method, params);
    return 0;
}

/* Deals with one message. `*done` when it answers `id`; then 0 and its result, or the error. */
static int message_take(struct swd_ctl_client *c, json_t *msg, int64_t id, bool *done,
                        json_t **result, struct swd_err *e)
{
    const char *method = json_string_value(json_object_get(msg, "method"));
    const json_t *mid = json_object_get(msg, "id"), *error = json_object_get(msg, "error");
    if (method)
        return mid ? request_answer(c, msg, e)
                   : notified(c, method, json_object_get(msg, "params"), e);
    /* An error without an id is about the connection itself. */
    if (json_number_value(mid) != (double)id && !(error && (!mid || json_is_null(mid))))
        return 0;
    *done = true;
    if (error)
        return error_take(error, e);
    *result = json_incref(json_object_get(msg, "result"));
    return *result ? 0 : client_lost(c, e, "the daemon's answer holds neither result nor error");
}

static int callback(int (*fn)(void *arg), void *arg, struct swd_err *e)
{
    return fn && fn(arg) != 0 ? swd_fail(e, SWD_EBUSY, "%s", "") : 0;
}

/* Reads until a line is whole; its length without the newline. It starts at c->off. */
static int line_next(struct swd_ctl_client *c, size_t *n, struct swd_err *e)
{
    int rc = 0;
    while (rc == 0) {
        short ready = 0;
        char *nl = NULL;
        if (c->len > c->scanned)
            nl = memchr(c->in + c->scanned, '\n', c->len - c->scanned);
        if (nl) {
            *n = (size_t)(nl - c->in) - c->off;
            return 0;
        }
        c->scanned = c->len;
        rc = callback(c->events.idle, c->events.arg, e);
        if (rc == 0)
            rc = client_poll(c, false, &ready, e);
        if (rc == 0 && ready)
            rc = client_fill(c, e);
        if (rc == 0 && c->interrupted) {
            c->interrupted = false;
            rc = callback(c->events.interrupt, c->events.arg, e);
        }
    }
    return rc;
}

/* Reads one message and deals with it. */
static int message_next(struct swd_ctl_client *c, int64_t id, bool *done, json_t **result,
                        struct swd_err *e)
{
    size_t n = 0;
    json_t *msg;
    int rc = line_next(c, &n, e);
    if (rc != 0)
        return rc;
    msg = swd_ctl_json_parse(c->in + c->off, n);
    c->off += n + 1;
    c->scanned = c->off;
    if (json_is_object(msg))
        rc = message_take(c, msg, id, done, result, e);
    else
        rc = client_lost(c, e, "the daemon sent something that is no message");
    json_decref(msg);
    return rc;
}

int swd_ctl_client_await(struct swd_ctl_client *c, int64_t id, json_t **result, struct swd_err *e)
{
    bool done = false;
    int rc = 0;
    *result = NULL;
    while (!done && rc == 0)
        rc = message_next(c, id, &done, result, e);
    return rc;
}

int swd_ctl_client_listen(struct swd_ctl_client *c, struct swd_err *e)
{
    json_t *result = NULL;
    bool done = false;
    int rc = message_next(c, 0, &done, &result, e);
    json_decref(result);
    return rc;
}

int swd_ctl_client_call(struct swd_ctl_client *c, const char *method, json_t *params,
                        json_t **result, struct swd_err *e)
{
    int64_t id;
    int rc = swd_ctl_client_send(c, method, params, &id, e);
    *result = NULL;
    return rc ? rc : swd_ctl_client_await(c, id, result, e);
}
