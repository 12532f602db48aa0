/* Patterns to trees: the grammar of ECMA-262 2023, 22.2.1, with Annex B.1.2 when there is no u
 * flag.
 *
 * The text is taken as UTF-16 units; with the u flag pairs are read as one character. The first
 * error wins and stays (p->rc): every function then returns NULL. Recursion is bounded by
 * SWD_RE_DEPTH_MAX groups. Early errors are those of the standard; their wording is V8's where it
 * has one. */
#include "ts/re_parse.h"

void *re_fail_at(struct re_parser *p, uint32_t at, const char *msg)
{
    if (!p->rc) {
        p->rc = SWD_ESYNTAX;
        p->error = msg;
        p->error_at = at;
    }
    return NULL;
}

void *re_oom(struct re_parser *p)
{
    if (!p->rc)
        p->rc = SWD_ENOMEM;
    return NULL;
}

struct re_node *re_new(struct re_parser *p, enum re_kind k)
{
    struct re_node *n = p->rc ? NULL : swd_bump_zalloc(p->b, sizeof(*n));

    if (!n)
        return re_oom(p);
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

uint32_t re_unit(const struct re_parser *p, uint32_t k)
{
    return p->i + k < p->n ? p->s[p->i + k] : NO_UNIT;
}

bool re_eat(struct re_parser *p, uint32_t c)
{
    if (re_unit(p, 0) != c)
        return false;
    p->i++;
    return true;
}

/* The next character: a whole pair when `whole`. */
uint32_t re_next_char(struct re_parser *p, bool whole)
{
    uint32_t c = re_unit(p, 0);

    if (c == NO_UNIT)
        return c;
    p->i++;
    if (whole && is_lead(c) && is_trail(re_unit(p, 0)))
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
uint32_t re_hex_ahead(const struct re_parser *p, uint32_t off, uint32_t k)
{
    uint32_t v = 0;

    for (uint32_t j = 0; j < k; j++) {
        uint32_t c = re_unit(p, off + j);
        int h = c == NO_UNIT ? -1 : hex_value(c);

        if (h < 0)
            return NO_UNIT;
        v = v * 16 + (uint32_t)h;
    }
    return v;
}

/* \u{...}, after the `u`, at the brace. NO_UNIT: not one (p->i unchanged). */
static uint32_t braced_hex(struct re_parser *p)
{
    uint32_t v = 0, k = 1;

    for (;; k++) {
        uint32_t c = re_unit(p, k);
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
uint32_t re_unicode_escape(struct re_parser *p, bool unicode)
{
    uint32_t c;

    if (unicode && re_unit(p, 0) == '{')
        return braced_hex(p);
    c = re_hex_ahead(p, 0, 4);
    if (c == NO_UNIT)
        return c;
    p->i += 4;
    if (unicode && is_lead(c) && re_unit(p, 0) == '\\' && re_unit(p, 1) == 'u') {
        uint32_t lo = re_hex_ahead(p, 2, 4);

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
static char *group_name(struct re_parser *p, size_t *len)
{
    uint32_t start = p->i;
    char *out;
    size_t n = 0;

    for (uint32_t j = p->i; j < p->n && p->s[j] != '>'; j++)
        n += 4;
    out = swd_bump_alloc(p->b, n + 4);
    if (!out)
        return re_oom(p);
    n = 0;
    while (!re_eat(p, '>')) {
        uint32_t c = re_next_char(p, true);

        if (c == '\\') {
            if (!re_eat(p, 'u'))
                return re_fail_at(p, start, "Invalid capture group name");
            c = re_unicode_escape(p, true);
            if (c == NO_UNIT)
                return re_fail_at(p, p->i, "Invalid Unicode escape");
        }
        if (c == NO_UNIT || !(n ? swd_re_id_continue_has(c) : swd_re_id_start_has(c)))
            return re_fail_at(p, start, "Invalid capture group name");
        n += utf8_put(out + n, c);
    }
    if (n == 0)
        return re_fail_at(p, start, "Invalid capture group name");
    out[n] = 0;
    *len = n;
    return out;
}

/* ---- atoms ---- */

static struct re_node *char_node(struct re_parser *p, uint32_t c)
{
    struct re_node *n = re_new(p, RE_CHAR);

    if (n)
        n->cp = c;
    return n;
}

static struct re_node *named_reference(struct re_parser *p)
{
    struct named_ref *r = swd_bump_zalloc(p->b, sizeof(*r));
    uint32_t at = p->i - 2;

    if (!r)
        return re_oom(p);
    if (!re_eat(p, '<'))
        return re_fail_at(p, at, "Invalid named reference");
    r->at = at;
    r->node = re_new(p, RE_BACKREF);
    r->name = group_name(p, &r->len);
    if (p->rc)
        return NULL;
    r->next = p->refs;
    p->refs = r;
    return r->node;
}

/* \1 ...: a reference when so many groups exist, else (without u) an old octal escape. */
static struct re_node *decimal_escape(struct re_parser *p)
{
    uint32_t start = p->i, v = 0;
    struct re_node *n;

    while (re_unit(p, 0) >= '0' && re_unit(p, 0) <= '9') {
        v = v > 100000 ? v : v * 10 + (re_unit(p, 0) - '0');
        p->i++;
    }
    if (v > p->total) {
        if (p->u)
            return re_fail_at(p, start - 1, "Invalid escape");
        p->i = start;
        return char_node(p, re_char_escape(p, false));
    }
    n = re_new(p, RE_BACKREF);
    if (n)
        n->group = v;
    return n;
}

static struct re_node *atom_escape(struct re_parser *p)
{
    uint32_t c = re_unit(p, 0);
    struct swd_re_set *s;

    if (c >= '1' && c <= '9')
        return decimal_escape(p);
    if (c == 'k' && p->named) {
        p->i++;
        return named_reference(p);
    }
    s = swd_bump_zalloc(p->b, sizeof(*s));
    if (!s)
        return re_oom(p);
    if (re_class_escape(p, s))
        return p->rc ? NULL : re_set_node(p, s, false);
    c = re_char_escape(p, false);
    return p->rc ? NULL : char_node(p, c);
}

static struct re_node *disjunction(struct re_parser *p);

static int name_group(struct re_parser *p, uint32_t group)
{
    struct re_tree *t = p->tree;
    uint32_t at = p->i;
    size_t len = 0;
    char *name = group_name(p, &len);

    if (p->rc)
        return p->rc;
    for (uint32_t k = 0; k < t->nnames; k++)
        if (t->names[k].len == len && memcmp(t->names[k].name, name, len) == 0) {
            re_fail_at(p, at, "Duplicate capture group name");
            return p->rc;
        }
    t->names[t->nnames++] = (struct swd_re_name){name, len, group};
    return 0;
}

/* After `(`: its kind. */
static struct re_node *group_open(struct re_parser *p)
{
    struct re_node *n;

    if (re_eat(p, '?')) {
        if (re_eat(p, ':'))
            return re_new(p, RE_SEQ);
        if (re_unit(p, 0) != '<' || re_unit(p, 1) == '=' || re_unit(p, 1) == '!') {
            n = re_new(p, RE_LOOK);
            if (!n)
                return NULL;
            n->behind = re_eat(p, '<');
            n->negate = re_unit(p, 0) == '!';
            if (re_unit(p, 0) != '!' && re_unit(p, 0) != '=')
                return re_fail_at(p, p->i - 1, "Invalid group");
            p->i++;
            return n;
        }
        p->i++;
        n = re_new(p, RE_GROUP);
        if (!n)
            return NULL;
        n->group = ++p->groups;
        return name_group(p, n->group) ? NULL : n;
    }
    n = re_new(p, RE_GROUP);
    if (n)
        n->group = ++p->groups;
    return n;
}

static struct re_node *group(struct re_parser *p)
{
    uint32_t at = p->i - 1;
    struct re_node *n = group_open(p), *inner;

    if (!n)
        return NULL;
    if (++p->depth > SWD_RE_DEPTH_MAX) {
        re_fail_at(p, at, "Groups nested too deeply");
        p->rc = SWD_ELIMIT;
        return NULL;
    }
    inner = disjunction(p);
    p->depth--;
    if (!inner)
        return NULL;
    if (!re_eat(p, ')'))
        return re_fail_at(p, at, "Unterminated group");
    n->child = inner;
    return n;
}

/* ---- quantifiers ---- */

uint32_t re_decimal(struct re_parser *p, uint32_t *off)
{
    uint64_t v = 0;

    while (re_unit(p, *off) >= '0' && re_unit(p, *off) <= '9') {
        v = v * 10 + (re_unit(p, *off) - '0');
        if (v > RE_INF)
            v = RE_INF;
        ++*off;
    }
    return (uint32_t)v;
}

/* `{n}`, `{n,}`, `{n,m}` at p->i: its length in units, 0 when it is not one. */
static uint32_t braces(struct re_parser *p, uint32_t *min, uint32_t *max)
{
    uint32_t off = 1, start = 1;

    *min = re_decimal(p, &off);
    if (off == start)
        return 0;
    *max = *min;
    if (re_unit(p, off) == ',') {
        start = ++off;
        *max = re_decimal(p, &off);
        if (off == start)
            *max = RE_INF;
    }
    return re_unit(p, off) == '}' ? off + 1 : 0;
}

/* Takes a quantifier if one stands here. */
static bool quantifier(struct re_parser *p, uint32_t *min, uint32_t *max, bool *greedy)
{
    uint32_t c = re_unit(p, 0), at = p->i, len = 1;

    if (c == '*' || c == '+' || c == '?') {
        *min = c == '+';
        *max = c == '?' ? 1 : RE_INF;
    } else if (c == '{') {
        len = braces(p, min, max);
        if (!len) {
            if (p->u)
                re_fail_at(p, at, "Incomplete quantifier");
            return false;
        }
        if (*min > *max)
            re_fail_at(p, at, "numbers out of order in {} quantifier");
    } else {
        return false;
    }
    p->i += len;
    *greedy = !re_eat(p, '?');
    return true;
}

/* Whether a term that is an assertion may carry a quantifier: only Annex B's lookahead. */
static bool quantifiable(const struct re_parser *p, const struct re_node *n)
{
    switch (n->kind) {
    case RE_BOL:
    case RE_EOL:
    case RE_WORD: return false;
    case RE_LOOK: return !p->u && !n->behind;
    default: return true;
    }
}

static struct re_node *quantified(struct re_parser *p, struct re_node *n, uint32_t groups_before)
{
    uint32_t min, max, at = p->i;
    bool greedy;
    struct re_node *q;

    if (!n || p->rc || !quantifier(p, &min, &max, &greedy))
        return p->rc ? NULL : n;
    if (!quantifiable(p, n))
        return re_fail_at(p, at, "Nothing to repeat");
    q = re_new(p, RE_QUANT);
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

static struct re_node *plain_char(struct re_parser *p)
{
    uint32_t c = re_unit(p, 0), min, max, at = p->i;

    if (c == '*' || c == '+' || c == '?')
        return re_fail_at(p, at, "Nothing to repeat");
    if (c == '{' && (p->u || braces(p, &min, &max)))
        return re_fail_at(p, at, "Nothing to repeat");
    if (p->u && (c == '}' || c == ']'))
        return re_fail_at(p, at, "Lone quantifier brackets");
    return char_node(p, re_next_char(p, p->u));
}

static struct re_node *term(struct re_parser *p)
{
    uint32_t groups_before = p->groups;
    struct re_node *n;

    switch (re_unit(p, 0)) {
    case '^': p->i++; return quantified(p, re_new(p, RE_BOL), groups_before);
    case '$': p->i++; return quantified(p, re_new(p, RE_EOL), groups_before);
    case '.':
        p->i++;
        n = re_new(p, RE_ANY);
        break;
    case '(':
        p->i++;
        n = group(p);
        break;
    case '[':
        p->i++;
        n = re_char_class(p);
        break;
    case '\\':
        p->i++;
        if (re_unit(p, 0) == 'b' || re_unit(p, 0) == 'B') {
            n = re_new(p, RE_WORD);
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

static struct re_node *alternative(struct re_parser *p)
{
    struct re_node *first = NULL, **tail = &first, *seq;

    while (p->i < p->n && re_unit(p, 0) != '|' && re_unit(p, 0) != ')') {
        struct re_node *t = term(p);

        if (!t)
            return NULL;
        *tail = t;
        tail = &t->next;
    }
    if (!first)
        return re_new(p, RE_EMPTY);
    if (!first->next)
        return first;
    seq = re_new(p, RE_SEQ);
    if (seq)
        seq->child = first;
    return seq;
}

static struct re_node *disjunction(struct re_parser *p)
{
    struct re_node *first = alternative(p), **tail, *alt;

    if (!first || re_unit(p, 0) != '|')
        return first;
    alt = re_new(p, RE_ALT);
    if (!alt)
        return NULL;
    alt->child = first;
    tail = &first->next;
    while (re_eat(p, '|')) {
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
static void count_groups(struct re_parser *p)
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

static void resolve_references(struct re_parser *p)
{
    for (struct named_ref *r = p->refs; r; r = r->next) {
        r->node->group = 0;
        for (uint32_t k = 0; k < p->tree->nnames; k++) {
            struct swd_re_name *m = &p->tree->names[k];

            if (m->len == r->len && memcmp(m->name, r->name, r->len) == 0)
                r->node->group = m->group;
        }
        if (r->node->group == 0)
            re_fail_at(p, r->at, "Invalid named capture referenced");
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

static int to_units(struct re_parser *p, const char *pattern, size_t n)
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
    struct re_parser p = {
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
        re_fail_at(&p, p.i, "Unmatched ')'");
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
