/* NUMA with a made-up machine of three nodes: the reserve is split and bound, each executor's
 * extents and arenas come from its node, a full node borrows from the others, freed ones go home.
 */
#include <check.h>
#include <pthread.h>

#include "base/limits.h"
#include "pool/arena.h"
#include "pool/extent.h"
#include "pool/numa.h"
#include "suite.h"

#define MIB   ((size_t)1024 * 1024)
#define NODES 3

static struct {
    char *share;
    size_t bytes;
} bound[NODES];
static unsigned ran_on[NODES];

static unsigned fake_nodes(void)
{
    return NODES;
}

static void fake_bind(void *p, size_t n, unsigned node)
{
    ck_assert_uint_lt(node, NODES);
    bound[node].share = p;
    bound[node].bytes = n;
}

static void fake_run_on(unsigned node)
{
    __atomic_fetch_add(&ran_on[node], 1, __ATOMIC_RELAXED);
}

static const struct swd_numa_ops fake = {fake_nodes, fake_bind, fake_run_on};

static void setup(void)
{
    struct swd_extent_opts o = {.reserve = 24 * MIB};
    swd_numa_use(&fake);
    ck_assert_int_eq(swd_extent_init(&o, NULL), 0);
}

static void teardown(void)
{
    swd_extent_fini();
    swd_numa_use(NULL);
}

START_TEST(every_share_is_bound_to_its_node)
{
    for (unsigned i = 0; i < NODES; i++) {
        ck_assert_uint_eq(bound[i].bytes, 8 * MIB);
        ck_assert_ptr_eq(bound[i].share, bound[0].share + i * 8 * MIB);
        ck_assert_uint_eq(swd_extent_node(bound[i].share), i);
    }
}
END_TEST

static void *executor(void *arg)
{
    unsigned index = (unsigned)(uintptr_t)arg, node = swd_numa_bind_executor(index);
    ck_assert_uint_eq(node, index % NODES);
    for (int round = 0; round < 30; round++) {
        struct swd_arena *a;
        ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a), 0);
        ck_assert_uint_eq(swd_extent_node(a), node);
        for (int i = 0; i < 20; i++)
            ck_assert_uint_eq(swd_extent_node(swd_arena_alloc(a, 10000)), node);
        swd_arena_drop(&a);
    }
    return NULL;
}

START_TEST(executors_allocate_on_their_own_node)
{
    pthread_t t[2 * NODES];
    for (uintptr_t i = 0; i < 2 * NODES; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, executor, (void *)i), 0);
    for (int i = 0; i < 2 * NODES; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < NODES; i++)
        ck_assert_uint_eq(ran_on[i], 2);
}
END_TEST

START_TEST(a_full_node_borrows_and_gives_back)
{
    char *p[13];
    swd_extent_bind_node(1);
    for (int i = 0; i < 12; i++) {
        p[i] = swd_extent_get(2 * MIB, false);
        ck_assert_ptr_nonnull(p[i]);
    }
    ck_assert_ptr_null(swd_extent_get(1, false));
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(swd_extent_node(p[i]), 1);
    for (int i = 4; i < 12; i++)
        ck_assert_uint_ne(swd_extent_node(p[i]), 1);
    for (int i = 0; i < 12; i++)
        swd_extent_put(p[i], 2 * MIB);
    for (int i = 0; i < 4; i++) {
        p[i] = swd_extent_get(2 * MIB, false);
        ck_assert_uint_eq(swd_extent_node(p[i]), 1);
    }
    for (int i = 0; i < 4; i++)
        swd_extent_put(p[i], 2 * MIB);
}
END_TEST

START_TEST(the_real_machine_answers)
{
    swd_numa_use(NULL);
    ck_assert_uint_ge(swd_numa_nodes(), 1);
    ck_assert_uint_lt(swd_numa_bind_executor(5), swd_numa_nodes());
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/numa");
    TCase *c = tcase_create("numa");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_share_is_bound_to_its_node);
    tcase_add_test(c, executors_allocate_on_their_own_node);
    tcase_add_test(c, a_full_node_borrows_and_gives_back);
    tcase_add_test(c, the_real_machine_answers);
    suite_add_tcase(s, c);
    return suite_run(s);
}
