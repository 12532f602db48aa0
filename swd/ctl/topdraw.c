/* Drawing `swctl top`: a head of figures and sparklines, then one page. Every text is cut to the
 * columns it has, so that any size of terminal will do; names are cleaned of control characters. */
#include "config.h"

#ifdef HAVE_NCURSES
#include "ctl/top.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

#define HEAD_LINES 6
#define CELL       256
#define WIDEST     1024 /* bytes of a text; columns, too */

static int attribute(const struct top *t, enum top_paint p)
{
    static const struct {
        int pair;
        int plain;
    } of[] = {
        [TOP_PLAIN] = {0, (int)A_NORMAL},   [TOP_GOOD] = {1, (int)A_NORMAL},
        [TOP_WARN] = {2, (int)A_BOLD},      [TOP_BAD] = {3, (int)A_BOLD},
        [TOP_DIM] = {4, (int)A_NORMAL},     [TOP_HEAD] = {0, (int)A_REVERSE},
        [TOP_CHOSEN] = {5, (int)A_REVERSE},
    };
    if (t->colours && of[p].pair)
        return (int)(t->c.COLOR_PAIR(of[p].pair) | (p == TOP_BAD ? A_BOLD : A_NORMAL));
    return of[p].plain;
}

/* `s` in exactly `width` columns at (y, x), as far as the window goes. Answers the next column. */
static int put(const struct top *t, int y, int x, int width, bool right, enum top_paint p,
               const char *s)
{
    char clean[WIDEST], out[2 * WIDEST];
    int cols = t->c.getmaxx(t->win), used = 0;
    size_t at = 0, n;
    if (y < 0 || y >= t->c.getmaxy(t->win) || x >= cols || width <= 0)
        return x + width;
    if (x + width > cols)
        width = cols - x;
    if (width > WIDEST)
        width = WIDEST;
    swd_ctl_text_clean(clean, sizeof clean, s);
    n = strlen(clean);
    while (at < n) {
        size_t len = 1;
        char one[8];
        int w;
        while (at + len < n && ((unsigned char)clean[at + len] & 0xc0) == 0x80)
            len++;
        if (len >= sizeof one)
            break;
        memcpy(one, clean + at, len);
        one[len] = '\0';
        w = (int)swd_ctl_text_width(one);
        if (used + w > width)
            break;
        used += w;
        at += len;
    }
    n = 0;
    for (int i = used; right && i < width; i++)
        out[n++] = ' ';
    for (size_t i = 0; i < at; i++) {
        bool plain = t->utf8 || (unsigned char)clean[i] < 0x80;
        if (plain)
            out[n++] = clean[i];
        else if (((unsigned char)clean[i] & 0xc0) != 0x80)
            out[n++] = '?';
    }
    for (int i = used; !right && i < width && n < sizeof out; i++)
        out[n++] = ' ';
    t->c.wattrset(t->win, attribute(t, p));
    t->c.wmove(t->win, y, x);
    t->c.waddnstr(t->win, out, (int)n);
    t->c.wattrset(t->win, A_NORMAL);
    return x + width;
}

static int puts_at(const struct top *t, int y, int x, enum top_paint p, const char *s)
{
    return put(t, y, x, (int)swd_ctl_text_width(s), false, p, s);
}

/* The last `width` figures as blocks between `least` and the largest. */
static void spark(const struct top *t, char *out, size_t size, const double *y, size_t n,
                  size_t width, bool from_zero)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {"_", ".", "-", "=", "+", "*", "#", "@"};
    const char *const *set = t->utf8 ? blocks : plain;
    size_t from = n > width ? n - width : 0, at = 0;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = from; i < n; i++) {
        least = y[i] < least ? y[i] : least;
        most = y[i] > most ? y[i] : most;
    }
    if (from_zero || !(least > 0))
        least = 0;
    for (size_t i = from; i < n && at + 4 < size; i++) {
        double f = most > least ? (y[i] - least) / (most - least) * 7.999 : 0;
        at += (size_t)snprintf(out + at, size - at, "%s", set[f < 0 ? 0 : f > 7 ? 7 : (int)f]);
    }
    out[at] = '\0';
}

/* ---- the head ---- */

static enum top_paint level_paint(const char *level)
{
    return strcmp(level, "none") == 0 ? TOP_GOOD : strcmp(level, "some") == 0 ? TOP_WARN : TOP_BAD;
}

static void draw_summary(const struct top *t)
{
    const json_t *s = t->stats, *r = json_object_get(s, "runners");
    const char *level = swd_ctl_json_str(s, "pressure");
    char a[CTL_TEXT], text[CELL];
    int x = puts_at(t, 0, 0, TOP_PLAIN, "swd up ");
    x = puts_at(t, 0, x, TOP_PLAIN, swd_ctl_text_age(a, swd_ctl_json_num(s, "uptime")));
    x = puts_at(t, 0, x, TOP_PLAIN, ", pressure ");
    x = puts_at(t, 0, x, level_paint(level), level);
    snprintf(text, sizeof text, ", %.0f connections%s", swd_ctl_json_num(s, "connections"),
             t->paused ? ", paused" : "");
    puts_at(t, 0, x, TOP_PLAIN, text);
    snprintf(text, sizeof text,
             "runners %.0f: %.0f running, %.0f ready, %.0f waiting, %.0f hibernated; %.0f done, "
             "%.0f failed, %.0f killed",
             swd_ctl_json_num(r, "total"), swd_ctl_json_num(r, "running"),
             swd_ctl_json_num(r, "ready"), swd_ctl_json_num(r, "waiting"),
             swd_ctl_json_num(r, "hibernated"), swd_ctl_json_num(r, "done"),
             swd_ctl_json_num(r, "failed"), swd_ctl_json_num(r, "killed"));
    puts_at(t, 1, 0, TOP_PLAIN, text);
}

static void draw_line(const struct top *t, int y, const char *text, const struct top_spark *s,
                      bool from_zero)
{
    char line[4 * TOP_SPARK];
    int cols = t->c.getmaxx(t->win), x = puts_at(t, y, 0, TOP_PLAIN, text);
    int width = cols - x - 1;
    if (width < 4)
        return;
    spark(t, line, sizeof line, s->y, s->n, (size_t)width < TOP_SPARK ? (size_t)width : TOP_SPARK,
          from_zero);
    puts_at(t, y, x + 1, TOP_GOOD, line);
}

static void draw_head(const struct top *t)
{
    const json_t *s = t->stats, *id = json_object_get(s, "identity");
    const json_t *lag = json_object_get(s, "loop_lag_us");
    char a[CTL_TEXT], b[CTL_TEXT], c[CTL_TEXT], d[CTL_TEXT], text[CELL];
    draw_summary(t);
    snprintf(text, sizeof text, "memory  rss %-6s live %-6s asleep %-6s cached %-6s",
             swd_ctl_text_bytes(a, swd_ctl_json_num(s, "rss")),
             swd_ctl_text_bytes(b, swd_ctl_json_num(id, "live")),
             swd_ctl_text_bytes(c, swd_ctl_json_num(id, "hibernated")),
             swd_ctl_text_bytes(d, swd_ctl_json_num(id, "cached")));
    draw_line(t, 2, text, &t->rss, false);
    snprintf(text, sizeof text, "turns   %-8.0f/s  queued %-6.0f  lag p99 %-6s        ",
             t->rate.n ? t->rate.y[t->rate.n - 1] : 0, swd_ctl_json_num(s, "queued"),
             swd_ctl_text_us(a, swd_ctl_json_num(lag, "p99")));
    draw_line(t, 3, text, &t->rate, true);
    snprintf(text, sizeof text,
             "gc      %.0f collections, %s in forced ones; modules %.0f, timers %.0f",
             swd_ctl_json_num(s, "numGC"), swd_ctl_text_us(a, swd_ctl_json_num(s, "gc_us")),
             swd_ctl_json_num(s, "modules"), swd_ctl_json_num(s, "timers"));
    puts_at(t, 4, 0, TOP_PLAIN, text);
}

/* ---- runners ---- */

size_t swd_top_height(const struct top *t)
{
    int h = t->c.getmaxy(t->win) - HEAD_LINES - 1;
    return h > 0 ? (size_t)h : 0;
}

static enum top_paint state_paint(const char *state)
{
    if (strcmp(state, "running") == 0)
        return TOP_GOOD;
    if (strcmp(state, "ready") == 0)
        return TOP_WARN;
    return strcmp(state, "hibernated") == 0 ? TOP_DIM : TOP_PLAIN;
}

static void draw_runner(const struct top *t, int y, const json_t *r, int name_cols, int spark_cols)
{
    char a[CTL_TEXT], line[160];
    double points[64] = {0};
    const json_t *m = json_object_get(r, "memory");
    size_t n = json_array_size(m), from = n > 64 ? n - 64 : 0;
    bool chosen = (int64_t)swd_ctl_json_num(r, "id") == t->chosen;
    const char *state = swd_ctl_json_str(r, "state");
    enum top_paint p = chosen ? TOP_CHOSEN : TOP_PLAIN;
    int x = 0;
    snprintf(a, sizeof a, "%.0f", swd_ctl_json_num(r, "id"));
    x = put(t, y, x, 8, true, p, a);
    x = put(t, y, x, 1, false, p, "");
    x = put(t, y, x, name_cols, false, p, swd_ctl_json_str(r, "name"));
    x = put(t, y, x, 1, false, p, "");
    x = put(t, y, x, 10, false, p, swd_ctl_json_str(r, "group"));
    x = put(t, y, x, 1, false, p, "");
    x = put(t, y, x, 10, false, chosen ? p : state_paint(state), state);
    x = put(t, y, x, 7, true, p, swd_ctl_text_bytes(a, swd_ctl_json_num(r, "alloc")));
    x = put(t, y, x, 1, false, p, "");
    for (size_t i = from; i < n; i++)
        points[i - from] = json_number_value(json_array_get(m, i));
    spark(t, line, sizeof line, points, n - from, spark_cols > 0 ? (size_t)spark_cols : 0, false);
    x = put(t, y, x, spark_cols, false, chosen ? p : TOP_GOOD, line);
    snprintf(a, sizeof a, "%.1f%%", 100 * swd_ctl_json_num(r, "cpu"));
    x = put(t, y, x, 7, true, p, a);
    x = put(t, y, x, 8, true, p, swd_ctl_text_us(a, swd_ctl_json_num(r, "cpu_us")));
    snprintf(a, sizeof a, "%.0f", swd_ctl_json_num(r, "timers"));
    x = put(t, y, x, 7, true, p, a);
    put(t, y, x, 8, true, p, swd_ctl_text_age(a, swd_ctl_json_num(r, "age_s")));
}

static void draw_runners(const struct top *t)
{
    int cols = t->c.getmaxx(t->win), spark_cols = cols >= 110 ? 24 : cols >= 96 ? 12 : 0, x = 0;
    int name_cols = cols - 69 - spark_cols;
    size_t height = swd_top_height(t);
    if (name_cols < 8)
        name_cols = 8;
    x = put(t, HEAD_LINES - 1, x, 8, true, TOP_HEAD, "ID");
    x = put(t, HEAD_LINES - 1, x, name_cols + 1, false, TOP_HEAD, " NAME");
    x = put(t, HEAD_LINES - 1, x, 11, false, TOP_HEAD, " GROUP");
    x = put(t, HEAD_LINES - 1, x, 11, false, TOP_HEAD, " STATE");
    x = put(t, HEAD_LINES - 1, x, 7, true, TOP_HEAD, t->by_cpu ? "MEMORY" : "MEMORY*");
    x = put(t, HEAD_LINES - 1, x, spark_cols + 1, false, TOP_HEAD, spark_cols ? " OF LATE" : "");
    x = put(t, HEAD_LINES - 1, x, 7, true, TOP_HEAD, t->by_cpu ? "CPU*" : "CPU");
    x = put(t, HEAD_LINES - 1, x, 8, true, TOP_HEAD, "IN ALL");
    x = put(t, HEAD_LINES - 1, x, 7, true, TOP_HEAD, "TIMERS");
    x = put(t, HEAD_LINES - 1, x, 8, true, TOP_HEAD, "AGE");
    put(t, HEAD_LINES - 1, x, cols - x, false, TOP_HEAD, "");
    if (t->nshown == 0)
        puts_at(t, HEAD_LINES, 0, TOP_DIM,
                t->filter[0] ? "no runner matches"
                : t->by_cpu  ? "no runner was busy of late"
                             : "no runner was seen yet");
    for (size_t i = 0; i < height && t->first + i < t->nshown; i++)
        draw_runner(t, HEAD_LINES + (int)i, t->shown[t->first + i], name_cols, spark_cols);
}

/* ---- pools, help ---- */

static void draw_pools(const struct top *t)
{
    static const struct {
        const char *head, *key;
    } columns[] = {{"HELD", "bytes"}, {"LIVE", "live"},     {"READY", "cached"},
                   {"HITS", "hits"},  {"MISSES", "misses"}, {"OVERSIZE", "oversize"}};
    const json_t *list = json_object_get(t->stats, "pools");
    int x = put(t, HEAD_LINES - 1, 0, 16, false, TOP_HEAD, "POOL");
    for (size_t i = 0; i < SWD_ARRAY_LEN(columns); i++)
        x = put(t, HEAD_LINES - 1, x, 12, true, TOP_HEAD, columns[i].head);
    put(t, HEAD_LINES - 1, x, t->c.getmaxx(t->win) - x, false, TOP_HEAD, "");
    for (size_t k = 0; k < swd_top_height(t) && k < json_array_size(list); k++) {
        const json_t *p = json_array_get(list, k);
        char a[CTL_TEXT];
        x = put(t, HEAD_LINES + (int)k, 0, 16, false, TOP_PLAIN, swd_ctl_json_str(p, "name"));
        for (size_t i = 0; i < SWD_ARRAY_LEN(columns); i++) {
            double v = swd_ctl_json_num(p, columns[i].key);
            if (i == 0)
                swd_ctl_text_bytes(a, v);
            else
                snprintf(a, sizeof a, "%.0f", v);
            x = put(t, HEAD_LINES + (int)k, x, 12, true, TOP_PLAIN, a);
        }
    }
}

static void draw_help(const struct top *t)
{
    static const char *const lines[] = {
        "m c         runners by memory, by CPU time of late",
        "p r         the page of pools, of runners",
        "up down     choose a runner; page up, page down, home, end",
        "/           show only runners whose name, group, state or id holds a text; Esc: all",
        "k           end the chosen runner",
        "g G         collect garbage in it, in all",
        "h H         put it to sleep, all that wait",
        "space       hold the picture; again: go on",
        "+ -         look more often, less often",
        "q           leave",
    };
    put(t, HEAD_LINES - 1, 0, t->c.getmaxx(t->win), false, TOP_HEAD, "KEYS");
    for (size_t i = 0; i < SWD_ARRAY_LEN(lines); i++)
        puts_at(t, HEAD_LINES + (int)i, 0, TOP_PLAIN, lines[i]);
}

static void draw_foot(const struct top *t)
{
    int y = t->c.getmaxy(t->win) - 1, cols = t->c.getmaxx(t->win);
    char text[CELL + sizeof t->message];
    if (t->typing)
        snprintf(text, sizeof text, "show only: %s_", t->filter);
    else if (t->message[0])
        snprintf(text, sizeof text, "%s", t->message);
    else
        snprintf(
            text, sizeof text,
            "%s%s%sm memory  c CPU  p pools  / filter  k kill  g gc  h hibernate  ? keys  q quit",
            t->filter[0] ? "[" : "", t->filter, t->filter[0] ? "]  " : "");
    put(t, y, 0, cols - 1, false, t->asking || t->typing ? TOP_WARN : TOP_DIM, text);
}

void swd_top_draw(struct top *t)
{
    static void (*const pages[])(const struct top *) = {
        [TOP_RUNNERS] = draw_runners, [TOP_POOLS] = draw_pools, [TOP_HELP] = draw_help};
    t->c.werase(t->win);
    draw_head(t);
    pages[t->page](t);
    draw_foot(t);
    t->c.wnoutrefresh(t->win);
    t->c.doupdate();
}
#endif
