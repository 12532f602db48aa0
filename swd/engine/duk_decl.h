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
