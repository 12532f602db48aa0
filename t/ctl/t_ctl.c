/* swctl against a scripted daemon: what it sends, what it prints, and its exit codes. The test is
 * the daemon: it forks swctl, answers its lines one by one, and reads what it wrote. */
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "suite.h"

#define PATIENCE_MS 20000

/* One line expected of swctl, and what the daemon then says: $ID becomes the id of the request; an
 * empty answer says nothing, NULL closes the connection, and CTRL_C in it interrupts swctl. */
struct turn {
    const char *expect, *answer;
};
#define CTRL_C "\003"

static char dir[64], sock[96];
static char out[1 << 20], err[1 << 16];
static const char *input; /* standard input of the next call; NULL: /dev/null */
static int out_fd = -1;   /* standard output of the next call; -1: gathered in `out` */

static const char *in_dir(const char *name)
{
    static char path[4][160];
    static int i;
    i = (i + 1) % 4;
    snprintf(path[i], sizeof path[i], "%s/%s", dir, name);
    return path[i];
}

static void put_file(const char *name, const char *text)
{
    FILE *f = fopen(in_dir(name), "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void get_file(const char *name, char *buf, size_t n)
{
    FILE *f = fopen(in_dir(name), "r");
    ck_assert_ptr_nonnull(f);
    buf[fread(buf, 1, n - 1, f)] = '\0';
    fclose(f);
}

static void setup(void)
{
    snprintf(dir, sizeof dir, "/tmp/t_ctl.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(sock, sizeof sock, "%s/s", dir);
    input = NULL;
    out_fd = -1;
}

static void teardown(void)
{
    char cmd[128];
    pid_t pid = fork();
    snprintf(cmd, sizeof cmd, "%s", dir);
    if (pid == 0) {
        execlp("rm", "rm", "-rf", cmd, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static int listen_here(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", sock);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    return fd;
}

/* swctl as a child. */
static pid_t start(const char *const *argv)
{
    int argc = 0;
    pid_t pid;
    while (argv[argc])
        argc++;
    if (input)
        put_file("in", input);
    fflush(NULL);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int i = open(input ? in_dir("in") : "/dev/null", O_RDONLY);
        int o = out_fd >= 0 ? out_fd : open(in_dir("out"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        int e = open(in_dir("err"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        dup2(i, 0);
        dup2(o, 1);
        dup2(e, 2);
        setenv("SWD_SOCKET", sock, 1);
        signal(SIGPIPE, SIG_IGN);
        int code = swd_ctl_main(argc, (char **)argv);
        if (geteuid() != getuid()) /* the leak check could not look at its own process */
            _exit(code);
        exit(code);
    }
    return pid;
}

static int finish(pid_t pid)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (out_fd < 0)
        get_file("out", out, sizeof out);
    get_file("err", err, sizeof err);
    ck_assert_ptr_null(strstr(err, "Sanitizer"));
    if (WIFSIGNALED(status))
        return -WTERMSIG(status);
    return WEXITSTATUS(status);
}

/* Waits for input on `fd`; false when there is none in time. */
static bool wait_for(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, PATIENCE_MS) == 1;
}

/* One line of swctl's; its length. */
static size_t get_line(int fd, char *buf, size_t n)
{
    size_t len = 0;
    do {
        ck_assert_msg(wait_for(fd), "swctl sends nothing");
        ck_assert_msg(read(fd, buf + len, 1) == 1, "swctl hung up");
        ck_assert_uint_lt(++len, n);
    } while (buf[len - 1] != '\n');
    buf[--len] = '\0';
    return len;
}

static void put_answer(int fd, const char *answer, long long id)
{
    char number[32];
    size_t n;
    const char *at;
    snprintf(number, sizeof number, "%lld", id);
    while ((at = strstr(answer, "$ID")) != NULL) {
        ck_assert_int_eq(write(fd, answer, (size_t)(at - answer)), at - answer);
        ck_assert_int_eq(write(fd, number, strlen(number)), (ssize_t)strlen(number));
        answer = at + 3;
    }
    n = strcspn(answer, CTRL_C);
    ck_assert_int_eq(write(fd, answer, n), (ssize_t)n);
}

/* Until swctl has printed something: then it has taken in what came before. */
static void wait_for_output(void)
{
    struct stat st;
    for (int i = 0; i < PATIENCE_MS / 5; i++) {
        if (stat(in_dir("out"), &st) == 0 && st.st_size > 0)
            return;
        usleep(5000);
    }
    ck_abort_msg("swctl prints nothing");
}

/* Plays the turns against swctl with these arguments; its exit code. */
static int play(const struct turn *turns, const char *const *argv)
{
    static char line[1 << 20];
    int lfd = listen_here(), fd;
    pid_t pid = start(argv);
    ck_assert_msg(wait_for(lfd), "swctl does not connect");
    fd = accept(lfd, NULL, NULL);
    ck_assert_int_ge(fd, 0);
    put_answer(fd, "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"protocol\":1}}\n", 0);
    for (; turns->expect; turns++) {
        json_t *msg;
        get_line(fd, line, sizeof line);
        ck_assert_msg(strstr(line, turns->expect) != NULL, "sent %s instead of %s", line,
                      turns->expect);
        msg = json_loads(line, 0, NULL);
        ck_assert_msg(msg != NULL, "not JSON: %s", line);
        if (turns->answer)
            put_answer(fd, turns->answer, json_integer_value(json_object_get(msg, "id")));
        if (turns->answer && strstr(turns->answer, CTRL_C)) {
            if (strstr(turns->answer, "\"log\""))
                wait_for_output();
            kill(pid, SIGINT);
        }
        json_decref(msg);
        if (!turns->answer) {
            close(fd);
            fd = -1;
            break;
        }
    }
    if (fd >= 0) {
        ck_assert_msg(wait_for(fd), "swctl waits for more");
        ck_assert_msg(read(fd, line, 1) == 0, "swctl sends more: %c", line[0]);
        close(fd);
    }
    close(lfd);
    unlink(sock);
    return finish(pid);
}

#define ARGS(...)      ((const char *[]){"swctl", __VA_ARGS__, NULL})
#define TURNS(...)     ((struct turn[]){__VA_ARGS__, {NULL, NULL}})
#define RESULT(r)      "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":" r "}\n"
#define ERROR(code, d) "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":" code "," d "}}\n"
#define STARTED                                                                                    \
    "{\"jsonrpc\":\"2.0\",\"method\":\"started\",\"params\":{\"request\":$ID,\"id\":12}}\n"
#define LOG(level, text)                                                                           \
    "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"id\":12,\"level\":\"" level             \
    "\",\"text\":\"" text "\"}}\n"
#define DONE(value) RESULT("{\"id\":12,\"state\":\"done\"" value "}")

/* Without a daemon. */
static int alone(const char *const *argv)
{
    return finish(start(argv));
}

START_TEST(run_prints_output_then_the_value)
{
    put_file("a.js", "runner.result('€');\n");
    int code = play(TURNS({"\"method\":\"run\",\"params\":{\"source\":\"runner.result('€');\\n\"",
                           STARTED LOG("log", "one\\ntwo") LOG("warn", "careful")
                               LOG("error", "bad") LOG("info", "three")
                                   DONE(",\"value\":{\"b\":[1,0.1,-1e-7,1e21,12345678901234567890],"
                                        "\"a\":\"\\u20ac\\\"\\u0000\"}")}),
                    ARGS("run", in_dir("a.js")));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "one\ntwo\nthree\n{\"b\":[1,0.1,-1e-7,1e+21,12345678901234567000],"
                          "\"a\":\"€\\\"\\u0000\"}\n");
    ck_assert_str_eq(err, "careful\nbad\n");
}
END_TEST

START_TEST(run_without_a_value_prints_nothing_more)
{
    put_file("a.js", "1");
    ck_assert_int_eq(play(TURNS({"\"wait\":true,\"modules\":true", STARTED DONE("")}),
                          ARGS("run", in_dir("a.js"))),
                     0);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(run_sends_name_arguments_and_limits)
{
    put_file("a.ts", "1");
    int code = play(
        TURNS({"\"name\":\"shown\",\"goal\":\"script\",\"group\":\"g\",\"args\":[\"x\",\"--json\"],"
               "\"limits\":{\"wall\":\"5s\",\"memory_hard\":\"8M\"},\"lang\":\"ts\"",
               DONE("")}),
        ARGS("run", "--limit", "wall=5s", in_dir("a.ts"), "--limit=memory_hard=8M", "x", "--name",
             "shown", "--goal=script", "--group", "g", "--", "--json"));
    ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(run_reads_standard_input)
{
    input = "from stdin";
    ck_assert_int_eq(
        play(TURNS({"\"source\":\"from stdin\",\"name\":\"stdin\"", DONE("")}), ARGS("run", "-")),
        0);
}
END_TEST

START_TEST(eval_prints_texts_as_json)
{
    ck_assert_int_eq(play(TURNS({"\"source\":\"6*7\",\"name\":\"eval\"", DONE(",\"value\":42")}),
                          ARGS("eval", "6*7")),
                     0);
    ck_assert_str_eq(out, "42\n");
    ck_assert_int_eq(
        play(TURNS({"\"source\":\"x\"", DONE(",\"value\":\"text\"")}), ARGS("eval", "x")), 0);
    ck_assert_str_eq(out, "\"text\"\n");
    ck_assert_int_eq(play(TURNS({"\"source\":\"x\"", DONE(",\"value\":null")}), ARGS("eval", "x")),
                     0);
    ck_assert_str_eq(out, "null\n");
}
END_TEST

START_TEST(json_prints_the_result_alone)
{
    int code =
        play(TURNS({"\"source\":\"x\"", LOG("log", "hi") DONE(",\"value\":1.50,\"cpu_us\":12")}),
             ARGS("eval", "--json", "x"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "{\"id\":12,\"state\":\"done\",\"value\":1.5,\"cpu_us\":12}\n");
    ck_assert_str_eq(err, "hi\n");
    code =
        play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\"}")}), ARGS("eval", "--json", "x"));
    ck_assert_int_eq(code, 1);
}
END_TEST

START_TEST(a_failed_script_tells_its_place_first)
{
    int code =
        play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\",\"error\":{\"name\":\"TypeError\","
                                "\"message\":\"no way\",\"source\":\"dir/a.js\",\"line\":3,"
                                "\"stack\":\"TypeError: no way\\n    at f (dir/a.js:3)\\n\"}}")}),
             ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, "dir/a.js:3: TypeError: no way\n    at f (dir/a.js:3)\n");
    code = play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\",\"error\":{\"name\":\"Error\","
                                   "\"message\":\"\",\"source\":\"a.ts\",\"line\":3,\"column\":7,"
                                   "\"stack\":\"Error\\n    at a.ts:3:7\"}}")}),
                ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(err, "a.ts:3:7: Error\n    at a.ts:3:7\n");
}
END_TEST

START_TEST(a_killed_script_tells_why)
{
    int code = play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"killed\",\"reason\":"
                                       "\"cpu_per_turn\",\"output_dropped\":4}")}),
                    ARGS("eval", "--name", "loop.js", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(err, "swctl: 4 lines of output were dropped (limit output)\n"
                          "loop.js: killed (cpu_per_turn): used up its CPU time for one turn\n");
}
END_TEST

START_TEST(refusals_have_their_exit_codes)
{
    static const struct {
        const char *answer;
        int code;
        const char *text;
    } cases[] = {
        {ERROR("-32004",
               "\"message\":\"no right\",\"data\":{\"name\":\"denied\",\"hint\":\"ask\"}"),
         5, "swctl: no right\n  ask\n"},
        {ERROR("-32004", "\"message\":\"no right\""), 5, "swctl: no right\n"},
        {ERROR("-32002", "\"message\":\"late\",\"data\":{\"name\":\"timeout\"}"), 4,
         "swctl: late\n"},
        {ERROR("-32002", "\"message\":\"full\",\"data\":{\"name\":\"limit\"}"), 1, "swctl: full\n"},
        {ERROR("-32602", "\"message\":\"bad\",\"data\":{\"name\":\"invalid_params\"}"), 1,
         "swctl: bad\n"},
        {"{\"id\":null,\"error\":{\"code\":-32003,\"message\":\"too many\"}}\n", 1,
         "swctl: too many\n"},
        {"garbage\n", 3, "no message"},
        {"{\"id\":$ID}\n", 3, "neither result nor error"},
        {NULL, 3, "closed the connection"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(play(TURNS({"x", cases[i].answer}), ARGS("eval", "x")), cases[i].code);
        ck_assert_msg(strstr(err, cases[i].text) != NULL, "%zu: %s", i, err);
    }
}
END_TEST

START_TEST(another_protocol_is_refused)
{
    int code = play(TURNS({"x", "{\"method\":\"hello\",\"params\":{\"protocol\":9}}\n"}),
                    ARGS("eval", "x"));
    ck_assert_int_eq(code, 3);
    ck_assert_ptr_nonnull(strstr(err, "protocol 9"));
}
END_TEST

START_TEST(mistakes_on_the_command_line_exit_2)
{
    static const struct {
        const char *argv[6];
        const char *text;
    } cases[] = {
        {{"swctl", NULL}, "no command"},
        {{"swctl", "statz", NULL}, "did you mean 'stats'?"},
        {{"swctl", "stats", "--jsn", NULL}, "did you mean --json?"},
        {{"swctl", "stats", "-q", NULL}, "unknown flag '-q'"},
        {{"swctl", "stats", "extra", NULL}, "too many"},
        {{"swctl", "stats", "--tail", "3", NULL}, "takes no --tail"},
        {{"swctl", "stats", "--json=1", NULL}, "takes no value"},
        {{"swctl", "run", NULL}, "usage: swctl run FILE"},
        {{"swctl", "run", "x", "--limit", NULL}, "wants a value"},
        {{"swctl", "run", "x", "--limit", "wall", NULL}, "KEY=VALUE"},
        {{"swctl", "run", "x", "--limit", "walls=1s", NULL}, "did you mean 'wall'?"},
        {{"swctl", "run", "x", "--limit", "wall=1", NULL}, "250ms"},
        {{"swctl", "run", "x", "--lang", "java", NULL}, "auto|js|ts"},
        {{"swctl", "kill", "12", "x", NULL}, "'x' is no id"},
        {{"swctl", "kill", "0", NULL}, "'0' is no id"},
        {{"swctl", "logs", "--tail=-1", "1", NULL}, "whole number"},
        {{"swctl", "ps", "--timeout", "soon", NULL}, "expected seconds"},
        {{"swctl", "gc", "1", "--all", NULL}, "not both"},
        {{"swctl", "completion", "tcsh", NULL}, "bash|zsh|fish"},
        {{"swctl", "help", "rum", NULL}, "did you mean 'run'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(alone(cases[i].argv) == 2, "%zu", i);
        ck_assert_msg(strstr(err, cases[i].text) != NULL, "%zu: %s", i, err);
        ck_assert_str_eq(out, "");
    }
}
END_TEST

START_TEST(no_daemon_exits_3_with_a_hint)
{
    int fd;
    ck_assert_int_eq(alone(ARGS("stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, sock));
    ck_assert_ptr_nonnull(strstr(err, "is it running?"));
    ck_assert_int_eq(alone(ARGS("-s", "/nonexistent/s", "stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, "/nonexistent/s"));
    fd = listen_here();
    close(fd); /* a stale socket */
    ck_assert_int_eq(alone(ARGS("stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, "refused"));
}
END_TEST

START_TEST(a_socket_of_others_exits_5)
{
    int fd;
    if (geteuid() == 0) { /* root may use any socket: be somebody else */
        ck_assert_int_eq(chmod(dir, 0777), 0);
        fd = listen_here();
        ck_assert_int_eq(chmod(sock, 0600), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    } else {
        fd = listen_here();
        ck_assert_int_eq(chmod(sock, 0), 0);
    }
    int code = alone(ARGS("stats"));
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(code, 5);
    ck_assert_ptr_nonnull(strstr(err, "no permission"));
    close(fd);
}
END_TEST

START_TEST(a_silent_daemon_exits_4)
{
    ck_assert_int_eq(play(TURNS({"\"method\":\"stats\"", ""}), ARGS("--timeout=100ms", "stats")),
                     4);
    ck_assert_ptr_nonnull(strstr(err, "no answer"));
    ck_assert_int_eq(play(TURNS({"x", STARTED}), ARGS("--timeout", "0.1", "eval", "x")), 4);
    ck_assert_ptr_nonnull(strstr(err, "runner 12 is killed"));
}
END_TEST

START_TEST(wait_lets_the_daemon_keep_the_time)
{
    int code = play(TURNS({"\"id\":7,\"timeout_ms\":1500",
                           ERROR("-32002", "\"message\":\"timed out\",\"data\":{\"name\":"
                                           "\"timeout\"}")}),
                    ARGS("wait", "7", "--timeout", "1.5"));
    ck_assert_int_eq(code, 4);
    code = play(TURNS({"\"method\":\"wait\",\"params\":{\"id\":7}", DONE(",\"value\":[]")}),
                ARGS("wait", "7"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "[]\n");
}
END_TEST

START_TEST(submit_prints_the_id)
{
    put_file("a.js", "1");
    ck_assert_int_eq(
        play(TURNS({"\"wait\":false", RESULT("{\"id\":4711}")}), ARGS("submit", in_dir("a.js"))),
        0);
    ck_assert_str_eq(out, "4711\n");
}
END_TEST

START_TEST(a_script_that_cannot_be_sent_is_told)
{
    ck_assert_int_eq(alone(ARGS("run", in_dir("none.js"))), 1);
    ck_assert_ptr_nonnull(strstr(err, "No such file"));
    put_file("bad.js", "ok\nno\xff\xfe\n");
    ck_assert_int_eq(alone(ARGS("run", in_dir("bad.js"))), 1);
    ck_assert_ptr_nonnull(strstr(err, "bad.js:2: not UTF-8"));
    ck_assert_int_eq(alone(ARGS("run", dir)), 1);
    ck_assert_ptr_nonnull(strstr(err, "directory"));
    ck_assert_int_eq(alone(ARGS("eval", "\xff")), 2);
}
END_TEST

#define ASK                                                                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":\"m\",\"method\":\"module.read\",\"params\":{\"id\":12,"          \
    "\"path\":\"%s\"}}\n"

/* Runs `file` in `folder` and asks for each path; every answer must hold its text. */
static void ask_modules(const char *folder, const char *const *argv, const char *const (*asked)[2])
{
    static char asks[16][512];
    struct turn turns[18] = {{"\"method\":\"run\"", NULL}};
    int n = 0, here = open(".", O_RDONLY | O_DIRECTORY);
    for (; asked[n][0]; n++) {
        snprintf(asks[n], sizeof asks[n], ASK, asked[n][0]);
        turns[n].answer = asks[n];
        turns[n + 1].expect = asked[n][1];
    }
    turns[n].answer = "{\"id\":1,\"result\":{\"id\":12,\"state\":\"done\"}}\n";
    ck_assert_int_eq(chdir(in_dir(folder)), 0);
    ck_assert_int_eq(play(turns, argv), 0);
    ck_assert_int_eq(fchdir(here), 0);
    ck_assert_str_eq(err, "");
    close(here);
}

static void make_app(void)
{
    ck_assert_int_eq(mkdir(in_dir("app"), 0700), 0);
    ck_assert_int_eq(mkdir(in_dir("app/lib"), 0700), 0);
    ck_assert_int_eq(mkdir(in_dir("app2"), 0700), 0);
    put_file("app/main.js", "require('./lib/a')");
    put_file("app/lib/a.js", "exports.a = 1");
    put_file("app/bin.js", "\xff");
    put_file("app2/secret.js", "secret");
    put_file("secret.js", "secret");
    ck_assert_int_eq(symlink("../app2/secret.js", in_dir("app/link.js")), 0);
    ck_assert_int_eq(symlink("lib/a.js", in_dir("app/fine.js")), 0);
    ck_assert_int_eq(mkfifo(in_dir("app/fifo"), 0600), 0);
}

#define GIVEN   "\"id\":\"m\",\"result\":{\"source\":\"exports.a = 1\"}"
#define DENIED  "\"id\":\"m\",\"error\":{\"code\":-32004"
#define UNKNOWN "\"id\":\"m\",\"error\":{\"code\":-32001"

START_TEST(modules_are_given_from_beneath_the_folder_only)
{
    make_app();
    ask_modules("app", ARGS("run", "main.js"),
                (const char *const[][2]){{"lib/a.js", GIVEN},
                                         {"fine.js", GIVEN},
                                         {"../app2/secret.js", DENIED},
                                         {"link.js", DENIED},
                                         {"/etc/passwd", DENIED},
                                         {"lib/../../app2/secret.js", DENIED},
                                         {"lib", UNKNOWN},
                                         {"fifo", UNKNOWN},
                                         {"none.js", UNKNOWN},
                                         {"bin.js", "\"name\":\"corrupt\""},
                                         {"", DENIED},
                                         {NULL, NULL}});
}
END_TEST

/* The daemon resolves against the display name, which only swctl can map to a folder. */
START_TEST(module_paths_follow_the_display_name)
{
    char absolute[160], outside[160];
    make_app();
    ask_modules(".", ARGS("run", "app/main.js"),
                (const char *const[][2]){{"app/lib/a.js", GIVEN},
                                         {"secret.js", DENIED},
                                         {"lib/a.js", DENIED},
                                         {"app2/secret.js", DENIED},
                                         {NULL, NULL}});
    ask_modules("app2", ARGS("run", "../app/./main.js"),
                (const char *const[][2]){{"app/lib/a.js", GIVEN}, {NULL, NULL}});
    ask_modules(".", ARGS("run", "--name", "shown/as.js", "app/main.js"),
                (const char *const[][2]){{"shown/lib/a.js", GIVEN}, {NULL, NULL}});
    snprintf(absolute, sizeof absolute, "%s/app/lib/a.js", dir);
    snprintf(outside, sizeof outside, "%s/app2/secret.js", dir);
    ask_modules("app2", ARGS("run", in_dir("app/main.js")),
                (const char *const[][2]){{absolute, GIVEN}, {outside, DENIED}, {NULL, NULL}});
    input = "1";
    ask_modules("app", ARGS("run", "-"),
                (const char *const[][2]){{"lib/a.js", GIVEN}, {NULL, NULL}});
}
END_TEST

START_TEST(unknown_requests_are_refused)
{
    int code =
        play(TURNS({"x", "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"what\",\"params\":{}}\n"},
                   {"\"id\":9,\"error\":{\"code\":-32601", "{\"id\":1,\"result\":{\"id\":12,"
                                                           "\"state\":\"done\"}}\n"}),
             ARGS("eval", "x"));
    ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(ctrl_c_kills_the_runner_and_waits_for_its_end)
{
    int code = play(
        TURNS({"x", STARTED LOG("log", "hi") CTRL_C},
              {"\"method\":\"kill\",\"params\":{\"id\":12",
               RESULT("{\"killed\":true}") LOG(
                   "log",
                   "last words") "{\"id\":1,\"result\":{\"id\":12,\"state\":\"killed\",\"reason\":"
                                 "\"killed\"}}\n"}),
        ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "hi\nlast words\n");
    ck_assert_ptr_nonnull(strstr(err, "killing runner 12"));
    ck_assert_ptr_nonnull(strstr(err, "killed by request"));
}
END_TEST

START_TEST(a_second_ctrl_c_leaves)
{
    ck_assert_int_eq(
        play(TURNS({"x", STARTED LOG("log", "hi") CTRL_C}, {"kill", CTRL_C}), ARGS("eval", "x")),
        -SIGINT);
}
END_TEST

START_TEST(ctrl_c_before_the_start_leaves)
{
    ck_assert_int_eq(play(TURNS({"x", CTRL_C}), ARGS("eval", "x")), -SIGINT);
}
END_TEST

#define ROW(id, name, state)                                                                       \
    "{\"id\":" id ",\"name\":\"" name "\",\"group\":\"g\",\"state\":\"" state                      \
    "\",\"reason\":null,\"alloc\":1536,\"cpu_us\":1500,\"age_s\":61.5,\"timers\":2}"

START_TEST(ps_lists_the_living_in_aligned_columns)
{
    static const char page1[] = RESULT("{\"runners\":[" ROW("1", "a", "waiting") "," ROW(
        "2", "日本\\u001b[2J", "done") "],"
                                       "\"next\":2}");
    static const char page2[] = RESULT("{\"runners\":[" ROW("30", "b", "ready") "],\"next\":0}");
    const char *expected = "ID  STATE    MEM    CPU  TIMERS    AGE  GROUP  NAME\n"
                           " 1  waiting  1.5K  1.5ms       2  1m01s  g      a\n"
                           "30  ready    1.5K  1.5ms       2  1m01s  g      b\n";
    ck_assert_int_eq(play(TURNS({"\"method\":\"list\",\"params\":{\"limit\":500}", page1},
                                {"\"after\":2", page2}),
                          ARGS("ps")),
                     0);
    /* The first page knew of no wider id. */
    ck_assert_ptr_nonnull(strstr(out, "waiting  1.5K  1.5ms       2  1m01s  g      a\n"));
    ck_assert_ptr_nonnull(strstr(out, strstr(expected, "30  ")));
    ck_assert_ptr_null(strstr(out, "done"));
    ck_assert_int_eq(play(TURNS({"list", page1}, {"list", page2}), ARGS("ps", "-a")), 0);
    ck_assert_ptr_nonnull(strstr(out, "日本?[2J\n"));
    ck_assert_int_eq(play(TURNS({"\"state\":\"done\",\"group\":\"g\"", page2}),
                          ARGS("ps", "--state=done", "--group", "g")),
                     0);
    ck_assert_int_eq(play(TURNS({"list", page1}, {"list", page2}), ARGS("ps", "--json")), 0);
    json_t *all = json_loads(out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "runners")), 2);
    json_decref(all);
}
END_TEST

START_TEST(kill_tries_every_id)
{
    int code = play(TURNS({"\"id\":3,\"reason\":\"why\"", RESULT("{\"killed\":true}")},
                          {"\"id\":4", ERROR("-32001", "\"message\":\"no runner 4\",\"data\":{"
                                                       "\"name\":\"not_found\"}")},
                          {"\"id\":5", RESULT("{\"killed\":false}")}),
                    ARGS("kill", "3", "4", "5", "--reason", "why"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "runner 5 had ended already\n");
    ck_assert_str_eq(err, "swctl: no runner 4\n");
}
END_TEST

START_TEST(send_takes_json_or_text)
{
    ck_assert_int_eq(play(TURNS({"\"message\":{\"a\":[1]}", RESULT("{\"delivered\":true}")}),
                          ARGS("send", "3", "{\"a\": [1]}")),
                     0);
    ck_assert_int_eq(play(TURNS({"\"message\":\"hello there\"", RESULT("{\"delivered\":true}")}),
                          ARGS("send", "3", "hello there")),
                     0);
    ck_assert_int_eq(play(TURNS({"\"message\":null", RESULT("{\"delivered\":false}")}),
                          ARGS("send", "3", "null")),
                     1);
}
END_TEST

START_TEST(logs_show_time_level_and_text)
{
    setenv("TZ", "UTC0", 1);
    int code = play(TURNS({"\"id\":3,\"follow\":false,\"tail\":2",
                           RESULT("{\"lines\":[{\"t\":3661.25,\"level\":\"warn\",\"text\":\"hm\"}],"
                                  "\"dropped\":5}")}),
                    ARGS("logs", "3", "-n2"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "01:01:01.250 warn  hm\n");
    ck_assert_str_eq(err, "swctl: 5 earlier lines are gone\n");
    code = play(
        TURNS({"\"follow\":true",
               RESULT("{\"lines\":[],\"dropped\":0}") LOG(
                   "log",
                   "more") "{\"jsonrpc\":\"2.0\",\"method\":\"ended\",\"params\":{\"id\":12}}\n"}),
        ARGS("logs", "-f", "12"));
    ck_assert_int_eq(code, 0);
    ck_assert_ptr_nonnull(strstr(out, "log   more\n"));
}
END_TEST

START_TEST(stats_show_the_identity_and_whether_it_adds_up)
{
    static const char stats[] = RESULT(
        "{\"alloc\":1048576,\"totalAlloc\":3145728,\"sys\":2097152,\"numGC\":3,\"gc_us\":1500,"
        "\"rss\":4096,\"mapped\":10240,\"identity\":{\"live\":4096,\"hibernated\":0,\"cached\":"
        "4096,"
        "\"slack\":1024,\"metadata\":1024,\"reserve_resident\":1024,\"file\":1024,\"libc\":512,"
        "\"stacks\":512,\"unknown\":0},\"runners\":{\"total\":3,\"running\":1},\"modules\":2,"
        "\"timers\":7,\"connections\":1,\"executors\":[{\"busy\":0.25,\"turns\":10},{\"busy\":"
        "0.05,"
        "\"turns\":5}],\"loop_lag_us\":{\"p50\":1,\"p99\":20,\"max\":3000},\"pools\":[{\"name\":"
        "\"bytebuf\",\"hits\":3,\"misses\":1,\"live\":1,\"cached\":2,\"bytes\":2048,\"oversize\":0}"
        "],"
        "\"pressure\":\"none\",\"uptime\":3700.5}");
    ck_assert_int_eq(play(TURNS({"\"method\":\"stats\"", stats}), ARGS("stats")), 0);
    ck_assert_str_eq(out, "up         1h01m, pressure none, connections 1\n"
                          "memory     alloc 1.0M, ever 3.0M, sys 2.0M\n"
                          "mapped     10K = live 4.0K + hibernated 0 + cached 4.0K + slack 1.0K + "
                          "metadata 1.0K\n"
                          "rss        4.0K = reserve 1.0K + file 1.0K + libc 512 + stacks 512 + "
                          "unknown 0 (off by 1.0K)\n"
                          "gc         3 collections, 1.5ms\n"
                          "runners    total 3, running 1\n"
                          "holding    modules 2, timers 7\n"
                          "executors  2, busy 15% on average, 25% at most, 15 turns\n"
                          "loop lag   p50 1us, p99 20us, max 3.0ms\n"
                          "\n"
                          "POOL     LIVE  CACHED  BYTES  HITS  MISSES  HIT%  OVERSIZE\n"
                          "bytebuf     1       2   2.0K     3       1  75.0         0\n");
    ck_assert_int_eq(play(TURNS({"stats", RESULT("{}")}), ARGS("stats")), 0);
}
END_TEST

START_TEST(gc_prints_its_receipt)
{
    int code = play(TURNS({"\"method\":\"gc\",\"params\":{\"max_ms\":5}",
                           RESULT("{\"action\":\"gc\",\"asked\":5,\"runners\":3,\"skipped\":{"
                                  "\"hibernated\":2,\"ended\":0},\"before\":4096,\"after\":1024,"
                                  "\"freed\":3072,\"rss_before\":8192,\"rss_after\":9216,"
                                  "\"took_us\":2500}")}),
                    ARGS("gc", "--all", "--max-ms=5"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "gc       3 of 5 runners, skipped 2 hibernated; took 2.5ms\n"
                          "live     4.0K -> 1.0K, freed 3.0K\n"
                          "rss      8.0K -> 9.0K, grown by 1.0K\n");
    ck_assert_int_eq(play(TURNS({"\"id\":9", RESULT("{}")}), ARGS("gc", "9")), 0);
}
END_TEST

START_TEST(config_shows_all_or_one_key)
{
    static const char all[] =
        RESULT("{\"daemon.budget\":{\"value\":\"80%\",\"default\":\"80%\",\"source\":\"default\","
               "\"live\":false},\"runners.max\":{\"value\":5,\"source\":\"file\",\"live\":true}}");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config")), 0);
    ck_assert_str_eq(out, "KEY            VALUE  SOURCE   RELOAD\n"
                          "daemon.budget  80%    default  restart\n"
                          "runners.max    5      file     live\n");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config", "runners.max")), 0);
    ck_assert_str_eq(out, "5\n");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config", "runner.max")), 1);
    ck_assert_ptr_nonnull(strstr(err, "did you mean 'runners.max'?"));
}
END_TEST

START_TEST(reload_lists_what_happened)
{
    ck_assert_int_eq(play(TURNS({"reload", RESULT("{\"applied\":[\"runners.max\"],"
                                                  "\"needs_restart\":[\"control.socket\"],"
                                                  "\"errors\":[]}")}),
                          ARGS("reload")),
                     0);
    ck_assert_str_eq(out, "applied: runners.max\nneeds a restart: control.socket\n");
    ck_assert_int_eq(play(TURNS({"reload", RESULT("{\"applied\":[],\"needs_restart\":[],"
                                                  "\"errors\":[\"swd.conf:3: bad\"]}")}),
                          ARGS("reload")),
                     1);
    ck_assert_str_eq(err, "swctl: swd.conf:3: bad\n");
}
END_TEST

START_TEST(shutdown_passes_the_drain_time)
{
    ck_assert_int_eq(
        play(TURNS({"\"drain_ms\":2000", RESULT("{}")}), ARGS("shutdown", "--drain", "2")), 0);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(version_needs_no_daemon_for_its_own)
{
    ck_assert_int_eq(alone(ARGS("-V")), 0);
    ck_assert_int_eq(strncmp(out, "swctl ", 6), 0);
    ck_assert_int_eq(alone(ARGS("version")), 3);
    ck_assert_int_eq(strncmp(out, "swctl ", 6), 0);
    ck_assert_int_eq(
        play(TURNS({"version", RESULT("{\"version\":\"1.2\",\"protocol\":1,"
                                      "\"duktape\":\"2.7.0\",\"config_hash\":\"ab\"}")}),
             ARGS("version")),
        0);
    ck_assert_ptr_nonnull(strstr(out, "\nswd 1.2, protocol 1, Duktape 2.7.0, configuration ab\n"));
}
END_TEST

START_TEST(big_answers_arrive_whole)
{
    char *answer = malloc(700000);
    size_t n = (size_t)snprintf(answer, 200,
                                "{\"id\":1,\"result\":{\"state\":\"done\","
                                "\"value\":\"");
    memset(answer + n, 'x', 600000);
    snprintf(answer + n + 600000, 20, "\"}}\n");
    ck_assert_int_eq(play(TURNS({"x", answer}), ARGS("eval", "x")), 0);
    ck_assert_uint_eq(strlen(out), 600003);
    free(answer);
}
END_TEST

START_TEST(a_reader_that_left_makes_no_noise)
{
    int p[2];
    ck_assert_int_eq(pipe(p), 0);
    close(p[0]);
    out_fd = p[1];
    ck_assert_int_eq(play(TURNS({"x", STARTED LOG("log", "one")}), ARGS("eval", "x")), 1);
    ck_assert_str_eq(err, "");
    close(p[1]);
    out_fd = open("/dev/full", O_WRONLY);
    ck_assert_int_eq(alone(ARGS("help")), 1);
    ck_assert_ptr_nonnull(strstr(err, "cannot write"));
    close(out_fd);
}
END_TEST

START_TEST(help_and_completion_know_every_command_and_flag)
{
    static const char *const commands[] = {
#define CTL_COMMAND(name, operands, least, most, flags, method, help) #name,
#include "ctl/commands.def"
#undef CTL_COMMAND
    };
    static const char *const flags[] = {
#define CTL_FLAG(sym, shrt, lng, kind, arg, help) lng,
#include "ctl/flags.def"
#undef CTL_FLAG
    };
    static const char *const shells[] = {"bash", "zsh", "fish"};
    char word[64];
    ck_assert_int_eq(alone(ARGS("help")), 0);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        snprintf(word, sizeof word, "\n  %s ", commands[i]);
        ck_assert_msg(strstr(out, word) != NULL, "%s", word);
    }
    ck_assert_int_eq(alone(ARGS("help", "run")), 0);
    ck_assert_ptr_nonnull(strstr(out, "memory_hard"));
    ck_assert_int_eq(alone(ARGS("run", "-h")), 0);
    ck_assert_ptr_nonnull(strstr(out, "--limit KEY=VALUE"));
    for (size_t s = 0; s < 3; s++) {
        ck_assert_int_eq(alone(ARGS("completion", shells[s])), 0);
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
            ck_assert_ptr_nonnull(strstr(out, commands[i]));
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
            ck_assert_ptr_nonnull(strstr(out, flags[i]));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        run_prints_output_then_the_value,
        run_without_a_value_prints_nothing_more,
        run_sends_name_arguments_and_limits,
        run_reads_standard_input,
        eval_prints_texts_as_json,
        json_prints_the_result_alone,
        a_failed_script_tells_its_place_first,
        a_killed_script_tells_why,
        refusals_have_their_exit_codes,
        another_protocol_is_refused,
        mistakes_on_the_command_line_exit_2,
        no_daemon_exits_3_with_a_hint,
        a_socket_of_others_exits_5,
        a_silent_daemon_exits_4,
        wait_lets_the_daemon_keep_the_time,
        submit_prints_the_id,
        a_script_that_cannot_be_sent_is_told,
        modules_are_given_from_beneath_the_folder_only,
        module_paths_follow_the_display_name,
        unknown_requests_are_refused,
        ctrl_c_kills_the_runner_and_waits_for_its_end,
        a_second_ctrl_c_leaves,
        ctrl_c_before_the_start_leaves,
        ps_lists_the_living_in_aligned_columns,
        kill_tries_every_id,
        send_takes_json_or_text,
        logs_show_time_level_and_text,
        stats_show_the_identity_and_whether_it_adds_up,
        gc_prints_its_receipt,
        config_shows_all_or_one_key,
        reload_lists_what_happened,
        shutdown_passes_the_drain_time,
        version_needs_no_daemon_for_its_own,
        big_answers_arrive_whole,
        a_reader_that_left_makes_no_noise,
        help_and_completion_know_every_command_and_flag,
    };
    Suite *s = suite_create("ctl");
    TCase *t = tcase_create("ctl");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return suite_run(s);
}
