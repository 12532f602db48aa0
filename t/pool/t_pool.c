/* Object pools: reuse, scrubbing, debug mode, periods, compaction, failing extents, many threads,
 * and the conservation identity after each. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "pool/account.h"
#include "pool/arena.h"
#include "pool/bytebuf.h"
#include "pool/extent.h"
#include "pool/identity.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "pool/smallmap.h"
#include "pool/strvec.h"
#include "pool/valvec.h"
#include "suite.h"

struct thing {
    uint64_t a[20];
};
SWD_POOL_DEFINE(thing, SWD_POOL_ACCOUNT, struct thing, NULL)

static struct swd_pool_stats stats(unsigned id)
{
    struct swd_pool_stats s;
    swd_pool_stats(id, &s);
    ck_assert_uint_eq(s.gets, s.hits + s.misses);
    return s;
}

static void identity_holds(void)
{
    struct swd_identity i;
    swd_pool_identity(&i);
    ck_assert_int_eq(i.missing, 0);
    ck_assert_uint_eq(i.mapped, i.live + i.hibernated + i.cached + i.slack + i.metadata);
}

static void teardown(void)
{
    swd_pool_flush();
    identity_holds();
}

START_TEST(what_was_put_is_handed_out_again)
{
    struct thing *t = thing_get(), *first = t;
    for (int i = 0; i < 20; i++)
        ck_assert_uint_eq(t->a[i], 0);
    memset(t, 0xff, sizeof(*t));
    thing_put(&t);
    ck_assert_ptr_null(t);
    t = thing_get();
    ck_assert_ptr_eq(t, first);
    for (int i = 0; i < 20; i++)
        ck_assert_uint_eq(t->a[i], 0);
    thing_put(&t);
    thing_put(&t); /* NULL is nothing */
}
END_TEST

START_TEST(a_steady_load_hits_the_pool)
{
    for (int i = 0; i < 10000; i++) {
        struct thing *t[5];
        for (int k = 0; k < 5; k++)
            t[k] = thing_get();
        for (int k = 0; k < 5; k++)
            thing_put(&t[k]);
        struct swd_bytebuf *b = swd_bytebuf_get(1000);
        swd_bytebuf_adds(b, "x");
        swd_bytebuf_put(&b);
        swd_slab_free(swd_slab_alloc(100), 100);
    }
    static const unsigned ids[] = {SWD_POOL_ACCOUNT, SWD_POOL_BYTEBUF, SWD_POOL_TYPED};
    for (int i = 0; i < 3; i++) {
        struct swd_pool_stats s = stats(ids[i]);
        ck_assert_uint_ge(s.gets, 10000);
        ck_assert_uint_ge(s.hits * 1000, s.gets * 999);
        ck_assert_uint_le(s.live, 1); /* the bytes that the pooled buffer keeps */
    }
}
END_TEST

START_TEST(a_disabled_pool_keeps_nothing)
{
    swd_pool_set_enabled(SWD_POOL_ACCOUNT, false);
    for (int i = 0; i < 100; i++) {
        struct thing *t = thing_get();
        thing_put(&t);
    }
    struct swd_pool_stats s = stats(SWD_POOL_ACCOUNT);
    ck_assert_uint_eq(s.hits, 0);
    ck_assert_uint_eq(s.misses, 100);
    ck_assert_uint_eq(s.cached, 0);
    ck_assert_uint_eq(s.bytes, 0);
    swd_pool_set_enabled(SWD_POOL_ACCOUNT, true);
    for (int i = 0; i < 100; i++) {
        struct thing *t = thing_get();
        thing_put(&t);
    }
    ck_assert_uint_ge(stats(SWD_POOL_ACCOUNT).hits, 90);
}
END_TEST

START_TEST(counters_count)
{
    struct thing *t[200];
    for (int i = 0; i < 200; i++)
        t[i] = thing_get();
    struct swd_pool_stats s = stats(SWD_POOL_ACCOUNT);
    ck_assert_uint_eq(s.gets, 200);
    ck_assert_uint_eq(s.live, 200);
    ck_assert_uint_ge(s.misses, 200);
    ck_assert_uint_eq(s.size, (sizeof(struct thing) + 15) / 16 * 16);
    ck_assert_uint_eq(s.bytes, SWD_GRANULE);
    identity_holds();
    for (int i = 0; i < 200; i++)
        thing_put(&t[i]);
    s = stats(SWD_POOL_ACCOUNT);
    ck_assert_uint_eq(s.live, 0);
    ck_assert_uint_eq(s.cached, s.misses);
    ck_assert_uint_ge(s.high_water, 200);
    size_t n;
    const struct swd_pool_counter *c = swd_pool_counters(&n);
    ck_assert_uint_eq(n, sizeof(s) / sizeof(uint64_t));
    ck_assert_str_eq(c[0].name, "gets");
    ck_assert_uint_eq(*(uint64_t *)(void *)((char *)&s + c[0].offset), 200);
    ck_assert_uint_eq(swd_pool_find("bytebuf"), SWD_POOL_BYTEBUF);
    ck_assert_uint_eq(swd_pool_find("nothing"), SWD_POOL_ALL);
}
END_TEST

START_TEST(oversize_is_freed_and_told)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    swd_bytebuf_reserve(b, 300000);
    swd_bytebuf_put(&b);
    struct swd_pool_stats s = stats(SWD_POOL_BYTEBUF);
    ck_assert_uint_eq(s.oversize, 1);
    ck_assert_uint_eq(s.oversize_kept, 1);
    ck_assert_uint_ge(s.largest, 300000);
    b = swd_bytebuf_get(1 << 20);
    ck_assert_ptr_null(b->data);
    swd_bytebuf_reserve(b, 5000);
    swd_bytebuf_put(&b);
    ck_assert_uint_eq(stats(SWD_POOL_BYTEBUF).oversize, 1);
    swd_pool_set_keep(SWD_POOL_BYTEBUF, 1000);
    b = swd_bytebuf_get(1 << 20);
    ck_assert_uint_ge(b->cap, 5000); /* kept by the put above */
    swd_bytebuf_put(&b);
    ck_assert_uint_eq(stats(SWD_POOL_BYTEBUF).oversize, 2);
    swd_slab_free(swd_slab_alloc(100000), 100000);
    s = stats(SWD_POOL_TYPED);
    ck_assert_uint_ge(s.oversize_asked, 1);
    ck_assert_uint_ge(s.largest, 100000);
}
END_TEST

static void *write_secret(void *arg)
{
    struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
    for (int i = 0; i < 500; i++)
        swd_bytebuf_adds(b, "a runner's secret ");
    swd_bytebuf_put(&b);
    char *p = swd_slab_alloc(500);
    memset(p, 's', 500);
    swd_slab_free(p, 500);
    struct thing *t = thing_get();
    memset(t, 's', sizeof(*t));
    thing_put(&t);
    return arg;
}

START_TEST(no_user_sees_what_another_thread_wrote)
{
    for (int round = 0; round < 5; round++) {
        pthread_t t;
        pthread_create(&t, NULL, write_secret, NULL);
        pthread_join(t, NULL);
        struct swd_bytebuf *b = swd_bytebuf_get(1 << 20);
        ck_assert_ptr_nonnull(b->data); /* it is the other's */
        for (size_t i = 0; i < b->cap; i++)
            if (b->data[i] != 0)
                ck_abort_msg("byte %zu of a recycled buffer", i);
        swd_bytebuf_put(&b);
        char *p = swd_slab_alloc(500);
        for (int i = 0; i < 500; i++)
            ck_assert_int_eq(p[i], 0);
        swd_slab_free(p, 500);
        struct thing *th = thing_get();
        for (int i = 0; i < 20; i++)
            ck_assert_uint_eq(th->a[i], 0);
        thing_put(&th);
    }
}
END_TEST

/* --- debug mode --- */

START_TEST(debug_mode_works_and_tells_who)
{
    swd_pool_set_debug(SWD_POOL_ACCOUNT, true);
    ck_assert(swd_pool_debug(SWD_POOL_ACCOUNT));
    struct thing *t = swd_pool_get(SWD_POOL_ACCOUNT, &thing_pool_type, "here");
    ck_assert_str_eq(swd_pool_who(t), "here");
    for (int i = 0; i < 1000; i++) {
        struct thing *u = thing_get();
        ck_assert_uint_eq(u->a[0], 0);
        u->a[0] = 1;
        thing_put(&u);
    }
    identity_holds();
    swd_pool_set_debug(SWD_POOL_ACCOUNT, false);
    thing_put(&t);
    for (int i = 0; i < 100; i++) {
        t = thing_get();
        ck_assert_uint_eq(t->a[0], 0);
        thing_put(&t);
    }
    struct swd_bytebuf *b;
    swd_pool_set_debug(SWD_POOL_BYTEBUF, true);
    for (int i = 0; i < 100; i++) {
        b = swd_bytebuf_get(100);
        swd_bytebuf_adds(b, "abc");
        swd_bytebuf_put(&b);
    }
    swd_pool_set_debug(SWD_POOL_BYTEBUF, false);
}
END_TEST

START_TEST(a_double_put_aborts_in_debug_mode)
{
    swd_pool_set_debug(SWD_POOL_ACCOUNT, true);
    struct thing *t = thing_get();
    swd_pool_put(SWD_POOL_ACCOUNT, &thing_pool_type, t);
    swd_pool_put(SWD_POOL_ACCOUNT, &thing_pool_type, t);
}
END_TEST

__attribute__((no_sanitize("address"))) static void scribble(struct thing *t)
{
    t->a[7] = 1;
}

START_TEST(a_write_after_put_aborts_in_debug_mode)
{
    swd_pool_set_debug(SWD_POOL_ACCOUNT, true);
    struct thing *t = thing_get();
    swd_pool_put(SWD_POOL_ACCOUNT, &thing_pool_type, t);
    scribble(t);
    for (int i = 0; i < 10; i++)
        thing_get();
}
END_TEST

START_TEST(a_foreign_pointer_aborts_in_debug_mode)
{
    swd_pool_set_debug(SWD_POOL_ACCOUNT, true);
    struct thing *t = swd_slab_alloc(sizeof(*t));
    swd_pool_put(SWD_POOL_ACCOUNT, &thing_pool_type, t);
}
END_TEST

#ifdef SWD_ASAN
START_TEST(asan_sees_pooled_objects)
{
    struct thing *t = thing_get(), *was = t;
    thing_put(&t);
    ck_assert(__asan_address_is_poisoned(was));
    char *p = swd_slab_alloc(21);
    ck_assert(!__asan_address_is_poisoned(p + 20));
    ck_assert(__asan_address_is_poisoned(p + 21));
    swd_slab_free(p, 21);
    ck_assert(__asan_address_is_poisoned(p));
}
END_TEST
#endif

/* --- adaptation --- */

static void burst(int n)
{
    struct thing **t = calloc((size_t)n, sizeof(struct thing *));
    for (int i = 0; i < n; i++)
        t[i] = thing_get();
    for (int i = 0; i < n; i++)
        thing_put(&t[i]);
    free(t);
    swd_pool_flush();
}

START_TEST(tenured_objects_unused_for_periods_are_freed)
{
    burst(5000);
    uint64_t cached = stats(SWD_POOL_ACCOUNT).cached;
    ck_assert_uint_ge(cached, 5000);
    for (int i = 0; i < SWD_POOL_PERIODS; i++)
        swd_pool_tick();
    ck_assert_uint_gt(stats(SWD_POOL_ACCOUNT).target, 1000); /* falls slowly */
    ck_assert_uint_lt(stats(SWD_POOL_ACCOUNT).freed, 4900);
    for (int i = 0; i < 60; i++)
        swd_pool_tick();
    struct swd_pool_stats s = stats(SWD_POOL_ACCOUNT);
    ck_assert_uint_lt(s.cached, 100);
    ck_assert_uint_ge(s.freed, 4900);
    ck_assert_uint_le(s.bytes, SWD_GRANULE);
}
END_TEST

START_TEST(what_is_needed_every_period_stays)
{
    for (int i = 0; i < 30; i++) {
        burst(2000);
        swd_pool_tick();
    }
    struct swd_pool_stats s = stats(SWD_POOL_ACCOUNT);
    ck_assert_uint_ge(s.cached, 2000);
    ck_assert_uint_ge(s.target, 1900);
    ck_assert_uint_lt(s.misses, 2100);
}
END_TEST

START_TEST(warm_objects_are_made_ahead_and_stay)
{
    ck_assert_uint_ge(swd_pool_warm(SWD_POOL_ACCOUNT, &thing_pool_type, 500), 500);
    uint64_t misses = stats(SWD_POOL_ACCOUNT).misses;
    burst(500);
    ck_assert_uint_eq(stats(SWD_POOL_ACCOUNT).misses, misses);
    for (int i = 0; i < 60; i++)
        swd_pool_tick();
    swd_pool_compact();
    ck_assert_uint_ge(stats(SWD_POOL_ACCOUNT).cached, 500);
}
END_TEST

START_TEST(compaction_gives_back_everything_unused)
{
    struct thing *held = thing_get();
    burst(20000);
    uint64_t before = stats(SWD_POOL_ACCOUNT).bytes;
    ck_assert_uint_ge(swd_pool_compact(), before - SWD_GRANULE);
    ck_assert_uint_eq(stats(SWD_POOL_ACCOUNT).bytes, SWD_GRANULE);
    thing_put(&held);
    swd_pool_compact();
    ck_assert_uint_eq(stats(SWD_POOL_ACCOUNT).bytes, 0);
    swd_extent_trim(0);
    struct swd_identity i;
    swd_pool_identity(&i);
    ck_assert_uint_eq(i.live, 0);
    ck_assert_uint_le(i.mapped, 5 * SWD_GRANULE); /* magazines and batches */
}
END_TEST

START_TEST(new_objects_come_from_the_fullest_slab)
{
    enum { PER = 400, N = 4 * PER };
    struct thing *t[N];
    for (int i = 0; i < N; i++)
        t[i] = thing_get();
    for (int i = 0; i < N; i++)
        if (i % 40 != 0)
            thing_put(&t[i]);
    swd_pool_compact();
    uint64_t bytes = stats(SWD_POOL_ACCOUNT).bytes;
    for (int i = 0; i < 200; i++)
        t[i / 39 * 40 + 1 + i % 39] = thing_get();
    ck_assert_uint_le(stats(SWD_POOL_ACCOUNT).bytes, bytes);
}
END_TEST

START_TEST(every_failing_extent_is_a_clean_null)
{
    for (uint64_t k = 1; k < 30; k++) {
        void *p[600];
        int failed = 0;
        swd_pool_compact();
        swd_extent_fail_at(k);
        for (int i = 0; i < 600; i++) {
            p[i] = swd_slab_alloc((size_t)(i % 30) * 1000 + 1);
            failed += p[i] == NULL;
        }
        swd_extent_fail_at(0);
        ck_assert_int_le(failed, 1);
        for (int i = 0; i < 600; i++)
            swd_slab_free(p[i], (size_t)(i % 30) * 1000 + 1);
        identity_holds();
    }
}
END_TEST

/* --- threads --- */

static uint64_t next(uint64_t *s)
{
    *s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *s >> 33;
}

struct held {
    uint64_t *p;
    size_t n;
};

/* The pools whose objects belong to folders above: here plain objects of as many sizes. */
static bool has_owner_here(unsigned id)
{
    return id == SWD_POOL_BYTEBUF || id == SWD_POOL_STRVEC || id == SWD_POOL_VALVEC ||
           id == SWD_POOL_SMALLMAP || id == SWD_POOL_ACCOUNT;
}

static struct swd_pool_type plain[SWD_POOL_TYPED];

/* What a thread holds at one place, of every pool at most one object. */
struct mix {
    struct held slice;
    struct swd_bytebuf *buf;
    struct thing *thing;
    struct swd_strvec *strings;
    struct swd_valvec *values;
    struct swd_smallmap *map;
    uint64_t *plain[SWD_POOL_TYPED];
};

static void mix_slice(struct held *slice, uint64_t *seed)
{
    if (slice->p == NULL) {
        slice->n = 8 + next(seed) % (next(seed) % 50 == 0 ? 60000 : 600);
        slice->p = swd_slab_alloc(slice->n);
        if (slice->p != NULL && slice->p[0] != 0)
            ck_abort_msg("a slice is not zero");
        if (slice->p != NULL)
            slice->p[0] = slice->n;
        return;
    }
    if (slice->p[0] != slice->n)
        ck_abort_msg("a slice was written by another");
    swd_slab_free(slice->p, slice->n);
    slice->p = NULL;
}

static void mix_buf(struct swd_bytebuf **buf)
{
    if (*buf == NULL) {
        *buf = swd_bytebuf_get(1000);
        swd_bytebuf_adds(*buf, "0123456789");
        return;
    }
    if ((*buf)->len != 10 || strcmp((*buf)->data, "0123456789") != 0)
        ck_abort_msg("a buffer was written by another");
    swd_bytebuf_put(buf);
}

static void mix_thing(struct thing **thing)
{
    if (*thing == NULL) {
        *thing = thing_get();
        (*thing)->a[3] += 7;
        return;
    }
    if ((*thing)->a[3] != 7)
        ck_abort_msg("an object was written by another");
    thing_put(thing);
}

static void mix_strings(struct swd_strvec **v)
{
    if (*v == NULL) {
        *v = swd_strvec_get();
        swd_strvec_split(*v, "one,two", 7, ",");
        return;
    }
    if (swd_strvec_count(*v) != 2 || strcmp(swd_strvec_at(*v, 1, NULL), "two") != 0)
        ck_abort_msg("a vector of strings was written by another");
    swd_strvec_put(v);
}

static void mix_values(struct swd_valvec **v, uint64_t *seed)
{
    if (*v == NULL) {
        *v = swd_valvec_get();
        for (uint64_t i = 0, n = next(seed) % 400; i <= n; i++)
            swd_valvec_add(*v, (union swd_value){.u = i});
        return;
    }
    if ((*v)->v[(*v)->n - 1].u != (*v)->n - 1)
        ck_abort_msg("a vector of values was written by another");
    swd_valvec_put(v);
}

static void mix_map(struct swd_smallmap **m)
{
    if (*m == NULL) {
        *m = swd_smallmap_get();
        swd_smallmap_set(*m, "key", 3, (union swd_value){.u = 9});
        return;
    }
    union swd_value *v = swd_smallmap_find(*m, "key", 3);
    if ((*m)->n != 1 || v == NULL || v->u != 9)
        ck_abort_msg("a map was written by another");
    swd_smallmap_put(m);
}

static void mix_plain(uint64_t **p, unsigned id)
{
    size_t last = plain[id].size / sizeof(uint64_t) - 1;
    if (*p == NULL) {
        *p = swd_pool_get(id, &plain[id], SWD_HERE);
        if (*p != NULL && ((*p)[0] != 0 || (*p)[last] != 0))
            ck_abort_msg("an object of %s is not zero", swd_pool_name(id));
        if (*p != NULL)
            (*p)[0] = (*p)[last] = id + 1;
        return;
    }
    if ((*p)[0] != id + 1 || (*p)[last] != id + 1)
        ck_abort_msg("an object of %s was written by another", swd_pool_name(id));
    (*p)[0] = (*p)[last] = 0;
    swd_pool_put(id, &plain[id], *p);
    *p = NULL;
}

/* One random step over all pools, checked against what was written. */
static void mixed_step(struct mix *m, uint64_t *seed)
{
    unsigned id = (unsigned)(next(seed) % (SWD_POOL_TYPED + 1));
    switch (id) {
    case SWD_POOL_TYPED: mix_slice(&m->slice, seed); break;
    case SWD_POOL_BYTEBUF: mix_buf(&m->buf); break;
    case SWD_POOL_STRVEC: mix_strings(&m->strings); break;
    case SWD_POOL_VALVEC: mix_values(&m->values, seed); break;
    case SWD_POOL_SMALLMAP: mix_map(&m->map); break;
    case SWD_POOL_ACCOUNT: mix_thing(&m->thing); break;
    default: mix_plain(&m->plain[id], id);
    }
}

static void mix_put_all(struct mix *m)
{
    swd_slab_free(m->slice.p, m->slice.n);
    swd_bytebuf_put(&m->buf);
    thing_put(&m->thing);
    swd_strvec_put(&m->strings);
    swd_valvec_put(&m->values);
    swd_smallmap_put(&m->map);
    for (unsigned id = 0; id < SWD_POOL_TYPED; id++)
        if (m->plain[id] != NULL)
            mix_plain(&m->plain[id], id);
}

static void plain_types(void)
{
    for (unsigned id = 0; id < SWD_POOL_TYPED; id++)
        if (!has_owner_here(id))
            plain[id].size = 16 + 56 * (size_t)id;
}

#define HELD 16

/* Steps of each thread; the goal's million with SWD_POOL_OPS=1000000. */
static int mixed_steps(void)
{
    const char *text = getenv("SWD_POOL_OPS");
    return text != NULL ? (int)strtol(text, NULL, 10) : 16000;
}

static void *mixed(void *arg)
{
    uint64_t seed = (uintptr_t)arg * 77;
    struct mix m[HELD] = {0};
    for (int i = 0, n = mixed_steps(); i < n; i++) {
        mixed_step(&m[next(&seed) % HELD], &seed);
        if (i % 4000 == 3999)
            swd_pool_flush();
    }
    for (int k = 0; k < HELD; k++)
        mix_put_all(&m[k]);
    return NULL;
}

START_TEST(sixty_four_threads_mix_all_pools)
{
    pthread_t t[64];
    plain_types();
    for (uintptr_t i = 0; i < 64; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, mixed, (void *)(i + 1)), 0);
    for (int i = 0; i < 30; i++)
        swd_pool_tick();
    for (int i = 0; i < 64; i++)
        pthread_join(t[i], NULL);
    uint64_t gets = stats(SWD_POOL_TYPED).gets;
    for (unsigned i = 0; i < SWD_POOL_TYPED; i++) {
        if (i != SWD_POOL_BYTEBUF && i != SWD_POOL_VALVEC) /* they rest in other objects */
            ck_assert_uint_eq(stats(i).live, 0);
        ck_assert_uint_ge(stats(i).gets, mixed_steps());
        gets += stats(i).gets;
    }
    printf("64 threads x %d operations, %llu gets, as many puts\n", mixed_steps(),
           (unsigned long long)gets);
    identity_holds();
    for (int i = 0; i < 3; i++)
        swd_pool_compact();
    ck_assert_uint_eq(stats(SWD_POOL_BYTEBUF).live, 0);
    ck_assert_uint_eq(stats(SWD_POOL_VALVEC).live, 0);
    ck_assert_uint_eq(stats(SWD_POOL_TYPED).live, 0);
    struct swd_identity id;
    swd_pool_identity(&id);
    ck_assert_int_eq(id.missing, 0);
    ck_assert_uint_eq(id.live, 0);
}
END_TEST

START_TEST(debug_can_be_switched_while_threads_run)
{
    pthread_t t[4];
    plain_types();
    for (uintptr_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, mixed, (void *)(i + 1)), 0);
    for (int i = 0; i < 20; i++)
        swd_pool_set_debug(SWD_POOL_ACCOUNT, i % 2 == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    swd_pool_set_debug(SWD_POOL_ACCOUNT, false);
    ck_assert_uint_eq(stats(SWD_POOL_ACCOUNT).live, 0);
    identity_holds();
}
END_TEST

/* --- the identity with every kind of owner --- */

START_TEST(the_identity_adds_up_with_every_owner)
{
    struct swd_arena *a[20];
    struct swd_bump *b;
    struct swd_identity id;
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(swd_arena_new(NULL, SWD_NONE, &a[i]), 0);
        for (int k = 0; k < 3000; k++)
            swd_arena_alloc(a[i], (size_t)k % 300);
        swd_arena_alloc(a[i], 200000);
        swd_arena_sync(a[i]);
    }
    ck_assert_int_eq(swd_bump_new(NULL, SWD_NONE, &b), 0);
    for (int k = 0; k < 1000; k++)
        swd_bump_alloc(b, 1000);
    void *s = swd_slab_alloc(100000), *direct = swd_extent_get(SWD_CHUNK, false);
    identity_holds();
    swd_pool_identity(&id);
    uint64_t live = 0, mapped = 0;
    for (int i = 0; i < 20; i++) {
        live += swd_arena_live(a[i]);
        mapped += swd_arena_mapped(a[i]);
    }
    ck_assert_uint_eq(id.arenas, mapped);
    ck_assert_uint_eq(id.direct, SWD_CHUNK);
    ck_assert_uint_ge(id.live, live);
    swd_arena_set_hibernated(a[0], 1);
    identity_holds();
    swd_pool_identity(&id);
    ck_assert_uint_eq(id.hibernated, swd_arena_mapped(a[0]));
    swd_arena_set_hibernated(a[1], 1);
    swd_arena_set_hibernated(a[1], 0);
    for (int i = 0; i < 20; i++)
        swd_arena_drop(&a[i]);
    swd_bump_drop(&b);
    swd_slab_free(s, 100000);
    swd_extent_put(direct, SWD_CHUNK);
    swd_pool_identity(&id);
    ck_assert_uint_eq(id.hibernated + id.arenas + id.bumps + id.direct + id.live, 0);
}
END_TEST

START_TEST(the_reserve_can_go_and_come_back)
{
    for (int round = 0; round < 3; round++) {
        struct swd_bytebuf *b = swd_bytebuf_get(1000);
        swd_bytebuf_adds(b, "x");
        swd_bytebuf_put(&b);
        burst(300);
        swd_extent_fini();
        struct swd_identity id;
        swd_pool_identity(&id);
        ck_assert_uint_eq(id.mapped, 0);
    }
    ck_assert_uint_eq(stats(SWD_POOL_ACCOUNT).gets, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool/pool");
    TCase *c = tcase_create("pool");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, NULL, teardown);
    tcase_add_test(c, what_was_put_is_handed_out_again);
    tcase_add_test(c, a_steady_load_hits_the_pool);
    tcase_add_test(c, a_disabled_pool_keeps_nothing);
    tcase_add_test(c, counters_count);
    tcase_add_test(c, oversize_is_freed_and_told);
    tcase_add_test(c, no_user_sees_what_another_thread_wrote);
    tcase_add_test(c, debug_mode_works_and_tells_who);
    tcase_add_test_raise_signal(c, a_double_put_aborts_in_debug_mode, SIGABRT);
    tcase_add_test_raise_signal(c, a_write_after_put_aborts_in_debug_mode, SIGABRT);
    tcase_add_test_raise_signal(c, a_foreign_pointer_aborts_in_debug_mode, SIGABRT);
    tcase_add_test(c, tenured_objects_unused_for_periods_are_freed);
    tcase_add_test(c, what_is_needed_every_period_stays);
    tcase_add_test(c, warm_objects_are_made_ahead_and_stay);
    tcase_add_test(c, compaction_gives_back_everything_unused);
    tcase_add_test(c, new_objects_come_from_the_fullest_slab);
    tcase_add_test(c, every_failing_extent_is_a_clean_null);
    tcase_add_test(c, debug_can_be_switched_while_threads_run);
    tcase_add_test(c, the_identity_adds_up_with_every_owner);
    tcase_add_test(c, the_reserve_can_go_and_come_back);
#ifdef SWD_ASAN
    tcase_add_test(c, asan_sees_pooled_objects);
#endif
    suite_add_tcase(s, c);
    c = tcase_create("mix"); /* CK_RUN_CASE=mix runs it alone */
    tcase_set_timeout(c, getenv("SWD_POOL_OPS") != NULL ? 7200 : 120);
    tcase_add_checked_fixture(c, NULL, teardown);
    tcase_add_test(c, sixty_four_threads_mix_all_pools);
    suite_add_tcase(s, c);
    return suite_run(s);
}
