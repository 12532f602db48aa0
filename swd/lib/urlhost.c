/* Hosts of URLs and percent-encoding: see url.h.
 *
 * Domains that are not plain ASCII go through UTS 46 in libidn2, opened when the first such domain
 * is met; where it is not installed they are not valid hosts. It also refuses what the standard
 * would let pass: labels beyond 63 bytes, symbols and emoji. Labels in Punycode are taken as they
 * are written. */
#include <ctype.h>
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/encode.h"
#include "lib/url.h"

/* ---- Percent-encoding --------------------------------------------------------------------------
 */

/* Which sets hold a byte; each set but the last has all those of the sets that it extends. */
static unsigned set_of(unsigned char c)
{
    static const struct {
        const char *bytes;
        unsigned sets;
    } table[] = {
        {" \"<>", URL_FRAGMENT | URL_QUERY | URL_SPECIAL_QUERY | URL_PATH},
        {"`", URL_FRAGMENT | URL_PATH},
        {"#", URL_QUERY | URL_SPECIAL_QUERY | URL_PATH},
        {"'", URL_SPECIAL_QUERY | URL_FORM},
        {"?^{}", URL_PATH},
        {"/:;=@[\\]|", URL_USERINFO},
        {"$%&+,", URL_COMPONENT},
        {"!()~", URL_FORM},
    };
    unsigned sets = 0;
    if (isalnum(c) && c < 0x80)
        return 0;
    if (c <= 0x1f || c > 0x7e)
        return 255;
    for (size_t i = 0; i < SWD_ARRAY_LEN(table); i++)
        if (strchr(table[i].bytes, c))
            sets |= table[i].sets;
    sets |= sets & URL_PATH ? URL_USERINFO : 0;
    sets |= sets & URL_USERINFO ? URL_COMPONENT : 0;
    return sets | (sets & URL_COMPONENT ? URL_FORM : 0);
}

void swd_url_encode(struct swd_out *to, const char *p, size_t n, enum url_set set)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        char text[3] = {'%', hex[c >> 4], hex[c & 15]};
        if (!(set_of(c) & set))
            continue;
        swd_out_add(to, p + from, i - from);
        if (set == URL_FORM && c == ' ')
            swd_out_addc(to, '+');
        else
            swd_out_add(to, text, 3);
        from = i + 1;
    }
    swd_out_add(to, p + from, n - from);
}

int swd_url_hex(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void swd_url_decode(struct swd_out *to, const char *p, size_t n, bool plus)
{
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '%' && i + 2 < n && swd_url_hex(p[i + 1]) >= 0 && swd_url_hex(p[i + 2]) >= 0) {
            c = (char)(swd_url_hex(p[i + 1]) << 4 | swd_url_hex(p[i + 2]));
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        swd_out_addc(to, c);
    }
}

bool swd_url_text_is(const struct swd_out *o, const char *text)
{
    return o->len == strlen(text) && memcmp(o->data, text, o->len) == 0;
}

void swd_url_clear(struct swd_out *o)
{
    o->len = 0;
    o->full = false;
}

static bool any_of(const char *p, size_t n, const char *set)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] && strchr(set, p[i]))
            return true;
    return memchr(p, 0, n) != NULL;
}

/* ---- Internationalised names -------------------------------------------------------------------
 */

typedef int idn_lookup(const uint8_t *src, uint8_t **to, int flags);
typedef void idn_free(void *p);
#define IDN_NFC_INPUT       1
#define IDN_NONTRANSITIONAL 8

static idn_lookup *_Atomic idn_look_up;
static idn_free *_Atomic idn_release;
static atomic_int idn_state; /* 0: not asked yet, 1: there, 2: not there */

static bool idn_open(void)
{
    if (atomic_load(&idn_state) == 0) {
        void *lib = dlopen("libidn2.so.0", RTLD_NOW | RTLD_LOCAL);
        void *look = lib ? dlsym(lib, "idn2_lookup_u8") : NULL;
        void *release = lib ? dlsym(lib, "idn2_free") : NULL;
        memcpy(&idn_look_up, &look, sizeof(look));
        memcpy(&idn_release, &release, sizeof(release));
        atomic_store(&idn_state, look && release ? 1 : 2);
    }
    return atomic_load(&idn_state) == 1;
}

/* The name in `text` (no zero byte in it, ended by one) by its ASCII form. */
static bool idn_to_ascii(struct swd_out *to, const char *text)
{
    uint8_t *ascii = NULL;
    if (!idn_open() ||
        idn_look_up((const uint8_t *)text, &ascii, IDN_NFC_INPUT | IDN_NONTRANSITIONAL) != 0 ||
        !ascii)
        return false;
    swd_defer_push(to->ctx, idn_release, ascii);
    swd_url_clear(to);
    swd_out_adds(to, (const char *)ascii);
    swd_defer_pop(to->ctx, true);
    return true;
}

static bool all_ascii(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] >= 0x80)
            return false;
    return true;
}

static bool domain_to_ascii(struct swd_out *host, struct swd_out *name)
{
    swd_out_addc(name, 0);
    name->len--;
    if (memchr(name->data, 0, name->len))
        return false;
    if (!all_ascii(name->data, name->len))
        return swd_utf8_valid((const uint8_t *)name->data, name->len) &&
               idn_to_ascii(host, name->data);
    swd_url_clear(host);
    for (size_t i = 0; i < name->len; i++) {
        char c = name->data[i];
        swd_out_addc(host, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
    return true;
}

/* ---- IPv4 --------------------------------------------------------------------------------------
 */

/* One part: decimal, 0x..., or octal with a leading 0. False: not a number. Caps at 2^40. */
static bool ipv4_number(const char *p, size_t n, uint64_t *out)
{
    unsigned radix = 10;
    *out = 0;
    if (n == 0)
        return false;
    if (n >= 2 && p[0] == '0' && (p[1] | 0x20) == 'x') {
        radix = 16;
        p += 2;
        n -= 2;
    } else if (n >= 2 && p[0] == '0') {
        radix = 8;
        p++;
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        int d = swd_url_hex(p[i]);
        if (d < 0 || d >= (int)radix)
            return false;
        if (*out < (UINT64_C(1) << 40))
            *out = *out * radix + (unsigned)d;
    }
    return true;
}

/* Whether the last label (a final dot aside) is a number, so that the host must be IPv4. */
static bool ends_in_number(const char *p, size_t n)
{
    size_t from, i;
    uint64_t v;
    if (n > 0 && p[n - 1] == '.')
        n--;
    if (n == 0)
        return false;
    for (from = n; from > 0 && p[from - 1] != '.'; from--)
        continue;
    for (i = from; i < n && p[i] >= '0' && p[i] <= '9'; i++)
        continue;
    return (i == n && i > from) || ipv4_number(p + from, n - from, &v);
}

static bool ipv4_parse(struct swd_out *host)
{
    uint64_t parts[4], v = 0;
    size_t n = host->len, count = 0, from = 0;
    if (n > 0 && host->data[n - 1] == '.')
        n--;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && host->data[i] != '.')
            continue;
        if (count == 4 || !ipv4_number(host->data + from, i - from, &parts[count]))
            return false;
        count++;
        from = i + 1;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (parts[i] > 255)
            return false;
        v |= parts[i] << (8 * (3 - i));
    }
    if (count == 0 || parts[count - 1] >= UINT64_C(1) << (8 * (5 - count)))
        return false;
    v |= parts[count - 1];
    swd_url_clear(host);
    swd_out_addf(host, "%u.%u.%u.%u", (unsigned)(v >> 24 & 255), (unsigned)(v >> 16 & 255),
                 (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
    return true;
}

/* ---- IPv6 --------------------------------------------------------------------------------------
 */

/* The dotted end of an IPv6 address, into pieces[at] and the next. */
static bool ipv6_dotted(const char *p, const char *end, uint16_t *pieces, int at)
{
    int seen = 0;
    if (at > 6)
        return false;
    while (p < end) {
        int v = -1;
        if (seen > 0) {
            if (*p != '.' || seen == 4)
                return false;
            p++;
        }
        for (; p < end && *p >= '0' && *p <= '9'; p++) {
            if (v == 0)
                return false;
            v = v < 0 ? *p - '0' : v * 10 + (*p - '0');
            if (v > 255)
                return false;
        }
        if (v < 0)
            return false;
        pieces[at + seen / 2] = (uint16_t)(pieces[at + seen / 2] << 8 | v);
        seen++;
    }
    return seen == 4;
}

static bool ipv6_parse(const char *p, const char *end, uint16_t pieces[8])
{
    int at = 0, compress = -1;
    if (p < end && *p == ':') {
        if (end - p < 2 || p[1] != ':')
            return false;
        p += 2;
        compress = ++at;
    }
    while (p < end) {
        const char *from = p;
        unsigned v = 0;
        if (at == 8)
            return false;
        if (*p == ':') {
            if (compress >= 0)
                return false;
            p++;
            compress = ++at;
            continue;
        }
        for (; p < end && p - from < 4 && swd_url_hex(*p) >= 0; p++)
            v = v << 4 | (unsigned)swd_url_hex(*p);
        if (p < end && *p == '.') {
            if (p == from || !ipv6_dotted(from, end, pieces, at))
                return false;
            at += 2;
            break;
        }
        if (p < end && (*p != ':' || p + 1 == end))
            return false;
        if (p < end)
            p++;
        pieces[at++] = (uint16_t)v;
    }
    if (compress < 0)
        return at == 8;
    for (int swaps = at - compress, to = 7; to != 0 && swaps > 0; to--, swaps--) {
        uint16_t t = pieces[compress + swaps - 1];
        pieces[compress + swaps - 1] = pieces[to];
        pieces[to] = t;
    }
    return true;
}

/* Where the longest run of at least two zero pieces begins; 8: there is none. */
static int ipv6_longest(const uint16_t pieces[8], int *len)
{
    int best = 8;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && pieces[i + n] == 0)
            n++;
        if (n > *len) {
            best = i;
            *len = n;
        }
        i += n;
    }
    return best;
}

static void ipv6_serialize(struct swd_out *host, const uint16_t pieces[8])
{
    int len, best = ipv6_longest(pieces, &len);
    swd_url_clear(host);
    swd_out_addc(host, '[');
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            swd_out_adds(host, i == 0 ? "::" : ":");
            i += len - 1;
            continue;
        }
        swd_out_addf(host, i < 7 ? "%x:" : "%x", (unsigned)pieces[i]);
    }
    swd_out_addc(host, ']');
}

/* ---- Hosts -------------------------------------------------------------------------------------
 */

#define FORBIDDEN_HOST "\t\n\r #/:<>?@[\\]^|"

static bool forbidden_domain(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] <= 0x1f || p[i] == '%' || p[i] == 0x7f)
            return true;
    return any_of(p, n, FORBIDDEN_HOST);
}

static bool host_domain(struct swd_out *host, const char *text, size_t n)
{
    struct swd_out name;
    bool ok;
    swd_out_init(&name, host->ctx, host->max);
    swd_url_decode(&name, text, n, false);
    ok = domain_to_ascii(host, &name) && host->len > 0 && !forbidden_domain(host->data, host->len);
    if (ok && ends_in_number(host->data, host->len))
        ok = ipv4_parse(host);
    duk_remove(host->ctx, name.idx);
    return ok;
}

bool swd_url_host(struct swd_out *host, const char *text, size_t n, bool opaque)
{
    uint16_t pieces[8] = {0};
    if (n > 0 && text[0] == '[') {
        if (text[n - 1] != ']' || !ipv6_parse(text + 1, text + n - 1, pieces))
            return false;
        ipv6_serialize(host, pieces);
        return true;
    }
    if (!opaque)
        return host_domain(host, text, n);
    if (any_of(text, n, FORBIDDEN_HOST))
        return false;
    swd_url_clear(host);
    swd_url_encode(host, text, n, URL_C0);
    return true;
}
