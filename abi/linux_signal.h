/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of Linux as programs see them (uapi asm-generic/signal.h, siginfo.h; arm64 uapi
 * sigcontext.h, ucontext.h). */
#ifndef ABI_LINUX_SIGNAL_H
#define ABI_LINUX_SIGNAL_H

#include "lib/types.h"

enum {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGSTKFLT = 16,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGXCPU = 24,
    SIGXFSZ = 25,
    SIGVTALRM = 26,
    SIGPROF = 27,
    SIGWINCH = 28,
    SIGIO = 29,
    SIGPWR = 30,
    SIGSYS = 31,
    SIGRTMIN = 32,
    SIG_MAX = 64,
};

#define SIG_DFL      UINT64_C(0)
#define SIG_IGN      UINT64_C(1)

#define SA_NOCLDWAIT 0x00000002u
#define SA_SIGINFO   0x00000004u
#define SA_ONSTACK   0x08000000u
#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u
#define SA_RESTORER  0x04000000u

enum { SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2 };

#define SS_ONSTACK    1u
#define SS_DISABLE    2u
#define SS_AUTODISARM (1u << 31)
#define MINSIGSTKSZ   5120u

enum {
    SI_USER = 0,
    SI_KERNEL = 0x80,
    SI_QUEUE = -1,
    SI_TIMER = -2,
    SI_TKILL = -6,
    SEGV_MAPERR = 1,
    SEGV_ACCERR = 2,
    BUS_ADRALN = 1,
    BUS_ADRERR = 2,
    ILL_ILLOPC = 1,
    TRAP_BRKPT = 1,
    TRAP_TRACE = 2,
    FPE_FLTINV = 7,
    CLD_EXITED = 1,
    CLD_KILLED = 2,
};

struct linux_sigaction {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

struct linux_stack {
    uint64_t sp;
    uint32_t flags;
    uint32_t pad;
    uint64_t size;
};

/* What Linux keeps of a siginfo. The program's has LINUX_SIGINFO_BYTES, the rest zeros. */
#define LINUX_SIGINFO_BYTES 128
struct linux_siginfo {
    int32_t signo, error, code, pad0;
    union {
        struct {
            int32_t pid;
            uint32_t uid;
            uint64_t value;
        } sent; /* kill, tgkill, sigqueue */
        struct {
            int32_t pid;
            uint32_t uid;
            int32_t status;
            int32_t pad;
            int64_t utime, stime; /* in clock ticks */
        } child;                  /* SIGCHLD */
        struct {
            int32_t id, overrun;
            uint64_t value;
        } timer;
        struct {
            uint64_t address;
        } fault;
        uint8_t bytes[32];
    };
};

/* arm64 */
struct linux_sigcontext {
    uint64_t fault_address;
    uint64_t regs[31];
    uint64_t sp, pc, pstate;
    uint64_t pad;
    uint8_t reserved[4096];
};

struct linux_ucontext {
    uint64_t flags;
    uint64_t link;
    struct linux_stack stack;
    uint64_t sigmask;
    uint8_t pad[120];
    uint64_t pad2;
    struct linux_sigcontext mcontext;
};

struct linux_record {
    uint32_t magic, size;
};

#define FPSIMD_MAGIC 0x46508001u
#define ESR_MAGIC    0x45535201u

struct linux_fpsimd_record {
    struct linux_record head;
    uint32_t fpsr, fpcr;
    uint64_t vregs[32][2];
};

struct linux_esr_record {
    struct linux_record head;
    uint64_t esr;
};

_Static_assert(sizeof(struct linux_siginfo) == 48, "siginfo");
_Static_assert(offsetof(struct linux_siginfo, fault.address) == 16, "siginfo");
_Static_assert(sizeof(struct linux_sigaction) == 32, "sigaction");
_Static_assert(sizeof(struct linux_stack) == 24, "stack_t");
_Static_assert(offsetof(struct linux_ucontext, mcontext) == 176, "ucontext");
_Static_assert(offsetof(struct linux_sigcontext, reserved) == 288, "sigcontext");
_Static_assert(sizeof(struct linux_fpsimd_record) == 528, "fpsimd record");
_Static_assert(sizeof(struct linux_esr_record) == 16, "esr record");

/* timer_create */
struct linux_sigevent {
    uint64_t value;
    int32_t signo;
    int32_t notify;
    int32_t tid;
    uint8_t pad[44];
};

enum { SIGEV_SIGNAL = 0, SIGEV_NONE = 1, SIGEV_THREAD_ID = 4 };

_Static_assert(sizeof(struct linux_sigevent) == 64, "sigevent");

#endif
