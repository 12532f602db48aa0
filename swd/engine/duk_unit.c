/* Duktape's one compilation unit: the generated duktape.c between our hooks and the few functions
 * of ours that need its insides. Warnings are off for this file (rules.mk). */
#include "engine/turn.h"
#include "engine/hooks.h"
#include "engine/unit.h"

#include "duk_config.h"

static int swd_unit_date_parse(void *ctx, const char *text);

#include "duktape.c"

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
    if (heap->ms_prevent_count == 0)
        swd_hook_sweep(heap->heap_udata);
    swd_unit_sweep(heap, flags);
}

static int swd_unit_date_parse(void *ctx, const char *text)
{
    double ms;
    if (!swd_hook_date(text, &ms))
        return 0;
    duk_push_number((duk_context *)ctx, ms);
    return 1;
}

struct swd_heap *swd_unit_heap(void *ctx)
{
    return ((duk_hthread *)ctx)->heap->heap_udata;
}
