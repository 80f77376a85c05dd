/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as C programs use them: information, masks, alternate stack, jumps out of handlers, EINTR
 * and restart. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t caught, depth, deepest, on_stack;
static volatile int code_seen;
static void *volatile address_seen;
static char stack[65536];
static sigjmp_buf back;

static void set_handler(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

    sigemptyset(&action.sa_mask);
    if (sigaction(sig, &action, NULL))
        perror("sigaction");
}

static void note(int sig, siginfo_t *info, void *context)
{
    char here;
    (void)context;

    caught += sig == info->si_signo;
    code_seen = info->si_code;
    on_stack = &here >= stack && &here < stack + sizeof(stack);
}

static void jump(int sig, siginfo_t *info, void *context)
{
    (void)context;
    code_seen = info->si_code;
    address_seen = info->si_addr;
    siglongjmp(back, sig);
}

static void nest(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    if (++depth > deepest)
        deepest = depth;
    if (depth < 5)
        raise(sig);
    depth--;
}

/* Skips the faulting instruction by editing the context, as a debugger or a JIT does. */
static void skip(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    (void)sig;
    (void)info;

    uc->uc_mcontext.pc += 4;
    uc->uc_mcontext.regs[0] = 42;
    caught++;
}

static void sent_to_self(void)
{
    set_handler(SIGUSR1, note, 0);
    kill(getpid(), SIGUSR1);
    printf("kill: caught %d, code is SI_USER %d\n", caught, code_seen == SI_USER);
    raise(SIGUSR1);
    printf("raise: caught %d, code is SI_TKILL %d\n", caught, code_seen == SI_TKILL);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7});
    printf("sigqueue: caught %d, code is SI_QUEUE %d\n", caught, code_seen == SI_QUEUE);
}

static void masked(void)
{
    sigset_t set, old, pending;
    int before = caught, sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: caught %d, pending %d\n", caught - before, sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("unblocked: caught %d\n", caught - before);

    sigprocmask(SIG_BLOCK, &set, &old);
    kill(getpid(), SIGUSR1);
    printf("sigwait: %d, is SIGUSR1 %d\n", sigwait(&set, &sig), sig == SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void queued(void)
{
    sigset_t set;
    siginfo_t info;
    int sig = SIGRTMIN + 3;

    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++)
        sigqueue(getpid(), sig, (union sigval){.sival_int = i});
    for (int i = 0; i < 3; i++) {
        sigwaitinfo(&set, &info);
        printf("queued %d ", info.si_value.sival_int);
    }
    struct timespec soon = {.tv_nsec = 1000000};
    int empty = sigtimedwait(&set, &info, &soon);
    printf("then %d, EAGAIN %d\n", empty, errno == EAGAIN);
}

static void other_stack(void)
{
    stack_t new = {.ss_sp = stack, .ss_size = sizeof(stack)}, old;

    sigaltstack(&new, &old);
    set_handler(SIGUSR2, note, SA_ONSTACK);
    raise(SIGUSR2);
    printf("alternate stack: disabled before %d, used %d\n", !!(old.ss_flags & SS_DISABLE),
           on_stack);
    set_handler(SIGUSR2, nest, SA_ONSTACK | SA_NODEFER);
    raise(SIGUSR2);
    printf("nested %d\n", deepest);
}

static void faults(void)
{
    volatile int *volatile nothing = (volatile int *)16;
    volatile char *none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    set_handler(SIGSEGV, jump, SA_ONSTACK);
    set_handler(SIGILL, jump, 0);
    set_handler(SIGTRAP, jump, 0);
    if (!sigsetjmp(back, 1))
        *nothing = 1;
    printf("nothing there: MAPERR %d, address %p\n", code_seen == SEGV_MAPERR, address_seen);
    if (!sigsetjmp(back, 1))
        none[5] = 1;
    printf("forbidden: ACCERR %d, right address %d\n", code_seen == SEGV_ACCERR,
           address_seen == none + 5);
    if (!sigsetjmp(back, 1))
        __asm__ volatile(".inst 0x00000000");
    printf("undefined instruction: the kernel says so %d\n", code_seen > 0);
    if (!sigsetjmp(back, 1))
        __asm__ volatile("brk #7");
    printf("breakpoint: BRKPT %d\n", code_seen == TRAP_BRKPT);
    set_handler(SIGSEGV, skip, 0);
    register long result __asm__("x0") = 0;
    __asm__ volatile("str xzr, [x0]" : "+r"(result) : : "memory");
    printf("skipped: x0 is %ld\n", result);
}

struct interruption {
    pthread_t whom;
    bool alarm; /* SIGALRM, too, some time after SIGUSR1 */
};

static void *interrupt_later(void *arg)
{
    struct interruption *i = arg;
    struct itimerval soon = {.it_value.tv_usec = 40000};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* it is for whoever reads */
    usleep(60000);
    pthread_kill(i->whom, SIGUSR1);
    if (i->alarm)
        setitimer(ITIMER_REAL, &soon, NULL);
    return NULL;
}

static void interrupted_read(int flags, const char *name)
{
    struct interruption i = {pthread_self(), flags & SA_RESTART};
    pthread_t helper;
    int fds[2], before = caught;
    char byte;

    set_handler(SIGUSR1, note, flags);
    set_handler(SIGALRM, note, 0);
    if (pipe(fds))
        return;
    pthread_create(&helper, NULL, interrupt_later, &i);
    ssize_t n = read(fds[0], &byte, 1);
    printf("%s: read %zd, EINTR %d, signals %d\n", name, n, errno == EINTR, caught - before);
    pthread_join(helper, NULL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    sent_to_self();
    masked();
    queued();
    other_stack();
    faults();
    interrupted_read(0, "interrupted");
    interrupted_read(SA_RESTART, "restarted, then interrupted");
    signal(SIGTERM, SIG_IGN);
    raise(SIGTERM);
    puts("ignored");
    signal(SIGTERM, SIG_DFL);
    raise(SIGTERM);
    puts("not reached");
    return 0;
}
