/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of workers: jobs in one channel, results in another. Counts the primes below a million in
 * a hundred jobs. */
#include <stdio.h>

#include "gort.h"

GO_CHAN_DECLARE(ints, int);

#define JOBS    100
#define JOB     10000
#define WORKERS 8

static ints jobs, results;

static bool is_prime(int n)
{
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return n > 1;
}

static int worker(void *arg)
{
    int job;
    (void)arg;
    while (ints_recv(jobs, &job)) {
        int found = 0;
        for (int n = job * JOB; n < (job + 1) * JOB; n++)
            found += is_prime(n);
        ints_send(results, found);
    }
    return 0;
}

static void run(void *arg)
{
    go_scope workers = {0};
    int sum = 0, found;
    (void)arg;
    jobs = ints_make(JOBS);
    results = ints_make(JOBS);
    for (int i = 0; i < WORKERS; i++)
        go_scope_go(&workers, worker, NULL);
    for (int i = 0; i < JOBS; i++)
        ints_send(jobs, i);
    ints_close(jobs);
    go_scope_wait(&workers);
    ints_close(results);
    while (ints_recv(results, &found))
        sum += found;
    printf("%d primes below %d\n", sum, JOBS * JOB);
}

int main(void)
{
    return go_main(run, NULL, NULL) != 0;
}
