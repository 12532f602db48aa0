/* history, pressure, pools, doctor and events: what the daemon's monitor knows. */
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/nearest.h"
#include "ctl/priv.h"

#define PLOT_ROWS  10
#define PLOT_COLS  400
#define METRICS    128
#define FIRST_HEAD 12

/* ---- values with their units ---- */

static const char *value_text(char buf[CTL_TEXT], const char *unit, double v)
{
    if (strcmp(unit, "bytes") == 0)
        return swd_ctl_text_bytes(buf, v);
    if (strcmp(unit, "microseconds") == 0)
        return swd_ctl_text_us(buf, v);
    if (strcmp(unit, "seconds") == 0)
        return swd_ctl_text_age(buf, v);
    snprintf(buf, CTL_TEXT, "%.6g", v);
    return buf;
}

static const char *clock_text(char buf[CTL_TEXT], double t)
{
    time_t s = (time_t)t;
    struct tm tm;
    localtime_r(&s, &tm);
    strftime(buf, CTL_TEXT, "%d %H:%M:%S", &tm);
    return buf;
}

/* ---- history ---- */

static const struct {
    const char *head, *name;
} columns[] = {
    {">ALLOC", "alloc"},     {">RSS", "rss"},     {">MAPPED", "mapped"},  {">GC", "numGC"},
    {">RUNNERS", "runners"}, {">TURNS", "turns"}, {">PRESSURE", "level"},
};
#define COLUMNS (sizeof columns / sizeof columns[0])

static void history_table(const json_t *h)
{
    const json_t *list = json_object_get(h, "samples"), *metrics = json_object_get(h, "metrics");
    const char *heads[COLUMNS + 2] = {"TIME"};
    struct swd_ctl_table t;
    for (size_t i = 0; i < COLUMNS; i++)
        heads[i + 1] = columns[i].head;
    swd_ctl_table_begin(&t, stdout, heads);
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *s = json_array_get(list, k);
        char text[COLUMNS + 1][CTL_TEXT];
        const char *cells[COLUMNS + 1];
        cells[0] = clock_text(text[0], swd_ctl_json_num(s, "t"));
        for (size_t i = 0; i < COLUMNS; i++)
            cells[i + 1] = value_text(
                text[i + 1], swd_ctl_json_str(json_object_get(metrics, columns[i].name), "unit"),
                swd_ctl_json_num(s, columns[i].name));
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

/* The metric as it is drawn: of counters, what was added since the sample before. */
static size_t plot_values(const json_t *list, const char *name, bool counter, double *y,
                          size_t most)
{
    size_t n = json_array_size(list), from = n > most ? n - most : 0, k = 0;
    for (size_t i = from; i < n; i++) {
        double v = swd_ctl_json_num(json_array_get(list, i), name);
        double before = i ? swd_ctl_json_num(json_array_get(list, i - 1), name) : v;
        y[k++] = counter ? v - before : v;
    }
    return k;
}

static void plot_rows(const double *y, size_t n, double least, double most, const char *unit)
{
    static const char *const eighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double step = (most - least) / PLOT_ROWS;
    char label[CTL_TEXT];
    for (int row = PLOT_ROWS - 1; row >= 0; row--) {
        bool edge = row == PLOT_ROWS - 1 || row == 0;
        printf("%10s |", edge ? value_text(label, unit, row ? most : least) : "");
        for (size_t i = 0; i < n; i++) {
            double fill = (y[i] - least) / step - row;
            if (row == 0 && fill < 0.125)
                fill = 0.125; /* the lowest value is seen too */
            fputs(eighths[fill >= 1 ? 8 : fill > 0 ? (int)(fill * 8) : 0], stdout);
        }
        putchar('\n');
    }
}

static size_t plot_width(void)
{
    struct winsize ws;
    size_t cols = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 24)
        cols = ws.ws_col;
    cols -= FIRST_HEAD + 1;
    return cols < PLOT_COLS ? cols : PLOT_COLS;
}

static void history_plot(const json_t *h, const char *name)
{
    const json_t *list = json_object_get(h, "samples");
    const json_t *about = json_object_get(json_object_get(h, "metrics"), name);
    bool counter = strcmp(swd_ctl_json_str(about, "nature"), "counter") == 0;
    double y[PLOT_COLS], least, most;
    char from[CTL_TEXT], to[CTL_TEXT];
    size_t n = plot_values(list, name, counter, y, plot_width());
    printf("%s: %s%s\n", name, swd_ctl_json_str(about, "help"), counter ? ", each interval" : "");
    if (n == 0) {
        puts("no samples yet");
        return;
    }
    least = most = y[0];
    for (size_t i = 1; i < n; i++) {
        least = y[i] < least ? y[i] : least;
        most = y[i] > most ? y[i] : most;
    }
    if (most <= least)
        most = least + 1;
    plot_rows(y, n, least, most, swd_ctl_json_str(about, "unit"));
    clock_text(from, swd_ctl_json_num(json_array_get(list, json_array_size(list) - n), "t"));
    clock_text(to, swd_ctl_json_num(json_array_get(list, json_array_size(list) - 1), "t"));
    printf("%10s  %s .. %s\n", "", from, to);
}

static int metric_check(struct swd_ctl *ctl, const json_t *h, const char *name)
{
    json_t *metrics = json_object_get(h, "metrics");
    const char *names[METRICS], *near;
    size_t n = 0;
    if (json_object_get(metrics, name))
        return 0;
    for (void *it = json_object_iter(metrics); it && n < METRICS;
         it = json_object_iter_next(metrics, it))
        names[n++] = json_object_iter_key(it);
    near = swd_nearest(name, names, n);
    swd_fail(&ctl->err, SWD_ENOTFOUND, "there is no metric '%.60s'", name);
    if (near)
        swd_fail_hint(&ctl->err, "did you mean '%s'?", near);
    return SWD_ENOTFOUND;
}

int swd_ctl_cmd_history(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    const char *name = a->noperands ? a->operands[0] : "rss";
    json_t *params = NULL, *h;
    int rc;
    if (swd_ctl_args_has(a, CTL_F_RESOLUTION))
        params = json_pack("{s:s}", "resolution", a->text[CTL_F_RESOLUTION]);
    rc = swd_ctl_ask(ctl, params, &h);
    if (rc == 0 && a->noperands)
        rc = metric_check(ctl, h, name);
    if (rc == 0 && !swd_ctl_raw(ctl, h)) {
        if (swd_ctl_args_has(a, CTL_F_PLOT) || a->noperands)
            history_plot(h, name);
        else
            history_table(h);
    }
    json_decref(h);
    return swd_ctl_report(ctl, rc);
}

/* ---- pressure ---- */

static void receipts_table(const json_t *list)
{
    static const char *const heads[] = {"TIME",    "ACTION",        "LEVEL",  ">RUNNERS",
                                        ">BEFORE", ">AFTER",        ">FREED", ">RSS FREED",
                                        ">TOOK",   ">FAULTS AFTER", NULL};
    struct swd_ctl_table t;
    if (json_array_size(list) == 0)
        return;
    putchar('\n');
    swd_ctl_table_begin(&t, stdout, heads);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *r = json_array_get(list, i), *faults = json_object_get(r, "faults_after");
        char b[8][CTL_TEXT];
        const char *cells[] = {
            clock_text(b[0], swd_ctl_json_num(r, "t")),
            swd_ctl_json_str(r, "action"),
            swd_ctl_json_str(r, "level"),
            value_text(b[1], "", swd_ctl_json_num(r, "runners")),
            swd_ctl_text_bytes(b[2], swd_ctl_json_num(r, "before")),
            swd_ctl_text_bytes(b[3], swd_ctl_json_num(r, "after")),
            swd_ctl_text_bytes(b[4], swd_ctl_json_num(r, "freed")),
            swd_ctl_text_bytes(b[5], swd_ctl_json_num(r, "rss_before") -
                                         swd_ctl_json_num(r, "rss_after")),
            swd_ctl_text_us(b[6], swd_ctl_json_num(r, "took_us")),
            faults ? value_text(b[7], "", json_number_value(faults)) : "-",
        };
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

static void ladder_print(const json_t *ladder)
{
    const char *sep = " ";
    printf("%-10s", "ladder");
    for (size_t i = 0; i < json_array_size(ladder); i++) {
        const json_t *g = json_array_get(ladder, i);
        double wait = swd_ctl_json_num(g, "backs_off_s");
        printf("%s%s", sep, swd_ctl_json_str(g, "name"));
        if (!json_is_true(json_object_get(g, "available")))
            printf(" (not there)");
        else if (wait > 0)
            printf(" (backs off for %.0f s)", wait);
        sep = ", ";
    }
    putchar('\n');
}

int swd_ctl_cmd_pressure(struct swd_ctl *ctl)
{
    json_t *p;
    const json_t *l;
    char a[CTL_TEXT], b[CTL_TEXT];
    int rc = swd_ctl_ask(ctl, NULL, &p);
    if (rc == 0 && !swd_ctl_raw(ctl, p)) {
        l = json_object_get(p, "limits");
        printf("%-10s %s, by %s: %s of %s, high from %.0f%%\n", "pressure",
               swd_ctl_json_str(p, "level"), swd_ctl_json_str(p, "source"),
               swd_ctl_text_bytes(a, swd_ctl_json_num(p, "usage")),
               swd_ctl_text_bytes(b, swd_ctl_json_num(p, "limit")),
               swd_ctl_json_num(p, "threshold"));
        printf("%-10s %s of %s available\n", "machine",
               swd_ctl_text_bytes(a, swd_ctl_json_num(l, "machine_available")),
               swd_ctl_text_bytes(b, swd_ctl_json_num(l, "machine_total")));
        if (swd_ctl_json_num(l, "cgroup_limit") > 0)
            printf("%-10s v%.0f, %s of %s\n", "cgroup", swd_ctl_json_num(l, "cgroup_version"),
                   swd_ctl_text_bytes(a, swd_ctl_json_num(l, "cgroup_usage")),
                   swd_ctl_text_bytes(b, swd_ctl_json_num(l, "cgroup_limit")));
        printf("%-10s %s\n", "budget", swd_ctl_text_bytes(a, swd_ctl_json_num(l, "budget")));
        printf("%-10s some %.2f%%, full %.2f%% of the last 10 s\n", "stalls",
               swd_ctl_json_num(l, "psi_some"), swd_ctl_json_num(l, "psi_full"));
        ladder_print(json_object_get(p, "ladder"));
        receipts_table(json_object_get(p, "receipts"));
    }
    json_decref(p);
    return swd_ctl_report(ctl, rc);
}

/* ---- pools ---- */

static void accounts_table(json_t *accounts)
{
    static const char *const heads[] = {"ACCOUNT", ">USED", ">PEAK", ">LIMIT", NULL};
    struct swd_ctl_table t;
    putchar('\n');
    swd_ctl_table_begin(&t, stdout, heads);
    for (void *it = json_object_iter(accounts); it; it = json_object_iter_next(accounts, it)) {
        const json_t *a = json_object_iter_value(it), *limit = json_object_get(a, "limit");
        char b[3][CTL_TEXT];
        const char *cells[] = {
            json_object_iter_key(it), swd_ctl_text_bytes(b[0], swd_ctl_json_num(a, "used")),
            swd_ctl_text_bytes(b[1], swd_ctl_json_num(a, "peak")),
            json_is_number(limit) ? swd_ctl_text_bytes(b[2], json_number_value(limit)) : "-"};
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

int swd_ctl_cmd_pools(struct swd_ctl *ctl)
{
    json_t *p;
    const json_t *x;
    char a[CTL_TEXT], b[CTL_TEXT], c[CTL_TEXT], d[CTL_TEXT];
    int rc = swd_ctl_ask(ctl, NULL, &p);
    if (rc == 0 && !swd_ctl_raw(ctl, p)) {
        x = json_object_get(p, "extents");
        printf("%-10s mapped %s = handed out %s + cached %s; most ever %s\n", "extents",
               swd_ctl_text_bytes(a, swd_ctl_json_num(x, "mapped")),
               swd_ctl_text_bytes(b, swd_ctl_json_num(x, "handed_out")),
               swd_ctl_text_bytes(c, swd_ctl_json_num(x, "cached")),
               swd_ctl_text_bytes(d, swd_ctl_json_num(x, "high_water")));
        swd_ctl_pools_print(p);
        accounts_table(json_object_get(p, "accounts"));
    }
    json_decref(p);
    return swd_ctl_report(ctl, rc);
}

/* ---- doctor ---- */

static void finding_print(struct swd_ctl *ctl, const json_t *f)
{
    const char *severity = swd_ctl_json_str(f, "severity");
    char text[512];
    enum swd_ctl_colour colour = strcmp(severity, "critical") == 0  ? CTL_RED
                                 : strcmp(severity, "warning") == 0 ? CTL_YELLOW
                                                                    : CTL_BOLD;
    printf("%s%s%s %s: ", swd_ctl_colour(ctl->colour_out, colour), severity,
           swd_ctl_colour(ctl->colour_out, CTL_PLAIN), swd_ctl_json_str(f, "subject"));
    printf("%s\n", swd_ctl_text_clean(text, sizeof text, swd_ctl_json_str(f, "verdict")));
    printf("  evidence ");
    swd_ctl_json_print(stdout, json_object_get(f, "evidence"));
    printf("\n  remedy   %s\n  command  %s\n", swd_ctl_json_str(f, "remedy"),
           swd_ctl_json_str(f, "command"));
}

int swd_ctl_cmd_doctor(struct swd_ctl *ctl)
{
    json_t *d;
    const json_t *list;
    int rc = swd_ctl_ask(ctl, NULL, &d), code;
    list = json_object_get(d, "findings");
    if (rc == 0 && !swd_ctl_raw(ctl, d)) {
        for (size_t i = 0; i < json_array_size(list); i++)
            finding_print(ctl, json_array_get(list, i));
        if (json_array_size(list) == 0)
            puts("nothing found");
    }
    code = swd_ctl_report(ctl, rc);
    if (rc == 0 && json_array_size(list) > 0)
        code = SWD_CTL_FOUND;
    json_decref(d);
    return code;
}

/* ---- events ---- */

static void on_event(void *arg, const char *method, const json_t *params)
{
    (void)arg;
    if (strcmp(method, "event") != 0)
        return;
    swd_ctl_json_print(stdout, params);
    putchar('\n');
}

static int on_idle(void *arg)
{
    (void)arg;
    return fflush(stdout) != 0;
}

/* A line of JSON for each event, until interrupted. */
int swd_ctl_cmd_events(struct swd_ctl *ctl)
{
    static const char *const all[] = {"runner", "pressure", "gc"};
    json_t *topics = json_array(), *result = NULL;
    int rc = swd_ctl_connect(ctl);
    for (int i = 0; i < ctl->args.noperands; i++)
        json_array_append_new(topics, json_string(ctl->args.operands[i]));
    for (size_t i = 0; ctl->args.noperands == 0 && i < sizeof all / sizeof all[0]; i++)
        json_array_append_new(topics, json_string(all[i]));
    ctl->client.events = (struct swd_ctl_client_events){.notify = on_event, .idle = on_idle};
    if (rc == 0)
        rc = swd_ctl_client_call(&ctl->client, ctl->args.cmd->method,
                                 json_pack("{s:O}", "topics", topics), &result, &ctl->err);
    while (rc == 0)
        rc = swd_ctl_client_listen(&ctl->client, &ctl->err);
    json_decref(topics);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}
