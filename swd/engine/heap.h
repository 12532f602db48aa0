/* struct swd_heap, for the files of `engine` only. See engine.h for what it is.
 *
 * Written by the thread that runs its turn, but for the atomics. It lives outside the arena: when
 * the arena is dropped nothing of it is visited, and everything that must be undone is here. */
#ifndef SWD_ENGINE_HEAP_H
#define SWD_ENGINE_HEAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "duktape.h"
#include "engine/engine.h"
#include "engine/handles.h"
#include "pool/arena.h"
#include "pool/hibernate.h"

#define SWD_HEAP_MAGIC 0x48454150u

struct swd_heap_gc {
    _Atomic uint64_t runs, forced, ns, freed;
};

/* Figures of a heap asleep: its arena cannot be asked. */
struct swd_heap_kept {
    _Atomic bool on;
    _Atomic uint64_t live, peak, total, mapped;
};

/* Those of the limits that are a heap's own. */
struct swd_heap_limits {
    uint64_t cpu_per_turn, cpu_total, memory_soft, memory_hard, stack, pending;
};

struct swd_heap {
    unsigned magic;
    _Atomic int stop; /* enum swd_stop; the first reason stays */
    duk_context *ctx;
    struct swd_arena *arena;       /* not to be touched while asleep */
    struct swd_asleep *asleep;     /* NULL: awake */
    struct swd_heap_image *image;  /* what it was cloned from, a reference; NULL: nothing */
    struct swd_kin *kin;           /* by which it sleeps, a reference; NULL: by none */
    struct swd_kin_family *family; /* who may be kin; NULL: it never slept */
    uint64_t kin_key;              /* of its script; 0: not known */
    struct swd_account *account;
    void *owner;
    struct swd_heap_kept kept;
    struct swd_heap_limits limits;

    _Atomic uint64_t stop_at; /* CLOCK_MONOTONIC of the latch; 0: not yet */

    /* CPU, ns. */
    _Atomic uint64_t cpu;  /* of ended turns */
    uint64_t cpu_start;    /* the thread's clock at the start of this turn */
    uint64_t cpu_budget;   /* of this turn; SWD_NONE */
    uint64_t look_at;      /* CLOCK_MONOTONIC before which the budget cannot be used up */
    enum swd_stop cpu_why; /* which limit the budget is */

    /* Memory. */
    unsigned refused;       /* allocations refused in this turn, collections' retries included */
    unsigned refused_turns; /* turns in a row with a refusal */
    bool soft_hit;
    bool placed; /* something in it was told from where an object lies */
    bool found;  /* something that is held weakly went */
    struct swd_heap_gc gc;

    uint64_t random[4];                /* xoshiro256++ */
    uint64_t frozen_real, frozen_mono; /* scripts' clocks while an image is built; 0: they run */
    struct swd_handles handles;
};

struct swd_image;
const struct swd_image *swd_heap_image_words(const struct swd_heap_image *img);

/* Opens and closes the accounts of a turn. */
void swd_heap_turn_begin(struct swd_heap *h, uint64_t turn, uint64_t total);
void swd_heap_turn_end(struct swd_heap *h);

/* Latches the limit that the CPU clock has passed, if any; true when one was. */
bool swd_heap_cpu_spent(struct swd_heap *h, uint64_t used);

void swd_random_seed(struct swd_heap *h);
void swd_heap_set_limits(struct swd_heap *h, const struct swd_limits *limits);

/* A heap without arena and context: figures at zero, seeded. NULL when out of memory. */
struct swd_heap *swd_heap_shell(const struct swd_heap_opts *o);

/* Builds Duktape's heap, less what scripts must not reach, on h->arena. Errors: SWD_ENOMEM,
 * SWD_EINTERNAL. */
int swd_heap_populate(struct swd_heap *h, struct swd_err *e);

#endif
