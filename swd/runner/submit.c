/* What the control layer asks of runners: submit, look, send, kill, list. Loop thread. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "lib/lang.h"
#include "pool/extent.h"
#include "pool/slab.h"
#include "runner/runner-int.h"

#define NAME_MAX_BYTES 255
/* What a runner that is about to start may take in its first turns. */
#define STARTING ((uint64_t)512 << 10)

static int submit_check(struct swd_runners *rs, const struct swd_submission *s, struct swd_err *e)
{
    uint64_t queued;
    if (rs->closing)
        return swd_fail(e, SWD_ECLOSING, "the daemon is shutting down");
    if (rs->refusing) {
        swd_fail(e, SWD_ELIMIT, "memory pressure is critical: no new runners for now");
        return swd_fail_hint(e, "try again later; `swctl pressure` tells when");
    }
    if (rs->live >= rs->o.max) {
        swd_fail(e, SWD_ELIMIT, "%" PRIu64 " runners are live, the most allowed", rs->live);
        return swd_fail_hint(e, "wait for some to end, or raise [runners] max");
    }
    queued = rs->live - (uint64_t)(atomic_load(&rs->by_state[SWD_STATE_WAITING]) +
                                   atomic_load(&rs->by_state[SWD_STATE_HIBERNATED]));
    if (queued >= rs->o.queue) {
        swd_fail(e, SWD_ELIMIT, "%" PRIu64 " runners are queued, the most allowed", rs->o.queue);
        return swd_fail_hint(e, "submit more slowly, or raise [runners] queue");
    }
    /* Before the monitor has looked: whoever would start and find no memory is better told now. */
    if (swd_extent_tight((queued + 1) * STARTING)) {
        swd_fail(e, SWD_ELIMIT, "the memory budget is nearly used up: no new runners for now");
        return swd_fail_hint(e, "try again when some have ended or sleep, or raise the budget");
    }
    if (s->call && !swd_functions_find(rs->functions, s->call, false)) {
        swd_fail(e, SWD_ENOTFOUND, "no function '%.100s' is loaded", s->call);
        swd_fail_field(e, "name");
        return swd_fail_hint(e, "load it first: swctl load NAME FILE");
    }
    return 0;
}

static char *copy_text(const char *p, size_t n, size_t *size)
{
    char *out = swd_slab_strndup(p, n);
    *size = out ? n + 1 : 0;
    return out;
}

/* A display name: cut at 255 bytes on a character's edge, control characters replaced. */
static char *copy_name(const char *name, size_t *size)
{
    size_t n = strlen(name);
    char *out;
    if (n > NAME_MAX_BYTES) {
        n = NAME_MAX_BYTES;
        while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
            n--;
    }
    out = copy_text(name, n, size);
    for (size_t i = 0; out && i < n; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
            out[i] = '?';
    return out;
}

/* What a load or a call needs besides a script. */
static int submit_function(struct swd_runner *r, const struct swd_submission *s)
{
    struct swd_function *f;
    if (s->load) {
        r->kind = RUNNER_LOAD;
        r->fn = swd_function_new(s->load, r->name, s->source, s->source_len, s->lang, s->dialect);
        return r->fn ? 0 : SWD_ENOMEM;
    }
    if (!s->call)
        return 0;
    f = swd_functions_find(r->all->functions, s->call, true);
    swd_assert(f != NULL); /* submit_check() */
    r->kind = RUNNER_CALL;
    r->fn = swd_function_ref(f);
    r->image = swd_function_image(f);
    if (r->limits.call_wall < r->limits.wall) {
        r->limits.wall = r->limits.call_wall;
        r->call_wall = true;
    }
    return 0;
}

static int submit_fill(struct swd_runner *r, const struct swd_submission *s)
{
    struct swd_runners *rs = r->all;
    const char *name = s->name && s->name[0] ? s->name : s->call ? s->call : "script";
    char account[32];
    r->name = copy_name(name, &r->name_size);
    if (!s->load && !s->call)
        r->source = copy_text(s->source, s->source_len, &r->source_size);
    if (s->args)
        r->args = copy_text(s->args, s->args_len, &r->args_size);
    if (s->dialect && !s->load && (r->dialect = swd_slab_alloc(sizeof *r->dialect)) != NULL)
        *r->dialect = *s->dialect;
    r->group = swd_group_get(rs, s->group && s->group[0] ? s->group : "default");
    if (!r->name || (!s->load && !s->call && !r->source) || (s->args && !r->args) || !r->group ||
        (s->dialect && !s->load && !r->dialect) || submit_function(r, s) != 0)
        return SWD_ENOMEM;
    snprintf(account, sizeof account, "runner %" PRIu64, r->id);
    r->account = swd_account_new(r->group->account, account, SWD_NONE);
    return r->account ? 0 : SWD_ENOMEM;
}

static struct swd_runner *runner_new(struct swd_runners *rs, const struct swd_submission *s)
{
    struct swd_runner *r = swd_runner_alloc();
    if (!r)
        return NULL;
    r->magic = SWD_RUNNER_MAGIC;
    r->all = rs;
    r->id = rs->next_id;
    r->sched = SWD_SCHED_IDLE;
    atomic_init(&r->state, SWD_STATE_READY);
    swd_task_init(&r->task, swd_runner_turn);
    swd_deadline_init(&r->deadline);
    swd_list_init(&r->by_id);
    swd_list_init(&r->watches);
    swd_list_init(&r->out_link);
    swd_list_init(&r->ended_link);
    swd_list_init(&r->gc_link);
    swd_list_init(&r->idle_link);
    swd_list_init(&r->changed_link);
    swd_list_init(&r->mailbox);
    r->limits = rs->o.limits;
    if (s->limits)
        swd_limits_tighten(&r->limits, s->limits);
    r->lang = s->lang;
    r->goal = s->goal;
    r->uid = s->uid;
    r->module_read = s->module_read;
    r->module_arg = s->module_arg;
    r->roots = swd_roots_ref(rs->o.roots);
    r->has_modules = s->module_read != NULL || r->roots != NULL;
    r->born = r->window_start = swd_clock_mono();
    swd_lines_init(&r->lines, r->limits.output);
    if (submit_fill(r, s) != 0 || swd_table_add(rs, r) != 0) {
        swd_runner_free(r);
        return NULL;
    }
    return r;
}

int swd_runner_submit(struct swd_runners *rs, const struct swd_submission *s, uint64_t *id,
                      struct swd_err *e)
{
    struct swd_runner *r;
    char q[SWD_LOGQ_SIZE];
    int rc = submit_check(rs, s, e);
    if (rc != 0)
        return rc;
    r = runner_new(rs, s);
    if (!r)
        return swd_fail(e, SWD_ENOMEM, "no memory for another runner");
    rs->next_id++;
    rs->live++;
    atomic_fetch_add_explicit(&rs->by_state[SWD_STATE_READY], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&rs->submitted, 1, memory_order_relaxed);
    *id = r->id;
    swd_log(SWD_LOG_DEBUG, "runner.submit", "id=%" PRIu64 " name=%s group=%.60s uid=%u bytes=%zu",
            r->id, swd_log_quote(q, r->name), r->group->name, r->uid, s->source_len);
    if (s->watch) {
        s->watch->next_seq = 0;
        swd_list_push_back(&r->watches, &s->watch->link);
        atomic_store(&r->watched, true);
    }
    if (r->limits.wall != SWD_NONE && r->born + r->limits.wall > r->born &&
        swd_deadline_set(rs->o.loop, &r->deadline, r->born + r->limits.wall) != 0)
        swd_log(SWD_LOG_WARN, "runner.deadline", "id=%" PRIu64 " error=no_memory", r->id);
    swd_watch_observe(r);
    swd_runner_want(r, WORK_START);
    return 0;
}

void swd_runner_fill_info(struct swd_runner *r, struct swd_runner_info *out)
{
    uint64_t now = swd_clock_mono();
    memset(out, 0, sizeof *out);
    out->id = r->id;
    out->name = r->name;
    out->group = r->group->name;
    swd_runner_lock(r);
    out->ended = r->sched == SWD_SCHED_ENDED;
    out->output_dropped = r->lines.dropped;
    out->state = (enum swd_state)atomic_load(&r->state);
    if (!out->ended && swd_state_ended(out->state))
        out->state = SWD_STATE_RUNNING; /* about to end */
    if (!out->ended && r->asleep)
        out->alloc = atomic_load(&r->alloc);
    else if (!out->ended && r->lib)
        out->alloc = swd_heap_live(swd_lib_heap(r->lib));
    swd_runner_unlock(r);
    out->peak = atomic_load(&r->peak);
    out->cpu_ns = atomic_load(&r->cpu_ns);
    out->timers = atomic_load(&r->timers);
    out->age_s = (double)(now - r->born) / 1e9;
    out->wall_ns = (out->ended ? r->ended_at : now) - r->born;
    if (!out->ended)
        return;
    out->reason = r->reason;
    out->value = r->value;
    out->value_len = r->value_n;
    out->error = r->error;
    out->exit_code = r->exit_code;
    if (r->kind == RUNNER_LOAD && out->state == SWD_STATE_DONE)
        out->loaded = r->fn;
}

int swd_runner_info(struct swd_runners *rs, uint64_t id, struct swd_runner_info *out)
{
    struct swd_runner *r = swd_table_find(rs, id);
    if (!r)
        return SWD_ENOTFOUND;
    swd_runner_fill_info(r, out);
    return 0;
}

int swd_runner_logs(struct swd_runners *rs, uint64_t id, uint64_t tail,
                    void (*line)(void *arg, const struct swd_line *), void *arg, uint64_t *dropped)
{
    struct swd_runner *r = swd_table_find(rs, id);
    uint64_t seq = 0;
    size_t size, used;
    bool packed;
    char *buf;
    if (!r)
        return SWD_ENOTFOUND;
    swd_runner_lock(r);
    *dropped = r->lines.dropped;
    if (tail > 0 && r->lines.next_seq - r->lines.first_seq > tail)
        seq = r->lines.next_seq - tail;
    size = r->lines.used + (size_t)(r->lines.next_seq - r->lines.first_seq + 1) * 64;
    buf = swd_slab_alloc(size);
    packed = r->lines.packed != NULL;
    used = buf ? swd_lines_copy(&r->lines, &seq, buf, size) : 0;
    if (packed)
        swd_lines_pack(&r->lines); /* it goes on sleeping, or being remembered */
    swd_runner_unlock(r);
    if (!buf)
        return SWD_ENOMEM;
    swd_lines_visit(buf, used, line, arg);
    swd_slab_free(buf, size);
    return 0;
}

void swd_runner_end(struct swd_runner *r, enum swd_stop reason)
{
    bool mine = false;
    swd_runner_lock(r);
    if (r->sched == SWD_SCHED_ENDED) {
        swd_runner_unlock(r);
        return;
    }
    if (r->kill == SWD_STOP_NONE)
        r->kill = reason;
    if (r->sched == SWD_SCHED_IDLE ||
        (r->sched == SWD_SCHED_QUEUED && swd_task_unqueue(r->all->o.execs, &r->task))) {
        r->sched = SWD_SCHED_RUNNING; /* by the loop, to end it */
        mine = true;
    } else {
        r->work |= WORK_STOP;
        if (r->lib)
            swd_heap_stop(swd_lib_heap(r->lib), r->kill);
    }
    swd_runner_unlock(r);
    if (mine)
        swd_runner_finish(r, SWD_STATE_KILLED, reason);
}

int swd_runner_kill(struct swd_runners *rs, uint64_t id, enum swd_stop reason, bool *live)
{
    struct swd_runner *r = swd_table_find(rs, id);
    if (!r)
        return SWD_ENOTFOUND;
    swd_runner_lock(r);
    *live = r->sched != SWD_SCHED_ENDED;
    swd_runner_unlock(r);
    swd_runner_end(r, reason);
    return 0;
}

int swd_runner_deliver(struct swd_runners *rs, uint64_t id, const struct swd_group *group,
                       const char *json, size_t n, struct swd_err *e)
{
    struct swd_runner *r = swd_table_find(rs, id);
    struct swd_message *m;
    int rc = 0;
    if (!r)
        return swd_fail(e, SWD_ENOTFOUND, "no runner %" PRIu64, id);
    if (group && r->group != group)
        return swd_fail(e, SWD_EDENIED, "runner %" PRIu64 " is of another group", id);
    m = swd_message_new(json, n);
    if (!m)
        return swd_fail(e, SWD_ENOMEM, "no memory for the message");
    swd_runner_lock(r);
    if (r->sched == SWD_SCHED_ENDED)
        rc = swd_fail(e, SWD_ENOTFOUND, "runner %" PRIu64 " has ended", id);
    else if (r->mailbox_n >= r->limits.mailbox)
        rc = swd_fail(e, SWD_ELIMIT, "the mailbox of runner %" PRIu64 " is full (%u messages)", id,
                      r->mailbox_n);
    else {
        swd_list_push_back(&r->mailbox, &m->link);
        r->mailbox_n++;
    }
    swd_runner_unlock(r);
    if (rc != 0)
        swd_message_free(&m);
    else
        swd_runner_want(r, WORK_MESSAGE);
    return rc;
}

int swd_runner_send(struct swd_runners *rs, uint64_t id, const char *json, size_t n,
                    struct swd_err *e)
{
    return swd_runner_deliver(rs, id, NULL, json, n, e);
}

uint64_t swd_runner_list(struct swd_runners *rs, uint64_t after, unsigned limit,
                         enum swd_state state, const char *group,
                         void (*row)(void *arg, const struct swd_runner_info *), void *arg)
{
    unsigned looks = SWD_LOOKS > limit ? SWD_LOOKS : limit;
    uint64_t last = after;
    for (struct swd_runner *r = swd_table_after(rs, after); r; r = swd_table_next(rs, r)) {
        struct swd_runner_info info;
        if (limit == 0 || looks-- == 0)
            return last;
        last = r->id;
        if ((group && strcmp(group, r->group->name) != 0) ||
            (state != SWD_STATE_COUNT && (int)state != atomic_load(&r->state)))
            continue;
        swd_runner_fill_info(r, &info);
        row(arg, &info);
        limit--;
    }
    return 0;
}

int swd_runners_unload(struct swd_runners *rs, const char *name)
{
    return swd_functions_remove(rs->functions, name);
}

void swd_runners_functions(struct swd_runners *rs,
                           void (*row)(void *arg, const struct swd_function_info *), void *arg)
{
    swd_functions_each(rs->functions, row, arg);
}
