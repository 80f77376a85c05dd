/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks and sleeping: shape, not values. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(clockid_t clock)
{
    struct timespec ts;

    return clock_gettime(clock, &ts) ? -1 : ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void clocks(void)
{
    static const clockid_t ids[] = {CLOCK_REALTIME,           CLOCK_MONOTONIC,
                                    CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
                                    CLOCK_MONOTONIC_RAW,      CLOCK_REALTIME_COARSE,
                                    CLOCK_MONOTONIC_COARSE,   CLOCK_BOOTTIME};

    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        int64_t first = now_ns(ids[i]), last = first;
        int back = 0;

        for (int n = 0; n < 20000; n++) {
            int64_t now = now_ns(ids[i]);
            back += now < last;
            last = now;
        }
        printf("clock %d: runs %d, back %d\n", (int)ids[i], first > 0, back);
    }
    struct timespec resolution;
    printf("resolution %d %ld\n", clock_getres(CLOCK_MONOTONIC, &resolution), resolution.tv_nsec);
    printf("no such clock: EINVAL %d\n", clock_gettime(99, &resolution) == -1 && errno == EINVAL);
}

static void sleeps(void)
{
    struct timespec ten_ms = {.tv_nsec = 10000000}, wrong = {.tv_nsec = 1000000000}, until;
    int64_t start = now_ns(CLOCK_MONOTONIC);

    nanosleep(&ten_ms, NULL);
    printf("nanosleep long enough %d\n", now_ns(CLOCK_MONOTONIC) - start >= 10000000);
    printf("nanosleep wrong: EINVAL %d\n", nanosleep(&wrong, NULL) == -1 && errno == EINVAL);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (until.tv_nsec + 10000000) / 1000000000;
    until.tv_nsec = (until.tv_nsec + 10000000) % 1000000000;
    int result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    printf("absolute %d, reached %d\n", result,
           now_ns(CLOCK_MONOTONIC) >= until.tv_sec * 1000000000LL + until.tv_nsec);
    start = now_ns(CLOCK_MONOTONIC);
    printf("poll %d, long enough %d\n", poll(NULL, 0, 5),
           now_ns(CLOCK_MONOTONIC) - start >= 5000000);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
    (void)sig;
    alarms++;
}

static void interval_timer(void)
{
    struct itimerval every_ms = {.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000}, off = {0};
    sigset_t none;

    sigemptyset(&none);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &every_ms, NULL);
    while (alarms < 10)
        sigsuspend(&none);
    setitimer(ITIMER_REAL, &off, NULL);
    puts("ten alarms");
}

int main(void)
{
    clocks();
    sleeps();
    interval_timer();
    return 0;
}
