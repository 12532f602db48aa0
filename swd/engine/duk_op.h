/* Opcodes for the helpers of generated code that run most often: part of duk_unit.c.
 *
 * A call `$$name(args)` of a helper in ops.def is compiled as: the arguments into their registers,
 * SWD_OP_HELPER, a jump behind the call, the call. The opcode tries the case that matters (a
 * pristine array, an ordinary object); when it is done the result stands in the register of the
 * callee and the jump is taken, otherwise the jump is skipped and the helper itself is called, as
 * if the opcode were not there. So an opcode changes nothing but the time, runs no script code (but
 * finalizers, when a last reference goes), and never fails: what is unusual is the helper's. Those
 * of promises (duk_promise.h) are the exception: they do all of it, and throw what it throws.
 *
 * duktape.c is edited for it in three places (gen-duk.sh): the compiler's call, its identifiers (a
 * name `$$_...` is the hidden symbol of a private name), and the executor's switch. Names that
 * begin with `$$` never are a script's: the transpiler renames those. */

/* An arguments object at `idx` is iterable as an array is. (Array.prototype has what is made at
 * first touch: until then this is one.) */
static void swd_op_arguments(duk_hthread *thr, duk_idx_t idx)
{
    duk_tval *k = op_kept(thr, 0);
    duk_push_literal(thr, DUK_WELLKNOWN_SYMBOL("Symbol.iterator"));
    if (k && DUK_TVAL_IS_OBJECT(k + OPK_VALUES)) {
        duk_push_tval(thr, k + OPK_VALUES);
    } else {
        duk_push_hobject(thr, thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE]);
        duk_dup(thr, -2);
        duk_get_prop(thr, -2);
        duk_remove(thr, -2);
    }
    duk_xdef_prop(thr, idx, DUK_PROPDESC_FLAGS_WC);
}

/* ---- Arrays ---- */

/* Whether arrays are iterated by the intrinsics. Behind swd_op_arrays(), which sees what was found
 * here. */
static bool op_intrinsics_found(duk_hthread *thr)
{
    duk_tval *k = op_kept(thr, 0);
    struct swd_sight *s = thr->heap->swd_arrays;
    return k && DUK_TVAL_IS_STRING(k + OPK_SYMBOL) && DUK_TVAL_IS_OBJECT(k + OPK_ITER_PROTO) &&
           op_look(thr, s, thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE], op_text(k + OPK_SYMBOL),
                   k + OPK_VALUES) &&
           op_look(thr, s + 1, DUK_TVAL_GET_OBJECT(k + OPK_ITER_PROTO), op_text(k + OPK_NEXT_KEY),
                   k + OPK_NEXT);
}

static bool op_intrinsics(duk_hthread *thr)
{
    return swd_op_arrays(thr) || op_intrinsics_found(thr);
}

/* The array, when it has no named properties of its own, inherits from the intrinsic prototype and
 * is iterated by the intrinsics; or NULL. */
static duk_harray *op_pristine(duk_hthread *thr, duk_tval *v)
{
    duk_hobject *h;
    if (!DUK_TVAL_IS_OBJECT(v))
        return NULL;
    h = DUK_TVAL_GET_OBJECT(v);
    if (!DUK_HOBJECT_IS_ARRAY(h) || DUK_HOBJECT_GET_ENEXT(h) != 0 ||
        DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h) != thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE] ||
        !op_intrinsics(thr))
        return NULL;
    return (duk_harray *)h;
}

bool swd_unit_pristine(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_tval *v = duk_get_tval(thr, idx);
    return v && op_pristine(thr, v);
}

/* The items of an array whose first n are all there, or NULL. */
static duk_tval *op_items(duk_hthread *thr, duk_hobject *h, duk_uint32_t n)
{
    duk_tval *a;
    if (DUK_HOBJECT_GET_ASIZE(h) < n)
        return NULL;
    a = DUK_HOBJECT_A_GET_BASE(thr->heap, h);
    for (duk_uint32_t i = 0; i < n; i++)
        if (DUK_TVAL_IS_UNUSED(a + i))
            return NULL;
    return a;
}

static void op_copy(duk_hthread *thr, duk_tval *to, duk_tval *from, duk_uint32_t n)
{
    for (duk_uint32_t i = 0; i < n; i++) {
        DUK_TVAL_SET_TVAL(to + i, from + i);
        DUK_TVAL_INCREF(thr, to + i);
    }
}

static bool op_of(duk_hthread *thr, duk_idx_t base)
{
    return op_pristine(thr, OP_ARG(0)) && op_set_undefined(thr, base);
}

/* $$arr(v, n), $$args(v): the array itself. */
static bool op_arr(duk_hthread *thr, duk_idx_t base)
{
    return op_pristine(thr, OP_ARG(0)) && op_set(thr, base, OP_ARG(0));
}

/* $$odd(): whether arrays are not. */
static bool op_odd(duk_hthread *thr, duk_idx_t base)
{
    return op_intrinsics(thr) && op_truth(thr, base, false);
}

/* A fresh array of the items from `from` on into the result. Making it may collect and so run
 * finalizers: what was known of the source is asked again. */
static bool op_fresh(duk_hthread *thr, duk_idx_t base, duk_hobject *h, duk_uint32_t from,
                     duk_uint32_t n)
{
    duk_tval *to, *items;
    if (from > n)
        from = n;
    if (!op_items(thr, h, n))
        return false;
    to = duk_push_harray_with_size_outptr(thr, n - from);
    items = op_items(thr, h, n);
    if (!items) {
        duk_pop(thr);
        return false;
    }
    op_copy(thr, to, items + from, n - from);
    duk_replace(thr, base);
    return true;
}

static bool op_all(duk_hthread *thr, duk_idx_t base)
{
    duk_harray *a = op_pristine(thr, OP_ARG(0));
    return a && op_fresh(thr, base, (duk_hobject *)a, 0, a->length);
}

/* $$slice(array or arguments, from) */
static bool op_slice(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *v = OP_ARG(0), *n = OP_ARG(1);
    duk_hobject *h;
    duk_uint32_t from, len;
    if (!DUK_TVAL_IS_OBJECT(v) || !DUK_TVAL_IS_NUMBER(n))
        return false;
    h = DUK_TVAL_GET_OBJECT(v);
    from = (duk_uint32_t)DUK_TVAL_GET_NUMBER(n);
    if (DUK_HOBJECT_IS_ARRAY(h)) {
        len = ((duk_harray *)h)->length;
    } else if (DUK_HOBJECT_GET_CLASS_NUMBER(h) == DUK_HOBJECT_CLASS_ARGUMENTS &&
               !DUK_HOBJECT_HAS_EXOTIC_ARGUMENTS(h)) {
        v = duk_hobject_find_entry_tval_ptr(thr->heap, h, DUK_HTHREAD_STRING_LENGTH(thr));
        if (!v || !DUK_TVAL_IS_NUMBER(v) ||
            !(DUK_TVAL_GET_NUMBER(v) <= (double)DUK_HOBJECT_GET_ASIZE(h)))
            return false;
        len = (duk_uint32_t)DUK_TVAL_GET_NUMBER(v);
    } else {
        return false;
    }
    return op_fresh(thr, base, h, from, len);
}

/* Room for n more items behind the first argument, which must be a dense array that may grow. */
static duk_tval *op_room(duk_hthread *thr, duk_idx_t base, duk_uint32_t n)
{
    duk_tval *v = OP_ARG(0);
    duk_hobject *h;
    duk_uint32_t len;
    if (!DUK_TVAL_IS_OBJECT(v))
        return NULL;
    h = DUK_TVAL_GET_OBJECT(v);
    if (!DUK_HOBJECT_IS_ARRAY(h) || !DUK_HOBJECT_HAS_ARRAY_PART(h) ||
        !DUK_HOBJECT_HAS_EXTENSIBLE(h) || DUK_HARRAY_LENGTH_NONWRITABLE((duk_harray *)h))
        return NULL;
    len = ((duk_harray *)h)->length;
    if (DUK_HOBJECT_GET_ASIZE(h) < len || len + n < len)
        return NULL;
    if (DUK_HOBJECT_GET_ASIZE(h) < len + n)
        duk_hobject_realloc_props(thr, h, DUK_HOBJECT_GET_ESIZE(h), len + n + (len + n) / 8,
                                  DUK_HOBJECT_GET_HSIZE(h), 0);
    if (((duk_harray *)h)->length != len || DUK_HOBJECT_GET_ASIZE(h) < len + n)
        return NULL;
    return DUK_HOBJECT_A_GET_BASE(thr->heap, h) + len;
}

static void op_grown(duk_hthread *thr, duk_idx_t base, duk_uint32_t n)
{
    ((duk_harray *)DUK_TVAL_GET_OBJECT(OP_ARG(0)))->length += n;
    op_set(thr, base, OP_ARG(0));
}

/* $$push(array, value) */
static bool op_push(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *to = op_room(thr, base, 1);
    if (!to || !DUK_TVAL_IS_UNUSED(to))
        return false;
    op_copy(thr, to, OP_ARG(1), 1);
    op_grown(thr, base, 1);
    return true;
}

/* $$pushall(array, iterable) */
static bool op_pushall(duk_hthread *thr, duk_idx_t base)
{
    duk_harray *a = op_pristine(thr, OP_ARG(1));
    duk_uint32_t n = a ? a->length : 0;
    duk_tval *to, *items;
    if (!a || !op_items(thr, (duk_hobject *)a, n) || a == (void *)DUK_TVAL_GET_OBJECT(OP_ARG(0)))
        return false;
    to = op_room(thr, base, n);
    items = to ? op_items(thr, (duk_hobject *)a, n) : NULL;
    if (!items)
        return false;
    for (duk_uint32_t i = 0; i < n; i++)
        if (!DUK_TVAL_IS_UNUSED(to + i))
            return false;
    op_copy(thr, to, items, n);
    op_grown(thr, base, n);
    return true;
}

/* ---- Objects ---- */

/* An object whose own properties are just its entries (and array items, for the caller to ask). */
static duk_hobject *op_ordinary(duk_tval *v)
{
    duk_hobject *h;
    if (!DUK_TVAL_IS_OBJECT(v))
        return NULL;
    h = DUK_TVAL_GET_OBJECT(v);
    return DUK_HOBJECT_HAS_EXOTIC_BEHAVIOR(h) || DUK_HOBJECT_IS_NATFUNC(h) ? NULL : h;
}

/* CreateDataProperty where it only can succeed. The value is pushed and popped. */
static bool op_define(duk_hthread *thr, duk_hobject *h, duk_hstring *key, duk_tval *v)
{
    duk_int_t e, unused;
    if (DUK_HSTRING_HAS_ARRIDX(key))
        return false;
    if (duk_hobject_find_entry(thr->heap, h, key, &e, &unused)) {
        duk_tval *tv;
        if (DUK_HOBJECT_E_GET_FLAGS(thr->heap, h, e) != DUK_PROPDESC_FLAGS_WEC)
            return false;
        tv = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e);
        DUK_TVAL_SET_TVAL_UPDREF(thr, tv, v);
        return true;
    }
    if (!DUK_HOBJECT_HAS_EXTENSIBLE(h))
        return false;
    duk_push_tval(thr, v);
    duk_hobject_define_property_internal(thr, h, key, DUK_PROPDESC_FLAGS_WEC);
    return true;
}

/* $$field(object, key, value) */
static bool op_field(duk_hthread *thr, duk_idx_t base)
{
    duk_hobject *h = op_ordinary(OP_ARG(0));
    if (!h || !DUK_TVAL_IS_STRING(OP_ARG(1)) ||
        !op_define(thr, h, DUK_TVAL_GET_STRING(OP_ARG(1)), OP_ARG(2)))
        return false;
    return op_set(thr, base, OP_ARG(0));
}

/* $$assign(fresh object, source): plain data in the order of its entries. Stops at whatever is not;
 * the helper then begins anew, to the same end. */
static bool op_assign(duk_hthread *thr, duk_idx_t base)
{
    duk_hobject *to = op_ordinary(OP_ARG(0)), *from = op_ordinary(OP_ARG(1));
    duk_heap *heap = thr->heap;
    bool done;
    if (!to || !from || from == to ||
        DUK_HOBJECT_GET_CLASS_NUMBER(from) != DUK_HOBJECT_CLASS_OBJECT ||
        DUK_HOBJECT_GET_ASIZE(from) != 0)
        return false;
    for (duk_uint32_t i = 0; i < DUK_HOBJECT_GET_ENEXT(from); i++) {
        duk_hstring *key = DUK_HOBJECT_E_GET_KEY(heap, from, i);
        /* Symbols come after the names, numbers before them. */
        if (!key || DUK_HSTRING_HAS_HIDDEN(key) || !DUK_HOBJECT_E_SLOT_IS_ENUMERABLE(heap, from, i))
            continue;
        if (DUK_HSTRING_HAS_SYMBOL(key) || DUK_HSTRING_HAS_ARRIDX(key) ||
            DUK_HOBJECT_E_SLOT_IS_ACCESSOR(heap, from, i))
            return false;
        duk_push_hstring(thr, key); /* a finalizer may delete it meanwhile */
        done = op_define(thr, to, key, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(heap, from, i));
        duk_pop(thr);
        if (!done)
            return false;
    }
    return op_set(thr, base, OP_ARG(0));
}

/* $$sget(home, key, self): a plain property up the chain. */
static bool op_sget(duk_hthread *thr, duk_idx_t base)
{
    duk_hobject *h = op_ordinary(OP_ARG(0));
    duk_hstring *key;
    duk_int_t e, unused;
    if (!h || !DUK_TVAL_IS_STRING(OP_ARG(1)))
        return false;
    key = DUK_TVAL_GET_STRING(OP_ARG(1));
    if (DUK_HSTRING_HAS_ARRIDX(key))
        return false;
    for (int depth = 0; depth < 1000; depth++) {
        h = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h);
        if (!h || DUK_HOBJECT_HAS_EXOTIC_BEHAVIOR(h) || DUK_HOBJECT_IS_NATFUNC(h))
            return false;
        if (!duk_hobject_find_entry(thr->heap, h, key, &e, &unused))
            continue;
        if (DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e))
            return false;
        return op_set(thr, base, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e));
    }
    return false;
}

/* $$call() is settled by the compiler. */
static bool op_never(duk_hthread *thr, duk_idx_t base)
{
    (void)thr;
    (void)base;
    return false;
}

static bool op_roc(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *v = OP_ARG(0);
    return !DUK_TVAL_IS_UNDEFINED(v) && !DUK_TVAL_IS_NULL(v) && op_set(thr, base, v);
}

static bool op_key(duk_hthread *thr, duk_idx_t base)
{
    return DUK_TVAL_IS_STRING(OP_ARG(0)) && op_set(thr, base, OP_ARG(0));
}

/* ---- Classes ---- */

static bool op_nt(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *k = op_kept(thr, OPK_PENDING), *to = thr->valstack_bottom + base, old;
    if (!k || !DUK_TVAL_IS_OBJECT(k))
        return false;
    /* The reference moves. */
    DUK_TVAL_SET_TVAL(&old, to);
    DUK_TVAL_SET_TVAL(to, k);
    DUK_TVAL_SET_UNDEFINED(k);
    DUK_TVAL_DECREF(thr, &old);
    return true;
}

static bool op_this(duk_hthread *thr, duk_idx_t base)
{
    return !DUK_TVAL_IS_UNDEFINED(OP_ARG(0)) && op_set(thr, base, OP_ARG(0));
}

static bool op_ret(duk_hthread *thr, duk_idx_t base)
{
    if (op_is_object(OP_ARG(0)))
        return op_set(thr, base, OP_ARG(0));
    return DUK_TVAL_IS_UNDEFINED(OP_ARG(0)) && !DUK_TVAL_IS_UNDEFINED(OP_ARG(1)) &&
           op_set(thr, base, OP_ARG(1));
}

/* The parent of the class, when it is a class and the place of the pending new.target is free. */
static duk_hobject *op_parent(duk_hthread *thr, duk_tval *cls, duk_tval *nt, duk_tval *k)
{
    duk_hobject *p;
    if (!k || !DUK_TVAL_IS_STRING(k + OPK_CLASS) || !DUK_TVAL_IS_OBJECT(cls) ||
        !DUK_TVAL_IS_OBJECT(nt) || !DUK_TVAL_IS_UNDEFINED(k + OPK_PENDING))
        return NULL;
    p = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, DUK_TVAL_GET_OBJECT(cls));
    return p && DUK_HOBJECT_IS_COMPFUNC(p) &&
                   duk_hobject_find_entry_tval_ptr(thr->heap, p, DUK_TVAL_GET_STRING(k + OPK_CLASS))
               ? p
               : NULL;
}

/* $$supercall(class, new.target, self, ...): when the parent is a class it takes the place of
 * new.target, so that parent, self and what follows lie as a call wants them; self is kept in the
 * register of the result. */
static bool op_super(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *nt = OP_ARG(1), *k = op_kept(thr, 0), to;
    duk_hobject *p = op_parent(thr, OP_ARG(0), nt, k);
    if (!p)
        return false;
    DUK_TVAL_SET_TVAL(k + OPK_PENDING, nt); /* the reference moves */
    DUK_TVAL_SET_OBJECT(&to, p);
    DUK_TVAL_SET_TVAL(nt, &to);
    DUK_TVAL_INCREF(thr, nt);
    return op_set(thr, base, OP_ARG(2));
}

/* $$super(class, new.target, self, list): likewise, as Reflect.apply(parent, self, list). */
static bool op_super_list(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *k = op_kept(thr, 0), *to = thr->valstack_bottom + base + 1;
    if (!k || !DUK_TVAL_IS_OBJECT(k + OPK_APPLY) || !op_super(thr, base))
        return false;
    DUK_TVAL_SET_TVAL_UPDREF(thr, to, k + OPK_APPLY);
    to = OP_ARG(0);
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, to);
    return true;
}

/* What the parent answered, when it is an object: in the register of the callee. */
static bool op_super_list_done(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *v = thr->valstack_bottom + base + 1;
    if (op_is_object(v))
        op_set(thr, base, v);
    return true;
}

static bool op_super_done(duk_hthread *thr, duk_idx_t base)
{
    if (op_is_object(OP_ARG(1)))
        op_set(thr, base, OP_ARG(1));
    return true;
}

void swd_unit_take(void *ctx)
{
    duk_hthread *thr = ctx;
    duk_tval *k = op_kept(thr, OPK_PENDING);
    duk_push_undefined(ctx);
    if (k && DUK_TVAL_IS_OBJECT(k)) {
        DUK_TVAL_SET_TVAL(thr->valstack_top - 1, k);
        DUK_TVAL_SET_UNDEFINED(k);
    }
}

/* ---- Private elements ----
 *
 * An element is an own entry under a hidden symbol, below all exotic behaviour: a Proxy has its
 * own, heirs have none, and objects that are not extensible take it. Attributes say what it is:
 * none: a field; enumerable: a method; an accessor is one. Freezing an object changes none of that,
 * and writes here do not ask for the attribute. */

#define OP_METHOD DUK_PROPDESC_FLAG_ENUMERABLE

/* A private name is its hidden symbol, or an object whose first entry has that. */
static duk_hstring *op_private(duk_hthread *thr, duk_tval *p)
{
    duk_hstring *key;
    if (DUK_TVAL_IS_OBJECT(p)) {
        duk_hobject *h = DUK_TVAL_GET_OBJECT(p);
        if (DUK_HOBJECT_GET_ENEXT(h) == 0 || DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, 0))
            return NULL;
        p = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, 0);
    }
    if (!DUK_TVAL_IS_STRING(p))
        return NULL;
    key = DUK_TVAL_GET_STRING(p);
    return DUK_HSTRING_HAS_HIDDEN(key) ? key : NULL;
}

/* The entry of the object, or -1. */
static duk_int_t op_element(duk_hthread *thr, duk_tval *o, duk_tval *p)
{
    duk_hstring *key = DUK_TVAL_IS_OBJECT(o) ? op_private(thr, p) : NULL;
    duk_int_t e, unused;
    if (!key || !duk_hobject_find_entry(thr->heap, DUK_TVAL_GET_OBJECT(o), key, &e, &unused))
        return -1;
    return e;
}

static bool op_pget(duk_hthread *thr, duk_idx_t base)
{
    duk_hobject *h;
    duk_int_t e = op_element(thr, OP_ARG(0), OP_ARG(1));
    if (e < 0)
        return false;
    h = DUK_TVAL_GET_OBJECT(OP_ARG(0));
    if (DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e))
        return false;
    return op_set(thr, base, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e));
}

static bool op_pset(duk_hthread *thr, duk_idx_t base)
{
    duk_hobject *h;
    duk_tval *tv, old;
    duk_int_t e = op_element(thr, OP_ARG(0), OP_ARG(1));
    if (e < 0)
        return false;
    h = DUK_TVAL_GET_OBJECT(OP_ARG(0));
    if (DUK_HOBJECT_E_GET_FLAGS(thr->heap, h, e) & (DUK_PROPDESC_FLAG_ACCESSOR | OP_METHOD))
        return false;
    tv = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e);
    DUK_TVAL_SET_TVAL(&old, tv);
    DUK_TVAL_SET_TVAL(tv, OP_ARG(2));
    DUK_TVAL_INCREF(thr, tv);
    op_set(thr, base, OP_ARG(2));
    DUK_TVAL_DECREF(thr, &old);
    return true;
}

static bool op_padd(duk_hthread *thr, duk_idx_t base)
{
    duk_hstring *key = DUK_TVAL_IS_OBJECT(OP_ARG(0)) ? op_private(thr, OP_ARG(1)) : NULL;
    duk_hobject *h;
    duk_int_t e, unused;
    if (!key)
        return false;
    h = DUK_TVAL_GET_OBJECT(OP_ARG(0));
    if (duk_hobject_find_entry(thr->heap, h, key, &e, &unused))
        return false;
    duk_push_tval(thr, OP_ARG(2));
    duk_hobject_define_property_internal(thr, h, key, DUK_PROPDESC_FLAGS_NONE);
    return op_set(thr, base, OP_ARG(0));
}

static bool op_phas(duk_hthread *thr, duk_idx_t base)
{
    if (!DUK_TVAL_IS_OBJECT(OP_ARG(0)) || !op_private(thr, OP_ARG(1)))
        return false;
    return op_truth(thr, base, op_element(thr, OP_ARG(0), OP_ARG(1)) >= 0);
}

int swd_unit_private_kind(void *ctx, int o, int p)
{
    duk_hthread *thr = ctx;
    duk_tval *tv = duk_require_tval(thr, o);
    duk_int_t e = op_element(thr, tv, duk_require_tval(thr, p));
    duk_small_uint_t flags;
    if (e < 0)
        return SWD_PRIVATE_NONE;
    flags = DUK_HOBJECT_E_GET_FLAGS(thr->heap, DUK_TVAL_GET_OBJECT(tv), e);
    if (flags & DUK_PROPDESC_FLAG_ACCESSOR)
        return SWD_PRIVATE_ACCESSOR;
    return flags & OP_METHOD ? SWD_PRIVATE_METHOD : SWD_PRIVATE_FIELD;
}

void swd_unit_private_get(void *ctx, int o, int p, bool setter)
{
    duk_hthread *thr = ctx;
    duk_tval *tv = duk_require_tval(thr, o);
    duk_int_t e = op_element(thr, tv, duk_require_tval(thr, p));
    duk_hobject *h;
    if (e < 0) {
        duk_push_undefined(ctx);
        return;
    }
    h = DUK_TVAL_GET_OBJECT(tv);
    if (!DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e)) {
        duk_push_tval(thr, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e));
        return;
    }
    h = setter ? DUK_HOBJECT_E_GET_VALUE_SETTER(thr->heap, h, e)
               : DUK_HOBJECT_E_GET_VALUE_GETTER(thr->heap, h, e);
    if (h)
        duk_push_hobject(ctx, h);
    else
        duk_push_undefined(ctx);
}

bool swd_unit_private_set(void *ctx, int o, int p, int v)
{
    duk_hthread *thr = ctx;
    duk_tval *tv = duk_require_tval(thr, o);
    duk_int_t e = op_element(thr, tv, duk_require_tval(thr, p));
    if (e < 0 || swd_unit_private_kind(ctx, o, p) != SWD_PRIVATE_FIELD)
        return false;
    tv = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, DUK_TVAL_GET_OBJECT(tv), e);
    DUK_TVAL_SET_TVAL_UPDREF(thr, tv, duk_require_tval(thr, v));
    return true;
}

/* Puts half an accessor. */
static bool op_put_half(duk_hthread *thr, duk_hobject *h, duk_hstring *key, duk_hobject *fn,
                        bool setter)
{
    duk_int_t e, unused;
    duk_propvalue *pv;
    if (duk_hobject_find_entry(thr->heap, h, key, &e, &unused)) {
        if (!DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e))
            return false;
        pv = DUK_HOBJECT_E_GET_VALUE_PTR(thr->heap, h, e);
        if (setter ? pv->a.set != NULL : pv->a.get != NULL)
            return false;
        if (setter)
            pv->a.set = fn;
        else
            pv->a.get = fn;
        DUK_HOBJECT_INCREF(thr, fn);
        return true;
    }
    duk_push_undefined(thr);
    duk_hobject_define_property_internal(thr, h, key, DUK_PROPDESC_FLAGS_NONE);
    if (!duk_hobject_find_entry(thr->heap, h, key, &e, &unused))
        return false;
    pv = DUK_HOBJECT_E_GET_VALUE_PTR(thr->heap, h, e);
    pv->a.get = setter ? NULL : fn;
    pv->a.set = setter ? fn : NULL;
    DUK_HOBJECT_E_SET_FLAGS(thr->heap, h, e, DUK_PROPDESC_FLAG_ACCESSOR);
    DUK_HOBJECT_INCREF(thr, fn);
    return true;
}

bool swd_unit_private_add(void *ctx, int o, int p, int v, int kind)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_require_hobject(ctx, o);
    duk_hstring *key = op_private(thr, duk_require_tval(thr, p));
    duk_int_t e, unused;
    if (!key)
        return false;
    if (kind == SWD_PRIVATE_GETTER || kind == SWD_PRIVATE_SETTER)
        return op_put_half(thr, h, key, duk_require_hobject(ctx, v), kind == SWD_PRIVATE_SETTER);
    if (duk_hobject_find_entry(thr->heap, h, key, &e, &unused))
        return false;
    duk_dup(ctx, v);
    duk_hobject_define_property_internal(
        thr, h, key, kind == SWD_PRIVATE_METHOD ? OP_METHOD : DUK_PROPDESC_FLAGS_NONE);
    return true;
}

/* $$pmeth(object, name, kind, function): a method. */
static bool op_pmeth(duk_hthread *thr, duk_idx_t base)
{
    duk_tval *kind = OP_ARG(2);
    if (!DUK_TVAL_IS_OBJECT(OP_ARG(0)) || !DUK_TVAL_IS_OBJECT(OP_ARG(3)) ||
        !DUK_TVAL_IS_NUMBER(kind) || !(DUK_TVAL_GET_NUMBER(kind) <= SWD_PRIVATE_SETTER))
        return false;
    return swd_unit_private_add(thr, base + 2, base + 3, base + 5,
                                (int)DUK_TVAL_GET_NUMBER(kind)) &&
           op_set(thr, base, OP_ARG(0));
}

/* ---- Keys that are objects, of places that are read and then written ---- */

/* The key in its register becomes a property key, unless there is nothing to have the property:
 * reading that throws. Runs script code. */
static void swd_op_to_key(duk_hthread *thr, duk_idx_t obj, duk_idx_t key)
{
    if (!duk_is_null_or_undefined(thr, obj))
        (void)duk_to_property_key_hstring(thr, key);
}

/* `o[k]++` and its like, by the opcode's flags: what the expression is. */
static duk_double_t swd_op_increment(duk_hthread *thr, duk_tval *obj, duk_tval *key,
                                     duk_instr_t ins, duk_bool_t strict)
{
    duk_idx_t at = duk_get_top(thr);
    duk_double_t x, y;
    duk_push_tval(thr, obj);
    duk_push_tval(thr, key);
    swd_op_to_key(thr, at, at + 1);
    (void)duk_hobject_getprop(thr, duk_get_tval(thr, at), duk_get_tval(thr, at + 1));
    x = duk_to_number(thr, at + 2);
    y = ins & DUK_BC_INCDECP_FLAG_DEC ? x - 1.0 : x + 1.0;
    duk_push_number(thr, y);
    (void)duk_hobject_putprop(thr, duk_get_tval(thr, at), duk_get_tval(thr, at + 1),
                              duk_get_tval(thr, at + 3), strict);
    duk_set_top(thr, at);
    return ins & DUK_BC_INCDECP_FLAG_POST ? x : y;
}

/* ---- The opcode ---- */

/* DUK__EMIT_FLAG_BC_REGCONST, undefined at the compiler's end; gen-duk.sh compares. */
#define OP_REGCONST (1 << 14)

/* As many arguments as there are. */
#define OP_SUPER_ANY 250
#define OP_CALL_ANY  251
#define OP_ANY_MAX   200

static const struct {
    const char *name;
    int nargs;
    bool (*run)(duk_hthread *thr, duk_idx_t base);
} op_table[] = {
#define SWD_OP(name, nargs, fn) {"$$" #name, nargs, fn},
#include "engine/ops.def"
#undef SWD_OP
    {"", -1, op_super_done},
    {"", -1, op_super_list_done},
};

#define OP_COUNT     (sizeof(op_table) / sizeof(op_table[0]))
#define OP_DONE      (OP_COUNT - 2)
#define OP_LIST_DONE (OP_COUNT - 1)

/* Runs opcode `which` for the call whose registers begin at `base`: whether it is done. */
static duk_bool_t swd_op_run(duk_hthread *thr, duk_small_uint_t which, duk_idx_t base)
{
    return which < OP_COUNT && op_table[which].run(thr, base);
}

static duk_instr_t *op_jump(duk_instr_t *pc)
{
    return pc + 1 + (duk_int_t)DUK_DEC_ABC(*pc) - (duk_int_t)DUK_BC_JUMP_BIAS;
}

/* Where to go on after an opcode that is done: its jump at `pc` taken, and what follows there when
 * that is a test of its answer, so that neither costs a turn of the executor. */
static duk_instr_t *swd_op_behind(duk_hthread *thr, duk_instr_t *pc, duk_idx_t base)
{
    duk_instr_t ins = *pc;
    duk_tval *tv = thr->valstack_bottom + base;
    if (DUK_DEC_OP(ins) != DUK_OP_JUMP)
        return pc;
    pc = op_jump(pc);
    if (DUK_DEC_OP(*pc) != DUK_OP_IFTRUE_R || (duk_idx_t)DUK_DEC_BC(*pc) != base ||
        !DUK_TVAL_IS_BOOLEAN(tv))
        return pc;
    if (DUK_TVAL_GET_BOOLEAN(tv))
        return pc + 2;
    return DUK_DEC_OP(pc[1]) == DUK_OP_JUMP ? op_jump(pc + 1) : pc + 1;
}

/* The opcode for a call of the name at `left`, or -1. */
static int op_find(duk_compiler_ctx *comp, duk_ivalue *left)
{
    duk_hstring *h = duk_known_hstring(comp->thr, left->x1.valstack_idx);
    const char *name = (const char *)DUK_HSTRING_GET_DATA(h);
    size_t n = DUK_HSTRING_GET_BYTELEN(h);
    if (n < 3 || name[0] != '$' || name[1] != '$')
        return -1;
    for (size_t i = 0; i < OP_COUNT; i++)
        if (strlen(op_table[i].name) == n && memcmp(op_table[i].name, name, n) == 0)
            return (int)i;
    return -1;
}

/* The opcode of a super call, which leaves by its jump to the call of the parent: of `nargs` at
 * `at`, then what its answer means. Answers the jump to the end; the slow way follows. */
static duk_int_t op_emit_super(duk_compiler_ctx *comp, int which, duk_regconst_t reg,
                               duk_int_t nargs, duk_regconst_t at, int done)
{
    duk_int_t to_call, to_slow, to_end;
    duk__emit_a_bc(comp, SWD_OP_HELPER, which, reg);
    to_call = duk__emit_jump_empty(comp);
    to_slow = duk__emit_jump_empty(comp);
    duk__patch_jump_here(comp, to_call);
    duk__emit_a_bc(comp, DUK_OP_CALL0, nargs, at);
    duk__emit_a_bc(comp, SWD_OP_HELPER, done, reg);
    to_end = duk__emit_jump_empty(comp);
    duk__patch_jump_here(comp, to_slow);
    return to_end;
}

/* What is tried before the call itself: answers the jump behind that, -1: nothing. */
static duk_int_t op_emit(duk_compiler_ctx *comp, int which, duk_regconst_t reg, duk_int_t nargs)
{
    int want = op_table[which].nargs;
    if (want == OP_SUPER_ANY && nargs >= 3 && nargs <= OP_ANY_MAX)
        return op_emit_super(comp, which, reg, nargs - 3, reg + 3, OP_DONE);
    if (want != nargs)
        return -1;
    if (op_table[which].run == op_super_list)
        return op_emit_super(comp, which, reg, 3, reg + 1, OP_LIST_DONE);
    duk__emit_a_bc(comp, op_table[which].run == op_odd ? SWD_OP_ODD : SWD_OP_HELPER, which, reg);
    return duk__emit_jump_empty(comp);
}

/* Compiles a call of a helper; false: an ordinary call. The opening parenthesis is eaten. */
static duk_bool_t swd_op_call(duk_compiler_ctx *comp, duk_ivalue *left, duk_ivalue *res,
                              duk_regconst_t reg)
{
    duk_regconst_t reg_bind, name;
    duk_int_t nargs, skip;
    int which = left->t == DUK_IVAL_VAR ? op_find(comp, left) : -1;
    if (which < 0)
        return 0;
    duk_dup(comp->thr, left->x1.valstack_idx);
    if (duk__lookup_lhs(comp, &reg_bind, &name))
        return 0; /* a local variable: not the helper */
    comp->curr_func.temp_next = reg + 2;
    nargs = duk__parse_arguments(comp, res);
    if (op_table[which].nargs == OP_CALL_ANY && nargs >= 2 && nargs <= OP_ANY_MAX) {
        /* $$call(f, self, ...): function, self and what follows lie as a call wants them. */
        duk__emit_a_bc(comp, DUK_OP_CALL0, nargs - 2, reg + 2);
        duk__emit_a_bc(comp, DUK_OP_LDREG, reg, reg + 2);
    } else {
        skip = op_emit(comp, which, reg, nargs);
        duk__emit_a_b(comp, DUK_OP_CSVAR | OP_REGCONST, reg, name);
        duk__emit_a_bc(comp, DUK_OP_CALL0, nargs, reg);
        if (skip >= 0)
            duk__patch_jump_here(comp, skip);
    }
    comp->curr_func.temp_next = reg + 1;
    duk__ivalue_regconst(res, reg);
    return 1;
}

/* An identifier `$$_text` is the hidden symbol of a private name: pushes it. Only private names
 * begin with \xff#, so nothing else of the runtime can be named that way. */
static duk_bool_t swd_op_private_name(duk_hthread *thr, duk_hstring *h)
{
    const char *name = (const char *)DUK_HSTRING_GET_DATA(h);
    size_t n = DUK_HSTRING_GET_BYTELEN(h);
    char *copy;
    if (n < 4 || memcmp(name, "$$_", 3) != 0)
        return 0;
    copy = duk_push_fixed_buffer(thr, n);
    memcpy(copy, name, n);
    copy[1] = (char)0xff;
    copy[2] = '#';
    duk_push_lstring(thr, copy + 1, n - 1);
    duk_remove(thr, -2);
    return 1;
}
