/* Sources of file modules: asked of the submitter, or read beneath a configured root.
 *
 * The library asks on an executor (swd_modsrc_host); what is not known yet becomes a request that
 * the loop sends, and the library suspends the script. Each path is asked once; the answer, also
 * "there is none", is kept until the runner ends. Paths the client sees are relative when the
 * script's name is. A request without an answer in 5 s becomes an error. */
#include <string.h>

#include "base/clock.h"
#include "pool/bytebuf.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "runner/roots.h"
#include "runner/runner-int.h"

#define MODSRC_TIMEOUT (5 * SWD_NS_PER_S)
#define MODSRC_MAX     2000 /* paths asked for by one runner */

SWD_POOL_DEFINE(module, SWD_POOL_MODULE, struct swd_modsrc, NULL)
SWD_POOL_TYPE(SWD_POOL_MODULE, module_pool_type)

static struct swd_modsrc *modsrc_find(const struct swd_runner *r, const char *path)
{
    union swd_value *v = r->modules ? swd_smallmap_find(r->modules, path, strlen(path)) : NULL;
    return v ? v->p : NULL;
}

/* The i-th path asked for, in order; NULL: there are fewer. */
static struct swd_modsrc *modsrc_at(const struct swd_runner *r, size_t i)
{
    return r->modules && i < r->modules->n ? r->modules->e[i].value.p : NULL;
}

/* A new request, under the lock. SWD_ELIMIT, SWD_ENOMEM. */
static int modsrc_add(struct swd_runner *r, const char *path)
{
    struct swd_modsrc *m;
    if (!r->modules && !(r->modules = swd_smallmap_get()))
        return SWD_ENOMEM;
    if (r->modules->n >= MODSRC_MAX)
        return SWD_ELIMIT;
    m = module_get();
    if (!m)
        return SWD_ENOMEM;
    m->deadline = swd_clock_mono() + MODSRC_TIMEOUT;
    if (swd_smallmap_set(r->modules, path, strlen(path), (union swd_value){.p = m}) != 0) {
        module_put(&m);
        return SWD_ENOMEM;
    }
    r->modules_waiting++;
    return 0;
}

static int modsrc_answer(const struct swd_modsrc *m, const char *path, struct swd_bytebuf *out,
                         struct swd_err *e)
{
    if (m->error == SWD_ETIMEOUT)
        return swd_fail(e, SWD_ETIMEOUT, "the client did not answer for %.150s", path);
    if (m->error != 0)
        return swd_fail(e, m->error, "%.150s: %s", path, swd_err_text(m->error));
    if (swd_bytebuf_add(out, m->source, m->n) != 0)
        return swd_fail(e, SWD_ENOMEM, "no memory for %.150s", path);
    return 0;
}

static int modsrc_request(struct swd_runner *r, const char *path, struct swd_err *e)
{
    int rc = modsrc_add(r, path);
    if (rc == SWD_ELIMIT)
        return swd_fail(e, rc, "%.150s: more than %d module files asked for", path, MODSRC_MAX);
    if (rc != 0)
        return swd_fail(e, rc, "no memory to ask for %.150s", path);
    return SWD_EBUSY;
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
        rc = modsrc_answer(m, path, out, e);
    } else if (m) {
        rc = SWD_EBUSY;
    } else if (!r->module_read) {
        rc = swd_fail(e, SWD_ENOTFOUND, "%.150s: the client serves no modules", path);
    } else {
        rc = modsrc_request(r, path, e);
        asked = rc == SWD_EBUSY;
    }
    swd_runner_unlock(r);
    if (asked)
        swd_runners_tell_out(r);
    return rc;
}

bool swd_modsrc_expire(struct swd_runner *r)
{
    uint64_t now = swd_clock_mono();
    struct swd_modsrc *m;
    bool any = false;
    swd_runner_lock(r);
    for (size_t i = 0; r->modules_waiting > 0 && (m = modsrc_at(r, i)) != NULL; i++) {
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
    const struct swd_modsrc *m;
    swd_runner_lock(r);
    for (size_t i = 0; r->modules_waiting > 0 && (m = modsrc_at(r, i)) != NULL; i++)
        if (!m->answered && m->deadline < due)
            due = m->deadline;
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
    struct swd_bytebuf *path = swd_bytebuf_get(SIZE_MAX / 4);
    for (bool more = path != NULL; more;) {
        swd_runner_lock(r);
        more = r->modules && r->modules_asked < r->modules->n;
        swd_bytebuf_clear(path);
        if (more) { /* copied: the map may grow before it is sent */
            size_t n;
            const char *key = swd_smallmap_key(r->modules, r->modules_asked, &n);
            more = swd_bytebuf_add(path, key, n) == 0;
            r->modules_asked += more;
        }
        swd_runner_unlock(r);
        if (more && r->module_read)
            r->module_read(r->module_arg, r->id, path->data);
    }
    swd_bytebuf_put(&path);
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
    struct swd_modsrc *m;
    bool wake = false;
    if (!r)
        return;
    swd_runner_lock(r);
    r->module_read = NULL;
    for (size_t i = 0; (m = modsrc_at(r, i)) != NULL; i++) {
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
    struct swd_modsrc *m;
    for (size_t i = 0; (m = modsrc_at(r, i)) != NULL; i++) {
        if (m->source)
            swd_slab_free(m->source, m->n + 1);
        module_put(&m);
    }
    swd_smallmap_put(&r->modules);
    r->modules_asked = r->modules_waiting = 0;
}
