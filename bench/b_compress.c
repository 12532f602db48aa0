/* Compression against zlib and zstd as they are used naively (a context made for each call), in
 * this process and by turns; against the gzip and zstd programs and Node's zlib. Round trips of 1
 * KB and 100 KB, whole files of 100 MB. Every call of malloc and its family in the process is
 * counted. Prints one JSON line a measure. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "compress/files.h"
#include "pool/extent.h"

#define BATCHES 9
#define MB      1000000.0

/* --- every allocation is counted --- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t k);
void *__libc_realloc(void *p, size_t n);
static uint64_t allocations;

void *malloc(size_t n)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t k)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_calloc(n, k);
}

void *realloc(void *p, size_t n)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_realloc(p, n);
}

/* --- figures --- */

/* Text of programs: the source of Duktape, over and over, each time with other numbers in it. */
static uint8_t *make_input(size_t n)
{
    static const char *const from[] = {"/usr/share/duktape/duktape.c", "/usr/include/zstd.h",
                                       "/proc/self/exe"};
    uint8_t *p = malloc(n);
    size_t have = 0, once;
    for (int i = 0; i < 3 && have < n; i++) {
        int fd = open(from[i], O_RDONLY | O_CLOEXEC);
        ssize_t got = fd < 0 ? 0 : read(fd, p + have, n - have);
        have += got > 0 ? (size_t)got : 0;
        if (fd >= 0)
            close(fd);
    }
    once = have;
    for (uint64_t x = 1; have < n; have++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        p[have] = x >> 58 == 0 ? (uint8_t)(x >> 40) : p[have - once];
    }
    return p;
}

static void die(const char *what)
{
    fprintf(stderr, "b_compress: %s\n", what);
    exit(1);
}

/* --- in this process: ours and the naive way --- */

struct buffers {
    const uint8_t *in;
    size_t n, cap, packed;
    uint8_t *z, *back;
};

static void ours_round(enum swd_codec c, struct buffers *b)
{
    size_t got;
    if (swd_compress_into(c, NULL, b->in, b->n, b->z, b->cap, &b->packed, NULL) != 0 ||
        swd_decompress_into(c, NULL, b->z, b->packed, b->back, b->n + 1, &got, NULL) != 0 ||
        got != b->n)
        die("a round trip of ours failed");
}

static void naive_deflate(enum swd_codec c, struct buffers *b)
{
    static const int bits[] = {15 + 16, 15, -15};
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, bits[c], 8, 0) != Z_OK)
        die("deflateInit2");
    z.next_in = (Bytef *)(uintptr_t)b->in;
    z.avail_in = (uInt)b->n;
    z.next_out = b->z;
    z.avail_out = (uInt)b->cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        die("deflate");
    b->packed = z.total_out;
    deflateEnd(&z);
    memset(&z, 0, sizeof z);
    if (inflateInit2(&z, bits[c]) != Z_OK)
        die("inflateInit2");
    z.next_in = b->z;
    z.avail_in = (uInt)b->packed;
    z.next_out = b->back;
    z.avail_out = (uInt)b->n + 1;
    if (inflate(&z, Z_FINISH) != Z_STREAM_END)
        die("inflate");
    inflateEnd(&z);
}

static void naive_round(enum swd_codec c, struct buffers *b)
{
    if (c != SWD_CODEC_ZSTD) {
        naive_deflate(c, b);
        return;
    }
    b->packed = ZSTD_compress(b->z, b->cap, b->in, b->n, 3);
    if (ZSTD_decompress(b->back, b->n + 1, b->z, b->packed) != b->n)
        die("ZSTD_decompress");
}

static double timed(void (*round)(enum swd_codec, struct buffers *), enum swd_codec c,
                    struct buffers *b, int times)
{
    uint64_t began = swd_clock_thread_cpu();
    for (int i = 0; i < times; i++)
        round(c, b);
    return (double)(swd_clock_thread_cpu() - began) / 1e3 / times;
}

static void bench_rounds(enum swd_codec c, struct buffers *b, const char *size, int times)
{
    double ours[BATCHES], theirs[BATCHES];
    char name[64], peer[64];
    (void)snprintf(name, sizeof name, "compress.%s.round_%s", swd_codec_name(c), size);
    (void)snprintf(peer, sizeof peer, "%s with a context for each call",
                   c == SWD_CODEC_ZSTD ? "zstd" : "zlib");
    if (!bench_wanted(name))
        return;
    for (int i = 0; i < BATCHES; i++) {
        ours[i] = timed(ours_round, c, b, times);
        theirs[i] = timed(naive_round, c, b, times);
    }
    bench_line(name, bench_median(ours, BATCHES), "us", peer, bench_median(theirs, BATCHES), NULL);
}

/* 50 round trips of 100 KB after 5 to warm up, as the predecessor's report had them. */
static void bench_growth(enum swd_codec c, struct buffers *b)
{
    struct swd_extent_stats before, after;
    char name[64];
    uint64_t ours, naive;
    (void)snprintf(name, sizeof name, "compress.%s.heap_allocations", swd_codec_name(c));
    if (!bench_wanted(name))
        return;
    for (int i = 0; i < 5; i++)
        ours_round(c, b);
    swd_extent_stats(&before);
    ours = allocations;
    for (int i = 0; i < 50; i++)
        ours_round(c, b);
    ours = allocations - ours;
    swd_extent_stats(&after);
    naive = allocations;
    for (int i = 0; i < 50; i++)
        naive_round(c, b);
    naive = allocations - naive;
    printf("{\"bench\":\"%s\",\"value\":%.2f,\"unit\":\"per round trip\",\"growth_bytes\":%lld,"
           "\"peer\":\"a context for each call\",\"peer_value\":%.2f}\n",
           name, (double)ours / 50, (long long)(after.mapped - before.mapped), (double)naive / 50);
}

/* --- programs --- */

/* Runs a program with its input and output in files; its time in seconds, negative: it failed. */
static double program(const char *const *argv, const char *in, const char *out)
{
    uint64_t began = swd_clock_mono();
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int i = open(in, O_RDONLY), o = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (i < 0 || o < 0 || dup2(i, 0) < 0 || dup2(o, 1) < 0)
            _exit(127);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        return -1;
    return (double)(swd_clock_mono() - began) / 1e9;
}

#define NODE_TIMED                                                                                 \
    "const z=require('zlib'),f=require('fs');let d=f.readFileSync(process.argv[1]),"               \
    "n=+process.argv[2],t=process.hrtime.bigint(),c;"                                              \
    "for(let i=0;i<n;i++)c=z.gunzipSync(z.gzipSync(d));"                                           \
    "f.writeFileSync(process.argv[3],String(Number(process.hrtime.bigint()-t)/1e3/n))"

/* Microseconds of a round trip by Node's zlib inside of Node; negative: no Node. */
static double node_round(const char *in, const char *out, int times)
{
    char n[16], text[64] = "";
    (void)snprintf(n, sizeof n, "%d", times);
    const char *argv[] = {"node", "-e", NODE_TIMED, in, n, out, NULL};
    if (program(argv, "/dev/null", "/dev/null") < 0)
        return -1;
    int fd = open(out, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    return got > 0 ? strtod(text, NULL) : -1;
}

static void write_file(const char *path, const void *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t at = 0; at < n;) {
        ssize_t k = write(fd, (const char *)p + at, n - at);
        if (k <= 0)
            die("cannot write a temporary file");
        at += (size_t)k;
    }
    close(fd);
}

/* Our time from file to file. */
static double ours_file(enum swd_codec c, enum swd_codec_dir dir, const char *in, const char *out)
{
    uint64_t began = swd_clock_mono();
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_err e;
    o.checksum = true; /* as the zstd program does */
    struct swd_codec_files job = {.codec = c, .dir = dir, .opts = &o};
    job.in_fd = open(in, O_RDONLY | O_CLOEXEC);
    job.out_fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (swd_codec_files(&job, &e) != 0)
        die(e.msg);
    close(job.in_fd);
    close(job.out_fd);
    return (double)(swd_clock_mono() - began) / 1e9;
}

struct peer {
    enum swd_codec codec;
    const char *name;
    const char *pack[4], *unpack[4];
};
static const struct peer peers[] = {
    {SWD_CODEC_GZIP, "gzip program", {"gzip", "-c", "-n", NULL}, {"gzip", "-dc", NULL}},
    {SWD_CODEC_ZSTD, "zstd program", {"zstd", "-qc", NULL}, {"zstd", "-dqc", NULL}},
};

static double least(double a, double b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Best of a few, by turns. */
static bool files_wanted(const struct peer *p, const char *size)
{
    char pack[64], unpack[64];
    (void)snprintf(pack, sizeof pack, "compress.%s.pack_file_%s", swd_codec_name(p->codec), size);
    (void)snprintf(unpack, sizeof unpack, "compress.%s.unpack_file_%s", swd_codec_name(p->codec),
                   size);
    return bench_wanted(pack) || bench_wanted(unpack);
}

static void bench_files(const struct peer *p, const char *dir, size_t n, const char *size,
                        int times)
{
    char in[128], ours[128], theirs[128], back[128], name[64];
    double t[4] = {-1, -1, -1, -1};
    (void)snprintf(in, sizeof in, "%s/in", dir);
    (void)snprintf(ours, sizeof ours, "%s/ours", dir);
    (void)snprintf(theirs, sizeof theirs, "%s/theirs", dir);
    (void)snprintf(back, sizeof back, "%s/back", dir);
    for (int i = 0; i < times; i++) {
        t[0] = least(t[0], ours_file(p->codec, SWD_COMPRESS, in, ours));
        t[1] = least(t[1], program(p->pack, in, theirs));
        t[2] = least(t[2], ours_file(p->codec, SWD_DECOMPRESS, ours, back));
        t[3] = least(t[3], program(p->unpack, ours, back));
    }
    for (int i = 0; i < 2; i++) {
        (void)snprintf(name, sizeof name, "compress.%s.%s_file_%s", swd_codec_name(p->codec),
                       i ? "unpack" : "pack", size);
        bench_line(name, (double)n / MB / t[2 * i], "MB/s", t[2 * i + 1] < 0 ? NULL : p->name,
                   (double)n / MB / t[2 * i + 1], NULL);
    }
}

static void bench_node(struct buffers *b, const char *dir, const char *size, int times)
{
    char in[128], out[128], name[64];
    (void)snprintf(name, sizeof name, "compress.gzip.node_round_%s", size);
    if (!bench_wanted(name))
        return;
    (void)snprintf(in, sizeof in, "%s/node", dir);
    (void)snprintf(out, sizeof out, "%s/time", dir);
    write_file(in, b->in, b->n);
    double theirs = node_round(in, out, times);
    double ours = timed(ours_round, SWD_CODEC_GZIP, b, times);
    bench_line(name, ours, "us", theirs < 0 ? NULL : "Node's zlib, in Node", theirs, NULL);
    unlink(in);
    unlink(out);
}

static void remove_all(const char *dir)
{
    static const char *const names[] = {"in", "ours", "theirs", "back"};
    char path[128];
    for (int i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(int argc, char **argv)
{
    static const struct {
        size_t n;
        const char *name;
        int rounds, files;
    } sizes[] = {{1000, "1k", 400, 9}, {100000, "100k", 8, 9}, {100000000, "100m", 0, 2}};
    char dir[] = "/tmp/b_compress.XXXXXX";
    bench_init(argc, argv);
    if (!bench_wanted("compress"))
        return 0;
    if (swd_extent_init(NULL, NULL) != 0 || mkdtemp(dir) == NULL)
        return 1;
    uint8_t *input = make_input(sizes[2].n);
    for (int k = 0; k < 3; k++) {
        struct buffers b = {.in = input + (k < 2 ? 600000 : 0), .n = sizes[k].n};
        char path[128];
        if (k < 2) {
            b.cap = swd_compress_bound(SWD_CODEC_ZSTD, b.n) + b.n / 4 + 100;
            b.z = malloc(b.cap);
            b.back = malloc(b.n + 1);
            for (enum swd_codec c = 0; c < SWD_CODECS; c++)
                bench_rounds(c, &b, sizes[k].name, sizes[k].rounds);
            for (enum swd_codec c = 0; k == 1 && c < SWD_CODECS; c++)
                bench_growth(c, &b);
            bench_node(&b, dir, sizes[k].name, sizes[k].rounds);
            free(b.z);
            free(b.back);
        }
        (void)snprintf(path, sizeof path, "%s/in", dir);
        write_file(path, b.in, b.n);
        for (size_t i = 0; i < sizeof peers / sizeof *peers; i++)
            if (files_wanted(&peers[i], sizes[k].name))
                bench_files(&peers[i], dir, b.n, sizes[k].name, sizes[k].files);
    }
    free(input);
    remove_all(dir);
    return 0;
}
