/* Images of arenas: what becomes a relocation, what refuses an image, where its bases lie. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/arena_int.h"
#include "pool/identity.h"
#include "pool/image.h"
#include "pool/relocate.h"
#include "suite.h"

#define SITE_BYTES ((size_t)1 << 20)
#define NODES      2000
#define ODD        700 /* the node that a test does something to */

/* What the arenas hold: a list through all nodes and a back pointer to the first. */
struct node {
    struct node *next, *first;
    uint64_t n, odd;
};

static struct swd_arena *arena_at_site(const struct swd_image_sites *s, int site)
{
    struct swd_arena *a;
    ck_assert_int_eq(swd_arena_place(s->at[site], s->bytes, SWD_NONE, &a), 0);
    swd_arena_set_zeroing(a, 1);
    return a;
}

/* Builds the list at every site; `odd[site]` goes into one of the nodes. */
static void build(struct swd_image_sites *s, const uint64_t odd[SWD_IMAGE_SITES])
{
    struct swd_err e = {0};
    ck_assert_int_eq(swd_image_sites_new(SITE_BYTES, s, &e), 0);
    for (int site = 0; site < SWD_IMAGE_SITES; site++) {
        struct swd_arena *a = arena_at_site(s, site);
        struct node *first = NULL, *last = NULL;
        for (uint64_t i = 0; i < NODES; i++) {
            struct node *x = swd_arena_alloc(a, sizeof *x);
            *x = (struct node){NULL, first, i, i == ODD ? odd[site] : 0};
            first = first ? first : x;
            if (last)
                last->next = x;
            last = x;
        }
    }
}

static int make(const uint64_t odd[SWD_IMAGE_SITES], struct swd_image **img, struct swd_err *e)
{
    struct swd_image_sites s;
    int rc;
    build(&s, odd);
    rc = swd_image_make(&s, NULL, img, e);
    swd_image_sites_free(&s);
    return rc;
}

/* The first node lies behind the header, block header and rounding. */
static struct node *first_node(struct swd_arena *a)
{
    return (struct node *)(void *)((char *)a + (sizeof(struct swd_arena) + 8 + 15) / 16 * 16);
}

SWD_NO_ASAN static uint64_t word_of(const void *base, size_t at)
{
    return *(const uint64_t *)(const void *)((const char *)base + at);
}

static void check_list(struct swd_arena *a)
{
    struct node *first = first_node(a), *x = first;
    for (uint64_t i = 0; i < NODES; i++, x = x->next) {
        ck_assert_ptr_nonnull(x);
        ck_assert_uint_eq(x->n, i);
        ck_assert_ptr_eq(x->first, i == 0 ? NULL : first);
    }
    ck_assert_ptr_null(x);
}

START_TEST(clones_are_whole_wherever_they_lie)
{
    static const uint64_t same[SWD_IMAGE_SITES] = {42, 42, 42};
    struct swd_arena *a[20];
    struct swd_image *img;
    struct swd_err e = {0};
    ck_assert_msg(make(same, &img, &e) == 0, "%s", e.msg);
    ck_assert_uint_eq(swd_image_relocations(img), 2 * (NODES - 1));
    ck_assert_uint_eq(swd_image_stale(img), 0);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a[i]), 0);
    for (int i = 0; i < 20; i++) {
        check_list(a[i]);
        ck_assert_ptr_nonnull(swd_arena_alloc(a[i], 100000));
        swd_arena_drop(&a[i]);
    }
    swd_image_unref(&img);
}
END_TEST

/* Memory that the kernel has just given, and memory that somebody has just left. */
START_TEST(cold_and_dirty_memory_alike)
{
    static const uint64_t same[SWD_IMAGE_SITES] = {42, 42, 42};
    struct swd_image *img;
    struct swd_arena *a;
    struct swd_err e = {0};
    ck_assert_msg(make(same, &img, &e) == 0, "%s", e.msg);
    for (int round = 0; round < 6; round++) {
        if (round % 2 == 0)
            swd_extent_trim(0);
        ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
        check_list(a);
        uint64_t mapped = swd_arena_mapped(a);
        for (size_t n = 8; n <= 8192; n += n) { /* whatever is behind the image is cleared */
            unsigned char *p = swd_arena_alloc(a, n);
            for (size_t at = 0; at < n; at++)
                ck_assert_int_eq(p[at], 0);
            memset(p, 0xaa, n);
        }
        ck_assert_uint_eq(swd_arena_mapped(a), mapped); /* so that the next clone gets it */
        swd_arena_drop(&a);
    }
    swd_image_unref(&img);
}
END_TEST

/* Every word of a clone is what rendering says, at any place and in any piece. */
START_TEST(rendering_agrees_with_cloning)
{
    static const uint64_t same[SWD_IMAGE_SITES] = {1, 1, 1};
    static char out[SITE_BYTES];
    struct swd_image *img;
    struct swd_arena *a;
    struct swd_err e = {0};
    size_t n;
    ck_assert_int_eq(make(same, &img, &e), 0);
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    n = swd_image_bytes(img);
    for (size_t at = sizeof *a / 16 * 16 + 16, piece = 8; at < n; at += piece, piece += 1096) {
        piece = piece < n - at ? piece : n - at;
        swd_image_render(img, a, at, piece, out);
        for (size_t i = 0; i < piece; i += 8)
            ck_assert_uint_eq(word_of(out, i), word_of(a, at + i));
    }
    swd_arena_drop(&a);
    swd_image_unref(&img);
}
END_TEST

/* Blocks are freed between the nodes: packed, the list is as it was on fewer bytes, what was
 * remembered of it moved along, and the arena goes on behind it. */
START_TEST(holes_are_closed)
{
    static const uint64_t same[SWD_IMAGE_SITES] = {42, 42, 42};
    struct swd_image_sites s;
    struct swd_image *img;
    struct swd_account *account = swd_account_new(NULL, "t", SWD_NONE);
    struct swd_arena *a;
    struct swd_err e = {0};
    size_t was, marks[2] = {0};
    struct node *x;
    build(&s, same);
    for (int site = 0; site < SWD_IMAGE_SITES; site++) {
        struct node *next;
        a = (struct swd_arena *)(void *)s.at[site];
        x = first_node(a);
        marks[0] = (size_t)((char *)x - (char *)a);
        for (uint64_t i = 1; x->next; i++, x = x->next) {
            while (i % 3 != 0 && x->next->next) { /* a hole of one or two nodes */
                next = x->next;
                x->next = next->next;
                swd_arena_free(a, next);
                i++;
            }
            marks[1] = (size_t)((char *)x->next - (char *)a);
            x->odd = (uintptr_t)x + 40; /* the end of its block */
        }
    }
    ck_assert_msg(swd_image_make(&s, account, &img, &e) == 0, "%s", e.msg);
    swd_image_sites_free(&s);
    was = swd_image_bytes(img);
    swd_image_pack(img, marks, 2);
    ck_assert_uint_lt(swd_image_bytes(img), was * 2 / 3);
    ck_assert_uint_eq(swd_account_used(account), swd_image_bytes(img));
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    ck_assert_ptr_eq((char *)a + marks[0], first_node(a));
    ck_assert_uint_eq(swd_arena_total(a), swd_arena_live(a));
    for (x = first_node(a); x->next; x = x->next) {
        ck_assert_ptr_eq(x->next, (struct node *)(void *)((char *)x + 48));
        ck_assert_ptr_eq(x->next->first, first_node(a));
        ck_assert_uint_lt(x->n, x->next->n);
        ck_assert_uint_eq(x->odd, (uintptr_t)x + 40);
    }
    ck_assert_ptr_eq(x, (char *)a + marks[1]);
    /* The next blocks of a size lie side by side within the image, whatever came between. */
    for (int i = 0; i < 2; i++) {
        char *stock = swd_arena_alloc(a, 100), *other = swd_arena_alloc(a, 2000);
        ck_assert(stock > (char *)x && stock < (char *)a + swd_image_bytes(img));
        ck_assert(other >= (char *)a + swd_image_bytes(img));
        ck_assert_ptr_eq(swd_arena_alloc(a, 100), stock + 112);
        ck_assert_ptr_ne(swd_arena_alloc(a, 300 - 200 * i), NULL);
    }
    swd_arena_drop(&a);
    swd_image_unref(&img);
    ck_assert_uint_eq(swd_account_used(account), 0);
    swd_account_free(&account);
}
END_TEST

/* Words that two builds do not agree on, and pointers that would not move along. */
START_TEST(an_unexplained_word_refuses)
{
    static const struct {
        uint64_t odd[SWD_IMAGE_SITES];
        const char *why;
    } cases[] = {
        {{0x1234567800000100, 0x8765432100000100, 0x1111111100000100}, "is not explained"},
        {{100, 101, 102}, "is not explained"},
        {{100, 100, 101}, "is not explained"}, /* seen in the third build only */
        {{0, UINT64_C(1) << 32, UINT64_C(2) << 32}, "is not explained"},
        {{0x4000000000000000, 0x4000000100000000, 0x4000000200000000}, "is not explained"},
    };
    struct swd_identity before, after;
    swd_pool_identity(&before);
    for (size_t i = 0; i < SWD_ARRAY_LEN(cases); i++) {
        struct swd_image *img;
        struct swd_err e = {0};
        ck_assert_int_eq(make(cases[i].odd, &img, &e), SWD_ECORRUPT);
        ck_assert_ptr_null(img);
        ck_assert_msg(strstr(e.msg, cases[i].why), "%s", e.msg);
        ck_assert_msg(strstr(e.msg, "word "), "%s", e.msg);
    }
    swd_pool_identity(&after);
    ck_assert_uint_eq(after.live, before.live);
}
END_TEST

START_TEST(a_pointer_into_one_build_refuses)
{
    struct swd_image_sites s;
    struct swd_image *img;
    struct swd_err e = {0};
    static const uint64_t none[SWD_IMAGE_SITES];
    build(&s, none);
    for (int site = 0; site < SWD_IMAGE_SITES; site++) {
        struct node *x = first_node((struct swd_arena *)(void *)s.at[site]);
        x->odd = (uintptr_t)s.at[0] + 64;
    }
    ck_assert_int_eq(swd_image_make(&s, NULL, &img, &e), SWD_ECORRUPT);
    swd_image_sites_free(&s);
}
END_TEST

/* The upper half of a dead pointer above a small value is not a pointer: it keeps its low half. */
START_TEST(stale_halves_are_left_alone)
{
    struct swd_image_sites s;
    struct swd_image *img;
    struct swd_arena *a;
    struct swd_err e = {0};
    static const uint64_t none[SWD_IMAGE_SITES];
    build(&s, none);
    for (int site = 0; site < SWD_IMAGE_SITES; site++) {
        struct node *x = first_node((struct swd_arena *)(void *)s.at[site]);
        x->odd = ((uintptr_t)s.at[site] & ~(uintptr_t)0xffffffff) | 7;
    }
    ck_assert_msg(swd_image_make(&s, NULL, &img, &e) == 0, "%s", e.msg);
    ck_assert_uint_eq(swd_image_stale(img), 1);
    ck_assert_int_eq(swd_image_clone(img, NULL, SWD_NONE, &a), 0);
    ck_assert_uint_eq((uint32_t)first_node(a)->odd, 7);
    check_list(a);
    swd_arena_drop(&a);
    swd_image_unref(&img);
    swd_image_sites_free(&s);
}
END_TEST

START_TEST(builds_of_different_size_refuse)
{
    static const uint64_t none[SWD_IMAGE_SITES];
    for (int odd_one = 0; odd_one < SWD_IMAGE_SITES; odd_one++) {
        struct swd_image_sites s;
        struct swd_image *img;
        struct swd_err e = {0};
        build(&s, none);
        ck_assert_ptr_nonnull(swd_arena_alloc((struct swd_arena *)(void *)s.at[odd_one], 64));
        ck_assert_int_eq(swd_image_make(&s, NULL, &img, &e), SWD_ECORRUPT);
        ck_assert_msg(strstr(e.msg, "size"), "%s", e.msg);
        swd_image_sites_free(&s);
    }
}
END_TEST

/* The low half seeds the hashes: the same at each site, unusual, and another one each time. */
START_TEST(bases_are_drawn_at_random)
{
    uint32_t low[32];
    unsigned same = 0;
    for (int i = 0; i < 32; i++) {
        struct swd_image_sites s;
        struct swd_err e = {0};
        ck_assert_int_eq(swd_image_sites_new(SITE_BYTES, &s, &e), 0);
        low[i] = (uint32_t)(uintptr_t)s.at[0];
        ck_assert_uint_ge(low[i], 0x80000000u);
        for (int site = 1; site < SWD_IMAGE_SITES; site++)
            ck_assert_uint_eq((uintptr_t)s.at[site] - (uintptr_t)s.at[0], (uint64_t)site << 32);
        for (int k = 0; k < i; k++)
            same += low[k] == low[i];
        swd_image_sites_free(&s);
    }
    ck_assert_uint_lt(same, 2); /* of 496 pairs, with 2^26 bases to draw from */
}
END_TEST

START_TEST(an_account_without_room_refuses)
{
    static const uint64_t none[SWD_IMAGE_SITES];
    struct swd_account *small = swd_account_new(NULL, "t", 4096);
    struct swd_image_sites s;
    struct swd_image *img;
    struct swd_err e = {0};
    build(&s, none);
    ck_assert_int_eq(swd_image_make(&s, small, &img, &e), SWD_ENOMEM);
    ck_assert_msg(strstr(e.msg, "no room"), "%s", e.msg);
    ck_assert_uint_eq(swd_account_used(small), 0);
    ck_assert_int_eq(swd_image_make(&s, NULL, &img, &e), 0);
    swd_image_unref(&img);
    swd_image_sites_free(&s);
    swd_account_free(&small);
}
END_TEST

/* All ways to relocate do the same, for any words, pointers and pieces. */
START_TEST(every_way_to_relocate_agrees)
{
    enum { N = 1024, BASE = 0x12345670 };
    static uint64_t words[N], want[N], got[N + 16];
    static uint8_t map[N / 8], bits[N / 8];
    const uint64_t base = (uint64_t)BASE << 16;
    unsigned seed = 7;
    for (size_t i = 0; i < N; i++) {
        words[i] = (uint64_t)rand_r(&seed) << 33 ^ (uint64_t)rand_r(&seed);
        map[i / 8] = (uint8_t)rand_r(&seed);
    }
    for (size_t i = 0; i < N; i++)
        want[i] = words[i] + (map[i / 8] >> i % 8 & 1 ? base : 0);
    for (size_t w = swd_relocate_best(); w < swd_relocate_ways_n; w++) {
        memset(got, 0, sizeof got);
        swd_relocate_ways[w].copy(got, words, map, N / 8, base);
        ck_assert_msg(memcmp(got, want, sizeof want) == 0, "%s", swd_relocate_ways[w].name);
        ck_assert_uint_eq(got[N], 0);
        for (size_t i = 0; i < N; i += 1 + i % 5)
            got[i] ^= UINT64_C(1) << i % 64;
        swd_relocate_ways[w].differ(got, words, map, N / 8, base, bits);
        for (size_t i = 0; i < N; i++)
            ck_assert_int_eq(bits[i / 8] >> i % 8 & 1, got[i] != want[i]);
    }
    for (size_t n = N - 16; n <= N; n++) {
        memset(bits, 0xff, sizeof bits);
        memcpy(got, want, sizeof want);
        got[n - 1]++;
        swd_relocate_differ(got, words, map, n, base, bits);
        for (size_t i = 0; i < (n + 7) / 8 * 8; i++)
            ck_assert_int_eq(bits[i / 8] >> i % 8 & 1, i == n - 1);
    }
    for (size_t from = 0; from < 40; from++)
        for (size_t n = 0; n < 60; n++) {
            memset(got, 0xee, sizeof got);
            swd_relocate(got, words, map, from, n, base);
            ck_assert_int_eq(memcmp(got, want + from, n * 8), 0);
            ck_assert_uint_eq(got[n], 0xeeeeeeeeeeeeeeee);
        }
}
END_TEST

static void start(void)
{
    struct swd_err e;
    ck_assert_int_eq(swd_extent_init(NULL, &e), 0);
}

int main(void)
{
    Suite *s = suite_create("pool/image");
    TCase *tc = tcase_create("image");
    tcase_add_checked_fixture(tc, start, NULL);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, clones_are_whole_wherever_they_lie);
    tcase_add_test(tc, cold_and_dirty_memory_alike);
    tcase_add_test(tc, rendering_agrees_with_cloning);
    tcase_add_test(tc, holes_are_closed);
    tcase_add_test(tc, an_unexplained_word_refuses);
    tcase_add_test(tc, a_pointer_into_one_build_refuses);
    tcase_add_test(tc, stale_halves_are_left_alone);
    tcase_add_test(tc, builds_of_different_size_refuse);
    tcase_add_test(tc, bases_are_drawn_at_random);
    tcase_add_test(tc, an_account_without_room_refuses);
    tcase_add_test(tc, every_way_to_relocate_agrees);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
