/* Commands that ask one thing and show it: ps, kill, send, config, version, reload, shutdown. */
#include <string.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "ctl/priv.h"
#include "version.h"

#define PAGE      500 /* runners asked for at once */
#define KEYS_HINT 256

static bool state_ended(const char *state)
{
    return strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 ||
           strcmp(state, "killed") == 0;
}

/* Ended runners are shown when asked for. */
static bool row_wanted(const struct swd_ctl_args *a, const json_t *row)
{
    return swd_ctl_args_has(a, CTL_F_ALL) || swd_ctl_args_has(a, CTL_F_STATE) ||
           !state_ended(swd_ctl_json_str(row, "state"));
}

static int row_add(struct swd_ctl_table *t, const json_t *row)
{
    char id[CTL_TEXT], state[64], mem[CTL_TEXT], cpu[CTL_TEXT], timers[CTL_TEXT], age[CTL_TEXT];
    const char *reason = swd_ctl_json_str(row, "reason");
    const char *cells[] = {id,
                           state,
                           swd_ctl_text_bytes(mem, swd_ctl_json_num(row, "alloc")),
                           swd_ctl_text_us(cpu, swd_ctl_json_num(row, "cpu_us")),
                           timers,
                           swd_ctl_text_age(age, swd_ctl_json_num(row, "age_s")),
                           swd_ctl_json_str(row, "group"),
                           swd_ctl_json_str(row, "name")};
    snprintf(id, sizeof id, "%.0f", swd_ctl_json_num(row, "id"));
    snprintf(timers, sizeof timers, "%.0f", swd_ctl_json_num(row, "timers"));
    snprintf(state, sizeof state, "%.20s%s%.30s%s", swd_ctl_json_str(row, "state"),
             *reason ? " (" : "", reason, *reason ? ")" : "");
    return swd_ctl_table_row(t, cells);
}

/* One page of runners into the table, or (rows not NULL) into an array. The id to go on from in
 * `*after`, 0 at the end. */
static int ps_page(struct swd_ctl *ctl, json_int_t *after, struct swd_ctl_table *t, json_t *rows)
{
    const struct swd_ctl_args *a = &ctl->args;
    json_t *params = json_pack("{s:i}", "limit", PAGE), *result, *list;
    int rc;
    if (*after)
        json_object_set_new(params, "after", json_integer(*after));
    if (swd_ctl_args_has(a, CTL_F_STATE))
        json_object_set_new(params, "state", json_string(a->text[CTL_F_STATE]));
    if (swd_ctl_args_has(a, CTL_F_GROUP))
        json_object_set_new(params, "group", json_string(a->text[CTL_F_GROUP]));
    rc = swd_ctl_ask(ctl, params, &result);
    if (rc != 0)
        return rc;
    list = json_object_get(result, "runners");
    for (size_t i = 0; i < json_array_size(list) && rc == 0; i++) {
        json_t *row = json_array_get(list, i);
        if (!row_wanted(a, row))
            continue;
        if (rows)
            json_array_append(rows, row);
        else
            rc = row_add(t, row);
    }
    *after = (json_int_t)swd_ctl_json_num(result, "next");
    json_decref(result);
    return rc ? swd_fail(&ctl->err, rc, "out of memory") : 0;
}

int swd_ctl_cmd_ps(struct swd_ctl *ctl)
{
    static const char *const heads[] = {">ID",  "STATE", ">MEM", ">CPU", ">TIMERS",
                                        ">AGE", "GROUP", "NAME", NULL};
    bool raw = swd_ctl_args_has(&ctl->args, CTL_F_JSON);
    json_t *rows = raw ? json_array() : NULL, *whole;
    json_int_t after = 0;
    struct swd_ctl_table t;
    int rc;
    swd_ctl_table_begin(&t, stdout, heads);
    do {
        rc = ps_page(ctl, &after, &t, rows);
        if (rc == 0 && !raw)
            swd_ctl_table_flush(&t);
    } while (rc == 0 && after != 0);
    if (rc == 0 && raw) {
        whole = json_pack("{s:O, s:n}", "runners", rows, "next");
        swd_ctl_raw(ctl, whole);
        json_decref(whole);
    }
    json_decref(rows);
    if (rc == 0 && !raw)
        swd_ctl_table_end(&t);
    else
        swd_ctl_table_drop(&t);
    return swd_ctl_report(ctl, rc);
}

static int kill_one(struct swd_ctl *ctl, int64_t id)
{
    const struct swd_ctl_args *a = &ctl->args;
    json_t *params = json_pack("{s:I}", "id", (json_int_t)id), *result;
    int rc;
    if (swd_ctl_args_has(a, CTL_F_REASON))
        json_object_set_new(params, "reason", json_string(a->text[CTL_F_REASON]));
    rc = swd_ctl_ask(ctl, params, &result);
    if (rc == 0 && !swd_ctl_raw(ctl, result) && json_is_false(json_object_get(result, "killed")))
        printf("runner %lld had ended already\n", (long long)id);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}

/* Every id is tried, unless the daemon is gone; the first failure decides the exit code. */
int swd_ctl_cmd_kill(struct swd_ctl *ctl)
{
    int64_t id;
    int code = SWD_CTL_OK;
    for (int i = 0; i < ctl->args.noperands; i++)
        if (swd_ctl_id(ctl, i, &id) != 0)
            return swd_ctl_report(ctl, SWD_EPARAMS);
    for (int i = 0; i < ctl->args.noperands; i++) {
        int one;
        swd_ctl_id(ctl, i, &id);
        one = kill_one(ctl, id);
        if (code == SWD_CTL_OK)
            code = one;
        if (one == SWD_CTL_NODAEMON || one == SWD_CTL_TIMEOUT)
            break;
    }
    return code;
}

int swd_ctl_cmd_send(struct swd_ctl *ctl)
{
    const char *text = ctl->args.operands[1];
    json_t *message, *result;
    int64_t id;
    int rc = swd_ctl_id(ctl, 0, &id);
    if (rc != 0)
        return swd_ctl_report(ctl, rc);
    result = NULL;
    message = swd_ctl_json_parse(text, strlen(text));
    if (!message)
        message = json_string(text);
    if (message)
        rc = swd_ctl_ask(ctl, json_pack("{s:I, s:o}", "id", (json_int_t)id, "message", message),
                         &result);
    else
        rc = swd_fail(&ctl->err, SWD_EPARAMS, "the message is not UTF-8 text");
    if (rc == 0 && !swd_ctl_raw(ctl, result) && json_is_false(json_object_get(result, "delivered")))
        rc = swd_fail(&ctl->err, SWD_ENOTFOUND, "runner %lld did not take the message",
                      (long long)id);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}

static const char *scalar_text(const json_t *v, char *buf, size_t n)
{
    FILE *f;
    if (json_is_string(v))
        return json_string_value(v);
    buf[0] = '\0';
    f = v ? fmemopen(buf, n, "w") : NULL;
    if (f) {
        swd_ctl_json_print(f, v);
        fclose(f);
    }
    return buf;
}

static int config_unknown(struct swd_ctl *ctl, json_t *all, const char *key)
{
    const char *names[KEYS_HINT], *near;
    size_t n = 0;
    for (void *it = json_object_iter(all); it && n < KEYS_HINT; it = json_object_iter_next(all, it))
        names[n++] = json_object_iter_key(it);
    near = swd_nearest(key, names, n);
    swd_fail(&ctl->err, SWD_ENOTFOUND, "no key '%.60s' in the configuration", key);
    swd_fail_hint(&ctl->err, near ? "did you mean '%s'?" : "`swctl config` lists them%s",
                  near ? near : "");
    return SWD_ENOTFOUND;
}

static void config_table(json_t *all)
{
    static const char *const heads[] = {"KEY", "VALUE", "SOURCE", "RELOAD", NULL};
    struct swd_ctl_table t;
    swd_ctl_table_begin(&t, stdout, heads);
    for (void *it = json_object_iter(all); it; it = json_object_iter_next(all, it)) {
        const json_t *row = json_object_iter_value(it);
        char buf[TABLE_CELL];
        const char *cells[] = {json_object_iter_key(it),
                               scalar_text(json_object_get(row, "value"), buf, sizeof buf),
                               swd_ctl_json_str(row, "source"),
                               json_is_true(json_object_get(row, "live")) ? "live" : "restart"};
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

int swd_ctl_cmd_config(struct swd_ctl *ctl)
{
    const char *key = ctl->args.noperands ? ctl->args.operands[0] : NULL;
    json_t *all, *row;
    char buf[512];
    int rc = swd_ctl_ask(ctl, NULL, &all);
    if (rc == 0 && key) {
        row = json_object_get(all, key);
        if (!row)
            rc = config_unknown(ctl, all, key);
        else if (!swd_ctl_raw(ctl, row))
            printf("%s\n", scalar_text(json_object_get(row, "value"), buf, sizeof buf));
    } else if (rc == 0 && !swd_ctl_raw(ctl, all)) {
        config_table(all);
    }
    json_decref(all);
    return swd_ctl_report(ctl, rc);
}

int swd_ctl_cmd_version(struct swd_ctl *ctl)
{
    bool raw = swd_ctl_args_has(&ctl->args, CTL_F_JSON);
    json_t *v;
    char buf[64];
    int rc;
    if (!raw)
        printf("swctl %s\n", SWD_VERSION);
    rc = swd_ctl_ask(ctl, NULL, &v);
    if (rc == 0 && !swd_ctl_raw(ctl, v))
        printf("swd %s, protocol %.0f, Duktape %s, configuration %s\n",
               swd_ctl_json_str(v, "version"), swd_ctl_json_num(v, "protocol"),
               scalar_text(json_object_get(v, "duktape"), buf, sizeof buf),
               swd_ctl_json_str(v, "config_hash"));
    json_decref(v);
    return swd_ctl_report(ctl, rc);
}

static size_t items_print(const json_t *result, const char *key, FILE *f, const char *what)
{
    const json_t *list = json_object_get(result, key);
    char buf[512];
    for (size_t i = 0; i < json_array_size(list); i++)
        fprintf(f, "%s%s\n", what, scalar_text(json_array_get(list, i), buf, sizeof buf));
    return json_array_size(list);
}

int swd_ctl_cmd_reload(struct swd_ctl *ctl)
{
    json_t *result;
    int rc = swd_ctl_ask(ctl, NULL, &result), code = swd_ctl_report(ctl, rc);
    if (rc == 0 && swd_ctl_raw(ctl, result)) {
        if (json_array_size(json_object_get(result, "errors")) > 0)
            code = SWD_CTL_FAILED;
    } else if (rc == 0) {
        size_t n = items_print(result, "applied", stdout, "applied: ");
        n += items_print(result, "needs_restart", stdout, "needs a restart: ");
        if (items_print(result, "errors", stderr, "swctl: ") > 0)
            code = SWD_CTL_FAILED;
        else if (n == 0)
            puts("nothing changed");
    }
    json_decref(result);
    return code;
}

int swd_ctl_cmd_shutdown(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    json_t *params = NULL, *result;
    int rc;
    if (swd_ctl_args_has(a, CTL_F_DRAIN))
        params = json_pack("{s:I}", "drain_ms", (json_int_t)(a->num[CTL_F_DRAIN] / SWD_NS_PER_MS));
    rc = swd_ctl_ask(ctl, params, &result);
    if (rc == 0)
        swd_ctl_raw(ctl, result);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}
