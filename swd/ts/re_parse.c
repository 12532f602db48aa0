/* Patterns to trees: the grammar of ECMA-262 2023, 22.2.1, with Annex B.1.2 when there is no u
 * flag.
 *
 * The text is taken as UTF-16 units; with the u flag pairs are read as one character. The first
 * error wins and stays (p->rc): every function then returns NULL. Recursion is bounded by
 * SWD_RE_DEPTH_MAX groups. Early errors are those of the standard; their wording is V8's where it
 * has one. */
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "ts/re_ast.h"

#define NO_UNIT UINT32_MAX

struct named_ref {
    struct re_node *node;
    const char *name;
    size_t len;
    uint32_t at;
    struct named_ref *next;
};

struct parser {
    struct swd_bump *b;
    const uint16_t *s;
    uint32_t n, i;
    bool u, icase, named; /* named: the N parameter of the grammar */
    uint32_t total;       /* groups in the whole pattern, counted beforehand */
    uint32_t groups;      /* opened so far */
    unsigned depth;
    struct re_tree *tree;
    struct named_ref *refs;
    int rc;
    const char *error;
    uint32_t error_at;
};

static void *fail_at(struct parser *p, uint32_t at, const char *msg)
{
    if (!p->rc) {
        p->rc = SWD_ESYNTAX;
        p->error = msg;
        p->error_at = at;
    }
    return NULL;
}

static void *oom(struct parser *p)
{
    if (!p->rc)
        p->rc = SWD_ENOMEM;
    return NULL;
}

static struct re_node *node(struct parser *p, enum re_kind k)
{
    struct re_node *n = p->rc ? NULL : swd_bump_zalloc(p->b, sizeof(*n));

    if (!n)
        return oom(p);
    n->kind = (uint8_t)k;
    return n;
}

static bool is_lead(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdbff;
}

static bool is_trail(uint32_t c)
{
    return c >= 0xdc00 && c <= 0xdfff;
}

static uint32_t pair(uint32_t hi, uint32_t lo)
{
    return 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
}

static uint32_t unit(const struct parser *p, uint32_t k)
{
    return p->i + k < p->n ? p->s[p->i + k] : NO_UNIT;
}

static bool eat(struct parser *p, uint32_t c)
{
    if (unit(p, 0) != c)
        return false;
    p->i++;
    return true;
}

/* The next character: a whole pair when `whole`. */
static uint32_t next_char(struct parser *p, bool whole)
{
    uint32_t c = unit(p, 0);

    if (c == NO_UNIT)
        return c;
    p->i++;
    if (whole && is_lead(c) && is_trail(unit(p, 0)))
        c = pair(c, p->s[p->i++]);
    return c;
}

static int hex_value(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f' && c < 128)
        return (int)(c | 32) - 'a' + 10;
    return -1;
}

/* Exactly `k` hex digits at p->i + off, not consumed; NO_UNIT when they are not there. */
static uint32_t hex_ahead(const struct parser *p, uint32_t off, uint32_t k)
{
    uint32_t v = 0;

    for (uint32_t j = 0; j < k; j++) {
        uint32_t c = unit(p, off + j);
        int h = c == NO_UNIT ? -1 : hex_value(c);

        if (h < 0)
            return NO_UNIT;
        v = v * 16 + (uint32_t)h;
    }
    return v;
}

/* \u{...}, after the `u`, at the brace. NO_UNIT: not one (p->i unchanged). */
static uint32_t braced_hex(struct parser *p)
{
    uint32_t v = 0, k = 1;

    for (;; k++) {
        uint32_t c = unit(p, k);
        int h = c == NO_UNIT ? -1 : hex_value(c);

        if (h < 0) {
            if (c != '}' || k == 1)
                return NO_UNIT;
            p->i += k + 1;
            return v;
        }
        v = v * 16 + (uint32_t)h;
        if (v > SWD_RE_CP_MAX)
            return NO_UNIT;
    }
}

/* RegExpUnicodeEscapeSequence after `\u`. NO_UNIT: none here, nothing consumed. */
static uint32_t unicode_escape(struct parser *p, bool unicode)
{
    uint32_t c;

    if (unicode && unit(p, 0) == '{')
        return braced_hex(p);
    c = hex_ahead(p, 0, 4);
    if (c == NO_UNIT)
        return c;
    p->i += 4;
    if (unicode && is_lead(c) && unit(p, 0) == '\\' && unit(p, 1) == 'u') {
        uint32_t lo = hex_ahead(p, 2, 4);

        if (lo != NO_UNIT && is_trail(lo)) {
            p->i += 6;
            return pair(c, lo);
        }
    }
    return c;
}

static size_t utf8_put(char *o, uint32_t c)
{
    if (c < 0x80) {
        o[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        o[0] = (char)(0xc0 | c >> 6);
        o[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        o[0] = (char)(0xe0 | c >> 12);
        o[1] = (char)(0x80 | (c >> 6 & 63));
        o[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    o[0] = (char)(0xf0 | c >> 18);
    o[1] = (char)(0x80 | (c >> 12 & 63));
    o[2] = (char)(0x80 | (c >> 6 & 63));
    o[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* GroupName after `<`: the name as UTF-8 in the arena. */
static char *group_name(struct parser *p, size_t *len)
{
    uint32_t start = p->i;
    char *out;
    size_t n = 0;

    for (uint32_t j = p->i; j < p->n && p->s[j] != '>'; j++)
        n += 4;
    out = swd_bump_alloc(p->b, n + 4);
    if (!out)
        return oom(p);
    n = 0;
    while (!eat(p, '>')) {
        uint32_t c = next_char(p, true);

        if (c == '\\') {
            if (!eat(p, 'u'))
                return fail_at(p, start, "Invalid capture group name");
            c = unicode_escape(p, true);
            if (c == NO_UNIT)
                return fail_at(p, p->i, "Invalid Unicode escape");
        }
        if (c == NO_UNIT || !(n ? swd_re_id_continue_has(c) : swd_re_id_start_has(c)))
            return fail_at(p, start, "Invalid capture group name");
        n += utf8_put(out + n, c);
    }
    if (n == 0)
        return fail_at(p, start, "Invalid capture group name");
    out[n] = 0;
    *len = n;
    return out;
}

/* ---- character escapes ---- */

static bool syntax_char(uint32_t c)
{
    return c < 128 && c && strchr("^$\\.*+?()[]{}|/", (int)c);
}

static uint32_t legacy_octal(struct parser *p)
{
    uint32_t v = 0;

    for (int k = 0; k < 3; k++) {
        uint32_t c = unit(p, 0);

        if (c < '0' || c > '7' || v * 8 + (c - '0') > 255)
            break;
        v = v * 8 + (c - '0');
        p->i++;
    }
    return v;
}

/* \c: after the `c`. In a class Annex B takes digits and _ too. */
static uint32_t control_escape(struct parser *p, bool in_class)
{
    uint32_t c = unit(p, 0);

    if (c < 128 && ((c | 32) >= 'a' && (c | 32) <= 'z')) {
        p->i++;
        return c & 31;
    }
    if (p->u) {
        fail_at(p, p->i, "Invalid unicode escape");
        return 0;
    }
    if (in_class && ((c >= '0' && c <= '9') || c == '_')) {
        p->i++;
        return c & 31;
    }
    p->i--; /* the backslash stands for itself; `c` comes next */
    return '\\';
}

/* CharacterEscape after the backslash (class escapes, \b and references are taken before). */
static uint32_t char_escape(struct parser *p, bool in_class)
{
    uint32_t at = p->i - 1, c = next_char(p, p->u), v;

    switch (c) {
    case NO_UNIT: fail_at(p, at, "\\ at end of pattern"); return 0;
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case 'c': return control_escape(p, in_class);
    case 'x':
        v = hex_ahead(p, 0, 2);
        if (v != NO_UNIT) {
            p->i += 2;
            return v;
        }
        break;
    case 'u':
        v = unicode_escape(p, p->u);
        if (v != NO_UNIT)
            return v;
        if (p->u)
            fail_at(p, at, "Invalid Unicode escape");
        break;
    default: break;
    }
    if (c >= '0' && c <= '9') {
        if (c == '0' && !(unit(p, 0) >= '0' && unit(p, 0) <= '9'))
            return 0;
        if (p->u) {
            fail_at(p, at, in_class ? "Invalid class escape" : "Invalid decimal escape");
            return 0;
        }
        if (c < '8') {
            p->i--;
            return legacy_octal(p);
        }
        return c;
    }
    if (p->u ? !(syntax_char(c) || (in_class && c == '-')) : p->named && c == 'k')
        fail_at(p, at, "Invalid escape");
    return c;
}

/* ---- classes ---- */

static int add(struct parser *p, struct swd_re_set *s, uint32_t lo, uint32_t hi)
{
    int rc = swd_re_set_add(p->b, s, lo, hi);

    if (rc)
        oom(p);
    return rc;
}

static void add_spaces(struct parser *p, struct swd_re_set *s)
{
    static const struct swd_re_range r[] = {
        {9, 13},          {32, 32},         {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
        {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
    };

    for (size_t k = 0; k < SWD_ARRAY_LEN(r); k++)
        add(p, s, r[k].lo, r[k].hi);
}

static void add_words(struct parser *p, struct swd_re_set *s)
{
    add(p, s, '0', '9');
    add(p, s, 'A', 'Z');
    add(p, s, '_', '_');
    add(p, s, 'a', 'z');
    if (p->u && p->icase) {
        add(p, s, 0x17f, 0x17f);
        add(p, s, 0x212a, 0x212a);
    }
}

/* UnicodePropertyValueExpression after `\p` or `\P`. */
static void add_property(struct parser *p, struct swd_re_set *s)
{
    char buf[2][64];
    size_t len[2] = {0, 0};
    int part = 0, id;
    uint32_t at = p->i - 2;

    if (!eat(p, '{')) {
        fail_at(p, at, "Invalid property name");
        return;
    }
    for (;;) {
        uint32_t c = next_char(p, false);

        if (c == '}')
            break;
        if (c == '=' && part == 0) {
            part = 1;
            continue;
        }
        if (c >= 128 || len[part] == sizeof(buf[0])) {
            fail_at(p, at, "Invalid property name");
            return;
        }
        buf[part][len[part]++] = (char)c;
    }
    id = swd_re_prop_find(buf[0], len[0], part ? buf[1] : NULL, len[1]);
    if (id < 0)
        fail_at(p, at, "Invalid property name");
    else if (swd_re_set_add_data(p->b, s, (unsigned)id))
        oom(p);
}

/* \d \D \s \S \w \W \p \P, p->i at the letter: adds it to `s`; false when it is none of them. */
static bool class_escape(struct parser *p, struct swd_re_set *s)
{
    uint32_t c = unit(p, 0);
    struct swd_re_set t = {0};

    if (c >= 128 || !strchr(p->u ? "dDsSwWpP" : "dDsSwW", (int)c) || !c)
        return false;
    p->i++;
    switch (c | 32) {
    case 'd': add(p, &t, '0', '9'); break;
    case 's': add_spaces(p, &t); break;
    case 'w': add_words(p, &t); break;
    default: add_property(p, &t); break;
    }
    if (p->rc)
        return true;
    swd_re_set_normal(&t);
    if (!(c & 32) && swd_re_set_invert(p->b, &t))
        oom(p);
    if (swd_re_set_add_set(p->b, s, &t))
        oom(p);
    return true;
}

/* One ClassAtom: a character in *c, or (true) a set that went into `s` already. */
static bool class_atom(struct parser *p, struct swd_re_set *s, uint32_t *c)
{
    uint32_t at = p->i;

    if (!eat(p, '\\')) {
        *c = next_char(p, p->u);
        if (*c == NO_UNIT)
            fail_at(p, at, "Unterminated character class");
        return false;
    }
    if (class_escape(p, s))
        return true;
    if (eat(p, 'b'))
        *c = 8;
    else
        *c = char_escape(p, true);
    return false;
}

static void class_ranges(struct parser *p, struct swd_re_set *s)
{
    while (!p->rc && !eat(p, ']')) {
        uint32_t at = p->i, lo = 0, hi = 0;
        bool set_lo, set_hi;

        set_lo = class_atom(p, s, &lo);
        if (p->rc)
            return;
        if (unit(p, 0) != '-' || unit(p, 1) == ']') {
            if (!set_lo)
                add(p, s, lo, lo);
            continue;
        }
        p->i++;
        set_hi = class_atom(p, s, &hi);
        if (p->rc)
            return;
        if (set_lo || set_hi) {
            if (p->u)
                fail_at(p, at, "Invalid character class");
            add(p, s, '-', '-');
            if (!set_lo)
                add(p, s, lo, lo);
            if (!set_hi)
                add(p, s, hi, hi);
        } else if (lo > hi) {
            fail_at(p, at, "Range out of order in character class");
        } else {
            add(p, s, lo, hi);
        }
    }
}

/* A finished set as a node: closed over case, then inverted, as the standard orders them. */
static struct re_node *set_node(struct parser *p, struct swd_re_set *s, bool invert)
{
    struct re_node *n = node(p, RE_SET);

    if (!n)
        return NULL;
    swd_re_set_normal(s);
    if ((p->icase && swd_re_set_close(p->b, s, p->u)) || (invert && swd_re_set_invert(p->b, s)))
        return oom(p);
    n->set = s;
    return n;
}

static struct re_node *char_class(struct parser *p)
{
    struct swd_re_set *s = swd_bump_zalloc(p->b, sizeof(*s));
    bool invert = eat(p, '^');

    if (!s)
        return oom(p);
    class_ranges(p, s);
    return p->rc ? NULL : set_node(p, s, invert);
}

/* ---- atoms ---- */

static struct re_node *char_node(struct parser *p, uint32_t c)
{
    struct re_node *n = node(p, RE_CHAR);

    if (n)
        n->cp = c;
    return n;
}

static struct re_node *named_reference(struct parser *p)
{
    struct named_ref *r = swd_bump_zalloc(p->b, sizeof(*r));
    uint32_t at = p->i - 2;

    if (!r)
        return oom(p);
    if (!eat(p, '<'))
        return fail_at(p, at, "Invalid named reference");
    r->at = at;
    r->node = node(p, RE_BACKREF);
    r->name = group_name(p, &r->len);
    if (p->rc)
        return NULL;
    r->next = p->refs;
    p->refs = r;
    return r->node;
}

/* \1 ...: a reference when so many groups exist, else (without u) an old octal escape. */
static struct re_node *decimal_escape(struct parser *p)
{
    uint32_t start = p->i, v = 0;
    struct re_node *n;

    while (unit(p, 0) >= '0' && unit(p, 0) <= '9') {
        v = v > 100000 ? v : v * 10 + (unit(p, 0) - '0');
        p->i++;
    }
    if (v > p->total) {
        if (p->u)
            return fail_at(p, start - 1, "Invalid escape");
        p->i = start;
        return char_node(p, char_escape(p, false));
    }
    n = node(p, RE_BACKREF);
    if (n)
        n->group = v;
    return n;
}

static struct re_node *atom_escape(struct parser *p)
{
    uint32_t c = unit(p, 0);
    struct swd_re_set *s;

    if (c >= '1' && c <= '9')
        return decimal_escape(p);
    if (c == 'k' && p->named) {
        p->i++;
        return named_reference(p);
    }
    s = swd_bump_zalloc(p->b, sizeof(*s));
    if (!s)
        return oom(p);
    if (class_escape(p, s))
        return p->rc ? NULL : set_node(p, s, false);
    c = char_escape(p, false);
    return p->rc ? NULL : char_node(p, c);
}

static struct re_node *disjunction(struct parser *p);

static int name_group(struct parser *p, uint32_t group)
{
    struct re_tree *t = p->tree;
    uint32_t at = p->i;
    size_t len = 0;
    char *name = group_name(p, &len);

    if (p->rc)
        return p->rc;
    for (uint32_t k = 0; k < t->nnames; k++)
        if (t->names[k].len == len && memcmp(t->names[k].name, name, len) == 0) {
            fail_at(p, at, "Duplicate capture group name");
            return p->rc;
        }
    t->names[t->nnames++] = (struct swd_re_name){name, len, group};
    return 0;
}

/* After `(`: its kind. */
static struct re_node *group_open(struct parser *p)
{
    struct re_node *n;

    if (eat(p, '?')) {
        if (eat(p, ':'))
            return node(p, RE_SEQ);
        if (unit(p, 0) != '<' || unit(p, 1) == '=' || unit(p, 1) == '!') {
            n = node(p, RE_LOOK);
            if (!n)
                return NULL;
            n->behind = eat(p, '<');
            n->negate = unit(p, 0) == '!';
            if (unit(p, 0) != '!' && unit(p, 0) != '=')
                return fail_at(p, p->i - 1, "Invalid group");
            p->i++;
            return n;
        }
        p->i++;
        n = node(p, RE_GROUP);
        if (!n)
            return NULL;
        n->group = ++p->groups;
        return name_group(p, n->group) ? NULL : n;
    }
    n = node(p, RE_GROUP);
    if (n)
        n->group = ++p->groups;
    return n;
}

static struct re_node *group(struct parser *p)
{
    uint32_t at = p->i - 1;
    struct re_node *n = group_open(p), *inner;

    if (!n)
        return NULL;
    if (++p->depth > SWD_RE_DEPTH_MAX) {
        fail_at(p, at, "Groups nested too deeply");
        p->rc = SWD_ELIMIT;
        return NULL;
    }
    inner = disjunction(p);
    p->depth--;
    if (!inner)
        return NULL;
    if (!eat(p, ')'))
        return fail_at(p, at, "Unterminated group");
    n->child = inner;
    return n;
}

/* ---- quantifiers ---- */

static uint32_t decimal(struct parser *p, uint32_t *off)
{
    uint64_t v = 0;

    while (unit(p, *off) >= '0' && unit(p, *off) <= '9') {
        v = v * 10 + (unit(p, *off) - '0');
        if (v > RE_INF)
            v = RE_INF;
        ++*off;
    }
    return (uint32_t)v;
}

/* `{n}`, `{n,}`, `{n,m}` at p->i: its length in units, 0 when it is not one. */
static uint32_t braces(struct parser *p, uint32_t *min, uint32_t *max)
{
    uint32_t off = 1, start = 1;

    *min = decimal(p, &off);
    if (off == start)
        return 0;
    *max = *min;
    if (unit(p, off) == ',') {
        start = ++off;
        *max = decimal(p, &off);
        if (off == start)
            *max = RE_INF;
    }
    return unit(p, off) == '}' ? off + 1 : 0;
}

/* Takes a quantifier if one stands here. */
static bool quantifier(struct parser *p, uint32_t *min, uint32_t *max, bool *greedy)
{
    uint32_t c = unit(p, 0), at = p->i, len = 1;

    if (c == '*' || c == '+' || c == '?') {
        *min = c == '+';
        *max = c == '?' ? 1 : RE_INF;
    } else if (c == '{') {
        len = braces(p, min, max);
        if (!len) {
            if (p->u)
                fail_at(p, at, "Incomplete quantifier");
            return false;
        }
        if (*min > *max)
            fail_at(p, at, "numbers out of order in {} quantifier");
    } else {
        return false;
    }
    p->i += len;
    *greedy = !eat(p, '?');
    return true;
}

/* Whether a term that is an assertion may carry a quantifier: only Annex B's lookahead. */
static bool quantifiable(const struct parser *p, const struct re_node *n)
{
    switch (n->kind) {
    case RE_BOL:
    case RE_EOL:
    case RE_WORD: return false;
    case RE_LOOK: return !p->u && !n->behind;
    default: return true;
    }
}

static struct re_node *quantified(struct parser *p, struct re_node *n, uint32_t groups_before)
{
    uint32_t min, max, at = p->i;
    bool greedy;
    struct re_node *q;

    if (!n || p->rc || !quantifier(p, &min, &max, &greedy))
        return p->rc ? NULL : n;
    if (!quantifiable(p, n))
        return fail_at(p, at, "Nothing to repeat");
    q = node(p, RE_QUANT);
    if (!q)
        return NULL;
    q->child = n;
    q->min = min;
    q->max = max;
    q->greedy = greedy;
    q->cap_from = groups_before + 1;
    q->cap_to = p->groups + 1;
    return q;
}

static struct re_node *plain_char(struct parser *p)
{
    uint32_t c = unit(p, 0), min, max, at = p->i;

    if (c == '*' || c == '+' || c == '?')
        return fail_at(p, at, "Nothing to repeat");
    if (c == '{' && (p->u || braces(p, &min, &max)))
        return fail_at(p, at, "Nothing to repeat");
    if (p->u && (c == '}' || c == ']'))
        return fail_at(p, at, "Lone quantifier brackets");
    return char_node(p, next_char(p, p->u));
}

static struct re_node *term(struct parser *p)
{
    uint32_t groups_before = p->groups;
    struct re_node *n;

    switch (unit(p, 0)) {
    case '^': p->i++; return quantified(p, node(p, RE_BOL), groups_before);
    case '$': p->i++; return quantified(p, node(p, RE_EOL), groups_before);
    case '.':
        p->i++;
        n = node(p, RE_ANY);
        break;
    case '(':
        p->i++;
        n = group(p);
        break;
    case '[':
        p->i++;
        n = char_class(p);
        break;
    case '\\':
        p->i++;
        if (unit(p, 0) == 'b' || unit(p, 0) == 'B') {
            n = node(p, RE_WORD);
            if (n)
                n->negate = p->s[p->i] == 'B';
            p->i++;
        } else {
            n = atom_escape(p);
        }
        break;
    default: n = plain_char(p); break;
    }
    return quantified(p, n, groups_before);
}

static struct re_node *alternative(struct parser *p)
{
    struct re_node *first = NULL, **tail = &first, *seq;

    while (p->i < p->n && unit(p, 0) != '|' && unit(p, 0) != ')') {
        struct re_node *t = term(p);

        if (!t)
            return NULL;
        *tail = t;
        tail = &t->next;
    }
    if (!first)
        return node(p, RE_EMPTY);
    if (!first->next)
        return first;
    seq = node(p, RE_SEQ);
    if (seq)
        seq->child = first;
    return seq;
}

static struct re_node *disjunction(struct parser *p)
{
    struct re_node *first = alternative(p), **tail, *alt;

    if (!first || unit(p, 0) != '|')
        return first;
    alt = node(p, RE_ALT);
    if (!alt)
        return NULL;
    alt->child = first;
    tail = &first->next;
    while (eat(p, '|')) {
        struct re_node *a = alternative(p);

        if (!a)
            return NULL;
        *tail = a;
        tail = &a->next;
    }
    return alt;
}

/* ---- the whole pattern ---- */

/* Counts the capture groups and tells whether one is named: both decide how escapes read. */
static void count_groups(struct parser *p)
{
    bool in_class = false;

    for (uint32_t i = 0; i < p->n; i++) {
        switch (p->s[i]) {
        case '\\': i++; break;
        case '[': in_class = true; break;
        case ']': in_class = false; break;
        case '(':
            if (in_class)
                break;
            if (i + 1 >= p->n || p->s[i + 1] != '?') {
                p->total++;
            } else if (i + 3 < p->n && p->s[i + 2] == '<' && p->s[i + 3] != '=' &&
                       p->s[i + 3] != '!') {
                p->total++;
                p->named = true;
            }
            break;
        default: break;
        }
    }
}

static void resolve_references(struct parser *p)
{
    for (struct named_ref *r = p->refs; r; r = r->next) {
        r->node->group = 0;
        for (uint32_t k = 0; k < p->tree->nnames; k++) {
            struct swd_re_name *m = &p->tree->names[k];

            if (m->len == r->len && memcmp(m->name, r->name, r->len) == 0)
                r->node->group = m->group;
        }
        if (r->node->group == 0)
            fail_at(p, r->at, "Invalid named capture referenced");
    }
}

/* One character of UTF-8 at s[*i], surrogates as three bytes allowed; bad bytes are U+FFFD. */
static uint32_t utf8_next(const unsigned char *s, size_t n, size_t *i)
{
    uint32_t c = s[(*i)++], need, min;

    if (c < 0x80)
        return c;
    need = c >= 0xf0 && c < 0xf5 ? 3 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xc2 && c < 0xe0 ? 1 : 0;
    if (!need || *i + need > n)
        return 0xfffd;
    min = need == 3 ? 0x10000 : need == 2 ? 0x800 : 0x80;
    c &= 0x3fu >> need;
    for (uint32_t k = 0; k < need; k++) {
        if ((s[*i + k] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (s[*i + k] & 63);
    }
    if (c < min || c > SWD_RE_CP_MAX)
        return 0xfffd;
    *i += need;
    return c;
}

static int to_units(struct parser *p, const char *pattern, size_t n)
{
    uint16_t *u;
    size_t i = 0;

    if (n > 1u << 24) {
        p->rc = SWD_ELIMIT;
        p->error = "Pattern too large";
        return p->rc;
    }
    u = swd_bump_alloc(p->b, (n + 1) * sizeof(*u));
    if (!u)
        return p->rc = SWD_ENOMEM;
    while (i < n) {
        uint32_t c = utf8_next((const unsigned char *)pattern, n, &i);

        if (c > 0xffff) {
            u[p->n++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            u[p->n++] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            u[p->n++] = (uint16_t)c;
        }
    }
    p->s = u;
    return 0;
}

/* The byte offset in the pattern of unit `at`. */
static size_t byte_of(const char *pattern, size_t n, uint32_t at)
{
    size_t i = 0, before = 0;
    uint32_t units = 0;

    while (i < n && units < at) {
        before = i;
        units += utf8_next((const unsigned char *)pattern, n, &i) > 0xffff ? 2 : 1;
    }
    return units > at ? before : i;
}

int swd_re_parse(struct swd_bump *b, const char *pattern, size_t n, unsigned flags,
                 struct re_tree *tree, struct swd_re_out *out)
{
    struct parser p = {
        .b = b, .u = flags & SWD_RE_UNICODE, .icase = flags & SWD_RE_IGNORE_CASE, .tree = tree};

    memset(tree, 0, sizeof(*tree));
    tree->bump = b;
    tree->flags = flags;
    if (to_units(&p, pattern, n))
        goto out;
    count_groups(&p);
    if (p.u)
        p.named = true;
    if (p.total > SWD_RE_GROUPS_MAX) {
        p.rc = SWD_ELIMIT;
        p.error = "Too many capture groups";
        goto out;
    }
    tree->names = swd_bump_alloc(b, (p.total + 1) * sizeof(*tree->names));
    if (!tree->names) {
        p.rc = SWD_ENOMEM;
        goto out;
    }
    tree->root = disjunction(&p);
    if (!p.rc && p.i < p.n)
        fail_at(&p, p.i, "Unmatched ')'");
    if (!p.rc)
        resolve_references(&p);
    tree->groups = p.groups;
out:
    if (p.rc) {
        out->error = p.error ? p.error : "Out of memory";
        out->error_at = byte_of(pattern, n, p.error_at);
    }
    return p.rc;
}
