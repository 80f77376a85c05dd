/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command several times and tells how long it took to its output and to its end.
 *
 *   measure [-n TIMES] TEXT COMMAND [ARGS]
 *
 * Prints four numbers in milliseconds: the median and the least time until TEXT had appeared on the
 * command's standard output or error, and the same until it ended. Fails when TEXT doesn't appear.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 1000, TAIL_MAX = 8192 };

static double now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Starts ARGV with both outputs into a pipe, whose other end it returns; -1 on failure. */
static int start(char **argv, pid_t *pid)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    *pid = fork();
    if (*pid == 0) {
        int null = open("/dev/null", O_RDONLY);
        dup2(null, 0);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    if (*pid < 0)
        close(ends[0]);
    return *pid < 0 ? -1 : ends[0];
}

/* Reads FD to its end. *seen_ms becomes the time at which TEXT was complete; false if it never was.
 */
static bool wait_for_text(int fd, const char *text, double *seen_ms)
{
    char tail[TAIL_MAX];
    size_t kept = 0;
    bool seen = false;
    ssize_t n;

    while ((n = read(fd, tail + kept, sizeof(tail) - kept)) > 0) {
        kept += (size_t)n;
        if (!seen && memmem(tail, kept, text, strlen(text))) {
            *seen_ms = now_ms();
            seen = true;
        }
        if (kept > sizeof(tail) / 2) {
            size_t drop = kept - sizeof(tail) / 4;
            memmove(tail, tail + drop, kept - drop);
            kept -= drop;
        }
    }
    return seen;
}

static bool run(char **argv, const char *text, double *output_ms, double *exit_ms)
{
    double begin = now_ms(), seen = 0;
    pid_t pid;
    int status, fd = start(argv, &pid);

    if (fd < 0)
        return false;
    bool found = wait_for_text(fd, text, &seen);
    close(fd);
    waitpid(pid, &status, 0);
    *exit_ms = now_ms() - begin;
    *output_ms = seen - begin;
    return found;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double output[RUNS_MAX], end[RUNS_MAX];
    int times = 5, first = 1;

    if (argc > 2 && !strcmp(argv[1], "-n")) {
        times = atoi(argv[2]);
        first = 3;
    }
    if (argc < first + 2 || times < 1 || times > RUNS_MAX) {
        fprintf(stderr, "usage: measure [-n TIMES] TEXT COMMAND [ARGS]\n");
        return 2;
    }
    for (int i = 0; i < times; i++)
        if (!run(argv + first + 1, argv[first], &output[i], &end[i])) {
            fprintf(stderr, "measure: %s ended without printing \"%s\"\n", argv[first + 1],
                    argv[first]);
            return 1;
        }
    qsort(output, (size_t)times, sizeof(*output), by_size);
    qsort(end, (size_t)times, sizeof(*end), by_size);
    printf("%.1f %.1f %.1f %.1f\n", output[times / 2], output[0], end[times / 2], end[0]);
    return 0;
}
