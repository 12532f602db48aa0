/* ncurses by dlopen: see curses.h. */
#include "config.h"

#ifdef HAVE_NCURSES
#include "ctl/curses.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"

static const char *const libraries[] = {"libncursesw.so.6", "libncursesw.so.5"};

static const struct {
    const char *name;
    size_t offset;
} table[] = {
#define CTL_CURSES(name) {#name, offsetof(struct swd_ctl_curses, name)},
#include "ctl/curses.def"
#undef CTL_CURSES
};

int swd_ctl_curses_open(struct swd_ctl_curses *c, struct swd_err *e)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < SWD_ARRAY_LEN(libraries) && !c->library; i++)
        c->library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
    if (!c->library) {
        swd_fail(e, SWD_EUNSUPPORTED, "cannot open ncurses: %.200s", dlerror());
        return swd_fail_hint(e, "install it (Debian: libncursesw6); `swctl ps` and `swctl stats` "
                                "work without");
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(table); i++) {
        void *f = dlsym(c->library, table[i].name);
        if (!f)
            return swd_fail(e, SWD_EUNSUPPORTED, "this machine's ncurses has no %s", table[i].name);
        memcpy((char *)c + table[i].offset, &f, sizeof f);
    }
    return 0;
}
#else
/* C wants something in every file. */
extern const int swd_ctl_curses_absent;
const int swd_ctl_curses_absent = 1;
#endif
