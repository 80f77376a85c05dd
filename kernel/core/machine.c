/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/core/machine.h: the one walk over the device tree. A node is told by the strings it is
 * compatible with (or by its name, where the specification goes by names), and each kind has a
 * function that takes over what the kernel needs of it.
 */
#include "kernel/core/machine.h"
#include "kernel/arch/mmu.h"
#include "lib/fdt.h"
#include "lib/fmt.h"
#include "lib/str.h"

const struct machine *machine_here;

enum {
    P_COMPATIBLE,
    P_REG,
    P_DEVICE_TYPE,
    P_INTERRUPTS,
    P_STATUS,
    P_ENABLE_METHOD,
    P_METHOD,
    P_RNG_SEED,
    P_BOOTARGS,
    P_INITRD_START,
    P_INITRD_END,
    P_REDIST_REGIONS,
    P_COUNT,
};

static const char *const property_names[P_COUNT] = {
    [P_COMPATIBLE] = "compatible",
    [P_REG] = "reg",
    [P_DEVICE_TYPE] = "device_type",
    [P_INTERRUPTS] = "interrupts",
    [P_STATUS] = "status",
    [P_ENABLE_METHOD] = "enable-method",
    [P_METHOD] = "method",
    [P_RNG_SEED] = "rng-seed",
    [P_BOOTARGS] = "bootargs",
    [P_INITRD_START] = "linux,initrd-start",
    [P_INITRD_END] = "linux,initrd-end",
    [P_REDIST_REGIONS] = "#redistributor-regions",
};

struct walk {
    struct machine *m;
    uint64_t boot_mpidr;
    unsigned reserved_depth; /* depth of /reserved-memory's children while inside it, else 0 */
    bool boot_cpu_seen;
};

#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)
#define PHYSICAL_LIMIT (UINT64_C(1) << 47) /* what the direct map has room for */

static void range_add(struct machine *m, struct mem_range *ranges, unsigned *count, unsigned max,
                      uint64_t start, uint64_t size_bytes)
{
    if (size_bytes == 0)
        return;
    if (*count == max || start >= PHYSICAL_LIMIT || size_bytes > PHYSICAL_LIMIT - start)
        m->ignored++;
    else
        ranges[(*count)++] = (struct mem_range){start, start + size_bytes};
}

static void reserve(struct machine *m, uint64_t start, uint64_t size_bytes)
{
    range_add(m, m->reserved, &m->nreserved, MACHINE_RESERVED_MAX, start, size_bytes);
}

/* Interrupt `index` of a node whose parent is the GIC, three cells each: 0 shared or 1 private,
 * number, trigger. 0: none. */
static uint32_t node_intid(const struct fdt_node *n, unsigned index)
{
    const struct fdt_value *v = fdt_prop(n, P_INTERRUPTS);
    uint32_t kind, number;
    if (!fdt_u32(v, 3 * index, &kind) || !fdt_u32(v, 3 * index + 1, &number))
        return 0;
    if (kind == 0 && number < 988)
        return number + 32;
    return kind == 1 && number < 16 ? number + 16 : 0;
}

static bool node_window(const struct fdt_node *n, unsigned index, struct machine_window *w)
{
    return fdt_reg(n, P_REG, index, &w->base, &w->size_bytes);
}

static void memory_node(struct walk *w, const struct fdt_node *n)
{
    uint64_t base, size;
    for (unsigned i = 0; fdt_reg(n, P_REG, i, &base, &size); i++)
        range_add(w->m, w->m->ram, &w->m->nram, MACHINE_RAM_MAX, base, size);
}

static void reserved_node(struct walk *w, const struct fdt_node *n)
{
    uint64_t base, size;
    for (unsigned i = 0; fdt_reg(n, P_REG, i, &base, &size); i++)
        reserve(w->m, base, size);
}

/* The boot CPU gets index 0, wherever the tree has it: slot 0 is kept for it until it has been
 * seen. */
static void cpu_node(struct walk *w, const struct fdt_node *n)
{
    struct machine *m = w->m;
    const struct fdt_value *reg = fdt_prop(n, P_REG);
    struct machine_cpu cpu = {.psci = fdt_has_string(fdt_prop(n, P_ENABLE_METHOD), "psci")};
    if (!reg || !fdt_u64(reg, &cpu.mpidr))
        return;
    cpu.mpidr &= MPIDR_AFFINITY;
    if (!w->boot_cpu_seen && cpu.mpidr == w->boot_mpidr) {
        m->cpus[0] = cpu;
        w->boot_cpu_seen = true;
    } else if (m->ncpus < MACHINE_CPU_MAX) {
        m->cpus[m->ncpus++] = cpu;
    } else {
        m->ignored++;
    }
}

static void psci_node(struct walk *w, const struct fdt_node *n)
{
    const char *method = fdt_string(fdt_prop(n, P_METHOD));
    if (method && strcmp(method, "hvc") == 0)
        w->m->conduit = CONDUIT_HVC;
    else if (method && strcmp(method, "smc") == 0)
        w->m->conduit = CONDUIT_SMC;
}

static void gicv2_node(struct walk *w, const struct fdt_node *n)
{
    struct machine *m = w->m;
    if (m->gic_version == 0 && node_window(n, 0, &m->gic_dist) && node_window(n, 1, &m->gic_cpu))
        m->gic_version = 2;
}

static void gicv3_node(struct walk *w, const struct fdt_node *n)
{
    struct machine *m = w->m;
    uint32_t regions;
    if (m->gic_version != 0 || !node_window(n, 0, &m->gic_dist))
        return;
    if (!fdt_u32(fdt_prop(n, P_REDIST_REGIONS), 0, &regions))
        regions = 1;
    m->ignored += regions > MACHINE_GICR_MAX;
    while (m->ngic_redist < MIN(regions, MACHINE_GICR_MAX) &&
           node_window(n, 1 + m->ngic_redist, &m->gic_redist[m->ngic_redist]))
        m->ngic_redist++;
    if (m->ngic_redist > 0)
        m->gic_version = 3;
}

/* Four interrupts: secure, EL1 physical, EL1 virtual, EL2. */
static void timer_node(struct walk *w, const struct fdt_node *n)
{
    w->m->timer_intid = node_intid(n, 2);
}

static void uart_node(struct walk *w, const struct fdt_node *n)
{
    if (w->m->uart.size_bytes == 0 && node_window(n, 0, &w->m->uart))
        w->m->uart_intid = node_intid(n, 0);
}

static void rtc_node(struct walk *w, const struct fdt_node *n)
{
    node_window(n, 0, &w->m->rtc);
}

static void virtio_node(struct walk *w, const struct fdt_node *n)
{
    struct machine *m = w->m;
    uint64_t base, size;
    uint32_t intid = node_intid(n, 0);
    if (!fdt_reg(n, P_REG, 0, &base, &size) || size < 0x200 || intid < 32)
        return;
    if (m->nvirtio == MACHINE_VIRTIO_MAX)
        m->ignored++;
    else
        m->virtio[m->nvirtio++] = (struct machine_virtio){base, intid};
}

static void chosen_node(struct walk *w, const struct fdt_node *n)
{
    struct machine *m = w->m;
    const struct fdt_value *seed = fdt_prop(n, P_RNG_SEED);
    const char *bootargs = fdt_string(fdt_prop(n, P_BOOTARGS));
    uint64_t start, end;
    if (bootargs)
        m->bootargs = bootargs;
    if (fdt_u64(fdt_prop(n, P_INITRD_START), &start) && fdt_u64(fdt_prop(n, P_INITRD_END), &end) &&
        start < end) {
        m->initrd = (struct mem_range){start, end};
        reserve(m, start, end - start);
    }
    if (!seed)
        return;
    m->seed_bytes = MIN(seed->size_bytes, MACHINE_SEED_MAX);
    memcpy(m->seed, seed->data, m->seed_bytes);
    /* The tree is the kernel's own memory; a seed that stays readable in it would tell all that was
     * made from it. */
    memset((uint8_t *)seed->data, 0, seed->size_bytes);
}

/* Kinds by what the node is compatible with, the most frequent one first. */
#define KIND(compatible, take)                   \
    {                                            \
        compatible, sizeof(compatible) - 1, take \
    }
static const struct {
    const char *compatible;
    size_t length;
    void (*take)(struct walk *w, const struct fdt_node *n);
} kinds[] = {
    KIND("virtio,mmio", virtio_node),
    KIND("arm,pl011", uart_node),
    KIND("arm,pl031", rtc_node),
    KIND("arm,armv8-timer", timer_node),
    KIND("arm,psci-1.0", psci_node),
    KIND("arm,psci-0.2", psci_node),
    KIND("arm,cortex-a15-gic", gicv2_node),
    KIND("arm,gic-400", gicv2_node),
    KIND("arm,gic-v3", gicv3_node),
};

static void take_by_compatible(struct walk *w, const struct fdt_node *n)
{
    size_t length;
    for (const char *s = NULL; (s = fdt_next_string(fdt_prop(n, P_COMPATIBLE), s, &length));)
        for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
            if (kinds[i].length == length && memcmp(kinds[i].compatible, s, length) == 0) {
                kinds[i].take(w, n);
                return;
            }
}

static void take_by_type(struct walk *w, const struct fdt_node *n)
{
    const char *type = fdt_string(fdt_prop(n, P_DEVICE_TYPE));
    if (type && strcmp(type, "memory") == 0)
        memory_node(w, n);
    else if (type && strcmp(type, "cpu") == 0)
        cpu_node(w, n);
}

/* The two nodes that have nothing but a name. */
static void take_by_name(struct walk *w, const struct fdt_node *n)
{
    if (fdt_name_is(n, "chosen"))
        chosen_node(w, n);
    else if (fdt_name_is(n, "reserved-memory"))
        w->reserved_depth = 2;
}

static bool usable(const struct fdt_node *n)
{
    const char *status = fdt_string(fdt_prop(n, P_STATUS));
    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

static int visit(void *arg, const struct fdt_node *n)
{
    struct walk *w = arg;
    if (n->depth <= 1)
        w->reserved_depth = 0;
    if (!usable(n))
        return 0;
    if (w->reserved_depth && n->depth == w->reserved_depth)
        reserved_node(w, n);
    else if (fdt_prop(n, P_DEVICE_TYPE))
        take_by_type(w, n);
    else if (fdt_prop(n, P_COMPATIBLE))
        take_by_compatible(w, n);
    else if (n->depth == 1)
        take_by_name(w, n);
    return 0;
}

static void ranges_sort(struct mem_range *r, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        struct mem_range x = r[i];
        unsigned at = i;
        for (; at > 0 && r[at - 1].start > x.start; at--)
            r[at] = r[at - 1];
        r[at] = x;
    }
}

/* Sorted RAM in whole pages, neighbours merged, overlaps gone. */
static void ram_tidy(struct machine *m)
{
    unsigned out = 0;
    ranges_sort(m->ram, m->nram);
    for (unsigned i = 0; i < m->nram; i++) {
        struct mem_range r = {ALIGN_UP(m->ram[i].start, PAGE_SIZE),
                              ALIGN_DOWN(m->ram[i].end, PAGE_SIZE)};
        if (out > 0 && r.start <= m->ram[out - 1].end)
            m->ram[out - 1].end = MAX(m->ram[out - 1].end, r.end);
        else if (r.start < r.end)
            m->ram[out++] = r;
    }
    m->nram = out;
}

static void reserve_listed(struct machine *m, const struct fdt *fdt, const void *dtb)
{
    uint64_t start, size;
    for (unsigned i = 0; i < MACHINE_RESERVED_MAX && fdt_reserved(fdt, i, &start, &size); i++)
        reserve(m, start, size);
    reserve(m, virt_to_phys(dtb), fdt->size_bytes);
}

/* What the kernel can't do without. */
static const char *missing(const struct walk *w)
{
    const struct machine *m = w->m;
    if (m->nram == 0)
        return "the device tree names no memory";
    if (!w->boot_cpu_seen)
        return "the device tree doesn't list the CPU that boots";
    if (m->gic_version == 0)
        return "the device tree has no interrupt controller that is a GICv2 or GICv3";
    if (m->timer_intid == 0)
        return "the device tree has no generic timer (arm,armv8-timer) with a virtual timer "
               "interrupt";
    return NULL;
}

/* What lib/fdt.h says about a tree that can't be read, as a sentence of its own. */
static const char *unreadable(int err)
{
    static char text[64];
    fmt_print(text, sizeof text, "the device tree %s", fdt_error_text(err));
    return text;
}

const char *machine_read(struct machine *m, void *dtb, size_t size_bytes, uint64_t boot_mpidr)
{
    struct fdt fdt;
    struct walk w = {.m = m, .boot_mpidr = boot_mpidr & MPIDR_AFFINITY};
    memset(m, 0, sizeof *m);
    m->tree = dtb;
    m->bootargs = "";
    m->ncpus = 1;
    int err = fdt_open(&fdt, dtb, size_bytes);
    if (!err)
        err = fdt_walk(&fdt, property_names, P_COUNT, visit, &w);
    if (err)
        return unreadable(err);
    reserve_listed(m, &fdt, dtb);
    ram_tidy(m);
    return missing(&w);
}

uint64_t machine_memory_bytes(const struct machine *m)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < m->nram; i++)
        sum += m->ram[i].end - m->ram[i].start;
    return sum;
}
