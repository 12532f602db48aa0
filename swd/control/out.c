/* Output of a connection: a list of chunks, flushed once at the end of a loop iteration.
 *
 * Nothing is held for a connection that has read everything. What waits is capped per connection
 * and for all together. At the cap, console lines are dropped and counted, and a reader that takes
 * nothing for `stalled_ns` meanwhile is closed; a reply that finds no room closes at once. When the
 * common cap is reached, whoever holds most is closed. Lines may use 7/8 of a connection's cap, so
 * that they never cost a reply its place. A line that is still being made (encode.c) has a place in
 * the list already; what is behind it waits. Loop thread. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/priv.h"
#include "pool/slab.h"

#define CHUNK_SIZE ((size_t)16 * 1024)
#define FLUSH_IOV  32
#define FLUSH_SLICE                                                                                \
    ((size_t)1024 * 1024) /* sent to one connection before others get their turn                   \
                           */

struct ctl_chunk {
    struct swd_list link;
    size_t cap, len, off;
    size_t awaited;           /* bytes counted for a line that is still being made; 0: it is here */
    struct swd_bytebuf *line; /* the data; NULL: it lies behind */
    char data[];
};

static void out_drop_chunk(struct ctl_chunk *k)
{
    size_t cap = k->line ? 0 : k->cap, len = k->line ? 0 : k->len;
    swd_list_del(&k->link);
    swd_bytebuf_put(&k->line);
    swd_slab_free_used(k, sizeof *k + cap, sizeof *k + len);
}

void ctl_out_free(struct ctl_conn *c)
{
    while (!swd_list_empty(&c->out))
        out_drop_chunk(SWD_LIST_ENTRY(c->out.next, struct ctl_chunk, link));
    c->ctl->held -= c->backlog;
    c->backlog = 0;
    swd_list_del(&c->dirty);
}

/* Room for at least `n` bytes at the end, in one chunk. */
static struct ctl_chunk *out_tail(struct ctl_conn *c, size_t n)
{
    struct ctl_chunk *k;
    size_t cap;
    if (!swd_list_empty(&c->out)) {
        k = SWD_LIST_ENTRY(c->out.prev, struct ctl_chunk, link);
        if (k->cap - k->len >= n)
            return k;
    }
    cap = n > CHUNK_SIZE - sizeof *k ? n : CHUNK_SIZE - sizeof *k;
    k = swd_slab_alloc(sizeof *k + cap);
    if (!k)
        return NULL;
    k->cap = cap;
    swd_list_push_back(&c->out, &k->link);
    return k;
}

static void out_evict(struct swd_control *ctl)
{
    struct ctl_conn *worst = NULL;
    struct swd_list *it;
    SWD_LIST_EACH(it, &ctl->conns)
    {
        struct ctl_conn *c = SWD_LIST_ENTRY(it, struct ctl_conn, link);
        if (!worst || c->backlog > worst->backlog)
            worst = c;
    }
    if (worst && worst->backlog > 0) {
        ctl->closed_slow++;
        ctl_conn_close(worst, "held_most");
    }
}

static bool out_drop_line(struct ctl_conn *c)
{
    c->dropped++;
    c->ctl->lines_dropped++;
    if (!c->stalled_since) {
        c->stalled_since = swd_clock_mono();
        c->sent_seen = c->sent;
    }
    return false;
}

/* Whether `n` bytes more may wait; closes or drops as the rules above say. */
static bool out_admit(struct ctl_conn *c, enum ctl_weight w, size_t n)
{
    uint64_t cap = c->ctl->lim.max_backlog;
    if (w == CTL_LINE && cap != SWD_NONE)
        cap -= cap / 8;
    if (c->ctl->held + n > c->ctl->lim.max_held)
        out_evict(c->ctl);
    if (c->dying)
        return false;
    if (c->backlog + n <= cap && c->ctl->held + n <= c->ctl->lim.max_held)
        return true;
    if (w == CTL_LINE)
        return out_drop_line(c);
    c->ctl->closed_slow++;
    ctl_conn_close(c, "backlog");
    return false;
}

static void out_count(struct ctl_conn *c, size_t n)
{
    c->backlog += n;
    c->ctl->held += n;
}

static void out_flush_soon(struct ctl_conn *c)
{
    if (!swd_list_empty(&c->dirty))
        return;
    swd_list_push_back(&c->ctl->dirty, &c->dirty);
    swd_loop_defer(c->ctl->o.loop, &c->ctl->flush_post);
}

bool ctl_send(struct ctl_conn *c, enum ctl_weight w, const struct ctl_part *parts, size_t n)
{
    struct ctl_chunk *k;
    size_t total = 1;
    if (c->dying)
        return false;
    for (size_t i = 0; i < n; i++)
        total += parts[i].n;
    if (!out_admit(c, w, total))
        return false;
    k = out_tail(c, total);
    if (!k) {
        if (w == CTL_LINE)
            return out_drop_line(c);
        ctl_conn_close(c, "no_memory");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(k->data + k->len, parts[i].data, parts[i].n);
        k->len += parts[i].n;
    }
    k->data[k->len++] = '\n';
    out_count(c, total);
    out_flush_soon(c);
    return true;
}

struct ctl_chunk *ctl_out_keep(struct ctl_conn *c, size_t n)
{
    struct ctl_chunk *k;
    if (c->dying || !out_admit(c, CTL_REPLY, n + 1))
        return NULL;
    k = swd_slab_alloc(sizeof *k);
    if (!k)
        return NULL;
    k->awaited = n + 1;
    swd_list_push_back(&c->out, &k->link);
    out_count(c, k->awaited);
    return k;
}

void ctl_out_fill(struct ctl_conn *c, struct ctl_chunk *k, struct swd_bytebuf **line)
{
    c->backlog -= k->awaited;
    c->ctl->held -= k->awaited;
    k->awaited = 0;
    k->line = *line;
    *line = NULL;
    if (swd_bytebuf_addc(k->line, '\n') != 0) {
        ctl_conn_close(c, "no_memory");
        return;
    }
    k->cap = k->len = k->line->len;
    out_count(c, k->len);
    out_flush_soon(c);
}

bool ctl_out_ready(const struct ctl_conn *c)
{
    return c->backlog > 0 && SWD_LIST_ENTRY(c->out.next, struct ctl_chunk, link)->awaited == 0;
}

static void out_took(struct ctl_conn *c, size_t n)
{
    c->sent += n;
    c->backlog -= n;
    c->ctl->held -= n;
    while (n > 0) {
        struct ctl_chunk *k = SWD_LIST_ENTRY(c->out.next, struct ctl_chunk, link);
        size_t take = k->len - k->off < n ? k->len - k->off : n;
        k->off += take;
        n -= take;
        if (k->off == k->len)
            out_drop_chunk(k);
    }
}

static ssize_t out_write(struct ctl_conn *c)
{
    struct iovec iov[FLUSH_IOV];
    struct msghdr msg;
    struct swd_list *it;
    unsigned n = 0;
    SWD_LIST_EACH(it, &c->out)
    {
        struct ctl_chunk *k = SWD_LIST_ENTRY(it, struct ctl_chunk, link);
        if (k->awaited > 0)
            break;
        iov[n].iov_base = (k->line ? k->line->data : k->data) + k->off;
        iov[n].iov_len = k->len - k->off;
        if (++n == FLUSH_IOV)
            break;
    }
    memset(&msg, 0, sizeof msg);
    msg.msg_iov = iov;
    msg.msg_iovlen = n;
    return sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ctl_out_flush(struct ctl_conn *c)
{
    size_t slice = 0;
    while (!c->dying && ctl_out_ready(c) && slice < FLUSH_SLICE) {
        ssize_t n = out_write(c);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            ctl_conn_close(c, "peer_gone");
            return;
        }
        if (n <= 0)
            break;
        out_took(c, (size_t)n);
        slice += (size_t)n;
    }
    if (!c->dying)
        ctl_conn_update(c);
}

void ctl_on_flush(struct swd_post *p)
{
    struct swd_control *ctl = SWD_CONTAINER(p, struct swd_control, flush_post);
    struct swd_list *n;
    while ((n = swd_list_pop_front(&ctl->dirty)) != NULL)
        ctl_out_flush(SWD_LIST_ENTRY(n, struct ctl_conn, dirty));
}

void ctl_out_tick(struct ctl_conn *c, uint64_t now)
{
    if (!c->stalled_since)
        return;
    if (c->sent != c->sent_seen) { /* it reads, if slowly */
        c->sent_seen = c->sent;
        c->stalled_since = c->backlog > 0 ? now : 0;
    } else if (now - c->stalled_since >= c->ctl->lim.stalled_ns) {
        c->ctl->closed_slow++;
        ctl_conn_close(c, "stalled");
    }
}
