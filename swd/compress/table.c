/* The table of codecs and what is asked of it: names, levels, ranges of settings, detection. Pure
 * functions. */
#include "compress/codec.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include "config.h"
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_BROTLI
#include <brotli/decode.h>
#endif

#include "base/check.h"

static const struct {
    const char *name, *ending, *help;
    int low, high, level;
    const struct codec_half *half[2];
} codecs[SWD_CODECS] = {
#define SWD_CODEC(sym, name, ending, low, high, level, enc, dec, help)                             \
    {name, ending, help, low, high, level, {&enc, &dec}},
#include "compress/codecs.def"
#undef SWD_CODEC
};

const char *swd_codec_name(enum swd_codec c)
{
    return codecs[c].name;
}

const char *swd_codec_ending(enum swd_codec c)
{
    return codecs[c].ending;
}

const char *swd_codec_help(enum swd_codec c)
{
    return codecs[c].help;
}

void swd_codec_levels(enum swd_codec c, int *low, int *high, int *dflt)
{
    *low = codecs[c].low;
    *high = codecs[c].high;
    *dflt = codecs[c].level;
}

enum swd_codec swd_codec_find(const char *name)
{
    enum swd_codec c;
    for (c = 0; c < SWD_CODECS; c++)
        if (strcmp(codecs[c].name, name) == 0)
            break;
    return c;
}

static bool is_brotli(enum swd_codec c)
{
#ifdef HAVE_BROTLI
    return c == SWD_CODEC_BROTLI;
#else
    (void)c;
    return false;
#endif
}

enum swd_codec swd_codec_detect(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return SWD_CODEC_GZIP;
    if (n >= 4 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd && p[0] == 0x28)
        return SWD_CODEC_ZSTD;
    if (n >= 4 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18)
        return SWD_CODEC_ZSTD; /* a skippable frame */
    if (n >= 2 && (p[0] & 0x0f) == 8 && p[0] >> 4 <= 7 && (p[0] << 8 | p[1]) % 31 == 0)
        return SWD_CODEC_ZLIB;
    return SWD_CODECS;
}

bool swd_codec_marked(enum swd_codec c)
{
    return c != SWD_CODEC_RAW && !is_brotli(c);
}

const char *swd_codec_library(void)
{
    static char text[96];
#ifdef HAVE_LIBDEFLATE
    const char *fast = ", libdeflate " LIBDEFLATE_VERSION_STRING;
#else
    const char *fast = "";
#endif
    char more[40] = "";
#ifdef HAVE_BROTLI
    uint32_t v = BrotliDecoderVersion();
    (void)snprintf(more, sizeof more, ", brotli %u.%u.%u", v >> 24, v >> 12 & 0xfff, v & 0xfff);
#endif
    if (text[0] == '\0')
        (void)snprintf(text, sizeof text, "zlib %s, zstd %s%s%s", zlibVersion(),
                       ZSTD_versionString(), fast, more);
    return text;
}

const struct codec_half *codec_half(enum swd_codec c, enum swd_codec_dir dir)
{
    swd_assert((unsigned)c < SWD_CODECS);
    return codecs[c].half[dir];
}

static int bad(struct swd_err *e, enum swd_codec c, const char *field, int value, int low, int high)
{
    int rc = swd_fail(e, SWD_EPARAMS, "%s: %s %d is not between %d and %d", codecs[c].name, field,
                      value, low, high);
    if (e != NULL)
        swd_fail_field(e, field);
    return rc;
}

/* A setting that is 0 (not given) or within its range. */
static int in_range(enum swd_codec c, const char *field, int value, int low, int high,
                    struct swd_err *e)
{
    return value == 0 || (value >= low && value <= high) ? 0 : bad(e, c, field, value, low, high);
}

int codec_check_opts(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *in,
                     struct swd_codec_opts *out, struct swd_err *e)
{
    bool zstd = c == SWD_CODEC_ZSTD, brotli = is_brotli(c);
    int rc;
    if (in != NULL)
        *out = *in;
    else
        *out = (struct swd_codec_opts)SWD_CODEC_OPTS;
    if (out->level == SWD_LEVEL_DEFAULT)
        out->level = codecs[c].level;
    if (dir == SWD_COMPRESS && (out->level < codecs[c].low || out->level > codecs[c].high))
        return bad(e, c, "level", out->level, codecs[c].low, codecs[c].high);
    rc = in_range(c, "window", out->window, zstd || brotli ? 10 : 8,
                  zstd     ? 31
                  : brotli ? 24
                           : 15,
                  e);
    if (rc == 0)
        rc = in_range(c, "memory", out->memory, 1, 9, e);
    if (rc == 0)
        rc = in_range(c, "strategy", out->strategy, 1, zstd ? 9 : brotli ? 2 : 4, e);
    if (rc == 0 && out->dict_len > 0 && (c == SWD_CODEC_GZIP || brotli))
        rc = swd_fail(e, SWD_EPARAMS, "%s has no dictionaries: use zlib, raw or zstd",
                      codecs[c].name);
    return rc;
}
