/* Pages of extents that sleep wait for those that wake: within the watermark, counted, given up
 * when nobody needs them, and nothing of one owner's is seen by another. Where the kernel cannot
 * move pages nothing is kept, and all but the first test hold as well. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "pool/arena_int.h"
#include "pool/asan.h"
#include "pool/extent.h"
#include "pool/hibernate.h"
#include "pool/identity.h"
#include "suite.h"

#define BYTES  (4 * SWD_GRANULE)
#define USED   ((size_t)57 * 4096 - 100)
#define WHOLE  ((size_t)57 * 4096) /* pages of USED */
#define SECRET 0xa5

static bool moves; /* the kernel can */

static struct swd_extent_stats stats(void)
{
    struct swd_extent_stats s;
    swd_extent_stats(&s);
    return s;
}

static size_t count(const unsigned char *p, size_t n, unsigned char c)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += p[i] == c;
    return found;
}

static unsigned char *filled(unsigned char c)
{
    unsigned char *p = swd_extent_get(BYTES, true);
    ck_assert_ptr_nonnull(p);
    memset(p, c, BYTES);
    return p;
}

static void setup(void)
{
    struct swd_extent_opts o = {.warm = 8 << 20};
    struct swd_err e;
    ck_assert_int_eq(swd_extent_init(&o, &e), 0);
    unsigned char *p = filled(1);
    swd_extent_sleep(p, BYTES, USED);
    moves = stats().cached != 0;
    swd_extent_put_asleep(p, BYTES);
    swd_extent_trim(0);
}

static void teardown(void)
{
    swd_extent_fini();
}

START_TEST(who_wakes_gets_the_pages_of_who_sleeps)
{
    unsigned char *a = filled(SECRET), *b = filled(2);
    swd_extent_sleep(b, BYTES, 0);
    ck_assert_uint_eq(stats().cached, 0);
    swd_extent_sleep(a, BYTES, USED);
    ck_assert_uint_eq(stats().cached, moves ? WHOLE : 0);
    ck_assert_uint_eq(stats().asleep, 2 * BYTES);
    ck_assert(swd_extent_rouse(b, BYTES));
    ck_assert_uint_eq(swd_extent_refill(b, USED), moves ? WHOLE : 0);
    ck_assert_uint_eq(stats().cached, 0);
    ck_assert_uint_eq(count(b, BYTES, SECRET), moves ? WHOLE : 0);
    ck_assert_uint_eq(count(b, BYTES, 0), moves ? BYTES - WHOLE : BYTES);
    ck_assert(swd_extent_rouse(a, BYTES));
    ck_assert_uint_eq(swd_extent_refill(a, USED), 0);
    ck_assert_uint_eq(count(a, BYTES, 0), BYTES);
    swd_extent_put(a, BYTES);
    swd_extent_put(b, BYTES);
}
END_TEST

/* One that is larger than what is kept gets that, and fresh pages behind it. */
START_TEST(fewer_pages_than_wanted_are_of_use)
{
    unsigned char *a = filled(SECRET), *b = filled(2);
    swd_extent_sleep(b, BYTES, 0);
    swd_extent_sleep(a, BYTES, 3 * 4096);
    ck_assert(swd_extent_rouse(b, BYTES));
    ck_assert_uint_eq(swd_extent_refill(b, USED), moves ? 3 * 4096 : 0);
    ck_assert_uint_eq(count(b, BYTES, 0), BYTES - (moves ? 3 * 4096 : 0));
    swd_extent_put(b, BYTES);
    swd_extent_put_asleep(a, BYTES);
}
END_TEST

/* What an owner that ended left warm is of use to who wakes, and is clean afterwards. */
START_TEST(warm_extents_give_their_pages)
{
    unsigned char *a = filled(2), *b = filled(SECRET);
    swd_extent_sleep(a, BYTES, 0);
    swd_extent_put(b, BYTES);
    ck_assert_uint_eq(stats().cached, BYTES);
    ck_assert(swd_extent_rouse(a, BYTES));
    ck_assert_uint_eq(swd_extent_refill(a, USED), moves ? WHOLE : 0);
    ck_assert_uint_eq(count(a, BYTES, SECRET), moves ? WHOLE : 0);
    ck_assert_uint_eq(count(a, BYTES, 0), BYTES - (moves ? WHOLE : 0));
    ck_assert_uint_eq(stats().cached, moves ? 0 : BYTES);
    b = swd_extent_get(BYTES, true);
    ck_assert_uint_eq(count(b, BYTES, 0), BYTES);
    swd_extent_put(a, BYTES);
    swd_extent_put(b, BYTES);
    swd_extent_trim(0);
    ck_assert_uint_eq(stats().mapped, 0);
}
END_TEST

/* Whatever is poisoned. */
SWD_NO_ASAN static void copy_image(void *arg, void *to)
{
    volatile uint64_t *p = to;
    for (size_t i = 0; i < (2 * 4096 + 160) / 8; i++)
        p[i] = ((const uint64_t *)arg)[i];
}

/* Clones begin with pages of who fell asleep, and of what was in them nothing is left. */
START_TEST(clones_begin_with_them)
{
    struct swd_arena *first, *a;
    unsigned char *b = filled(SECRET), *p;
    ck_assert_int_eq(swd_arena_new_sized(NULL, SWD_NONE, BYTES, &first), 0);
    ck_assert_ptr_nonnull(swd_arena_alloc(first, 2 * 4096 - sizeof(*first)));
    swd_extent_sleep(b, BYTES, USED);
    ck_assert_uint_eq(stats().cached, moves ? WHOLE : 0);
    ck_assert_int_eq(swd_arena_adopt(NULL, SWD_NONE, copy_image, first, 2 * 4096 + 160, BYTES, &a),
                     0);
    ck_assert_uint_eq(stats().cached, moves ? WHOLE - 3 * 4096 : 0);
    for (int i = 0; i < 20; i++) {
        p = swd_arena_alloc(a, 800);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq(count(p, 800, SECRET), 0);
    }
    swd_arena_drop(&a);
    swd_arena_drop(&first);
    swd_extent_put_asleep(b, BYTES);
}
END_TEST

START_TEST(no_more_are_kept_than_the_watermark_says)
{
    unsigned char *p[4];
    swd_extent_set_warm(2 * WHOLE);
    for (int i = 0; i < 4; i++)
        p[i] = filled(1);
    for (int i = 0; i < 4; i++) {
        swd_extent_sleep(p[i], BYTES, USED);
        ck_assert_uint_le(stats().cached, 2 * WHOLE);
    }
    ck_assert_uint_eq(stats().cached, moves ? 2 * WHOLE : 0);
    swd_extent_trim(WHOLE);
    ck_assert_uint_le(stats().cached, WHOLE);
    swd_extent_trim(0);
    ck_assert_uint_eq(stats().cached, 0);
    for (int i = 0; i < 4; i++) {
        ck_assert(swd_extent_rouse(p[i], BYTES));
        swd_extent_refill(p[i], USED);
        ck_assert_uint_eq(count(p[i], BYTES, 0), BYTES);
        swd_extent_put(p[i], BYTES);
    }
}
END_TEST

START_TEST(the_budget_takes_them_back)
{
    unsigned char *a = filled(1), *b;
    swd_extent_set_budget(2 * BYTES);
    swd_extent_sleep(a, BYTES, USED);
    b = swd_extent_get(2 * BYTES, true);
    ck_assert_ptr_nonnull(b);
    ck_assert_uint_eq(stats().cached, 0);
    swd_extent_put(b, 2 * BYTES);
    swd_extent_put_asleep(a, BYTES);
}
END_TEST

START_TEST(what_nobody_needs_goes)
{
    unsigned char *p[8];
    for (int i = 0; i < 8; i++)
        p[i] = filled(1);
    for (int i = 0; i < 8; i++)
        swd_extent_sleep(p[i], BYTES, USED);
    uint64_t before = stats().cached;
    swd_extent_tick(); /* they came since the last one */
    ck_assert_uint_eq(stats().cached, before);
    for (int i = 0; i < 8; i++) { /* all are needed: nothing goes */
        for (int k = 0; k < 8; k++)
            ck_assert(swd_extent_rouse(p[k], BYTES));
        for (int k = 0; k < 8; k++)
            swd_extent_refill(p[k], USED);
        for (int k = 0; k < 8; k++)
            swd_extent_sleep(p[k], BYTES, USED);
        ck_assert_uint_eq(swd_extent_tick(), 0);
    }
    ck_assert_uint_eq(stats().cached, before);
    for (int i = 0; i < 20; i++)
        swd_extent_tick();
    ck_assert_uint_eq(stats().cached, 0);
    for (int i = 0; i < 8; i++)
        swd_extent_put_asleep(p[i], BYTES);
    ck_assert_uint_eq(stats().mapped, 0);
}
END_TEST

/* A child does not take its parent's pages away, and may sleep and wake itself. */
START_TEST(a_child_moves_its_own)
{
    unsigned char *a = filled(7), *b = filled(8);
    int status;
    pid_t pid;
    swd_extent_sleep(b, BYTES, USED);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        swd_extent_sleep(a, BYTES, USED);
        if (!swd_extent_rouse(a, BYTES))
            _exit(1);
        size_t old = swd_extent_refill(a, USED);
        if (count(a + old, BYTES - old, 0) != BYTES - old)
            _exit(2);
        memset(a, 9, BYTES);
        swd_extent_sleep(a, BYTES, USED); /* pages of its own now */
        if (!swd_extent_rouse(a, BYTES) || swd_extent_refill(a, USED) != (moves ? WHOLE : 0))
            _exit(3);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(count(a, BYTES, 7), BYTES);
    ck_assert_uint_eq(stats().cached, moves ? WHOLE : 0);
    ck_assert(swd_extent_rouse(b, BYTES));
    /* What was shared may no longer be moved. */
    size_t old = swd_extent_refill(b, USED);
    ck_assert_uint_eq(count(b, BYTES, 8), old);
    ck_assert_uint_eq(count(b, BYTES, 0), BYTES - old);
    ck_assert_uint_eq(stats().cached, 0);
    swd_extent_put(a, BYTES);
    swd_extent_put(b, BYTES);
}
END_TEST

START_TEST(debug_builds_keep_none)
{
    struct swd_extent_opts o = {.debug = true};
    struct swd_err e;
    swd_extent_fini();
    ck_assert_int_eq(swd_extent_init(&o, &e), 0);
    unsigned char *a = filled(1);
    swd_extent_sleep(a, BYTES, USED);
    ck_assert_uint_eq(stats().cached, 0);
    swd_extent_put_asleep(a, BYTES);
}
END_TEST

/* ---- arenas ---- */

struct piece {
    char p[SWD_DIFF_BUFFER + 8];
    size_t n;
};

static int sink(void *arg, const void *p, size_t n, bool last)
{
    struct piece *s = arg;
    ck_assert(last && n <= SWD_DIFF_BUFFER);
    memcpy(s->p, p, n);
    s->n = n;
    return 0;
}

static int source(void *arg, const void **p, size_t *n)
{
    struct piece *s = arg;
    *p = s->p;
    *n = s->n;
    return 0;
}

static struct swd_asleep *to_sleep(struct swd_arena *a, struct piece *s)
{
    static __thread char buffer[SWD_DIFF_BUFFER];
    struct swd_asleep *z;
    swd_arena_set_hibernated(a, 1);
    ck_assert_int_eq(swd_arena_diff(a, NULL, NULL, buffer, sink, s), 0);
    ck_assert_int_eq(swd_arena_sleep(a, NULL, s->p, s->n, &z), 0);
    return z;
}

static struct swd_arena *awake(struct swd_asleep **z, struct piece *s)
{
    struct swd_arena *a;
    ck_assert_int_eq(swd_arena_wake(z, NULL, NULL, source, s, &a), 0);
    swd_arena_set_hibernated(a, 0);
    return a;
}

/* Bytes of a whole region that hold the secret, whatever is poisoned. */
SWD_NO_ASAN static size_t secrets(const struct swd_arena *a, size_t n)
{
    const volatile unsigned char *p = (const volatile unsigned char *)(const void *)a;
    size_t found = 0;
    for (size_t i = 0; i + 1 < n; i++)
        found += p[i] == SECRET && p[i + 1] == SECRET;
    return found;
}

START_TEST(nothing_of_another_is_left_in_them)
{
    static struct piece sa, sb;
    struct swd_arena *a, *b;
    struct swd_asleep *za, *zb;
    struct swd_identity id;
    ck_assert_int_eq(swd_arena_new_sized(NULL, SWD_NONE, BYTES, &a), 0);
    ck_assert_int_eq(swd_arena_new_sized(NULL, SWD_NONE, BYTES, &b), 0);
    for (int i = 0; i < 50; i++) {
        memset(swd_arena_alloc(a, 1000), SECRET, 1000);
        ck_assert_ptr_nonnull(memset(swd_arena_alloc(b, 1000), 3, 1000));
    }
    for (int i = 0; i < 40; i++) /* free blocks are not told */
        swd_arena_free(b, swd_arena_alloc(b, 800));
    zb = to_sleep(b, &sb);
    swd_extent_trim(0);
    za = to_sleep(a, &sa);
    ck_assert_uint_gt(stats().cached, moves ? 49 * 1000 : 0);
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
    ck_assert_ptr_eq(awake(&zb, &sb), b);
    ck_assert_uint_eq(secrets(b, BYTES), 0);
    ck_assert_ptr_eq(awake(&za, &sa), a);
    ck_assert_uint_ge(secrets(a, BYTES), 50 * 999);
    swd_arena_drop(&a);
    swd_arena_drop(&b);
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
}
END_TEST

static void *cycles(void *arg)
{
    struct piece *s = malloc(sizeof(*s));
    struct swd_arena *a;
    unsigned char *p;
    size_t bad = 0;
    ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
    p = swd_arena_alloc(a, 5000);
    for (int i = 0; i < 300; i++) {
        unsigned char c = (unsigned char)(*(unsigned *)arg + (unsigned)i);
        struct swd_asleep *z;
        memset(p, c, 5000);
        z = to_sleep(a, s);
        if (i % 50 == 0)
            swd_extent_trim(0);
        if (i % 20 == 0)
            swd_extent_tick();
        a = awake(&z, s);
        bad += 5000 - count(p, 5000, c);
    }
    swd_arena_drop(&a);
    free(s);
    return (void *)bad;
}

START_TEST(threads_share_them)
{
    pthread_t t[3];
    unsigned seed[3] = {0, 80, 160};
    struct swd_identity id;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, cycles, &seed[i]), 0);
    for (int i = 0; i < 3; i++) {
        void *bad;
        pthread_join(t[i], &bad);
        ck_assert_ptr_null(bad);
    }
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
    swd_extent_trim(0);
    ck_assert_uint_eq(stats().mapped, stats().handed_out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/pages");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, who_wakes_gets_the_pages_of_who_sleeps);
    tcase_add_test(t, fewer_pages_than_wanted_are_of_use);
    tcase_add_test(t, warm_extents_give_their_pages);
    tcase_add_test(t, clones_begin_with_them);
    tcase_add_test(t, no_more_are_kept_than_the_watermark_says);
    tcase_add_test(t, the_budget_takes_them_back);
    tcase_add_test(t, what_nobody_needs_goes);
    tcase_add_test(t, a_child_moves_its_own);
    tcase_add_test(t, debug_builds_keep_none);
    tcase_add_test(t, nothing_of_another_is_left_in_them);
    tcase_add_test(t, threads_share_them);
    suite_add_tcase(s, t);
    return suite_run(s);
}
