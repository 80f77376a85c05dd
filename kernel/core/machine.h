/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device tree said about the machine, gathered in one walk and never changed after that.
 * Nothing else in the kernel reads the tree, but for a driver of what few programs need
 * (kernel/drivers/pci.c). Addresses are taken as they stand: buses that
 * translate them (ranges) are for boards, which we don't know yet. Numbers are bounded: what does
 * not fit (more RAM ranges or virtio slots than here) is left unused and counted in `ignored`.
 */
#ifndef KERNEL_CORE_MACHINE_H
#define KERNEL_CORE_MACHINE_H

#include "kernel/core/page.h"
#include "lib/types.h"

#define MACHINE_RAM_MAX      8
#define MACHINE_RESERVED_MAX 16
#define MACHINE_CPU_MAX      8
#define MACHINE_VIRTIO_MAX   32
#define MACHINE_GICR_MAX     2
#define MACHINE_SEED_MAX     64

enum machine_conduit {
    CONDUIT_NONE, /* no PSCI: other CPUs can't be started, power can't be turned off */
    CONDUIT_HVC,
    CONDUIT_SMC,
};

/* A window of device registers; size_bytes 0: the machine has none. */
struct machine_window {
    paddr_t base;
    uint64_t size_bytes;
};

struct machine_cpu {
    uint64_t mpidr; /* affinity fields, as MPIDR_EL1 gives them */
    bool psci;      /* enable-method is "psci": power_start_cpu can start it */
};

struct machine_virtio {
    paddr_t base;
    uint32_t intid; /* interrupt number as the GIC gives it: SPIs start at 32 */
};

struct machine {
    struct mem_range ram[MACHINE_RAM_MAX]; /* sorted, not overlapping, whole pages */
    unsigned nram;
    struct mem_range reserved[MACHINE_RESERVED_MAX]; /* /reserved-memory, the tree's reservations,
                                                        the tree itself, the initrd */
    unsigned nreserved;

    struct machine_cpu
        cpus[MACHINE_CPU_MAX]; /* the boot CPU first, the others in the order of the tree */
    unsigned ncpus;
    enum machine_conduit conduit;

    unsigned gic_version; /* 2 or 3 */
    struct machine_window gic_dist;
    struct machine_window gic_cpu;                      /* version 2 */
    struct machine_window gic_redist[MACHINE_GICR_MAX]; /* version 3 */
    unsigned ngic_redist;
    uint32_t timer_intid; /* of the virtual timer, EL1 */

    struct machine_window uart; /* PL011 */
    uint32_t uart_intid;
    struct machine_window rtc; /* PL031 */

    struct machine_virtio
        virtio[MACHINE_VIRTIO_MAX]; /* virtio-mmio slots by address; most of them are empty */
    unsigned nvirtio;

    const void *tree;
    struct mem_range initrd;        /* empty: none */
    const char *bootargs;           /* within the tree, "" when absent */
    uint8_t seed[MACHINE_SEED_MAX]; /* rng-seed; the bytes in the tree have been wiped */
    unsigned seed_bytes;

    unsigned ignored; /* things for which there was no room above */
};

/*
 * machine_read - fill *m from the flattened tree `dtb`, of which size_bytes can be read.
 * boot_mpidr: the running CPU. Boot CPU, once; no allocation. NULL, or a sentence that says what is
 * missing or broken ("the device tree names no memory"); *m is then not to be used, but m->uart is
 * filled if the tree could be read that far, so that the reason can be printed.
 */
const char *machine_read(struct machine *m, void *dtb, size_t size_bytes,
                         uint64_t boot_mpidr) MUST_CHECK;

/* The machine that this is, from the boot on. */
extern const struct machine *machine_here;

/* machine_memory_bytes - the sum of its RAM. */
uint64_t machine_memory_bytes(const struct machine *m);

#endif
