/* Jobs, one after the other, and promises as the helpers of async functions use them: opcodes
 * (duk_op.h) on what is in duk_promise.h. Part of duk_unit.c.
 *
 * The loop that runs jobs is compiled JavaScript (lib/prelude/core.js), so that what a job calls
 * may suspend the runner or resume a coroutine: $$job(a) fills the array `a` and answers what to
 * do, $$jobdone(v) and $$jobfail(e) say how it went. */

/* What $$job() answers, and what then is in its array. */
enum {
    DO_NOTHING,
    DO_CALL,  /* handler, argument */
    DO_AWAIT, /* function, state, 0 or 1, value */
    DO_TASK,  /* function */
    DO_ADOPT, /* then, thenable, resolve, reject */
    DO_ITEMS = 4
};

static bool op_number(duk_hthread *thr, duk_idx_t base, int n)
{
    duk_tval *to = thr->valstack_bottom + base, old = *to;
    DUK_TVAL_SET_NUMBER(to, n);
    DUK_TVAL_DECREF(thr, &old);
    return true;
}

/* The array that $$job() fills, or NULL. */
static duk_tval *op_job_items(duk_tval *v)
{
    duk_hobject *h = DUK_TVAL_IS_OBJECT(v) ? DUK_TVAL_GET_OBJECT(v) : NULL;
    return h && DUK_HOBJECT_GET_ASIZE(h) >= DO_ITEMS ? DUK_HOBJECT_A_GET_BASE(NULL, h) : NULL;
}

static void op_move(duk_hthread *thr, duk_tval *to, duk_tval *from)
{
    duk_tval old = *to;
    *to = *from;
    DUK_TVAL_SET_UNDEFINED(from);
    DUK_TVAL_DECREF(thr, &old);
}

static void op_put(duk_hthread *thr, duk_tval *to, duk_tval *v)
{
    DUK_TVAL_SET_TVAL_UPDREF(thr, to, v);
}

/* Settles what the reaction on the stack stands for, with the value on top, which is popped. The
 * functions of another's capability are the script's. */
static void op_finish(duk_hthread *thr, struct op_promise *x, bool rejected)
{
    if (x->role == ROLE_PROMISE) {
        if (rejected)
            op_settle(thr, x, true, duk_get_tval(thr, -1));
        else
            op_resolve(thr, x, duk_get_tval(thr, -1));
    } else if (x->role == ROLE_OTHER) {
        duk_push_tval(thr, &x->slots[OP_VALUE]);
        duk_get_prop_index(thr, -1, rejected);
        duk_dup(thr, -3);
        duk_call(thr, 1);
        duk_pop_2(thr);
    }
    duk_pop(thr);
}

/* A job to adopt a thenable. One of ours is followed at once; answers whether there is a call to
 * make. The job is on top. */
static bool op_adopt(duk_hthread *thr, duk_idx_t base, struct op_promise *x, struct op_queue *q)
{
    duk_tval *k = op_kept(thr, 0), *then = &x->slots[OP_ON], *v = &x->slots[OP_ARG_OF_JOB], *items;
    if (op_is_bare(k, v) && DUK_TVAL_IS_OBJECT(then) &&
        DUK_TVAL_GET_OBJECT(then) == DUK_TVAL_GET_OBJECT(k + OPK_THEN) && op_ctor_kept(thr, k) &&
        op_species_kept(thr, k)) {
        duk_push_tval(thr, v);
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, then);
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, v);
        op_follow(thr, op_promise_at(thr, -1), x);
        duk_pop(thr);
        return false;
    }
    swd_promise_functions(thr, -1);
    items = op_job_items(OP_ARG(0)); /* where it is now: there may have been a collection */
    op_move(thr, items, then);
    op_move(thr, items + 1, v);
    op_put(thr, items + 2, duk_get_tval(thr, -2));
    op_put(thr, items + 3, duk_get_tval(thr, -1));
    duk_pop_2(thr);
    q->p.gen = x->gen;
    return true;
}

/* A reaction: what there is to call, or nothing, when its outcome is known. It is on top. */
static int op_react(duk_hthread *thr, duk_tval *items, struct op_promise *x, struct op_queue *q)
{
    duk_tval n;
    if (x->role == ROLE_AWAIT || x->role == ROLE_GO) {
        memset(&n, 0, sizeof n);
        DUK_TVAL_SET_NUMBER(&n, x->job == JOB_REJECTED);
        op_put(thr, items, op_kept(thr, x->role == ROLE_AWAIT ? OPK_DRIVE : OPK_GO));
        op_move(thr, items + 1, &x->slots[OP_VALUE]);
        op_put(thr, items + 2, &n);
        op_move(thr, items + 3, &x->slots[OP_ARG_OF_JOB]);
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, &q->p.slots[OP_ON]);
        return DO_AWAIT;
    }
    if (!DUK_TVAL_IS_UNDEFINED(&x->slots[OP_ON])) {
        op_move(thr, items, &x->slots[OP_ON]);
        op_move(thr, items + 1, &x->slots[OP_ARG_OF_JOB]);
        return DO_CALL;
    }
    duk_push_tval(thr, &x->slots[OP_ARG_OF_JOB]);
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, &x->slots[OP_ARG_OF_JOB]);
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, &q->p.slots[OP_ON]);
    op_finish(thr, x, x->job == JOB_REJECTED);
    return DO_NOTHING;
}

/* $$job(array): the next job. */
static bool op_job(duk_hthread *thr, duk_idx_t base)
{
    struct op_queue *q = op_queue_of(thr, OPK_JOBS);
    struct op_promise *x;
    int what = DO_NOTHING;
    while (what == DO_NOTHING && (x = op_shift(q))) {
        duk_tval *items = op_job_items(OP_ARG(0)), *running = &q->p.slots[OP_ON];
        duk_push_hobject(thr, &x->obj);
        DUK_HOBJECT_DECREF(thr, &x->obj);
        if (x->job == JOB_TASK) {
            op_move(thr, items, &x->slots[OP_ON]);
            what = DO_TASK;
        } else {
            op_put(thr, running, duk_get_tval(thr, -1));
            if (x->job == JOB_ADOPT)
                what = op_adopt(thr, base, x, q) ? DO_ADOPT : DO_NOTHING;
            else
                what = op_react(thr, items, x, q);
        }
        duk_pop(thr);
    }
    if (what == DO_NOTHING) {
        duk_tval *items = op_job_items(OP_ARG(0));
        for (int i = 0; i < DO_ITEMS; i++)
            DUK_TVAL_SET_UNDEFINED_UPDREF(thr, items + i);
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, &q->p.slots[OP_ON]);
    }
    return op_number(thr, base, what);
}

/* Pushes the job that ran, and forgets it; NULL, nothing pushed: none. */
static struct op_promise *op_push_running(duk_hthread *thr)
{
    duk_tval *running = &op_queue_of(thr, OPK_JOBS)->p.slots[OP_ON];
    if (!DUK_TVAL_IS_OBJECT(running))
        return NULL;
    duk_push_tval(thr, running);
    DUK_TVAL_SET_UNDEFINED_UPDREF(thr, running);
    return op_promise_at(thr, -1);
}

/* $$jobdone(value): what the handler answered. */
static bool op_job_done(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x = op_push_running(thr);
    if (x) {
        duk_push_tval(thr, OP_ARG(0));
        op_finish(thr, x, false);
        duk_pop(thr);
    }
    return op_set_undefined(thr, base);
}

/* $$jobfail(error): whether the job that ran was one that may fail. */
static bool op_job_fail(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x = op_push_running(thr);
    bool takes = x && x->role != ROLE_NONE;
    if (takes && x->job == JOB_ADOPT) {
        if (x->gen == op_queue_of(thr, OPK_JOBS)->p.gen) {
            x->gen++;
            op_settle(thr, x, true, OP_ARG(0));
        }
    } else if (takes) {
        duk_push_tval(thr, OP_ARG(0));
        op_finish(thr, x, true);
    }
    if (x)
        duk_pop(thr);
    return op_truth(thr, base, takes);
}

/* $$jobleft(array): swd_promise_unhandled(), promise and reason put into the array. */
static bool op_job_left(duk_hthread *thr, duk_idx_t base)
{
    int what = swd_promise_unhandled(thr);
    duk_tval *items = op_job_items(OP_ARG(0));
    if (what != 0) {
        op_put(thr, items, duk_get_tval(thr, -2));
        op_put(thr, items + 1, duk_get_tval(thr, -1));
        duk_pop_2(thr);
    } else {
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, items);
        DUK_TVAL_SET_UNDEFINED_UPDREF(thr, items + 1);
    }
    return op_number(thr, base, what);
}

/* $$task(function): a microtask. */
static bool op_task(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x = op_reaction(thr, ROLE_NONE);
    struct op_queue *q = op_room_for(thr, 1);
    op_put(thr, &x->slots[OP_ON], OP_ARG(0));
    x->job = JOB_TASK;
    DUK_HOBJECT_INCREF(thr, &x->obj);
    op_append(q, x);
    duk_pop(thr);
    return op_set_undefined(thr, base);
}

/* The rest is for the helpers of async functions; a heap without promises of ours has its own. */

static bool op_pnew(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    (void)op_fresh_promise(thr);
    duk_replace(thr, base);
    return true;
}

static bool op_pof(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    duk_push_tval(thr, OP_ARG(0));
    (void)op_coerce(thr);
    duk_replace(thr, base);
    return true;
}

/* $$pres(promise, value), $$prej(promise, reason) */
static bool op_pres(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    op_resolve(thr, (struct op_promise *)DUK_TVAL_GET_OBJECT(OP_ARG(0)), OP_ARG(1));
    return op_set_undefined(thr, base);
}

static bool op_prej(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    op_settle(thr, (struct op_promise *)DUK_TVAL_GET_OBJECT(OP_ARG(0)), true, OP_ARG(1));
    return op_set_undefined(thr, base);
}

/* $$pthen(promise, ok, err) */
static bool op_pthen(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x;
    if (!op_set_up(thr))
        return false;
    x = op_reaction(thr, ROLE_NONE);
    op_put(thr, &x->slots[OP_ON], OP_ARG(1));
    op_put(thr, &x->slots[OP_ARG_OF_JOB], OP_ARG(2));
    op_follow(thr, (struct op_promise *)DUK_TVAL_GET_OBJECT(OP_ARG(0)), x);
    duk_pop(thr);
    return op_set_undefined(thr, base);
}

/* What the value in register `at` comes to is for a reaction of that role, which is pushed and has
 * no value of its own yet. */
static struct op_promise *op_wait_for(duk_hthread *thr, int role, duk_idx_t at)
{
    struct op_promise *x, *p = NULL;
    struct op_queue *q;
    if (op_is_object(thr->valstack_bottom + at)) {
        duk_push_tval(thr, thr->valstack_bottom + at);
        p = op_coerce(thr);
    }
    x = op_reaction(thr, role);
    if (p) {
        op_follow(thr, p, x);
        duk_remove_m2(thr);
    } else {
        q = op_room_for(thr, 1);
        op_put(thr, &x->slots[OP_ARG_OF_JOB], thr->valstack_bottom + at);
        x->job = JOB_FULFILLED;
        DUK_HOBJECT_INCREF(thr, &x->obj);
        op_append(q, x);
    }
    return x;
}

/* $$pawait(state, value): the body of an async generator goes on with what the value comes to. */
static bool op_pawait(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x;
    if (!op_set_up(thr))
        return false;
    x = op_wait_for(thr, ROLE_AWAIT, base + 3);
    op_put(thr, &x->slots[OP_VALUE], OP_ARG(0));
    duk_pop(thr);
    return op_set_undefined(thr, base);
}

/* $$pwait(value): the running coroutine, which yields next, does. */
static bool op_pwait(duk_hthread *thr, duk_idx_t base)
{
    struct op_promise *x;
    duk_tval self;
    if (!op_set_up(thr))
        return false;
    x = op_wait_for(thr, ROLE_GO, base + 2);
    memset(&self, 0, sizeof self);
    DUK_TVAL_SET_OBJECT(&self, &thr->obj);
    op_put(thr, &x->slots[OP_VALUE], &self);
    duk_pop(thr);
    return op_set_undefined(thr, base);
}

/* $$ares(value), $$arej(reason): a promise of it, settled. */
static bool op_ares(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    op_resolve(thr, op_fresh_promise(thr), OP_ARG(0));
    duk_replace(thr, base);
    return true;
}

static bool op_arej(duk_hthread *thr, duk_idx_t base)
{
    if (!op_set_up(thr))
        return false;
    op_settle(thr, op_fresh_promise(thr), true, OP_ARG(0));
    duk_replace(thr, base);
    return true;
}

/* $$cur(), $$setcur(state): whose body runs, undefined for an async function's. */
static bool op_cur(duk_hthread *thr, duk_idx_t base)
{
    return op_set(thr, base, op_kept(thr, OPK_CURRENT));
}

static bool op_setcur(duk_hthread *thr, duk_idx_t base)
{
    op_put(thr, op_kept(thr, OPK_CURRENT), OP_ARG(0));
    return op_set_undefined(thr, base);
}
