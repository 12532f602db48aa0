/* The control socket: JSON-RPC 2.0 by lines on a Unix stream socket (doc/control-protocol.md).
 *
 * Everything belongs to the loop thread and never blocks it. An idle connection costs two small
 * structs and no buffer; what a client can make the daemon hold is capped by frame, connection and
 * in all. The work itself is done by the layers below. */
#ifndef SWD_CONTROL_CONTROL_H
#define SWD_CONTROL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "loop/loop.h"
#include "monitor/monitor.h"
#include "pool/bytebuf.h"
#include "runner/runner.h"

#define SWD_PROTOCOL 1

struct swd_control;

/* What a reload can change. */
struct swd_control_limits {
    const char *admin_uids, *read_only_uids; /* as in swd.conf: ids or names, separated by commas */
    uint64_t max_connections;
    uint64_t max_frame;   /* bytes of one line */
    uint64_t max_backlog; /* bytes of output waiting for one reader; SWD_NONE: no cap of its own */
    uint64_t max_held;    /* bytes of input and output held for all clients; 0: 256 MiB */
    uint64_t frame_ns;    /* longest silence in the middle of a frame; 0: 30 s */
    uint64_t stalled_ns;  /* longest time a reader may take nothing while lines drop; 0: 10 s */
    uint64_t drain_ns;    /* what `shutdown` without drain_ms gives runners; 0: 2 s */
    uint64_t module_ns;   /* longest wait for an answer to module.read; 0: 5 s */
};

/* A member of `stats` written by somebody else: one JSON value for `key`, which replaces the
 * control layer's own. Keys: identity, images, compile_cache, pools, pressure. */
struct swd_stats_part {
    const char *key;
    void (*write)(void *arg, struct swd_bytebuf *out);
};

enum swd_reload_kind { SWD_RELOAD_APPLIED, SWD_RELOAD_NEEDS_RESTART, SWD_RELOAD_ERROR };
typedef void swd_reload_item_fn(void *ctx, enum swd_reload_kind kind, const char *text);

struct swd_control_opts {
    struct swd_loop *loop;
    struct swd_execs *execs;
    struct swd_runners *runners;
    struct swd_monitor *monitor; /* NULL: its methods are unsupported */
    const char *version;         /* of the daemon */
    const char *socket;          /* path; unused with listen_fd */
    unsigned mode;               /* permission bits */
    const char *group;           /* owning group; NULL or "": leave it */
    bool group_must_exist;       /* else a group that does not exist is passed over */
    int listen_fd;               /* a listening socket by socket activation, taken over; -1: none */
    struct swd_control_limits limits;
    const struct swd_stats_part *stats; /* ended by key NULL; NULL: none */
    /* NULL: config.get says unsupported. */
    const struct swd_conf *(*conf)(void *arg);
    /* Reads the configuration again and tells every key of note. NULL: unsupported. */
    void (*reload)(void *arg, swd_reload_item_fn *item, void *ctx);
    /* Begins the end of the daemon; the reply is sent meanwhile. */
    void (*shutdown)(void *arg, uint64_t drain_ns);
    void *arg;
};

/* Opens the socket and serves it. Strings of `o` are copied. Errors: SWD_EEXISTS (another daemon
 * serves it), SWD_EDENIED, SWD_EIO, SWD_EPARAMS (users, group, path), SWD_ENOMEM. */
int swd_control_start(const struct swd_control_opts *o, struct swd_control **out,
                      struct swd_err *e);

/* New limits, after a reload. On an error (users) nothing changes. */
int swd_control_configure(struct swd_control *c, const struct swd_control_limits *l,
                          struct swd_err *e);

/* First step of the end: no connection is accepted any more and the socket's path is gone. Open
 * connections are still served. */
void swd_control_close_listener(struct swd_control *c);

/* Last step: sends what is queued, for at most `ns`, then closes every connection and calls `done`
 * on the loop thread; then swd_control_free() is due. */
void swd_control_stop(struct swd_control *c, uint64_t ns, void (*done)(void *arg), void *arg);

/* Closes at once what is still open. Call it before swd_runners_free(). */
void swd_control_free(struct swd_control **c);

/* Sends an event to the subscribers of `topic` (pressure or gc); `json` is one JSON value. */
void swd_control_publish(struct swd_control *c, const char *topic, const char *json, size_t n);
/* What the monitor did or judged, as JSON values: for the above. */
struct swd_json;
void swd_control_pressure_json(struct swd_json *w, const struct swd_monitor *m);
void swd_control_relief_json(struct swd_json *w, const struct swd_relief *r);

unsigned swd_control_connections(const struct swd_control *c);

#endif
