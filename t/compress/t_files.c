/* Large data: files of every size around the windows, holes, pipes, truncation under our feet,
 * cancelling, and that memory stays where it is. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compress/files.h"
#include "compress/guarded.h"
#include "compress/sample.h"
#include "pool/extent.h"
#include "suite.h"

#define MIB ((size_t)1 << 20)

static int temp_file(void)
{
    char path[] = "/tmp/t_files.XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    return fd;
}

static void fill(int fd, const void *p, size_t n)
{
    ck_assert_int_eq(pwrite(fd, p, n, 0), (ssize_t)n);
}

static int convert(enum swd_codec c, enum swd_codec_dir dir, int in, int out, struct swd_err *e)
{
    struct swd_codec_files job = {.codec = c, .dir = dir, .in_fd = in, .out_fd = out};
    lseek(in, 0, SEEK_SET);
    lseek(out, 0, SEEK_SET);
    ck_assert_int_eq(ftruncate(out, 0), 0);
    return swd_codec_files(&job, e);
}

static void same_file(int fd, const uint8_t *p, size_t n)
{
    struct stat st;
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_uint_eq((size_t)st.st_size, n);
    if (n == 0)
        return;
    void *m = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    ck_assert(m != MAP_FAILED && memcmp(m, p, n) == 0);
    munmap(m, n);
}

START_TEST(files_of_every_size_come_back)
{
    enum swd_codec c = (enum swd_codec)_i;
    static const size_t sizes[] = {0,      1,           4095,    65536,       262143,      262144,
                                   262145, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 4 * MIB + 77};
    uint8_t *data = malloc(5 * MIB);
    int in = temp_file(), z = temp_file(), back = temp_file();
    sample_fill(data, 5 * MIB, 3, 31);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct swd_err e = {0};
        ck_assert_int_eq(ftruncate(in, 0), 0);
        fill(in, data, sizes[i]);
        ck_assert_msg(convert(c, SWD_COMPRESS, in, z, &e) == 0, "%s", e.msg);
        enum swd_codec as = swd_codec_marked(c) ? SWD_CODECS : c;
        ck_assert_msg(convert(as, SWD_DECOMPRESS, z, back, &e) == 0, "%s", e.msg);
        same_file(back, data, sizes[i]);
    }
    free(data);
    close(in);
    close(z);
    close(back);
}
END_TEST

START_TEST(errors_of_content_are_told)
{
    int in = temp_file(), out = temp_file();
    struct swd_err e;
    uint8_t junk[1000];
    sample_fill(junk, sizeof junk, 0, 1);
    fill(in, junk, sizeof junk);
    ck_assert_int_eq(convert(SWD_CODECS, SWD_DECOMPRESS, in, out, &e), SWD_EPARAMS);
    ck_assert_int_eq(convert(SWD_CODEC_GZIP, SWD_DECOMPRESS, in, out, &e), SWD_ECORRUPT);
    ck_assert_int_eq(convert(SWD_CODEC_ZSTD, SWD_COMPRESS, in, out, &e), 0);
    struct stat st;
    fstat(out, &st);
    ck_assert_int_eq(ftruncate(out, st.st_size - 3), 0);
    ck_assert_int_eq(convert(SWD_CODEC_ZSTD, SWD_DECOMPRESS, out, in, &e), SWD_ECORRUPT);
    ck_assert_msg(strstr(e.msg, "truncated"), "%s", e.msg);
    int dir = open("/tmp", O_RDONLY | O_DIRECTORY);
    struct swd_codec_files job = {.dir = SWD_COMPRESS, .in_fd = dir, .out_fd = out};
    ck_assert_int_eq(swd_codec_files(&job, &e), SWD_EIO);
    job.in_fd = 999;
    ck_assert_int_eq(swd_codec_files(&job, &e), SWD_EIO);
    job.in_fd = in;
    job.out_fd = open("/dev/full", O_WRONLY);
    ck_assert_int_eq(swd_codec_files(&job, &e), SWD_EIO);
    close(job.out_fd);
    close(dir);
    close(in);
    close(out);
}
END_TEST

struct cut {
    int fd;
    off_t to;
    unsigned calls;
};

static bool cut_file(void *arg, const struct swd_codec_progress *p)
{
    struct cut *c = arg;
    (void)p;
    if (c->calls++ == 0)
        ck_assert_int_eq(ftruncate(c->fd, c->to), 0);
    return true;
}

/* The file shrinks after its window was mapped: EIO, and the thread goes on. */
START_TEST(a_file_truncated_meanwhile_is_an_error)
{
    size_t n = 64 * MIB;
    uint8_t *data = malloc(n);
    int out = open("/dev/null", O_WRONLY);
    sample_fill(data, n, 1, 32);
    for (int i = 0; i < 3; i++) {
        int in = temp_file();
        struct cut cut = {in, i == 0 ? 0 : i == 1 ? 5000 : (off_t)(33 * MIB + 100), 0};
        struct swd_codec_files job = {.codec = SWD_CODEC_GZIP,
                                      .dir = SWD_COMPRESS,
                                      .in_fd = in,
                                      .out_fd = out,
                                      .progress = cut_file,
                                      .arg = &cut};
        struct swd_err e = {0};
        fill(in, data, n);
        ck_assert_int_eq(swd_codec_files(&job, &e), SWD_EIO);
        ck_assert_msg(strstr(e.msg, "truncated while it was read"), "%s", e.msg);
        close(in);
    }
    close(out);
    free(data);
}
END_TEST

START_TEST(a_section_reads_zeros_and_knows_it)
{
    int fd = temp_file();
    struct swd_err e;
    ck_assert_int_eq(ftruncate(fd, 65536), 0);
    ck_assert_int_eq(swd_guarded_init(&e), 0);
    uint8_t *p = mmap(NULL, 65536, PROT_READ, MAP_SHARED, fd, 0);
    ck_assert(p != MAP_FAILED);
    swd_guarded_begin(p, 65536);
    volatile uint8_t sum = p[40000];
    ck_assert(swd_guarded_end());
    ck_assert_int_eq(ftruncate(fd, 5000), 0);
    swd_guarded_begin(p, 65536);
    sum = p[100];
    sum = (uint8_t)(sum + p[4999]);
    sum = (uint8_t)(sum + p[9000] + p[50000] + p[65535]);
    ck_assert(!swd_guarded_end());
    ck_assert_uint_eq(sum, 0);
    munmap(p, 65536);
    close(fd);
}
END_TEST

static void seen(int signo)
{
    (void)signo;
    _exit(42);
}

/* Outside of a section the signal goes where it went before. */
START_TEST(other_faults_are_passed_on)
{
    int fd = temp_file();
    struct sigaction sa = {.sa_handler = seen};
    ck_assert_int_eq(sigaction(SIGBUS, &sa, NULL), 0);
    ck_assert_int_eq(swd_guarded_init(NULL), 0);
    volatile uint8_t *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    (void)*p;
}
END_TEST

#if !defined(SWD_SAN_address) && !defined(SWD_SAN_thread) /* they set handlers of their own */
START_TEST(without_a_handler_a_fault_still_kills)
{
    int fd = temp_file();
    signal(SIGBUS, SIG_DFL);
    ck_assert_int_eq(swd_guarded_init(NULL), 0);
    volatile uint8_t *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    (void)*p;
}
END_TEST
#endif

static bool no(void *arg, const struct swd_codec_progress *p)
{
    (void)p;
    ++*(int *)arg;
    return false;
}

START_TEST(a_job_can_be_cancelled)
{
    int in = temp_file(), out = open("/dev/null", O_WRONLY), calls = 0, ends[2];
    struct swd_err e;
    ck_assert_int_eq(ftruncate(in, (off_t)1 << 40), 0);
    struct swd_codec_files job = {.codec = SWD_CODEC_ZSTD,
                                  .dir = SWD_COMPRESS,
                                  .in_fd = in,
                                  .out_fd = out,
                                  .progress = no,
                                  .arg = &calls};
    ck_assert_int_eq(swd_codec_files(&job, &e), SWD_ECLOSING);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(job.done.in_size, UINT64_C(1) << 40);
    ck_assert_uint_gt(job.done.in, 0);
    ck_assert_int_eq(pipe(ends), 0); /* and one that waits for a pipe */
    job.in_fd = ends[0];
    ck_assert_int_eq(swd_codec_files(&job, &e), SWD_ECLOSING);
    close(ends[0]);
    close(ends[1]);
    close(in);
    close(out);
}
END_TEST

struct feed {
    int fd;
    const uint8_t *p;
    size_t n;
};

static void *feed(void *arg)
{
    struct feed *f = arg;
    for (size_t at = 0; at < f->n;) {
        ssize_t k = write(f->fd, f->p + at, f->n - at < 7000 ? f->n - at : 7000);
        if (k <= 0)
            break;
        at += (size_t)k;
    }
    close(f->fd);
    return NULL;
}

START_TEST(pipes_are_read_and_written)
{
    size_t n = 3 * MIB;
    uint8_t *data = malloc(n);
    int ends[2], z = temp_file(), back = temp_file();
    pthread_t t;
    struct swd_err e = {0};
    sample_fill(data, n, 3, 33);
    ck_assert_int_eq(pipe(ends), 0);
    struct feed f = {ends[1], data, n};
    pthread_create(&t, NULL, feed, &f);
    struct swd_codec_files job = {
        .codec = SWD_CODEC_ZSTD, .dir = SWD_COMPRESS, .in_fd = ends[0], .out_fd = z};
    ck_assert_msg(swd_codec_files(&job, &e) == 0, "%s", e.msg);
    pthread_join(t, NULL);
    ck_assert_uint_eq(job.done.in, n);
    ck_assert_uint_eq(job.done.in_size, 0);
    ck_assert_int_eq(convert(SWD_CODEC_ZSTD, SWD_DECOMPRESS, z, back, &e), 0);
    same_file(back, data, n);
    close(ends[0]);
    close(z);
    close(back);
    free(data);
}
END_TEST

static long peak_kb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

/* 4 GB, nearly all hole, with data here and there: little memory, little disk. */
START_TEST(four_sparse_gigabytes_take_little_memory)
{
#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
    off_t n = (off_t)256 << 20;
#else
    off_t n = (off_t)4 << 30;
#endif
    int in = temp_file(), z = temp_file(), back = temp_file();
    struct swd_err e = {0};
    struct stat st;
    uint8_t *data = malloc(MIB), *got = malloc(MIB);
    sample_fill(data, MIB, 3, 34);
    ck_assert_int_eq(ftruncate(in, n), 0);
    for (off_t at = 12345; at < n; at += n / 5)
        ck_assert_int_eq(pwrite(in, data, MIB, at), (ssize_t)MIB);
    long before = peak_kb();
    ck_assert_msg(convert(SWD_CODEC_ZSTD, SWD_COMPRESS, in, z, &e) == 0, "%s", e.msg);
    ck_assert_msg(convert(SWD_CODEC_ZSTD, SWD_DECOMPRESS, z, back, &e) == 0, "%s", e.msg);
#if !defined(SWD_SAN_address) && !defined(SWD_SAN_thread)
    ck_assert_int_lt(peak_kb() - before, 16 * 1024);
#else
    (void)before;
#endif
    ck_assert_int_eq(fstat(back, &st), 0);
    ck_assert_int_eq(st.st_size, n);
    ck_assert_int_lt(st.st_blocks * 512, 32 << 20);
    for (off_t at = 12345; at < n; at += n / 5) {
        ck_assert_int_eq(pread(back, got, MIB, at), (ssize_t)MIB);
        ck_assert_mem_eq(got, data, MIB);
    }
    free(data);
    free(got);
    close(in);
    close(z);
    close(back);
}
END_TEST

START_TEST(every_failing_allocation_is_a_clean_error)
{
    uint8_t *data = malloc(MIB);
    int in = temp_file(), out = temp_file();
    sample_fill(data, MIB, 0, 35);
    fill(in, data, MIB);
    for (uint64_t k = 1;; k++) {
        struct swd_extent_stats a, b;
        struct swd_err e;
        ck_assert_uint_lt(k, 200);
        swd_extent_stats(&a);
        swd_extent_fail_at(k);
        int rc = convert((enum swd_codec)(k % SWD_CODECS), SWD_COMPRESS, in, out, &e);
        swd_extent_stats(&b);
        swd_extent_fail_at(0);
        ck_assert(rc == 0 || rc == SWD_ENOMEM);
        if (rc == 0 && a.fails == b.fails && k > 20)
            break;
    }
    close(in);
    close(out);
    free(data);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("compress/files");
    TCase *c = tcase_create("files");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, files_of_every_size_come_back, 0, SWD_CODECS);
    tcase_add_test(c, errors_of_content_are_told);
    tcase_add_test(c, a_file_truncated_meanwhile_is_an_error);
    tcase_add_test(c, a_section_reads_zeros_and_knows_it);
    tcase_add_exit_test(c, other_faults_are_passed_on, 42);
#if !defined(SWD_SAN_address) && !defined(SWD_SAN_thread) /* they set handlers of their own */
    tcase_add_test_raise_signal(c, without_a_handler_a_fault_still_kills, SIGBUS);
#endif
    tcase_add_test(c, a_job_can_be_cancelled);
    tcase_add_test(c, pipes_are_read_and_written);
    tcase_add_test(c, four_sparse_gigabytes_take_little_memory);
    tcase_add_test(c, every_failing_allocation_is_a_clean_error);
    suite_add_tcase(s, c);
    return suite_run(s);
}
