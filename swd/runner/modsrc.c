/* Sources of file modules: asked of the submitter, or read beneath a configured root.
 *
 * The library asks on an executor (swd_modsrc_host); what is not known yet becomes a request that
 * the loop sends, and the library suspends the script. Each path is asked once; the answer, also
 * "there is none", is kept until the runner ends. Paths the client sees are relative when the
 * script's name is. A request without an answer in 5 s becomes an error. */
#include <string.h>

#include "base/clock.h"
#include "pool/slab.h"
#include "runner/roots.h"
#include "runner/runner-int.h"

#define MODSRC_TIMEOUT (5 * SWD_NS_PER_S)
#define MODSRC_MAX     2000 /* paths asked for by one runner */

static struct swd_modsrc *modsrc_find(struct swd_runner *r, const char *path)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, &r->modules)
    {
        struct swd_modsrc *m = SWD_LIST_ENTRY(it, struct swd_modsrc, link);
        if (strcmp(m->path, path) == 0)
            return m;
    }
    return NULL;
}

/* A new request, under the lock. */
static struct swd_modsrc *modsrc_add(struct swd_runner *r, const char *path)
{
    struct swd_modsrc *m;
    if (r->modules_n >= MODSRC_MAX)
        return NULL;
    m = swd_slab_alloc(sizeof *m);
    if (!m)
        return NULL;
    m->path_size = strlen(path) + 1;
    m->path = swd_slab_strndup(path, m->path_size - 1);
    if (!m->path) {
        swd_slab_free(m, sizeof *m);
        return NULL;
    }
    m->deadline = swd_clock_mono() + MODSRC_TIMEOUT;
    swd_list_push_back(&r->modules, &m->link);
    r->modules_n++;
    r->modules_waiting++;
    return m;
}

static int modsrc_answer(const struct swd_modsrc *m, struct swd_bytebuf *out, struct swd_err *e)
{
    if (m->error == SWD_ETIMEOUT)
        return swd_fail(e, SWD_ETIMEOUT, "the client did not answer for %.150s", m->path);
    if (m->error != 0)
        return swd_fail(e, m->error, "%.150s: %s", m->path, swd_err_text(m->error));
    if (swd_bytebuf_add(out, m->source, m->n) != 0)
        return swd_fail(e, SWD_ENOMEM, "no memory for %.150s", m->path);
    return 0;
}

int swd_modsrc_host(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct swd_runner *r = host;
    struct swd_modsrc *m;
    bool asked = false;
    int rc = swd_roots_read(r->roots, r->uid, path, out, e);
    if (rc != SWD_ENOTFOUND)
        return rc;
    if (r->name[0] != '/' && path[0] == '/')
        path++; /* as the client knows it */
    swd_runner_lock(r);
    m = modsrc_find(r, path);
    if (m && m->answered) {
        rc = modsrc_answer(m, out, e);
    } else if (m) {
        rc = SWD_EBUSY;
    } else if (!r->module_read) {
        rc = swd_fail(e, SWD_ENOTFOUND, "%.150s: the client serves no modules", path);
    } else {
        asked = modsrc_add(r, path) != NULL;
        rc = asked ? SWD_EBUSY
                   : swd_fail(e, SWD_ELIMIT, "%.150s: more than %d module files asked for", path,
                              MODSRC_MAX);
    }
    swd_runner_unlock(r);
    if (asked)
        swd_runners_tell_out(r);
    return rc;
}

bool swd_modsrc_expire(struct swd_runner *r)
{
    uint64_t now = swd_clock_mono();
    struct swd_list *it;
    bool any = false;
    swd_runner_lock(r);
    if (r->modules_waiting > 0)
        SWD_LIST_EACH(it, &r->modules)
        {
            struct swd_modsrc *m = SWD_LIST_ENTRY(it, struct swd_modsrc, link);
            if (m->answered || m->deadline > now)
                continue;
            m->answered = true;
            m->error = SWD_ETIMEOUT;
            r->modules_waiting--;
            any = true;
        }
    swd_runner_unlock(r);
    return any;
}

uint64_t swd_modsrc_next_expiry(struct swd_runner *r, uint64_t due)
{
    struct swd_list *it;
    swd_runner_lock(r);
    if (r->modules_waiting > 0)
        SWD_LIST_EACH(it, &r->modules)
        {
            const struct swd_modsrc *m = SWD_LIST_ENTRY(it, struct swd_modsrc, link);
            if (!m->answered && m->deadline < due)
                due = m->deadline;
        }
    swd_runner_unlock(r);
    return due;
}

bool swd_modsrc_waiting(struct swd_runner *r)
{
    bool waiting;
    swd_runner_lock(r);
    waiting = r->modules_waiting > 0;
    swd_runner_unlock(r);
    return waiting;
}

void swd_modsrc_ask(struct swd_runner *r)
{
    for (;;) {
        struct swd_modsrc *next = NULL;
        struct swd_list *it;
        swd_runner_lock(r);
        SWD_LIST_EACH(it, &r->modules)
        {
            struct swd_modsrc *m = SWD_LIST_ENTRY(it, struct swd_modsrc, link);
            if (!m->asked) {
                m->asked = true;
                next = m;
                break;
            }
        }
        swd_runner_unlock(r);
        if (!next)
            return;
        if (r->module_read)
            r->module_read(r->module_arg, r->id, next->path);
    }
}

void swd_runner_module(struct swd_runners *rs, uint64_t id, const char *path, const char *source,
                       size_t n, int error)
{
    struct swd_runner *r = swd_table_find(rs, id);
    struct swd_modsrc *m;
    bool wake = false;
    if (!r)
        return;
    swd_runner_lock(r);
    m = r->sched == SWD_SCHED_ENDED ? NULL : modsrc_find(r, path);
    if (m && !m->answered) {
        m->answered = true;
        m->error = error;
        if (source && error == 0) {
            m->source = swd_slab_strndup(source, n);
            m->n = n;
            if (!m->source)
                m->error = SWD_ENOMEM;
        }
        wake = --r->modules_waiting == 0;
    }
    swd_runner_unlock(r);
    if (wake)
        swd_runner_want(r, WORK_MODULE);
}

void swd_runner_module_gone(struct swd_runners *rs, uint64_t id)
{
    struct swd_runner *r = swd_table_find(rs, id);
    struct swd_list *it;
    bool wake = false;
    if (!r)
        return;
    swd_runner_lock(r);
    r->module_read = NULL;
    SWD_LIST_EACH(it, &r->modules)
    {
        struct swd_modsrc *m = SWD_LIST_ENTRY(it, struct swd_modsrc, link);
        if (!m->answered) {
            m->answered = wake = true;
            m->error = SWD_ENOTFOUND;
            r->modules_waiting--;
        }
    }
    swd_runner_unlock(r);
    if (wake)
        swd_runner_want(r, WORK_MODULE);
}

void swd_modsrc_free(struct swd_runner *r)
{
    struct swd_list *node;
    while ((node = swd_list_pop_front(&r->modules)) != NULL) {
        struct swd_modsrc *m = SWD_LIST_ENTRY(node, struct swd_modsrc, link);
        if (m->source)
            swd_slab_free(m->source, m->n + 1);
        swd_slab_free(m->path, m->path_size);
        swd_slab_free(m, sizeof *m);
    }
    r->modules_n = r->modules_waiting = 0;
}
