/* Sleeping arenas: every block comes back, figures and books hold, failures change nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/arena_int.h"
#include "pool/hibernate.h"
#include "pool/identity.h"
#include "pool/slab.h"
#include "suite.h"

#define BLOCKS 3000

struct store {
    char *p;
    size_t n, at;
    int fail_after; /* calls; -1: never */
};

static uint64_t buffer[SWD_DIFF_BUFFER / 8];

/* Texts whose words in front are told by nobody. */
static uint64_t text_head(void *arg, const void *text, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    ck_assert_ptr_eq(arg, buffer);
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const unsigned char *)text)[i]) * 0x100000001b3u;
    return h;
}

static bool text_may(uint64_t word, const void *text)
{
    (void)text;
    return word != 0;
}

static const struct swd_diff_follow follow = {text_head, text_may, buffer};

static int store_sink(void *arg, const void *p, size_t n, bool last)
{
    struct store *s = arg;
    (void)last;
    if (s->fail_after == 0)
        return SWD_EIO;
    s->fail_after -= s->fail_after > 0;
    ck_assert_uint_le(n, SWD_DIFF_BUFFER);
    s->p = realloc(s->p, s->n + sizeof(n) + n + 8);
    memcpy(s->p + s->n, &n, sizeof(n));
    memcpy(s->p + s->n + sizeof(n), p, n);
    s->n += sizeof(n) + n;
    return 0;
}

static int store_source(void *arg, const void **p, size_t *n)
{
    struct store *s = arg;
    if (s->fail_after == 0)
        return SWD_EIO;
    s->fail_after -= s->fail_after > 0;
    ck_assert_uint_lt(s->at, s->n);
    memcpy(n, s->p + s->at, sizeof(*n));
    *p = s->p + s->at + sizeof(*n);
    s->at += sizeof(*n) + *n;
    return 0;
}

/* What a test keeps in an arena: blocks with a pattern told by their number. */
static struct {
    unsigned char *p[BLOCKS];
    size_t n[BLOCKS];
} held;

static size_t size_of(unsigned i, unsigned most)
{
    unsigned r = (unsigned)rand_r(&(unsigned){i * 2654435761u});
    return i % 97 == 0 ? most + r % most : 1 + r % 300;
}

static void fill(struct swd_arena *a, unsigned from, unsigned to, unsigned most)
{
    for (unsigned i = from; i < to; i++) {
        held.n[i] = size_of(i, most);
        held.p[i] = swd_arena_alloc(a, held.n[i]);
        ck_assert_ptr_nonnull(held.p[i]);
        for (size_t k = 0; k < held.n[i]; k++)
            held.p[i][k] = (unsigned char)(i * 31 + k * 7);
    }
}

static void release_some(struct swd_arena *a, unsigned to, unsigned every)
{
    for (unsigned i = 0; i < to; i += every) {
        swd_arena_free(a, held.p[i]);
        held.p[i] = NULL;
    }
}

static void check_all(unsigned to)
{
    size_t bad = 0; /* an assertion a byte would take minutes */
    for (unsigned i = 0; i < to; i++)
        for (size_t k = 0; held.p[i] && k < held.n[i]; k++)
            bad += held.p[i][k] != (unsigned char)(i * 31 + k * 7);
    ck_assert_uint_eq(bad, 0);
}

static void check_books(void)
{
    struct swd_identity id;
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
}

static struct swd_asleep *to_sleep(struct swd_arena *a, const struct swd_image *img,
                                   struct swd_account *acc, struct store *s)
{
    struct swd_asleep *z = NULL;
    const void *blob;
    size_t n;
    s->fail_after = -1;
    swd_arena_set_hibernated(a, 1);
    ck_assert_int_eq(swd_arena_diff(a, img, &follow, buffer, store_sink, s), 0);
    ck_assert_int_eq(swd_arena_sleep(a, acc, s->p, s->n, &z), 0);
    blob = swd_asleep_blob(z, &n);
    ck_assert_uint_eq(n, s->n);
    ck_assert_int_eq(memcmp(blob, s->p, n), 0);
    return z;
}

static void wake(struct swd_asleep **z, const struct swd_image *img, struct store *s,
                 struct swd_arena *expect)
{
    struct swd_arena *a;
    s->at = 0;
    ck_assert_int_eq(swd_arena_wake(z, img, &follow, store_source, s, &a), 0);
    ck_assert_ptr_eq(a, expect);
    ck_assert_ptr_null(*z);
    ck_assert_uint_eq(s->at, s->n);
    swd_arena_set_hibernated(a, 0);
    free(s->p);
    *s = (struct store){0};
}

/* Growth regions and large blocks included, free blocks between; twice, and usable after. */
static void cycle(unsigned most)
{
    struct swd_account *acc = swd_account_new(NULL, "t", SWD_NONE);
    struct swd_arena *a;
    struct store s = {0};
    uint64_t live, peak, mapped;
    ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &a), 0);
    fill(a, 0, 2000, most);
    release_some(a, 2000, 3);
    live = swd_arena_live(a);
    peak = swd_arena_peak(a);
    mapped = swd_arena_mapped(a);
    for (int round = 0; round < 2; round++) {
        struct swd_extent_stats x1;
        struct swd_asleep *z = to_sleep(a, NULL, acc, &s);
        swd_extent_stats(&x1);
        ck_assert_uint_eq(x1.asleep, mapped);
        ck_assert_uint_eq(swd_account_used(acc), swd_asleep_bytes(z));
        ck_assert_uint_eq(swd_account_used_kind(acc, SWD_ACCOUNT_HIBERNATED), swd_asleep_bytes(z));
        ck_assert_uint_eq(swd_account_used_kind(acc, SWD_ACCOUNT_HEAP), 0);
        check_books();
        wake(&z, NULL, &s, a);
        ck_assert_uint_eq(swd_account_used_kind(acc, SWD_ACCOUNT_HEAP), mapped);
        ck_assert_uint_eq(swd_account_used(acc), mapped);
        ck_assert_uint_eq(swd_arena_live(a), live);
        ck_assert_uint_eq(swd_arena_peak(a), peak);
        ck_assert_uint_eq(swd_arena_mapped(a), mapped);
        check_all(2000);
        check_books();
    }
    fill(a, 2000, BLOCKS, most);
    check_all(BLOCKS);
    release_some(a, BLOCKS, 1);
    memset(&held, 0, sizeof(held));
    swd_arena_drop(&a);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    swd_account_free(&acc);
    check_books();
}

START_TEST(small_blocks_come_back)
{
    cycle(400);
}
END_TEST

START_TEST(growth_regions_come_back)
{
    cycle(9000);
}
END_TEST

START_TEST(large_blocks_come_back)
{
    cycle(100000);
}
END_TEST

START_TEST(compacted_arenas_come_back)
{
    struct swd_arena *a;
    struct store s = {0};
    ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
    fill(a, 0, 2000, 9000);
    release_some(a, 2000, 2);
    swd_arena_compact(a);
    struct swd_asleep *z = to_sleep(a, NULL, NULL, &s);
    wake(&z, NULL, &s, a);
    check_all(2000);
    swd_arena_compact(a);
    fill(a, 2000, BLOCKS, 9000);
    check_all(BLOCKS);
    memset(&held, 0, sizeof(held));
    swd_arena_drop(&a);
    check_books();
}
END_TEST

#ifdef SWD_ASAN
START_TEST(poison_comes_back)
{
    struct swd_arena *a;
    struct store s = {0};
    ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
    char *p = swd_arena_alloc(a, 40), *q = swd_arena_alloc(a, 100);
    swd_arena_free(a, q);
    struct swd_asleep *z = to_sleep(a, NULL, NULL, &s);
    wake(&z, NULL, &s, a);
    ck_assert_int_eq(__asan_address_is_poisoned(p + 39), 0);
    ck_assert_int_ne(__asan_address_is_poisoned(p + 40), 0);
    ck_assert_int_ne(__asan_address_is_poisoned(q), 0);
    ck_assert_int_ne(__asan_address_is_poisoned(p - 1), 0);
    swd_arena_drop(&a);
}
END_TEST
#endif

START_TEST(the_end_of_a_sleeping_arena)
{
    struct swd_account *acc = swd_account_new(NULL, "t", SWD_NONE);
    struct swd_extent_stats before, after;
    struct swd_arena *a;
    struct store s = {0};
    free(malloc(1));
    swd_slab_free(swd_slab_alloc(40000), 40000);
    swd_extent_stats(&before);
    ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &a), 0);
    fill(a, 0, 2000, 100000);
    struct swd_asleep *z = to_sleep(a, NULL, acc, &s);
    swd_asleep_drop(&z);
    ck_assert_ptr_null(z);
    swd_extent_stats(&after);
    ck_assert_uint_eq(after.asleep, 0);
    ck_assert_uint_eq(after.handed_out, before.handed_out);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    check_books();
    /* What it had is handed out again, as zero. */
    unsigned char *p = swd_extent_get(SWD_GRANULE * 3, true);
    ck_assert(p[0] == 0 && memcmp(p, p + 1, SWD_GRANULE * 3 - 1) == 0);
    swd_extent_put(p, SWD_GRANULE * 3);
    memset(&held, 0, sizeof(held));
    swd_account_free(&acc);
    free(s.p);
}
END_TEST

START_TEST(failures_leave_it_as_it_was)
{
    struct swd_account *acc = swd_account_new(NULL, "t", SWD_NONE);
    struct swd_arena *a, *b;
    struct store s = {0};
    struct swd_asleep *z = NULL;
    ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &a), 0);
    fill(a, 0, 2000, 100000);
    for (int k = 0; k < 5; k++) {
        struct store t = {.fail_after = k};
        ck_assert_int_eq(swd_arena_diff(a, NULL, &follow, buffer, store_sink, &t), SWD_EIO);
        free(t.p);
    }
    check_all(2000);
    /* No room for the copy, and one that does not pay. */
    s.fail_after = -1;
    ck_assert_int_eq(swd_arena_diff(a, NULL, &follow, buffer, store_sink, &s), 0);
    swd_extent_fail_at(1);
    ck_assert_int_eq(swd_arena_sleep(a, acc, s.p, s.n, &z), SWD_ENOMEM);
    swd_extent_fail_at(0);
    ck_assert_int_eq(swd_arena_sleep(a, acc, s.p, swd_arena_mapped(a), &z), SWD_ELIMIT);
    check_all(2000);
    free(s.p);
    s = (struct store){0};
    z = to_sleep(a, NULL, acc, &s);
    /* The account, the budget, the source; then it wakes all the same. */
    swd_account_set_limit(acc, swd_account_used(acc) + 1);
    ck_assert_int_eq(swd_arena_wake(&z, NULL, &follow, store_source, &s, &b), SWD_ENOMEM);
    swd_account_set_limit(acc, SWD_NONE);
    for (unsigned k = 1; k < 4; k++) {
        swd_extent_fail_at(k);
        ck_assert_int_eq(swd_arena_wake(&z, NULL, &follow, store_source, &s, &b), SWD_ENOMEM);
        swd_extent_fail_at(0);
    }
    for (int k = 0; k < 5; k++) {
        s.fail_after = k;
        s.at = 0;
        ck_assert_int_eq(swd_arena_wake(&z, NULL, &follow, store_source, &s, &b), SWD_EIO);
    }
    ck_assert_uint_eq(swd_account_used(acc), swd_asleep_bytes(z));
    s.fail_after = -1;
    wake(&z, NULL, &s, a);
    check_all(2000);
    memset(&held, 0, sizeof(held));
    swd_arena_drop(&a);
    swd_account_free(&acc);
    check_books();
}
END_TEST

/* An image of an arena with pointers, and its clones. */
static struct swd_image *make_image(void)
{
    struct swd_image_sites sites;
    struct swd_image *img;
    struct swd_err e = {0};
    ck_assert_int_eq(swd_image_sites_new(1 << 20, &sites, &e), 0);
    for (size_t i = 0; i < SWD_IMAGE_SITES; i++) {
        struct swd_arena *a;
        ck_assert_int_eq(swd_arena_place(sites.at[i], sites.bytes, SWD_NONE, &a), 0);
        swd_arena_set_zeroing(a, 1);
        void *last = NULL;
        for (int k = 0; k < 1500; k++) {
            void **p = swd_arena_alloc(a, 40);
            p[0] = last;
            p[1] = (void *)(uintptr_t)(unsigned)k;
            last = p;
        }
    }
    ck_assert_msg(swd_image_make(&sites, NULL, &img, &e) == 0, "%s", e.msg);
    swd_image_sites_free(&sites);
    return img;
}

START_TEST(clones_differ_from_their_image)
{
    struct swd_image *img = make_image();
    struct swd_arena *a;
    struct store s = {0};
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    struct swd_asleep *z = to_sleep(a, img, NULL, &s);
    ck_assert_uint_lt(s.n, 1000); /* nothing but the header */
    wake(&z, img, &s, a);
    char *fresh = malloc(swd_image_bytes(img)), *now = malloc(swd_image_bytes(img));
    swd_image_render(img, a, 0, swd_image_bytes(img), fresh);
    SWD_UNPOISON(a, swd_image_bytes(img));
    memcpy(now, a, swd_image_bytes(img));
    ck_assert_int_eq(memcmp(now + sizeof(*a) + 64, fresh + sizeof(*a) + 64,
                            swd_image_bytes(img) - sizeof(*a) - 64),
                     0);
    fill(a, 0, 2000, 50000);
    release_some(a, 2000, 3);
    z = to_sleep(a, img, NULL, &s);
    wake(&z, img, &s, a);
    check_all(2000);
    free(fresh);
    free(now);
    memset(&held, 0, sizeof(held));
    swd_arena_drop(&a);
    swd_image_unref(&img);
    check_books();
}
END_TEST

/* Freed memory is not fed: what a free block held does not come back. */
START_TEST(free_blocks_are_left_out)
{
    struct swd_arena *a;
    struct store s = {0};
    ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
    char *p = swd_arena_alloc(a, 3000), *q = swd_arena_alloc(a, 16);
    ck_assert_ptr_nonnull(q);
    memset(p, 0x5e, 3000);
    swd_arena_free(a, p);
    struct swd_asleep *z = to_sleep(a, NULL, NULL, &s);
    for (size_t i = 0; i + 8 <= s.n; i++)
        ck_assert_int_ne(memcmp(s.p + i, "\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e", 8), 0);
    wake(&z, NULL, &s, a);
    swd_arena_drop(&a);
}
END_TEST

/* Words of every shape in a block of a clone and in one that the image has, twice over. */
START_TEST(words_of_every_shape_come_back)
{
    enum { KINDS = 24, N = KINDS * 40 };
    struct swd_image *img = make_image();
    struct swd_arena *a;
    struct store s = {0};
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    uint64_t home = (uintptr_t)a, *fresh = swd_arena_alloc(a, N * 8), *copy = malloc(N * 8);
    ck_assert_ptr_nonnull(fresh);
    for (unsigned i = 0; i < N; i++) {
        uint64_t k = i / KINDS + 1, shape[KINDS] = {0,
                                                    home + k * 16,
                                                    home + (k << 20),
                                                    home + k * 4,
                                                    home - k,
                                                    home + k * 4 + 1,
                                                    home + (k << 40),
                                                    home + 0x7fffffff,
                                                    home - 0x80000000u,
                                                    home + (1 << 28) - 16,
                                                    home + (1 << 26) - 4,
                                                    home + (1 << 26),
                                                    BLOCK_USED | k * 16,
                                                    BLOCK_FREE | k << 13,
                                                    BLOCK_USED | (k * 16 + 1),
                                                    BLOCK_FREE | k << 30,
                                                    0xffffffff00000000u | k,
                                                    ~k,
                                                    k << 48,
                                                    k << 32,
                                                    k << 40,
                                                    k,
                                                    k * 0x123456789abcdu,
                                                    UINT64_MAX};
        fresh[i] = shape[i % KINDS];
    }
    memcpy(copy, fresh, N * 8);
    for (int round = 0; round < 2; round++) {
        struct swd_asleep *z = to_sleep(a, img, NULL, &s);
        wake(&z, img, &s, a);
        ck_assert_int_eq(memcmp(copy, fresh, N * 8), 0);
    }
    /* The same over what the image has, counts up and down among them. */
    char *first = (char *)fresh - 40 * 48; /* the last blocks of the image */
    uint64_t was[40 * 6];
    SWD_UNPOISON(first, sizeof(was));
    for (unsigned i = 0; i < 40 * 6; i++)
        if (i % 6 != 5) /* headers stay */
            ((uint64_t *)(void *)first)[i] += (uint64_t)(int64_t)((int)i - 120) << i % 3 * 16;
    memcpy(was, first, sizeof(was));
    struct swd_asleep *z = to_sleep(a, img, NULL, &s);
    wake(&z, img, &s, a);
    ck_assert_int_eq(memcmp(was, first, sizeof(was)), 0);
    free(copy);
    swd_arena_drop(&a);
    swd_image_unref(&img);
}
END_TEST

/* Hashes in front of texts are found again, in the first region and in those of growth; one whose
 * text lies partly in a free block is told as any other word. */
SWD_NO_ASAN static void follow_cycle(bool cloned)
{
    enum { N = 3000, TEXT = 21 };
    struct swd_image *img = cloned ? make_image() : NULL;
    struct swd_arena *a;
    struct store s = {0};
    uint64_t **p = malloc(N * sizeof(*p)), *end, *gone, was[8], kept[8];
    if (cloned)
        ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    else
        ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
    for (unsigned i = 0; i < N; i++) {
        p[i] = swd_arena_alloc(a, 48);
        memset(p[i], 'a' + i % 26, 48);
        p[i][2] = UINT64_C(7) << 32 | TEXT;
        p[i][1] = text_head(buffer, p[i] + 3, TEXT);
    }
    end = swd_arena_alloc(a, 56);
    gone = swd_arena_alloc(a, 56);
    ck_assert_ptr_eq(end + 8, gone);
    memset(gone, 0x5e, 56);
    swd_arena_free(a, gone);
    memset(end, 0x11, 56);
    end[5] = 32; /* of which one word is the block's, one the header behind it */
    for (int i = 0; i < 4; i++)
        was[i] = end[6 + i];
    end[4] = text_head(buffer, was, 32);
    memcpy(kept, end, 56);
    struct swd_asleep *z = to_sleep(a, img, NULL, &s);
    ck_assert_uint_lt(s.n, N * 48); /* 53 bytes a block with its hash, 45 without */
    wake(&z, img, &s, a);
    for (unsigned i = 0; i < N; i++)
        ck_assert_uint_eq(p[i][1], text_head(buffer, p[i] + 3, TEXT));
    ck_assert_int_eq(memcmp(end, kept, 56), 0);
    free(p);
    swd_arena_drop(&a);
    if (img != NULL)
        swd_image_unref(&img);
}

START_TEST(what_follows_from_texts_is_not_told)
{
    follow_cycle(false);
    follow_cycle(true);
}
END_TEST

/* Lists of free blocks are made anew: everything that was free can be had again without growth. */
START_TEST(free_blocks_are_free_again)
{
    struct swd_image *img = make_image();
    for (int cloned = 0; cloned < 2; cloned++) {
        struct swd_arena *a;
        struct store s = {0};
        uint64_t mapped, live;
        if (cloned)
            ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
        else
            ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
        fill(a, 0, BLOCKS, 9000);
        mapped = swd_arena_mapped(a);
        live = swd_arena_live(a);
        release_some(a, BLOCKS, 2);
        struct swd_asleep *z = to_sleep(a, cloned ? img : NULL, NULL, &s);
        wake(&z, cloned ? img : NULL, &s, a);
        for (unsigned i = 0; i < BLOCKS; i += 2)
            fill(a, i, i + 1, 9000);
        check_all(BLOCKS);
        ck_assert_uint_eq(swd_arena_live(a), live);
        ck_assert_uint_le(swd_arena_mapped(a), mapped + mapped / 8 + SWD_GRANULE);
        memset(&held, 0, sizeof(held));
        swd_arena_drop(&a);
    }
    swd_image_unref(&img);
    check_books();
}
END_TEST

/* An end amid it, a code that is none, a gap beyond the region: refused, and asleep all the same.
 */
START_TEST(damaged_differences_are_refused)
{
    static const char *const damage[] = {"\x19", "\x1f", "\xe0\xff\xff\xff\xff\x7f",
                                         "\xe0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};
    struct swd_image *img = make_image();
    struct swd_arena *a, *b;
    struct store s = {0};
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    fill(a, 0, 300, 400);
    struct swd_asleep *z = to_sleep(a, img, NULL, &s);
    char *good = malloc(s.n);
    memcpy(good, s.p, s.n);
    for (size_t k = 0; k < sizeof(damage) / sizeof(*damage); k++) {
        s.at = 0;
        memcpy(s.p + sizeof(size_t), damage[k], strlen(damage[k]));
        ck_assert_int_eq(swd_arena_wake(&z, img, &follow, store_source, &s, &b), SWD_ECORRUPT);
        memcpy(s.p, good, s.n);
    }
    wake(&z, img, &s, a);
    check_all(300);
    memset(&held, 0, sizeof(held));
    swd_arena_drop(&a);
    free(good);
    swd_image_unref(&img);
    check_books();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/hibernate");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, small_blocks_come_back);
    tcase_add_test(t, growth_regions_come_back);
    tcase_add_test(t, large_blocks_come_back);
    tcase_add_test(t, compacted_arenas_come_back);
#ifdef SWD_ASAN
    tcase_add_test(t, poison_comes_back);
#endif
    tcase_add_test(t, the_end_of_a_sleeping_arena);
    tcase_add_test(t, failures_leave_it_as_it_was);
    tcase_add_test(t, clones_differ_from_their_image);
    tcase_add_test(t, free_blocks_are_left_out);
    tcase_add_test(t, words_of_every_shape_come_back);
    tcase_add_test(t, what_follows_from_texts_is_not_told);
    tcase_add_test(t, free_blocks_are_free_again);
    tcase_add_test(t, damaged_differences_are_refused);
    suite_add_tcase(s, t);
    return suite_run(s);
}
