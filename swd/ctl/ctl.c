/* swctl: one command, one connection, one exit code.
 *
 * Commands stand in commands.def and register here by that table alone; each asks the daemon one
 * method and prints its answer for people, or as JSON. Errors go to stderr, with what to do about
 * them. The process is single-threaded and blocks. */
#include "ctl/ctl.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "ctl/priv.h"
#include "version.h"

#define F(name) CTL_BIT(CTL_F_##name)

static const struct swd_ctl_command commands[] = {
#define CTL_COMMAND(name, operands, least, most, flags, method, help)                              \
    {#name, operands, least, most, flags, method, help, swd_ctl_cmd_##name},
#include "ctl/commands.def"
#undef CTL_COMMAND
};

const struct swd_ctl_command *swd_ctl_commands(size_t *n)
{
    *n = SWD_ARRAY_LEN(commands);
    return commands;
}

const struct swd_ctl_command *swd_ctl_command_find(const char *name)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const char *swd_ctl_command_nearest(const char *name)
{
    const char *names[SWD_ARRAY_LEN(commands)];
    for (size_t i = 0; i < SWD_ARRAY_LEN(commands); i++)
        names[i] = commands[i].name;
    return swd_nearest(name, names, SWD_ARRAY_LEN(commands));
}

const char *swd_ctl_colour(bool on, enum swd_ctl_colour c)
{
    static const char *const codes[CTL_COLOURS] = {
        [CTL_PLAIN] = "\033[0m",   [CTL_RED] = "\033[31m", [CTL_GREEN] = "\033[32m",
        [CTL_YELLOW] = "\033[33m", [CTL_BOLD] = "\033[1m",
    };
    return on ? codes[c] : "";
}

static bool colour_wanted(int fd)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(none && *none) && term && strcmp(term, "dumb") != 0;
}

int swd_ctl_connect(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    const char *path = a->text[CTL_F_SOCKET];
    uint64_t deadline = 0;
    if (ctl->client.fd >= 0)
        return 0;
    if (!path)
        path = getenv("SWD_SOCKET");
    if (!path || !*path)
        path = SWD_CTL_SOCKET;
    if (swd_ctl_args_has(a, CTL_F_TIMEOUT))
        deadline = swd_clock_mono() + a->num[CTL_F_TIMEOUT];
    return swd_ctl_client_open(&ctl->client, path, deadline, &ctl->err);
}

int swd_ctl_ask(struct swd_ctl *ctl, json_t *params, json_t **result)
{
    int rc = swd_ctl_connect(ctl);
    *result = NULL;
    if (rc != 0) {
        json_decref(params);
        return rc;
    }
    return swd_ctl_client_call(&ctl->client, ctl->args.cmd->method, params, result, &ctl->err);
}

bool swd_ctl_raw(struct swd_ctl *ctl, const json_t *result)
{
    if (!swd_ctl_args_has(&ctl->args, CTL_F_JSON))
        return false;
    swd_ctl_json_print(stdout, result);
    putchar('\n');
    return true;
}

int swd_ctl_id(struct swd_ctl *ctl, int i, int64_t *id)
{
    const char *text = ctl->args.operands[i];
    char *end;
    errno = 0;
    *id = strtoll(text, &end, 10);
    if (errno == 0 && *end == '\0' && *id > 0 && text[0] >= '0' && text[0] <= '9')
        return 0;
    swd_fail(&ctl->err, SWD_EPARAMS, "'%.60s' is no id of a runner", text);
    return swd_fail_hint(&ctl->err, "ids are whole numbers from 1; `swctl ps` lists them");
}

static void error_print(struct swd_ctl *ctl)
{
    fflush(stdout);
    fprintf(stderr, "%sswctl:%s %s\n", swd_ctl_colour(ctl->colour_err, CTL_RED),
            swd_ctl_colour(ctl->colour_err, CTL_PLAIN), ctl->err.msg);
    if (ctl->err.hint[0])
        fprintf(stderr, "  %s\n", ctl->err.hint);
}

int swd_ctl_report(struct swd_ctl *ctl, int rc)
{
    if (rc >= 0)
        return SWD_CTL_OK;
    if (ctl->err.msg[0])
        error_print(ctl);
    if (ctl->client.lost)
        return SWD_CTL_NODAEMON;
    switch (rc) {
    case SWD_EPARAMS: return ctl->client.fd < 0 ? SWD_CTL_USAGE : SWD_CTL_FAILED;
    case SWD_ETIMEOUT: return SWD_CTL_TIMEOUT;
    case SWD_EDENIED: return SWD_CTL_DENIED;
    default: return SWD_CTL_FAILED;
    }
}

static int command_run(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    if (swd_ctl_args_has(a, CTL_F_VERSION)) {
        printf("swctl %s\n", SWD_VERSION);
        return SWD_CTL_OK;
    }
    if (swd_ctl_args_has(a, CTL_F_HELP)) {
        swd_ctl_help(stdout, a->cmd);
        return SWD_CTL_OK;
    }
    return a->cmd->run(ctl);
}

/* A reader that went away (head, less) is nobody's mistake; a full disk is. */
static int output_check(struct swd_ctl *ctl, int code)
{
    struct stat st;
    bool bad = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !bad)
        return code;
    if (fstat(STDOUT_FILENO, &st) != 0 || !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))) {
        swd_fail(&ctl->err, SWD_EIO, "cannot write to standard output");
        error_print(ctl);
    }
    return code ? code : SWD_CTL_FAILED;
}

int swd_ctl_main(int argc, char **argv)
{
    struct swd_ctl ctl = {.client.fd = -1};
    int rc, code;
    ctl.colour_out = colour_wanted(STDOUT_FILENO);
    ctl.colour_err = colour_wanted(STDERR_FILENO);
    rc = swd_ctl_args_parse(&ctl.args, argc, argv, &ctl.err);
    if (rc != 0)
        code = swd_ctl_report(&ctl, rc);
    else
        code = output_check(&ctl, command_run(&ctl));
    swd_ctl_client_close(&ctl.client);
    swd_ctl_args_clear(&ctl.args);
    return code;
}
