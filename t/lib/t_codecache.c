/* The compile cache: found by everything that decides the code, bounded, safe to share. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/codecache.h"
#include "suite.h"

static struct swd_code_key key(const char *source, const char *name)
{
    return (struct swd_code_key){source, strlen(source), name, "", SWD_LANG_JS, SWD_GOAL_SCRIPT};
}

static bool has(const struct swd_code_key *k, const char *bytes)
{
    struct swd_code *c = swd_code_get(k);
    size_t n;
    bool same;
    if (!c)
        return false;
    same = memcmp(swd_code_bytes(c, &n), bytes, strlen(bytes)) == 0 && n == strlen(bytes);
    swd_code_put(&c);
    return same;
}

START_TEST(found_by_all_that_decides_the_code)
{
    struct swd_code_key k = key("1+1", "a.js"), other;
    swd_code_trim();
    ck_assert(!has(&k, "code"));
    swd_code_add(&k, "code", 4, SWD_GOAL_SCRIPT, true);
    ck_assert(has(&k, "code"));
    other = key("1+2", "a.js");
    ck_assert(!has(&other, "code"));
    other = key("1+1", "b.js");
    ck_assert(!has(&other, "code"));
    other = k;
    other.lang = SWD_LANG_TS;
    ck_assert(!has(&other, "code"));
    other = k;
    other.goal = SWD_GOAL_COMMONJS;
    ck_assert(!has(&other, "code"));
    other = key("1+1a.js", "");
    ck_assert(!has(&other, "code"));
}
END_TEST

START_TEST(wanted_at_the_second_meeting)
{
    struct swd_code_key k = key("once", "m.js"), other = key("twice", "m.js");
    ck_assert(!swd_code_wanted(&k));
    ck_assert(!swd_code_wanted(&other));
    ck_assert(swd_code_wanted(&other));
}
END_TEST

static void fill_noise(char *p, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        p[i] = (char)(seed >> 16);
    }
}

START_TEST(over_its_bytes_the_oldest_are_packed)
{
    static char big[1 << 20], want[1 << 20];
    struct swd_code_stats s, before;
    struct swd_code_key k;
    char name[32];
    size_t n;
    swd_code_trim();
    swd_code_stats(&before);
    for (int i = 0; i < 40; i++) {
        fill_noise(big, 1000, (unsigned)i); /* the rest is zeros */
        snprintf(name, sizeof name, "n%d", i);
        k = key("x", name);
        swd_code_add(&k, big, sizeof big, SWD_GOAL_COMMONJS, true);
    }
    swd_code_stats(&s);
    ck_assert_uint_eq(s.entries, 40);
    ck_assert_uint_gt(s.packed, 5);
    ck_assert_uint_eq(s.evicted, before.evicted);
    ck_assert_uint_le(s.bytes, s.limit);
    for (int i = 0; i < 40; i++) { /* each comes back as it was */
        struct swd_code *c;
        fill_noise(want, 1000, (unsigned)i);
        snprintf(name, sizeof name, "n%d", i);
        k = key("x", name);
        c = swd_code_get(&k);
        ck_assert_ptr_nonnull(c);
        ck_assert_mem_eq(swd_code_bytes(c, &n), want, sizeof want);
        ck_assert_uint_eq(n, sizeof want);
        ck_assert_int_eq(swd_code_goal(c), SWD_GOAL_COMMONJS);
        ck_assert(swd_code_wrapped(c));
        swd_code_put(&c);
    }
    k = key("y", "n1");
    ck_assert_ptr_null(swd_code_get(&k));
    swd_code_stats(&s);
    ck_assert_uint_gt(s.unpackings, 5);
    swd_code_trim();
    swd_code_stats(&s);
    ck_assert_uint_eq(s.bytes + s.packed + s.packed_bytes + s.entries, 0);
}
END_TEST

START_TEST(the_oldest_unused_go_first)
{
    static char big[1 << 20]; /* noise: packing gains nothing */
    struct swd_code_stats s;
    struct swd_code_key k;
    char name[32];
    fill_noise(big, sizeof big, 7);
    swd_code_trim();
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "n%d", i);
        k = key("x", name);
        swd_code_add(&k, big, sizeof big, SWD_GOAL_SCRIPT, false);
        k = key("x", "n0");
        struct swd_code *c = swd_code_get(&k); /* stays in use */
        ck_assert_ptr_nonnull(c);
        swd_code_put(&c);
    }
    swd_code_stats(&s);
    ck_assert_uint_le(s.bytes, s.limit);
    ck_assert_uint_gt(s.evicted, 20);
    k = key("x", "n1");
    ck_assert_ptr_null(swd_code_get(&k));
    ck_assert_uint_gt(swd_code_trim(), 0);
    swd_code_stats(&s);
    ck_assert_uint_eq(s.bytes, 0);
    ck_assert_uint_eq(s.entries, 0);
}
END_TEST

START_TEST(an_entry_in_use_outlives_its_eviction)
{
    struct swd_code_key k = key("y", "n");
    struct swd_code *c;
    size_t n;
    swd_code_add(&k, "kept", 4, SWD_GOAL_SCRIPT, false);
    c = swd_code_get(&k);
    swd_code_trim();
    ck_assert_ptr_null(swd_code_get(&k));
    ck_assert_mem_eq(swd_code_bytes(c, &n), "kept", 4);
    swd_code_put(&c);
}
END_TEST

static void *hammer(void *arg)
{
    unsigned seed = *(unsigned *)arg;
    for (int i = 0; i < 5000; i++) {
        char name[32];
        struct swd_code_key k;
        struct swd_code *c;
        seed = seed * 1103515245u + 12345u;
        snprintf(name, sizeof name, "n%u", seed >> 16 & 63);
        k = key("z", name);
        c = swd_code_get(&k);
        if (!c)
            swd_code_add(&k, name, strlen(name), SWD_GOAL_SCRIPT, false);
        else
            swd_code_put(&c);
        if (i % 1000 == 999)
            swd_code_trim();
    }
    return NULL;
}

START_TEST(threads_share_it)
{
    pthread_t t[4];
    unsigned seeds[4] = {1, 2, 3, 4};
    struct swd_code_stats s;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, hammer, &seeds[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    swd_code_trim();
    swd_code_stats(&s);
    ck_assert_uint_eq(s.bytes, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/codecache");
    TCase *t = tcase_create("codecache");
    tcase_add_test(t, found_by_all_that_decides_the_code);
    tcase_add_test(t, wanted_at_the_second_meeting);
    tcase_add_test(t, over_its_bytes_the_oldest_are_packed);
    tcase_add_test(t, the_oldest_unused_go_first);
    tcase_add_test(t, an_entry_in_use_outlives_its_eviction);
    tcase_add_test(t, threads_share_it);
    suite_add_tcase(s, t);
    return suite_run(s);
}
