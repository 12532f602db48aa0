/* The runner arena against a trivial model; limits, accounts, large blocks, compaction, zeroing,
 * failure of every extent. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/arena.h"
#include "pool/asan.h"
#include "pool/extent.h"
#include "suite.h"

#define MIB ((size_t)1024 * 1024)

static uint64_t handed_out(void)
{
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    return s.handed_out;
}

static struct swd_arena *arena(uint64_t limit)
{
    struct swd_arena *a;
    ck_assert_int_eq(swd_arena_new(NULL, limit, &a), 0);
    return a;
}

struct block {
    unsigned char *p;
    size_t n;
    unsigned char fill;
};

static unsigned rnd(uint64_t *s)
{
    *s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*s >> 33);
}

static size_t random_size(uint64_t *s)
{
    unsigned r = rnd(s) % 100;
    if (r < 70)
        return rnd(s) % 200;
    if (r < 90)
        return rnd(s) % 3000;
    if (r < 98)
        return rnd(s) % 40000;
    return rnd(s) % 300000;
}

static void verify(const struct block *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (b->p[i] != b->fill)
            ck_abort_msg("byte %zu of %zu", i, b->n);
}

static void verify_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            ck_abort_msg("byte %zu of %zu is not zero", i, n);
}

/* One random step of the model: allocate, resize or free block b. */
static void step(struct swd_arena *a, struct block *b, uint64_t *seed)
{
    size_t n = random_size(seed);
    if (b->p == NULL) {
        b->p = swd_arena_alloc(a, n);
    } else if (rnd(seed) % 3 == 0) {
        unsigned char *q = swd_arena_realloc(a, b->p, n + 1);
        if (q == NULL)
            return;
        b->p = q;
        verify(b, b->n < n ? b->n : n);
    } else {
        verify(b, b->n);
        swd_arena_free(a, b->p);
        b->p = NULL;
        return;
    }
    if (b->p == NULL)
        return;
    ck_assert_uint_eq((uintptr_t)b->p % 16, 0);
    b->n = n;
    b->fill = (unsigned char)rnd(seed);
    memset(b->p, b->fill, n);
}

static void run_model(struct swd_arena *a, uint64_t seed, int steps)
{
    struct block b[256] = {{NULL, 0, 0}};
    for (int i = 0; i < steps; i++) {
        step(a, &b[rnd(&seed) % 256], &seed);
        if (i % 1000 == 999)
            swd_arena_compact(a);
        uint64_t live = swd_arena_live(a);
        ck_assert_uint_le(live, swd_arena_peak(a));
        ck_assert_uint_le(live, swd_arena_mapped(a));
    }
    for (int i = 0; i < 256; i++) {
        if (b[i].p != NULL)
            verify(&b[i], b[i].n);
        swd_arena_free(a, b[i].p);
    }
    ck_assert_uint_eq(swd_arena_live(a), 0);
}

START_TEST(random_sequences_match_the_model)
{
    uint64_t before = handed_out();
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct swd_arena *a = arena(SWD_NONE);
        if (seed % 2 == 0)
            swd_arena_set_zeroing(a, 1);
        run_model(a, seed, 6000);
        swd_arena_drop(&a);
        ck_assert_ptr_null(a);
    }
    ck_assert_uint_eq(handed_out(), before);
}
END_TEST

START_TEST(a_placed_arena_matches_the_model_and_never_leaves_its_memory)
{
    uint64_t before = handed_out();
    char *mem = swd_extent_get(4 * MIB, true);
    struct swd_arena *a;
    ck_assert_int_eq(swd_arena_place(mem, 100, SWD_NONE, &a), SWD_EPARAMS);
    ck_assert_int_eq(swd_arena_place(mem, 4 * MIB, SWD_NONE, &a), 0);
    run_model(a, 99, 8000);
    char *big = swd_arena_alloc(a, MIB);
    ck_assert(big > mem && big + MIB <= mem + 4 * MIB);
    ck_assert_ptr_null(swd_arena_alloc(a, 4 * MIB));
    swd_arena_drop(&a);
    swd_extent_put(mem, 4 * MIB);
    ck_assert_uint_eq(handed_out(), before);
}
END_TEST

START_TEST(the_limit_is_hard_and_counted)
{
    struct swd_arena *a = arena(1 * MIB);
    uint64_t got = 0;
    while (swd_arena_alloc(a, 1000) != NULL)
        got++;
    ck_assert_uint_ge(got, 1000);
    ck_assert_uint_le(swd_arena_live(a), 1 * MIB);
    ck_assert_uint_eq(swd_arena_refused(a), 1);
    ck_assert_ptr_null(swd_arena_alloc(a, 100000));
    ck_assert_ptr_null(swd_arena_alloc(a, SIZE_MAX));
    ck_assert_ptr_null(swd_arena_alloc(a, SIZE_MAX - 20));
    ck_assert_uint_eq(swd_arena_refused(a), 4);
    swd_arena_set_limit(a, 2 * MIB);
    void *p = swd_arena_alloc(a, 100000);
    ck_assert_ptr_nonnull(p);
    swd_arena_set_limit(a, 1000);
    ck_assert_ptr_null(swd_arena_alloc(a, 10));
    swd_arena_free(a, p);
    ck_assert_ptr_null(swd_arena_alloc(a, 10));
    swd_arena_drop(&a);
}
END_TEST

START_TEST(the_account_is_charged_for_what_is_mapped)
{
    struct swd_account *acc = swd_account_new(NULL, "runner", 1 * MIB);
    struct swd_arena *a;
    ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &a), 0);
    while (swd_arena_alloc(a, 5000) != NULL)
        ck_assert_uint_eq(swd_account_used(acc), swd_arena_mapped(a));
    ck_assert_ptr_null(swd_arena_alloc(a, 400000));
    ck_assert_uint_le(swd_account_used(acc), 1 * MIB);
    ck_assert_uint_ge(swd_account_used(acc), 1 * MIB - 2 * SWD_GRANULE);
    swd_arena_drop(&a);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    swd_account_set_limit(acc, 1000);
    ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &a), SWD_ENOMEM);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    swd_account_free(&acc);
}
END_TEST

START_TEST(realloc_has_its_corner_cases)
{
    struct swd_arena *a = arena(SWD_NONE);
    char *p = swd_arena_realloc(a, NULL, 10);
    memcpy(p, "123456789", 10);
    char *q = swd_arena_realloc(a, p, 5000);
    ck_assert_str_eq(q, "123456789");
    ck_assert_ptr_eq(swd_arena_realloc(a, q, 100), q); /* shrinks in place */
    ck_assert_ptr_eq(swd_arena_realloc(a, q, 101), q);
    char *l = swd_arena_realloc(a, q, 200000);
    ck_assert_str_eq(l, "123456789");
    l = swd_arena_realloc(a, l, 20);
    ck_assert_str_eq(l, "123456789");
    ck_assert_ptr_null(swd_arena_realloc(a, l, 0));
    ck_assert_uint_eq(swd_arena_live(a), 0);
    ck_assert_uint_gt(swd_arena_total(a), 200000);
    swd_arena_free(a, NULL);
    swd_arena_drop(&a);
}
END_TEST

START_TEST(the_last_block_and_large_blocks_grow_in_place)
{
    struct swd_arena *a = arena(SWD_NONE);
    char *p = swd_arena_alloc(a, 100);
    ck_assert_ptr_eq(swd_arena_realloc(a, p, 3000), p);
    char *l = swd_arena_alloc(a, 3 * MIB);
    char *l2 = swd_arena_realloc(a, l, 3 * MIB + 10 * SWD_GRANULE);
    ck_assert_ptr_eq(l, l2);
    swd_arena_drop(&a);
}
END_TEST

START_TEST(freed_memory_is_found_again_in_other_sizes)
{
    struct swd_arena *a = arena(SWD_NONE);
    void *p[2000];
    for (int i = 0; i < 2000; i++)
        p[i] = swd_arena_alloc(a, 300);
    uint64_t mapped = swd_arena_mapped(a);
    for (int i = 0; i < 2000; i++)
        swd_arena_free(a, p[i]);
    for (int i = 0; i < 300; i++)
        ck_assert_ptr_nonnull(swd_arena_alloc(a, 1900));
    ck_assert_uint_le(swd_arena_mapped(a), mapped + 2 * SWD_GRANULE);
    swd_arena_drop(&a);
}
END_TEST

START_TEST(a_block_that_grows_by_and_by_finds_what_it_left)
{
    struct swd_arena *a = arena(SWD_NONE);
    char *p = swd_arena_alloc(a, 2000), *wall = swd_arena_alloc(a, 16), *q;
    swd_arena_free(a, p);
    q = swd_arena_alloc(a, 2030); /* both are of the size 2048 */
    ck_assert_ptr_eq(q, p);
    swd_arena_free(a, wall);
    uint64_t mapped = swd_arena_mapped(a);
    for (size_t n = 2031; n < 30000; n += 7) { /* as a string that is appended to */
        p = swd_arena_alloc(a, n);
        swd_arena_free(a, q);
        q = p;
    }
    ck_assert_uint_le(swd_arena_mapped(a), mapped + 3 * SWD_GRANULE);
    swd_arena_drop(&a);
}
END_TEST

START_TEST(small_blocks_are_carved_side_by_side_from_one_free_block)
{
    struct swd_arena *a = arena(SWD_NONE);
    char *big = swd_arena_alloc(a, 8000), *wall = swd_arena_alloc(a, 3000), *p, *last = NULL;
    swd_arena_free(a, big);
    memset(wall, 7, 3000);
    for (int i = 0; i < 40; i++) {
        p = swd_arena_alloc(a, 88);
        ck_assert_ptr_eq(p, last != NULL ? last + 96 : big);
        memset(p, i, 88);
        last = p;
    }
    ck_assert_ptr_eq(swd_arena_realloc(a, last, 500), last); /* nothing lies behind it yet */
    memset(last, 39, 500);
    swd_arena_set_zeroing(a, 1);
    unsigned char *z = swd_arena_alloc(a, 200);
    verify_zero(z, 200);
    swd_arena_compact(a);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(big[96 * i], i);
    for (int i = 0; i < 500; i++)
        ck_assert_int_eq(last[i], 39);
    for (int i = 0; i < 3000; i++)
        ck_assert_int_eq(wall[i], 7);
    swd_arena_drop(&a);
}
END_TEST

START_TEST(compaction_gives_back_empty_regions_and_pages)
{
    struct swd_arena *a = arena(SWD_NONE);
    enum { N = 20000 };
    static char *p[N];
    for (int i = 0; i < N; i++) {
        p[i] = swd_arena_alloc(a, 100);
        memset(p[i], i, 100);
    }
    uint64_t mapped = swd_arena_mapped(a);
    for (int i = 100; i < N; i++)
        if (i != N - 1 && i % 5000 != 0)
            swd_arena_free(a, p[i]);
    size_t back = swd_arena_compact(a);
    ck_assert_uint_ge(back, mapped * 8 / 10);
    ck_assert_uint_eq(swd_arena_compact(a), 0);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(p[i][99], (char)i);
    ck_assert_int_eq(p[N - 1][0], (char)(N - 1));
    swd_arena_free(a, p[N - 1]);
    for (int i = 5000; i < N; i += 5000)
        swd_arena_free(a, p[i]);
    ck_assert_uint_gt(swd_arena_compact(a), 0);
    ck_assert_uint_le(swd_arena_mapped(a), 2 * SWD_GRANULE);
    for (int i = 0; i < N / 4; i++)
        ck_assert_ptr_nonnull(swd_arena_alloc(a, 200));
    swd_arena_drop(&a);
}
END_TEST

START_TEST(zeroing_leaves_nothing_behind)
{
    struct swd_arena *a = arena(SWD_NONE);
    swd_arena_set_zeroing(a, 1);
    uint64_t seed = 5;
    void *held[64] = {NULL};
    for (int i = 0; i < 5000; i++) {
        unsigned k = rnd(&seed) % 64;
        size_t n = rnd(&seed) % 2000 + 1;
        swd_arena_free(a, held[k]);
        unsigned char *p = held[k] = swd_arena_alloc(a, n);
        verify_zero(p, n);
        memset(p, 0xff, n);
    }
    swd_arena_drop(&a);
}
END_TEST

START_TEST(a_new_arena_never_shows_old_bytes)
{
    for (int round = 0; round < 20; round++) {
        struct swd_arena *a = arena(SWD_NONE);
        for (int i = 0; i < 2000; i++) {
            unsigned char *p = swd_arena_alloc(a, 128);
            verify_zero(p, 128);
            memset(p, 0xaa, 128);
        }
        unsigned char *l = swd_arena_alloc(a, 100000);
        verify_zero(l, 100000);
        memset(l, 0xaa, 100000);
        swd_arena_drop(&a);
    }
}
END_TEST

#define SECRET 0xaa
#define OWN    0x55

/* Eight bytes in a row of another's are one too many. */
static void verify_no_secret(const unsigned char *p, size_t n)
{
    size_t run = 0;
    for (size_t i = 0; i < n; i++) {
        run = p[i] == SECRET ? run + 1 : 0;
        if (run == 8)
            ck_abort_msg("byte %zu of %zu is another's", i, n);
    }
}

START_TEST(every_way_to_carve_clears_what_another_left)
{
    for (uint64_t round = 1; round <= 20; round++) {
        struct block b[256] = {{NULL, 0, 0}};
        uint64_t seed = round;
        size_t room = 4 * MIB;
        unsigned char *all = swd_extent_get(room, false);
        memset(all, SECRET, room);
        swd_extent_put(all, room);
        struct swd_arena *a = arena(SWD_NONE);
        for (int i = 0; i < 4000; i++) {
            struct block *x = &b[rnd(&seed) % 256];
            size_t n = random_size(&seed) + 1;
            if (x->p != NULL && rnd(&seed) % 3 == 0) {
                swd_arena_free(a, x->p);
                x->p = NULL;
                continue;
            }
            x->p = swd_arena_realloc(a, x->p, n);
            verify_no_secret(x->p, n);
            memset(x->p, OWN, n);
            if (i % 1500 == 1499)
                swd_arena_compact(a);
        }
        swd_arena_drop(&a);
    }
}
END_TEST

START_TEST(every_failing_extent_is_a_clean_null)
{
    struct swd_account *first = swd_account_new(NULL, "first", SWD_NONE);
    uint64_t before = handed_out();
    for (uint64_t k = 1; k < 40; k++) {
        struct swd_account *acc = swd_account_new(NULL, "runner", SWD_NONE);
        struct swd_arena *a;
        swd_extent_fail_at(k);
        if (swd_arena_new(acc, SWD_NONE, &a) == 0) {
            struct block b[256] = {{NULL, 0, 0}};
            uint64_t seed = k;
            for (int i = 0; i < 2000; i++)
                step(a, &b[rnd(&seed) % 256], &seed);
            for (int i = 0; i < 256; i++)
                if (b[i].p != NULL)
                    verify(&b[i], b[i].n);
            ck_assert_uint_eq(swd_account_used(acc), swd_arena_mapped(a));
            swd_arena_drop(&a);
        }
        swd_extent_fail_at(0);
        ck_assert_uint_eq(swd_account_used(acc), 0);
        swd_account_free(&acc);
    }
    ck_assert_uint_eq(handed_out(), before);
    swd_account_free(&first);
}
END_TEST

START_TEST(double_free_aborts)
{
    struct swd_arena *a = arena(SWD_NONE);
    void *p = swd_arena_alloc(a, 24);
    swd_arena_free(a, p);
    swd_arena_free(a, p);
}
END_TEST

#ifdef SWD_ASAN
START_TEST(asan_sees_use_after_free_and_overrun)
{
    struct swd_arena *a = arena(SWD_NONE);
    char *p = swd_arena_alloc(a, 21);
    ck_assert(!__asan_address_is_poisoned(p + 20));
    ck_assert(__asan_address_is_poisoned(p + 21));
    ck_assert(__asan_address_is_poisoned(p - 1));
    swd_arena_free(a, p);
    ck_assert(__asan_address_is_poisoned(p));
    p = swd_arena_alloc(a, 70000);
    ck_assert(__asan_address_is_poisoned(p + 70000));
    swd_arena_drop(&a);
    ck_assert(__asan_address_is_poisoned(p));
}
END_TEST
#endif

int main(void)
{
    Suite *s = suite_create("pool/arena");
    TCase *c = tcase_create("arena");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, random_sequences_match_the_model);
    tcase_add_test(c, a_placed_arena_matches_the_model_and_never_leaves_its_memory);
    tcase_add_test(c, the_limit_is_hard_and_counted);
    tcase_add_test(c, the_account_is_charged_for_what_is_mapped);
    tcase_add_test(c, realloc_has_its_corner_cases);
    tcase_add_test(c, the_last_block_and_large_blocks_grow_in_place);
    tcase_add_test(c, freed_memory_is_found_again_in_other_sizes);
    tcase_add_test(c, a_block_that_grows_by_and_by_finds_what_it_left);
    tcase_add_test(c, small_blocks_are_carved_side_by_side_from_one_free_block);
    tcase_add_test(c, compaction_gives_back_empty_regions_and_pages);
    tcase_add_test(c, zeroing_leaves_nothing_behind);
    tcase_add_test(c, a_new_arena_never_shows_old_bytes);
    tcase_add_test(c, every_way_to_carve_clears_what_another_left);
    tcase_add_test(c, every_failing_extent_is_a_clean_null);
    tcase_add_test_raise_signal(c, double_free_aborts, SIGABRT);
#ifdef SWD_ASAN
    tcase_add_test(c, asan_sees_use_after_free_and_overrun);
#endif
    suite_add_tcase(s, c);
    return suite_run(s);
}
