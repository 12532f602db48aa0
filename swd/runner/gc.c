/* Garbage collection and its kin on request, of one runner or of all, sliced over the executors.
 *
 * A job walks the runners by id with a bounded number of collections under way, so that neither the
 * loop nor the run queue is swamped by 10,000 of them. A runner serves one job at a time. The loop
 * owns jobs; an executor only fills the runner's row and tells the loop. A trim of everything
 * visits no runner: it is one task, which gives back what pools and extents keep free. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/proc.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "runner/runner-int.h"

#define GC_IN_FLIGHT_PER_EXECUTOR 4
#define GC_ROWS_MAX               10000

struct swd_gc_job {
    struct swd_list link;
    enum swd_job what;
    bool all;
    struct swd_runners *runners;
    struct swd_task trim; /* of everything; counts as in flight */
    _Atomic bool trimmed; /* it ran, and the receipt is the loop's again */
    uint64_t cursor;      /* the last id looked at */
    bool at_end;
    unsigned in_flight;
    uint64_t begun, deadline;
    struct swd_gc_row *rows;
    size_t rows_cap;
    struct swd_receipt receipt;
    void (*done)(void *arg, const struct swd_receipt *);
    void *arg;
};

static const char *const job_names[] = {[SWD_JOB_GC] = "gc",
                                        [SWD_JOB_COMPACT] = "compact",
                                        [SWD_JOB_HIBERNATE] = "hibernate",
                                        [SWD_JOB_TRIM] = "trim"};

bool swd_gc_turn(struct swd_runner *r)
{
    struct swd_heap *h = swd_lib_heap(r->lib);
    struct swd_gc_row *row = &r->gc_row;
    uint64_t t0 = swd_clock_mono();
    bool asked;
    swd_runner_lock(r);
    asked = r->gc != NULL && !r->gc_told && swd_heap_stopped(h) == SWD_STOP_NONE;
    if (asked)
        r->gc_told = true;
    swd_runner_unlock(r);
    if (!asked)
        return false;
    if (r->gc->what == SWD_JOB_HIBERNATE) {
        r->sleep_asked = true; /* once the runner waits: turn_sleep() tells */
        return false;
    }
    row->id = r->id;
    row->refused = false;
    row->before = r->gc->what == SWD_JOB_GC ? swd_heap_live(h) : swd_heap_mapped(h);
    if (r->gc->what == SWD_JOB_TRIM)
        swd_heap_trim(h);
    else
        swd_heap_gc(h);
    row->after = r->gc->what == SWD_JOB_GC ? swd_heap_live(h) : swd_heap_mapped(h);
    row->us = (swd_clock_mono() - t0) / SWD_NS_PER_US;
    return true;
}

static void job_free(struct swd_gc_job *job)
{
    swd_list_del(&job->link);
    swd_slab_free(job->rows, job->rows_cap * sizeof *job->rows);
    swd_slab_free(job, sizeof *job);
}

static void job_row(struct swd_gc_job *job, const struct swd_gc_row *row)
{
    struct swd_receipt *rec = &job->receipt;
    if (row->refused) {
        rec->skipped_running++;
        return;
    }
    rec->runners++;
    rec->before += row->before;
    rec->after += row->after;
    if (rec->nrows == job->rows_cap && job->rows_cap < GC_ROWS_MAX) {
        size_t cap = job->rows_cap ? job->rows_cap * 2 : 16;
        struct swd_gc_row *rows;
        if (cap > GC_ROWS_MAX)
            cap = GC_ROWS_MAX;
        rows = swd_slab_alloc(cap * sizeof *rows);
        if (rows) {
            if (rec->nrows)
                memcpy(rows, job->rows, rec->nrows * sizeof *rows);
            swd_slab_free(job->rows, job->rows_cap * sizeof *job->rows);
            job->rows = rows;
            job->rows_cap = cap;
        }
    }
    if (rec->nrows < job->rows_cap)
        job->rows[rec->nrows++] = *row;
}

static struct swd_gc_job *runner_take_job(struct swd_runner *r)
{
    struct swd_gc_job *job;
    swd_runner_lock(r);
    job = r->gc;
    r->gc = NULL;
    r->gc_told = false;
    swd_runner_unlock(r);
    if (job)
        job->in_flight--;
    return job;
}

/* A collection ran, and maybe the runner ended just afterwards. */
static void collect_rows(struct swd_runners *rs)
{
    for (;;) {
        struct swd_list *node;
        struct swd_runner *r;
        struct swd_gc_job *job;
        pthread_mutex_lock(&rs->out_lock);
        node = swd_list_pop_front(&rs->gc_in);
        pthread_mutex_unlock(&rs->out_lock);
        if (!node)
            return;
        r = SWD_LIST_ENTRY(node, struct swd_runner, gc_link);
        job = runner_take_job(r);
        if (job)
            job_row(job, &r->gc_row);
    }
}

void swd_gc_runner_ended(struct swd_runner *r)
{
    struct swd_gc_job *job;
    collect_rows(r->all);
    job = runner_take_job(r);
    if (job)
        job->receipt.skipped_ended++;
}

/* Asks one runner; true when it will answer. */
static bool ask_runner(struct swd_gc_job *job, struct swd_runner *r)
{
    uint64_t *skipped = NULL;
    swd_runner_lock(r);
    if (r->sched == SWD_SCHED_ENDED)
        skipped = job->all ? &job->cursor : &job->receipt.skipped_ended;
    else if (r->gc)
        skipped = &job->receipt.skipped_running;
    else if (r->asleep)
        skipped = &job->receipt.skipped_hibernated;
    else if (!r->lib)
        skipped = &job->receipt.skipped_unstarted;
    else
        r->gc = job;
    swd_runner_unlock(r);
    if (skipped) {
        if (skipped != &job->cursor)
            ++*skipped;
        return false;
    }
    job->in_flight++;
    swd_runner_want(r, WORK_GC);
    return true;
}

/* Those who are passed over answer nothing, so after so many looks the walk goes on by itself, once
 * the loop has served others. */
static void job_pump(struct swd_runners *rs, struct swd_gc_job *job)
{
    unsigned most = swd_execs_count(rs->o.execs) * GC_IN_FLIGHT_PER_EXECUTOR, looks = SWD_LOOKS;
    struct swd_runner *r;
    if (job->at_end || job->in_flight >= most)
        return;
    for (r = swd_table_after(rs, job->cursor); r && job->in_flight < most;
         r = swd_table_next(rs, r)) {
        if (looks-- == 0) {
            swd_loop_post(rs->o.loop, &rs->post);
            return;
        }
        job->cursor = r->id;
        if (swd_clock_mono() >= job->deadline)
            job->receipt.skipped_time++;
        else
            ask_runner(job, r);
    }
    job->at_end = !r;
}

static void trim_all(struct swd_task *t)
{
    struct swd_gc_job *job = SWD_CONTAINER(t, struct swd_gc_job, trim);
    struct swd_runners *rs = job->runners;
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    job->receipt.before = s.mapped;
    swd_heap_kin_forget();
    swd_pool_compact();
    swd_extent_trim(0);
    swd_extent_stats(&s);
    job->receipt.after = s.mapped;
    atomic_store_explicit(&job->trimmed, true, memory_order_release);
    swd_loop_post(rs->o.loop, &rs->post);
}

static void job_end(struct swd_gc_job *job)
{
    struct swd_receipt *rec = &job->receipt;
    rec->freed = rec->before > rec->after ? rec->before - rec->after : 0;
    rec->rss_after = swd_proc_rss();
    rec->took_us = (swd_clock_mono() - job->begun) / SWD_NS_PER_US;
    rec->rows = job->rows;
    job->done(job->arg, rec);
    job_free(job);
}

void swd_gc_pump(struct swd_runners *rs)
{
    struct swd_list *it, *tmp;
    collect_rows(rs);
    SWD_LIST_EACH_SAFE(it, tmp, &rs->gc_jobs)
    {
        struct swd_gc_job *job = SWD_LIST_ENTRY(it, struct swd_gc_job, link);
        job_pump(rs, job);
        if (atomic_exchange_explicit(&job->trimmed, false, memory_order_acquire))
            job->in_flight--;
        if (job->at_end && job->in_flight == 0)
            job_end(job);
    }
}

int swd_runner_job(struct swd_runners *rs, enum swd_job what, uint64_t id, uint64_t max_ms,
                   void (*done)(void *arg, const struct swd_receipt *), void *arg,
                   struct swd_err *e)
{
    struct swd_runner *r = id ? swd_table_find(rs, id) : NULL;
    struct swd_gc_job *job;
    if (id && !r)
        return swd_fail(e, SWD_ENOTFOUND, "no runner %" PRIu64, id);
    job = swd_slab_alloc(sizeof *job);
    if (!job)
        return swd_fail(e, SWD_ENOMEM, "no memory for the job");
    job->runners = rs;
    job->all = id == 0;
    job->begun = swd_clock_mono();
    job->deadline = max_ms ? job->begun + max_ms * SWD_NS_PER_MS : UINT64_MAX;
    job->done = done;
    job->arg = arg;
    job->what = what;
    job->receipt.action = job_names[what];
    job->receipt.asked = id ? 1 : rs->live;
    job->receipt.rss_before = swd_proc_rss();
    swd_list_push_back(&rs->gc_jobs, &job->link);
    if (r) {
        job->at_end = true;
        ask_runner(job, r);
    } else if (what == SWD_JOB_TRIM) {
        job->at_end = true;
        job->in_flight = 1;
        job->receipt.asked = 0;
        swd_task_init(&job->trim, trim_all);
        swd_task_queue(rs->o.execs, &job->trim);
    }
    swd_loop_post(rs->o.loop, &rs->post); /* `done` is never called from here */
    return 0;
}

void swd_gc_free(struct swd_runners *rs)
{
    struct swd_list *node;
    while ((node = rs->gc_jobs.next) != &rs->gc_jobs)
        job_free(SWD_LIST_ENTRY(node, struct swd_gc_job, link));
}
