/* help and completion, from the tables: nothing here knows a command or a flag by name. */
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "ctl/priv.h"

static void flag_print(FILE *f, enum swd_ctl_flag i)
{
    const struct swd_ctl_flag_info *info = swd_ctl_flag(i);
    char left[96];
    const char *arg = info->kind == CTL_CHOICE ? "WORD" : info->arg;
    snprintf(left, sizeof left, "%c%c%s --%s%s%s", info->shrt ? '-' : ' ',
             info->shrt ? info->shrt : ' ', info->shrt ? "," : " ", info->lng, *arg ? " " : "",
             arg);
    fprintf(f, "  %-24s %s\n", left, info->help);
    if (info->kind == CTL_CHOICE)
        fprintf(f, "  %-24s (%s)\n", "", info->arg);
}

static void flags_print(FILE *f, const char *title, unsigned mask)
{
    if (!mask)
        return;
    fprintf(f, "\n%s:\n", title);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (mask & CTL_BIT(i))
            flag_print(f, (enum swd_ctl_flag)i);
}

static void limits_print(FILE *f)
{
    size_t n;
    const struct swd_limit_info *l = swd_limits_table(&n);
    fprintf(f, "\nLimits (the daemon's own are the most you get):\n");
    for (size_t i = 0; i < n; i++)
        fprintf(f, "  %-24s %s\n", l[i].name, l[i].help);
}

static void exits_print(FILE *f)
{
    static const struct {
        int code;
        const char *text;
    } exits[] = {
#define CTL_EXIT(sym, code, text) {code, text},
#include "ctl/exits.def"
#undef CTL_EXIT
    };
    fprintf(f, "\nExit codes:\n");
    for (size_t i = 0; i < SWD_ARRAY_LEN(exits); i++)
        fprintf(f, "  %-24d %s\n", exits[i].code, exits[i].text);
}

static void commands_print(FILE *f)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    fprintf(f, "usage: swctl [FLAG...] COMMAND [OPERAND...]\n\nCommands:\n");
    for (size_t i = 0; i < n; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", c[i].name, c[i].operands);
        fprintf(f, "  %-30s %s\n", left, c[i].help);
    }
}

void swd_ctl_help(FILE *f, const struct swd_ctl_command *c)
{
    if (!c) {
        commands_print(f);
        flags_print(f, "Flags", CTL_F_GLOBAL);
        exits_print(f);
        return;
    }
    fprintf(f, "usage: swctl %s%s%s%s\n\n%s\n", c->name, c->flags ? " [FLAG...]" : "",
            *c->operands ? " " : "", c->operands, c->help);
    flags_print(f, "Flags", c->flags);
    if (c->flags & CTL_BIT(CTL_F_LIMIT))
        limits_print(f);
    flags_print(f, "Flags of every command", CTL_F_GLOBAL);
}

int swd_ctl_cmd_help(struct swd_ctl *ctl)
{
    const char *name = ctl->args.noperands ? ctl->args.operands[0] : NULL, *near;
    const struct swd_ctl_command *c = name ? swd_ctl_command_find(name) : NULL;
    if (name && !c) {
        near = swd_ctl_command_nearest(name);
        swd_fail(&ctl->err, SWD_EPARAMS, "unknown command '%.60s'", name);
        swd_fail_hint(&ctl->err, near ? "did you mean '%s'?" : "`swctl help` lists them%s",
                      near ? near : "");
        return swd_ctl_report(ctl, SWD_EPARAMS);
    }
    swd_ctl_help(stdout, c);
    return SWD_CTL_OK;
}
