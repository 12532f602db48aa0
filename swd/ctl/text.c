/* Text for people: widths and units. The widths need no locale: a short table of the wide and the
 * combining ranges serves (Unicode 15, coarse). Pure; any thread. */
#include "ctl/text.h"

#include <string.h>

#include "base/check.h"

struct range {
    uint32_t from, to;
};

static const struct range zero_ranges[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},   {0x064b, 0x065f},
    {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0e34, 0x0e3a}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20f0},   {0x302a, 0x302d},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};
static const struct range wide_ranges[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},
    {0x26bd, 0x26be},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2b1b, 0x2b1c},
    {0x2e80, 0x3029},   {0x302e, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6},   {0x1f004, 0x1f004}, {0x1f18e, 0x1f19a}, {0x1f200, 0x1f320},
    {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1faff},
    {0x20000, 0x3fffd},
};

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= r[i].from && c <= r[i].to)
            return true;
    return false;
}

static size_t utf8_len(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if ((first & 0xe0) == 0xc0)
        return 2;
    if ((first & 0xf0) == 0xe0)
        return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

/* One character of at most `n` bytes; its length, 0 when it is not UTF-8. */
static size_t utf8_get(const char *text, size_t n, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    size_t len = utf8_len(s[0]);
    uint32_t c;
    if (len == 0 || len > n)
        return 0;
    c = len == 1 ? s[0] : s[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return len;
}

size_t swd_ctl_text_width(const char *s)
{
    size_t width = 0, n = strlen(s);
    while (n > 0) {
        uint32_t c = 0;
        size_t len = utf8_get(s, n, &c);
        if (len == 0)
            len = 1;
        if (in_ranges(wide_ranges, SWD_ARRAY_LEN(wide_ranges), c))
            width += 2;
        else if (!in_ranges(zero_ranges, SWD_ARRAY_LEN(zero_ranges), c))
            width++;
        s += len;
        n -= len;
    }
    return width;
}

size_t swd_ctl_text_utf8(const char *s, size_t n)
{
    size_t at = 0;
    while (at < n) {
        uint32_t c;
        size_t len = utf8_get(s + at, n - at, &c);
        if (len == 0)
            return at;
        at += len;
    }
    return n;
}

/* C1 controls are two bytes, and a terminal obeys them like the others. */
const char *swd_ctl_text_clean(char *buf, size_t n, const char *s)
{
    size_t at = 0, left = strlen(s);
    while (left > 0) {
        uint32_t c = 0;
        size_t len = utf8_get(s, left, &c);
        bool bad = len == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0);
        size_t out = bad ? 1 : len;
        if (at + out >= n)
            break;
        memcpy(buf + at, bad ? "?" : s, out);
        at += out;
        s += len ? len : 1;
        left -= len ? len : 1;
    }
    buf[at] = '\0';
    return buf;
}

/* `v` in units of `step` each: up to four figures and a suffix. */
static const char *scaled(char buf[CTL_TEXT], double v, double step, const char *const *suffixes,
                          size_t n)
{
    size_t i = 0;
    while (i + 1 < n && (v < 0 ? -v : v) >= step - 0.5) {
        v /= step;
        i++;
    }
    snprintf(buf, CTL_TEXT, i > 0 && v < 9.95 && v > -9.95 ? "%.1f%s" : "%.0f%s", v, suffixes[i]);
    return buf;
}

const char *swd_ctl_text_bytes(char buf[CTL_TEXT], double bytes)
{
    static const char *const s[] = {"", "K", "M", "G", "T", "P"};
    return scaled(buf, bytes, 1024, s, SWD_ARRAY_LEN(s));
}

const char *swd_ctl_text_us(char buf[CTL_TEXT], double us)
{
    static const char *const s[] = {"us", "ms", "s"};
    if (us >= 100e6)
        return swd_ctl_text_age(buf, us / 1e6);
    return scaled(buf, us, 1000, s, SWD_ARRAY_LEN(s));
}

const char *swd_ctl_text_age(char buf[CTL_TEXT], double seconds)
{
    uint64_t s = !(seconds > 0 && seconds < 1e15) ? 0 : (uint64_t)seconds;
    if (s < 60)
        snprintf(buf, CTL_TEXT, "%us", (unsigned)s);
    else if (s < 3600)
        snprintf(buf, CTL_TEXT, "%um%02us", (unsigned)(s / 60), (unsigned)(s % 60));
    else if (s < 86400)
        snprintf(buf, CTL_TEXT, "%uh%02um", (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
    else
        snprintf(buf, CTL_TEXT, "%llud%02uh", (unsigned long long)(s / 86400),
                 (unsigned)(s / 3600 % 24));
    return buf;
}
