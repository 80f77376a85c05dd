/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arm64 signal frame: siginfo, ucontext with its records (FPSIMD, ESR after a fault,
 * terminator), and above them a frame record, so that unwinders walk from the handler into what it
 * interrupted. Layout: Linux arch/arm64 uapi sigcontext.h and ucontext.h.
 */
#include "kernel/arch/sigframe.h"
#include "abi/errno.h"
#include "kernel/arch/fpu.h"
#include "kernel/core/uaccess.h"

/* From ucontext.flags to sigmask. */
struct frame_stack {
    uint64_t flags, link;
    struct linux_stack stack;
    uint64_t sigmask;
};

struct frame_read {
    struct frame_stack stack;
    uint64_t heads[3];
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

#define AT(field)    (LINUX_SIGINFO_BYTES + offsetof(struct linux_ucontext, field))

_Static_assert(AT(flags) == SIGFRAME_STACK, "layout");
_Static_assert(sizeof(struct linux_siginfo) == SIGFRAME_INFO_BYTES, "layout");
_Static_assert(sizeof(struct frame_stack) == SIGFRAME_STACK_BYTES, "layout");
_Static_assert(AT(mcontext.regs) == SIGFRAME_REGS, "layout");
_Static_assert(AT(mcontext.pstate) + 8 == SIGFRAME_REGS + SIGFRAME_REGS_BYTES, "layout");
_Static_assert(offsetof(struct trapframe, pstate) + 8 == SIGFRAME_REGS_BYTES, "layout");
_Static_assert(AT(mcontext.reserved) == SIGFRAME_RECORDS, "layout");
_Static_assert(sizeof(struct fpu_state) == SIGFRAME_FP_BYTES, "layout");
_Static_assert(sizeof(struct linux_fpsimd_record) == SIGFRAME_FP_BYTES, "layout");
_Static_assert(FPSIMD_HEAD == (FPSIMD_MAGIC | (uint64_t)SIGFRAME_FP_BYTES << 32), "layout");
_Static_assert(ESR_HEAD == (ESR_MAGIC | (uint64_t)sizeof(struct linux_esr_record) << 32), "layout");
_Static_assert(sizeof(struct frame_tail) == 24, "layout");
_Static_assert(LINUX_SIGINFO_BYTES + sizeof(struct linux_ucontext) == SIGFRAME_BYTES, "layout");

uint64_t uaccess_frame_put(uint64_t at, const struct linux_siginfo *info,
                           const struct frame_stack *s, const struct trapframe *tf,
                           uint64_t fault_address, const struct frame_tail *tail);
uint64_t uaccess_frame_get(uint64_t at, struct trapframe *tf, struct frame_read *r);
uint64_t uaccess_fpu_load(uint64_t at);

/* Room for what lies between `record`, the frame record, and the frame's start. */
static bool in_user_range(uint64_t at)
{
    return at < USER_END - SIGFRAME_BYTES - 16;
}

int sigframe_push(struct trapframe *tf, const struct sigframe_request *r)
{
    uint64_t at = ALIGN_DOWN(r->stack_top - 16, 16) - SIGFRAME_BYTES;
    struct frame_stack s = {.stack = *r->altstack, .sigmask = r->blocked};
    struct frame_tail tail = {.end = {0, 0}};
    if (r->fault_esr) {
        tail.esr.head = (struct linux_record){ESR_MAGIC, sizeof tail.esr};
        tail.esr.esr = r->fault_esr;
    }
    if (!in_user_range(at) || uaccess_frame_put(at, r->info, &s, tf, r->fault_address, &tail))
        return -EFAULT;
    tf->regs[0] = (uint64_t)r->info->signo;
    tf->regs[1] = at;
    tf->regs[2] = at + LINUX_SIGINFO_BYTES;
    tf->regs[29] = at + SIGFRAME_BYTES;
    tf->regs[30] = r->sigreturn;
    tf->sp = at;
    tf->pc = r->handler;
    tf->pstate &= ~(PSTATE_BTYPE | PSTATE_TCO | PSTATE_SS);
    return 0;
}

/* Records in any order until the terminator; ones that we don't write are passed over. The FPSIMD
 * record's place; 0: the frame is refused, as on Linux without one. */
static COLD uint64_t find_fpsimd(uint64_t at)
{
    uint64_t end = at + sizeof((struct linux_sigcontext *)0)->reserved, found = 0;
    while (at + sizeof(struct linux_record) <= end) {
        struct linux_record head;
        if (copy_from_user(&head, at, sizeof head))
            return 0;
        if (!head.magic)
            return head.size ? 0 : found;
        if (head.size < sizeof head || head.size % 16 || head.size > end - at)
            return 0;
        if (head.magic == FPSIMD_MAGIC) {
            if (found || head.size < sizeof(struct linux_fpsimd_record))
                return 0;
            found = at;
        }
        at += head.size;
    }
    return 0;
}

/* The records are as we wrote them. */
static bool untouched(const uint64_t heads[3])
{
    return heads[0] == FPSIMD_HEAD && (!heads[1] || (heads[1] == ESR_HEAD && !heads[2]));
}

int sigframe_pop(struct trapframe *tf, uint64_t *blocked, struct linux_stack *altstack)
{
    struct frame_read r;
    uint64_t at = tf->sp, fp = at + SIGFRAME_RECORDS;
    if (at % 16 || !in_user_range(at) || uaccess_frame_get(at, tf, &r))
        return -EFAULT;
    if (UNLIKELY(!untouched(r.heads)))
        fp = find_fpsimd(fp);
    if (!fp || uaccess_fpu_load(fp))
        return -EFAULT;
    /* flags are the program's; mode and interrupt masks are not */
    tf->pstate &= PSTATE_NZCV | PSTATE_SSBS | PSTATE_DIT | PSTATE_TCO | PSTATE_BTYPE;
    *blocked = r.stack.sigmask;
    altstack->sp = r.stack.stack.sp;
    altstack->flags = r.stack.stack.flags;
    altstack->size = r.stack.stack.size;
    return 0;
}
