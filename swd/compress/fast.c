/* Whole inputs by libdeflate, which is about twice as fast as zlib both ways. It declines what
 * needs zlib (dictionaries, strategies, small windows), and every input that it finds at fault or
 * too large for the room there is: the stream then says what is wrong and where. Its memory is the
 * pools', set process-wide at first use. */
#include "compress/codec.h"

#include <pthread.h>
#include <string.h>
#include "config.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>

#include "pool/pool.h"
#include "pool/slab.h"

struct fast_enc {
    struct libdeflate_compressor *c;
    int level;
    size_t bytes;
};

struct fast_dec {
    struct libdeflate_decompressor *d;
    size_t bytes;
};

static __thread size_t taken; /* by the allocations of this thread, to know what a context holds */

static void *take(size_t n)
{
    taken += n;
    return swd_slab_malloc(n);
}

static void set_memory(void)
{
    libdeflate_set_memory_allocator(take, swd_slab_mfree);
}

static void enc_destroy(void *p)
{
    struct fast_enc *f = p;
    if (f->c != NULL)
        codec_idle_sub(f->bytes);
    libdeflate_free_compressor(f->c);
    memset(f, 0, sizeof *f);
}

static void dec_destroy(void *p)
{
    struct fast_dec *f = p;
    if (f->d != NULL)
        codec_idle_sub(f->bytes);
    libdeflate_free_decompressor(f->d);
    memset(f, 0, sizeof *f);
}

static const struct swd_pool_type enc_type = {sizeof(struct fast_enc), enc_destroy};
SWD_POOL_TYPE(SWD_POOL_FAST_ENC, enc_type)
static const struct swd_pool_type dec_type = {sizeof(struct fast_dec), dec_destroy};
SWD_POOL_TYPE(SWD_POOL_FAST_DEC, dec_type)
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Levels 2 to 9 have contexts of one size, but each is made for its level. */
static struct fast_enc *enc_get(enum swd_codec codec, int level)
{
    struct fast_enc *f = swd_pool_get(SWD_POOL_FAST_ENC, &enc_type, SWD_HERE);
    pthread_once(&once, set_memory);
    if (f == NULL)
        return NULL;
    if (f->c != NULL && f->level == level) {
        codec_idle_sub(f->bytes);
        CODEC_COUNT(codec, SWD_COMPRESS, reused, 1);
        return f;
    }
    enc_destroy(f);
    taken = 0;
    f->c = libdeflate_alloc_compressor(level);
    f->level = level;
    f->bytes = taken;
    if (f->c != NULL) {
        CODEC_COUNT(codec, SWD_COMPRESS, made, 1);
        return f;
    }
    swd_pool_put(SWD_POOL_FAST_ENC, &enc_type, f);
    return NULL;
}

static void enc_put(enum swd_codec codec, struct fast_enc *f)
{
    if (!codec_idle_add(f->bytes)) {
        CODEC_COUNT(codec, SWD_COMPRESS, dropped, 1);
        libdeflate_free_compressor(f->c);
        memset(f, 0, sizeof *f);
    }
    swd_pool_put(SWD_POOL_FAST_ENC, &enc_type, f);
}

static struct fast_dec *dec_get(enum swd_codec codec)
{
    struct fast_dec *f = swd_pool_get(SWD_POOL_FAST_DEC, &dec_type, SWD_HERE);
    pthread_once(&once, set_memory);
    if (f == NULL)
        return NULL;
    if (f->d != NULL) {
        codec_idle_sub(f->bytes);
        CODEC_COUNT(codec, SWD_DECOMPRESS, reused, 1);
        return f;
    }
    taken = 0;
    f->d = libdeflate_alloc_decompressor();
    f->bytes = taken;
    if (f->d != NULL) {
        CODEC_COUNT(codec, SWD_DECOMPRESS, made, 1);
        return f;
    }
    swd_pool_put(SWD_POOL_FAST_DEC, &dec_type, f);
    return NULL;
}

static void dec_put(enum swd_codec codec, struct fast_dec *f)
{
    if (!codec_idle_add(f->bytes)) {
        CODEC_COUNT(codec, SWD_DECOMPRESS, dropped, 1);
        libdeflate_free_decompressor(f->d);
        memset(f, 0, sizeof *f);
    }
    swd_pool_put(SWD_POOL_FAST_DEC, &dec_type, f);
}

int fast_deflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    (void)e;
    bool plain = o->dict_len == 0 && o->strategy == 0 && o->memory == 0 &&
                 (o->window == 0 || o->window == 15);
    if (!plain || cap < 2 * FRAME_MAX)
        return WHOLE_DECLINED;
    struct fast_enc *f = enc_get(c, o->level);
    if (f == NULL)
        return WHOLE_DECLINED;
    size_t head = frame_head(c, o, out);
    size_t body = libdeflate_deflate_compress(f->c, in, n, out + head, cap - head - FRAME_MAX);
    enc_put(c, f);
    if (body == 0)
        return WHOLE_DECLINED;
    *len = head + body;
    *len += frame_tail(c, frame_sum(c, frame_sum_init(c), in, n), n, out + *len);
    return 0;
}

static enum libdeflate_result decode(struct fast_dec *f, enum swd_codec c, const uint8_t *in,
                                     size_t n, uint8_t *out, size_t cap, size_t *took, size_t *gave)
{
    return c == SWD_CODEC_GZIP ? libdeflate_gzip_decompress_ex(f->d, in, n, out, cap, took, gave)
                               : libdeflate_zlib_decompress_ex(f->d, in, n, out, cap, took, gave);
}

/* One member or several, and nothing after them. Not raw data: libdeflate takes incomplete codes
 * that zlib refuses, and only a checksum would tell damage. */
int fast_inflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    size_t took = 0, gave = 0;
    enum libdeflate_result rc = LIBDEFLATE_BAD_DATA;
    (void)e;
    if (c == SWD_CODEC_RAW || o->dict_len > 0 || (o->window != 0 && o->window != 15) ||
        o->one_member || n == 0)
        return WHOLE_DECLINED;
    struct fast_dec *f = dec_get(c);
    if (f == NULL)
        return WHOLE_DECLINED;
    *len = 0;
    do {
        if (c == SWD_CODEC_GZIP && n > 3 && in[3] & 2)
            break; /* a checksum of the header, which it would not check */
        rc = decode(f, c, in, n, out + *len, cap - *len, &took, &gave);
        if (rc != LIBDEFLATE_SUCCESS)
            break;
        in += took;
        n -= took;
        *len += gave;
    } while (n > 0 && c == SWD_CODEC_GZIP);
    dec_put(c, f);
    if (rc == LIBDEFLATE_INSUFFICIENT_SPACE)
        return WHOLE_SMALL;
    return rc == LIBDEFLATE_SUCCESS && n == 0 ? 0 : WHOLE_DECLINED;
}

#else

int fast_deflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    (void)c, (void)o, (void)in, (void)n, (void)out, (void)cap, (void)len, (void)e;
    return WHOLE_DECLINED;
}

int fast_inflate(enum swd_codec c, const struct swd_codec_opts *o, const uint8_t *in, size_t n,
                 uint8_t *out, size_t cap, size_t *len, struct swd_err *e)
{
    (void)c, (void)o, (void)in, (void)n, (void)out, (void)cap, (void)len, (void)e;
    return WHOLE_DECLINED;
}

#endif
