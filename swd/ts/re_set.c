/* Sets of code points, see re_set.h. */
#include "ts/re_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "ts/re_unidata.h"

int swd_re_set_add(struct swd_bump *b, struct swd_re_set *s, uint32_t lo, uint32_t hi)
{
    if (s->n > 0 && s->r[s->n - 1].hi + 1 == lo) {
        s->r[s->n - 1].hi = hi;
        return 0;
    }
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 8;
        struct swd_re_range *r = swd_bump_alloc(b, cap * sizeof(*r));

        if (!r)
            return SWD_ENOMEM;
        if (s->n)
            memcpy(r, s->r, s->n * sizeof(*r));
        s->r = r;
        s->cap = cap;
    }
    s->r[s->n++] = (struct swd_re_range){lo, hi};
    return 0;
}

int swd_re_set_add_set(struct swd_bump *b, struct swd_re_set *s, const struct swd_re_set *o)
{
    for (uint32_t i = 0; i < o->n; i++) {
        int rc = swd_re_set_add(b, s, o->r[i].lo, o->r[i].hi);

        if (rc)
            return rc;
    }
    return 0;
}

static uint32_t varint(const uint8_t **p)
{
    uint32_t v = 0, shift = 0;

    do {
        v |= (uint32_t)(**p & 127) << shift;
        shift += 7;
    } while (*(*p)++ & 128);
    return v;
}

int swd_re_set_add_data(struct swd_bump *b, struct swd_re_set *s, unsigned id)
{
    const uint8_t *p = swd_re_set_bytes + swd_re_sets[id].off;
    uint32_t at = 0;

    for (uint32_t i = 0; i < swd_re_sets[id].n; i++) {
        uint32_t lo = at + varint(&p), hi = lo + varint(&p);
        int rc = swd_re_set_add(b, s, lo, hi);

        if (rc)
            return rc;
        at = hi + 1;
    }
    return 0;
}

static int range_cmp(const void *x, const void *y)
{
    const struct swd_re_range *a = x, *b = y;

    return a->lo < b->lo ? -1 : a->lo > b->lo;
}

void swd_re_set_normal(struct swd_re_set *s)
{
    uint32_t w = 0;

    for (uint32_t i = 1; i < s->n; i++)
        if (s->r[i].lo <= s->r[i - 1].hi) {
            qsort(s->r, s->n, sizeof(*s->r), range_cmp);
            break;
        }
    for (uint32_t i = 1; i < s->n; i++) {
        if (s->r[i].lo <= s->r[w].hi + 1) {
            if (s->r[i].hi > s->r[w].hi)
                s->r[w].hi = s->r[i].hi;
        } else {
            s->r[++w] = s->r[i];
        }
    }
    if (s->n)
        s->n = w + 1;
}

int swd_re_set_invert(struct swd_bump *b, struct swd_re_set *s)
{
    struct swd_re_set out = {0};
    uint32_t at = 0;

    for (uint32_t i = 0; i < s->n; i++) {
        if (s->r[i].lo > at) {
            int rc = swd_re_set_add(b, &out, at, s->r[i].lo - 1);

            if (rc)
                return rc;
        }
        at = s->r[i].hi + 1;
    }
    if (at <= SWD_RE_CP_MAX) {
        int rc = swd_re_set_add(b, &out, at, SWD_RE_CP_MAX);

        if (rc)
            return rc;
    }
    *s = out;
    return 0;
}

bool swd_re_set_has(const struct swd_re_set *s, uint32_t c)
{
    uint32_t lo = 0, hi = s->n;

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (c > s->r[mid].hi)
            lo = mid + 1;
        else if (c < s->r[mid].lo)
            hi = mid;
        else
            return true;
    }
    return false;
}

static const struct swd_re_case *case_table(bool unicode, unsigned *n)
{
    *n = unicode ? swd_re_fold_count : swd_re_upper_count;
    return unicode ? swd_re_fold : swd_re_upper;
}

uint32_t swd_re_canon(uint32_t c, bool unicode)
{
    unsigned lo = 0, hi;
    const struct swd_re_case *t = case_table(unicode, &hi);

    if (c < 128)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;

        if (c > t[mid].last)
            lo = mid + 1;
        else if (c < t[mid].first)
            hi = mid;
        else if ((c - t[mid].first) % t[mid].stride)
            return c;
        else
            return c + (uint32_t)t[mid].delta;
    }
    return c;
}

/* A set of ASCII characters alone, without the u flag: nothing outside ASCII folds into it. */
static int close_ascii(struct swd_bump *b, struct swd_re_set *s)
{
    uint32_t n = s->n;

    for (uint32_t i = 0; i < n; i++) {
        static const struct swd_re_range half[2] = {{'a', 'z'}, {'A', 'Z'}};

        for (int k = 0; k < 2; k++) {
            uint32_t lo = s->r[i].lo > half[k].lo ? s->r[i].lo : half[k].lo;
            uint32_t hi = s->r[i].hi < half[k].hi ? s->r[i].hi : half[k].hi;

            if (lo <= hi && swd_re_set_add(b, s, lo ^ 32, hi ^ 32))
                return SWD_ENOMEM;
        }
    }
    swd_re_set_normal(s);
    return 0;
}

int swd_re_set_close(struct swd_bump *b, struct swd_re_set *s, bool unicode)
{
    unsigned n;
    const struct swd_re_case *t = case_table(unicode, &n);
    struct swd_re_set canon = {0};

    if (s->n == 0)
        return 0;
    if (!unicode && s->r[s->n - 1].hi < 128)
        return close_ascii(b, s);
    for (unsigned i = 0; i < n; i++)
        for (uint32_t c = t[i].first; c <= t[i].last; c += t[i].stride)
            if (swd_re_set_has(s, c) &&
                swd_re_set_add(b, &canon, c + (uint32_t)t[i].delta, c + (uint32_t)t[i].delta))
                return SWD_ENOMEM;
    swd_re_set_normal(&canon);
    struct swd_re_set more = {0};

    if (swd_re_set_add_set(b, &more, &canon))
        return SWD_ENOMEM;
    for (unsigned i = 0; i < n; i++)
        for (uint32_t c = t[i].first; c <= t[i].last; c += t[i].stride) {
            uint32_t to = c + (uint32_t)t[i].delta;

            if ((swd_re_set_has(s, to) || swd_re_set_has(&canon, to)) &&
                swd_re_set_add(b, &more, c, c))
                return SWD_ENOMEM;
        }
    if (swd_re_set_add_set(b, s, &more))
        return SWD_ENOMEM;
    swd_re_set_normal(s);
    return 0;
}

static bool name_is(const char *s, size_t n, const char *lit)
{
    return strlen(lit) == n && memcmp(s, lit, n) == 0;
}

static int prop_lookup(const char *name, size_t n, unsigned kinds)
{
    unsigned lo = 0, hi = swd_re_prop_count;

    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        const char *at = swd_re_props[mid].name;
        int c = strncmp(at, name, n);

        if (c == 0 && at[n] != 0)
            c = 1;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < swd_re_prop_count && name_is(name, n, swd_re_props[lo].name); lo++)
        if (kinds & 1u << swd_re_props[lo].kind)
            return swd_re_props[lo].set;
    return -1;
}

int swd_re_prop_find(const char *name, size_t nn, const char *value, size_t vn)
{
    if (!value)
        return prop_lookup(name, nn, 1u << SWD_RE_PROP_GC | 1u << SWD_RE_PROP_BINARY);
    if (name_is(name, nn, "General_Category") || name_is(name, nn, "gc"))
        return prop_lookup(value, vn, 1u << SWD_RE_PROP_GC);
    if (name_is(name, nn, "Script") || name_is(name, nn, "sc"))
        return prop_lookup(value, vn, 1u << SWD_RE_PROP_SC);
    if (name_is(name, nn, "Script_Extensions") || name_is(name, nn, "scx"))
        return prop_lookup(value, vn, 1u << SWD_RE_PROP_SCX);
    return -1;
}

static bool data_has(unsigned id, uint32_t c)
{
    const uint8_t *p = swd_re_set_bytes + swd_re_sets[id].off;
    uint32_t at = 0;

    for (uint32_t i = 0; i < swd_re_sets[id].n; i++) {
        uint32_t lo = at + varint(&p), hi = lo + varint(&p);

        if (c < lo)
            return false;
        if (c <= hi)
            return true;
        at = hi + 1;
    }
    return false;
}

static bool ascii_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '$' || c == '_';
}

bool swd_re_id_start_has(uint32_t c)
{
    return c < 128 ? ascii_letter(c) : data_has(swd_re_id_start, c);
}

bool swd_re_id_continue_has(uint32_t c)
{
    if (c < 128)
        return ascii_letter(c) || (c >= '0' && c <= '9');
    return c == 0x200c || c == 0x200d || data_has(swd_re_id_continue, c);
}
