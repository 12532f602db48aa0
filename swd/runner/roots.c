/* Configured roots: see roots.h.
 *
 * The check is made on the opened file (its real path by /proc/self/fd), so that a link swapped
 * between check and open gains nothing; the permissions on the way down are checked for `uid`. */
#include "runner/roots.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool/readfile.h"
#include "pool/slab.h"

struct swd_roots {
    atomic_uint refs;
    struct swd_strvec *paths;
};

/* A root that does not exist (yet) is kept as written, but for closing slashes. */
static int root_add(struct swd_strvec *to, const char *path, size_t n)
{
    char real[PATH_MAX];
    if (realpath(path, real))
        return swd_strvec_add(to, real, strlen(real));
    while (n > 1 && path[n - 1] == '/')
        n--;
    return swd_strvec_add(to, path, n);
}

struct swd_roots *swd_roots_new(const struct swd_strvec *paths)
{
    struct swd_roots *r = swd_slab_alloc(sizeof *r);
    int rc = 0;
    if (!r)
        return NULL;
    atomic_init(&r->refs, 1);
    r->paths = swd_strvec_get();
    if (!r->paths)
        rc = SWD_ENOMEM;
    for (size_t i = 0; rc == 0 && i < swd_strvec_count(paths); i++) {
        size_t n;
        const char *path = swd_strvec_at(paths, i, &n);
        rc = root_add(r->paths, path, n);
    }
    if (rc != 0)
        swd_roots_unref(&r);
    return r;
}

struct swd_roots *swd_roots_ref(struct swd_roots *r)
{
    if (r)
        atomic_fetch_add(&r->refs, 1);
    return r;
}

void swd_roots_unref(struct swd_roots **p)
{
    struct swd_roots *r = *p;
    *p = NULL;
    if (!r || atomic_fetch_sub(&r->refs, 1) > 1)
        return;
    swd_strvec_put(&r->paths);
    swd_slab_free(r, sizeof *r);
}

static bool beneath(const char *root, const char *path)
{
    size_t n = strlen(root);
    return strncmp(root, path, n) == 0 && (path[n] == '/' || (n > 0 && root[n - 1] == '/'));
}

static bool under_a_root(const struct swd_roots *r, const char *path)
{
    for (size_t i = 0; i < swd_strvec_count(r->paths); i++)
        if (beneath(swd_strvec_at(r->paths, i, NULL), path))
            return true;
    return false;
}

static bool may(const struct stat *st, uint32_t uid, mode_t owner, mode_t others)
{
    return uid == 0 || (st->st_uid == uid ? (st->st_mode & owner) : (st->st_mode & others));
}

/* Whether `uid` may walk down to `real` and read it. */
static bool readable_by(uint32_t uid, const char *real, const struct stat *file)
{
    char dir[PATH_MAX];
    struct stat st;
    if (!may(file, uid, S_IRUSR, S_IROTH))
        return false;
    snprintf(dir, sizeof dir, "%s", real);
    for (char *slash = strrchr(dir, '/'); slash; slash = strrchr(dir, '/')) {
        *slash = '\0';
        if (stat(dir[0] ? dir : "/", &st) != 0 || !may(&st, uid, S_IXUSR, S_IXOTH))
            return false;
    }
    return true;
}

static int read_checked(struct swd_roots *r, uint32_t uid, int fd, const char *path,
                        struct swd_bytebuf *out, struct swd_err *e)
{
    char link[64], real[PATH_MAX];
    struct stat st;
    ssize_t n;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, real, sizeof real - 1);
    if (n <= 0 || fstat(fd, &st) != 0)
        return swd_fail(e, SWD_EIO, "%.150s: cannot be looked at", path);
    real[n] = '\0';
    if (!S_ISREG(st.st_mode))
        return swd_fail(e, SWD_ENOTFOUND, "%.150s: not a regular file", path);
    if (!under_a_root(r, real))
        return swd_fail(e, SWD_ENOTFOUND, "%.150s: leads out of the configured roots", path);
    if (!readable_by(uid, real, &st))
        return swd_fail(e, SWD_EDENIED, "%.150s: user %u may not read it", path, (unsigned)uid);
    return swd_readfile_fd(fd, path, out, e);
}

int swd_roots_read(struct swd_roots *r, uint32_t uid, const char *path, struct swd_bytebuf *out,
                   struct swd_err *e)
{
    int fd, rc;
    if (!r || path[0] != '/' || !under_a_root(r, path))
        return swd_fail(e, SWD_ENOTFOUND, "%.150s: under no configured root", path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return swd_fail(e, SWD_ENOTFOUND, "%.150s: no such file", path);
    rc = read_checked(r, uid, fd, path, out, e);
    close(fd);
    return rc;
}
