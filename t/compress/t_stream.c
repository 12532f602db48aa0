/* Streams: every chunk boundary, flushing, members and frames that follow one another, resets,
 * trailing data, settings that change on the way. */
#include <check.h>
#include <string.h>

#include "compress/sample.h"
#include "pool/pool.h"
#include "suite.h"

static uint8_t data[200000];

static void same(const struct swd_bytebuf *b, const void *p, size_t n)
{
    ck_assert_uint_eq(b->len, n);
    ck_assert(n == 0 || memcmp(b->data, p, n) == 0);
}

START_TEST(every_boundary_of_input_and_output_works)
{
    enum swd_codec c = (enum swd_codec)_i;
    static const size_t steps[] = {1, 2, 3, 7, 18, 64, 300, 5000};
    size_t n = 1500;
    sample_fill(data, n, 3, 21);
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 8; k++) {
            struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *b = swd_bytebuf_get(SIZE_MAX);
            struct swd_err e = {0};
            int rc = sample_stream(c, SWD_COMPRESS, NULL, data, n, steps[i], steps[k], z, &e);
            ck_assert_msg(rc == 0, "%s", e.msg);
            rc = sample_stream(c, SWD_DECOMPRESS, NULL, z->data, z->len, steps[k], steps[i], b, &e);
            ck_assert_msg(rc == 0, "%s", e.msg);
            same(b, data, n);
            swd_bytebuf_clear(b);
            ck_assert_int_eq(swd_decompress(c, NULL, z->data, z->len, b, &e), 0);
            same(b, data, n);
            swd_bytebuf_put(&z);
            swd_bytebuf_put(&b);
        }
    }
}
END_TEST

/* The input cut in two at each byte; a wrong answer after any cut shows. */
START_TEST(every_cut_in_two_works)
{
    enum swd_codec c = (enum swd_codec)_i;
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX);
    sample_fill(data, 900, 0, 22);
    ck_assert_int_eq(swd_compress(c, NULL, data, 900, z, NULL), 0);
    for (size_t cut = 0; cut <= z->len; cut++) {
        uint8_t back[901];
        struct swd_stream *s;
        struct swd_err e = {0};
        struct swd_codec_io io = {(uint8_t *)z->data, cut, back, sizeof back};
        ck_assert_int_eq(swd_stream_open(c, SWD_DECOMPRESS, NULL, &s, &e), 0);
        int rc = swd_stream_step(s, &io, SWD_FLUSH_NONE, &e);
        ck_assert_msg(rc >= 0 && io.in_len == 0, "%zu: %s", cut, e.msg);
        io.in_len = z->len - cut;
        rc = swd_stream_step(s, &io, SWD_FLUSH_END, &e);
        ck_assert_msg(rc == SWD_STREAM_END, "%zu: %s", cut, e.msg);
        ck_assert_uint_eq(io.out_len, 1);
        ck_assert_mem_eq(back, data, 900);
        ck_assert_uint_eq(swd_stream_in(s), z->len);
        ck_assert_uint_eq(swd_stream_out(s), 900);
        swd_stream_close(&s);
    }
    swd_bytebuf_put(&z);
}
END_TEST

START_TEST(a_flush_makes_all_so_far_readable)
{
    enum swd_codec c = (enum swd_codec)_i;
    uint8_t z[4000], back[1000];
    struct swd_stream *enc, *dec;
    struct swd_codec_io in = {data, 0, z, sizeof z}, out = {z, 0, back, sizeof back};
    ck_assert_int_eq(swd_stream_open(c, SWD_COMPRESS, NULL, &enc, NULL), 0);
    ck_assert_int_eq(swd_stream_open(c, SWD_DECOMPRESS, NULL, &dec, NULL), 0);
    sample_fill(data, 1000, 0, 23);
    for (int i = 1; i <= 10; i++) {
        in.in_len = 100;
        enum swd_flush f = i % 2 ? SWD_FLUSH_SYNC : SWD_FLUSH_FULL;
        ck_assert_int_eq(swd_stream_step(enc, &in, f, NULL), SWD_STREAM_MORE);
        ck_assert_uint_eq(in.in_len, 0);
        out.in_len = (size_t)(in.out - out.in);
        ck_assert_int_eq(swd_stream_step(dec, &out, SWD_FLUSH_NONE, NULL), SWD_STREAM_MORE);
        ck_assert_uint_eq(swd_stream_out(dec), (unsigned)i * 100);
    }
    ck_assert_int_eq(swd_stream_step(enc, &in, SWD_FLUSH_END, NULL), SWD_STREAM_END);
    out.in_len = (size_t)(in.out - out.in);
    ck_assert_int_eq(swd_stream_step(dec, &out, SWD_FLUSH_END, NULL), SWD_STREAM_END);
    ck_assert_mem_eq(back, data, 1000);
    swd_stream_close(&enc);
    swd_stream_close(&dec);
}
END_TEST

START_TEST(members_follow_one_another)
{
    static const enum swd_codec many[] = {SWD_CODEC_GZIP, SWD_CODEC_ZSTD};
    for (int i = 0; i < 2; i++) {
        struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *b = swd_bytebuf_get(SIZE_MAX);
        struct swd_codec_opts o = SWD_CODEC_OPTS;
        struct swd_err e;
        sample_fill(data, 5000, 0, 24);
        ck_assert_int_eq(swd_compress(many[i], NULL, data, 2000, z, &e), 0);
        size_t first = z->len;
        ck_assert_int_eq(swd_compress(many[i], NULL, data + 2000, 0, z, &e), 0);
        ck_assert_int_eq(swd_compress(many[i], NULL, data + 2000, 3000, z, &e), 0);
        ck_assert_int_eq(swd_decompress(many[i], NULL, z->data, z->len, b, &e), 0);
        same(b, data, 5000);
        for (size_t step = 1; step < 40; step += 3) {
            swd_bytebuf_clear(b);
            ck_assert_int_eq(
                sample_stream(many[i], SWD_DECOMPRESS, NULL, z->data, z->len, step, 100, b, &e), 0);
            same(b, data, 5000);
        }
        swd_bytebuf_clear(b);
        o.one_member = true;
        ck_assert_int_eq(swd_decompress(many[i], &o, z->data, z->len, b, &e), SWD_ECORRUPT);
        o.trailing = SWD_TRAILING_STOP;
        ck_assert_int_eq(swd_decompress(many[i], &o, z->data, z->len, b, &e), 0);
        same(b, data, 2000);
        struct swd_stream *s;
        uint8_t back[3000];
        struct swd_codec_io io = {(uint8_t *)z->data, z->len, back, sizeof back};
        ck_assert_int_eq(swd_stream_open(many[i], SWD_DECOMPRESS, &o, &s, &e), 0);
        ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_NONE, &e), SWD_STREAM_END);
        ck_assert_uint_eq(swd_stream_in(s), first);
        ck_assert_uint_eq(io.in_len, z->len - first);
        swd_stream_close(&s);
        swd_bytebuf_put(&z);
        swd_bytebuf_put(&b);
    }
}
END_TEST

START_TEST(zeros_after_gzip_are_padding)
{
    uint8_t z[600] = {0};
    size_t n, got;
    char back[20];
    struct swd_err e;
    ck_assert_int_eq(swd_compress_into(SWD_CODEC_GZIP, NULL, "abc", 3, z, 80, &n, &e), 0);
    ck_assert_int_eq(swd_decompress_into(SWD_CODEC_GZIP, NULL, z, 512, back, 20, &got, &e), 0);
    ck_assert_uint_eq(got, 3);
    z[511] = 7;
    ck_assert_int_eq(swd_decompress_into(SWD_CODEC_GZIP, NULL, z, 512, back, 20, &got, &e),
                     SWD_ECORRUPT);
    ck_assert_str_eq(e.msg, "gzip: data follows the end at byte 511");
}
END_TEST

/* All optional fields of a header, its checksum too; each bit of it matters. */
START_TEST(every_field_of_a_gzip_header_is_read)
{
    static const uint8_t head[] = {0x1f, 0x8b, 8,   2 + 4 + 8 + 16,
                                   1,    2,    3,   4,
                                   0,    3,    3,   0,
                                   'a',  'b',  'c', 'n',
                                   'a',  'm',  'e', 0,
                                   't',  'e',  'x', 't',
                                   0};
    uint8_t z[200], back[20];
    size_t n, at = sizeof head, got;
    struct swd_err e;
    ck_assert_int_eq(swd_compress_into(SWD_CODEC_GZIP, NULL, "abc", 3, back, 0, &n, &e),
                     SWD_ELIMIT);
    memcpy(z, head, at);
    uint32_t sum = 0xffffffff;
    for (size_t i = 0; i < at; i++) {
        sum ^= z[i];
        for (int k = 0; k < 8; k++)
            sum = sum & 1 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
    }
    sum = ~sum;
    z[at++] = (uint8_t)sum;
    z[at++] = (uint8_t)(sum >> 8);
    uint8_t plain[80];
    ck_assert_int_eq(swd_compress_into(SWD_CODEC_GZIP, NULL, "abc", 3, plain, 80, &n, &e), 0);
    memcpy(z + at, plain + 10, n - 10);
    n = at + n - 10;
    ck_assert_int_eq(swd_decompress_into(SWD_CODEC_GZIP, NULL, z, n, back, 20, &got, &e), 0);
    ck_assert_uint_eq(got, 3);
    struct swd_bytebuf *b = swd_bytebuf_get(100);
    ck_assert_int_eq(sample_stream(SWD_CODEC_GZIP, SWD_DECOMPRESS, NULL, z, n, 1, 1, b, &e), 0);
    same(b, "abc", 3);
    for (size_t i = 0; i < at; i++) {
        z[i] ^= 1;
        ck_assert_int_ne(swd_decompress_into(SWD_CODEC_GZIP, NULL, z, n, back, 20, &got, &e), 0);
        z[i] ^= 1;
    }
    swd_bytebuf_put(&b);
}
END_TEST

START_TEST(a_reset_stream_is_a_new_one)
{
    enum swd_codec c = (enum swd_codec)_i;
    struct swd_stream *s;
    uint8_t a[400], b[400], junk[10];
    struct swd_codec_io io = {data, 300, a, sizeof a};
    sample_fill(data, 300, 0, 25);
    ck_assert_int_eq(swd_stream_open(c, SWD_COMPRESS, NULL, &s, NULL), 0);
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_END, NULL), SWD_STREAM_END);
    size_t n = (size_t)(io.out - a);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(swd_stream_reset(s, NULL), 0);
        io = (struct swd_codec_io){data + 50, 100, junk, sizeof junk};
        ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_SYNC, NULL), SWD_STREAM_MORE);
        ck_assert_int_eq(swd_stream_reset(s, NULL), 0);
        ck_assert_uint_eq(swd_stream_in(s), 0);
        io = (struct swd_codec_io){data, 300, b, sizeof b};
        ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_END, NULL), SWD_STREAM_END);
        ck_assert_uint_eq((size_t)(io.out - b), n);
        ck_assert_mem_eq(a, b, n);
    }
    swd_stream_close(&s);
}
END_TEST

START_TEST(an_error_stays)
{
    struct swd_stream *s;
    uint8_t out[10];
    struct swd_codec_io io = {(const uint8_t *)"no gzip here", 12, out, 10};
    struct swd_err e;
    ck_assert_int_eq(swd_stream_open(SWD_CODEC_GZIP, SWD_DECOMPRESS, NULL, &s, NULL), 0);
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_NONE, &e), SWD_ECORRUPT);
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_NONE, &e), SWD_ECORRUPT);
    ck_assert_int_eq(swd_stream_reset(s, &e), 0);
    io.in_len = 0;
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_NONE, &e), SWD_STREAM_MORE);
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_END, &e), SWD_ECORRUPT);
    ck_assert_str_eq(e.msg, "gzip: truncated: the input ends at byte 0, inside of the header");
    swd_stream_close(&s);
}
END_TEST

START_TEST(level_and_strategy_change_on_the_way)
{
    struct swd_stream *s;
    static uint8_t z[250000], back[200000];
    size_t got;
    struct swd_err e = {0};
    struct swd_codec_io io = {data, 100000, z, sizeof z};
    sample_fill(data, 200000, 3, 26);
    ck_assert_int_eq(swd_stream_open(SWD_CODEC_ZLIB, SWD_COMPRESS, NULL, &s, &e), 0);
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_NONE, &e), SWD_STREAM_MORE);
    ck_assert_int_eq(swd_stream_params(s, 0, 0, &io, &e), 0);
    io.in_len = 100000;
    ck_assert_int_eq(swd_stream_step(s, &io, SWD_FLUSH_END, &e), SWD_STREAM_END);
    ck_assert_msg(swd_decompress_into(SWD_CODEC_ZLIB, NULL, z, (size_t)(io.out - z), back,
                                      sizeof back, &got, &e) == 0,
                  "%s", e.msg);
    ck_assert_uint_eq(got, 200000);
    ck_assert_mem_eq(back, data, 200000);
    swd_stream_close(&s);
    ck_assert_int_eq(swd_stream_open(SWD_CODEC_ZSTD, SWD_COMPRESS, NULL, &s, &e), 0);
    ck_assert_int_eq(swd_stream_params(s, 1, 0, &io, &e), SWD_EUNSUPPORTED);
    swd_stream_close(&s);
}
END_TEST

START_TEST(a_zstd_window_over_the_limit_is_refused)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *b = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    o.window = 22;
    sample_fill(data, 20000, 0, 27);
    ck_assert_int_eq(
        sample_stream(SWD_CODEC_ZSTD, SWD_COMPRESS, &o, data, 20000, 1000, 5000, z, &e), 0);
    o.window = 20;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, &o, z->data, z->len, b, &e), SWD_ELIMIT);
    ck_assert_msg(strstr(e.msg, "window over the limit of 20 bits"), "%s", e.msg);
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, NULL, z->data, z->len, b, &e), 0);
    same(b, data, 20000);
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&b);
}
END_TEST

/* Many streams at once, then idle contexts within their bound. */
START_TEST(idle_contexts_are_bounded)
{
    enum { N = 200 };
    static struct swd_stream *s[N];
    for (int i = 0; i < N; i++) {
        uint8_t out[100];
        struct swd_codec_io io = {data, 1000, out, sizeof out};
        enum swd_codec c = (enum swd_codec)(i % SWD_CODECS);
        ck_assert_int_eq(swd_stream_open(c, SWD_COMPRESS, NULL, &s[i], NULL), 0);
        ck_assert_int_ge(swd_stream_step(s[i], &io, SWD_FLUSH_SYNC, NULL), 0);
    }
    for (int i = 0; i < N; i++)
        swd_stream_close(&s[i]);
    ck_assert_uint_gt(swd_codec_idle(), 1 << 20);
    ck_assert_uint_le(swd_codec_idle(), 24 << 20);
    struct swd_codec_stats st;
    swd_codec_stats(SWD_CODEC_GZIP, SWD_COMPRESS, &st);
    ck_assert_uint_gt(st.made, 0);
    swd_pool_compact();
    ck_assert_uint_eq(swd_codec_idle(), 0);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1)
        return sample_tool(argc, argv);
    Suite *s = suite_create("compress/stream");
    TCase *c = tcase_create("stream");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, every_boundary_of_input_and_output_works, 0, SWD_CODECS);
    tcase_add_loop_test(c, every_cut_in_two_works, 0, SWD_CODECS);
    tcase_add_loop_test(c, a_flush_makes_all_so_far_readable, 0, SWD_CODECS);
    tcase_add_test(c, members_follow_one_another);
    tcase_add_test(c, zeros_after_gzip_are_padding);
    tcase_add_test(c, every_field_of_a_gzip_header_is_read);
    tcase_add_loop_test(c, a_reset_stream_is_a_new_one, 0, SWD_CODECS);
    tcase_add_test(c, an_error_stays);
    tcase_add_test(c, level_and_strategy_change_on_the_way);
    tcase_add_test(c, a_zstd_window_over_the_limit_is_refused);
    tcase_add_test(c, idle_contexts_are_bounded);
    suite_add_tcase(s, c);
    return suite_run(s);
}
