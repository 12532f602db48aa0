/* Methods run, load, call, unload: from parameters to a submission, and its answer. Loop thread. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "control/priv.h"
#include "pool/slab.h"
#include "ts/tsconfig.h"

/* Words of methods.def in the order of the enums. */
static const char *const lang_words[] = {"auto", "js", "ts", "tsx", "jsx"};
static const enum swd_lang langs[] = {SWD_LANG_AUTO, SWD_LANG_JS, SWD_LANG_TS, SWD_LANG_TSX,
                                      SWD_LANG_JSX};
static const char *const goal_words[] = {"auto", "script", "commonjs", "module"};
static const enum swd_goal goals[] = {SWD_GOAL_AUTO, SWD_GOAL_SCRIPT, SWD_GOAL_COMMONJS,
                                      SWD_GOAL_MODULE};

/* The place of a checked word. */
static size_t run_word(const json_t *params, const char *name, const char *const *words, size_t n)
{
    const char *word = swd_param_str(params, name, words[0]);
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    swd_panic(__FILE__, __LINE__, "methods.def and m_run.c disagree");
}

static int run_limit(struct swd_limits *l, const char *key, const json_t *v, struct swd_err *e)
{
    const struct swd_limit_info *info = swd_limits_find(key);
    char text[24];
    if (json_is_string(v))
        return swd_limits_set(l, key, json_string_value(v), e);
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        (info && info->unit == SWD_UNIT_DURATION)) {
        swd_fail(e, SWD_EPARAMS, "limits.%.40s must be text like in swd.conf", key);
        swd_fail_hint(e, info && info->unit == SWD_UNIT_DURATION
                             ? "a time with its unit, like \"250ms\""
                             : "for example \"64M\"; counts and bytes may be integers");
        return SWD_EPARAMS;
    }
    snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT "%s", json_integer_value(v),
             info && info->unit == SWD_UNIT_PERCENT ? "%" : "");
    return swd_limits_set(l, key, text, e);
}

/* Every limit that is not given stays SWD_NONE, which tightens nothing. */
static int run_limits(const json_t *given, struct swd_limits *l, struct swd_err *e)
{
    size_t n;
    const struct swd_limit_info *all = swd_limits_table(&n);
    char field[64];
    for (size_t i = 0; i < n; i++)
        *(uint64_t *)(void *)((char *)l + all[i].offset) = SWD_NONE;
    for (void *it = given ? json_object_iter((json_t *)given) : NULL; it;
         it = json_object_iter_next((json_t *)given, it)) {
        int rc = run_limit(l, json_object_iter_key(it), json_object_iter_value(it), e);
        if (rc < 0) {
            snprintf(field, sizeof field, "limits.%.50s", json_object_iter_key(it));
            swd_fail_field(e, field);
            return rc;
        }
    }
    return 0;
}

/* The JSON text of `v`, any value, in `*text` (to be freed); NULL stays NULL. */
static int run_text(const json_t *v, char **text, struct swd_err *e)
{
    *text = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    return !v || *text ? 0 : swd_fail(e, SWD_ENOMEM, "no memory for the arguments");
}

static int run_submit(struct ctl_request *r, struct swd_submission *s, uint64_t *id,
                      struct swd_err *e)
{
    static struct swd_limits limits; /* the loop thread's; the submission copies them */
    const json_t *source = json_object_get(r->params, "source");
    const json_t *compiler = json_object_get(r->params, "compiler");
    struct swd_dialect dialect = {0};
    char *text = NULL;
    int rc = run_limits(json_object_get(r->params, "limits"), &limits, e);
    if (rc == 0 && compiler)
        rc = swd_tsconfig_options(&dialect, compiler, "compiler.", true, e);
    if (rc < 0)
        return rc;
    s->dialect = compiler ? &dialect : NULL;
    s->source = source ? json_string_value(source) : "";
    s->source_len = source ? json_string_length(source) : 0;
    s->group = swd_param_str(r->params, "group", NULL);
    s->lang = langs[run_word(r->params, "lang", lang_words, SWD_ARRAY_LEN(lang_words))];
    s->goal = goals[run_word(r->params, "goal", goal_words, SWD_ARRAY_LEN(goal_words))];
    s->limits = &limits;
    s->uid = r->conn->uid;
    s->args = r->text;
    s->args_len = r->text ? strlen(r->text) : 0;
    if (!r->text) {
        rc = run_text(json_object_get(r->params, s->call ? "params" : "args"), &text, e);
        s->args = text;
        s->args_len = text ? strlen(text) : 0;
    }
    if (rc == 0)
        rc = swd_runner_submit(r->conn->ctl->o.runners, s, id, e);
    swd_slab_mfree(text);
    return rc;
}

static int run_answer_id(struct ctl_request *r, uint64_t id)
{
    struct ctl_msg m;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_kuint(&m.w, "id", id);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* Submits and, for a kind that waits, answers when the runner has ended. */
static int run_pending(struct ctl_request *r, struct swd_submission *s, enum ctl_kind kind,
                       bool modules, struct swd_err *e)
{
    struct ctl_pending *p = ctl_pending_new(r, kind, e);
    uint64_t id = 0;
    int rc;
    if (!p)
        return e->code;
    p->modules = modules;
    p->busy = p->watching = true;
    s->watch = &p->watch;
    s->module_read = modules ? ctl_module_read : NULL;
    s->module_arg = p;
    rc = run_submit(r, s, &id, e);
    p->busy = false;
    if (rc < 0) {
        p->watching = false;
        ctl_pending_free(p);
        return rc;
    }
    if (p->ended)
        ctl_pending_free(p);
    else
        ctl_pending_accepted(p, id);
    return kind == CTL_MODULES ? run_answer_id(r, id) : 0;
}

int ctl_m_RUN(struct ctl_request *r, struct swd_err *e)
{
    bool wait = swd_param_bool(r->params, "wait", true);
    bool modules = swd_param_bool(r->params, "modules", false);
    struct swd_submission s = {.name = swd_param_str(r->params, "name", NULL)};
    uint64_t id = 0;
    int rc;
    if (wait || modules)
        return run_pending(r, &s, wait ? CTL_RUN : CTL_MODULES, modules, e);
    rc = run_submit(r, &s, &id, e);
    return rc < 0 ? rc : run_answer_id(r, id);
}

int ctl_m_LOAD(struct ctl_request *r, struct swd_err *e)
{
    const char *name = swd_param_str(r->params, "name", NULL);
    struct swd_submission s = {.load = name, .name = swd_param_str(r->params, "file", name)};
    return run_pending(r, &s, CTL_LOAD, false, e);
}

int ctl_m_CALL(struct ctl_request *r, struct swd_err *e)
{
    struct swd_submission s = {.call = swd_param_str(r->params, "name", NULL)};
    return run_pending(r, &s, CTL_RUN, false, e);
}

int ctl_m_UNLOAD(struct ctl_request *r, struct swd_err *e)
{
    const char *name = swd_param_str(r->params, "name", NULL);
    struct ctl_msg m;
    if (swd_runners_unload(r->conn->ctl->o.runners, name) < 0) {
        swd_fail(e, SWD_ENOTFOUND, "no function '%.100s' is loaded", name);
        swd_fail_field(e, "name");
        return swd_fail_hint(e, "`stats` lists the loaded ones under images");
    }
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_kstr(&m.w, "name", name);
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}
