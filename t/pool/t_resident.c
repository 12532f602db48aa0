/* What the kernel and libc see: resident memory after a burst of arenas and one trim; no call of
 * malloc on the hot path of the pools. Figures of sanitizer builds are the sanitizer's own, so
 * there only the books are looked at. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "pool/account.h"
#include "pool/arena.h"
#include "pool/asan.h"
#include "pool/bytebuf.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/slab.h"
#include "pool/smallmap.h"
#include "pool/strvec.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static unsigned long mallocs;

#if !SANITIZED
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
    __atomic_fetch_add(&mallocs, 1, __ATOMIC_RELAXED);
    return __libc_malloc(n);
}

void *calloc(size_t k, size_t n)
{
    __atomic_fetch_add(&mallocs, 1, __ATOMIC_RELAXED);
    return __libc_calloc(k, n);
}

void *realloc(void *p, size_t n)
{
    __atomic_fetch_add(&mallocs, 1, __ATOMIC_RELAXED);
    return __libc_realloc(p, n);
}
#endif

static size_t resident(void)
{
    char text[128] = "";
    int fd = open("/proc/self/statm", O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
    close(fd);
    char *end = strchr(text, ' ');
    ck_assert_ptr_nonnull(end);
    return (size_t)strtoull(end, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

#define BURST 1000

static struct swd_arena *arenas[BURST];

static void burst(struct swd_account *acc)
{
    for (int i = 0; i < BURST; i++) {
        ck_assert_int_eq(swd_arena_new(acc, SWD_NONE, &arenas[i]), 0);
        for (int k = 0; k < 100; k++)
            memset(swd_arena_alloc(arenas[i], 1000), 1, 1000);
    }
    for (int i = 0; i < BURST; i++)
        swd_arena_drop(&arenas[i]);
}

START_TEST(a_burst_leaves_no_more_than_the_watermark)
{
    struct swd_account *acc = swd_account_new(NULL, "burst", SWD_NONE);
    struct swd_extent_stats s;
    struct swd_identity id;
    size_t warm = (size_t)4 << 20;
    swd_extent_set_warm(warm);
    size_t before = resident();
    burst(acc);
    swd_extent_trim(warm);
    size_t after = resident();
    swd_extent_stats(&s);
    ck_assert_uint_ge(s.high_water, (uint64_t)BURST * 100000);
    ck_assert_uint_le(s.cached, warm);
    ck_assert_uint_eq(swd_account_used(acc), 0);
    if (!SANITIZED)
        ck_assert_uint_le(after, before + before / 10 + warm);
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
    swd_account_free(&acc);
}
END_TEST

/* What a submission takes from the pools, more or less. */
static void submission(void)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    struct swd_strvec *v = swd_strvec_get();
    struct swd_smallmap *m = swd_smallmap_get();
    struct swd_account *acc = swd_account_new(NULL, "runner", SWD_NONE);
    swd_bytebuf_addf(b, "{\"id\":%d}", 7);
    swd_strvec_add(v, "one", 3);
    swd_smallmap_set(m, "two", 3, (union swd_value){.u = 2});
    void *p = swd_slab_alloc(300), *q = swd_slab_realloc(swd_slab_malloc(40), 400);
    struct swd_arena *a;
    if (swd_arena_new(acc, SWD_NONE, &a) != 0)
        abort();
    for (int i = 0; i < 50; i++)
        swd_arena_alloc(a, 100);
    swd_arena_drop(&a);
    swd_slab_free(p, 300);
    swd_slab_mfree(q);
    swd_account_free(&acc);
    swd_smallmap_put(&m);
    swd_strvec_put(&v);
    swd_bytebuf_put(&b);
}

START_TEST(the_hot_path_calls_no_malloc)
{
    for (int i = 0; i < 10; i++)
        submission();
    if (!SANITIZED) /* it counts at all */
        ck_assert_uint_gt(__atomic_load_n(&mallocs, __ATOMIC_RELAXED), 0);
    unsigned long before = __atomic_load_n(&mallocs, __ATOMIC_RELAXED);
    for (int i = 0; i < 1000; i++)
        submission();
    unsigned long calls = __atomic_load_n(&mallocs, __ATOMIC_RELAXED) - before;
    ck_assert_uint_eq(calls, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/resident");
    TCase *c = tcase_create("resident");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_burst_leaves_no_more_than_the_watermark);
    tcase_add_test(c, the_hot_path_calls_no_malloc);
    suite_add_tcase(s, c);
    return suite_run(s);
}
