/* Benchmarks of the control socket against the real daemon (SWD, or SWD_BUILD/swd).
 *
 *   submit.roundtrip   one `run` of a tiny script and its result, one at a time and 64 in flight,
 *                      against a bare echo of the same bytes over the same kind of socket
 *   call.throughput    calls a second of a loaded function, each in a fresh clone, 64 in flight
 *   stats.under_load   p99 of `stats` while twice as many `for(;;);` runners as executors run
 *
 * The echo is the floor: two processes, one read and one write each way. Rounds of both alternate,
 * so that whatever else the machine does hits both. Medians of the rounds. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

#define ROUNDS    9
#define PER_ROUND 1280
#define SAMPLES   4000
#define BUF       (1 << 20)

static char dir[] = "/tmp/swd-bench-XXXXXX", daemon_path[64], echo_path[64], conf_path[64];

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "b_control: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static struct sockaddr_un address(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}

static void write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w < 0 && errno != EINTR)
            die("send");
        if (w > 0) {
            p += w;
            n -= (size_t)w;
        }
    }
}

/* ---- the two servers ---- */

static void echo_serve(int fd)
{
    static char buf[65536];
    ssize_t n;
    while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
        write_all(fd, buf, (size_t)n);
    close(fd);
}

static pid_t echo_start(void)
{
    struct sockaddr_un a = address(echo_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t pid;
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 8) < 0)
        die("echo socket");
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int c = accept(fd, NULL, NULL);
            if (c >= 0)
                echo_serve(c);
        }
    }
    close(fd);
    return pid;
}

static pid_t daemon_start(void)
{
    const char *swd = getenv("SWD"), *build = getenv("SWD_BUILD");
    char path[4096];
    FILE *f = fopen(conf_path, "w");
    pid_t pid;
    if (!f ||
        fprintf(f, "[daemon]\nlog_level = error\n[control]\nsocket = %s\n", daemon_path) < 0 ||
        fclose(f) != 0)
        die(conf_path);
    snprintf(path, sizeof path, "%s/swd", build ? build : "build");
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(swd ? swd : path, "swd", "--config", conf_path, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static int dial(const char *path)
{
    struct sockaddr_un a = address(path);
    for (int i = 0; i < 2000; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
            return fd;
        close(fd);
        usleep(5000);
    }
    die(path);
}

/* ---- the client ---- */

struct client {
    int fd;
    bool echo;
    size_t len;
    char buf[BUF];
};

/* Reads until `n` replies came; `last` (may be NULL) gets the last one. Notifications do not
 * count. */
static void replies(struct client *c, unsigned n, char *last, size_t size)
{
    for (;;) {
        char *line = c->buf, *end;
        ssize_t r;
        while (n > 0 && (end = memchr(line, '\n', (size_t)(c->buf + c->len - line))) != NULL) {
            *end = '\0';
            if (c->echo || strstr(line, "\"method\":") == NULL) {
                n--;
                if (n == 0 && last) {
                    size_t len = (size_t)(end - line);
                    len = len < size ? len : size - 1;
                    memcpy(last, line, len);
                    last[len] = '\0';
                }
            }
            line = end + 1;
        }
        c->len -= (size_t)(line - c->buf);
        memmove(c->buf, line, c->len);
        if (n == 0)
            return;
        r = recv(c->fd, c->buf + c->len, sizeof c->buf - c->len, 0);
        if (r <= 0)
            die("recv");
        c->len += (size_t)r;
    }
}

/* One round: microseconds per request. */
/* Microseconds a request; `request` is the method and parameters. */
static double round_trip(struct client *c, unsigned depth, const char *request)
{
    static char batch[64 * 128];
    size_t n = 0;
    double start;
    for (unsigned i = 0; i < depth; i++)
        n += (size_t)snprintf(batch + n, sizeof batch - n, "{\"jsonrpc\":\"2.0\",\"id\":%u,%s}\n",
                              i, request);
    start = now_us();
    for (unsigned done = 0; done < PER_ROUND; done += depth) {
        write_all(c->fd, batch, n);
        replies(c, depth, NULL, 0);
    }
    return (now_us() - start) / PER_ROUND;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#define RUN  "\"method\":\"run\",\"params\":{\"source\":\"1+1\"}"
#define CALL "\"method\":\"call\",\"params\":{\"name\":\"f\",\"params\":1}"

static void bench_roundtrip(struct client *daemon, struct client *echo, unsigned depth)
{
    double ours[ROUNDS], theirs[ROUNDS];
    round_trip(daemon, depth, RUN); /* warm */
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = round_trip(daemon, depth, RUN);
        theirs[i] = round_trip(echo, depth, RUN);
    }
    qsort(ours, ROUNDS, sizeof *ours, compare);
    qsort(theirs, ROUNDS, sizeof *theirs, compare);
    printf("{\"bench\":\"submit.roundtrip\",\"depth\":%u,\"value\":%.1f,\"unit\":\"us\","
           "\"peer\":\"bare echo\",\"peer_value\":%.1f,\"ratio\":%.2f}\n",
           depth, ours[ROUNDS / 2], theirs[ROUNDS / 2], ours[ROUNDS / 2] / theirs[ROUNDS / 2]);
}

static void bench_calls(struct client *c)
{
    static const char load[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"load\",\"params\":{\"name\":\"f\",\"source\":"
        "\"module.exports = function (p) { return p + 1; }\"}}\n";
    double us[ROUNDS];
    write_all(c->fd, load, sizeof load - 1);
    replies(c, 1, NULL, 0);
    round_trip(c, 64, CALL); /* warm */
    for (int i = 0; i < ROUNDS; i++)
        us[i] = round_trip(c, 64, CALL);
    qsort(us, ROUNDS, sizeof *us, compare);
    printf(
        "{\"bench\":\"call.throughput\",\"value\":%.0f,\"unit\":\"calls/s\",\"better\":\"higher\","
        "\"depth\":64,\"best\":%.0f}\n",
        1e6 / us[ROUNDS / 2], 1e6 / us[0]);
}

static unsigned count_executors(struct client *c)
{
    static char last[65536];
    static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stats\"}\n";
    unsigned n = 0;
    write_all(c->fd, ask, sizeof ask - 1);
    replies(c, 1, last, sizeof last);
    for (const char *p = last; (p = strstr(p, "\"busy\":")) != NULL; p++)
        n++;
    return n;
}

static void bench_under_load(struct client *c, struct client *load)
{
    static const char hog[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"run\",\"params\":"
                              "{\"source\":\"for(;;);\",\"limits\":{\"cpu_per_turn\":\"1s\"}}}\n";
    static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stats\"}\n";
    static double us[SAMPLES];
    unsigned hogs = 2 * count_executors(c), n = 0;
    double until;
    for (unsigned i = 0; i < hogs; i++)
        write_all(load->fd, hog, sizeof hog - 1);
    usleep(100000);
    for (until = now_us() + 1.5e6; n < SAMPLES && now_us() < until; n++) {
        double start = now_us();
        write_all(c->fd, ask, sizeof ask - 1);
        replies(c, 1, NULL, 0);
        us[n] = now_us() - start;
        usleep(1000);
    }
    replies(load, hogs, NULL, 0);
    qsort(us, n, sizeof *us, compare);
    printf("{\"bench\":\"stats.under_load\",\"value\":%.2f,\"unit\":\"ms\",\"p50\":%.2f,"
           "\"max\":%.2f,\"runaways\":%u,\"samples\":%u}\n",
           us[(n - 1) * 99 / 100] / 1e3, us[n / 2] / 1e3, us[n - 1] / 1e3, hogs, n);
}

int main(int argc, char **argv)
{
    static struct client a, b, e;
    pid_t daemon, echo;
    int status;
    bench_init(argc, argv);
    if (!bench_wanted("submit.roundtrip") && !bench_wanted("stats.under_load") &&
        !bench_wanted("call.throughput"))
        return 0;
    if (!mkdtemp(dir))
        die(dir);
    snprintf(daemon_path, sizeof daemon_path, "%s/swd.sock", dir);
    snprintf(echo_path, sizeof echo_path, "%s/echo.sock", dir);
    snprintf(conf_path, sizeof conf_path, "%s/swd.conf", dir);
    daemon = daemon_start();
    echo = echo_start();
    a.fd = dial(daemon_path);
    b.fd = dial(daemon_path);
    e.fd = dial(echo_path);
    e.echo = true;
    if (bench_wanted("call.throughput"))
        bench_calls(&a);
    if (bench_wanted("submit.roundtrip")) {
        bench_roundtrip(&a, &e, 1);
        bench_roundtrip(&a, &e, 64);
    }
    if (bench_wanted("stats.under_load"))
        bench_under_load(&a, &b);
    kill(echo, SIGKILL);
    kill(daemon, SIGTERM);
    waitpid(daemon, &status, 0);
    waitpid(echo, NULL, 0);
    unlink(echo_path);
    unlink(conf_path);
    strncat(daemon_path, ".lock", sizeof daemon_path - strlen(daemon_path) - 1);
    unlink(daemon_path);
    return rmdir(dir) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}
