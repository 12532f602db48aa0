/* String.prototype.normalize() and localeCompare(), by libutf8proc, opened when first needed:
 * without it the former refuses what is not plain (Latin-1 is composed as it is), the latter
 * compares what is there. Code points are taken from UTF-16, a lone surrogate stands for itself.
 *
 * The order of localeCompare() is one for all locales: spaces, punctuation, symbols, digits,
 * letters; then letters without marks and case, then marks, then lower before upper case. Any
 * thread; a text costs 4 bytes a code point meanwhile, and time linear in its length. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "lib/int.h"

/* utf8proc.h 2.x. */
enum { OPT_STABLE = 1 << 1, OPT_COMPAT = 1 << 2, OPT_COMPOSE = 1 << 3, OPT_DECOMPOSE = 1 << 4 };
enum { PROP_CATEGORY, PROP_CLASS }; /* the first words of a property record */
enum { CAT_LU = 1, CAT_LO = 5, CAT_MN = 6, CAT_ME = 8, CAT_ND = 9, CAT_NO = 11, CAT_PC = 12 };
enum { CAT_PO = 18, CAT_SM = 19, CAT_SO = 22, FIRST_MARK = 0x300 };

static struct {
    ssize_t (*decompose)(int32_t cp, int32_t *to, ssize_t room, int options, int *boundary);
    ssize_t (*normalize)(int32_t *cps, ssize_t n, int options);
    const int16_t *(*property)(int32_t cp);
    int32_t (*lower)(int32_t cp);
} proc;
static atomic_int proc_state; /* 1: there, 2: not; opened twice at worst */

static bool proc_open(void)
{
    static const char *const names[] = {"utf8proc_decompose_char", "utf8proc_normalize_utf32",
                                        "utf8proc_get_property", "utf8proc_tolower"};
    void *found[4];
    if (atomic_load(&proc_state) == 0) {
        void *lib = dlopen("libutf8proc.so.2", RTLD_NOW | RTLD_LOCAL);
        bool whole = lib != NULL;
        for (size_t i = 0; lib && i < 4; i++)
            whole &= (found[i] = dlsym(lib, names[i])) != NULL;
        if (whole)
            memcpy(&proc, found, sizeof proc);
        atomic_store(&proc_state, whole ? 1 : 2);
    }
    return atomic_load(&proc_state) == 1;
}

/* ---- Code points, in a buffer on the value stack -----------------------------------------------
 */

struct points {
    int32_t *at;
    size_t n;
};

/* Pushes the code points of the string at `idx`; *highest of them. */
static struct points push_points(duk_context *ctx, duk_idx_t idx, int32_t *highest)
{
    size_t n = duk_get_length(ctx, idx), to = 0;
    unsigned char *units = duk_push_fixed_buffer(ctx, n * 2 + 1);
    struct points p = {duk_push_fixed_buffer(ctx, n * sizeof(int32_t) + 1), 0};
    n = swd_text_units_get(ctx, idx, units, n);
    *highest = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t cp = units[2 * i] | units[2 * i + 1] << 8;
        int32_t low = i + 1 < n ? units[2 * i + 2] | units[2 * i + 3] << 8 : 0;
        if ((cp & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00) {
            cp = 0x10000 + ((cp & 0x3ff) << 10) + (low & 0x3ff);
            i++;
        }
        if (cp > *highest)
            *highest = cp;
        p.at[to++] = cp;
    }
    p.n = to;
    duk_remove(ctx, -2);
    return p;
}

static void push_text(duk_context *ctx, struct points p)
{
    unsigned char *units = duk_push_fixed_buffer(ctx, p.n * 4 + 1);
    size_t to = 0;
    for (size_t i = 0; i < p.n; i++) {
        int32_t cp = p.at[i];
        if (cp >= 0x10000) {
            int32_t high = 0xd800 + ((cp - 0x10000) >> 10);
            units[to++] = (unsigned char)high;
            units[to++] = (unsigned char)(high >> 8);
            cp = 0xdc00 + (cp & 0x3ff);
        }
        units[to++] = (unsigned char)cp;
        units[to++] = (unsigned char)(cp >> 8);
    }
    swd_text_units_push(ctx, units, to / 2);
    duk_remove(ctx, -2);
}

/* Marks in the order of their classes, those of one class as they stood: a pass for each class. */
static void order_marks(int32_t *at, size_t n, int32_t *spare)
{
    size_t starts[256] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        starts[(unsigned char)proc.property(at[i])[PROP_CLASS]]++;
    for (size_t c = 0; c < 256; c++) {
        size_t here = starts[c];
        starts[c] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++)
        spare[starts[(unsigned char)proc.property(at[i])[PROP_CLASS]]++] = at[i];
    memcpy(at, spare, n * sizeof *at);
}

/* Replaces the code points on top by their decomposition. */
static struct points decompose(duk_context *ctx, struct points p, int options)
{
    struct points d = {NULL, 0};
    int32_t *spare;
    size_t room = 0;
    for (size_t i = 0; i < p.n; i++) {
        ssize_t n = proc.decompose(p.at[i], NULL, 0, options, NULL);
        room += n > 0 ? (size_t)n : 1;
    }
    d.at = duk_push_fixed_buffer(ctx, room * sizeof(int32_t) + 1);
    spare = duk_push_fixed_buffer(ctx, room * sizeof(int32_t) + 1);
    for (size_t i = 0; i < p.n; i++) {
        ssize_t n = proc.decompose(p.at[i], d.at + d.n, (ssize_t)(room - d.n), options, NULL);
        if (n <= 0)
            d.at[d.n] = p.at[i];
        d.n += n > 0 ? (size_t)n : 1;
    }
    for (size_t i = 0; i < d.n;) {
        size_t from = i;
        while (i < d.n && proc.property(d.at[i])[PROP_CLASS] != 0)
            i++;
        if (i - from > 1)
            order_marks(d.at + from, i - from, spare);
        i += i == from;
    }
    duk_pop(ctx);
    duk_remove(ctx, -2);
    return d;
}

/* ---- normalize() -------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int options;
} forms[] = {
    {"NFC", OPT_DECOMPOSE | OPT_COMPOSE},
    {"NFD", OPT_DECOMPOSE},
    {"NFKC", OPT_DECOMPOSE | OPT_COMPOSE | OPT_COMPAT},
    {"NFKD", OPT_DECOMPOSE | OPT_COMPAT},
};

static int form_at(duk_context *ctx, duk_idx_t idx)
{
    const char *name;
    size_t n;
    if (duk_is_undefined(ctx, idx))
        return forms[0].options;
    name = swd_text_get(ctx, idx, &n);
    for (size_t i = 0; i < SWD_ARRAY_LEN(forms); i++)
        if (strlen(forms[i].name) == n && memcmp(forms[i].name, name, n) == 0)
            return forms[i].options;
    swd_throw(ctx, DUK_ERR_RANGE_ERROR,
              "The normalization form should be one of NFC, NFD, NFKC, NFKD.");
}

static duk_ret_t string_normalize(duk_context *ctx)
{
    int options;
    struct points p;
    int32_t highest;
    duk_push_this(ctx);
    duk_require_object_coercible(ctx, 1);
    duk_to_string(ctx, 1);
    options = form_at(ctx, 0);
    p = push_points(ctx, 1, &highest);
    if (highest < 0x80 || (highest < FIRST_MARK && options == forms[0].options)) {
        duk_dup(ctx, 1);
        return 1;
    }
    if (!proc_open())
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_SWD_UNSUPPORTED",
                       "String.prototype.normalize needs libutf8proc, which is not installed here "
                       "(apt-get install libutf8proc2)");
    p = decompose(ctx, p, options & ~OPT_COMPOSE);
    if (options & OPT_COMPOSE) {
        ssize_t n = proc.normalize(p.at, (ssize_t)p.n, OPT_STABLE | OPT_COMPOSE);
        p.n = n > 0 ? (size_t)n : p.n;
    }
    push_text(ctx, p);
    return 1;
}

/* ---- localeCompare() ---------------------------------------------------------------------------
 */

static bool is_mark(int32_t cp)
{
    int16_t c = cp < FIRST_MARK ? 0 : proc.property(cp)[PROP_CATEGORY];
    return c >= CAT_MN && c <= CAT_ME;
}

/* Which group of characters comes first, then the character without case. */
static int64_t primary(int32_t cp)
{
    int16_t c = proc.property(cp)[PROP_CATEGORY];
    int group = c >= CAT_LU && c <= CAT_LO   ? 4
                : c >= CAT_ND && c <= CAT_NO ? 3
                : c >= CAT_SM && c <= CAT_SO ? 2
                : c >= CAT_PC && c <= CAT_PO ? 1
                                             : 0;
    return (int64_t)group << 32 | proc.lower(cp);
}

static int sign(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* By the characters (or, with `marks`, the marks) of both. */
static int compare_level(struct points a, struct points b, bool marks)
{
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a.n && is_mark(a.at[i]) != marks)
            i++;
        while (j < b.n && is_mark(b.at[j]) != marks)
            j++;
        if (i == a.n || j == b.n)
            return (i < a.n) - (j < b.n);
        if (marks ? a.at[i] != b.at[j] : primary(a.at[i]) != primary(b.at[j]))
            return marks ? sign(a.at[i], b.at[j]) : sign(primary(a.at[i]), primary(b.at[j]));
    }
}

/* Lower case first; the two differ in nothing but case. */
static int compare_case(struct points a, struct points b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (a.at[i] != b.at[i])
            return proc.lower(a.at[i]) == a.at[i] ? -1 : 1;
    return sign((int64_t)a.n, (int64_t)b.n);
}

static duk_ret_t string_compare(duk_context *ctx)
{
    struct points a, b;
    int32_t highest;
    int order;
    duk_push_this(ctx);
    duk_require_object_coercible(ctx, 1);
    duk_to_string(ctx, 1);
    duk_to_string(ctx, 0);
    if (duk_strict_equals(ctx, 0, 1)) {
        duk_push_int(ctx, 0);
        return 1;
    }
    a = push_points(ctx, 1, &highest);
    if (proc_open())
        a = decompose(ctx, a, OPT_DECOMPOSE);
    b = push_points(ctx, 0, &highest);
    if (proc_open()) {
        b = decompose(ctx, b, OPT_DECOMPOSE);
        order = compare_level(a, b, false);
        order = order ? order : compare_level(a, b, true);
        order = order ? order : compare_case(a, b);
    } else {
        size_t i = 0;
        while (i < a.n && i < b.n && a.at[i] == b.at[i])
            i++;
        order = i < a.n && i < b.n ? sign(a.at[i], b.at[i]) : sign((int64_t)a.n, (int64_t)b.n);
    }
    duk_push_int(ctx, order);
    return 1;
}

static const struct swd_native string_natives[] = {
    {"normalize", string_normalize, 1, 0},
    {"localeCompare", string_compare, 1, 1},
    {NULL, NULL, 0, 0},
};

void swd_normalize_globals(duk_context *ctx)
{
    swd_lib_push_holder(ctx, "String.prototype");
    swd_native_put(ctx, -1, string_natives);
    duk_pop(ctx);
}
