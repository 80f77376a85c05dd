/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, threads, waiting on Windows. A thread's stack is committed as a whole, so that the bounds
 * in its thread block, which the switch sets (asm/win64.S), don't move. */
#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "gort/port/os.h"

#define THREAD_STACK (1024 * 1024)
#define LONGEST_MS   1000000

int64_t os_now_ns(void)
{
    LARGE_INTEGER now, hz;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&hz);
    return now.QuadPart / hz.QuadPart * GO_S + now.QuadPart % hz.QuadPart * GO_S / hz.QuadPart + 1;
}

static DWORD ms_until(int64_t deadline_ns)
{
    if (deadline_ns == INT64_MAX)
        return INFINITE;
    int64_t ns = deadline_ns - os_now_ns();
    return ns <= 0 ? 0 : (DWORD)MIN((ns + GO_MS - 1) / GO_MS, LONGEST_MS);
}

void os_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns)
{
    WaitOnAddress((volatile void *)word, &value, sizeof(value), ms_until(deadline_ns));
}

void os_wake(_Atomic uint32_t *word)
{
    WakeByAddressAll((void *)word);
}

void os_nap(int64_t ns)
{
    if (ns < GO_MS)
        SwitchToThread();
    else
        Sleep((DWORD)(ns / GO_MS));
}

void os_yield(void)
{
    SwitchToThread();
}

unsigned os_cpus(void)
{
    SYSTEM_INFO in;
    GetSystemInfo(&in);
    return in.dwNumberOfProcessors;
}

struct start {
    void *(*fn)(void *);
    void *arg;
};

static DWORD WINAPI thread_main(void *arg)
{
    struct start s = *(struct start *)arg;
    free(arg);
    s.fn(s.arg);
    return 0;
}

int os_thread_start(uintptr_t *thread, void *(*fn)(void *), void *arg)
{
    struct start *s = malloc(sizeof(*s));
    if (!s)
        return -EAGAIN;
    *s = (struct start){fn, arg};
    HANDLE h = CreateThread(NULL, THREAD_STACK, thread_main, s, 0, NULL);
    if (!h) {
        free(s);
        return -EAGAIN;
    }
    *thread = (uintptr_t)h;
    return 0;
}

void os_thread_join(uintptr_t thread)
{
    WaitForSingleObject((HANDLE)thread, INFINITE);
    CloseHandle((HANDLE)thread);
}

void os_thread_begin(void)
{
}

void os_stack_bounds(uintptr_t *lo, uintptr_t *hi)
{
    ULONG_PTR from, to;
    GetCurrentThreadStackLimits(&from, &to);
    *lo = from;
    *hi = to;
}
