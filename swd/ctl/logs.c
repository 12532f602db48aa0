/* logs: the kept console output of a runner, and with --follow what it prints until it ends. */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "ctl/priv.h"

static void line_print(struct swd_ctl *ctl, const json_t *line)
{
    static const struct {
        const char *level;
        enum swd_ctl_colour colour;
    } colours[] = {{"warn", CTL_YELLOW}, {"error", CTL_RED}};
    const char *level = swd_ctl_json_str(line, "level"), *on = "";
    const json_t *text = json_object_get(line, "text"), *t = json_object_get(line, "t");
    double when = t ? json_number_value(t) : swd_clock_unix();
    time_t s = (time_t)when;
    struct tm tm;
    char clock[16];
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
        if (strcmp(level, colours[i].level) == 0)
            on = swd_ctl_colour(ctl->colour_out, colours[i].colour);
    localtime_r(&s, &tm);
    strftime(clock, sizeof clock, "%H:%M:%S", &tm);
    printf("%s.%03d %s%-5s%s ", clock, (int)((when - (double)s) * 1000), on, level,
           *on ? swd_ctl_colour(ctl->colour_out, CTL_PLAIN) : "");
    if (json_is_string(text))
        fwrite(json_string_value(text), 1, json_string_length(text), stdout);
    putchar('\n');
}

struct follow {
    struct swd_ctl *ctl;
    int64_t id;
    bool ended;
};

static void on_notify(void *arg, const char *method, const json_t *params)
{
    struct follow *f = arg;
    if ((int64_t)swd_ctl_json_num(params, "id") != f->id)
        return;
    if (strcmp(method, "ended") == 0)
        f->ended = true;
    else if (strcmp(method, "log") == 0 && !swd_ctl_raw(f->ctl, params))
        line_print(f->ctl, params);
}

static int on_idle(void *arg)
{
    (void)arg;
    return fflush(stdout) != 0;
}

static void kept_print(struct swd_ctl *ctl, const json_t *result)
{
    const json_t *lines = json_object_get(result, "lines");
    double dropped = swd_ctl_json_num(result, "dropped");
    if (swd_ctl_raw(ctl, result))
        return;
    if (dropped > 0)
        fprintf(stderr, "swctl: %.0f earlier lines are gone\n", dropped);
    for (size_t i = 0; i < json_array_size(lines); i++)
        line_print(ctl, json_array_get(lines, i));
}

int swd_ctl_cmd_logs(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    struct follow f = {.ctl = ctl, .ended = !swd_ctl_args_has(a, CTL_F_FOLLOW)};
    json_t *params, *result = NULL;
    int rc = swd_ctl_id(ctl, 0, &f.id);
    if (rc != 0)
        return swd_ctl_report(ctl, rc);
    params = json_pack("{s:I, s:b}", "id", (json_int_t)f.id, "follow", !f.ended);
    if (swd_ctl_args_has(a, CTL_F_TAIL))
        json_object_set_new(params, "tail", json_integer((json_int_t)a->num[CTL_F_TAIL]));
    rc = swd_ctl_connect(ctl);
    ctl->client.events =
        (struct swd_ctl_client_events){.notify = on_notify, .idle = on_idle, .arg = &f};
    if (rc == 0)
        rc = swd_ctl_client_call(&ctl->client, ctl->args.cmd->method, params, &result, &ctl->err);
    else
        json_decref(params);
    if (rc == 0)
        kept_print(ctl, result);
    while (rc == 0 && !f.ended)
        rc = swd_ctl_client_listen(&ctl->client, &ctl->err);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}
