/* Executors: every task runs once, unqueue, order, statistics, stop. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "pool/extent.h"
#include "suite.h"

#define TASKS 5000

struct job {
    struct swd_task task;
    _Atomic unsigned ran, order;
};
static struct job jobs[TASKS];
static _Atomic unsigned done, starts, stops, gate_in, gate_open;

static void wait_for(_Atomic unsigned *what, unsigned n)
{
    uint64_t until = swd_clock_mono() + 20 * SWD_NS_PER_S;
    while (atomic_load(what) < n) {
        ck_assert_msg(swd_clock_mono() < until, "waited 20 s in vain");
        usleep(200);
    }
}

static void on_job(struct swd_task *t)
{
    struct job *j = SWD_CONTAINER(t, struct job, task);
    atomic_fetch_add(&j->ran, 1);
    atomic_store(&j->order, atomic_fetch_add(&done, 1));
}

static void on_gate(struct swd_task *t)
{
    (void)t;
    atomic_fetch_add(&gate_in, 1);
    wait_for(&gate_open, 1);
}

static void on_start(unsigned i)
{
    (void)i;
    atomic_fetch_add(&starts, 1);
}

static void on_stop(unsigned i)
{
    (void)i;
    atomic_fetch_add(&stops, 1);
}

static struct swd_execs *start(unsigned n)
{
    static const struct swd_exec_hooks hooks = {on_start, on_stop};
    struct swd_execs *x;
    struct swd_err e;
    atomic_store(&done, 0);
    atomic_store(&starts, 0);
    atomic_store(&stops, 0);
    atomic_store(&gate_in, 0);
    atomic_store(&gate_open, 0);
    for (unsigned i = 0; i < TASKS; i++) {
        atomic_store(&jobs[i].ran, 0);
        swd_task_init(&jobs[i].task, on_job);
    }
    ck_assert_int_eq(swd_execs_start(n, &hooks, &x, &e), 0);
    return x;
}

START_TEST(every_task_runs_once)
{
    struct swd_execs *x = start(3);
    struct swd_exec_stat st;
    uint64_t turns = 0;
    for (unsigned i = 0; i < TASKS; i++)
        swd_task_queue(x, &jobs[i].task);
    wait_for(&done, TASKS);
    for (unsigned i = 0; i < TASKS; i++)
        ck_assert_uint_eq(atomic_load(&jobs[i].ran), 1);
    ck_assert_uint_eq(swd_execs_count(x), 3);
    ck_assert_uint_eq(swd_execs_queued(x), 0);
    swd_execs_stop(&x);
    ck_assert_ptr_null(x);
    ck_assert_uint_eq(atomic_load(&starts), 3);
    ck_assert_uint_eq(atomic_load(&stops), 3);
    x = start(1);
    swd_task_queue(x, &jobs[0].task);
    wait_for(&done, 1);
    for (unsigned i = 0; i < 1000 && turns == 0; i++, usleep(1000)) {
        swd_execs_stat(x, 0, &st);
        turns = st.turns;
    }
    ck_assert_uint_eq(turns, 1);
    ck_assert_uint_gt(swd_execs_stacks(x), 0);
    ck_assert_uint_lt(swd_execs_stacks(x), 2 << 20);
    swd_execs_stop(&x);
}
END_TEST

START_TEST(one_executor_runs_in_order)
{
    struct swd_execs *x = start(1);
    struct swd_task gate;
    swd_task_init(&gate, on_gate);
    swd_task_queue(x, &gate);
    wait_for(&gate_in, 1);
    for (unsigned i = 0; i < TASKS; i++) {
        swd_task_queue(x, &jobs[i].task);
        swd_task_queue(x, &jobs[i].task); /* queued already: once */
    }
    ck_assert_uint_eq(swd_execs_queued(x), TASKS);
    atomic_store(&gate_open, 1);
    wait_for(&done, TASKS);
    for (unsigned i = 0; i < TASKS; i++)
        ck_assert_uint_eq(atomic_load(&jobs[i].order), i);
    swd_execs_stop(&x);
}
END_TEST

START_TEST(an_unqueued_task_does_not_run)
{
    struct swd_execs *x = start(1);
    struct swd_task gate;
    struct swd_exec_stat st;
    swd_task_init(&gate, on_gate);
    swd_task_queue(x, &gate);
    wait_for(&gate_in, 1);
    for (unsigned i = 0; i < 3; i++)
        swd_task_queue(x, &jobs[i].task);
    ck_assert(swd_task_unqueue(x, &jobs[1].task));
    ck_assert(!swd_task_unqueue(x, &jobs[1].task));
    ck_assert(!swd_task_unqueue(x, &gate)); /* it runs */
    ck_assert_uint_eq(swd_execs_queued(x), 2);
    swd_execs_stat(x, 0, &st);
    ck_assert(st.busy >= 0 && st.busy <= 1);
    atomic_store(&gate_open, 1);
    wait_for(&done, 2);
    ck_assert_uint_eq(atomic_load(&jobs[1].ran), 0);
    swd_task_queue(x, &jobs[1].task); /* and may be queued again */
    wait_for(&done, 3);
    swd_execs_stop(&x);
}
END_TEST

static void *open_later(void *arg)
{
    (void)arg;
    usleep(20000);
    atomic_store(&gate_open, 1);
    return NULL;
}

START_TEST(stop_waits_for_running_tasks_and_drops_queued_ones)
{
    struct swd_execs *x = start(1);
    struct swd_task gate;
    pthread_t t;
    swd_task_init(&gate, on_gate);
    swd_task_queue(x, &gate);
    wait_for(&gate_in, 1);
    swd_task_queue(x, &jobs[0].task);
    pthread_create(&t, NULL, open_later, NULL);
    swd_execs_stop(&x);
    ck_assert_uint_eq(atomic_load(&gate_open), 1);
    ck_assert_uint_eq(atomic_load(&jobs[0].ran), 0);
    ck_assert(swd_list_empty(&jobs[0].task.link));
    pthread_join(t, NULL);
}
END_TEST

static void *queuer(void *arg)
{
    struct swd_execs *x = arg;
    static _Atomic unsigned next;
    unsigned i = atomic_fetch_add(&next, 1) % 4;
    for (unsigned k = i; k < TASKS; k += 4) {
        swd_task_queue(x, &jobs[k].task);
        if (k % 64 == 0)
            usleep(50); /* lets executors fall asleep */
    }
    return NULL;
}

START_TEST(no_wakeup_is_lost)
{
    struct swd_execs *x = start(4);
    pthread_t t[4];
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, queuer, x);
    wait_for(&done, TASKS);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    swd_execs_stop(&x);
}
END_TEST

START_TEST(a_bad_count_is_refused)
{
    struct swd_execs *x;
    struct swd_err e;
    ck_assert_int_eq(swd_execs_start(0, NULL, &x, &e), SWD_EPARAMS);
    ck_assert_ptr_null(x);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec");
    TCase *tc = tcase_create("exec");
    struct swd_err e;
    if (swd_extent_init(&(struct swd_extent_opts){0}, &e) < 0)
        return 1;
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, every_task_runs_once);
    tcase_add_test(tc, one_executor_runs_in_order);
    tcase_add_test(tc, an_unqueued_task_does_not_run);
    tcase_add_test(tc, stop_waits_for_running_tasks_and_drops_queued_ones);
    tcase_add_test(tc, no_wakeup_is_lost);
    tcase_add_test(tc, a_bad_count_is_refused);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
