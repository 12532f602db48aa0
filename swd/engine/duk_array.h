/* Methods of arrays where Duktape has those of ES5: included by duk_unit.c, in the place of
 * Duktape's own (gen-duk.sh).
 *
 * sort() is stable, a merge sort of runs as Tim Peters described it (listsort.txt, CPython),
 * without galloping: up to 63 elements are sorted by binary insertion, so that a comparator that
 * contradicts itself is asked what V8 asks it. Values lie in an array that no script sees, their
 * order in a buffer; n log n questions, 8 bytes of memory for each element besides the value.
 *
 * join() and toLocaleString() give '' for an object whose text is being made further up.
 *
 * swd_op_species() is ArraySpeciesCreate() of concat, filter, map, slice and splice. */

#define SORT_RUNS  40 /* of at least 32 elements each, growing as the Fibonacci numbers */
#define SORT_SHORT 64

struct sort_run {
    uint32_t at, n;
};

struct sort {
    duk_hthread *thr;
    uint32_t *order, *spare; /* numbers of values */
    duk_idx_t by;            /* the comparator, or -1: the values are strings */
    duk_idx_t values;
    struct sort_run runs[SORT_RUNS];
    unsigned nruns;
};

/* Whether value a is to stand before value b, which stands before it now. */
static bool sort_before(struct sort *s, uint32_t a, uint32_t b)
{
    duk_hthread *thr = s->thr;
    bool before;
    if (s->by < 0) {
        duk_get_prop_index(thr, s->values, a);
        duk_get_prop_index(thr, s->values, b);
        before = duk_js_string_compare(duk_known_hstring(thr, -2), duk_known_hstring(thr, -1)) < 0;
        duk_pop_2(thr);
        return before;
    }
    duk_dup(thr, s->by);
    duk_push_undefined(thr);
    duk_get_prop_index(thr, s->values, a);
    duk_get_prop_index(thr, s->values, b);
    duk_call_method(thr, 2);
    before = duk_to_number(thr, -1) < 0;
    duk_pop(thr);
    return before;
}

/* The length of the run that begins at `at`: what goes down strictly is turned round. */
static uint32_t sort_run(struct sort *s, uint32_t at, uint32_t end)
{
    uint32_t *o = s->order, n = at + 1;
    bool down;
    if (n == end)
        return 1;
    down = sort_before(s, o[n], o[n - 1]);
    for (n++; n < end && sort_before(s, o[n], o[n - 1]) == down; n++)
        ;
    if (down)
        for (uint32_t i = at, j = n - 1; i < j; i++, j--) {
            uint32_t t = o[i];
            o[i] = o[j];
            o[j] = t;
        }
    return n - at;
}

/* Elements from `from` on are put in their places among those sorted from `at` on. */
static void sort_insert(struct sort *s, uint32_t at, uint32_t from, uint32_t end)
{
    uint32_t *o = s->order;
    for (; from < end; from++) {
        uint32_t v = o[from], left = at, right = from;
        while (left < right) {
            uint32_t mid = left + (right - left) / 2;
            if (sort_before(s, v, o[mid]))
                right = mid;
            else
                left = mid + 1;
        }
        memmove(o + left + 1, o + left, (from - left) * sizeof *o);
        o[left] = v;
    }
}

/* Runs i and i + 1 become one. */
static void sort_merge(struct sort *s, unsigned i)
{
    struct sort_run *a = &s->runs[i], b = s->runs[i + 1];
    uint32_t *out = s->order + a->at, *p = s->spare, *pe = p + a->n;
    uint32_t *q = s->order + b.at, *qe = q + b.n;
    memcpy(p, out, a->n * sizeof *p);
    while (p < pe && q < qe)
        *out++ = sort_before(s, *q, *p) ? *q++ : *p++;
    memcpy(out, p, (size_t)(pe - p) * sizeof *p);
    a->n += b.n;
    s->nruns--;
    memmove(&s->runs[i + 1], &s->runs[i + 2], (s->nruns - i - 1) * sizeof *a);
}

/* Each run is longer than the two behind it together, or, at the end, there is one. */
static void sort_collapse(struct sort *s, bool all)
{
    struct sort_run *r = s->runs;
    while (s->nruns > 1) {
        unsigned n = s->nruns - 2;
        if (all || (n > 0 && r[n - 1].n <= r[n].n + r[n + 1].n) ||
            (n > 1 && r[n - 2].n <= r[n - 1].n + r[n].n)) {
            if (n > 0 && r[n - 1].n < r[n + 1].n)
                n--;
        } else if (r[n].n > r[n + 1].n) {
            break;
        }
        sort_merge(s, n);
    }
}

static void sort_all(struct sort *s, uint32_t n)
{
    uint32_t least = n, odd = 0;
    for (; least >= SORT_SHORT; least >>= 1)
        odd |= least & 1;
    least += odd;
    for (uint32_t at = 0; at < n;) {
        uint32_t len = sort_run(s, at, n), want = n - at < least ? n - at : least;
        if (len < want) {
            sort_insert(s, at, at + len, at + want);
            len = want;
        }
        s->runs[s->nruns++] = (struct sort_run){at, len};
        sort_collapse(s, false);
        at += len;
    }
    sort_collapse(s, true);
}

/* The values of the array-like at 1 that are there and not undefined, in a bare array that is
 * pushed; *undefineds counts the others. */
static uint32_t sort_collect(duk_hthread *thr, uint32_t len, uint32_t *undefineds)
{
    uint32_t n = 0;
    duk_idx_t out = duk_push_bare_array(thr);
    *undefineds = 0;
    for (uint32_t i = 0; i < len; i++) {
        if (!duk_has_prop_index(thr, 1, i))
            continue;
        duk_get_prop_index(thr, 1, i);
        if (duk_is_undefined(thr, -1)) {
            ++*undefineds;
            duk_pop(thr);
        } else {
            duk_put_prop_index(thr, out, n++);
        }
    }
    return n;
}

/* Beside the values, a bare array of their strings, pushed. */
static void sort_strings(duk_hthread *thr, duk_idx_t values, uint32_t n)
{
    duk_idx_t out = duk_push_bare_array(thr);
    for (uint32_t i = 0; i < n; i++) {
        duk_get_prop_index(thr, values, i);
        duk_to_string(thr, -1);
        duk_put_prop_index(thr, out, i);
    }
}

DUK_INTERNAL duk_ret_t duk_bi_array_prototype_sort(duk_hthread *thr)
{
    struct sort s = {.thr = thr, .by = duk_is_undefined(thr, 0) ? -1 : 0, .values = 3};
    uint32_t len, n, undefineds, i;
    if (s.by == 0 && !duk_is_callable(thr, 0))
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR,
                        "the comparison function must be a function or undefined");
    len = duk__push_this_obj_len_u32_limited(thr);
    n = sort_collect(thr, len, &undefineds);
    if (n > 1 && s.by < 0) {
        sort_strings(thr, 3, n);
        s.values = 4;
    }
    s.order = duk_push_fixed_buffer(thr, 2 * sizeof(uint32_t) * (size_t)n);
    s.spare = s.order + n;
    for (i = 0; i < n; i++)
        s.order[i] = i;
    if (n > 1)
        sort_all(&s, n);
    for (i = 0; i < n; i++) {
        duk_get_prop_index(thr, 3, s.order[i]);
        duk_put_prop_index(thr, 1, i);
    }
    for (; i < n + undefineds; i++) {
        duk_push_undefined(thr);
        duk_put_prop_index(thr, 1, i);
    }
    for (; i < len; i++)
        if (duk_has_prop_index(thr, 1, i))
            duk_del_prop_index(thr, 1, i);
    duk_dup(thr, 1);
    return 1;
}

/* Whether the array is made by the intrinsic constructor as far as one look tells. */
static bool species_plain(duk_hthread *thr, duk_hobject *h)
{
    duk_hobject *proto = thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE];
    duk_tval *tv;
    if (!DUK_HOBJECT_IS_ARRAY(h))
        return !DUK_HOBJECT_IS_PROXY(h);
    if (DUK_HOBJECT_GET_ENEXT(h) != 0 || DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h) != proto)
        return false;
    tv = duk_hobject_find_entry_tval_ptr(thr->heap, proto, DUK_HTHREAD_STRING_CONSTRUCTOR(thr));
    return tv && DUK_TVAL_IS_OBJECT(tv) &&
           DUK_TVAL_GET_OBJECT(tv) == thr->builtins[DUK_BIDX_ARRAY_CONSTRUCTOR];
}

/* Pushes the array that a method of the array at `idx` answers; `n` is what its constructor is
 * told. */
static void swd_op_species(duk_hthread *thr, duk_idx_t idx, duk_uint32_t n)
{
    duk_hobject *h = duk_known_hobject(thr, idx), *made;
    if (species_plain(thr, h) || !duk_js_isarray_hobject(h)) {
        duk_push_array(thr);
        return;
    }
    duk_get_prop_literal(thr, idx, "constructor");
    if (duk_is_object(thr, -1)) {
        duk_get_global_literal(thr, "Symbol"); /* the library's symbol, not Duktape's */
        duk_get_prop_literal(thr, -1, "species");
        duk_remove(thr, -2);
        duk_get_prop(thr, -2);
        duk_remove(thr, -2);
        if (duk_is_null(thr, -1)) {
            duk_pop(thr);
            duk_push_undefined(thr);
        }
    }
    if (duk_is_undefined(thr, -1) ||
        duk_get_hobject(thr, -1) == thr->builtins[DUK_BIDX_ARRAY_CONSTRUCTOR]) {
        duk_pop(thr);
        duk_push_array(thr);
        return;
    }
    if (!duk_is_constructable(thr, -1))
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "the array's species is not a constructor");
    duk_push_uint(thr, n);
    duk_new(thr, 1);
    made = duk_known_hobject(thr, -1);
    if (DUK_HOBJECT_IS_PROXY(made) || DUK_HOBJECT_IS_BUFOBJ(made))
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "the array's species makes no array");
}

/* Is `this` also that of a join() among the callers? They are found on the call stacks, so that an
 * error on the way leaves nothing behind. */
static bool array_joins(duk_hthread *thr)
{
    duk_tval *self = thr->valstack_bottom - 1;
    duk_activation *act = thr->callstack_curr->parent;
    if (!DUK_TVAL_IS_OBJECT(self))
        return false;
    while (thr) {
        for (; act; act = act->parent) {
            duk_hobject *f = DUK_ACT_GET_FUNC(act);
            duk_tval *tv = (duk_tval *)(void *)((char *)thr->valstack + act->bottom_byteoff) - 1;
            if (f && DUK_HOBJECT_IS_NATFUNC(f) &&
                ((duk_hnatfunc *)f)->func == duk_bi_array_prototype_join_shared &&
                DUK_TVAL_IS_OBJECT(tv) && DUK_TVAL_GET_OBJECT(tv) == DUK_TVAL_GET_OBJECT(self))
                return true;
        }
        thr = thr->resumer;
        act = thr ? thr->callstack_curr : NULL;
    }
    return false;
}

DUK_INTERNAL duk_ret_t duk_bi_array_prototype_join_shared(duk_hthread *thr)
{
    if (!array_joins(thr))
        return swd_unit_join(thr);
    duk_push_hstring_empty(thr);
    return 1;
}
