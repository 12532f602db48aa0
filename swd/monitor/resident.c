/* Resident bytes by what is mapped there: see resident.h. proc(5) describes smaps. */
#include "monitor/resident.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The sum that a mapping's bytes belong to, by the line that begins it; NULL: no such line. */
static uint64_t *part_of(const char *line, bool (*owns)(const void *p), struct swd_resident *r)
{
    unsigned long from, to, inode;
    char name[64] = "";
    if (sscanf(line, "%lx-%lx %*s %*s %*s %lu %63s", &from, &to, &inode, name) < 3)
        return NULL;
    if (inode != 0)
        return &r->file;
    if (owns((const void *)from))
        return &r->reserve;
    if (strcmp(name, "[heap]") == 0)
        return &r->heap;
    if (strncmp(name, "[stack", 6) == 0)
        return &r->stack;
    return name[0] == '[' && strncmp(name, "[anon", 5) != 0 ? &r->file : &r->other;
}

int swd_resident_read(const char *path, bool (*owns)(const void *p), struct swd_resident *out)
{
    uint64_t *part = NULL, *next, kb;
    char line[512];
    FILE *f = fopen(path, "re");
    memset(out, 0, sizeof *out);
    if (!f)
        return SWD_EIO;
    while (fgets(line, sizeof line, f)) {
        if ((next = part_of(line, owns, out)) != NULL)
            part = next;
        else if (part && sscanf(line, "Rss: %" SCNu64 " kB", &kb) == 1) {
            *part += kb * 1024;
            out->rss += kb * 1024;
        } else if (sscanf(line, "Pss: %" SCNu64 " kB", &kb) == 1)
            out->pss += kb * 1024;
    }
    fclose(f);
    return out->rss > 0 ? 0 : SWD_EIO;
}

void swd_resident_parts(const struct swd_resident *r, uint64_t stacks, uint64_t tables,
                        uint64_t libc, struct swd_parts *out)
{
    uint64_t rest = r->other, n;
    *out = (struct swd_parts){.rss = r->rss, .file = r->file};
    rest -= n = least(stacks, rest);
    out->stacks = r->stack + n;
    rest -= n = least(tables, rest);
    out->reserve = r->reserve + n;
    rest -= n = least(libc - least(libc, r->heap), rest);
    out->libc = r->heap + n;
    out->unknown = rest;
}
