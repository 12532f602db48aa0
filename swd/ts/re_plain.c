/* Whether a pattern may stay a regular expression literal in generated ES5.
 *
 * Duktape only has to parse it: the object is matched by re_exec.c later. So this is about syntax:
 * flags g, i, m; ASCII; no group syntax newer than ES5; none of Annex B's leniency, about which
 * Duktape has its own ideas; ranges that are cheap for its compiler. When unsure, false. */
#include <string.h>

#include "ts/re_ast.h"

#define QUANT_MAX 1000

static bool plain_node(const struct re_node *n)
{
    if (n->kind == RE_LOOK && n->behind)
        return false;
    if (n->kind == RE_QUANT) {
        if (n->child->kind == RE_LOOK || n->min > QUANT_MAX ||
            (n->max > QUANT_MAX && n->max != RE_INF))
            return false;
    }
    for (const struct re_node *c = n->child; c; c = c->next)
        if (!plain_node(c))
            return false;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* The escape after a backslash at s[0]: its length, or 0 when it is not a plain one. */
static size_t plain_escape(const char *s, size_t n)
{
    size_t digits = n && s[0] == 'x' ? 2 : n && s[0] == 'u' ? 4 : 0;

    if (n == 0 || s[0] == 0)
        return 0;
    for (size_t k = 1; k <= digits; k++)
        if (k >= n || !is_hex(s[k]))
            return 0;
    if (digits)
        return digits + 1;
    if (s[0] == '0')
        return n > 1 && s[1] >= '0' && s[1] <= '9' ? 0 : 1;
    return strchr("dDsSwWbBnrtfv^$\\.*+?()[]{}|/", s[0]) ? 1 : 0;
}

/* A class after its bracket: its length with the closing one, or 0. */
static size_t plain_class(const char *s, size_t n)
{
    size_t i = n && s[0] == '^', first = i;
    bool dash = false, set = false;

    for (; i < n && s[i] != ']'; i++) {
        if (s[i] == '\\') {
            size_t len = i + 1 < n && s[i + 1] == '-' ? 1 : plain_escape(s + i + 1, n - i - 1);

            if (!len || strchr("Bux", s[i + 1]))
                return 0;
            set |= strchr("dDsSwW", s[i + 1]) != NULL;
            i += len;
        } else if (s[i] == '-') {
            dash = true;
        } else if (s[i] < ' ' || s[i] > '~' || s[i] == '[') {
            return 0;
        }
    }
    return i < n && i > first && !(dash && set) ? i + 1 : 0;
}

bool swd_re_plain(const struct re_tree *tree, const char *pattern, size_t n)
{
    if (tree->flags & ~(unsigned)(SWD_RE_GLOBAL | SWD_RE_IGNORE_CASE | SWD_RE_MULTILINE) ||
        tree->nnames || n == 0 || n > 1000 || tree->groups > 50 || !plain_node(tree->root))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t len = 1;

        if (pattern[i] < ' ' || pattern[i] > '~' || pattern[i] == ']' || pattern[i] == '{' ||
            pattern[i] == '}' || pattern[i] == '/')
            return false;
        if (pattern[i] == '\\')
            len = plain_escape(pattern + i + 1, n - i - 1);
        else if (pattern[i] == '[')
            len = plain_class(pattern + i + 1, n - i - 1);
        else
            continue;
        if (!len)
            return false;
        i += len;
    }
    return true;
}
