/* Packed replies, for clients that asked for them (method `encode`). Loop thread.
 *
 * A reply of at least `encode_min` bytes is sent as {"packed":{codec, size, data}}: `data` is the
 * base64 of the reply's line, packed. A reply over ENCODE_MAX goes out as it is: packing takes
 * about 3 ms a MiB, and the loop has others to serve. So does one that packing does not shorten, or
 * when memory is short. Lines that may be dropped for a slow reader (log, event) are never packed.
 */
#include <string.h>

#include "base/base64.h"
#include "compress/compress.h"
#include "control/priv.h"

#define ENCODE_MAX ((size_t)1024 * 1024)
#define ENCODE_MIN 1024u

/* The parts in a row, packed; NULL: send them as they are. */
static struct swd_bytebuf *pack(struct ctl_conn *c, const struct ctl_part *parts, size_t n)
{
    struct swd_codec_opts o = SWD_CODEC_OPTS;
    struct swd_bytebuf *all = swd_bytebuf_get(ENCODE_MAX);
    struct swd_bytebuf *packed = swd_bytebuf_get(ENCODE_MAX);
    bool good = all && packed;
    o.level = 1;
    for (size_t i = 0; good && i < n; i++)
        good = swd_bytebuf_add(all, parts[i].data, parts[i].n) == 0;
    good = good && swd_compress(c->encode, &o, all->data, all->len, packed, NULL) == 0 &&
           swd_base64_size(packed->len) + 80 < all->len;
    swd_bytebuf_put(&all);
    if (!good)
        swd_bytebuf_put(&packed);
    return packed;
}

/* The line around `packed`, in `*line`. */
static int wrap(const struct ctl_conn *c, const struct swd_bytebuf *packed, size_t size,
                struct swd_bytebuf *line)
{
    size_t n = swd_base64_size(packed->len);
    if (swd_bytebuf_addf(line, "{\"packed\":{\"codec\":\"%s\",\"size\":%zu,\"data\":\"",
                         swd_codec_name(c->encode), size) != 0 ||
        swd_bytebuf_reserve(line, n) != 0)
        return SWD_ENOMEM;
    line->len += swd_base64_encode(line->data + line->len, packed->data, packed->len, SWD_BASE64);
    return swd_bytebuf_adds(line, "\"}}");
}

bool ctl_encode(struct ctl_conn *c, const struct ctl_part *parts, size_t n)
{
    struct swd_bytebuf *packed, *line;
    size_t size = 0;
    bool good;
    for (size_t i = 0; i < n; i++)
        size += parts[i].n;
    if (c->encode == SWD_CODECS || size < c->encode_min || size > ENCODE_MAX)
        return false;
    packed = pack(c, parts, n);
    if (!packed)
        return false;
    line = swd_bytebuf_get(ENCODE_MAX);
    good = line && wrap(c, packed, size, line) == 0;
    if (good)
        ctl_send(c, CTL_REPLY, &(struct ctl_part){line->data, line->len}, 1);
    swd_bytebuf_put(&line);
    swd_bytebuf_put(&packed);
    return good;
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
