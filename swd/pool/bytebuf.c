/* Byte buffers: see bytebuf.h. The capacity doubles from 256 bytes up to the maximum. */
#include "pool/bytebuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "pool/pool.h"
#include "pool/slab.h"

#define FIRST_CAP ((size_t)256)

/* Short texts are cleared without a call; there is always room for FIRST_CAP bytes. */
static inline void clear_used(struct swd_bytebuf *b)
{
    if (b->len < 64)
        memset(b->data, 0, 64);
    else
        memset(b->data, 0, b->len + 1);
}

/* Nothing was written past what is cleared now. Too dear for builds without a sanitizer. */
static void check_zero(const struct swd_bytebuf *b)
{
#ifdef SWD_ASAN
    for (size_t i = 0; i < b->cap; i++)
        swd_assert(b->data[i] == 0);
#else
    (void)b;
#endif
}

static void destroy(void *p)
{
    struct swd_bytebuf *b = p;
    if (b->data != NULL) {
        SWD_UNPOISON(b->data, b->cap); /* one that was in the pool */
        swd_slab_free_used(b->data, b->cap, b->len + 1);
    }
    memset(b, 0, sizeof(*b));
}

const struct swd_pool_type swd_bytebuf_type = {sizeof(struct swd_bytebuf), destroy};
SWD_POOL_TYPE(SWD_POOL_BYTEBUF, swd_bytebuf_type)

/* As the next user finds it: what was used is cleared, what is too large to keep is freed. */
void swd_bytebuf_reset(struct swd_bytebuf *b)
{
    if (SWD_UNLIKELY(b->cap > swd_pool_keep(SWD_POOL_BYTEBUF))) {
        swd_pool_note_oversize(SWD_POOL_BYTEBUF, SWD_OVERSIZE_KEPT, b->cap);
        destroy(b);
        return;
    }
    b->failed = false;
    if (b->data == NULL)
        return;
    clear_used(b);
    b->len = 0;
    check_zero(b);
    SWD_POISON(b->data, b->cap);
}

static int fail(struct swd_bytebuf *b, int code)
{
    b->failed = true;
    return code;
}

/* A capacity of at least `need`, which counts the final NUL. */
static __attribute__((noinline)) int grow(struct swd_bytebuf *b, size_t need)
{
    size_t cap = b->cap != 0 ? b->cap : FIRST_CAP;
    while (cap < need)
        cap *= 2;
    char *data = swd_slab_alloc(cap);
    if (data == NULL)
        return fail(b, SWD_ENOMEM);
    if (b->len != 0)
        memcpy(data, b->data, b->len);
    if (b->data != NULL)
        swd_slab_free_used(b->data, b->cap, b->len + 1);
    b->data = data;
    b->cap = cap;
    return 0;
}

static inline int reserve(struct swd_bytebuf *b, size_t more)
{
    if (SWD_UNLIKELY(more > b->max || b->len > b->max - more))
        return fail(b, SWD_ELIMIT);
    if (SWD_LIKELY(b->len + more < b->cap))
        return 0;
    return grow(b, b->len + more + 1);
}

int swd_bytebuf_reserve(struct swd_bytebuf *b, size_t more)
{
    return reserve(b, more);
}

int swd_bytebuf_add(struct swd_bytebuf *b, const void *p, size_t n)
{
    int rc = reserve(b, n);
    if (rc != 0)
        return rc;
    if (n != 0)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
    return 0;
}

int swd_bytebuf_adds(struct swd_bytebuf *b, const char *s)
{
    return swd_bytebuf_add(b, s, strlen(s));
}

int swd_bytebuf_addc(struct swd_bytebuf *b, char c)
{
    return swd_bytebuf_add(b, &c, 1);
}

int swd_bytebuf_addf(struct swd_bytebuf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    size_t room = b->cap - b->len;
    int rc, n = vsnprintf(room != 0 ? b->data + b->len : NULL, room, fmt, ap);
    if (room != 0 && (n < 0 || (size_t)n >= room))
        memset(b->data + b->len, 0, room); /* it may be given back as it is */
    if (n < 0) {
        rc = fail(b, SWD_EINTERNAL);
    } else {
        rc = swd_bytebuf_reserve(b, (size_t)n);
        if (rc == 0) {
            if ((size_t)n >= room)
                (void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
            b->len += (size_t)n;
        }
    }
    if (rc != 0 && b->data != NULL)
        memset(b->data + b->len, 0, b->cap - b->len);
    va_end(again);
    va_end(ap);
    return rc;
}

void swd_bytebuf_clear(struct swd_bytebuf *b)
{
    if (b->data != NULL)
        clear_used(b);
    b->len = 0;
    b->failed = false;
}

void swd_bytebuf_cut(struct swd_bytebuf *b, size_t n)
{
    swd_assert(n <= b->len);
    if (b->data != NULL)
        memset(b->data + n, 0, b->len - n + 1);
    b->len = n;
}

void swd_bytebuf_consume(struct swd_bytebuf *b, size_t n)
{
    swd_assert(n <= b->len);
    if (n == 0)
        return;
    memmove(b->data, b->data + n, b->len - n);
    b->len -= n;
    memset(b->data + b->len, 0, n);
}

void swd_bytebuf_took(struct swd_bytebuf *b, size_t room, size_t n)
{
    memset(b->data + b->len + n, 0, room - n + 1);
    b->len += n;
}

/* Bytes of the well-formed UTF-8 sequence at s (at most n); 0 when there is none. */
static size_t utf8_len(const unsigned char *s, size_t n)
{
    static const unsigned char low[] = {0x80, 0xa0, 0x80, 0x90, 0x80};
    static const unsigned char high[] = {0xbf, 0xbf, 0x9f, 0xbf, 0x8f};
    size_t len, k = 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        k = 1;
    else if (s[0] == 0xed)
        k = 2;
    else if (s[0] == 0xf0)
        k = 3;
    else if (s[0] == 0xf4)
        k = 4;
    if (n < len || s[1] < low[k] || s[1] > high[k])
        return 0;
    for (size_t i = 2; i < len; i++)
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    return len;
}

/* The escaped form of one ASCII byte that JSON does not take as it is. */
static size_t escape(unsigned char c, char out[8])
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    static const char hex[] = "0123456789abcdef";
    out[0] = '\\';
    for (size_t i = 0; i + 1 < sizeof(shorts); i += 2) {
        if ((unsigned char)shorts[i] == c) {
            out[1] = shorts[i + 1];
            return 2;
        }
    }
    memcpy(out + 1, "u00", 3);
    out[4] = hex[c >> 4];
    out[5] = hex[c & 15];
    return 6;
}

/* The bytes at s that need no change. */
static size_t plain_run(const unsigned char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] == 0x7f)
            break;
        size_t k = utf8_len(s + i, n - i);
        if (k == 0)
            break;
        i += k;
    }
    return i;
}

int swd_bytebuf_add_json(struct swd_bytebuf *b, const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t before = b->len;
    int rc = 0;
    while (n > 0 && rc == 0) {
        size_t run = plain_run(s, n);
        char esc[8];
        if (run > 0) {
            rc = swd_bytebuf_add(b, s, run);
        } else if (s[0] < 0x80) {
            rc = swd_bytebuf_add(b, esc, escape(s[0], esc));
            run = 1;
        } else {
            rc = swd_bytebuf_adds(b, "\xef\xbf\xbd");
            run = 1;
        }
        s += run;
        n -= run;
    }
    if (rc != 0)
        swd_bytebuf_cut(b, before); /* an append that fails changes nothing */
    return rc;
}
