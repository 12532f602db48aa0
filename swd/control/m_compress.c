/* Methods compress and decompress: from file to file on threads of their own. Loop thread.
 *
 * The client opens both files, with its own rights, and passes the descriptors (SCM_RIGHTS) along
 * with its request; the daemon never opens a client's path. A job's descriptors are closed before
 * it is answered. While it runs, the client gets `progress {request, in, out, size}`. A client that
 * goes away cancels its jobs. The threads start with the first job. */
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "compress/files.h"
#include "control/priv.h"
#include "pool/slab.h"

#define PACK_THREADS 2
#define PACK_MAX     64 /* jobs running and waiting */
/* What a client that names no limit gets: gzip cannot expand more, other codecs do so for what has
 * next to no contents. */
#define RATIO_MAX  2000
#define RATIO_FROM ((uint64_t)1 << 30)

struct ctl_pack {
    struct swd_list link; /* ctl->packs */
    struct swd_task task;
    struct swd_post done, told;
    struct swd_control *ctl;
    struct ctl_conn *conn; /* NULL: gone */
    json_t *id;            /* NULL: nobody wants the answer */
    struct swd_codec_opts opts;
    struct swd_codec_files files;
    uint64_t began;
    _Atomic bool cancel;
    _Atomic uint64_t in, out, size;
    int rc;
    struct swd_err err;
};

static void pack_free(struct ctl_pack *p)
{
    swd_list_del(&p->link);
    p->ctl->npacks--;
    if (p->conn)
        p->conn->npacks--;
    swd_post_cancel(p->ctl->o.loop, &p->done);
    swd_post_cancel(p->ctl->o.loop, &p->told);
    close(p->files.in_fd);
    close(p->files.out_fd);
    json_decref(p->id);
    swd_slab_free(p, sizeof *p);
}

/* ---- on the job's thread ---- */

static bool pack_progress(void *arg, const struct swd_codec_progress *now)
{
    struct ctl_pack *p = arg;
    atomic_store(&p->in, now->in);
    atomic_store(&p->out, now->out);
    atomic_store(&p->size, now->in_size);
    swd_loop_post(p->ctl->o.loop, &p->told);
    return !atomic_load(&p->cancel);
}

static void pack_run(struct swd_task *t)
{
    struct ctl_pack *p = SWD_CONTAINER(t, struct ctl_pack, task);
    if (atomic_load(&p->cancel))
        p->rc = swd_fail(&p->err, SWD_ECLOSING, "cancelled");
    else
        p->rc = swd_codec_files(&p->files, &p->err);
    if (p->rc == SWD_ELIMIT && p->files.dir == SWD_DECOMPRESS && p->err.hint[0] == '\0')
        swd_fail_hint(&p->err, "max_output and max_ratio say what is too much (--max-output, "
                               "--max-ratio of swctl)");
    swd_loop_post(p->ctl->o.loop, &p->done);
}

/* ---- on the loop ---- */

static void pack_told(struct swd_post *post)
{
    struct ctl_pack *p = SWD_CONTAINER(post, struct ctl_pack, told);
    struct ctl_msg m;
    if (!p->conn || !p->id || p->conn->dying || !ctl_notify_begin(p->conn, "progress", &m))
        return;
    swd_json_begin(&m.w, '{');
    ctl_write_id(&m.w, "request", p->id);
    swd_json_kuint(&m.w, "in", atomic_load(&p->in));
    swd_json_kuint(&m.w, "out", atomic_load(&p->out));
    swd_json_kuint(&m.w, "size", atomic_load(&p->size));
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_LINE);
}

static void pack_answer(struct ctl_pack *p)
{
    const struct swd_codec_progress *d = &p->files.done;
    struct ctl_msg m;
    if (p->rc != 0) {
        ctl_reply_error(p->conn, p->id, &p->err);
        return;
    }
    if (!ctl_reply_begin(p->conn, p->id, &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kstr(&m.w, "codec", swd_codec_name(p->files.codec));
    swd_json_kuint(&m.w, "in", d->in);
    swd_json_kuint(&m.w, "out", d->out);
    swd_json_kuint(&m.w, "took_us", (swd_clock_mono() - p->began) / SWD_NS_PER_US);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
}

static void pack_done(struct swd_post *post)
{
    struct ctl_pack *p = SWD_CONTAINER(post, struct ctl_pack, done);
    struct ctl_conn *c = p->conn;
    if (c && p->id && !c->dying)
        pack_answer(p);
    pack_free(p);
    if (c && !c->dying)
        ctl_conn_update(c);
}

void ctl_pack_orphan(struct ctl_conn *c)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, &c->ctl->packs)
    {
        struct ctl_pack *p = SWD_LIST_ENTRY(it, struct ctl_pack, link);
        if (p->conn != c)
            continue;
        p->conn = NULL;
        atomic_store(&p->cancel, true);
    }
    c->npacks = 0;
}

void ctl_pack_stop(struct swd_control *ctl)
{
    struct swd_list *it, *tmp;
    SWD_LIST_EACH(it, &ctl->packs)
    {
        atomic_store(&SWD_LIST_ENTRY(it, struct ctl_pack, link)->cancel, true);
    }
    swd_execs_stop(&ctl->packers);
    SWD_LIST_EACH_SAFE(it, tmp, &ctl->packs)
    {
        pack_free(SWD_LIST_ENTRY(it, struct ctl_pack, link));
    }
}

/* ---- descriptors ---- */

void ctl_fds_drop(struct ctl_conn *c)
{
    while (c->nfds > 0)
        close(c->fds[--c->nfds]);
}

void ctl_fds_take(struct ctl_conn *c, struct msghdr *m)
{
    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL; h = CMSG_NXTHDR(m, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(h) + i * sizeof fd, sizeof fd);
            if (c->nfds < CTL_FDS_MAX)
                c->fds[c->nfds++] = fd;
            else
                close(fd);
        }
    }
}

/* Only regular files: a pipe could keep a thread for ever. */
static int check_fd(int fd, const char *what, int forbidden, struct swd_err *e)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return swd_fail(e, SWD_EPARAMS, "the %s is not a regular file", what);
    if ((flags & O_ACCMODE) == forbidden)
        return swd_fail(e, SWD_EPARAMS, "the %s is open for the wrong direction", what);
    return 0;
}

static int take_fds(struct ctl_conn *c, struct ctl_pack *p, struct swd_err *e)
{
    if (c->nfds < 2) {
        (void)swd_fail(e, SWD_EPARAMS, "two descriptors have to come with this request");
        return swd_fail_hint(e, "input and output, by SCM_RIGHTS; `swctl compress` does it");
    }
    p->files.in_fd = c->fds[0];
    p->files.out_fd = c->fds[1];
    c->nfds -= 2;
    memmove(c->fds, c->fds + 2, c->nfds * sizeof c->fds[0]);
    int rc = check_fd(p->files.in_fd, "input", O_WRONLY, e);
    return rc != 0 ? rc : check_fd(p->files.out_fd, "output", O_RDONLY, e);
}

/* ---- the methods ---- */

static int pack_options(struct ctl_request *r, enum swd_codec_dir dir, struct ctl_pack *p,
                        struct swd_err *e)
{
    const char *codec = swd_param_str(r->params, "codec", dir == SWD_COMPRESS ? "gzip" : NULL);
    const json_t *level = json_object_get(r->params, "level");
    int low, high, dflt;
    p->opts = (struct swd_codec_opts)SWD_CODEC_OPTS;
    p->opts.checksum = true;
    p->opts.max_output = swd_param_uint(r->params, "max_output", 0);
    uint64_t ratio = swd_param_uint(r->params, "max_ratio", RATIO_MAX);
    p->opts.max_ratio = ratio < UINT32_MAX ? (uint32_t)ratio : UINT32_MAX;
    if (!json_object_get(r->params, "max_ratio"))
        p->opts.ratio_from = RATIO_FROM;
    p->files = (struct swd_codec_files){.codec = codec ? swd_codec_find(codec) : SWD_CODECS,
                                        .dir = dir,
                                        .opts = &p->opts,
                                        .in_fd = -1,
                                        .out_fd = -1,
                                        .progress = pack_progress,
                                        .arg = p};
    if (codec &&
        p->files.codec == SWD_CODECS) { /* the table of methods knows more than this build */
        swd_fail(e, SWD_EUNSUPPORTED, "this daemon was built without %s", codec);
        return swd_fail_hint(e, "install libbrotli-dev and build again");
    }
    if (!level)
        return 0;
    swd_codec_levels(p->files.codec, &low, &high, &dflt);
    if (!json_is_integer(level) || json_integer_value(level) < low ||
        json_integer_value(level) > high) {
        (void)swd_fail(e, SWD_EPARAMS, "levels of %s are %d to %d", codec, low, high);
        swd_fail_field(e, "level");
        return SWD_EPARAMS;
    }
    p->opts.level = (int)json_integer_value(level);
    return 0;
}

static int pack_start(struct ctl_request *r, enum swd_codec_dir dir, struct swd_err *e)
{
    struct swd_control *ctl = r->conn->ctl;
    struct ctl_pack *p;
    int rc = 0;
    if (ctl->npacks >= PACK_MAX)
        return swd_fail(e, SWD_EBUSY, "%d jobs are waiting already", PACK_MAX);
    if (!ctl->packers)
        rc = swd_execs_start(PACK_THREADS, NULL, &ctl->packers, e);
    if (rc != 0)
        return rc;
    p = swd_slab_alloc(sizeof *p);
    if (!p)
        return swd_fail(e, SWD_ENOMEM, "no memory for another job");
    p->ctl = ctl;
    p->conn = r->conn;
    p->id = json_incref(r->id);
    p->began = swd_clock_mono();
    swd_list_push_back(&ctl->packs, &p->link);
    ctl->npacks++;
    r->conn->npacks++;
    swd_task_init(&p->task, pack_run);
    swd_post_init(&p->done, pack_done);
    swd_post_init(&p->told, pack_told);
    rc = pack_options(r, dir, p, e);
    if (rc == 0)
        rc = take_fds(r->conn, p, e);
    if (rc != 0)
        pack_free(p);
    else
        swd_task_queue(ctl->packers, &p->task);
    return rc;
}

int ctl_m_COMPRESS(struct ctl_request *r, struct swd_err *e)
{
    int rc = pack_start(r, SWD_COMPRESS, e);
    ctl_fds_drop(r->conn);
    return rc;
}

int ctl_m_DECOMPRESS(struct ctl_request *r, struct swd_err *e)
{
    int rc = pack_start(r, SWD_DECOMPRESS, e);
    ctl_fds_drop(r->conn);
    return rc;
}
