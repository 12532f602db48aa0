/* Images of the library: see lib.h; engine/image.c does the heaps.
 *
 * What a script changed on the C side while it was loaded (module count, console group, timer ids)
 * is remembered with the image and given to each clone. Open handles cannot be: a script that
 * leaves a timer, a message handler or a suspended require is refused, with the reason. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "engine/part.h"
#include "lib/config.h"
#include "lib/int.h"
#include "pool/slab.h"

#define SWD_LIB_IMAGE_MAGIC 0x4c494d47u
#define BUILDS              3

struct swd_lib_image {
    unsigned magic;
    atomic_uint refs;
    struct swd_heap_image *heap;
    uint64_t modules, next_timer, weak_kept_n;
    unsigned group_depth;
    int exit_code;
};

/* Written before threads. */
static struct swd_lib_image *base_image;
static char base_reason[256] = "it was not made";
static bool images_off;

uint64_t swd_lib_mono(const struct swd_lib *lib)
{
    return swd_heap_mono(lib->heap);
}

static struct swd_lib_image *image_new(void)
{
    struct swd_lib_image *img = swd_slab_alloc(sizeof *img);
    if (img) {
        img->magic = SWD_LIB_IMAGE_MAGIC;
        atomic_init(&img->refs, 1);
    }
    return img;
}

struct swd_lib_image *swd_lib_image_ref(struct swd_lib_image *img)
{
    SWD_CHECK(img, SWD_LIB_IMAGE_MAGIC);
    atomic_fetch_add(&img->refs, 1);
    return img;
}

void swd_lib_image_unref(struct swd_lib_image **p)
{
    struct swd_lib_image *img = *p;
    *p = NULL;
    if (!img || atomic_fetch_sub(&img->refs, 1) > 1)
        return;
    SWD_CHECK(img, SWD_LIB_IMAGE_MAGIC);
    if (img->heap)
        swd_heap_image_unref(&img->heap);
    img->magic = 0;
    swd_slab_free(img, sizeof *img);
}

void swd_lib_image_info(const struct swd_lib_image *img, struct swd_heap_image_info *out)
{
    memset(out, 0, sizeof *out);
    if (!img)
        img = base_image;
    if (img)
        swd_heap_image_info(img->heap, out);
}

struct swd_lib_image *swd_lib_image_base(void)
{
    return base_image;
}

static void image_give(const struct swd_lib_image *img, struct swd_lib *lib)
{
    lib->modules = img->modules;
    lib->group_depth = img->group_depth;
    lib->exit_code = img->exit_code;
    lib->timers.next_id = img->next_timer;
    lib->weak_kept_n = img->weak_kept_n;
}

int swd_lib_image_clone(struct swd_lib_image *img, struct swd_lib *lib,
                        const struct swd_heap_opts *ho, struct swd_err *e)
{
    int rc = swd_heap_clone(img->heap, ho, &lib->heap, e);
    if (rc == 0)
        image_give(img, lib);
    return rc;
}

/* ---- The base image ----------------------------------------------------------------------------
 */

/* What most scripts touch is there already. */
static int base_populate(void *ctx, void *arg)
{
    int rc = swd_lib_populate(ctx, arg);
    swd_lib_warm(ctx);
    swd_lib_warm_worker(ctx);
    return rc;
}

/* Filled as any other heap; nothing of the filling library stays in it. */
static int base_fill(struct swd_heap *h, void *arg, struct swd_err *e)
{
    struct swd_lib *filler = arg;
    struct swd_thrown thrown;
    swd_heap_set_owner(h, filler);
    filler->heap = h;
    if (swd_heap_run(h, base_populate, NULL, &thrown) == SWD_RUN_OK)
        return 0;
    return swd_fail(e, SWD_EINTERNAL, "the library does not start: %s", thrown.message);
}

int swd_lib_image_init(struct swd_account *account, struct swd_err *e)
{
    struct swd_limits limits;
    struct swd_lib *filler;
    struct swd_lib_opts o = {.limits = &limits};
    struct swd_lib_image *img = image_new();
    int rc = SWD_ENOMEM;
    swd_limits_default(&limits);
    if (!img)
        return swd_fail(e, rc, "no memory for an image");
    rc = swd_lib_shell(&o, &filler, e);
    if (rc == 0) {
        img->next_timer = filler->timers.next_id;
        swd_part_hold(true);
        rc = swd_heap_image_make(NULL, &limits, account, base_fill, filler, &img->heap, e);
        swd_part_hold(false);
        filler->heap = NULL;
        swd_lib_close(&filler);
    }
    snprintf(base_reason, sizeof base_reason, "%s", rc == 0 ? "" : e->msg);
    if (rc == 0)
        base_image = img;
    else
        swd_lib_image_unref(&img);
    return rc;
}

void swd_lib_image_off(const char *reason)
{
    images_off = true;
    snprintf(base_reason, sizeof base_reason, "%s", reason);
}

const char *swd_lib_image_reason(void)
{
    return base_reason;
}

void swd_lib_image_fini(void)
{
    swd_lib_image_unref(&base_image);
    swd_heap_kin_forget();
    swd_part_forget();
}

/* ---- Loaded functions --------------------------------------------------------------------------
 */

struct load {
    struct swd_lib_opts opts;
    struct swd_host host; /* the caller's, silent after the first build */
    struct swd_lib_source source;
    struct swd_lib *libs[BUILDS];
    unsigned build;
    struct swd_lib_image *img;
    enum swd_run_rc rc;
    enum swd_stop stop;
    struct swd_thrown *thrown;
};

static void silent_print(void *host, enum swd_console_level level, const char *text, size_t n)
{
    (void)host;
    (void)level;
    (void)text;
    (void)n;
}

/* What cannot be cloned. */
static int load_check(const struct swd_lib *lib, struct swd_err *e)
{
    if (images_off)
        return swd_fail(e, SWD_EUNSUPPORTED, "%s", base_reason);
    if (lib->timers.live > 0)
        return swd_fail(e, SWD_EUNSUPPORTED, "the script leaves %u timers pending",
                        lib->timers.live);
    if (lib->listening)
        return swd_fail(e, SWD_EUNSUPPORTED, "the script leaves a message handler");
    if (lib->suspended)
        return swd_fail(e, SWD_EUNSUPPORTED, "the script waits for a module's source");
    return 0;
}

static int load_fill(struct swd_heap *h, void *arg, struct swd_err *e)
{
    struct load *l = arg;
    struct swd_lib *lib;
    int rc = swd_lib_shell(&l->opts, &l->libs[l->build], e);
    if (rc != 0)
        return rc;
    lib = l->libs[l->build];
    if (l->build++ > 0)
        l->host.print = silent_print;
    lib->host = &l->host;
    lib->heap = h;
    lib->opened = swd_heap_mono(h);
    swd_heap_set_owner(h, lib);
    if (base_image)
        image_give(base_image, lib);
    else
        l->rc = swd_heap_run(h, swd_lib_populate, NULL, l->thrown);
    if (l->rc == SWD_RUN_OK) {
        (void)swd_config_find(lib);
        l->rc = swd_heap_run(h, swd_lib_main_cb, &l->source, l->thrown);
    }
    if (l->rc != SWD_RUN_OK) {
        l->stop = swd_heap_stopped(h);
        return swd_fail(e, SWD_EUNSUPPORTED, "the script failed");
    }
    l->img->modules = lib->modules;
    l->img->group_depth = lib->group_depth;
    l->img->exit_code = lib->exit_code;
    l->img->next_timer = lib->timers.next_id;
    l->img->weak_kept_n = lib->weak_kept_n;
    return load_check(lib, e);
}

enum swd_run_rc swd_lib_image_load(const struct swd_lib_opts *o, const char *source, size_t n,
                                   enum swd_lang lang, struct swd_lib_image **out,
                                   enum swd_stop *stop, struct swd_thrown *thrown,
                                   struct swd_err *e)
{
    struct load l = {.opts = *o, .host = *o->host, .source = {source, n, lang}, .thrown = thrown};
    int rc = SWD_ENOMEM;
    *out = NULL;
    l.img = image_new();
    if (l.img)
        rc = swd_heap_image_make(base_image ? base_image->heap : NULL, o->limits, o->account,
                                 load_fill, &l, &l.img->heap, e);
    else
        swd_fail(e, rc, "no memory for an image");
    for (unsigned i = 0; i < BUILDS; i++)
        if (l.libs[i]) {
            l.libs[i]->heap = NULL;
            swd_lib_close(&l.libs[i]);
        }
    if (rc == 0)
        *out = l.img;
    else if (l.img)
        swd_lib_image_unref(&l.img);
    *stop = l.stop;
    return l.rc;
}
