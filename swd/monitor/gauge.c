/* Reading machine, cgroup and PSI: see gauge.h.
 *
 * Of the levels from the process's cgroup up to the mount, the one nearest to its limit counts
 * (v2: the smaller of memory.max and memory.high; v1: memory.limit_in_bytes). Page cache that the
 * kernel can drop at once (inactive_file) is no use of memory and is taken off. */
#include "monitor/gauge.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A whole small file; false when it cannot be read. */
static bool slurp(const char *dir, const char *name, char *buf, size_t n)
{
    char path[PATH_MAX + 300];
    size_t got = 0;
    ssize_t k = 1;
    int fd;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (got < n - 1 && (k = read(fd, buf + got, n - 1 - got)) > 0)
        got += (size_t)k;
    close(fd);
    buf[got] = '\0';
    return k >= 0;
}

/* The number behind the word `key` at the start of a line; `none` when it is not there. */
static uint64_t field(const char *text, const char *key, uint64_t none)
{
    size_t n = strlen(key);
    for (const char *p = text; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
        if (strncmp(p, key, n) == 0 && (p[n] == ' ' || p[n] == ':'))
            return strtoull(p + n + 1, NULL, 10);
    return none;
}

static uint64_t number_file(const char *dir, const char *name)
{
    char text[64], *end;
    unsigned long long v;
    if (!slurp(dir, name, text, sizeof text))
        return UINT64_MAX;
    v = strtoull(text, &end, 10);
    return end == text || v >= 1ULL << 62 ? UINT64_MAX : v; /* "max", or v1's way to say it */
}

static void open_line(struct swd_gauge *g, char *line)
{
    char *controllers = strchr(line, ':'),
         *group = controllers ? strchr(controllers + 1, ':') : NULL;
    bool v1;
    if (!group)
        return;
    *group++ = '\0';
    v1 = strstr(controllers + 1, "memory") != NULL;
    if (!v1 && (controllers[1] != '\0' || g->version == 1))
        return;
    g->version = v1 ? 1 : 2;
    snprintf(g->base, sizeof g->base, "%s/sys/fs/cgroup%s", g->root, v1 ? "/memory" : "");
    snprintf(g->group, sizeof g->group, "%s", group);
    if (strcmp(g->group, "/") == 0)
        g->group[0] = '\0';
}

void swd_gauge_open(struct swd_gauge *g, const char *root)
{
    char text[8192], dir[2 * PATH_MAX], probe[64], *next;
    memset(g, 0, sizeof *g);
    snprintf(g->root, sizeof g->root, "%s", root ? root : "");
    snprintf(dir, sizeof dir, "%s/proc/self", g->root);
    if (!slurp(dir, "cgroup", text, sizeof text))
        return;
    for (char *line = text; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        open_line(g, line);
    }
    /* In a container the path may be the host's: then the mount is ours. */
    snprintf(dir, sizeof dir, "%s%s", g->base, g->group);
    if (g->version && !slurp(dir, "cgroup.procs", probe, sizeof probe))
        g->group[0] = '\0';
}

struct level {
    uint64_t usage, limit;
};

static struct level level_read(const struct swd_gauge *g, const char *dir)
{
    bool v2 = g->version == 2;
    struct level l = {.limit = number_file(dir, v2 ? "memory.max" : "memory.limit_in_bytes")};
    uint64_t high = v2 ? number_file(dir, "memory.high") : UINT64_MAX, cache = 0;
    char stat[8192];
    if (high < l.limit)
        l.limit = high;
    if (l.limit == UINT64_MAX)
        return l;
    l.usage = number_file(dir, v2 ? "memory.current" : "memory.usage_in_bytes");
    if (l.usage == UINT64_MAX)
        l.limit = UINT64_MAX;
    else if (slurp(dir, "memory.stat", stat, sizeof stat))
        cache = field(stat, v2 ? "inactive_file" : "total_inactive_file", 0);
    l.usage -= cache < l.usage ? cache : l.usage;
    return l;
}

static void cgroup_read(const struct swd_gauge *g, struct swd_gauge_reading *out)
{
    char dir[2 * PATH_MAX], text[1024], *slash;
    size_t base = strlen(g->base);
    double worst = -1;
    snprintf(dir, sizeof dir, "%s%s", g->base, g->group);
    if (slurp(dir, g->version == 2 ? "memory.events" : "memory.oom_control", text, sizeof text)) {
        out->cg_oom_kills = field(text, "oom_kill", 0);
        out->cg_high_events = field(text, "high", 0);
    }
    if (g->version == 1 && (out->cg_high_events = number_file(dir, "memory.failcnt")) == UINT64_MAX)
        out->cg_high_events = 0;
    for (;;) {
        struct level l = level_read(g, dir);
        double ratio = l.limit == 0 ? 1 : (double)l.usage / (double)l.limit;
        if (l.limit != UINT64_MAX && ratio > worst) {
            worst = ratio;
            out->cg_usage = l.usage;
            out->cg_limit = l.limit;
        }
        slash = strrchr(dir, '/');
        if (!slash || (size_t)(slash - dir) < base)
            return;
        *slash = '\0';
    }
}

/* "some avg10=1.23 avg60=..." */
static double psi_field(const char *text, const char *line)
{
    const char *p = strstr(text, line);
    p = p ? strstr(p, "avg10=") : NULL;
    return p ? strtod(p + 6, NULL) : 0;
}

static void psi_read(const char *dir, const char *name, struct swd_gauge_reading *out)
{
    char text[512];
    double some, full;
    if (!slurp(dir, name, text, sizeof text))
        return;
    some = psi_field(text, "some ");
    full = psi_field(text, "full ");
    out->psi_some = some > out->psi_some ? some : out->psi_some;
    out->psi_full = full > out->psi_full ? full : out->psi_full;
}

void swd_gauge_read(const struct swd_gauge *g, struct swd_gauge_reading *out)
{
    char dir[2 * PATH_MAX], text[4096];
    memset(out, 0, sizeof *out);
    snprintf(dir, sizeof dir, "%s/proc", g->root);
    if (slurp(dir, "meminfo", text, sizeof text)) {
        out->mem_total = field(text, "MemTotal", 0) * 1024;
        out->mem_available = field(text, "MemAvailable", out->mem_total / 1024) * 1024;
    }
    psi_read(dir, "pressure/memory", out);
    if (!g->version)
        return;
    cgroup_read(g, out);
    snprintf(dir, sizeof dir, "%s%s", g->base, g->group);
    if (g->version == 2)
        psi_read(dir, "memory.pressure", out);
}

void swd_gauge_psi_path(const struct swd_gauge *g, char *buf, size_t n)
{
    snprintf(buf, n, "%s%s/memory.pressure", g->base, g->group);
    if (g->version != 2 || access(buf, W_OK) != 0)
        snprintf(buf, n, "%s/proc/pressure/memory", g->root);
}
