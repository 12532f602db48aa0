/* Arbitrary input for the compiler: see mutant.h. */
#include <string.h>

#include "base/err.h"
#include "t/ts/mutant.h"
#include "ts/ts.h"

#define MAX_INPUT (256 << 10)

struct trial {
    struct swd_ts_compiler *c;
    struct swd_ts_opts o;
    struct swd_ts_output first, second, third;
};

static void options(struct swd_ts_opts *o, uint8_t b)
{
    static const enum swd_ts_lang langs[] = {SWD_TS_JS, SWD_TS_TS, SWD_TS_TSX, SWD_TS_JSX};
    static const enum swd_ts_goal goals[] = {SWD_TS_SCRIPT, SWD_TS_COMMONJS, SWD_TS_MODULE,
                                             SWD_TS_EVAL};
    o->lang = langs[b & 3];
    o->goal = goals[b >> 2 & 3];
    o->columns = b & 16;
    o->want_map = b & 32;
    o->experimental_decorators = b & 64;
    o->assign_fields = b & 128;
    o->file = "mutant";
    o->max_output = 64 << 20;
    o->max_ns = 5000000000;
}

/* What the interface promises of any result. */
static const char *check(int rc, const struct swd_ts_output *out)
{
    if (rc == 0) {
        if (!out->code || out->ndiags > 0)
            return "success without code, or with diagnostics";
        return NULL;
    }
    if (rc != SWD_ESYNTAX && rc != SWD_ELIMIT)
        return "an error that is not of the input";
    if (out->ndiags == 0 || out->ndiags > SWD_TS_MAX_DIAGS)
        return "an error without diagnostics";
    for (size_t i = 0; i < out->ndiags; i++) {
        const struct swd_ts_diag *d = &out->diags[i];

        if (d->line == 0 || d->column == 0 || d->message >= out->text->len ||
            d->snippet >= out->text->len)
            return "a diagnostic without a place or text";
    }
    return NULL;
}

/* The output is a program the compiler itself takes, and what it makes of that, too. After those
 * the same input gives the same output: nothing is left behind in warm tables. (Output is lowered
 * code: lowered once more it is longer, so it need not be the same text.) */
static const char *check_again(struct trial *t, const char *src, size_t n)
{
    struct swd_ts_opts o = {.lang = SWD_TS_JS, .goal = SWD_TS_EVAL, .file = "mutant"};
    int rc;

    o.max_output = t->o.max_output;
    rc = swd_ts_compile(t->c, &o, t->first.code->data, t->first.code->len, &t->second);
    if (rc == 0)
        rc = swd_ts_compile(t->c, &o, t->second.code->data, t->second.code->len, &t->third);
    if (rc != 0 && rc != SWD_ELIMIT)
        return t->third.ndiags ? "the output of the output is refused" : "the output is refused";
    rc = swd_ts_compile(t->c, &t->o, src, n, &t->second);
    if (rc == SWD_ELIMIT)
        return NULL;
    if (rc != 0 || t->second.code->len != t->first.code->len ||
        memcmp(t->second.code->data, t->first.code->data, t->first.code->len) != 0)
        return "the second compilation gives another output";
    return NULL;
}

const char *mutant_try(const uint8_t *data, size_t n, bool again)
{
    struct trial t = {.c = swd_ts_compiler_get()};
    const char *why;
    int rc;

    if (!t.c || n == 0 || n > MAX_INPUT) {
        swd_ts_compiler_put(&t.c);
        return NULL;
    }
    options(&t.o, data[n - 1]);
    rc = swd_ts_compile(t.c, &t.o, (const char *)data, n - 1, &t.first);
    why = check(rc, &t.first);
    if (!why && again && rc == 0)
        why = check_again(&t, (const char *)data, n - 1);
    swd_ts_output_free(&t.first);
    swd_ts_output_free(&t.second);
    swd_ts_output_free(&t.third);
    swd_ts_compiler_put(&t.c);
    return why;
}

/* ---- Mutation ---- */

static uint64_t next(uint64_t *s)
{
    /* splitmix64 */
    uint64_t z = *s += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static size_t below(uint64_t *s, size_t n)
{
    return n ? (size_t)(next(s) % n) : 0;
}

static size_t insert(char *text, size_t n, size_t cap, size_t at, const char *what, size_t len)
{
    char copy[256];

    if (len > sizeof(copy) || n + len > cap)
        return n;
    memcpy(copy, what, len);
    memmove(text + at + len, text + at, n - at);
    memcpy(text + at, copy, len);
    return n + len;
}

static size_t mutate_once(char *text, size_t n, size_t cap, uint64_t *s)
{
    static const char *const words[] = {
        "{",      "}",        "(",        ")",       "[",       "]",       "`${",        "`",
        "/",      "=>",       "...",      "?.",      "#x",      "async ",  "await ",     "yield ",
        "class ", "extends ", "static ",  "super(",  "super.",  "for(",    "of ",        "in ",
        "let ",   "const ",   "function", "*",       "get ",    "set ",    "return ",    "break ",
        "a:",     "<T>",      "as ",      "enum ",   "import ", "export ", "default ",   "@d ",
        "/*",     "//",       "\n",       "\\u{61}", "**",      "?\?=",    "new.target", "eval(x)",
        "try{",   "catch(",   "finally{", "switch(", "case 0:", "with(",   "do ",        "while(",
    };
    size_t at = below(s, n + 1), len = below(s, 40), to = below(s, n + 1);
    const char *w = words[below(s, sizeof(words) / sizeof(words[0]))];

    if (len > n - at)
        len = n - at;
    switch (below(s, 6)) {
    case 0: /* a byte */
        if (at < n)
            text[at] = (char)next(s);
        return n;
    case 1: /* a piece left out */
        memmove(text + at, text + at + len, n - at - len);
        return n - len;
    case 2: /* a piece doubled elsewhere */ return insert(text, n, cap, to, text + at, len);
    case 3: /* the same opening many times */
        for (size_t i = below(s, 60); i > 0; i--)
            n = insert(text, n, cap, at, w, strlen(w));
        return n;
    case 4: /* cut */ return at;
    default: return insert(text, n, cap, at, w, strlen(w));
    }
}

size_t mutant_make(char *text, size_t n, size_t cap, uint64_t seed)
{
    size_t changes = 1 + below(&seed, 8);

    while (changes-- > 0)
        n = mutate_once(text, n, cap, &seed);
    return n;
}
