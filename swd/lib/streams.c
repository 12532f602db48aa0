/* The WHATWG streams as globals and as require('stream/web'). All of it is streams.js; here is what
 * makes it at the first touch of any of its names. */
#include "lib/int.h"

static void push_streams(duk_context *ctx)
{
    swd_lib_push(ctx, "streams");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_streams);
    duk_push_bare_object(ctx);
    swd_web_secret(ctx);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, swd_zlib_natives);
    duk_put_prop_literal(ctx, -2, "zlib");
    duk_call(ctx, 1);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "streams");
}

#define STREAM_CLASSES(X)                                                                          \
    X(ReadableStream)                                                                              \
    X(ReadableStreamDefaultReader)                                                                 \
    X(ReadableStreamDefaultController)                                                             \
    X(WritableStream)                                                                              \
    X(WritableStreamDefaultWriter)                                                                 \
    X(WritableStreamDefaultController)                                                             \
    X(TransformStream)                                                                             \
    X(TransformStreamDefaultController)                                                            \
    X(CountQueuingStrategy)                                                                        \
    X(ByteLengthQueuingStrategy)                                                                   \
    X(CompressionStream)                                                                           \
    X(DecompressionStream)                                                                         \
    X(TextEncoderStream)                                                                           \
    X(TextDecoderStream)

#define MAKE(name)                                                                                 \
    static duk_ret_t make_##name(duk_context *ctx)                                                 \
    {                                                                                              \
        push_streams(ctx);                                                                         \
        duk_get_prop_literal(ctx, -1, #name);                                                      \
        return 1;                                                                                  \
    }
STREAM_CLASSES(MAKE)

static const struct swd_native makers[] = {
#define ENTRY(name) {#name, make_##name, 0, 0},
    STREAM_CLASSES(ENTRY)
#undef ENTRY
};

void swd_streams_globals(duk_context *ctx)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(makers); i++)
        swd_lib_lazy(ctx, makers[i].name, &makers[i]);
}

void swd_streams_exports(duk_context *ctx)
{
    push_streams(ctx);
}
