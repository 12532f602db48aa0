/* Error stacks as people read them.
 *
 * Duktape's lines look like "    at f (file.js:3) native strict preventsyield". Frames of the
 * engine ("internal") and of the prelude ("swd:") are left out, the flags behind the place too, and
 * "[anon]" becomes "<anonymous>" as elsewhere. */
#include <string.h>

#include "lib/inspect.h"

static bool has(const char *p, size_t n, const char *what)
{
    return memmem(p, n, what, strlen(what)) != NULL;
}

static void put_frame(struct swd_out *o, const char *p, size_t n)
{
    const char *end = memrchr(p, ')', n);
    size_t len = end ? (size_t)(end - p) + 1 : n;
    if (has(p, n, "(swd:") || (end && has(end, n - len + 1, " internal")))
        return;
    swd_out_addc(o, '\n');
    if (len > 3 && memcmp(p + len - 3, " ()", 3) == 0) {
        swd_out_add(o, p, len - 2);
        swd_out_adds(o, "(native)");
    } else {
        swd_out_add(o, p, len);
    }
}

void swd_stack_clean(struct swd_out *o, const char *p, size_t n)
{
    size_t from = 0;
    bool first = true;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && p[i] != '\n')
            continue;
        if (i - from >= 7 && memcmp(p + from, "    at ", 7) == 0) {
            put_frame(o, p + from, i - from);
        } else {
            if (!first)
                swd_out_addc(o, '\n');
            swd_out_add(o, p + from, i - from);
        }
        first = false;
        from = i + 1;
    }
}
