/* Finds literal module specifiers in a source text without parsing it.
 *
 * A lexer of what may hide a specifier: comments, strings, templates (their ${} parts are code),
 * regular expressions (told from division by the token before). It keeps the last words seen; a
 * string behind `require(`, `import(`, `import`, or `from` is a specifier. Cost: one pass. */
#include <ctype.h>
#include <string.h>

#include "lib/lib.h"

#define SCAN_NEST 64 /* templates inside of templates */

enum scan_token { TOKEN_OTHER, TOKEN_VALUE, TOKEN_REQUIRE, TOKEN_IMPORT, TOKEN_FROM, TOKEN_DOT };

struct scan {
    const char *p, *end;
    enum scan_token last; /* the token before this place */
    enum scan_token call; /* the word before an opening parenthesis just read */
    int braces[SCAN_NEST];
    int nest; /* open templates */
    void (*found)(void *arg, const char *specifier, size_t n);
    void *arg;
};

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80);
}

static void skip_line(struct scan *s)
{
    while (s->p < s->end && *s->p != '\n')
        s->p++;
}

static void skip_block(struct scan *s)
{
    const char *e = memmem(s->p, (size_t)(s->end - s->p), "*/", 2);
    s->p = e ? e + 2 : s->end;
}

/* A quoted string; a specifier when what stands before says so. */
static void take_string(struct scan *s)
{
    char q = *s->p++;
    const char *from = s->p;
    bool plain = true;
    while (s->p < s->end && *s->p != q && *s->p != '\n') {
        if (*s->p == '\\') {
            plain = false;
            s->p++;
        }
        if (s->p < s->end)
            s->p++;
    }
    if (plain && s->p < s->end && *s->p == q &&
        (s->last == TOKEN_FROM || s->last == TOKEN_IMPORT || s->call != TOKEN_OTHER))
        s->found(s->arg, from, (size_t)(s->p - from));
    if (s->p < s->end)
        s->p++;
    s->last = TOKEN_VALUE;
}

static void skip_regexp(struct scan *s)
{
    bool class = false;
    while (s->p < s->end && *s->p != '\n' && (class || *s->p != '/')) {
        if (*s->p == '\\' && s->p + 1 < s->end)
            s->p++;
        else if (*s->p == '[')
            class = true;
        else if (*s->p == ']')
            class = false;
        s->p++;
    }
    if (s->p < s->end)
        s->p++;
    s->last = TOKEN_VALUE;
}

/* Inside of a template, up to its end or to a ${. */
static void take_template(struct scan *s)
{
    while (s->p < s->end && *s->p != '`') {
        if (*s->p == '\\' && s->p + 1 < s->end) {
            s->p++;
        } else if (*s->p == '$' && s->p + 1 < s->end && s->p[1] == '{' && s->nest < SCAN_NEST) {
            s->p += 2;
            s->braces[s->nest++] = 0;
            s->last = TOKEN_OTHER;
            return;
        }
        s->p++;
    }
    if (s->p < s->end)
        s->p++;
    s->last = TOKEN_VALUE;
}

static bool is(const char *p, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* Words behind which a slash begins a regular expression. */
static bool operator_word(const char *p, size_t n)
{
    static const char *const words[] = {"return", "typeof",     "case",  "in",    "of",
                                        "delete", "void",       "throw", "new",   "else",
                                        "do",     "instanceof", "yield", "await", "export"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (is(p, n, words[i]))
            return true;
    return false;
}

static void take_word(struct scan *s)
{
    const char *from = s->p;
    size_t n;
    bool member = s->last == TOKEN_DOT;
    while (s->p < s->end && word_char(*s->p))
        s->p++;
    n = (size_t)(s->p - from);
    if (member)
        s->last = TOKEN_VALUE;
    else if (is(from, n, "require"))
        s->last = TOKEN_REQUIRE;
    else if (is(from, n, "import"))
        s->last = TOKEN_IMPORT;
    else if (is(from, n, "from"))
        s->last = TOKEN_FROM;
    else
        s->last = operator_word(from, n) ? TOKEN_OTHER : TOKEN_VALUE;
}

static void take_mark(struct scan *s)
{
    char c = *s->p++;
    enum scan_token call = TOKEN_OTHER;
    if (c == '(' && (s->last == TOKEN_REQUIRE || s->last == TOKEN_IMPORT))
        call = s->last;
    if (s->nest && c == '{')
        s->braces[s->nest - 1]++;
    if (s->nest && c == '}' && s->braces[s->nest - 1]-- == 0) {
        s->nest--;
        take_template(s);
        return;
    }
    s->last = c == ')' || c == ']' || c == '}' ? TOKEN_VALUE : c == '.' ? TOKEN_DOT : TOKEN_OTHER;
    s->call = call;
}

static void scan_step(struct scan *s)
{
    char c = *s->p, d = s->p + 1 < s->end ? s->p[1] : 0;
    if (isspace((unsigned char)c)) {
        s->p++;
    } else if (c == '/' && d == '/') {
        skip_line(s);
    } else if (c == '/' && d == '*') {
        s->p += 2;
        skip_block(s);
    } else if (c == '\'' || c == '"') {
        take_string(s);
        s->call = TOKEN_OTHER;
    } else if (word_char(c)) {
        take_word(s);
        s->call = TOKEN_OTHER;
    } else if (c == '`') {
        s->p++;
        take_template(s);
        s->call = TOKEN_OTHER;
    } else if (c == '/' && s->last == TOKEN_OTHER) {
        s->p++;
        skip_regexp(s);
    } else {
        take_mark(s);
    }
}

void swd_lib_scan_requires(const char *source, size_t n,
                           void (*found)(void *arg, const char *specifier, size_t n), void *arg)
{
    struct scan s = {.p = source, .end = source + n, .found = found, .arg = arg};
    while (s.p < s.end)
        scan_step(&s);
}
