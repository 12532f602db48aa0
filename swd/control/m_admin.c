/* Methods on the daemon: version stats config.get reload shutdown. Loop thread. */
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "engine/engine.h"

#define DRAIN_MAX_MS (3600 * UINT64_C(1000))

#ifdef SWD_SAN_address
#define BUILD_ADDRESS true
#else
#define BUILD_ADDRESS false
#endif
#ifdef SWD_SAN_thread
#define BUILD_THREAD true
#else
#define BUILD_THREAD false
#endif
#ifdef SWD_DEBUG
#define BUILD_DEBUG true
#else
#define BUILD_DEBUG false
#endif

int ctl_m_VERSION(struct ctl_request *r, struct swd_err *e)
{
    struct ctl_msg m;
    (void)e;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    swd_json_begin(&m.w, '{');
    swd_json_kstr(&m.w, "version", r->conn->ctl->version);
    swd_json_kuint(&m.w, "protocol", SWD_PROTOCOL);
    swd_json_kstr(&m.w, "duktape", swd_engine_version());
    swd_json_kstr(&m.w, "config_hash", swd_engine_config_hash());
    swd_json_key(&m.w, "features");
    swd_json_begin(&m.w, '{');
    swd_json_kbool(&m.w, "debug", BUILD_DEBUG);
    swd_json_kbool(&m.w, "asan", BUILD_ADDRESS);
    swd_json_kbool(&m.w, "tsan", BUILD_THREAD);
    swd_json_end(&m.w, '}');
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

int ctl_m_STATS(struct ctl_request *r, struct swd_err *e)
{
    struct ctl_msg m;
    (void)e;
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    ctl_write_stats(&m.w, r->conn->ctl);
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

int ctl_m_CONFIG_GET(struct ctl_request *r, struct swd_err *e)
{
    struct swd_control *ctl = r->conn->ctl;
    const struct swd_conf *conf = ctl->o.conf ? ctl->o.conf(ctl->o.arg) : NULL;
    const struct swd_conf_key *keys;
    char name[96], value[1024];
    struct ctl_msg m;
    size_t n;
    if (!conf)
        return swd_fail(e, SWD_EUNSUPPORTED, "this daemon has no configuration");
    if (!r->id || !ctl_reply_begin(r->conn, r->id, &m))
        return 0;
    keys = swd_conf_keys(&n);
    swd_json_begin(&m.w, '{');
    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%s.%s", keys[i].section, keys[i].key);
        swd_json_key(&m.w, name);
        swd_json_begin(&m.w, '{');
        swd_json_kstr(&m.w, "value", swd_conf_text(conf, i, value, sizeof value));
        swd_json_kstr(&m.w, "default", keys[i].def);
        swd_json_kstr(&m.w, "source", swd_conf_source(conf, i));
        swd_json_kbool(&m.w, "live", keys[i].live);
        swd_json_end(&m.w, '}');
    }
    swd_json_end(&m.w, '}');
    ctl_msg_end(&m, CTL_REPLY);
    return 0;
}

/* ---- reload ---- */

static const char *const reload_keys[] = {"applied", "needs_restart", "errors"};

struct reload_lists {
    struct swd_json list[SWD_ARRAY_LEN(reload_keys)];
};

static void reload_item(void *ctx, enum swd_reload_kind kind, const char *text)
{
    struct reload_lists *l = ctx;
    swd_json_str(&l->list[kind], text);
}

static void reload_put(struct reload_lists *l)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(reload_keys); i++)
        if (l->list[i].b)
            swd_bytebuf_put(&l->list[i].b);
}

int ctl_m_RELOAD(struct ctl_request *r, struct swd_err *e)
{
    struct swd_control *ctl = r->conn->ctl;
    struct reload_lists l = {0};
    struct ctl_msg m;
    if (!ctl->o.reload)
        return swd_fail(e, SWD_EUNSUPPORTED, "this daemon cannot reload");
    for (size_t i = 0; i < SWD_ARRAY_LEN(reload_keys); i++) {
        l.list[i].b = swd_bytebuf_get(1024 * 1024);
        if (!l.list[i].b) {
            reload_put(&l);
            return swd_fail(e, SWD_ENOMEM, "no memory to reload");
        }
    }
    swd_log(SWD_LOG_INFO, "control.reload", "uid=%u", (unsigned)r->conn->uid);
    ctl->o.reload(ctl->o.arg, reload_item, &l);
    if (r->id && ctl_reply_begin(r->conn, r->id, &m)) {
        swd_json_begin(&m.w, '{');
        for (size_t i = 0; i < SWD_ARRAY_LEN(reload_keys); i++) {
            swd_json_key(&m.w, reload_keys[i]);
            swd_json_begin(&m.w, '[');
            if (l.list[i].b->len)
                swd_json_raw(&m.w, l.list[i].b->data, l.list[i].b->len);
            swd_json_end(&m.w, ']');
        }
        swd_json_end(&m.w, '}');
        ctl_msg_end(&m, CTL_REPLY);
    }
    reload_put(&l);
    return 0;
}

int ctl_m_SHUTDOWN(struct ctl_request *r, struct swd_err *e)
{
    struct swd_control *ctl = r->conn->ctl;
    uint64_t ms = swd_param_uint(r->params, "drain_ms", ctl->lim.drain_ns / SWD_NS_PER_MS);
    struct ctl_msg m;
    if (!ctl->o.shutdown)
        return swd_fail(e, SWD_EUNSUPPORTED, "this daemon cannot be shut down this way");
    swd_log(SWD_LOG_INFO, "control.shutdown", "uid=%u drain_ms=%llu", (unsigned)r->conn->uid,
            (unsigned long long)ms);
    if (r->id && ctl_reply_begin(r->conn, r->id, &m)) {
        swd_json_begin(&m.w, '{');
        swd_json_end(&m.w, '}');
        ctl_msg_end(&m, CTL_REPLY);
    }
    ctl->o.shutdown(ctl->o.arg, (ms < DRAIN_MAX_MS ? ms : DRAIN_MAX_MS) * SWD_NS_PER_MS);
    return 0;
}
