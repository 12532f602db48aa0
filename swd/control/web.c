/* The monitor by HTTP: see web.h.
 *
 * A page of another site could ask a name that it lets point to 127.0.0.1 (DNS rebinding): over TCP
 * the Host must therefore be this machine's loopback by number, or localhost. Scripts' names are
 * anybody's: the page puts them into text nodes only, and runs only its own script, by a number
 * drawn for each answer. Everything is written at once from figures in memory. */
#include "control/web.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "loop/http.h"
#include "monitor/expose.h"
#include "pool/slab.h"

#define CONNECTIONS_MAX 32u
#define TIMEOUT_S       10u
#define TOP_ROWS        30u
#define NONCE           "@NONCE@"

static const char page[] = {
#include "page.inc"
    0};

struct swd_web {
    struct swd_control *control;
    struct swd_http *http;
};

/* ---- who may ask ---- */

static bool host_ok(const struct swd_http_asked *q)
{
    struct in_addr a;
    if (q->local)
        return true;
    if (!q->host)
        return false;
    if (strcasecmp(q->host, "localhost") == 0 || strcmp(q->host, "[::1]") == 0 ||
        strcmp(q->host, "::1") == 0)
        return true;
    return inet_pton(AF_INET, q->host, &a) == 1 && ntohl(a.s_addr) >> 24 == 127;
}

/* ---- /metrics ---- */

static void serve_metrics(struct swd_web *w, const struct swd_http_asked *q,
                          struct swd_http_answer *a)
{
    enum swd_expose form = swd_expose_form(q->accept);
    double v[SWD_METRICS];
    swd_monitor_read(w->control->o.monitor, v);
    a->type = swd_expose_type(form);
    swd_expose(a->body, form, v, w->control->version);
}

/* ---- /data.json ---- */

/* The number behind `name=` in a query; 0 where there is none. */
static double query_number(const char *query, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = query; *at; at += strcspn(at, "&"), at += *at == '&')
        if (strncmp(at, name, n) == 0 && at[n] == '=')
            return strtod(at + n + 1, NULL);
    return 0;
}

static void write_now(struct swd_json *j, struct swd_monitor *mon)
{
    double v[SWD_METRICS];
    swd_monitor_read(mon, v);
    swd_json_begin(j, '{');
    for (int i = 0; i < SWD_METRICS; i++)
        swd_json_kreal(j, swd_metrics[i].name, v[i]);
    swd_json_end(j, '}');
}

static void serve_data(struct swd_web *w, const struct swd_http_asked *q, struct swd_http_answer *a)
{
    struct swd_monitor *mon = w->control->o.monitor;
    struct swd_json j = {.b = a->body};
    a->type = "application/json";
    swd_json_begin(&j, '{');
    swd_json_kstr(&j, "version", w->control->version);
    swd_json_kuint(&j, "pid", (uint64_t)getpid());
    swd_json_kreal(&j, "t", swd_clock_unix());
    swd_json_kreal(&j, "interval_s", (double)swd_monitor_settings(mon)->interval / 1e9);
    swd_json_key(&j, "now");
    write_now(&j, mon);
    swd_json_key(&j, "history");
    (void)swd_monitor_columns_json(mon, SWD_RAW, query_number(q->query, "after"), a->body);
    j.comma = true;
    swd_json_key(&j, "pressure");
    swd_control_pressure_json(&j, mon);
    swd_json_key(&j, "pools");
    swd_json_begin(&j, '[');
    swd_pool_each(ctl_write_pool, &j);
    swd_json_end(&j, ']');
    swd_json_key(&j, "runners");
    ctl_write_top(&j, w->control, false, TOP_ROWS, false);
    swd_json_end(&j, '}');
}

/* ---- / ---- */

static void serve_page(struct swd_web *w, const struct swd_http_asked *q, struct swd_http_answer *a)
{
    static char policy[160];
    char nonce[33];
    unsigned char raw[16];
    const char *at = page, *mark;
    (void)w;
    (void)q;
    a->type = "text/html; charset=utf-8";
    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw) {
        a->status = 500;
        return;
    }
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(nonce + 2 * i, 3, "%02x", raw[i]);
    for (; (mark = strstr(at, NONCE)) != NULL; at = mark + sizeof NONCE - 1) {
        swd_bytebuf_add(a->body, at, (size_t)(mark - at));
        swd_bytebuf_adds(a->body, nonce);
    }
    swd_bytebuf_adds(a->body, at);
    snprintf(policy, sizeof policy,
             "default-src 'none'; connect-src 'self'; img-src data:; script-src 'nonce-%s'; "
             "style-src 'nonce-%s'",
             nonce, nonce);
    a->header[2].name = "Content-Security-Policy";
    a->header[2].value = policy;
    a->header[3].name = "X-Frame-Options";
    a->header[3].value = "DENY";
}

/* ---- the table ---- */

static const struct {
    const char *path;
    void (*serve)(struct swd_web *w, const struct swd_http_asked *q, struct swd_http_answer *a);
} pages[] = {
    {"/", serve_page},
    {"/metrics", serve_metrics},
    {"/data.json", serve_data},
};

static void on_request(void *arg, const struct swd_http_asked *q, struct swd_http_answer *a)
{
    struct swd_web *w = arg;
    a->header[0].name = "X-Content-Type-Options";
    a->header[0].value = "nosniff";
    a->header[1].name = "Cache-Control";
    a->header[1].value = "no-store";
    if (!host_ok(q)) {
        a->status = 421;
        swd_bytebuf_adds(a->body, "this host name is not served: ask 127.0.0.1 or localhost\n");
        return;
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(q->path, pages[i].path) == 0) {
            pages[i].serve(w, q, a);
            return;
        }
    a->status = 404;
    swd_bytebuf_adds(a->body, "there is /metrics, /data.json and the page /\n");
}

int swd_web_start(struct swd_control *c, const char *listen, struct swd_web **out,
                  struct swd_err *e)
{
    struct swd_web *w = swd_slab_alloc(sizeof *w);
    struct swd_http_opts o = {.loop = c->o.loop,
                              .listen = listen,
                              .max_connections = CONNECTIONS_MAX,
                              .timeout_s = TIMEOUT_S,
                              .fn = on_request,
                              .arg = w};
    char q[SWD_LOGQ_SIZE];
    int rc;
    *out = NULL;
    if (!w)
        return swd_fail(e, SWD_ENOMEM, "no memory for the HTTP server");
    w->control = c;
    rc = c->o.monitor ? swd_http_open(&o, &w->http, e)
                      : swd_fail(e, SWD_EUNSUPPORTED, "this daemon has no monitor");
    if (rc < 0) {
        swd_web_stop(&w);
        return rc;
    }
    swd_log(SWD_LOG_INFO, "http.start", "address=%s", swd_log_quote(q, swd_http_where(w->http)));
    *out = w;
    return 0;
}

void swd_web_stop(struct swd_web **wp)
{
    struct swd_web *w = *wp;
    *wp = NULL;
    if (!w)
        return;
    swd_http_close(&w->http);
    swd_slab_free(w, sizeof *w);
}
