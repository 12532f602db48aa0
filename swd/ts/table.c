/* The compiler's tables and the interner.
 *
 * A table doubles when full and is emptied between compilations, so a warm compiler allocates
 * nothing. Names are interned once and compared by index; the hash table is emptied by raising a
 * generation number, the words of names.def stay (generation 0). One thread: the compiler's. */
#include <string.h>

#include "pool/slab.h"
#include "ts/tsi.h"

_Noreturn void ts_abort(struct swd_ts_compiler *c, int rc)
{
    c->rc = rc;
    longjmp(*c->abort, 1);
}

u32 ts_vec_add(struct swd_ts_compiler *c, struct ts_vec *v)
{
    if (SWD_UNLIKELY(v->used >= v->cap)) {
        u32 cap = v->cap ? v->cap * 2 : 256;
        void *p = v->cap < 0x20000000 ? swd_slab_realloc(v->p, (size_t)cap * v->size) : NULL;
        if (!p)
            ts_abort(c, SWD_ENOMEM);
        v->p = p;
        v->cap = cap;
    }
    return v->used++;
}

/* Room for `n` elements at once: a table that doubles holds its old half meanwhile. */
void ts_vec_reserve(struct swd_ts_compiler *c, struct ts_vec *v, u32 n)
{
    if (n <= v->cap)
        return;
    swd_slab_mfree(v->p);
    v->used = v->cap = 0;
    v->p = swd_slab_malloc((size_t)n * v->size);
    if (!v->p)
        ts_abort(c, SWD_ENOMEM);
    v->cap = n;
}

u32 ts_node(struct swd_ts_compiler *c, int kind, u32 pos, u32 a, u32 b)
{
    u32 i = ts_vec_add(c, &c->nodes);
    struct ts_node *n = ND(i);
    *n = (struct ts_node){.kind = (uint8_t)kind, .pos = pos, .a = a, .b = b};
    return i;
}

u32 ts_node3(struct swd_ts_compiler *c, int kind, u32 pos, u32 a, u32 b, u32 d)
{
    u32 i = ts_node(c, kind, pos, a, b);
    ND(i)->c = d;
    return i;
}

void ts_append(struct swd_ts_compiler *c, struct ts_list *l, u32 node)
{
    if (l->tail)
        ND(l->tail)->next = node;
    else
        l->head = node;
    l->tail = node;
}

u32 ts_hash(const char *s, u32 n)
{
    u32 h = 5381;
    for (u32 i = 0; i < n; i++)
        h = h * 33 + (unsigned char)s[i];
    return h;
}

static int hash_grow(struct swd_ts_compiler *c)
{
    u32 cap = c->hash_cap ? c->hash_cap * 2 : 1024;
    struct ts_slot *h = swd_slab_malloc((size_t)cap * sizeof *h);
    if (!h)
        return SWD_ENOMEM;
    memset(h, 0, (size_t)cap * sizeof *h);
    for (u32 i = 1; i < c->names.used; i++) {
        u32 at = (NM(i)->hash * 2654435761u) >> 7 & (cap - 1);
        while (h[at].name)
            at = (at + 1) & (cap - 1);
        h[at] = (struct ts_slot){i, i < W_COUNT ? 0 : c->gen};
    }
    swd_slab_mfree(c->hash);
    c->hash = h;
    c->hash_cap = cap;
    return 0;
}

static bool slot_live(const struct swd_ts_compiler *c, const struct ts_slot *s)
{
    return s->name && (s->gen == c->gen || s->gen == 0);
}

static bool same_text(const char *a, const char *b, u32 n)
{
    u32 i = 0;
    if (n > 16)
        return memcmp(a, b, n) == 0;
    while (i < n && a[i] == b[i])
        i++;
    return i == n;
}

/* The slot of a name, or the first free one on its way. */
static struct ts_slot *slot_of(struct swd_ts_compiler *c, const char *s, u32 n, u32 hash)
{
    u32 mask = c->hash_cap - 1;
    u32 i = (hash * 2654435761u) >> 7 & mask;
    for (;;) {
        struct ts_slot *slot = &c->hash[i];
        if (!slot_live(c, slot))
            return slot;
        const struct ts_name *m = NM(slot->name);
        if (m->hash == hash && m->len == n && same_text(m->s, s, n))
            return slot;
        i = (i + 1) & mask;
    }
}

u32 ts_known(struct swd_ts_compiler *c, const char *s, u32 n)
{
    const struct ts_slot *slot = slot_of(c, s, n, ts_hash(s, n));
    return slot_live(c, slot) ? slot->name : 0;
}

u32 ts_intern_hash(struct swd_ts_compiler *c, const char *s, u32 n, u32 hash)
{
    struct ts_slot *slot = slot_of(c, s, n, hash);
    if (SWD_LIKELY(slot_live(c, slot)))
        return slot->name;
    if (c->names.used * 2 >= c->hash_cap) {
        if (hash_grow(c) < 0)
            ts_abort(c, SWD_ENOMEM);
        slot = slot_of(c, s, n, hash);
    }
    u32 id = ts_vec_add(c, &c->names);
    *NM(id) = (struct ts_name){.s = s, .len = n, .hash = hash, .ascii = true};
    for (u32 i = 0; i < n; i++)
        if ((unsigned char)s[i] >= 0x80) {
            NM(id)->ascii = false;
            break;
        }
    *slot = (struct ts_slot){id, c->gen};
    return id;
}

/* `s` must live as long as the compilation: part of the source or of the bump arena. */
u32 ts_intern(struct swd_ts_compiler *c, const char *s, u32 n)
{
    u32 h = ts_hash(s, n);
    const struct ts_slot *slot = slot_of(c, s, n, h);
    if (slot_live(c, slot))
        return slot->name;
    char *copy = swd_bump_strndup(c->bump, s, n);
    if (!copy)
        ts_abort(c, SWD_ENOMEM);
    return ts_intern_hash(c, copy, n, h);
}

const char *ts_cstr(struct swd_ts_compiler *c, u32 name)
{
    const char *s = swd_bump_strndup(c->bump, NM(name)->s, NM(name)->len);
    return s ? s : "?";
}

/* A name that nothing in the file has: base, base$1, base$2 ... */
u32 ts_fresh(struct swd_ts_compiler *c, u32 base)
{
    char buf[300];
    u32 n = 0;
    struct ts_name *m = NM(base);
    for (u32 i = 0; i < m->len && n < 200;) {
        uint32_t cp;
        u32 k = ts_decode(m->s + i, &cp);
        if (cp < 0x80 && (ts_id_cont(cp) || cp == '$')) {
            buf[n++] = (char)cp;
        } else {
            static const char hex[] = "0123456789abcdef";
            buf[n++] = '$';
            for (int sh = cp > 0xffff ? 20 : 12; sh >= 0; sh -= 4)
                buf[n++] = hex[cp >> sh & 15];
        }
        i += k;
    }
    if (m->ascii == false && !ts_known(c, buf, n))
        return ts_intern(c, buf, n);
    for (;;) {
        u32 v = ++NM(base)->suffix;
        char num[12];
        u32 k = 0, at = n;
        do
            num[k++] = (char)('0' + v % 10);
        while (v /= 10);
        buf[at++] = '$';
        while (k)
            buf[at++] = num[--k];
        if (!ts_known(c, buf, at))
            return ts_intern(c, buf, at);
    }
}

int ts_names_init(struct swd_ts_compiler *c)
{
    static const char *const words[] = {
        "",
#define SWD_TS_WORD(sym, text) text,
#include "ts/names.def"
#undef SWD_TS_WORD
    };
    c->names.size = sizeof(struct ts_name);
    c->names.used = 1;
    c->names.cap = 1024;
    c->names.p = swd_slab_malloc((size_t)c->names.cap * c->names.size);
    if (!c->names.p || hash_grow(c) < 0)
        return SWD_ENOMEM;
    c->gen = 0;
    for (u32 i = 1; i < W_COUNT; i++)
        ts_intern_hash(c, words[i], (u32)strlen(words[i]),
                       ts_hash(words[i], (u32)strlen(words[i])));
    c->gen = 1;
    return 0;
}

void ts_names_reset(struct swd_ts_compiler *c)
{
    c->names.used = W_COUNT;
    c->gen++;
    if (c->gen == 0) { /* wrapped: forget stale slots for good */
        for (u32 i = 0; i < c->hash_cap; i++)
            if (c->hash[i].gen != 0)
                c->hash[i] = (struct ts_slot){0, 0};
        c->gen = 1;
    }
    for (u32 i = 1; i < W_COUNT; i++) {
        struct ts_name *m = NM(i);
        m->decls = m->free = m->sym = m->suffix = m->var_scope = 0;
    }
}
