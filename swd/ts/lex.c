/* The lexer: one token at a time, by the class of its first byte.
 *
 * The source is a copy with zero bytes behind it, so that a scan needs no bounds check; a zero byte
 * before the end is an illegal character. Strings and templates stay raw (offset and end); only
 * names are interned. The parser asks for regular expressions, template continuations and JSX text,
 * since only it knows where they may stand. */
#include "ts/tsi.h"

enum {
    K_BAD,
    K_SPACE,
    K_NL,
    K_ID,
    K_DIGIT,
    K_QUOTE,
    K_TICK,
    K_PUNCT,
    K_UTF8,
    K_BSLASH,
    K_HASH,
    K_DOT
};

static const uint8_t kind_of[256] = {
    ['\t'] = K_SPACE,
    ['\v'] = K_SPACE,
    ['\f'] = K_SPACE,
    [' '] = K_SPACE,
    ['\n'] = K_NL,
    ['\r'] = K_NL,
    ['"'] = K_QUOTE,
    ['\''] = K_QUOTE,
    ['`'] = K_TICK,
    ['\\'] = K_BSLASH,
    ['#'] = K_HASH,
    ['.'] = K_DOT,
    ['$'] = K_ID,
    ['_'] = K_ID,
    ['0' ... '9'] = K_DIGIT,
    ['a' ... 'z'] = K_ID,
    ['A' ... 'Z'] = K_ID,
    ['!'] = K_PUNCT,
    ['%' ... '&'] = K_PUNCT,
    ['(' ... '-'] = K_PUNCT,
    ['/'] = K_PUNCT,
    [':' ... '@'] = K_PUNCT,
    ['['] = K_PUNCT,
    [']' ... '^'] = K_PUNCT,
    ['{' ... '~'] = K_PUNCT,
    [0x80 ... 0xff] = K_UTF8,
};

static const uint8_t id_part[256] = {
    ['$'] = 1, ['_'] = 1, ['0' ... '9'] = 1, ['a' ... 'z'] = 1, ['A' ... 'Z'] = 1,
};

struct range {
    uint32_t first, last;
};
static const struct range id_start[] = {
#define SWD_TS_ID_START(a, b) {a, b},
#define SWD_TS_ID_CONT(a, b)
#include "ts/unicode_id.def"
#undef SWD_TS_ID_START
#undef SWD_TS_ID_CONT
};
static const struct range id_cont[] = {
#define SWD_TS_ID_START(a, b)
#define SWD_TS_ID_CONT(a, b) {a, b},
#include "ts/unicode_id.def"
#undef SWD_TS_ID_START
#undef SWD_TS_ID_CONT
};

static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
    size_t lo = 0;
    while (n) {
        size_t half = n / 2;
        if (r[lo + half].last < cp) {
            lo += half + 1;
            n -= half + 1;
        } else if (r[lo + half].first > cp) {
            n = half;
        } else {
            return true;
        }
    }
    return false;
}

bool ts_id_start(uint32_t cp)
{
    if (cp < 0x80)
        return id_part[cp] && !(cp >= '0' && cp <= '9');
    return in_ranges(id_start, SWD_ARRAY_LEN(id_start), cp);
}

bool ts_id_cont(uint32_t cp)
{
    if (cp < 0x80)
        return id_part[cp];
    return in_ranges(id_cont, SWD_ARRAY_LEN(id_cont), cp);
}

/* Length of the UTF-8 sequence at s and its code point; an invalid byte is U+FFFD of length 1.
 * Accepts surrogates (three bytes each) so that cooked strings can hold them. */
u32 ts_decode(const char *s, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    uint32_t v = p[0];
    if (v < 0x80) {
        *cp = v;
        return 1;
    }
    u32 n = v >= 0xf0 && v < 0xf5 ? 4 : v >= 0xe0 && v < 0xf0 ? 3 : v >= 0xc2 && v < 0xe0 ? 2 : 0;
    if (n) {
        v &= 0xff >> (n + 1);
        for (u32 i = 1; i < n; i++) {
            if ((p[i] & 0xc0) != 0x80) {
                n = 0;
                break;
            }
            v = v << 6 | (p[i] & 0x3f);
        }
    }
    if (!n || (n == 3 && v < 0x800) || (n == 4 && (v < 0x10000 || v > 0x10ffff))) {
        *cp = 0xfffd;
        return 1;
    }
    *cp = v;
    return n;
}

u32 ts_encode(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

static void note_line(struct swd_ts_compiler *c, u32 start)
{
    if (start <= c->lines_upto)
        return;
    u32 i = ts_vec_add(c, &c->lines);
    ((u32 *)c->lines.p)[i] = start;
    c->lines_upto = start;
}

static u32 newline(struct swd_ts_compiler *c, u32 i)
{
    if (c->src[i] == '\r' && c->src[i + 1] == '\n')
        i++;
    note_line(c, i + 1);
    return i + 1;
}

/* U+2028 and U+2029 end lines for the grammar, but not for line numbers in diagnostics. */
static bool is_ls_ps(const char *s)
{
    return (unsigned char)s[0] == 0xe2 && (unsigned char)s[1] == 0x80 &&
           ((unsigned char)s[2] & 0xfe) == 0xa8;
}

static bool is_unicode_space(uint32_t cp)
{
    return cp == 0xa0 || cp == 0xfeff || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static u32 line_comment(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    while (s[i] != '\n' && s[i] != '\r' && !is_ls_ps(s + i)) {
        if (!s[i] && i >= c->n)
            break;
        i++;
    }
    return i;
}

static u32 block_comment(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    u32 from = i;
    i += 2;
    for (;;) {
        char ch = s[i];
        if (ch == '*' && s[i + 1] == '/')
            return i + 2;
        if (ch == '\n' || ch == '\r') {
            i = newline(c, i);
            c->tok.nl = true;
        } else if (is_ls_ps(s + i)) {
            i += 3;
            c->tok.nl = true;
        } else if (!ch && i >= c->n) {
            c->tok.pos = c->tok.end = c->at = c->n;
            c->tok.kind = T_EOF;
            ts_fatal(c, from, "this comment is never closed");
        } else {
            i++;
        }
    }
}

/* Skips white space and comments from i. */
static u32 skip_space(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    for (;;) {
        switch (kind_of[(unsigned char)s[i]]) {
        case K_SPACE: i++; continue;
        case K_NL:
            i = newline(c, i);
            c->tok.nl = true;
            continue;
        case K_PUNCT:
            if (s[i] == '/' && s[i + 1] == '/') {
                i = line_comment(c, i);
                continue;
            }
            if (s[i] == '/' && s[i + 1] == '*') {
                i = block_comment(c, i);
                continue;
            }
            if (s[i] == '<' && s[i + 1] == '!' && s[i + 2] == '-' && s[i + 3] == '-' &&
                c->goal != SWD_TS_MODULE && !c->ts) {
                i = line_comment(c, i);
                continue;
            }
            if (s[i] == '-' && s[i + 1] == '-' && s[i + 2] == '>' && (c->tok.nl || c->at == 0) &&
                c->goal != SWD_TS_MODULE && !c->ts) {
                i = line_comment(c, i);
                continue;
            }
            return i;
        case K_UTF8: {
            uint32_t cp;
            u32 k = ts_decode(s + i, &cp);
            if (is_ls_ps(s + i))
                c->tok.nl = true;
            else if (!is_unicode_space(cp))
                return i;
            i += k;
            continue;
        }
        default: return i;
        }
    }
}

static int hex_digit(char ch)
{
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    ch |= 32;
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* \uXXXX or \u{...} at s (behind the u); length, or 0 when malformed. */
static u32 unicode_escape(const char *s, uint32_t *cp)
{
    uint32_t v = 0;
    if (*s == '{') {
        u32 i = 1;
        for (; hex_digit(s[i]) >= 0; i++) {
            v = v * 16 + (uint32_t)hex_digit(s[i]);
            if (v > 0x10ffff)
                return 0;
        }
        if (i == 1 || s[i] != '}')
            return 0;
        *cp = v;
        return i + 1;
    }
    for (u32 i = 0; i < 4; i++) {
        if (hex_digit(s[i]) < 0)
            return 0;
        v = v * 16 + (uint32_t)hex_digit(s[i]);
    }
    *cp = v;
    return 4;
}

/* A name with escapes or non-ASCII characters, from `from`. */
static u32 slow_word(struct swd_ts_compiler *c, u32 from)
{
    const char *s = c->src;
    u32 i = from;
    char *buf = NULL;
    u32 len = 0, cap = 0;
    c->tok.escaped = false;
    for (bool first = true;; first = false) {
        uint32_t cp;
        u32 k;
        if (s[i] == '\\') {
            if (s[i + 1] != 'u' || !(k = unicode_escape(s + i + 2, &cp)))
                ts_fatal(c, i, "malformed unicode escape in a name");
            k += 2;
            c->tok.escaped = true;
            if (!(first ? ts_id_start(cp) : ts_id_cont(cp)))
                ts_fatal(c, i, "this escape is not a letter that a name may have");
        } else {
            k = ts_decode(s + i, &cp);
            if (!(first ? ts_id_start(cp) : ts_id_cont(cp)))
                break;
        }
        if (len + 4 > cap) {
            u32 more = cap ? cap * 2 : 64;
            char *nb = swd_bump_alloc(c->bump, more);
            if (!nb)
                ts_abort(c, SWD_ENOMEM);
            if (len)
                memcpy(nb, buf, len);
            buf = nb;
            cap = more;
        }
        len += ts_encode(buf + len, cp);
        i += k;
    }
    if (i == from) {
        uint32_t cp;
        ts_decode(s + i, &cp);
        c->tok.pos = i;
        c->at = i + 1;
        ts_fatal(c, i, "unexpected character U+%04X%s", (unsigned)cp,
                 cp >= 0x2018 && cp <= 0x201f ? ", a quotation mark of prose: write ' or \"" : "");
    }
    c->tok.name = ts_intern(c, buf, len);
    return i;
}

static u32 lex_word(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    u32 from = i, h = 5381;
    while (id_part[(unsigned char)s[i]])
        h = h * 33 + (unsigned char)s[i++];
    c->tok.escaped = false;
    if (SWD_UNLIKELY((unsigned char)s[i] >= 0x80 || s[i] == '\\'))
        return slow_word(c, from);
    c->tok.name = ts_intern_hash(c, s + from, i - from, h);
    return i;
}

/* Digits with separators; `ok` tells a digit from the rest. */
static u32 digits(struct swd_ts_compiler *c, u32 i, int base, bool sep)
{
    const char *s = c->src;
    u32 from = i;
    for (;; i++) {
        if (s[i] == '_') {
            if (!sep || i == from || s[i - 1] == '_' || hex_digit(s[i + 1]) < 0 ||
                hex_digit(s[i + 1]) >= base)
                ts_fatal(c, i, "a numeric separator must stand between digits");
            continue;
        }
        int d = hex_digit(s[i]);
        if (d < 0 || d >= base)
            return i;
    }
}

static u32 lex_number(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    u32 from = i;
    bool integer = true;
    c->tok.kind = T_NUM;
    c->tok.escaped = false;
    c->tok.octal = false;
    char x = (char)(s[i + 1] | 32);
    if (s[i] == '0' && (x == 'x' || x == 'o' || x == 'b')) {
        u32 at = digits(c, i + 2, x == 'x' ? 16 : x == 'o' ? 8 : 2, true);
        if (at == i + 2)
            ts_fatal(c, i, "digits are missing after `%.2s`", s + i);
        i = at;
    } else if (s[i] == '0' && ((s[i + 1] >= '0' && s[i + 1] <= '9') || s[i + 1] == '_')) {
        c->tok.octal = true;
        bool dec = false;
        for (i++; s[i] >= '0' && s[i] <= '9'; i++)
            dec |= s[i] > '7';
        if (s[i] == '_')
            ts_fatal(c, i, "a number that begins with 0 has no separators");
        if (dec && s[i] == '.')
            i = digits(c, i + 1, 10, false);
        integer = false;
        if (dec && (s[i] | 32) == 'e')
            goto exponent;
    } else {
        i = digits(c, i, 10, true);
        if (s[i] == '.') {
            integer = false;
            i++;
            if (s[i] == '_')
                ts_fatal(c, i, "a numeric separator must stand between digits");
            i = digits(c, i, 10, true);
        }
        if ((s[i] | 32) == 'e') {
        exponent:
            integer = false;
            u32 e = i + 1;
            if (s[e] == '+' || s[e] == '-')
                e++;
            i = digits(c, e, 10, true);
            if (i == e)
                ts_fatal(c, from, "the exponent of this number has no digits");
        }
    }
    if (s[i] == 'n' && integer) {
        c->tok.escaped = true; /* an error where it is a value */
        i++;
    }
    uint32_t cp;
    ts_decode(s + i, &cp);
    if (ts_id_start(cp) || s[i] == '\\' || (s[i] >= '0' && s[i] <= '9'))
        ts_fatal(c, i, "a name or digit right after a number");
    return i;
}

static u32 lex_string(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    u32 from = i;
    char q = s[i++];
    c->tok.kind = T_STR;
    c->tok.escaped = c->tok.octal = false;
    for (;;) {
        char ch = s[i];
        if (ch == q)
            return i + 1;
        if (ch == '\\') {
            c->tok.escaped = true;
            i++;
            if (s[i] == '\n' || s[i] == '\r') {
                i = newline(c, i);
                continue;
            }
            if ((s[i] >= '1' && s[i] <= '9') || (s[i] == '0' && s[i + 1] >= '0' && s[i + 1] <= '9'))
                c->tok.octal = true;
            uint32_t cp;
            if (s[i] == 'u' && !unicode_escape(s + i + 1, &cp))
                ts_error(c, i - 1, "malformed unicode escape");
            if (s[i] == 'x' && (hex_digit(s[i + 1]) < 0 || hex_digit(s[i + 2]) < 0))
                ts_error(c, i - 1, "malformed hexadecimal escape");
            if (s[i])
                i++;
        } else if (ch == '\n' || ch == '\r' || (!ch && i >= c->n)) {
            c->tok.pos = from;
            c->at = i;
            ts_fatal(c, from, "this string is never closed");
        } else {
            i++;
        }
    }
}

/* A template piece from behind ` or }. */
static u32 lex_template(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src;
    c->tok.kind = T_TEMPLATE;
    c->tok.escaped = false;
    for (;;) {
        char ch = s[i];
        if (ch == '`') {
            c->tok.tail = true;
            return i + 1;
        }
        if (ch == '$' && s[i + 1] == '{') {
            c->tok.tail = false;
            return i + 2;
        }
        if (ch == '\\') {
            i++;
            uint32_t cp;
            if ((s[i] == 'u' && !unicode_escape(s + i + 1, &cp)) ||
                (s[i] == 'x' && (hex_digit(s[i + 1]) < 0 || hex_digit(s[i + 2]) < 0)) ||
                (s[i] >= '1' && s[i] <= '9') || (s[i] == '0' && s[i + 1] >= '0' && s[i + 1] <= '9'))
                c->tok.escaped = true;
            if (s[i] != '\n' && s[i] != '\r' && s[i])
                i++;
        } else if (ch == '\n' || ch == '\r') {
            i = newline(c, i);
        } else if (!ch && i >= c->n) {
            u32 from = c->tok.pos;
            c->at = i;
            ts_fatal(c, from, "this template is never closed");
        } else {
            i++;
        }
    }
}

struct punct {
    char text[5];
    uint8_t len, tok;
};
/* Longest first for each first byte. */
static const struct punct puncts[] = {
    {"!==", 3, T_SNE},      {"!=", 2, T_NE},           {"!", 1, T_NOT},
    {"%=", 2, T_PERCENT_A}, {"%", 1, T_PERCENT},       {"&&=", 3, T_ANDAND_A},
    {"&&", 2, T_ANDAND},    {"&=", 2, T_AND_A},        {"&", 1, T_AND},
    {"(", 1, T_LPAREN},     {")", 1, T_RPAREN},        {"**=", 3, T_POW_A},
    {"**", 2, T_POW},       {"*=", 2, T_STAR_A},       {"*", 1, T_STAR},
    {"++", 2, T_INC},       {"+=", 2, T_PLUS_A},       {"+", 1, T_PLUS},
    {",", 1, T_COMMA},      {"--", 2, T_DEC},          {"-=", 2, T_MINUS_A},
    {"-", 1, T_MINUS},      {"/=", 2, T_SLASH_A},      {"/", 1, T_SLASH},
    {":", 1, T_COLON},      {";", 1, T_SEMI},          {"<<=", 3, T_SHL_A},
    {"<<", 2, T_SHL},       {"<=", 2, T_LE},           {"<", 1, T_LT},
    {"===", 3, T_SEQ},      {"==", 2, T_EQ},           {"=>", 2, T_ARROW},
    {"=", 1, T_ASSIGN},     {">>>=", 4, T_SHR_A},      {">>>", 3, T_SHR},
    {">>=", 3, T_SAR_A},    {">>", 2, T_SAR},          {">=", 2, T_GE},
    {">", 1, T_GT},         {"\?\?=", 3, T_NULLISH_A}, {"\?\?", 2, T_NULLISH},
    {"?.", 2, T_OPTDOT},    {"?", 1, T_QUESTION},      {"@", 1, T_AT},
    {"[", 1, T_LBRACK},     {"]", 1, T_RBRACK},        {"^=", 2, T_XOR_A},
    {"^", 1, T_XOR},        {"{", 1, T_LBRACE},        {"||=", 3, T_OROR_A},
    {"||", 2, T_OROR},      {"|=", 2, T_OR_A},         {"|", 1, T_OR},
    {"}", 1, T_RBRACE},     {"~", 1, T_TILDE},         {".", 1, T_DOT},
    {"...", 3, T_ELLIPSIS},
};

/* For each byte, where its punctuators begin in the table (plus one). */
static const uint8_t punct_at[128] = {
    ['!'] = 1,  ['%'] = 4,  ['&'] = 6,  ['('] = 10, [')'] = 11, ['*'] = 12, ['+'] = 16, [','] = 19,
    ['-'] = 20, ['/'] = 23, [':'] = 25, [';'] = 26, ['<'] = 27, ['='] = 31, ['>'] = 35, ['?'] = 41,
    ['@'] = 45, ['['] = 46, [']'] = 47, ['^'] = 48, ['{'] = 50, ['|'] = 51, ['}'] = 55, ['~'] = 56,
};

static u32 lex_punct(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src + i;
    const struct punct *p = &puncts[punct_at[(unsigned char)*s] - 1];
    for (;; p++) {
        if (s[0] != p->text[0] || (p->len > 1 && s[1] != p->text[1]) ||
            (p->len > 2 && s[2] != p->text[2]) || (p->len > 3 && s[3] != p->text[3]))
            continue;
        if (p->tok == T_OPTDOT && s[2] >= '0' && s[2] <= '9')
            continue;
        break;
    }
    c->tok.kind = p->tok;
    return i + p->len;
}

static u32 lex_dot(struct swd_ts_compiler *c, u32 i)
{
    const char *s = c->src + i;
    if (s[1] >= '0' && s[1] <= '9')
        return lex_number(c, i);
    if (s[1] == '.' && s[2] == '.') {
        c->tok.kind = T_ELLIPSIS;
        return i + 3;
    }
    c->tok.kind = T_DOT;
    return i + 1;
}

/* The word just read becomes a private name: interned with its #. */
static void private_name(struct swd_ts_compiler *c)
{
    const struct ts_name *m = NM(c->tok.name);
    char *p = swd_bump_alloc(c->bump, m->len + 1);
    if (!p)
        ts_abort(c, SWD_ENOMEM);
    *p = '#';
    memcpy(p + 1, m->s, m->len);
    c->tok.name = ts_intern_hash(c, p, m->len + 1, ts_hash(p, m->len + 1));
}

void ts_next(struct swd_ts_compiler *c)
{
    struct ts_token *t = &c->tok;
    c->prev_end = t->end;
    t->nl = false;
    u32 i = skip_space(c, c->at);
    t->pos = i;
    t->kind = T_EOF;
    switch (kind_of[(unsigned char)c->src[i]]) {
    case K_ID:
        t->kind = T_WORD;
        i = lex_word(c, i);
        break;
    case K_PUNCT: i = lex_punct(c, i); break;
    case K_DOT: i = lex_dot(c, i); break;
    case K_QUOTE: i = lex_string(c, i); break;
    case K_DIGIT: i = lex_number(c, i); break;
    case K_TICK: i = lex_template(c, i + 1); break;
    case K_UTF8:
    case K_BSLASH:
        t->kind = T_WORD;
        i = slow_word(c, i);
        break;
    case K_HASH: {
        uint32_t cp;
        ts_decode(c->src + i + 1, &cp);
        if (!ts_id_start(cp) && c->src[i + 1] != '\\') {
            c->at = i + 1;
            ts_fatal(c, i, "unexpected `#`");
        }
        i = lex_word(c, i + 1);
        private_name(c);
        t->kind = T_PRIVATE;
        break;
    }
    default:
        if (i < c->n) {
            c->at = i + 1;
            t->end = i + 1;
            ts_fatal(c, i, "unexpected character U+%04X", (unsigned)(unsigned char)c->src[i]);
        }
    }
    t->end = c->at = i;
}

void ts_lex_regex(struct swd_ts_compiler *c)
{
    const char *s = c->src;
    u32 i = c->tok.pos + 1;
    bool cls = false;
    for (;; i++) {
        char ch = s[i];
        if (ch == '\n' || ch == '\r' || is_ls_ps(s + i) || (!ch && i >= c->n)) {
            c->at = i;
            ts_fatal(c, c->tok.pos, "this regular expression is never closed");
        }
        if (ch == '\\' && s[i + 1] != '\n' && s[i + 1] != '\r' && !is_ls_ps(s + i + 1))
            i++;
        else if (ch == '[')
            cls = true;
        else if (ch == ']')
            cls = false;
        else if (ch == '/' && !cls)
            break;
    }
    i++;
    for (;;) {
        uint32_t cp;
        u32 k = ts_decode(s + i, &cp);
        if (s[i] == '\\')
            ts_fatal(c, i, "regular expression flags may not have escapes");
        if (!ts_id_cont(cp))
            break;
        i += k;
    }
    c->tok.kind = T_REGEX;
    c->tok.end = c->at = i;
}

void ts_lex_template(struct swd_ts_compiler *c)
{
    c->tok.nl = false;
    c->tok.end = c->at = lex_template(c, c->tok.pos + 1);
}

static void split(struct swd_ts_compiler *c, int kind)
{
    c->tok.kind = (uint8_t)kind;
    c->tok.end = c->at = c->tok.pos + 1;
}

void ts_split_gt(struct swd_ts_compiler *c)
{
    if (c->src[c->tok.pos] == '>' && c->tok.kind != T_EOF)
        split(c, T_GT);
}

void ts_split_lt(struct swd_ts_compiler *c)
{
    if (c->tok.kind == T_SHL)
        split(c, T_LT);
}

/* JSX text up to < or {; the token may be empty. */
void ts_lex_jsx_text(struct swd_ts_compiler *c, u32 from)
{
    const char *s = c->src;
    u32 i = from;
    while (s[i] != '<' && s[i] != '{') {
        if (!s[i] && i >= c->n)
            ts_fatal(c, from, "this JSX element is never closed");
        if (s[i] == '}' || s[i] == '>')
            ts_fatal(c, i, "`%c` in JSX text must be written `{\"%c\"}`", s[i], s[i]);
        i = s[i] == '\n' || s[i] == '\r' ? newline(c, i) : i + 1;
    }
    c->tok.kind = T_JSXTEXT;
    c->tok.pos = from;
    c->tok.end = c->at = i;
}

/* The current word may go on with - and more (JSX names). */
void ts_lex_jsx_name(struct swd_ts_compiler *c)
{
    u32 i = c->tok.end;
    const char *s = c->src;
    if (s[i] != '-')
        return;
    while (id_part[(unsigned char)s[i]] || s[i] == '-')
        i++;
    c->tok.name = ts_intern(c, s + c->tok.pos, i - c->tok.pos);
    c->tok.end = c->at = i;
}

/* A JSX attribute string: no escapes, may span lines. The token before it (=) is current. */
void ts_lex_jsx_string(struct swd_ts_compiler *c)
{
    u32 i = skip_space(c, c->at);
    const char *s = c->src;
    if (s[i] != '"' && s[i] != '\'') {
        ts_next(c);
        return;
    }
    char q = s[i];
    u32 from = i++;
    while (s[i] != q) {
        if (!s[i] && i >= c->n)
            ts_fatal(c, from, "this string is never closed");
        i = s[i] == '\n' || s[i] == '\r' ? newline(c, i) : i + 1;
    }
    c->prev_end = c->tok.end;
    c->tok.kind = T_STR;
    c->tok.pos = from;
    c->tok.end = c->at = i + 1;
}

/* The value of one escape at s (behind the backslash); its length; cp >= 0x110000: nothing. */
static u32 escape(const char *s, uint32_t *cp)
{
    static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
    const char *hit = *s ? strchr(from, *s) : NULL;
    if (hit) {
        *cp = (unsigned char)to[hit - from];
        return 1;
    }
    if (*s == 'x' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
        *cp = (uint32_t)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
        return 3;
    }
    if (*s == 'u') {
        u32 k = unicode_escape(s + 1, cp);
        if (k)
            return k + 1;
    }
    if (*s >= '0' && *s <= '7') {
        uint32_t v = 0;
        u32 i = 0, max = *s <= '3' ? 3 : 2;
        while (i < max && s[i] >= '0' && s[i] <= '7')
            v = v * 8 + (uint32_t)(s[i++] - '0');
        *cp = v;
        return i;
    }
    if (*s == '\r' && s[1] == '\n') {
        *cp = 0x110000;
        return 2;
    }
    if (*s == '\n' || *s == '\r' || is_ls_ps(s)) {
        *cp = 0x110000;
        return is_ls_ps(s) ? 3 : 1;
    }
    return ts_decode(s, cp);
}

u32 ts_cook(struct swd_ts_compiler *c, u32 from, u32 to, bool templ)
{
    const char *s = c->src;
    u32 i = from;
    while (i < to && s[i] != '\\' && s[i] != '\r')
        i++;
    if (i == to)
        return ts_intern_hash(c, s + from, to - from, ts_hash(s + from, to - from));
    char *buf = swd_bump_alloc(c->bump, (size_t)(to - from) * 3 + 8);
    if (!buf)
        ts_abort(c, SWD_ENOMEM);
    u32 len = 0;
    for (i = from; i < to;) {
        uint32_t cp;
        if (s[i] == '\\') {
            i += 1 + escape(s + i + 1, &cp);
        } else if (templ && s[i] == '\r') {
            i += s[i + 1] == '\n' ? 2 : 1;
            cp = '\n';
        } else {
            i += ts_decode(s + i, &cp);
        }
        if (cp >= 0x110000)
            continue;
        if (cp >= 0xdc00 && cp < 0xe000 && len >= 3 && (unsigned char)buf[len - 3] == 0xed &&
            ((unsigned char)buf[len - 2] & 0xf0) == 0xa0) { /* a pair of halves becomes one */
            uint32_t hi;
            ts_decode(buf + len - 3, &hi);
            len -= 3;
            cp = 0x10000 + ((hi - 0xd800) << 10) + (cp - 0xdc00);
        }
        len += ts_encode(buf + len, cp);
    }
    return ts_intern_hash(c, buf, len, ts_hash(buf, len));
}

static const uint8_t precs[T_COUNT] = {
    [T_NULLISH] = 1,    [T_OROR] = 2,  [T_ANDAND] = 3, [T_OR] = 4,       [T_XOR] = 5,
    [T_AND] = 6,        [T_EQ] = 7,    [T_NE] = 7,     [T_SEQ] = 7,      [T_SNE] = 7,
    [T_LT] = 8,         [T_GT] = 8,    [T_LE] = 8,     [T_GE] = 8,       [T_IN] = 8,
    [T_INSTANCEOF] = 8, [T_SHL] = 9,   [T_SAR] = 9,    [T_SHR] = 9,      [T_PLUS] = 10,
    [T_MINUS] = 10,     [T_STAR] = 11, [T_SLASH] = 11, [T_PERCENT] = 11, [T_POW] = 12,
};

int ts_prec(int tok)
{
    return precs[tok];
}

const char *ts_tok_text(int tok)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(puncts); i++)
        if (puncts[i].tok == tok)
            return puncts[i].text;
    switch (tok) {
    case T_EOF: return "end of file";
    case T_WORD: return "a name";
    case T_STR: return "a string";
    case T_IN: return "in";
    case T_INSTANCEOF: return "instanceof";
    case T_TYPEOF: return "typeof";
    case T_VOID: return "void";
    case T_DELETE: return "delete";
    default: return "";
    }
}
