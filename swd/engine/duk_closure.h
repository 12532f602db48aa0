/* What a new closure gets: its own properties, in one piece of memory made for them, in the order
 * of the standard: `length`, `name` (a string of its own, '' for an anonymous function),
 * `prototype`. Duktape adds them one by one to a table that grows and is cut to size at last. Part
 * of duk_unit.c; gen-duk.sh puts the calls into duktape.c.
 *
 * The name of the file, which Duktape keeps as a property of each closure, is the last constant of
 * the code that all closures of a function share. Cost: two pieces of memory for a function that
 * can be constructed, one for others. */

/* The compiler's: appends the file's name to the constants of a function that it ends. */
static void swd_closure_file(duk_hthread *thr, duk_hobject *consts, duk_hstring *file)
{
    duk_push_hobject(thr, consts);
    if (file)
        duk_push_hstring(thr, file);
    else
        duk_push_literal(thr, "");
    duk_put_prop_index(thr, -2, (duk_uarridx_t)duk_hobject_get_length(thr, consts));
    duk_pop_unsafe(thr);
}

/* The name of the file that a compiled function is from. NULL: none. */
static duk_hstring *closure_file(duk_heap *heap, duk_hobject *h)
{
    duk_hcompfunc *f = (duk_hcompfunc *)h;
    duk_tval *base, *end;
    if (!DUK_HOBJECT_IS_COMPFUNC(h) || !DUK_HCOMPFUNC_GET_DATA(heap, f))
        return NULL;
    base = DUK_HCOMPFUNC_GET_CONSTS_BASE(heap, f);
    end = DUK_HCOMPFUNC_GET_CONSTS_END(heap, f);
    return end > base && DUK_TVAL_IS_STRING(end - 1) ? DUK_TVAL_GET_STRING(end - 1) : NULL;
}

/* For stacks: pushes the file of the function at idx; what is no compiled one may have a property.
 */
static void swd_closure_push_file(duk_hthread *thr, duk_idx_t idx)
{
    duk_hobject *h = duk_get_hobject(thr, idx);
    duk_hstring *file = h ? closure_file(thr->heap, h) : NULL;
    if (file)
        duk_push_hstring(thr, file);
    else
        (void)duk_get_prop_stridx_short(thr, idx, DUK_STRIDX_FILE_NAME);
}

/* Memory for n properties of an object that has none. */
static void closure_reserve(duk_hthread *thr, duk_hobject *h, duk_uint32_t n)
{
    duk_hobject_realloc_props(thr, h, n, 0, 0, 0);
}

static void closure_add(duk_hthread *thr, duk_hobject *h, duk_small_int_t stridx, duk_tval *v,
                        duk_uint8_t flags)
{
    duk_hstring *key = DUK_HTHREAD_GET_STRING(thr, stridx);
    duk_uint32_t i = DUK_HOBJECT_POSTINC_ENEXT(h);
    DUK_HOBJECT_E_SET_KEY(thr->heap, h, i, key);
    DUK_HSTRING_INCREF(thr, key);
    DUK_HOBJECT_E_SET_FLAGS(thr->heap, h, i, flags);
    DUK_TVAL_SET_TVAL(DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, i), v);
    DUK_TVAL_INCREF(thr, v);
}

/* The object that instances of the function at idx inherit from: pushed, its value answered. */
static duk_tval *closure_proto(duk_hthread *thr, duk_idx_t idx)
{
    duk_hobject *h =
        duk_push_object_helper(thr,
                               DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_FASTREFS |
                                   DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_OBJECT),
                               DUK_BIDX_OBJECT_PROTOTYPE);
    closure_reserve(thr, h, 1);
    closure_add(thr, h, DUK_STRIDX_CONSTRUCTOR, DUK_GET_TVAL_NEGIDX(thr, idx - 1),
                DUK_PROPDESC_FLAGS_WC);
    return DUK_GET_TVAL_NEGIDX(thr, -1);
}

/* Gives `clos`, which is below its template on the stack, its properties. */
static void swd_closure_props(duk_hthread *thr, duk_hcompfunc *clos, duk_hcompfunc *templ,
                              duk_bool_t constructable)
{
    static const duk_uint16_t inner[] = {DUK_STRIDX_INT_VARMAP, DUK_STRIDX_INT_FORMALS,
                                         DUK_STRIDX_INT_PC2LINE};
    duk_tval *shared[3], *name, *proto = NULL, length, none;
    duk_uint32_t n = 2;
    duk_harray *formals;
    duk_hobject *h = &clos->obj;
    for (int i = 0; i < 3; i++) {
        shared[i] = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, &templ->obj, inner[i]);
        n += shared[i] != NULL;
    }
    if (constructable) {
        proto = closure_proto(thr, -2);
        n++;
    }
    closure_reserve(thr, h, n);
    for (int i = 0; i < 3; i++)
        if (shared[i])
            closure_add(thr, h, inner[i], shared[i], DUK_PROPDESC_FLAGS_C);
    formals = duk_hobject_get_formals(thr, &templ->obj);
    DUK_TVAL_SET_U32(&length, formals ? formals->length : templ->nargs);
    closure_add(thr, h, DUK_STRIDX_LENGTH, &length, DUK_PROPDESC_FLAGS_C);
    name = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, &templ->obj, DUK_STRIDX_NAME);
    if (!name) {
        DUK_TVAL_SET_STRING(&none, DUK_HTHREAD_STRING_EMPTY_STRING(thr));
        name = &none;
    }
    closure_add(thr, h, DUK_STRIDX_NAME, name, DUK_PROPDESC_FLAGS_C);
    if (proto) {
        closure_add(thr, h, DUK_STRIDX_PROTOTYPE, proto, DUK_PROPDESC_FLAGS_W);
        duk_pop_unsafe(thr);
    }
}
