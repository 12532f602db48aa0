/* `swd transpile [--map] [--experimental-decorators] FILE`: TypeScript and modern JavaScript in,
 * what swd runs out. No engine is started. */
#include "daemon/transpile.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/lang.h"
#include "pool/extent.h"
#include "pool/readfile.h"
#include "ts/ts.h"
#include "ts/tsconfig.h"

#define SOURCE_MAX ((size_t)256 << 20)

struct transpile {
    const char *file;
    bool map;
    struct swd_dialect dialect; /* of the command line, then with the tsconfig.json's */
    struct swd_ts_opts opts;
};

static int usage(const char *what, const char *arg)
{
    fprintf(stderr,
            "swd transpile: %s%s\n"
            "usage: swd transpile [--map] [--experimental-decorators] [--assign-fields]\n"
            "                     [--jsx-factory NAME] [--jsx-fragment-factory NAME]\n"
            "                     [--lang js|ts|tsx|jsx] [--goal script|commonjs|module] FILE|-\n",
            what, arg);
    return 2;
}

/* The place of `word` in `words` (NULL-terminated), or -1. */
static int word_index(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static int parse(struct transpile *t, int argc, char **argv)
{
    static const char *const langs[] = {"auto", "js", "ts", "tsx", "jsx", NULL};
    static const char *const goals[] = {"auto", "script", "commonjs", "module", NULL};
    struct swd_err e;
    for (int i = 0; i < argc; i++) {
        const struct swd_dialect_info *o = swd_dialect_flag(argv[i]);
        int k;
        if (strcmp(argv[i], "--map") == 0) {
            t->map = true;
        } else if (o && o->kind != SWD_DIALECT_NAME) {
            swd_dialect_set_bool(&t->dialect, o, o->kind == SWD_DIALECT_YES);
        } else if (o && i + 1 < argc) {
            if (swd_dialect_set_name(&t->dialect, o, argv[++i], &e) != 0)
                return usage("not names joined by dots: ", argv[i]);
        } else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            if ((k = word_index(langs, argv[++i])) < 0)
                return usage("unknown language ", argv[i]);
            t->opts.lang = (enum swd_ts_lang)k;
        } else if (strcmp(argv[i], "--goal") == 0 && i + 1 < argc) {
            if ((k = word_index(goals, argv[++i])) < 0)
                return usage("unknown goal ", argv[i]);
            t->opts.goal = (enum swd_ts_goal)k;
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            return usage("unknown option ", argv[i]);
        } else if (t->file) {
            return usage("one FILE only, not also ", argv[i]);
        } else {
            t->file = argv[i];
        }
    }
    return t->file ? 0 : usage("no FILE given", "");
}

static int print(const struct transpile *t, const struct swd_ts_output *out)
{
    const struct swd_bytebuf *b = t->map ? out->map : out->code;
    if (b && b->len > 0) {
        fwrite(b->data, 1, b->len, stdout);
        if (b->data[b->len - 1] != '\n')
            fputc('\n', stdout);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

static int read_file(void *arg, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    struct stat st;
    (void)arg;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return swd_fail(e, SWD_ENOTFOUND, "%.180s is a directory", path);
    return swd_readfile(path, out, e);
}

/* What the command line leaves open, by the tsconfig.json of a file of TypeScript or JSX. */
static int configure(struct transpile *t, struct swd_err *e)
{
    enum swd_lang lang = swd_lang_of(SWD_LANG_AUTO, t->file);
    char *path = strcmp(t->file, "-") != 0 && lang != SWD_LANG_JS ? realpath(t->file, NULL) : NULL;
    struct swd_tsconfig found = {0};
    int rc = 0;
    if (path)
        rc = swd_tsconfig_find(path, lang != SWD_LANG_TS, read_file, NULL, &found, e);
    free(path);
    swd_dialect_merge(&found.dialect, &t->dialect);
    t->dialect = found.dialect;
    swd_ts_opts_dialect(&t->opts, &t->dialect);
    swd_tsconfig_clear(&found);
    return rc;
}

static int compile(struct transpile *t, struct swd_bytebuf *source)
{
    struct swd_ts_compiler *c = swd_ts_compiler_get();
    struct swd_ts_output out = {0};
    struct swd_bytebuf *report = swd_bytebuf_get((size_t)1 << 20);
    int code = 1, rc = SWD_ENOMEM;
    t->opts.file = strcmp(t->file, "-") == 0 ? "<stdin>" : t->file;
    t->opts.want_map = t->map;
    t->opts.max_source = SOURCE_MAX;
    if (c && report)
        rc = swd_ts_compile(c, &t->opts, source->data ? source->data : "", source->len, &out);
    if (rc == 0)
        code = print(t, &out);
    else if (out.ndiags > 0 && report && swd_ts_report(&out, t->opts.file, report) == 0)
        fwrite(report->data, 1, report->len, stderr);
    else
        fprintf(stderr, "swd transpile: %s: %s\n", t->file, swd_err_text(rc));
    if (report)
        swd_bytebuf_put(&report);
    if (c)
        swd_ts_compiler_put(&c);
    swd_ts_output_free(&out);
    return code;
}

int swd_transpile_main(int argc, char **argv)
{
    const struct swd_extent_opts extents = {0};
    struct transpile t = {0};
    struct swd_bytebuf *source;
    struct swd_err e = {0};
    int code = parse(&t, argc, argv);
    if (code != 0)
        return code;
    if (swd_extent_init(&extents, &e) != 0 || !(source = swd_bytebuf_get(SOURCE_MAX))) {
        fputs("swd transpile: out of memory\n", stderr);
        return 1;
    }
    if (swd_readfile(t.file, source, &e) == 0 && configure(&t, &e) == 0) {
        code = compile(&t, source);
    } else {
        fprintf(stderr, "swd transpile: %s%s%s\n", e.msg, e.hint[0] ? "; " : "", e.hint);
        code = 1;
    }
    swd_bytebuf_put(&source);
    return code;
}
