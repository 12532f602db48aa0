/* The basic URL parser of the URL Standard: one function a state, over bytes. See url.h.
 *
 * A state reads the byte at `i` (-1: the end) and answers whether to go on; it puts the reader back
 * by --i. Text that a state collects is in `buf`, or goes straight to its component where that is
 * the same. Cost: one pass, but for what is read again as host or path. */
#include <ctype.h>
#include <string.h>

#include "lib/url.h"

enum step { STEP_ON, STEP_DONE, STEP_FAIL };

struct parser {
    struct url *u;
    const struct url *base;
    const char *p;
    long n, i;
    enum url_state state, override;
    struct swd_out buf;
    bool at, bracket, password;
};

/* ---- Records -----------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int port;
} specials[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}, {"file", -1}};

static int special_index(const struct swd_out *scheme)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(specials); i++)
        if (swd_url_text_is(scheme, specials[i].name))
            return (int)i;
    return -1;
}

bool swd_url_special(const struct swd_out *scheme)
{
    return special_index(scheme) >= 0;
}

static int default_port(const struct swd_out *scheme)
{
    int i = special_index(scheme);
    return i < 0 ? -1 : specials[i].port;
}

void swd_url_init(struct url *u, duk_context *ctx)
{
    struct swd_out *const all[] = {&u->scheme, &u->user,  &u->pass,    &u->host,
                                   &u->path,   &u->query, &u->fragment};
    memset(u, 0, sizeof(*u));
    u->port = -1;
    for (size_t i = 0; i < SWD_ARRAY_LEN(all); i++)
        swd_out_init(all[i], ctx, 8 * URL_MAX);
}

static void copy(struct swd_out *to, const struct swd_out *from)
{
    swd_url_clear(to);
    swd_out_add(to, from->data, from->len);
}

static void copy_authority(struct url *u, const struct url *base)
{
    copy(&u->user, &base->user);
    copy(&u->pass, &base->pass);
    copy(&u->host, &base->host);
    u->has_host = base->has_host;
    u->port = base->port;
}

static void copy_path(struct url *u, const struct url *base)
{
    copy(&u->path, &base->path);
    u->opaque = base->opaque;
    copy(&u->query, &base->query);
    u->has_query = base->has_query;
}

static bool is_file(const struct url *u)
{
    return swd_url_text_is(&u->scheme, "file");
}

static void set_file_host(struct url *u)
{
    swd_url_clear(&u->host);
    u->has_host = true;
}

void swd_url_serialize(const struct url *u, struct swd_out *to, bool fragment)
{
    swd_out_add(to, u->scheme.data, u->scheme.len);
    swd_out_addc(to, ':');
    if (u->has_host) {
        swd_out_adds(to, "//");
        swd_out_add(to, u->user.data, u->user.len);
        if (u->pass.len) {
            swd_out_addc(to, ':');
            swd_out_add(to, u->pass.data, u->pass.len);
        }
        if (u->user.len || u->pass.len)
            swd_out_addc(to, '@');
        swd_out_add(to, u->host.data, u->host.len);
        if (u->port >= 0)
            swd_out_addf(to, ":%d", u->port);
    } else if (!u->opaque && u->path.len > 1 && u->path.data[0] == '/' && u->path.data[1] == '/') {
        swd_out_adds(to, "/.");
    }
    swd_out_add(to, u->path.data, u->path.len);
    if (u->has_query) {
        swd_out_addc(to, '?');
        swd_out_add(to, u->query.data, u->query.len);
    }
    if (fragment && u->has_fragment) {
        swd_out_addc(to, '#');
        swd_out_add(to, u->fragment.data, u->fragment.len);
    }
}

/* ---- Paths -------------------------------------------------------------------------------------
 */

static bool drive_letter(const char *p, long n)
{
    return n == 2 && isalpha((unsigned char)p[0]) && (p[1] == ':' || p[1] == '|');
}

/* Whether what is left begins with a Windows drive letter. */
static bool drive_ahead(const struct parser *s, long at)
{
    return s->n - at >= 2 && drive_letter(s->p + at, 2) &&
           (s->n - at == 2 || strchr("/\\?#", s->p[at + 2]));
}

/* A path of one segment, "/C:". */
static bool only_drive(const struct swd_out *path)
{
    return path->len == 3 && path->data[0] == '/' && isalpha((unsigned char)path->data[1]) &&
           path->data[2] == ':';
}

static void shorten(struct url *u)
{
    const char *slash;
    if (is_file(u) && only_drive(&u->path))
        return;
    slash = memrchr(u->path.data, '/', u->path.len);
    u->path.len = slash ? (size_t)(slash - u->path.data) : 0;
}

/* Bytes of a dot ("." or "%2e") at p; 0: none. */
static size_t dot_len(const char *p, size_t n)
{
    if (n >= 1 && p[0] == '.')
        return 1;
    return n >= 3 && p[0] == '%' && p[1] == '2' && (p[2] | 0x20) == 'e' ? 3 : 0;
}

/* 1 for ".", 2 for "..", 0 for anything else. */
static int dots(const struct swd_out *b)
{
    size_t one = dot_len(b->data, b->len), two;
    if (!one || one == b->len)
        return one ? 1 : 0;
    two = dot_len(b->data + one, b->len - one);
    return two && one + two == b->len ? 2 : 0;
}

/* ---- States: scheme ----------------------------------------------------------------------------
 */

static int next_byte(const struct parser *s)
{
    return s->i + 1 < s->n ? (unsigned char)s->p[s->i + 1] : -1;
}

static enum step go(struct parser *s, enum url_state to)
{
    s->state = to;
    return STEP_ON;
}

/* The byte is read again, in another state. */
static enum step again(struct parser *s, enum url_state to)
{
    s->i--;
    return go(s, to);
}

static enum step go_query(struct parser *s)
{
    swd_url_clear(&s->u->query);
    s->u->has_query = true;
    return go(s, URL_QUERY_STATE);
}

static enum step go_fragment(struct parser *s)
{
    swd_url_clear(&s->u->fragment);
    s->u->has_fragment = true;
    return go(s, URL_FRAGMENT_STATE);
}

static enum step st_scheme_start(struct parser *s, int c)
{
    if (c >= 0 && c < 0x80 && isalpha(c)) {
        swd_out_addc(&s->buf, (char)tolower(c));
        return go(s, URL_SCHEME);
    }
    return s->override ? STEP_FAIL : again(s, URL_NO_SCHEME);
}

/* A setter's new scheme, where it may be. */
static enum step change_scheme(struct parser *s)
{
    struct url *u = s->u;
    bool file = swd_url_text_is(&s->buf, "file");
    if (swd_url_special(&u->scheme) != swd_url_special(&s->buf) ||
        (file && (u->user.len || u->pass.len || u->port >= 0)) || (is_file(u) && !u->host.len))
        return STEP_DONE;
    copy(&u->scheme, &s->buf);
    if (u->port == default_port(&u->scheme))
        u->port = -1;
    return STEP_DONE;
}

static enum step st_scheme(struct parser *s, int c)
{
    if (c >= 0 && c < 0x80 && (isalnum(c) || c == '+' || c == '-' || c == '.')) {
        swd_out_addc(&s->buf, (char)tolower(c));
        return STEP_ON;
    }
    if (c != ':') {
        if (s->override)
            return STEP_FAIL;
        swd_url_clear(&s->buf);
        s->i = -1;
        return go(s, URL_NO_SCHEME);
    }
    if (s->override)
        return change_scheme(s);
    copy(&s->u->scheme, &s->buf);
    swd_url_clear(&s->buf);
    if (is_file(s->u))
        return go(s, URL_FILE);
    if (swd_url_special(&s->u->scheme))
        return go(s, s->base && s->base->scheme.len == s->u->scheme.len &&
                             memcmp(s->base->scheme.data, s->u->scheme.data, s->u->scheme.len) == 0
                         ? URL_SPECIAL_RELATIVE_OR_AUTHORITY
                         : URL_AUTHORITY_SLASHES);
    if (next_byte(s) == '/') {
        s->i++;
        return go(s, URL_PATH_OR_AUTHORITY);
    }
    s->u->opaque = true;
    return go(s, URL_OPAQUE);
}

static enum step st_no_scheme(struct parser *s, int c)
{
    if (!s->base || (s->base->opaque && c != '#'))
        return STEP_FAIL;
    if (s->base->opaque) {
        copy(&s->u->scheme, &s->base->scheme);
        copy_path(s->u, s->base);
        return go_fragment(s);
    }
    return again(s, is_file(s->base) ? URL_FILE : URL_RELATIVE);
}

static enum step st_special_relative(struct parser *s, int c)
{
    if (c != '/' || next_byte(s) != '/')
        return again(s, URL_RELATIVE);
    s->i++;
    return go(s, URL_IGNORE_SLASHES);
}

static enum step st_path_or_authority(struct parser *s, int c)
{
    return c == '/' ? go(s, URL_AUTHORITY) : again(s, URL_PATH_STATE);
}

/* ---- States: relative --------------------------------------------------------------------------
 */

static bool slash(const struct parser *s, int c)
{
    return c == '/' || (c == '\\' && swd_url_special(&s->u->scheme));
}

static enum step st_relative(struct parser *s, int c)
{
    copy(&s->u->scheme, &s->base->scheme);
    if (slash(s, c))
        return go(s, URL_RELATIVE_SLASH);
    copy_authority(s->u, s->base);
    copy_path(s->u, s->base);
    if (c == '?')
        return go_query(s);
    if (c == '#')
        return go_fragment(s);
    if (c < 0)
        return STEP_ON;
    s->u->has_query = false;
    swd_url_clear(&s->u->query);
    shorten(s->u);
    return again(s, URL_PATH_STATE);
}

static enum step st_relative_slash(struct parser *s, int c)
{
    if (slash(s, c) && swd_url_special(&s->u->scheme))
        return go(s, URL_IGNORE_SLASHES);
    if (c == '/')
        return go(s, URL_AUTHORITY);
    copy_authority(s->u, s->base);
    return again(s, URL_PATH_STATE);
}

static enum step st_authority_slashes(struct parser *s, int c)
{
    if (c != '/' || next_byte(s) != '/')
        return again(s, URL_IGNORE_SLASHES);
    s->i++;
    return go(s, URL_IGNORE_SLASHES);
}

static enum step st_ignore_slashes(struct parser *s, int c)
{
    return c == '/' || c == '\\' ? STEP_ON : again(s, URL_AUTHORITY);
}

/* ---- States: authority -------------------------------------------------------------------------
 */

/* What came before an '@' is user and password. */
static void take_credentials(struct parser *s)
{
    struct url *u = s->u;
    const char *p = s->buf.data, *colon;
    size_t n = s->buf.len;
    if (s->at)
        swd_out_adds(s->password ? &u->pass : &u->user, "%40");
    s->at = true;
    colon = s->password ? NULL : memchr(p, ':', n);
    if (colon) {
        swd_url_encode(&u->user, p, (size_t)(colon - p), URL_USERINFO);
        s->password = true;
        n -= (size_t)(colon + 1 - p);
        p = colon + 1;
    }
    swd_url_encode(s->password ? &u->pass : &u->user, p, n, URL_USERINFO);
    swd_url_clear(&s->buf);
}

static bool ends_authority(const struct parser *s, int c)
{
    return c < 0 || slash(s, c) || c == '?' || c == '#';
}

static enum step st_authority(struct parser *s, int c)
{
    if (c == '@') {
        take_credentials(s);
        return STEP_ON;
    }
    if (!ends_authority(s, c)) {
        swd_out_addc(&s->buf, (char)c);
        return STEP_ON;
    }
    if (s->at && s->buf.len == 0)
        return STEP_FAIL;
    s->i -= (long)s->buf.len + 1;
    swd_url_clear(&s->buf);
    return go(s, URL_HOST);
}

static bool take_host(struct parser *s, bool opaque)
{
    struct swd_out host;
    bool ok;
    swd_out_init(&host, s->buf.ctx, s->buf.max);
    ok = swd_url_host(&host, s->buf.data, s->buf.len, opaque);
    if (ok) {
        copy(&s->u->host, &host);
        s->u->has_host = true;
    }
    duk_remove(s->buf.ctx, host.idx);
    return ok;
}

static enum step st_host(struct parser *s, int c)
{
    struct url *u = s->u;
    bool special = swd_url_special(&u->scheme);
    if (s->override && is_file(u))
        return again(s, URL_FILE_HOST);
    if (c == ':' && !s->bracket) {
        if (s->buf.len == 0 || s->override == URL_HOSTNAME || !take_host(s, !special))
            return STEP_FAIL;
        swd_url_clear(&s->buf);
        return go(s, URL_PORT);
    }
    if (ends_authority(s, c)) {
        s->i--;
        if (special && s->buf.len == 0)
            return STEP_FAIL;
        if (s->override && s->buf.len == 0 && (u->user.len || u->pass.len || u->port >= 0))
            return STEP_FAIL;
        if (!take_host(s, !special))
            return STEP_FAIL;
        swd_url_clear(&s->buf);
        return s->override ? STEP_DONE : go(s, URL_PATH_START);
    }
    s->bracket = (s->bracket || c == '[') && c != ']';
    swd_out_addc(&s->buf, (char)c);
    return STEP_ON;
}

static enum step st_port(struct parser *s, int c)
{
    long port = 0;
    if (c >= '0' && c <= '9') {
        swd_out_addc(&s->buf, (char)c);
        return STEP_ON;
    }
    if (!ends_authority(s, c) && !s->override)
        return STEP_FAIL;
    if (s->buf.len) {
        for (size_t i = 0; i < s->buf.len && port <= 65535; i++)
            port = port * 10 + (s->buf.data[i] - '0');
        if (port > 65535)
            return STEP_FAIL;
        s->u->port = port == default_port(&s->u->scheme) ? -1 : (int)port;
        swd_url_clear(&s->buf);
        if (s->override)
            return STEP_DONE;
    }
    return s->override ? STEP_FAIL : again(s, URL_PATH_START);
}

/* ---- States: file ------------------------------------------------------------------------------
 */

static enum step st_file(struct parser *s, int c)
{
    struct url *u = s->u;
    swd_url_clear(&u->scheme);
    swd_out_adds(&u->scheme, "file");
    set_file_host(u);
    if (c == '/' || c == '\\')
        return go(s, URL_FILE_SLASH);
    if (!s->base || !is_file(s->base))
        return again(s, URL_PATH_STATE);
    copy(&u->host, &s->base->host);
    u->has_host = s->base->has_host;
    copy_path(u, s->base);
    if (c == '?')
        return go_query(s);
    if (c == '#')
        return go_fragment(s);
    if (c < 0)
        return STEP_ON;
    u->has_query = false;
    swd_url_clear(&u->query);
    if (drive_ahead(s, s->i))
        swd_url_clear(&u->path);
    else
        shorten(u);
    return again(s, URL_PATH_STATE);
}

static enum step st_file_slash(struct parser *s, int c)
{
    const struct url *base = s->base;
    if (c == '/' || c == '\\')
        return go(s, URL_FILE_HOST);
    if (base && is_file(base)) {
        copy(&s->u->host, &base->host);
        s->u->has_host = base->has_host;
        if (!drive_ahead(s, s->i) && base->path.len >= 3 && base->path.data[0] == '/' &&
            isalpha((unsigned char)base->path.data[1]) && base->path.data[2] == ':' &&
            (base->path.len == 3 || base->path.data[3] == '/'))
            swd_out_add(&s->u->path, base->path.data, 3);
    }
    return again(s, URL_PATH_STATE);
}

static enum step st_file_host(struct parser *s, int c)
{
    if (c >= 0 && c != '/' && c != '\\' && c != '?' && c != '#') {
        swd_out_addc(&s->buf, (char)c);
        return STEP_ON;
    }
    s->i--;
    if (!s->override && drive_letter(s->buf.data, (long)s->buf.len))
        return go(s, URL_PATH_STATE);
    if (s->buf.len == 0) {
        set_file_host(s->u);
        return s->override ? STEP_DONE : go(s, URL_PATH_START);
    }
    if (!take_host(s, !swd_url_special(&s->u->scheme)))
        return STEP_FAIL;
    if (swd_url_text_is(&s->u->host, "localhost"))
        swd_url_clear(&s->u->host);
    swd_url_clear(&s->buf);
    return s->override ? STEP_DONE : go(s, URL_PATH_START);
}

/* ---- States: path, query, fragment -------------------------------------------------------------
 */

static enum step st_path_start(struct parser *s, int c)
{
    if (swd_url_special(&s->u->scheme))
        return slash(s, c) ? go(s, URL_PATH_STATE) : again(s, URL_PATH_STATE);
    if (!s->override && c == '?')
        return go_query(s);
    if (!s->override && c == '#')
        return go_fragment(s);
    if (c >= 0)
        return c == '/' ? go(s, URL_PATH_STATE) : again(s, URL_PATH_STATE);
    if (s->override && !s->u->has_host)
        swd_out_addc(&s->u->path, '/');
    return STEP_ON;
}

static void end_segment(struct parser *s, int c)
{
    struct url *u = s->u;
    int d = dots(&s->buf);
    if (d == 2)
        shorten(u);
    if (d > 0 && !slash(s, c))
        swd_out_addc(&u->path, '/');
    if (d == 0) {
        if (is_file(u) && u->path.len == 0 && drive_letter(s->buf.data, (long)s->buf.len))
            s->buf.data[1] = ':';
        swd_out_addc(&u->path, '/');
        swd_out_add(&u->path, s->buf.data, s->buf.len);
    }
    swd_url_clear(&s->buf);
}

static enum step st_path(struct parser *s, int c)
{
    char byte = (char)c;
    if (c >= 0 && !slash(s, c) && (s->override || (c != '?' && c != '#'))) {
        swd_url_encode(&s->buf, &byte, 1, URL_PATH);
        return STEP_ON;
    }
    end_segment(s, c);
    if (c == '?')
        return go_query(s);
    return c == '#' ? go_fragment(s) : STEP_ON;
}

static enum step st_opaque(struct parser *s, int c)
{
    char byte = (char)c;
    int next = next_byte(s);
    if (c == '?')
        return go_query(s);
    if (c == '#')
        return go_fragment(s);
    if (c == ' ' && (next == '?' || next == '#'))
        swd_out_adds(&s->u->path, "%20");
    else if (c >= 0)
        swd_url_encode(&s->u->path, &byte, 1, URL_C0);
    return STEP_ON;
}

static enum step st_query(struct parser *s, int c)
{
    const char *from = s->p + s->i,
               *end = s->override ? NULL : memchr(from, '#', (size_t)(s->n - s->i));
    size_t n = end ? (size_t)(end - from) : (size_t)(s->n - s->i);
    (void)c;
    swd_url_encode(&s->u->query, from, n,
                   swd_url_special(&s->u->scheme) ? URL_SPECIAL_QUERY : URL_QUERY);
    s->i += (long)n;
    return end ? go_fragment(s) : STEP_ON;
}

static enum step st_fragment(struct parser *s, int c)
{
    (void)c;
    swd_url_encode(&s->u->fragment, s->p + s->i, (size_t)(s->n - s->i), URL_FRAGMENT);
    s->i = s->n;
    return STEP_ON;
}

/* ---- The machine -------------------------------------------------------------------------------
 */

static enum step (*const states[URL_STATES])(struct parser *, int) = {
    [URL_SCHEME_START] = st_scheme_start,
    [URL_SCHEME] = st_scheme,
    [URL_NO_SCHEME] = st_no_scheme,
    [URL_SPECIAL_RELATIVE_OR_AUTHORITY] = st_special_relative,
    [URL_PATH_OR_AUTHORITY] = st_path_or_authority,
    [URL_RELATIVE] = st_relative,
    [URL_RELATIVE_SLASH] = st_relative_slash,
    [URL_AUTHORITY_SLASHES] = st_authority_slashes,
    [URL_IGNORE_SLASHES] = st_ignore_slashes,
    [URL_AUTHORITY] = st_authority,
    [URL_HOST] = st_host,
    [URL_HOSTNAME] = st_host,
    [URL_PORT] = st_port,
    [URL_FILE] = st_file,
    [URL_FILE_SLASH] = st_file_slash,
    [URL_FILE_HOST] = st_file_host,
    [URL_PATH_START] = st_path_start,
    [URL_PATH_STATE] = st_path,
    [URL_OPAQUE] = st_opaque,
    [URL_QUERY_STATE] = st_query,
    [URL_FRAGMENT_STATE] = st_fragment,
};

/* Pushes a buffer with the text without tabs and newlines, and, in a whole parse, without the
 * controls and spaces around it. */
static void clean(struct swd_out *to, duk_context *ctx, const char *p, size_t n, bool trim)
{
    while (trim && n > 0 && (unsigned char)p[0] <= 0x20)
        p++, n--;
    while (trim && n > 0 && (unsigned char)p[n - 1] <= 0x20)
        n--;
    swd_out_init(to, ctx, URL_MAX + 1);
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\t' && p[i] != '\n' && p[i] != '\r')
            swd_out_addc(to, p[i]);
}

bool swd_url_parse(struct url *u, const struct url *base, const char *text, size_t n,
                   enum url_state override)
{
    struct parser s = {.u = u, .base = base, .override = override};
    struct swd_out in;
    enum step step = STEP_ON;
    duk_context *ctx = u->scheme.ctx;
    duk_idx_t top = duk_get_top(ctx);
    clean(&in, ctx, text, n, override == URL_PARSE);
    swd_out_init(&s.buf, ctx, 4 * URL_MAX);
    s.p = in.data;
    s.n = (long)in.len;
    s.state = override ? override : URL_SCHEME_START;
    for (; step == STEP_ON && s.i <= s.n; s.i++)
        step = states[s.state](&s, s.i < s.n ? (unsigned char)s.p[s.i] : -1);
    duk_set_top(ctx, top);
    return step != STEP_FAIL;
}
