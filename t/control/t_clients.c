/* The server and what a client may do to it: garbage, silence, lines without end, replies that are
 * not read, connections without number, an end in the middle. */
#include "control/server.h"
#include "suite.h"

START_TEST(garbage_is_answered_and_the_connection_lives)
{
    static const struct {
        const char *line;
        size_t n;
        int code;
        const char *name;
    } garbage[] = {
#define G(text, code, name) {text, sizeof text - 1, code, name}
        G("\x01\x02\xff\xfe\n", -32700, "parse_error"),
        G("GET / HTTP/1.1\r\n", -32700, "parse_error"),
        G("{\"a\":\0}\n", -32700, "parse_error"),
        G("{\"a\":\"\xff\"}\n", -32700, "parse_error"),
        G("[]\n", -32600, "invalid_request"),
        G("{}\n", -32600, "invalid_request"),
        G("17\n", -32600, "invalid_request"),
#undef G
    };
    char *deep = malloc(20001);
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        sendn(&c, garbage[i].line, garbage[i].n);
        want_error(next(&c), garbage[i].code, garbage[i].name);
    }
    memset(deep, '[', 20000);
    deep[20000] = '\n';
    sendn(&c, deep, 20001);
    want_error(next(&c), -32600, "invalid_request");
    free(deep);
    alive(&c);
    hang_up(&c);
}
END_TEST

START_TEST(a_line_too_long_is_refused_and_passed_over)
{
    size_t n = 1 << 20;
    char *line = malloc(n);
    struct client c;
    start();
    c = dial();
    memset(line, 'x', n);
    sendn(&c, line, n); /* four times max_frame, and no end yet */
    want_error(next(&c), -32002, "limit");
    say(&c, "\n");
    alive(&c);
    memset(line, ' ', n);
    line[256 * 1024 + 10] = '\n'; /* slightly too long, ended in the same read */
    sendn(&c, line, 256 * 1024 + 11);
    want_error(next(&c), -32002, "limit");
    alive(&c);
    ck_assert_uint_lt(stat_of(&c, "held"), 100000);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(an_endless_line_is_closed)
{
    size_t n = 1 << 20;
    char *line = malloc(n);
    struct client c, other;
    start();
    c = dial();
    memset(line, 'x', n);
    for (int i = 0; i < 64; i++)
        if (send(c.fd, line, n, MSG_NOSIGNAL) < 0)
            break;
        else
            ck_assert_int_lt(i, 63);
    other = dial();
    alive(&other);
    free(line);
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(half_a_frame_then_silence_is_closed)
{
    struct client c, idle;
    opts.limits.frame_ns = 60 * SWD_NS_PER_MS;
    start();
    idle = dial();
    c = dial();
    say(&c, "{\"jsonrpc\":");
    want_error(next(&c), -32600, "invalid_request");
    ck_assert_ptr_null(next(&c));
    alive(&idle); /* silence between frames is nobody's business */
    hang_up(&c);
    hang_up(&idle);
}
END_TEST

START_TEST(large_frames_arrive_whole)
{
    size_t n = 200 * 1024;
    char *source = malloc(n + 1), *line = malloc(n + 200);
    struct client c;
    json_t *j;
    int len;
    start();
    c = dial();
    memset(source, ' ', n);
    source[n] = '\0';
    memcpy(source, "value:7", 7);
    len = snprintf(
        line, n + 200,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"run\",\"params\":{\"source\":\"%s\"}}\n",
        source);
    for (int off = 0; off < len; off += 30000) { /* in pieces */
        sendn(&c, line + off, (size_t)(len - off < 30000 ? len - off : 30000));
        usleep(500);
    }
    json_decref(reply(&c, 1));
    alive(&c);
    ask(&c, 2, "info", "{\"id\":1}");
    j = reply(&c, 2);
    ck_assert_ptr_nonnull(at(j, "result"));
    json_decref(j);
    ck_assert_uint_lt(stat_of(&c, "held"), 100000);
    free(source);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(large_and_small_frames_keep_their_order)
{
    size_t n = 150 * 1024, len = 0;
    char *pad = malloc(n + 1), *line = malloc(2 * n + 1000);
    struct client c, gone;
    start();
    c = dial();
    gone = dial();
    memset(pad, ' ', n);
    pad[n] = '\0';
    for (int id = 1; id < 7; id += 3)
        len += (size_t)snprintf(line + len, n + 400,
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,%s\"method\":\"version\"}\n"
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"version\"}\n"
                                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"version\"}\n",
                                id, pad, id + 1, id + 2);
    sendn(&gone, line, len - 100);
    hang_up(&gone); /* while a frame is parsed, or about to be */
    sendn(&c, line, len);
    for (int id = 1; id < 7; id++) {
        json_t *j = next(&c);
        ck_assert_int_eq(json_integer_value(at(j, "id")), id);
        json_decref(j);
    }
    pad[10] = '['; /* and mistakes are told */
    ck_assert_int_gt(snprintf(line, n + 100, "{%s\n", pad), 0);
    say(&c, line);
    want_error(next(&c), -32700, "parse_error");
    alive(&c);
    free(pad);
    free(line);
    hang_up(&c);
}
END_TEST

START_TEST(a_client_that_never_reads_is_closed)
{
    struct client c, other;
    opts.limits.max_backlog = 1 << 20;
    opts.limits.stalled_ns = 60 * SWD_NS_PER_MS;
    start();
    other = dial();
    c = dial_raw();
    ask(&c, 1, "run", "{\"source\":\"print:100\"}");
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) == 0; i++) {
        alive(&other); /* meanwhile everybody else is served */
        usleep(5000);
    }
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 1);
    ck_assert_uint_gt(stat_of(&other, "lines_dropped"), 0);
    ck_assert_uint_eq(stat_of(&other, "closed_slow"), 1);
    ck_assert_uint_lt(stat_of(&other, "held"), 100000);
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(requests_wait_while_replies_are_not_read)
{
    static const char line[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stats\",\"params\":{}}\n";
    struct client c, other;
    unsigned sent = 0;
    start();
    c = dial();
    other = dial();
    for (unsigned idle = 0; idle < 20;) {
        if (send(c.fd, line, sizeof line - 1, MSG_DONTWAIT) == sizeof line - 1)
            sent++, idle = 0;
        else
            idle++, usleep(2000);
    }
    alive(&other);
    ck_assert_uint_lt(stat_of(&other, "held"), 3 << 20);
    for (unsigned i = 0; i < sent; i++) /* and all are answered once it reads */
        json_decref(reply(&c, 1));
    hang_up(&c);
    hang_up(&other);
}
END_TEST

START_TEST(who_holds_most_goes_when_all_is_held)
{
    struct client c[4], other;
    opts.limits.max_backlog = 8 << 20;
    opts.limits.max_held = 2 << 20;
    start();
    for (int i = 0; i < 4; i++) {
        c[i] = dial_raw();
        ask(&c[i], 1, "run", "{\"source\":\"print:50\"}");
    }
    other = dial();
    for (int i = 0; i < 2000 && stat_of(&other, "closed_slow") < 3; i++)
        usleep(2000);
    ck_assert_uint_ge(stat_of(&other, "closed_slow"), 3);
    ck_assert_uint_le(stat_of(&other, "held"), 3 << 20);
    alive(&other);
    for (int i = 0; i < 4; i++)
        hang_up(&c[i]);
    hang_up(&other);
}
END_TEST

START_TEST(connections_are_capped_with_a_reason)
{
    struct client c[100], extra;
    start();
    for (int i = 0; i < 100; i++)
        c[i] = dial();
    extra = dial_raw();
    want_error(next(&extra), -32002, "limit");
    ck_assert_ptr_null(next(&extra));
    hang_up(&extra);
    alive(&c[99]);
    ck_assert_uint_lt(stat_of(&c[0], "held"), 1000); /* idle ones hold nothing */
    for (int i = 0; i < 100; i++)
        hang_up(&c[i]);
    for (int i = 0; i < 1000; i++) { /* and the places come back */
        json_t *j;
        extra = dial_raw();
        j = next(&extra);
        if (is_note(j, "hello"))
            i = 1000;
        else
            ck_assert_int_lt(i, 999);
        json_decref(j);
        hang_up(&extra);
        usleep(1000);
    }
}
END_TEST

START_TEST(disconnecting_kills_what_was_waited_for_only)
{
    struct client c, other;
    start();
    other = dial();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "run", "{\"source\":\"hang\"}");
    ask(&c, 3, "run", "{\"source\":\"require:x\",\"modules\":true}");
    ask(&c, 4, "run", "{\"source\":\"hang\",\"modules\":true,\"wait\":false}");
    json_decref(reply(&c, 4));
    ask(&c, 5, "wait", "{\"id\":1}");
    ask(&c, 6, "logs", "{\"id\":1,\"follow\":true}");
    json_decref(reply(&c, 6));
    hang_up(&c);
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) < 2; i++)
        usleep(2000);
    alive(&other);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 2);
    ck_assert_uint_eq(atomic_load(&fake_modules_gone), 2);
    hang_up(&other);
}
END_TEST

START_TEST(who_shuts_down_writing_still_gets_its_replies)
{
    struct client c;
    unsigned replies;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"lines:2\"}");
    say(&c, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"version\"}"); /* and no newline */
    shutdown(c.fd, SHUT_WR);
    for (replies = 0; (j = next(&c)) != NULL; json_decref(j)) /* the end comes by itself */
        replies += at(j, "result") != NULL;
    ck_assert_uint_eq(replies, 2);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 0);
    hang_up(&c);
}
END_TEST

START_TEST(half_closed_then_gone_is_noticed)
{
    struct client c;
    opts.limits.stalled_ns = 40 * SWD_NS_PER_MS; /* a quick tick */
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\"}");
    shutdown(c.fd, SHUT_WR);
    json_decref(next(&c));
    hang_up(&c);
    for (int i = 0; i < 2000 && atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]) < 1; i++)
        usleep(2000);
    ck_assert_uint_eq(atomic_load(&fake_killed[SWD_STOP_DISCONNECTED]), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("control/clients");
    TCase *tc = tcase_create("clients");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, garbage_is_answered_and_the_connection_lives);
    tcase_add_test(tc, a_line_too_long_is_refused_and_passed_over);
    tcase_add_test(tc, an_endless_line_is_closed);
    tcase_add_test(tc, half_a_frame_then_silence_is_closed);
    tcase_add_test(tc, large_frames_arrive_whole);
    tcase_add_test(tc, large_and_small_frames_keep_their_order);
    tcase_add_test(tc, a_client_that_never_reads_is_closed);
    tcase_add_test(tc, requests_wait_while_replies_are_not_read);
    tcase_add_test(tc, who_holds_most_goes_when_all_is_held);
    tcase_add_test(tc, connections_are_capped_with_a_reason);
    tcase_add_test(tc, disconnecting_kills_what_was_waited_for_only);
    tcase_add_test(tc, who_shuts_down_writing_still_gets_its_replies);
    tcase_add_test(tc, half_closed_then_gone_is_noticed);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
