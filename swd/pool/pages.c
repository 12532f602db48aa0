/* Pages kept for those who wake: see pages.h.
 *
 * The reserve, with the stack at its end, is registered with a userfaultfd for write protection,
 * which nothing is ever asked for: registering is what allows to move. So faults go on as without
 * it. The descriptor is for user mode only, which needs no privilege.
 *
 * It is the parent's memory that a descriptor inherited through fork() would move, so a child opens
 * one of its own. */
#include "pool/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"

#define TICK_SHARE 4                 /* of what was not needed goes at each tick */
#define TICK_LEAST ((size_t)1 << 18) /* bytes, or all of it */

/* Of headers newer than the ones this may be built with. */
#define MOVE_FEATURE   (UINT64_C(1) << 16)
#define MOVE_SRC_HOLES (UINT64_C(1) << 1)
#define MOVE_USER_ONLY 1
#define MOVE_IOCTL     _IOWR(UFFDIO, 0x05, struct move)
struct move {
    uint64_t to, from, bytes, mode;
    int64_t moved;
};

static struct {
    pthread_mutex_t lock;
    char *map, *base; /* base NULL: there is no stack */
    size_t map_bytes;
    size_t top, low; /* bytes in the stack (atomic), and the fewest since the last tick */
    int fd;          /* -1: pages cannot be moved */
    bool opened, forked;
} g = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* The lock is held. */
static void open_once(void)
{
    struct uffdio_api api = {.api = UFFD_API, .features = MOVE_FEATURE};
    struct uffdio_register all = {.range = {(uintptr_t)g.map, g.map_bytes},
                                  .mode = UFFDIO_REGISTER_MODE_WP};
    int fd;
    g.opened = true;
    fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | MOVE_USER_ONLY);
    if (fd < 0)
        return;
    if (ioctl(fd, UFFDIO_API, &api) == 0 && (api.features & MOVE_FEATURE) != 0 &&
        ioctl(fd, UFFDIO_REGISTER, &all) == 0)
        g.fd = fd;
    else
        close(fd);
}

static void in_child(void)
{
    pthread_mutex_init(&g.lock, NULL);
    if (g.fd >= 0)
        close(g.fd);
    g.fd = -1;
    g.opened = false;
}

static void set_top(size_t top)
{
    __atomic_store_n(&g.top, top, __ATOMIC_RELAXED);
    if (top < g.low)
        g.low = top;
}

void pages_init(void *map, size_t bytes)
{
    pthread_mutex_lock(&g.lock);
    if (!g.forked)
        g.forked = pthread_atfork(NULL, NULL, in_child) == 0;
    g.map = map;
    g.map_bytes = bytes;
    g.base = g.forked ? g.map + bytes - PAGES_STACK : NULL;
    pthread_mutex_unlock(&g.lock);
}

void pages_fini(void)
{
    pthread_mutex_lock(&g.lock);
    if (g.fd >= 0)
        close(g.fd);
    g.fd = -1;
    g.base = NULL;
    g.opened = false;
    g.low = 0;
    set_top(0);
    pthread_mutex_unlock(&g.lock);
}

/* Takes the lock, unless that would mean to wait or there is nothing to move pages with. */
static bool enter(void)
{
    if (pthread_mutex_trylock(&g.lock) != 0)
        return false;
    if (!g.opened && g.base != NULL)
        open_once();
    if (g.fd >= 0)
        return true;
    pthread_mutex_unlock(&g.lock);
    return false;
}

/* Bytes that were moved, from the start on. */
static size_t move(void *to, void *from, size_t n)
{
    struct move m = {(uintptr_t)to, (uintptr_t)from, n, MOVE_SRC_HOLES, 0};
    if (ioctl(g.fd, MOVE_IOCTL, &m) == 0)
        return n;
    return m.moved > 0 ? (size_t)m.moved : 0;
}

static void drop(void *p, size_t n)
{
    int rc;
    do
        rc = n == 0 ? 0 : madvise(p, n, MADV_DONTNEED);
    while (rc != 0 && errno == EAGAIN);
    swd_assert(rc == 0);
}

size_t pages_give(void *p, size_t bytes)
{
    size_t n = 0;
    if (!enter())
        return 0;
    if (bytes <= PAGES_STACK - g.top)
        n = move(g.base + g.top, p, bytes);
    set_top(g.top + n);
    pthread_mutex_unlock(&g.lock);
    return n;
}

size_t pages_take(void *p, size_t bytes, size_t *used)
{
    size_t n = 0;
    *used = 0;
    if (pages_kept() == 0 || !enter())
        return 0;
    *used = bytes < g.top ? bytes : g.top;
    set_top(g.top - *used);
    if (*used > 0)
        n = move(p, g.base + g.top, *used);
    drop(g.base + g.top + n, *used - n);
    pthread_mutex_unlock(&g.lock);
    return n;
}

size_t pages_move(void *to, void *from, size_t bytes)
{
    size_t n;
    if (!enter())
        return 0;
    n = move(to, from, bytes);
    pthread_mutex_unlock(&g.lock);
    return n;
}

/* The lock is held. */
static size_t shrink(size_t by)
{
    set_top(g.top - by);
    drop(g.base + g.top, by);
    return by;
}

size_t pages_trim(size_t keep)
{
    size_t n = 0;
    pthread_mutex_lock(&g.lock);
    if (g.top > keep)
        n = shrink(g.top - keep / SWD_PAGE * SWD_PAGE);
    pthread_mutex_unlock(&g.lock);
    return n;
}

size_t pages_tick(void)
{
    size_t n;
    pthread_mutex_lock(&g.lock);
    n = g.low / TICK_SHARE / SWD_PAGE * SWD_PAGE;
    if (n < TICK_LEAST)
        n = g.low < TICK_LEAST ? g.low : TICK_LEAST;
    n = shrink(n);
    g.low = g.top;
    pthread_mutex_unlock(&g.lock);
    return n;
}

size_t pages_kept(void)
{
    return __atomic_load_n(&g.top, __ATOMIC_RELAXED);
}
