/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzzer has found, call by call: the sanitizers look on, and the results are Linux'. */
#include <stdio.h>

#include "abi/errno.h"
#include "tests/fuzz/host/machine.h"
#include "tests/fuzz/syscalls/guest.h"

enum {
    NR_LSEEK = 62,
    NR_UTIMENSAT = 88,
    NR_GETITIMER = 102,
    NR_CLOCK_SETTIME = 112,
    NR_SOCKET = 198,
    NR_SETSOCKOPT = 208,
    NR_GETSOCKOPT = 209,
    NR_RECVMMSG = 243,
    AT_CWD = -100,
    CLOCK_REAL = 0,
    CLOCK_MONO = 1,
    SO_RCVBUF = 8,
};

#define AT(p) ((uint64_t)(p))

static bool far_time_limit_of_messages(void)
{
    uint64_t fd = (uint64_t)CALL(NR_SOCKET, 2, 2 | 04000, 0), message[8] = {0};
    int64_t limit[2] = {INT64_C(1) << 40, 0};
    long n = CALL(NR_RECVMMSG, fd, AT(message), 1, 0, AT(limit));
    CALL(NR_CLOSE, fd);
    return n == -EAGAIN;
}

static long set_clock(int64_t s)
{
    int64_t time[2] = {s, 0};
    return CALL(NR_CLOCK_SETTIME, CLOCK_REAL, AT(time));
}

/* Not to where it would run over, nor to before the machine was started. */
static bool clock_that_would_run_over(void)
{
    return set_clock(INT64_MAX / 1000000000 - 1) == -EINVAL && set_clock(0) == -EINVAL &&
           set_clock(1700000000) == 0;
}

static bool timer_in_the_far_future(void)
{
    int64_t value[4] = {0, 0, INT64_MAX - 1, 999999}, off[4] = {0}, left[4] = {0};
    return CALL(NR_SETITIMER, 0, AT(value), 0) == 0 && CALL(NR_GETITIMER, 0, AT(left)) == 0 &&
           left[2] > INT64_C(9000000000) && left[3] >= 0 && CALL(NR_SETITIMER, 0, AT(off), 0) == 0;
}

/* The earliest that nanoseconds in 64 bits can say. */
static bool file_of_the_year_1677(void)
{
    int64_t times[4] = {-9223372037, 145224192, -9223372037, 145224192}, stat[16] = {0};
    uint64_t cwd = (uint64_t)AT_CWD, fd = (uint64_t)CALL(NR_OPENAT, cwd, AT("/old"), 0102, 0600);
    bool good = CALL(NR_UTIMENSAT, cwd, AT("/old"), AT(times), 0) == 0 &&
                CALL(NR_FSTAT, fd, AT(stat)) == 0 && stat[11] == times[2] && stat[12] == times[3];
    CALL(NR_CLOSE, fd);
    CALL(NR_UNLINKAT, cwd, AT("/old"), 0);
    return good;
}

/* More than a limit of numbers once allowed, one at a time. */
static bool timers_again_and_again(void)
{
    for (unsigned i = 0; i < 70000; i++) {
        int id = -1;
        if (CALL(NR_TIMER_CREATE, CLOCK_MONO, 0, AT(&id)) || CALL(NR_TIMER_DELETE, (uint64_t)id))
            return false;
    }
    return true;
}

/* Twice as far as there is. */
static bool folder_read_from_beyond(void)
{
    uint64_t fd = (uint64_t)CALL(NR_OPENAT, (uint64_t)AT_CWD, AT("/"), 040000);
    bool good = CALL(NR_LSEEK, fd, INT64_MAX, 0) == INT64_MAX &&
                CALL(NR_LSEEK, fd, INT64_MAX, 1) == -EINVAL;
    CALL(NR_CLOSE, fd);
    return good;
}

/* A negative number is a large one. */
static bool buffer_of_negative_size(void)
{
    int size = -1589815813, size_bytes = sizeof size;
    uint64_t fd = (uint64_t)CALL(NR_SOCKET, 2, 2, 0);
    bool good = CALL(NR_SETSOCKOPT, fd, 1, SO_RCVBUF, AT(&size), sizeof size) == 0 &&
                CALL(NR_GETSOCKOPT, fd, 1, SO_RCVBUF, AT(&size), AT(&size_bytes)) == 0 &&
                size == 2 * 212992;
    CALL(NR_CLOSE, fd);
    return good;
}

bool findings_check(void)
{
    static const struct {
        const char *name;
        bool (*fn)(void);
    } findings[] = {
        {"a far time limit of messages", far_time_limit_of_messages},
        {"a clock that would run over", clock_that_would_run_over},
        {"a timer in the far future", timer_in_the_far_future},
        {"a file of the year 1677", file_of_the_year_1677},
        {"timers again and again", timers_again_and_again},
        {"a folder read from beyond", folder_read_from_beyond},
        {"a buffer of a negative size", buffer_of_negative_size},
    };
    bool all = true;
    for (unsigned i = 0; i < ARRAY_SIZE(findings); i++) {
        bool good = findings[i].fn();
        printf("%s fuzz finding: %s\n", good ? "ok" : "not ok", findings[i].name);
        all = all && good;
    }
    return all;
}
