/* Jobs off the turn (job.h): the queue of a runner, its thread's news, delivery.
 *
 * The queue and everything counted belongs to the owner of the turn. What the thread and the runner
 * share is `struct swd_jobs`: the lock, whether the heap is still there, and the job that came
 * back. It lives until both have let go. The host is woken under the lock, so that it is never told
 * of a heap that is gone. Cost of a job: two allocations, two short locks, two thread switches. */
#include "lib/job.h"

#include <pthread.h>

#include "base/clock.h"
#include "pool/account.h"
#include "pool/slab.h"

struct swd_jobs {
    pthread_mutex_t lock;
    unsigned refs;        /* [lock] the runner, the job on a thread */
    bool open;            /* [lock] the heap is there */
    struct swd_job *back; /* [lock] done, not delivered */
    const struct swd_host *host;
    void *host_arg;
    struct swd_job *flying; /* the runner's: on a thread, or back from it */
    struct swd_list queue;  /* the runner's */
    size_t n;
    uint32_t next;
};

bool swd_job_possible(struct swd_lib *lib)
{
    return lib->host && lib->host->offload && lib->heap && !swd_heap_frozen(lib->heap);
}

static struct swd_jobs *jobs_of(struct swd_lib *lib)
{
    struct swd_jobs *s = lib->jobs;
    if (s)
        return s;
    s = swd_slab_alloc(sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->refs = 1;
    s->open = true;
    s->host = lib->host;
    s->host_arg = lib->host_arg;
    swd_list_init(&s->queue);
    lib->jobs = s;
    return s;
}

/* One lets go; the lock is held, and is not afterwards. */
static void jobs_unref(struct swd_jobs *s)
{
    bool last = --s->refs == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&s->lock);
    swd_slab_free(s, sizeof *s);
}

/* ---- on the thread ---- */

void swd_job_back(struct swd_job *j)
{
    struct swd_jobs *s = j->jobs;
    pthread_mutex_lock(&s->lock);
    if (s->open) {
        s->back = j;
        s->host->wake(s->host_arg);
    } else {
        j->type->free(j);
    }
    jobs_unref(s);
}

static void job_run(struct swd_task *t)
{
    struct swd_job *j = SWD_CONTAINER(t, struct swd_job, task);
    uint64_t cpu = swd_clock_thread_cpu();
    if (!swd_job_cancelled(j))
        j->type->run(j);
    j->cpu_ns = swd_clock_thread_cpu() - cpu;
    swd_job_back(j);
}

/* ---- in the turn ---- */

/* The next of the queue takes off. */
static void jobs_fly(struct swd_jobs *s)
{
    struct swd_list *node = s->flying ? NULL : swd_list_pop_front(&s->queue);
    if (!node)
        return;
    s->flying = SWD_LIST_ENTRY(node, struct swd_job, link);
    swd_task_init(&s->flying->task, job_run);
    pthread_mutex_lock(&s->lock);
    s->refs++;
    pthread_mutex_unlock(&s->lock);
    if (s->flying->type->start) {
        s->flying->type->start(s->flying, s->host, s->host_arg);
        return;
    }
    if (s->host->offload(s->host_arg, &s->flying->task) == 0)
        return;
    job_run(&s->flying->task); /* no thread: here, then */
}

static void job_drop(struct swd_lib *lib, struct swd_job *j)
{
    if (lib->account && j->charged)
        swd_account_credit_kind(lib->account, SWD_ACCOUNT_BUFFER, j->charged);
    j->charged = 0;
    j->type->free(j);
}

static void keep_callback(duk_context *ctx, uint32_t id, duk_idx_t idx)
{
    duk_idx_t fn = duk_normalize_index(ctx, idx);
    swd_lib_push(ctx, "jobs");
    if (!duk_is_object(ctx, -1)) {
        duk_pop(ctx);
        duk_push_bare_object(ctx);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "jobs");
    }
    duk_dup(ctx, fn);
    duk_put_prop_index(ctx, -2, id);
    duk_pop(ctx);
}

static void drop_deferred(void *arg)
{
    struct swd_job *j = arg;
    j->type->free(j);
}

void swd_job_start(duk_context *ctx, struct swd_job *j, duk_idx_t idx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t charge = j->charged;
    j->charged = 0;
    idx = duk_normalize_index(ctx, idx);
    swd_defer_push(ctx, drop_deferred, j);
    struct swd_jobs *s = jobs_of(lib);
    if (!s)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for a job");
    if (s->n >= lib->limits->pending)
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT",
                       "limit 'pending': %zu operations are in progress", s->n);
    keep_callback(ctx, s->next, idx);
    if (lib->account && !swd_account_charge_kind(lib->account, SWD_ACCOUNT_BUFFER, charge))
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT",
                       "no memory for %llu bytes of input", (unsigned long long)charge);
    swd_defer_pop(ctx, false);
    j->charged = charge;
    j->callback = s->next++;
    j->jobs = s;
    swd_list_push_back(&s->queue, &j->link);
    s->n++;
    jobs_fly(s);
}

bool swd_jobs_due(struct swd_lib *lib)
{
    struct swd_jobs *s = lib->jobs;
    bool due;
    if (!s)
        return false;
    pthread_mutex_lock(&s->lock);
    due = s->back != NULL;
    pthread_mutex_unlock(&s->lock);
    return due;
}

static void delivered(void *arg)
{
    struct swd_lib *lib = arg;
    struct swd_job *j = lib->jobs->flying;
    lib->jobs->flying = NULL;
    lib->jobs->n--;
    job_drop(lib, j);
    jobs_fly(lib->jobs);
}

int swd_jobs_deliver(void *c, void *enter)
{
    duk_context *ctx = c;
    struct swd_lib *lib = swd_lib_of(ctx);
    struct swd_jobs *s = lib->jobs;
    struct swd_job *j;
    pthread_mutex_lock(&s->lock);
    j = s->back;
    s->back = NULL;
    pthread_mutex_unlock(&s->lock);
    swd_defer_push(ctx, delivered, lib);
    swd_heap_cpu_add(lib->heap, j->cpu_ns);
    swd_lib_push(ctx, "jobs");
    duk_get_prop_index(ctx, -1, j->callback);
    duk_del_prop_index(ctx, -2, j->callback);
    duk_push_array(ctx);
    j->type->settle(ctx, j);
    duk_put_prop_index(ctx, -3, 1);
    duk_put_prop_index(ctx, -2, 0);
    swd_defer_pop(ctx, true);
    ((void (*)(duk_context *))enter)(ctx);
    return 0;
}

size_t swd_jobs_count(const struct swd_lib *lib)
{
    return lib->jobs ? lib->jobs->n : 0;
}

void swd_jobs_free(struct swd_lib *lib)
{
    struct swd_jobs *s = lib->jobs;
    struct swd_list *node;
    struct swd_job *j;
    if (!s)
        return;
    while ((node = swd_list_pop_front(&s->queue)) != NULL)
        job_drop(lib, SWD_LIST_ENTRY(node, struct swd_job, link));
    j = s->flying;
    if (j && lib->account && j->charged)
        swd_account_credit_kind(lib->account, SWD_ACCOUNT_BUFFER, j->charged);
    if (j && !j->type->start && !swd_jobs_due(lib) &&
        s->host->recall(s->host_arg, &j->task)) { /* it never began */
        j->type->free(j);
        s->refs--;
        j = NULL;
    }
    pthread_mutex_lock(&s->lock);
    if (j && s->back == j)
        j->type->free(j);
    else if (j)
        atomic_store_explicit(&j->cancel, true, memory_order_relaxed);
    s->open = false;
    lib->jobs = NULL;
    jobs_unref(s);
}
