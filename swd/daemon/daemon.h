/* The daemon: everything put together, run, reloaded and taken apart. */
#ifndef SWD_DAEMON_DAEMON_H
#define SWD_DAEMON_DAEMON_H

/* Runs until told to stop. `path`: the configuration file; `must_exist`: it was named on the
 * command line. Answers the exit code. */
int swd_daemon_main(const char *path, int must_exist);

/* `swd --check-config`: prints every problem; 0 when there is none, else 1. */
int swd_daemon_check_config(const char *path);

#endif
