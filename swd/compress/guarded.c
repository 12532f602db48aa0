/* Guarded sections: see guarded.h.
 *
 * The handler calls mmap(), a bare system call, and touches only this thread's section. It is
 * installed without SA_NODEFER, for it does not leave by a jump. */
#include "compress/guarded.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

static uintptr_t page = 4096;

static __thread struct {
    volatile uintptr_t from, to;
    volatile sig_atomic_t hit;
} section;

static struct sigaction before;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int failed; /* errno of sigaction() */

/* The signal is not ours: as if this handler were not there. */
static void pass_on(int signo, siginfo_t *info, void *context)
{
    if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(signo, info, context);
        return;
    }
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(signo);
        return;
    }
    /* The instruction is run again and the default action taken. */
    struct sigaction sa = {.sa_handler = SIG_DFL};
    sigemptyset(&sa.sa_mask);
    (void)sigaction(signo, &sa, NULL);
}

static void on_bus(int signo, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr & ~(page - 1);
    int saved = errno;
    if (at < section.from || at >= section.to) {
        pass_on(signo, info, context);
        return;
    }
    void *p = mmap((void *)at, section.to - at, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                   -1, 0);
    section.hit = 1;
    errno = saved;
    if (p == MAP_FAILED)
        pass_on(signo, info, context);
}

static void install(void)
{
    struct sigaction sa = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&sa.sa_mask);
    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (sigaction(SIGBUS, &sa, &before) != 0)
        failed = errno;
}

int swd_guarded_init(struct swd_err *e)
{
    pthread_once(&once, install);
    if (failed != 0)
        return swd_fail(e, SWD_EINTERNAL, "cannot catch SIGBUS: %s", strerror(failed));
    return 0;
}

void swd_guarded_begin(void *p, size_t n)
{
    swd_assert(section.to == 0);
    section.hit = 0;
    section.from = (uintptr_t)p;
    section.to = ((uintptr_t)p + n + page - 1) & ~(page - 1);
}

bool swd_guarded_end(void)
{
    section.from = section.to = 0;
    return section.hit == 0;
}
