/* Hashes and HMAC whose state is flat: see hash.c. */
#ifndef SWD_LIB_HASH_H
#define SWD_LIB_HASH_H

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum swd_hash_alg {
    SWD_HASH_MD5,
    SWD_HASH_SHA1,
    SWD_HASH_SHA224,
    SWD_HASH_SHA256,
    SWD_HASH_SHA384,
    SWD_HASH_SHA512,
    SWD_HASHES
};
#define SWD_HASH_MAX SHA512_DIGEST_SIZE /* bytes of the longest digest */

union swd_hash_state {
    struct md5_ctx md5;
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
    struct sha512_ctx sha512;
};

/* No pointers: it may be copied and moved. */
struct swd_hash {
    uint32_t alg; /* enum swd_hash_alg */
    uint32_t keyed;
    union swd_hash_state state, inner, outer; /* the latter two: of a key, for HMAC */
};

const char *swd_hash_name(enum swd_hash_alg a); /* "sha256" */
unsigned swd_hash_size(enum swd_hash_alg a);    /* bytes of the digest */

void swd_hash_begin(struct swd_hash *s, enum swd_hash_alg a);
void swd_hmac_begin(struct swd_hash *s, enum swd_hash_alg a, const void *key, size_t n);
void swd_hash_add(struct swd_hash *s, const void *data, size_t n);
/* Writes swd_hash_size() bytes, and begins anew (with the same key). */
void swd_hash_end(struct swd_hash *s, uint8_t *out);

#endif
