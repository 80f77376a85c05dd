/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that stands still and is looked at: registers of its processors and of its threads, and
 * memory, by way of QEMU's debugger port. Nothing of it asks the guest: it works however wedged
 * that is. Virtual memory is read through the page tables, walked here.
 */
#ifndef VMM_DEBUG_H
#define VMM_DEBUG_H

#include "vmm/gdb.h"

#define DEBUG_CPUS_MAX   64
#define DEBUG_PAGES      64 /* kept */
#define DEBUG_PAGE_BYTES 4096

/* A thread of the program, as it was in it. */
struct debug_registers {
    uint64_t x[31];
    uint64_t sp, pc;
};

struct debug {
    struct gdb gdb;
    paddr_t user_table, kernel_table;
    unsigned user_register;         /* the debugger's number of the one that has user_table */
    paddr_t tables[DEBUG_CPUS_MAX]; /* what each processor has there */
    size_t ntables, next_table;
    struct debug_registers *threads;
    size_t nthreads;
    struct {
        paddr_t addr; /* 0: nothing */
        uint8_t bytes[DEBUG_PAGE_BYTES];
    } pages[DEBUG_PAGES];
    struct error ignored; /* of reads that may fail */
};

/*
 * Stops the machine whose debugger port listens at this Unix socket, and reads where its threads
 * are. Fails with what connecting says; -ENOTSUP when this QEMU doesn't tell registers or physical
 * memory; -ENOENT when no program runs yet. debug_close lets it go on, and gives everything back.
 */
int debug_open(struct debug *debug, const char *path, struct error *err) MUST_CHECK;
void debug_close(struct debug *debug);

/* A processor that hasn't run the program yet has another page table, or an empty one. Where the
 * program can't be found: looks from the next one that has any. False: there is none left. */
bool debug_next_table(struct debug *debug);

/* Copies size bytes of the program's (or, from 2^63 on, the kernel's) memory. 0, or -EFAULT.
 * debug_physical: by the machine's own addresses, within a page. */
int debug_physical(struct debug *debug, paddr_t addr, void *out, size_t size) MUST_CHECK;
int debug_read(struct debug *debug, vaddr_t addr, void *out, size_t size_bytes);

#endif
