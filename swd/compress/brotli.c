/* brotli, both ways; only when configure finds the library. It has no way to reset a context, so
 * each stream makes one; its memory comes from the slabs (and goes back there), so that warm use
 * takes nothing new. No dictionaries, no concatenated members, no checksum: RFC 7932 has none.
 *
 * The encoder of a stock libbrotlienc calls exit() when an allocation fails. Ours therefore does
 * not return then: the allocator jumps back to the call that we made, past the library's frames
 * (which hold nothing but memory), the context is not used again, and every block of it is freed
 * from the list that the allocator keeps. */
#include "config.h"
#ifdef HAVE_BROTLI

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <setjmp.h>
#include <stdalign.h>

#include "base/list.h"
#include "compress/codec.h"
#include "pool/slab.h"

static const char *where(const struct swd_stream *s)
{
    return s->in == 0 ? "the header" : "a meta-block";
}

/* --- encoder --- */

struct encoder {
    BrotliEncoderState *b; /* NULL: broken */
    struct swd_list blocks;
    jmp_buf *out; /* of the call that runs */
};

struct block {
    alignas(max_align_t) struct swd_list link;
};

static void *enc_take(void *opaque, size_t n)
{
    struct encoder *x = opaque;
    struct block *k = n < SIZE_MAX - sizeof *k ? swd_slab_malloc(sizeof *k + n) : NULL;
    if (k == NULL)
        longjmp(*x->out, 1);
    swd_list_push_back(&x->blocks, &k->link);
    return k + 1;
}

static void enc_give(void *opaque, void *p)
{
    (void)opaque;
    if (p == NULL)
        return;
    struct block *k = (struct block *)p - 1;
    swd_list_del(&k->link);
    swd_slab_mfree(k);
}

static void enc_close(struct swd_stream *s, bool bad)
{
    struct encoder *x = s->ctx.brotli;
    struct swd_list *node;
    (void)bad;
    s->ctx.brotli = NULL;
    if (x == NULL)
        return;
    while ((node = swd_list_pop_front(&x->blocks)) != NULL)
        swd_slab_mfree(SWD_LIST_ENTRY(node, struct block, link));
    swd_slab_free(x, sizeof *x);
}

static int no_memory(struct encoder *x, struct swd_err *e)
{
    x->b = NULL;
    return swd_fail(e, SWD_ENOMEM, "brotli: out of memory");
}

static void enc_set(BrotliEncoderState *b, const struct swd_codec_opts *o)
{
    BrotliEncoderSetParameter(b, BROTLI_PARAM_QUALITY, (uint32_t)o->level);
    if (o->window != 0)
        BrotliEncoderSetParameter(b, BROTLI_PARAM_LGWIN, (uint32_t)o->window);
    if (o->strategy != 0)
        BrotliEncoderSetParameter(b, BROTLI_PARAM_MODE, (uint32_t)o->strategy);
    if (o->size != 0)
        BrotliEncoderSetParameter(b, BROTLI_PARAM_SIZE_HINT,
                                  o->size < (1u << 30) ? (uint32_t)o->size : 1u << 30);
}

static int enc_open(struct swd_stream *s, struct swd_err *e)
{
    struct encoder *x = swd_slab_alloc(sizeof *x);
    jmp_buf out;
    s->ctx.brotli = x;
    if (x == NULL)
        return swd_fail(e, SWD_ENOMEM, "brotli: no memory for a context");
    swd_list_init(&x->blocks);
    x->out = &out;
    if (setjmp(out) != 0)
        return no_memory(s->ctx.brotli, e);
    x->b = BrotliEncoderCreateInstance(enc_take, enc_give, x);
    if (x->b == NULL)
        return no_memory(x, e);
    enc_set(x->b, &s->o);
    CODEC_COUNT(SWD_CODEC_BROTLI, SWD_COMPRESS, made, 1);
    return 0;
}

/* One call of the library; false: out of memory. */
static bool enc_call(struct encoder *x, struct swd_codec_io *io, BrotliEncoderOperation op)
{
    jmp_buf out;
    x->out = &out;
    if (setjmp(out) != 0)
        return false;
    return BrotliEncoderCompressStream(x->b, op, &io->in_len, &io->in, &io->out_len, &io->out,
                                       NULL);
}

static int enc_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    static const BrotliEncoderOperation ops[] = {BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FLUSH,
                                                 BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH};
    struct encoder *x = s->ctx.brotli;
    do {
        if (x->b == NULL || !enc_call(x, io, ops[flush]))
            return no_memory(x, e);
    } while (io->out_len > 0 && (io->in_len > 0 || BrotliEncoderHasMoreOutput(x->b)));
    return BrotliEncoderIsFinished(x->b) ? SWD_STREAM_END : SWD_STREAM_MORE;
}

static size_t enc_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    (void)c;
    (void)in;
    return n + n / 64 + 1024; /* stored blocks of 16 KiB cost 4 bytes each, small windows more */
}

const struct codec_half codec_brotli_enc = {
    .open = enc_open,
    .step = enc_step,
    .close = enc_close,
    .where = where,
    .room = enc_room,
};

/* --- decoder --- */

static void dec_close(struct swd_stream *s, bool bad)
{
    (void)bad;
    if (s->ctx.brotli != NULL)
        BrotliDecoderDestroyInstance(s->ctx.brotli);
    s->ctx.brotli = NULL;
}

static int dec_open(struct swd_stream *s, struct swd_err *e)
{
    s->ctx.brotli = BrotliDecoderCreateInstance(swd_slab_hook_alloc, swd_slab_hook_free, NULL);
    if (s->ctx.brotli == NULL)
        return swd_fail(e, SWD_ENOMEM, "brotli: no memory for a context");
    CODEC_COUNT(SWD_CODEC_BROTLI, SWD_DECOMPRESS, made, 1);
    return 0;
}

static int dec_step(struct swd_stream *s, struct swd_codec_io *io, enum swd_flush flush,
                    struct swd_err *e)
{
    BrotliDecoderState *b = s->ctx.brotli;
    BrotliDecoderErrorCode why;
    (void)flush;
    switch (BrotliDecoderDecompressStream(b, &io->in_len, &io->in, &io->out_len, &io->out, NULL)) {
    case BROTLI_DECODER_RESULT_SUCCESS: return SWD_STREAM_END;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return SWD_STREAM_MORE;
    case BROTLI_DECODER_RESULT_ERROR: break;
    }
    why = BrotliDecoderGetErrorCode(b);
    if (why <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
        why >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
        return swd_fail(e, SWD_ENOMEM, "brotli: out of memory");
    return codec_corrupt(s, io, 0, BrotliDecoderErrorString(why), e);
}

static size_t dec_room(enum swd_codec c, const uint8_t *in, size_t n)
{
    (void)c;
    (void)in;
    (void)n;
    return 0;
}

const struct codec_half codec_brotli_dec = {
    .open = dec_open,
    .step = dec_step,
    .close = dec_close,
    .where = where,
    .room = dec_room,
};

#endif
