/* Compiling regular expressions: flags, then parser, generator and the decision for Duktape. */
#include "ts/re.h"

#include <string.h>

#include "base/err.h"
#include "ts/re_ast.h"

static const char letters[] = "dgimsuy"; /* bit k of enum swd_re_flag */

int swd_re_flags(const char *s, size_t n, unsigned *flags, size_t *at)
{
    *flags = 0;
    for (size_t i = 0; i < n; i++) {
        const char *l = s[i] ? strchr(letters, s[i]) : NULL;

        if (!l || (*flags & 1u << (l - letters))) {
            *at = i;
            return SWD_ESYNTAX;
        }
        *flags |= 1u << (l - letters);
    }
    return 0;
}

const char *swd_re_flags_text(unsigned flags, char buf[8])
{
    char *o = buf;

    for (int k = 0; letters[k]; k++)
        if (flags & 1u << k)
            *o++ = letters[k];
    *o = 0;
    return buf;
}

static int parse(struct swd_bump *b, const char *pattern, size_t n, const char *flags, size_t nf,
                 struct re_tree *tree, struct swd_re_out *out)
{
    int rc;

    memset(out, 0, sizeof(*out));
    if (swd_re_flags(flags, nf, &out->flags, &out->error_at)) {
        out->error = "Invalid regular expression flags";
        out->error_in_flags = true;
        return SWD_ESYNTAX;
    }
    rc = swd_re_parse(b, pattern, n, out->flags, tree, out);
    if (rc)
        return rc;
    out->groups = tree->groups;
    out->names = tree->names;
    out->nnames = tree->nnames;
    return 0;
}

int swd_re_check(struct swd_bump *b, const char *pattern, size_t n, const char *flags, size_t nf,
                 struct swd_re_out *out)
{
    struct re_tree tree;

    return parse(b, pattern, n, flags, nf, &tree, out);
}

int swd_re_compile(struct swd_bump *b, const char *pattern, size_t n, const char *flags, size_t nf,
                   struct swd_re_out *out)
{
    struct re_tree tree;
    int rc = parse(b, pattern, n, flags, nf, &tree, out);

    return rc ? rc : swd_re_generate(&tree, out);
}
