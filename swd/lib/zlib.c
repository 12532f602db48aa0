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

/* What a stream is opened with beyond that. */
static void for_stream(enum swd_codec c, enum swd_codec_dir dir, struct swd_codec_opts *o)
{
    if (c == SWD_CODEC_ZSTD && dir == SWD_DECOMPRESS && o->window == 0)
        o->window = ZSTD_WINDOW;
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

/* ---- input by pieces ------------------------------------------------------------------------- */

/* What is given to a stream, a piece at a time; `flush` goes with the last. */
struct feed {
    struct swd_codec_io io;
    size_t left; /* not in `io` yet */
    enum swd_flush flush;
};

static struct feed feed_of(struct bytes in, enum swd_flush flush)
{
    return (struct feed){.io = {.in = in.p}, .left = in.n, .flush = flush};
}

static int feed_step(struct feed *f, struct swd_stream *s, uint8_t *out, size_t room,
                     struct swd_err *e)
{
    if (f->io.in_len == 0) {
        f->io.in_len = f->left < PIECE ? f->left : PIECE;
        f->left -= f->io.in_len;
    }
    f->io.out = out;
    f->io.out_len = room;
    return swd_stream_step(s, &f->io, f->left == 0 ? f->flush : SWD_FLUSH_NONE, e);
}

/* Whether another step is to follow one that answered `rc`. */
static bool feed_more(const struct feed *f, int rc)
{
    bool taken = f->left == 0 && f->io.in_len == 0 && f->io.out_len > 0;
    return rc == SWD_STREAM_MORE && (f->flush == SWD_FLUSH_END || !taken);
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

/* Runs a stream over all of `in` and pushes what comes out, as a plain buffer. A look at the CPU
 * limit between pieces. */
static void push_steps(duk_context *ctx, struct swd_stream *s, struct bytes in,
                       enum swd_flush flush, size_t cap)
{
    struct feed f = feed_of(in, flush);
    struct swd_err e = {0};
    size_t len = 0;
    int rc;
    duk_push_dynamic_buffer(ctx, cap);
    duk_idx_t buf = duk_get_top_index(ctx);
    do {
        uint8_t *out = more_room(ctx, buf, len, &cap);
        size_t room = cap - len < PIECE ? cap - len : PIECE;
        rc = feed_step(&f, s, out + len, room, &e);
        len += room - f.io.out_len;
        swd_heap_check(ctx);
    } while (feed_more(&f, rc));
    if (rc < 0)
        throw_codec(ctx, &e);
    duk_resize_buffer(ctx, buf, len);
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
    for_stream(c, dir, &sized);
    if (swd_stream_open(c, dir, &sized, &s, &e) != 0)
        throw_codec(ctx, &e);
    swd_defer_push(ctx, close_stream, s); /* by whoever leaves */
    push_steps(ctx, s, in, partial ? SWD_FLUSH_NONE : SWD_FLUSH_END, cap);
    swd_defer_pop(ctx, true);
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

/* ---- streams that own what they read --------------------------------------------------------- */

struct packer {
    struct swd_stream *s;
    size_t dict_len;
    uint8_t *dict; /* a copy: the stream reads it when the data asks for it */
};

/* Makes the dictionary of the settings the packer's own. */
static bool packer_keep(struct packer *p, struct swd_codec_opts *o)
{
    if (o->dict_len == 0)
        return true;
    p->dict = swd_slab_alloc(o->dict_len);
    if (p->dict == NULL)
        return false;
    p->dict_len = o->dict_len;
    o->dict = memcpy(p->dict, o->dict, o->dict_len);
    return true;
}

static void packer_close(struct packer *p)
{
    swd_stream_close(&p->s);
    swd_slab_free(p->dict, p->dict_len);
    *p = (struct packer){0};
}

/* What a handle stands for. Contexts lie outside of the heap: they are charged to the runner. While
 * a job writes, the packer is the job's. */
struct held {
    struct packer p;
    bool lent;
    struct swd_account *account;
    uint64_t charged;
};

static void drop_held(void *arg)
{
    struct held *h = arg;
    packer_close(&h->p);
    if (h->account != NULL)
        swd_account_credit_kind(h->account, SWD_ACCOUNT_BUFFER, h->charged);
    swd_slab_free(h, sizeof *h);
}

static const struct swd_handle_type stream_type = {"zlib stream", drop_held};

/* ---- off the turn ---------------------------------------------------------------------------- */

/* Input from here on is worth two switches of threads. */
#define OFFLOAD_MIN ((size_t)64 * 1024)

struct pack_job {
    struct swd_job job;
    enum swd_codec codec;
    enum swd_codec_dir dir;
    struct swd_codec_opts opts;
    struct packer p;
    double handle; /* of the stream that is written to; 0: whole input, `p` is opened by the job */
    enum swd_flush flush;
    size_t n;
    uint8_t *in; /* a copy: the heap may change or sleep meanwhile */
    struct swd_bytebuf *out;
    int rc;
    struct swd_err err;
};

static void pack_free(struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    swd_bytebuf_put(&p->out);
    packer_close(&p->p);
    swd_slab_free(p->in, p->n);
    swd_slab_free(p, sizeof *p);
}

/* A step of the stream, into the room at the end of the result. */
static int pack_step(struct pack_job *p, struct feed *f)
{
    size_t room = p->out->max - p->out->len < PIECE ? p->out->max - p->out->len : PIECE;
    int rc;
    if (room == 0)
        return swd_fail(&p->err, SWD_ELIMIT, "the result is larger than %zu bytes", p->out->max);
    if (swd_bytebuf_reserve(p->out, room) != 0)
        return swd_fail(&p->err, SWD_ENOMEM, "no memory for the result");
    rc = feed_step(f, p->p.s, (uint8_t *)p->out->data + p->out->len, room, &p->err);
    swd_bytebuf_took(p->out, room, room - f->io.out_len);
    return rc;
}

static void pack_run(struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    struct feed f = feed_of((struct bytes){p->in, p->n}, p->flush);
    if (p->handle == 0)
        p->rc = swd_stream_open(p->codec, p->dir, &p->opts, &p->p.s, &p->err);
    if (p->rc != 0)
        return;
    do {
        p->rc = pack_step(p, &f);
    } while (feed_more(&f, p->rc) && !swd_job_cancelled(job));
    if (p->handle == 0)
        swd_stream_close(&p->p.s);
}

/* The stream goes back to its handle; to nobody, when that was closed meanwhile. */
static void pack_return(duk_context *ctx, struct pack_job *p)
{
    struct held *h = swd_handle_get(swd_heap_of(ctx), &stream_type, p->handle);
    if (h == NULL)
        return;
    h->p = p->p;
    h->lent = false;
    p->p = (struct packer){0};
}

/* Pushes (error) or (null, bytes). */
static void pack_settle(duk_context *ctx, struct swd_job *job)
{
    struct pack_job *p = SWD_CONTAINER(job, struct pack_job, job);
    if (p->handle != 0)
        pack_return(ctx, p);
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

static const struct swd_job_type pack_type = {
    .run = pack_run, .settle = pack_settle, .free = pack_free};

/* A job with a copy of the input; its result is bounded by the runner's memory. */
static struct pack_job *pack_new(duk_context *ctx, struct bytes in, enum swd_flush flush)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    size_t max = lib->limits->memory_hard < OUT_LAST ? (size_t)lib->limits->memory_hard : OUT_LAST;
    struct pack_job *p = swd_slab_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->job.type = &pack_type;
    p->job.charged = p->n = in.n;
    p->flush = flush;
    p->in = swd_slab_alloc(in.n);
    p->out = swd_bytebuf_get(max);
    if (p->in != NULL && p->out != NULL) {
        memcpy(p->in, in.p, in.n);
        return p;
    }
    pack_free(&p->job);
    return NULL;
}

/* Pushes whether input is for a thread: it is long, and there are threads. */
static bool push_aside(duk_context *ctx, struct bytes in)
{
    bool yes = in.n >= OFFLOAD_MIN && swd_job_possible(swd_lib_of(ctx));
    duk_push_boolean(ctx, yes);
    return yes;
}

static void throw_no_input(duk_context *ctx)
{
    swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for the input");
}

/* later(codec, decode, data, settings, done): false when the caller is to do it within the turn. */
static duk_ret_t zlib_later(duk_context *ctx)
{
    enum swd_codec c = codec_at(ctx, 0);
    enum swd_codec_dir dir = duk_to_boolean(ctx, 1) ? SWD_DECOMPRESS : SWD_COMPRESS;
    struct bytes in = bytes_at(ctx, 2);
    bool partial = dir == SWD_DECOMPRESS && number_of(ctx, 3, "partial", 0) != 0;
    struct swd_codec_opts o;
    if (!push_aside(ctx, in))
        return 1;
    options_at(ctx, 3, &o);
    struct pack_job *p = pack_new(ctx, in, partial ? SWD_FLUSH_NONE : SWD_FLUSH_END);
    if (p == NULL)
        throw_no_input(ctx);
    o.size = in.n;
    for_stream(c, dir, &o);
    p->codec = c;
    p->dir = dir;
    p->job.charged += o.dict_len;
    if (!packer_keep(&p->p, &o)) {
        pack_free(&p->job);
        throw_no_input(ctx);
    }
    p->opts = o;
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
        return (UINT64_C(1) << o->window) + 512 * 1024;
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
    if (h == NULL || !packer_keep(&h->p, o)) {
        swd_slab_free(h, sizeof *h);
        if (lib->account != NULL)
            swd_account_credit_kind(lib->account, SWD_ACCOUNT_BUFFER, bytes);
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for a stream");
    }
    h->account = lib->account;
    h->charged = bytes;
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
    for_stream(c, dir, &o);
    struct held *h = hold(ctx, &o, weight(c, dir, &o) + o.dict_len);
    if (swd_stream_open(c, dir, &o, &h->p.s, &e) != 0) {
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

static struct held *held_at(duk_context *ctx, duk_idx_t idx)
{
    struct held *h = swd_handle_get(swd_heap_of(ctx), &stream_type, duk_to_number(ctx, idx));
    if (h == NULL)
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_STREAM_DESTROYED", "the stream is closed");
    if (h->lent)
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_STREAM_BUSY", "a write is in progress");
    return h;
}

static struct swd_stream *stream_at(duk_context *ctx, duk_idx_t idx)
{
    return held_at(ctx, idx)->p.s;
}

/* write(id, data, flush): a Uint8Array of what came out. The stream is the heap's whatever happens.
 */
static duk_ret_t zlib_write(duk_context *ctx)
{
    struct swd_stream *s = stream_at(ctx, 0);
    push_steps(ctx, s, bytes_at(ctx, 1), (enum swd_flush)(duk_to_uint32(ctx, 2) & 3), 4096);
    as_array(ctx);
    return 1;
}

/* aside(id, data, flush, done): the same on a thread; false when the caller is to do it within the
 * turn. Until `done` is called the stream takes nothing else but a close. */
static duk_ret_t zlib_aside(duk_context *ctx)
{
    struct held *h = held_at(ctx, 0);
    struct bytes in = bytes_at(ctx, 1);
    enum swd_flush flush = (enum swd_flush)(duk_to_uint32(ctx, 2) & 3);
    if (!push_aside(ctx, in))
        return 1;
    struct pack_job *p = pack_new(ctx, in, flush);
    if (p == NULL)
        throw_no_input(ctx);
    p->handle = duk_to_number(ctx, 0);
    p->p = h->p;
    h->p = (struct packer){0};
    h->lent = true;
    swd_job_start(ctx, &p->job, 3);
    duk_push_true(ctx);
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
    {"has", zlib_has, 1, 1},       {"aside", zlib_aside, 4, 4}, {NULL, NULL, 0, 0},
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

#define ZLIB_MEMBER(name)                                                                          \
    void swd_##name##_exports(duk_context *ctx)                                                    \
    {                                                                                              \
        push_all(ctx);                                                                             \
        duk_get_prop_literal(ctx, -1, #name);                                                      \
        duk_remove(ctx, -2);                                                                       \
    }
ZLIB_MEMBER(zlib)
ZLIB_MEMBER(zstd)
ZLIB_MEMBER(compression)

/* require('utils'): SW Runtime's namespace, as far as its members are here. */
void swd_utils_exports(duk_context *ctx)
{
    duk_push_object(ctx);
    swd_compression_exports(ctx);
    duk_put_prop_literal(ctx, -2, "compression");
}
