/* The backtracking matcher of re.h.
 *
 * Everything that can be undone is a frame on one growing stack: choices, old values of slots, the
 * position a greedy run may shrink to, the marks of lookarounds. C recursion does not depend on
 * the pattern or the subject. The stack starts in the caller's C frame (no allocation for most
 * matches) and moves to the host's memory when it grows.
 *
 * The loop itself is re_exec_body.h, compiled once for byte subjects and once for UTF-16 units.
 * Cost: about 3 ns an instruction; a byte scan for the first character where the pattern has one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "ts/re.h"
#include "ts/re_prog.h"
#include "ts/re_set.h"

#define FRAMES_FIXED 256
#define SLOTS_FIXED  64
#define MAX_BYTES    (64u << 20)

enum frame_type {
    F_CHOICE,             /* a: position */
    F_UNDO,               /* a: slot, b: old value */
    F_LOOK,               /* positive lookaround; a: position */
    F_LOOKNO,             /* negative one: go on at pc, a: position */
    F_GREEDY,             /* + mode 0..3; go on at pc with a, which may shrink to b */
    F_LAZY = F_GREEDY + 4 /* pc of the loop, a: position, b: count */
};

struct frame {
    uint32_t tag; /* type << 28 | pc */
    uint32_t a, b;
};

struct exec {
    const uint32_t *prog, *code;
    uint32_t *slot;
    struct frame *f;
    size_t n, cap;
    const struct swd_re_host *host;
    bool heap; /* f belongs to the host */
    uint32_t steps;
    uint32_t nslots;
    struct frame fixed[FRAMES_FIXED];
    uint32_t fixed_slots[SLOTS_FIXED];
};

static const uint8_t word_table[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
    ['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
    ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['_'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1,
    ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,
    ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,
    ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static int grow(struct exec *x)
{
    size_t max = x->host->max_bytes ? x->host->max_bytes : MAX_BYTES;
    size_t old = x->cap * sizeof(struct frame), bytes = old * 2;
    void *p;

    if (bytes > max)
        return SWD_ELIMIT;
    p = x->host->grow(x->host->arg, x->heap ? x->f : NULL, x->heap ? old : 0, bytes);
    if (!p)
        return SWD_ENOMEM;
    if (!x->heap)
        memcpy(p, x->f, old);
    x->f = p;
    x->heap = true;
    x->cap = bytes / sizeof(struct frame);
    return 0;
}

static int check(struct exec *x)
{
    x->steps = SWD_RE_CHECK_STEPS;
    return x->host->check ? x->host->check(x->host->arg) : 0;
}

static bool line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

static bool is_word(uint32_t c, bool fold)
{
    return c < 256 ? word_table[c] : fold && (c == 0x17f || c == 0x212a);
}

static inline bool set_has(const uint32_t *set, uint32_t c)
{
    const uint32_t *r = set + RE_SET_RANGES;
    uint32_t lo = 0, hi = set[0];

    if (c < 256)
        return set[RE_SET_BITS + c / 32] >> c % 32 & 1;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (c > r[2 * mid + 1])
            lo = mid + 1;
        else if (c < r[2 * mid])
            hi = mid;
        else
            return true;
    }
    return false;
}

static inline bool first_has(const uint32_t *h, uint32_t c)
{
    return c < 256 ? h[RE_H_FIRST + c / 32] >> c % 32 & 1 : h[RE_H_FIRST + 8];
}

static inline bool test(const uint32_t *prog, const uint32_t *m, uint32_t c)
{
    switch (m[0]) {
    case RO_CHAR: return c == m[1];
    case RO_CHAR2: return c == m[1] || c == m[2];
    case RO_SET: return set_has(prog + m[1], c);
    case RO_ANY: return !line_end(c);
    default: return true;
    }
}

/* Keeps the undo frames above a lookaround's mark and drops the mark and all choices: a lookaround
 * that has matched is not entered again, but what it captured must be undone with the rest. */
static void look_commit(struct exec *x, size_t mark)
{
    size_t w = mark;

    for (size_t i = mark + 1; i < x->n; i++)
        if (x->f[i].tag >> 28 == F_UNDO)
            x->f[w++] = x->f[i];
    x->n = w;
}

/* Undoes everything above and including the mark. */
static void look_abandon(struct exec *x, size_t mark)
{
    while (x->n > mark) {
        struct frame *f = &x->f[--x->n];

        if (f->tag >> 28 == F_UNDO)
            x->slot[f->a] = f->b;
    }
}

#define UNIT    uint8_t
#define NAME(x) x##_8
#define WIDE    0
#include "ts/re_exec_body.h"
#undef UNIT
#undef NAME
#undef WIDE

#define UNIT    uint16_t
#define NAME(x) x##_16
#define WIDE    1
#include "ts/re_exec_body.h"
#undef UNIT
#undef NAME
#undef WIDE

uint32_t swd_re_prog_groups(const uint32_t *prog)
{
    return prog[RE_H_GROUPS];
}

unsigned swd_re_prog_flags(const uint32_t *prog)
{
    return prog[RE_H_FLAGS];
}

int swd_re_exec(const uint32_t *prog, size_t words, const struct swd_re_text *t, uint32_t start,
                bool sticky, uint32_t *caps, const struct swd_re_host *host)
{
    struct exec x;
    int rc;

    if (words < RE_H_SIZE || prog[RE_H_MAGIC] != RE_MAGIC || prog[RE_H_WORDS] != words)
        return SWD_ECORRUPT;
    if (start > t->len)
        return 0;
    x.prog = prog;
    x.code = prog + prog[RE_H_CODE];
    x.host = host;
    x.f = x.fixed;
    x.n = 0;
    x.cap = FRAMES_FIXED;
    x.heap = false;
    x.steps = SWD_RE_CHECK_STEPS;
    x.nslots = prog[RE_H_SLOTS];
    x.slot = x.fixed_slots;
    if (x.nslots > SLOTS_FIXED) {
        x.slot = host->grow(host->arg, NULL, 0, x.nslots * sizeof(*x.slot));
        if (!x.slot)
            return SWD_ENOMEM;
    }
    rc = t->wide ? search_16(&x, t->units, t->len, start, sticky)
                 : search_8(&x, t->units, t->len, start, sticky);
    if (rc > 0)
        for (uint32_t i = 0; i < 2 * (prog[RE_H_GROUPS] + 1); i += 2) {
            bool set = x.slot[i] != SWD_RE_NONE && x.slot[i + 1] != SWD_RE_NONE;

            caps[i] = set ? x.slot[i] : SWD_RE_NONE;
            caps[i + 1] = set ? x.slot[i + 1] : SWD_RE_NONE;
        }
    if (x.heap)
        host->release(host->arg, x.f);
    if (x.slot != x.fixed_slots)
        host->release(host->arg, x.slot);
    return rc;
}
