/* The monitor at work in the daemon: its tick on the loop, its sources of figures, its relievers
 * and the collections it asks for. Loop thread. */
#ifndef SWD_DAEMON_WATCH_H
#define SWD_DAEMON_WATCH_H

#include "base/err.h"
#include "conf/conf.h"
#include "control/control.h"
#include "loop/loop.h"
#include "monitor/monitor.h"
#include "runner/runner.h"

struct swd_watcher;

struct swd_watcher_opts {
    struct swd_loop *loop;
    struct swd_execs *execs;
    struct swd_runners *runners;
    const struct swd_conf *conf;
    uint64_t budget;
};
int swd_watcher_new(const struct swd_watcher_opts *o, struct swd_watcher **out, struct swd_err *e);
/* After swd_execs_stop(), before the runners are freed. */
void swd_watcher_free(struct swd_watcher **w);
struct swd_monitor *swd_watcher_monitor(struct swd_watcher *w);
/* Where events go, once it is there; NULL: nowhere. */
void swd_watcher_control(struct swd_watcher *w, struct swd_control *c);
/* After a reload. */
void swd_watcher_configure(struct swd_watcher *w, const struct swd_conf *conf, uint64_t budget);

#endif
