/* Connections: accepting, reading frames in fair slices, closing.
 *
 * A read takes at most 64 KiB into a buffer that all connections share; only the rest that is not
 * handled yet is kept. Of what was read, a slice (64 frames, 1 ms) is handled before every other
 * connection gets its turn, and a connection that does not read its replies is not read from. A
 * line over max_frame is answered with an error and dropped up to its end. Loop thread. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "pool/pool.h"

#define CONN_MAGIC   0x43434f4eu
#define ACCEPT_SLICE 64

SWD_POOL_DEFINE(connection, SWD_POOL_CONNECTION, struct ctl_conn, NULL)
SWD_POOL_TYPE(SWD_POOL_CONNECTION, connection_pool_type)

/* ---- closing ---- */

static void conn_drop_input(struct ctl_conn *c)
{
    if (!c->in)
        return;
    c->ctl->held -= c->in->cap;
    swd_bytebuf_put(&c->in);
    c->in_off = c->in_scanned = 0;
}

void ctl_conn_close(struct ctl_conn *c, const char *why)
{
    if (c->dying)
        return;
    c->dying = true;
    swd_log(SWD_LOG_DEBUG, "control.close", "uid=%u pid=%d reason=%s", (unsigned)c->uid, c->pid,
            why);
    ctl_out_free(c);
    if (c->watch)
        (void)swd_fd_watch(c->watch, 0);
    swd_list_del(&c->work);
    swd_list_del(&c->link);
    swd_list_push_back(&c->ctl->dead, &c->link);
    swd_loop_defer(c->ctl->o.loop, &c->ctl->sweep_post);
}

void ctl_conn_finish(struct ctl_conn *c)
{
    c->closing = true;
    if (c->backlog == 0)
        ctl_conn_close(c, "finished");
    else
        ctl_conn_update(c);
}

static void conn_free(struct ctl_conn *c)
{
    ctl_parse_orphan(c);
    ctl_pack_orphan(c);
    ctl_encode_orphan(c);
    ctl_fds_drop(c);
    ctl_pending_drop_all(c);
    ctl_module_drop_all(c);
    ctl_unsubscribe(c);
    conn_drop_input(c);
    swd_fd_free(&c->watch);
    close(c->fd);
    c->ctl->nconns--;
    connection_put(&c);
}

void ctl_sweep(struct swd_control *ctl)
{
    struct swd_list *n;
    while ((n = swd_list_pop_front(&ctl->dead)) != NULL)
        conn_free(SWD_LIST_ENTRY(n, struct ctl_conn, link));
}

/* ---- frames ---- */

static void conn_oversized(struct ctl_conn *c, size_t seen)
{
    struct swd_err e;
    char max[24];
    swd_fail(&e, SWD_ELIMIT, "a line of more than %s bytes",
             swd_unit_format(SWD_UNIT_SIZE, c->ctl->lim.max_frame, max, sizeof max));
    swd_fail_hint(&e, "[control] max_frame is the most that one request may have");
    ctl_reply_error(c, NULL, &e);
    c->discard = seen;
}

static void conn_no_room(struct ctl_conn *c, size_t seen)
{
    struct swd_err e;
    swd_fail(&e, SWD_EBUSY, "no memory left for large requests");
    swd_fail_hint(&e, "all connections together hold at most a tenth of the budget; try again");
    ctl_reply_error(c, NULL, &e);
    c->discard = seen;
}

/* Handles whole lines of `data`, starting the search for the first newline at `scanned`. Answers
 * the bytes used up; `*more`: stopped by the end of the slice, lines may be left. */
static size_t conn_slice(struct ctl_conn *c, const char *data, size_t n, size_t scanned, bool *more)
{
    uint64_t until = swd_clock_mono() + CTL_NS_SLICE;
    unsigned frames = 0;
    size_t at = 0;
    *more = false;
    while (!c->dying && !c->closing && !c->job) {
        const char *line = data + at;
        const char *from = scanned > at ? data + scanned : line;
        const char *end = memchr(from, '\n', (size_t)(data + n - from));
        size_t len;
        if (!end)
            break;
        if (frames == CTL_FRAMES_SLICE || c->backlog > CTL_READ_PAUSE ||
            (frames > 0 && swd_clock_mono() > until)) {
            *more = true;
            break;
        }
        len = (size_t)(end - line);
        at += len + 1;
        frames++;
        if (c->discard)
            c->discard = 0; /* the end of a line already answered */
        else if (len > c->ctl->lim.max_frame)
            conn_oversized(c, 0);
        else if (len <= CTL_PARSE_INLINE || !ctl_parse_start(c, line, len))
            ctl_dispatch(c, line, len);
    }
    return at;
}

/* Keeps what is left of the shared buffer. */
static void conn_keep(struct ctl_conn *c, const char *data, size_t n)
{
    size_t before;
    if (!c->in) {
        c->in = swd_bytebuf_get(c->ctl->lim.max_frame + CTL_SCRATCH);
        c->ctl->held += c->in ? c->in->cap : 0;
    }
    before = c->in ? c->in->cap : 0;
    if (!c->in || swd_bytebuf_add(c->in, data, n) < 0) {
        size_t seen = n + (c->in ? c->in->len : 0);
        conn_drop_input(c);
        conn_no_room(c, seen);
        return;
    }
    c->ctl->held += c->in->cap - before;
    c->in_since = swd_clock_mono();
    if (c->ctl->held > c->ctl->lim.max_held && c->in->len > CTL_SCRATCH) {
        size_t seen = c->in->len;
        conn_drop_input(c);
        conn_no_room(c, seen);
    }
}

static void conn_queue_work(struct ctl_conn *c)
{
    if (!swd_list_empty(&c->work))
        return;
    swd_list_push_back(&c->ctl->work, &c->work);
    swd_loop_post(c->ctl->o.loop, &c->ctl->work_post);
}

/* An unfinished line that is too long already. */
static void conn_check_partial(struct ctl_conn *c)
{
    size_t have;
    if (!c->in)
        return;
    have = c->in->len - c->in_off;
    if (c->discard) {
        c->discard += have;
        conn_drop_input(c);
        if (c->discard / CTL_DISCARD_MAX > c->ctl->lim.max_frame)
            ctl_conn_close(c, "endless_line");
    } else if (have > c->ctl->lim.max_frame) {
        conn_drop_input(c);
        conn_oversized(c, have);
    }
}

/* One slice of what is kept. */
static void conn_work(struct ctl_conn *c)
{
    bool more;
    size_t used;
    if (!c->in || c->job)
        return;
    used = conn_slice(c, c->in->data + c->in_off, c->in->len - c->in_off,
                      c->in_scanned > c->in_off ? c->in_scanned - c->in_off : 0, &more);
    c->in_off += used;
    if (c->job) {
        return; /* the input stays as it is until then */
    } else if (c->in_off == c->in->len) {
        conn_drop_input(c);
    } else if (more) {
        conn_queue_work(c);
    } else {
        c->in_scanned = c->in->len;
        conn_check_partial(c);
    }
}

void ctl_conn_resume(struct ctl_conn *c)
{
    if (c->dying)
        return;
    if (c->in_off == c->in->len)
        conn_drop_input(c);
    else
        conn_queue_work(c);
    ctl_conn_update(c);
}

void ctl_on_work(struct swd_post *p)
{
    struct swd_control *ctl = SWD_CONTAINER(p, struct swd_control, work_post);
    struct swd_list batch, *n;
    swd_list_init(&batch);
    swd_list_splice(&batch, &ctl->work);
    while ((n = swd_list_pop_front(&batch)) != NULL) {
        struct ctl_conn *c = SWD_LIST_ENTRY(n, struct ctl_conn, work);
        if (c->backlog <= CTL_READ_PAUSE)
            conn_work(c);
        ctl_conn_update(c);
    }
}

/* What is left in front of the kept input is handled: make place, in a small buffer if it fits. */
static void conn_compact(struct ctl_conn *c)
{
    struct swd_bytebuf *old = c->in;
    size_t left;
    if (!old || c->in_off == 0)
        return;
    left = old->len - c->in_off;
    if (old->cap > 2 * CTL_SCRATCH && left <= CTL_SCRATCH) {
        size_t off = c->in_off;
        c->ctl->held -= old->cap;
        c->in = NULL;
        c->in_off = c->in_scanned = 0;
        conn_keep(c, old->data + off, left);
        swd_bytebuf_put(&old);
    } else {
        swd_bytebuf_consume(old, c->in_off);
        c->in_scanned -= c->in_scanned < c->in_off ? c->in_scanned : c->in_off;
        c->in_off = 0;
    }
}

static void conn_feed(struct ctl_conn *c, const char *data, size_t n)
{
    bool more;
    size_t used;
    if (c->in) {
        conn_compact(c);
        conn_keep(c, data, n);
        conn_work(c);
        return;
    }
    used = conn_slice(c, data, n, 0, &more);
    if (c->dying || used == n)
        return;
    conn_keep(c, data + used, n - used);
    if (more)
        conn_queue_work(c);
    else
        conn_check_partial(c);
}

/* ---- reading ---- */

static bool conn_hung_up(const struct ctl_conn *c)
{
    struct pollfd p = {.fd = c->fd, .events = 0};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

/* The peer sends nothing more. If it only shut down that direction it still gets its replies. */
static void conn_eof(struct ctl_conn *c)
{
    if (conn_hung_up(c)) {
        ctl_conn_close(c, "peer_gone");
        return;
    }
    c->half_closed = true;
    if (c->in && !c->discard) /* a last line without its newline */
        ctl_dispatch(c, c->in->data + c->in_off, c->in->len - c->in_off);
    conn_drop_input(c);
}

static void conn_read(struct ctl_conn *c)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(CTL_FDS_MAX * sizeof(int))];
    } passed;
    struct iovec v = {c->ctl->scratch, sizeof c->ctl->scratch};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = passed.bytes,
                       .msg_controllen = sizeof passed.bytes};
    ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n >= 0 && m.msg_controllen > 0)
        ctl_fds_take(c, &m);
    if (n > 0)
        conn_feed(c, c->ctl->scratch, (size_t)n);
    else if (n == 0)
        conn_eof(c);
    else if (errno != EAGAIN && errno != EINTR)
        ctl_conn_close(c, "peer_gone");
    ctl_conn_update(c);
}

static void conn_on_fd(void *arg, int events)
{
    struct ctl_conn *c = SWD_CAST(struct ctl_conn, CONN_MAGIC, arg);
    if (c->dying)
        return;
    if (events & SWD_FD_WRITE)
        ctl_out_flush(c);
    if ((events & SWD_FD_READ) && !c->dying)
        conn_read(c);
}

void ctl_conn_update(struct ctl_conn *c)
{
    int want = ctl_out_ready(c) ? SWD_FD_WRITE : 0;
    bool idle = c->backlog == 0 && c->npending == 0 && c->npacks == 0 && !c->in;
    if (c->dying)
        return;
    if (c->backlog == 0 && (c->closing || (c->half_closed && idle && c->topics == 0))) {
        ctl_conn_close(c, "finished");
        return;
    }
    if (c->backlog > CTL_READ_PAUSE) {
        c->paused = true;
    } else if (c->paused && c->backlog <= CTL_READ_PAUSE / 2) {
        c->paused = false;
        if (c->in)
            conn_queue_work(c);
    }
    if (!c->paused && !c->half_closed && !c->closing && !c->job && swd_list_empty(&c->work))
        want |= SWD_FD_READ;
    if (swd_fd_watch(c->watch, want) < 0)
        ctl_conn_close(c, "no_memory");
}

void ctl_conn_tick(struct ctl_conn *c, uint64_t now)
{
    struct swd_err e;
    ctl_out_tick(c, now);
    ctl_module_tick(c, now);
    if (c->dying)
        return;
    if (c->half_closed) {
        if (conn_hung_up(c))
            ctl_conn_close(c, "peer_gone");
        else
            ctl_conn_update(c);
        return;
    }
    if (c->in && !c->job && swd_list_empty(&c->work) && !c->paused && !c->closing &&
        now - c->in_since >= c->ctl->lim.frame_ns && now > c->in_since) {
        swd_fail(&e, SWD_EREQUEST, "no end of the line came in time");
        swd_fail_hint(&e, "one JSON object on each line, ended by a newline");
        ctl_reply_error(c, NULL, &e);
        ctl_conn_finish(c);
    }
}

/* ---- accepting ---- */

static void conn_hello(struct ctl_conn *c)
{
    struct ctl_msg m;
    if (!ctl_notify_begin(c, "hello", &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kuint(&m.w, "protocol", SWD_PROTOCOL);
    swd_json_kstr(&m.w, "version", c->ctl->version);
    swd_json_kuint(&m.w, "pid", (uint64_t)getpid());
    swd_json_key(&m.w, "capabilities");
    swd_json_begin(&m.w, '[');
    for (int i = 0; i < SWD_METHOD_COUNT; i++)
        swd_json_str(&m.w, swd_methods[i].name);
    swd_json_str(&m.w, "module.read");
    swd_json_end(&m.w, ']');
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
}

/* A line for who comes when all places are taken; it is lost if the socket takes nothing. */
static void conn_refuse(struct swd_control *ctl, int fd)
{
    char line[320];
    int n = snprintf(
        line, sizeof line,
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":%d,\"message\":\"all %" PRIu64
        " connections are in use\",\"data\":{\"name\":\"%s\",\"hint\":\"close some, or "
        "raise [control] max_connections\"}}}\n",
        swd_err_rpc(SWD_ELIMIT), ctl->lim.max_connections, swd_err_name(SWD_ELIMIT));
    ctl->refused++;
    (void)!send(fd, line, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void conn_open(struct swd_control *ctl, int fd)
{
    struct ctl_conn *c = connection_get();
    if (!c) {
        close(fd);
        return;
    }
    c->magic = CONN_MAGIC;
    c->ctl = ctl;
    c->fd = fd;
    swd_list_init(&c->link);
    swd_list_init(&c->work);
    swd_list_init(&c->out);
    swd_list_init(&c->dirty);
    swd_list_init(&c->pending);
    swd_list_init(&c->asked);
    swd_list_init(&c->subscriber);
    c->encode = SWD_CODECS;
    if (ctl_peer(ctl, c) < 0 || swd_fd_new(ctl->o.loop, fd, conn_on_fd, c, &c->watch) < 0) {
        close(fd);
        connection_put(&c);
        return;
    }
    ctl->nconns++;
    ctl->accepted++;
    swd_list_push_back(&ctl->conns, &c->link);
    swd_log(SWD_LOG_DEBUG, "control.open", "uid=%u pid=%d", (unsigned)c->uid, c->pid);
    conn_hello(c);
    ctl_conn_update(c);
}

void ctl_accept(void *arg, int events)
{
    struct swd_control *ctl = arg;
    (void)events;
    for (int i = 0; i < ACCEPT_SLICE; i++) {
        int fd = accept4(ctl->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            if (ctl->nconns >= ctl->lim.max_connections)
                conn_refuse(ctl, fd);
            else
                conn_open(ctl, fd);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            if (errno != EAGAIN) { /* out of descriptors or memory: again at the next tick */
                swd_log(SWD_LOG_WARN, "control.accept", "errno=%d", errno);
                ctl->accept_paused = true;
                (void)swd_fd_watch(ctl->listener, 0);
            }
            return;
        }
    }
}
