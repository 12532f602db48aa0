/* The set of runners by id, and the groups. Loop thread only. Ids are given in sequence and never
 * reused, so the list by id needs no sorting; the hash is open chaining on the low bits. */
#include <stdio.h>
#include <string.h>

#include "pool/slab.h"
#include "runner/runner-int.h"

static size_t table_slot(const struct swd_runners *rs, uint64_t id)
{
    return (size_t)(id & (rs->hash_size - 1));
}

struct swd_runner *swd_table_find(struct swd_runners *rs, uint64_t id)
{
    struct swd_runner *r = rs->hash_size ? rs->hash[table_slot(rs, id)] : NULL;
    while (r && r->id != id)
        r = r->hash_next;
    return r;
}

/* Ids tried one by one before the list is walked from its start. */
#define AFTER_TRIES 4096

struct swd_runner *swd_table_after(struct swd_runners *rs, uint64_t id)
{
    struct swd_runner *r = id ? swd_table_find(rs, id) : NULL;
    struct swd_list *it = r ? r->by_id.next : rs->by_id.next;
    for (unsigned i = 1; id && !r && i <= AFTER_TRIES && id + i < rs->next_id; i++) {
        struct swd_runner *next = swd_table_find(rs, id + i);
        if (next)
            return next;
    }
    for (; it != &rs->by_id; it = it->next) {
        r = SWD_LIST_ENTRY(it, struct swd_runner, by_id);
        if (r->id > id)
            return r;
    }
    return NULL;
}

struct swd_runner *swd_table_next(struct swd_runners *rs, const struct swd_runner *r)
{
    return r->by_id.next == &rs->by_id ? NULL
                                       : SWD_LIST_ENTRY(r->by_id.next, struct swd_runner, by_id);
}

static int table_grow(struct swd_runners *rs)
{
    size_t old_size = rs->hash_size, size = old_size ? old_size * 2 : 256;
    struct swd_runner **old = rs->hash;
    struct swd_runner **hash = swd_slab_alloc(size * sizeof(struct swd_runner *));
    if (!hash)
        return SWD_ENOMEM;
    rs->hash = hash;
    rs->hash_size = size;
    for (size_t i = 0; i < old_size; i++)
        for (struct swd_runner *r = old[i], *next; r; r = next) {
            size_t s = table_slot(rs, r->id);
            next = r->hash_next;
            r->hash_next = hash[s];
            hash[s] = r;
        }
    swd_slab_free(old, old_size * sizeof(struct swd_runner *));
    return 0;
}

int swd_table_add(struct swd_runners *rs, struct swd_runner *r)
{
    size_t s;
    if (rs->hash_used >= rs->hash_size && table_grow(rs) != 0 && rs->hash_size == 0)
        return SWD_ENOMEM;
    s = table_slot(rs, r->id);
    r->hash_next = rs->hash[s];
    rs->hash[s] = r;
    rs->hash_used++;
    swd_list_push_back(&rs->by_id, &r->by_id);
    return 0;
}

void swd_table_remove(struct swd_runners *rs, struct swd_runner *r)
{
    struct swd_runner **p = &rs->hash[table_slot(rs, r->id)];
    while (*p != r)
        p = &(*p)->hash_next;
    *p = r->hash_next;
    rs->hash_used--;
    swd_list_del(&r->by_id);
}

struct swd_group *swd_group_get(struct swd_runners *rs, const char *name)
{
    struct swd_list *it;
    struct swd_group *g;
    SWD_LIST_EACH(it, &rs->groups)
    {
        g = SWD_LIST_ENTRY(it, struct swd_group, link);
        if (strcmp(g->name, name) == 0) {
            g->refs++;
            return g;
        }
    }
    g = swd_slab_alloc(sizeof *g);
    if (!g)
        return NULL;
    g->account = swd_account_new(rs->o.account, name, SWD_NONE);
    if (!g->account) {
        swd_slab_free(g, sizeof *g);
        return NULL;
    }
    g->magic = SWD_GROUP_MAGIC;
    g->id = ++rs->next_group;
    g->refs = 1;
    snprintf(g->name, sizeof g->name, "%s", name);
    swd_list_push_back(&rs->groups, &g->link);
    return g;
}

void swd_group_put(struct swd_group *g)
{
    SWD_CHECK(g, SWD_GROUP_MAGIC);
    if (--g->refs > 0)
        return;
    swd_list_del(&g->link);
    swd_account_free(&g->account);
    g->magic = 0;
    swd_slab_free(g, sizeof *g);
}
