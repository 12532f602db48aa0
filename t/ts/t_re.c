/* Regular expressions: what matches where, what is an early error, and that nothing runs away. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "pool/arena.h"
#include "ts/re.h"
#include "ts/re_set.h"
#include "suite.h"

static struct swd_bump *bump;
static long checks_left;

static int host_check(void *arg)
{
    (void)arg;
    return checks_left-- > 0 ? 0 : SWD_ETIMEOUT;
}

static void *host_grow(void *arg, void *old, size_t old_n, size_t n)
{
    (void)arg;
    (void)old_n;
    return realloc(old, n);
}

static void host_release(void *arg, void *p)
{
    (void)arg;
    free(p);
}

static const struct swd_re_host host = {host_check, host_grow, host_release, NULL, 0};

static void setup(void)
{
    ck_assert_int_eq(swd_bump_new(NULL, 64 << 20, &bump), 0);
    checks_left = 1000000;
}

static void teardown(void)
{
    swd_bump_drop(&bump);
}

static uint32_t units_of(const char *s, uint16_t *out, bool *wide)
{
    uint32_t n = 0;

    *wide = false;
    while (*s) {
        const unsigned char *p = (const unsigned char *)s;
        uint32_t c = *p, len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

        if (len > 1) {
            c &= 0x7fu >> len;
            for (uint32_t k = 1; k < len; k++)
                c = c << 6 | (p[k] & 63);
        }
        s += len;
        if (c > 0xffff) {
            out[n++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        out[n++] = (uint16_t)c;
        *wide |= c > 255;
    }
    return n;
}

/* The match as text: "start end start end ...", "-" for groups not taken, "none", or the error. */
static const char *match(const char *pattern, const char *flags, const char *subject,
                         uint32_t start)
{
    static char text[512];
    static uint16_t wide_units[4096];
    static uint8_t bytes[4096];
    struct swd_re_out out;
    uint32_t caps[64], n;
    struct swd_re_text t;
    bool wide;
    int rc = swd_re_compile(bump, pattern, strlen(pattern), flags, strlen(flags), &out);

    if (rc)
        return out.error;
    n = units_of(subject, wide_units, &wide);
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)wide_units[i];
    t = (struct swd_re_text){wide ? (const void *)wide_units : bytes, n, wide};
    rc = swd_re_exec(out.prog, out.words, &t, start, out.flags & SWD_RE_STICKY, caps, &host);
    if (rc <= 0)
        return rc ? swd_err_name(rc) : "none";
    text[0] = 0;
    for (uint32_t i = 0; i < 2 * (out.groups + 1); i++) {
        size_t at = strlen(text);

        if (caps[i] == SWD_RE_NONE)
            snprintf(text + at, sizeof(text) - at, "%s-", i ? " " : "");
        else
            snprintf(text + at, sizeof(text) - at, "%s%u", i ? " " : "", caps[i]);
    }
    return text;
}

static const struct {
    const char *pattern, *flags, *subject;
    uint32_t start;
    const char *want;
} matches[] = {
    {"b", "", "abc", 0, "1 2"},
    {"", "", "abc", 2, "2 2"},
    {"a|ab", "", "abc", 0, "0 1"},
    {"((a)|(ab))((c)|(bc))", "", "abc", 0, "0 3 0 1 0 1 - - 1 3 - - 1 3"},
    {"a[a-z]{2,4}?", "", "abcdefghi", 0, "0 3"},
    {"(z)((a+)?(b+)?(c))*", "", "zaacbbbcac", 0, "0 10 0 1 8 10 8 9 - - 9 10"},
    {"(a*)*", "", "b", 0, "0 0 - -"},
    {"(a*)?", "", "b", 0, "0 0 - -"},
    {"(?:a*?)*?$", "", "aab", 0, "3 3"},
    {"(?:|a)+", "", "a", 0, "0 1"},
    {"(?:){4294967295}a", "", "a", 0, "0 1"},
    {"^(?:|a){3,4}$", "", "aaa", 0, "0 3"},
    {"^(?:|(a)){3}$", "", "a", 0, "0 1 0 1"},
    {"(?=(a+))a*b\\1", "", "baaabac", 0, "3 6 3 4"},
    {"(.*?)a(?!(a+)b\\2c)\\2(.*)", "", "baaabaac", 0, "0 8 0 2 - - 3 8"},
    {"(a)\\1{2}", "", "aaaa", 0, "0 3 0 1"},
    {"\\1(a)", "", "aa", 0, "0 1 0 1"},
    {"(?:(a)|b)*", "", "ab", 0, "0 2 - -"},
    {"x{0}", "", "x", 0, "0 0"},
    {"a{2,3}", "", "aaaa", 1, "1 4"},
    {"^b", "", "a\nb", 0, "none"},
    {"^b", "m", "a\nb", 0, "2 3"},
    {"a$", "m", "a\nb", 0, "0 1"},
    {".", "", "\n", 0, "none"},
    {".", "s", "\n", 0, "0 1"},
    {"\\bfoo\\b", "", "a foo b", 0, "2 5"},
    {"\\Bo", "", "o oo", 0, "3 4"},
    {"[^]", "", "\n", 0, "0 1"},
    {"[]", "", "a", 0, "none"},
    {"[\\b]", "", "\b", 0, "0 1"},
    {"ABC", "i", "xabc", 0, "1 4"},
    {"\xce\xa3", "i", "\xcf\x82", 0, "0 1"}, /* capital and final sigma */
    {"\xc5\xbf", "i", "s", 0, "none"},       /* long s only folds under u */
    {"\xc5\xbf", "iu", "s", 0, "0 1"},
    {"[^x]", "iu", "\xc5\xbf", 0, "0 1"},
    {"\\w", "iu", "\xe2\x84\xaa", 0, "0 1"}, /* kelvin sign */
    {"\\w", "i", "\xe2\x84\xaa", 0, "none"},
    {"(?<=\\$)\\d+", "", "a1 $42", 0, "4 6"},
    {"(?<!\\$)\\b\\d+", "", "$42 17", 0, "4 6"},
    {"(?<=(\\d+)(\\d+))$", "", "1053", 0, "4 4 0 1 1 4"},
    {"(?<=\\1(a))b", "", "aab", 0, "2 3 1 2"},
    {"(?<=^ab)c", "", "abc", 0, "2 3"},
    {"(?<year>\\d{4})-(?<m>\\d\\d)\\k<m>", "", "2024-1010", 0, "0 9 0 4 5 7"},
    {"\\k<a>", "", "k<a>", 0, "0 4"}, /* Annex B without groups */
    {"a", "y", "ba", 0, "none"},
    {"a", "y", "ba", 1, "1 2"},
    {"^a", "y", "ba", 1, "none"},
    {"\xf0\x9f\x98\x80+", "u", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 0, "0 4"},
    {".", "u", "\xf0\x9f\x98\x80", 0, "0 2"},
    {".", "", "\xf0\x9f\x98\x80", 0, "0 1"},
    {"\\ud83d", "u", "\xf0\x9f\x98\x80", 0, "none"}, /* half of a pair */
    {"\\ud83d", "", "\xf0\x9f\x98\x80", 0, "0 1"},
    {"\\u{1F600}", "u", "x\xf0\x9f\x98\x80", 0, "1 3"},
    {"\\ud83d\\ude00", "u", "\xf0\x9f\x98\x80", 0, "0 2"},
    {"[\\u{1F5FF}-\\u{1F601}]$", "u", "\xf0\x9f\x98\x80", 0, "0 2"},
    {"^[^x]$", "u", "\xf0\x9f\x98\x80", 0, "0 2"},
    {"(?<=^.)$", "u", "\xf0\x9f\x98\x80", 0, "2 2"},
    {"\xf0\x90\x90\x80", "iu", "\xf0\x90\x90\xa8", 0, "0 2"}, /* Deseret */
    {"\\p{Lu}\\P{Lu}", "u", "aBc", 0, "1 3"},
    {"\\p{Script=Greek}", "u", "a\xce\xb1", 0, "1 2"},
    {"\\p{Emoji_Presentation}", "u", "x\xf0\x9f\x98\x80", 0, "1 3"},
    {"\\p{gc=Nd}+", "u", "a\xd9\xa1\xd9\xa2", 0, "1 3"},
    {"a{,2}", "", "a{,2}", 0, "0 5"},
    {"x{1", "", "x{1", 0, "0 3"},
    {"]}", "", "]}", 0, "0 2"},
    {"\\07", "", "\a", 0, "0 1"},
    {"\\8", "", "8", 0, "0 1"},
    {"\\c", "", "\\c", 0, "0 2"},
    {"[\\c1]", "", "\x11", 0, "0 1"},
    {"(?=a)*b", "", "ab", 0, "1 2"},
    {"[\\d-x]+", "", "1-x", 0, "0 3"},
};

START_TEST(test_match)
{
    const char *got =
        match(matches[_i].pattern, matches[_i].flags, matches[_i].subject, matches[_i].start);

    ck_assert_msg(strcmp(got, matches[_i].want) == 0, "/%s/%s on \"%s\": got %s, want %s",
                  matches[_i].pattern, matches[_i].flags, matches[_i].subject, got,
                  matches[_i].want);
}
END_TEST

static const struct {
    const char *pattern, *flags, *error;
    size_t at;
} errors[] = {
    {"a", "gg", "Invalid regular expression flags", 1},
    {"a", "gx", "Invalid regular expression flags", 1},
    {"a", "v", "Invalid regular expression flags", 0},
    {"(", "", "Unterminated group", 0},
    {"a)", "", "Unmatched ')'", 1},
    {"*", "", "Nothing to repeat", 0},
    {"a**", "", "Nothing to repeat", 2},
    {"{1}", "", "Nothing to repeat", 0},
    {"a{2,1}", "", "numbers out of order in {} quantifier", 1},
    {"[b-a]", "", "Range out of order in character class", 1},
    {"[a", "", "Unterminated character class", 2},
    {"\\", "", "\\ at end of pattern", 0},
    {"(?", "", "Invalid group", 1},
    {"(?a)", "", "Invalid group", 1},
    {"(?<=a)*", "", "Nothing to repeat", 6},
    {"^*", "", "Nothing to repeat", 1},
    {"(?=a)*", "u", "Nothing to repeat", 5},
    {"{", "u", "Nothing to repeat", 0},
    {"}", "u", "Lone quantifier brackets", 0},
    {"]", "u", "Lone quantifier brackets", 0},
    {"a{1", "u", "Incomplete quantifier", 1},
    {"\\1", "u", "Invalid escape", 0},
    {"\\01", "u", "Invalid decimal escape", 0},
    {"[\\1]", "u", "Invalid class escape", 1},
    {"\\a", "u", "Invalid escape", 0},
    {"\\-", "u", "Invalid escape", 0},
    {"\\u{110000}", "u", "Invalid Unicode escape", 0},
    {"\\u{}", "u", "Invalid Unicode escape", 0},
    {"[\\d-x]", "u", "Invalid character class", 1},
    {"\\p{Nope}", "u", "Invalid property name", 0},
    {"\\p{sc=Lu}", "u", "Invalid property name", 0},
    {"\\pL", "u", "Invalid property name", 0},
    {"(?<a>.)(?<a>.)", "", "Duplicate capture group name", 10},
    {"(?<1a>.)", "", "Invalid capture group name", 3},
    {"(?<a>.)\\k<b>", "", "Invalid named capture referenced", 7},
    {"(?<a>.)\\k", "", "Invalid named reference", 7},
    {"\xce\xb1\xf0\x9f\x98\x80(", "", "Unterminated group", 6},
};

START_TEST(test_error)
{
    struct swd_re_out out;
    int rc = swd_re_compile(bump, errors[_i].pattern, strlen(errors[_i].pattern), errors[_i].flags,
                            strlen(errors[_i].flags), &out);

    ck_assert_int_eq(rc, SWD_ESYNTAX);
    ck_assert_msg(strcmp(out.error, errors[_i].error) == 0 && out.error_at == errors[_i].at,
                  "/%s/%s: got %s at %zu", errors[_i].pattern, errors[_i].flags, out.error,
                  out.error_at);
    ck_assert_int_eq(swd_re_check(bump, errors[_i].pattern, strlen(errors[_i].pattern),
                                  errors[_i].flags, strlen(errors[_i].flags), &out),
                     SWD_ESYNTAX);
}
END_TEST

static int run_on(const char *pattern, char fill, uint32_t n, uint32_t caps[8], size_t max)
{
    struct swd_re_host h = host;
    struct swd_re_out out;
    char *subject = malloc(n);
    struct swd_re_text t = {subject, n, false};
    int rc;

    memset(subject, fill, n);
    ck_assert_int_eq(swd_re_compile(bump, pattern, strlen(pattern), "", 0, &out), 0);
    h.max_bytes = max;
    rc = swd_re_exec(out.prog, out.words, &t, 0, false, caps, &h);
    free(subject);
    return rc;
}

/* Duktape's own engine recurses here and gives up after some thousand characters. */
START_TEST(test_long_subject)
{
    uint32_t caps[8];

    ck_assert_int_eq(run_on("(?:a|b)*", 'a', 500000, caps, 0), 1);
    ck_assert_uint_eq(caps[1], 500000);
    ck_assert_int_eq(run_on("(a|b)*?$", 'a', 100000, caps, 0), 1);
    ck_assert_uint_eq(caps[2], 99999);
}
END_TEST

START_TEST(test_catastrophe_is_stopped)
{
    uint32_t caps[8];

    checks_left = 100;
    ck_assert_int_eq(run_on("(a*)*b", 'a', 200, caps, 0), SWD_ETIMEOUT);
    checks_left = 100;
    ck_assert_int_eq(run_on("(?:a+)+b", 'a', 200, caps, 0), SWD_ETIMEOUT);
    checks_left = 100;
    ck_assert_int_eq(run_on("a*a*a*b", 'a', 100000, caps, 0), SWD_ETIMEOUT);
}
END_TEST

START_TEST(test_memory_is_bounded)
{
    uint32_t caps[8];

    ck_assert_int_eq(run_on("(?:a|b)*", 'a', 500000, caps, 1 << 20), SWD_ELIMIT);
}
END_TEST

START_TEST(test_depth_is_bounded)
{
    struct swd_re_out out;
    size_t n = 100000;
    char *deep = malloc(n);

    memset(deep, '(', n);
    ck_assert_int_eq(swd_re_compile(bump, deep, n, "", 0, &out), SWD_ELIMIT);
    free(deep);
}
END_TEST

START_TEST(test_no_memory)
{
    static const char pattern[] = "(?<n>a|[^\\p{L}x-z]{2,3}){4,}\\k<n>(?<=\\w+)";
    struct swd_re_out out;
    int rc = 0;

    for (uint64_t limit = 4096; limit < 1 << 20; limit += 4096) {
        struct swd_bump *small = NULL;

        rc = swd_bump_new(NULL, limit, &small);
        if (rc)
            continue;
        rc = swd_re_compile(small, pattern, sizeof(pattern) - 1, "iu", 2, &out);
        swd_bump_drop(&small);
        if (rc == 0)
            break;
        ck_assert_int_eq(rc, SWD_ENOMEM);
        ck_assert_ptr_nonnull(out.error);
    }
    ck_assert_int_eq(rc, 0);
}
END_TEST

START_TEST(test_names_and_flags)
{
    struct swd_re_out out;
    char buf[8];

    ck_assert_int_eq(swd_re_compile(bump, "(a)(?<b\\u{e9}>c)", 16, "ydug", 4, &out), 0);
    ck_assert_uint_eq(out.nnames, 1);
    ck_assert_uint_eq(out.names[0].group, 2);
    ck_assert_mem_eq(out.names[0].name, "b\xc3\xa9", 3);
    ck_assert_uint_eq(swd_re_prog_groups(out.prog), 2);
    ck_assert_str_eq(swd_re_flags_text(swd_re_prog_flags(out.prog), buf), "dguy");
    ck_assert_int_eq(swd_re_exec(out.prog, out.words - 1, NULL, 0, false, NULL, &host),
                     SWD_ECORRUPT);
}
END_TEST

START_TEST(test_identifiers)
{
    ck_assert(swd_re_id_start_has('$') && swd_re_id_start_has(0x3b1) &&
              swd_re_id_start_has(0x2118) && swd_re_id_start_has(0x20000));
    ck_assert(!swd_re_id_start_has('1') && !swd_re_id_start_has(0x200c));
    ck_assert(swd_re_id_continue_has(0x200c) && swd_re_id_continue_has('1') &&
              !swd_re_id_continue_has('-') && !swd_re_id_continue_has(0x1f600));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ts/re");
    TCase *t = tcase_create("re");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, test_match, 0, (int)SWD_ARRAY_LEN(matches));
    tcase_add_loop_test(t, test_error, 0, (int)SWD_ARRAY_LEN(errors));
    tcase_add_test(t, test_long_subject);
    tcase_add_test(t, test_catastrophe_is_stopped);
    tcase_add_test(t, test_memory_is_bounded);
    tcase_add_test(t, test_depth_is_bounded);
    tcase_add_test(t, test_no_memory);
    tcase_add_test(t, test_names_and_flags);
    tcase_add_test(t, test_identifiers);
    suite_add_tcase(s, t);
    return suite_run(s);
}
