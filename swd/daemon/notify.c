/* The notify and socket-activation protocols: see notify.h; sd_notify(3), sd_listen_fds(3). */
#include "daemon/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LISTEN_FDS_START 3

static int notify_fd = -1;
static struct sockaddr_un notify_addr;
static socklen_t notify_addr_len;
static uint64_t watchdog_ns;
static int listen_fd = -1;

static void open_notify(const char *path)
{
    size_t n = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || n >= sizeof notify_addr.sun_path) {
        swd_log(SWD_LOG_WARN, "notify.socket", "error=bad_address");
        return;
    }
    notify_addr.sun_family = AF_UNIX;
    memcpy(notify_addr.sun_path, path, n);
    if (path[0] == '@')
        notify_addr.sun_path[0] = '\0';
    notify_addr_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A variable with our pid in `pid_var` (or without one) as a number; 0 when it is not for us. */
static unsigned long long own_number(const char *var, const char *pid_var)
{
    const char *text = getenv(var), *pid = getenv(pid_var);
    if (!text || (pid && strtoull(pid, NULL, 10) != (unsigned long long)getpid()))
        return 0;
    return strtoull(text, NULL, 10);
}

void swd_notify_init(void)
{
    static const char *const vars[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                       "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path && path[0])
        open_notify(path);
    watchdog_ns = own_number("WATCHDOG_USEC", "WATCHDOG_PID") * SWD_NS_PER_US / 2;
    if (getenv("LISTEN_PID") && own_number("LISTEN_FDS", "LISTEN_PID") >= 1) {
        listen_fd = LISTEN_FDS_START;
        fcntl(listen_fd, F_SETFD, FD_CLOEXEC);
    }
    for (size_t i = 0; i < sizeof vars / sizeof vars[0]; i++)
        unsetenv(vars[i]);
}

static void send_text(const char *text)
{
    if (notify_fd < 0)
        return;
    if (sendto(notify_fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&notify_addr,
               notify_addr_len) < 0)
        swd_log(SWD_LOG_DEBUG, "notify.send", "error=%d", errno);
}

void swd_notify_ready(void)
{
    send_text("READY=1");
}

void swd_notify_reloading(void)
{
    char text[80];
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
             swd_clock_mono() / SWD_NS_PER_US);
    send_text(text);
}

void swd_notify_stopping(uint64_t within)
{
    char text[80];
    snprintf(text, sizeof text, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRIu64, within / SWD_NS_PER_US);
    send_text(text);
}

void swd_notify_watchdog(void)
{
    send_text("WATCHDOG=1");
}

void swd_notify_status(const char *fmt, ...)
{
    char text[256] = "STATUS=";
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text + 7, sizeof text - 7, fmt, ap);
    va_end(ap);
    send_text(text);
}

uint64_t swd_notify_watchdog_interval(void)
{
    return watchdog_ns;
}

int swd_notify_listen_fd(void)
{
    return listen_fd;
}
