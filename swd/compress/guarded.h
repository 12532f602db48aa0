/* Reading mapped files that somebody else may truncate meanwhile.
 *
 * A read past the new end of a mapped file raises SIGBUS. Inside a guarded section the handler puts
 * zero pages where the file ended, marks the section and returns: whoever reads sees zeros, comes
 * back as always (no context is left half-way), and finds the mark. Outside of every section the
 * signal goes where it went before. One handler a process, installed at first use; sections belong
 * to a thread, one at a time. */
#ifndef SWD_COMPRESS_GUARDED_H
#define SWD_COMPRESS_GUARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Installs the handler, once. 0 or SWD_EINTERNAL. Any thread. */
int swd_guarded_init(struct swd_err *e);

/* From here to the end of the section, `n` bytes at `p` (a private or shared file mapping of this
 * process, page-aligned) may be read safely by this thread. */
void swd_guarded_begin(void *p, size_t n);

/* True: all that was read was there. False: the file was shorter, and zeros were read instead. */
bool swd_guarded_end(void);

#endif
