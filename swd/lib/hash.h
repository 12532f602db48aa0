/* Hashes and HMAC: see hash.c. */
#ifndef SWD_LIB_HASH_H
#define SWD_LIB_HASH_H

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
#define SWD_HASH_MAX 64 /* bytes of the longest digest */

/* No pointers: it may be copied and moved. */
struct swd_hash {
    uint32_t alg;
    uint64_t len; /* bytes so far */
    uint64_t h[8];
    uint8_t buf[128];
};

struct swd_hmac {
    struct swd_hash inner, outer;
};

const char *swd_hash_name(enum swd_hash_alg a); /* "sha256" */
unsigned swd_hash_size(enum swd_hash_alg a);    /* bytes of the digest */
unsigned swd_hash_block(enum swd_hash_alg a);

void swd_hash_begin(struct swd_hash *s, enum swd_hash_alg a);
void swd_hash_add(struct swd_hash *s, const void *data, size_t n);
/* Writes swd_hash_size() bytes; the state is used up. */
void swd_hash_end(struct swd_hash *s, uint8_t *out);

void swd_hmac_begin(struct swd_hmac *m, enum swd_hash_alg a, const void *key, size_t n);
/* Data goes to &m->inner by swd_hash_add(). */
void swd_hmac_end(struct swd_hmac *m, uint8_t *out);

#endif
