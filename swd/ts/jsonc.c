/* JSON with comments: blanked out in a copy, lines and columns kept, and the rest is for jansson.
 *
 * Nesting is bounded here, since jansson recurses. Any thread. */
#include <string.h>

#include "pool/slab.h"
#include "ts/tsconfig.h"

#define JSONC_DEPTH 64

/* The end of the string that begins at p. */
static char *skip_string(char *p, const char *end)
{
    for (p++; p < end && *p != '"' && *p != '\n'; p++)
        if (*p == '\\' && p + 1 < end)
            p++;
    return p < end ? p + 1 : p;
}

/* Blanks the comment at p; its end, or p itself when there is none. */
static char *blank_comment(char *p, const char *end)
{
    char *stop = p;
    if (end - p < 2 || p[0] != '/' || (p[1] != '/' && p[1] != '*'))
        return p;
    if (p[1] == '/') {
        while (stop < end && *stop != '\n')
            stop++;
    } else {
        for (stop += 2; end - stop >= 2 && (stop[0] != '*' || stop[1] != '/');)
            stop++;
        if (end - stop < 2)
            return p; /* never closed: the parser says so */
        stop += 2;
    }
    for (; p < stop; p++)
        if (*p != '\n' && *p != '\t')
            *p = ' ';
    return stop;
}

/* False: nested too deeply. */
static bool blank(char *p, const char *end)
{
    char *comma = NULL, *next;
    unsigned depth = 0;
    for (; p < end; p = next) {
        next = blank_comment(p, end);
        if (next > p)
            continue;
        next = *p == '"' ? skip_string(p, end) : p + 1;
        if (*p == '{' || *p == '[') {
            if (++depth > JSONC_DEPTH)
                return false;
        } else if (*p == '}' || *p == ']') {
            depth -= depth > 0;
            if (comma)
                *comma = ' ';
        }
        if (*p == ',')
            comma = p;
        else if (!strchr(" \t\r\n", *p))
            comma = NULL;
    }
    return true;
}

json_t *swd_jsonc_parse(const char *name, const char *text, size_t n, struct swd_err *e)
{
    char *copy = swd_slab_strndup(text, n);
    json_error_t wrong;
    json_t *out = NULL;
    if (!copy) {
        swd_fail(e, SWD_ENOMEM, "no memory to read %.150s", name);
        return NULL;
    }
    if (n >= 3 && memcmp(copy, "\xef\xbb\xbf", 3) == 0)
        memcpy(copy, "   ", 3);
    if (!blank(copy, copy + n))
        swd_fail(e, SWD_EPARAMS, "%.150s: nested more than %d deep", name, JSONC_DEPTH);
    else if (!(out = json_loadb(copy, n, 0, &wrong)))
        swd_fail(e, SWD_EPARAMS, "%.120s:%d:%d: %.100s", name, wrong.line, wrong.column,
                 wrong.text);
    swd_slab_free(copy, n + 1);
    return out;
}
