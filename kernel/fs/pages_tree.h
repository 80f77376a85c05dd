/* SPDX-License-Identifier: Apache-2.0 */
/* The sparse tree of pages under a file: 64-way nodes, as high as the largest index needs. Under
 * pages.lock. */
#ifndef KERNEL_FS_PAGES_TREE_H
#define KERNEL_FS_PAGES_TREE_H

#include "kernel/fs/pages.h"

/* pages_tree_find - the page at index, or PAGE_NONE. */
paddr_t pages_tree_find(const struct pages *p, uint64_t index);

/* pages_tree_insert - put page at an index that has none. 0 or -ENOMEM. */
int pages_tree_insert(struct pages *p, uint64_t index, paddr_t page) MUST_CHECK;

/* pages_tree_remove - drop all pages in [first, end); references go with them. */
void pages_tree_remove(struct pages *p, uint64_t first, uint64_t end);

/* pages_tree_drop_idle - drop the pages that nobody else refers to. The tree's own memory stays.
 * Whether there were any. */
bool pages_tree_drop_idle(struct pages *p);

/* pages_tree_next - the lowest index at or above `from` that has a page, UINT64_MAX for none. */
uint64_t pages_tree_next(const struct pages *p, uint64_t from);

#endif
