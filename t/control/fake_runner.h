/* A runner layer made of words, for tests of the control layer: the source says what happens.
 * Included by way of server.h: a program that does uses no part of the real one.
 *
 *   value:JSON     prints nothing and ends with that value at the next turn of the loop
 *   print:N        prints N lines of 1000 bytes per turn, without end
 *   lines:N        prints N lines, then ends
 *   hang           waits to be killed
 *   fail           ends as failed
 *   require:PATH   asks for PATH, ends with the length of the answer or fails
 *   refuse         is refused with SWD_ELIMIT
 *   now:JSON       ends inside swd_runner_submit() */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pool/slab.h"
#include "runner/runner.h"

#define FAKE_MAX 70000

struct fake {
    uint64_t id;
    struct swd_runners *all;
    struct swd_post post;
    struct swd_list watches;
    char source[128], name[64], args[64];
    enum swd_state state;
    enum swd_stop reason;
    struct swd_thrown error;
    uint64_t seq;
    struct swd_limits limits;
    void (*module_read)(void *arg, uint64_t id, const char *path);
    void *module_arg;
    char value[64];
};

struct swd_runners {
    struct swd_loop *loop;
    struct fake *fakes[FAKE_MAX];
    uint64_t n;
    struct swd_observer *observer;
};

static struct swd_runners fake_all;
static _Atomic unsigned fake_killed[SWD_STOP_COUNT];
static _Atomic unsigned fake_modules_gone;

static void fake_info(const struct fake *f, struct swd_runner_info *i)
{
    memset(i, 0, sizeof *i);
    i->id = f->id;
    i->name = f->name;
    i->group = "default";
    i->state = f->state;
    i->reason = f->reason;
    i->ended = swd_state_ended(f->state);
    i->alloc = 1000;
    i->cpu_ns = 5000;
    if (f->state == SWD_STATE_DONE && f->value[0]) {
        i->value = f->value;
        i->value_len = strlen(f->value);
    }
    if (f->state == SWD_STATE_FAILED)
        i->error = &f->error;
}

static void fake_observe(struct fake *f)
{
    struct swd_runner_info i;
    fake_info(f, &i);
    if (f->all->observer)
        f->all->observer->event(f->all->observer, &i);
}

static void fake_end(struct fake *f, enum swd_state state, enum swd_stop reason)
{
    struct swd_runner_info i;
    struct swd_list *n;
    f->state = state;
    f->reason = reason;
    fake_info(f, &i);
    while ((n = swd_list_pop_front(&f->watches)) != NULL) {
        struct swd_watch *w = SWD_LIST_ENTRY(n, struct swd_watch, link);
        w->ended(w, &i);
    }
    fake_observe(f);
}

static void fake_print(struct fake *f, const char *text, size_t n)
{
    struct swd_line line = {++f->seq, 1.5, SWD_CONSOLE_LOG, text, n};
    struct swd_list *it, *tmp;
    SWD_LIST_EACH_SAFE(it, tmp, &f->watches)
    {
        struct swd_watch *w = SWD_LIST_ENTRY(it, struct swd_watch, link);
        if (w->line)
            w->line(w, f->id, &line);
    }
}

static void fake_turn(struct swd_post *p)
{
    struct fake *f = SWD_CONTAINER(p, struct fake, post);
    char text[1000];
    unsigned n;
    if (swd_state_ended(f->state))
        return;
    memset(text, 'x', sizeof text);
    if (strncmp(f->source, "value:", 6) == 0) {
        snprintf(f->value, sizeof f->value, "%s", f->source + 6);
        fake_end(f, SWD_STATE_DONE, SWD_STOP_NONE);
    } else if (sscanf(f->source, "print:%u", &n) == 1) {
        for (unsigned i = 0; i < n; i++)
            fake_print(f, text, sizeof text);
        swd_loop_post(f->all->loop, &f->post);
    } else if (sscanf(f->source, "lines:%u", &n) == 1) {
        for (unsigned i = 0; i < n; i++)
            fake_print(f, "line \xff", 6);
        fake_end(f, SWD_STATE_DONE, SWD_STOP_NONE);
    } else if (strncmp(f->source, "require:", 8) == 0) {
        f->module_read(f->module_arg, f->id, f->source + 8);
    } else if (strcmp(f->source, "fail") == 0) {
        snprintf(f->error.name, sizeof f->error.name, "TypeError");
        snprintf(f->error.message, sizeof f->error.message, "it failed");
        f->error.line = 3;
        fake_end(f, SWD_STATE_FAILED, SWD_STOP_NONE);
    }
}

int swd_runner_submit(struct swd_runners *rs, const struct swd_submission *s, uint64_t *id,
                      struct swd_err *e)
{
    struct fake *f;
    if (s->source_len == 6 && memcmp(s->source, "refuse", 6) == 0)
        return swd_fail(e, SWD_ELIMIT, "refused");
    ck_assert_uint_lt(rs->n, FAKE_MAX);
    f = calloc(1, sizeof *f);
    ck_assert_ptr_nonnull(f);
    f->all = rs;
    rs->fakes[rs->n++] = f;
    f->id = *id = rs->n;
    f->state = SWD_STATE_WAITING;
    f->limits = *s->limits;
    f->module_read = s->module_read;
    f->module_arg = s->module_arg;
    snprintf(f->source, sizeof f->source, "%.*s", (int)s->source_len, s->source);
    snprintf(f->name, sizeof f->name, "%s", s->name ? s->name : "script");
    snprintf(f->args, sizeof f->args, "%.*s", (int)s->args_len, s->args ? s->args : "");
    swd_list_init(&f->watches);
    if (s->watch)
        swd_list_push_back(&f->watches, &s->watch->link);
    fake_observe(f);
    swd_post_init(&f->post, fake_turn);
    if (strncmp(f->source, "now:", 4) == 0) {
        snprintf(f->value, sizeof f->value, "%s", f->source + 4);
        fake_end(f, SWD_STATE_DONE, SWD_STOP_NONE);
    } else {
        swd_loop_post(rs->loop, &f->post);
    }
    return 0;
}

static struct fake *fake_find(struct swd_runners *rs, uint64_t id)
{
    return id >= 1 && id <= rs->n ? rs->fakes[id - 1] : NULL;
}

int swd_runner_info(struct swd_runners *rs, uint64_t id, struct swd_runner_info *out)
{
    struct fake *f = fake_find(rs, id);
    if (!f)
        return SWD_ENOTFOUND;
    fake_info(f, out);
    return 0;
}

int swd_runner_watch(struct swd_runners *rs, uint64_t id, struct swd_watch *w)
{
    struct fake *f = fake_find(rs, id);
    struct swd_runner_info i;
    if (!f)
        return SWD_ENOTFOUND;
    fake_info(f, &i);
    if (i.ended)
        w->ended(w, &i);
    else
        swd_list_push_back(&f->watches, &w->link);
    return 0;
}

void swd_watch_remove(struct swd_watch *w)
{
    swd_list_del(&w->link);
}

int swd_runner_logs(struct swd_runners *rs, uint64_t id, uint64_t tail,
                    void (*line)(void *arg, const struct swd_line *), void *arg, uint64_t *dropped)
{
    struct fake *f = fake_find(rs, id);
    struct swd_line l = {1, 1.5, SWD_CONSOLE_WARN, "kept", 4};
    (void)tail;
    *dropped = 7;
    if (!f)
        return SWD_ENOTFOUND;
    line(arg, &l);
    return 0;
}

int swd_runner_kill(struct swd_runners *rs, uint64_t id, enum swd_stop reason, bool *live)
{
    struct fake *f = fake_find(rs, id);
    if (!f)
        return SWD_ENOTFOUND;
    *live = !swd_state_ended(f->state);
    if (*live) {
        atomic_fetch_add(&fake_killed[reason], 1);
        fake_end(f, SWD_STATE_KILLED, reason);
    }
    return 0;
}

int swd_runner_send(struct swd_runners *rs, uint64_t id, const char *json, size_t n,
                    struct swd_err *e)
{
    struct fake *f = fake_find(rs, id);
    if (!f)
        return SWD_ENOTFOUND;
    if (swd_state_ended(f->state))
        return swd_fail(e, SWD_ELIMIT, "mailbox full");
    snprintf(f->value, sizeof f->value, "%.*s", (int)n, json);
    fake_end(f, SWD_STATE_DONE, SWD_STOP_NONE);
    return 0;
}

void swd_runner_module(struct swd_runners *rs, uint64_t id, const char *path, const char *source,
                       size_t n, int error)
{
    struct fake *f = fake_find(rs, id);
    ck_assert_ptr_nonnull(f);
    ck_assert_str_eq(path, f->source + 8);
    (void)source;
    if (error)
        snprintf(f->value, sizeof f->value, "\"%s\"", swd_err_name(error));
    else
        snprintf(f->value, sizeof f->value, "%zu", n);
    if (!swd_state_ended(f->state))
        fake_end(f, SWD_STATE_DONE, SWD_STOP_NONE);
}

void swd_runner_module_gone(struct swd_runners *rs, uint64_t id)
{
    (void)rs;
    (void)id;
    atomic_fetch_add(&fake_modules_gone, 1);
}

uint64_t swd_runner_list(struct swd_runners *rs, uint64_t after, unsigned limit,
                         enum swd_state state, const char *group,
                         void (*row)(void *arg, const struct swd_runner_info *), void *arg)
{
    struct swd_runner_info i;
    (void)group;
    for (uint64_t id = after + 1; id <= rs->n; id++) {
        fake_info(rs->fakes[id - 1], &i);
        if (state != SWD_STATE_COUNT && i.state != state)
            continue;
        if (limit-- == 0)
            return id - 1;
        row(arg, &i);
    }
    return 0;
}

int swd_runner_job(struct swd_runners *rs, enum swd_job what, uint64_t id, uint64_t max_ms,
                   void (*done)(void *arg, const struct swd_receipt *), void *arg,
                   struct swd_err *e)
{
    static const char *const names[] = {"gc", "compact", "hibernate", "trim"};
    struct swd_gc_row row = {3, 10, 4, 1, false};
    struct swd_receipt r = {.action = names[what],
                            .asked = id,
                            .runners = 1,
                            .skipped_running = max_ms,
                            .before = 10,
                            .after = 4,
                            .freed = 6,
                            .rows = &row,
                            .nrows = 1};
    (void)rs;
    (void)e;
    if (id == 404)
        return SWD_ENOTFOUND;
    done(arg, &r);
    return 0;
}

void swd_runners_stat(struct swd_runners *rs, struct swd_runners_stat *out)
{
    memset(out, 0, sizeof *out);
    out->total_live = rs->n;
}

void swd_runners_observe(struct swd_runners *rs, struct swd_observer *o)
{
    rs->observer = o;
}

uint64_t swd_runners_last_id(const struct swd_runners *rs)
{
    return rs->n;
}

/* Nothing is ever loaded here. */
int swd_runners_unload(struct swd_runners *rs, const char *name)
{
    (void)rs;
    (void)name;
    return SWD_ENOTFOUND;
}

void swd_runners_functions(struct swd_runners *rs,
                           void (*row)(void *arg, const struct swd_function_info *), void *arg)
{
    (void)rs;
    (void)row;
    (void)arg;
}

void swd_function_info(const struct swd_function *f, struct swd_function_info *out)
{
    (void)f;
    memset(out, 0, sizeof *out);
}

const char *swd_state_name(enum swd_state s)
{
    static const char *const names[] = {
#define SWD_STATE(sym, name) name,
#include "runner/states.def"
#undef SWD_STATE
    };
    return names[s];
}

bool swd_state_ended(enum swd_state s)
{
    return s >= SWD_STATE_DONE;
}

/* Weak: the library's own may come along. */
__attribute__((weak)) const char *swd_console_level_name(enum swd_console_level l)
{
    return l == SWD_CONSOLE_WARN ? "warn" : "log";
}

static void fake_free(void)
{
    for (uint64_t i = 0; i < fake_all.n; i++)
        free(fake_all.fakes[i]);
    memset(&fake_all, 0, sizeof fake_all);
}
