/* swd.conf: defaults, every type, and every kind of mistake with its line and its hint. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"
#include "suite.h"

#define PROBLEMS 16

static struct swd_conf *conf;
static char path[64];
static struct {
    int line;
    struct swd_err e;
} problems[PROBLEMS];
static int nproblems;

static void setup(void)
{
    ck_assert_int_eq(swd_conf_new(&conf), 0);
    snprintf(path, sizeof path, "/tmp/t_conf.XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    nproblems = 0;
}

static void teardown(void)
{
    swd_conf_free(&conf);
    ck_assert_ptr_null(conf);
    unlink(path);
}

static void note(void *arg, const char *file, int line, const struct swd_err *e)
{
    ck_assert_ptr_eq(arg, &conf);
    ck_assert_str_eq(file, path);
    ck_assert_int_lt(nproblems, PROBLEMS);
    problems[nproblems].line = line;
    problems[nproblems++].e = *e;
}

static int read_bytes(const char *text, size_t n, struct swd_err *e)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    fclose(f);
    nproblems = 0;
    return swd_conf_read(conf, path, note, &conf, e);
}

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text), NULL);
}

static void expect(int i, int line, const char *msg, const char *hint)
{
    ck_assert_int_lt(i, nproblems);
    ck_assert_int_eq(problems[i].line, line);
    ck_assert_msg(strstr(problems[i].e.msg, msg) != NULL, "message: %s", problems[i].e.msg);
    ck_assert_msg(strstr(problems[i].e.hint, hint) != NULL, "hint: %s", problems[i].e.hint);
}

/* The index of "section.key". */
static size_t at(const char *name)
{
    size_t n;
    char full[80];
    const struct swd_conf_key *k = swd_conf_keys(&n);
    for (size_t i = 0; i < n; i++) {
        snprintf(full, sizeof full, "%s.%s", k[i].section, k[i].key);
        if (strcmp(full, name) == 0)
            return i;
    }
    ck_abort_msg("no key %s", name);
    return 0;
}

START_TEST(defaults_are_those_of_the_contract)
{
    struct swd_limits l, d;
    ck_assert_uint_eq(swd_conf_num(conf, "control.max_connections"), 4096);
    ck_assert_uint_eq(swd_conf_num(conf, "control.max_frame"), 16 << 20);
    ck_assert_uint_eq(swd_conf_num(conf, "control.mode"), 0660);
    ck_assert_uint_eq(swd_conf_num(conf, "executors.count"), 0);
    ck_assert_uint_eq(swd_conf_num(conf, "executors.quantum"), 10000000);
    ck_assert_uint_eq(swd_conf_num(conf, "monitor.threshold"), 80);
    ck_assert_uint_eq(swd_conf_num(conf, "daemon.log_level"), SWD_LOG_INFO);
    ck_assert_str_eq(swd_conf_str(conf, "control.socket"), "/run/swd/swd.sock");
    ck_assert_str_eq(swd_conf_str(conf, "daemon.user"), "");
    ck_assert_uint_eq(swd_conf_share(conf, "daemon.budget", 1000), 800);
    ck_assert_uint_eq(swd_conf_share(conf, "daemon.budget", UINT64_MAX), UINT64_MAX / 5 * 4);
    ck_assert_str_eq(swd_conf_str(conf, "control.admin_uids"), "");
    swd_conf_limits(conf, &l);
    swd_limits_default(&d);
    ck_assert_mem_eq(&l, &d, sizeof l);
    ck_assert_uint_eq(swd_conf_num(conf, "runners.memory_hard"), 64 << 20);
    ck_assert_uint_eq(swd_conf_num(conf, "runners.cpu_total"), SWD_NONE);
}
END_TEST

START_TEST(every_default_reads_back_as_itself)
{
    size_t n;
    char buf[256];
    const struct swd_conf_key *k = swd_conf_keys(&n);
    ck_assert_uint_gt(n, 30);
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(swd_conf_text(conf, i, buf, sizeof buf), k[i].def);
        ck_assert_str_eq(swd_conf_source(conf, i), "default");
        ck_assert(k[i].help[0] && k[i].type[0]);
    }
}
END_TEST

static void check_roots(void)
{
    struct swd_strvec *v = swd_strvec_get();
    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(swd_conf_list(conf, "runners.roots", v), 0);
    ck_assert_uint_eq(swd_strvec_count(v), 2);
    ck_assert_str_eq(swd_strvec_at(v, 0, NULL), "/srv/a/");
    ck_assert_str_eq(swd_strvec_at(v, 1, NULL), "/srv/b");
    swd_strvec_put(&v);
}

START_TEST(values_of_every_type_are_read)
{
    char buf[64];
    ck_assert_int_eq(read_text("\xEF\xBB\xBF# comment\n; comment\n[daemon]\r\nlog_level = debug\r\n"
                               "budget=2G ; half\n  user = root\n[control]\n\tsocket: /tmp/x.sock\n"
                               "mode = 600\nadmin_uids = 0, 1000 ,root\n[executors]\ncount = 3\n"
                               "quantum = 250us\n[runners]\nmemory_hard=65536K\nwall=none\n"
                               "roots = /srv/a/, /srv/b\n[pools]\ncompact_interval = 0\n"
                               "[monitor]\nthreshold=75%\n[executors]"),
                     0);
    ck_assert_int_eq(nproblems, 0);
    ck_assert_uint_eq(swd_conf_num(conf, "daemon.log_level"), SWD_LOG_DEBUG);
    ck_assert_uint_eq(swd_conf_share(conf, "daemon.budget", 1ULL << 40), 2ULL << 30);
    ck_assert_uint_eq(swd_conf_share(conf, "daemon.budget", 1000), 1000);
    ck_assert_str_eq(swd_conf_str(conf, "daemon.user"), "root");
    ck_assert_str_eq(swd_conf_str(conf, "control.socket"), "/tmp/x.sock");
    ck_assert_uint_eq(swd_conf_num(conf, "control.mode"), 0600);
    ck_assert_str_eq(swd_conf_str(conf, "control.admin_uids"), "0, 1000 ,root");
    ck_assert_uint_eq(swd_conf_num(conf, "executors.count"), 3);
    ck_assert_uint_eq(swd_conf_num(conf, "executors.quantum"), 250000);
    ck_assert_uint_eq(swd_conf_num(conf, "runners.wall"), SWD_NONE);
    ck_assert_uint_eq(swd_conf_num(conf, "pools.compact_interval"), 0);
    check_roots();
    ck_assert_str_eq(swd_conf_text(conf, at("runners.memory_hard"), buf, sizeof buf), "64M");
    ck_assert_str_eq(swd_conf_text(conf, at("control.mode"), buf, sizeof buf), "0600");
    ck_assert_str_eq(swd_conf_text(conf, at("daemon.budget"), buf, sizeof buf), "2G");
    ck_assert_str_eq(swd_conf_source(conf, at("executors.count")), "file");
    ck_assert_str_eq(swd_conf_source(conf, at("pools.warm")), "default");
}
END_TEST

START_TEST(unknown_words_name_the_nearest)
{
    ck_assert_int_eq(read_text("[runner]\nmax = 1\n[runners]\nmemory_hart = 1M\nmax_frame = 1M\n"
                               "zzzzzzzzz = 1\n[control]\nmax_conections = 1\n"),
                     SWD_EPARAMS);
    ck_assert_int_eq(nproblems, 5);
    expect(0, 1, "unknown section [runner]", "did you mean [runners]?");
    expect(1, 4, "unknown key 'memory_hart' in [runners]", "'memory_hard'");
    expect(2, 5, "unknown key 'max_frame'", "'max_frame' belongs to [control]");
    expect(3, 6, "unknown key 'zzzzzzzzz'", "swd.conf(5)");
    expect(4, 8, "unknown key 'max_conections'", "'max_connections'");
}
END_TEST

START_TEST(bad_values_say_what_is_expected)
{
    static const struct {
        const char *section, *key, *value, *hint;
    } bad[] = {
        {"runners", "wall", "5", "250ms"},
        {"runners", "wall", "-5s", "250ms"},
        {"runners", "memory_hard", "64MB", "64K"},
        {"runners", "memory_hard", "", "64K"},
        {"runners", "memory_hard", "99999999999999999999G", "64K"},
        {"runners", "timers", "ten", "whole number"},
        {"runners", "timers", "0", "at least 1"},
        {"runners", "roots", "/a, b", "absolute"},
        {"executors", "count", "0", "from 1 to 1024"},
        {"executors", "count", "none", "or auto"},
        {"executors", "quantum", "none", "from 100us to 10s"},
        {"daemon", "budget", "120%", "80%"},
        {"daemon", "budget", "1K", "at least 16M"},
        {"daemon", "budget", "none", "80%"},
        {"daemon", "log_level", "loud", "debug"},
        {"daemon", "user", "no-such-user-here", "name of a user"},
        {"control", "group", "no-such-group-here", "name of a group"},
        {"control", "socket", "swd.sock", "absolute"},
        {"control", "mode", "0999", "octal"},
        {"control", "mode", "4777", "octal"},
        {"control", "admin_uids", "0,,1", "commas"},
        {"control", "admin_uids", "99999999999", "commas"},
        {"control", "max_frame", "8G", "from 4K to 1G"},
        {"monitor", "threshold", "0", "from 1% to 100%"},
        {"monitor", "interval", "10s # often", "starts with ';'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256], name[80], before[64], after[64];
        snprintf(name, sizeof name, "%s.%s", bad[i].section, bad[i].key);
        swd_conf_text(conf, at(name), before, sizeof before);
        snprintf(text, sizeof text, "\n[%s]\n%s = %s\n", bad[i].section, bad[i].key, bad[i].value);
        ck_assert_msg(read_text(text) == SWD_EPARAMS, "%s", text);
        ck_assert_int_eq(nproblems, 1);
        expect(0, 3, bad[i].value[0] ? "" : "bad value ''", bad[i].hint);
        swd_conf_text(conf, at(name), after, sizeof after);
        ck_assert_str_eq(before, after);
    }
}
END_TEST

START_TEST(a_socket_path_that_no_socket_can_have_is_refused)
{
    char text[200];
    int n = snprintf(text, sizeof text, "[control]\nsocket=/");
    memset(text + n, 'x', 107);
    text[n + 107] = '\0';
    ck_assert_int_eq(read_text(text), SWD_EPARAMS);
    expect(0, 2, "bad value", "107");
    text[n + 106] = '\0';
    ck_assert_int_eq(read_text(text), 0);
}
END_TEST

START_TEST(malformed_lines_are_all_reported)
{
    static const char text[] = "max = 1\n[daemon\nx = y\n[monitor]\njust words\n\ninterval = 1s\n"
                               "interval = 2s\nbad\0line\n\x01\nthreshold";
    struct swd_err e;
    ck_assert_int_eq(read_bytes(text, sizeof text - 1, &e), SWD_EPARAMS);
    ck_assert_int_eq(nproblems, 7);
    expect(0, 1, "before the first [section]", "belongs to [runners]");
    expect(1, 2, "without ']'", "[runners]");
    expect(2, 5, "neither", "comment");
    expect(3, 8, "'interval' was set already on line 7", "keep one");
    expect(4, 9, "control character", "");
    expect(5, 10, "control character", "");
    expect(6, 11, "neither", "");
    ck_assert_uint_eq(swd_conf_num(conf, "monitor.interval"), 1000000000);
    /* The first problem is the one returned, with its place. */
    ck_assert_ptr_nonnull(strstr(e.msg, ":1: "));
    ck_assert_ptr_nonnull(strstr(e.msg, path));
}
END_TEST

START_TEST(an_indented_line_is_a_line_of_its_own)
{
    ck_assert_int_eq(read_text("[runners]\nroots = /srv\n   /etc\n"), SWD_EPARAMS);
    expect(0, 3, "neither", "");
    ck_assert_str_eq(swd_conf_str(conf, "runners.roots"), "/srv");
}
END_TEST

START_TEST(long_lines_are_read_up_to_the_limit_and_refused_beyond)
{
    char text[9000];
    int n = snprintf(text, sizeof text, "[runners]\nroots=/");
    memset(text + n, 'x', 1500);
    snprintf(text + n + 1500, 100, "\nmax = 7\n");
    ck_assert_int_eq(read_text(text), 0);
    ck_assert_uint_eq(strlen(swd_conf_str(conf, "runners.roots")), 1501);
    memset(text + n, 'y', 8000);
    snprintf(text + n + 8000, 100, "\nmax = 8\n");
    ck_assert_int_eq(read_text(text), SWD_EPARAMS);
    ck_assert_int_eq(nproblems, 1);
    expect(0, 2, "too long", "at most");
    ck_assert_uint_eq(swd_conf_num(conf, "runners.max"), 8);
}
END_TEST

START_TEST(soft_memory_stays_below_hard)
{
    struct swd_limits l;
    ck_assert_int_eq(read_text("[runners]\nmemory_hard = 8M\n"), 0);
    swd_conf_limits(conf, &l);
    ck_assert_uint_eq(l.memory_soft, 8 << 20);
    ck_assert_int_eq(read_text("[runners]\nmemory_soft = 9M\n\nmemory_hard = 8M\n"), SWD_EPARAMS);
    expect(0, 2, "memory_soft is above memory_hard", "below");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error)
{
    struct swd_err e;
    unlink(path);
    ck_assert_int_eq(swd_conf_read(conf, path, note, &conf, &e), SWD_EIO);
    expect(0, 0, "No such file", "");
    nproblems = 0;
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(swd_conf_read(conf, path, note, &conf, &e), SWD_EIO);
    expect(0, 0, "directory", "");
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(a_reload_can_tell_and_take_what_changed)
{
    struct swd_conf *old;
    size_t n, changed = 0;
    ck_assert_int_eq(swd_conf_new(&old), 0);
    ck_assert_int_eq(read_text("[runners]\nmax = 5\nwall = none\nroots = /srv\n"), 0);
    swd_conf_keys(&n);
    for (size_t i = 0; i < n; i++)
        changed += !swd_conf_same(old, conf, i);
    ck_assert_uint_eq(changed, 2);
    swd_conf_adopt(old, conf, at("runners.max"));
    swd_conf_adopt(old, conf, at("runners.roots"));
    ck_assert_uint_eq(swd_conf_num(old, "runners.max"), 5);
    ck_assert_uint_eq(swd_conf_num(conf, "runners.max"), 1000000);
    ck_assert_str_eq(swd_conf_str(old, "runners.roots"), "/srv");
    ck_assert_str_eq(swd_conf_source(old, at("runners.max")), "file");
    swd_conf_free(&old);
}
END_TEST

START_TEST(problems_print_with_their_place_and_hint)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    struct swd_err e;
    swd_fail(&e, SWD_EPARAMS, "bad thing");
    swd_fail_hint(&e, "do this");
    swd_conf_problem_print(f, "a.conf", 7, &e);
    swd_fail(&e, SWD_EIO, "cannot open");
    swd_conf_problem_print(f, "a.conf", 0, &e);
    fclose(f);
    ck_assert_str_eq(text, "a.conf:7: bad thing\n  do this\na.conf: cannot open\n");
    free(text);
}
END_TEST

static char *slurp(const char *name)
{
    static char text[65536];
    FILE *f = fopen(name, "r");
    size_t n;
    ck_assert_msg(f != NULL, "%s", name);
    n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* Every "#key = value" of the generated file uncommented reads without a problem. */
START_TEST(the_generated_file_is_read_and_is_the_one_installed)
{
    char *shipped, *text;
    int fd = open(path, O_WRONLY | O_TRUNC);
    const char *root = getenv("SWD_SRC");
    char name[512];
    ck_assert_int_eq(swd_conf_print_default(fd), 0);
    close(fd);
    ck_assert_int_eq(swd_conf_print_default(-1), SWD_EIO);
    ck_assert_int_eq(swd_conf_read(conf, path, note, &conf, NULL), 0);
    text = strdup(slurp(path));
    snprintf(name, sizeof name, "%s/etc/swd.conf", root ? root : ".");
    shipped = slurp(name);
    ck_assert_msg(strcmp(shipped, text) == 0, "etc/swd.conf is not what the key table generates");
    for (char *p = text; (p = strstr(p, "\n#")) != NULL; p++)
        if (p[2] >= 'a' && p[2] <= 'z')
            p[1] = ' ';
    char *group = strstr(text, "group = swd"); /* may not exist on this machine */
    memcpy(group, "#roup", 5);
    ck_assert_int_eq(read_text(text), nproblems);
    for (int i = 0; i < nproblems; i++)
        ck_assert_msg(0, "%d: %s", problems[i].line, problems[i].e.msg);
    size_t n, from_file = 0;
    swd_conf_keys(&n);
    for (size_t i = 0; i < n; i++)
        from_file += strcmp(swd_conf_source(conf, i), "file") == 0;
    ck_assert_uint_eq(from_file, n - 1);
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("conf");
    TCase *t = tcase_create("conf");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, defaults_are_those_of_the_contract);
    tcase_add_test(t, every_default_reads_back_as_itself);
    tcase_add_test(t, values_of_every_type_are_read);
    tcase_add_test(t, unknown_words_name_the_nearest);
    tcase_add_test(t, bad_values_say_what_is_expected);
    tcase_add_test(t, a_socket_path_that_no_socket_can_have_is_refused);
    tcase_add_test(t, malformed_lines_are_all_reported);
    tcase_add_test(t, an_indented_line_is_a_line_of_its_own);
    tcase_add_test(t, long_lines_are_read_up_to_the_limit_and_refused_beyond);
    tcase_add_test(t, soft_memory_stays_below_hard);
    tcase_add_test(t, a_file_that_cannot_be_read_is_an_error);
    tcase_add_test(t, a_reload_can_tell_and_take_what_changed);
    tcase_add_test(t, problems_print_with_their_place_and_hint);
    tcase_add_test(t, the_generated_file_is_read_and_is_the_one_installed);
    suite_add_tcase(s, t);
    return suite_run(s);
}
