/* NUMA: see numa.h. libnuma is opened on first use. */
#include "pool/numa.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "pool/extent.h"
#include "pool/granule.h"

static struct {
    int (*available)(void);
    int (*max_node)(void);
    void (*tonode)(void *, size_t, int);
    int (*run_on_node)(int);
    bool usable;
} lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void lib_open(void)
{
    static const char *const names[] = {"numa_available", "numa_max_node", "numa_tonode_memory",
                                        "numa_run_on_node"};
    void *h = dlopen("libnuma.so.1", RTLD_NOW | RTLD_LOCAL), *p[4] = {NULL};
    for (int i = 0; i < 4; i++) {
        p[i] = h != NULL ? dlsym(h, names[i]) : NULL;
        if (p[i] == NULL)
            return;
    }
    memcpy(&lib.available, &p[0], sizeof(void *));
    memcpy(&lib.max_node, &p[1], sizeof(void *));
    memcpy(&lib.tonode, &p[2], sizeof(void *));
    memcpy(&lib.run_on_node, &p[3], sizeof(void *));
    lib.usable = lib.available() >= 0;
}

/* The kernel's own list, so that a machine with one node never loads the library. */
static bool one_node(void)
{
    char text[64] = "";
    int fd = open("/sys/devices/system/node/online", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    return n <= 0 || strcmp(text, "0\n") == 0;
}

static unsigned real_nodes(void)
{
    if (one_node())
        return 1;
    pthread_once(&once, lib_open);
    return lib.usable ? (unsigned)lib.max_node() + 1 : 1;
}

static void real_bind_memory(void *p, size_t n, unsigned node)
{
    if (lib.usable)
        lib.tonode(p, n, (int)node);
}

static void real_run_on(unsigned node)
{
    if (lib.usable)
        (void)lib.run_on_node((int)node);
}

static const struct swd_numa_ops real = {real_nodes, real_bind_memory, real_run_on};
static const struct swd_numa_ops *ops = &real;

void swd_numa_use(const struct swd_numa_ops *o)
{
    ops = o != NULL ? o : &real;
}

unsigned swd_numa_nodes(void)
{
    unsigned n = ops->nodes();
    return n < 1 ? 1 : n > SWD_NODES_MAX ? SWD_NODES_MAX : n;
}

void swd_numa_bind_share(void *p, size_t n, unsigned node)
{
    ops->bind_memory(p, n, node);
}

unsigned swd_numa_bind_executor(unsigned index)
{
    unsigned nodes = swd_numa_nodes(), node = index % nodes;
    if (nodes == 1)
        return 0;
    ops->run_on(node);
    swd_extent_bind_node(node);
    return node;
}
