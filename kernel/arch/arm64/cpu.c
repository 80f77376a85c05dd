/* SPDX-License-Identifier: Apache-2.0 */
/* CPU features: what programs are told (hwcaps, sanitized ID registers) and what each CPU must be
 * set to before it runs one. */
#include "kernel/arch/cpu.h"
#include "kernel/arch/arm64/features.h"
#include "kernel/core/cpu.h"

uint64_t clear_block_bytes;
bool cpu_has_pan;

unsigned cpu_index(void)
{
    return cpu_self()->index;
}

uint64_t cpu_affinity(void)
{
    return sysreg_read(mpidr_el1);
}

static unsigned field(uint64_t reg, unsigned shift)
{
    return (reg >> shift) & 0xf;
}

/* Counter readable from EL0, timers and the physical counter not (Arm DDI 0487 CNTKCTL_EL1). */
#define CNTKCTL_EL0VCTEN 2
#define CPACR_FPEN       (UINT64_C(3) << 20)
#define SCTLR_SPAN       (UINT64_C(1) << 23)

void cpu_init(void)
{
    sysreg_write(cntkctl_el1, CNTKCTL_EL0VCTEN);
    sysreg_write(cpacr_el1, CPACR_FPEN);
    sysreg_write(mdscr_el1, 0);
    sysreg_write(tpidr_el0, 0);
    sysreg_write(tpidrro_el0, 0);
    cpu_has_pan = field(sysreg_read(id_aa64mmfr1_el1), 20) != 0;
    if (cpu_has_pan)
        sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) & ~SCTLR_SPAN);
    uint64_t dczid = sysreg_read(dczid_el0);
    clear_block_bytes = dczid & 16 ? 0 : MIN(UINT64_C(4) << (dczid & 0xf), UINT64_C(4096));
    barrier_isb();
    if (cpu_has_pan)
        __asm__ volatile(".arch_extension pan\n\tmsr pan, #1" ::: "memory");
}

/* One hwcap: set when an ID register field has at least `min`. Fields as Linux
 * Documentation/arm64/elf_hwcaps lists them. */
struct hwcap {
    uint8_t bit, reg, shift, min;
};

enum { ISAR0, ISAR1, PFR0, MMFR2, ID_REGS };

static const struct hwcap hwcaps[] = {
    {3, ISAR0, 4, 1},   {4, ISAR0, 4, 2},   {5, ISAR0, 8, 1},   {6, ISAR0, 12, 1},
    {7, ISAR0, 16, 1},  {8, ISAR0, 20, 2},  {12, ISAR0, 28, 1}, {17, ISAR0, 32, 1},
    {18, ISAR0, 36, 1}, {19, ISAR0, 40, 1}, {20, ISAR0, 44, 1}, {21, ISAR0, 12, 2},
    {23, ISAR0, 48, 1}, {27, ISAR0, 52, 1}, {13, ISAR1, 12, 1}, {14, ISAR1, 16, 1},
    {15, ISAR1, 20, 1}, {26, ISAR1, 20, 2}, {29, ISAR1, 36, 1}, {16, ISAR1, 0, 1},
    {25, MMFR2, 32, 1},
};

/* What programs see of an ID register: fields of features that need kernel support we don't give
 * (SVE, SME, MTE, PAC, BTI, RAS ...) read 0. */
static const uint64_t id_visible[ID_REGS] = {
    [ISAR0] = UINT64_C(0xf0fffffff0fffff0),
    [ISAR1] = UINT64_C(0x0000f0ff00fff00f),
    [PFR0] = UINT64_C(0x0000000000ff0000),
    [MMFR2] = UINT64_C(0x0000000f00000000),
};

static uint64_t id_value(unsigned reg)
{
    switch (reg) {
    case ISAR0:
        return sysreg_read(id_aa64isar0_el1) & id_visible[ISAR0];
    case ISAR1:
        return sysreg_read(id_aa64isar1_el1) & id_visible[ISAR1];
    case PFR0:
        /* EL0 and EL1 are AArch64 only, as far as a program is concerned */
        return (sysreg_read(id_aa64pfr0_el1) & id_visible[PFR0]) | 0x11;
    default:
        return sysreg_read(S3_0_C0_C7_2) & id_visible[MMFR2];
    }
}

#define HWCAP_FP      1u
#define HWCAP_ASIMD   2u
#define HWCAP_CPUID   (1u << 11)
#define HWCAP_FPHP    (1u << 9)
#define HWCAP_ASIMDHP (1u << 10)

uint64_t cpu_hwcap(void)
{
    uint64_t caps = HWCAP_FP | HWCAP_ASIMD | HWCAP_CPUID;
    for (unsigned i = 0; i < ARRAY_SIZE(hwcaps); i++)
        if (field(id_value(hwcaps[i].reg), hwcaps[i].shift) >= hwcaps[i].min)
            caps |= UINT64_C(1) << hwcaps[i].bit;
    if (field(id_value(PFR0), 16) == 1)
        caps |= HWCAP_FPHP | HWCAP_ASIMDHP;
    return caps;
}

#define HWCAP2_RNG (1u << 16)

uint64_t cpu_hwcap2(void)
{
    return field(id_value(ISAR0), 60) ? HWCAP2_RNG : 0;
}

uint64_t cpu_id_register(unsigned crm, unsigned op2)
{
    if (crm == 0 && op2 == 0)
        return sysreg_read(midr_el1);
    if (crm == 0 && op2 == 5)
        return UINT64_C(1) << 31; /* MPIDR_EL1: affinity isn't told */
    if (crm == 6 && op2 == 0)
        return id_value(ISAR0);
    if (crm == 6 && op2 == 1)
        return id_value(ISAR1);
    if (crm == 4 && op2 == 0)
        return id_value(PFR0);
    if (crm == 7 && op2 == 2)
        return id_value(MMFR2);
    return 0;
}

bool cpu_random(uint64_t *value)
{
    if (!field(sysreg_read(id_aa64isar0_el1), 60))
        return false;
    uint64_t v, ok;
    __asm__ volatile("mrs %0, S3_3_C2_C4_0\n\tcset %1, ne" : "=r"(v), "=r"(ok)::"cc");
    if (ok)
        *value = v;
    return ok;
}
