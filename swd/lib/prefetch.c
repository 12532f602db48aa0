/* Asks the host for file modules ahead of the main script, so that its requires find them there.
 *
 * Walks breadth first from the script's literal specifiers through the modules that are known
 * already. Only paths are followed (./x, ../x, /x), with the candidates of require() in its order;
 * packages are left to require(). Every call walks anew: what the host answers at once (known, not
 * found) costs a look-up, what it does not know it asks for (SWD_EBUSY). At most PREFETCH_MAX
 * modules. */
#include <stdio.h>
#include <string.h>

#include "lib/config.h"
#include "lib/int.h"
#include "pool/bytebuf.h"
#include "pool/slab.h"
#include "pool/strvec.h"

#define PREFETCH_MAX  256
#define PREFETCH_PATH 1024

struct prefetch {
    struct swd_lib *lib;
    struct swd_strvec *seen; /* paths of modules found, in order */
    const char *from;        /* path of the module being scanned */
};

/* `to` = specifier against the folder of `from`, without dots; false: too long. */
static bool join_path(const char *from, const char *spec, size_t n, char *to, size_t size)
{
    const char *slash = spec[0] == '/' ? from : strrchr(from, '/');
    size_t len = slash ? (size_t)(slash - from) : 0, at = 0;
    if (len + n + 2 >= size)
        return false;
    memcpy(to, from, len);
    at = len;
    for (size_t i = 0; i <= n;) {
        const char *end = i < n ? memchr(spec + i, '/', n - i) : NULL;
        size_t part = end ? (size_t)(end - spec) - i : n - i;
        if (part == 2 && memcmp(spec + i, "..", 2) == 0) {
            while (at > 0 && to[--at] != '/')
                continue;
        } else if (part > 0 && !(part == 1 && spec[i] == '.')) {
            to[at++] = '/';
            memcpy(to + at, spec + i, part);
            at += part;
        }
        i += part + 1;
    }
    to[at] = 0;
    return at > 0;
}

static bool seen_path(const struct prefetch *p, const char *path)
{
    for (size_t i = 0; i < swd_strvec_count(p->seen); i++)
        if (strcmp(swd_strvec_at(p->seen, i, NULL), path) == 0)
            return true;
    return false;
}

static void note(struct prefetch *p, const char *path)
{
    if (swd_strvec_count(p->seen) < PREFETCH_MAX && !seen_path(p, path))
        (void)swd_strvec_add(p->seen, path, strlen(path)); /* else require() asks */
}

static int ask(struct prefetch *p, const char *path)
{
    struct swd_err e;
    swd_bytebuf_clear(p->lib->scratch);
    return p->lib->host->module_source(p->lib->host_arg, path, p->lib->scratch, &e);
}

/* The first candidate that exists is noted; the first two are asked for together. */
static void try_candidates(struct prefetch *p, const char *base)
{
    static const char *const ends[] = {"",          ".js",       ".ts",        ".tsx",
                                       ".jsx",      ".mjs",      ".cjs",       ".json",
                                       "/index.js", "/index.ts", "/index.cjs", "/index.json"};
    const char *dot = strrchr(base, '.'), *slash = strrchr(base, '/');
    bool named = dot && slash && dot > slash;
    char path[PREFETCH_PATH + 16];
    int busy = 0;
    for (size_t i = 0; i < SWD_ARRAY_LEN(ends); i++) {
        int rc;
        snprintf(path, sizeof(path), "%s%s", base, ends[i]);
        if (seen_path(p, path))
            return;
        rc = ask(p, path);
        if (rc == 0) {
            note(p, path);
            return;
        }
        if (rc == SWD_EBUSY && (named || ++busy == 2))
            return;
        if (rc != SWD_EBUSY && rc != SWD_ENOTFOUND)
            return;
        if (busy && i > 0)
            return;
    }
}

static void on_specifier(void *arg, const char *spec, size_t n)
{
    struct prefetch *p = arg;
    char base[PREFETCH_PATH];
    bool path = n > 0 && (spec[0] == '/' || (n > 1 && spec[0] == '.' && spec[1] == '/') ||
                          (n > 2 && memcmp(spec, "../", 3) == 0));
    if (path && join_path(p->from, spec, n, base, sizeof(base)))
        try_candidates(p, base);
}

/* Scans the i-th module found. Path and text are copied: asking for others reuses the scratch
 * buffer and may move the paths. */
static void walk(struct prefetch *p, size_t i)
{
    char path[PREFETCH_PATH + 16], *text;
    size_t n, len;
    snprintf(path, sizeof(path), "%s", swd_strvec_at(p->seen, i, &len));
    if (len > 5 && strcmp(path + len - 5, ".json") == 0)
        return;
    if (ask(p, path) != 0 || !p->lib->scratch->data)
        return;
    n = p->lib->scratch->len;
    text = swd_slab_strndup(p->lib->scratch->data, n);
    if (!text)
        return;
    p->from = path;
    swd_lib_scan_requires(text, n, on_specifier, p);
    swd_slab_free(text, n + 1);
}

bool swd_lib_prefetch(struct swd_lib *lib, const char *source, size_t n)
{
    struct prefetch p = {.lib = lib, .from = lib->path};
    bool again = swd_config_find(lib) == SWD_EBUSY;
    if (!lib->host->module_source || !(p.seen = swd_strvec_get()))
        return again; /* require() asks for what is not there */
    swd_lib_scan_requires(source, n, on_specifier, &p);
    for (size_t i = 0; i < swd_strvec_count(p.seen); i++)
        walk(&p, i);
    swd_strvec_put(&p.seen);
    return again;
}
