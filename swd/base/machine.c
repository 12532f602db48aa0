/* Memory and CPUs of machine and cgroup: see machine.h. */
#include "base/machine.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t swd_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}

/* The first line of a file without its newline; "" when it cannot be read. */
static void first_line(const char *path, char *buf, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, buf, n - 1) : -1;
    if (fd >= 0)
        close(fd);
    buf[got > 0 ? got : 0] = '\0';
    buf[strcspn(buf, "\n")] = '\0';
}

static uint64_t limit_file(const char *dir, const char *file)
{
    char path[PATH_MAX + 64], text[64], *end;
    unsigned long long v;
    snprintf(path, sizeof path, "%s/%s", dir, file);
    first_line(path, text, sizeof text);
    v = strtoull(text, &end, 10);
    /* v1 says "no limit" by a number near 2^63. */
    return end == text || *end != '\0' || v >= (1ULL << 62) ? UINT64_MAX : v;
}

/* The tightest `file` from a cgroup's folder up to the root of its hierarchy. */
static uint64_t limit_walk(const char *root, const char *group, const char *file)
{
    char dir[PATH_MAX];
    size_t base = strlen(root);
    uint64_t least = UINT64_MAX;
    if (snprintf(dir, sizeof dir, "%s%s", root, group) >= (int)sizeof dir)
        return least;
    for (;;) {
        uint64_t v = limit_file(dir, file);
        char *slash = strrchr(dir, '/');
        if (v < least)
            least = v;
        if (!slash || (size_t)(slash - dir) < base)
            return least;
        *slash = '\0';
    }
}

uint64_t swd_machine_cgroup_limit(void)
{
    char line[PATH_MAX];
    uint64_t least = UINT64_MAX;
    FILE *f = fopen("/proc/self/cgroup", "re");
    if (!f)
        return least;
    while (fgets(line, sizeof line, f)) {
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        uint64_t v = UINT64_MAX;
        if (!group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        if (strcmp(controllers + 1, "") == 0)
            v = limit_walk("/sys/fs/cgroup", group, "memory.max");
        else if (strstr(controllers + 1, "memory"))
            v = limit_walk("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
        if (v < least)
            least = v;
    }
    fclose(f);
    return least;
}

uint64_t swd_machine_usable(void)
{
    uint64_t machine = swd_machine_memory(), cgroup = swd_machine_cgroup_limit();
    return cgroup < machine ? cgroup : machine;
}

unsigned swd_machine_cpus(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (unsigned)n : 1;
}
