/* SPDX-License-Identifier: Apache-2.0 */
/* Trees against a sorted array; and the red-black rules, checked from their statement. */
#include "lib/rbtree.h"
#include "tests/fake/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { NODES = 400 };

struct item {
    struct rb_node node;
    unsigned key;
};

static struct item items[NODES];
static struct item *sorted[NODES];
static unsigned count;
static struct rb_tree tree;

static unsigned key_of(const struct rb_node *n)
{
    return rb_entry(n, struct item, node)->key;
}

static void insert(struct item *it)
{
    struct rb_node **link = &tree.root, *parent = NULL;
    unsigned at = 0;

    while (*link) {
        parent = *link;
        link = it->key < key_of(parent) ? &parent->left : &parent->right;
    }
    rb_insert(&tree, &it->node, parent, link);
    while (at < count && sorted[at]->key <= it->key)
        at++;
    memmove(&sorted[at + 1], &sorted[at], (count - at) * sizeof(sorted[0]));
    sorted[at] = it;
    count++;
}

static void remove_at(unsigned at)
{
    rb_remove(&tree, &sorted[at]->node);
    memmove(&sorted[at], &sorted[at + 1], (count - at - 1) * sizeof(sorted[0]));
    count--;
}

static bool red(const struct rb_node *n)
{
    return n && !(n->parent_color & 1);
}

/* Black nodes on every path below n. */
static unsigned black_height(const struct rb_node *n, const struct rb_node *parent)
{
    if (!n)
        return 1;
    assert_ptr_equal((void *)(n->parent_color & ~(uintptr_t)1), parent);
    assert_false(red(n) && (red(n->left) || red(n->right)));
    unsigned left = black_height(n->left, n);
    assert_int_equal(left, black_height(n->right, n));
    return left + !red(n);
}

static void check(void)
{
    const struct rb_node *n = rb_first(&tree);

    assert_false(red(tree.root));
    black_height(tree.root, NULL);
    for (unsigned i = 0; i < count; i++, n = rb_next(n))
        assert_ptr_equal(n, &sorted[i]->node);
    assert_null(n);
    n = rb_last(&tree);
    for (unsigned i = count; i--; n = rb_prev(n))
        assert_ptr_equal(n, &sorted[i]->node);
    assert_null(n);
}

static void random_trees(void **state)
{
    (void)state;
    random_seed(5);
    for (unsigned round = 0; round < 12; round++) {
        unsigned range = round % 2 ? 40 : 100000; /* many equal keys, or few */
        unsigned used = 0;
        while (used < NODES) {
            if (count && random_below(3) == 0) {
                remove_at((unsigned)random_below(count));
            } else {
                items[used].key = (unsigned)random_below(range);
                insert(&items[used++]);
            }
            check();
        }
        while (count) {
            remove_at((unsigned)random_below(count));
            check();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_trees)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
