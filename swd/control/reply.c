/* Messages to clients: replies, errors, notifications. Loop thread. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "control/priv.h"

static size_t msg_max(const struct ctl_conn *c)
{
    uint64_t max = c->ctl->lim.max_backlog;
    return max < c->ctl->lim.max_held ? max : c->ctl->lim.max_held;
}

static bool msg_open(struct ctl_conn *c, struct ctl_msg *m)
{
    m->conn = c;
    m->w.comma = false;
    m->w.b = swd_bytebuf_get(msg_max(c));
    if (!m->w.b) {
        ctl_conn_close(c, "no_memory");
        return false;
    }
    swd_json_begin(&m->w, '{');
    swd_json_kstr(&m->w, "jsonrpc", "2.0");
    return true;
}

void ctl_write_id(struct swd_json *w, const char *key, const json_t *id)
{
    swd_json_key(w, key);
    if (json_is_integer(id))
        swd_json_int(w, json_integer_value(id));
    else if (json_is_string(id))
        swd_json_strn(w, json_string_value(id), json_string_length(id));
    else
        swd_json_null(w);
}

bool ctl_reply_begin(struct ctl_conn *c, const json_t *id, struct ctl_msg *m)
{
    if (!msg_open(c, m))
        return false;
    ctl_write_id(&m->w, "id", id);
    swd_json_key(&m->w, "result");
    return true;
}

bool ctl_notify_begin(struct ctl_conn *c, const char *method, struct ctl_msg *m)
{
    if (!msg_open(c, m))
        return false;
    swd_json_kstr(&m->w, "method", method);
    swd_json_key(&m->w, "params");
    return true;
}

void ctl_msg_end(struct ctl_msg *m, enum ctl_weight weight)
{
    struct ctl_part part;
    swd_json_end(&m->w, '}');
    part.data = m->w.b->data;
    part.n = m->w.b->len;
    if (!m->w.b->failed) {
        if (weight != CTL_REPLY || !ctl_encode(m->conn, &part, 1))
            ctl_send(m->conn, weight, &part, 1);
    } else if (weight ==
               CTL_REPLY) { /* neither memory nor a place in the backlog: no way to say so */
        ctl_conn_close(m->conn, "reply_too_large");
    }
    swd_bytebuf_put(&m->w.b);
}

void ctl_write_error(struct swd_json *w, const struct swd_err *e)
{
    swd_json_begin(w, '{');
    swd_json_key(w, "code");
    swd_json_int(w, swd_err_rpc(e->code));
    swd_json_kstr(w, "message", e->msg[0] ? e->msg : swd_err_text(e->code));
    swd_json_key(w, "data");
    swd_json_begin(w, '{');
    swd_json_kstr(w, "name", swd_err_name(e->code));
    swd_json_kstr(w, "hint", e->hint);
    if (e->field[0])
        swd_json_kstr(w, "field", e->field);
    swd_json_end(w, '}');
    swd_json_end(w, '}');
}

void ctl_reply_error(struct ctl_conn *c, const json_t *id, const struct swd_err *e)
{
    struct ctl_msg m;
    c->ctl->errors++;
    if (!msg_open(c, &m))
        return;
    ctl_write_id(&m.w, "id", id);
    swd_json_key(&m.w, "error");
    ctl_write_error(&m.w, e);
    ctl_msg_end(&m, CTL_REPLY);
}
