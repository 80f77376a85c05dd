/* SPDX-License-Identifier: Apache-2.0 */
/* Intrusive doubly linked circular lists. A head and a free-standing node point to themselves. No
 * locking. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(name)  \
    {                    \
        &(name), &(name) \
    }

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_insert_(struct list *n, struct list *prev, struct list *next)
{
    n->next = next;
    n->prev = prev;
    prev->next = n;
    next->prev = n;
}

/* list_push_front, list_push_back - link n, which must be on no list. */
static inline void list_push_front(struct list *head, struct list *n)
{
    list_insert_(n, head, head->next);
}

static inline void list_push_back(struct list *head, struct list *n)
{
    list_insert_(n, head->prev, head);
}

/* list_remove - unlink n and make it free-standing; harmless when it is on no list. */
static inline void list_remove(struct list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    list_init(n);
}

/* list_pop_front - unlink and return the first node, or NULL. */
static inline struct list *list_pop_front(struct list *head)
{
    struct list *n = head->next;
    if (n == head)
        return NULL;
    list_remove(n);
    return n;
}

#define list_entry(n, type, member) container_of(n, type, member)

/* list_for_each - walk nodes; the body may remove `n` itself. */
#define list_for_each(n, head)                                            \
    for (struct list *n = (head)->next, *n##_next = n->next; n != (head); \
         n = n##_next, n##_next = n->next)

#endif
