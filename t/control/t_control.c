/* The server: what requests are answered, who may ask what, and the life of its socket. */
#include "control/server.h"
#include "suite.h"

/* ---- requests ---- */

START_TEST(a_run_is_started_then_answered)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 5, "run", "{\"source\":\"value:{\\\"a\\\":[1,2.50]}\",\"name\":\"n\",\"args\":[1]}");
    j = next(&c);
    ck_assert(is_note(j, "started"));
    ck_assert_int_eq(json_integer_value(at(at(j, "params"), "request")), 5);
    ck_assert_int_eq(json_integer_value(at(at(j, "params"), "id")), 1);
    json_decref(j);
    j = next(&c);
    ck_assert_int_eq(json_integer_value(at(j, "id")), 5);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "done");
    ck_assert_int_eq(json_array_size(at(at(at(j, "result"), "value"), "a")), 2);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "cpu_us")), 5);
    json_decref(j);
    ask(&c, 6, "run", "{\"source\":\"now:1\"}");
    want_note(&c, "started");
    j = reply(&c, 6);
    json_decref(j);
    ask(&c, 7, "run", "{\"source\":\"fail\"}");
    j = reply(&c, 7);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "failed");
    ck_assert_str_eq(json_string_value(at(at(at(j, "result"), "error"), "name")), "TypeError");
    ck_assert_int_eq(json_integer_value(at(at(at(j, "result"), "error"), "line")), 3);
    ck_assert_ptr_null(at(at(j, "result"), "value"));
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(output_comes_between_start_and_result)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"lines:3\"}");
    want_note(&c, "started");
    for (int i = 0; i < 3; i++) {
        j = next(&c);
        ck_assert(is_note(j, "log"));
        ck_assert_str_eq(json_string_value(at(at(j, "params"), "text")), "line \xef\xbf\xbd");
        ck_assert_str_eq(json_string_value(at(at(j, "params"), "level")), "log");
        json_decref(j);
    }
    j = next(&c);
    ck_assert_int_eq(json_integer_value(at(j, "id")), 1);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(pipelined_requests_are_answered_once_each)
{
    enum { N = 3000 };
    static unsigned seen[N];
    char *all = malloc(N * 100);
    size_t n = 0;
    struct client c;
    start();
    c = dial();
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(all + n, 100,
                              "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"run\",\"params\":"
                              "{\"source\":\"value:%d\"}}\n",
                              i, i);
    sendn(&c, all, n);
    for (int i = 0; i < N;) {
        json_t *j = next(&c);
        if (!is_note(j, "started")) {
            json_int_t id = json_integer_value(at(j, "id"));
            ck_assert_int_eq(json_integer_value(at(at(j, "result"), "value")), id);
            ck_assert_uint_eq(seen[id]++, 0);
            i++;
        }
        json_decref(j);
    }
    free(all);
    hang_up(&c);
}
END_TEST

START_TEST(one_that_pipelines_does_not_starve_another)
{
    struct client a, b;
    char line[100];
    unsigned sent = 0;
    json_t *j;
    int n;
    start();
    a = dial();
    b = dial();
    pthread_mutex_lock(&stall);
    swd_loop_post(L, &stall_post);
    while (!atomic_load(&stalled))
        usleep(100);
    for (;; sent++) {
        n = snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"info\",\"params\":{\"id\":1}}\n",
                     sent);
        if (send(a.fd, line, (size_t)n, MSG_DONTWAIT) != n)
            break;
    }
    ck_assert_uint_gt(sent, 4 * CTL_FRAMES_SLICE);
    ask(&b, 1, "stats", "{}");
    pthread_mutex_unlock(&stall);
    j = reply(&b, 1);
    ck_assert_int_lt(json_integer_value(at(at(at(j, "result"), "control"), "requests")),
                     (json_int_t)sent / 2);
    json_decref(j);
    hang_up(&a);
    hang_up(&b);
}
END_TEST

START_TEST(methods_answer_in_their_shapes)
{
    static const struct {
        const char *method, *params, *key;
    } good[] = {
        {"version", "{}", "duktape"},
        {"run", "{\"source\":\"hang\",\"wait\":false}", "id"},
        {"list", "{}", "runners"},
        {"list", "{\"state\":\"waiting\",\"limit\":1}", "next"},
        {"info", "{\"id\":1}", "state"},
        {"logs", "{\"id\":1}", "lines"},
        {"stats", "{}", "identity"},
        {"memory.stats", "{}", "loop_lag_us"},
        {"gc", "{}", "freed"},
        {"subscribe", "{\"topics\":[\"runner\",\"stats\"]}", "topics"},
        {"reload", "{}", "applied"},
        {"send", "{\"id\":1,\"message\":{\"a\":1}}", "delivered"},
        {"kill", "{\"id\":1}", "killed"},
    };
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        json_t *j;
        ask(&c, (int)i, good[i].method, good[i].params);
        j = reply(&c, (int)i);
        ck_assert_msg(at(at(j, "result"), good[i].key) != NULL, "%s: no %s", good[i].method,
                      good[i].key);
        json_decref(j);
    }
    hang_up(&c);
}
END_TEST

START_TEST(errors_say_what_to_do)
{
    static const struct {
        const char *method, *params, *name;
        int code;
    } wrong[] = {
        {"runn", "{}", "unknown_method", -32601},
        {"run", "{}", "invalid_params", -32602},
        {"run", "{\"source\":\"refuse\"}", "limit", -32002},
        {"run", "{\"source\":\"refuse\",\"wait\":false}", "limit", -32002},
        {"run", "{\"source\":\"\",\"limits\":{\"memory_hrd\":\"1M\"}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"wall\":5}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"wall\":\"5\"}}", "invalid_params", -32602},
        {"run", "{\"source\":\"\",\"limits\":{\"timers\":-1}}", "invalid_params", -32602},
        {"wait", "{\"id\":999}", "not_found", -32001},
        {"info", "{\"id\":999}", "not_found", -32001},
        {"kill", "{\"id\":999}", "not_found", -32001},
        {"send", "{\"id\":999,\"message\":1}", "not_found", -32001},
        {"logs", "{\"id\":999}", "not_found", -32001},
        {"logs", "{\"id\":999,\"follow\":true}", "not_found", -32001},
        {"gc", "{\"id\":404}", "not_found", -32001},
        {"list", "{\"limit\":0}", "invalid_params", -32602},
        {"list", "{\"limit\":100000}", "invalid_params", -32602},
        {"subscribe", "{\"topics\":[\"runer\"]}", "invalid_params", -32602},
        {"config.get", "{}", "unsupported", -32006},
    };
    struct client c;
    start();
    c = dial();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ask(&c, (int)i, wrong[i].method, wrong[i].params);
        want_error(reply(&c, (int)i), wrong[i].code, wrong[i].name);
    }
    alive(&c);
    hang_up(&c);
}
END_TEST

START_TEST(limits_of_a_submission_are_read)
{
    struct client c;
    struct swd_limits *l;
    start();
    c = dial();
    ask(&c, 1, "run",
        "{\"source\":\"value:1\",\"limits\":{\"memory_hard\":\"2M\",\"timers\":7,\"stack\":65536,"
        "\"cpu_rate\":50,\"wall\":\"250ms\",\"cpu_total\":\"none\"}}");
    json_decref(reply(&c, 1));
    l = &fake_all.fakes[0]->limits;
    ck_assert_uint_eq(l->memory_hard, 2 << 20);
    ck_assert_uint_eq(l->timers, 7);
    ck_assert_uint_eq(l->stack, 65536);
    ck_assert_uint_eq(l->cpu_rate, 50);
    ck_assert_uint_eq(l->wall, 250 * SWD_NS_PER_MS);
    ck_assert_uint_eq(l->cpu_total, SWD_NONE);
    ck_assert_uint_eq(l->cpu_per_turn, SWD_NONE);
    hang_up(&c);
}
END_TEST

START_TEST(wait_ends_with_the_runner_or_its_time)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "wait", "{\"id\":1,\"timeout_ms\":20}");
    want_error(reply(&c, 2), -32002, "timeout");
    ask(&c, 3, "wait", "{\"id\":1}");
    ask(&c, 4, "wait", "{\"id\":1,\"timeout_ms\":60000}");
    ask(&c, 5, "kill", "{\"id\":1,\"reason\":\"enough\"}");
    for (int id = 3; id <= 5; id++) {
        j = reply(&c, id);
        ck_assert_ptr_nonnull(at(j, "result"));
        json_decref(j);
    }
    ask(&c, 6, "wait", "{\"id\":1,\"timeout_ms\":0}"); /* ended already */
    j = reply(&c, 6);
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "state")), "killed");
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "reason")), "killed");
    json_decref(j);
    ask(&c, 7, "kill", "{\"id\":1}");
    j = reply(&c, 7);
    ck_assert(json_is_false(at(at(j, "result"), "killed")));
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(a_followed_log_goes_on_until_the_end)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"hang\",\"wait\":false}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "logs", "{\"id\":1,\"follow\":true}");
    j = reply(&c, 2);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "dropped")), 7);
    json_decref(j);
    ask(&c, 3, "kill", "{\"id\":1}");
    do
        j = next(&c);
    while (!is_note(j, "ended") && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(at(j, "params"), "state")), "killed");
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(events_reach_subscribers)
{
    struct client c;
    json_t *j;
    unsigned runner = 0, log = 0, stats = 0;
    start();
    c = dial();
    ask(&c, 1, "subscribe", "{\"topics\":[\"runner\",\"log\",\"stats\"]}");
    json_decref(reply(&c, 1));
    ask(&c, 2, "run", "{\"source\":\"lines:2\",\"wait\":false}");
    while (runner < 2 || log < 2 || stats < 1) {
        const char *topic;
        j = next(&c);
        topic = json_string_value(at(at(j, "params"), "topic"));
        runner += topic && strcmp(topic, "runner") == 0;
        log += topic && strcmp(topic, "log") == 0;
        stats += topic && strcmp(topic, "stats") == 0;
        json_decref(j);
    }
    hang_up(&c);
}
END_TEST

START_TEST(notifications_are_not_answered)
{
    struct client c;
    start();
    c = dial();
    say(&c, "{\"jsonrpc\":\"2.0\",\"method\":\"version\"}\n"
            "{\"jsonrpc\":\"2.0\",\"method\":\"nonsense\"}\n"
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}\n \r\n\n");
    ask(&c, 1, "version", "{}");
    json_t *j = next(&c); /* nothing before it */
    ck_assert_int_eq(json_integer_value(at(j, "id")), 1);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(string_ids_are_echoed)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    say(&c, "{\"jsonrpc\":\"2.0\",\"id\":\"\\u0000\\\"x\",\"method\":\"version\"}\n");
    j = next(&c);
    ck_assert_uint_eq(json_string_length(at(j, "id")), 3);
    ck_assert_int_eq(memcmp(json_string_value(at(j, "id")), "\0\"x", 3), 0);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(modules_are_asked_of_the_client)
{
    struct client c;
    json_t *j;
    char line[200];
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"require:/a/b.js\",\"modules\":true}");
    do
        j = next(&c);
    while (is_note(j, "started") && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(j, "method")), "module.read");
    ck_assert_str_eq(json_string_value(at(at(j, "params"), "path")), "/a/b.js");
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"source\":\"12345\"}}\n",
             (int)json_integer_value(at(j, "id")));
    json_decref(j);
    say(&c, line);
    j = reply(&c, 1);
    ck_assert_int_eq(json_integer_value(at(at(j, "result"), "value")), 5);
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(a_module_not_answered_is_an_error)
{
    struct client c;
    json_t *j;
    opts.limits.module_ns = 40 * SWD_NS_PER_MS;
    start();
    c = dial();
    ask(&c, 1, "run", "{\"source\":\"require:x\",\"modules\":true}");
    do
        j = next(&c);
    while (json_object_get(j, "result") == NULL && (json_decref(j), 1));
    ck_assert_str_eq(json_string_value(at(at(j, "result"), "value")), "timeout");
    json_decref(j);
    hang_up(&c);
}
END_TEST

START_TEST(reload_and_shutdown_reach_the_daemon)
{
    struct client c;
    json_t *j;
    start();
    c = dial();
    ask(&c, 1, "reload", "{}");
    j = reply(&c, 1);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "applied")), 2);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "needs_restart")), 0);
    ck_assert_uint_eq(json_array_size(at(at(j, "result"), "errors")), 1);
    json_decref(j);
    ask(&c, 2, "shutdown", "{\"drain_ms\":70}");
    j = reply(&c, 2);
    ck_assert_ptr_nonnull(at(j, "result"));
    json_decref(j);
    ck_assert_uint_eq(atomic_load(&shutdowns), 1);
    hang_up(&c);
}
END_TEST

/* ---- privileges ---- */

START_TEST(users_have_the_privileges_given)
{
    struct swd_control c = {0};
    struct swd_err e;
    ck_assert_int_eq(ctl_uids_parse(" 70001, 70002,root ", &c.admins, &e), 0);
    ck_assert_uint_eq(c.admins.n, 3);
    ck_assert_uint_eq(c.admins.uid[2], 0);
    ck_assert_int_eq(ctl_uids_parse("70002 70003", &c.readers, &e), 0);
    ck_assert_int_eq(ctl_privilege(&c, 70001), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_privilege(&c, 70002), SWD_PRIV_READ);
    ck_assert_int_eq(ctl_privilege(&c, 70003), SWD_PRIV_READ);
    ck_assert_int_eq(ctl_privilege(&c, 70004), SWD_PRIV_SUBMIT);
    ck_assert_int_eq(ctl_privilege(&c, 0), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_privilege(&c, geteuid()), SWD_PRIV_ADMIN);
    c.admins.n = 0; /* nobody named: everybody */
    ck_assert_int_eq(ctl_privilege(&c, 70004), SWD_PRIV_ADMIN);
    ck_assert_int_eq(ctl_uids_parse("no-such-user-here", &c.admins, &e), SWD_EPARAMS);
    ck_assert_int_eq(ctl_uids_parse("-1", &c.admins, &e), SWD_EPARAMS);
    ck_assert_int_eq(ctl_uids_parse("", &c.admins, &e), 0);
    ck_assert_uint_eq(c.admins.n, 0);
}
END_TEST

/* ---- the socket ---- */

START_TEST(a_second_server_is_refused_by_name)
{
    struct swd_control *second;
    struct swd_err e;
    struct client c;
    char pid[16];
    start();
    ck_assert_int_eq(swd_control_start(&opts, &second, &e), SWD_EEXISTS);
    ck_assert_ptr_null(second);
    snprintf(pid, sizeof pid, "%d", getpid());
    ck_assert_ptr_nonnull(strstr(e.msg, pid));
    ck_assert_ptr_nonnull(strstr(e.msg, path));
    c = dial(); /* the first is unharmed */
    alive(&c);
    hang_up(&c);
}
END_TEST

static int listen_at(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

START_TEST(a_stale_socket_is_reclaimed)
{
    struct client c;
    struct stat st;
    close(listen_at());
    opts.mode = 0620;
    start();
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0620);
    c = dial();
    alive(&c);
    hang_up(&c);
    stop();
    ck_assert_int_lt(stat(path, &st), 0); /* and taken away at the end */
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
    struct swd_err e;
    struct stat st;
    int fd = listen_at(); /* somebody answers, without our lock */
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EEXISTS);
    ck_assert_int_eq(stat(path, &st), 0);
    close(fd);
    unlink(path);
    fd = open(path, O_CREAT | O_WRONLY, 0600); /* a file */
    close(fd);
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EEXISTS);
    ck_assert_ptr_nonnull(strstr(e.msg, "not a socket"));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert(S_ISREG(st.st_mode));
    unlink(path);
    opts.group = "no-such-group-here";
    opts.group_must_exist = true;
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EPARAMS);
    ck_assert_int_lt(stat(path, &st), 0); /* a failed start leaves nothing */
    opts.group_must_exist = false;
    start();
}
END_TEST

START_TEST(an_inherited_socket_is_served)
{
    struct client c;
    struct stat st;
    struct swd_err e;
    int null = open("/dev/null", O_RDONLY);
    opts.listen_fd = null;
    ck_assert_int_eq(swd_control_start(&opts, &C, &e), SWD_EPARAMS);
    opts.listen_fd = listen_at();
    start();
    c = dial();
    alive(&c);
    hang_up(&c);
    stop();
    ck_assert_int_eq(stat(path, &st), 0); /* its path is its owner's */
}
END_TEST

START_TEST(the_end_sends_what_is_queued)
{
    struct client c;
    start();
    c = dial();
    pthread_mutex_lock(&stall);
    swd_loop_post(L, &stall_post);
    while (!atomic_load(&stalled))
        usleep(100);
    ask(&c, 1, "version", "{}");
    pthread_mutex_unlock(&stall);
    json_decref(reply(&c, 1));
    stop();
    ck_assert_ptr_null(next(&c));
    hang_up(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("control");
    TCase *tc = tcase_create("control");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_run_is_started_then_answered);
    tcase_add_test(tc, output_comes_between_start_and_result);
    tcase_add_test(tc, pipelined_requests_are_answered_once_each);
    tcase_add_test(tc, one_that_pipelines_does_not_starve_another);
    tcase_add_test(tc, methods_answer_in_their_shapes);
    tcase_add_test(tc, errors_say_what_to_do);
    tcase_add_test(tc, limits_of_a_submission_are_read);
    tcase_add_test(tc, wait_ends_with_the_runner_or_its_time);
    tcase_add_test(tc, a_followed_log_goes_on_until_the_end);
    tcase_add_test(tc, events_reach_subscribers);
    tcase_add_test(tc, notifications_are_not_answered);
    tcase_add_test(tc, string_ids_are_echoed);
    tcase_add_test(tc, modules_are_asked_of_the_client);
    tcase_add_test(tc, a_module_not_answered_is_an_error);
    tcase_add_test(tc, reload_and_shutdown_reach_the_daemon);
    tcase_add_test(tc, users_have_the_privileges_given);
    tcase_add_test(tc, a_second_server_is_refused_by_name);
    tcase_add_test(tc, a_stale_socket_is_reclaimed);
    tcase_add_test(tc, what_is_not_ours_is_left_alone);
    tcase_add_test(tc, an_inherited_socket_is_served);
    tcase_add_test(tc, the_end_sends_what_is_queued);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
