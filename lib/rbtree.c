/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red-black trees. Invariants: the root and all NULL leaves are black, a red node's children are
 * black, every path from a node down to its leaves passes the same number of black nodes. The cases
 * carry the numbers of Cormen et al., 13.3 and 13.4; each is written once for both sides by naming
 * children through child().
 */
#include "lib/rbtree.h"

enum { RED = 0, BLACK = 1 };

static struct rb_node *parent_of(const struct rb_node *n)
{
    return (struct rb_node *)(n->parent_color & ~(uintptr_t)1);
}

static bool is_black(const struct rb_node *n)
{
    return !n || (n->parent_color & 1) == BLACK;
}

static void set_parent(struct rb_node *n, struct rb_node *parent)
{
    n->parent_color = (uintptr_t)parent | (n->parent_color & 1);
}

static void set_color(struct rb_node *n, uintptr_t color)
{
    n->parent_color = (n->parent_color & ~(uintptr_t)1) | color;
}

/* The left child, or the right one on the mirrored side. */
static struct rb_node **child(struct rb_node *n, bool right)
{
    return right ? &n->right : &n->left;
}

/* Put n (may be NULL) where old hangs. */
static void replace_child(struct rb_tree *t, struct rb_node *old, struct rb_node *n)
{
    struct rb_node *parent = parent_of(old);

    if (!parent)
        t->root = n;
    else
        *child(parent, parent->right == old) = n;
    if (n)
        set_parent(n, parent);
}

/* Turn n down to the `right` or left; its other child takes its place. */
static void rotate(struct rb_tree *t, struct rb_node *n, bool right)
{
    struct rb_node *up = *child(n, !right), *inner = *child(up, right);

    replace_child(t, n, up);
    *child(n, !right) = inner;
    if (inner)
        set_parent(inner, n);
    *child(up, right) = n;
    set_parent(n, up);
}

void rb_insert(struct rb_tree *t, struct rb_node *n, struct rb_node *parent, struct rb_node **link)
{
    n->left = n->right = NULL;
    n->parent_color = (uintptr_t)parent | RED;
    *link = n;

    while ((parent = parent_of(n)) && !is_black(parent)) {
        struct rb_node *grand = parent_of(parent);
        bool right = grand->right == parent;
        struct rb_node *uncle = *child(grand, !right);

        if (!is_black(uncle)) { /* case 1: recolour and go on above */
            set_color(parent, BLACK);
            set_color(uncle, BLACK);
            set_color(grand, RED);
            n = grand;
            continue;
        }
        if (*child(parent, !right) == n) { /* case 2: make it an outer child */
            rotate(t, parent, right);
            parent = n;
        }
        set_color(parent, BLACK); /* case 3 */
        set_color(grand, RED);
        rotate(t, grand, !right);
        break;
    }
    set_color(t->root, BLACK);
}

/* Below `parent`, on n's side, one black node is missing on every path; n itself may be NULL. */
static void rebalance_after_remove(struct rb_tree *t, struct rb_node *n, struct rb_node *parent)
{
    while (parent && is_black(n)) {
        bool right = parent->right == n;
        struct rb_node *sibling = *child(parent, !right);

        if (!is_black(sibling)) { /* case 1: get a black sibling */
            set_color(sibling, BLACK);
            set_color(parent, RED);
            rotate(t, parent, right);
            sibling = *child(parent, !right);
        }
        if (is_black(sibling->left) && is_black(sibling->right)) { /* case 2: the lack moves up */
            set_color(sibling, RED);
            n = parent;
            parent = parent_of(n);
            continue;
        }
        if (is_black(*child(sibling, !right))) { /* case 3: get a red outer nephew */
            set_color(*child(sibling, right), BLACK);
            set_color(sibling, RED);
            rotate(t, sibling, !right);
            sibling = *child(parent, !right);
        }
        set_color(sibling, parent->parent_color & 1); /* case 4 */
        set_color(parent, BLACK);
        set_color(*child(sibling, !right), BLACK);
        rotate(t, parent, right);
        return;
    }
    if (n)
        set_color(n, BLACK);
}

/* Give `heir` the place, children and colour of n. */
static void take_over(struct rb_tree *t, struct rb_node *n, struct rb_node *heir)
{
    replace_child(t, n, heir);
    *heir = *n;
    if (heir->left)
        set_parent(heir->left, heir);
    if (heir->right)
        set_parent(heir->right, heir);
}

void rb_remove(struct rb_tree *t, struct rb_node *n)
{
    struct rb_node *out = n; /* the node that leaves its place: n, or its successor */

    if (n->left && n->right)
        for (out = n->right; out->left;)
            out = out->left;

    struct rb_node *below = out->left ? out->left : out->right;
    struct rb_node *parent = parent_of(out);
    bool was_black = is_black(out);

    replace_child(t, out, below);
    if (out != n) {
        take_over(t, n, out);
        if (parent == n)
            parent = out;
    }
    if (was_black)
        rebalance_after_remove(t, below, parent);
}

static struct rb_node *outermost(struct rb_node *n, bool right)
{
    while (n && *child(n, right))
        n = *child(n, right);
    return n;
}

static struct rb_node *neighbour(const struct rb_node *n, bool right)
{
    struct rb_node *inner = *child((struct rb_node *)n, right), *parent;

    if (inner)
        return outermost(inner, !right);
    for (parent = parent_of(n); parent && *child(parent, right) == n; parent = parent_of(n))
        n = parent;
    return parent;
}

struct rb_node *rb_first(const struct rb_tree *t)
{
    return outermost(t->root, false);
}

struct rb_node *rb_last(const struct rb_tree *t)
{
    return outermost(t->root, true);
}

struct rb_node *rb_next(const struct rb_node *n)
{
    return neighbour(n, true);
}

struct rb_node *rb_prev(const struct rb_node *n)
{
    return neighbour(n, false);
}
