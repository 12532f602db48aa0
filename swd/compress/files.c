/* Large data from descriptor to descriptor: see files.h. */
#include "compress/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "compress/guarded.h"
#include "pool/slab.h"

#define WINDOW    ((uint64_t)2 * 1024 * 1024) /* mapped at once */
#define PIECE     ((size_t)256 * 1024)        /* given to a step at once; output likewise */
#define BLOCK     ((size_t)32 * 1024)         /* of zeros that become a hole */
#define MAP_LEAST ((uint64_t)256 * 1024)      /* smaller files are read */
#define REPORT_NS (100 * SWD_NS_PER_MS)
#define POLL_MS   200

static const uint8_t zeros[PIECE];

struct source {
    int fd;
    bool regular, mapped, eof;
    uint64_t at, size; /* of a regular file; `at` is the end of what was handed out */
    uint64_t data_to;  /* no hole before this offset */
    uint8_t *window;
    uint64_t window_at, window_len;
    uint8_t *buffer; /* PIECE bytes */
};

struct sink {
    int fd;
    bool regular, sparse;
    uint64_t hole; /* bytes of zeros not written yet */
    uint8_t *buffer;
};

struct run {
    struct swd_codec_files *job;
    struct source src;
    struct sink dst;
    struct swd_stream *stream;
    uint64_t told;
};

/* --- progress --- */

static int tell(struct run *r, bool now, struct swd_err *e)
{
    struct swd_codec_files *job = r->job;
    uint64_t t = swd_clock_mono();
    if (r->stream != NULL) {
        job->done.in = swd_stream_in(r->stream);
        job->done.out = swd_stream_out(r->stream);
    }
    if (job->progress == NULL || (!now && t - r->told < REPORT_NS))
        return 0;
    r->told = t;
    if (job->progress(job->arg, &job->done))
        return 0;
    return swd_fail(e, SWD_ECLOSING, "cancelled at byte %llu", (unsigned long long)job->done.in);
}

/* Waits for a pipe or socket, and asks now and then whether to go on. */
static int await(struct run *r, int fd, short what, struct swd_err *e)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = what};
        int n = poll(&p, 1, POLL_MS), rc;
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return swd_fail(e, SWD_EIO, "poll: %s", strerror(errno));
        rc = tell(r, false, e);
        if (rc != 0)
            return rc;
    }
}

/* --- input --- */

static int truncated(const struct source *s, struct swd_err *e)
{
    return swd_fail(e, SWD_EIO, "the file was truncated while it was read, before byte %llu",
                    (unsigned long long)s->size);
}

static int source_open(struct source *s, int fd, struct swd_err *e)
{
    struct stat st;
    s->fd = fd;
    if (fstat(fd, &st) != 0)
        return swd_fail(e, SWD_EIO, "input: %s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        return swd_fail(e, SWD_EIO, "the input is a directory");
    off_t at = lseek(fd, 0, SEEK_CUR);
    s->regular = S_ISREG(st.st_mode) && at >= 0;
    if (s->regular) {
        s->at = s->data_to = (uint64_t)at;
        s->size = (uint64_t)st.st_size;
        s->mapped = s->size > s->at && s->size - s->at >= MAP_LEAST;
    }
    if (s->mapped)
        return swd_guarded_init(e);
    s->buffer = swd_slab_alloc(PIECE);
    return s->buffer != NULL ? 0 : swd_fail(e, SWD_ENOMEM, "no memory for an input buffer");
}

static void unmap(struct source *s)
{
    if (s->window != NULL)
        (void)munmap(s->window, (size_t)s->window_len);
    s->window = NULL;
}

/* Maps what holds `at`. What was mapped before goes, so its pages do not add up. */
static int map_window(struct source *s, struct swd_err *e)
{
    unmap(s);
    s->window_at = s->at / WINDOW * WINDOW;
    s->window_len = s->size - s->window_at < WINDOW ? s->size - s->window_at : WINDOW;
    void *p = mmap(NULL, (size_t)s->window_len, PROT_READ, MAP_SHARED, s->fd, (off_t)s->window_at);
    if (p == MAP_FAILED)
        return swd_fail(e, errno == ENOMEM ? SWD_ENOMEM : SWD_EIO, "mmap: %s", strerror(errno));
    (void)madvise(p, (size_t)s->window_len, MADV_SEQUENTIAL);
    s->window = p;
    return 0;
}

/* Whether a hole begins at `at`; `*to` is where it ends. */
static int find_hole(struct source *s, uint64_t *to, struct swd_err *e)
{
    struct stat st;
    *to = s->at;
    if (s->at < s->data_to)
        return 0;
    off_t data = lseek(s->fd, (off_t)s->at, SEEK_DATA);
    if (data < 0 && errno != ENXIO) { /* not known here: all is data */
        s->data_to = s->size;
        return 0;
    }
    if (data < 0) { /* nothing but hole to the end, if that is where it was */
        if (fstat(s->fd, &st) != 0 || (uint64_t)st.st_size < s->size)
            return truncated(s, e);
        *to = s->size;
        return 0;
    }
    off_t hole = lseek(s->fd, data, SEEK_HOLE);
    *to = (uint64_t)data < s->size ? (uint64_t)data : s->size;
    s->data_to = hole < 0 ? s->size : (uint64_t)hole;
    return 0;
}

static int next_mapped(struct source *s, struct swd_codec_io *io, struct swd_err *e)
{
    uint64_t hole, n;
    int rc = find_hole(s, &hole, e);
    if (rc != 0)
        return rc;
    if (hole > s->at) {
        n = hole - s->at < PIECE ? hole - s->at : PIECE;
        io->in = zeros;
    } else {
        if (s->window == NULL || s->at >= s->window_at + s->window_len)
            rc = map_window(s, e);
        if (rc != 0)
            return rc;
        n = s->window_at + s->window_len - s->at;
        n = n < PIECE ? n : PIECE;
        n = s->data_to - s->at < n ? s->data_to - s->at : n;
        io->in = s->window + (s->at - s->window_at);
    }
    io->in_len = (size_t)n;
    s->at += n;
    s->eof = s->at == s->size;
    return 0;
}

static int next_read(struct run *r, struct swd_codec_io *io, struct swd_err *e)
{
    struct source *s = &r->src;
    for (;;) {
        int rc = s->regular ? 0 : await(r, s->fd, POLLIN, e);
        if (rc != 0)
            return rc;
        ssize_t n = read(s->fd, s->buffer, PIECE);
        if (n >= 0) {
            io->in = s->buffer;
            io->in_len = (size_t)n;
            s->eof = n == 0;
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN)
            return swd_fail(e, SWD_EIO, "input: %s", strerror(errno));
    }
}

static int source_next(struct run *r, struct swd_codec_io *io, struct swd_err *e)
{
    if (r->src.eof)
        return 0;
    return r->src.mapped ? next_mapped(&r->src, io, e) : next_read(r, io, e);
}

static void source_close(struct source *s)
{
    unmap(s);
    if (s->mapped)
        (void)lseek(s->fd, (off_t)s->at, SEEK_SET);
    swd_slab_free(s->buffer, PIECE);
}

/* --- output --- */

static int sink_open(struct sink *d, int fd, bool may_be_sparse, struct swd_err *e)
{
    struct stat st;
    d->fd = fd;
    if (fstat(fd, &st) != 0)
        return swd_fail(e, SWD_EIO, "output: %s", strerror(errno));
    d->regular = S_ISREG(st.st_mode);
    off_t at = d->regular ? lseek(fd, 0, SEEK_CUR) : -1;
    int flags = fcntl(fd, F_GETFL);
    /* Behind all that the file has, so that a hole reads as zeros. */
    d->sparse = may_be_sparse && at >= st.st_size && flags >= 0 && (flags & O_APPEND) == 0;
    d->buffer = swd_slab_alloc(PIECE);
    return d->buffer != NULL ? 0 : swd_fail(e, SWD_ENOMEM, "no memory for an output buffer");
}

static int write_all(struct run *r, const uint8_t *p, size_t n, struct swd_err *e)
{
    struct sink *d = &r->dst;
    while (n > 0) {
        int rc = d->regular ? 0 : await(r, d->fd, POLLOUT, e);
        if (rc != 0)
            return rc;
        /* A pipe that is ready takes PIPE_BUF bytes without blocking. */
        ssize_t k = write(d->fd, p, d->regular || n < PIPE_BUF ? n : PIPE_BUF);
        if (k < 0 && errno != EINTR && errno != EAGAIN)
            return swd_fail(e, SWD_EIO, "output: %s", strerror(errno));
        if (k > 0) {
            p += k;
            n -= (size_t)k;
        }
    }
    return 0;
}

static int skip_hole(struct sink *d, struct swd_err *e)
{
    if (d->hole > 0 && lseek(d->fd, (off_t)d->hole, SEEK_CUR) < 0)
        return swd_fail(e, SWD_EIO, "output: %s", strerror(errno));
    d->hole = 0;
    return 0;
}

/* Bytes at `p` in blocks that are all zero, or none of which is. */
static size_t run_of(const uint8_t *p, size_t n, bool zero)
{
    size_t at = 0;
    while (at < n) {
        size_t k = n - at < BLOCK ? n - at : BLOCK;
        if ((memcmp(p + at, zeros, k) == 0) != zero)
            break;
        at += k;
    }
    return at;
}

static int sink_put(struct run *r, size_t n, struct swd_err *e)
{
    struct sink *d = &r->dst;
    const uint8_t *p = d->buffer;
    int rc = 0;
    if (!d->sparse)
        return write_all(r, p, n, e);
    while (n > 0 && rc == 0) {
        size_t zero = run_of(p, n, true), data = run_of(p + zero, n - zero, false);
        d->hole += zero;
        if (data > 0)
            rc = skip_hole(d, e);
        if (data > 0 && rc == 0)
            rc = write_all(r, p + zero, data, e);
        p += zero + data;
        n -= zero + data;
    }
    return rc;
}

/* A hole at the end has to be made. */
static int sink_end(struct sink *d, struct swd_err *e)
{
    if (d->hole == 0)
        return 0;
    int rc = skip_hole(d, e);
    off_t at = rc == 0 ? lseek(d->fd, 0, SEEK_CUR) : -1;
    if (rc == 0 && (at < 0 || ftruncate(d->fd, at) != 0))
        rc = swd_fail(e, SWD_EIO, "output: %s", strerror(errno));
    return rc;
}

/* --- the run --- */

static int open_stream(struct run *r, const struct swd_codec_io *io, struct swd_err *e)
{
    struct swd_codec_files *job = r->job;
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    if (job->opts != NULL)
        o = *job->opts;
    if (job->codec == SWD_CODECS) {
        if (r->src.mapped)
            swd_guarded_begin(r->src.window, (size_t)r->src.window_len);
        job->codec = swd_codec_detect(io->in, io->in_len);
        if (r->src.mapped && !swd_guarded_end())
            return truncated(&r->src, e);
        if (job->codec == SWD_CODECS) {
            (void)swd_fail(e, SWD_EPARAMS, "this is neither gzip, zlib nor zstd data");
            return e != NULL ? swd_fail_hint(e, "name the codec if it is raw deflate or brotli")
                             : SWD_EPARAMS;
        }
    }
    if (job->dir == SWD_COMPRESS && r->src.regular)
        o.size = job->done.in_size;
    return swd_stream_open(job->codec, job->dir, &o, &r->stream, e);
}

static int step(struct run *r, struct swd_codec_io *io, struct swd_err *e)
{
    io->out = r->dst.buffer;
    io->out_len = PIECE;
    bool mapped = r->src.mapped && r->src.window != NULL && io->in_len > 0;
    if (mapped)
        swd_guarded_begin(r->src.window, (size_t)r->src.window_len);
    int rc = swd_stream_step(r->stream, io, r->src.eof ? SWD_FLUSH_END : SWD_FLUSH_NONE, e);
    if (mapped && !swd_guarded_end())
        return truncated(&r->src, e);
    return rc;
}

static int run(struct run *r, struct swd_err *e)
{
    struct swd_codec_io io = {.in = zeros};
    int rc = source_next(r, &io, e);
    if (rc == 0)
        rc = open_stream(r, &io, e);
    while (rc == SWD_STREAM_MORE || (rc == SWD_STREAM_END && !r->src.eof)) {
        if (io.in_len == 0)
            rc = source_next(r, &io, e);
        if (rc >= 0)
            rc = step(r, &io, e);
        int put = rc >= 0 ? sink_put(r, PIECE - io.out_len, e) : 0;
        int told = rc >= 0 && put == 0 ? tell(r, false, e) : 0;
        if (put != 0 || told != 0)
            rc = put != 0 ? put : told;
    }
    if (rc < 0)
        return rc;
    rc = sink_end(&r->dst, e);
    return rc != 0 ? rc : tell(r, true, e);
}

int swd_codec_files(struct swd_codec_files *job, struct swd_err *e)
{
    struct run r = {.job = job, .told = swd_clock_mono()};
    int rc = source_open(&r.src, job->in_fd, e);
    job->done = (struct swd_codec_progress){0};
    if (rc == 0)
        rc = sink_open(&r.dst, job->out_fd, job->dir == SWD_DECOMPRESS, e);
    if (rc == 0) {
        job->done.in_size = r.src.regular ? r.src.size - r.src.at : 0;
        rc = run(&r, e);
    }
    source_close(&r.src);
    swd_slab_free(r.dst.buffer, PIECE);
    swd_stream_close(&r.stream);
    return rc;
}
