/* Parts of the library: see part.h. The list of what is kept is changed under the lock; a part's
 * code is read without it, since it stays until swd_part_forget(). */
#include "engine/part.h"

#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/limits.h"
#include "engine/heap.h"
#include "engine/turn.h"
#include "engine/unit.h"
#include "pool/account.h"
#include "pool/slab.h"

/* Native stack that a part may need to be compiled and to run: with less it is not begun, since a
 * part that fails half-way stays so. */
#if defined(__SANITIZE_ADDRESS__) || defined(SWD_SAN_address)
#define PART_STACK ((uintptr_t)144 * 1024)
#else
#define PART_STACK ((uintptr_t)48 * 1024)
#endif

struct swd_part_code {
    struct swd_part_code *next;
    struct swd_part *part;
    size_t n;
    unsigned char bytes[];
};

static pthread_mutex_t part_lock = PTHREAD_MUTEX_INITIALIZER;
static struct swd_part_code *part_kept;
static struct swd_part_stats part_stats;
static _Atomic uint64_t part_loads;
static struct swd_account *part_charged;
static struct swd_heap *part_heap; /* that compiles, while it is held */
static bool part_held;
static atomic_bool part_alone;

/* ---- Compiling, in any heap --------------------------------------------------------------------
 */

static void part_compile(duk_context *ctx, const struct swd_part *p)
{
    duk_push_string(ctx, p->file);
    duk_compile_lstring_filename(ctx, DUK_COMPILE_EVAL, p->text, p->len);
    if (strcmp(p->keep, "*") != 0)
        swd_unit_trim(ctx, p->file, p->keep);
}

struct part_job {
    struct swd_part *part;
    struct swd_part_code *code; /* NULL: no memory */
};

static size_t part_size(size_t n)
{
    return sizeof(struct swd_part_code) + n;
}

/* The code as it is kept, charged; NULL: no memory. */
static struct swd_part_code *part_new(struct swd_part *p, const void *bytes, size_t n)
{
    struct swd_part_code *c;
    if (part_charged && !swd_account_charge_kind(part_charged, SWD_ACCOUNT_CODE, part_size(n)))
        return NULL;
    c = swd_slab_alloc(part_size(n));
    if (!c) {
        if (part_charged)
            swd_account_credit_kind(part_charged, SWD_ACCOUNT_CODE, part_size(n));
        return NULL;
    }
    c->part = p;
    c->n = n;
    memcpy(c->bytes, bytes, n);
    return c;
}

static int part_dump(void *c, void *arg)
{
    duk_context *ctx = c;
    struct part_job *j = arg;
    const void *bytes;
    duk_size_t n;
    part_compile(ctx, j->part);
    duk_dump_function(ctx);
    bytes = duk_require_buffer_data(ctx, -1, &n);
    j->code = part_new(j->part, bytes, n);
    return 0;
}

/* ---- Aside; under the lock ---------------------------------------------------------------------
 */

static int part_heap_open(void)
{
    struct swd_limits limits;
    struct swd_heap_opts o = {part_charged, &limits, NULL};
    struct swd_err e;
    swd_limits_default(&limits);
    return part_heap ? 0 : swd_heap_create(&o, &part_heap, &e);
}

static void part_heap_rest(void)
{
    if (part_heap && !part_held)
        swd_heap_destroy(&part_heap);
}

/* Compiles what is not there yet. */
static struct swd_part_code *part_make(struct swd_part *p)
{
    struct part_job j = {.part = p, .code = atomic_load(&p->code)};
    uint64_t began = swd_clock_thread_cpu();
    if (j.code)
        return j.code;
    if (part_heap_open() == 0 && swd_heap_run(part_heap, part_dump, &j, NULL) == SWD_RUN_OK &&
        j.code) {
        j.code->next = part_kept;
        part_kept = j.code;
        part_stats.parts++;
        part_stats.bytes += part_size(j.code->n);
        part_stats.compiled++;
        atomic_store(&p->code, j.code);
    }
    part_heap_rest();
    part_stats.compile_ns += swd_clock_thread_cpu() - began;
    return j.code;
}

/* ---- The calls ---------------------------------------------------------------------------------
 */

void swd_part_push(duk_context *ctx, struct swd_part *p)
{
    const struct swd_part_code *c = atomic_load(&p->code);
    if ((uintptr_t)__builtin_frame_address(0) < swd_turn_self.stack_low + PART_STACK)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "C stack depth limit");
    if (atomic_load_explicit(&part_alone, memory_order_relaxed)) {
        part_compile(ctx, p);
        return;
    }
    if (!c) {
        pthread_mutex_lock(&part_lock);
        c = part_make(p);
        pthread_mutex_unlock(&part_lock);
    }
    if (!c)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "no memory to compile %s", p->file);
    atomic_fetch_add_explicit(&part_loads, 1, memory_order_relaxed);
    memcpy(duk_push_fixed_buffer(ctx, c->n), c->bytes, c->n);
    duk_load_function(ctx);
}

void swd_part_account(struct swd_account *account)
{
    pthread_mutex_lock(&part_lock);
    if (!part_kept && !part_heap)
        part_charged = account;
    pthread_mutex_unlock(&part_lock);
}

void swd_part_hold(bool hold)
{
    pthread_mutex_lock(&part_lock);
    part_held = hold;
    part_heap_rest();
    pthread_mutex_unlock(&part_lock);
}

void swd_part_single(bool on)
{
    atomic_store(&part_alone, on);
}

void swd_part_forget(void)
{
    pthread_mutex_lock(&part_lock);
    while (part_kept) {
        struct swd_part_code *c = part_kept;
        part_kept = c->next;
        atomic_store(&c->part->code, NULL);
        if (part_charged)
            swd_account_credit_kind(part_charged, SWD_ACCOUNT_CODE, part_size(c->n));
        swd_slab_free(c, part_size(c->n));
    }
    part_held = false;
    part_heap_rest();
    part_charged = NULL;
    part_stats.parts = part_stats.bytes = 0;
    pthread_mutex_unlock(&part_lock);
}

void swd_part_stats(struct swd_part_stats *out)
{
    pthread_mutex_lock(&part_lock);
    *out = part_stats;
    pthread_mutex_unlock(&part_lock);
    out->loads = atomic_load_explicit(&part_loads, memory_order_relaxed);
}
