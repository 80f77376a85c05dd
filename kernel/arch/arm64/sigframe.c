/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arm64 signal frame: siginfo, ucontext with its records (FPSIMD, ESR after a fault,
 * terminator), and above them a frame record, so that unwinders walk from the handler into what it
 * interrupted. Layout: Linux arch/arm64 uapi sigcontext.h and ucontext.h.
 */
#include "kernel/arch/sigframe.h"
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "lib/str.h"

/* Offsets within the frame. Padding is left as it is on the program's stack. */
enum {
    UCONTEXT = sizeof(struct linux_siginfo),
    UC_STACK = UCONTEXT + offsetof(struct linux_ucontext, flags),
    MCONTEXT = UCONTEXT + offsetof(struct linux_ucontext, mcontext),
    RECORDS = MCONTEXT + offsetof(struct linux_sigcontext, reserved),
    FRAME_BYTES = UCONTEXT + sizeof(struct linux_ucontext),
    REGS_BYTES = 34 * 8, /* x0 to x30, sp, pc, pstate: in a row here and there */
};

/* From ucontext.flags to sigmask. */
struct frame_stack {
    uint64_t flags, link;
    struct linux_stack stack;
    uint64_t sigmask;
};

/* Behind the FPSIMD record: a fault's syndrome or nothing, then the terminator. */
struct frame_tail {
    struct linux_esr_record esr;
    struct linux_record end;
};

#define PSTATE_NZCV  UINT64_C(0xf0000000)
#define PSTATE_SSBS  (UINT64_C(1) << 12)
#define PSTATE_DIT   (UINT64_C(1) << 24)
#define PSTATE_TCO   (UINT64_C(1) << 25)
#define PSTATE_BTYPE (UINT64_C(3) << 10)
#define PSTATE_SS    (UINT64_C(1) << 21)

_Static_assert(FRAME_BYTES == 4688 && RECORDS == 592, "rt_sigframe");
_Static_assert(sizeof(struct fpu_state) == sizeof(struct linux_fpsimd_record), "fpsimd record");
_Static_assert(offsetof(struct trapframe, pstate) + 8 == REGS_BYTES &&
                   offsetof(struct linux_sigcontext, pstate) + 8 == 8 + REGS_BYTES,
               "registers in a row");

static int write_stack(uint64_t at, const struct sigframe_request *r)
{
    struct frame_stack s = {.stack = r->altstack, .sigmask = r->blocked};
    return copy_to_user(at + UC_STACK, &s, sizeof s);
}

static int write_context(uint64_t at, const struct trapframe *tf, const struct sigframe_request *r)
{
    int err = copy_to_user(at + MCONTEXT, &r->fault_address, sizeof r->fault_address);
    return err ? err : copy_to_user(at + MCONTEXT + 8, tf, REGS_BYTES);
}

static int write_records(uint64_t at, const struct sigframe_request *r)
{
    struct frame_tail tail = {.end = {0, 0}};
    if (r->fault_esr) {
        tail.esr.head = (struct linux_record){ESR_MAGIC, sizeof tail.esr};
        tail.esr.esr = r->fault_esr;
    }
    r->fpu->magic = FPSIMD_MAGIC;
    r->fpu->size = sizeof *r->fpu;
    int err = copy_to_user(at + RECORDS, r->fpu, sizeof *r->fpu);
    return err ? err : copy_to_user(at + RECORDS + sizeof *r->fpu, &tail, sizeof tail);
}

int sigframe_push(struct trapframe *tf, const struct sigframe_request *r)
{
    uint64_t record = ALIGN_DOWN(r->stack_top - 16, 16);
    uint64_t at = ALIGN_DOWN(record - FRAME_BYTES, 16);
    if (copy_to_user(at, r->info, sizeof *r->info) || write_stack(at, r) ||
        write_context(at, tf, r) || write_records(at, r) || copy_to_user(record, &tf->regs[29], 16))
        return -EFAULT;
    tf->regs[0] = (uint64_t)r->info->signo;
    tf->regs[1] = at;
    tf->regs[2] = at + sizeof(struct linux_siginfo);
    tf->regs[29] = record;
    tf->regs[30] = r->sigreturn;
    tf->sp = at;
    tf->pc = r->handler;
    tf->pstate &= ~(PSTATE_BTYPE | PSTATE_TCO | PSTATE_SS);
    return 0;
}

/* Records in any order until the terminator; ones that we don't write are passed over. Without
 * FPSIMD the frame is refused, as on Linux. */
static int read_records(uint64_t at, struct fpu_state *fpu)
{
    uint64_t end = at + sizeof((struct linux_sigcontext *)0)->reserved;
    bool found = false;
    while (at + sizeof(struct linux_record) <= end) {
        struct linux_record head;
        if (copy_from_user(&head, at, sizeof head))
            return -EFAULT;
        if (!head.magic)
            return found && !head.size ? 0 : -EFAULT;
        if (head.size < sizeof head || head.size % 16 || head.size > end - at)
            return -EFAULT;
        if (head.magic == FPSIMD_MAGIC) {
            if (found || head.size < sizeof(struct linux_fpsimd_record) ||
                copy_from_user(fpu, at, sizeof *fpu))
                return -EFAULT;
            found = true;
        }
        at += head.size;
    }
    return -EFAULT;
}

int sigframe_pop(struct trapframe *tf, struct fpu_state *fpu, uint64_t *blocked,
                 struct linux_stack *altstack)
{
    struct frame_stack s;
    uint64_t regs[REGS_BYTES / 8];
    uint64_t at = tf->sp;
    if (at % 16 || copy_from_user(&s, at + UC_STACK, sizeof s) ||
        copy_from_user(regs, at + MCONTEXT + 8, sizeof regs) || read_records(at + RECORDS, fpu))
        return -EFAULT;
    memcpy(tf, regs, sizeof regs);
    /* flags are the program's; mode and interrupt masks are not */
    tf->pstate &= PSTATE_NZCV | PSTATE_SSBS | PSTATE_DIT | PSTATE_TCO | PSTATE_BTYPE;
    *blocked = s.sigmask;
    *altstack = s.stack;
    return 0;
}
