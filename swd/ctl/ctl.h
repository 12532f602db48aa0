/* swctl: the command line client of the daemon. One call a process; see ctl.c. */
#ifndef SWD_CTL_CTL_H
#define SWD_CTL_CTL_H

enum swd_ctl_exit {
#define CTL_EXIT(sym, code, text) SWD_CTL_##sym = code,
#include "ctl/exits.def"
#undef CTL_EXIT
};

#define SWD_CTL_SOCKET "/run/swd/swd.sock"

/* The whole of swctl; answers its exit code. Writes to stdout and stderr, reads stdin when asked
 * to. Blocks. The environment: SWD_SOCKET, NO_COLOR, TERM. */
int swd_ctl_main(int argc, char **argv);

#endif
