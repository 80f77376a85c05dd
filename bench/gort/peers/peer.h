/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a peer's benchmark program: NAME COUNT PROCS on the command line, one line of
 * results, status 2 for what the peer has no equivalent of. The operations are bench.c's. */
#ifndef BENCH_GORT_PEERS_PEER_H
#define BENCH_GORT_PEERS_PEER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long n; /* operations */

struct bench {
    const char *name;
    void (*fn)(void);
};

static double clock_of(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Peers here run on one thread: two processors are no equivalent. */
static int peer_main(int argc, char **argv, const struct bench *benches, size_t count)
{
    if (argc != 4 || atoi(argv[3]) != 1)
        return 2;
    n = atol(argv[2]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(argv[1], benches[i].name) != 0)
            continue;
        double cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID), wall = clock_of(CLOCK_MONOTONIC);
        benches[i].fn();
        cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        wall = clock_of(CLOCK_MONOTONIC) - wall;
        printf("cpu %.1f wall %.1f\n", cpu / (double)n, wall / (double)n);
        return 0;
    }
    return 2;
}

#endif
