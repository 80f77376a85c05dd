/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/unwind.h"

#include "abi/linux_signal.h"
#include "gobin/isa.h"

enum { DEPTH_MAX = 10000 };

void unwind_start(struct unwind *u, const struct gobin *bin, const struct memory *memory,
                  vaddr_t pc, vaddr_t sp, vaddr_t lr, bool trapped)
{
    *u = (struct unwind){.bin = bin, .memory = *memory, .pc = pc, .sp = sp, .lr = lr};
    u->exact = trapped;
    u->lr_valid = true;
}

/* The runtime makes a goroutine call these at an arbitrary instruction, from a signal handler. */
static bool is_injected(const struct gofunc *f)
{
    return strcmp(f->name, "runtime.sigpanic") == 0 ||
           strcmp(f->name, "runtime.asyncPreempt") == 0 ||
           strcmp(f->name, "runtime.debugCallV2") == 0;
}

static bool finish(struct unwind *u, enum unwind_end end)
{
    u->end = end;
    return false;
}

static bool caller_on_stack(struct unwind *u, int32_t size)
{
    vaddr_t at = u->sp + (vaddr_t)size;
    if (!memory_word(&u->memory, at, &u->pc))
        return false;
    u->sp = at + sizeof(uint64_t);
    return true;
}

static bool caller_in_register(struct unwind *u, int32_t size)
{
    if (size == 0) {
        u->pc = u->lr;
        return u->lr_valid;
    }
    if (!memory_word(&u->memory, u->sp, &u->pc))
        return false;
    u->sp += (vaddr_t)size;
    return true;
}

/* An injected call leaves the interrupted function's lr in a small frame of its own: that function
 * may be a leaf. */
static bool interrupted_lr(struct unwind *u)
{
    vaddr_t step = u->bin->elf.machine == GOBIN_ARM64 ? 16 : 8;
    u->lr_valid = memory_word(&u->memory, u->sp, &u->lr);
    u->sp += step;
    return u->lr_valid;
}

static bool step_out(struct unwind *u, const struct gofunc *f, int32_t size)
{
    bool by_register = isa_of(u->bin->elf.machine)->link_register;
    if (size < 0 || !(by_register ? caller_in_register(u, size) : caller_on_stack(u, size)))
        return false;
    u->lr_valid = false;
    u->exact = is_injected(f);
    return !by_register || !u->exact || interrupted_lr(u);
}

/* A signal's handler is called by the kernel, which leaves the registers of what it interrupted
 * behind the handler's stack (abi/linux_signal.h has arm64's). */
static bool interrupted(struct unwind *u, const struct gofunc *f)
{
    vaddr_t at = u->sp + LINUX_SIGINFO_BYTES + offsetof(struct linux_ucontext, mcontext);
    int32_t size;
    if (strcmp(f->name, "runtime.sigtramp") != 0 || u->bin->elf.machine != GOBIN_ARM64 ||
        pclntab_frame_size(&u->bin->pclntab, f, u->pc - u->memory.bias, &size) != 0 || size < 0)
        return false;
    at += (vaddr_t)size;
    u->exact = u->lr_valid = true;
    return memory_word(&u->memory, at + offsetof(struct linux_sigcontext, regs[28]),
                       &u->interrupted_g) &&
           memory_word(&u->memory, at + offsetof(struct linux_sigcontext, regs[30]), &u->lr) &&
           memory_word(&u->memory, at + offsetof(struct linux_sigcontext, pc), &u->pc) &&
           memory_word(&u->memory, at + offsetof(struct linux_sigcontext, sp), &u->sp);
}

bool unwind_next(struct unwind *u, struct frame *out)
{
    struct gofunc f;
    int32_t size;
    vaddr_t pc = u->pc - u->memory.bias;
    if (u->end != UNWIND_MORE)
        return false;
    if (u->depth == DEPTH_MAX)
        return finish(u, UNWIND_TOO_LONG);
    if (pclntab_find(&u->bin->pclntab, pc, &f) != 0)
        return finish(u, UNWIND_UNKNOWN);
    bool behind_call = !u->exact && pc > f.entry;
    *out = (struct frame){u->pc, u->sp, f, behind_call ? pc - 1 : pc};
    bool innermost = u->depth++ == 0;
    if (interrupted(u, &f))
        return true;
    if (f.flags & GOFUNC_TOP_FRAME)
        u->end = UNWIND_TOP;
    else if ((f.flags & GOFUNC_SP_WRITE) && !innermost)
        u->end = UNWIND_SWITCH;
    else if (pclntab_frame_size(&u->bin->pclntab, &f, pc, &size) != 0 || !step_out(u, &f, size))
        u->end = UNWIND_UNKNOWN;
    return true;
}
