/* Duktape's own built-ins brought to ES2023: what they lack and what they have otherwise.
 *
 * Tables of functions, lengths, names, tags and accessors, applied once when a heap is made (so, as
 * a rule, once in the life of the daemon: in the image). Natives here hold nothing and call script
 * code only where the standard does. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/unit.h"
#include "lib/inspect.h"

/* ---- Math --------------------------------------------------------------------------------------
 */

#define MATH(name)                                                                                 \
    static duk_ret_t math_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        duk_push_number(ctx, name(duk_to_number(ctx, 0)));                                         \
        return 1;                                                                                  \
    }
MATH(acosh)
MATH(asinh)
MATH(atanh)
MATH(cosh)
MATH(expm1)
MATH(log1p)
MATH(sinh)
MATH(tanh)

static duk_ret_t math_fround(duk_context *ctx)
{
    double x = duk_to_number(ctx, 0);
    float f = fabs(x) > (double)FLT_MAX * (1 + 0x1p-25) ? (float)copysign(INFINITY, x) : (float)x;
    duk_push_number(ctx, (double)f);
    return 1;
}

static const struct swd_native math_natives[] = {
    {"acosh", math_acosh, 1, 1}, {"asinh", math_asinh, 1, 1}, {"atanh", math_atanh, 1, 1},
    {"cosh", math_cosh, 1, 1},   {"expm1", math_expm1, 1, 1}, {"log1p", math_log1p, 1, 1},
    {"sinh", math_sinh, 1, 1},   {"tanh", math_tanh, 1, 1},   {"fround", math_fround, 1, 1},
    {NULL, NULL, 0, 0},
};

/* ---- Annex B: "text".bold() and its kin --------------------------------------------------------
 */

static const struct {
    const char *tag, *attribute;
} html[] = {
    {"a", "name"},     {"big", NULL},    {"blink", NULL}, {"b", NULL},   {"tt", NULL},
    {"font", "color"}, {"font", "size"}, {"i", NULL},     {"a", "href"}, {"small", NULL},
    {"strike", NULL},  {"sub", NULL},    {"sup", NULL},
};

static duk_ret_t html_wrap(duk_context *ctx, unsigned which)
{
    const char *p;
    size_t n;
    struct swd_out o;
    duk_push_this(ctx);
    duk_require_object_coercible(ctx, -1);
    duk_to_string(ctx, -1);
    swd_out_init(&o, ctx, 1u << 28);
    swd_out_addf(&o, "<%s", html[which].tag);
    if (html[which].attribute) {
        duk_dup(ctx, 0);
        p = swd_text_get(ctx, -1, &n);
        swd_out_addf(&o, " %s=\"", html[which].attribute);
        for (size_t i = 0; i < n; i++) {
            if (p[i] == '"')
                swd_out_adds(&o, "&quot;");
            else
                swd_out_addc(&o, p[i]);
        }
        swd_out_addc(&o, '"');
    }
    swd_out_addc(&o, '>');
    swd_text_push(ctx, o.data, o.len);
    duk_dup(ctx, 1);
    o.len = 0;
    swd_out_addf(&o, "</%s>", html[which].tag);
    swd_text_push(ctx, o.data, o.len);
    duk_concat(ctx, 3);
    return 1;
}

#define HTML(i)                                                                                    \
    static duk_ret_t html_##i(duk_context *ctx)                                                    \
    {                                                                                              \
        return html_wrap(ctx, i);                                                                  \
    }
HTML(0)
HTML(1)
HTML(2)
HTML(3)
HTML(4)
HTML(5)
HTML(6)
HTML(7)
HTML(8)
HTML(9)
HTML(10)
HTML(11)
HTML(12)

static const struct swd_native html_natives[] = {
    {"anchor", html_0, 1, 1},   {"big", html_1, 1, 0},     {"blink", html_2, 1, 0},
    {"bold", html_3, 1, 0},     {"fixed", html_4, 1, 0},   {"fontcolor", html_5, 1, 1},
    {"fontsize", html_6, 1, 1}, {"italics", html_7, 1, 0}, {"link", html_8, 1, 1},
    {"small", html_9, 1, 0},    {"strike", html_10, 1, 0}, {"sub", html_11, 1, 0},
    {"sup", html_12, 1, 0},     {NULL, NULL, 0, 0},
};

/* ---- Dates as text -----------------------------------------------------------------------------
 */

enum date_form { DATE_FULL, DATE_DATE, DATE_TIME, DATE_UTC, DATE_LOCALE, DATE_LDATE, DATE_LTIME };

static const char date_days[] = "SunMonTueWedThuFriSat";
static const char date_months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* The parts of `this` in local time or UTC, by its own methods, which no script replaced. */
struct date_parts {
    int year, month, day, hour, minute, second, weekday;
};

static void date_split(double ms, struct date_parts *d)
{
    double days = floor(ms / 86400000.0), rest = ms - days * 86400000.0;
    long z = (long)days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    long weekday = ((long)days % 7 + 11) % 7;
    d->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    d->month = (int)(mp < 10 ? mp + 2 : mp - 10);
    d->year = (int)((long)yoe + era * 400 + (d->month <= 1));
    d->hour = (int)(rest / 3600000);
    d->minute = (int)fmod(rest / 60000, 60);
    d->second = (int)fmod(rest / 1000, 60);
    d->weekday = (int)weekday;
}

static int put_date(char *to, size_t n, const struct date_parts *d, bool utc)
{
    const char *day = date_days + 3 * d->weekday, *month = date_months + 3 * d->month;
    const char *sign = d->year < 0 ? "-" : "";
    int year = d->year < 0 ? -d->year : d->year;
    int width = d->year < 0 ? 6 : 4;
    if (d->year < 0)
        width = 4;
    if (utc)
        return snprintf(to, n, "%.3s, %02d %.3s %s%0*d", day, d->day, month, sign, width, year);
    return snprintf(to, n, "%.3s %.3s %02d %s%0*d", day, month, d->day, sign, width, year);
}

static int put_locale(char *to, size_t n, const struct date_parts *d, enum date_form form)
{
    int at = 0, hour = d->hour % 12 ? d->hour % 12 : 12;
    if (form != DATE_LTIME)
        at = snprintf(to, n, "%d/%d/%d", d->month + 1, d->day, d->year);
    if (form == DATE_LOCALE)
        at += snprintf(to + at, n - (size_t)at, ", ");
    if (form != DATE_LDATE)
        at += snprintf(to + at, n - (size_t)at, "%d:%02d:%02d %s", hour, d->minute, d->second,
                       d->hour < 12 ? "AM" : "PM");
    return at;
}

/* As put_date() and its time; `zone` is minutes east of UTC. */
static int put_form(char *to, size_t n, double ms, int zone, enum date_form form)
{
    struct date_parts d;
    int at = 0, far = zone < 0 ? -zone : zone;
    date_split(form == DATE_UTC ? ms : ms + zone * 60000.0, &d);
    if (form >= DATE_LOCALE)
        return put_locale(to, n, &d, form);
    if (form != DATE_TIME)
        at = put_date(to, n, &d, form == DATE_UTC);
    if (form == DATE_DATE)
        return at;
    at += snprintf(to + at, n - (size_t)at, "%s%02d:%02d:%02d GMT", at ? " " : "", d.hour, d.minute,
                   d.second);
    if (form != DATE_UTC)
        at += snprintf(to + at, n - (size_t)at, "%c%02d%02d", zone < 0 ? '-' : '+', far / 60,
                       far % 60);
    return at;
}

static duk_ret_t date_text(duk_context *ctx, enum date_form form)
{
    char text[128];
    double ms;
    int zone;
    duk_push_this(ctx);
    if (swd_kind_of(ctx, -1) != SWD_KIND_DATE)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "this is not a Date object.");
    ms = swd_unit_date(ctx, (int)duk_get_top_index(ctx), &zone);
    if (isnan(ms)) {
        duk_push_literal(ctx, "Invalid Date");
        return 1;
    }
    put_form(text, sizeof(text), ms, zone / 60, form);
    swd_text_push(ctx, text, strlen(text));
    return 1;
}

#define DATE(name, form)                                                                           \
    static duk_ret_t date_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        return date_text(ctx, form);                                                               \
    }
DATE(full, DATE_FULL)
DATE(date, DATE_DATE)
DATE(time, DATE_TIME)
DATE(utc, DATE_UTC)
DATE(locale, DATE_LOCALE)
DATE(ldate, DATE_LDATE)
DATE(ltime, DATE_LTIME)

static const struct swd_native date_natives[] = {
    {"toString", date_full, 0, 0},
    {"toDateString", date_date, 0, 0},
    {"toTimeString", date_time, 0, 0},
    {"toUTCString", date_utc, 0, 0},
    {"toLocaleString", date_locale, 0, 0},
    {"toLocaleDateString", date_ldate, 0, 0},
    {"toLocaleTimeString", date_ltime, 0, 0},
    {NULL, NULL, 0, 0},
};

/* ---- Numbers as text of a locale: en-US, whatever is asked for ---------------------------------
 */

static void group_digits(const char *digits, int n, char *to)
{
    int at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            to[at++] = ',';
        to[at++] = digits[i];
    }
    to[at] = 0;
}

static duk_ret_t number_locale(duk_context *ctx)
{
    char text[400], grouped[600], *dot;
    struct swd_out o;
    double x;
    duk_push_this(ctx);
    if (!duk_is_number(ctx, -1) && swd_kind_of(ctx, -1) != SWD_KIND_NUMBER)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "this is not a number");
    x = duk_to_number(ctx, -1);
    if (isnan(x) || isinf(x)) {
        swd_push_name(ctx, isnan(x) ? "NaN" : x < 0 ? "-\xe2\x88\x9e" : "\xe2\x88\x9e");
        return 1;
    }
    snprintf(text, sizeof(text), "%.3f", fabs(x));
    dot = strchr(text, '.');
    group_digits(text, (int)(dot - text), grouped);
    for (size_t n = strlen(dot); n > 0 && (dot[n - 1] == '0' || dot[n - 1] == '.'); n--) {
        bool point = dot[n - 1] == '.';
        dot[n - 1] = 0;
        if (point)
            break;
    }
    swd_out_init(&o, ctx, sizeof(text) + sizeof(grouped));
    swd_out_addf(&o, "%s%s%s", signbit(x) ? "-" : "", grouped, dot);
    swd_text_push(ctx, o.data, o.len);
    return 1;
}

/* ---- Buffers -----------------------------------------------------------------------------------
 */

enum view_part { VIEW_BUFFER, VIEW_BYTES, VIEW_OFFSET, VIEW_LENGTH };

static struct swd_unit_view view_this(duk_context *ctx, enum swd_kind kind)
{
    struct swd_unit_view v;
    duk_push_this(ctx);
    if (swd_kind_of(ctx, -1) != kind || !swd_unit_view(ctx, (int)duk_get_top_index(ctx), &v))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "getter called on incompatible receiver");
    return v;
}

static duk_ret_t view_get(duk_context *ctx, enum swd_kind kind, enum view_part part)
{
    struct swd_unit_view v = view_this(ctx, kind);
    if (part == VIEW_BUFFER)
        swd_unit_push_buffer(ctx, (int)duk_get_top_index(ctx));
    else
        duk_push_number(ctx, (double)(part == VIEW_OFFSET  ? v.offset
                                      : part == VIEW_BYTES ? v.bytes
                                                           : v.bytes >> v.shift));
    return 1;
}

/* Pushes SpeciesConstructor of the object at `idx`; false, nothing pushed: the default. */
static bool push_species(duk_context *ctx, duk_idx_t idx)
{
    duk_get_prop_literal(ctx, idx, "constructor");
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    if (!duk_is_object(ctx, -1))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "object.constructor is not an object");
    return swd_push_species(ctx);
}

/* ArrayBuffer.prototype.slice(): Duktape's own makes the copy, which goes into what the species
 * makes, if that is another. */
static duk_ret_t buffer_slice(duk_context *ctx)
{
    struct swd_unit_view v = view_this(ctx, SWD_KIND_ARRAYBUFFER), made; /* 2: this */
    swd_lib_push(ctx, "buffer.slice");
    duk_dup(ctx, 2);
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_call_method(ctx, 2); /* 3: the copy */
    if (!push_species(ctx, 2))
        return 1;
    duk_get_global_literal(ctx, "ArrayBuffer");
    if (duk_strict_equals(ctx, 4, 5)) {
        duk_dup(ctx, 3);
        return 1;
    }
    (void)swd_unit_view(ctx, 3, &v);
    duk_pop(ctx);
    duk_push_number(ctx, (double)v.bytes);
    duk_new(ctx, 1); /* 4 */
    if (swd_kind_of(ctx, 4) != SWD_KIND_ARRAYBUFFER || duk_samevalue(ctx, 4, 2))
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "the species made no other ArrayBuffer");
    if (!swd_unit_view(ctx, 4, &made) || made.bytes < v.bytes)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "the species made too small an ArrayBuffer");
    if (v.bytes > 0)
        memcpy(duk_require_buffer_data(ctx, 4, NULL), duk_require_buffer_data(ctx, 3, NULL),
               v.bytes);
    duk_set_top(ctx, 5);
    return 1;
}

static const struct swd_native slice_native = {"slice", buffer_slice, 2, 2};

static void put_slice(duk_context *ctx)
{
    swd_lib_push_holder(ctx, "ArrayBuffer.prototype");
    duk_get_prop_literal(ctx, -1, "slice");
    swd_lib_keep(ctx, "buffer.slice");
    swd_native_push(ctx, &slice_native);
    swd_lib_def(ctx, -2, "slice");
    duk_pop(ctx);
}

static duk_ret_t typed_tag(duk_context *ctx)
{
    duk_push_this(ctx);
    return duk_is_object(ctx, -1) && swd_kind_push_typed(ctx, -1);
}

#define VIEW(name, kind, part)                                                                     \
    static duk_ret_t view_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        return view_get(ctx, kind, part);                                                          \
    }
VIEW(ab_bytes, SWD_KIND_ARRAYBUFFER, VIEW_BYTES)
VIEW(dv_buffer, SWD_KIND_DATAVIEW, VIEW_BUFFER)
VIEW(dv_bytes, SWD_KIND_DATAVIEW, VIEW_BYTES)
VIEW(dv_offset, SWD_KIND_DATAVIEW, VIEW_OFFSET)
VIEW(ta_buffer, SWD_KIND_TYPED, VIEW_BUFFER)
VIEW(ta_bytes, SWD_KIND_TYPED, VIEW_BYTES)
VIEW(ta_offset, SWD_KIND_TYPED, VIEW_OFFSET)
VIEW(ta_length, SWD_KIND_TYPED, VIEW_LENGTH)

/* ---- Symbols -----------------------------------------------------------------------------------
 */

static duk_ret_t symbol_description(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!duk_is_symbol(ctx, -1)) {
        if (swd_kind_of(ctx, -1) != SWD_KIND_SYMBOL)
            swd_throw(ctx, DUK_ERR_TYPE_ERROR, "this is not a symbol");
        swd_unit_push_primitive(ctx, (int)duk_get_top_index(ctx));
    }
    return swd_unit_push_description(ctx, (int)duk_get_top_index(ctx)) ? 1 : 0;
}

static duk_ret_t species_get(duk_context *ctx)
{
    duk_push_this(ctx);
    return 1;
}

/* ---- The tables --------------------------------------------------------------------------------
 */

static const struct swd_native species_native = {"get [Symbol.species]", species_get, 0, 0};

/* Accessors: of TypedArray the object that all typed arrays inherit. */
static const struct {
    const char *holder, *key;
    struct swd_native getter;
} accessors[] = {
    {"ArrayBuffer.prototype", "byteLength", {"get byteLength", view_ab_bytes, 0, 0}},
    {"DataView.prototype", "buffer", {"get buffer", view_dv_buffer, 0, 0}},
    {"DataView.prototype", "byteLength", {"get byteLength", view_dv_bytes, 0, 0}},
    {"DataView.prototype", "byteOffset", {"get byteOffset", view_dv_offset, 0, 0}},
    {"TypedArray.prototype", "buffer", {"get buffer", view_ta_buffer, 0, 0}},
    {"TypedArray.prototype", "byteLength", {"get byteLength", view_ta_bytes, 0, 0}},
    {"TypedArray.prototype", "byteOffset", {"get byteOffset", view_ta_offset, 0, 0}},
    {"TypedArray.prototype", "length", {"get length", view_ta_length, 0, 0}},
    {"TypedArray.prototype", "@@toStringTag", {"get [Symbol.toStringTag]", typed_tag, 0, 0}},
    {"Symbol.prototype", "description", {"get description", symbol_description, 0, 0}},
};

static const char *const species_of[] = {"Array", "ArrayBuffer", "TypedArray"};

static const struct {
    const char *holder, *tag;
} tags[] = {
    {"ArrayBuffer.prototype", "ArrayBuffer"},
    {"DataView.prototype", "DataView"},
    {"JSON", "JSON"},
    {"Reflect", "Reflect"},
};

/* Functions of Duktape whose length is another. */
static const struct {
    const char *holder, *key;
    int length;
} lengths[] = {
    {"globalThis", "DataView", 1},           {"DataView.prototype", "getInt8", 1},
    {"DataView.prototype", "getUint8", 1},   {"DataView.prototype", "getInt16", 1},
    {"DataView.prototype", "getUint16", 1},  {"DataView.prototype", "getInt32", 1},
    {"DataView.prototype", "getUint32", 1},  {"DataView.prototype", "getFloat32", 1},
    {"DataView.prototype", "getFloat64", 1}, {"DataView.prototype", "setInt8", 2},
    {"DataView.prototype", "setUint8", 2},   {"DataView.prototype", "setInt16", 2},
    {"DataView.prototype", "setUint16", 2},  {"DataView.prototype", "setInt32", 2},
    {"DataView.prototype", "setUint32", 2},  {"DataView.prototype", "setFloat32", 2},
    {"DataView.prototype", "setFloat64", 2}, {"Symbol.prototype", "@@toPrimitive", 1},
};

/* And those whose name is. */
static const struct {
    const char *holder, *key, *name;
} names[] = {
    {"Date.prototype", "@@toPrimitive", "[Symbol.toPrimitive]"},
    {"Symbol.prototype", "@@toPrimitive", "[Symbol.toPrimitive]"},
    {"Function.prototype", "@@hasInstance", "[Symbol.hasInstance]"},
};

static const struct {
    const char *holder;
    const struct swd_native *natives;
} methods[] = {
    {"Math", math_natives},
    {"String.prototype", html_natives},
    {"Date.prototype", date_natives},
};

static const struct swd_native number_locale_native = {"toLocaleString", number_locale, 0, 0};

static void fix_field(duk_context *ctx, const char *holder, const char *key, const char *field)
{
    swd_lib_push_holder(ctx, holder);
    swd_lib_push_key(ctx, key);
    duk_get_prop(ctx, -2);
    swd_push_name(ctx, field);
    duk_dup(ctx, -4);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_WRITABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_SET_CONFIGURABLE |
                     DUK_DEFPROP_FORCE);
    duk_pop_3(ctx);
}

static void put_accessor(duk_context *ctx, const char *holder, const char *key,
                         const struct swd_native *getter)
{
    swd_lib_push_holder(ctx, holder);
    swd_lib_push_key(ctx, key);
    swd_native_push(ctx, getter);
    duk_push_undefined(ctx);
    duk_def_prop(ctx, -4,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    duk_pop(ctx);
}

static void fix_functions(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(lengths); i++) {
        duk_push_int(ctx, lengths[i].length);
        fix_field(ctx, lengths[i].holder, lengths[i].key, "length");
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(names); i++) {
        swd_push_name(ctx, names[i].name);
        fix_field(ctx, names[i].holder, names[i].key, "name");
    }
}

/* Number.parseInt is parseInt, Date.prototype.toGMTString toUTCString, and typed arrays have
 * Array.prototype.toString. */
static void put_aliases(duk_context *ctx)
{
    static const char *const parsers[] = {"parseInt", "parseFloat"};
    duk_get_global_literal(ctx, "Number");
    for (size_t i = 0; i < SWD_ARRAY_LEN(parsers); i++) {
        duk_get_global_string(ctx, parsers[i]);
        swd_lib_def(ctx, -2, parsers[i]);
    }
    duk_get_prop_literal(ctx, -1, "prototype");
    swd_native_push(ctx, &number_locale_native);
    swd_lib_def(ctx, -2, "toLocaleString");
    duk_pop_2(ctx);
    swd_lib_push_holder(ctx, "Date.prototype");
    duk_get_prop_literal(ctx, -1, "toUTCString");
    swd_lib_def(ctx, -2, "toGMTString");
    swd_lib_push_holder(ctx, "TypedArray.prototype");
    swd_lib_push_holder(ctx, "Array.prototype");
    duk_get_prop_literal(ctx, -1, "toString");
    swd_lib_def(ctx, -3, "toString");
    duk_pop_3(ctx);
}

void swd_lib_species(duk_context *ctx, duk_idx_t obj)
{
    obj = duk_normalize_index(ctx, obj);
    swd_push_symbol(ctx, "species");
    swd_lib_accessor(ctx, obj, &species_native, NULL, false);
}

void swd_builtins_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(methods); i++) {
        swd_lib_push_holder(ctx, methods[i].holder);
        swd_native_put(ctx, -1, methods[i].natives);
        duk_pop(ctx);
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(accessors); i++)
        put_accessor(ctx, accessors[i].holder, accessors[i].key, &accessors[i].getter);
    for (size_t i = 0; i < SWD_ARRAY_LEN(species_of); i++) {
        swd_lib_push_holder(ctx, species_of[i]);
        swd_lib_species(ctx, -1);
        duk_pop(ctx);
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(tags); i++) {
        swd_lib_push_holder(ctx, tags[i].holder);
        swd_lib_tag(ctx, -1, tags[i].tag);
        duk_pop(ctx);
    }
    fix_functions(ctx);
    put_aliases(ctx);
    put_slice(ctx);
    swd_unit_repair(ctx);
}
