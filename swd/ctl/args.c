/* The command line of swctl. Flags may stand anywhere before "--"; what a flag is and which command
 * takes it stand in the tables. Limits are checked here, by the table the daemon uses, so that a
 * mistyped one is told before anything is sent. Pure but for the allocation; any thread. */
#include "ctl/args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/nearest.h"

static const struct swd_ctl_flag_info flag_table[CTL_FLAGS] = {
#define CTL_FLAG(sym, shrt, lng, kind, arg, help) {shrt, lng, CTL_##kind, arg, help},
#include "ctl/flags.def"
#undef CTL_FLAG
};

const struct swd_ctl_flag_info *swd_ctl_flag(enum swd_ctl_flag f)
{
    return &flag_table[f];
}

static int number_parse(const char *text, uint64_t *out)
{
    if (text[strspn(text, "0123456789")] != '\0' || text[0] == '\0')
        return SWD_EPARAMS;
    errno = 0;
    *out = strtoull(text, NULL, 10);
    return (errno != 0 || *out > INT64_MAX) ? SWD_EPARAMS : 0;
}

/* "5" and "0.5" are seconds; else a duration with its unit. Ten years is the most. */
static int time_parse(const char *text, uint64_t *out)
{
    const double most = 10 * 366 * 86400.0;
    char *end;
    double s;
    if (swd_unit_parse(SWD_UNIT_DURATION, text, out) == 0)
        return *out > (uint64_t)most * SWD_NS_PER_S ? SWD_EPARAMS : 0;
    if (text[strspn(text, "0123456789.")] != '\0' || text[0] == '\0')
        return SWD_EPARAMS;
    s = strtod(text, &end);
    if (*end || s > most)
        return SWD_EPARAMS;
    *out = (uint64_t)(s * (double)SWD_NS_PER_S);
    return 0;
}

static bool choice_has(const char *words, const char *text)
{
    size_t n = strlen(text);
    for (const char *w = words; *w; w += strcspn(w, "|"), w += *w == '|')
        if (strcspn(w, "|") == n && strncmp(w, text, n) == 0)
            return true;
    return false;
}

static int limit_add(struct swd_ctl_args *a, const char *text, struct swd_err *e)
{
    struct swd_limits l;
    char key[64];
    const char *eq = strchr(text, '=');
    if (!eq || (size_t)(eq - text) >= sizeof key) {
        swd_fail(e, SWD_EPARAMS, "--limit wants KEY=VALUE, not '%.60s'", text);
        return swd_fail_hint(e, "for example --limit wall=5s; `swctl help run` lists the keys");
    }
    memcpy(key, text, (size_t)(eq - text));
    key[eq - text] = '\0';
    swd_limits_default(&l);
    if (swd_limits_set(&l, key, eq + 1, e) != 0)
        return SWD_EPARAMS;
    if (!a->limits)
        a->limits = json_object();
    if (json_object_set_new(a->limits, key, json_string(eq + 1)) != 0)
        return swd_fail(e, SWD_ENOMEM, "out of memory");
    return 0;
}

static int flag_bad(const struct swd_ctl_flag_info *f, const char *text, const char *expects,
                    struct swd_err *e)
{
    swd_fail(e, SWD_EPARAMS, "bad value '%.60s' for --%s", text, f->lng);
    return swd_fail_hint(e, "expected %s", expects);
}

static int flag_take(struct swd_ctl_args *a, enum swd_ctl_flag i, const char *text,
                     struct swd_err *e)
{
    const struct swd_ctl_flag_info *f = &flag_table[i];
    a->set |= CTL_BIT(i);
    a->text[i] = text;
    switch (f->kind) {
    case CTL_NUMBER:
        return number_parse(text, &a->num[i]) ? flag_bad(f, text, "a whole number", e) : 0;
    case CTL_SIZE:
        return swd_unit_parse(SWD_UNIT_SIZE, text, &a->num[i]) ? flag_bad(f, text, "a size: 64M", e)
                                                               : 0;
    case CTL_TIME:
        return time_parse(text, &a->num[i]) ? flag_bad(f, text, "seconds, or 250ms, 2m", e) : 0;
    case CTL_CHOICE: return choice_has(f->arg, text) ? 0 : flag_bad(f, text, f->arg, e);
    case CTL_LIMIT: return limit_add(a, text, e);
    default: return 0;
    }
}

static int flag_unknown(const char *text, struct swd_err *e)
{
    const char *names[CTL_FLAGS], *near = NULL;
    char name[64];
    for (int i = 0; i < CTL_FLAGS; i++)
        names[i] = flag_table[i].lng;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
    if (strncmp(name, "--", 2) == 0)
        near = swd_nearest(name + 2, names, CTL_FLAGS);
    swd_fail(e, SWD_EPARAMS, "unknown flag '%.60s'", name);
    if (near)
        return swd_fail_hint(e, "did you mean --%s?", near);
    return swd_fail_hint(e, "`swctl help` lists the flags; what follows '--' is no flag");
}

/* Which flag `text` is; its value when joined to it (--x=v, -xv), else NULL. -1: none. */
static int flag_find(const char *text, const char **value)
{
    *value = NULL;
    for (int i = 0; i < CTL_FLAGS; i++) {
        const struct swd_ctl_flag_info *f = &flag_table[i];
        size_t n = strlen(f->lng);
        if (text[1] == '-') {
            if (strncmp(text + 2, f->lng, n) != 0 || (text[2 + n] != '\0' && text[2 + n] != '='))
                continue;
            *value = text[2 + n] ? text + 3 + n : NULL;
            return i;
        }
        if (f->shrt && text[1] == f->shrt && (text[2] == '\0' || f->kind != CTL_BOOL)) {
            *value = text[2] ? text + 2 : NULL;
            return i;
        }
    }
    return -1;
}

/* The flag argv[*i], and its value when that is the next word. */
static int flag_parse(struct swd_ctl_args *a, int argc, char **argv, int *i, struct swd_err *e)
{
    const char *value, *word = argv[*i];
    int f = flag_find(word, &value);
    if (f < 0)
        return flag_unknown(word, e);
    if (flag_table[f].kind == CTL_BOOL) {
        if (value)
            return swd_fail(e, SWD_EPARAMS, "--%s takes no value", flag_table[f].lng);
    } else if (!value) {
        if (*i + 1 >= argc) {
            swd_fail(e, SWD_EPARAMS, "--%s wants a value", flag_table[f].lng);
            return swd_fail_hint(e, "--%s %s", flag_table[f].lng, flag_table[f].arg);
        }
        value = argv[++*i];
    }
    return flag_take(a, (enum swd_ctl_flag)f, value, e);
}

static int command_take(struct swd_ctl_args *a, const char *name, struct swd_err *e)
{
    const char *near;
    a->cmd = swd_ctl_command_find(name);
    if (a->cmd)
        return 0;
    near = swd_ctl_command_nearest(name);
    swd_fail(e, SWD_EPARAMS, "unknown command '%.60s'", name);
    return near ? swd_fail_hint(e, "did you mean '%s'?", near)
                : swd_fail_hint(e, "`swctl help` lists the commands");
}

/* Whether the flags and operands are those the command takes. */
static int whole_check(const struct swd_ctl_args *a, struct swd_err *e)
{
    const struct swd_ctl_command *c = a->cmd;
    unsigned alien;
    if (swd_ctl_args_has(a, CTL_F_HELP) || swd_ctl_args_has(a, CTL_F_VERSION))
        return 0;
    if (!c) {
        swd_fail(e, SWD_EPARAMS, "no command");
        return swd_fail_hint(e, "`swctl help` lists the commands");
    }
    alien = a->set & ~(c->flags | CTL_F_GLOBAL);
    if (alien) {
        swd_fail(e, SWD_EPARAMS, "`swctl %s` takes no --%s", c->name,
                 flag_table[__builtin_ctz(alien)].lng);
        return swd_fail_hint(e, "see `swctl help %s`", c->name);
    }
    if (a->noperands < c->least || (c->most >= 0 && a->noperands > c->most)) {
        swd_fail(e, SWD_EPARAMS, "%s for `swctl %s`",
                 a->noperands < c->least ? "something is missing" : "too many operands", c->name);
        return swd_fail_hint(e, "usage: swctl %s %s", c->name, c->operands);
    }
    return 0;
}

int swd_ctl_args_parse(struct swd_ctl_args *a, int argc, char **argv, struct swd_err *e)
{
    bool plain = false; /* after "--" */
    int rc = 0;
    *a = (struct swd_ctl_args){0};
    a->operands = calloc((size_t)argc + 1, sizeof *a->operands);
    if (!a->operands)
        return swd_fail(e, SWD_ENOMEM, "out of memory");
    for (int i = 1; i < argc && rc == 0; i++) {
        if (!plain && strcmp(argv[i], "--") == 0)
            plain = true;
        else if (!plain && argv[i][0] == '-' && argv[i][1] != '\0')
            rc = flag_parse(a, argc, argv, &i, e);
        else if (!a->cmd)
            rc = command_take(a, argv[i], e);
        else
            a->operands[a->noperands++] = argv[i];
    }
    return rc ? rc : whole_check(a, e);
}

void swd_ctl_args_clear(struct swd_ctl_args *a)
{
    json_decref(a->limits);
    free(a->operands);
    *a = (struct swd_ctl_args){0};
}
