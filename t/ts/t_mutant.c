/* Mutated programs through the compiler, with fixed seeds: no crash, and what mutant.h promises.
 *
 * The corpus is t/ts/cases and examples, from the source tree (SWD_SRC, else the working folder).
 * The fuzz targets of t/fuzz do the same for as long as one likes. */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/extent.h"
#include "t/ts/mutant.h"
#include "suite.h"

#if defined(SWD_SAN_address) || defined(SWD_SAN_thread)
#define ROUNDS 12
#define STEP   19
#else
#define ROUNDS 60
#define STEP   1
#endif
#define CAP (96 << 10)

static glob_t files;

static size_t read_file(const char *path, char *to, size_t cap)
{
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(to, 1, cap, f) : 0;

    if (f)
        fclose(f);
    return n;
}

static void attempt(const char *path, const char *text, size_t n, uint64_t seed)
{
    char copy[CAP];
    const char *why;

    memcpy(copy, text, n);
    n = mutant_make(copy, n, sizeof(copy) - 1, seed);
    copy[n] = (char)seed;
    why = mutant_try((const uint8_t *)copy, n + 1, seed % 4 == 0);
    ck_assert_msg(why == NULL, "%s, seed %llu: %s", path, (unsigned long long)seed, why);
}

START_TEST(mutants)
{
    char text[CAP / 2];
    size_t n = read_file(files.gl_pathv[_i], text, sizeof(text));

    for (uint64_t i = 0; i < ROUNDS; i++)
        attempt(files.gl_pathv[_i], text, n, (uint64_t)_i * 1000003 + i);
}
END_TEST

/* What stands still: the corpus as it is, in every goal. */
START_TEST(unchanged)
{
    char text[CAP];
    size_t n = read_file(files.gl_pathv[_i], text, sizeof(text) - 1);

    for (int o = 0; o < 256; o += STEP) {
        const char *why;

        text[n] = (char)o;
        why = mutant_try((const uint8_t *)text, n + 1, o < 16);
        ck_assert_msg(why == NULL, "%s, options %d: %s", files.gl_pathv[_i], o, why);
    }
}
END_TEST

/* Nesting, length and repetition without end are refused in bounded time and stack. */
static const struct {
    const char *open, *close;
} nests[] = {
    {"(", ")"},
    {"[", "]"},
    {"{", "}"},
    {"({a:", "})"},
    {"[...", "]"},
    {"f(", ")"},
    {"!", ""},
    {"a=>", "1"},
    {"a?b:", "c"},
    {"`${", "}`"},
    {"function f(){", "}"},
    {"class A{m(){", "}}"},
    {"if(a)", ";"},
    {"for(;;)", ";"},
    {"try{", "}finally{}"},
    {"switch(a){case 0:", "}"},
    {"a:", ";"},
    {"new ", "A"},
    {"a.", "b"},
    {"a?.", "b"},
    {"await ", "1"},
    {"-", "1"},
    {"a**", "1"},
    {"<a>", "</a>"},
    {"let x:A<", ">"},
    {"async()=>", "1"},
    {"var{a:", "}=1"},
    {"var[", "]=1"},
    {"a,", "b"},
    {"a+", "b"},
    {"/(", ")/"},
    {"@d ", "class A{}"},
    {"a?\?=", "b"},
    {"else ", ";"},
    {"namespace A{", "}"},
    {"typeof ", "a"},
    {"(a=", ")=>1"},
    {"do ", ";while(0)"},
    {"with(a)", ";"},
    {"import(", ")"},
};

START_TEST(nesting)
{
    size_t times = 20000, open = strlen(nests[_i].open), close = strlen(nests[_i].close);
    char *text = malloc(times * (open + close) + 2), *p = text;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < times; i++, p += open)
        memcpy(p, nests[_i].open, open);
    for (size_t i = 0; i < times; i++, p += close)
        memcpy(p, nests[_i].close, close);
    for (int lang = 0; lang < 4; lang++) {
        const char *why;

        *p = (char)lang;
        why = mutant_try((const uint8_t *)text, (size_t)(p - text) + 1, false);
        ck_assert_msg(why == NULL, "%s: %s", nests[_i].open, why);
    }
    free(text);
}
END_TEST

static void find(const char *pattern, int flags)
{
    char path[1024];
    const char *src = getenv("SWD_SRC");

    snprintf(path, sizeof(path), "%s/%s", src ? src : ".", pattern);
    glob(path, flags, NULL, &files);
}

int main(void)
{
    Suite *s = suite_create("ts/mutant");
    TCase *tc = tcase_create("mutant");

    find("t/ts/cases/*.[jt]s", 0);
    find("examples/*.[jt]s", GLOB_APPEND);
    if (swd_extent_init(NULL, NULL) != 0)
        return 1;
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, mutants, 0, (int)files.gl_pathc);
    tcase_add_loop_test(tc, unchanged, 0, (int)files.gl_pathc);
    tcase_add_loop_test(tc, nesting, 0, (int)(sizeof(nests) / sizeof(nests[0])));
    suite_add_tcase(s, tc);
    int status = suite_run(s);
    globfree(&files);
    return status;
}
