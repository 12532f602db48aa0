/* Watchers: the loop's side of console output and of the end. Loop thread only.
 *
 * Lines are copied out of the ring in batches under the lock and handed over without it, so that a
 * watcher may call anything. A watcher that is removed during a callback is safe: the position in
 * the list is taken anew after each batch. */
#include "pool/slab.h"
#include "runner/runner-int.h"

#define BATCH_BYTES ((size_t)64 * 1024)

struct deliver {
    struct swd_runner *r;
    struct swd_watch *w;
};

static bool watch_listed(const struct swd_runner *r, const struct swd_watch *w)
{
    const struct swd_list *it;
    SWD_LIST_EACH(it, &r->watches)
    if (it == &w->link)
        return true;
    return false;
}

static void deliver_line(void *arg, const struct swd_line *line)
{
    struct deliver *d = arg;
    if (d->w && d->w->line)
        d->w->line(d->w, d->r->id, line);
    if (d->w && !watch_listed(d->r, d->w))
        d->w = NULL;
}

/* A scratch buffer that holds at least the longest line. Called under the runner's lock. */
static bool scratch_fit(struct swd_runners *rs, const struct swd_lines *lines)
{
    size_t need = lines->longest;
    char *p;
    if (need < BATCH_BYTES)
        need = BATCH_BYTES;
    if (rs->scratch_size >= need)
        return true;
    p = swd_slab_alloc(need);
    if (!p)
        return rs->scratch_size > 0;
    swd_slab_free(rs->scratch, rs->scratch_size);
    rs->scratch = p;
    rs->scratch_size = need;
    return true;
}

/* One batch to one watcher; false when there was nothing left for it. */
static bool deliver_batch(struct swd_runner *r, struct swd_watch *w)
{
    struct swd_runners *rs = r->all;
    struct deliver d = {r, w};
    size_t used = 0;
    swd_runner_lock(r);
    if (w->next_seq < r->lines.next_seq && scratch_fit(rs, &r->lines))
        used = swd_lines_copy(&r->lines, &w->next_seq, rs->scratch, rs->scratch_size);
    swd_runner_unlock(r);
    swd_lines_visit(rs->scratch, used, deliver_line, &d);
    return used > 0 && d.w;
}

void swd_watch_deliver(struct swd_runner *r)
{
    bool again = true;
    while (again) {
        struct swd_list *it, *tmp;
        again = false;
        SWD_LIST_EACH_SAFE(it, tmp, &r->watches)
        {
            struct swd_watch *w = SWD_LIST_ENTRY(it, struct swd_watch, link);
            if (deliver_batch(r, w))
                again = true;
            else if (swd_list_empty(tmp) || tmp->prev != it)
                break; /* the list changed under a callback */
        }
    }
}

void swd_watch_ended(struct swd_runner *r)
{
    struct swd_runner_info info;
    struct swd_list *node;
    while ((node = swd_list_pop_front(&r->watches)) != NULL) {
        struct swd_watch *w = SWD_LIST_ENTRY(node, struct swd_watch, link);
        swd_runner_fill_info(r, &info);
        if (w->ended)
            w->ended(w, &info);
    }
    atomic_store(&r->watched, false);
}

int swd_runner_watch(struct swd_runners *rs, uint64_t id, struct swd_watch *w)
{
    struct swd_runner *r = swd_table_find(rs, id);
    bool ended;
    if (!r)
        return SWD_ENOTFOUND;
    swd_list_push_back(&r->watches, &w->link);
    atomic_store(&r->watched, true);
    swd_runner_lock(r);
    ended = r->sched == SWD_SCHED_ENDED;
    swd_runner_unlock(r);
    swd_watch_deliver(r);
    /* Ended but not yet told: the news will come. */
    if (ended && r->kept)
        swd_watch_ended(r);
    return 0;
}

void swd_watch_remove(struct swd_watch *w)
{
    swd_list_del(&w->link);
}

void swd_runners_observe(struct swd_runners *rs, struct swd_observer *o)
{
    rs->observer = o;
}

uint64_t swd_runners_last_id(const struct swd_runners *rs)
{
    return rs->next_id - 1;
}

void swd_watch_observe(struct swd_runner *r)
{
    struct swd_runner_info info;
    if (!r->all->observer)
        return;
    swd_runner_fill_info(r, &info);
    r->all->observer->event(r->all->observer, &info);
}
