/* SPDX-License-Identifier: Apache-2.0 */
/* Floating point registers over everything that could lose them: moves between processors, switches
 * between threads, signals, large copies by the kernel with and without faults in them. Each round
 * has registers of its own, so that those of an earlier one are noticed. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 400, PAGE = 4096, BIG = 5 * PAGE };

struct registers {
    uint64_t v[32][2];
    uint64_t fpcr, fpsr;
} __attribute__((aligned(16)));

/* All vector registers from or to memory. */
#define NUMBERS                                                                                  \
    "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, " \
    "25, 26, 27, 28, 29, 30, 31"
#define ALL(op, at) ".irp n, " NUMBERS "\n\t" op " q\\n, [%[" at "]], #16\n\t.endr\n\t"

/* The system call with `in` in the registers; `out` gets what they hold afterwards. */
static long call_with(const struct registers *in, struct registers *out, long number, long a,
                      long b, long c, long d)
{
    const void *from = in;
    void *to = out;
    uint64_t fpcr = in->fpcr, fpsr = in->fpsr, kept;
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("mrs %[kept], fpcr\n\t"
                     "msr fpcr, %[fpcr]\n\t"
                     "msr fpsr, %[fpsr]\n\t" ALL("ldr", "from") "svc #0\n\t" ALL(
                         "str", "to") "mrs %[fpcr], fpcr\n\t"
                                      "mrs %[fpsr], fpsr\n\t"
                                      "msr fpcr, %[kept]"
                     : "+r"(x0), [from] "+&r"(from), [to] "+&r"(to), [fpcr] "+&r"(fpcr),
                       [fpsr] "+&r"(fpsr), [kept] "=&r"(kept)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
                     : "memory", "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",
                       "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",
                       "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
    out->fpcr = fpcr;
    out->fpsr = fpsr;
    return x0;
}

static _Thread_local uint64_t seed;
static int lost;

static void fill(struct registers *r)
{
    for (unsigned i = 0; i < 32; i++)
        for (unsigned j = 0; j < 2; j++)
            r->v[i][j] = ++seed * UINT64_C(0x9e3779b97f4a7c15);
    r->fpcr = (seed >> 6 & 3) << 22;     /* rounding mode */
    r->fpsr = (seed >> 6 & 1) << 4 | 1u; /* inexact, invalid */
}

static long keep(const char *what, long number, long a, long b, long c, long d)
{
    struct registers in, out;
    fill(&in);
    long result = call_with(&in, &out, number, a, b, c, d);
    if (memcmp(&in, &out, sizeof(in)) && !__atomic_fetch_add(&lost, 1, __ATOMIC_RELAXED))
        printf("lost in: %s\n", what);
    return result;
}

/* Round and round over all processors: each time back with other registers than it left there. */
static void move(int rounds)
{
    cpu_set_t all;
    sched_getaffinity(0, sizeof(all), &all);
    for (int i = 0; i < rounds; i++) {
        uint64_t mask = 1u << i % CPU_COUNT(&all);
        keep("move to another processor", SYS_sched_setaffinity, 0, sizeof(mask), (long)&mask, 0);
    }
    sched_setaffinity(0, sizeof(all), &all);
}

static void trash(int sig)
{
    struct registers in, out;
    (void)sig;
    fill(&in);
    call_with(&in, &out, SYS_sched_yield, 0, 0, 0, 0);
}

static void *busy(void *arg)
{
    seed = (uint64_t)(uintptr_t)arg << 32;
    move(ROUNDS);
    for (int i = 0; i < ROUNDS; i++) {
        struct timespec nap = {0, 1000};
        keep("sched_yield", SYS_sched_yield, 0, 0, 0, 0);
        keep("signal", SYS_tgkill, getpid(), (long)syscall(SYS_gettid), SIGUSR1, 0);
        if (i % 16 == 0)
            keep("nanosleep", SYS_nanosleep, (long)&nap, 0, 0, 0);
    }
    return NULL;
}

static char bytes[BIG];

static void check(const char *what, int good)
{
    printf("%s: %s\n", what, good ? "yes" : "no");
}

/* Copies of many lengths and alignments, into pages that come only while copying, and up to one
 * that never does. User-mode emulation, where this isn't process 1, refuses those whole. */
static int refused(long n)
{
    return n < 0 && getpid() != 1;
}

static void copies(void)
{
    int fd = (int)syscall(SYS_memfd_create, "bytes", 0), whole = 1, untouched = 1;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * i >> 7 ^ i);
    whole &= keep("pwrite", SYS_pwrite64, fd, (long)bytes, BIG, 0) == BIG;
    for (long length = 1; length < BIG; length = length * 5 / 4 + 1) {
        long shift = length % 61;
        char *pages =
            mmap(NULL, BIG + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        long n = keep("pread into new pages", SYS_pread64, fd, (long)(pages + shift), length, 0);
        whole &= n == length && !memcmp(pages + shift, bytes, (size_t)length);
        untouched &= !pages[shift + length] && (!shift || !pages[shift - 1]);
        munmap(pages, BIG + 2 * PAGE);
    }
    check("whole copies", whole);
    check("nothing beside them", untouched);
    char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 2 * PAGE, PAGE);
    int exact = 1;
    for (long shift = 0; shift < 700; shift += 37) {
        long want = PAGE - shift;
        long n =
            keep("pread up to no page", SYS_pread64, fd, (long)(pages + PAGE + shift), 2 * PAGE, 0);
        exact &= refused(n) || (n == want && !memcmp(pages + PAGE + shift, bytes, (size_t)want));
        n = keep("pwrite from no page", SYS_pwrite64, fd, (long)(pages + PAGE + shift), 2 * PAGE,
                 0);
        exact &= refused(n) || n == want;
    }
    check("short copies end where the page ends", exact);
}

int main(void)
{
    pthread_t threads[THREADS];
    signal(SIGUSR1, trash);
    move(ROUNDS);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, busy, (void *)(i + 1));
    copies();
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    check("registers kept", !lost);
    return 0;
}
