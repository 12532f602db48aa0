/* Loaded functions: see function.h. Latencies are kept as a histogram of quarter octaves of
 * microseconds: percentiles are right to about 19 %. */
#include "runner/function.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "pool/slab.h"

#define FUNCTION_MAGIC 0x46554e43u
#define BUCKETS        128 /* four to a doubling: up to 2^32 us */

struct swd_function {
    unsigned magic;
    atomic_uint refs;
    struct swd_list link; /* in the table, most recently called first */
    char name[256], file[256];
    uint64_t version;
    char *source;
    size_t source_n;
    enum swd_lang lang;
    struct swd_dialect *dialect; /* NULL: the usual one */
    struct swd_lib_image *image;
    struct swd_heap_image_info info;
    char reason[200];
    uint64_t calls, failed;
    uint32_t latency[BUCKETS];
};

struct swd_functions {
    struct swd_list list;
    uint64_t budget, bytes; /* of images */
};

struct swd_function *swd_function_new(const char *name, const char *file, const char *source,
                                      size_t n, enum swd_lang lang,
                                      const struct swd_dialect *dialect)
{
    struct swd_function *f = swd_slab_alloc(sizeof *f);
    if (!f)
        return NULL;
    f->magic = FUNCTION_MAGIC;
    atomic_init(&f->refs, 1);
    swd_list_init(&f->link);
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(f->file, sizeof f->file, "%s", file);
    f->source = swd_slab_strndup(source, n);
    f->source_n = n;
    f->lang = lang;
    if (dialect && (f->dialect = swd_slab_alloc(sizeof *dialect)) != NULL)
        *f->dialect = *dialect;
    if (!f->source || (dialect && !f->dialect))
        swd_function_unref(&f);
    return f;
}

const struct swd_dialect *swd_function_dialect(const struct swd_function *f)
{
    return f->dialect;
}

const char *swd_function_file(const struct swd_function *f)
{
    return f->file;
}

struct swd_function *swd_function_ref(struct swd_function *f)
{
    SWD_CHECK(f, FUNCTION_MAGIC);
    atomic_fetch_add(&f->refs, 1);
    return f;
}

void swd_function_unref(struct swd_function **p)
{
    struct swd_function *f = *p;
    *p = NULL;
    if (!f || atomic_fetch_sub(&f->refs, 1) > 1)
        return;
    SWD_CHECK(f, FUNCTION_MAGIC);
    if (f->image)
        swd_lib_image_unref(&f->image);
    if (f->source)
        swd_slab_free(f->source, f->source_n + 1);
    swd_slab_free(f->dialect, sizeof *f->dialect);
    f->magic = 0;
    swd_slab_free(f, sizeof *f);
}

void swd_function_set_image(struct swd_function *f, struct swd_lib_image *img, const char *reason)
{
    f->image = img;
    if (img)
        swd_lib_image_info(img, &f->info);
    snprintf(f->reason, sizeof f->reason, "%s", img ? "" : reason);
}

const char *swd_function_source(const struct swd_function *f, size_t *n, enum swd_lang *lang)
{
    *n = f->source_n;
    *lang = f->lang;
    return f->source;
}

struct swd_lib_image *swd_function_image(const struct swd_function *f)
{
    return f->image ? swd_lib_image_ref(f->image) : NULL;
}

/* ---- latencies ---- */

static unsigned bucket_of(uint64_t us)
{
    unsigned e, b;
    if (us < 4)
        return (unsigned)us;
    e = 63 - (unsigned)__builtin_clzll(us);
    b = e * 4 - 4 + (unsigned)(us >> (e - 2) & 3);
    return b < BUCKETS ? b : BUCKETS - 1;
}

/* The largest value of a bucket. */
static uint64_t bucket_top(unsigned b)
{
    unsigned e = (b + 4) / 4;
    if (b < 4)
        return b;
    return ((UINT64_C(4) + (b & 3) + 1) << (e - 2)) - 1;
}

void swd_function_note(struct swd_function *f, uint64_t ns, bool ok)
{
    f->calls++;
    f->failed += !ok;
    f->latency[bucket_of(ns / 1000)]++;
}

static uint64_t percentile(const struct swd_function *f, unsigned percent)
{
    uint64_t want = (f->calls * percent + 99) / 100, seen = 0;
    for (unsigned b = 0; b < BUCKETS; b++) {
        seen += f->latency[b];
        if (seen >= want && seen > 0)
            return bucket_top(b);
    }
    return 0;
}

void swd_function_info(const struct swd_function *f, struct swd_function_info *out)
{
    *out = (struct swd_function_info){
        .name = f->name,
        .version = f->version,
        .imaged = f->image != NULL,
        .reason = f->reason,
        .bytes = f->image ? f->info.bytes : 0,
        .relocations = f->image ? f->info.relocations : 0,
        .calls = f->calls,
        .failed = f->failed,
        .p50_us = percentile(f, 50),
        .p99_us = percentile(f, 99),
    };
}

/* ---- the table ---- */

struct swd_functions *swd_functions_new(void)
{
    struct swd_functions *fs = swd_slab_alloc(sizeof *fs);
    if (fs) {
        swd_list_init(&fs->list);
        fs->budget = UINT64_MAX;
    }
    return fs;
}

static void drop(struct swd_functions *fs, struct swd_function *f)
{
    if (f->image)
        fs->bytes -= f->info.bytes;
    swd_list_del(&f->link);
    swd_function_unref(&f);
}

void swd_functions_free(struct swd_functions **p)
{
    struct swd_functions *fs = *p;
    *p = NULL;
    if (!fs)
        return;
    while (!swd_list_empty(&fs->list))
        drop(fs, SWD_LIST_ENTRY(fs->list.next, struct swd_function, link));
    swd_slab_free(fs, sizeof *fs);
}

void swd_functions_set_budget(struct swd_functions *fs, uint64_t budget)
{
    struct swd_list *it;
    fs->budget = budget;
    for (it = fs->list.prev; it != &fs->list && fs->bytes > budget; it = it->prev) {
        struct swd_function *f = SWD_LIST_ENTRY(it, struct swd_function, link);
        if (!f->image)
            continue;
        fs->bytes -= f->info.bytes;
        swd_lib_image_unref(&f->image);
        snprintf(f->reason, sizeof f->reason, "evicted: the images are over their budget");
    }
}

void swd_functions_publish(struct swd_functions *fs, struct swd_function *f, uint64_t budget)
{
    struct swd_function *old = swd_functions_find(fs, f->name, false);
    f->version = old ? old->version + 1 : 1;
    if (old)
        drop(fs, old);
    swd_list_push_front(&fs->list, &swd_function_ref(f)->link);
    if (f->image)
        fs->bytes += f->info.bytes;
    swd_functions_set_budget(fs, budget);
}

struct swd_function *swd_functions_find(struct swd_functions *fs, const char *name, bool use)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, &fs->list)
    {
        struct swd_function *f = SWD_LIST_ENTRY(it, struct swd_function, link);
        if (strcmp(f->name, name) != 0)
            continue;
        if (use) {
            swd_list_del(it);
            swd_list_push_front(&fs->list, it);
        }
        return f;
    }
    return NULL;
}

int swd_functions_remove(struct swd_functions *fs, const char *name)
{
    struct swd_function *f = swd_functions_find(fs, name, false);
    if (!f)
        return SWD_ENOTFOUND;
    drop(fs, f);
    return 0;
}

void swd_functions_each(struct swd_functions *fs,
                        void (*row)(void *arg, const struct swd_function_info *), void *arg)
{
    struct swd_list *it;
    SWD_LIST_EACH(it, &fs->list)
    {
        struct swd_function_info info;
        swd_function_info(SWD_LIST_ENTRY(it, struct swd_function, link), &info);
        row(arg, &info);
    }
}
