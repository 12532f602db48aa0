/* What generated duktape.c calls of duk_proxy.h and duk_op.h: included in its midst, where its
 * types are known. */
static bool swd_proxy_asks(duk_tval *key);
static duk_bool_t swd_proxy_get(duk_hthread *thr, duk_hobject *h, duk_tval *self, duk_tval *key);
static duk_bool_t swd_proxy_set(duk_hthread *thr, duk_hobject *h, duk_tval *self, duk_tval *key,
                                duk_tval *val, duk_bool_t must);
static duk_bool_t swd_proxy_has(duk_hthread *thr, duk_hobject *h, duk_hstring *key);
static duk_bool_t swd_proxy_delete(duk_hthread *thr, duk_hobject *h, duk_tval *key,
                                   duk_bool_t must);
static duk_hobject *swd_proxy_proto(duk_hthread *thr, duk_hobject *h, duk_idx_t keep);
static void swd_proxy_enum(duk_hthread *thr, duk_small_uint_t flags);
static void swd_op_arguments(duk_hthread *thr, duk_idx_t idx);
static void swd_op_to_key(duk_hthread *thr, duk_idx_t obj, duk_idx_t key);
static duk_double_t swd_op_increment(duk_hthread *thr, duk_tval *obj, duk_tval *key,
                                     duk_instr_t ins, duk_bool_t strict);

/* Whether the property in sight is what it was. A deleted one has no key, an accessor's halves are
 * no object's tag; a table that moved is looked through anew. */
static inline bool swd_sees(const struct swd_sight *s)
{
    const duk_hobject *h = s->h;
    const duk_tval *tv;
    if (!h || h->props != s->props || DUK_HOBJECT_GET_ESIZE(h) != s->esize ||
        *(duk_hstring **)(void *)(s->props + s->key_at) != s->key)
        return false;
    tv = (const duk_tval *)(void *)(s->props + s->value_at);
    return DUK_TVAL_IS_OBJECT(tv) && DUK_TVAL_GET_OBJECT(tv) == s->want;
}

/* Whether arrays are known to be iterated by the intrinsics. */
static inline bool swd_op_arrays(duk_hthread *thr)
{
    return swd_sees(&thr->heap->swd_arrays[0]) && swd_sees(&thr->heap->swd_arrays[1]);
}
