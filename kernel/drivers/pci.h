/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCI as a generic host bridge with memory-mapped configuration (ECAM) has it: the functions on the
 * root bus, their registers, their INTx interrupts by the bridge's interrupt-map. What is behind
 * other bridges isn't looked at. Boot CPU only, no locking.
 */
#ifndef KERNEL_DRIVERS_PCI_H
#define KERNEL_DRIVERS_PCI_H

#include "abi/pci.h"

struct machine;

struct pci_function {
    volatile void *config; /* its configuration space */
    unsigned number;       /* device * 8 + function */
    uint32_t id;           /* vendor, and the device above it */
};

/* pci_next - the function behind *number, 0 for the first: true, and *number is where to go on.
 * False: there is none, or the machine has no such bridge. */
bool pci_next(const struct machine *m, unsigned *number, struct pci_function *f);

/* pci_bar - where size_bytes at `offset` of the memory behind a base address register can be
 * reached; gives it an address if it has none. NULL: it is no memory, smaller than that, or the
 * bridge has no room. */
volatile void *pci_bar(const struct pci_function *f, unsigned bar, uint32_t offset,
                       uint32_t size_bytes);

/* pci_start - f may answer and reach memory. pci_intid - its interrupt's number, 0: it has none. */
void pci_start(const struct pci_function *f);
unsigned pci_intid(const struct pci_function *f);

#endif
