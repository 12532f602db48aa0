/* A JSON writer onto a byte buffer, for everything the control layer sends.
 *
 * Commas look after themselves. Text from scripts may be any bytes: what is not UTF-8 is written
 * as U+FFFD. A failure (memory, the buffer's maximum) is sticky in the buffer: check `b->failed`
 * once at the end. One thread. */
#ifndef SWD_CONTROL_JSON_H
#define SWD_CONTROL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/bytebuf.h"

struct swd_json {
    struct swd_bytebuf *b;
    bool comma; /* the next value or key needs one before it */
};

void swd_json_begin(struct swd_json *w, char bracket); /* '{' or '[' */
void swd_json_end(struct swd_json *w, char bracket);   /* '}' or ']' */
void swd_json_key(struct swd_json *w, const char *key);

void swd_json_strn(struct swd_json *w, const char *s, size_t n);
void swd_json_str(struct swd_json *w, const char *s); /* NULL: null */
void swd_json_uint(struct swd_json *w, uint64_t v);
void swd_json_int(struct swd_json *w, int64_t v);
void swd_json_real(struct swd_json *w, double v); /* microsecond precision; not finite: null */
void swd_json_bool(struct swd_json *w, bool v);
void swd_json_null(struct swd_json *w);
void swd_json_raw(struct swd_json *w, const char *json, size_t n); /* one JSON value */

/* Key and value in one. */
void swd_json_kstr(struct swd_json *w, const char *key, const char *s);
void swd_json_kuint(struct swd_json *w, const char *key, uint64_t v);
void swd_json_kreal(struct swd_json *w, const char *key, double v);
void swd_json_kbool(struct swd_json *w, const char *key, bool v);

#endif
