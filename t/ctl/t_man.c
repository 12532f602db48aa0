/* The lists in the man pages are those of the tables. With SWD_MAN_UPDATE=1 they are rewritten
 * instead. Run from the top of the tree, or with SWD_SRC. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "ctl/args.h"
#include "suite.h"

#define PAGE_MAX_BYTES 131072

static char page[PAGE_MAX_BYTES], *block;
static size_t block_len;

static const char *page_path(const char *name)
{
    static char path[512];
    const char *root = getenv("SWD_SRC");
    snprintf(path, sizeof path, "%s/doc/man/%s", root ? root : ".", name);
    return path;
}

/* Text of roff lines: backslashes and a leading dot or quote mean themselves, and a sentence begins
 * a line. */
static void put_text(FILE *f, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", f);
        start = text[0] == '.' && text[1] == ' ';
        if (start) {
            fputs(".\n", f);
            text++;
        } else if (*text == '\\' || *text == '-') {
            fputs(*text == '-' ? "\\-" : "\\e", f);
        } else {
            fputc(*text, f);
        }
    }
}

/* Compares what stands between the marks of `what`, or replaces it. */
static void block_check(const char *name, const char *what)
{
    char begin[64], end[64], *from, *to;
    FILE *f = fopen(page_path(name), "r");
    size_t n;
    ck_assert_msg(f != NULL, "%s", page_path(name));
    n = fread(page, 1, sizeof page - 1, f);
    page[n] = '\0';
    fclose(f);
    snprintf(begin, sizeof begin, ".\\\" begin %s\n", what);
    snprintf(end, sizeof end, ".\\\" end %s\n", what);
    from = strstr(page, begin);
    ck_assert_msg(from != NULL, "%s has no %s", name, what);
    from += strlen(begin);
    to = strstr(from, end);
    ck_assert_ptr_nonnull(to);
    if (getenv("SWD_MAN_UPDATE")) {
        f = fopen(page_path(name), "w");
        ck_assert_ptr_nonnull(f);
        fprintf(f, "%.*s%s%s", (int)(from - page), page, block, to);
        fclose(f);
        return;
    }
    ck_assert_msg((size_t)(to - from) == block_len && memcmp(from, block, block_len) == 0,
                  "%s: the list of %s is not that of the table; run with SWD_MAN_UPDATE=1", name,
                  what);
}

static FILE *block_open(void)
{
    FILE *f = open_memstream(&block, &block_len);
    ck_assert_ptr_nonnull(f);
    return f;
}

static void block_close(FILE *f, const char *name, const char *what)
{
    fclose(f);
    block_check(name, what);
    free(block);
    block = NULL;
}

static void put_flag(FILE *f, enum swd_ctl_flag i)
{
    const struct swd_ctl_flag_info *info = swd_ctl_flag(i);
    fputs(".It ", f);
    if (info->shrt)
        fprintf(f, "Fl %c , ", info->shrt);
    fprintf(f, "Fl -%s", info->lng);
    if (*info->arg)
        fprintf(f, " Ar %s", info->arg);
    fputc('\n', f);
    put_text(f, info->help);
    fputs(".\n", f);
}

START_TEST(commands_of_swctl)
{
    size_t n;
    const struct swd_ctl_command *c = swd_ctl_commands(&n);
    FILE *f = block_open();
    fputs(".Bl -tag -width Ds\n", f);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, ".It Cm %s", c[i].name);
        for (int k = 0; k < CTL_FLAGS; k++)
            if (c[i].flags & CTL_BIT(k))
                fprintf(f, " Oo Fl -%s Oc", swd_ctl_flag((enum swd_ctl_flag)k)->lng);
        if (*c[i].operands)
            fprintf(f, " Ar %s", c[i].operands);
        fputc('\n', f);
        put_text(f, c[i].help);
        fputc('\n', f);
    }
    fputs(".El\n", f);
    block_close(f, "swctl.1", "commands");
}
END_TEST

static void flags_list(const char *what, unsigned mask)
{
    FILE *f = block_open();
    fputs(".Bl -tag -width Ds\n", f);
    for (int i = 0; i < CTL_FLAGS; i++)
        if (mask & CTL_BIT(i))
            put_flag(f, (enum swd_ctl_flag)i);
    fputs(".El\n", f);
    block_close(f, "swctl.1", what);
}

START_TEST(flags_of_swctl)
{
    flags_list("global flags", CTL_F_GLOBAL);
    flags_list("flags", ~CTL_F_GLOBAL);
}
END_TEST

START_TEST(exit_codes_of_swctl)
{
    FILE *f = block_open();
    fputs(".Bl -tag -width Ds\n", f);
#define CTL_EXIT(sym, code, text) fprintf(f, ".It %d\n%s\n", code, text);
#include "ctl/exits.def"
#undef CTL_EXIT
    fputs(".El\n", f);
    block_close(f, "swctl.1", "exits");
}
END_TEST

START_TEST(keys_of_swd_conf)
{
    size_t n;
    const struct swd_conf_key *k = swd_conf_keys(&n);
    FILE *f = block_open();
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(k[i].section, k[i - 1].section) != 0)
            fprintf(f, "%s.Ss [%s]\n.Bl -tag -width Ds\n", i ? ".El\n" : "", k[i].section);
        fprintf(f, ".It Ic %s No =%s%s No (%s%s)\n", k[i].key, *k[i].def ? " " : "", k[i].def,
                k[i].type, k[i].live ? ", live" : "");
        put_text(f, k[i].help);
        fputs(k[i].help[strlen(k[i].help) - 1] == '.' ? "\n" : ".\n", f);
    }
    fputs(".El\n", f);
    block_close(f, "swd.conf.5", "keys");
}
END_TEST

START_TEST(types_of_swd_conf)
{
    FILE *f = block_open();
#define SWD_KEY_TYPE(sym, name, expects) fprintf(f, ".It %s\n%s\n", name, expects);
#include "conf/types.def"
#undef SWD_KEY_TYPE
    block_close(f, "swd.conf.5", "types");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("man");
    TCase *t = tcase_create("man");
    tcase_add_test(t, commands_of_swctl);
    tcase_add_test(t, flags_of_swctl);
    tcase_add_test(t, exit_codes_of_swctl);
    tcase_add_test(t, keys_of_swd_conf);
    tcase_add_test(t, types_of_swd_conf);
    suite_add_tcase(s, t);
    return suite_run(s);
}
