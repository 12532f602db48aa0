/* Numbers and decimal text, for duk_unit.c: what is exact in a double's 53 bits is done there, the
 * rest by Duktape's bignums (Dragon4), as all of it was.
 *
 * Both rest on this: an integer below 10^15 and a power of ten up to 10^22 are exact, so their
 * quotient, rounded once, is the double nearest to that decimal (Clinger, How to Read Floating
 * Point Numbers Accurately, 1990); and no two decimals of at most 15 digits are the same double, so
 * one that reads back as the number is its shortest text. */

static const double unit_tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
#define UNIT_DIGITS 15

/* Reads `n` digits on from *at into *v; answers how many there were. */
static duk_size_t unit_digits(const duk_uint8_t *p, duk_size_t n, duk_size_t *at, uint64_t *v)
{
    duk_size_t i = *at;
    for (; i < n && p[i] >= '0' && p[i] <= '9'; i++)
        *v = *v * 10 + (uint64_t)(p[i] - '0');
    n = i - *at;
    *at = i;
    return n;
}

/* [-]digits[.digits], as far as the flags allow, no zero in front: what every grammar of numbers
 * reads alike. */
static int unit_read(const duk_uint8_t *p, duk_size_t n, duk_small_uint_t flags, double *out)
{
    duk_size_t at = 0, whole, frac = 0;
    uint64_t v = 0;
    int neg = n > 0 && p[0] == '-';
    if (n > UNIT_DIGITS + 2 || (neg && !(flags & DUK_S2N_FLAG_ALLOW_MINUS)))
        return 0;
    at = (duk_size_t)neg;
    whole = unit_digits(p, n, &at, &v);
    if (whole == 0 || (whole > 1 && p[neg] == '0'))
        return 0;
    if (at < n && p[at] == '.' && (flags & DUK_S2N_FLAG_ALLOW_FRAC)) {
        at++;
        frac = unit_digits(p, n, &at, &v);
        if (frac == 0)
            return 0;
    }
    if (at < n || whole + frac > UNIT_DIGITS)
        return 0;
    *out = (double)v / unit_tens[frac];
    if (neg)
        *out = -*out;
    return 1;
}

DUK_INTERNAL void duk_numconv_parse(duk_hthread *thr, duk_small_int_t radix, duk_small_uint_t flags)
{
    duk_hstring *h = duk_known_hstring(thr, -1);
    double x;
    if (radix != 10 || !unit_read(DUK_HSTRING_GET_DATA(h), DUK_HSTRING_GET_BYTELEN(h), flags, &x)) {
        swd_unit_number_parse(thr, radix, flags);
        return;
    }
    duk_pop_unsafe(thr);
    duk_push_number(thr, x);
}

/* The digits of `v`, at least `least` of them, before `end`; answers their start. */
static char *unit_print(char *end, uint64_t v, int least)
{
    for (; v > 0 || least > 0; v /= 10, least--)
        *--end = (char)('0' + v % 10);
    return end;
}

/* The text of x (0 < x < 10^15), right-aligned before `end`; NULL: it needs more digits. */
static char *unit_write(char *end, double x)
{
    uint64_t v = (uint64_t)x, tens = 1;
    int frac = 0;
    while ((double)v / unit_tens[frac] != x) {
        double scaled;
        if (++frac > UNIT_DIGITS || (scaled = x * unit_tens[frac]) >= 1e15)
            return NULL;
        v = (uint64_t)(scaled + 0.5);
        tens *= 10;
    }
    if (frac > 0) {
        end = unit_print(end, v % tens, frac);
        *--end = '.';
    }
    return unit_print(end, v / tens, 1);
}

DUK_INTERNAL void duk_numconv_stringify(duk_hthread *thr, duk_small_int_t radix,
                                        duk_small_int_t digits, duk_small_uint_t flags)
{
    double x = duk_require_number(thr, -1), size = x < 0 ? -x : x;
    char buf[48], *end = buf + sizeof buf, *p = NULL;
    if (radix == 10 && flags == 0 && size >= 1e-6 && size < 1e15)
        p = unit_write(end, size);
    if (!p) {
        swd_unit_number_stringify(thr, radix, digits, flags);
        return;
    }
    if (x < 0)
        *--p = '-';
    duk_pop_unsafe(thr);
    duk_push_lstring(thr, p, (duk_size_t)(end - p));
}
