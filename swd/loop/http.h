/* A small HTTP server on the loop: libevent's own, bounded. It answers GET and HEAD with what one
 * callback writes at once; everything else (bodies, other methods) is refused. Each connection
 * serves one request. Loop thread. */
#ifndef SWD_LOOP_HTTP_H
#define SWD_LOOP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "loop/loop.h"
#include "pool/bytebuf.h"

struct swd_http;

struct swd_http_asked {
    const char *path, *query; /* as sent; query "" where there is none */
    const char *host;         /* of the Host header or the target, without its port; NULL: none */
    const char *accept;       /* "" where there is none */
    bool local;               /* by a Unix socket */
};

#define SWD_HTTP_HEADERS 8u

struct swd_http_answer {
    int status;
    const char *type; /* Content-Type */
    struct {
        const char *name, *value;
    } header[SWD_HTTP_HEADERS]; /* more of them, up to a NULL name */
    struct swd_bytebuf *body;   /* empty when it is given; a failed one becomes a 500 */
};

struct swd_http_opts {
    struct swd_loop *loop;
    const char *listen;       /* ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH */
    unsigned max_connections; /* more wait in the kernel's queue */
    unsigned timeout_s;       /* of a silent connection */
    void (*fn)(void *arg, const struct swd_http_asked *q, struct swd_http_answer *a);
    void *arg;
};

/* Errors: SWD_EPARAMS (address), SWD_EEXISTS (somebody listens there), SWD_EDENIED, SWD_EIO,
 * SWD_ENOMEM. */
int swd_http_open(const struct swd_http_opts *o, struct swd_http **out, struct swd_err *e);
/* Closes every connection. Before swd_loop_free(). */
void swd_http_close(struct swd_http **h);
/* Where it listens, with the port that was found for port 0. */
const char *swd_http_where(const struct swd_http *h);
unsigned swd_http_connections(const struct swd_http *h);

#endif
