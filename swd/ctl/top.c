/* swctl top: the largest or busiest runners on a screen, or once as a table where there is none.
 *
 * Each look asks `stats` and `top`, two small answers however many runners there are. Keys are
 * served between looks. ncurses sends only what differs; while the terminal still has a screenful
 * to take, the next picture waits. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "config.h"
#include "ctl/priv.h"

#define LOOK_DEFAULT SWD_NS_PER_S
#define LIMIT_ROWS   256

static int ask_top(struct swd_ctl *ctl, bool by_cpu, json_t **top)
{
    return swd_ctl_client_call(
        &ctl->client, "top",
        json_pack("{s:s, s:i}", "by", by_cpu ? "cpu" : "memory", "limit", LIMIT_ROWS), top,
        &ctl->err);
}

static bool by_cpu_asked(const struct swd_ctl *ctl)
{
    return swd_ctl_args_has(&ctl->args, CTL_F_BY) && strcmp(ctl->args.text[CTL_F_BY], "cpu") == 0;
}

/* ---- once, for scripts and pipes ---- */

static void table_print(const json_t *rows)
{
    static const char *const heads[] = {">ID",  "NAME",    "GROUP",   "STATE", ">MEMORY",
                                        ">CPU", ">IN ALL", ">TIMERS", ">AGE",  NULL};
    struct swd_ctl_table t;
    swd_ctl_table_begin(&t, stdout, heads);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *r = json_array_get(rows, i);
        char b[6][CTL_TEXT];
        const char *cells[] = {b[0],
                               swd_ctl_json_str(r, "name"),
                               swd_ctl_json_str(r, "group"),
                               swd_ctl_json_str(r, "state"),
                               swd_ctl_text_bytes(b[1], swd_ctl_json_num(r, "alloc")),
                               b[2],
                               swd_ctl_text_us(b[3], swd_ctl_json_num(r, "cpu_us")),
                               b[4],
                               swd_ctl_text_age(b[5], swd_ctl_json_num(r, "age_s"))};
        snprintf(b[0], CTL_TEXT, "%.0f", swd_ctl_json_num(r, "id"));
        snprintf(b[2], CTL_TEXT, "%.1f%%", 100 * swd_ctl_json_num(r, "cpu"));
        snprintf(b[4], CTL_TEXT, "%.0f", swd_ctl_json_num(r, "timers"));
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

static int top_once(struct swd_ctl *ctl)
{
    json_t *top = NULL;
    int rc = swd_ctl_connect(ctl);
    if (rc == 0)
        rc = ask_top(ctl, by_cpu_asked(ctl), &top);
    if (rc == 0 && !swd_ctl_raw(ctl, top))
        table_print(json_object_get(top, "runners"));
    json_decref(top);
    return swd_ctl_report(ctl, rc);
}

#ifndef HAVE_NCURSES
int swd_ctl_cmd_top(struct swd_ctl *ctl)
{
    if (swd_ctl_args_has(&ctl->args, CTL_F_JSON) || !isatty(STDOUT_FILENO))
        return top_once(ctl);
    swd_fail(&ctl->err, SWD_EUNSUPPORTED, "this swctl was built without ncurses");
    swd_fail_hint(&ctl->err, "install libncurses-dev and build again; `swctl top | cat` prints the "
                             "rows once");
    return swd_ctl_report(ctl, SWD_EUNSUPPORTED);
}
#else
#include "ctl/top.h"

/* ---- looks ---- */

static void spark_add(struct top_spark *s, double v)
{
    if (s->n == TOP_SPARK)
        memmove(s->y, s->y + 1, --s->n * sizeof *s->y);
    s->y[s->n++] = v;
}

static double turns_of(const json_t *stats)
{
    const json_t *list = json_object_get(stats, "executors");
    double sum = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        sum += swd_ctl_json_num(json_array_get(list, i), "turns");
    return sum;
}

static bool row_matches(const struct top *t, const json_t *r)
{
    char id[CTL_TEXT];
    snprintf(id, sizeof id, "%.0f", swd_ctl_json_num(r, "id"));
    return !t->filter[0] || strcasestr(swd_ctl_json_str(r, "name"), t->filter) ||
           strcasestr(swd_ctl_json_str(r, "group"), t->filter) ||
           strstr(swd_ctl_json_str(r, "state"), t->filter) || strcmp(id, t->filter) == 0;
}

static size_t chosen_row(const struct top *t)
{
    for (size_t i = 0; i < t->nshown; i++)
        if ((int64_t)swd_ctl_json_num(t->shown[i], "id") == t->chosen)
            return i;
    return t->nshown;
}

/* Rows by the filter; the choice stays with its runner while that is shown, and in sight. */
static void arrange(struct top *t)
{
    size_t height = swd_top_height(t), old = chosen_row(t), at;
    t->nshown = 0;
    for (size_t i = 0; i < json_array_size(t->rows) && t->nshown < TOP_ROWS; i++)
        if (row_matches(t, json_array_get(t->rows, i)))
            t->shown[t->nshown++] = json_array_get(t->rows, i);
    at = chosen_row(t);
    if (at == t->nshown && t->nshown > 0) {
        at = old < t->nshown ? old : 0;
        t->chosen = (int64_t)swd_ctl_json_num(t->shown[at], "id");
    }
    if (at < t->first)
        t->first = at;
    if (height > 0 && at >= t->first + height)
        t->first = at - height + 1;
    if (t->first >= t->nshown)
        t->first = 0;
}

static int look(struct top *t)
{
    json_t *stats = NULL, *top = NULL;
    double turns, now;
    int rc = swd_ctl_client_call(&t->ctl->client, "stats", NULL, &stats, &t->ctl->err);
    if (rc == 0)
        rc = ask_top(t->ctl, t->by_cpu, &top);
    if (rc != 0) {
        json_decref(stats);
        return rc;
    }
    now = swd_ctl_json_num(stats, "uptime");
    turns = turns_of(stats);
    if (t->turns_at > 0 && now > t->turns_at)
        spark_add(&t->rate, (turns - t->turns) / (now - t->turns_at));
    t->turns = turns;
    t->turns_at = now;
    spark_add(&t->rss, swd_ctl_json_num(stats, "rss"));
    t->nshown = 0;
    json_decref(t->stats);
    json_decref(t->rows);
    t->stats = stats;
    t->rows = json_incref(json_object_get(top, "runners"));
    json_decref(top);
    arrange(t);
    return 0;
}

/* ---- keys ---- */

static void move_by(struct top *t, long n)
{
    long at = (long)chosen_row(t) + n;
    if (t->nshown == 0)
        return;
    at = at < 0 ? 0 : at >= (long)t->nshown ? (long)t->nshown - 1 : at;
    t->chosen = (int64_t)swd_ctl_json_num(t->shown[at], "id");
    arrange(t);
}

/* One method on one runner, or on all (0); what came of it goes to the last line. */
static int act(struct top *t, const char *method, int64_t id)
{
    json_t *params = id ? json_pack("{s:I}", "id", (json_int_t)id) : json_object(), *r = NULL;
    char a[CTL_TEXT], b[CTL_TEXT];
    int rc;
    if (!id)
        json_object_set_new(params, "max_ms", json_integer(2000));
    rc = swd_ctl_client_call(&t->ctl->client, method, params, &r, &t->ctl->err);
    if (rc != 0 && t->ctl->client.lost)
        return rc;
    if (rc != 0)
        snprintf(t->message, sizeof t->message, "%s: %.200s", method, t->ctl->err.msg);
    else if (strcmp(method, "kill") == 0)
        snprintf(t->message, sizeof t->message, "runner %lld: %s", (long long)id,
                 json_is_true(json_object_get(r, "killed")) ? "killed" : "it had ended");
    else
        snprintf(t->message, sizeof t->message, "%s: %.0f runners, %s freed in %s", method,
                 swd_ctl_json_num(r, "runners"),
                 swd_ctl_text_bytes(a, swd_ctl_json_num(r, "freed")),
                 swd_ctl_text_us(b, swd_ctl_json_num(r, "took_us")));
    json_decref(r);
    return 0;
}

/* The filter is being typed. */
static void type_key(struct top *t, int key)
{
    size_t n = strlen(t->filter);
    if (key == 27)
        t->filter[0] = '\0';
    if (key == 27 || key == '\n' || key == '\r' || key == KEY_ENTER)
        t->typing = false;
    else if ((key == KEY_BACKSPACE || key == 127 || key == 8) && n > 0) {
        do
            t->filter[--n] = '\0';
        while (n > 0 && ((unsigned char)t->filter[n] & 0xc0) == 0x80);
    } else if (key >= 32 && key < 256 && key != 127 && n + 1 < sizeof t->filter) {
        t->filter[n] = (char)key;
        t->filter[n + 1] = '\0';
    }
    t->first = 0;
    arrange(t);
}

static void ask_first(struct top *t, int key)
{
    if (!t->chosen || t->nshown == 0)
        return;
    t->asking = (char)key;
    t->asking_id = t->chosen;
    snprintf(t->message, sizeof t->message, "end runner %lld? y/n", (long long)t->chosen);
}

/* Keys that only change what is shown; true: it was one. */
static bool view_key(struct top *t, int key)
{
    long page = (long)swd_top_height(t);
    switch (key) {
    case 'm':
    case 'c':
        t->by_cpu = key == 'c';
        t->first = 0;
        t->page = TOP_RUNNERS;
        return true;
    case 'p': t->page = t->page == TOP_POOLS ? TOP_RUNNERS : TOP_POOLS; return true;
    case 'r': t->page = TOP_RUNNERS; return true;
    case '?': t->page = t->page == TOP_HELP ? TOP_RUNNERS : TOP_HELP; return true;
    case '/': t->typing = true; return true;
    case 27:
        t->filter[0] = '\0';
        t->page = TOP_RUNNERS;
        return true;
    case ' ': t->paused = !t->paused; return true;
    case '+': t->every = t->every > SWD_NS_PER_S / 4 ? t->every / 2 : t->every; return true;
    case '-': t->every = t->every < 30 * SWD_NS_PER_S ? t->every * 2 : t->every; return true;
    case KEY_UP: move_by(t, -1); return true;
    case KEY_DOWN: move_by(t, 1); return true;
    case KEY_PPAGE: move_by(t, -page); return true;
    case KEY_NPAGE: move_by(t, page); return true;
    case KEY_HOME: move_by(t, -(long)TOP_ROWS); return true;
    case KEY_END: move_by(t, TOP_ROWS); return true;
    case KEY_RESIZE: t->c.redrawwin(t->win); return true;
    default: return false;
    }
}

/* Answers 1 to leave, 0, or an error. */
static int on_key(struct top *t, int key)
{
    int rc = 0;
    t->message[0] = '\0';
    if (t->asking) {
        t->asking = 0;
        return key == 'y' || key == 'Y' ? act(t, "kill", t->asking_id) : 0;
    }
    if (t->typing && key != KEY_RESIZE) {
        type_key(t, key);
        return 0;
    }
    if (view_key(t, key)) {
        if (key == 'm' || key == 'c')
            rc = look(t);
        arrange(t);
        return rc;
    }
    switch (key) {
    case 'q': return 1;
    case 'k': ask_first(t, key); return 0;
    case 'g': return t->nshown ? act(t, "gc", t->chosen) : 0;
    case 'h': return t->nshown ? act(t, "hibernate", t->chosen) : 0;
    case 'G': return act(t, "gc", 0);
    case 'H': return act(t, "hibernate", 0);
    default: return 0;
    }
}

/* ---- the screen ---- */

/* The terminal has yet to take what was sent: a slow line. */
static bool line_is_slow(void)
{
    int waiting = 0;
    return ioctl(STDOUT_FILENO, TIOCOUTQ, &waiting) == 0 && waiting > 2048;
}

static int serve(struct top *t)
{
    uint64_t due = 0;
    int rc = 0, key;
    while (rc == 0) {
        uint64_t now = swd_clock_mono(), left;
        if (now >= due && !(t->paused && t->stats)) {
            rc = look(t);
            due = swd_clock_mono() + t->every;
        }
        if (rc == 0 && !line_is_slow())
            swd_top_draw(t);
        now = swd_clock_mono();
        left = due > now ? (due - now) / SWD_NS_PER_MS : 0;
        t->c.wtimeout(t->win, left > 250 || t->paused ? 250 : (int)left + 1);
        if (rc == 0 && (key = t->c.wgetch(t->win)) != ERR)
            rc = on_key(t, key);
    }
    return rc > 0 ? 0 : rc;
}

static void paints(struct top *t)
{
    static const short colours[] = {COLOR_GREEN, COLOR_YELLOW, COLOR_RED, COLOR_BLUE};
    const char *none = getenv("NO_COLOR");
    if ((none && *none) || !t->c.has_colors() || t->c.start_color() == ERR)
        return;
    t->colours = true;
    t->c.use_default_colors();
    for (short i = 0; i < (short)SWD_ARRAY_LEN(colours); i++)
        t->c.init_pair((short)(i + 1), colours[i], -1);
    t->c.init_pair(5, COLOR_BLACK, COLOR_CYAN);
}

static int top_screen(struct top *t)
{
    struct swd_err *e = &t->ctl->err;
    const char *term = getenv("TERM");
    SCREEN *screen;
    int rc = swd_ctl_curses_open(&t->c, e);
    if (rc != 0)
        return rc;
    screen = t->c.newterm(NULL, stdout, stdin);
    if (!screen) {
        swd_fail(e, SWD_EUNSUPPORTED, "ncurses knows no terminal '%.60s'", term ? term : "");
        return swd_fail_hint(e, "set TERM, or use `swctl top | cat`");
    }
    t->win = t->c.newwin(0, 0, 0, 0);
    if (t->win) {
        t->c.cbreak();
        t->c.noecho();
        t->c.curs_set(0);
        t->c.set_escdelay(50);
        t->c.keypad(t->win, TRUE);
        paints(t);
        rc = serve(t);
        t->c.delwin(t->win);
    } else {
        rc = swd_fail(e, SWD_ENOMEM, "no memory for the screen");
    }
    t->c.endwin();
    t->c.delscreen(screen);
    return rc;
}

int swd_ctl_cmd_top(struct swd_ctl *ctl)
{
    struct top *t;
    int rc;
    if (swd_ctl_args_has(&ctl->args, CTL_F_JSON) || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
        return top_once(ctl);
    rc = swd_ctl_connect(ctl);
    t = rc == 0 ? calloc(1, sizeof *t) : NULL;
    if (rc == 0 && !t)
        rc = swd_fail(&ctl->err, SWD_ENOMEM, "out of memory");
    if (rc != 0)
        return swd_ctl_report(ctl, rc);
    setlocale(LC_CTYPE, "");
    t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    t->ctl = ctl;
    t->by_cpu = by_cpu_asked(ctl);
    t->every = swd_ctl_args_has(&ctl->args, CTL_F_INTERVAL) && ctl->args.num[CTL_F_INTERVAL] > 0
                   ? ctl->args.num[CTL_F_INTERVAL]
                   : LOOK_DEFAULT;
    rc = top_screen(t);
    json_decref(t->stats);
    json_decref(t->rows);
    free(t);
    return swd_ctl_report(ctl, rc);
}
#endif
