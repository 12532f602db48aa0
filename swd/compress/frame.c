/* What stands before and after deflated data: RFC 1952 (gzip), RFC 1950 (zlib), nothing (raw).
 * Pure functions. The operating system field says Unix, as zlib writes it; no name, no time, so
 * that equal input gives equal output. */
#include "compress/codec.h"

#include <zlib.h>
#include "config.h"
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#define OS_UNIX 3

uint32_t frame_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t frame_be32(const uint8_t *p)
{
    return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static void put_be32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

uint32_t swd_codec_crc32(uint32_t sum, const void *p, size_t n)
{
#ifdef HAVE_LIBDEFLATE
    return libdeflate_crc32(sum, p, n);
#else
    return (uint32_t)crc32_z(sum, p, n);
#endif
}

uint32_t codec_adler32(uint32_t sum, const void *p, size_t n)
{
#ifdef HAVE_LIBDEFLATE
    return libdeflate_adler32(sum, p, n);
#else
    return (uint32_t)adler32_z(sum, p, n);
#endif
}

static size_t gzip_head(const struct swd_codec_opts *o, uint8_t *p)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, OS_UNIX};
    for (size_t i = 0; i < sizeof head; i++)
        p[i] = head[i];
    if (o->level == 9)
        p[8] = 2;
    else if (o->level < 2 || o->strategy >= Z_HUFFMAN_ONLY)
        p[8] = 4;
    return sizeof head;
}

static size_t zlib_head(const struct swd_codec_opts *o, uint8_t *p)
{
    unsigned window = o->window == 0 ? 15 : o->window == 8 ? 9 : (unsigned)o->window;
    unsigned effort = o->strategy >= Z_HUFFMAN_ONLY || o->level < 2 ? 0
                      : o->level < 6                                ? 1
                      : o->level == 6                               ? 2
                                                                    : 3;
    unsigned head = (8 + ((window - 8) << 4)) << 8 | effort << 6 | (o->dict_len > 0 ? 0x20 : 0);
    head += 31 - head % 31;
    p[0] = (uint8_t)(head >> 8);
    p[1] = (uint8_t)head;
    if (o->dict_len == 0)
        return 2;
    put_be32(p + 2, codec_adler32(1, o->dict, o->dict_len));
    return 6;
}

size_t frame_head(enum swd_codec c, const struct swd_codec_opts *o, uint8_t *out)
{
    return c == SWD_CODEC_GZIP ? gzip_head(o, out) : c == SWD_CODEC_ZLIB ? zlib_head(o, out) : 0;
}

size_t frame_tail(enum swd_codec c, uint32_t sum, uint64_t size, uint8_t *out)
{
    if (c == SWD_CODEC_GZIP) {
        put_le32(out, sum);
        put_le32(out + 4, (uint32_t)size);
        return 8;
    }
    if (c == SWD_CODEC_ZLIB) {
        put_be32(out, sum);
        return 4;
    }
    return 0;
}

uint32_t frame_sum_init(enum swd_codec c)
{
    return c == SWD_CODEC_ZLIB ? 1 : 0;
}

uint32_t frame_sum(enum swd_codec c, uint32_t sum, const void *p, size_t n)
{
    if (n == 0)
        return sum;
    return c == SWD_CODEC_GZIP   ? swd_codec_crc32(sum, p, n)
           : c == SWD_CODEC_ZLIB ? codec_adler32(sum, p, n)
                                 : 0;
}
