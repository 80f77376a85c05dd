/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system call fuzzer: a program that makes random calls from abi/syscalls.def in several
 * threads. One seed, one sequence of calls for each thread. It is a static program for the machine
 * (or Linux), start.S and guest.c; and with tests/fuzz/host in their place it is the program of a
 * kernel that runs in a process of the host.
 */
#ifndef TESTS_FUZZ_SYSCALLS_GUEST_H
#define TESTS_FUZZ_SYSCALLS_GUEST_H

#include "lib/types.h"

#define WORKERS_MAX 8
#define KICK_SIGNAL 10 /* SIGUSR1: ends what a worker waits in; no mask of the fuzzer blocks it */

/* Memory that calls may do anything to, at an address nothing else is near. */
#define ARENA       UINT64_C(0x1000000000)
#define ARENA_DATA  (ARENA) /* structures, readable and writable */
#define DATA_BYTES  UINT64_C(0x40000)
#define ARENA_RO    (ARENA + UINT64_C(0x80000))  /* one page to read only, */
#define ARENA_NONE  (ARENA_RO + 4096)            /* one for nothing, and none behind it */
#define ARENA_WILD  (ARENA + UINT64_C(0x400000)) /* for the calls that map */
#define WILD_BYTES  UINT64_C(0x400000)
#define ARENA_BYTES UINT64_C(0x1000000)

/* Variables whose addresses the kernel is given to write to. */
#ifndef PROGRAM_MEMORY
#define PROGRAM_MEMORY
#endif

struct worker {
    uint64_t seed;
    uint64_t random;      /* the state of its generator */
    uint64_t calls;       /* to make */
    const uint8_t *input; /* NULL, or CALL_BYTES for each of them */
    size_t input_step;    /* from one of its calls to the next */
    uint64_t done;        /* made; the main thread looks at it */
    unsigned call;        /* which one it is in: an index of the grammar */
    unsigned finished;
    int64_t tid;
    uint64_t private[64]; /* what must not be random for the fuzzer to live */
};

long call6(uint64_t nr, const uint64_t args[6]);
long thread_spawn(uint64_t flags, uint64_t stack, void (*fn)(void *), void *arg);
void touch_read(uint64_t at);
void touch_write(uint64_t at);
extern char touch_end[];

/* program_write - as the program itself writes its memory. own_memory_touch: all of that, so that
 * it takes no more later. round_good: a round has left nothing behind. */
void program_write(uint64_t at, const void *bytes, size_t n);
void own_memory_touch(void);
void round_good(void);

void print(const char *fmt, ...) PRINTF_LIKE(1, 2);

#define CALL(nr, ...) call6(nr, (const uint64_t[6]){__VA_ARGS__})

/* random_next - the worker's next 64 bits (xorshift64*). random_below: less than n. */
uint64_t random_next(struct worker *w);
uint64_t random_below(struct worker *w, uint64_t n);

/* calls_one - one random call. calls_name: of an entry of the grammar. calls_report: print how
 * often each call succeeded and failed. */
void calls_one(struct worker *w);
const char *calls_name(unsigned index);
void calls_report(void);

/* folders_look - remember what there is, before the first call. files_reset - close and remove all
 * that has come since; false, and a line why, if what is remembered or where has changed. */
void folders_look(void);
bool files_reset(void);

/* What the kernel has in use; all zeros where it doesn't say. */
#define USAGE_SIZES 24
struct usage {
    uint64_t pages; /* of everything but kmalloc's and kernel stacks */
    unsigned sizes;
    uint32_t bytes[USAGE_SIZES], in_use[USAGE_SIZES];
};
void usage_read(struct usage *u);
bool usage_same(const struct usage *a, const struct usage *b);
void usage_print(const struct usage *u);
void usage_print_difference(const struct usage *before, const struct usage *now);
void usage_print_maps(void);

/* on_signal - the handler of every signal. */
void on_signal(int sig, void *info, uint64_t *context);

/* fuzz_main - the program; stack as the kernel hands it over. Its exit status. fuzz_prepare,
 * fuzz_input: the same with calls from bytes, round after round. False: something is wrong. */
long fuzz_main(uint64_t *stack);
bool fuzz_prepare(void);
bool fuzz_input(const uint8_t *bytes, size_t size);
#define CALL_BYTES 4

enum {
    NR_UNLINKAT = 35,
    NR_MKNODAT = 33,
    NR_MKDIRAT = 34,
    NR_EVENTFD2 = 19,
    NR_DUP3 = 24,
    NR_FLOCK = 32,
    NR_FALLOCATE = 47,
    NR_CHDIR = 49,
    NR_OPENAT = 56,
    NR_CLOSE = 57,
    NR_GETDENTS64 = 61,
    NR_READ = 63,
    NR_WRITE = 64,
    NR_NEWFSTATAT = 79,
    NR_FSTAT = 80,
    NR_EXIT_GROUP = 94,
    NR_NANOSLEEP = 101,
    NR_SETITIMER = 103,
    NR_TIMER_CREATE = 107,
    NR_TIMER_DELETE = 111,
    NR_CLOCK_GETTIME = 113,
    NR_SCHED_SETAFFINITY = 122,
    NR_TGKILL = 131,
    NR_SIGACTION = 134,
    NR_SIGPROCMASK = 135,
    NR_GETPID = 172,
    NR_BRK = 214,
    NR_MUNMAP = 215,
    NR_CLONE = 220,
    NR_MMAP = 222,
    NR_MUNLOCKALL = 231,
    NR_WAIT4 = 260,
    NR_PRLIMIT64 = 261,
    NR_MEMFD_CREATE = 279,
    NR_CLOSE_RANGE = 436,
};

#endif
