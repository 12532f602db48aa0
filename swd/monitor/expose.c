/* Metrics as text: see expose.h. Sources: Prometheus' "Exposition formats", and OpenMetrics 1.0. */
#include "monitor/expose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void escaped(struct swd_bytebuf *b, const char *s, bool quoted)
{
    for (; *s; s++)
        if (*s == '\n')
            swd_bytebuf_adds(b, "\\n");
        else if (*s == '\\' || (*s == '"' && quoted))
            swd_bytebuf_addf(b, "\\%c", *s);
        else
            swd_bytebuf_addc(b, *s);
}

/* OpenMetrics names the family without _total; the plain form names it as the sample. */
static void head(struct swd_bytebuf *b, enum swd_expose form, const char *name, bool counter,
                 const char *help)
{
    const char *end = counter && form == SWD_EXPOSE_PLAIN ? "_total" : "";
    swd_bytebuf_addf(b, "# HELP swd_%s%s ", name, end);
    escaped(b, help, form == SWD_EXPOSE_OPEN);
    swd_bytebuf_addf(b, "\n# TYPE swd_%s%s %s\n", name, end, counter ? "counter" : "gauge");
}

static void number(struct swd_bytebuf *b, double v)
{
    if (v == floor(v) && fabs(v) < 9e15)
        swd_bytebuf_addf(b, "%.0f\n", v);
    else
        swd_bytebuf_addf(b, "%.9g\n", v);
}

void swd_expose(struct swd_bytebuf *out, enum swd_expose form, const double v[SWD_METRICS],
                const char *version)
{
    for (int i = 0; i < SWD_METRICS; i++) {
        const struct swd_metric_info *m = &swd_metrics[i];
        bool counter = m->nature == 'c';
        head(out, form, m->prom, counter, m->help);
        swd_bytebuf_addf(out, "swd_%s%s ", m->prom, counter ? "_total" : "");
        number(out, v[i] * m->scale);
    }
    head(out, form, "build_info", false, "the daemon's version; always 1");
    swd_bytebuf_adds(out, "swd_build_info{version=\"");
    escaped(out, version, true);
    swd_bytebuf_adds(out, "\"} 1\n");
    if (form == SWD_EXPOSE_OPEN)
        swd_bytebuf_adds(out, "# EOF\n");
}

const char *swd_expose_type(enum swd_expose form)
{
    return form == SWD_EXPOSE_OPEN ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                   : "text/plain; version=0.0.4; charset=utf-8";
}

/* The quality of one range of an Accept header; 1 where none is given. */
static double quality(const char *range, size_t n)
{
    for (size_t i = 0; i + 2 < n; i++)
        if ((range[i] == ';' || range[i] == ' ') && range[i + 1] == 'q' && range[i + 2] == '=')
            return strtod(range + i + 3, NULL);
    return 1;
}

static bool names(const char *range, size_t n, const char *type)
{
    size_t t = strlen(type);
    return n >= t && strncasecmp(range, type, t) == 0 &&
           (n == t || strchr("; \t", range[t]) != NULL);
}

enum swd_expose swd_expose_form(const char *accept)
{
    double open = 0, plain = 0;
    while (*accept) {
        size_t n = strcspn(accept, ",");
        double q = quality(accept, n);
        if (names(accept, n, "application/openmetrics-text"))
            open = q > open ? q : open;
        else if (names(accept, n, "text/plain") || names(accept, n, "text/*"))
            plain = q > plain ? q : plain;
        accept += n;
        accept += strspn(accept, ", \t");
    }
    return open > 0 && open >= plain ? SWD_EXPOSE_OPEN : SWD_EXPOSE_PLAIN;
}
