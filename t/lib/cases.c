/* Tables of scripts as a suite: see cases.h. */
#include "lib/cases.h"

#include <check.h>

#include "lib/runs.h"
#include "suite.h"

static const struct script_case *case_table;

void run_case(const struct script_case *c)
{
    run_expect(c->source, c->out, c->value);
}

START_TEST(script)
{
    run_case(&case_table[_i]);
}
END_TEST

int run_cases(const char *suite, const struct script_case *cases, int n)
{
    Suite *s = suite_create(suite);
    TCase *tc = tcase_create("scripts");
    case_table = cases;
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, script, 0, n);
    suite_add_tcase(s, tc);
    return suite_run(s);
}
