/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making an interrupted goroutine call the scheduler: gort_async_preempt is made to look called
 * from where the signal came. It saves everything, the vector state included, which C code between
 * two instructions may hold.
 */
#ifndef GORT_ASM_INJECT_H
#define GORT_ASM_INJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

void gort_async_preempt(void);

#if defined(__x86_64__)
void gort_xsave_init(void);

static inline void inject_init(void)
{
    gort_xsave_init();
}

#define RED_ZONE 128 /* below the stack pointer, in use by leaf functions */

static inline uintptr_t inject_sp(const ucontext_t *uc)
{
    return (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
}

static inline bool inject_call(ucontext_t *uc)
{
    uintptr_t sp = inject_sp(uc) - RED_ZONE - sizeof(uintptr_t);
    *(uintptr_t *)sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
    uc->uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)gort_async_preempt;
    return true;
}

static inline void inject_arrived(void *frame)
{
    (void)frame;
}
#else
/* No register can be spared to jump with. So a copy of the signal's frame waits on the goroutine's
 * stack, and the way back is a return from that signal. */
struct signal_frame {
    siginfo_t info;
    ucontext_t uc;
};

static inline void inject_init(void)
{
}

#if defined(__aarch64__)
#define SIGNAL_SP(uc) (uc)->uc_mcontext.sp
#define SIGNAL_PC(uc) (uc)->uc_mcontext.pc

/* Vector state that doesn't fit the frame is behind it, and the frame points there. */
static inline bool inject_movable(const ucontext_t *uc)
{
    const struct _aarch64_ctx *at = (const void *)uc->uc_mcontext.__reserved;
    for (; at->magic != 0; at = (const void *)((const char *)at + at->size))
        if (at->magic == EXTRA_MAGIC)
            return false;
    return true;
}

static inline void inject_thread(ucontext_t *uc)
{
    (void)uc;
}
#else
#define SIGNAL_SP(uc) (uc)->uc_mcontext.__gregs[REG_SP]
#define SIGNAL_PC(uc) (uc)->uc_mcontext.__gregs[REG_PC]
#define REG_THREAD    4 /* tp */

/* Vector state is behind the frame, and the frame points there. The kernel says so in the last two
 * words of the room for floating point: a magic number and a size, both 0 when nothing follows. */
static inline bool inject_movable(const ucontext_t *uc)
{
    const uint32_t *fp = (const uint32_t *)&uc->uc_mcontext.__fpregs;
    return fp[sizeof(uc->uc_mcontext.__fpregs) / 4 - 2] == 0;
}

/* The thread pointer is one of the registers that a return from a signal brings back. */
static inline void inject_thread(ucontext_t *uc)
{
    __asm__("mv %0, tp" : "=r"(uc->uc_mcontext.__gregs[REG_THREAD]));
}
#endif

static inline uintptr_t inject_sp(const ucontext_t *uc)
{
    return SIGNAL_SP(uc);
}

static inline bool inject_call(ucontext_t *uc)
{
    if (!inject_movable(uc))
        return false;
    uintptr_t sp = (inject_sp(uc) - sizeof(struct signal_frame)) & ~(uintptr_t)15;
    memcpy((void *)sp, (char *)uc - offsetof(struct signal_frame, uc), sizeof(struct signal_frame));
    SIGNAL_SP(uc) = sp;
    SIGNAL_PC(uc) = (uintptr_t)gort_async_preempt;
    return true;
}

/* inject_arrived - before the goroutine goes on, perhaps in another thread than it was stopped in:
 * returning from the signal sets a signal stack, and this thread's is to stay. */
static inline void inject_arrived(void *frame)
{
    ucontext_t *uc = &((struct signal_frame *)frame)->uc;
    sigaltstack(NULL, &uc->uc_stack);
    inject_thread(uc);
}
#endif

#endif
