/* How each suite of C tests ends: run as CK_ENV says, with Check's closing line, which t/run reads.
 */
#ifndef T_SUITE_H
#define T_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs and frees the suite; answers main()'s exit status. */
static inline int suite_run(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
