/* The ring of console lines: bounds, order, what counts as dropped, copies that go on. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/lines.h"
#include "suite.h"

struct seen {
    char text[4096];
    size_t n;
    uint64_t count, first, last;
};

static void see(void *arg, const struct swd_line *line)
{
    struct seen *s = arg;
    if (s->count++ == 0)
        s->first = line->seq;
    s->last = line->seq;
    if (s->n + line->n + 1 < sizeof s->text) {
        memcpy(s->text + s->n, line->text, line->n);
        s->n += line->n;
        s->text[s->n++] = '|';
    }
    s->text[s->n] = '\0';
}

static struct seen read_from(struct swd_lines *l, uint64_t *seq)
{
    static char buf[1 << 20];
    struct seen s = {0};
    size_t used = swd_lines_copy(l, seq, buf, sizeof buf);
    swd_lines_visit(buf, used, see, &s);
    return s;
}

static void add(struct swd_lines *l, const char *text)
{
    swd_lines_add(l, SWD_CONSOLE_LOG, text, strlen(text), 0);
}

START_TEST(keeps_lines_in_order_and_goes_on)
{
    struct swd_lines l;
    uint64_t seq = 0;
    struct seen s;
    swd_lines_init(&l, 1024);
    add(&l, "one");
    add(&l, "");
    add(&l, "three");
    s = read_from(&l, &seq);
    ck_assert_str_eq(s.text, "one||three|");
    ck_assert_uint_eq(seq, 4);
    add(&l, "four");
    s = read_from(&l, &seq);
    ck_assert_str_eq(s.text, "four|");
    ck_assert_uint_eq(read_from(&l, &seq).count, 0);
    swd_lines_free(&l);
}
END_TEST

START_TEST(one_turn_prints_at_most_the_limit)
{
    struct swd_lines l;
    uint64_t seq = 0;
    swd_lines_init(&l, 100);
    for (int i = 0; i < 50; i++)
        add(&l, "0123456789"); /* 11 bytes each with its newline */
    ck_assert_uint_eq(l.dropped, 41);
    ck_assert_uint_eq(read_from(&l, &seq).count, 9);
    add(&l, "x"); /* a short one does not slip in after the cut */
    ck_assert_uint_eq(l.dropped, 42);
    swd_lines_new_turn(&l);
    add(&l, "y");
    ck_assert_str_eq(read_from(&l, &seq).text, "y|");
    swd_lines_free(&l);
}
END_TEST

START_TEST(old_lines_fall_off_and_count_unless_sent)
{
    struct swd_lines l;
    uint64_t seq = 0;
    swd_lines_init(&l, 100);
    for (int i = 0; i < 30; i++) {
        swd_lines_new_turn(&l);
        add(&l, "0123456789");
    }
    ck_assert_uint_le(l.text, 100);
    ck_assert_uint_eq(l.dropped + (l.next_seq - l.first_seq), 30);
    ck_assert_uint_eq(read_from(&l, &seq).last, 30);
    l.dropped = 0;
    for (int i = 0; i < 30; i++) {
        swd_lines_new_turn(&l);
        swd_lines_add(&l, SWD_CONSOLE_LOG, "0123456789", 10, l.next_seq); /* all sent before */
    }
    ck_assert_uint_eq(l.dropped, 0);
    swd_lines_free(&l);
}
END_TEST

START_TEST(wraps_without_mixing_bytes)
{
    struct swd_lines l;
    uint64_t seq = 0;
    char want[64];
    swd_lines_init(&l, 3000);
    for (int i = 0; i < 5000; i++) {
        struct seen s;
        swd_lines_new_turn(&l);
        snprintf(want, sizeof want, "%d:%.*s", i, i % 40,
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq");
        add(&l, want);
        s = read_from(&l, &seq);
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(s.n, strlen(want) + 1);
        ck_assert(strncmp(s.text, want, strlen(want)) == 0);
    }
    ck_assert_uint_le(l.cap, 2 * 3000 + 1024);
    swd_lines_free(&l);
}
END_TEST

START_TEST(packing_changes_nothing_that_is_seen)
{
    struct swd_lines l, plain;
    char text[64];
    uint64_t seq = 0, plain_seq = 0;
    swd_lines_init(&l, 5000);
    swd_lines_init(&plain, 5000);
    swd_lines_pack(&l); /* nothing there yet */
    for (int i = 0; i < 3000; i++) {
        swd_lines_new_turn(&l);
        swd_lines_new_turn(&plain);
        snprintf(text, sizeof text, "line %d of many alike %.*s", i, i % 20,
                 "....................");
        add(&l, text);
        add(&plain, text);
        if (i % 7 == 0)
            swd_lines_pack(&l);
        if (i % 101 == 0) {
            struct seen a = read_from(&l, &seq), b = read_from(&plain, &plain_seq);
            ck_assert_str_eq(a.text, b.text);
            ck_assert_uint_eq(a.first, b.first);
            ck_assert_uint_eq(a.last, b.last);
        }
    }
    ck_assert_uint_eq(l.dropped, plain.dropped);
    swd_lines_pack(&l);
    ck_assert_uint_lt(swd_lines_held(&l) * 4, swd_lines_held(&plain));
    swd_lines_free(&l);
    swd_lines_free(&plain);
    swd_lines_init(&l, 5000);
    add(&l, "x");
    swd_lines_pack(&l); /* too short to gain: as it is, without the ring's room */
    ck_assert_uint_lt(swd_lines_held(&l), 64);
    seq = 0;
    ck_assert_str_eq(read_from(&l, &seq).text, "x|");
    swd_lines_free(&l);
}
END_TEST

START_TEST(a_line_beyond_the_limit_is_dropped_whole)
{
    struct swd_lines l;
    char big[300];
    memset(big, 'x', sizeof big);
    swd_lines_init(&l, 100);
    swd_lines_add(&l, SWD_CONSOLE_LOG, big, sizeof big, 0);
    ck_assert_uint_eq(l.dropped, 1);
    ck_assert_uint_eq(l.next_seq, 1);
    swd_lines_free(&l);
}
END_TEST

START_TEST(small_copy_buffer_takes_what_fits)
{
    struct swd_lines l;
    uint64_t seq = 0;
    char buf[256];
    unsigned rounds = 0;
    struct seen s = {0};
    swd_lines_init(&l, 10000);
    for (int i = 0; i < 50; i++)
        add(&l, "0123456789");
    for (;;) {
        size_t used = swd_lines_copy(&l, &seq, buf, sizeof buf);
        if (used == 0)
            break;
        swd_lines_visit(buf, used, see, &s);
        rounds++;
    }
    ck_assert_uint_eq(s.count, 50);
    ck_assert_uint_gt(rounds, 5);
    ck_assert_uint_le(l.longest, sizeof buf);
    swd_lines_free(&l);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runner/lines");
    TCase *t = tcase_create("lines");
    tcase_add_test(t, keeps_lines_in_order_and_goes_on);
    tcase_add_test(t, one_turn_prints_at_most_the_limit);
    tcase_add_test(t, old_lines_fall_off_and_count_unless_sent);
    tcase_add_test(t, wraps_without_mixing_bytes);
    tcase_add_test(t, packing_changes_nothing_that_is_seen);
    tcase_add_test(t, a_line_beyond_the_limit_is_dropped_whole);
    tcase_add_test(t, small_copy_buffer_takes_what_fits);
    suite_add_tcase(s, t);
    return suite_run(s);
}
