/* What the files of `swctl top` share: what is shown, and how it is drawn. One thread. */
#ifndef SWD_CTL_TOP_H
#define SWD_CTL_TOP_H

#include "ctl/curses.h"
#include "ctl/priv.h"

#define TOP_SPARK   240u /* looks kept */
#define TOP_ROWS    256u
#define TOP_COLOURS 6

enum top_page { TOP_RUNNERS, TOP_POOLS, TOP_HELP };
enum top_paint { TOP_PLAIN, TOP_GOOD, TOP_WARN, TOP_BAD, TOP_DIM, TOP_HEAD, TOP_CHOSEN };

/* Figures of the last looks, oldest first. */
struct top_spark {
    double y[TOP_SPARK];
    unsigned n;
};

struct top {
    struct swd_ctl *ctl;
    struct swd_ctl_curses c;
    WINDOW *win;
    bool colours, utf8;
    enum top_page page;
    bool by_cpu, paused;
    uint64_t every; /* ns between looks */
    char filter[64];
    bool typing;                   /* the filter */
    char asking;                   /* a key that wants a yes first; 0: none */
    int64_t asking_id;             /* of whom */
    char message[256];             /* on the last line, until the next key */
    json_t *stats, *rows;          /* of the last look */
    const json_t *shown[TOP_ROWS]; /* rows that pass the filter */
    size_t nshown;
    int64_t chosen; /* id; 0: none yet */
    size_t first;   /* row at the top of the page */
    struct top_spark rss, rate;
    double turns, turns_at; /* at the last look; 0: none yet */
};

/* topdraw.c: the whole screen; ncurses sends what differs. */
void swd_top_draw(struct top *t);
/* Of the table: how many rows it shows now. */
size_t swd_top_height(const struct top *t);

#endif
