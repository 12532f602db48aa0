/* From a line to the method's function: parse, envelope, table, privilege, parameters. Loop thread.
 * Everything wrong with a line is answered; nothing wrong with a line closes the connection. */
#include <string.h>

#include "control/priv.h"

typedef int method_fn(struct ctl_request *r, struct swd_err *e);

static method_fn *const method_fns[SWD_METHOD_COUNT] = {
#define SWD_METHOD(sym, name, alias, params, priv, help) ctl_m_##sym,
#include "base/methods.def"
#undef SWD_METHOD
};

static const char *const privilege_names[] = {"read", "submit", "admin"};

static int dispatch_allowed(const struct ctl_conn *c, const struct swd_method *m, struct swd_err *e)
{
    if (c->privilege >= m->privilege)
        return 0;
    swd_fail(e, SWD_EDENIED, "uid %u may not use %s", (unsigned)c->uid, m->name);
    return swd_fail_hint(e,
                         "it needs the privilege \"%s\": see admin_uids and read_only_uids in "
                         "[control] of swd.conf",
                         privilege_names[m->privilege]);
}

static int dispatch_request(struct ctl_conn *c, const struct swd_envelope *env, const char *text,
                            struct swd_err *e)
{
    struct ctl_request r = {c, env->id, env->params, text};
    const struct swd_method *m;
    int index = swd_method_find(env->method, e), rc;
    if (index < 0)
        return index;
    m = &swd_methods[index];
    rc = dispatch_allowed(c, m, e);
    if (rc == 0)
        rc = swd_params_check(m, env->params, e);
    if (rc == 0 && c->ctl->stopping)
        rc = swd_fail(e, SWD_ECLOSING, "the daemon is shutting down");
    return rc < 0 ? rc : method_fns[index](&r, e);
}

static bool line_blank(const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

void ctl_dispatch_parsed(struct ctl_conn *c, struct ctl_parsed *p)
{
    struct swd_envelope env = {0};
    struct swd_err *e = &p->error;
    int rc = p->rc;
    c->ctl->requests++;
    if (rc == 0)
        rc = swd_frame_envelope(p->root, &env, e);
    if (rc < 0) {
        ctl_reply_error(c, env.id, e);
    } else if (env.kind == SWD_FRAME_RESPONSE) {
        ctl_module_answer(c, &env);
    } else {
        rc = dispatch_request(c, &env, p->text, e);
        if (rc < 0 && env.id) /* a notification gets no answer, not even an error */
            ctl_reply_error(c, env.id, e);
    }
}

void ctl_dispatch(struct ctl_conn *c, const char *line, size_t n)
{
    struct ctl_parsed p = {0};
    if (line_blank(line, n))
        return;
    p.rc = swd_frame_parse(line, n, &p.root, &p.error);
    ctl_dispatch_parsed(c, &p);
    json_decref(p.root);
}
