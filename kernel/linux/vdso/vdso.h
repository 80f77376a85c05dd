/* SPDX-License-Identifier: Apache-2.0 */
/* The vDSO: a small shared object that the kernel maps into the program, so that reading a clock
 * needs no system call. */
#ifndef KERNEL_LINUX_VDSO_VDSO_H
#define KERNEL_LINUX_VDSO_VDSO_H

#include "kernel/core/timebase.h"
#include "lib/types.h"

struct aspace;

/* vdso_init - make the two pages that programs see. timebase: the clock's, final. Boot CPU, once,
 * before the other calls. 0 or -ENOMEM. */
int vdso_init(const struct timebase *timebase, int64_t wall_offset_ns) MUST_CHECK;

/* vdso_set_wall - CLOCK_REALTIME minus CLOCK_MONOTONIC is now this. Any context. */
void vdso_set_wall(int64_t offset_ns);

/* vdso_renew_random - keys that programs have for the vDSO's getrandom are void: a copy of their
 * memory has been made, and must not go on to the same bytes. Any context. */
void vdso_renew_random(void);

/* vdso_map - map data page and code into *as where there is room. *ehdr: for AT_SYSINFO_EHDR. 0 or
 * -ENOMEM. */
int vdso_map(struct aspace *as, vaddr_t *ehdr) MUST_CHECK;

/* vdso_sigreturn - the address of __kernel_rt_sigreturn in a program whose vDSO is at ehdr: what a
 * signal handler returns to. */
vaddr_t vdso_sigreturn(vaddr_t ehdr);

#endif
