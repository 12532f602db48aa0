/* Large data: from one descriptor to another, with bounded memory whatever the size.
 *
 * Regular files are mapped a window at a time, inside a guarded section (guarded.h); pipes, sockets
 * and files that cannot be mapped are read. Holes of sparse files are not read at all, and long
 * runs of zeros are written as holes when the output is a regular file. The calling thread blocks:
 * never the loop's, never an executor's. Holds about 3 MiB besides the context. */
#ifndef SWD_COMPRESS_FILES_H
#define SWD_COMPRESS_FILES_H

#include "compress/compress.h"

struct swd_codec_progress {
    uint64_t in, out;
    uint64_t in_size; /* bytes there are to read; 0: not known */
};

struct swd_codec_files {
    enum swd_codec codec; /* SWD_CODECS: decompress what the first bytes say */
    enum swd_codec_dir dir;
    const struct swd_codec_opts *opts; /* NULL: defaults */
    int in_fd, out_fd;                 /* read and written from where they stand; not closed */
    /* Called every 100 ms or so and at the end; false cancels (SWD_ECLOSING). May be NULL. */
    bool (*progress)(void *arg, const struct swd_codec_progress *p);
    void *arg;
    struct swd_codec_progress done; /* out: how far it came */
};

/* Errors: those of streams, SWD_EIO (also a file truncated meanwhile), SWD_ECLOSING. What was
 * written until then stays. */
int swd_codec_files(struct swd_codec_files *job, struct swd_err *e);

#endif
