/* Text for people and JSON for machines; private to swd/ctl. See text.c, table.c and json.c. */
#ifndef SWD_CTL_TEXT_H
#define SWD_CTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CTL_TEXT 48 /* enough for any of the forms below */

/* Columns that UTF-8 text takes on a terminal: wide characters two, combining ones none. */
size_t swd_ctl_text_width(const char *s);
/* The byte where `s` stops being UTF-8, or n. */
size_t swd_ctl_text_utf8(const char *s, size_t n);
/* `s` without control characters (each becomes '?'), cut to `n`. Answers buf. */
const char *swd_ctl_text_clean(char *buf, size_t n, const char *s);

/* 1536 -> "1.5K"; 1500 us -> "1.5ms"; 3700 s -> "1h01m". Each answers buf. */
const char *swd_ctl_text_bytes(char buf[CTL_TEXT], double bytes);
const char *swd_ctl_text_us(char buf[CTL_TEXT], double us);
const char *swd_ctl_text_age(char buf[CTL_TEXT], double seconds);

/* Prints a value as JavaScript's JSON.stringify does: no white space, numbers in their shortest
 * form. */
void swd_ctl_json_print(FILE *f, const json_t *v);
/* Members of an object, forgiving: 0 or "" when absent or of another type. */
double swd_ctl_json_num(const json_t *o, const char *key);
const char *swd_ctl_json_str(const json_t *o, const char *key);
/* Parses `n` bytes; whole numbers beyond 64 bits become reals. NULL: not JSON. */
json_t *swd_ctl_json_parse(const char *s, size_t n);

/* A table: columns as wide as needed. */
#define TABLE_COLS 12
#define TABLE_CELL 64 /* bytes of a cell, with its NUL */
struct swd_ctl_table {
    FILE *f;
    int ncols, nrows, cap;
    const char *heads[TABLE_COLS];
    bool right[TABLE_COLS];
    size_t width[TABLE_COLS]; /* grows only, so that pages line up */
    char (*cells)[TABLE_COLS][TABLE_CELL];
    bool headed;
};
/* `heads`: static texts up to a NULL; one that begins with '>' aligns its column to the right. */
void swd_ctl_table_begin(struct swd_ctl_table *t, FILE *f, const char *const *heads);
/* Adds a row with a text for each column. 0 or SWD_ENOMEM. */
int swd_ctl_table_row(struct swd_ctl_table *t, const char *const *cells);
/* Prints the rows so far, below the heads the first time, and forgets them. */
void swd_ctl_table_flush(struct swd_ctl_table *t);
void swd_ctl_table_drop(struct swd_ctl_table *t); /* free, printing nothing */
void swd_ctl_table_end(struct swd_ctl_table *t);  /* flush and free */

#endif
