/* A blocking JSON-RPC client on a Unix socket; private to swd/ctl. See client.c. */
#ifndef SWD_CTL_CLIENT_H
#define SWD_CTL_CLIENT_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SWD_CTL_PROTOCOL 1
#define SWD_CTL_LINE_MAX ((size_t)256 << 20)

/* What arrives besides the answer awaited. Members may be NULL. */
struct swd_ctl_client_events {
    void (*notify)(void *arg, const char *method, const json_t *params);
    /* A request of the daemon's: 0 and a result (given away), or SWD_E* and `e`. */
    int (*request)(void *arg, const char *method, const json_t *params, json_t **result,
                   struct swd_err *e);
    /* A signal broke in: nonzero gives up waiting. */
    int (*interrupt)(void *arg);
    /* Nothing is left to do before waiting: nonzero gives up. */
    int (*idle)(void *arg);
    void *arg;
};

struct swd_ctl_client {
    int fd;
    char *in;                      /* bytes received */
    size_t off, len, cap, scanned; /* dealt with up to off; no newline from there to scanned */
    int pass[2]; /* descriptors that go with the next request; -1: none. Not closed */
    int64_t next_id;
    uint64_t deadline; /* monotonic ns, 0: none */
    bool lost;         /* the daemon went away, or speaks no protocol of ours */
    bool interrupted;  /* a signal came since the last line */
    struct swd_ctl_client_events events;
    sigset_t wait_mask; /* signals blocked while waiting: all that were before */
};

/* Connects. `deadline` as in the struct. Errors: SWD_ENOTFOUND (nobody there: `lost`),
 * SWD_EDENIED, SWD_ETIMEOUT, SWD_EPARAMS (path too long), SWD_EIO. */
int swd_ctl_client_open(struct swd_ctl_client *c, const char *path, uint64_t deadline,
                        struct swd_err *e);
void swd_ctl_client_close(struct swd_ctl_client *c);

/* Sends a request; `params` (may be NULL) is given away. Its id in `*id`. Errors: SWD_EIO (lost),
 * SWD_ETIMEOUT, SWD_ENOMEM. */
int swd_ctl_client_send(struct swd_ctl_client *c, const char *method, json_t *params, int64_t *id,
                        struct swd_err *e);

/* Waits for the answer to `id` and gives its result. An error answer comes back as its SWD_E* with
 * message and hint. SWD_EBUSY with an empty message: a callback gave up. Other errors:
 * SWD_EIO (lost), SWD_ETIMEOUT, SWD_ENOMEM. */
int swd_ctl_client_await(struct swd_ctl_client *c, int64_t id, json_t **result, struct swd_err *e);

/* Deals with one message, when no answer is awaited. Errors as above. */
int swd_ctl_client_listen(struct swd_ctl_client *c, struct swd_err *e);

/* Send, then await. */
int swd_ctl_client_call(struct swd_ctl_client *c, const char *method, json_t *params,
                        json_t **result, struct swd_err *e);

#endif
