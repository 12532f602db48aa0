/* Metrics as text for Prometheus: the plain form (0.0.4) or OpenMetrics 1.0. Every metric of
 * metrics.def under swd_<name>, counters with _total. Any thread; about 20 us. */
#ifndef SWD_MONITOR_EXPOSE_H
#define SWD_MONITOR_EXPOSE_H

#include <stdbool.h>

#include "monitor/metrics.h"
#include "pool/bytebuf.h"

enum swd_expose { SWD_EXPOSE_PLAIN, SWD_EXPOSE_OPEN };

/* What a client that sent `accept` wants: OpenMetrics only if it says so, and rates the plain form
 * no higher. */
enum swd_expose swd_expose_form(const char *accept);
const char *swd_expose_type(enum swd_expose form); /* Content-Type */

/* A failure is sticky in `out`. `version`: of the daemon, for swd_build_info. */
void swd_expose(struct swd_bytebuf *out, enum swd_expose form, const double v[SWD_METRICS],
                const char *version);

#endif
