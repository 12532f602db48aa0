/* `swd exec [--limit KEY=VALUE] [--experimental-decorators] FILE [ARGS]`: the same engine and
 * library with no daemon.
 *
 * One thread runs the script and sleeps until its next timer; a second one patrols, and only when a
 * limit on time was asked for. Reads no configuration; applies memory_hard and stack unless told.
 * Start-up is a feature: nothing is built here that the script does not use. */
#include "daemon/exec.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/part.h"
#include "lib/lang.h"
#include "lib/lib.h"
#include "pool/extent.h"
#include "pool/readfile.h"

#define EXEC_SOURCE_MAX ((size_t)256 << 20)
#define PATROL_EVERY_NS (5 * SWD_NS_PER_MS)

struct exec {
    struct swd_limits limits;
    const char *file;
    char *args; /* JSON array */
    char *path; /* absolute, links resolved; NULL: standard input */
    struct swd_bytebuf *source;
    struct swd_account *account;
    struct swd_guard *guard;
    struct swd_lib *lib;
    enum swd_lang lang;
    enum swd_goal goal;
    uint64_t began;
    pthread_t patrol;
    struct swd_dialect dialect;
    bool patrolling;
    _Atomic bool done;
};

/* ---- the host ---- */

static void exec_print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    FILE *f = level >= SWD_CONSOLE_WARN ? stderr : stdout;
    (void)host;
    fwrite(text, 1, n, f);
    fputc('\n', f);
}

static int exec_module(void *host, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct stat st;
    (void)host;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return swd_fail(e, SWD_ENOTFOUND, "%.180s is a directory", path);
    return swd_readfile(path, out, e);
}

static void exec_memory(void *host, struct swd_memory_stats *out)
{
    struct exec *x = host;
    swd_lib_memory(x->lib, out);
}

static const struct swd_host exec_host = {
    .print = exec_print,
    .module_source = exec_module,
    .memory = exec_memory,
};

/* ---- the command line ---- */

static int usage(const char *what, const char *arg)
{
    if (what)
        fprintf(stderr, "swd exec: %s%s\n", what, arg ? arg : "");
    fputs("usage: swd exec [--limit KEY=VALUE] [--experimental-decorators] [--assign-fields]\n"
          "                [--jsx-factory NAME] [--jsx-fragment-factory NAME] [--lang LANG]\n"
          "                [--goal GOAL] FILE [ARGS]\n",
          stderr);
    return 2;
}

/* Everything but memory_hard and stack starts unlimited. */
static void default_limits(struct swd_limits *l)
{
    struct swd_limits def;
    swd_limits_default(&def);
    memset(l, 0xff, sizeof *l); /* SWD_NONE in every field */
    l->memory_hard = def.memory_hard;
    l->stack = def.stack;
}

static int set_limit(struct exec *x, const char *arg)
{
    char key[64];
    const char *eq = strchr(arg, '=');
    struct swd_err e;
    if (!eq || (size_t)(eq - arg) >= sizeof key)
        return usage("--limit wants KEY=VALUE, not ", arg);
    memcpy(key, arg, (size_t)(eq - arg));
    key[eq - arg] = '\0';
    if (swd_limits_set(&x->limits, key, eq + 1, &e) == 0)
        return 0;
    fprintf(stderr, "swd exec: %s%s%s\n", e.msg, e.hint[0] ? "; " : "", e.hint);
    return 2;
}

static int set_args(struct exec *x, int n, char **args)
{
    json_t *a = json_array();
    int rc = a ? 0 : -1;
    for (int i = 0; i < n && rc == 0; i++) {
        json_t *s = json_string(args[i]);
        if (!s) {
            json_decref(a);
            return usage("not valid UTF-8: argument ", args[i]);
        }
        rc = json_array_append_new(a, s);
    }
    x->args = rc == 0 ? json_dumps(a, JSON_COMPACT) : NULL;
    json_decref(a);
    return x->args ? 0 : usage("out of memory", NULL);
}

/* The option of the compiler at argv[*i], if it is one. */
static int set_dialect(struct exec *x, const struct swd_dialect_info *o, int argc, char **argv,
                       int *i)
{
    struct swd_err e;
    if (o->kind != SWD_DIALECT_NAME)
        swd_dialect_set_bool(&x->dialect, o, o->kind == SWD_DIALECT_YES);
    else if (*i + 1 >= argc)
        return usage("no value for ", argv[*i]);
    else if (swd_dialect_set_name(&x->dialect, o, argv[++*i], &e) != 0)
        return usage("not names joined by dots: ", argv[*i]);
    return 0;
}

/* 0 to go on, else the exit code. */
static int parse(struct exec *x, int argc, char **argv)
{
    int i = 0, rc;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        const struct swd_dialect_info *o = swd_dialect_flag(argv[i]);
        if (o && (rc = set_dialect(x, o, argc, argv, &i)) != 0)
            return rc;
        if (o)
            continue;
        if (i + 1 >= argc)
            return usage("unknown option, or no value for ", argv[i]);
        if (strcmp(argv[i], "--limit") == 0)
            rc = set_limit(x, argv[++i]);
        else if (strcmp(argv[i], "--lang") == 0)
            rc = swd_lang_parse(argv[++i], &x->lang) == 0 ? 0 : usage("unknown lang ", argv[i]);
        else if (strcmp(argv[i], "--goal") == 0)
            rc = swd_goal_parse(argv[++i], &x->goal) == 0 ? 0 : usage("unknown goal ", argv[i]);
        else
            rc = usage("unknown option ", argv[i]);
        if (rc != 0)
            return rc;
    }
    if (i >= argc)
        return usage("no FILE given", NULL);
    x->file = argv[i++];
    x->path = strcmp(x->file, "-") != 0 ? realpath(x->file, NULL) : NULL;
    return set_args(x, argc - i, argv + i);
}

/* ---- running ---- */

static bool timed(const struct swd_limits *l)
{
    return l->cpu_per_turn != SWD_NONE || l->cpu_total != SWD_NONE || l->wall != SWD_NONE;
}

static void *patrol(void *arg)
{
    struct exec *x = arg;
    const struct timespec every = {.tv_nsec = (long)PATROL_EVERY_NS};
    while (!atomic_load(&x->done)) {
        nanosleep(&every, NULL);
        if (x->limits.wall != SWD_NONE && swd_clock_mono() - x->began >= x->limits.wall)
            swd_heap_stop(swd_lib_heap(x->lib), SWD_STOP_WALL);
        swd_guard_patrol();
    }
    return NULL;
}

/* Sleeps until `due`, waking at the end of the wall time. */
static void sleep_until(struct exec *x, uint64_t due)
{
    struct timespec ts;
    fflush(stdout);
    if (x->limits.wall != SWD_NONE && x->began + x->limits.wall < due)
        due = x->began + x->limits.wall;
    ts.tv_sec = (time_t)(due / SWD_NS_PER_S);
    ts.tv_nsec = (long)(due % SWD_NS_PER_S);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
        ;
    if (x->limits.wall != SWD_NONE && swd_clock_mono() - x->began >= x->limits.wall)
        swd_heap_stop(swd_lib_heap(x->lib), SWD_STOP_WALL);
}

static enum swd_run_rc run(struct exec *x, struct swd_thrown *thrown)
{
    enum swd_run_rc rc =
        swd_lib_main(x->lib, x->source->data, x->source->len, x->lang, x->goal, thrown);
    bool more = false;
    while (rc == SWD_RUN_OK && (more || swd_lib_alive(x->lib))) {
        uint64_t due = swd_lib_next_due(x->lib);
        if (!more && due == UINT64_MAX)
            break; /* waits for something that cannot come without a daemon */
        if (!more && due > swd_clock_mono())
            sleep_until(x, due);
        rc = swd_lib_turn(x->lib, swd_clock_mono(), SWD_NONE, &more, thrown);
    }
    return rc;
}

/* "file:line[:column]: Name: message", then the stack's own lines. */
static void print_thrown(const char *file, const struct swd_thrown *t)
{
    const char *frames = strchr(t->stack, '\n');
    fprintf(stderr, "%s", t->source[0] ? t->source : file);
    if (t->line > 0)
        fprintf(stderr, ":%d", t->line);
    if (t->line > 0 && t->column > 0)
        fprintf(stderr, ":%d", t->column);
    fprintf(stderr, ": %s%s%s\n", t->name, t->name[0] && t->message[0] ? ": " : "", t->message);
    if (frames)
        fprintf(stderr, "%s\n", frames + 1);
}

static int report(struct exec *x, enum swd_run_rc rc, const struct swd_thrown *t)
{
    enum swd_stop stop = swd_heap_stopped(swd_lib_heap(x->lib));
    if (rc == SWD_RUN_OK || (rc == SWD_RUN_STOPPED && stop == SWD_STOP_EXIT))
        return swd_lib_exit_code(x->lib);
    fflush(stdout);
    if (rc == SWD_RUN_STOPPED) {
        fprintf(stderr, "%s: killed: %s (%s)\n", x->file, swd_stop_text(stop), swd_stop_name(stop));
        return 1;
    }
    print_thrown(x->file, t);
    return 1;
}

static int start(struct exec *x, struct swd_err *e)
{
    const struct swd_extent_opts extents = {0};
    struct swd_lib_opts o = {
        .limits = &x->limits,
        .host = &exec_host,
        .host_arg = x,
        .name = x->file,
        .args = x->args,
        .args_len = strlen(x->args),
        .dialect = &x->dialect,
        .argv0 = x->path ? x->path : x->file,
    };
    int rc;
    x->began = swd_clock_mono();
    swd_part_single(true);
    if ((rc = swd_extent_init(&extents, e)) != 0 || (rc = swd_engine_init(e)) != 0 ||
        (rc = swd_lib_init(e)) != 0)
        return rc;
    x->account = swd_account_new(NULL, "exec", SWD_NONE);
    x->source = swd_bytebuf_get(EXEC_SOURCE_MAX);
    if (!x->account || !x->source)
        return swd_fail(e, SWD_ENOMEM, "out of memory");
    if ((rc = swd_readfile(x->file, x->source, e)) != 0 ||
        (rc = swd_bytebuf_reserve(x->source, 1)) != 0 || (rc = swd_guard_enter(&x->guard)) != 0)
        return rc;
    o.account = x->account;
    return swd_lib_open(&o, &x->lib, e);
}

static void stop(struct exec *x)
{
    if (x->patrolling) {
        atomic_store(&x->done, true);
        pthread_join(x->patrol, NULL);
    }
    if (x->lib)
        swd_lib_close(&x->lib);
    if (x->guard)
        swd_guard_leave(&x->guard);
    if (x->source)
        swd_bytebuf_put(&x->source);
    if (x->account)
        swd_account_free(&x->account);
    free(x->path);
    free(x->args);
}

int swd_exec_main(int argc, char **argv)
{
    struct exec x = {0};
    struct swd_thrown thrown;
    struct swd_err e = {0};
    int code;
    default_limits(&x.limits);
    code = parse(&x, argc, argv);
    if (code != 0) {
        free(x.path);
        free(x.args);
        return code;
    }
    if (start(&x, &e) != 0) {
        fprintf(stderr, "swd exec: %s%s%s\n", e.msg, e.hint[0] ? "; " : "", e.hint);
        code = 1;
    } else {
        if (timed(&x.limits))
            x.patrolling = pthread_create(&x.patrol, NULL, patrol, &x) == 0;
        code = report(&x, run(&x, &thrown), &thrown);
    }
    fflush(stdout);
    stop(&x);
    return code;
}
