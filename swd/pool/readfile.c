/* Whole files into byte buffers: see readfile.h. */
#include "pool/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP ((size_t)64 * 1024)

static int read_errno(const char *name, struct swd_err *e)
{
    int code = errno == ENOENT || errno == ENOTDIR ? SWD_ENOTFOUND
               : errno == EACCES || errno == EPERM ? SWD_EDENIED
                                                   : SWD_EIO;
    return swd_fail(e, code, "cannot read %.180s: %s", name, strerror(errno));
}

int swd_readfile_fd(int fd, const char *name, struct swd_bytebuf *out, struct swd_err *e)
{
    for (;;) {
        size_t room = out->max - out->len < READ_STEP ? out->max - out->len : READ_STEP;
        char probe;
        ssize_t n;
        if (room > 0 && swd_bytebuf_reserve(out, room) != 0)
            return swd_fail(e, SWD_ENOMEM, "no memory to read %.180s", name);
        do
            n = room > 0 ? read(fd, out->data + out->len, room) : read(fd, &probe, 1);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            return read_errno(name, e);
        if (n == 0)
            return 0;
        if (room == 0)
            return swd_fail(e, SWD_ELIMIT, "%.180s is larger than %zu bytes", name, out->max);
        out->len += (size_t)n;
        out->data[out->len] = '\0';
    }
}

int swd_readfile(const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct stat st;
    int fd, rc;
    if (strcmp(path, "-") == 0)
        return swd_readfile_fd(STDIN_FILENO, "standard input", out, e);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return read_errno(path, e);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return swd_fail(e, SWD_EIO, "cannot read %.180s: it is a directory", path);
    }
    rc = swd_readfile_fd(fd, path, out, e);
    close(fd);
    return rc;
}
