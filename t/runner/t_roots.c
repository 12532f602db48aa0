/* Configured roots: what may be read, and what tries to get out of them. */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/roots.h"
#include "suite.h"

static char base[PATH_MAX];
static char root[PATH_MAX + 16];
static struct swd_roots *roots;
static struct swd_bytebuf *out;
static struct swd_err err;

static void put(const char *dir, const char *name, const char *text, mode_t mode)
{
    char path[PATH_MAX + 64];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static int get(uint32_t uid, const char *rel)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", root, rel);
    swd_bytebuf_clear(out);
    return swd_roots_read(roots, uid, path, out, &err);
}

static void setup(void)
{
    char real[PATH_MAX], link[PATH_MAX + 64], to[PATH_MAX + 64];
    struct swd_strvec *paths = swd_strvec_get();
    snprintf(base, sizeof base, "/tmp/swd-roots-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    ck_assert_ptr_nonnull(realpath(base, real));
    chmod(base, 0755);
    snprintf(root, sizeof root, "%s/root", real);
    mkdir(root, 0755);
    put(root, "open.js", "open", 0644);
    put(root, "closed.js", "closed", 0600);
    put(base, "outside.js", "outside", 0644);
    snprintf(link, sizeof link, "%s/link.js", root);
    snprintf(to, sizeof to, "%s/outside.js", base);
    ck_assert_int_eq(symlink(to, link), 0);
    snprintf(link, sizeof link, "%s/root2", base);
    mkdir(link, 0755);
    put(link, "x.js", "sibling", 0644);
    ck_assert(paths && swd_strvec_add(paths, root, strlen(root)) == 0);
    roots = swd_roots_new(paths);
    swd_strvec_put(&paths);
    out = swd_bytebuf_get(1000);
    ck_assert(roots && out);
}

static void teardown(void)
{
    char cmd_path[PATH_MAX + 64];
    static const char *const files[] = {"root/open.js", "root/closed.js", "root/link.js",
                                        "outside.js", "root2/x.js"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(cmd_path, sizeof cmd_path, "%s/%s", base, files[i]);
        unlink(cmd_path);
    }
    snprintf(cmd_path, sizeof cmd_path, "%s/root2", base);
    rmdir(cmd_path);
    rmdir(root);
    rmdir(base);
    swd_roots_unref(&roots);
    swd_bytebuf_put(&out);
}

START_TEST(reads_what_lies_beneath)
{
    ck_assert_int_eq(get(12345, "open.js"), 0);
    ck_assert_str_eq(out->data, "open");
}
END_TEST

START_TEST(obeys_the_users_rights)
{
    ck_assert_int_eq(get((uint32_t)getuid() + 1, "closed.js"), SWD_EDENIED);
    ck_assert_int_eq(get((uint32_t)getuid(), "closed.js"), 0);
}
END_TEST

START_TEST(no_way_out)
{
    ck_assert_int_eq(get(0, "link.js"), SWD_ENOTFOUND);
    ck_assert_int_eq(get(0, "../outside.js"), SWD_ENOTFOUND);
    ck_assert_int_eq(get(0, "../root2/x.js"), SWD_ENOTFOUND);
    ck_assert_int_eq(swd_roots_read(roots, 0, "/etc/passwd", out, &err), SWD_ENOTFOUND);
    ck_assert_int_eq(swd_roots_read(roots, 0, "open.js", out, &err), SWD_ENOTFOUND);
    ck_assert_int_eq(get(0, "."), SWD_ENOTFOUND);
    ck_assert_int_eq(get(0, "none.js"), SWD_ENOTFOUND);
}
END_TEST

START_TEST(no_roots_no_files)
{
    ck_assert_int_eq(swd_roots_read(NULL, 0, "/etc/passwd", out, &err), SWD_ENOTFOUND);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runner/roots");
    TCase *t = tcase_create("roots");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, reads_what_lies_beneath);
    tcase_add_test(t, obeys_the_users_rights);
    tcase_add_test(t, no_way_out);
    tcase_add_test(t, no_roots_no_files);
    suite_add_tcase(s, t);
    return suite_run(s);
}
