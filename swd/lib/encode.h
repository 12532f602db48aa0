/* Text as bytes, in Node's encodings; and the pieces of UTF-8 that streams of bytes leave behind.
 */
#ifndef SWD_LIB_ENCODE_H
#define SWD_LIB_ENCODE_H

#include "lib/int.h"

enum swd_enc {
    SWD_ENC_UTF8,
    SWD_ENC_UTF16LE,
    SWD_ENC_LATIN1,
    SWD_ENC_ASCII,
    SWD_ENC_BASE64,
    SWD_ENC_BASE64URL,
    SWD_ENC_HEX,
    SWD_ENCS
};

/* The encoding of that name, in any case ("utf8", "ucs-2", "binary"); SWD_ENCS: none. */
enum swd_enc swd_enc_find(const char *name, size_t n);
const char *swd_enc_name(enum swd_enc e);

/* The bytes of a buffer of any kind at `idx`; false: it is none. Good while it is not resized. */
bool swd_enc_bytes_at(duk_context *ctx, duk_idx_t idx, const uint8_t **p, size_t *n);

/* Pushes the bytes of the string at `idx` as a plain buffer. */
void swd_enc_encode(duk_context *ctx, duk_idx_t idx, enum swd_enc e);
/* Pushes the text of the bytes. */
void swd_enc_decode(duk_context *ctx, enum swd_enc e, const uint8_t *p, size_t n);

/* UTF-8: whether all of it is; how many bytes at the end begin a character that is not yet whole.
 */
bool swd_utf8_valid(const uint8_t *p, size_t n);
size_t swd_utf8_tail(const uint8_t *p, size_t n);

#endif
