/* For suites of swctl: the test is the daemon. It forks swctl, answers its lines one by one, and
 * reads what it wrote. Included by each of these programs. */
#ifndef T_CTL_DAEMON_H
#define T_CTL_DAEMON_H

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

static inline const char *in_dir(const char *name)
{
    static char path[4][160];
    static int i;
    i = (i + 1) % 4;
    snprintf(path[i], sizeof path[i], "%s/%s", dir, name);
    return path[i];
}

static inline void put_file(const char *name, const char *text)
{
    FILE *f = fopen(in_dir(name), "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static inline void get_file(const char *name, char *buf, size_t n)
{
    FILE *f = fopen(in_dir(name), "r");
    ck_assert_ptr_nonnull(f);
    buf[fread(buf, 1, n - 1, f)] = '\0';
    fclose(f);
}

static inline void setup(void)
{
    snprintf(dir, sizeof dir, "/tmp/t_ctl.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(sock, sizeof sock, "%s/s", dir);
    input = NULL;
    out_fd = -1;
}

static inline void teardown(void)
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

static inline int listen_here(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", sock);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    return fd;
}

/* swctl as a child. */
static inline pid_t start(const char *const *argv)
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

static inline int finish(pid_t pid)
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
static inline bool wait_for(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, PATIENCE_MS) == 1;
}

/* One line of swctl's; its length. */
static inline size_t get_line(int fd, char *buf, size_t n)
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

static inline void put_answer(int fd, const char *answer, long long id)
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
static inline void wait_for_output(void)
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
static inline int play(const struct turn *turns, const char *const *argv)
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
static inline int alone(const char *const *argv)
{
    return finish(start(argv));
}

#endif
