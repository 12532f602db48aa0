/* `swd exec`: one script, no daemon. */
#ifndef SWD_DAEMON_EXEC_H
#define SWD_DAEMON_EXEC_H

/* Arguments after the word `exec`. Answers the exit code: the script's own, else 0, 1 on an error,
 * 2 on bad usage. */
int swd_exec_main(int argc, char **argv);

#endif
