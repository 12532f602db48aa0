/* Which runners changed: the monitor looks at these and at no others, so that idle runners cost it
 * nothing, however many they are.
 *
 * A runner is marked when it is left alive behind a turn, or put to sleep; marks between two rounds
 * are one. A script that ends within its first turn is never marked. Marking takes a lock once a
 * round for each runner; rounds belong to the loop thread. */
#include "monitor/monitor.h"
#include "runner/runner-int.h"

void swd_changed_mark(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    if (atomic_exchange_explicit(&r->changed, true, memory_order_acq_rel))
        return;
    pthread_mutex_lock(&rs->changed_lock);
    swd_list_push_back(&rs->changed, &r->changed_link);
    pthread_mutex_unlock(&rs->changed_lock);
}

void swd_changed_forget(struct swd_runner *r)
{
    struct swd_runners *rs = r->all;
    if (atomic_load_explicit(&r->changed, memory_order_acquire)) {
        pthread_mutex_lock(&rs->changed_lock);
        swd_list_del(&r->changed_link);
        pthread_mutex_unlock(&rs->changed_lock);
    }
    if (r->noted && rs->monitor)
        swd_monitor_forget(rs->monitor, r->id);
}

void swd_runners_changed_begin(struct swd_runners *rs)
{
    pthread_mutex_lock(&rs->changed_lock);
    swd_list_splice(&rs->round, &rs->changed);
    pthread_mutex_unlock(&rs->changed_lock);
}

bool swd_runners_changed(struct swd_runners *rs, unsigned limit,
                         bool (*row)(void *arg, const struct swd_runner_info *, uint64_t cpu_ns),
                         void *arg)
{
    for (unsigned i = 0; i < limit; i++) {
        struct swd_runner_info info;
        struct swd_runner *r;
        struct swd_list *node;
        uint64_t cpu;
        pthread_mutex_lock(&rs->changed_lock);
        node = swd_list_pop_front(&rs->round);
        if (node)
            atomic_store_explicit(&SWD_LIST_ENTRY(node, struct swd_runner, changed_link)->changed,
                                  false, memory_order_release);
        pthread_mutex_unlock(&rs->changed_lock);
        if (!node)
            return false;
        r = SWD_LIST_ENTRY(node, struct swd_runner, changed_link);
        swd_runner_fill_info(r, &info);
        cpu = info.cpu_ns - r->cpu_told;
        r->cpu_told = info.cpu_ns;
        r->noted = true;
        if (!info.ended && row(arg, &info, cpu))
            swd_changed_mark(r);
    }
    return true;
}

void swd_runners_groups(struct swd_runners *rs, unsigned limit,
                        void (*row)(void *arg, const struct swd_group_info *), void *arg)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, &rs->groups)
    {
        const struct swd_group *g = SWD_LIST_ENTRY(it, struct swd_group, link);
        struct swd_group_info i = {g->id, g->name, swd_account_used(g->account), g->refs};
        if (limit-- == 0)
            return;
        row(arg, &i);
    }
}
