/* Tables for people: rows are gathered, so that columns can be as wide as their widest cell, and
 * printed page by page. Cells are cleaned of control characters: names come from strangers.
 * Allocates; any thread, one at a time. */
#include "ctl/text.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/err.h"

void swd_ctl_table_begin(struct swd_ctl_table *t, FILE *f, const char *const *heads)
{
    *t = (struct swd_ctl_table){.f = f};
    for (int i = 0; heads[i]; i++) {
        swd_assert(i < TABLE_COLS);
        t->right[i] = heads[i][0] == '>';
        t->heads[i] = heads[i] + t->right[i];
        t->width[i] = swd_ctl_text_width(t->heads[i]);
        t->ncols = i + 1;
    }
}

int swd_ctl_table_row(struct swd_ctl_table *t, const char *const *cells)
{
    if (t->nrows == t->cap) {
        int cap = t->cap ? t->cap * 2 : 64;
        void *more = realloc(t->cells, (size_t)cap * sizeof *t->cells);
        if (!more)
            return SWD_ENOMEM;
        t->cells = more;
        t->cap = cap;
    }
    for (int c = 0; c < t->ncols; c++) {
        char *cell = t->cells[t->nrows][c];
        size_t w =
            swd_ctl_text_width(swd_ctl_text_clean(cell, TABLE_CELL, cells[c] ? cells[c] : ""));
        if (w > t->width[c])
            t->width[c] = w;
    }
    t->nrows++;
    return 0;
}

static void cell_print(const struct swd_ctl_table *t, int c, const char *text)
{
    int pad = (int)(t->width[c] - swd_ctl_text_width(text));
    bool last = c == t->ncols - 1;
    if (t->right[c])
        fprintf(t->f, "%*s%s", pad, "", text);
    else
        fprintf(t->f, "%s%*s", text, last ? 0 : pad, "");
    fputs(last ? "\n" : "  ", t->f);
}

void swd_ctl_table_flush(struct swd_ctl_table *t)
{
    for (int c = 0; c < t->ncols && !t->headed; c++)
        cell_print(t, c, t->heads[c]);
    t->headed = true;
    for (int r = 0; r < t->nrows; r++)
        for (int c = 0; c < t->ncols; c++)
            cell_print(t, c, t->cells[r][c]);
    t->nrows = 0;
}

void swd_ctl_table_end(struct swd_ctl_table *t)
{
    swd_ctl_table_flush(t);
    swd_ctl_table_drop(t);
}

void swd_ctl_table_drop(struct swd_ctl_table *t)
{
    free(t->cells);
    t->cells = NULL;
    t->cap = 0;
}
