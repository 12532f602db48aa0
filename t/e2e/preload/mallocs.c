/* Loaded in front of libc (LD_PRELOAD): counts every call of its allocator, for e_mallocs.py.
 *
 * The counters lie in the file that MALLOCS names, mapped shared, so that a test reads them while
 * the program runs: calls, then the switch, then DEEP return addresses of each of the first SITES
 * calls made while the switch is on. The file's numbers are 64-bit, in the machine's order. */
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEEP  10
#define SITES 64

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t a, size_t n);

struct counters {
    uint64_t calls, on, sites;
    void *site[SITES][DEEP];
};

static struct counters none, *c = &none;
static __thread int inside; /* backtrace() may allocate */

static void count(void)
{
    __atomic_fetch_add(&c->calls, 1, __ATOMIC_RELAXED);
    if (inside || !__atomic_load_n(&c->on, __ATOMIC_RELAXED))
        return;
    uint64_t i = __atomic_fetch_add(&c->sites, 1, __ATOMIC_RELAXED);
    if (i >= SITES)
        return;
    inside = 1;
    (void)backtrace(c->site[i], DEEP);
    inside = 0;
}

void *malloc(size_t n)
{
    count();
    return __libc_malloc(n);
}

void *calloc(size_t k, size_t n)
{
    count();
    return __libc_calloc(k, n);
}

void *realloc(void *p, size_t n)
{
    count();
    return __libc_realloc(p, n);
}

void *memalign(size_t a, size_t n)
{
    count();
    return __libc_memalign(a, n);
}

void *aligned_alloc(size_t a, size_t n)
{
    return memalign(a, n);
}

int posix_memalign(void **p, size_t a, size_t n)
{
    *p = memalign(a, n);
    return *p == NULL ? 12 : 0; /* ENOMEM */
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MALLOCS");
    void *warm[2];
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    (void)backtrace(warm, 2); /* loads what it needs */
    if (fd < 0 || ftruncate(fd, sizeof *c) != 0)
        return;
    void *p = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p != MAP_FAILED)
        c = p;
    close(fd);
}
