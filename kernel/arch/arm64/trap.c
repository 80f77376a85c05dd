/* SPDX-License-Identifier: Apache-2.0 */
/* From exception syndrome to meaning (Arm DDI 0487 ESR_EL1), and what ends in a panic. */
#include "kernel/arch/trap.h"
#include "kernel/arch/breakpoint.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/irq.h"
#include "kernel/core/aspace.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/panic.h"
#include "kernel/core/task.h"
#include "kernel/core/uaccess.h"
#include "lib/fmt.h"

_Static_assert(sizeof(struct trapframe) == TF_SIZE && TF_SIZE % 16 == 0, "frame");

enum esr_class {
    EC_UNKNOWN = 0x00,
    EC_FP_TRAPPED = 0x07,
    EC_ILLEGAL_STATE = 0x0e,
    EC_SYSREG = 0x18,
    EC_FETCH_EL0 = 0x20,
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_EL0 = 0x24,
    EC_DATA_EL1 = 0x25,
    EC_SP_ALIGNMENT = 0x26,
    EC_FP_EXCEPTION = 0x2c,
    EC_STEP_EL0 = 0x32,
    EC_BRK = 0x3c,
};

#define ESR_EC(esr)   ((unsigned)((esr) >> 26))
#define ESR_WNR       (UINT64_C(1) << 6)
#define ESR_CM        (UINT64_C(1) << 8)
#define ESR_FSC(esr)  ((unsigned)((esr)&0x3f))
#define FSC_ALIGNMENT 0x21

void trap_el0_fault(struct trapframe *tf, uint64_t esr, uint64_t far);
void trap_irq(void);
void trap_el1_sync(struct trapframe *tf, uint64_t esr, uint64_t far);
void trap_stack_overflow(struct trapframe *tf, uint64_t esr, uint64_t far) NORETURN;
void trap_unexpected(struct trapframe *tf, uint64_t esr, uint64_t far) NORETURN;
extern char uaccess_start[], uaccess_end[], uaccess_fixup[], uaccess_wide[], uaccess_wide_end[];

static unsigned data_access(uint64_t esr)
{
    /* cache maintenance reports itself as a write but needs no more than reading */
    return (esr & ESR_WNR) && !(esr & ESR_CM) ? ASPACE_WRITE : ASPACE_READ;
}

/* Translation, access flag and permission faults are the memory manager's; alignment is the
 * program's; the rest is the machine's. */
static enum fault_kind abort_kind(uint64_t esr)
{
    unsigned fsc = ESR_FSC(esr);
    if (LIKELY(fsc >= 0x04 && fsc <= 0x0f))
        return FAULT_PAGE;
    return fsc == FSC_ALIGNMENT ? FAULT_ALIGNMENT : FAULT_BUS;
}

/*
 * MRS of an ID register from EL0 (op0 3, op1 0, CRn 0): Linux answers it, and Go programs ask
 * (AT_HWCAP has CPUID). Before FEAT_IDST it comes as an undefined instruction, whose word is read
 * back; with it the syndrome tells all.
 */
static COLD bool emulate_id_read(struct trapframe *tf, uint64_t esr)
{
    uint32_t insn;
    unsigned rt, crm, op2;
    if (ESR_EC(esr) != EC_SYSREG && ESR_EC(esr) != EC_UNKNOWN)
        return false;
    if (ESR_EC(esr) == EC_SYSREG) {
        unsigned op0 = (esr >> 20) & 3, op1 = (esr >> 14) & 7, crn = (esr >> 10) & 15;
        if (!(esr & 1) || op0 != 3 || op1 != 0 || crn != 0)
            return false;
        rt = (esr >> 5) & 31, crm = (esr >> 1) & 15, op2 = (esr >> 17) & 7;
    } else {
        if (copy_from_user(&insn, tf->pc, sizeof insn) || (insn & 0xfffff000) != 0xd5380000)
            return false;
        rt = insn & 31, crm = (insn >> 8) & 15, op2 = (insn >> 5) & 7;
    }
    if (crm > 7)
        return false;
    if (rt != 31)
        tf->regs[rt] = cpu_id_register(crm, op2);
    tf->pc += 4;
    return true;
}

/* Faults other than of pages of data. */
static COLD struct fault other_fault(const struct trapframe *tf, uint64_t esr, uint64_t far)
{
    struct fault f = {.kind = FAULT_ILLEGAL, .access = ASPACE_READ, .address = tf->pc, .esr = esr};
    switch (ESR_EC(esr)) {
    case EC_FETCH_EL0:
        f.kind = abort_kind(esr);
        f.access = ASPACE_EXEC;
        f.address = far;
        break;
    case EC_DATA_EL0:
        f.kind = abort_kind(esr);
        f.address = far;
        break;
    case EC_PC_ALIGNMENT:
    case EC_SP_ALIGNMENT:
        f.kind = FAULT_ALIGNMENT;
        f.address = ESR_EC(esr) == EC_SP_ALIGNMENT ? tf->sp : far;
        break;
    case EC_BRK:
        f.kind = FAULT_BREAKPOINT;
        break;
    case EC_STEP_EL0:
        f.kind = FAULT_STEP;
        break;
    case EC_FP_EXCEPTION:
        f.kind = FAULT_FP;
        break;
    }
    return f;
}

static bool is_breakpoint(const struct trapframe *tf, uint64_t esr)
{
    uint32_t number = (uint16_t)esr - BREAKPOINT_FIRST;
    return ESR_EC(esr) == EC_BRK && number < BREAKPOINTS_MAX && user_breakpoint(tf, number);
}

static COLD void other_trap(struct trapframe *tf, uint64_t esr, uint64_t far)
{
    if (is_breakpoint(tf, esr) || emulate_id_read(tf, esr))
        return;
    struct fault f = other_fault(tf, esr, far);
    user_fault(&f);
}

void trap_el0_fault(struct trapframe *tf, uint64_t esr, uint64_t far)
{
    tf->syscall = NO_SYSCALL;
    if (LIKELY(ESR_EC(esr) == EC_DATA_EL0 && abort_kind(esr) == FAULT_PAGE))
        user_page_fault(far, data_access(esr), esr);
    else
        other_trap(tf, esr, far);
}

void trap_irq(void)
{
    irq_handle();
}

static bool within(uint64_t pc, const char *start, const char *end)
{
    return pc >= (uint64_t)start && pc < (uint64_t)end;
}

/* The kernel touches the program's memory only in .text.uaccess; anything else that faults here is
 * a bug. */
void trap_el1_sync(struct trapframe *tf, uint64_t esr, uint64_t far)
{
    bool in_uaccess = within(tf->pc, uaccess_start, uaccess_end);
    if (ESR_EC(esr) == EC_DATA_EL1 && in_uaccess && far < USER_END) {
        if (within(tf->pc, uaccess_wide, uaccess_wide_end))
            tf->pc = (uint64_t)uaccess_wide_end;
        else if (abort_kind(esr) != FAULT_PAGE || uaccess_fault(far, data_access(esr)))
            tf->pc = (uint64_t)uaccess_fixup;
        return;
    }
    trap_unexpected(tf, esr, far);
}

static void print_line(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void print_line(const char *fmt, ...)
{
    char line[160];
    va_list ap;
    va_start(ap, fmt);
    fmt_vprint(line, sizeof line, fmt, ap);
    va_end(ap);
    klog(LOG_ERR, "%s", line);
}

void trap_dump(const struct trapframe *tf)
{
    for (unsigned i = 0; i < 28; i += 4)
        print_line("x%-2u %016lx  x%-2u %016lx  x%-2u %016lx  x%-2u %016lx", i, tf->regs[i], i + 1,
                   tf->regs[i + 1], i + 2, tf->regs[i + 2], i + 3, tf->regs[i + 3]);
    print_line("x28 %016lx  x29 %016lx  x30 %016lx  sp  %016lx", tf->regs[28], tf->regs[29],
               tf->regs[30], tf->sp);
    print_line("pc  %016lx  pstate %08lx", tf->pc, tf->pstate);
}

static void trap_die(const char *what, const struct trapframe *tf, uint64_t esr, uint64_t far)
{
    panic_begin();
    trap_dump(tf);
    backtrace(tf->pc, tf->regs[29]);
    panic("%s: esr %08lx (class %02x), address %016lx", what, esr, ESR_EC(esr), far);
}

void trap_stack_overflow(struct trapframe *tf, uint64_t esr, uint64_t far)
{
    trap_die("the kernel stack overflowed", tf, esr, far);
    __builtin_unreachable();
}

void trap_unexpected(struct trapframe *tf, uint64_t esr, uint64_t far)
{
    trap_die("the kernel faulted", tf, esr, far);
    __builtin_unreachable();
}
