/* The ladder of relievers: one measure at a time, in the order of the settings, each with a
 * receipt. A measure that frees too little, or whose memory is faulted in again at once, backs off
 * for a time that doubles; one that pays starts afresh. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "monitor/int.h"

#define PENALTY_FIRST (5 * SWD_NS_PER_S)
#define PENALTY_MOST  (600 * SWD_NS_PER_S)
#define SPACING       (1 * SWD_NS_PER_S) /* of one rung, however well it pays */
#define FAULTS_AFTER  (10 * SWD_NS_PER_S)
#define STUCK         (60 * SWD_NS_PER_S)
#define PAYS_LEAST    ((uint64_t)64 * 1024)
#define PAGE          4096u

void mon_ladder_parse(struct swd_monitor *m)
{
    const char *at = m->ladder;
    m->norder = m->position = 0;
    while (*at && m->norder < SWD_LADDER_MAX) {
        size_t n = strcspn(at, ", ");
        if (n > 0 && n < sizeof m->order[0])
            snprintf(m->order[m->norder++], sizeof m->order[0], "%.*s", (int)n, at);
        at += n + strspn(at + n, ", ");
    }
}

void swd_monitor_reliever(struct swd_monitor *m, const struct swd_reliever *r)
{
    swd_assert(m->nrungs < SWD_LADDER_MAX);
    m->rung[m->nrungs++].r = *r;
}

static struct swd_rung *rung_find(const struct swd_monitor *m, const char *name)
{
    for (unsigned i = 0; i < m->nrungs; i++)
        if (strcmp(m->rung[i].r.name, name) == 0)
            return (struct swd_rung *)(uintptr_t)&m->rung[i];
    return NULL;
}

const char *swd_monitor_rung(const struct swd_monitor *m, unsigned i, bool *there,
                             uint64_t *backs_off)
{
    const struct swd_rung *g;
    if (i >= m->norder)
        return NULL;
    g = rung_find(m, m->order[i]);
    *there = g != NULL;
    *backs_off = g ? g->backs_off : 0;
    return m->order[i];
}

static uint64_t faults(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)(u.ru_minflt + u.ru_majflt) : 0;
}

/* Receipts old enough learn of the faults that followed; memory that came back at once did not
 * pay. */
static void faults_settle(struct swd_monitor *m, uint64_t now)
{
    unsigned n = m->nreceipts < RECEIPTS_MAX ? m->nreceipts : RECEIPTS_MAX;
    for (unsigned i = 0; i < n; i++) {
        struct swd_relief *r = &m->receipt[i];
        struct swd_rung *g = rung_find(m, r->action);
        if (r->faults_known || now < r->began + FAULTS_AFTER)
            continue;
        r->faults_after = faults() - r->faults_before;
        r->faults_known = true;
        if (g && r->freed > 0 && r->faults_after * PAGE > r->freed) {
            g->penalty = g->penalty ? g->penalty : PENALTY_FIRST;
            g->backs_off = now + g->penalty;
        }
    }
}

static void back_off(struct swd_rung *g, bool paid, uint64_t now)
{
    if (paid) {
        g->penalty = 0;
        g->backs_off = now + SPACING;
        return;
    }
    g->penalty = g->penalty ? g->penalty * 2 : PENALTY_FIRST;
    if (g->penalty > PENALTY_MOST)
        g->penalty = PENALTY_MOST;
    g->backs_off = now + g->penalty;
}

static struct swd_rung *rung_next(struct swd_monitor *m, uint64_t now)
{
    for (unsigned k = 0; k < m->norder; k++) {
        unsigned at = (m->position + k) % m->norder;
        struct swd_rung *g = rung_find(m, m->order[at]);
        if (!g || m->pressure.level < g->r.least || now < g->backs_off || g->engaged)
            continue;
        m->position = (at + 1) % m->norder;
        return g;
    }
    return NULL;
}

static void rung_start(struct swd_monitor *m, struct swd_rung *g, uint64_t now)
{
    m->doing = (struct swd_relief){.source = m->pressure.source,
                                   .level = m->pressure.level,
                                   .t = swd_clock_unix(),
                                   .rss_before = m->rss,
                                   .began = now,
                                   .faults_before = faults()};
    snprintf(m->doing.action, sizeof m->doing.action, "%s", g->r.name);
    m->pending = g;
    if (g->r.start(g->r.arg, m->pressure.level) != 0) {
        m->pending = NULL;
        back_off(g, false, now);
    }
}

void swd_monitor_relieved(struct swd_monitor *m, const struct swd_relief *what)
{
    struct swd_rung *g = m->pending;
    struct swd_relief *r = &m->receipt[m->nreceipts % RECEIPTS_MAX];
    uint64_t now = swd_clock_mono(), dropped;
    if (!g)
        return; /* given up as stuck */
    m->pending = NULL;
    *r = m->doing;
    r->asked = what->asked;
    r->done = what->done;
    r->skipped = what->skipped;
    r->before = what->before;
    r->after = what->after;
    r->freed = what->before > what->after ? what->before - what->after : 0;
    r->rss_after = m->rss = swd_proc_rss();
    r->took_us = now > r->began ? (now - r->began) / SWD_NS_PER_US : 0;
    r->faults_before = faults();
    m->nreceipts++;
    m->reliefs++;
    m->freed += r->freed;
    dropped = r->rss_before > r->rss_after ? r->rss_before - r->rss_after : 0;
    g->engaged = g->r.release != NULL;
    back_off(g, g->engaged || r->freed >= PAYS_LEAST || dropped >= PAYS_LEAST, r->began);
    swd_log(SWD_LOG_INFO, "monitor.relief",
            "action=%s level=%s asked=%llu done=%llu freed=%llu rss_before=%llu rss_after=%llu "
            "took_us=%llu",
            r->action, swd_level_name(r->level), (unsigned long long)r->asked,
            (unsigned long long)r->done, (unsigned long long)r->freed,
            (unsigned long long)r->rss_before, (unsigned long long)r->rss_after,
            (unsigned long long)r->took_us);
    if (m->event)
        m->event(m->event_arg, m->pressure.level, r);
}

void mon_ladder_release(struct swd_monitor *m)
{
    for (unsigned i = 0; i < m->nrungs; i++) {
        struct swd_rung *g = &m->rung[i];
        if (!g->engaged || m->pressure.level >= g->r.least)
            continue;
        g->engaged = false;
        g->r.release(g->r.arg);
    }
}

void mon_ladder_tick(struct swd_monitor *m, uint64_t now)
{
    struct swd_rung *g;
    faults_settle(m, now);
    mon_ladder_release(m);
    if (m->pending && now > m->doing.began + STUCK) {
        back_off(m->pending, false, now);
        m->pending = NULL;
    }
    if (m->pressure.level == SWD_LEVEL_NONE)
        m->position = 0;
    if (m->pressure.level == SWD_LEVEL_NONE || m->pending)
        return;
    g = rung_next(m, now);
    if (g)
        rung_start(m, g, now);
}

size_t swd_monitor_receipts(const struct swd_monitor *m, const struct swd_relief **out, size_t most)
{
    size_t n = m->nreceipts < RECEIPTS_MAX ? m->nreceipts : RECEIPTS_MAX;
    if (n > most)
        n = most;
    for (size_t i = 0; i < n; i++)
        out[i] = &m->receipt[(m->nreceipts - 1 - i) % RECEIPTS_MAX];
    return n;
}
