/* Tables of scripts for the suites of lib: each is run and its output and result compared. */
#ifndef T_LIB_CASES_H
#define T_LIB_CASES_H

struct script_case {
    const char *source;
    const char *out;   /* NULL: not compared */
    const char *value; /* JSON; NULL: not compared */
};

/* Runs a suite of one table; answers main()'s exit status. */
int run_cases(const char *suite, const struct script_case *cases, int n);

/* The case under test, for suites with more than a table. */
void run_case(const struct script_case *c);

#endif
