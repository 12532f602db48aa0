/* Compression for scripts, the C half: Node's zlib, zstd in the same shape, and SW Runtime's
 * utils/compression. What scripts call is in the prelude (zlib.js).
 *
 * Results are built in buffers of the heap, so that the runner's memory limit holds for them. Input
 * over 256 KiB goes by pieces with a look at the runner's CPU limit after each. Streams are
 * handles; a heap that goes drops them. */
#include <string.h>

#include "compress/compress.h"
#include "engine/handle.h"
#include "lib/int.h"
#include "lib/job.h"
#include "pool/account.h"
#include "pool/slab.h"

#define PIECE    ((size_t)256 * 1024)
#define OUT_LAST ((size_t)1 << 30) /* no result is larger: Node's own bound is near */

/* log2 of the largest zstd window that a script's decoder takes: what level 19 uses. */
#define ZSTD_WINDOW 23

struct bytes {
    const uint8_t *p;
    size_t n;
};

/* The bytes of a buffer of any kind, or of a string as UTF-8. The value stays where it is. */
static struct bytes bytes_at(duk_context *ctx, duk_idx_t idx)
{
    struct bytes b;
    if (duk_is_string(ctx, idx)) {
        b.p = (const uint8_t *)swd_text_get(ctx, idx, &b.n);
        return b;
    }
    if (!duk_is_buffer_data(ctx, idx))
        swd_throw_arg(ctx, idx, "buffer",
                      "of type string or an instance of Buffer, TypedArray, DataView, or "
                      "ArrayBuffer");
    b.p = duk_get_buffer_data(ctx, idx, &b.n);
    if (b.p == NULL)
        b.p = (const uint8_t *)"";
    return b;
}

/* ---- settings: an object that the prelude has made of the caller's --------------------------- */

static double number_of(duk_context *ctx, duk_idx_t idx, const char *name, double dflt)
{
    swd_push_name(ctx, name);
    duk_get_prop(ctx, idx);
    double v = duk_is_number(ctx, -1) ? duk_get_number(ctx, -1) : dflt;
    duk_pop(ctx);
    return v;
}

static enum swd_codec codec_at(duk_context *ctx, duk_idx_t idx)
{
    size_t n;
    enum swd_codec c = swd_codec_find(swd_text_get(ctx, idx, &n));
    if (c == SWD_CODECS)
        swd_throw(ctx, DUK_ERR_TYPE_ERROR, "no such codec");
    return c;
}

static duk_ret_t zlib_has(duk_context *ctx)
{
    size_t n;
    duk_push_boolean(ctx, swd_codec_find(swd_text_get(ctx, 0, &n)) != SWD_CODECS);
    return 1;
}

/* The dictionary stays on the stack, pushed: undefined when there is none. */
static void options_at(duk_context *ctx, duk_idx_t idx, struct swd_codec_opts *o)
{
    double max = number_of(ctx, idx, "max", 0);
    *o = (struct swd_codec_opts)SWD_CODEC_OPTS;
    o->level = (int)number_of(ctx, idx, "level", SWD_LEVEL_DEFAULT);
    o->window = (int)number_of(ctx, idx, "window", 0);
    o->memory = (int)number_of(ctx, idx, "memory", 0);
    o->strategy = (int)number_of(ctx, idx, "strategy", 0);
    o->checksum = number_of(ctx, idx, "checksum", 0) != 0;
    o->long_range = number_of(ctx, idx, "long", 0) != 0;
    o->trailing = number_of(ctx, idx, "strict", 0) != 0 ? SWD_TRAILING_ERROR : SWD_TRAILING_IGNORE;
    o->max_output = max >= 1 && max < (double)OUT_LAST ? (uint64_t)max : OUT_LAST;
    duk_get_prop_literal(ctx, idx, "dictionary");
    if (!duk_is_undefined(ctx, -1)) {
        struct bytes d = bytes_at(ctx, -1);
        o->dict = d.p;
        o->dict_len = d.n;
    }
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* Pushes an Error of that name and code. */
static void push_error(duk_context *ctx, int type, const char *code, const char *msg)
{
    duk_push_error_object(ctx, type, "%s", msg);
    swd_push_name(ctx, code);
    duk_put_prop_literal(ctx, -2, "code");
}

/* Pushes an Error with Node's code and errno. */
static void push_codec_error(duk_context *ctx, const struct swd_err *e)
{
    bool cut = strstr(e->msg, "truncated") != NULL;
    const char *code = cut ? "Z_BUF_ERROR" : "Z_DATA_ERROR";
    int errno_ = cut ? -5 : -3;
    switch (e->code) {
    case SWD_ELIMIT: push_error(ctx, DUK_ERR_RANGE_ERROR, "ERR_BUFFER_TOO_LARGE", e->msg); return;
    case SWD_EPARAMS: push_error(ctx, DUK_ERR_RANGE_ERROR, "ERR_OUT_OF_RANGE", e->msg); return;
    case SWD_ENOMEM:
        duk_push_error_object(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: %s", e->msg);
        return;
    case SWD_ECORRUPT: break;
    default:
        code = "Z_STREAM_ERROR";
        errno_ = -2;
        break;
    }
    if (strstr(e->msg, "dictionary is needed") != NULL) {
        code = "Z_NEED_DICT";
        errno_ = 2;
    }
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s%s", cut ? "unexpected end of file, " : "",
                          e->msg);
    duk_push_int(ctx, errno_);
    duk_put_prop_literal(ctx, -2, "errno");
    swd_push_name(ctx, code);
    duk_put_prop_literal(ctx, -2, "code");
}

static void throw_codec(duk_context *ctx, const struct swd_err *e)
{
    push_codec_error(ctx, e);
    (void)duk_throw(ctx);
}

/* ---- whole results --------------------------------------------------------------------------- */

static void close_stream(void *arg)
{
    struct swd_stream *s = arg;
    swd_stream_close(&s);
}

/* The dynamic buffer on top, `len` bytes of it used, with room for more. */
static uint8_t *more_room(duk_context *ctx, duk_idx_t buf, size_t len, size_t *cap)
{
    if (len < *cap)
        return duk_get_buffer_data(ctx, buf, NULL);
    *cap *= 2;
    return duk_resize_buffer(ctx, buf, *cap);
}

/* Runs a stream over all of `in` into the dynamic buffer at `buf`; answers the bytes. A look at the
 * CPU limit between pieces; the stream is closed by whoever leaves. */
static size_t run_stream(duk_context *ctx, struct swd_stream *s, struct bytes in, bool partial,
                         duk_idx_t buf, size_t cap)
{
    struct swd_codec_io io = {.in = in.p};
    struct swd_err e = {0};
    size_t len = 0, given = 0;
    int rc = SWD_STREAM_MORE;
    swd_defer_push(ctx, close_stream, s);
    while (rc == SWD_STREAM_MORE) {
        uint8_t *out = more_room(ctx, buf, len, &cap);
        size_t room = cap - len < PIECE ? cap - len : PIECE;
        if (io.in_len == 0) {
            io.in_len = in.n - given < PIECE ? in.n - given : PIECE;
            given += io.in_len;
        }
        io.out = out + len;
        io.out_len = room;
        rc =
            swd_stream_step(s, &io, given == in.n && !partial ? SWD_FLUSH_END : SWD_FLUSH_NONE, &e);
        len += room - io.out_len;
        if (partial && rc == SWD_STREAM_MORE && given == in.n && io.in_len == 0 && io.out_len > 0)
            break;
        if (rc == SWD_STREAM_END && given < in.n)
            break;
        swd_heap_check(ctx);
    }
    swd_defer_pop(ctx, true);
    if (rc < 0)
        throw_codec(ctx, &e);
    return len;
}

static void push_stream(duk_context *ctx, enum swd_codec c, enum swd_codec_dir dir,
                        const struct swd_codec_opts *o, struct bytes in, bool partial)
{
    size_t guess = dir == SWD_COMPRESS ? in.n / 3 : in.n * 2;
    size_t cap = guess < 4096 ? 4096 : guess < 4 * PIECE ? guess : 4 * PIECE;
    struct swd_codec_opts sized = *o;
    struct swd_stream *s;
    struct swd_err e;
    sized.size = in.n;
    if (c == SWD_CODEC_ZSTD && dir == SWD_DECOMPRESS && o->window == 0)
        sized.window = ZSTD_WINDOW;
    duk_push_dynamic_buffer(ctx, cap);
    duk_idx_t buf = duk_get_top_index(ctx);
    if (swd_stream_open(c, dir, &sized, &s, &e) != 0)
        throw_codec(ctx, &e);
    size_t len = run_stream(ctx, s, in, partial, buf, cap);
    duk_resize_buffer(ctx, buf, len);
}

/* Short input by the quickest way; false (and nothing pushed) when a stream is to do it. */
static bool push_whole(duk_context *ctx, enum swd_codec c, enum swd_codec_dir dir,
                       const struct swd_codec_opts *o, struct bytes in)
{
    size_t cap = dir == SWD_COMPRESS ? swd_compress_bound(c, in.n) : in.n * 4 + 512, len = 0;
    if (in.n > PIECE)
        return false;
    uint8_t *out = duk_push_dynamic_buffer(ctx, cap);
    int rc = dir == SWD_COMPRESS ? swd_compress_into(c, o, in.p, in.n, out, cap, &len, NULL)
                                 : swd_decompress_into(c, o, in.p, in.n, out, cap, &len, NULL);
    if (rc != 0) {
        duk_pop(ctx);
        return false;
    }
    duk_resize_buffer(ctx, -1, len);
    return true;
}

/* Pushes the result as a plain buffer. */
static void push_result(duk_context *ctx, enum swd_codec c, enum swd_codec_dir dir,
                        const struct swd_codec_opts *o, struct bytes in, bool partial)
{
    if (partial || !push_whole(ctx, c, dir, o, in))
        push_stream(ctx, c, dir, o, in, partial);
}

/* The plain buffer on top becomes a Uint8Array. */
static void as_array(duk_context *ctx)
{
    duk_size_t n;
    (void)duk_get_buffer_data(ctx, -1, &n);
    duk_push_buffer_object(ctx, -1, 0, n, DUK_BUFOBJ_UINT8ARRAY);
    duk_remove(ctx, -2);
}

/* run(codec, decode, data, settings): a Uint8Array. */
static duk_ret_t zlib_run(duk_context *ctx)
{
    struct swd_codec_opts o;
    enum swd_codec c = codec_at(ctx, 0);
    enum swd_codec_dir dir = duk_to_boolean(ctx, 1) ? SWD_DECOMPRESS : SWD_COMPRESS;
    struct bytes in = bytes_at(ctx, 2);
    bool partial = number_of(ctx, 3, "partial", 0) != 0;
    options_at(ctx, 3, &o);
    push_result(ctx, c, dir, &o, in, partial && dir == SWD_DECOMPRESS);
    as_array(ctx);
    return 1;
}

/* ---- off the turn ---------------------------------------------------------------------------- */

/* Input from here on is worth two switches of threads. */
#define OFFLOAD_MIN ((size_t)64 * 1024)

struct pack_job {
    struct swd_job job;
    enum swd_codec codec;
    enum swd_codec_dir dir;
    struct swd_codec_opts opts;
    bool partial;
    size_t n, dict_len;
    uint8_t *in, *dict; /* copies: the heap may change or sleep meanwhile */
    struct swd_bytebuf *out;
    int rc;
    struct swd_err err;
};

static void pack_free(struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    if (p->out != NULL)
        swd_bytebuf_put(&p->out);
    swd_slab_free(p->in, p->n);
    swd_slab_free(p->dict, p->dict_len);
    swd_slab_free(p, sizeof *p);
}

/* A step of the stream, into the room at the end of the result. */
static int pack_step(struct pack_job *p, struct swd_stream *s, struct swd_codec_io *io, bool last)
{
    size_t room = p->out->max - p->out->len < PIECE ? p->out->max - p->out->len : PIECE;
    int rc;
    if (room == 0)
        return swd_fail(&p->err, SWD_ELIMIT, "the result is larger than %zu bytes", p->out->max);
    if (swd_bytebuf_reserve(p->out, room) != 0)
        return swd_fail(&p->err, SWD_ENOMEM, "no memory for the result");
    io->out = (uint8_t *)p->out->data + p->out->len;
    io->out_len = room;
    rc = swd_stream_step(s, io, last ? SWD_FLUSH_END : SWD_FLUSH_NONE, &p->err);
    p->out->len += room - io->out_len;
    return rc;
}

static void pack_run(struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    struct swd_codec_io io = {.in = p->in};
    struct swd_stream *s;
    size_t given = 0;
    p->rc = swd_stream_open(p->codec, p->dir, &p->opts, &s, &p->err);
    if (p->rc != 0)
        return;
    do {
        if (io.in_len == 0) {
            io.in_len = p->n - given < PIECE ? p->n - given : PIECE;
            given += io.in_len;
        }
        p->rc = pack_step(p, s, &io, given == p->n && !p->partial);
        if (p->partial && given == p->n && io.in_len == 0 && io.out_len > 0)
            break;
    } while (p->rc == SWD_STREAM_MORE && !swd_job_cancelled(job));
    swd_stream_close(&s);
}

/* Pushes (error) or (null, bytes). */
static void pack_settle(duk_context *ctx, struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    if (p->rc < 0) {
        push_codec_error(ctx, &p->err);
        duk_push_undefined(ctx);
        return;
    }
    duk_push_null(ctx);
    void *to = duk_push_fixed_buffer(ctx, p->out->len);
    if (p->out->len > 0)
        memcpy(to, p->out->data, p->out->len);
    as_array(ctx);
}

static const struct swd_job_type pack_type = {pack_run, pack_settle, pack_free};

static struct pack_job *pack_new(struct bytes in, const struct swd_codec_opts *o, size_t max)
{
    struct pack_job *p = swd_slab_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->job.type = &pack_type;
    p->opts = *o;
    p->n = in.n;
    p->dict_len = o->dict_len;
    p->in = swd_slab_alloc(in.n);
    p->dict = o->dict_len > 0 ? swd_slab_alloc(o->dict_len) : NULL;
    p->out = swd_bytebuf_get(max);
    if (p->in == NULL || (o->dict_len > 0 && p->dict == NULL) || p->out == NULL) {
        pack_free(&p->job);
        return NULL;
    }
    memcpy(p->in, in.p, in.n);
    if (p->dict != NULL)
        p->opts.dict = memcpy(p->dict, o->dict, o->dict_len);
    return p;
}

/* later(codec, decode, data, settings, done): false when the caller is to do it within the turn:
 * the input is short, or there are no threads for it. */
static duk_ret_t zlib_later(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    struct swd_codec_opts o;
    enum swd_codec c = codec_at(ctx, 0);
    struct bytes in = bytes_at(ctx, 2);
    duk_push_boolean(ctx, in.n >= OFFLOAD_MIN && swd_job_possible(lib));
    if (!duk_get_boolean(ctx, -1))
        return 1;
    size_t max = lib->limits->memory_hard < OUT_LAST ? (size_t)lib->limits->memory_hard : OUT_LAST;
    enum swd_codec_dir dir = duk_to_boolean(ctx, 1) ? SWD_DECOMPRESS : SWD_COMPRESS;
    bool partial = number_of(ctx, 3, "partial", 0) != 0;
    options_at(ctx, 3, &o);
    o.size = in.n;
    if (c == SWD_CODEC_ZSTD && dir == SWD_DECOMPRESS && o.window == 0)
        o.window = ZSTD_WINDOW;
    struct pack_job *p = pack_new(in, &o, max);
    if (p == NULL)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for the input");
    p->codec = c;
    p->dir = dir;
    p->partial = partial && dir == SWD_DECOMPRESS;
    p->job.charged = in.n + o.dict_len;
    swd_job_start(ctx, &p->job, 4);
    duk_push_true(ctx);
    return 1;
}

/* text(codec, decode, string): SW Runtime's: text to base64 of the packed, and back. */
static duk_ret_t zlib_text(duk_context *ctx)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    enum swd_codec c = codec_at(ctx, 0);
    bool decode = duk_to_boolean(ctx, 1);
    duk_size_t n;
    o.max_output = OUT_LAST;
    o.trailing = c == SWD_CODEC_GZIP ? SWD_TRAILING_ERROR : SWD_TRAILING_IGNORE;
    if (decode) {
        (void)duk_to_string(ctx, 2);
        duk_base64_decode(ctx, 2);
    }
    if (!decode && !duk_is_string(ctx, 2))
        (void)duk_to_string(ctx, 2);
    struct bytes in = bytes_at(ctx, 2);
    push_result(ctx, c, decode ? SWD_DECOMPRESS : SWD_COMPRESS, &o, in, false);
    if (!decode) {
        (void)duk_base64_encode(ctx, -1);
        return 1;
    }
    const char *p = duk_get_buffer_data(ctx, -1, &n);
    swd_text_push(ctx, p != NULL ? p : "", n);
    return 1;
}

/* crc32(data, before) */
static duk_ret_t zlib_crc32(duk_context *ctx)
{
    struct bytes in = bytes_at(ctx, 0);
    duk_push_uint(ctx, swd_codec_crc32(duk_to_uint32(ctx, 1), in.p, in.n));
    return 1;
}

/* ---- streams --------------------------------------------------------------------------------- */

/* What a handle stands for. Contexts lie outside of the heap: they are charged to the runner. */
struct held {
    struct swd_stream *s;
    struct swd_account *account;
    uint64_t charged;
    size_t dict_len;
    uint8_t *dict; /* a copy: the stream reads it when the data asks for it */
};

static void drop_held(void *arg)
{
    struct held *h = arg;
    swd_stream_close(&h->s);
    if (h->account != NULL)
        swd_account_credit_kind(h->account, SWD_ACCOUNT_BUFFER, h->charged);
    swd_slab_free(h->dict, h->dict_len);
    swd_slab_free(h, sizeof *h);
}

static const struct swd_handle_type stream_type = {"zlib stream", drop_held};

/* Bytes that a context of these settings may come to hold, near enough. */
static uint64_t weight(enum swd_codec c, enum swd_codec_dir dir, const struct swd_codec_opts *o)
{
#ifdef HAVE_BROTLI
    if (c == SWD_CODEC_BROTLI) {
        int bits = o->window != 0 ? o->window : dir == SWD_COMPRESS ? 22 : 24;
        uint64_t tables = dir == SWD_DECOMPRESS ? 1 : o->level < 5 ? 2 : o->level < 10 ? 8 : 24;
        return (UINT64_C(1) << bits) + tables * 1024 * 1024;
    }
#endif
    if (c != SWD_CODEC_ZSTD)
        return dir == SWD_COMPRESS ? 320 * 1024 : 64 * 1024;
    if (dir == SWD_DECOMPRESS)
        return (UINT64_C(1) << (o->window != 0 ? o->window : ZSTD_WINDOW)) + 512 * 1024;
    unsigned mib = o->level == SWD_LEVEL_DEFAULT || o->level <= 3 ? 4 : o->level <= 9 ? 24 : 96;
    return (uint64_t)mib * 1024 * 1024 + (o->window != 0 ? UINT64_C(2) << o->window : 0) +
           (o->long_range ? UINT64_C(3) << 27 : 0);
}

static struct held *hold(duk_context *ctx, struct swd_codec_opts *o, uint64_t bytes)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    uint64_t used = swd_heap_live(lib->heap) + bytes;
    if (lib->account != NULL)
        used += swd_account_used_kind(lib->account, SWD_ACCOUNT_BUFFER);
    bool over = lib->limits->memory_hard != SWD_NONE && used > lib->limits->memory_hard;
    if (!over && lib->account != NULL)
        over = !swd_account_charge_kind(lib->account, SWD_ACCOUNT_BUFFER, bytes);
    if (over)
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT",
                       "limit 'memory_hard': no memory for another stream");
    struct held *h = swd_slab_alloc(sizeof *h);
    uint8_t *dict = h != NULL && o->dict_len > 0 ? swd_slab_alloc(o->dict_len) : NULL;
    if (h == NULL || (o->dict_len > 0 && dict == NULL)) {
        swd_slab_free(h, sizeof *h);
        if (lib->account != NULL)
            swd_account_credit_kind(lib->account, SWD_ACCOUNT_BUFFER, bytes);
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for a stream");
    }
    *h = (struct held){.account = lib->account, .charged = bytes};
    if (dict != NULL) {
        memcpy(dict, o->dict, o->dict_len);
        h->dict = dict;
        h->dict_len = o->dict_len;
        o->dict = dict;
    }
    return h;
}

/* open(codec, decode, settings): a number. */
static duk_ret_t zlib_open(duk_context *ctx)
{
    struct swd_codec_opts o;
    struct swd_err e;
    double id;
    enum swd_codec c = codec_at(ctx, 0);
    enum swd_codec_dir dir = duk_to_boolean(ctx, 1) ? SWD_DECOMPRESS : SWD_COMPRESS;
    options_at(ctx, 2, &o);
    if (c == SWD_CODEC_ZSTD && dir == SWD_DECOMPRESS && o.window == 0)
        o.window = ZSTD_WINDOW;
    struct held *h = hold(ctx, &o, weight(c, dir, &o) + o.dict_len);
    if (swd_stream_open(c, dir, &o, &h->s, &e) != 0) {
        drop_held(h);
        throw_codec(ctx, &e);
    }
    if (swd_handle_open(swd_heap_of(ctx), &stream_type, h, &id) != 0) {
        drop_held(h);
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT", "too many streams are open");
    }
    duk_push_number(ctx, id);
    return 1;
}

static struct swd_stream *stream_at(duk_context *ctx, duk_idx_t idx)
{
    struct held *h = swd_handle_get(swd_heap_of(ctx), &stream_type, duk_to_number(ctx, idx));
    if (h == NULL)
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_STREAM_DESTROYED", "the stream is closed");
    return h->s;
}

/* write(id, data, flush): a Uint8Array of what came out. The stream is the heap's whatever happens.
 */
static duk_ret_t zlib_write(duk_context *ctx)
{
    struct swd_stream *s = stream_at(ctx, 0);
    struct bytes in = bytes_at(ctx, 1);
    enum swd_flush flush = (enum swd_flush)(duk_to_uint32(ctx, 2) & 3);
    struct swd_codec_io io = {.in = in.p, .in_len = in.n};
    struct swd_err e = {0};
    size_t cap = 4096, len = 0;
    int rc = SWD_STREAM_MORE;
    duk_push_dynamic_buffer(ctx, cap);
    duk_idx_t buf = duk_get_top_index(ctx);
    do {
        uint8_t *out = more_room(ctx, buf, len, &cap);
        size_t room = cap - len < PIECE ? cap - len : PIECE;
        io.out = out + len;
        io.out_len = room;
        rc = swd_stream_step(s, &io, flush, &e);
        len += room - io.out_len;
        swd_heap_check(ctx);
    } while (rc == SWD_STREAM_MORE && (io.in_len > 0 || io.out_len == 0));
    if (rc < 0)
        throw_codec(ctx, &e);
    duk_resize_buffer(ctx, buf, len);
    as_array(ctx);
    return 1;
}

static duk_ret_t zlib_reset(duk_context *ctx)
{
    struct swd_err e;
    if (swd_stream_reset(stream_at(ctx, 0), &e) != 0)
        throw_codec(ctx, &e);
    return 0;
}

/* params(id, level, strategy): what was pending. */
static duk_ret_t zlib_params(duk_context *ctx)
{
    size_t room = PIECE;
    uint8_t *out = duk_push_dynamic_buffer(ctx, room);
    struct swd_codec_io io = {.out = out, .out_len = room};
    struct swd_err e;
    if (swd_stream_params(stream_at(ctx, 0), duk_to_int(ctx, 1), duk_to_int(ctx, 2), &io, &e) != 0)
        throw_codec(ctx, &e);
    duk_resize_buffer(ctx, -1, room - io.out_len);
    as_array(ctx);
    return 1;
}

static duk_ret_t zlib_close(duk_context *ctx)
{
    (void)swd_handle_close(swd_heap_of(ctx), &stream_type, duk_to_number(ctx, 0));
    return 0;
}

/* ---- modules --------------------------------------------------------------------------------- */

const struct swd_native swd_zlib_natives[] = {
    {"run", zlib_run, 4, 4},       {"text", zlib_text, 3, 3},   {"crc32", zlib_crc32, 2, 2},
    {"open", zlib_open, 3, 3},     {"write", zlib_write, 3, 3}, {"reset", zlib_reset, 1, 1},
    {"params", zlib_params, 3, 3}, {"close", zlib_close, 1, 1}, {"later", zlib_later, 5, 5},
    {"has", zlib_has, 1, 1},       {NULL, NULL, 0, 0},
};

/* Pushes what zlib.js answers, { zlib, zstd, compression }; made once a heap. */
static void push_all(duk_context *ctx)
{
    swd_lib_push(ctx, "zlib");
    if (duk_is_object(ctx, -1))
        return;
    duk_pop(ctx);
    swd_prelude_push(ctx, PRELUDE_zlib);
    duk_push_bare_object(ctx);
    swd_native_put(ctx, -1, swd_zlib_natives);
    swd_lib_push(ctx, "core");
    duk_call(ctx, 2);
    duk_dup_top(ctx);
    swd_lib_keep(ctx, "zlib");
}

void swd_zlib_exports(duk_context *ctx)
{
    push_all(ctx);
    duk_get_prop_literal(ctx, -1, "zlib");
    duk_remove(ctx, -2);
}

void swd_zstd_exports(duk_context *ctx)
{
    push_all(ctx);
    duk_get_prop_literal(ctx, -1, "zstd");
    duk_remove(ctx, -2);
}

void swd_compression_exports(duk_context *ctx)
{
    push_all(ctx);
    duk_get_prop_literal(ctx, -1, "compression");
    duk_remove(ctx, -2);
}

/* require('utils'): SW Runtime's namespace, as far as its members are here. */
void swd_utils_exports(duk_context *ctx)
{
    duk_push_object(ctx);
    swd_compression_exports(ctx);
    duk_put_prop_literal(ctx, -2, "compression");
}
