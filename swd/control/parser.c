/* Large frames are parsed on a thread of their own, so that 16 MiB of JSON (about 20 ns a byte) do
 * not keep the loop from everybody else.
 *
 * The thread starts with the first large frame. A connection has at most one frame there; until it
 * is back nothing more is read from it, so its order of requests holds and the bytes stay where
 * they are, in the connection's input, which belongs to the job meanwhile. Jobs cross over by the
 * queue's lock and come back by a post. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "control/priv.h"
#include "pool/slab.h"

struct ctl_job {
    struct swd_list link; /* ctl->jobs; loop thread */
    struct swd_list queued;
    struct swd_post post;
    struct swd_control *ctl;
    struct ctl_conn *conn;  /* NULL: gone */
    struct swd_bytebuf *in; /* taken over from a connection that is gone */
    const char *line;
    size_t n;
    /* What came out of it. */
    struct ctl_parsed parsed;
};

struct ctl_parser {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct swd_list queue;
    bool stop;
};

/* The large parts of the two methods that pass JSON on, as text. */
static char *job_text(json_t *root)
{
    json_t *params = json_object_get(root, "params");
    json_t *v = json_object_get(params, "args");
    if (!v)
        v = json_object_get(params, "message");
    return v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
}

static struct ctl_job *parser_next(struct ctl_parser *p)
{
    struct swd_list *n;
    pthread_mutex_lock(&p->lock);
    while (!p->stop && swd_list_empty(&p->queue))
        pthread_cond_wait(&p->ready, &p->lock);
    n = p->stop ? NULL : swd_list_pop_front(&p->queue);
    pthread_mutex_unlock(&p->lock);
    return n ? SWD_LIST_ENTRY(n, struct ctl_job, queued) : NULL;
}

static void *parser_main(void *arg)
{
    struct ctl_parser *p = arg;
    struct ctl_job *j;
    while ((j = parser_next(p)) != NULL) {
        j->parsed.rc = swd_frame_parse(j->line, j->n, &j->parsed.root, &j->parsed.error);
        if (j->parsed.rc == 0)
            j->parsed.text = job_text(j->parsed.root);
        swd_loop_post(j->ctl->o.loop, &j->post);
    }
    return NULL;
}

static void job_free(struct ctl_job *j)
{
    swd_list_del(&j->link);
    if (j->in) {
        j->ctl->held -= j->in->cap;
        swd_bytebuf_put(&j->in);
    }
    json_decref(j->parsed.root);
    swd_slab_mfree(j->parsed.text);
    swd_slab_free(j, sizeof *j);
}

static void job_done(struct swd_post *post)
{
    struct ctl_job *j = SWD_CONTAINER(post, struct ctl_job, post);
    struct ctl_conn *c = j->conn;
    if (c) {
        c->job = NULL;
        if (!c->dying && !c->closing)
            ctl_dispatch_parsed(c, &j->parsed);
        ctl_conn_resume(c);
    }
    job_free(j);
}

static struct ctl_parser *parser_start(void)
{
    struct ctl_parser *p = swd_slab_alloc(sizeof *p);
    sigset_t all, old;
    int rc;
    if (!p)
        return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->ready, NULL);
    swd_list_init(&p->queue);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    rc = pthread_create(&p->thread, NULL, parser_main, p);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc) {
        swd_log(SWD_LOG_WARN, "control.parser", "errno=%d", rc);
        pthread_cond_destroy(&p->ready);
        pthread_mutex_destroy(&p->lock);
        swd_slab_free(p, sizeof *p);
        return NULL;
    }
    pthread_setname_np(p->thread, "swd-parse");
    return p;
}

bool ctl_parse_start(struct ctl_conn *c, const char *line, size_t n)
{
    struct swd_control *ctl = c->ctl;
    struct ctl_job *j;
    if (!ctl->parser)
        ctl->parser = parser_start();
    j = ctl->parser ? swd_slab_alloc(sizeof *j) : NULL;
    if (!j)
        return false;
    j->ctl = ctl;
    j->conn = c;
    j->line = line;
    j->n = n;
    swd_post_init(&j->post, job_done);
    swd_list_push_back(&ctl->jobs, &j->link);
    c->job = j;
    pthread_mutex_lock(&ctl->parser->lock);
    swd_list_push_back(&ctl->parser->queue, &j->queued);
    pthread_mutex_unlock(&ctl->parser->lock);
    pthread_cond_signal(&ctl->parser->ready);
    return true;
}

void ctl_parse_orphan(struct ctl_conn *c)
{
    if (!c->job)
        return;
    c->job->conn = NULL;
    c->job->in = c->in;
    c->in = NULL;
    c->job = NULL;
}

void ctl_parser_stop(struct swd_control *ctl)
{
    struct ctl_parser *p = ctl->parser;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_signal(&p->ready);
    pthread_join(p->thread, NULL);
    while (!swd_list_empty(&ctl->jobs)) {
        struct ctl_job *j = SWD_LIST_ENTRY(ctl->jobs.next, struct ctl_job, link);
        (void)swd_post_cancel(ctl->o.loop, &j->post);
        job_free(j);
    }
    pthread_cond_destroy(&p->ready);
    pthread_mutex_destroy(&p->lock);
    swd_slab_free(p, sizeof *p);
    ctl->parser = NULL;
}
