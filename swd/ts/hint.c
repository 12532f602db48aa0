/* What a message says beyond the token that was not expected: which bracket is open, which word was
 * meant. Looks at the text around the error; runs once for each error that is reported. */
#include <stdio.h>

#include "ts/tsi.h"

static const char typescript[] = ": types are TypeScript; name the file .ts, or say --lang ts";

static bool word_byte(char ch)
{
    return (unsigned char)ch >= 0x80 || ts_id_cont((unsigned char)ch);
}

/* The word that ends at `end`; its length. */
static u32 word_before(struct swd_ts_compiler *c, u32 end, const char **word)
{
    u32 at = end;
    while (at > 0 && word_byte(c->src[at - 1]))
        at--;
    *word = c->src + at;
    return end - at;
}

static bool is(const char *word, u32 n, const char *what)
{
    return n == strlen(what) && memcmp(word, what, n) == 0;
}

/* Whether one change makes `b` of `a`: a letter more, less, another, or two changed about. */
static bool near(const char *a, u32 n, const char *b)
{
    u32 m = (u32)strlen(b), i = 0;
    while (i < n && i < m && a[i] == b[i])
        i++;
    u32 left = n - i, want = m - i;
    if (left == 0 || want == 0)
        return left + want == 1;
    if (left + 1 == want)
        return memcmp(a + i, b + i + 1, left) == 0;
    if (left == want + 1)
        return memcmp(a + i + 1, b + i, want) == 0;
    return left == want && (memcmp(a + i + 1, b + i + 1, left - 1) == 0 ||
                            (left > 1 && a[i] == b[i + 1] && a[i + 1] == b[i] &&
                             memcmp(a + i + 2, b + i + 2, left - 2) == 0));
}

static const char *meant(const char *word, u32 n)
{
    static const char *const words[] = {
        "function", "const", "let",    "return", "class", "import", "export", "async",
        "await",    "throw", "delete", "typeof", "while", "switch", "catch",  "finally",
        "default",  "var",   "case",   "new",    "yield", "static", "extends"};
    if (is(word, n, "elseif") || is(word, n, "elsif") || is(word, n, "elif"))
        return "else if";
    if (is(word, n, "def") || is(word, n, "func") || is(word, n, "fn"))
        return "function";
    for (size_t i = 0; n > 2 && i < SWD_ARRAY_LEN(words); i++)
        if (near(word, n, words[i]))
            return words[i];
    return NULL;
}

/* The word before the bracket that the one at `close` closes, strings not looked at. */
static u32 word_before_group(struct swd_ts_compiler *c, u32 close, const char **word)
{
    u32 depth = 0, at = close + 1;
    do {
        if (at == 0)
            return 0;
        at--;
        depth += c->src[at] == ')';
        depth -= c->src[at] == '(';
    } while (depth > 0);
    while (at > 0 && c->src[at - 1] == ' ')
        at--;
    return word_before(c, at, word);
}

static const char *const of_types[] = {"interface", "type",     "enum",   "namespace", "declare",
                                       "abstract",  "readonly", "module", "private",   "public"};

/* A word stands before something that cannot follow it. */
static bool word_hint(struct swd_ts_compiler *c, const char *word, u32 n, char *out, size_t size)
{
    const char *what = n ? meant(word, n) : NULL;
    if (is(word, n, "await")) {
        snprintf(out, size,
                 ": `await` may only stand in async functions and at the top level of modules");
        return true;
    }
    for (size_t i = 0; !c->ts && i < SWD_ARRAY_LEN(of_types); i++)
        if (is(word, n, of_types[i])) {
            snprintf(out, size, "%s", typescript);
            return true;
        }
    if (what)
        snprintf(out, size, "; is `%.*s` meant to be `%s`?", (int)n, word, what);
    return what != NULL;
}

void ts_hint(struct swd_ts_compiler *c, const char *wanted, char *out, size_t size)
{
    const struct ts_token *t = &c->tok;
    const char *word;
    u32 n = word_before(c, c->prev_end, &word);
    char last = c->prev_end ? c->src[c->prev_end - 1] : 0;
    *out = '\0';
    if (t->kind == T_GT && last == '-' && c->prev_end == t->pos) {
        snprintf(out, size, "; is `=>` meant?");
    } else if (t->kind == T_COLON && !c->ts && n && (strchr(wanted, ')') || *wanted == '{')) {
        snprintf(out, size, "%s", typescript);
    } else if (t->kind == T_COLON && !c->ts && last == ')' && *wanted == '{') {
        snprintf(out, size, "%s", typescript);
    } else if (t->nl || t->kind == T_EOF) {
        return;
    } else if (*wanted == ';' && n && t->kind != T_COLON) {
        word_hint(c, word, n, out, size);
    } else if (*wanted == ';' && t->kind == T_LBRACE && last == ')') {
        n = word_before_group(c, c->prev_end - 1, &word);
        word_hint(c, word, n, out, size);
    } else if (t->kind == T_WORD && *wanted == 'c') { /* case or default */
        word_hint(c, c->src + t->pos, t->end - t->pos, out, size);
    }
}

/* At the colon of a type in JavaScript. */
void ts_no_types(struct swd_ts_compiler *c)
{
    ts_fatal(c, c->tok.pos, "%s", typescript + 2);
}

/* The current token cannot stand where `wanted` closes what began at `open`. */
void ts_unclosed(struct swd_ts_compiler *c, const char *wanted, u32 open)
{
    char text[96];
    u32 line = ts_line_find(c, open), here = ts_line_find(c, c->tok.pos);
    if (line == here)
        ts_unexpected(c, wanted);
    snprintf(text, sizeof text, "%s for the `%c` in line %u", wanted, c->src[open], line);
    ts_unexpected(c, text);
}

/* A comma between the items of what began at `open`. */
void ts_comma(struct swd_ts_compiler *c, const char *wanted, u32 open)
{
    if (SWD_UNLIKELY(c->tok.kind != T_COMMA))
        ts_unclosed(c, wanted, open);
    ts_next(c);
}

/* A reserved word where an expression or a name should be. */
void ts_reserved(struct swd_ts_compiler *c, const struct ts_token *t)
{
    static const struct {
        u32 word;
        const char *text;
    } lost[] = {
        {W_else, "`else` has no `if` before it"},
        {W_catch, "`catch` has no `try` before it"},
        {W_finally, "`finally` has no `try` before it"},
        {W_case, "`case` may only stand in a switch"},
        {W_default, "`default` may only stand in a switch"},
    };
    bool arrow = t->pos > 2 && c->prev_end > 1 && memcmp(c->src + c->prev_end - 2, "=>", 2) == 0;
    for (size_t i = 0; i < SWD_ARRAY_LEN(lost); i++)
        if (lost[i].word == t->name)
            ts_fatal(c, t->pos, "%s", lost[i].text);
    ts_fatal(c, t->pos, "unexpected `%.*s`: %s", (int)NM(t->name)->len, NM(t->name)->s,
             arrow ? "a statement as the body of an arrow needs braces"
                   : "a reserved word is no name");
}
