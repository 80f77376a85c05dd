/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/pci.h. The bridge's node of the device tree is read when the first function is
 * asked for. */
#include "kernel/drivers/pci.h"
#include "kernel/arch/io.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/machine.h"
#include "lib/fdt.h"
#include "lib/str.h"

enum { FUNCTIONS = 256, FUNCTIONS_PER_DEVICE = 8, SPI_FIRST = 32, SPI_END = 1020 };

enum {
    P_COMPATIBLE,
    P_REG,
    P_RANGES,
    P_INTERRUPT_MAP,
    P_INTERRUPT_MASK,
    P_INTERRUPT_CONTROLLER,
    P_COUNT
};

static const char *const property_names[P_COUNT] = {
    [P_COMPATIBLE] = "compatible",
    [P_REG] = "reg",
    [P_RANGES] = "ranges",
    [P_INTERRUPT_MAP] = "interrupt-map",
    [P_INTERRUPT_MASK] = "interrupt-map-mask",
    [P_INTERRUPT_CONTROLLER] = "interrupt-controller",
};

static struct {
    bool looked_for;
    volatile void *config;       /* the root bus's; NULL: there is no bridge */
    uint64_t free, end;          /* what is left of its 32-bit memory, as devices see it */
    uint64_t to_cpu;             /* add this to such an address */
    struct fdt_value interrupts; /* the map */
    uint32_t mask[2];            /* which bits of function and pin count in it */
    unsigned gic_cells;          /* a GIC's addresses in it */
} bridge;

/* ---- the device tree ---- */

static uint64_t cell_pair(const struct fdt_value *v, unsigned i)
{
    uint32_t high = 0, low = 0;
    (void)!(fdt_u32(v, i, &high) && fdt_u32(v, i + 1, &low));
    return (uint64_t)high << 32 | low;
}

/* Entries of seven cells: space and address as devices see it, as CPUs do, size. */
static void take_ranges(const struct fdt_value *v)
{
    uint32_t space;
    for (unsigned i = 0; fdt_u32(v, i, &space) && !bridge.end; i += 7) {
        uint64_t start = cell_pair(v, i + 1), size = cell_pair(v, i + 5);
        if ((space & PCI_CELL_SPACE) != PCI_CELL_MEMORY32 || (space & PCI_CELL_PREFETCH) ||
            start + size > UINT64_C(1) << 32 || size > UINT64_C(1) << 32)
            continue;
        bridge.free = start;
        bridge.end = start + size;
        bridge.to_cpu = cell_pair(v, i + 3) - start;
    }
}

static void take_bridge(const struct fdt_node *n)
{
    uint64_t base, size;
    if (bridge.config || !fdt_reg(n, P_REG, 0, &base, &size) || size < PCI_BUS_BYTES ||
        n->child_address_cells != 3 || n->child_size_cells != 2 || n->address_cells != 2)
        return;
    bridge.config = mmio_map(base, PCI_BUS_BYTES);
    take_ranges(fdt_prop(n, P_RANGES));
    if (fdt_prop(n, P_INTERRUPT_MAP))
        bridge.interrupts = *fdt_prop(n, P_INTERRUPT_MAP);
    (void)!(fdt_u32(fdt_prop(n, P_INTERRUPT_MASK), 0, &bridge.mask[0]) &&
            fdt_u32(fdt_prop(n, P_INTERRUPT_MASK), 3, &bridge.mask[1]));
}

static int visit(void *arg, const struct fdt_node *n)
{
    (void)arg;
    if (fdt_has_string(fdt_prop(n, P_COMPATIBLE), "pci-host-ecam-generic"))
        take_bridge(n);
    else if (fdt_prop(n, P_INTERRUPT_CONTROLLER) && n->depth == 1)
        bridge.gic_cells = n->child_address_cells;
    return 0;
}

static volatile void *root_bus(const struct machine *m)
{
    struct fdt fdt;
    if (!bridge.looked_for && !fdt_open(&fdt, m->tree, SIZE_MAX))
        (void)!fdt_walk(&fdt, property_names, P_COUNT, visit, NULL);
    bridge.looked_for = true;
    return bridge.config;
}

/* ---- functions ---- */

bool pci_next(const struct machine *m, unsigned *number, struct pci_function *f)
{
    volatile char *bus = root_bus(m);
    while (bus && *number < FUNCTIONS) {
        *f = (struct pci_function){bus + *number * PCI_FUNCTION_BYTES, *number, 0};
        f->id = mmio_read32(f->config, PCI_VENDOR);
        bool first = *number % FUNCTIONS_PER_DEVICE == 0,
             there = (f->id & PCI_VENDOR_NONE) != PCI_VENDOR_NONE;
        uint8_t header = there ? mmio_read8(f->config, PCI_HEADER_TYPE) : 0;
        *number += first && !(header & PCI_HEADER_SEVERAL) ? FUNCTIONS_PER_DEVICE : 1;
        if (there && !(header & PCI_HEADER_KIND))
            return true;
    }
    return false;
}

/* How much memory a base address register decodes; 0: it is none. *wide: it has two words. */
static uint64_t bar_size(const struct pci_function *f, size_t at, uint32_t low, bool *wide)
{
    *wide = (low & PCI_BAR_WIDTH) == PCI_BAR_64;
    if (low & PCI_BAR_IO)
        return 0;
    mmio_write32((volatile void *)f->config, at, UINT32_MAX);
    uint64_t mask = mmio_read32(f->config, at) & ~(uint32_t)PCI_BAR_FLAGS;
    mmio_write32((volatile void *)f->config, at, low);
    return mask ? (mask ^ UINT32_MAX) + 1 : 0;
}

/* The address that it has, or a new one. 0: there is no room. */
static uint64_t bar_address(const struct pci_function *f, size_t at, uint64_t size, bool wide)
{
    uint64_t now = mmio_read32(f->config, at) & ~(uint32_t)PCI_BAR_FLAGS;
    if (wide)
        now |= (uint64_t)mmio_read32(f->config, at + 4) << 32;
    if (now)
        return now;
    uint64_t start = ALIGN_UP(bridge.free, size);
    if (start + size > bridge.end || start < bridge.free)
        return 0;
    bridge.free = start + size;
    mmio_write32((volatile void *)f->config, at, (uint32_t)start);
    return start;
}

volatile void *pci_bar(const struct pci_function *f, unsigned bar, uint32_t offset,
                       uint32_t size_bytes)
{
    size_t at = PCI_BAR + 4 * (size_t)bar;
    bool wide;
    if (bar >= PCI_BARS)
        return NULL;
    uint64_t size = bar_size(f, at, mmio_read32(f->config, at), &wide);
    if ((uint64_t)offset + size_bytes > size || (wide && bar + 1 == PCI_BARS))
        return NULL;
    uint64_t start = bar_address(f, at, size, wide);
    return start ? mmio_map(start + bridge.to_cpu + offset, size_bytes) : NULL;
}

void pci_start(const struct pci_function *f)
{
    uint32_t command = mmio_read32(f->config, PCI_COMMAND) & 0xffff; /* status: 0 changes nothing */
    mmio_write32((volatile void *)f->config, PCI_COMMAND,
                 command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Entries: function (3 cells), pin, the controller, its address, kind, number, trigger. */
unsigned pci_intid(const struct pci_function *f)
{
    uint32_t where, pin, kind, number, want_pin = mmio_read8(f->config, PCI_INTERRUPT_PIN),
                                       want = f->number << (PCI_CELL_DEVICE - 3);
    const struct fdt_value *v = &bridge.interrupts;
    if (!want_pin)
        return 0;
    for (unsigned i = 0; fdt_u32(v, i, &where) && fdt_u32(v, i + 3, &pin);
         i += 8 + bridge.gic_cells) {
        if ((where & bridge.mask[0]) != (want & bridge.mask[0]) ||
            (pin & bridge.mask[1]) != (want_pin & bridge.mask[1]))
            continue;
        if (fdt_u32(v, i + 5 + bridge.gic_cells, &kind) && !kind &&
            fdt_u32(v, i + 6 + bridge.gic_cells, &number) && number < SPI_END - SPI_FIRST)
            return number + SPI_FIRST;
    }
    return 0;
}
