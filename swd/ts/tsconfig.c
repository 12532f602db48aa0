/* Finding and reading tsconfig.json: see tsconfig.h.
 *
 * A file that extends others is read after them, so that what it says itself comes last; paths in
 * a file are relative to that file. Bounded: folders looked at, files read, bytes of each. */
#include "ts/tsconfig.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"
#include "pool/slab.h"

#define LEVELS_MAX 32                /* folders upwards */
#define FILES_MAX  16                /* by extends, in all */
#define FILE_MAX   ((size_t)1 << 20) /* bytes */
#define PATH_LEN   1024

struct reader {
    swd_tsconfig_read *read;
    void *arg;
    struct swd_err *e;
    struct swd_dialect dialect;
    char base[PATH_LEN];      /* of baseUrl; "": none */
    char paths_dir[PATH_LEN]; /* of the file that has `paths` */
    json_t *paths;            /* owned */
    bool jsx;
    unsigned files;
};

/* ---- paths ---- */

/* Cuts a path to its folder; "" for one at the root. */
static void to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    *(slash ? slash : path) = '\0';
}

/* `to` = `path` against the folder `dir` ("" is the root), without dots. False: too long. */
static bool path_join(const char *dir, const char *path, char to[PATH_LEN])
{
    char text[2 * PATH_LEN];
    size_t at = 0;
    int n = snprintf(text, sizeof text, "%s/%s", path[0] == '/' ? "" : dir, path);
    if (n < 0 || n >= PATH_LEN)
        return false;
    for (const char *p = text; *p; p += *p == '/') {
        size_t part = strcspn(p, "/");
        if (part == 2 && memcmp(p, "..", 2) == 0) {
            while (at > 0 && to[--at] != '/')
                continue;
        } else if (part > 0 && !(part == 1 && *p == '.')) {
            to[at++] = '/';
            memcpy(to + at, p, part);
            at += part;
        }
        p += part;
    }
    to[at] = '\0';
    return true;
}

/* ---- one file ---- */

static int wrong(struct reader *r, const char *file, const char *key, const char *want)
{
    swd_fail(r->e, SWD_EPARAMS, "%.150s: %s must be %s", file, key, want);
    swd_fail_field(r->e, key);
    return SWD_EPARAMS;
}

int swd_tsconfig_options(struct swd_dialect *d, const json_t *options, const char *where, bool all,
                         struct swd_err *e)
{
    size_t n;
    const struct swd_dialect_info *table = swd_dialect_table(&n);
    const char *names[4];
    swd_assert(n == SWD_ARRAY_LEN(names));
    for (size_t i = 0; i < n; i++)
        names[i] = table[i].key;
    for (void *it = json_object_iter((json_t *)options); it;
         it = json_object_iter_next((json_t *)options, it)) {
        const char *key = json_object_iter_key(it), *near;
        const json_t *v = json_object_iter_value(it);
        const struct swd_dialect_info *o = swd_dialect_key(key);
        struct swd_err own = {0};
        if (!o && all) {
            near = swd_nearest(key, names, n);
            swd_fail(e, SWD_EPARAMS, "%sunknown option \"%.60s\"", where, key);
            swd_fail_field(e, key);
            return near ? swd_fail_hint(e, "did you mean \"%s\"?", near)
                        : swd_fail_hint(e, "known: %s, %s, %s, %s", names[0], names[1], names[2],
                                        names[3]);
        }
        if (!o)
            continue;
        if (o->kind != SWD_DIALECT_NAME && json_is_boolean(v)) {
            swd_dialect_set_bool(d, o, json_is_true(v));
            continue;
        }
        if (o->kind == SWD_DIALECT_NAME && json_is_string(v) &&
            swd_dialect_set_name(d, o, json_string_value(v), &own) == 0)
            continue;
        swd_fail(e, SWD_EPARAMS, "%s%s must be %s", where, key,
                 o->kind == SWD_DIALECT_NAME ? "names joined by dots" : "true or false");
        swd_fail_field(e, key);
        return SWD_EPARAMS;
    }
    return 0;
}

/* Fields are defined from ES2022 on, unless useDefineForClassFields says otherwise. */
static int read_target(struct reader *r, const char *file, const json_t *options)
{
    static const char *const old[] = {"es3",    "es5",    "es6",    "es2015", "es2016",
                                      "es2017", "es2018", "es2019", "es2020", "es2021"};
    const json_t *v = json_object_get(options, "target");
    char name[16];
    size_t n = 0;
    if (!v)
        return 0;
    if (!json_is_string(v))
        return wrong(r, file, "compilerOptions.target", "a string like \"ES2022\"");
    for (const char *p = json_string_value(v); *p && n < sizeof name - 1; p++)
        name[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    name[n] = '\0';
    r->dialect.define_fields = SWD_YES;
    for (size_t i = 0; i < SWD_ARRAY_LEN(old); i++)
        if (strcmp(name, old[i]) == 0)
            r->dialect.define_fields = SWD_NO;
    return 0;
}

static int read_jsx(struct reader *r, const char *file, const json_t *options)
{
    const json_t *v = json_object_get(options, "jsx");
    const char *s = json_string_value(v);
    if (!v || (s && (strcmp(s, "react") == 0 || strcmp(s, "preserve") == 0 ||
                     strcmp(s, "react-native") == 0)))
        return 0;
    if (s && (strcmp(s, "react-jsx") == 0 || strcmp(s, "react-jsxdev") == 0)) {
        if (!r->jsx)
            return 0; /* nothing here has JSX */
        wrong(r, file, "compilerOptions.jsx", "\"react\": the automatic runtime is not supported");
        return swd_fail_hint(r->e, "with \"react\", jsxFactory names the function that is called");
    }
    return wrong(r, file, "compilerOptions.jsx", "\"react\" or \"preserve\"");
}

static bool is_targets(const json_t *v)
{
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!json_is_string(json_array_get(v, i)))
            return false;
    return json_array_size(v) > 0;
}

/* A pattern or a target may have one star. */
static bool one_star(const char *text)
{
    const char *star = strchr(text, '*');
    return !star || !strchr(star + 1, '*');
}

static int read_paths(struct reader *r, const char *file, const char *dir, json_t *paths)
{
    for (void *it = json_object_iter(paths); it; it = json_object_iter_next(paths, it)) {
        const json_t *v = json_object_iter_value(it);
        char key[120];
        bool ok = is_targets(v) && one_star(json_object_iter_key(it));
        snprintf(key, sizeof key, "compilerOptions.paths[\"%.80s\"]", json_object_iter_key(it));
        for (size_t i = 0; ok && i < json_array_size(v); i++)
            ok = one_star(json_string_value(json_array_get(v, i)));
        if (!ok)
            return wrong(r, file, key, "a list of strings, with one * at most in it and in them");
    }
    json_decref(r->paths);
    r->paths = json_incref(paths);
    snprintf(r->paths_dir, sizeof r->paths_dir, "%s", dir);
    return 0;
}

static int read_options(struct reader *r, const char *file, const char *dir, const json_t *options)
{
    json_t *base = json_object_get(options, "baseUrl"), *paths = json_object_get(options, "paths");
    char where[PATH_LEN + 32];
    int rc;
    if (!options)
        return 0;
    if (!json_is_object(options))
        return wrong(r, file, "compilerOptions", "an object");
    if (base && !json_is_string(base))
        return wrong(r, file, "compilerOptions.baseUrl", "a string, the path of a folder");
    if (base && !path_join(dir, json_string_value(base), r->base))
        return wrong(r, file, "compilerOptions.baseUrl", "a shorter path");
    if (base && r->base[0] == '\0')
        memcpy(r->base, "/", 2);
    if (paths && !json_is_object(paths))
        return wrong(r, file, "compilerOptions.paths", "an object of lists");
    rc = paths ? read_paths(r, file, dir, paths) : 0;
    if (rc == 0)
        rc = read_jsx(r, file, options);
    if (rc == 0)
        rc = read_target(r, file, options);
    snprintf(where, sizeof where, "%.150s: compilerOptions.", file);
    return rc == 0 ? swd_tsconfig_options(&r->dialect, options, where, false, r->e) : rc;
}

static int read_file(struct reader *r, const char *file, bool must);

/* `name` of an extends in a file of `dir`: a path, or a file of a package. */
static int read_extended(struct reader *r, const char *file, const char *dir, const char *name)
{
    static const char *const ends[] = {"", ".json", "/tsconfig.json"};
    char from[PATH_LEN], path[PATH_LEN], what[PATH_LEN + 32];
    bool package = name[0] != '/' && name[0] != '.';
    int rc = SWD_ENOTFOUND;
    snprintf(from, sizeof from, "%s", dir);
    for (unsigned level = 0; rc == SWD_ENOTFOUND && level < LEVELS_MAX; level++) {
        for (size_t i = 0; rc == SWD_ENOTFOUND && i < SWD_ARRAY_LEN(ends); i++) {
            int n = snprintf(what, sizeof what, "%s%.500s%s", package ? "node_modules/" : "", name,
                             ends[i]);
            if (n > 0 && path_join(from, what, path))
                rc = read_file(r, path, false);
        }
        if (!package || from[0] == '\0')
            break;
        to_folder(from);
    }
    if (rc != SWD_ENOTFOUND)
        return rc;
    swd_fail(r->e, SWD_EPARAMS, "%.120s: extends \"%.80s\", and there is no such file", file, name);
    swd_fail_field(r->e, "extends");
    return SWD_EPARAMS;
}

static int read_extends(struct reader *r, const char *file, const char *dir, const json_t *v)
{
    int rc = 0;
    if (json_is_string(v))
        return read_extended(r, file, dir, json_string_value(v));
    if (v && !json_is_array(v))
        return wrong(r, file, "extends", "a path, or a list of paths");
    for (size_t i = 0; rc == 0 && i < json_array_size(v); i++) {
        const char *name = json_string_value(json_array_get(v, i));
        rc = name ? read_extended(r, file, dir, name)
                  : wrong(r, file, "extends", "a path, or a list of paths");
    }
    return rc;
}

static int read_text(struct reader *r, const char *file, const struct swd_bytebuf *text)
{
    json_t *root = swd_jsonc_parse(file, text->data ? text->data : "", text->len, r->e);
    char dir[PATH_LEN];
    int rc = 0;
    if (!root)
        return r->e->code;
    snprintf(dir, sizeof dir, "%s", file);
    to_folder(dir);
    if (!json_is_object(root))
        rc = wrong(r, file, "the file", "a JSON object");
    if (rc == 0)
        rc = read_extends(r, file, dir, json_object_get(root, "extends"));
    if (rc == 0)
        rc = read_options(r, file, dir, json_object_get(root, "compilerOptions"));
    json_decref(root);
    return rc;
}

/* SWD_ENOTFOUND when there is no such file, or it may not be read. */
static int read_file(struct reader *r, const char *file, bool must)
{
    struct swd_bytebuf *text = swd_bytebuf_get(FILE_MAX);
    int rc = SWD_ENOMEM;
    if (r->files >= FILES_MAX)
        rc = swd_fail(r->e, SWD_EPARAMS, "%.150s: more than %d files by extends", file, FILES_MAX);
    else if (text)
        rc = r->read(r->arg, file, text, r->e);
    if (rc == 0) {
        r->files++;
        rc = read_text(r, file, text);
    } else if (!must && rc == SWD_EDENIED) {
        rc = SWD_ENOTFOUND;
    }
    if (text)
        swd_bytebuf_put(&text);
    return rc;
}

/* ---- the outcome ---- */

/* `paths` with absolute targets, a list of [pattern, [target, ...]]. */
static json_t *absolute_paths(const struct reader *r)
{
    const char *dir = !r->base[0] ? r->paths_dir : strcmp(r->base, "/") == 0 ? "" : r->base;
    json_t *out = json_array();
    for (void *it = json_object_iter(r->paths); it; it = json_object_iter_next(r->paths, it)) {
        const json_t *from = json_object_iter_value(it);
        json_t *targets = json_array();
        char path[PATH_LEN];
        for (size_t i = 0; i < json_array_size(from); i++)
            if (path_join(dir, json_string_value(json_array_get(from, i)), path))
                json_array_append_new(targets, json_string(path));
        json_array_append_new(out, json_pack("[s,o]", json_object_iter_key(it), targets));
    }
    return out;
}

static int finish(const struct reader *r, const char *file, struct swd_tsconfig *out)
{
    json_t *paths = r->paths ? absolute_paths(r) : NULL;
    size_t n = paths ? json_dumpb(paths, NULL, 0, JSON_COMPACT) : 0;
    out->dialect = r->dialect;
    out->file = swd_slab_strndup(file, strlen(file));
    if (r->base[0])
        out->base = swd_slab_strndup(r->base, strlen(r->base));
    if (n > 0 && (out->paths = swd_slab_alloc(n + 1)) != NULL)
        json_dumpb(paths, out->paths, n, JSON_COMPACT);
    json_decref(paths);
    return out->file && (out->base || !r->base[0]) && (out->paths || !r->paths)
               ? 0
               : swd_fail(r->e, SWD_ENOMEM, "no memory for %.150s", file);
}

static int load(struct reader *r, const char *file, struct swd_tsconfig *out)
{
    int rc = read_file(r, file, true);
    if (rc == 0)
        rc = finish(r, file, out);
    json_decref(r->paths);
    return rc;
}

int swd_tsconfig_find(const char *script, bool jsx, swd_tsconfig_read *read, void *arg,
                      struct swd_tsconfig *out, struct swd_err *e)
{
    struct swd_err own = {0};
    struct reader r = {.read = read, .arg = arg, .e = e ? e : &own, .jsx = jsx};
    struct swd_bytebuf *text = swd_bytebuf_get(FILE_MAX);
    char dir[PATH_LEN], file[PATH_LEN];
    bool busy = false;
    int rc = SWD_ENOTFOUND;
    memset(out, 0, sizeof *out);
    if (!text)
        return swd_fail(e, SWD_ENOMEM, "no memory to look for tsconfig.json");
    if (strlen(script) >= sizeof dir)
        script = ""; /* the path of a file beside it would be too long */
    snprintf(dir, sizeof dir, "%s", script);
    to_folder(dir);
    for (unsigned i = 0; i < LEVELS_MAX && path_join(dir, "tsconfig.json", file); i++) {
        swd_bytebuf_clear(text);
        rc = read(arg, file, text, r.e);
        busy = busy || rc == SWD_EBUSY; /* folders above are asked for at once as well */
        if ((rc != SWD_ENOTFOUND && rc != SWD_EBUSY) || dir[0] == '\0')
            break;
        to_folder(dir);
    }
    swd_bytebuf_put(&text);
    if (busy)
        return SWD_EBUSY;
    return rc == 0 ? load(&r, file, out) : 0;
}

void swd_tsconfig_clear(struct swd_tsconfig *c)
{
    if (c->file)
        swd_slab_free(c->file, strlen(c->file) + 1);
    if (c->base)
        swd_slab_free(c->base, strlen(c->base) + 1);
    if (c->paths)
        swd_slab_free(c->paths, strlen(c->paths) + 1);
    memset(c, 0, sizeof *c);
}
