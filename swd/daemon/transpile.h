/* `swd transpile`: the compiler alone. */
#ifndef SWD_DAEMON_TRANSPILE_H
#define SWD_DAEMON_TRANSPILE_H

/* Arguments after the word `transpile`. Prints ES5 (or, with --map, the source map) on standard
 * output. 0; 1 with all problems on standard error; 2 on bad usage. */
int swd_transpile_main(int argc, char **argv);

#endif
