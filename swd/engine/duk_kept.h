/* What the opcodes and promises stand on: values kept in the heap, registers, properties that are
 * still what they were. Part of duk_unit.c. */

/* Values for the opcodes: array items of the heap's own object, where the collector sees them. */
enum {
    OPK_SYMBOL = SWD_KEPT_ITERATION, /* Symbol.iterator */
    OPK_VALUES,                      /* Array.prototype[Symbol.iterator] */
    OPK_ITER_PROTO,                  /* %ArrayIteratorPrototype% */
    OPK_NEXT_KEY,                    /* "next" */
    OPK_NEXT,                        /* %ArrayIteratorPrototype%.next */
    OPK_CLASS = SWD_KEPT_CLASS,      /* the hidden symbol that marks classes */
    OPK_PENDING = SWD_KEPT_PENDING,  /* the new.target that waits for the constructor called next */
    OPK_APPLY = SWD_KEPT_APPLY,      /* Reflect.apply */
    OPK_JOBS,                        /* the queue of jobs */
    OPK_UNHANDLED,                   /* rejected promises that nobody handled */
    OPK_CURRENT,                     /* the generator whose body runs */
    OPK_DRIVE,                       /* goes on with the body of an async generator */
    OPK_GO,                          /* goes on with a coroutine */
    OPK_PROMISE,                     /* the intrinsics of promises, in the order they are popped */
    OPK_PROTO,
    OPK_THEN,
    OPK_THEN_KEY,
    OPK_SPECIES_KEY,
    OPK_SPECIES,
    OPK_RESOLVE,
    OPK_REJECT,
    OPK_COUNT
};

void swd_unit_keep(void *ctx, unsigned i)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = thr->heap->heap_object;
    duk_push_hobject(ctx, h);
    if (DUK_HOBJECT_GET_ASIZE(h) < OPK_COUNT) {
        DUK_HOBJECT_SET_ARRAY_PART(h);
        for (unsigned k = 0; k < OPK_COUNT; k++) {
            duk_push_undefined(ctx);
            duk_put_prop_index(ctx, -2, k);
        }
    }
    duk_insert(ctx, -2);
    duk_put_prop_index(ctx, -2, i);
    duk_pop(ctx);
}

static duk_tval *op_kept(duk_hthread *thr, unsigned i)
{
    duk_hobject *h = thr->heap->heap_object;
    return DUK_HOBJECT_GET_ASIZE(h) >= OPK_COUNT ? DUK_HOBJECT_A_GET_BASE(thr->heap, h) + i : NULL;
}

/* Register `i` of the arguments, and the one of the result. */
#define OP_ARG(i) (thr->valstack_bottom + base + 2 + (i))

static bool op_set(duk_hthread *thr, duk_idx_t base, duk_tval *v)
{
    duk_tval *to = thr->valstack_bottom + base;
    DUK_TVAL_SET_TVAL_UPDREF(thr, to, v);
    return true;
}

static bool op_set_undefined(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *to = thr->valstack_bottom + base;
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, to);
    return true;
}

static bool op_truth(duk_hthread *thr, duk_idx_t base, bool v)
{
    duk_tval *to = thr->valstack_bottom + base;
    DUK_TVAL_SET_BOOLEAN_UPDREF(thr, to, v);
    return true;
}

static bool op_is_object(duk_tval *v)
{
    return DUK_TVAL_IS_OBJECT(v) || DUK_TVAL_IS_LIGHTFUNC(v) || DUK_TVAL_IS_BUFFER(v);
}

static duk_hstring *op_text(duk_tval *key)
{
    return DUK_TVAL_GET_STRING(key);
}

/* Where such properties were found last, in any heap: images are alike. Only a hint. */
enum { OP_HINT_THEN, OP_HINT_CTOR, OP_HINT_SPECIES, OP_HINTS };
static _Atomic duk_uint32_t op_hint[OP_HINTS];

/* The own entry of that key, or -1. */
static duk_int_t op_entry_at(duk_hthread *thr, duk_hobject *h, duk_hstring *k, int hint)
{
    duk_uint32_t at = atomic_load_explicit(&op_hint[hint], memory_order_relaxed);
    duk_int_t e, unused;
    if (at < DUK_HOBJECT_GET_ENEXT(h) && DUK_HOBJECT_E_GET_KEY(thr->heap, h, at) == k)
        return (duk_int_t)at;
    if (!duk_hobject_find_entry(thr->heap, h, k, &e, &unused))
        return -1;
    atomic_store_explicit(&op_hint[hint], (duk_uint32_t)e, memory_order_relaxed);
    return e;
}

/* Whether the object has the data property `k` of its own, with the object `want`. */
static bool op_still(duk_hthread *thr, duk_hobject *h, duk_hstring *k, duk_tval *want, int hint)
{
    duk_int_t at = op_entry_at(thr, h, k, hint);
    duk_tval *tv;
    if (at < 0 || DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, at))
        return false;
    tv = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, at);
    return DUK_TVAL_IS_OBJECT(tv) && DUK_TVAL_GET_OBJECT(tv) == DUK_TVAL_GET_OBJECT(want);
}

/* Looks for the own data property `key` of `h`; whether it is the object `want`. Then it is in
 * sight from now on. */
static bool op_look(duk_hthread *thr, struct swd_sight *s, duk_hobject *h, duk_hstring *key,
                    duk_tval *want)
{
    duk_heap *heap = thr->heap;
    duk_int_t e, unused;
    duk_tval *tv;
    if (!duk_hobject_find_entry(heap, h, key, &e, &unused) ||
        DUK_HOBJECT_E_SLOT_IS_ACCESSOR(heap, h, e))
        return false;
    tv = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(heap, h, e);
    if (!DUK_TVAL_IS_OBJECT(tv) || DUK_TVAL_GET_OBJECT(tv) != DUK_TVAL_GET_OBJECT(want))
        return false;
    s->h = h;
    s->props = DUK_HOBJECT_GET_PROPS(heap, h);
    s->key = key;
    s->want = DUK_TVAL_GET_OBJECT(want);
    s->esize = DUK_HOBJECT_GET_ESIZE(h);
    s->key_at = (duk_uint32_t)((char *)DUK_HOBJECT_E_GET_KEY_PTR(heap, h, e) - (char *)s->props);
    s->value_at = (duk_uint32_t)((char *)tv - (char *)s->props);
    return true;
}
