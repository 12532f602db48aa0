/* stats and gc: figures with units. What the daemon does not report is left out; the two sums of
 * the memory identity are shown as sums, with the difference if they do not add up. */
#include <math.h>
#include <string.h>

#include "ctl/priv.h"

struct part {
    const char *key, *label;
};

/* "mapped  8.0M = live 1.2M + hibernated 0 + ..." */
static void sum_print(const json_t *stats, const char *total, const struct part *parts, size_t n)
{
    const json_t *identity = json_object_get(stats, "identity");
    double sum = 0, whole = swd_ctl_json_num(stats, total);
    char b[CTL_TEXT];
    const char *sep = " = ";
    if (!identity)
        return;
    printf("%-10s %s", total, swd_ctl_text_bytes(b, whole));
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_object_get(identity, parts[i].key);
        if (!v)
            continue;
        sum += json_number_value(v);
        printf("%s%s %s", sep, parts[i].label, swd_ctl_text_bytes(b, json_number_value(v)));
        sep = " + ";
    }
    if (fabs(whole - sum) >= 1)
        printf(" (off by %s)", swd_ctl_text_bytes(b, whole - sum));
    putchar('\n');
}

static void memory_print(const json_t *s)
{
    static const struct part mapped[] = {{"live", "live"},
                                         {"hibernated", "hibernated"},
                                         {"cached", "cached"},
                                         {"slack", "slack"},
                                         {"metadata", "metadata"}};
    static const struct part rss[] = {{"reserve_resident", "reserve"},
                                      {"file", "file"},
                                      {"libc", "libc"},
                                      {"stacks", "stacks"},
                                      {"unknown", "unknown"}};
    char alloc[CTL_TEXT], total[CTL_TEXT], sys[CTL_TEXT], us[CTL_TEXT];
    printf("%-10s alloc %s, ever %s, sys %s\n", "memory",
           swd_ctl_text_bytes(alloc, swd_ctl_json_num(s, "alloc")),
           swd_ctl_text_bytes(total, swd_ctl_json_num(s, "totalAlloc")),
           swd_ctl_text_bytes(sys, swd_ctl_json_num(s, "sys")));
    sum_print(s, "mapped", mapped, sizeof mapped / sizeof mapped[0]);
    sum_print(s, "rss", rss, sizeof rss / sizeof rss[0]);
    printf("%-10s %.0f collections, %s\n", "gc", swd_ctl_json_num(s, "numGC"),
           swd_ctl_text_us(us, swd_ctl_json_num(s, "gc_us")));
}

/* "runners    total 3, ready 0, running 1, ..." from an object of counts. */
static void counts_print(const char *label, json_t *counts)
{
    const char *sep = " ";
    if (json_object_size(counts) == 0)
        return;
    printf("%-10s", label);
    for (void *it = json_object_iter(counts); it; it = json_object_iter_next(counts, it)) {
        if (!json_is_number(json_object_iter_value(it)))
            continue;
        printf("%s%s %.0f", sep, json_object_iter_key(it),
               json_number_value(json_object_iter_value(it)));
        sep = ", ";
    }
    putchar('\n');
}

static void lag_print(const json_t *s)
{
    const json_t *lag = json_object_get(s, "loop_lag_us");
    char p50[CTL_TEXT], p99[CTL_TEXT], most[CTL_TEXT];
    if (lag)
        printf("%-10s p50 %s, p99 %s, max %s\n", "loop lag",
               swd_ctl_text_us(p50, swd_ctl_json_num(lag, "p50")),
               swd_ctl_text_us(p99, swd_ctl_json_num(lag, "p99")),
               swd_ctl_text_us(most, swd_ctl_json_num(lag, "max")));
}

/* `busy` is the share of time since the start that an executor worked. */
static void executors_print(const json_t *s)
{
    const json_t *list = json_object_get(s, "executors");
    size_t n = json_array_size(list);
    double turns = 0, sum = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        double busy = swd_ctl_json_num(json_array_get(list, i), "busy");
        sum += busy;
        most = busy > most ? busy : most;
        turns += swd_ctl_json_num(json_array_get(list, i), "turns");
    }
    if (n > 0)
        printf("%-10s %zu, busy %.0f%% on average, %.0f%% at most, %.0f turns\n", "executors", n,
               100 * sum / (double)n, 100 * most, turns);
}

void swd_ctl_pools_print(const json_t *s)
{
    static const char *const heads[] = {"POOL",    ">LIVE", ">CACHED",   ">BYTES", ">HITS",
                                        ">MISSES", ">HIT%", ">OVERSIZE", NULL};
    static const char *const counts[] = {"live",   "cached", NULL,      "hits",
                                         "misses", NULL,     "oversize"};
    const json_t *list = json_object_get(s, "pools");
    struct swd_ctl_table t;
    if (json_array_size(list) == 0)
        return;
    putchar('\n');
    swd_ctl_table_begin(&t, stdout, heads);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i);
        double hits = swd_ctl_json_num(p, "hits"), all = hits + swd_ctl_json_num(p, "misses");
        char text[8][CTL_TEXT];
        const char *cells[8] = {swd_ctl_json_str(p, "name")};
        for (size_t c = 0; c < 7; c++) {
            if (counts[c])
                snprintf(text[c], CTL_TEXT, "%.0f", swd_ctl_json_num(p, counts[c]));
            cells[c + 1] = text[c];
        }
        swd_ctl_text_bytes(text[2], swd_ctl_json_num(p, "bytes"));
        snprintf(text[5], CTL_TEXT, all > 0 ? "%.1f" : "-", all > 0 ? 100 * hits / all : 0);
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

/* The base image in a line, loaded functions in a table. */
static void images_print(const json_t *s)
{
    static const char *const heads[] = {"FUNCTION", ">VERSION", ">BYTES", ">RELOC", ">CALLS",
                                        ">FAILED",  ">P50",     ">P99",   "IMAGE",  NULL};
    const json_t *list = json_object_get(s, "images"), *base = json_array_get(list, 0);
    struct swd_ctl_table t;
    char b[CTL_TEXT];
    if (!base)
        return;
    if (json_is_true(json_object_get(base, "imaged")))
        printf("%-10s %s, %.0f relocations, %.0f clones\n", "base image",
               swd_ctl_text_bytes(b, swd_ctl_json_num(base, "bytes")),
               swd_ctl_json_num(base, "relocations"), swd_ctl_json_num(base, "calls"));
    else
        printf("%-10s none: %s\n", "base image", swd_ctl_json_str(base, "reason"));
    if (json_array_size(list) < 2)
        return;
    putchar('\n');
    swd_ctl_table_begin(&t, stdout, heads);
    for (size_t i = 1; i < json_array_size(list); i++) {
        const json_t *f = json_array_get(list, i);
        char text[7][CTL_TEXT];
        const char *reason = swd_ctl_json_str(f, "reason");
        const char *cells[] = {swd_ctl_json_str(f, "name"),
                               text[0],
                               text[1],
                               text[2],
                               text[3],
                               text[4],
                               text[5],
                               text[6],
                               reason[0] ? reason : "yes"};
        snprintf(text[0], CTL_TEXT, "%.0f", swd_ctl_json_num(f, "version"));
        swd_ctl_text_bytes(text[1], swd_ctl_json_num(f, "bytes"));
        snprintf(text[2], CTL_TEXT, "%.0f", swd_ctl_json_num(f, "relocations"));
        snprintf(text[3], CTL_TEXT, "%.0f", swd_ctl_json_num(f, "calls"));
        snprintf(text[4], CTL_TEXT, "%.0f", swd_ctl_json_num(f, "failed"));
        swd_ctl_text_us(text[5], swd_ctl_json_num(f, "p50_us"));
        swd_ctl_text_us(text[6], swd_ctl_json_num(f, "p99_us"));
        if (swd_ctl_table_row(&t, cells) != 0)
            break;
    }
    swd_ctl_table_end(&t);
}

int swd_ctl_cmd_stats(struct swd_ctl *ctl)
{
    json_t *s;
    const json_t *pressure;
    char up[CTL_TEXT];
    int rc = swd_ctl_ask(ctl, NULL, &s);
    if (rc == 0 && !swd_ctl_raw(ctl, s)) {
        pressure = json_object_get(s, "pressure");
        printf("%-10s %s", "up", swd_ctl_text_age(up, swd_ctl_json_num(s, "uptime")));
        if (json_is_string(pressure) || json_is_object(pressure))
            printf(", pressure %s", json_is_string(pressure) ? json_string_value(pressure)
                                                             : swd_ctl_json_str(pressure, "level"));
        printf(", connections %.0f\n", swd_ctl_json_num(s, "connections"));
        memory_print(s);
        counts_print("runners", json_object_get(s, "runners"));
        printf("%-10s modules %.0f, timers %.0f\n", "holding", swd_ctl_json_num(s, "modules"),
               swd_ctl_json_num(s, "timers"));
        executors_print(s);
        lag_print(s);
        images_print(s);
        swd_ctl_pools_print(s);
    }
    json_decref(s);
    return swd_ctl_report(ctl, rc);
}

static void change_print(const char *label, double before, double after)
{
    char a[CTL_TEXT], b[CTL_TEXT], c[CTL_TEXT];
    printf("%-8s %s -> %s, %s %s\n", label, swd_ctl_text_bytes(a, before),
           swd_ctl_text_bytes(b, after), after <= before ? "freed" : "grown by",
           swd_ctl_text_bytes(c, fabs(before - after)));
}

static void receipt_print(const json_t *r)
{
    json_t *skipped = json_object_get(r, "skipped");
    const char *sep = ", skipped ", *action = swd_ctl_json_str(r, "action");
    char us[CTL_TEXT];
    if (swd_ctl_json_num(r, "asked") > 0)
        printf("%-8s %.0f of %.0f runners", action, swd_ctl_json_num(r, "runners"),
               swd_ctl_json_num(r, "asked"));
    else
        printf("%-8s %s", action, strcmp(action, "trim") == 0 ? "pools and extents" : "no runner");
    for (void *it = json_object_iter(skipped); it; it = json_object_iter_next(skipped, it)) {
        double n = json_number_value(json_object_iter_value(it));
        if (n <= 0)
            continue;
        printf("%s%.0f %s", sep, n, json_object_iter_key(it));
        sep = ", ";
    }
    printf("; took %s\n", swd_ctl_text_us(us, swd_ctl_json_num(r, "took_us")));
    change_print(strcmp(action, "gc") == 0 ? "live" : "held", swd_ctl_json_num(r, "before"),
                 swd_ctl_json_num(r, "after"));
    change_print("rss", swd_ctl_json_num(r, "rss_before"), swd_ctl_json_num(r, "rss_after"));
}

int swd_ctl_cmd_gc(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    json_t *params = json_object(), *receipt = NULL;
    int64_t id;
    int rc = 0;
    if (a->noperands > 0 && swd_ctl_args_has(a, CTL_F_ALL))
        rc = swd_fail(&ctl->err, SWD_EPARAMS, "either a runner or --all, not both");
    else if (a->noperands > 0)
        rc = swd_ctl_id(ctl, 0, &id);
    if (rc == 0 && a->noperands > 0)
        json_object_set_new(params, "id", json_integer(id));
    if (swd_ctl_args_has(a, CTL_F_MAX_MS))
        json_object_set_new(params, "max_ms", json_integer((json_int_t)a->num[CTL_F_MAX_MS]));
    if (rc == 0)
        rc = swd_ctl_ask(ctl, params, &receipt);
    else
        json_decref(params);
    if (rc == 0 && !swd_ctl_raw(ctl, receipt))
        receipt_print(receipt);
    json_decref(receipt);
    return swd_ctl_report(ctl, rc);
}

int swd_ctl_cmd_compact(struct swd_ctl *ctl)
{
    return swd_ctl_cmd_gc(ctl);
}

int swd_ctl_cmd_hibernate(struct swd_ctl *ctl)
{
    return swd_ctl_cmd_gc(ctl);
}

int swd_ctl_cmd_trim(struct swd_ctl *ctl)
{
    return swd_ctl_cmd_gc(ctl);
}
