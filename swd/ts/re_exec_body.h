/* The matching loop for one width of unit; included by re_exec.c with UNIT, NAME and WIDE set.
 *
 * run() tries one position, search() all of them. Positions count units. In the code point modes
 * (only WIDE makes a difference) a pair of surrogates is one character both ways. */

static inline uint32_t NAME(next_cp)(const UNIT *s, uint32_t n, uint32_t *pos)
{
    uint32_t c = s[(*pos)++];

#if WIDE
    if ((c & 0xfc00) == 0xd800 && *pos < n && (s[*pos] & 0xfc00) == 0xdc00)
        c = 0x10000 + ((c - 0xd800) << 10) + (s[(*pos)++] - 0xdc00u);
#else
    (void)n;
#endif
    return c;
}

static inline uint32_t NAME(prev_cp)(const UNIT *s, uint32_t *pos)
{
    uint32_t c = s[--*pos];

#if WIDE
    if ((c & 0xfc00) == 0xdc00 && *pos > 0 && (s[*pos - 1] & 0xfc00) == 0xd800)
        c = 0x10000 + ((s[--*pos] - 0xd800u) << 10) + (c - 0xdc00);
#endif
    return c;
}

/* One character in any mode; false at the end of the subject or on a mismatch. */
static inline bool NAME(step)(const uint32_t *prog, const uint32_t *m, uint32_t mode, const UNIT *s,
                              uint32_t n, uint32_t *pos)
{
    uint32_t p = *pos, c;

    if (mode & RE_MODE_BACK) {
        if (p == 0)
            return false;
        c = mode & RE_MODE_CP ? NAME(prev_cp)(s, &p) : s[--p];
    } else {
        if (p >= n)
            return false;
        c = mode & RE_MODE_CP ? NAME(next_cp)(s, n, &p) : s[p++];
    }
    if (!test(prog, m, c))
        return false;
    *pos = p;
    return true;
}

/* As many as possible, at most `max`: the new position; *count takes how many. */
static uint32_t NAME(run_of)(const uint32_t *prog, const uint32_t *m, uint32_t mode, const UNIT *s,
                             uint32_t n, uint32_t pos, uint32_t max, uint32_t *count)
{
    uint32_t k = 0, end;

    if (mode) {
        while (k < max && NAME(step)(prog, m, mode, s, n, &pos))
            k++;
        *count = k;
        return pos;
    }
    end = max < n - pos ? pos + max : n;
    k = pos;
    switch (m[0]) {
    case RO_CHAR:
        while (pos < end && s[pos] == m[1])
            pos++;
        break;
    case RO_SET: {
        const uint32_t *set = prog + m[1];

        while (pos < end && set_has(set, s[pos]))
            pos++;
        break;
    }
    case RO_ANY:
        while (pos < end && !line_end(s[pos]))
            pos++;
        break;
    case RO_ALL: pos = end; break;
    default:
        while (pos < end && test(prog, m, s[pos]))
            pos++;
        break;
    }
    *count = pos - k;
    return pos;
}

static bool NAME(word_edge)(const UNIT *s, uint32_t n, uint32_t pos, bool fold)
{
    bool before = pos > 0 && is_word(s[pos - 1], fold);
    bool after = pos < n && is_word(s[pos], fold);

    return before != after;
}

/* A back reference: the text of a group again, at `*pos` or ending there. */
static bool NAME(backref)(const struct exec *x, const uint32_t *op, const UNIT *s, uint32_t n,
                          uint32_t *pos)
{
    uint32_t from = x->slot[2 * op[1]], to = x->slot[2 * op[1] + 1], len, at;
    bool unicode = x->prog[RE_H_FLAGS] & SWD_RE_UNICODE;

    if (from == SWD_RE_NONE || to == SWD_RE_NONE)
        return true;
    len = to - from;
    if (op[2] ? *pos < len : n - *pos < len)
        return false;
    at = op[2] ? *pos - len : *pos;
    if (op[3] == 0) {
        if (memcmp(s + from, s + at, len * sizeof(*s)) != 0)
            return false;
    } else {
        for (uint32_t i = from, j = at; i < to;) {
            uint32_t a = op[3] == 2 ? NAME(next_cp)(s, to, &i) : s[i++];
            uint32_t b = op[3] == 2 ? NAME(next_cp)(s, at + len, &j) : s[j++];

            if (a != b && swd_re_canon(a, op[3] == 2) != swd_re_canon(b, op[3] == 2))
                return false;
        }
    }
    at = op[2] ? at : at + len;
#if WIDE
    /* A lone surrogate must not match half of a pair. */
    if (unicode && len && at > 0 && at < n && (s[at - 1] & 0xfc00) == 0xd800 &&
        (s[at] & 0xfc00) == 0xdc00)
        return false;
#else
    (void)unicode;
#endif
    *pos = at;
    return true;
}

#define PUSH(type, pc_, a_, b_)                                                                    \
    do {                                                                                           \
        if (SWD_UNLIKELY(x->n == x->cap)) {                                                        \
            int rc_ = grow(x);                                                                     \
            if (rc_)                                                                               \
                return rc_;                                                                        \
        }                                                                                          \
        x->f[x->n++] = (struct frame){(uint32_t)(type) << 28 | (uint32_t)(pc_), a_, b_};           \
    } while (0)

#define SET_SLOT(i, v)                                                                             \
    do {                                                                                           \
        uint32_t i_ = (i), v_ = (v);                                                               \
        if (x->n)                                                                                  \
            PUSH(F_UNDO, 0, i_, x->slot[i_]);                                                      \
        x->slot[i_] = v_;                                                                          \
    } while (0)

#define STEP(k)                                                                                    \
    do {                                                                                           \
        uint32_t k_ = (k);                                                                         \
        if (SWD_UNLIKELY(x->steps <= k_)) {                                                        \
            int rc_ = check(x);                                                                    \
            if (rc_)                                                                               \
                return rc_;                                                                        \
        } else {                                                                                   \
            x->steps -= k_;                                                                        \
        }                                                                                          \
    } while (0)

/* Tries a match that begins at `pos`: 1, 0 or an error. */
static int NAME(run)(struct exec *x, const UNIT *s, uint32_t n, uint32_t pos)
{
    const uint32_t *prog = x->prog, *code = x->code, *op = code;
    uint32_t count, p;

    for (;;) {
        switch (op[0]) {
        case RO_CHAR:
            if (pos >= n || s[pos] != op[1])
                goto fail;
            pos++;
            op += 3;
            continue;
        case RO_CHAR2:
        case RO_SET:
        case RO_ANY:
        case RO_ALL:
            if (pos >= n || !test(prog, op, s[pos]))
                goto fail;
            pos++;
            op += 3;
            continue;
        case RO_U:
        case RO_B:
        case RO_UB:
            if (!NAME(step)(prog, op + 1, op[0] - RO_U + 1, s, n, &pos))
                goto fail;
            op += 4;
            continue;
        case RO_STR:
            if (n - pos < op[1])
                goto fail;
            for (uint32_t k = 0; k < op[1]; k++)
                if (s[pos + k] != op[2 + k])
                    goto fail;
            pos += op[1];
            op += 2 + op[1];
            continue;
        case RO_LOOP1:
            if (op[3]) {
                p = NAME(run_of)(prog, op + 5, op[4], s, n, pos, op[2], &count);
                STEP(1 + count / 16);
                if (count < op[1])
                    goto fail;
                if (count > op[1]) {
                    uint32_t low = pos, got;

                    if (op[1])
                        low = op[4] == 0
                                  ? pos + op[1]
                                  : NAME(run_of)(prog, op + 5, op[4], s, n, pos, op[1], &got);
                    PUSH(F_GREEDY + op[4], op + 8 - code, p, low);
                }
                pos = p;
            } else {
                p = NAME(run_of)(prog, op + 5, op[4], s, n, pos, op[1], &count);
                if (count < op[1])
                    goto fail;
                pos = p;
                if (count < op[2])
                    PUSH(F_LAZY, op - code, pos, count);
            }
            op += 8;
            continue;
        case RO_JMP:
            STEP(1);
            op = code + op[1];
            continue;
        case RO_SPLIT:
            PUSH(F_CHOICE, op[1], pos, 0);
            op += 2;
            continue;
        case RO_SPLITL:
            STEP(1);
            PUSH(F_CHOICE, op + 2 - code, pos, 0);
            op = code + op[1];
            continue;
        case RO_SAVE:
        case RO_MARK:
            SET_SLOT(op[1], pos);
            op += 2;
            continue;
        case RO_RESET:
            for (uint32_t i = op[1]; i < op[2]; i++)
                if (x->slot[i] != SWD_RE_NONE)
                    SET_SLOT(i, SWD_RE_NONE);
            op += 3;
            continue;
        case RO_MOVED:
            if (x->slot[op[1]] == pos)
                goto fail;
            op += 2;
            continue;
        case RO_ZERO:
            SET_SLOT(op[1], 0);
            op += 2;
            continue;
        case RO_COUNT:
            SET_SLOT(op[1], x->slot[op[1]] + 1);
            op += 2;
            continue;
        case RO_LOOP:
            count = x->slot[op[1]];
            if (count < op[2]) {
                op += 6;
            } else if (count >= op[3]) {
                op = code + op[5];
            } else if (op[4]) {
                PUSH(F_CHOICE, op[5], pos, 0);
                op += 6;
            } else {
                PUSH(F_CHOICE, op + 6 - code, pos, 0);
                op = code + op[5];
            }
            continue;
        case RO_MOVED_PAST:
            if (x->slot[op[1]] == pos) {
                if (x->slot[op[2]] > op[3])
                    goto fail;
                if (op[4] && x->slot[op[2]] < op[3])
                    SET_SLOT(op[2], op[3]);
            }
            op += 5;
            continue;
        case RO_BOL:
            if (pos != 0)
                goto fail;
            op++;
            continue;
        case RO_EOL:
            if (pos != n)
                goto fail;
            op++;
            continue;
        case RO_MBOL:
            if (pos != 0 && !line_end(s[pos - 1]))
                goto fail;
            op++;
            continue;
        case RO_MEOL:
            if (pos != n && !line_end(s[pos]))
                goto fail;
            op++;
            continue;
        case RO_WORD:
            if (NAME(word_edge)(s, n, pos, op[2]) == (bool)op[1])
                goto fail;
            op += 3;
            continue;
        case RO_LOOK:
            x->slot[op[1]] = (uint32_t)x->n;
            PUSH(op[2] ? F_LOOKNO : F_LOOK, op[3], pos, 0);
            op += 4;
            continue;
        case RO_LOOKEND:
            p = x->slot[op[1]];
            if (op[2]) {
                look_abandon(x, p);
                goto fail;
            }
            pos = x->f[p].a;
            look_commit(x, p);
            op += 3;
            continue;
        case RO_BACKREF:
            if (!NAME(backref)(x, op, s, n, &pos))
                goto fail;
            op += 4;
            continue;
        case RO_MATCH: return 1;
        default: return SWD_ECORRUPT;
        }
    fail:
        STEP(1);
        for (;;) {
            struct frame *f;
            uint32_t type;

            if (x->n == 0)
                return 0;
            f = &x->f[x->n - 1];
            type = f->tag >> 28;
            op = code + (f->tag & 0xfffffff);
            if (type == F_UNDO) {
                x->slot[f->a] = f->b;
                x->n--;
                continue;
            }
            if (type == F_CHOICE || type == F_LOOKNO) {
                pos = f->a;
                x->n--;
                break;
            }
            if (type == F_LOOK) {
                x->n--;
                continue;
            }
            if (type == F_LAZY) {
                pos = f->a;
                count = f->b + 1;
                x->n--;
                if (!NAME(step)(prog, op + 5, op[4], s, n, &pos))
                    continue;
                if (count < op[2])
                    PUSH(F_LAZY, op - code, pos, count);
                op += 8;
                break;
            }
            /* A greedy run gives one character back. */
            p = f->a;
            type -= F_GREEDY;
            if (type == 0)
                p--;
            else if (type == RE_MODE_CP)
                NAME(prev_cp)(s, &p);
            else if (type == RE_MODE_BACK)
                p++;
            else
                NAME(next_cp)(s, n, &p);
            f->a = p;
            if (p == f->b)
                x->n--;
            pos = p;
            break;
        }
    }
}

#undef PUSH
#undef SET_SLOT
#undef STEP

/* The next position from `pos` where the pattern can begin; n + 1 when there is none. */
static uint32_t NAME(candidate)(const struct exec *x, const UNIT *s, uint32_t n, uint32_t pos)
{
    const uint32_t *h = x->prog;

    switch (h[RE_H_START]) {
    case RE_START_ANCHORED: return pos == 0 ? 0 : n + 1;
    case RE_START_CHAR:
#if !WIDE
        if (pos < n) {
            const UNIT *at = memchr(s + pos, (int)h[RE_H_LEAD], n - pos);

            if (at)
                return (uint32_t)(at - s);
        }
        return n + 1;
#else
        while (pos < n && s[pos] != h[RE_H_LEAD])
            pos++;
        return pos < n ? pos : n + 1;
#endif
    case RE_START_SET:
        while (pos < n && !first_has(h, s[pos]))
            pos++;
        return pos < n ? pos : n + 1;
    default: return pos;
    }
}

static int NAME(search)(struct exec *x, const UNIT *s, uint32_t n, uint32_t start, bool sticky)
{
    bool unicode = x->prog[RE_H_FLAGS] & SWD_RE_UNICODE;
    uint32_t pos = start;

    for (;;) {
        uint32_t from = pos, at;
        int rc;

#if WIDE
        /* With the u flag the character at `pos` is the whole pair that `pos` may be inside of. */
        if (unicode && pos > 0 && pos < n && (s[pos] & 0xfc00) == 0xdc00 &&
            (s[pos - 1] & 0xfc00) == 0xd800)
            from = pos - 1;
#endif
        at = NAME(candidate)(x, s, n, from);
        if (at != from) {
            if (sticky || at > n)
                return 0;
            from = pos = at;
        }
        for (uint32_t i = 0; i < x->nslots; i++)
            x->slot[i] = SWD_RE_NONE;
        x->n = 0;
        rc = NAME(run)(x, s, n, from);
        if (rc) {
            if (rc > 0 && pos != from)
                x->slot[0] = pos;
            return rc;
        }
        if (sticky)
            return 0;
        pos++;
#if WIDE
        if (unicode && pos < n && (s[pos] & 0xfc00) == 0xdc00 && (s[pos - 1] & 0xfc00) == 0xd800)
            pos++;
#endif
        if (pos > n)
            return 0;
        (void)unicode;
    }
}
