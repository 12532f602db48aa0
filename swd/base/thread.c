/* Which thread this is: see thread.h. */
#include "base/thread.h"

static _Thread_local bool thread_is_loop;

void swd_thread_set_loop(bool loop)
{
    thread_is_loop = loop;
}

bool swd_thread_is_loop(void)
{
    return thread_is_loop;
}
