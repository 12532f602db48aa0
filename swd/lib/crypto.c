/* crypto: the natives beneath crypto.js. Hashes and HMAC are nettle's (hash.c), randomness is the
 * kernel's. The state of a hash is a plain buffer in the runner's heap. */
#include <nettle/memops.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "lib/encode.h"
#include "lib/hash.h"

static enum swd_hash_alg alg_at(duk_context *ctx, duk_idx_t idx)
{
    size_t n;
    const char *p;
    char name[16];
    size_t at = 0;
    unsigned a = 0;
    duk_dup(ctx, idx);
    p = swd_text_get(ctx, -1, &n);
    for (size_t i = 0; i < n && at + 1 < sizeof(name); i++) /* "SHA-256" is "sha256" */
        if (p[i] != '-')
            name[at++] = p[i];
    name[at] = 0;
    duk_pop(ctx);
    while (a < SWD_HASHES && strcasecmp(swd_hash_name((enum swd_hash_alg)a), name) != 0)
        a++;
    return (enum swd_hash_alg)a;
}

/* known(name): its one name ("sha256"), or undefined. */
static duk_ret_t crypto_known(duk_context *ctx)
{
    enum swd_hash_alg a;
    if (!duk_is_string(ctx, 0) || duk_is_symbol(ctx, 0))
        return 0;
    a = alg_at(ctx, 0);
    if (a == SWD_HASHES)
        return 0;
    swd_push_name(ctx, swd_hash_name(a));
    return 1;
}

static duk_ret_t crypto_names(duk_context *ctx)
{
    duk_push_array(ctx);
    for (unsigned a = 0; a < SWD_HASHES; a++) {
        swd_push_name(ctx, swd_hash_name((enum swd_hash_alg)a));
        duk_put_prop_index(ctx, -2, a);
    }
    return 1;
}

/* begin(name, key or undefined): a state; the prelude has asked known(). */
static duk_ret_t crypto_begin(duk_context *ctx)
{
    enum swd_hash_alg a = alg_at(ctx, 0);
    const uint8_t *key = (const uint8_t *)"";
    size_t n = 0;
    struct swd_hash *s;
    if (a == SWD_HASHES)
        swd_throw(ctx, DUK_ERR_ERROR, "no such hash");
    s = duk_push_fixed_buffer(ctx, sizeof(*s));
    if (swd_enc_bytes_at(ctx, 1, &key, &n))
        swd_hmac_begin(s, a, key, n);
    else
        swd_hash_begin(s, a);
    return 1;
}

static struct swd_hash *state_at(duk_context *ctx, duk_idx_t idx)
{
    size_t n;
    struct swd_hash *s = duk_get_buffer(ctx, idx, &n);
    if (!s || n != sizeof(*s) || s->alg >= SWD_HASHES)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "no state of a hash");
    return s;
}

#define PIECE ((size_t)1 << 20)

/* add(state, bytes) */
static duk_ret_t crypto_add(duk_context *ctx)
{
    struct swd_hash *s = state_at(ctx, 0);
    const uint8_t *p;
    size_t n;
    if (!swd_enc_bytes_at(ctx, 1, &p, &n))
        swd_throw_arg(ctx, 1, "data",
                      "of type string or an instance of Buffer, TypedArray, or "
                      "DataView");
    for (size_t at = 0; at < n; at += PIECE) {
        swd_hash_add(s, p + at, n - at < PIECE ? n - at : PIECE);
        swd_heap_check(ctx);
    }
    return 0;
}

/* end(state): the digest as an ArrayBuffer; the state is used up. */
static duk_ret_t crypto_end(duk_context *ctx)
{
    struct swd_hash *s = state_at(ctx, 0);
    size_t size = swd_hash_size((enum swd_hash_alg)s->alg);
    uint8_t *out = duk_push_fixed_buffer(ctx, size);
    swd_hash_end(s, out);
    duk_push_buffer_object(ctx, -1, 0, size, DUK_BUFOBJ_ARRAYBUFFER);
    return 1;
}

/* copy(state) */
static duk_ret_t crypto_copy(duk_context *ctx)
{
    struct swd_hash *s = state_at(ctx, 0);
    memcpy(duk_push_fixed_buffer(ctx, sizeof(*s)), s, sizeof(*s));
    return 1;
}

/* derive(name, password, salt, rounds, length): PBKDF2 (RFC 8018), an ArrayBuffer. */
static duk_ret_t crypto_derive(duk_context *ctx)
{
    enum swd_hash_alg a = alg_at(ctx, 0);
    const uint8_t *pass, *salt;
    size_t np, ns, size = a < SWD_HASHES ? swd_hash_size(a) : 0, len = duk_to_uint32(ctx, 4);
    uint32_t rounds = duk_to_uint32(ctx, 3);
    struct swd_hash s;
    uint8_t *out, u[SWD_HASH_MAX], t[SWD_HASH_MAX];
    if (!size || !swd_enc_bytes_at(ctx, 1, &pass, &np) || !swd_enc_bytes_at(ctx, 2, &salt, &ns))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "bad arguments");
    out = duk_push_fixed_buffer(ctx, len);
    swd_hmac_begin(&s, a, pass, np);
    for (size_t at = 0, block = 1; at < len; at += size, block++) {
        uint8_t be[4] = {(uint8_t)(block >> 24), (uint8_t)(block >> 16), (uint8_t)(block >> 8),
                         (uint8_t)block};
        swd_hash_add(&s, salt, ns);
        swd_hash_add(&s, be, 4);
        swd_hash_end(&s, u);
        memcpy(t, u, size);
        for (uint32_t i = 1; i < rounds; i++) {
            swd_hash_add(&s, u, size);
            swd_hash_end(&s, u);
            for (size_t k = 0; k < size; k++)
                t[k] ^= u[k];
            if (i % 256 == 0)
                swd_heap_check(ctx);
        }
        memcpy(out + at, t, len - at < size ? len - at : size);
    }
    duk_push_buffer_object(ctx, -1, 0, len, DUK_BUFOBJ_ARRAYBUFFER);
    return 1;
}

/* random(bytes): fills them. */
static duk_ret_t crypto_random(duk_context *ctx)
{
    const uint8_t *p;
    size_t n;
    if (!swd_enc_bytes_at(ctx, 0, &p, &n))
        swd_throw_arg(ctx, 0, "buf", "an instance of ArrayBuffer, Buffer, TypedArray, or DataView");
    for (size_t at = 0; at < n;) {
        ssize_t got = getrandom((uint8_t *)p + at, n - at < PIECE ? n - at : PIECE, 0);
        if (got <= 0)
            swd_throw(ctx, DUK_ERR_ERROR, "the kernel gives no randomness");
        at += (size_t)got;
        swd_heap_check(ctx);
    }
    return 0;
}

/* same(a, b): whether bytes of one length are equal, in a time that does not tell where not. */
static duk_ret_t crypto_same(duk_context *ctx)
{
    const uint8_t *a = NULL, *b = NULL;
    size_t n = 0, m = 0;
    bool ok = swd_enc_bytes_at(ctx, 0, &a, &n) && swd_enc_bytes_at(ctx, 1, &b, &m) && n == m;
    duk_push_boolean(ctx, ok && (n == 0 || memeql_sec(a, b, n)));
    return 1;
}

static duk_ret_t crypto_web(duk_context *ctx)
{
    swd_lib_push_crypto(ctx);
    return 1;
}

static const struct swd_native crypto_natives[] = {
    {"webcrypto", crypto_web, 0, 0},
    {"known", crypto_known, 1, 1},
    {"names", crypto_names, 0, 0},
    {"begin", crypto_begin, 2, 2},
    {"add", crypto_add, 2, 2},
    {"end", crypto_end, 1, 1},
    {"copy", crypto_copy, 1, 1},
    {"same", crypto_same, 2, 2},
    {"random", crypto_random, 1, 1},
    {"derive", crypto_derive, 5, 5},
    {NULL, NULL, 0, 0},
};

void swd_crypto_exports(duk_context *ctx)
{
    swd_node_push(ctx, PRELUDE_crypto, crypto_natives);
}
