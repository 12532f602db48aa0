/* Hashes: MD5, SHA-1, SHA-2 (RFC 1321, FIPS 180-4), and HMAC (RFC 2104).
 *
 * Written here rather than taken from a library: the state of one is a flat struct without
 * pointers, so that it can lie in a runner's heap, be cloned and hibernate with it. The constants
 * of SHA-256 are the upper halves of SHA-512's first. Pure; any thread. */
#include "lib/hash.h"

#include <string.h>

#include "base/check.h"

static const struct {
    const char *name;
    unsigned size, block; /* bytes of the digest, of a block */
} algs[] = {
    [SWD_HASH_MD5] = {"md5", 16, 64},        [SWD_HASH_SHA1] = {"sha1", 20, 64},
    [SWD_HASH_SHA224] = {"sha224", 28, 64},  [SWD_HASH_SHA256] = {"sha256", 32, 64},
    [SWD_HASH_SHA384] = {"sha384", 48, 128}, [SWD_HASH_SHA512] = {"sha512", 64, 128},
};

const char *swd_hash_name(enum swd_hash_alg a)
{
    return algs[a].name;
}

unsigned swd_hash_size(enum swd_hash_alg a)
{
    return algs[a].size;
}

unsigned swd_hash_block(enum swd_hash_alg a)
{
    return algs[a].block;
}

static const uint64_t k512[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static const uint32_t kmd5[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint64_t first512[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint64_t first384[8] = {
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};

static uint32_t rol(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

static uint32_t ror(uint32_t v, unsigned n)
{
    return v >> n | v << (32 - n);
}

static uint64_t ror64(uint64_t v, unsigned n)
{
    return v >> n | v << (64 - n);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* ---- One block ---------------------------------------------------------------------------------
 */

static void block_md5(uint64_t *h, const uint8_t *p)
{
    static const uint8_t turns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = (uint32_t)h[0], b = (uint32_t)h[1], c = (uint32_t)h[2], d = (uint32_t)h[3];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t f, g, t;
        switch (i / 16) {
        case 0:
            f = (b & c) | (~b & d);
            g = i;
            break;
        case 1:
            f = (d & b) | (~d & c);
            g = (5 * i + 1) % 16;
            break;
        case 2:
            f = b ^ c ^ d;
            g = (3 * i + 5) % 16;
            break;
        default:
            f = c ^ (b | ~d);
            g = 7 * i % 16;
            break;
        }
        t = d;
        d = c;
        c = b;
        b += rol(a + f + kmd5[i] + le32(p + g * 4), turns[i / 16][i % 4]);
        a = t;
    }
    h[0] = (uint32_t)h[0] + a;
    h[1] = (uint32_t)h[1] + b;
    h[2] = (uint32_t)h[2] + c;
    h[3] = (uint32_t)h[3] + d;
}

static void block_sha1(uint64_t *h, const uint8_t *p)
{
    uint32_t w[80], a, b, c, d, e;
    for (unsigned i = 0; i < 16; i++)
        w[i] = be32(p + i * 4);
    for (unsigned i = 16; i < 80; i++)
        w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    a = (uint32_t)h[0], b = (uint32_t)h[1], c = (uint32_t)h[2], d = (uint32_t)h[3];
    e = (uint32_t)h[4];
    for (unsigned i = 0; i < 80; i++) {
        static const uint32_t add[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
        uint32_t f = i < 20              ? d ^ (b & (c ^ d))
                     : i >= 40 && i < 60 ? (b & c) | (d & (b | c))
                                         : b ^ c ^ d;
        uint32_t t = rol(a, 5) + f + e + add[i / 20] + w[i];
        e = d;
        d = c;
        c = rol(b, 30);
        b = a;
        a = t;
    }
    h[0] = (uint32_t)h[0] + a;
    h[1] = (uint32_t)h[1] + b;
    h[2] = (uint32_t)h[2] + c;
    h[3] = (uint32_t)h[3] + d;
    h[4] = (uint32_t)h[4] + e;
}

static void sum_up(uint64_t *h, const uint64_t v[8], uint64_t mask)
{
    for (unsigned i = 0; i < 8; i++)
        h[i] = (h[i] + v[i]) & mask;
}

static void block_sha256(uint64_t *h, const uint8_t *p)
{
    uint32_t w[64], a, b, c, d, e, f, g, k;
    for (unsigned i = 0; i < 16; i++)
        w[i] = be32(p + i * 4);
    for (unsigned i = 16; i < 64; i++) {
        uint32_t s0 = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    a = (uint32_t)h[0], b = (uint32_t)h[1], c = (uint32_t)h[2], d = (uint32_t)h[3];
    e = (uint32_t)h[4], f = (uint32_t)h[5], g = (uint32_t)h[6], k = (uint32_t)h[7];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t t1 = k + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & f) ^ (~e & g)) +
                      (uint32_t)(k512[i] >> 32) + w[i];
        uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        k = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    sum_up(h, (const uint64_t[8]){a, b, c, d, e, f, g, k}, 0xffffffff);
}

static void block_sha512(uint64_t *h, const uint8_t *p)
{
    uint64_t w[80], a, b, c, d, e, f, g, k;
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint64_t)be32(p + i * 8) << 32 | be32(p + i * 8 + 4);
    for (unsigned i = 16; i < 80; i++) {
        uint64_t s0 = ror64(w[i - 15], 1) ^ ror64(w[i - 15], 8) ^ w[i - 15] >> 7;
        uint64_t s1 = ror64(w[i - 2], 19) ^ ror64(w[i - 2], 61) ^ w[i - 2] >> 6;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    a = (uint64_t)h[0], b = (uint64_t)h[1], c = (uint64_t)h[2], d = (uint64_t)h[3];
    e = (uint64_t)h[4], f = (uint64_t)h[5], g = (uint64_t)h[6], k = (uint64_t)h[7];
    for (unsigned i = 0; i < 80; i++) {
        uint64_t t1 = k + (ror64(e, 14) ^ ror64(e, 18) ^ ror64(e, 41)) + ((e & f) ^ (~e & g)) +
                      k512[i] + w[i];
        uint64_t t2 = (ror64(a, 28) ^ ror64(a, 34) ^ ror64(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
        k = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    sum_up(h, (const uint64_t[8]){a, b, c, d, e, f, g, k}, UINT64_MAX);
}

static void (*const blocks[])(uint64_t *, const uint8_t *) = {
    [SWD_HASH_MD5] = block_md5,       [SWD_HASH_SHA1] = block_sha1,
    [SWD_HASH_SHA224] = block_sha256, [SWD_HASH_SHA256] = block_sha256,
    [SWD_HASH_SHA384] = block_sha512, [SWD_HASH_SHA512] = block_sha512,
};

/* ---- Messages ----------------------------------------------------------------------------------
 */

void swd_hash_begin(struct swd_hash *s, enum swd_hash_alg a)
{
    static const uint32_t first[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memset(s, 0, sizeof(*s));
    s->alg = a;
    for (unsigned i = 0; i < 8; i++) {
        switch (a) {
        case SWD_HASH_SHA512: s->h[i] = first512[i]; break;
        case SWD_HASH_SHA384: s->h[i] = first384[i]; break;
        case SWD_HASH_SHA256: s->h[i] = first512[i] >> 32; break;
        case SWD_HASH_SHA224: s->h[i] = (uint32_t)first384[i]; break;
        default: s->h[i] = i < 5 ? first[i] : 0;
        }
    }
}

void swd_hash_add(struct swd_hash *s, const void *data, size_t n)
{
    const uint8_t *p = data;
    size_t block = algs[s->alg].block, used = (size_t)(s->len % block);
    s->len += n;
    if (used > 0) {
        size_t room = block - used < n ? block - used : n;
        memcpy(s->buf + used, p, room);
        p += room;
        n -= room;
        if (used + room < block)
            return;
        blocks[s->alg](s->h, s->buf);
    }
    for (; n >= block; p += block, n -= block)
        blocks[s->alg](s->h, p);
    if (n)
        memcpy(s->buf, p, n);
}

void swd_hash_end(struct swd_hash *s, uint8_t *out)
{
    size_t block = algs[s->alg].block, count = block / 8, used = (size_t)(s->len % block);
    uint64_t bits = s->len * 8;
    bool little = s->alg == SWD_HASH_MD5;
    unsigned word = block == 128 ? 8 : 4;
    s->buf[used++] = 0x80;
    if (used > block - count) {
        memset(s->buf + used, 0, block - used);
        blocks[s->alg](s->h, s->buf);
        used = 0;
    }
    memset(s->buf + used, 0, block - used);
    for (unsigned i = 0; i < 8; i++)
        s->buf[little ? block - 8 + i : block - 1 - i] = (uint8_t)(bits >> 8 * i);
    blocks[s->alg](s->h, s->buf);
    for (unsigned i = 0; i < algs[s->alg].size; i++) {
        unsigned at = i % word;
        out[i] = (uint8_t)(s->h[i / word] >> 8 * (little ? at : word - 1 - at));
    }
}

/* ---- HMAC --------------------------------------------------------------------------------------
 */

static void hmac_pad(struct swd_hash *s, enum swd_hash_alg a, const uint8_t *key, uint8_t with)
{
    uint8_t pad[128];
    for (unsigned i = 0; i < algs[a].block; i++)
        pad[i] = key[i] ^ with;
    swd_hash_begin(s, a);
    swd_hash_add(s, pad, algs[a].block);
}

void swd_hmac_begin(struct swd_hmac *m, enum swd_hash_alg a, const void *key, size_t n)
{
    uint8_t k[128] = {0};
    if (n > algs[a].block) {
        swd_hash_begin(&m->inner, a);
        swd_hash_add(&m->inner, key, n);
        swd_hash_end(&m->inner, k);
    } else if (n) {
        memcpy(k, key, n);
    }
    hmac_pad(&m->inner, a, k, 0x36);
    hmac_pad(&m->outer, a, k, 0x5c);
}

void swd_hmac_end(struct swd_hmac *m, uint8_t *out)
{
    uint8_t digest[SWD_HASH_MAX];
    swd_hash_end(&m->inner, digest);
    swd_hash_add(&m->outer, digest, algs[m->outer.alg].size);
    swd_hash_end(&m->outer, out);
}
