/* What the files of the control layer share; no other folder includes this.
 *
 * Lifetimes: a connection is never freed while one of its functions may be on the stack. Whoever
 * finds it broken calls ctl_conn_close(), which only marks it; ctl_sweep() frees it at the end of
 * the loop's iteration. A pending request (struct ctl_pending) belongs to its connection until it
 * is answered; those that the layers below still hold are orphaned instead (conn NULL). */
#ifndef SWD_CONTROL_PRIV_H
#define SWD_CONTROL_PRIV_H

#include <sys/socket.h>
#include <sys/types.h>

#include <jansson.h>

#include "compress/compress.h"
#include "control/control.h"
#include "control/frame.h"
#include "control/json.h"
#include "control/params.h"

#define CTL_UIDS_MAX     64
#define CTL_PENDING_MAX  100000u /* unanswered requests of one connection */
#define CTL_SCRATCH      ((size_t)64 * 1024)
#define CTL_DISCARD_MAX  8u /* times max_frame of an oversized line read before giving up on it */
#define CTL_FRAMES_SLICE 64u
#define CTL_NS_SLICE     (1000 * 1000ULL) /* of one connection in one iteration */
/* Unsent output at which a connection's requests wait until it reads its replies. */
#define CTL_READ_PAUSE ((size_t)1024 * 1024)
/* Longer lines are parsed on a thread of their own. Not less than CTL_SCRATCH: they must lie in a
 * connection's own input. */
#define CTL_PARSE_INLINE CTL_SCRATCH

#define CTL_FDS_MAX 2u

struct ctl_uids {
    uid_t uid[CTL_UIDS_MAX];
    unsigned n;
};

enum ctl_topic {
    CTL_TOPIC_RUNNER = 1,
    CTL_TOPIC_LOG = 2,
    CTL_TOPIC_STATS = 4,
    CTL_TOPIC_PRESSURE = 8,
    CTL_TOPIC_GC = 16
};

struct ctl_chunk;  /* out.c */
struct ctl_job;    /* parser.c */
struct ctl_parser; /* parser.c */

struct ctl_conn {
    unsigned magic;
    struct swd_control *ctl;
    struct swd_list link; /* ctl->conns, then ctl->dead */
    int fd;
    struct swd_fd *watch;
    uid_t uid;
    pid_t pid;
    enum swd_privilege privilege;
    bool dying, closing; /* closing: once the output is sent */
    bool half_closed;    /* the peer sends nothing more, but still reads */

    /* Input: an unfinished or not yet handled rest of what was read; NULL when there is none. */
    struct swd_bytebuf *in;
    size_t in_off, in_scanned; /* handled; searched for a newline */
    size_t discard;            /* bytes of an oversized line dropped so far; 0: not discarding */
    uint64_t in_since;         /* when the last byte of an unfinished frame came */
    struct swd_list work;      /* ctl->work: whole frames are waiting */
    struct ctl_job *job;       /* a large frame is being parsed: `in` is its */

    /* Output. */
    struct swd_list out; /* chunks */
    size_t backlog;
    uint64_t sent, sent_seen, stalled_since;
    uint64_t dropped; /* lines, not reported yet */
    bool paused;      /* reading waits for the output */
    struct swd_list dirty;

    struct swd_list pending;
    unsigned npending;
    struct swd_list asked; /* module.read requests that wait for their answer */
    uint64_t next_ask;
    unsigned npacks;      /* jobs of m_compress.c */
    int fds[CTL_FDS_MAX]; /* passed by the peer, not yet claimed by a request */
    unsigned nfds;
    unsigned topics;
    enum swd_codec encode; /* SWD_CODECS: replies go out as they are */
    size_t encode_min;
    struct swd_list subscriber; /* ctl->subscribers */
};

/* A message of ours that must be answered (module.read). */
struct ctl_ask {
    struct swd_list link;
    uint64_t sid, runner, since;
    size_t size; /* of this struct with the path */
    char path[];
};

enum ctl_kind { CTL_RUN, CTL_LOAD, CTL_MODULES, CTL_WAIT, CTL_KILL, CTL_FOLLOW, CTL_GC };

struct ctl_pending {
    unsigned magic;
    struct swd_list link;
    enum ctl_kind kind;
    struct ctl_conn *conn; /* NULL: gone */
    json_t *id;            /* NULL: a notification, nobody wants the answer */
    struct swd_watch watch;
    struct swd_tick *timer;
    uint64_t runner;
    bool watching, announced, modules;
    bool busy;  /* the call that made it has not returned: do not free */
    bool ended; /* happened while busy */
};

struct swd_control {
    unsigned magic;
    struct swd_control_opts o;
    char *version, *socket, *group;
    struct swd_control_limits lim; /* defaults filled in; the texts are not kept */
    struct ctl_uids admins, readers;

    int listen_fd, lock_fd;
    bool bound; /* the path is ours to unlink */
    dev_t bound_dev;
    ino_t bound_ino;
    struct swd_fd *listener;

    struct ctl_parser *parser; /* NULL until the first large frame */
    struct swd_list jobs;
    struct swd_list conns, work, dirty, dead, subscribers, taps;
    unsigned nconns;
    size_t held; /* bytes of input and output buffered for all clients */
    struct swd_post work_post, flush_post, sweep_post;
    struct swd_tick *tick;
    unsigned observed; /* topics that anybody wants */
    struct swd_observer observer;
    struct swd_post tap_post;
    uint64_t tap_after, tap_last; /* runners still to be tapped: ids after and up to */
    uint64_t stats_due, started;
    bool accept_paused, stopping;
    uint64_t stop_at;
    void (*stop_done)(void *arg);
    void *stop_arg;

    struct swd_execs *packers; /* m_compress.c; NULL until the first job */
    struct swd_list packs;
    unsigned npacks;

    struct swd_execs *encoders; /* encode.c; NULL until the first long reply */
    struct swd_list encodings;

    uint64_t accepted, refused, requests, errors, lines_dropped, closed_slow;
    char scratch[CTL_SCRATCH];
};

/* listen.c */
int ctl_listen_open(struct swd_control *c, struct swd_err *e);
void ctl_listen_close(struct swd_control *c);

/* peer.c */
int ctl_uids_parse(const char *text, struct ctl_uids *out, struct swd_err *e);
int ctl_peer(const struct swd_control *c, struct ctl_conn *conn);
enum swd_privilege ctl_privilege(const struct swd_control *c, uid_t uid);

/* conn.c */
void ctl_accept(void *arg, int events);
void ctl_conn_close(struct ctl_conn *c, const char *why);
void ctl_conn_finish(struct ctl_conn *c); /* close when everything is sent */
void ctl_conn_tick(struct ctl_conn *c, uint64_t now);
void ctl_conn_update(struct ctl_conn *c); /* what the fd is watched for */
void ctl_on_work(struct swd_post *p);
void ctl_conn_resume(struct ctl_conn *c); /* its large frame is handled */
void ctl_sweep(struct swd_control *c);

/* out.c: whole lines. A line of kind LINE may be dropped for a slow reader, any other closes it. */
enum ctl_weight { CTL_REPLY, CTL_LINE };
struct ctl_part {
    const char *data;
    size_t n;
};
bool ctl_send(struct ctl_conn *c, enum ctl_weight w, const struct ctl_part *parts, size_t n);
/* A place at the end of the output for a line of about `n` bytes (its newline aside) that is yet to
 * come; NULL: no memory, or the connection is being closed. Then the line, which is taken over. A
 * place goes with its connection. */
struct ctl_chunk *ctl_out_keep(struct ctl_conn *c, size_t n);
void ctl_out_fill(struct ctl_conn *c, struct ctl_chunk *place, struct swd_bytebuf **line);
bool ctl_out_ready(const struct ctl_conn *c); /* something could be sent */
void ctl_out_flush(struct ctl_conn *c);
void ctl_on_flush(struct swd_post *p);
void ctl_out_free(struct ctl_conn *c);
void ctl_out_tick(struct ctl_conn *c, uint64_t now);

/* encode.c: sends a reply packed, or will, when the client asked for that and it pays; else false.
 * Forgets a connection before it is freed; ends the thread. */
bool ctl_encode(struct ctl_conn *c, const struct ctl_part *parts, size_t n);
void ctl_encode_orphan(struct ctl_conn *c);
void ctl_encode_stop(struct swd_control *c);

/* reply.c: messages. */
struct ctl_msg {
    struct swd_json w;
    struct ctl_conn *conn;
};
/* A request's id as it came: integer, string (NULs in it too), else null. */
void ctl_write_id(struct swd_json *w, const char *key, const json_t *id);
/* A reply to `id` up to `"result":`; false (and already dealt with) without memory. */
bool ctl_reply_begin(struct ctl_conn *c, const json_t *id, struct ctl_msg *m);
bool ctl_notify_begin(struct ctl_conn *c, const char *method, struct ctl_msg *m);
void ctl_msg_end(struct ctl_msg *m, enum ctl_weight weight);
void ctl_reply_error(struct ctl_conn *c, const json_t *id, const struct swd_err *e);
void ctl_write_error(struct swd_json *w, const struct swd_err *e);

/* dispatch.c */
struct ctl_request {
    struct ctl_conn *conn;
    json_t *id; /* NULL: a notification */
    json_t *params;
    const char *text; /* of args or message, if somebody wrote it already; else NULL */
};
/* A line that was parsed, or why it was not. */
struct ctl_parsed {
    int rc;
    json_t *root;
    char *text;
    struct swd_err error;
};
void ctl_dispatch(struct ctl_conn *c, const char *line, size_t n);
void ctl_dispatch_parsed(struct ctl_conn *c, struct ctl_parsed *p);

/* parser.c: starts parsing a line of the connection's own input; false: do it here. */
bool ctl_parse_start(struct ctl_conn *c, const char *line, size_t n);
void ctl_parse_orphan(struct ctl_conn *c); /* the connection is about to be freed */
void ctl_parser_stop(struct swd_control *c);

/* pending.c */
struct ctl_pending *ctl_pending_new(struct ctl_request *r, enum ctl_kind kind, struct swd_err *e);
void ctl_pending_free(struct ctl_pending *p);
void ctl_pending_drop_all(struct ctl_conn *c);
/* The submission is accepted: `started` goes out, unless it did. */
void ctl_pending_accepted(struct ctl_pending *p, uint64_t runner);
/* Watches a runner; on an error, or when it has ended already, `p` is gone. */
int ctl_pending_watch(struct ctl_pending *p, uint64_t runner, struct swd_err *e);
int ctl_pending_timer(struct ctl_pending *p, uint64_t ns, struct swd_err *e);

/* write.c: shapes of CONTRACT. */
void ctl_write_runner(struct swd_json *w, const struct swd_runner_info *i);
/* A runner result up to and without `"value":`; the value is sent from where it lies. */
void ctl_send_result(struct ctl_conn *c, const json_t *id, const struct swd_runner_info *i);
void ctl_write_result(struct swd_json *w, const struct swd_runner_info *i);
/* What `load` answers, and one member of `images` in `stats`. */
void ctl_write_function(struct swd_json *w, const struct swd_function_info *f, bool figures);
void ctl_write_receipt(struct swd_json *w, const struct swd_receipt *r);
void ctl_send_line(struct ctl_conn *c, uint64_t id, const struct swd_line *line);

/* modules.c */
void ctl_module_read(void *arg, uint64_t runner, const char *path);
void ctl_module_answer(struct ctl_conn *c, const struct swd_envelope *env);
void ctl_module_tick(struct ctl_conn *c, uint64_t now);
void ctl_module_drop_all(struct ctl_conn *c);

/* subscribe.c */
void ctl_on_tap(struct swd_post *p);
void ctl_subscribe_tick(struct swd_control *c);
void ctl_unsubscribe(struct ctl_conn *c);

/* top.c: an array of rows, the largest first; `points`: with what each had at the last samples. */
void ctl_write_top(struct swd_json *w, struct swd_control *c, bool by_cpu, unsigned limit,
                   bool points);

/* stats.c */
void ctl_write_stats(struct swd_json *w, struct swd_control *c);
void ctl_write_pool(void *w, const char *name, const struct swd_pool_stats *p);

/* m_compress.c: cancels a connection's jobs, before it is freed; ends all of them. And descriptors
 * that came with what was read. */
void ctl_pack_orphan(struct ctl_conn *c);
void ctl_pack_stop(struct swd_control *c);
void ctl_fds_take(struct ctl_conn *c, struct msghdr *m);
void ctl_fds_drop(struct ctl_conn *c);

/* m_*.c: ctl_m_<symbol>(), 0 or an error that the dispatcher sends. */
#define SWD_METHOD(sym, name, alias, params, priv, help)                                           \
    int ctl_m_##sym(struct ctl_request *r, struct swd_err *e);
#include "base/methods.def"
#undef SWD_METHOD

#endif
