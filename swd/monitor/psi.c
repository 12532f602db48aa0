/* PSI triggers and the service manager's file: see psi.h. */
#include "monitor/psi.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/err.h"

#define WRITE_MAX 512
/* 150 ms of stall within 2 s: the shortest window that a process without privileges may ask for. */
#define TRIGGER "some 150000 2000000"

/* Decodes base64; the length, or -1. */
static int decode(const char *in, char *out, size_t most)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    for (; *in && *in != '='; in++) {
        int d = swd_base64_digit((unsigned char)*in);
        if (d < 0)
            return -1;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (n == most)
            return -1;
        out[n++] = (char)(bits >> have & 0xff);
    }
    return (int)n;
}

static int connect_socket(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd;
    if (strlen(path) >= sizeof a.sun_path)
        return -1;
    memcpy(a.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int open_any(struct swd_psi *p, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return -1;
    p->stream = !S_ISREG(st.st_mode);
    if (S_ISSOCK(st.st_mode))
        return connect_socket(path);
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

int swd_psi_open(struct swd_psi *p, const char *watch, const char *write_text, const char *path)
{
    char text[WRITE_MAX] = TRIGGER;
    int n = (int)sizeof TRIGGER; /* with its NUL, as the kernel wants it */
    struct epoll_event ev = {0};
    *p = (struct swd_psi){.epoll = -1, .fd = -1, .watch = watch != NULL};
    if (watch && strcmp(watch, "/dev/null") == 0)
        return SWD_EUNSUPPORTED;
    if (watch)
        n = write_text ? decode(write_text, text, sizeof text) : 0;
    p->fd = n >= 0 ? open_any(p, watch ? watch : path) : -1;
    if (p->fd < 0 || (n > 0 && write(p->fd, text, (size_t)n) != n))
        goto fail;
    p->epoll = epoll_create1(EPOLL_CLOEXEC);
    ev.events = p->stream ? EPOLLIN : EPOLLPRI;
    if (p->epoll >= 0 && epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->fd, &ev) == 0)
        return 0;
fail:
    swd_psi_close(p);
    return SWD_EUNSUPPORTED;
}

void swd_psi_close(struct swd_psi *p)
{
    if (p->epoll >= 0)
        close(p->epoll);
    if (p->fd >= 0)
        close(p->fd);
    p->epoll = p->fd = -1;
}

bool swd_psi_take(struct swd_psi *p)
{
    struct epoll_event ev;
    char drop[256];
    ssize_t got, all = 0;
    if (p->epoll < 0 || epoll_wait(p->epoll, &ev, 1, 0) <= 0)
        return false;
    if (!p->stream) {
        if (ev.events & EPOLLERR) { /* the trigger's cgroup is gone */
            swd_psi_close(p);
            return false;
        }
        return true;
    }
    while ((got = read(p->fd, drop, sizeof drop)) > 0)
        all += got;
    if (got == 0 || (ev.events & (EPOLLERR | EPOLLHUP)))
        swd_psi_close(p); /* hung up: nobody will tell any more */
    return all > 0;
}
