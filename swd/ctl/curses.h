/* ncurses, opened when a screen is wanted: neither the daemon nor any other command pays for it at
 * start-up, and a machine without it lacks only `swctl top`. Included where HAVE_NCURSES is set. */
#ifndef SWD_CTL_CURSES_H
#define SWD_CTL_CURSES_H

#define NCURSES_NOMACROS 1
#include <curses.h>

#include "base/err.h"

struct swd_ctl_curses {
    void *library;
#define CTL_CURSES(name) __typeof__(name) *name;
#include "ctl/curses.def"
#undef CTL_CURSES
};

/* Errors: SWD_EUNSUPPORTED, with what to install. It stays open. */
int swd_ctl_curses_open(struct swd_ctl_curses *c, struct swd_err *e);

#endif
