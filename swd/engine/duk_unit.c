/* Duktape's one compilation unit: the generated duktape.c between our hooks and the few functions
 * of ours that need its insides. Warnings are off for this file (rules.mk). */
#include <stdatomic.h>

#include "engine/turn.h"
#include "engine/hooks.h"
#include "engine/place.h"
#include "engine/promise.h"
#include "engine/unit.h"

#include "duk_config.h"

static int swd_unit_date_parse(void *ctx, const char *text);

/* Objects that the collector's recursion was too deep for: Duktape flags them and looks for the
 * flags in the whole heap, again and again. Those that fit in here are found at once; the scan is
 * for the rest. Of this thread's collection: it begins empty, whatever a stop left behind. */
#define MARK_LATER 256
static _Thread_local struct duk_heaphdr *mark_later[MARK_LATER];
static _Thread_local unsigned mark_later_n;

#define SWD_MARK_LATER(heap, h)                                                                    \
    do {                                                                                           \
        if (mark_later_n < MARK_LATER)                                                             \
            mark_later[mark_later_n++] = (h);                                                      \
        else                                                                                       \
            DUK_HEAP_SET_MARKANDSWEEP_RECLIMIT_REACHED(heap);                                      \
    } while (0)
#define SWD_MARK_RESUME(heap)                                                                      \
    ({                                                                                             \
        while (mark_later_n > 0)                                                                   \
            duk__handle_temproot((heap), mark_later[--mark_later_n]);                              \
        DUK_HEAP_HAS_MARKANDSWEEP_RECLIMIT_REACHED(heap);                                          \
    })

/* Promises: duk_promise.h. */
#define SWD_IS_PROMISE(h)          (DUK_HOBJECT_GET_CLASS_NUMBER(h) == SWD_CLASS_PROMISE)
#define SWD_PROMISE_MARK(heap, h)  op_promise_mark(heap, h)
#define SWD_PROMISE_DECREF(thr, h) op_promise_decref(thr, h)
struct duk_heap;
struct duk_hthread;
struct duk_hobject;
static void op_promise_mark(struct duk_heap *heap, struct duk_hobject *h);
static void op_promise_decref(struct duk_hthread *thr, struct duk_hobject *h);

static void swd_unit_error_cause(void *ctx);
static int swd_unit_empty(struct duk_hthread *thr);
static void swd_unit_typed_arg(void *ctx);

/* Closures: duk_closure.h. */
struct duk_hstring;
struct duk_hcompfunc;
static void swd_closure_file(struct duk_hthread *thr, struct duk_hobject *consts,
                             struct duk_hstring *file);
static void swd_closure_push_file(struct duk_hthread *thr, int idx);
static void swd_closure_props(struct duk_hthread *thr, struct duk_hcompfunc *clos,
                              struct duk_hcompfunc *templ, unsigned constructable);

static void swd_op_species(struct duk_hthread *thr, int idx, unsigned n);

static bool unit_surrogate(const unsigned char *p, unsigned char from)
{
    return p[0] == 0xed && p[1] >= from && p[1] < from + 0x10;
}

/* Whether the character at `p` of the string from `begin` to `end` is half a surrogate pair. */
static bool swd_unit_lone(const unsigned char *begin, const unsigned char *p,
                          const unsigned char *end, unsigned cp)
{
    if (cp < 0xd800 || cp > 0xdfff)
        return false;
    return cp < 0xdc00 ? end - p < 6 || !unit_surrogate(p + 3, 0xb0)
                       : p - begin < 3 || !unit_surrogate(p - 3, 0xa0);
}

#define SWD_OP_HELPER DUK_OP_UNUSED255
#define SWD_OP_ODD    DUK_OP_UNUSED254
/* As GETPROP, of a key in a register of its own, which is a property key then: first half of
 * `o[k] += v`. A multiple of 4, as all whose operands may be constants. */
#define SWD_OP_GETPROP_KEY DUK_OP_UNUSED240

/* A data property that had the value `want` when it was looked for, and where: as long as the
 * object's properties lie there, a few comparisons tell whether it still has it (duk_decl.h). All
 * zero: never found. Part of the heap's struct; a clone's moves with it. Places are distances, so
 * that nothing is read before they are known to be of these properties. */
struct swd_sight {
    struct duk_hobject *h, *want;
    struct duk_hstring *key;
    unsigned char *props;
    unsigned esize, key_at, value_at;
};

#include "duktape.c"

#include "engine/duk.h"
#include "engine/duk_closure.h"

/* Whether the bare object on top has no properties. */
static int swd_unit_empty(duk_hthread *thr)
{
    return DUK_HOBJECT_GET_ENEXT(duk_require_hobject(thr, -1)) == 0;
}

/* Depth 0 for the script, the caller's depth again after it. A throw past this frame is settled by
 * the catch point that it lands in. */
DUK_INTERNAL void duk_js_execute_bytecode(duk_hthread *thr)
{
    int depth = swd_turn_open();
    swd_unit_execute(thr);
    swd_turn_close(depth);
}

DUK_INTERNAL void duk_heap_mark_and_sweep(duk_heap *heap, duk_small_uint_t flags)
{
    if (heap->ms_prevent_count == 0) {
        swd_hook_sweep(heap->heap_udata);
        mark_later_n = 0;
    }
    swd_unit_sweep(heap, flags);
}

/* An indirect eval's text goes through the translator; that of a direct one was given to it by the
 * code that calls. */
DUK_INTERNAL duk_ret_t duk_bi_global_object_eval(duk_hthread *thr)
{
    if (!(thr->callstack_curr->flags & DUK_ACT_FLAG_DIRECT_EVAL) && duk_is_string(thr, 0) &&
        !duk_is_symbol(thr, 0)) {
        swd_slot_push(thr, SWD_SLOT_EVAL);
        if (duk_is_callable(thr, -1)) {
            duk_dup(thr, 0);
            duk_call(thr, 1);
            duk_replace(thr, 0);
        } else {
            duk_pop(thr);
        }
    }
    return swd_unit_eval(thr);
}

DUK_INTERNAL duk_ret_t duk_bi_function_constructor(duk_hthread *thr)
{
    swd_slot_push(thr, SWD_SLOT_FUNCTION);
    if (!duk_is_callable(thr, -1)) {
        duk_pop(thr);
        return swd_unit_function(thr);
    }
    duk_insert(thr, 0);
    duk_call(thr, duk_get_top(thr) - 1);
    return 1;
}

static int swd_unit_date_parse(void *ctx, const char *text)
{
    double ms;
    if (!swd_hook_date(text, &ms))
        return 0;
    duk_push_number((duk_context *)ctx, ms);
    return 1;
}

const void *swd_unit_regexp(void *ctx, int idx, const char *key, size_t n, size_t *size,
                            bool *is_regexp)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_get_hobject(ctx, idx);
    duk_hstring *k;
    duk_tval *tv;
    *is_regexp = h && !DUK_HOBJECT_IS_PROXY(h) &&
                 DUK_HOBJECT_GET_CLASS_NUMBER(h) == DUK_HOBJECT_CLASS_REGEXP;
    if (!*is_regexp)
        return NULL;
    k = duk_heap_strtable_intern(thr->heap, (const duk_uint8_t *)key, (duk_uint32_t)n);
    tv = k ? duk_hobject_find_entry_tval_ptr(thr->heap, h, k) : NULL;
    if (!tv || !DUK_TVAL_IS_BUFFER(tv))
        return NULL;
    *size = DUK_HBUFFER_GET_SIZE(DUK_TVAL_GET_BUFFER(tv));
    return DUK_HBUFFER_GET_DATA_PTR(thr->heap, DUK_TVAL_GET_BUFFER(tv));
}

struct swd_heap *swd_unit_heap(void *ctx)
{
    return ((duk_hthread *)ctx)->heap->heap_udata;
}

struct swd_heap **swd_unit_udata(void *ctx)
{
    return (struct swd_heap **)&((duk_hthread *)ctx)->heap->heap_udata;
}

_Static_assert(offsetof(duk_hstring, hash) + 4 == offsetof(duk_hstring, arridx) &&
                   offsetof(duk_hstring, hash) + 8 == offsetof(duk_hstring, blen) &&
                   offsetof(duk_hstring, hash) + 16 == sizeof(duk_hstring),
               "strings are laid out as swd_diff_follow says");

uint64_t swd_unit_string_head(void *ctx, const void *text, size_t n)
{
    return (uint64_t)duk_js_to_arrayindex_string(text, (duk_uint32_t)n) << 32 |
           duk_heap_hashstring(((duk_hthread *)ctx)->heap, text, n);
}

int swd_unit_class(void *ctx, int idx)
{
    duk_hobject *h = duk_get_hobject((duk_context *)ctx, idx);
    if (!h)
        return -1;
    return DUK_HOBJECT_IS_PROXY(h) ? SWD_CLASS_PROXY : (int)DUK_HOBJECT_GET_CLASS_NUMBER(h);
}

void swd_unit_push_target(void *ctx, int idx)
{
    duk_hobject *h = duk_get_hobject((duk_context *)ctx, idx);
    duk_push_hobject((duk_context *)ctx, ((duk_hproxy *)h)->target);
}

#include "engine/duk_kept.h"
#include "engine/duk_promise.h"
#include "engine/duk_job.h"
#include "engine/duk_op.h"
#include "engine/duk_desc.h"
#include "engine/duk_proxy.h"
#include "engine/duk_object.h"
#include "engine/duk_number.h"
#include "engine/duk_array.h"

void swd_unit_dense_stash(void *ctx)
{
    duk_push_heap_stash(ctx);
    DUK_HOBJECT_SET_ARRAY_PART(duk_require_hobject(ctx, -1));
    duk_pop(ctx);
}

#define SLACK_GLOBALS     16
#define SLACK_STACK       160 /* slots of a value stack */
#define SLACK_ACTIVATIONS 8
#define SLACK_CATCHERS    4

static void unit_slack_stack(duk_hthread *thr)
{
    if (thr->valstack_alloc_end - thr->valstack < SLACK_STACK)
        (void)duk__resize_valstack(thr, SLACK_STACK);
    for (duk_tval *tv = thr->valstack_top; tv < thr->valstack_alloc_end; tv++) {
        memset(tv, 0, sizeof *tv);
        DUK_TVAL_SET_UNDEFINED(tv);
    }
}

static void unit_slack_frames(duk_hthread *thr)
{
    duk_activation *act[SLACK_ACTIVATIONS];
    duk_catcher *cat[SLACK_CATCHERS];
    for (size_t i = 0; i < SLACK_ACTIVATIONS; i++)
        act[i] = memset(duk_hthread_activation_alloc(thr), 0, sizeof *act[i]);
    for (size_t i = SLACK_ACTIVATIONS; i-- > 0;)
        duk_hthread_activation_free(thr, act[i]);
    for (size_t i = 0; i < SLACK_CATCHERS; i++)
        cat[i] = memset(duk_hthread_catcher_alloc(thr), 0, sizeof *cat[i]);
    for (size_t i = SLACK_CATCHERS; i-- > 0;)
        duk_hthread_catcher_free(thr, cat[i]);
}

void swd_unit_slack(void *ctx)
{
    duk_hthread *thr = ctx;
    duk_hobject *global = thr->builtins[DUK_BIDX_GLOBAL];
    duk_heaphdr *h;
    duk_hobject_resize_entrypart(thr, global, DUK_HOBJECT_GET_ENEXT(global) + SLACK_GLOBALS);
    unit_slack_frames(thr);
    for (h = thr->heap->heap_allocated; h; h = DUK_HEAPHDR_GET_NEXT(thr->heap, h))
        if (DUK_HEAPHDR_IS_OBJECT(h) && DUK_HOBJECT_IS_THREAD((duk_hobject *)h))
            unit_slack_stack((duk_hthread *)h);
}

void swd_unit_get_for(void *ctx, int idx, int key, int self)
{
    px_get(ctx, idx, key, self);
}

/* A compiled function of a file whose name begins with `prefix`. */
static int unit_of_file(duk_hthread *thr, duk_heaphdr *hdr, const char *prefix)
{
    duk_hstring *file;
    if (DUK_HEAPHDR_GET_TYPE(hdr) != DUK_HTYPE_OBJECT)
        return 0;
    file = closure_file(thr->heap, (duk_hobject *)hdr);
    return file && strncmp((const char *)DUK_HSTRING_GET_DATA(file), prefix, strlen(prefix)) == 0;
}

/* Whether the function's name ends in one of the words of `keep`. */
static int unit_is_named(duk_hthread *thr, duk_hobject *h, const char *keep)
{
    duk_tval *tv = duk_hobject_find_entry_tval_ptr(thr->heap, h, DUK_HTHREAD_STRING_NAME(thr));
    if (!tv || !DUK_TVAL_IS_STRING(tv))
        return 0;
    const char *name = (const char *)DUK_HSTRING_GET_DATA(DUK_TVAL_GET_STRING(tv));
    size_t n = DUK_HSTRING_GET_BYTELEN(DUK_TVAL_GET_STRING(tv)), w;
    for (; *keep; keep += w + (keep[w] == ' ')) {
        w = strcspn(keep, " ");
        if (w <= n && memcmp(name + n - w, keep, w) == 0)
            return 1;
    }
    return 0;
}

void swd_unit_trim(void *ctx, const char *prefix, const char *keep)
{
    duk_hthread *thr = ctx;
    duk_heaphdr *hdr;
    duk_hobject **list;
    size_t n = 0, i = 0;
    for (hdr = thr->heap->heap_allocated; hdr; hdr = DUK_HEAPHDR_GET_NEXT(thr->heap, hdr))
        n += (size_t)unit_of_file(thr, hdr, prefix);
    list = duk_push_fixed_buffer(ctx, (n + 1) * sizeof *list);
    for (hdr = thr->heap->heap_allocated; hdr && i < n; hdr = DUK_HEAPHDR_GET_NEXT(thr->heap, hdr))
        if (unit_of_file(thr, hdr, prefix)) {
            list[i] = (duk_hobject *)hdr;
            DUK_HOBJECT_INCREF(thr, list[i]);
            i++;
        }
    /* What hangs on them is freed as it is let go, and a function that is garbage with it. */
    while (i > 0) {
        duk_hobject *h = list[--i];
        duk_hobject_delprop_raw(thr, h, DUK_HTHREAD_STRING_INT_PC2LINE(thr),
                                DUK_DELPROP_FLAG_FORCE);
        if (DUK_HOBJECT_HAS_CONSTRUCTABLE(h) && !unit_is_named(thr, h, keep)) {
            duk_hobject_delprop_raw(thr, h, DUK_HTHREAD_STRING_PROTOTYPE(thr),
                                    DUK_DELPROP_FLAG_FORCE);
            DUK_HOBJECT_CLEAR_CONSTRUCTABLE(h);
        }
        duk_hobject_compact_props(thr, h);
        DUK_HOBJECT_DECREF(thr, h);
    }
    duk_pop(ctx);
}

void swd_unit_global_code(void *ctx)
{
    duk_hobject *h = duk_require_hobject((duk_context *)ctx, -1);
    DUK_HOBJECT_CLEAR_NEWENV(h);
}

bool swd_unit_secret_get(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_get_hobject(thr, idx);
    duk_hstring *key = duk_known_hstring(thr, -1);
    duk_tval *tv = h ? duk_hobject_find_entry_tval_ptr(thr->heap, h, key) : NULL;
    duk_pop_unsafe(thr);
    if (!tv)
        return false;
    duk_push_tval(thr, tv);
    return true;
}

bool swd_unit_inherited(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_get_hobject(thr, idx);
    duk_hstring *key = duk_known_hstring(thr, -1);
    duk_tval *tv = NULL;
    for (int i = 0; i < 1000 && h && !DUK_HOBJECT_IS_PROXY(h) && !tv; i++) {
        tv = duk_hobject_find_entry_tval_ptr(thr->heap, h, key);
        h = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h);
    }
    duk_pop_unsafe(thr);
    if (!tv)
        return false;
    duk_push_tval(thr, tv);
    return true;
}

void swd_unit_secret_put(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_require_hobject(thr, idx);
    duk_hobject_define_property_internal(thr, h, duk_known_hstring(thr, -2), DUK_PROPDESC_FLAGS_WC);
    duk_pop_unsafe(thr);
}

void swd_unit_weaken(void *ctx, int idx)
{
    DUK_HOBJECT_SET_HAVE_FINALIZER(duk_require_hobject((duk_context *)ctx, idx));
}

/* The object goes, or only inherits from one that has a cell. Its key is interned already: nothing
 * is allocated here, and no script runs. */
DUK_INTERNAL void duk_heap_run_finalizer(duk_heap *heap, duk_hobject *obj)
{
    static const char cell_key[] = DUK_HIDDEN_SYMBOL("weakcell");
    duk_hstring *key = duk_heap_strtable_intern(heap, (const duk_uint8_t *)cell_key,
                                                (duk_uint32_t)(sizeof(cell_key) - 1));
    duk_tval *tv = key ? duk_hobject_find_entry_tval_ptr(heap, obj, key) : NULL;
    void **cell;
    DUK_HEAPHDR_SET_FINALIZED(&obj->hdr);
    if (!tv || !DUK_TVAL_IS_BUFFER(tv))
        return;
    cell = DUK_HBUFFER_GET_DATA_PTR(heap, DUK_TVAL_GET_BUFFER(tv));
    *cell = NULL;
    swd_hook_dead(heap->heap_udata);
}

bool swd_unit_secret_del(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_hobject *h = duk_get_hobject(thr, idx);
    duk_hstring *key = duk_known_hstring(thr, -1);
    bool had = h && duk_hobject_find_entry_tval_ptr(thr->heap, h, key);
    if (had)
        duk_hobject_delprop_raw(thr, h, key, DUK_DELPROP_FLAG_FORCE);
    duk_pop_unsafe(thr);
    return had;
}

uint32_t swd_unit_hash(void *ctx, int idx)
{
    duk_hthread *thr = ctx;
    duk_tval *tv = duk_get_tval_or_unused(thr, idx);
    uint64_t bits;
    double d;
    if (DUK_TVAL_IS_STRING(tv))
        return DUK_HSTRING_GET_HASH(DUK_TVAL_GET_STRING(tv)) * 0x9e3779b1u;
    if (DUK_TVAL_IS_HEAP_ALLOCATED(tv)) {
        swd_hook_placed(thr->heap->heap_udata);
        bits = (uint64_t)((char *)DUK_TVAL_GET_HEAPHDR(tv) - (char *)thr->heap) >> 4;
    } else if (DUK_TVAL_IS_NUMBER(tv)) {
        d = DUK_TVAL_GET_NUMBER(tv) + 0.0;
        d = d != d ? 0.5 : d;
        memcpy(&bits, &d, sizeof(bits));
    } else {
        bits = (uint64_t)duk_get_type(thr, idx) * 2 + (uint64_t)duk_get_boolean(thr, idx);
    }
    bits *= 0x9e3779b97f4a7c15ULL;
    return (uint32_t)(bits >> 32);
}

/* Duktape answers a refused allocation with a collection and asks again: the first asking is
 * refused, except where it would not collect. */
static _Thread_local struct {
    duk_heap *heap;
    bool refused;
} unit_tortured;

static bool unit_refuse(void)
{
    duk_heap *heap = unit_tortured.heap;
    if (heap->ms_running != 0 || heap->ms_prevent_count != 0)
        return false;
    unit_tortured.refused = !unit_tortured.refused;
    return unit_tortured.refused;
}

static void *unit_torture_alloc(void *udata, duk_size_t n)
{
    return n > 0 && unit_refuse() ? NULL : swd_hook_alloc(udata, n);
}

static void *unit_torture_realloc(void *udata, void *p, duk_size_t n)
{
    return n > 0 && unit_refuse() ? NULL : swd_hook_realloc(udata, p, n);
}

void swd_unit_torture(void *ctx, bool on)
{
    duk_heap *heap = ((duk_hthread *)ctx)->heap;
    unit_tortured.heap = heap;
    unit_tortured.refused = false;
    heap->alloc_func = on ? unit_torture_alloc : swd_hook_alloc;
    heap->realloc_func = on ? unit_torture_realloc : swd_hook_realloc;
}

/* ---- Built-ins of Duktape that are otherwise than ES2023 has them ------------------------------
 */

/* Of a constructor of errors, the error on top: InstallErrorCause with the options at 1. */
static void swd_unit_error_cause(void *ctx)
{
    if (duk_get_top(ctx) < 3 || !duk_is_object(ctx, 1) || !duk_has_prop_literal(ctx, 1, "cause"))
        return;
    duk_push_literal(ctx, "cause");
    duk_get_prop_literal(ctx, 1, "cause");
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_CLEAR_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
}

/* The first argument of a typed array's constructor: what is iterable becomes an array. */
static void swd_unit_typed_arg(void *ctx)
{
    duk_idx_t it;
    duk_uarridx_t n = 0;
    if (!duk_is_object(ctx, 0) || duk_is_array(ctx, 0) || duk_is_buffer_data(ctx, 0))
        return;
    duk_get_prop_literal(ctx, 0, DUK_WELLKNOWN_SYMBOL("Symbol.iterator"));
    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_pop(ctx);
        return;
    }
    duk_dup(ctx, 0);
    duk_call_method(ctx, 0);
    it = duk_get_top_index(ctx);
    duk_get_prop_literal(ctx, it, "next");
    duk_push_array(ctx);
    for (;; n++) {
        duk_dup(ctx, it + 1);
        duk_dup(ctx, it);
        duk_call_method(ctx, 0);
        if (!duk_is_object(ctx, -1))
            DUK_ERROR_TYPE_INVALID_ARGS((duk_hthread *)ctx);
        duk_get_prop_literal(ctx, -1, "done");
        if (duk_to_boolean(ctx, -1))
            break;
        duk_pop(ctx);
        duk_get_prop_literal(ctx, -1, "value");
        duk_remove(ctx, -2);
        duk_put_prop_index(ctx, it + 2, n);
    }
    duk_dup(ctx, it + 2);
    duk_replace(ctx, 0);
    duk_set_top(ctx, it);
}

/* Methods of DataView: of nothing else, and with an index before the value is looked at. */
static void unit_dataview(duk_hthread *thr)
{
    duk_hobject *h;
    duk_double_t at;
    duk_push_this(thr);
    h = duk_get_hobject(thr, -1);
    if (!h || !DUK_HOBJECT_IS_BUFOBJ(h) ||
        DUK_HOBJECT_GET_CLASS_NUMBER(h) != DUK_HOBJECT_CLASS_DATAVIEW)
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "this is not a DataView");
    duk_pop(thr);
    at = duk_to_number(thr, 0);
    if (at <= -1 || at > 9007199254740991.0)
        (void)duk_error(thr, DUK_ERR_RANGE_ERROR, "Offset is outside the bounds of the DataView");
}

DUK_INTERNAL duk_ret_t duk_bi_buffer_readfield(duk_hthread *thr)
{
    unit_dataview(thr);
    return swd_unit_readfield(thr);
}

DUK_INTERNAL duk_ret_t duk_bi_buffer_writefield(duk_hthread *thr)
{
    unit_dataview(thr);
    duk_to_number(thr, 1);
    return swd_unit_writefield(thr);
}

/* %ThrowTypeError% is frozen and has no name. */
static void unit_thrower(duk_hthread *thr)
{
    duk_hobject *h = thr->builtins[DUK_BIDX_TYPE_ERROR_THROWER];
    duk_hobject_delprop_raw(thr, h, DUK_HTHREAD_STRING_LENGTH(thr), DUK_DELPROP_FLAG_FORCE);
    duk_hobject_delprop_raw(thr, h, DUK_HTHREAD_STRING_NAME(thr), DUK_DELPROP_FLAG_FORCE);
    duk_push_hobject(thr, h);
    duk_push_int(thr, 0);
    duk_xdef_prop_stridx(thr, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_NONE);
    duk_push_literal(thr, "");
    duk_xdef_prop_stridx(thr, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_NONE);
    duk_freeze(thr, -1);
    duk_pop(thr);
}

void swd_unit_push_thrower(void *ctx)
{
    duk_push_hobject(ctx, ((duk_hthread *)ctx)->builtins[DUK_BIDX_TYPE_ERROR_THROWER]);
}

static void unit_plain(duk_hthread *thr, int bidx)
{
    DUK_HOBJECT_SET_CLASS_NUMBER(thr->builtins[bidx], DUK_HOBJECT_CLASS_OBJECT);
}

void swd_unit_repair(void *ctx)
{
    static const int errors[] = {
        DUK_BIDX_ERROR_CONSTRUCTOR,        DUK_BIDX_EVAL_ERROR_CONSTRUCTOR,
        DUK_BIDX_RANGE_ERROR_CONSTRUCTOR,  DUK_BIDX_REFERENCE_ERROR_CONSTRUCTOR,
        DUK_BIDX_SYNTAX_ERROR_CONSTRUCTOR, DUK_BIDX_TYPE_ERROR_CONSTRUCTOR,
        DUK_BIDX_URI_ERROR_CONSTRUCTOR,
    };
    duk_hthread *thr = ctx;
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        duk_hobject *h = thr->builtins[errors[i]];
        if (DUK_HOBJECT_HAS_NATFUNC(h))
            ((duk_hnatfunc *)h)->nargs = 2;
        unit_plain(thr, errors[i] + 1);
    }
    unit_plain(thr, DUK_BIDX_DATE_PROTOTYPE);
    unit_thrower(thr);
}

double swd_unit_date(void *ctx, int idx, int *zone_seconds)
{
    double ms;
    duk_get_prop_literal(ctx, idx, DUK_INTERNAL_SYMBOL("Value"));
    ms = duk_to_number(ctx, -1);
    duk_pop(ctx);
    *zone_seconds = ms == ms ? swd_hook_zone(ms) : 0;
    return ms;
}

void swd_unit_push_primitive(void *ctx, int idx)
{
    duk_get_prop_literal(ctx, idx, DUK_INTERNAL_SYMBOL("Value"));
}

void swd_unit_no_constructor(void *ctx, int idx)
{
    DUK_HOBJECT_CLEAR_CONSTRUCTABLE(duk_require_hobject(ctx, idx));
}

bool swd_unit_is_compiled(void *ctx, int idx)
{
    duk_hobject *h = duk_get_hobject(ctx, idx);
    return h && DUK_HOBJECT_IS_COMPFUNC(h);
}

bool swd_unit_view(void *ctx, int idx, struct swd_unit_view *v)
{
    duk_hobject *h = duk_get_hobject(ctx, idx);
    if (!h || !DUK_HOBJECT_IS_BUFOBJ(h))
        return false;
    v->bytes = ((duk_hbufobj *)h)->length;
    v->offset = ((duk_hbufobj *)h)->offset;
    v->shift = ((duk_hbufobj *)h)->shift;
    return true;
}

void swd_unit_push_buffer(void *ctx, int idx)
{
    duk_push_c_function(ctx, duk_bi_typedarray_buffer_getter, 0);
    duk_dup(ctx, idx);
    duk_call_method(ctx, 0);
}

bool swd_unit_is_own_symbol(void *ctx, int idx)
{
    duk_hstring *h = duk_is_symbol(ctx, idx) ? duk_get_hstring(ctx, idx) : NULL;
    return h && DUK_HSTRING_GET_DATA(h)[0] == 0x81;
}

bool swd_unit_push_description(void *ctx, int idx)
{
    duk_hstring *h = duk_require_hstring(ctx, idx);
    const char *p = (const char *)DUK_HSTRING_GET_DATA(h) + 1;
    size_t n = DUK_HSTRING_GET_BYTELEN(h) - 1;
    const char *end = memchr(p, 0xff, n);
    if (end == p && (unsigned char)p[n - 1] == 0xff)
        return false;
    duk_push_lstring(ctx, p, end ? (size_t)(end - p) : n);
    return true;
}

void swd_unit_push_handler(void *ctx, int idx)
{
    duk_push_hobject(ctx, ((duk_hproxy *)duk_require_hobject(ctx, idx))->handler);
}

void swd_unit_set_handler(void *ctx, int idx, int handler)
{
    duk_hthread *thr = ctx;
    duk_hproxy *h = (duk_hproxy *)duk_require_hobject(ctx, idx);
    duk_hobject *old = h->handler;
    h->handler = duk_require_hobject(ctx, handler);
    DUK_HOBJECT_INCREF(thr, h->handler);
    DUK_HOBJECT_DECREF(thr, old);
}
