/* SPDX-License-Identifier: Apache-2.0 */
/* What tests/fake/uaccess.c and the test that is the program tell each other. */
#ifndef TESTS_FAKE_USER_H
#define TESTS_FAKE_USER_H

#include "lib/types.h"

/* fake_user_memory - where va is if the test has memory of its own for the program there, and how
 * many bytes of it from va on; NULL: page tables decide. fake_user_faults - the kernel is about to
 * serve a fault in the middle of a copy. Given by the test. */
void *fake_user_memory(vaddr_t va, unsigned access, size_t *room_bytes);
void fake_user_faults(void);

/* fake_user_mapped - the byte at va, if the page tables allow that access (ASPACE_*) now. */
void *fake_user_mapped(vaddr_t va, unsigned access);

#endif
