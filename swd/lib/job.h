/* Jobs: work of a script that runs off its turn, on a thread of the host's, and comes back as a
 * call of the script's callback.
 *
 * A runner has one job on a thread at a time; others wait in its queue, and the next one starts
 * when the result before was delivered. So a runner holds one thread at most, and one result that
 * its heap does not hold yet. A job that is not done keeps the runner alive. The job's CPU time
 * counts as the runner's. When the heap goes, what flies is told to stop, and frees itself on its
 * thread.
 *
 * Where the host offers no threads (`swd exec`), and while an image is built, there are no jobs:
 * swd_job_possible() says no, and the caller works within the turn. */
#ifndef SWD_LIB_JOB_H
#define SWD_LIB_JOB_H

#include <stdatomic.h>

#include "base/list.h"
#include "engine/duk.h"
#include "lib/int.h"

struct swd_job;

struct swd_job_type {
    /* On the thread. Looks at swd_job_cancelled() every few milliseconds. */
    void (*run)(struct swd_job *j);
    /* In the turn: pushes the error (or null) and the value. May throw. */
    void (*settle)(duk_context *ctx, struct swd_job *j);
    /* Frees all of it. Any thread. */
    void (*free)(struct swd_job *j);
    /* Instead of `run`, or NULL: asks the host for something; swd_job_back() follows. */
    void (*start)(struct swd_job *j, const struct swd_host *host, void *host_arg);
};

/* The first member of what a type adds; all zero but for `type` when it is started. */
struct swd_job {
    const struct swd_job_type *type;
    struct swd_list link;
    struct swd_task task;
    struct swd_jobs *jobs;
    uint64_t charged; /* bytes outside of the heap, SWD_ACCOUNT_BUFFER; credited when delivered */
    uint64_t cpu_ns;
    uint32_t callback;
    _Atomic bool cancel;
};

bool swd_job_possible(struct swd_lib *lib);

/* Takes the job over; the function at `idx` is called with what settle() pushes. Throws when there
 * are as many as limit `pending` allows, or no memory; the job is freed then. */
void swd_job_start(duk_context *ctx, struct swd_job *j, duk_idx_t idx);

/* What start() asked for is done; the job may be gone afterwards. Any thread. */
void swd_job_back(struct swd_job *j);

static inline bool swd_job_cancelled(struct swd_job *j)
{
    return atomic_load_explicit(&j->cancel, memory_order_relaxed);
}

/* ---- for lib.c ---- */
/* Delivers the result that is there, if any, by `enter`: [callback, arguments] are on top then. */
bool swd_jobs_due(struct swd_lib *lib);
int swd_jobs_deliver(void *ctx, void *enter);
size_t swd_jobs_count(const struct swd_lib *lib);
void swd_jobs_free(struct swd_lib *lib); /* after the heap */

#endif
