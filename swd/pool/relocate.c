/* Copy and relocation in one pass: see relocate.h. */
#include "pool/relocate.h"

#include "base/check.h"
#include "pool/asan.h"

#if defined(__x86_64__) && !defined(SWD_ASAN)
#define RELOCATE_SIMD 1
#include <immintrin.h>
#endif

SWD_NO_ASAN static void copy_bits(uint64_t *to, const uint64_t *from, const uint8_t *map,
                                  size_t groups, uint64_t base)
{
    for (size_t g = 0; g < groups; g++, to += 8, from += 8) {
        for (unsigned i = 0; i < 8; i++)
            to[i] = from[i];
        for (unsigned m = map[g]; m != 0; m &= m - 1)
            to[__builtin_ctz(m)] += base;
    }
}

SWD_NO_ASAN static void differ_bits(const uint64_t *mem, const uint64_t *from, const uint8_t *map,
                                    size_t groups, uint64_t base, uint8_t *out)
{
    for (size_t g = 0; g < groups; g++, mem += 8, from += 8) {
        unsigned bits = 0;
        for (unsigned i = 0; i < 8; i++)
            bits |= (unsigned)(mem[i] != from[i] + (map[g] >> i & 1 ? base : 0)) << i;
        out[g] = (uint8_t)bits;
    }
}

#ifdef RELOCATE_SIMD
__attribute__((target("avx512f"))) static void
copy_avx512(uint64_t *to, const uint64_t *from, const uint8_t *map, size_t groups, uint64_t base)
{
    const __m512i b = _mm512_set1_epi64((long long)base);
    for (size_t g = 0; g < groups; g++, to += 8, from += 8) {
        __m512i v = _mm512_loadu_si512(from);
        _mm512_storeu_si512(to, _mm512_mask_add_epi64(v, map[g], v, b));
    }
}

__attribute__((target("avx512f"))) static void differ_avx512(const uint64_t *mem,
                                                             const uint64_t *from,
                                                             const uint8_t *map, size_t groups,
                                                             uint64_t base, uint8_t *out)
{
    const __m512i b = _mm512_set1_epi64((long long)base);
    for (size_t g = 0; g < groups; g++, mem += 8, from += 8) {
        __m512i v = _mm512_loadu_si512(from);
        v = _mm512_mask_add_epi64(v, map[g], v, b);
        out[g] = _mm512_cmpneq_epi64_mask(v, _mm512_loadu_si512(mem));
    }
}

__attribute__((target("avx2"))) static void
copy_avx2(uint64_t *to, const uint64_t *from, const uint8_t *map, size_t groups, uint64_t base)
{
    const __m256i b = _mm256_set1_epi64x((long long)base);
    const __m256i low = _mm256_set_epi64x(8, 4, 2, 1), high = _mm256_slli_epi64(low, 4);
    for (size_t g = 0; g < groups; g++, to += 8, from += 8) {
        __m256i m = _mm256_set1_epi64x(map[g]);
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)from);
        __m256i w = _mm256_loadu_si256((const __m256i *)(const void *)(from + 4));
        __m256i vm = _mm256_cmpeq_epi64(_mm256_and_si256(m, low), low);
        __m256i wm = _mm256_cmpeq_epi64(_mm256_and_si256(m, high), high);
        v = _mm256_add_epi64(v, _mm256_and_si256(vm, b));
        w = _mm256_add_epi64(w, _mm256_and_si256(wm, b));
        _mm256_storeu_si256((__m256i *)(void *)to, v);
        _mm256_storeu_si256((__m256i *)(void *)(to + 4), w);
    }
}

/* Bits of the four words that are equal. */
__attribute__((target("avx2"))) static inline unsigned
equal_avx2(const uint64_t *mem, const uint64_t *from, __m256i moved, __m256i b)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)from);
    v = _mm256_add_epi64(v, _mm256_and_si256(moved, b));
    v = _mm256_cmpeq_epi64(v, _mm256_loadu_si256((const __m256i *)(const void *)mem));
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(v));
}

__attribute__((target("avx2"))) static void differ_avx2(const uint64_t *mem, const uint64_t *from,
                                                        const uint8_t *map, size_t groups,
                                                        uint64_t base, uint8_t *out)
{
    const __m256i b = _mm256_set1_epi64x((long long)base);
    const __m256i low = _mm256_set_epi64x(8, 4, 2, 1), high = _mm256_slli_epi64(low, 4);
    for (size_t g = 0; g < groups; g++, mem += 8, from += 8) {
        __m256i m = _mm256_set1_epi64x(map[g]);
        __m256i vm = _mm256_cmpeq_epi64(_mm256_and_si256(m, low), low);
        __m256i wm = _mm256_cmpeq_epi64(_mm256_and_si256(m, high), high);
        out[g] =
            (uint8_t) ~(equal_avx2(mem, from, vm, b) | equal_avx2(mem + 4, from + 4, wm, b) << 4);
    }
}
#endif

const struct swd_relocate_way swd_relocate_ways[] = {
#ifdef RELOCATE_SIMD
    {"avx512", copy_avx512, differ_avx512},
    {"avx2", copy_avx2, differ_avx2},
#endif
    {"bits", copy_bits, differ_bits},
};
const size_t swd_relocate_ways_n = SWD_ARRAY_LEN(swd_relocate_ways);

/* The number of the first way that this CPU has. */
size_t swd_relocate_best(void)
{
#ifdef RELOCATE_SIMD
    return __builtin_cpu_supports("avx512f") ? 0 : __builtin_cpu_supports("avx2") ? 1 : 2;
#else
    return 0;
#endif
}

SWD_NO_ASAN static void copy_singly(uint64_t *to, const uint64_t *words, const uint8_t *map,
                                    size_t from, size_t n, uint64_t base)
{
    for (size_t i = from; i < from + n; i++)
        *to++ = words[i] + (map[i / 8] >> i % 8 & 1 ? base : 0);
}

void swd_relocate(uint64_t *to, const uint64_t *words, const uint8_t *map, size_t from, size_t n,
                  uint64_t base)
{
    size_t head = (8 - from % 8) % 8, whole;
    head = head < n ? head : n;
    whole = (n - head) / 8;
    copy_singly(to, words, map, from, head, base);
    to += head;
    from += head;
    swd_relocate_ways[swd_relocate_best()].copy(to, words + from, map + from / 8, whole, base);
    copy_singly(to + 8 * whole, words, map, from + 8 * whole, n - head - 8 * whole, base);
}

SWD_NO_ASAN void swd_relocate_differ(const uint64_t *mem, const uint64_t *words, const uint8_t *map,
                                     size_t n, uint64_t base, uint8_t *out)
{
    size_t whole = n / 8;
    swd_relocate_ways[swd_relocate_best()].differ(mem, words, map, whole, base, out);
    if (n % 8 != 0)
        out[whole] = 0;
    for (size_t i = whole * 8; i < n; i++)
        if (mem[i] != words[i] + (map[i / 8] >> i % 8 & 1 ? base : 0))
            out[whole] |= (uint8_t)(1u << i % 8);
}
