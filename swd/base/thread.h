/* Which thread this is: the loop's must answer at once, so it never compiles and never runs
 * JavaScript. What does either asserts that it is on another one. Cost: one thread-local read. */
#ifndef SWD_BASE_THREAD_H
#define SWD_BASE_THREAD_H

#include <stdbool.h>

/* The calling thread runs the loop from now on, or no longer. */
void swd_thread_set_loop(bool loop);
bool swd_thread_is_loop(void);

#endif
