/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own address space (TTBR1), the same on every CPU: a direct map of RAM, the image,
 * kernel stacks, devices. Programs' page tables are kernel/arch/pgtable.h. Nothing here is ever
 * both writable and executable.
 */
#ifndef KERNEL_ARCH_MMU_H
#define KERNEL_ARCH_MMU_H

#include "lib/types.h"
#include "kernel/arch/arm64/mmu_inline.h"

/* phys_to_virt, virt_to_phys - between a physical address of RAM and its place in the direct map.
 * (arm64/mmu_inline.h) clear_page - zero one page through the direct map. */

/*
 * mmu_init - take over the tables that the boot code made. room: the physical address of the boot
 * room, whose free pages serve as tables until the page allocator is there. Boot CPU, once.
 */
void mmu_init(paddr_t room);

/* mmu_map_ram - add [start, end) to the direct map, in 2 MiB or 1 GiB blocks where it can. Partial
 * 2 MiB blocks at the ends are mapped by pages. */
void mmu_map_ram(paddr_t start, paddr_t end);

/* mmu_early_end - the first byte behind what mmu_init() and mmu_map_ram() took from the room
 * (physical): free from then on up to the boot stack. */
paddr_t mmu_early_end(void);

/* mmio_map - where the device registers at pa can be reached; maps them on first use. NULL when a
 * table page can't be had. */
volatile void *mmio_map(paddr_t pa, size_t size_bytes);

/* mmu_map_page - map one page of kernel memory at va (the kernel stack area), writable, not
 * executable. 0 or -ENOMEM. */
int mmu_map_page(void *va, paddr_t pa) MUST_CHECK;

#endif
