/* Promises and the queue of jobs: part of duk_unit.c; see promise.h.
 *
 * One struct is a promise, a reaction and a job, since the life of one follows the other: what
 * then() makes waits in its parent's list with its two handlers, becomes the job with the handler
 * that is to run and its argument, and is settled by what comes of it. `next` links it into one
 * list at a time: the reactions of a pending promise (last first), the queue of jobs, and, when it
 * was rejected, those that nobody handled. A list owns one reference to each.
 *
 * Resolving functions hold the promise and its generation; resolving it counts that up, so that
 * both are used up at once. What was adopted gets new ones, of the new generation. */

enum { OP_VALUE, OP_ON, OP_ARG_OF_JOB, OP_PROMISE_SLOTS };

/* Whom a reaction settles. */
enum {
    ROLE_PROMISE, /* itself */
    ROLE_OTHER,   /* the capability whose functions are in the array that is its value */
    ROLE_AWAIT,   /* nobody: goes on with the body whose state is its value */
    ROLE_GO,      /* nobody: goes on with the coroutine that is its value */
    ROLE_NONE     /* nobody */
};

enum { JOB_FULFILLED, JOB_REJECTED, JOB_ADOPT, JOB_TASK };

struct op_promise {
    duk_hobject obj;
    /* The result, or, while pending, undefined or the first of the list of reactions. A reaction's
     * handlers, of a job the one to run and its argument; to be adopted: then and the thenable. */
    duk_tval slots[OP_PROMISE_SLOTS];
    duk_hobject *next;
    duk_uint32_t gen;
    duk_uint8_t state, role, job;
    duk_uint8_t handled : 1, told : 1;
};

/* `p.next` is the first, p.slots[OP_ON] the job that runs. */
struct op_queue {
    struct op_promise p;
    struct op_promise *tail;
    duk_uint32_t n;
};

static void op_promise_mark(duk_heap *heap, duk_hobject *h)
{
    struct op_promise *p = (struct op_promise *)h;
    duk__mark_tvals(heap, p->slots, OP_PROMISE_SLOTS);
    duk__mark_heaphdr(heap, (duk_heaphdr *)p->next);
}

static void op_promise_decref(duk_hthread *thr, duk_hobject *h)
{
    struct op_promise *p = (struct op_promise *)h;
    duk__decref_tvals_norz(thr, p->slots, OP_PROMISE_SLOTS);
    DUK_HOBJECT_DECREF_NORZ_ALLOWNULL(thr, p->next);
}

/* ---- Making them ---- */

/* Pushes one of `size` bytes; `proto` may be NULL. */
static struct op_promise *op_alloc(duk_hthread *thr, duk_hobject *proto, duk_size_t size)
{
    struct op_promise *p = duk__hobject_alloc_init(
        thr, DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_CLASS_AS_FLAGS(SWD_CLASS_PROMISE), size);
    for (int i = 0; i < OP_PROMISE_SLOTS; i++)
        DUK_TVAL_SET_UNDEFINED(&p->slots[i]);
    if (proto)
        DUK_HOBJECT_SET_PROTOTYPE_INIT_INCREF(thr, &p->obj, proto);
    duk_push_hobject(thr, &p->obj);
    return p;
}

/* The values kept, once promises are set up. */
static duk_tval *op_set_up(duk_hthread *thr)
{
    duk_tval *k = op_kept(thr, 0);
    return k && DUK_TVAL_IS_OBJECT(k + OPK_PROTO) ? k : NULL;
}

static struct op_queue *op_queue_of(duk_hthread *thr, unsigned which)
{
    return (struct op_queue *)DUK_TVAL_GET_OBJECT(op_kept(thr, which));
}

static struct op_promise *op_fresh_promise(duk_hthread *thr)
{
    return op_alloc(thr, DUK_TVAL_GET_OBJECT(op_kept(thr, OPK_PROTO)), sizeof(struct op_promise));
}

static struct op_promise *op_reaction(duk_hthread *thr, int role)
{
    struct op_promise *p = op_alloc(thr, NULL, sizeof(struct op_promise));
    p->role = (duk_uint8_t)role;
    return p;
}

static struct op_promise *op_promise_at(duk_hthread *thr, duk_idx_t idx)
{
    return (struct op_promise *)duk_require_hobject(thr, idx);
}

static bool op_is_promise(duk_tval *v)
{
    return DUK_TVAL_IS_OBJECT(v) && SWD_IS_PROMISE(DUK_TVAL_GET_OBJECT(v));
}

/* A promise without properties of its own that inherits from the intrinsic prototype. */
static bool op_is_bare(duk_tval *k, duk_tval *v)
{
    duk_hobject *h;
    if (!op_is_promise(v))
        return false;
    h = DUK_TVAL_GET_OBJECT(v);
    return DUK_HOBJECT_GET_ENEXT(h) == 0 &&
           DUK_HOBJECT_GET_PROTOTYPE(NULL, h) == DUK_TVAL_GET_OBJECT(k + OPK_PROTO);
}

/* Whether what such a one inherits is what it was. */
static bool op_then_kept(duk_hthread *thr, duk_tval *k)
{
    return op_still(thr, DUK_TVAL_GET_OBJECT(k + OPK_PROTO), op_text(k + OPK_THEN_KEY),
                    k + OPK_THEN, OP_HINT_THEN);
}

static bool op_ctor_kept(duk_hthread *thr, duk_tval *k)
{
    return op_still(thr, DUK_TVAL_GET_OBJECT(k + OPK_PROTO), DUK_HTHREAD_STRING_CONSTRUCTOR(thr),
                    k + OPK_PROMISE, OP_HINT_CTOR);
}

static bool op_species_kept(duk_hthread *thr, duk_tval *k)
{
    duk_hobject *ctor = DUK_TVAL_GET_OBJECT(k + OPK_PROMISE);
    duk_int_t at = op_entry_at(thr, ctor, op_text(k + OPK_SPECIES_KEY), OP_HINT_SPECIES);
    return at >= 0 && DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, ctor, at) &&
           DUK_HOBJECT_E_GET_VALUE_GETTER(thr->heap, ctor, at) ==
               DUK_TVAL_GET_OBJECT(k + OPK_SPECIES);
}

/* ---- Lists ---- */

/* The caller's reference goes to the queue. */
static void op_append(struct op_queue *q, struct op_promise *x)
{
    if (q->tail)
        q->tail->next = &x->obj;
    else
        q->p.next = &x->obj;
    q->tail = x;
    q->n++;
}

/* The queue's reference goes to the caller. */
static struct op_promise *op_shift(struct op_queue *q)
{
    struct op_promise *x = (struct op_promise *)q->p.next;
    if (!x)
        return NULL;
    q->p.next = x->next;
    x->next = NULL;
    if (!q->p.next)
        q->tail = NULL;
    q->n--;
    return x;
}

void swd_jobs_full(void *ctx)
{
    unsigned long long limit = swd_hook_pending(((duk_hthread *)ctx)->heap->heap_udata);
    duk_push_error_object(ctx, DUK_ERR_RANGE_ERROR,
                          "limit 'pending': more than %llu promise jobs and microtasks are queued",
                          limit);
    duk_push_literal(ctx, "ERR_SWD_LIMIT");
    duk_put_prop_literal(ctx, -2, "code");
    (void)duk_throw(ctx);
}

static struct op_queue *op_room_for(duk_hthread *thr, duk_uint32_t n)
{
    struct op_queue *q = op_queue_of(thr, OPK_JOBS);
    if ((uint64_t)q->n + n > swd_hook_pending(thr->heap->heap_udata))
        swd_jobs_full(thr);
    return q;
}

/* ---- Settling ---- */

/* A reaction, whose reference is the caller's, becomes a job. */
static void op_trigger(duk_hthread *thr, struct op_queue *q, struct op_promise *x, bool rejected,
                       duk_tval *v)
{
    if (rejected) {
        duk_tval ok = x->slots[OP_ON];
        x->slots[OP_ON] = x->slots[OP_ARG_OF_JOB];
        x->slots[OP_ARG_OF_JOB] = ok;
    }
    x->job = rejected ? JOB_REJECTED : JOB_FULFILLED;
    op_append(q, x);
    DUK_TVAL_SET_TVAL_UPDREF(thr, &x->slots[OP_ARG_OF_JOB], v);
}

/* The list of reactions, first first. Its references go to the caller. */
static struct op_promise *op_take_list(struct op_promise *p)
{
    duk_tval *v = &p->slots[OP_VALUE];
    struct op_promise *list = NULL, *x, *next;
    x = DUK_TVAL_IS_OBJECT(v) ? (struct op_promise *)DUK_TVAL_GET_OBJECT(v) : NULL;
    for (; x; x = next) {
        next = (struct op_promise *)x->next;
        x->next = (duk_hobject *)list;
        list = x;
    }
    DUK_TVAL_SET_UNDEFINED(v);
    return list;
}

static duk_uint32_t op_reactions(struct op_promise *p)
{
    duk_tval *v = &p->slots[OP_VALUE];
    duk_hobject *h = DUK_TVAL_IS_OBJECT(v) ? DUK_TVAL_GET_OBJECT(v) : NULL;
    duk_uint32_t n = 0;
    for (; h; h = ((struct op_promise *)h)->next)
        n++;
    return n;
}

/* The promise is somebody's besides the lists'; `v` stays where it is. */
static void op_settle(duk_hthread *thr, struct op_promise *p, bool rejected, duk_tval *v)
{
    struct op_queue *q = op_room_for(thr, op_reactions(p));
    struct op_promise *list = op_take_list(p), *next;
    p->state = rejected ? SWD_PROMISE_REJECTED : SWD_PROMISE_FULFILLED;
    DUK_TVAL_SET_TVAL(&p->slots[OP_VALUE], v);
    DUK_TVAL_INCREF(thr, v);
    if (rejected && !p->handled) {
        DUK_HOBJECT_INCREF(thr, &p->obj);
        op_append(op_queue_of(thr, OPK_UNHANDLED), p);
    }
    for (; list; list = next) {
        next = (struct op_promise *)list->next;
        list->next = NULL;
        op_trigger(thr, q, list, rejected, &p->slots[OP_VALUE]);
    }
}

/* PerformPromiseThen. */
static void op_follow(duk_hthread *thr, struct op_promise *p, struct op_promise *x)
{
    duk_tval *v = &p->slots[OP_VALUE];
    struct op_queue *q;
    if (p->state == SWD_PROMISE_PENDING) {
        x->next = DUK_TVAL_IS_OBJECT(v) ? DUK_TVAL_GET_OBJECT(v) : NULL;
        DUK_TVAL_SET_OBJECT(v, &x->obj);
        DUK_HOBJECT_INCREF(thr, &x->obj);
    } else {
        q = op_room_for(thr, 1);
        if (p->state == SWD_PROMISE_REJECTED && !p->handled && p->told) {
            DUK_HOBJECT_INCREF(thr, &p->obj);
            op_append(op_queue_of(thr, OPK_UNHANDLED), p);
        }
        DUK_HOBJECT_INCREF(thr, &x->obj);
        op_trigger(thr, q, x, p->state == SWD_PROMISE_REJECTED, v);
    }
    p->handled = 1;
}

static duk_ret_t op_get_then(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_get_prop_literal(ctx, -1, "then");
    return 1;
}

/* Pushes `then` of the object on top; false: what getting it threw. */
static bool op_push_then(duk_hthread *thr)
{
    duk_tval *v = duk_get_tval(thr, -1), *k = op_kept(thr, 0), *tv;
    duk_hobject *h = DUK_TVAL_IS_OBJECT(v) ? DUK_TVAL_GET_OBJECT(v) : NULL;
    duk_int_t e, unused;
    if (op_is_bare(k, v) && op_then_kept(thr, k)) {
        duk_push_tval(thr, k + OPK_THEN);
        return true;
    }
    for (int depth = 0; h && depth < 1000 && !DUK_HOBJECT_IS_PROXY(h); depth++) {
        if (duk_hobject_find_entry(thr->heap, h, op_text(k + OPK_THEN_KEY), &e, &unused)) {
            if (DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e))
                break;
            duk_push_tval(thr, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e));
            return true;
        }
        h = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h);
        if (!h) {
            duk_push_undefined(thr);
            return true;
        }
    }
    duk_dup_top(thr);
    return duk_safe_call(thr, op_get_then, NULL, 1, 1) == DUK_EXEC_SUCCESS;
}

/* Resolves with the object on top, which is popped. */
static void op_resolve_object(duk_hthread *thr, struct op_promise *p)
{
    struct op_queue *q;
    if (duk_get_hobject(thr, -1) == &p->obj) {
        duk_push_error_object(thr, DUK_ERR_TYPE_ERROR,
                              "Chaining cycle detected for promise #<Promise>");
        op_settle(thr, p, true, duk_get_tval(thr, -1));
    } else if (!op_push_then(thr)) {
        op_settle(thr, p, true, duk_get_tval(thr, -1));
    } else if (!duk_is_callable(thr, -1)) {
        op_settle(thr, p, false, duk_get_tval(thr, -2));
    } else {
        q = op_room_for(thr, 1);
        DUK_TVAL_SET_TVAL_UPDREF(thr, &p->slots[OP_ON], duk_get_tval(thr, -1));
        DUK_TVAL_SET_TVAL_UPDREF(thr, &p->slots[OP_ARG_OF_JOB], duk_get_tval(thr, -2));
        p->job = JOB_ADOPT;
        DUK_HOBJECT_INCREF(thr, &p->obj);
        op_append(q, p);
    }
    duk_pop_2(thr);
}

/* The promise is on the stack. */
static void op_resolve(duk_hthread *thr, struct op_promise *p, duk_tval *v)
{
    if (!op_is_object(v)) {
        op_settle(thr, p, false, v);
        return;
    }
    duk_push_tval(thr, v);
    op_resolve_object(thr, p);
}

/* PromiseResolve(%Promise%, v) of the value on top, replaced. */
static struct op_promise *op_coerce(duk_hthread *thr)
{
    duk_tval *k = op_kept(thr, 0), *v = duk_get_tval(thr, -1);
    struct op_promise *p;
    bool same;
    if (op_is_promise(v)) {
        if (op_is_bare(k, v) && op_ctor_kept(thr, k))
            return (struct op_promise *)DUK_TVAL_GET_OBJECT(v);
        duk_get_prop_literal(thr, -1, "constructor");
        same = duk_get_hobject(thr, -1) == DUK_TVAL_GET_OBJECT(op_kept(thr, OPK_PROMISE));
        duk_pop(thr);
        if (same)
            return op_promise_at(thr, -1);
    }
    p = op_fresh_promise(thr);
    duk_insert(thr, -2);
    op_resolve(thr, p, duk_get_tval(thr, -1));
    duk_pop(thr);
    return p;
}

/* ---- Resolving functions ---- */

static void op_entry(duk_hthread *thr, duk_hobject *h, duk_hstring *key, duk_tval *v,
                     duk_small_uint_t flags)
{
    duk_uint32_t e = DUK_HOBJECT_GET_ENEXT(h);
    DUK_HOBJECT_E_SET_KEY(thr->heap, h, e, key);
    DUK_HSTRING_INCREF(thr, key);
    DUK_TVAL_SET_TVAL(DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, h, e), v);
    DUK_TVAL_INCREF(thr, v);
    DUK_HOBJECT_E_SET_FLAGS(thr->heap, h, e, flags);
    DUK_HOBJECT_POSTINC_ENEXT(h);
}

/* Pushes a native like the one kept, for the promise at `idx`. */
static void op_push_function(duk_hthread *thr, unsigned kept, duk_idx_t idx)
{
    duk_hnatfunc *like = (duk_hnatfunc *)DUK_TVAL_GET_OBJECT(op_kept(thr, kept));
    duk_hnatfunc *f = duk_hnatfunc_alloc(
        thr, DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_CALLABLE | DUK_HOBJECT_FLAG_FASTREFS |
                 DUK_HOBJECT_FLAG_NATFUNC | DUK_HOBJECT_FLAG_NEWENV | DUK_HOBJECT_FLAG_STRICT |
                 DUK_HOBJECT_FLAG_NOTAIL | DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_FUNCTION));
    duk_tval n;
    f->func = like->func;
    f->nargs = like->nargs;
    f->magic = like->magic;
    DUK_HOBJECT_SET_PROTOTYPE_INIT_INCREF(thr, &f->obj, thr->builtins[DUK_BIDX_FUNCTION_PROTOTYPE]);
    duk_push_hobject(thr, &f->obj);
    duk_hobject_realloc_props(thr, &f->obj, 4, 0, 0, 0);
    memset(&n, 0, sizeof n);
    DUK_TVAL_SET_NUMBER(&n, 1);
    op_entry(thr, &f->obj, DUK_HTHREAD_STRING_LENGTH(thr), &n, DUK_PROPDESC_FLAGS_C);
    DUK_TVAL_SET_STRING(&n, DUK_HTHREAD_STRING_EMPTY_STRING(thr));
    op_entry(thr, &f->obj, DUK_HTHREAD_STRING_NAME(thr), &n, DUK_PROPDESC_FLAGS_C);
    op_entry(thr, &f->obj, DUK_HTHREAD_STRING_INT_VALUE(thr), duk_get_tval(thr, idx),
             DUK_PROPDESC_FLAGS_NONE);
    DUK_TVAL_SET_NUMBER(&n, op_promise_at(thr, idx)->gen);
    op_entry(thr, &f->obj, DUK_HTHREAD_STRING_INT_TARGET(thr), &n, DUK_PROPDESC_FLAGS_NONE);
}

void swd_promise_functions(void *ctx, int idx)
{
    idx = duk_require_normalize_index(ctx, idx);
    op_push_function(ctx, OPK_RESOLVE, idx);
    op_push_function(ctx, OPK_REJECT, idx);
}

bool swd_promise_called(void *ctx)
{
    duk_hthread *thr = ctx;
    duk_hobject *f = DUK_ACT_GET_FUNC(thr->callstack_curr);
    duk_tval *p = duk_hobject_find_entry_tval_ptr(thr->heap, f, DUK_HTHREAD_STRING_INT_VALUE(thr));
    duk_tval *n = duk_hobject_find_entry_tval_ptr(thr->heap, f, DUK_HTHREAD_STRING_INT_TARGET(thr));
    struct op_promise *x;
    if (!p || !n)
        return false; /* the ones that the others are made after */
    x = (struct op_promise *)DUK_TVAL_GET_OBJECT(p);
    if ((double)x->gen != DUK_TVAL_GET_NUMBER(n))
        return false;
    x->gen++;
    duk_push_hobject(ctx, &x->obj);
    return true;
}

/* ---- For the library ---- */

static void op_queue_setup(duk_hthread *thr, unsigned which)
{
    op_alloc(thr, NULL, sizeof(struct op_queue))->role = ROLE_NONE;
    swd_unit_keep(thr, which);
}

void swd_jobs_setup(void *ctx)
{
    op_queue_setup(ctx, OPK_JOBS);
    op_queue_setup(ctx, OPK_UNHANDLED);
}

void swd_promise_setup(void *ctx)
{
    for (unsigned i = OPK_REJECT; i >= OPK_PROMISE; i--)
        swd_unit_keep(ctx, i);
}

void swd_promise_driver(void *ctx)
{
    swd_unit_keep(ctx, OPK_GO);
    swd_unit_keep(ctx, OPK_DRIVE);
}

bool swd_promise_is(void *ctx, int idx)
{
    duk_tval *v = duk_get_tval(ctx, idx);
    return v && op_is_promise(v);
}

bool swd_promise_plain(void *ctx, int idx)
{
    duk_tval *v = duk_get_tval(ctx, idx), *k = op_set_up(ctx);
    return v && k && op_is_bare(k, v) && op_ctor_kept(ctx, k) && op_species_kept(ctx, k);
}

bool swd_promise_is_ctor(void *ctx, int idx)
{
    duk_hobject *h = duk_get_hobject(ctx, idx);
    return h && h == DUK_TVAL_GET_OBJECT(op_kept(ctx, OPK_PROMISE));
}

int swd_promise_get(void *ctx, int idx)
{
    struct op_promise *p = op_promise_at(ctx, idx);
    if (p->state == SWD_PROMISE_PENDING)
        duk_push_undefined(ctx);
    else
        duk_push_tval(ctx, &p->slots[OP_VALUE]);
    return p->state;
}

void swd_promise_new(void *ctx)
{
    (void)op_fresh_promise(ctx);
}

void swd_promise_resolve(void *ctx, int idx, int value)
{
    op_resolve(ctx, op_promise_at(ctx, idx), duk_require_tval(ctx, value));
}

void swd_promise_reject(void *ctx, int idx, int reason)
{
    op_settle(ctx, op_promise_at(ctx, idx), true, duk_require_tval(ctx, reason));
}

static void op_handlers(duk_hthread *thr, struct op_promise *x, duk_idx_t ok, duk_idx_t err)
{
    if (duk_is_callable(thr, ok))
        DUK_TVAL_SET_TVAL_UPDREF(thr, &x->slots[OP_ON], duk_get_tval(thr, ok));
    if (duk_is_callable(thr, err))
        DUK_TVAL_SET_TVAL_UPDREF(thr, &x->slots[OP_ARG_OF_JOB], duk_get_tval(thr, err));
}

void swd_promise_then(void *ctx, int idx, int ok, int err)
{
    struct op_promise *p = op_promise_at(ctx, idx), *x = op_fresh_promise(ctx);
    op_handlers(ctx, x, ok, err);
    op_follow(ctx, p, x);
}

void swd_promise_then_other(void *ctx, int idx, int ok, int err, int cap)
{
    struct op_promise *x = op_reaction(ctx, ROLE_OTHER);
    op_handlers(ctx, x, ok, err);
    duk_push_bare_array(ctx);
    for (duk_uarridx_t i = 0; i < 2; i++) {
        duk_dup(ctx, cap + (duk_idx_t)i);
        duk_put_prop_index(ctx, -2, i);
    }
    DUK_TVAL_SET_TVAL_UPDREF((duk_hthread *)ctx, &x->slots[OP_VALUE], duk_get_tval(ctx, -1));
    op_follow(ctx, op_promise_at(ctx, idx), x);
    duk_pop_2(ctx);
}

void swd_promise_coerce(void *ctx, int idx)
{
    idx = duk_require_normalize_index(ctx, idx);
    duk_dup(ctx, idx);
    op_coerce(ctx);
    duk_replace(ctx, idx);
}

int swd_promise_unhandled(void *ctx)
{
    struct op_promise *p;
    int what;
    while ((p = op_shift(op_queue_of(ctx, OPK_UNHANDLED)))) {
        what = p->told ? 2 : p->handled ? 0 : 1;
        p->told = p->told || what == 1;
        duk_push_hobject(ctx, &p->obj);
        DUK_HOBJECT_DECREF((duk_hthread *)ctx, &p->obj);
        if (what != 0) {
            duk_push_tval(ctx, &p->slots[OP_VALUE]);
            return what;
        }
        duk_pop((duk_context *)ctx);
    }
    return 0;
}
