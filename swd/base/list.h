/* Intrusive doubly linked list with a head node. Header only, no locks, O(1) everywhere.
 * An unlinked node points at itself, so swd_list_del() of an unlinked node is harmless. */
#ifndef SWD_BASE_LIST_H
#define SWD_BASE_LIST_H

#include <stdbool.h>

#include "base/check.h"

struct swd_list {
    struct swd_list *next, *prev;
};

#define SWD_LIST_INIT(name)                                                                        \
    {                                                                                              \
        &(name), &(name)                                                                           \
    }

static inline void swd_list_init(struct swd_list *l)
{
    l->next = l->prev = l;
}

static inline bool swd_list_empty(const struct swd_list *l)
{
    return l->next == l;
}

static inline void swd_list_insert(struct swd_list *after, struct swd_list *n)
{
    n->prev = after;
    n->next = after->next;
    after->next->prev = n;
    after->next = n;
}

static inline void swd_list_push_front(struct swd_list *head, struct swd_list *n)
{
    swd_list_insert(head, n);
}

static inline void swd_list_push_back(struct swd_list *head, struct swd_list *n)
{
    swd_list_insert(head->prev, n);
}

static inline void swd_list_del(struct swd_list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    swd_list_init(n);
}

static inline struct swd_list *swd_list_pop_front(struct swd_list *head)
{
    struct swd_list *n = head->next;
    if (n == head)
        return NULL;
    swd_list_del(n);
    return n;
}

/* Moves every node of `from` to the end of `to`. */
static inline void swd_list_splice(struct swd_list *to, struct swd_list *from)
{
    if (swd_list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    swd_list_init(from);
}

#define SWD_LIST_ENTRY(p, type, member) SWD_CONTAINER(p, type, member)
#define SWD_LIST_EACH(it, head)         for (it = (head)->next; it != (head); it = it->next)
#define SWD_LIST_EACH_SAFE(it, tmp, head)                                                          \
    for (it = (head)->next, tmp = it->next; it != (head); it = tmp, tmp = it->next)

#endif
