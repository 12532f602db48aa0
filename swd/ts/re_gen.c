/* Trees to programs (re_prog.h).
 *
 * Inside a lookbehind code runs backwards: terms in reverse order, matchers that step back. A
 * quantified single character is one instruction; other loops are splits and jumps, with a counter
 * only where the bounds need one and a check for empty turns only where the body can match empty.
 * Recursion is bounded by the parser's depth. Cost: linear in the tree and the size of its sets. */
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "ts/re_ast.h"
#include "ts/re_prog.h"

#define WORDS_MAX (1u << 22)

struct words {
    uint32_t *w;
    uint32_t n, cap;
};

struct gen {
    struct re_tree *t;
    struct words code, data;
    uint32_t slots;
    bool u, icase, back;
    int rc;
};

struct matcher {
    uint32_t mode, kind, a, b;
};

static void emit(struct gen *g, struct words *o, uint32_t v)
{
    if (g->rc)
        return;
    if (o->n == o->cap) {
        uint32_t cap = o->cap ? o->cap * 2 : 64;
        uint32_t *w = cap > WORDS_MAX ? NULL : swd_bump_alloc(g->t->bump, cap * sizeof(*w));

        if (!w) {
            g->rc = cap > WORDS_MAX ? SWD_ELIMIT : SWD_ENOMEM;
            return;
        }
        if (o->n)
            memcpy(w, o->w, o->n * sizeof(*w));
        o->w = w;
        o->cap = cap;
    }
    o->w[o->n++] = v;
}

static void emit_n(struct gen *g, const uint32_t *v, size_t n)
{
    for (size_t k = 0; k < n; k++)
        emit(g, &g->code, v[k]);
}

#define EMIT(g, ...)                                                                               \
    emit_n(g, (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void patch(struct gen *g, uint32_t at)
{
    if (!g->rc)
        g->code.w[at] = g->code.n;
}

/* ---- single characters ---- */

static uint32_t emit_set(struct gen *g, const struct swd_re_set *s)
{
    uint32_t at = RE_H_SIZE + g->data.n, bits[8] = {0}, wide = 0;

    for (uint32_t i = 0; i < s->n; i++) {
        for (uint32_t c = s->r[i].lo; c <= s->r[i].hi && c < 256; c++)
            bits[c / 32] |= 1u << c % 32;
        wide += s->r[i].hi >= 256;
    }
    emit(g, &g->data, wide);
    for (int k = 0; k < 8; k++)
        emit(g, &g->data, bits[k]);
    for (uint32_t i = s->n - wide; i < s->n; i++) {
        emit(g, &g->data, s->r[i].lo);
        emit(g, &g->data, s->r[i].hi);
    }
    return at;
}

static bool is_surrogate(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdfff;
}

/* Whether the set needs code points: it has astral members, or surrogates that must be alone. */
static bool set_needs_cp(const struct swd_re_set *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->r[i].hi >= 0xd800 && (s->r[i].hi > 0xffff || s->r[i].lo <= 0xdfff))
            return true;
    return false;
}

static struct matcher set_matcher(struct gen *g, const struct swd_re_set *s)
{
    struct matcher m = {0, RO_SET, 0, 0};

    if (g->u && set_needs_cp(s))
        m.mode = RE_MODE_CP;
    if (s->n == 1 && s->r[0].lo == s->r[0].hi)
        return (struct matcher){m.mode, RO_CHAR, s->r[0].lo, 0};
    if (s->n == 2 && s->r[0].lo == s->r[0].hi && s->r[1].lo == s->r[1].hi)
        return (struct matcher){m.mode, RO_CHAR2, s->r[0].lo, s->r[1].lo};
    m.a = emit_set(g, s);
    return m;
}

/* All characters that one character of the pattern matches. */
static struct swd_re_set char_set(struct gen *g, uint32_t c)
{
    struct swd_re_set s = {0};

    if (swd_re_set_add(g->t->bump, &s, c, c) ||
        (g->icase && swd_re_set_close(g->t->bump, &s, g->u))) {
        g->rc = SWD_ENOMEM;
        s.n = 0;
    }
    return s;
}

static bool single(struct gen *g, const struct re_node *n, struct matcher *m)
{
    struct swd_re_set s;

    while (n->kind == RE_SEQ && n->child && !n->child->next)
        n = n->child;
    switch (n->kind) {
    case RE_CHAR:
        s = char_set(g, n->cp);
        *m = set_matcher(g, &s);
        break;
    case RE_SET: *m = set_matcher(g, n->set); break;
    case RE_ANY:
        *m = (struct matcher){g->u ? RE_MODE_CP : 0, g->t->flags & SWD_RE_DOT_ALL ? RO_ALL : RO_ANY,
                              0, 0};
        break;
    default: return false;
    }
    if (g->back)
        m->mode |= RE_MODE_BACK;
    return true;
}

static void emit_matcher(struct gen *g, const struct matcher *m)
{
    if (m->mode)
        emit(g, &g->code, RO_U - 1 + m->mode);
    EMIT(g, m->kind, m->a, m->b);
}

/* Whether the node is one plain character that needs no folding: fit for a RO_STR. */
static bool literal(struct gen *g, const struct re_node *n)
{
    struct swd_re_set s;

    if (!n || n->kind != RE_CHAR || g->back || (g->u && is_surrogate(n->cp)))
        return false;
    if (!g->icase)
        return true;
    s = char_set(g, n->cp);
    return s.n == 1 && s.r[0].lo == s.r[0].hi;
}

/* A run of literal characters; answers the node after it. */
static const struct re_node *emit_string(struct gen *g, const struct re_node *n)
{
    uint32_t at;

    EMIT(g, RO_STR, 0);
    at = g->code.n;
    for (; literal(g, n); n = n->next) {
        if (n->cp > 0xffff) {
            EMIT(g, 0xd800 + ((n->cp - 0x10000) >> 10), 0xdc00 + ((n->cp - 0x10000) & 0x3ff));
        } else {
            EMIT(g, n->cp);
        }
    }
    if (!g->rc)
        g->code.w[at - 1] = g->code.n - at;
    return n;
}

/* ---- structure ---- */

static void gen_node(struct gen *g, const struct re_node *n);

static void gen_seq(struct gen *g, const struct re_node *n)
{
    const struct re_node *c = n->child;

    if (!g->back) {
        while (c && !g->rc) {
            if (literal(g, c) && literal(g, c->next)) {
                c = emit_string(g, c);
                continue;
            }
            gen_node(g, c);
            c = c->next;
        }
        return;
    }
    /* Backwards: the list in reverse, without recursion per term. */
    uint32_t count = 0;
    const struct re_node **v;

    for (; c; c = c->next)
        count++;
    v = swd_bump_alloc(g->t->bump, (count + 1) * sizeof(*v));
    if (!v) {
        g->rc = SWD_ENOMEM;
        return;
    }
    count = 0;
    for (c = n->child; c; c = c->next)
        v[count++] = c;
    while (count > 0 && !g->rc)
        gen_node(g, v[--count]);
}

static void gen_alt(struct gen *g, const struct re_node *n)
{
    uint32_t chain = 0; /* jumps to the end, linked through their targets */

    for (const struct re_node *c = n->child; c && !g->rc; c = c->next) {
        uint32_t split = 0;

        if (c->next) {
            EMIT(g, RO_SPLIT, 0);
            split = g->code.n - 1;
        }
        gen_node(g, c);
        if (c->next) {
            EMIT(g, RO_JMP, chain);
            chain = g->code.n - 1;
            patch(g, split);
        }
    }
    while (chain && !g->rc) {
        uint32_t next = g->code.w[chain];

        patch(g, chain);
        chain = next;
    }
}

static void gen_look(struct gen *g, const struct re_node *n)
{
    bool back = g->back;
    uint32_t slot = g->slots++, at;

    EMIT(g, RO_LOOK, slot, n->negate, 0);
    at = g->code.n - 1;
    g->back = n->behind;
    gen_node(g, n->child);
    g->back = back;
    EMIT(g, RO_LOOKEND, slot, n->negate);
    patch(g, at);
}

static void gen_group(struct gen *g, const struct re_node *n)
{
    EMIT(g, RO_SAVE, 2 * n->group + g->back);
    gen_node(g, n->child);
    EMIT(g, RO_SAVE, 2 * n->group + !g->back);
}

static void reset_groups(struct gen *g, const struct re_node *n)
{
    if (n->cap_from < n->cap_to)
        EMIT(g, RO_RESET, 2 * n->cap_from, 2 * n->cap_to);
}

bool swd_re_nullable(const struct re_node *n)
{
    const struct re_node *c;

    switch (n->kind) {
    case RE_CHAR:
    case RE_ANY:
    case RE_SET: return false;
    case RE_SEQ:
        for (c = n->child; c; c = c->next)
            if (!swd_re_nullable(c))
                return false;
        return true;
    case RE_ALT:
        for (c = n->child; c; c = c->next)
            if (swd_re_nullable(c))
                return true;
        return false;
    case RE_GROUP: return swd_re_nullable(n->child);
    case RE_QUANT: return n->min == 0 || swd_re_nullable(n->child);
    default: return true;
    }
}

static void gen_optional(struct gen *g, const struct re_node *n, bool nullable)
{
    uint32_t at, mark = g->slots;

    EMIT(g, n->greedy ? RO_SPLIT : RO_SPLITL, 0);
    at = g->code.n - 1;
    if (nullable) {
        g->slots++;
        EMIT(g, RO_MARK, mark);
    }
    gen_node(g, n->child);
    if (nullable)
        EMIT(g, RO_MOVED, mark);
    patch(g, at);
}

static void gen_star(struct gen *g, const struct re_node *n, bool nullable)
{
    uint32_t top = g->code.n, at, mark = g->slots;

    EMIT(g, n->greedy ? RO_SPLIT : RO_SPLITL, 0);
    at = g->code.n - 1;
    if (nullable) {
        g->slots++;
        EMIT(g, RO_MARK, mark);
    }
    reset_groups(g, n);
    gen_node(g, n->child);
    if (nullable)
        EMIT(g, RO_MOVED, mark);
    EMIT(g, RO_JMP, top);
    patch(g, at);
}

/* x+ whose body always consumes: the body, then back to it. */
static void gen_plus(struct gen *g, const struct re_node *n)
{
    uint32_t top = g->code.n;

    reset_groups(g, n);
    gen_node(g, n->child);
    EMIT(g, n->greedy ? RO_SPLITL : RO_SPLIT, top);
}

static void gen_counted(struct gen *g, const struct re_node *n, bool nullable)
{
    uint32_t counter = g->slots++, mark = g->slots, top, at;

    EMIT(g, RO_ZERO, counter);
    top = g->code.n;
    EMIT(g, RO_LOOP, counter, n->min, n->max, n->greedy, 0);
    at = g->code.n - 1;
    EMIT(g, RO_COUNT, counter);
    if (nullable) {
        g->slots++;
        EMIT(g, RO_MARK, mark);
    }
    reset_groups(g, n);
    gen_node(g, n->child);
    if (nullable)
        EMIT(g, RO_MOVED_PAST, mark, counter, n->min, n->cap_from >= n->cap_to);
    EMIT(g, RO_JMP, top);
    patch(g, at);
}

static void gen_quant(struct gen *g, const struct re_node *n)
{
    struct matcher m;
    bool nullable;

    if (n->max == 0)
        return;
    if (single(g, n->child, &m)) {
        EMIT(g, RO_LOOP1, n->min, n->max, n->greedy, m.mode, m.kind, m.a, m.b);
        return;
    }
    nullable = swd_re_nullable(n->child);
    if (n->min == 1 && n->max == 1)
        gen_node(g, n->child);
    else if (n->min == 0 && n->max == 1)
        gen_optional(g, n, nullable);
    else if (n->min == 0 && n->max == RE_INF)
        gen_star(g, n, nullable);
    else if (n->min == 1 && n->max == RE_INF && !nullable)
        gen_plus(g, n);
    else
        gen_counted(g, n, nullable);
}

static void gen_node(struct gen *g, const struct re_node *n)
{
    struct matcher m;
    bool multi = g->t->flags & SWD_RE_MULTILINE;

    if (g->rc)
        return;
    switch (n->kind) {
    case RE_EMPTY: break;
    case RE_CHAR:
        if (n->cp > 0xffff && literal(g, n)) {
            EMIT(g, RO_STR, 2, 0xd800 + ((n->cp - 0x10000) >> 10),
                 0xdc00 + ((n->cp - 0x10000) & 0x3ff));
            break;
        }
        __attribute__((fallthrough));
    case RE_ANY:
    case RE_SET:
        if (single(g, n, &m))
            emit_matcher(g, &m);
        break;
    case RE_SEQ: gen_seq(g, n); break;
    case RE_ALT: gen_alt(g, n); break;
    case RE_GROUP: gen_group(g, n); break;
    case RE_LOOK: gen_look(g, n); break;
    case RE_BOL: EMIT(g, multi ? RO_MBOL : RO_BOL); break;
    case RE_EOL: EMIT(g, multi ? RO_MEOL : RO_EOL); break;
    case RE_WORD: EMIT(g, RO_WORD, n->negate, g->u && g->icase); break;
    case RE_BACKREF: EMIT(g, RO_BACKREF, n->group, g->back, g->icase ? (g->u ? 2 : 1) : 0); break;
    case RE_QUANT: gen_quant(g, n); break;
    default: g->rc = SWD_EINTERNAL; break;
    }
}

/* ---- where a match can start ---- */

struct first {
    uint32_t bits[8];
    uint32_t other; /* 1: any unit of 256 or more */
};

static void first_set(struct first *f, const struct swd_re_set *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        for (uint32_t c = s->r[i].lo; c <= s->r[i].hi && c < 256; c++)
            f->bits[c / 32] |= 1u << c % 32;
        if (s->r[i].hi >= 256)
            f->other = 1;
    }
}

static void first_all(struct first *f)
{
    memset(f->bits, 0xff, sizeof(f->bits));
    f->other = 1;
}

/* Adds what the node can begin with; answers whether it can match empty. */
static bool first_of(struct gen *g, struct first *f, const struct re_node *n)
{
    struct swd_re_set s;
    bool nullable = false;

    switch (n->kind) {
    case RE_CHAR:
        s = char_set(g, n->cp);
        first_set(f, &s);
        return false;
    case RE_SET: first_set(f, n->set); return false;
    case RE_ANY: first_all(f); return false;
    case RE_SEQ:
        for (const struct re_node *c = n->child; c; c = c->next)
            if (!first_of(g, f, c))
                return false;
        return true;
    case RE_ALT:
        for (const struct re_node *c = n->child; c; c = c->next)
            nullable |= first_of(g, f, c);
        return nullable;
    case RE_GROUP: return first_of(g, f, n->child);
    case RE_QUANT: return n->max == 0 || first_of(g, f, n->child) || n->min == 0;
    case RE_BACKREF: first_all(f); return true;
    default: return true;
    }
}

static bool anchored(const struct re_node *n)
{
    while ((n->kind == RE_SEQ || n->kind == RE_GROUP) && n->child)
        n = n->child;
    return n->kind == RE_BOL;
}

static void start_header(struct gen *g, uint32_t *h)
{
    struct first f = {0};
    uint32_t count = 0;

    h[RE_H_START] = RE_START_ANY;
    if (anchored(g->t->root) && !(g->t->flags & SWD_RE_MULTILINE)) {
        h[RE_H_START] = RE_START_ANCHORED;
        return;
    }
    if (first_of(g, &f, g->t->root))
        return;
    for (uint32_t c = 0; c < 256; c++)
        if (f.bits[c / 32] >> c % 32 & 1) {
            count++;
            h[RE_H_LEAD] = c;
        }
    if (count == 256 && f.other)
        return;
    h[RE_H_START] = count == 1 && !f.other ? RE_START_CHAR : RE_START_SET;
    memcpy(&h[RE_H_FIRST], f.bits, sizeof(f.bits));
    h[RE_H_FIRST + 8] = f.other;
}

int swd_re_generate(struct re_tree *t, struct swd_re_out *out)
{
    struct gen g = {.t = t,
                    .u = t->flags & SWD_RE_UNICODE,
                    .icase = t->flags & SWD_RE_IGNORE_CASE,
                    .slots = 2 * (t->groups + 1)};
    uint32_t h[RE_H_SIZE] = {RE_MAGIC, t->flags, t->groups}, *prog;

    EMIT(&g, RO_SAVE, 0);
    gen_node(&g, t->root);
    EMIT(&g, RO_SAVE, 1, RO_MATCH);
    start_header(&g, h);
    if (g.rc) {
        out->error = g.rc == SWD_ELIMIT ? "Pattern too large" : "Out of memory";
        return g.rc;
    }
    h[RE_H_SLOTS] = g.slots;
    h[RE_H_CODE] = RE_H_SIZE + g.data.n;
    h[RE_H_WORDS] = h[RE_H_CODE] + g.code.n;
    prog = swd_bump_alloc(t->bump, h[RE_H_WORDS] * sizeof(*prog));
    if (!prog) {
        out->error = "Out of memory";
        return SWD_ENOMEM;
    }
    memcpy(prog, h, sizeof(h));
    if (g.data.n)
        memcpy(prog + RE_H_SIZE, g.data.w, g.data.n * sizeof(*prog));
    memcpy(prog + h[RE_H_CODE], g.code.w, g.code.n * sizeof(*prog));
    out->prog = prog;
    out->words = h[RE_H_WORDS];
    return 0;
}
