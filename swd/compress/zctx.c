/* Contexts of zstd: see zctx.h. ZSTD_STATIC_LINKING_ONLY is for the _advanced creators, which every
 * shared library since 1.4 exports. */
#define ZSTD_STATIC_LINKING_ONLY
#include "compress/zctx.h"

#include <string.h>

#include "compress/codec.h"
#include "pool/pool.h"
#include "pool/slab.h"

static const ZSTD_customMem memory = {swd_slab_hook_alloc, swd_slab_hook_free, NULL};

static void drop(struct swd_zctx *x)
{
    ZSTD_freeCCtx(x->c);
    ZSTD_freeDCtx(x->d);
    memset(x, 0, sizeof *x);
}

static void destroy(void *p)
{
    struct swd_zctx *x = p;
    codec_idle_sub(x->bytes);
    drop(x);
}

static const struct swd_pool_type type = {sizeof(struct swd_zctx), destroy};
SWD_POOL_TYPE(SWD_POOL_ZSTD_ENC, type)
SWD_POOL_TYPE(SWD_POOL_ZSTD_DEC, type)
static const unsigned pools[2] = {SWD_POOL_ZSTD_ENC, SWD_POOL_ZSTD_DEC};

struct swd_zctx *swd_zctx_get(enum swd_codec_dir dir)
{
    struct swd_zctx *x = swd_pool_get(pools[dir], &type, SWD_HERE);
    if (x == NULL)
        return NULL;
    codec_idle_sub(x->bytes);
    x->bytes = 0;
    if (x->c != NULL || x->d != NULL) {
        CODEC_COUNT(SWD_CODEC_ZSTD, dir, reused, 1);
        return x;
    }
    if (dir == SWD_COMPRESS)
        x->c = ZSTD_createCCtx_advanced(memory);
    else
        x->d = ZSTD_createDCtx_advanced(memory);
    if (x->c != NULL || x->d != NULL) {
        CODEC_COUNT(SWD_CODEC_ZSTD, dir, made, 1);
        return x;
    }
    swd_pool_put(pools[dir], &type, x);
    return NULL;
}

void swd_zctx_put(enum swd_codec_dir dir, struct swd_zctx **xp, bool bad)
{
    struct swd_zctx *x = *xp;
    size_t rc, keep = swd_pool_keep(pools[dir]);
    *xp = NULL;
    if (x == NULL)
        return;
    if (dir == SWD_COMPRESS) {
        rc = ZSTD_CCtx_reset(x->c, ZSTD_reset_session_and_parameters);
        x->bytes = ZSTD_sizeof_CCtx(x->c);
    } else {
        rc = ZSTD_DCtx_reset(x->d, ZSTD_reset_session_and_parameters);
        x->bytes = ZSTD_sizeof_DCtx(x->d);
    }
    if (x->bytes > keep)
        swd_pool_note_oversize(pools[dir], SWD_OVERSIZE_KEPT, x->bytes);
    if (bad || ZSTD_isError(rc) || x->bytes > keep || !codec_idle_add(x->bytes)) {
        CODEC_COUNT(SWD_CODEC_ZSTD, dir, dropped, 1);
        drop(x);
    }
    swd_pool_put(pools[dir], &type, x);
}

void swd_zctx_count(enum swd_codec_dir dir, size_t in, size_t out, uint64_t ns, bool failed)
{
    codec_count(SWD_CODEC_ZSTD, dir, in, out, ns, failed);
}
