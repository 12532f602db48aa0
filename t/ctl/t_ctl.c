/* swctl runs scripts: what it sends of them, what it prints, its exit codes, and what Ctrl-C does.
 */
#include "ctl/daemon.h"
#include "suite.h"

START_TEST(run_prints_output_then_the_value)
{
    put_file("a.js", "runner.result('€');\n");
    int code = play(TURNS({"\"method\":\"run\",\"params\":{\"source\":\"runner.result('€');\\n\"",
                           STARTED LOG("log", "one\\ntwo") LOG("warn", "careful")
                               LOG("error", "bad") LOG("info", "three")
                                   DONE(",\"value\":{\"b\":[1,0.1,-1e-7,1e21,12345678901234567890],"
                                        "\"a\":\"\\u20ac\\\"\\u0000\"}")}),
                    ARGS("run", in_dir("a.js")));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "one\ntwo\nthree\n{\"b\":[1,0.1,-1e-7,1e+21,12345678901234567000],"
                          "\"a\":\"€\\\"\\u0000\"}\n");
    ck_assert_str_eq(err, "careful\nbad\n");
}
END_TEST

START_TEST(run_without_a_value_prints_nothing_more)
{
    put_file("a.js", "1");
    ck_assert_int_eq(play(TURNS({"\"wait\":true,\"modules\":true", STARTED DONE("")}),
                          ARGS("run", in_dir("a.js"))),
                     0);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(run_sends_name_arguments_and_limits)
{
    put_file("a.ts", "1");
    int code = play(
        TURNS({"\"name\":\"shown\",\"goal\":\"script\",\"group\":\"g\",\"args\":[\"x\",\"--json\"],"
               "\"limits\":{\"wall\":\"5s\",\"memory_hard\":\"8M\"},\"lang\":\"ts\"",
               DONE("")}),
        ARGS("run", "--limit", "wall=5s", in_dir("a.ts"), "--limit=memory_hard=8M", "x", "--name",
             "shown", "--goal=script", "--group", "g", "--", "--json"));
    ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(run_reads_standard_input)
{
    input = "from stdin";
    ck_assert_int_eq(
        play(TURNS({"\"source\":\"from stdin\",\"name\":\"stdin\"", DONE("")}), ARGS("run", "-")),
        0);
}
END_TEST

START_TEST(eval_prints_texts_as_json)
{
    ck_assert_int_eq(play(TURNS({"\"source\":\"6*7\",\"name\":\"eval\"", DONE(",\"value\":42")}),
                          ARGS("eval", "6*7")),
                     0);
    ck_assert_str_eq(out, "42\n");
    ck_assert_int_eq(
        play(TURNS({"\"source\":\"x\"", DONE(",\"value\":\"text\"")}), ARGS("eval", "x")), 0);
    ck_assert_str_eq(out, "\"text\"\n");
    ck_assert_int_eq(play(TURNS({"\"source\":\"x\"", DONE(",\"value\":null")}), ARGS("eval", "x")),
                     0);
    ck_assert_str_eq(out, "null\n");
}
END_TEST

START_TEST(json_prints_the_result_alone)
{
    int code =
        play(TURNS({"\"source\":\"x\"", LOG("log", "hi") DONE(",\"value\":1.50,\"cpu_us\":12")}),
             ARGS("eval", "--json", "x"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "{\"id\":12,\"state\":\"done\",\"value\":1.5,\"cpu_us\":12}\n");
    ck_assert_str_eq(err, "hi\n");
    code =
        play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\"}")}), ARGS("eval", "--json", "x"));
    ck_assert_int_eq(code, 1);
}
END_TEST

START_TEST(a_failed_script_tells_its_place_first)
{
    int code =
        play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\",\"error\":{\"name\":\"TypeError\","
                                "\"message\":\"no way\",\"source\":\"dir/a.js\",\"line\":3,"
                                "\"stack\":\"TypeError: no way\\n    at f (dir/a.js:3)\\n\"}}")}),
             ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, "dir/a.js:3: TypeError: no way\n    at f (dir/a.js:3)\n");
    code = play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"failed\",\"error\":{\"name\":\"Error\","
                                   "\"message\":\"\",\"source\":\"a.ts\",\"line\":3,\"column\":7,"
                                   "\"stack\":\"Error\\n    at a.ts:3:7\"}}")}),
                ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(err, "a.ts:3:7: Error\n    at a.ts:3:7\n");
}
END_TEST

START_TEST(a_killed_script_tells_why)
{
    int code = play(TURNS({"x", RESULT("{\"id\":12,\"state\":\"killed\",\"reason\":"
                                       "\"cpu_per_turn\",\"output_dropped\":4}")}),
                    ARGS("eval", "--name", "loop.js", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(err, "swctl: 4 lines of output were dropped (limit output)\n"
                          "loop.js: killed (cpu_per_turn): used up its CPU time for one turn\n");
}
END_TEST

START_TEST(refusals_have_their_exit_codes)
{
    static const struct {
        const char *answer;
        int code;
        const char *text;
    } cases[] = {
        {ERROR("-32004",
               "\"message\":\"no right\",\"data\":{\"name\":\"denied\",\"hint\":\"ask\"}"),
         5, "swctl: no right\n  ask\n"},
        {ERROR("-32004", "\"message\":\"no right\""), 5, "swctl: no right\n"},
        {ERROR("-32002", "\"message\":\"late\",\"data\":{\"name\":\"timeout\"}"), 4,
         "swctl: late\n"},
        {ERROR("-32002", "\"message\":\"full\",\"data\":{\"name\":\"limit\"}"), 1, "swctl: full\n"},
        {ERROR("-32602", "\"message\":\"bad\",\"data\":{\"name\":\"invalid_params\"}"), 1,
         "swctl: bad\n"},
        {"{\"id\":null,\"error\":{\"code\":-32003,\"message\":\"too many\"}}\n", 1,
         "swctl: too many\n"},
        {"garbage\n", 3, "no message"},
        {"{\"id\":$ID}\n", 3, "neither result nor error"},
        {NULL, 3, "closed the connection"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(play(TURNS({"x", cases[i].answer}), ARGS("eval", "x")), cases[i].code);
        ck_assert_msg(strstr(err, cases[i].text) != NULL, "%zu: %s", i, err);
    }
}
END_TEST

START_TEST(another_protocol_is_refused)
{
    int code = play(TURNS({"x", "{\"method\":\"hello\",\"params\":{\"protocol\":9}}\n"}),
                    ARGS("eval", "x"));
    ck_assert_int_eq(code, 3);
    ck_assert_ptr_nonnull(strstr(err, "protocol 9"));
}
END_TEST

START_TEST(mistakes_on_the_command_line_exit_2)
{
    static const struct {
        const char *argv[6];
        const char *text;
    } cases[] = {
        {{"swctl", NULL}, "no command"},
        {{"swctl", "statz", NULL}, "did you mean 'stats'?"},
        {{"swctl", "stats", "--jsn", NULL}, "did you mean --json?"},
        {{"swctl", "stats", "-q", NULL}, "unknown flag '-q'"},
        {{"swctl", "stats", "extra", NULL}, "too many"},
        {{"swctl", "stats", "--tail", "3", NULL}, "takes no --tail"},
        {{"swctl", "stats", "--json=1", NULL}, "takes no value"},
        {{"swctl", "run", NULL}, "usage: swctl run FILE"},
        {{"swctl", "run", "x", "--limit", NULL}, "wants a value"},
        {{"swctl", "run", "x", "--limit", "wall", NULL}, "KEY=VALUE"},
        {{"swctl", "run", "x", "--limit", "walls=1s", NULL}, "did you mean 'wall'?"},
        {{"swctl", "run", "x", "--limit", "wall=1", NULL}, "250ms"},
        {{"swctl", "run", "x", "--lang", "java", NULL}, "auto|js|ts"},
        {{"swctl", "kill", "12", "x", NULL}, "'x' is no id"},
        {{"swctl", "kill", "0", NULL}, "'0' is no id"},
        {{"swctl", "logs", "--tail=-1", "1", NULL}, "whole number"},
        {{"swctl", "ps", "--timeout", "soon", NULL}, "expected seconds"},
        {{"swctl", "gc", "1", "--all", NULL}, "not both"},
        {{"swctl", "completion", "tcsh", NULL}, "bash|zsh|fish"},
        {{"swctl", "help", "rum", NULL}, "did you mean 'run'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(alone(cases[i].argv) == 2, "%zu", i);
        ck_assert_msg(strstr(err, cases[i].text) != NULL, "%zu: %s", i, err);
        ck_assert_str_eq(out, "");
    }
}
END_TEST

START_TEST(no_daemon_exits_3_with_a_hint)
{
    int fd;
    ck_assert_int_eq(alone(ARGS("stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, sock));
    ck_assert_ptr_nonnull(strstr(err, "is it running?"));
    ck_assert_int_eq(alone(ARGS("-s", "/nonexistent/s", "stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, "/nonexistent/s"));
    fd = listen_here();
    close(fd); /* a stale socket */
    ck_assert_int_eq(alone(ARGS("stats")), 3);
    ck_assert_ptr_nonnull(strstr(err, "refused"));
}
END_TEST

START_TEST(a_socket_of_others_exits_5)
{
    int fd;
    if (geteuid() == 0) { /* root may use any socket: be somebody else */
        ck_assert_int_eq(chmod(dir, 0777), 0);
        fd = listen_here();
        ck_assert_int_eq(chmod(sock, 0600), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    } else {
        fd = listen_here();
        ck_assert_int_eq(chmod(sock, 0), 0);
    }
    int code = alone(ARGS("stats"));
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(code, 5);
    ck_assert_ptr_nonnull(strstr(err, "no permission"));
    close(fd);
}
END_TEST

START_TEST(a_silent_daemon_exits_4)
{
    ck_assert_int_eq(play(TURNS({"\"method\":\"stats\"", ""}), ARGS("--timeout=100ms", "stats")),
                     4);
    ck_assert_ptr_nonnull(strstr(err, "no answer"));
    ck_assert_int_eq(play(TURNS({"x", STARTED}), ARGS("--timeout", "0.1", "eval", "x")), 4);
    ck_assert_ptr_nonnull(strstr(err, "runner 12 is killed"));
}
END_TEST

START_TEST(wait_lets_the_daemon_keep_the_time)
{
    int code = play(TURNS({"\"id\":7,\"timeout_ms\":1500",
                           ERROR("-32002", "\"message\":\"timed out\",\"data\":{\"name\":"
                                           "\"timeout\"}")}),
                    ARGS("wait", "7", "--timeout", "1.5"));
    ck_assert_int_eq(code, 4);
    code = play(TURNS({"\"method\":\"wait\",\"params\":{\"id\":7}", DONE(",\"value\":[]")}),
                ARGS("wait", "7"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "[]\n");
}
END_TEST

START_TEST(submit_prints_the_id)
{
    put_file("a.js", "1");
    ck_assert_int_eq(
        play(TURNS({"\"wait\":false", RESULT("{\"id\":4711}")}), ARGS("submit", in_dir("a.js"))),
        0);
    ck_assert_str_eq(out, "4711\n");
}
END_TEST

START_TEST(a_script_that_cannot_be_sent_is_told)
{
    ck_assert_int_eq(alone(ARGS("run", in_dir("none.js"))), 1);
    ck_assert_ptr_nonnull(strstr(err, "No such file"));
    put_file("bad.js", "ok\nno\xff\xfe\n");
    ck_assert_int_eq(alone(ARGS("run", in_dir("bad.js"))), 1);
    ck_assert_ptr_nonnull(strstr(err, "bad.js:2: not UTF-8"));
    ck_assert_int_eq(alone(ARGS("run", dir)), 1);
    ck_assert_ptr_nonnull(strstr(err, "directory"));
    ck_assert_int_eq(alone(ARGS("eval", "\xff")), 2);
}
END_TEST

#define ASK                                                                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":\"m\",\"method\":\"module.read\",\"params\":{\"id\":12,"          \
    "\"path\":\"%s\"}}\n"

/* Runs `file` in `folder` and asks for each path; every answer must hold its text. */
static void ask_modules(const char *folder, const char *const *argv, const char *const (*asked)[2])
{
    static char asks[16][512];
    struct turn turns[18] = {{"\"method\":\"run\"", NULL}};
    int n = 0, here = open(".", O_RDONLY | O_DIRECTORY);
    for (; asked[n][0]; n++) {
        snprintf(asks[n], sizeof asks[n], ASK, asked[n][0]);
        turns[n].answer = asks[n];
        turns[n + 1].expect = asked[n][1];
    }
    turns[n].answer = "{\"id\":1,\"result\":{\"id\":12,\"state\":\"done\"}}\n";
    ck_assert_int_eq(chdir(in_dir(folder)), 0);
    ck_assert_int_eq(play(turns, argv), 0);
    ck_assert_int_eq(fchdir(here), 0);
    ck_assert_str_eq(err, "");
    close(here);
}

static void make_app(void)
{
    ck_assert_int_eq(mkdir(in_dir("app"), 0700), 0);
    ck_assert_int_eq(mkdir(in_dir("app/lib"), 0700), 0);
    ck_assert_int_eq(mkdir(in_dir("app2"), 0700), 0);
    put_file("app/main.js", "require('./lib/a')");
    put_file("app/lib/a.js", "exports.a = 1");
    put_file("app/bin.js", "\xff");
    put_file("app2/secret.js", "secret");
    put_file("secret.js", "secret");
    ck_assert_int_eq(symlink("../app2/secret.js", in_dir("app/link.js")), 0);
    ck_assert_int_eq(symlink("lib/a.js", in_dir("app/fine.js")), 0);
    ck_assert_int_eq(mkfifo(in_dir("app/fifo"), 0600), 0);
}

#define GIVEN   "\"id\":\"m\",\"result\":{\"source\":\"exports.a = 1\"}"
#define DENIED  "\"id\":\"m\",\"error\":{\"code\":-32004"
#define UNKNOWN "\"id\":\"m\",\"error\":{\"code\":-32001"

START_TEST(modules_are_given_from_beneath_the_folder_only)
{
    make_app();
    ask_modules("app", ARGS("run", "main.js"),
                (const char *const[][2]){{"lib/a.js", GIVEN},
                                         {"fine.js", GIVEN},
                                         {"../app2/secret.js", DENIED},
                                         {"link.js", DENIED},
                                         {"/etc/passwd", DENIED},
                                         {"lib/../../app2/secret.js", DENIED},
                                         {"lib", UNKNOWN},
                                         {"fifo", UNKNOWN},
                                         {"none.js", UNKNOWN},
                                         {"bin.js", "\"name\":\"corrupt\""},
                                         {"", DENIED},
                                         {NULL, NULL}});
}
END_TEST

/* The daemon resolves against the display name, which only swctl can map to a folder. */
START_TEST(module_paths_follow_the_display_name)
{
    char absolute[160], outside[160];
    make_app();
    ask_modules(".", ARGS("run", "app/main.js"),
                (const char *const[][2]){{"app/lib/a.js", GIVEN},
                                         {"secret.js", DENIED},
                                         {"lib/a.js", DENIED},
                                         {"app2/secret.js", DENIED},
                                         {NULL, NULL}});
    ask_modules("app2", ARGS("run", "../app/./main.js"),
                (const char *const[][2]){{"app/lib/a.js", GIVEN}, {NULL, NULL}});
    ask_modules(".", ARGS("run", "--name", "shown/as.js", "app/main.js"),
                (const char *const[][2]){{"shown/lib/a.js", GIVEN}, {NULL, NULL}});
    snprintf(absolute, sizeof absolute, "%s/app/lib/a.js", dir);
    snprintf(outside, sizeof outside, "%s/app2/secret.js", dir);
    ask_modules("app2", ARGS("run", in_dir("app/main.js")),
                (const char *const[][2]){{absolute, GIVEN}, {outside, DENIED}, {NULL, NULL}});
    input = "1";
    ask_modules("app", ARGS("run", "-"),
                (const char *const[][2]){{"lib/a.js", GIVEN}, {NULL, NULL}});
}
END_TEST

START_TEST(unknown_requests_are_refused)
{
    int code =
        play(TURNS({"x", "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"what\",\"params\":{}}\n"},
                   {"\"id\":9,\"error\":{\"code\":-32601", "{\"id\":1,\"result\":{\"id\":12,"
                                                           "\"state\":\"done\"}}\n"}),
             ARGS("eval", "x"));
    ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(ctrl_c_kills_the_runner_and_waits_for_its_end)
{
    int code = play(
        TURNS({"x", STARTED LOG("log", "hi") CTRL_C},
              {"\"method\":\"kill\",\"params\":{\"id\":12",
               RESULT("{\"killed\":true}") LOG(
                   "log",
                   "last words") "{\"id\":1,\"result\":{\"id\":12,\"state\":\"killed\",\"reason\":"
                                 "\"killed\"}}\n"}),
        ARGS("eval", "x"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "hi\nlast words\n");
    ck_assert_ptr_nonnull(strstr(err, "killing runner 12"));
    ck_assert_ptr_nonnull(strstr(err, "killed by request"));
}
END_TEST

START_TEST(a_second_ctrl_c_leaves)
{
    ck_assert_int_eq(
        play(TURNS({"x", STARTED LOG("log", "hi") CTRL_C}, {"kill", CTRL_C}), ARGS("eval", "x")),
        -SIGINT);
}
END_TEST

START_TEST(ctrl_c_before_the_start_leaves)
{
    ck_assert_int_eq(play(TURNS({"x", CTRL_C}), ARGS("eval", "x")), -SIGINT);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        run_prints_output_then_the_value,
        run_without_a_value_prints_nothing_more,
        run_sends_name_arguments_and_limits,
        run_reads_standard_input,
        eval_prints_texts_as_json,
        json_prints_the_result_alone,
        a_failed_script_tells_its_place_first,
        a_killed_script_tells_why,
        refusals_have_their_exit_codes,
        another_protocol_is_refused,
        mistakes_on_the_command_line_exit_2,
        no_daemon_exits_3_with_a_hint,
        a_socket_of_others_exits_5,
        a_silent_daemon_exits_4,
        wait_lets_the_daemon_keep_the_time,
        submit_prints_the_id,
        a_script_that_cannot_be_sent_is_told,
        modules_are_given_from_beneath_the_folder_only,
        module_paths_follow_the_display_name,
        unknown_requests_are_refused,
        ctrl_c_kills_the_runner_and_waits_for_its_end,
        a_second_ctrl_c_leaves,
        ctrl_c_before_the_start_leaves,
    };
    Suite *s = suite_create("ctl");
    TCase *t = tcase_create("ctl");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return suite_run(s);
}
