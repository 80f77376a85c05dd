/* SPDX-License-Identifier: Apache-2.0 */
/* Sleeps for as many seconds as its argument says, with a thread that waits for the end of that:
 * nothing runs meanwhile. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *nap(void *arg)
{
    nanosleep(arg, NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    struct timespec long_enough = {argc > 1 ? atoi(argv[1]) : 0, 0};
    pthread_t thread;
    pthread_create(&thread, NULL, nap, &long_enough);
    pthread_join(thread, NULL);
    puts("awake");
    return 0;
}
