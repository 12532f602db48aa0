/* One-shot compression: round trips at every level, limits, damaged input, mutations, memory that
 * runs out. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "compress/sample.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "suite.h"

#define MOST 300000
static uint8_t data[MOST];
static const size_t sizes[] = {0, 1, 2, 17, 255, 1000, 4096, 65535, 65536, 65537, 300000};

static void round_trip(enum swd_codec c, const struct swd_codec_opts *o, const void *p, size_t n)
{
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e = {0};
    ck_assert_msg(swd_compress(c, o, p, n, z, &e) == 0, "%s", e.msg);
    ck_assert_uint_le(z->len, swd_compress_bound(c, n));
    ck_assert_msg(swd_decompress(c, o, z->data, z->len, back, &e) == 0, "%s level %d n %zu: %s",
                  swd_codec_name(c), o ? o->level : -1000, n, e.msg);
    ck_assert_uint_eq(back->len, n);
    ck_assert(n == 0 || memcmp(back->data, p, n) == 0);
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}

START_TEST(every_level_and_size_comes_back)
{
    enum swd_codec c = (enum swd_codec)_i;
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    int low, high, dflt;
    swd_codec_levels(c, &low, &high, &dflt);
    for (unsigned kind = 0; kind < 4; kind++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            sample_fill(data, sizes[i], kind, i + 1);
            round_trip(c, NULL, data, sizes[i]);
            for (o.level = low; o.level <= high; o.level++)
                if (sizes[i] <= 4096 || (kind == 3 && sizes[i] == 65537))
                    round_trip(c, &o, data, sizes[i]);
        }
    }
}
END_TEST

START_TEST(every_setting_comes_back)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    sample_fill(data, 100000, 3, 7);
    for (o.window = 8; o.window <= 15; o.window++)
        for (o.memory = 1; o.memory <= 9; o.memory += 2)
            for (o.strategy = 0; o.strategy <= 4; o.strategy++)
                for (enum swd_codec c = SWD_CODEC_GZIP; c <= SWD_CODEC_RAW; c++) {
                    /* a window of 8 is written as 9 */
                    struct swd_codec_opts p = o;
                    p.window = o.window == 8 ? 9 : o.window;
                    round_trip(c, &p, data, 20000);
                }
    o = (struct swd_codec_opts)SWD_CODEC_OPTS;
    for (o.window = 10; o.window <= 20; o.window++) {
        o.checksum = o.window & 1;
        round_trip(SWD_CODEC_ZSTD, &o, data, 100000);
    }
    o.window = 0;
    o.long_range = true;
    round_trip(SWD_CODEC_ZSTD, &o, data, 100000);
}
END_TEST

START_TEST(settings_out_of_range_are_told)
{
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX);
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_err e;
    o.level = 10;
    ck_assert_int_eq(swd_compress(SWD_CODEC_GZIP, &o, "a", 1, z, &e), SWD_EPARAMS);
    ck_assert_str_eq(e.msg, "gzip: level 10 is not between 0 and 9");
    ck_assert_str_eq(e.field, "level");
    o.level = 6;
    o.window = 16;
    ck_assert_int_eq(swd_compress(SWD_CODEC_ZLIB, &o, "a", 1, z, &e), SWD_EPARAMS);
    ck_assert_str_eq(e.field, "window");
    o.window = 0;
    o.dict = "abc";
    o.dict_len = 3;
    ck_assert_int_eq(swd_compress(SWD_CODEC_GZIP, &o, "a", 1, z, &e), SWD_EPARAMS);
    ck_assert_uint_eq(z->len, 0);
    swd_bytebuf_put(&z);
}
END_TEST

START_TEST(dictionaries_help_and_are_needed)
{
    static const char dict[] = "the quick brown fox jumps over the lazy dog, again and again";
    static const char text[] = "again the quick brown fox jumps over the lazy dog";
    static const enum swd_codec with[] = {SWD_CODEC_ZLIB, SWD_CODEC_RAW, SWD_CODEC_ZSTD};
    for (int i = 0; i < 3; i++) {
        struct swd_codec_opts o = SWD_CODEC_OPTS;
        struct swd_bytebuf *plain = swd_bytebuf_get(SIZE_MAX), *z = swd_bytebuf_get(SIZE_MAX);
        struct swd_err e;
        ck_assert_int_eq(swd_compress(with[i], &o, text, sizeof text, plain, &e), 0);
        o.dict = dict;
        o.dict_len = sizeof dict;
        round_trip(with[i], &o, text, sizeof text);
        ck_assert_int_eq(swd_compress(with[i], &o, text, sizeof text, z, &e), 0);
        ck_assert_uint_lt(z->len, plain->len);
        swd_bytebuf_clear(plain);
        ck_assert_int_eq(swd_decompress(with[i], NULL, z->data, z->len, plain, &e), SWD_ECORRUPT);
        o.dict = "another dictionary";
        o.dict_len = 18;
        ck_assert_int_ne(swd_decompress(SWD_CODEC_ZLIB, &o, z->data, z->len, plain, &e), 0);
        swd_bytebuf_put(&plain);
        swd_bytebuf_put(&z);
    }
}
END_TEST

/* Every cut of a compressed text is told as truncated, at its end. */
START_TEST(every_truncation_is_told_with_its_offset)
{
    enum swd_codec c = (enum swd_codec)_i;
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    sample_fill(data, 5000, 0, 3);
    ck_assert_int_eq(swd_compress(c, NULL, data, 5000, z, &e), 0);
    for (size_t n = 0; n < z->len; n++) {
        char at[32];
        (void)snprintf(at, sizeof at, "at byte %zu,", n);
        ck_assert_int_eq(swd_decompress(c, NULL, z->data, n, back, &e), SWD_ECORRUPT);
        ck_assert_msg(strstr(e.msg, "truncated") && strstr(e.msg, at), "%zu: %s", n, e.msg);
        ck_assert_uint_eq(back->len, 0);
    }
    ck_assert_int_eq(swd_bytebuf_addc(z, 'x'), 0);
    ck_assert_int_eq(swd_decompress(c, NULL, z->data, z->len, back, &e), SWD_ECORRUPT);
    ck_assert_msg(strstr(e.msg, "data follows the end at byte"), "%s", e.msg);
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    o.trailing = SWD_TRAILING_IGNORE;
    ck_assert_int_eq(swd_decompress(c, &o, z->data, z->len, back, &e), 0);
    ck_assert_uint_eq(back->len, 5000);
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}
END_TEST

START_TEST(damage_is_told_where_it_is)
{
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    char at[64];
    ck_assert_int_eq(swd_compress(SWD_CODEC_GZIP, NULL, "hello", 5, z, &e), 0);
    z->data[z->len - 8] ^= 1;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_GZIP, NULL, z->data, z->len, back, &e), SWD_ECORRUPT);
    (void)snprintf(at, sizeof at, "gzip: incorrect data check at byte %zu", z->len - 8);
    ck_assert_str_eq(e.msg, at);
    z->data[z->len - 8] ^= 1;
    z->data[z->len - 4] ^= 1;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_GZIP, NULL, z->data, z->len, back, &e), SWD_ECORRUPT);
    (void)snprintf(at, sizeof at, "gzip: incorrect length check at byte %zu", z->len - 8);
    ck_assert_str_eq(e.msg, at);
    z->data[z->len - 4] ^= 1;
    z->data[3] = (char)0x80;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_GZIP, NULL, z->data, z->len, back, &e), SWD_ECORRUPT);
    ck_assert_str_eq(e.msg, "gzip: unknown header flags set at byte 0");
    ck_assert_int_eq(swd_decompress(SWD_CODEC_GZIP, NULL, "not gzip at all", 15, back, &e),
                     SWD_ECORRUPT);
    ck_assert_str_eq(e.msg, "gzip: incorrect header check, not gzip at byte 0");
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZLIB, NULL, "not zlib", 8, back, &e), SWD_ECORRUPT);
    ck_assert_int_eq(swd_decompress(SWD_CODEC_RAW, NULL, "\xff\xff", 2, back, &e), SWD_ECORRUPT);
    ck_assert_msg(strstr(e.msg, "invalid block type at byte"), "%s", e.msg);
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, NULL, "not zstd", 8, back, &e), SWD_ECORRUPT);
    ck_assert_uint_eq(back->len, 0);
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}
END_TEST

/* 64 MiB of zeros against limits on bytes and on the ratio; what is held stays small. */
START_TEST(bombs_are_refused_at_their_limit)
{
    enum swd_codec c = (enum swd_codec)_i;
    size_t n = 64 << 20;
    uint8_t *zeros = calloc(1, n);
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_extent_stats before, after;
    struct swd_err e;
    ck_assert_int_eq(swd_compress(c, NULL, zeros, n, z, &e), 0);
    free(zeros);
    o.max_output = 1000000;
    swd_extent_stats(&before);
    ck_assert_int_eq(swd_decompress(c, &o, z->data, z->len, back, &e), SWD_ELIMIT);
    ck_assert_msg(strstr(e.msg, "larger than 1000000 bytes"), "%s", e.msg);
    ck_assert_uint_eq(back->len, 0);
    o.max_output = 0;
    o.max_ratio = 100;
    ck_assert_int_eq(swd_decompress(c, &o, z->data, z->len, back, &e), SWD_ELIMIT);
    ck_assert_msg(strstr(e.msg, "more than 100-fold"), "%s", e.msg);
    back->max = 4 << 20;
    o.max_ratio = 0;
    ck_assert_int_eq(swd_decompress(c, &o, z->data, z->len, back, &e), SWD_ELIMIT);
    swd_extent_stats(&after);
    ck_assert_uint_le(after.handed_out, before.handed_out + (24 << 20));
    back->max = SIZE_MAX;
    o.max_output = n;
    ck_assert_msg(swd_decompress(c, &o, z->data, z->len, back, &e) == 0, "%s", e.msg);
    ck_assert_uint_eq(back->len, n);
    swd_bytebuf_clear(back);
    o.max_output = n - 1;
    ck_assert_int_eq(swd_decompress(c, &o, z->data, z->len, back, &e), SWD_ELIMIT);
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}
END_TEST

START_TEST(memory_of_the_caller_is_enough_or_told)
{
    enum swd_codec c = (enum swd_codec)_i;
    uint8_t z[4000], back[3000];
    size_t len, got;
    struct swd_err e;
    sample_fill(data, 3000, 0, 5);
    ck_assert_int_eq(swd_compress_into(c, NULL, data, 3000, z, sizeof z, &len, &e), 0);
    for (size_t cap = 0; cap < len; cap += 1 + len / 50) {
        int rc = swd_compress_into(c, NULL, data, 3000, back, cap, &got, &e);
        ck_assert(rc == SWD_ELIMIT || (rc == 0 && got <= cap && cap + 50 > len));
    }
    ck_assert_int_eq(swd_decompress_into(c, NULL, z, len, back, sizeof back, &got, &e), 0);
    ck_assert_uint_eq(got, 3000);
    ck_assert_mem_eq(back, data, 3000);
    ck_assert_int_eq(swd_decompress_into(c, NULL, z, len, back, 2999, &got, &e), SWD_ELIMIT);
}
END_TEST

/* No decoder says anything but yes, corrupt or limit, and both ways agree. */
START_TEST(mutations_never_confuse_a_decoder)
{
    enum swd_codec c = (enum swd_codec)_i;
    uint64_t x = 99 + (uint64_t)c;
    for (int round = 0; round < 1500; round++) {
        uint8_t z[3000];
        size_t len, n = (size_t)(x >> 20) % 2000;
        sample_fill(data, n, (unsigned)round % 4, x);
        ck_assert_int_eq(swd_compress_into(c, NULL, data, n, z, sizeof z, &len, NULL), 0);
        for (int k = 0; k < 1 + round % 4; k++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            if (round % 5 == 0)
                len = len * (size_t)(x >> 56) / 256 + 1;
            z[(x >> 33) % len] = (uint8_t)(x >> 12);
        }
        sample_decode_all(z, len);
    }
}
END_TEST

START_TEST(noise_never_confuses_a_decoder)
{
    for (uint64_t round = 1; round < 2000; round++) {
        size_t n = round % 300;
        static const uint8_t heads[4][4] = {
            {0x1f, 0x8b, 8, 31}, {0x78, 0x9c}, {0x63}, {0x28, 0xb5, 0x2f, 0xfd}};
        sample_fill(data, n, 1, round);
        if (n >= 4 && round % 3)
            memcpy(data, heads[round % 4], round % 4 == 1 ? 2 : round % 4 == 2 ? 1 : 4);
        sample_decode_all(data, n);
    }
}
END_TEST

/* The k-th allocation of a cold round trip fails, for every k: a clean error, and nothing held. */
START_TEST(every_failing_allocation_is_a_clean_error)
{
    enum swd_codec c = (enum swd_codec)_i;
    bool done = false;
    sample_fill(data, 200000, 3, 11);
    struct swd_bytebuf *ref = swd_bytebuf_get(SIZE_MAX);
    ck_assert_int_eq(swd_compress(c, NULL, data, 200000, ref, NULL), 0);
    swd_pool_compact();
    for (uint64_t k = 1; !done; k++) {
        struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
        struct swd_err e;
        ck_assert_uint_lt(k, 500);
        swd_pool_compact();
        struct swd_extent_stats a, b;
        swd_extent_stats(&a);
        swd_extent_fail_at(k);
        int one = z && back ? swd_compress(c, NULL, data, 200000, z, &e) : SWD_ENOMEM;
        int two = z && back ? swd_decompress(c, NULL, ref->data, ref->len, back, &e) : SWD_ENOMEM;
        int three = z && back ? sample_stream(c, SWD_COMPRESS, NULL, data, 1000, 100, 100, z, &e)
                              : SWD_ENOMEM;
        int four = z && back ? sample_stream(c, SWD_DECOMPRESS, NULL, ref->data, ref->len, 1000,
                                             1000, back, &e)
                             : SWD_ENOMEM;
        swd_extent_stats(&b);
        done = b.fails == a.fails;
        swd_extent_fail_at(0);
        ck_assert(one == 0 || one == SWD_ENOMEM);
        ck_assert(two == 0 || two == SWD_ENOMEM);
        ck_assert(three == 0 || three == SWD_ENOMEM);
        ck_assert(four == 0 || four == SWD_ENOMEM);
        ck_assert(!done || (one | two | three | four) == 0);
        swd_bytebuf_put(&z);
        swd_bytebuf_put(&back);
    }
    swd_bytebuf_put(&ref);
}
END_TEST

START_TEST(a_frame_of_another_size_than_it_says_is_corrupt)
{
    /* Says 100 bytes and has none; found by fuzzing. The library takes it when it comes in pieces.
     */
    static const uint8_t liar[] = {0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x64, 0x01,
                                   0,    0,    0x99, 0xe9, 0xd8, 0x51};
    struct swd_bytebuf *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, NULL, liar, sizeof liar, back, &e),
                     SWD_ECORRUPT);
    for (size_t step = 1; step <= sizeof liar; step++)
        ck_assert_int_eq(sample_stream(SWD_CODEC_ZSTD, SWD_DECOMPRESS, NULL, liar, sizeof liar,
                                       step, 10, back, &e),
                         SWD_ECORRUPT);
    swd_bytebuf_put(&back);
}
END_TEST

/* Found by fuzzing: the input is used up when the limit is reached, the rest is in the decoder. */
START_TEST(over_the_limit_is_not_truncated)
{
    static const uint8_t zeros[100000];
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_bytebuf *z = swd_bytebuf_get(SIZE_MAX), *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    enum swd_codec c = (enum swd_codec)_i;
    ck_assert_int_eq(swd_compress(c, NULL, zeros, sizeof zeros, z, &e), 0);
    for (o.max_output = 1; o.max_output < sizeof zeros; o.max_output += 9999) {
        swd_bytebuf_clear(back);
        ck_assert_int_eq(
            sample_stream(c, SWD_DECOMPRESS, &o, z->data, z->len, z->len, 997, back, &e),
            SWD_ELIMIT);
        ck_assert_uint_eq(back->len, o.max_output);
    }
    swd_bytebuf_put(&z);
    swd_bytebuf_put(&back);
}
END_TEST

START_TEST(zstd_of_before_1_0_is_refused)
{
    static const uint8_t old[] = {0x25, 0xb5, 0x2f, 0xfd, 0,    0xdd, 0,   3,
                                  0x28, 0xb5, 0x2f, 0xfd, 0x04, 0xe8, 0x58};
    struct swd_bytebuf *back = swd_bytebuf_get(SIZE_MAX);
    struct swd_err e;
    ck_assert_int_eq(swd_decompress(SWD_CODEC_ZSTD, NULL, old, sizeof old, back, &e), SWD_ECORRUPT);
    for (size_t step = 1; step <= sizeof old; step++)
        ck_assert_int_eq(sample_stream(SWD_CODEC_ZSTD, SWD_DECOMPRESS, NULL, old, sizeof old, step,
                                       10, back, &e),
                         SWD_ECORRUPT);
    swd_bytebuf_put(&back);
}
END_TEST

START_TEST(warm_round_trips_take_no_new_memory)
{
    enum swd_codec c = (enum swd_codec)_i;
    struct swd_extent_stats a, b;
    struct swd_codec_stats before, after;
    sample_fill(data, 100000, 0, 12);
    for (int i = 0; i < 60; i++) {
        round_trip(c, NULL, data, 100000);
        if (i == 9) {
            swd_extent_stats(&a);
            swd_codec_stats(c, SWD_COMPRESS, &before);
        }
    }
    swd_extent_stats(&b);
    swd_codec_stats(c, SWD_COMPRESS, &after);
    ck_assert_uint_eq(a.mapped, b.mapped);
    ck_assert_uint_eq(a.handed_out, b.handed_out);
#ifdef HAVE_BROTLI
    bool reset = c != SWD_CODEC_BROTLI; /* its library cannot */
#else
    bool reset = true;
#endif
    ck_assert_uint_eq(after.made, before.made + (reset ? 0 : 50));
    ck_assert_uint_eq(after.reused, before.reused + (reset ? 50 : 0));
    ck_assert_uint_eq(after.ops, before.ops + 50);
    ck_assert_uint_eq(after.bytes_in, before.bytes_in + 50 * 100000);
    ck_assert_uint_gt(after.ns, before.ns);
}
END_TEST

START_TEST(formats_are_known_by_their_first_bytes)
{
    for (enum swd_codec c = 0; c < SWD_CODECS; c++) {
        uint8_t z[100];
        size_t n;
        ck_assert_int_eq(swd_compress_into(c, NULL, "abcabcabc", 9, z, 100, &n, NULL), 0);
        if (swd_codec_marked(c))
            ck_assert_int_eq(swd_codec_detect(z, n), c);
        ck_assert_int_eq(swd_codec_find(swd_codec_name(c)), c);
    }
    ck_assert_int_eq(swd_codec_detect("ab", 2), SWD_CODECS);
    ck_assert_int_eq(swd_codec_detect("", 0), SWD_CODECS);
    ck_assert_int_eq(swd_codec_find("lzma"), SWD_CODECS);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("compress/codec");
    TCase *c = tcase_create("codec");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, every_level_and_size_comes_back, 0, SWD_CODECS);
    tcase_add_test(c, every_setting_comes_back);
    tcase_add_test(c, settings_out_of_range_are_told);
    tcase_add_test(c, dictionaries_help_and_are_needed);
    tcase_add_loop_test(c, every_truncation_is_told_with_its_offset, 0, SWD_CODECS);
    tcase_add_test(c, damage_is_told_where_it_is);
    tcase_add_loop_test(c, bombs_are_refused_at_their_limit, 0, SWD_CODECS);
    tcase_add_loop_test(c, memory_of_the_caller_is_enough_or_told, 0, SWD_CODECS);
    tcase_add_loop_test(c, mutations_never_confuse_a_decoder, 0, SWD_CODECS);
    tcase_add_test(c, noise_never_confuses_a_decoder);
    tcase_add_loop_test(c, every_failing_allocation_is_a_clean_error, 0, SWD_CODECS);
    tcase_add_test(c, a_frame_of_another_size_than_it_says_is_corrupt);
    tcase_add_loop_test(c, over_the_limit_is_not_truncated, 0, SWD_CODECS);
    tcase_add_test(c, zstd_of_before_1_0_is_refused);
    tcase_add_loop_test(c, warm_round_trips_take_no_new_memory, 0, SWD_CODECS);
    tcase_add_test(c, formats_are_known_by_their_first_bytes);
    suite_add_tcase(s, c);
    return suite_run(s);
}
