/* Very many runners: whatever goes over all of them lets the loop serve others in between. What
 * others are served is a post that posts itself again: an iteration of the loop each time, in which
 * sockets and timers have their turn too. No script runs: the only executor is kept busy. */
#include <check.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "loop/loop.h"
#include "pool/account.h"
#include "runner/runner.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define MANY 10000
#else
#define MANY 50000
#endif

static struct swd_loop *loop;
static struct swd_execs *execs;
static struct swd_account *account;
static struct swd_runners *runners;
static sem_t busy, release;
static struct swd_task keeper;
static struct swd_post other;
static unsigned served;
static bool over;

static void keep_busy(struct swd_task *t)
{
    (void)t;
    sem_post(&busy);
    sem_wait(&release);
}

static void serve(struct swd_post *p)
{
    served++;
    if (over)
        swd_loop_stop(loop);
    else
        swd_loop_post(loop, p);
}

/* Iterations of the loop until somebody sets `over`. */
static unsigned run_loop(void)
{
    served = 0;
    over = false;
    swd_loop_post(loop, &other);
    ck_assert_int_eq(swd_loop_run(loop), 0);
    return served;
}

static uint64_t submit(const char *group)
{
    struct swd_submission s = {.source = "1", .source_len = 1, .group = group};
    struct swd_err e = {0};
    uint64_t id;
    ck_assert_msg(swd_runner_submit(runners, &s, &id, &e) == 0, "%s", e.msg);
    return id;
}

static void setup(void)
{
    struct swd_runners_opts o = {.quantum = 10 * 1000000, .max = SWD_NONE, .queue = SWD_NONE};
    struct swd_err e = {0};
    ck_assert_int_eq(swd_lib_init(&e), 0);
    ck_assert_int_eq(swd_loop_new(&loop, &e), 0);
    ck_assert_int_eq(swd_execs_start(1, NULL, &execs, &e), 0);
    sem_init(&busy, 0, 0);
    sem_init(&release, 0, 0);
    swd_log_set_level(SWD_LOG_ERROR);
    swd_task_init(&keeper, keep_busy);
    swd_task_queue(execs, &keeper);
    sem_wait(&busy);
    account = swd_account_new(NULL, "daemon", SWD_NONE);
    swd_limits_default(&o.limits);
    o.loop = loop;
    o.execs = execs;
    o.account = account;
    o.keep_ended = 10;
    ck_assert_int_eq(swd_runners_new(&o, &runners, &e), 0);
    swd_post_init(&other, serve);
    for (int i = 0; i < MANY; i++)
        submit(NULL);
}

static void teardown(void)
{
    swd_runners_stop_helpers(runners);
    sem_post(&release);
    swd_execs_stop(&execs);
    swd_runners_free(&runners);
    swd_loop_free(&loop);
    swd_account_free(&account);
    sem_destroy(&busy);
    sem_destroy(&release);
}

static uint64_t skipped;

static void job_done(void *arg, const struct swd_receipt *r)
{
    (void)arg;
    skipped = r->skipped_unstarted + r->skipped_time;
    over = true;
}

START_TEST(a_job_on_all_lets_others_in)
{
    static const enum swd_job jobs[] = {SWD_JOB_GC, SWD_JOB_COMPACT, SWD_JOB_HIBERNATE};
    struct swd_err e = {0};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        skipped = 0;
        ck_assert_int_eq(swd_runner_job(runners, jobs[i], 0, 0, job_done, NULL, &e), 0);
        ck_assert_uint_ge(run_loop(), MANY / 5000);
        ck_assert_uint_eq(skipped, MANY);
    }
}
END_TEST

static void count_row(void *arg, const struct swd_runner_info *i)
{
    uint64_t *rows = arg;
    ck_assert_str_eq(i->group, "rare");
    rows[0]++;
    rows[1] = i->id;
}

/* A filter that few pass: pages are short, and the last of them is found. */
START_TEST(a_list_looks_at_so_many)
{
    uint64_t rare = submit("rare"), rows[2] = {0}, after = 0;
    unsigned pages = 0;
    do {
        after = swd_runner_list(runners, after, 100, SWD_STATE_COUNT, "rare", count_row, rows);
        pages++;
    } while (after);
    ck_assert_uint_ge(pages, MANY / 5000);
    ck_assert_uint_eq(rows[0], 1);
    ck_assert_uint_eq(rows[1], rare);
    ck_assert_uint_eq(swd_runner_list(runners, rare, 100, SWD_STATE_COUNT, NULL, count_row, rows),
                      0);
}
END_TEST

/* Where a page stood may be forgotten meanwhile. */
START_TEST(a_list_goes_on_behind_what_is_gone)
{
    uint64_t first = submit("rare"), second = submit("rare"), rows[2] = {0};
    bool live;
    for (uint64_t id = 1; id < 40; id++) /* of which 10 are remembered */
        ck_assert_int_eq(swd_runner_kill(runners, id, SWD_STOP_KILLED, &live), 0);
    ck_assert_int_eq(swd_runner_kill(runners, first, SWD_STOP_KILLED, &live), 0);
    over = true;
    swd_loop_post(loop, &other);
    ck_assert_int_eq(swd_loop_run(loop), 0);
    ck_assert_uint_eq(
        swd_runner_list(runners, first, 100, SWD_STATE_READY, "rare", count_row, rows), 0);
    ck_assert_uint_eq(rows[0], 1);
    ck_assert_uint_eq(rows[1], second);
}
END_TEST

static void drained(void *arg)
{
    (void)arg;
    over = true;
}

START_TEST(a_shutdown_lets_others_in)
{
    struct swd_runners_stat s;
    swd_runners_drain(runners, 0, drained, NULL);
    ck_assert_uint_ge(run_loop(), MANY / 200);
    swd_runners_stat(runners, &s);
    ck_assert_uint_eq(s.total_live, 0);
    ck_assert_uint_eq(s.killed, MANY);
    ck_assert_uint_eq(s.ended_kept, 10);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runner/many");
    TCase *t = tcase_create("many");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, a_job_on_all_lets_others_in);
    tcase_add_test(t, a_list_looks_at_so_many);
    tcase_add_test(t, a_list_goes_on_behind_what_is_gone);
    tcase_add_test(t, a_shutdown_lets_others_in);
    suite_add_tcase(s, t);
    return suite_run(s);
}
