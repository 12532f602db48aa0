/* HTTP by libevent's evhttp: see http.h.
 *
 * evhttp 2.1 cannot tell how many connections it has, nor when one is gone. So each connection's
 * bufferevent is held by a reference of ours: libevent takes the callbacks away from one that it
 * frees, which a look at them shows. That look is taken ten times a second while there are
 * connections, and when all places are taken; then the listener waits. */
#include "loop/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/loop_priv.h"
#include "pool/slab.h"

#define HEADERS_MAX 8192
#define BODY_MAX    4096
#define ANSWER_MAX  ((size_t)4 * 1024 * 1024)
#define BACKLOG     64
#define LOOK_EVERY  (100 * SWD_NS_PER_MS)

struct swd_http {
    struct swd_http_opts o;
    struct evhttp *http;
    struct evconnlistener *listener; /* of http's */
    struct bufferevent **place;      /* o.max_connections of them, NULL: free */
    unsigned n;                      /* taken */
    struct swd_tick *tick;
    char where[160];
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* to unlink; "": none */
};

/* ---- places ---- */

static void places_leave(struct swd_http *h, bool all)
{
    for (unsigned i = 0; i < h->o.max_connections && h->n > 0; i++) {
        bufferevent_event_cb alive = NULL;
        if (!h->place[i])
            continue;
        bufferevent_getcb(h->place[i], NULL, NULL, &alive, NULL);
        if (alive && !all)
            continue;
        bufferevent_decref(h->place[i]);
        h->place[i] = NULL;
        h->n--;
    }
}

static void on_tick(void *arg)
{
    struct swd_http *h = arg;
    places_leave(h, false);
    if (h->n < h->o.max_connections)
        evconnlistener_enable(h->listener);
    if (h->n == 0)
        swd_tick_cancel(h->tick);
}

/* NULL (no memory) makes evhttp make one itself, uncounted. */
static struct bufferevent *place_take(struct event_base *base, void *arg)
{
    struct swd_http *h = arg;
    struct bufferevent *b = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    unsigned i = 0;
    if (!b)
        return NULL;
    while (i < h->o.max_connections && h->place[i])
        i++;
    if (i < h->o.max_connections) {
        bufferevent_incref(b);
        h->place[i] = b;
        h->n++;
    }
    if (h->n == h->o.max_connections)
        evconnlistener_disable(h->listener);
    (void)swd_tick_in(h->tick, LOOK_EVERY, LOOK_EVERY);
    return b;
}

/* Out of descriptors, say: libevent would ask again at once, for ever. */
static void accept_failed(struct evconnlistener *l, void *arg)
{
    struct swd_http *h = arg;
    evconnlistener_disable(l);
    swd_log(SWD_LOG_WARN, "http.accept", "error=%d", errno);
    (void)swd_tick_in(h->tick, SWD_NS_PER_S, LOOK_EVERY);
}

/* ---- requests ---- */

static void refuse(struct evhttp_request *req, int status, const char *why)
{
    struct evbuffer *b = evbuffer_new();
    struct evkeyvalq *out = evhttp_request_get_output_headers(req);
    evhttp_add_header(out, "Connection", "close");
    evhttp_add_header(out, "Content-Type", "text/plain; charset=utf-8");
    if (status == HTTP_BADMETHOD)
        evhttp_add_header(out, "Allow", "GET, HEAD");
    if (b)
        evbuffer_add_printf(b, "%s\n", why);
    evhttp_send_reply(req, status, NULL, b);
    if (b)
        evbuffer_free(b);
}

static const char *reason_of(int status)
{
    switch (status) {
    case HTTP_OK: return "OK";
    case HTTP_BADREQUEST: return "Bad Request";
    case HTTP_NOTFOUND: return "Not Found";
    case 403: return "Forbidden";
    case 421: return "Misdirected Request";
    default: return "Internal Server Error";
    }
}

static void answer(struct evhttp_request *req, const struct swd_http_answer *a)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(req);
    struct evbuffer *b = a->body->failed ? NULL : evbuffer_new();
    bool bad = !b || evhttp_add_header(out, "Connection", "close") != 0 ||
               evhttp_add_header(out, "Content-Type", a->type) != 0;
    for (unsigned i = 0; !bad && i < SWD_HTTP_HEADERS && a->header[i].name; i++)
        bad = evhttp_add_header(out, a->header[i].name, a->header[i].value) != 0;
    if (!bad && evbuffer_add(b, a->body->data, a->body->len) != 0)
        bad = true;
    if (bad)
        refuse(req, HTTP_INTERNAL, "no memory for the answer");
    else
        evhttp_send_reply(req, a->status, reason_of(a->status), b);
    if (b)
        evbuffer_free(b);
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static void on_request(struct evhttp_request *req, void *arg)
{
    struct swd_http *h = arg;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
    enum evhttp_cmd_type method = evhttp_request_get_command(req);
    struct swd_http_answer a = {.status = HTTP_OK, .type = "text/plain; charset=utf-8"};
    struct swd_http_asked q = {.host = evhttp_request_get_host(req), .local = h->path[0] != '\0'};
    if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
        refuse(req, HTTP_BADMETHOD, "only GET and HEAD are served");
        return;
    }
    q.path = uri ? or_empty(evhttp_uri_get_path(uri)) : "";
    q.query = uri ? or_empty(evhttp_uri_get_query(uri)) : "";
    q.accept = or_empty(evhttp_find_header(evhttp_request_get_input_headers(req), "Accept"));
    a.body = swd_bytebuf_get(ANSWER_MAX);
    if (!a.body) {
        refuse(req, HTTP_INTERNAL, "no memory for the answer");
        return;
    }
    h->o.fn(h->o.arg, &q, &a);
    answer(req, &a);
    swd_bytebuf_put(&a.body);
}

/* ---- the socket ---- */

static int socket_fail(struct swd_err *e, const char *what, const char *where)
{
    int code = errno == EADDRINUSE                 ? SWD_EEXISTS
               : errno == EACCES || errno == EPERM ? SWD_EDENIED
                                                   : SWD_EIO;
    return swd_fail(e, code, "[monitor] http: cannot %s %.100s: %s", what, where, strerror(errno));
}

/* Takes away a socket that nobody answers on. */
static void reclaim(const struct sockaddr_un *a)
{
    struct stat st;
    int fd;
    if (lstat(a->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
        return;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)a, sizeof *a) < 0 && errno == ECONNREFUSED)
        unlink(a->sun_path);
    close(fd);
}

static int open_unix(struct swd_http *h, const char *path, struct swd_err *e)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    mode_t old;
    int fd, rc;
    if (path[0] != '/' || strlen(path) >= sizeof a.sun_path)
        return swd_fail(e, SWD_EPARAMS, "[monitor] http: '%.100s' is no path of a socket", path);
    memcpy(a.sun_path, path, strlen(path) + 1);
    reclaim(&a);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return socket_fail(e, "open a socket for", path);
    old = umask(0117);
    rc = bind(fd, (const struct sockaddr *)&a, sizeof a);
    umask(old);
    if (rc < 0) {
        rc = socket_fail(e, "bind", path);
        close(fd);
        return rc;
    }
    memcpy(h->path, path, strlen(path) + 1);
    return fd;
}

static void name_where(struct swd_http *h, int fd)
{
    struct sockaddr_storage s;
    socklen_t n = sizeof s;
    char text[64] = "";
    if (h->path[0] || getsockname(fd, (struct sockaddr *)&s, &n) < 0) {
        snprintf(h->where, sizeof h->where, "%s", h->o.listen);
    } else if (s.ss_family == AF_INET6) {
        const struct sockaddr_in6 *a = (const void *)&s;
        inet_ntop(AF_INET6, &a->sin6_addr, text, sizeof text);
        snprintf(h->where, sizeof h->where, "[%s]:%u", text, ntohs(a->sin6_port));
    } else {
        const struct sockaddr_in *a = (const void *)&s;
        inet_ntop(AF_INET, &a->sin_addr, text, sizeof text);
        snprintf(h->where, sizeof h->where, "%s:%u", text, ntohs(a->sin_port));
    }
}

/* "127.0.0.1:9464" or "[::1]:9464". */
static bool parse_inet(const char *where, struct sockaddr_storage *s, socklen_t *n)
{
    struct sockaddr_in *a4 = (void *)s;
    struct sockaddr_in6 *a6 = (void *)s;
    const char *colon = strrchr(where, ':');
    size_t len = colon ? (size_t)(colon - where) : 0;
    unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
    char host[64];
    memset(s, 0, sizeof *s);
    if (len < 3 || len >= sizeof host || port > UINT16_MAX)
        return false;
    memcpy(host, where, len);
    host[len] = '\0';
    if (host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        a6->sin6_family = AF_INET6;
        a6->sin6_port = htons((uint16_t)port);
        *n = sizeof *a6;
        return inet_pton(AF_INET6, host + 1, &a6->sin6_addr) == 1;
    }
    a4->sin_family = AF_INET;
    a4->sin_port = htons((uint16_t)port);
    *n = sizeof *a4;
    return inet_pton(AF_INET, host, &a4->sin_addr) == 1;
}

static int open_inet(const char *where, struct swd_err *e)
{
    struct sockaddr_storage s;
    socklen_t n;
    int fd, one = 1, rc;
    if (!parse_inet(where, &s, &n))
        return swd_fail(e, SWD_EPARAMS, "[monitor] http: '%.100s' is no address with a port",
                        where);
    fd = socket(s.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return socket_fail(e, "open a socket for", where);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&s, n) == 0)
        return fd;
    rc = socket_fail(e, "bind", where);
    close(fd);
    return rc;
}

/* ---- life ---- */

static int serve(struct swd_http *h, int fd, struct swd_err *e)
{
    struct evconnlistener *l;
    h->http = evhttp_new(h->o.loop->base);
    h->place = swd_slab_alloc(h->o.max_connections * sizeof(struct bufferevent *));
    if (!h->http || !h->place || swd_tick_new(h->o.loop, on_tick, h, &h->tick) != 0) {
        close(fd);
        return swd_fail(e, SWD_ENOMEM, "no memory for the HTTP server");
    }
    errno = 0;
    l = evconnlistener_new(h->o.loop->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE, BACKLOG, fd);
    if (!l || !evhttp_bind_listener(h->http, l)) {
        int rc = socket_fail(e, "listen on", h->where);
        if (l)
            evconnlistener_free(l);
        else
            close(fd);
        return rc;
    }
    h->listener = l;
    evconnlistener_set_error_cb(l, accept_failed);
    evhttp_set_bevcb(h->http, place_take, h);
    evhttp_set_gencb(h->http, on_request, h);
    evhttp_set_timeout(h->http, (int)h->o.timeout_s);
    evhttp_set_max_headers_size(h->http, HEADERS_MAX);
    evhttp_set_max_body_size(h->http, BODY_MAX);
    evhttp_set_allowed_methods(h->http, UINT16_MAX); /* others are refused here, with a reason */
    return 0;
}

int swd_http_open(const struct swd_http_opts *o, struct swd_http **out, struct swd_err *e)
{
    struct swd_http *h = swd_slab_alloc(sizeof *h);
    int fd, rc;
    *out = NULL;
    if (!h)
        return swd_fail(e, SWD_ENOMEM, "no memory for the HTTP server");
    h->o = *o;
    fd = strncmp(o->listen, "unix:", 5) == 0 ? open_unix(h, o->listen + 5, e)
                                             : open_inet(o->listen, e);
    rc = fd;
    if (fd >= 0) {
        name_where(h, fd);
        h->o.listen = h->where;
        rc = serve(h, fd, e);
    }
    if (rc < 0) {
        swd_http_close(&h);
        return rc;
    }
    *out = h;
    return 0;
}

void swd_http_close(struct swd_http **hp)
{
    struct swd_http *h = *hp;
    *hp = NULL;
    if (!h)
        return;
    if (h->http)
        evhttp_free(h->http); /* and the listener */
    if (h->place)
        places_leave(h, true);
    if (h->tick)
        swd_tick_free(&h->tick);
    if (h->path[0])
        unlink(h->path);
    swd_slab_free(h->place, h->o.max_connections * sizeof(struct bufferevent *));
    swd_slab_free(h, sizeof *h);
}

const char *swd_http_where(const struct swd_http *h)
{
    return h->where;
}

unsigned swd_http_connections(const struct swd_http *h)
{
    return h->n;
}
