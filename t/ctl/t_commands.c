/* swctl's commands that ask and steer a daemon: what each sends and prints. */
#include "ctl/daemon.h"
#include "suite.h"

#define ROW(id, name, state)                                                                       \
    "{\"id\":" id ",\"name\":\"" name "\",\"group\":\"g\",\"state\":\"" state                      \
    "\",\"reason\":null,\"alloc\":1536,\"cpu_us\":1500,\"age_s\":61.5,\"timers\":2}"

START_TEST(ps_lists_the_living_in_aligned_columns)
{
    static const char page1[] = RESULT("{\"runners\":[" ROW("1", "a", "waiting") "," ROW(
        "2", "日本\\u001b[2J", "done") "],"
                                       "\"next\":2}");
    static const char page2[] = RESULT("{\"runners\":[" ROW("30", "b", "ready") "],\"next\":0}");
    const char *expected = "ID  STATE    MEM    CPU  TIMERS    AGE  GROUP  NAME\n"
                           " 1  waiting  1.5K  1.5ms       2  1m01s  g      a\n"
                           "30  ready    1.5K  1.5ms       2  1m01s  g      b\n";
    ck_assert_int_eq(play(TURNS({"\"method\":\"list\",\"params\":{\"limit\":500}", page1},
                                {"\"after\":2", page2}),
                          ARGS("ps")),
                     0);
    /* The first page knew of no wider id. */
    ck_assert_ptr_nonnull(strstr(out, "waiting  1.5K  1.5ms       2  1m01s  g      a\n"));
    ck_assert_ptr_nonnull(strstr(out, strstr(expected, "30  ")));
    ck_assert_ptr_null(strstr(out, "done"));
    ck_assert_int_eq(play(TURNS({"list", page1}, {"list", page2}), ARGS("ps", "-a")), 0);
    ck_assert_ptr_nonnull(strstr(out, "日本?[2J\n"));
    ck_assert_int_eq(play(TURNS({"\"state\":\"done\",\"group\":\"g\"", page2}),
                          ARGS("ps", "--state=done", "--group", "g")),
                     0);
    ck_assert_int_eq(play(TURNS({"list", page1}, {"list", page2}), ARGS("ps", "--json")), 0);
    json_t *all = json_loads(out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "runners")), 2);
    json_decref(all);
}
END_TEST

START_TEST(kill_tries_every_id)
{
    int code = play(TURNS({"\"id\":3,\"reason\":\"why\"", RESULT("{\"killed\":true}")},
                          {"\"id\":4", ERROR("-32001", "\"message\":\"no runner 4\",\"data\":{"
                                                       "\"name\":\"not_found\"}")},
                          {"\"id\":5", RESULT("{\"killed\":false}")}),
                    ARGS("kill", "3", "4", "5", "--reason", "why"));
    ck_assert_int_eq(code, 1);
    ck_assert_str_eq(out, "runner 5 had ended already\n");
    ck_assert_str_eq(err, "swctl: no runner 4\n");
}
END_TEST

START_TEST(send_takes_json_or_text)
{
    ck_assert_int_eq(play(TURNS({"\"message\":{\"a\":[1]}", RESULT("{\"delivered\":true}")}),
                          ARGS("send", "3", "{\"a\": [1]}")),
                     0);
    ck_assert_int_eq(play(TURNS({"\"message\":\"hello there\"", RESULT("{\"delivered\":true}")}),
                          ARGS("send", "3", "hello there")),
                     0);
    ck_assert_int_eq(play(TURNS({"\"message\":null", RESULT("{\"delivered\":false}")}),
                          ARGS("send", "3", "null")),
                     1);
}
END_TEST

START_TEST(logs_show_time_level_and_text)
{
    setenv("TZ", "UTC0", 1);
    int code = play(TURNS({"\"id\":3,\"follow\":false,\"tail\":2",
                           RESULT("{\"lines\":[{\"t\":3661.25,\"level\":\"warn\",\"text\":\"hm\"}],"
                                  "\"dropped\":5}")}),
                    ARGS("logs", "3", "-n2"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "01:01:01.250 warn  hm\n");
    ck_assert_str_eq(err, "swctl: 5 earlier lines are gone\n");
    code = play(
        TURNS({"\"follow\":true",
               RESULT("{\"lines\":[],\"dropped\":0}") LOG(
                   "log",
                   "more") "{\"jsonrpc\":\"2.0\",\"method\":\"ended\",\"params\":{\"id\":12}}\n"}),
        ARGS("logs", "-f", "12"));
    ck_assert_int_eq(code, 0);
    ck_assert_ptr_nonnull(strstr(out, "log   more\n"));
}
END_TEST

START_TEST(stats_show_the_identity_and_whether_it_adds_up)
{
    static const char stats[] = RESULT(
        "{\"alloc\":1048576,\"totalAlloc\":3145728,\"sys\":2097152,\"numGC\":3,\"gc_us\":1500,"
        "\"rss\":4096,\"mapped\":10240,\"identity\":{\"live\":4096,\"hibernated\":0,\"cached\":"
        "4096,"
        "\"slack\":1024,\"metadata\":1024,\"reserve_resident\":1024,\"file\":1024,\"libc\":512,"
        "\"stacks\":512,\"unknown\":0},\"runners\":{\"total\":3,\"running\":1},\"modules\":2,"
        "\"timers\":7,\"connections\":1,\"executors\":[{\"busy\":0.25,\"turns\":10},{\"busy\":"
        "0.05,"
        "\"turns\":5}],\"loop_lag_us\":{\"p50\":1,\"p99\":20,\"max\":3000},\"pools\":[{\"name\":"
        "\"bytebuf\",\"hits\":3,\"misses\":1,\"live\":1,\"cached\":2,\"bytes\":2048,\"oversize\":0}"
        "],"
        "\"pressure\":\"none\",\"uptime\":3700.5}");
    ck_assert_int_eq(play(TURNS({"\"method\":\"stats\"", stats}), ARGS("stats")), 0);
    ck_assert_str_eq(out, "up         1h01m, pressure none, connections 1\n"
                          "memory     alloc 1.0M, ever 3.0M, sys 2.0M\n"
                          "mapped     10K = live 4.0K + hibernated 0 + cached 4.0K + slack 1.0K + "
                          "metadata 1.0K\n"
                          "rss        4.0K = reserve 1.0K + file 1.0K + libc 512 + stacks 512 + "
                          "unknown 0 (off by 1.0K)\n"
                          "gc         3 collections, 1.5ms\n"
                          "runners    total 3, running 1\n"
                          "holding    modules 2, timers 7\n"
                          "executors  2, busy 15% on average, 25% at most, 15 turns\n"
                          "loop lag   p50 1us, p99 20us, max 3.0ms\n"
                          "\n"
                          "POOL     LIVE  CACHED  BYTES  HITS  MISSES  HIT%  OVERSIZE\n"
                          "bytebuf     1       2   2.0K     3       1  75.0         0\n");
    ck_assert_int_eq(play(TURNS({"stats", RESULT("{}")}), ARGS("stats")), 0);
}
END_TEST

START_TEST(gc_prints_its_receipt)
{
    int code = play(TURNS({"\"method\":\"gc\",\"params\":{\"max_ms\":5}",
                           RESULT("{\"action\":\"gc\",\"asked\":5,\"runners\":3,\"skipped\":{"
                                  "\"hibernated\":2,\"ended\":0},\"before\":4096,\"after\":1024,"
                                  "\"freed\":3072,\"rss_before\":8192,\"rss_after\":9216,"
                                  "\"took_us\":2500}")}),
                    ARGS("gc", "--all", "--max-ms=5"));
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(out, "gc       3 of 5 runners, skipped 2 hibernated; took 2.5ms\n"
                          "live     4.0K -> 1.0K, freed 3.0K\n"
                          "rss      8.0K -> 9.0K, grown by 1.0K\n");
    ck_assert_int_eq(play(TURNS({"\"id\":9", RESULT("{}")}), ARGS("gc", "9")), 0);
}
END_TEST

START_TEST(config_shows_all_or_one_key)
{
    static const char all[] =
        RESULT("{\"daemon.budget\":{\"value\":\"80%\",\"default\":\"80%\",\"source\":\"default\","
               "\"live\":false},\"runners.max\":{\"value\":5,\"source\":\"file\",\"live\":true}}");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config")), 0);
    ck_assert_str_eq(out, "KEY            VALUE  SOURCE   RELOAD\n"
                          "daemon.budget  80%    default  restart\n"
                          "runners.max    5      file     live\n");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config", "runners.max")), 0);
    ck_assert_str_eq(out, "5\n");
    ck_assert_int_eq(play(TURNS({"config.get", all}), ARGS("config", "runner.max")), 1);
    ck_assert_ptr_nonnull(strstr(err, "did you mean 'runners.max'?"));
}
END_TEST

START_TEST(reload_lists_what_happened)
{
    ck_assert_int_eq(play(TURNS({"reload", RESULT("{\"applied\":[\"runners.max\"],"
                                                  "\"needs_restart\":[\"control.socket\"],"
                                                  "\"errors\":[]}")}),
                          ARGS("reload")),
                     0);
    ck_assert_str_eq(out, "applied: runners.max\nneeds a restart: control.socket\n");
    ck_assert_int_eq(play(TURNS({"reload", RESULT("{\"applied\":[],\"needs_restart\":[],"
                                                  "\"errors\":[\"swd.conf:3: bad\"]}")}),
                          ARGS("reload")),
                     1);
    ck_assert_str_eq(err, "swctl: swd.conf:3: bad\n");
}
END_TEST

START_TEST(shutdown_passes_the_drain_time)
{
    ck_assert_int_eq(
        play(TURNS({"\"drain_ms\":2000", RESULT("{}")}), ARGS("shutdown", "--drain", "2")), 0);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(version_needs_no_daemon_for_its_own)
{
    ck_assert_int_eq(alone(ARGS("-V")), 0);
    ck_assert_int_eq(strncmp(out, "swctl ", 6), 0);
    ck_assert_int_eq(alone(ARGS("version")), 3);
    ck_assert_int_eq(strncmp(out, "swctl ", 6), 0);
    ck_assert_int_eq(
        play(TURNS({"version", RESULT("{\"version\":\"1.2\",\"protocol\":1,"
                                      "\"duktape\":\"2.7.0\",\"config_hash\":\"ab\"}")}),
             ARGS("version")),
        0);
    ck_assert_ptr_nonnull(strstr(out, "\nswd 1.2, protocol 1, Duktape 2.7.0, configuration ab\n"));
}
END_TEST

START_TEST(big_answers_arrive_whole)
{
    char *answer = malloc(700000);
    size_t n = (size_t)snprintf(answer, 200,
                                "{\"id\":1,\"result\":{\"state\":\"done\","
                                "\"value\":\"");
    memset(answer + n, 'x', 600000);
    snprintf(answer + n + 600000, 20, "\"}}\n");
    ck_assert_int_eq(play(TURNS({"x", answer}), ARGS("eval", "x")), 0);
    ck_assert_uint_eq(strlen(out), 600003);
    free(answer);
}
END_TEST

START_TEST(a_reader_that_left_makes_no_noise)
{
    int p[2];
    ck_assert_int_eq(pipe(p), 0);
    close(p[0]);
    out_fd = p[1];
    ck_assert_int_eq(play(TURNS({"x", STARTED LOG("log", "one")}), ARGS("eval", "x")), 1);
    ck_assert_str_eq(err, "");
    close(p[1]);
    out_fd = open("/dev/full", O_WRONLY);
    ck_assert_int_eq(alone(ARGS("help")), 1);
    ck_assert_ptr_nonnull(strstr(err, "cannot write"));
    close(out_fd);
}
END_TEST

START_TEST(help_and_completion_know_every_command_and_flag)
{
    static const char *const commands[] = {
#define CTL_COMMAND(name, operands, least, most, flags, method, help) #name,
#include "ctl/commands.def"
#undef CTL_COMMAND
    };
    static const char *const flags[] = {
#define CTL_FLAG(sym, shrt, lng, kind, arg, help) lng,
#include "ctl/flags.def"
#undef CTL_FLAG
    };
    static const char *const shells[] = {"bash", "zsh", "fish"};
    char word[64];
    ck_assert_int_eq(alone(ARGS("help")), 0);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        snprintf(word, sizeof word, "\n  %s ", commands[i]);
        ck_assert_msg(strstr(out, word) != NULL, "%s", word);
    }
    ck_assert_int_eq(alone(ARGS("help", "run")), 0);
    ck_assert_ptr_nonnull(strstr(out, "memory_hard"));
    ck_assert_int_eq(alone(ARGS("run", "-h")), 0);
    ck_assert_ptr_nonnull(strstr(out, "--limit KEY=VALUE"));
    for (size_t s = 0; s < 3; s++) {
        ck_assert_int_eq(alone(ARGS("completion", shells[s])), 0);
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
            ck_assert_ptr_nonnull(strstr(out, commands[i]));
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
            ck_assert_ptr_nonnull(strstr(out, flags[i]));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        ps_lists_the_living_in_aligned_columns,
        kill_tries_every_id,
        send_takes_json_or_text,
        logs_show_time_level_and_text,
        stats_show_the_identity_and_whether_it_adds_up,
        gc_prints_its_receipt,
        config_shows_all_or_one_key,
        reload_lists_what_happened,
        shutdown_passes_the_drain_time,
        version_needs_no_daemon_for_its_own,
        big_answers_arrive_whole,
        a_reader_that_left_makes_no_noise,
        help_and_completion_know_every_command_and_flag,
    };
    Suite *s = suite_create("ctl/commands");
    TCase *t = tcase_create("ctl");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return suite_run(s);
}
