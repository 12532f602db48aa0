/* Patterns to trees: escapes of characters, and classes of them (see re_parse.c). */
#include "ts/re_parse.h"

/* ---- character escapes ---- */

static bool syntax_char(uint32_t c)
{
    return c < 128 && c && strchr("^$\\.*+?()[]{}|/", (int)c);
}

static uint32_t legacy_octal(struct re_parser *p)
{
    uint32_t v = 0;

    for (int k = 0; k < 3; k++) {
        uint32_t c = re_unit(p, 0);

        if (c < '0' || c > '7' || v * 8 + (c - '0') > 255)
            break;
        v = v * 8 + (c - '0');
        p->i++;
    }
    return v;
}

/* \c: after the `c`. In a class Annex B takes digits and _ too. */
static uint32_t control_escape(struct re_parser *p, bool in_class)
{
    uint32_t c = re_unit(p, 0);

    if (c < 128 && ((c | 32) >= 'a' && (c | 32) <= 'z')) {
        p->i++;
        return c & 31;
    }
    if (p->u) {
        re_fail_at(p, p->i, "Invalid unicode escape");
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
uint32_t re_char_escape(struct re_parser *p, bool in_class)
{
    uint32_t at = p->i - 1, c = re_next_char(p, p->u), v;

    switch (c) {
    case NO_UNIT: re_fail_at(p, at, "\\ at end of pattern"); return 0;
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case 'c': return control_escape(p, in_class);
    case 'x':
        v = re_hex_ahead(p, 0, 2);
        if (v != NO_UNIT) {
            p->i += 2;
            return v;
        }
        break;
    case 'u':
        v = re_unicode_escape(p, p->u);
        if (v != NO_UNIT)
            return v;
        if (p->u)
            re_fail_at(p, at, "Invalid Unicode escape");
        break;
    default: break;
    }
    if (c >= '0' && c <= '9') {
        if (c == '0' && !(re_unit(p, 0) >= '0' && re_unit(p, 0) <= '9'))
            return 0;
        if (p->u) {
            re_fail_at(p, at, in_class ? "Invalid class escape" : "Invalid decimal escape");
            return 0;
        }
        if (c < '8') {
            p->i--;
            return legacy_octal(p);
        }
        return c;
    }
    if (p->u ? !(syntax_char(c) || (in_class && c == '-')) : p->named && c == 'k')
        re_fail_at(p, at, "Invalid escape");
    return c;
}

/* ---- classes ---- */

static int add(struct re_parser *p, struct swd_re_set *s, uint32_t lo, uint32_t hi)
{
    int rc = swd_re_set_add(p->b, s, lo, hi);

    if (rc)
        re_oom(p);
    return rc;
}

static void add_spaces(struct re_parser *p, struct swd_re_set *s)
{
    static const struct swd_re_range r[] = {
        {9, 13},          {32, 32},         {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
        {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
    };

    for (size_t k = 0; k < SWD_ARRAY_LEN(r); k++)
        add(p, s, r[k].lo, r[k].hi);
}

static void add_words(struct re_parser *p, struct swd_re_set *s)
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
static void add_property(struct re_parser *p, struct swd_re_set *s)
{
    char buf[2][64];
    size_t len[2] = {0, 0};
    int part = 0, id;
    uint32_t at = p->i - 2;

    if (!re_eat(p, '{')) {
        re_fail_at(p, at, "Invalid property name");
        return;
    }
    for (;;) {
        uint32_t c = re_next_char(p, false);

        if (c == '}')
            break;
        if (c == '=' && part == 0) {
            part = 1;
            continue;
        }
        if (c >= 128 || len[part] == sizeof(buf[0])) {
            re_fail_at(p, at, "Invalid property name");
            return;
        }
        buf[part][len[part]++] = (char)c;
    }
    id = swd_re_prop_find(buf[0], len[0], part ? buf[1] : NULL, len[1]);
    if (id < 0)
        re_fail_at(p, at, "Invalid property name");
    else if (swd_re_set_add_data(p->b, s, (unsigned)id))
        re_oom(p);
}

/* \d \D \s \S \w \W \p \P, p->i at the letter: adds it to `s`; false when it is none of them. */
bool re_class_escape(struct re_parser *p, struct swd_re_set *s)
{
    uint32_t c = re_unit(p, 0);
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
        re_oom(p);
    if (swd_re_set_add_set(p->b, s, &t))
        re_oom(p);
    return true;
}

/* One ClassAtom: a character in *c, or (true) a set that went into `s` already. */
static bool class_atom(struct re_parser *p, struct swd_re_set *s, uint32_t *c)
{
    uint32_t at = p->i;

    if (!re_eat(p, '\\')) {
        *c = re_next_char(p, p->u);
        if (*c == NO_UNIT)
            re_fail_at(p, at, "Unterminated character class");
        return false;
    }
    if (re_class_escape(p, s))
        return true;
    if (re_eat(p, 'b'))
        *c = 8;
    else
        *c = re_char_escape(p, true);
    return false;
}

static void class_ranges(struct re_parser *p, struct swd_re_set *s)
{
    while (!p->rc && !re_eat(p, ']')) {
        uint32_t at = p->i, lo = 0, hi = 0;
        bool set_lo, set_hi;

        set_lo = class_atom(p, s, &lo);
        if (p->rc)
            return;
        if (re_unit(p, 0) != '-' || re_unit(p, 1) == ']') {
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
                re_fail_at(p, at, "Invalid character class");
            add(p, s, '-', '-');
            if (!set_lo)
                add(p, s, lo, lo);
            if (!set_hi)
                add(p, s, hi, hi);
        } else if (lo > hi) {
            re_fail_at(p, at, "Range out of order in character class");
        } else {
            add(p, s, lo, hi);
        }
    }
}

/* A finished set as a node: closed over case, then inverted, as the standard orders them. */
struct re_node *re_set_node(struct re_parser *p, struct swd_re_set *s, bool invert)
{
    struct re_node *n = re_new(p, RE_SET);

    if (!n)
        return NULL;
    swd_re_set_normal(s);
    if ((p->icase && swd_re_set_close(p->b, s, p->u)) || (invert && swd_re_set_invert(p->b, s)))
        return re_oom(p);
    n->set = s;
    return n;
}

struct re_node *re_char_class(struct re_parser *p)
{
    struct swd_re_set *s = swd_bump_zalloc(p->b, sizeof(*s));
    bool invert = re_eat(p, '^');

    if (!s)
        return re_oom(p);
    class_ranges(p, s);
    return p->rc ? NULL : re_set_node(p, s, invert);
}
