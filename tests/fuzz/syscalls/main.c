/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscalls SEED ROUNDS CALLS THREADS [report]
 *
 * Each round starts the threads anew, lets each make its calls, interrupts whoever waits, takes
 * away everything that they made and looks how much memory is left. Exit status 1: memory is gone,
 * 3: a thread hangs.
 */
#include <stdarg.h>

#include "tests/fuzz/syscalls/guest.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define THREAD_FLAGS UINT64_C(0x50f00)
#define SECOND_NS    INT64_C(1000000000)
#define HANG_NS      (60 * SECOND_NS)

struct timespec64 {
    int64_t s, ns;
};

static struct worker workers[WORKERS_MAX];
static uint8_t stacks[WORKERS_MAX][65536] __attribute__((aligned(16)));

long fuzz_main(uint64_t *stack);

static void print(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void print(const char *fmt, ...)
{
    char line[160];
    va_list ap;
    va_start(ap, fmt);
    int n = fmt_vprint(line, sizeof line, fmt, ap);
    va_end(ap);
    CALL(NR_WRITE, 1, (uint64_t)line, (uint64_t)n);
}

static int64_t now_ns(void)
{
    struct timespec64 t = {0};
    CALL(NR_CLOCK_GETTIME, 1, (uint64_t)&t);
    return t.s * SECOND_NS + t.ns;
}

static void sleep_ns(int64_t ns)
{
    struct timespec64 t = {0, ns};
    CALL(NR_NANOSLEEP, (uint64_t)&t, 0);
}

/* Steps over an access of touch_read or touch_write that faulted; everything else only interrupts.
 * ucontext: pc is 440 bytes in. */
void on_signal(int sig, void *info, uint64_t *context)
{
    uint64_t *pc = &context[440 / 8];
    int code = ((const int *)info)[2];
    if (sig != 11 && sig != 7)
        return;
    if (*pc >= (uint64_t)touch_read && *pc < (uint64_t)touch_end) {
        *pc += 4;
    } else if (code > 0 && code < 3 && context[176 / 8] &&
               context[176 / 8] == ((uint64_t *)info)[2]) {
        print("the fuzzer faults at %lx, address %lx\n", *pc, context[176 / 8]);
        CALL(NR_EXIT_GROUP, 2);
    }
}

static void signals_install(void)
{
    for (unsigned sig = 1; sig <= 64; sig++) {
        uint64_t action[4] = {(uint64_t)on_signal, 4, 0, 0};
        CALL(NR_SIGACTION, sig, (uint64_t)action, 0, 8);
    }
}

static void work(void *arg)
{
    struct worker *w = arg;
    while (w->done < w->calls) {
        uint64_t none = 0;
        calls_one(w);
        CALL(NR_SIGPROCMASK, 2, (uint64_t)&none, 0, 8);
        __atomic_store_n(&w->done, w->done + 1, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&w->finished, 1, __ATOMIC_RELEASE);
}

/* The arena is there and as it was at first. */
static void arena_reset(void)
{
    uint64_t fixed = 2 | 0x10 | 0x20;
    CALL(NR_MUNLOCKALL, 0);
    CALL(NR_MUNMAP, ARENA, ARENA_BYTES);
    CALL(NR_MMAP, ARENA_DATA, DATA_BYTES, 3, fixed, ~0ull, 0);
    CALL(NR_MMAP, ARENA_RO, 4096, 1, fixed, ~0ull, 0);
    CALL(NR_MMAP, ARENA_NONE, 4096, 0, fixed, ~0ull, 0);
    CALL(NR_MMAP, ARENA_WILD, WILD_BYTES, 3, fixed, ~0ull, 0);
}

/* Everything in the folder that fd is open for, folders after what is in them. */
static void empty_folder(uint64_t fd, unsigned depth)
{
    char buf[2048];
    long n;
    while ((n = CALL(NR_GETDENTS64, fd, (uint64_t)buf, sizeof buf)) > 0)
        for (long at = 0; at < n;) {
            const char *name = buf + at + 19;
            uint16_t size;
            memcpy(&size, buf + at + 16, sizeof size);
            at += size;
            if (!strcmp(name, ".") || !strcmp(name, ".."))
                continue;
            if (CALL(NR_UNLINKAT, fd, (uint64_t)name, 0) == 0 || depth > 24)
                continue;
            long sub = CALL(NR_OPENAT, fd, (uint64_t)name, 0100000 | 040000, 0);
            if (sub < 0)
                continue;
            empty_folder((uint64_t)sub, depth + 1);
            CALL(NR_CLOSE, (uint64_t)sub);
            CALL(NR_UNLINKAT, fd, (uint64_t)name, 0x200);
        }
}

static void files_reset(void)
{
    CALL(NR_CLOSE_RANGE, 3, 0xffffffff, 0);
    CALL(NR_CHDIR, (uint64_t) "/");
    CALL(NR_MKDIRAT, (uint64_t)-100, (uint64_t) "/fuzz", 0777);
    long fd = CALL(NR_OPENAT, (uint64_t)-100, (uint64_t) "/fuzz", 040000, 0);
    for (unsigned i = 0; fd >= 0 && i < 3; i++) {
        empty_folder((uint64_t)fd, 0);
        CALL(62, (uint64_t)fd, 0, 0); /* lseek: what was skipped */
    }
    CALL(NR_CLOSE, (uint64_t)fd);
    CALL(NR_CHDIR, (uint64_t) "/fuzz");
}

static void timers_reset(void)
{
    uint64_t off[4] = {0};
    for (uint64_t which = 0; which < 3; which++)
        CALL(NR_SETITIMER, which, (uint64_t)off, 0);
    for (uint64_t id = 0; id < 4096; id++)
        CALL(NR_TIMER_DELETE, id);
}

static uint64_t memory_used(uint64_t brk)
{
    struct {
        int64_t uptime;
        uint64_t loads[3], total, free, rest[8];
    } info = {0};
    timers_reset();
    files_reset();
    arena_reset();
    CALL(NR_BRK, brk);
    CALL(NR_SYSINFO, (uint64_t)&info);
    return (info.total - info.free) / 4096;
}

static void start(uint64_t seed, uint64_t round, uint64_t calls, unsigned threads)
{
    signals_install();
    for (unsigned i = 0; i < threads; i++) {
        struct worker *w = &workers[i];
        memset(w, 0, sizeof *w);
        w->seed = (seed * 1000003 + round) * 64 + i;
        w->seed *= UINT64_C(0xd1342543de82ef95);
        w->calls = calls;
        w->tid = thread_spawn(THREAD_FLAGS, (uint64_t)(stacks[i] + sizeof stacks[i]), work, w);
        if (w->tid < 0) {
            print("round %lu: no thread: error %ld\n", round, (long)-w->tid);
            w->finished = 1;
        }
    }
}

/* Whether the thread is over: also for the kernel. */
static bool gone(const struct worker *w)
{
    return __atomic_load_n(&w->finished, __ATOMIC_ACQUIRE) &&
           (w->tid < 0 || CALL(NR_TGKILL, (uint64_t)CALL(NR_GETPID, 0), (uint64_t)w->tid, 0) == -3);
}

/* Kicks whoever makes no progress, until all have ended. False: one doesn't move at all. */
static bool wait_all(unsigned threads, uint64_t round)
{
    uint64_t seen[WORKERS_MAX] = {0}, pid = (uint64_t)CALL(NR_GETPID, 0);
    int64_t moved_ns[WORKERS_MAX];
    for (unsigned i = 0; i < threads; i++)
        moved_ns[i] = now_ns();
    for (unsigned left = threads; left;) {
        sleep_ns(SECOND_NS / 1000);
        left = 0;
        for (unsigned i = 0; i < threads; i++) {
            struct worker *w = &workers[i];
            uint64_t done = __atomic_load_n(&w->done, __ATOMIC_RELAXED);
            if (gone(w))
                continue;
            left++;
            if (done != seen[i]) {
                seen[i] = done;
                moved_ns[i] = now_ns();
                continue;
            }
            CALL(NR_TGKILL, pid, (uint64_t)w->tid, KICK_SIGNAL);
            if (now_ns() - moved_ns[i] > HANG_NS) {
                print("round %lu: thread %u hangs in call %lu, %s%s\n", round, i, done,
                      calls_name(w->call), w->finished ? " (ended, but is still there)" : "");
                return false;
            }
        }
    }
    return true;
}

/* fallocate of more than there is: refused, and nothing of it stays taken. (Not a comparison with
 * Linux, whose tmpfs may have no limit.) */
static bool too_much_refused(void)
{
    uint64_t fd = (uint64_t)CALL(NR_MEMFD_CREATE, (uint64_t) "m", 0);
    uint64_t stat[16] = {0};
    long err = CALL(NR_FALLOCATE, fd, 0, 0, 1ull << 50);
    CALL(NR_FSTAT, fd, (uint64_t)stat);
    CALL(NR_CLOSE, fd);
    if (err != -28 || stat[8])
        print("fallocate of a petabyte: result %ld, %lu blocks\n", err, stat[8]);
    return err == -28 && !stat[8];
}

static uint64_t number(const char *s)
{
    uint64_t v = 0;
    while (*s >= '0' && *s <= '9')
        v = v * 10 + (uint64_t)(*s++ - '0');
    return v;
}

/* What is cached (free slabs, pages of CPUs) comes and goes: memory is lost if even the least of
 * the last third of the rounds is beyond the most of the first. */
#define SLACK_PAGES 64

long fuzz_main(uint64_t *stack)
{
    const char *const *argv = (const char *const *)(stack + 1);
    if (stack[0] < 5) {
        print("usage: syscalls SEED ROUNDS CALLS THREADS [report]\n");
        return 2;
    }
    uint64_t seed = number(argv[1]), rounds = number(argv[2]), calls = number(argv[3]);
    unsigned threads = (unsigned)MIN(number(argv[4]), (uint64_t)WORKERS_MAX);
    uint64_t brk = (uint64_t)CALL(NR_BRK, 0), first_most = 0, last_least = ~0ull, used = 0;
    files_reset();
    arena_reset();
    if (!too_much_refused())
        return 1;
    for (uint64_t round = 0; round < rounds; round++) {
        start(seed, round, calls, threads);
        if (!wait_all(threads, round))
            return 3;
        used = memory_used(brk);
        if (round <= rounds / 3)
            first_most = MAX(first_most, used);
        else if (round >= rounds - rounds / 3)
            last_least = MIN(last_least, used);
    }
    if (stack[0] > 5)
        calls_report(print);
    print("seed %lu: %lu rounds of %lu calls by %u threads; pages used: at most %lu in the first "
          "third, at least %lu in the last\n",
          seed, rounds, calls, threads, first_most, last_least == ~0ull ? used : last_least);
    return rounds >= 3 && last_least > first_most + SLACK_PAGES;
}
