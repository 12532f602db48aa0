/* The runtime helpers: every t/ts/rt/t_*.js in a heap of its own, behind shim.js and the helpers.
 *
 * The files are read from the source tree (SWD_SRC, else the working folder). */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/heaps.h"
#include "suite.h"

static glob_t files;

static char *read_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text;
    long n;

    ck_assert_msg(f != NULL, "%s: cannot be read", path);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    n = ftell(f);
    rewind(f);
    text = calloc(1, (size_t)n + 1);
    ck_assert_uint_eq(fread(text, 1, (size_t)n, f), (size_t)n);
    fclose(f);
    return text;
}

static const char *in_tree(const char *path)
{
    static char buf[1024];
    const char *src = getenv("SWD_SRC");

    snprintf(buf, sizeof(buf), "%s/%s", src ? src : ".", path);
    return buf;
}

static int install(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;

    (void)arg;
    duk_get_global_literal(ctx, "host");
    swd_rt_install(ctx, -1);
    duk_put_global_literal(ctx, "R");
    return 0;
}

static void must(enum swd_run_rc rc, const char *what)
{
    ck_assert_msg(rc == SWD_RUN_OK, "%s: %s: %s\n%s", what, t_thrown()->name, t_thrown()->message,
                  t_thrown()->stack);
}

static struct swd_heap *heap_with_helpers(void)
{
    struct swd_heap *h = t_heap(NULL);
    struct swd_thrown thrown;
    char *shim = read_text(in_tree("t/ts/rt/shim.js"));

    must(t_eval(h, shim), "shim.js");
    free(shim);
    ck_assert_msg(swd_heap_run(h, install, NULL, &thrown) == SWD_RUN_OK, "helpers: %s\n%s",
                  thrown.message, thrown.stack);
    return h;
}

START_TEST(test_file)
{
    struct swd_heap *h = heap_with_helpers();
    char *text = read_text(files.gl_pathv[_i]);

    must(t_eval(h, text), files.gl_pathv[_i]);
    free(text);
    must(t_eval(h, "run(); checks > 0 ? failures.join('\\n') : 'no checks'"), "run()");
    ck_assert_msg(t_value()[0] == '\0', "%s:\n%s", files.gl_pathv[_i], t_value());
    swd_heap_destroy(&h);
}
END_TEST

/* A pattern that would run for ever is stopped as any other code is. */
START_TEST(test_catastrophe_is_stopped)
{
    struct swd_heap *h = heap_with_helpers();

    must(t_eval(h, "var a = new Array(40).join('a')"), "subject");
    ck_assert_int_eq(t_eval(h, "try { /(?:a+)+b/.test(a) } catch (e) { 'caught' }"),
                     SWD_RUN_STOPPED);
    ck_assert_int_eq(swd_heap_stopped(h), SWD_STOP_CPU_TURN);
    swd_heap_destroy(&h);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ts/rt");
    TCase *t = tcase_create("rt");

    if (glob(in_tree("t/ts/rt/t_*.js"), 0, NULL, &files) != 0) {
        fprintf(stderr, "no test files: set SWD_SRC to the source tree\n");
        return EXIT_FAILURE;
    }
    tcase_add_checked_fixture(t, t_engine_start, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_file, 0, (int)files.gl_pathc);
    tcase_add_test(t, test_catastrophe_is_stopped);
    suite_add_tcase(s, t);
    int status = suite_run(s);
    globfree(&files);
    return status;
}
