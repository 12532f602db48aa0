/* What an object is, told without running any script code.
 *
 * Duktape's API asks objects in ways that a Proxy or a Symbol.toStringTag can answer; the engine
 * tells an object's class number and whether it is a Proxy. Cost: a table look-up. */
#include "engine/unit.h"
#include "lib/int.h"

#define KIND_MAX 31

/* By DUK_HOBJECT_CLASS_* of duktape.c. */
static const uint8_t kind_of_class[KIND_MAX] = {
    [0] = SWD_KIND_OTHER,    [1] = SWD_KIND_OBJECT,       [2] = SWD_KIND_ARRAY,
    [3] = SWD_KIND_FUNCTION, [4] = SWD_KIND_ARGUMENTS,    [5] = SWD_KIND_BOOLEAN,
    [6] = SWD_KIND_DATE,     [7] = SWD_KIND_ERROR,        [8] = SWD_KIND_OBJECT,
    [9] = SWD_KIND_OBJECT,   [10] = SWD_KIND_NUMBER,      [11] = SWD_KIND_REGEXP,
    [12] = SWD_KIND_STRING,  [13] = SWD_KIND_GLOBAL,      [14] = SWD_KIND_SYMBOL,
    [15] = SWD_KIND_OTHER,   [16] = SWD_KIND_OTHER,       [17] = SWD_KIND_OTHER,
    [18] = SWD_KIND_THREAD,  [19] = SWD_KIND_ARRAYBUFFER, [20] = SWD_KIND_DATAVIEW,
    [21] = SWD_KIND_TYPED,   [22] = SWD_KIND_TYPED,       [23] = SWD_KIND_TYPED,
    [24] = SWD_KIND_TYPED,   [25] = SWD_KIND_TYPED,       [26] = SWD_KIND_TYPED,
    [27] = SWD_KIND_TYPED,   [28] = SWD_KIND_TYPED,       [29] = SWD_KIND_TYPED,
    [30] = SWD_KIND_OBJECT, /* ours: engine/promise.h */
};

enum swd_kind swd_kind_of(duk_context *ctx, duk_idx_t idx)
{
    int class;
    if (duk_is_lightfunc(ctx, idx))
        return SWD_KIND_FUNCTION;
    if (duk_is_buffer(ctx, idx))
        return SWD_KIND_TYPED;
    class = swd_unit_class(ctx, (int)idx);
    if (class < 0)
        return SWD_KIND_NONE;
    if (class == SWD_CLASS_PROXY)
        return SWD_KIND_PROXY;
    return class < KIND_MAX ? (enum swd_kind)kind_of_class[class] : SWD_KIND_OTHER;
}

void swd_kind_push_target(duk_context *ctx, duk_idx_t idx)
{
    swd_unit_push_target(ctx, (int)idx);
}

const char *swd_kind_name(duk_context *ctx, duk_idx_t idx)
{
    static const char *const names[SWD_KIND_OTHER + 1] = {
        [SWD_KIND_OBJECT] = "Object",
        [SWD_KIND_ARRAY] = "Array",
        [SWD_KIND_ARGUMENTS] = "Arguments",
        [SWD_KIND_BOOLEAN] = "Boolean",
        [SWD_KIND_DATE] = "Date",
        [SWD_KIND_ERROR] = "Error",
        [SWD_KIND_NUMBER] = "Number",
        [SWD_KIND_REGEXP] = "RegExp",
        [SWD_KIND_STRING] = "String",
        [SWD_KIND_SYMBOL] = "Symbol",
        [SWD_KIND_ARRAYBUFFER] = "ArrayBuffer",
        [SWD_KIND_DATAVIEW] = "DataView",
        [SWD_KIND_TYPED] = "Typed",
    };
    enum swd_kind k = swd_kind_of(ctx, idx);
    int collection = swd_collect_open(ctx, idx), state;
    if (collection) {
        duk_pop(ctx);
        return collection == 1 ? "Map" : "Set";
    }
    if (k == SWD_KIND_OBJECT && swd_promise_state(ctx, idx, &state)) {
        duk_pop(ctx);
        return "Promise";
    }
    return names[k] ? names[k] : "";
}

bool swd_kind_push_typed(duk_context *ctx, duk_idx_t idx)
{
    static const char *const names[] = {"Int8Array",   "Uint8Array",   "Uint8ClampedArray",
                                        "Int16Array",  "Uint16Array",  "Int32Array",
                                        "Uint32Array", "Float32Array", "Float64Array"};
    int class = duk_is_buffer(ctx, idx) ? SWD_CLASS_TYPED + 1 : swd_unit_class(ctx, (int)idx);
    if (class < SWD_CLASS_TYPED || class >= SWD_CLASS_TYPED + (int)SWD_ARRAY_LEN(names))
        return false;
    swd_push_name(ctx, names[class - SWD_CLASS_TYPED]);
    return true;
}
