/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only doors to the program's memory. An address is checked once against the user range; a
 * fault inside a copy is served like the program's own (pages come in on demand) and, where it
 * can't be, ends the copy with -EFAULT, whatever the address points at. Any task context, no
 * spinlock held (a copy may sleep for a file's page). On the host the tests link
 * tests/fake/uaccess.c instead.
 */
#ifndef KERNEL_CORE_UACCESS_H
#define KERNEL_CORE_UACCESS_H

#include "lib/types.h"

#define USER_END (UINT64_C(1) << 48) /* first address that no program can have */

/* copy_from_user, copy_to_user - 0 or -EFAULT (part may have been copied). */
int copy_from_user(void *dst, vaddr_t src, size_t size_bytes) MUST_CHECK;
int copy_to_user(vaddr_t dst, const void *src, size_t size_bytes) MUST_CHECK;

/* copy_from_user_part, copy_to_user_part - how many bytes were copied before the first bad page:
 * for short reads and writes. */
size_t copy_from_user_part(void *dst, vaddr_t src, size_t size_bytes) MUST_CHECK;
size_t copy_to_user_part(vaddr_t dst, const void *src, size_t size_bytes) MUST_CHECK;

/* clear_user - write zeros. 0 or -EFAULT. */
int clear_user(vaddr_t dst, size_t size_bytes) MUST_CHECK;

/* copy_string_from_user - at most size_bytes including the NUL. Length without NUL, -EFAULT, or
 * -ENAMETOOLONG when no NUL fits. */
long copy_string_from_user(char *dst, vaddr_t src, size_t size_bytes) MUST_CHECK;

/* user_peek - what of [src, src + size) of the active address space is in memory, from its start,
 * without faulting: for reports. Bytes copied. Any context. */
size_t user_peek(void *dst, vaddr_t src, size_t size_bytes);

/* user_load_u32 - an atomic, acquire load of an aligned word, for futex. 0 or -EFAULT.
 * user_cas_u32: *old gets what was there. */
int user_load_u32(vaddr_t addr, uint32_t *value) MUST_CHECK;
int user_cas_u32(vaddr_t addr, uint32_t expected, uint32_t desired, uint32_t *old) MUST_CHECK;

#endif
