/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, threads, waiting on Linux. */
#include "gort/port/os.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIGNAL_STACK (64 * 1024)
#define SIGNAL_SLACK 1024 /* behind a frame that is shorter than the C library has it */

_Static_assert(sizeof(pthread_t) == sizeof(uintptr_t), "a thread's name fits");

int64_t os_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * GO_S + ts.tv_nsec;
}

void os_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns)
{
    struct timespec ts = {deadline_ns / GO_S, deadline_ns % GO_S};
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value,
            deadline_ns == INT64_MAX ? NULL : &ts, NULL, FUTEX_BITSET_MATCH_ANY);
}

void os_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void os_nap(int64_t ns)
{
    const struct timespec ts = {ns / GO_S, ns % GO_S};
    nanosleep(&ts, NULL);
}

void os_yield(void)
{
    sched_yield();
}

unsigned os_cpus(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) != 0 ? 1 : (unsigned)CPU_COUNT(&set);
}

int os_thread_start(uintptr_t *thread, void *(*fn)(void *), void *arg)
{
    pthread_t id;
    int r = pthread_create(&id, NULL, fn, arg);
    *thread = (uintptr_t)id;
    return -r;
}

void os_thread_join(uintptr_t thread)
{
    pthread_join((pthread_t)thread, NULL);
}

void os_stack_bounds(uintptr_t *lo, uintptr_t *hi)
{
    pthread_attr_t attr;
    void *at;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        port_fatal("gort: a thread's stack bounds are unknown");
    pthread_attr_getstack(&attr, &at, &size);
    pthread_attr_destroy(&attr);
    *lo = (uintptr_t)at;
    *hi = (uintptr_t)at + size;
}

/* A stack for the signals of this thread. */
void os_thread_begin(void)
{
    void *stack =
        mmap(NULL, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t ss = {.ss_sp = stack, .ss_size = SIGNAL_STACK - SIGNAL_SLACK};
    if (stack != MAP_FAILED)
        sigaltstack(&ss, NULL);
}
