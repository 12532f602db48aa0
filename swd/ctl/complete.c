/* completion SHELL: a completion script for bash, zsh or fish, generated from the tables of
 * commands, flags and limits. Ids of runners are completed by asking the daemon. */
#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "ctl/priv.h"

enum operand_kind { OPERAND_NONE, OPERAND_FILE, OPERAND_ID, OPERAND_COMMAND, OPERAND_WORDS };

/* What the first operand is, from how it is written in the table. */
static enum operand_kind operand_kind(const struct swd_ctl_command *c)
{
    const char *o = c->operands + (c->operands[0] == '[');
    if (strncmp(o, "FILE", 4) == 0)
        return OPERAND_FILE;
    if (strncmp(o, "ID", 2) == 0)
        return OPERAND_ID;
    if (strncmp(o, "COMMAND", 7) == 0)
        return OPERAND_COMMAND;
    return islower((unsigned char)o[0]) ? OPERAND_WORDS : OPERAND_NONE;
}

/* `words` with '|' between them, or the limits, as words of a shell list. */
static void words_print(FILE *f, const char *words)
{
    for (; *words; words++)
        fputc(*words == '|' ? ' ' : *words, f);
}

static void limits_print(FILE *f)
{
    size_t n;
    const struct swd_limit_info *l = swd_limits_table(&n);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s%s=", i ? " " : "", l[i].name);
}

static void commands_print(FILE *f)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s%s", i ? " " : "", c[i].name);
}

static void flags_print(FILE *f, unsigned mask)
{
    for (int i = 0; i < CTL_FLAGS; i++)
        if (mask & CTL_BIT(i))
            fprintf(f, " --%s", swd_ctl_flag((enum swd_ctl_flag)i)->lng);
}

/* `text` for between single quotes, with `quote` in place of a quote; characters of `special` get a
 * backslash. */
static void quoted_print(FILE *f, const char *text, const char *quote, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs(quote, f);
            continue;
        }
        if (strchr(special, *text))
            fputc('\\', f);
        fputc(*text, f);
    }
}
#define SH_QUOTE   "'\\''"
#define FISH_QUOTE "\\'"

/* The flags that take a value, as patterns of a shell's case. */
static void valued_print(FILE *f)
{
    const char *sep = "";
    for (int i = 0; i < CTL_FLAGS; i++) {
        const struct swd_ctl_flag_info *info = swd_ctl_flag((enum swd_ctl_flag)i);
        if (info->kind == CTL_BOOL)
            continue;
        if (info->shrt)
            fprintf(f, "%s-%c|--%s", sep, info->shrt, info->lng);
        else
            fprintf(f, "%s--%s", sep, info->lng);
        sep = "|";
    }
}

/* What may follow a flag. */
static void bash_value(FILE *f, const struct swd_ctl_flag_info *info)
{
    if (info->kind == CTL_BOOL)
        return;
    fputs("    ", f);
    if (info->shrt)
        fprintf(f, "-%c|", info->shrt);
    fprintf(f, "--%s)", info->lng);
    if (info->kind == CTL_CHOICE) {
        fputs(" COMPREPLY=($(compgen -W '", f);
        words_print(f, info->arg);
        fputs("' -- \"$cur\"));", f);
    } else if (info->kind == CTL_LIMIT) {
        fputs(" compopt -o nospace; COMPREPLY=($(compgen -W '", f);
        limits_print(f);
        fputs("' -- \"$cur\"));", f);
    } else if (strcmp(info->arg, "PATH") == 0) {
        fputs(" COMPREPLY=($(compgen -f -- \"$cur\"));", f);
    }
    fputs(" return ;;\n", f);
}

static void bash_command(FILE *f, const struct swd_ctl_command *c)
{
    fprintf(f, "    %s) flags='", c->name);
    flags_print(f, c->flags | CTL_F_GLOBAL);
    fputc('\'', f);
    switch (operand_kind(c)) {
    case OPERAND_FILE: fputs(" files=1", f); break;
    case OPERAND_ID:
        fputs(" words=$(\"${COMP_WORDS[0]}\" ps --all 2>/dev/null |"
              " while read -r i _; do case $i in [0-9]*) echo \"$i\" ;; esac; done)",
              f);
        break;
    case OPERAND_COMMAND:
        fputs(" words='", f);
        commands_print(f);
        fputc('\'', f);
        break;
    case OPERAND_WORDS:
        fputs(" words='", f);
        words_print(f, c->operands);
        fputc('\'', f);
        break;
    case OPERAND_NONE: break;
    }
    fputs(" ;;\n", f);
}

static void bash_print(FILE *f)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    fputs("# bash completion of swctl; made by `swctl completion bash`.\n"
          "_swctl() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local cmd='' flags='' words='' files='' i\n"
          "    COMPREPLY=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        ",
          f);
    valued_print(f);
    fputs(") i=$((i + 1)) ;;\n"
          "        -*) ;;\n"
          "        *) cmd=${COMP_WORDS[i]}; break ;;\n"
          "        esac\n"
          "    done\n"
          "    case $prev in\n",
          f);
    for (int i = 0; i < CTL_FLAGS; i++)
        bash_value(f, swd_ctl_flag((enum swd_ctl_flag)i));
    fputs("    esac\n    case $cmd in\n    '') flags='", f);
    flags_print(f, CTL_F_GLOBAL);
    fputs("' words='", f);
    commands_print(f);
    fputs("' ;;\n", f);
    for (size_t i = 0; i < n; i++)
        bash_command(f, &c[i]);
    fputs("    esac\n"
          "    case $cur in\n"
          "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\")) ;;\n"
          "    *)\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "        [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
          "        ;;\n"
          "    esac\n"
          "}\n"
          "complete -o filenames -F _swctl swctl\n",
          f);
}

static void zsh_flag(FILE *f, const struct swd_ctl_flag_info *info, const char *indent)
{
    for (int form = info->shrt ? 0 : 1; form < 2; form++) {
        if (form == 0)
            fprintf(f, "%s'-%c[", indent, info->shrt);
        else
            fprintf(f, "%s'%s--%s[", indent, info->kind == CTL_LIMIT ? "*" : "", info->lng);
        quoted_print(f, info->help, SH_QUOTE, "[]:\\");
        fputc(']', f);
        if (info->kind != CTL_BOOL)
            fprintf(f, ":%s:", info->kind == CTL_CHOICE ? "word" : info->arg);
        if (info->kind == CTL_CHOICE || info->kind == CTL_LIMIT) {
            fputc('(', f);
            if (info->kind == CTL_CHOICE)
                words_print(f, info->arg);
            else
                limits_print(f);
            fputc(')', f);
        } else if (strcmp(info->arg, "PATH") == 0) {
            fputs("_files", f);
        }
        fputs("' \\\n", f);
    }
}

static void zsh_command(FILE *f, const struct swd_ctl_command *c)
{
    fprintf(f, "        %s)\n            _arguments \\\n", c->name);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (c->flags & CTL_BIT(i))
            zsh_flag(f, swd_ctl_flag((enum swd_ctl_flag)i), "                ");
    fputs("                ", f);
    switch (operand_kind(c)) {
    case OPERAND_FILE: fputs("'*:file:_files'", f); break;
    case OPERAND_ID:
        fputs("\"*:id:($(swctl ps --all 2>/dev/null | grep -oE '^ *[0-9]+'))\"", f);
        break;
    case OPERAND_COMMAND:
        fputs("'1:command:(", f);
        commands_print(f);
        fputs(")'", f);
        break;
    case OPERAND_WORDS:
        fputs("'1:word:(", f);
        words_print(f, c->operands);
        fputs(")'", f);
        break;
    case OPERAND_NONE: fputs("'*:: :'", f); break;
    }
    fputs(" ;;\n", f);
}

static void zsh_print(FILE *f)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    fputs("#compdef swctl\n"
          "# zsh completion of swctl; made by `swctl completion zsh`.\n"
          "_swctl() {\n"
          "    local context state line\n"
          "    local -a commands\n"
          "    commands=(\n",
          f);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "        '%s:", c[i].name);
        quoted_print(f, c[i].help, SH_QUOTE, ":\\");
        fputs("'\n", f);
    }
    fputs("    )\n    _arguments -C \\\n", f);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (CTL_F_GLOBAL & CTL_BIT(i))
            zsh_flag(f, swd_ctl_flag((enum swd_ctl_flag)i), "        ");
    fputs("        '1:command:->command' '*::operand:->operand' && return\n"
          "    case $state in\n"
          "    command) _describe command commands ;;\n"
          "    operand)\n"
          "        case $words[1] in\n",
          f);
    for (size_t i = 0; i < n; i++)
        zsh_command(f, &c[i]);
    fputs("        esac ;;\n"
          "    esac\n"
          "}\n"
          "_swctl \"$@\"\n",
          f);
}

static void fish_flag(FILE *f, const struct swd_ctl_flag_info *info, const char *when)
{
    fputs("complete -c swctl", f);
    if (when)
        fprintf(f, " -n '__fish_seen_subcommand_from %s'", when);
    if (info->shrt)
        fprintf(f, " -s %c", info->shrt);
    fprintf(f, " -l %s", info->lng);
    if (strcmp(info->arg, "PATH") == 0)
        fputs(" -r -F", f);
    else if (info->kind != CTL_BOOL)
        fputs(" -x", f);
    if (info->kind == CTL_CHOICE || info->kind == CTL_LIMIT) {
        fputs(" -a '", f);
        if (info->kind == CTL_CHOICE)
            words_print(f, info->arg);
        else
            limits_print(f);
        fputc('\'', f);
    }
    fputs(" -d '", f);
    quoted_print(f, info->help, FISH_QUOTE, "\\");
    fputs("'\n", f);
}

static void fish_command(FILE *f, const struct swd_ctl_command *c)
{
    fprintf(f, "complete -c swctl -n __fish_use_subcommand -a %s -d '", c->name);
    quoted_print(f, c->help, FISH_QUOTE, "\\");
    fputs("'\n", f);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (c->flags & CTL_BIT(i))
            fish_flag(f, swd_ctl_flag((enum swd_ctl_flag)i), c->name);
    if (operand_kind(c) == OPERAND_NONE)
        return;
    fprintf(f, "complete -c swctl -n '__fish_seen_subcommand_from %s' ", c->name);
    switch (operand_kind(c)) {
    case OPERAND_FILE: fputs("-F\n", f); break;
    case OPERAND_ID:
        fputs("-a '(swctl ps --all 2>/dev/null | string match -r \"^ *[0-9]+\" | string trim)'\n",
              f);
        break;
    case OPERAND_COMMAND:
        fputs("-a '", f);
        commands_print(f);
        fputs("'\n", f);
        break;
    default:
        fputs("-a '", f);
        words_print(f, c->operands);
        fputs("'\n", f);
        break;
    }
}

static void fish_print(FILE *f)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    fputs("# fish completion of swctl; made by `swctl completion fish`.\n"
          "complete -c swctl -f\n",
          f);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (CTL_F_GLOBAL & CTL_BIT(i))
            fish_flag(f, swd_ctl_flag((enum swd_ctl_flag)i), NULL);
    for (size_t i = 0; i < n; i++)
        fish_command(f, &c[i]);
}

int swd_ctl_cmd_completion(struct swd_ctl *ctl)
{
    static const struct {
        const char *name;
        void (*print)(FILE *f);
    } shells[] = {{"bash", bash_print}, {"zsh", zsh_print}, {"fish", fish_print}};
    for (size_t i = 0; i < SWD_ARRAY_LEN(shells); i++)
        if (strcmp(ctl->args.operands[0], shells[i].name) == 0) {
            shells[i].print(stdout);
            return SWD_CTL_OK;
        }
    swd_fail(&ctl->err, SWD_EPARAMS, "no completion for '%.60s'", ctl->args.operands[0]);
    swd_fail_hint(&ctl->err, "expected %s", ctl->args.cmd->operands);
    return swd_ctl_report(ctl, SWD_EPARAMS);
}
