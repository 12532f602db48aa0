/* Method `subscribe`: events to whoever asked for them, until the connection closes.
 *
 * Topic `runner` comes from the runner layer's observer, which costs nothing while nobody
 * subscribes. Topic `log` hangs a watch (a tap) on every runner accepted from then on, and on those
 * alive at the subscription, a slice of them per iteration. Topic `stats` is sent once a second;
 * `pressure` and `gc` are published by whoever runs the monitor.
 * Events are lines: a slow reader loses them before anything else. Loop thread. */
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "control/priv.h"
#include "pool/slab.h"

#define TAP_SLICE 256

static const struct {
    const char *name;
    unsigned topic;
} topics[] = {
    {"runner", CTL_TOPIC_RUNNER},     {"log", CTL_TOPIC_LOG}, {"stats", CTL_TOPIC_STATS},
    {"pressure", CTL_TOPIC_PRESSURE}, {"gc", CTL_TOPIC_GC},
};

struct ctl_tap {
    struct swd_list link;
    struct swd_control *ctl;
    struct swd_watch watch;
    bool busy, ended;
};

/* ---- sending ---- */

static bool event_begin(struct ctl_conn *c, const char *topic, struct ctl_msg *m)
{
    if (!ctl_notify_begin(c, "event", m))
        return false;
    swd_json_begin(&m->w, '{');
    swd_json_kstr(&m->w, "topic", topic);
    swd_json_kreal(&m->w, "t", swd_clock_unix());
    swd_json_key(&m->w, "data");
    return true;
}

static void event_end(struct ctl_msg *m)
{
    swd_json_end(&m->w, '}');
    ctl_msg_end(m, CTL_LINE);
}

/* The next connection after `at` that wants `topic`. Closing one takes it off the list of
 * connections only, so the walk is safe. */
static struct ctl_conn *next_subscriber(struct swd_control *ctl, struct swd_list **at,
                                        unsigned topic)
{
    for (*at = (*at)->next; *at != &ctl->subscribers; *at = (*at)->next) {
        struct ctl_conn *c = SWD_LIST_ENTRY(*at, struct ctl_conn, subscriber);
        if (!c->dying && (c->topics & topic))
            return c;
    }
    return NULL;
}

static void tap_line(struct swd_watch *w, uint64_t id, const struct swd_line *line)
{
    struct ctl_tap *tap = SWD_CONTAINER(w, struct ctl_tap, watch);
    struct swd_list *at = &tap->ctl->subscribers;
    struct ctl_conn *c;
    struct ctl_msg m;
    while ((c = next_subscriber(tap->ctl, &at, CTL_TOPIC_LOG)) != NULL) {
        if (!event_begin(c, "log", &m))
            continue;
        swd_json_begin(&m.w, '{');
        swd_json_kuint(&m.w, "id", id);
        swd_json_kstr(&m.w, "level", swd_console_level_name(line->level));
        swd_json_key(&m.w, "text");
        swd_json_strn(&m.w, line->text, line->n);
        swd_json_end(&m.w, '}');
        event_end(&m);
    }
}

/* ---- taps ---- */

static void tap_free(struct ctl_tap *tap)
{
    swd_list_del(&tap->link);
    swd_watch_remove(&tap->watch);
    swd_slab_free(tap, sizeof *tap);
}

static void tap_ended(struct swd_watch *w, const struct swd_runner_info *i)
{
    struct ctl_tap *tap = SWD_CONTAINER(w, struct ctl_tap, watch);
    (void)i;
    if (tap->busy)
        tap->ended = true;
    else
        tap_free(tap);
}

/* No memory for a tap means no `log` events of that runner. */
static void tap_add(struct swd_control *ctl, uint64_t id, uint64_t next_seq)
{
    struct ctl_tap *tap = swd_slab_alloc(sizeof *tap);
    int rc;
    if (!tap)
        return;
    tap->ctl = ctl;
    tap->watch.line = tap_line;
    tap->watch.ended = tap_ended;
    tap->watch.next_seq = next_seq;
    swd_list_init(&tap->watch.link);
    swd_list_push_back(&ctl->taps, &tap->link);
    tap->busy = true;
    rc = swd_runner_watch(ctl->o.runners, id, &tap->watch);
    tap->busy = false;
    if (rc < 0 || tap->ended)
        tap_free(tap);
}

static void tap_last_line(void *arg, const struct swd_line *line)
{
    *(uint64_t *)arg = line->seq + 1;
}

struct tap_ids {
    uint64_t id[TAP_SLICE];
    unsigned n;
};

static void tap_row(void *arg, const struct swd_runner_info *i)
{
    struct tap_ids *ids = arg;
    if (!i->ended && ids->n < TAP_SLICE)
        ids->id[ids->n++] = i->id;
}

/* Runners that were alive at the subscription, up to the last one then. */
static void tap_existing(struct swd_control *ctl)
{
    struct tap_ids ids = {.n = 0};
    uint64_t seq, dropped, after = ctl->tap_after;
    ctl->tap_after =
        swd_runner_list(ctl->o.runners, after, TAP_SLICE, SWD_STATE_COUNT, NULL, tap_row, &ids);
    for (unsigned i = 0; i < ids.n && ids.id[i] <= ctl->tap_last; i++) {
        seq = 0;
        (void)swd_runner_logs(ctl->o.runners, ids.id[i], 1, tap_last_line, &seq, &dropped);
        tap_add(ctl, ids.id[i], seq);
    }
    if (ctl->tap_after && ctl->tap_after < ctl->tap_last)
        swd_loop_post(ctl->o.loop, &ctl->tap_post);
}

void ctl_on_tap(struct swd_post *p)
{
    struct swd_control *ctl = SWD_CONTAINER(p, struct swd_control, tap_post);
    if (ctl->observed & CTL_TOPIC_LOG)
        tap_existing(ctl);
}

/* ---- the observer ---- */

static void on_event(struct swd_observer *o, const struct swd_runner_info *i)
{
    struct swd_control *ctl = SWD_CONTAINER(o, struct swd_control, observer);
    struct swd_list *at = &ctl->subscribers;
    struct ctl_conn *c;
    struct ctl_msg m;
    if (!i->ended && (ctl->observed & CTL_TOPIC_LOG))
        tap_add(ctl, i->id, 0);
    while ((c = next_subscriber(ctl, &at, CTL_TOPIC_RUNNER)) != NULL) {
        if (!event_begin(c, "runner", &m))
            continue;
        swd_json_begin(&m.w, '{');
        ctl_write_runner(&m.w, i);
        swd_json_end(&m.w, '}');
        event_end(&m);
    }
}

/* What all subscribers together want, after a change. */
static void subscribe_update(struct swd_control *ctl)
{
    unsigned want = 0, had = ctl->observed;
    struct swd_list *it;
    SWD_LIST_EACH(it, &ctl->subscribers)
    want |= SWD_LIST_ENTRY(it, struct ctl_conn, subscriber)->topics;
    ctl->observed = want;
    ctl->observer.event = on_event;
    swd_runners_observe(ctl->o.runners,
                        want & (CTL_TOPIC_RUNNER | CTL_TOPIC_LOG) ? &ctl->observer : NULL);
    if ((want & CTL_TOPIC_LOG) && !(had & CTL_TOPIC_LOG)) {
        ctl->tap_after = 0;
        ctl->tap_last = swd_runners_last_id(ctl->o.runners);
        swd_loop_post(ctl->o.loop, &ctl->tap_post);
    } else if (!(want & CTL_TOPIC_LOG)) {
        while (!swd_list_empty(&ctl->taps))
            tap_free(SWD_LIST_ENTRY(ctl->taps.next, struct ctl_tap, link));
    }
}

/* ---- the method ---- */

static int subscribe_topic(const char *word, unsigned *set, struct swd_err *e)
{
    const char *names[SWD_ARRAY_LEN(topics)], *near;
    for (size_t i = 0; i < SWD_ARRAY_LEN(topics); i++) {
        names[i] = topics[i].name;
        if (strcmp(word, topics[i].name) == 0) {
            *set |= topics[i].topic;
            return 0;
        }
    }
    near = swd_nearest(word, names, SWD_ARRAY_LEN(topics));
    swd_fail(e, SWD_EPARAMS, "there is no topic \"%.60s\"", word);
    swd_fail_hint(e, near ? "did you mean \"%s\"?" : "topics: %s, log, stats, pressure, gc",
                  near ? near : names[0]);
    swd_fail_field(e, "topics");
    return SWD_EPARAMS;
}

int ctl_m_SUBSCRIBE(struct ctl_request *r, struct swd_err *e)
{
    const json_t *words = json_object_get(r->params, "topics");
    struct ctl_conn *c = r->conn;
    unsigned set = 0;
    struct ctl_msg m;
    for (size_t i = 0; i < json_array_size(words); i++) {
        int rc = subscribe_topic(json_string_value(json_array_get(words, i)), &set, e);
        if (rc < 0)
            return rc;
    }
    c->topics |= set;
    if (c->topics && swd_list_empty(&c->subscriber))
        swd_list_push_back(&c->ctl->subscribers, &c->subscriber);
    if (r->id && ctl_reply_begin(c, r->id, &m)) {
        swd_json_begin(&m.w, '{');
        swd_json_key(&m.w, "topics");
        swd_json_begin(&m.w, '[');
        for (size_t i = 0; i < SWD_ARRAY_LEN(topics); i++)
            if (c->topics & topics[i].topic)
                swd_json_str(&m.w, topics[i].name);
        swd_json_end(&m.w, ']');
        swd_json_end(&m.w, '}');
        ctl_msg_end(&m, CTL_REPLY);
    }
    subscribe_update(c->ctl);
    return 0;
}

void ctl_unsubscribe(struct ctl_conn *c)
{
    if (swd_list_empty(&c->subscriber))
        return;
    swd_list_del(&c->subscriber);
    c->topics = 0;
    subscribe_update(c->ctl);
}

void ctl_subscribe_tick(struct swd_control *ctl)
{
    struct swd_list *at = &ctl->subscribers;
    struct ctl_conn *c;
    struct ctl_msg m;
    while ((c = next_subscriber(ctl, &at, CTL_TOPIC_STATS)) != NULL)
        if (event_begin(c, "stats", &m)) {
            ctl_write_stats(&m.w, ctl);
            event_end(&m);
        }
}

void swd_control_publish(struct swd_control *ctl, const char *topic, const char *json, size_t n)
{
    struct swd_list *at = &ctl->subscribers;
    struct ctl_conn *c;
    struct ctl_msg m;
    unsigned bit = 0;
    for (size_t i = 0; i < SWD_ARRAY_LEN(topics); i++)
        if (strcmp(topics[i].name, topic) == 0)
            bit = topics[i].topic;
    while ((c = next_subscriber(ctl, &at, bit)) != NULL)
        if (event_begin(c, topic, &m)) {
            swd_json_raw(&m.w, json, n);
            event_end(&m);
        }
}
