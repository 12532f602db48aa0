/* Reading swd.conf through inih.
 *
 * inih reports no line numbers, cuts long lines in pieces, tells of no empty section and only of
 * the first malformed line. So the lines come from our reader: it counts them, refuses what does
 * not fit inih's buffer, takes away indentation (inih would read an indented line as the
 * continuation of the value before; values are one line here) and notices lines of which no key
 * came out. All problems of a file are reported, not the first alone. Loop thread; blocks on the
 * file. */
#include "conf/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"
#include "conf/value.h"

#define LINE_MAX_WANTED 4096
#define NEAREST_KEYS    256

/* Debian's build of inih can be told its line length at run time, the plain one cannot. */
extern int ini_max_line __attribute__((weak));

struct conf_reader {
    struct swd_conf *c;
    FILE *f;
    const char *path;
    swd_conf_problem_fn *problem;
    void *arg;
    struct swd_err *first; /* may be NULL */
    int rc;                /* of the first problem */
    int line;
    bool expects_key; /* the line handed out last should yield a key */
    bool mute;        /* in an unknown section: its keys were complained about with it */
};

static void report(struct conf_reader *r, int line, const struct swd_err *e)
{
    if (r->rc == 0) {
        r->rc = e->code;
        if (r->first) {
            *r->first = *e;
            snprintf(r->first->msg, sizeof r->first->msg, "%.120s:%d: %.120s", r->path, line,
                     e->msg);
        }
    }
    if (r->problem)
        r->problem(r->arg, r->path, line, e);
}

static bool section_known(const char *name)
{
    size_t n;
    const struct conf_row *rows = swd_conf_rows(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].section, name) == 0)
            return true;
    return false;
}

static const char *section_nearest(const char *name)
{
    const char *names[NEAREST_KEYS];
    size_t n, m = 0;
    const struct conf_row *rows = swd_conf_rows(&n);
    for (size_t i = 0; i < n && m < NEAREST_KEYS; i++)
        if (m == 0 || strcmp(names[m - 1], rows[i].section) != 0)
            names[m++] = rows[i].section;
    return swd_nearest(name, names, m);
}

/* `text` begins with '['. */
static void section_check(struct conf_reader *r, const char *text)
{
    struct swd_err e;
    char name[64];
    const char *near, *end = strchr(text, ']');
    size_t len = end ? (size_t)(end - text - 1) : 0;
    r->mute = true;
    if (!end) {
        swd_fail(&e, SWD_EPARAMS, "section without ']'");
        swd_fail_hint(&e, "write it like [runners]");
        report(r, r->line, &e);
        return;
    }
    if (len >= sizeof name)
        len = sizeof name - 1;
    memcpy(name, text + 1, len);
    name[len] = '\0';
    if (section_known(name)) {
        r->mute = false;
        return;
    }
    near = section_nearest(name);
    swd_fail(&e, SWD_EPARAMS, "unknown section [%s]", name);
    swd_fail_hint(&e, near ? "did you mean [%s]?" : "see swd.conf(5)%s", near ? near : "");
    report(r, r->line, &e);
}

/* Complains of the line before when no key came out of it. */
static void line_settle(struct conf_reader *r)
{
    struct swd_err e;
    if (!r->expects_key)
        return;
    r->expects_key = false;
    swd_fail(&e, SWD_EPARAMS, "neither a [section] nor 'key = value'");
    swd_fail_hint(&e, "a comment starts with '#' or ';'");
    report(r, r->line, &e);
}

/* Reads one line of at most `n` - 1 bytes into `s`; false at the end of the file. `*bad` tells why
 * the line cannot be used. */
static bool line_get(struct conf_reader *r, char *s, size_t n, const char **bad)
{
    size_t len = 0;
    int ch;
    *bad = NULL;
    while ((ch = getc(r->f)) != EOF && ch != '\n') {
        if (ch == '\0' || (iscntrl(ch) && ch != '\t' && ch != '\r'))
            *bad = "control character in line";
        if (len + 1 < n)
            s[len++] = (char)ch;
        else
            *bad = "line too long";
    }
    s[len] = '\0';
    return ch != EOF || len > 0 || *bad;
}

/* The fgets of inih. */
static char *line_read(char *s, int num, void *arg)
{
    struct conf_reader *r = arg;
    const char *bad;
    struct swd_err e;
    size_t skip;
    line_settle(r);
    if (!line_get(r, s, (size_t)num - 1, &bad))
        return NULL;
    r->line++;
    if (bad) {
        swd_fail(&e, SWD_EPARAMS, "%s", bad);
        swd_fail_hint(&e, "a line has at most %d bytes of plain text", num - 2);
        report(r, r->line, &e);
        s[0] = '\0';
        return s;
    }
    skip = r->line == 1 && strncmp(s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    skip += strspn(s + skip, " \t\r");
    memmove(s, s + skip, strlen(s + skip) + 1);
    if (s[0] == '[')
        section_check(r, s);
    else
        r->expects_key = s[0] != '\0' && s[0] != '#' && s[0] != ';';
    return s;
}

static void key_hint(const char *section, const char *key, struct swd_err *e)
{
    const char *here[NEAREST_KEYS], *near;
    size_t n, m = 0;
    const struct conf_row *rows = swd_conf_rows(&n);
    for (size_t i = 0; i < n && m < NEAREST_KEYS; i++) {
        if (strcmp(rows[i].section, section) == 0)
            here[m++] = rows[i].key;
        else if (strcmp(rows[i].key, key) == 0) {
            swd_fail_hint(e, "'%s' belongs to [%s]", key, rows[i].section);
            return;
        }
    }
    near = swd_nearest(key, here, m);
    swd_fail_hint(e, near ? "did you mean '%s'?" : "see swd.conf(5)%s", near ? near : "");
}

static int key_set(struct conf_reader *r, const char *section, const char *key, const char *text,
                   struct swd_err *e)
{
    size_t n;
    int rc, i = swd_conf_find(section, key);
    struct conf_value v = {0}, *old;
    const struct conf_row *row;
    if (section[0] == '\0') {
        swd_fail(e, SWD_EPARAMS, "'%.60s' stands before the first [section]", key);
        key_hint("", key, e);
        return SWD_EPARAMS;
    }
    if (i < 0) {
        swd_fail(e, SWD_EPARAMS, "unknown key '%.60s' in [%s]", key, section);
        key_hint(section, key, e);
        return SWD_EPARAMS;
    }
    row = &swd_conf_rows(&n)[i];
    old = swd_conf_value(r->c, (size_t)i);
    if (old->line) {
        swd_fail(e, SWD_EPARAMS, "'%s' was set already on line %d", key, old->line);
        return swd_fail_hint(e, "keep one of the two lines");
    }
    old->line = r->line;
    rc = swd_conf_value_parse(row, text, &v, e);
    if (rc == 0)
        rc = swd_conf_value_exists(row, &v, e);
    if (rc != 0) {
        swd_conf_value_clear(&v);
        if (strstr(text, " #"))
            swd_fail_hint(e, "a comment after a value starts with ';', not with '#'");
        return rc;
    }
    v.from_file = true;
    v.line = r->line;
    swd_conf_value_clear(old);
    *old = v;
    return 0;
}

static int key_found(void *arg, const char *section, const char *key, const char *text)
{
    struct conf_reader *r = arg;
    struct swd_err e = {0};
    r->expects_key = false;
    if (!r->mute && key_set(r, section, key, text, &e) != 0)
        report(r, r->line, &e);
    return 1;
}

/* What no single key can tell. */
static void whole_check(struct conf_reader *r)
{
    int soft = swd_conf_find("runners", "memory_soft");
    int hard = swd_conf_find("runners", "memory_hard");
    struct conf_value *s = swd_conf_value(r->c, (size_t)soft);
    struct swd_err e;
    if (!s->line || s->num <= swd_conf_value(r->c, (size_t)hard)->num || s->num == SWD_NONE)
        return;
    swd_fail(&e, SWD_EPARAMS, "memory_soft is above memory_hard");
    swd_fail_hint(&e, "the soft limit is a warning: set it below the hard one");
    swd_fail_field(&e, "memory_soft");
    report(r, s->line, &e);
}

int swd_conf_read(struct swd_conf *c, const char *path, swd_conf_problem_fn *problem, void *arg,
                  struct swd_err *e)
{
    struct conf_reader r = {.c = c, .path = path, .problem = problem, .arg = arg, .first = e};
    struct swd_err bad;
    size_t n;
    int rc;
    swd_conf_rows(&n);
    for (size_t i = 0; i < n; i++)
        swd_conf_value(c, i)->line = 0;
    if (&ini_max_line)
        ini_max_line = LINE_MAX_WANTED;
    r.f = fopen(path, "re");
    if (!r.f) {
        swd_fail(&bad, SWD_EIO, "cannot open: %s", strerror(errno));
        report(&r, 0, &bad);
        return r.rc;
    }
    rc = ini_parse_stream(line_read, &r, key_found, &r);
    if (ferror(r.f)) {
        swd_fail(&bad, SWD_EIO, "cannot read: %s", strerror(errno));
        report(&r, r.line, &bad);
    } else if (rc == -2) {
        swd_fail(&bad, SWD_ENOMEM, "out of memory");
        report(&r, r.line, &bad);
    }
    fclose(r.f);
    whole_check(&r);
    return r.rc;
}

void swd_conf_problem_print(void *arg, const char *file, int line, const struct swd_err *e)
{
    FILE *f = arg;
    if (line > 0)
        fprintf(f, "%s:%d: %s\n", file, line, e->msg);
    else
        fprintf(f, "%s: %s\n", file, e->msg);
    if (e->hint[0])
        fprintf(f, "  %s\n", e->hint);
}
