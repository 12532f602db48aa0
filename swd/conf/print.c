/* The commented file with every default, from the key table. One write at a time; any thread. */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

#define WIDTH 96

static const char preamble[] =
    "# swd.conf: every key with its default; swd.conf(5) explains more.\n"
    "#\n"
    "# Sizes are written 512, 64K, 16M or 2G, durations 250ms, 1s, 5m or 2h; `none` is no limit.\n"
    "# A comment is a line that starts with '#' or ';', or what follows ' ;' after a value.\n"
    "# `swd --check-config` tells of every mistake. `swctl reload` applies the keys marked live,\n"
    "# the others need a restart.\n";

/* "# " and the words of `text`, broken before WIDTH. */
static void print_comment(FILE *f, const char *text)
{
    size_t col = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (col == 0 || col + 1 + word > WIDTH) {
            fputs(col ? "\n#" : "#", f);
            col = 1;
        }
        fprintf(f, " %.*s", (int)word, text);
        col += 1 + word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', f);
}

static void print_key(FILE *f, const struct swd_conf_key *k)
{
    char text[512];
    snprintf(text, sizeof text, "%s%s [%s%s]", k->help,
             k->help[strlen(k->help) - 1] == '.' ? "" : ".", k->type, k->live ? ", live" : "");
    fputc('\n', f);
    print_comment(f, text);
    fprintf(f, "#%s =%s%s\n", k->key, k->def[0] ? " " : "", k->def);
}

int swd_conf_print_default(int fd)
{
    size_t n;
    const struct swd_conf_key *keys = swd_conf_keys(&n);
    int rc = 0, copy = dup(fd);
    FILE *f = copy < 0 ? NULL : fdopen(copy, "w");
    if (!f) {
        if (copy >= 0)
            close(copy);
        return SWD_EIO;
    }
    fputs(preamble, f);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
            fprintf(f, "\n[%s]\n", keys[i].section);
        print_key(f, &keys[i]);
    }
    if (ferror(f))
        rc = SWD_EIO;
    if (fclose(f) != 0)
        rc = SWD_EIO;
    return rc;
}
