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

/* What is written of the 4 KiB for records. */
struct records {
    struct linux_fpsimd_record fpsimd;
    struct linux_esr_record esr; /* or the terminator */
    struct linux_record end;
};

/* The part of the frame up to the records. */
struct frame_head {
    struct linux_siginfo info;
    uint64_t flags, link;
    struct linux_stack stack;
    uint64_t sigmask;
    uint8_t pad[128];
    uint64_t fault_address;
    uint64_t regs[31];
    uint64_t sp, pc, pstate;
    uint64_t pad2;
};

#define RECORDS_AT \
    (sizeof(struct linux_siginfo) + offsetof(struct linux_ucontext, mcontext.reserved))
#define FRAME_BYTES  (sizeof(struct linux_siginfo) + sizeof(struct linux_ucontext))
#define PSTATE_NZCV  UINT64_C(0xf0000000)
#define PSTATE_SSBS  (UINT64_C(1) << 12)
#define PSTATE_DIT   (UINT64_C(1) << 24)
#define PSTATE_TCO   (UINT64_C(1) << 25)
#define PSTATE_BTYPE (UINT64_C(3) << 10)
#define PSTATE_SS    (UINT64_C(1) << 21)

_Static_assert(sizeof(struct frame_head) == RECORDS_AT, "frame head");
_Static_assert(FRAME_BYTES == 4688, "rt_sigframe");

static void fill_head(struct frame_head *h, const struct trapframe *tf,
                      const struct sigframe_request *r)
{
    memset(h, 0, sizeof *h);
    h->info = *r->info;
    h->stack = r->altstack;
    h->sigmask = r->blocked;
    h->fault_address = r->fault_address;
    memcpy(h->regs, tf->regs, sizeof h->regs);
    h->sp = tf->sp;
    h->pc = tf->pc;
    h->pstate = tf->pstate;
}

static void fill_records(struct records *rec, const struct sigframe_request *r)
{
    memset(rec, 0, sizeof *rec);
    rec->fpsimd.head = (struct linux_record){FPSIMD_MAGIC, sizeof rec->fpsimd};
    rec->fpsimd.fpsr = r->fpu->fpsr;
    rec->fpsimd.fpcr = r->fpu->fpcr;
    memcpy(rec->fpsimd.vregs, r->fpu->vregs, sizeof rec->fpsimd.vregs);
    if (r->fault_esr) {
        rec->esr.head = (struct linux_record){ESR_MAGIC, sizeof rec->esr};
        rec->esr.esr = r->fault_esr;
    }
}

int sigframe_push(struct trapframe *tf, const struct sigframe_request *r)
{
    uint64_t record = ALIGN_DOWN(r->stack_top - 16, 16);
    uint64_t at = ALIGN_DOWN(record - FRAME_BYTES, 16);
    uint64_t link[2] = {tf->regs[29], tf->regs[30]};
    union {
        struct frame_head head;
        struct records rec;
    } u;
    fill_head(&u.head, tf, r);
    if (copy_to_user(at, &u.head, sizeof u.head))
        return -EFAULT;
    fill_records(&u.rec, r);
    if (copy_to_user(at + RECORDS_AT, &u.rec, sizeof u.rec) ||
        copy_to_user(record, link, sizeof link))
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
                copy_from_user(&fpu->fpsr, at + 8, 8) ||
                copy_from_user(fpu->vregs, at + 16, sizeof fpu->vregs))
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
    struct frame_head h;
    if (tf->sp % 16 || copy_from_user(&h, tf->sp, sizeof h) ||
        read_records(tf->sp + RECORDS_AT, fpu))
        return -EFAULT;
    memcpy(tf->regs, h.regs, sizeof tf->regs);
    tf->sp = h.sp;
    tf->pc = h.pc;
    /* flags are the program's; mode and interrupt masks are not */
    tf->pstate = h.pstate & (PSTATE_NZCV | PSTATE_SSBS | PSTATE_DIT | PSTATE_TCO | PSTATE_BTYPE);
    *blocked = h.sigmask;
    *altstack = h.stack;
    return 0;
}
