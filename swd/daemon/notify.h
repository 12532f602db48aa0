/* What a service manager wants to hear, and what it hands over: the sd_notify and socket-activation
 * protocols, spoken directly. Loop thread. Without a service manager every call does nothing. */
#ifndef SWD_DAEMON_NOTIFY_H
#define SWD_DAEMON_NOTIFY_H

#include <stdint.h>

/* Reads and clears the environment (NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS...); call once before
 * threads. */
void swd_notify_init(void);

/* READY=1; RELOADING=1 with MONOTONIC_USEC; STOPPING=1 with EXTEND_TIMEOUT_USEC (`within` ns);
 * WATCHDOG=1; STATUS=text. */
void swd_notify_ready(void);
void swd_notify_reloading(void);
void swd_notify_stopping(uint64_t within);
void swd_notify_watchdog(void);
void swd_notify_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Nanoseconds between two watchdog messages (half of what systemd allows); 0: no watchdog. */
uint64_t swd_notify_watchdog_interval(void);

/* The socket handed over by socket activation, or -1. */
int swd_notify_listen_fd(void);

#endif
