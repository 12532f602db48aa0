/* module.read: the server asks a client for a file, the client answers with a response on the same
 * connection. No answer in time is an error for the runner that asked. Loop thread. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "control/priv.h"
#include "pool/slab.h"

static void ask_free(struct ctl_ask *a)
{
    swd_list_del(&a->link);
    swd_slab_free(a, a->size);
}

static struct ctl_ask *ask_new(struct ctl_conn *c, uint64_t runner, const char *path)
{
    size_t n = strlen(path), size = sizeof(struct ctl_ask) + n + 1;
    struct ctl_ask *a = swd_slab_alloc(size);
    if (!a)
        return NULL;
    a->size = size;
    a->sid = ++c->next_ask;
    a->runner = runner;
    a->since = swd_clock_mono();
    memcpy(a->path, path, n + 1);
    swd_list_push_back(&c->asked, &a->link);
    return a;
}

void ctl_module_read(void *arg, uint64_t runner, const char *path)
{
    struct ctl_pending *p = arg;
    struct ctl_conn *c = p->conn;
    struct ctl_ask *a = c->dying ? NULL : ask_new(c, runner, path);
    struct ctl_msg m;
    if (!a) {
        swd_runner_module(c->ctl->o.runners, runner, path, NULL, 0,
                          c->dying ? SWD_ENOTFOUND : SWD_ENOMEM);
        return;
    }
    ctl_pending_accepted(p, runner);
    if (!ctl_notify_begin(c, "module.read", &m))
        return;
    swd_json_begin(&m.w, '{');
    swd_json_kuint(&m.w, "id", runner);
    swd_json_kstr(&m.w, "path", path);
    swd_json_end(&m.w, '}');
    swd_json_kuint(&m.w, "id", a->sid); /* what makes it a request */
    ctl_msg_end(&m, CTL_REPLY);
}

static struct ctl_ask *ask_find(struct ctl_conn *c, const json_t *id)
{
    struct swd_list *it;
    if (!json_is_integer(id))
        return NULL;
    SWD_LIST_EACH(it, &c->asked)
    {
        struct ctl_ask *a = SWD_LIST_ENTRY(it, struct ctl_ask, link);
        if (a->sid == (uint64_t)json_integer_value(id))
            return a;
    }
    return NULL;
}

/* A client's error code to ours. */
static int ask_error(const json_t *error)
{
    json_int_t code = json_integer_value(json_object_get(error, "code"));
    if (code == swd_err_rpc(SWD_ENOTFOUND))
        return SWD_ENOTFOUND;
    return code == swd_err_rpc(SWD_EDENIED) ? SWD_EDENIED : SWD_EIO;
}

void ctl_module_answer(struct ctl_conn *c, const struct swd_envelope *env)
{
    struct ctl_ask *a = ask_find(c, env->id);
    const json_t *source = json_object_get(env->result, "source");
    struct swd_runners *rs = c->ctl->o.runners;
    if (!a) /* too late, or never asked: a response gets no response */
        return;
    if (json_is_string(source))
        swd_runner_module(rs, a->runner, a->path, json_string_value(source),
                          json_string_length(source), 0);
    else
        swd_runner_module(rs, a->runner, a->path, NULL, 0, ask_error(env->error));
    ask_free(a);
}

void ctl_module_tick(struct ctl_conn *c, uint64_t now)
{
    while (!swd_list_empty(&c->asked)) {
        struct ctl_ask *a = SWD_LIST_ENTRY(c->asked.next, struct ctl_ask, link);
        if (now < a->since + c->ctl->lim.module_ns) /* the oldest comes first */
            return;
        swd_runner_module(c->ctl->o.runners, a->runner, a->path, NULL, 0, SWD_ETIMEOUT);
        ask_free(a);
    }
}

void ctl_module_drop_all(struct ctl_conn *c)
{
    while (!swd_list_empty(&c->asked))
        ask_free(SWD_LIST_ENTRY(c->asked.next, struct ctl_ask, link));
}
