/* What scripts see of the host, against what Node prints: each script of t/lib/host runs, and its
 * output is that of the file beside it (`node x.js >x.out` makes one). */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/runs.h"
#include "suite.h"

static const char *const scripts[] = {
    "abort",  "assert", "buffer", "builtins", "clone",           "crypto", "encoding",
    "events", "frozen", "path",   "perf",     "timers_promises", "url",    "util",
};
#define NSCRIPTS (int)(sizeof(scripts) / sizeof(*scripts))

static char *slurp(const char *name, const char *ext)
{
    char path[256], *text = calloc(1, 1 << 18);
    FILE *f;
    size_t n;
    snprintf(path, sizeof(path), "t/lib/host/%s.%s", name, ext);
    f = fopen(path, "re");
    ck_assert_msg(f != NULL, "no %s (the suite runs at the top of the tree)", path);
    n = fread(text, 1, (1 << 18) - 1, f);
    ck_assert_msg(n > 0, "%s is empty", path);
    fclose(f);
    return text;
}

START_TEST(as_node_does)
{
    char *source = slurp(scripts[_i], "js"), *out = slurp(scripts[_i], "out");
    run_expect(source, out, NULL);
    free(source);
    free(out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/host");
    TCase *tc = tcase_create("scripts");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, as_node_does, 0, NSCRIPTS);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
