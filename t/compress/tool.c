/* A filter for e_interop.py, as a function: what a suite's main() calls when it has arguments.
 *
 *   PROGRAM pack|unpack CODEC LEVEL STEP IN OUT [IN OUT]...
 *
 * LEVEL may be `-`. STEP 0 is the one-shot call, otherwise a stream of so many bytes at a time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compress/sample.h"
#include "pool/readfile.h"

static int one(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o, size_t at,
               const char *from, const char *to)
{
    struct swd_bytebuf *in = swd_bytebuf_get(SIZE_MAX / 2), *out = swd_bytebuf_get(SIZE_MAX / 2);
    struct swd_err e = {0};
    int rc = swd_readfile(from, in, &e);
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (rc == 0 && at > 0)
        rc = sample_stream(c, dir, o, in->data, in->len, at, at, out, &e);
    else if (rc == 0 && dir == SWD_COMPRESS)
        rc = swd_compress(c, o, in->data, in->len, out, &e);
    else if (rc == 0)
        rc = swd_decompress(c, o, in->data, in->len, out, &e);
    if (rc == 0 && write(fd, out->len > 0 ? out->data : "", out->len) != (ssize_t)out->len)
        rc = -1;
    if (rc != 0)
        (void)fprintf(stderr, "%s: %s\n", from, e.msg);
    close(fd);
    swd_bytebuf_put(&in);
    swd_bytebuf_put(&out);
    return rc;
}

int sample_tool(int argc, char **argv)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    if (argc < 7 || swd_codec_find(argv[2]) == SWD_CODECS)
        return 2;
    enum swd_codec_dir dir = argv[1][0] == 'p' ? SWD_COMPRESS : SWD_DECOMPRESS;
    if (strcmp(argv[3], "-") != 0)
        o.level = (int)strtol(argv[3], NULL, 10);
    for (int i = 5; i + 1 < argc; i += 2)
        if (one(swd_codec_find(argv[2]), dir, &o, strtoul(argv[4], NULL, 10), argv[i],
                argv[i + 1]) != 0)
            return 1;
    return 0;
}
