/* Inside of the URL parser: the record of a URL, hosts, percent-encoding.
 *
 * Everything works on bytes of UTF-8: each delimiter is ASCII, and every byte above 0x7e is
 * percent-encoded in every component. Text lies in Duktape buffers on the value stack (out.c), so
 * an error thrown half-way leaves nothing behind. Source: the URL Standard (WHATWG), 2025. */
#ifndef SWD_LIB_URL_H
#define SWD_LIB_URL_H

#include "lib/int.h"

#define URL_MAX ((size_t)8 << 20) /* bytes of text that is parsed */

/* Percent-encode sets, as bits of url_sets[]. */
enum url_set {
    URL_C0 = 1,
    URL_FRAGMENT = 2,
    URL_QUERY = 4,
    URL_SPECIAL_QUERY = 8,
    URL_PATH = 16,
    URL_USERINFO = 32,
    URL_COMPONENT = 64,
    URL_FORM = 128,
};

/* A URL record. The path of a URL whose path is a list is "/a/b", that of an empty list "". */
struct url {
    struct swd_out scheme, user, pass, host, path, query, fragment;
    bool has_host, has_query, has_fragment, opaque;
    int port; /* -1: none */
};

/* States of the basic URL parser that a setter may begin in; URL_PARSE: parse from the start. */
enum url_state {
    URL_PARSE,
    URL_SCHEME_START,
    URL_SCHEME,
    URL_NO_SCHEME,
    URL_SPECIAL_RELATIVE_OR_AUTHORITY,
    URL_PATH_OR_AUTHORITY,
    URL_RELATIVE,
    URL_RELATIVE_SLASH,
    URL_AUTHORITY_SLASHES,
    URL_IGNORE_SLASHES,
    URL_AUTHORITY,
    URL_HOST,
    URL_HOSTNAME,
    URL_PORT,
    URL_FILE,
    URL_FILE_SLASH,
    URL_FILE_HOST,
    URL_PATH_START,
    URL_PATH_STATE,
    URL_OPAQUE,
    URL_QUERY_STATE,
    URL_FRAGMENT_STATE,
    URL_STATES
};

/* ---- urlparse.c ---- */
void swd_url_init(struct url *u, duk_context *ctx); /* pushes seven buffers */
/* The basic URL parser: `base` NULL: none. With a state other than URL_PARSE it changes `u` as a
 * setter does. False: failure. */
bool swd_url_parse(struct url *u, const struct url *base, const char *text, size_t n,
                   enum url_state override);
bool swd_url_special(const struct swd_out *scheme);
void swd_url_serialize(const struct url *u, struct swd_out *to, bool fragment);

/* ---- urlhost.c ---- */
/* Replaces the host by what `text` says: a domain, an IPv4 or IPv6 address, or an opaque host. */
bool swd_url_host(struct swd_out *host, const char *text, size_t n, bool opaque);
/* Percent-encodes the bytes that are in the set. */
void swd_url_encode(struct swd_out *to, const char *p, size_t n, enum url_set set);
void swd_url_decode(struct swd_out *to, const char *p, size_t n, bool plus);
bool swd_url_text_is(const struct swd_out *o, const char *text);
void swd_url_clear(struct swd_out *o);
int swd_url_hex(int c); /* -1: no hexadecimal digit */

#endif
