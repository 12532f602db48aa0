/* The shapes that several methods answer with: runner rows, runner results, receipts, lines. Loop
 * thread. */
#include <string.h>

#include "base/clock.h"
#include "control/priv.h"

void ctl_write_runner(struct swd_json *w, const struct swd_runner_info *i)
{
    swd_json_kuint(w, "id", i->id);
    swd_json_kstr(w, "name", i->name);
    swd_json_kstr(w, "group", i->group);
    swd_json_kstr(w, "state", swd_state_name(i->state));
    swd_json_key(w, "reason");
    swd_json_str(w, i->reason == SWD_STOP_NONE ? NULL : swd_stop_name(i->reason));
    swd_json_kuint(w, "alloc", i->alloc);
    swd_json_kuint(w, "cpu_us", i->cpu_ns / SWD_NS_PER_US);
    swd_json_kreal(w, "age_s", i->age_s);
    swd_json_kuint(w, "timers", i->timers);
}

static void write_thrown(struct swd_json *w, const struct swd_thrown *t)
{
    swd_json_key(w, "error");
    swd_json_begin(w, '{');
    swd_json_kstr(w, "name", t->name);
    swd_json_kstr(w, "message", t->message);
    swd_json_kstr(w, "stack", t->stack);
    swd_json_kstr(w, "source", t->source);
    if (t->line > 0)
        swd_json_kuint(w, "line", (uint64_t)t->line);
    if (t->column > 0)
        swd_json_kuint(w, "column", (uint64_t)t->column);
    swd_json_end(w, '}');
}

/* Everything but the value, which may be large and is JSON already. */
static void write_result_head(struct swd_json *w, const struct swd_runner_info *i)
{
    swd_json_begin(w, '{');
    swd_json_kuint(w, "id", i->id);
    swd_json_kstr(w, "state", swd_state_name(i->state));
    if (i->reason != SWD_STOP_NONE)
        swd_json_kstr(w, "reason", swd_stop_name(i->reason));
    if (i->reason == SWD_STOP_EXIT) {
        swd_json_key(w, "exit_code");
        swd_json_int(w, i->exit_code);
    }
    if (i->error)
        write_thrown(w, i->error);
    swd_json_kuint(w, "cpu_us", i->cpu_ns / SWD_NS_PER_US);
    swd_json_kuint(w, "wall_us", i->wall_ns / SWD_NS_PER_US);
    swd_json_kuint(w, "peak", i->peak);
    swd_json_kuint(w, "output_dropped", i->output_dropped);
    if (i->value)
        swd_json_key(w, "value");
}

void ctl_write_result(struct swd_json *w, const struct swd_runner_info *i)
{
    write_result_head(w, i);
    if (i->value)
        swd_json_raw(w, i->value, i->value_len);
    swd_json_end(w, '}');
}

void ctl_send_result(struct ctl_conn *c, const json_t *id, const struct swd_runner_info *i)
{
    struct ctl_part parts[3];
    struct ctl_msg m;
    if (!ctl_reply_begin(c, id, &m))
        return;
    write_result_head(&m.w, i);
    parts[0] = (struct ctl_part){m.w.b->data, m.w.b->len};
    parts[1] = (struct ctl_part){i->value ? i->value : "", i->value ? i->value_len : 0};
    parts[2] = (struct ctl_part){"}}", 2};
    if (m.w.b->failed)
        ctl_conn_close(c, "no_memory");
    else if (!ctl_encode(c, parts, 3))
        ctl_send(c, CTL_REPLY, parts, 3);
    swd_bytebuf_put(&m.w.b);
}

void ctl_send_line(struct ctl_conn *c, uint64_t id, const struct swd_line *line)
{
    struct ctl_msg m;
    uint64_t dropped = c->dropped;
    if (c->dying || !ctl_notify_begin(c, "log", &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kuint(&m.w, "id", id);
    swd_json_kstr(&m.w, "level", swd_console_level_name(line->level));
    swd_json_key(&m.w, "text");
    swd_json_strn(&m.w, line->text, line->n);
    swd_json_kreal(&m.w, "t", line->t);
    if (dropped)
        swd_json_kuint(&m.w, "dropped", dropped);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_LINE);
    if (c->dropped == dropped) /* it went out, and told of the earlier ones */
        c->dropped = 0;
}

void ctl_write_function(struct swd_json *w, const struct swd_function_info *f, bool figures)
{
    swd_json_begin(w, '{');
    swd_json_kstr(w, "name", f->name);
    swd_json_kuint(w, "version", f->version);
    swd_json_kuint(w, "bytes", f->bytes);
    swd_json_kuint(w, "relocations", f->relocations);
    swd_json_kbool(w, "imaged", f->imaged);
    if (f->reason[0])
        swd_json_kstr(w, "reason", f->reason);
    if (figures) {
        swd_json_kuint(w, "calls", f->calls);
        swd_json_kuint(w, "failed", f->failed);
        swd_json_kuint(w, "p50_us", f->p50_us);
        swd_json_kuint(w, "p99_us", f->p99_us);
    }
    swd_json_end(w, '}');
}

static void write_skipped(struct swd_json *w, const struct swd_receipt *r)
{
    const struct {
        const char *reason;
        uint64_t n;
    } skipped[] = {
        {"ended", r->skipped_ended},
        {"running", r->skipped_running},
        {"hibernated", r->skipped_hibernated},
        {"unstarted", r->skipped_unstarted},
        {"time", r->skipped_time},
    };
    swd_json_key(w, "skipped");
    swd_json_begin(w, '{');
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        if (skipped[i].n)
            swd_json_kuint(w, skipped[i].reason, skipped[i].n);
    swd_json_end(w, '}');
}

void ctl_write_receipt(struct swd_json *w, const struct swd_receipt *r)
{
    swd_json_begin(w, '{');
    swd_json_kstr(w, "action", r->action);
    swd_json_kuint(w, "asked", r->asked);
    swd_json_kuint(w, "runners", r->runners);
    write_skipped(w, r);
    swd_json_kuint(w, "before", r->before);
    swd_json_kuint(w, "after", r->after);
    swd_json_kuint(w, "freed", r->freed);
    swd_json_kuint(w, "rss_before", r->rss_before);
    swd_json_kuint(w, "rss_after", r->rss_after);
    swd_json_kuint(w, "took_us", r->took_us);
    swd_json_key(w, "per_runner");
    swd_json_begin(w, '[');
    for (size_t i = 0; i < r->nrows; i++) {
        swd_json_begin(w, '{');
        swd_json_kuint(w, "id", r->rows[i].id);
        swd_json_kuint(w, "before", r->rows[i].before);
        swd_json_kuint(w, "after", r->rows[i].after);
        swd_json_kuint(w, "took_us", r->rows[i].us);
        swd_json_end(w, '}');
    }
    swd_json_end(w, ']');
    swd_json_end(w, '}');
}
