/* Being told of memory stalls: the kernel's triggers (PSI), or what the service manager names in
 * $MEMORY_PRESSURE_WATCH (a PSI file, a FIFO or a Unix socket; systemd's doc/PRESSURE).
 *
 * The event library cannot wait for POLLPRI, so the file is watched by a private epoll, whose own
 * descriptor is readable when something came. One thread. */
#ifndef SWD_MONITOR_PSI_H
#define SWD_MONITOR_PSI_H

#include <stdbool.h>

struct swd_psi {
    int epoll, fd; /* -1: none */
    bool stream;   /* what came must be read away (FIFO, socket) */
    bool watch;    /* the service manager's */
};

/* `watch` and `write` are the values of the two variables (NULL: not set), `path` the file to use
 * without them. 0, or SWD_EUNSUPPORTED: nobody will tell (told off, no such file, no right). */
int swd_psi_open(struct swd_psi *p, const char *watch, const char *write, const char *path);
void swd_psi_close(struct swd_psi *p);
/* Whether there was an event since; never blocks. */
bool swd_psi_take(struct swd_psi *p);

#endif
