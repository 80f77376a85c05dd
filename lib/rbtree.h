/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intrusive red-black trees (Guibas and Sedgewick 1978; Cormen et al., chapter 13). The owner
 * compares: it walks down to the place of a new node itself and gives it to rb_insert. No locking,
 * no allocation; equal keys are allowed.
 *
 *     struct rb_node **link = &tree->root, *parent = NULL;
 *     while (*link) {
 *         parent = *link;
 *         link = key < rb_entry(parent, struct thing, node)->key ? &parent->left : &parent->right;
 *     }
 *     rb_insert(tree, &thing->node, parent, link);
 */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include "lib/types.h"

struct rb_node {
    struct rb_node *left, *right;
    uintptr_t parent_color; /* bit 0: black */
};

struct rb_tree {
    struct rb_node *root;
};

#define RB_TREE_INIT \
    {                \
        NULL         \
    }
#define rb_entry(n, type, member) container_of(n, type, member)

/* rb_insert - link n at *link, a NULL child of parent (the root's link when parent is NULL), and
 * rebalance. */
void rb_insert(struct rb_tree *t, struct rb_node *n, struct rb_node *parent, struct rb_node **link);

/* rb_remove - unlink n, which must be in t. */
void rb_remove(struct rb_tree *t, struct rb_node *n);

/* rb_first, rb_last - the ends, NULL for an empty tree. rb_next, rb_prev - the neighbours in order,
 * NULL at the end. */
struct rb_node *rb_first(const struct rb_tree *t);
struct rb_node *rb_last(const struct rb_tree *t);
struct rb_node *rb_next(const struct rb_node *n);
struct rb_node *rb_prev(const struct rb_node *n);

#endif
