/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making an interrupted goroutine call the scheduler: gort_async_preempt is made to look called
 * from where the signal came. It saves everything, the vector state included, which C code between
 * two instructions may hold. Only amd64 has it; elsewhere marked functions are stopped at polls
 * like all others.
 */
#ifndef GORT_ASM_INJECT_H
#define GORT_ASM_INJECT_H

#include <stdbool.h>
#include <stdint.h>
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
#else
static inline void inject_init(void)
{
}

static inline uintptr_t inject_sp(const ucontext_t *uc)
{
    (void)uc;
    return 0;
}

static inline bool inject_call(ucontext_t *uc)
{
    (void)uc;
    return false;
}
#endif

#endif
