/* The loop thread: posts, watched fds, ticks, deadlines, signals, lag. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "pool/extent.h"
#include "suite.h"

static struct swd_loop *L;
static struct swd_tick *guard;

static void too_long(void *arg)
{
    (void)arg;
    ck_abort_msg("the loop did not finish in 20 s");
}

static void setup(void)
{
    struct swd_err e;
    ck_assert_int_eq(swd_loop_new(&L, &e), 0);
    ck_assert_int_eq(swd_tick_new(L, too_long, NULL, &guard), 0);
    swd_tick_in(guard, 20 * SWD_NS_PER_S, 0);
}

static void teardown(void)
{
    swd_tick_free(&guard);
    swd_loop_free(&L);
}

/* ---- posts ---- */

#define POSTERS 4
#define EACH    2000

struct counted {
    struct swd_post post;
    unsigned ran;
};
static struct counted many[POSTERS][EACH];
static unsigned total;

static void count_post(struct swd_post *p)
{
    struct counted *c = SWD_CONTAINER(p, struct counted, post);
    c->ran++;
    if (++total == POSTERS * EACH)
        swd_loop_stop(L);
}

static void *poster(void *arg)
{
    struct counted *mine = arg;
    for (unsigned i = 0; i < EACH; i++)
        swd_loop_post(L, &mine[i].post);
    return NULL;
}

START_TEST(every_post_runs_once)
{
    pthread_t t[POSTERS];
    total = 0;
    for (unsigned p = 0; p < POSTERS; p++)
        for (unsigned i = 0; i < EACH; i++) {
            many[p][i].ran = 0;
            swd_post_init(&many[p][i].post, count_post);
        }
    for (unsigned p = 0; p < POSTERS; p++)
        pthread_create(&t[p], NULL, poster, many[p]);
    ck_assert_int_eq(swd_loop_run(L), 0);
    for (unsigned p = 0; p < POSTERS; p++)
        pthread_join(t[p], NULL);
    for (unsigned p = 0; p < POSTERS; p++)
        for (unsigned i = 0; i < EACH; i++)
            ck_assert_uint_eq(many[p][i].ran, 1);
}
END_TEST

static unsigned rounds;

static void again(struct swd_post *p)
{
    if (++rounds < 100)
        swd_loop_post(L, p); /* allowed: fn began */
    else
        swd_loop_stop(L);
}

START_TEST(a_post_may_post_itself_again)
{
    struct swd_post p;
    rounds = 0;
    swd_post_init(&p, again);
    swd_loop_post(L, &p);
    swd_loop_post(L, &p); /* merged */
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_uint_eq(rounds, 100);
}
END_TEST

static struct swd_post victim, killer;
static bool victim_ran;

static void on_victim(struct swd_post *p)
{
    (void)p;
    victim_ran = true;
}

static void on_killer(struct swd_post *p)
{
    (void)p;
    ck_assert(swd_post_cancel(L, &victim));
    ck_assert(!swd_post_cancel(L, &victim));
    swd_loop_stop(L);
}

START_TEST(a_cancelled_post_never_runs)
{
    victim_ran = false;
    swd_post_init(&victim, on_victim);
    swd_post_init(&killer, on_killer);
    swd_loop_post(L, &killer);
    swd_loop_post(L, &victim); /* same batch as its killer */
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_int_eq(swd_loop_run((swd_loop_stop(L), L)), 0);
    ck_assert(!victim_ran);
}
END_TEST

static unsigned order;
static struct swd_post late;

static void on_late(struct swd_post *p)
{
    (void)p;
    ck_assert_uint_eq(order, 2); /* after everything that was ready */
    order = 3;
    swd_loop_stop(L);
}

static void on_early(struct swd_post *p)
{
    (void)p;
    if (order++ == 0) {
        swd_loop_defer(L, &late);
        swd_loop_defer(L, &late); /* merged */
    }
}

START_TEST(deferred_work_runs_after_what_is_ready)
{
    struct swd_post a, b;
    order = 0;
    swd_post_init(&a, on_early);
    swd_post_init(&b, on_early);
    swd_post_init(&late, on_late);
    swd_loop_post(L, &a);
    swd_loop_post(L, &b);
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_uint_eq(order, 3);
}
END_TEST

/* ---- fds ---- */

static int pipe_fds[2];
static struct swd_fd *reader, *writer;
static size_t got, sent;

static void on_reader(void *arg, int events)
{
    char buf[4096];
    ssize_t n = read(pipe_fds[0], buf, sizeof buf);
    (void)arg;
    ck_assert_int_eq(events, SWD_FD_READ);
    if (n == 0) {
        swd_fd_free(&reader); /* in its own callback */
        swd_loop_stop(L);
        return;
    }
    ck_assert_int_gt(n, 0);
    got += (size_t)n;
}

static void on_writer(void *arg, int events)
{
    static const char block[1000];
    (void)arg;
    ck_assert_int_eq(events, SWD_FD_WRITE);
    ck_assert_int_eq(write(pipe_fds[1], block, sizeof block), (int)sizeof block);
    sent += sizeof block;
    if (sent == 100 * sizeof block) {
        swd_fd_free(&writer);
        close(pipe_fds[1]);
    }
}

START_TEST(fds_are_watched_in_both_directions)
{
    got = sent = 0;
    ck_assert_int_eq(pipe(pipe_fds), 0);
    ck_assert_int_eq(swd_fd_new(L, pipe_fds[0], on_reader, NULL, &reader), 0);
    ck_assert_int_eq(swd_fd_new(L, pipe_fds[1], on_writer, NULL, &writer), 0);
    ck_assert_int_eq(swd_fd_watch(reader, SWD_FD_READ), 0);
    ck_assert_int_eq(swd_fd_watch(writer, SWD_FD_WRITE), 0);
    ck_assert_int_eq(swd_fd_watch(writer, 0), 0);
    ck_assert_int_eq(swd_fd_watch(writer, SWD_FD_WRITE), 0);
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_uint_eq(got, sent);
    ck_assert_ptr_null(reader);
    close(pipe_fds[0]);
}
END_TEST

/* ---- ticks and signals ---- */

static struct swd_tick *tick;
static unsigned ticks;

static void on_tick(void *arg)
{
    ck_assert_ptr_eq(arg, &ticks);
    if (++ticks == 5) {
        swd_tick_free(&tick); /* in its own callback */
        swd_loop_stop(L);
    }
}

START_TEST(a_tick_repeats_until_freed)
{
    uint64_t start = swd_clock_mono();
    ticks = 0;
    ck_assert_int_eq(swd_tick_new(L, on_tick, &ticks, &tick), 0);
    swd_tick_in(tick, SWD_NS_PER_MS, 2 * SWD_NS_PER_MS);
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_uint_eq(ticks, 5);
    ck_assert_uint_ge(swd_clock_mono() - start, 9 * SWD_NS_PER_MS);
}
END_TEST

static void on_signal(void *arg)
{
    ck_assert_ptr_eq(arg, &ticks);
    swd_loop_stop(L);
}

START_TEST(signals_reach_the_loop)
{
    ck_assert_int_eq(swd_loop_signal(L, SIGUSR1, on_signal, &ticks), 0);
    kill(getpid(), SIGUSR1);
    ck_assert_int_eq(swd_loop_run(L), 0);
}
END_TEST

static void stop_now(void *arg)
{
    (void)arg;
    swd_loop_stop(L);
}

static void stall(void *arg)
{
    (void)arg;
    usleep(120000);
}

START_TEST(lag_sees_a_stalled_loop)
{
    struct swd_loop_lag lag;
    struct swd_tick *a, *b;
    ck_assert_int_eq(swd_tick_new(L, stall, NULL, &a), 0);
    ck_assert_int_eq(swd_tick_new(L, stop_now, NULL, &b), 0);
    swd_tick_in(a, 80 * SWD_NS_PER_MS, 0); /* until 200 ms; the probe is due at 100 ms */
    swd_tick_in(b, 350 * SWD_NS_PER_MS, 0);
    ck_assert_int_eq(swd_loop_run(L), 0);
    swd_loop_lag(L, &lag);
    ck_assert_uint_ge(lag.max_us, 50000);
    ck_assert_uint_le(lag.p50_us, lag.p99_us);
    ck_assert_uint_le(lag.p99_us, lag.max_us);
    swd_tick_free(&a);
    swd_tick_free(&b);
}
END_TEST

/* ---- deadlines ---- */

#define DEADLINES 5000
struct due {
    struct swd_deadline d;
    uint64_t when;
    bool cancelled, fired;
};
static struct due dues[DEADLINES];
static uint64_t last_due;
static unsigned fired, expected;

static void on_due(struct swd_deadline *d)
{
    struct due *x = SWD_CONTAINER(d, struct due, d);
    ck_assert(!x->cancelled);
    ck_assert(!x->fired);
    ck_assert_uint_ge(x->when, last_due);
    ck_assert_uint_ge(swd_clock_mono(), x->when);
    last_due = x->when;
    x->fired = true;
    if (++fired == expected)
        swd_loop_stop(L);
}

START_TEST(deadlines_fire_in_order_and_never_early)
{
    uint64_t base = swd_clock_mono() + 5 * SWD_NS_PER_MS;
    unsigned seed = 7;
    swd_loop_on_deadline(L, on_due);
    memset(dues, 0, sizeof dues);
    fired = 0;
    expected = DEADLINES;
    last_due = 0;
    for (unsigned i = 0; i < DEADLINES; i++) {
        dues[i].when = base + (uint64_t)rand_r(&seed) % (20 * SWD_NS_PER_MS);
        ck_assert_int_eq(swd_deadline_set(L, &dues[i].d, dues[i].when), 0);
    }
    for (unsigned i = 0; i < DEADLINES; i += 3) { /* moved, both ways */
        dues[i].when = base + (uint64_t)rand_r(&seed) % (20 * SWD_NS_PER_MS);
        ck_assert_int_eq(swd_deadline_set(L, &dues[i].d, dues[i].when), 0);
    }
    for (unsigned i = 0; i < DEADLINES; i += 7) {
        dues[i].cancelled = true;
        swd_deadline_cancel(L, &dues[i].d);
        swd_deadline_cancel(L, &dues[i].d); /* harmless */
        expected--;
    }
    ck_assert_uint_eq(swd_deadline_count(L), expected);
    ck_assert_int_eq(swd_loop_run(L), 0);
    ck_assert_uint_eq(fired, expected);
    ck_assert_uint_eq(swd_deadline_count(L), 0);
}
END_TEST

static void *setter(void *arg)
{
    struct due *mine = arg;
    for (unsigned i = 0; i < DEADLINES / 4; i++)
        ck_assert_int_eq(swd_deadline_set(L, &mine[i].d, mine[i].when), 0);
    return NULL;
}

static void on_due_any(struct swd_deadline *d)
{
    (void)d;
    if (++fired == expected)
        swd_loop_stop(L);
}

START_TEST(deadlines_may_be_set_from_any_thread)
{
    pthread_t t[4];
    uint64_t now = swd_clock_mono();
    swd_loop_on_deadline(L, on_due_any);
    memset(dues, 0, sizeof dues);
    fired = 0;
    expected = DEADLINES;
    for (unsigned i = 0; i < DEADLINES; i++)
        dues[i].when = i % 100 == 0 ? 0 : now + i * 1000;
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, setter, &dues[i * (DEADLINES / 4)]);
    ck_assert_int_eq(swd_loop_run(L), 0);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    ck_assert_uint_eq(fired, DEADLINES);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("loop");
    TCase *tc = tcase_create("loop");
    struct swd_err e;
    if (swd_extent_init(&(struct swd_extent_opts){0}, &e) < 0)
        return 1;
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, every_post_runs_once);
    tcase_add_test(tc, a_post_may_post_itself_again);
    tcase_add_test(tc, a_cancelled_post_never_runs);
    tcase_add_test(tc, deferred_work_runs_after_what_is_ready);
    tcase_add_test(tc, fds_are_watched_in_both_directions);
    tcase_add_test(tc, a_tick_repeats_until_freed);
    tcase_add_test(tc, signals_reach_the_loop);
    tcase_add_test(tc, lag_sees_a_stalled_loop);
    tcase_add_test(tc, deadlines_fire_in_order_and_never_early);
    tcase_add_test(tc, deadlines_may_be_set_from_any_thread);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
