/* `swd transpile [--map] [--experimental-decorators] FILE`: TypeScript and modern JavaScript in,
 * what swd runs out. No engine is started. */
#include "daemon/transpile.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pool/extent.h"
#include "pool/readfile.h"
#include "ts/ts.h"

#define SOURCE_MAX ((size_t)256 << 20)

struct transpile {
    const char *file;
    bool map;
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
    for (int i = 0; i < argc; i++) {
        int k;
        if (strcmp(argv[i], "--map") == 0) {
            t->map = true;
        } else if (strcmp(argv[i], "--experimental-decorators") == 0) {
            t->opts.experimental_decorators = true;
        } else if (strcmp(argv[i], "--assign-fields") == 0) {
            t->opts.assign_fields = true;
        } else if (strcmp(argv[i], "--jsx-factory") == 0 && i + 1 < argc) {
            if (!swd_ts_factory_ok(t->opts.jsx_factory = argv[++i]))
                return usage("not names joined by dots: ", argv[i]);
        } else if (strcmp(argv[i], "--jsx-fragment-factory") == 0 && i + 1 < argc) {
            if (!swd_ts_factory_ok(t->opts.jsx_fragment = argv[++i]))
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
    if (swd_readfile(t.file, source, &e) == 0) {
        code = compile(&t, source);
    } else {
        fprintf(stderr, "swd transpile: %s\n", e.msg);
        code = 1;
    }
    swd_bytebuf_put(&source);
    return code;
}
