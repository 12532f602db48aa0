/* The listening socket: creating, reclaiming a stale one, adopting a given one, leaving.
 *
 * Whoever serves a path holds an exclusive lock on `<path>.lock` as long as it lives; the kernel
 * drops it with the process, however that ends. So of two daemons started at the same moment one
 * gets the lock, and the holder may take away a socket that nobody answers on. The lock file
 * stays: removing it would let two processes lock two files of the same name. Start and stop only;
 * may block on the user database. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "control/priv.h"

#define LISTEN_BACKLOG 1024

static int listen_errno(struct swd_err *e, const char *what, const char *path)
{
    int code = errno == EACCES || errno == EPERM ? SWD_EDENIED : SWD_EIO;
    return swd_fail(e, code, "cannot %s %s: %s", what, path, strerror(errno));
}

static int listen_other(const struct swd_control *c, struct swd_err *e, const char *pid)
{
    swd_fail(e, SWD_EEXISTS, "another swd%s%s already serves %s", pid[0] ? ", process " : "", pid,
             c->socket);
    return swd_fail_hint(e,
                         "stop it with `swctl --socket %s shutdown`, or choose another "
                         "[control] socket",
                         c->socket);
}

/* Takes the lock, or tells who has it. */
static int listen_lock(struct swd_control *c, struct swd_err *e)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path + 8], pid[24] = "";
    ssize_t n;
    snprintf(path, sizeof path, "%s.lock", c->socket);
    c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->lock_fd < 0) {
        int rc = listen_errno(e, "open", path);
        swd_fail_hint(e, "the folder must exist and be writable for swd");
        return rc;
    }
    if (flock(c->lock_fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return listen_errno(e, "lock", path);
        n = pread(c->lock_fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
        return listen_other(c, e, pid);
    }
    n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(c->lock_fd, 0) < 0 || pwrite(c->lock_fd, pid, (size_t)n, 0) != n)
        return listen_errno(e, "write", path);
    return 0;
}

static int listen_address(const struct swd_control *c, struct sockaddr_un *a, struct swd_err *e)
{
    size_t n = strlen(c->socket);
    memset(a, 0, sizeof *a);
    a->sun_family = AF_UNIX;
    if (n == 0 || n >= sizeof a->sun_path) {
        swd_fail(e, SWD_EPARAMS, "socket path of %zu bytes", n);
        return swd_fail_hint(e, "a Unix socket's path has 1 to %zu bytes", sizeof a->sun_path - 1);
    }
    memcpy(a->sun_path, c->socket, n);
    return 0;
}

/* Takes away what stands at the path if it is a socket that nobody answers on. */
static int listen_reclaim(struct swd_control *c, const struct sockaddr_un *a, struct swd_err *e)
{
    struct stat st;
    int fd, rc;
    if (lstat(c->socket, &st) < 0)
        return errno == ENOENT ? 0 : listen_errno(e, "look at", c->socket);
    if (!S_ISSOCK(st.st_mode)) {
        swd_fail(e, SWD_EEXISTS, "%s exists and is not a socket", c->socket);
        return swd_fail_hint(e, "move it away, or choose another [control] socket");
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return listen_errno(e, "open a socket for", c->socket);
    rc = connect(fd, (const struct sockaddr *)a, sizeof *a);
    if (rc == 0 || errno == EAGAIN)
        rc = listen_other(c, e, ""); /* alive, though it does not hold our lock */
    else if (errno != ECONNREFUSED && errno != ENOENT)
        rc = listen_errno(e, "probe", c->socket);
    else
        rc = 0;
    close(fd);
    if (rc == 0 && unlink(c->socket) < 0 && errno != ENOENT)
        rc = listen_errno(e, "remove the stale", c->socket);
    else if (rc == 0)
        swd_log(SWD_LOG_INFO, "control.reclaim", "reason=stale_socket");
    return rc;
}

static int listen_owner(struct swd_control *c, struct swd_err *e)
{
    const struct group *g = NULL;
    if (c->group && c->group[0]) {
        g = getgrnam(c->group);
        if (!g && c->o.group_must_exist)
            return swd_fail(e, SWD_EPARAMS, "[control] group: there is no group \"%s\"", c->group);
    }
    if (g && g->gr_gid != getegid() && lchown(c->socket, (uid_t)-1, g->gr_gid) < 0) {
        if (c->o.group_must_exist || errno != EPERM)
            return listen_errno(e, "give the group to", c->socket);
        swd_log(SWD_LOG_WARN, "control.group", "reason=not_a_member");
    }
    if (chmod(c->socket, c->o.mode & 0777) < 0)
        return listen_errno(e, "set the mode of", c->socket);
    return 0;
}

static int listen_bind(struct swd_control *c, const struct sockaddr_un *a, struct swd_err *e)
{
    struct stat st;
    mode_t old;
    int rc;
    c->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->listen_fd < 0)
        return listen_errno(e, "open a socket for", c->socket);
    old = umask(0177); /* nobody else gets in before owner and mode are right */
    rc = bind(c->listen_fd, (const struct sockaddr *)a, sizeof *a);
    umask(old);
    if (rc < 0)
        return listen_errno(e, "bind", c->socket);
    if (lstat(c->socket, &st) == 0) {
        c->bound = true;
        c->bound_dev = st.st_dev;
        c->bound_ino = st.st_ino;
    }
    rc = listen_owner(c, e);
    if (rc == 0 && listen(c->listen_fd, LISTEN_BACKLOG) < 0)
        rc = listen_errno(e, "listen on", c->socket);
    return rc;
}

/* A socket handed over by the service manager must be what it is said to be. */
static int listen_adopt(struct swd_control *c, struct swd_err *e)
{
    int listening = 0, flags;
    struct sockaddr_storage a;
    socklen_t n = sizeof listening, an = sizeof a;
    c->listen_fd = c->o.listen_fd;
    if (getsockopt(c->listen_fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) < 0 || !listening ||
        getsockname(c->listen_fd, (struct sockaddr *)&a, &an) < 0 || a.ss_family != AF_UNIX)
        return swd_fail(e, SWD_EPARAMS, "the inherited descriptor %d is no listening Unix socket",
                        c->listen_fd);
    flags = fcntl(c->listen_fd, F_GETFL);
    if (flags < 0 || fcntl(c->listen_fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(c->listen_fd, F_SETFD, FD_CLOEXEC) < 0)
        return listen_errno(e, "set up", "the inherited socket");
    return 0;
}

int ctl_listen_open(struct swd_control *c, struct swd_err *e)
{
    struct sockaddr_un a;
    int rc;
    if (c->o.listen_fd >= 0) {
        rc = listen_adopt(c, e);
    } else {
        rc = listen_address(c, &a, e);
        if (rc == 0)
            rc = listen_lock(c, e);
        if (rc == 0)
            rc = listen_reclaim(c, &a, e);
        if (rc == 0)
            rc = listen_bind(c, &a, e);
    }
    if (rc < 0)
        return rc;
    if (swd_fd_new(c->o.loop, c->listen_fd, ctl_accept, c, &c->listener) < 0 ||
        swd_fd_watch(c->listener, SWD_FD_READ) < 0)
        return swd_fail(e, SWD_ENOMEM, "no memory to watch the control socket");
    return 0;
}

void ctl_listen_close(struct swd_control *c)
{
    struct stat st;
    swd_fd_free(&c->listener);
    if (c->bound && lstat(c->socket, &st) == 0 && st.st_dev == c->bound_dev &&
        st.st_ino == c->bound_ino)
        unlink(c->socket);
    c->bound = false;
    if (c->listen_fd >= 0)
        close(c->listen_fd);
    c->listen_fd = -1;
    if (c->lock_fd >= 0)
        close(c->lock_fd);
    c->lock_fd = -1;
}
