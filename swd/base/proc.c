/* Facts from /proc: see proc.h. */
#include "base/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

int swd_proc_mem(struct swd_proc_mem *out)
{
    char buf[128];
    unsigned long long size, resident, shared;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    ssize_t n;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    memset(out, 0, sizeof *out);
    if (fd < 0)
        return SWD_EIO;
    n = read(fd, buf, sizeof buf - 1);
    close(fd);
    if (n <= 0)
        return SWD_EIO;
    buf[n] = '\0';
    if (sscanf(buf, "%llu %llu %llu", &size, &resident, &shared) != 3)
        return SWD_EIO;
    out->size = size * page;
    out->resident = resident * page;
    out->shared = shared * page;
    return 0;
}

uint64_t swd_proc_rss(void)
{
    struct swd_proc_mem m;
    return swd_proc_mem(&m) == 0 ? m.resident : 0;
}
