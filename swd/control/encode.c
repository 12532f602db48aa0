/* Packed replies, for clients that asked for them (method `encode`). Loop thread, but for the
 * packing of what is long.
 *
 * A reply of at least `encode_min` bytes is sent as {"packed":{codec, size, data}}: `data` is the
 * base64 of the reply's line, packed. Packing takes about 3 ms a MiB: replies over ENCODE_INLINE
 * are packed on a thread of their own, which starts with the first of them, while a place in the
 * connection's output is kept; whatever is sent after it waits behind it. One that packing does not
 * shorten goes out as it is, in the same place; so does one over ENCODE_MAX, or when memory is
 * short. Lines that may be dropped for a slow reader (log, event) are never packed. */
#include <string.h>

#include "base/base64.h"
#include "compress/compress.h"
#include "control/priv.h"
#include "pool/slab.h"

#define ENCODE_INLINE ((size_t)64 * 1024)
#define ENCODE_MAX    ((size_t)16 * 1024 * 1024)
#define ENCODE_MIN    1024u

struct ctl_encoding {
    struct swd_list link; /* ctl->encodings */
    struct swd_task task;
    struct swd_post done;
    struct swd_control *ctl;
    struct ctl_conn *conn;   /* NULL: gone */
    struct ctl_chunk *place; /* in its output */
    enum swd_codec codec;
    struct swd_bytebuf *raw, *line; /* the reply; the same packed, NULL: not shorter */
};

/* ---- packing; any thread ---- */

/* The line around `packed`, which holds a line of `size` bytes. */
static int wrap(enum swd_codec codec, const struct swd_bytebuf *packed, size_t size,
                struct swd_bytebuf *line)
{
    size_t n = swd_base64_size(packed->len);
    if (swd_bytebuf_addf(line, "{\"packed\":{\"codec\":\"%s\",\"size\":%zu,\"data\":\"",
                         swd_codec_name(codec), size) != 0 ||
        swd_bytebuf_reserve(line, n) != 0)
        return SWD_ENOMEM;
    line->len += swd_base64_encode(line->data + line->len, packed->data, packed->len, SWD_BASE64);
    return swd_bytebuf_adds(line, "\"}}");
}

/* The line to send for `raw`; NULL: `raw` itself. */
static struct swd_bytebuf *pack(enum swd_codec codec, const struct swd_bytebuf *raw)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_bytebuf *packed = swd_bytebuf_get(ENCODE_MAX + 1),
                       *line = swd_bytebuf_get(ENCODE_MAX + 1);
    bool good = packed && line;
    o.level = 1;
    good = good && swd_compress(codec, &o, raw->data, raw->len, packed, NULL) == 0 &&
           swd_base64_size(packed->len) + 80 < raw->len && wrap(codec, packed, raw->len, line) == 0;
    swd_bytebuf_put(&packed);
    if (!good)
        swd_bytebuf_put(&line);
    return line;
}

static struct swd_bytebuf *join(const struct ctl_part *parts, size_t n)
{
    struct swd_bytebuf *all = swd_bytebuf_get(ENCODE_MAX + 1);
    for (size_t i = 0; all && i < n; i++)
        if (swd_bytebuf_add(all, parts[i].data, parts[i].n) != 0)
            swd_bytebuf_put(&all);
    return all;
}

/* ---- on the thread ---- */

static void encoding_free(struct ctl_encoding *x)
{
    swd_list_del(&x->link);
    (void)swd_post_cancel(x->ctl->o.loop, &x->done);
    swd_bytebuf_put(&x->raw);
    swd_bytebuf_put(&x->line);
    swd_slab_free(x, sizeof *x);
}

static void encoding_run(struct swd_task *t)
{
    struct ctl_encoding *x = SWD_CONTAINER(t, struct ctl_encoding, task);
    x->line = pack(x->codec, x->raw);
    swd_loop_post(x->ctl->o.loop, &x->done);
}

static void encoding_done(struct swd_post *p)
{
    struct ctl_encoding *x = SWD_CONTAINER(p, struct ctl_encoding, done);
    if (x->conn && !x->conn->dying)
        ctl_out_fill(x->conn, x->place, x->line ? &x->line : &x->raw);
    encoding_free(x);
}

void ctl_encode_orphan(struct ctl_conn *c)
{
    struct swd_list *it, *tmp;
    SWD_LIST_EACH_SAFE(it, tmp, &c->ctl->encodings)
    {
        struct ctl_encoding *x = SWD_LIST_ENTRY(it, struct ctl_encoding, link);
        if (x->conn != c)
            continue;
        x->conn = NULL;
        if (swd_task_unqueue(c->ctl->encoders, &x->task))
            encoding_free(x);
    }
}

void ctl_encode_stop(struct swd_control *ctl)
{
    struct swd_list *it, *tmp;
    swd_execs_stop(&ctl->encoders);
    SWD_LIST_EACH_SAFE(it, tmp, &ctl->encodings)
    {
        encoding_free(SWD_LIST_ENTRY(it, struct ctl_encoding, link));
    }
}

/* Takes `*raw` over and answers true, or leaves it. */
static bool encode_later(struct ctl_conn *c, struct swd_bytebuf **raw)
{
    struct swd_control *ctl = c->ctl;
    struct ctl_encoding *x;
    if (!ctl->encoders && swd_execs_start(1, NULL, &ctl->encoders, NULL) != 0)
        return false;
    x = swd_slab_alloc(sizeof *x);
    if (!x)
        return false;
    x->ctl = ctl;
    x->conn = c;
    x->codec = c->encode;
    swd_list_push_back(&ctl->encodings, &x->link);
    swd_task_init(&x->task, encoding_run);
    swd_post_init(&x->done, encoding_done);
    x->place = ctl_out_keep(c, (*raw)->len);
    if (x->place) {
        x->raw = *raw;
        *raw = NULL;
        swd_task_queue(ctl->encoders, &x->task);
        return true;
    }
    encoding_free(x);
    return c->dying; /* then nothing is to be sent */
}

static bool encode_now(struct ctl_conn *c, const struct swd_bytebuf *raw)
{
    struct swd_bytebuf *line = pack(c->encode, raw);
    if (!line)
        return false;
    (void)ctl_send(c, CTL_REPLY, &(struct ctl_part){line->data, line->len}, 1);
    swd_bytebuf_put(&line);
    return true;
}

bool ctl_encode(struct ctl_conn *c, const struct ctl_part *parts, size_t n)
{
    struct swd_bytebuf *raw;
    size_t size = 0;
    bool done;
    for (size_t i = 0; i < n; i++)
        size += parts[i].n;
    if (c->encode == SWD_CODECS || c->dying || size < c->encode_min || size > ENCODE_MAX)
        return false;
    raw = join(parts, n);
    if (!raw)
        return false;
    done = size > ENCODE_INLINE ? encode_later(c, &raw) : encode_now(c, raw);
    swd_bytebuf_put(&raw);
    return done;
}

/* The answer goes out as before; the setting is that of what follows. */
int ctl_m_ENCODE(struct ctl_request *r, struct swd_err *e)
{
    const char *name = swd_param_str(r->params, "codec", "none");
    uint64_t min = swd_param_uint(r->params, "min", ENCODE_MIN);
    struct ctl_conn *c = r->conn;
    struct ctl_msg m;
    (void)e;
    c->encode = SWD_CODECS;
    if (r->id && ctl_reply_begin(c, r->id, &m)) {
        swd_json_begin(&m.w, '{');
        swd_json_kstr(&m.w, "codec", name);
        swd_json_kuint(&m.w, "min", min);
        swd_json_end(&m.w, '}');
        ctl_msg_end(&m, CTL_REPLY);
    }
    c->encode = swd_codec_find(name);
    c->encode_min = min < SIZE_MAX ? (size_t)min : SIZE_MAX;
    return 0;
}
