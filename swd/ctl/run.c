/* run, eval, submit, wait, load, call: swctl reads the script with its user's rights, sends its
 * text, answers the daemon's requests for modules, and prints what comes.
 *
 * Ctrl-C on a waited run asks for the runner's end and keeps waiting for its result; the second
 * one leaves. SIGINT is blocked except while waiting, so the handler needs to do nothing. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/dialect.h"
#include "ctl/priv.h"

#define NAME_MAX_BYTES 255

struct run {
    struct swd_ctl *ctl;
    const char *name; /* display name */
    char root[PATH_MAX], shown[PATH_MAX], path[PATH_MAX];
    bool has_root;
    int64_t request, id; /* id: of the runner, 0 before `started` */
    sigset_t old_mask;
    bool catching, left;
};

static void on_sigint(int sig)
{
    (void)sig;
}

/* Catches SIGINT, unless it is ignored (in the background of a shell). */
static void sigint_catch(struct run *r)
{
    struct sigaction old, sa = {.sa_handler = on_sigint};
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGINT);
    if (sigaction(SIGINT, NULL, &old) != 0 || old.sa_handler == SIG_IGN)
        return;
    pthread_sigmask(SIG_BLOCK, &s, &r->old_mask);
    sigaction(SIGINT, &sa, NULL);
    r->catching = true;
}

/* From now on Ctrl-C ends swctl. */
static void sigint_release(struct run *r)
{
    if (!r->catching)
        return;
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &r->old_mask, NULL);
    r->catching = false;
}

/* On a terminal, asks; elsewhere the answer is yes. */
static bool kill_wanted(const struct run *r)
{
    char answer[64];
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    fprintf(stderr, "\nkill runner %lld? [Y/n] ", (long long)r->id);
    for (size_t n = 0; n < sizeof answer - 1;) {
        ssize_t got = read(STDIN_FILENO, answer + n, 1);
        if (got <= 0)
            return true;
        if (answer[n++] == '\n')
            break;
    }
    return answer[0] != 'n' && answer[0] != 'N';
}

static int on_interrupt(void *arg)
{
    struct run *r = arg;
    struct swd_err e;
    int64_t ignored;
    if (!r->catching)
        return 0;
    sigint_release(r);
    if (r->id == 0) {
        r->left = true;
        return 1;
    }
    if (!kill_wanted(r)) {
        sigint_catch(r);
        return 0;
    }
    fprintf(stderr, "swctl: killing runner %lld; Ctrl-C again leaves\n", (long long)r->id);
    return swd_ctl_client_send(
        &r->ctl->client, "kill",
        json_pack("{s:I, s:s}", "id", (json_int_t)r->id, "reason", "interrupt"), &ignored, &e);
}

static int on_idle(void *arg)
{
    (void)arg;
    return fflush(stdout) != 0;
}

static void on_notify(void *arg, const char *method, const json_t *params)
{
    struct run *r = arg;
    if (strcmp(method, "log") == 0)
        swd_ctl_log_line(r->ctl, params);
    else if (strcmp(method, "started") == 0 &&
             (int64_t)swd_ctl_json_num(params, "request") == r->request)
        r->id = (int64_t)swd_ctl_json_num(params, "id");
}

static int on_request(void *arg, const char *method, const json_t *params, json_t **result,
                      struct swd_err *e)
{
    struct run *r = arg;
    if (strcmp(method, "module.read") != 0)
        return swd_fail(e, SWD_EMETHOD, "swctl knows no method '%.60s'", method);
    if (!r->has_root)
        return swd_fail(e, SWD_ENOTFOUND, "the script has no folder");
    return swd_ctl_module_read(r->root, r->shown, swd_ctl_json_str(params, "path"), result, e);
}

/* --project DIR: its files may be required. Unless it was named, the script goes by its path below
 * that folder, so that both sides mean the same files. */
static int project_find(struct run *r, const char *dir, const char *file)
{
    struct swd_ctl *ctl = r->ctl;
    size_t n;
    if (!realpath(dir, r->root))
        return swd_fail(&ctl->err, SWD_EIO, "cannot open %.120s: %s", dir, strerror(errno));
    r->has_root = true;
    n = strlen(r->root);
    if (strcmp(file, "-") == 0 || swd_ctl_args_has(&ctl->args, CTL_F_NAME))
        return 0;
    if (!realpath(file, r->path))
        return swd_fail(&ctl->err, SWD_EIO, "cannot open %.120s: %s", file, strerror(errno));
    if (strncmp(r->path, r->root, n) != 0 || (r->path[n] != '/' && n > 1)) {
        swd_fail(&ctl->err, SWD_EPARAMS, "%.120s does not lie in %.120s", file, dir);
        return swd_fail_hint(&ctl->err, "--project names a folder above the script");
    }
    r->name = r->path + n + (n > 1);
    return 0;
}

/* The folder whose files the script may require: its own, or the working one. */
static void root_find(struct run *r, const char *file)
{
    char *slash;
    swd_ctl_shown_folder(r->name, r->shown, sizeof r->shown);
    if (!file || strcmp(file, "-") == 0) {
        r->has_root = realpath(".", r->root) != NULL;
        return;
    }
    r->has_root = realpath(file, r->root) != NULL;
    slash = r->has_root ? strrchr(r->root, '/') : NULL;
    if (slash)
        slash[slash == r->root] = '\0';
}

/* A --name hides the extension of the file, which tells the daemon how to read it. */
static void hint_by_extension(json_t *params, const char *file)
{
    static const struct {
        const char *ext, *key, *value;
    } table[] = {
        {".js", "lang", "js"},        {".ts", "lang", "ts"},      {".tsx", "lang", "tsx"},
        {".jsx", "lang", "jsx"},      {".mts", "lang", "ts"},     {".cts", "lang", "ts"},
        {".mjs", "goal", "module"},   {".mts", "goal", "module"}, {".cjs", "goal", "commonjs"},
        {".cts", "goal", "commonjs"},
    };
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot && i < SWD_ARRAY_LEN(table); i++)
        if (strcmp(dot, table[i].ext) == 0 && !json_object_get(params, table[i].key))
            json_object_set_new(params, table[i].key, json_string(table[i].value));
}

static int text_set(struct swd_ctl *ctl, json_t *params, const char *key, const char *text)
{
    if (swd_ctl_text_utf8(text, strlen(text)) != strlen(text))
        return swd_fail(&ctl->err, SWD_EPARAMS, "%s is not UTF-8 text", key);
    json_object_set_new(params, key, json_string(text));
    return 0;
}

/* Options of the compiler that were given. */
static void dialect_fill(const struct swd_ctl_args *a, json_t *params)
{
    static const enum swd_ctl_flag flags[] = {
#define SWD_DIALECT(field, kind, key, flag, help) CTL_F_##field,
#include "base/dialect.def"
#undef SWD_DIALECT
    };
    size_t n;
    const struct swd_dialect_info *table = swd_dialect_table(&n);
    json_t *compiler = json_object();
    for (size_t i = 0; i < n; i++)
        if (swd_ctl_args_has(a, flags[i]))
            json_object_set_new(compiler, table[i].key,
                                table[i].kind == SWD_DIALECT_NAME
                                    ? json_string(a->text[flags[i]])
                                    : json_boolean(table[i].kind == SWD_DIALECT_YES));
    if (json_object_size(compiler) > 0)
        json_object_set(params, "compiler", compiler);
    json_decref(compiler);
}

/* The parameters of `run` besides source, wait and modules. */
static int params_fill(struct swd_ctl *ctl, const char *name, json_t *params)
{
    static const struct {
        enum swd_ctl_flag flag;
        const char *key;
    } texts[] = {{CTL_F_LANG, "lang"}, {CTL_F_GOAL, "goal"}, {CTL_F_GROUP, "group"}};
    const struct swd_ctl_args *a = &ctl->args;
    int rc = text_set(ctl, params, "name", name);
    for (size_t i = 0; i < SWD_ARRAY_LEN(texts) && rc == 0; i++)
        if (swd_ctl_args_has(a, texts[i].flag))
            rc = text_set(ctl, params, texts[i].key, a->text[texts[i].flag]);
    if (a->noperands > 1)
        json_object_set_new(params, "args", json_array());
    for (int i = 1; i < a->noperands && rc == 0; i++)
        if (json_array_append_new(json_object_get(params, "args"), json_string(a->operands[i])) !=
            0)
            rc = swd_fail(&ctl->err, SWD_EPARAMS, "argument %d is not UTF-8 text", i);
    if (a->limits)
        json_object_set(params, "limits", a->limits);
    dialect_fill(a, params);
    return rc;
}

/* The display name: --name, or the file as it was named; a name has at most 255 bytes. */
static const char *name_of(const struct swd_ctl_args *a, const char *file, const char *def)
{
    const char *name = file, *base;
    if (swd_ctl_args_has(a, CTL_F_NAME))
        return a->text[CTL_F_NAME];
    if (!file || strcmp(file, "-") == 0)
        return def;
    base = strrchr(file, '/');
    return strlen(name) > NAME_MAX_BYTES && base ? base + 1 : name;
}

/* The parameters of a submission in `*out`, which is NULL on errors. `file` NULL: the operand is
 * the source itself. */
static int params_make(struct swd_ctl *ctl, const char *file, const char *name, json_t **out)
{
    const char *operand = ctl->args.operands[0];
    json_t *params = json_object();
    char *text;
    size_t n;
    int rc;
    *out = NULL;
    if (file) {
        rc = swd_ctl_read_script(file, &text, &n, &ctl->err);
        if (rc == 0) {
            json_object_set_new(params, "source", json_stringn(text, n));
            free(text);
        }
    } else {
        rc = text_set(ctl, params, "source", operand);
    }
    if (rc == 0)
        rc = params_fill(ctl, name, params);
    if (rc == 0 && !file && !swd_ctl_args_has(&ctl->args, CTL_F_LANG))
        json_object_set_new(params, "lang", json_string("ts")); /* what is typed may have types */
    if (rc == 0 && file && swd_ctl_args_has(&ctl->args, CTL_F_NAME))
        hint_by_extension(params, file);
    if (rc != 0) {
        json_decref(params);
        return rc;
    }
    *out = params;
    return 0;
}

/* Sends what is asked and prints the runner's output and result; a result that is not a runner's is
 * for `show`. `params` is given away. */
static int follow(struct run *r, json_t *params, int (*show)(struct swd_ctl *ctl, const json_t *))
{
    struct swd_ctl *ctl = r->ctl;
    const struct swd_ctl_client_events events = {
        .notify = on_notify,
        .request = on_request,
        .interrupt = on_interrupt,
        .idle = on_idle,
        .arg = r,
    };
    json_t *result = NULL;
    int code, rc = swd_ctl_connect(ctl);
    ctl->client.events = events;
    if (rc == 0)
        rc = swd_ctl_client_send(&ctl->client, ctl->args.cmd->method, params, &r->request,
                                 &ctl->err);
    else
        json_decref(params);
    if (rc == 0)
        rc = swd_ctl_client_await(&ctl->client, r->request, &result, &ctl->err);
    if (rc == SWD_ETIMEOUT && r->id)
        swd_fail_hint(&ctl->err, "runner %lld is killed as swctl leaves", (long long)r->id);
    if (rc != 0)
        code = swd_ctl_report(ctl, rc);
    else if (show && !json_object_get(result, "state"))
        code = show(ctl, result);
    else
        code = swd_ctl_result(ctl, r->name, result);
    json_decref(result);
    return code;
}

/* run and eval. */
static int run_waited(struct swd_ctl *ctl, const char *file, const char *def)
{
    struct run r = {.ctl = ctl, .name = name_of(&ctl->args, file, def)};
    json_t *params;
    int code, rc = 0;
    if (swd_ctl_args_has(&ctl->args, CTL_F_PROJECT))
        rc = project_find(&r, ctl->args.text[CTL_F_PROJECT], file);
    if (rc == 0)
        rc = params_make(ctl, file, r.name, &params);
    if (rc != 0)
        return swd_ctl_report(ctl, rc);
    json_object_set_new(params, "wait", json_true());
    json_object_set_new(params, "modules", json_true());
    if (!r.has_root)
        root_find(&r, file);
    sigint_catch(&r);
    code = follow(&r, params, NULL);
    sigint_release(&r);
    if (r.left) {
        swd_ctl_client_close(&ctl->client);
        raise(SIGINT);
    }
    return code;
}

int swd_ctl_cmd_run(struct swd_ctl *ctl)
{
    return run_waited(ctl, ctl->args.operands[0], "stdin");
}

int swd_ctl_cmd_eval(struct swd_ctl *ctl)
{
    return run_waited(ctl, NULL, "eval");
}

int swd_ctl_cmd_submit(struct swd_ctl *ctl)
{
    const char *file = ctl->args.operands[0];
    json_t *params, *result = NULL;
    int rc = params_make(ctl, file, name_of(&ctl->args, file, "stdin"), &params);
    if (rc == 0) {
        json_object_set_new(params, "wait", json_false());
        rc = swd_ctl_ask(ctl, params, &result);
    }
    if (rc == 0 && !swd_ctl_raw(ctl, result))
        printf("%.0f\n", swd_ctl_json_num(result, "id"));
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}

/* The daemon keeps the time; swctl only makes sure that it does. */
int swd_ctl_cmd_wait(struct swd_ctl *ctl)
{
    struct swd_ctl_args *a = &ctl->args;
    struct run r = {.ctl = ctl};
    char name[48];
    json_t *params;
    int64_t id;
    int rc = swd_ctl_id(ctl, 0, &id);
    if (rc != 0)
        return swd_ctl_report(ctl, rc);
    snprintf(name, sizeof name, "runner %lld", (long long)id);
    r.name = name;
    params = json_pack("{s:I}", "id", (json_int_t)id);
    if (swd_ctl_args_has(a, CTL_F_TIMEOUT)) {
        uint64_t ms = a->num[CTL_F_TIMEOUT] / SWD_NS_PER_MS;
        json_object_set_new(params, "timeout_ms", json_integer((json_int_t)ms));
        a->num[CTL_F_TIMEOUT] += 2 * SWD_NS_PER_S;
    }
    return follow(&r, params, NULL);
}

static int show_loaded(struct swd_ctl *ctl, const json_t *f)
{
    const char *reason = swd_ctl_json_str(f, "reason");
    if (swd_ctl_raw(ctl, f))
        return swd_ctl_report(ctl, 0);
    printf("%s version %.0f", swd_ctl_json_str(f, "name"), swd_ctl_json_num(f, "version"));
    if (json_is_true(json_object_get(f, "imaged")))
        printf(": image of %.0f bytes, %.0f relocations\n", swd_ctl_json_num(f, "bytes"),
               swd_ctl_json_num(f, "relocations"));
    else
        printf(": no image, calls run the source (%s)\n", reason ? reason : "no reason given");
    return swd_ctl_report(ctl, 0);
}

int swd_ctl_cmd_load(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    const char *file = a->operands[1];
    struct run r = {.ctl = ctl, .name = file};
    json_t *params = json_object();
    char *text;
    size_t n;
    int code, rc = swd_ctl_read_script(file, &text, &n, &ctl->err);
    if (rc == 0) {
        json_object_set_new(params, "source", json_stringn(text, n));
        free(text);
        rc = text_set(ctl, params, "name", a->operands[0]);
    }
    if (rc == 0)
        rc = text_set(ctl, params, "file", name_of(a, file, "stdin"));
    if (rc == 0 && swd_ctl_args_has(a, CTL_F_LANG))
        rc = text_set(ctl, params, "lang", a->text[CTL_F_LANG]);
    if (rc == 0 && swd_ctl_args_has(a, CTL_F_GROUP))
        rc = text_set(ctl, params, "group", a->text[CTL_F_GROUP]);
    if (rc != 0) {
        json_decref(params);
        return swd_ctl_report(ctl, rc);
    }
    if (a->limits)
        json_object_set(params, "limits", a->limits);
    dialect_fill(a, params);
    sigint_catch(&r);
    code = follow(&r, params, show_loaded);
    sigint_release(&r);
    return code;
}

int swd_ctl_cmd_call(struct swd_ctl *ctl)
{
    const struct swd_ctl_args *a = &ctl->args;
    struct run r = {.ctl = ctl, .name = a->operands[0]};
    json_t *params = json_object(), *value = NULL;
    int code, rc = text_set(ctl, params, "name", a->operands[0]);
    if (rc == 0 && a->noperands > 1) {
        value = swd_ctl_json_parse(a->operands[1], strlen(a->operands[1]));
        if (!value)
            rc = swd_fail(&ctl->err, SWD_EPARAMS, "the parameter is not JSON: %.150s",
                          a->operands[1]);
    }
    if (rc == 0 && swd_ctl_args_has(a, CTL_F_GROUP))
        rc = text_set(ctl, params, "group", a->text[CTL_F_GROUP]);
    if (rc != 0) {
        json_decref(params);
        return swd_ctl_report(ctl, rc);
    }
    if (value)
        json_object_set_new(params, "params", value);
    if (a->limits)
        json_object_set(params, "limits", a->limits);
    sigint_catch(&r);
    code = follow(&r, params, NULL);
    sigint_release(&r);
    return code;
}

int swd_ctl_cmd_unload(struct swd_ctl *ctl)
{
    json_t *params = json_object(), *result = NULL;
    int rc = text_set(ctl, params, "name", ctl->args.operands[0]);
    if (rc == 0)
        rc = swd_ctl_ask(ctl, params, &result);
    else
        json_decref(params);
    if (rc == 0)
        swd_ctl_raw(ctl, result);
    json_decref(result);
    return swd_ctl_report(ctl, rc);
}
