/* Whole files into byte buffers. Blocking: never on the loop thread. */
#ifndef SWD_POOL_READFILE_H
#define SWD_POOL_READFILE_H

#include "base/err.h"
#include "pool/bytebuf.h"

/* Appends what the open descriptor has, up to the buffer's maximum. Errors: SWD_EIO (with the
 * reason), SWD_ELIMIT (larger than the maximum), SWD_ENOMEM. `name` is for messages. */
int swd_readfile_fd(int fd, const char *name, struct swd_bytebuf *out, struct swd_err *e);

/* Opens and appends a regular file, pipe or device ("-": standard input). Also SWD_ENOTFOUND,
 * SWD_EDENIED. */
int swd_readfile(const char *path, struct swd_bytebuf *out, struct swd_err *e);

#endif
