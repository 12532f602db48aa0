/* A runner's output and end, for people: console lines where they belong, the value as JSON on a
 * line of its own, an error with its place first, as compilers do it. */
#include <string.h>

#include "base/stop.h"
#include "ctl/priv.h"

/* Script output is the user's own and goes through as it is. With --json, standard output holds
 * the answer alone. */
void swd_ctl_log_line(struct swd_ctl *ctl, const json_t *params)
{
    const char *level = swd_ctl_json_str(params, "level");
    const json_t *text = json_object_get(params, "text");
    bool err = strcmp(level, "warn") == 0 || strcmp(level, "error") == 0 ||
               swd_ctl_args_has(&ctl->args, CTL_F_JSON);
    FILE *f = err ? stderr : stdout;
    if (!json_is_string(text))
        return;
    if (err)
        fflush(stdout);
    fwrite(json_string_value(text), 1, json_string_length(text), f);
    fputc('\n', f);
}

/* The stack without the lines that repeat `headline`. */
static const char *stack_rest(const char *stack, const char *name, const char *message)
{
    size_t n = strlen(name), m = strlen(message);
    if (strncmp(stack, name, n) != 0)
        return stack;
    stack += n;
    if (m > 0 && strncmp(stack, ": ", 2) == 0 && strncmp(stack + 2, message, m) == 0)
        stack += 2 + m;
    return stack + strspn(stack, "\n");
}

static void error_print(struct swd_ctl *ctl, const char *file, const json_t *error)
{
    const char *source = swd_ctl_json_str(error, "source"), *name = swd_ctl_json_str(error, "name");
    const char *message = swd_ctl_json_str(error, "message"), *stack;
    int line = (int)swd_ctl_json_num(error, "line"),
        column = (int)swd_ctl_json_num(error, "column");
    size_t n;
    fprintf(stderr, "%s", *source ? source : file);
    if (line > 0)
        fprintf(stderr, ":%d", line);
    if (line > 0 && column > 0)
        fprintf(stderr, ":%d", column);
    fprintf(stderr, ": %s%s%s%s%s\n", swd_ctl_colour(ctl->colour_err, CTL_RED), name,
            swd_ctl_colour(ctl->colour_err, CTL_PLAIN), *name && *message ? ": " : "", message);
    stack = stack_rest(swd_ctl_json_str(error, "stack"), name, message);
    n = strlen(stack);
    if (n > 0)
        fprintf(stderr, "%s%s", stack, stack[n - 1] == '\n' ? "" : "\n");
}

static const char *stop_text(const char *reason)
{
    for (int i = SWD_STOP_NONE + 1; i < SWD_STOP_COUNT; i++)
        if (strcmp(reason, swd_stop_name((enum swd_stop)i)) == 0)
            return swd_stop_text((enum swd_stop)i);
    return "ended from outside";
}

static void killed_print(struct swd_ctl *ctl, const char *file, const json_t *result)
{
    const char *reason = swd_ctl_json_str(result, "reason");
    fprintf(stderr, "%s: %skilled%s (%s): %s\n", file, swd_ctl_colour(ctl->colour_err, CTL_RED),
            swd_ctl_colour(ctl->colour_err, CTL_PLAIN), *reason ? reason : "no reason",
            stop_text(reason));
}

int swd_ctl_result(struct swd_ctl *ctl, const char *name, const json_t *result)
{
    const char *state = swd_ctl_json_str(result, "state");
    const json_t *value = json_object_get(result, "value"), *error;
    bool done = strcmp(state, "done") == 0;
    double dropped = swd_ctl_json_num(result, "output_dropped");
    if (swd_ctl_raw(ctl, result))
        return done ? SWD_CTL_OK : SWD_CTL_FAILED;
    fflush(stdout);
    if (dropped > 0)
        fprintf(stderr, "swctl: %.0f lines of output were dropped (limit output)\n", dropped);
    if (done) {
        if (value) {
            swd_ctl_json_print(stdout, value);
            putchar('\n');
        }
        return SWD_CTL_OK;
    }
    error = json_object_get(result, "error");
    if (json_is_object(error))
        error_print(ctl, name, error);
    if (strcmp(state, "killed") == 0)
        killed_print(ctl, name, result);
    else if (!json_is_object(error))
        fprintf(stderr, "%s: failed\n", name);
    return SWD_CTL_FAILED;
}
