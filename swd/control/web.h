/* The monitor by HTTP: /metrics for Prometheus, / for a page of charts, /data.json for that page.
 * Off unless [monitor] http says where. It reads only, and shows nothing that a script printed.
 * Loop thread. */
#ifndef SWD_CONTROL_WEB_H
#define SWD_CONTROL_WEB_H

#include "control/control.h"

struct swd_web;

/* `listen` as in swd_http_opts. Errors: those of swd_http_open(); SWD_EUNSUPPORTED without a
 * monitor. */
int swd_web_start(struct swd_control *c, const char *listen, struct swd_web **out,
                  struct swd_err *e);
/* Before swd_control_free(). */
void swd_web_stop(struct swd_web **w);

#endif
