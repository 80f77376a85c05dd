/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscalls SEED ROUNDS CALLS THREADS [report]
 *
 * Each round starts the threads anew, lets each make its calls, interrupts whoever waits, takes
 * away everything that they made and looks how much memory is left. Exit status 1: memory is gone,
 * 3: a thread hangs, 4: folders or memory are not what they were.
 */
#include <stdarg.h>

#include "tests/fuzz/syscalls/guest.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define THREAD_FLAGS UINT64_C(0x50f00)
#define SECOND_NS    INT64_C(1000000000)
#define HANG_NS      (60 * SECOND_NS)
#define LOST_NS      (60 * SECOND_NS)

struct timespec64 {
    int64_t s, ns;
};

static struct worker workers[WORKERS_MAX] PROGRAM_MEMORY;
static uint8_t stacks[WORKERS_MAX][65536] __attribute__((aligned(16))) PROGRAM_MEMORY;

void print(const char *fmt, ...)
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

/* Those of timer_create are numbered one after the other: a new one is behind the last. */
static void timers_reset(void)
{
    static int first;
    int last = 0;
    uint64_t off[4] = {0};
    for (uint64_t which = 0; which < 3; which++)
        CALL(NR_SETITIMER, which, (uint64_t)off, 0);
    CALL(NR_TIMER_CREATE, 1, 0, (uint64_t)&last);
    for (; first <= last; first++)
        CALL(NR_TIMER_DELETE, (uint64_t)first);
}

/* Signals come in between: to have been interrupted isn't to have no more children. */
static void children_wait(void)
{
    enum { WAIT_ALL = 0x40000000, NO_CHILDREN = -10 };
    while (CALL(NR_WAIT4, ~0ull, 0, WAIT_ALL, 0) != NO_CHILDREN)
        ;
}

/* Everything that the round made is taken away. */
static bool all_reset(uint64_t brk)
{
    children_wait();
    timers_reset();
    bool as_before = files_reset();
    arena_reset();
    CALL(NR_BRK, brk);
    return as_before;
}

/* One round: what its threads do. */
struct round {
    uint64_t seed, number;
    uint64_t calls; /* of each thread */
    unsigned threads;
    const uint8_t *input; /* NULL, or CALL_BYTES for each call, in turn for each thread */
};

static void start(const struct round *r)
{
    signals_install();
    for (unsigned i = 0; i < r->threads; i++) {
        struct worker *w = &workers[i];
        memset(w, 0, sizeof *w);
        w->seed = (r->seed * 1000003 + r->number) * 64 + i;
        w->seed *= UINT64_C(0xd1342543de82ef95);
        w->calls = r->calls;
        w->input = r->input ? r->input + (size_t)i * CALL_BYTES : NULL;
        w->input_step = (size_t)r->threads * CALL_BYTES;
        w->tid = thread_spawn(THREAD_FLAGS, (uint64_t)(stacks[i] + sizeof stacks[i]), work, w);
        if (w->tid < 0) {
            print("round %lu: no thread: error %ld\n", r->number, (long)-w->tid);
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
static bool wait_all(const struct round *r)
{
    uint64_t seen[WORKERS_MAX] = {0}, pid = (uint64_t)CALL(NR_GETPID, 0);
    int64_t moved_ns[WORKERS_MAX];
    for (unsigned i = 0; i < r->threads; i++)
        moved_ns[i] = now_ns();
    for (unsigned left = r->threads; left;) {
        sleep_ns(SECOND_NS / 1000);
        left = 0;
        for (unsigned i = 0; i < r->threads; i++) {
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
                print("round %lu: thread %u hangs in call %lu, %s%s\n", r->number, i, done,
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

/* What the kernel keeps for later is there before anything is counted: a table for as many
 * descriptors as there may be, and this program's own pages. */
static void warm_up(void)
{
    own_memory_touch();
    uint64_t at = (uint64_t)CALL(NR_MMAP, 0, 4096, 3, 2 | 0x20, ~0ull, 0);
    touch_write(at); /* what maps it is shared with mappings that stay */
    CALL(NR_MUNMAP, at, 4096);
    CALL(NR_DUP3, 1, 1023, 0);
    CALL(NR_DUP3, (uint64_t)CALL(NR_EVENTFD2, 0, 0), 1022, 0);
    CALL(NR_FLOCK, 1022, 1); /* all files without a name share an inode, and its list of locks */
    for (uint64_t fd = 0; fd < 3; fd++) {
        CALL(NR_FLOCK, fd, 1);
        CALL(NR_FLOCK, fd, 8);
    }
    CALL(NR_CLOSE_RANGE, 3, 0xffffffff, 0);
}

/* A CPU without work keeps the page tables of the process that it ran last, be that gone or not. */
static void cpus_visit(void)
{
    for (uint64_t cpu = 0; cpu < 8; cpu++) {
        uint64_t mask = UINT64_C(1) << cpu;
        CALL(NR_SCHED_SETAFFINITY, 0, 8, (uint64_t)&mask);
    }
    uint64_t all = 255;
    CALL(NR_SCHED_SETAFFINITY, 0, 8, (uint64_t)&all);
}

/* The threads' ends come to the kernel a little later than to us, and much later on a CPU that
 * QEMU has no time for: what is in use has to stay the same for a while. */
static void usage_settled(struct usage *u)
{
    struct usage last;
    usage_read(u);
    for (unsigned same = 0, tries = 0; same < 40 && tries < 1000; tries++) {
        last = *u;
        sleep_ns(SECOND_NS / 200);
        cpus_visit();
        usage_read(u);
        same = usage_same(&last, u) ? same + 1 : 0;
    }
}

/* The network keeps some things for a while: parts of a datagram whose rest got lost for 15
 * seconds, what nobody has acknowledged longer. */
static bool nothing_lost(const struct usage *before, uint64_t round)
{
    struct usage now;
    int64_t start_ns = now_ns(), waited_ns;
    while ((waited_ns = now_ns() - start_ns) < LOST_NS) {
        cpus_visit();
        usage_read(&now);
        if (usage_same(before, &now)) {
            if (waited_ns > 5 * SECOND_NS)
                print("round %lu: the memory was back after %ld s\n", round,
                      (long)(waited_ns / SECOND_NS));
            return true;
        }
        sleep_ns(SECOND_NS / 200);
    }
    print("after round %lu:\n", round);
    usage_print_difference(before, &now);
    usage_print_maps();
    return false;
}

/* What there was before the first round, and what that left behind. */
static uint64_t first_brk;
static struct usage before;

bool fuzz_prepare(void)
{
    first_brk = (uint64_t)CALL(NR_BRK, 0);
    warm_up();
    folders_look();
    return all_reset(first_brk) && too_much_refused();
}

/* The exit status: 0 for a round that is as it should be. The first one decides what is in use. */
static long run(const struct round *r)
{
    start(r);
    if (!wait_all(r))
        return 3;
    if (!all_reset(first_brk))
        return 4;
    if (r->number == 0)
        usage_settled(&before);
    else if (!nothing_lost(&before, r->number))
        return 1;
    round_good();
    return 0;
}

/* The first byte says how many threads, the rest are calls. */
bool fuzz_input(const uint8_t *bytes, size_t size)
{
    static uint64_t rounds;
    struct round r = {.number = rounds++, .threads = 1};
    if (size > 1) {
        r.threads = 1 + bytes[0] % 4;
        r.calls = (size - 1) / CALL_BYTES / r.threads;
        r.input = bytes + 1;
    }
    return run(&r) == 0;
}

long fuzz_main(uint64_t *stack)
{
    const char *const *argv = (const char *const *)(stack + 1);
    if (stack[0] < 5) {
        print("usage: syscalls SEED ROUNDS CALLS THREADS [report]\n");
        return 2;
    }
    uint64_t rounds = number(argv[2]);
    struct round r = {.seed = number(argv[1]),
                      .calls = number(argv[3]),
                      .threads = (unsigned)MIN(number(argv[4]), (uint64_t)WORKERS_MAX)};
    if (!fuzz_prepare())
        return 1;
    for (; r.number < rounds; r.number++) {
        long status = run(&r);
        if (status)
            return status;
    }
    if (stack[0] > 5)
        calls_report();
    print("seed %lu: %lu rounds of %lu calls by %u threads; before and after each: ", r.seed,
          rounds, r.calls, r.threads);
    usage_print(&before);
    return 0;
}
