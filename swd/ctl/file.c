/* Files that swctl reads with its user's rights: the script, and the modules it asks for.
 *
 * A module is given out only if it lies beneath the script's folder once every symbolic link is
 * resolved: a script, or a daemon that lies, must not make swctl a reader of ~/.ssh. Blocks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/priv.h"

#define CHUNK ((size_t)64 * 1024)

static int text_check(const char *text, size_t n, const char *name, struct swd_err *e)
{
    size_t at = swd_ctl_text_utf8(text, n), line = 1;
    if (at == n)
        return 0;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    swd_fail(e, SWD_ECORRUPT, "%.120s:%zu: not UTF-8 text (byte %zu)", name, line, at);
    return swd_fail_hint(e, "convert it: iconv -t UTF-8");
}

int swd_ctl_read_fd(int fd, const char *name, size_t max, char **text, size_t *n, struct swd_err *e)
{
    char *buf = NULL;
    size_t len = 0, cap = 0;
    int rc = 0;
    for (;;) {
        ssize_t got;
        if (len > max) {
            rc = swd_fail(e, SWD_ELIMIT, "%.120s is larger than %zu MiB", name, max >> 20);
            break;
        }
        if (cap - len < CHUNK) {
            char *more = realloc(buf, cap ? cap * 2 : 2 * CHUNK);
            if (!more) {
                rc = swd_fail(e, SWD_ENOMEM, "out of memory reading %.120s", name);
                break;
            }
            cap = cap ? cap * 2 : 2 * CHUNK;
            buf = more;
        }
        got = read(fd, buf + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = swd_fail(e, SWD_EIO, "cannot read %.120s: %s", name, strerror(errno));
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    if (rc == 0)
        rc = text_check(buf, len, name, e);
    if (rc != 0) {
        free(buf);
        return rc;
    }
    *text = buf;
    *n = len;
    return 0;
}

int swd_ctl_read_script(const char *path, char **text, size_t *n, struct swd_err *e)
{
    int fd, rc;
    if (strcmp(path, "-") == 0)
        return swd_ctl_read_fd(STDIN_FILENO, "standard input", SWD_CTL_SCRIPT_MAX, text, n, e);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return swd_fail(e, errno == EACCES ? SWD_EDENIED : SWD_EIO, "cannot open %.120s: %s", path,
                        strerror(errno));
    rc = swd_ctl_read_fd(fd, path, SWD_CTL_SCRIPT_MAX, text, n, e);
    close(fd);
    return rc;
}

static bool beneath(const char *root, const char *path)
{
    size_t n = strlen(root);
    if (strcmp(root, "/") == 0)
        return true;
    return strncmp(path, root, n) == 0 && path[n] == '/';
}

/* `path` as the daemon knows it, relative to the script's folder; NULL when it lies elsewhere. The
 * daemon resolves against the display name, whose folder is `shown`. */
static const char *module_relative(const char *shown, const char *path)
{
    size_t n = strlen(shown);
    if (n == 0)
        return path[0] == '/' ? NULL : path;
    return strncmp(path, shown, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* The real path of `path`, which must lie beneath root. */
static int module_resolve(const char *root, const char *shown, const char *path,
                          char real[PATH_MAX], struct swd_err *e)
{
    const char *relative = module_relative(shown, path);
    char joined[PATH_MAX];
    int n = 0;
    if (relative)
        n = snprintf(joined, sizeof joined, "%s/%s", root, relative);
    else if (path[0] == '/')
        n = snprintf(joined, sizeof joined, "%s", path);
    if (n <= 0 || (size_t)n >= sizeof joined || (realpath(joined, real) && !beneath(root, real))) {
        swd_fail(e, SWD_EDENIED, "'%.160s' lies outside the script's folder", path);
        return swd_fail_hint(e, "swctl gives out files beneath %.120s only", root);
    }
    return realpath(joined, real) ? 0 : swd_fail(e, SWD_ENOTFOUND, "no file '%.160s'", path);
}

/* The folder of a display name, as the daemon resolves it: "." and ".." worked off, and none above
 * the top. */
void swd_ctl_shown_folder(const char *name, char *out, size_t n)
{
    bool absolute = name[0] == '/';
    size_t len = 0;
    while (strchr(name, '/')) {
        size_t part = strcspn(name, "/");
        if (part == 2 && strncmp(name, "..", 2) == 0) {
            while (len > 0 && out[--len] != '/')
                ;
        } else if (part > 0 && !(part == 1 && name[0] == '.') && len + part + 2 < n) {
            if (len > 0 || absolute)
                out[len++] = '/';
            memcpy(out + len, name, part);
            len += part;
        }
        name += part + 1;
    }
    out[len] = '\0';
}

static int module_open(const char *real, int *fd, struct swd_err *e)
{
    struct stat st;
    *fd = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0)
        return swd_fail(e, errno == EACCES ? SWD_EDENIED : SWD_ENOTFOUND, "cannot open %.160s: %s",
                        real, strerror(errno));
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
        return 0;
    close(*fd);
    return swd_fail(e, SWD_ENOTFOUND, "'%.160s' is no file", real);
}

int swd_ctl_module_read(const char *root, const char *shown, const char *path, json_t **result,
                        struct swd_err *e)
{
    char real[PATH_MAX], *text;
    size_t n;
    json_t *source;
    int fd, rc;
    rc = module_resolve(root, shown, path, real, e);
    if (rc == 0)
        rc = module_open(real, &fd, e);
    if (rc != 0)
        return rc;
    rc = swd_ctl_read_fd(fd, path, SWD_CTL_SCRIPT_MAX, &text, &n, e);
    close(fd);
    if (rc != 0)
        return rc;
    source = json_stringn(text, n);
    free(text);
    *result = source ? json_pack("{s:o}", "source", source) : NULL;
    return *result ? 0 : swd_fail(e, SWD_ENOMEM, "out of memory");
}
