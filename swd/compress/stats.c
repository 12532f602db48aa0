/* Figures of the codecs, and the bound on what idle contexts may hold. Any thread; relaxed atomics,
 * two or three a stream. */
#include "compress/codec.h"

#include "base/check.h"

/* A context is 40 KiB (inflate) to some MiB (zstd, high levels). */
#define IDLE_MAX ((size_t)24 * 1024 * 1024)

struct swd_codec_stats codec_counts[SWD_CODECS][2];
static size_t idle;

void codec_count(enum swd_codec c, enum swd_codec_dir dir, uint64_t in, uint64_t out, uint64_t ns,
                 bool failed)
{
    CODEC_COUNT(c, dir, ops, 1);
    if (failed)
        CODEC_COUNT(c, dir, errors, 1);
    CODEC_COUNT(c, dir, bytes_in, in);
    CODEC_COUNT(c, dir, bytes_out, out);
    CODEC_COUNT(c, dir, ns, ns);
}

bool codec_idle_add(size_t bytes)
{
    size_t now = __atomic_add_fetch(&idle, bytes, __ATOMIC_RELAXED);
    if (now <= IDLE_MAX)
        return true;
    codec_idle_sub(bytes);
    return false;
}

void codec_idle_sub(size_t bytes)
{
    __atomic_sub_fetch(&idle, bytes, __ATOMIC_RELAXED);
}

uint64_t swd_codec_idle(void)
{
    return __atomic_load_n(&idle, __ATOMIC_RELAXED);
}

void swd_codec_stats(enum swd_codec c, enum swd_codec_dir dir, struct swd_codec_stats *out)
{
    const struct swd_codec_stats *from = &codec_counts[c][dir];
#define SWD_CODEC_COUNTER(field, name, help)                                                       \
    out->field = __atomic_load_n(&from->field, __ATOMIC_RELAXED);
#include "compress/counters.def"
#undef SWD_CODEC_COUNTER
}

const struct swd_codec_counter *swd_codec_counters(size_t *n)
{
    static const struct swd_codec_counter table[] = {
#define SWD_CODEC_COUNTER(field, name, help) {name, help, offsetof(struct swd_codec_stats, field)},
#include "compress/counters.def"
#undef SWD_CODEC_COUNTER
    };
    *n = SWD_ARRAY_LEN(table);
    return table;
}
