/* Hashes: MD5, SHA-1, SHA-2, and HMAC of them, by nettle.
 *
 * Nettle rather than OpenSSL EVP: its contexts are flat structs without pointers which the caller
 * allocates, so that a state can lie in a runner heap, be cloned and hibernate with it. Pure; any
 * thread. */
#include "lib/hash.h"

#include <nettle/hmac.h>
#include <nettle/nettle-meta.h>
#include <string.h>

static const struct nettle_hash *const algs[] = {
    [SWD_HASH_MD5] = &nettle_md5,       [SWD_HASH_SHA1] = &nettle_sha1,
    [SWD_HASH_SHA224] = &nettle_sha224, [SWD_HASH_SHA256] = &nettle_sha256,
    [SWD_HASH_SHA384] = &nettle_sha384, [SWD_HASH_SHA512] = &nettle_sha512,
};

const char *swd_hash_name(enum swd_hash_alg a)
{
    return algs[a]->name;
}

unsigned swd_hash_size(enum swd_hash_alg a)
{
    return algs[a]->digest_size;
}

void swd_hash_begin(struct swd_hash *s, enum swd_hash_alg a)
{
    memset(s, 0, sizeof(*s));
    s->alg = a;
    algs[a]->init(&s->state);
}

void swd_hmac_begin(struct swd_hash *s, enum swd_hash_alg a, const void *key, size_t n)
{
    memset(s, 0, sizeof(*s));
    s->alg = a;
    s->keyed = 1;
    hmac_set_key(&s->outer, &s->inner, &s->state, algs[a], n, key);
}

void swd_hash_add(struct swd_hash *s, const void *data, size_t n)
{
    algs[s->alg]->update(&s->state, n, data);
}

void swd_hash_end(struct swd_hash *s, uint8_t *out)
{
    const struct nettle_hash *a = algs[s->alg];
    if (s->keyed)
        hmac_digest(&s->outer, &s->inner, &s->state, a, a->digest_size, out);
    else
        a->digest(&s->state, a->digest_size, out);
}
